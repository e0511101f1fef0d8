"""A folder of real ZetaView files, judged by hand.

Two fractions of one preparation (F7 at 1000x and 5000x, F8 and F5 without a result) and three of another
at 500x with the vendor's reports; the replicate run of F4 is declared as the blank. Sums are those of the first of
the two tables in each file, in particles per mL as measured:

    F7 at 1000x  8.7185e7     F7 at 5000x  7.8952e7     F4 (sample)  1.01907e7     F4 (as blank)  8.5345e6
    PC3 F5       1.31325e7    PC3 F1_2     1.15203e7    PC3 F3T6     7.5938e6
"""

import math
import shutil

import pytest
from tests.checks.build import FAIL, NOT_ASSESSED, PASS, WARN, verdicts
from tests.folders import state

from vesicle import spine
from vesicle.checks import c01_valid_run as c01
from vesicle.checks import c02_dilution as c02
from vesicle.dossier.claims import forbidden_phrases
from vesicle.errors import VesicleError
from vesicle.findings import PurityFinding, QuantityFinding
from vesicle.manifest import Manifest
from vesicle.measurements import FolderRecord, SizeRun
from vesicle.readers.assemble import assemble
from vesicle.readers.scan import read_path
from vesicle.results import Verdict

MANIFEST = """
[batch]
id = "real files"
production_date = 2025-02-01
[cells]
count_at_collection = 4.0e7
[culture]
medium_volume_ml = 200
[product]
final_volume_ml = 2
protein_in_buffer = false
[[files]]
glob = "20250228_0011*"
role = "buffer blank"
sample = "PBS"
"""
PROTEIN = "sample,rep 1 (ug/mL),rep 2 (ug/mL),rep 3 (ug/mL)\nPC3_100kDa_F5,2.2,2.0,1.8\nEV_ip_p1_F7,10,11,9\n"
F7, F7_DILUTED = "20250219_0005_EV_ip_p1_F7-1000_size_488", "20250219_0007_EV_ip_p1_F7-5000_size_488"
F8, F5 = "20250219_0001_EV_ip_p1_F8-1000_size_488", "20250228_0013_EV_IP_P2.1_F5-1000_size_488"
F4 = "20250228_0010_EV_IP_P2.1_F4-1000_size_488"
PC3 = tuple(
    f"20251217_{name}_size_488"
    for name in ("0005_PC3_100kDa_F5", "0016_PC3_100kDa_F1_2", "0017_PC3_100kDa_F3T6")
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(zetaview, tmp_path_factory):
    folder = tmp_path_factory.mktemp("real") / "raw"
    folder.mkdir()
    for path in zetaview.glob("2025*"):
        shutil.copyfile(path, folder / path.name)
    (folder / "vesicle.toml").write_text(MANIFEST)
    (folder / "bca.csv").write_text(PROTEIN)
    return folder


@pytest.fixture(scope="module")
def dossier(folder):
    before = state(folder)
    dossier = spine.run(folder)
    assert state(folder) == before
    return dossier


def first_table(path):
    """Centre, tracks and concentration of each class of the first table: rows of numbers until the size restarts."""
    rows = []
    for line in path.read_text("latin-1").splitlines():
        try:
            size, number, concentration = map(float, line.split("\t")[:3])
        except ValueError:
            continue
        if rows and size < rows[-1][0]:
            break
        rows.append((size, number, concentration))
    return rows


def measured(folder, stem):
    return sum(row[2] for row in first_table(folder / f"{stem}.txt"))


def part(dossier, check_id, subject):
    return next(part for part in dossier.check(check_id).parts if part.subject == subject)


def test_the_sums_named_above_are_those_of_the_files(folder):
    named = {
        F7: 8.7185e7,
        F7_DILUTED: 7.8952e7,
        F4: 1.01907e7,
        PC3[0]: 1.31325e7,
        PC3[1]: 1.15203e7,
        PC3[2]: 7.5938e6,
    }
    for stem, per_ml in named.items():
        assert measured(folder, stem) == pytest.approx(per_ml, rel=1e-4)


def test_c01_counts_tracks_and_fails_only_the_two_runs_without_a_result(dossier):
    """343, 630, 495 and 376 tracks pass; 278 and 105 are fewer than 300; F8 and F5 hold a row of -1."""
    result = dossier.check("C01")
    assert verdicts(result) == {
        F7: PASS,
        F7_DILUTED: WARN,
        F4: WARN,
        **dict.fromkeys(PC3, PASS),
        F8: FAIL,
        F5: FAIL,
    }
    assert {p.subject: p.value.value for p in result.parts} == {
        F7: 343,
        F7_DILUTED: 278,
        F4: 105,
        **dict(zip(PC3, (630, 495, 376), strict=True)),
        F8: 0,
        F5: 0,
    }
    assert (result.verdict, result.value.value, result.unit) == (FAIL, 6, "valid runs of 8")
    assert "drift not checked (dated 1904)" in part(dossier, "C01", F7).reason


def test_c02_finds_each_run_right_and_the_two_dilutions_apart(dossier):
    """Stock F7: 8.7185e7 x 1000 = 8.7185e10; 7.8952e7 x 5000 = 3.9476e11; the ratio is 4.528, far outside 0.67-1.5."""
    result = dossier.check("C02")
    assert result.verdict is FAIL
    assert result.value.value == pytest.approx(7.8952e7 * 5000 / (8.71854e7 * 1000), rel=1e-4)
    assert result.value.value == pytest.approx(4.528, abs=0.001)
    runs = {p.subject: p.verdict for p in result.parts if "agreement" not in p.subject}
    assert runs == dict.fromkeys((F7, F7_DILUTED, F4, *PC3), PASS)


def test_c02_compares_with_positions_and_with_the_printed_report(dossier, folder):
    """F7: the kept positions print a mean of 8.7273e7; PC3 F5: the report prints 6.6E+9 over 500 = 1.32e7."""
    lines = (folder / f"{F7}_11pos.txt").read_text("latin-1").splitlines()
    positions = [float(line.split("\t")[4]) for line in lines if line.startswith("X")]
    assert (len(positions), sum(positions)) == (11, pytest.approx(9.6e8))
    assert part(dossier, "C02", F7).value.value == pytest.approx(100 * 8.71854e7 / (9.6e8 / 11), rel=1e-4)
    assert part(dossier, "C02", PC3[0]).value.value == pytest.approx(
        100 * 1.313247e7 / (6.6e9 / 500), rel=1e-4
    )


def test_c03_has_no_sample_with_three_runs_at_one_dilution(dossier):
    assert dossier.check("C03").verdict is NOT_ASSESSED
    assert "at least 3 are needed" in dossier.check("C03").reason


def test_c04_holds_the_blank_against_every_sample_as_measured(dossier):
    """8.5345e6 over 7.8952e7 (F7 at its highest dilution) is 10.81 %, a warning; over the others 65 to 112 %."""
    expected = {
        "EV_ip_p1_F7": (WARN, 100 * 8.5345e6 / 7.8952e7),
        "EV_IP_P2.1_F4": (FAIL, 100 * 8.5345e6 / 1.019065e7),
        "PC3_100kDa_F5": (FAIL, 100 * 8.5345e6 / 1.313247e7),
        "PC3_100kDa_F1_2": (FAIL, 100 * 8.5345e6 / 1.152029e7),
        "PC3_100kDa_F3T6": (FAIL, 100 * 8.5345e6 / 7.59378e6),
    }
    for sample, (verdict, percent) in expected.items():
        found = part(dossier, "C04", sample)
        assert found.verdict is verdict
        assert found.value.value == pytest.approx(percent, rel=1e-4)
    assert part(dossier, "C04", "EV_ip_p1_F8").verdict is NOT_ASSESSED
    assert dossier.check("C04").verdict is FAIL


def test_c10_divides_stock_by_protein_and_says_what_share_that_implies(dossier, folder):
    """PC3 F5: 1.31325e7 x 500 / 2.0 ug/mL = 3.283e9 per ug, inside low purity (2e9 to 2e10), so a warning."""
    row = next(r for r in dossier.findings[PurityFinding.__name__].rows if r.sample == "PC3_100kDa_F5")
    assert row.particles_per_ug.value == pytest.approx(1.313247e7 * 500 / 2.0, rel=1e-4)
    assert row.purity_class == "low purity"
    table = first_table(folder / f"{PC3[0]}.txt")
    mean_cube_nm3 = sum(c * d**3 for d, _, c in table) / sum(c for _, _, c in table)
    mass_ug = math.pi / 6 * mean_cube_nm3 * 1.10e-21 * 1e6  # 1 nm3 is 1e-21 mL; 1.10 g/mL; 1e6 ug/g
    assert row.implied_protein_share.value == pytest.approx(1 / (3.2831e9 * mass_ug), rel=0.01)
    assert part(dossier, "C10", "PC3_100kDa_F5").verdict is WARN


def test_c10_of_a_sample_whose_run_only_warns_is_at_best_a_warning(dossier):
    found = part(dossier, "C10", "EV_ip_p1_F7")
    assert found.verdict is WARN
    assert "C01 warns about a run" in found.reason
    # Mean of both stock values over 10 ug/mL: (8.7185e10 + 3.9476e11) / 2 / 10 = 2.4097e10.
    assert found.value.value == pytest.approx((8.71854e10 + 3.9476e11) / 2 / 10, rel=1e-4)
    assert part(dossier, "C10", "EV_ip_p1_F8").verdict is NOT_ASSESSED


def test_c11_has_both_quantities_of_two_samples_per_medium_and_per_cell(dossier):
    """PC3 F5: 6.566e9 per mL x 2 mL = 1.3132e10; / 200 mL = 6.566e7; / 40 million cells = 3.283e8."""
    rows = {(r.sample, r.component): r for r in dossier.findings[QuantityFinding.__name__].rows}
    particles, protein = rows["PC3_100kDa_F5", "particles"], rows["PC3_100kDa_F5", "protein"]
    assert particles.total.value == pytest.approx(1.313247e10, rel=1e-4)
    assert particles.per_ml_medium.value == pytest.approx(6.566e7, rel=1e-3)
    assert particles.per_million_cells.value == pytest.approx(3.283e8, rel=1e-3)
    assert protein.per_million_cells.value == pytest.approx(2.0 * 2 / 40)
    assert part(dossier, "C11", "PC3_100kDa_F5").verdict is PASS
    assert part(dossier, "C11", "PC3_100kDa_F1_2").verdict is NOT_ASSESSED
    assert dossier.check("C11").verdict is NOT_ASSESSED


def test_c12_gives_the_median_of_the_table_and_names_nothing_exosome(dossier, folder):
    """PC3 F5: half of the table's sum is reached inside the class whose edges are half a step from its centre."""
    table = first_table(folder / f"{PC3[0]}.txt")
    half, running, step = sum(c for _, _, c in table) / 2, 0.0, table[1][0] - table[0][0]
    for centre, _, amount in table:  # noqa: B007 - used after the loop
        if running + amount >= half:
            break
        running += amount
    median = centre - step / 2 + step * (half - running) / amount
    found = part(dossier, "C12", "PC3_100kDa_F5")
    assert found.value.value == pytest.approx(median, abs=0.01)
    assert found.value.value == pytest.approx(129.84, abs=0.01)
    assert found.verdict is PASS
    assert part(dossier, "C12", "EV_IP_P2.1_F4").verdict is WARN
    assert part(dossier, "C12", "EV_ip_p1_F8").verdict is NOT_ASSESSED
    assert part(dossier, "C12", "naming").verdict is PASS


def test_c25_passes_and_fails_when_the_batch_was_made_after_a_measurement(dossier, folder):
    assert dossier.check("C25").verdict is PASS
    text = MANIFEST.replace("2025-02-01", "2025-02-20")
    (folder / "vesicle.toml").write_text(text)
    try:
        scan = spine.scan(folder)
        result = spine.analyse(scan.manifest, spine.read(scan)).checks["C25"]
    finally:
        (folder / "vesicle.toml").write_text(MANIFEST)
    early = {p.subject for p in result.parts if p.verdict is FAIL}
    assert result.verdict is FAIL
    assert early == {path.name for path in folder.glob("20250219*")}


def test_a_real_file_copied_under_another_name_fails_c25(folder):
    copy = folder / "20251218_0001_other_size_488.txt"
    shutil.copyfile(folder / f"{PC3[0]}.txt", copy)
    try:
        scan = spine.scan(folder)
        result = spine.analyse(scan.manifest, spine.read(scan)).checks["C25"]
    finally:
        copy.unlink()
    assert result.verdict is FAIL
    assert copy.name in result.reason


def test_the_page_says_nothing_that_is_never_said(dossier, folder):
    page = (folder.parent / "raw-dossier" / "dossier.html").read_text(encoding="utf-8")
    methods = (folder.parent / "raw-dossier" / "methods.md").read_text(encoding="utf-8")
    assert forbidden_phrases((page, methods)) == ()
    assert not dossier.batch.startswith("exo")


def runs_alone(folder):
    """Every run of a folder as if it were alone in its own, with the files of its stem."""
    parts = []
    for path in sorted(folder.iterdir()):
        try:
            parts.append(read_path(path))
        except VesicleError:
            continue  # refused with a reason, as another test shows
    return [run for run in assemble(parts) if isinstance(run, SizeRun) and run.status == "ok"]


@pytest.mark.parametrize("instrument", ["zetaview", "nanosight"])
def test_the_limits_of_c01_and_c02_fail_no_valid_run_of_the_real_files(instrument, request):
    runs = runs_alone(request.getfixturevalue(instrument))
    assert len(runs) >= 7
    for run in runs:
        reading = spine.Reading(files=(), measurements=(run, FolderRecord(files=())))
        inputs = spine.analyse(Manifest(), reading)
        for check in (c01, c02):
            verdict = check.judge(inputs).verdict
            assert verdict is not Verdict.FAIL, (run.stem, check.__name__)
