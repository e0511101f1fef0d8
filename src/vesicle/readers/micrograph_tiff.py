"""TIFF pictures of electron microscopes: the pixel size where FEI/Thermo, Zeiss or Gatan software states it."""

from __future__ import annotations

import re
from typing import BinaryIO

from vesicle.errors import ReadError, TruncatedFile
from vesicle.readers import video_tiff_directory as tags
from vesicle.readers.micrograph_headers import Header
from vesicle.readers.video_metadata import nm_per, number
from vesicle.readers.video_tiff_metadata import describe
from vesicle.readers.video_tiff_pages import read_structure

_LOOKED_AT = 16
_FEI = re.compile(r"^\s*Pixel(Width|Height)\s*=\s*([\d.eE+-]+)\s*$", re.MULTILINE)
_ZEISS = re.compile(r"^\s*(?:Image )?Pixel Size\s*=\s*([\d.eE+-]+)\s*([a-zµ]{1,2}m?)\s*$", re.MULTILINE)
_IN_HEAD = re.compile(rb"PixelWidth\s*=\s*[\d.]|Image Pixel Size\s*=\s*[\d.]|AP_IMAGE_PIXEL_SIZE")


def names_microscope(head: bytes) -> bool:
    """Whether the first bytes of a TIFF hold the text of an electron microscope's software.

    Parameters
    ----------
    head : bytes
        The first 64 KiB.

    Returns
    -------
    bool
        False as well when it stands further down.
    """
    return head.startswith(tags.MAGIC) and _IN_HEAD.search(head) is not None


def tiff_header(stream: BinaryIO, *, where: str) -> Header:
    """The header of a TIFF picture.

    Parameters
    ----------
    stream : BinaryIO
        The open file.
    where : str
        Its name for messages.

    Returns
    -------
    Header
        The pixel size is that of the microscope's own tags, else of ImageJ or OME texts or the plain resolution.

    Raises
    ------
    ReadError
        When it is damaged, or ends before its pixels do.
    """
    structure = read_structure(stream, where=where, most=_LOOKED_AT)
    page, found = structure.first, structure.geometry
    if found.width < 1 or found.height < 1:
        raise ReadError(
            "The picture states no size.", where=where, next_step="Copy it again, or export it again as TIFF."
        )
    if int((structure.offsets[0] + structure.counts[0]).max()) > structure.size_bytes:
        raise TruncatedFile(
            "The picture ends before all of its pixels.",
            where=where,
            why="A strip lies outside of the file.",
            next_step="Copy it again from the microscope's computer.",
        )
    described = describe(page)
    across, down, method = _microscope(page)
    if across is None:
        across, down = described.stated.pixel_nm, described.stated.pixel_height_nm
    images = max(len(structure.offsets), described.axes.images, 1) + structure.others
    return Header(
        width_px=found.width,
        height_px=found.height,
        bits=found.bits[0],
        pixel_nm=across,
        pixel_height_nm=down,
        pictures=1 if method else images,
        method=method,
    )


def _microscope(page: tags.Page) -> tuple[float | None, float | None, str]:
    """Width and height of a pixel in nm as the microscope's software states them, and the kind of microscope."""
    fei = page.text(tags.FEI_TEXT) or page.text(tags.FEI_TEXT_2)
    sides = {side: number(value) for side, value in _FEI.findall(fei)}
    if (width := sides.get("Width")) is not None:
        height = sides.get("Height")
        return width * 1e9, None if height is None else height * 1e9, "EM"
    zeiss = _ZEISS.search(page.text(tags.ZEISS_TEXT))
    if zeiss and (value := number(zeiss[1])) is not None and (nm := nm_per(zeiss[2])):
        return value * nm, None, "SEM"
    unit = nm_per(page.text(tags.GATAN_UNIT))
    scales = [page.tags.get(tag) for tag in (tags.GATAN_SCALE_X, tags.GATAN_SCALE_Y)]
    if unit and isinstance(scales[0], tuple) and scales[0]:
        down = scales[1][0] * unit if isinstance(scales[1], tuple) and scales[1] else None
        return float(scales[0][0]) * unit, down if down is None else float(down), "EM"
    return None, None, ""
