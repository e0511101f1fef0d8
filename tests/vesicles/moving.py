"""Tracks of diffusing particles, simulated here with nothing of the package: exact Brownian positions plus noise."""

import numpy as np

from vesicle.measurements import Scale, Trajectories
from vesicle.vesicles.scales import optics_of

PIXEL_UM, FPS = 0.166, 30.0
MOBILITY = 490.6  # um^2/s nm: kT / (3 pi viscosity) at 25 C in water of 0.890 mPa s


def optics(**said):
    stated = {"pixel_nm": 166.0, "fps": FPS, "exposure_ms": 0.0, "temperature_c": 25.0}
    return optics_of(Scale(**stated | said))


def tracks(sizes_nm, *, frames=20, noise_px=0.1, substeps=1, open_share=0.0, peak=None, seed=1):
    """One track per size; ``open_share`` of each frame the shutter is open, seen at ``substeps`` moments."""
    rng = np.random.default_rng(seed)
    lengths = np.broadcast_to(frames, (len(sizes_nm),))
    columns = {"track": [], "frame": [], "x": [], "y": []}
    for track, (size, length) in enumerate(zip(sizes_nm, lengths, strict=True)):
        step = np.sqrt(2 * MOBILITY / size / FPS) / PIXEL_UM
        inner = step * np.sqrt(open_share / max(substeps - 1, 1))
        outer = step * np.sqrt(1 - open_share if substeps > 1 else 1.0)
        moves = rng.normal(size=(length, substeps, 2)) * inner
        moves[:, 0] = rng.normal(size=(length, 2)) * outer
        path = np.cumsum(moves.reshape(-1, 2), axis=0).reshape(length, substeps, 2)
        seen = path.mean(axis=1) + noise_px * rng.normal(size=(length, 2))
        columns["track"].append(np.full(length, track))
        columns["frame"].append(np.arange(length))
        columns["x"].append(seen[:, 0])
        columns["y"].append(seen[:, 1])
    joined = {name: np.concatenate(parts) for name, parts in columns.items()}
    peaks = None if peak is None else np.full(len(joined["x"]), float(peak))
    return Trajectories(
        track=joined["track"], frame=joined["frame"], x_px=joined["x"], y_px=joined["y"], peak=peaks
    )
