"""How wrong a finite difference is, and the step of least error, by SymPy.

Each function returns the lines that a page shows. To check a line, the errors of differences of a
polynomial are measured, or the best step is searched for.
"""

import math

import numpy as np
import sympy as sp

from answers.derivations import Line
from answers.derivations.operators import ArgMin

x, h, eps = sp.symbols("x h epsilon", positive=True)
f = sp.Function("f")


# --8<-- [start:truncation]
def truncation() -> list[Line]:
    """The first term that each difference quotient leaves out of its Taylor series."""
    one_sided = (f(x + h) - f(x)) / h
    centred = (f(x + h) - f(x - h)) / (2 * h)

    def error(quotient: sp.Expr, order: int) -> sp.Expr:
        return sp.series(quotient, h, 0, order).doit() - sp.diff(f(x), x)

    return [
        Line(one_sided - sp.diff(f(x), x), error(one_sided, 2), polynomial),
        Line(centred - sp.diff(f(x), x), error(centred, 4), polynomial),
    ]


def polynomial(rng, _):
    """A polynomial of degree 6 whose derivatives at x are all of one size."""
    x, slopes = rng.uniform(1, 2), rng.choice([-1, 1], 7) * rng.uniform(1, 2, 7)
    taylor = np.polynomial.Polynomial(slopes / [math.factorial(n) for n in range(7)])
    return {"x": x, "h": 2**-3, "f": taylor(np.polynomial.Polynomial([-x, 1]))}


# --8<-- [end:truncation]


# --8<-- [start:best_step]
def best_step() -> list[Line]:
    """The h that minimises truncation + rounding, if f is known to ε |f|."""
    size, third = sp.symbols("|f| |f'''|", positive=True)
    error = h**2 * third / 6 + eps * size / h
    (step,) = sp.solve(sp.diff(error, h), h)
    worst = sp.Function("E")(h)
    return [
        Line(worst, error, cubic),
        Line(ArgMin(worst, h) ** 3, step**3, cubic),
    ]


def cubic(rng, _):
    """A cubic, and the error E of its centred difference if both values' errors add up."""
    h, epsilon, f, third = rng.uniform(0.5, 2, 4)
    exact = np.polynomial.Polynomial([f, 0.7, 0, third / 6])

    def worst(h):
        above, below = exact(h) + epsilon * f, exact(-h) - epsilon * f
        return (above - below) / (2 * h) - exact.deriv()(0)

    given = {"h": h, "epsilon": epsilon, "E": worst}
    return given | {"|f|": f, "|f'''|": third}


# --8<-- [end:best_step]
