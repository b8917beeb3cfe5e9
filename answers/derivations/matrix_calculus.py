"""The derivative of Y = XW by SymPy: with indices, by the trace, and as a matrix.

The sizes are symbols; only the matrix has given sizes, so that its entries can be seen. To check a
line, its meaning changes X or W a little and measures how Y, or the loss ⟨G, Y⟩, changes.
"""

from collections.abc import Callable

import numpy as np
import sympy as sp

from answers.derivations import Line, Rule, select
from answers.derivations.numerics import slope

# --8<-- [start:entries]
N, D, H = sp.symbols("N D H", integer=True, positive=True)  # batch, d_in, d_out
i, j, k, l, m = sp.symbols("i j k l m", integer=True, positive=True)


def entries() -> list[Line]:
    """An entry of Y = XW, and its derivatives with respect to one of W and one of X."""
    x, w = sp.IndexedBase("X"), sp.IndexedBase("W")
    y = sp.Sum(x[i, m] * w[m, j], (m, 1, D))
    by_w = select(sp.diff(y, w[k, l]), (k, D))
    by_x = select(sp.diff(y, x[l, k]), (k, D))

    def slope_by_w(X, W, i, j, k, l):
        return slope(lambda w: X @ w, W, k - 1, l - 1)[i - 1, j - 1]

    def slope_by_x(X, W, i, j, k, l):
        return slope(lambda x: x @ W, X, l - 1, k - 1)[i - 1, j - 1]

    return [
        Line("Y_{i,j}", y, lambda X, W, i, j: (X @ W)[i - 1, j - 1], values),
        Line(r"\frac{\partial Y_{i,j}}{\partial W_{k,l}}", by_w, slope_by_w, values),
        Line(r"\frac{\partial Y_{i,j}}{\partial X_{l,k}}", by_x, slope_by_x, values),
    ]


# --8<-- [end:entries]


def values(rng, size):
    """Matrices of three different sizes, and indices of their entries."""
    n, d, h = np.roll((2, 3, 4), size)
    shapes = {"X": (n, d), "W": (d, h), "G": (n, h), "dX": (n, d), "dW": (d, h)}
    drawn = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    last = {"i": n, "j": h, "k": d, "l": min(n, h)}
    drawn |= {name: rng.integers(1, size + 1) for name, size in last.items()}
    changes = {dx.name: drawn["dX"], dw.name: drawn["dW"]}
    return drawn | {"N": n, "D": d, "H": h} | changes


# --8<-- [start:trace_argument]
class Inner(sp.Expr):
    """⟨A, B⟩: the sum of A_ij B_ij over all entries of two matrices of one shape."""

    def _latex(self, printer):
        return rf"\langle {', '.join(map(printer.doprint, self.args))} \rangle"

    def as_number(self, a, b):
        return (a * b).sum()


X, dx = sp.MatrixSymbol("X", N, D), sp.MatrixSymbol(r"\,dX\,", N, D)
W, dw = sp.MatrixSymbol("W", D, H), sp.MatrixSymbol(r"\,dW", D, H)
G = sp.MatrixSymbol("G", N, H)


def of_weights() -> list[Line]:
    """⟨G, X dW⟩, step by step, until dW stands alone; and why each step holds."""
    gradient = sp.MatMul(X.T, G)
    steps = [
        (sp.Trace(sp.MatMul(G.T, X, dw)), TRACE),
        (sp.Trace(sp.MatMul(sp.Transpose(gradient), dw)), TRANSPOSE),
        (Inner(gradient, dw), TRACE),
    ]

    def change_of_loss(G, X, W, dW):
        return slope(lambda step: (G * (X @ (W + step * dW))).sum(), 0.0)

    return chain(Inner(G, sp.MatMul(X, dw)), steps, change_of_loss)


def of_input() -> list[Line]:
    """⟨G, dX W⟩, step by step, until dX stands alone; and why each step holds."""
    gradient = sp.MatMul(G, W.T)
    steps = [
        (sp.Trace(sp.MatMul(G.T, dx, W)), TRACE),
        (sp.Trace(sp.MatMul(W, G.T, dx)), CYCLIC),
        (sp.Trace(sp.MatMul(sp.Transpose(gradient), dx)), TRANSPOSE),
        (Inner(gradient, dx), TRACE),
    ]

    def change_of_loss(G, X, W, dX):
        return slope(lambda step: (G * ((X + step * dX) @ W)).sum(), 0.0)

    return chain(Inner(G, sp.MatMul(dx, W)), steps, change_of_loss)


def chain(first: sp.Expr, steps: list, meaning: Callable) -> list[Line]:
    """Lines that are all equal to the first, each with its rule."""
    names = [first, *[""] * (len(steps) - 1)]
    pairs = zip(names, steps, strict=True)
    return [Line(name, step, meaning, values, rule) for name, (step, rule) in pairs]


# --8<-- [end:trace_argument]


# --8<-- [start:rules]
def factors(e: sp.Expr) -> list[sp.Expr]:
    """What is multiplied under a trace; ⟨A, B⟩ is read as tr(AᵀB)."""
    if isinstance(e, Inner):
        return [sp.Transpose(e.args[0]), *sp.MatMul.make_args(e.args[1])]
    return list(sp.MatMul.make_args(e.args[0]))


def without_transposed_products(e: sp.Expr) -> list[sp.Expr]:
    """The factors, with BᵀAᵀ for each (AB)ᵀ."""
    found = []
    for factor in factors(e):
        product = isinstance(factor, sp.Transpose) and factor.arg.is_MatMul
        found += [f.T for f in reversed(factor.arg.args)] if product else [factor]
    return found


def same_trace(before: sp.Expr, after: sp.Expr) -> bool:
    """⟨A, B⟩ = tr(AᵀB)"""
    return type(before) is not type(after) and factors(before) == factors(after)


def rotated(before: sp.Expr, after: sp.Expr) -> bool:
    """tr(AB) = tr(BA)"""
    old, new = factors(before), factors(after)
    turned = [old[n:] + old[:n] for n in range(1, len(old))]
    return type(before) is type(after) and new in turned


def transposed_product(before: sp.Expr, after: sp.Expr) -> bool:
    """(AB)ᵀ = BᵀAᵀ, read in either direction"""
    old, new = (without_transposed_products(each) for each in (before, after))
    return type(before) is type(after) and before != after and old == new


TRACE = Rule(r"\text{trace}", same_trace)
CYCLIC = Rule(r"\text{cyclic}", rotated)
TRANSPOSE = Rule(r"\text{transpose}", transposed_product)
# --8<-- [end:rules]


# --8<-- [start:layouts]
def layouts(n: int = 3, d_in: int = 2, d_out: int = 2) -> list[Line]:
    """Derivatives of all entries of Y with respect to all of W: row by row, then by column."""
    entry, whole = sp.IndexedBase("x"), sp.MatrixSymbol("X", n, d_in)
    x = sp.Matrix(n, d_in, lambda r, c: entry[r + 1, c + 1])
    w = sp.Matrix(d_in, d_out, sp.symbols(f"w_:{d_in}:{d_out}"))
    y, eye = x * w, sp.Identity(d_out)
    # `vec` goes by columns; after a transpose, by rows.
    by_rows = y.T.vec().jacobian(w.T.vec())
    by_columns = y.vec().jacobian(w.vec())

    def slopes(x, places, order):
        at = np.zeros((d_in, d_out))
        each = (slope(lambda w: x @ w, at, *place).ravel(order) for place in places)
        return np.stack(list(each), axis=1)

    def row_by_row(x):
        return slopes(x, np.ndindex(d_in, d_out), "C")

    def column_by_column(x):
        places = ((r, c) for c, r in np.ndindex(d_out, d_in))
        return slopes(x, places, "F")

    def drawn(rng, _):
        x = rng.normal(size=(n, d_in))
        return {"x": x, "X": x}

    return [
        Line(
            sp.KroneckerProduct(whole, eye), by_rows.as_immutable(), row_by_row, drawn
        ),
        Line(
            sp.KroneckerProduct(eye, whole),
            by_columns.as_immutable(),
            column_by_column,
            drawn,
        ),
    ]


# --8<-- [end:layouts]
