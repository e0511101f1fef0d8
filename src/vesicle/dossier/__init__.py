"""From findings and verdicts to one page, one JSON and one record of how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vesicle.analysis import Inputs
from vesicle.discovery import built_in, distinct, installed
from vesicle.dossier.blocks import Block
from vesicle.results import CheckResult, FileRef, Finding, Verdict, Warned

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The declaration of one section: id (D0 ...), title, the question it answers, what it needs.

    Sections appear in the order of ``order``; ``compose`` is pure and returns the blocks.
    """

    id: str
    title: str
    question: str
    order: float
    needs: tuple[type, ...]
    compose: Callable[[Inputs], tuple[Block, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedSection:
    """A section with its blocks."""

    id: str
    title: str
    question: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """One file of the folder in the dossier's own words.

    ``status`` is ``ok``, ``no_result``, ``unreadable`` or ``not_recognised``; ``message`` says why and
    what to do.
    """

    file: FileRef
    reader: str | None
    title: str
    status: str
    sample: str = ""
    role: str = ""
    message: str = ""
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingItem:
    """Something that is not in the folder or the manifest, and what it would allow."""

    what: str
    allows: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """One batch, judged: checks, findings, sections, files and the record of how it was made.

    ``created`` is ISO 8601 in UTC, ``software`` maps package names to versions, ``settings`` holds the
    run's parameters as text.
    """

    batch: str
    created: str
    software: Mapping[str, str]
    checks: tuple[CheckResult, ...]
    findings: Mapping[str, Finding]
    sections: tuple[ComposedSection, ...]
    files: tuple[FileRecord, ...]
    missing: tuple[MissingItem, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict[str, str])

    def counts(self) -> Mapping[Verdict, int]:
        """How many checks stand in each of the five states.

        Returns
        -------
        mapping of Verdict to int
            All five states, zero included.
        """
        return {verdict: sum(c.verdict is verdict for c in self.checks) for verdict in Verdict}

    def check(self, check_id: str) -> CheckResult:
        """The result of one check.

        Parameters
        ----------
        check_id : str
            For example ``C10``.

        Returns
        -------
        CheckResult
            The result.

        Raises
        ------
        KeyError
            When the dossier has no such check.
        """
        found = {result.id: result for result in self.checks}
        return found[check_id]

    def to_frame(self) -> pd.DataFrame:
        """The checks as a pandas table; needs the extra ``vesicle[pandas]``.

        Returns
        -------
        pandas.DataFrame
            One row per check, indexed by its id.

        Raises
        ------
        MissingExtra
            When pandas is not installed.
        """
        from vesicle.dossier.notebook import check_frame

        return check_frame(self)

    def to_excel(self, path: str | Path) -> Path:
        """Write the dossier as an Excel workbook.

        Parameters
        ----------
        path : str or pathlib.Path
            Where to; an existing file is replaced.

        Returns
        -------
        pathlib.Path
            Where it is.

        Raises
        ------
        WriteError
            When the place cannot be written.
        """
        from vesicle.dossier.notebook import write_workbook

        return write_workbook(self, path)

    def _repr_html_(self) -> str:
        from vesicle.dossier.notebook import html_summary

        return html_summary(self)


def find_sections() -> tuple[Section, ...]:
    """Every section, ours and those of installed packages.

    Returns
    -------
    tuple of Section
        In the order of the dossier.
    """
    ours = built_in("vesicle.dossier.sections", attribute="SECTION", kind=Section)
    found = distinct(ours + installed("vesicle.sections", kind=Section), key=lambda section: section.id)
    return tuple(sorted(found, key=lambda section: section.order))
