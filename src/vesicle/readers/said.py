"""What the manifest's ``[[files]]`` say about one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

from vesicle.manifest import FileRule, VideoDefaults
from vesicle.measurements import Scale
from vesicle.measurements.scale import SCALE_NAMES
from vesicle.standards import canonical_term

_PLAIN = (
    *("sample", "dilution", "certified_nm", "certified_uncertainty_nm", "subject", "markers", "control"),
    *("volume_nl", "bead_diameters_nm", "bead_diameter_kind", "bead_material", "bead_values", "bead_unit"),
    "view",
)
"""Keys that are passed on as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the manifest says about one file; None where it says nothing."""

    sample: str | None = None
    role: str | None = None
    dilution: float | None = None
    scale: Scale = field(default_factory=Scale)
    certified_nm: float | None = None
    certified_uncertainty_nm: float | None = None
    subject: Literal["cells", "particles"] | None = None
    markers: Mapping[str, str] | None = None
    control: str | None = None
    volume_nl: float | None = None
    bead_diameters_nm: tuple[float, ...] | None = None
    bead_diameter_kind: Literal["measured", "label"] | None = None
    bead_material: str | None = None
    bead_values: Mapping[str, tuple[float, ...]] | None = None
    bead_unit: str | None = None
    view: Literal["wide-field", "close-up"] | None = None


def said_about(path: str, rules: Sequence[FileRule], video: VideoDefaults | None = None) -> Said:
    """What the manifest says about a file; a later rule of ``[[files]]`` completes an earlier one.

    Parameters
    ----------
    path : str
        Relative to the folder, with forward slashes.
    rules : sequence of FileRule
        In the order of the manifest; a glob matches the path or the name alone.
    video : VideoDefaults, optional
        The manifest's ``[video]``, for what no rule says.

    Returns
    -------
    Said
        Where two rules state the same key, the first wins.
    """
    matching = [rule for rule in rules if matches(path, rule.glob)]
    role = _first(matching, "role")
    numbers = {name: _first([*matching, video or VideoDefaults()], name) for name in SCALE_NAMES}
    return Said(
        role=None if role is None else canonical_term("file_role", role) or role,
        scale=Scale(**numbers),
        **{name: _first(matching, name) for name in _PLAIN},
    )


def _first(rules: Sequence[object], name: str) -> Any:
    return next((value for rule in rules if (value := getattr(rule, name)) is not None), None)


def matches(path: str, glob: str) -> bool:
    """Whether a glob of ``[[files]]`` means a file.

    Parameters
    ----------
    path : str
        Relative to the folder, with forward slashes.
    glob : str
        Compared with the path and with the name alone.

    Returns
    -------
    bool
        Upper and lower case differ.
    """
    return path == glob or fnmatchcase(path, glob) or fnmatchcase(path.rsplit("/", 1)[-1], glob)
