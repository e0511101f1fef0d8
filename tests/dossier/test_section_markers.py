"""D4: what the page says of markers and pictures, and of what nobody looked for."""

from tests.checks.build import file_ref, inputs
from tests.readers.tables import raw

from vesicle.dossier.blocks import Figure, Table, Text
from vesicle.dossier.missing import missing_from
from vesicle.dossier.sections.markers import SECTION
from vesicle.measurements import Micrograph
from vesicle.readers.marker_table import READER
from vesicle.vesicles.markers import assess_markers
from vesicle.vesicles.micrographs import assess_micrographs

HEAD = "Marker,Sample,Intensity,Load (ug)\n"


def blocks(text="", *pictures):
    tables = (READER.read(raw(HEAD + text)),) if text else ()
    measured = inputs(measurements=(*tables, *pictures))
    return SECTION.compose(inputs(assess_markers(measured), assess_micrographs(measured)))


def table(found, name):
    return next(block for block in found if isinstance(block, Table) and block.id == name)


def texts(found):
    return " ".join(block.text for block in found if isinstance(block, Text))


def picture(**said):
    return Micrograph(
        file=file_ref("a.tif"),
        reader="micrograph",
        stem="a",
        sample="a",
        width_px=9,
        height_px=8,
        bits=8,
        **said,
    )


def test_a_category_that_nobody_looked_for_has_a_row_that_says_so():
    rows = table(blocks("CD9,EV,5,10\nFoo,EV,3,10\n"), "markers").rows
    assert [(row[3].split()[0], row[2]) for row in rows] == [
        ("1", "present"),
        ("2", "not assayed"),
        ("3", "not assayed"),
        ("4", "not assayed"),
        ("no", "present"),
    ]


def test_annexin_v_is_said_to_show_phosphatidylserine():
    assert "phosphatidylserine" in texts(blocks("Annexin V,EV,5,10\n"))
    assert "phosphatidylserine" not in texts(blocks("CD9,EV,5,10\n"))


def test_ratios_are_drawn_and_where_there_is_none_the_reason_stands():
    found = blocks("CANX,EV,5,10\nCANX,lysate,90,10\nGM130,EV,4,10\n")
    figure = next(block for block in found if isinstance(block, Figure))
    assert [point.label for point in figure.points] == ["CANX, EVs"]
    assert [bool(row[5]) for row in table(found, "depletion-lysate").rows] == [False, True]
    assert not [block for block in blocks("GM130,EV,4,10\n") if isinstance(block, Figure)]


def test_without_tables_and_pictures_the_page_says_what_is_needed():
    said = texts(blocks())
    assert "needs a table of a blot" in said
    assert "need pictures" in said


def test_a_picture_without_a_scale_is_listed_and_asked_for():
    row = table(blocks("", picture()), "micrographs").rows[0]
    assert "no scale" in row[8]
    wanted = [item.what for item in missing_from(inputs(measurements=(picture(),)))]
    assert any("pixel_nm of 'a.tif'" in what for what in wanted)
    assert not any(
        "pixel_nm of" in item.what for item in missing_from(inputs(measurements=(picture(pixel_nm=1.0),)))
    )
