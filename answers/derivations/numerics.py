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


def root_near(f: Callable, start: float, positive: bool) -> float:
    """Where f changes its sign, in the first range around the start that holds such a place."""
    first = last = start
    for _ in range(300):
        if (f(first) > 0) != (f(last) > 0):
            return root(f, first, last)
        if positive:
            first, last = first / 1.05, last * 1.05
        else:
            first, last = first - 0.1, last + 0.1
    raise ValueError(f"no root between {first} and {last}")


def limit(f: Callable) -> float:
    """Where f(4), f(5), ... go: what Aitken's extrapolation says where it moves least.

    It is infinite if the steps do not shrink.
    """
    found = np.array([f(n) for n in range(4, 20)])
    steps = np.diff(found)
    if abs(steps[-1]) > abs(steps[0]) / 2:
        return np.sign(steps[-1]) * np.inf
    with np.errstate(all="ignore"):
        goes_to = found[2:] - steps[1:] ** 2 / np.diff(steps)
    goes_to = np.where(np.diff(steps) == 0, found[2:], goes_to)
    return goes_to[1 + np.argmin(abs(np.diff(goes_to)))]
