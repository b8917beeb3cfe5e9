"""Ring all-reduce beside a plain sum, its messages by definition, and on real processes."""

import multiprocessing
import time

import numpy as np
import pytest
import torch
import torch.distributed as dist
from numpy.testing import assert_allclose, assert_array_equal

from answers.scale import gloo
from answers.scale.ring import ring_all_reduce
from answers.scale.tensor_parallel import (
    column_parallel,
    column_parallel_backward,
    row_parallel,
    row_parallel_backward,
)
from tests.scale.test_tensor_parallel import layer, unsplit


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("ranks", [1, 2, 3, 7])
def test_every_rank_has_the_sum_and_sends_each_chunk_but_its_own_twice(ranks, dtype):
    parts = np.random.default_rng(ranks).normal(size=(ranks, 21 * ranks)).astype(dtype)
    before = parts.copy()
    sums, sent = ring_all_reduce(parts)
    assert sums.dtype == sent.dtype == dtype
    assert_allclose(sums, np.tile(parts.sum(axis=0), (ranks, 1)), rtol=1e-5, atol=1e-5)
    assert (sums == sums[0]).all()  # To the last digit: weights on all ranks stay the same.
    assert sent[:, 0].nbytes * ranks == 2 * (ranks - 1) * parts[0].nbytes
    assert_array_equal(parts, before)


def test_messages_are_partial_sums_then_sums():
    """By definition: in round t rank r sends chunk (r - t) mod ranks, summed over r - t to r."""
    ranks, parts = 4, 10.0 ** np.arange(4)[:, None] * np.arange(1, 9)
    _, sent = ring_all_reduce(parts)
    for t, r in np.ndindex(2 * (ranks - 1), ranks):
        chunk = (r - t) % ranks
        seen = [(r - back) % ranks for back in range(min(t + 1, ranks))]
        assert_allclose(sent[t, r], parts[seen][:, 2 * chunk : 2 * chunk + 2].sum(axis=0))


def test_a_length_that_the_ranks_do_not_divide_is_refused():
    with pytest.raises(ValueError, match="3 ranks do not divide a length of 4; pad"):
        ring_all_reduce(np.ones((3, 4)))


def split_mlp(rank, ranks):
    """A process's part of the layer, forward and backward, and all-reduces of an odd length."""
    x, w1, b1, w2, b2, dout = layer()
    columns, bias, rows = (
        np.split(w, ranks, axis)[rank][None] for w, axis in ((w1, 1), (b1, 0), (w2, 0))
    )
    z = column_parallel(x, columns) + bias[:, None]
    out = row_parallel(np.maximum(z, 0), rows, b2, gloo.all_reduce)
    dhidden, drows = row_parallel_backward(dout, np.maximum(z, 0), rows)
    dx, dcolumns = column_parallel_backward(dhidden * (z > 0), x, columns, gloo.all_reduce)
    odd = np.arange(7.0) + rank
    theirs = torch.tensor(odd)
    dist.all_reduce(theirs)
    return out, dx, dcolumns[0], drows[0], gloo.all_reduce(odd[None]), theirs.numpy()


def test_two_processes_agree_with_the_unsplit_layer_and_with_gloos_own_all_reduce(tmp_path):
    results = gloo.on_processes(split_mlp, 2, tmp_path / "store")
    out, (dx, dw1, _, dw2, _) = unsplit(*layer())
    for found_out, found_dx, *_, odd, theirs in results:
        assert_allclose(found_out, out, rtol=1e-12)
        assert_allclose(found_dx, dx, rtol=1e-12, atol=1e-12)
        assert_array_equal(odd, theirs)
    assert_allclose(np.hstack([each[2] for each in results]), dw1, rtol=1e-12)
    assert_allclose(np.vstack([each[3] for each in results]), dw2, rtol=1e-12)


def hangs(*_):
    time.sleep(600)


def test_processes_that_hang_are_ended_and_told(tmp_path):
    with pytest.raises(multiprocessing.TimeoutError):
        gloo.on_processes(hangs, 1, tmp_path / "store", seconds=0.5)
    assert not multiprocessing.active_children()
