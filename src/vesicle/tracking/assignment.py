"""Which spot continues which track where several compete: the assignment of greatest total gain; compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vesicle.compiled import compiled
from vesicle.measurements.sizing import FloatArray

LARGEST_EXACT = 60
"""Tracks of a group that are assigned exactly; time grows with the cube."""

BID = 0.02
"""Least bid in larger groups: as a logarithm of likelihoods, next to nothing."""


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
def assign_by_bids(edges: NDArray[np.int64], gains: FloatArray, rows: int, columns: int) -> NDArray[np.int64]:
    """The column of each row, with a sum of gains that is within ``BID`` a row of the largest.

    Parameters
    ----------
    edges : numpy.ndarray
        Shape (edges, 2): a row and a column that may be joined.
    gains : numpy.ndarray
        Shape (edges,), above 0.
    rows, columns : int
        How many there are.

    Returns
    -------
    numpy.ndarray
        Shape (rows,), -1 for rows without a column.

    Notes
    -----
    An auction (Bertsekas 1988, not seen): a row without a column bids for the one that gives it most, until that
    is worth no more than its second best or nothing at all; who is outbid bids again.
    """
    first, by_row = group_by_row(edges, rows)
    price, holder = np.zeros(columns), np.full(columns, -1, np.int64)
    chosen = np.full(rows, -1, np.int64)
    waiting = np.arange(rows)
    count = rows
    while count > 0:
        count -= 1
        row = waiting[count]
        best, second, column = 0.0, 0.0, -1
        for k in range(first[row], first[row + 1]):
            edge = by_row[k]
            worth = gains[edge] - price[edges[edge, 1]]
            if worth > best:
                best, second, column = worth, best, edges[edge, 1]
            elif worth > second:
                second = worth
        if column < 0:
            continue
        price[column] += best - second + BID
        if holder[column] >= 0:
            chosen[holder[column]] = -1
            waiting[count] = holder[column]
            count += 1
        holder[column] = row
        chosen[row] = column
    return chosen


@compiled
def group_by_row(edges: NDArray[np.int64], rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Edges sorted by their row.

    Parameters
    ----------
    edges : numpy.ndarray
        Shape (edges, 2): a row and a column.
    rows : int
        How many there are.

    Returns
    -------
    first : numpy.ndarray
        Shape (rows + 1,): where the edges of a row begin.
    order : numpy.ndarray
        Shape (edges,): numbers of edges.
    """
    first = np.zeros(rows + 1, np.int64)
    for k in range(edges.shape[0]):
        first[edges[k, 0] + 1] += 1
    for row in range(rows):
        first[row + 1] += first[row]
    order, used = np.empty(edges.shape[0], np.int64), np.zeros(rows, np.int64)
    for k in range(edges.shape[0]):
        row = edges[k, 0]
        order[first[row] + used[row]] = k
        used[row] += 1
    return first, order


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
    track_at, spot_at = np.empty(len(gains), np.int64), np.empty(len(gains), np.int64)
    inside = np.empty((len(gains), 2), np.int64)
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
        inside[k, 0], inside[k, 1] = place[track], place[tracks + spot]
    if rows <= LARGEST_EXACT:
        best = assign(as_table(inside, gains, rows, columns))
    else:
        best = assign_by_bids(inside, gains, rows, columns)
    for i in range(rows):
        place[track_at[i]] = -1
        if best[i] >= 0:
            chosen[track_at[i]] = spot_at[best[i]]
    for j in range(columns):
        place[tracks + spot_at[j]] = -1


@compiled
def as_table(edges: NDArray[np.int64], gains: FloatArray, rows: int, columns: int) -> FloatArray:
    """Gains of all pairs of rows and columns.

    Parameters
    ----------
    edges : numpy.ndarray
        Shape (edges, 2): a row and a column that may be joined.
    gains : numpy.ndarray
        Shape (edges,).
    rows, columns : int
        How many there are.

    Returns
    -------
    numpy.ndarray
        Shape (rows, columns); far below 0 where there is no edge.
    """
    gain = np.full((rows, columns), -1e9)
    for k in range(len(gains)):
        gain[edges[k, 0], edges[k, 1]] = gains[k]
    return gain


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
