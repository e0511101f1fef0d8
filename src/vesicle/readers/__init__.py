"""One file per instrument format: bytes in, a Measurement out; known by content, never by line number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vesicle.discovery import built_in, distinct, installed
from vesicle.measurements import (
    FlowFile,
    MarkerTable,
    Micrograph,
    ParticleDiameters,
    PopulationTable,
    PositionTable,
    ProteinTable,
    SizeRun,
    TrackTable,
    VendorReport,
    Video,
    ZetaProfile,
)
from vesicle.results import FileRef

Measurement = (
    SizeRun
    | PositionTable
    | VendorReport
    | ZetaProfile
    | ProteinTable
    | Video
    | TrackTable
    | FlowFile
    | PopulationTable
    | MarkerTable
    | Micrograph
    | ParticleDiameters
)

HEAD_BYTES = 65_536
"""How much of a file a reader may look at to recognise it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFile:
    """One input file in memory, with the user's column names for its reader.

    ``columns`` comes from the manifest's ``[readers.NAME]``: our column name to the name in the file.
    Sample, role and dilution that the user states are applied after reading, by the spine. ``content`` is
    empty for a streamed reader, which opens ``location`` itself. ``pixel_nm`` is what ``[[files]]`` states, for
    tables of what was measured in pictures.
    """

    ref: FileRef
    content: bytes
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    location: Path | None = None
    pixel_nm: float | None = None

    @property
    def name(self) -> str:
        """The file's name without its folders."""
        return self.ref.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """The declaration of one format.

    ``name`` is stable and appears in every output; ``title`` is what a person calls the format;
    ``sniff(name, head)`` looks at the file's name and its first 64 KiB and answers from 0 (no) to 1
    (certain); the highest answer of all readers wins. ``read`` raises :class:`vesicle.errors.ReadError`.
    ``gives`` says in words what the format allows, for ``vesicle scan``. ``is_streamed`` marks a format too
    large for memory: its ``RawFile`` has a location and no content. ``declines(location)`` may look further than
    64 KiB into a file that the reader claims, and says why it is none of its own after all (a single picture is
    no video); empty when it is. Such a file is not recognised, and no failure. It never raises.
    """

    name: str
    title: str
    patterns: tuple[str, ...]
    sniff: Callable[[str, bytes], float]
    read: Callable[[RawFile], Measurement]
    gives: str
    how_to_export: str = ""
    is_streamed: bool = False
    declines: Callable[[Path], str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A format that we recognise and cannot read: what to export instead, and which columns."""

    name: str
    title: str
    sniff: Callable[[str, bytes], float]
    remedy: str


def find_readers() -> tuple[Reader, ...]:
    """Every reader, ours and those of installed packages.

    Returns
    -------
    tuple of Reader
        In a stable order.
    """
    ours = built_in("vesicle.readers", attribute="READER", kind=Reader)
    return distinct(ours + installed("vesicle.readers", kind=Reader), key=lambda reader: reader.name)


def find_hints() -> tuple[Hint, ...]:
    """Formats that are recognised only to say how to export them.

    Returns
    -------
    tuple of Hint
        In a stable order.
    """
    tables = built_in("vesicle.readers", attribute="HINTS", kind=tuple)
    return tuple(hint for table in tables for hint in table if isinstance(hint, Hint))
