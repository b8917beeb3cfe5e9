"""Softmax and cross-entropy for any number K of classes, derived by SymPy.

Each function returns the lines that a page shows. To check a line, its meaning solves for the
probabilities whose log-odds are given, or takes a derivative by differences.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line, Rule, numerics, select

# --8<-- [start:symbols]
K = sp.Symbol("K", integer=True, positive=True)  # classes
# Each from 1 to K; y is the right class.
i, j, k, m, y = sp.symbols("i j k m y", integer=True, positive=True)
z, p, t = sp.IndexedBase("z"), sp.IndexedBase("p"), sp.IndexedBase("t")
temperature, eps = sp.symbols("T epsilon", positive=True)


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
    """Logits of some classes, their probabilities, targets, and indices from 1."""
    z, t = rng.normal(size=size), rng.dirichlet(np.ones(size))
    classes = dict(zip("jky", rng.integers(1, size + 1, 3), strict=True))
    numbers = dict(zip(("T", "epsilon", "s"), rng.uniform(0.5, 2, 3), strict=True))
    return {"K": size, "z": z, "p": chances(z), "t": t, **classes, **numbers}


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

    def one_c(rng, size):
        drawn = values(rng, size)
        return drawn | {"c": drawn["p"][0] / np.exp(drawn["z"][0])}

    return [
        Line(
            r"\sum_k p_k", (c * total, sp.Integer(1)), lambda z: chances(z).sum(), one_c
        ),
        Line(
            ("p_k", c * sp.exp(z[k])),
            sp.exp(z[k]) * scale,
            lambda z, k: chances(z)[k - 1],
            one_c,
        ),
    ]


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
    return [
        Line(r"\Lambda", lagrangian, entropy_and_constraints, any_numbers),
        Line(
            r"\frac{\partial\Lambda}{\partial p_j}",
            stationary,
            slope_by_differences,
            any_numbers,
        ),
        Line(r"p_j", solution, where_it_is_0, any_numbers),
    ]


# --8<-- [end:from_maximum_entropy]


def any_numbers(rng, size):
    """Positive numbers p, whatever their sum and their mean logit are."""
    multipliers = dict(zip(("beta", "m", "lambda"), rng.normal(size=3), strict=True))
    drawn = values(rng, size) | {"p": rng.uniform(0.1, 0.9, size), **multipliers}
    return drawn | {"multipliers": tuple(multipliers.values())}


def entropy_and_constraints(p, z, multipliers):
    beta, mean, lam = multipliers
    entropy = -np.dot(p, np.log(p))
    return entropy + beta * (np.dot(p, z) - mean) - lam * (np.sum(p) - 1)


def slope_by_differences(p, z, multipliers, j):
    return numerics.slope(
        lambda p: entropy_and_constraints(p, z, multipliers), p, j - 1
    )


def where_it_is_0(p, z, multipliers, j):
    def slope_at(p_j):
        changed = np.where(np.arange(len(p)) == j - 1, p_j, p)
        return slope_by_differences(changed, z, multipliers, j)

    return numerics.root(slope_at, 5e-3, 50)


# --8<-- [start:jacobian]
def jacobian() -> list[Line]:
    """The derivative of one probability with respect to one logit."""
    return [
        Line(
            r"\frac{\partial p_k}{\partial z_j}",
            slope(softmax(k)),
            lambda z, k, j: numerics.slope(chances, z, j - 1)[k - 1],
            values,
        )
    ]


# --8<-- [end:jacobian]


# --8<-- [start:cross_entropy]
def cross_entropy() -> list[Line]:
    """-log p_y, and its gradient for a right class y and for soft targets t."""
    hard = -sp.expand_log(sp.log(softmax(y)), force=True)
    soft = -sp.Sum(t[m] * sp.expand_log(sp.log(softmax(m)), force=True), (m, 1, K))
    sum_of_targets = sp.Sum(t[m], (m, 1, K))

    def loss(z, t):
        return -np.dot(t, np.log(chances(z)))

    def onehot(z, y):
        return np.eye(len(z))[y - 1]

    return [
        Line(
            (r"\mathcal{L}", -sp.log(p[y])),
            hard,
            lambda z, y: loss(z, onehot(z, y)),
            values,
        ),
        Line(
            r"\frac{\partial\mathcal{L}}{\partial z_j}",
            slope(hard),
            lambda z, y, j: numerics.slope(lambda z: loss(z, onehot(z, y)), z, j - 1),
            values,
        ),
        Line(
            (r"\mathcal{L}_t", -over_classes(t[i] * sp.log(p[i]))),
            soft,
            loss,
            values,
        ),
        Line(
            r"\frac{\partial\mathcal{L}_t}{\partial z_j}",
            slope(soft).subs(sum_of_targets, 1),
            lambda z, t, j: numerics.slope(lambda z: loss(z, t), z, j - 1),
            values,
        ),
    ]


# --8<-- [end:cross_entropy]


# --8<-- [start:shift]
def shift() -> list[Line]:
    """Adding one number s to every logit changes no probability."""
    s = sp.Symbol("s", real=True)
    shifted = sp.exp(z[k] + s) / over_classes(sp.exp(z[i] + s))

    def moved(z, s, k):
        return chances(z + s)[k - 1]

    def any_shift_will_do(before, after):
        return after == before.subs(s, 0) and sp.simplify(sp.diff(before, s)) == 0

    invariance = Rule(r"\text{shift invariance}", any_shift_will_do)
    return [
        Line("p_k(s)", shifted, moved, values),
        Line("", softmax(k), moved, values, invariance),
        Line(
            r"\frac{d p_k}{d s}",
            sp.simplify(sp.diff(shifted, s)),
            lambda z, s, k: numerics.slope(lambda s: moved(z, s, k), s),
            values,
        ),
    ]


# --8<-- [end:shift]


# --8<-- [start:with_eps]
def with_eps() -> list[Line]:
    """The gradient of -log(p_y + ε), and the largest value of that loss."""
    q = sp.Symbol("p_y", positive=True)

    def capped(z, y, epsilon):
        return -np.log(chances(z)[y - 1] + epsilon)

    return [
        Line(r"\mathcal{L}_\varepsilon", -sp.log(p[y] + eps), capped, values),
        Line(
            r"\frac{\partial\mathcal{L}_\varepsilon}{\partial z_j}",
            slope(-sp.log(softmax(y) + eps)),
            lambda z, y, j, epsilon: numerics.slope(
                lambda z: capped(z, y, epsilon), z, j - 1
            ),
            values,
        ),
        Line(
            r"\lim_{p_y \to 0} \mathcal{L}_\varepsilon",
            sp.limit(-sp.log(q + eps), q, 0),
            # Of two classes, with one hopelessly behind.
            lambda epsilon: capped(np.array([0.0, 40.0]), 1, epsilon),
            values,
        ),
    ]


# --8<-- [end:with_eps]


# --8<-- [start:with_temperature]
def with_temperature() -> list[Line]:
    """The gradient at a temperature T, where p is softmax(z / T)."""
    scaled = over_classes(sp.exp(z[i] / temperature))
    loss = sp.log(scaled) - z[y] / temperature
    gradient = select(sp.diff(loss, z[j]), (j, K)).subs(
        sp.exp(z[j] / temperature), p[j] * scaled
    )

    def heated(rng, size):
        drawn = values(rng, size)
        return drawn | {"p": chances(drawn["z"] / drawn["T"])}

    return [
        Line(
            r"\frac{\partial\mathcal{L}}{\partial z_j}",
            sp.together(gradient),
            lambda z, y, j, T: numerics.slope(
                lambda z: -np.log(chances(z / T)[y - 1]), z, j - 1
            ),
            heated,
        )
    ]


# --8<-- [end:with_temperature]


# --8<-- [start:binary]
def binary() -> list[Line]:
    """Two classes: softmax of (a, b) is the sigmoid of a - b."""
    a, b = sp.symbols("a b", real=True)
    sigmoid = 1 / (1 + sp.exp(-(a - b)))
    first = sp.exp(a) / (sp.exp(a) + sp.exp(b))
    if sp.simplify(first - sigmoid) != 0:
        raise ValueError("softmax of two logits is not this sigmoid")
    return [
        Line(
            first,
            sigmoid,
            lambda a, b: chances(np.array([a, b]))[0],
            lambda rng, _: dict(zip("ab", rng.normal(size=2), strict=True)),
        )
    ]


# --8<-- [end:binary]
