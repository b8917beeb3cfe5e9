"""A recurrent network and its truncated gradients, against PyTorch's graph, cut by `detach`."""

from inspect import unwrap

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal

from answers.training.truncated_bptt import rnn, rnn_backward, truncated_bptt

STEPS, BATCH, INPUTS, HIDDEN = 10, 3, 5, 4
FORWARD = {
    "x": (STEPS, BATCH, INPUTS),
    "h": (BATCH, HIDDEN),
    "w_x": (INPUTS, HIDDEN),
    "w_h": (HIDDEN, HIDDEN),
    "b": (HIDDEN,),
}
STATES = (STEPS, BATCH, HIDDEN)
BACKWARD = {"dhs": STATES, "hs": STATES, **{k: FORWARD[k] for k in ("x", "h", "w_x", "w_h")}}
CALLS = {
    rnn: (FORWARD, {}),
    rnn_backward: (BACKWARD, {}),
    truncated_bptt: ({"dhs": STATES, **FORWARD}, {"chunk": 4}),
}
each_function = pytest.mark.parametrize(
    ("function", "shapes", "numbers"), [(f, *arguments) for f, arguments in CALLS.items()]
)


def drawn(shapes, seed=1):
    rng = np.random.default_rng(seed)
    return {name: rng.normal(size=shape) / 2 for name, shape in shapes.items()}


def theirs(given, chunk):
    """PyTorch's states, the last one, and leaves with gradients that stop at each border."""
    leaves = {name: torch.tensor(given[name], requires_grad=True) for name in FORWARD}
    layer = torch.nn.RNN(INPUTS, HIDDEN, dtype=torch.float64)
    names = "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"
    b = leaves["b"]
    tensors = leaves["w_x"].T, leaves["w_h"].T, b, torch.zeros_like(b)
    weights, h, states = dict(zip(names, tensors, strict=True)), leaves["h"], []
    for start in range(0, STEPS, chunk):
        part = leaves["x"][start : start + chunk]
        out, last = torch.func.functional_call(layer, weights, (part, h[None]))
        states.append(out)
        h = last[0].detach()
    states = torch.cat(states)
    (states * torch.tensor(given["dhs"])).sum().backward()
    return states.detach(), h, leaves


@pytest.mark.parametrize("chunk", [1, 4, 5, STEPS, STEPS + 3])
def test_truncated_gradients_are_those_of_a_detached_graph(chunk):
    given = drawn({"dhs": STATES, **FORWARD})
    _, last, leaves = theirs(given, chunk)
    expected = last, *(leaves[name].grad for name in ("w_x", "w_h", "b"))
    for found, want in zip(truncated_bptt(**given, chunk=chunk), expected, strict=True):
        assert_allclose(found, want, rtol=1e-11, atol=1e-13)


def test_the_whole_gradients_are_pytorchs():
    given = drawn({"dhs": STATES, **FORWARD})
    states, _, leaves = theirs(given, STEPS)
    hs = rnn(**{name: given[name] for name in FORWARD})
    assert_allclose(hs, states, rtol=1e-12, atol=1e-14)
    found = rnn_backward(hs=hs, **{name: given[name] for name in ("dhs", "x", "h", "w_x", "w_h")})
    for gradient, name in zip(found, FORWARD, strict=True):
        assert_allclose(gradient, leaves[name].grad, rtol=1e-11, atol=1e-13)


def test_one_chunk_is_the_whole_and_chunks_change_no_state():
    given = drawn({"dhs": STATES, **FORWARD})
    whole = truncated_bptt(**given, chunk=STEPS)
    cut = truncated_bptt(**given, chunk=3)
    assert_array_equal(cut[0], whole[0])
    assert not np.allclose(cut[2], whole[2], rtol=1e-3)
    hs = rnn(**{name: given[name] for name in FORWARD})
    back = {name: given[name] for name in ("dhs", "x", "h", "w_x", "w_h")}
    for found, want in zip(whole[1:], rnn_backward(hs=hs, **back)[2:], strict=True):
        assert_allclose(found, want, rtol=1e-13)


@each_function
def test_arguments_stay_as_they_are_and_share_no_memory_with_results(function, shapes, numbers):
    given = drawn(shapes)
    for each in given.values():
        each.setflags(write=False)
    result = function(**given, **numbers)
    for each in result if isinstance(result, tuple) else (result,):
        assert not any(np.may_share_memory(each, array) for array in given.values())


@each_function
@pytest.mark.parametrize(
    ("dtype", "computed"),
    [(np.float32, np.float32), (np.float16, np.float32), (np.int64, np.float64)],
)
def test_float32_stays_and_whole_numbers_compute_in_float64(
    function, shapes, numbers, dtype, computed
):
    given = {name: np.rint(2 * each) for name, each in drawn(shapes).items()}
    result = function(**{name: each.astype(dtype) for name, each in given.items()}, **numbers)
    expected = function(**given, **numbers)
    pairs = [(result, expected)] if function is rnn else zip(result, expected, strict=True)
    for found, want in pairs:
        assert found.dtype == computed
        assert_allclose(found, want, rtol=2e-4, atol=1e-4)


@each_function
def test_a_contract_changes_no_value(function, shapes, numbers):
    given = drawn(shapes)
    assert_array_equal(
        np.concatenate([np.ravel(a) for a in function(**given, **numbers)]),
        np.concatenate([np.ravel(a) for a in unwrap(function)(**given, **numbers)]),
    )


def test_bad_values_and_shapes_are_refused_in_words():
    given = drawn({"dhs": STATES, **FORWARD})
    with pytest.raises(ValueError, match=r"^`chunk` is 0; choose a finite number, 1 or more"):
        truncated_bptt(**given, chunk=0)
    with pytest.raises(ValueError, match=r"^`h` holds inf at index"):
        truncated_bptt(**given | {"h": np.full((BATCH, HIDDEN), np.inf)}, chunk=2)
    with pytest.raises(ValueError, match=r"^`x` is empty"):
        rnn(**drawn(FORWARD | {"x": (0, BATCH, INPUTS)}))
    with pytest.raises(TypeCheckError, match="parameter"):
        truncated_bptt(**given | {"dhs": np.ones((3, BATCH, HIDDEN))}, chunk=2)
