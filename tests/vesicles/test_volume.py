"""From a count to a number per volume: what brighter spots hide is neither searched nor gone."""

from dataclasses import replace

import numpy as np
import pytest

from vesicle.measurements import Trajectories
from vesicle.results import NotAssessed
from vesicle.tracking.records import Detected
from vesicle.vesicles.numbers import NumberDensity
from vesicle.vesicles.scales import Optics
from vesicle.vesicles.seen import Calibration, Seen, ceiling_of
from vesicle.vesicles.volume import Counted, _far_from_bright, concentration

SIZES = np.log(np.array([80.0, 120.0]))
COUNTED = Counted(per_frame=50.0, relative_error=0.02, area_um2=10_000.0, frames=100)
DENSITY = NumberDensity(
    log_size=SIZES,
    share=np.array([0.6, 0.4]),
    resamples=np.array([[0.6, 0.4]]),
    occupancy=np.array([0.4, 0.6]),
    above_limit=1.0,
    tracks=500,
    method="",
)
OPEN = Seen(
    depth=np.array([1.0, 2.0]),
    open_share=np.ones(2),
    is_measured=True,
    limit_nm=NotAssessed(""),
    threshold=5.0,
    shape=0.0,
    text="",
)
BEADS = Calibration(scale_um=3.0, relative_error=0.02, shape=0.0, text="beads")


def optics(depth_um=None):
    return Optics(pixel_nm=166.0, fps=30.0, blur=0.1, mobility_um2_s_nm=490.0, depth_um=depth_um)


@pytest.mark.parametrize("depth_um", [None, 4.0])
def test_a_field_of_which_a_fifth_is_hidden_holds_a_quarter_more(depth_um):
    crowded = replace(OPEN, open_share=np.array([0.8, 0.8]))
    beads = None if depth_um else BEADS
    first, plain = concentration(COUNTED, DENSITY, OPEN, optics=optics(depth_um), calibration=beads)
    more, volume = concentration(COUNTED, DENSITY, crowded, optics=optics(depth_um), calibration=beads)
    assert more.value == pytest.approx(1.25 * first.value)
    assert volume.depth_um == plain.depth_um
    assert "hide 20 % of the field" in volume.sentence
    assert "hide" not in plain.sentence


def test_each_size_counts_by_its_own_part_of_the_field():
    crowded = replace(OPEN, open_share=np.array([0.5, 1.0]))
    found, _ = concentration(COUNTED, DENSITY, crowded, optics=optics(), calibration=BEADS)
    expected = 50.0 * (0.4 / (3.0 * 1.0 * 0.5) + 0.6 / (3.0 * 2.0)) / 10_000.0 * 1e12
    assert found.value == pytest.approx(expected)


def tracks(x_px, peak, *, is_saturated=None):
    count = len(x_px)
    return Trajectories(
        track=np.arange(count),
        frame=np.zeros(count, np.int64),
        x_px=np.array(x_px),
        y_px=np.full(count, 50.0),
        peak=np.array(peak),
        is_saturated=is_saturated,
    )


def test_a_bead_beside_a_bright_spot_does_not_tell_when_beads_leave():
    beads = tracks([20.0, 30.0, 200.0, 300.0], [10.0, 40.0, 10.0, 12.0])
    detected = Detected(
        frame=beads.frame,
        x_px=beads.x_px,
        y_px=beads.y_px,
        peak=beads.peak,
        is_saturated=np.zeros(4, np.bool_),
        frames=2,
        height_px=100,
        width_px=400,
        margin_px=4,
        threshold=5.0,
        threshold_factor=1.0,
        noise_grey=2.0,
        level_grey=20.0,
        spot_sigma_px=1.5,
        polarity="bright",
    )
    assert _far_from_bright(beads, detected).tolist() == [False, True, True, True]


def test_the_ceiling_is_the_least_peak_that_touched_it():
    some = np.array([False, True, True])
    assert ceiling_of(tracks([1.0, 2.0, 3.0], [90.0, 200.0, 230.0], is_saturated=some)) == pytest.approx(
        200.6
    )
    assert ceiling_of(tracks([1.0, 2.0, 3.0], [90.0, 200.0, 230.0], is_saturated=~some & False)) == np.inf
