"""The bounds of the loss of a right or wrong example, each step checked by SymPy.

`p` are the probabilities of the K classes, of which the last, number K, is the true
one; `q` is its probability. Each function returns the lines that a page shows. To check a line,
probability is handed out class by class, and the loss is an integral.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line
from answers.derivations.numerics import integral
from answers.derivations.operators import Limit, Partial, Root, Slope

# --8<-- [start:symbols]
K, k = sp.symbols("K k", integer=True, positive=True)
i, j = sp.symbols("i j", integer=True, positive=True)
p, d = sp.IndexedBase("p"), sp.IndexedBase("d")
q, eps, t, u = sp.symbols("p_y epsilon t d", positive=True)
LOSS, loss_of = sp.Symbol(r"\mathcal{L}"), sp.Function(r"\mathcal{L}")


def total(term: sp.Expr, first: sp.Expr, last: sp.Expr) -> sp.Sum:
    return sp.Sum(term, (i, first, last))


def same(left: sp.Expr, right: sp.Expr) -> sp.Expr:
    """`left`, once SymPy has shown that it equals `right`."""
    difference = sp.expand((left - right).doit())
    if sp.simplify(difference) != 0:
        raise ValueError(f"{left} is not {right}: they differ by {difference}")
    return left


# --8<-- [end:symbols]


# --8<-- [start:values]
def values(rng, size):
    """Margins to the other classes, their probabilities, and that of the true class."""
    d = rng.normal(size=size - 1)
    *p, p_y = chances(d)
    return {
        **{"K": size, "d": d, "p": np.array(p), "p_y": p_y},
        **{"j": rng.integers(1, size), "k": rng.integers(1, size), "c": rng.uniform()},
        **{LOSS.name: loss, "epsilon": rng.uniform(0.05, 0.2)},
    }


def chances(d):
    """The p with log(p_K / p_i) = d_i and sum 1, as a system of equations."""
    rows = np.eye(len(d) + 1)
    rows[:-1, -1] = -np.exp(-d)
    rows[-1] = 1
    return np.linalg.solve(rows, np.eye(len(d) + 1)[-1])


def loss(p):
    """-log p: the integral of 1/x from p to 1."""
    return integral(lambda x: 1 / x, p, 1)


# --8<-- [end:values]


# --8<-- [start:right]
def right() -> list[Line]:
    """K p_y - 1 is a sum of K - 1 leads, each positive for a right example."""
    others = total(p[i], 1, K - 1)
    # All probabilities sum to 1.
    one = q + others
    leads = total(q - p[i], 1, K - 1)
    same(leads, K * q - one)

    return [
        Line(K * q - 1, leads, values),
        Line(loss_of(q), at(q), values),
        Line(loss_of(1 / K), at(1 / K), values),
    ]


# --8<-- [end:right]


def at(probability: sp.Expr) -> sp.Expr:
    """The loss at this probability, simplified."""
    return sp.expand_log(-sp.log(probability), force=True)


# --8<-- [start:margins]
def margins() -> list[Line]:
    """The loss by its margins d_i = z_y - z_i, its slope, and its ends.

    The derivative with respect to one margin is minus the probability of that class,
    written with the sum over the others left as it is; then all margins are set to one d.
    """
    rest = total(sp.exp(-d[i]), 1, K - 1)
    by_margins = sp.log(1 + rest)
    # One term of the sum depends on d_j, where j is one of the K - 1.
    s = sp.Symbol("s", positive=True)  # the other terms
    by_one = sp.diff(sp.log(1 + s + sp.exp(-d[j])), d[j])
    by_one = by_one.subs(s, rest - sp.exp(-d[j]))
    equal = sp.log(1 + (K - 1) * sp.exp(-u))
    same(by_margins.replace(d[i], u).doit(), equal)

    return [
        Line((LOSS, -sp.log(q)), by_margins, of_margins),
        Line(Partial(LOSS, d[j]), by_one, of_margins),
        Line(Limit(LOSS, u, 0), sp.limit(equal, u, 0, "+"), of_margins),
        Line(Limit(LOSS, u, sp.oo), sp.limit(equal, u, sp.oo), of_margins),
    ]


def of_margins(rng, size):
    return values(rng, size) | {LOSS.name: lambda d: loss(chances(d)[-1])}


# --8<-- [end:margins]


# --8<-- [start:wrong]
def wrong() -> list[Line]:
    """1 - (k + 1) p_y is a sum: the leads of k winners and the other probabilities, all >= 0.

    For plain accuracy k is 1. The construction gives k winners 1/(k + 1) + ε/k each and
    the true class 1/(k + 1) - ε.
    """
    winners, others = total(p[i], 1, k), total(p[i], k + 1, K - 1)
    one = q + winners + others
    leads = total(p[i] - q, 1, k)
    same(leads + others, one - (k + 1) * q)
    winner, true = 1 / (k + 1) + eps / k, 1 / (k + 1) - eps
    same(k * winner + true, sp.Integer(1))
    same(winner - true, eps * (1 + 1 / k))
    limit = sp.limit(-sp.log(true), eps, 0, "+")

    return [
        Line(1 - (k + 1) * q, leads + others, values),
        Line(Limit(LOSS, eps, 0), sp.expand_log(limit, force=True), behind_winners),
    ]


def behind_winners(rng, size):
    """The true class is behind each of k winners, which share the rest, by about ε."""

    def behind(k, epsilon):
        level = np.linalg.solve([[1, -1], [1, k]], [0, 1])[0]
        return loss(level - epsilon)

    return values(rng, size) | {LOSS.name: behind}


# --8<-- [end:wrong]


# --8<-- [start:second]
def second() -> list[Line]:
    """Second of two: the loss of p_y = ε has no bound, and it equals any target."""
    target = sp.Symbol("L", positive=True)
    (needed,) = sp.solve(sp.Eq(-sp.log(q), target), q)

    return [
        Line(Limit(loss_of(eps), eps, 0), sp.limit(-sp.log(eps), eps, 0), one_target),
        Line(Root(q, loss_of(q), target), needed, one_target),
    ]


def one_target(rng, size):
    given = {"L": rng.uniform(0.2, 2), LOSS.name: lambda p: -np.log(p)}
    return values(rng, size) | given


# --8<-- [end:second]


# --8<-- [start:threshold]
def threshold() -> list[Line]:
    """The loss falls in p for a positive, and rises for a negative: the ends suffice."""
    x = sp.Symbol("p", positive=True)
    positive, negative = -sp.log(x), -sp.log(1 - x)

    of_positive, of_negative = sp.symbols(r"\mathcal{L}_1 \mathcal{L}_0")

    return [
        Line(of_positive, positive, one_probability),
        Line(of_negative, negative, one_probability),
        Line(Slope(of_positive, x), sp.diff(positive, x), one_probability),
        Line(
            Slope(of_negative, x),
            same(1 / (1 - x), sp.diff(negative, x)),
            one_probability,
        ),
        Line(Limit(of_positive, x, 1), positive.subs(x, 1), one_probability),
        Line(Limit(of_positive, x, t), positive.subs(x, t), one_probability),
        Line(Limit(of_negative, x, 0), negative.subs(x, 0), one_probability),
        Line(Limit(of_negative, x, t), negative.subs(x, t), one_probability),
    ]


def one_probability(rng, _):
    p, t = rng.uniform(0.2, 0.8, 2)
    losses = {r"\mathcal{L}_1": loss, r"\mathcal{L}_0": lambda p: loss(1 - p)}
    return {"p": p, "t": t, **losses}


# --8<-- [end:threshold]


# --8<-- [start:confidence]
def confidence() -> list[Line]:
    """With a winner at c: 1 - c is shared by the true class and K - 2 others.

    The true class gets the least when each of the others has c, the most it may have.
    """
    c = sp.Symbol("c", positive=True)
    least = 1 - c - (K - 2) * c
    (edge,) = sp.solve(sp.Eq(least, 0), c)

    least_p = sp.Symbol(r"\min p_y")
    return [
        Line(least_p, same(1 - (K - 1) * c, least), winner_at_c),
        Line(Root(c, least_p, 0), edge, winner_at_c),
    ]


def winner_at_c(rng, size):
    def left_for_truth(c, K):
        """Each of the others takes as much as it may."""
        left = 1
        for _ in range(K - 1):
            left -= c
        return left

    return values(rng, size) | {r"\min p_y": left_for_truth}


# --8<-- [end:confidence]
