"""Whether the files are what they seem: one content per name, dates in order, nothing changed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from vesicle.analysis import Analysis, Inputs
from vesicle.findings import IntegrityFinding
from vesicle.measurements import FileFact, FolderRecord
from vesicle.results import Provenance


def assess_integrity(inputs: Inputs) -> IntegrityFinding:
    """What contradicts what among the files that were read.

    Two files with one content are a contradiction unless the manifest assigns both to the same sample.

    Parameters
    ----------
    inputs : Inputs
        With the folder's record and the production date.

    Returns
    -------
    IntegrityFinding
        Empty groups when nothing contradicts.
    """
    files = tuple(fact for record in inputs.all(FolderRecord) for fact in record.files)
    groups = _same_content(files)
    produced = inputs.manifest.batch.production_date
    return IntegrityFinding(
        files=files,
        duplicates=tuple(group for group in groups if not _is_copy(group)),
        copies=tuple(group for group in groups if _is_copy(group)),
        before_production=tuple(fact for fact in files if _is_before(fact, produced)),
        changed=tuple(fact.path for fact in files if not fact.is_unchanged),
        software=tuple(dict.fromkeys(fact.software for fact in files if fact.software)),
        production_date=None if produced is None else produced.isoformat(),
        provenance=Provenance(method="SHA-256 of every file, taken when it was read and again at the end"),
    )


def _same_content(files: tuple[FileFact, ...]) -> list[tuple[FileFact, ...]]:
    groups: dict[str, list[FileFact]] = defaultdict(list)
    for fact in files:
        groups[fact.sha256].append(fact)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def _is_copy(group: tuple[FileFact, ...]) -> bool:
    return all(fact.is_assigned for fact in group) and len({fact.sample for fact in group}) == 1


def _is_before(fact: FileFact, produced: dt.date | None) -> bool:
    if produced is None or fact.acquired is None:
        return False
    try:
        return dt.date.fromisoformat(fact.acquired[:10]) < produced
    except ValueError:
        return False


ANALYSIS = Analysis(name="integrity", needs=(FolderRecord,), gives=IntegrityFinding, run=assess_integrity)
