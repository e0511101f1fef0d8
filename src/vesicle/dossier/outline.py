"""The dossier in the order in which it is read: every block with its number and its stable anchor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vesicle.dossier import ComposedSection, Dossier
from vesicle.dossier.appendix import appendix
from vesicle.dossier.blocks import Block, Drawing, Table

FRONT = "D0"
"""The section whose blocks stand on page one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A block with its anchor (``table-size``, ``fig-size``; empty for text) and its number, from 1."""

    block: Block
    anchor: str = ""
    number: int = 0

    @property
    def name(self) -> str:
        """The name of the block's files, without their ending."""
        return self.anchor.split("-", 1)[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedSection:
    """A section with its anchor and placed blocks."""

    anchor: str
    title: str
    question: str
    blocks: tuple[Placed, ...]


def outline(dossier: Dossier) -> tuple[PlacedSection, ...]:
    """Every section in order, front page first and the record of files and settings last.

    Parameters
    ----------
    dossier : Dossier
        As composed.

    Returns
    -------
    tuple of PlacedSection
        With anchors that are unique in the page and numbers that run through it.
    """
    names = _Names()
    ordered = sorted(dossier.sections, key=lambda section: section.id != FRONT)
    return tuple(_place(section, names) for section in (*ordered, *appendix(dossier)))


def tables(dossier: Dossier) -> Iterator[tuple[Placed, Table]]:
    """Every table of the dossier with its place.

    Parameters
    ----------
    dossier : Dossier
        As composed.

    Yields
    ------
    (Placed, Table)
        In the order of the page.
    """
    for placed in _blocks(dossier):
        if isinstance(placed.block, Table):
            yield placed, placed.block


def figures(dossier: Dossier) -> Iterator[tuple[Placed, Drawing]]:
    """Every figure of the dossier with its place.

    Parameters
    ----------
    dossier : Dossier
        As composed.

    Yields
    ------
    (Placed, Figure, Picture or Flow)
        In the order of the page.
    """
    for placed in _blocks(dossier):
        if isinstance(placed.block, Drawing):
            yield placed, placed.block


def slug(text: str) -> str:
    """Text as a part of an anchor or a file name.

    Parameters
    ----------
    text : str
        Anything.

    Returns
    -------
    str
        Letters, digits, hyphens and underscores only, at most 60 of them.

    Examples
    --------
    >>> slug("size / nm")
    'size-nm'
    """
    return re.sub(r"[^A-Za-z0-9_]+", "-", text).strip("-")[:60] or "item"


class _Names:
    """Anchors and numbers given so far."""

    def __init__(self) -> None:
        self.taken: set[str] = {"main", "front", "checks", "not-assessed", "contents"}
        self.numbers = {"table": 0, "fig": 0}

    def anchor(self, wanted: str) -> str:
        name, count = wanted, 1
        while name.casefold() in self.taken:
            count += 1
            name = f"{wanted}-{count}"
        self.taken.add(name.casefold())
        return name

    def next(self, kind: str) -> int:
        self.numbers[kind] += 1
        return self.numbers[kind]


def _blocks(dossier: Dossier) -> Iterator[Placed]:
    for section in outline(dossier):
        yield from section.blocks


def _place(section: ComposedSection, names: _Names) -> PlacedSection:
    return PlacedSection(
        anchor=names.anchor(slug(section.id)),
        title=section.title,
        question=section.question,
        blocks=tuple(_numbered(block, names) for block in section.blocks),
    )


def _numbered(block: Block, names: _Names) -> Placed:
    if isinstance(block, Table):
        return Placed(block=block, anchor=names.anchor(f"table-{slug(block.id)}"), number=names.next("table"))
    if isinstance(block, Drawing):
        return Placed(block=block, anchor=names.anchor(f"fig-{slug(block.id)}"), number=names.next("fig"))
    return Placed(block=block)
