"""What SymPy derives for any size holds for explicit sizes, by PyTorch's autograd."""

import math

import numpy as np
import pytest
import sympy as sp
import torch

from answers.derivations import (
    aligned,
    backprop,
    finite_differences,
    latex,
    matrix_calculus,
    select,
    softmax,
)

CLASSES = 4
LOGITS = [0.3, -1.2, 2.1, 0.7]
PROBABILITIES = torch.softmax(torch.tensor(LOGITS, dtype=torch.float64), 0)
TARGETS = [0.1, 0.2, 0.3, 0.4]
PAIRS = [(a, b) for a in range(CLASSES) for b in range(CLASSES)]


def numbers(expression, **indices):
    """`expression` at the logits above; classes count from 1 in formulas, from 0 in arrays."""
    values = {softmax.K: CLASSES} | {getattr(softmax, n): v + 1 for n, v in indices.items()}
    expression = expression.subs(values).doit()
    for base, row in (
        (softmax.z, LOGITS),
        (softmax.p, PROBABILITIES.tolist()),
        (softmax.t, TARGETS),
    ):
        expression = expression.subs({base[m + 1]: row[m] for m in range(CLASSES)})
    return expression


def by_autograd(function):
    """The gradient of `function` at the logits."""
    z = torch.tensor(LOGITS, dtype=torch.float64, requires_grad=True)
    function(z).backward()
    return z.grad.tolist()


def close(number):
    return pytest.approx(number, rel=1e-12)


def test_log_odds_give_softmax():
    _, (_, formula) = softmax.from_log_odds()
    for k in range(CLASSES):
        assert float(numbers(formula, k=k)) == close(PROBABILITIES[k].item())


def test_the_distribution_of_maximum_entropy_has_logits_as_log_odds():
    *_, (_, formula) = softmax.from_maximum_entropy()
    at = {"beta": 1, "lambda": 0.4}
    p = [
        float(
            numbers(formula, j=j).subs(
                {s: at[s.name] for s in formula.free_symbols if s.name in at}
            )
        )
        for j in range(CLASSES)
    ]
    np.testing.assert_allclose(np.log(p[2] / p[0]), LOGITS[2] - LOGITS[0])


def test_jacobian_agrees_with_autograd():
    ((_, formula),) = softmax.jacobian()
    for k, j in PAIRS:
        expected = by_autograd(lambda z, k=k: torch.softmax(z, 0)[k])[j]
        assert float(numbers(formula, k=k, j=j)) == close(expected)


def test_cross_entropy_and_its_gradient_agree_with_autograd():
    (_, loss), (_, hard), (_, soft) = softmax.cross_entropy()
    t = torch.tensor(TARGETS, dtype=torch.float64)
    of_soft = by_autograd(lambda z: torch.nn.functional.cross_entropy(z, t))
    for y, j in PAIRS:
        expected = -PROBABILITIES[y].log().item()
        assert float(numbers(loss, y=y)) == close(expected)
        expected = by_autograd(lambda z, y=y: -torch.log_softmax(z, 0)[y])[j]
        assert float(numbers(hard, y=y, j=j)) == close(expected)
        assert float(numbers(soft, j=j)) == close(of_soft[j])


def test_gradient_with_eps_agrees_with_autograd():
    (_, formula), (_, limit) = softmax.with_eps()
    assert limit == -sp.log(softmax.eps)
    formula = formula.subs(softmax.eps, 0.3)
    for y, j in PAIRS:
        expected = by_autograd(lambda z, y=y: -(torch.softmax(z, 0)[y] + 0.3).log())[j]
        assert float(numbers(formula, y=y, j=j)) == close(expected)


def test_gradient_with_a_temperature_agrees_with_autograd():
    ((_, formula),) = softmax.with_temperature()
    heat, z = 2.5, torch.tensor(LOGITS, dtype=torch.float64)
    for y, j in PAIRS:
        probability = torch.softmax(z / heat, 0)[j].item()
        at = {softmax.temperature: heat, softmax.p[softmax.j]: probability}
        expected = by_autograd(lambda z, y=y: -torch.log_softmax(z / heat, 0)[y])[j]
        assert float(numbers(formula.subs(at), y=y, j=j)) == close(expected)


def test_softmax_of_two_logits_is_a_sigmoid():
    ((_, difference),) = softmax.binary()
    assert difference == 0


def test_a_shift_of_all_logits_has_slope_zero():
    ((_, slope),) = softmax.shift()
    assert slope == 0


BATCH, D_IN, OUT = 3, 2, 4
RNG = np.random.default_rng(0)
ARRAYS = {
    name: RNG.normal(size=size)
    for name, size in {
        "x": (BATCH, D_IN),
        "w": (D_IN, OUT),
        "G": (BATCH, OUT),
        "s": (BATCH, OUT),
    }.items()
}
LABELS = [2, 0, 3]


def entry(expression, **indices):
    """A formula of backprop at the arrays above."""
    sizes = {backprop.N: BATCH, backprop.D: D_IN, backprop.K: OUT}
    at = {getattr(backprop, name): value + 1 for name, value in indices.items()}
    expression = expression.subs(sizes | at).doit()
    expression = expression.subs({backprop.y[r + 1]: LABELS[r] + 1 for r in range(BATCH)})
    arrays = ARRAYS | {"p": torch.softmax(torch.tensor(ARRAYS["s"]), 1).numpy()}
    return float(
        expression.xreplace(
            {
                getattr(backprop, name)[r + 1, q + 1]: array[r, q]
                for name, array in arrays.items()
                for r, q in np.ndindex(array.shape)
            }
        )
    )


def test_gradient_of_the_mean_loss_agrees_with_autograd():
    (_, loss), (_, formula) = backprop.of_logits()
    s = torch.tensor(ARRAYS["s"], requires_grad=True)
    expected = torch.nn.functional.cross_entropy(s, torch.tensor(LABELS))
    expected.backward()
    assert entry(loss) == close(expected.item())
    for m, c in np.ndindex(BATCH, OUT):
        assert entry(formula, m=m, c=c) == close(s.grad[m, c].item())


def test_gradients_of_an_affine_layer_agree_with_autograd():
    x, w = (torch.tensor(ARRAYS[name], requires_grad=True) for name in ("x", "w"))
    b = torch.zeros(OUT, dtype=torch.float64, requires_grad=True)
    (x @ w + b).backward(torch.tensor(ARRAYS["G"]))
    (_, dw), (_, db), (_, dx) = backprop.of_affine()
    for d, c in np.ndindex(D_IN, OUT):
        assert entry(dw, d=d, c=c) == close(w.grad[d, c].item())
    for c in range(OUT):
        assert entry(db, c=c) == close(b.grad[c].item())
    for m, d in np.ndindex(BATCH, D_IN):
        assert entry(dx, m=m, d=d) == close(x.grad[m, d].item())


def test_the_recursion_of_delta_agrees_with_autograd_through_tanh():
    units, following = 3, 2
    z, w, delta = [0.4, -0.7, 1.1], [[1.5, -0.3], [0.2, 0.9], [-1.2, 0.6]], [0.8, -2.0]
    (_, next_z), (_, formula) = backprop.delta_recursion()

    def number(expression, **indices):
        expression = expression.subs({backprop.H: units, backprop.K: following})
        expression = expression.subs({getattr(backprop, n): v + 1 for n, v in indices.items()})
        values = {sp.IndexedBase("z")[i + 1]: z[i] for i in range(units)}
        values |= {backprop.w[i + 1, k + 1]: w[i][k] for i in range(units) for k in range(2)}
        values |= {sp.IndexedBase(r"\delta^{(\ell+1)}")[k + 1]: delta[k] for k in range(2)}
        values |= {backprop.b[k + 1]: 0.1 * k for k in range(2)}
        by_name = {"phi": math.tanh, r"\phi'": lambda at: 1 - math.tanh(at) ** 2}
        applied = (
            expression.doit()
            .subs(values)
            .replace(
                lambda e: isinstance(e, sp.core.function.AppliedUndef),
                lambda e: sp.Float(by_name[e.func.__name__](float(e.args[0]))),
            )
        )
        return float(applied)

    tensor = torch.tensor(z, dtype=torch.float64, requires_grad=True)
    biases = torch.tensor([0.0, 0.1], dtype=torch.float64)
    after = torch.tanh(tensor) @ torch.tensor(w, dtype=torch.float64) + biases
    after.backward(torch.tensor(delta, dtype=torch.float64))
    for k in range(following):
        assert number(next_z, k=k) == close(after[k].item())
    for d in range(units):
        assert number(formula, d=d) == close(tensor.grad[d].item())


def test_the_whole_network_is_checked_with_a_mask_that_differs_between_examples():
    assert set(backprop.whole_network().values()) == {0}


def test_the_check_of_the_whole_network_notices_a_wrong_formula(monkeypatch):
    monkeypatch.setattr(backprop.sp, "Heaviside", lambda z: sp.Integer(1))
    found = backprop.whole_network(2, 1, 2, 2)
    assert all(found[name] > 1e-3 for name in ("x", "w1", "b1"))
    assert found["w2"] == found["b2"] == 0


def test_truncation_is_that_of_a_cubic():
    (_, one_sided), (_, centred) = finite_differences.truncation()
    f, x, h = finite_differences.f, finite_differences.x, finite_differences.h
    cubic = sp.Lambda(x, x**3)
    assert centred.removeO().subs(f, cubic).doit() == h**2
    assert one_sided.removeO().subs(f, cubic).doit() == 3 * h * x
    assert (centred.getn(), one_sided.getn()) == (4, 2)
    h = 0.1
    assert ((1 + h) ** 3 - (1 - h) ** 3) / (2 * h) - 3 == pytest.approx(h**2 * 6 / 6)
    assert ((1 + h) ** 2 - 1) / h - 2 == pytest.approx(h * 2 / 2)


def test_the_best_step_balances_truncation_and_rounding():
    (_, error), (_, cube) = finite_differences.best_step()
    h = finite_differences.h
    symbols = sorted(cube.free_symbols, key=str)
    at = dict(zip(symbols, (2e-16, 3.0, 5.0), strict=True))
    best = float(cube.subs(at)) ** (1 / 3)
    around = [float(error.subs(at).subs(h, best * f)) for f in (0.9, 1, 1.1)]
    assert around[1] < min(around[0], around[2])


def test_a_delta_sum_is_evaluated_only_if_the_index_is_within():
    n, i, j = sp.symbols("n i j", integer=True, positive=True)
    total = sp.Sum(sp.KroneckerDelta(i, j) * i**2, (i, 1, n))
    assert select(total, (j, n)) == j**2
    assert select(total) != j**2


def test_latex_prefers_an_order_without_a_leading_minus():
    assert latex(softmax.p[softmax.j] - softmax.t[softmax.j]) == "p_{j} - t_{j}"
    assert aligned(("a", softmax.K), ("b", softmax.K)).count(r"\\") == 1


MATRICES = {name: ARRAYS[name] for name in ("x", "w", "G")}


def linear_entry(expression, **indices):
    """A formula of matrix_calculus at the arrays above."""
    sizes = {matrix_calculus.N: BATCH, matrix_calculus.D: D_IN, matrix_calculus.H: OUT}
    at = {getattr(matrix_calculus, name): v + 1 for name, v in indices.items()}
    expression = expression.subs(sizes | at).doit()
    return float(
        expression.xreplace(
            {
                sp.IndexedBase(name.upper())[r + 1, q + 1]: array[r, q]
                for name, array in MATRICES.items()
                for r, q in np.ndindex(array.shape)
            }
        )
    )


def test_entries_of_the_jacobians_of_a_linear_layer_agree_with_autograd():
    (_, y), (_, by_w), (_, by_x) = matrix_calculus.entries()
    x, w = (torch.tensor(MATRICES[name]) for name in ("x", "w"))
    of_x, of_w = torch.autograd.functional.jacobian(torch.matmul, (x, w))
    for i, j in np.ndindex(BATCH, OUT):
        assert linear_entry(y, i=i, j=j) == pytest.approx((x @ w)[i, j].item())
        for k, l in np.ndindex(D_IN, OUT):  # noqa: E741
            assert linear_entry(by_w, i=i, j=j, k=k, l=l) == of_w[i, j, k, l].item()
        for l, k in np.ndindex(BATCH, D_IN):  # noqa: E741
            assert linear_entry(by_x, i=i, j=j, l=l, k=k) == of_x[i, j, l, k].item()


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
    gradient, _ = steps[-1][0].args
    for expression, _ in steps:
        if isinstance(expression, matrix_calculus.Inner):
            left, right = expression.args
            expression = sp.Trace(left.T * right)
        assert expression.diff(change) == gradient


@CHAINS
def test_every_step_of_the_trace_argument_is_one_polynomial_for_explicit_sizes(steps, change):
    for sizes in ((1, 2, 3), (3, 1, 2), (2, 2, 1)):
        numbers = {matrix_calculus.number(expression, sizes) for expression, _ in steps}
        assert [len(number.as_ordered_terms()) for number in numbers] == [np.prod(sizes)]


@CHAINS
def test_a_wrong_step_of_the_trace_argument_is_not_printed(steps, change):
    gradient, _ = steps[-1][0].args
    wrong = matrix_calculus.Inner(sp.MatMul(2, gradient), change)
    with pytest.raises(ValueError, match=r"not equal for \(N, D, H\) = \(2, 3, 4\)"):
        matrix_calculus.chain([steps[-1], (wrong, "")])


def test_the_gradients_of_the_trace_argument_agree_with_autograd():
    x, w = (torch.tensor(MATRICES[name], requires_grad=True) for name in ("x", "w"))
    (x @ w).backward(torch.tensor(MATRICES["G"]))
    sizes = {matrix_calculus.N: BATCH, matrix_calculus.D: D_IN, matrix_calculus.H: OUT}
    values = {
        matrix_calculus.X: MATRICES["x"],
        matrix_calculus.W: MATRICES["w"],
        matrix_calculus.G: MATRICES["G"],
    }
    for steps, tensor in (
        (matrix_calculus.of_weights(), w),
        (matrix_calculus.of_input(), x),
    ):
        gradient, _ = steps[-1][0].args
        numbers = gradient.subs(
            {symbol: sp.Matrix(array) for symbol, array in values.items()}
        ).subs(sizes)
        np.testing.assert_allclose(
            np.array(numbers.doit().tolist(), float), tensor.grad, rtol=1e-12
        )


@pytest.mark.parametrize("sizes", [(3, 2, 2), (2, 3, 4), (1, 2, 3), (2, 2, 2)])
def test_both_layouts_are_kronecker_products_with_an_identity(sizes):
    n, d_in, d_out = sizes
    (_, by_rows), (_, by_columns) = matrix_calculus.layouts(*sizes)
    x = sp.Matrix(n, d_in, lambda r, c: sp.Symbol(f"x_{{{r + 1}{c + 1}}}"))
    assert by_rows == sp.kronecker_product(x, sp.eye(d_out))
    assert by_columns == sp.kronecker_product(sp.eye(d_out), x)
