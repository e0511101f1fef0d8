"""Figures as data, drawn as SVG by a small renderer of our own."""

from vesicle.dossier.figures.chart import draw
from vesicle.dossier.figures.flow import draw_flow
from vesicle.dossier.figures.reduce import drawing_note
from vesicle.dossier.figures.rows import figure_columns, figure_rows

__all__ = ["draw", "draw_flow", "drawing_note", "figure_columns", "figure_rows"]
