"""From which diameter on particles were seen: each run's own limit, or what is known of the method."""

from __future__ import annotations

from collections.abc import Iterable

from vesicle.dossier.blocks import Zone
from vesicle.findings import RunSize
from vesicle.results import Estimate

CENSORED_BELOW_NM = 60.0
"""Below this, light scatter misses vesicles (nomenclature.toml R5; the limit is from memory)."""

_CENSORED = "Particles below the detection limit of the method are not observed, so the small end is censored"
_OF_METHOD = f"about {CENSORED_BELOW_NM:g} nm for vesicles by light scatter; limit from memory"


def detection_limit_nm(size: RunSize) -> float | None:
    """The diameter below which a run sees fewer than half of the particles, where its tracks tell.

    Parameters
    ----------
    size : RunSize
        Any run.

    Returns
    -------
    float or None
        None when only the method's general limit is known.
    """
    limit = size.estimate.detection_limit_nm if size.estimate else None
    return limit.value if isinstance(limit, Estimate) else None


def censored_sentence(runs: Iterable[RunSize]) -> str:
    """What stands beside every mode and mean.

    Parameters
    ----------
    runs : iterable of RunSize
        Those whose numbers the sentence accompanies.

    Returns
    -------
    str
        With the limits of these runs, and with that of the method for those that have none of their own.
    """
    limits = [detection_limit_nm(size) for size in runs]
    own = sorted({f"{limit:.0f}": limit for limit in limits if limit is not None}.items(), key=lambda x: x[1])
    if not own:
        return f"{_CENSORED} ({_OF_METHOD})."
    span = own[0][0] if len(own) == 1 else f"{own[0][0]} to {own[-1][0]}"
    text = f"below {span} nm fewer than half of the particles are seen, by the noise of the run itself"
    rest = f"; runs without a limit of their own: {_OF_METHOD}" if None in limits else ""
    return f"{_CENSORED} ({text}{rest})."


def censored_zone(runs: Iterable[RunSize]) -> Zone:
    """The range of diameters that was not observed in at least one of some runs.

    Parameters
    ----------
    runs : iterable of RunSize
        Those that a figure draws.

    Returns
    -------
    Zone
        From 0 to the largest limit of the runs.
    """
    limits = [detection_limit_nm(size) for size in runs]
    is_own = bool(limits) and None not in limits
    high = max((CENSORED_BELOW_NM if limit is None else limit for limit in limits), default=CENSORED_BELOW_NM)
    return Zone(
        label="below the detection limit" if is_own else "censored", low=0.0, high=high, tone="censored"
    )
