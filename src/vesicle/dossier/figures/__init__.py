"""Figures as data, drawn as SVG by a small renderer of our own."""

from vesicle.dossier.figures.chart import draw
from vesicle.dossier.figures.drawing import draw_block, note_of
from vesicle.dossier.figures.flow import draw_flow
from vesicle.dossier.figures.picture import draw_picture, picture_note
from vesicle.dossier.figures.reduce import drawing_note
from vesicle.dossier.figures.rows import (
    figure_columns,
    figure_rows,
    picture_columns,
    picture_rows,
    picture_shapes,
)

__all__ = [
    "draw",
    "draw_block",
    "draw_flow",
    "draw_picture",
    "drawing_note",
    "figure_columns",
    "figure_rows",
    "note_of",
    "picture_columns",
    "picture_note",
    "picture_rows",
    "picture_shapes",
]
