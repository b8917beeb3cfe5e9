"""Finite differences and their reports, against closed forms, PyTorch and planted mistakes."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal

from answers.gradient_check import (
    check_directions,
    check_gradient,
    numerical_gradient,
    relative_error,
)
from answers.networks.layers import relu
from answers.networks.two_layer_net import two_layer_gradients
from answers.probability.softmax import cross_entropy

WAVE = np.array([0.3, -1.2, 0.7, 2.1, -0.4])


def wave(x):
    """A smooth function with no vanishing derivative at `WAVE`."""
    return (np.exp(x) * np.sin(x)).sum()


def wave_gradient(x):
    return np.exp(x) * (np.sin(x) + np.cos(x))


def wave_error(h):
    return np.abs(numerical_gradient(wave, WAVE, h) - wave_gradient(WAVE)).max()


def slope(errors, steps):
    """The order of a method: the slope of log error against log h."""
    return np.polyfit(np.log(steps), np.log(errors), 1)[0]


def square(x):
    return (x**2).sum()


# numerical_gradient


@pytest.mark.parametrize("shape", [(), (1,), (7,), (2, 3), (2, 1, 3)])
def test_numerical_gradient_agrees_with_the_closed_form_for_any_shape(shape):
    x = np.random.default_rng(1).normal(size=shape)
    got = numerical_gradient(wave, x)
    assert got.shape == shape
    assert_allclose(got, wave_gradient(x), rtol=1e-7, atol=1e-9)


def test_numerical_gradient_agrees_with_pytorch_on_a_loss_that_mixes_all_entries():
    x = np.random.default_rng(2).normal(size=(3, 5))
    tensor = torch.tensor(x, requires_grad=True)
    torch.logsumexp((tensor @ tensor.T).flatten(), 0).backward()
    got = numerical_gradient(lambda x: np.log(np.exp(x @ x.T).sum()), x)
    assert_allclose(got, tensor.grad, rtol=1e-7, atol=1e-9)


@given(
    arrays(np.float64, 3, elements=st.floats(-9, 9)),
    arrays(np.float64, 3, elements=st.floats(-9, 9)),
)
def test_a_centred_difference_of_a_parabola_has_no_error_but_rounding(a, x):
    got = numerical_gradient(lambda x: (a * x * x + 3 * x).sum(), x, h=0.5)
    assert_allclose(got, 2 * a * x + 3, rtol=1e-11, atol=1e-11)


def test_halving_h_divides_the_centred_error_by_4_and_the_one_sided_error_by_2():
    steps = 2.0 ** -np.arange(4, 11)
    one_sided = [np.abs((np.exp(WAVE + h) - np.exp(WAVE)) / h - np.exp(WAVE)).max() for h in steps]
    assert slope([wave_error(h) for h in steps], steps) == pytest.approx(2, abs=0.01)
    assert slope(one_sided, steps) == pytest.approx(1, abs=0.02)


def test_the_error_curve_is_a_v():
    steps = np.logspace(-2, -10, 33)
    errors = np.array([wave_error(h) for h in steps])
    assert 1e-6 < steps[errors.argmin()] < 1e-4
    # Left of the tip rounding grows like 1/h, right of it truncation like h².
    small, large = steps < 1e-7, steps > 1e-4
    assert slope(errors[small], steps[small]) == pytest.approx(-1, abs=0.3)
    assert slope(errors[large], steps[large]) == pytest.approx(2, abs=0.05)


def test_the_default_step_is_near_the_tip_of_the_v():
    best = min(wave_error(h) for h in np.logspace(-2, -10, 33))
    assert wave_error(None) < 20 * best
    assert wave_error(None) == wave_error(float(np.finfo(float).eps) ** (1 / 3))


def test_float32_and_integers_differentiate_in_their_own_way():
    got = numerical_gradient(square, np.array([1.0, -3.0], dtype=np.float32))
    assert got.dtype == np.float32
    assert_allclose(got, [2, -6], rtol=1e-3)
    got = numerical_gradient(square, np.array([1, -3], dtype=np.int8))
    assert got.dtype == np.float64
    assert_allclose(got, [2, -6], rtol=1e-9)


@pytest.mark.parametrize(("dtype", "low", "high"), [(np.float32, 1e-3, 1), (np.float64, 0, 1e-7)])
def test_a_right_gradient_fails_in_float32_and_passes_in_float64(dtype, low, high):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(11, 7)).astype(dtype), rng.integers(0, 3, 11)
    w1, b1, w2, b2 = (
        rng.normal(size=shape).astype(dtype) for shape in ((7, 5), (5,), (5, 3), (3,))
    )
    _, gradients = two_layer_gradients(x, y, w1, b1, w2, b2)
    numerical = numerical_gradient(lambda w: two_layer_gradients(x, y, w, b1, w2, b2)[0], w1)
    assert low <= relative_error(gradients["w1"], numerical) < high


def test_a_slope_is_the_mean_of_both_sides_at_a_kink():
    assert_allclose(numerical_gradient(lambda x: relu(x).sum(), np.zeros(2)), 0.5)


def test_f_that_spoils_its_argument_spoils_nothing():
    def f(x):
        total = square(x)
        x[:] = np.nan
        return total

    x = np.array([1.0, 2.0])
    assert_allclose(numerical_gradient(f, x), [2, 4], rtol=1e-9)
    assert check_gradient(f, x, 2 * x).passed
    assert_array_equal(x, [1, 2])


@pytest.mark.parametrize("h", [0.0, -1e-5, np.nan, np.inf])
def test_a_step_that_is_not_positive_and_finite_is_refused(h):
    with pytest.raises(ValueError, match=f"`h` is {h}; pass a positive, finite step"):
        numerical_gradient(square, np.ones(2), h)


def test_a_step_too_small_to_change_an_entry_is_refused_with_its_index():
    message = r"`h` = 1e-09 is too small to change x = 10000000000.0 at index \(1,\); pass a larger"
    with pytest.raises(ValueError, match=message):
        numerical_gradient(square, np.array([1, 1e10]), 1e-9)


@pytest.mark.parametrize("h", [1e-9, np.float64(1e-9), np.float32(1e-9)])
def test_a_step_too_small_for_float32_is_refused_whatever_its_type(h):
    x = np.ones(2, np.float32)
    for check in (numerical_gradient, lambda f, x, h: check_gradient(f, x, 2 * x, h=h)):
        with pytest.raises(ValueError, match=r"too small to change x = 1\.0 at index"):
            check(square, x, h)


@pytest.mark.parametrize(
    ("f", "message"),
    [
        (
            lambda x: x,
            r"`f` returned shape \(3,\); it must return one number, the loss",
        ),
        (lambda x: x[:1], r"`f` returned shape \(1,\); it must return one number"),
        (lambda x: None, r"`f` returned None; it must return one number, the loss"),
        (
            lambda x: np.nan,
            r"`f` returned nan for a step at index \(0,\); the loss must be finite",
        ),
        (
            lambda x: np.inf if x[2] > 0 else 0,
            r"`f` returned inf for a step at index \(2,\)",
        ),
    ],
)
def test_f_that_returns_no_finite_number_is_refused(f, message):
    with pytest.raises(ValueError, match=message):
        numerical_gradient(f, np.zeros(3))


@pytest.mark.parametrize("number", [int, float, np.float32, np.asarray, torch.tensor])
def test_f_may_return_any_kind_of_number(number):
    assert_array_equal(numerical_gradient(lambda x: number(2 * x[0]), np.ones(1), h=1.0), [2])


# relative_error


def test_relative_error_is_the_largest_written_as_a_loop():
    a, b = np.random.default_rng(5).normal(size=(2, 3, 5))
    a[0, 0] = b[0, 0] = a[1, 1] = 0
    expected = max(
        0 if p == q == 0 else abs(p - q) / max(abs(p), abs(q))
        for p, q in zip(a.flat, b.flat, strict=True)
    )
    assert relative_error(a, b) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (0, 0, 0),
        (0, 1e-300, 1),
        (3, 4, 0.25),
        (1, -1, 2),
        (5, 5, 0),
        (-2, -4, 0.5),
        (127, -128, 2),
    ],
)
def test_relative_error_of_two_numbers(a, b, expected):
    got = relative_error(np.array([a]), np.array([b]))
    assert type(got) is float
    assert got == pytest.approx(expected, rel=0.01)


def test_small_integers_do_not_wrap_around():
    assert relative_error(np.array([100], np.int8), np.array([-100], np.int8)) == 2
    assert relative_error(np.array([1], np.uint8), np.array([2], np.uint8)) == 0.5
    assert relative_error(np.array([-128], np.int8), np.array([0], np.int8)) == 1


def test_a_difference_that_overflows_is_refused():
    with pytest.raises(ValueError, match=r"^a difference overflows: inf at index 0"):
        relative_error(np.array([1e308]), np.array([-1e308]))


def test_relative_error_refuses_two_shapes():
    with pytest.raises(TypeCheckError, match="parameter 'b'"):
        relative_error(np.ones(3), np.ones((3, 1)))


# check_gradient


def test_a_report_of_a_pass_bounds_the_error_by_a_power_of_1000():
    report = check_gradient(wave, WAVE, wave_gradient(WAVE))
    assert report.passed
    assert report.factor is None
    assert report.max_error < 1e-8
    assert report.max_error < float(str(report).removeprefix("ok     error below "))
    assert float(str(report).split()[-1]) <= 1000 * report.max_error
    line = check_gradient(lambda x: 2 * x.sum(), np.zeros(2), np.full(2, 2.0))
    assert str(line) == "ok     error below 1e-15"


@pytest.mark.parametrize("factor", [2, 0.5, 11, 1 / 11, -1, 1.01])
def test_a_constant_factor_is_named(factor):
    report = check_gradient(wave, WAVE, factor * wave_gradient(WAVE))
    assert not report.passed
    assert report.factor == pytest.approx(factor, rel=1e-6)
    assert report.max_error == pytest.approx(abs(factor - 1) / max(1, abs(factor)), rel=1e-4)
    assert str(report).endswith(f"everywhere {factor:.4g} times")


def test_a_wrong_mask_is_no_constant_factor_and_is_found_at_its_index():
    x = np.array([[1.0, -2.0, 3.0], [-1.0, 2.0, -3.0]])
    right = 2 * relu(x)
    wrong = np.where(x == 2, 0, right)
    report = check_gradient(lambda x: square(relu(x)), x, wrong)
    assert not report.passed
    assert report.factor is None
    assert report.worst_index == (1, 1)
    assert report.analytical == 0
    assert report.numerical == pytest.approx(4)
    assert str(report).startswith("WRONG  error 1.0e+00 at (1, 1): 0, numerically 4")


def test_a_gradient_of_zeros_has_no_factor():
    assert check_gradient(wave, WAVE, 0 * WAVE).factor is None


def test_a_gradient_hardly_wrong_is_not_called_1_times_too_large():
    report = check_gradient(wave, WAVE, (1 + 5e-5) * wave_gradient(WAVE))
    assert not report.passed
    assert report.factor is None


def test_a_slope_that_is_only_rounding_has_no_factor():
    def f(x):  # 0.1, but for rounding
        return x[0] + 0.1 - x[0]

    x = np.array([0.9])
    assert numerical_gradient(f, x) != 0
    report = check_gradient(f, x, np.ones(1))
    assert not report.passed
    assert report.factor is None


@pytest.mark.parametrize("h", [None, 1e-9])
def test_a_gradient_of_exactly_0_is_not_failed_by_the_rounding_of_f(h):
    def f(x):  # log e = 1, but for rounding
        return np.log(np.exp(x + 1).sum()) - np.log(np.exp(x).sum())

    assert (numerical_gradient(f, WAVE, h) != 0).any()
    assert check_gradient(f, WAVE, 0 * WAVE, h).verdict == "cannot tell"


def test_a_single_number_is_checked_too():
    report = check_gradient(lambda x: x**2, np.array(3.0), np.array(12.0))
    assert report.worst_index == ()
    assert report.max_error == pytest.approx(0.5)
    assert report.factor is None  # any one number is some constant times another


def test_entries_below_the_rounding_of_the_loss_are_counted_and_told():
    x = np.array([1.0, 1e-12])
    report = check_gradient(lambda x: 100 + (x**2).sum(), x, np.array([2.0, 3e-12]))
    assert report.passed
    assert report.unseen == 1
    assert str(report).endswith("(1 entries off by rounding at most)")


@pytest.mark.parametrize("wrong", [0.0, -1.0])
def test_a_small_loss_hides_no_wrong_gradient(wrong):
    x = np.array([1.0, -2.0, 3.0])
    assert not check_gradient(lambda x: 1e-11 * (x**2).sum(), x, wrong * 2e-11 * x).passed


FLAT = np.array([1.0, -2.0, 3.0, 0.5])


def flat(x):
    """Its slopes of about 1e-6 drown in its rounding: centred differences show none."""
    return 1e6 + 1e-6 * (x**2).sum()


@pytest.mark.parametrize("factor", [1, -5, 0])
def test_where_every_entry_is_too_small_no_gradient_passes_and_none_fails(factor):
    report = check_gradient(flat, FLAT, factor * 2e-6 * FLAT)
    assert report.verdict == "cannot tell"
    assert not report.passed
    assert report.factor is None
    assert report.noise == pytest.approx(4 * 2**-52 * 1e6 / 2 ** (-52 / 3), rel=1e-6)
    assert str(report) == "cannot tell: rounding alone may move a slope by 1.5e-04"


@pytest.mark.parametrize(("factor", "verdict"), [(1, "ok"), (-5, "WRONG")])
def test_a_larger_step_or_a_loss_without_its_constant_can_tell(factor, verdict):
    gradient = factor * 2e-6 * FLAT
    assert check_gradient(flat, FLAT, gradient, h=1e3, tolerance=1e-3).verdict == verdict
    assert check_gradient(lambda x: 1e-6 * square(x), FLAT, gradient).verdict == verdict


def test_the_slope_of_a_constant_loss_cannot_be_told_from_a_slope_below_the_noise():
    zeros = np.zeros(3)
    assert check_gradient(lambda x: 0 * x.sum(), zeros, zeros).verdict == "cannot tell"
    assert check_gradient(lambda x: 1 + 0 * x.sum(), zeros, zeros).verdict == "cannot tell"
    assert check_gradient(lambda x: 1 + 0 * x.sum(), zeros, zeros + 1e-3).verdict == "WRONG"


@pytest.mark.parametrize("margin", [20, 30])
def test_a_right_gradient_of_a_loss_near_0_is_not_called_wrong(margin):
    # -log of a number near 1: its error is that of the number.
    logits, label = np.array([[margin, 0.0, 0.0]]), np.array([0])
    loss, gradient = cross_entropy(logits, label)
    assert 0 < loss < 1e-8
    assert check_gradient(lambda z: cross_entropy(z, label)[0], logits, gradient).unseen > 0


def test_directions_are_tried_in_the_precision_of_x():
    seen = []

    def f(x):
        seen.append(x.dtype)
        return (x**2).sum()

    x = np.ones(50, np.float32)
    assert check_directions(f, x, 2 * x, np.random.default_rng(0)) < 1e-2
    assert set(seen) == {np.dtype(np.float32)}


def test_a_kink_inside_the_step_fails_a_right_gradient_and_away_from_it_passes():
    def f(x):
        return relu(x).sum()

    assert not check_gradient(f, np.array([1e-7, 1.0]), np.ones(2)).passed
    assert check_gradient(f, np.array([1e-3, 1.0]), np.ones(2)).passed


def test_the_tolerance_decides_what_passes():
    gradient = wave_gradient(WAVE) * (1 + 1e-3)
    assert check_gradient(wave, WAVE, gradient, tolerance=2e-3).passed
    assert not check_gradient(wave, WAVE, gradient, tolerance=5e-4).passed


@given(arrays(np.float64, 4, elements=st.floats(0.5, 2)), st.integers(0, 3))
def test_a_single_wrong_entry_is_always_found(x, at):
    gradient = 2 * x
    gradient[at] *= 1.5
    report = check_gradient(square, x, gradient)
    assert report.worst_index == (at,)
    assert report.factor is None


# check_directions


def test_directions_agree_with_a_right_gradient_of_many_entries():
    x = np.random.default_rng(6).normal(size=(50, 40))
    assert check_directions(wave, x, wave_gradient(x), np.random.default_rng(7)) < 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_directions_find_one_wrong_entry_among_many(seed):
    x = np.random.default_rng(seed).normal(size=(50, 40))
    gradient = wave_gradient(x)
    gradient[17, 23] += 10
    assert check_directions(wave, x, gradient, np.random.default_rng(seed)) > 1e-4


def test_directions_find_two_mistakes_that_cancel_in_the_sum():
    gradient = wave_gradient(WAVE) + np.array([1, -1, 0, 0, 0])
    assert check_directions(wave, WAVE, gradient, np.random.default_rng(0)) > 1e-2


def test_each_direction_calls_f_twice():
    calls = []

    def f(x):
        calls.append(x.shape)
        return square(x)

    x = np.ones((30, 20))
    check_directions(f, x, 2 * x, np.random.default_rng(9), directions=5)
    assert calls == 10 * [(30, 20)]


def test_directions_use_the_step_that_was_really_taken():
    def f(x):
        return (x - 1e9).sum()

    # At 1e9 neighbours lie 1.2e-7 apart, a tenth of what one entry is moved by.
    x, gradient = np.full(20, 1e9), np.ones(20)
    assert check_directions(f, x, gradient, np.random.default_rng(0)) < 1e-12


def test_a_step_that_changes_no_entry_is_refused():
    x = np.full(5, 1e12)
    with pytest.raises(ValueError, match=r"step of 6e-06 is too small to change x; scale x"):
        check_directions(np.sum, x, np.ones(5), np.random.default_rng(0))


def test_a_direction_of_a_single_number_is_tried():
    three, six = np.array(3.0), np.array(6.0)
    assert check_directions(square, three, six, np.random.default_rng(0)) < 1e-9


def test_no_direction_is_refused():
    with pytest.raises(ValueError, match="`directions` is 0; try at least one"):
        check_directions(square, WAVE, 2 * WAVE, np.random.default_rng(0), directions=0)
