"""Where the events of a data set are: settled by the length that their number and their bits ask for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import FileIO

from vesicle.readers.fcs_layout import Layout, masks_of
from vesicle.readers.fcs_text import HEADER_BYTES, Keywords, Segment
from vesicle.readers.fcs_words import refusal
from vesicle.results import Warned

MOST_IN_HEADER = 99_999_999
"""The largest offset that eight digits hold; beyond it the HEADER states 0."""

_CHECKSUM_BYTES, _LOOKED_AT = 8, 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where events are: the byte of the first from the start of the file, how many, and how each is stored."""

    first: int
    events: int
    layout: Layout
    warnings: tuple[Warned, ...] = ()


def find_events(keywords: Keywords, layout: Layout, *, size_bytes: int, where: str) -> Place:
    """Where the events of a data set are, settled by the length that $TOT and the bits ask for.

    Parameters
    ----------
    keywords : Keywords
        Of the data set.
    layout : Layout
        As the keywords state it.
    size_bytes : int
        Of the whole file.
    where : str
        The file's name for messages.

    Returns
    -------
    Place
        Every disagreement is a warning.

    Raises
    ------
    ReadError
        When nothing says where they are.
    """
    room = size_bytes - keywords.base
    stated = _candidates(keywords)
    total = keywords.whole("$TOT")
    total = None if total is None or total < 0 else total
    if total == 0 and not any(segment.length for segment in stated):
        return Place(first=keywords.base, events=0, layout=layout)
    choices = [layout, *_other_layouts(keywords, layout, stated, total)]
    for choice in choices if total is not None else ():
        found = _by_length(stated, choice, total=total or 0, room=room, is_agreed=_agree(keywords))
        if found is not None:
            first, notes = found
            changed = () if choice is layout else (_changed_bits(choice),)
            notes = (*changed, *notes, *_doubt_header(keywords, first, (total or 0) * choice.row_bytes))
            return _place(keywords, choice, first, events=total or 0, notes=notes)
    return _by_what_fits(keywords, layout, stated, total=total, room=room, where=where)


def _place(
    keywords: Keywords, layout: Layout, first: int, *, events: int, notes: tuple[Warned, ...]
) -> Place:
    return Place(first=keywords.base + first, events=events, layout=layout, warnings=notes)


def _candidates(keywords: Keywords) -> tuple[Segment, ...]:
    """The segment as the HEADER states it, as TEXT does, and what their ends make together."""
    header = keywords.data
    first, last = (keywords.whole(name) or 0 for name in ("$BEGINDATA", "$ENDDATA"))
    text = Segment(first=first, last=last)
    crossed = (Segment(first=header.first, last=text.last), Segment(first=text.first, last=header.last))
    kept = [s for s in (header, text, *crossed) if s.first >= HEADER_BYTES]
    return tuple(dict.fromkeys(kept))


def _agree(keywords: Keywords) -> bool:
    """Whether HEADER and TEXT state the same place, or only one of them states any."""
    first, last = (keywords.whole(name) or 0 for name in ("$BEGINDATA", "$ENDDATA"))
    return not keywords.data.first or not (first or last) or keywords.data == Segment(first=first, last=last)


def _other_layouts(
    keywords: Keywords, layout: Layout, stated: tuple[Segment, ...], total: int | None
) -> list[Layout]:
    """Whole numbers of one other width for all channels, where the length of the segment asks for it."""
    if not total or set(layout.kinds) != {"I"}:
        return []
    count = len(layout.widths)
    stated_bits = [keywords.whole(f"$P{n}B") or 0 for n in range(1, count + 1)]
    least = max((bits for bits in stated_bits if bits % 8), default=0)
    per_value = {s.length / (total * count) for s in stated if s.length}
    wider = sorted(int(width) for width in per_value if width in {1, 2, 3, 4} and 8 * width >= least)
    found = [replace(layout, widths=(width,) * count) for width in wider if {width} != set(layout.widths)]
    return [replace(one, masks=masks_of(keywords, one.kinds, one.widths)) for one in found]


def _changed_bits(layout: Layout) -> Warned:
    message = (
        f"The stated bits do not fill the events; their length says {8 * layout.widths[0]} bits per value."
    )
    return Warned(code="bits_repaired", message=message)


def _by_length(
    stated: tuple[Segment, ...], layout: Layout, *, total: int, room: int, is_agreed: bool
) -> tuple[int, tuple[Warned, ...]] | None:
    """The first byte where a segment has the asked length, or one byte more or less, and lies in the file."""
    wanted = total * layout.row_bytes
    fitting = [s for s in stated if s.length == wanted and s.first + wanted <= room]
    if fitting:
        return fitting[0].first, () if is_agreed else (_conflict(),)
    near = [s for s in stated if abs(s.length - wanted) == 1]
    for segment in near:
        first = segment.first if segment.first + wanted <= room else segment.first - 1
        if first >= HEADER_BYTES and first + wanted <= room:
            message = "The end of the events is stated one byte beside; the number of events settles it."
            return first, (Warned(code="data_offset_off_by_one", message=message),)
    return None


def _doubt_header(keywords: Keywords, first: int, length: int) -> tuple[Warned, ...]:
    """Whether the HEADER states no place although its eight digits would have sufficed."""
    if keywords.data.first or not length or first + length > MOST_IN_HEADER:
        return ()
    message = "The HEADER states no place of the events; that of TEXT was used."
    return (Warned(code="header_offset_missing", message=message),)


def _conflict() -> Warned:
    message = "HEADER and TEXT state different places of the events; the one of the right length was used."
    return Warned(code="data_offset_conflict", message=message)


def _by_what_fits(
    keywords: Keywords,
    layout: Layout,
    stated: tuple[Segment, ...],
    *,
    total: int | None,
    room: int,
    where: str,
) -> Place:
    """Whole events where no stated segment has the length that $TOT asks for."""
    row = layout.row_bytes
    if any((keywords.whole(f"$P{n}B") or 0) % 8 for n, kind in enumerate(layout.kinds, 1) if kind == "I"):
        why = "Its bits fill no whole bytes, and the length of the events does not fit whole bytes either."
        raise refusal("The events are packed in bits, which is not read.", where=where, why=why)
    inside = [s for s in stated if s.length >= row and s.last < room]
    even = [s for s in inside if s.length % row == 0]
    first = (even or inside or list(stated) or [Segment(first=keywords.text.last + 1)])[0].first
    if total is not None and stated and not inside:
        return _without_an_end(keywords, layout, first, total=total, room=room)
    if not inside:
        raise refusal(
            "Nothing says where the events of the file are.",
            where=where,
            why="Neither HEADER nor TEXT states a place inside the file.",
        )
    chosen = (even or inside)[0]
    events, left = divmod(chosen.length, row)
    notes = (_doubt_total(total, events),)
    if left:
        message = f"The events leave {left} bytes over that are no whole event."
        notes += (Warned(code="data_length_odd", message=message),)
    if len({s.first for s in stated}) > 1:
        notes += (_conflict(),)
    return _place(keywords, layout, chosen.first, events=events, notes=notes)


def _without_an_end(keywords: Keywords, layout: Layout, first: int, *, total: int, room: int) -> Place:
    """Events that begin at a stated byte, where the file ends before they do or their end is no end."""
    fits = max(0, room - first) // layout.row_bytes if layout.row_bytes else 0
    if fits >= total:
        message = "The end of the events is not usable; their number settles it."
        note = Warned(code="data_end_unusable", message=message)
        return _place(keywords, layout, first, events=total, notes=(note,))
    message = f"The file ends before its events do: {fits:,} of {total:,} are whole."
    note = Warned(code="events_truncated", message=message)
    return _place(keywords, layout, min(first, room), events=fits, notes=(note,))


def _doubt_total(total: int | None, events: int) -> Warned:
    if total is None:
        message = f"$TOT is missing or no number; the segment holds {events:,} events."
        return Warned(code="total_missing", message=message)
    message = f"$TOT states {total:,} events, the segment holds {events:,}; the latter are read."
    return Warned(code="total_disagrees", message=message)


def doubt_rest(stream: FileIO, keywords: Keywords, place: Place, *, size_bytes: int) -> tuple[Warned, ...]:
    """The doubt about bytes behind the events that belong to nothing: something may have been inserted.

    Parameters
    ----------
    stream : io.FileIO
        The file.
    keywords : Keywords
        Of its only data set.
    place : Place
        Where its events are.
    size_bytes : int
        Of the whole file.

    Returns
    -------
    tuple of Warned
        ``bytes_left_over``, or none; a checksum of 8 bytes is part of the format, and blanks are padding.
    """
    begin, end = (keywords.whole(name) or 0 for name in ("$BEGINANALYSIS", "$ENDANALYSIS"))
    first, last = (keywords.whole(name) or 0 for name in ("$BEGINSTEXT", "$ENDSTEXT"))
    others = (
        keywords.text,
        keywords.analysis,
        Segment(first=begin, last=end),
        Segment(first=first, last=last),
    )
    ends = [place.first + place.events * place.layout.row_bytes]
    ends += [keywords.base + s.last + 1 for s in others if s.length and s.last < size_bytes]
    left = size_bytes - max(ends)
    if left <= 0 or any(warned.code == "events_truncated" for warned in place.warnings):
        return ()
    stream.seek(max(ends))
    rest = stream.read(min(left, _LOOKED_AT)).strip(b" \x00\r\n")
    if not rest or (len(rest) <= _CHECKSUM_BYTES and rest.isdigit()):
        return ()
    message = f"{left:,} bytes behind the events belong to nothing that the file describes."
    return (Warned(code="bytes_left_over", message=message),)
