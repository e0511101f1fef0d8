"""What a dossier never says: the gate between composed text and the page."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from vesicle.dossier import Dossier
from vesicle.dossier.blocks import Figure, Flow, Methods, Picture, Quote, Table, Text
from vesicle.findings import ProteinFinding, SizeFinding
from vesicle.results import Finding
from vesicle.standards import load_standard


class ForbiddenClaimError(AssertionError):
    """A text of our own making says what a dossier never says; this is a bug of ours."""


@lru_cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(pattern, re.IGNORECASE)
        for pattern in load_standard("never_claim")["forbidden"]["patterns"]
    )


def forbidden_phrases(texts: Iterable[str]) -> tuple[str, ...]:
    """The phrases among texts that must not stand in any output.

    Parameters
    ----------
    texts : iterable of str
        Texts of our own making; the user's words are exempt and do not belong here.

    Returns
    -------
    tuple of str
        Each phrase as it stands in its text, once.

    Examples
    --------
    >>> forbidden_phrases(["The product is GMP compliant."])
    ('GMP compliant',)
    """
    hits = (match[0] for text in texts for pattern in _patterns() for match in pattern.finditer(text))
    return tuple(dict.fromkeys(hits))


def refuse_claims(dossier: Dossier) -> None:
    """Stop when a text of our own making says what a dossier never says.

    Parameters
    ----------
    dossier : Dossier
        As composed.

    Raises
    ------
    ForbiddenClaimError
        With the phrases.
    """
    phrases = forbidden_phrases(own_texts(dossier))
    if phrases:
        message = f"a dossier never says: {'; '.join(phrases)}"
        raise ForbiddenClaimError(message)


def own_texts(dossier: Dossier) -> Iterator[str]:
    """Every text of our own making, without the names and words of the user that it repeats.

    Parameters
    ----------
    dossier : Dossier
        As composed.

    Yields
    ------
    str
        Titles, rules, reasons, captions and paragraphs.
    """
    theirs = sorted(_user_words(dossier), key=len, reverse=True)
    pattern = re.compile("|".join(re.escape(word) for word in theirs)) if theirs else None
    for text in _composed_texts(dossier):
        yield pattern.sub("…", text) if pattern else text


def _user_words(dossier: Dossier) -> set[str]:
    words = {dossier.batch}
    for record in dossier.files:
        words |= {record.file.path, record.file.path.rsplit("/", 1)[-1], record.sample}
    for check in dossier.checks:
        words |= {part.subject for part in check.parts} | {item.file for item in check.evidence}
    for section in dossier.sections:
        words |= {block.text for block in section.blocks if isinstance(block, Quote)}
    for finding in dossier.findings.values():
        words |= set(_words_of_files(finding))
    return {word for word in words if len(word) > 2}


def _words_of_files(finding: Finding) -> Iterator[str]:
    """What a file says may come back in our reasons: samples, labels, settings, remarks."""
    if isinstance(finding, SizeFinding):
        yield from (word for size in finding.runs for word in _strings(size.run))
    elif isinstance(finding, ProteinFinding):
        yield finding.assay
        yield from (protein.sample for protein in finding.samples)


def _strings(record: object) -> Iterator[str]:
    if isinstance(record, str):
        yield record
    elif isinstance(record, tuple):
        for item in record:
            yield from _strings(item)
    elif dataclasses.is_dataclass(record):
        for field in dataclasses.fields(record):
            yield from _strings(getattr(record, field.name))


def _composed_texts(dossier: Dossier) -> Iterator[str]:
    for check in dossier.checks:
        yield from (check.title, check.rule, check.reason, check.would_change, check.unit, *check.overrides)
        yield from (part.reason for part in check.parts)
    for item in dossier.missing:
        yield from (item.what, item.allows)
    for section in dossier.sections:
        yield from (section.title, section.question)
        for block in section.blocks:
            yield from _block_texts(block)


def _block_texts(block: object) -> Iterator[str]:
    if isinstance(block, Text | Methods):
        yield block.text
    elif isinstance(block, Table):
        yield from (block.title, block.caption, block.how)
        for column in block.columns:
            yield from (column.name, column.unit, column.meaning)
    elif isinstance(block, Figure):
        yield from (block.title, block.caption, block.summary)
        yield from (text for axis in (block.x, block.y) for text in (axis.title, axis.unit))
    elif isinstance(block, Picture):
        yield from (block.title, block.caption, block.summary)
        yield from (shapes.label for shapes in (*block.circles, *block.paths))
    elif isinstance(block, Flow):
        yield block.title
