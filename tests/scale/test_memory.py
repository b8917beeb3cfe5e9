"""Bytes beside arrays that are made, published tables, and what autograd keeps."""

import itertools

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

from answers.scale.memory import activation_memory, training_memory
from answers.scale.saved_activations import saved_bytes
from answers.transformers.gpt import GPT, GPTConfig

# Table 1 of the ZeRO paper: GB of a device by parameters and devices, at stages 1, 2 and 3.
ZERO = {
    (7_500_000_000, 4): (52.5, 41.3, 30),
    (7_500_000_000, 64): (31.4, 16.6, 1.88),
    (7_500_000_000, 1024): (30.1, 15.1, 0.12),
    (128_000_000_000, 16): (608, 368, 128),
    (10**12, 256): (4046, 2054, 62.5),
}


def test_agrees_with_the_table_of_the_zero_paper():
    for (parameters, devices), gigabytes in ZERO.items():
        found = [sum(training_memory(parameters, devices, stage)) / 1e9 for stage in (1, 2, 3)]
        assert found == pytest.approx(gigabytes, rel=0.006, abs=0.006)
        assert sum(training_memory(parameters, devices)) == 16 * parameters


class Parameters:
    """Arrays of one device, made as a trainer makes them."""

    def __init__(self, parameters, devices, stage, mixed, state_bytes):
        own = np.array_split(np.empty(parameters, np.int8), devices)[0].size
        low = np.float16 if mixed else np.float32
        self.weights = [np.empty(own if stage > 2 else parameters, low)]
        self.gradients = [np.empty(own if stage > 1 else parameters, low)]
        kept = own if stage > 0 else parameters
        self.states = [np.empty((kept, state_bytes), np.int8)]
        if mixed:
            self.states.append(np.empty(kept, np.float32))

    def bytes(self):
        parts = self.weights, self.gradients, self.states
        return tuple(sum(array.nbytes for array in part) for part in parts)


def test_agrees_with_arrays_that_are_made():
    options = itertools.product((1, 3, 8), (0, 1, 2, 3), (True, False), (0, 2, 8))
    for devices, stage, mixed, state_bytes in options:
        made = Parameters(1003, devices, stage, mixed, state_bytes)
        assert training_memory(1003, devices, stage, mixed, state_bytes) == made.bytes()


def test_states_are_as_large_as_those_that_pytorch_keeps():
    layer = torch.nn.Linear(7, 5, bias=False)
    optimizer = torch.optim.AdamW(layer.parameters())
    layer(torch.ones(7)).sum().backward()
    optimizer.step()
    (state,) = optimizer.state.values()
    weights, gradients, states = training_memory(35, mixed=False)
    assert weights == layer.weight.nbytes
    assert gradients == layer.weight.grad.nbytes
    assert states == state["exp_avg"].nbytes + state["exp_avg_sq"].nbytes


def block_of(layers, batch, length, width, heads, kv_heads=None):
    """The guide's GPT, its blocks alone, and what goes into them."""
    model = GPT(GPTConfig(61, length, layers, heads, width, kv_heads=kv_heads))
    x = torch.randn(batch, length, width, requires_grad=True)

    def forward():
        y = x
        for block in model.blocks:
            y = block(y, None, None, None)
        return y

    return model, forward


@pytest.mark.parametrize("backend", [SDPBackend.FLASH_ATTENTION, SDPBackend.MATH])
def test_agrees_with_what_autograd_keeps_of_our_gpt(backend):
    """Of each token norms keep mean and deviation, and flash attention a number a head."""
    flash = backend is SDPBackend.FLASH_ATTENTION
    # With a batch of 1 the values stay a view, which keeps queries and keys alive with it.
    for *sizes, kv_heads in ((1, 2, 16, 24, 3, 3), (3, 2, 40, 16, 2, 2), (2, 3, 24, 32, 4, 2)):
        layers, batch, length, width, heads = sizes
        if kv_heads < heads and not flash:
            continue  # it repeats keys and values before it multiplies
        model, forward = block_of(*sizes, kv_heads)
        with sdpa_kernel(backend):
            measured = saved_bytes(model, forward)
        # In float32 each number has 4 bytes, not 2.
        counted = 2 * activation_memory(*sizes, 4 * width, kv_heads, flash=flash)
        few = 4 * layers * batch * length * (4 + heads * flash)
        assert measured == counted + few


def test_agrees_with_our_gpt_at_7_billion_in_bfloat16():
    sizes = 2, 1, 2048, 4096, 32
    with FakeTensorMode():
        torch.set_default_dtype(torch.bfloat16)
        try:
            model, forward = block_of(*sizes)
            measured = saved_bytes(model, forward)
        finally:
            torch.set_default_dtype(torch.float32)
    assert measured / activation_memory(*sizes, 4 * 4096) == pytest.approx(1, rel=0.002)


def test_a_checkpoint_keeps_the_input_of_a_block():
    from torch.utils.checkpoint import checkpoint

    sizes = 3, 2, 16, 24, 3
    model, _ = block_of(*sizes)
    x = torch.randn(2, 16, 24, requires_grad=True)

    def forward():
        y = x
        for block in model.blocks:
            y = checkpoint(block, y, None, None, None, use_reentrant=False)
        return y

    inputs = saved_bytes(model, forward)
    one = activation_memory(1, *sizes[1:], 96)
    assert activation_memory(*sizes, 96, checkpoint=True) == one + inputs / 2 * 2 / 3
    assert activation_memory(1, *sizes[1:], 96, checkpoint=True) == one


def test_agrees_with_the_paper_on_activations():
    """34 s b h + 5 a s² b bytes with dropout and scores, 34 without scores."""
    for layers, b, s, h, a in ((1, 3, 10, 12, 4), (32, 1, 2048, 4096, 32)):
        sizes = layers, b, s, h, a, 4 * h
        assert activation_memory(*sizes, flash=False, dropout=True) == layers * (
            34 * s * b * h + 5 * a * s * s * b
        )
        assert activation_memory(*sizes, dropout=True) == layers * 34 * s * b * h


def test_agrees_with_what_autograd_keeps_of_swiglu():
    """Beside its input, which is a norm's output and counted there, four of the hidden width."""
    gate, up, down = (torch.nn.Linear(*each, bias=False) for each in ((8, 44), (8, 44), (44, 8)))
    x = torch.randn(2, 24, 8, requires_grad=True)
    model = torch.nn.ModuleList([gate, up, down])
    measured = saved_bytes(model, lambda: down(functional.silu(gate(x)) * up(x)))
    counted = (activation_memory(1, 2, 24, 8, 2, hidden, gated=True) for hidden in (88, 44))
    assert measured - x.nbytes == 2 * (next(counted) - next(counted))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kv_heads": 3}, "`kv_heads` is 3, which does not divide 4 heads"),
        ({"width": 18}, "`heads` is 4, which does not divide width = 18"),
        ({"length": 0}, "`length` is 0"),
    ],
)
def test_bad_sizes_are_refused_in_words(change, said):
    sizes = {"layers": 2, "batch": 1, "length": 9, "width": 16, "heads": 4, "hidden": 64}
    with pytest.raises(ValueError, match=said):
        activation_memory(**sizes | change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stage": 4}, "`stage` is 4; ZeRO has the stages 0 to 3"),
        ({"devices": 0}, "`devices` is 0"),
        ({"state_bytes": -1}, "`state_bytes` is -1"),
    ],
)
def test_bad_trainers_are_refused_in_words(change, said):
    with pytest.raises(ValueError, match=said):
        training_memory(**{"parameters": 10} | change)
