"""The count, against counts by hand, and the costs of both modes that the page states."""

import numpy as np
import pytest
from jaxtyping import TypeCheckError

from answers.networks.computation_graph import Node, two_layer_loss
from answers.networks.forward_mode import Dual
from answers.networks.operation_count import count_operations
from answers.networks.two_layer_net import TwoLayerNet
from answers.probability.softmax import softmax

A, B, V = np.full((2, 3), 2.0), np.full((3, 5), 2.0), np.full(3, 2.0)


def in_place(a):
    b = a.copy()
    b *= 3
    b += a
    b[0] -= 1
    return b


def scattered(a):
    np.add.at(a.copy(), np.array([0, 0, 1]), V)


def scattered_one_number(a):
    np.add.at(a.copy(), np.array([0, 0, 1]), 2.0)


def negated_where(a):
    np.negative.at(a.copy(), a[:, 0] > 0)


@pytest.mark.parametrize(
    ("f", "arrays", "count"),
    [
        (lambda a: a + 1, [A], 6),
        (lambda a: 1 - a, [A], 6),
        (lambda a: -a / 2, [A], 12),
        (lambda a, v: a * v, [A, V], 6),
        (lambda a: np.exp(np.log(np.maximum(a, 0))), [A], 18),
        (lambda a, b: a @ b, [A, B], 2 * 2 * 3 * 5),
        (lambda a, b: (a @ b).T @ a, [A, B], 2 * 2 * 3 * 5 + 2 * 5 * 2 * 3),
        (lambda v, w: v @ w, [V, V], 2 * 3),
        (lambda a, v: a @ v, [A, V], 2 * 2 * 3),
        (lambda a, b: a[None] @ np.stack([b, b]), [A, B], 2 * 2 * 2 * 3 * 5),
        (lambda a: a.sum(), [A], 6),
        (lambda a: a.sum(axis=0).sum(), [A], 6 + 3),
        (lambda a: np.max(a, axis=1, keepdims=True), [A], 6),
        (lambda a: a.mean(axis=0), [A], 6 + 3),
        (lambda a: np.cumsum(a), [A], 6),
        (in_place, [A], 6 + 6 + 3),
        (scattered, [V], 3),
        (scattered_one_number, [V], 3),
        (scattered_one_number, [A], 9),
        (negated_where, [A], 6),
        (softmax, [A], 6 + 6 + 6 + 6 + 6),  # max, subtract, exp, sum, divide
        (lambda a: a.T[:, None].reshape(-1).copy(), [A], 0),
        (lambda a: (a > 1) & (a == a.max(axis=1, keepdims=True)), [A], 6),
        (lambda a: np.arange(6) * 2, [A], 0),
        (lambda a: None, [A], 0),
    ],
)
def test_counts_what_one_counts_by_hand(f, arrays, count):
    assert count_operations(f, *arrays) == count


@pytest.mark.parametrize(
    "f",
    [
        lambda a: np.where(a > 0, a, 0),
        lambda a: np.broadcast_to(a, (1, 2, 3)),
        lambda a: np.concatenate([a[:1], a[1:]]),
        lambda a: np.zeros_like(a),
        lambda a: a[a > 0],
        lambda a: a.astype(np.float32),
        lambda a: np.split(a, 1)[0],
    ],
)
def test_what_comes_of_a_counted_array_is_counted_too(f):
    assert count_operations(lambda a: f(a) * 2, A) == 6


def test_the_result_is_computed_as_without_counting():
    results = []
    count_operations(lambda a: results.append(in_place(a).mean(axis=1)), A)
    np.testing.assert_array_equal(results[0], in_place(A).mean(axis=1))


def test_one_count_does_not_reach_into_another():
    assert [count_operations(lambda a: a + 1, A) for _ in range(3)] == [6, 6, 6]
    with pytest.raises(ZeroDivisionError):
        count_operations(lambda a: (a + 1, 1 / 0), A)
    assert count_operations(lambda a: a + 1, A) == 6


def test_the_arrays_are_not_modified():
    array = A.copy()
    count_operations(in_place, array)
    np.testing.assert_array_equal(array, A)
    assert type(array) is np.ndarray


def test_refuses_empty_arrays():
    with pytest.raises(ValueError, match=r"`arrays\[1\]` is empty"):
        count_operations(lambda a, b: a, A, np.ones((0, 2)))


@pytest.mark.parametrize("function", [np.dot, np.inner, np.outer, np.vdot])
def test_refuses_products_that_no_array_sees(function):
    with pytest.raises(TypeError, match=f"np.{function.__name__} cannot be counted; us"):
        count_operations(lambda v: function(v, V), V)
    with pytest.raises(TypeError, match=r"np.einsum cannot be counted"):
        count_operations(lambda v: np.einsum("i,i", v, v), V)


def test_refuses_what_is_no_function_or_no_array():
    with pytest.raises(TypeCheckError):
        count_operations(A)
    with pytest.raises(TypeError, match="list"):
        count_operations(lambda a: a, [1.0])


# What the two modes cost

SIZES = [(1, 1, 1, 2), (32, 5, 1, 3), (32, 5, 64, 3), (7, 50, 3, 2), (256, 64, 64, 10)]


def costs(batch, d_in, hidden, classes):
    """Operations of the loss, of its gradient by the tape, and of one pass of Duals."""
    rng = np.random.default_rng(0)
    params = list(TwoLayerNet(d_in, hidden, classes, rng).params.values())
    x, y = rng.normal(size=(batch, d_in)), rng.integers(classes, size=batch)
    tangents = [rng.normal(size=array.shape) for array in params]

    def loss(*arrays):
        return two_layer_loss(x, y, *map(Node, arrays))

    def passes(number):
        def forward(*arrays):
            for _ in range(number):
                two_layer_loss(x, y, *map(Dual, arrays[:4], arrays[4:]))

        return count_operations(forward, *params, *tangents)

    forward = count_operations(loss, *params)
    reverse = count_operations(lambda *arrays: loss(*arrays).backward(), *params)
    return forward, reverse, passes(1), passes(3)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_reverse_mode_costs_at_most_4_evaluations_whatever_the_size(sizes):
    loss, reverse, _, _ = costs(*sizes)
    assert 2 * loss < reverse <= 4 * loss


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_a_pass_of_forward_mode_costs_at_most_4_evaluations_and_n_passes_n_times_that(
    sizes,
):
    loss, _, once, thrice = costs(*sizes)
    assert 2 * loss < once <= 4 * loss
    assert thrice == 3 * once


def test_a_larger_net_costs_reverse_mode_the_same_number_of_evaluations():
    ratios = []
    for hidden in (4, 16, 64, 256):
        loss, reverse, _, _ = costs(32, 20, hidden, 10)
        ratios.append(reverse / loss)
    assert max(ratios) - min(ratios) < 0.1


def test_a_sum_where_a_condition_holds_is_counted():
    assert count_operations(lambda a: a.sum(where=a > 2), np.arange(12.0)) == 12
