"""The channels of a data set: names, labels, ranges, and how stored values become linear ones."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from vesicle.measurements import FlowChannel
from vesicle.readers.fcs_layout import Layout
from vesicle.readers.fcs_text import Keywords
from vesicle.readers.fcs_values import LinearScale
from vesicle.results import Warned

_TIME = re.compile(r"(?:hdr-)?time(?:\b|_|$).*", re.IGNORECASE)


@dataclass(slots=True)
class _Doubts:
    """The channels that each repair concerns."""

    unnamed: list[str]
    no_range: list[str]
    ignored: list[str]
    odd_gain: list[str]
    odd_decades: list[str]


def is_time(channel: FlowChannel) -> bool:
    """Whether a channel is the time of the events.

    Parameters
    ----------
    channel : FlowChannel
        By its name or its label.

    Returns
    -------
    bool
        True for ``Time``, ``TIME``, ``Time Stamp`` and the like.
    """
    return bool(_TIME.fullmatch(channel.name)) or bool(_TIME.fullmatch(channel.label))


def read_channels(
    keywords: Keywords, layout: Layout
) -> tuple[tuple[FlowChannel, ...], tuple[LinearScale, ...], tuple[Warned, ...]]:
    """The channels of a data set and the scale of each.

    Parameters
    ----------
    keywords : Keywords
        Of the data set.
    layout : Layout
        How its events are stored.

    Returns
    -------
    channels : tuple of FlowChannel
        With unique names.
    scales : tuple of LinearScale
        In the same order.
    warnings : tuple of Warned
        What was repaired.
    """
    doubts = _Doubts([], [], [], [], [])
    names = [_named(keywords, n, doubts) for n in range(1, len(layout.widths) + 1)]
    unique = _unique(names)
    channels = tuple(
        _channel(keywords, layout, n, name=name, doubts=doubts) for n, name in enumerate(unique, start=1)
    )
    scales = tuple(
        LinearScale(
            decades=channel.decades,
            span=channel.range or float(1 << 8 * width),
            gain=channel.gain,
        )
        for channel, width in zip(channels, layout.widths, strict=True)
    )
    return channels, scales, (*_doubt_names(names, unique), *_told(doubts))


def _named(keywords: Keywords, n: int, doubts: _Doubts) -> str:
    name = keywords.text_of(f"$P{n}N")
    if not name:
        doubts.unnamed.append(f"P{n}")
    return name or f"P{n}"


def _unique(names: Sequence[str]) -> list[str]:
    """Names with a number behind those that stood before; upper and lower case count as the same."""
    taken: set[str] = set()
    unique: list[str] = []
    for name in names:
        found, number = name, 2
        while found.casefold() in taken:
            found, number = f"{name}-{number}", number + 1
        taken.add(found.casefold())
        unique.append(found)
    return unique


def _channel(keywords: Keywords, layout: Layout, n: int, *, name: str, doubts: _Doubts) -> FlowChannel:
    span = keywords.number(f"$P{n}R")
    if span is None or span <= 0:
        doubts.no_range.append(name)
        span = None
    label = keywords.text_of(f"$P{n}S")
    bare = FlowChannel(name=name, label=label, bits=8 * layout.widths[n - 1], range=span)
    decades = _decades(keywords, n, name, kind=layout.kinds[n - 1], doubts=doubts)
    return FlowChannel(
        name=name,
        label=label,
        bits=8 * layout.widths[n - 1] if layout.kinds[n - 1] != "I" else _stated_bits(keywords, layout, n),
        range=span,
        decades=decades,
        gain=1.0 if is_time(bare) or decades else _gain(keywords, n, name, doubts),
        voltage=keywords.number(f"$P{n}V"),
    )


def _stated_bits(keywords: Keywords, layout: Layout, n: int) -> int:
    stated = keywords.whole(f"$P{n}B")
    fits = stated is not None and -(-stated // 8) == layout.widths[n - 1]
    return stated if stated is not None and fits else 8 * layout.widths[n - 1]


def _decades(
    keywords: Keywords, n: int, name: str, *, kind: str, doubts: _Doubts
) -> tuple[float, float] | None:
    """(f1, f2) of $PnE for whole numbers; f2 = 0 means 1, as FCS 3.1 says."""
    text = keywords.text_of(f"$P{n}E")
    parts = text.replace(" ", "").split(",")
    try:
        first, second = (float(part) for part in parts)
    except ValueError:
        if text:
            doubts.odd_decades.append(name)
        return None
    if not (math.isfinite(first) and math.isfinite(second)) or first < 0 or second < 0 or first > 20:
        doubts.odd_decades.append(name)
        return None
    if first == 0:
        return None
    if kind != "I":
        doubts.ignored.append(name)
        return None
    return first, second or 1.0


def _gain(keywords: Keywords, n: int, name: str, doubts: _Doubts) -> float:
    """$PnG of a linear channel; 0 and nothing mean 1."""
    text = keywords.text_of(f"$P{n}G")
    gain = keywords.number(f"$P{n}G")
    if gain is not None and 1e-9 < gain < 1e12:
        return gain
    if text and gain != 0:
        doubts.odd_gain.append(name)
    return 1.0


def _doubt_names(names: Sequence[str], unique: Sequence[str]) -> tuple[Warned, ...]:
    if list(names) == list(unique):
        return ()
    twice = [name for name, count in Counter(name.casefold() for name in names).items() if count > 1]
    message = f"{len(twice)} names stand for several channels; a number was added to the later ones."
    return (Warned(code="channel_names_repeated", message=message),)


def _told(doubts: _Doubts) -> tuple[Warned, ...]:
    unnamed, no_range, ignored, odd_gain, odd_decades = map(
        _listed, (doubts.unnamed, doubts.no_range, doubts.ignored, doubts.odd_gain, doubts.odd_decades)
    )
    said = (
        Warned(code="channel_unnamed", message=f"Channels without a name go by their number{unnamed}"),
        Warned(code="range_missing", message=f"The range of channels is no number{no_range}"),
        Warned(
            code="amplification_ignored",
            message=f"Values that are no whole numbers cannot be logarithmic; $PnE was ignored{ignored}",
        ),
        Warned(
            code="gain_unusable", message=f"The gain of channels is not usable and was not applied{odd_gain}"
        ),
        Warned(
            code="amplification_unusable",
            message=f"The amplification of channels cannot be read{odd_decades}",
        ),
    )
    return tuple(warned for warned in said if warned.message.endswith("."))


def _listed(names: Sequence[str]) -> str:
    """Names behind a sentence, which ends with them; empty when there are none."""
    return f": {', '.join(names[:8])}{' ...' if len(names) > 8 else ''}." if names else ""
