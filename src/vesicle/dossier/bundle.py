"""The whole output folder of a dossier, as relative paths and their contents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vesicle.dossier import Dossier
from vesicle.dossier.appendix import checks_table
from vesicle.dossier.blocks import Flow
from vesicle.dossier.claims import refuse_claims
from vesicle.dossier.exports.crate import NAME, crate_json
from vesicle.dossier.exports.document import dossier_json
from vesicle.dossier.exports.methods import methods_text
from vesicle.dossier.exports.references import bibliography, cited_keys
from vesicle.dossier.exports.tables import csv_bytes, figure_csv, table_csv
from vesicle.dossier.exports.workbook import workbook_bytes
from vesicle.dossier.figures import draw_block
from vesicle.dossier.outline import figures, tables
from vesicle.dossier.render import render_page


def bundle(dossier: Dossier) -> Mapping[str, bytes]:
    """Every file of the output folder; the same dossier gives the same bytes.

    Parameters
    ----------
    dossier : Dossier
        As composed.

    Returns
    -------
    mapping of str to bytes
        Relative path with forward slashes to content.

    Raises
    ------
    ForbiddenClaimError
        When a text of our own making says what a dossier never says.
    """
    refuse_claims(dossier)
    files = dict(_files(dossier))
    files[NAME] = crate_json(dossier, files).encode()
    return files


def _files(dossier: Dossier) -> Iterator[tuple[str, bytes]]:
    yield "dossier.html", render_page(dossier).encode()
    yield "dossier.json", dossier_json(dossier).encode()
    yield "dossier.xlsx", workbook_bytes(dossier)
    for placed, figure in figures(dossier):
        yield f"figures/{placed.name}.svg", draw_block(figure, name=figure.id).encode()
        if not isinstance(figure, Flow):
            yield f"data/fig-{placed.name}.csv", csv_bytes(figure_csv(figure))
    yield "data/checks.csv", csv_bytes(table_csv(checks_table(dossier)))
    for placed, table in tables(dossier):
        yield f"data/table-{placed.name}.csv", csv_bytes(table_csv(table))
    yield "methods.md", methods_text(dossier).encode()
    yield "references.bib", bibliography(cited_keys(dossier)).encode()
