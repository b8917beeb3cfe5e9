"""Attention in blocks beside all at once, and the peak memory of both; SDPA for comparison."""

import tracemalloc

import numpy as np
import pytest
import torch

from answers.transformers.attention import attend, attend_blockwise, causal_mask

LENGTH = 4096


def arrays(dtype=np.float32):
    rng = np.random.default_rng(0)
    return [rng.normal(size=(LENGTH, 64)).astype(dtype) for _ in range(3)]


def naive(q, k, v):
    """As one writes it first: no type is checked, and nothing is refused."""
    scores = q @ k.T / np.float32(q.shape[1] ** 0.5)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True) @ v


def peak(function, *given):
    tracemalloc.start()
    function(*given)
    found = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return found


@pytest.mark.parametrize("peer", [attend, naive], ids=["attend", "plain NumPy"])
def test_blocks_beside_all_at_once(race, peer, request):
    given = arrays()
    name = request.node.callspec.id
    race(lambda: attend_blockwise(*given), 7, lambda: peer(*given), name, ratio=1.5)


def test_causal_blocks_beside_all_at_once_with_a_mask(race):
    given, mask = arrays(), causal_mask(LENGTH)
    ours = lambda: attend_blockwise(*given, causal=True)  # noqa: E731
    race(ours, 7, lambda: attend(*given, mask), "attend", ratio=1.5)


def test_blocks_beside_sdpa(race):
    given = arrays()
    tensors = [torch.from_numpy(a)[None, None] for a in given]
    sdpa = torch.nn.functional.scaled_dot_product_attention
    race(lambda: attend_blockwise(*given), 7, lambda: sdpa(*tensors), "PyTorch SDPA")


def test_peak_memory_of_blocks_is_at_most_a_tenth_of_all_at_once():
    given = arrays()
    assert peak(attend_blockwise, *given) <= peak(attend, *given) / 10
    assert peak(attend_blockwise, *given) <= peak(naive, *given) / 10
