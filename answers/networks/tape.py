"""A tape as one writes it on a board: each tensor keeps its inputs and their vjps.

`answers.networks.computation_graph` is the same with more operations, constants, refusals, and no
recursion.
"""

import numpy as np
from jaxtyping import Real
from numpy import ndarray

from answers.inputs import as_float, refuse_nan
from answers.inputs.contracts import refuses
from answers.networks.broadcasting import sum_to


# --8<-- [start:tape]
class Tensor:
    """An array, the tensors that it was computed from, and a vjp for each of them.

    Args:
        value: The array; integers are taken as float64. `@` takes matrices.
        inputs: Pairs of a tensor and its vector-Jacobian product; none for a leaf.

    Attributes:
        grad: The gradient of the sum of the tensor whose `backward` has run. It runs
            once on a graph.

    Raises:
        ValueError: A value holds nan or infinity.

    Example:
        >>> a = Tensor(np.array([1.0, 2.0]))
        >>> (a * a).sum().backward()
        >>> a.grad
        array([2., 4.])
    """

    @refuses(value=refuse_nan)
    def __init__(self, value: Real[ndarray, "..."] | np.number, *inputs: tuple):
        self.value, self.inputs, self.grad = as_float(value), inputs, 0

    def __add__(self, other):
        result = self.value + other.value
        return Tensor(result, (self, lambda g: g), (other, lambda g: g))

    def __mul__(self, other):
        a, b = self.value, other.value
        return Tensor(a * b, (self, lambda g: g * b), (other, lambda g: g * a))

    def __matmul__(self, other):
        a, b = self.value, other.value
        return Tensor(a @ b, (self, lambda g: g @ b.T), (other, lambda g: a.T @ g))

    def relu(self):
        y = np.maximum(self.value, 0)
        return Tensor(y, (self, lambda g: g * (y > 0)))

    def sum(self):
        return Tensor(self.value.sum(), (self, lambda g: g * np.ones_like(self.value)))

    def backward(self):
        self.grad = np.ones_like(self.value)
        for tensor in reversed(topological_order(self)):
            for each, vjp in tensor.inputs:
                part = sum_to(vjp(tensor.grad), each.value.shape)
                each.grad = each.grad + part


def topological_order(tensor):
    """All that `tensor` was computed from, inputs first."""
    order, seen = [], set()

    def visit(tensor):
        if tensor not in seen:
            seen.add(tensor)
            for each, _ in tensor.inputs:
                visit(each)
            order.append(tensor)

    visit(tensor)
    return order


# --8<-- [end:tape]
