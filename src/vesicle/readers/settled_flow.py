"""Sample, role, subject, stains, control, volume and beads of a cytometer's file, from the manifest and its names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from vesicle.measurements import BeadSet, FlowFile
from vesicle.measurements.cytometry import Subject
from vesicle.readers.flow_words import guess_role, guess_subject
from vesicle.readers.labels import sample_of
from vesicle.readers.said import Said
from vesicle.readers.settled import dilution_of
from vesicle.results import Warned


def settled_flow(file: FlowFile, said: Said) -> FlowFile:
    """A cytometer's file with what the user states laid over what its names suggest.

    Parameters
    ----------
    file : FlowFile
        As its reader returned it.
    said : Said
        What the manifest says about it.

    Returns
    -------
    FlowFile
        Everything that was inferred is a warning.
    """
    dilution, notes = dilution_of(file, said.dilution)
    subject, assumed = _subject(file, said)
    role, doubts = _role(file, said, subject=subject)
    markers, unknown = _markers(file, said.markers or {})
    return replace(
        file,
        label=file.stem,
        sample=said.sample or sample_of(file.stem, dilution=dilution.factor),
        role=role,
        subject=subject,
        markers=markers,
        control=said.control or "",
        dilution=dilution,
        declared_dilution=said.dilution,
        declared_volume_nl=said.volume_nl,
        beads=beads_of(said),
        warnings=(*file.warnings, *notes, *doubts, *assumed, *unknown),
    )


def _subject(file: FlowFile, said: Said) -> tuple[Subject, tuple[Warned, ...]]:
    if said.subject is not None:
        return said.subject, ()
    guess = guess_subject(file)
    if guess is None:
        return "", ()
    message = (
        f"Taken as a file of {guess.term} because of '{guess.because}'; state its subject under [[files]]."
    )
    subject: Subject = "cells" if guess.term == "cells" else "particles"
    return subject, (Warned(code="subject_inferred", message=message),)


def _role(file: FlowFile, said: Said, *, subject: Subject) -> tuple[str, tuple[Warned, ...]]:
    if said.role is not None:
        return said.role, ()
    guess = guess_role(file, subject=subject)
    if guess is None:
        return "sample", ()
    message = (
        f"Taken as '{guess.term}' because of '{guess.because}' in its names; state its role under [[files]]."
    )
    return guess.term, (Warned(code="role_inferred", message=message),)


def _markers(file: FlowFile, stated: Mapping[str, str]) -> tuple[dict[str, str], tuple[Warned, ...]]:
    """The stains by the names of their channels; the user may have named a channel by its label."""
    markers: dict[str, str] = {}
    unknown: list[str] = []
    for named, marker in stated.items():
        places = ((dataset, dataset.place(named)) for dataset in file.datasets)
        found = next((d.channels[place].name for d, place in places if place is not None), None)
        if found is None:
            unknown.append(named)
        else:
            markers[found] = marker
    if not unknown:
        return markers, ()
    message = f"vesicle.toml names channels that the file has not: {', '.join(sorted(unknown)[:8])}."
    return markers, (Warned(code="marker_channel_unknown", message=message),)


def beads_of(said: Said) -> BeadSet | None:
    """The beads that the manifest states.

    Parameters
    ----------
    said : Said
        What it says about the file.

    Returns
    -------
    BeadSet or None
        None when it says nothing of beads.
    """
    if said.bead_diameters_nm is None and said.bead_values is None:
        return None
    return BeadSet(
        diameters_nm=said.bead_diameters_nm or (),
        diameter_kind=said.bead_diameter_kind or "",
        material=said.bead_material or "polystyrene",
        values=said.bead_values or {},
        unit=said.bead_unit or "",
    )
