"""Layer normalization: PyTorch, and what a shift or a scale of a row changes."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from answers.networks.standardize import standardize, standardize_backward


def inputs(*shape, dtype=np.float64):
    rng = np.random.default_rng(len(shape))
    arrays = (
        rng.normal(size=shape),
        rng.normal(size=shape),
        *rng.normal(size=(2, shape[-1])),
    )
    return [a.astype(dtype) for a in arrays]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(5,), (7, 3), (2, 3, 5)])
def test_agrees_with_pytorch_forward_and_backward(shape, dtype):
    dout, x, gain, bias = inputs(*shape, dtype=dtype)
    tensors = [torch.tensor(a, requires_grad=True) for a in (x, gain, bias)]
    y = torch.nn.functional.layer_norm(tensors[0], shape[-1:], *tensors[1:])
    y.backward(torch.tensor(dout))
    rtol = 1e-4 if dtype == np.float32 else 1e-10
    assert_allclose(standardize(x, gain, bias), y.detach().numpy(), rtol, rtol)
    for ours, theirs in zip(standardize_backward(dout, x, gain), tensors, strict=True):
        assert ours.dtype == dtype
        assert_allclose(ours, theirs.grad.numpy(), rtol, rtol)


@given(st.floats(-100, 100), st.floats(0.1, 10))
def test_a_shift_and_a_scale_of_a_row_change_nothing_without_eps(shift, scale):
    _, x, gain, bias = inputs(7, 3)
    moved = standardize(scale * x + shift, gain, bias, eps=0.0)
    assert_allclose(moved, standardize(x, gain, bias, eps=0.0), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("x", "said"),
    [(np.ones((2, 0)), "`x` is empty"), (np.full((2, 2), np.nan), "`x` holds nan")],
)
def test_what_has_no_mean_is_refused(x, said):
    with pytest.raises(ValueError, match=said):
        standardize(x, np.ones(x.shape[1]), np.ones(x.shape[1]))
