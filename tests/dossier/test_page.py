import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from vesicle.dossier import ComposedSection, Dossier
from vesicle.dossier.blocks import Column, Figure, Picture, Table, Text, Verdicts
from vesicle.dossier.outline import figures, outline, slug, tables
from vesicle.dossier.render import render_page
from vesicle.dossier.views import cell_view, embedded, evidence_text, within_budget
from vesicle.dossier.words import source_badges
from vesicle.results import Evidence, NotAssessed, Verdict
from vesicle.standards import planned_checks

VOID = {"meta", "link", "input", "br", "img", "hr"}


class Page(HTMLParser):
    """Elements, ids, links and visible text of a page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.ids, self.links, self.open, self.text, self.attributes = [], [], [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        self.attributes.append((tag, attrs))
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if "href" in attrs:
            self.links.append(attrs["href"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data):
        if not {"script", "style"} & set(self.open):
            self.text.append(data)

    @property
    def words(self):
        return re.sub(r"\s+", " ", " ".join(self.text))


@pytest.fixture(scope="module")
def html(dossier):
    return render_page(dossier)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def with_blocks(dossier, *blocks):
    section = ComposedSection(id="X", title="One", question="?", blocks=blocks)
    return replace(dossier, sections=(section,))


def test_every_element_is_closed_and_every_id_is_unique(page):
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))


def test_every_link_inside_the_page_has_its_target(page):
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_anchors_for_citing_are_stable(page):
    for anchor in ("D0", "D3", "C01", "C10", "C25", "table-replicates", "fig-size-distribution", "files"):
        assert anchor in page.ids


def test_a_hostile_name_is_text_and_nothing_else(page, html):
    assert "<script>alert(1)</script>.txt" in page.words
    assert "<script>alert" not in html
    assert "<img" not in html
    assert page.tags.count("script") == 1 + html.count('<script type="application/json"')
    assert not any(name.startswith("on") for _, attrs in page.attributes for name in attrs)


def test_the_page_asks_for_nothing_from_anywhere(page, html):
    policy = next(
        a["content"] for tag, a in page.attributes if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:"
    )
    assert not any(tag in {"link", "iframe", "object", "embed", "img", "base", "form"} for tag in page.tags)
    assert not any("src" in attrs for _, attrs in page.attributes)
    assert "@import" not in html
    assert "url(" not in re.sub(r"url\(#[\w-]+\)", "", html)


def test_page_one_counts_the_five_verdicts(page):
    assert re.search(r"3\s+Pass 1\s+Warning 2\s+Fail 1\s+Not assessed 1\s+Not applicable", page.words)
    assert f"Items assessed: 6 of {7 + len(planned_checks())}." in page.words


def test_page_one_lists_what_was_not_assessed_with_the_reason(html):
    box = html[html.index('id="not-assessed"') : html.index('id="notes-title"')]
    assert "C04" in box
    assert "No file has the role &#34;buffer blank&#34;." in box
    assert "C17" in box
    assert "Sterility, mycoplasma, endotoxin" in box


def test_standing_notes_say_what_the_dossier_is_not(page):
    assert "Research use only. Not a medical device" in page.words
    assert "the user decides" in page.words


def test_a_full_check_row_shows_all_that_is_needed_to_dispute_it(html):
    row = html[html.index('id="C10"') : html.index("</article>", html.index('id="C10"'))]
    words = Page(row).words
    for expected in (
        "Fail",
        "6.6 (5.1–8.4) × 10⁸",
        "particles per µg",
        "95 % interval, n = 3, Fieller interval of a ratio",
        "impure at most 1.5 × 10⁹",
        "Webber & Clayton 2013 for the bands",
        "doi:10.3402/jev.v2i0.19861",
        "From memory",
        "Second-hand",
        "Derived",
        "protein/bca.csv , row 7",
        "A protein assay of the same aliquot above its detection limit",
        "What would change this verdict",
        "C10, standards 2026.11",
        "interval_in_band",
        "Fraction 09",
        "not assessed: protein below the detection limit",
        "Seen in: abstract.",
    ):
        assert expected in words, expected


def test_a_house_rule_and_an_override_are_said_aloud(page):
    assert "House rule: chosen by us, editable in vesicle.toml" in page.words
    assert "Changed by you min_runs = 2 replicates set in vesicle.toml (default 3, house)" in page.words


def test_the_users_words_are_quoted_and_named(page):
    assert (
        "“GMP-compliant, clinical grade <b>exosomes</b>” claim_role in vesicle.toml: the user's words"
        in page.words
    )


def test_a_check_that_does_not_apply_is_not_called_unassessed(page):
    assert "no number: the product is conditioned medium" in page.words
    assert "not assessed: the product is conditioned medium" not in page.words


def test_a_check_that_is_not_judged_says_so_where_it_was_asked_for(page):
    assert "C16. not assessed: this version of vesicle does not judge it." in page.words


def test_a_check_that_no_section_shows_is_shown_at_the_end(html):
    assert html.index('id="other-checks"') < html.index('id="C25"')


def test_a_check_asked_for_twice_is_shown_once_and_linked_once(dossier):
    twice = with_blocks(dossier, Verdicts(check_ids=("C01",)), Verdicts(check_ids=("C01", "C01")))
    html = render_page(twice)
    assert html.count('<article class="check check-warn" id="C01"') == 1
    assert html.count('class="seealso"') == 2


def test_missing_cells_print_their_reason_and_never_a_number(page):
    assert "not assessed: below the detection limit" in page.words
    assert "not assessed: not a finite number" in page.words
    assert "nan" not in page.words.split()


def test_the_numbers_in_the_page_are_those_of_the_csv_files(html, files):
    holders = dict(re.findall(r'<script type="application/json" data-csv="([\w-]+)">(.*?)</script>', html))
    for anchor, text in holders.items():
        assert json.loads(text).encode("utf-8-sig") == files[f"data/{anchor}.csv"]
    assert {"table-replicates", "fig-ratio"} <= set(holders)


def test_too_many_numbers_stay_beside_the_page_and_it_says_where(dossier, monkeypatch):
    monkeypatch.setattr("vesicle.dossier.render._CSV_BUDGET", 5000)
    html = render_page(dossier)
    assert "data/fig-size-distribution.csv" in html
    assert 'data-csv="fig-size-distribution"' not in html
    assert 'data-csv="fig-ratio"' in html


def test_the_page_is_small(html):
    assert len(html.encode()) < 3_000_000
    script = re.search(r"<script>(.*)</script>", html, re.DOTALL)[1]
    assert len(script.encode()) < 20_000


def test_a_dossier_of_nothing_still_is_a_page(dossier):
    empty = Dossier(
        batch="", created=dossier.created, software={}, checks=(), findings={}, sections=(), files=()
    )
    page = Page(render_page(empty))
    assert f"Items assessed: 0 of {len(planned_checks())}." in page.words
    assert "Every check of this version that applies has a verdict." in page.words
    assert "The folder holds no file." in page.words


def test_blocks_with_the_same_id_get_their_own_anchors(dossier):
    table = Table(id="t", title="T", columns=(Column(name="a"),), rows=())
    twice = with_blocks(dossier, table, table)
    assert [placed.anchor for placed, _ in tables(twice)][:2] == ["table-t", "table-t-2"]
    html = render_page(twice)
    assert "The table has no rows." in html
    assert len(Page(html).ids) == len(set(Page(html).ids))


def test_numbers_of_tables_and_figures_run_through_the_page(dossier):
    assert [placed.number for placed, _ in tables(dossier)] == [1, 2, 3, 4, 5, 6]
    assert [placed.number for placed, _ in figures(dossier)] == [1, 2, 3, 4, 5]


def test_the_front_page_comes_first_whatever_the_order(dossier):
    backwards = replace(dossier, sections=dossier.sections[::-1])
    assert outline(backwards)[0].anchor == "D0"


def test_a_section_can_be_called_anything(dossier):
    section = ComposedSection(id='" onload=', title="<i>", question="", blocks=(Text(text="a"),))
    page = Page(render_page(replace(dossier, sections=(section,))))
    assert "onload" in page.ids
    assert slug("///") == "item"


def test_a_source_of_mixed_status_has_a_badge_for_each_part():
    badges = [
        badge for _, badge, _ in source_badges("high second-hand, low memory; f derived; limits house; seen")
    ]
    assert badges == ["House rule", "From memory", "Second-hand", "Derived", "Seen"]


@pytest.mark.parametrize(
    ("cell", "kind", "text"),
    [
        (True, "text", "yes"),
        (False, "text", "no"),
        (None, "empty", "–"),
        (3, "number", "3"),
        (float("inf"), "missing", "not assessed: not a finite number"),
        ("a" * 64, "hash", "a" * 64),
        (Verdict.WARN, "verdict", "Warning"),
        (NotAssessed("x"), "missing", "not assessed: x"),
    ],
)
def test_each_kind_of_cell_has_its_look(cell, kind, text):
    view = cell_view(cell)
    assert (view.kind, view.text) == (kind, text)


def test_evidence_names_its_row_or_key():
    assert evidence_text(Evidence(file="f", row=3)) == ", row 3"
    assert evidence_text(Evidence(file="f", row="batch.id")) == ", batch.id"
    assert evidence_text(Evidence(file="f")) == ""


def test_embedded_text_cannot_end_its_element():
    text = "</script><!-- & \u2028"
    assert "<" not in embedded(text)
    assert json.loads(embedded(text)) == text


def test_the_largest_texts_give_way_first():
    assert list(within_budget({"a": "x" * 10, "b": "x" * 50, "c": "x"}, budget=20)) == ["a", "c"]


def test_a_long_reason_is_cut_on_page_one_only(dossier):
    check = replace(dossier.checks[0], reason="word " * 60)
    html = render_page(replace(dossier, checks=(check,)))
    assert html.count("word " * 59 + "word") == 1
    assert "word …" in html


def test_every_figure_stands_in_the_page_as_svg(dossier, html):
    assert html.count('<svg xmlns="http://www.w3.org/2000/svg" class="v-svg"') == sum(
        1 for _ in figures(dossier)
    )
    assert all(isinstance(figure, Figure | Picture) or figure.steps for _, figure in figures(dossier))


def test_the_table_of_files_leaves_out_columns_without_an_entry(dossier):
    def headings(records):
        named = replace(dossier, files=records)
        return [column.name for _, table in tables(named) if table.id == "files" for column in table.columns]

    assert "Role" not in headings(dossier.files)
    assert "Role" in headings((replace(dossier.files[0], role="buffer blank"),))


def test_the_creation_time_prints_once_in_utc(dossier):
    for created in ("2026-11-23T09:41:07+00:00", "2026-11-23T09:41:07Z"):
        assert "2026-11-23 09:41:07 UTC" in render_page(replace(dossier, created=created))


def test_what_is_missing_is_listed_once_when_a_section_lists_it(dossier):
    table = Table(id="missing", title="Gaps", columns=(Column(name="Missing"),), rows=(("a blank",),))
    anchors = [section.anchor for section in outline(with_blocks(dossier, table))]
    assert "missing" in [section.anchor for section in outline(dossier)]
    assert "missing" not in anchors
