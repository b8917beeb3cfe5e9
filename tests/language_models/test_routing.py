"""The router beside PyTorch, a loop, and the routers and the loss of Hugging Face's models."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from transformers.models import deepseek_v3, mixtral

from answers.language_models.routing import (
    biased_gating,
    load_balancing_gradient,
    load_balancing_loss,
    router_z_loss,
    top_k_gating,
)

SIZES = [((1, 8), 2), ((40, 8), 2), ((7, 5), 1), ((3, 4, 6), 6), ((2, 2, 3, 16), 4), ((9,), 3)]
sizes = pytest.mark.parametrize(("shape", "k"), SIZES)
both_types = pytest.mark.parametrize(("dtype", "rtol"), [(np.float32, 1e-5), (np.float64, 1e-12)])


def drawn(shape, dtype=np.float64, seed=0):
    return (2 * np.random.default_rng(seed).normal(size=shape)).astype(dtype)


@both_types
@sizes
def test_gates_agree_with_pytorch(shape, k, dtype, rtol):
    logits = drawn(shape, dtype)
    gates, chosen = top_k_gating(logits, k)
    assert gates.dtype == dtype
    values, indices = torch.tensor(logits, dtype=torch.float64).topk(k)
    assert_array_equal(chosen, indices)
    assert_allclose(gates, values.softmax(-1), rtol=rtol)


def test_gates_agree_with_the_router_of_mixtral():
    x, w = drawn((12, 5)), drawn((8, 5), seed=1)
    router = mixtral.modeling_mixtral.MixtralTopKRouter(
        mixtral.MixtralConfig(hidden_size=5, num_local_experts=8, num_experts_per_tok=2)
    )
    router.weight.data = torch.tensor(w)
    _, theirs, indices = router(torch.tensor(x))
    gates, chosen = top_k_gating(x @ w.T, 2)
    assert_array_equal(chosen, indices)
    assert_allclose(gates, theirs.detach(), rtol=1e-6)  # theirs is computed in float32


def test_ties_go_to_the_lower_index():
    gates, chosen = top_k_gating(np.array([[1, 3, 3, 1, 3], [0, 0, 0, 0, 0]]), 4)
    assert_array_equal(chosen, [[1, 2, 4, 0], [0, 1, 2, 3]])
    assert_allclose(gates[1], 0.25)


@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_gates_sum_to_1_and_do_not_see_a_shift(seed, k):
    logits = drawn((4, 6), seed=seed)
    gates, chosen = top_k_gating(logits, k)
    moved, same = top_k_gating(logits + 500, k)
    assert_allclose(gates.sum(axis=-1), 1)
    assert_allclose(moved, gates, rtol=1e-9)
    assert_array_equal(same, chosen)
    assert (np.diff(gates, axis=-1) <= 0).all()


def test_the_bias_takes_part_in_the_choice_as_in_deepseek_v3():
    x, w, bias = drawn((30, 5)), drawn((8, 5), seed=1), 0.3 * drawn(8, seed=2)
    config = deepseek_v3.DeepseekV3Config(
        hidden_size=5,
        n_routed_experts=8,
        num_experts_per_tok=3,
        n_group=1,
        topk_group=1,
        norm_topk_prob=True,
        routed_scaling_factor=1.0,
    )
    router = deepseek_v3.modeling_deepseek_v3.DeepseekV3TopkRouter(config)
    router.weight.data = torch.tensor(w, dtype=torch.float32)
    router.e_score_correction_bias = torch.tensor(bias, dtype=torch.float32)
    _, theirs, indices = router(torch.tensor(x))
    gates, chosen = biased_gating(x @ w.T, bias, 3)
    ours, order = np.argsort(chosen), np.argsort(indices.numpy())
    assert_array_equal(np.sort(chosen), np.sort(indices))
    assert_allclose(
        np.take_along_axis(gates, ours, 1),
        np.take_along_axis(theirs.detach().numpy(), order, 1),
        rtol=1e-5,
    )
    assert (chosen != biased_gating(x @ w.T, 0 * bias, 3)[1]).any()


@pytest.mark.filterwarnings("error")
def test_sigmoids_near_0_are_still_compared():
    logits = np.array([[-900.0, -901, -990], [900.0, 0, -900]])
    gates, chosen = biased_gating(logits, np.array([1.0, 1, 2]), 2)
    assert_array_equal(chosen, [[2, 0], [0, 2]])
    assert_allclose(gates, [[0, 1], [1, 0]], atol=1e-30)


@both_types
@sizes
def test_the_loss_is_the_sum_of_a_loop(shape, k, dtype, rtol):
    logits = drawn(shape, dtype)
    rows = logits.reshape(-1, shape[-1]).astype(float)
    found = load_balancing_loss(logits, k)
    assert found.dtype == dtype
    total = 0.0
    for expert in range(shape[-1]):
        load = sum(expert in sorted(range(shape[-1]), key=lambda e: -row[e])[:k] for row in rows)
        mean = sum(np.exp(row[expert]) / np.exp(row).sum() for row in rows) / len(rows)
        total += load / (k * len(rows)) * mean
    assert_allclose(found, shape[-1] * total, rtol=rtol)


@sizes
def test_mixtrals_loss_is_k_times_ours(shape, k):
    logits = drawn(shape)
    rows = torch.tensor(logits).reshape(-1, shape[-1])
    theirs = mixtral.modeling_mixtral.load_balancing_loss_func((rows,), shape[-1], k)
    assert_allclose(k * load_balancing_loss(logits, k), theirs, rtol=1e-5)  # in float32


def test_two_of_mixtrals_uniform_or_collapsed_experts():
    collapsed = np.tile([50.0, 50, 0, 0, 0, 0, 0, 0], (64, 1))
    uniform = 1e-9 * np.stack([np.roll(collapsed[0], 2 * t) for t in range(64)])
    for logits, ours, theirs in ((uniform, 1, 2), (collapsed, 4, 8)):
        assert_allclose(load_balancing_loss(logits, 2), ours, rtol=1e-6)
        found = mixtral.modeling_mixtral.load_balancing_loss_func((torch.tensor(logits),), 8, 2)
        assert_allclose(found, theirs, rtol=1e-6)


def test_the_loss_falls_below_1():
    """Most choose the first by a hair, the rest the second with certainty."""
    near, sure = [1e-9, 0.0], [0.0, 50.0]
    assert_allclose(load_balancing_loss(np.array(3 * [near] + 2 * [sure]), 1), 0.92, rtol=1e-6)
    assert_allclose(load_balancing_loss(np.array(3 * [near] + 1 * [sure]), 1), 0.875, rtol=1e-6)


@both_types
@sizes
def test_the_gradient_agrees_with_autograd_through_mixtrals_loss(shape, k, dtype, rtol):
    logits = drawn(shape, dtype)
    leaf = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    mixtral.modeling_mixtral.load_balancing_loss_func(
        (leaf.reshape(-1, shape[-1]),), shape[-1], k
    ).backward()
    found = load_balancing_gradient(logits, k)
    assert found.dtype == dtype
    assert_allclose(k * found, leaf.grad, atol=1e-6)


@both_types
@sizes
def test_the_z_loss_agrees_with_pytorch(shape, k, dtype, rtol):
    logits = drawn(shape, dtype)
    theirs = torch.tensor(logits, dtype=torch.float64).logsumexp(-1).square().mean()
    found = router_z_loss(logits)
    assert found.dtype == dtype
    assert_allclose(found, theirs, rtol=rtol)


def test_integers_count_as_float64():
    logits = np.rint(drawn((5, 6))).astype(int)
    assert top_k_gating(logits, 2)[0].dtype == np.float64
    assert load_balancing_loss(logits, 2) == load_balancing_loss(logits.astype(float), 2)


@pytest.mark.parametrize("function", [top_k_gating, load_balancing_loss, load_balancing_gradient])
@pytest.mark.parametrize("k", [0, -1, 4])
def test_another_number_of_experts_is_refused_in_words(function, k):
    with pytest.raises(ValueError, match=f"`k` is {k}; of 3 experts, choose 1 to 3"):
        function(np.ones((2, 3)), k)


def test_bad_values_are_refused_in_words():
    for logits, said in ((np.ones((0, 3)), "is empty"), (np.full((2, 3), np.nan), "holds nan")):
        for function in (top_k_gating, load_balancing_loss, load_balancing_gradient):
            with pytest.raises(ValueError, match=f"`logits` {said}"):
                function(logits, 2)
        with pytest.raises(ValueError, match=f"`logits` {said}"):
            router_z_loss(logits)
        with pytest.raises(ValueError, match=f"`logits` {said}"):
            biased_gating(logits, np.ones(3), 2)
    with pytest.raises(ValueError, match="the loss overflows"):
        router_z_loss(np.full((2, 3), 1e200))
