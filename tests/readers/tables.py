"""Tables as people send them, in memory, and the codes of what reading them warned of."""

import io

from vesicle.readers import RawFile
from vesicle.results import FileRef


def raw(text, name="table.csv", **columns):
    content = text if isinstance(text, bytes) else text.encode()
    return RawFile(
        ref=FileRef(path=name, sha256="0", size_bytes=len(content)), content=content, columns=columns
    )


def codes(measurement):
    return {warned.code for warned in measurement.warnings}


def workbook(**sheets):
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(out)
    return out.getvalue()
