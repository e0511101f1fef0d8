"""What is in the simulated vial: components, each a lognormal number distribution, as the user writes them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from vesicle.errors import UsageError

SMALLEST_NM, LARGEST_NM = 5.0, 5000.0
WIDEST_CV, WIDEST_GSD = 2.0, 5.0
LIGHTEST, HEAVIEST = 1e-6, 1e6

Kind: TypeAlias = Literal["mix", "lognormal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One kind of particle: a lognormal number distribution of the diameter.

    ``log_sd`` is the standard deviation of the natural logarithm of the diameter, ``weight`` its share of the
    number per volume (of any sum), ``kind`` how the user wrote it.
    """

    median_nm: float
    log_sd: float
    weight: float = 1.0
    kind: Kind = "mix"

    @property
    def mean_nm(self) -> float:
        """Arithmetic mean diameter."""
        return self.median_nm * math.exp(self.log_sd**2 / 2)

    @property
    def sd_nm(self) -> float:
        """Standard deviation of the diameter."""
        return self.mean_nm * math.sqrt(math.expm1(self.log_sd**2))

    @property
    def label(self) -> str:
        """As the user could have written it, without the weight."""
        if self.kind == "mix":
            return f"{self.mean_nm:g}:{self.sd_nm / self.mean_nm:.4g}"
        return f"{self.median_nm:g}:{math.exp(self.log_sd):.4g}"


def mixed(mean_nm: float, cv: float, weight: float = 1.0) -> Component:
    """A component of a given mean and coefficient of variation.

    Parameters
    ----------
    mean_nm : float
        Arithmetic mean diameter.
    cv : float
        Standard deviation over mean; 0 for one size.
    weight : float, optional
        Number per volume, relative to the other components.

    Returns
    -------
    Component
        Lognormal, so that no diameter is negative however wide it is.

    Examples
    --------
    >>> round(mixed(100.0, 0.1).sd_nm, 6)
    10.0
    """
    variance = math.log1p(cv**2)
    median_nm = mean_nm * math.exp(-variance / 2)
    return Component(median_nm=median_nm, log_sd=math.sqrt(variance), weight=weight)


def lognormal(median_nm: float, gsd: float, weight: float = 1.0) -> Component:
    """A component of a given median and geometric standard deviation.

    Parameters
    ----------
    median_nm : float
        Median diameter.
    gsd : float
        Geometric standard deviation; 1 for one size.
    weight : float, optional
        Number per volume, relative to the other components.

    Returns
    -------
    Component
        For example ``lognormal(110, 1.4)`` for a preparation of vesicles.
    """
    return Component(median_nm=median_nm, log_sd=math.log(gsd), weight=weight, kind="lognormal")


def parse_components(mix: Sequence[str], lognormals: Sequence[str]) -> tuple[Component, ...]:
    """The components that the user named on the command line.

    Parameters
    ----------
    mix : sequence of str
        Each ``MEAN:CV[:WEIGHT]``, several in one text separated by commas.
    lognormals : sequence of str
        Each ``MEDIAN:GSD[:WEIGHT]``, in the same way.

    Returns
    -------
    tuple of Component
        In the order given, those of ``mix`` first.

    Raises
    ------
    UsageError
        When a text is not of this form, a number is outside its range, or there is none at all.

    Examples
    --------
    >>> [c.label for c in parse_components(["100:0.05:1,200:0.05:1"], [])]
    ['100:0.05', '200:0.05']
    """
    found = [_component(part, _MIX) for text in mix for part in text.split(",")]
    found += [_component(part, _LOGNORMAL) for text in lognormals for part in text.split(",")]
    if not found:
        raise UsageError(
            "No sizes are given.",
            why="A simulation needs --mix or --lognormal.",
            next_step="For example: --mix 100:0.05 for beads, --lognormal 110:1.4 for vesicles.",
        )
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    option: str
    written: str
    make: Callable[[float, float, float], Component]
    narrowest: float
    widest: float
    spread: str
    example: str


_MIX = _Form(
    option="--mix",
    written="MEAN:CV[:WEIGHT]",
    make=mixed,
    narrowest=0.0,
    widest=WIDEST_CV,
    spread="CV, a fraction,",
    example="100:0.05:1,200:0.05:1",
)
_LOGNORMAL = _Form(
    option="--lognormal",
    written="MEDIAN:GSD[:WEIGHT]",
    make=lognormal,
    narrowest=1.0,
    widest=WIDEST_GSD,
    spread="GSD",
    example="110:1.4",
)


def _component(text: str, form: _Form) -> Component:
    numbers = [_number(part, text, form) for part in text.split(":")]
    if len(numbers) not in {2, 3}:
        raise _refused(text, form, why=f"{len(numbers)} numbers are given, not 2 or 3.")
    size_nm, spread, weight = (*numbers, 1.0)[:3]
    limits = (
        ("diameter in nm", size_nm, SMALLEST_NM, LARGEST_NM),
        (form.spread, spread, form.narrowest, form.widest),
        ("weight", weight, LIGHTEST, HEAVIEST),
    )
    for name, number, low, high in limits:
        if not low <= number <= high:
            raise _refused(text, form, why=f"The {name} is {number:g}; it goes from {low:g} to {high:g}.")
    return form.make(size_nm, spread, weight)


def _number(part: str, text: str, form: _Form) -> float:
    try:
        return float(part)
    except ValueError:
        raise _refused(text, form, why=f"'{part.strip()}' is not a number.") from None


def _refused(text: str, form: _Form, *, why: str) -> UsageError:
    return UsageError(
        f"This is no {form.written}.",
        where=f"{form.option} '{text}'",
        why=why,
        next_step=f"For example: {form.option} {form.example}.",
    )
