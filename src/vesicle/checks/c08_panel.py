"""C08: does the marker panel cover the categories, and are the EV proteins there?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from vesicle.analysis import Inputs
from vesicle.checks import Check, deciding_value, not_assessed, overall, result
from vesicle.findings import MarkerFinding, MarkerRow
from vesicle.results import CheckResult, Evidence, NotAssessed, Part, Verdict, exact
from vesicle.standards import CheckStandard

_MEMBRANE, _CYTOSOLIC, _CO_ISOLATE = 1, 2, 3
_LIMITS = (
    (_MEMBRANE, "min_membrane", "of category 1 (membrane)"),
    (_CYTOSOLIC, "min_cytosolic", "of category 2 (cytosolic)"),
)


def judge(inputs: Inputs) -> CheckResult:
    """The panel of every sample with markers.

    Parameters
    ----------
    inputs : Inputs
        With the markers.

    Returns
    -------
    CheckResult
        One part per sample; its value is the number of EV proteins that are present.
    """
    standard, found = inputs.limits["C08"], inputs.finding(MarkerFinding)
    if isinstance(found, NotAssessed) or not found.rows:
        return not_assessed(standard, "no table with markers of vesicles in the folder")
    parts = tuple(
        judge_sample(sample, [row for row in found.rows if row.sample == sample], standard)
        for sample in found.samples
    )
    verdict, reason = overall(parts)
    return result(
        standard, verdict, deciding_value(parts), unit="EV proteins present", reason=reason, parts=parts
    )


def judge_sample(sample: str, rows: Sequence[MarkerRow], standard: CheckStandard) -> Part:
    """The verdict on the panel of one sample.

    Parameters
    ----------
    sample : str
        Its name.
    rows : sequence of MarkerRow
        Its markers, once per table.
    standard : CheckStandard
        C08 with the limits in force.

    Returns
    -------
    Part
        Not assessed when too few were assayed, whatever was found.
    """
    present = _symbols(row for row in rows if row.state == "present" and _is_ev_protein(row))
    value = exact(float(len(present)), method="counted", n=len(present))
    evidence = merged_rows(item for row in rows for item in row.evidence)
    unasked = list(_unasked(rows, standard))
    if unasked:
        reason = f"not assayed: {', '.join(unasked)}"
        return Part(
            subject=sample,
            verdict=Verdict.NOT_ASSESSED,
            value=NotAssessed(reason),
            reason=reason,
            evidence=evidence,
        )
    verdict, reason = _verdict(rows, standard)
    return Part(subject=sample, verdict=verdict, value=value, reason=reason, evidence=evidence)


def _is_ev_protein(row: MarkerRow) -> bool:
    return row.counts and row.category in {_MEMBRANE, _CYTOSOLIC}


def _symbols(rows: Iterator[MarkerRow]) -> list[str]:
    return list(dict.fromkeys(row.marker for row in rows))


def _unasked(rows: Sequence[MarkerRow], standard: CheckStandard) -> Iterator[str]:
    """What the panel lacks; an unclear reading was looked for, and says nothing."""
    assayed = [row for row in rows if row.state != "unclear"]
    proteins = _symbols(row for row in assayed if _is_ev_protein(row))
    if len(proteins) < standard["min_proteins"]:
        yield f"{standard['min_proteins']:g} EV proteins (found {len(proteins)})"
    for category, limit, words in _LIMITS:
        if len(_of(assayed, category)) < standard[limit]:
            yield f"an EV protein {words}"
    if len(_symbols(row for row in assayed if row.category == _CO_ISOLATE)) < standard["min_coisolates"]:
        yield "a co-isolate of category 3 (albumin, apolipoprotein)"


def _of(rows: Sequence[MarkerRow], category: int) -> list[str]:
    return _symbols(row for row in rows if _is_ev_protein(row) and row.category == category)


def _verdict(rows: Sequence[MarkerRow], standard: CheckStandard) -> tuple[Verdict, str]:
    here = [row for row in rows if row.state == "present"]
    sure = [row for row in here if row.is_supported]
    lacking = list(_lacking(here, standard))
    listed = ", ".join(_symbols(row for row in here if _is_ev_protein(row))) or "none"
    co_isolates = _co_isolates(rows)
    if lacking:
        return Verdict.FAIL, f"present: {listed}; not found: {', '.join(lacking)}; {co_isolates}"
    if list(_lacking(sure, standard)):
        why = "presence rests on intensities without a blank or a limit of detection"
        return Verdict.WARN, f"present: {listed}; {why}; {co_isolates}"
    return Verdict.PASS, f"present: {listed}; {co_isolates}"


def _lacking(rows: Sequence[MarkerRow], standard: CheckStandard) -> Iterator[str]:
    count = len(_symbols(row for row in rows if _is_ev_protein(row)))
    if count < standard["min_proteins"]:
        yield f"{standard['min_proteins']:g} EV proteins ({count} present)"
    for category, limit, words in _LIMITS:
        if len(_of(rows, category)) < standard[limit]:
            yield f"an EV protein {words}"


def _co_isolates(rows: Sequence[MarkerRow]) -> str:
    found = [row for row in rows if row.category == _CO_ISOLATE]
    return "co-isolates: " + ", ".join(f"{row.marker} {row.state}" for row in found)


def merged_rows(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Rows of one file as one place, since a panel rests on most rows of its table.

    Parameters
    ----------
    evidence : iterable of Evidence
        With row numbers.

    Returns
    -------
    tuple of Evidence
        One for each file, with ranges of rows such as ``2-4, 8``.

    Examples
    --------
    >>> rows = (2, 3, 4, 8)
    >>> merged_rows(Evidence(file="blot.csv", row=row) for row in rows)[0].row
    '2-4, 8'
    """
    rows: dict[str, set[int]] = {}
    for item in evidence:
        rows.setdefault(item.file, set()).update({item.row} if isinstance(item.row, int) else ())
    return tuple(Evidence(file=file, row=_ranges(sorted(found)) or None) for file, found in rows.items())


def _ranges(rows: Sequence[int]) -> str:
    starts = [row for row in rows if row - 1 not in rows]
    ends = [row for row in rows if row + 1 not in rows]
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True))


CHECK = Check(id="C08", needs=(MarkerFinding,), judge=judge)
