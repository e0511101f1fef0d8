"""vesicle: from a folder of raw files to one dossier that can be checked.

Everything named in ``__all__`` is public; nothing else is promised to stay. Names are loaded when they are first
used, so that ``import vesicle`` and ``vesicle --help`` stay quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vesicle.dossier import Dossier
    from vesicle.errors import VesicleError
    from vesicle.results import CheckResult, Estimate, NotAssessed, Verdict
    from vesicle.spine import run

__version__ = "0.1.0"

__all__ = ["CheckResult", "Dossier", "Estimate", "NotAssessed", "Verdict", "VesicleError", "run"]

_HOME = {
    "CheckResult": "vesicle.results",
    "Dossier": "vesicle.dossier",
    "Estimate": "vesicle.results",
    "NotAssessed": "vesicle.results",
    "Verdict": "vesicle.results",
    "VesicleError": "vesicle.errors",
    "run": "vesicle.spine",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'vesicle' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
