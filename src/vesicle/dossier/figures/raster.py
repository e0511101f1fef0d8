"""A camera frame as a small PNG: contrast stretched, and coarser only where a page could not carry it."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import count

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

MOST_BYTES = 160_000
"""A larger PNG loses grey levels first, then pixels."""

MOST_PIXELS_WIDE = 1000
"""The drawing is about as wide in px; more columns could not be seen."""

_LEVELS = (256, 64, 32, 16)
_DARKEST, _BRIGHTEST = 0.5, 99.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Raster:
    """A frame as it is drawn.

    ``share`` is the number of pixels of the frame, per side, that one drawn pixel stands for; ``columns`` and
    ``rows`` count drawn pixels, the last of which may reach beyond the frame. ``black`` and ``white`` are the
    grey levels that became black and white, ``levels`` is how many steps lie between them.
    """

    png: bytes
    columns: int
    rows: int
    share: int
    levels: int
    black: int
    white: int


def raster(grey: Grey) -> Raster:
    """A frame as a PNG that fits a page.

    Parameters
    ----------
    grey : numpy.ndarray of uint8
        Shape (rows, columns), at least one pixel.

    Returns
    -------
    Raster
        Of at most 160 kB.

    Raises
    ------
    ValueError
        When the array is not a frame: a bug of the caller.
    """
    if grey.ndim != 2 or grey.size == 0 or grey.dtype != np.uint8:
        message = (
            f"a frame is two-dimensional, of uint8 and not empty; got {grey.dtype} of shape {grey.shape}"
        )
        raise ValueError(message)
    return _encoded(np.ascontiguousarray(grey).tobytes(), grey.shape[1])


def png(grey: Grey) -> bytes:
    """Grey levels as the bytes of a PNG file of 8 bits, unchanged.

    Parameters
    ----------
    grey : numpy.ndarray of uint8
        Shape (rows, columns).

    Returns
    -------
    bytes
        The file.
    """
    rows, columns = grey.shape
    unfiltered = np.zeros((rows, 1), dtype=np.uint8)  # noise is smallest when it is not predicted
    body = _squeezed(np.hstack((unfiltered, grey)).tobytes())
    header = struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _squeezed(content: bytes) -> bytes:
    """Noise repeats nothing: to count grey levels only is smaller than to look for repeats, and far quicker."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, zlib.Z_HUFFMAN_ONLY)
    return squeezer.compress(content) + squeezer.flush()


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


@lru_cache(maxsize=32)
def _encoded(content: bytes, columns: int) -> Raster:
    """The page, the note below it and the file beside it draw the same frame: it is encoded once."""
    grey = np.frombuffer(content, dtype=np.uint8).reshape(-1, columns)
    return next(
        made
        for share in count(-(-columns // MOST_PIXELS_WIDE))
        for levels in _LEVELS
        if len((made := _made(grey, share=share, levels=levels)).png) <= MOST_BYTES
    )


def _made(grey: Grey, *, share: int, levels: int) -> Raster:
    pooled = _pooled(grey, share)
    black, white = _ends(pooled)
    table = np.clip((np.arange(256) - black) / max(white - black, 1), 0.0, 1.0)
    stepped = np.rint(np.rint(table * (levels - 1)) * 255 / (levels - 1)).astype(np.uint8)
    rows, columns = pooled.shape
    return Raster(
        png=png(stepped[pooled]),
        columns=columns,
        rows=rows,
        share=share,
        levels=levels,
        black=black,
        white=white,
    )


def _pooled(grey: Grey, share: int) -> Grey:
    if share == 1:
        return grey
    rows, columns = grey.shape
    padded = np.pad(grey, ((0, -rows % share), (0, -columns % share)), mode="edge")
    tiles = padded.reshape(padded.shape[0] // share, share, -1, share)
    return np.rint(tiles.mean(axis=(1, 3))).astype(np.uint8)


def _ends(grey: Grey) -> tuple[int, int]:
    """What becomes black and white: nearly all of the ground lies between, and only cores of spots are cut."""
    dark, bright = np.percentile(grey, (_DARKEST, _BRIGHTEST))
    if bright - dark < 1:
        dark, bright = grey.min(), grey.max()
    return int(np.floor(dark)), int(np.ceil(bright))
