"""Gradients of a linear layer split over ranks, derived by SymPy for any sizes and ranks.

Where a sum over the ranks r is left, the ranks must send: it is an all-reduce. To check a line,
one entry is changed a little: how the loss changes is measured.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line, select
from answers.derivations.operators import Partial

# --8<-- [start:symbols]
# Tokens, inputs, outputs and ranks; the split axis has this many on each rank.
N, D, K, R = sp.symbols("N D K R", integer=True, positive=True)
n, m, i, j, k, o, r, q = sp.symbols("n m i j k o r q", integer=True, positive=True)
x, w, g = map(sp.IndexedBase, ("x", "w", "g"))
LOSS = sp.Symbol(r"\mathcal{L}")
# --8<-- [end:symbols]


# --8<-- [start:column_gradients]
def column_gradients() -> list[Line]:
    """Of a layer split by columns: all ranks have x, and rank r has the outputs g[r].

    By the chain rule each is Σ g ∂(output), so g counts as a constant here.
    """
    output = sp.Sum(x[n, i] * w[r, i, k], (i, 1, D))
    loss = sp.Sum(g[r, n, k] * output, (k, 1, K), (n, 1, N), (r, 1, R))
    return [
        Line((Partial(LOSS, each),), slope(loss, each), split_by_columns)
        for each in (x[m, j], w[q, j, o])
    ]


def slope(loss: sp.Expr, variable: sp.Expr) -> sp.Expr:
    return select(sp.diff(loss, variable), (m, N), (j, D), (o, K), (q, R))


def split_by_columns(rng, size):
    tokens, d_in, d_out, ranks = np.roll((2, 3, 4, 5), size)
    drawn = {
        "x": rng.normal(size=(tokens, d_in)),
        "w": rng.normal(size=(ranks, d_in, d_out)),
        "g": rng.normal(size=(ranks, tokens, d_out)),
    }

    def loss(x, w, g):
        return sum(np.sum(g_r * (x @ w_r)) for w_r, g_r in zip(w, g, strict=True))

    return values(rng, tokens, d_in, d_out, ranks, drawn, loss)


# --8<-- [end:column_gradients]


# --8<-- [start:row_gradients]
def row_gradients() -> list[Line]:
    """Of a layer split by rows: rank r has the inputs x[r], and all ranks have the outputs g."""
    output = sp.Sum(x[r, n, i] * w[r, i, k], (i, 1, D), (r, 1, R))
    loss = sp.Sum(g[n, k] * output, (k, 1, K), (n, 1, N))
    return [
        Line((Partial(LOSS, each),), slope(loss, each), split_by_rows)
        for each in (x[q, m, j], w[q, j, o])
    ]


def split_by_rows(rng, size):
    tokens, d_in, d_out, ranks = np.roll((2, 3, 4, 5), size)
    drawn = {
        "x": rng.normal(size=(ranks, tokens, d_in)),
        "w": rng.normal(size=(ranks, d_in, d_out)),
        "g": rng.normal(size=(tokens, d_out)),
    }

    def loss(x, w, g):
        return np.sum(g * sum(x_r @ w_r for x_r, w_r in zip(x, w, strict=True)))

    return values(rng, tokens, d_in, d_out, ranks, drawn, loss)


# --8<-- [end:row_gradients]


def values(rng, tokens, d_in, d_out, ranks, drawn, loss):
    places = {"m": tokens, "j": d_in, "o": d_out, "q": ranks}
    return {
        **{"N": tokens, "D": d_in, "K": d_out, "R": ranks},
        **drawn,
        **{name: rng.integers(1, end + 1) for name, end in places.items()},
        LOSS.name: loss,
    }
