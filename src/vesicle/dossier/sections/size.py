"""D3: how many particles of which size, and how sure."""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.analysis import Inputs
from vesicle.dossier import Section
from vesicle.dossier.blocks import Block, Column, Table, Text, Verdicts
from vesicle.dossier.sections.size_censored import censored_sentence
from vesicle.dossier.sections.size_figures import distribution_figures
from vesicle.dossier.sections.size_reporting import reporting_table
from vesicle.dossier.sections.size_tables import run_tables, settings_tables, zeta_table
from vesicle.dossier.sections.size_videos import video_blocks
from vesicle.findings import ComparisonFinding, SizeFinding
from vesicle.results import NotAssessed


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
        *distribution_figures(sizes),
        *_samples(sizes),
        *_comparisons(inputs),
        Verdicts(check_ids=("C01", "C02", "C03", "C04", "C12")),
        *video_blocks(sizes),
        *run_tables(sizes),
        *settings_tables(sizes),
        *reporting_table(inputs, sizes),
        *zeta_table(inputs),
    )


def _notes(sizes: SizeFinding) -> Iterator[Block]:
    said: dict[str, list[str]] = {}
    for size in sizes.runs:
        for warned in size.warnings:
            said.setdefault(warned.message, []).append(size.run.stem)
    for message, stems in said.items():
        yield Text(text=f"{', '.join(stems)}: {message}", tone="note")


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
        caption=censored_sentence(sizes.of_role("sample")),
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
