"""The concentration of a run: as measured in the cell, and that of the stock."""

from __future__ import annotations

import numpy as np

from vesicle.inference.intervals import mean_with_interval, poisson_interval
from vesicle.measurements import SizeRun
from vesicle.results import Estimate, NotAssessed, Quantity


def measured_of(run: SizeRun) -> Quantity:
    """The concentration in the measuring cell, as the instrument states it.

    Parameters
    ----------
    run : SizeRun
        As read.

    Returns
    -------
    Estimate or NotAssessed
        In particles/mL, before any dilution.
    """
    value = run.measured_per_ml
    if run.status == "no_result":
        return NotAssessed("the instrument kept no particle in this run")
    if value is None:
        return NotAssessed("the file states no concentration per volume")
    kept = [row for row in run.positions.rows if row.is_kept] if run.positions else []
    if len(kept) > 1:
        rows = np.array([row.concentration_per_ml for row in kept])
        # The position table is printed to two digits and without the correction factor of the header.
        scaled = rows * (value / rows.mean()) if rows.mean() > 0 else rows
        return mean_with_interval(list(scaled), what="kept positions", value=value)
    videos = [_video_measured(run, i) for i in range(len(run.per_video))]
    known = [video for video in videos if video is not None]
    if len(known) > 1:
        return mean_with_interval(known, what="videos", value=value)
    if run.vendor.tracks:
        return poisson_interval(value, counted=run.vendor.tracks, what="tracks")
    method = "as stated by the file; no interval, since it states neither counts nor replicates"
    return Estimate(value=value, low=value, high=value, method=method)


def _video_measured(run: SizeRun, index: int) -> float | None:
    video = run.per_video[index]
    printed = video.vendor.concentration_per_ml
    if printed is None:
        return None
    return printed / (video.dilution.factor or 1.0) if video.dilution.applied_by == "instrument" else printed


def stock_of(run: SizeRun, measured: Quantity) -> Quantity:
    """The concentration of the stock from that in the cell.

    Parameters
    ----------
    run : SizeRun
        With its dilution.
    measured : Estimate or NotAssessed
        As measured.

    Returns
    -------
    Estimate or NotAssessed
        Not assessed when nothing states the dilution.
    """
    if isinstance(measured, NotAssessed):
        return measured
    if run.dilution.factor is None:
        return NotAssessed(
            "the dilution is not recorded in the file, so the stock is unknown; state it under [[files]] "
            "in vesicle.toml or with --dilution"
        )
    who = "the instrument" if run.dilution.applied_by == "instrument" else "vesicle"
    times = f"; dilution {run.dilution.factor:g} ({run.dilution.origin}) applied once, by {who}"
    return measured.scaled(run.dilution.factor, method=measured.method + times)
