"""Marker tables of blots with known truth, and a picture of discs that stands for a micrograph."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerTruth:
    """One marker: its signal per ug of protein in vesicles and in cells, 0 where it is not there."""

    marker: str
    vesicles_per_ug: float
    cells_per_ug: float


def blot_table(
    truths: tuple[MarkerTruth, ...],
    *,
    sample: str,
    seed: int,
    load_ug: float = 10.0,
    lanes: int = 3,
    blank: float = 40.0,
    repeat_cv: float = 0.08,
) -> bytes:
    """A table of band intensities as csv: lanes of vesicles, of cell lysate, and one that was left empty.

    Parameters
    ----------
    truths : tuple of MarkerTruth
        The markers in order.
    sample : str
        The preparation, which names the lanes.
    seed : int
        Same seed, same table.
    load_ug : float, optional
        Protein in every lane but the empty one.
    lanes : int, optional
        Replicates of vesicles and of lysate.
    blank : float, optional
        What an empty lane reads.
    repeat_cv : float, optional
        How well a band repeats, as a share.

    Returns
    -------
    bytes
        UTF-8 text.
    """
    rng = np.random.default_rng(seed)
    rows = ["Marker,Sample,Lane,Intensity,Load (ug)"]
    for truth in truths:
        levels = [(f"{sample} EV", truth.vesicles_per_ug), (f"{sample} cell lysate", truth.cells_per_ug)]
        lane = 1
        for name, per_ug in levels:
            for _ in range(lanes):
                signal = rng.normal(1.0, repeat_cv) * per_ug * load_ug + _background(rng, blank)
                rows.append(f"{truth.marker},{name},{lane},{signal:.0f},{load_ug:g}")
                lane += 1
        rows += [f"{truth.marker},blank,{lane + extra},{_background(rng, blank):.0f}," for extra in range(2)]
    return ("\n".join(rows) + "\n").encode()


def _background(rng: np.random.Generator, blank: float) -> float:
    return float(rng.normal(blank, blank * 0.1))


def diameter_table(diameter_nm: np.ndarray, *, pixel_nm: float) -> bytes:
    """Outlines as ImageJ lists them in pixels, for diameters that are known.

    Parameters
    ----------
    diameter_nm : numpy.ndarray
        One per particle.
    pixel_nm : float
        Size of a pixel.

    Returns
    -------
    bytes
        A csv with the columns Area and Feret.
    """
    rows = [" ,Label,Area,Feret"]
    for number, diameter in enumerate(diameter_nm / pixel_nm, start=1):
        rows.append(f"{number},simulated,{np.pi * diameter**2 / 4:.3f},{diameter * 1.02:.3f}")
    return ("\n".join(rows) + "\n").encode()


def disc_picture(diameter_nm: np.ndarray, *, pixel_nm: float, width_px: int, seed: int) -> bytes:
    """A grey PNG of discs at random places, with the size of its pixels: no micrograph, and named simulated.

    Parameters
    ----------
    diameter_nm : numpy.ndarray
        One per disc.
    pixel_nm : float
        Size of a pixel, which the file states.
    width_px : int
        Width and height.
    seed : int
        Same seed, same picture.

    Returns
    -------
    bytes
        With 16 grey levels, so that it stays small.
    """
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:width_px, 0:width_px]
    grey = np.full((width_px, width_px), 176.0)
    for diameter in diameter_nm:
        column, row = rng.uniform(0, width_px, 2)
        distance = np.hypot(x - column, y - row) / (diameter / pixel_nm / 2)
        grey -= np.where(distance < 1, 48.0 + 48.0 * (distance > 0.85), 0.0)
    return _png((np.clip(grey, 0, 255) // 16 * 16).astype(np.uint8), pixel_nm=pixel_nm)


def _png(grey: np.ndarray, *, pixel_nm: float) -> bytes:
    height, width = grey.shape
    per_metre = round(1e9 / pixel_nm)
    lines = b"".join(b"\x00" + line.tobytes() for line in grey)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
        (b"tEXt", b"Comment\x00simulated discs, not a micrograph"),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
