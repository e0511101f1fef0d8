"""C01: is each tracking run a valid measurement?"""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.analysis import Inputs
from vesicle.checks import Check, not_assessed, overall, result
from vesicle.findings import RunSize, SizeFinding
from vesicle.measurements import SizeRun
from vesicle.results import CheckResult, Evidence, NotAssessed, Part, Quantity, Verdict, exact, worst
from vesicle.standards import CheckStandard

GOOD_CELL = ("good", "very good")
NEVER_RUN = "1904"
"""LabVIEW's zero date: a check with this date was never carried out."""


def judge(inputs: Inputs) -> CheckResult:
    """The validity of every run of a sample; the check fails if one of them fails.

    Parameters
    ----------
    inputs : Inputs
        With the sizes.

    Returns
    -------
    CheckResult
        One part per run, blanks and standards left out.
    """
    standard, sizes = inputs.limits["C01"], inputs.finding(SizeFinding)
    runs = () if isinstance(sizes, NotAssessed) else sizes.of_role("sample")
    if not runs:
        return not_assessed(standard, "no tracking run of a sample in the folder")
    judged = tuple(judge_run(size, standard) for size in runs)
    parts = (*judged, *_standards(sizes))
    verdict, reason = overall(parts)
    valid = sum(part.verdict in {Verdict.PASS, Verdict.WARN} for part in judged)
    value = exact(valid, method=f"valid runs of {len(judged)}", n=len(judged))
    return result(standard, verdict, value, unit=f"valid runs of {len(judged)}", reason=reason, parts=parts)


def _standards(sizes: SizeFinding | NotAssessed) -> Iterator[Part]:
    """Size standards against their certificates: when the beads are wrong, so are the samples."""
    for size in () if isinstance(sizes, NotAssessed) else sizes.runs:
        bead = size.estimate.bead if size.estimate is not None else None
        if bead is not None:
            yield Part(
                subject=f"{size.run.stem}, size standard",
                verdict=bead.verdict,
                value=bead.deviation_percent,
                unit="% from the certificate",
                reason=f"certificate {bead.certified_nm:g} nm; {bead.rule}",
                evidence=_evidence(size.run),
            )


def judge_run(size: RunSize, standard: CheckStandard) -> Part:
    """The validity of one run.

    Parameters
    ----------
    size : RunSize
        The run with our numbers.
    standard : CheckStandard
        C01 with the limits in force.

    Returns
    -------
    Part
        With every finding about the run in its reason.
    """
    run = size.run
    found = [*_table(size), *_tracks(run, standard), *_cell(run), *_positions(run, standard), *_setup(run)]
    notes = "; ".join(reason for _, reason in found if reason)
    return Part(
        subject=run.stem,
        verdict=worst(verdict for verdict, _ in found),
        value=_kept(run),
        unit="kept tracks",
        reason=notes,
        evidence=_evidence(run),
    )


def _table(size: RunSize) -> Iterator[tuple[Verdict, str]]:
    run = size.run
    if run.status == "no_result":
        why = (
            size.median_nm.reason
            if isinstance(size.median_nm, NotAssessed)
            else "the table holds no particle"
        )
        yield Verdict.FAIL, f"no result: {why}"
    elif run.histogram is None and run.tracks is None:
        yield Verdict.NOT_ASSESSED, "no distribution table, only the vendor's report"
    else:
        yield Verdict.PASS, ""


def _kept(run: SizeRun) -> Quantity:
    kept = kept_tracks(run)
    if kept is None:
        return NotAssessed("the file states no number of tracks")
    return exact(kept, method="kept tracks", n=kept)


def kept_tracks(run: SizeRun) -> int | None:
    """The number of tracks that made it into the distribution.

    Parameters
    ----------
    run : SizeRun
        The run.

    Returns
    -------
    int or None
        None when neither the file nor its tables tell.
    """
    if run.tracks is not None:
        return int(run.tracks.included.sum())
    if run.vendor.tracks is not None:
        return run.vendor.tracks
    if run.histogram is not None and run.histogram.count is not None:
        return round(float(run.histogram.count.sum()))
    return None


def _tracks(run: SizeRun, standard: CheckStandard) -> Iterator[tuple[Verdict, str]]:
    kept = kept_tracks(run)
    if run.status == "no_result":
        return
    if kept is None:
        yield Verdict.NOT_ASSESSED, "the file states no number of tracks"
    elif kept < standard["min_tracks"]:
        yield Verdict.FAIL, f"{kept} kept tracks, fewer than {standard['min_tracks']:g}"
    elif kept < standard["warn_tracks"]:
        yield Verdict.WARN, f"{kept} kept tracks, fewer than {standard['warn_tracks']:g}"


def _cell(run: SizeRun) -> Iterator[tuple[Verdict, str]]:
    check = run.quality_of("cell_check")
    if check is not None and check.value.casefold() not in GOOD_CELL:
        yield Verdict.FAIL, f"cell check '{check.value}'"
    drift, dated = run.quality_of("drift_check"), run.quality_of("drift_checked")
    if drift is not None and dated is not None and dated.value.startswith(NEVER_RUN):
        yield Verdict.PASS, "drift not checked (dated 1904)"


def _positions(run: SizeRun, standard: CheckStandard) -> Iterator[tuple[Verdict, str]]:
    if run.positions is None or not run.positions.rows:
        return
    rows = run.positions.rows
    kept = sum(row.is_kept for row in rows)
    if kept < standard["min_positions"] * len(rows) / standard["of_positions"]:
        yield Verdict.WARN, f"{kept} of {len(rows)} positions kept"
    drifting = sum("DRIFT" in row.removal.upper() for row in rows)
    if drifting:
        yield Verdict.WARN, f"{drifting} of {len(rows)} positions removed for drift"


def _setup(run: SizeRun) -> Iterator[tuple[Verdict, str]]:
    if not run.instrument.startswith("ZetaView"):
        return
    sop = run.quality_of("sop")
    if sop is None or sop.value in {"", "<No SOP>"}:
        yield Verdict.WARN, "no SOP"


def _evidence(run: SizeRun) -> tuple[Evidence, ...]:
    row = run.quality_of("tracks")
    first = Evidence(file=run.files[0].path, row=row.row if row else None)
    return (first, *(Evidence(file=file.path) for file in run.files[1:]))


CHECK = Check(id="C01", needs=(SizeFinding,), judge=judge)
