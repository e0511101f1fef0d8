"""One run's size distribution, concentration and intervals, whatever the instrument reported.

Three kinds of evidence give three kinds of interval: counts per class (multinomial bootstrap), several
videos (Student's t between them), single tracks (bootstrap over tracks). Without any of these a number
has no interval, and its method says so. A bootstrap gives percentile intervals for percentiles and mode,
and studentised ones on the log scale for mean, SD and mass, whose percentile intervals are too short when
the distribution is broad. Numbers of single tracks come from their diameters (``tracks.py``), not from
the classes into which they are counted for the distribution.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from vesicle.findings import RunSize, Share, SizeDistribution
from vesicle.inference.histograms import (
    log_errors,
    log_errors_of_sd,
    mean_and_sd,
    percentiles_at_edges,
    share_between,
    silverman_bandwidth,
    smoothed_mode,
)
from vesicle.inference.intervals import (
    binomial_interval,
    bootstrap_counts,
    mean_with_interval,
    percentile_interval,
    studentised_interval,
    t_quantile,
)
from vesicle.measurements import SizeHistogram, SizeRun
from vesicle.measurements.sizing import FloatArray, frozen
from vesicle.results import Estimate, NotAssessed, Quantity, exact
from vesicle.standards import load_standard
from vesicle.vesicles.concentrations import measured_of, stock_of
from vesicle.vesicles.conditions import Conditions, corrected_factor
from vesicle.vesicles.physics import particle_mass_ug
from vesicle.vesicles.positions import not_sized_again
from vesicle.vesicles.tracks import IN_CLASSES, TRACK_CLASS_NM, from_diameters

TRACK_CLASSES_TO_NM = 10_000.0
"""Where the classes of single tracks end; what is larger is counted in one last class."""

_SHARES = np.array([0.1, 0.5, 0.9])
_NAMES = ("d10_nm", "median_nm", "d90_nm", "mean_nm", "sd_nm", "mode_nm", "particle_mass_ug")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """A distribution with its replicates: rows of ``replicates`` are resamples, or videos.

    ``kind`` is ``resamples``, ``videos`` or ``none``; ``method`` names it for the reader. ``weight`` is the
    amount that one counted track stands for in each class, ``tracks`` how many tracks the distribution
    rests on where that is known: it sets how much the mode is smoothed. ``factor`` is what diameters were
    multiplied with. ``is_open`` is true where the classes were made to hold every particle, so that what
    lies beyond them is a count of zero and not a size that the table leaves out.
    """

    edges: FloatArray
    amount: FloatArray
    replicates: FloatArray
    kind: str
    n: int | None
    method: str
    tracks: int | None = None
    weight: FloatArray | None = None
    factor: float = 1.0
    is_open: bool = False

    @property
    def centre(self) -> FloatArray:
        """The middle of each class."""
        return (self.edges[1:] + self.edges[:-1]) / 2


def bins() -> tuple[tuple[str, float, float | None], ...]:
    """The size ranges whose shares are reported, from the nomenclature standard.

    Returns
    -------
    tuple of (label, low_nm, high_nm)
        ``high_nm`` is None for the open range.
    """
    review = load_standard("nomenclature")["review_classes"]
    small = load_standard("checks")["checks"]["C12"]["limits"]["small_nm"]["value"]
    first, second = review["exosome_nm"], review["microvesicle_nm"]
    return (
        (f"below {small} nm", 0.0, float(small)),
        (f"{first[0]}-{first[1]} nm", float(first[0]), float(first[1])),
        (f"{second[0]}-{second[1]} nm", float(second[0]), float(second[1])),
        (f"above {second[1]} nm", float(second[1]), None),
    )


def summarise(run: SizeRun, conditions: Conditions | None = None) -> RunSize:
    """Our numbers for one run.

    Parameters
    ----------
    run : SizeRun
        As read.
    conditions : Conditions, optional
        Temperature and viscosity to harmonise to; the diameters are rescaled.

    Returns
    -------
    RunSize
        Every quantity is an Estimate or says why it was not assessed.
    """
    factor, notes = corrected_factor(run, conditions or Conditions())
    evidence = factor if isinstance(factor, NotAssessed) else _evidence(run, factor)
    if isinstance(evidence, NotAssessed):
        numbers: Mapping[str, Quantity] = dict.fromkeys(_NAMES, evidence)
        shares = tuple(Share(label=b[0], low_nm=b[1], high_nm=b[2], share=evidence) for b in bins())
        distribution: SizeDistribution | NotAssessed = evidence
    else:
        numbers = _exact(run, _numbers(evidence), evidence.factor)
        shares = tuple(_share(evidence, label, low, high) for label, low, high in bins())
        distribution = _distribution(evidence)
    measured = measured_of(run)
    return RunSize(
        run=run,
        tracks=_tracks(run),
        measured_per_ml=measured,
        concentration_per_ml=stock_of(run, measured),
        shares=shares,
        distribution=distribution,
        size_factor=1.0 if isinstance(factor, NotAssessed) else factor,
        warnings=(*notes, *not_sized_again(run)),
        mode_nm=numbers["mode_nm"],
        median_nm=numbers["median_nm"],
        mean_nm=numbers["mean_nm"],
        sd_nm=numbers["sd_nm"],
        d10_nm=numbers["d10_nm"],
        d90_nm=numbers["d90_nm"],
        particle_mass_ug=numbers["particle_mass_ug"],
    )


def _evidence(run: SizeRun, factor: float) -> _Evidence | NotAssessed:
    evidence = _as_computed(run)
    if isinstance(evidence, NotAssessed):
        return evidence
    return replace(evidence, edges=evidence.edges * factor, factor=factor)


def _exact(run: SizeRun, binned: Mapping[str, Quantity], factor: float) -> Mapping[str, Quantity]:
    """The numbers of a list of tracks from their diameters; those of a table of classes as they are."""
    if run.tracks is None:
        return binned
    return from_diameters(run.tracks.diameter_nm[run.tracks.included] * factor, binned)


def _as_computed(run: SizeRun) -> _Evidence | NotAssessed:
    if run.status == "no_result":
        return NotAssessed("the instrument kept no particle in this run")
    if run.tracks is not None:
        return _from_tracks(run)
    histogram = run.histogram
    if histogram is None:
        return NotAssessed("the vendor's report holds no table of the distribution; add the text export")
    if histogram.count is not None:
        return _from_counts(histogram)
    videos = [video.histogram for video in run.per_video if video.histogram is not None]
    if len(videos) > 1 and all(np.array_equal(v.edges_nm, histogram.edges_nm) for v in videos):
        return _from_videos(histogram, videos, run.vendor.tracks)
    return _without_replicates(histogram, run.vendor.tracks)


def _from_counts(histogram: SizeHistogram) -> _Evidence:
    count = histogram.amount if histogram.count is None else histogram.count
    # Each track stands for the same number per volume in its class, whichever position it came from.
    weight = np.divide(histogram.amount, count, out=np.zeros_like(count), where=count > 0)
    draws = bootstrap_counts(count, lambda resampled: resampled * weight)
    n = int(count.sum())
    method = f"histogram, multinomial bootstrap of {n} tracks"
    return _Evidence(
        edges=histogram.edges_nm,
        amount=histogram.amount,
        replicates=draws,
        kind="resamples",
        n=n,
        method=method,
        tracks=n,
        weight=weight,
    )


def _from_videos(histogram: SizeHistogram, videos: list[SizeHistogram], tracks: int | None) -> _Evidence:
    rows = np.array([video.amount for video in videos if video.amount.sum() > 0])
    method = f"histogram, Student's t between {len(rows)} videos"
    kind = "videos" if len(rows) > 1 else "none"
    return _Evidence(
        edges=histogram.edges_nm,
        amount=histogram.amount,
        replicates=rows,
        kind=kind,
        n=len(rows),
        method=method,
        tracks=tracks,
    )


def _without_replicates(histogram: SizeHistogram, tracks: int | None) -> _Evidence:
    if tracks:
        scaled = histogram.amount / histogram.amount.sum() * tracks
        method = (
            f"histogram, multinomial bootstrap as if of {tracks} tracks; a lower bound of the uncertainty"
        )
        draws = bootstrap_counts(scaled, lambda resampled: resampled)
        return _Evidence(
            edges=histogram.edges_nm,
            amount=scaled,
            replicates=draws,
            kind="resamples",
            n=tracks,
            method=method,
            tracks=tracks,
        )
    method = "histogram; no interval, since the file states neither counts nor replicates"
    rows = histogram.amount[None, :]
    return _Evidence(
        edges=histogram.edges_nm, amount=histogram.amount, replicates=rows, kind="none", n=None, method=method
    )


def _from_tracks(run: SizeRun) -> _Evidence | NotAssessed:
    tracks = run.tracks
    kept = tracks.diameter_nm[tracks.included] if tracks is not None else np.empty(0)
    if not len(kept):
        return NotAssessed("no track of this file was included in the distribution")
    top = TRACK_CLASS_NM * (np.floor(kept.max() / TRACK_CLASS_NM) + 1)
    edges = np.arange(0.0, min(top, TRACK_CLASSES_TO_NM) + TRACK_CLASS_NM / 2, TRACK_CLASS_NM)
    edges = np.append(edges, top) if top > TRACK_CLASSES_TO_NM else edges
    counts = np.histogram(kept, bins=edges)[0].astype(np.float64)
    draws = bootstrap_counts(counts, lambda resampled: resampled)
    method = f"vendor's size of each track{IN_CLASSES}, bootstrap of {len(kept)} tracks"
    return _Evidence(
        edges=edges,
        amount=counts,
        replicates=draws,
        kind="resamples",
        n=len(kept),
        method=method,
        tracks=len(kept),
        is_open=True,
    )


def _statistics(centre: FloatArray, edges: FloatArray, amount: FloatArray, bandwidth: float) -> FloatArray:
    percentiles = percentiles_at_edges(edges, amount, _SHARES)
    mean, sd = mean_and_sd(centre, amount)
    mode = smoothed_mode(edges, amount, bandwidth)
    mass, _ = mean_and_sd(particle_mass_ug(1.0) * centre**3, amount)
    return np.concatenate([percentiles, np.stack([mean, sd, mode, mass], axis=-1)], axis=-1)


def _numbers(evidence: _Evidence) -> Mapping[str, Quantity]:
    centre = evidence.centre
    bandwidth = _bandwidth(evidence)
    values = _statistics(centre, evidence.edges, evidence.amount, bandwidth)
    replicates = _statistics(centre, evidence.edges, evidence.replicates, bandwidth)
    plain = {name: _estimate(evidence, float(values[i]), replicates[:, i]) for i, name in enumerate(_NAMES)}
    if evidence.kind != "resamples":
        return plain
    here, there = _log_errors(evidence, evidence.amount), _log_errors(evidence, evidence.replicates)
    return plain | {
        name: _studentised(plain[name], float(here[name]), replicates[:, _NAMES.index(name)], there[name])
        for name in here
    }


def _bandwidth(evidence: _Evidence) -> float:
    if not evidence.tracks:
        # A vendor's smooth distribution is taken as it is: nothing says how much noise it holds.
        return 0.0
    quartiles = percentiles_at_edges(evidence.edges, evidence.amount, np.array([0.25, 0.75]))
    _, sd = mean_and_sd(evidence.centre, evidence.amount)
    return silverman_bandwidth(float(sd), float(np.diff(quartiles)[0]), float(evidence.tracks))


def _log_errors(evidence: _Evidence, amount: FloatArray) -> dict[str, FloatArray]:
    centre = evidence.centre
    weight = np.ones_like(centre) if evidence.weight is None else evidence.weight
    return {
        "mean_nm": log_errors(centre, amount, weight, 1.0),
        "sd_nm": log_errors_of_sd(centre, amount, weight),
        "particle_mass_ug": log_errors(centre, amount, weight, 3.0),
    }


def _studentised(plain: Estimate, error: float, replicates: FloatArray, errors: FloatArray) -> Estimate:
    low, high = studentised_interval(plain.value, error, replicates, errors)
    method = plain.method.replace("bootstrap", "studentised bootstrap")
    return replace(plain, low=min(low, plain.value), high=max(high, plain.value), method=method)


def _estimate(evidence: _Evidence, value: float, replicates: FloatArray) -> Estimate:
    if evidence.kind == "videos":
        interval = mean_with_interval(list(replicates), what="videos", value=value)
        return replace(interval, method=evidence.method)
    low, high = (value, value) if evidence.kind == "none" else map(float, percentile_interval(replicates))
    return Estimate(
        value=value, low=min(low, value), high=max(high, value), n=evidence.n, method=evidence.method
    )


def _share(evidence: _Evidence, label: str, low: float, high: float | None) -> Share:
    top = np.inf if high is None else high
    end = float(evidence.edges[-1]) / evidence.factor
    if low >= end and not evidence.is_open:
        reason = f"the size table ends at {end:g} nm: what is larger was not looked for"
        return Share(label=label, low_nm=low, high_nm=high, share=NotAssessed(reason))
    value = float(share_between(evidence.edges, evidence.amount, low, top))
    if evidence.kind == "resamples" and evidence.n:
        exactly = binomial_interval(value, n=evidence.n, what="tracks")
        return Share(label=label, low_nm=low, high_nm=high, share=exactly)
    replicates = share_between(evidence.edges, evidence.replicates, low, top)
    estimate = _estimate(evidence, value, replicates)
    capped = replace(estimate, low=max(0.0, estimate.low), high=min(1.0, estimate.high))
    return Share(label=label, low_nm=low, high_nm=high, share=capped)


def _distribution(evidence: _Evidence) -> SizeDistribution:
    fraction = evidence.amount / evidence.amount.sum()
    rows = evidence.replicates / evidence.replicates.sum(axis=1, keepdims=True)
    if evidence.kind == "videos":
        half = t_quantile(len(rows) - 1) * rows.std(axis=0, ddof=1) / np.sqrt(len(rows))
        low, high = np.clip(fraction - half, 0, None), fraction + half
    elif evidence.kind == "none":
        low, high = fraction, fraction
    else:
        low, high = percentile_interval(rows)
    return SizeDistribution(
        diameter_nm=frozen(evidence.centre),
        edges_nm=frozen(evidence.edges),
        fraction=frozen(fraction),
        low=frozen(np.minimum(low, fraction)),
        high=frozen(np.maximum(high, fraction)),
    )


def _tracks(run: SizeRun) -> Quantity:
    if run.tracks is not None:
        n = int(run.tracks.included.sum())
        return exact(n, method="tracks of the file that its distribution includes", n=n)
    return NotAssessed("the file holds a histogram and no tracks; the vendor's own number stands beside")
