"""How large a signal is behind a layer, behind many, in a residual stream and behind dropout.

Each function returns the lines that a page shows. To check a line, all outcomes of weights, inputs
and masks are listed.
"""

import itertools

import numpy as np
import sympy as sp

from answers.derivations import Line, select
from answers.derivations.operators import At, Dot, Mean, Root, Var

# --8<-- [start:layer]
n = sp.Symbol("n", integer=True, positive=True)  # inputs of the layer
i, j = sp.symbols("i j", integer=True, positive=True)
v, q = sp.symbols("v q", positive=True)  # variance of a weight, mean square of an input
mu = sp.Symbol("mu", real=True)
w_i, x_i = sp.symbols("w_i x_i", real=True)
w, x, z, y = sp.symbols("w x z y")
# E[1], E[w], E[w²] and E[1], E[x], E[x²]: no more is used.
OF_WEIGHT, OF_INPUT = [1, 0, v], [1, mu, q]


def expectation(polynomial: sp.Expr) -> sp.Expr:
    """The mean over independent w and x: a mean of products is a product of means."""
    terms = sp.Poly(polynomial, w_i, x_i).terms()
    return sum(c * OF_WEIGHT[a] * OF_INPUT[b] for (a, b), c in terms)


def layer() -> list[Line]:
    """The variance of z = w·x, the mean square of y = max(z, 0), and the v that keeps it."""
    one = expectation((w_i * x_i) ** 2) - expectation(w_i * x_i) ** 2
    # Different products are uncorrelated, since their weights are independent of mean 0.
    covariance = one * sp.KroneckerDelta(i, j)
    double = sp.Sum(covariance, (j, 1, n), (i, 1, n))
    whole = select(double, (i, n), (j, n)).doit()

    # -z is as likely as z, and max(z, 0)² + max(-z, 0)² = z².
    half = sp.Symbol("half")
    (kept,) = sp.solve(sp.Eq(2 * half, whole), half)
    (keeping,) = sp.solve(sp.Eq(kept, q), v)
    return [
        Line(Var(w_i * x_i), one, signs),
        Line((Var(z), Var(Dot(w, x))), whole, signs),
        Line(Mean(y**2), kept, signs),
        Line(Root(v, Mean(y**2), q), keeping, signs),
    ]


def all_signs(count):
    return np.array(list(itertools.product((-1.0, 1.0), repeat=count))).T


def signs(rng, size):
    """All 4^n outcomes: each weight is √v or -√v, each input one of two numbers."""
    both, (low, high) = all_signs(2 * size), rng.uniform(-1, 2, 2)
    x = np.where(both[size:] > 0, high, low)

    def w(v):
        return np.sqrt(v) * both[:size]

    return {
        **{"n": size, "v": rng.uniform(0.3, 2), "w": w, "x": x},
        "w_i": lambda v: w(v)[0],
        "x_i": x[-1],
        "q": np.mean(x**2),
        "z": lambda v: sum(w(v) * x),
        "y": lambda v: np.maximum(sum(w(v) * x), 0),
    }


# --8<-- [end:layer]


# --8<-- [start:depth]
def depth() -> list[Line]:
    """The mean square behind L layers, each of which multiplies it by n v / 2."""
    layers = sp.Symbol("L", integer=True, positive=True)
    first, last = sp.symbols("q_0 q_L", positive=True)
    ratio, f = n * v / 2, sp.Function("f")
    steps = sp.rsolve(f(layers + 1) - ratio * f(layers), f(layers), {f(0): first})
    (keeping,) = sp.solve(sp.Eq(ratio, 1), v)
    return [
        Line(last, sp.powsimp(steps), through_layers),
        Line(Root(v, last, first), keeping, through_layers),
    ]


def through_layers(rng, size):
    """Layer by layer, with the share of the mean square that all outcomes of one leave."""
    drawn = signs(rng, size)

    def last(v, L, q_0):
        kept = np.mean(drawn["y"](v) ** 2) / drawn["q"]
        for _ in range(L):
            q_0 = q_0 * kept
        return q_0

    numbers = {"L": int(rng.integers(2, 6)), "q_0": rng.uniform(0.5, 2)}
    return {"n": size, "v": drawn["v"], "q_L": last} | numbers


# --8<-- [end:depth]


# --8<-- [start:residual]
def residual() -> list[Line]:
    """The variance of a residual stream s to which 2 L branches of deviation g are added."""
    blocks = sp.Symbol("L", integer=True, positive=True)
    k, g = sp.Symbol("k", integer=True), sp.Symbol("g", positive=True)
    stream = Var(sp.Symbol("s"))
    whole = 1 + sp.Sum(g**2, (k, 1, 2 * blocks)).doit()
    scale = 1 / sp.sqrt(2 * blocks)
    return [
        Line(stream, whole, branches),
        Line(At(stream, (g, scale)), whole.subs(g, scale), branches),
    ]


def branches(rng, size):
    """All outcomes of signs: one for what enters, one for each branch."""
    start, *added = all_signs(2 * size + 1)
    stream = {"s": lambda g: start + sum(g * each for each in added)}
    return {"L": size, "g": rng.uniform(0.2, 0.9)} | stream


# --8<-- [end:residual]


# --8<-- [start:masked]
def masked() -> list[Line]:
    """Mean and variance of m x, where the mask m is 0 with probability p, else 1 / (1 - p)."""
    p, m, x = sp.symbols("p m x", positive=True)
    outcomes = [(0, p), (1 / (1 - p), 1 - p)]
    mean, square = (
        sum(weight * (each * x) ** k for each, weight in outcomes) for k in (1, 2)
    )
    above, below = sp.fraction(sp.factor(square - mean**2))
    return [
        Line(Mean(m * x), sp.simplify(mean), kept_or_not),
        Line(Var(m * x), (-above) / (-below), kept_or_not),
    ]


def kept_or_not(rng, _):
    """Of ten equal draws some are dropped, and the others are scaled so that they sum to ten."""
    dropped = int(rng.integers(1, 9))
    mask = np.repeat([0, 10 / (10 - dropped)], [dropped, 10 - dropped])
    return {"p": dropped / 10, "m": mask, "x": rng.uniform(0.5, 3)}


# --8<-- [end:masked]
