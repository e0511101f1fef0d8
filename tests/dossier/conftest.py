"""The sample dossier, for every test of what is made from it."""

import pytest
from tests.dossier import sample as sample_module


@pytest.fixture(scope="session")
def sample():
    return sample_module


@pytest.fixture(scope="session")
def dossier(sample):
    return sample.sample_dossier()


@pytest.fixture(scope="session")
def files(dossier):
    from vesicle.dossier.bundle import bundle

    return bundle(dossier)
