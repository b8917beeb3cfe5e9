"""What a float of few bits can hold: its range, what it loses, and where a sum stalls, by SymPy.

Each function returns the lines that a page shows. To check a line, all floats of a small format are
listed, and numbers are rounded by looking for the nearest.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line
from answers.derivations.operators import Mean

# --8<-- [start:symbols]
p = sp.Symbol("p", integer=True, positive=True)  # bits of the fraction
b = sp.Symbol("b", integer=True, positive=True)  # the largest exponent
e, i = sp.symbols("e i", integer=True)
# --8<-- [end:symbols]


def all_floats(p, b):
    """0 and all positive floats, in order: the subnormal ones, then each exponent's."""
    p, b = int(p), int(b)
    small = [k * 2.0 ** (1 - b - p) for k in range(2**p)]
    return small + [
        (2**p + k) * 2.0 ** (exponent - p)
        for exponent in range(1 - b, b + 1)
        for k in range(2**p)
    ]


def rounded(x, floats):
    """The nearest float; of two, that with the even place in the list."""
    return min(
        enumerate(floats), key=lambda each: (abs(each[1] - x), each[0] % 2, each[0])
    )[1]


# --8<-- [start:limits]
def limits() -> list[Line]:
    """The largest float, the smallest, and the largest number that is rounded to 0."""
    largest, normal, smallest, lost = sp.symbols(
        r"x_{\max} x_{\text{normal}} x_{\min} x_{\text{lost}}", positive=True
    )
    float_ = 2**e * (1 + i * 2**-p)
    first = float_.subs({e: 1 - b, i: 1}) - float_.subs({e: 1 - b, i: 0})
    last = float_.subs({e: b, i: 2**p - 1})
    return [
        Line(largest, 2**b * sp.expand(last / 2**b), some_format),
        Line(normal, float_.subs({e: 1 - b, i: 0}), some_format),
        Line(smallest, sp.powsimp(sp.expand(first)), some_format),
        Line(lost, sp.powsimp(sp.expand(first) / 2), some_format),
    ]


# --8<-- [end:limits]


def lost_numbers(p, b):
    """The largest number that is rounded to 0, among eighths of the smallest float."""
    floats = all_floats(p, b)
    grid = [k * floats[1] / 8 for k in range(1, 17)]
    return max(x for x in grid if rounded(x, floats) == 0)


def some_format(rng, size):
    return {
        "p": size,
        "b": int(rng.integers(1, 6)),
        r"x_{\max}": lambda p, b: all_floats(p, b)[-1],
        r"x_{\text{normal}}": lambda p, b: all_floats(p, b)[2 ** int(p)],
        r"x_{\min}": lambda p, b: all_floats(p, b)[1],
        r"x_{\text{lost}}": lost_numbers,
    }


# --8<-- [start:stall]
def stall() -> list[Line]:
    """Where ones are added for nothing: the sum is a tie, which goes down."""
    stalled = sp.Symbol(r"s_{\text{stall}}", positive=True)
    exponent = sp.Symbol("E", integer=True, positive=True)
    half_a_step = 2 ** (exponent - p) / 2
    (where,) = sp.solve(sp.Eq(sp.log(half_a_step, 2).expand(force=True), 0), exponent)
    return [Line(stalled, 2**where, wide_format)]


# --8<-- [end:stall]


def sum_of_ones(p, b):
    """Ones, added until nothing changes."""
    floats, total = all_floats(p, b), 0.0
    while (after := rounded(total + 1, floats)) != total:
        total = after
    return total


def wide_format(rng, size):
    b = size + 1 + int(rng.integers(1, 3))
    return {"p": size, "b": b, r"s_{\text{stall}}": sum_of_ones}


# --8<-- [start:by_chance]
def by_chance() -> list[Line]:
    """Up with the probability of the way already gone: right on average."""
    x, a, h = sp.symbols("x a h", positive=True)
    r = sp.Symbol("r")
    up = (x - a) / h
    mean = (1 - up) * a + up * (a + h)
    return [Line(Mean(r), (mean, sp.expand(mean)), each_chance)]


# --8<-- [end:by_chance]


def each_chance(rng, size):
    """x between the floats a and a + h, rounded with each of 16 chances."""
    a, way = 2**7 + int(rng.integers(2**7)), int(rng.integers(1, 16))
    h = 2.0 ** (size - 7)
    given = {"a": a * h, "h": h, "x": (a + way / 16) * h, "way": way}

    def rounded(a, h, way):
        return np.where(way + np.arange(16) >= 16, a + h, a)

    return given | {"r": rounded}
