"""The two-layer classifier of `two_layer_net`, with gradients by PyTorch's autograd."""

import numpy as np
import torch
from jaxtyping import Bool, Float, Integer, Real
from numpy import ndarray
from torch import Tensor, nn
from torch.nn import functional

from answers.inputs import (
    as_float,
    refuse_empty,
    refuse_labels_out_of_range,
    refuse_nan,
)
from answers.inputs.contracts import refuses


# --8<-- [start:net_refuses]
def no_unit(size, name):
    if size < 1:
        raise ValueError(f"`{name}` is {size}; a layer needs at least one unit")


def no_parameters(w1, b1, w2, b2):
    for name, array in (("w1", w1), ("b1", b1), ("w2", w2), ("b2", b2)):
        refuse_empty(array, name)
        refuse_nan(in_precision_of(w1, array), name)


# --8<-- [end:net_refuses]
# --8<-- [start:net]
class TwoLayerNet(nn.Module):
    """affine → ReLU → affine. The softmax is part of the loss.

    Example:
        >>> net = TwoLayerNet(4, hidden=5, classes=3)
        >>> {name: tuple(p.shape) for name, p in net.first.named_parameters()}
        {'weight': (5, 4), 'bias': (5,)}
    """

    @refuses(d_in=no_unit, hidden=no_unit, classes=no_unit)
    def __init__(self, d_in: int, hidden: int, classes: int):
        super().__init__()
        self.first = nn.Linear(d_in, hidden)
        self.second = nn.Linear(hidden, classes)

    def forward(self, x: Float[Tensor, "batch d_in"]) -> Float[Tensor, "batch classes"]:
        """Scores of each class, before softmax."""
        return self.second(torch.relu(self.first(x)))

    @classmethod
    @refuses(no_parameters)
    def from_numpy(
        cls,
        w1: Real[ndarray, "d_in hidden"],
        b1: Real[ndarray, " hidden"],
        w2: Real[ndarray, "hidden classes"],
        b2: Real[ndarray, " classes"],
    ) -> nn.Module:
        """The network with these parameters, copied, in the precision of `w1`, at
        least float32.

        They are laid out as in `two_layer_net`: inputs along the rows of a weight.

        Raises:
            ValueError: A parameter is empty or holds nan or infinity.
        """
        w1, b1, w2, b2 = (
            torch.from_numpy(in_precision_of(w1, each)) for each in (w1, b1, w2, b2)
        )
        net = cls(*w1.shape, len(b2)).to(w1.dtype)
        # A leaf that requires grad refuses to be written to.
        with torch.no_grad():
            # nn.Linear stores (out, in).
            net.first.weight.copy_(w1.T)
            net.first.bias.copy_(b1)
            net.second.weight.copy_(w2.T)
            net.second.bias.copy_(b2)
        return net


def in_precision_of(w1, array):
    """A copy, whatever its strides, in the precision of `w1`, at least float32."""
    with np.errstate(over="ignore"):
        return np.array(array, dtype=as_float(w1).dtype.newbyteorder("="))


# --8<-- [end:net]


# --8<-- [start:autograd_gradients_refuses]
def unusable(net, x, y):
    """PyTorch would give nan, skip a label, or blame another line.

    `cross_entropy` leaves out every example whose label is -100, and says nothing.
    """
    if not torch.is_grad_enabled():
        raise ValueError("gradients are off; call this outside no_grad, inference_mode")
    for name, tensor in (("x", x), *net.named_parameters()):
        # NumPy has no bfloat16.
        array = tensor.double().numpy(force=True)
        refuse_empty(array, name)
        refuse_nan(array, name)
    for name, parameter in net.named_parameters():
        if not parameter.requires_grad:
            raise ValueError(f"`net.{name}` is frozen; call net.requires_grad_()")
    refuse_labels_out_of_range(y.numpy(force=True), net.second.out_features, "y")
    d_in, dtype = net.first.in_features, net.first.weight.dtype
    if x.shape[1] != d_in:
        raise ValueError(f"`x` has {x.shape[1]} columns; the network takes {d_in}")
    if x.dtype != dtype:
        raise ValueError(
            f"`x` is {x.dtype}, the network {dtype}; convert one: x.to({dtype}), or "
            f"net.to({x.dtype})"
        )


@refuses(unusable)
# --8<-- [end:autograd_gradients_refuses]
# --8<-- [start:autograd_gradients]
def autograd_gradients(
    net: TwoLayerNet,
    x: Float[Tensor, "batch d_in"],
    y: Integer[Tensor, " batch"] | Bool[Tensor, " batch"],
) -> tuple[Float[Tensor, ""], dict[str, Float[Tensor, "..."]]]:
    """The mean cross-entropy of the network, with its gradients by autograd.

    Names and layout are those of `two_layer_net.two_layer_gradients`. No `.grad` is
    read or written: `torch.autograd.grad` returns the gradients instead of adding them.

    Args:
        net: The network.
        x: Inputs, one per row, in the precision of the network's parameters.
        y: The index of the right class of each row.

    Returns:
        The mean loss in nats, and a dict with the gradients of "x", "w1", "b1", "w2",
        "b2".

    Raises:
        ValueError: The batch is empty, a label is not one of 0 to classes - 1, `x` has
            another width or precision than the network, `x` or a parameter holds nan or
            infinity, a parameter is frozen, or gradients are off.

    Source:
        Paszke et al. (2019), https://arxiv.org/abs/1912.01703

    Example:
        >>> net = TwoLayerNet(4, hidden=5, classes=3)
        >>> x, y = torch.ones(2, 4), torch.tensor([0, 2])
        >>> loss, gradients = autograd_gradients(net, x, y)
        >>> {name: tuple(gradient.shape) for name, gradient in gradients.items()}
        {'x': (2, 4), 'w1': (4, 5), 'b1': (5,), 'w2': (5, 3), 'b2': (3,)}
    """
    # A leaf of our own; the caller's stays as it is.
    x = x.detach().requires_grad_()
    leaves = {
        "x": x,
        "w1": net.first.weight,
        "b1": net.first.bias,
        "w2": net.second.weight,
        "b2": net.second.bias,
    }
    # The forward pass, which records.
    loss = functional.cross_entropy(net(x), y.long())
    # The backward pass.
    found = torch.autograd.grad(loss, list(leaves.values()))

    gradients = dict(zip(leaves, found, strict=True))
    for name in ("w1", "w2"):
        # nn.Linear stores weights as (out, in).
        gradients[name] = gradients[name].T
    return loss.detach(), gradients


# --8<-- [end:autograd_gradients]
