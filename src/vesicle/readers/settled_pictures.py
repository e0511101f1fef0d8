"""Sample, role, scale and view of a micrograph or of sizes measured in some, as the manifest states them."""

from __future__ import annotations

from dataclasses import replace

from vesicle.measurements.markers import Micrograph, ParticleDiameters
from vesicle.readers.said import Said
from vesicle.results import Warned

_SAME_SHARE = 0.01


def settled_micrograph(picture: Micrograph, said: Said) -> Micrograph:
    """A micrograph with what the user states laid over what its file states.

    Parameters
    ----------
    picture : Micrograph
        As its reader returned it.
    said : Said
        What ``[[files]]`` says about its file; the pixel size of ``[video]`` is none of its own.

    Returns
    -------
    Micrograph
        What the user states is used; where the file states another pixel size, a warning names both.
    """
    pixel_nm = said.scale.pixel_nm or picture.pixel_nm
    notes = [note for note in picture.warnings if not (said.view and note.code == "view_inferred")]
    stated = picture.pixel_nm
    if stated and pixel_nm and abs(pixel_nm - stated) > _SAME_SHARE * stated:
        message = f"The file states {stated:g} nm per pixel, vesicle.toml {pixel_nm:g}; the latter is used."
        notes.append(Warned(code="scale_disagrees", message=message))
    if pixel_nm is None:
        message = "Nothing states the size of a pixel, so nothing that rests on it can be said."
        notes.append(Warned(code="micrograph_no_scale", message=message))
    return replace(
        picture,
        sample=said.sample or picture.sample,
        role=said.role or picture.role,
        pixel_nm=pixel_nm,
        view=said.view or picture.view,
        warnings=tuple(notes),
    )


def settled_diameters(sizes: ParticleDiameters, said: Said) -> ParticleDiameters:
    """Sizes measured in micrographs, with the sample that the user states.

    Parameters
    ----------
    sizes : ParticleDiameters
        As their reader returned them.
    said : Said
        What ``[[files]]`` says about their file.

    Returns
    -------
    ParticleDiameters
        Under that sample.
    """
    return replace(sizes, sample=said.sample or sizes.sample)
