"""The backward pass over a graph of names, against PyTorch, the tape and every single path."""

from itertools import combinations, product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal

from answers.networks.computation_graph import Node
from answers.networks.expression_graph import backward_pass, topological_order

many, some = (settings(max_examples=n, deadline=None) for n in (400, 100))
SHAPES = [(), (1,), (3,), (1, 3), (2, 1), (2, 3), (3, 2), (2, 2), (4, 2, 3)]
NUMPYS = {
    "add": np.add,
    "multiply": np.multiply,
    "matmul": np.matmul,
    "exp": np.exp,
    "sum": np.sum,
}
TAPES = {
    "add": lambda a, b: a + b,
    "multiply": lambda a, b: a * b,
    "matmul": lambda a, b: a @ b,
    "exp": lambda a: a.exp(),
    "sum": lambda a: a.sum(),
}
PYTORCHS = {**TAPES, "exp": torch.exp, "sum": torch.sum}


@st.composite
def expressions(draw, shapes=tuple(SHAPES), most=10):
    """A graph in any order, the values behind its names, and the name of its output."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    values, graph = {}, {}
    for number in range(draw(st.integers(1, 3))):
        shape = draw(st.sampled_from(shapes))
        values[f"leaf {number}"] = np.asarray(rng.normal(size=shape))
    for number in range(draw(st.integers(0, most))):
        operation = draw(st.sampled_from(sorted(NUMPYS)))
        names = list(values)
        a = draw(st.sampled_from([names[-1], names[-1], *names]))
        partners = [b for b in names if fit(operation, values[a], values[b])]
        inputs = (a,)
        if operation in ("add", "multiply", "matmul"):
            if not partners:
                continue
            inputs = draw(st.permutations((a, draw(st.sampled_from(partners)))))
            if not fit(operation, *(values[each] for each in inputs)):
                inputs = inputs[::-1]
        value = np.asarray(NUMPYS[operation](*(values[each] for each in inputs)))
        if np.abs(value).max() < 10:
            graph[f"step {number}"] = (operation, *inputs)
            values[f"step {number}"] = value
    output = list(values)[-1]
    return dict(draw(st.permutations(list(graph.items())))), values, output


def fit(operation, a, b):
    if operation == "matmul":
        return a.ndim == b.ndim == 2 and a.shape[1] == b.shape[0]
    try:
        return len(np.broadcast_shapes(a.shape, b.shape)) <= 3
    except ValueError:
        return False


def replay(graph, leaves, words):
    """Every value, computed anew from the leaves, by recursion."""
    values = dict(leaves)

    def value(name):
        if name not in values:
            operation, *inputs = graph[name]
            values[name] = words[operation](*map(value, inputs))
        return values[name]

    for name in graph:
        value(name)
    return values


def leaves_of(graph, values):
    return {name: value for name, value in values.items() if name not in graph}


def needed(graph, output):
    """All that `output` depends on, and itself."""
    found, open_ = set(), {output}
    while open_:
        found |= open_
        open_ = {each for name in open_ for each in graph.get(name, (0,))[1:]} - found
    return found


# topological_order


@st.composite
def acyclic(draw):
    """For each number, smaller numbers that it depends on, some of them twice."""
    size = draw(st.integers(1, 12))
    names = draw(st.permutations(range(size)))
    return names, {
        names[n]: [
            names[each] for each in draw(st.lists(st.integers(0, n - 1), max_size=4))
        ]
        if n
        else []
        for n in range(size)
    }


@many
@given(acyclic())
def test_each_comes_once_after_all_of_its_inputs_and_nothing_else_comes(graph):
    names, inputs = graph
    output = names[-1]
    order = topological_order(output, inputs.__getitem__)
    place = {name: at for at, name in enumerate(order)}
    assert len(place) == len(order)
    assert order[-1] == output
    assert all(place[each] < place[name] for name in order for each in inputs[name])
    assert set(order) == needed({n: (0, *i) for n, i in inputs.items()}, output)


@many
@given(acyclic(), st.data())
def test_a_circle_is_refused_wherever_it_is(graph, data):
    names, inputs = graph
    output = names[-1]
    order = topological_order(output, inputs.__getitem__)
    low = data.draw(st.sampled_from(order))
    edges = {name: (0, *each) for name, each in inputs.items()}
    above = [name for name in order if low in needed(edges, name)]
    inputs[low].insert(
        data.draw(st.integers(0, len(inputs[low]))), data.draw(st.sampled_from(above))
    )
    with pytest.raises(ValueError, match="depends on itself"):
        topological_order(output, inputs.__getitem__)


def test_a_graph_may_be_deeper_than_pythons_stack():
    order = topological_order(100_000, lambda n: [n - 1] if n else [])
    assert order == list(range(100_001))


def test_every_node_is_opened_once_however_many_paths_lead_to_it():
    calls = 0

    def inputs_of(n):
        nonlocal calls
        calls += 1
        return [n - 1, n - 1] if n else []

    assert topological_order(60, inputs_of) == list(range(61))
    assert calls < 300


# backward_pass


@many
@given(expressions())
def test_agrees_with_pytorch(expression):
    graph, values, output = expression
    leaves = leaves_of(graph, values)
    tensors = {k: torch.tensor(v, requires_grad=True) for k, v in leaves.items()}
    tensors = replay(graph, tensors, PYTORCHS)
    for tensor in tensors.values():
        tensor.retain_grad()
    tensors[output].sum().backward()
    gradients = backward_pass(graph, values, output)
    known = {k: t.grad.numpy() for k, t in tensors.items() if t.grad is not None}
    assert set(gradients) == set(known) == needed(graph, output)
    # At least 1e-3: terms near 1 that cancel leave their rounding.
    largest = max(1e-3, *(np.abs(grad).max() for grad in known.values()))
    for name, gradient in gradients.items():
        assert isinstance(gradient, np.ndarray)
        assert gradient.shape == values[name].shape
        assert_allclose(gradient, known[name], rtol=1e-10, atol=1e-10 * largest)


@some
@given(expressions())
def test_agrees_with_the_tape(expression):
    graph, values, output = expression
    leaves = {name: Node(a) for name, a in leaves_of(graph, values).items()}
    replay(graph, leaves, TAPES)[output].sum().backward()
    gradients = backward_pass(graph, values, output)
    largest = max(1e-3, *(np.abs(gradient).max() for gradient in gradients.values()))
    for name, leaf in leaves.items():
        assert (leaf.grad is None) == (name not in gradients)
        if leaf.grad is not None:
            want = gradients[name]
            assert_allclose(leaf.grad, want, rtol=1e-10, atol=1e-10 * largest)


def slopes(graph, values, name):
    """The inputs of a scalar `name`, each with the derivative of `name` by that use of it."""
    operation, *inputs = graph.get(name, ("leaf",))
    match operation, inputs:
        case "add", [a, b]:
            return [(a, 1.0), (b, 1.0)]
        case "multiply", [a, b]:
            return [(a, values[b]), (b, values[a])]
        case "exp", [a]:
            return [(a, np.exp(values[a]))]
        case "sum", [a]:
            return [(a, 1.0)]
    return []


@many
@given(expressions(shapes=((),), most=8))
def test_the_gradient_is_the_sum_over_all_paths_of_the_product_of_slopes(expression):
    graph, values, output = expression

    def paths(name, product=1.0):
        """Where each path back from `name` ends, and the product of the slopes on it."""
        yield name, product
        for each, slope in slopes(graph, values, name):
            yield from paths(each, product * slope)

    sums, sizes = {}, {}
    for end, slope in paths(output):
        sums[end] = sums.get(end, 0) + slope
        sizes[end] = sizes.get(end, 0) + abs(slope)
    gradients = backward_pass(graph, values, output)
    assert set(gradients) == set(sums)
    for name, gradient in gradients.items():
        assert abs(gradient - sums[name]) <= 1e-12 * sizes[name]


@some
@given(expressions())
def test_the_order_of_the_graph_does_not_matter(expression):
    graph, values, output = expression
    gradients = backward_pass(graph, values, output)
    backwards = backward_pass(dict(reversed(graph.items())), values, output)
    for name, gradient in gradients.items():
        assert_array_equal(gradient, backwards[name])


@some
@given(expressions())
def test_what_the_output_does_not_depend_on_needs_no_value(expression):
    graph, values, output = expression
    kept = {name: values[name] for name in needed(graph, output)}
    graph = {**graph, "unknown": ("sine", "nobody"), "circle": ("exp", "circle")}
    assert set(backward_pass(graph, kept, output)) == set(kept)


@some
@given(expressions())
def test_values_are_not_modified_and_no_gradient_shares_memory(expression):
    graph, values, output = expression
    before = {name: value.copy() for name, value in values.items()}
    gradients = backward_pass(graph, values, output).values()
    for name, value in values.items():
        assert_array_equal(value, before[name])
    pairs = [*combinations(gradients, 2), *product(gradients, values.values())]
    assert not any(np.may_share_memory(*pair) for pair in pairs)


@some
@given(expressions())
def test_float32_stays_float32(expression):
    graph, values, output = expression
    values = {name: value.astype(np.float32) for name, value in values.items()}
    gradients = backward_pass(graph, values, output)
    assert {g.dtype for g in gradients.values()} == {np.dtype(np.float32)}


def test_integers_and_numbers_of_numpy_compute_in_float64():
    values = {"a": np.array([2, 3]), "b": np.array([4, 9])}
    values["y"] = values["b"].sum()  # np.int64
    gradients = backward_pass(
        {"y": ("sum", "b"), "b": ("multiply", "a", "a")}, values, "y"
    )
    assert_array_equal(gradients["a"], [4, 6])
    assert {g.dtype for g in gradients.values()} == {np.dtype(np.float64)}


def test_many_paths_and_long_chains_cost_no_more_than_their_nodes():
    graph = {n + 1: (n, n) for n in range(60)}
    graph = {f"x{n}": ("add", *(f"x{i}" for i in pair)) for n, pair in graph.items()}
    values = {f"x{n}": np.array(2.0**n) for n in range(61)}
    assert backward_pass(graph, values, "x60")["x0"] == 2.0**60

    graph = {f"x{n + 1}": ("sum", f"x{n}") for n in range(2000)}
    values = {f"x{n}": np.array(1.0) for n in range(2001)}
    assert backward_pass(graph, values, "x2000")["x0"] == 1


def test_an_output_that_is_a_leaf_has_gradient_1():
    gradients = backward_pass({}, {"a": np.zeros((2, 3))}, "a")
    assert_array_equal(gradients["a"], np.ones((2, 3)))


@pytest.mark.parametrize(
    ("operation", "values", "message"),
    [
        (("sum", "a"), {}, "no array of numbers 'a'; pass np.array"),
        (("sum", "a"), {"a": [1.0, 2.0]}, "no array of numbers 'a'; pass np.array"),
        (("sum", "a"), {"a": 1.0}, "no array of numbers 'a'; pass np.array"),
        (("sum", "a"), {"a": np.array([1, np.nan])}, r"`values\['a'\]` holds nan at i"),
        (("sum", "a"), {"a": np.array([np.inf])}, r"`values\['a'\]` holds inf at ind"),
        (("sine", "a"), {"a": np.ones(2)}, r"'sine' of shapes \(2,\) is unknown; ther"),
        (("add", "a"), {"a": np.ones(2)}, r"'add' of shapes \(2,\) is unknown"),
        (("exp", "a", "a"), {"a": np.ones(2)}, r"'exp' of shapes \(2,\), \(2,\) is un"),
        (("matmul", "a", "a"), {"a": np.ones(2)}, "matmul of two matrices"),
        (("matmul", "a", "a"), {"a": np.ones((2, 2, 2))}, "matmul of two matrices"),
        (("exp", "y"), {}, "'?y'? depends on itself; a computation has no cycle"),
        (("add", "a", "a"), {"a": np.ones(3)}, r"`shape` \(3,\)"),
    ],
)
def test_refuses_what_it_cannot_differentiate(operation, values, message):
    with pytest.raises(ValueError, match=message):
        backward_pass({"y": operation}, {"y": np.ones(()), **values}, "y")


def test_the_arguments_must_be_dicts():
    with pytest.raises(TypeCheckError):
        backward_pass([("y", "sum", "a")], {"a": np.ones(2)}, "y")
    with pytest.raises(TypeError):
        backward_pass({"y": ("sum", "a")}, [np.ones(2)], "y")
