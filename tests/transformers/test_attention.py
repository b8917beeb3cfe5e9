"""Attention against PyTorch, brute force and finite differences."""

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
    return [fixed(rng.normal(size=shape).astype(dtype)) for shape in shapes]


def fixed(array):
    """Nothing may write to it."""
    array.flags.writeable = False
    return array


def random_mask(shape, seed=0):
    """A mask in which every query sees at least one key."""
    rng = np.random.default_rng(seed)
    mask = rng.random(shape) < 0.5
    seen = rng.integers(shape[-1], size=shape[:-1])
    np.put_along_axis(mask, seen[..., None], True, axis=-1)
    return fixed(mask)


def sdpa(q, k, v, mask=None, **options):
    q, k, v = (torch.tensor(a) for a in (q, k, v))
    mask = None if mask is None else torch.tensor(mask)
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
                mpmath.fdot(q[(*at, i)].tolist(), keys[j].tolist()) / mpmath.sqrt(q.shape[-1])
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
    q = q * scale
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


def test_a_mask_broadcasts_over_the_batch_the_heads_and_the_queries():
    q, k, v = arrays((2, 3), (5, 7, 4, 6))
    padding = np.arange(7) < np.array([4, 6])[:, None]  # (2, 7): lengths 4 and 6
    mask = padding[:, None, None, :]
    full = np.broadcast_to(mask, (2, 3, 5, 7)).copy()
    assert_array_equal(attend(q, k, v, mask), attend(q, k, v, full))
    assert_allclose(attend(q, k, v, mask), sdpa(q, k, v, mask), rtol=1e-12)
    short = attend(q[0], k[0, :, :4], v[0, :, :4])
    assert_allclose(attend(q, k, v, mask)[0], short, rtol=1e-12)


@pytest.mark.parametrize("length", [1, 2, 7])
def test_the_causal_mask_is_pytorchs_is_causal(length):
    q, k, v = arrays((2,), (length, length, 3, 4))
    got = attend(q, k, v, causal_mask(length))
    assert_allclose(got, sdpa(q, k, v, is_causal=True), rtol=1e-12)


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
def test_what_a_hidden_key_holds_changes_nothing(data):
    (q, k, v), mask = drawn(data)
    hidden = ~mask.any(axis=0)
    other_k, other_v = k.copy(), v.copy()
    other_k[hidden], other_v[hidden] = 1e6, -1e6
    assert_array_equal(attend(q, other_k, other_v, mask), attend(q, k, v, mask))


@given(st.data(), st.integers(1, 6), st.booleans())
@settings(max_examples=200)
def test_blocks_of_any_size_agree_with_all_at_once(data, block, causal):
    sizes = data.draw(st.tuples(*[st.integers(1, 7)] * 4))
    if causal:
        sizes = (*sorted(sizes[:2]), *sizes[2:])
    batch = data.draw(st.sampled_from(BATCHES))
    q, k, v = arrays(batch, sizes, data.draw(st.integers(0, 2**32 - 1)))
    q = q * data.draw(st.sampled_from([1, 1e4]))
    mask = causal_mask(sizes[1])[-sizes[0] :] if causal else None
    got = attend_blockwise(q, k, v, block=block, causal=causal)
    assert_allclose(got, attend(q, k, v, mask), rtol=1e-11, atol=1e-13)


# Blocks


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-5), (np.float64, 1e-10)])
@pytest.mark.parametrize("causal", [False, True])
def test_blocks_agree_with_sdpa_on_1000_positions_with_the_default_block(causal, dtype, tolerance):
    given_ = arrays((2,), (1000, 1000, 16, 5), dtype=dtype)
    got = attend_blockwise(*given_, causal=causal)
    assert got.dtype == dtype
    expected = sdpa(*given_, is_causal=causal)
    # Errors are of the size of those of the values, of which a mean may be near 0.
    assert_allclose(got, expected, rtol=tolerance, atol=tolerance / 10)


def test_blocks_whose_maximum_rises_and_falls_by_10_000():
    q, v = np.ones((1, 1)), np.arange(6.0)[:, None]
    for scores in ([0, 1e4, -1e4, 2e4, 0, 2e4], [-1e4] * 6, [1e4, 0, 0, 0, 0, 0]):
        k = np.array(scores)[:, None]
        for block in (1, 2, 4, 6):
            with np.errstate(over="raise", invalid="raise"):
                got = attend_blockwise(q, k, v, block=block)
            assert_allclose(got, attend(q, k, v), rtol=1e-13)


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


def test_small_integers_of_numpy_do_for_blocks_and_heads():
    rng = np.random.default_rng(0)
    q, k, v = rng.normal(size=(100, 4)), rng.normal(size=(50, 4)), rng.normal(size=(50, 3))
    found = attend_blockwise(q, k, v, block=np.int8(64))
    assert_array_equal(found, attend_blockwise(q, k, v, block=64))
    x, w = rng.normal(size=(3, 256)), rng.normal(size=(256, 256)) / 16
    found = multi_head_attention(x, w, w, w, w, heads=np.int8(4))
    assert_array_equal(found, multi_head_attention(x, w, w, w, w, heads=4))
    sizes = {"heads": np.int8(4), "kv_heads": np.int8(4)}
    assert_array_equal(grouped_query_attention(x, w, w, w, w, **sizes), found)


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
    return fixed(rng.normal(size=(*q.shape[:-1], v.shape[-1])))


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


# Heads


def weights(d_model, width, width_v, d_out, seed=1, dtype=np.float64):
    rng = np.random.default_rng(seed)
    shapes = (d_model, width), (d_model, width), (d_model, width_v), (width_v, d_out)
    return [fixed(rng.normal(size=shape).astype(dtype)) for shape in shapes]


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float32, 1e-4), (torch.float64, 1e-12)], ids=str
)
@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("heads", [1, 2, 3, 6])
@pytest.mark.parametrize("masked", [False, True])
def test_heads_agree_with_pytorchs_layer_on_copied_weights(batch, heads, masked, dtype, tolerance):
    x = torch.tensor(np.random.default_rng(0).normal(size=(*batch, 5, 6)), dtype=dtype)
    w_q, w_k, w_v, w_o = (torch.tensor(w, dtype=dtype) for w in weights(6, 6, 6, 6))
    layer = torch.nn.MultiheadAttention(6, heads, bias=False, batch_first=True, dtype=dtype)
    with torch.no_grad():
        layer.in_proj_weight.copy_(torch.cat([w_q, w_k, w_v], dim=1).T)
        layer.out_proj.weight.copy_(w_o.T)
    mask = random_mask((5, 5)) if masked else None
    hide = None if mask is None else ~torch.tensor(mask)
    rows = x.reshape(-1, 5, 6)
    expected = layer(rows, rows, rows, attn_mask=hide)[0].detach().numpy()
    arrays_ = (fixed(each.numpy()) for each in (x, w_q, w_k, w_v, w_o))
    got = multi_head_attention(*arrays_, heads, mask)
    assert got.dtype == expected.dtype
    got = got.reshape(expected.shape)
    assert_allclose(got, expected, rtol=tolerance, atol=tolerance)


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

ONES, NARROW = np.ones((2, 4)), weights(4, 6, 6, 4)


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


@pytest.mark.parametrize("function", [attend, attend_blockwise])
@pytest.mark.parametrize("name", ["q", "k", "v"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_infinity_and_nothing_are_refused_by_name(function, name, value):
    given_ = dict(zip("qkv", arrays((), (2, 3, 4, 5)), strict=True))
    wrong = given_[name].copy()
    wrong[1, 2] = value
    with pytest.raises(ValueError, match=rf"`{name}` holds {value} at index \(1, 2\)"):
        function(**given_ | {name: wrong})
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


BIG = np.full((6, 4), 1e308)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: attend_blockwise(np.zeros((1, 2)), np.zeros((6, 2)), BIG),
            r"^a sum overflows: inf at index \(0, 0\)",
        ),
        (
            lambda: multi_head_attention(ONES, *NARROW[:2], np.ones((4, 6)), BIG, heads=2),
            r"^an output overflows: inf at index \(0, 0\)",
        ),
        (
            lambda: grouped_query_attention(ONES, *NARROW[:2], np.ones((4, 6)), BIG, 2, 2),
            r"^an output overflows: inf at index \(0, 0\)",
        ),
    ],
)
def test_what_overflows_after_the_softmax_is_refused_by_its_name(call, message):
    with np.errstate(over="ignore"), pytest.raises(ValueError, match=message):
        call()


def test_an_average_of_the_largest_floats_that_rounds_above_them_is_refused():
    def averages():
        for keys in range(1, 99):
            v = np.full((keys, 1), np.finfo(float).max)
            attend(np.zeros((1, 1)), np.zeros((keys, 1)), v)

    with (
        np.errstate(over="ignore"),
        pytest.raises(ValueError, match=r"^an average overflows: inf at index \(0, 0\)"),
    ):
        averages()


def test_the_gradient_that_arrives_is_looked_at_too():
    q, k, v = arrays((), (2, 3, 4, 5))
    with pytest.raises(ValueError, match=r"^`dout` holds nan at index \(0, 0\)"):
        attend_backward(np.full((2, 5), np.nan), q, k, v)


@pytest.mark.parametrize("wide", range(3))
def test_blocks_of_several_types_give_the_widest(wide):
    given_ = [a.astype(np.float32) for a in arrays((), (2, 3, 4, 5))]
    given_[wide] = given_[wide].astype(np.float64)
    got = attend_blockwise(*given_, block=2)
    assert got.dtype == np.float64
    assert_allclose(got, attend(*given_), rtol=1e-5)


def test_blocks_hide_nothing_unless_told_to():
    q, k, v = arrays((), (5, 5, 3, 2))
    assert_array_equal(attend_blockwise(q, k, v), attend_blockwise(q, k, v, causal=False))
    one_query_more = arrays((), (4, 3, 4, 2))
    assert_allclose(attend_blockwise(*one_query_more), attend(*one_query_more), rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        ({"k": (7, 3)}, "k"),
        ({"v": (6, 6)}, "v"),
        ({"k": (3, 7, 4), "q": (2, 5, 4)}, "k"),
        ({"mask": (7, 5)}, "mask"),
        ({"mask": (7,)}, "mask"),
        ({"mask of numbers": (5, 7)}, "mask"),
    ],
)
def test_a_wrong_shape_or_kind_is_refused_by_the_name_of_its_parameter(change, parameter):
    shapes = {"q": (5, 4), "k": (7, 4), "v": (7, 6), "mask": (5, 7)} | change
    given_ = {name: np.ones(shape) for name, shape in shapes.items()}
    numbers = given_.pop("mask of numbers", None)
    given_["mask"] = given_["mask"].astype(bool) if numbers is None else numbers
    with pytest.raises(TypeCheckError, match=f"parameter '{parameter}'"):
        attend(**given_)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: causal_mask(0), "`length` is 0; a sequence has"),
        (lambda: causal_mask(-1), "`length` is -1; a sequence has"),
        (
            lambda: attend_blockwise(*arrays((), (2, 2, 2, 2)), block=0),
            "`block` is 0; take at least one key",
        ),
        (
            lambda: attend_blockwise(*arrays((), (5, 3, 4, 2)), causal=True),
            r"5 causal queries of 3 keys hide every key from query \(0,\)",
        ),
        *(
            (
                lambda heads=heads: multi_head_attention(ONES, *NARROW, heads),
                f"`heads` is {heads}, which does not divide a width of 6",
            )
            for heads in (0, -2, 4)
        ),
        *(
            (
                lambda heads=heads: grouped_query_attention(ONES, *NARROW, 6, heads),
                f"`kv_heads` is {heads}, which does not divide 6 heads",
            )
            for heads in (0, 4)
        ),
        (
            lambda: multi_head_attention(ONES, *NARROW, 2, np.eye(2, 2, -1, bool)),
            "mask hides every key from query",
        ),
    ],
)
def test_sizes_that_do_not_fit_are_refused_with_the_reason(call, message):
    with pytest.raises(ValueError, match=message):
        call()
