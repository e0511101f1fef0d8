"""The size distribution of each sample as a figure: its band, its runs, its components, what was not seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from vesicle.dossier.blocks import Axis, Block, Figure, Line, Zone
from vesicle.dossier.sections.size_censored import censored_sentence, censored_zone
from vesicle.findings import Component, RunSize, SampleSize, SizeDistribution, SizeFinding
from vesicle.results import Estimate, NotAssessed, value_of

MOST_LINES = 6

_SEEN = 0.002
"""Classes below this share of the highest one, band included, do not widen a logarithmic axis."""


def distribution_figures(sizes: SizeFinding) -> Iterator[Block]:
    """One figure for each sample that has a distribution.

    Parameters
    ----------
    sizes : SizeFinding
        All runs and samples.

    Yields
    ------
    Block
        Figures, on a logarithmic axis where the classes are logarithmic.
    """
    for index, sample in enumerate(sizes.samples, start=1):
        runs = list(sizes.runs_of(sample.sample))
        figure = _figure(f"size-{index}", sample, runs)
        if figure is not None:
            yield figure


def is_logarithmic(distributions: Sequence[SizeDistribution]) -> bool:
    """Whether all classes are equally wide on a logarithmic axis.

    Parameters
    ----------
    distributions : sequence of SizeDistribution
        Those of one figure.

    Returns
    -------
    bool
        False without a distribution, or with a class that begins at zero.
    """
    return bool(distributions) and all(_has_log_classes(found) for found in distributions)


def _has_log_classes(distribution: SizeDistribution) -> bool:
    edges = distribution.edges_nm
    if edges[0] <= 0 or len(edges) < 4:
        return False
    steps = np.diff(np.log(edges))
    return bool(np.ptp(steps) < 0.01 * steps.mean())


def _figure(figure_id: str, sample: SampleSize, runs: list[RunSize]) -> Figure | None:
    drawn = list(_distributions(sample, runs))
    if not drawn:
        return None
    is_log = is_logarithmic([distribution for _, distribution in drawn])
    lines = tuple(
        _line(label, distribution, is_log=is_log, is_banded=distribution is sample.distribution)
        for label, distribution in drawn
    )
    zone = censored_zone(runs)
    per = "decade of diameter" if is_log else "nm of diameter"
    components = _components(runs)
    return Figure(
        id=figure_id,
        title=f"Size distribution of {sample.sample}",
        caption=f"Share of particles per {per}, by number, with the 95 % band. The dashed lines mark D10, "
        f"D50 and D90{'; shaded are the components, as wide as their spread' if components else ''}. "
        f"{censored_sentence(runs)}",
        summary=_summary(sample),
        x=_log_axis(lines, zone) if is_log else Axis(title="Hydrodynamic diameter", unit="nm", low=0.0),
        y=Axis(title="Share of particles", unit="per decade" if is_log else "per nm", low=0.0),
        lines=lines,
        zones=(zone, *components),
        marks=tuple(_marks(sample)),
    )


def _log_axis(lines: Sequence[Line], zone: Zone) -> Axis:
    """From a little below what was seen, so that the censored range shows, to where the band ends."""
    tops = [line.y if line.high is None else line.high for line in lines]
    most = max(float(np.nanmax(top)) for top in tops)
    seen = [np.flatnonzero(np.nan_to_num(top) > _SEEN * most) for top in tops]
    ends = [
        (line.x[found[0]], line.x[found[-1] + 1])
        for line, found in zip(lines, seen, strict=True)
        if len(found)
    ]
    low = min((float(start) for start, _ in ends), default=float(lines[0].x[0]))
    high = max((float(end) for _, end in ends), default=float(lines[0].x[-1]))
    return Axis(
        title="Hydrodynamic diameter", unit="nm", is_log=True, low=min(low, 0.7 * zone.high), high=1.15 * high
    )


def _distributions(sample: SampleSize, runs: list[RunSize]) -> Iterator[tuple[str, SizeDistribution]]:
    if isinstance(sample.distribution, SizeDistribution):
        yield "mean of runs" if sample.replicates > 1 else "run", sample.distribution
    if sample.replicates > 1 or isinstance(sample.distribution, NotAssessed):
        for size in runs[:MOST_LINES]:
            if isinstance(size.distribution, SizeDistribution):
                yield size.run.stem, size.distribution


def _line(label: str, distribution: SizeDistribution, *, is_log: bool, is_banded: bool) -> Line:
    edges = np.log10(distribution.edges_nm) if is_log else distribution.edges_nm
    width = np.diff(edges)
    return Line(
        label=label,
        x=distribution.edges_nm,
        y=distribution.fraction / width,
        low=distribution.low / width if is_banded else None,
        high=distribution.high / width if is_banded else None,
        is_step=True,
    )


def _components(runs: list[RunSize]) -> tuple[Zone, ...]:
    """Those of a single run; the components of several runs have a figure of their own."""
    found = [size.estimate.components for size in runs if size.estimate]
    if len(runs) != 1 or not found or isinstance(found[0], NotAssessed):
        return ()
    return tuple(zone for component in found[0] for zone in _component(component))


def _component(component: Component) -> Iterator[Zone]:
    diameter, spread = value_of(component.diameter_nm), value_of(component.spread_percent)
    if diameter is None:
        return
    fraction = value_of(component.fraction)
    share = "" if fraction is None else f", {100 * fraction:.0f} %"
    half = max((spread or 0.0) / 100, 0.005)
    yield Zone(
        label=f"{diameter:.0f} nm{share}",
        low=diameter * (1 - min(half, 0.9)),
        high=diameter * (1 + half),
        tone="component",
    )


def _marks(sample: SampleSize) -> Iterator[tuple[str, float]]:
    for label, quantity in (("D10", sample.d10_nm), ("D50", sample.median_nm), ("D90", sample.d90_nm)):
        if isinstance(quantity, Estimate):
            yield label, quantity.value


def _summary(sample: SampleSize) -> str:
    median = sample.median_nm
    if isinstance(median, NotAssessed):
        return f"{sample.sample}: {median.reason}."
    return f"{sample.sample}: median {median.value:.0f} nm, 95 % interval {median.low:.0f} to {median.high:.0f} nm."
