"""The dossier as one JSON document, for other programs."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from typing import TypeAlias

import numpy as np

from vesicle.dossier import Dossier, FileRecord
from vesicle.dossier.appendix import assessed, not_judged, standards_version
from vesicle.dossier.blocks import Picture
from vesicle.dossier.figures.rows import picture_shapes
from vesicle.dossier.outline import Placed, figures
from vesicle.findings.tracking import FrameOverlay, TrackedVideo
from vesicle.measurements import SizeHistogram, SizeTracks
from vesicle.measurements.sizing import FloatArray
from vesicle.results import CheckResult, Estimate, Evidence, NotAssessed, Part, Verdict

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

SCHEMA = "vesicle.dossier/1"

_SUMS: Mapping[str, Callable[[FloatArray], float]] = {"mean": np.mean, "min": np.min, "max": np.max}


def dossier_document(dossier: Dossier) -> dict[str, Json]:
    """The dossier in the shape of its published schema.

    Parameters
    ----------
    dossier : Dossier
        Any dossier.

    Returns
    -------
    dict
        ``schema``, ``batch``, ``created``, ``software``, ``checks``, ``findings``, ``files``,
        ``not_assessed`` and more; ready for ``json.dumps``.
    """
    n, m = assessed(dossier)
    return {
        "schema": SCHEMA,
        "batch": dossier.batch,
        "created": dossier.created,
        "software": encode(dossier.software),
        "standards_version": standards_version(),
        "settings": encode(dossier.settings),
        "counts": {verdict.value: count for verdict, count in dossier.counts().items()},
        "assessed": {"n": n, "of": m},
        "checks": [_check(check) for check in dossier.checks],
        "findings": {name: encode(finding) for name, finding in dossier.findings.items()},
        "pictures": [_picture(p, block) for p, block in figures(dossier) if isinstance(block, Picture)],
        "files": [_file(record) for record in dossier.files],
        "not_assessed": _not_assessed(dossier),
        "missing": [{"what": item.what, "allows": item.allows} for item in dossier.missing],
    }


def dossier_json(dossier: Dossier) -> str:
    """The dossier's document as text; a number that is not finite is an error of ours.

    Parameters
    ----------
    dossier : Dossier
        Any dossier.

    Returns
    -------
    str
        Indented JSON, non-ASCII letters kept.
    """
    return json.dumps(dossier_document(dossier), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def encode(value: object) -> Json:
    """Any record as JSON: estimates with their interval, gaps with their reason, arrays as lists.

    Parameters
    ----------
    value : object
        A dataclass, mapping, sequence, array, enum, date or plain value.

    Returns
    -------
    Json
        Without NaN or infinity.

    Raises
    ------
    TypeError
        When the value is of a kind that has no place in a dossier.

    Examples
    --------
    >>> encode(NotAssessed("no blank"))
    {'not_assessed': 'no blank'}
    """
    if isinstance(value, Enum):
        return encode(value.value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else {"not_assessed": "not a finite number"}
    if isinstance(value, Estimate | NotAssessed):
        return _quantity(value)
    if isinstance(value, SizeHistogram | SizeTracks):
        return _raw_table(value)
    if isinstance(value, TrackedVideo):
        return _video(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: encode(getattr(value, item.name)) for item in dataclasses.fields(value)}
    return _encode_collection(value)


def _raw_table(table: SizeHistogram | SizeTracks) -> dict[str, Json]:
    """A table of the input in few words: its rows stand in the file, whose hash the dossier lists."""
    if isinstance(table, SizeTracks):
        return {"tracks": len(table.diameter_nm), "included": int(table.included.sum())}
    return {"classes": len(table.centre_nm), "sum": float(table.amount.sum()), "first_row": table.first_row}


def _video(video: TrackedVideo) -> dict[str, Json]:
    """A video in few words: its frames stand in the file, and what is drawn of it in the tables of the figures."""
    spots, drift = video.spots_per_frame, video.drift_px
    return {
        "frames": video.frames,
        "polarity": video.polarity,
        "spots_per_frame": {name: encode(of(spots)) for name, of in _SUMS.items() if len(spots)},
        "drift_px": {
            axis: {name: encode(of(drift[:, index])) for name, of in _SUMS.items() if len(drift)}
            for index, axis in enumerate("xy")
        },
        "overlay": _overlay(video.overlay),
        "tracks": {"total": video.tracks.total, "shown": len(video.tracks.x_px)},
        "settings": encode(video.settings),
    }


def _overlay(overlay: FrameOverlay) -> dict[str, Json]:
    rows, columns = overlay.grey.shape
    return {
        "frame": overlay.frame,
        "rows": rows,
        "columns": columns,
        "spots": len(overlay.x_px),
        "tracked": int(overlay.is_tracked.sum()),
        "spot_radius_px": overlay.spot_radius_px,
        "pixel_nm": overlay.pixel_nm,
    }


def _picture(placed: Placed, picture: Picture) -> Json:
    rows, columns = picture.grey.shape
    shapes: list[Json] = [
        {"kind": kind, "series": series, "number": number} for kind, series, number in picture_shapes(picture)
    ]
    return {
        "id": picture.id,
        "title": picture.title,
        "caption": picture.caption,
        "summary": picture.summary,
        "file": f"figures/{placed.name}.svg",
        "rows": rows,
        "columns": columns,
        "shapes": shapes,
    }


def _encode_collection(value: object) -> Json:
    if isinstance(value, np.ndarray):
        return [encode(item) for item in value.tolist()]
    if isinstance(value, Mapping):
        return {_key(key): encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encode(item) for item in value]
    if isinstance(value, set | frozenset):
        return [encode(item) for item in sorted(value, key=str)]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, np.integer | np.bool_):
        return value.item()
    found = type(value).__name__
    message = f"a dossier cannot hold a value of type {found}"
    raise TypeError(message)


def _key(key: object) -> str:
    if isinstance(key, Enum):
        return str(key.value)
    return key.__name__ if isinstance(key, type) else str(key)


def _quantity(quantity: Estimate | NotAssessed) -> dict[str, Json]:
    if isinstance(quantity, NotAssessed):
        return {"not_assessed": quantity.reason}
    fields: dict[str, Json] = {"value": quantity.value, "low": quantity.low, "high": quantity.high}
    return {**fields, "level": quantity.level, "n": quantity.n, "method": quantity.method}


def _check(check: CheckResult) -> dict[str, Json]:
    return {
        "id": check.id,
        "title": check.title,
        "verdict": check.verdict.value,
        "value": _quantity(check.value),
        "unit": check.unit,
        "rule": check.rule,
        "source": check.source.text,
        "source_status": check.source.status,
        "doi": check.source.doi,
        "overrides": list(check.overrides),
        "evidence": [_evidence(item) for item in check.evidence],
        "reason": check.reason,
        "reason_code": check.reason_code,
        "would_change": check.would_change,
        "parts": [_part(part) for part in check.parts],
    }


def _part(part: Part) -> dict[str, Json]:
    return {
        "subject": part.subject,
        "verdict": part.verdict.value,
        "value": _quantity(part.value),
        "unit": part.unit,
        "reason": part.reason,
        "evidence": [_evidence(item) for item in part.evidence],
    }


def _evidence(item: Evidence) -> dict[str, Json]:
    return {"file": item.file, "row": item.row}


def _file(record: FileRecord) -> dict[str, Json]:
    return {
        "path": record.file.path,
        "sha256": record.file.sha256,
        "size_bytes": record.file.size_bytes,
        "reader": record.reader,
        "title": record.title,
        "status": record.status,
        "sample": record.sample,
        "role": record.role,
        "message": record.message,
        "warnings": [{"code": w.code, "message": w.message, "row": w.row} for w in record.warnings],
    }


def _not_assessed(dossier: Dossier) -> list[Json]:
    missing: list[Json] = [
        {"id": check.id, "title": check.title, "reason": check.why}
        for check in dossier.checks
        if check.verdict is Verdict.NOT_ASSESSED
    ]
    reason = "this version of vesicle does not judge it"
    return missing + [
        {"id": check_id, "title": title, "reason": reason} for check_id, title in not_judged(dossier)
    ]
