"""Flow cytometry standard files, versions 2.0 to 3.2: numbers and channels, with every repair as a warning.

**Source** The layout is that of the ISAC data file standard (versions 2.0, 3.0, 3.1 and 3.2; not seen, from memory);
what real files do beside it was found in files of some twenty instruments.
"""

from __future__ import annotations

import re
from io import FileIO
from pathlib import Path

from vesicle.errors import ReadError
from vesicle.measurements import FlowDataset, FlowFile
from vesicle.readers import RawFile, Reader
from vesicle.readers import fcs_run as run
from vesicle.readers.fcs_channels import is_time, read_channels
from vesicle.readers.fcs_layout import channel_count, stated_layout
from vesicle.readers.fcs_order import settled_order
from vesicle.readers.fcs_place import Place, doubt_rest, find_events
from vesicle.readers.fcs_private import kept_keywords
from vesicle.readers.fcs_spillover import read_spillover
from vesicle.readers.fcs_sums import FirstLook, look_through
from vesicle.readers.fcs_text import Keywords, read_keywords, required_missing
from vesicle.readers.fcs_values import StoredEvents, stored_blocks
from vesicle.readers.streams import opened
from vesicle.results import Warned

NAME = "fcs"
MOST_DATASETS = 1_000
_STARTS = re.compile(rb"FCS\d\.\d")
_BY_CONTENT, _BY_START, _BY_NAME = 0.95, 0.5, 0.05
_SUFFIX = re.compile(r"\.(fcs|lmd)$", re.IGNORECASE)


def sniff(name: str, head: bytes) -> float:
    """How surely a file is one of a flow cytometer.

    Parameters
    ----------
    name : str
        Its ending alone claims a file a little, so that a damaged one is refused by its name.
    head : bytes
        The first 64 KiB.

    Returns
    -------
    float
        0 to 1.
    """
    if _STARTS.match(head):
        return _BY_CONTENT
    if head.startswith(b"FCS"):
        return _BY_START
    return _BY_NAME if name.casefold().endswith(".fcs") else 0.0


def read(raw: RawFile) -> FlowFile:
    """A flow cytometry standard file with all of its data sets.

    Parameters
    ----------
    raw : RawFile
        With its location.

    Returns
    -------
    FlowFile
        Its first data set is whole or repaired; later ones that are not there are named in a warning.

    Raises
    ------
    ReadError
        When the first data set cannot be read.
    """
    path = _location(raw)
    size = raw.ref.size_bytes
    with opened(path, where=raw.name, size_bytes=size) as stream:
        found = _datasets(stream, path, where=raw.name, size_bytes=size)
    keywords, first = found[0][0], found[0][1]
    notes = [note for _, _, notes in found for note in notes]
    stem = _SUFFIX.sub("", raw.name) or raw.name
    return FlowFile(
        file=raw.ref,
        reader=NAME,
        stem=stem,
        sample=stem,
        version=keywords.version,
        datasets=(first, *(dataset for _, dataset, _ in found[1:])),
        acquired=run.acquired(keywords),
        instrument=keywords.text_of("$CYT"),
        software=run.software(keywords),
        warnings=tuple(dict.fromkeys(notes)),
    )


_Found = tuple[Keywords, FlowDataset, tuple[Warned, ...]]


def _location(raw: RawFile) -> Path:
    if raw.location is None:
        raise ReadError(
            "A cytometer's file is read from the disk, not from memory.",
            where=raw.name,
            next_step="Write it to a file first, or call vesicle.read with its path.",
        )
    return raw.location.absolute()


def _datasets(stream: FileIO, path: Path, *, where: str, size_bytes: int) -> list[_Found]:
    """The data sets along $NEXTDATA; the chain ends where one cannot be read."""
    found: list[_Found] = []
    begun: set[int] = set()
    base = 0
    while len(found) < MOST_DATASETS:
        begun.add(base)
        try:
            keywords = read_keywords(stream, base=base, size_bytes=size_bytes, where=where)
            found.append(
                _dataset(stream, path, keywords, number=len(found), size_bytes=size_bytes, where=where)
            )
        except ReadError as error:
            if not found:
                raise
            return _ended(found, f"Data set {len(found) + 1} of the file cannot be read: {error.what}")
        following, notes = _next(stream, keywords, begun, size_bytes=size_bytes)
        found[-1] = (*found[-1][:2], (*found[-1][2], *notes))
        if following is None:
            return found
        base = following
    return _ended(found, f"The file has more than {MOST_DATASETS:,} data sets.")


def _ended(found: list[_Found], message: str) -> list[_Found]:
    keywords, dataset, notes = found[-1]
    lost = Warned(code="dataset_lost", message=message)
    return [*found[:-1], (keywords, dataset, (*notes, lost))]


def _next(
    stream: FileIO, keywords: Keywords, begun: set[int], *, size_bytes: int
) -> tuple[int | None, tuple[Warned, ...]]:
    """Where the next data set begins: its offset counts from this one, in some files from the file's start."""
    text = keywords.text_of("$NEXTDATA")
    offset = keywords.whole("$NEXTDATA")
    if offset == 0 or "$NEXTDATA" not in keywords.values:
        return None, ()
    for start in (keywords.base + (offset or 0), offset or 0):
        stream.seek(max(0, start))
        if start > 0 and start < size_bytes and start not in begun and stream.read(3) == b"FCS":
            return start, ()
    shown = "empty" if not text else "no place in the file where a data set begins"
    message = f"$NEXTDATA is {shown}; it was taken as 0."
    return None, (Warned(code="nextdata_ignored", message=message),)


def _dataset(
    stream: FileIO, path: Path, keywords: Keywords, *, number: int, size_bytes: int, where: str
) -> _Found:
    place, notes = _place(stream, path, keywords, size_bytes=size_bytes, where=where)
    channels, scales, odd = read_channels(keywords, place.layout)
    times = [at for at, channel in enumerate(channels) if is_time(channel)]
    blocks = stored_blocks(path, place, where=where, size_bytes=size_bytes)
    look = look_through(blocks, len(channels), spans_of=times)
    spillover, refused = read_spillover(keywords, channels)
    step, no_step = run.time_step_s(keywords)
    volume, no_volume = run.volume_nl(keywords)
    dataset = FlowDataset(
        number=number,
        channels=channels,
        values=StoredEvents(
            path=path,
            where=where,
            size_bytes=size_bytes,
            first=place.first,
            stored=place.events,
            layout=place.layout,
            scales=scales,
            dropped=look.dropped,
            total=look.total,
        ),
        stored_events=place.events,
        dropped_events=len(look.dropped),
        spillover=spillover,
        volume_nl=volume,
        duration_s=run.duration_s(keywords, look.spans, step),
        time_step_s=step,
        keywords=kept_keywords(keywords.values),
    )
    doubts = (*odd, *_doubt_events(place, look), *refused, *no_step, *no_volume)
    return keywords, dataset, (*notes, *doubts)


def _place(
    stream: FileIO, path: Path, keywords: Keywords, *, size_bytes: int, where: str
) -> tuple[Place, tuple[Warned, ...]]:
    """Where the events are and how they are stored, with what had to be settled."""
    count, notes = channel_count(keywords, where=where)
    notes = (*keywords.warnings, *notes, *required_missing(keywords, count))
    layout, more = stated_layout(keywords, count, where=where)
    place = find_events(keywords, layout, size_bytes=size_bytes, where=where)
    notes += (*more, *place.warnings)
    if not keywords.whole("$NEXTDATA"):
        notes += doubt_rest(stream, keywords, place, size_bytes=size_bytes)
    place, doubts = settled_order(path, place, where=where, size_bytes=size_bytes)
    return place, (*notes, *doubts)


def _doubt_events(place: Place, look: FirstLook) -> tuple[Warned, ...]:
    notes: tuple[Warned, ...] = ()
    if len(look.dropped):
        counted = f"{len(look.dropped):,} of {place.events:,} events"
        message = f"{counted} hold a value that is no finite number; they were dropped."
        notes += (Warned(code="events_not_finite", message=message),)
    if not place.events:
        notes += (Warned(code="no_events", message="The file is whole and holds no events."),)
    return notes


READER = Reader(
    name=NAME,
    title="Flow cytometry standard file (FCS)",
    patterns=("*.fcs", "*.lmd"),
    sniff=sniff,
    read=read,
    gives="events of a flow cytometer with their channels, for cells and for small particles",
    how_to_export="Export as FCS 3.0 or 3.1, as a list of events, with the channels' names and labels.",
    is_streamed=True,
)
