"""Micrographs with view and scale, and medians by microscopy beside those by tracking."""

import numpy as np
import pytest
from tests.checks.build import about, file_ref, inputs, sample_size, sizes

from vesicle.measurements import Micrograph, ParticleDiameters
from vesicle.measurements.sizing import frozen
from vesicle.results import NotAssessed
from vesicle.vesicles.micrographs import assess_micrographs, median_with_interval


def picture(name="a_TEM.tif", **said):
    values = {"width_px": 1000, "height_px": 800, "bits": 16, "pixel_nm": 0.5, "reader": "micrograph"} | said
    return Micrograph(file=file_ref(name), stem=name, sample="F1", **values)


def diameters(*values, sample="F1"):
    return ParticleDiameters(
        file=file_ref("s.csv"), reader="micrograph-sizes", stem="s", sample=sample, diameter_nm=frozen(values)
    )


def images(*pictures):
    return assess_micrographs(inputs(measurements=pictures)).images


@pytest.mark.parametrize(
    ("pixel_nm", "view", "field_um"), [(0.5, "close-up", 0.5), (1.5, "", 1.5), (4.0, "wide-field", 4.0)]
)
def test_the_width_of_the_field_implies_the_view_where_nobody_states_it(pixel_nm, view, field_um):
    image = images(picture(pixel_nm=pixel_nm))[0]
    assert (image.view, image.field_um.value) == (view, field_um)
    assert bool(image.refused) is (view == "")


def test_a_stated_view_wins_and_no_scale_is_refused_by_name():
    assert images(picture(pixel_nm=4.0, view="close-up"))[0].view == "close-up"
    image = images(picture(pixel_nm=None, view="close-up"))[0]
    assert isinstance(image.field_um, NotAssessed)
    assert "no scale" in image.refused


def test_pictures_of_other_roles_are_not_of_the_sample():
    assert images(picture(role="buffer blank")) == ()


def test_the_interval_of_a_median_is_that_of_order_statistics():
    """Known ranks for 95 %: 2 and 9 of 10, 40 and 61 of 100."""
    found = median_with_interval(np.arange(1.0, 11.0))
    assert (found.low, found.value, found.high) == (2.0, 5.5, 9.0)
    few = median_with_interval(np.array([3.0, 4.0, 9.0]))
    assert (few.low, few.high) == (3.0, 9.0)
    assert "less than 95 %" in few.method


def test_the_median_of_order_statistics_covers_the_truth():
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(2_000):
        found = median_with_interval(np.sort(rng.lognormal(size=25)))
        hits += found.low <= 1.0 <= found.high
    assert 0.94 <= hits / 2_000 <= 0.985


def test_sizes_stand_beside_the_tracked_sample_of_their_name():
    tracked = sizes(samples=(sample_size("F1", median_nm=about(120.0)), sample_size("F10")))
    table = assess_micrographs(inputs(tracked, measurements=(diameters(*range(60, 100), sample="F1 TEM"),)))
    size = table.sizes[0]
    assert (size.tracked_sample, size.tracked_median_nm.value, size.particles) == ("F1", 120.0, 40)
    other = assess_micrographs(inputs(tracked, measurements=(diameters(70.0, sample="G"),))).sizes[0]
    assert "named like 'G'" in other.tracked_median_nm.reason
    assert isinstance(other.d10_nm, NotAssessed)
    alone = assess_micrographs(inputs(measurements=(diameters(70.0),))).sizes[0]
    assert "no tracking" in alone.tracked_median_nm.reason
