"""The bounds of the loss of a right or wrong example, each step checked by SymPy.

`p` are the probabilities of the K classes, of which the last, number K, is the true
one; `q` is its probability. Each function returns the lines that a page shows. To check a line,
its meaning hands out probability class by class, and computes the loss as an integral.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line
from answers.derivations.numerics import integral, root, slope

# --8<-- [start:symbols]
K, k = sp.symbols("K k", integer=True, positive=True)
i, j = sp.symbols("i j", integer=True, positive=True)
p, d = sp.IndexedBase("p"), sp.IndexedBase("d")
q, eps, t, u = sp.symbols("p_y epsilon t d", positive=True)


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

    def leads_over_all(p, p_y):
        return sum(p_y - each for each in (*p, p_y))

    return [
        Line(K * q - 1, leads, leads_over_all, values),
        Line(r"\mathcal{L}(p_y)", at(q), lambda p_y: loss(p_y), values),
        Line(r"\mathcal{L}(1/K)", at(1 / K), lambda K: loss(1 / K), values),
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

    def of_margins(d):
        return loss(chances(d)[-1])

    return [
        Line((r"\mathcal{L}", -sp.log(q)), by_margins, of_margins, values),
        Line(
            r"\frac{\partial\mathcal{L}}{\partial d_j}",
            by_one,
            lambda d, j: slope(of_margins, d, j - 1),
            values,
        ),
        Line(
            r"\text{all margins}\to 0:\quad \mathcal{L}",
            sp.limit(equal, u, 0, "+"),
            lambda K: of_margins(np.full(K - 1, 1e-9)),
            values,
        ),
        Line(
            r"\text{all margins}\to\infty:\quad \mathcal{L}",
            sp.limit(equal, u, sp.oo),
            lambda K: of_margins(np.full(K - 1, 30.0)),
            values,
        ),
    ]


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

    def left_by_winners(p, p_y, k):
        """What is left of 1 when the true class and each winner have given up p_y."""
        return sum((*p, p_y)) - sum(p_y for _ in range(k + 1))

    def level_with_winners(k):
        """The true class gets as much as each of the k that share the rest."""
        return loss(root(lambda p: p - (1 - p) / k, 0, 1))

    return [
        Line(1 - (k + 1) * q, leads + others, left_by_winners, values),
        Line(
            r"\lim_{\varepsilon\to 0} \mathcal{L}",
            sp.expand_log(limit, force=True),
            level_with_winners,
            values,
        ),
    ]


# --8<-- [end:wrong]


# --8<-- [start:second]
def second() -> list[Line]:
    """Second of two: the loss of p_y = ε has no bound, and it equals any target."""
    target = sp.Symbol("L", positive=True)
    (needed,) = sp.solve(sp.Eq(-sp.log(q), target), q)

    def without_bound():
        """Infinite if the next 100 decades add as much as the last."""
        gains = np.diff([-np.log(10.0**-n) for n in (100, 200, 300)])
        return np.inf if np.allclose(gains, gains[0]) and gains[0] > 0 else gains.sum()

    return [
        Line(
            r"\lim_{\varepsilon\to 0} \mathcal{L}(\varepsilon)",
            sp.limit(-sp.log(eps), eps, 0),
            without_bound,
            values,
        ),
        Line(
            r"\mathcal{L}(p_y) = L:\quad p_y",
            needed,
            lambda L: root(lambda p: L - loss(p), 0.01, 1),
            lambda rng, _: {"L": rng.uniform(0.2, 2)},
        ),
    ]


# --8<-- [end:second]


# --8<-- [start:threshold]
def threshold() -> list[Line]:
    """The loss falls in p for a positive, and rises for a negative: the ends suffice."""
    x = sp.Symbol("p", positive=True)
    positive, negative = -sp.log(x), -sp.log(1 - x)

    def of_negative(p):
        return loss(1 - p)

    return [
        Line(r"\mathcal{L}_1", positive, loss, one_probability),
        Line(r"\mathcal{L}_0", negative, of_negative, one_probability),
        Line(
            r"\frac{d\mathcal{L}_1}{dp}",
            sp.diff(positive, x),
            lambda p: slope(loss, p),
            one_probability,
        ),
        Line(
            r"\frac{d\mathcal{L}_0}{dp}",
            same(1 / (1 - x), sp.diff(negative, x)),
            lambda p: slope(of_negative, p),
            one_probability,
        ),
        Line(
            r"p\to 1,\ p\to t:\quad \mathcal{L}_1",
            pair(positive, x, 1, t),
            lambda t: (loss(1), loss(t)),
            one_probability,
        ),
        Line(
            r"p\to 0,\ p\to t:\quad \mathcal{L}_0",
            pair(negative, x, 0, t),
            lambda t: (of_negative(0), of_negative(t)),
            one_probability,
        ),
    ]


def pair(loss: sp.Expr, x: sp.Symbol, first: sp.Expr, last: sp.Expr) -> sp.Tuple:
    return sp.Tuple(*(loss.subs(x, end) for end in (first, last)))


def one_probability(rng, _):
    p, t = rng.uniform(0.2, 0.8, 2)
    return {"p": p, "t": t}


# --8<-- [end:threshold]


# --8<-- [start:confidence]
def confidence() -> list[Line]:
    """With a winner at c: 1 - c is shared by the true class and K - 2 others.

    The true class gets the least when each of the others has c, the most it may have.
    """
    c = sp.Symbol("c", positive=True)
    least = 1 - c - (K - 2) * c
    (edge,) = sp.solve(sp.Eq(least, 0), c)

    def left_for_truth(c, K):
        """Each of the others takes as much as it may."""
        left = 1
        for _ in range(K - 1):
            left -= c
        return left

    return [
        Line(r"\min p_y", same(1 - (K - 1) * c, least), left_for_truth, values),
        Line(
            r"\min p_y = 0:\quad c",
            edge,
            lambda K: root(lambda c: left_for_truth(c, K), 0, 2),
            values,
        ),
    ]


# --8<-- [end:confidence]
