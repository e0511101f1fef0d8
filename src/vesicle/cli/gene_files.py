"""The files that the commands of enrichment take: gene sets, lists of genes and tables, from disk to records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vesicle.errors import ReadError, UsageError
from vesicle.results import Warned

if TYPE_CHECKING:
    from vesicle.enrichment.gene_lists import GeneList
    from vesicle.enrichment.gene_sets import GeneSets
    from vesicle.enrichment.overrepresentation import Background
    from vesicle.enrichment.targets import Targets

MOST_BYTES = 200_000_000
"""No list, table or collection of sets that people use is near it."""


def read_sets(path: Path) -> tuple[GeneSets, tuple[Warned, ...]]:
    """The gene sets of a GMT file.

    Parameters
    ----------
    path : pathlib.Path
        It may be compressed (``.gz``).

    Returns
    -------
    tuple
        The sets, and what is odd about them.
    """
    from vesicle.enrichment.gene_sets import parse_gmt

    text, repaired = _text(path)
    sets, warnings = parse_gmt(text, where=path.name)
    return sets, (*repaired, *warnings)


def read_genes(path: Path) -> GeneList:
    """The genes of a list or a table.

    Parameters
    ----------
    path : pathlib.Path
        Text, one gene per line, or a table with a column of symbols (csv, tsv, xlsx).

    Returns
    -------
    GeneList
        With what is odd about it.
    """
    from vesicle.enrichment.gene_lists import GeneList, genes_of_rows

    rows, repaired = _rows(path)
    found = genes_of_rows(rows, where=path.name)
    return GeneList(genes=found.genes, warnings=(*repaired, *found.warnings))


def read_background(given: str, *, option: str) -> tuple[Background, tuple[Warned, ...]]:
    """A background from a file or a number.

    Parameters
    ----------
    given : str
        What the user wrote: a whole number, or the path of a list of genes.
    option : str
        Its name, for messages.

    Returns
    -------
    tuple
        The background, and what is odd about its file.
    """
    from vesicle.enrichment.overrepresentation import background_of

    try:
        number = int(given)
    except ValueError:
        if not given.strip():
            raise UsageError(
                "The background is empty.", where=option, next_step="Give a file of genes, or their number."
            ) from None
        listed = read_genes(Path(given))
        return background_of(listed.genes), listed.warnings
    return background_of(number), ()


def read_targets(path: Path) -> tuple[Targets, tuple[Warned, ...]]:
    """The targets of microRNAs from a table.

    Parameters
    ----------
    path : pathlib.Path
        A table (csv, tsv, xlsx) with columns for microRNA and target.

    Returns
    -------
    tuple
        The targets, and what is odd about them.
    """
    from vesicle.enrichment.targets import parse_targets

    rows, repaired = _rows(path)
    targets, warnings = parse_targets(rows, where=path.name)
    return targets, (*repaired, *warnings)


def _rows(path: Path) -> tuple[list[list[str]], tuple[Warned, ...]]:
    from vesicle.readers.text import guess_delimiter, split_rows
    from vesicle.readers.workbooks import XLSX_MARK

    content = _content(path)
    if content.startswith(XLSX_MARK):
        return _sheet(path, content), ()
    text, warnings = _decoded(path, content)
    delimiter = guess_delimiter(text.split("\n")[:50])
    try:
        return split_rows(text, delimiter=delimiter), warnings
    except Exception as error:
        raise _unreadable(path, f"{type(error).__name__}: {error}") from error


def _sheet(path: Path, content: bytes) -> list[list[str]]:
    from vesicle.readers import RawFile
    from vesicle.readers.workbooks import workbook_rows
    from vesicle.results import FileRef

    raw = RawFile(ref=FileRef(path=path.name, sha256="", size_bytes=len(content)), content=content)
    return next(workbook_rows(raw))[1]


def _text(path: Path) -> tuple[str, tuple[Warned, ...]]:
    return _decoded(path, _content(path))


def _decoded(path: Path, content: bytes) -> tuple[str, tuple[Warned, ...]]:
    from vesicle.readers.text import decode

    return decode(content, where=path.name)


def _content(path: Path) -> bytes:
    import gzip
    import zlib

    try:
        with path.open("rb") as file:
            is_packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if is_packed else path.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise UsageError(
            "There is no such file.",
            where=str(path),
            next_step="Check the name; quote it when it holds spaces.",
        ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(path, f"{type(error).__name__}: {error}") from error
    if len(content) > MOST_BYTES:
        raise _unreadable(path, f"It holds more than {MOST_BYTES:,} bytes.")
    return content


def _unreadable(path: Path, why: str) -> ReadError:
    return ReadError(
        "The file cannot be read.", where=path.name, why=why, next_step="Export it again, or copy it again."
    )
