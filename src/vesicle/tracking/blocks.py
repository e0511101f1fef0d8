"""Spots of a few frames, one after the other in the same memory; compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.measurements.video import GreyBlock
from vesicle.tracking.plan import Plan
from vesicle.tracking.plateaus import join_plateaus
from vesicle.tracking.satellites import drop_satellites
from vesicle.tracking.spots import COLUMNS, FRAME, Room, find_candidates

USUAL_SPOTS = 256
"""Spots a frame for which there is room from the beginning."""


@compiled
def copy_rows(source: NDArray[np.float32], target: NDArray[np.float32]) -> None:
    """Write the first rows of a table into another.

    Parameters
    ----------
    source : numpy.ndarray
        At least as many rows.
    target : numpy.ndarray
        Every row is written.
    """
    for i in range(target.shape[0]):
        for j in range(target.shape[1]):
            target[i, j] = source[i, j]


@compiled
def find_in_block(
    block: GreyBlock, is_wanted: NDArray[np.bool_], plan: Plan, room: Room
) -> tuple[NDArray[np.float32], int]:
    """Spots of several frames above the limit of the plan.

    Parameters
    ----------
    block : numpy.ndarray
        Shape (frames, rows, columns), read-only.
    is_wanted : numpy.ndarray
        Shape (frames,): the others are passed over.
    plan : Plan
        Of the video.
    room : Room
        For frames of this shape.

    Returns
    -------
    spots : numpy.ndarray
        One row per spot, columns as in ``vesicle.tracking.spots``; frames count from that of the block.
    full : int
        Frames that had more candidates than room.
    """
    frames = block.shape[0]
    kept = np.empty((USUAL_SPOTS * frames, COLUMNS), np.float32)
    total = full = 0
    for k in range(frames):
        if not is_wanted[k]:
            continue
        count = find_candidates(block[k], plan, room)
        full += count == room.found.shape[0]
        join_plateaus(block[k], plan, room, count)
        count = drop_satellites(plan, room, count)
        for i in range(count):
            room.found[i, FRAME] = k
        if total + count > kept.shape[0]:
            larger = np.empty((2 * (total + count), COLUMNS), np.float32)
            copy_rows(kept, larger[:total])
            kept = larger
        copy_rows(room.found, kept[total : total + count])
        total += count
    return kept[:total], full
