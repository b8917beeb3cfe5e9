"""The derivative of Y = XW by SymPy: with indices, by the trace, and as a matrix.

The sizes are symbols; only the matrix has given sizes, so that its entries can be seen. To check a
line, X or W is changed a little: how Y changes is measured.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line, select
from answers.derivations.operators import Partial

# --8<-- [start:entries]
N, D, H = sp.symbols("N D H", integer=True, positive=True)  # batch, d_in, d_out
i, j, k, l, m = sp.symbols("i j k l m", integer=True, positive=True)


def entries() -> list[Line]:
    """An entry of Y = XW, and its derivatives with respect to one of W and one of X."""
    x, w, Y = map(sp.IndexedBase, "XWY")
    y = sp.Sum(x[i, m] * w[m, j], (m, 1, D))
    by_w = select(sp.diff(y, w[k, l]), (k, D))
    by_x = select(sp.diff(y, x[l, k]), (k, D))

    return [
        Line(Y[i, j], y, values),
        Line(Partial(Y[i, j], w[k, l]), by_w, values),
        Line(Partial(Y[i, j], x[l, k]), by_x, values),
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
    changes |= {"Y": lambda X, W: X @ W}
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
        (sp.Trace(sp.MatMul(G.T, X, dw)), trace),
        (sp.Trace(sp.MatMul(sp.Transpose(gradient), dw)), transpose),
        (Inner(gradient, dw), trace),
    ]
    return chain(Inner(G, sp.MatMul(X, dw)), steps)


def of_input() -> list[Line]:
    """⟨G, dX W⟩, step by step, until dX stands alone; and why each step holds."""
    gradient = sp.MatMul(G, W.T)
    steps = [
        (sp.Trace(sp.MatMul(G.T, dx, W)), trace),
        (sp.Trace(sp.MatMul(W, G.T, dx)), cyclic),
        (sp.Trace(sp.MatMul(sp.Transpose(gradient), dx)), transpose),
        (Inner(gradient, dx), trace),
    ]
    return chain(Inner(G, sp.MatMul(dx, W)), steps)


def chain(first: sp.Expr, steps: list) -> list[Line]:
    """Lines that are all equal to the first, each with its rule."""
    return [
        Line(first, step, values, rule, goes_on=place > 0)
        for place, (step, rule) in enumerate(steps)
    ]


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
        found += (
            [sp.transpose(f) for f in reversed(factor.arg.args)]
            if product
            else [factor]
        )
    return found


def trace(before: sp.Expr, after: sp.Expr) -> bool:
    """⟨A, B⟩ = tr(AᵀB)"""
    return type(before) is not type(after) and factors(before) == factors(after)


def cyclic(before: sp.Expr, after: sp.Expr) -> bool:
    """tr(AB) = tr(BA)"""
    old, new = factors(before), factors(after)
    turned = [old[n:] + old[:n] for n in range(1, len(old))]
    return type(before) is type(after) and new in turned


def transpose(before: sp.Expr, after: sp.Expr) -> bool:
    """(AB)ᵀ = BᵀAᵀ, read in either direction"""
    old, new = (without_transposed_products(each) for each in (before, after))
    return type(before) is type(after) and before != after and old == new


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

    def drawn(rng, _):
        x = rng.normal(size=(n, d_in))
        return {"x": x, "X": x}

    return [
        Line(sp.KroneckerProduct(whole, eye), by_rows.as_immutable(), drawn),
        Line(sp.KroneckerProduct(eye, whole), by_columns.as_immutable(), drawn),
    ]


# --8<-- [end:layouts]
