"""Tracked videos with invented particles: frames, spots, tracks, drift, components, beads."""

import numpy as np
from tests.checks.build import about, run_size, sample_size, size_run
from tests.dossier.sample_frames import spotted

from vesicle.findings import (
    BeadCheck,
    Component,
    FrameOverlay,
    SizeDistribution,
    SizeFinding,
    TrackedVideo,
    TrackOverlay,
    TrajectoryEstimate,
    VolumeModel,
)
from vesicle.measurements import Setting, VendorSummary
from vesicle.measurements.sizing import frozen
from vesicle.results import Estimate, NotAssessed, Verdict, Warned, exact

DARK = {"level": 24.0, "gain": 1.0}
BRIGHT = {"level": 190.0, "gain": -1.0}


def walks(x_px, y_px, *, points=40, step_px=2.1, drift_px=(0.35, -0.1), seed=2):
    """A random walk through each place, with a common drift."""
    draw = np.random.default_rng(seed)
    paths = []
    for x, y in zip(x_px, y_px, strict=True):
        length = int(draw.integers(12, 2 * points))
        steps = draw.normal(drift_px, step_px, (length, 2))
        path = np.cumsum(steps, axis=0)
        paths.append(path - path[length // 2] + (x, y))
    return tuple(frozen(p[:, 0]) for p in paths), tuple(frozen(p[:, 1]) for p in paths)


def overlay(*, shape=(480, 640), spots=71, seed=3, **light):
    draw = np.random.default_rng(seed)
    x, y = draw.uniform(6, shape[1] - 6, spots), draw.uniform(6, shape[0] - 6, spots)
    return FrameOverlay(
        frame=119,
        grey=spotted(x, y, shape=shape, seed=seed, **light),
        x_px=frozen(x),
        y_px=frozen(y),
        is_tracked=np.arange(spots) % 9 != 4,
        spot_radius_px=5.0,
        pixel_nm=166.0,
    )


def video(*, frames=600, polarity="bright", shape=(480, 640), spots=71, seed=3):
    seen = overlay(shape=shape, spots=spots, seed=seed, **(DARK if polarity == "bright" else BRIGHT))
    used = seen.is_tracked
    x, y = walks(seen.x_px[used], seen.y_px[used], seed=seed)
    time = np.arange(frames - 1) / frames
    drift = np.column_stack((0.35 + 0.12 * np.sin(5 * time), -0.1 + 0.15 * time))
    draw = np.random.default_rng(seed)
    return TrackedVideo(
        overlay=seen,
        tracks=TrackOverlay(x_px=x, y_px=y, total=512),
        frames=frames,
        spots_per_frame=frozen(draw.poisson(spots, frames)),
        drift_px=frozen(drift + draw.normal(0, 0.01, drift.shape)),
        settings=settings(),
        polarity=polarity,
    )


def settings(**said):
    stated = {
        "threshold": ("8.4", "grey levels"),
        "noise": ("2.6", "grey levels"),
        "spot_width": ("1.62", "px"),
        "search_range": ("11.5", "px"),
        "memory": ("1", "frames"),
        "shortest_track": ("5", "frames"),
        "frame_rate": ("30", "frames/s"),
        "pixel_size": ("166", "nm"),
        "exposure": ("10", "ms"),
        "temperature": ("25", "C"),
        "viscosity": ("0.8902", "mPa s"),
        "seed": ("20261123", ""),
    }
    stated |= {name: (value, stated[name][1]) for name, value in said.items()}
    return tuple(Setting(name=name, value=value, unit=unit) for name, (value, unit) in stated.items())


def estimate(**said):
    values = {
        "diffusion_um2_s": about(4.31, 4.18, 4.44, n=512),
        "components": (
            Component(
                diameter_nm=about(101.3, 99.6, 103.0),
                fraction=about(0.62, 0.55, 0.68),
                spread_percent=about(6.0, 3.5, 8.8),
            ),
            Component(
                diameter_nm=about(151.8, 147.5, 156.0),
                fraction=about(0.38, 0.32, 0.45),
                spread_percent=about(7.4, 4.1, 11.0),
            ),
        ),
        "detection_limit_nm": about(48.0, 45.0, 51.0),
        "smoothing": "none",
        "volume": VolumeModel(
            kind="bead calibration",
            depth_um=about(5.1, 4.6, 5.7),
            sentence="Depth as a function of brightness from beads.tif (100 nm, 1e8 per mL), each particle by its own.",
        ),
        "localisation_nm": about(31.0, 28.0, 34.0),
        "drift_px_per_frame": about(0.38, 0.36, 0.40),
        "video": None,
    }
    return TrajectoryEstimate(**values | said)


def distribution(*, seed=0, peaks=((101.3, 0.06, 0.62), (151.8, 0.075, 0.38)), classes=160):
    edges = np.geomspace(20.0, 800.0, classes + 1)
    centre = np.sqrt(edges[1:] * edges[:-1])
    draw = np.random.default_rng(seed)
    share = sum(w * np.exp(-0.5 * (np.log(centre / d) / s) ** 2) / s for d, s, w in peaks)
    share = share / share.sum()
    return SizeDistribution(
        diameter_nm=frozen(centre),
        edges_nm=frozen(edges),
        fraction=frozen(share),
        low=frozen(share * draw.uniform(0.6, 0.85, classes)),
        high=frozen(share * draw.uniform(1.15, 1.5, classes) + 1e-4 * (abs(np.log(centre / 120)) < 0.8)),
    )


def tracked(stem, *, sample="MSC-EV 2026-041", role="sample", warnings=(), dist=None, **said):
    """A run that was evaluated from its own video."""
    run = size_run(
        stem,
        sample=sample,
        label=sample,
        role=role,
        reader="tiff-video",
        vendor=VendorSummary(),
        histogram=None,
    )
    sized = {
        "distribution": distribution() if dist is None else dist,
        "estimate": estimate(**said),
        "warnings": warnings,
        "tracks": exact(512, method="counted"),
    }
    sizing = run_size(run)
    names = [name for name in sizing.__dataclass_fields__ if name not in sized]
    return type(sizing)(**{name: getattr(sizing, name) for name in names}, **sized)


LOSSY = Warned(code="lossy_video", message="The codec (MJPEG) altered grey levels; positions may be off.")


def videos(video=video):
    """Five videos of a sample, one with a warning, one read without video, and a bead standard."""
    runs = [
        tracked(
            f"2026-11-23 run {k}",
            video=video(seed=k),
            warnings=(LOSSY,) if k == 4 else (),
            dist=distribution(
                seed=k, peaks=((99 + k, 0.06, 0.6 + 0.02 * k), (146 + 2 * k, 0.075, 0.4 - 0.02 * k))
            ),
        )
        for k in range(1, 6)
    ]
    unknown = NotAssessed("the table of tracks states no intensity")
    table = tracked(
        "AllTracks",
        sample="Fraction 09",
        components=NotAssessed("fewer than 200 tracks: only the median is given"),
        detection_limit_nm=unknown,
        volume=VolumeModel(
            kind="not assessed", depth_um=unknown, sentence="No depth was given and no bead video."
        ),
        dist=NotAssessed("fewer than 200 tracks"),
    )
    beads = tracked(
        "beads 100 nm",
        sample="PS beads",
        role="size standard",
        video=video(seed=9, polarity="dark"),
        components=estimate().components[:1],
        bead=bead(),
    )
    runs += [table, beads]
    stems = tuple(size.run.stem for size in runs[:5])
    mean = sample_size(
        "MSC-EV 2026-041",
        stems,
        distribution=distribution(seed=7),
        d10_nm=about(94.0),
        median_nm=about(112.0, 108.0, 117.0),
        d90_nm=about(162.0),
    )
    rest = sample_size("Fraction 09", ("AllTracks",), distribution=NotAssessed("fewer than 200 tracks"))
    return SizeFinding(runs=tuple(runs), samples=(mean, rest))


def bead(**said):
    values = {
        "certified_nm": 100.0,
        "expanded_uncertainty_nm": 3.0,
        "mean_nm": about(101.3, 99.6, 103.0),
        "deviation_percent": Estimate(value=1.3, low=-0.4, high=3.0, method="made up"),
        "verdict": Verdict.PASS,
        "rule": "NTA11: the mean lies within 10 % of the certificate (numbers of Kestens 2017 seen; the rule is ours).",
    }
    return BeadCheck(**values | said)
