"""Rounding weights by what their layer puts out: GPTQ and AWQ.

Both use the codes and scales of `quantize`: symmetric, one scale for each output.
"""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_below, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import near_one, refuse_overflowed
from answers.transformers.quantization import dequantize, quantize

BAD = refuse_empty, refuse_nan


@refuses(w=BAD, restored=BAD, x=BAD)
def output_error(
    w: Real[ndarray, "out in"],
    restored: Real[ndarray, "out in"],
    x: Real[ndarray, "tokens in"],
) -> float:
    """‖x(ŵ - w)ᵀ‖ / ‖xwᵀ‖: how far the outputs move on these inputs.

    Raises:
        ValueError: An argument is empty or holds nan or infinity, or all outputs are 0.

    Example:
        >>> output_error(np.array([[2.0]]), np.array([[2.5]]), np.array([[7.0]]))
        0.25
    """
    (x,) = near_one(as_float(x))
    w, restored = near_one(as_float(w), as_float(restored))
    size = np.linalg.norm(x @ w.T)
    if size == 0:
        raise ValueError("`x` and `w` make outputs of 0, of which no error is a share")
    return float(np.linalg.norm(x @ (restored - w).T) / size)


def root_of_inverse(hessian: Float[ndarray, "in in"]) -> Float[ndarray, "in in"]:
    """U, upper triangular, with UᵀU = H⁻¹."""
    try:
        return np.linalg.cholesky(np.linalg.inv(hessian)).T
    except np.linalg.LinAlgError:
        raise ValueError(
            "xᵀx has no inverse: these inputs leave some weights open; raise `damping` or "
            "pass more tokens"
        ) from None


# --8<-- [start:gptq_refuses]
def only_zeros(x, name):
    if not x.any():
        raise ValueError(
            "`x` holds nothing but 0, so no weight matters; pass inputs that the layer gets"
        )


def negative(damping, name):
    refuse_below(0, damping=damping)


def weight_overflows(result):
    refuse_overflowed(result, "a weight")


@refuses(weight_overflows, x=(*BAD, only_zeros), damping=negative)
# --8<-- [end:gptq_refuses]
# --8<-- [start:gptq]
def gptq(
    w: Real[ndarray, "out in"],
    x: Real[ndarray, "tokens in"],
    bits: int = 4,
    damping: float = 0.01,
) -> Float[ndarray, "out in"]:
    """`w` rounded one column after another; columns to come make up for each error.

    The squared error of an output row is (ŵ - w) H (ŵ - w)ᵀ with H = xᵀx. Once column i
    is rounded, the best change of the columns after it is a multiple of row i of U,
    where H⁻¹ = UᵀU and U is upper triangular.

    Args:
        w: The weights.
        x: Inputs that the layer gets: the calibration data.
        bits: 2 to 8.
        damping: Added to the diagonal of H, as a part of its mean; above 0 where there
            are fewer tokens than inputs.

    Returns:
        The numbers that the codes stand for.

    Raises:
        ValueError: As in `quantize`; `x` is empty, holds nan or infinity or nothing but 0,
            or `damping` is negative, not finite or too small for H to have an inverse.

    Source:
        Frantar et al. (2022), section 4 and algorithm 1, https://arxiv.org/abs/2210.17323

    Example:
        Two inputs are equal, so only the sum of their weights counts. 0.4 becomes 0; the
        second column makes up for it.

        >>> x = np.array([[1.0, 1.0, 0.0]])
        >>> gptq(np.array([[0.4, 0.4, 3.0]]), x, bits=3)
        array([[0., 1., 3.]])
    """
    scale = quantize(w, bits)[1][:, 0]
    # A factor of x changes no code; near 1, no product of x overflows.
    w, (x,) = as_float(w).copy(), near_one(as_float(x))
    hessian = x.T @ x
    hessian[np.diag_indices_from(hessian)] += damping * np.trace(hessian) / len(hessian)
    upper = root_of_inverse(hessian)
    largest, restored = 2 ** (bits - 1) - 1, np.empty_like(w)
    for i in range(w.shape[1]):
        # What was made up for may have left the range of the codes.
        codes = np.clip(np.rint(w[:, i] / scale), -largest, largest)
        restored[:, i] = codes * scale
        error = (w[:, i] - restored[:, i]) / upper[i, i]
        w[:, i + 1 :] -= np.outer(error, upper[i, i + 1 :])
    return restored


# --8<-- [end:gptq]


# --8<-- [start:awq_refuses]
@refuses(x=BAD)
# --8<-- [end:awq_refuses]
# --8<-- [start:awq]
def awq(
    w: Real[ndarray, "out in"], x: Real[ndarray, "tokens in"], bits: int = 4
) -> Float[ndarray, "out in"]:
    """`w` rounded after columns that meet large inputs have been scaled up.

    A column times f is rounded with an error that is divided by f afterwards. f is
    mean|x|^a for each input, with the a from 0 to 1 whose outputs move least on `x`.

    Args:
        w: The weights.
        x: Inputs that the layer gets: the calibration data.
        bits: 2 to 8.

    Returns:
        The numbers that the codes stand for, divided by f again. In use, 1/f is
        multiplied into what comes before the layer.

    Raises:
        ValueError: As in `quantize`; `x` is empty or holds nan or infinity, or makes
            outputs of 0.

    Source:
        Lin et al. (2023), section 3.2, https://arxiv.org/abs/2306.00978

    Example:
        The first input is a hundred times the others, and its weight is kept.

        >>> x = np.array([[100.0, 1.0, 1.0]])
        >>> awq(np.array([[0.4, 3.0, 1.0]]), x, bits=3).round(2)
        array([[0.4 , 2.67, 1.33]])
    """
    size = np.abs(as_float(x)).mean(axis=0)
    # The column of an input that is always 0 needs no scaling: its factor becomes 1.
    size[size == 0] = 1
    candidates = []
    for strength in np.linspace(0, 1, 21):
        factor = (size**strength).astype(size.dtype)
        candidates.append(dequantize(*quantize(w * factor, bits)) / factor)
    return min(candidates, key=lambda restored: output_error(w, restored, x))


# --8<-- [end:awq]
