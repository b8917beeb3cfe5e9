"""The layers of a small network, each with its backward pass.

A backward pass takes `dout`, the gradient of the loss with respect to the layer's
output, and what the forward pass saw. No layer divides by the batch: that 1/N belongs
to the loss.
"""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:affine_refuses]
def overflow(result):
    refuse_overflowed(result, "x w + b")


@refuses(overflow, x=BAD, w=BAD, b=BAD)
# --8<-- [end:affine_refuses]
# --8<-- [start:affine]
def affine(
    x: Real[ndarray, "*batch d_in"],
    w: Real[ndarray, "d_in d_out"],
    b: Real[ndarray, " d_out"],
) -> Float[ndarray, "*batch d_out"]:
    """x w + b: every row of `x` through the same weights, the bias added to each.

    Args:
        x: Inputs, one per row; any leading axes.
        w: Weights, inputs along the rows. `torch.nn.Linear` stores the transpose.
        b: Bias, broadcast over the batch.

    Raises:
        ValueError: `x` or `w` is empty, an argument holds nan or infinity, or the result
            overflows.

    Example:
        >>> affine(np.array([[1.0, 2.0]]), np.array([[1.0], [10.0]]), np.array([0.5]))
        array([[21.5]])
    """
    return as_float(x) @ w + b


# --8<-- [end:affine]


# --8<-- [start:affine_backward_refuses]
def gradients_overflow(result):
    for gradient, name in zip(result, ("dx", "dw", "db"), strict=True):
        refuse_overflowed(gradient, name)


@refuses(gradients_overflow, dout=BAD, x=BAD, w=BAD)
# --8<-- [end:affine_backward_refuses]
# --8<-- [start:affine_backward]
def affine_backward(
    dout: Real[ndarray, "*batch d_out"],
    x: Real[ndarray, "*batch d_in"],
    w: Real[ndarray, "d_in d_out"],
) -> tuple[
    Float[ndarray, "*batch d_in"],
    Float[ndarray, "d_in d_out"],
    Float[ndarray, " d_out"],
]:
    """Gradients of the loss with respect to the input, the weights and the bias.

    Each has the shape of what it is the gradient of.

    How:
        dx = dout wᵀ, dw = xᵀ dout, db = Σ dout over the batch. Where all sizes
        differ, the shapes allow no other product.

    Args:
        dout: Gradient of the loss with respect to x w + b.
        x: The input of the forward pass.
        w: The weights of the forward pass.

    Returns:
        (dx, dw, db).

    Raises:
        ValueError: An argument is empty or holds nan or infinity, or a result overflows.

    Source:
        Goodfellow, Bengio and Courville (2016), Deep Learning, section 6.5

    Example:
        >>> x, w = np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])
        >>> dx, dw, db = affine_backward(np.array([[10.0]]), x, w)
        >>> dx, dw.T, db
        (array([[30., 40.]]), array([[10., 20.]]), array([10.]))
    """
    dout, x = as_float(dout), as_float(x)
    # One row per example, so that the matrix product sums over every leading axis.
    rows, drows = x.reshape(-1, x.shape[-1]), dout.reshape(-1, dout.shape[-1])
    return dout @ w.T, rows.T @ drows, drows.sum(axis=0)


# --8<-- [end:affine_backward]


# --8<-- [start:relu_refuses]
@refuses(x=BAD)
# --8<-- [end:relu_refuses]
# --8<-- [start:relu]
def relu(x: Real[ndarray, "*batch d"]) -> Float[ndarray, "*batch d"]:
    """max(x, 0), entry by entry.

    Raises:
        ValueError: `x` is empty or holds nan or infinity.

    Example:
        >>> relu(np.array([-2.0, 0.0, 3.0]))
        array([0., 0., 3.])
    """
    return np.maximum(as_float(x), 0)


# --8<-- [end:relu]


# --8<-- [start:relu_backward_refuses]
@refuses(dout=BAD, x=BAD)
# --8<-- [end:relu_backward_refuses]
# --8<-- [start:relu_backward]
def relu_backward(
    dout: Real[ndarray, "*batch d"], x: Real[ndarray, "*batch d"]
) -> Float[ndarray, "*batch d"]:
    """The gradient of the loss with respect to the input of ReLU, which is max(x, 0).

    At x = 0 the slope is undefined; 0 is the usual choice, and PyTorch's.

    How:
        The gradient goes through where x > 0, and is 0 elsewhere. `x` may be the layer's
        input or, equally, its output, since relu(x) > 0 exactly where x > 0.

    Args:
        dout: Gradient of the loss with respect to max(x, 0).
        x: The input of the forward pass.

    Raises:
        ValueError: An argument is empty or holds nan or infinity.

    Example:
        >>> relu_backward(np.array([5.0, 6.0, 7.0]), np.array([-2.0, 0.0, 3.0]))
        array([0., 0., 7.])
    """
    return as_float(dout) * (x > 0)


# --8<-- [end:relu_backward]


# --8<-- [start:softmax_backward_refuses]
def gradient_overflows(result):
    refuse_overflowed(result, "the gradient")


@refuses(gradient_overflows, dout=BAD, p=BAD)
# --8<-- [end:softmax_backward_refuses]
# --8<-- [start:softmax_backward]
def softmax_backward(
    dout: Real[ndarray, "*batch classes"], p: Real[ndarray, "*batch classes"]
) -> Float[ndarray, "*batch classes"]:
    """The gradient of the loss with respect to the logits, where softmax gave `p`.

    How:
        ∂p_k/∂z_j is -p_k p_j, and p_j more where k is j. Summed over k it gives
        p_j (dout_j - Σ dout p): `dout` less its mean under p, times p. Right behind a
        softmax, `cross_entropy` has its gradient in one step, p - onehot.

    Args:
        dout: Gradient of the loss with respect to p.
        p: The output of the forward pass; each row sums to 1.

    Raises:
        ValueError: An argument is empty or holds nan or infinity, or the result
            overflows.

    Example:
        Only differences of logits count, so what comes back sums to 0.

        >>> softmax_backward(np.array([1.0, 0.0]), np.array([0.5, 0.5]))
        array([ 0.25, -0.25])
    """
    dout, p = as_float(dout), as_float(p)
    return p * (dout - (dout * p).sum(axis=-1, keepdims=True))


# --8<-- [end:softmax_backward]
