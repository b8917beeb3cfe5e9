"""Reverse-mode automatic differentiation of NumPy code: a tape in two small classes."""

from typing import no_type_check

import numpy as np
from jaxtyping import Real
from numpy import ndarray

from answers.inputs import (
    as_float,
    refuse_labels_out_of_range,
    refuse_nan,
    refuse_no_axis,
    refuse_no_operand,
)
from answers.inputs.contracts import refuses
from answers.networks.broadcasting import sum_to
from answers.networks.expression_graph import topological_order


# --8<-- [start:operations]
# A check of its shapes takes longer than an operation on a small array.
@no_type_check
class Operations:
    """What can be computed with a Node; each result keeps how to differentiate it.

    Beside every input that is a Node stands its vector-Jacobian product, which turns
    the gradient g of the result into that of the input. Arrays and numbers are
    constants and need none.
    """

    # `array + node` is left to the node.
    __array_ufunc__ = None

    @property
    def shape(self):
        return self.value.shape

    def __add__(self, other):
        y = self.value + value_of(other)
        return node("add", y, (self, lambda g: g), (other, lambda g: g))

    def __mul__(self, other):
        a, b = self.value, value_of(other)
        return node(
            "multiply", a * b, (self, lambda g: g * b), (other, lambda g: g * a)
        )

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        y = self.value - value_of(other)
        return node("subtract", y, (self, lambda g: g), (other, lambda g: -g))

    def __rsub__(self, other):
        return -self + other

    def __matmul__(self, other):
        return product(self, other)

    def __rmatmul__(self, other):
        return product(other, self)

    def exp(self):
        y = np.exp(self.value)
        return node("exp", y, (self, lambda g: g * y))

    def log(self):
        return node("log", np.log(self.value), (self, lambda g: g / self.value))

    def relu(self):
        y = np.maximum(self.value, 0)
        return node("relu", y, (self, lambda g: g * (y > 0)))

    def sum(self, axis=None, keepdims=False):
        refuse_no_axis(axis, self.value, "value")
        x, kept = self.value, self.value.sum(axis, keepdims=True)
        y = kept if keepdims else kept.squeeze(axis)

        def spread(g):
            return np.broadcast_to(g.reshape(kept.shape), x.shape)

        return node("sum", y, (self, spread))

    def max(self, axis=None, keepdims=False):
        refuse_no_axis(axis, self.value, "value")
        x, kept = self.value, self.value.max(axis, keepdims=True)
        y = kept if keepdims else kept.squeeze(axis)

        # By the entries that tie, as in torch.amax.
        def shared(g):
            top = x == kept
            return top * (g.reshape(kept.shape) / top.sum(axis, x.dtype, keepdims=True))

        return node("max", y, (self, shared))

    def __getitem__(self, index):
        def scattered(g):
            gradient = np.zeros_like(self.value)
            # An entry may have been taken twice.
            np.add.at(gradient, index, g)
            return gradient

        return node("index", self.value[index], (self, scattered))


@no_type_check
def product(a, b):
    x, w = value_of(a), value_of(b)
    if min(np.ndim(x), np.ndim(w)) < 2:
        shapes = f"{np.shape(x)} @ {np.shape(w)}"
        raise ValueError(f"{shapes}: both must be matrices; reshape the vector to one")
    to_a = (a, lambda g: g @ w.swapaxes(-1, -2))
    to_b = (b, lambda g: x.swapaxes(-1, -2) @ g)
    return node("matmul", x @ w, to_a, to_b)


@no_type_check
def value_of(other):
    if isinstance(other, Node):
        return other.value
    refuse_no_operand(other)
    return other


@no_type_check
def node(operation, value, *inputs):
    result = object.__new__(Node)
    result.value, result.operation, result.grad = value, operation, None
    result.inputs = [(each, vjp) for each, vjp in inputs if isinstance(each, Node)]
    return result


# --8<-- [end:operations]


# --8<-- [start:node_refuses]
def no_loss(self, gradient):
    if gradient is None and self.value.size != 1:
        raise ValueError(
            f"{self} is no loss, which is one number; sum it, or pass the "
            "gradient of the loss with respect to it"
        )


def another_shape(self, gradient):
    if gradient is not None and gradient.shape != self.shape:
        raise ValueError(f"`gradient` has shape {gradient.shape}; make it {self.shape}")


# --8<-- [end:node_refuses]
# --8<-- [start:node]
class Node(Operations):
    """An array that remembers what it was computed from, and differentiates it.

    Attributes:
        value: The array. While the graph is in use, change neither it nor a constant.
        operation: The name of what made it, "leaf" if that was you.
        inputs: Pairs of an input and its vector-Jacobian product.
        grad: On leaves, the sum of the gradients of all backward passes so far; None
            before the first.

    Raises:
        ValueError: The array holds nan or infinity.

    Source:
        Baydin, Pearlmutter, Radul and Siskind (2018), arXiv 1502.05767, section 3.2

    Example:
        >>> a = Node(np.array([1.0, 2.0]))
        >>> (a * a).sum().backward()
        >>> a.grad
        array([2., 4.])
    """

    @refuses(array=refuse_nan)
    def __init__(self, array: Real[ndarray, "..."]):
        self.value, self.operation, self.inputs = as_float(array), "leaf", []
        self.grad = None

    def __repr__(self) -> str:
        return f"Node({self.operation}, shape {self.value.shape})"

    @refuses(no_loss, another_shape, gradient=refuse_nan)
    def backward(self, gradient: Real[ndarray, "..."] | None = None) -> None:
        """Add the gradient of the loss to the `grad` of every leaf that it was made from.

        Args:
            gradient: The gradient of the loss with respect to this node. None if
                this is the loss.

        Raises:
            ValueError: `gradient` is None though this node is more than one number, or
                has another shape than this node, or holds nan or infinity.
        """
        gradient = np.ones_like(self.value) if gradient is None else gradient
        gradients = {self: as_float(gradient)}
        order = topological_order(self, lambda node: [each for each, _ in node.inputs])
        # In this order, all that use a node come before it.
        for node in reversed(order):
            gradient = gradients.pop(node)
            if node.operation == "leaf":
                node.grad = gradient + (0 if node.grad is None else node.grad)
            for each, vjp in node.inputs:
                part = vjp(gradient)
                # What was broadcast gets the sum.
                if part.shape != each.shape:
                    part = sum_to(part, each.shape)
                part = part.astype(each.value.dtype, copy=False)
                gradients[each] = gradients[each] + part if each in gradients else part


# --8<-- [end:node]


# --8<-- [start:two_layer_loss_refuses]
def no_class(x, y, b2):
    if y.shape != x.shape[:1]:
        raise ValueError(
            f"labels of shape {tuple(y.shape)} for {x.shape[0]} rows: one each"
        )
    refuse_labels_out_of_range(y, b2.shape[-1], "y")


@refuses(no_class)
# --8<-- [end:two_layer_loss_refuses]
# --8<-- [start:two_layer_loss]
@no_type_check
def two_layer_loss(x, y, w1, b1, w2, b2):
    """The loss of `two_layer_net`, in operations that Node has, and nothing else.

    Args:
        x: Inputs, one per row, an array.
        y: The index of the right class of each row, an array.
        w1, b1, w2, b2: Parameters; Nodes, or anything else with these operations.

    Returns:
        The mean cross-entropy in nats.

    Raises:
        ValueError: There is not one label for each row, or a label is not one of 0 to
            classes - 1.
    """
    logits = (x @ w1 + b1).relu() @ w2 + b2
    # Without the maximum, exp overflows.
    top = logits.max(axis=1, keepdims=True)
    log_total = (logits - top).exp().sum(axis=1).log() + top[:, 0]
    return (log_total - logits[np.arange(len(y)), y]).sum() * (1 / len(y))


# --8<-- [end:two_layer_loss]
