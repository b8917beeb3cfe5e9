"""Why attention divides by √d: the variance of a dot product, and a softmax that saturates.

Each function returns the lines that a page shows. To check a line, its meaning lists all outcomes
or takes a derivative by differences.
"""

import itertools

import numpy as np
import sympy as sp

from answers.derivations import Line, select
from answers.derivations.numerics import slope

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
    return [
        Line(
            r"\operatorname{Var}(q_i k_i)",
            sp.factor(one),
            lambda mu, sigma: over_outcomes(1, mu, sigma),
            features,
        ),
        Line(r"\operatorname{Var}(q \cdot k)", whole, over_outcomes, features),
        Line(
            r"\mu = 0,\ \sigma = 1: \quad \operatorname{Var}",
            whole.subs({mu: 0, sigma: 1}),
            lambda d: over_outcomes(d, 0, 1),
            features,
        ),
        Line(
            r"\mu = 1,\ \sigma = 1: \quad \operatorname{Var}",
            whole.subs({mu: 1, sigma: 1}),
            lambda d: over_outcomes(d, 1, 1),
            features,
        ),
    ]


def over_outcomes(d, mu, sigma):
    """The variance of q·k over all 4^d outcomes: each entry is one of two numbers."""
    outcomes = itertools.product((mu - sigma, mu + sigma), repeat=2 * int(d))
    return np.var([np.dot(each[: int(d)], each[int(d) :]) for each in outcomes])


def features(rng, size):
    return {"d": size, "mu": rng.normal(), "sigma": rng.uniform(0.5, 2)}


# --8<-- [end:variance]


# --8<-- [start:saturation]
def saturation() -> list[Line]:
    """Two keys whose scores differ by δ: the weight of the better one, and its slope."""
    delta = sp.Symbol("delta", positive=True)
    p = 1 / (1 + sp.exp(-delta))
    by_delta = sp.diff(p, delta)

    def weight(delta):
        """Of two scores, delta apart: p + q = 1 and p = q exp(delta)."""
        return np.linalg.solve([[1, 1], [1, -np.exp(delta)]], [1, 0])[0]

    return [
        Line("p", p, weight, gap),
        Line(r"\frac{dp}{d\delta}", by_delta, lambda delta: slope(weight, delta), gap),
        Line(
            r"\lim_{\delta \to \infty} e^{\delta}\,\frac{dp}{d\delta}",
            sp.limit(sp.exp(delta) * by_delta, delta, sp.oo),
            lambda: np.exp(15) * -slope(lambda gap: 1 - weight(gap), 15.0),
            gap,
        ),
    ]


def gap(rng, _):
    return {"delta": rng.uniform(0.5, 3)}


# --8<-- [end:saturation]
