"""D3: how many particles of which size, and how sure."""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.analysis import Inputs
from vesicle.dossier import Section
from vesicle.dossier.blocks import Axis, Block, Column, Figure, Line, Table, Text, Verdicts, Zone
from vesicle.dossier.sections.size_reporting import reporting_table
from vesicle.dossier.sections.size_tables import (
    CENSORED,
    CENSORED_BELOW_NM,
    run_tables,
    settings_tables,
    zeta_table,
)
from vesicle.findings import ComparisonFinding, RunSize, SampleSize, SizeDistribution, SizeFinding
from vesicle.results import Estimate, NotAssessed

MOST_LINES = 6


def compose(inputs: Inputs) -> tuple[Block, ...]:
    """Distributions, numbers, replicates, blanks and settings.

    Parameters
    ----------
    inputs : Inputs
        With sizes and comparisons.

    Returns
    -------
    tuple of Block
        A sentence when nothing was counted.
    """
    sizes = inputs.finding(SizeFinding)
    if isinstance(sizes, NotAssessed) or not sizes.runs:
        return (Text(text="No sizing run was read.", tone="missing"), *zeta_table(inputs))
    return (
        *_notes(sizes),
        *_figures(sizes),
        *_samples(sizes),
        *_comparisons(inputs),
        Verdicts(check_ids=("C01", "C02", "C03", "C04", "C12")),
        *run_tables(sizes),
        *settings_tables(sizes),
        *reporting_table(inputs, sizes),
        *zeta_table(inputs),
    )


def _notes(sizes: SizeFinding) -> Iterator[Block]:
    for size in sizes.runs:
        for warned in size.warnings:
            yield Text(text=f"{size.run.stem}: {warned.message}", tone="note")


def _figures(sizes: SizeFinding) -> Iterator[Block]:
    for index, sample in enumerate(sizes.samples, start=1):
        runs = [size for size in sizes.of_role("sample") if size.run.sample == sample.sample]
        figure = _figure(f"size-{index}", sample, runs)
        if figure is not None:
            yield figure


def _figure(figure_id: str, sample: SampleSize, runs: list[RunSize]) -> Figure | None:
    lines = list(_lines(sample, runs))
    if not lines:
        return None
    return Figure(
        id=figure_id,
        title=f"Size distribution of {sample.sample}",
        caption="Share of particles per nm of diameter, by number, with the 95 % band. The dashed lines mark D10, "
        f"D50 and D90. {CENSORED}",
        summary=_summary(sample),
        x=Axis(title="Hydrodynamic diameter", unit="nm", low=0.0),
        y=Axis(title="Share of particles", unit="per nm", low=0.0),
        lines=tuple(lines),
        zones=(Zone(label="censored", low=0.0, high=CENSORED_BELOW_NM, tone="censored"),),
        marks=tuple(_marks(sample)),
    )


def _lines(sample: SampleSize, runs: list[RunSize]) -> Iterator[Line]:
    if isinstance(sample.distribution, SizeDistribution):
        label = "mean of runs" if sample.replicates > 1 else "run"
        yield _line(label, sample.distribution, is_banded=True)
    if sample.replicates > 1 or isinstance(sample.distribution, NotAssessed):
        for size in runs[:MOST_LINES]:
            if isinstance(size.distribution, SizeDistribution):
                yield _line(size.run.stem, size.distribution, is_banded=False)


def _line(label: str, distribution: SizeDistribution, *, is_banded: bool) -> Line:
    width = distribution.edges_nm[1:] - distribution.edges_nm[:-1]
    return Line(
        label=label,
        x=distribution.edges_nm,
        y=distribution.fraction / width,
        low=distribution.low / width if is_banded else None,
        high=distribution.high / width if is_banded else None,
        is_step=True,
    )


def _marks(sample: SampleSize) -> Iterator[tuple[str, float]]:
    for label, quantity in (("D10", sample.d10_nm), ("D50", sample.median_nm), ("D90", sample.d90_nm)):
        if isinstance(quantity, Estimate):
            yield label, quantity.value


def _summary(sample: SampleSize) -> str:
    median = sample.median_nm
    if isinstance(median, NotAssessed):
        return f"{sample.sample}: {median.reason}."
    return f"{sample.sample}: median {median.value:.0f} nm, 95 % interval {median.low:.0f} to {median.high:.0f} nm."


def _samples(sizes: SizeFinding) -> Iterator[Block]:
    if not sizes.samples:
        yield Text(text="No run has the role 'sample'.", tone="missing")
        return
    yield Table(
        id="samples",
        title="Size and number per sample",
        columns=(
            Column(name="Sample"),
            Column(name="Runs with a result"),
            *(Column(name=name, unit="nm") for name in ("D10", "D50", "D90", "Mean", "Mode")),
            Column(name="Stock concentration", unit="particles/mL"),
        ),
        rows=tuple(
            (
                s.sample,
                s.replicates,
                s.d10_nm,
                s.median_nm,
                s.d90_nm,
                s.mean_nm,
                s.mode_nm,
                s.concentration_per_ml,
            )
            for s in sizes.samples
        ),
        caption=CENSORED,
        how="Percentiles at class edges. One run: interval from its tracks or videos; two runs: covers both; "
        "three or more: Student's t between runs.",
    )
    yield _shares(sizes)


def _shares(sizes: SizeFinding) -> Table:
    return Table(
        id="shares",
        title="Size bins used by the review (particles, not biogenesis classes)",
        columns=(
            Column(name="Sample"),
            Column(name="Bin", meaning="operational; the bins of a review and of MISEV2023, not classes"),
            Column(name="Share of particles"),
        ),
        rows=tuple((s.sample, share.label, share.share) for s in sizes.samples for share in s.shares),
        caption="Below 200 nm is the operational boundary of MISEV2023; the other bins are those of a review. "
        "Other sources draw them elsewhere, and no bin tells where a particle comes from.",
    )


def _comparisons(inputs: Inputs) -> Iterator[Block]:
    found = inputs.finding(ComparisonFinding)
    if isinstance(found, NotAssessed):
        return
    yield Table(
        id="replicates",
        title="Replicates",
        columns=(
            Column(name="Sample"),
            Column(name="Replicates"),
            Column(name="CV of the concentration", unit="%"),
            Column(name="Settings that differ"),
        ),
        rows=tuple(
            (r.sample, f"{len(r.values_per_ml)} {r.kind}", r.cv_percent, ", ".join(r.differing) or "none")
            for r in found.replicates
        ),
    )
    differing = [row for row in found.replicates if row.differing]
    if differing:
        names = ", ".join(row.sample for row in differing)
        text = f"Compared runs differ in their settings ({names}); their numbers are not comparable."
        yield Text(text=text, tone="note")
    yield Table(
        id="blanks",
        title="Blank and net concentration",
        columns=(
            Column(name="Sample"),
            Column(name="Blank runs"),
            Column(name="Blank over sample, as measured", unit="%"),
            Column(name="Net stock concentration", unit="particles/mL"),
        ),
        rows=tuple(
            (b.sample, ", ".join(b.blank_runs) or "none", b.percent, b.net_per_ml) for b in found.blanks
        ),
    )


SECTION = Section(
    id="D3",
    title="Size and number",
    question="How many particles of which size, how sure?",
    order=3,
    needs=(SizeFinding, ComparisonFinding),
    compose=compose,
)
