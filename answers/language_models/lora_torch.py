"""LoRA in PyTorch: adapters beside the linear layers of a model, trained alone, then merged."""

import copy
import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from answers.inputs.contracts import refuses


# --8<-- [start:lora_linear_refuses]
def no_rank(rank, name):
    if rank < 1:
        raise ValueError(f"`{name}` is {rank}; make it 1 or more")


def no_number(alpha, name):
    if not math.isfinite(alpha):
        raise ValueError(f"`{name}` is {alpha}; choose a finite number")


# --8<-- [end:lora_linear_refuses]
# --8<-- [start:lora_linear]
class LoRALinear(nn.Module):
    """A frozen linear layer and its adapter: layer(x) + (alpha / rank) · x Aᵀ Bᵀ.

    A starts as the reference implementation starts it, uniform up to 1/√in, and B at 0, both
    in the precision and on the device of the layer's weights.

    Example:
        >>> layer = LoRALinear(torch.nn.Linear(6, 4), rank=2, alpha=4)
        >>> [tuple(p.shape) for p in layer.parameters() if p.requires_grad]
        [(2, 6), (4, 2)]
    """

    @refuses(rank=no_rank, alpha=no_number)
    def __init__(self, layer: nn.Linear, rank: int, alpha: float):
        super().__init__()
        self.layer, self.scale = layer.requires_grad_(False), alpha / rank
        bound = 1 / math.sqrt(layer.in_features)
        a = torch.empty(rank, layer.in_features).uniform_(-bound, bound)
        b = torch.zeros(layer.out_features, rank)
        self.a, self.b = (nn.Parameter(each.to(layer.weight)) for each in (a, b))

    def forward(self, x: Float[Tensor, "*batch d_in"]) -> Float[Tensor, "*batch d_out"]:
        """The layer's output and the adapter's, added."""
        return self.layer(x) + self.scale * (x @ self.a.T @ self.b.T)

    def merged(self) -> nn.Linear:
        """One linear layer with the same output, up to rounding; the adapter is added to a copy."""
        layer = copy.deepcopy(self.layer)
        layer.weight.data += self.scale * (self.b @ self.a).data
        return layer


# --8<-- [end:lora_linear]


# --8<-- [start:replaced]
def replaced(model: nn.Module, kind: type, new: Callable) -> nn.Module:
    """A copy of `model` with each module of that kind replaced by new(module, name), if any."""
    model = copy.deepcopy(model)
    for name, module in [*model.named_modules()]:
        if isinstance(module, kind) and (by := new(module, name)) is not None:
            model.set_submodule(name, by)
    return model


# --8<-- [end:replaced]


# --8<-- [start:add_lora_refuses]
@refuses(rank=no_rank, alpha=no_number)
# --8<-- [end:add_lora_refuses]
# --8<-- [start:add_lora]
def add_lora(
    model: nn.Module, rank: int, alpha: float, names: tuple[str, ...]
) -> nn.Module:
    """A copy in which adapters alone train: one for each linear layer whose name ends so.

    Args:
        model: A module that calls the linear layers within it, and reads no weight of theirs, as
            nn.MultiheadAttention does; a copy of it is frozen.
        rank: Of each adapter.
        alpha: Adapters are multiplied by alpha / rank.
        names: The ends of the names of the layers that get one.

    Example:
        >>> small = add_lora(torch.nn.Sequential(torch.nn.Linear(6, 4)), 2, 4, ("0",))
        >>> sum(p.numel() for p in small.parameters() if p.requires_grad)
        20
    """

    def adapted(layer, name):
        return LoRALinear(layer, rank, alpha) if name.endswith(names) else None

    return replaced(copy.deepcopy(model).requires_grad_(False), nn.Linear, adapted)


def merge(model: nn.Module) -> nn.Module:
    """A copy without adapters: each is added to its layer."""
    return replaced(model, LoRALinear, lambda layer, name: layer.merged())


# --8<-- [end:add_lora]
