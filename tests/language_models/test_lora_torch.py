"""Adapters in a model: what trains, what they compute, and that merging them changes nothing."""

import pytest
import torch
from torch import nn

from answers.language_models.lora import lora_backward, lora_forward
from answers.language_models.lora_torch import LoRALinear, add_lora, merge


def small_model():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 3)).double()


def adapted():
    """With factors that are all random, as after training."""
    model = add_lora(small_model(), 2, 6.0, ("0", "2"))
    for layer in (model[0], model[2]):
        layer.b.data = torch.randn_like(layer.b)
    return model


def test_before_training_the_model_is_as_it_was_and_only_b_has_a_gradient():
    base = small_model()
    model = add_lora(base, 2, 6.0, ("0", "2"))
    x = torch.randn(4, 5).double()
    assert torch.equal(model(x), base(x))
    model(x).square().sum().backward()
    found = {name: p.grad for name, p in model.named_parameters() if p.requires_grad}
    assert {*found} == {"0.a", "0.b", "2.a", "2.b"}
    assert all(bool(grad.any()) == name.endswith("b") for name, grad in found.items())


def test_only_named_layers_get_an_adapter_and_the_model_given_stays():
    base = small_model()
    model = add_lora(base, 2, 6.0, ("2",))
    assert [type(layer) for layer in model] == [nn.Linear, nn.Tanh, LoRALinear]
    assert all(p.requires_grad for p in base.parameters())


def test_a_module_that_reads_the_weight_of_a_layer_fails_aloud():
    attention = nn.MultiheadAttention(4, 2)
    adapted_attention, x = add_lora(attention, 2, 6.0, ("out_proj",)), torch.randn(3, 1, 4)
    attention(x, x, x)
    with pytest.raises(AttributeError, match="weight"):
        adapted_attention(x, x, x)


def test_merged_gives_the_same_output_without_adapters():
    model, x = adapted(), torch.randn(4, 5).double()
    merged = merge(model)
    assert [type(layer) for layer in merged] == [nn.Linear, nn.Tanh, nn.Linear]
    torch.testing.assert_close(merged(x), model(x))
    assert isinstance(model[0], LoRALinear)


def test_a_layer_computes_what_numpy_computes():
    layer, x = adapted()[0], torch.randn(4, 5).double().requires_grad_()
    y = layer(x)
    y.backward(dout := torch.randn_like(y))
    w, a, b = (t.detach().numpy() for t in (layer.layer.weight, layer.a, layer.b))
    ours = lora_forward(x.detach().numpy(), w, a, b, 6.0) + layer.layer.bias.detach().numpy()
    torch.testing.assert_close(y.detach(), torch.from_numpy(ours))
    for found, expected in zip(
        lora_backward(dout.numpy(), x.detach().numpy(), w, a, b, 6.0),
        (x.grad, layer.a.grad, layer.b.grad),
        strict=True,
    ):
        torch.testing.assert_close(torch.from_numpy(found), expected)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32, torch.float64])
def test_adapters_take_the_precision_and_the_device_of_their_layer(dtype):
    model = add_lora(small_model().to(dtype), 2, 6.0, ("0", "2"))
    assert {p.dtype for p in model.parameters()} == {dtype}
    assert model(torch.ones(4, 5, dtype=dtype)).dtype == dtype
    elsewhere = LoRALinear(nn.Linear(5, 7, device="meta"), 2, 6.0)
    assert {p.device.type for p in elsewhere.parameters()} == {"meta"}


def test_a_starts_uniform_up_to_one_over_the_root_of_the_inputs():
    layer = LoRALinear(nn.Linear(100, 3), 400, 1)
    assert 0.098 < layer.a.abs().max() <= 0.1
    assert layer.a.std().item() == pytest.approx(0.1 / 3**0.5, rel=0.02)
    assert not layer.b.any()


def test_bad_values_are_refused_in_words():
    for rank, alpha, said in ((0, 1, "`rank` is 0"), (1, float("nan"), "`alpha` is nan")):
        with pytest.raises(ValueError, match=said):
            LoRALinear(nn.Linear(2, 2), rank, alpha)
        with pytest.raises(ValueError, match=said):
            add_lora(small_model(), rank, alpha, ("0",))
