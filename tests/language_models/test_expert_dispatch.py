"""Dispatch beside a loop over tokens and Mixtral's own experts; capacity beside GShard's rule."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from transformers.models import mixtral

from answers.language_models.expert_dispatch import dispatch, expert_capacity
from answers.language_models.routing import top_k_gating


def drawn(tokens=20, d=5, experts=6, k=2, hidden=7, d_out=4, dtype=np.float64, seed=0):
    rng = np.random.default_rng(seed)
    x, w_in = rng.normal(size=(tokens, d)), rng.normal(size=(experts, d, hidden))
    w_out = rng.normal(size=(experts, hidden, d_out))
    gates, chosen = top_k_gating(2 * rng.normal(size=(tokens, experts)), k)
    return x.astype(dtype), chosen, *(a.astype(dtype) for a in (gates, w_in, w_out))


def by_loops(x, chosen, gates, w_in, w_out, capacity=None):
    """Token by token: all first choices, then all second, and a count for each expert."""
    out, taken = np.zeros((len(x), w_out.shape[2])), [0] * len(w_in)
    for choice in range(chosen.shape[1]):
        for token in range(len(x)):
            expert = int(chosen[token, choice])
            if capacity is None or taken[expert] < capacity:
                taken[expert] += 1
                hidden = [max(0.0, float(x[token] @ column)) for column in w_in[expert].T]
                out[token] += gates[token, choice] * (np.array(hidden) @ w_out[expert])
    return out


@pytest.mark.parametrize(("dtype", "rtol"), [(np.float32, 1e-4), (np.float64, 1e-12)])
@pytest.mark.parametrize("capacity", [None, 1, 4, 20, 10**9])
@pytest.mark.parametrize("more", [{}, {"k": 1}, {"k": 6}, {"tokens": 1}, {"experts": 1, "k": 1}])
def test_agrees_with_a_loop_over_tokens(more, capacity, dtype, rtol):
    arrays = drawn(**more, dtype=dtype)
    found = dispatch(*arrays, capacity=capacity)
    assert found.dtype == dtype
    assert_allclose(found, by_loops(*arrays, capacity), rtol=rtol, atol=rtol)


def test_agrees_with_the_experts_of_mixtral():
    """Where the second product is 1 everywhere, their gated layer is ours."""
    x, chosen, gates, w_in, w_out = drawn(d=5, d_out=5)
    x[:, 0] = 1  # so that the product with `up` can be 1
    config = mixtral.MixtralConfig(
        hidden_size=5, intermediate_size=7, num_local_experts=6, hidden_act="relu"
    )
    theirs = mixtral.modeling_mixtral.MixtralExperts(config)
    up = np.zeros((6, 7, 5))
    up[:, :, 0] = 1
    theirs.gate_up_proj.data = torch.tensor(np.concatenate([w_in.swapaxes(1, 2), up], axis=1))
    theirs.down_proj.data = torch.tensor(w_out.swapaxes(1, 2))
    found = theirs(torch.tensor(x), torch.tensor(chosen), torch.tensor(gates))
    assert_allclose(dispatch(x, chosen, gates, w_in, w_out), found.detach(), atol=1e-12)


def test_tokens_sorted_by_expert_give_the_same():
    """As dropless kernels do it: one sort, a segment for each expert, and a sum back."""
    x, chosen, gates, w_in, w_out = drawn()
    order = np.argsort(chosen, axis=None, kind="stable")
    token, ends = order // 2, np.cumsum(np.bincount(chosen.ravel(), minlength=6))
    parts = np.split(x[token], ends[:-1])
    results = [np.maximum(a @ up, 0) @ down for a, up, down in zip(parts, w_in, w_out, strict=True)]
    out = np.zeros((len(x), 4))
    np.add.at(out, token, gates.ravel()[order, None] * np.concatenate(results))
    assert_allclose(out, dispatch(x, chosen, gates, w_in, w_out), atol=1e-12)


def test_first_choices_are_taken_before_second():
    x, one = np.array([[1.0], [10], [100]]), np.ones((2, 1, 1))
    chosen, gates = np.array([[0, 1], [1, 0], [1, 0]]), np.tile([0.75, 0.25], (3, 1))
    assert_allclose(dispatch(x, chosen, gates, one, one)[:, 0], [1, 10, 100])
    # The first expert takes token 0 and, as second choice, 1; the other takes 1 and 2.
    found = dispatch(x, chosen, gates, one, one, capacity=2)
    assert_allclose(found[:, 0], [0.75, 10, 75])


def test_without_capacity_a_token_does_not_see_its_batch():
    x, chosen, gates, w_in, w_out = drawn(tokens=40)
    alone = [
        dispatch(x[t : t + 1], chosen[t : t + 1], gates[t : t + 1], w_in, w_out) for t in (3, 39)
    ]
    assert_allclose(dispatch(x, chosen, gates, w_in, w_out)[[3, 39]], np.concatenate(alone))
    limited = dispatch(x, chosen, gates, w_in, w_out, capacity=5)
    assert not np.allclose(limited[39], alone[1])


@pytest.mark.parametrize("tokens", [1, 7, 1024])
def test_capacity_is_the_fair_share_rounded_up(tokens):
    for factor in (0.5, 1.0, 1.25, 100.0):
        found = expert_capacity(tokens, 8, 2, factor)
        assert type(found) is int
        assert 1 <= found <= tokens
        assert found == tokens or 0 <= found - factor * 2 * tokens / 8 < 1


def test_bad_arguments_are_refused_in_words():
    x, chosen, gates, w_in, w_out = drawn()
    for bad, said in (
        (np.where(chosen == 5, 6, chosen), "`chosen` holds 6"),
        (0 * chosen, "token 0 has chosen an expert twice"),
    ):
        with pytest.raises(ValueError, match=said):
            dispatch(x, bad, gates, w_in, w_out)
    with pytest.raises(ValueError, match="`capacity` is 0"):
        dispatch(x, chosen, gates, w_in, w_out, capacity=0)
    with pytest.raises(ValueError, match="`x` holds nan"):
        dispatch(x * np.nan, chosen, gates, w_in, w_out)
    with pytest.raises(ValueError, match="the output overflows"):
        dispatch(x * 1e300, chosen, gates, w_in * 1e10, w_out)
    with pytest.raises(ValueError, match="`factor` is 0"):
        expert_capacity(8, 4, 2, 0.0)
    with pytest.raises(ValueError, match="`k` is 5; there are 4 experts"):
        expert_capacity(8, 4, 5)


def test_inputs_are_not_changed():
    arrays = drawn()
    copies = [a.copy() for a in arrays]
    dispatch(*arrays, capacity=3)
    for array, copy in zip(arrays, copies, strict=True):
        assert_array_equal(array, copy)
