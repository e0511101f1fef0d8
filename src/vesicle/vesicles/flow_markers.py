"""What was stained on small particles: above the control, in which combinations, how bright in calibrated units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from vesicle.findings.flow import FlowCount, Ladder, Phenotype, StainedMarker
from vesicle.inference.intervals import binomial_interval
from vesicle.inference.rates import difference
from vesicle.measurements.cytometry import FlowDataset, Spillover
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Estimate, NotAssessed, Quantity
from vesicle.standards import CheckStandard
from vesicle.vesicles.flow_controls import is_named
from vesicle.vesicles.flow_files import differing_settings, main_dataset, values_of
from vesicle.vesicles.flow_ladders import refused, unlike_ladder
from vesicle.vesicles.flow_names import markers_of, words_for

TETRASPANINS = ("CD9", "CD63", "CD81")
_FLUORESCENCE_CONTROLS = ("isotype", "unstained", "FMO", "reagent control")
_Z = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tube:
    """One stained file beside its fluorescence control: values of the stained channels, one column per marker."""

    count: FlowCount
    markers: tuple[str, ...]
    channels: tuple[str, ...]
    values: FloatArray
    control: FlowCount | None
    control_values: FloatArray | None
    reason: str


def stained(
    counts: Sequence[FlowCount], ladders: Sequence[Ladder], standard: CheckStandard
) -> tuple[tuple[StainedMarker, ...], tuple[Phenotype, ...]]:
    """Every stained marker of every sample, and the combinations of tetraspanins.

    Parameters
    ----------
    counts : sequence of FlowCount
        All files.
    ladders : sequence of Ladder
        Calibrated channels.
    standard : CheckStandard
        C22, for the percentile of the control.

    Returns
    -------
    markers : tuple of StainedMarker
        One per marker and file.
    phenotypes : tuple of Phenotype
        Every combination of the tetraspanins that have a threshold, of files where at least one has.
    """
    markers: list[StainedMarker] = []
    phenotypes: list[Phenotype] = []
    for tube in _tubes(counts):
        usable = _usable(tube.count, counts, ladders)
        found = [
            _marker(tube, place, usable, standard["control_percentile"]) for place in range(len(tube.markers))
        ]
        markers += found
        phenotypes += _phenotypes(tube, found)
    return tuple(markers), tuple(phenotypes)


def _usable(count: FlowCount, counts: Sequence[FlowCount], ladders: Sequence[Ladder]) -> list[Ladder]:
    """The ladders as this file may use them: one of other settings is refused."""
    paths = {other.path: other for other in counts}
    reasons = [unlike_ladder(count, paths[ladder.file], ladder.channel) for ladder in ladders]
    return [
        refused(ladder.channel, ladder.unit, ladder.file, reason) if reason else ladder
        for ladder, reason in zip(ladders, reasons, strict=True)
    ]


def _tubes(counts: Sequence[FlowCount]) -> Iterator[_Tube]:
    for count in counts:
        dataset = main_dataset(count.file)
        stained_in = markers_of(count.file)
        if count.part != "sample" or not count.events or dataset is None or not stained_in:
            continue
        places = {name: place for name in stained_in if (place := dataset.place(name)) is not None}
        names = tuple(places)
        matched = fluorescence_control(count, counts)
        control = matched if isinstance(matched, FlowCount) else None
        yield _Tube(
            count=count,
            markers=tuple(stained_in[name] for name in names),
            channels=tuple(dataset.channels[places[name]].name for name in names),
            values=compensated(dataset, list(places.values())),
            control=control,
            control_values=_of_control(control, dataset, list(places.values())),
            reason=matched.reason if isinstance(matched, NotAssessed) else "",
        )


def fluorescence_control(count: FlowCount, counts: Sequence[FlowCount]) -> FlowCount | NotAssessed:
    """The file against which a stained file is read.

    Parameters
    ----------
    count : FlowCount
        A stained file.
    counts : sequence of FlowCount
        All files.

    Returns
    -------
    FlowCount or NotAssessed
        The one that the user names, where it holds particles or reagents; else an isotype control, an unstained
        sample or a control with reagents, from the same instrument with the same settings.
    """
    named = [
        other
        for other in counts
        if is_named(count.file.control, other.file) and other.file.role not in {"buffer blank", "wash"}
    ]
    for other in (*named, *_candidates(count, counts)):
        if other.events and other is not count:
            return other
    return NotAssessed(
        "no isotype control, unstained sample or reagent control with the same settings; "
        "name it with control in [[files]]"
    )


def _candidates(count: FlowCount, counts: Sequence[FlowCount]) -> Iterator[FlowCount]:
    for role in _FLUORESCENCE_CONTROLS:
        for other in counts:
            named = count.file.instrument
            is_same = not named or other.file.instrument in {"", named}
            if (
                other.file.role == role
                and is_same
                and not differing_settings(count.taken_with, other.taken_with)
            ):
                yield other


def _of_control(control: FlowCount | None, dataset: FlowDataset, places: Sequence[int]) -> FloatArray | None:
    other = main_dataset(control.file) if control is not None else None
    if other is None:
        return None
    found = [other.place(dataset.channels[place].name) for place in places]
    if any(place is None for place in found):
        return None
    return compensated(other, [place for place in found if place is not None])


def compensated(dataset: FlowDataset, places: Sequence[int]) -> FloatArray:
    """Channels with the file's own spillover taken off, where it states one that concerns them.

    Parameters
    ----------
    dataset : FlowDataset
        As read.
    places : sequence of int
        Channels.

    Returns
    -------
    numpy.ndarray
        Shape (events, len(places)).
    """
    spillover = dataset.spillover
    if not isinstance(spillover, Spillover) or _is_identity(spillover):
        return values_of(dataset, places)
    detectors = list(spillover.channels)
    others = [place for place in places if place not in detectors]
    values = values_of(dataset, [*detectors, *others])
    clean = np.linalg.solve(spillover.matrix.T, values[:, : len(detectors)].T).T
    both: FloatArray = np.column_stack((clean, values[:, len(detectors) :])).astype(np.float64)
    order = [*detectors, *others]
    return both[:, [order.index(place) for place in places]]


def _is_identity(spillover: Spillover) -> bool:
    return bool(np.allclose(spillover.matrix, np.eye(len(spillover.channels)), rtol=0, atol=1e-12))


def _marker(tube: _Tube, place: int, ladders: Sequence[Ladder], percentile: float) -> StainedMarker:
    threshold, positive = _positive(tube, place, percentile)
    mean, unit = _calibrated(tube, place, ladders)
    return StainedMarker(
        sample=tube.count.file.sample,
        file=tube.count.path,
        marker=tube.markers[place],
        channel=tube.channels[place],
        control=tube.control.path if tube.control else "",
        threshold=threshold,
        positive_percent=positive,
        median=float(np.median(tube.values[:, place])),
        mean_calibrated=mean,
        unit=unit,
        words=words_for(tube.markers[place]),
    )


def _positive(tube: _Tube, place: int, percentile: float) -> tuple[float | None, Quantity]:
    from vesicle.cytometry.positives import percent_positive

    if tube.control_values is None:
        reason = tube.reason or f"the control has no channel {tube.channels[place]}"
        return None, NotAssessed(reason)
    found = percent_positive(tube.values[:, place], tube.control_values[:, place], percentile=percentile)
    if isinstance(found, NotAssessed):
        return None, found
    return found.threshold, found.net_percent


def _calibrated(tube: _Tube, place: int, ladders: Sequence[Ladder]) -> tuple[Quantity, str]:
    ladder = next((found for found in ladders if found.channel == tube.channels[place]), None)
    if ladder is None:
        return NotAssessed(f"{tube.channels[place]} is not calibrated: no ladder of beads for it"), ""
    sample = ladder.units(tube.values[:, place])
    if isinstance(sample, NotAssessed):
        return NotAssessed(f"the ladder of {ladder.channel} cannot be used: {sample.reason}"), ladder.unit
    if tube.control_values is None:
        return NotAssessed(tube.reason or "the control lacks the channel"), ladder.unit
    control = ladder.units(tube.control_values[:, place])
    if isinstance(control, NotAssessed):
        return control, ladder.unit
    return difference(_mean(sample), _mean(control)), ladder.unit


def _mean(values: FloatArray) -> Estimate:
    mean, half = float(values.mean()), _Z * float(values.std()) / max(1.0, len(values)) ** 0.5
    return Estimate(value=mean, low=mean - half, high=mean + half, n=len(values), method="mean of events")


def _phenotypes(tube: _Tube, markers: Sequence[StainedMarker]) -> Iterator[Phenotype]:
    """Every combination of the tetraspanins that have a threshold; the last is that of none."""
    places = {
        marker.marker: (place, marker.threshold)
        for place, marker in enumerate(markers)
        if marker.marker in TETRASPANINS and marker.threshold is not None
    }
    names = [name for name in TETRASPANINS if name in places]
    control = tube.control_values
    if not names or control is None:
        return
    above, chance = (_above(values, [places[name] for name in names]) for values in (tube.values, control))
    for pattern in product((True, False), repeat=len(names)):
        found = int(np.sum(np.all(above == pattern, axis=1)))
        share = binomial_interval(found / len(above), n=len(above), what="events")
        by_chance = float(np.mean(np.all(chance == pattern, axis=1)))
        control_share = binomial_interval(by_chance, n=len(chance), what="events of the control")
        yield Phenotype(
            sample=tube.count.file.sample,
            file=tube.count.path,
            positive=tuple(name for name, is_in in zip(names, pattern, strict=True) if is_in),
            negative=tuple(name for name, is_in in zip(names, pattern, strict=True) if not is_in),
            events=found,
            share=share,
            control_share=control_share,
            net_share=difference(share, control_share),
        )


def _above(values: FloatArray, places: Sequence[tuple[int, float | None]]) -> NDArray[np.bool_]:
    columns = [values[:, place] >= threshold for place, threshold in places if threshold is not None]
    return np.column_stack(columns)
