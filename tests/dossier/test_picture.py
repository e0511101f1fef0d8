"""A camera frame in the dossier: the right pixels, the overlay where the spots are, and small enough to mail."""

import base64
import csv
import io
import json
import re
import struct
import xml.etree.ElementTree as ET
import zlib
from dataclasses import replace

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dossier.sample_frames import spotted

from vesicle.dossier import ComposedSection
from vesicle.dossier.blocks import Circles, Paths, ScaleBar
from vesicle.dossier.claims import own_texts
from vesicle.dossier.exports.document import dossier_document
from vesicle.dossier.exports.tables import figure_csv
from vesicle.dossier.exports.workbook import workbook_bytes
from vesicle.dossier.figures import draw_picture, picture_note
from vesicle.dossier.figures.picture import MOST_CIRCLES, MOST_PATHS, MOST_POINTS
from vesicle.dossier.figures.raster import MOST_BYTES, MOST_PIXELS_WIDE, png, raster
from vesicle.dossier.render import render_page

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
hostile = st.text(max_size=30) | st.sampled_from(["<script>", '"/><image/>', "\x00", "試料"])


def pixels(content):
    """A PNG read by its own specification: checksums, header, rows without a filter."""
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    place, chunks = 8, {}
    while place < len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        name, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        (checksum,) = struct.unpack(">I", content[place + 8 + length : place + 12 + length])
        assert checksum == zlib.crc32(name + data)
        chunks[name], place = data, place + 12 + length
    columns, rows, bits, *kind = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (bits, kind) == (8, [0, 0, 0, 0])
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), dtype=np.uint8).reshape(rows, columns + 1)
    assert not lines[:, 0].any()
    return lines[:, 1:]


def noise(shape, *, level=24.0, sd=4.0, seed=0):
    return np.clip(np.random.default_rng(seed).normal(level, sd, shape), 0, 255).astype(np.uint8)


def root(picture):
    return ET.fromstring(draw_picture(picture))


def shapes(picture):
    """The data of the shapes, in the order in which they are drawn."""
    return [node.attrib["d"] for node in root(picture).iter(f"{SVG}path") if "shapes" in node.get("id", "")]


def numbers(text):
    return [int(number) for number in re.findall(r"-?\d+", text)]


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_a_png_holds_the_grey_levels_that_were_given(rows, columns, seed):
    grey = np.random.default_rng(seed).integers(0, 256, (rows, columns), dtype=np.uint8)
    assert np.array_equal(pixels(png(grey)), grey)


def test_stretching_keeps_the_order_of_grey_levels_and_uses_the_whole_range():
    grey = spotted([40.0, 90.0], [30.0, 60.0], shape=(80, 120))
    drawn = pixels(raster(grey).png).astype(int)
    assert (drawn.min(), drawn.max()) == (0, 255)
    order = np.argsort(grey, axis=None)
    assert (np.diff(drawn.ravel()[order]) >= 0).all()


@pytest.mark.parametrize("value", [0, 90, 255])
def test_a_constant_frame_can_be_drawn(value):
    drawn = raster(np.full((5, 7), value, dtype=np.uint8))
    assert len(np.unique(pixels(drawn.png))) == 1


def test_two_grey_levels_of_a_dim_frame_stay_two():
    grey = np.zeros((20, 20), dtype=np.uint8)
    grey[4, 5] = 1
    drawn = pixels(raster(grey).png)
    assert (drawn[4, 5], drawn.sum()) == (255, 255)


def test_a_frame_of_a_real_size_is_drawn_pixel_by_pixel_in_160_kilobytes():
    x, y = np.random.default_rng(2).uniform(10, 470, (2, 60))
    drawn = raster(spotted(x, y))
    assert len(drawn.png) <= MOST_BYTES == 160_000
    assert (drawn.share, drawn.rows, drawn.columns) == (1, 480, 640)


def test_a_frame_of_pure_noise_becomes_coarser_and_the_caption_says_so(sample):
    grey = np.random.default_rng(0).integers(0, 256, (600, 900), dtype=np.uint8)
    drawn = raster(grey)
    assert len(drawn.png) <= MOST_BYTES
    assert drawn.share == 2
    note = picture_note(sample.picture(grey=grey))
    assert "one pixel stands for 2 × 2 of the frame, at their mean" in note


def test_a_wide_frame_is_not_drawn_finer_than_it_can_be_seen():
    drawn = raster(noise((50, 2300), sd=0.5))
    assert drawn.columns <= MOST_PIXELS_WIDE
    assert drawn.share == 3


def test_pixels_that_share_one_are_drawn_at_their_mean():
    grey = np.tile(np.array([0, 0, 0, 10, 20, 36, 40, 40, 40], dtype=np.uint8), (4, 240))
    drawn = pixels(raster(grey).png)
    assert drawn[:, :3].tolist() == [[0, round(255 * 22 / 40), 255]] * 2


def test_few_grey_levels_are_said_and_a_frame_that_needs_none_is_silent(sample):
    assert "steps of grey" not in picture_note(sample.picture())
    coarse = spotted([40.0], [30.0], level=60.0)
    assert len(np.unique(pixels(raster(coarse).png))) == 32
    assert "; 32 steps of grey are kept." in picture_note(sample.picture(grey=coarse))


@pytest.mark.parametrize(
    "grey", [np.zeros((0, 5), np.uint8), np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2), np.uint16)]
)
def test_what_is_no_frame_is_refused(grey):
    with pytest.raises(ValueError, match="a frame is two-dimensional"):
        raster(grey)


def test_a_circle_lies_around_its_pixel(sample):
    at = Circles(label="one", x_px=np.array([10.0]), y_px=np.array([20.5]), radius_px=4.0)
    picture = sample.picture(circles=(at,), paths=())
    (data,) = shapes(picture)
    x, y, radius, *_ = numbers(data)
    assert (x + radius, y, radius) == (100, 205, 40)
    move = next(n.attrib["transform"] for n in root(picture).iter(f"{SVG}g") if "transform" in n.attrib)
    left, top, scale = (float(n) for n in re.findall(r"[\d.]+", move))
    image = next(root(picture).iter(f"{SVG}image")).attrib
    columns = picture.grey.shape[1]
    per_pixel = float(image["width"]) / columns
    # The centre of the first pixel is at 0, half a pixel from the frame's edge.
    assert scale * 10 == pytest.approx(per_pixel, rel=1e-5)
    assert left == pytest.approx(float(image["x"]) + per_pixel / 2, abs=0.01)
    assert top == pytest.approx(per_pixel / 2, abs=0.01)


def test_the_overlay_fits_a_frame_whose_last_pixels_reach_beyond_it(sample):
    picture = sample.picture(grey=noise((301, 2300), sd=0.5))
    drawn = raster(picture.grey)
    nodes = root(picture)
    image, window = next(nodes.iter(f"{SVG}image")).attrib, next(nodes.iter(f"{SVG}clipPath"))[0].attrib
    per_pixel = float(window["width"]) / 2300
    assert float(image["width"]) == pytest.approx(per_pixel * drawn.columns * drawn.share, abs=0.01)
    assert float(image["width"]) > float(window["width"])


def test_a_path_passes_through_its_points_to_a_tenth_of_a_pixel(sample):
    x, y = np.array([3.04, 4.0, 4.0, 2.5]), np.array([7.0, 7.26, 7.26, 9.0])
    picture = sample.picture(circles=(), paths=(Paths(label="p", x_px=(x,), y_px=(y,)),))
    start, moves = shapes(picture)[0].split("l")
    points = np.cumsum([numbers(start), *np.reshape(numbers(moves), (-1, 2))], axis=0)
    assert points.tolist() == [[30, 70], [40, 73], [25, 90]]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(-1e12, 1e12) | st.just(float("nan")) | st.just(float("inf")), max_size=8),
    hostile,
    hostile,
)
def test_shapes_that_lie_nowhere_in_the_frame_are_not_drawn_and_names_are_only_text(places, label, title):
    from tests.dossier.sample import picture

    at = np.array(places)
    given_picture = picture(
        title=title,
        circles=(Circles(label=label, x_px=at, y_px=at[::-1], radius_px=3.0),),
        paths=(Paths(label=label, x_px=(at,), y_px=(at[::-1],)),),
    )
    nodes = root(given_picture)
    for node in nodes.iter(f"{SVG}path"):
        for x, y in (
            re.findall(r"M(-?\d+) (-?\d+)", node.attrib["d"]) if "shapes" in node.get("id", "") else ()
        ):
            assert -40 <= int(x) <= 1600
            assert -10 <= int(y) <= 1200
    allowed = {"svg", "title", "desc", "rect", "path", "text", "image", "clipPath", "g", "defs", "use"}
    assert {node.tag.removeprefix(SVG) for node in nodes.iter()} <= allowed
    links = [node.attrib[LINK] for node in nodes.iter() if LINK in node.attrib]
    assert all(link.startswith(("data:image/png;base64,", "#figure-frame-shapes-")) for link in links)


def test_coordinates_of_different_lengths_are_refused(sample):
    odd = Paths(label="p", x_px=(np.zeros(3),), y_px=(np.zeros(2),))
    with pytest.raises(ValueError, match="x has 3 values, y has 2"):
        draw_picture(sample.picture(paths=(odd,)))


def test_a_picture_is_named_described_and_asks_for_nothing(sample):
    picture = sample.picture()
    nodes = root(picture)
    assert nodes.attrib["role"] == "img"
    assert (nodes[0].text, nodes[1].text) == (picture.title, picture.summary)
    link = next(nodes.iter(f"{SVG}image")).attrib[LINK]
    assert np.array_equal(
        pixels(base64.b64decode(link.removeprefix("data:image/png;base64,"))),
        pixels(raster(picture.grey).png),
    )


def test_the_legend_counts_each_kind_and_says_how_many_paths_there_are(sample):
    words = " ".join(root(sample.picture()).itertext())
    for expected in ("in a track (9)", "others (5)", "tracks (9 of 40)", "5 um"):
        assert expected in words


def test_the_scale_bar_is_as_long_as_it_says(sample):
    picture = sample.picture(scale_bar=ScaleBar(length_um=5.0, length_px=40.0))
    (data,) = [n.attrib["d"] for n in root(picture).iter(f"{SVG}path") if n.get("class") == "v-bar"]
    start, end = float(data[1:].split()[0]), float(re.search(r"H([\d.]+)", data)[1])
    image = next(root(picture).iter(f"{SVG}image")).attrib
    assert (end - start) / float(image["width"]) == pytest.approx(40 / 160, rel=1e-3)
    assert not [n for n in root(sample.picture(scale_bar=None)).iter() if n.get("class") == "v-bar"]


def test_a_tall_frame_is_not_higher_than_a_page(sample):
    nodes = root(sample.picture(grey=noise((900, 60)), scale_bar=ScaleBar(length_um=1.0, length_px=10.0)))
    assert float(nodes.attrib["height"]) < 720
    assert float(next(nodes.iter(f"{SVG}image")).attrib["x"]) > 300


def test_a_long_legend_takes_more_rows_and_no_entry_touches_the_next(sample):
    at = np.array([20.0])
    kinds = tuple(Circles(label=f"kind {k} " * 5, x_px=at, y_px=at, radius_px=3.0) for k in range(5))
    nodes = root(sample.picture(circles=kinds, scale_bar=None))
    chips = [n.attrib for n in nodes.iter(f"{SVG}rect") if n.get("rx") == "3"]
    assert len(chips) == 6
    places = {(float(chip["x"]), float(chip["y"])) for chip in chips}
    assert len(places) == 6
    assert len({y for _, y in places}) > 1
    assert max(y for _, y in places) + 16 <= float(nodes.attrib["height"])


def many_paths(count, points):
    walk = np.cumsum(np.random.default_rng(1).normal(0, 0.5, (points, 2)), axis=0) + 50
    return Paths(label="p", x_px=(walk[:, 0],) * count, y_px=(walk[:, 1],) * count)


def test_too_many_paths_circles_and_points_are_thinned_and_the_caption_says_so(sample):
    at = np.full(MOST_CIRCLES + 3, 20.0)
    crowd = sample.picture(
        paths=(many_paths(MOST_PATHS + 9, 70),),
        circles=(Circles(label="c", x_px=at, y_px=at, radius_px=1.0),),
    )
    paths, circles = shapes(crowd)
    assert paths.count("M") == MOST_PATHS
    assert circles.count("M") == MOST_CIRCLES
    assert paths.count("l") * 70 > MOST_POINTS > len(numbers(paths)) / 2 - 2 * MOST_PATHS
    note = picture_note(crowd)
    assert f"the first {MOST_PATHS} paths are drawn" in note
    assert f"of each kind the first {MOST_CIRCLES} circles are drawn" in note
    assert "paths run through every third of their points" in note
    assert f"p ({MOST_PATHS} of {MOST_PATHS + 9})" in " ".join(root(crowd).itertext())
    assert "every 7th of" in picture_note(sample.picture(paths=(many_paths(400, 200),)))


def test_a_thinned_path_keeps_its_ends(sample):
    paths = many_paths(400, 100)
    x = paths.x_px[0]
    last = shapes(sample.picture(paths=(paths,)))[0].split("M")[-1]
    start, moves = last.split("l")
    assert numbers(start)[0] == round(x[0] * 10)
    assert numbers(start)[0] + sum(numbers(moves)[::2]) == pytest.approx(round(x[-1] * 10), abs=0.6)


def test_a_full_picture_stays_small_enough_to_mail(sample):
    grey = noise((480, 640), level=90, sd=20)
    assert len(draw_picture(sample.picture(grey=grey, paths=(many_paths(400, 200),)))) < 350_000


def contrast(first, second):
    def light(colour):
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((light(first), light(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_overlays_stand_out_from_a_dark_ground_and_from_their_own_dark_edge(sample):
    strokes = [n.attrib["stroke"] for n in root(sample.picture()).iter(f"{SVG}use")]
    halos, colours = strokes[::2], strokes[1::2]
    assert set(halos) == {"#000000"}
    assert len(set(colours)) == 3
    for colour in colours:
        assert contrast(colour, "#404040") > 4.5


# ---- exports


def with_picture(dossier, *pictures):
    section = ComposedSection(id="X", title="One", question="?", blocks=pictures)
    return replace(dossier, sections=(section,))


def test_the_page_shows_the_picture_with_its_caption(dossier, sample):
    html = render_page(with_picture(dossier, sample.picture()))
    assert html.count('<figure class="plotbox" id="fig-frame"') == 1
    assert "Spots of run 1 &lt;b&gt;." in html
    assert "are stretched from black to white." in html
    assert 'data-csv="fig-frame"' in html


def test_two_pictures_with_one_id_do_not_share_their_shapes(dossier, sample):
    html = render_page(with_picture(dossier, sample.picture(), sample.picture()))
    ids = re.findall(r' id="(figure-frame[\w-]*)"', html)
    assert len(ids) == len(set(ids)) > 8
    assert set(re.findall(r'xlink:href="#([\w-]+)"', html)) <= set(ids)


def test_the_csv_holds_every_coordinate_and_no_pixel(sample):
    picture = sample.picture()
    rows = list(csv.reader(io.StringIO(figure_csv(picture))))
    assert rows[0] == ["kind", "series", "number", "x (px)", "y (px)", "radius (px)"]
    circles = [row for row in rows if row[:2] == ["circle", "in a track"]]
    assert [float(row[3]) for row in circles] == list(picture.circles[0].x_px)
    third = [row for row in rows if row[:3] == ["path", "tracks", "3"]]
    assert [float(row[4]) for row in third] == list(picture.paths[0].y_px[2])
    assert len(rows) == 1 + 14 + 9 * 30


def test_the_json_names_the_picture_and_counts_its_shapes_without_pixels(dossier, sample):
    (found,) = dossier_document(with_picture(dossier, sample.picture()))["pictures"]
    assert (found["rows"], found["columns"], found["file"]) == (120, 160, "figures/frame.svg")
    assert found["shapes"] == [
        {"kind": "circle", "series": "in a track", "number": 9},
        {"kind": "circle", "series": "others", "number": 5},
        {"kind": "path", "series": "tracks", "number": 9},
    ]
    assert len(json.dumps(found)) < 900


def test_the_folder_holds_the_picture_as_svg_and_the_crate_names_it(files):
    assert ET.fromstring(files["figures/frame.svg"].decode()).attrib["role"] == "img"
    graph = json.loads(files["ro-crate-metadata.json"])["@graph"]
    (entity,) = [item for item in graph if item["@id"] == "figures/frame.svg"]
    assert entity["encodingFormat"] == "image/svg+xml"


def test_the_workbook_counts_the_shapes_and_says_where_the_coordinates_are(dossier, sample):
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(with_picture(dossier, sample.picture()))))
    rows = [row[:3] for row in book["X One"].values]
    assert ("path", "tracks", 9) in rows
    assert any("coordinates in data/fig-frame.csv" in str(row[0]) for row in rows)


def test_words_on_a_picture_pass_the_gate_of_claims(dossier, sample):
    texts = set(own_texts(with_picture(dossier, sample.picture(caption="clinical grade"))))
    assert {"clinical grade", "in a track", "tracks"} <= texts
