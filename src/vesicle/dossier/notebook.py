"""The dossier in a notebook: a compact view, a table of checks, a workbook."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from vesicle.dossier import Dossier
from vesicle.dossier.exports.workbook import workbook_bytes
from vesicle.dossier.numbers import format_quantity
from vesicle.dossier.words import VERDICT_WORDS
from vesicle.errors import MissingExtra, WriteError
from vesicle.results import Estimate, value_of

if TYPE_CHECKING:
    import pandas as pd

_HEADINGS = ("Check", "Title", "Verdict", "Number", "Reason")


def html_summary(dossier: Dossier) -> str:
    """Counts and the table of checks as HTML for a notebook cell.

    Parameters
    ----------
    dossier : Dossier
        Any dossier.

    Returns
    -------
    str
        Escaped; without style sheets or scripts.
    """
    counts = " · ".join(f"{VERDICT_WORDS[verdict]}: {count}" for verdict, count in dossier.counts().items())
    head = "".join(f"<th>{name}</th>" for name in _HEADINGS)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
        for cells in (
            (c.id, c.title, VERDICT_WORDS[c.verdict], format_quantity(c.value, c.unit), c.why)
            for c in dossier.checks
        )
    )
    return (
        f"<section><p><strong>Dossier {escape(dossier.batch)}</strong> "
        f"({escape(dossier.created)})<br>{counts}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table><p>Research use "
        "only.</p></section>"
    )


def check_frame(dossier: Dossier) -> pd.DataFrame:
    """The checks as a pandas table, numbers as numbers.

    Parameters
    ----------
    dossier : Dossier
        Any dossier.

    Returns
    -------
    pandas.DataFrame
        One row per check, indexed by its id.

    Raises
    ------
    MissingExtra
        When pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtra(
            "The table of checks needs pandas.",
            why="pandas is not installed.",
            next_step="Run: pip install 'vesicle[pandas]'",
        ) from error
    rows = [
        {
            "id": check.id,
            "title": check.title,
            "verdict": check.verdict.value,
            "value": value_of(check.value),
            "low": check.value.low if isinstance(check.value, Estimate) else None,
            "high": check.value.high if isinstance(check.value, Estimate) else None,
            "unit": check.unit,
            "reason": check.why,
        }
        for check in dossier.checks
    ]
    return pd.DataFrame(
        rows, columns=["id", "title", "verdict", "value", "low", "high", "unit", "reason"]
    ).set_index("id")


def write_workbook(dossier: Dossier, path: str | Path) -> Path:
    """Write the dossier as an Excel workbook.

    Parameters
    ----------
    dossier : Dossier
        Any dossier.
    path : str or pathlib.Path
        Where to; an existing file is replaced.

    Returns
    -------
    pathlib.Path
        Where it is.

    Raises
    ------
    WriteError
        When the place cannot be written.
    """
    target = Path(path)
    try:
        target.write_bytes(workbook_bytes(dossier))
    except OSError as error:
        raise WriteError(
            "The workbook cannot be written.",
            where=str(target),
            why=f"{error.strerror or error}.",
            next_step="Close the file if it is open in Excel, or choose another place.",
        ) from error
    return target
