"""Single pictures of a microscope: size, bits and the size of a pixel; the pixels themselves are not looked at."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from vesicle.errors import ReadError
from vesicle.measurements.markers import Micrograph
from vesicle.readers import HEAD_BYTES, RawFile, Reader
from vesicle.readers.micrograph_headers import (
    JPEG_MARK,
    PNG_MARK,
    Header,
    is_mrc,
    jpeg_header,
    mrc_header,
    png_header,
)
from vesicle.readers.micrograph_names import named_method, named_view
from vesicle.results import Warned

NAME = "micrograph"
SMALLEST_PIXEL_NM, LARGEST_PIXEL_NM = 0.005, 1_000.0
"""Cryo-EM goes down to 0.02 nm; above a micrometre no vesicle is seen, and a screen's 72 dpi lie far beyond."""

_TIFF_MARKS = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_SQUARE_WITHIN = 0.02
_SUFFIXES = (".png", ".jpg", ".jpeg")
_UNNAMED = (
    'This picture is not named as a micrograph. If it is one, write view = "wide-field" or "close-up" for it '
    "under [[files]] in vesicle.toml, or put TEM, cryo, SEM or AFM into its name."
)


def sniff(name: str, head: bytes) -> float:
    """How surely a file is a picture of a microscope.

    Parameters
    ----------
    name : str
        The file's name.
    head : bytes
        Its first bytes.

    Returns
    -------
    float
        0.95 for a TIFF with a microscope's own text, 0.9 for MRC, 0.3 for PNG and JPEG, 0.05 for other TIFFs.
    """
    if is_mrc(head):
        return 0.9
    if head.startswith(_TIFF_MARKS):
        from vesicle.readers.micrograph_tiff import names_microscope

        return 0.95 if names_microscope(head) else 0.05
    is_picture = head.startswith((PNG_MARK, JPEG_MARK)) and name.casefold().endswith(_SUFFIXES)
    return 0.3 if is_picture else 0.0


def is_picture(head: bytes) -> bool:
    """Whether a file begins like a picture of any kind that can be a micrograph.

    Parameters
    ----------
    head : bytes
        Its first bytes.

    Returns
    -------
    bool
        By its first bytes alone.
    """
    return head.startswith((*_TIFF_MARKS, PNG_MARK, JPEG_MARK)) or is_mrc(head)


def declines(location: Path) -> str:
    """Why a picture is none of a microscope: neither its name nor its content says so, or it is a stack.

    Parameters
    ----------
    location : pathlib.Path
        A file that begins like a picture.

    Returns
    -------
    str
        Empty for a micrograph, and for a damaged one: reading it says why.
    """
    return reason_against(location, is_named=named_method(location.name) is not None)


def reason_against(location: Path, *, is_named: bool) -> str:
    """Why a picture is not read as a micrograph.

    Parameters
    ----------
    location : pathlib.Path
        A file that begins like a picture.
    is_named : bool
        Whether its path or the user says that it is one.

    Returns
    -------
    str
        Empty when it is read.
    """
    try:
        with location.open("rb") as stream:
            header = _header(stream, where=location.name)
    except (ReadError, OSError):
        is_microscopes = location.suffix.casefold() == ".mrc"
        return "" if is_named or is_microscopes else _UNNAMED
    if header.pictures > 1:
        return f"This file holds {header.pictures} pictures, not a single micrograph."
    return "" if is_named or header.method else _UNNAMED


def read(raw: RawFile) -> Micrograph:
    """A picture's size, its bits and the size of its pixels.

    Parameters
    ----------
    raw : RawFile
        With its location: TIFF, PNG, JPEG or MRC.

    Returns
    -------
    Micrograph
        ``pixel_nm`` is None where nothing states it, or what is stated cannot be true.

    Raises
    ------
    ReadError
        When the header is damaged or the file cut off.
    """
    from vesicle.readers.streams import opened
    from vesicle.readers.video_record import location_of

    with opened(location_of(raw), where=raw.name, size_bytes=raw.ref.size_bytes) as stream:
        header = _header(stream, where=raw.name)
    pixel_nm, notes = _believed(header)
    stem = re.sub(r"\.[A-Za-z0-9]{2,4}$", "", raw.name)
    found = Micrograph(
        file=raw.ref,
        reader=NAME,
        stem=stem,
        sample=stem,
        label=stem,
        width_px=header.width_px,
        height_px=header.height_px,
        bits=header.bits,
        pixel_nm=pixel_nm,
        method=named_method(raw.ref.path) or header.method,
        warnings=(*header.warnings, *notes),
    )
    view = named_view(raw.ref.path)
    if not view:
        return found
    message = f"Taken as a {view} picture because of its name; state view under [[files]] if it is not."
    return replace(
        found, view=view, warnings=(*found.warnings, Warned(code="view_inferred", message=message))
    )


def _header(stream: BinaryIO, *, where: str) -> Header:
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    if head.startswith(PNG_MARK):
        return png_header(stream, where=where)
    if head.startswith(JPEG_MARK):
        return jpeg_header(stream, where=where)
    if head.startswith(_TIFF_MARKS):
        from vesicle.readers.micrograph_tiff import tiff_header

        return tiff_header(stream, where=where)
    return mrc_header(stream, where=where)


def _believed(header: Header) -> tuple[float | None, tuple[Warned, ...]]:
    pixel, height = header.pixel_nm, header.pixel_height_nm
    if pixel is None:
        return None, ()
    if not SMALLEST_PIXEL_NM <= pixel <= LARGEST_PIXEL_NM:
        why = f"The file states {pixel:,.6g} nm per pixel, which is that of a screen or of nothing."
    elif height is not None and abs(height - pixel) > _SQUARE_WITHIN * pixel:
        why = f"The file states pixels of {pixel:g} x {height:g} nm, which are not square."
    else:
        return pixel, ()
    message = f"{why} It is not used; state pixel_nm under [[files]] in vesicle.toml."
    return None, (Warned(code="scale_not_believed", message=message),)


READER = Reader(
    name=NAME,
    title="Picture of an electron or atomic force microscope (TIFF, PNG, JPEG, MRC)",
    patterns=("*.tif", "*.tiff", "*.png", "*.jpg", "*.jpeg", "*.mrc"),
    sniff=sniff,
    read=read,
    gives="size, view and pixel size of a micrograph, for the evidence on single vesicles",
    how_to_export="Save the picture as TIFF with its calibration, and name it with TEM, cryo, SEM or AFM.",
    is_streamed=True,
    declines=declines,
)
