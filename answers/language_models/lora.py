"""LoRA: a frozen weight and a trained update of low rank beside it, forward, backward, merged.

Weights lie as in `torch.nn.Linear`, (out, in). The update is (alpha / r) · B A, with A (r, in)
and B (out, r).
"""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:lora_forward_refuses]
def no_number(alpha, name):
    if not np.isfinite(alpha):
        raise ValueError(f"`{name}` is {alpha}; choose a finite number")


def output_overflows(result):
    refuse_overflowed(result, "an output")


@refuses(output_overflows, x=BAD, w=BAD, a=BAD, b=BAD, alpha=no_number)
# --8<-- [end:lora_forward_refuses]
# --8<-- [start:lora_forward]
def lora_forward(
    x: Real[ndarray, "*batch d_in"],
    w: Real[ndarray, "d_out d_in"],
    a: Real[ndarray, "r d_in"],
    b: Real[ndarray, "d_out r"],
    alpha: float,
) -> Float[ndarray, "*batch d_out"]:
    """x Wᵀ + (alpha / r) · x Aᵀ Bᵀ: the frozen layer's output and the adapter's.

    How:
        x meets A first, so that only r numbers a row pass between the two factors, and B A,
        as large as W, is never made.

    Args:
        x: Inputs, one per row; any leading axes.
        w: The frozen weights.
        a: The factor that leads down to r numbers.
        b: The factor that leads up again; zeros before training.
        alpha: Divided by the rank r, it multiplies the update.

    Raises:
        ValueError: An array is empty or holds nan or infinity, `alpha` is no finite number, or
            an output overflows.

    Source:
        Hu et al. (2021), LoRA, equation 3, https://arxiv.org/abs/2106.09685

    Example:
        x Wᵀ is 3, x Aᵀ is 2, and B makes 20 of it; alpha / r is 0.5 / 1.

        >>> x, w = np.array([[1.0, 2.0]]), np.array([[1.0, 1.0]])
        >>> lora_forward(x, w, np.array([[0.0, 1.0]]), np.array([[10.0]]), alpha=0.5)
        array([[13.]])
    """
    x = as_float(x)
    return x @ w.T + (alpha / len(a)) * (x @ a.T @ b.T)


# --8<-- [end:lora_forward]


# --8<-- [start:lora_backward_refuses]
def gradients_overflow(result):
    for gradient, name in zip(result, ("dx", "da", "db"), strict=True):
        refuse_overflowed(gradient, name)


@refuses(
    gradients_overflow,
    **{"dout": BAD, "x": BAD, "w": BAD, "a": BAD, "b": BAD},
    alpha=no_number,
)
# --8<-- [end:lora_backward_refuses]
# --8<-- [start:lora_backward]
def lora_backward(
    dout: Real[ndarray, "*batch d_out"],
    x: Real[ndarray, "*batch d_in"],
    w: Real[ndarray, "d_out d_in"],
    a: Real[ndarray, "r d_in"],
    b: Real[ndarray, "d_out r"],
    alpha: float,
) -> tuple[
    Float[ndarray, "*batch d_in"], Float[ndarray, "r d_in"], Float[ndarray, "d_out r"]
]:
    """Gradients of the loss with respect to the input and to both factors; W is frozen.

    How:
        y = x Wᵀ + s · (x Aᵀ) Bᵀ is two affine layers in a row, beside another one. The gradient at
        the r numbers between the two is s · dout B: both dA and the adapter's part of dx are
        made of it. Where B is 0 it is 0, so A learns nothing in the first step.

    Args:
        dout: Gradient of the loss with respect to the output.
        x: The input of the forward pass.
        w: The frozen weights.
        a: The factor that leads down to r numbers.
        b: The factor that leads up again.
        alpha: Divided by the rank r, it multiplies the update.

    Returns:
        (dx, da, db). The gradient of the frozen weights, (out, in), is never made.

    Raises:
        ValueError: An array is empty or holds nan or infinity, `alpha` is no finite number, or
            a result overflows.

    Source:
        Hu et al. (2021), LoRA, section 4.1, https://arxiv.org/abs/2106.09685

    Example:
        >>> x, w = np.array([[1.0, 2.0]]), np.array([[1.0, 1.0]])
        >>> a, b = np.array([[0.0, 1.0]]), np.array([[10.0]])
        >>> dx, da, db = lora_backward(np.array([[1.0]]), x, w, a, b, alpha=0.5)
        >>> dx, da, db
        (array([[1., 6.]]), array([[ 5., 10.]]), array([[1.]]))
    """
    dout, x, scale = as_float(dout), as_float(x), alpha / len(a)
    # One row per example, so that the matrix product sums over every leading axis.
    rows, drows = x.reshape(-1, x.shape[-1]), dout.reshape(-1, dout.shape[-1])
    dlow = scale * (drows @ b)  # at the r numbers between the factors
    dx = dout @ w + (dlow @ a).reshape(x.shape)
    return dx, dlow.T @ rows, scale * (drows.T @ (rows @ a.T))


# --8<-- [end:lora_backward]


# --8<-- [start:merge_lora_refuses]
def weight_overflows(result):
    refuse_overflowed(result, "a merged weight")


@refuses(weight_overflows, w=BAD, a=BAD, b=BAD, alpha=no_number)
# --8<-- [end:merge_lora_refuses]
# --8<-- [start:merge_lora]
def merge_lora(
    w: Real[ndarray, "d_out d_in"],
    a: Real[ndarray, "r d_in"],
    b: Real[ndarray, "d_out r"],
    alpha: float,
) -> Float[ndarray, "d_out d_in"]:
    """W + (alpha / r) · B A: one weight that does what W and the adapter do, at W's cost.

    How:
        B A is made in the precision of the factors, and the sum in the wider one of B A and `w`,
        rounded at the end to that of `w`. An update below half of the distance to the next
        number of that format is lost.

    Args:
        w: The frozen weights; they are not changed.
        a: The factor that leads down to r numbers.
        b: The factor that leads up again.
        alpha: Divided by the rank r, it multiplies the update.

    Returns:
        The merged weights, in the precision of `w`: float32 stays float32 whatever the factors
        are. But float16 becomes float32, and integers float64.

    Raises:
        ValueError: An array is empty or holds nan or infinity, `alpha` is no finite number, or
            a merged weight overflows.

    Source:
        Hu et al. (2021), LoRA, section 4.1, https://arxiv.org/abs/2106.09685

    Example:
        >>> w, a, b = np.eye(2), np.array([[3.0, 4.0]]), np.array([[1.0], [10.0]])
        >>> merge_lora(w, a, b, alpha=0.5)
        array([[ 2.5,  2. ],
               [15. , 21. ]])
    """
    w = as_float(w)
    return (w + (alpha / len(a)) * (as_float(b) @ a)).astype(w.dtype)


# --8<-- [end:merge_lora]
