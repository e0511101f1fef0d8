"""The sections that every dossier ends with: remaining checks, files, gaps and the record of the run."""

from __future__ import annotations

from collections.abc import Iterator

from vesicle.dossier import ComposedSection, Dossier, FileRecord
from vesicle.dossier.blocks import Cell, Column, Table, Text, Verdicts
from vesicle.results import CheckResult, Verdict
from vesicle.standards import load_standard, planned_checks

STATUS_WORDS = {
    "ok": "read",
    "no_result": "read, holds no result",
    "unreadable": "not readable",
    "not_recognised": "not recognised",
}


def appendix(dossier: Dossier) -> tuple[ComposedSection, ...]:
    """The sections that no analysis composes, since they come from the run itself.

    Parameters
    ----------
    dossier : Dossier
        As composed.

    Returns
    -------
    tuple of ComposedSection
        Checks that no section shows, missing items, files, and how the dossier was made.
    """
    built = (_other_checks(dossier), _missing(dossier), _files(dossier), _record(dossier))
    return tuple(section for section in built if section is not None)


def standards_version() -> str:
    """The version of the rules behind the verdicts.

    Returns
    -------
    str
        For example ``2026.11``.
    """
    return str(load_standard("checks")["version"])


def not_judged(dossier: Dossier) -> tuple[tuple[str, str], ...]:
    """The checks of the standard set that this version does not judge, as pairs of id and title.

    Parameters
    ----------
    dossier : Dossier
        Its own checks are left out.

    Returns
    -------
    tuple of (str, str)
        In the order of their ids.
    """
    judged = {check.id for check in dossier.checks}
    return tuple(pair for pair in planned_checks() if pair[0] not in judged)


def assessed(dossier: Dossier) -> tuple[int, int]:
    """How many items were assessed, and of how many.

    Parameters
    ----------
    dossier : Dossier
        With its checks.

    Returns
    -------
    n, m : int
        Checks with a verdict of pass, warn or fail; and all checks of the set, but for those that do not
        apply.
    """
    counts = dossier.counts()
    n = counts[Verdict.PASS] + counts[Verdict.WARN] + counts[Verdict.FAIL]
    return n, n + counts[Verdict.NOT_ASSESSED] + len(not_judged(dossier))


def checks_table(dossier: Dossier) -> Table:
    """The table of checks of page one, as data.

    Parameters
    ----------
    dossier : Dossier
        With its checks.

    Returns
    -------
    Table
        One row per check.
    """
    columns = (
        "Check",
        "Title",
        "Verdict",
        "Value",
        "Unit",
        "Reason",
        "Rule",
        "Source",
        "Source status",
        "Evidence",
    )
    return Table(
        id="checks",
        title="Checks",
        columns=tuple(Column(name=name) for name in columns),
        rows=tuple(_check_row(check) for check in dossier.checks),
    )


def _check_row(check: CheckResult) -> tuple[Cell, ...]:
    places = "; ".join(
        item.file if item.row is None else f"{item.file}, {item.row}" for item in check.evidence
    )
    source, status = check.source.text, check.source.status
    return (
        check.id,
        check.title,
        check.verdict,
        check.value,
        check.unit,
        check.why,
        check.rule,
        source,
        status,
        places,
    )


def _other_checks(dossier: Dossier) -> ComposedSection | None:
    shown = {
        check_id
        for section in dossier.sections
        for block in section.blocks
        if isinstance(block, Verdicts)
        for check_id in block.check_ids
    }
    others = tuple(check.id for check in dossier.checks if check.id not in shown)
    if not others:
        return None
    blocks = (Verdicts(check_ids=others),)
    return ComposedSection(
        id="other-checks", title="Other checks", question="What else was judged?", blocks=blocks
    )


def _missing(dossier: Dossier) -> ComposedSection | None:
    if not dossier.missing or _has_table(dossier, "missing"):
        return None
    table = Table(
        id="missing",
        title="What is missing, and what it would allow",
        columns=(Column(name="Missing"), Column(name="It would allow")),
        rows=tuple((item.what, item.allows) for item in dossier.missing),
    )
    return ComposedSection(
        id="missing", title="What is missing", question="What should come next?", blocks=(table,)
    )


def _has_table(dossier: Dossier, table_id: str) -> bool:
    blocks = (block for section in dossier.sections for block in section.blocks)
    return any(isinstance(block, Table) and block.id == table_id for block in blocks)


def _files(dossier: Dossier) -> ComposedSection:
    names = ("File", "Status", "Sample", "Role", "Read as", "Remarks", "SHA-256")
    columns = (*(Column(name=name) for name in names), Column(name="Size", unit="bytes"))
    rows = tuple(_file_row(record) for record in dossier.files)
    used = [index for index in range(len(columns)) if any(row[index] != "" for row in rows)]
    table = Table(
        id="files",
        title="Files of the folder",
        columns=tuple(columns[index] for index in used),
        rows=tuple(tuple(row[index] for index in used) for row in rows),
        caption="Paths are relative to the folder. No file was changed. The hash identifies the content "
        "that was read. A column in which no file has an entry is left out.",
    )
    empty = Text(text="The folder holds no file.", tone="missing")
    question = "Which files stand behind the numbers?"
    return ComposedSection(id="files", title="Files", question=question, blocks=(table if rows else empty,))


def _file_row(record: FileRecord) -> tuple[Cell, ...]:
    status = STATUS_WORDS.get(record.status, record.status)
    reader = (
        f"{record.title} ({record.reader})" if record.title and record.reader else record.reader or "none"
    )
    return (
        record.file.path,
        status,
        record.sample,
        record.role,
        reader,
        " ".join(_remarks(record)),
        record.file.sha256,
        record.file.size_bytes,
    )


def _remarks(record: FileRecord) -> Iterator[str]:
    if record.message:
        yield record.message
    for warning in record.warnings:
        row = f" (row {warning.row})" if warning.row is not None else ""
        yield f"{warning.code}: {warning.message}{row}"


def _record(dossier: Dossier) -> ComposedSection:
    rows = [("created (UTC)", dossier.created), ("rules", f"standards {standards_version()}")]
    rows += [(f"software: {name}", version) for name, version in dossier.software.items()]
    rows += [(f"setting: {name}", value) for name, value in dossier.settings.items()]
    table = Table(
        id="record",
        title="How this dossier was made",
        columns=(Column(name="Item"), Column(name="Value")),
        rows=tuple(rows),
        caption="The same files, settings and versions give the same dossier.",
    )
    title = "Record of the run"
    return ComposedSection(id="record", title=title, question="Can I repeat it?", blocks=(table,))
