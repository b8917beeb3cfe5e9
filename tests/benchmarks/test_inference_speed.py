"""Int8 layers beside float32, and our quantization and pruning beside PyTorch's.

The size and the error of the layers are tests: `tests/proof/test_records.py`. What is fast
depends on the processor, so most rows here have no target: they show both times.
"""

import warnings

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import prune

from answers.records.inference import pytorch_dynamic
from answers.transformers.pruning import prune_magnitude
from answers.transformers.quantization import quantize_int8
from answers.transformers.quantization_torch import Int8Linear

ROWS = pytest.mark.parametrize("rows", [1, 64])


def layer_and_input(rows):
    torch.manual_seed(0)
    return nn.Linear(1024, 4096).eval(), torch.randn(rows, 1024)


@ROWS
@pytest.mark.parametrize("dynamic", [False, True], ids=["weights only", "dynamic"])
def test_int8_linear_beside_float32(race, rows, dynamic):
    linear, x = layer_and_input(rows)
    layer = Int8Linear(linear, dynamic)
    with torch.inference_mode():
        race(lambda: layer(x), 50, lambda: linear(x), "float32")


@ROWS
def test_dynamic_int8_linear_beside_pytorchs(race, rows):
    linear, x = layer_and_input(rows)
    layer, peer = Int8Linear(linear, True), pytorch_dynamic(nn.Sequential(linear))
    with torch.inference_mode():
        race(lambda: layer(x), 50, lambda: peer(x), "torch.ao")


@ROWS
def test_a_product_with_70_percent_zeros_beside_one_without(race, rows):
    linear, x = layer_and_input(rows)
    zeros = torch.from_numpy(prune_magnitude(linear.weight.detach().numpy(), 0.7))
    with torch.inference_mode():
        race(
            lambda: functional.linear(x, zeros),
            50,
            lambda: functional.linear(x, linear.weight),
            "no zeros",
        )


def test_quantize_int8_beside_pytorch(race):
    w = np.random.default_rng(0).normal(size=(4096, 1024)).astype(np.float32)
    tensor, points = torch.from_numpy(w), torch.zeros(4096, dtype=torch.int64)

    def peer():
        scale = tensor.abs().amax(1) / 127
        return torch.quantize_per_channel(tensor, scale, points, 0, torch.qint8)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such tensors are deprecated
        race(lambda: quantize_int8(w), 20, peer, "PyTorch")


def test_prune_magnitude_beside_pytorch(race):
    w = np.random.default_rng(0).normal(size=(1024, 1024)).astype(np.float32)
    method = prune.L1Unstructured(0.5)
    tensor, ones = torch.from_numpy(w), torch.ones(1024, 1024)

    def peer():
        return tensor * method.compute_mask(tensor, ones)

    race(lambda: prune_magnitude(w, 0.5), 20, peer, "PyTorch", ratio=2)
