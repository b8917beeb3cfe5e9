"""What derivatives, integrals and roots are by definition, in float64.

The meanings of lines use these, and so share no rule of calculus with SymPy.
"""

from collections.abc import Callable

import numpy as np

NODES, WEIGHTS = np.polynomial.legendre.leggauss(80)


def slope(f: Callable, x: object, *place: int) -> object:
    """The derivative of f(x) with respect to x, or to its entry at `place`.

    (f(x + h) - f(x - h)) / 2h with h and 2h, combined so that only h⁴ is left out.
    """
    h = np.zeros_like(x, dtype=float)
    h[place] = 1e-3
    near, far = f(x + h) - f(x - h), f(x + 2 * h) - f(x - 2 * h)
    return (8 * near - far) / 12e-3


def integral(f: Callable, first: float, last: float) -> float:
    """The integral of a smooth f, which takes an array, by Gauss and Legendre's rule."""
    half = (last - first) / 2
    return half * np.sum(WEIGHTS * f(first + half * (NODES + 1)))


def root(f: Callable, first: float, last: float) -> float:
    """Where f changes its sign, by halving."""
    rises = f(last) > 0
    for _ in range(45):
        middle = (first + last) / 2
        if (f(middle) > 0) == rises:
            last = middle
        else:
            first = middle
    return (first + last) / 2
