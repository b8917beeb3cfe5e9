"""The short tape has PyTorch's gradients: values used twice, broadcast, on paths of any length."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from answers.networks.tape import Tensor, topological_order


def net(x, w, b, v):
    hidden = (x @ w + b).relu()
    out = hidden @ v
    return (out * out + out + hidden.sum()).sum()


@given(st.integers(0, 2**32 - 1))
def test_agrees_with_pytorch(seed):
    rng = np.random.default_rng(seed)
    n, d, h, k = rng.integers(1, 6, size=4)
    arrays = [rng.normal(size=size) for size in ((n, d), (d, h), (h,), (h, k))]
    tensors = [Tensor(array) for array in arrays]
    by_torch = [torch.tensor(array, requires_grad=True) for array in arrays]
    loss, expected = net(*tensors), net(*by_torch)
    loss.backward()
    expected.backward()
    assert np.isclose(loss.value, expected.item())
    for tensor, other in zip(tensors, by_torch, strict=True):
        np.testing.assert_allclose(tensor.grad, other.grad.numpy(), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.float32])
def test_integers_are_taken_as_float64_and_do_not_wrap(dtype):
    a = Tensor(np.array([100, 3], dtype))
    loss = (a * a).sum()
    loss.backward()
    assert loss.value == 10_009
    assert a.grad.tolist() == [200, 6]
    assert a.grad.dtype == (np.float32 if dtype is np.float32 else np.float64)


def test_each_comes_after_its_inputs_and_once():
    a = Tensor(np.array(2.0))
    b = a * a
    c = b + a
    assert topological_order(c) == [a, b, c]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_refuses_what_is_no_number(bad):
    with pytest.raises(ValueError, match="`value`"):
        Tensor(np.array([1.0, bad]))
