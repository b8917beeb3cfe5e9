"""Small floats, and numbers of 4 bits that share a scale with their block: FP8, MXFP4, NVFP4.

Simulated exactly: what is returned are ordinary floats that hold the values of the format.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_below, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:small_float_refuses]
def not_held_by_float32(self):
    held = 0 <= self.mantissa_bits <= 23 and -126 <= self.least_exponent <= 127
    if not (held and 0 < self.largest <= float(np.finfo(np.float32).max)):
        raise ValueError(
            f"float32 cannot hold {self}; choose 0 to 23 mantissa bits, a least exponent "
            "from -126 to 127, and a largest number above 0 and at most 3.4e+38"
        )


# --8<-- [end:small_float_refuses]
# --8<-- [start:small_float]
@dataclass(frozen=True)
class SmallFloat:
    """A format of floats: its mantissa bits, least exponent, and largest number.

    Raises:
        ValueError: The format is not one that float32 can hold.

    Source:
        Open Compute Project (2023), Microscaling Formats specification 1.0, section 5.3,
        https://www.opencompute.org/documents/ocp-microscaling-formats-mx-v1-0-spec-final-pdf

    Example:
        >>> format = SmallFloat(mantissa_bits=1, least_exponent=0, largest=6)
        >>> format.round(np.array([0.2, 0.3, 2.4, 2.6, 100.0]))
        array([0. , 0.5, 2. , 3. , 6. ])
    """

    mantissa_bits: int
    least_exponent: int
    largest: float

    @refuses(not_held_by_float32)
    def __post_init__(self): ...

    @refuses(x=refuse_nan)
    def round(self, x: Real[ndarray, "*shape"]) -> Float[ndarray, "*shape"]:
        """The nearest numbers of the format, ties to even; beyond its range, its ends."""
        x = as_float(x)
        # frexp gives x = m · 2^e with m from 0.5 to below 1, so the exponent is e - 1.
        exponent = np.maximum(np.frexp(x)[1] - 1, self.least_exponent)
        step = np.ldexp(np.ones_like(x), exponent - self.mantissa_bits)
        return np.clip(np.rint(x / step) * step, -self.largest, self.largest)


E2M1 = SmallFloat(mantissa_bits=1, least_exponent=0, largest=6)
E4M3 = SmallFloat(mantissa_bits=3, least_exponent=-6, largest=448)
E5M2 = SmallFloat(mantissa_bits=2, least_exponent=-14, largest=57344)
# --8<-- [end:small_float]


# --8<-- [start:scaled_fp8_refuses]
def single_number(w, name):
    if w.ndim == 0:
        raise ValueError("`w` is a single number; pass an array")


def no_block(block, name):
    refuse_below(1, block=block)


def uneven_rows(w, block):
    if w.shape[-1] % (block or 1):
        raise ValueError(
            f"rows of `w` have {w.shape[-1]} numbers; pad them to a multiple of {block}"
        )


def number_overflows(result):
    refuse_overflowed(result, "code · scale")


BAD = refuse_empty, refuse_nan, single_number


@refuses(uneven_rows, number_overflows, block=no_block, w=BAD)
# --8<-- [end:scaled_fp8_refuses]
# --8<-- [start:scaled_fp8]
def scaled_fp8(
    w: Real[ndarray, "*shape"], block: int | None = None
) -> Float[ndarray, "*shape"]:
    """`w` as FP8 (E4M3) holds it, with one scale for the array or for each block of a row.

    scale = max|w| / 448, so that the largest number becomes the largest of the format.

    Args:
        w: The numbers.
        block: How many neighbours share a scale; None for all of the array.

    Raises:
        ValueError: `w` is 0-d, empty, or holds nan or infinity, `block` is below 1, the
            rows of `w` do not divide into blocks, or a product overflows.

    Example:
        >>> scaled_fp8(np.array([448.0, 1.05, -3.3]))
        array([448.  ,   1.  ,  -3.25])
    """
    blocks = as_float(w).reshape(-1, block or w.size)
    scale = np.abs(blocks).max(axis=1, keepdims=True) / E4M3.largest
    scale[scale == 0] = 1
    return (E4M3.round(blocks / scale) * scale).reshape(w.shape)


# --8<-- [end:scaled_fp8]


# --8<-- [start:mxfp4_refuses]
@refuses(lambda w: uneven_rows(w, 32), w=BAD)
# --8<-- [end:mxfp4_refuses]
# --8<-- [start:mxfp4]
def mxfp4(
    w: Real[ndarray, "*shape"],
) -> tuple[Float[ndarray, "blocks 32"], Float[ndarray, "blocks 1"]]:
    """E2M1 elements, and for every 32 of them a scale that is a power of two (E8M0).

    The scale is 2^(⌊log₂ max|w|⌋ - 2), so the largest element falls between 4 and 8;
    what is above 6 becomes 6. E8M0 ends at 2^-127 and 2^127.

    Args:
        w: The numbers.

    Returns:
        Elements and scales, whose product stands for `w`, in rows of 32.

    Raises:
        ValueError: `w` is 0-d, empty, or holds nan or infinity, or its rows are no
            multiple of 32 long.

    Source:
        Open Compute Project (2023), Microscaling Formats specification 1.0, section 6.3

    Example:
        >>> elements, scales = mxfp4(np.linspace(-1, 0.9, 32)[None])
        >>> scales, elements[0, :3]
        (array([[0.25]]), array([-4., -4., -4.]))
    """
    blocks = as_float(w).reshape(-1, 32)
    exponent = np.frexp(np.abs(blocks).max(axis=1, keepdims=True))[1] - 1
    scales = np.ldexp(np.ones_like(blocks[:, :1]), np.clip(exponent - 2, -127, 127))
    return E2M1.round(blocks / scales), scales


# --8<-- [end:mxfp4]


# --8<-- [start:sixteens]
def sixteens(
    w: Real[ndarray, "*shape"], largest: float
) -> tuple[Float[ndarray, "blocks 16"], Float[ndarray, "blocks 1"], float]:
    """Blocks of 16 over their scales, the scales in E4M3, and one float for the tensor.

    The tensor's scale is max|w| / (largest · 448): it makes the largest block scale 448. A
    block's is max|block| / largest, over that, rounded to E4M3.
    """
    blocks = as_float(w).reshape(-1, 16)
    most = np.abs(blocks).max(axis=1, keepdims=True)
    whole = float(most.max()) / (largest * E4M3.largest) or 1.0
    scales = E4M3.round(most / largest / whole)
    # A block too small for any scale becomes zeros.
    return blocks / (np.where(scales > 0, scales, 1) * whole), scales, whole


# --8<-- [end:sixteens]


# --8<-- [start:nvfp4_refuses]
@refuses(lambda w: uneven_rows(w, 16), w=BAD)
# --8<-- [end:nvfp4_refuses]
# --8<-- [start:nvfp4]
def nvfp4(
    w: Real[ndarray, "*shape"],
) -> tuple[Float[ndarray, "blocks 16"], Float[ndarray, "blocks 1"], float]:
    """E2M1 elements, an E4M3 scale for every 16 of them, and one float for the tensor.

    A block's scale brings its largest number to 6, the largest of E2M1.

    Args:
        w: The numbers.

    Returns:
        Elements, the scales of the blocks and that of the tensor; the product of all
        three stands for `w`, in rows of 16.

    Raises:
        ValueError: `w` is 0-d, empty, or holds nan or infinity, or its rows are no
            multiple of 16 long.

    Source:
        NVIDIA (2025), Pretraining Large Language Models with NVFP4, appendix B,
        https://arxiv.org/abs/2509.25149

    Example:
        >>> elements, scales, whole = nvfp4(np.linspace(-1, 0.9, 16)[None])
        >>> scales, round(whole * 6 * 448, 6), elements[0, :3]
        (array([[448.]]), 1.0, array([-6., -6., -4.]))
    """
    elements, scales, whole = sixteens(w, E2M1.largest)
    return E2M1.round(elements), scales, whole


# --8<-- [end:nvfp4]


# --8<-- [start:int4_sixteens_refuses]
@refuses(lambda w: uneven_rows(w, 16), w=BAD)
# --8<-- [end:int4_sixteens_refuses]
# --8<-- [start:int4_sixteens]
def int4_sixteens(
    w: Real[ndarray, "*shape"],
) -> tuple[Float[ndarray, "blocks 16"], Float[ndarray, "blocks 1"], float]:
    """Integers from -7 to 7 with the scales of NVFP4: what its blocks are worth alone.

    Args:
        w: The numbers.

    Returns:
        As `nvfp4`.

    Raises:
        ValueError: As in `nvfp4`.

    Example:
        >>> elements, scales, whole = int4_sixteens(np.linspace(-1, 0.9, 16)[None])
        >>> scales, round(whole * 7 * 448, 6), elements[0, :3]
        (array([[448.]]), 1.0, array([-7., -6., -5.]))
    """
    elements, scales, whole = sixteens(w, 7)
    # E4M3 may have rounded the scale down.
    return np.clip(np.rint(elements), -7, 7), scales, whole


# --8<-- [end:int4_sixteens]
