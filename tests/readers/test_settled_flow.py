"""Role, subject, stains, control, volume and beads of a cytometer's file: what the user states, else what names say."""

import pytest
from tests.readers.flow import read_path

from vesicle.manifest import FileRule
from vesicle.measurements import FlowChannel, FlowDataset, FlowFile
from vesicle.readers.assemble import assemble
from vesicle.readers.flow_words import words_of
from vesicle.results import FileRef, NotAssessed


class Nothing:
    shape = (0, 1)

    def columns(self, places):
        raise AssertionError(places)


def flow_file(stem, *, labels=(), names=(), instrument=""):
    channels = [FlowChannel(name=f"P{i}", label=label, bits=32) for i, label in enumerate(labels)]
    channels += [FlowChannel(name=name, bits=32) for name in names]
    dataset = FlowDataset(
        number=0,
        channels=tuple(channels),
        values=Nothing(),
        stored_events=0,
        spillover=NotAssessed("none"),
    )
    ref = FileRef(path=f"runs/{stem}.fcs", sha256="", size_bytes=0)
    return FlowFile(
        file=ref,
        reader="fcs",
        stem=stem,
        sample=stem,
        version="FCS3.1",
        datasets=(dataset,),
        instrument=instrument,
    )


def settled(file, **said):
    rules = (FileRule(glob="*", **said),) if said else ()
    return assemble((file,), rules)[0]


def codes(file):
    return [warned.code for warned in file.warnings]


NANO = "CytoFLEX nano"
ROLES = [
    ("donor1 CD73", "", "sample"),
    ("MSC isotype PE", "", "isotype"),
    ("Exo+ 2ug ISO1", NANO, "isotype"),
    ("IgG1k FITC", "", "isotype"),
    ("hMSC unstained", "", "unstained"),
    ("MSC no dye", "", "unstained"),
    ("FMO CD105", "", "FMO"),
    ("single stain CD90 APC", "", "single stain"),
    ("comp beads FITC", "", "single stain"),
    ("HPLC Water", NANO, "buffer blank"),
    ("water 1", NANO, "buffer blank"),
    ("Blank-SampleLine1", NANO, "buffer blank"),
    ("PBS 0.1um filtered", NANO, "buffer blank"),
    ("PBS_LPS treated", NANO, "sample"),
    ("wash 2", NANO, "wash"),
    ("washed EVs", NANO, "sample"),
    ("PBS + CD81 FITC", NANO, "reagent control"),
    ("antibody only", NANO, "reagent control"),
    ("reagent control", NANO, "reagent control"),
    ("procedural control", NANO, "procedural control"),
    ("EV CD81 Triton X-100", NANO, "detergent"),
    ("EV NP-40", NANO, "detergent"),
    ("EV proteinase K", NANO, "protease"),
    ("Rainbow beads", NANO, "calibration beads"),
    ("8peak", "", "calibration beads"),
    ("Nano Vis LOW", NANO, "size standard"),
    ("100nm beads", NANO, "size standard"),
    ("beads", "", "calibration beads"),
    ("Exo Control", NANO, "sample"),
    ("isolation 3", NANO, "sample"),
    ("commercial MSC", "", "sample"),
]


@pytest.mark.parametrize(("stem", "instrument", "role"), ROLES)
def test_a_role_follows_from_a_name_and_is_said_to(stem, instrument, role):
    file = settled(flow_file(stem, instrument=instrument))
    assert file.role == role
    assert ("role_inferred" in codes(file)) == (role != "sample")


def test_a_blank_of_cells_is_cells_without_stain():
    assert settled(flow_file("blank", labels=["CD45 PE"])).role == "unstained"
    assert settled(flow_file("blank")).role == "buffer blank"


def test_detergent_in_the_name_of_cells_is_no_control():
    assert settled(flow_file("cells triton permeabilised")).role == "sample"


def test_labels_that_are_all_isotypes_make_an_isotype_control():
    assert settled(flow_file("tube 3", labels=["IgG1 FITC", "Isotype PE", "SSC-A"])).role == "isotype"
    assert settled(flow_file("tube 4", labels=["IgG1 FITC", "CD45 PE"])).role == "sample"


SUBJECTS = [
    ("tube 1", ["CD73 PE", "CD45 APC"], [], "", "cells"),
    ("tube 1", ["HLA-DR PerCP"], [], "", "cells"),
    ("hMSC P4", [], [], "", "cells"),
    ("tube 1", ["Viability"], [], "", "cells"),
    ("tube 1", ["CD81 : FITC - Area"], [], "ID7000", "particles"),
    ("Exo day 2", [], [], "", "particles"),
    ("MSC-EVs 3", [], [], "", "particles"),
    ("tube 1", [], [], "CytoFLEX nano", "particles"),
    ("tube 1", ["CD73 PE"], [], "Flow NanoAnalyzer", "particles"),
    ("tube 1", ["VSSC1-H"], [], "", "particles"),
    ("tube 1", [], ["405LALS(Peak)"], "", "particles"),
    ("tube 1", ["CD63 FITC", "CD90 PE"], [], "", ""),
    ("tube 1", [], ["FSC-A", "FITC-A"], "LSRII", ""),
    ("sevilla", ["PE"], [], "", ""),
]


@pytest.mark.parametrize(("stem", "labels", "names", "instrument", "subject"), SUBJECTS)
def test_a_subject_follows_from_instrument_channels_or_name(  # noqa: PLR0917 - one row of the table
    stem, labels, names, instrument, subject
):
    file = settled(flow_file(stem, labels=labels, names=names, instrument=instrument))
    assert file.subject == subject
    assert ("subject_inferred" in codes(file)) == bool(subject)


def test_what_the_user_states_is_used_without_a_warning():
    file = settled(
        flow_file("water 1", labels=["CD45"], instrument=NANO),
        role="sample",
        subject="cells",
        sample="S1",
        dilution=50.0,
        control="runs/iso.fcs",
        volume_nl=120.0,
        markers={"cd45": "PTPRC"},
        bead_diameters_nm=(80.0, 108.0),
        bead_diameter_kind="measured",
        bead_values={"P0": (1.0, 2.0)},
        bead_unit="MESF",
    )
    assert (file.role, file.subject, file.sample, codes(file)) == ("sample", "cells", "S1", [])
    assert (file.control, file.declared_volume_nl, file.declared_dilution) == ("runs/iso.fcs", 120.0, 50.0)
    assert (file.dilution.factor, file.dilution.applied_by) == (50.0, "vesicle")
    assert file.markers == {"P0": "PTPRC"}
    assert file.beads is not None
    assert (file.beads.diameters_nm, file.beads.diameter_kind, file.beads.unit) == (
        (80.0, 108.0),
        "measured",
        "MESF",
    )
    assert (file.beads.material, file.beads.values) == ("polystyrene", {"P0": (1.0, 2.0)})


def test_a_marker_of_a_channel_that_is_not_there_is_named():
    file = settled(flow_file("tube", labels=["PE"]), markers={"APC-A": "CD90"})
    assert codes(file) == ["marker_channel_unknown"]
    assert file.markers == {}


def test_a_sample_is_the_name_without_its_replicate():
    assert settled(flow_file("EV_F7 rep 2")).sample == "EV_F7"
    assert settled(flow_file("EV_F7-1000"), dilution=1000.0).sample == "EV_F7"


def test_words_are_told_apart_at_capitals_and_signs():
    assert words_of("NanoVis_LOW-2x") == "nano vis low 2x"


REAL = {
    "ev/hplc_water.fcs": ("buffer blank", "particles"),
    "ev/blank_sampleline1.fcs": ("buffer blank", "particles"),
    "ev/exo_control.fcs": ("sample", "particles"),
    "ev/exo_iso_zero_events.fcs": ("isotype", "particles"),
    "ev/nanovis_low.fcs": ("size standard", "particles"),
    "ev/jurkat_evs_memglow_id7000.fcs": ("sample", "particles"),
    "beads/apogee_rainbow_beads.fcs": ("calibration beads", "particles"),
    "gating_truth/data1.fcs": ("sample", "cells"),
    "control_mix/tasbe_eyfp.fcs": ("sample", ""),
}


@pytest.mark.parametrize("name", REAL)
def test_names_of_real_files_say_what_they_are(name, real_data):
    file = settled(read_path(real_data / "cytometry" / name))
    assert (file.role, file.subject) == REAL[name]
