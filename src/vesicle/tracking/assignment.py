"""Which spot continues which track where several compete: the assignment of greatest total gain; compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.measurements.sizing import FloatArray

LARGEST_EXACT = 120
"""Tracks of a group that are assigned exactly; time grows with the cube."""


@compiled
def assign(gain: FloatArray) -> NDArray[np.int64]:
    """The column of each row that makes the sum of gains largest; nobody has to take part.

    Parameters
    ----------
    gain : numpy.ndarray
        Shape (rows, columns); what is not allowed has a gain of at most 0.

    Returns
    -------
    numpy.ndarray
        Shape (rows,), -1 for rows without a column.

    Notes
    -----
    Shortest augmenting paths with potentials, the Hungarian method in the form of Jonker and Volgenant (1987,
    not seen). Each row has a column of its own besides, with a gain of 0, so that all rows find one.
    """
    rows, columns = gain.shape
    wide = columns + rows
    row_price, column_price = np.zeros(rows + 1), np.zeros(wide + 1)
    holder = np.zeros(wide + 1, np.int64)  # row that holds a column, both counted from 1; 0 is nobody
    came_from = np.zeros(wide + 1, np.int64)
    for row in range(1, rows + 1):
        holder[0] = row
        at = 0
        shortest = np.full(wide + 1, np.inf)
        is_done = np.zeros(wide + 1, np.bool_)
        while holder[at] != 0:
            is_done[at] = True
            here = holder[at]
            delta, following = np.inf, 0
            for j in range(1, wide + 1):
                if is_done[j]:
                    continue
                cost = -gain[here - 1, j - 1] if j <= columns else (0.0 if j - columns == here else 1e9)
                length = cost - row_price[here] - column_price[j]
                if length < shortest[j]:
                    shortest[j] = length
                    came_from[j] = at
                if shortest[j] < delta:
                    delta, following = shortest[j], j
            for j in range(wide + 1):
                if is_done[j]:
                    row_price[holder[j]] += delta
                    column_price[j] -= delta
                else:
                    shortest[j] -= delta
            at = following
        while at != 0:
            holder[at] = holder[came_from[at]]
            at = came_from[at]
    chosen = np.full(rows, -1, np.int64)
    for j in range(1, columns + 1):
        if holder[j] != 0 and gain[holder[j] - 1, j - 1] > 0:
            chosen[holder[j] - 1] = j - 1
    return chosen


@compiled
def assign_greedily(gain: FloatArray) -> NDArray[np.int64]:
    """The best pair first, then the best of those that are left.

    Parameters
    ----------
    gain : numpy.ndarray
        Shape (rows, columns); what is not allowed has a gain of at most 0.

    Returns
    -------
    numpy.ndarray
        Shape (rows,), -1 for rows without a column.
    """
    rows, columns = gain.shape
    chosen = np.full(rows, -1, np.int64)
    is_taken = np.zeros(columns, np.bool_)
    while True:
        best, row, column = 0.0, -1, -1
        for i in range(rows):
            if chosen[i] >= 0:
                continue
            for j in range(columns):
                if gain[i, j] > best and not is_taken[j]:
                    best, row, column = gain[i, j], i, j
        if row < 0:
            return chosen
        chosen[row] = column
        is_taken[column] = True


@compiled
def root_of(parent: NDArray[np.int64], node: int) -> int:
    """The node that stands for the group of a node; the way there is made shorter.

    Parameters
    ----------
    parent : numpy.ndarray
        Next node on the way; changed.
    node : int
        Any node.

    Returns
    -------
    int
        The same for all nodes of a group.
    """
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@compiled
def assign_group(
    edges: NDArray[np.int64], gains: FloatArray, place: NDArray[np.int64], chosen: NDArray[np.int64]
) -> None:
    """The best continuation of the tracks of one group.

    Parameters
    ----------
    edges : numpy.ndarray
        Shape (edges, 2): a track and a spot.
    gains : numpy.ndarray
        Shape (edges,), above 0.
    place : numpy.ndarray
        Room for a number of each track and spot, all -1; left so.
    chosen : numpy.ndarray
        Spot of each track, written.
    """
    rows = columns = 0
    row_of, column_of = np.empty(len(gains), np.int64), np.empty(len(gains), np.int64)
    track_at, spot_at = np.empty(len(gains), np.int64), np.empty(len(gains), np.int64)
    tracks = chosen.size
    for k in range(len(gains)):
        track, spot = edges[k, 0], edges[k, 1]
        if place[track] < 0:
            place[track] = rows
            track_at[rows] = track
            rows += 1
        if place[tracks + spot] < 0:
            place[tracks + spot] = columns
            spot_at[columns] = spot
            columns += 1
        row_of[k], column_of[k] = place[track], place[tracks + spot]
    gain = np.full((rows, columns), -1e9)
    for k in range(len(gains)):
        gain[row_of[k], column_of[k]] = gains[k]
    best = assign(gain) if rows <= LARGEST_EXACT else assign_greedily(gain)
    for i in range(rows):
        place[track_at[i]] = -1
        if best[i] >= 0:
            chosen[track_at[i]] = spot_at[best[i]]
    for j in range(columns):
        place[tracks + spot_at[j]] = -1


@compiled
def assign_in_groups(
    edges: NDArray[np.int64], gains: FloatArray, tracks: int, spots: int
) -> NDArray[np.int64]:
    """The best continuation of every track, worked out separately for groups that do not compete.

    Parameters
    ----------
    edges : numpy.ndarray
        Shape (edges, 2): a track and a spot that may continue it.
    gains : numpy.ndarray
        Shape (edges,), above 0.
    tracks, spots : int
        How many there are.

    Returns
    -------
    numpy.ndarray
        Shape (tracks,): a spot, or -1.
    """
    parent = np.arange(tracks + spots)
    for k in range(len(gains)):
        parent[root_of(parent, edges[k, 0])] = root_of(parent, tracks + edges[k, 1])
    chosen = np.full(tracks, -1, np.int64)
    place = np.full(tracks + spots, -1, np.int64)
    last = np.full(tracks + spots, -1, np.int64)  # of the edges of a group; each knows the one before it
    before = np.empty(len(gains), np.int64)
    for k in range(len(gains)):
        root = root_of(parent, edges[k, 0])
        before[k] = last[root]
        last[root] = k
    members = np.empty(len(gains), np.int64)
    for root in range(tracks + spots):
        count, k = 0, last[root]
        while k >= 0:
            members[count] = k
            count += 1
            k = before[k]
        if count == 1:
            chosen[edges[members[0], 0]] = edges[members[0], 1]
        elif count > 1:
            assign_group(edges[members[:count]], gains[members[:count]], place, chosen)
    return chosen
