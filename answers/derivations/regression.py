"""Gradients of ridge and logistic regression, and the bias and variance of ridge, by SymPy.

To check a line, one weight is changed a little and how the loss changes is measured; ridge's weight
is solved for as one of two linear equations.
"""

import numpy as np
import sympy as sp

from answers.derivations import Line, select
from answers.derivations.operators import At, Mean, Partial, Slope, Var

# --8<-- [start:symbols]
# Examples and columns.
N, D = sp.symbols("N D", integer=True, positive=True)
n, i, j, k = sp.symbols("n i j k", integer=True, positive=True)
x, w, y, p = map(sp.IndexedBase, "xwyp")
penalty = sp.Symbol("lamda", positive=True)
LOSS = sp.Symbol(r"\mathcal{L}")

fitted = sp.Sum(x[n, i] * w[i], (i, 1, D))
squares = sp.Sum(w[i] ** 2, (i, 1, D))


def slope(expression: sp.Expr, at: sp.Symbol) -> sp.Expr:
    """The derivative by the weight of column `at`."""
    return select(sp.diff(expression, w[at]), (j, D), (k, D))


# --8<-- [end:symbols]


def table(rng, size):
    """Rows, targets or labels, weights, a penalty, and two columns."""
    rows, columns = size + 1, int(np.roll((2, 3, 4), size)[0])
    given, weights = rng.normal(size=(rows, columns)), rng.normal(size=columns)
    places = {name: rng.integers(1, columns + 1) for name in "jk"}
    return {
        **{"N": rows, "D": columns, "x": given, "w": weights},
        **{"y": rng.normal(size=rows), "lamda": rng.uniform(0.5, 2), **places},
    }


# --8<-- [start:ridge]
def ridge() -> list[Line]:
    """The slope of the squared error with a penalty, by one weight: 0 where the normal
    equations hold."""
    loss = sp.Sum((y[n] - fitted) ** 2, (n, 1, N)) + penalty * squares
    return [Line(Partial(LOSS, w[j]), sp.factor_terms(slope(loss, j)), of_ridge)]


def of_ridge(rng, size):
    drawn = table(rng, size)

    def loss(w, x, y, lamda):
        return np.sum((y - x @ w) ** 2) + lamda * np.dot(w, w)

    return drawn | {LOSS.name: loss}


# --8<-- [end:ridge]


# --8<-- [start:logistic]
def logistic() -> list[Line]:
    """Gradient and Hessian of the logistic loss; p_n is the sigmoid of the logit."""
    each = sp.log(1 + sp.exp(fitted)) - y[n] * fitted
    loss = sp.Sum(each, (n, 1, N)) + penalty / 2 * squares
    gradient = slope(loss, j)
    curvature = slope(gradient, k)
    return [
        Line(Partial(LOSS, w[j]), in_probabilities(gradient), of_logistic),
        Line(
            Partial(Partial(LOSS, w[j]), w[k]), in_probabilities(curvature), of_logistic
        ),
    ]


def in_probabilities(e: sp.Expr) -> sp.Expr:
    """Write p_n for the sigmoid, and 1 - p_n for what is left."""
    left = sp.Symbol("left")
    odds = {sp.exp(power * fitted): (p[n] / (1 - p[n])) ** power for power in (1, 2)}

    def of_row(row):
        return sp.factor(row.subs(odds)).subs(p[n] - 1, -left).subs(left, 1 - p[n])

    return e.replace(
        lambda part: isinstance(part, sp.Sum) and part.has(sp.exp),
        lambda part: sp.Sum(of_row(part.function), *part.limits),
    )


def of_logistic(rng, size):
    drawn = table(rng, size)
    drawn["y"] = rng.uniform(size=drawn["N"])  # a share, so that y² is not y

    def chances(x, w):
        """Of class 1: the first of two numbers with sum 1 and log-odds x w."""
        rows = [np.linalg.solve([[1, 1], [1, -np.exp(z)]], [1, 0])[0] for z in x @ w]
        return np.array(rows)

    def loss(w, x, y, lamda):
        p = chances(x, w)
        cross_entropy = -np.dot(y, np.log(p)) - np.dot(1 - y, np.log(1 - p))
        return cross_entropy + lamda / 2 * np.dot(w, w)

    found = chances(drawn["x"], drawn["w"])
    return drawn | {LOSS.name: loss, "p": found}


# --8<-- [end:logistic]


# --8<-- [start:shrinkage]
s, sigma = sp.symbols("s sigma", positive=True)
truth, noise = sp.Symbol("w", real=True), sp.Symbol("epsilon", real=True)


def shrinkage() -> list[Line]:
    """Ridge along one singular direction, whose target is s w and noise of variance σ²."""
    found = s * (s * truth + noise) / (s**2 + penalty)
    bias = sp.factor(found.subs(noise, 0) - truth)
    variance = sp.diff(found, noise) ** 2 * sigma**2
    error = bias**2 + variance
    at_zero = sp.simplify(sp.diff(error, penalty).subs(penalty, 0))
    name = sp.Symbol(r"\hat{w}")
    mean_square = Mean((name - truth) ** 2)
    return [
        Line(name, found, one_direction),
        Line(Mean(name) - truth, bias, every_noise),
        Line(Var(name), variance, every_noise),
        Line(At(Slope(mean_square, penalty), (penalty, 0)), at_zero, every_noise),
    ]


def one_direction(rng, _):
    drawn = dict(zip(("s", "w", "sigma", "lamda"), rng.uniform(0.5, 2, 4), strict=True))
    drawn |= {"epsilon": rng.normal()}

    def weight(s, w, epsilon, lamda):
        """With what it leaves of the target: s · weight + rest = target, s · rest = λ · weight."""
        target = s * w + epsilon
        rows = np.array([[s, 1], [-lamda, s]])
        return np.linalg.solve(rows, np.array([target, 0 * target]))[0]

    return drawn | {r"\hat{w}": weight}


def every_noise(rng, size):
    drawn = one_direction(rng, size)
    return drawn | {"epsilon": drawn["sigma"] * np.array([-1.0, 1.0])}


# --8<-- [end:shrinkage]
