"""NF4 against the published table, quantiles by SciPy, a search of all codes, and its bound."""

import numpy as np
import pytest
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import norm

from answers.language_models.nf4 import NF4, nf4_dequantize, nf4_quantize

# Their code: bitsandbytes, functional.create_normal_map, offset 0.9677083.
OFFSET = (1 - 1 / 30 + 1 - 1 / 32) / 2


def test_the_table_is_made_of_quantiles_of_a_normal_distribution():
    above = norm.ppf(np.linspace(OFFSET, 0.5, 9)[:-1])
    below = -norm.ppf(np.linspace(OFFSET, 0.5, 8)[:-1])
    levels = np.sort([*above, 0, *below])
    assert_allclose(NF4, levels / levels.max(), atol=2e-6)  # theirs has an offset of 7 digits


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("rows", "columns", "block"), [(1, 64, 64), (3, 128, 64), (5, 12, 3)])
def test_each_code_is_the_nearest_of_all(rows, columns, block, dtype):
    w = np.random.default_rng(1).normal(size=(rows, columns)).astype(dtype)
    codes, scale = nf4_quantize(w, NF4, block)
    assert codes.dtype == np.uint8
    assert scale.dtype == dtype
    assert scale.shape == (rows, columns // block)
    for row in range(rows):
        for column in range(columns):
            largest = max(abs(v) for v in w[row, column // block * block :][:block])
            assert scale[row, column // block] == largest
            distances = [abs(w[row, column] / largest - level) for level in NF4]
            assert distances[codes[row, column]] <= min(distances) + 1e-6


def test_the_table_itself_comes_back():
    codes, scale = nf4_quantize(3 * NF4[None], NF4, block=16)
    assert_array_equal(codes, np.arange(16)[None])
    assert_array_equal(nf4_dequantize(codes, scale, NF4), 3 * NF4[None])


def test_the_error_is_at_most_half_of_the_widest_gap():
    w = np.random.default_rng(2).normal(size=(9, 128))
    codes, scale = nf4_quantize(w, NF4)
    error = np.abs(w - nf4_dequantize(codes, scale, NF4)).reshape(9, 2, 64).max(axis=-1)
    assert (error <= np.diff(NF4).max() / 2 * scale * (1 + 1e-6)).all()


def test_another_table_is_used():
    table = np.linspace(-1, 1, 16)
    codes, _ = nf4_quantize(table[None], table, block=16)
    assert_array_equal(codes, np.arange(16)[None])


def test_zeros_and_the_outlier_of_another_block_do_not_matter():
    w = np.concatenate([np.zeros(4), [1e6, 0, 0, 0], [1e-3, -1e-3, 5e-4, 0]])[None]
    codes, scale = nf4_quantize(w, NF4, block=4)
    assert_array_equal(codes[0, :4], 7)
    assert_array_equal(scale, [[0, 1e6, 1e-3]])
    assert_allclose(nf4_dequantize(codes, scale, NF4)[0, :9], w[0, :9])


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64])
def test_integers_compute_in_float64(dtype):
    whole = np.random.default_rng(3).integers(0, 128, size=(3, 8)).astype(dtype)
    codes, scale = nf4_quantize(whole, NF4, block=4)
    expected = nf4_quantize(whole.astype(float), NF4, block=4)
    assert scale.dtype == np.float64
    assert_array_equal(codes, expected[0])
    assert_array_equal(scale, expected[1])


def test_no_argument_is_changed():
    w = np.random.default_rng(4).normal(size=(2, 8))
    before, table = w.copy(), NF4.copy()
    nf4_dequantize(*nf4_quantize(w, NF4, 4), NF4)
    assert_array_equal(w, before)
    assert_array_equal(table, NF4)


def test_bad_values_are_refused_in_words():
    w = np.ones((2, 6))
    for bad, said in (
        ((np.full((2, 6), np.nan), NF4, 3), "`w` holds nan"),
        ((np.ones((0, 6)), NF4, 3), "`w` is empty"),
        ((w, NF4[::-1], 3), "`table` does not rise"),
        ((w, NF4, 4), "pad them to a multiple of 4"),
        ((w, NF4, 0), "`block` is 0"),
    ):
        with pytest.raises(ValueError, match=said):
            nf4_quantize(*bad)
    with pytest.raises(TypeCheckError):
        nf4_quantize(w, NF4[:15], 3)
    codes = np.full((2, 6), 16, np.uint8)
    with pytest.raises(ValueError, match="`codes` holds 16"):
        nf4_dequantize(codes, np.ones((2, 2)), NF4)
    with pytest.raises(ValueError, match="blocks are equally long"):
        nf4_dequantize(codes - 1, np.ones((2, 4)), NF4)
    with pytest.raises(ValueError, match="table"):
        nf4_dequantize(codes - 1, np.full((2, 2), np.inf), NF4)
