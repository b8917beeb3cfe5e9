"""NF4: weights as 4-bit codes into a table of 16 numbers, with a scale for each block."""

import numpy as np
from jaxtyping import Float, Real, UInt8
from numpy import ndarray

from answers.inputs import as_float, first, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

# --8<-- [start:table]
# Quantiles of a normal distribution, divided by the largest; code 7 is 0. As published:
# Dettmers et al. (2023), QLoRA, appendix E, https://arxiv.org/abs/2305.14314
NF4 = np.array(
    [
        *(-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453),
        *(-0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0),
        *(0.07958029955625534, 0.16093020141124725, 0.24611230194568634),
        *(0.33791524171829224, 0.44070982933044434, 0.5626170039176941),
        *(0.7229568362236023, 1.0),
    ],
    np.float32,
)
# --8<-- [end:table]


# --8<-- [start:nf4_quantize_refuses]
def unordered(table, name):
    if not (np.diff(table) > 0).all():
        raise ValueError(f"`{name}` does not rise; sort its 16 numbers, none twice")


def no_block(block, name):
    if block < 1:
        raise ValueError(f"`{name}` is {block}; make it 1 or more")


def uneven_rows(w, block):
    if w.shape[1] % block:
        raise ValueError(
            f"rows of `w` have {w.shape[1]} numbers; pad them to a multiple of {block}"
        )


@refuses(
    uneven_rows,
    **{"w": (refuse_empty, refuse_nan), "table": (refuse_nan, unordered)},
    block=no_block,
)
# --8<-- [end:nf4_quantize_refuses]
# --8<-- [start:nf4_quantize]
def nf4_quantize(
    w: Real[ndarray, "out in"], table: Float[ndarray, " 16"], block: int = 64
) -> tuple[UInt8[ndarray, "out in"], Float[ndarray, "out blocks"]]:
    """4-bit codes into a table of 16 numbers, and one scale for each block of a row.

    The scale of a block is its max|w|, so that w / scale lies between -1 and 1. The code is
    the index of the table's number that is nearest to it.

    Args:
        w: The weights of a layer, (out, in).
        table: 16 numbers that rise, between -1 and 1; NF4's are quantiles of a normal
            distribution, with 0 among them.
        block: How many neighbours of a row share a scale.

    Returns:
        The codes, 0 to 15, one in a byte: two would fit. And the scales, (out, in / block). A
        block of zeros has the scale 0 and the code that is nearest to 0.

    Raises:
        ValueError: `w` is empty or holds nan or infinity, the table does not rise, or rows do
            not divide into blocks.

    Source:
        Dettmers et al. (2023), QLoRA, section 3, https://arxiv.org/abs/2305.14314; its blocks
        run on from row to row, where here each row begins a block.

    Example:
        >>> table = np.arange(-7, 9) / 8
        >>> codes, scale = nf4_quantize(np.array([[2.0, -0.4, 0.0, 0.5]]), table, block=2)
        >>> codes  # 2/2 = 1, -0.4/2 is nearest to -0.25, 0 to 0, and 0.5/0.5 = 1
        array([[15,  5,  7, 15]], dtype=uint8)
        >>> scale
        array([[2. , 0.5]])
    """
    blocks = as_float(w).reshape(len(w), -1, block)
    scale = np.abs(blocks).max(axis=-1, keepdims=True)
    unit = blocks / np.where(scale == 0, 1, scale)  # 0/0 is nan
    # The nearest number changes in the middle between two neighbours.
    middles = (table[1:] + table[:-1]) / 2
    codes = np.searchsorted(middles, unit).astype(np.uint8)
    return codes.reshape(w.shape), scale[..., 0]


# --8<-- [end:nf4_quantize]


# --8<-- [start:nf4_dequantize_refuses]
def no_code(codes, name):
    if (codes > 15).any():
        raise ValueError(f"`{name}` holds {first(codes, codes > 15)}; codes run to 15")


def other_blocks(codes, scale):
    if scale.shape[1] < 1 or codes.shape[1] % scale.shape[1]:
        raise ValueError(
            f"`scale` has {scale.shape[1]} blocks for rows of {codes.shape[1]} codes; blocks "
            "are equally long"
        )


def number_overflows(result):
    refuse_overflowed(result, "table[code] · scale")


@refuses(
    other_blocks, number_overflows, codes=(refuse_empty, no_code), table=refuse_nan
)
# --8<-- [end:nf4_dequantize_refuses]
# --8<-- [start:nf4_dequantize]
def nf4_dequantize(
    codes: UInt8[ndarray, "out in"],
    scale: Float[ndarray, "out blocks"],
    table: Float[ndarray, " 16"],
) -> Float[ndarray, "out in"]:
    """The numbers that codes stand for: table[code] · scale, in the precision of `scale`.

    Raises:
        ValueError: No code, a code above 15, blocks that are not equally long, a table with
            nan, or a product that overflows.

    Example:
        >>> nf4_dequantize(np.array([[15, 7]], np.uint8), np.array([[2.0]]), NF4)
        array([[2., 0.]])
    """
    levels = table.astype(scale.dtype)[codes].reshape(*scale.shape, -1)
    return (levels * scale[..., None]).reshape(codes.shape)


# --8<-- [end:nf4_dequantize]
