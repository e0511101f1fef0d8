"""The bytes of small TIFF and AVI videos, written from the layouts themselves: no code is shared with the readers."""

import struct
import zlib
from dataclasses import dataclass, field

import numpy as np

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 12: 8, 16: 8}
KINDS = {1: "B", 3: "H", 4: "I", 12: "d", 16: "Q"}


@dataclass(frozen=True, kw_only=True)
class Tiff:
    """How a stack is written; ``tags`` are added to every page, ``first_tags`` to the first."""

    order: str = "<"
    is_big: bool = False
    rows_per_strip: int | None = None
    tile: tuple[int, int] | None = None
    compression: int = 1
    predictor: int = 1
    photometric: int = 1
    is_packed: bool = False
    is_planar: bool = False
    sample_format: int = 1
    description: str = ""
    has_one_directory: bool = False
    tags: dict = field(default_factory=dict)
    first_tags: dict = field(default_factory=dict)

    def write(self, frames: np.ndarray) -> bytes:
        """The file; frames have shape (frames, rows, columns) or (frames, rows, columns, samples)."""
        mark = b"II" if self.order == "<" else b"MM"
        head = mark + (self.pack("HHHQ", 43, 8, 0, 0) if self.is_big else self.pack("HI", 42, 0))
        out, link = bytearray(head), len(head) - (8 if self.is_big else 4)
        if self.has_one_directory:  # it stands before the frames, as ImageJ writes it
            size = [frames[0].nbytes]
            start = len(
                self.directory(bytearray(head), link, frames[0], places=([0], size), is_first=True)[0]
            )
            out, _ = self.directory(out, link, frames[0], places=([start], size), is_first=True)
            return bytes(out) + b"".join(self.encoded(frame) for frame in frames)
        for number, frame in enumerate(frames):
            offsets, counts = [], []
            for segment in self.segments(frame):
                data = self.encoded(segment)
                offsets.append(len(out))
                counts.append(len(data))
                out += data
            out, link = self.directory(out, link, frame, places=(offsets, counts), is_first=number == 0)
        return bytes(out)

    def pack(self, kinds: str, *values) -> bytes:
        return struct.pack(self.order + kinds, *values)

    def segments(self, frame: np.ndarray) -> list[np.ndarray]:
        if self.is_planar:
            return [np.ascontiguousarray(frame[..., sample]) for sample in range(frame.shape[2])]
        if self.tile is None:
            rows = self.rows_per_strip or len(frame)
            return [frame[at : at + rows] for at in range(0, len(frame), rows)]
        (deep, wide), (height, width) = self.tile, frame.shape[:2]
        padded = np.pad(frame, ((0, -height % deep), (0, -width % wide)))
        return [
            padded[top : top + deep, left : left + wide]
            for top in range(0, height, deep)
            for left in range(0, width, wide)
        ]

    def encoded(self, segment: np.ndarray) -> bytes:
        if self.predictor == 2:
            before = np.concatenate([np.zeros_like(segment[:, :1]), segment[:, :-1]], axis=1)
            segment = segment - before
        ordered = segment.astype(segment.dtype.newbyteorder(self.order))
        data = packed_12_bits(segment) if self.is_packed else ordered.tobytes()
        if self.compression in {8, 32946}:
            return zlib.compress(data)
        return pack_bits(data) if self.compression == 32773 else data

    def directory(self, out, link, frame, *, places, is_first):
        """Append a directory, write its place where ``link`` says, and return the place of the next link."""
        offsets, counts = places
        samples = frame.shape[2] if frame.ndim > 2 else 1
        bits = 12 if self.is_packed else frame.dtype.itemsize * 8
        tags = {
            256: (4, [frame.shape[1]]),
            257: (4, [frame.shape[0]]),
            258: (3, [bits] * samples),
            259: (3, [self.compression]),
            262: (3, [self.photometric]),
            277: (3, [samples]),
            339: (3, [self.sample_format] * samples),
        }
        place = 16 if self.is_big else 4
        if self.tile is None:
            tags |= {273: (place, offsets), 279: (4, counts), 278: (4, [self.rows_per_strip or len(frame)])}
        else:
            tags |= {
                322: (4, [self.tile[1]]),
                323: (4, [self.tile[0]]),
                324: (place, offsets),
                325: (4, counts),
            }
        if self.predictor != 1:
            tags[317] = (3, [self.predictor])
        if self.is_planar:
            tags[284] = (3, [2])
        if is_first and self.description:
            tags[270] = (2, self.description.encode() + b"\0")
        tags |= self.tags | (self.first_tags if is_first else {})
        return self._appended(out, link, tags)

    def _appended(self, out, link, tags):
        values, inline = {}, 8 if self.is_big else 4
        for tag, (kind, value) in sorted(tags.items()):
            data = value if kind == 2 else self.value(kind, value)
            if len(data) > inline:
                values[tag] = len(out)
                out += data + b"\0" * (len(data) % 2)
        at = len(out)
        out[link : link + inline] = self.pack("Q" if self.is_big else "I", at)
        out += self.pack("Q" if self.is_big else "H", len(tags))
        for tag, (kind, value) in sorted(tags.items()):
            data = value if kind == 2 else self.value(kind, value)
            count = len(data) // SIZES[kind]
            field_ = self.pack("Q" if self.is_big else "I", values[tag]) if tag in values else data
            out += self.pack("HH" + ("Q" if self.is_big else "I"), tag, kind, count) + field_.ljust(
                inline, b"\0"
            )
        out += b"\0" * inline
        return out, len(out) - inline

    def value(self, kind: int, values: list) -> bytes:
        if kind == 5:
            return b"".join(self.pack("II", *pair) for pair in values)
        return self.pack(f"{len(values)}{KINDS[kind]}", *values)


def packed_12_bits(rows: np.ndarray) -> bytes:
    """Rows of 12-bit levels as a string of bits, each row filled up to whole bytes."""
    out = b""
    for row in rows.tolist():
        text = "".join(f"{level:012b}" for level in row)
        text += "0" * (-len(text) % 8)
        out += int(text, 2).to_bytes(len(text) // 8, "big")
    return out


def pack_bits(data: bytes) -> bytes:
    """PackBits with runs where three bytes are equal, else literals."""
    out, at = b"", 0
    while at < len(data):
        run = next((n for n in range(1, min(128, len(data) - at)) if data[at + n] != data[at]), 1)
        if run > 2:
            out += bytes([257 - run, data[at]])
        else:
            out += bytes([run - 1]) + data[at : at + run]
        at += run
    return out


@dataclass(frozen=True, kw_only=True)
class Avi:
    """How an AVI file is written; frames are given as they lie in memory, top row first."""

    bits: int = 8
    codec: bytes = b"\0\0\0\0"
    rate: int = 25
    scale: int = 1
    period_us: int = 40_000
    palette: bytes = b""
    is_top_down: bool = False
    is_padded: bool = True
    lost: tuple[int, ...] = ()
    frames_each: int | None = None
    claimed: int | None = None
    date: bytes = b""
    has_index: bool = True

    def write(self, frames: np.ndarray) -> bytes:
        """The file; ``frames_each`` splits it into parts as beyond 2 GB, ``lost`` marks empty frames."""
        total = len(frames) + len(self.lost)
        each = self.frames_each or total
        waiting = iter(frames)
        chunks = [b"" if place in self.lost else self.pixels(next(waiting)) for place in range(total)]
        parts = [chunks[at : at + each] for at in range(0, total, each)]
        first = listed(b"hdrl", self.header(frames, total)) + (
            listed(b"INFO", chunk(b"ISFT", b"by hand\0")) + chunk(b"IDIT", self.date) if self.date else b""
        )
        out = b""
        for number, part in enumerate(parts):
            body = listed(b"movi", b"".join(chunk(b"00db", pixels) for pixels in part))
            index = chunk(b"idx1", b"\0" * 16 * len(part)) if self.has_index and number == 0 else b""
            content = (first if number == 0 else b"") + body + index
            out += chunk(b"RIFF", (b"AVI " if number == 0 else b"AVIX") + content)
        return out

    def header(self, frames: np.ndarray, total: int) -> bytes:
        height, width = frames.shape[1:3]
        claimed = total if self.claimed is None else self.claimed
        avih = struct.pack("<14I", self.period_us, 0, 0, 0x10, claimed, 0, 1, 0, width, height, 0, 0, 0, 0)
        strh = b"vids" + self.codec + struct.pack("<6I", 0, 0, 0, self.scale, self.rate, 0)
        strh += struct.pack("<5I", claimed, 0, 0, 0, 0)
        signed = -height if self.is_top_down else height
        strf = struct.pack("<IiiHH4sIiiII", 40, width, signed, 1, self.bits, self.codec, 0, 0, 0, 0, 0)
        stream = chunk(b"strh", strh) + chunk(b"strf", strf + self.palette)
        return chunk(b"avih", avih) + listed(b"strl", stream)

    def pixels(self, frame: np.ndarray) -> bytes:
        is_bitmap = self.codec == b"\0\0\0\0"
        rows = frame[::-1] if is_bitmap and not self.is_top_down else frame
        lines = [np.ascontiguousarray(row).tobytes() for row in rows]
        return b"".join(line + b"\0" * (-len(line) % 4 if self.is_padded else 0) for line in lines)


def chunk(name: bytes, content: bytes) -> bytes:
    """A RIFF chunk, filled up to an even length."""
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def listed(kind: bytes, content: bytes) -> bytes:
    """A RIFF list."""
    return chunk(b"LIST", kind + content)


GREY_RAMP = b"".join(bytes([level, level, level, 0]) for level in range(256))
