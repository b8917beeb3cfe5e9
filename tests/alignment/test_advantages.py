"""Generalized advantage estimation, against sums by definition and what must hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal

from answers.alignment.advantages import gae

GAMMA, LAM = 0.9, 0.7


def drawn(*shape, seed=0, ends=0.2):
    """Rewards, values, next values, and both ends; a step may have both."""
    rng = np.random.default_rng([seed, *shape])
    numbers = [rng.normal(size=shape) for _ in range(3)]
    return *numbers, rng.random(shape) < ends, rng.random(shape) < ends


def by_definition(rewards, values, next_values, terminated, truncated, gamma, lam):
    """The sum of (gamma λ)ᵏ δ over the steps up to the end of the episode, step by step."""
    found = np.zeros(rewards.shape)
    for t, *env in np.ndindex(rewards.shape):
        total, weight = 0.0, 1.0
        for k in range(t, len(rewards)):
            at = (k, *env)
            follows = 0.0 if terminated[at] else next_values[at]
            total += weight * (rewards[at] + gamma * follows - values[at])
            weight *= gamma * lam
            if terminated[at] or truncated[at]:
                break
        found[(t, *env)] = total
    return found


def test_half_precision_computes_in_float32():
    *numbers, terminated, truncated = drawn(9)
    half = [(1000 * each).astype(np.float16) for each in numbers]
    found = gae(*half, terminated, truncated, GAMMA, LAM)
    single = gae(*(each.astype(np.float32) for each in half), terminated, truncated, GAMMA, LAM)
    assert found.dtype == np.float32
    assert_array_equal(found, single)


@pytest.mark.parametrize("shape", [(1,), (9,), (12, 3), (6, 2, 2)], ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_is_the_sum_by_definition(shape, dtype):
    *numbers, terminated, truncated = drawn(*shape)
    arrays = [each.astype(dtype) for each in numbers]
    found = gae(*arrays, terminated, truncated, GAMMA, LAM)
    assert found.dtype == dtype
    expected = by_definition(*numbers, terminated, truncated, GAMMA, LAM)
    assert_allclose(found, expected, rtol=1e-12 if dtype == np.float64 else 1e-4, atol=1e-6)


def test_lambda_0_is_one_step_and_lambda_1_all_rewards():
    rewards, values, next_values, *_ = drawn(8)
    next_values[:-1] = values[1:]  # one episode that goes on
    never = np.zeros(8, bool)
    one = gae(rewards, values, next_values, never, never, GAMMA, 0.0)
    assert_allclose(one, rewards + GAMMA * next_values - values)
    every = gae(rewards, values, next_values, never, never, GAMMA, 1.0)
    for t in range(8):
        seen = sum(GAMMA ** (k - t) * rewards[k] for k in range(t, 8))
        assert every[t] == pytest.approx(seen + GAMMA ** (8 - t) * next_values[-1] - values[t])


def test_the_exact_values_of_a_policy_have_advantages_of_mean_0():
    """δ has the mean 0 under the policy, so any λ is right if the critic is: a walk on a ring."""
    rng, steps, gamma = np.random.default_rng(0), 20_000, 0.8
    rewards_of = np.array([0.3, -1.0, 2.0])
    chances = np.array([[0.1, 0.6, 0.3], [0.5, 0.2, 0.3], [0.2, 0.4, 0.4]])
    exact = np.linalg.solve(np.eye(3) - gamma * chances, rewards_of)
    states = [0]
    for draw in rng.random(steps):
        states.append(int((draw > chances[states[-1]].cumsum()[:-1]).sum()))
    states, never = np.array(states), np.zeros(steps, bool)
    arrays = rewards_of[states[:-1]], exact[states[:-1]], exact[states[1:]]
    for lam in (0.0, 0.5):
        assert abs(gae(*arrays, never, never, gamma, lam).mean()) < 0.05
    wrong = arrays[0], arrays[1] - 1, arrays[2] - 1
    assert gae(*wrong, never, never, gamma, 0.0).mean() > 0.15  # 1 - gamma


@given(st.integers(2, 9), st.integers(0, 99))
def test_what_follows_an_end_is_not_seen(steps, seed):
    *numbers, terminated, truncated = drawn(steps, seed=seed)
    at = seed % (steps - 1)
    for kind in (terminated, truncated):
        ends = terminated.copy(), truncated.copy()
        ends[kind is truncated][at] = True
        before = gae(*numbers, *ends, GAMMA, LAM)
        changed = [each.copy() for each in numbers]
        for each in changed:
            each[at + 1 :] += 1.0
        assert_array_equal(gae(*changed, *ends, GAMMA, LAM)[: at + 1], before[: at + 1])


def test_only_a_cut_step_bootstraps():
    rewards, values, follows = np.ones(1), np.full(1, 2.0), np.full(1, 10.0)
    yes, no = np.ones(1, bool), np.zeros(1, bool)
    for ends, expected in (((no, no), 8.0), ((no, yes), 8.0), ((yes, no), -1.0), ((yes, yes), -1)):
        assert gae(rewards, values, follows, *ends, 0.9, 0.5) == pytest.approx(expected)


def test_integers_compute_in_float64_and_no_argument_is_changed():
    *numbers, terminated, truncated = drawn(6, 2)
    whole = [np.rint(9 * each).astype(np.int8) for each in numbers]
    before = [each.copy() for each in (*whole, terminated, truncated)]
    found = gae(*whole, terminated, truncated, GAMMA, LAM)
    assert found.dtype == np.float64
    floats = [each.astype(float) for each in whole]
    assert_array_equal(found, gae(*floats, terminated, truncated, GAMMA, LAM))
    for one, other in zip((*whole, terminated, truncated), before, strict=True):
        assert_array_equal(one, other)


def test_bad_values_are_refused_in_words():
    *numbers, terminated, truncated = drawn(3)
    with pytest.raises(ValueError, match="`rewards` holds nan"):
        gae(np.full(3, np.nan), *numbers[1:], terminated, truncated, GAMMA, LAM)
    with pytest.raises(ValueError, match="`rewards` is empty"):
        gae(*(each[:0] for each in drawn(3)), GAMMA, LAM)
    for gamma, lam, name in ((1.1, 0.9, "gamma"), (0.9, -0.1, "lam"), (np.nan, 0.9, "gamma")):
        with pytest.raises(ValueError, match=f"`{name}` is"):
            gae(*numbers, terminated, truncated, gamma, lam)
    with pytest.raises(ValueError, match="an advantage overflows"):
        gae(*(np.full(3, 1e308) for _ in range(3)), 0 * terminated > 0, 0 * truncated > 0, 1, 1)
    with pytest.raises(TypeCheckError):
        gae(*numbers, terminated, truncated[:2], GAMMA, LAM)
