"""What each column of a statistics table holds: tube, population, share of the parent, count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vesicle.errors import BadValue, quoted
from vesicle.readers.headers import fold
from vesicle.standards.antigens import antigens_in, names_cocktail

_TUBE = re.compile(r"(sample|tube|specimen|file|data ?file)( ?(name|id|no\.?))?|name|fcs|")
_POPULATION = re.compile(r"populations?|markers?|antigens?|gate|cell population|surface marker")
_PARENT = re.compile(r"freq(uency|\.)? ?of ?(the )?parent|% ?(of )?parent|percent ?(of )?parent|parent ?%")
_PERCENT = re.compile(
    r"(%|percent(age)?|positive|% ?positive|positive ?(cells)? ?%?|percent ?positive)( ?\(%\))?|% ?gated"
)
_OTHER = re.compile(r"freq(uency|\.)? ?of|% ?(of )?(total|grandparent)|mean|median|mfi|\bcv\b|\bsd\b|geom")
_CONTROL = re.compile(r"(isotype|fmo|unstained|control)( control)?( ?%| ?percent| ?\(%\)| ?positive.*)?")
_COUNT = re.compile(r"# ?events|events|counts?|# ?cells|number of events")
_PARENT_COUNT = re.compile(r"(parent|gated) ?(#|events|count|cells).*|# ?(parent|gated) ?events")
_NEGATIVE = re.compile(r"[-–−]\s*$|\b(neg|negative)\b(?!\s*(cocktail|mix|marker))|\blow\b")
_GATE = re.compile(
    r"all events|p\d+|(live |viable |single )*(cells?|singlets?|lymphocytes|mscs?)( ?\d+)?|live|viable"
)
_SUM_ROW = re.compile(r"(mean|sd|std|median|average|cv|min|max)\b.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """A column of percentages; ``population`` is what its header names, empty where rows do.

    ``count`` and ``control`` are places of the columns beside it; ``counts_population`` says that the events
    counted are those of the population and not those of its parent.
    """

    population: str
    percent: int
    count: int | None = None
    counts_population: bool = True
    control: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Places of the columns of a table; ``unknown`` holds headers that name no known statistic."""

    tube: int | None
    population: int | None
    statistics: tuple[Statistic, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """A column's header, parted into the population and the kind of its statistic."""

    index: int
    text: str
    population: str
    kind: str


def is_population_header(row: Sequence[str]) -> bool:
    """Whether a row could be the header of a statistics table.

    Parameters
    ----------
    row : sequence of str
        Its cells.

    Returns
    -------
    bool
        True for a column of shares of a parent, or for one of antigens beside one of percentages.
    """
    found = list(_headers(row))
    kinds = [header.kind for header in found]
    has_named = any(header.kind == "parent" and header.population for header in found)
    has_rows = "parent" in kinds and ("population" in kinds or "tube" in kinds)
    return has_named or has_rows or ("population" in kinds and "percent" in kinds)


def names_parent(row: Sequence[str]) -> bool:
    """Whether a header has a share of a parent population.

    Parameters
    ----------
    row : sequence of str
        Its cells.

    Returns
    -------
    bool
        As FlowJo's ``Freq. of Parent`` and FACSDiva's ``%Parent``.
    """
    return any(header.kind == "parent" for header in _headers(row))


def layout_of(row: Sequence[str], *, where: str) -> Layout:
    """The places of the columns.

    Parameters
    ----------
    row : sequence of str
        The cells of the header.
    where : str
        File and row for messages.

    Returns
    -------
    Layout
        Shares of the parent where there are any, else plain percentages.

    Raises
    ------
    BadValue
        When two columns hold the same statistic.
    """
    headers = list(_headers(row))
    wanted = "parent" if any(header.kind == "parent" for header in headers) else "percent"
    shares = [header for header in headers if header.kind == wanted]
    names = [header.population for header in shares]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadValue(
            "Two columns hold the percentage of one population.",
            where=where,
            why=f"Populations named twice: {quoted(name or 'without a name' for name in twice)}.",
            next_step="Keep one of them.",
        )
    first = {
        kind: next((h.index for h in headers if h.kind == kind), None) for kind in ("tube", "population")
    }
    return Layout(
        tube=first["tube"],
        population=first["population"],
        statistics=tuple(_statistic(share, headers) for share in shares),
        unknown=tuple(_unknown(row, headers)),
    )


def describes(population: str, tube: str) -> bool:
    """Whether a percentage is that of the cells that carry an antigen.

    Parameters
    ----------
    population : str
        The population, as the program's gate is called.
    tube : str
        The tube.

    Returns
    -------
    bool
        False for gates before the antigen, for negative gates, and for gates of several antigens.

    Examples
    --------
    >>> describes("CD73+", ""), describes("CD45-", ""), describes("Singlets", "CD73"), describes("PE+", "CD73")
    (True, False, False, True)
    """
    antigens = antigens_in(population)
    if names_cocktail(population) and len(antigens) != 1:
        return True
    if len(antigens) == 1:
        return not _NEGATIVE.search(population.casefold().strip())
    is_called_positive = "+" in population or "positive" in population.casefold()
    return not antigens and is_called_positive and (bool(antigens_in(tube)) or names_cocktail(tube))


def is_sum_row(tube: str) -> bool:
    """Whether a row holds the mean or spread of the rows above it.

    Parameters
    ----------
    tube : str
        The cell that names the tube.

    Returns
    -------
    bool
        True for ``Mean`` and ``SD``.

    Examples
    --------
    >>> is_sum_row("Mean"), is_sum_row("CD73.fcs")
    (True, False)
    """
    return _SUM_ROW.fullmatch(tube.strip()) is not None


def is_gate(population: str) -> bool:
    """Whether a population is a gate before the antigen, such as cells or singlets.

    Parameters
    ----------
    population : str
        As the program's gate is called.

    Returns
    -------
    bool
        True for those, which every table has.

    Examples
    --------
    >>> is_gate("Singlets"), is_gate("P1"), is_gate("CD45-")
    (True, True, False)
    """
    return _GATE.fullmatch(population.casefold().strip()) is not None


def _unknown(row: Sequence[str], headers: Sequence[_Header]) -> Iterator[str]:
    known = {header.index for header in headers}
    for index, cell in enumerate(row):
        if cell.strip() and index not in known and not _OTHER.search(fold(cell)):
            yield cell.strip()


def _headers(row: Sequence[str]) -> Iterator[_Header]:
    for index, cell in enumerate(row):
        text = cell.strip()
        if len(text) > 200:
            continue
        population, statistic = _parted(text)
        kind = _kind(fold(statistic), is_named=bool(population), is_first=index == 0)
        if kind:
            yield _Header(index=index, text=text, population=population, kind=kind)


def _parted(text: str) -> tuple[str, str]:
    """The last gate of a path and its statistic; both orders occur, with a bar, a comma or a space between."""
    if "|" in text:
        left, _, right = text.partition("|")
        gate, statistic = (left, right) if _statistic_kind(fold(right)) else (right, left)
        return _last_gate(gate), statistic.strip()
    found = re.fullmatch(
        r"(?P<gate>.+?)[\s,:]+(?P<stat>%\s?parent|#\s?events|%\s?total|%\s?gated|freq.*)", text, re.IGNORECASE
    )
    return (_last_gate(found["gate"]), found["stat"]) if found else ("", text)


def _last_gate(path: str) -> str:
    return path.strip().rstrip("/").rsplit("/", 1)[-1].strip()


def _kind(text: str, *, is_named: bool, is_first: bool) -> str:
    statistic = _statistic_kind(text)
    if statistic or is_named:
        return statistic
    if text and _POPULATION.fullmatch(text):
        return "population"
    if (text or is_first) and _TUBE.fullmatch(text):
        return "tube"
    return ""


def _statistic_kind(text: str) -> str:
    if _PARENT.search(text):
        return "parent"
    if _PARENT_COUNT.fullmatch(text):
        return "parent count"
    if _COUNT.fullmatch(text):
        return "count"
    if text and _CONTROL.fullmatch(text):
        return "control"
    return "percent" if text and not _OTHER.search(text) and _PERCENT.fullmatch(text) else ""


def _statistic(share: _Header, headers: Sequence[_Header]) -> Statistic:
    beside = [header for header in headers if header.population == share.population]
    parent = next((h.index for h in beside if h.kind == "parent count"), None)
    count = next((h.index for h in beside if h.kind == "count"), None)
    return Statistic(
        population=share.population,
        percent=share.index,
        count=count if parent is None else parent,
        counts_population=parent is None,
        control=next((h.index for h in beside if h.kind == "control"), None),
    )
