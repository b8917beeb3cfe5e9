"""Why attention divides by √d: the variance of a dot product, and a softmax that saturates.

Each function returns the lines that a page shows. To check a line, all outcomes are listed, or a
derivative is taken by differences.
"""

import itertools

import numpy as np
import sympy as sp

from answers.derivations import Line, select
from answers.derivations.operators import At, Dot, Limit, Slope, Var

# --8<-- [start:variance]
d = sp.Symbol("d", integer=True, positive=True)  # features of a query and of a key
i, j = sp.symbols("i j", integer=True, positive=True)
mu = sp.Symbol("mu", real=True)
sigma = sp.Symbol("sigma", positive=True)
q, k = sp.symbols("q_i k_i", real=True)
# E[1], E[x], E[x²]: no more of x is used.
MOMENTS = [1, mu, mu**2 + sigma**2]


def expectation(polynomial: sp.Expr) -> sp.Expr:
    """The mean over independent q and k: a mean of products is a product of means."""
    terms = sp.Poly(polynomial, q, k).terms()
    return sum(c * MOMENTS[n] * MOMENTS[m] for (n, m), c in terms)


def variance() -> list[Line]:
    """Var(q·k) for independent entries of mean μ and variance σ²."""
    one = expectation((q * k) ** 2) - expectation(q * k) ** 2
    # Different features are independent, so only i = j has a covariance.
    covariance = one * sp.KroneckerDelta(i, j)
    double = sp.Sum(covariance, (j, 1, d), (i, 1, d))
    whole = sp.factor(select(double, (i, d), (j, d)).doit())
    all_of_it = Var(Dot(sp.Symbol("q"), sp.Symbol("k")))
    standard, shifted = {mu: 0, sigma: 1}, {mu: 1, sigma: 1}
    return [
        Line(Var(q * k), sp.factor(one), features),
        Line(all_of_it, whole, features),
        *(
            Line(At(all_of_it, *at.items()), whole.subs(at), features)
            for at in (standard, shifted)
        ),
    ]


def features(rng, size):
    """All 4^d outcomes of q and k, of which each entry is one of two numbers."""
    signs = np.array(list(itertools.product((-1, 1), repeat=2 * size))).T

    def outcomes(mu, sigma):
        return mu + sigma * signs

    return {
        **{"d": size, "mu": rng.normal(), "sigma": rng.uniform(0.5, 2)},
        "q": lambda mu, sigma: outcomes(mu, sigma)[:size],
        "k": lambda mu, sigma: outcomes(mu, sigma)[size:],
        "q_i": lambda mu, sigma: outcomes(mu, sigma)[0],
        "k_i": lambda mu, sigma: outcomes(mu, sigma)[-1],
    }


# --8<-- [end:variance]


# --8<-- [start:saturation]
def saturation() -> list[Line]:
    """Two keys whose scores differ by δ: the weight of the better one, and its slope."""
    delta, p = sp.symbols("delta p", positive=True)
    weight = 1 / (1 + sp.exp(-delta))
    by_delta = sp.diff(weight, delta)
    scaled = sp.exp(delta) * Slope(p, delta)
    return [
        Line(p, weight, gap),
        Line(Slope(p, delta), by_delta, gap),
        Line(
            Limit(scaled, delta, sp.oo),
            sp.limit(sp.exp(delta) * by_delta, delta, sp.oo),
            gap,
        ),
    ]


def gap(rng, _):
    """Of two scores, delta apart: p + q = 1 and p = q exp(delta)."""

    def better(delta):
        return np.linalg.solve([[1, 1], [1, -np.exp(delta)]], [1, 0])[0]

    return {"delta": rng.uniform(0.5, 3), "p": better}


# --8<-- [end:saturation]
