"""``vesicle size``: the machine contract, field by field."""

import re

import numpy as np
import pytest

from vesicle.simulate.example import TRUTH

A_RUN = "sizing/20260305_0001_DEMO-01-2000_size_488"


def one(answer, *arguments, code=0):
    document, exit_code = answer("size", *arguments)
    assert exit_code == code
    assert len(document["runs"]) == 1
    return document["runs"][0]


def test_the_files_of_one_stem_are_one_run(batch, answer):
    run = one(answer, batch / f"{A_RUN}_11pos.txt", batch / f"{A_RUN}.txt")
    assert run["file"] == (batch / f"{A_RUN}.txt").as_posix()
    assert len(run["files"]) == 2
    assert (run["status"], run["reader"]) == ("ok", "zetaview-size-txt")


def test_our_numbers_stand_beside_the_vendors_and_near_the_truth(batch, answer):
    run = one(answer, batch / f"{A_RUN}.txt")
    header = re.search(rb"Median Number \(D50\):\t([\d.]+)", (batch / f"{A_RUN}.txt").read_bytes())
    assert run["vendor"]["d50_nm"] == float(header[1])
    assert "d50_nm" not in run["vendor"]["reproduced"]
    assert run["vendor"]["dilution"] == TRUTH.dilution
    median = run["computed"]["median_nm"]
    assert median["low"] <= median["value"] <= median["high"]
    assert median["value"] == pytest.approx(TRUTH.size.median_nm, rel=0.05)
    assert run["computed"]["concentration_per_ml"]["value"] == pytest.approx(TRUTH.size.stock_per_ml, rel=0.1)
    assert "not_assessed" in run["computed"]["tracks"]


def test_the_distribution_sums_to_one_over_class_centres(batch, answer):
    distribution = one(answer, batch / f"{A_RUN}.txt")["computed"]["distribution"]
    centre, edges, fraction = (np.array(distribution[k]) for k in ("diameter_nm", "edges_nm", "fraction"))
    assert fraction.sum() == pytest.approx(1)
    assert len(edges) == len(centre) + 1
    assert centre == pytest.approx((edges[1:] + edges[:-1]) / 2)
    assert np.all(np.array(distribution["low"]) <= fraction + 1e-12)
    assert np.all(fraction <= np.array(distribution["high"]) + 1e-12)


def test_a_folder_gives_every_run_and_its_manifest_is_heeded(batch, answer):
    document, code = answer("size", batch)
    assert code == 0
    assert len(document["runs"]) == 5
    assert all(run["file"].startswith(batch.as_posix()) for run in document["runs"])


def test_a_dilution_that_the_file_states_is_not_applied_again(batch, answer):
    plain = one(answer, batch / f"{A_RUN}.txt")
    same = one(answer, batch / f"{A_RUN}.txt", "--dilution", TRUTH.dilution)
    assert same == plain
    document, code = answer("size", batch / f"{A_RUN}.txt", "--dilution", "100")
    assert code == 2
    assert "twice" in document["error"]["what"]


def undiluted(batch):
    path = batch / f"{A_RUN}.txt"
    content = path.read_bytes()
    path.write_bytes(re.sub(rb"\tDilution::\t[\d.]+", b"", content))
    return path


def test_a_dilution_from_the_command_line_is_applied_once_where_no_file_states_one(batch, answer):
    path = undiluted(batch)
    without = one(answer, path)
    assert "not_assessed" in without["computed"]["concentration_per_ml"]
    stated = one(answer, path, "--dilution", "10")
    assert stated["vendor"]["dilution"] is None
    measured = TRUTH.size.stock_per_ml / TRUTH.dilution
    stock = stated["computed"]["concentration_per_ml"]
    assert stock["value"] == pytest.approx(10 * measured, rel=0.1)
    assert "command line" in stock["method"]


def test_an_already_multiplied_concentration_refuses_another_dilution():
    from vesicle.cli.size import _diluted
    from vesicle.errors import UsageError
    from vesicle.measurements import Dilution, SizeRun
    from vesicle.results import FileRef

    ref = FileRef(path="a.csv", sha256="0" * 64, size_bytes=1)
    done = Dilution(factor=10.0, applied_by="instrument", origin="header")
    run = SizeRun(files=(ref,), reader="r", stem="a", sample="a", dilution=done)
    with pytest.raises(UsageError, match="twice"):
        _diluted(run, 10.0)
    assert _diluted(run, None) is run


def test_the_videos_of_a_combined_file_are_listed_with_their_own_numbers():
    from vesicle.cli.size_document import size_document
    from vesicle.measurements import Dilution, SizeRun, VendorSummary, VideoResult
    from vesicle.results import FileRef
    from vesicle.vesicles.size import summarise

    ref = FileRef(path="a.csv", sha256="0" * 64, size_bytes=1)
    done = Dilution(factor=10.0, applied_by="instrument", origin="header")
    videos = tuple(
        VideoResult(name=name, vendor=VendorSummary(mean_nm=mean), dilution=done, remarks=("low",))
        for name, mean in (("v1", 90.0), ("v2", 110.0))
    )
    run = SizeRun(files=(ref,), reader="r", stem="a", sample="a", status="no_result", per_video=videos)
    (found,) = size_document((summarise(run),), ())["runs"]
    assert [(v["name"], v["vendor"]["mean_nm"], v["vendor"]["dilution"]) for v in found["per_video"]] == [
        ("v1", 90.0, 10.0),
        ("v2", 110.0, 10.0),
    ]


def test_a_viscosity_scales_every_diameter_in_proportion(batch, answer):
    plain = one(answer, batch / f"{A_RUN}.txt")
    thicker = one(answer, batch / f"{A_RUN}.txt", "--viscosity-mpas", 2 * plain["vendor"]["viscosity_mpas"])
    for name in ("d10_nm", "median_nm", "mean_nm", "d90_nm"):
        ratio = thicker["computed"][name]["value"] / plain["computed"][name]["value"]
        assert ratio == pytest.approx(0.5, rel=1e-6)
    assert thicker["vendor"] == plain["vendor"]
    assert "harmonised" in {warning["code"] for warning in thicker["warnings"]}


def test_a_temperature_is_accepted_alone(batch, answer):
    run = one(answer, batch / f"{A_RUN}.txt", "--temperature-c", "37")
    assert "harmonised" in {warning["code"] for warning in run["warnings"]}


@pytest.mark.parametrize(("content", "code"), [(b"", 3), (b"\x00\x01\x02" * 999, 3)])
def test_a_file_that_nobody_knows_is_listed_with_its_reason(tmp_path, answer, content, code):
    path = tmp_path / "x_size_488.txt"
    path.write_bytes(content)
    run = one(answer, path, code=code)
    assert (run["status"], run["reader"]) == ("unreadable", None)
    assert run["computed"]["median_nm"]["not_assessed"]
    assert run["warnings"][0]["message"]


def test_a_damaged_file_is_listed_beside_a_good_one(batch, answer):
    damaged = batch / "sizing" / "20260305_0002_DEMO-01-2000_size_488.txt"
    damaged.write_bytes(damaged.read_bytes()[:2600])
    document, code = answer("size", batch / f"{A_RUN}.txt", damaged)
    assert code == 1
    assert [run["status"] for run in document["runs"]] == ["ok", "unreadable"]
    assert document["runs"][1]["reader"] == "zetaview-size-txt"


def test_positions_alone_give_no_sizes(batch, answer):
    run = one(answer, batch / f"{A_RUN}_11pos.txt", code=1)
    assert run["warnings"][0]["code"] == "no_sizes"


def test_a_failed_run_says_no_result(tmp_path, answer):
    import datetime as dt

    from vesicle.simulate.zetaview import simulate_failed_run
    from vesicle.simulate.zetaview_text import RunPlan

    plan = RunPlan(stem="f_size_488", sample="F", dilution=1000.0, acquired=dt.datetime(2026, 1, 1, 12))
    (tmp_path / "f_size_488.txt").write_bytes(simulate_failed_run(plan, seed=1).size_file)
    run = one(answer, tmp_path / "f_size_488.txt")
    assert run["status"] == "no_result"
    assert run["vendor"]["d50_nm"] is None
    assert run["computed"]["median_nm"]["not_assessed"]


def test_a_path_that_is_not_there_is_wrong_usage(tmp_path, answer):
    document, code = answer("size", tmp_path / "nope.txt")
    assert (document["error"]["code"], code) == ("usage", 2)


def test_one_file_named_twice_is_one_run(batch, answer):
    one(answer, batch / f"{A_RUN}.txt", batch / "." / f"{A_RUN}.txt")


def test_a_file_of_a_folder_that_is_named_again_is_one_run(batch, answer):
    whole, _ = answer("size", batch)
    again, _ = answer("size", batch, batch / f"{A_RUN}.txt", batch / "sizing", batch)
    assert again == whole


@pytest.mark.parametrize("value", ["nan", "inf", "1e308", "-1e-300"])
@pytest.mark.parametrize("option", ["--dilution", "--viscosity-mpas", "--temperature-c"])
def test_a_number_that_cannot_be_is_wrong_usage(batch, answer, option, value):
    document, code = answer("size", batch / f"{A_RUN}.txt", option, value)
    assert (document["error"]["code"], code) == ("usage", 2)


def test_a_file_that_cannot_be_opened_is_listed(batch, answer, monkeypatch):
    from pathlib import Path

    def refuse(_self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    run = one(answer, batch / f"{A_RUN}.txt", code=1)
    assert "Permission denied" in run["warnings"][0]["message"]


def test_people_get_a_table(batch, call, tmp_path):
    (tmp_path / "x.txt").write_text("")
    text = call("size", batch / f"{A_RUN}.txt", tmp_path / "x.txt").stdout
    assert "Median (nm)" in text
    assert re.search(r"size_488\.txt +1\d\d(\.\d)? \(", text)
    assert "x.txt: " in text
    undiluted(batch)
    assert "not assessed: the dilution" in call("size", batch / f"{A_RUN}.txt").stdout


@pytest.mark.real_data
def test_the_real_exports_give_the_vendors_digits(zetaview, answer):
    name = "Sample1_35nm_1-5pool.txt"
    run = one(answer, zetaview / name)
    assert run["vendor"]["d50_nm"] == 99.147287
    document, _ = answer("size", *sorted(zetaview.glob("*_size_488*.txt")))
    by_name = {run["file"].rsplit("/", 1)[-1]: run for run in document["runs"]}
    assert by_name["20250219_0001_EV_ip_p1_F8-1000_size_488.txt"]["status"] == "no_result"
    assert by_name["20250219_0005_EV_ip_p1_F7-1000_size_488.txt"]["vendor"]["tracks"] == 343


def test_an_empty_path_is_refused_and_not_taken_as_the_current_folder(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for command in ("size", "run", "scan", "init"):
        assert call(command, "").exit_code == 2
    assert list(tmp_path.iterdir()) == []
