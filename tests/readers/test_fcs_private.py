"""Keywords that may name a person are nowhere in what comes out of a file."""

import pytest
from tests.data.flow_bytes import Flow, clouds
from tests.readers.flow import read_bytes

from vesicle.errors import ReadError
from vesicle.readers.assemble import assemble
from vesicle.readers.fcs_private import is_kept

PRIVATE = {
    "$OP": "Olga Operator",
    "$EXP": "Egon Experimenter",
    "$SRC": "Paula Patient",
    "$SMNO": "Secret-0815",
    "$INST": "Saint Clinic",
    "$COM": "born 1970-01-01",
    "$PROJ": "Projectus",
    "$CELLS": "from Paula",
    "$FIL": "Patient_Paula.fcs",
    "$LAST_MODIFIER": "Moritz",
    "$UNSTAINEDCENTERS": "Paula",
    "EXPORT USER NAME": "Ursula User",
    "EXPERIMENT NAME": "Erika 2026",
    "PATIENT ID": "4711-PID",
    "PATIENT NAME": "Pia",
    "SAMPLE ID": "Sigrid",
    "CASE NUMBER": "Casimir",
    "TUBE NAME": "Tina",
    "BIRTHDATE": "02.02.1980",
    "@SAMPLEID1": "Samuel",
    "&10PATIENT ID": "Peregrin",
    "HOSPITAL": "Hilda",
    "A KEY OF TOMORROW": "Zoe Unknown",
}


@pytest.mark.parametrize("name", PRIVATE)
def test_a_keyword_that_may_name_a_person_is_not_kept(name):
    assert not is_kept(name)


@pytest.mark.parametrize("name", ["$CYT", "$P12S", "$P3V", "CREATOR", "CH2TH", "LASER1NAME", "THRESHOLD"])
def test_a_keyword_of_the_instrument_is_kept(name):
    assert is_kept(name)


def test_nothing_of_a_person_is_in_the_record_or_in_its_warnings(tmp_path):
    odd = {"$TIMESTEP": "Paula", "$TOT": "Pia", "$NEXTDATA": "Paula", "$P1R": "Pia", "$P2G": "Paula"}
    flow = Flow(values=clouds(100, 2), names=["FSC-A", "SSC-A"], keywords={**PRIVATE, **odd})
    file = assemble((read_bytes(flow.bytes(), tmp_path),))[0]
    assert [(name, value) for name, value in PRIVATE.items() if value in repr(file)] == []
    kept = file.datasets[0].keywords
    assert kept["$PAR"] == "2"
    assert [name for name in kept if name in PRIVATE] == []


@pytest.mark.parametrize("name", ["$MODE", "$DATATYPE", "$BYTEORD", "$P1B"])
def test_nothing_of_a_person_is_in_a_refusal(name, tmp_path):
    flow = Flow(values=clouds(10, 2), names=["A", "B"], kind="I", keywords={**PRIVATE, name: "Paula"})
    flow.values = flow.values // 1
    with pytest.raises(ReadError) as caught:
        read_bytes(flow.bytes(), tmp_path)
    said = str(caught.value).casefold()
    assert [value for value in PRIVATE.values() if value.casefold() in said] == []
    assert "paula" not in said
