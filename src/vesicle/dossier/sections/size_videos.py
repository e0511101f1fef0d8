"""The part of section D3 that shows how videos were tracked: pictures, limits, components, volume, beads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from vesicle.dossier.blocks import Axis, Block, Cell, Column, Figure, PointInterval, Table, Text
from vesicle.dossier.numbers import format_estimate
from vesicle.dossier.sections.size_pictures import picture_blocks
from vesicle.findings import Component, RunSize, SizeFinding, TrajectoryEstimate
from vesicle.measurements import Setting
from vesicle.results import Estimate, NotAssessed, value_of

_Tracked = Sequence[tuple[RunSize, TrajectoryEstimate]]

_NO_VIDEO = NotAssessed("a table of tracks without its video")


def video_blocks(sizes: SizeFinding) -> Iterator[Block]:
    """How the videos and track tables of the folder were evaluated here, shown so that it can be doubted.

    Parameters
    ----------
    sizes : SizeFinding
        All runs; those that only a vendor evaluated are left out.

    Yields
    ------
    Block
        Nothing when no run was tracked.
    """
    tracked = [(size, size.estimate) for size in sizes.runs if size.estimate is not None]
    if not tracked:
        return
    yield Text(text=_opening(tracked))
    yield from picture_blocks(sizes)
    yield from _limits(tracked)
    yield _videos_table(tracked)
    yield from _components_figures(tracked)
    yield _components_table(tracked)
    yield _volumes_table(tracked)
    yield from _beads_table(tracked)
    yield from _settings_table(tracked)


def _opening(tracked: _Tracked) -> str:
    videos = sum(estimate.video is not None for _, estimate in tracked)
    counted = ((videos, "video"), (len(tracked) - videos, "track table"))
    named = [f"{number} {noun}{'s' if number > 1 else ''}" for number, noun in counted if number]
    return (
        f"Evaluated here from the tracks themselves: {' and '.join(named)}. Sizes follow from the displacements of "
        "all tracks of a run together, with motion blur, position error and the search range taken into account."
    )


def _limits(tracked: _Tracked) -> Iterator[Block]:
    """What was not seen, in one line for all samples, and one for each run that does not know."""
    known: dict[str, list[Estimate]] = {}
    for size, estimate in tracked:
        limit = estimate.detection_limit_nm
        if isinstance(limit, Estimate):
            known.setdefault(size.run.sample, []).append(limit)
        else:
            text = f"{size.run.stem}: how small a particle it shows was not assessed: {limit.reason}."
            yield Text(text=text, tone="missing")
    if known:
        listed = "; ".join(f"{sample}: {_largest(limits)}" for sample, limits in known.items())
        text = (
            "Particles below these diameters are seen less often than not, so the distribution is censored there and "
            f"every concentration counts the larger particles only. {listed}."
        )
        yield Text(text=text, tone="note")


def _largest(limits: Sequence[Estimate]) -> str:
    largest = max(limits, key=lambda limit: limit.value)
    where = "" if len(limits) == 1 else f", in the least sensitive of {len(limits)} runs"
    return f"{format_estimate(largest)} nm{where}"


def _videos_table(tracked: _Tracked) -> Table:
    return Table(
        id="videos",
        title="Videos and tracks, as evaluated here",
        columns=(
            Column(name="Run"),
            Column(name="Sample"),
            Column(name="Frames"),
            Column(name="Spots per frame", meaning="mean over the frames"),
            Column(name="Fewest to most", meaning="spots in one frame"),
            Column(name="Tracks used"),
            Column(name="Diffusion coefficient", unit="um²/s", meaning="median over the particles"),
            Column(name="Position error", unit="nm", meaning="of one spot, along one axis"),
            Column(name="Drift", unit="px per frame"),
            Column(
                name="Detection limit", unit="nm", meaning="half of the particles of this diameter are seen"
            ),
        ),
        rows=tuple(_video_row(size, estimate) for size, estimate in tracked),
    )


def _video_row(size: RunSize, estimate: TrajectoryEstimate) -> tuple[Cell, ...]:
    video = estimate.video
    spots = None if video is None else video.spots_per_frame
    return (
        size.run.stem,
        size.run.sample,
        _NO_VIDEO if video is None else video.frames,
        _NO_VIDEO if spots is None else float(spots.mean()),
        _NO_VIDEO if spots is None else f"{spots.min():.0f} to {spots.max():.0f}",
        size.tracks,
        estimate.diffusion_um2_s,
        estimate.localisation_nm,
        estimate.drift_px_per_frame,
        estimate.detection_limit_nm,
    )


def _components_table(tracked: _Tracked) -> Table:
    smoothing = _told_once(tracked, lambda estimate: f"{estimate.smoothing.rstrip('.')}.")
    return Table(
        id="components",
        title="Components of the size distributions",
        columns=(
            Column(name="Run"),
            Column(name="Component"),
            Column(name="Diameter", unit="nm"),
            Column(
                name="Share of particles", meaning="by number per volume, of those above the detection limit"
            ),
            Column(name="Spread", unit="%", meaning="standard deviation over mean"),
        ),
        rows=tuple(row for size, estimate in tracked for row in _component_rows(size, estimate)),
        caption="Peaks of the distribution that its band supports. A component is a group of sizes, not a kind of "
        "particle. The log of the density is smoothed, by as much as predicts tracks left out best among what the data "
        f"find plausible: {smoothing}",
    )


def _component_rows(size: RunSize, estimate: TrajectoryEstimate) -> Iterator[tuple[Cell, ...]]:
    found = estimate.components
    if isinstance(found, NotAssessed):
        yield (size.run.stem, "not assessed", found, found, found)
        return
    for number, component in enumerate(found, 1):
        yield (
            size.run.stem,
            f"{number} of {len(found)}",
            component.diameter_nm,
            component.fraction,
            component.spread_percent,
        )


def _components_figures(tracked: _Tracked) -> Iterator[Block]:
    """The components of several runs of one sample side by side; of a single run the distribution marks them."""
    by_sample: dict[str, list[tuple[str, tuple[Component, ...]]]] = {}
    for size, estimate in tracked:
        if not isinstance(estimate.components, NotAssessed):
            by_sample.setdefault(size.run.sample, []).append((size.run.stem, estimate.components))
    several = {sample: found for sample, found in by_sample.items() if len(found) > 1}
    for number, (sample, found) in enumerate(several.items(), 1):
        points = tuple(point for stem, components in found for point in _points(stem, components))
        if points:
            yield _components_figure(f"components-{number}", sample, points)


def _components_figure(figure_id: str, sample: str, points: tuple[PointInterval, ...]) -> Figure:
    runs = len({point.group for point in points})
    return Figure(
        id=figure_id,
        title=f"Components in the runs of {sample}",
        caption="Each point is a peak of one run's distribution, with the 95 % interval of its diameter.",
        summary=f"{len(points)} components in {runs} runs, from {min(p.value for p in points):.0f} to "
        f"{max(p.value for p in points):.0f} nm.",
        x=Axis(title="Hydrodynamic diameter", unit="nm", is_log=True),
        y=Axis(title=""),
        points=points,
    )


def _points(stem: str, components: tuple[Component, ...]) -> Iterator[PointInterval]:
    for component in components:
        diameter = component.diameter_nm
        if isinstance(diameter, Estimate):
            yield PointInterval(
                label=share_text(component),
                value=diameter.value,
                low=diameter.low,
                high=diameter.high,
                group=stem,
            )


def share_text(component: Component) -> str:
    """The share of a component in words.

    Parameters
    ----------
    component : Component
        Any component.

    Returns
    -------
    str
        For example ``62 % of particles``.
    """
    fraction = value_of(component.fraction)
    return "share not assessed" if fraction is None else f"{100 * fraction:.0f} % of particles"


def _volumes_table(tracked: _Tracked) -> Table:
    return Table(
        id="volumes",
        title="From particles per frame to particles per volume",
        columns=(
            Column(name="Run"),
            Column(name="Volume model"),
            Column(name="Depth", unit="um", meaning="of the layer in which particles are seen"),
            Column(name="As measured", unit="particles/mL"),
            Column(name="Stock", unit="particles/mL"),
        ),
        rows=tuple(
            (
                size.run.stem,
                estimate.volume.kind,
                estimate.volume.depth_um,
                size.measured_per_ml,
                size.concentration_per_ml,
            )
            for size, estimate in tracked
        ),
        caption=_told_once(tracked, lambda estimate: estimate.volume.sentence),
        how="Number of particles of each size per frame, over the area of the frame times the depth in which "
        "particles of that size are seen. Not the number of tracks: a fast particle leaves several.",
    )


def _told_once(tracked: _Tracked, words: Callable[[TrajectoryEstimate], str]) -> str:
    """A sentence that most runs share, with the names of its runs only where another run has another."""
    runs: dict[str, list[str]] = {}
    for size, estimate in tracked:
        runs.setdefault(words(estimate), []).append(size.run.stem)
    if len(runs) == 1:
        return next(iter(runs))
    return " ".join(f"{', '.join(stems)}: {sentence}" for sentence, stems in runs.items())


def _beads_table(tracked: _Tracked) -> Iterator[Block]:
    judged = [(size, estimate.bead) for size, estimate in tracked if estimate.bead is not None]
    if not judged:
        return
    yield Table(
        id="beads",
        title="Size standards against their certificate",
        columns=(
            Column(name="Run"),
            Column(name="Certified", unit="nm"),
            Column(name="Expanded uncertainty", unit="nm", meaning="of the certificate, k = 2"),
            Column(name="Mean found", unit="nm"),
            Column(name="Deviation", unit="%"),
            Column(name="Verdict"),
        ),
        rows=tuple(
            (
                size.run.stem,
                bead.certified_nm,
                NotAssessed("not stated")
                if bead.expanded_uncertainty_nm is None
                else bead.expanded_uncertainty_nm,
                bead.mean_nm,
                bead.deviation_percent,
                bead.verdict,
            )
            for size, bead in judged
        ),
        caption=" ".join(dict.fromkeys(bead.rule for _, bead in judged)),
    )


def _settings_table(tracked: _Tracked) -> Iterator[Block]:
    filmed = [(size.run.stem, estimate.video) for size, estimate in tracked if estimate.video is not None]
    if not filmed:
        return
    stated = [{item.name: item for item in video.settings} for _, video in filmed]
    names = list(dict.fromkeys(name for settings in stated for name in settings))
    units = {name: item.unit for settings in reversed(stated) for name, item in settings.items()}
    values = {name: tuple(_value(settings, name) for settings in stated) for name in names}
    yield Table(
        id="tracking-settings",
        title="Settings of detection and tracking",
        columns=(
            Column(name="Setting"),
            Column(name="Unit"),
            Column(name="Same in all"),
            *(Column(name=stem) for stem, _ in filmed),
        ),
        rows=tuple(
            (name.replace("_", " "), units[name], "yes" if len(set(row)) == 1 else "no", *row)
            for name, row in values.items()
        ),
        caption="With these settings and the same files, the same numbers come out.",
    )


def _value(settings: Mapping[str, Setting], name: str) -> str:
    return settings[name].value if name in settings else "not stated"
