"""The derivative of Y = XW by SymPy: with indices, by the trace, and as a matrix.

The sizes are symbols, but for the matrix, whose entries are to be seen.
"""

import sympy as sp

from answers.derivations import aligned, latex, select

# --8<-- [start:entries]
N, D, H = sp.symbols("N D H", integer=True, positive=True)  # batch, d_in, d_out
i, j, k, l, m = sp.symbols("i j k l m", integer=True, positive=True)  # noqa: E741


def entries():
    """An entry of Y = XW, and its derivatives by an entry of W and by one of X."""
    x, w = sp.IndexedBase("X"), sp.IndexedBase("W")
    y = sp.Sum(x[i, m] * w[m, j], (m, 1, D))
    by_w = select(sp.diff(y, w[k, l]), (k, D))
    by_x = select(sp.diff(y, x[l, k]), (k, D))
    return [
        ("Y_{i,j}", y),
        (r"\frac{\partial Y_{i,j}}{\partial W_{k,l}}", by_w),
        (r"\frac{\partial Y_{i,j}}{\partial X_{l,k}}", by_x),
    ]


# --8<-- [end:entries]


# --8<-- [start:trace_argument]
class Inner(sp.Expr):
    """⟨A, B⟩: the sum of A_ij B_ij over all entries of two matrices of one shape."""

    def _latex(self, printer):
        return rf"\langle {', '.join(map(printer.doprint, self.args))} \rangle"


X, dx = sp.MatrixSymbol("X", N, D), sp.MatrixSymbol(r"\,dX\,", N, D)
W, dw = sp.MatrixSymbol("W", D, H), sp.MatrixSymbol(r"\,dW", D, H)
G = sp.MatrixSymbol("G", N, H)

# ⟨A, B⟩ = tr(AᵀB), tr(AB) = tr(BA) and (AB)ᵀ = BᵀAᵀ
TRACE, CYCLIC, TRANSPOSE = r"\text{trace}", r"\text{cyclic}", r"\text{transpose}"


def of_weights():
    """⟨G, X dW⟩, step by step, until dW stands alone; and why each step holds."""
    gradient = sp.MatMul(X.T, G)
    return [
        (Inner(G, sp.MatMul(X, dw)), ""),
        (sp.Trace(sp.MatMul(G.T, X, dw)), TRACE),
        (sp.Trace(sp.MatMul(sp.Transpose(gradient), dw)), TRANSPOSE),
        (Inner(gradient, dw), TRACE),
    ]


def of_input():
    """⟨G, dX W⟩, step by step, until dX stands alone; and why each step holds."""
    gradient = sp.MatMul(G, W.T)
    return [
        (Inner(G, sp.MatMul(dx, W)), ""),
        (sp.Trace(sp.MatMul(G.T, dx, W)), TRACE),
        (sp.Trace(sp.MatMul(W, G.T, dx)), CYCLIC),
        (sp.Trace(sp.MatMul(sp.Transpose(gradient), dx)), TRANSPOSE),
        (Inner(gradient, dx), TRACE),
    ]


def chain(steps: list[tuple]) -> str:
    """LaTeX of expressions that are equal, one a line, each with its reason.

    Raises:
        ValueError: SymPy finds two of them different for small sizes, entry by entry.
    """
    for sizes in ((2, 3, 4), (3, 2, 2), (2, 2, 2), (1, 1, 3)):
        if len({number(expression, sizes) for expression, _ in steps}) > 1:
            raise ValueError(f"the steps are not equal for (N, D, H) = {sizes}")
    (first, _), *rest = steps
    lines = [rf"{latex(e)} && \quad {reason}" for e, reason in rest]
    return aligned((first, lines[0]), *(("", line) for line in lines[1:]))


# --8<-- [end:trace_argument]


# --8<-- [start:number]
def number(expression: sp.Expr, sizes: tuple[int, int, int]) -> sp.Expr:
    """The polynomial in all entries that an `Inner` or a trace is, for these sizes."""
    expression = expression.subs(dict(zip((N, D, H), sizes, strict=True)))
    matrices = [argument.as_explicit() for argument in expression.args]
    if isinstance(expression, Inner):
        return sp.expand(sum(matrices[0].multiply_elementwise(matrices[1])))
    return sp.expand(sp.trace(matrices[0]))


# --8<-- [end:number]


# --8<-- [start:layouts]
def layouts(n: int = 3, d_in: int = 2, d_out: int = 2):
    """The derivative of all entries of Y by all of W: taken row by row, then by column."""
    x = sp.Matrix(n, d_in, lambda r, c: sp.Symbol(f"x_{{{r + 1}{c + 1}}}"))
    w = sp.Matrix(d_in, d_out, sp.symbols(f"w_:{d_in}:{d_out}"))
    y = x * w
    return [
        # `vec` goes by columns; after a transpose, by rows.
        (r"X \otimes I", y.T.vec().jacobian(w.T.vec())),
        (r"I \otimes X", y.vec().jacobian(w.vec())),
    ]


# --8<-- [end:layouts]
