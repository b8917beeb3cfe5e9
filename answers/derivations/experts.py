"""Gates of a mixture of experts, the balancing loss and its gradient, by SymPy.

Each function returns the lines that a page shows. To check a line, gates are solved for, tokens are
counted, or a derivative is taken by differences while the counts stay.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line, select
from answers.derivations.operators import At, Partial, Root, Slope
from answers.derivations.softmax import chances

# --8<-- [start:symbols]
E, k, T = sp.symbols("E k T", integer=True, positive=True)  # experts, chosen, tokens
i, j, m = sp.symbols("i j m", integer=True, positive=True)  # the chosen are 1 to k
z, p, g = sp.IndexedBase("z"), sp.IndexedBase("p"), sp.IndexedBase("g")
f, c = sp.IndexedBase("f"), sp.IndexedBase("c")
LOSS = sp.Symbol(r"\mathcal{L}")
total = sp.Sum(sp.exp(z[i]), (i, 1, E))
# --8<-- [end:symbols]


# --8<-- [start:gates]
def gates() -> list[Line]:
    """Probabilities divided by the sum of the chosen are the softmax of the chosen."""
    chosen = sp.Sum(sp.exp(z[i]), (i, 1, k))
    of_all = sp.exp(z[j]) / total
    return [
        Line(p[j], of_all, of_a_token),
        Line(
            (g[j], p[j] / sp.Sum(p[i], (i, 1, k))),
            of_all / (chosen / total),
            of_a_token,
        ),
    ]


# --8<-- [end:gates]


def of_a_token(rng, size):
    """Logits from the largest down, and the gates with the same ratios and the sum 1."""
    z, k = np.sort(rng.normal(size=size))[::-1], rng.integers(1, size)
    drawn = {"E": size, "k": k, "j": rng.integers(1, k + 1), "z": z, "p": chances(z)}
    return drawn | {"g": lambda z: chances(z[:k])}


# --8<-- [start:balance]
def balance() -> list[Line]:
    """The loss by one token's logits z; c sums the other tokens' probabilities."""
    loss = E * sp.Sum(f[i] * (c[i] + p[i]) / T, (i, 1, E))
    weighted = sp.Sum(f[i] * sp.exp(z[i]), (i, 1, E))
    mean_load = sp.Sum(f[i] * p[i], (i, 1, E))
    slope = sp.expand(select(sp.diff(E / T * weighted / total, z[j]), (j, E)))
    in_p = slope.subs(weighted, mean_load * total).subs(sp.exp(z[j]), p[j] * total)
    inside = sp.expand(in_p * T / (E * p[j]))
    return [
        Line(LOSS, loss, counted),
        Line(Partial(LOSS, z[j]), E / T * p[j] * inside, counted),
    ]


# --8<-- [end:balance]


def counted(rng, size):
    """The loss of some tokens, whose loads were counted once and stay."""
    logits = rng.normal(size=(size + 3, size))
    p = np.array([chances(row) for row in logits])
    loads = np.bincount(p.argmax(axis=1), minlength=size) / len(p)
    others = p[1:].sum(axis=0)

    def loss(z):
        return size * np.dot(loads, (others + chances(z)) / len(p))

    drawn = {
        "E": size,
        "T": len(p),
        "j": rng.integers(1, size + 1),
        "f": loads,
        "c": others,
    }
    return drawn | {"z": logits[0], "p": chances, LOSS.name: loss, "logits": logits}


a = sp.Symbol("a", positive=True)


# --8<-- [start:least]
def least() -> list[Line]:
    """Of two experts, a share a of tokens takes the first by a hair, the rest is sure."""
    loads, means = (a, 1 - a), (a / 2, 1 - a / 2)
    loss = sp.expand(
        2 * sum(load * mean for load, mean in zip(loads, means, strict=True))
    )
    (lowest,) = sp.solve(sp.diff(loss, a), a)
    return [
        Line(LOSS, loss, near_and_sure),
        Line(Root(a, Slope(LOSS, a), 0), lowest, near_and_sure),
        Line(At(LOSS, (a, lowest)), loss.subs(a, lowest), near_and_sure),
    ]


# --8<-- [end:least]


def near_and_sure(rng, _):
    def loss(a):
        loads, means = (
            np.array([a, 1 - a]),
            a * np.array([0.5, 0.5]) + (1 - a) * np.array([0, 1]),
        )
        return 2 * np.dot(loads, means)

    return {"a": rng.integers(30, 90) / 100, LOSS.name: loss}
