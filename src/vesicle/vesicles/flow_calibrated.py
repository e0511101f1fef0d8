"""The calibrated channels of one file: fluorescence in units of a ladder, scatter in nm2, diameters by model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vesicle.cytometry.fcs_write import WrittenChannel
from vesicle.findings.flow import FlowCount, FlowFinding, Ladder, ScatterModel
from vesicle.measurements.cytometry import FlowDataset
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Estimate, NotAssessed, Quantity
from vesicle.vesicles.flow_files import scatter_place, values_of
from vesicle.vesicles.flow_ladders import unlike_ladder
from vesicle.vesicles.flow_markers import compensated
from vesicle.vesicles.flow_scatter import unlike_beads


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedChannel:
    """A calibrated channel, its values and what is said of it, by the end of a keyword."""

    channel: WrittenChannel
    values: FloatArray
    said: Mapping[str, str]


def added_channels(
    count: FlowCount,
    dataset: FlowDataset,
    found: FlowFinding,
    counts: Mapping[str, FlowCount],
    *,
    scatter_channel: str | None,
) -> tuple[tuple[AddedChannel, ...], tuple[str, ...]]:
    """What the calibrations say of every event of a file.

    Parameters
    ----------
    count : FlowCount
        The file.
    dataset : FlowDataset
        Its events.
    found : FlowFinding
        With the calibrations.
    counts : mapping of str to FlowCount
        All files by their path, those of beads among them.
    scatter_channel : str or None
        The manifest's choice.

    Returns
    -------
    added : tuple of AddedChannel
        None where no calibration can be used.
    missing : tuple of str
        Why a channel that was to be calibrated is not.
    """
    made: list[AddedChannel] = []
    missing: list[str] = []
    for one in (
        *_fluorescence(count, dataset, found.ladders, counts),
        *_scatter(count, dataset, found.scatter, counts, scatter_channel=scatter_channel),
    ):
        if isinstance(one, AddedChannel):
            made.append(one)
        else:
            missing.append(one)
    return tuple(made), tuple(missing)


def _fluorescence(
    count: FlowCount, dataset: FlowDataset, ladders: Sequence[Ladder], counts: Mapping[str, FlowCount]
) -> Iterator[AddedChannel | str]:
    """As for the markers, the first ladder of a channel counts; it must have been taken with the same settings."""
    first: dict[str, Ladder] = {}
    for ladder in ladders:
        first.setdefault(ladder.channel, ladder)
    for channel, ladder in first.items():
        place = dataset.place(channel)
        if place is None:
            continue
        unlike = unlike_ladder(count, counts[ladder.file], channel)
        values = NotAssessed(unlike) if unlike else ladder.units(compensated(dataset, [place])[:, 0])
        if isinstance(values, NotAssessed):
            yield f"{channel}: {values.reason}"
            continue
        highest = dataset.channels[place].range or 1.0
        factor = ladder.factor.value if isinstance(ladder.factor, Estimate) else 1.0
        yield AddedChannel(
            channel=WrittenChannel(
                name=f"{dataset.channels[place].name} {ladder.unit}",
                label=f"{ladder.unit} by {ladder.file}",
                range=max(highest * factor, float(values.max()), 1.0),
            ),
            values=values,
            said=_said_of_ladder(ladder, counts[ladder.file]),
        )


def _said_of_ladder(ladder: Ladder, beads: FlowCount) -> Mapping[str, str]:
    return {
        "UNIT": ladder.unit,
        "METHOD": "signal x factor (fit with slope 1), the file's own spillover taken off where it states one",
        "FACTOR": _number(ladder.factor),
        "SLOPE": _number(ladder.slope),
        "INTERCEPT": _number(ladder.intercept),
        "BEADS SHA256": beads.file.file.sha256,
        "DOUBTS": ", ".join(doubt.code for doubt in ladder.doubts),
    }


def _number(quantity: Quantity) -> str:
    if isinstance(quantity, NotAssessed):
        return ""
    return f"{quantity.value:.9g} ({quantity.low:.6g} to {quantity.high:.6g})"


def _scatter(
    count: FlowCount,
    dataset: FlowDataset,
    model: ScatterModel | NotAssessed,
    counts: Mapping[str, FlowCount],
    *,
    scatter_channel: str | None,
) -> Iterator[AddedChannel | str]:
    if isinstance(model, NotAssessed):
        yield f"scatter: {model.reason}"
        return
    place = scatter_place(dataset, scatter_channel)
    unlike = unlike_beads(count, counts[model.file])
    if place is None or unlike:
        yield f"scatter: {unlike or 'the file lacks the scatter channel'}"
        return
    channel = dataset.channels[place]
    collected = values_of(dataset, [place])[:, 0] / model.gain
    said = _said_of_scatter(model, counts[model.file])
    yield AddedChannel(
        channel=WrittenChannel(
            name=f"{channel.name} nm2",
            label=f"collected cross-section in nm2 by {model.file}",
            range=max((channel.range or 1.0) / model.gain, float(collected.max()), 1.0),
        ),
        values=collected,
        said={"UNIT": "nm2", "METHOD": "signal / gain: no model of the particle is in it", **said},
    )
    if count.part != "beads":
        yield from _diameters(channel.name, collected, model, said)


def _said_of_scatter(model: ScatterModel, beads: FlowCount) -> Mapping[str, str]:
    span = f"{model.half_angle_low_deg:.6g} to {model.half_angle_high_deg:.6g}"
    return {
        "GAIN": f"{model.gain:.9g}",
        "HALF ANGLE DEG": f"{model.half_angle_deg:.6g} ({span})",
        "WAVELENGTH NM": f"{model.wavelength_nm:.6g}",
        "RESIDUAL LOG10": f"{model.residual_log10:.3g}",
        "BEADS SHA256": beads.file.file.sha256,
        "DOUBTS": ", ".join(warned.code for warned in model.warnings),
    }


def _diameters(
    channel: str, collected: FloatArray, model: ScatterModel, said: Mapping[str, str]
) -> Iterator[AddedChannel]:
    """Diameters of vesicles by each model of their refractive index; a file of beads has none."""
    from vesicle.cytometry.event_diameters import event_diameters
    from vesicle.cytometry.materials import laser_in, vesicle_models
    from vesicle.cytometry.scatter_sizing import VESICLES_NM

    low, high = VESICLES_NM
    light = laser_in("water", model.wavelength_nm)
    for assumed in vesicle_models():
        particle = assumed.particle
        found = event_diameters(collected, particle, light, model.half_angle_deg)
        without = f"{found.below} below, {found.above} above, {found.several} of several diameters"
        yield AddedChannel(
            channel=WrittenChannel(
                name=f"{channel} nm {assumed.name}",
                label=f"diameter in nm if core {particle.core_index:g}; 0 is none",
                range=high,
            ),
            values=np.asarray(found.diameter_nm),
            said={
                "UNIT": "nm",
                "METHOD": f"diameter of a vesicle by an assumed model; 0 where not just one diameter from "
                f"{low:g} to {high:g} nm has the signal",
                "MODEL": f"{assumed.name}: core {particle.core_index:g}, shell {particle.shell_index:g}, "
                f"{particle.shell_nm:g} nm thick ({assumed.source.status})",
                "EVENTS WITHOUT": without,
                **said,
            },
        )
