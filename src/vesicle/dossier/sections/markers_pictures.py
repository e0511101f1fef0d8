"""The part of D4 on pictures: which there are with which scale, and the sizes measured in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vesicle.dossier.blocks import Block, Cell, Column, Table, Text
from vesicle.findings import ImageRow, ImageSize, MicrographFinding
from vesicle.results import NotAssessed

_COMPARED = (
    "Microscopy and tracking need not agree: tracking sees what moves and scatters enough, microscopy what sticks to "
    "the support. One comparison of scanning microscopy with tracking (10.1039/D0NA00948B, abstract seen) found them "
    "alike above 70 nm, and more small vesicles by microscopy. Drying and fixing change the size as well (house note)."
)


def picture_blocks(found: MicrographFinding | NotAssessed) -> Iterator[Block]:
    """Tables of micrographs and of the sizes measured in them.

    Parameters
    ----------
    found : MicrographFinding or NotAssessed
        The finding.

    Yields
    ------
    Block
        A sentence when there is neither.
    """
    if isinstance(found, NotAssessed) or not (found.images or found.sizes):
        yield Text(
            text="Single vesicles need pictures, wide-field and close-up, each with the size of its pixels.",
            tone="missing",
        )
        return
    if found.images:
        yield _pictures(found.images)
    if found.sizes:
        yield _sizes(found.sizes)


def _pictures(images: Sequence[ImageRow]) -> Table:
    return Table(
        id="micrographs",
        title="Micrographs",
        columns=(
            Column(name="File"),
            Column(name="Sample"),
            Column(name="Method"),
            Column(name="Picture", unit="px"),
            Column(name="Bits"),
            Column(name="Pixel", unit="nm"),
            Column(name="Width of the field", unit="um"),
            Column(name="View", meaning="and where it is known from"),
            Column(name="What cannot be said"),
        ),
        rows=tuple(_image(image) for image in images),
        caption="Pictures are listed and not judged; whether they show vesicles is for a person to say.",
    )


def _sizes(sizes: Sequence[ImageSize]) -> Table:
    return Table(
        id="micrograph-sizes",
        title="Sizes in micrographs beside those of tracking",
        columns=(
            Column(name="Sample"),
            Column(name="Measured in micrographs"),
            Column(name="Particles"),
            Column(name="D10", unit="nm"),
            Column(name="Median", unit="nm"),
            Column(name="D90", unit="nm"),
            Column(name="Tracked sample"),
            Column(name="Median by tracking", unit="nm"),
        ),
        rows=tuple(_size(size) for size in sizes),
        caption=_COMPARED,
        how="The interval of the median lies between order statistics; it knows nothing of how particles and "
        "pictures were chosen.",
    )


def _image(image: ImageRow) -> tuple[Cell, ...]:
    return (
        image.file,
        image.sample,
        image.method,
        f"{image.width_px} x {image.height_px}",
        image.bits,
        image.pixel_nm,
        image.field_um,
        f"{image.view} ({image.view_basis})" if image.view_basis else image.view,
        image.refused,
    )


def _size(size: ImageSize) -> tuple[Cell, ...]:
    return (
        size.sample,
        size.method,
        size.particles,
        size.d10_nm,
        size.median_nm,
        size.d90_nm,
        size.tracked_sample,
        size.tracked_median_nm,
    )
