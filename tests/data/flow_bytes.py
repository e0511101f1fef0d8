"""The bytes of flow cytometry standard files, put together by hand and not by the writer of the package."""

from dataclasses import dataclass, field

import numpy as np

TEXT_FIRST = 58


@dataclass
class Flow:
    """A file to be: ``bits`` and ``spans`` per channel, ``keywords`` replace or (as None) remove what is written."""

    values: np.ndarray
    names: list[str]
    kind: str = "F"
    order: str = "1,2,3,4"
    version: str = "FCS3.1"
    bits: list[int] | None = None
    spans: list[float] | None = None
    decades: list[str] | None = None
    labels: dict[int, str] = field(default_factory=dict)
    keywords: dict[str, str | None] = field(default_factory=dict)
    delimiter: str = "/"
    header: dict[int, int | str] = field(default_factory=dict)
    tail: bytes = b"00000000"
    shift: int = 0

    @property
    def data(self) -> bytes:
        mark = ">" if self.order.startswith(("4", "2")) else "<"
        if self.kind in "FD":
            return self.values.astype(f"{mark}f{4 if self.kind == 'F' else 8}").tobytes()
        endian = "big" if mark == ">" else "little"
        widths = [-(-bits // 8) for bits in self.bits_of()]
        rows = self.values.astype(int).tolist()
        return b"".join(
            value.to_bytes(width, endian) for row in rows for value, width in zip(row, widths, strict=True)
        )

    def bits_of(self) -> list[int]:
        return self.bits or [{"F": 32, "D": 64, "I": 16}[self.kind]] * len(self.names)

    def pairs(self, first: int, last: int) -> dict[str, str]:
        found: dict[str, str | None] = {
            "$BEGINANALYSIS": "0",
            "$ENDANALYSIS": "0",
            "$BEGINSTEXT": "0",
            "$ENDSTEXT": "0",
            "$BEGINDATA": f"{first:08d}",
            "$ENDDATA": f"{last:08d}",
            "$MODE": "L",
            "$NEXTDATA": "0",
            "$BYTEORD": self.order,
            "$DATATYPE": self.kind,
            "$PAR": str(len(self.names)),
            "$TOT": str(len(self.values)),
        }
        for n, (name, bits) in enumerate(zip(self.names, self.bits_of(), strict=True), start=1):
            found |= {
                f"$P{n}N": name,
                f"$P{n}B": str(bits),
                f"$P{n}R": f"{self.spans[n - 1] if self.spans else 262144:g}",
                f"$P{n}E": self.decades[n - 1] if self.decades else "0,0",
                f"$P{n}S": self.labels.get(n),
            }
        return {name: value for name, value in (found | self.keywords).items() if value is not None}

    def text(self, first: int, last: int) -> bytes:
        d = self.delimiter
        parts = (part.replace(d, d * 2) for pair in self.pairs(first, last).items() for part in pair)
        return (d + "".join(f"{part}{d}" for part in parts)).encode("latin-1")

    def bytes(self) -> bytes:
        """Header, TEXT, data and a checksum; ``header`` replaces offsets by their place from 0."""
        data = self.data
        length = len(self.text(0, 0))
        first = TEXT_FIRST + length
        last = first + len(data) - 1 if data else 0
        first = first if data else 0
        stated = (TEXT_FIRST, TEXT_FIRST + length - 1, first, last, 0, 0)
        offsets = [str(self.header.get(i, number)) for i, number in enumerate(stated)]
        head = f"{self.version}    ".encode() + b"".join(o.rjust(8).encode() for o in offsets)
        return head + self.text(first + self.shift, last) + data + self.tail


def clouds(events: int, channels: int, *, seed: int = 7) -> np.ndarray:
    """Values as a detector gives them: positive, skewed, none of them a whole number."""
    rng = np.random.default_rng(seed)
    return rng.gamma(2.0, 300.0, (events, channels)).astype(np.float32).astype(float) + 0.25
