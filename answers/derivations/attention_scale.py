"""Why attention divides by √d: the variance of a dot product, and a softmax that saturates.

Each function returns equations, (left side, right side), for `aligned` to print.
"""

import sympy as sp

from answers.derivations import select

# --8<-- [start:variance]
d = sp.Symbol("d", integer=True, positive=True)  # features of a query and of a key
i, j = sp.symbols("i j", integer=True, positive=True)
mu = sp.Symbol("mu", real=True)
sigma = sp.Symbol("sigma", positive=True)
q, k = sp.symbols("q_i k_i", real=True)
# E[1], E[x], E[x²]: no more of x is used.
MOMENTS = [1, mu, mu**2 + sigma**2]


def expectation(polynomial: sp.Expr) -> sp.Expr:
    """The mean over independent q and k: that of a product is the product of means."""
    terms = sp.Poly(polynomial, q, k).terms()
    return sum(c * MOMENTS[n] * MOMENTS[m] for (n, m), c in terms)


def variance():
    """Var(q·k) for independent entries of mean μ and variance σ²."""
    one = expectation((q * k) ** 2) - expectation(q * k) ** 2
    # Different features are independent, so only i = j has a covariance.
    covariance = one * sp.KroneckerDelta(i, j)
    double = sp.Sum(covariance, (j, 1, d), (i, 1, d))
    whole = sp.factor(select(double, (i, d), (j, d)).doit())
    return [
        (r"\operatorname{Var}(q_i k_i)", sp.factor(one)),
        (r"\operatorname{Var}(q \cdot k)", whole),
        (
            r"\mu = 0,\ \sigma = 1: \quad \operatorname{Var}",
            whole.subs({mu: 0, sigma: 1}),
        ),
        (
            r"\mu = 1,\ \sigma = 1: \quad \operatorname{Var}",
            whole.subs({mu: 1, sigma: 1}),
        ),
    ]


# --8<-- [end:variance]


# --8<-- [start:saturation]
def saturation():
    """Two keys whose scores differ by δ: the weight of the better one, and its slope."""
    delta = sp.Symbol("delta", positive=True)
    p = 1 / (1 + sp.exp(-delta))
    slope = sp.diff(p, delta)
    return [
        ("p", p),
        (r"\frac{dp}{d\delta}", slope),
        (
            r"\lim_{\delta \to \infty} e^{\delta}\,\frac{dp}{d\delta}",
            sp.limit(sp.exp(delta) * slope, delta, sp.oo),
        ),
    ]


# --8<-- [end:saturation]
