"""Integer codes and scales: exact arithmetic, PyTorch's quantized tensors, and the bounds."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_allclose, assert_array_equal

from answers.derivations import quantization as derived
from answers.transformers.quantization import (
    dequantize,
    dequantize_blocks,
    int8_linear,
    quantization_error,
    quantize,
    quantize_blocks,
    quantize_int8,
    smooth,
)

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64])
numbers = st.floats(-1e6, 1e6, width=32)
tensors = arrays(np.float64, array_shapes(min_dims=1, max_dims=3, max_side=5), elements=numbers)


def relative(a, b):
    return np.linalg.norm(a - b) / np.linalg.norm(b)


CODES, HUGE = np.array([[127]], np.int8), np.array([[1e308]])

# quantize and quantize_int8


@pytest.mark.parametrize("bits", range(2, 9))
def test_codes_are_the_nearest_integers_in_exact_arithmetic(bits):
    w = np.random.default_rng(bits).normal(size=(5, 7))
    codes, scale = quantize(w, bits)
    for row, code_row, s in zip(w, codes, scale[:, 0], strict=True):
        exact = [Fraction(float(value)) for value in row]
        step = max(map(abs, exact)) / (2 ** (bits - 1) - 1)
        assert code_row.tolist() == [round(value / step) for value in exact]
        assert_allclose(s, float(step), rtol=1e-15)


@pytest.mark.filterwarnings("ignore::UserWarning")  # such tensors are deprecated
@pytest.mark.parametrize(
    ("shape", "axis"), [((7, 5), 0), ((7, 5), 1), ((7, 5), -1), ((2, 3, 5), -2)]
)
def test_codes_agree_with_pytorchs_quantized_tensor_of_the_same_scales(shape, axis):
    w = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    w.flags.writeable = False
    codes, scale = quantize_int8(w, axis)
    assert (codes.dtype, scale.dtype) == (np.int8, np.float32)
    scales = torch.from_numpy(scale.ravel()).double()
    peer = torch.quantize_per_channel(
        torch.tensor(w), scales, torch.zeros_like(scales), axis % w.ndim, torch.qint8
    )
    assert_array_equal(codes, peer.int_repr().numpy())
    restored = dequantize(codes, scale)
    assert restored.dtype == np.float32
    assert_allclose(restored, peer.dequantize().numpy(), rtol=1e-6)


@DTYPES
@given(data=st.data())
def test_no_number_moves_by_more_than_half_its_scale(dtype, data):
    bits = data.draw(st.integers(2, 8))
    w = data.draw(tensors).astype(dtype)
    axis = data.draw(st.integers(-w.ndim, w.ndim - 1))
    codes, scale = quantize(w, bits, axis)
    # Dividing and multiplying each round once, by at most eps of 127 steps.
    slack = 1 + 512 * np.finfo(dtype).eps
    error = np.abs(dequantize(codes, scale) - w)
    assert (error <= scale / 2 * slack + np.finfo(dtype).tiny * 128).all()


@given(tensors, st.integers(2, 8), st.data())
def test_the_extreme_of_each_channel_keeps_its_value(w, bits, data):
    axis = data.draw(st.integers(0, w.ndim - 1))
    codes, scale = quantize(w, bits, axis)
    others = tuple(a for a in range(w.ndim) if a != axis)
    top = np.abs(w).max(axis=others)
    assert_allclose(np.abs(dequantize(codes, scale)).max(axis=others), top, rtol=1e-15)
    reached = np.abs(codes.astype(int)).max(axis=others)
    assert_array_equal(reached, np.where(top > 0, 2 ** (bits - 1) - 1, 0))


def test_half_precision_computes_in_float32_and_integers_in_float64():
    half, whole = np.array([[1000, 3]], np.float16), np.array([[-128, 64]], np.int8)
    assert quantize_int8(half)[1].dtype == np.float32
    codes, scale = quantize_int8(whole)  # |-128| is -128 in int8
    assert_array_equal(codes, [[-127, 64]])
    assert scale.dtype == np.float64


@DTYPES
def test_a_channel_of_zeros_or_of_subnormals_has_codes_of_0(dtype):
    tiny = np.finfo(dtype).smallest_subnormal
    w = np.array([[0, 0], [180 * tiny, -tiny], [1, -2]], dtype)
    with np.errstate(divide="raise", invalid="raise", over="raise"):
        codes, scale = quantize_int8(w)
    assert_array_equal(codes, [[0, 0], [0, 0], [64, -127]])
    assert_array_equal(scale[:2], 1)


def test_the_largest_floats_do_not_overflow():
    top = np.finfo(np.float32).max * np.float32(0.999)  # the very last rounds to inf
    codes, scale = quantize_int8(np.array([[top, -top]]))
    assert_array_equal(codes, [[127, -127]])
    assert np.isfinite(dequantize(codes, scale)).all()


@pytest.mark.parametrize(
    ("w", "bits", "axis", "words"),
    [
        (np.zeros((0, 3)), 8, 0, "`w` is empty"),
        (np.array([[1.0, np.nan]]), 8, 0, r"`w` holds nan at index \(0, 1\)"),
        (np.array([np.inf]), 8, 0, "inf at index 0"),
        (np.ones((2, 3)), 1, 0, "`bits` is 1; choose 2 to 8"),
        (np.ones((2, 3)), 9, 0, "`bits` is 9; choose 2 to 8"),
        (np.ones((2, 3)), 8, 2, "`w` has 2 axes, and no axis 2"),
        (np.ones((2, 3)), 8, -3, "`w` has 2 axes, and no axis -3"),
        (np.array(1.0), 8, 0, "`w` has 0 axes, and no axis 0"),
    ],
)
def test_bad_input_is_refused_with_the_repair(w, bits, axis, words):
    with pytest.raises(ValueError, match=words):
        quantize(w, bits, axis)
    with pytest.raises(ValueError, match=words):
        quantization_error(w, bits, axis)


def test_codes_have_8_bits_and_each_row_a_scale_unless_told_otherwise():
    w = np.random.default_rng(2).normal(size=(3, 4))
    for found in (quantize(w), quantize_int8(w)):
        for ours, told in zip(found, quantize(w, 8, 0), strict=True):
            assert_array_equal(ours, told)
    assert quantization_error(w) == quantization_error(w, 8, 0)
    packed = quantize_blocks(np.ones((1, 64)))
    assert packed[1].shape == (1, 2)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: dequantize(CODES, HUGE), r"^code · scale overflows: inf at index \(0, 0\)"),
        (
            lambda: dequantize_blocks(CODES.astype(np.uint8), HUGE),
            r"^code · scale overflows: inf at index \(0, 0, 1\)",
        ),
        (
            lambda: int8_linear(np.full((1, 1), 1e10), CODES, HUGE),
            r"^an output overflows: inf at index \(0, 0\)",
        ),
        (lambda: smooth(np.ones((0, 2)), np.ones((1, 2))), "^`x` is empty"),
        (lambda: smooth(np.ones((1, 2)), np.ones((0, 2))), "^`w` is empty"),
    ],
)
def test_products_that_overflow_and_nothing_are_refused(call, words):
    with np.errstate(over="ignore"), pytest.raises(ValueError, match=words):
        call()


# What bits, channels and outliers do


def test_a_bit_less_doubles_the_error_and_more_scales_lower_it():
    rng = np.random.default_rng(4)
    w = rng.normal(size=(64, 256)) * rng.uniform(0.2, 2, size=(64, 1))
    errors = [quantization_error(w, bits) for bits in (8, 7, 6, 5, 4)]
    ratios = np.array(errors[1:]) / errors[:-1]
    assert ((ratios > 1.9) & (ratios < 2.3)).all()
    for bits in (8, 4):
        tensor, channel, group = (
            quantization_error(v, bits) for v in (w[None], w, w.reshape(-1, 32))
        )
        assert tensor > 1.5 * channel > 1.5 * group


def test_the_error_is_that_of_the_restored_numbers_at_any_size():
    w = np.random.default_rng(3).normal(size=(3, 5))
    lost = relative(dequantize(*quantize(w, 4, axis=1)), w)
    for factor in (1.0, 2.0**900, 2.0**-900):
        assert quantization_error(factor * w, 4, axis=1) == pytest.approx(lost, rel=1e-12)


def test_the_error_of_zeros_is_0():
    assert quantization_error(np.zeros((2, 3))) == 0


def test_the_derived_error_is_the_measured_one():
    rng = np.random.default_rng(5)
    for name, w in (
        ("uniform", rng.uniform(-1, 1, 10**6)),
        ("normal", rng.normal(size=10**6)),
    ):
        crest = np.abs(w).max() / np.sqrt(np.mean(w**2))
        predicted = float(derived.relative_error.subs({derived.crest: crest, derived.b: 8}))
        assert_allclose(quantization_error(w[None], 8), predicted, rtol=0.01), name


def test_the_variance_of_a_rounding_error_is_a_twelfth_of_the_squared_scale():
    error = np.random.default_rng(6).uniform(-0.5, 0.5, 10**6)
    mean, variance, _ = derived.rounding()
    assert mean.formula == 0
    assert_allclose(float(variance.formula.subs(derived.s, 1)), error.var(), rtol=0.01)


# int8_linear and smooth


@DTYPES
def test_the_integer_product_is_that_of_the_restored_numbers(dtype):
    rng = np.random.default_rng(7)
    x, w = (rng.normal(size=size).astype(dtype) for size in ((5, 11), (3, 11)))
    codes, scale = quantize_int8(w)
    y = int8_linear(x, codes, scale)
    restored = dequantize(*quantize_int8(x)) @ dequantize(codes, scale).T
    assert y.dtype == dtype
    assert_allclose(y, restored, rtol=1e-5 if dtype == np.float32 else 1e-13)


def test_the_sums_are_exact_where_int32_sums_are():
    x, w = np.full((2, 4096), 3.0), np.full((3, 4096), -7.0)
    codes, scale = quantize_int8(w)
    sums = np.full((2, 4096), 127) @ codes.T.astype(np.int64)
    assert_array_equal(int8_linear(x, codes, scale), sums * (3 / 127) * (7 / 127))


@given(st.data())
def test_the_product_is_within_the_bounds_of_both_roundings(data):
    batch, inner, out = (data.draw(st.integers(1, 6)) for _ in range(3))
    x = data.draw(arrays(np.float64, (batch, inner), elements=numbers))
    w = data.draw(arrays(np.float64, (out, inner), elements=numbers))
    codes, scale = quantize_int8(w)
    x_scale = quantize_int8(x)[1]
    most = (
        np.abs(x).sum(axis=1, keepdims=True) * scale.T / 2
        + x_scale / 2 * np.abs(w).sum(axis=1)
        + inner * x_scale * scale.T / 4
    )
    error = np.abs(int8_linear(x, codes, scale) - x @ w.T)
    assert (error <= most * (1 + 1e-9) + 1e-9).all()


@given(st.data())
def test_smoothing_keeps_the_product_and_levels_the_maxima(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    x, w = rng.normal(size=(7, 5)), rng.normal(size=(3, 5))
    x *= 10 ** rng.uniform(-2, 2, size=5)
    easy, hard = smooth(x, w)
    assert_allclose(easy @ hard.T, x @ w.T, rtol=1e-9, atol=1e-9)
    assert_allclose(np.abs(easy).max(axis=0), np.abs(hard).max(axis=0), rtol=1e-12)


def test_smoothing_at_0_moves_the_range_of_the_weights_and_at_1_that_of_the_inputs():
    x, w = np.array([[8.0, 2.0]]), np.array([[4.0, 0.5]])
    assert_allclose(smooth(x, w, 1.0)[0], [[1, 1]])
    assert_allclose(smooth(x, w, 0)[1], [[1, 1]])


def test_a_column_of_zeros_is_not_smoothed():
    x, w = np.array([[0.0, 2.0, 3.0]]), np.array([[5.0, 0.0, 3.0]])
    with np.errstate(all="raise"):
        easy, hard = smooth(x, w)
    assert_allclose(easy, [[0, 2, 3]])
    assert_allclose(hard, [[5, 0, 3]])


def test_smoothing_recovers_what_an_outlier_feature_costs():
    rng = np.random.default_rng(8)
    x, w = rng.normal(size=(64, 128)), rng.normal(size=(96, 128))
    x[:, 5] *= 60
    plain = relative(int8_linear(x, *quantize_int8(w)), x @ w.T)
    easy, hard = smooth(x, w)
    assert relative(int8_linear(easy, *quantize_int8(hard)), x @ w.T) < plain / 2


NAN = np.array([[1.0, np.nan]])


@pytest.mark.parametrize(
    ("x", "w", "strength", "words"),
    [
        (NAN[:, :1], NAN[:, :1], -0.1, "`strength` is -0.1"),
        (NAN[:, :1], NAN[:, :1], 1.5, "`strength` is 1.5"),
        (NAN[:, :1], NAN[:, :1], np.nan, "`strength` is nan"),
        (NAN, np.ones((1, 2)), 0.5, "`x` holds nan"),
        (np.ones((1, 2)), NAN, 0.5, "`w` holds nan"),
        (np.full((1, 1), 1e200), np.full((1, 1), 1e200), 1.0, "^w · f overflows"),
        (np.full((1, 1), 1e200), np.full((1, 1), 1e200), 0.0, "^x / f overflows"),
    ],
)
def test_smoothing_refuses_nan_and_what_is_no_share(x, w, strength, words):
    with pytest.raises(ValueError, match=words):
        smooth(x, w, strength)


@given(st.integers(1, 5), st.integers(1, 4), st.sampled_from([2, 4, 6]), st.integers(0, 99))
def test_four_bits_in_blocks_agree_with_a_loop_over_entries(out, blocks, block, seed):
    rng = np.random.default_rng(seed)
    w = rng.normal(size=(out, blocks * block)) * rng.choice([0.01, 1, 40], size=(out, 1))
    packed, scale = quantize_blocks(w, block)
    for o, i in np.ndindex(w.shape):
        own = w[o, i // block * block :][:block]
        step = max(map(abs, own)) / 7
        assert scale[o, i // block] == pytest.approx(step)
        text = f"{packed[o, i // 2]:08b}"[4:] if i % 2 == 0 else f"{packed[o, i // 2]:08b}"[:4]
        code = int(text, 2) - 16 * (text[0] == "1")
        assert code == round(w[o, i] / step)
    restored = dequantize_blocks(packed, scale)
    assert (abs(restored - w) <= scale.repeat(block, axis=1) * 0.5000001).all()


def test_a_small_integer_of_numpy_does_for_a_block():
    w = np.random.default_rng(0).normal(size=(2, 256))
    for found, want in zip(quantize_blocks(w, np.int8(64)), quantize_blocks(w, 64), strict=True):
        assert_array_equal(found, want)


def test_blocks_of_zeros_and_of_float32_stay_what_they_are():
    w = np.array([[0, 0, 3, -1.4], [2, 1, 0, 0]], np.float32)
    packed, scale = quantize_blocks(w, 2)
    assert scale.dtype == np.float32
    assert_allclose(dequantize_blocks(packed, scale), w, atol=0.22)
    assert packed[0, 0] == packed[1, 1] == 0
    assert (scale > 0).all()


@pytest.mark.parametrize(
    ("shape", "block", "words"),
    [
        ((2, 6), 3, "even"),
        ((2, 6), 0, "even"),
        ((2, 6), 4, "multiple of 4"),
        ((0, 4), 2, "^`w` is empty"),
    ],
)
def test_blocks_that_do_not_fit_are_refused(shape, block, words):
    with pytest.raises(ValueError, match=words):
        quantize_blocks(np.ones(shape), block)
