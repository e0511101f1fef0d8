"""Particles per ug protein, the band it falls in, and the protein share that it would imply.

Both results are printed side by side, because the bands in use do not know the particles' size.
"""

from __future__ import annotations

import math
import re

from vesicle.analysis import Analysis, Inputs
from vesicle.findings import ProteinFinding, ProteinSample, PurityFinding, PurityRow, SampleSize, SizeFinding
from vesicle.inference.intervals import log_ratio
from vesicle.results import Estimate, Evidence, NotAssessed, Provenance, Quantity, Source
from vesicle.standards import CheckStandard

_BANDS = (
    "impure",
    "between bands (impure and low)",
    "low purity",
    "between bands (low and high)",
    "high purity",
)


def assess_purity(inputs: Inputs) -> PurityFinding:
    """Purity of every sample that was both counted and assayed for protein.

    Parameters
    ----------
    inputs : Inputs
        With sizes, proteins, and the manifest's statement about protein in the buffer.

    Returns
    -------
    PurityFinding
        One row per counted sample, each with a number or the reason why there is none.
    """
    sizes, proteins = inputs.finding(SizeFinding), inputs.finding(ProteinFinding)
    if isinstance(sizes, NotAssessed) or isinstance(proteins, NotAssessed):
        return PurityFinding()
    rows = tuple(_row(inputs, sizes, size, proteins) for size in sizes.samples)
    return PurityFinding(
        rows=rows,
        provenance=Provenance(
            files=(*sizes.provenance.files, *proteins.provenance.files),
            method="stock particles per mL over net protein per mL; f = 1 / (ratio x mean particle mass)",
            source=Source(text="purity.toml", status="band edges memory or second-hand; f derived"),
        ),
    )


def _row(inputs: Inputs, sizes: SizeFinding, size: SampleSize, proteins: ProteinFinding) -> PurityRow:
    protein, note = match_protein(size, sizes, proteins)
    evidence = tuple(
        Evidence(file=run.run.files[0].path)
        for run in sizes.runs_of(size.sample)
        if run.run.stem in size.runs
    )
    ratio = _ratio(inputs, size, protein)
    return PurityRow(
        sample=size.sample,
        particles_per_ug=ratio,
        purity_class=classify(ratio, inputs.limits["C10"]),
        implied_protein_share=implied_protein_share(ratio, size.particle_mass_ug),
        runs=size.runs,
        evidence=(*evidence, *(protein.evidence if isinstance(protein, ProteinSample) else ())),
        note=note,
    )


def match_protein(
    size: SampleSize, sizes: SizeFinding, proteins: ProteinFinding
) -> tuple[ProteinSample | NotAssessed, str]:
    """The protein reading that belongs to a counted sample.

    Names are compared without case, spaces, hyphens and underscores, against the sample, the runs'
    labels and their stems. When each side has just one sample they are paired, and the note says so.

    Parameters
    ----------
    size : SampleSize
        The counted sample.
    sizes : SizeFinding
        With the runs, for their labels.
    proteins : ProteinFinding
        With all readings.

    Returns
    -------
    match : ProteinSample or NotAssessed
        The reading.
    note : str
        Empty unless the names differ.
    """
    if not proteins.samples:
        return NotAssessed("no protein table in the folder; add one (sample, ug per mL, replicates)"), ""
    runs = [run.run for run in sizes.runs_of(size.sample)]
    own_name = size.preparation or size.sample
    names = {own_name, *(run.label for run in runs), *(run.stem for run in runs)}
    keys = {_key(name) for name in names}
    found = [protein for protein in proteins.samples if _key(protein.sample) in keys]
    if len(found) == 1:
        return found[0], ""
    if len(found) > 1:
        return NotAssessed(f"several protein tables hold '{own_name}'; keep the one of the same aliquot"), ""
    preparations = {sample.preparation or sample.sample for sample in sizes.samples}
    if len(preparations) == len(proteins.samples) == 1:
        only = proteins.samples[0]
        return (
            only,
            f"'{only.sample}' in the protein table is taken as '{own_name}': each side has one sample",
        )
    listed = ", ".join(f"'{protein.sample}'" for protein in proteins.samples[:8])
    return NotAssessed(f"the protein table has no sample '{own_name}' (it has {listed})"), ""


def _key(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", name).casefold()


def _ratio(inputs: Inputs, size: SampleSize, protein: ProteinSample | NotAssessed) -> Quantity:
    buffer = inputs.manifest.product.protein_in_buffer
    if buffer not in {None, False}:
        named = "protein" if buffer is True else f"'{buffer}'"
        return NotAssessed(f"the buffer contains {named}: not assessable after formulation")
    if isinstance(protein, NotAssessed):
        return protein
    if isinstance(protein.ug_per_ml, NotAssessed):
        return protein.ug_per_ml
    if isinstance(size.concentration_per_ml, NotAssessed):
        return size.concentration_per_ml
    if not size.stock_per_ml or min(size.stock_per_ml) <= 0:
        return NotAssessed("a run of this sample counted no particle per volume")
    if min(protein.replicates) <= 0:
        return NotAssessed("a protein replicate is not above the blank: the ratio has no upper bound")
    single = _relative_error(size.concentration_per_ml)
    return log_ratio(size.stock_per_ml, protein.replicates, top_se=single, bottom_se=0.0)


def _relative_error(estimate: Estimate) -> float:
    return max(_log_up(estimate), _log_down(estimate)) / 1.959964


def implied_protein_share(ratio: Quantity, particle_mass_ug: Quantity) -> Quantity:
    """The share of the particles' mass that would be protein if all protein were inside them.

    Parameters
    ----------
    ratio : Estimate or NotAssessed
        Particles per ug protein.
    particle_mass_ug : Estimate or NotAssessed
        Mean mass of one particle.

    Returns
    -------
    Estimate or NotAssessed
        Above 1 there is more protein than the counted particles can hold.

    Notes
    -----
    **Source**: purity.toml, physical plausibility, derived by us: f = 1 / (R m) with
    m = pi/6 <d^3> 1.10 g/cm3. Errors of both factors are added on the log scale.

    Examples
    --------
    >>> from vesicle.results import exact
    >>> share = implied_protein_share(exact(3e10, method=""), exact(5.76e-10, method=""))
    >>> round(share.value, 3)
    0.058
    """
    if isinstance(ratio, NotAssessed):
        return ratio
    if isinstance(particle_mass_ug, NotAssessed):
        return particle_mass_ug
    share = 1 / (ratio.value * particle_mass_ug.value)
    up = math.hypot(_log_down(ratio), _log_down(particle_mass_ug))
    down = math.hypot(_log_up(ratio), _log_up(particle_mass_ug))
    return Estimate(
        value=share,
        low=share * math.exp(-down),
        high=share * math.exp(up),
        n=ratio.n,
        method="1 / (particles per ug x mean particle mass at 1.10 g/mL), errors added on the log scale",
    )


def _log_up(estimate: Estimate) -> float:
    return math.log(estimate.high / estimate.value)


def _log_down(estimate: Estimate) -> float:
    """How far the interval reaches down; as far as up where it was cut off at 0."""
    return math.log(estimate.value / estimate.low) if estimate.low > 0 else _log_up(estimate)


def classify(ratio: Quantity, standard: CheckStandard) -> str:
    """The purity class whose band holds the whole interval, else what the interval spans.

    Parameters
    ----------
    ratio : Estimate or NotAssessed
        Particles per ug protein.
    standard : CheckStandard
        C10 with its band edges in force.

    Returns
    -------
    str
        A class, "between bands ...", or "undetermined (spans A to B)".
    """
    if isinstance(ratio, NotAssessed):
        return "not assessed"
    low, high = _band(ratio.low, standard), _band(ratio.high, standard)
    return _BANDS[low] if low == high else f"undetermined (spans {_BANDS[low]} to {_BANDS[high]})"


def _band(value: float, standard: CheckStandard) -> int:
    if value <= standard["impure_max"]:
        return 0
    if value < standard["low_min"]:
        return 1
    if value <= standard["low_max"]:
        return 2
    return 3 if value < standard["high_min"] else 4


ANALYSIS = Analysis(
    name="purity", needs=(SizeFinding, ProteinFinding), gives=PurityFinding, run=assess_purity
)
