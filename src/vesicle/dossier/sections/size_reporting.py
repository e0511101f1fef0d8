"""What a reader of a tracking measurement needs to know, item by item, and how many runs state it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from vesicle.analysis import Inputs
from vesicle.dossier.blocks import Block, Column, Table
from vesicle.findings import SizeFinding
from vesicle.measurements import BEAD_ROLES, SizeRun
from vesicle.results import Verdict
from vesicle.standards import load_standard

_OF_RUN: Mapping[str, Callable[[SizeRun], object]] = {
    "NTA1": lambda run: run.instrument and run.software,
    "NTA5": lambda run: run.temperature_c is not None and run.viscosity_mpas is not None,
    "NTA6": lambda run: run.dilution.factor is not None,
    "NTA7": lambda run: run.vendor.tracks is not None or run.tracks is not None,
    "NTA8": lambda run: run.positions is not None,
    "NTA9": lambda run: run.quality_of("cell_check"),
}
_OF_FOLDER = {"NTA10": "C04", "NTA12": "C03"}


def reporting_table(inputs: Inputs, sizes: SizeFinding) -> Iterator[Block]:
    """The reporting items of a tracking measurement, and where this folder states them.

    Parameters
    ----------
    inputs : Inputs
        With the verdicts of the checks.
    sizes : SizeFinding
        With at least one run.

    Yields
    ------
    Block
        One table.
    """
    items = load_standard("nta_reporting")["item"]
    yield Table(
        id="reporting",
        title="What a tracking measurement should report",
        columns=(
            Column(name="Item"),
            Column(name="What"),
            Column(name="Why", meaning="what goes wrong without it"),
            Column(name="Stated here"),
        ),
        rows=tuple((item["id"], item["item"], item["why"], _stated(item, inputs, sizes)) for item in items),
        caption="Positions and the cell check exist on some instruments only; the list is our own. A run counts where "
        "it states all that the item names.",
    )


def _stated(item: Mapping[str, Any], inputs: Inputs, sizes: SizeFinding) -> str:
    name = str(item["id"])
    if name in _OF_FOLDER:
        result = inputs.checks.get(_OF_FOLDER[name])
        is_judged = result is not None and result.verdict is not Verdict.NOT_ASSESSED
        return f"{'yes' if is_judged else 'no'}, see {_OF_FOLDER[name]}"
    if name == "NTA11":
        has_beads = any(size.run.role in BEAD_ROLES for size in sizes.runs)
        return "yes" if has_beads else "no bead standard in the folder"
    wanted: Sequence[Sequence[str]] = item.get("settings", [])
    found = sum(
        bool(_OF_RUN[name](size.run)) if name in _OF_RUN else _names(size.run, wanted) for size in sizes.runs
    )
    return f"in {found} of {len(sizes.runs)} runs"


def _names(run: SizeRun, groups: Sequence[Sequence[str]]) -> bool:
    """Whether the run states one setting of each group."""
    stated = {item.name for item in run.settings if item.value not in {"", "<No SOP>"}}
    return bool(groups) and all(stated & set(group) for group in groups)
