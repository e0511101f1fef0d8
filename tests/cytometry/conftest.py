"""What the tests of cytometry share."""

import pytest


@pytest.fixture
def nanovis(real_data, raw_file):
    """One channel of the events of a file of beads, as the package reads them."""
    from vesicle.readers.fcs import READER

    def channel(label):
        path = real_data / "cytometry" / "ev" / "nanovis_low.fcs"
        dataset = READER.read(raw_file(path, location=path)).datasets[0]
        return dataset.values.columns([dataset.place(label)])[:, 0]

    return channel
