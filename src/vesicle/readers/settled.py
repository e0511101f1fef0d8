"""Sample, role, dilution, scale and certificate of a video, from its name, its file and the manifest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from vesicle.errors import quoted
from vesicle.measurements import BEAD_ROLES, Dilution, FlowFile, Scale, SizeRun, TrackTable, Video
from vesicle.readers.labels import role_of, sample_of
from vesicle.readers.said import Said
from vesicle.readers.video_metadata import SMALLEST_PIXEL_NM
from vesicle.results import Warned

_NUMBERED = re.compile(r"[-_ ]+(?:video|vid|movie|capture)[-_ ]?\d*$", re.IGNORECASE)
_SAME_SHARE, _SAME_C = 0.01, 0.5

Filmed = TypeVar("Filmed", bound=Video | TrackTable)


def settled_video(video: Filmed, said: Said) -> Filmed:
    """A video, or the tracks of one, with what the user states laid over what its file states.

    Parameters
    ----------
    video : Video or TrackTable
        As its reader returned it.
    said : Said
        What the manifest says about its file.

    Returns
    -------
    Video or TrackTable
        What the user states is used; where the file states something else, a warning names both.
    """
    label = video.sample
    dilution, notes = dilution_of(video, said.dilution)
    role, doubts = role_from(label, said)
    scale, differences = _scale(video.scale, _about_pixels(video, said.scale))
    certified = said.certified_nm if role in BEAD_ROLES else None
    return replace(
        video,
        label=label,
        sample=said.sample or sample_of(_NUMBERED.sub("", label) or label, dilution=dilution.factor),
        role=role,
        dilution=dilution,
        declared_dilution=said.dilution,
        scale=scale,
        certified_nm=certified,
        certified_uncertainty_nm=said.certified_uncertainty_nm if certified else None,
        warnings=(
            *(*video.warnings, *notes, *doubts, *differences, *_doubt_pixel(said.scale)),
            *_doubt_certificate(said, certified),
        ),
    )


def role_from(label: str, said: Said) -> tuple[str, tuple[Warned, ...]]:
    """The role of a run, as the user states it, else as its name suggests.

    Parameters
    ----------
    label : str
        As the instrument has it.
    said : Said
        What the manifest says.

    Returns
    -------
    role : str
        A term of the vocabulary ``file_role``.
    warnings : tuple of Warned
        ``role_inferred`` when the name made it something other than a sample.
    """
    role = said.role or role_of(label)
    if said.role is not None or role == "sample":
        return role, ()
    message = f"Taken as '{role}' because of its name '{label}'; state its role under [[files]]."
    return role, (Warned(code="role_inferred", message=message),)


def dilution_of(
    run: SizeRun | Video | TrackTable | FlowFile, declared: float | None
) -> tuple[Dilution, tuple[Warned, ...]]:
    """The dilution of a run, from its file, else as the user states it.

    Parameters
    ----------
    run : SizeRun, Video, TrackTable or FlowFile
        With the dilution that its file states.
    declared : float or None
        What the user states.

    Returns
    -------
    dilution : Dilution
        That of the file where it states one.
    warnings : tuple of Warned
        ``dilution_disagrees`` when both state one and they differ.
    """
    stated = run.dilution.factor
    if declared is None:
        return run.dilution, ()
    if stated is None:
        return Dilution(factor=declared, applied_by="vesicle", origin="vesicle.toml"), ()
    if stated == declared:
        return run.dilution, ()
    message = (
        f"The file states a dilution of {stated:g}, vesicle.toml states {declared:g}; the file's is used, "
        "and check C02 fails until they agree."
    )
    return run.dilution, (Warned(code="dilution_disagrees", message=message),)


def _about_pixels(video: Video | TrackTable, said: Scale) -> Scale:
    """What the user states, without a pixel size where positions are lengths, or one that no video has."""
    is_length = isinstance(video, TrackTable) and video.is_in_length
    return replace(said, pixel_nm=None) if is_length or _doubt_pixel(said) else said


def _doubt_pixel(said: Scale) -> tuple[Warned, ...]:
    if said.pixel_nm is None or said.pixel_nm >= SMALLEST_PIXEL_NM:
        return ()
    message = (
        f"vesicle.toml states {said.pixel_nm:g} nm per pixel, which no video of particles has; not used."
    )
    return (Warned(code="scale_not_believed", message=message),)


def _scale(stated: Scale, said: Scale) -> tuple[Scale, tuple[Warned, ...]]:
    doubts = tuple(_disagreements(stated, said.stated))
    return replace(stated, **said.stated), doubts


def _disagreements(stated: Scale, given: dict[str, float]) -> Iterator[Warned]:
    for name, ours in given.items():
        theirs: float | None = getattr(stated, name)
        if theirs is None:
            continue
        allowed = _SAME_C if name == "temperature_c" else _SAME_SHARE * abs(theirs)
        if abs(ours - theirs) > allowed:
            message = f"The file states {name} {theirs:g}, vesicle.toml states {ours:g}; the latter is used."
            yield Warned(code="scale_disagrees", message=message)


def _doubt_certificate(said: Said, certified: float | None) -> tuple[Warned, ...]:
    if certified or (said.certified_nm is None and said.certified_uncertainty_nm is None):
        return ()
    why = (
        "there is no certified_nm beside its uncertainty"
        if said.certified_nm is None
        else f"the role of this file is none of {quoted(sorted(BEAD_ROLES))}"
    )
    return (Warned(code="certificate_not_used", message=f"The certified diameter is not used: {why}."),)
