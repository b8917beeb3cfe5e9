"""The gradients of one step of a long short-term memory, and what its forget bias keeps, by SymPy.

Each function returns the lines that a page shows. To check a line, the step is computed with
numbers and its inputs are moved a little, and a cell is multiplied step by step.
"""

import math

import sympy as sp

from answers.derivations import Line
from answers.derivations.numerics import slope
from answers.derivations.operators import Partial

# --8<-- [start:symbols]
a_i, a_f, a_g, a_o = sp.symbols("a_i a_f a_g a_o", real=True)  # x w_x + h w_h + b
i, f, g, o = sp.symbols("i f g o", real=True)  # their gates
c, new, h = sp.symbols(
    "c c' h'", real=True
)  # the cell before and after, the state after
d_h, d_c, delta = sp.symbols(
    "d_h d_c delta", real=True
)  # gradients at h', and at c' from later
LOSS = sp.Symbol(r"\mathcal{L}")
# --8<-- [end:symbols]


# --8<-- [start:step]
def step() -> list[Line]:
    """The gradient at the new cell, then at what each gate's slope gets, and at the old cell."""
    gates = {a: 1 / (1 + sp.exp(-a)) for a in (a_i, a_f, a_o)} | {a_g: sp.tanh(a_g)}
    cell = gates[a_f] * c + gates[a_i] * gates[a_g]
    loss = d_h * gates[a_o] * sp.tanh(cell) + d_c * cell  # its slopes at h' and c'
    whole = sp.diff(d_h * o * sp.tanh(new) + d_c * new, new)

    def by(variable, slope=1):
        """The loss's slope by the gates' names, and a gate's own slope behind it."""
        named = sp.diff(loss, variable).subs(cell, new).subs(sp.tanh(a_g), g)
        for a, gate in ((a_i, i), (a_f, f), (a_o, o)):
            named = named.subs(sp.exp(-a), 1 / gate - 1)
        share = sp.simplify(named / slope / whole)
        return slope * (sp.simplify(named / slope) if share.has(d_h) else delta * share)

    return [
        Line(delta, whole, moved),
        Line(Partial(LOSS, a_i), by(a_i, i * (1 - i)), moved),
        Line(Partial(LOSS, a_f), by(a_f, f * (1 - f)), moved),
        Line(Partial(LOSS, a_g), by(a_g, 1 - g**2), moved),
        Line(Partial(LOSS, a_o), by(a_o, o * (1 - o)), moved),
        Line(Partial(LOSS, c), by(c), moved),
    ]


# --8<-- [end:step]


def logistic(z):
    return 1 / (1 + math.exp(-z))


def moved(rng, _):
    """Six numbers, and the step that they give."""

    def cell(a_i, a_f, a_g, c):
        return logistic(a_f) * c + logistic(a_i) * math.tanh(a_g)

    def loss(a_i, a_f, a_g, a_o, c, d_h, d_c):
        after = cell(a_i, a_f, a_g, c)
        return d_h * logistic(a_o) * math.tanh(after) + d_c * after

    def at_cell(a_i, a_f, a_g, a_o, c, d_h, d_c):
        return slope(
            lambda at: d_h * logistic(a_o) * math.tanh(at) + d_c * at,
            cell(a_i, a_f, a_g, c),
        )

    names = "a_i", "a_f", "a_g", "a_o", "c", "d_h", "d_c"
    return dict(zip(names, rng.normal(size=7), strict=True)) | {
        "i": lambda a_i: logistic(a_i),
        "f": lambda a_f: logistic(a_f),
        "g": lambda a_g: math.tanh(a_g),
        "o": lambda a_o: logistic(a_o),
        "c'": cell,
        "delta": at_cell,
        LOSS.name: loss,
    }


# --8<-- [start:kept]
def kept() -> list[Line]:
    """What a forget gate keeps of a cell in T steps if its bias is log T, moved by no input."""
    T, a = sp.Symbol("T", positive=True), sp.Symbol("a", real=True)
    gate, share = sp.symbols("f K", positive=True)
    open_by = sp.simplify((1 / (1 + sp.exp(-a))).subs(a, sp.log(T)))
    return [
        Line(gate, open_by, step_by_step),
        Line(share, (gate**T, open_by**T), step_by_step),
    ]


# --8<-- [end:kept]


def step_by_step(rng, size):
    """A gate whose input is log T, and a cell of 1 that it multiplies T times."""
    steps = size + 3

    def left(T):
        cell = 1.0
        for _ in range(int(T)):
            cell *= logistic(math.log(T))
        return cell

    return {"T": steps, "f": lambda T: logistic(math.log(T)), "K": left}
