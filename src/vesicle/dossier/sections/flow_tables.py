"""Tables of small-particle cytometry: controls first, since they decide."""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.dossier.blocks import Block, Cell, Column, Table, Text
from vesicle.findings import DetergentFinding, DiameterBand, FlowCount, FlowFinding, ScatterModel
from vesicle.results import NotAssessed, Quantity, value_of

_FLAGS = {
    "zero_events": "no events",
    "no_volume": "volume not known",
    "no_control": "no control",
    "control_not_clean": "control not clean: at or above a sample",
    "not_above_control": "not above its control",
    "settings_differ": "controls have other settings",
    "control_other_day": "control of another day",
    "beads_other_day": "beads of another day",
    "several_datasets": "several data sets",
    "coincidence": "rate too high",
}
_CONTROLS = frozenset({"blank", "wash", "buffer"})


def control_tables(found: FlowFinding) -> Iterator[Block]:
    """Every run without particles, then every file with its counts.

    Parameters
    ----------
    found : FlowFinding
        With at least one file.

    Yields
    ------
    Block
        Notes on controls that are not clean, and two tables.
    """
    controls = [count for count in found.counts if count.part in _CONTROLS]
    dirty = [count.path for count in controls if "control_not_clean" in count.flags]
    if dirty:
        text = f"At or above a sample: {', '.join(dirty)}. What the sample counted cannot be told from carry-over."
        yield Text(text=text, tone="note")
    other_day = [count.path for count in found.counts if "control_other_day" in count.flags]
    if other_day:
        yield Text(text=f"Held against a control of another day: {', '.join(other_day)}.", tone="note")
    if not controls:
        yield Text(text="No control run: what was counted cannot be told from the buffer.", tone="missing")
    else:
        yield Table(
            id="flow-controls",
            title="Runs without particles",
            columns=_FILE_COLUMNS,
            rows=tuple(map(_file_cells, controls)),
        )
    others = [count for count in found.counts if count.part not in _CONTROLS]
    if others:
        yield Table(
            id="flow-counts",
            title="Other files, as measured",
            columns=_FILE_COLUMNS,
            rows=tuple(map(_file_cells, others)),
            caption="An event is what crossed the threshold: a particle, several at once, or noise. Intervals are "
            "those of counting alone, a lower bound of the uncertainty.",
            how="Volume: yours, else $VOL of the file, else flow rate times duration.",
        )
        yield _net(others)


_FILE_COLUMNS = (
    Column(name="File"),
    Column(name="Role"),
    Column(name="Events"),
    Column(name="Volume", unit="nL"),
    Column(name="As measured", unit="events/mL"),
)


def _file_cells(count: FlowCount) -> tuple[Cell, ...]:
    volume: Cell = count.volume_nl if count.volume_nl is not None else NotAssessed("not known")
    per_ml: Cell = count.events_per_ml if count.volume_nl is not None else NotAssessed("volume not known")
    return (count.path, count.file.role, count.events, volume, per_ml)


def _remarks(count: FlowCount) -> str:
    return "; ".join(_FLAGS.get(flag, flag) for flag in count.flags)


def _net(counts: list[FlowCount]) -> Table:
    return Table(
        id="flow-net",
        title="Net of the controls",
        columns=(
            Column(name="File"),
            Column(name="Controls over file", unit="%", meaning="both as measured"),
            Column(name="Net, as measured", unit="events/mL"),
            Column(name="Net in the stock", unit="events/mL", meaning="times the dilution"),
            Column(name="Remarks"),
        ),
        rows=tuple(
            (count.path, count.control_percent, count.net_per_ml, count.stock_per_ml, _remarks(count))
            for count in counts
            if count.part != "beads"
        ),
        how="Controls are of the same instrument and settings, of the same day where there are some; several are "
        "averaged, and the interval covers all of them.",
    )


def detergent_table(found: DetergentFinding) -> Iterator[Block]:
    """What a detergent took away.

    Parameters
    ----------
    found : DetergentFinding
        With its pairs.

    Yields
    ------
    Block
        Nothing without a pair.
    """
    if not found.rows:
        return
    yield Table(
        id="detergent",
        title="Loss with detergent",
        columns=(
            Column(name="Sample"),
            Column(name="Counted by"),
            Column(name="Without, net", unit="per mL"),
            Column(name="With, net", unit="per mL"),
            Column(name="Lost", unit="%"),
            Column(name="Remarks"),
        ),
        rows=tuple(
            (
                row.sample,
                row.measured_with,
                row.untreated_per_ml,
                row.treated_per_ml,
                row.loss_percent,
                row.note,
            )
            for row in found.rows
        ),
        caption="A loss is compatible with membrane vesicles and no proof: some lipoproteins vanish too.",
    )


def series_tables(found: FlowFinding) -> Iterator[Block]:
    """The dilution series: how the events follow it, and whether each stays as bright.

    Parameters
    ----------
    found : FlowFinding
        With its series.

    Yields
    ------
    Block
        A table where a sample has several dilutions, else a sentence.
    """
    series = [one for one in found.series if len(one.dilutions) > 1]
    if not series:
        if found.series:
            text = (
                "One dilution only: whether several particles were counted as one (swarm) cannot be told. "
                "Measure three dilutions and state them."
            )
            yield Text(text=text, tone="missing")
        return
    yield Table(
        id="dilution-series",
        title="Dilution series",
        columns=(
            Column(name="Sample"),
            Column(name="Dilution"),
            Column(name="Net, as measured", unit="events/mL"),
            Column(name="Slope", meaning="of log number against log concentration; 1 for single particles"),
            Column(name="Medians", meaning="net of the control, on the instrument's scale"),
        ),
        rows=tuple(
            (one.sample, factor, net, one.slope if index == 0 else "", _medians(one.medians, index))
            for one in series
            for index, (factor, net) in enumerate(zip(one.dilutions, one.net_per_ml, strict=True))
        ),
        caption="Single particles fall in proportion and stay as bright; a median that falls with dilution says "
        "that several passed together.",
    )


def _medians(medians: tuple[tuple[str, tuple[Quantity, ...]], ...], index: int) -> str:
    shown = ((name, value_of(values[index])) for name, values in medians)
    return ", ".join(
        f"{name} {value:.4g}" if value is not None else f"{name}: too few events" for name, value in shown
    )


def scatter_tables(found: FlowFinding) -> Iterator[Block]:
    """The scatter calibration with its beads, and the diameters that follow from it.

    Parameters
    ----------
    found : FlowFinding
        With the calibration, or why there is none.

    Yields
    ------
    Block
        A sentence without a calibration.
    """
    model = found.scatter
    if isinstance(model, NotAssessed):
        yield Text(
            text=f"Scatter is not calibrated, so no diameter is stated: {model.reason}.", tone="missing"
        )
        return
    for warned in model.warnings:
        yield Text(text=f"Scatter calibration: {warned.message}", tone="note")
    yield _bead_table(model)
    if found.diameters:
        yield _band_table(found)
    if found.diameters_missing:
        yield Text(text=f"No diameter: {found.diameters_missing}.", tone="missing")


def _bead_table(model: ScatterModel) -> Table:
    angle = f"{model.half_angle_deg:.3g} degrees"
    if model.is_angle_fitted:
        low, high = f"{model.half_angle_low_deg:.3g}", f"{model.half_angle_high_deg:.3g}"
        angle += f" (fitted, effective; {low} to {high} fit as well)"
    return Table(
        id="scatter-beads",
        title=f"Scatter calibration of {model.channel} at {model.wavelength_nm:g} nm",
        columns=(
            Column(name="Beads", unit="nm"),
            Column(name="Signal"),
            Column(name="Events in the peak"),
            Column(name="Measured over fitted", unit="log10"),
            Column(name="Error when left out", unit="nm", meaning="diameter that the other beads predict"),
        ),
        rows=tuple(
            (bead.diameter_nm, bead.signal, bead.events, bead.log10_ratio, bead.error_nm)
            for bead in model.beads
        ),
        caption=f"Gain {model.gain:.4g} per nm2; half-angle {angle}; residual {model.residual_log10:.3f} log10 "
        f"(root mean square). Beads of {model.material} in {model.file}.",
        how=model.method,
    )


def _band_table(found: FlowFinding) -> Table:
    return Table(
        id="flow-diameters",
        title="Diameters that the scatter can mean",
        columns=(
            Column(name="File"),
            Column(name="At"),
            Column(name="Signal"),
            Column(name="Band over models", unit="nm"),
            Column(name="Also over angles", unit="nm", meaning="half-angles that the beads allow"),
            Column(name="By model", unit="nm", meaning="refractive index of the core, low to high"),
        ),
        rows=tuple(
            (
                band.file,
                _band_name(band),
                band.signal,
                f"{band.low_nm:.0f} to {band.high_nm:.0f}",
                f"{band.low_any_angle_nm:.0f} to {band.high_any_angle_nm:.0f}",
                "; ".join(f"{name} {_sizes(sizes)}" for name, sizes in band.by_model),
            )
            for band in found.diameters
        ),
        caption="Nobody measured these particles' refractive index, so a signal means a band and never one number. "
        "The detection limit is where 99 % of the control's events lie below (house rule).",
        how="Percentiles of the events net of the control; core-shell models with a shell of 5 nm (house).",
    )


def _sizes(sizes: tuple[float, ...]) -> str:
    return " or ".join(f"{size:.0f}" for size in sizes) or "out of range"


def _band_name(band: DiameterBand) -> str:
    remarks = ["below the detection limit"] if band.is_below_limit else []
    remarks += [] if band.is_complete else ["open: a model does not reach it"]
    return f"{band.what} ({'; '.join(remarks)})" if remarks else band.what
