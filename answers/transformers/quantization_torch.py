"""A linear layer with int8 weights, to put in the place of `torch.nn.Linear`."""

import copy
import functools

import torch
from jaxtyping import Float, Int8
from torch import Tensor, nn
from torch.nn import functional

from answers.transformers.quantization import quantize_int8


# --8<-- [start:layer]
class Int8Linear(nn.Module):
    """A linear layer for inference with an int8 weight, and one scale for each output.

    Weight-only: the codes are converted as they are used, and the product is one of
    floats. It saves memory. Dynamic (W8A8): each row of the input is quantized as it
    arrives. On a CPU with an exact kernel for it the product is one of integers, and saves
    time too; elsewhere it is one of floats.

    Args:
        linear: The layer to be replaced. It is not changed.
        dynamic: Quantize the inputs as well.

    Raises:
        ValueError: The weight of `linear` is empty or holds nan or infinity.

    Source:
        Dettmers et al. (2022), section 3.1, https://arxiv.org/abs/2208.07339

    Example:
        >>> layer = Int8Linear(nn.Linear(300, 200))
        >>> layer.weight.dtype, tuple(layer.scale.shape)
        (torch.int8, (200,))
        >>> round(weight_bytes(layer) / weight_bytes(nn.Linear(300, 200)), 3)
        0.256
    """

    def __init__(self, linear: nn.Linear, dynamic: bool = False):
        super().__init__()
        weight = linear.weight.detach()
        if weight.dtype != torch.float64:
            # NumPy has no bfloat16.
            weight = weight.float()
        codes, scale = quantize_int8(weight.numpy(force=True))
        device = linear.weight.device
        # Buffers: they move and are saved with the model, and no optimizer sees them.
        self.register_buffer("weight", torch.from_numpy(codes).to(device))
        self.register_buffer("scale", torch.from_numpy(scale[:, 0]).to(device))
        bias = linear.bias
        self.register_buffer("bias", None if bias is None else bias.detach().clone())
        self.out_features, self.in_features = codes.shape
        self.dynamic = dynamic

    def forward(self, x: Float[Tensor, "*batch in"]) -> Float[Tensor, "*batch out"]:
        """x @ weight.T · scale + bias, in the precision of `x`."""
        # In float16 a sum of codes may overflow before it is scaled.
        wide = torch.promote_types(x.dtype, torch.float32)
        if self.dynamic:
            codes, row_scale = quantize_rows(x)
            sums = int_matmul(codes.reshape(-1, self.in_features), self.weight)
            sums = sums.to(wide).reshape(*x.shape[:-1], self.out_features)
            y = sums * row_scale
        else:
            y = functional.linear(x.to(wide), self.weight.to(wide))
        # This takes `out` products a row, where scaling the weights takes out · in.
        y = y * self.scale.to(wide)
        return (y if self.bias is None else y + self.bias).to(x.dtype)

    def extra_repr(self) -> str:
        sizes = f"in_features={self.in_features}, out_features={self.out_features}"
        return f"{sizes}, bias={self.bias is not None}, dynamic={self.dynamic}"


# --8<-- [end:layer]


# --8<-- [start:dynamic]
def quantize_rows(
    x: Float[Tensor, "*batch in"],
) -> tuple[Int8[Tensor, "*batch in"], Float[Tensor, "*batch 1"]]:
    """`quantize_int8` along the last axis: one scale for each token."""
    # In float16 a small scale would be rounded, or raised to the smallest.
    x = x.to(torch.promote_types(x.dtype, torch.float32))
    scale = x.abs().amax(dim=-1, keepdim=True) / 127
    # A row of zeros gives 0, not 0/0.
    scale = scale.clamp(min=torch.finfo(x.dtype).tiny)
    return (x / scale).round().to(torch.int8), scale


def int_matmul(a: Int8[Tensor, "n k"], b: Int8[Tensor, "m k"]) -> Tensor:
    """a @ b.T of int8 codes, by the integer kernel where there is an exact one."""
    if a.device.type == "cpu" and has_int8_kernel():
        return torch._int_mm(a, b.T)
    # float32 holds integers up to 2^24: more than 1000 products of two codes.
    return a.float() @ b.float().T


@functools.cache
def has_int8_kernel() -> bool:
    """Whether `torch._int_mm` exists and is exact on this processor.

    Before its repair in late 2024 it called a kernel that adds pairs of products in 16
    bits where the processor has no VNNI: two products of 127 · 255 do not fit.

    Source:
        https://github.com/pytorch/pytorch/issues/136746
    """
    if not hasattr(torch, "_int_mm"):
        return False
    a, b = torch.full((32, 64), 127), torch.full((48, 64), 127)
    a[::3], b[::2] = -127, -127
    found = torch._int_mm(a.to(torch.int8), b.to(torch.int8).T)
    return torch.equal(found.long(), a @ b.T)


# --8<-- [end:dynamic]


# --8<-- [start:quantize_linears]
def quantize_linears(model: nn.Module, dynamic: bool = False) -> nn.Module:
    """A copy of the model with an `Int8Linear` for each `nn.Linear`.

    Embeddings, norms and biases stay as they are. An output layer whose weight is tied to
    the embedding becomes int8, and the embedding keeps its floats.

    Args:
        model: Any model that calls its linear layers. It is not changed.
        dynamic: Quantize the inputs of the layers as well.

    Returns:
        The copy, in eval mode.

    Example:
        >>> quantize_linears(nn.Sequential(nn.Linear(3, 2), nn.ReLU()))
        Sequential(
          (0): Int8Linear(in_features=3, out_features=2, bias=True, dynamic=False)
          (1): ReLU()
        )
    """
    # A layer that stands in two places becomes one layer.
    int8 = functools.cache(lambda linear: Int8Linear(linear, dynamic))
    if type(model) is nn.Linear:
        return int8(model).eval()
    model = copy.deepcopy(model)
    for parent in list(model.modules()):
        for name, child in parent._modules.items():
            if type(child) is nn.Linear:
                setattr(parent, name, int8(child))
    return model.eval()


# --8<-- [end:quantize_linears]


# --8<-- [start:weight_bytes]
def weight_bytes(module: nn.Module) -> int:
    """The bytes of all weights, scales and other tensors of a model, each counted once.

    Example:
        >>> weight_bytes(nn.Linear(300, 200))
        240800
    """
    return sum(tensor.nbytes for tensor in (*module.parameters(), *module.buffers()))


# --8<-- [end:weight_bytes]
