"""Readers, analyses, checks and sections are found by walking; clashes and broken packages are one clear error."""

from importlib.metadata import EntryPoint

import pytest

from vesicle import discovery
from vesicle.analysis import Analysis, Inputs, find_analyses, order_by_needs
from vesicle.discovery import built_in, distinct, installed
from vesicle.errors import UsageError
from vesicle.findings import ProteinFinding, PurityFinding, SizeFinding
from vesicle.manifest import Manifest
from vesicle.measurements import FolderRecord
from vesicle.readers import Reader, find_hints, find_readers
from vesicle.results import NotAssessed
from vesicle.standards import load_limits


def analysis(name, gives, *needs):
    return Analysis(name=name, needs=needs, gives=gives, run=lambda _: gives())


def test_our_own_readers_are_found_in_the_order_of_their_names():
    names = [reader.name for reader in find_readers()]
    assert names == sorted(names)
    assert {"zetaview-size-txt", "nanosight-summary-csv", "protein-table"} <= set(names)
    assert find_hints()


def test_an_attribute_of_another_class_is_our_own_mistake():
    with pytest.raises(TypeError, match="expected int, found Reader"):
        built_in("vesicle.readers", attribute="READER", kind=int)


def entry_point(monkeypatch, value):
    point = EntryPoint(name="toy", value=value, group="vesicle.readers")
    monkeypatch.setattr(discovery, "entry_points", lambda **_: [point])


def test_an_installed_declaration_is_loaded(monkeypatch):
    entry_point(monkeypatch, "vesicle.readers.zetaview_txt:READER")
    assert installed("vesicle.readers", kind=Reader)[0].name == "zetaview-size-txt"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("no_such_package:READER", "ModuleNotFoundError"),
        ("vesicle.readers.zetaview_txt:NOTHING", "AttributeError"),
        ("vesicle.errors:nearest", "TypeError: vesicle.errors:nearest: expected Reader, found function"),
    ],
)
def test_a_package_that_cannot_be_loaded_is_named_with_the_reason(monkeypatch, value, reason):
    entry_point(monkeypatch, value)
    with pytest.raises(UsageError) as caught:
        installed("vesicle.readers", kind=Reader)
    assert "entry point 'toy'" in caught.value.where
    assert reason in caught.value.why
    assert "uninstall" in caught.value.next_step


def test_two_declarations_of_one_name_are_refused(monkeypatch):
    entry_point(monkeypatch, "vesicle.readers.zetaview_txt:READER")
    with pytest.raises(UsageError, match="'zetaview-size-txt'"):
        find_readers()
    assert distinct((), key=str) == ()


def test_an_analysis_runs_after_what_it_needs():
    purity = analysis("purity", PurityFinding, SizeFinding, ProteinFinding)
    size, protein = analysis("size", SizeFinding, FolderRecord), analysis("protein", ProteinFinding)
    assert [a.name for a in order_by_needs((purity, size, protein))] == ["size", "protein", "purity"]


def test_analyses_that_need_each_other_are_refused():
    circle = (analysis("a", SizeFinding, PurityFinding), analysis("b", PurityFinding, SizeFinding))
    with pytest.raises(ValueError, match="a, b"):
        order_by_needs(circle)


def test_every_analysis_of_ours_says_something_about_an_empty_folder():
    empty = Inputs(manifest=Manifest(), limits=load_limits())
    for one in find_analyses():
        assert isinstance(one.run(empty), one.gives)


def test_a_finding_that_is_not_there_says_so():
    empty = Inputs(manifest=Manifest(), limits=load_limits())
    assert empty.finding(SizeFinding) == NotAssessed("nothing in the folder gives SizeFinding")
    assert empty.all(FolderRecord) == ()
