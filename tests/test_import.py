"""``import vesicle`` is light; its public names are all there when they are asked for."""

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
    "rich",
    "tifffile",
    "pypdf",
    "click",
)


def loaded_by(code):
    show = f"import sys; {code}; print(' '.join(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_importing_vesicle_loads_no_heavy_module():
    assert loaded_by("import vesicle; dir(vesicle); vesicle.__version__") == []


def test_an_error_of_ours_can_be_caught_without_loading_science():
    assert loaded_by("import vesicle; vesicle.ReadError, vesicle.VesicleError") == []


def test_every_public_name_is_there_and_documented():
    assert sorted(vesicle.__all__) == vesicle.__all__
    for name in set(vesicle.__all__) - {"__version__"}:
        found = getattr(vesicle, name)
        assert found.__doc__, name
        assert found.__name__ == {"read": "read_path"}.get(name, name)
        assert name in dir(vesicle)


def test_a_name_that_is_not_public_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'vesicle' has no attribute 'exosomes'"):
        _ = vesicle.exosomes
