import io
import struct
import xml.etree.ElementTree as ET

import pypdf
import pytest

THEMES = ("light", "dark")


def box(page, anchor):
    return page.locator(f"#{anchor}")


def names(page, anchor):
    return page.locator(f"#{anchor} tbody tr:visible td:first-child").all_inner_texts()


def column(page, anchor, index):
    return page.locator(f"#{anchor} tbody tr td:nth-child({index})")


@pytest.mark.parametrize("scheme", THEMES)
def test_nothing_is_asked_from_anywhere_and_nothing_is_complained_about(visit, written, scheme):
    found = visit(scheme=scheme)
    found.page.wait_for_timeout(300)
    assert found.requests == [(written / "dossier.html").as_uri()]
    assert found.complaints == []


def test_the_hostile_name_ran_no_script(visit):
    found = visit()
    dialogs = []
    found.page.on("dialog", lambda dialog: dialogs.append(dialog) or dialog.dismiss())
    found.page.reload()
    found.page.wait_for_timeout(200)
    assert dialogs == []
    assert found.page.get_by_text("<script>alert(1)</script>.txt").count() > 0


@pytest.mark.parametrize("scheme", THEMES)
@pytest.mark.parametrize("width", [400, 1280])
def test_axe_finds_no_moderate_or_serious_violation(visit, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    found = visit(scheme=scheme, width=width)
    results = Axe().run(found.page)
    assert len(results.response["passes"]) > 10
    serious = [
        v for v in results.response["violations"] if v["impact"] in {"moderate", "serious", "critical"}
    ]
    assert not serious, [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in serious]


@pytest.mark.parametrize("width", [400, 768, 1280])
def test_the_page_never_scrolls_sideways(visit, width):
    page = visit(width=width).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_wide_tables_scroll_inside_their_own_container_on_a_phone(visit):
    page = visit(width=400).page
    assert page.evaluate(
        "(() => { const s = document.querySelector('#table-files .scroll'); return s.scrollWidth > "
        "s.clientWidth })()"
    )


def test_the_tab_key_reaches_every_control(visit):
    page = visit().page
    controls = page.evaluate(
        "[...document.querySelectorAll('a[href],button,input,summary,[tabindex=\"0\"]')].filter(n => "
        "n.getClientRects().length).length"
    )
    reached = page.evaluate(
        "() => { window.reached = new Set(); document.addEventListener('focusin', e => "
        "window.reached.add(e.target)); }"
    )
    assert reached is None
    for _ in range(controls + 5):
        page.keyboard.press("Tab")
    assert page.evaluate("window.reached.size") >= controls


def test_the_first_tab_stop_skips_to_the_dossier(visit):
    page = visit().page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the dossier"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_search_shows_only_the_rows_with_all_words(visit):
    page = visit().page
    field = box(page, "table-replicates").get_by_role("searchbox")
    field.fill("run 042")
    assert names(page, "table-replicates") == ["Run 042"]
    assert page.locator("#live").inner_text() == "1 of 100 rows"
    field.fill("")
    assert len(names(page, "table-replicates")) == 100


def test_sorting_by_keyboard_follows_numbers_and_says_so(visit):
    page = visit().page
    head = page.locator("#table-replicates thead th").nth(1)
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    values = [
        float(v)
        for v in column(page, "table-replicates", 2).evaluate_all("cells => cells.map(c => c.dataset.s)")
    ]
    assert values == sorted(values)
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    values = [
        float(v)
        for v in column(page, "table-replicates", 2).evaluate_all("cells => cells.map(c => c.dataset.s)")
    ]
    assert values == sorted(values, reverse=True)


def test_what_was_not_assessed_sorts_behind_every_number(visit):
    page = visit().page
    page.locator("#table-replicates thead th").nth(2).get_by_role("button").click()
    assert column(page, "table-replicates", 3).last.inner_text().startswith("not assessed")


def test_copy_takes_the_rows_shown_and_no_formula(visit):
    page = visit().page
    page.evaluate(
        "() => { window.copied = ''; navigator.clipboard.writeText = async text => { window.copied = "
        "text; }; }"
    )
    box(page, "table-files").get_by_role("searchbox").fill("cmd")
    box(page, "table-files").get_by_role("button", name="Copy").click()
    lines = page.evaluate("window.copied").split("\n")
    assert len(lines) == 2
    assert lines[0].startswith("File\tStatus")
    assert lines[1].startswith("'=cmd|")
    assert "\t'@SUM(1)\t" in lines[1]


def test_copy_works_in_browsers_without_a_clipboard(visit):
    page = visit().page
    page.evaluate("() => { navigator.clipboard.writeText = async () => { throw new Error('no'); }; }")
    box(page, "table-batch").get_by_role("button", name="Copy").click()
    page.wait_for_function("document.querySelector('#live').textContent !== ''")
    assert page.locator("#live").inner_text() == "Copied the rows shown"


@pytest.mark.parametrize("anchor", ["table-replicates", "table-files", "fig-ratio", "fig-size-distribution"])
def test_the_csv_of_the_page_is_the_csv_of_the_folder(visit, written, anchor):
    page = visit().page
    with page.expect_download() as saved:
        box(page, anchor).get_by_role("button", name="as CSV").click()
    assert saved.value.suggested_filename == f"{anchor}.csv"
    assert saved.value.path().read_bytes() == (written / "data" / f"{anchor}.csv").read_bytes()


def test_the_parts_of_a_check_can_be_saved_and_no_cell_runs(visit):
    page = visit().page
    with page.expect_download() as saved:
        page.locator("#C10 .parts").get_by_role("button", name="as CSV").click()
    text = saved.value.path().read_text(encoding="utf-8-sig")
    assert "'=HYPERLINK" in text
    assert "Fraction 08,Fail," in text


def test_a_figure_is_saved_as_svg_for_white_paper(visit):
    page = visit(scheme="dark").page
    with page.expect_download() as saved:
        box(page, "fig-ratio").get_by_role("button", name="as SVG").click()
    root = ET.fromstring(saved.value.path().read_text(encoding="utf-8"))
    paper = next(node for node in root if node.attrib.get("class") == "v-paper")
    assert paper.attrib["fill"] == "#ffffff"


def test_a_figure_is_saved_as_png_of_300_dots_per_inch(visit):
    page = visit(scheme="dark").page
    with page.expect_download() as saved:
        box(page, "fig-size-distribution").get_by_role("button", name="as PNG").click()
    png = saved.value.path().read_bytes()
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">I", png[16:20])[0] == 2250
    assert struct.unpack(">II", png[png.index(b"pHYs") + 4 :][:8]) == (11811, 11811)
    assert visit_pixels(page, png) == [255, 255, 255]


def visit_pixels(page, png):
    """The colour of the upper left corner, which also shows that the checksum of the new chunk is right."""
    return page.evaluate(
        """async (bytes) => {
            const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: "image/png" }));
            const canvas = new OffscreenCanvas(1, 1).getContext("2d");
            canvas.drawImage(image, 0, 0);
            return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
        }""",
        list(png),
    )


@pytest.mark.parametrize("scheme", THEMES)
def test_the_button_changes_the_colours_and_its_own_name(visit, scheme):
    page = visit(scheme=scheme).page
    other = {"light": "Dark", "dark": "Light"}[scheme]
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name=f"{other} colours").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    assert page.get_by_role("button", name=f"{scheme.capitalize()} colours").count() == 1


def test_lines_of_figures_take_the_colours_of_the_theme(visit):
    colours = {
        scheme: visit(scheme=scheme).page.evaluate(
            "getComputedStyle(document.querySelector('.v-line.v-c1')).stroke"
        )
        for scheme in THEMES
    }
    assert colours["light"] != colours["dark"]


def test_print_is_light_without_buttons_and_with_every_explanation(visit):
    page = visit(scheme="dark").page
    page.emulate_media(media="print")
    page.wait_for_timeout(100)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".tools:visible, .plothead:visible, .bar:visible").count() == 0
    assert page.locator(".how p").first.is_visible()
    assert page.locator("#table-replicates thead th").first.is_visible()
    assert (
        page.evaluate("getComputedStyle(document.querySelector('#table-replicates .scroll')).maxHeight")
        == "none"
    )


def test_the_printed_dossier_holds_every_row_and_heading(visit):
    text = "\n".join(
        p.extract_text()
        for p in pypdf.PdfReader(io.BytesIO(visit().page.pdf(prefer_css_page_size=True))).pages
    )
    for expected in (
        "MSC-EV 2026-041",
        "Run 099",
        "Number with interval",
        "What was not assessed",
        "Research use only",
    ):
        assert expected in text
    assert "Percentiles are read at class edges" in text


def test_without_a_script_all_is_readable_and_no_control_is_dead(visit):
    page = visit(script=False).page
    assert page.locator("button, input").count() == 0
    assert page.get_by_text("Run 099").is_visible()
    assert page.locator(".v-svg").count() == 5
    page.locator("#table-replicates summary").click()
    assert page.locator("#table-replicates .how p").is_visible()


def test_the_contents_are_there_on_a_wide_screen(visit):
    assert visit(width=1280).page.get_by_role("navigation", name="Contents").is_visible()


def test_a_link_on_page_one_leads_to_the_full_row(visit):
    page = visit().page
    page.locator("#checks").get_by_role("link", name="C10").click()
    assert page.url.endswith("#C10")
    assert page.locator("#C10").is_visible()


def test_the_file_is_small_enough_to_mail(written):
    assert (written / "dossier.html").stat().st_size < 3_000_000
