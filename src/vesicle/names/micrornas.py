"""Names of microRNAs brought to those of today: arms, stars, precursors, species, across versions of miRBase."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from vesicle.names.gene_rules import is_empty
from vesicle.names.microrna_records import MicroRnaLog, MicroRnaRecord, MicroRnaStatus
from vesicle.names.microrna_syntax import PREFIXES, Kind, MicroRnaName, parse_microrna
from vesicle.names.microrna_table import KnownName, MicroRnaTable, load_arms, read_mirna_table

__all__ = [
    "MicroRnaLog",
    "MicroRnaRecord",
    "MicroRnaStatus",
    "MicroRnaTable",
    "families_by_seed",
    "read_mirna_table",
    "resolve_micrornas",
]

_SEPARATORS = re.compile(r"[;/|,]+")
_ACCESSION = re.compile(r"MI(?:MAT)?\d{7}(?:_\d)?")
_VIRAL = re.compile(r"[a-z0-9]{3,6}-miR-\S+", re.IGNORECASE)
_DETAILED = re.compile(r"([^:\s]+):MIMAT\d{7}:.*")  # name:accession:species:name, as exceRpt writes it
_REFERENCE = re.compile(r"(?:.* )?U6\b.*|RNU\d+\S*|SNORD?A?\d+\S*|(?:Y|5S|5\.8S|18S|28S).*", re.IGNORECASE)
_OTHER_ARM = {"5p": "3p", "3p": "5p"}
_SEED = slice(1, 8)  # nucleotides 2 to 8
_FEWEST_ARMS, _MOST_OF = (
    3,
    0.8,
)  # names that must have an arm for a table to count as one of miRBase 18 or later


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    prefix: str
    table: MicroRnaTable | None
    open_kind: Kind  # what a name is whose spelling leaves it open, such as let-7b
    has_arms: bool  # whether the names beside it are of miRBase 18 or later


def resolve_micrornas(
    names: Iterable[object], *, table: MicroRnaTable | None = None, species: str = "Homo sapiens"
) -> MicroRnaLog:
    """One record per name of a microRNA, in order: the name of today, or why there is none.

    Parameters
    ----------
    names : iterable of object
        Cells of a name column.
    table : MicroRnaTable, optional
        Names of all versions, from :func:`read_mirna_table`. Without one, the form of the name and a short list of
        human arms decide, and what they leave open stays open.
    species : str, optional
        Of the sample: what a name without a prefix belongs to.

    Returns
    -------
    MicroRnaLog
        With as many records as names came in.

    Examples
    --------
    >>> log = resolve_micrornas(["hsa-miR-21", "miR-21*", "hsa-let-7a-1", "hsa-miR-1234", "cel-miR-39-3p"])
    >>> log.names
    ('hsa-miR-21-5p', 'hsa-miR-21-3p', 'hsa-let-7a-1', None, None)
    >>> [record.status for record in log]
    ['previous', 'previous', 'unchecked', 'ambiguous', 'other_species']
    """
    cells = ["" if name is None else str(name) for name in names]
    prefix = PREFIXES.get(species, "")
    parsed = [name for cell in dict.fromkeys(cells) if (name := parse_microrna(cell.strip())) is not None]
    context = _Context(prefix=prefix, table=table, open_kind=_open_kind(parsed), has_arms=_have_arms(parsed))
    done = {cell: _record(cell, context) for cell in dict.fromkeys(cells)}
    records = tuple(done[cell] for cell in cells)
    return MicroRnaLog(records=records, species=species, table=table.name if table else None)


def families_by_seed(sequences: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    """Mature microRNAs that share a seed, nucleotides 2 to 8.

    Parameters
    ----------
    sequences : mapping of str to str
        Mature sequences by name, as RNA or DNA; the package ships none.

    Returns
    -------
    mapping of str to tuple of str
        Names by seed, written as RNA.

    Examples
    --------
    >>> dict(families_by_seed({"a": "UGAGGUAGUAGG", "b": "TGAGGTAGTTTT"}))
    {'GAGGUAG': ('a', 'b')}
    """
    found: dict[str, list[str]] = {}
    for name, sequence in sequences.items():
        found.setdefault(sequence.upper().replace("T", "U")[_SEED], []).append(name)
    return MappingProxyType({seed: tuple(members) for seed, members in found.items()})


def _open_kind(parsed: list[MicroRnaName]) -> Kind:
    """Precursor when every spelling that tells anything tells of precursors, as in tables counted on hairpins."""
    return (
        "precursor" if {name.kind for name in parsed if name.kind is not None} == {"precursor"} else "mature"
    )


def _have_arms(parsed: list[MicroRnaName]) -> bool:
    """Whether the names that got an arm in miRBase 18 have one here, so that a name without is one of today."""
    got_one = [name.arm in _OTHER_ARM for name in parsed if name.core in load_arms().by_core]
    return sum(got_one) >= _FEWEST_ARMS and sum(got_one) >= _MOST_OF * len(got_one)


def _record(given: str, context: _Context) -> MicroRnaRecord:
    text = given.strip().strip("'\"")
    record = _whole(text, context)
    parts = [part for part in map(str.strip, _SEPARATORS.split(text)) if not is_empty(part)]
    if record.status == "unmapped" and len(parts) > 1:
        record = _group(text, tuple(_whole(_prefixed(part), context) for part in parts))
    return replace(record, given=given)


def _prefixed(part: str) -> str:
    """The second half of ``miR-199a-3p/199b-3p`` as a name."""
    return f"miR-{part}" if part[0].isdigit() else part


def _group(text: str, members: tuple[MicroRnaRecord, ...]) -> MicroRnaRecord:
    lead = next((member for member in members if member.name), members[0])
    names = tuple(dict.fromkeys(member.name for member in members if member.name))
    note = f"a group of {len(members)}; " + (
        f"{lead.given} is the first that has a name" if lead.name else "no member has a name"
    )
    return replace(lead, given=text, candidates=names or lead.candidates, note=note, members=members)


def _whole(text: str, context: _Context) -> MicroRnaRecord:
    if is_empty(text):
        return MicroRnaRecord(given=text, status="empty")
    if _ACCESSION.fullmatch(text):
        return _by_accession(text, context)
    detailed = _DETAILED.fullmatch(text)
    name = parse_microrna(detailed[1] if detailed else text)
    if name is None:
        entries = context.table.by_name.get(text, ()) if context.table else ()
        return _of_entries(text, text, entries) if entries else _unnamed(text, context)
    if name.is_cluster:
        return MicroRnaRecord(given=text, status="unmapped", note="a cluster of genes, not one microRNA")
    if name.prefix and context.prefix and name.prefix != context.prefix:
        note = f"of {name.prefix}, while the sample is {context.prefix}; a spike-in, another species or a mixture"
        return MicroRnaRecord(
            given=text, status="other_species", kind=name.kind, candidates=(str(name),), note=note
        )
    return _named(text, name, context)


def _unnamed(text: str, context: _Context) -> MicroRnaRecord:
    if _REFERENCE.fullmatch(text):
        return MicroRnaRecord(
            given=text, status="unmapped", note="another small RNA, often a reference of qPCR panels"
        )
    if _VIRAL.fullmatch(text) and not text.lower().startswith(f"{context.prefix}-"):
        note = "a microRNA with a name outside the numbers, as those of viruses have"
        return MicroRnaRecord(given=text, status="other_species", kind="mature", note=note)
    return MicroRnaRecord(given=text, status="unmapped", note="not the name of a microRNA")


def _by_accession(text: str, context: _Context) -> MicroRnaRecord:
    entry = context.table.by_accession.get(text) if context.table else None
    if entry is None or not entry.current:
        note = (
            "an accession; a table of names is needed"
            if not context.table
            else "an accession without a name of today"
        )
        return MicroRnaRecord(given=text, status="unmapped", accession=text, note=note)
    return _of_entry(text, entry, status="previous", note="by its accession")


def _named(text: str, name: MicroRnaName, context: _Context) -> MicroRnaRecord:
    """The record of a name that can be taken apart: by the table when there is one, else by its form."""
    full = replace(name, prefix=name.prefix or context.prefix, kind=name.kind or context.open_kind)
    if context.table is None:
        return _by_form(text, full, context, is_open=name.kind is None)
    entries = context.table.by_name.get(str(full), ())
    fitting = tuple(entry for entry in entries if entry.is_precursor == (full.kind == "precursor")) or entries
    if not fitting:
        record = _by_form(text, full, context, is_open=name.kind is None)
        is_there = record.name is not None and context.table.has_current(record.name)
        return record if is_there else _absent(text, full, record, context.table)
    return _of_entries(text, str(full), fitting)


def _absent(text: str, name: MicroRnaName, record: MicroRnaRecord, table: MicroRnaTable) -> MicroRnaRecord:
    there = tuple(candidate for candidate in record.candidates if table.has_current(candidate))
    note = f"in no version that {table.name} holds" + ("; arms that it holds are given" if there else "")
    status: MicroRnaStatus = "ambiguous" if len(there) > 1 else "unmapped"
    return MicroRnaRecord(given=text, status=status, kind=name.kind, candidates=there, note=note)


def _of_entries(text: str, spelled: str, entries: tuple[KnownName, ...]) -> MicroRnaRecord:
    today = next((entry for entry in entries if entry.current == spelled), None)
    if today is not None:
        status: MicroRnaStatus = "current" if spelled == text else "respelled"
        others = [e.current or e.accession for e in entries if e is not today]
        note = f"formerly also the name of {', '.join(others)}" if others else ""
        return _of_entry(text, today, status=status, note=note)
    alive = tuple(dict.fromkeys(entry.current for entry in entries if entry.current))
    if len(alive) == 1:
        return _of_entry(text, next(e for e in entries if e.current), status="previous", note="an older name")
    if not alive:
        return MicroRnaRecord(given=text, status="unmapped", note="miRBase dropped this entry")
    return MicroRnaRecord(given=text, status="ambiguous", candidates=alive, note="a former name of several")


def _of_entry(text: str, entry: KnownName, *, status: MicroRnaStatus, note: str) -> MicroRnaRecord:
    name = parse_microrna(entry.current)
    kind: Kind = "precursor" if entry.is_precursor else "mature"
    family = name.family if name else None
    return MicroRnaRecord(
        given=text,
        status=status,
        name=entry.current,
        kind=kind,
        candidates=(entry.current,),
        accession=entry.accession,
        family=family,
        note=note,
    )


def _by_form(text: str, name: MicroRnaName, context: _Context, *, is_open: bool) -> MicroRnaRecord:
    """The record of a name by its parts and our list of human arms."""
    if name.kind == "precursor" or name.arm in _OTHER_ARM:
        note = (
            "also how its mature form was written; the other names here are of precursors" if is_open else ""
        )
        return _settled(text, name, status=_spelling(text, name), note=note)
    if name.prefix == "hsa":
        human = _by_arms(text, name, is_open=is_open)
        if human is not None:
            return human
    if context.has_arms and not name.arm and name.core not in load_arms().by_core:
        note = "without an arm beside names that have one, so a name of miRBase 18 or later"
        return _settled(text, name, status=_spelling(text, name), note=note)
    note = "an older star name" if name.arm else "a name without an arm"
    arms = tuple(str(name.with_arm(arm)) for arm in ("5p", "3p"))
    plain = () if name.arm or name.copies else (str(name),)
    note += "; these are by its form, and only a table of names tells what it became"
    return MicroRnaRecord(
        given=text, status="ambiguous", kind="mature", candidates=(*arms, *plain), note=note
    )


def _by_arms(text: str, name: MicroRnaName, *, is_open: bool) -> MicroRnaRecord | None:
    arms = load_arms()
    arm = arms.by_core.get(name.core)
    is_plain = not name.copies and not name.arm
    if is_plain and name.core in arms.without_arm:
        return _settled(text, name, status=_spelling(text, name))
    if is_plain and name.core in arms.renamed:
        today = parse_microrna(f"hsa-{arms.renamed[name.core]}")
        return _settled(text, today, status="previous", note="renamed") if today else None
    if arm is None or (name.arm == "*" and name.core in arms.dead_stars):
        return None
    if name.copies and not name.arm:
        return None
    today = name.with_arm(_OTHER_ARM[arm] if name.arm else arm)
    note = "an older star name" if name.arm else "an older name without an arm"
    note += "; also the name of its precursor" if is_open else ""
    return _settled(text, today, status="previous", note=note)


def _spelling(text: str, name: MicroRnaName) -> MicroRnaStatus:
    return "unchecked" if str(name) == text else "respelled"


def _settled(text: str, name: MicroRnaName, *, status: MicroRnaStatus, note: str = "") -> MicroRnaRecord:
    return MicroRnaRecord(
        given=text,
        status=status,
        name=str(name),
        kind=name.kind,
        candidates=(str(name),),
        family=name.family if name.kind == "mature" else None,
        note=note,
    )
