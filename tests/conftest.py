"""Fixtures that every test may use."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
REAL_DATA = Path(os.environ.get("VESICLE_REAL_DATA", REPOSITORY.parent / "shared" / "data"))


def pytest_collection_modifyitems(items):
    for item in items:
        if "real_data" in getattr(item, "fixturenames", ()):
            item.add_marker("real_data")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Where the real files are, a test of them that is skipped has failed: nobody would notice otherwise."""
    report = yield
    is_expected = hasattr(report, "wasxfail")
    if report.skipped and not is_expected and REAL_DATA.is_dir() and item.get_closest_marker("real_data"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"The real files are in {REAL_DATA}, but this test of them was skipped: {reason}"
    return report


@pytest.fixture(scope="session")
def real_data():
    """The folder of real instrument files, which is not part of the repository."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"real files are not here: {REAL_DATA}")
    return REAL_DATA


@pytest.fixture(scope="session")
def zetaview(real_data):
    return real_data / "sizing" / "zetaview"


@pytest.fixture(scope="session")
def nanosight(real_data):
    return real_data / "sizing" / "nanosight"


@pytest.fixture
def raw_file():
    """Make a RawFile from a path or from bytes, the way the spine does."""
    import hashlib

    from vesicle.readers import RawFile
    from vesicle.results import FileRef

    def make(source, *, content=None, **said):
        content = Path(source).read_bytes() if content is None else content
        digest = hashlib.sha256(content).hexdigest()
        ref = FileRef(path=Path(source).name, sha256=digest, size_bytes=len(content))
        return RawFile(ref=ref, content=content, **said)

    return make
