"""Backpropagation through affine → ReLU → affine → softmax, derived by SymPy.

Batch and layer sizes are symbols: the formulas hold for all of them. Each function
returns the lines that a page shows. To check a line, one entry is changed a little: how the loss
changes is measured.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line, select
from answers.derivations.numerics import slope as difference
from answers.derivations.operators import Partial, Slope

# --8<-- [start:symbols]
# Batch, d_in, hidden and classes.
N, D, H, K = sp.symbols("N D H K", integer=True, positive=True)
n, m, i, d, k, c = sp.symbols("n m i d k c", integer=True, positive=True)
x, w, b, s, p, G = map(sp.IndexedBase, ("x", "w", "b", "s", "p", "G"))
# y_n is the right class of example n.
y = sp.IndexedBase("y", integer=True)
LOSS = sp.Symbol(r"\mathcal{L}")
# --8<-- [end:symbols]


# --8<-- [start:values]
def values(rng, size):
    """A batch through an affine layer, the gradient G at its output, and right classes."""
    rows, d_in, classes = np.roll((2, 3, 4), size)
    shapes = {"x": (rows, d_in), "w": (d_in, classes), "b": (classes,)}
    shapes |= {"G": (rows, classes), "s": (rows, classes)}
    drawn = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    last = {"n": rows, "m": rows, "d": d_in, "k": classes, "c": classes}
    return {
        **{"N": rows, "D": d_in, "K": classes},
        **drawn,
        **{"X": drawn["x"], "W": drawn["w"], ONES: np.ones((rows, 1))},
        "y": rng.integers(1, classes + 1, rows),
        "p": np.array([chances(row) for row in drawn["s"]]),
        **{name: rng.integers(1, size + 1) for name, size in last.items()},
    }


def chances(s):
    """The distribution whose log-odds are differences of s, as a system of equations."""
    rows = np.eye(len(s))
    rows[:, 0] -= np.exp(s - s[0])
    rows[0] = 1
    return np.linalg.solve(rows, np.eye(len(s))[0])


# --8<-- [end:values]


# --8<-- [start:of_logits]
def of_logits() -> list[Line]:
    """The mean loss of a batch of logits s, and its derivative with respect to one logit."""
    row = sp.Sum(sp.exp(s[n, i]), (i, 1, K))
    loss = sp.Sum(sp.log(row) - s[n, y[n]], (n, 1, N)) / N
    slope = select(sp.diff(loss, s[m, c]), (m, N), (c, K))
    in_probabilities = slope.subs(sp.exp(s[m, c]), p[m, c] * row.subs(n, m))

    return [
        Line(LOSS, loss, logits),
        Line(Partial(LOSS, s[m, c]), in_probabilities, logits),
    ]


def logits(rng, size):
    def mean_loss(s, y):
        right = [chances(row)[label - 1] for row, label in zip(s, y, strict=True)]
        return -np.mean(np.log(right))

    return values(rng, size) | {LOSS.name: mean_loss}


# --8<-- [end:of_logits]


# --8<-- [start:of_affine]
class Entry(sp.Expr):
    """An entry of a matrix, or of a single row; indices count from 1."""

    def _latex(self, printer):
        matrix, *indices = map(printer.doprint, self.args)
        return rf"\left({matrix}\right)_{{{','.join(indices)}}}"

    def as_number(self, matrix, *indices):
        return np.squeeze(matrix)[tuple(int(index) - 1 for index in indices)]


ONES = r"\mathbf{1}"


def of_affine() -> list[Line]:
    """The gradients of input, weight and bias, given G, that of the output.

    By the chain rule each is Σ G_nk ∂(output_nk), so G counts as a constant here.
    """
    output = sp.Sum(x[n, i] * w[i, k], (i, 1, D)) + b[k]
    loss = sp.Sum(sp.Sum(G[n, k] * output, (k, 1, K)), (n, 1, N))

    def slope(variable: sp.Expr) -> sp.Expr:
        return select(sp.diff(loss, variable), (m, N), (d, D), (c, K))

    # The same, as a product of matrices.
    X, W = sp.MatrixSymbol("X", N, D), sp.MatrixSymbol("W", D, K)
    output_slope, ones = sp.MatrixSymbol("G", N, K), sp.MatrixSymbol(ONES, N, 1)
    by_matrices = {
        w[d, c]: Entry(X.T * output_slope, d, c),
        b[c]: Entry(ones.T * output_slope, c),
        x[m, d]: Entry(output_slope * W.T, m, d),
    }
    return [
        Line((Partial(LOSS, each), entry), slope(each), affine)
        for each, entry in by_matrices.items()
    ]


def affine(rng, size):
    return values(rng, size) | {LOSS.name: lambda x, w, b, G: np.sum(G * (x @ w + b))}


# --8<-- [end:of_affine]


# --8<-- [start:of_relu]
def of_relu() -> list[Line]:
    """The slope of max(0, z): 1 where z is positive, which is the mask."""
    z = sp.Symbol("z", real=True)
    hinge = sp.Max(0, z)
    return [Line(Slope(hinge, z), sp.diff(hinge, z), away_from_the_kink)]


def away_from_the_kink(rng, _):
    return {"z": rng.choice([-1, 1]) * rng.uniform(0.5, 2)}


# --8<-- [end:of_relu]


# --8<-- [start:delta_recursion]
phi, phi_slope = sp.Function("phi"), sp.Function(r"\phi'")
z, following = sp.IndexedBase("z"), sp.IndexedBase(r"z^{(\ell+1)}")
delta, sent_on = (sp.IndexedBase(rf"\delta^{{(\ell{n})}}") for n in ("", "+1"))


def delta_recursion() -> list[Line]:
    """The gradient of a pre-activation of layer l, from those of layer l + 1.

    z are the H pre-activations of one example at layer l, and δ the gradient of the K
    pre-activations of the next layer, which counts as a constant here.
    """
    output = sp.Sum(phi(z[i]) * w[i, k], (i, 1, H)) + b[k]
    loss = sp.Sum(sent_on[k] * output, (k, 1, K))
    sent_back = with_slope(select(sp.diff(loss, z[d]), (d, H)))
    outside = phi_slope(z[d])
    sent_back = outside * sp.Sum(sent_back.function / outside, *sent_back.limits)
    return [
        Line(following[k], output, two_layers),
        Line((delta[d], Partial(LOSS, z[d])), sent_back, two_layers, chain_rule),
    ]


def with_slope(e):
    return e.replace(sp.Derivative, lambda f, _: phi_slope(*f.args))


def chain_rule(output, gradient):
    """With two units and three of the next layer: Σ δ_k ∂(output_k)/∂z_d, for either d."""
    outputs = [output.subs({k: q, H: 2}).doit() for q in (1, 2, 3)]
    for unit in (1, 2):
        by_unit = (sp.diff(output, z[unit]) for output in outputs)
        total = sum(sent_on[q] * each for q, each in enumerate(by_unit, 1))
        said = gradient.subs({d: unit, K: 3}).doit()
        if sp.expand(with_slope(total) - said) != 0:
            return False
    return True


# --8<-- [end:delta_recursion]


def two_layers(rng, size):
    """An affine layer behind an activation that is no known one, and its slope."""
    drawn = values(rng, size)
    hidden, classes = drawn["w"].shape
    shift, gradient = rng.normal(), rng.normal(size=classes)

    def phi(z):
        return np.sin(z + shift) + z**2

    def next_layer(z, w, b):
        return phi(z) @ w + b

    def loss(z, w, b):
        return gradient @ next_layer(z, w, b)

    def slopes(z, w, b):
        each = [difference(lambda z: loss(z, w, b), z, d) for d in range(hidden)]
        return np.array(each)

    return drawn | {
        **{"H": hidden, "z": rng.normal(size=hidden), "phi": phi, LOSS.name: loss},
        **{str(phi_slope): lambda z: difference(phi, z), str(following): next_layer},
        **{str(sent_on): gradient, str(delta): slopes},
    }


# --8<-- [start:whole_network]
def whole_network(
    batch: int = 2, d_in: int = 2, hidden: int = 2, classes: int = 3
) -> dict:
    """The matrix formulas against SymPy's own derivative of the whole loss.

    The loss is written out entry by entry, without a formula of ours, and
    differentiated with respect to every entry of every input; both are evaluated to 40
    digits at irregular rationals.

    Returns:
        For each input, the largest difference between the two.
    """
    shapes = {
        "x": (batch, d_in),
        "w1": (d_in, hidden),
        "b1": (1, hidden),
        "w2": (hidden, classes),
        "b2": (1, classes),
    }
    symbols = {
        name: sp.Matrix(
            rows, columns, sp.symbols(f"{name}_:{rows}:{columns}", real=True)
        )
        for name, (rows, columns) in shapes.items()
    }
    ones = sp.ones(batch, 1)
    right = [row % classes for row in range(batch)]
    onehot = sp.Matrix(batch, classes, lambda r, q: int(q == right[r]))

    pre = symbols["x"] * symbols["w1"] + ones * symbols["b1"]
    logits = (
        pre.applyfunc(lambda e: sp.Max(0, e)) * symbols["w2"] + ones * symbols["b2"]
    )
    powers = logits.applyfunc(sp.exp)
    totals = powers * sp.ones(classes, 1)
    loss = sum(sp.log(totals[r]) - logits[r, right[r]] for r in range(batch)) / batch

    probabilities = sp.Matrix(batch, classes, lambda r, q: powers[r, q] / totals[r])
    g2 = (probabilities - onehot) / batch
    mask = pre.applyfunc(sp.Heaviside)
    g1 = (g2 * symbols["w2"].T).multiply_elementwise(mask)
    formulas = {
        "x": g1 * symbols["w1"].T,
        "w1": symbols["x"].T * g1,
        "b1": ones.T * g1,
        "w2": pre.applyfunc(lambda e: sp.Max(0, e)).T * g2,
        "b2": ones.T * g2,
    }
    entries = [entry for matrix in symbols.values() for entry in matrix]
    at = {
        e: sp.Rational((-1) ** (r * (r + 1) // 2) * (2 * r + 3), 7 + r)
        for r, e in enumerate(entries)
    }

    def difference(loss_by: sp.Symbol, formula: sp.Expr) -> sp.Expr:
        return abs(
            sp.diff(loss, loss_by).evalf(40, subs=at) - formula.evalf(40, subs=at)
        )

    return {
        name: max(map(difference, symbols[name], formulas[name])).evalf(2)
        for name in shapes
    }


# --8<-- [end:whole_network]
