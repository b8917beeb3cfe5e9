"""Convolution and max pooling of 16 images of 32 channels, forward and backward, beside PyTorch."""

import numpy as np
import torch
from torch.nn import functional

from answers.training.convolution import (
    conv2d,
    conv2d_backward,
    max_pool2d,
    max_pool2d_backward,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(16, 32, 32, 32)).astype(np.float32)
W = RNG.normal(size=(64, 32, 3, 3)).astype(np.float32)
B = RNG.normal(size=64).astype(np.float32)
DOUT = RNG.normal(size=(16, 64, 32, 32)).astype(np.float32)
LEAVES = [torch.tensor(each, requires_grad=True) for each in (X, W, B)]
POOLED = RNG.normal(size=(16, 32, 16, 16)).astype(np.float32)


def test_convolution_beside_pytorch(race):
    tensors = [leaf.detach() for leaf in LEAVES]

    def peer():
        return functional.conv2d(*tensors, padding=1)

    race(lambda: conv2d(X, W, B, padding=1), 10, peer, "PyTorch", ratio=6)


def test_the_gradients_of_convolution_beside_pytorch(race):
    out, dout = functional.conv2d(*LEAVES, padding=1), torch.tensor(DOUT)

    def peer():
        return torch.autograd.grad(out, LEAVES, dout, retain_graph=True)

    race(lambda: conv2d_backward(DOUT, X, W, padding=1), 10, peer, "PyTorch", ratio=6)


def test_max_pooling_beside_pytorch(race):
    def peer():
        return functional.max_pool2d(LEAVES[0].detach(), 2)

    race(lambda: max_pool2d(X, 2), 10, peer, "PyTorch", ratio=4)


def test_the_gradient_of_max_pooling_beside_pytorch(race):
    out, dout = functional.max_pool2d(LEAVES[0], 2), torch.tensor(POOLED)

    def peer():
        return torch.autograd.grad(out, LEAVES[0], dout, retain_graph=True)

    race(lambda: max_pool2d_backward(POOLED, X, 2), 10, peer, "PyTorch", ratio=30)
