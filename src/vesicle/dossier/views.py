"""What the page's template asks of cells, verdicts and evidence."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from vesicle.dossier.blocks import Cell
from vesicle.dossier.numbers import format_estimate, format_number
from vesicle.dossier.words import VERDICT_CLASSES, VERDICT_WORDS
from vesicle.results import CheckResult, Estimate, Evidence, NotAssessed, Quantity, Verdict

_SEVERITY = {verdict: rank for rank, verdict in enumerate(Verdict)}
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """A cell as the page prints it: kind of cell, its text, and the number by which it sorts."""

    kind: str
    text: str
    sort: str = ""
    verdict: str = ""


def cell_view(cell: Cell) -> CellView:
    """A cell as the page prints it.

    Parameters
    ----------
    cell : Cell
        Any cell.

    Returns
    -------
    CellView
        ``kind`` is one of number, text, verdict, missing, empty, hash.
    """
    if isinstance(cell, Verdict):
        rank = str(_SEVERITY[cell])
        return CellView(kind="verdict", text=VERDICT_WORDS[cell], sort=rank, verdict=VERDICT_CLASSES[cell])
    if isinstance(cell, Estimate):
        return CellView(kind="number", text=format_estimate(cell), sort=repr(cell.value))
    if isinstance(cell, NotAssessed):
        return CellView(kind="missing", text=f"not assessed: {cell.reason}")
    if isinstance(cell, bool):
        return CellView(kind="text", text="yes" if cell else "no")
    if isinstance(cell, str):
        return CellView(kind="hash" if _HASH.fullmatch(cell) else "text", text=cell)
    return _simple(cell)


def _simple(cell: float | None) -> CellView:
    if cell is None:
        return CellView(kind="empty", text="–")
    if not math.isfinite(cell):
        return CellView(kind="missing", text="not assessed: not a finite number")
    return CellView(kind="number", text=format_number(cell), sort=repr(cell))


def basis(quantity: Quantity) -> str:
    """What stands behind a number: the level of its interval, the observations, the method.

    Parameters
    ----------
    quantity : Estimate or NotAssessed
        The number.

    Returns
    -------
    str
        Empty when there is no number.
    """
    if isinstance(quantity, NotAssessed):
        return ""
    parts = [f"{quantity.level * 100:g} % interval"] if quantity.low < quantity.high else ["no interval"]
    if quantity.n is not None:
        parts.append(f"n = {quantity.n}")
    return ", ".join((*parts, quantity.method))


def evidence_text(item: Evidence) -> str:
    """A place in a file, in words.

    Parameters
    ----------
    item : Evidence
        File and row or key.

    Returns
    -------
    str
        For example ``, row 14``; empty for the file as a whole.
    """
    if item.row is None:
        return ""
    return f", row {item.row}" if isinstance(item.row, int) else f", {item.row}"


def embedded(text: str) -> str:
    """Text as JSON that cannot end the script element it stands in.

    Parameters
    ----------
    text : str
        Anything.

    Returns
    -------
    str
        A JSON string without ``<``, ``>`` and ``&``.
    """
    escaped = json.dumps(text)
    return escaped.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def within_budget(texts: Mapping[str, str], *, budget: int) -> Mapping[str, str]:
    """The texts that fit a page, smallest first.

    Parameters
    ----------
    texts : mapping of str to str
        By anchor.
    budget : int
        Letters in all.

    Returns
    -------
    mapping of str to str
        In their own order; the largest are left out when there is no room.
    """
    room, kept = budget, set[str]()
    for anchor, text in sorted(texts.items(), key=lambda pair: len(pair[1])):
        room -= len(text)
        if room < 0:
            break
        kept.add(anchor)
    return {anchor: text for anchor, text in texts.items() if anchor in kept}


def one_line(check: CheckResult) -> str:
    """Why a check stands as it does, in one line.

    Parameters
    ----------
    check : CheckResult
        Any check.

    Returns
    -------
    str
        Its reason, cut after about 160 letters.
    """
    return check.why if len(check.why) <= 160 else f"{check.why[:157].rsplit(' ', 1)[0]} …"


def no_number(check: CheckResult) -> str:
    """What stands in the place of a check's number when there is none.

    Parameters
    ----------
    check : CheckResult
        A check whose value was not assessed.

    Returns
    -------
    str
        The reason; a check that does not apply is not called unassessed.
    """
    reason = check.value.reason if isinstance(check.value, NotAssessed) else ""
    return f"no number: {reason}" if check.verdict is Verdict.NOT_APPLICABLE else f"not assessed: {reason}"
