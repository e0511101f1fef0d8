"""How the events of a data set are stored: types, widths, byte order."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from vesicle.readers.fcs_text import Keywords
from vesicle.readers.fcs_words import refusal, shown_value
from vesicle.results import Warned

MOST_CHANNELS = 4_096
_FLOAT_BITS = {"F": 32, "D": 64}
_LITTLE, _BIG = "1,2,3,4", "4,3,2,1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How one event is stored.

    ``kinds`` has F, D or I per channel, ``widths`` the bytes of each value, ``masks`` the bits that count in a
    whole number (0: all of them). ``order`` has, for each byte of a word as it stands in the file, its place
    from the least significant one, counted from 0.
    """

    kinds: str
    widths: tuple[int, ...]
    masks: tuple[int, ...]
    order: tuple[int, ...]

    @property
    def row_bytes(self) -> int:
        """Bytes of one event."""
        return sum(self.widths)

    @property
    def is_uniform(self) -> bool:
        """Whether all channels are stored in one way that the machine knows."""
        same = len(set(self.kinds)) == 1 == len(set(self.widths))
        return same and self.widths[0] in {1, 2, 4, 8} and not self.is_mixed_endian

    @property
    def is_big_endian(self) -> bool:
        """Whether the most significant byte stands first."""
        return self.order[0] > self.order[-1]

    @property
    def is_mixed_endian(self) -> bool:
        """Whether the bytes stand neither in rising nor in falling order."""
        ordered = sorted(self.order)
        return list(self.order) not in (ordered, ordered[::-1])

    def swapped(self) -> Layout:
        """The same layout with the opposite byte order.

        Returns
        -------
        Layout
            Read backwards.
        """
        return replace(self, order=self.order[::-1])


def channel_count(keywords: Keywords, *, where: str) -> tuple[int, tuple[Warned, ...]]:
    """How many channels a data set has.

    Parameters
    ----------
    keywords : Keywords
        Of the data set.
    where : str
        The file's name for messages.

    Returns
    -------
    count : int
        From $PAR, else from the channels that are described.
    warnings : tuple of Warned
        When the two differ.

    Raises
    ------
    ReadError
        When there are none, or more than any cytometer has.
    """
    described = 0
    while described < MOST_CHANNELS and f"$P{described + 1}B" in keywords.values:
        described += 1
    stated = keywords.whole("$PAR")
    count = described if stated is None or (described and stated != described) else stated
    if not 0 < count <= MOST_CHANNELS:
        why = f"$PAR states {stated}, and {described} channels are described."
        raise refusal("The file describes no channels.", where=where, why=why)
    if stated == described:
        return count, ()
    message = f"$PAR states {stated} channels, {described} are described; {count} are read."
    return count, (Warned(code="channels_disagree", message=message),)


def stated_layout(keywords: Keywords, count: int, *, where: str) -> tuple[Layout, tuple[Warned, ...]]:
    """How the keywords say that events are stored.

    Parameters
    ----------
    keywords : Keywords
        Of the data set.
    count : int
        Its channels.
    where : str
        The file's name for messages.

    Returns
    -------
    layout : Layout
        Bits that fill no whole bytes are rounded up; the length of the segment shows whether that is right.
    warnings : tuple of Warned
        What was repaired.

    Raises
    ------
    ReadError
        When events are stored as text or as counts, or in no way that is known.
    """
    mode = keywords.text_of("$MODE").upper()
    if mode not in {"", "L"}:
        why = f"$MODE is {shown_value(mode)}; only lists of events (L) are read."
        raise refusal("The file holds counts, no events.", where=where, why=why)
    kinds, notes = _kinds(keywords, count, where=where)
    widths, more = _widths(keywords, kinds, where=where)
    order, doubts = _order(keywords, max(widths), where=where)
    layout = Layout(kinds=kinds, widths=widths, masks=masks_of(keywords, kinds, widths), order=order)
    if layout.is_mixed_endian and set(widths) != {len(order)}:
        why = "The bytes stand in neither rising nor falling order, and values are of another width."
        raise refusal("The byte order of the file cannot be applied.", where=where, why=why)
    return layout, (*notes, *more, *doubts)


def _kinds(keywords: Keywords, count: int, *, where: str) -> tuple[str, tuple[Warned, ...]]:
    common = keywords.text_of("$DATATYPE").upper()
    own = [keywords.text_of(f"$P{n}DATATYPE").upper() or common for n in range(1, count + 1)]
    notes: tuple[Warned, ...] = ()
    if not common and not all(own):
        bits = {keywords.whole(f"$P{n}B") for n in range(1, count + 1)}
        own = [kind or ("F" if bits == {32} else "I") for kind in own]
        message = f"$DATATYPE is missing; the values were taken as {own[0]} because of their bits."
        notes = (Warned(code="datatype_inferred", message=message),)
    unknown = sorted({shown_value(kind) for kind in own if kind not in {"F", "D", "I"}})
    if unknown:
        why = f"$DATATYPE is {', '.join(unknown)}; whole numbers (I), F and D are read."
        raise refusal("The events are stored in a way that is not read.", where=where, why=why)
    return "".join(own), notes


def _widths(keywords: Keywords, kinds: str, *, where: str) -> tuple[tuple[int, ...], tuple[Warned, ...]]:
    widths: list[int] = []
    wrong: list[str] = []
    odd: list[str] = []
    for n, kind in enumerate(kinds, start=1):
        bits = keywords.whole(f"$P{n}B")
        wanted = _FLOAT_BITS.get(kind)
        if wanted is not None:
            wrong += [] if bits == wanted else [f"$P{n}B"]
            widths.append(wanted // 8)
        elif bits is None or not 0 < bits <= 64:
            why = f"$P{n}B is {shown_value(keywords.text_of(f'$P{n}B'))}; 1 to 64 bits are read."
            raise refusal("The bits of a channel are not stated.", where=where, why=why)
        else:
            odd += [f"$P{n}B"] if bits % 8 else []
            widths.append(-(-bits // 8))
    notes: tuple[Warned, ...] = ()
    if odd:
        message = (
            f"The bits of {', '.join(odd[:8])} fill no whole bytes; the values are stored in whole bytes."
        )
        notes = (Warned(code="bits_repaired", message=message),)
    if not wrong:
        return tuple(widths), notes
    message = f"The bits of {', '.join(wrong[:8])} are not those of the stated type, which was used."
    return tuple(widths), (*notes, Warned(code="bits_disagree", message=message))


def masks_of(keywords: Keywords, kinds: str, widths: tuple[int, ...]) -> tuple[int, ...]:
    """The bits that count in the whole numbers of each channel: as many as $PnR asks for.

    Parameters
    ----------
    keywords : Keywords
        Of the data set.
    kinds : str
        F, D or I per channel.
    widths : tuple of int
        Bytes per value.

    Returns
    -------
    tuple of int
        0 where all bits count.
    """
    masks: list[int] = []
    for n, (kind, width) in enumerate(zip(kinds, widths, strict=True), start=1):
        span = keywords.number(f"$P{n}R")
        if kind != "I" or span is None or not 2 <= span < 2.0 ** (8 * width):
            masks.append(0)
        else:
            masks.append((1 << max(1, math.ceil(math.log2(span)))) - 1)
    return tuple(masks)


def _order(keywords: Keywords, widest: int, *, where: str) -> tuple[tuple[int, ...], tuple[Warned, ...]]:
    text = keywords.text_of("$BYTEORD").replace(" ", "")
    notes: tuple[Warned, ...] = ()
    if not text:
        message = "$BYTEORD is missing; the least significant byte was taken to stand first."
        text, notes = _LITTLE, (Warned(code="byte_order_missing", message=message),)
    parts = text.split(",")
    places = [int(part) - 1 for part in parts if part.isdigit() and len(part) < 3]
    if len(places) != len(parts) or sorted(places) != list(range(len(parts))):
        why = f"$BYTEORD is {shown_value(text)}; orders such as {_LITTLE} or {_BIG} are read."
        raise refusal("The byte order of the file is not one.", where=where, why=why)
    if len(places) == 1 and widest > 1:
        found = f"$BYTEORD is {shown_value(text)} for wider values"
        message = f"{found}; the least significant byte was taken to stand first."
        return (0, 1, 2, 3), (*notes, Warned(code="byte_order_missing", message=message))
    return tuple(places) if len(places) > 1 else (0, 1), notes
