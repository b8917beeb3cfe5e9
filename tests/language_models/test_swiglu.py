"""SwiGLU beside PyTorch's SiLU, and its gradient beside autograd."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from transformers.models import llama

from answers.language_models.swiglu import swiglu, swiglu_backward

SIZES = [((5,), 7, 5), ((4, 3), 8, 3), ((2, 3, 6), 4, 5), ((1, 1), 1, 1)]


def drawn(shape, hidden, d_out, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    d = shape[-1]
    sizes = shape, (d, hidden), (d, hidden), (hidden, d_out)
    return [rng.normal(size=size).astype(dtype) for size in sizes]


def in_pytorch(x, w_gate, w_up, w_down):
    return (torch.nn.functional.silu(x @ w_gate) * (x @ w_up)) @ w_down


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float32, 1e-4), (np.float64, 1e-12)])
@pytest.mark.parametrize("sizes", SIZES)
def test_agrees_with_pytorch(sizes, dtype, rtol):
    arrays = drawn(*sizes, dtype)
    found = swiglu(*arrays)
    assert found.dtype == dtype
    theirs = in_pytorch(*(torch.tensor(a, dtype=torch.float64) for a in arrays))
    assert_allclose(found, theirs.numpy(), rtol=rtol, atol=rtol)


def test_agrees_with_the_layer_of_llama():
    x, *weights = drawn((2, 3, 6), 4, 6)
    config = llama.LlamaConfig(hidden_size=6, intermediate_size=4, num_attention_heads=1)
    theirs = llama.modeling_llama.LlamaMLP(config).double()
    for name, weight in zip(("gate_proj", "up_proj", "down_proj"), weights, strict=True):
        getattr(theirs, name).weight.data = torch.tensor(weight.T)
    assert_allclose(swiglu(x, *weights), theirs(torch.tensor(x)).detach(), atol=1e-12)


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float32, 1e-4), (np.float64, 1e-12)])
@pytest.mark.parametrize("sizes", SIZES)
def test_gradients_agree_with_autograd(sizes, dtype, rtol):
    arrays = drawn(*sizes, dtype)
    dout = np.random.default_rng(1).normal(size=(*sizes[0][:-1], sizes[2])).astype(dtype)
    leaves = [torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in arrays]
    in_pytorch(*leaves).backward(torch.tensor(dout, dtype=torch.float64))
    found = swiglu_backward(dout, *arrays)
    for ours, leaf in zip(found, leaves, strict=True):
        assert ours.dtype == dtype
        assert_allclose(ours, leaf.grad.numpy(), rtol=rtol, atol=10 * rtol)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gates_far_from_0_neither_overflow_nor_warn(dtype):
    x, one = np.array([[-3000.0], [3000.0], [-40.0]], dtype), np.ones((1, 1), dtype)
    assert_allclose(swiglu(x, one, one, one)[:2, 0], [0, 9e6])
    assert_allclose(swiglu(x, one, one, one)[2, 0], 1600 * np.exp(-40), rtol=1e-5)
    assert np.isfinite(swiglu_backward(np.ones_like(x), x, one, one, one)[0]).all()


def test_integers_count_as_float64():
    arrays = [np.rint(3 * a).astype(int) for a in drawn((4, 3), 8, 3)]
    found = swiglu(*arrays)
    assert found.dtype == np.float64
    assert_allclose(found, swiglu(*(a.astype(float) for a in arrays)))


@pytest.mark.parametrize("place", range(4))
def test_nan_is_refused_in_words(place):
    arrays = drawn((4, 3), 8, 3)
    arrays[place][0, 0] = np.nan
    name = ("x", "w_gate", "w_up", "w_down")[place]
    with pytest.raises(ValueError, match=f"`{name}` holds nan at index"):
        swiglu(*arrays)
    with pytest.raises(ValueError, match=f"`{name}` holds nan at index"):
        swiglu_backward(np.ones((4, 3)), *arrays)


def test_an_empty_batch_and_an_overflow_are_refused_in_words():
    arrays = drawn((4, 3), 8, 3)
    with pytest.raises(ValueError, match="`x` is empty"):
        swiglu(arrays[0][:0], *arrays[1:])
    with pytest.raises(ValueError, match="the output"):
        swiglu(*(a * 1e150 for a in arrays))
