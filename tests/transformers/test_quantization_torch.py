"""Int8Linear: against the restored weights in float64, in size, in a model and in a file."""

import copy

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from torch import nn
from torch.testing import assert_close

from answers.transformers import quantization_torch
from answers.transformers.quantization import dequantize, int8_linear, quantize_int8
from answers.transformers.quantization_torch import (
    Int8Linear,
    has_int8_kernel,
    int_matmul,
    quantize_linears,
    quantize_rows,
    weight_bytes,
)

MODES = pytest.mark.parametrize("dynamic", [False, True], ids=["weights", "dynamic"])


@pytest.fixture
def linear():
    torch.manual_seed(11)
    return nn.Linear(37, 23)


def codes_from(shape, seed=0):
    rng = np.random.default_rng(seed)
    return torch.from_numpy(rng.integers(-127, 128, size=shape, dtype=np.int8))


@pytest.mark.parametrize("shape", [(37,), (5, 37), (2, 3, 37), (0, 37)])
def test_weight_only_is_the_linear_layer_of_the_restored_weights(linear, shape):
    x = torch.randn(shape)
    codes, scale = quantize_int8(linear.weight.detach().numpy())
    restored = torch.from_numpy(dequantize(codes, scale)).double()
    want = x.double() @ restored.T + linear.bias.double()
    got = Int8Linear(linear)(x)
    assert got.dtype == torch.float32
    assert_close(got.double(), want, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", [(37,), (5, 37), (2, 3, 37), (0, 37)])
def test_dynamic_is_the_numpy_product_of_the_codes_of_both(linear, shape):
    x = torch.randn(shape)
    got = Int8Linear(linear, dynamic=True)(x)
    assert (got.dtype, got.shape) == (torch.float32, (*shape[:-1], 23))
    if x.numel():
        rows = x.reshape(-1, 37).numpy()
        want = int8_linear(rows, *quantize_int8(linear.weight.detach().numpy()))
        want = torch.from_numpy(want).reshape(got.shape) + linear.bias
        assert_close(got, want, rtol=1e-5, atol=1e-6)


@MODES
def test_the_error_of_the_outputs_is_below_1_percent_for_normal_weights(dynamic):
    torch.manual_seed(3)
    linear, x = nn.Linear(256, 192, bias=False), torch.randn(64, 256)
    nn.init.normal_(linear.weight)
    error = (Int8Linear(linear, dynamic)(x) - linear(x)).norm() / linear(x).norm()
    assert 0.002 < error < 0.01 + 0.005 * dynamic


@pytest.mark.parametrize("inputs", [128, 512])
def test_the_weights_take_at_most_27_percent_of_the_bytes_in_float32(inputs):
    linear = nn.Linear(inputs, 256)
    layer = Int8Linear(linear)
    taken = layer.weight.nbytes + layer.scale.nbytes
    assert taken == 256 * inputs + 256 * 4
    assert taken <= 0.27 * linear.weight.nbytes
    assert weight_bytes(layer) == taken + linear.bias.nbytes


@MODES
def test_float64_stays_float64_and_bfloat16_bfloat16(linear, dynamic):
    for dtype, tolerance in ((torch.float64, 0.02), (torch.bfloat16, 0.05)):
        layer = Int8Linear(copy.deepcopy(linear).to(dtype), dynamic)
        x = torch.randn(4, 37).to(dtype)
        assert layer(x).dtype == dtype
        assert_close(layer(x).float(), linear(x.float()), rtol=0, atol=tolerance)


@MODES
def test_in_float16_sums_of_codes_do_not_overflow(dynamic):
    torch.manual_seed(0)
    linear, x = nn.Linear(4096, 32).half(), 10 * torch.randn(4, 4096).half()
    want = linear.float()(x.float())
    assert_close(Int8Linear(linear.half(), dynamic)(x).float(), want, rtol=0, atol=0.5)


@MODES
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_the_outputs_have_the_dtype_of_the_inputs_whatever_that_of_the_layer(dynamic, dtype):
    for layer in (nn.Linear(5, 3), nn.Linear(5, 3).double()):
        assert Int8Linear(layer, dynamic)(torch.ones(2, 5, dtype=dtype)).dtype == dtype


@MODES
def test_without_a_bias_none_is_added(dynamic):
    linear = nn.Linear(5, 3, bias=False)
    layer = Int8Linear(linear, dynamic)
    assert layer.bias is None
    assert_close(layer(torch.zeros(2, 5)), torch.zeros(2, 3))


def test_a_row_of_zeros_gives_the_bias_and_nan_stays_nan(linear):
    x = torch.zeros(3, 37)
    x[1, 4], x[2, 7] = 2.0, torch.nan
    y = Int8Linear(linear, dynamic=True)(x)
    assert_close(y[0], linear.bias.detach())
    assert_close(y[1], linear(x)[1].detach(), rtol=0, atol=0.01)
    assert y[2].isnan().all()


@MODES
def test_the_layer_has_no_parameter_and_is_saved_and_loaded_whole(linear, dynamic):
    layer = Int8Linear(linear, dynamic)
    assert list(layer.parameters()) == []
    other = Int8Linear(nn.Linear(37, 23), dynamic)
    other.load_state_dict(layer.state_dict())
    x = torch.randn(4, 37)
    assert torch.equal(other(x), layer(x))


def test_the_linear_layer_is_not_changed(linear):
    before = copy.deepcopy(linear.state_dict())
    Int8Linear(linear).bias.add_(1)
    for name, tensor in linear.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_what_cannot_be_a_layer_is_refused(linear):
    with torch.no_grad():
        linear.weight[3, 5] = torch.inf
    with pytest.raises(ValueError, match=r"`w` holds inf at index \(3, 5\)"):
        Int8Linear(linear)
    with pytest.raises(TypeCheckError, match="linear"):
        Int8Linear(torch.zeros(2, 3))
    with pytest.raises(TypeCheckError, match="x"):
        Int8Linear(nn.Linear(3, 2))(torch.zeros(4, 3, dtype=torch.int64))


# The integer product


@pytest.mark.parametrize("sizes", [(1, 1, 1), (1, 64, 5), (33, 130, 17), (64, 1024, 48)])
def test_the_integer_product_is_exact(sizes):
    n, k, m = sizes
    a, b = codes_from((n, k)), codes_from((m, k), 1)
    assert torch.equal(int_matmul(a, b).double(), a.double() @ b.double().T)


def test_the_integer_product_is_exact_at_the_extremes():
    a, b = torch.full((32, 1000), 127), torch.full((16, 1000), 127)
    a[1::2], b[::3] = -127, -127
    a, b = a.to(torch.int8), b.to(torch.int8)
    assert torch.equal(int_matmul(a, b).double(), a.double() @ b.double().T)


def test_a_kernel_that_saturates_is_found_out_and_replaced(monkeypatch):
    def saturating(a, b):  # a is made unsigned, and pairs of products added in 16 bits
        unsigned, b = (a.int() + 128)[:, :, None], b.int()
        pairs = unsigned[:, ::2] * b[::2] + unsigned[:, 1::2] * b[1::2]
        return pairs.clamp(-(2**15), 2**15 - 1).sum(1) - 128 * b.sum(0)

    monkeypatch.setattr(torch, "_int_mm", saturating)
    monkeypatch.setattr(quantization_torch, "has_int8_kernel", has_int8_kernel.__wrapped__)
    assert not quantization_torch.has_int8_kernel()
    a, b = (
        torch.full((4, 8), 127).to(torch.int8),
        torch.full((3, 8), 127).to(torch.int8),
    )
    assert (int_matmul(a, b) == 8 * 127**2).all()


@pytest.mark.parametrize("exact", [True, False])
def test_the_kernel_is_used_where_it_is_exact(exact, monkeypatch):
    calls = []
    monkeypatch.setattr(quantization_torch, "has_int8_kernel", lambda: exact)
    monkeypatch.setattr(torch, "_int_mm", lambda a, b: calls.append(1) or a.long() @ b.long())
    a, b = codes_from((4, 5)), codes_from((3, 5), 1)
    assert torch.equal(int_matmul(a, b).long(), a.long() @ b.long().T)
    assert len(calls) == exact


def test_rows_are_quantized_as_in_numpy():
    x = torch.randn(4, 3, 19)
    codes, scale = quantize_rows(x)
    want, want_scale = quantize_int8(x.reshape(-1, 19).numpy())
    assert torch.equal(codes.reshape(-1, 19), torch.from_numpy(want))
    assert_close(scale.reshape(-1, 1), torch.from_numpy(want_scale))


def test_small_rows_in_float16_are_quantized_as_in_numpy():
    x = torch.tensor([[1e-3, -5e-4, 2e-4, 1e-4]], dtype=torch.float16)
    codes, scale = quantize_rows(x)
    want, want_scale = quantize_int8(x.numpy())
    assert torch.equal(codes, torch.from_numpy(want))
    assert_close(scale, torch.from_numpy(want_scale))


def test_a_row_of_zeros_has_a_scale_above_0():
    codes, scale = quantize_rows(torch.zeros(2, 3))
    assert (codes == 0).all()
    assert (scale > 0).all()


# Models


@MODES
def test_every_linear_layer_of_a_copy_is_replaced(dynamic):
    model = nn.Sequential(
        nn.Linear(6, 5), nn.ReLU(), nn.Sequential(nn.Linear(5, 4), nn.Dropout(0.5))
    ).train()
    copied = quantize_linears(model, dynamic)
    kinds = [type(module).__name__ for module in copied.modules()]
    assert kinds.count("Int8Linear") == 2
    assert kinds.count("Linear") == 0
    assert [m.dynamic for m in copied.modules() if isinstance(m, Int8Linear)] == [dynamic] * 2
    assert not any(module.training for module in copied.modules())
    assert model.training
    assert isinstance(model[0], nn.Linear)
    x = torch.randn(3, 6)
    assert_close(copied(x), model.eval()(x), rtol=0, atol=0.05)


@MODES
def test_a_single_linear_layer_becomes_the_layer_itself_and_says_what_it_is(linear, dynamic):
    layer = quantize_linears(linear, dynamic)
    assert not layer.training
    words = f"in_features=37, out_features=23, bias=True, dynamic={dynamic}"
    assert repr(layer) == f"Int8Linear({words})"
    assert "bias=False" in repr(Int8Linear(nn.Linear(3, 2, bias=False)))
    assert not quantize_linears(linear).dynamic
    assert not quantize_linears(nn.Sequential(linear))[0].dynamic


def test_a_linear_layer_in_two_places_becomes_one_layer():
    square = nn.Linear(6, 6)
    copied = quantize_linears(nn.Sequential(square, nn.ReLU(), square))
    assert isinstance(copied[0], Int8Linear)
    assert copied[2] is copied[0]


def test_a_tied_output_layer_becomes_int8_beside_a_float_embedding():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.tokens = nn.Embedding(50, 16)
            self.head = nn.Linear(16, 50, bias=False)
            self.head.weight = self.tokens.weight

    model = Tied()
    assert weight_bytes(model) == 50 * 16 * 4
    assert weight_bytes(quantize_linears(model)) == 50 * 16 * 4 + 50 * 16 + 50 * 4
