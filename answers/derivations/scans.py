"""What makes products, recurrences and an entropy mergeable, by SymPy.

Each function returns the lines that a page shows. To check a line, matrices are moved a little, a
recurrence is run step by step, and sums are added up.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line
from answers.derivations.matrix_calculus import Inner, cyclic, trace, transpose

# --8<-- [start:product]
A, B, C, D = sp.symbols("A B C D", integer=True, positive=True)  # sizes
G, L = sp.MatrixSymbol("G", A, D), sp.MatrixSymbol("L", A, B)
dm, R = sp.MatrixSymbol(r"\,dM_{i}\,", B, C), sp.MatrixSymbol("R", C, D)


def product() -> list[Line]:
    """⟨G, L dM R⟩, step by step, until dM stands alone; and why each step holds."""
    gradient = sp.MatMul(L.T, G, R.T)
    first = Inner(G, sp.MatMul(L, dm, R))
    steps = [
        (sp.Trace(sp.MatMul(G.T, L, dm, R)), trace),
        (sp.Trace(sp.MatMul(R, G.T, L, dm)), cyclic),
        (sp.Trace(sp.MatMul(sp.Transpose(gradient), dm)), transpose),
        (Inner(gradient, dm), trace),
    ]
    return [
        Line(first, step, matrices, rule, goes_on=place > 0)
        for place, (step, rule) in enumerate(steps)
    ]


# --8<-- [end:product]


def matrices(rng, size):
    """Matrices of four different sizes."""
    a, b, c, d = np.roll((2, 3, 4, 5), size)
    shapes = {"G": (a, d), "L": (a, b), "R": (c, d), dm.name: (b, c)}
    drawn = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    return drawn | dict(zip("ABCD", (a, b, c, d), strict=True))


# --8<-- [start:pairs]
def pairs() -> list[Line]:
    """Two steps of h ← a h + b are one step of the same kind."""
    h_0, a_1, a_2, b_1, b_2 = sp.symbols("h_0 a_1 a_2 b_1 b_2", real=True)
    twice = a_2 * (a_1 * h_0 + b_1) + b_2
    joined = sp.collect(sp.expand(twice), h_0)
    return [Line(sp.Symbol("h_2", real=True), (twice, joined), two_steps)]


# --8<-- [end:pairs]


def two_steps(rng, _):
    names = "h_0", "a_1", "a_2", "b_1", "b_2"

    def run(h_0, a_1, a_2, b_1, b_2):
        h = h_0
        for kept, added in ((a_1, b_1), (a_2, b_2)):
            h = kept * h + added
        return h

    return dict(zip(names, rng.normal(size=5), strict=True)) | {"h_2": run}


# --8<-- [start:raised]
def raised() -> list[Line]:
    """The sums s and t below a new maximum m', and the entropy that they give."""
    n, i = sp.symbols("n i", integer=True, positive=True)
    l, p = sp.IndexedBase("l"), sp.IndexedBase("p")
    m, new, s, t, new_s, new_t, H = sp.symbols("m m' s t s' t' H", real=True)
    gap = sp.Symbol("gap", real=True)  # l - m

    def total(term):
        return sp.Sum(term, (i, 1, n))

    def by_old_sums(term):
        """A term of the gap, summed: Σ e^gap is s, and Σ gap e^gap is t."""
        term = sp.expand(term).subs(gap * sp.exp(gap), t).subs(sp.exp(gap), s)
        rest = sp.expand(term * sp.exp(new - m))
        return sp.exp(m - new) * sp.collect(rest, s) if term.has(new) else term

    apart = gap + m - new
    by_s = by_old_sums(sp.exp(apart))
    by_t = by_old_sums(apart * sp.exp(apart))
    # log p = gap - log s, and p = e^gap / s
    entropy = -by_old_sums(sp.exp(gap) * (gap - sp.log(s)) / s)
    return [
        Line(new_s, (total(sp.exp(l[i] - new)), by_s), sums),
        Line(new_t, (total((l[i] - new) * sp.exp(l[i] - new)), by_t), sums),
        Line(H, (-total(p[i] * sp.log(p[i])), sp.expand(entropy)), sums),
    ]


# --8<-- [end:raised]


def sums(rng, size):
    """Logits, their maximum and a larger number, and the sums below either."""
    logits = rng.normal(size=size)
    old = logits.max()
    new = old + rng.uniform(0.2, 2)

    def chances(l):
        return np.exp(l) / np.exp(l).sum()

    return {
        **{"n": size, "l": logits, "m": old, "m'": new, "p": chances},
        "s": lambda l, m: np.exp(l - m).sum(),
        "t": lambda l, m: ((l - m) * np.exp(l - m)).sum(),
        "s'": lambda l: np.exp(l - new).sum(),
        "t'": lambda l: ((l - new) * np.exp(l - new)).sum(),
        "H": lambda l: -(chances(l) * np.log(chances(l))).sum(),
    }
