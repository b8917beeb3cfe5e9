"""What autograd keeps of a forward pass, measured by PyTorch's hooks."""

from collections.abc import Callable

import torch
from torch import Tensor, nn


# --8<-- [start:saved_bytes]
def saved_bytes(model: nn.Module, forward: Callable[[], Tensor]) -> int:
    """Bytes that autograd keeps of `forward()` for the backward pass.

    Views of one storage count once, as all of it. Weights and buffers of the model are left
    out, for they are there anyway.

    Example:
        The square keeps its input, of 12 numbers in float32.

        >>> x = torch.ones(3, 4, requires_grad=True)
        >>> saved_bytes(nn.Identity(), lambda: x.square())
        48
    """

    # Fake tensors have no address, so that a storage is known by its object in C++.
    def storage(tensor: Tensor) -> int:
        return tensor.untyped_storage()._cdata

    kept = {}

    def pack(tensor: Tensor) -> Tensor:
        kept[storage(tensor)] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        forward()
    own = {storage(each) for each in (*model.parameters(), *model.buffers())}
    return sum(
        tensor.untyped_storage().nbytes()
        for key, tensor in kept.items()
        if key not in own
    )


# --8<-- [end:saved_bytes]
