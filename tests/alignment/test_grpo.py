"""GRPO against PyTorch's autograd, two answers by hand, and what must hold."""

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal

from answers.alignment.grpo import group_advantages, grpo_loss, token_weights

WAYS = [("token", None), ("sequence", None), ("constant", 7)]
each_way = pytest.mark.parametrize(("by", "length"), WAYS, ids=lambda each: str(each))


def drawn(answers, tokens, dtype=np.float64):
    """Log-probabilities now and then, advantages, and a mask with holes."""
    rng = np.random.default_rng([answers, tokens])
    old = -rng.exponential(size=(answers, tokens))
    new = old + rng.normal(0, 0.4, size=old.shape)
    mask = rng.random(old.shape) < 0.7
    mask[:, 0] = True
    a = rng.normal(size=answers)
    return new.astype(dtype), old.astype(dtype), a.astype(dtype), mask


def by_pytorch(new, old, a, mask, by, length, clip):
    """As TRL writes it, answer by answer."""
    new = torch.tensor(new, requires_grad=True)
    ratio = torch.exp(new - torch.tensor(old))
    a, mask = torch.tensor(a)[:, None], torch.tensor(mask)
    products = ratio * a, torch.clamp(ratio, 1 - clip[0], 1 + clip[1]) * a
    losses = [-row[m] for row, m in zip(torch.min(*products), mask, strict=True)]
    loss = {
        "token": lambda: torch.cat(losses).mean(),
        "sequence": lambda: torch.stack([each.mean() for each in losses]).mean(),
        "constant": lambda: sum(each.sum() for each in losses) / (len(losses) * length),
    }[by]()
    loss.backward()
    return loss.item(), new.grad.numpy()


@each_way
@pytest.mark.parametrize("size", [(6, 5), (1, 1), (3, 40)], ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_agrees_with_pytorch(by, length, size, dtype):
    for clip in ((0.2, 0.2), (0.1, 0.5), (0.0, 0.0)):
        given = drawn(*size, dtype)
        loss, gradient = grpo_loss(*given, by, length, clip)
        wanted, slope = by_pytorch(*given, by, length, clip)
        assert loss.dtype == gradient.dtype == dtype
        tolerance = 1e-12 if dtype == np.float64 else 2e-6
        assert_allclose(loss, wanted, atol=tolerance)
        assert_allclose(gradient, slope, atol=tolerance)


def test_two_answers_by_hand():
    """Three tokens and one; the ratios are 2, 0.5 and 1, and 0.5."""
    new, old = (
        np.log([[0.8, 0.1, 0.3], [0.2, 0.9, 0.9]]),
        np.log([[0.4, 0.2, 0.3], [0.4, 0.1, 0.9]]),
    )
    mask, a = np.array([[True, True, True], [True, False, False]]), np.array([1.0, -1.0])
    # 1.2 of a ratio of 2 counts, and 0.8 of one of 0.5, for both are the smaller products.
    wanted = {"token": (-1.2 - 0.5 - 1 + 0.8) / 4, "sequence": (-2.7 / 3 + 0.8) / 2}
    wanted["constant"] = (-1.2 - 0.5 - 1 + 0.8) / (2 * 10)
    weights = {"token": (1 / 4, 1 / 4), "sequence": (1 / 6, 1 / 2), "constant": (1 / 20, 1 / 20)}
    for by, (first, second) in weights.items():
        loss, gradient = grpo_loss(new, old, a, mask, by, 10 if by == "constant" else None)
        assert loss == pytest.approx(wanted[by])
        # A clipped token has no gradient; a free one has minus weight · ratio · advantage.
        assert_allclose(gradient, [[0, -0.5 * first, -first], [0 * second, 0, 0]], atol=1e-15)


def test_on_policy_the_sequence_mean_is_0_and_its_gradient_is_not():
    _, old, _, mask = drawn(8, 30)
    a = group_advantages(np.array([1.0, 0, 0, 1, 0, 0, 0, 0]))
    for by, length in WAYS:
        loss, gradient = grpo_loss(old, old, a, mask, by, length)
        assert_allclose(gradient, -token_weights(mask, by, length) * a[:, None], atol=1e-15)
        assert (gradient != 0).sum() == mask.sum()
        assert (abs(loss) < 1e-15) == (by == "sequence")


@each_way
def test_a_token_weighs_what_autograd_says(by, length):
    """Of answers of 4 and of 400 tokens: the weight is what the gradient at a token is."""
    mask = np.arange(400) < np.array([[4], [400]])
    new = torch.zeros(mask.shape, dtype=torch.float64, requires_grad=True)
    _, gradient = by_pytorch(
        new.detach().numpy(), np.zeros(mask.shape), -np.ones(2), mask, by, length, (0.2, 0.2)
    )
    assert_allclose(token_weights(mask, by, length), gradient, rtol=1e-12)
    wanted = {
        "token": (1 / 404, 1 / 404),
        "sequence": (1 / 8, 1 / 800),
        "constant": (1 / 14, 1 / 14),
    }
    assert_allclose(gradient[:, 0], wanted[by])


@pytest.mark.parametrize("passes", [1, 4, 7])
def test_the_advantage_of_a_right_answer_is_the_root_of_the_odds_against_it(passes):
    rewards = (np.arange(8) < passes).astype(float)
    of_population = group_advantages(rewards, eps=0)[0] * np.sqrt(8 / 7)
    assert of_population == pytest.approx(np.sqrt((8 - passes) / passes))


def test_advantages_agree_with_pytorch_and_stay_in_their_group():
    rewards = np.random.default_rng(0).normal(size=(2, 3, 5))
    t = torch.tensor(rewards)
    wanted = (t - t.mean(-1, keepdim=True)) / (t.std(-1, keepdim=True) + 1e-4)
    assert_allclose(group_advantages(rewards), wanted.numpy(), rtol=1e-12)
    other = rewards.copy()
    other[0, 0] += np.arange(5)
    assert_array_equal(group_advantages(other)[1], group_advantages(rewards)[1])
    small = group_advantages(rewards.astype(np.float32))
    assert small.dtype == np.float32
    assert_allclose(small, wanted.numpy(), rtol=1e-4)


def test_without_scale_it_is_the_leave_one_out_advantage_made_smaller():
    rewards = np.random.default_rng(1).normal(size=7)
    by_hand = [r - np.mean(np.delete(rewards, i)) for i, r in enumerate(rewards)]
    assert_allclose(group_advantages(rewards, scale=False) * 7 / 6, by_hand)


@pytest.mark.parametrize("reward", [0.0, 1.0, 0.1, 3])
def test_equal_rewards_teach_nothing(reward):
    assert_allclose(group_advantages(np.full((2, 8), reward)), 0, atol=1e-10)


def test_what_stands_at_padding_counts_for_nothing():
    new, old, a, mask = drawn(4, 6)
    loss, gradient = grpo_loss(new, old, a, mask)
    wild = np.where(mask, new, 5000.0), np.where(mask, old, -5000.0)
    again, same = grpo_loss(*wild, a, mask)
    assert loss == again
    assert_array_equal(gradient, same)
    assert not gradient[~mask].any()


def test_whole_numbers_compute_in_float64_and_no_argument_is_changed():
    whole = np.array([[-1, -2], [-3, -1]]), np.array([[-2, -2], [-1, -1]]), np.array([1, -1])
    mask = np.ones((2, 2), bool)
    before = [each.copy() for each in (*whole, mask)]
    found = grpo_loss(*whole, mask)
    floats = grpo_loss(*(each.astype(float) for each in whole), mask)
    assert found[0] == floats[0]
    assert_array_equal(found[1], floats[1])
    assert group_advantages(np.array([1, 0, 0], np.int8)).dtype == np.float64
    for one, other in zip((*whole, mask), before, strict=True):
        assert_array_equal(one, other)


def test_a_small_integer_of_numpy_as_length_does_not_wrap():
    new, old, a, mask = drawn(3, 4)
    for length in (np.int8(127), np.uint8(255)):
        weights = token_weights(mask, "constant", length)
        assert_array_equal(weights, mask / (3 * int(length)))
        loss, gradient = grpo_loss(new, old, a, mask, "constant", length)
        expected = grpo_loss(new, old, a, mask, "constant", int(length))
        assert loss == expected[0]
        assert_array_equal(gradient, expected[1])


def test_bad_values_are_refused_in_words():
    new, old, a, mask = drawn(3, 4)
    with pytest.raises(ValueError, match="one answer in a group"):
        group_advantages(np.ones((5, 1)))
    with pytest.raises(ValueError, match="`rewards` holds nan"):
        group_advantages(np.array([1.0, np.nan]))
    with pytest.raises(ValueError, match="eps"):
        group_advantages(np.array([1.0, 0.0]), eps=-1.0)
    with pytest.raises(ValueError, match="an advantage"):
        group_advantages(np.array([1.5e308, -1.5e308, -1.5e308]), scale=False)
    with pytest.raises(ValueError, match="a standard deviation"):
        group_advantages(np.array([1e200, -1e200]))
    with pytest.raises(ValueError, match="leaves answer 1 no token"):
        grpo_loss(new, old, a, mask & (np.arange(3)[:, None] != 1))
    for by, length in (("constant", None), ("token", 5)):
        with pytest.raises(ValueError, match="alone divides by a length"):
            token_weights(mask, by, length)
    with pytest.raises(ValueError, match="`length` is 0"):
        token_weights(mask, "constant", 0)
    with pytest.raises(ValueError, match="clip"):
        grpo_loss(new, old, a, mask, clip=(0.2, -0.1))
    with pytest.raises(ValueError, match="the loss"):
        grpo_loss(old + 1000, old, -np.ones(3), mask)
    with pytest.raises(TypeCheckError):
        grpo_loss(new, old, a, mask, "answer")
