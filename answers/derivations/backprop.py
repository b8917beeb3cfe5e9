"""Backpropagation through affine → ReLU → affine → softmax, derived by SymPy.

Batch and layer sizes are symbols: the formulas hold for all of them. Each function
returns the lines that a page shows. To check a line, its meaning changes one entry a little and
measures how the loss changes.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line, Rule, select
from answers.derivations.numerics import slope as difference

# --8<-- [start:symbols]
# Batch, d_in, hidden and classes.
N, D, H, K = sp.symbols("N D H K", integer=True, positive=True)
n, m, i, d, k, c = sp.symbols("n m i d k c", integer=True, positive=True)
x, w, b, s, p, G = map(sp.IndexedBase, ("x", "w", "b", "s", "p", "G"))
# y_n is the right class of example n.
y = sp.IndexedBase("y", integer=True)
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

    def mean_loss(s, y):
        right = [chances(row)[label - 1] for row, label in zip(s, y, strict=True)]
        return -np.mean(np.log(right))

    return [
        Line(r"\mathcal{L}", loss, mean_loss, values),
        Line(
            r"\frac{\partial\mathcal{L}}{\partial s_{m,c}}",
            in_probabilities,
            lambda s, y, m, c: difference(lambda s: mean_loss(s, y), s, m - 1, c - 1),
            values,
        ),
    ]


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

    def total(x, w, b, G):
        return np.sum(G * (x @ w + b))

    def by_weight(x, w, b, G, d, c):
        return difference(lambda w: total(x, w, b, G), w, d - 1, c - 1)

    def by_bias(x, w, b, G, c):
        return difference(lambda b: total(x, w, b, G), b, c - 1)

    def by_input(x, w, b, G, m, d):
        return difference(lambda x: total(x, w, b, G), x, m - 1, d - 1)

    # The same, as a product of matrices.
    X, W = sp.MatrixSymbol("X", N, D), sp.MatrixSymbol("W", D, K)
    output_slope, ones = sp.MatrixSymbol("G", N, K), sp.MatrixSymbol(ONES, N, 1)
    return [
        Line(
            (
                r"\frac{\partial\mathcal{L}}{\partial w_{d,c}}",
                Entry(X.T * output_slope, d, c),
            ),
            slope(w[d, c]),
            by_weight,
            values,
        ),
        Line(
            (
                r"\frac{\partial\mathcal{L}}{\partial b_{c}}",
                Entry(ones.T * output_slope, c),
            ),
            slope(b[c]),
            by_bias,
            values,
        ),
        Line(
            (
                r"\frac{\partial\mathcal{L}}{\partial x_{m,d}}",
                Entry(output_slope * W.T, m, d),
            ),
            slope(x[m, d]),
            by_input,
            values,
        ),
    ]


# --8<-- [end:of_affine]


# --8<-- [start:of_relu]
def of_relu() -> list[Line]:
    """The slope of max(0, z): 1 where z is positive, which is the mask."""
    z = sp.Symbol("z", real=True)
    return [
        Line(
            r"\frac{d}{dz}\max(0, z)",
            sp.diff(sp.Max(0, z), z),
            lambda z: difference(lambda z: max(0, z), z),
            lambda rng, _: {"z": rng.choice([-1, 1]) * rng.uniform(0.5, 2)},
        )
    ]


# --8<-- [end:of_relu]


# --8<-- [start:delta_recursion]
def delta_recursion() -> list[Line]:
    """The gradient of a pre-activation of layer l, from those of layer l + 1.

    z are the H pre-activations of one example at layer l, and δ the gradient of the K
    pre-activations of the next layer, which counts as a constant here.
    """
    phi, slope = sp.Function("phi"), sp.Function(r"\phi'")
    z, delta = sp.IndexedBase("z"), sp.IndexedBase(r"\delta^{(\ell+1)}")
    following = sp.Sum(phi(z[i]) * w[i, k], (i, 1, H)) + b[k]
    loss = sp.Sum(delta[k] * following, (k, 1, K))
    sent_back = select(sp.diff(loss, z[d]), (d, H))
    sent_back = sent_back.replace(sp.Derivative, lambda f, _: slope(*f.args))
    outside = slope(z[d])

    def adds_up(before, after):
        """With two units and three of the next layer: Σ δ_k ∂(next z_k)/∂z_d, for either d."""
        outputs = [before.subs({k: q, H: 2}).doit() for q in (1, 2, 3)]
        sums = [
            sum(delta[q] * sp.diff(output, z[u]) for q, output in enumerate(outputs, 1))
            for u in (1, 2)
        ]
        said = [after.subs({d: u, K: 3}).doit() for u in (1, 2)]
        written = [e.replace(sp.Derivative, lambda f, _: slope(*f.args)) for e in sums]
        return [sp.expand(e) for e in said] == [sp.expand(e) for e in written]

    def next_layer(z, w, b, phi):
        return phi(z) @ w + b

    def by_pre_activation(z, w, b, phi, delta, d):
        return difference(lambda z: delta @ next_layer(z, w, b, phi), z, d - 1)

    return [
        Line(
            r"z^{(\ell+1)}_{k}",
            following,
            lambda z, w, b, phi, k: next_layer(z, w, b, phi)[k - 1],
            two_layers,
        ),
        Line(
            r"\delta^{(\ell)}_{d} = \frac{\partial\mathcal{L}}{\partial z_{d}}",
            outside * sp.Sum(sent_back.function / outside, *sent_back.limits),
            by_pre_activation,
            two_layers,
            Rule(r"\text{chain rule}", adds_up),
        ),
    ]


# --8<-- [end:delta_recursion]


def two_layers(rng, size):
    """An affine layer behind an activation that is no known one, and its slope."""
    drawn = values(rng, size)
    hidden, classes = drawn["w"].shape
    shift, delta = rng.normal(), rng.normal(size=classes)

    def phi(z):
        return np.sin(z + shift) + z**2

    return drawn | {
        **{"H": hidden, "z": rng.normal(size=hidden), "phi": phi},
        **{r"\phi'": lambda z: difference(phi, z)},
        **{"delta": delta, r"\delta^{(\ell+1)}": delta},
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
