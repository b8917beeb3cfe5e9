"""Why pass@k counts choices, what a plug-in adds, and the error of clustered prompts, by SymPy.

Each function returns the lines that a page shows. To check a line, samples and choices of them are
listed, and so are all outcomes of the luck of texts and prompts.
"""

import itertools

import numpy as np
import sympy as sp

from answers.derivations import Line
from answers.derivations.operators import Chance, Mean, Var

# --8<-- [start:symbols]
n, k, c = sp.symbols("n k c", integer=True, positive=True)  # samples, choices, passes
p = sp.Symbol("p", positive=True)  # that a sample passes
# --8<-- [end:symbols]


# --8<-- [start:choices]
def choices() -> list[Line]:
    """The share of choices without a pass, and its mean over all that may be drawn."""
    none, share = sp.Symbol(r"\text{none passes}"), sp.Symbol(r"\hat{q}", real=True)
    ways = sp.binomial(n, k)
    # Each choice holds k independent samples, and a mean of equal means is that mean.
    mean = ways * (1 - p) ** k / ways
    return [
        Line(Chance(none), sp.binomial(n - c, k) / ways, all_choices),
        Line(Mean(share), mean, all_draws),
    ]


# --8<-- [end:choices]


def chosen(passed, k):
    """Of each choice of k of these samples, whether it holds no pass."""
    return [not any(each) for each in itertools.combinations(passed, int(k))]


def all_choices(rng, size):
    n, c = size + 4, int(rng.integers(1, 4))
    none = {r"\text{none passes}": np.array(chosen(np.arange(n) < c, size))}
    return {"n": n, "k": size, "c": c} | none


def all_draws(rng, size):
    """Each of 2^n results of n samples, and how likely it is."""
    n, p = size + 2, rng.uniform(0.2, 0.8)
    drawn = np.array(list(itertools.product((0, 1), repeat=n)))
    c = drawn.sum(axis=1)
    return {
        **{"n": n, "k": size, "p": p, "c": c, "weights": p**c * (1 - p) ** (n - c)},
        r"\hat{q}": lambda k: np.array([np.mean(chosen(each, k)) for each in drawn]),
    }


# --8<-- [start:plug_in]
def plug_in() -> list[Line]:
    """The square of the share that fails is on average more than the chance of two fails."""
    q = 1 - p
    mean, variance = n * q, n * q * p  # of a binomial count of fails
    square = sp.expand((variance + mean**2) / n**2)
    added = q * p / n
    if sp.expand(square - q**2 - added) != 0:
        raise ValueError(f"{added} is not what the square is too large by")
    return [Line(Mean((1 - c / n) ** 2), q**2 + added, all_draws)]


# --8<-- [end:plug_in]


# --8<-- [start:clusters]
def clusters() -> list[Line]:
    """The variance of a mean over G clusters of m prompts, two of one correlated by rho."""
    m, groups = sp.symbols("m G", integer=True, positive=True)
    sigma, rho = sp.symbols("sigma rho", positive=True)
    # m variances, and a covariance for each ordered pair of two prompts.
    of_sum = m * sigma**2 + m * (m - 1) * rho * sigma**2
    more = sp.collect(sp.expand(of_sum / (m * sigma**2)), rho)
    of_mean = groups * (m * sigma**2) / (groups * m) ** 2 * more
    return [
        Line(Var(sp.Symbol("s")), m * sigma**2 * more, texts),
        Line(Var(sp.Symbol(r"\bar{d}")), of_mean, texts),
    ]


# --8<-- [end:clusters]


def texts(rng, size):
    """All outcomes of signs: one for each of two texts, and one for each prompt."""
    signs = np.array(list(itertools.product((-1.0, 1.0), repeat=2 + 2 * size)))
    luck, own = signs[:, :2, None], signs[:, 2:].reshape(-1, 2, size)

    def d(sigma, rho):
        return sigma * (np.sqrt(rho) * luck + np.sqrt(1 - rho) * own)

    return {
        **{"G": 2, "m": size, "d": d},
        **{"sigma": rng.uniform(0.5, 2), "rho": rng.uniform(0.2, 0.8)},
        "s": lambda sigma, rho: d(sigma, rho)[:, 0].sum(axis=1),
        r"\bar{d}": lambda sigma, rho: d(sigma, rho).mean(axis=(1, 2)),
    }
