"""Percent positive of every antigen on the producing cells, from events where there are any."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vesicle.analysis import Analysis, Inputs
from vesicle.cytometry.positives import PercentPositive, percent_positive
from vesicle.findings import AntigenReading, GatedTube, IdentityFinding
from vesicle.manifest import Manifest
from vesicle.measurements import FlowFile, PopulationTable
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Estimate, Evidence, NotAssessed, Provenance, Source, Warned
from vesicle.source.controls import Control, control_for
from vesicle.source.declared import declared_readings
from vesicle.source.histograms import histogram_of
from vesicle.source.stains import COCKTAIL, Stain, kind_of_control, required_of, stains_of
from vesicle.source.tubes import Tube, gated_tube
from vesicle.standards import CheckStandard, canonical_term, load_standard, terms

_UNSURE = frozenset({"values_implausible", "byte_order_swapped", "byte_order_doubtful"})
OTHER_PERCENTILES = (99.0, 99.9)
"""Reported beside the one that decides, since the choice of the percentile moves a small percentage."""
BRIGHTER = "control_above_sample"
LINEAR_SD = 3.0
"""House rule: so many SDs of the control's dim side are drawn linear before the scale turns logarithmic."""
_ROLES = frozenset({"sample", "unstained", "FMO", "isotype", "reference batch"})


def identify_cells(inputs: Inputs) -> IdentityFinding:
    """What each tube says of each antigen, against its matched control.

    Parameters
    ----------
    inputs : Inputs
        With cytometer files or statistics tables of cells, and the manifest.

    Returns
    -------
    IdentityFinding
        Empty when the folder holds neither.
    """
    files = tuple(file for file in inputs.all(FlowFile) if _may_be_cells(file))
    tables = inputs.all(PopulationTable)
    stains = tuple(stain for file in _stained(files) for stain in stains_of(file))
    of_cells = _with_stains(files, stains)
    if not stains and not tables:
        return IdentityFinding(missing=tuple(_missing(())), unplaced=tuple(_unplaced(files, ())))
    rack = _Rack(of_cells, inputs)
    seen = suspected([rack.reading(stain) for stain in stains], inputs.limits["C05"])
    readings = tuple(sorted((*seen, *declared_readings(tables)), key=_in_order))
    species, is_human = _species(inputs.manifest)
    return IdentityFinding(
        readings=readings,
        tubes=tuple(rack.tubes()),
        missing=tuple(_missing(readings)),
        species=species,
        is_human=is_human,
        unplaced=tuple(_unplaced(files, stains)),
        provenance=Provenance(
            files=tuple(file.file for file in of_cells) + tuple(table.file for table in tables),
            method="gated events at or above a percentile of the matched control; "
            "net = (gated - control) / (1 - control)",
            source=Source(
                text="isct2006.toml, checks.toml C05 and C06", status="limits seen; percentile house"
            ),
        ),
    )


class _Rack:
    """All tubes of cells; each is gated once, however many antigens it holds or stains it is the control of."""

    def __init__(self, files: Sequence[FlowFile], inputs: Inputs) -> None:
        self.files = files
        self.inputs = inputs
        self.gated: dict[str, Tube] = {}

    def tube(self, file: FlowFile) -> Tube:
        path = file.file.path
        if path not in self.gated:
            self.gated[path] = gated_tube(file, self.inputs.manifest.cytometry.viability_channel)
        return self.gated[path]

    def tubes(self) -> Iterator[GatedTube]:
        for file in self.files:
            if file.file.path in self.gated:
                yield self.gated[file.file.path].record

    def reading(self, stain: Stain) -> AntigenReading:
        """One antigen of one tube, with a number or the reason why there is none."""
        if stain.problem:
            return _without(stain, stain.problem)
        sample = self.tube(stain.file)
        if sample.problem:
            return _without(stain, sample.problem)
        found = control_for(stain, self.files)
        if isinstance(found, Warned):
            return _without(stain, found, events=sample.record.events)
        control = self.tube(found.file)
        if control.problem:
            problem = replace(
                control.problem, message=f"its control {found.file.file.path}: {control.problem.message}"
            )
            return _without(stain, problem, control=found, events=sample.record.events)
        return self._compared(stain, found, sample, control)

    def _compared(self, stain: Stain, found: Control, sample: Tube, control: Tube) -> AntigenReading:
        limits = self.inputs.limits["C05" if required_of(_first(stain)) == "positive" else "C06"]
        events, background = sample.signal(stain.place or 0), control.signal(found.place, like=sample)
        stretch = _stretch(background)
        share = percent_positive(stretch(events), stretch(background), percentile=limits["percentile"])
        if isinstance(share, NotAssessed):
            problem = Warned(code="too_few_control_events", message=share.reason)
            return _without(stain, problem, control=found, events=len(events))
        reading = _without(
            stain, _brighter_control(events, background, limits), control=found, events=len(events)
        )
        threshold = stretch.undone(share.threshold)
        notes = (*reading.notes, *found.notes, *sample.notes_on(stain.place or 0))
        others = ((p, percent_positive(events, background, percentile=p)) for p in OTHER_PERCENTILES)
        return replace(
            reading,
            threshold=threshold,
            control_events=share.control_events,
            gated_percent=_at(share.gated_percent, share.threshold, threshold),
            control_percent=_at(share.control_percent, share.threshold, threshold),
            net_percent=share.net_percent,
            subtracted_percent=share.subtracted_percent,
            nets=tuple(
                (p, one.net_percent if isinstance(one, PercentPositive) else one) for p, one in others
            ),
            histogram=histogram_of(events, background),
            doubts=(*reading.doubts, *sample.doubts, *_of_file(stain.file), *_of_file(found.file)),
            notes=notes,
        )


@dataclass(frozen=True, slots=True)
class _Stretch:
    """An arcsinh scale: no percentage depends on it, but distances in SDs do where backgrounds are skewed."""

    cofactor: float

    def __call__(self, values: FloatArray) -> FloatArray:
        return np.arcsinh(values / self.cofactor)

    def undone(self, place: float) -> float:
        return self.cofactor * math.sinh(place)


def _at(percent: Estimate, place: float, threshold: float) -> Estimate:
    """A percentage whose method names the threshold in the units of the channel."""
    return replace(percent, method=percent.method.replace(f"{place:.6g}", f"{threshold:.6g}"))


def _stretch(background: FloatArray) -> _Stretch:
    low, middle = np.percentile(background, [15.9, 50])
    return _Stretch(max(LINEAR_SD * float(middle - low), 1e-6))


def _brighter_control(events: FloatArray, background: FloatArray, limits: CheckStandard) -> Warned | None:
    """Whether the control holds clearly more bright events than the sample, as when the two were exchanged."""
    back = percent_positive(background, events, percentile=limits["percentile"])
    if isinstance(back, NotAssessed) or back.net_percent.low <= limits["control_above_percent"]:
        return None
    message = (
        f"the control is brighter than the stained tube: {back.net_percent.value:.3g} % of its events lie above the "
        "threshold that the stained tube would set; were the two exchanged?"
    )
    return Warned(code=BRIGHTER, message=message)


def suspected(readings: Sequence[AntigenReading], positive: CheckStandard) -> Iterator[AntigenReading]:
    """The readings, without those whose control is brighter than another tube of the same channel.

    Such a control may itself be a stained tube, and its threshold too high; a tube that passes it as a positive
    marker passes a lower threshold as well, so it is kept.

    Parameters
    ----------
    readings : sequence of AntigenReading
        Of all tubes.
    positive : CheckStandard
        C05 with the limits in force.

    Yields
    ------
    AntigenReading
        In the same order.
    """
    bright = {
        (r.control_file, r.channel): r.file
        for r in readings
        if r.problem is not None and r.problem.code == BRIGHTER
    }
    for reading in readings:
        dimmer, net = bright.get((reading.control_file, reading.channel)), reading.net_percent
        passes = (
            reading.required == "positive"
            and isinstance(net, Estimate)
            and net.low >= positive["min_percent"]
        )
        if reading.problem is not None or dimmer is None or passes:
            yield reading
        else:
            message = (
                f"its control is brighter than another tube of this channel, {dimmer}; was it exchanged?"
            )
            yield replace(reading, problem=Warned(code=BRIGHTER, message=message))


def _without(
    stain: Stain, problem: Warned | None, *, control: Control | None = None, events: int = 0
) -> AntigenReading:
    unknown = NotAssessed(problem.message if problem else "")
    marker = COCKTAIL if stain.is_cocktail else _first(stain)
    files = (stain.file.file.path, *((control.file.file.path,) if control else ()))
    return AntigenReading(
        marker=marker,
        antigens=stain.antigens,
        required="negative" if stain.is_cocktail else required_of(marker),
        file=stain.file.file.path,
        channel=stain.channel,
        control_file=control.file.file.path if control else "",
        control_kind=control.kind if control else "",
        events=events,
        gated_percent=unknown,
        control_percent=unknown,
        net_percent=unknown,
        subtracted_percent=unknown,
        problem=problem,
        doubts=stain.doubts,
        named_by=stain.origin,
        evidence=tuple(Evidence(file=path, row=stain.channel or None) for path in files),
    )


def _in_order(reading: AntigenReading) -> int:
    """The order of the criteria, then cocktails, then antigens that the criteria do not name."""
    table = load_standard("isct2006")
    order = [row["label"] for row in table["positive"]]
    order += [label for row in table["negative"] for label in row["any_of"]]
    return [*order, COCKTAIL, reading.marker].index(reading.marker)


def _first(stain: Stain) -> str:
    return stain.antigens[0] if stain.antigens else COCKTAIL


def _of_file(file: FlowFile) -> Iterator[Warned]:
    """What the reader doubts of all values of a file."""
    for warned in file.warnings:
        if warned.code in _UNSURE:
            yield Warned(code=warned.code, message=f"{file.file.path}: {warned.message}")


def _may_be_cells(file: FlowFile) -> bool:
    return file.subject != "particles" and file.role in _ROLES and bool(file.datasets)


def _stained(files: Sequence[FlowFile]) -> Iterator[FlowFile]:
    """Tubes that are no control, neither by kind nor because another tube names them so."""
    named = {file.control for file in files if file.control}
    for file in files:
        path = file.file.path
        is_named = bool(named & {path, path.rsplit("/", 1)[-1], file.stem})
        if not kind_of_control(file) and not is_named:
            yield file


def _with_stains(files: Sequence[FlowFile], stains: Sequence[Stain]) -> tuple[FlowFile, ...]:
    """Tubes with an antigen and what may be their controls; where nothing says cells, only with an antigen of them."""
    stained = {stain.file.file.path for stain in stains}
    named = {stain.file.control for stain in stains if stain.file.control}
    return tuple(
        file
        for file in files
        if file.file.path in stained
        or kind_of_control(file)
        or named & {file.file.path, file.file.path.rsplit("/", 1)[-1], file.stem}
    )


def _unplaced(files: Sequence[FlowFile], stains: Sequence[Stain]) -> Iterator[tuple[str, str]]:
    stained = {stain.file.file.path for stain in stains}
    for file in _stained(files):
        if file.file.path not in stained:
            yield (
                file.file.path,
                "no antigen is named by vesicle.toml, by a label of its channels or by its name",
            )


def _missing(readings: Sequence[AntigenReading]) -> Iterator[str]:
    table = load_standard("isct2006")
    seen = {antigen for reading in readings for antigen in reading.antigens}
    has_unnamed = any(reading.marker == COCKTAIL and not reading.antigens for reading in readings)
    for row in table["positive"]:
        if row["label"] not in seen:
            yield row["label"]
    for row in table["negative"]:
        if not has_unnamed and not seen & set(row["any_of"]):
            yield " or ".join(row["any_of"])


def _species(manifest: Manifest) -> tuple[str, bool]:
    said = manifest.donor.species or ""
    label = canonical_term("species", said)
    if not said:
        return "", True
    if label is None:
        return said, False
    return label, terms("species")[label].get("ontology_id") == load_standard("isct2006")["species"]


ANALYSIS = Analysis(
    name="cell identity", needs=(FlowFile, PopulationTable), gives=IdentityFinding, run=identify_cells
)
