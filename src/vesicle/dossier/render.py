"""The dossier as one page that opens by double click and asks for nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, cast

from vesicle.dossier import Dossier
from vesicle.dossier.appendix import assessed, not_judged, standards_version
from vesicle.dossier.blocks import Block, Drawing, Flow, Verdicts
from vesicle.dossier.exports.references import reference_line
from vesicle.dossier.exports.tables import figure_csv, table_csv
from vesicle.dossier.figures import draw_block, note_of
from vesicle.dossier.numbers import format_estimate, spelled_out
from vesicle.dossier.outline import FRONT, Placed, PlacedSection, figures, outline, slug, tables
from vesicle.dossier.views import (
    basis,
    cell_view,
    embedded,
    evidence_text,
    no_number,
    one_line,
    within_budget,
)
from vesicle.dossier.words import STANDING_NOTES, VERDICT_CLASSES, VERDICT_WORDS, source_badges
from vesicle.results import NotAssessed, Quantity, Verdict

if TYPE_CHECKING:
    from jinja2 import Environment

_CSV_BUDGET = 1_200_000
"""Letters of numbers for download that the page carries; the rest lies beside it in ``data/``."""


def render_page(dossier: Dossier) -> str:
    """The dossier as one self-contained HTML page.

    Parameters
    ----------
    dossier : Dossier
        As composed.

    Returns
    -------
    str
        HTML that opens without a network and is readable without a script.
    """
    placed = outline(dossier)
    is_front = {section.anchor for section in placed if section.anchor == FRONT}
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            dossier=dossier,
            front=[section for section in placed if section.anchor in is_front],
            sections=[section for section in placed if section.anchor not in is_front],
            checks={check.id: check for check in dossier.checks},
            homes=_homes(placed),
            counts=dossier.counts(),
            assessed=assessed(dossier),
            planned=not_judged(dossier),
            version=standards_version(),
            notes=STANDING_NOTES,
            NOT_ASSESSED=Verdict.NOT_ASSESSED,
            csv=_csv(dossier),
            file_rows={record.file.path: index for index, record in enumerate(dossier.files, 1)},
            style=_asset("page.css"),
            script=_asset("page.js"),
        )
    )


def _homes(placed: tuple[PlacedSection, ...]) -> Mapping[str, int]:
    """Where each check is shown in full: the first block that asks for it; later ones point there."""
    homes: dict[str, int] = {}
    blocks = (item.block for section in placed for item in section.blocks)
    for block in blocks:
        if isinstance(block, Verdicts):
            for check_id in block.check_ids:
                homes.setdefault(check_id, id(block))
    return homes


def _csv(dossier: Dossier) -> Mapping[str, str]:
    texts = {placed.anchor: table_csv(table) for placed, table in tables(dossier)}
    texts |= {
        placed.anchor: figure_csv(figure)
        for placed, figure in figures(dossier)
        if not isinstance(figure, Flow)
    }
    return within_budget(texts, budget=_CSV_BUDGET)


def _asset(name: str) -> str:
    return resources.files("vesicle.dossier").joinpath("templates", name).read_text(encoding="utf-8")


def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_asset),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = cast("dict[str, object]", environment.filters)
    filters |= {
        "kind": _kind,
        "drawing": _drawing,
        "drawing_note": note_of,
        "cell": cell_view,
        "no_number": no_number,
        "estimate": format_estimate,
        "is_missing": _is_missing,
        "basis": basis,
        "place": evidence_text,
        "embedded": embedded,
        "one_line": one_line,
        "reference": reference_line,
        "badges": source_badges,
        "word": VERDICT_WORDS.__getitem__,
        "look": VERDICT_CLASSES.__getitem__,
        "home": id,
        "slug": slug,
        "spelled_out": spelled_out,
    }
    return environment


def _drawing(placed: Placed) -> str:
    return draw_block(placed.block, name=placed.name) if isinstance(placed.block, Drawing) else ""


def _is_missing(quantity: Quantity) -> bool:
    return isinstance(quantity, NotAssessed)


def _kind(block: Block) -> str:
    return type(block).__name__.lower()
