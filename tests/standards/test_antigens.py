"""Which antigens a text names, and which it only seems to."""

import pytest

from vesicle.standards.antigens import antigens_in, control_named, names_cocktail, symbol_of


@pytest.mark.parametrize(
    ("text", "antigens"),
    [
        ("CD81 : FITC - Area", ("CD81",)),
        ("CD73 PE-A", ("CD73",)),
        ("CD90-APC", ("CD90",)),
        ("HLADR_FITC", ("HLA-DR",)),
        ("HLA-DR", ("HLA-DR",)),
        ("NT5E", ("CD73",)),
        ("Thy-1", ("CD90",)),
        ("endoglin", ("CD105",)),
        ("ENG-PE", ("CD105",)),
        ("CD79α", ("CD79a",)),
        ("PTPRC", ("CD45",)),
        ("anti-CD105", ("CD105",)),
        ("hCD73", ("CD73",)),
        ("CD73APC-Cy7", ("CD73",)),
        ("CD34CD45", ("CD34", "CD45")),
        ("CD45/CD34/CD11b", ("CD45", "CD34", "CD11b")),
        ("CD73 CD73", ("CD73",)),
    ],
)
def test_an_antigen_is_found_under_its_names(text, antigens):
    assert antigens_in(text) == antigens


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("CD146", "CD14"),
        ("CD90", "CD9"),
        ("CD3 4", "CD34"),
        ("CD45RA", "CD45"),
        ("CD45.2", "CD45"),
        ("CD140b", "CD14"),
        ("CD11c", "CD11b"),
        ("CD79b", "CD79a"),
        ("CD105 PE", "CD10"),
        ("english", "CD105"),
        ("CD349", "CD34"),
    ],
)
def test_an_antigen_is_not_found_in_a_longer_name(text, wrong):
    assert wrong not in antigens_in(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("isotype PE", "isotype"),
        ("Iso_FITC", "isotype"),
        ("mIgG1k", "isotype"),
        ("FMO CD105", "FMO"),
        ("unstained", "unstained"),
        ("isolate 3", ""),
        ("CD73 PE", ""),
    ],
)
def test_a_control_is_known_by_its_name(text, kind):
    assert control_named(text) == kind


def test_a_cocktail_is_known_by_its_name_and_a_line_is_none():
    assert names_cocktail("hMSC Negative Cocktail")
    assert names_cocktail("Lin PE")
    assert not names_cocktail("Linear")


def test_every_antigen_has_a_gene_symbol_and_an_unknown_one_has_none():
    assert symbol_of("CD11b") == "ITGAM"
    assert symbol_of("CD999") == ""
