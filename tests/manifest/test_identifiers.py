"""No patient data: what looks like a person is refused by its key or its value, and never repeated."""

import pytest

from vesicle.errors import ManifestError
from vesicle.manifest import manifest_from_text


def refused(text):
    with pytest.raises(ManifestError) as caught:
        manifest_from_text(text)
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        '[donor]\nname = "D07"',
        '[donor]\nfirst_name = "D07"',
        '[donor]\nlastName = "D07"',
        '[donor]\n"patient-id" = "D07"',
        '[donor]\ndate_of_birth = "D07"',
        "[donor]\ndob = 1980-03-04",
        '[donor]\nMRN = "D07"',
        '[donor]\nid = "Anna Beispiel"',
        '[donor]\nid = "Beispiel, Anna"',
        '[donor]\nid = "Zoë Müster-Beispiel"',
        '[donor]\nid = "A. Beispiel"',
        '[donor]\nid = "d07@example.org"',
        '[donor]\nid = "born 1980-03-04"',
        "[donor]\nid = 1980-03-04",
        '[donor]\nid = "4.3.1980"',
        '[cells]\npatient = "Anna Beispiel"',
        '[patient]\nx = "Anna Beispiel"',
        '[[files]]\nglob = "a"\npatient_initials = "AB"',
    ],
)
def test_what_identifies_a_person_is_refused_and_never_repeated(text):
    error = refused(text)
    assert "identifies a person" in error.what
    assert "Beispiel" not in str(error)
    assert "1980" not in str(error)


@pytest.mark.parametrize("code", ["D07", "Donor A", "UC-2026-014", "pool of three"])
def test_a_code_of_the_lab_is_not_taken_for_a_person(code):
    assert manifest_from_text(f'[donor]\nid = "{code}"').donor.id == code


def test_columns_of_a_table_may_be_called_name():
    text = '[readers.protein-table]\nsample = "Name"\n[donor]\nspecies = "Mus musculus"'
    assert manifest_from_text(text).readers["protein-table"]["sample"] == "Name"
