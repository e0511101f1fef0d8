"""The text of a fresh ``vesicle.toml``: the fixed layout, every key explained, nothing filled in.

A line that begins with ``#`` and a letter or a bracket is a key to be filled in; ``# `` begins a sentence.
"""

from __future__ import annotations

import glob
import json
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vesicle.standards import load_standard, terms

_WIDTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A file that the scan found and the role its name suggests; empty where nothing is known."""

    glob: str
    role: str = ""
    sample: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key: an example value as TOML, what it means, and the vocabulary of its values.

    ``is_closed`` says that only words of the vocabulary are taken.
    """

    name: str
    example: str
    meaning: str = ""
    vocabulary: str = ""
    is_closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One table of the layout; ``is_repeated`` tables have a name in double brackets."""

    name: str
    meaning: str
    keys: tuple[Key, ...]
    is_repeated: bool = False


LAYOUT = (
    Block(
        name="batch",
        meaning="Which preparation this is.",
        keys=(
            Key(name="id", example='"BATCH-01"', meaning="names the dossier"),
            Key(name="production_date", example="2026-03-02", meaning="without quotes"),
            Key(name="product_kind", example='"EV"', vocabulary="product_kind", is_closed=True),
            Key(
                name="claim_role",
                example='"EV is the active substance"',
                vocabulary="claim_role",
                is_closed=True,
            ),
        ),
    ),
    Block(
        name="donor",
        meaning="A code that only your lab can resolve; anything that identifies a person is refused.",
        keys=(
            Key(name="id", example='"D07"'),
            Key(name="species", example='"Homo sapiens"', vocabulary="species"),
            Key(name="age", example="34", meaning="years"),
            Key(name="sex", example='"female"', meaning="one of: female, male, pooled, unknown"),
            Key(name="autologous", example="false", meaning="true or false"),
        ),
    ),
    Block(
        name="cells",
        meaning="The producing cells.",
        keys=(
            Key(name="tissue", example='"bone marrow"', vocabulary="source_tissue"),
            Key(name="passage", example="4"),
            Key(
                name="count_at_collection", example="4.0e7", meaning="cells, for particles per million cells"
            ),
            Key(name="viability_percent", example="96.0"),
            Key(name="plastic_adherent", example="true"),
            Key(
                name="trilineage",
                example='["osteoblast", "adipocyte", "chondroblast"]',
                meaning="those shown",
            ),
        ),
    ),
    Block(
        name="culture",
        meaning="Conditions while the vesicles were collected.",
        keys=(
            Key(name="medium", example='"alpha-MEM"'),
            Key(name="supplement", example='"human platelet lysate"'),
            Key(name="supplement_percent", example="5.0"),
            Key(name="ev_depletion", example='"18 h at 100000 g"'),
            Key(name="oxygen_percent", example="21.0"),
            Key(
                name="preconditioning",
                example='{ agent = "hypoxia", dose = "1 % oxygen", hours = 24 }',
                vocabulary="preconditioning",
            ),
            Key(name="vessel", example='"T175 flask"'),
            Key(name="collection_h", example="48.0", meaning="hours of collection"),
            Key(name="medium_volume_ml", example="200.0", meaning="conditioned medium that was processed"),
        ),
    ),
    Block(
        name="isolation",
        meaning="One block per step, in the order of the process.",
        is_repeated=True,
        keys=(
            Key(
                name="method",
                example='"tangential flow filtration"',
                vocabulary="isolation_step",
                is_closed=True,
            ),
            Key(name="settings", example='"100 kDa, 5 diavolumes"'),
        ),
    ),
    Block(
        name="product",
        meaning="The vial.",
        keys=(
            Key(name="final_volume_ml", example="2.0", meaning="for the total number of particles"),
            Key(name="buffer", example='"PBS"', vocabulary="storage_buffer"),
            Key(
                name="protein_in_buffer",
                example="false",
                meaning='true, false, or its name, such as "albumin"',
            ),
        ),
    ),
    Block(
        name="storage",
        meaning="How the vials are kept.",
        keys=(
            Key(name="temperature_c", example="-80.0"),
            Key(name="container", example='"low-bind polypropylene"', vocabulary="container", is_closed=True),
            Key(name="freeze_thaw", example="1", meaning="cycles before the measurement"),
            Key(name="since", example="2026-03-02"),
        ),
    ),
    Block(
        name="intended_use",
        meaning="What the preparation is studied for; it is quoted, never recommended.",
        keys=(
            Key(name="indication", example='"osteoarthritis"', vocabulary="indication"),
            Key(name="route", example='"intra-articular"', vocabulary="route", is_closed=True),
            Key(name="species", example='"Rattus norvegicus"', vocabulary="species"),
            Key(name="body_weight_kg", example="0.25"),
            Key(
                name="dose",
                example='"2e8 particles"',
                meaning="number and unit: particles, ug, mg; also per /kg",
            ),
            Key(name="volume_ml", example="0.05"),
            Key(name="schedule", example='"once a week, four times"'),
        ),
    ),
    Block(
        name="video",
        meaning="How the videos of the folder were taken; used in place of what a video's own file states.",
        keys=(
            Key(name="pixel_nm", example="166.0", meaning="side of a pixel in the sample, in nm"),
            Key(name="fps", example="30.0", meaning="frames per second of the camera"),
            Key(name="exposure_ms", example="10.0", meaning="time the shutter is open in one frame"),
            Key(name="temperature_c", example="25.0", meaning="of the liquid"),
            Key(name="viscosity_mpas", example="0.89", meaning="of the liquid; that of water unless said"),
            Key(name="depth_um", example="5.0", meaning="in which particles are seen, where it is known"),
        ),
    ),
    Block(
        name="cytometry",
        meaning="How the cytometer's files of the folder were taken.",
        keys=(
            Key(name="scatter_channel", example='"SSC-H"', meaning="the channel that sizes particles"),
            Key(name="wavelength_nm", example="405.0", meaning="of the laser of that channel"),
            Key(
                name="half_angle_deg",
                example="60.0",
                meaning="of the cone that is collected; fitted to beads unless said",
            ),
            Key(
                name="flow_rate_ul_min",
                example="1.0",
                meaning="of the sample; only where files state no volume",
            ),
            Key(name="viability_channel", example='"7-AAD-A"', meaning="of the dye that dead cells take up"),
            Key(
                name="reporting",
                example='{ "FCE-2.2" = "washed twice by ultrafiltration" }',
                meaning="answers to items of MIFlowCyt-EV, by their id",
            ),
        ),
    ),
    Block(
        name="potency",
        meaning="The functional assay.",
        keys=(
            Key(name="assay", example='"T-cell proliferation"'),
            Key(name="mechanism", example='"fewer dividing T cells"'),
            Key(name="reference_batch", example='"REF-01"'),
        ),
    ),
    Block(
        name="specification.concentration_per_ml",
        meaning="Your own limits, one block per attribute; they are printed beside ours.",
        is_repeated=False,
        keys=(
            Key(name="min", example="1.0e10"),
            Key(name="max", example="1.0e12"),
            Key(name="unit", example='"particles/mL"'),
        ),
    ),
    Block(
        name="biogenesis_evidence",
        meaning="An experiment on where the vesicles come from; the word exosome needs one, with its file.",
        is_repeated=True,
        keys=(
            Key(name="experiment", example='"RAB27A knock-down lowers the yield"'),
            Key(name="file", example='"biogenesis/rab27a.csv"'),
        ),
    ),
    Block(
        name="limits",
        meaning="Limits of ours that you change, by check; every change is shown in the dossier.",
        keys=(Key(name="C03", example="{ pass_percent = 10.0 }"),),
    ),
    Block(
        name="readers",
        meaning="Names of columns in odd tables: reader, then our name = the name in the file.",
        keys=(Key(name="diameter-table", example='{ diameter = "Size (nm)" }'),),
    ),
)
"""The layout in the order of the file; ``[[files]]`` stands apart, since the scan fills it."""

_STANDARD = "size standard"
_OF_A_VIDEO = tuple(
    f"#{key.name} = {key.example}" for block in LAYOUT if block.name == "video" for key in block.keys
)
_OF_A_STANDARD = ("#certified_nm = 100.0", "#certified_uncertainty_nm = 3.0")
_OF_A_CYTOMETER = (
    '#subject = "cells"',
    '#markers = { "PE-A" = "CD73" }',
    '#control = "isotype.fcs"',
    "#volume_nl = 500.0",
    "#bead_diameters_nm = [80.0, 108.0, 142.0]",
    '#bead_diameter_kind = "measured"',
    '#bead_material = "polystyrene"',
    '#bead_values = { "FITC-A" = [790.0, 2080.0, 6590.0, 16500.0] }',
    '#bead_unit = "MESF"',
)
_OF_A_MICROGRAPH = ('#view = "close-up"',)

_HEAD = """\
# vesicle.toml: what only you can say about this batch. Every line is optional: what is absent only
# makes the checks that need it "not assessed". To fill in a key, delete the # before it.
"""


def manifest_text(*, batch: str, suggestions: Iterable[Suggestion] = ()) -> str:
    """A manifest in which every key of the layout stands explained and commented out.

    Parameters
    ----------
    batch : str
        Proposed as the batch's id.
    suggestions : iterable of Suggestion
        Files of the folder, for ``[[files]]``.

    Returns
    -------
    str
        Valid TOML, before and after any of its keys is filled in.
    """
    blocks = ["\n".join(_block(block, batch)) for block in LAYOUT]
    files = "\n".join(_files(tuple(suggestions)))
    before_evidence = [block.name for block in LAYOUT].index("biogenesis_evidence")
    return "\n\n".join((_HEAD.rstrip(), *blocks[:before_evidence], files, *blocks[before_evidence:])) + "\n"


def _block(block: Block, batch: str) -> Iterator[str]:
    yield f"# {block.meaning}"
    if block.name.startswith("specification."):
        yield from _sentence(f"Attributes: {', '.join(load_standard('specification')['attributes'])}.")
    is_optional = block.is_repeated or "." in block.name
    header = f"[[{block.name}]]" if block.is_repeated else f"[{block.name}]"
    yield f"#{header}" if is_optional else header
    for key in block.keys:
        yield from _explained(key)
        example = _quoted(batch) if (block.name, key.name) == ("batch", "id") else key.example
        yield f"#{key.name} = {example}"


def _explained(key: Key) -> Iterator[str]:
    if key.meaning:
        yield f"# {key.name}: {key.meaning}"
    if key.vocabulary:
        lead = "one of" if key.is_closed else "known terms, free text is taken too"
        yield from _sentence(f"{key.name}: {lead}: {', '.join(terms(key.vocabulary))}")


def _files(suggestions: tuple[Suggestion, ...]) -> Iterator[str]:
    yield "# What a file cannot say about itself; glob matches its path or its name."
    yield from _sentence(f"role: one of: {', '.join(terms('file_role'))}")
    yield "# dilution: of the measured sample; only where the file does not state it."
    yield "# The keys of [video] may stand here too, for these files alone."
    yield "# certified_nm: of beads (size standard, calibration beads), with certified_uncertainty_nm (expanded)."
    yield "# subject: cells or particles, of a cytometer's file; markers: what was stained in each channel;"
    yield "# control: the file of its control; volume_nl: what was drawn; bead_values: assigned, dim to bright."
    yield "# view: wide-field or close-up, of a micrograph."
    if not suggestions:
        yield from ("#[[files]]", '#glob = "*100nm*"', f'#role = "{_STANDARD}"', '#sample = "100 nm beads"')
        yield from ("#dilution = 1000.0", *_OF_A_VIDEO, *_OF_A_STANDARD)
        yield from (*_OF_A_CYTOMETER, *_OF_A_MICROGRAPH)
    for number, suggestion in enumerate(suggestions):
        yield "#[[files]]"
        yield f"#glob = {_quoted(glob.escape(suggestion.glob))}"
        yield f"#role = {_quoted(suggestion.role or 'sample')}"
        yield f"#sample = {_quoted(suggestion.sample or 'SAMPLE-01')}"
        if number == 0:
            yield from ("#dilution = 1000.0", *_OF_A_VIDEO)
        if suggestion.role == _STANDARD:
            yield from _OF_A_STANDARD


def _sentence(text: str) -> Iterator[str]:
    yield from (f"# {line}" for line in textwrap.wrap(text, _WIDTH - 2, break_long_words=False))


def _quoted(text: str) -> str:
    clean = text.encode("utf-8", errors="replace").decode()
    return json.dumps(clean, ensure_ascii=False).replace("\x7f", "\\u007f")
