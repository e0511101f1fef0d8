"""What a person reads in composed blocks: every text, cells included."""

import dataclasses

from vesicle.dossier.blocks import Quote, Table, Verdicts
from vesicle.dossier.views import cell_view


def texts(blocks):
    """Every text that a reader of these blocks sees, cells included, quotes left out."""
    for block in blocks:
        if isinstance(block, Quote | Verdicts):
            continue
        if isinstance(block, Table):
            yield from (f"{c.name} {c.unit} {c.meaning}" for c in block.columns)
            yield from (cell_view(cell).text for row in block.rows for cell in row)
        yield from strings(
            {f.name: getattr(block, f.name) for f in dataclasses.fields(block) if f.name != "rows"}
        )


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from strings(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from strings(getattr(value, field.name))


def table(blocks, table_id):
    return next(block for block in blocks if isinstance(block, Table) and block.id == table_id)
