"""Loss and gradients by chunks are PyTorch's at once, and the logits are never there as a whole."""

import tracemalloc

import numpy as np
import pytest
import torch

from answers.probability.chunked_cross_entropy import chunked_cross_entropy


def drawn(tokens=7, classes=5, d=3, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    hidden, weight = rng.normal(size=(tokens, d)), 9 * rng.normal(size=(classes, d))
    return hidden.astype(dtype), weight.astype(dtype), rng.integers(classes, size=tokens)


@pytest.mark.parametrize("rows", [1, 2, 3, 7, 100])
@pytest.mark.parametrize(("dtype", "rtol"), [(np.float64, 1e-12), (np.float32, 1e-4)])
def test_agrees_with_pytorch_however_the_tokens_are_cut(rows, dtype, rtol):
    hidden, weight, targets = drawn(dtype=dtype)
    loss, *gradients = chunked_cross_entropy(hidden, weight, targets, rows)
    by_torch = [torch.tensor(each, requires_grad=True) for each in (hidden, weight)]
    logits = by_torch[0] @ by_torch[1].T
    expected = torch.nn.functional.cross_entropy(logits, torch.tensor(targets))
    expected.backward()
    assert loss.dtype == dtype
    assert np.isclose(loss, expected.item(), rtol=rtol)
    for gradient, tensor in zip(gradients, by_torch, strict=True):
        assert gradient.dtype == dtype
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=rtol, atol=rtol)


@pytest.mark.parametrize("rows", [np.int8(100), np.uint8(130)])
def test_a_small_integer_of_numpy_does_not_wrap_around(rows):
    hidden, weight, targets = drawn(tokens=200)
    found = chunked_cross_entropy(hidden, weight, targets, rows)
    for got, expected in zip(
        found, chunked_cross_entropy(hidden, weight, targets, int(rows)), strict=True
    ):
        np.testing.assert_array_equal(got, expected)


def test_float16_is_summed_in_float32():
    """4,096 shares of 0.5 / 4,096: in float16 the sum stood still at half of it."""
    hidden, weight = np.ones((4096, 1), np.float16), np.zeros((2, 1), np.float16)
    _, dhidden, dweight = chunked_cross_entropy(hidden, weight, np.zeros(4096, int), 1)
    assert dhidden.dtype == dweight.dtype == np.float32
    np.testing.assert_allclose(dweight.ravel(), [-0.5, 0.5], rtol=1e-3)


def test_its_peak_of_memory_is_that_of_a_chunk():
    hidden, weight, targets = drawn(tokens=512, classes=4000, d=2, dtype=np.float32)

    def peak(rows):
        tracemalloc.start()
        chunked_cross_entropy(hidden, weight, targets, rows)
        try:
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(32) < peak(512) / 10


def test_refuses_in_words():
    hidden, weight, targets = drawn()
    with pytest.raises(ValueError, match=r"`targets`.*5"):
        chunked_cross_entropy(hidden, weight, targets + 5, 2)
    with pytest.raises(ValueError, match="at least one row"):
        chunked_cross_entropy(hidden, weight, targets, 0)
    with pytest.raises(ValueError, match=r"`hidden`.* nan"):
        chunked_cross_entropy(hidden * np.nan, weight, targets, 2)
    with pytest.raises(ValueError, match="`hidden` is empty"):
        chunked_cross_entropy(hidden[:0], weight, targets[:0], 2)
