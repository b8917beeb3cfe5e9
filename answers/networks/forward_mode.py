"""Forward-mode automatic differentiation: each value travels with its derivative."""

from typing import no_type_check

import numpy as np
from jaxtyping import Real
from numpy import ndarray

from answers.inputs import as_float, refuse_nan, refuse_no_axis, refuse_no_operand
from answers.inputs.contracts import refuses


# --8<-- [start:operations]
# As in `computation_graph`.
@no_type_check
class Operations:
    """What can be computed with a Dual: the value, and by the chain rule its tangent."""

    __array_ufunc__ = None

    @property
    def shape(self):
        return self.value.shape

    def __add__(self, other):
        (a, da), (b, db) = value_and_tangent(self), value_and_tangent(other)
        return dual(a + b, da + db)

    def __mul__(self, other):
        (a, da), (b, db) = value_and_tangent(self), value_and_tangent(other)
        return dual(a * b, da * b + a * db)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self):
        return dual(-self.value, -self.tangent)

    def __sub__(self, other):
        (a, da), (b, db) = value_and_tangent(self), value_and_tangent(other)
        return dual(a - b, da - db)

    def __rsub__(self, other):
        return -self + other

    def __matmul__(self, other):
        return product(self, other)

    def __rmatmul__(self, other):
        return product(other, self)

    def exp(self):
        y = np.exp(self.value)
        return dual(y, y * self.tangent)

    def log(self):
        return dual(np.log(self.value), self.tangent / self.value)

    def relu(self):
        y = np.maximum(self.value, 0)
        return dual(y, self.tangent * (y > 0))

    def sum(self, axis=None, keepdims=False):
        refuse_no_axis(axis, self.value, "value")
        y, dy = (part.sum(axis, keepdims=keepdims) for part in value_and_tangent(self))
        return dual(y, dy)

    def max(self, axis=None, keepdims=False):
        refuse_no_axis(axis, self.value, "value")
        top = self.value == self.value.max(axis, keepdims=True)
        slope = (self.tangent * top).sum(axis, keepdims=keepdims)
        ties = top.sum(axis, keepdims=keepdims, dtype=self.value.dtype)
        return dual(self.value.max(axis, keepdims=keepdims), slope / ties)

    def __getitem__(self, index):
        return dual(self.value[index], self.tangent[index])


@no_type_check
def product(a, b):
    (x, dx), (w, dw) = value_and_tangent(a), value_and_tangent(b)
    slopes = [dx @ w] if isinstance(a, Dual) else []
    slopes += [x @ dw] if isinstance(b, Dual) else []
    return dual(x @ w, sum(slopes[1:], start=slopes[0]))


@no_type_check
def value_and_tangent(other):
    if isinstance(other, Dual):
        return other.value, other.tangent
    refuse_no_operand(other)
    # A constant's derivative is 0, in its shape: a sum must count what is broadcast.
    return other, np.zeros_like(other) if isinstance(other, ndarray) else 0


@no_type_check
def dual(value, tangent):
    result = object.__new__(Dual)
    result.value, result.tangent = value, tangent
    return result


# --8<-- [end:operations]


# --8<-- [start:dual]
class Dual(Operations):
    """A value, and its derivative along one direction of the inputs.

    One pass gives the derivative of every result along that direction: a column of the
    Jacobian, or a mix of columns. A gradient of P parameters takes P passes.

    Attributes:
        value: The array.
        tangent: Its derivative, in its shape.

    Raises:
        ValueError: `value` or `tangent` holds nan or infinity.

    Source:
        Baydin, Pearlmutter, Radul and Siskind (2018), arXiv 1502.05767, section 3.1

    Example:
        The derivative of x² at x = 3, along 1:

        >>> x = Dual(np.array(3.0), np.array(1.0))
        >>> float((x * x).tangent)
        6.0
    """

    @refuses(value=refuse_nan, tangent=refuse_nan)
    def __init__(
        self, value: Real[ndarray, "*shape"], tangent: Real[ndarray, "*shape"]
    ):
        self.value, self.tangent = as_float(value), as_float(tangent)


# --8<-- [end:dual]
