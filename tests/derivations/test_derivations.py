"""The tools of the derivations, and what no single line of them says."""

import math

import pytest
import scipy.stats
import sympy as sp

from answers.derivations import (
    aligned,
    backprop,
    kl,
    latex,
    matrix_calculus,
    quantization,
    select,
    softmax,
)
from answers.derivations.operators import (
    ArgMax,
    ArgMin,
    At,
    Chance,
    Cov,
    Dot,
    Limit,
    Mean,
    Partial,
    Root,
    Slope,
    Var,
)
from answers.derivations.witness import complaint


def test_the_whole_network_is_checked_with_a_mask_that_differs_between_examples():
    assert set(backprop.whole_network().values()) == {0}


def test_the_check_of_the_whole_network_notices_a_wrong_formula(monkeypatch):
    monkeypatch.setattr(backprop.sp, "Heaviside", lambda z: sp.Integer(1))
    found = backprop.whole_network(2, 1, 2, 2)
    assert all(found[name] > 1e-3 for name in ("x", "w1", "b1"))
    assert found["w2"] == found["b2"] == 0


def test_a_delta_sum_is_evaluated_only_if_the_index_is_within():
    n, i, j = sp.symbols("n i j", integer=True, positive=True)
    total = sp.Sum(sp.KroneckerDelta(i, j) * i**2, (i, 1, n))
    assert select(total, (j, n)) == j**2
    assert select(total) != j**2


def test_a_sum_whose_limit_holds_another_index_is_not_turned_around():
    i, j, m, n = sp.symbols("i j m n", integer=True, positive=True)
    total = sp.Sum(sp.KroneckerDelta(m, j) * i, (i, 1, m), (m, 1, n))
    with pytest.raises(ValueError, match="holds an index; evaluate that sum first"):
        select(total, (j, n))


def norms(above, below):
    return rf"\frac{{\lVert {above} \rVert}}{{\lVert {below} \rVert}}"


x, h, K, n = sp.Symbol("x"), sp.Symbol("h"), sp.Symbol("K"), sp.Symbol("n")
f, p, X = sp.Function("f"), sp.IndexedBase("p"), sp.MatrixSymbol("X", 2, 2)


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (1 - x, "1 - x"),
        (-x - 1, "- x - 1"),
        (1 / (p[n] - p[K]), r"\frac{1}{p_{n} - p_{K}}"),
        (x + sp.Symbol(r"\text{const}") - 1, r"x - 1 + \text{const}"),
        (p[1, 2], "p_{12}"),
        (p[n, 2], "p_{n,2}"),
        (p[12, 2], "p_{12,2}"),
        (sp.KroneckerDelta(K, n), r"\left[K = n\right]"),
        (sp.Heaviside(x), r"\left[x > 0\right]"),
        (f(x + h) - f(x - h), r"f{\left(x + h \right)} - f{\left(x - h \right)}"),
        (f(x).diff(x, 2), r"f''{\left(x \right)}"),
        (sp.Symbol("epsilon"), r"\varepsilon"),
        (sp.KroneckerProduct(sp.Identity(2), X), r"I \otimes X"),
        (backprop.Entry(X.T * X, K, n), r"\left(X^{T} X\right)_{K,n}"),
        (matrix_calculus.Inner(X, X.T), r"\langle X, X^{T} \rangle"),
        (kl.MeanOverP(-x), r"\mathbb{E}_p\left[- x\right]"),
        (kl.KL(K, n) - kl.Entropy(K, n), r"D_{KL}(K\|n) - H(K, n)"),
        (Partial(x, p[n]), r"\frac{\partial x}{\partial p_{n}}"),
        (Slope(x - 1, x), r"\frac{d}{d x}\left(x - 1\right)"),
        (Limit(x, x, sp.oo) ** 2, r"\left(\lim_{x \to \infty} x\right)^{2}"),
        (At(x, (x, 1), (h, 0)), r"x\big|_{x = 1,\ h = 0}"),
        (Root(x, 2 * x, 1), r"x\big|_{2 x = 1}"),
        (ArgMax(h, x) - ArgMin(h, x), r"\arg\max_{x} h - \arg\min_{x} h"),
        (Mean(x, h, K) - Mean(x), r"\mathbb{E}\left[x \mid h, K\right] - \mathbb{E}\left[x\right]"),
        (Var(Dot(x, h)), r"\operatorname{Var}\left(x \cdot h\right)"),
        (Cov(x, h), r"\operatorname{Cov}\left(x, h\right)"),
        (Chance(x, ~h, K), r"P(x \mid \neg h, K)"),
        (quantization.Norm(x - h) / quantization.Norm(x), norms("x - h", "x")),
        (quantization.Norm(h - x) / quantization.Norm(x), norms("x - h", "x")),
    ],
)
def test_latex_says_what_the_expression_is(formula, text):
    assert latex(formula) == text


def test_lines_stand_below_each_other():
    shown = aligned(*softmax.jacobian(), *softmax.shift())
    assert shown.count(r"\\[0.5em]") == 3
    assert shown.count("&=") == 4


CHAINS = pytest.mark.parametrize(
    ("steps", "change"),
    [
        (matrix_calculus.of_weights(), matrix_calculus.dw),
        (matrix_calculus.of_input(), matrix_calculus.dx),
    ],
    ids=["weights", "input"],
)


@CHAINS
def test_every_step_of_the_trace_argument_is_one_linear_form_for_symbolic_sizes(steps, change):
    """Each is linear in the change, so equal derivatives make them equal."""
    gradient, _ = steps[-1].formula.args
    for expression in (steps[0].name, *(step.formula for step in steps)):
        if isinstance(expression, matrix_calculus.Inner):
            left, right = expression.args
            expression = sp.Trace(left.T * right)
        assert expression.diff(change) == gradient


@pytest.mark.parametrize("sizes", [(2, 3, 4), (1, 2, 3), (2, 2, 2)])
def test_both_layouts_are_kronecker_products_with_an_identity_for_other_sizes(sizes):
    assert complaint(matrix_calculus.layouts(*sizes)) is None


def test_the_digits_of_a_divergence_are_those_of_scipy():
    fair, model = [0.5, 0.5], [0.8, 0.2]
    for line, p, q in zip(kl.example(), (fair, model), (model, fair), strict=True):
        for base, unit in ((math.e, "nats"), (2, "bits")):
            digits = f"{scipy.stats.entropy(p, q, base=base):.4f}"
            assert rf"= {digits}\text{{ {unit}}}" in aligned(line)
