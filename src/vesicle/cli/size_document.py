"""The document ``vesicle.size/1`` and the same numbers as a table for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vesicle.cli.scan import columns
from vesicle.results import NotAssessed, Quantity, Warned

if TYPE_CHECKING:
    from vesicle.findings import Component, RunSize, SizeDistribution, TrajectoryEstimate
    from vesicle.measurements import Dilution, SizeRun, VendorSummary

_VENDOR = ("d10_nm", "d50_nm", "d90_nm", "mean_nm", "mode_nm", "sd_nm", "concentration_per_ml", "tracks")
_COMPUTED = (
    "mode_nm",
    "median_nm",
    "mean_nm",
    "sd_nm",
    "d10_nm",
    "d90_nm",
    "concentration_per_ml",
    "tracks",
)
_OF_THE_USER = ("vesicle.toml", "command line")
"""Origins of a dilution that is not the file's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A file that gives no sizes, with a stable code and the reason."""

    path: str
    reader: str | None
    code: str
    message: str


def size_document(sizes: Iterable[RunSize], refused: Iterable[Refused]) -> Mapping[str, object]:
    """The machine contract of ``vesicle size --json``.

    Parameters
    ----------
    sizes : iterable of RunSize
        Runs that were read.
    refused : iterable of Refused
        Files without sizes.

    Returns
    -------
    mapping
        Ready for JSON; every number that is missing says why.
    """
    runs = [*map(_run, sizes), *map(_refused, refused)]
    return {"schema": "vesicle.size/1", "runs": runs}


def size_text(sizes: Sequence[RunSize], refused: Iterable[Refused]) -> str:
    """The main numbers as a table.

    Parameters
    ----------
    sizes : sequence of RunSize
        Runs that were read.
    refused : iterable of Refused
        Files without sizes.

    Returns
    -------
    str
        One line per run, then what is doubtful about them.
    """
    head = ("File", "Median (nm)", "Mode (nm)", "Particles per mL of the stock", "Vendor's D50 (nm)")
    rows = [head, *map(_row, sizes)]
    notes = [f"  {item.path}: {item.message}" for item in refused]
    return "\n".join([*(columns(rows) if len(rows) > 1 else ()), *_doubts(sizes), *notes])


def _doubts(sizes: Iterable[RunSize]) -> Iterator[str]:
    for size in sizes:
        for warned in _warnings_of(size):
            yield f"  {size.run.files[0].path}: {warned.message}"


def _warnings_of(size: RunSize) -> tuple[Warned, ...]:
    return (*size.run.warnings, *size.warnings)


def _row(size: RunSize) -> tuple[str, ...]:
    d50 = size.run.vendor.d50_nm
    return (
        size.run.files[0].path,
        _in_words(size.median_nm),
        _in_words(size.mode_nm),
        _in_words(size.concentration_per_ml, digits=3),
        "-" if d50 is None else f"{d50:.5g}",
    )


def _in_words(quantity: Quantity, *, digits: int = 4) -> str:
    if isinstance(quantity, NotAssessed):
        return f"not assessed: {quantity.reason}"
    value, low, high = (f"{number:.{digits}g}" for number in (quantity.value, quantity.low, quantity.high))
    return f"{value} ({low} to {high})"


def _run(size: RunSize) -> Mapping[str, object]:
    run = size.run
    computed = {name: _quantity(getattr(size, name)) for name in _COMPUTED}
    return {
        "file": run.files[0].path,
        "files": [ref.path for ref in run.files],
        "reader": run.reader,
        "status": run.status,
        "vendor": _vendor(run.vendor, run.dilution, run.temperature_c, run.viscosity_mpas),
        "computed": {
            **computed,
            **_of_tracks(size.estimate),
            "distribution": _distribution(size.distribution),
        },
        "per_video": list(_videos(run)),
        "warnings": [_warning(warned) for warned in _warnings_of(size)],
    }


def _of_tracks(estimate: TrajectoryEstimate | None) -> Mapping[str, object]:
    """What only tracks can say; a table of sizes has no components, and a video without a number says why."""
    if estimate is None:
        return {"components": []}
    components = estimate.components
    return {
        "components": {"not_assessed": components.reason}
        if isinstance(components, NotAssessed)
        else [_component(component) for component in components],
        "diffusion_um2_s": _quantity(estimate.diffusion_um2_s),
        "detection_limit_nm": _quantity(estimate.detection_limit_nm),
        "depth_um": _quantity(estimate.volume.depth_um),
        "volume_model": {"kind": estimate.volume.kind, "sentence": estimate.volume.sentence},
        "localisation_nm": _quantity(estimate.localisation_nm),
        "drift_px_per_frame": _quantity(estimate.drift_px_per_frame),
        "smoothing": estimate.smoothing,
    }


def _component(component: Component) -> Mapping[str, object]:
    names = ("diameter_nm", "fraction", "spread_percent")
    return {name: _quantity(getattr(component, name)) for name in names}


def _refused(item: Refused) -> Mapping[str, object]:
    from vesicle.measurements import Dilution, VendorSummary

    missing = {"not_assessed": item.message}
    nothing = _vendor(VendorSummary(), Dilution(), None, None)
    return {
        "file": item.path,
        "files": [item.path],
        "reader": item.reader,
        "status": "unreadable",
        "vendor": nothing,
        "computed": {**dict.fromkeys(_COMPUTED, missing), "components": [], "distribution": missing},
        "per_video": [],
        "warnings": [{"code": item.code, "message": item.message}],
    }


def _vendor(
    vendor: VendorSummary, dilution: Dilution, temperature_c: float | None, viscosity_mpas: float | None
) -> Mapping[str, object]:
    return {
        **{name: getattr(vendor, name) for name in _VENDOR},
        "dilution": None if dilution.origin in _OF_THE_USER else dilution.factor,
        "temperature_c": temperature_c,
        "viscosity_mpas": viscosity_mpas,
        "reproduced": list(vendor.reproduced),
    }


def _videos(run: SizeRun) -> Iterator[Mapping[str, object]]:
    for video in run.per_video:
        vendor = _vendor(video.vendor, video.dilution, video.temperature_c, video.viscosity_mpas)
        yield {"name": video.name, "vendor": vendor, "remarks": list(video.remarks)}


def _quantity(quantity: Quantity) -> Mapping[str, object]:
    if isinstance(quantity, NotAssessed):
        return {"not_assessed": quantity.reason}
    return {
        "value": quantity.value,
        "low": quantity.low,
        "high": quantity.high,
        "level": quantity.level,
        "n": quantity.n,
        "method": quantity.method,
    }


def _distribution(distribution: SizeDistribution | NotAssessed) -> Mapping[str, object]:
    if isinstance(distribution, NotAssessed):
        return {"not_assessed": distribution.reason}
    names = ("diameter_nm", "edges_nm", "fraction", "low", "high")
    return {name: getattr(distribution, name).tolist() for name in names}


def _warning(warned: Warned) -> Mapping[str, str]:
    return {"code": warned.code, "message": warned.message}
