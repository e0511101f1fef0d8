"""The MIFlowCyt-EV items, each filled, missing or not applicable, from files, manifest and results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from vesicle.analysis import Inputs
from vesicle.dossier.blocks import Block, Column, Table, Text
from vesicle.errors import quoted
from vesicle.findings import DetergentFinding, FlowFinding
from vesicle.results import Estimate, NotAssessed
from vesicle.standards import load_standard
from vesicle.vesicles.flow_controls import dilution_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One item: ``state`` is filled, missing or not applicable; ``text`` says with what, or what would fill it."""

    state: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Folder:
    """What the items are answered from."""

    inputs: Inputs
    found: FlowFinding

    @property
    def is_stained(self) -> bool:
        return bool(self.found.markers)

    @property
    def colours(self) -> int:
        return len({marker.channel for marker in self.found.markers})


def reporting_blocks(inputs: Inputs, found: FlowFinding) -> Iterator[Block]:
    """The table of MIFlowCyt-EV, and a note on answers to items that do not exist.

    Parameters
    ----------
    inputs : Inputs
        With the manifest, whose ``[cytometry.reporting]`` answers items by their id.
    found : FlowFinding
        With at least one file.

    Yields
    ------
    Block
        A table, and a note where an id is unknown.
    """
    standard, folder = load_standard("miflowcyt_ev"), _Folder(inputs, found)
    answers = inputs.manifest.cytometry.reporting or {}
    rows = [(item, answer(item["id"], folder, answers)) for item in standard["item"]]
    counted = ", ".join(
        f"{sum(one.state == state for _, one in rows)} {state}"
        for state in ("filled", "missing", "not applicable")
    )
    yield Table(
        id="miflowcyt-ev",
        title="MIFlowCyt-EV",
        columns=(
            Column(name="Item"),
            Column(name="Part"),
            Column(name="What to report", meaning="in our own words"),
            Column(name="State"),
            Column(name="With what"),
            Column(name="Status of the item", meaning="what was seen of the document"),
        ),
        rows=tuple(
            (
                item["id"],
                item["section"],
                item["requirement"],
                one.state,
                one.text,
                _status(item["source_status"]),
            )
            for item, one in rows
        ),
        caption=f"{counted}. Answers in quotation marks are the user's own, from [cytometry.reporting] in "
        f"vesicle.toml; a filled item says that something is stated, not that it is right. "
        f"doi:{standard['source']['doi']}.",
    )
    unknown = set(answers) - {item["id"] for item in standard["item"]}
    if unknown:
        yield Text(text=f"No such item in MIFlowCyt-EV: {quoted(sorted(unknown))}.", tone="note")


def answer(item: str, folder: _Folder, answers: Mapping[str, str]) -> Answer:
    """How one item stands.

    Parameters
    ----------
    item : str
        Its id.
    folder : _Folder
        Files, manifest and results.
    answers : mapping of str to str
        The user's own words by id.

    Returns
    -------
    Answer
        The user's words first.
    """
    if answers.get(item, "").strip():
        return Answer(state="filled", text=f'"{answers[item].strip()}"')
    rule = _RULES.get(item)
    return rule(folder) if rule else _missing(f"answer {item} under [cytometry.reporting] in vesicle.toml")


def _status(text: str) -> str:
    return text.partition(":")[0].partition(" (")[0]


def _missing(text: str) -> Answer:
    return Answer(state="missing", text=text)


def _filled(text: str) -> Answer:
    return Answer(state="filled", text=text)


def _role(role: str, *, only_stained: bool = True) -> Callable[[_Folder], Answer]:
    def rule(folder: _Folder) -> Answer:
        files = [count.path for count in folder.found.counts if count.file.role == role]
        if files:
            return _filled(quoted(files, most=3))
        if only_stained and not folder.is_stained:
            return Answer(state="not applicable", text="no stain is named")
        return _missing(f'a file with role = "{role}"')

    return rule


def _of_stains(rule: Callable[[_Folder], Answer]) -> Callable[[_Folder], Answer]:
    def only_stained(folder: _Folder) -> Answer:
        return rule(folder) if folder.is_stained else Answer(state="not applicable", text="no stain is named")

    return only_stained


def _preparation(folder: _Folder) -> Answer:
    manifest = folder.inputs.manifest
    if manifest.isolation and manifest.cells.tissue:
        return _filled("see Production")
    return _missing("[cells] tissue and [[isolation]] in vesicle.toml")


def _reagents(folder: _Folder) -> Answer:
    names = quoted(sorted({marker.marker for marker in folder.found.markers}))
    return _missing(
        f"markers are named ({names}); clones, concentrations and incubation are not (answer FCE-2.1)"
    )


def _washing(_: _Folder) -> Answer:
    return _missing("how free reagent was removed (answer FCE-2.2)")


def _dilution(folder: _Folder) -> Answer:
    samples = folder.found.of_part("sample")
    without = [count.path for count in samples if dilution_of(count.file) is None]
    if samples and not without:
        return _filled("stated of every sample")
    return _missing(f"dilution under [[files]] of {quoted(without, most=3) or 'the samples'}")


def _single_stains(folder: _Folder) -> Answer:
    if folder.colours < 2:
        return Answer(state="not applicable", text="fewer than two colours")
    return _role("single stain")(folder)


def _series(folder: _Folder) -> Answer:
    slopes = [
        f"{one.sample}: slope {one.slope.value:.2f}"
        for one in folder.found.series
        if isinstance(one.slope, Estimate)
    ]
    if slopes:
        return _filled(", ".join(slopes))
    return _missing("at least three dilutions of a sample, with dilution under [[files]]")


def _detergent(folder: _Folder) -> Answer:
    losses = folder.inputs.finding(DetergentFinding)
    rows = () if isinstance(losses, NotAssessed) else losses.rows
    known = [
        f"{r.sample}: {r.loss_percent.value:.0f} % lost" for r in rows if isinstance(r.loss_percent, Estimate)
    ]
    return _filled(", ".join(known)) if known else _missing('a file of the sample with role = "detergent"')


def _trigger(folder: _Folder) -> Answer:
    stated = next((found for count in folder.found.counts if (found := count.thresholds)), {})
    if stated:
        return _filled(", ".join(f"{name} {value}" for name, value in list(stated.items())[:4]))
    return _missing("the files state no trigger or threshold (answer FCE-4.1)")


def _volume(folder: _Folder) -> Answer:
    without = [count.path for count in folder.found.of_part("sample") if count.volume_nl is None]
    if without or not folder.found.of_part("sample"):
        return _missing(f"volume_nl or flow_rate_ul_min for {quoted(without, most=3) or 'the samples'}")
    return _filled("; ".join(sorted({count.volume_from for count in folder.found.of_part("sample")})))


def _fluorescence(folder: _Folder) -> Answer:
    used = [f"{one.channel} ({one.unit})" for one in folder.found.ladders if isinstance(one.factor, Estimate)]
    return (
        _filled(", ".join(used))
        if used
        else _missing("a ladder of beads with bead_values; until then arbitrary units")
    )


def _scatter(folder: _Folder) -> Answer:
    model = folder.found.scatter
    if isinstance(model, NotAssessed):
        return _missing(model.reason)
    return _filled(f"{model.channel}, {model.wavelength_nm:g} nm, beads in {model.file}")


def _diameter(folder: _Folder) -> Answer:
    if folder.found.diameters:
        return _filled("as a band over models, see above")
    return _missing(folder.found.diameters_missing or "a calibrated scatter channel (FCE-4.4)")


def _index(folder: _Folder) -> Answer:
    if isinstance(folder.found.scatter, NotAssessed):
        return _missing("assumed or measured refractive index (answer FCE-5.2)")
    return _filled("assumed: the models of the diameter band")


def _epitopes(_: _Folder) -> Answer:
    return _missing("needs FCE-4.3 and the dye-to-protein ratio of each reagent (answer FCE-5.3)")


def _checklist(_: _Folder) -> Answer:
    return _filled("this table")


def _range(folder: _Folder) -> Answer:
    limits = [band for band in folder.found.diameters if band.what == "detection limit"]
    if limits:
        text = ", ".join(f"from {band.low_nm:.0f}-{band.high_nm:.0f} nm ({band.file})" for band in limits[:3])
        return _filled(text)
    return _missing("a calibrated scatter channel and a control")


def _number(folder: _Folder) -> Answer:
    known = [count for count in folder.found.of_part("sample") if isinstance(count.net_per_ml, Estimate)]
    return _filled("net events per mL, see above") if known else _missing("volume and a matched control")


def _brightness(folder: _Folder) -> Answer:
    known = [marker for marker in folder.found.markers if isinstance(marker.mean_calibrated, Estimate)]
    return _filled("mean per marker, see above") if known else _missing("a calibrated channel (FCE-4.3)")


_RULES: Mapping[str, Callable[[_Folder], Answer]] = {
    "FCE-1.1": _preparation,
    "FCE-2.1": _of_stains(_reagents),
    "FCE-2.2": _of_stains(_washing),
    "FCE-2.3": _dilution,
    "FCE-3.1": _role("buffer blank", only_stained=False),
    "FCE-3.2": _role("reagent control"),
    "FCE-3.3": _role("unstained"),
    "FCE-3.4": _role("isotype"),
    "FCE-3.5": _single_stains,
    "FCE-3.6": _role("procedural control", only_stained=False),
    "FCE-3.7": _series,
    "FCE-3.8": _detergent,
    "FCE-4.1": _trigger,
    "FCE-4.2": _volume,
    "FCE-4.3": _of_stains(_fluorescence),
    "FCE-4.4": _scatter,
    "FCE-5.1": _diameter,
    "FCE-5.2": _index,
    "FCE-5.3": _of_stains(_epitopes),
    "FCE-6.1": _checklist,
    "FCE-6.2": _range,
    "FCE-6.3": _number,
    "FCE-6.4": _of_stains(_brightness),
}
