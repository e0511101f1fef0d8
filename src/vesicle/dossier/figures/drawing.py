"""Any block that is drawn, as SVG, with the note on what its drawing leaves out."""

from __future__ import annotations

from dataclasses import replace

from vesicle.dossier.blocks import Drawing, Figure, Picture
from vesicle.dossier.figures.chart import draw
from vesicle.dossier.figures.flow import draw_flow
from vesicle.dossier.figures.panels import draw_panels
from vesicle.dossier.figures.picture import draw_picture, picture_note
from vesicle.dossier.figures.reduce import drawing_note


def draw_block(block: Drawing, *, name: str) -> str:
    """A figure, picture or process as self-contained SVG.

    Parameters
    ----------
    block : Figure, Picture or Flow
        As composed.
    name : str
        Unique in the page; it becomes a part of the drawing's ids.

    Returns
    -------
    str
        The markup.
    """
    if isinstance(block, Figure):
        is_panels = any(line.panel for line in block.lines)
        return (draw_panels if is_panels else draw)(replace(block, id=name))
    if isinstance(block, Picture):
        return draw_picture(replace(block, id=name))
    return draw_flow(replace(block, id=name))


def note_of(block: Drawing) -> str:
    """What a drawing changes or leaves out, for its caption.

    Parameters
    ----------
    block : Figure, Picture or Flow
        As composed.

    Returns
    -------
    str
        Empty when all is drawn as it is.
    """
    if isinstance(block, Figure):
        return drawing_note(block)
    return picture_note(block) if isinstance(block, Picture) else ""
