"""A convolution along one axis and its gradients, derived by SymPy.

Each function returns the lines that a page shows. To check a line, the outputs are added up pixel
by pixel, and derivatives are taken by differences.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line, select
from answers.derivations.operators import Partial

# --8<-- [start:symbols]
K, P = sp.symbols("K P", integer=True, positive=True)  # taps, places
s, d = sp.symbols("s d", integer=True, positive=True)  # stride, dilation
# Each from 1: a pixel, a tap, a place.
j, k, m, p = sp.symbols("j k m p", integer=True, positive=True)
x, w, y, g = map(sp.IndexedBase, "xwyg")  # padded image, kernel, output, gradient
b = sp.Symbol("b", real=True)
LOSS = sp.Symbol(r"\mathcal{L}")


def pixel(place: sp.Symbol, tap: sp.Symbol) -> sp.Expr:
    """The pixel under a tap at a place."""
    return s * (place - 1) + d * (tap - 1) + 1


# --8<-- [end:symbols]


# --8<-- [start:gradients]
def gradients() -> list[Line]:
    """The output, and where its gradient goes: a sum over places, and over places and taps."""
    output = b + sp.Sum(w[k] * x[pixel(p, k)], (k, 1, K))
    loss = sp.Sum(g[p] * output, (p, 1, P))  # its slope at y_p is g_p
    of_tap = select(sp.diff(loss, w[m]), (m, K))
    return [
        Line(y[p], output, one_axis),
        Line(Partial(LOSS, b), sp.diff(loss, b), one_axis),
        Line(Partial(LOSS, w[m]), of_tap, one_axis),
        Line(Partial(LOSS, x[j]), sp.diff(loss, x[j]), one_axis),
    ]


# --8<-- [end:gradients]


def one_axis(rng, size):
    """As many taps, one more place, and the pixels that they meet."""
    s, d = rng.permutation([1, 2, 3])[:2]
    w, g = rng.normal(size=size), rng.normal(size=size + 1)
    x = rng.normal(size=s * size + d * (size - 1) + 1)
    indices = {"j": len(x), "k": size, "m": size, "p": size + 1}
    drawn = {name: rng.integers(1, most + 1) for name, most in indices.items()}
    names = {
        "K": size,
        "P": size + 1,
        "s": s,
        "d": d,
        "x": x,
        "w": w,
        "b": rng.normal(),
    }
    loss = {LOSS.name: lambda x, w, b, s, d, g: g @ added_up(x, w, b, s, d, len(g))}
    output = {"y": lambda x, w, b, s, d, P: added_up(x, w, b, s, d, P)}
    return drawn | names | {"g": g} | loss | output


def added_up(x, w, b, stride, dilation, places):
    """Each output by itself."""
    starts = stride * np.arange(int(places))
    return np.array([b + w @ x[at :: int(dilation)][: len(w)] for at in starts])
