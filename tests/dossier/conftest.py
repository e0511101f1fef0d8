"""The sample dossier, for every test of what is made from it."""

import importlib
import sys
from pathlib import Path

import pytest

FOLDER = str(Path(__file__).parent)
if FOLDER not in sys.path:
    sys.path.append(FOLDER)


def load_sample():
    """The module ``sample`` beside this file, whichever test folder asks for it."""
    return importlib.import_module("sample")


@pytest.fixture(scope="session")
def sample():
    return load_sample()


@pytest.fixture(scope="session")
def dossier(sample):
    return sample.sample_dossier()


@pytest.fixture(scope="session")
def files(dossier):
    from vesicle.dossier.bundle import bundle

    return bundle(dossier)
