"""A table of markers that people make from blots, ELISA or capture beads: how strong, in which sample."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from vesicle.errors import MissingColumn, TruncatedFile
from vesicle.measurements.markers import MarkerTable
from vesicle.readers import RawFile, Reader
from vesicle.readers.headers import fold
from vesicle.readers.marker_columns import identify_columns, is_marker_header
from vesicle.readers.marker_doubts import doubts
from vesicle.readers.marker_rows import Table, entries_of, readings_of
from vesicle.readers.marker_values import is_value
from vesicle.readers.sheets import Sheet, first_with_header, read_sheets, sniff_table
from vesicle.results import Warned
from vesicle.standards.ev_markers import ev_marker

NAME = "marker-table"
_ASSAYS = (
    (
        "Western blot",
        ("western", "blot", "wb", "densitometry", "densitometrie", "lane", "spur", "band", "bande"),
    ),
    ("ELISA", ("elisa",)),
    ("capture beads", ("macsplex", "bead", "luminex", "mfi", "capture")),
    ("Simple Western", ("simple western", "wes", "jess", "capillary")),
)


def sniff(name: str, head: bytes) -> float:
    """How surely a file is a table of markers.

    Parameters
    ----------
    name : str
        The file's name.
    head : bytes
        Its first bytes.

    Returns
    -------
    float
        0.8 when it names EV markers, 0.35 when its header does not need them, else 0.
    """
    seen = sniff_table(name, head, is_marker_header, is_value)
    if seen is None:
        return 0.0
    header, around = seen
    if any(ev_marker(cell) for cell in around if 1 < len(cell) <= 80):
        return 0.8
    return 0.35 if any("marker" in fold(cell).split() for cell in header[:60]) else 0.0


def read(raw: RawFile) -> MarkerTable:
    """The readings of a marker table, one per marker and lane or well.

    Parameters
    ----------
    raw : RawFile
        csv, tsv, txt or xlsx. ``columns`` may name ``marker``, ``sample``, ``lane``, ``material``, ``assay``,
        ``load`` and ``intensity``, state ``load_unit``, and say what lanes hold: ``lane_1 = "LOT-7 EV"``.

    Returns
    -------
    MarkerTable
        Replicates are readings of their own. "Not detected" and "<" give no number; the reading says so.

    Raises
    ------
    ReadError
        When no column names markers, or a cell is neither a number nor a word for presence.
    """
    sheets, repaired = read_sheets(raw, partial(is_marker_header, columns=raw.columns), is_value)
    sheet, header, others = _chosen(sheets, raw)
    columns = identify_columns(sheet.rows[header], raw.columns, where=sheet.place(header))
    table = Table(raw=raw, sheet=sheet, header=header, columns=columns)
    entries = tuple(entries_of(table))
    readings = tuple(readings_of(table, entries))
    if not readings:
        raise TruncatedFile(
            "The table has a header and no row with a marker that was measured.",
            where=sheet.place(header),
            next_step="Export it again.",
        )
    assay, about_assay = _assay(table)
    found = (*repaired, *others, *about_assay, *doubts(table, entries, readings))
    return MarkerTable(file=raw.ref, reader=NAME, assay=assay, readings=readings, warnings=found)


def _chosen(sheets: Sequence[Sheet], raw: RawFile) -> tuple[Sheet, int, tuple[Warned, ...]]:
    found = first_with_header(sheets)
    if found is None:
        raise MissingColumn(
            "The table has no column of markers with their intensities.",
            where=raw.name,
            why="No row names both; expected, for example, 'Marker', 'Sample', 'Intensity' and 'Load (ug)'.",
            next_step="Name the columns so, or name yours under [readers.marker-table] in vesicle.toml.",
        )
    return found


def _assay(table: Table) -> tuple[str, tuple[Warned, ...]]:
    """The assay: from its column, else as the header, the lines above it or the file's name suggest."""
    written = tuple(dict.fromkeys(text for i in table.filled if (text := table.text(i, "assay"))))
    if len(written) == 1:
        return written[0][:40], ()
    if len(written) > 1:
        return ", ".join(text[:40] for text in written[:4]), ()
    for cells in ((*table.above, *table.sheet.rows[table.header]), (table.raw.name,)):
        words = " ".join(fold(cell).replace("_", " ").replace("-", " ") for cell in cells)
        named = [
            name
            for name, keys in _ASSAYS
            if any(key in words.split() or (" " in key and key in words) for key in keys)
        ]
        if len(named) == 1:
            return named[0], ()
    message = "The table does not say which assay its intensities come from."
    return "", (Warned(code="marker_assay_not_named", message=message),)


READER = Reader(
    name=NAME,
    title="Table of markers by Western blot, ELISA or capture beads (csv, tsv, txt, xlsx)",
    patterns=("*.csv", "*.tsv", "*.txt", "*.xlsx"),
    sniff=sniff,
    read=read,
    gives="which EV markers and non-EV markers were found, for the marker panel and the depletion of cell proteins",
    how_to_export="Columns 'Marker', 'Sample', 'Lane', 'Intensity' and 'Load (ug)', with a row for the cell "
    "lysate and one for a blank.",
)
