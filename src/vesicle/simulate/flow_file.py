"""Flow cytometry standard files as bytes: FCS 3.1 with float32 values, for generated tubes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

_HEADER_BYTES = 58
_DELIMITER = "|"


def flow_file_bytes(
    values: NDArray[np.floating],
    *,
    names: Sequence[str],
    labels: Sequence[str],
    voltages: Sequence[float | None] | None = None,
    keywords: Mapping[str, str] | None = None,
) -> bytes:
    """One data set as an FCS 3.1 file, little-endian.

    Parameters
    ----------
    values : numpy.ndarray
        Shape (events, channels).
    names, labels : sequence of str
        $PnN and $PnS of each channel; an empty label is left out.
    voltages : sequence of float or None, optional
        $PnV.
    keywords : mapping of str to str, optional
        Further keywords, such as ``$CYT`` or ``$SPILLOVER``.

    Returns
    -------
    bytes
        Header, text and data.

    Examples
    --------
    >>> flow_file_bytes(np.zeros((2, 1)), names=["PE-A"], labels=["CD73"])[:6]
    b'FCS3.1'
    """
    data = np.ascontiguousarray(values, dtype="<f4").tobytes()
    fields = {
        "$BYTEORD": "1,2,3,4",
        "$DATATYPE": "F",
        "$MODE": "L",
        "$NEXTDATA": "0",
        "$TOT": str(values.shape[0]),
        "$PAR": str(values.shape[1]),
        "$BEGINANALYSIS": "0",
        "$ENDANALYSIS": "0",
        "$BEGINSTEXT": "0",
        "$ENDSTEXT": "0",
        **_channels(names, labels, voltages or [None] * len(names)),
        **(keywords or {}),
    }
    begin = _HEADER_BYTES + len(_text(fields, begin=0, size=len(data)))
    text = _text(fields, begin=begin, size=len(data))
    end = begin + len(data) - 1 if data else 0
    places = (_HEADER_BYTES, begin - 1, begin if data else 0, end, 0, 0)
    header = "FCS3.1    " + "".join(f"{place if place <= 99_999_999 else 0:>8d}" for place in places)
    return header.encode() + text + data


def _channels(
    names: Sequence[str], labels: Sequence[str], voltages: Sequence[float | None]
) -> Mapping[str, str]:
    fields: dict[str, str] = {}
    for number, (name, label, voltage) in enumerate(zip(names, labels, voltages, strict=True), start=1):
        fields |= {
            f"$P{number}N": name,
            f"$P{number}B": "32",
            f"$P{number}R": "262144",
            f"$P{number}E": "0,0",
        }
        if label:
            fields[f"$P{number}S"] = label
        if voltage is not None:
            fields[f"$P{number}V"] = f"{voltage:g}"
    return fields


def _text(fields: Mapping[str, str], *, begin: int, size: int) -> bytes:
    """The text segment; the offsets are padded, so that its length does not depend on them."""
    end = begin + size - 1 if size else 0
    offsets = {"$BEGINDATA": f"{begin if size else 0:>12d}", "$ENDDATA": f"{end:>12d}"}
    parts = [
        part.replace(_DELIMITER, _DELIMITER * 2) for pair in {**offsets, **fields}.items() for part in pair
    ]
    return (_DELIMITER + _DELIMITER.join(parts) + _DELIMITER).encode()
