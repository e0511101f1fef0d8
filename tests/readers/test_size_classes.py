"""Size classes: their edges on the scale that their centres follow."""

import numpy as np
import pytest

from vesicle.readers.size_classes import edges_between, is_logarithmic


def test_linear_and_logarithmic_classes_get_their_own_edges():
    linear, ratio = np.array([0.5, 1.5, 2.5, 3.5]), 10 * 2.0 ** np.arange(4)
    assert not is_logarithmic(linear)
    assert edges_between(linear).tolist() == [0, 1, 2, 3, 4]
    assert edges_between(ratio) == pytest.approx(10 * 2.0 ** (np.arange(5) - 0.5))
