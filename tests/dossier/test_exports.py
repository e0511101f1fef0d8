import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vesicle.dossier import ComposedSection
from vesicle.dossier.blocks import Axis, Column, Figure, Line, Methods, Table, Text
from vesicle.dossier.exports.crate import crate_json
from vesicle.dossier.exports.document import dossier_document, dossier_json, encode
from vesicle.dossier.exports.methods import methods_text
from vesicle.dossier.exports.references import bibliography, citations, reference_line
from vesicle.dossier.exports.tables import harmless, is_formula_like, table_csv
from vesicle.dossier.exports.workbook import workbook_bytes
from vesicle.results import Estimate, NotAssessed, Verdict, exact

SCHEMA = Path(__file__).parents[2] / "docs" / "schemas" / "vesicle.dossier.1.json"
DANGEROUS = ("=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "＝1")


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def cells(book):
    return [
        cell
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]


def with_table(dossier, *rows, names=("a",)):
    table = Table(id="t", title="T", columns=tuple(Column(name=n, unit="nm") for n in names), rows=rows)
    section = ComposedSection(id="X", title="One", question="?", blocks=(table,))
    return replace(dossier, sections=(section,))


# ---- CSV


@given(st.text(max_size=20))
def test_no_csv_cell_can_run(text):
    written = harmless(text)
    assert not is_formula_like(written) or written.startswith("'")


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_looks_like_a_formula_gets_an_apostrophe(text):
    table = Table(id="t", title="", columns=(Column(name=text),), rows=((text,),))
    read = list(csv.reader(io.StringIO(table_csv(table), newline="")))
    assert read == [[f"'{text}"], [f"'{text}"]]


def test_negative_numbers_stay_numbers():
    table = Table(id="t", title="", columns=(Column(name="a"),), rows=((-1.5,),))
    assert table_csv(table) == "a\r\n-1.5\r\n"


def test_an_estimate_is_three_columns_at_full_precision():
    value = Estimate(value=1 / 3, low=0.1, high=0.7, method="t")
    table = Table(
        id="t", title="", columns=(Column(name="D50", unit="nm"),), rows=((value,), (NotAssessed("no"),))
    )
    read = list(csv.reader(io.StringIO(table_csv(table))))
    assert read[0] == ["D50 (nm)", "D50 (nm), low", "D50 (nm), high"]
    assert float(read[1][0]) == 1 / 3
    assert read[2] == ["not assessed: no", "", ""]


def test_every_row_of_every_table_is_in_its_csv(files):
    read = list(csv.reader(io.StringIO(files["data/table-replicates.csv"].decode("utf-8-sig"))))
    assert len(read) == 101
    assert read[1][0] == "<script>alert(1)</script>.txt"


# ---- workbook


def test_the_workbook_has_a_sheet_for_the_checks_each_section_and_the_files(files):
    names = opened(files["dossier.xlsx"]).sheetnames
    assert names[0] == "Checks"
    assert {"D0 Front page", "D3 Size and number", "files Files", "record Record of the run"} <= set(names)


def test_no_cell_of_the_workbook_is_a_formula_or_a_link(dossier, files):
    hostile = with_table(dossier, *((text,) for text in DANGEROUS))
    for content in (files["dossier.xlsx"], workbook_bytes(hostile)):
        book = opened(content)
        assert not [cell for cell in cells(book) if cell.data_type == "f" or cell.hyperlink]
        for name in zipfile.ZipFile(io.BytesIO(content)).namelist():
            assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read(name)
    texts = [cell for cell in cells(opened(workbook_bytes(hostile))) if cell.value == "=1+1"]
    assert texts
    assert all(cell.quotePrefix for cell in texts)


def test_numbers_of_the_workbook_are_numbers_with_their_bounds(files):
    sheet = opened(files["dossier.xlsx"])["Checks"]
    rows = list(sheet.values)
    heads = rows[1]
    ratio = next(row for row in rows if row[0] == "C10")
    assert ratio[heads.index("Value")] == 6.57e8
    assert ratio[heads.index("Value, low")] == 5.1e8
    assert ratio[heads.index("Value, high")] == 8.4e8


def test_what_was_not_assessed_is_a_text_in_the_workbook(files):
    values = [cell.value for cell in cells(opened(files["dossier.xlsx"]))]
    assert "not assessed: below the detection limit" in values
    assert "not assessed: not a finite number" in values


def test_units_stand_in_the_headings_of_the_workbook(files):
    values = [cell.value for cell in cells(opened(files["dossier.xlsx"]))]
    assert "Concentration (particles per mL), low" in values
    assert "Hydrodynamic diameter (nm)" in values


def test_sheet_names_are_legal_and_unique(dossier):
    titles = ("[a]:*?/\\" * 9, "x" * 80, "x" * 80, "'", "History", "")
    sections = tuple(
        ComposedSection(id=id_, title=title, question="", blocks=(Text(text="t"),))
        for id_, title in zip(("a", "b", "b", "c", "H", "e"), titles, strict=True)
    )
    names = opened(workbook_bytes(replace(dossier, sections=sections))).sheetnames
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not set("[]:*?/\\") & set(name) for name in names)


def test_a_cell_longer_than_excel_allows_is_cut_and_a_bool_stays_one(dossier):
    book = opened(workbook_bytes(with_table(dossier, ("x" * 40_000,), (True,), (None,))))
    assert any(cell.value == "x" * 32_767 for cell in cells(book))
    assert any(cell.value is True for cell in cells(book))


def test_open_ends_of_a_figure_are_words_in_the_workbook(dossier):
    line = Line(label="l", x=np.array([-np.inf, 0.0, np.inf]), y=np.array([1.0, np.nan]), is_step=True)
    figure = Figure(
        id="f", title="F", caption="", summary="s", x=Axis(title="x"), y=Axis(title="y"), lines=(line,)
    )
    section = ComposedSection(id="X", title="One", question="?", blocks=(figure,))
    values = {cell.value for cell in cells(opened(workbook_bytes(replace(dossier, sections=(section,)))))}
    assert {"no lower end", "no upper end", "not a number"} <= values


def test_to_excel_is_the_same_workbook(dossier, files, tmp_path):
    assert dossier.to_excel(tmp_path / "a.xlsx").read_bytes() == files["dossier.xlsx"]


# ---- JSON


def test_the_document_follows_its_published_schema(files):
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(files["dossier.json"]))


def test_the_document_has_the_promised_keys(dossier):
    document = dossier_document(dossier)
    assert document["schema"] == "vesicle.dossier/1"
    promised = {"schema", "batch", "created", "software", "checks", "findings", "files", "not_assessed"}
    assert promised <= set(document)
    ratio = next(check for check in document["checks"] if check["id"] == "C10")
    assert ratio["verdict"] == "fail"
    assert ratio["value"] == {
        "value": 6.57e8,
        "low": 5.1e8,
        "high": 8.4e8,
        "level": 0.95,
        "n": 3,
        "method": "Fieller interval of a ratio",
    }
    assert ratio["evidence"][0] == {"file": "protein/bca.csv", "row": 7}
    assert document["not_assessed"][0]["id"] == "C04"
    assert document["counts"]["pass"] == 3


def test_findings_carry_estimates_gaps_and_arrays(dossier):
    finding = dossier_document(dossier)["findings"]["SizeOfSample"]
    assert finding["blank_per_ml"] == {"not_assessed": "no blank in the folder"}
    assert finding["d50_nm"]["value"] == 118.4
    assert finding["diameter_nm"] == [50.0, 100.0, 150.0]
    assert finding["verdict"] == "warn"
    assert finding["shares"]["over 1000"] == {"not_assessed": "outside the instrument's range"}
    assert finding["provenance"]["files"][0]["path"] == "NTA/fraction-08_run1.txt"


def test_a_number_that_is_not_finite_is_not_assessed_in_the_json(dossier, sample):
    lost = replace(sample.size_finding(), diameter_nm=np.array([np.nan, np.inf]))
    text = dossier_json(replace(dossier, findings={"lost": lost}))
    assert (
        json.loads(text, parse_constant=pytest.fail)["findings"]["lost"]["diameter_nm"]
        == [{"not_assessed": "not a finite number"}] * 2
    )


def test_each_kind_of_value_has_its_json():
    assert encode(date(2026, 11, 23)) == "2026-11-23"
    assert encode(Verdict.PASS) == "pass"
    assert encode(frozenset({"b", "a"})) == ["a", "b"]
    assert encode({Verdict.PASS: (1, np.int64(2)), int: np.bool_(1), 3: None}) == {
        "pass": [1, 2],
        "int": True,
        "3": None,
    }
    assert encode(np.float64(0.5)) == 0.5
    assert encode(exact(2, method="counted"))["low"] == 2


def test_a_value_without_a_place_in_a_dossier_is_refused():
    with pytest.raises(TypeError, match="type object"):
        encode(object())


# ---- RO-Crate


def test_the_crate_is_one_that_rocrate_reads(files, tmp_path):
    from rocrate.rocrate import ROCrate

    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    crate = ROCrate(tmp_path)
    assert crate.root_dataset["name"] == "Dossier of batch MSC-EV 2026-041"
    assert {entity.id for entity in crate.data_entities} == set(files) - {"ro-crate-metadata.json"}
    run = crate.get("#run")
    assert run.type == "CreateAction"
    assert len(run["object"]) == 24
    assert {entity.id for entity in run["result"]} == set(files) - {"ro-crate-metadata.json"}


def test_the_crate_names_inputs_by_hash_outside_its_payload(dossier, files):
    graph = {entity["@id"]: entity for entity in json.loads(files["ro-crate-metadata.json"])["@graph"]}
    inputs = [entity for entity in graph.values() if entity["@id"].startswith("#input-")]
    assert {entity["sha256"] for entity in inputs} == {record.file.sha256 for record in dossier.files}
    parts = {part["@id"] for part in graph["./"]["hasPart"]}
    assert not parts & {entity["@id"] for entity in inputs}
    assert graph["ro-crate-metadata.json"]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert graph["#software-vesicle"]["softwareVersion"] == "0.1.0"


def test_every_link_in_the_crate_has_its_entity(files):
    graph = json.loads(files["ro-crate-metadata.json"])["@graph"]
    known = {entity["@id"] for entity in graph}
    linked = {
        item["@id"]
        for entity in graph
        for value in entity.values()
        for item in (value if isinstance(value, list) else [value])
        if isinstance(item, dict)
    }
    assert linked - known == {"https://w3id.org/ro/crate/1.1"}


def test_a_crate_without_settings_says_so(dossier):
    graph = json.loads(crate_json(replace(dossier, settings={}), {"a.unknown": b"x"}))["@graph"]
    assert graph[2]["description"] == "Default settings"
    assert graph[3]["encodingFormat"] == "application/octet-stream"


# ---- methods and references


def test_the_methods_text_names_versions_settings_and_references(files):
    text = files["methods.md"].decode()
    assert "nanoparticle tracking analysis at 25 °C" in text
    assert "numpy 2.3.1" in text
    assert "temperature_c = 25" in text
    assert "Made 2026-11-23T09:41:07+00:00." in text
    assert "webber2013: How pure are your vesicles? Journal of Extracellular Vesicles 2013 2. doi:" in text
    assert "somebody1999: the reference is not on file" in text


def test_a_dossier_without_methods_says_so(dossier):
    text = methods_text(replace(dossier, sections=(), settings={}))
    assert "No section of this dossier states a method." in text
    assert "References" not in text


def test_a_paragraph_without_citations_has_no_brackets(dossier):
    section = ComposedSection(id="M", title="", question="", blocks=(Methods(text="We counted."),))
    assert "We counted.\n" in methods_text(replace(dossier, sections=(section,)))


def test_a_reference_that_was_not_read_is_marked_in_the_bibliography():
    text = bibliography(("jove63059", "vestad2017", "un known"))
    assert "note = {From memory, please verify:" in text
    assert "@article{vestad2017" in text
    assert "@misc{unknown,\n  note = {The reference is not on file; please add it}" in text
    assert text.count("{") == text.count("}")


def test_every_reference_says_where_it_was_seen_and_only_seen_ones_have_a_title():
    for key, row in citations().items():
        assert row["seen_in"], key
        assert row["status"] in {"seen", "memory"}, key
        assert ("title" in row) == (row["status"] == "seen"), key
        assert reference_line(key).startswith(f"{key}: ")
