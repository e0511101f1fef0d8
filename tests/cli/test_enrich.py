"""``vesicle enrich`` and ``vesicle mirna-pathways``: the published documents, the text, and what is refused."""

import gzip

import numpy as np
import openpyxl
import pytest

GENES = [f"GENE{i}" for i in range(200)]


@pytest.fixture
def files(tmp_path):
    """A folder with a list, sets, a background and a table of targets, of our own making."""
    rng = np.random.default_rng(1)
    sets = {"Pathway": GENES[:20], "Other": GENES[50:80], "Far": ["ELSE1", "ELSE2"]}
    lines = ["\t".join([name, "na", *genes]) for name, genes in sets.items()]
    (tmp_path / "sets.gmt").write_text("\n".join(lines))
    (tmp_path / "sets.gmt.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    (tmp_path / "list.txt").write_text("\n".join([*GENES[:12], *GENES[100:120], "ABSENT1"]))
    (tmp_path / "all.csv").write_text("n,Gene\n" + "\n".join(f"1,{gene}" for gene in GENES))
    rows = [f"hsa-miR-{k}-5p,{gene}" for k in range(1, 81) for gene in rng.choice(GENES, 8, replace=False)]
    rows += [f"hsa-miR-{k}-5p,{gene}" for k in (1, 2) for gene in GENES[k : k + 6]]
    (tmp_path / "targets.csv").write_text("\n".join(["mirna,target", *rows]))
    return tmp_path


@pytest.fixture
def folder(files, monkeypatch):
    """The same folder, as the current one."""
    monkeypatch.chdir(files)
    return files


def codes(document):
    return [warned["code"] for warned in document["warnings"]]


def test_the_document_holds_every_set_with_its_numbers(answer, files):
    document, code = answer(
        "enrich", files / "list.txt", "--sets", files / "sets.gmt", "--background", files / "all.csv"
    )
    assert code == 0
    assert list(document["rows"][0]) == ["set", "k", "K", "n", "N", "fold", "p", "q"]
    first = document["rows"][0]
    assert [first[key] for key in ("set", "k", "K", "n", "N")] == ["Pathway", 12, 20, 32, 200]
    assert codes(document) == [
        "genes_outside_background",
        "sets_outside_background",
        "gene_sets_not_tested",
        "genes_in_no_set",
    ]


def test_a_second_background_stands_beside_the_first(answer, files):
    given = ("enrich", files / "list.txt", "--sets", files / "sets.gmt.gz", "--background", files / "all.csv")
    both, _ = answer(*given, "--beside", 19000)
    rows = {row["set"]: row for row in both["rows"]}
    assert (rows["Pathway"]["N"], rows["Pathway"]["beside"]["N"]) == (200, 19000)
    assert rows["Pathway"]["beside"]["p"] < rows["Pathway"]["p"]
    assert (rows["Far"]["p"], rows["Far"]["beside"]["k"]) == (None, 0)
    turned, _ = answer(*given[:-1], 19000, "--beside", files / "all.csv")
    assert next(row["beside"] for row in turned["rows"] if row["set"] == "Far") is None


def test_a_workbook_is_a_list_too(answer, files):
    book = openpyxl.Workbook()
    for row in [["Gene"], *([gene] for gene in GENES[:12])]:
        book.active.append(row)
    book.save(files / "list.xlsx")
    document, _ = answer("enrich", files / "list.xlsx", "--sets", files / "sets.gmt", "--background", "200")
    assert document["rows"][0]["k"] == 12


def test_people_read_the_numbers_and_what_was_left_out(call, files):
    said = call("enrich", files / "list.txt", "--sets", files / "sets.gmt", "--background", "500").stdout
    assert "N = 500 genes of the background, n = 33 of the list; 3 sets tested" in said
    assert "Pathway" in said
    assert "Note: The background is only a number (500)" in said


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"--background": "0"}, ("background of 0 genes", 2)),
        ({"--background": ""}, ("background is empty", 2)),
        ({"--background": "nowhere.txt"}, ("no such file", 2)),
        ({"--sets": "list.txt"}, ("no tab", 1)),
        ({"--sets": "broken.gz"}, ("cannot be read", 1)),
        ({"--background": "10"}, ("smaller than what it holds", 2)),
        ({"--background": "folder"}, ("cannot be read", 1)),
        ({"--background": "quotes.csv"}, ("cannot be read", 1)),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_message(call, folder, changed, expected):
    words, code = expected
    (folder / "broken.gz").write_bytes(gzip.compress(b"A\tna\tCD9\n" * 100)[:30])
    (folder / "folder").mkdir()
    (folder / "quotes.csv").write_text('Gene\n"' + "A" * 200_000)
    options = {"--sets": "sets.gmt", "--background": "all.csv", **changed}
    given = ["enrich", "list.txt", *(word for pair in options.items() for word in pair)]
    said = call(*given)
    assert said.exit_code == code
    assert words in said.stderr
    assert "Traceback" not in said.stderr


def mirna(files, *names, **options):
    given = {"draws": 2000, "seed": 1, **options}
    words = [f"--{name}={value}" for name, value in given.items()]
    return [
        "mirna-pathways",
        *names,
        "--targets",
        files / "targets.csv",
        "--sets",
        files / "sets.gmt",
        *words,
    ]


def test_the_document_of_pathways_holds_both_tests(answer, files):
    document, code = answer(*mirna(files, "hsa-miR-1-5p", "miR-2", "hsa-miR-3-5p", "miR-999"))
    assert code == 0
    assert (document["draws"], document["seed"], document["smallest_p"]) == (2000, 1, 1 / 2001)
    first = document["rows"][0]
    assert (first["set"], first["K"]) == ("Pathway", 20)
    assert first["p_hypergeometric"] > 0
    assert first["p_empirical"] <= first["p_any"]
    assert set(first["targets"]) == {"hsa-miR-1-5p", "hsa-miR-2-5p", "hsa-miR-3-5p"}
    assert {"mirna_name_resolved", "mirna_not_in_targets", "gene_sets_not_tested"} <= set(codes(document))


def test_abundances_and_families_change_strengths_and_units(answer, files):
    document, _ = answer(*mirna(files, "hsa-miR-1-5p=900", "hsa-miR-2-5p=25", "--families"))
    assert document["mirnas"] == [
        {"name": "mir-1-5p", "strength": 0.9},
        {"name": "mir-2-5p", "strength": 0.2},
    ]
    assert "mirna_scarce" in codes(document)


def test_people_read_the_draws_and_the_smallest_q(call, files):
    said = call(*mirna(files, "hsa-miR-1-5p", "hsa-miR-2-5p")).stdout
    assert "2000 draws; smallest p 0.0005, smallest q of one set alone 0.001" in said
    assert "p usual" in said


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((["miR-1=x"], {}), "no microRNA with its abundance"),
        ((["miR-1=0"], {}), "no microRNA with its abundance"),
        ((["miR-1", "miR-1"], {}), "stands twice"),
        ((["miR-1=5", "miR-2"], {}), "others have none"),
        ((["miR-999"], {}), "None of the microRNAs"),
        ((["miR-1"], {"draws": 0}), "0 draws"),
        ((["miR-1"], {"seed": -1}), "seed"),
        (([], {}), "NAME"),
    ],
)
def test_what_cannot_be_tested_is_refused_in_one_message(call, files, given, words):
    names, options = given
    said = call(*mirna(files, *names, **options))
    assert said.exit_code == 2
    assert words in said.stderr
