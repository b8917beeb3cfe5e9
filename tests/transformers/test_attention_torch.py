"""The PyTorch layer against nn.MultiheadAttention and against the answer in NumPy."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from answers.transformers.attention import multi_head_attention
from answers.transformers.attention_torch import MultiHeadAttention

X = torch.from_numpy(np.random.default_rng(0).normal(size=(3, 5, 6)))
CAUSAL = torch.ones(5, 5).tril().bool()


def pytorchs(heads, bias=True, **options):
    """nn.MultiheadAttention whose biases are not 0, as they are at the start."""
    torch.manual_seed(heads)
    layer = nn.MultiheadAttention(
        6, heads, bias=bias, batch_first=True, dtype=torch.float64, **options
    )
    if bias:
        nn.init.normal_(layer.in_proj_bias)
        nn.init.normal_(layer.out_proj.bias)
    return layer


@pytest.mark.parametrize("heads", [1, 2, 3, 6])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("mask", [None, CAUSAL], ids=["no mask", "causal"])
def test_outputs_and_gradients_agree_with_nn_multihead_attention(heads, bias, mask):
    theirs = pytorchs(heads, bias)
    ours = MultiHeadAttention.from_torch(theirs)
    hide = None if mask is None else ~mask  # True = hide there, True = look here
    x, y = (X.clone().requires_grad_() for _ in range(2))
    got, expected = ours(x, mask), theirs(y, y, y, attn_mask=hide)[0]
    assert (got - expected).abs().max() < 1e-12
    got.pow(2).sum().backward()
    expected.pow(2).sum().backward()
    assert (x.grad - y.grad).abs().max() < 1e-11
    rows = torch.cat([layer.weight.grad for layer in (ours.query, ours.key, ours.value)])
    assert (rows - theirs.in_proj_weight.grad).abs().max() < 1e-11


def test_key_padding_hides_the_same_positions_with_the_other_polarity():
    theirs = pytorchs(2)
    real = torch.arange(5) < torch.tensor([5, 3, 4])[:, None]
    expected = theirs(X, X, X, key_padding_mask=~real)[0]
    got = MultiHeadAttention.from_torch(theirs)(X, real[:, None, :])
    assert (got - expected).abs().max() < 1e-12


def test_a_mask_of_the_other_polarity_gives_other_numbers():
    theirs = pytorchs(2)
    mask = torch.eye(5, dtype=torch.bool)
    ours = MultiHeadAttention.from_torch(theirs)
    assert (ours(X, mask) - theirs(X, X, X, attn_mask=mask)[0]).abs().max() > 0.1


@pytest.mark.parametrize("heads", [1, 2, 3])
def test_it_agrees_with_numpy_on_copied_weights(heads):
    layer = MultiHeadAttention(6, heads, bias=False).double()
    layers = layer.query, layer.key, layer.value, layer.out
    weights = [each.weight.detach().numpy().T for each in layers]
    expected = multi_head_attention(X.numpy(), *weights, heads, CAUSAL.numpy())
    np.testing.assert_allclose(layer(X, CAUSAL).detach(), expected, atol=1e-12)


def test_copying_keeps_dtype_and_leaves_the_original_alone():
    theirs = pytorchs(2)
    before = theirs.in_proj_weight.clone()
    ours = MultiHeadAttention.from_torch(theirs)
    assert ours.query.weight.dtype == torch.float64
    with torch.no_grad():
        ours.query.weight.zero_()
    assert torch.equal(theirs.in_proj_weight, before)


def test_a_position_that_sees_nothing_is_refused_with_its_index():
    mask = CAUSAL.clone()
    mask[3] = False
    message = r"mask hides every key from query \(3,\); let it see at least one"
    with pytest.raises(ValueError, match=message):
        MultiHeadAttention(6, 2).double()(X, mask)


def test_a_layer_has_biases_unless_told_otherwise_and_may_have_one_feature():
    layer = MultiHeadAttention(1, 1)
    assert layer(torch.zeros(2, 1)).shape == (2, 1)
    assert all(part.bias is not None for part in layer.children())
    layer = MultiHeadAttention(6, 2, bias=False)
    # Not one for the keys either, though it would change no output.
    assert all(part.bias is None for part in layer.children())
    with pytest.raises(ValueError, match="does not divide a width of 0"):
        MultiHeadAttention(0, 1)


def test_a_blind_position_is_named_with_its_place_in_the_batch():
    mask = CAUSAL.repeat(3, 1, 1)
    mask[1, 2], mask[2, 0] = False, False
    with pytest.raises(ValueError, match=r"mask hides every key from query \(1, 2\)"):
        MultiHeadAttention(6, 2).double()(X, mask)


@pytest.mark.parametrize("heads", [0, 4])
def test_heads_that_do_not_divide_the_width_are_refused(heads):
    message = f"`heads` is {heads}, which does not divide a width of 6"
    with pytest.raises(ValueError, match=message):
        MultiHeadAttention(6, heads)


@pytest.mark.parametrize(
    "options",
    [
        {"add_bias_kv": True},
        {"kdim": 3},
        {"add_zero_attn": True},
        {"dropout": 0.1},
        {"batch_first": False},
    ],
)
def test_a_layer_with_more_in_it_is_not_copied(options):
    theirs = nn.MultiheadAttention(6, 2, **{"batch_first": True, **options})
    with pytest.raises(ValueError, match=r"not copied|set them off|set it on"):
        MultiHeadAttention.from_torch(theirs)


def test_the_usual_backward_pass_makes_four_products_of_which_forward_makes_two():
    """Each takes 2 n² d operations. FlashAttention's backward recomputes one: five."""
    n, d = 64, 16
    q, k, v = (torch.randn(n, d, requires_grad=True) for _ in range(3))
    with FlopCounterMode(display=False) as forward:
        out = torch.softmax(q @ k.T / d**0.5, dim=-1) @ v
    with FlopCounterMode(display=False) as backward:
        out.sum().backward()
    assert forward.get_total_flops() == 2 * (2 * n * n * d)
    assert backward.get_total_flops() == 4 * (2 * n * n * d)


@pytest.mark.parametrize("heads", [1, 4, 16])
def test_the_number_of_heads_changes_no_projection(heads):
    layer, x = MultiHeadAttention(64, heads), torch.randn(128, 64)
    with FlopCounterMode(display=False) as counter:
        layer(x)
    counts = counter.get_flop_counts()["Global"]
    assert counts[torch.ops.aten.addmm] == 4 * 2 * 128 * 64 * 64
