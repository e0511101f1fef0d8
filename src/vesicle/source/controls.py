"""The control that a stained channel is compared with, or why there is none."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vesicle.measurements import FlowChannel, FlowFile
from vesicle.results import Warned
from vesicle.source.stains import Stain, base_of, dataset_of, dyes_in, kind_of_control
from vesicle.standards.antigens import antigens_in

SAME = 1e-3
"""Relative difference of two voltages or gains that is still the same setting: the last digit printed."""
_WORD = re.compile(r"[^\W_]+")
_NOT_SHARED = frozenset({"isotype", "iso", "fmo", "unstained", "control", "ctrl", "fcs", "tube", "a", "h"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """The tube that a stain is compared with: its file, kind and the place of the channel in it."""

    file: FlowFile
    kind: str
    place: int
    notes: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    control: Control
    rank: tuple[int, int, int, int]


def control_for(stain: Stain, files: Sequence[FlowFile]) -> Control | Warned:
    """The matched control of a stain: what the manifest names, else an FMO, an isotype, an unstained tube.

    Parameters
    ----------
    stain : Stain
        With a known channel.
    files : sequence of FlowFile
        All files of cells.

    Returns
    -------
    Control or Warned
        Why none can be used: ``no_control``, ``control_not_found``, ``control_without_channel`` or
        ``control_settings_differ``.
    """
    channel = dataset_of(stain.file).channels[stain.place or 0]
    if stain.file.control:
        return _named(stain, channel, files)
    refused: Warned | None = None
    usable: list[_Candidate] = []
    for found in _candidates(stain, channel, files):
        differing = _differing(channel, found.control)
        if differing is None:
            usable.append(found)
        refused = refused or differing
    if not usable:
        return refused or _without(channel, files)
    usable.sort(key=lambda item: (tuple(-part for part in item.rank), item.control.file.file.path))
    return _with_notes(usable)


def _named(stain: Stain, channel: FlowChannel, files: Sequence[FlowFile]) -> Control | Warned:
    wanted = stain.file.control
    found = [file for file in files if _is_named(file, wanted) and file is not stain.file]
    if len(found) != 1:
        message = f"vesicle.toml names '{wanted}' as the control, which means {len(found)} of the files that were read"
        return Warned(code="control_not_found", message=message)
    place = dataset_of(found[0]).place(channel.name)
    if place is None:
        message = f"the control that vesicle.toml names, {wanted}, has no channel {channel.name}"
        return Warned(code="control_without_channel", message=message)
    control = Control(file=found[0], kind=kind_of_control(found[0]) or "named in vesicle.toml", place=place)
    return _differing(channel, control) or control


def _is_named(file: FlowFile, wanted: str) -> bool:
    path = file.file.path
    return path == wanted or path.endswith(f"/{wanted}") or file.stem == wanted


def _candidates(stain: Stain, channel: FlowChannel, files: Sequence[FlowFile]) -> Iterator[_Candidate]:
    for file in files:
        kind, place = kind_of_control(file), dataset_of(file).place(channel.name) if file.datasets else None
        if not kind or place is None or file is stain.file:
            continue
        strength = _strength(stain, channel, file, kind)
        if strength is not None:
            control = Control(file=file, kind=kind, place=place)
            yield _Candidate(control=control, rank=(strength, *_closeness(stain.file, file)))


def _strength(stain: Stain, channel: FlowChannel, file: FlowFile, kind: str) -> int | None:
    """How well a control fits a stain; None for an FMO of another antigen, which holds this one stained."""
    antigens = set(antigens_in(file.stem))
    dyes = {dye for dye, _ in dyes_in(file.stem, dataset_of(file).channels)}
    is_same_antigen, is_same_dye = bool(antigens & set(stain.antigens)), base_of(channel.name) in dyes
    if kind == "FMO":
        return 6 if is_same_antigen or (is_same_dye and not antigens) else None
    if kind == "unstained":
        return 1
    if is_same_antigen:
        return 5
    if antigens:
        return 2 if is_same_dye or not dyes else 0
    # The isotype of another dye left this channel unstained, so it is no more than an unstained tube here.
    return 4 if is_same_dye else 0 if dyes else 3


def _closeness(first: FlowFile, second: FlowFile) -> tuple[int, int, int]:
    same_folder = first.file.path.rpartition("/")[0] == second.file.path.rpartition("/")[0]
    return int(same_folder), int(first.sample == second.sample), len(_words(first.stem) & _words(second.stem))


def _words(stem: str) -> set[str]:
    return set(_WORD.findall(stem.casefold())) - _NOT_SHARED


def _differing(channel: FlowChannel, control: Control) -> Warned | None:
    other = dataset_of(control.file).channels[control.place]
    for name, mine, theirs in (
        ("voltage", channel.voltage, other.voltage),
        ("gain", channel.gain, other.gain),
    ):
        if mine is not None and theirs is not None and not math.isclose(mine, theirs, rel_tol=SAME):
            path = control.file.file.path
            message = (
                f"its control {path} was taken at another {name} of {channel.name} ({theirs:g}, not {mine:g})"
            )
            return Warned(code="control_settings_differ", message=message)
    return None


def _without(channel: FlowChannel, files: Sequence[FlowFile]) -> Warned:
    have = [file.file.path for file in files if kind_of_control(file)]
    if not have:
        message = "there is no control: no FMO, isotype or unstained tube in the folder"
    else:
        message = f"none of the {len(have)} control tubes fits the channel {channel.name}"
    return Warned(code="no_control", message=message)


def _with_notes(usable: Sequence[_Candidate]) -> Control:
    best = usable[0]
    equal = [item for item in usable[1:] if item.rank == best.rank]
    if not equal:
        return best.control
    paths = ", ".join(item.control.file.file.path for item in equal[:3])
    note = Warned(
        code="several_controls",
        message=f"{paths} would do as well as the control {best.control.file.file.path}, the first of them; "
        "name one with control = under [[files]]",
    )
    return Control(file=best.control.file, kind=best.control.kind, place=best.control.place, notes=(note,))
