"""PPO's clipped losses, against PyTorch's autograd and the cases of sign and side."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal

from answers.alignment.ppo import ppo_loss, value_loss
from answers.gradient_check import numerical_gradient

CLIP = 0.2
SHAPES = [(1,), (7,), (5, 3), (2, 3, 4)]
each_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)


def drawn(*shape, dtype=np.float64):
    rng = np.random.default_rng([34, *shape])
    return [np.asarray(rng.normal(size=shape), dtype) for _ in range(3)]


def policy_by_pytorch(new, old, advantages, clip):
    new, old, advantages = map(torch.tensor, (new, old, advantages))
    ratio = torch.exp(new.requires_grad_() - old)
    loss = torch.max(-advantages * ratio, -advantages * ratio.clamp(1 - clip, 1 + clip)).mean()
    loss.backward()
    return loss.item(), new.grad.numpy()


def value_by_pytorch(values, old, returns, clip):
    values, old, returns = map(torch.tensor, (values, old, returns))
    near = old + (values.requires_grad_() - old).clamp(-clip, clip)
    loss = 0.5 * torch.max((values - returns) ** 2, (near - returns) ** 2).mean()
    loss.backward()
    return loss.item(), values.grad.numpy()


PAIRS = pytest.mark.parametrize(
    ("ours", "theirs"), [(ppo_loss, policy_by_pytorch), (value_loss, value_by_pytorch)]
)


@PAIRS
@each_shape
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_agrees_with_autograd(ours, theirs, shape, dtype):
    arrays = drawn(*shape, dtype=dtype)
    loss, gradient = ours(*arrays, CLIP)
    expected, slope = theirs(*arrays, CLIP)
    rtol = 1e-12 if dtype == np.float64 else 1e-5
    assert loss.dtype == gradient.dtype == dtype
    assert gradient.shape == shape
    assert loss == pytest.approx(expected, rel=rtol)
    assert_allclose(gradient, slope, rtol=rtol, atol=1e-12)


@PAIRS
def test_agrees_with_differences(ours, theirs):
    one, *others = drawn(5, 3)
    slope = numerical_gradient(lambda at: float(ours(at, *others, CLIP)[0]), one)
    assert_allclose(ours(one, *others, CLIP)[1], slope, atol=1e-6)


def test_the_gradient_is_0_in_two_of_four_cases():
    for advantage in (2.0, -2.0):
        for ratio in (0.5, 1.0, 1.5):
            new, old = np.log([0.1 * ratio]), np.log([0.1])
            _, gradient = ppo_loss(new, old, np.array([advantage]), CLIP)
            flat = (advantage > 0 and ratio > 1.2) or (advantage < 0 and ratio < 0.8)
            expected = 0.0 if flat else -ratio * advantage
            assert gradient[0] == pytest.approx(expected)


def test_on_policy_the_loss_is_minus_the_mean_advantage_and_its_gradient_the_policy_gradient():
    old, _, advantages = drawn(9)
    advantages -= advantages.mean()
    loss, gradient = ppo_loss(old, old, advantages, CLIP)
    assert abs(loss) < 1e-15
    assert_allclose(gradient, -advantages / 9, rtol=1e-15)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3))
def test_the_value_gradient_is_0_exactly_where_the_value_left_the_band_towards_its_return(
    v, old, r
):
    middle = 0.5 * (v + np.clip(v, old - CLIP, old + CLIP))
    # Beyond the band above, and the return is above the middle between the edge and the value.
    flat = (v > old + CLIP and r > middle) or (v < old - CLIP and r < middle)
    near_tie = abs(r - middle) < 1e-6
    _, gradient = value_loss(*(np.array([each]) for each in (v, old, r)), CLIP)
    if not near_tie:
        assert gradient[0] == pytest.approx(0.0 if flat else v - r)


def test_at_a_tie_the_plain_error_counts_where_autograd_takes_half():
    arrays = np.array([1.5]), np.array([0.0]), np.array([1.0])
    assert value_loss(*arrays, 0.5)[1] == 0.5
    assert value_by_pytorch(*arrays, 0.5)[1] == 0.25


def test_ratios_of_long_texts_are_made_of_differences():
    """Probabilities of e⁻²⁰⁰⁰ are 0 in float64; their ratio is not."""
    new, old = np.array([-2000.1]), np.array([-2000.0])
    assert np.exp(old) == 0
    loss, gradient = ppo_loss(new, old, np.array([1.0]), CLIP)
    assert loss == pytest.approx(-np.exp(-0.1))
    assert gradient[0] == pytest.approx(-np.exp(-0.1))


def test_a_huge_clip_is_importance_sampling_and_squared_error():
    new, old, advantages = drawn(6)
    assert ppo_loss(new, old, advantages, 1e9)[0] == pytest.approx(
        -(np.exp(new - old) * advantages).mean()
    )
    assert value_loss(new, old, advantages, 1e9)[0] == pytest.approx(
        ((new - advantages) ** 2).mean() / 2
    )


@PAIRS
def test_integers_compute_in_float64_and_no_argument_is_changed(ours, theirs):
    whole = [np.rint(each).astype(np.int8) for each in drawn(6, 2)]
    before = [each.copy() for each in whole]
    loss, gradient = ours(*whole, CLIP)
    expected = ours(*(each.astype(float) for each in whole), CLIP)
    assert loss == expected[0]
    assert gradient.dtype == np.float64
    assert_array_equal(gradient, expected[1])
    for one, other in zip(whole, before, strict=True):
        assert_array_equal(one, other)


@pytest.mark.parametrize(("dtype", "clip"), [(np.uint8, 1), (np.int8, 200)])
def test_a_whole_clip_does_not_wrap_around_small_old_values(dtype, clip):
    values, returns = np.array([-5.0, 5.0]), np.array([-10.0, 10.0])
    loss, gradient = value_loss(values, np.zeros(2, dtype), returns, clip)
    expected = value_loss(values, np.zeros(2), returns, clip)
    assert loss == expected[0]
    assert_array_equal(gradient, expected[1])


def test_bad_values_are_refused_in_words():
    new, old, advantages = drawn(3)
    for function in (ppo_loss, value_loss):
        for clip in (0.0, -0.1, np.nan, np.inf):
            with pytest.raises(ValueError, match="`clip` is"):
                function(new, old, advantages, clip)
        with pytest.raises(TypeCheckError):
            function(new, old[:2], advantages)
    with pytest.raises(ValueError, match="`log_probs` holds nan"):
        ppo_loss(np.full(3, np.nan), old, advantages)
    with pytest.raises(ValueError, match="`values` is empty"):
        value_loss(new[:0], old[:0], advantages[:0])
    with pytest.raises(ValueError, match="the loss overflows"):
        ppo_loss(new + 800, old, -np.ones(3))
    with pytest.raises(ValueError, match="the loss overflows"):
        value_loss(1e200 * new, old, advantages)
