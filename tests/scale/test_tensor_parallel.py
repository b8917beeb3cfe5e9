"""Split layers beside the unsplit ones of PyTorch, values and gradients."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from answers.scale.tensor_parallel import (
    column_parallel,
    column_parallel_backward,
    parallel_attention,
    parallel_mlp,
    row_parallel,
    row_parallel_backward,
)


def layer(dtype=np.float64, tokens=5, d=3, hidden=12, d_out=4):
    rng = np.random.default_rng(36)
    shapes = (tokens, d), (d, hidden), (hidden,), (hidden, d_out), (d_out,), (tokens, d_out)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


def unsplit(x, w1, b1, w2, b2, dout):
    """The output of the layer and the gradients of its arguments, by PyTorch in float64."""
    arguments = [torch.tensor(each, dtype=torch.float64) for each in (x, w1, b1, w2, b2)]
    x, w1, b1, w2, b2 = (each.requires_grad_() for each in arguments)
    out = torch.relu(x @ w1 + b1) @ w2 + b2
    out.backward(torch.tensor(dout, dtype=torch.float64))
    return out.detach().numpy(), [each.grad.numpy() for each in arguments]


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float32, 1e-4), (np.float64, 1e-12)])
@pytest.mark.parametrize("ranks", [1, 2, 3, 12])
def test_a_split_mlp_agrees_with_pytorch_in_values_and_gradients(ranks, dtype, rtol):
    x, w1, b1, w2, b2, dout = arguments = layer(dtype)
    out, (dx, dw1, db1, dw2, _) = unsplit(*arguments)
    parts, found = parallel_mlp(x, w1, b1, w2, b2, ranks)
    assert found.dtype == parts.dtype == dtype
    assert parts.shape == (ranks, 5, 4)
    assert_allclose(found, out, rtol=rtol, atol=rtol)

    columns, rows = np.stack(np.split(w1, ranks, 1)), np.stack(np.split(w2, ranks))
    z = column_parallel(x, columns) + np.stack(np.split(b1, ranks))[:, None]
    hidden = np.maximum(z, 0)
    assert_allclose(row_parallel(hidden, rows, b2), out, rtol=rtol, atol=rtol)
    dhidden, drows = row_parallel_backward(dout, hidden, rows)
    dz = dhidden * (z > 0)
    of_x, dcolumns = column_parallel_backward(dz, x, columns)
    assert of_x.dtype == dcolumns.dtype == drows.dtype == dtype
    assert_allclose(of_x, dx, rtol=rtol, atol=rtol)
    assert_allclose(np.concatenate(dcolumns, axis=1), dw1, rtol=rtol, atol=rtol)
    assert_allclose(dz.sum(axis=1).ravel(), db1, rtol=rtol, atol=rtol)
    assert_allclose(np.concatenate(drows), dw2, rtol=rtol, atol=rtol)


@pytest.mark.parametrize("ranks", [1, 2, 6])
def test_split_heads_agree_with_pytorch(ranks):
    rng, d, heads = np.random.default_rng(0), 12, 6
    x, w_q, w_k, w_v, w_o = rng.normal(size=(5, 5, d))[0], *rng.normal(size=(4, d, d))
    mask = np.tri(5, dtype=bool)
    module = torch.nn.MultiheadAttention(d, heads, bias=False, dtype=torch.float64)
    with torch.no_grad():
        module.in_proj_weight.copy_(torch.tensor(np.concatenate([w_q, w_k, w_v], 1).T))
        module.out_proj.weight.copy_(torch.tensor(w_o.T))
        out, _ = module(*[torch.tensor(x)] * 3, attn_mask=torch.tensor(~mask))
    parts = parallel_attention(x, w_q, w_k, w_v, w_o, heads, ranks, mask)
    assert len(parts) == ranks
    assert_allclose(parts.sum(axis=0), out.numpy(), rtol=1e-12, atol=1e-12)


def test_ranks_that_do_not_divide_are_refused_in_words():
    x, w1, b1, w2, b2, _ = layer()
    with pytest.raises(ValueError, match=r"`ranks` is 5, which does not divide .* 12"):
        parallel_mlp(x, w1, b1, w2, b2, 5)
    w = np.ones((3, 6))
    with pytest.raises(ValueError, match="`ranks` is 2, which does not divide 3 heads"):
        parallel_attention(x, w, w, w, w.T, 3, 2)
