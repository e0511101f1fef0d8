"""Events of each cytometer file per volume and per second, before any control is taken off."""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.findings.flow import FlowCount
from vesicle.inference.rates import count_estimate
from vesicle.manifest import CytometryDefaults
from vesicle.measurements.cytometry import FlowDataset, FlowFile
from vesicle.results import NotAssessed, Quantity, Warned, exact
from vesicle.standards import CheckStandard
from vesicle.vesicles.flow_files import main_dataset, part_of, settings_of, thresholds_of

NL_PER_ML = 1e6
_S_PER_MIN, _NL_PER_UL = 60.0, 1e3
_PENDING = NotAssessed("not held against a control")
_NO_VOLUME = NotAssessed(
    "the volume is not known: neither the file ($VOL) nor vesicle.toml states it (volume_nl in [[files]], "
    "or flow_rate_ul_min in [cytometry])"
)
_NO_TIME = NotAssessed("the file states no duration")


def count_file(file: FlowFile, defaults: CytometryDefaults, standard: CheckStandard) -> FlowCount:
    """What one file counted; everything that needs a control is still open.

    Parameters
    ----------
    file : FlowFile
        With its data sets.
    defaults : CytometryDefaults
        The manifest's ``[cytometry]``, for the flow rate.
    standard : CheckStandard
        C22, for the limits of coincidence.

    Returns
    -------
    FlowCount
        With flags for no events, no volume and too many events at once.
    """
    dataset = main_dataset(file)
    events = dataset.stored_events if dataset else 0
    volume, origin = volume_of(file, dataset, defaults)
    duration = dataset.duration_s if dataset and dataset.duration_s else None
    rate = count_estimate(events, scale=1 / duration, what="events") if duration else _NO_TIME
    per_ml = count_estimate(events, scale=NL_PER_ML / volume, what="events") if volume else _NO_VOLUME
    overlap = _coincidence(rate, standard)
    warnings = tuple(_warnings(file, overlap, standard))
    return FlowCount(
        file=file,
        part=part_of(file),
        events=events,
        dropped_events=dataset.dropped_events if dataset else 0,
        volume_nl=volume,
        volume_from=origin,
        duration_s=duration,
        events_per_s=rate,
        events_per_ml=per_ml,
        ratio_to_control=_PENDING,
        control_percent=_PENDING,
        net_per_ml=_PENDING,
        stock_per_ml=_PENDING,
        coincidence_percent=overlap,
        taken_with=settings_of(file),
        thresholds=thresholds_of(file),
        flags=(
            *(("zero_events",) if events == 0 else ()),
            *(("no_volume",) if volume is None else ()),
            *(warned.code for warned in warnings),
        ),
        warnings=warnings,
    )


def volume_of(
    file: FlowFile, dataset: FlowDataset | None, defaults: CytometryDefaults
) -> tuple[float | None, str]:
    """The volume that was drawn, and who says so.

    Parameters
    ----------
    file : FlowFile
        With what the user declared.
    dataset : FlowDataset or None
        With what the file states.
    defaults : CytometryDefaults
        With the flow rate.

    Returns
    -------
    volume_nl : float or None
        The user's statement before the file's, the file's before flow rate times duration; None where nothing says it.
    origin : str
        In words.
    """
    if file.declared_volume_nl:
        return file.declared_volume_nl, "vesicle.toml"
    if dataset is not None and dataset.volume_nl:
        return dataset.volume_nl, "$VOL in the file"
    if dataset is not None and dataset.duration_s and defaults.flow_rate_ul_min:
        drawn = defaults.flow_rate_ul_min * _NL_PER_UL * dataset.duration_s / _S_PER_MIN
        return drawn, f"{defaults.flow_rate_ul_min:g} uL/min x {dataset.duration_s:g} s"
    return None, ""


def _coincidence(rate: Quantity, standard: CheckStandard) -> Quantity:
    """The share of events that meet another in the beam, for a transit time that is assumed."""
    if isinstance(rate, NotAssessed):
        return rate
    transit_us = standard["transit_us"]
    percent = 100 * rate.value * transit_us * 1e-6
    return exact(
        percent, method=f"events per second x {transit_us:g} us in the beam; that time is an assumption"
    )


def _warnings(file: FlowFile, overlap: Quantity, standard: CheckStandard) -> Iterator[Warned]:
    held = [dataset for dataset in file.datasets if dataset.stored_events]
    if len(held) > 1:
        yield Warned(
            code="several_datasets",
            message=f"The file holds {len(held)} data sets with events; the first is counted.",
        )
    if not isinstance(overlap, NotAssessed) and overlap.value > standard["coincidence_percent"]:
        yield Warned(
            code="coincidence",
            message=f"At this rate about {overlap.value:.0f} % of the events meet another in the beam; "
            "measure a higher dilution.",
        )
