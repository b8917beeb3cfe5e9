"""Why principal components are eigenvectors of the covariance, derived by SymPy for any sizes.

To check a line, one entry of the direction is changed a little: how the Lagrangian changes is
measured.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line, select
from answers.derivations.backprop import Entry
from answers.derivations.operators import Partial

# --8<-- [start:symbols]
N, D = sp.symbols("N D", integer=True, positive=True)  # rows, features
n, i, j = sp.symbols("n i j", integer=True, positive=True)
x, v = map(sp.IndexedBase, ("x", "v"))
LAGRANGIAN = sp.Symbol(r"\mathcal{L}")
multiplier = sp.Symbol("lamda", real=True)
# --8<-- [end:symbols]


# --8<-- [start:stationary]
def stationary() -> list[Line]:
    """How the variance along v of centred rows changes with v, kept at length 1 by a multiplier."""
    along = sp.Sum(x[n, i] * v[i], (i, 1, D))
    variance = sp.Sum(along**2, (n, 1, N)) / (N - 1)
    length = sp.Sum(v[i] ** 2, (i, 1, D))
    lagrangian = variance - multiplier * (length - 1)
    X = sp.MatrixSymbol("X", N, D)
    covariance = Entry(X.T * X / (N - 1), j, i)
    by_matrices = 2 * sp.Sum(covariance * v[i], (i, 1, D)) - 2 * multiplier * v[j]
    slope = select(sp.diff(lagrangian, v[j]), (j, D))
    return [Line((Partial(LAGRANGIAN, v[j]), by_matrices), slope, squares)]


def squares(rng, size):
    """Rows that need not be centred: for these the first term is only a sum of squares."""
    rows, entry = size + 2, rng.integers(1, size + 1)
    drawn = rng.normal(size=(rows, size))

    def lagrangian(x, v, lamda):
        return np.sum((x @ v) ** 2) / (len(x) - 1) - lamda * (v @ v - 1)

    return {
        **{"N": rows, "D": size, "j": entry, "x": drawn, "X": drawn},
        **{
            "v": rng.normal(size=size),
            "lamda": rng.normal(),
            LAGRANGIAN.name: lagrangian,
        },
    }


# --8<-- [end:stationary]
