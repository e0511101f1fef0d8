"""Events as a flow cytometry standard file, version 3.1: for calibrated values, generators and tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vesicle.errors import UsageError, WriteError

StoredAs: TypeAlias = Literal["float32", "float64", "uint8", "uint16", "uint32"]

HEADER_BYTES = 256
"""Where TEXT begins; a header itself has 58 bytes."""
MOST_IN_HEADER = 99_999_999
"""The largest offset that the 8 digits of the header hold; beyond it they are 0 and TEXT states it."""

_DELIMITER = "/"
_LETTER = {"float32": "F", "float64": "D"}
_CHECKSUM = b"00000000"
_OURS = ("$BEGINDATA", "$ENDDATA", "$PAR", "$TOT", "$BYTEORD", "$DATATYPE", "$MODE", "$NEXTDATA")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenChannel:
    """A channel to be written; ``range`` is the number of distinct values, for whole numbers a limit of bits.

    ``decades`` are (f1, f2) of a logarithmic amplification of whole numbers, ``gain`` that of a linear one.
    """

    name: str
    label: str = ""
    range: float = 262_144
    decades: tuple[float, float] = (0.0, 0.0)
    gain: float | None = None
    voltage: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """Everything but the events: channels, how they are stored, and keywords such as ``$CYT``."""

    channels: tuple[WrittenChannel, ...]
    stored_as: StoredAs = "float32"
    is_big_endian: bool = False
    keywords: Mapping[str, str] = field(default_factory=dict[str, str])
    version: str = "FCS3.1"


def write_fcs(path: Path, values: NDArray[Any], described: WrittenFile) -> None:
    """Write events to a file.

    Parameters
    ----------
    path : pathlib.Path
        Is replaced when it exists.
    values : numpy.ndarray
        Shape (events, channels), as they are to be stored: no scale is applied.
    described : WrittenFile
        Channels and keywords.

    Raises
    ------
    UsageError
        When the values have another shape, or do not fit their type.
    WriteError
        When the file cannot be written.
    """
    front, data = _parts(values, described)
    try:
        with path.open("wb") as stream:
            stream.write(front)
            data.tofile(stream)
            stream.write(_CHECKSUM)
    except OSError as error:
        raise WriteError(
            "The cytometer's file cannot be written.",
            where=str(path),
            why=error.strerror or str(error),
            next_step="Choose a folder that can be written to.",
        ) from error


def fcs_bytes(values: NDArray[Any], described: WrittenFile) -> bytes:
    """The bytes of a file.

    Parameters
    ----------
    values : numpy.ndarray
        Shape (events, channels), as they are to be stored.
    described : WrittenFile
        Channels and keywords.

    Returns
    -------
    bytes
        What :func:`write_fcs` writes.

    Examples
    --------
    >>> import numpy as np
    >>> described = WrittenFile(channels=(WrittenChannel(name="FSC-A"),))
    >>> fcs_bytes(np.zeros((2, 1)), described)[:6]
    b'FCS3.1'
    """
    front, data = _parts(values, described)
    return front + data.tobytes() + _CHECKSUM


def _parts(values: NDArray[Any], described: WrittenFile) -> tuple[bytes, NDArray[Any]]:
    if values.ndim != 2 or values.shape[1] != len(described.channels) or not described.channels:
        raise UsageError(
            "The events do not match the channels.",
            why=f"The values have shape {values.shape}, {len(described.channels)} channels are described.",
            next_step="Give one column per channel.",
        )
    kind = np.dtype(described.stored_as).newbyteorder(">" if described.is_big_endian else "<")
    _check_fit(values, described.stored_as)
    data = np.ascontiguousarray(values, dtype=kind)
    return _front(data, described), data


def _check_fit(values: NDArray[Any], stored_as: StoredAs) -> None:
    if not stored_as.startswith("uint") or not values.size:
        return
    most = np.iinfo(stored_as).max
    is_whole = bool(np.all(np.isfinite(values)) and np.all(values == np.floor(values)))
    if is_whole and values.min() >= 0 and values.max() <= most:
        return
    raise UsageError(
        "The values do not fit the type they are to be stored as.",
        why=f"{stored_as} holds whole numbers from 0 to {most:,}.",
        next_step="Store them as float32.",
    )


def _front(data: NDArray[Any], described: WrittenFile) -> bytes:
    """HEADER and TEXT; offsets have a fixed width, so that their own length does not move what they point at."""
    text = _text(data, described, first=0)
    first = HEADER_BYTES + len(text)
    text = _text(data, described, first=first)
    last = first + data.nbytes - 1 if data.size else 0
    in_header = (first, last) if 0 < last <= MOST_IN_HEADER else (0, 0)
    offsets = (HEADER_BYTES, HEADER_BYTES + len(text) - 1, *in_header, 0, 0)
    header = f"{described.version:<10}" + "".join(f"{offset:>8}" for offset in offsets)
    return header.ljust(HEADER_BYTES).encode("ascii") + text


def _text(data: NDArray[Any], described: WrittenFile, *, first: int) -> bytes:
    last = first + data.nbytes - 1 if data.size else 0
    pairs: dict[str, str] = {
        "$BEGINANALYSIS": "0",
        "$ENDANALYSIS": "0",
        "$BEGINSTEXT": "0",
        "$ENDSTEXT": "0",
        "$BEGINDATA": f"{first if data.size else 0:012d}",
        "$ENDDATA": f"{last:012d}",
        "$MODE": "L",
        "$NEXTDATA": "0",
        "$BYTEORD": "4,3,2,1" if described.is_big_endian else "1,2,3,4",
        "$DATATYPE": _LETTER.get(described.stored_as, "I"),
        "$PAR": str(len(described.channels)),
        "$TOT": str(len(data)),
    }
    for n, channel in enumerate(described.channels, start=1):
        pairs |= _of_channel(n, channel, bits=8 * data.dtype.itemsize)
    pairs |= {name: value for name, value in described.keywords.items() if name.upper() not in _OURS}
    escaped = (_escaped(part) for pair in pairs.items() if pair[1] for part in pair)
    return (_DELIMITER + "".join(f"{part}{_DELIMITER}" for part in escaped)).encode("utf-8")


def _of_channel(n: int, channel: WrittenChannel, *, bits: int) -> dict[str, str]:
    return {
        f"$P{n}N": channel.name,
        f"$P{n}S": channel.label,
        f"$P{n}B": str(bits),
        f"$P{n}R": f"{channel.range:.12g}",
        f"$P{n}E": f"{channel.decades[0]:g},{channel.decades[1]:g}",
        f"$P{n}G": "" if channel.gain is None else f"{channel.gain:g}",
        f"$P{n}V": "" if channel.voltage is None else f"{channel.voltage:g}",
    }


def _escaped(part: str) -> str:
    """A separator inside is doubled; the format has no way for one at the beginning, so a blank goes before it."""
    text = f" {part}" if part.startswith(_DELIMITER) else part
    return text.replace(_DELIMITER, _DELIMITER * 2)


def channels_named(names: Sequence[str]) -> tuple[WrittenChannel, ...]:
    """Channels that have a name and nothing else.

    Parameters
    ----------
    names : sequence of str
        One per column.

    Returns
    -------
    tuple of WrittenChannel
        With the range that most cytometers state.
    """
    return tuple(WrittenChannel(name=name) for name in names)
