"""Events of small particles with their calibrated values beside the recorded ones, ready to be written as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vesicle import __version__
from vesicle.analysis import Inputs
from vesicle.cytometry.fcs_write import WrittenChannel, WrittenFile
from vesicle.findings.flow import FlowCount, FlowFinding
from vesicle.measurements.cytometry import FlowChannel, FlowDataset, FlowFile, Spillover
from vesicle.measurements.sizing import FloatArray
from vesicle.vesicles.flow_calibrated import AddedChannel, added_channels
from vesicle.vesicles.flow_files import main_dataset, values_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibratedEvents:
    """One file to be written: events by channels, and what is said of them.

    ``missing`` are reasons why a channel is not calibrated.
    """

    path: str
    values: FloatArray
    described: WrittenFile
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCalibrated:
    """A file without any calibration that can be used, and why."""

    path: str
    reason: str


def calibrated_events(found: FlowFinding, inputs: Inputs) -> Iterator[CalibratedEvents | NotCalibrated]:
    """Every file of particles with its calibrated channels, one at a time since events are large.

    Parameters
    ----------
    found : FlowFinding
        With the calibrations.
    inputs : Inputs
        With the files, whose events are read here.

    Yields
    ------
    CalibratedEvents or NotCalibrated
        In the order of the files.
    """
    files = {file.file.path: file for file in inputs.all(FlowFile)}
    counts = {count.path: count for count in found.counts}
    for count in found.counts:
        file = files[count.path]
        dataset = main_dataset(file)
        if dataset is None or not dataset.stored_events or not dataset.values.shape[0]:
            yield NotCalibrated(path=count.path, reason="the file holds no events")
            continue
        added, missing = added_channels(
            count, dataset, found, counts, scatter_channel=inputs.manifest.cytometry.scatter_channel
        )
        if added:
            yield _events(count, dataset, added, missing)
        else:
            reason = "; ".join(missing) or "none of its channels is calibrated"
            yield NotCalibrated(path=count.path, reason=reason)


def _events(
    count: FlowCount, dataset: FlowDataset, added: Sequence[AddedChannel], missing: tuple[str, ...]
) -> CalibratedEvents:
    recorded = values_of(dataset, range(len(dataset.channels)))
    channels = [_linear(channel, recorded[:, n]) for n, channel in enumerate(dataset.channels)]
    for one in added:
        channels.append(replace(one.channel, name=_unused(one.channel.name, channels)))
    values = np.column_stack((recorded, *(one.values for one in added)))
    described = WrittenFile(
        channels=tuple(channels),
        stored_as="float32" if _fits_in_float32(recorded, values) else "float64",
        keywords={
            **_of_run(count, dataset),
            **_of_calibration(added, first=len(dataset.channels) + 1),
            "VESICLE NOT CALIBRATED": "; ".join(missing),
        },
    )
    return CalibratedEvents(path=count.path, values=values, described=described, missing=missing)


def _fits_in_float32(recorded: FloatArray, values: FloatArray) -> bool:
    """Whether recorded values lose nothing in half the space, and calibrated ones no more than rounding."""
    with np.errstate(over="ignore"):
        is_exact = np.array_equal(recorded.astype(np.float32), recorded)
    return is_exact and float(np.abs(values).max()) < float(np.finfo(np.float32).max)


def _linear(channel: FlowChannel, values: FloatArray) -> WrittenChannel:
    """A recorded channel; amplification and gain are undone in its values, so they are not stated again."""
    highest = channel.range or max(1.0, float(values.max()))
    if channel.decades is not None:
        highest = channel.decades[1] * 10 ** channel.decades[0]
    return WrittenChannel(
        name=channel.name,
        label=channel.label,
        range=highest / channel.gain,
        voltage=channel.voltage,
    )


def _unused(name: str, channels: Sequence[WrittenChannel]) -> str:
    taken = {channel.name.casefold() for channel in channels}
    names = (name, *(f"{name} ({n})" for n in range(2, len(channels) + 3)))
    return next(one for one in names if one.casefold() not in taken)


def _of_run(count: FlowCount, dataset: FlowDataset) -> Mapping[str, str]:
    """What is kept of the source: nothing that could name a person."""
    return {
        "$CYT": count.file.instrument,
        "$TIMESTEP": f"{dataset.time_step_s:.12g}" if dataset.time_step_s else "",
        "$VOL": f"{dataset.volume_nl:.12g}" if dataset.volume_nl else "",
        "$SPILLOVER": _spillover(dataset),
        "VESICLE VERSION": __version__,
        "VESICLE SOURCE SHA256": count.file.file.sha256,
        "VESICLE SOURCE DATASET": str(dataset.number),
        "VESICLE DROPPED EVENTS": str(dataset.dropped_events),
        "VESICLE RECORDED CHANNELS": "linear scale: amplification and gain undone, not compensated",
    }


def _spillover(dataset: FlowDataset) -> str:
    """The file's own matrix for other programs; names with a comma cannot stand in it."""
    matrix = dataset.spillover
    if not isinstance(matrix, Spillover):
        return ""
    names = [dataset.channels[place].name for place in matrix.channels]
    if any("," in name for name in names):
        return ""
    numbers = (f"{value:.12g}" for value in matrix.matrix.ravel())
    return ",".join((str(len(names)), *names, *numbers))


def _of_calibration(added: Sequence[AddedChannel], *, first: int) -> Mapping[str, str]:
    return {
        f"VESICLE P{first + n} {name}": value
        for n, one in enumerate(added)
        for name, value in one.said.items()
    }
