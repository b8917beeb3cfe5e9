"""Why Adam divides its moving averages by 1 - β^t, and what a penalty becomes in it, by SymPy.

Each function returns the lines that a page shows. To check a line, moving averages are made step by
step, or for every series of gradients that may come.
"""

import itertools

import numpy as np
import sympy as sp

from answers.derivations import Line
from answers.derivations.operators import Mean

# --8<-- [start:symbols]
t = sp.Symbol("t", integer=True, positive=True)  # steps so far
i = sp.Symbol("i", integer=True, positive=True)
k = sp.Symbol("k", integer=True, nonnegative=True)
beta, beta_1, beta_2 = sp.symbols("beta beta_1 beta_2", positive=True)
g = sp.IndexedBase("g")
mean = sp.Symbol(r"\bar{g}", real=True)  # of every gradient
m = sp.Symbol("m_t", real=True)


def weights(beta: sp.Symbol) -> sp.Sum:
    """What a moving average gives to all steps: (1 - β) β^k to a gradient k steps ago."""
    return (1 - beta) * sp.Sum(beta**k, (k, 0, t - 1))


def share(beta: sp.Symbol) -> sp.Expr:
    """The same, added up."""
    total = sp.summation(beta**k, (k, 0, t - 1))
    geometric = next(value for value, where in total.args if where is sp.true)
    return sp.simplify((1 - beta) * geometric)


# --8<-- [end:symbols]


def averaged(gradients, beta):
    """A moving average that began at 0, step by step; steps along the first axis."""
    average = 0
    for gradient in gradients:
        average = average + (1 - beta) * (gradient - average)
    return average


# --8<-- [start:bias]
def bias() -> list[Line]:
    """A moving average that began at 0 is too small by 1 - β^t, on average."""
    weighted = (1 - beta) * sp.Sum(beta ** (t - i) * g[i], (i, 1, t))
    expected = share(beta) * mean
    corrected = m / share(beta)
    return [
        Line(m, weighted, some_series),
        Line(Mean(m), (weights(beta) * mean, expected), all_series),
        Line(Mean(corrected), sp.cancel(expected / share(beta)), all_series),
    ]


# --8<-- [end:bias]


def some_series(rng, size):
    beta, gradients = rng.uniform(0.3, 0.9), rng.normal(size=(size, 3))
    of_series = {"m_t": lambda g, beta: averaged(g, beta)}
    return {"t": size, "g": gradients, "beta": beta} | of_series


def all_series(rng, size):
    """Gradients that are one of three numbers at each step; each series is as likely."""
    beta, three = rng.uniform(0.3, 0.9), rng.normal(size=3)
    series = np.array([*itertools.product(three, repeat=size)]).T
    given = {"t": size, "beta": beta, r"\bar{g}": three.mean(), "series": series}
    return given | {"m_t": lambda series, beta: averaged(series, beta)}


# --8<-- [start:steps]
def steps() -> list[Line]:
    """The moments of a constant gradient, and its steps without correction, in rates."""
    g, mean, square = sp.symbols("g m_t v_t", positive=True)
    plain = share(beta_1) * g, share(beta_2) * g**2
    return [
        Line(mean / share(beta_1), sp.cancel(plain[0] / share(beta_1)), constant),
        Line(square / share(beta_2), sp.cancel(plain[1] / share(beta_2)), constant),
        Line(mean / sp.sqrt(square), plain[0] / sp.sqrt(plain[1]), constant),
    ]


# --8<-- [end:steps]


def constant(rng, size):
    """The gradient g at each of t steps."""
    g, beta_1, beta_2 = rng.uniform(0.3, 0.9, 3)
    return {
        **{"t": size, "beta_1": beta_1, "beta_2": beta_2, "g": 10 * g},
        "m_t": lambda g, t, beta_1: averaged(np.full(t, g), beta_1),
        "v_t": lambda g, t, beta_2: averaged(np.full(t, g) ** 2, beta_2),
    }


# --8<-- [start:penalty]
def penalty() -> list[Line]:
    """What the penalty's gradient λ w does in SGD, and in Adam beside gradients of ± G."""
    w, eta, lam, size = sp.symbols("w eta lambda G", positive=True)
    one = sp.Symbol("g", real=True)
    descent = w - eta * (one + lam * w)
    both = [lam * w + sign * size for sign in (-1, 1)]
    mean, square = (sum(each**power for each in both) / 2 for power in (1, 2))
    adam = sp.expand(mean) / sp.sqrt(sp.expand(square))
    noisy = Mean(one + lam * w) / sp.sqrt(Mean((one + lam * w) ** 2))
    return [
        Line(descent, sp.collect(sp.expand(descent), w), one_gradient),
        Line(noisy, adam, of_both_signs),
    ]


# --8<-- [end:penalty]


def one_gradient(rng, _):
    return dict(zip(("w", "eta", "lambda", "g"), rng.uniform(0.1, 2, 4), strict=True))


def of_both_signs(rng, _):
    w, penalty, size = rng.uniform(0.1, 2, 3)
    return {"w": w, "lambda": penalty, "G": size, "g": np.array([size, -size])}
