"""Which markers the vesicles have, and how much of the cells' own proteins came along with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev

from vesicle.analysis import Analysis, Inputs
from vesicle.findings import DepletionRow, MarkerFinding, MarkerRow
from vesicle.findings.markers import MarkerState
from vesicle.inference.intervals import log_ratio, mean_with_interval
from vesicle.measurements.markers import MarkerReading, MarkerTable
from vesicle.results import Estimate, Evidence, NotAssessed, Provenance, Quantity, exact
from vesicle.standards.ev_markers import EvMarker, ev_marker, markers_source

OTHER_COMPARTMENTS = 4
_SDS_OF_BLANK = 2.0
"""A marker is above the blank when it exceeds its mean by two standard deviations (house; as bead arrays do)."""
_MATERIAL_WORDS = re.compile(
    r"(?<![a-z])([slm]?evs?|exosom\w*|vesicles?|vesikel|isolate|cells?|whole|total|wcl|tcl|wce|cl|\w*lysates?|"
    r"\w*lysat|extract|from|of|parent\w*)(?![a-z])"
)
_NUMBER = re.compile(r"#?\d{1,2}|(rep|replicate|r|lane|no)?[.-]?\d{1,2}", re.IGNORECASE)
_UNNAMED = "EVs"
_ISOTYPE = re.compile(r"isotype|igg|rea control|ctrl bead|control bead", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """The readings of one marker in one material of one sample, all of one table."""

    table: MarkerTable
    readings: tuple[MarkerReading, ...]
    background: tuple[float, ...]

    @property
    def level(self) -> float:
        return fmean(self.background) if self.background else 0.0

    @property
    def threshold(self) -> float:
        spread = stdev(self.background) if len(self.background) > 1 else 0.0
        return max(0.0, self.level + _SDS_OF_BLANK * spread)

    def state_of(self, reading: MarkerReading) -> MarkerState:
        if reading.is_below_lod:
            return "below LOD"
        if reading.intensity is not None:
            return "present" if reading.intensity > self.threshold else "below LOD"
        if reading.is_present is None:
            return "unclear"
        return "present" if reading.is_present else "absent"

    @property
    def state(self) -> MarkerState:
        """What most readings say; unclear when they disagree evenly."""
        states = [self.state_of(reading) for reading in self.readings]
        here, not_here = states.count("present"), states.count("absent") + states.count("below LOD")
        if here == not_here:
            return "unclear"
        if here > not_here:
            return "present"
        return "below LOD" if "below LOD" in states else "absent"

    @property
    def net(self) -> list[tuple[float, float | None]]:
        """Intensities above the blank with their loads."""
        found = [r for r in self.readings if r.intensity is not None and self.state_of(r) == "present"]
        return [((r.intensity or 0.0) - self.level, r.load_ug) for r in found]

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return tuple(Evidence(file=self.table.file.path, row=reading.row) for reading in self.readings)


def assess_markers(inputs: Inputs) -> MarkerFinding:
    """The markers of every sample in the folder's tables, and the depletion of the cells' own proteins.

    Parameters
    ----------
    inputs : Inputs
        With the marker tables among its measurements.

    Returns
    -------
    MarkerFinding
        Empty when there is no table.
    """
    tables = inputs.all(MarkerTable)
    return MarkerFinding(
        assays=tuple(dict.fromkeys(table.assay for table in tables if table.assay)),
        rows=tuple(row for table in tables for row in _rows(table)),
        depletion=tuple(row for table in tables for row in _depletion(table)),
        provenance=Provenance(
            files=tuple(table.file for table in tables),
            reader="marker-table",
            method="present above the mean of the blanks plus two of their standard deviations (house), or as the "
            "table says in words; ratios per ug of protein, net of the blank",
            source=markers_source(),
        ),
    )


def _rows(table: MarkerTable) -> Iterator[MarkerRow]:
    for (sample, _), seen in _groups(table, "ev").items():
        first = seen.readings[0]
        if _ISOTYPE.search(first.marker):
            continue
        known = ev_marker(first.marker)
        yield MarkerRow(
            sample=sample,
            marker=_name(first, known),
            written=first.marker,
            category=known.category if known else None,
            state=seen.state,
            intensity=_intensity(seen),
            basis=_basis(seen),
            counts=known.counts if known else False,
            is_supported=_is_supported(seen),
            note=_note(seen, known),
            evidence=seen.evidence,
        )


def _name(reading: MarkerReading, known: EvMarker | None) -> str:
    return known.symbol if known else reading.marker


def _groups(table: MarkerTable, material: str) -> dict[tuple[str, str], _Seen]:
    """Readings of one material by sample and marker, in the order of the table."""
    groups: dict[tuple[str, str], list[MarkerReading]] = {}
    for reading in _of_material(table, material):
        known = ev_marker(reading.marker)
        groups.setdefault((sample_key(reading.sample), _name(reading, known)), []).append(reading)
    return {
        key: _Seen(table=table, readings=tuple(found), background=_background(table, found))
        for key, found in groups.items()
    }


def _of_material(table: MarkerTable, material: str) -> list[MarkerReading]:
    """The readings of one material; where no lane is said to hold vesicles, those that say nothing do."""
    found = [reading for reading in table.readings if reading.material == material]
    if found or material != "ev":
        return found
    return [reading for reading in table.readings if not reading.material]


def sample_key(name: str) -> str:
    """The name of a sample without the words for what of it was loaded.

    Parameters
    ----------
    name : str
        As the table has it.

    Returns
    -------
    str
        ``EVs`` where nothing else is left. A number behind the material counts replicates.

    Examples
    --------
    >>> sample_key("LOT-7 EV 2"), sample_key("LOT-7 cell lysate"), sample_key("EV"), sample_key("EV LOT 8")
    ('LOT-7', 'LOT-7', 'EVs', 'LOT 8')
    """
    kept: list[str] = []
    follows_material = False
    for word in re.split(r"[\s_]+", name.strip()):
        is_material = _MATERIAL_WORDS.fullmatch(word.casefold()) is not None
        if not is_material and not (follows_material and _NUMBER.fullmatch(word)):
            kept.append(word)
        follows_material = is_material
    joined = re.sub(r"[-(]?\b(s?EVs?|lysate)\)?$", "", " ".join(kept), flags=re.IGNORECASE).strip(" -_(),:")
    return joined or _UNNAMED


def _background(table: MarkerTable, found: Sequence[MarkerReading]) -> tuple[float, ...]:
    """What a blank, or else an isotype control of the same sample, reads for these readings."""
    name = _name(found[0], ev_marker(found[0].marker))
    blanks = [r for r in table.readings if r.material == "blank" and _name(r, ev_marker(r.marker)) == name]
    samples = {reading.sample for reading in found}
    isotypes = [r for r in table.readings if r.sample in samples and _ISOTYPE.search(r.marker)]
    for controls in (blanks, isotypes):
        numbers = tuple(r.intensity for r in controls if r.intensity is not None)
        if numbers:
            return numbers
    return ()


def _is_supported(seen: _Seen) -> bool:
    """Whether presence rests on more than a number: a word, a blank, or a table that tells presence from absence."""
    if seen.state != "present" or seen.background or any(r.is_present for r in seen.readings):
        return True
    return any(r.is_below_lod or r.is_present is False for r in seen.table.readings)


def _basis(seen: _Seen) -> str:
    if all(reading.intensity is None for reading in seen.readings):
        return "as the table says"
    if seen.background:
        n = len(seen.background)
        return f"against {n} {'blank' if n == 1 else 'blanks'} (limit {seen.threshold:.4g})"
    return "a number, beside others below the limit" if _is_supported(seen) else "a number, without a blank"


def _intensity(seen: _Seen) -> Quantity:
    numbers = [reading.intensity - seen.level for reading in seen.readings if reading.intensity is not None]
    if not numbers:
        return NotAssessed("the table gives no intensity")
    if len(numbers) == 1:
        return exact(numbers[0], method="a single lane or well: no interval can be given", n=1)
    return mean_with_interval(numbers, what="lanes or wells", floor=float("-inf"))


def _note(seen: _Seen, known: EvMarker | None) -> str:
    states = [seen.state_of(reading) for reading in seen.readings]
    mixed = f"{states.count('present')} of {len(states)} readings present" if len({*states}) > 1 else ""
    said = [
        mixed,
        known.note if known else "",
        "loading control, not counted" if known and not known.counts else "",
    ]
    return "; ".join(filter(None, said))


def _depletion(table: MarkerTable) -> Iterator[DepletionRow]:
    lysates = _groups(table, "cell lysate")
    for (sample, name), seen in _groups(table, "ev").items():
        known = ev_marker(seen.readings[0].marker)
        if known is not None and known.category == OTHER_COMPARTMENTS:
            yield _compared(sample, name, seen, _lysate_of(lysates, sample, name))


def _lysate_of(lysates: dict[tuple[str, str], _Seen], sample: str, marker: str) -> _Seen | NotAssessed:
    if (sample, marker) in lysates:
        return lysates[sample, marker]
    others = [seen for (_, name), seen in lysates.items() if name == marker]
    if len(others) == 1:
        return others[0]
    if others:
        return NotAssessed(f"several lysates were assayed for {marker} and none is named like '{sample}'")
    return NotAssessed(f"no cell lysate was assayed for {marker}: its absence alone is no evidence")


def _compared(sample: str, marker: str, seen: _Seen, lysate: _Seen | NotAssessed) -> DepletionRow:
    row = DepletionRow(
        sample=sample, marker=marker, state=seen.state, ratio=NotAssessed(""), evidence=seen.evidence
    )
    if isinstance(lysate, NotAssessed):
        return replace(row, ratio=lysate)
    row = replace(row, evidence=(*seen.evidence, *lysate.evidence))
    if lysate.state != "present":
        why = f"the lysate is not positive for {marker}, so the assay did not work or the cells have none"
        return replace(row, ratio=NotAssessed(why))
    if seen.state == "unclear":
        return replace(row, ratio=NotAssessed(f"the readings of {marker} in the vesicles do not agree"))
    loads = _loads(seen, lysate)
    row = replace(row, load=_load_text(loads), is_load_known=loads is not None)
    return _present(row, seen, lysate) if seen.state == "present" else _absent(row, seen, lysate, loads)


def _loads(seen: _Seen, lysate: _Seen) -> tuple[float, float] | None:
    """Mean protein loaded of vesicles and of lysate, None unless every lane states it."""
    ours, theirs = ([reading.load_ug for reading in side.readings] for side in (seen, lysate))
    if None in ours or None in theirs:
        return None
    return fmean(x for x in ours if x), fmean(x for x in theirs if x)


def _load_text(loads: tuple[float, float] | None) -> str:
    if loads is None:
        return "not stated"
    return f"{loads[0]:.4g} ug" if loads[0] == loads[1] else f"{loads[0]:.4g} and {loads[1]:.4g} ug"


def _present(row: DepletionRow, seen: _Seen, lysate: _Seen) -> DepletionRow:
    top, bottom = seen.net, lysate.net
    if not top or not bottom:
        return replace(
            row, ratio=NotAssessed("vesicles and lysate are both positive, and there are no intensities")
        )
    per_ug = row.is_load_known
    values = [[net / (load or 1.0) if per_ug else net for net, load in side] for side in (top, bottom)]
    if max(map(len, values)) == 1:
        method = "one lane each: no interval can be given" + ("" if per_ug else "; loads not stated")
        return replace(row, ratio=exact(values[0][0] / values[1][0], method=method, n=1))
    return replace(row, ratio=log_ratio(values[0], values[1], top_se=0.0, bottom_se=0.0))


def _absent(row: DepletionRow, seen: _Seen, lysate: _Seen, loads: tuple[float, float] | None) -> DepletionRow:
    limits = [r.limit for r in seen.readings if r.limit] or ([seen.threshold] if seen.background else [])
    if limits and lysate.net and max(limits) > seen.level:
        scale = loads[1] / loads[0] if loads else 1.0
        bound = (max(limits) - seen.level) / fmean(net for net, _ in lysate.net) * scale
        method = "at most: the limit of detection over the lysate"
        return replace(row, ratio=Estimate(value=bound, low=0.0, high=bound, method=method))
    if loads and loads[0] < loads[1]:
        why = (
            f"the vesicles are below the limit at {loads[0]:g} ug, but {loads[1]:g} ug of lysate were loaded"
        )
        return replace(row, ratio=NotAssessed(why))
    reason = f"{row.state} in the vesicles, so the ratio has no number"
    return replace(row, ratio=NotAssessed(reason), is_depleted_by_word=True)


ANALYSIS = Analysis(name="markers", needs=(MarkerTable,), gives=MarkerFinding, run=assess_markers)
