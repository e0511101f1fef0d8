"""Figures of small-particle cytometry: scatter beside the control, beads on their curve, the dilution series."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vesicle.dossier.blocks import Axis, Block, Figure, Line
from vesicle.findings import DilutionSeries, FlowFinding, ScatterHistogram, ScatterModel
from vesicle.results import NotAssessed

MOST_FIGURES = 6


def histogram_figures(found: FlowFinding) -> Iterator[Block]:
    """Scatter of each sample with that of its control.

    Parameters
    ----------
    found : FlowFinding
        With the histograms.

    Yields
    ------
    Block
        At most six figures.
    """
    for index, histogram in enumerate(found.histograms[:MOST_FIGURES], start=1):
        yield _histogram(index, histogram)


def _histogram(index: int, histogram: ScatterHistogram) -> Figure:
    lines = [Line(label=histogram.label, x=histogram.edges, y=histogram.sample_per_ml, is_step=True)]
    beside = "without a control"
    if histogram.control_per_ml is not None:
        lines.append(Line(label="control", x=histogram.edges, y=histogram.control_per_ml, is_step=True))
        beside = "with its control, both as measured"
    return Figure(
        id=f"flow-scatter-{index}",
        title=f"Scatter of {histogram.label}",
        caption=f"Events per mL and decade of {histogram.channel}, {beside}. Where the two lines meet, sample and "
        "buffer cannot be told apart.",
        summary=f"Histogram of {histogram.channel} in {histogram.file}, {beside}.",
        x=Axis(title=f"{histogram.channel}, instrument's scale", is_log=True),
        y=Axis(title="Events per mL", unit="per decade", low=0.0),
        lines=tuple(lines),
    )


def calibration_figures(found: FlowFinding) -> Iterator[Block]:
    """Beads on their curve, and the residual at every half-angle.

    Parameters
    ----------
    found : FlowFinding
        With the calibration.

    Yields
    ------
    Block
        Nothing without a calibration; no profile where the angle was given.
    """
    model = found.scatter
    if isinstance(model, NotAssessed):
        return
    yield _curve(model)
    if len(model.profile_deg) > 1:
        yield _profile(model)


def _curve(model: ScatterModel) -> Figure:
    sizes = np.array([bead.diameter_nm for bead in model.beads])
    signals = np.array([bead.signal for bead in model.beads])
    order = np.argsort(sizes)
    return Figure(
        id="flow-calibration",
        title=f"Beads and the curve of {model.material}",
        caption=f"Signal of {model.channel} against diameter: Mie theory times the fitted gain, and the peaks of "
        f"the beads joined by straight lines. Residual {model.residual_log10:.3f} log10.",
        summary="; ".join(f"{bead.diameter_nm:g} nm: {bead.signal:.4g}" for bead in model.beads),
        x=Axis(title="Diameter", unit="nm", is_log=True),
        y=Axis(title=f"{model.channel}, instrument's scale", is_log=True),
        lines=(
            Line(label=f"Mie theory, {model.material}", x=model.curve_nm, y=model.curve_signal),
            Line(label="peaks of the beads", x=sizes[order], y=signals[order]),
        ),
        marks=tuple((f"{size:g} nm", float(size)) for size in sizes[order]),
    )


def _profile(model: ScatterModel) -> Figure:
    return Figure(
        id="flow-half-angle",
        title="How well each half-angle fits the beads",
        caption="Residual of the beads at every half-angle that was tried, gain fitted at each. A flat curve says "
        "that the beads do not determine the angle, and diameters are given over all that fit.",
        summary=f"Least residual {model.residual_log10:.3f} log10 at {model.half_angle_deg:.3g} degrees.",
        x=Axis(title="Half-angle of the cone", unit="degrees"),
        y=Axis(title="Residual", unit="log10", low=0.0),
        lines=(Line(label="residual", x=model.profile_deg, y=model.profile_log10),),
        marks=((f"{model.half_angle_deg:.3g} degrees", model.half_angle_deg),),
    )


def series_figures(found: FlowFinding) -> Iterator[Block]:
    """The number at each dilution beside the line of proportion.

    Parameters
    ----------
    found : FlowFinding
        With the series.

    Yields
    ------
    Block
        One figure per sample that has at least two dilutions with events left.
    """
    for index, series in enumerate(found.series[:MOST_FIGURES], start=1):
        kept = [point.value > 0 for point in series.net_per_ml]
        if sum(kept) > 1:
            yield _series(index, series, np.array(kept))


def _series(index: int, series: DilutionSeries, kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Figure:
    factors = np.array(series.dilutions)[kept]
    points = [point for point, is_kept in zip(series.net_per_ml, kept, strict=True) if is_kept]
    values = np.array([point.value for point in points])
    proportion = values[-1] * factors[-1] / factors
    return Figure(
        id=f"dilution-series-{index}",
        title=f"Dilution series of {series.sample}",
        caption="Net events per mL as measured against the dilution, with the errors of counting; the second line is "
        "in proportion to the highest dilution.",
        summary="; ".join(f"{f:g}x: {v:.3g} per mL" for f, v in zip(factors, values, strict=True)),
        x=Axis(title="Dilution", is_log=True),
        y=Axis(title="Net events per mL, as measured", is_log=True),
        lines=(
            Line(
                label="measured",
                x=factors,
                y=values,
                low=np.array([max(point.low, 0.01 * point.value) for point in points]),
                high=np.array([point.high for point in points]),
            ),
            Line(label="in proportion", x=factors, y=proportion),
        ),
    )
