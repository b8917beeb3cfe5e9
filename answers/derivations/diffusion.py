"""Diffusion by SymPy: noise in closed form, what ε, x₀ and v say of each other, score, ELBO, flow.

Each function returns the lines that a page shows. To check a line, noise is added step by step
over all signs, densities are multiplied on a grid, or a velocity is followed.
"""

import itertools
from statistics import NormalDist

import numpy as np
import sympy as sp

from answers.derivations import Line
from answers.derivations.operators import Mean, Partial, Var

# --8<-- [start:symbols]
x_0, x_t, eps, v = sp.symbols("x_0 x_t epsilon v", real=True)
alpha = sp.Symbol("alpha_t", positive=True)  # what step t keeps of the variance
before = sp.Symbol(r"\bar{\alpha}_{t-1}", positive=True)
kept = sp.Symbol(r"\bar{\alpha}_t", positive=True)
SIGNAL, SPREAD = sp.sqrt(kept), sp.sqrt(1 - kept)
# --8<-- [end:symbols]


# --8<-- [start:closed_form]
def closed_form() -> list[Line]:
    """Mean and variance behind step t, from those behind step t - 1."""
    mean, variance = sp.sqrt(before) * x_0, 1 - before
    mean, variance = sp.sqrt(alpha) * mean, alpha * variance + (1 - alpha)
    product = {alpha * before: kept}
    return [
        Line(Mean(x_t), (mean, SIGNAL * x_0), step_by_step),
        Line(Var(x_t), (variance, sp.expand(variance).subs(product)), step_by_step),
    ]


def step_by_step(rng, size):
    """A number to which noise of either sign is added in `size` steps: all outcomes."""
    keeps, start = rng.uniform(0.3, 0.9, size), rng.uniform(0.5, 2)
    signs = np.array([*itertools.product((-1.0, 1.0), repeat=size)]).T

    def noisy(x_0, keeps, signs):
        x = np.full(signs.shape[1], x_0)
        for keep, sign in zip(keeps, signs, strict=True):
            x = np.sqrt(keep) * x + np.sqrt(1 - keep) * sign
        return x

    products = np.cumprod([1, *keeps])
    return {
        **{"keeps": keeps, "signs": signs, "x_0": start, "x_t": noisy},
        **{"alpha_t": keeps[-1], r"\bar{\alpha}_{t-1}": products[-2]},
        r"\bar{\alpha}_t": products[-1],
    }


# --8<-- [end:closed_form]


# --8<-- [start:relations]
def relations() -> list[Line]:
    """Data and noise, each by the sample and either the other or v."""
    sample, speed = SIGNAL * x_0 + SPREAD * eps, SIGNAL * eps - SPREAD * x_0
    (by_noise,) = sp.solve(sp.Eq(x_t, sample), x_0)
    (by_data,) = sp.solve(sp.Eq(x_t, sample), eps)
    both = sp.solve([sp.Eq(x_t, sample), sp.Eq(v, speed)], [x_0, eps])
    return [
        Line(x_0, (by_noise, sp.expand(both[x_0])), mixed),
        Line(eps, (by_data, sp.expand(both[eps])), mixed),
    ]


def mixed(rng, _):
    numbers = dict(zip(("x_0", "epsilon"), rng.uniform(0.5, 2, 2), strict=True))
    share = rng.uniform(0.2, 0.8)

    def sample(x_0, epsilon, share):
        return np.sqrt(share) * x_0 + np.sqrt(1 - share) * epsilon

    def speed(x_0, epsilon, share):
        """By the angle whose cosine is √ᾱ, a little further on."""
        angle, h = np.arccos(np.sqrt(share)), 1e-5
        far, near = (
            np.cos(angle + step) * x_0 + np.sin(angle + step) * epsilon
            for step in (h, -h)
        )
        return (far - near) / (2 * h)

    named = {"share": share, r"\bar{\alpha}_t": share}
    return numbers | named | {"x_t": sample, "v": speed}


# --8<-- [end:relations]


# --8<-- [start:score]
def score() -> list[Line]:
    """The slope of log q(x_t | x_0), a normal density, and what it is in noise."""
    log_density = -((x_t - SIGNAL * x_0) ** 2) / (2 * (1 - kept))
    slope = sp.diff(log_density, x_t)
    in_noise = slope.subs(x_t, SIGNAL * x_0 + SPREAD * eps)
    name = Partial(sp.Symbol(r"\log q"), x_t)
    gap = -sp.cancel(slope * (1 - kept))  # a minus before the fraction reads best
    return [Line(name, (-gap / (1 - kept), sp.simplify(in_noise)), one_density)]


def one_density(rng, _):
    share, start, noise = rng.uniform(0.2, 0.8), *rng.uniform(0.5, 2, 2)

    def log_q(x_t, x_0, share):
        return np.log(NormalDist(np.sqrt(share) * x_0, np.sqrt(1 - share)).pdf(x_t))

    numbers = {"x_0": start, "epsilon": noise, "share": share, r"\log q": log_q}
    at = np.sqrt(share) * start + np.sqrt(1 - share) * noise
    return numbers | {"x_t": at, r"\bar{\alpha}_t": share}


# --8<-- [end:score]


# --8<-- [start:elbo]
def elbo() -> list[Line]:
    """A term of the ELBO, KL(q(x_{t-1} | x_t, x_0)‖p), by an error in x_0 and in ε.

    Both are normal, of one variance, and p has the prediction in the place of x_0.
    """
    hat, noise_hat = sp.symbols(r"\hat{x}_0 \hat{\epsilon}", real=True)
    # Precisions add up: of x_{t-1} given x_0, and of x_t given x_{t-1}.
    variance = 1 / (1 / (1 - before) + alpha / (1 - alpha))
    per_x_0 = variance * sp.sqrt(before) / (1 - before)
    weight = sp.factor(per_x_0**2 / variance)
    ratios = before / (1 - before) - kept / (1 - kept)  # of signal to noise
    same = sp.simplify((weight - ratios).subs(kept, alpha * before))
    if same != 0:
        raise ArithmeticError(f"{weight} is not the fall of the ratio")
    of_noise = sp.factor((ratios * (1 - kept) / kept).subs(kept, alpha * before))
    above, below = (-part for part in sp.fraction(of_noise))  # both were negative
    below = alpha * sp.expand(below / alpha)
    by_data = ratios * (x_0 - hat) ** 2 / 2
    by_noise = above / (2 * below) * (eps - noise_hat) ** 2
    term = sp.Symbol("L_{t-1}")
    return [Line(term, (by_data, by_noise), on_a_grid)]


def on_a_grid(rng, _):
    keep, share, start, guess, noise = rng.uniform(0.3, 0.8, 5)
    after = keep * share
    at = np.sqrt(after) * start + np.sqrt(1 - after) * noise

    def term(x_0, keep, share, at, guess):
        """Bayes' rule on a grid, for the data and for the guess."""
        x = np.linspace(-12, 12, 20_001)
        posteriors = []
        for data in (x_0, guess):
            log = -((x - np.sqrt(share) * data) ** 2) / (2 * (1 - share))
            log -= (at - np.sqrt(keep) * x) ** 2 / (2 * (1 - keep))
            posteriors.append(log - np.log(np.exp(log).sum()))
        return np.sum(np.exp(posteriors[0]) * (posteriors[0] - posteriors[1]))

    drawn = {"keep": keep, "share": share, "at": at, "guess": guess, "L_{t-1}": term}
    return drawn | {
        **{"alpha_t": keep, r"\bar{\alpha}_{t-1}": share, r"\bar{\alpha}_t": after},
        **{"x_0": start, r"\hat{x}_0": guess, "epsilon": noise},
        r"\hat{\epsilon}": (at - np.sqrt(after) * guess) / np.sqrt(1 - after),
    }


# --8<-- [end:elbo]


# --8<-- [start:flow]
def flow() -> list[Line]:
    """A step of Euler's along the velocity ε - x_0, from t to s."""
    t, s = sp.symbols("t s", positive=True)
    u = sp.Symbol("u", real=True)
    step = x_t + (s - t) * u
    line, velocity = (1 - t) * x_0 + t * eps, sp.diff((1 - t) * x_0 + t * eps, t)
    moved = sp.expand(step.subs({x_t: line, u: velocity}))
    return [Line(step, sp.collect(moved, x_0), along_the_line)]


def along_the_line(rng, _):
    start, noise, t, s = rng.uniform(0.2, 0.9, 4)

    def at(x_0, epsilon, t):
        return (1 - t) * x_0 + t * epsilon

    def speed(x_0, epsilon):
        return at(x_0, epsilon, 1) - at(x_0, epsilon, 0)

    return {"x_0": start, "epsilon": noise, "t": t, "s": s, "x_t": at, "u": speed}


# --8<-- [end:flow]
