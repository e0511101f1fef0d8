"""D16: a methods text to paste into a paper, with what was done to these files and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.analysis import Inputs
from vesicle.dossier import Section
from vesicle.dossier.blocks import Block, Methods
from vesicle.findings import ProteinFinding, PurityFinding, SizeFinding
from vesicle.results import Estimate, NotAssessed, Verdict


def compose(inputs: Inputs) -> tuple[Block, ...]:
    """One paragraph per method that was used.

    Parameters
    ----------
    inputs : Inputs
        With all findings.

    Returns
    -------
    tuple of Block
        Only what applies to this folder.
    """
    return (*_sizing(inputs), *_purity(inputs), *_checks(inputs))


def _sizing(inputs: Inputs) -> Iterator[Block]:
    sizes = inputs.finding(SizeFinding)
    if isinstance(sizes, NotAssessed) or not sizes.runs:
        return
    instruments = dict.fromkeys(
        f"{s.run.instrument} ({s.run.software or 'software not stated'})"
        for s in sizes.runs
        if s.run.instrument
    )
    by = f" on {'; '.join(instruments)}" if instruments else ""
    yield Methods(
        text=f"Particles were sized and counted by nanoparticle tracking{by}: {_counted(sizes)}. "
        "Number-weighted percentiles were interpolated at class edges of the "
        "exported distribution; the mode was taken after Gaussian smoothing. Intervals are 95 %: a multinomial "
        "bootstrap of the tracks (1000 resamples, seed 0) within a run, Student's t between videos, kept positions "
        "or at least three runs. "
        "Stock concentrations are the measured ones times the dilution, applied once. "
        "Counts are particles; scatter does not tell vesicles from other particles, and particles below the "
        "detection limit of the method are not observed.",
        citations=("misev2023",),
    )
    used = [
        s.run.viscosity_mpas
        for s in sizes.runs
        if s.run.viscosity_mpas is not None and s.run.temperature_c is not None
    ]
    if used:
        low, high = min(used), max(used)
        span = f"{low:.3f}" if low == high else f"{low:.3f} to {high:.3f}"
        yield Methods(
            text=f"Diameters were computed by the instrument's software with viscosities of {span} mPa s; "
            "they were compared with the viscosity of water at the stated temperature.",
            citations=("kestin1978",),
        )


def _counted(sizes: SizeFinding) -> str:
    """How many runs there were of the samples and of each control, and how many gave no result."""
    runs = {role: len(sizes.of_role(role)) for role in dict.fromkeys(s.run.role for s in sizes.runs)}
    controls = [f"{_number(n, 'run')} of the role '{role}'" for role, n in runs.items() if role != "sample"]
    prepared = {sample.preparation or sample.sample for sample in sizes.samples}
    of_samples = f"{_number(runs.get('sample', 0), 'run')} of {_number(len(prepared), 'sample')}"
    empty = sum(size.run.status != "ok" for size in sizes.runs)
    failed = [f"{_number(empty, 'run')} of these without a result"] if empty else []
    return ", ".join([of_samples, *controls, *failed])


def _number(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _purity(inputs: Inputs) -> Iterator[Block]:
    purity, protein = inputs.finding(PurityFinding), inputs.finding(ProteinFinding)
    if isinstance(purity, NotAssessed) or isinstance(protein, NotAssessed):
        return
    if any(isinstance(row.particles_per_ug, Estimate) for row in purity.rows):
        assay = f" ({protein.assay})" if protein.assay else ""
        yield Methods(
            text=f"Purity is given as stock particles per ug protein{assay} with an interval on the log "
            "scale (Welch-Satterthwaite), its band, and the protein share f = 1 / (ratio x mean particle mass) at a "
            "density of 1.10 g/mL.",
            citations=("webber2013",),
        )


def _checks(inputs: Inputs) -> Iterator[Block]:
    if not inputs.checks:
        return
    judged = sorted(r.id for r in inputs.checks.values() if r.verdict is not Verdict.NOT_ASSESSED)
    changed = [f"{r.id} {text}" for r in inputs.checks.values() for text in r.overrides]
    limits = f" Limits changed by the user: {'; '.join(changed)}." if changed else ""
    yield Methods(
        text=f"{len(judged)} of {len(inputs.checks)} checks ({', '.join(judged) or 'none'}) could be judged by "
        f"version {inputs.limits.version} of vesicle's rules; each rule, its limits "
        f"and who chose them are listed with the results.{limits}",
        citations=("vestad2017",) if "C03" in inputs.checks else (),
    )


SECTION = Section(
    id="D16",
    title="Methods text",
    question="What can I paste into a paper?",
    order=16,
    needs=(SizeFinding,),
    compose=compose,
)
