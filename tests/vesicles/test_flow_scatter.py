"""Scatter calibrated with beads whose signals come from Rayleigh's law, and what is refused."""

import numpy as np
import pytest
from tests.vesicles.flowing import analysed, events, flow_file, water

from vesicle.measurements.cytometry import BeadSet
from vesicle.results import NotAssessed

MANIFEST = '[cytometry]\nscatter_channel = "SSC-H"\nwavelength_nm = 488.0\n'
SIZES = (50.0, 60.0, 70.0)


def rayleigh(diameters, gain=2e-7):
    """Far below the wavelength scatter goes with the sixth power of the diameter, whatever the angle."""
    return gain * np.asarray(diameters) ** 6


def beads(sizes=SIZES, *, kind="measured", seen=None, **more):
    rng = np.random.default_rng(8)
    seen = rayleigh(sizes) if seen is None else seen
    scatter = np.concatenate([level * rng.lognormal(0, 0.04, 3000) for level in seen])
    stated = BeadSet(diameters_nm=sizes, diameter_kind=kind)
    said = {"role": "size standard", "beads": stated, **more.pop("said", {})}
    return flow_file("beads.fcs", events(scatter), said=said, **more)


def sample(level=2000.0, count=5000, **more):
    rng = np.random.default_rng(9)
    return flow_file("ev.fcs", events(level * rng.lognormal(0, 0.3, count)), **more)


def calibrated(*files, manifest=MANIFEST):
    return analysed(*files, manifest=manifest)


def test_beads_that_follow_rayleighs_law_fit_and_predict_each_other():
    model = calibrated(beads()).scatter
    assert model.residual_log10 < 0.03
    errors = [bead.error_nm.value for bead in model.beads]
    assert max(map(abs, errors)) < 2.0
    assert (model.channel, model.wavelength_nm, model.file) == ("SSC-H", 488.0, "beads.fcs")


def test_diameters_are_a_band_over_models_and_rise_with_the_percentile():
    found = calibrated(beads(), sample(), water(count=200))
    bands = {band.what: band for band in found.diameters}
    assert bands["D10"].low_nm < bands["D50"].low_nm < bands["D90"].low_nm
    assert all(band.low_nm < band.high_nm for band in bands.values())
    assert len(bands["D50"].by_model) == 3
    assert bands["D50"].low_any_angle_nm <= bands["D50"].low_nm


def test_a_vesicle_of_the_beads_signal_is_larger_than_the_bead():
    found = calibrated(beads(), sample(level=float(rayleigh(60.0))), water(count=200))
    assert next(band for band in found.diameters if band.what == "D50").low_nm > 75


def test_what_lies_below_the_noise_of_the_control_is_marked():
    noisy = water(count=400, said={})
    found = calibrated(beads(), sample(level=60.0, count=20_000), noisy)
    marks = {band.what: band.is_below_limit for band in found.diameters}
    assert marks["detection limit"] is False
    assert marks["D10"] is True


def test_without_a_control_there_is_no_detection_limit():
    found = calibrated(beads(), sample())
    assert "detection limit" not in {band.what for band in found.diameters}
    assert "no control whose noise" in found.diameters_missing


@pytest.mark.parametrize(
    ("files", "manifest", "words"),
    [
        ([sample()], MANIFEST, "no file of scatter beads"),
        ([sample(), beads(said={"beads": None})], MANIFEST, "does not state their diameters"),
        ([beads()], "", "wavelength_nm"),
        ([beads()], MANIFEST.replace("SSC-H", "VSSC"), "no channel VSSC"),
        ([beads((50.0,))], MANIFEST, "one population"),
        ([beads(seen=[100.0, 120.0, 5000.0])], MANIFEST, "beads.fcs"),
    ],
)
def test_what_a_calibration_lacks_is_named(files, manifest, words):
    found = calibrated(*files, manifest=manifest)
    assert isinstance(found.scatter, NotAssessed)
    assert words in found.scatter.reason
    assert found.diameters == ()
    assert found.diameters_missing == found.scatter.reason


def test_labels_and_an_unstated_kind_are_doubted():
    codes = {warned.code for warned in calibrated(beads(kind="label")).scatter.warnings}
    assert "label_diameters" in codes
    silent = {warned.code for warned in calibrated(beads(kind="")).scatter.warnings}
    assert {"label_diameters", "bead_kind_not_stated"} <= silent


def test_the_smallest_beads_may_be_missing_and_no_other():
    sizes = (30.0, *SIZES)
    unseen = calibrated(beads(sizes, seen=rayleigh(SIZES)))
    assert [bead.diameter_nm for bead in unseen.scatter.beads] == list(SIZES)
    assert "smallest_beads_not_seen" in {warned.code for warned in unseen.scatter.warnings}
    gap = calibrated(beads((*SIZES, 100.0), seen=rayleigh(SIZES)))
    assert isinstance(gap.scatter, NotAssessed)


def test_a_half_angle_that_is_known_is_not_fitted():
    model = calibrated(beads(), manifest=MANIFEST + "half_angle_deg = 50.0\n").scatter
    assert (model.half_angle_deg, model.is_angle_fitted, len(model.profile_deg)) == (50.0, False, 1)


def test_a_sample_with_other_settings_than_the_beads_has_no_diameter():
    found = calibrated(beads(voltage=500.0), sample())
    assert found.diameters == ()
    assert "not those of the beads" in found.diameters_missing


def test_a_sample_of_another_instrument_than_the_beads_has_no_diameter():
    found = calibrated(beads(), sample(said={"instrument": "NanoOther"}))
    assert "another instrument" in found.diameters_missing
    assert "beads_other_day" not in found.counts[1].flags


def test_beads_of_another_day_mark_the_sample():
    found = calibrated(beads(said={"acquired": "2026-03-01"}), sample())
    assert "beads_other_day" in {flag for count in found.counts for flag in count.flags}


def test_too_few_events_have_no_percentile():
    found = calibrated(beads(), sample(count=50))
    assert "too few events" in found.diameters_missing


def test_a_signal_that_no_model_reaches_is_named():
    found = calibrated(beads(), sample(level=1e12))
    assert "no model of a vesicle" in found.diameters_missing
