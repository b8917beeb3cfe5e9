"""Attention against PyTorch, brute force and finite differences."""

import math
import tracemalloc

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal
from torch.nn import functional

from answers.gradient_check import check_gradient
from answers.transformers.attention import (
    attend,
    attend_backward,
    attend_blockwise,
    causal_mask,
    grouped_query_attention,
    merge_heads,
    multi_head_attention,
    split_heads,
)

BATCHES = [(), (2,), (2, 3)]
# batch, queries, keys, d, dv: all different but for the batch, and some of them 1
SIZES = [(5, 7, 4, 6), (7, 5, 3, 2), (1, 7, 5, 3), (5, 1, 2, 7), (3, 2, 1, 1)]
PRECISION = {np.float32: 1e-5, np.float64: 1e-12}


def arrays(batch, sizes, seed=0, dtype=np.float64):
    q, k, d, dv = sizes
    rng = np.random.default_rng(seed)
    shapes = (*batch, q, d), (*batch, k, d), (*batch, k, dv)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


def random_mask(shape, seed=0):
    """A mask in which every query sees at least one key."""
    rng = np.random.default_rng(seed)
    mask = rng.random(shape) < 0.5
    seen = rng.integers(shape[-1], size=shape[:-1])
    np.put_along_axis(mask, seen[..., None], True, axis=-1)
    return mask


def sdpa(q, k, v, mask=None, **options):
    q, k, v = (torch.from_numpy(a) for a in (q, k, v))
    mask = None if mask is None else torch.from_numpy(mask)
    found = functional.scaled_dot_product_attention(q, k, v, mask, **options)
    return found.numpy()


def by_loops(q, k, v, mask):
    """In 30 digits, one query after the other, over the keys that it sees and no others."""
    out = np.zeros((*q.shape[:-1], v.shape[-1]))
    with mpmath.workdps(30):
        for *at, i in np.ndindex(q.shape[:-1]):
            keys, values = k[tuple(at)], v[tuple(at)]
            seen = [j for j in range(len(keys)) if mask[i, j]]
            scores = [
                mpmath.fdot(q[(*at, i)].tolist(), keys[j].tolist())
                / mpmath.sqrt(q.shape[-1])
                for j in seen
            ]
            powers = [mpmath.exp(score) for score in scores]
            for c in range(v.shape[-1]):
                terms = mpmath.fdot(powers, [float(values[j, c]) for j in seen])
                out[(*at, i, c)] = terms / mpmath.fsum(powers)
    return out


@pytest.mark.parametrize("dtype", PRECISION)
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("batch", BATCHES)
def test_attend_agrees_with_pytorchs_sdpa(batch, sizes, masked, dtype):
    q, k, v = arrays(batch, sizes, dtype=dtype)
    mask = random_mask((*batch, *sizes[:2])) if masked else None
    got = attend(q, k, v, mask)
    assert got.dtype == dtype
    tolerance = PRECISION[dtype]
    assert_allclose(got, sdpa(q, k, v, mask), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("scale", [1, 1e4])
@pytest.mark.parametrize("batch", BATCHES)
def test_attend_agrees_with_a_loop_in_30_digits(batch, scale):
    """With scores up to 1e4, one key takes all the weight, and nothing is nan."""
    q, k, v = arrays(batch, (3, 4, 5, 2))
    q *= scale
    mask = random_mask((3, 4))
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        got = attend(q, k, v, mask)
    assert_allclose(got, by_loops(q, k, v, mask), rtol=1e-9, atol=1e-12)


def test_scores_of_plus_and_minus_10_000_give_weights_1_and_0():
    q, k = np.array([[1e4], [-1e4]]), np.array([[1.0], [-1.0]])
    v = np.array([[3.0, 4.0], [5.0, 6.0]])
    for dtype in PRECISION:
        got = attend(*(a.astype(dtype) for a in (q, k, v)))
        assert got.dtype == dtype
        assert_array_equal(got, v)
        assert_array_equal(attend_blockwise(q, k, v, block=1), v)


def test_the_scale_is_that_of_the_queries_and_not_of_the_values_or_the_model():
    q, k, v = np.array([[2.0] * 4]), np.array([[1.0] * 4, [0.0] * 4]), np.eye(2)
    weights = attend(q, k, v)[0]  # scores 8 / √4 = 4 and 0
    assert_allclose(weights[0] / weights[1], math.exp(4), rtol=1e-14)


def test_a_mask_broadcasts_over_the_batch_the_heads_and_the_queries():
    q, k, v = arrays((2, 3), (5, 7, 4, 6))
    padding = np.arange(7) < np.array([4, 6])[:, None]  # (2, 7): lengths 4 and 6
    mask = padding[:, None, None, :]
    full = np.broadcast_to(mask, (2, 3, 5, 7)).copy()
    assert_array_equal(attend(q, k, v, mask), attend(q, k, v, full))
    assert_allclose(attend(q, k, v, mask), sdpa(q, k, v, mask), rtol=1e-12)
    short = attend(q[0], k[0, :, :4], v[0, :, :4])
    assert_allclose(attend(q, k, v, mask)[0], short, rtol=1e-12)


def test_keys_of_one_head_serve_all_heads():
    q, k, v = arrays((2, 3), (5, 7, 4, 6))
    got = attend(q, k[:, :1], v[:, :1])
    copied = [np.repeat(a[:, :1], 3, axis=1) for a in (k, v)]
    assert_allclose(got, attend(q, *copied), rtol=1e-14)


@pytest.mark.parametrize("length", [1, 2, 7])
def test_the_causal_mask_is_pytorchs_is_causal(length):
    q, k, v = arrays((2,), (length, length, 3, 4))
    got = attend(q, k, v, causal_mask(length))
    assert_allclose(got, sdpa(q, k, v, is_causal=True), rtol=1e-12)


@pytest.mark.parametrize("length", [1, 2, 5])
def test_the_causal_mask_is_true_exactly_where_the_key_is_not_later(length):
    mask = causal_mask(length)
    assert mask.dtype == bool
    assert mask.shape == (length, length)
    for i, j in np.ndindex(mask.shape):
        assert mask[i, j] == (j <= i)


@pytest.mark.parametrize("chunk", [1, 2, 3, 7])
def test_chunks_with_the_last_rows_of_the_mask_repeat_the_whole_sequence(chunk):
    """Decoding in chunks: the queries of a chunk see all that is in the cache."""
    q, k, v = arrays((2,), (7, 7, 3, 4))
    whole = attend(q, k, v, causal_mask(7))
    for start in range(0, 7, chunk):
        end = min(start + chunk, 7)
        new = slice(start, end)
        mask = causal_mask(end)[start - end :]
        cached = k[:, :end], v[:, :end]
        assert_allclose(attend(q[:, new], *cached, mask), whole[:, new], rtol=1e-12)
        blocks = attend_blockwise(q[:, new], *cached, block=2, causal=True)
        assert_allclose(blocks, whole[:, new], rtol=1e-12)


def test_is_causal_of_pytorch_aligns_upper_left_where_chunks_need_lower_right():
    q, k, v = arrays((), (2, 5, 3, 4))
    upper_left = np.tril(np.ones((2, 5), dtype=bool))
    theirs = sdpa(q, k, v, is_causal=True)
    assert_allclose(theirs, attend(q, k, v, upper_left), rtol=1e-12)
    ours = attend_blockwise(q, k, v, causal=True)
    assert_allclose(ours, attend(q, k, v, causal_mask(5)[-2:]), rtol=1e-12)
    assert np.abs(ours - theirs).max() > 0.1


# Properties


def drawn(data):
    sizes = data.draw(st.tuples(*[st.integers(1, 5)] * 4))
    seed = data.draw(st.integers(0, 2**32 - 1))
    return arrays((), sizes, seed), random_mask(sizes[:2], seed)


@given(st.data())
@settings(deadline=None)  # the first call may be slow
def test_weights_are_positive_sum_to_1_and_are_0_where_hidden(data):
    (q, k, _), mask = drawn(data)
    weights = attend(q, k, np.eye(len(k)), mask)  # a value of its own for each key
    assert_allclose(weights.sum(axis=-1), 1, rtol=1e-13)
    assert (weights[mask] > 0).all()
    assert (weights[~mask] == 0).all()


@given(st.data())
@settings(deadline=None)  # the first call may be slow
def test_what_a_hidden_key_holds_changes_nothing(data):
    (q, k, v), mask = drawn(data)
    hidden = ~mask.any(axis=0)
    other_k, other_v = k.copy(), v.copy()
    other_k[hidden], other_v[hidden] = 1e6, -1e6
    assert_array_equal(attend(q, other_k, other_v, mask), attend(q, k, v, mask))


@given(st.data())
@settings(deadline=None)  # the first call may be slow
def test_permuting_the_keys_changes_nothing_and_permuting_the_queries_permutes(data):
    (q, k, v), mask = drawn(data)
    keys = data.draw(st.permutations(range(len(k))))
    queries = data.draw(st.permutations(range(len(q))))
    whole = attend(q, k, v, mask)
    assert_allclose(attend(q, k[keys], v[keys], mask[:, keys]), whole, rtol=1e-12)
    permuted = attend(q[queries], k, v, mask[queries])
    assert_allclose(permuted, whole[queries], rtol=1e-12)


@given(st.data(), st.floats(-50, 50))
@settings(deadline=None)  # the first call may be slow
def test_adding_a_vector_to_every_key_changes_nothing(data, shift):
    """Each query then adds one number to all its scores. A bias of the keys is such."""
    (q, k, v), mask = drawn(data)
    assert_allclose(attend(q, k + shift, v, mask), attend(q, k, v, mask), atol=1e-10)


@given(st.data(), st.integers(1, 6), st.booleans())
@settings(max_examples=200, deadline=None)
def test_blocks_of_any_size_agree_with_all_at_once(data, block, causal):
    sizes = data.draw(st.tuples(*[st.integers(1, 7)] * 4))
    if causal:
        sizes = (*sorted(sizes[:2]), *sizes[2:])
    batch = data.draw(st.sampled_from(BATCHES))
    q, k, v = arrays(batch, sizes, data.draw(st.integers(0, 2**32 - 1)))
    q *= data.draw(st.sampled_from([1, 1e4]))
    mask = causal_mask(sizes[1])[-sizes[0] :] if causal else None
    got = attend_blockwise(q, k, v, block=block, causal=causal)
    assert_allclose(got, attend(q, k, v, mask), rtol=1e-11, atol=1e-13)


# Blocks


@pytest.mark.parametrize("causal", [False, True])
def test_blocks_agree_with_sdpa_on_1000_positions_with_the_default_block(causal):
    q, k, v = arrays((2,), (1000, 1000, 16, 5))
    got = attend_blockwise(q, k, v, causal=causal)
    assert_allclose(got, sdpa(q, k, v, is_causal=causal), rtol=1e-10, atol=1e-12)


def test_blocks_whose_maximum_rises_and_falls_by_10_000():
    q, v = np.ones((1, 1)), np.arange(6.0)[:, None]
    for scores in ([0, 1e4, -1e4, 2e4, 0, 2e4], [-1e4] * 6, [1e4, 0, 0, 0, 0, 0]):
        k = np.array(scores)[:, None]
        for block in (1, 2, 4, 6):
            with np.errstate(over="raise", invalid="raise"):
                got = attend_blockwise(q, k, v, block=block)
            assert_allclose(got, attend(q, k, v), rtol=1e-13)


def test_float32_blocks_stay_float32_and_agree_with_float64():
    q, k, v = arrays((2,), (50, 70, 8, 3))
    got = attend_blockwise(*(a.astype(np.float32) for a in (q, k, v)), block=16)
    assert got.dtype == np.float32
    assert_allclose(got, attend(q, k, v), rtol=1e-5, atol=1e-5)


def test_blocks_need_a_tenth_of_the_memory_of_all_scores():
    q, k, v = arrays((), (1024, 1024, 8, 4))
    peaks = []
    for function in (attend, lambda *a: attend_blockwise(*a, block=64)):
        tracemalloc.start()
        function(q, k, v)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[0] >= 1024 * 1024 * 8
    assert peaks[1] <= peaks[0] / 10


def test_no_block_that_is_all_in_the_future_is_formed(monkeypatch):
    q, k, v = arrays((), (8, 8, 3, 2))
    calls = []
    real = np.maximum
    monkeypatch.setattr(np, "maximum", lambda *a: calls.append(1) or real(*a))
    attend_blockwise(q, k, v, block=2, causal=True)
    assert len(calls) == 4 + 3 + 2 + 1


# Gradients


def loss_weights(q, v):
    rng = np.random.default_rng(5)
    return rng.normal(size=(*q.shape[:-1], v.shape[-1]))


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("batch", BATCHES)
def test_gradients_agree_with_autograd(batch, sizes, masked):
    q, k, v = arrays(batch, sizes)
    mask = random_mask(sizes[:2]) if masked else None
    dout = loss_weights(q, v)
    tensors = [torch.tensor(a, requires_grad=True) for a in (q, k, v)]
    theirs = None if mask is None else torch.tensor(mask)
    found = functional.scaled_dot_product_attention(*tensors, attn_mask=theirs)
    found.backward(torch.tensor(dout))
    for got, tensor in zip(attend_backward(dout, q, k, v, mask), tensors, strict=True):
        assert_allclose(got, tensor.grad, rtol=1e-11, atol=1e-13)


def test_gradients_agree_with_finite_differences():
    q, k, v = arrays((2,), (3, 5, 4, 2))
    mask, dout = random_mask((2, 3, 5)), loss_weights(q, v)
    dq, dk, dv = attend_backward(dout, q, k, v, mask)

    def loss(q=q, k=k, v=v):
        return (dout * attend(q, k, v, mask)).sum()

    assert check_gradient(lambda a: loss(q=a), q, dq).passed
    assert check_gradient(lambda a: loss(k=a), k, dk).passed
    assert check_gradient(lambda a: loss(v=a), v, dv).passed
    assert not check_gradient(lambda a: loss(q=a), q, 2 * dq).passed


def test_keys_shared_by_heads_get_the_sum_of_the_gradients():
    q, k, v = arrays((2, 3), (5, 7, 4, 6))
    k, v, dout = k[:, :1], v[:, :1], loss_weights(q, v)
    tensors = [torch.tensor(a, requires_grad=True) for a in (q, k, v)]
    heads = [tensors[0], *(t.expand(2, 3, -1, -1) for t in tensors[1:])]
    functional.scaled_dot_product_attention(*heads).backward(torch.tensor(dout))
    for got, tensor in zip(attend_backward(dout, q, k, v), tensors, strict=True):
        assert got.shape == tuple(tensor.shape)
        assert_allclose(got, tensor.grad, rtol=1e-11, atol=1e-13)


@given(st.data())
@settings(deadline=None)  # the first call may be slow
def test_gradients_of_the_keys_sum_to_0_and_those_of_hidden_keys_are_0(data):
    (q, k, v), mask = drawn(data)
    _, dk, dv = attend_backward(loss_weights(q, v), q, k, v, mask)
    assert_allclose(dk.sum(axis=0), 0, atol=1e-12)
    hidden = ~mask.any(axis=0)
    assert (dk[hidden] == 0).all()
    assert (dv[hidden] == 0).all()


def test_the_sum_over_the_keys_is_also_one_over_the_features():
    """Σ p dp = Σ dout out: what FlashAttention computes in advance, a number per row."""
    q, k, v = arrays((), (3, 5, 4, 2))
    dout = loss_weights(q, v)
    p, dp = attend(q, k, np.eye(5)), dout @ v.T
    assert_allclose((p * dp).sum(axis=-1), (dout * attend(q, k, v)).sum(axis=-1))


def test_the_backward_pass_is_these_five_products():
    q, k, v = arrays((), (3, 5, 4, 2))
    dout = loss_weights(q, v)
    p = attend(q, k, np.eye(5))
    dp = dout @ v.T
    ds = p * (dp - (p * dp).sum(axis=1, keepdims=True))
    expected = ds @ k / 2, ds.T @ q / 2, p.T @ dout
    for got, want in zip(attend_backward(dout, q, k, v), expected, strict=True):
        assert_allclose(got, want, rtol=1e-13)


# Heads


def weights(d_model, width, width_v, d_out, seed=1, dtype=np.float64):
    rng = np.random.default_rng(seed)
    shapes = (d_model, width), (d_model, width), (d_model, width_v), (width_v, d_out)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("heads", [1, 2, 3, 6])
@pytest.mark.parametrize("masked", [False, True])
def test_heads_agree_with_pytorchs_layer_on_copied_weights(batch, heads, masked):
    x = np.random.default_rng(0).normal(size=(*batch, 5, 6))
    w_q, w_k, w_v, w_o = weights(6, 6, 6, 6)
    layer = torch.nn.MultiheadAttention(
        6, heads, bias=False, batch_first=True, dtype=torch.float64
    )
    with torch.no_grad():
        stacked = np.concatenate([w_q, w_k, w_v], axis=1).T
        layer.in_proj_weight.copy_(torch.from_numpy(stacked))
        layer.out_proj.weight.copy_(torch.from_numpy(w_o.T))
    mask = random_mask((5, 5)) if masked else None
    hide = None if mask is None else torch.from_numpy(~mask)
    rows = torch.from_numpy(x.reshape(-1, 5, 6))
    expected = layer(rows, rows, rows, attn_mask=hide)[0].detach().numpy()
    got = multi_head_attention(x, w_q, w_k, w_v, w_o, heads, mask)
    assert_allclose(got.reshape(expected.shape), expected, rtol=1e-12, atol=1e-12)


def test_heads_agree_with_a_loop_over_heads_where_every_width_differs():
    heads, d, dv = 3, 5, 2
    x = np.random.default_rng(0).normal(size=(2, 7, 4))
    w_q, w_k, w_v, w_o = weights(4, heads * d, heads * dv, 11)
    mask = random_mask((2, 7, 7))
    expected = 0
    for h in range(heads):
        at, at_v = slice(h * d, (h + 1) * d), slice(h * dv, (h + 1) * dv)
        found = sdpa(x @ w_q[:, at], x @ w_k[:, at], x @ w_v[:, at_v], mask)
        expected = expected + found @ w_o[at_v]
    got = multi_head_attention(x, w_q, w_k, w_v, w_o, heads, mask)
    assert_allclose(got, expected, rtol=1e-12, atol=1e-12)


def test_float32_heads_stay_float32():
    x = np.random.default_rng(0).normal(size=(2, 5, 6))
    params = weights(6, 6, 6, 6)
    got = multi_head_attention(
        x.astype(np.float32), *(w.astype(np.float32) for w in params), heads=2
    )
    assert got.dtype == np.float32
    assert_allclose(
        got, multi_head_attention(x, *params, heads=2), rtol=1e-4, atol=1e-4
    )


@given(st.permutations(range(4)), st.integers(0, 2**32 - 1))
@settings(deadline=None)  # the first call may be slow
def test_the_order_of_the_heads_does_not_matter(order, seed):
    x = np.random.default_rng(seed).normal(size=(5, 3))
    params = weights(3, 8, 12, 4, seed)
    columns = [np.arange(8).reshape(4, 2)[order, :].ravel()] * 2
    columns.append(np.arange(12).reshape(4, 3)[order, :].ravel())
    shuffled = [w[:, c] for w, c in zip(params[:3], columns, strict=True)]
    got = multi_head_attention(x, *shuffled, params[3][columns[2]], heads=4)
    expected = multi_head_attention(x, *params, heads=4)
    assert_allclose(got, expected, rtol=1e-10, atol=1e-10)


def test_merging_undoes_splitting_and_each_head_holds_its_columns():
    x = np.random.default_rng(0).normal(size=(2, 5, 6))
    split = split_heads(x, 3)
    assert split.shape == (2, 3, 5, 2)
    assert_array_equal(split[:, 1], x[..., 2:4])
    assert_array_equal(merge_heads(split), x)


@pytest.mark.parametrize("kv_heads", [1, 2, 3, 6])
@pytest.mark.parametrize("shape", [None, (5, 5), (2, 5, 5)], ids=str)
def test_grouped_queries_agree_with_pytorchs_enable_gqa(kv_heads, shape):
    heads, d, dv = 6, 3, 2
    x = np.random.default_rng(0).normal(size=(2, 5, 4))
    w_q, _, _, w_o = weights(4, heads * d, heads * dv, 7)
    _, w_k, w_v, _ = weights(4, kv_heads * d, kv_heads * dv, 7)
    mask = None if shape is None else random_mask(shape)
    q = split_heads(x @ w_q, heads).copy()
    k, v = (split_heads(x @ w, kv_heads).copy() for w in (w_k, w_v))
    each = mask[:, None] if shape == (2, 5, 5) else mask
    expected = merge_heads(sdpa(q, k, v, each, enable_gqa=True)) @ w_o
    got = grouped_query_attention(x, w_q, w_k, w_v, w_o, heads, kv_heads, mask)
    assert_allclose(got, expected, rtol=1e-12, atol=1e-12)
    if kv_heads == heads:
        all_heads = multi_head_attention(x, w_q, w_k, w_v, w_o, heads, mask)
        assert_allclose(got, all_heads, rtol=1e-12, atol=1e-12)


# Input


def test_inputs_are_not_changed():
    q, k, v = arrays((2,), (5, 5, 4, 6))
    x, params = q, weights(4, 6, 6, 4)
    mask, dout = causal_mask(5), loss_weights(q, v)
    given_ = [q, k, v, mask, dout, *params]
    before = [a.copy() for a in given_]
    attend(q, k, v, mask)
    attend_backward(dout, q, k, v, mask)
    attend_blockwise(q, k, v, block=2, causal=True)
    multi_head_attention(x, *params, heads=2, mask=mask)
    grouped_query_attention(x, *params, heads=2, kv_heads=2, mask=mask)
    for a, b in zip(given_, before, strict=True):
        assert_array_equal(a, b)


def test_integers_compute_in_float64_and_float16_in_float32():
    q, k, v = (
        np.array([[1, 2], [3, 0]]),
        np.array([[0, 1], [2, 1]]),
        np.eye(2, dtype=int),
    )
    expected = attend(*(a.astype(float) for a in (q, k, v)))
    assert_array_equal(attend(q, k, v), expected)
    assert_array_equal(attend_blockwise(q, k, v, block=1).dtype, np.float64)
    half = attend(*(a.astype(np.float16) for a in (q, k, v)))
    assert half.dtype == np.float32
    assert_allclose(half, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("mask", "where"),
    [
        ([[True, True, True], [False] * 3], r"\(1,\)"),
        ([[[True] * 3, [True] * 3], [[False] * 3, [True] * 3]], r"\(1, 0\)"),
        ([[False] * 3], r"\(0,\)"),
    ],
)
@pytest.mark.parametrize("backward", [False, True])
def test_a_query_that_sees_nothing_is_refused_with_its_index(mask, where, backward):
    q, k, v = arrays((2,), (2, 3, 4, 5))
    message = f"mask hides every key from query {where}; let it see at least one"
    given_ = [q, k, v, np.array(mask)]
    if backward:
        given_.insert(0, loss_weights(q, v))
    with pytest.raises(ValueError, match=message):
        (attend_backward if backward else attend)(*given_)


def test_heads_refuse_a_position_that_sees_nothing():
    mask = np.array([[True, False], [False, False]])
    with pytest.raises(ValueError, match="mask hides every key from query"):
        multi_head_attention(np.ones((2, 4)), *weights(4, 4, 4, 4), heads=2, mask=mask)


def test_causal_blocks_with_more_queries_than_keys_are_refused():
    q, k, v = arrays((), (5, 3, 4, 2))
    message = r"5 causal queries of 3 keys hide every key from query \(0,\)"
    with pytest.raises(ValueError, match=message):
        attend_blockwise(q, k, v, causal=True)


@pytest.mark.parametrize("length", [0, -1])
def test_a_causal_mask_of_no_position_is_refused(length):
    with pytest.raises(ValueError, match=f"`length` is {length}; a sequence has"):
        causal_mask(length)


def test_a_block_of_no_keys_is_refused():
    with pytest.raises(ValueError, match="`block` is 0; take at least one key"):
        attend_blockwise(*arrays((), (2, 2, 2, 2)), block=0)


@pytest.mark.parametrize("heads", [0, -2, 4])
def test_heads_that_do_not_divide_the_width_are_refused(heads):
    message = f"`heads` is {heads}, which does not divide a width of 6"
    with pytest.raises(ValueError, match=message):
        multi_head_attention(np.ones((2, 4)), *weights(4, 6, 6, 4), heads=heads)


@pytest.mark.parametrize("kv_heads", [0, 4])
def test_groups_of_unequal_size_are_refused(kv_heads):
    message = f"`kv_heads` is {kv_heads}, which does not divide 6 heads"
    with pytest.raises(ValueError, match=message):
        grouped_query_attention(np.ones((2, 4)), *weights(4, 6, 6, 4), 6, kv_heads)


@pytest.mark.parametrize("function", [attend, attend_blockwise])
@pytest.mark.parametrize("name", ["q", "k", "v"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_and_infinity_are_refused_by_name_and_index(function, name, value):
    given_ = dict(zip("qkv", arrays((), (2, 3, 4, 5)), strict=True))
    given_[name][1, 2] = value
    with pytest.raises(ValueError, match=rf"`{name}` holds {value} at index \(1, 2\)"):
        function(**given_)


@pytest.mark.parametrize("function", [attend, attend_blockwise])
def test_nothing_to_look_at_is_refused(function):
    with pytest.raises(ValueError, match="`k` is empty"):
        function(np.ones((2, 3)), np.ones((0, 3)), np.ones((0, 3)))
    with pytest.raises(ValueError, match="`q` is empty"):
        function(np.ones((2, 0)), np.ones((2, 0)), np.ones((2, 3)))


@pytest.mark.parametrize("function", [attend, attend_blockwise])
@pytest.mark.filterwarnings("ignore:overflow")
def test_a_dot_product_that_overflows_is_refused(function):
    q = np.full((2, 3), 1e200)
    with pytest.raises(ValueError, match="q kᵀ overflows; scale the queries"):
        function(q, q, np.ones((2, 3)))


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        ({"k": (7, 3)}, "k"),
        ({"v": (6, 6)}, "v"),
        ({"k": (3, 7, 4), "q": (2, 5, 4)}, "k"),
        ({"mask": (7, 5)}, "mask"),
        ({"mask": (7,)}, "mask"),
    ],
)
def test_a_wrong_shape_is_refused_by_the_name_of_its_parameter(change, parameter):
    shapes = {"q": (5, 4), "k": (7, 4), "v": (7, 6), "mask": (5, 7)} | change
    given_ = {name: np.ones(shape) for name, shape in shapes.items()}
    given_["mask"] = given_["mask"].astype(bool)
    with pytest.raises(TypeCheckError, match=f"parameter '{parameter}'"):
        attend(**given_)


@pytest.mark.parametrize("dtype", [float, int])
def test_a_mask_of_numbers_is_refused(dtype):
    with pytest.raises(TypeCheckError, match="parameter 'mask'"):
        attend(
            np.ones((2, 3)), np.ones((2, 3)), np.ones((2, 3)), np.ones((2, 2), dtype)
        )
