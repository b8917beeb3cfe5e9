"""The loss of flow matching against PyTorch and against what a straight line must do."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from answers.probability.diffusion import denoise_points, x0_and_noise
from answers.probability.flow_matching import flow_matching_loss


def linear(x, t):
    return 0.3 * x - 0.7 * t.reshape(-1, *[1] * (x.ndim - 1))


@pytest.mark.parametrize("shape", [(6,), (6, 3), (3, 3, 3), (2, 3, 4, 5)])
def test_the_loss_of_a_flow_agrees_with_pytorch(shape):
    rng = np.random.default_rng(0)
    (x0, noise), t = rng.normal(size=(2, *shape)), rng.uniform(size=shape[0])
    loss, gradient = flow_matching_loss(linear, x0, noise, t)
    at = torch.tensor(t).view(-1, *[1] * (len(shape) - 1))
    line = torch.lerp(torch.tensor(x0), torch.tensor(noise), at)
    output = (0.3 * line - 0.7 * at).requires_grad_()
    want = torch.nn.functional.mse_loss(output, torch.tensor(noise - x0))
    want.backward()
    assert_allclose(loss, want.item())
    assert_allclose(gradient, output.grad, rtol=1e-12)


def test_the_target_is_the_speed_along_the_line():
    rng, eps = np.random.default_rng(1), 1e-6
    x0, noise = rng.normal(size=(2, 4, 2))
    seen = []
    for t in (0.3, 0.3 + eps):
        flow_matching_loss(lambda x, t: seen.append(x) or x, x0, noise, np.full(4, t))
    speed = (seen[1] - seen[0]) / eps
    loss, _ = flow_matching_loss(lambda x, t: speed, x0, noise, np.full(4, 0.3))
    assert loss < 1e-12


def test_the_best_velocity_is_made_of_the_exact_denoiser():
    """Its loss is less than that of a denoiser that believes in twice the variance."""
    rng = np.random.default_rng(2)
    points, weights, t = np.array([[1.0], [-1.0]]), np.array([0.7, 0.3]), 0.6
    x0 = points[rng.choice(2, 4000, p=weights)]
    kept = (1 - t) ** 2 / ((1 - t) ** 2 + t**2)

    def velocity(x, _, spread=1.0):
        unit = x / np.hypot(1 - t, t)
        mean = denoise_points(unit, kept, points, weights, spread)
        return x0_and_noise(unit, mean, kept, "x0")[1] - mean

    def off(x, at):
        return velocity(x, at, 2.0)

    losses = [
        flow_matching_loss(each, x0, rng.normal(size=x0.shape), np.full(4000, t))[0]
        for each in (velocity, off)
    ]
    assert losses[0] < losses[1]


def test_float32_stays_float32_in_a_flow():
    x0, noise = np.random.default_rng(3).normal(size=(2, 4, 2)).astype(np.float32)
    loss, gradient = flow_matching_loss(lambda x, t: 0.5 * x, x0, noise, np.full(4, 0.5))
    assert loss.dtype == gradient.dtype == np.float32


def test_a_flow_refuses_what_has_no_meaning():
    ones = np.ones((2, 3))
    with pytest.raises(ValueError, match=r"`t` holds 1.5 at index 1"):
        flow_matching_loss(linear, ones, ones, np.array([0, 1.5]))
    with pytest.raises(ValueError, match=r"`model` returned shape \(2, 1\)"):
        flow_matching_loss(lambda x, t: x[:, :1], ones, ones, np.zeros(2))
