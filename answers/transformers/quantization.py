"""Symmetric quantization of arrays: integer codes, and one scale for each channel.

A weight is laid out as in `torch.nn.Linear`, (out, in): each row makes one output. With
its own scale a row can be multiplied as integers and be rescaled at the end.
`Int8Linear`, the layer, is defined in `quantization_torch`, which needs PyTorch.
"""

import numpy as np
from jaxtyping import Float, Int8, Real, UInt8
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan, refuse_no_axis
from answers.inputs.contracts import refuses
from answers.inputs.overflow import near_one, refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:quantize_refuses]
def no_width(bits, name):
    if not 2 <= bits <= 8:
        raise ValueError(f"`bits` is {bits}; choose 2 to 8")


def no_such_axis(axis, w):
    refuse_no_axis(axis, w, "w")


@refuses(no_such_axis, w=BAD, bits=no_width)
# --8<-- [end:quantize_refuses]
# --8<-- [start:quantize]
def quantize(
    w: Real[ndarray, "*shape"], bits: int = 8, axis: int = 0
) -> tuple[Int8[ndarray, "*shape"], Float[ndarray, "*scales"]]:
    """Symmetric codes of `bits` bits, and one scale for each index of `axis`.

    With m = 2^(bits - 1) - 1, scale = max|w| / m and code = round(w / scale), between -m
    and m. The code -2^(bits - 1) is not used: +max and -max need the same scale.

    One scale for a whole array: `quantize(w[None])`. One for every 64 entries of a row:
    `quantize(w.reshape(-1, 64))`.

    Args:
        w: The numbers.
        bits: 2 to 8. Codes of fewer bits are int8 too: they are not packed.
        axis: The axis of the channels. The maximum is taken over all the others.

    Returns:
        The codes; and the scales, of size 1 along every axis but `axis`. A channel of
        zeros has the scale 1.

    Raises:
        ValueError: `w` is 0-d, empty, or holds nan or infinity; `bits` is not 2 to 8;
            there is no such `axis`.

    Example:
        >>> codes, scale = quantize(np.array([[-7.0, 3.4, 0.0]]), bits=4)
        >>> codes, scale
        (array([[-7,  3,  0]], dtype=int8), array([[1.]]))
    """
    w = as_float(w)
    largest = 2 ** (bits - 1) - 1
    others = tuple(a for a in range(w.ndim) if a != axis % w.ndim)
    scale = np.abs(w).max(axis=others, keepdims=True) / largest
    # 0/0 is nan. Any scale gives zeros the code 0. Subnormals are as good as zeros.
    scale[scale < np.finfo(w.dtype).tiny] = 1
    return np.rint(w / scale).astype(np.int8), scale


# --8<-- [end:quantize]


# --8<-- [start:quantize_int8]
def quantize_int8(
    w: Real[ndarray, "*shape"], axis: int = 0
) -> tuple[Int8[ndarray, "*shape"], Float[ndarray, "*scales"]]:
    """Symmetric int8 codes, and one scale for each index of `axis`.

    scale = max|w| / 127 over the other axes, and code = round(w / scale). So w is at
    most half a scale away from code · scale.

    Args:
        w: The numbers, such as the weights of a layer, (out, in).
        axis: The axis of the channels. The maximum is taken over all the others.

    Returns:
        The codes, -127 to 127, of the shape of `w`; and the scales, of size 1 along
        every axis but `axis`, so that they broadcast against it. A channel of zeros has
        codes of 0 and any scale above 0.

    Raises:
        ValueError: `w` is 0-d, empty, or holds nan or infinity; there is no such `axis`.

    Source:
        Wu et al. (2020), section 3, https://arxiv.org/abs/2004.09602

    Example:
        >>> codes, scale = quantize_int8(np.array([[127.0, -50.4], [0.5, -0.25]]))
        >>> codes
        array([[127, -50],
               [127, -64]], dtype=int8)
        >>> scale.round(6)
        array([[1.      ],
               [0.003937]])
    """
    return quantize(w, 8, axis)


# --8<-- [end:quantize_int8]


# --8<-- [start:dequantize_refuses]
def number_overflows(result):
    refuse_overflowed(result, "code · scale")


@refuses(number_overflows)
# --8<-- [end:dequantize_refuses]
# --8<-- [start:dequantize]
def dequantize(
    codes: Int8[ndarray, "*#shape"], scale: Float[ndarray, "*#shape"]
) -> Float[ndarray, "*shape"]:
    """The numbers that the codes stand for: code · scale, in the precision of `scale`.

    Raises:
        ValueError: A product overflows, or a scale is nan or infinite.

    Example:
        >>> dequantize(np.array([[127, -50]], np.int8), np.array([[0.5]]))
        array([[ 63.5, -25. ]])
    """
    return codes.astype(scale.dtype) * scale


# --8<-- [end:dequantize]


# --8<-- [start:quantize_blocks_refuses]
def not_even(block, name):
    if block < 2 or block % 2:
        raise ValueError(f"`block` is {block}; choose a positive even number")


def uneven_rows(w, block):
    if w.shape[1] % block:
        raise ValueError(
            f"rows of `w` have {w.shape[1]} numbers; pad them to a multiple of {block}"
        )


@refuses(uneven_rows, block=not_even, w=refuse_empty)
# --8<-- [end:quantize_blocks_refuses]
# --8<-- [start:quantize_blocks]
def quantize_blocks(
    w: Real[ndarray, "out in"], block: int = 32
) -> tuple[UInt8[ndarray, "out half"], Float[ndarray, "out blocks"]]:
    """Symmetric 4-bit codes, two in a byte, and one scale for each block of a row.

    scale = max|w| / 7 over `block` neighbours of a row, and code = round(w / scale), -7
    to 7. A byte holds two neighbours as two's complement of 4 bits, which is code mod 16:
    that of the even column in its low half, that of the odd one in its high half.

    Args:
        w: The weights of a layer, (out, in).
        block: How many neighbours share a scale, an even number.

    Returns:
        The bytes, (out, in / 2); and the scales, (out, in / block). A block of zeros has
        codes of 0 and any scale above 0.

    Raises:
        ValueError: `w` is empty or holds nan or infinity; `block` is not positive and
            even, or rows do not divide into blocks.

    Example:
        The codes are 7, -1, 0 and -7. In a byte, -1 is 15 and -7 is 9.

        >>> codes, scale = quantize_blocks(np.array([[14.0, -2.0, 0.0, -3.5]]), block=2)
        >>> codes  # 7 + 16 · 15 and 0 + 16 · 9
        array([[247, 144]], dtype=uint8)
        >>> scale
        array([[2. , 0.5]])
    """
    codes, scale = quantize(w.reshape(-1, block), bits=4)
    even, odd = codes.view(np.uint8).reshape(len(w), -1, 2).T
    # The high half of a negative code is all ones: mask it.
    return ((even & 15) | (odd << 4)).T, scale.reshape(len(w), -1)


# --8<-- [end:quantize_blocks]


# --8<-- [start:dequantize_blocks_refuses]
def number_of_block_overflows(result, scale):
    refuse_overflowed(result.reshape(*scale.shape, -1), "code · scale")


@refuses(number_of_block_overflows)
# --8<-- [end:dequantize_blocks_refuses]
# --8<-- [start:dequantize_blocks]
def dequantize_blocks(
    packed: UInt8[ndarray, "out half"], scale: Float[ndarray, "out blocks"]
) -> Float[ndarray, "out in"]:
    """The numbers that the bytes of `quantize_blocks` stand for.

    Raises:
        ValueError: As in `dequantize`.

    Example:
        >>> dequantize_blocks(np.array([[247, 144]], np.uint8), np.array([[2.0, 0.5]]))
        array([[14. , -2. ,  0. , -3.5]])
    """
    # Moved to the top and back as signed numbers, each half keeps its sign.
    halves = np.stack([packed << 4, packed & 0xF0], axis=-1).view(np.int8) >> 4
    blocks = halves.reshape(*scale.shape, -1) * scale[..., None]
    return blocks.reshape(len(packed), -1)


# --8<-- [end:dequantize_blocks]


# --8<-- [start:int8_linear_refuses]
def output_overflows(result):
    refuse_overflowed(result, "an output")


@refuses(output_overflows)
# --8<-- [end:int8_linear_refuses]
# --8<-- [start:int8_linear]
def int8_linear(
    x: Real[ndarray, "batch in"],
    codes: Int8[ndarray, "out in"],
    scale: Float[ndarray, "out 1"],
) -> Float[ndarray, "batch out"]:
    """x @ w.T from int8 codes of both: dynamic quantization, W8A8.

    Each row of `x` gets its scale when it arrives. Both scales are constant along the
    inner sum, so they can wait until it is done:
    y[n, o] = x_scale[n] · scale[o] · Σ_i x_codes[n, i] · codes[o, i].

    Args:
        x: Activations, an example or a token a row.
        codes: The weights, quantized along axis 0.
        scale: Their scales.

    Returns:
        The outputs, in the precision of `x`.

    Raises:
        ValueError: `x` is empty or holds nan or infinity, or an output overflows.

    Example:
        >>> codes, scale = quantize_int8(np.array([[1.0, 2.0]]))
        >>> int8_linear(np.array([[3.0, 3.0]]), codes, scale).round(2)
        array([[9.02]])
    """
    x_codes, x_scale = quantize(x, bits=8)
    # As int8 the sums would wrap around. NumPy multiplies integers without a fast kernel;
    # float64 holds sums of integers up to 2^53 exactly, and has one.
    sums = x_codes.astype(np.float64) @ codes.T.astype(np.float64)
    return (sums * x_scale * scale.T).astype(x_scale.dtype)


# --8<-- [end:int8_linear]


# --8<-- [start:smooth_refuses]
def no_share(strength, name):
    if not 0 <= strength <= 1:
        raise ValueError(f"`strength` is {strength}; choose 0 to 1")


def either_overflows(result):
    refuse_overflowed(result[0], "x / f")
    refuse_overflowed(result[1], "w · f")


@refuses(either_overflows, x=BAD, w=BAD, strength=no_share)
# --8<-- [end:smooth_refuses]
# --8<-- [start:smooth]
def smooth(
    x: Real[ndarray, "batch in"],
    w: Real[ndarray, "out in"],
    strength: float = 0.5,
) -> tuple[Float[ndarray, "batch in"], Float[ndarray, "out in"]]:
    """`x` and `w` with the same product, and with the outliers of `x` shared out.

    Column i of `x` is divided by f, and column i of `w` multiplied by it, where
    f = max|x_i|^strength / max|w_i|^(1 - strength). At 0.5 both maxima become equal.

    Args:
        x: Activations, a token a row.
        w: The weights of the layer that receives them.
        strength: 0 to 1: how much of the difficulty moves to the weights.

    Returns:
        The new activations and the new weights.

    Raises:
        ValueError: `x` or `w` is empty or holds nan or infinity, `strength` is not 0 to 1,
            or a number overflows.

    Source:
        Xiao et al. (2022), equation 4, https://arxiv.org/abs/2211.10438

    Example:
        >>> x, w = smooth(np.array([[100.0, 1.0]]), np.array([[0.01, 1.0]]))
        >>> x, w
        (array([[1., 1.]]), array([[1., 1.]]))
    """
    x, w = as_float(x), as_float(w)
    top_x, top_w = np.abs(x).max(axis=0), np.abs(w).max(axis=0)
    factor = np.ones_like(top_x)
    # A column of zeros is no outlier.
    used = (top_x > 0) & (top_w > 0)
    factor[used] = top_x[used] ** strength / top_w[used] ** (1 - strength)
    return x / factor, w * factor


# --8<-- [end:smooth]


# --8<-- [start:quantization_error_refuses]
@refuses(w=BAD)
# --8<-- [end:quantization_error_refuses]
# --8<-- [start:quantization_error]
def quantization_error(
    w: Real[ndarray, "*shape"], bits: int = 8, axis: int = 0
) -> float:
    """‖w - ŵ‖ / ‖w‖: what `bits` bits and one scale a channel lose of `w`.

    Args:
        w: The numbers.
        bits: 2 to 8.
        axis: The axis of the channels.

    Returns:
        A fraction: 0.01 is 1% of the root mean square of `w`. 0 for zeros.

    Raises:
        ValueError: As in `quantize`.

    Example:
        One large number beside small ones: with 2 bits they all become 0.

        >>> round(quantization_error(np.array([[10.0, 1.0, -1.0]]), bits=2), 2)
        0.14
    """
    (w,) = near_one(as_float(w))
    codes, scale = quantize(w, bits, axis)
    size = np.linalg.norm(w)
    return float(np.linalg.norm(w - codes * scale) / size) if size else 0.0


# --8<-- [end:quantization_error]
