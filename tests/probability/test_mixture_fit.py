"""A mixture reaches another one, or a minimum that is known."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from answers.probability.densities import Mixture, kl_of_densities, two_modes
from answers.probability.mixture_fit import fit_mixture


def test_two_parts_reach_two_modes_forward_and_in_reverse_from_both_sides_only():
    p = two_modes(5)
    right = Mixture(np.array([0.5, 0.5]), np.array([4.5, 5.5]), np.array([1.0, 1.0]))
    for array in vars(right).values():
        array.flags.writeable = False
    forward = fit_mixture(p, "forward", right)
    assert kl_of_densities(p, forward) == pytest.approx(0, abs=1e-9)
    assert_allclose(np.sort(forward.means), [-5, 5], atol=1e-5)
    stuck = fit_mixture(p, "reverse", right)
    assert kl_of_densities(stuck, p) == pytest.approx(math.log(2), abs=1e-4)
    assert (stuck.means > 4).all()
    both = Mixture(np.array([0.7, 0.3]), np.array([-1.0, 2.0]), np.array([1.0, 2.0]))
    reached = fit_mixture(p, "reverse", both)
    assert kl_of_densities(reached, p) == pytest.approx(0, abs=1e-6)


def test_a_mixture_is_fitted_from_beyond_the_target():
    there, here = (Mixture(np.ones(1), np.array([m]), np.ones(1)) for m in (0.0, 20.0))
    reached = fit_mixture(there, "reverse", here, steps=40)
    assert_allclose([reached.means, reached.deviations], [[0], [1]], atol=1e-3)


def test_a_part_of_weight_0_cannot_be_moved():
    start = Mixture(np.array([1.0, 0.0]), np.array([0, 1]), np.array([1, 1]))
    with pytest.raises(ValueError, match="part of weight 0"):
        fit_mixture(two_modes(1), "forward", start)
