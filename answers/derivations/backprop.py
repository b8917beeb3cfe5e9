"""Backpropagation through affine → ReLU → affine → softmax, derived by SymPy.

Batch and layer sizes are symbols: the formulas hold for all of them. Each function
returns equations, (left side, right side), for `aligned` to print.
"""

import sympy as sp

from answers.derivations import select

# --8<-- [start:symbols]
# Batch, d_in, hidden and classes.
N, D, H, K = sp.symbols("N D H K", integer=True, positive=True)
n, m, i, d, k, c = sp.symbols("n m i d k c", integer=True, positive=True)
x, w, b, s, p, G = map(sp.IndexedBase, ("x", "w", "b", "s", "p", "G"))
# y_n is the right class of example n.
y = sp.IndexedBase("y", integer=True)
# --8<-- [end:symbols]


# --8<-- [start:of_logits]
def of_logits():
    """The mean loss of a batch of logits s, and its derivative by one logit."""
    row = sp.Sum(sp.exp(s[n, i]), (i, 1, K))
    loss = sp.Sum(sp.log(row) - s[n, y[n]], (n, 1, N)) / N
    slope = select(sp.diff(loss, s[m, c]), (m, N), (c, K))
    in_probabilities = slope.subs(sp.exp(s[m, c]), p[m, c] * row.subs(n, m))
    return [
        (r"\mathcal{L}", loss),
        (r"\frac{\partial\mathcal{L}}{\partial s_{m,c}}", in_probabilities),
    ]


# --8<-- [end:of_logits]


# --8<-- [start:of_affine]
def of_affine():
    """Derivatives of the loss by input, weight and bias, given G, those by the output.

    By the chain rule each is Σ G_nk ∂(output_nk), so G counts as a constant here.
    """
    output = sp.Sum(x[n, i] * w[i, k], (i, 1, D)) + b[k]
    loss = sp.Sum(sp.Sum(G[n, k] * output, (k, 1, K)), (n, 1, N))

    def slope(variable: sp.Expr) -> sp.Expr:
        return select(sp.diff(loss, variable), (m, N), (d, D), (c, K))

    return [
        (
            r"\frac{\partial\mathcal{L}}{\partial w_{d,c}} = (X^\top G)_{d,c}",
            slope(w[d, c]),
        ),
        (
            r"\frac{\partial\mathcal{L}}{\partial b_{c}} = (\mathbf{1}^\top G)_{c}",
            slope(b[c]),
        ),
        (
            r"\frac{\partial\mathcal{L}}{\partial x_{m,d}} = (G\,W^\top)_{m,d}",
            slope(x[m, d]),
        ),
    ]


# --8<-- [end:of_affine]


# --8<-- [start:of_relu]
def of_relu():
    """The slope of max(0, z): 1 where z is positive, which is the mask."""
    z = sp.Symbol("z", real=True)
    return [(r"\frac{d}{dz}\max(0, z)", sp.diff(sp.Max(0, z), z))]


# --8<-- [end:of_relu]


# --8<-- [start:delta_recursion]
def delta_recursion():
    """The derivative of the loss by a pre-activation of layer l, from those of layer l + 1.

    z are the H pre-activations of one example at layer l, and δ the derivatives of the
    loss by the K pre-activations of the next layer, which count as constants here.
    """
    phi, slope = sp.Function("phi"), sp.Function(r"\phi'")
    z, delta = sp.IndexedBase("z"), sp.IndexedBase(r"\delta^{(\ell+1)}")
    following = sp.Sum(phi(z[i]) * w[i, k], (i, 1, H)) + b[k]
    loss = sp.Sum(delta[k] * following, (k, 1, K))
    sent_back = select(sp.diff(loss, z[d]), (d, H))
    sent_back = sent_back.replace(sp.Derivative, lambda f, _: slope(*f.args))
    outside = slope(z[d])
    return [
        (r"z^{(\ell+1)}_{k}", following),
        (
            r"\delta^{(\ell)}_{d} = \frac{\partial\mathcal{L}}{\partial z_{d}}",
            outside * sp.Sum(sent_back.function / outside, *sent_back.limits),
        ),
    ]


# --8<-- [end:delta_recursion]


# --8<-- [start:whole_network]
def whole_network(
    batch: int = 2, d_in: int = 2, hidden: int = 2, classes: int = 3
) -> dict:
    """The matrix formulas against SymPy's own derivative of the whole loss.

    The loss is written out entry by entry, without a formula of ours, and
    differentiated by every entry of every input; both are evaluated to 40 digits at
    irregular rationals.

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
