"""The pattern of MSC antigens on small particles: mean calibrated fluorescence of those an MSC has over those it lacks.

Compatible with MSC, not specific: fibroblasts and endothelium share it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vesicle.findings.flow import AntigenPattern, StainedMarker
from vesicle.inference.rates import ratio
from vesicle.results import Estimate, Evidence, NotAssessed, Quantity

PRESENT = ("CD73", "CD90", "CD105")
ABSENT = (("CD14",), ("CD34",), ("CD11b", "CD45"))
"""Each group needs one of its antigens."""


def antigen_patterns(markers: Sequence[StainedMarker]) -> tuple[AntigenPattern, ...]:
    """The pattern of every sample in which at least one of these antigens was stained.

    Parameters
    ----------
    markers : sequence of StainedMarker
        Of all files.

    Returns
    -------
    tuple of AntigenPattern
        The ratio is not assessed, with what is missing, unless all are stained and calibrated in one unit.

    Notes
    -----
    **Source**: Witwer 2019 for the comparison of CD73, CD90, CD105 with CD14, CD34, CD11b (paper not read here, see
    the rule of C15).
    """
    wanted = {*PRESENT, *(name for group in ABSENT for name in group)}
    samples = dict.fromkeys(marker.sample for marker in markers if marker.marker in wanted)
    return tuple(_pattern(sample, [m for m in markers if m.sample == sample]) for sample in samples)


def _pattern(sample: str, markers: Sequence[StainedMarker]) -> AntigenPattern:
    found = _best(markers)
    absent_names = [next((name for name in group if name in found), group[0]) for group in ABSENT]
    present = [(name, found[name]) for name in PRESENT if name in found]
    absent = [(name, found[name]) for name in absent_names if name in found]
    units = sorted({marker.unit for _, marker in (*present, *absent) if marker.unit})
    used = [marker for _, marker in (*present, *absent)]
    return AntigenPattern(
        sample=sample,
        present=tuple((name, marker.mean_calibrated) for name, marker in present),
        absent=tuple((name, marker.mean_calibrated) for name, marker in absent),
        unit=", ".join(units),
        ratio=_ratio([*PRESENT, *absent_names], found, units),
        evidence=tuple(dict.fromkeys(Evidence(file=marker.file) for marker in used)),
    )


def _best(markers: Sequence[StainedMarker]) -> Mapping[str, StainedMarker]:
    """The first reading of each marker that has a number, else the first."""
    found: dict[str, StainedMarker] = {}
    for marker in markers:
        has_none = marker.marker not in found or isinstance(found[marker.marker].mean_calibrated, NotAssessed)
        if has_none and (marker.marker not in found or isinstance(marker.mean_calibrated, Estimate)):
            found[marker.marker] = marker
    return found


def _ratio(names: Sequence[str], found: Mapping[str, StainedMarker], units: Sequence[str]) -> Quantity:
    missing = [name for name in names if name not in found]
    if missing:
        return NotAssessed(f"not stained, or not named: {', '.join(missing)}")
    if len(units) > 1:
        return NotAssessed(f"calibrated in different units ({', '.join(units)})")
    means: list[Estimate] = []
    for name in names:
        mean = found[name].mean_calibrated
        if isinstance(mean, NotAssessed):
            return NotAssessed(f"{name}: {mean.reason}")
        means.append(mean)
    result = ratio(_mean(means[: len(PRESENT)]), _mean(means[len(PRESENT) :]))
    if isinstance(result, NotAssessed):
        return NotAssessed(
            "the antigens that an MSC lacks are not above their control, so the ratio has no bound"
        )
    return result


def _mean(means: Sequence[Estimate]) -> Estimate:
    """The mean of independent means; their errors in quadrature."""
    n = len(means)
    value = sum(mean.value for mean in means) / n
    low = sum((mean.value - mean.low) ** 2 for mean in means) ** 0.5 / n
    high = sum((mean.high - mean.value) ** 2 for mean in means) ** 0.5 / n
    return Estimate(value=value, low=value - low, high=value + high, n=n, method="mean of the antigens")
