"""The sample dossier, for every test of what is made from it."""

import importlib.util
import sys
from pathlib import Path

import pytest


def load_sample():
    path = Path(__file__).with_name("sample.py")
    spec = importlib.util.spec_from_file_location("sample_dossier_module", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


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
