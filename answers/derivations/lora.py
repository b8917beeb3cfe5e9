"""The gradients of LoRA's two factors and of its input, derived by SymPy for any sizes and rank.

To check a line, one entry is changed a little: how the loss changes is measured.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line, select
from answers.derivations.backprop import Entry
from answers.derivations.operators import Partial

# --8<-- [start:symbols]
# Rows of x, inputs, outputs and the rank.
N, D, K, R = sp.symbols("N D K r", integer=True, positive=True)
n, m, i, j, k, o, l, c = sp.symbols("n m i j k o l c", integer=True, positive=True)
x, w, a, b, g = map(sp.IndexedBase, ("x", "w", "a", "b", "g"))
s = sp.Symbol("s", positive=True)  # alpha / r
LOSS = sp.Symbol(r"\mathcal{L}")
# --8<-- [end:symbols]


# --8<-- [start:gradients]
def gradients() -> list[Line]:
    """Of the loss whose gradient at the output is G.

    By the chain rule each is Σ G_nk ∂(output_nk), so G counts as a constant here.
    """
    frozen = sp.Sum(w[k, i] * x[n, i], (i, 1, D))
    update = sp.Sum(b[k, l] * a[l, i] * x[n, i], (i, 1, D), (l, 1, R))
    loss = sp.Sum(g[n, k] * (frozen + s * update), (k, 1, K), (n, 1, N))

    def slope(variable: sp.Expr) -> sp.Expr:
        return select(sp.diff(loss, variable), (m, N), (j, D), (o, K), (c, R))

    X, G = sp.MatrixSymbol("X", N, D), sp.MatrixSymbol("G", N, K)
    W, A, B = (
        sp.MatrixSymbol("W", K, D),
        sp.MatrixSymbol("A", R, D),
        sp.MatrixSymbol("B", K, R),
    )
    by_matrices = {
        a[c, j]: Entry(s * (G * B).T * X, c, j),
        b[o, c]: Entry(s * G.T * (X * A.T), o, c),
        x[m, j]: Entry(G * (W + s * B * A), m, j),
    }
    return [
        Line((Partial(LOSS, each), entry), slope(each), adapted)
        for each, entry in by_matrices.items()
    ]


def adapted(rng, size):
    rows, d_in, d_out = np.roll((2, 3, 4), size)
    shapes = {"x": (rows, d_in), "w": (d_out, d_in), "a": (size, d_in)}
    shapes |= {"b": (d_out, size), "g": (rows, d_out)}
    drawn = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    places = {"m": rows, "j": d_in, "o": d_out, "c": size}

    def loss(x, w, a, b, g, s):
        return sum(
            at @ (w @ row + s * (b @ (a @ row))) for at, row in zip(g, x, strict=True)
        )

    return {
        **{"N": rows, "D": d_in, "K": d_out, "r": size, "s": rng.uniform(0.5, 2)},
        **drawn,
        **{name.upper(): array for name, array in drawn.items()},
        **{name: rng.integers(1, end + 1) for name, end in places.items()},
        LOSS.name: loss,
    }


# --8<-- [end:gradients]
