"""How many cells a search among vectors should have, by SymPy.

To check a line, cells of one size are searched, and the vectors that are compared are counted.
"""

import sympy as sp

from answers.derivations import Line
from answers.derivations.operators import ArgMin, At

# --8<-- [start:symbols]
N, C, p = sp.symbols("N C p", positive=True)  # vectors, cells, cells that are searched
# --8<-- [end:symbols]


# --8<-- [start:cells]
def cells() -> list[Line]:
    """How many cells of one size make a search compare least, and with how many vectors."""
    compared = C + p * N / C
    [best] = sp.solve(sp.diff(compared, C), C)
    return [
        Line(ArgMin(compared, C), best, vectors),
        Line(At(compared, (C, best)), compared.subs(C, best), vectors),
    ]


# --8<-- [end:cells]


def vectors(rng, size):
    """The best number of cells is whole, so that the library can be asked."""
    searched, in_cell = int(rng.integers(1, 4)), size * int(rng.integers(2, 4))
    return {"p": searched, "N": searched * in_cell**2, "C": 2.5}
