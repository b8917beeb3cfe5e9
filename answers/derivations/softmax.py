"""Softmax and cross-entropy for any number K of classes, derived by SymPy.

Each function returns equations, (left side, right side), for `aligned` to print.
"""

import sympy as sp

from answers.derivations import select

# --8<-- [start:symbols]
K = sp.Symbol("K", integer=True, positive=True)  # classes
# Each from 1 to K; y is the right class.
i, j, k, m, y = sp.symbols("i j k m y", integer=True, positive=True)
z, p, t = sp.IndexedBase("z"), sp.IndexedBase("p"), sp.IndexedBase("t")
temperature, eps = sp.symbols("T epsilon", positive=True)


def over_classes(term: sp.Expr) -> sp.Sum:
    return sp.Sum(term, (i, 1, K))


total = over_classes(sp.exp(z[i]))


def softmax(index: sp.Symbol) -> sp.Expr:
    return sp.exp(z[index]) / total


def slope(expression: sp.Expr) -> sp.Expr:
    """The derivative by z_j, in terms of the probabilities p where it can be."""
    return in_probabilities(sp.factor_terms(select(sp.diff(expression, z[j]), (j, K))))


# --8<-- [end:symbols]


def in_probabilities(expression: sp.Expr) -> sp.Expr:
    """Write p_m for exp(z_m) / Σ exp(z_i)."""
    return sp.factor(expression.subs({sp.exp(z[m]): p[m] * total for m in (j, k, y)}))


# --8<-- [start:from_log_odds]
def from_log_odds():
    """Log-odds log(p_k / p_j) = z_k - z_j leave p = c exp(z), with one c."""
    c = sp.Symbol("c", positive=True)
    (scale,) = sp.solve(sp.Eq(c * total, 1), c)
    return [
        (r"\sum_k p_k", sp.Eq(c * total, 1)),
        ("p_k = c\\,e^{z_k}", sp.exp(z[k]) * scale),
    ]


# --8<-- [end:from_log_odds]


# --8<-- [start:from_maximum_entropy]
def from_maximum_entropy():
    """Of all p with a given mean logit m, the one of largest entropy."""
    beta, m, lam = sp.symbols("beta m lambda", real=True)
    lagrangian = (
        over_classes(-p[i] * sp.log(p[i]))
        + beta * (over_classes(p[i] * z[i]) - m)
        - lam * (over_classes(p[i]) - 1)
    )
    stationary = select(sp.diff(lagrangian, p[j]), (j, K))
    (solution,) = sp.solve(stationary, p[j])
    return [
        (r"\Lambda", lagrangian),
        (r"\frac{\partial\Lambda}{\partial p_j}", stationary),
        (r"p_j", solution),
    ]


# --8<-- [end:from_maximum_entropy]


# --8<-- [start:jacobian]
def jacobian():
    """The derivative of one probability by one logit."""
    return [(r"\frac{\partial p_k}{\partial z_j}", slope(softmax(k)))]


# --8<-- [end:jacobian]


# --8<-- [start:cross_entropy]
def cross_entropy():
    """-log p_y, and its gradient for a right class y and for soft targets t."""
    hard = -sp.expand_log(sp.log(softmax(y)), force=True)
    soft = -sp.Sum(t[m] * sp.expand_log(sp.log(softmax(m)), force=True), (m, 1, K))
    sum_of_targets = sp.Sum(t[m], (m, 1, K))
    return [
        (r"\mathcal{L} = -\log p_y", hard),
        (r"\frac{\partial\mathcal{L}}{\partial z_j}", slope(hard)),
        (
            r"\frac{\partial}{\partial z_j}\Big(-\sum_{i} t_i \log p_i\Big)",
            slope(soft).subs(sum_of_targets, 1),
        ),
    ]


# --8<-- [end:cross_entropy]


# --8<-- [start:shift]
def shift():
    """Adding one number s to every logit changes no probability."""
    s = sp.Symbol("s", real=True)
    shifted = sp.exp(z[k] + s) / over_classes(sp.exp(z[i] + s))
    return [
        (
            r"\frac{\partial}{\partial s}\,\mathrm{softmax}(z + s)_k",
            sp.simplify(sp.diff(shifted, s)),
        )
    ]


# --8<-- [end:shift]


# --8<-- [start:with_eps]
def with_eps():
    """The gradient of -log(p_y + ε), and the largest value of that loss."""
    q = sp.Symbol("p_y", positive=True)
    return [
        (
            r"\frac{\partial}{\partial z_j}\big(-\log(p_y + \varepsilon)\big)",
            slope(-sp.log(softmax(y) + eps)),
        ),
        (
            r"\lim_{p_y \to 0}\big(-\log(p_y + \varepsilon)\big)",
            sp.limit(-sp.log(q + eps), q, 0),
        ),
    ]


# --8<-- [end:with_eps]


# --8<-- [start:with_temperature]
def with_temperature():
    """The gradient at a temperature T, where p is softmax(z / T)."""
    scaled = over_classes(sp.exp(z[i] / temperature))
    loss = sp.log(scaled) - z[y] / temperature
    gradient = select(sp.diff(loss, z[j]), (j, K)).subs(
        sp.exp(z[j] / temperature), p[j] * scaled
    )
    return [(r"\frac{\partial\mathcal{L}}{\partial z_j}", sp.together(gradient))]


# --8<-- [end:with_temperature]


# --8<-- [start:binary]
def binary():
    """Two classes: softmax of (a, b) is the sigmoid of a - b."""
    a, b = sp.symbols("a b", real=True)
    sigmoid = 1 / (1 + sp.exp(-(a - b)))
    first = sp.exp(a) / (sp.exp(a) + sp.exp(b))
    return [
        (
            r"\frac{e^a}{e^a + e^b} - \frac{1}{1 + e^{-(a - b)}}",
            sp.simplify(first - sigmoid),
        )
    ]


# --8<-- [end:binary]
