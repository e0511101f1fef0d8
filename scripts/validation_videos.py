"""Simulated videos for the bars of the tracking engine, their measurement, and what a bar says of them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vesicle.findings import RunSize, TrajectoryEstimate
from vesicle.measurements import Scale, Video
from vesicle.readers.scan import read_path
from vesicle.results import Estimate, NotAssessed, Quantity
from vesicle.simulate.nta_settings import NtaSettings
from vesicle.simulate.nta_sizes import Component, lognormal, mixed
from vesicle.simulate.nta_write import Target, write_video
from vesicle.standards import load_limits
from vesicle.vesicles.seen import Calibration
from vesicle.vesicles.videos import Choices, calibration_from, measure

PIXEL_NM, FPS, TEMPERATURE_C = 166.0, 30.0, 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One kind of particle: mean and CV, or (``is_lognormal``) median and geometric SD; ``weight`` by number."""

    size_nm: float
    spread: float
    weight: float = 1.0
    is_lognormal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A video that a bar asks for; every simulator makes it in its own way.

    ``snr_at_nm`` keeps the gain of another sample: the size that has the median signal to noise of 6.
    """

    parts: tuple[Part, ...]
    brightness: Literal["size", "equal"] = "size"
    per_frame: float = 60.0
    exposure_ms: float = 10.0
    drift_px: tuple[float, float] = (0.0, 0.0)
    snr_at_nm: float | None = None
    frames: int = 600
    height_px: int = 480
    width_px: int = 640
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A video with its truth: particles per mL, and the diameter and part of every particle in the box.

    ``crowding`` is the number of visible particles in its frames over what that concentration lets expect: chance,
    which no estimator can know of.
    """

    video: Video
    wanted: Wanted
    per_ml: float
    diameter_nm: NDArray[np.float64]
    part: NDArray[np.int64]
    crowding: float | None = None

    def per_ml_from(self, least_nm: float) -> float:
        """Particles per mL that are at least so large."""
        return self.per_ml * float((self.diameter_nm >= least_nm).mean())


Simulator = Callable[[Wanted, Path], Made]


def simulate(wanted: Wanted, folder: Path) -> Made:
    """The video of vesicle's own simulator, written to a file and read again."""
    settings = NtaSettings(
        components=tuple(_component(part) for part in wanted.parts),
        brightness=wanted.brightness,
        per_frame=wanted.per_frame,
        exposure_ms=wanted.exposure_ms,
        drift_px=wanted.drift_px,
        snr_at_nm=wanted.snr_at_nm,
        frames=wanted.frames,
        height_px=wanted.height_px,
        width_px=wanted.width_px,
        seed=wanted.seed,
    )
    path = Path(tempfile.mkdtemp(dir=folder)) / "birch.tif"
    truth = write_video(settings, Target(out=path))
    particles, visible = truth["particles"], truth["visible_per_frame"]
    video = read_path(path)
    assert isinstance(video, Video)
    assert isinstance(particles, dict)
    assert isinstance(visible, dict)
    return Made(
        video=video,
        wanted=wanted,
        per_ml=float(str(truth["concentration_per_ml"])),
        diameter_nm=np.array(particles["diameter_nm"], dtype=np.float64),
        part=np.array(particles["component"], dtype=np.int64),
        crowding=float(visible["counted"] / visible["expected"]),
    )


def _component(part: Part) -> Component:
    make = lognormal if part.is_lognormal else mixed
    return make(part.size_nm, part.spread, part.weight)


def choices_for(made: Made, threshold_factor: float) -> Choices:
    """What a user would state of the instrument."""
    scale = Scale(
        pixel_nm=PIXEL_NM, fps=FPS, exposure_ms=made.wanted.exposure_ms, temperature_c=TEMPERATURE_C
    )
    return Choices(scale=scale, threshold_factor=threshold_factor)


def sized(made: Made, *, calibration: Calibration | None = None, threshold_factor: float = 1.0) -> RunSize:
    """Our numbers for the video."""
    return measure(
        made.video,
        choices_for(made, threshold_factor),
        calibration=calibration,
        standard=load_limits()["C01"],
    )


def calibrated(made: Made, *, beads_nm: float, threshold_factor: float) -> Calibration | NotAssessed:
    """The depth profile from a video of beads."""
    return calibration_from(made.video, choices_for(made, threshold_factor), beads_nm=beads_nm)


def estimate_in(run: RunSize) -> TrajectoryEstimate:
    """What the tracks say; a run without any stops the validation with its reason."""
    if run.estimate is None:
        raise SystemExit(f"no result: {run.median_nm}")
    return run.estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One number beside its truth. ``limit`` None: shown for information, judged by no bar."""

    case: str
    quantity: str
    truth: str
    found: str
    deviation: str
    limit: str | None
    is_within: bool

    @property
    def has_failed(self) -> bool:
        return self.limit is not None and not self.is_within

    def cells(self) -> str:
        verdict = "not judged" if self.limit is None else "pass" if self.is_within else "**FAIL**"
        parts = (self.case, self.quantity, self.truth, self.found, self.deviation, self.limit or "", verdict)
        return f"| {' | '.join(parts)} |"


HEAD = "| Case | Quantity | Truth | Found | Deviation | Limit | Verdict |\n| --- | --- | --- | --- | --- | --- | --- |"


@dataclass(slots=True, kw_only=True)
class Case:
    """The rows of one video, as they are found."""

    name: str
    rows: list[Row] = field(default_factory=list)

    def relative(
        self, quantity: str, found: Quantity | float, *, truth: float, percent: float | None
    ) -> None:
        """Found over truth, less one, within so many per cent."""
        value = self._number(quantity, found, truth=f"{truth:.4g}", limit=percent, unit="%")
        if value is not None:
            off = 100 * (value / truth - 1)
            self._add(quantity, truth=f"{truth:.4g}", found=f"{value:.4g}", off=(off, "%"), limit=percent)

    def absolute(self, quantity: str, found: Quantity | float, *, truth: float, limit: float | None) -> None:
        """Found less truth, within a limit of the same unit."""
        value = self._number(quantity, found, truth=f"{truth:.3g}", limit=limit, unit="")
        if value is not None:
            off = (value - truth, "")
            self._add(quantity, truth=f"{truth:.3g}", found=f"{value:.3g}", off=off, limit=limit)

    def below(self, quantity: str, found: Quantity | float, *, limit: float, unit: str) -> None:
        """A number that has to be smaller than its limit."""
        value = self._number(quantity, found, truth="", limit=limit, unit=unit)
        if value is not None:
            text = f"{value:.3g} {unit}"
            self.rows.append(
                self._row(quantity, found=text, limit=f"< {limit:g} {unit}", is_within=value < limit)
            )

    def states(self, quantity: str, found: str, *, wanted: str, is_judged: bool = True) -> None:
        """A fact that is either as it should be or not."""
        limit = wanted if is_judged else None
        self.rows.append(
            self._row(quantity, truth=wanted, found=found, limit=limit, is_within=found == wanted)
        )

    def shows(self, quantity: str, found: str) -> None:
        """For information."""
        self.rows.append(self._row(quantity, found=found, is_within=True))

    def _number(
        self, quantity: str, found: Quantity | float, *, truth: str, limit: float | None, unit: str
    ) -> float | None:
        if isinstance(found, Estimate):
            return found.value
        if not isinstance(found, NotAssessed):
            return found
        text = None if limit is None else f"{limit:g} {unit}"
        self.rows.append(
            self._row(
                quantity, truth=truth, found=f"not assessed: {found.reason}", limit=text, is_within=False
            )
        )
        return None

    def _add(
        self, quantity: str, *, truth: str, found: str, off: tuple[float, str], limit: float | None
    ) -> None:
        size, unit = off
        shown, text = f"{size:+.3g} {unit}".strip(), None if limit is None else f"{limit:g} {unit}".strip()
        is_within = limit is None or abs(size) <= limit
        self.rows.append(
            self._row(quantity, truth=truth, found=found, off=shown, limit=text, is_within=is_within)
        )

    def _row(
        self,
        quantity: str,
        *,
        found: str,
        is_within: bool,
        truth: str = "",
        off: str = "",
        limit: str | None = None,
    ) -> Row:
        return Row(
            case=self.name,
            quantity=quantity,
            truth=truth,
            found=found,
            deviation=off,
            limit=limit,
            is_within=is_within,
        )
