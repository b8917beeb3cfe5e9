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


@pytest.mark.parametrize("bits", [3, 4, 8])
def test_columns_to_come_make_up_for_an_error_as_well_as_least_squares_does(bits):
    w, x = layer(bits)
    scale = np.abs(w).max(axis=1) / (2 ** (bits - 1) - 1)
    largest = 2 ** (bits - 1) - 1
    for row, s, got in zip(w, scale, gptq(w, x, bits, damping=0), strict=True):
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


def test_awq_is_the_best_of_its_candidates():
    w, x = layer(4)
    x[:, 2] *= 50
    want, least = None, np.inf
    for a in np.arange(21) / 20:
        f = [np.mean(np.abs(x[:, i])) ** a for i in range(7)]
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
