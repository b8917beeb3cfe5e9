"""Normalization, forward and backward, beside PyTorch in float32: 4096 tokens of width 1024."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from answers.training.normalization import (
    batch_norm,
    batch_norm_backward,
    layer_norm,
    layer_norm_backward,
    rms_norm,
    rms_norm_backward,
)

SHAPE, ROUNDS, RATIO = (4096, 1024), 30, 8


def arrays():
    rng = np.random.default_rng(0)
    dout, x = rng.normal(size=(2, *SHAPE)).astype(np.float32)
    gain, bias = rng.normal(size=(2, SHAPE[-1])).astype(np.float32)
    return dout, x, gain, bias


def by_layer_norm(x, gain, bias):
    return functional.layer_norm(x, x.shape[-1:], gain, bias)


def by_rms_norm(x, gain, bias):
    return functional.rms_norm(x, x.shape[-1:], gain, 1e-6)


def by_batch_norm(x, gain, bias):
    return functional.batch_norm(x, None, None, gain, bias, training=True)


FORWARD = {
    "layer norm": (lambda x, gain, bias: layer_norm(x, gain, bias), by_layer_norm),
    "RMS norm": (lambda x, gain, bias: rms_norm(x, gain), by_rms_norm),
    "batch norm": (
        lambda x, gain, bias: batch_norm(x, gain, bias, 0 * gain, gain**2),
        by_batch_norm,
    ),
}
BOTH = {
    "layer norm": layer_norm_backward,
    "RMS norm": rms_norm_backward,
    "batch norm": batch_norm_backward,
}


@pytest.mark.parametrize("name", FORWARD)
def test_normalization_beside_pytorch(race, name):
    _, *given = arrays()
    ours, theirs = FORWARD[name]
    tensors = list(map(torch.from_numpy, given))
    race(lambda: ours(*given), ROUNDS, lambda: theirs(*tensors), "PyTorch", ratio=RATIO)


@pytest.mark.parametrize("name", BOTH)
def test_normalization_and_gradients_beside_pytorch(race, name):
    dout, *given = arrays()
    ours, theirs = FORWARD[name]
    tensors = [torch.tensor(each, requires_grad=True) for each in given]
    upstream = torch.from_numpy(dout)

    def both():
        return ours(*given), BOTH[name](dout, *given[:2])

    race(both, ROUNDS, lambda: theirs(*tensors).backward(upstream), "PyTorch", ratio=RATIO)
