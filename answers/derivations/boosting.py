"""What a split gains, and what a leaf of a boosted tree should say, by SymPy.

To check a line, squared errors are summed, or derivatives and minima are found by differences.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line
from answers.derivations.operators import ArgMin, At, Partial

# --8<-- [start:symbols]
n, a = sp.symbols("n a", positive=True)  # rows, and rows on the left
T, S, Q, R, c = sp.symbols(
    "T S Q R c", real=True
)  # sums of targets and of their squares
GAIN, LOSS = sp.symbols(r"\Delta \mathcal{L}")
s, y, p = sp.symbols("s y p", real=True)  # score, label and probability
G, w = sp.symbols("G w", real=True)
H, lam = sp.symbols("H lambda", positive=True)
# --8<-- [end:symbols]


# --8<-- [start:gain]
def gain() -> list[Line]:
    """How much the squared error falls if each side predicts its own mean."""

    def error(squares, total, count):
        of_constant = squares - 2 * c * total + count * c**2
        [mean] = sp.solve(sp.diff(of_constant, c), c)
        return sp.expand(of_constant.subs(c, mean))

    sides = error(R, S, a), error(Q - R, T - S, n - a)
    split = S**2 / a + (T - S) ** 2 / (n - a) - T**2 / n
    if sp.simplify(error(Q, T, n) - sum(sides) - split) != 0:
        raise ValueError(f"{split} is not what is gained")
    centred = n * S**2 / (a * (n - a))
    if sp.simplify(split.subs(T, 0) - centred) != 0:
        raise ValueError(f"{centred} is not what is gained where targets add up to 0")
    return [
        Line(GAIN, split, of_rows),
        Line(At(GAIN, (T, 0)), centred, of_rows),
    ]


# --8<-- [end:gain]


def squared_error(targets):
    return ((targets - targets.mean()) ** 2).sum()


def of_rows(rng, size):
    """The gain by squared errors, of rows that are moved so that each side has its sum."""
    left = int(rng.integers(1, size + 1))
    drawn = rng.normal(size=size + left)

    def gained(T, S, a):
        one, other = drawn[:a], drawn[a:]
        one = one - one.mean() + S / a
        other = other - other.mean() + (T - S) / len(other)
        both = squared_error(np.concatenate([one, other]))
        return both - squared_error(one) - squared_error(other)

    sums = {"T": rng.normal(), "S": rng.normal()}
    return {"n": len(drawn), "a": left, r"\Delta": gained, **sums}


# --8<-- [start:derivatives]
def derivatives() -> list[Line]:
    """Of log loss by the score, the log odds."""
    loss = sp.log(1 + sp.exp(s)) - y * s
    chance = 1 / (1 + sp.exp(-s))
    once, twice = p - y, p * (1 - p)
    for found, wanted in ((sp.diff(loss, s), once), (sp.diff(loss, s, 2), twice)):
        if sp.simplify(found - wanted.subs(p, chance)) != 0:
            raise ValueError(f"{wanted} is not {found}")
    return [
        Line(Partial(LOSS, s), once, of_a_score),
        Line(Partial(Partial(LOSS, s), s), twice, of_a_score),
    ]


# --8<-- [end:derivatives]


def of_a_score(rng, size):
    """Any share of labels that are 1."""

    def loss(y, s):
        return np.logaddexp(0, s) - y * s

    return {
        **{"s": rng.normal() * size / 2, "y": rng.uniform(0.1, 0.9)},
        "p": lambda s: (1 + np.tanh(s / 2)) / 2,
        r"\mathcal{L}": loss,
    }


# --8<-- [start:leaf]
def leaf() -> list[Line]:
    """The value that minimises the loss to second order and a penalty, and what it saves."""
    model = G * w + (H + lam) * w**2 / 2
    [best] = sp.solve(sp.diff(model, w), w)
    return [
        Line(ArgMin(model, w), best, of_a_leaf),
        Line(At(model, (w, best)), sp.simplify(model.subs(w, best)), of_a_leaf),
    ]


# --8<-- [end:leaf]


def of_a_leaf(rng, size):
    """The minimum is looked for near any w."""
    return {
        **{
            "G": rng.normal(),
            "H": rng.uniform(0.2, size),
            "lambda": rng.uniform(0.1, 2),
        },
        "w": rng.normal(),
    }
