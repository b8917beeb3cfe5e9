"""Diffusion: noise added in closed form, DDPM's loss, a step of DDIM, and what a model may predict.

The schedule is an array `alpha_bar`: at index t stands the share of a sample's variance that is
data's, so a noisy sample is √ᾱ x₀ + √(1 - ᾱ) ε. Index 0 is data itself, as in Ho et al. (2020);
libraries often leave it out and count from 0 at the first noise.
"""

import math
from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Integer, Real
from numpy import ndarray

from answers.inputs import (
    as_float,
    first,
    refuse_empty,
    refuse_nan,
)
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed
from answers.probability.softmax import softmax

BAD = refuse_empty, refuse_nan
KINDS = "noise", "x0", "v"


# --8<-- [start:linear_schedule_refuses]
def no_rates(steps, beta_first, beta_last):
    if steps < 1:
        raise ValueError(f"`steps` is {steps}; pass 1 or more")
    for name, rate in (("beta_first", beta_first), ("beta_last", beta_last)):
        if not 0 < rate < 1:
            raise ValueError(
                f"`{name}` is {rate}; a variance added lies between 0 and 1"
            )


@refuses(no_rates)
# --8<-- [end:linear_schedule_refuses]
# --8<-- [start:linear_schedule]
def linear_schedule(
    steps: int = 1000, beta_first: float = 1e-4, beta_last: float = 0.02
) -> Float[ndarray, " times"]:
    """ᾱ at 0, 1, …, `steps`: what is left of the data's variance behind each step of noise.

    Step t keeps 1 - β_t of the variance and adds β_t; the β rise evenly.

    Args:
        steps: How often noise is added.
        beta_first: The variance that the first step adds.
        beta_last: The variance that the last step adds.

    Raises:
        ValueError: `steps` is below 1, or a β does not lie between 0 and 1.

    Source:
        Ho et al. (2020), section 4, https://arxiv.org/abs/2006.11239

    Example:
        >>> linear_schedule(2, 0.5, 0.75)
        array([1.   , 0.5  , 0.125])
    """
    betas = np.linspace(beta_first, beta_last, steps)
    return np.concatenate([[1.0], np.cumprod(1 - betas)])


# --8<-- [end:linear_schedule]


# --8<-- [start:q_sample_refuses]
def no_shares(alpha_bar, name):
    refuse_empty(alpha_bar, name)
    if (wrong := ~((alpha_bar >= 0) & (alpha_bar <= 1))).any():
        raise ValueError(
            f"`{name}` holds {first(alpha_bar, wrong)}; a share of variance lies from 0 to 1"
        )


def no_step(t, alpha_bar):
    wrong = (t < 0) | (t >= len(alpha_bar))
    if wrong.any():
        raise ValueError(
            f"`t` holds {first(t, wrong)}; `alpha_bar` has steps 0 to {len(alpha_bar) - 1}"
        )


def sample_overflows(result):
    refuse_overflowed(result, "a noisy sample")


@refuses(no_step, sample_overflows, x0=BAD, noise=BAD, alpha_bar=no_shares)
# --8<-- [end:q_sample_refuses]
# --8<-- [start:q_sample]
def q_sample(
    x0: Real[ndarray, "batch *shape"],
    t: Integer[ndarray, " batch"],
    noise: Real[ndarray, "batch *shape"],
    alpha_bar: Float[ndarray, " steps"],
) -> Float[ndarray, "batch *shape"]:
    """Data with the noise of step t, at once: √ᾱ_t x₀ + √(1 - ᾱ_t) ε.

    How:
        Each example has its own t, so its two factors get one axis for each axis of an example.

    Args:
        x0: Data, one example for each index of the first axis.
        t: The step of each example, an index of `alpha_bar`.
        noise: ε, drawn from the standard normal distribution.
        alpha_bar: ᾱ of each step.

    Raises:
        ValueError: An array is empty, `x0` or `noise` holds nan or infinity, an ᾱ does not lie
            from 0 to 1, `t` is no index of `alpha_bar`, or a result overflows.

    Source:
        Ho et al. (2020), equation 4, https://arxiv.org/abs/2006.11239

    Example:
        At ᾱ = 0.64 the factors are 0.8 and 0.6.

        >>> x0, noise = np.array([[5.0], [5.0]]), np.array([[10.0], [10.0]])
        >>> q_sample(x0, np.array([0, 1]), noise, np.array([1.0, 0.64]))
        array([[ 5.],
               [10.]])
    """
    x0 = as_float(x0)
    kept = as_float(alpha_bar)[t].reshape(-1, *[1] * (x0.ndim - 1))
    # 1 - ᾱ in the precision of the schedule, then both factors in that of the data.
    signal, spread = (np.sqrt(part).astype(x0.dtype) for part in (kept, 1 - kept))
    return signal * x0 + spread * noise


# --8<-- [end:q_sample]


# --8<-- [start:ddpm_loss_refuses]
def loss_overflows(result):
    for each, name in zip(result, ("the loss", "a gradient"), strict=True):
        refuse_overflowed(each, name)


@refuses(no_step, loss_overflows, x0=BAD, noise=BAD, alpha_bar=no_shares)
# --8<-- [end:ddpm_loss_refuses]
# --8<-- [start:ddpm_loss]
def ddpm_loss(
    model: Callable,
    x0: Real[ndarray, "batch *shape"],
    t: Integer[ndarray, " batch"],
    noise: Real[ndarray, "batch *shape"],
    alpha_bar: Float[ndarray, " steps"],
) -> tuple[np.floating, Float[ndarray, "batch *shape"]]:
    """The mean of (ε̂ - ε)² over all entries, and its gradient at the model's output.

    Args:
        model: Called once, as model(noisy samples, t); it returns ε̂ in their shape.
        x0: Data, one example for each index of the first axis.
        t: The step of each example, an index of `alpha_bar`.
        noise: ε, drawn from the standard normal distribution.
        alpha_bar: ᾱ of each step.

    Returns:
        (loss, gradient): a number, and an array of the shape of `x0`.

    Raises:
        ValueError: As for `q_sample`; or the model's output has another shape than `noise`, or
            the loss or a gradient overflows.

    Source:
        Ho et al. (2020), equation 14, https://arxiv.org/abs/2006.11239

    Example:
        A model that answers 0 is off by the noise itself.

        >>> x0, noise = np.zeros((1, 2)), np.array([[1.0, -3.0]])
        >>> silent = lambda x, t: 0 * x
        >>> ddpm_loss(silent, x0, np.array([1]), noise, np.array([1.0, 0.64]))
        (np.float64(5.0), array([[-1.,  3.]]))
    """
    off = output(model, q_sample(x0, t, noise, alpha_bar), t) - as_float(noise)
    return (off**2).mean(), 2 * off / off.size


# --8<-- [end:ddpm_loss]


def output(model: Callable, x: np.ndarray, t: np.ndarray) -> np.ndarray:
    """What the model makes of x: of another shape it would be broadcast without a word."""
    made = model(x, t)
    if np.shape(made) != x.shape:
        raise ValueError(
            f"`model` returned shape {np.shape(made)}; it must be that of its samples, "
            f"{x.shape}"
        )
    return made


# --8<-- [start:x0_and_noise_refuses]
def no_such_kind(kind, alpha_bar):
    if kind not in KINDS:
        raise ValueError(f"`kind` is {kind!r}; choose one of {', '.join(KINDS)}")
    if not 0 <= alpha_bar <= 1:
        raise ValueError(
            f"`alpha_bar` is {alpha_bar}; a share of variance lies from 0 to 1"
        )
    if alpha_bar == {"noise": 0, "x0": 1}.get(kind):
        raise ValueError(
            f"`alpha_bar` is {alpha_bar}, where a prediction of {kind} leaves the other part "
            "open; predict v"
        )


def part_overflows(result):
    for each, name in zip(result, ("x0", "the noise"), strict=True):
        refuse_overflowed(each, name)


@refuses(no_such_kind, part_overflows, x=BAD, predicted=BAD)
# --8<-- [end:x0_and_noise_refuses]
# --8<-- [start:x0_and_noise]
def x0_and_noise(
    x: Real[ndarray, "*batch d"],
    predicted: Real[ndarray, "*batch d"],
    alpha_bar: float,
    kind: str,
) -> tuple[Float[ndarray, "*batch d"], Float[ndarray, "*batch d"]]:
    """Both parts of a noisy sample, x̂₀ and ε̂, from a prediction of either or of v.

    v is √ᾱ ε - √(1 - ᾱ) x₀.

    Args:
        x: Noisy samples, √ᾱ x₀ + √(1 - ᾱ) ε.
        predicted: What a model says of them.
        alpha_bar: ᾱ of all of them.
        kind: What it predicts: "noise", "x0" or "v".

    Returns:
        (x̂₀, ε̂).

    Raises:
        ValueError: An array is empty or holds nan or infinity, `kind` is none of the three, ᾱ
            does not lie from 0 to 1, the other part divides by 0 (the noise at ᾱ = 0, x₀ at
            ᾱ = 1), or a result overflows.

    Source:
        Salimans and Ho (2022), section 4 and appendix D, https://arxiv.org/abs/2202.00512

    Example:
        5 and 10, mixed by 0.8 and 0.6, are 10; v is 0.8 · 10 - 0.6 · 5.

        >>> x, v = np.array([10.0]), np.array([5.0])
        >>> [each.round(6) for each in x0_and_noise(x, v, 0.64, "v")]
        [array([5.]), array([10.])]
    """
    x, predicted = as_float(x), as_float(predicted)
    signal, spread = math.sqrt(alpha_bar), math.sqrt(1 - alpha_bar)
    if kind == "v":
        return signal * x - spread * predicted, spread * x + signal * predicted
    if kind == "x0":
        return predicted, (x - signal * predicted) / spread
    return (x - spread * predicted) / signal, predicted


# --8<-- [end:x0_and_noise]


# --8<-- [start:ddim_step_refuses]
def no_way(alpha_bar, alpha_bar_next, eta, fresh):
    if not 0 < alpha_bar < 1:
        raise ValueError(
            f"`alpha_bar` is {alpha_bar}; noise and data are both there between 0 and 1 only"
        )
    if not alpha_bar <= alpha_bar_next <= 1:
        raise ValueError(
            f"`alpha_bar_next` is {alpha_bar_next}; a step back to data goes from "
            f"{alpha_bar} up, to 1 at most"
        )
    if not 0 <= eta <= 1:
        raise ValueError(f"`eta` is {eta}; choose a number from 0 to 1")
    if eta and fresh is None:
        raise ValueError(f"`eta` is {eta}; pass new noise as `fresh`")


def step_overflows(result):
    refuse_overflowed(result, "a sample")


@refuses(no_way, step_overflows, x=BAD, eps=BAD, fresh=BAD)
# --8<-- [end:ddim_step_refuses]
# --8<-- [start:ddim_step]
def ddim_step(
    x: Real[ndarray, "*batch d"],
    eps: Real[ndarray, "*batch d"],
    alpha_bar: float,
    alpha_bar_next: float,
    eta: float = 0.0,
    fresh: Real[ndarray, "*batch d"] | None = None,
) -> Float[ndarray, "*batch d"]:
    """A step from the noise of `alpha_bar` to the lower noise of `alpha_bar_next`.

    With x̂₀ made of x and ε̂, it is √ᾱ' x̂₀ + √(1 - ᾱ' - s²) ε̂ + s z, where ᾱ' is
    `alpha_bar_next` and s = η √((1 - ᾱ') / (1 - ᾱ)) √(1 - ᾱ / ᾱ').

    How:
        Solve x = √ᾱ x̂₀ + √(1 - ᾱ) ε̂ for x̂₀, and mix again with the next factors. Part of the
        noise may be drawn anew: s² of its variance.

    Args:
        x: Noisy samples.
        eps: ε̂, the noise that a model sees in them.
        alpha_bar: ᾱ of the samples, between 0 and 1.
        alpha_bar_next: ᾱ behind the step, at least `alpha_bar`; 1 gives x̂₀.
        eta: η, how much of the noise is drawn anew: 0 none (DDIM), 1 as in DDPM.
        fresh: z, standard normal noise; not used where `eta` is 0.

    Raises:
        ValueError: An array is empty or holds nan or infinity, ᾱ does not lie between 0 and 1,
            ᾱ' is below ᾱ or above 1, `eta` is outside of 0 to 1 or has no `fresh` noise, or a
            result overflows.

    Source:
        Song, Meng and Ermon (2021), equations 12 and 16, https://arxiv.org/abs/2010.02502

    Example:
        10 is 0.8 · 5 + 0.6 · 10; behind the step it is 0.96 · 5 + 0.28 · 10.

        >>> x, eps = np.array([10.0]), np.array([10.0])
        >>> ddim_step(x, eps, 0.64, 0.9216).round(6)
        array([7.6])
    """
    x, eps = as_float(x), as_float(eps)
    x0 = (x - math.sqrt(1 - alpha_bar) * eps) / math.sqrt(alpha_bar)
    share = (1 - alpha_bar_next) / (1 - alpha_bar) * (1 - alpha_bar / alpha_bar_next)
    s = eta * math.sqrt(share)
    old = math.sqrt(max(1 - alpha_bar_next - s**2, 0.0))
    step = math.sqrt(alpha_bar_next) * x0 + old * eps
    return step + s * fresh if eta else step


# --8<-- [end:ddim_step]


# --8<-- [start:denoise_points_refuses]
def no_weights(weights, name):
    refuse_empty(weights, name)
    if not ((weights > 0).all() and abs(weights.sum() - 1) < 1e-6):
        raise ValueError(f"`{name}` are {weights}; they must be above 0 and sum to 1")


def no_noise(alpha_bar, spread):
    if not 0 <= alpha_bar < 1:
        raise ValueError(
            f"`alpha_bar` is {alpha_bar}; choose 0 or more, and less than 1"
        )
    if not 0 < spread < math.inf:
        raise ValueError(f"`spread` is {spread}; choose a finite number above 0")


@refuses(no_noise, x=BAD, points=BAD, weights=no_weights)
# --8<-- [end:denoise_points_refuses]
# --8<-- [start:denoise_points]
def denoise_points(
    x: Real[ndarray, "batch d"],
    alpha_bar: float,
    points: Real[ndarray, "k d"],
    weights: Real[ndarray, " k"],
    spread: float = 1.0,
) -> Float[ndarray, "batch d"]:
    """E[x₀ | x], exactly, where the data are `points` with `weights`: the best prediction of x₀.

    How:
        By Bayes, point k is likely by its weight times exp(-‖x - √ᾱ p_k‖² / 2(1 - ᾱ)): a softmax
        over points.

    Args:
        x: Noisy samples, √ᾱ x₀ + √(1 - ᾱ) ε.
        alpha_bar: ᾱ of all of them.
        points: All values that data take.
        weights: The probability of each point.
        spread: Multiplies the variance that is believed. 1 is right; other numbers show what a
            wrong model does.

    Raises:
        ValueError: An array is empty or holds nan or infinity, a weight is not above 0, the
            weights do not sum to 1, ᾱ does not lie from 0 to less than 1, `spread` is not above
            0, or the distances of a sample to all points overflow.

    Example:
        In the middle between two points only their weights tell.

        >>> points, weights = np.array([[1.0], [-1.0]]), np.array([0.75, 0.25])
        >>> denoise_points(np.array([[0.0]]), 0.5, points, weights).round(6)
        array([[0.5]])
    """
    x, points = as_float(x), as_float(points)
    gaps = x[:, None] - math.sqrt(alpha_bar) * points
    distances = (gaps**2).sum(axis=-1) / (2 * spread * (1 - alpha_bar))
    # Added to large distances, the weights would be rounded away.
    distances -= distances.min(axis=-1, keepdims=True)
    nearness = np.log(as_float(weights)) - distances
    return softmax(nearness.astype(x.dtype)) @ points


# --8<-- [end:denoise_points]
