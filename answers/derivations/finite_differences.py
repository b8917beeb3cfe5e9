"""How wrong a finite difference is, and the step of least error, by SymPy.

Each function returns the lines that a page shows. To check a line, its meaning measures the error
of differences of a polynomial, or searches for the best step.
"""

import math

import numpy as np
import sympy as sp

from answers.derivations import Line
from answers.derivations.numerics import root, slope

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
        Line(one_sided - sp.diff(f(x), x), error(one_sided, 2), forward, polynomial),
        Line(centred - sp.diff(f(x), x), error(centred, 4), both_ways, polynomial),
    ]


def forward(f, x, h):
    """How much steeper than the tangent the line through f(x) and f(x + h) is."""
    return np.polyfit([0, h], [f(x), f(x + h)], 1)[0] - f.deriv()(x)


def both_ways(f, x, h):
    return np.polyfit([-h, h], [f(x - h), f(x + h)], 1)[0] - f.deriv()(x)


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
    return [
        Line("E(h)", error, worst, cubic),
        Line(r"h_{\text{best}}^3", step**3, lowest, cubic),
    ]


def worst(h, epsilon, f, third):
    """The error of a centred difference of a cubic, if the errors of both values add up."""
    cubic = np.polynomial.Polynomial([f, 0.7, 0, third / 6])
    off = epsilon * f
    return ((cubic(h) + off) - (cubic(-h) - off)) / (2 * h) - cubic.deriv()(0)


def lowest(epsilon, f, third):
    return (
        root(lambda h: slope(lambda h: worst(h, epsilon, f, third), h), 0.05, 50) ** 3
    )


def cubic(rng, _):
    h, epsilon, f, third = rng.uniform(0.5, 2, 4)
    return {
        "h": h,
        "epsilon": epsilon,
        "f": f,
        "third": third,
        "|f|": f,
        "|f'''|": third,
    }


# --8<-- [end:best_step]
