"""The gradient through a division by the length, for any number of dimensions, by SymPy.

To check the line, one entry of the row is changed a little: how the product changes is measured.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line, select
from answers.derivations.operators import Partial

# --8<-- [start:symbols]
D = sp.Symbol("D", integer=True, positive=True)  # dimensions
i, j = sp.symbols("i j", integer=True, positive=True)
x, u, g = map(sp.IndexedBase, ("x", "u", "g"))
length = sp.Symbol(r"\ell", positive=True)


def over_dimensions(term: sp.Expr) -> sp.Sum:
    return sp.Sum(term, (i, 1, D))


# --8<-- [end:symbols]


# --8<-- [start:through_length]
def through_length() -> list[Line]:
    """How g · u changes with one entry of x, where u = x / |x|."""
    squares, product = over_dimensions(x[i] ** 2), over_dimensions(g[i] * x[i])
    slope = select(sp.diff(product / sp.sqrt(squares), x[j]), (j, D))
    along = over_dimensions(g[i] * u[i])
    by_unit = slope.subs(
        {product: length * along, squares: length**2, x[j]: length * u[j]}
    )
    return [Line(Partial(along, x[j]), sp.expand(length * by_unit) / length, row)]


# --8<-- [end:through_length]


def row(rng, size):
    return {
        **{"D": size, "x": rng.normal(size=size), "g": rng.normal(size=size)},
        **{"j": rng.integers(1, size + 1), "u": lambda x: x / np.linalg.norm(x)},
        r"\ell": lambda x: np.linalg.norm(x),
    }
