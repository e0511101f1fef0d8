"""From frames to spots: one pass over a video in blocks, two threads, the same result for any number of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, pairwise
from queue import Empty, SimpleQueue
from typing import cast

import numpy as np
from numpy.typing import NDArray

from vesicle.events import Listener, Progressed, ignore
from vesicle.measurements.video import Frames, GreyBlock
from vesicle.tracking.blocks import find_in_block
from vesicle.tracking.learning import MOST_SPOTS, Learned, learn
from vesicle.tracking.noise import Sample, limit_of, sample_frame
from vesicle.tracking.plan import Plan, make_plan
from vesicle.tracking.records import Detected, DetectionSettings
from vesicle.tracking.spots import FRAME, Room, make_room
from vesicle.tracking.static import nothing_stands
from vesicle.tracking.tally import Part, Tally, conclude, nothing_found

THREADS = 2
BLOCK_BYTES, LONGEST_BLOCK = 5_000_000, 32
OPENING_BLOCKS, OPENING_FRAMES = 4, 8
SAMPLED_FRAMES = 24
"""Frames over the whole video on which noise and static structure are seen."""


def detect_spots(frames: Frames, settings: DetectionSettings, *, listen: Listener = ignore) -> Detected:
    """Every spot of a video, with its sub-pixel centre and its height, and the threshold that was used.

    Parameters
    ----------
    frames : Frames
        The video; read once, in order.
    settings : DetectionSettings
        What the user fixed; the rest is taken from the video.
    listen : callable, optional
        Is told after each block of frames.

    Returns
    -------
    Detected
        Without spots, and with a warning, when nothing stands out of the noise.

    Raises
    ------
    ReadError
        When the video cannot be decoded from some frame on.
    """
    count, rows, columns = frames.shape
    length = int(np.clip(BLOCK_BYTES // (rows * columns * (1 + (frames.bits > 8))), 1, LONGEST_BLOCK))
    stream = frames.blocks(length)
    opening, learned = read_opening(stream, settings, bits=frames.bits)
    if learned is None:
        return nothing_found(settings, shape=(rows, columns))
    plan = first_plan(learned, settings, shape=(rows, columns), bits=frames.bits)
    every = max(1, count // SAMPLED_FRAMES)
    standing = nothing_stands((rows, columns), noise=learned.noise.filtered, expected=-(-count // every))
    tally = Tally(standing=standing, every=every)
    with ThreadPoolExecutor(THREADS) as pool:
        for part in search(chain(used_up(opening), stream), plan, pool, tally=tally):
            tally.add(part)
            listen(Progressed(step="spots", what=f"{tally.frames} of {count} frames"))
    return conclude(tally, learned, settings, shape=(rows, columns))


def read_opening(
    stream: Iterator[GreyBlock], settings: DetectionSettings, *, bits: int
) -> tuple[list[GreyBlock], Learned | None]:
    """The first blocks of a video, as many as are needed to learn how a spot looks.

    Parameters
    ----------
    stream : iterator of numpy.ndarray
        Blocks of frames; advanced.
    settings : DetectionSettings
        What the user fixed.
    bits : int
        Significant bits of a grey level.

    Returns
    -------
    opening : list of numpy.ndarray
        The blocks that were read.
    learned : Learned or None
        None for a video without frames.
    """
    opening: list[GreyBlock] = []
    learned = None
    for block in stream:
        opening.append(block)
        learned = learn(spread_over(opening), settings, bits=bits)
        if learned.is_width_seen or len(opening) == OPENING_BLOCKS:
            break
    return opening, learned


def used_up(blocks: list[GreyBlock]) -> Iterator[GreyBlock]:
    """Blocks in their order, each forgotten when it is handed out.

    Parameters
    ----------
    blocks : list of numpy.ndarray
        Emptied.

    Yields
    ------
    numpy.ndarray
        The first of those that are left.
    """
    while blocks:
        yield blocks.pop(0)


def spread_over(blocks: list[GreyBlock]) -> GreyBlock:
    """A few frames, evenly spread over some blocks.

    Parameters
    ----------
    blocks : list of numpy.ndarray
        Blocks of frames.

    Returns
    -------
    numpy.ndarray
        Shape (frames, rows, columns), read-only.
    """
    places = [(i, j) for i, block in enumerate(blocks) for j in range(len(block))]
    most = int(np.clip(2 * BLOCK_BYTES // max(1, blocks[0][:1].nbytes), 2, OPENING_FRAMES))
    picked = np.unique(np.linspace(0, len(places) - 1, min(len(places), most)).astype(int))
    return read_only(np.stack([blocks[places[k][0]][places[k][1]] for k in picked]))


def read_only(block: GreyBlock) -> GreyBlock:
    """The same frames, contiguous and locked, which is one type for the compiled code.

    Parameters
    ----------
    block : numpy.ndarray
        Frames.

    Returns
    -------
    numpy.ndarray
        A view where that is possible.
    """
    locked = np.ascontiguousarray(block).view()
    locked.flags.writeable = False
    return cast("GreyBlock", locked)


def first_plan(learned: Learned, settings: DetectionSettings, *, shape: tuple[int, int], bits: int) -> Plan:
    """The plan with which candidates are looked for, below the threshold that will be used.

    Parameters
    ----------
    learned : Learned
        From the first frames.
    settings : DetectionSettings
        With the factor of the threshold.
    shape : tuple of int
        Rows and columns.
    bits : int
        Significant bits of a grey level.

    Returns
    -------
    Plan
        For every frame of the video.
    """
    factor, area = settings.threshold_factor, shape[0] * shape[1]
    limit = limit_of(learned.noise, factor=factor, area_px=area, sigma_px=learned.sigma_px)
    return make_plan(shape, sigma_px=learned.sigma_px, polarity=learned.polarity, bits=bits, limit=limit)


def search(
    blocks: Iterable[GreyBlock], plan: Plan, pool: ThreadPoolExecutor, *, tally: Tally
) -> Iterator[Part]:
    """Parts of the result in the order of the frames, while the next block is read.

    Parameters
    ----------
    blocks : iterable of numpy.ndarray
        All frames in order.
    plan : Plan
        Of the video.
    pool : concurrent.futures.ThreadPoolExecutor
        Does the work.
    tally : Tally
        Frames are counted here, and repeated ones listed.

    Yields
    ------
    Part
        At most two blocks are in memory besides the one being read.
    """
    waiting: deque[Future[Part]] = deque()
    rooms: SimpleQueue[Room] = SimpleQueue()
    before: GreyBlock | None = None
    for block in blocks:
        numbers = np.arange(tally.frames, tally.frames + len(block))
        numbers[repeats(block, before)] = -1
        tally.repeated += [tally.frames + int(k) for k in np.flatnonzero(numbers < 0)]
        tally.frames += len(block)
        before = block[-1]
        locked, share = read_only(block), -(-len(block) // THREADS)
        for first in range(0, len(block), share):
            some = slice(first, first + share)
            job = pool.submit(search_part, locked[some], numbers[some], plan, tally=tally, rooms=rooms)
            waiting.append(job)
        while len(waiting) > 2 * THREADS:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def repeats(block: GreyBlock, before: GreyBlock | None) -> NDArray[np.bool_]:
    """Which frames equal the one before them, pixel by pixel.

    Parameters
    ----------
    block : numpy.ndarray
        Shape (frames, rows, columns).
    before : numpy.ndarray or None
        The frame before the first.

    Returns
    -------
    numpy.ndarray
        Shape (frames,).
    """
    middle = block.shape[1] // 2  # one row differs in nearly all cases, and is quick to compare
    earlier = [before, *block[:-1]]
    return np.array(
        [
            last is not None and np.array_equal(frame[middle], last[middle]) and np.array_equal(frame, last)
            for frame, last in zip(block, earlier, strict=True)
        ],
        dtype=np.bool_,
    )


def search_part(
    block: GreyBlock, numbers: NDArray[np.int64], plan: Plan, *, tally: Tally, rooms: SimpleQueue[Room]
) -> Part:
    """Candidates of some frames, and samples of those whose turn it is.

    Parameters
    ----------
    block : numpy.ndarray
        Shape (frames, rows, columns), read-only.
    numbers : numpy.ndarray
        Number of each frame in the video, -1 for those to be passed over.
    plan : Plan
        Of the video.
    tally : Tally
        Says which frames are sampled; not changed.
    rooms : queue.SimpleQueue
        Memory that no thread uses at the moment; one is taken or made, and put back.

    Returns
    -------
    Part
        Frames of its spots count from the beginning of the video.
    """
    try:
        room = rooms.get_nowait()
    except Empty:
        room = make_room(block.shape[1:], plan, MOST_SPOTS)
    samples, standing = list[Sample](), list[NDArray[np.uint8]]()
    tables, full = list[NDArray[np.float32]](), 0
    sampled = np.flatnonzero((numbers >= 0) & (numbers % tally.every == 0))
    cuts = np.unique(np.concatenate([[0], sampled, sampled + 1, [len(block)]]))
    for first, last in pairwise(cuts.tolist()):
        spots, crowded = find_in_block(block[first:last], numbers[first:last] >= 0, plan, room)
        spots[:, FRAME] = numbers[first + spots[:, FRAME].astype(np.int64)]
        tables.append(spots)
        full += crowded
        if first in sampled:
            samples.append(sample_frame(block[first], plan, room))
            standing.append(tally.standing.bytes_of(room.image))
    rooms.put(room)
    return Part(spots=np.concatenate(tables), full=full, samples=tuple(samples), standing=tuple(standing))
