"""GPTQ against least squares for each column, AWQ against a search written as loops."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from answers.transformers.quantization import dequantize, quantize
from answers.transformers.weight_rounding import awq, gptq, output_error


def layer(seed, tokens=40, outputs=5, inputs=7):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(tokens, inputs)) @ rng.normal(size=(inputs, inputs))
    return rng.normal(size=(outputs, inputs)), x


@pytest.mark.parametrize("damping", [0, 0.01, 0.5])
@pytest.mark.parametrize("bits", [3, 4, 8])
def test_columns_to_come_make_up_for_an_error_as_well_as_least_squares_does(bits, damping):
    w, x = layer(bits, outputs=30)
    rounded = gptq(w, x, bits, damping)
    if (bits, damping) == (4, 0.01):
        assert_array_equal(gptq(w, x), rounded)
    # Damping asks for the weights themselves too, as further inputs.
    x = np.vstack([x, np.sqrt(damping * np.mean((x**2).sum(axis=0))) * np.eye(7)])
    scale = np.abs(w).max(axis=1) / (2 ** (bits - 1) - 1)
    largest = 2 ** (bits - 1) - 1
    for row, s, got in zip(w, scale, rounded, strict=True):
        fixed = []
        for i in range(w.shape[1]):
            # With the first i columns rounded, the best others for the outputs of w.
            wanted = x @ row - x[:, :i] @ np.array(fixed)
            best = np.linalg.lstsq(x[:, i:], wanted, rcond=None)[0][0]
            fixed.append(s * np.clip(np.rint(best / s), -largest, largest))
        assert_allclose(got, fixed, rtol=1e-9)


def test_gptq_moves_the_outputs_less_than_rounding_to_the_nearest():
    for seed in range(20):
        w, x = layer(seed, inputs=24, tokens=100)
        nearest = dequantize(*quantize(w, 4))
        assert output_error(w, gptq(w, x), x) < output_error(w, nearest, x)


def test_inputs_that_have_nothing_to_do_with_each_other_leave_nothing_to_make_up():
    w, _ = layer(2)
    assert_allclose(gptq(w, np.eye(7)), dequantize(*quantize(w, 4)))


@pytest.mark.parametrize("seed", range(4))
def test_awq_is_the_best_of_its_candidates(seed):
    w, x = layer(seed)
    x[:, 2] *= 50
    x[:, 5], w[:, 5] = 0, 5
    want, least = None, np.inf
    for a in np.arange(21) / 20:
        f = [(np.mean(np.abs(x[:, i])) or 1) ** a for i in range(7)]
        codes, scale = quantize(w * np.array(f), 4)
        restored = np.array(
            [[codes[o, i] * scale[o, 0] / f[i] for i in range(7)] for o in range(5)]
        )
        error = sum(np.sum((x @ (restored - w)[o]) ** 2) for o in range(5))
        if error < least:
            want, least = restored, error
    assert_allclose(awq(w, x), want, rtol=1e-9)


def test_awq_keeps_the_weights_that_meet_an_outlier():
    w, x = layer(9, inputs=32, tokens=100)
    x[:, 3] *= 1000
    plain = dequantize(*quantize(w, 3))
    assert np.abs(awq(w, x, 3) - w)[:, 3].max() < np.abs(plain - w)[:, 3].max() / 3


def test_an_input_that_is_0_throughout_is_no_trouble():
    w, x = layer(1)
    x[:, 4] = 0
    for rounded in (gptq(w, x), awq(w, x)):
        assert np.isfinite(rounded).all()


def test_the_arguments_are_not_changed_and_float32_stays_float32():
    w, x = (array.astype(np.float32) for array in layer(3))
    before = w.copy(), x.copy()
    for rounded in (gptq(w, x), awq(w, x)):
        assert rounded.dtype == np.float32
    assert_array_equal(w, before[0])
    assert_array_equal(x, before[1])


def test_the_error_is_a_share_of_the_outputs_and_may_exceed_1():
    w, x = layer(5)
    restored = w + np.random.default_rng(6).normal(size=w.shape)
    share = np.linalg.norm(x @ (restored - w).T) / np.linalg.norm(x @ w.T)
    assert output_error(w, restored, x) == pytest.approx(share, rel=1e-12)
    assert output_error(w, 4 * w, x) == pytest.approx(3)
    assert output_error(1e300 * w, 1e300 * restored, 1e300 * x) == pytest.approx(share, rel=1e-12)


EYE, HUGE = np.eye(2), np.full((1, 2), np.finfo(float).max)
ONES, NOTHING, NAN = np.ones((2, 3)), np.ones((2, 0)), np.array([[1, np.nan, 1]] * 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: output_error(NOTHING, NOTHING, NOTHING), r"^`w` is empty"),
        (lambda: output_error(ONES, ONES, ONES[:0]), r"^`x` is empty"),
        (lambda: output_error(NAN, ONES, ONES), r"^`w` holds nan at index \(0, 1\)"),
        (lambda: output_error(ONES, NAN, ONES), r"^`restored` holds nan at index \(0, 1\)"),
        (lambda: output_error(ONES, ONES, NAN), r"^`x` holds nan at index \(0, 1\)"),
        (lambda: output_error(ONES, ONES, 0 * ONES), "make outputs of 0, of which no error"),
        (lambda: gptq(ONES, ONES[:0]), r"^`x` is empty"),
        (lambda: gptq(ONES, NAN), r"^`x` holds nan at index \(0, 1\)"),
        (lambda: gptq(NAN, ONES), r"^`w` holds nan at index \(0, 1\)"),
        (lambda: gptq(HUGE, EYE), r"^a weight overflows: inf at index \(0, 0\)"),
        (lambda: gptq(ONES, 0 * ONES), r"^`x` holds nothing but 0, .* pass inputs that"),
        (lambda: gptq(0 * ONES, 0 * ONES), r"^`x` holds nothing but 0"),
        (lambda: gptq(ONES, ONES, damping=0.0), r"^xᵀx has no inverse.* raise `damping` or"),
        (lambda: gptq(ONES, ONES, damping=-1.0), r"^`damping` is -1.0; choose a finite"),
        (lambda: gptq(ONES, ONES, damping=np.nan), r"^`damping` is nan"),
        (lambda: awq(ONES, ONES[:0]), r"^`x` is empty"),
        (lambda: awq(ONES, NAN), r"^`x` holds nan at index \(0, 1\)"),
    ],
)
def test_what_cannot_be_rounded_or_compared_is_refused(call, message):
    with np.errstate(all="ignore"), pytest.raises(ValueError, match=message):
        call()
