"""Which files are tables of diameters: the words that say so, and real exports that are or are not."""

import numpy as np
import pytest
from tests.readers.tables import codes

from vesicle.errors import ReadError
from vesicle.readers.diameter_table import READER, read, sniff

CLASSES = "10,0\n20,30\n30,50\n40,20\n50,0\n"


@pytest.mark.parametrize(
    ("text", "score"),
    [
        (f"Diameter (nm),Count\n{CLASSES}", 0.5),
        (f"a line\n\nparticle_size;x\n{CLASSES}", 0.3),
        (f"size,count\n{CLASSES}", 0.2),
        ("Day,weight\n1,2\n", 0.0),
        ("size,colour\nlarge,red\n", 0.0),
        ("the size of the file\n", 0.0),
        ("", 0.0),
    ],
)
def test_a_table_is_claimed_modestly_and_only_with_a_diameter(text, score):
    assert sniff("x.csv", text.encode()) == score


def test_the_reader_says_which_columns_to_export():
    assert "Diameter (nm)" in READER.how_to_export


@pytest.mark.parametrize(
    ("name", "columns", "sample"),
    [
        ("ratio-ExperimentSummary.csv", 6, "ratio"),
        ("std_CTB_pilot_48hr-ExperimentSummary.csv", 12, "std_CTB_pilot_48hr"),
        ("time-course_std_reanalysis.csv", 33, "time-course_std_reanalysis"),
    ],
)
def test_real_wide_tables_are_the_mean_of_their_columns(nanosight, raw_file, name, *, columns, sample):
    path = nanosight / name
    run = read(raw_file(path))
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    assert sniff(name, path.read_bytes()[:65_536]) == 0.3
    assert len(run.per_video) == columns == table.shape[1] - 1
    assert run.histogram.amount == pytest.approx(table[:, 1:].mean(axis=1))
    assert run.histogram.edges_nm.tolist() == list(range(1001))
    assert run.sample == sample
    assert run.measured_per_ml is None
    assert codes(run) == {"unit_assumed", "concentration_unit_unknown"}


@pytest.mark.parametrize("name", ["Inter.assay", "Intra.assay_cv", "particle_summary", "timecourse2017"])
def test_real_tables_without_a_diameter_are_not_claimed(nanosight, name):
    content = (nanosight / f"time-course_{name}.csv").read_bytes()
    assert sniff(f"time-course_{name}.csv", content[:65_536]) == 0


def test_real_exports_of_instruments_are_never_read_as_hand_made_tables(real_data, raw_file):
    native = [
        *(real_data / "sizing" / "zetaview").glob("*.txt"),
        *(real_data / "sizing" / "nanosight").glob("*Exp*.csv"),
    ]
    hand_made = ("ratio", "std_CTB")
    for path in (path for path in native if not path.name.startswith(hand_made)):
        with pytest.raises(ReadError):
            read(raw_file(path))
