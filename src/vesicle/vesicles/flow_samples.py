"""The cytometer files of each sample taken together: its blank, and its series of dilutions."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vesicle.findings.comparison import BlankRow
from vesicle.findings.flow import DilutionSeries, FlowCount
from vesicle.inference.intervals import envelope
from vesicle.measurements.cytometry import FlowDataset
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Estimate, Evidence, NotAssessed, Quantity
from vesicle.standards import CheckStandard
from vesicle.vesicles.flow_controls import dilution_of
from vesicle.vesicles.flow_files import main_dataset, scatter_place, shown_channel, values_of
from vesicle.vesicles.flow_names import markers_of

FEWEST_NET_EVENTS = 100
"""House rule: with fewer events left, no median is held against others."""
DILUTING_LOG10 = 0.02
"""House rule: the error of making one dilution, 5 %."""
_Z = 1.959964
_OTHER_DAY = "its control was measured on another day"
_DIFFERS = "its control was measured with other settings"


def by_sample(counts: Sequence[FlowCount]) -> Mapping[str, list[FlowCount]]:
    """The files of each sample.

    Parameters
    ----------
    counts : sequence of FlowCount
        All files.

    Returns
    -------
    mapping of str to list
        Files whose part is ``sample``, in their order.
    """
    groups: dict[str, list[FlowCount]] = defaultdict(list)
    for count in counts:
        if count.part == "sample":
            groups[count.file.sample].append(count)
    return groups


def blank_rows(counts: Sequence[FlowCount]) -> tuple[BlankRow, ...]:
    """The control beside each sample at its highest dilution, where it weighs most.

    Parameters
    ----------
    counts : sequence of FlowCount
        Held against their controls.

    Returns
    -------
    tuple of BlankRow
        One per sample.
    """
    return tuple(_blank(sample, found) for sample, found in by_sample(counts).items())


def _blank(sample: str, counts: Sequence[FlowCount]) -> BlankRow:
    counted = [count for count in counts if count.events] or list(counts)
    highest = max(dilution_of(count.file) or 0.0 for count in counted)
    thinnest = [count for count in counted if (dilution_of(count.file) or 0.0) == highest]
    controls = tuple(dict.fromkeys(path for count in thinnest for path in count.controls))
    files = (*controls, *(count.path for count in counts))
    return BlankRow(
        sample=f"{sample} (cytometer)",
        blank_runs=controls,
        percent=_together([count.control_percent for count in thinnest]),
        net_per_ml=_together([count.stock_per_ml for count in counted]),
        evidence=tuple(Evidence(file=path) for path in files),
        doubt=_doubt(thinnest),
    )


def _doubt(counts: Sequence[FlowCount]) -> str:
    flags = {flag for count in counts for flag in count.flags}
    found = (("control_other_day", _OTHER_DAY), ("settings_differ", _DIFFERS))
    return "; ".join(text for flag, text in found if flag in flags)


def _together(quantities: Sequence[Quantity]) -> Quantity:
    known = [quantity for quantity in quantities if isinstance(quantity, Estimate)]
    return envelope(known, what="files") if known else quantities[0]


def dilution_series(
    counts: Sequence[FlowCount], standard: CheckStandard, *, scatter_channel: str | None
) -> tuple[DilutionSeries, ...]:
    """Whether events fall as the sample is diluted while each stays as bright: then they are single particles.

    Parameters
    ----------
    counts : sequence of FlowCount
        Held against their controls.
    standard : CheckStandard
        C22, for how many dilutions it takes.
    scatter_channel : str or None
        The manifest's choice.

    Returns
    -------
    tuple of DilutionSeries
        One per sample.

    Notes
    -----
    **Source**: that counts follow the dilution while the fluorescence stays is known of single particles (a thesis,
    seen in part, see miflowcyt_ev.toml FCE-3.7); slope and limits are house rules.
    """
    paths = {count.path: count for count in counts}
    return tuple(
        _series(
            sample, found, fewest=int(standard["min_dilutions"]), medians_of=_Medians(paths, scatter_channel)
        )
        for sample, found in by_sample(counts).items()
    )


@dataclass(frozen=True, slots=True)
class _Medians:
    """How medians are taken: the files by their path, and the scatter channel that the user names."""

    paths: Mapping[str, FlowCount]
    scatter_channel: str | None


def _series(sample: str, counts: Sequence[FlowCount], *, fewest: int, medians_of: _Medians) -> DilutionSeries:
    steps = _steps(counts)
    dilutions = tuple(sorted(steps))
    net = tuple(envelope([level for _, level in steps[factor]], what="files") for factor in dilutions)
    medians: tuple[tuple[str, tuple[Quantity, ...]], ...] = ()
    if len(dilutions) > 1:
        columns = [_medians(steps[factor][0][0], medians_of) for factor in dilutions]
        names = [name for name in columns[0] if all(name in column for column in columns)]
        medians = tuple((name, tuple(column[name] for column in columns)) for name in names)
    return DilutionSeries(
        sample=sample,
        dilutions=dilutions,
        net_per_ml=net,
        slope=_slope(dilutions, net, fewest=fewest),
        medians=medians,
        median_percent=tuple((name, _drift(values)) for name, values in medians),
        evidence=tuple(Evidence(file=count.path) for count in counts),
    )


def _steps(counts: Sequence[FlowCount]) -> dict[float, list[tuple[FlowCount, Estimate]]]:
    """The files of every dilution, each with its number net of the control; as counted where there is none."""
    steps: dict[float, list[tuple[FlowCount, Estimate]]] = defaultdict(list)
    for count in counts:
        factor = dilution_of(count.file)
        level = count.net_per_ml if isinstance(count.net_per_ml, Estimate) else count.events_per_ml
        if factor is not None and count.events and isinstance(level, Estimate):
            steps[factor].append((count, level))
    return steps


def _slope(dilutions: Sequence[float], net: Sequence[Estimate], *, fewest: int) -> Quantity:
    if len(dilutions) < fewest:
        found = "no file states a dilution" if not dilutions else f"{len(dilutions)} dilution(s) with events"
        return NotAssessed(f"{found}; it takes at least {fewest}")
    if any(point.low <= 0 for point in net):
        return NotAssessed("at a dilution nothing is left above the control; use a dilution with more events")
    x = -np.log10(np.array(dilutions))
    y = np.log10([point.value for point in net])
    error = np.array([math.log10(point.high / point.low) / (2 * _Z) for point in net])
    return _weighted_slope(x, y, error)


def _weighted_slope(x: FloatArray, y: FloatArray, error: FloatArray) -> Estimate:
    weight = 1 / (error**2 + DILUTING_LOG10**2)
    middle = float(np.average(x, weights=weight))
    spread = float(np.sum(weight * (x - middle) ** 2))
    slope = float(np.sum(weight * (x - middle) * y)) / spread
    half = _Z / math.sqrt(spread)
    return Estimate(
        value=slope,
        low=slope - half,
        high=slope + half,
        n=len(x),
        method="weighted line through log number against log concentration; errors of counting, and 5 % for "
        "each dilution (house)",
    )


def _medians(count: FlowCount, how: _Medians) -> dict[str, Quantity]:
    """The median of the scatter channel and of every stained one, with the control's events taken off."""
    dataset = main_dataset(count.file)
    if dataset is None:
        return {}
    scatter = scatter_place(dataset, how.scatter_channel)
    markers = markers_of(count.file)
    stained = [dataset.place(name) for name in markers]
    places = [place for place in dict.fromkeys([scatter, *stained]) if place is not None]
    values = values_of(dataset, places)
    controls = [how.paths[path] for path in count.controls if path in how.paths]
    return {
        _named(dataset, place, markers): net_median(
            values[:, column], *control_values(count, controls, dataset.channels[place].name)
        )
        for column, place in enumerate(places)
    }


def _named(dataset: FlowDataset, place: int, markers: Mapping[str, str]) -> str:
    name = dataset.channels[place].name
    return f"{markers[name]} ({name})" if name in markers else shown_channel(dataset, place)


def control_values(count: FlowCount, controls: Sequence[FlowCount], channel: str) -> tuple[FloatArray, float]:
    """The controls' events in a channel, and how many events of the sample's volume each stands for.

    Parameters
    ----------
    count : FlowCount
        The sample.
    controls : sequence of FlowCount
        Its controls.
    channel : str
        The channel's name.

    Returns
    -------
    values : numpy.ndarray
        None of a control without that channel or without a volume.
    weight : float
        0 where no control can be taken off.
    """
    found: list[FloatArray] = []
    drawn = 0.0
    for control in controls:
        dataset = main_dataset(control.file)
        place = dataset.place(channel) if dataset else None
        if dataset is not None and place is not None and control.volume_nl:
            found.append(values_of(dataset, [place])[:, 0])
            drawn += control.volume_nl
    if not found or not count.volume_nl:
        return np.empty(0), 0.0
    return np.concatenate(found), count.volume_nl / drawn


def net_median(sample: FloatArray, control: FloatArray, weight: float) -> Quantity:
    """The median of a sample's values once those of its control are taken off.

    Parameters
    ----------
    sample, control : numpy.ndarray
        Values of events.
    weight : float
        How many events of the sample's volume one event of the control stands for.

    Returns
    -------
    Estimate or NotAssessed
        Where half of the net events lie below; not assessed where fewer than 100 are left.

    Notes
    -----
    **Source**: the counts below and above a value are Poisson in sample and control, so the net rank of the median has
    the variance (n + weight^2 m) / 4 (our arithmetic); coverage is checked by simulation.

    Examples
    --------
    >>> import numpy as np
    >>> net_median(np.r_[np.zeros(500), np.arange(1000.0)], np.zeros(500), 1.0).value
    499.0
    """
    left = len(sample) - weight * len(control)
    if left < FEWEST_NET_EVENTS:
        return NotAssessed(f"fewer than {FEWEST_NET_EVENTS} events are left without the control")
    half = 0.5 * _Z * math.sqrt(len(sample) + weight**2 * len(control)) / left
    shares = (max(0.0, 0.5 - half), 0.5, min(1.0, 0.5 + half))
    low, value, high = net_quantiles(sample, control, weight, shares=shares)
    return Estimate(
        value=value,
        low=min(low, value),
        high=max(high, value),
        n=int(left),
        method="median of the events net of the control; interval of its rank",
    )


def net_quantiles(
    sample: FloatArray, control: FloatArray, weight: float, *, shares: Sequence[float]
) -> tuple[float, ...]:
    """Quantiles of a sample's values once those of its control are taken off.

    Parameters
    ----------
    sample, control : numpy.ndarray
        Values of events.
    weight : float
        How many events of the sample's volume one event of the control stands for.
    shares : sequence of float
        Between 0 and 1.

    Returns
    -------
    tuple of float
        One for each share; NaN where fewer than 100 events are left.
    """
    left = len(sample) - weight * len(control)
    if left < FEWEST_NET_EVENTS:
        return (math.nan,) * len(shares)
    ordered, noise = np.sort(sample), np.sort(control)
    net = np.arange(1, len(ordered) + 1) - weight * np.searchsorted(noise, ordered, side="right")
    return tuple(float(ordered[np.argmax(net >= left * share)]) for share in shares)


def _drift(medians: Sequence[Quantity]) -> Quantity:
    """The furthest change from the highest dilution that has a median, with the errors of both on the log scale."""
    known = [median for median in medians if isinstance(median, Estimate)]
    if len(known) < 2:
        return NotAssessed(
            f"fewer than two dilutions have {FEWEST_NET_EVENTS} events left without the control"
        )
    if any(median.low <= 0 for median in known):
        return NotAssessed("a median is not above zero by its interval, so no ratio exists")
    furthest = max(
        (_change(median, known[-1]) for median in known[:-1]), key=lambda change: abs(change.value)
    )
    return furthest


def _change(median: Estimate, reference: Estimate) -> Estimate:
    ratio = median.value / reference.value
    down = math.hypot(math.log(median.value / median.low), math.log(reference.high / reference.value))
    up = math.hypot(math.log(median.high / median.value), math.log(reference.value / reference.low))
    return Estimate(
        value=100 * (ratio - 1),
        low=100 * (ratio * math.exp(-down) - 1),
        high=100 * (ratio * math.exp(up) - 1),
        n=reference.n,
        method="median relative to that at the highest dilution, furthest of all; errors added on the log scale",
    )
