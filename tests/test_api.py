"""The public names of the package."""

import subprocess
import sys

import pytest

import vesicle

HEAVY = (
    "numpy",
    "scipy",
    "pandas",
    "pydantic",
    "jinja2",
    "openpyxl",
    "xlsxwriter",
    "tifffile",
    "rich",
    "pypdf",
)


def test_every_promised_name_is_there_and_listed():
    assert set(vesicle.__all__) <= set(dir(vesicle))
    assert [name for name in vesicle.__all__ if getattr(vesicle, name) is None] == []


def test_a_name_that_is_not_promised_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'exosomes'"):
        _ = vesicle.exosomes


def test_importing_the_package_loads_nothing_heavy():
    script = f"import sys, vesicle; print([name for name in {HEAVY!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
