"""The contract between the spine and the science: what an analysis needs, gives and is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeVar

from vesicle.discovery import built_in, distinct, installed
from vesicle.events import Listener, ignore
from vesicle.manifest import Manifest
from vesicle.results import CheckResult, Finding, NotAssessed
from vesicle.standards import Limits

Kind = TypeVar("Kind")

DOMAINS = ("vesicle.source", "vesicle.vesicles", "vesicle.production")
"""The packages whose modules may declare an ``ANALYSIS``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """All that an analysis, a check or a section may look at; immutable, passed in by the spine.

    ``measurements`` are what the readers returned, ``findings`` what earlier analyses concluded (one
    per type), ``checks`` what earlier checks said (by id), ``settings`` what the user chose for this run:
    ``viscosity`` is ``water`` when sizes are to be harmonised to water. ``listen`` is told of long work.
    """

    manifest: Manifest
    limits: Limits
    measurements: tuple[object, ...] = ()
    findings: Mapping[type, Finding] = field(default_factory=dict[type, Finding])
    checks: Mapping[str, CheckResult] = field(default_factory=dict[str, CheckResult])
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    listen: Listener = field(default=ignore, compare=False)

    def all(self, kind: type[Kind]) -> tuple[Kind, ...]:
        """Every measurement of one kind, in the order of their files.

        Parameters
        ----------
        kind : type
            A measurement class.

        Returns
        -------
        tuple
            Possibly empty.
        """
        return tuple(m for m in self.measurements if isinstance(m, kind))

    def finding(self, kind: type[Kind]) -> Kind | NotAssessed:
        """The finding of one kind, or why there is none.

        Parameters
        ----------
        kind : type
            A finding class.

        Returns
        -------
        Finding or NotAssessed
            The finding of that class.
        """
        found = self.findings.get(kind)
        if isinstance(found, kind):
            return found
        return NotAssessed(f"nothing in the folder gives {kind.__name__}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Measurements and findings in, one finding out; pure, picklable, ordered by the spine.

    ``needs`` lists measurement or finding classes; an analysis runs after all that give a finding it
    needs. What nothing gives is absent: the analysis then says "not assessed".
    ``gives`` is the class of the finding that ``run`` returns.
    """

    name: str
    needs: tuple[type, ...]
    gives: type[Finding]
    run: Callable[[Inputs], Finding]


def find_analyses() -> tuple[Analysis, ...]:
    """Every analysis, ours and those of installed packages, ordered so that needs come first.

    Returns
    -------
    tuple of Analysis
        In an order in which they can run.

    Raises
    ------
    ValueError
        When analyses need each other in a circle.
    """
    ours = [built_in(domain, attribute="ANALYSIS", kind=Analysis) for domain in DOMAINS]
    theirs = installed("vesicle.analyses", kind=Analysis)
    found = distinct((*chain.from_iterable(ours), *theirs), key=lambda analysis: analysis.gives.__name__)
    return order_by_needs(found)


def order_by_needs(analyses: tuple[Analysis, ...]) -> tuple[Analysis, ...]:
    """The analyses in an order in which each finds what it needs.

    Parameters
    ----------
    analyses : tuple of Analysis
        In any order.

    Returns
    -------
    tuple of Analysis
        Stable: independent analyses keep their order.

    Raises
    ------
    ValueError
        When analyses need each other in a circle.
    """
    pending, ordered = list(analyses), []
    given = {analysis.gives for analysis in analyses}
    done: set[type] = set()
    while pending:
        ready = [a for a in pending if all(need in done or need not in given for need in a.needs)]
        if not ready:
            raise ValueError(f"analyses need each other: {', '.join(a.name for a in pending)}")
        ordered += ready
        done |= {a.gives for a in ready}
        pending = [a for a in pending if a not in ready]
    return tuple(ordered)
