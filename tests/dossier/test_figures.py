import csv
import io
import math
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vesicle.dossier.blocks import Axis, Figure, Flow, Line, PointInterval, Zone
from vesicle.dossier.exports.tables import figure_csv
from vesicle.dossier.figures import draw, draw_flow, drawing_note
from vesicle.dossier.figures.reduce import MOST_CLASSES, MOST_POINTS, drawn
from vesicle.dossier.figures.scale import common_exponent, make_scale, rows_for, thinned, tick_labels
from vesicle.dossier.figures.svg import element, number, shortened, text_width

SVG = "{http://www.w3.org/2000/svg}"
finite = st.floats(-1e12, 1e12)
positive = st.floats(1e-9, 1e12)
hostile = st.text(max_size=40) | st.sampled_from(
    ["<script>alert(1)</script>", '"/><img src=x>', "&amp;", "\x00\x1b", "試料 µ"]
)


@st.composite
def figures(draw_from):
    is_log = draw_from(st.booleans())
    n = draw_from(st.integers(0, 30))
    is_step = draw_from(st.booleans())
    x = np.sort(
        draw_from(st.lists(positive if is_log else finite, min_size=n + is_step, max_size=n + is_step))
    )
    y = np.array(draw_from(st.lists(st.floats(-1e9, 1e9) | st.just(math.nan), min_size=n, max_size=n)))
    points = draw_from(st.lists(st.tuples(positive, positive, positive, hostile), max_size=4))
    zones = draw_from(st.lists(st.tuples(hostile, finite, st.just(math.inf) | finite), max_size=3))
    marks = draw_from(st.lists(st.tuples(hostile, finite | st.just(math.nan)), max_size=3))
    band = {"low": y - 1, "high": y + 1} if draw_from(st.booleans()) else {}
    return Figure(
        id=draw_from(hostile),
        title=draw_from(hostile),
        caption="",
        summary=draw_from(hostile),
        x=Axis(title=draw_from(hostile), unit=draw_from(hostile), is_log=is_log),
        y=Axis(title=draw_from(hostile)),
        lines=(Line(label=draw_from(hostile), x=x, y=y, is_step=is_step, **band),) if n else (),
        points=tuple(
            PointInterval(label=label, value=sorted(v)[1], low=min(v), high=max(v), group=label[:1])
            for *v, label in points
        ),
        zones=tuple(Zone(label=label, low=low, high=high, tone="censored") for label, low, high in zones),
        marks=tuple(marks),
    )


def coordinates(root):
    for node in root.iter():
        for name in ("x", "y", "x1", "x2", "y1", "y2", "width", "height"):
            if name in node.attrib:
                yield name[0].replace("w", "x").replace("h", "y"), float(node.attrib[name])
        for pair in re.findall(r"[ML](-?[\d.e+]+) (-?[\d.e+]+)", node.attrib.get("d", "")):
            if node.tag != f"{SVG}path" or "v-hatch" not in node.attrib.get("class", ""):
                yield from zip("xy", map(float, pair), strict=True)
        yield from (("x", float(value)) for value in re.findall(r"H(-?[\d.e+]+)", node.attrib.get("d", "")))
        yield from (("y", float(value)) for value in re.findall(r"V(-?[\d.e+]+)", node.attrib.get("d", "")))


@settings(max_examples=60, deadline=None)
@given(figures())
def test_every_coordinate_of_a_figure_is_finite_and_inside_its_view_box(figure):
    root = ET.fromstring(draw(figure))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for axis, value in coordinates(root):
        assert math.isfinite(value)
        assert -0.01 <= value <= (width if axis == "x" else height) + 0.01


@settings(max_examples=40, deadline=None)
@given(figures())
def test_hostile_labels_never_become_elements_of_a_figure(figure):
    root = ET.fromstring(draw(figure))
    allowed = {"svg", "title", "desc", "rect", "line", "path", "text", "pattern"}
    assert {node.tag.removeprefix(SVG) for node in root.iter()} <= allowed
    assert not any(name.startswith("on") or "href" in name for node in root.iter() for name in node.attrib)


@given(st.lists(finite, min_size=1, max_size=20), st.booleans(), st.integers(2, 9))
def test_ticks_cover_the_data(values, is_log, room):
    values = [abs(v) + 1e-6 for v in values] if is_log else values
    scale = make_scale(Axis(title="", is_log=is_log), values, start=0, end=600, room=room)
    slack = 1e-9 * max(map(abs, scale.ticks))
    assert scale.ticks[0] <= min(values) + slack
    assert scale.ticks[-1] >= max(values) - slack
    assert 2 <= len(scale.ticks) <= 4 * room + 4
    assert all(0 <= scale.px(v) <= 600 for v in values)


@given(st.lists(finite, min_size=1, max_size=20), st.booleans())
def test_tick_labels_along_x_never_overlap(values, is_log):
    values = [abs(v) + 1e-6 for v in values] if is_log else values
    scale = make_scale(Axis(title="", is_log=is_log), values, start=60, end=700, room=7)
    labels, places = tick_labels(scale), [scale.px(tick) for tick in scale.ticks]
    kept = thinned(places, labels)
    assert kept
    for left, right in pairwise(kept):
        room = (text_width(labels[left]) + text_width(labels[right])) / 2
        assert places[right] - places[left] >= room


@given(st.lists(finite, min_size=2, max_size=9, unique=True))
def test_tick_labels_are_all_different(values):
    scale = make_scale(Axis(title=""), values, start=0, end=600, room=6)
    if scale.high - scale.low > 1e-6 * max(abs(scale.low), abs(scale.high)):
        assert len(set(tick_labels(scale))) == len(scale.ticks)


@given(st.lists(st.tuples(st.floats(0, 700), st.floats(1, 200)), max_size=12))
def test_captions_of_one_row_never_touch(spans):
    spans = [(left, left + width) for left, width in spans]
    rows = rows_for(spans)
    for i, a in enumerate(spans):
        for j, b in enumerate(spans[:i]):
            if rows[i] == rows[j]:
                assert a[1] <= b[0] or b[1] <= a[0]


def test_a_limit_of_the_axis_wins_over_the_data():
    scale = make_scale(Axis(title="", low=0.0, high=50.0), [-10, 200], start=0, end=100, room=5)
    assert (scale.low, scale.high) == (0.0, 50.0)
    assert scale.px(200) == 100


def test_constant_data_still_has_an_axis():
    for is_log in (True, False):
        scale = make_scale(Axis(title="", is_log=is_log), [5.0, 5.0], start=0, end=100, room=5)
        assert scale.low < 5 < scale.high


def test_large_numbers_share_one_power_of_ten_in_the_axis_title(sample):
    figure = sample.curve_figure()
    assert "Concentration (10⁹ particles per mL)" in draw(figure)
    scale = make_scale(figure.y, [0, 6.9e9], start=0, end=300, room=6)
    assert common_exponent(scale) == 9
    assert tick_labels(scale)[:2] == ("0", "2")


def test_many_decades_have_a_tick_for_some_of_them_only():
    scale = make_scale(Axis(title="", is_log=True), [1e-20, 1e20], start=0, end=600, room=7)
    assert len(scale.ticks) <= 10
    assert "10²⁰" in tick_labels(scale)[-1] or scale.high > 1e20


def test_the_csv_holds_every_number_of_the_figure(sample):
    figure = sample.size_figure()
    rows = list(csv.reader(io.StringIO(figure_csv(figure))))[1:]
    first = [row for row in rows if row[1] == "Fraction 08"]
    assert [float(row[3]) for row in first] == list(figure.lines[0].x[:-1])
    assert [float(row[4]) for row in first] == list(figure.lines[0].x[1:])
    assert [float(row[5]) for row in first] == list(figure.lines[0].y)
    assert [float(row[6]) for row in first] == list(figure.lines[0].low)
    assert ["mark", "200 nm", "", "200.0", "", "", "", ""] in rows
    forest = figure_csv(sample.forest_figure())
    assert "interval,Fraction 08,This batch,657000000.0,,,510000000.0,840000000.0" in forest


def test_headings_of_the_csv_carry_the_units(sample):
    assert "Hydrodynamic diameter (nm)" in figure_csv(sample.size_figure()).splitlines()[0]


def test_a_figure_of_1200_classes_loses_only_its_empty_tails(sample):
    figure = sample.size_figure()
    line, before = drawn(figure).lines[0], figure.lines[0]
    assert len(line.y) < MOST_CLASSES < len(before.y)
    assert line.y.sum() == pytest.approx(before.y.sum())
    assert "empty classes at both ends are not drawn" in drawing_note(figure)


def test_classes_that_share_a_step_keep_their_area_and_the_caption_says_so(sample):
    edges = np.geomspace(1, 1000, 2001)
    line = Line(label="", x=edges, y=np.linspace(1, 2, 2000), is_step=True)
    figure = replace(sample.size_figure(), lines=(line,))
    shared = drawn(figure).lines[0]
    assert len(shared.y) <= MOST_CLASSES
    assert (shared.y * np.diff(shared.x)).sum() == pytest.approx((line.y * np.diff(line.x)).sum())
    assert "4 neighbouring classes share one step" in drawing_note(figure)


def test_a_long_curve_keeps_its_extremes(sample):
    x = np.arange(20_000.0)
    y = np.sin(x / 50)
    y[12_345] = 9.0
    band = {"low": y - 1, "high": y + 1}
    figure = replace(sample.curve_figure(), lines=(Line(label="", x=x, y=y, **band),))
    line = drawn(figure).lines[0]
    assert len(line.y) <= MOST_POINTS + 2
    assert line.y.max() == 9.0
    assert "smallest and largest" in drawing_note(figure)


def test_a_short_figure_needs_no_note(sample):
    assert drawing_note(sample.curve_figure()) == ""


def test_an_empty_long_histogram_can_be_drawn(sample):
    line = Line(label="", x=np.arange(1201.0), y=np.zeros(1200), is_step=True)
    figure = replace(sample.size_figure(), lines=(line,))
    assert ET.fromstring(draw(figure)) is not None


def test_arrays_of_different_lengths_are_refused(sample):
    line = Line(label="odd", x=np.arange(3.0), y=np.arange(3.0), is_step=True)
    with pytest.raises(ValueError, match="line 'odd'"):
        draw(replace(sample.size_figure(), lines=(line,)))


def test_a_drawing_is_named_and_described(sample):
    figure = sample.forest_figure()
    root = ET.fromstring(draw(figure))
    assert root.attrib["role"] == "img"
    assert root[0].text == figure.title
    assert root[1].text == figure.summary
    assert root.attrib["aria-labelledby"].split() == [root[0].attrib["id"], root[1].attrib["id"]]


def test_every_line_of_a_figure_differs_by_its_dashes_too(sample):
    root = ET.fromstring(draw(sample.curve_figure()))
    lines = [
        n for n in root.iter(f"{SVG}path") if "v-line" in n.attrib["class"] and "h28" not in n.attrib["d"]
    ]
    assert len({n.attrib.get("stroke-dasharray") for n in lines}) == 3


def test_an_interval_that_is_not_finite_is_named_and_not_drawn(sample):
    point = PointInterval(label="odd", value=math.nan, low=1.0, high=2.0)
    text = draw(replace(sample.forest_figure(), points=(point,)))
    assert "not finite" in text
    assert "v-dot" not in text


def test_lines_and_intervals_can_share_one_axis(sample):
    figure = replace(
        sample.curve_figure(), points=(PointInterval(label="half-life", value=20, low=10, high=30),)
    )
    text = draw(figure)
    assert "v-dot" in text
    assert "v-line v-c3" in text


def test_a_flow_shows_every_step_and_escapes_it():
    steps = tuple((f"Step {k}", "word " * 60 + "<b>") for k in range(6))
    root = ET.fromstring(draw_flow(Flow(id="f", title="", steps=steps)))
    text = "".join(root.itertext())
    assert all(f"Step {k}" in text for k in range(6))
    assert not list(root.iter(f"{SVG}b"))


def test_a_flow_without_steps_is_an_empty_drawing():
    assert ET.fromstring(draw_flow(Flow(id="f", title="t", steps=()))).attrib["role"] == "img"


def test_a_coordinate_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="finite"):
        number(math.inf)


def test_attributes_without_a_value_are_left_out():
    assert element("g", class_="a", fill=None) == '<g class="a"/>'


@given(st.text(max_size=200), st.floats(30, 400))
def test_a_shortened_text_fits_or_is_as_short_as_it_can_be(text, width):
    short = shortened(text, width=width)
    assert text_width(short) <= width or len(short) <= 3


def test_many_histograms_in_one_figure_stay_small_enough_to_mail(sample):
    figure = sample.size_figure()
    x = np.geomspace(20, 2000, 1201)
    dense = replace(figure.lines[0], x=x, y=figure.lines[0].y + 1e-4)
    many = replace(figure, lines=tuple(replace(dense, label=f"run {k}") for k in range(40)))
    assert len(draw(many)) < 450_000
    assert "8 neighbouring classes share one step" in drawing_note(many)


def test_a_step_is_drawn_as_horizontal_and_vertical_moves(sample):
    line = Line(label="", x=np.array([0.0, 1.0, 2.0]), y=np.array([1.0, 2.0]), is_step=True)
    root = ET.fromstring(draw(replace(sample.curve_figure(), lines=(line,), points=())))
    (path,) = [n.attrib["d"] for n in root.iter(f"{SVG}path") if "v-line" in n.attrib["class"]]
    assert re.fullmatch(r"M[\d.]+ [\d.]+H[\d.]+V[\d.]+H[\d.]+", path)
