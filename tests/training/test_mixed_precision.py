"""Rounding to bfloat16 against PyTorch's casts, and a scaled loss against its GradScaler."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal

from answers.training.mixed_precision import (
    loss_scale_step,
    round_to_format,
    stochastic_round,
    to_bfloat16,
)

# Every 16-bit pattern, before what lies at, below and above a number, a tie and the next number.
UPPER = np.arange(1 << 16, dtype=np.uint32)[:, None] << 16
LOWER = np.array([0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF], np.uint32)
PATTERNS = (UPPER | LOWER).view(np.float32)


def by_pytorch(x):
    return torch.tensor(x).to(torch.bfloat16).to(torch.float32).numpy()


def assert_same_bits(found, expected):
    """Equal, 0 and -0 told apart; any nan is any other."""
    assert found.dtype == expected.dtype == np.float32
    assert_array_equal(found, expected)
    number = ~np.isnan(expected)
    assert_array_equal(found.view(np.uint32)[number], expected.view(np.uint32)[number])


def test_every_pattern_rounds_as_in_pytorch():
    assert_same_bits(to_bfloat16(PATTERNS), by_pytorch(PATTERNS))


@given(st.lists(st.floats(width=32), min_size=1, max_size=9))
def test_any_float32_rounds_as_in_pytorch(numbers):
    x = np.array(numbers, np.float32)
    assert_same_bits(to_bfloat16(x), by_pytorch(x))


@pytest.mark.parametrize("dtype", [np.float64, np.float16, np.int64, np.uint8])
def test_other_types_round_as_in_pytorch(dtype):
    x = (30 * np.random.default_rng(0).normal(size=(3, 50)) ** 2).astype(dtype)
    assert_same_bits(to_bfloat16(x), by_pytorch(x))


def test_float64_beyond_the_largest_is_infinite_as_in_pytorch():
    x = np.array([3.38e38, 3.395e38, 3.397e38, -1e300, 1e-300])
    assert_same_bits(to_bfloat16(x), by_pytorch(x))
    assert_array_equal(np.isinf(to_bfloat16(x)), [False, False, True, True, False])


def test_a_nan_stays_nan_whatever_its_bits():
    bits = np.array([0x7F800001, 0x7FFFFFFF, 0xFF800001, 0xFFFFFFFF], np.uint32)
    for function in (to_bfloat16, lambda x: stochastic_round(x, np.random.default_rng(0))):
        assert np.isnan(function(bits.view(np.float32))).all()


def test_a_rounded_number_stays_and_no_other_bfloat16_is_nearer():
    x = np.random.default_rng(1).normal(size=1000).astype(np.float32)
    rounded = to_bfloat16(x)
    assert_array_equal(to_bfloat16(rounded), rounded)
    bits = rounded.view(np.uint32)
    for step in (0x10000, -0x10000):
        beside = (bits + np.uint32(step % (1 << 32))).view(np.float32)
        assert (np.abs(x - rounded) <= np.abs(x - beside)).all()


# Any format


@pytest.mark.parametrize(
    ("fraction", "bias", "dtype"),
    [
        (10, 15, torch.float16),
        (7, 127, torch.bfloat16),
        (2, 15, torch.float8_e5m2),
        (23, 127, torch.float32),
    ],
)
def test_a_format_rounds_as_pytorch_casts(fraction, bias, dtype):
    expected = torch.tensor(PATTERNS).to(dtype).to(torch.float32).numpy()
    assert_same_bits(round_to_format(PATTERNS, fraction, bias), expected)


def test_a_format_takes_the_nearest_of_all_its_floats():
    fraction, bias = 3, 4
    units = np.arange(1 << fraction, 2 << fraction)
    normal = np.ldexp(units[:, None] / 8, np.arange(1 - bias, bias + 1)).ravel()
    floats = np.sort([*normal, *(np.arange(8) / 8 * 2.0 ** (1 - bias))])
    x = np.random.default_rng(9).uniform(0, floats[-1], 5000)
    nearest = floats[np.abs(x[:, None] - floats).argmin(1)]
    assert_array_equal(round_to_format(x, fraction, bias), nearest)
    assert_array_equal(round_to_format(-x, fraction, bias), -nearest)


# Stochastic rounding


def neighbours(x):
    """The bfloat16 at or before each number on its way from 0, and the next."""
    low = x.view(np.uint32) & np.uint32(0xFFFF0000)
    return low.view(np.float32), (low + np.uint32(0x10000)).view(np.float32)


def test_chance_takes_one_of_both_neighbours_and_leaves_a_bfloat16_alone():
    x = PATTERNS[np.isfinite(PATTERNS)]
    rounded = stochastic_round(x, np.random.default_rng(2))
    low, high = neighbours(x)
    assert ((rounded == low) | (rounded == high)).all()
    assert_array_equal(rounded[x == low], x[x == low])
    # One unit past a number hardly ever moves, one before the next almost always does.
    at = (x.view(np.uint32) & 0xFFFF).astype(int)
    for lower, share in ((1, 0), (0x8000, 0.5), (0xFFFF, 1)):
        assert abs((rounded == high)[at == lower].mean() - share) < 0.01


def test_the_mean_of_many_is_the_number():
    x = np.float32(0.02) * np.random.default_rng(3).uniform(-2, 2, 5).astype(np.float32)
    draws = stochastic_round(np.tile(x, (40_000, 1)), np.random.default_rng(4))
    low, high = neighbours(x)
    assert_allclose(draws.mean(0, dtype=float), x, atol=0.02 * np.abs(high - low).max())
    assert np.abs(to_bfloat16(x) - x).max() > 0.2 * np.abs(high - low).max()


def test_every_amount_of_chance_is_as_likely():
    class Counting:
        """Draws each 16-bit number once."""

        def integers(self, end, size, dtype):
            assert (end, size) == (1 << 16, (1 << 16,))
            return np.arange(end, dtype=dtype)

    for lower in (0, 1, 12_345, 0xFFFF):
        x = np.array([0x40490000 | lower], np.uint32).view(np.float32)
        high = neighbours(x)[1]
        rounded = stochastic_round.__wrapped__(np.repeat(x, 1 << 16), Counting())
        assert (rounded == high).sum() == lower


def test_infinity_stays_and_the_largest_may_become_infinite():
    x = np.full(1000, np.finfo(np.float32).max)
    rng = np.random.default_rng(5)
    assert np.isinf(stochastic_round(x, rng)).mean() > 0.99
    assert_array_equal(stochastic_round(x * np.inf, rng), x * np.inf)


# A scaled loss


def by_the_scaler(w, gradients, lr, scale, interval):
    """The weights, scales and counts of PyTorch after each step."""
    tensor = torch.tensor(w, requires_grad=True)
    optimizer = torch.optim.SGD([tensor], lr=lr)
    scaler = torch.amp.GradScaler("cpu", init_scale=scale, growth_interval=interval)
    scaler.scale(torch.ones(1))  # it is made at the first use
    for gradient in gradients:
        tensor.grad = torch.tensor(gradient) * scaler.get_scale()
        scaler.step(optimizer)
        scaler.update()
        yield tensor.detach().numpy().copy(), scaler.get_scale(), scaler._get_growth_tracker()


@pytest.mark.parametrize("interval", [1, 2, 3, 7])
@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_takes_the_steps_of_pytorch_and_changes_the_scale_as_it_does(interval, bad, dtype):
    rng = np.random.default_rng(6)
    w, gradients = rng.normal(size=(3, 4)), rng.normal(size=(40, 3, 4)).astype(dtype)
    gradients[rng.random(40) < 0.2, 1, 2] = bad
    w, scale, count = w.astype(dtype), 2.0**10, 0
    for gradient, expected in zip(
        gradients, by_the_scaler(w, gradients, 0.25, scale, interval), strict=True
    ):
        w, scale, count = loss_scale_step(w, gradient * scale, scale, count, 0.25, interval)
        assert w.dtype == dtype
        assert_allclose(w, expected[0], rtol=1e-5 if dtype == np.float32 else 1e-14)
        assert (scale, count) == expected[1:]


@given(st.integers(-3, 15), st.integers(0, 1999))
def test_a_power_of_two_changes_no_bit_of_the_step(power, count):
    w, gradient = np.random.default_rng(7).normal(size=(2, 9)).astype(np.float32)
    plain, *_ = loss_scale_step(w, gradient, 1.0, 0, 0.1)
    moved, *_ = loss_scale_step(w, gradient * 2.0**power, 2.0**power, count, 0.1)
    assert_array_equal(moved, plain)


def test_a_scale_and_a_rate_of_numpy_leave_float32_weights_in_float32():
    w, gradient = np.ones(3, np.float32), np.full(3, 6, np.float16)
    stepped, *_ = loss_scale_step(w, gradient, np.float64(4), 0, np.float64(0.5))
    assert stepped.dtype == np.float32
    assert_array_equal(stepped, 0.25)


def test_a_gradient_below_float16_survives_in_a_scaled_loss():
    w, tiny = np.zeros(3, np.float32), np.array([1e-9, -2e-8, 3e-7], np.float32)
    lost, *_ = loss_scale_step(w, tiny.astype(np.float16), 1.0, 0, 1.0)
    kept, *_ = loss_scale_step(w, (tiny * 2.0**16).astype(np.float16), 2.0**16, 0, 1.0)
    assert_array_equal(lost[:2], 0)
    assert_allclose(kept, -tiny, rtol=1e-3)
    assert kept.dtype == np.float32


def test_arguments_stay_and_share_no_memory_with_results():
    w, good, bad = np.ones((3, 2, 4))
    bad[1, 1] = np.nan
    for each in (w, good, bad):
        each.setflags(write=False)
    for gradient in (good, bad):
        assert not np.may_share_memory(loss_scale_step(w, gradient, 4.0, 0, 0.5)[0], w)
    for result in (to_bfloat16(w), stochastic_round(w, np.random.default_rng(8))):
        assert not np.may_share_memory(result, w)


# Bad input

STEP = {"w": np.ones(2), "gradient": np.ones(2), "scale": 4.0, "good_steps": 0, "lr": 0.1}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"scale": 0.0}, "`scale` is 0.0; choose a finite number above 0"),
        ({"scale": np.inf}, "`scale` is inf; choose a finite number above 0"),
        ({"lr": -0.1}, "`lr` is -0.1; choose a finite number, 0 or more"),
        ({"good_steps": -1}, "`good_steps` is -1; it runs from 0 to below `growth_interval`, 2000"),
        ({"good_steps": 3, "growth_interval": 3}, "`good_steps` is 3; it runs from 0 to below"),
        ({"growth_interval": 0}, "`good_steps` is 0; it runs from 0 to below `growth_interval`, 0"),
        ({"w": np.array([1, np.nan])}, "`w` holds nan at index 1; find the step that made it"),
        ({"w": np.array([1e308, -1e308]), "lr": 1e308}, "the weight overflows"),
        ({"scale": 1e308, "good_steps": 1999}, "the scale overflows: inf"),
    ],
)
def test_bad_values_are_refused_in_words(wrong, said):
    given = {**STEP, **wrong}
    if "lr" in wrong and "w" in wrong:
        given["gradient"] = np.array([4.0, -4.0]) * 100
    with pytest.raises(ValueError, match=f"^{said}"):
        loss_scale_step(**given)


@pytest.mark.parametrize("shape", [(1,), (3,), (2, 1)])
def test_a_gradient_that_would_broadcast_is_refused(shape):
    with pytest.raises(TypeCheckError, match="parameter 'gradient'"):
        loss_scale_step(**{**STEP, "gradient": np.ones(shape)})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"fraction": 0}, "`fraction` is 0; choose one from 1 to 23, as float32 has"),
        ({"fraction": 24}, "`fraction` is 24; choose one from 1 to 23"),
        ({"bias": 128}, "`bias` is 128; choose one from 1 to 127"),
    ],
)
def test_a_format_beyond_float32_is_refused(wrong, said):
    with pytest.raises(ValueError, match=f"^{said}"):
        round_to_format(np.ones(2), **{"fraction": 7, "bias": 127, **wrong})


def test_empty_arrays_are_refused():
    empty = np.zeros((2, 0))
    for call in (
        to_bfloat16,
        lambda x: round_to_format(x, 7, 127),
        lambda x: stochastic_round(x, np.random.default_rng(0)),
    ):
        with pytest.raises(ValueError, match=r"^`x` is empty: its shape is \(2, 0\)"):
            call(empty)
    with pytest.raises(ValueError, match=r"^`w` is empty: its shape is \(0,\)"):
        loss_scale_step(**{**STEP, "w": np.zeros(0), "gradient": np.zeros(0)})
