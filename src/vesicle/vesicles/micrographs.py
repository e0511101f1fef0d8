"""Pictures of single vesicles with their scale, and the sizes measured in them beside those of tracking."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from vesicle.analysis import Analysis, Inputs
from vesicle.findings import ImageRow, ImageSize, MicrographFinding, SampleSize, SizeFinding
from vesicle.measurements.markers import Micrograph, ParticleDiameters
from vesicle.measurements.sizing import FloatArray
from vesicle.results import Estimate, Evidence, NotAssessed, Provenance, Quantity, exact
from vesicle.standards import CheckStandard

_FEWEST = 6
"""Below, no two order statistics enclose the median at 95 %."""


def assess_micrographs(inputs: Inputs) -> MicrographFinding:
    """The micrographs of samples with their view and scale, and the sizes that were measured in some.

    Parameters
    ----------
    inputs : Inputs
        With micrographs and tables of diameters among its measurements, and the sizes of tracking.

    Returns
    -------
    MicrographFinding
        Empty when there is neither.
    """
    pictures = [picture for picture in inputs.all(Micrograph) if picture.role == "sample"]
    tables = inputs.all(ParticleDiameters)
    return MicrographFinding(
        images=tuple(_image(picture, inputs.limits["C13"]) for picture in pictures),
        sizes=tuple(_size(table, inputs) for table in tables),
        provenance=Provenance(
            files=tuple(source.file for source in (*pictures, *tables)),
            reader="micrograph, micrograph-sizes",
            method="field of view = pixels across times pixel size; median of the diameters with an interval "
            "between order statistics",
        ),
    )


def _image(picture: Micrograph, standard: CheckStandard) -> ImageRow:
    pixel, field = _lengths(picture)
    view, basis = _view(picture, field, standard)
    if isinstance(pixel, NotAssessed):
        refused = pixel.reason
    else:
        refused = (
            "" if view else "whether it is wide-field or close-up is not stated; state view under [[files]]"
        )
    return ImageRow(
        file=picture.file.path,
        sample=picture.sample,
        method=picture.method,
        width_px=picture.width_px,
        height_px=picture.height_px,
        bits=picture.bits,
        pixel_nm=pixel,
        field_um=field,
        view=view,
        view_basis=basis,
        refused=refused,
        evidence=(Evidence(file=picture.file.path),),
    )


def _lengths(picture: Micrograph) -> tuple[Quantity, Quantity]:
    if picture.pixel_nm is None:
        missing = NotAssessed("no scale: the size of a pixel is not stated; state pixel_nm under [[files]]")
        return missing, missing
    stated = exact(picture.pixel_nm, method="as the file or the manifest states it")
    field_um = picture.width_px * picture.pixel_nm / 1000
    return stated, exact(field_um, method="pixels across times pixel size")


def _view(picture: Micrograph, field_um: Quantity, standard: CheckStandard) -> tuple[str, str]:
    if picture.view:
        is_name = any(note.code == "view_inferred" for note in picture.warnings)
        return picture.view, "its name" if is_name else "stated"
    if isinstance(field_um, NotAssessed):
        return "", ""
    if field_um.value >= standard["wide_field_um"]:
        return "wide-field", "width of the field (house)"
    if field_um.value <= standard["close_up_um"]:
        return "close-up", "width of the field (house)"
    return "", ""


def _size(table: ParticleDiameters, inputs: Inputs) -> ImageSize:
    name, tracked = _tracked(table, inputs)
    d10, d90 = (_plain(table.diameter_nm, share) for share in (0.1, 0.9))
    return ImageSize(
        file=table.file.path,
        sample=table.sample,
        method=table.method,
        particles=len(table.diameter_nm),
        median_nm=median_with_interval(table.diameter_nm),
        d10_nm=d10,
        d90_nm=d90,
        tracked_sample=name,
        tracked_median_nm=tracked,
        evidence=(Evidence(file=table.file.path),),
    )


def _plain(diameter_nm: FloatArray, share: float) -> Quantity:
    if len(diameter_nm) < 1 / min(share, 1 - share):
        return NotAssessed(f"{len(diameter_nm)} particles are too few for a tenth of them")
    value = float(np.quantile(diameter_nm, share))
    return exact(value, method="quantile of the diameters, without an interval", n=len(diameter_nm))


def median_with_interval(diameter_nm: FloatArray) -> Estimate:
    """The median of diameters with an interval between two of them.

    Parameters
    ----------
    diameter_nm : numpy.ndarray
        In increasing order, at least one.

    Returns
    -------
    Estimate
        From the smallest to the largest where there are fewer than six, and the method says so.

    Notes
    -----
    **Source**: order statistics; the number of diameters below the median is binomial with a share of one half.

    Examples
    --------
    >>> import numpy as np
    >>> found = median_with_interval(np.arange(1.0, 101.0))
    >>> found.value, found.low, found.high
    (50.5, 40.0, 61.0)
    """
    n = len(diameter_nm)
    rank = _lower_rank(n)
    method = f"order statistics, {n} particles"
    if rank == 0:
        method = f"from the smallest to the largest of {n} particles, which covers less than 95 %"
    low, high = max(rank, 1), n + 1 - max(rank, 1)
    return Estimate(
        value=float(np.median(diameter_nm)),
        low=float(diameter_nm[low - 1]),
        high=float(diameter_nm[high - 1]),
        n=n,
        method=method,
    )


def _lower_rank(n: int) -> int:
    """The largest rank that less than 2.5 % of medians lie below; 0 when there is none."""
    if n < _FEWEST:
        return 0
    total, rank, log_half = 0.0, 0, n * math.log(0.5)
    while True:
        log_choose = math.lgamma(n + 1) - math.lgamma(rank + 1) - math.lgamma(n - rank + 1)
        total += math.exp(log_choose + log_half)
        if total > 0.025:
            return rank
        rank += 1


def _tracked(table: ParticleDiameters, inputs: Inputs) -> tuple[str, Quantity]:
    """The median by tracking of the sample that the table is named like, else of the only one."""
    found = inputs.finding(SizeFinding)
    samples: Sequence[SampleSize] = () if isinstance(found, NotAssessed) else found.samples
    if not samples:
        return "", NotAssessed("no tracking of this sample in the folder")
    named = [s for s in samples if _key(s.preparation or s.sample) in _key(table.sample)]
    preparations = {sample.preparation or sample.sample for sample in samples}
    named.sort(key=lambda sample: -len(_key(sample.preparation or sample.sample)))
    chosen = named or (list(samples) if len(preparations) == 1 else [])
    if not chosen:
        return "", NotAssessed(
            f"no counted sample is named like '{table.sample}'; state sample under [[files]]"
        )
    return chosen[0].sample, chosen[0].median_nm


def _key(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", name).casefold()


ANALYSIS = Analysis(
    name="micrographs",
    needs=(Micrograph, ParticleDiameters, SizeFinding),
    gives=MicrographFinding,
    run=assess_micrographs,
)
