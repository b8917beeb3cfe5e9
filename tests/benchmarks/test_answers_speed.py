"""The answers beside SciPy and PyTorch, in float32."""

import numpy as np
import pytest
import scipy.special
import torch

from answers.networks.computation_graph import Node, two_layer_loss
from answers.networks.matrix_calculus import linear_vjp
from answers.networks.two_layer_net import TwoLayerNet, two_layer_gradients
from answers.probability.softmax import cross_entropy, softmax

SHAPES = pytest.mark.parametrize("shape", [(256, 10), (256, 10_000)], ids=str)


def logits_and_targets(shape):
    rng = np.random.default_rng(0)
    return rng.normal(size=shape).astype(np.float32), rng.integers(0, shape[1], shape[0])


@SHAPES
def test_softmax_beside_scipy(race, shape):
    x, _ = logits_and_targets(shape)
    race(lambda: softmax(x), 200, lambda: scipy.special.softmax(x, axis=-1), "SciPy")


@SHAPES
def test_softmax_beside_pytorch(race, shape):
    x, _ = logits_and_targets(shape)
    tensor = torch.from_numpy(x)
    race(lambda: softmax(x), 200, lambda: torch.softmax(tensor, -1), "PyTorch")


@SHAPES
def test_cross_entropy_and_gradient_beside_scipy(race, shape):
    x, y = logits_and_targets(shape)
    right = np.arange(len(y)), y

    def peer():
        log_p = scipy.special.log_softmax(x, axis=-1)
        gradient = np.exp(log_p)
        gradient[right] -= 1
        return -log_p[right].mean(), gradient / len(y)

    race(lambda: cross_entropy(x, y), 200, peer, "SciPy")


@SHAPES
def test_cross_entropy_and_gradient_beside_pytorch(race, shape):
    x, y = logits_and_targets(shape)
    tensor, targets = torch.tensor(x, requires_grad=True), torch.from_numpy(y)

    def peer():
        tensor.grad = None
        torch.nn.functional.cross_entropy(tensor, targets).backward()

    race(lambda: cross_entropy(x, y), 200, peer, "PyTorch")


@pytest.mark.parametrize("input_gradient", [False, True], ids=["parameters", "and input"])
def test_forward_and_backward_beside_pytorch(race, input_gradient):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(256, 784)).astype(np.float32), rng.integers(0, 10, 256)
    net = TwoLayerNet(784, hidden=256, classes=10, rng=rng)
    net.params = {name: array.astype(np.float32) for name, array in net.params.items()}

    inputs, targets = torch.tensor(x, requires_grad=input_gradient), torch.from_numpy(y)
    w1, b1, w2, b2 = (torch.tensor(p, requires_grad=True) for p in net.params.values())

    def peer():
        for tensor in (inputs, w1, b1, w2, b2):
            tensor.grad = None
        hidden = torch.relu(torch.addmm(b1, inputs, w1))
        logits = torch.addmm(b2, hidden, w2)
        torch.nn.functional.cross_entropy(logits, targets).backward()

    def ours():
        if input_gradient:
            two_layer_gradients(x, y, **net.params)
        else:
            net.loss_and_gradients(x, y)

    race(ours, 300, peer, "PyTorch", ratio=1.2)


def test_linear_vjp_beside_two_bare_products(race):
    rng = np.random.default_rng(0)
    shapes = (256, 784), (784, 256), (256, 256)
    x, w, g = (rng.normal(size=shape).astype(np.float32) for shape in shapes)

    def peer():
        return g @ w.T, x.T @ g

    race(lambda: linear_vjp(x, w, g), 1000, peer, "NumPy", ratio=1.1)


@pytest.mark.parametrize("sizes", [(64, 64, 10), (784, 256, 10)], ids=str)
@pytest.mark.parametrize("fused", [True, False], ids=["fused", "the same operations"])
def test_the_tape_forward_and_backward_beside_pytorch(race, sizes, fused):
    d_in, hidden, classes = sizes
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(256, d_in)).astype(np.float32), rng.integers(0, 10, 256)
    net = TwoLayerNet(d_in, hidden, classes, rng=rng)
    params = {name: array.astype(np.float32) for name, array in net.params.items()}
    inputs, targets, rows = torch.tensor(x), torch.from_numpy(y), torch.arange(256)
    w1, b1, w2, b2 = (torch.tensor(p, requires_grad=True) for p in params.values())

    def peer():
        for tensor in (w1, b1, w2, b2):
            tensor.grad = None
        logits = torch.relu(inputs @ w1 + b1) @ w2 + b2
        if fused:
            torch.nn.functional.cross_entropy(logits, targets).backward()
        else:
            top = torch.amax(logits, 1, keepdim=True)
            log_total = (logits - top).exp().sum(1).log() + top[:, 0]
            ((log_total - logits[rows, targets]).sum() * (1 / 256)).backward()

    def ours():
        nodes = {name: Node(array) for name, array in params.items()}
        two_layer_loss(x, y, **nodes).backward()

    race(ours, 1000, peer, "PyTorch", ratio=2)
