"""Noise, losses and steps of diffusion against closed forms, quadrature and PyTorch."""

import itertools

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from scipy import integrate, stats

from answers.probability.diffusion import (
    ddim_step,
    ddpm_loss,
    denoise_points,
    linear_schedule,
    q_sample,
    x0_and_noise,
)

SCHEDULE = linear_schedule()
POINTS, WEIGHTS = np.array([[1.3, -0.4], [-0.7, 0.9], [0.2, 0.1]]), np.array([0.5, 0.2, 0.3])


def test_the_schedule_is_the_product_of_what_each_step_keeps():
    kept = 1.0
    for t, beta in enumerate(torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64).tolist(), 1):
        kept *= 1 - beta
        assert np.isclose(SCHEDULE[t], kept, rtol=1e-12)
    assert SCHEDULE[0] == 1


def test_noise_at_once_is_noise_step_by_step():
    """Of one draw a step: the same mean, and the same share of each draw's variance in sum."""
    rng, betas = np.random.default_rng(0), np.linspace(1e-4, 0.02, 1000)
    x0, t = rng.normal(size=3), 40
    x, share = x0.copy(), 0.0
    for beta in betas[:t]:
        x, share = np.sqrt(1 - beta) * x, (1 - beta) * share + beta
    mean = q_sample(x0[None], np.array([t]), np.zeros((1, 3)), SCHEDULE)[0]
    spread = q_sample(0 * x0[None], np.array([t]), np.ones((1, 3)), SCHEDULE)[0]
    assert_allclose(mean, x, rtol=1e-12)
    assert_allclose(spread**2, share, rtol=1e-10)


@pytest.mark.parametrize("shape", [(5,), (5, 3), (3, 3, 3), (2, 4, 3, 2)])
def test_each_example_has_its_own_step(shape):
    rng = np.random.default_rng(1)
    x0, noise = rng.normal(size=(2, *shape))
    t = rng.integers(0, 1001, shape[0])
    got = q_sample(x0, t, noise, SCHEDULE)
    for each, one in enumerate(t):
        kept = SCHEDULE[one]
        assert_allclose(got[each], kept**0.5 * x0[each] + (1 - kept) ** 0.5 * noise[each])


def test_float32_stays_and_little_noise_keeps_its_digits():
    x0, noise = np.zeros((1, 2), np.float32), np.ones((1, 2), np.float32)
    got = q_sample(x0, np.array([1]), noise, SCHEDULE)
    assert got.dtype == np.float32
    assert_allclose(got, 1e-4**0.5, rtol=1e-6)


def linear(x, t):
    return 0.3 * x + 0.1 * t.reshape(-1, 1)


def test_the_loss_and_its_gradient_agree_with_pytorch():
    rng = np.random.default_rng(2)
    (x0, noise), t = rng.normal(size=(2, 6, 3)), rng.integers(0, 1001, 6)
    loss, gradient = ddpm_loss(linear, x0, t, noise, SCHEDULE)
    kept = torch.tensor(SCHEDULE)[t][:, None]
    x = kept.sqrt() * torch.tensor(x0) + (1 - kept).sqrt() * torch.tensor(noise)
    output = (0.3 * x + 0.1 * torch.tensor(t)[:, None]).requires_grad_()
    want = torch.nn.functional.mse_loss(output, torch.tensor(noise))
    want.backward()
    assert_allclose(loss, want.item())
    assert_allclose(gradient, output.grad)


def test_a_model_that_answers_in_another_shape_is_refused():
    x0, noise = np.random.default_rng(3).normal(size=(2, 4, 3))
    with pytest.raises(ValueError, match=r"`model` returned shape \(4, 1\)"):
        ddpm_loss(lambda x, t: x[:, :1], x0, np.arange(4), noise, SCHEDULE)


def test_each_prediction_gives_both_parts():
    rng = np.random.default_rng(4)
    x0, noise, kept = *rng.normal(size=(2, 7)), 0.37
    x = kept**0.5 * x0 + (1 - kept) ** 0.5 * noise
    v = kept**0.5 * noise - (1 - kept) ** 0.5 * x0
    for kind, said in (("noise", noise), ("x0", x0), ("v", v)):
        assert_allclose(x0_and_noise(x, said, kept, kind), (x0, noise), rtol=1e-12)


def test_v_is_the_speed_of_the_sample_by_the_angle():
    """√ᾱ is the cosine of an angle: autograd differentiates by it."""
    x0, noise = torch.tensor([0.7, -1.2]), torch.tensor([0.4, 2.0])
    angle = torch.tensor(0.8, requires_grad=True)
    mixed = angle.cos() * x0 + angle.sin() * noise
    v = [torch.autograd.grad(each, angle, retain_graph=True)[0].item() for each in mixed]
    kept = angle.cos().item() ** 2
    x = kept**0.5 * x0 + (1 - kept) ** 0.5 * noise
    both = x0_and_noise(x.numpy(), np.array(v), kept, "v")
    assert_allclose(both, torch.stack([x0, noise]), rtol=1e-5)


@pytest.mark.parametrize("eta", [0.0, 0.4, 1.0])
def test_a_step_lands_on_the_marginal_whatever_is_drawn_anew(eta):
    """With the true noise, mean and variance behind the step are those of q."""
    x0, before, after = 1.7, 0.3, 0.55
    noise, fresh = (each.ravel() for each in np.meshgrid([-1.0, 1.0], [-1.0, 1.0]))
    x = before**0.5 * x0 + (1 - before) ** 0.5 * noise
    got = ddim_step(x, noise, before, after, eta, fresh if eta else None)
    assert_allclose(got.mean(), after**0.5 * x0)
    assert_allclose(got.var(), 1 - after)


def test_at_eta_1_a_step_is_that_of_ddpm():
    """Ho et al., equations 6, 7 and 11, in β and α of one step."""
    rng, t = np.random.default_rng(5), 300
    x, eps, fresh = rng.normal(size=(3, 8))
    beta = np.linspace(1e-4, 0.02, 1000)[t - 1]
    mean = (x - beta / np.sqrt(1 - SCHEDULE[t]) * eps) / np.sqrt(1 - beta)
    variance = (1 - SCHEDULE[t - 1]) / (1 - SCHEDULE[t]) * beta
    got = ddim_step(x, eps, SCHEDULE[t], SCHEDULE[t - 1], 1.0, fresh)
    assert_allclose(got, mean + np.sqrt(variance) * fresh, rtol=1e-9)


def test_the_last_step_gives_the_predicted_data_whatever_eta_is():
    x, eps, fresh = np.random.default_rng(6).normal(size=(3, 4))
    want, _ = x0_and_noise(x, eps, 0.9, "noise")
    assert_allclose(ddim_step(x, eps, 0.9, 1.0), want)
    assert_allclose(ddim_step(x, eps, 0.9, 1.0, 1.0, fresh), want)


@pytest.mark.parametrize("kept", [0.0, 0.2, 0.9, 0.999])
def test_the_exact_denoiser_gives_the_score_of_the_noisy_density(kept):
    """-ε̂ / √(1 - ᾱ) is autograd's gradient of the log density."""
    x = torch.tensor(np.random.default_rng(7).normal(size=(9, 2)), requires_grad=True)
    gaps = x[:, None] - kept**0.5 * torch.tensor(POINTS)
    parts = torch.tensor(WEIGHTS).log() - gaps.square().sum(-1) / (2 * (1 - kept))
    torch.logsumexp(parts, 1).sum().backward()
    x0 = denoise_points(x.detach().numpy(), kept, POINTS, WEIGHTS)
    _, eps = x0_and_noise(x.detach().numpy(), x0, kept, "x0")
    assert_allclose(-eps / (1 - kept) ** 0.5, x.grad, rtol=1e-9, atol=1e-9)


def test_the_exact_denoiser_is_the_mean_that_quadrature_gives():
    """Points blurred a little: the mean of x0 given x by Simpson's rule."""
    kept, x, blur = 0.4, 0.35, 1e-3
    points, weights = np.array([[0.8], [-1.1]]), np.array([0.7, 0.3])

    x0 = np.linspace(-1.2, 0.9, 200_001)
    data = np.exp(-(((x0[:, None] - points[:, 0]) / blur) ** 2) / 2) @ weights
    joint = data * stats.norm(kept**0.5 * x0, (1 - kept) ** 0.5).pdf(x)
    mean = integrate.simpson(x0 * joint, x0) / integrate.simpson(joint, x0)
    got = denoise_points(np.array([[x]]), kept, points, weights)
    assert_allclose(got, [[mean]], rtol=1e-5)


@pytest.mark.parametrize(("dtype", "size"), [(np.float32, 1e4), (np.float64, 1e9)])
def test_weights_tell_between_points_that_are_far_apart(dtype, size):
    """Log-weights added to distances of 10^8 and more were rounded away: the mean came out as 0."""
    points = size * np.array([[1.0], [-1.0]], dtype)
    middle, weights = np.zeros((1, 1), dtype), np.array([0.75, 0.25], dtype)
    assert_allclose(denoise_points(middle, 0.5, points, weights), [[0.5 * size]], rtol=1e-6)


def share_of_the_second(steps, spread=1.0):
    """Of two points with weights 0.7 and 0.3, by quantiles of the start."""
    x = stats.norm.ppf((np.arange(4000) + 0.5) / 4000)[:, None]
    times = np.r_[np.linspace(1000, 1, steps), 0]
    points, weights = np.array([[1.0], [-1.0]]), np.array([0.7, 0.3])
    kept = SCHEDULE[times.round().astype(int)]
    for now, after in itertools.pairwise(kept):
        x0 = denoise_points(x, now, points, weights, spread)
        x = ddim_step(x, x0_and_noise(x, x0, now, "x0")[1], now, after)
    return (x < 0).mean()


def test_ddim_finds_the_share_of_a_light_point_with_steps():
    found = [round(share_of_the_second(steps), 3) for steps in (5, 10, 50)]
    assert found == [0.244, 0.284, 0.298]
    assert round(share_of_the_second(50, spread=2.0), 2) == 0.23


@pytest.mark.parametrize(
    ("words", "call"),
    [
        ("`steps` is 0", lambda: linear_schedule(0)),
        ("`beta_last` is 1.5", lambda: linear_schedule(5, 0.1, 1.5)),
        (
            "`t` holds 9 at index 0; `alpha_bar` has steps 0 to 8",
            lambda: q_sample(*two(), SCHEDULE[:9]),
        ),
        ("`alpha_bar` holds 1.5 at index 1", lambda: q_sample(*two(), np.array([1, 1.5] * 5))),
        ("`kind` is 'noisy'", lambda: x0_and_noise(np.ones(1), np.ones(1), 0.5, "noisy")),
        ("predict v", lambda: x0_and_noise(np.ones(1), np.ones(1), 0.0, "noise")),
        ("predict v", lambda: x0_and_noise(np.ones(1), np.ones(1), 1.0, "x0")),
        ("between 0 and 1 only", lambda: ddim_step(np.ones(1), np.ones(1), 0.0, 0.5)),
        ("from 0.5 up", lambda: ddim_step(np.ones(1), np.ones(1), 0.5, 0.4)),
        ("`eta` is 2", lambda: ddim_step(np.ones(1), np.ones(1), 0.5, 0.6, 2.0, np.ones(1))),
        ("as `fresh`", lambda: ddim_step(np.ones(1), np.ones(1), 0.5, 0.6, 1.0)),
        ("sum to 1", lambda: denoise_points(np.ones((1, 2)), 0.5, POINTS, WEIGHTS * 2)),
        ("less than 1", lambda: denoise_points(np.ones((1, 2)), 1.0, POINTS, WEIGHTS)),
        ("`spread` is 0", lambda: denoise_points(np.ones((1, 2)), 0.5, POINTS, WEIGHTS, 0.0)),
    ],
)
def test_diffusion_refuses_what_has_no_meaning(words, call):
    with pytest.raises(ValueError, match=words):
        call()


def two():
    return np.ones((1, 2)), np.array([9]), np.ones((1, 2))
