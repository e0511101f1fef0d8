"""What a handful of frames shows: how many bits are used, and whether the channels of a colour are equal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import numpy as np

from vesicle.measurements.video import GreyBlock
from vesicle.readers.video_av_frames import DecodedFrames
from vesicle.readers.video_frames import StoredFrames, luma_weights
from vesicle.readers.video_tiff_frames import SegmentedFrames
from vesicle.results import Warned

PROBED_FRAMES = 8
_CONTAINER_BITS, _USUAL_BITS, _MOST_EMPTY_BITS = 16, 12, 8

Stored = TypeVar("Stored", bound=StoredFrames | SegmentedFrames | DecodedFrames)


def probed(frames: StoredFrames | SegmentedFrames | DecodedFrames) -> Iterator[GreyBlock]:
    """A few frames, evenly spread over a video.

    Parameters
    ----------
    frames : StoredFrames, SegmentedFrames or DecodedFrames
        Of the whole video.

    Yields
    ------
    numpy.ndarray
        One frame each.
    """
    count = frames.shape[0]
    places = np.unique(np.linspace(0, count - 1, min(count, PROBED_FRAMES)).astype(np.int64))
    yield from frames.only(places).blocks(1)


def with_bits(frames: Stored, stated: int | None) -> tuple[Stored, tuple[Warned, ...]]:
    """The same frames with their significant bits settled.

    Parameters
    ----------
    frames : StoredFrames, SegmentedFrames or DecodedFrames
        With the bits of a stored sample.
    stated : int or None
        Significant bits that the metadata states.

    Returns
    -------
    frames : StoredFrames, SegmentedFrames or DecodedFrames
        With ``bits``, and with empty low bits shifted away.
    warnings : tuple of Warned
        ``bits_inferred`` when the frames decided.
    """
    if frames.bits != _CONTAINER_BITS:
        return frames, ()
    used = int(np.bitwise_or.reduce([np.bitwise_or.reduce(block, axis=None) for block in probed(frames)]))
    if stated is not None and 0 < stated <= _CONTAINER_BITS and used < 1 << stated:
        return replace(frames, bits=stated), ()
    empty = min((used & -used).bit_length() - 1, _MOST_EMPTY_BITS) if used else 0
    if used < 1 << _USUAL_BITS:
        message = "No probed grey level of this 16-bit file is above 4095; it is taken for a 12-bit camera."
        return replace(frames, bits=_USUAL_BITS), (Warned(code="bits_inferred", message=message),)
    if empty < 2:
        return frames, ()
    bits = _CONTAINER_BITS - empty
    message = f"The lowest {empty} bits of every probed grey level are zero; they were shifted away."
    shifted = replace(frames, bits=bits, layout=replace(frames.layout, shift=empty))
    return shifted, (Warned(code="bits_inferred", message=f"{message} It is taken for {bits} bits."),)


def with_grey(frames: Stored, order: str) -> tuple[Stored, tuple[Warned, ...]]:
    """The same frames with a rule that makes colours grey.

    Parameters
    ----------
    frames : StoredFrames, SegmentedFrames or DecodedFrames
        Of any number of samples.
    order : str
        What the samples are, for example ``rgb`` or ``bgra``; other letters for channels of no colour.

    Returns
    -------
    frames : StoredFrames, SegmentedFrames or DecodedFrames
        With ``weights`` in its layout.
    warnings : tuple of Warned
        ``colour_to_grey`` with the rule, none for frames of one sample.
    """
    samples = frames.layout.samples
    if samples == 1:
        return frames, ()
    colours = [index for index, letter in enumerate(order) if letter in "rgb"]
    first = _weighed(frames, colours[0] if colours else 0)
    if not colours:
        message = f"The frames have {samples} channels that are no colours; the first is used."
    elif _are_equal([first, *(_weighed(frames, index) for index in colours[1:])]):
        message = "The frames are stored as colours with equal channels; the first channel is used."
    else:
        message = "The frames are in colour; the grey level is 0.299 red + 0.587 green + 0.114 blue."
        first = replace(frames, layout=replace(frames.layout, weights=luma_weights(order)))
    return first, (Warned(code="colour_to_grey", message=message),)


def _weighed(frames: Stored, channel: int) -> Stored:
    weights = tuple(float(index == channel) for index in range(frames.layout.samples))
    return replace(frames, layout=replace(frames.layout, weights=weights))


def _are_equal(channels: list[Stored]) -> bool:
    first, *others = channels
    return all(
        np.array_equal(one, other)
        for channel in others
        for one, other in zip(probed(first), probed(channel), strict=True)
    )
