"""Errors that speak to a person: what, where, why and what to do, whole after any journey."""

import pickle

import pytest

import vesicle
from vesicle import errors
from vesicle.errors import VesicleError, nearest, quoted

EVERY = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, VesicleError)]


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_an_error_survives_the_way_back_from_another_process(kind):
    error = kind("What.", where="here", why="Because.", next_step="Do.")
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is kind
    assert str(back) == "here: What. Because. Do."
    assert (back.what, back.where, back.why, back.next_step) == ("What.", "here", "Because.", "Do.")


def test_an_error_without_a_place_or_a_reason_is_its_sentence():
    assert str(VesicleError("What.")) == "What."


def test_every_error_has_a_code_of_its_own_and_an_exit_code_of_the_style():
    assert len({kind.code for kind in EVERY}) == len(EVERY)
    assert {kind.exit_code for kind in EVERY} == {1, 2, 3}
    assert errors.NothingRecognised.exit_code == 3
    assert errors.ManifestError.exit_code == 2


def test_the_tree_in_the_docstring_names_every_error_and_all_but_the_root_are_public():
    for kind in EVERY:
        assert kind.__name__ in errors.__doc__
        assert getattr(vesicle, kind.__name__) is kind


@pytest.mark.parametrize(
    ("names", "most", "text"),
    [
        ([], 3, ""),
        (["a"], 3, "'a'"),
        (["a", "b"], 2, "'a', 'b'"),
        (["a", "b", "c"], 2, "'a', 'b' and 1 more"),
    ],
)
def test_long_lists_are_shortened_and_short_ones_are_not(names, most, text):
    assert quoted(names, most=most) == text


@pytest.mark.parametrize(
    ("word", "found"),
    [("tisue", "tissue"), ("TISSUE", "tissue"), ("Pasage", "passage"), ("qqqq", None), ("", None)],
)
def test_the_nearest_spelling_ignores_case_and_is_none_when_nothing_is_near(word, found):
    assert nearest(word, ["tissue", "passage"]) == found


def test_the_nearest_spelling_keeps_the_case_of_the_choice():
    assert nearest("gmp", ["GMP"]) == "GMP"
