"""Why distillation multiplies its soft term by T², for any number K of classes, by SymPy.

To check a line, probabilities are solved for by their log-odds, and differences are taken.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line, select
from answers.derivations.operators import Limit, Partial
from answers.derivations.softmax import chances

# --8<-- [start:symbols]
K = sp.Symbol("K", integer=True, positive=True)  # classes
i, j = sp.symbols("i j", integer=True, positive=True)
# Logits and probabilities of the student (z, q) and of the teacher (v, p).
z, v, q, p = map(sp.IndexedBase, ("z", "v", "q", "p"))
T, h = sp.symbols("T h", positive=True)
SOFT = sp.Symbol("D")


def over_classes(term: sp.Expr) -> sp.Sum:
    return sp.Sum(term, (i, 1, K))


# --8<-- [end:symbols]


# --8<-- [start:gradient]
def gradient() -> list[Line]:
    """KL(p‖q), where both are softmax of logits over T, and its gradient; p adds up to 1."""
    total = over_classes(sp.exp(z[i] / T))
    loss = over_classes(p[i] * (sp.log(p[i]) - z[i] / T)) + sp.log(total)
    slope = select(sp.diff(loss, z[j]), (j, K)).subs(sp.exp(z[j] / T), q[j] * total)
    return [
        Line((SOFT, over_classes(p[i] * sp.log(p[i] / q[i]))), loss, softened),
        Line(Partial(SOFT, z[j]), sp.factor(slope), softened),
        Line(Partial(T**2 * SOFT, z[j]), sp.factor(T**2 * slope), softened),
    ]


# --8<-- [end:gradient]


# --8<-- [start:limit]
def limit() -> list[Line]:
    """Where T (q - p) goes as T grows, and h = 1/T falls to 0."""

    def first_order(x: sp.IndexedBase) -> sp.Expr:
        share = sp.exp(h * x[j]) / over_classes(sp.exp(h * x[i]))
        return sp.expand(sp.diff(share, h).subs(h, 0).doit())

    return [
        Line(
            Limit((q[j] - p[j]) / h, h, 0),
            sp.collect(sp.expand(first_order(z) - first_order(v)), K),
            cooled,
        )
    ]


# --8<-- [end:limit]


def softened(rng, size):
    z, v = rng.normal(size=(2, size))
    return {
        **{"K": size, "z": z, "v": v, "T": rng.uniform(0.5, 2)},
        "j": rng.integers(1, size + 1),
        "q": lambda z, T: chances(z / T),
        "p": lambda v, T: chances(v / T),
        "D": lambda z, v, T: divergence(chances(v / T), chances(z / T)),
    }


def cooled(rng, size):
    """As `softened`, by h."""
    h = rng.uniform(0.5, 2)
    by_h = {"q": lambda z, h: chances(h * z), "p": lambda v, h: chances(h * v)}
    return softened(rng, size) | by_h | {"h": h}


def divergence(p, q):
    return np.dot(p, np.log(p / q))
