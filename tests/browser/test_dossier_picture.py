"""A camera frame on the page: it is there in every theme, in print and in the files that the page saves."""

import xml.etree.ElementTree as ET

import pytest

FRAME = "#fig-frame"
READ = """async (bytes) => {
    const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: "image/png" }));
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const half = canvas.getImageData(0, 0, image.width, Math.round(image.height / 2)).data;
    const seen = new Set();
    let dark = 0;
    for (let k = 0; k < half.length; k += 4) {
        seen.add(`${half[k]},${half[k + 1]},${half[k + 2]}`);
        dark += half[k] + half[k + 1] + half[k + 2] < 384;
    }
    return { kinds: seen.size, dark: dark / (half.length / 4), yellow: seen.has("255,210,74") };
}"""


def shown(page, png):
    return page.evaluate(READ, list(png))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_the_frame_and_its_circles_are_seen_in_every_theme_and_width(visit, scheme, width):
    page = visit(scheme=scheme, width=width).page
    seen = shown(page, page.locator(f"{FRAME} .plot").screenshot())
    assert seen["kinds"] > 100
    assert seen["dark"] > 0.5
    assert seen["yellow"]


def test_the_frame_is_printed_and_needs_no_script(visit):
    page = visit(script=False).page
    page.emulate_media(media="print")
    box = page.locator(f"{FRAME} svg").bounding_box()
    assert box["width"] > 400
    assert page.locator(f"{FRAME} figcaption").is_visible()
    assert page.locator(f"{FRAME} image").count() == 1


def test_a_screen_reader_hears_the_title_and_what_is_seen(visit):
    image = visit().page.get_by_role("img", name="Spots of run 1 <b>")
    assert image.count() == 1
    described = image.get_attribute("aria-labelledby").split()
    assert len(described) == 2


def test_the_saved_png_holds_the_frame(visit):
    page = visit(scheme="dark").page
    with page.expect_download() as saved:
        page.locator(FRAME).get_by_role("button", name="as PNG").click()
    seen = shown(page, saved.value.path().read_bytes())
    assert seen["kinds"] > 100
    assert seen["yellow"]


def test_the_saved_svg_holds_the_frame_and_asks_for_nothing(visit):
    page = visit().page
    with page.expect_download() as saved:
        page.locator(FRAME).get_by_role("button", name="as SVG").click()
    root = ET.fromstring(saved.value.path().read_text(encoding="utf-8"))
    links = [value for node in root.iter() for name, value in node.attrib.items() if name.endswith("href")]
    assert sum(link.startswith("data:image/png;base64,") for link in links) == 1
    assert all(link.startswith(("data:", "#")) for link in links)
