"""Scales for drawing, against values of other programs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vesicle.cytometry.transforms import (
    Logicle,
    biexponential,
    biexponential_table,
    from_logicle,
    hyperbolic_sine,
    logicle,
    logicle_for,
)

VALUES = np.array([-1e5, -500.0, -30.0, -1e-3, 0.0, 1e-3, 12.5, 150.0, 999.0, 3e4, 262144.0, 1e6])
FROZEN = {  # FlowUtils 1.2.2, flowutils.transforms.logicle of VALUES with (t, w, m, a)
    (262144, 0.5, 4.5, 0): [
        *(
            -0.6847053692592366,
            -0.15879696381434238,
            0.0778026669776524,
            0.11110999067905115,
            0.1111111111111111,
        ),
        *(
            0.11111223154317106,
            0.12509466633663197,
            0.2511409240104117,
            0.45423382948930635,
            0.7904988201896223,
        ),
        *(1.0, 1.1292427085676322),
    ],
    (262144, 1.0, 4.5, 0.5): [
        *(
            -0.31572024384710395,
            0.2041213193908521,
            0.29389249023552294,
            0.2999997963755479,
            0.30000000000000004,
        ),
        *(
            0.3000002036244522,
            0.30254521777638066,
            0.33038432986755006,
            0.46556776719670456,
            0.8091513142804331,
        ),
        *(1.0, 1.1165675182479173),
    ],
    (10000, 0, 4, 0): [
        *(-1.2499999989251211, -0.6747429342901534, -0.369400749385415, -5.428680743308415e-05, 0.0),
        *(
            5.428680743308415e-05,
            0.27491579589574194,
            0.5440276388508561,
            0.7498914797616919,
            1.1192803127148168,
        ),
        *(1.354634979403759, 1.4999999989143724),
    ],
    (1000000, 1.5, 5, 1): [
        *(
            0.005638267209465808,
            0.4025016397179374,
            0.41581597668532916,
            0.4166666383102425,
            0.41666666666666663,
        ),
        *(0.4166666950230908, 0.4170211217703187, 0.4209197839948382, 0.4448857776267596, 0.7279481766733537),
        *(0.901204714573664, 1.0),
    ],
}


def scale_of(top, width, decades, negative):
    return Logicle(top=top, linear_decades=width, decades=decades, negative_decades=negative)


@pytest.mark.parametrize("parameters", FROZEN)
def test_logicle_agrees_with_an_independent_program(parameters):
    found = logicle(VALUES, scale_of(*parameters))
    assert np.abs(found - FROZEN[parameters]).max() < 1e-10


@settings(max_examples=50)
@given(st.floats(0, 2.2), st.floats(0, 1), st.lists(st.floats(-3e5, 1e6), min_size=1, max_size=20))
def test_logicle_and_its_inverse_lead_back(width, negative, values):
    scale, given_ = scale_of(262144.0, width, 5.5, min(negative, 5.5 - 2 * width)), np.array(values)
    back = from_logicle(logicle(given_, scale), scale)
    assert (np.abs(back - given_) <= 1e-9 * np.maximum(np.abs(given_), 1)).all()


def test_logicle_rises_and_keeps_the_shape_and_what_is_no_number():
    scale = Logicle()
    rising = logicle(np.linspace(-1e4, 3e5, 5000), scale)
    assert (np.diff(rising) > 0).all()
    found = logicle(np.array([[0.0, np.nan], [5.0, 262144.0]], dtype="f4"), scale)
    assert found.shape == (2, 2)
    assert np.isnan(found[0, 1])
    assert found[1, 1] == pytest.approx(1)


def test_the_linear_part_is_as_wide_as_the_negative_values_need():
    values = np.append(np.linspace(-200, 0, 1001)[:-1], np.linspace(0, 1e5, 1000))
    lowest = np.percentile(values[values < 0], 5)
    assert logicle_for(values).linear_decades == pytest.approx((4.5 - np.log10(262144 / -lowest)) / 2)
    assert logicle_for(np.array([1.0, 2.0])).linear_decades == 0.5
    assert logicle_for(np.array([-1e-9, 2.0])).linear_decades == 0
    assert logicle_for(np.array([-1e9, 2.0])).linear_decades == 2.25


@pytest.mark.parametrize(
    "changed", [{"top": 0.0}, {"decades": 0.0}, {"linear_decades": 3.0}, {"negative_decades": 4.0}]
)
def test_parameters_that_make_no_scale_are_refused(changed):
    with pytest.raises(ValueError, match="no logicle scale"):
        Logicle(**changed)


def test_the_hyperbolic_sine_is_linear_below_its_cofactor_and_odd():
    found = hyperbolic_sine(np.array([-1.0, 1.0, 1500.0]))
    assert found[0] == -found[1]
    assert found[1] == pytest.approx(1 / 150, rel=1e-4)
    assert found[2] == pytest.approx(np.log(20), rel=1e-2)


def test_the_biexponential_table_is_the_one_that_flowjo_wrote(real_data):
    file = real_data / "cytometry" / "transforms" / "flowjo_biex_l256_w-7.94_n1_m4.4185_r262144.csv"
    written = np.loadtxt(file, delimiter=",", skiprows=1)[:, 1]
    table = biexponential_table(width_basis=-7.943282, negative=1, positive=4.418540, top=262144.000029)
    assert np.abs(table - written).max() < 0.51
    assert (np.abs(table - written) <= 5e-6 * np.maximum(np.abs(written), 1) + 5e-4).all()


@pytest.mark.parametrize("width_basis", [-10.0, -1.0, 5.0])
def test_the_biexponential_rises_through_zero_and_ends_in_its_last_channel(width_basis):
    table = biexponential_table(width_basis=width_basis, negative=0, positive=4.5)
    assert (np.diff(table) > 0).all()
    assert (table == 0).sum() == 1
    assert biexponential(np.array([-1e9, 0.0, 1e9]), table).tolist() == [0, int(np.argmin(abs(table))), 4095]
