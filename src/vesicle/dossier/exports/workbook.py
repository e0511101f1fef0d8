"""The dossier as one Excel workbook: checks, one sheet per section, files."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from vesicle.dossier import Dossier
from vesicle.dossier.appendix import checks_table
from vesicle.dossier.blocks import Figure, Flow, Methods, Picture, Quote, Table, Text, Verdicts
from vesicle.dossier.exports.tables import Plain, flat_columns, flat_rows, is_formula_like
from vesicle.dossier.figures import figure_columns, figure_rows, picture_shapes
from vesicle.dossier.outline import FRONT, Placed, PlacedSection, outline

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_ILLEGAL = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_NAME = 31
_LONGEST_CELL = 32_767
_WIDEST = 60


def workbook_bytes(dossier: Dossier) -> bytes:
    """The dossier as the bytes of an ``.xlsx`` file.

    Numbers are numbers, with columns for their lower and upper bounds; every text is written as text, so
    that no cell can run.

    Parameters
    ----------
    dossier : Dossier
        Any dossier.

    Returns
    -------
    bytes
        The same for the same dossier.
    """
    import xlsxwriter

    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": f"Dossier {dossier.batch}"[:255], "created": _moment(dossier.created)})
        sheets = _Sheets(book)
        sheets.write("Checks", [_table_rows(checks_table(dossier))])
        for section in outline(dossier):
            if section.anchor != FRONT or section.blocks:
                sheets.write(f"{section.anchor} {section.title}", _section_rows(section))
    return out.getvalue()


def _moment(created: str) -> datetime:
    moment = datetime.fromisoformat(created)
    return moment.replace(tzinfo=None)


_Rows = list[tuple[str, Sequence[Plain]]]


class _Sheets:
    """Writes blocks of rows into sheets with legal, unique names."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.taken: set[str] = set()
        self.formats: dict[str, Format] = {
            "title": book.add_format({"bold": True, "font_size": 13}),
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "cell": book.add_format({"valign": "top"}),
            "text": book.add_format({"valign": "top", "text_wrap": True}),
            "quoted": book.add_format({"valign": "top", "quote_prefix": True}),
        }

    def write(self, name: str, groups: Iterable[_Rows]) -> None:
        sheet = self.book.add_worksheet(self.name(name))
        row, widths = 0, dict[int, int]()
        for group in groups:
            for kind, cells in group:
                for column, cell in enumerate(cells):
                    self._cell(sheet, (row, column), cell, kind)
                    if kind in {"head", "cell"}:
                        widths[column] = max(widths.get(column, 9), len(str(cell or "")) + 2)
                row += 1
            row += 1
        for column, width in widths.items():
            sheet.set_column(column, column, min(width, _WIDEST))

    def _cell(self, sheet: Worksheet, place: tuple[int, int], cell: Plain, kind: str) -> None:
        if cell is None:
            return
        if isinstance(cell, bool):
            sheet.write_boolean(*place, cell, self.formats[kind])
        elif isinstance(cell, int | float):
            sheet.write_number(*place, cell, self.formats[kind])
        else:
            style = "quoted" if is_formula_like(cell) else kind
            sheet.write_string(*place, cell[:_LONGEST_CELL], self.formats[style])

    def name(self, wanted: str) -> str:
        base = _ILLEGAL.sub(" ", wanted).strip(" '")[:_LONGEST_NAME].rstrip(" '") or "Sheet"
        name, count = base, 1
        while name.casefold() in self.taken or name.casefold() == "history":
            count += 1
            name = f"{base[: _LONGEST_NAME - len(str(count)) - 1]} {count}"
        self.taken.add(name.casefold())
        return name


def _section_rows(section: PlacedSection) -> Iterable[_Rows]:
    yield [("title", (section.title,)), ("cell", (section.question,))]
    for placed in section.blocks:
        yield _block_rows(placed)


def _block_rows(placed: Placed) -> _Rows:
    block = placed.block
    if isinstance(block, Table):
        return _table_rows(block, number=placed.number)
    if isinstance(block, Figure | Picture):
        return _figure_rows(block, placed)
    if isinstance(block, Flow):
        return [
            ("title", (f"Figure {placed.number}. {block.title}",)),
            ("head", ("step", "detail")),
            *_steps(block),
        ]
    return _words(block)


def _figure_rows(block: Figure | Picture, placed: Placed) -> _Rows:
    caption = " ".join(part for part in (block.summary, block.caption) if part)
    head: _Rows = [("title", (f"Figure {placed.number}. {block.title}",)), ("cell", (caption,))]
    if isinstance(block, Figure):
        rows = [("cell", tuple(_finite(cell) for cell in row)) for row in figure_rows(block)]
        return [*head, ("head", figure_columns(block)), *rows]
    # Tens of thousands of coordinates would bury the sheet's tables.
    place: _Rows = [
        ("cell", (f"Drawn in figures/{placed.name}.svg; coordinates in data/{placed.anchor}.csv",))
    ]
    shapes: _Rows = [("cell", row) for row in picture_shapes(block)]
    return [*head, ("head", ("kind", "series", "number")), *shapes, *place]


def _finite(cell: Plain) -> Plain:
    if not isinstance(cell, float) or math.isfinite(cell):
        return cell
    if math.isnan(cell):
        return "not a number"
    return "no upper end" if cell > 0 else "no lower end"


def _steps(flow: Flow) -> _Rows:
    return [("cell", step) for step in flow.steps]


def _words(block: Text | Quote | Verdicts | Methods) -> _Rows:
    if isinstance(block, Quote):
        return [("cell", (f"{block.label} (the user's words)", block.text))]
    if isinstance(block, Verdicts):
        return [("cell", (f"See the sheet Checks: {', '.join(block.check_ids)}",))]
    return [("cell", (block.text,))]


def _table_rows(table: Table, *, number: int = 0) -> _Rows:
    title = f"Table {number}. {table.title}" if number else table.title
    notes: _Rows = [("cell", (note,)) for note in (table.caption, table.how) if note]
    rows: _Rows = [("cell", row) for row in flat_rows(table)]
    return [("title", (title,)), ("head", flat_columns(table)), *rows, *notes]
