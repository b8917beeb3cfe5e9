"""Why the largest logit with Gumbel noise is a draw, and which logit min-p asks for, by SymPy."""

import numpy as np
import sympy as sp

from answers.derivations import Line
from answers.derivations.numerics import root
from answers.derivations.operators import Mean, Root

# --8<-- [start:symbols]
i, j, K = sp.symbols("i j K", integer=True, positive=True)
z = sp.IndexedBase("z")
u = sp.Symbol("u", positive=True)  # uniform between 0 and 1
x = sp.Symbol("x", real=True)
s, T, m = sp.symbols("s T m", positive=True)


def weight(j):
    """How likely token j is beside token i."""
    return sp.exp((z[j] - z[i]) / T)


# --8<-- [end:symbols]


# --8<-- [start:gumbel_max]
def gumbel_max() -> list[Line]:
    """Token i wins with the chance that softmax gives it."""
    below = sp.solve(-sp.log(-sp.log(u)) - x, u)[0]
    odds = sp.Sum(weight(j), (j, 1, K))
    power = sp.Symbol("s", positive=True)
    chance = sp.integrate(u ** (power - 1), (u, 0, 1)).subs(power, odds)
    softmax = sp.exp(z[i] / T) / sp.Sum(sp.exp(z[j] / T), (j, 1, K))
    return [
        Line(sp.Symbol("F(x)"), below, noise),
        Line(Mean(u ** (odds - 1)), (chance, softmax), uniform),
    ]


# --8<-- [end:gumbel_max]


# --8<-- [start:least_logit]
def least_logit() -> list[Line]:
    """The logit at which a token is m times as likely as the likeliest one."""
    top = sp.Symbol(r"z_{\max}", real=True)
    own = sp.Symbol("z", real=True)
    ratio = sp.exp(own / T) / sp.exp(top / T)
    return [Line(Root(own, ratio, m), sp.solve(ratio - m, own)[0], two_logits)]


# --8<-- [end:least_logit]


def noise(rng, _):
    """F(x), the chance that the noise is at most x: the uniform number at which it is x."""
    return {
        "x": rng.uniform(-1, 2),
        "F(x)": lambda x: root(lambda u: -np.log(-np.log(u)) - x, 1e-9, 1 - 1e-9),
    }


def uniform(rng, size):
    """Logits, and all numbers between 0 and 1 by Gauss and Legendre's points."""
    points, weights = np.polynomial.legendre.leggauss(400)
    return {
        **{"z": rng.normal(size=size), "K": size, "i": rng.integers(1, size + 1)},
        **{"T": rng.uniform(0.5, 2), "u": (points + 1) / 2},
        "weights": weights,
    }


def two_logits(rng, _):
    top, m = rng.normal(), rng.uniform(0.05, 0.9)
    return {r"z_{\max}": top, "T": rng.uniform(0.5, 2), "m": m, "z": top + 0.1}
