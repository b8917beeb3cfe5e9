"""The network, against PyTorch's autograd, finite differences, its symmetries and real data."""

import math

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits

from answers.networks.two_layer_net import TwoLayerNet, two_layer_gradients
from answers.probability.softmax import cross_entropy

SIZES = [
    (1, 1, 1, 1),
    (1, 7, 5, 3),
    (11, 7, 5, 3),
    (13, 2, 17, 11),
]  # batch, d_in, hidden, classes


def network(sizes, seed=0, dtype=np.float64):
    """Random x, y and parameters: every bias counts, and about half the units are off."""
    batch, d_in, hidden, classes = sizes
    rng = np.random.default_rng(seed)
    shapes = {
        "x": (batch, d_in),
        "w1": (d_in, hidden),
        "b1": (hidden,),
        "w2": (hidden, classes),
        "b2": (classes,),
    }
    arrays = {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}
    return {**arrays, "y": rng.integers(0, classes, batch)}


def torch_gradients(x, y, w1, b1, w2, b2):
    arrays = {"x": x, "w1": w1, "b1": b1, "w2": w2, "b2": b2}
    t = {name: torch.tensor(array, requires_grad=True) for name, array in arrays.items()}
    hidden = torch.relu(t["x"] @ t["w1"] + t["b1"])
    loss = torch.nn.functional.cross_entropy(hidden @ t["w2"] + t["b2"], torch.tensor(y))
    loss.backward()
    return loss.item(), {name: tensor.grad.numpy() for name, tensor in t.items()}


@pytest.mark.parametrize(
    ("dtype", "tolerance"),
    [(np.float32, 1e-4), (np.float64, 1e-12)],
    ids=["float32", "float64"],
)
@pytest.mark.parametrize("sizes", SIZES)
def test_every_gradient_agrees_with_pytorch(sizes, dtype, tolerance):
    arrays = network(sizes, dtype=dtype)
    loss, gradients = two_layer_gradients(**arrays)
    expected_loss, expected = torch_gradients(**arrays)
    assert loss == pytest.approx(expected_loss, rel=tolerance, abs=1e-15)
    assert list(gradients) == ["x", "w1", "b1", "w2", "b2"]
    for name, gradient in gradients.items():
        assert gradient.dtype == dtype, name
        assert gradient.shape == arrays[name].shape, name
        # Relative to the largest entry: an entry that nearly cancels has no digits of its own.
        scale = np.abs(expected[name]).max()
        assert_allclose(gradient, expected[name], rtol=0, atol=tolerance * scale, err_msg=name)


def test_a_unit_at_exactly_0_counts_as_off():
    _, g = two_layer_gradients(
        np.ones((1, 1)),
        np.array([0]),
        np.zeros((1, 1)),
        np.zeros(1),
        np.eye(1, 2),
        np.zeros(2),
    )
    assert_array_equal(g["b1"], [0])


def test_the_net_computes_what_the_function_does_without_the_gradient_of_the_input():
    a = network((11, 7, 5, 3), seed=6)
    net = TwoLayerNet(7, 5, 3, np.random.default_rng(0))
    net.params = {name: a[name] for name in ("w1", "b1", "w2", "b2")}
    loss, gradients = net.loss_and_gradients(a["x"], a["y"])
    expected_loss, expected = two_layer_gradients(**a)
    assert loss == expected_loss == cross_entropy(net.logits(a["x"]), a["y"])[0]
    assert list(gradients) == list(net.params)
    for name, gradient in gradients.items():
        assert_array_equal(gradient, expected[name])


def test_parameters_start_as_the_docstring_says():
    params = TwoLayerNet(300, hidden=200, classes=100, rng=np.random.default_rng(7)).params
    assert {name: array.shape for name, array in params.items()} == {
        "w1": (300, 200),
        "b1": (200,),
        "w2": (200, 100),
        "b2": (100,),
    }
    assert params["w1"].std() == pytest.approx(math.sqrt(2 / 300), rel=0.01)
    assert params["w2"].std() == pytest.approx(math.sqrt(2 / 200) / 10, rel=0.02)
    assert_array_equal(params["b1"], 0)
    assert_array_equal(params["b2"], 0)


def test_the_generator_alone_decides_the_parameters():
    first, again, other = (TwoLayerNet(3, 4, 5, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert_array_equal(first.params["w1"], again.params["w1"])
    assert not np.array_equal(first.params["w1"], other.params["w1"])


@pytest.mark.parametrize("seed", range(3))
def test_the_first_loss_on_digits_is_close_to_log_10(seed):
    x, y = load_digits(return_X_y=True)
    net = TwoLayerNet(64, hidden=64, classes=10, rng=np.random.default_rng(seed))
    loss, _ = net.loss_and_gradients(x / 16, y)
    assert loss == pytest.approx(math.log(10), rel=0.01)


@pytest.mark.parametrize("seed", range(3))
def test_plain_gradient_descent_reads_96_of_100_digits_it_has_not_seen(seed):
    x, y = load_digits(return_X_y=True)
    x = x / 16
    rng = np.random.default_rng(seed)
    train, test = np.split(rng.permutation(len(x)), [1437])
    net = TwoLayerNet(64, hidden=64, classes=10, rng=rng)
    for _ in range(30):
        for batch in np.array_split(rng.permutation(train), 22):
            _, gradients = net.loss_and_gradients(x[batch], y[batch])
            for name, gradient in gradients.items():
                net.params[name] -= 0.5 * gradient
    assert (net.logits(x[test]).argmax(axis=1) == y[test]).mean() >= 0.96


def test_pixels_and_weights_of_one_byte_do_not_wrap_around():
    a = network((5, 3, 4, 3), seed=8)
    a = {name: np.abs(99 * array).astype(np.uint8) for name, array in a.items()} | {"y": a["y"]}
    a |= {"w2": a["w2"] % 2, "b2": a["b2"] % 2}
    floats = {name: array.astype(float) for name, array in a.items()} | {"y": a["y"]}
    loss, gradients = two_layer_gradients(**a)
    expected_loss, expected = two_layer_gradients(**floats)
    assert loss == expected_loss
    for name, gradient in gradients.items():
        assert_array_equal(gradient, expected[name], err_msg=name)


def test_labels_out_of_range_are_refused_by_the_name_of_the_argument():
    a = network((5, 3, 4, 3))
    with pytest.raises(ValueError, match=r"`y` holds 3 at index 2; with 3 classes, labels run"):
        two_layer_gradients(**{**a, "y": np.array([0, 1, 3, 2, -1])})
    net = TwoLayerNet(3, 4, 3, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"`y` holds -1 at index 0"):
        net.loss_and_gradients(a["x"], np.array([-1, 0, 0, 0, 0]))


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("y", (4,)),
        ("w1", (4, 4)),
        ("b1", (3,)),
        ("w2", (3, 3)),
        ("b2", (4,)),
        ("x", (5,)),
    ],
)
def test_shapes_that_do_not_fit_are_refused_by_name(name, shape):
    wrong = np.zeros(shape, dtype=int if name == "y" else float)
    # The first argument that does not fit those before it is named: for x, that is w1.
    with pytest.raises(TypeCheckError, match=f"parameter '{name}'"):
        two_layer_gradients(**{**network((5, 3, 4, 3)), name: wrong})


def test_logits_that_overflow_are_refused_and_not_trained_on():
    a = network((5, 3, 4, 3))
    with (
        np.errstate(over="ignore", invalid="ignore"),
        pytest.raises(ValueError, match="`logits` holds"),
    ):
        two_layer_gradients(**{**a, "w1": 1e200 * a["w1"], "w2": 1e200 * a["w2"]})


def test_a_layer_may_have_a_single_unit():
    net = TwoLayerNet(1, hidden=1, classes=1, rng=np.random.default_rng(0))
    assert_array_equal(net.logits(np.zeros((2, 1))), [[0], [0]])


@pytest.mark.parametrize("name", ["d_in", "hidden", "classes"])
def test_a_layer_without_units_is_refused(name):
    sizes = {"d_in": 3, "hidden": 4, "classes": 5, name: 0}
    with pytest.raises(ValueError, match=f"`{name}` is 0; a layer needs at least one unit"):
        TwoLayerNet(**sizes, rng=np.random.default_rng(0))
