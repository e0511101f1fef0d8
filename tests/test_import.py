"""What ``import vesicle`` leaves unloaded, and that every public name is documented."""

import subprocess
import sys

import vesicle

HEAVY = (
    "numpy",
    "numba",
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


def test_looking_at_the_public_names_and_the_version_loads_no_heavy_module():
    assert loaded_by("import vesicle; dir(vesicle); vesicle.__version__") == []


def test_an_error_of_ours_can_be_caught_without_loading_science():
    assert loaded_by("import vesicle; vesicle.ReadError, vesicle.VesicleError") == []


def test_every_public_name_is_documented_and_in_order():
    assert sorted(vesicle.__all__) == vesicle.__all__
    assert all(getattr(vesicle, name).__doc__ for name in set(vesicle.__all__) - {"__version__"})
