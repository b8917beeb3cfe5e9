"""The backward pass over a graph of names, against PyTorch and every single path."""

from itertools import combinations, product
from random import Random

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from answers.networks.expression_graph import backward_pass, topological_order

SHAPES = [(), (1,), (3,), (1, 3), (2, 1), (2, 3), (3, 2), (2, 2), (4, 2, 3)]
NUMPYS = {
    "add": np.add,
    "multiply": np.multiply,
    "matmul": np.matmul,
    "exp": np.exp,
    "sum": np.sum,
}
PYTORCHS = {
    "add": torch.add,
    "multiply": torch.multiply,
    "matmul": torch.matmul,
    "exp": torch.exp,
    "sum": torch.sum,
}


def expression(seed, shapes=tuple(SHAPES), most=10):
    """A graph in any order, the values behind its names, and the name of its output."""
    draw, rng = Random(seed), np.random.default_rng(seed)
    values, graph = {}, {}
    for number in range(draw.randint(1, 3)):
        values[f"leaf {number}"] = np.asarray(rng.normal(size=draw.choice(shapes)))
    for number in range(draw.randint(0, most)):
        operation = draw.choice(list(NUMPYS))
        names = list(values)
        a = draw.choice([names[-1], names[-1], *names])
        inputs = (a,)
        if operation in ("add", "multiply", "matmul"):
            pairs = [pair for b in names for pair in ((a, b), (b, a))]
            pairs = [p for p in pairs if fit(operation, *map(values.get, p))]
            if not pairs:
                continue
            inputs = draw.choice(pairs)
        value = np.asarray(NUMPYS[operation](*(values[each] for each in inputs)))
        if np.abs(value).max() < 10:
            graph[f"step {number}"] = (operation, *inputs)
            values[f"step {number}"] = value
    output = list(values)[-1]
    return dict(draw.sample(list(graph.items()), len(graph))), values, output


def fit(operation, a, b):
    if operation == "matmul":
        return a.ndim == b.ndim == 2 and a.shape[1] == b.shape[0]
    try:
        return len(np.broadcast_shapes(a.shape, b.shape)) <= 3
    except ValueError:
        return False


EXPRESSIONS = [expression(seed) for seed in range(400)]
SCALARS = [expression(seed, ((),), 8) for seed in range(400)]


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
        names[n]: [names[each] for each in draw(st.lists(st.integers(0, n - 1), max_size=4))]
        if n
        else []
        for n in range(size)
    }


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


def test_agrees_with_pytorch():
    for graph, values, output in EXPRESSIONS:
        leaves = {name: a for name, a in values.items() if name not in graph}
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


def test_only_what_is_needed_is_read_no_value_is_written_and_float32_stays():
    for graph, values, output in EXPRESSIONS[:100]:
        kept = {k: values[k].astype(np.float32) for k in needed(graph, output)}
        for value in kept.values():
            value.flags.writeable = False
        graph = {**graph, "unknown": ("sine", "nobody"), "circle": ("exp", "circle")}
        gradients = backward_pass(graph, kept, output)
        assert set(gradients) == set(kept)
        gradients = gradients.values()
        assert {g.dtype for g in gradients} == {np.dtype(np.float32)}
        pairs = [*combinations(gradients, 2), *product(gradients, kept.values())]
        assert not any(np.may_share_memory(*pair) for pair in pairs)


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


def paths(graph, values, name, product=1.0):
    """Where each path back from `name` ends, and the product of the slopes on it."""
    yield name, product
    for each, slope in slopes(graph, values, name):
        yield from paths(graph, values, each, product * slope)


def test_the_gradient_is_the_sum_over_all_paths_of_the_product_of_slopes():
    for graph, values, output in SCALARS:
        sums, sizes = {}, {}
        for end, slope in paths(graph, values, output):
            sums[end] = sums.get(end, 0) + slope
            sizes[end] = sizes.get(end, 0) + abs(slope)
        gradients = backward_pass(graph, values, output)
        assert set(gradients) == set(sums)
        for name, gradient in gradients.items():
            assert abs(gradient - sums[name]) <= 1e-12 * sizes[name]


def test_integers_and_numbers_of_numpy_compute_in_float64():
    values = {"a": np.array([2, 3]), "b": np.array([4, 9])}
    values["y"] = values["b"].sum()  # np.int64
    gradients = backward_pass({"y": ("sum", "b"), "b": ("multiply", "a", "a")}, values, "y")
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
        (
            ("multiply", "a", "a"),
            {"a": np.array(1.7e308)},
            "^the gradient of 'a' overflows: inf, where float64 ends at 1.8e",
        ),
    ],
)
def test_refuses_what_it_cannot_differentiate(operation, values, message):
    with np.errstate(over="ignore"), pytest.raises(ValueError, match=message):
        backward_pass({"y": operation}, {"y": np.ones(()), **values}, "y")
