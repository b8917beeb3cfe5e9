"""LoRA forward, backward and merged, against PyTorch's autograd, loops and what must hold."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal

from answers.language_models.lora import (
    lora_backward,
    lora_forward,
    merge_lora,
)

ALPHA = 5.0


def arrays(batch, d_in, d_out, r, dtype=np.float64):
    """dout, x, w, a and b."""
    rng = np.random.default_rng([*batch, d_in, d_out, r])
    shapes = (*batch, d_out), (*batch, d_in), (d_out, d_in), (r, d_in), (d_out, r)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


SIZES = [
    ((3,), 5, 7, 2),
    ((), 5, 7, 2),
    ((2, 3), 4, 6, 1),
    ((2, 1, 3), 5, 3, 4),
    ((4,), 3, 3, 3),
    ((1,), 1, 1, 1),
]
each_size = pytest.mark.parametrize("size", SIZES, ids=str)


def by_pytorch(dout, x, w, a, b, alpha):
    """Output and gradients, the layers as `torch.nn.Linear` has them."""
    x, w, a, b = (torch.tensor(each, requires_grad=True) for each in (x, w, a, b))
    linear = torch.nn.functional.linear
    y = linear(x, w) + alpha / a.shape[0] * linear(linear(x, a), b)
    y.backward(torch.tensor(dout))
    return y.detach().numpy(), [each.grad.numpy() for each in (x, a, b)]


@each_size
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_agrees_with_pytorch_forward_and_backward(size, dtype):
    given_arrays = arrays(*size, dtype)
    y, gradients = by_pytorch(*given_arrays, ALPHA)
    found = lora_forward(*given_arrays[1:], ALPHA), *lora_backward(*given_arrays, ALPHA)
    rtol = 1e-12 if dtype == np.float64 else 2e-4
    for ours, theirs in zip(found, (y, *gradients), strict=True):
        assert ours.dtype == dtype
        assert ours.shape == theirs.shape
        assert_allclose(ours, theirs, rtol=rtol, atol=rtol)


@each_size
def test_merged_equals_unmerged(size):
    _, x, w, a, b = arrays(*size)
    assert_allclose(
        x @ merge_lora(w, a, b, ALPHA).T, lora_forward(x, w, a, b, ALPHA), rtol=1e-11, atol=1e-12
    )


def test_merged_is_a_sum_over_ranks():
    _, _, w, a, b = arrays((3,), 4, 5, 3)
    expected = w.copy()
    for k in range(3):
        for o in range(5):
            for i in range(4):
                expected[o, i] += ALPHA / 3 * b[o, k] * a[k, i]
    assert_allclose(merge_lora(w, a, b, ALPHA), expected, rtol=1e-13)


@given(st.integers(1, 4), st.integers(1, 9), st.integers(1, 9))
def test_the_update_has_at_most_the_rank_of_its_factors(r, d_in, d_out):
    _, _, w, a, b = arrays((1,), d_in, d_out, r)
    update = merge_lora(w, a, b, ALPHA) - w
    assert np.linalg.matrix_rank(update, tol=1e-9) == min(r, d_in, d_out)


@each_size
def test_with_b_at_zero_the_layer_is_as_before_and_a_has_no_gradient(size):
    dout, x, w, a, b = arrays(*size)
    zero = np.zeros_like(b)
    assert_array_equal(lora_forward(x, w, a, zero, ALPHA), x @ w.T)
    dx, da, db = lora_backward(dout, x, w, a, zero, ALPHA)
    assert not da.any()
    assert db.any()
    assert_array_equal(dx, dout @ w)


@each_size
def test_with_both_factors_at_zero_nothing_is_learned(size):
    dout, x, w, a, b = arrays(*size)
    _, da, db = lora_backward(dout, x, w, 0 * a, 0 * b, ALPHA)
    assert not da.any()
    assert not db.any()


def test_a_merged_weight_is_rounded_once_to_the_type_of_w():
    """In float32 the next number above 1 is 1.2e-7 away, the next below half as far: an update
    below half of either distance is lost."""
    w, a, b = np.ones((1, 1), np.float32), np.full((1, 1), 5e-8), np.ones((1, 1))
    assert merge_lora(w, a, b, 1.0).dtype == np.float32
    assert merge_lora(w, a, b, 1.0)[0, 0] == 1
    assert merge_lora(w, 2 * a, b, 1.0)[0, 0] == np.nextafter(np.float32(1), np.float32(2))
    assert merge_lora(w, -a, b, 1.0)[0, 0] == np.nextafter(np.float32(1), np.float32(0))
    assert merge_lora(w, -a / 2, b, 1.0)[0, 0] == 1
    # Half precision alone is widened: float16 would lose an update of 1e-4.
    half = w.astype(np.float16)
    assert merge_lora(half, 2e3 * a, b, 1.0).dtype == np.float32
    assert merge_lora(half, 2e3 * a, b, 1.0)[0, 0] == np.float32(1 + 1e-4)
    # The product is no float32: it would overflow there.
    assert merge_lora(w, 4e38 * np.ones((1, 1)), 1e-38 * np.ones((1, 1)), 0.25)[0, 0] == 2


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64])
def test_integers_compute_in_float64(dtype):
    whole = [np.rint(9 * np.abs(each)).astype(dtype) for each in arrays((3,), 5, 7, 2)]
    floats = [each.astype(float) for each in whole]
    for function, first in ((lora_backward, 0), (lora_forward, 1), (merge_lora, 2)):
        found, expected = function(*whole[first:], 3), function(*floats[first:], 3)
        pairs = zip(found, expected, strict=True) if first == 0 else [(found, expected)]
        for one, other in pairs:
            assert one.dtype == np.float64
            assert_array_equal(one, other)


def test_no_argument_is_changed():
    given_arrays = arrays((2, 3), 5, 7, 2)
    before = [each.copy() for each in given_arrays]
    lora_backward(*given_arrays, ALPHA)
    lora_forward(*given_arrays[1:], ALPHA)
    merge_lora(*given_arrays[2:], ALPHA)
    for one, other in zip(given_arrays, before, strict=True):
        assert_array_equal(one, other)


def test_bad_values_are_refused_in_words():
    dout, x, w, a, b = arrays((3,), 5, 7, 2)
    nan = np.full_like(x, np.nan)
    for function, of in (
        (lora_forward, (nan, w, a, b, 1)),
        (lora_backward, (dout, nan, w, a, b, 1)),
    ):
        with pytest.raises(ValueError, match="`x` holds nan"):
            function(*of)
    with pytest.raises(ValueError, match="`a` is empty"):
        lora_forward(x, w, a[:0], b[:, :0], 1)
    for alpha in (np.nan, np.inf):
        with pytest.raises(ValueError, match="`alpha` is"):
            merge_lora(w, a, b, alpha)
    with pytest.raises(ValueError, match="a merged weight"):
        merge_lora(w.astype(np.float32), 1e20 * a, 1e20 * b, 1e3)
    with pytest.raises(ValueError, match="an output"):
        lora_forward(1e200 * x, 1e200 * w, a, b, 1)
    with pytest.raises(ValueError, match="da"):
        lora_backward(1e200 * dout, 1e200 * x, w, a, b, 1)
    with pytest.raises(TypeCheckError):
        lora_forward(x, w, a.T, b.T, 1)
