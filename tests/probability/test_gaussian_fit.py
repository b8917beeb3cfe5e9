"""Gaussians fitted in both directions, against SciPy's integrals and minimisers."""

import math
import time

import numpy as np
import pytest
import scipy.integrate
import scipy.optimize
import scipy.special
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from answers.probability.gaussian_fit import (
    Gaussian,
    Mixture,
    both_fits,
    fit_gaussian,
    fit_mixture,
    kl_of_densities,
    reverse_fits,
    two_modes,
)

LOPSIDED = Mixture(np.array([0.2, 0.5, 0.3]), np.array([-4.0, 0.5, 2.0]), np.array([0.5, 1.2, 0.8]))
for array in vars(LOPSIDED).values():
    array.flags.writeable = False
LN_2 = math.log(2)


def scipy_log_density(mixture, x):
    logs = [
        math.log(w) + scipy.stats.norm.logpdf(x, m, s)
        for w, m, s in zip(mixture.weights, mixture.means, mixture.deviations, strict=True)
    ]
    return scipy.special.logsumexp(logs, axis=0)


def kl_by_quadrature(log_p, log_q, points):
    """∫ p log(p / q) by SciPy's adaptive quadrature, over where p has mass."""

    def integrand(x):
        return math.exp(log_p(x)) * (log_p(x) - log_q(x))

    return scipy.integrate.quad(integrand, -40, 40, points=points, limit=500)[0]


def reverse_by_scipy(mixture, start):
    """A minimum of KL(q‖p) by Nelder-Mead on SciPy's integrals, near `start`."""
    z = np.linspace(-9, 9, 20_001)

    def objective(theta):
        mean, log_deviation = theta
        log_p = scipy_log_density(mixture, mean + math.exp(log_deviation) * z)
        terms = scipy.stats.norm.pdf(z) * log_p
        return -log_deviation - scipy.integrate.simpson(terms, x=z)

    found = scipy.optimize.minimize(
        objective,
        (start[0], math.log(start[1])),
        method="Nelder-Mead",
        options={
            "xatol": 1e-9,
            "fatol": 1e-13,
            "initial_simplex": [
                (start[0], math.log(start[1])),
                (start[0] + 0.05, math.log(start[1])),
                (start[0], math.log(start[1]) + 0.05),
            ],
        },
    )
    return found.x[0], math.exp(found.x[1])


mixtures = st.integers(1, 4).flatmap(
    lambda n: st.builds(
        lambda w, m, s: Mixture(np.array(w) / sum(w), np.array(m), np.array(s)),
        st.lists(st.integers(1, 9), min_size=n, max_size=n),
        st.lists(st.integers(-60, 60).map(lambda i: i / 10), min_size=n, max_size=n),
        st.lists(st.integers(5, 20).map(lambda i: i / 10), min_size=n, max_size=n),
    )
)


# The density


@given(mixtures, st.floats(-50, 50))
def test_log_density_agrees_with_scipy(mixture, x):
    got = mixture.log_density(np.array([x]))
    assert_allclose(got, scipy_log_density(mixture, x), rtol=1e-12, atol=1e-12)


@given(mixtures)
def test_mean_and_deviation_are_those_of_the_density(mixture):
    x = np.linspace(-40, 40, 20_001)
    weights = np.exp(mixture.log_density(x)) * (x[1] - x[0])
    assert_allclose(weights.sum(), 1, rtol=1e-10)
    assert_allclose(mixture.mean, weights @ x, atol=1e-9)
    assert_allclose(mixture.deviation, np.sqrt(weights @ (x - mixture.mean) ** 2), rtol=1e-9)


def test_the_density_keeps_its_axes_and_a_part_of_weight_0_adds_nothing():
    p = Mixture(np.array([1.0, 0.0]), np.array([2.0, 0.0]), np.array([1.5, 1.0]))
    x = np.linspace(-2, 3, 6).reshape(2, 3)
    with np.errstate(divide="raise"):
        assert_allclose(p.log_density(x), scipy.stats.norm.logpdf(x, 2, 1.5), rtol=1e-13)
    assert_allclose(Gaussian(2, 1.5).log_density(x), p.log_density(x), rtol=1e-13)


# The divergence of two densities


@given(st.floats(-5, 5), st.floats(0.2, 5), st.floats(-5, 5), st.floats(0.2, 5))
def test_kl_of_two_gaussians_is_the_closed_form(m, s, mu, sigma):
    expected = math.log(sigma / s) + (s**2 + (m - mu) ** 2) / (2 * sigma**2) - 0.5
    got = kl_of_densities(Gaussian(m, s), Gaussian(mu, sigma))
    assert_allclose(got, expected, rtol=1e-9, atol=1e-11)


def test_a_narrow_density_has_points_enough():
    got = kl_of_densities(Gaussian(0.3, 0.005), Gaussian(0.3, 1))
    assert got == pytest.approx(math.log(200) + (0.005**2 - 1) / 2, rel=1e-9)


def test_kl_of_mixtures_agrees_with_adaptive_quadrature():
    q = Gaussian(1.0, 2.0)
    expected = kl_by_quadrature(
        lambda x: scipy_log_density(LOPSIDED, x),
        lambda x: scipy.stats.norm.logpdf(x, 1, 2),
        LOPSIDED.means,
    )
    assert_allclose(kl_of_densities(LOPSIDED, q), expected, rtol=1e-8)
    expected = kl_by_quadrature(
        lambda x: scipy.stats.norm.logpdf(x, 1, 2),
        lambda x: scipy_log_density(LOPSIDED, x),
        LOPSIDED.means,
    )
    assert_allclose(kl_of_densities(q, LOPSIDED), expected, rtol=1e-8)


# The fits


@pytest.mark.parametrize("target", [two_modes(2), two_modes(3.5, 0.7), LOPSIDED])
def test_the_forward_fit_has_the_least_forward_divergence(target):
    fit = fit_gaussian(target, "forward")
    assert fit_gaussian(target) == fit
    assert fit == pytest.approx((target.mean, target.deviation), rel=1e-12)
    least = kl_of_densities(target, fit)
    for factor in (0.99, 1.01):
        assert kl_of_densities(target, Gaussian(fit.mean, factor * fit.deviation)) > least
        moved = Gaussian(fit.mean + factor - 1, fit.deviation)
        assert kl_of_densities(target, moved) > least


@pytest.mark.parametrize(
    ("target", "start"),
    [
        (two_modes(2), (0.0, 1.0)),
        (two_modes(2), (2.0, 1.0)),
        (two_modes(3), (3.0, 1.0)),
        (two_modes(3), (0.0, 2.5)),
        (two_modes(5), (0.0, 4.0)),
        (LOPSIDED, (1.0, 1.5)),
        (LOPSIDED, (-4.0, 0.5)),
    ],
)
def test_the_reverse_fit_is_a_minimum_that_scipy_finds_too(target, start):
    fit = fit_gaussian(target, "reverse", start)
    assert_allclose(fit, reverse_by_scipy(target, fit), atol=2e-4)


@settings(max_examples=25)
@given(mixtures)
def test_at_a_reverse_fit_log_p_has_mean_slope_0_and_mean_curvature_of_q(mixture):
    """E[(log p)'] = 0 and E[(log p)''] = -1/deviation², the means taken over q."""
    h = 1e-4
    z = np.linspace(-8, 8, 4001)
    weights = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
    for fit in reverse_fits(mixture):
        x = fit.mean + fit.deviation * z
        low, mid, high = (mixture.log_density(x + step) for step in (-h, 0, h))
        assert weights @ ((high - low) / (2 * h)) == pytest.approx(0, abs=1e-6)
        curvature = weights @ ((high - 2 * mid + low) / h**2)
        assert -curvature * fit.deviation**2 == pytest.approx(1, rel=1e-4)


@given(st.floats(-20, 20), st.floats(0.1, 20), st.sampled_from(["forward", "reverse"]))
def test_a_gaussian_is_its_own_fit_in_both_directions(mean, deviation, direction):
    p = Mixture(np.ones(1), np.array([mean]), np.array([deviation]))
    fit = fit_gaussian(p, direction, start=(mean + deviation, 2 * deviation))
    assert fit == pytest.approx((mean, deviation), rel=1e-6, abs=1e-6)


@settings(max_examples=25)
@given(mixtures, st.floats(-10, 10), st.floats(0.1, 10))
def test_moving_and_stretching_p_moves_and_stretches_its_fits(mixture, by, factor):
    moved = Mixture(mixture.weights, by + factor * mixture.means, factor * mixture.deviations)
    start = (mixture.mean, mixture.deviation)
    there = (by + factor * start[0], factor * start[1])
    for direction in ("forward", "reverse"):
        mean, deviation = fit_gaussian(mixture, direction, start)
        got = fit_gaussian(moved, direction, there)
        assert got.deviation == pytest.approx(factor * deviation, rel=1e-4)
        assert got.mean == pytest.approx(by + factor * mean, abs=1e-4 * (1 + factor) * deviation)


@pytest.mark.parametrize("direction", ["forward", "reverse"])
@pytest.mark.parametrize("target", [two_modes(2), two_modes(5), LOPSIDED])
@pytest.mark.parametrize("constant", [-12.5, 1e6])
def test_a_log_density_with_a_constant_gives_the_fits_of_the_mixture(target, direction, constant):
    def unnormalised(x):
        return target.log_density(x) + constant

    start = (1.0, 1.0)
    fit = fit_gaussian(unnormalised, direction, start)
    assert fit == pytest.approx(fit_gaussian(target, direction, start), abs=1e-7)


@pytest.mark.parametrize("constant", [0, -5e4, 1e8])
def test_a_narrow_target_with_a_constant_is_reached(constant):
    fit = fit_gaussian(lambda x: constant - 1e5 * (x - 0.3) ** 2 / 2, "reverse")
    assert fit == pytest.approx((0.3, 1e5**-0.5), rel=1e-6)


@pytest.mark.parametrize("deviation", [1e-7, 1e-8])
def test_a_very_narrow_target_is_reached_from_far(deviation):
    target = Gaussian(0.3, deviation)
    assert fit_gaussian(target.log_density, "reverse") == pytest.approx(target, rel=1e-6)


def test_a_start_far_too_wide_is_left():
    fit = fit_gaussian(two_modes(2).log_density, "reverse", (3.3e6, 1e7))
    assert fit == pytest.approx(fit_gaussian(two_modes(2), "reverse", (0, 2)), abs=1e-4)


# What the page says of two modes at ±m


def test_modes_at_2_are_covered_and_modes_at_3_are_sought():
    _, close = both_fits(2)
    assert len(close) == 1
    assert close[0] == pytest.approx((0, 2.05), abs=0.005)
    _, apart = both_fits(3)
    assert sorted(round(fit.mean, 2) + 0.0 for fit in apart) == [-2.98, 0, 2.98]
    assert [abs(round(fit.mean, 2)) for fit in apart] == [2.98, 2.98, 0]


def test_fits_of_small_modes_are_those_of_large_ones_made_small():
    (wide, fits), (small, small_fits) = both_fits(4), both_fits(0.04, 0.01)
    assert_allclose(small, np.divide(wide, 100), atol=1e-12)
    assert_allclose(small_fits, np.divide(fits, 100), rtol=1e-6, atol=1e-9)
    assert len(fits) == 3


@pytest.mark.parametrize(("mode", "best"), [(2.79, 0), (2.81, 2.78)], ids=["covers", "seeks"])
def test_the_best_reverse_fit_leaves_the_middle_between_2_79_and_2_81(mode, best):
    assert abs(fit_gaussian(two_modes(mode), "reverse").mean) == pytest.approx(best, abs=0.01)


@pytest.mark.parametrize(("mode", "fits"), [(2.41, 1), (2.42, 3)])
def test_a_reverse_fit_on_one_mode_appears_between_2_41_and_2_42(mode, fits):
    assert len(both_fits(mode)[1]) == fits


@pytest.mark.parametrize("mode", [1.0, 2.5, 3.0, 5.0, 8.0, 20.0])
def test_the_middle_is_a_minimum_at_every_distance(mode):
    """Of KL(q‖p), by independent integrals: every small step from it goes up."""
    p = two_modes(mode)
    middle = fit_gaussian(p, "reverse", start=(0.0, p.deviation))
    assert middle.mean == pytest.approx(0, abs=1e-9)
    least = kl_of_densities(middle, p)
    for angle in np.arange(16) * math.pi / 8:
        step = 0.02 * middle.deviation
        moved = Gaussian(
            middle.mean + step * math.cos(angle),
            middle.deviation + step * math.sin(angle),
        )
        assert kl_of_densities(moved, p) > least


def test_a_fit_on_one_of_two_distant_modes_costs_ln_2():
    for fit in both_fits(6)[1][:2]:
        assert kl_of_densities(fit, two_modes(6)) == pytest.approx(LN_2, abs=1e-6)
        assert fit.deviation == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(("start", "mean"), [(1, 5), (-1, -5), ((0.0, 1.0), 0), ((0.5, 4.0), 0)])
def test_the_start_decides_which_minimum_is_found(start, mean):
    fit = fit_gaussian(two_modes(5), "reverse", start)
    assert fit.mean == pytest.approx(mean, abs=1e-4)


def test_without_a_start_the_best_of_the_minima_is_found():
    uneven = Mixture(np.array([0.3, 0.7]), np.array([-5, 5]), np.array([1, 1]))
    assert fit_gaussian(uneven, "reverse").mean == pytest.approx(5, abs=1e-3)
    flipped = Mixture(np.array([0.7, 0.3]), np.array([-5, 5]), np.array([1, 1]))
    assert fit_gaussian(flipped, "reverse").mean == pytest.approx(-5, abs=1e-3)


def test_two_parts_reach_two_modes_forward_and_in_reverse_from_both_sides_only():
    p = two_modes(5)
    right = Mixture(np.array([0.5, 0.5]), np.array([4.5, 5.5]), np.array([1.0, 1.0]))
    for array in vars(right).values():
        array.flags.writeable = False
    forward = fit_mixture(p, "forward", right)
    assert kl_of_densities(p, forward) == pytest.approx(0, abs=1e-9)
    assert_allclose(np.sort(forward.means), [-5, 5], atol=1e-5)
    stuck = fit_mixture(p, "reverse", right)
    assert kl_of_densities(stuck, p) == pytest.approx(LN_2, abs=1e-4)
    assert (stuck.means > 4).all()
    both = Mixture(np.array([0.7, 0.3]), np.array([-1.0, 2.0]), np.array([1.0, 2.0]))
    reached = fit_mixture(p, "reverse", both)
    assert kl_of_densities(reached, p) == pytest.approx(0, abs=1e-6)


def test_a_mixture_is_fitted_from_beyond_the_target():
    there, here = (Mixture(np.ones(1), np.array([m]), np.ones(1)) for m in (0.0, 20.0))
    reached = fit_mixture(there, "reverse", here, steps=40)
    assert_allclose([reached.means, reached.deviations], [[0], [1]], atol=1e-3)


def test_both_fits_of_moved_modes_take_less_than_50_ms():
    both_fits(3)
    start = time.process_time()
    for mode in (0.5, 1.0, 2.45, 4.0, 8.0):
        both_fits(mode)
    # 4 to 7 ms, of this process alone: others may keep the processor busy.
    assert (time.process_time() - start) / 5 < 0.05


def test_small_integers_and_half_floats_are_computed_in_wider_ones():
    whole = Mixture(np.array([1]), np.array([100], np.int8), np.array([100], np.int8))
    assert whole.deviation == 100
    got = Gaussian(2, 1).log_density(np.array([1], np.uint8))
    assert_allclose(got, Gaussian(2, 1).log_density(np.array([1.0])))
    assert np.isfinite(Gaussian(2, 1).log_density(np.array([300], np.float16))).all()


# What is refused


@pytest.mark.parametrize(
    ("weights", "means", "deviations", "message"),
    [
        ([0.5, 0.6], [0, 1], [1, 1], "must be at least 0 and sum to 1"),
        ([1.5, -0.5], [0, 1], [1, 1], "must be at least 0 and sum to 1"),
        ([0.5, 0.5], [0, np.nan], [1, 1], "`means` holds nan at index 1"),
        ([0.5, 0.5], [0, 1], [1, 0], "`deviations` holds 0 at index 1"),
        ([0.5, 0.5], [0, 1], [-2, 1], "`deviations` holds -2 at index 0"),
        ([], [], [], "`weights` is empty"),
    ],
)
def test_what_is_no_mixture_is_refused(weights, means, deviations, message):
    with pytest.raises(ValueError, match=message):
        Mixture(np.array(weights), np.array(means), np.array(deviations))


@pytest.mark.parametrize("start", [(0.0, 0.0), (0.0, -1.0), (0.0, np.inf), (np.nan, 1.0), np.inf])
def test_a_start_that_is_no_gaussian_is_refused(start):
    with pytest.raises(ValueError, match="pass a finite mean and a deviation above 0"):
        fit_gaussian(two_modes(2), "reverse", start)


def test_modes_are_fitted_up_to_a_thousand_deviations_from_the_middle():
    forward, (left, right, middle) = both_fits(1000)
    assert forward.deviation == pytest.approx(math.hypot(1, 1000))
    assert (left.mean, left.deviation) == pytest.approx((-1000, 1))
    assert (right.mean, right.deviation) == pytest.approx((1000, 1))
    # log p is -(|x| - mode)² / 2 but for a constant, so s = mode √(2/π) + 1/s in the middle.
    s = 1000 * math.sqrt(2 / math.pi)
    assert middle == pytest.approx((0, s + 1 / s), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("fit", [both_fits, lambda *of: fit_gaussian(two_modes(*of), "reverse")])
@pytest.mark.parametrize(("mode", "deviation"), [(1001, 1), (1e4, 1), (-1e4, 1), (3, 1e-4)])
def test_modes_further_apart_are_refused_before_anything_is_computed(fit, mode, deviation):
    apart = f"{2 * abs(mode) / deviation:.4g}".replace("+", r"\+")
    with pytest.raises(ValueError, match=f"^the means are {apart} of the smallest .* within 2,000"):
        fit(mode, deviation)


@pytest.mark.parametrize("pair", [(np.nan, 1.0), (0.0, np.nan), (0.0, 0.0), (0.0, -1.0)])
def test_what_is_no_gaussian_is_refused(pair):
    for call in (
        lambda: Gaussian(*pair).log_density(np.zeros(2)),
        lambda: kl_of_densities(Gaussian(0, 1), Gaussian(*pair)),
        lambda: kl_of_densities(Gaussian(*pair), two_modes(2)),
    ):
        with pytest.raises(ValueError, match="pass a finite mean and a deviation above 0"):
            call()


def test_densities_too_wide_for_a_sum_are_refused():
    assert kl_of_densities(Gaussian(0, 1), Gaussian(0, 4000)) > 7
    with pytest.raises(ValueError, match=r"^the densities reach over 1.2e\+05 of the smallest"):
        kl_of_densities(Gaussian(0, 1), Gaussian(0, 5000))


def test_a_direction_that_does_not_exist_is_refused():
    with pytest.raises((TypeError, ValueError), match="direction"):
        fit_gaussian(two_modes(2), "backwards")


@pytest.mark.parametrize(
    ("target", "direction", "message"),
    [
        (lambda x: np.full_like(x, np.nan), "forward", "returned nan"),
        (lambda x: np.full_like(x, np.nan), "reverse", "returned nan"),
        (lambda x: np.full_like(x, np.inf), "reverse", "returned inf"),
        (lambda x: -1.0, "forward", r"returned shape \(\)"),
        (lambda x: x[:-1], "reverse", "must return one log density for each x"),
        (np.zeros_like, "forward", "mass beyond -40 or 40"),
        (lambda x: x, "forward", "mass beyond -40 or 40"),
        (lambda x: -x, "forward", "mass beyond -40 or 40"),
        (
            Gaussian(2, 0.003).log_density,
            "forward",
            "no wider than two steps of the sum, 0.01; pass a `start` near x = 2 with a",
        ),
        (np.zeros_like, "reverse", "has not settled"),
        (
            lambda x: np.where(np.abs(x) < 1, 0.0, -np.inf),
            "reverse",
            r"KL\(q‖p\) is infinite for all of them; fit forward",
        ),
    ],
)
def test_a_function_that_is_no_log_density_is_refused(target, direction, message):
    with pytest.raises(ValueError, match=message):
        fit_gaussian(target, direction)


def test_a_density_on_an_interval_has_a_forward_fit():
    fit = fit_gaussian(lambda x: np.where(np.abs(x) < 1, 0.0, -np.inf), "forward")
    assert fit == pytest.approx((0, math.sqrt(1 / 3)), abs=3e-3)


def test_a_part_of_weight_0_cannot_be_moved():
    start = Mixture(np.array([1.0, 0.0]), np.array([0, 1]), np.array([1, 1]))
    with pytest.raises(ValueError, match="part of weight 0"):
        fit_mixture(two_modes(1), "forward", start)
