"""Another package adds a reader, a check and a section: one file each, and an entry point."""

import importlib
import sys

import pytest
from tests.folders import RUN, records, written

from vesicle import spine
from vesicle.checks import find_checks
from vesicle.dossier import find_sections
from vesicle.readers import find_readers, recognise
from vesicle.results import Verdict

READER = """
from vesicle.errors import ReadError
from vesicle.measurements import Dilution, SizeRun
from vesicle.measurements.sizing import SizeTracks, frozen
from vesicle.readers import Reader
import numpy as np


def read(raw):
    lines = raw.content.decode().split()[1:]
    if not lines:
        raise ReadError("The toy file holds no diameter.", where=raw.ref.path)
    diameter = frozen([float(line) for line in lines])
    return SizeRun(
        files=(raw.ref,),
        reader="toy",
        stem=raw.name.removesuffix(".toy"),
        sample="Toy",
        tracks=SizeTracks(diameter_nm=diameter, included=np.ones(len(diameter), dtype=bool)),
        dilution=Dilution(),
    )


READER = Reader(
    name="toy",
    title="Toy counter (toy)",
    patterns=("*.toy",),
    sniff=lambda name, head: 1.0 if head.startswith(b"TOY") else 0.0,
    read=read,
    gives="diameters",
)
"""

CHECK = """
from vesicle.checks import Check
from vesicle.findings import SizeFinding
from vesicle.results import CheckResult, Part, Source, exact
from vesicle.results import Verdict


def judge(inputs):
    sizes = inputs.finding(SizeFinding)
    toys = [size for size in sizes.runs if size.run.reader == "toy"]
    value = exact(len(toys), method="counted")
    return CheckResult(
        id="T01",
        title="Is there a toy?",
        verdict=Verdict.PASS if toys and inputs.checks["C01"] else Verdict.NOT_ASSESSED,
        value=value,
        rule="At least one file of the toy counter.",
        source=Source(text="the makers of the toy", status="house"),
        parts=(Part(subject="toys", verdict=Verdict.PASS, value=value),),
    )


CHECK = Check(id="T01", needs=(SizeFinding,), judge=judge, after=("C01",))
"""

SECTION = """
from vesicle.dossier import Section
from vesicle.dossier.blocks import Text, Verdicts
from vesicle.findings import SizeFinding


def compose(inputs):
    count = sum(size.run.reader == "toy" for size in inputs.finding(SizeFinding).runs)
    return (Text(text=f"The toy counter gave {count} file."), Verdicts(check_ids=("T01",)))


SECTION = Section(
    id="T", title="Toys", question="Is there a toy?", order=3.5, needs=(SizeFinding,), compose=compose
)
"""

ENTRY_POINTS = """
[vesicle.readers]
toy = vesicle_toy.toy_reader:READER
[vesicle.checks]
toy = vesicle_toy.toy_check:CHECK
[vesicle.sections]
toy = vesicle_toy.toy_section:SECTION
"""


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A package on the path, with the metadata that an installer would write."""
    files = {
        "vesicle_toy/__init__.py": "",
        "vesicle_toy/toy_reader.py": READER,
        "vesicle_toy/toy_check.py": CHECK,
        "vesicle_toy/toy_section.py": SECTION,
        "vesicle_toy-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: vesicle-toy\nVersion: 1.0\n",
        "vesicle_toy-1.0.dist-info/entry_points.txt": ENTRY_POINTS,
    }
    site = written(tmp_path / "site", {name: text.encode() for name, text in files.items()})
    monkeypatch.syspath_prepend(site)
    importlib.invalidate_caches()
    recognise.registry.cache_clear()
    yield site
    recognise.registry.cache_clear()
    for name in [name for name in sys.modules if name.startswith("vesicle_toy")]:
        del sys.modules[name]


@pytest.fixture
def toys(tmp_path):
    return written(tmp_path / "raw", {"first.toy": b"TOY\n" + b"100\n120\n140\n" * 100, "run1.txt": RUN})


@pytest.mark.usefixtures("installed")
def test_a_run_uses_the_reader_the_check_and_the_section_of_another_package(toys):
    assert "toy" in [reader.name for reader in find_readers()]
    dossier = spine.run(toys)
    assert (records(dossier)["first.toy"].reader, records(dossier)["first.toy"].status) == ("toy", "ok")
    assert dossier.check("T01").verdict is Verdict.PASS
    assert dossier.check("T01").value.value == 1
    ids = [section.id for section in dossier.sections]
    assert ids.index("D3") < ids.index("T") < ids.index("D6")
    page = (toys.parent / "raw-dossier" / "dossier.html").read_text(encoding="utf-8")
    for text in ("The toy counter gave 1 file.", "Is there a toy?", "At least one file of the toy counter."):
        assert text in page
    c01 = {part.subject: part.verdict for part in dossier.check("C01").parts}
    assert c01["first"] is Verdict.PASS  # 300 tracks, so that our own checks take the toy's run as any other


@pytest.mark.usefixtures("installed")
def test_a_damaged_file_of_their_format_is_refused_with_their_words(toys):
    (toys / "empty.toy").write_bytes(b"TOY\n")
    record = records(spine.run(toys))["empty.toy"]
    assert record.status == "unreadable"
    assert "The toy file holds no diameter." in record.message


def test_without_the_package_the_file_is_not_recognised_and_nothing_else_changes(toys):
    dossier = spine.run(toys)
    assert records(dossier)["first.toy"].status == "not_recognised"
    assert "T" not in [section.id for section in find_sections()]
    assert "T01" not in [check.id for check in find_checks()]
