"""The long short-term memory, forward and backward, against PyTorch and differences."""

from inspect import unwrap

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal

from answers.gradient_check import numerical_gradient
from answers.training.recurrent import (
    lstm,
    lstm_backward,
    lstm_step,
    lstm_step_backward,
    sigmoid,
)

STEPS, BATCH, INPUTS, HIDDEN = 6, 2, 3, 4
STEP = {
    "x": (BATCH, INPUTS),
    "h": (BATCH, HIDDEN),
    "c": (BATCH, HIDDEN),
    "w_x": (INPUTS, 4 * HIDDEN),
    "w_h": (HIDDEN, 4 * HIDDEN),
    "b": (4 * HIDDEN,),
}
SEQUENCE = STEP | {"x": (STEPS, BATCH, INPUTS)}
TAKEN = {"dh": (BATCH, HIDDEN), "dc": (BATCH, HIDDEN), **STEP, "gates": (BATCH, 4 * HIDDEN)}
BACK = {name: TAKEN[name] for name in ("dh", "dc", "x", "h", "c", "gates", "w_x", "w_h")}
SAVED = {"dhs": HIDDEN, "hs": HIDDEN, "cs": HIDDEN, "gates": 4 * HIDDEN}
BACK_SEQUENCE = {
    **{name: (STEPS, BATCH, size) for name, size in SAVED.items()},
    **{name: SEQUENCE[name] for name in ("x", "h", "c", "w_x", "w_h")},
}
CALLS = {
    lstm_step: STEP,
    lstm_step_backward: BACK,
    lstm: SEQUENCE,
    lstm_backward: BACK_SEQUENCE,
}
each_function = pytest.mark.parametrize(("function", "shapes"), CALLS.items())


def drawn(shapes, seed=1):
    rng = np.random.default_rng(seed)
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def theirs(given):
    """PyTorch's layer with the same weights, transposed; half of the bias is in each of two."""
    layer = torch.nn.LSTM(INPUTS, HIDDEN, dtype=torch.float64)
    layer.weight_ih_l0.data = torch.tensor(given["w_x"].T)
    layer.weight_hh_l0.data = torch.tensor(given["w_h"].T)
    layer.bias_ih_l0.data = layer.bias_hh_l0.data = torch.tensor(given["b"] / 2)
    return layer


def test_a_step_is_that_of_pytorchs_cell():
    given = drawn(STEP)
    layer, cell = theirs(given), torch.nn.LSTMCell(INPUTS, HIDDEN, dtype=torch.float64)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        getattr(cell, name).data = getattr(layer, f"{name}_l0").data
    x, h, c = (torch.tensor(given[name]) for name in "xhc")
    for found, expected in zip(lstm_step(**given)[:2], cell(x, (h, c)), strict=True):
        assert_allclose(found, expected.detach(), rtol=1e-12, atol=1e-14)


def test_a_sequence_and_its_gradients_are_pytorchs():
    given = drawn(SEQUENCE)
    layer = theirs(given)
    x, h, c = (torch.tensor(given[name], requires_grad=True) for name in "xhc")
    expected, (_, last) = layer(x, (h[None], c[None]))
    hs, cs, gates = lstm(**given)
    assert_allclose(hs, expected.detach(), rtol=1e-12, atol=1e-14)
    assert_allclose(cs[-1], last[0].detach(), rtol=1e-12, atol=1e-14)

    dhs = drawn({"dhs": hs.shape}, seed=2)["dhs"]
    expected.backward(torch.tensor(dhs))
    b = given.pop("b")
    found = lstm_backward(dhs, hs=hs, cs=cs, gates=gates, **given)
    weights = layer.weight_ih_l0.grad.T, layer.weight_hh_l0.grad.T, layer.bias_ih_l0.grad
    for gradient, want in zip(found, (x.grad, h.grad, c.grad, *weights), strict=True):
        assert_allclose(gradient, want, rtol=1e-10, atol=1e-12)
    assert found[-1].shape == b.shape


def test_a_steps_gradients_agree_with_differences():
    given, upstream = drawn(STEP), drawn({"dh": STEP["h"], "dc": STEP["c"]}, seed=2)

    def loss(name):
        def of(array):
            h, c, _ = lstm_step(**given | {name: array})
            return (upstream["dh"] * h + upstream["dc"] * c).sum()

        return of

    _, _, gates = lstm_step(**given)
    taken = {name: given[name] for name in ("x", "h", "c", "w_x", "w_h")}
    found = lstm_step_backward(**upstream, **taken, gates=gates)
    for gradient, name in zip(found, STEP, strict=True):
        assert_allclose(gradient, numerical_gradient(loss(name), given[name]), atol=1e-8)


def test_an_open_forget_gate_keeps_the_cell_and_its_gradient():
    given = drawn(STEP)
    i, f = slice(0, HIDDEN), slice(HIDDEN, 2 * HIDDEN)
    for name in ("w_x", "w_h"):
        given[name][:, i] = given[name][:, f] = 0
    given["b"][i], given["b"][f] = -60, 60
    _, c, gates = lstm_step(**given)
    assert_allclose(c, given["c"], rtol=1e-15)
    dc = drawn({"dc": STEP["c"]}, seed=2)["dc"]
    taken = {name: given[name] for name in ("x", "h", "c", "w_x", "w_h")}
    _, _, before, *_ = lstm_step_backward(0 * dc, dc, **taken, gates=gates)
    assert_allclose(before, dc, rtol=1e-15)


def test_the_sigmoid_is_its_definition_and_does_not_overflow():
    z = np.linspace(-30, 30, 101)
    assert_allclose(sigmoid(z), 1 / (1 + np.exp(-z)), atol=1e-16)
    assert_array_equal(sigmoid(np.array([-1e4, 1e4])), [0, 1])
    small = sigmoid(np.array([-40.0]))  # a share of it is not right, though 1e-16 is
    assert not np.isclose(small, np.exp(-40), rtol=0.5, atol=0)


@each_function
def test_arguments_stay_as_they_are_and_share_no_memory_with_results(function, shapes):
    given = drawn(shapes)
    for each in given.values():
        each.setflags(write=False)
    for result in function(**given):
        assert not any(np.may_share_memory(result, each) for each in given.values())


@each_function
@pytest.mark.parametrize(
    ("dtype", "computed"),
    [(np.float32, np.float32), (np.float16, np.float32), (np.int64, np.float64)],
)
def test_float32_stays_and_whole_numbers_compute_in_float64(function, shapes, dtype, computed):
    given = {name: np.rint(each) for name, each in drawn(shapes).items()}
    expected = function(**given)
    found = function(**{name: each.astype(dtype) for name, each in given.items()})
    for result, want in zip(found, expected, strict=True):
        assert result.dtype == computed
        assert_allclose(result, want, rtol=2e-4, atol=1e-4)


@each_function
def test_a_contract_changes_no_value(function, shapes):
    given = drawn(shapes)
    for result, body in zip(function(**given), unwrap(function)(**given), strict=True):
        assert_array_equal(result, body)


def test_bad_values_and_shapes_are_refused_in_words():
    given = drawn(STEP)
    with pytest.raises(ValueError, match=r"^`c` holds nan at index \(0, 1\)"):
        lstm_step(**given | {"c": np.where(np.arange(8).reshape(2, 4) == 1, np.nan, 1)})
    with pytest.raises(ValueError, match=r"^`x` is empty"):
        lstm(**drawn(SEQUENCE | {"x": (0, BATCH, INPUTS)}))
    large = drawn(BACK)
    large |= {name: 1e300 * large[name] for name in ("dh", "x")}
    with pytest.raises(ValueError, match=r"^dw_x overflows"):
        lstm_step_backward(**large)
    for name, shape in (("w_x", (INPUTS, 3 * HIDDEN)), ("b", (HIDDEN,)), ("h", (1, HIDDEN))):
        with pytest.raises(TypeCheckError, match="parameter"):
            lstm_step(**given | {name: np.ones(shape)})
