"""What runs of one sample say about each other: replicates, dilutions, blanks."""

from __future__ import annotations

from dataclasses import dataclass

from vesicle.results import Evidence, Finding, Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicateRow:
    """Replicates of one sample; ``kind`` is runs or videos, ``differing`` the settings that differ."""

    sample: str
    kind: str
    values_per_ml: tuple[float, ...]
    cv_percent: Quantity
    differing: tuple[str, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DilutionRow:
    """One sample at several dilutions; ``ratio`` is the stock value at the highest over the lowest one."""

    sample: str
    dilutions: tuple[float, ...]
    stock_per_ml: tuple[float, ...]
    ratio: Quantity
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlankRow:
    """The blank beside one sample, both as measured; ``net_per_ml`` is the stock less the blank.

    ``judged_as`` names the same preparation on another instrument, when only that one measured a blank; ``doubt``
    says why the blank does not quite belong to the sample.
    """

    sample: str
    blank_runs: tuple[str, ...]
    percent: Quantity
    net_per_ml: Quantity
    evidence: tuple[Evidence, ...]
    judged_as: str = ""
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonFinding(Finding):
    """All comparisons between runs of the folder."""

    replicates: tuple[ReplicateRow, ...] = ()
    dilutions: tuple[DilutionRow, ...] = ()
    blanks: tuple[BlankRow, ...] = ()
    has_medium_control: bool = False
