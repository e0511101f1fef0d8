"""Units at the border: every spelling of a unit gives the same number, and unknown ones are refused."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vesicle.errors import BadValue
from vesicle.units import (
    length_to_nm,
    mass_concentration_to_ug_per_ml,
    parse_dose,
    per_volume_to_per_ml,
)

amounts = st.floats(1e-6, 1e15)


@given(
    amounts, st.sampled_from([("nm", 1.0), ("um", 1e-3), ("mm", 1e-6), ("m", 1e-9), ("Å", 10.0), ("pm", 1e3)])
)
def test_lengths_make_the_round_trip(amount, unit):
    name, per_nm = unit
    assert amount * per_nm * length_to_nm(name) == pytest.approx(amount)


@given(
    amounts,
    st.sampled_from([("mL", 1.0), ("L", 1e3), ("uL", 1e-3), ("cm^3", 1.0), ("mm3", 1e-3), ("m3", 1e6)]),
)
def test_numbers_per_volume_make_the_round_trip(amount, unit):
    name, per_ml = unit
    assert amount * per_ml * per_volume_to_per_ml(name) == pytest.approx(amount)


@given(
    amounts, st.sampled_from([("ug/mL", 1.0), ("mg/mL", 1e-3), ("g/L", 1e-3), ("ng/uL", 1.0), ("ng/mL", 1e3)])
)
def test_mass_concentrations_make_the_round_trip(amount, unit):
    name, per_ug_ml = unit
    assert amount * per_ug_ml * mass_concentration_to_ug_per_ml(name) == pytest.approx(amount)


@pytest.mark.parametrize("spelling", ["µg/mL", "μg/mL", "ug / ml", "UG/ML", " ug per mL ", "mg/l", "ng/µl"])
def test_every_spelling_of_a_microgram_per_ml_is_one(spelling):
    assert mass_concentration_to_ug_per_ml(spelling) == 1.0


def test_micro_sign_and_greek_letter_are_one_unit():
    assert length_to_nm("µm") == length_to_nm("μm") == length_to_nm("um") == 1000.0
    assert per_volume_to_per_ml("µL") == per_volume_to_per_ml("μl") == 1000.0


@pytest.mark.parametrize("convert", [length_to_nm, per_volume_to_per_ml, mass_concentration_to_ug_per_ml])
@pytest.mark.parametrize("unit", ["", "px", "a.u.", "particles"])
def test_an_unknown_unit_is_refused_with_the_known_ones(convert, unit):
    with pytest.raises(BadValue, match="not a") as caught:
        convert(unit)
    assert "Known" in caught.value.why
    assert caught.value.next_step


def test_a_misspelt_unit_names_the_nearest():
    with pytest.raises(BadValue) as caught:
        mass_concentration_to_ug_per_ml("ug/mll")
    assert "Did you mean 'ug/ml'?" in caught.value.next_step


@pytest.mark.parametrize(
    ("text", "amount", "unit", "per_kg"),
    [
        ("2e8 particles", 2e8, "particles", False),
        ("2E+8 particles/kg", 2e8, "particles", True),
        (" 50 µg per kg ", 50.0, "ug", True),
        ("50 μg/kg", 50.0, "ug", True),
        (".5 mg", 0.5, "mg", False),
        ("5. mg / kg", 5.0, "mg", True),
        ("1e6 cell equivalents", 1e6, "cell equivalents", False),
    ],
)
def test_a_dose_keeps_its_amount_and_unit(text, amount, unit, per_kg):
    dose = parse_dose(text)
    assert (dose.text, dose.amount, dose.unit, dose.per_kg) == (text, amount, unit, per_kg)


@pytest.mark.parametrize(
    "text",
    ["", "much", "2e8", "5 mL", "1.2.3 ug", ". ug", "1e999 particles", "-5 ug", "2e8 exosomes", "5 ug/m2"],
)
def test_a_dose_that_cannot_be_compared_is_refused_in_words(text):
    with pytest.raises(BadValue, match="no unit that can be compared") as caught:
        parse_dose(text)
    assert "2e8 particles" in caught.value.next_step


@given(st.text(max_size=30))
def test_any_dose_is_parsed_or_refused(text):
    with contextlib.suppress(BadValue):
        assert parse_dose(text).amount >= 0


@pytest.mark.parametrize(
    ("unit", "factor"),
    [("mg/dL", 10.0), ("g/mL", 1e6), ("kg/L", 1e6), ("pg/ml", 1e-6), ("µg/µl", 1e3), ("ng/ul", 1.0)],
)
def test_every_mass_over_every_volume_is_a_concentration(unit, factor):
    assert mass_concentration_to_ug_per_ml(unit) == pytest.approx(factor)
