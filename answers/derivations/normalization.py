"""The backward pass of normalization, derived by SymPy for a row of any width d.

Each function returns the lines that a page shows. To check a line, one entry of the row is moved
a little, and what follows is measured.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line, select
from answers.derivations.operators import Partial

# --8<-- [start:symbols]
d = sp.Symbol("d", integer=True, positive=True)  # features
# Each from 1 to d.
i, j, k = sp.symbols("i j k", integer=True, positive=True)
x, g, hat = map(sp.IndexedBase, ("x", "g", r"\hat{x}"))
# The mean, the root that divides, and the small number that is added under the root.
mu, s, eps = sp.symbols("mu s epsilon", positive=True)
# The mean of g over the row, and of g times the normalized row.
g_mean, along = sp.Symbol(r"\overline{g}"), sp.Symbol(r"\overline{g \hat{x}}")
LOSS = sp.Symbol(r"\mathcal{L}")


def over_features(term: sp.Expr, index: sp.Symbol = i) -> sp.Expr:
    """The sum of each part of the term, with constants before it."""
    parts = sp.expand(select(sp.Sum(term, (index, 1, d)), (j, d)))
    parts = parts.replace(lambda e: isinstance(e, sp.Sum), lambda e: e.expand())
    return parts.replace(lambda e: isinstance(e, sp.Sum), sp.factor_terms)


def slope(expression: sp.Expr) -> sp.Expr:
    """The derivative with respect to x_j."""
    return select(sp.diff(expression, x[j]), (j, d))


def with_means(expression: sp.Expr) -> sp.Expr:
    """Write the sums of g and of g x̂ as d times their means."""
    sums = {g[k]: g_mean, g[k] * hat[k]: along}
    return expression.subs(
        {sp.Sum(term, (k, 1, d)): d * mean for term, mean in sums.items()}
    )


# --8<-- [end:symbols]


# --8<-- [start:values]
def values(rng, size):
    """A row, the gradient g at its normalized entries, and two of its places."""
    drawn = {"x": rng.normal(1, 2, size), "g": rng.normal(size=size)}
    places = dict(zip("jk", rng.integers(1, size + 1, 2), strict=True))
    return {"d": size, "epsilon": rng.uniform(0.1, 0.9), **places, **drawn}


def layer_norm_at(rng, size):
    """Mean and root by definition; the loss is any linear function of the normalized row."""

    def root(x, epsilon):
        return np.sqrt(np.var(x) + epsilon)

    def normalized(x, epsilon):
        return (x - np.mean(x)) / root(x, epsilon)

    return values(rng, size) | {
        **{"s": root, str(hat): normalized},
        g_mean.name: lambda g: np.mean(g),
        along.name: lambda x, g, epsilon: np.mean(g * normalized(x, epsilon)),
        LOSS.name: lambda x, g, epsilon: np.dot(g, normalized(x, epsilon)),
    }


def rms_norm_at(rng, size):
    """The same without the mean."""

    def root(x, epsilon):
        return np.sqrt(np.mean(x**2) + epsilon)

    return values(rng, size) | {
        **{"s": root, str(hat): lambda x, epsilon: x / root(x, epsilon)},
        along.name: lambda x, g, epsilon: np.mean(g * x / root(x, epsilon)),
        LOSS.name: lambda x, g, epsilon: np.dot(g, x / root(x, epsilon)),
    }


# --8<-- [end:values]


# --8<-- [start:of_layer_norm]
def of_layer_norm() -> list[Line]:
    """Every entry moves the mean and the root, and so all normalized entries."""
    mean = over_features(x[i]) / d
    root = sp.sqrt(over_features(x[i] ** 2) / d - mean**2 + eps)

    def in_hats(expression: sp.Expr) -> sp.Expr:
        named = expression.subs({root: s, mean: mu, sp.Sum(x[i], (i, 1, d)): d * mu})
        return sp.expand(named.subs({x[each]: mu + s * hat[each] for each in (j, k)}))

    of_entry = sp.expand(s * in_hats(slope((x[k] - mean) / root))) / s
    of_loss = with_means(over_features(g[k] * s * of_entry, k)) / s
    return [
        Line(Partial(s, x[j]), in_hats(slope(root)), layer_norm_at),
        Line(Partial(hat[k], x[j]), of_entry, layer_norm_at),
        Line(Partial(LOSS, x[j]), of_loss, layer_norm_at),
    ]


# --8<-- [end:of_layer_norm]


# --8<-- [start:of_rms_norm]
def of_rms_norm() -> list[Line]:
    """No mean is subtracted, so no term comes back through it."""
    root = sp.sqrt(over_features(x[i] ** 2) / d + eps)

    def in_hats(expression: sp.Expr) -> sp.Expr:
        named = expression.subs(root, s)
        return sp.expand(named.subs({x[each]: s * hat[each] for each in (j, k)}))

    of_entry = sp.expand(s * in_hats(slope(x[k] / root))) / s
    of_loss = with_means(over_features(g[k] * s * of_entry, k)) / s
    return [
        Line(Partial(s, x[j]), in_hats(slope(root)), rms_norm_at),
        Line(Partial(LOSS, x[j]), of_loss, rms_norm_at),
    ]


# --8<-- [end:of_rms_norm]
