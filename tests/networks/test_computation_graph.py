"""The tape, against PyTorch on random graphs, and its promises about memory."""

import gc
import operator
import weakref
from itertools import combinations, product

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal
from random_graphs import as_dtype, graphs, leaves, ours, pytorchs, replay

from answers.networks.computation_graph import Node, two_layer_loss
from answers.networks.two_layer_net import TwoLayerNet, two_layer_gradients


def gradient_for(value):
    """Irregular numbers in the shape of `value`, as its gradient."""
    return np.asarray(np.random.default_rng(0).normal(size=value.shape))


def nodes_of(steps):
    return replay(steps, ours(Node))


def tensors_of(steps):
    tensors = replay(steps, pytorchs(lambda a: torch.tensor(a, requires_grad=True)))
    for tensor in tensors:
        tensor.retain_grad()
    return tensors


# Values and gradients


def test_agrees_with_pytorch_on_random_graphs():
    for steps in graphs():
        nodes, tensors = nodes_of(steps), tensors_of(steps)
        for node, tensor in zip(nodes, tensors, strict=True):
            assert_allclose(node.value, tensor.detach().numpy(), rtol=1e-12, atol=1e-12)
        gradient = gradient_for(nodes[-1].value)
        nodes[-1].backward(gradient)
        tensors[-1].backward(torch.tensor(gradient))
        known = [tensor.grad for tensor in tensors if tensor.grad is not None]
        # At least 1e-3: terms near 1 that cancel leave their rounding.
        largest = max(1e-3, *(grad.abs().max().item() for grad in known))
        for at in leaves(steps):
            got, want = nodes[at].grad, tensors[at].grad
            assert (got is None) == (want is None)  # None where no path leads to it
            if got is not None:
                assert got.shape == nodes[at].value.shape
                assert_allclose(got, want.numpy(), rtol=1e-10, atol=1e-10 * largest)


def test_float32_stays_float32():
    for steps in graphs()[:100]:
        nodes = nodes_of(as_dtype(steps, np.float32))
        nodes[-1].backward(gradient_for(nodes[-1].value).astype(np.float32))
        assert {node.value.dtype for node in nodes} == {np.dtype(np.float32)}
        grads = {node.grad.dtype for node in nodes if node.grad is not None}
        assert grads == {np.dtype(np.float32)}


@pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (1, 7, 5, 3), (11, 7, 5, 3)], ids=str)
def test_the_two_layer_loss_has_the_gradients_derived_by_hand(sizes):
    batch, d_in, hidden, classes = sizes
    rng = np.random.default_rng(3)
    params = TwoLayerNet(d_in, hidden, classes, rng).params
    params = {name: rng.normal(size=array.shape) for name, array in params.items()}
    x, y = rng.normal(size=(batch, d_in)), rng.integers(classes, size=batch)
    loss, gradients = two_layer_gradients(x, y, **params)
    nodes = {name: Node(array) for name, array in {"x": x, **params}.items()}
    ours = two_layer_loss(y=y, **nodes)
    ours.backward()
    assert_allclose(ours.value, loss, rtol=1e-12)
    for name, gradient in gradients.items():
        assert_allclose(nodes[name].grad, gradient, rtol=1e-10, atol=1e-14)


# What one operation sends back


def test_a_slice_taken_backwards_is_put_back_backwards():
    a = Node(np.arange(5.0))
    a[::-2].backward(np.array([1.0, 2.0, 3.0]))
    assert_array_equal(a.grad, [3, 0, 2, 0, 1])


@pytest.mark.parametrize("number", [2, 2.5, np.float64(2.5), np.array(2.5)], ids=repr)
@pytest.mark.parametrize(
    ("operation", "left", "right"),
    [(operator.add, 1, 1), (operator.sub, 1, -1), (operator.mul, None, None)],
)
def test_a_number_may_stand_on_either_side(operation, left, right, number):
    a = Node(np.array([[1.0, -3.0]]))
    for node, slope in [
        (operation(a, number), left),
        (operation(number, a), right),
    ]:
        a.grad = None
        assert isinstance(node, Node)
        node.sum().backward()
        slope = number if slope is None else slope
        assert_array_equal(a.grad, [[slope, slope]])
    assert_array_equal(operation(number, a).value, operation(number, a.value))


def test_small_unsigned_integers_do_not_wrap_around_in_a_difference():
    a, pixels = Node(np.array([5.0, 5.0])), np.array([3, 255], np.uint8)
    for node, value, slope in [
        (a - pixels, [2, -250], 1),
        (pixels - a, [-2, 250], -1),
        (-a, [-5, -5], -1),
    ]:
        a.grad = None
        node.sum().backward()
        assert_array_equal(node.value, value)
        assert_array_equal(a.grad, [slope, slope])


def test_integers_compute_in_float64():
    a = Node(np.array([1, 2]))
    a.backward(np.array([3, 4]))
    assert a.value.dtype == a.grad.dtype == np.float64


def test_a_loss_may_have_axes_of_size_1():
    a = Node(np.full((2, 3), 2.0))
    (a * a).sum(keepdims=True).backward()
    assert_array_equal(a.grad, np.full((2, 3), 4.0))


# What backward keeps and leaves alone


def test_passes_add_up_until_grad_is_set_to_none():
    for steps in graphs()[:100]:
        nodes = nodes_of(steps)
        gradient = gradient_for(nodes[-1].value)
        nodes[-1].backward(gradient)
        used = [nodes[at] for at in leaves(steps) if nodes[at].grad is not None]
        once = [node.grad for node in used]
        nodes[-1].backward(gradient)
        for node, grad in zip(used, once, strict=True):
            assert_array_equal(node.grad, 2 * grad)
            node.grad = None
        nodes[-1].backward(gradient)
        for node, grad in zip(used, once, strict=True):
            assert_array_equal(node.grad, grad)


def test_no_array_is_modified_and_every_grad_is_an_array_of_its_own():
    for steps in graphs()[:100]:
        nodes = nodes_of(steps)
        gradient = gradient_for(nodes[-1].value)
        options = [step.option for step in steps if isinstance(step.option, np.ndarray)]
        arrays = [gradient, *options, *(node.value for node in nodes)]
        before = [np.copy(array) for array in arrays]
        nodes[-1].backward(gradient)
        for array, copy in zip(arrays, before, strict=True):
            assert_array_equal(array, copy)
        grads = [node.grad for node in nodes if node.grad is not None]
        pairs = [*combinations(grads, 2), *product(grads, arrays)]
        assert not any(np.may_share_memory(*pair) for pair in pairs)


def test_only_leaves_keep_a_gradient():
    a = Node(np.array([1.0, 2.0]))
    b = a.exp()
    b.sum().backward()
    assert b.grad is None
    assert a.grad is not None


def test_a_chain_of_a_hundred_thousand_operations_hits_no_recursion_limit():
    a = Node(np.array(1.0))
    node = a
    for _ in range(100_000):
        node = node + 1
    node.backward()
    assert a.grad == 1
    del node  # frees them one inside the other


def test_many_paths_cost_no_more_than_their_nodes():
    a = Node(np.array(1.0))
    node = a
    for _ in range(60):
        node = node + node
    node.backward()
    assert a.grad == 2.0**60


def test_a_graph_is_freed_with_its_last_name_and_needs_no_garbage_collector():
    a = Node(np.ones((2, 3)))
    nodes = [
        *(a + a, a * a, a - 1, 1 - a, a @ np.ones((3, 2)), a.exp(), a.log(), a.relu()),
        *(a.sum(), a.max(), a[0]),
    ]
    for node in nodes:
        node.sum().backward()
    references = [weakref.ref(node) for node in (*nodes, a)]
    gc.disable()
    try:
        del a, node, nodes
        assert [reference() for reference in references] == [None] * len(references)
    finally:
        gc.enable()


def test_a_node_tells_by_which_operation_it_was_made():
    x = Node(np.array([1.0, 2.0]))
    made = {
        "add": x + 1,
        "subtract": x - 1,
        "log": x.log(),
        "relu": x.relu(),
        "sum": x.sum(),
        "max": x.max(),
        "index": x[0],
    }
    assert {name: node.operation for name, node in made.items()} == {name: name for name in made}


# What it refuses


@pytest.mark.parametrize("reduced", [Node.sum, Node.max])
def test_an_axis_that_is_not_there_is_refused(reduced):
    with pytest.raises(np.exceptions.AxisError, match="`value` has 1 axes, and no axis 1"):
        reduced(Node(np.ones(2)), axis=1)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_gradient_of_a_maximum_has_its_type(kind):
    x = Node(np.array([1, 1, 0], dtype=kind))
    x.max().backward()
    assert x.grad.dtype == kind
    assert_array_equal(x.grad, [0.5, 0.5, 0])


def test_what_is_no_loss_is_refused_with_the_repair():
    a = Node(np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"exp, shape \(2, 3\).* is no loss.*sum it"):
        a.exp().backward()
    assert a.grad is None


def test_a_gradient_of_another_shape_is_refused():
    a = Node(np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"shape \(3,\); make it \(2, 3\)"):
        a.backward(np.ones(3))
    with pytest.raises(ValueError, match=r"shape \(1, 1\); make it \(\)"):
        a.sum().backward(np.ones((1, 1)))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_and_infinity_are_refused(value):
    with pytest.raises(ValueError, match=f"`array` holds {value} at index 1"):
        Node(np.array([1.0, value]))
    with pytest.raises(ValueError, match=f"`gradient` holds {value} at index 0"):
        Node(np.array([1.0, 2.0])).backward(np.array([value, 1.0]))


def test_lists_are_refused_with_the_repair():
    a = Node(np.ones((2, 2)))
    with pytest.raises(TypeError, match=r"`array` is a list; pass np.array\(array\)"):
        Node([1.0])
    with pytest.raises(TypeError, match=r"`gradient` is a list; pass np.array"):
        a.backward([[1.0, 1.0], [1.0, 1.0]])
    for operation in (operator.add, operator.mul, operator.sub, operator.matmul):
        with pytest.raises(TypeError, match=r"a list is no array; make it one: np.array"):
            operation(a, [[1.0, 2.0], [3.0, 4.0]])
        with pytest.raises(TypeError, match=r"a tuple is no array; make it one: np.array"):
            operation(((1.0, 2.0), (3.0, 4.0)), a)


def test_what_holds_no_real_numbers_is_refused():
    for array in (np.array(["a"]), np.array([1j]), np.array([True])):
        with pytest.raises(TypeCheckError):
            Node(array)


def test_a_product_with_a_vector_is_refused_with_the_repair():
    vector, matrix = Node(np.ones(2)), Node(np.ones((2, 2)))
    for a, b, shapes in [
        (vector, vector, r"\(2,\) @ \(2,\)"),
        (matrix, vector, r"\(2, 2\) @ \(2,\)"),
        (vector, matrix, r"\(2,\) @ \(2, 2\)"),
        (matrix, np.ones(2), r"\(2, 2\) @ \(2,\)"),
        (np.ones(2), matrix, r"\(2,\) @ \(2, 2\)"),
    ]:
        with pytest.raises(ValueError, match=f"{shapes}: both must be matrices; resh"):
            a @ b


def test_functions_of_numpy_refuse_a_node():
    a = Node(np.ones(2))
    with pytest.raises(TypeError):
        np.exp(a)  # else: an array of objects, and no gradient
    with pytest.raises(TypeError):
        np.add(np.ones(2), a)


def test_a_float32_leaf_beside_float64_gets_a_float32_gradient_as_in_pytorch():
    leaf, other = Node(np.ones(3, np.float32)), Node(np.full(3, 2.0))
    (leaf * other * np.ones(3)).sum().backward()
    assert (leaf.grad.dtype, other.grad.dtype) == (np.float32, np.float64)


def test_a_maximum_drops_its_axis_unless_it_is_to_be_kept():
    a = Node(np.array([[1.0, 3.0], [4.0, 2.0]]))
    assert_array_equal(a.max(1).value, [3, 4])
    assert_array_equal(a.max(1, keepdims=True).value, [[3], [4]])


def test_a_tensor_beside_a_node_is_refused():
    with pytest.raises(TypeError, match=r"tensor\.detach"):
        Node(np.ones(2)) + torch.ones(2)


@pytest.mark.parametrize(
    ("y", "match"),
    [
        ([0], r"labels of shape \(1,\) for 2 rows"),
        ([0, -1], "`y` holds -1 at index 1"),
        ([0, 3], "`y` holds 3 at index 1"),
    ],
)
def test_the_loss_refuses_labels_that_do_not_fit(y, match):
    arrays = (
        np.ones((2, 4)),
        np.array(y),
        np.ones((4, 5)),
        np.ones(5),
        np.ones((5, 3)),
        np.ones(3),
    )
    with pytest.raises(ValueError, match=match):
        two_layer_loss(*arrays[:2], *map(Node, arrays[2:]))
