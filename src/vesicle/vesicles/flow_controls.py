"""Each cytometer file held against its controls: how clean they are, and what is left without them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vesicle.findings.flow import FlowCount
from vesicle.inference.intervals import envelope
from vesicle.inference.rates import difference, ratio
from vesicle.measurements.cytometry import FlowFile
from vesicle.results import Estimate, NotAssessed, Quantity
from vesicle.vesicles.flow_files import day_of, differing_settings

CONTROL_ROLES = (
    ("buffer blank",),
    ("reagent control", "procedural control", "unconditioned medium"),
    ("wash",),
)
"""The roles of runs without particles; the first kind that is there is taken off the sample."""
CONTROLS = frozenset(role for roles in CONTROL_ROLES for role in roles)

_IS_CONTROL = NotAssessed("a control itself")
_IS_BEADS = NotAssessed("a file of beads is not held against a control")
_NO_LEVEL = NotAssessed("neither volume nor duration is known of both, so their events cannot be compared")
_NO_EVENTS = NotAssessed("the file holds no events")


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The controls of one file; ``reason`` says why there are none, ``flags`` what is doubtful about them."""

    controls: tuple[FlowCount, ...] = ()
    reason: str = ""
    flags: tuple[str, ...] = ()


def hold_against_controls(counts: Sequence[FlowCount]) -> tuple[FlowCount, ...]:
    """Every file with its controls, and every control with the flag that it is not clean.

    Parameters
    ----------
    counts : sequence of FlowCount
        All files of the folder.

    Returns
    -------
    tuple of FlowCount
        In the same order.
    """
    return tuple(_flagged(count, counts) if is_control(count) else _held(count, counts) for count in counts)


def is_control(count: FlowCount) -> bool:
    """Whether a file is a run without particles.

    Parameters
    ----------
    count : FlowCount
        With its role.

    Returns
    -------
    bool
        Isotype and unstained files hold particles and are none.
    """
    return count.file.role in CONTROLS


def match_controls(count: FlowCount, counts: Sequence[FlowCount]) -> Matched:
    """The runs without particles that may be taken off a file.

    Parameters
    ----------
    count : FlowCount
        A file that holds particles.
    counts : sequence of FlowCount
        All files.

    Returns
    -------
    Matched
        The file that the user names, else those of one kind from the same instrument with the same settings, of
        the same day where there are some.
    """
    controls = [other for other in counts if is_control(other)]
    named = [other for other in controls if is_named(count.file.control, other.file)]
    if named:
        return Matched(controls=tuple(named), flags=_doubts(count, named))
    if not controls:
        return Matched(reason="no control in the folder; measure the buffer with the sample's settings")
    same = [other for other in controls if _is_of_one_instrument(count.file, other.file)]
    if not same:
        return Matched(reason="the controls were measured on another instrument")
    alike = [other for other in same if not differing_settings(count.taken_with, other.taken_with)]
    if not alike:
        differing = "; ".join(differing_settings(count.taken_with, same[0].taken_with)[:3])
        reason = f"the controls were measured with other settings ({differing})"
        return Matched(reason=reason, flags=("settings_differ",))
    of_day = [other for other in alike if _is_of_one_day(count.file, other.file)]
    chosen = _first_kind(of_day or alike)
    return Matched(controls=tuple(chosen), flags=() if of_day else ("control_other_day",))


def is_named(control: str, file: FlowFile) -> bool:
    """Whether the manifest's ``control`` means a file.

    Parameters
    ----------
    control : str
        What the user wrote; empty for nothing.
    file : FlowFile
        Another file.

    Returns
    -------
    bool
        By path, by name, or by name without ending.
    """
    return bool(control) and control in {file.file.path, file.file.path.rsplit("/", 1)[-1], file.stem}


def level(count: FlowCount, other: FlowCount) -> tuple[Estimate, Estimate] | NotAssessed:
    """The events of two files in one unit.

    Parameters
    ----------
    count, other : FlowCount
        With what is known of volume and time.

    Returns
    -------
    tuple of Estimate, or NotAssessed
        Per mL, or per second where the volume of one is not known.
    """
    for one, two in (
        (count.events_per_ml, other.events_per_ml),
        (count.events_per_s, other.events_per_s),
    ):
        if isinstance(one, Estimate) and isinstance(two, Estimate):
            return one, two
    return _NO_LEVEL


def _doubts(count: FlowCount, named: Sequence[FlowCount]) -> tuple[str, ...]:
    differs = any(differing_settings(count.taken_with, other.taken_with) for other in named)
    is_other_day = not all(_is_of_one_day(count.file, other.file) for other in named)
    return (*(("settings_differ",) if differs else ()), *(("control_other_day",) if is_other_day else ()))


def _is_of_one_instrument(file: FlowFile, other: FlowFile) -> bool:
    return not file.instrument or not other.instrument or file.instrument == other.instrument


def _is_of_one_day(file: FlowFile, other: FlowFile) -> bool:
    return not day_of(file) or not day_of(other) or day_of(file) == day_of(other)


def _first_kind(controls: Sequence[FlowCount]) -> list[FlowCount]:
    kinds = ([other for other in controls if other.file.role in roles] for roles in CONTROL_ROLES)
    return next(found for found in kinds if found)


def _held(count: FlowCount, counts: Sequence[FlowCount]) -> FlowCount:
    if count.part == "beads":
        return _open(count, _IS_BEADS)
    matched = match_controls(count, counts)
    flagged = replace(count, flags=(*count.flags, *matched.flags))
    if not matched.controls:
        return _open(replace(flagged, flags=(*flagged.flags, "no_control")), NotAssessed(matched.reason))
    flagged = replace(flagged, controls=tuple(other.path for other in matched.controls))
    if count.events == 0:
        return _open(flagged, _NO_EVENTS)
    return _compared(flagged, matched.controls)


def _compared(count: FlowCount, controls: Sequence[FlowCount]) -> FlowCount:
    pairs = [pair for other in controls if not isinstance(pair := level(count, other), NotAssessed)]
    if not pairs:
        return _open(count, _NO_LEVEL)
    sample = pairs[0][0]
    control = envelope([found for _, found in pairs], what="control runs")
    share = ratio(control, sample)
    net = _net(count, controls)
    is_above = sample.value > control.value
    return replace(
        count,
        ratio_to_control=ratio(sample, control),
        control_percent=share.scaled(100) if isinstance(share, Estimate) else share,
        net_per_ml=net,
        stock_per_ml=stock_of(count, net),
        flags=count.flags if is_above else (*count.flags, "not_above_control"),
    )


def _net(count: FlowCount, controls: Sequence[FlowCount]) -> Quantity:
    known = [other.events_per_ml for other in controls if isinstance(other.events_per_ml, Estimate)]
    if isinstance(count.events_per_ml, NotAssessed):
        return count.events_per_ml
    if not known:
        return NotAssessed("the volume of no control is known")
    return difference(count.events_per_ml, envelope(known, what="control runs"))


def stock_of(count: FlowCount, net: Quantity) -> Quantity:
    """The net number in the stock.

    Parameters
    ----------
    count : FlowCount
        With the dilution of its file.
    net : Estimate or NotAssessed
        Net number as measured.

    Returns
    -------
    Estimate or NotAssessed
        Not assessed without a dilution.
    """
    factor = dilution_of(count.file)
    if isinstance(net, NotAssessed):
        return net
    if factor is None:
        return NotAssessed("no dilution is stated (dilution in [[files]]); 1 means undiluted")
    return net.scaled(factor, method=f"{net.method}; times the dilution, {factor:g}")


def dilution_of(file: FlowFile) -> float | None:
    """The dilution of what was measured.

    Parameters
    ----------
    file : FlowFile
        With what it and the user state.

    Returns
    -------
    float or None
        The user's statement first.
    """
    return file.declared_dilution if file.declared_dilution is not None else file.dilution.factor


def _open(count: FlowCount, reason: NotAssessed) -> FlowCount:
    return replace(
        count, ratio_to_control=reason, control_percent=reason, net_per_ml=reason, stock_per_ml=reason
    )


def _flagged(count: FlowCount, counts: Sequence[FlowCount]) -> FlowCount:
    found = _open(count, _IS_CONTROL)
    comparable = [other for other in counts if _is_comparable_sample(count, other)]
    of_day = [other for other in comparable if _is_of_one_day(count.file, other.file)]
    is_dirty = any(_is_at_or_above(count, other) for other in _strongest(of_day or comparable))
    return replace(found, flags=(*found.flags, "control_not_clean")) if is_dirty else found


def _is_comparable_sample(control: FlowCount, other: FlowCount) -> bool:
    is_sample = other.part == "sample" and other.events > 0
    if is_sample and is_named(other.file.control, control.file):
        return True
    same = _is_of_one_instrument(control.file, other.file)
    return is_sample and same and not differing_settings(control.taken_with, other.taken_with)


def _strongest(samples: Iterable[FlowCount]) -> list[FlowCount]:
    """The file of each sample that counts most: the thin end of a dilution series comes down to any control."""
    found: dict[str, FlowCount] = {}
    for count in samples:
        best = found.get(count.file.sample)
        if best is None or _is_at_or_above(count, best):
            found[count.file.sample] = count
    return list(found.values())


def _is_at_or_above(count: FlowCount, other: FlowCount) -> bool:
    pair = level(count, other)
    return not isinstance(pair, NotAssessed) and pair[0].value >= pair[1].value
