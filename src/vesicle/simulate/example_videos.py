"""The videos of the example batch: the same preparation as in its exports, and beads of a certified size."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import replace

from vesicle.simulate.nta import simulate_frames
from vesicle.simulate.nta_avi import write_avi
from vesicle.simulate.nta_files import SIMULATED
from vesicle.simulate.nta_plan import plan_video
from vesicle.simulate.nta_settings import NtaSettings
from vesicle.simulate.nta_sizes import Component, lognormal, mixed
from vesicle.simulate.zetaview import SizeTruth

BEADS_NM, BEADS_CV = 100.0, 0.03
DILUTION, SECOND_DILUTION = 75.0, 95.0
"""Less than for the exports: a camera with a small field needs more particles in it."""

DILUTIONS = tuple(enumerate((DILUTION, DILUTION, DILUTION, SECOND_DILUTION), start=1))
"""Number and dilution of each video of the sample."""

FRAMES, FPS, EXPOSURE_MS, PIXEL_NM, TEMPERATURE_C = 280, 30.0, 10.0, 200.0, 25.0
_SEED = 30
_BEADS_PER_FRAME = 40.0


def example_videos(truth: SizeTruth) -> Iterator[tuple[str, bytes]]:
    """Three replicates, a second dilution and the beads, as uncompressed AVI files.

    Parameters
    ----------
    truth : SizeTruth
        What the preparation is made of.

    Yields
    ------
    tuple of str and bytes
        Name and content, always the same.
    """
    for number, dilution in DILUTIONS:
        settings = sample_settings(truth, number, dilution)
        yield f"DEMO-01-{dilution:.0f} video {number}.avi", _video(settings)
    beads = mixed(BEADS_NM, BEADS_CV)
    yield "beads-100nm.avi", _video(_settings(beads, seed=_SEED + 10, per_frame=_BEADS_PER_FRAME))


def sample_settings(truth: SizeTruth, number: int, dilution: float) -> NtaSettings:
    """What one video of the preparation is made of.

    Parameters
    ----------
    truth : SizeTruth
        What is in the vial.
    number : int
        Which video; each has particles and noise of its own.
    dilution : float
        Of the preparation under the camera.

    Returns
    -------
    NtaSettings
        With as many particles as make the concentration of the stock over the dilution.
    """
    vesicles = lognormal(truth.median_nm, math.exp(truth.log_sd))
    settings = _settings(vesicles, seed=_SEED + number, per_frame=_BEADS_PER_FRAME)
    return _concentrated(settings, truth.stock_per_ml / dilution)


def _settings(component: Component, *, seed: int, per_frame: float) -> NtaSettings:
    return NtaSettings(
        components=(component,),
        frames=FRAMES,
        width_px=320,
        height_px=240,
        fps=FPS,
        exposure_ms=EXPOSURE_MS,
        pixel_nm=PIXEL_NM,
        temperature_c=TEMPERATURE_C,
        per_frame=per_frame,
        snr_at_nm=70.0,
        drift_px=(0.4, 0.1),
        uneven=0.2,
        substeps=4,
        seed=seed,
    )


def _concentrated(settings: NtaSettings, per_ml: float) -> NtaSettings:
    """The same video with as many particles as make this concentration."""
    found = plan_video(settings).concentration_per_ml
    return replace(settings, per_frame=settings.per_frame * per_ml / found)


def _video(settings: NtaSettings) -> bytes:
    file = io.BytesIO()
    frames = (frame.image for frame in simulate_frames(plan_video(settings)))
    write_avi(file, frames, settings, comment=SIMULATED)
    return file.getvalue()
