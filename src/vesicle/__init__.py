"""vesicle: from a folder of raw files to one dossier that can be checked.

>>> import vesicle
>>> vesicle.run("folder")  # doctest: +SKIP

``run`` writes and returns a :class:`Dossier`, ``scan`` says what a folder holds, ``read`` turns one file
into a measurement. Nothing else is promised to stay.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vesicle.dossier import Dossier
    from vesicle.errors import (
        BadValue,
        ManifestError,
        MissingColumn,
        MissingExtra,
        NothingRecognised,
        ReadError,
        TruncatedFile,
        UsageError,
        VesicleError,
        WriteError,
    )
    from vesicle.manifest import Manifest, load_manifest
    from vesicle.readers.scan import read_path as read
    from vesicle.results import CheckResult, Estimate, Finding, NotAssessed, Provenance, Verdict
    from vesicle.spine import Scan, run, scan

__version__ = "0.1.0"

__all__ = [
    "BadValue",
    "CheckResult",
    "Dossier",
    "Estimate",
    "Finding",
    "Manifest",
    "ManifestError",
    "MissingColumn",
    "MissingExtra",
    "NotAssessed",
    "NothingRecognised",
    "Provenance",
    "ReadError",
    "Scan",
    "TruncatedFile",
    "UsageError",
    "Verdict",
    "VesicleError",
    "WriteError",
    "__version__",
    "load_manifest",
    "read",
    "run",
    "scan",
]

_ELSEWHERE = {
    "Dossier": "vesicle.dossier",
    "Manifest": "vesicle.manifest",
    "Scan": "vesicle.spine",
    "load_manifest": "vesicle.manifest",
    "run": "vesicle.spine",
    "scan": "vesicle.spine",
    **dict.fromkeys(
        ("CheckResult", "Estimate", "Finding", "NotAssessed", "Provenance", "Verdict"), "vesicle.results"
    ),
}


def __getattr__(name: str) -> object:
    # Loaded when asked for, so that a command line that only prints its help loads no science.
    if name not in __all__:
        raise AttributeError(f"module 'vesicle' has no attribute '{name}'")
    if name == "read":
        return import_module("vesicle.readers.scan").read_path
    return getattr(import_module(_ELSEWHERE.get(name, "vesicle.errors")), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
