"""Softmax and cross-entropy for any number K of classes, derived by SymPy.

Each function returns the lines that a page shows. To check a line, the probabilities are solved for
whose log-odds are given, or a derivative is taken by differences.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line, select
from answers.derivations.operators import Limit, Partial, Root, Slope

# --8<-- [start:symbols]
K = sp.Symbol("K", integer=True, positive=True)  # classes
# Each from 1 to K; y is the right class.
i, j, k, m, y = sp.symbols("i j k m y", integer=True, positive=True)
z, p, t = sp.IndexedBase("z"), sp.IndexedBase("p"), sp.IndexedBase("t")
temperature, eps = sp.symbols("T epsilon", positive=True)
LOSS = sp.Symbol(r"\mathcal{L}")


def over_classes(term: sp.Expr) -> sp.Sum:
    return sp.Sum(term, (i, 1, K))


total = over_classes(sp.exp(z[i]))


def softmax(index: sp.Symbol) -> sp.Expr:
    return sp.exp(z[index]) / total


def slope(expression: sp.Expr) -> sp.Expr:
    """The derivative with respect to z_j, in terms of the probabilities p where it can be."""
    return in_probabilities(sp.factor_terms(select(sp.diff(expression, z[j]), (j, K))))


# --8<-- [end:symbols]


def in_probabilities(expression: sp.Expr) -> sp.Expr:
    """Write p_m for exp(z_m) / Σ exp(z_i)."""
    return sp.factor(expression.subs({sp.exp(z[m]): p[m] * total for m in (j, k, y)}))


# --8<-- [start:values]
def values(rng, size):
    """Logits of some classes, their probabilities and loss, targets, and indices from 1."""
    z, t = rng.normal(size=size), rng.dirichlet(np.ones(size))
    classes = dict(zip("jky", rng.integers(1, size + 1, 3), strict=True))
    numbers = dict(zip(("T", "epsilon", "s"), rng.uniform(0.5, 2, 3), strict=True))
    drawn = {"K": size, "z": z, "t": t, **classes, **numbers}
    loss = {LOSS.name: lambda z, y: -np.log(chances(z)[y - 1])}
    return drawn | loss | {"p": chances(z)}


def chances(z):
    """The p with log(p_k / p_1) = z_k - z_1 and with sum 1, as a system of equations."""
    rows = np.eye(len(z))
    rows[:, 0] -= np.exp(z - z[0])
    rows[0] = 1
    return np.linalg.solve(rows, np.eye(len(z))[0])


# --8<-- [end:values]


# --8<-- [start:from_log_odds]
def from_log_odds() -> list[Line]:
    """Log-odds log(p_k / p_j) = z_k - z_j leave p = c exp(z), with one c."""
    c = sp.Symbol("c", positive=True)
    (scale,) = sp.solve(sp.Eq(c * total, 1), c)

    sum_of_p = sp.Sum(p[k], (k, 1, K))
    return [
        Line(sum_of_p, (c * total, sp.Integer(1)), one_c),
        Line((p[k], c * sp.exp(z[k])), sp.exp(z[k]) * scale, one_c),
    ]


def one_c(rng, size):
    drawn = values(rng, size)
    return drawn | {"c": drawn["p"][0] / np.exp(drawn["z"][0])}


# --8<-- [end:from_log_odds]


# --8<-- [start:from_maximum_entropy]
def from_maximum_entropy() -> list[Line]:
    """Of all p with a given mean logit m, the one of largest entropy."""
    beta, m, lam = sp.symbols("beta m lambda", real=True)
    lagrangian = (
        over_classes(-p[i] * sp.log(p[i]))
        + beta * (over_classes(p[i] * z[i]) - m)
        - lam * (over_classes(p[i]) - 1)
    )
    stationary = select(sp.diff(lagrangian, p[j]), (j, K))
    (solution,) = sp.solve(stationary, p[j])
    name = sp.Symbol("Lambda")
    return [
        Line(name, lagrangian, any_numbers),
        Line(Partial(name, p[j]), stationary, any_numbers),
        Line(Root(p[j], Partial(name, p[j]), 0), solution, any_numbers),
    ]


# --8<-- [end:from_maximum_entropy]


def any_numbers(rng, size):
    """Positive numbers p, whatever their sum and their mean logit are."""
    beta, m, lam = rng.normal(size=3)

    def lagrangian(p, z):
        entropy = -np.dot(p, np.log(p))
        return entropy + beta * (np.dot(p, z) - m) - lam * (np.sum(p) - 1)

    return values(rng, size) | {
        **{"p": rng.uniform(0.1, 0.9, size), "beta": beta, "m": m, "lambda": lam},
        "Lambda": lagrangian,
    }


# --8<-- [start:jacobian]
def jacobian() -> list[Line]:
    """The derivative of one probability with respect to one logit."""
    return [Line(Partial(p[k], z[j]), slope(softmax(k)), of_logits)]


def of_logits(rng, size):
    return values(rng, size) | {"p": chances}


# --8<-- [end:jacobian]


# --8<-- [start:cross_entropy]
def cross_entropy() -> list[Line]:
    """-log p_y, and its gradient for a right class y and for soft targets t."""
    hard = -sp.expand_log(sp.log(softmax(y)), force=True)
    soft = -sp.Sum(t[m] * sp.expand_log(sp.log(softmax(m)), force=True), (m, 1, K))
    sum_of_targets = sp.Sum(t[m], (m, 1, K))

    soft_loss = sp.Symbol(r"\mathcal{L}_t")
    by_soft = slope(soft).subs(sum_of_targets, 1)
    return [
        Line((LOSS, -sp.log(p[y])), hard, values),
        Line(Partial(LOSS, z[j]), slope(hard), values),
        Line((soft_loss, -over_classes(t[i] * sp.log(p[i]))), soft, with_targets),
        Line(Partial(soft_loss, z[j]), by_soft, with_targets),
    ]


def with_targets(rng, size):
    loss = {r"\mathcal{L}_t": lambda z, t: -np.dot(t, np.log(chances(z)))}
    return values(rng, size) | loss


# --8<-- [end:cross_entropy]


# --8<-- [start:shift]
s = sp.Symbol("s", real=True)


def shift() -> list[Line]:
    """Adding one number s to every logit changes no probability."""
    shifted = sp.exp(z[k] + s) / over_classes(sp.exp(z[i] + s))
    return [
        Line(p[k], shifted, moved),
        Line(p[k], softmax(k), moved, shift_invariance, goes_on=True),
        Line(Slope(p[k], s), sp.simplify(sp.diff(shifted, s)), moved),
    ]


def shift_invariance(before, after):
    """Any shift s will do, so s may be 0."""
    return after == before.subs(s, 0) and sp.simplify(sp.diff(before, s)) == 0


def moved(rng, size):
    return values(rng, size) | {"p": lambda z, s: chances(z + s)}


# --8<-- [end:shift]


# --8<-- [start:with_eps]
def with_eps() -> list[Line]:
    """The gradient of -log(p_y + ε), and the largest value of that loss."""
    capped, q = sp.Symbol(r"\mathcal{L}_\varepsilon"), sp.Symbol("p_y", positive=True)
    return [
        Line(capped, -sp.log(p[y] + eps), with_cap),
        Line(Partial(capped, z[j]), slope(-sp.log(softmax(y) + eps)), with_cap),
        Line(Limit(capped, q, 0), sp.limit(-sp.log(q + eps), q, 0), with_cap_at_p),
    ]


def with_cap(rng, size):
    def loss(z, y, epsilon):
        return -np.log(chances(z)[y - 1] + epsilon)

    return values(rng, size) | {r"\mathcal{L}_\varepsilon": loss}


def with_cap_at_p(rng, size):
    loss = {r"\mathcal{L}_\varepsilon": lambda p_y, epsilon: -np.log(p_y + epsilon)}
    return values(rng, size) | {"p_y": rng.uniform(0.2, 0.8)} | loss


# --8<-- [end:with_eps]


# --8<-- [start:with_temperature]
def with_temperature() -> list[Line]:
    """The gradient at a temperature T, where p is softmax(z / T)."""
    scaled = over_classes(sp.exp(z[i] / temperature))
    loss = sp.log(scaled) - z[y] / temperature
    gradient = select(sp.diff(loss, z[j]), (j, K)).subs(
        sp.exp(z[j] / temperature), p[j] * scaled
    )

    return [Line(Partial(LOSS, z[j]), sp.together(gradient), heated)]


def heated(rng, size):
    def loss(z, y, T):
        return -np.log(chances(z / T)[y - 1])

    drawn = values(rng, size)
    return drawn | {"p": chances(drawn["z"] / drawn["T"]), LOSS.name: loss}


# --8<-- [end:with_temperature]


# --8<-- [start:binary]
def binary() -> list[Line]:
    """Two classes: softmax of (a, b) is the sigmoid of a - b."""
    a, b = sp.symbols("a b", real=True)
    sigmoid = 1 / (1 + sp.exp(-(a - b)))
    first = sp.exp(a) / (sp.exp(a) + sp.exp(b))
    if sp.simplify(first - sigmoid) != 0:
        raise ValueError("softmax of two logits is not this sigmoid")
    return [Line(first, sigmoid, two_logits)]


def two_logits(rng, _):
    return dict(zip("ab", rng.normal(size=2), strict=True))


# --8<-- [end:binary]
