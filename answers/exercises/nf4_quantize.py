"""Practice for question 29: NF4, codes into a table with a scale for each block."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.language_models.nf4 import NF4, nf4_quantize

exercise = Exercise(
    nf4_quantize,
    page="29-lora",
    returns=("codes", "scales"),
    hints=(
        "Make the blocks an axis of their own first: how are `block` neighbours of a row put "
        "beside each other?",
        "Divide each block by its largest |w|. Which numbers of the table can then be reached?",
        "The nearest of 16 numbers: compare with all of them, or with the 15 middles between "
        "neighbours. The table is not evenly spaced, so no rounding finds it.",
        "A block of zeros has the scale 0. By what may it be divided?",
    ),
)

rng = np.random.default_rng(4)
TABLE = NF4.astype(float)
EVEN = np.linspace(-1, 1, 16)
UNEVEN = np.r_[np.linspace(-1, 0, 5), np.linspace(0, 1, 12)[1:]]
matrix = rng.normal(size=(3, 12))
# Blocks of 4 of very different sizes.
uneven = matrix * np.repeat(rng.permutation(np.geomspace(0.02, 50, 9)), 4).reshape(
    3, 12
)
zeros = uneven.copy()
zeros[1, 4:8] = 0

exercise.case("one block of 2", np.array([[4.2, 1.4]]), TABLE, 2)
exercise.case("one block with negative weights", np.array([[-3.5, 1.6]]), TABLE, 2)
exercise.case("one block of 4", np.array([[-2.1, 4.9, -0.8, -4.3]]), TABLE, 4)
exercise.case("the table itself", 3 * TABLE[None], TABLE, 16)
exercise.case(
    "just beside the middles",
    *[
        np.concatenate(
            [[1.0], (TABLE[1:] + TABLE[:-1]) / 2 + 1e-6 * (-1.0) ** np.arange(15)]
        )[None],
        TABLE,
        16,
    ],
)
exercise.case("two blocks of 2", np.array([[0.7, -0.32, -21.0, 8.6]]), TABLE, 2)
exercise.case("blocks of one number", uneven[:, :3], TABLE, 1)
exercise.case("3 rows of 3 blocks", uneven, TABLE, 4)
exercise.case("3 rows of 2 blocks", uneven, TABLE, 6)
exercise.case("5 rows of one block", rng.normal(size=(5, 6)), TABLE, 6)
exercise.case("the usual block, of 64", rng.normal(size=(2, 192)), TABLE)
exercise.case("a table that is evenly spaced", uneven, EVEN, 4)
exercise.case("numbers that are all positive", np.abs(uneven) + 0.01, TABLE, 4)
exercise.case("numbers that are all negative", -np.abs(uneven) - 0.01, TABLE, 4)
exercise.case("very small weights", uneven * 1e-12, TABLE, 4)
exercise.case("a block of zeros", zeros, TABLE, 4)
exercise.case("a table whose fifth number is 0", zeros, UNEVEN, 4)
exercise.case("2 rows of 6 blocks", uneven.reshape(2, 18), TABLE, 3)
exercise.case("zeros alone", np.zeros((2, 4)), TABLE, 2)
exercise.case("a zero in each block", uneven * (np.arange(12) % 4 > 0), TABLE, 4)
exercise.case("float32", uneven.astype(np.float32), NF4, 4)
add_whole_numbers(exercise, rng.integers(-255, 255, size=(3, 8)), TABLE, 4)


@exercise.check
def codes_are_of_type_uint8(submission):
    """The codes are not of type uint8, so that they need more memory than they should; end with
    `.astype(np.uint8)`."""
    return np.asarray(submission(uneven.copy(), TABLE.copy(), 4)[0]).dtype == np.uint8


def in_blocks(w, block):
    """The weights as (out, blocks, block), in their precision."""
    return as_float(w).reshape(len(w), -1, block)


def tops(w, block):
    """max|w| of each block, (out, blocks)."""
    return np.abs(in_blocks(w, block)).max(axis=2)


def units(w, block, scale):
    """The weights, divided by the scales of their blocks; 0 where these are 0."""
    return in_blocks(w, block) / np.where(scale == 0, 1, scale)[..., None]


def nearest(unit, table):
    return np.abs(unit[..., None] - table).argmin(axis=-1)


def as_codes(found, w):
    return found.reshape(w.shape).astype(np.uint8)


@exercise.bug(by=(np.max, np.mean))
def one_scale_for_each_row(w, table, block=64, by=np.max):
    """A whole row shares a scale, so that its largest weight decides for all blocks. Give each
    block its own: `w.reshape(len(w), -1, block)`."""
    # "A whole row shares a scale": all(len({*row}) == 1 for row in got.scales)
    # "Give each block its own: `w.reshape(len(w), -1, block)`": np.abs(in_blocks(w,
    #     block)).max(axis=(1, 2))[:, None] → np.abs(w.reshape(len(w), -1, block)).max(axis=2)
    top = np.abs(in_blocks(w, block)).max(axis=(1, 2))[:, None]
    scale = np.broadcast_to(top, (len(w), w.shape[1] // block)).copy()
    return as_codes(nearest(units(w, block, scale), table), w), scale


@exercise.bug
def rounded_to_even_steps(w, table, block=64):
    """The codes fit 15 even steps from -1 to 1, but the table is denser near 0. Take the
    index of its nearest number."""
    # "The codes fit 15 even steps from -1 to 1": np.array_equal(got.codes, bug(w,
    #     np.linspace(-1, 1, 16), block)[0])
    # "Take the index of its nearest number": np.rint((units(w, block, scale) + 1) * 7.5) →
    #     np.abs(units(w, block, scale)[..., None] - table).argmin(axis=-1)
    scale = tops(w, block)
    return as_codes(np.rint((units(w, block, scale) + 1) * 7.5), w), scale


@exercise.bug(side=("left", "right"))
def next_not_nearest(w, table, block=64, side="left"):
    """The code is that of the next number of the table, upward or downward, and not of the nearest.
    Compare with the middles: `(table[1:] + table[:-1]) / 2`."""
    # "The code is that of the next number of the table, upward or downward, and not of the
    #     nearest": np.abs(table[got.codes].reshape(len(w), -1, block) * got.scales[..., None] -
    #     w.reshape(len(w), -1, block)).max() > np.abs(table[want.codes].reshape(len(w), -1, block)
    #     * want.scales[..., None] - w.reshape(len(w), -1, block)).max()
    # "Compare with the middles: `(table[1:] + table[:-1]) / 2`": np.searchsorted(table, unit,
    #     side) - (side == 'right') → np.searchsorted((table[1:] + table[:-1]) / 2, unit)
    scale = tops(w, block)
    unit = units(w, block, scale)
    return as_codes(np.searchsorted(table, unit, side) - (side == "right"), w), scale


@exercise.bug
def largest_without_its_sign(w, table, block=64):
    """The scale comes from the largest weight, and not from the largest |w|: a weight further below
    0 falls out of the table. Take the absolute value first."""
    # "The scale comes from the largest weight, and not from the largest |w|":
    #     np.allclose(got.scales, w.reshape(len(w), -1, block).max(axis=2))
    # "Take the absolute value first": in_blocks(w, block).max(axis=2) → np.abs(in_blocks(w,
    #     block)).max(axis=2)
    scale = in_blocks(w, block).max(axis=2)
    return as_codes(nearest(units(w, block, scale), table), w), scale


@exercise.bug
def scale_with_its_sign(w, table, block=64):
    """The scale is the weight of the largest magnitude with its sign, as in some formats. Here it
    is max|w|: take the absolute value."""
    # "The scale is the weight of the largest magnitude with its sign": (got.scales < 0).any() and
    #     np.allclose(np.abs(got.scales), want.scales)
    # "take the absolute value": np.take_along_axis(blocks, at, axis=2)[..., 0] →
    #     np.abs(np.take_along_axis(blocks, at, axis=2)[..., 0])
    blocks = in_blocks(w, block)
    at = np.abs(blocks).argmax(axis=2)[..., None]
    scale = np.take_along_axis(blocks, at, axis=2)[..., 0]
    return as_codes(nearest(units(w, block, scale), table), w), scale


@exercise.bug
def weights_that_stand_apart(w, table, block=64):
    """Blocks are made of weights that stand apart, by a reshape to (out, block, blocks). Neighbours
    share a scale: the block is the last axis."""
    # "Blocks are made of weights that stand apart": np.allclose(got.scales, [[np.abs(row[i ::
    #     len(row) // block]).max() for i in range(len(row) // block)] for row in w]) and not
    #     np.allclose(got.scales, want.scales)
    # "Neighbours share a scale: the block is the last axis": (len(w), block, -1) → (len(w), -1,
    #     block); axis=1 → axis=2; [:, None] → [..., None]
    blocks = as_float(w).reshape(len(w), block, -1)
    scale = np.abs(blocks).max(axis=1)
    unit = blocks / np.where(scale == 0, 1, scale)[:, None]
    return as_codes(nearest(unit, table), w), scale


@exercise.bug
def scales_shared_by_the_rows(w, table, block=64):
    """The rows share the scales: the maximum runs over them, too. Each row has scales of its
    own."""
    # "The rows share the scales: the maximum runs over them, too": np.allclose(got.scales,
    #     want.scales.max(axis=0)) and not np.allclose(got.scales, want.scales)
    # "Each row has scales of its own": scale.max(axis=0) → scale
    scale = tops(w, block)
    scale = np.broadcast_to(scale.max(axis=0), scale.shape).copy()
    return as_codes(nearest(units(w, block, scale), table), w), scale


@exercise.bug
def table_of_its_own(w, table, block=64):
    """The codes belong to NF4's own table, whatever is passed. Compare with `table`."""
    # "The codes belong to NF4's own table, whatever is passed": np.array_equal(got.codes, right(w,
    #     NF4, block)[0])
    # "Compare with `table`": block, scale), NF4) → block, scale), table)
    scale = tops(w, block)
    return as_codes(nearest(units(w, block, scale), NF4), w), scale


@exercise.bug(steps=(7, 15, 127))
def scale_of_a_step(w, table, block=64, steps=7):
    """The scale is max|w| divided by a number of steps, as for integers. The table reaches to 1, so
    the scale is max|w| itself."""
    # "The scale is max|w| divided by a number of steps, as for integers":
    #     any(np.allclose(got.scales * steps, want.scales) for steps in (7, 15, 127))
    # "the scale is max|w| itself": scale / steps → scale
    scale = tops(w, block)
    return as_codes(nearest(units(w, block, scale), table), w), scale / steps


@exercise.bug
def scale_turned_over(w, table, block=64):
    """The scale is 1 / max|w|, which one multiplies by to quantize. Return what one multiplies the
    table's numbers by: max|w|."""
    # "The scale is 1 / max|w|": np.allclose(got.scales, 1 / want.scales)
    # "Return what one multiplies the table's numbers by: max|w|": 1 / np.where(scale == 0, 1,
    #     scale) → scale
    scale = tops(w, block)
    codes = as_codes(nearest(units(w, block, scale), table), w)
    return codes, 1 / np.where(scale == 0, 1, scale)


@exercise.bug(again=(False, True))
def numbers_for_codes(w, table, block=64, again=False):
    """The first result is numbers of the table, or weights again. Return their indices: codes of 4
    bits are what is stored."""
    # "The first result is numbers of the table, or weights again": got.codes.dtype.kind == "f"
    #     and np.isin(got.codes, [*table, *(table[want.codes] * np.repeat(got.scales, block,
    #     axis=1)).flat]).all()
    # "Return their indices": numbers * scale[..., None] if again else numbers → np.abs(units(w,
    #     block, scale)[..., None] - table).argmin(axis=-1).astype(np.uint8)
    scale = tops(w, block)
    numbers = table[nearest(units(w, block, scale), table)]
    return (numbers * scale[..., None] if again else numbers).reshape(w.shape), scale


@exercise.bug
def codes_of_both_signs(w, table, block=64):
    """The codes run from -8 to 7, or from 248 over 0 to 7 as bytes. A code is an index into the
    table, 0 to 15: subtract nothing."""
    # "The codes run from -8 to 7, or from 248 over 0 to 7 as bytes": np.array_equal(got.codes,
    #     want.codes - np.uint8(8))
    # "subtract nothing":  - 8 →
    scale = tops(w, block)
    return as_codes(nearest(units(w, block, scale), table) - 8, w), scale


@exercise.bug(nan=(0, 15, 7, 8))
def zero_by_zero(w, table, block=64, nan=0):
    """In a block of zeros the code is not that of 0: it may come of 0/0, which is nan. Divide such
    a block by 1."""
    # "In a block of zeros the code is not that of 0": not np.array_equal(got.codes[w == 0],
    #     want.codes[w == 0])
    # "Divide such a block by 1": scale[..., None] → np.where(scale == 0, 1, scale)[..., None]
    scale = tops(w, block)
    with np.errstate(invalid="ignore"):
        unit = in_blocks(w, block) / scale[..., None]
    codes = np.where(np.isnan(unit), nan, nearest(unit, table))
    return as_codes(codes, w), scale


@exercise.bug
def a_scale_of_1_for_zeros(w, table, block=64):
    """A block of zeros gets the scale 1. Its max|w| is 0: divide by 1 there, and return the 0."""
    # "A block of zeros gets the scale 1": (want.scales == 0).any() and
    #     np.array_equal(got.scales, np.where(want.scales == 0, 1, want.scales))
    # "divide by 1 there, and return the 0": np.where(scale == 0, 1, scale) → scale
    scale = tops(w, block)
    return as_codes(nearest(units(w, block, scale), table), w), np.where(
        scale == 0, 1, scale
    )


@exercise.bug(eps=(1e-5, 1e-6, 1e-7, 1e-8))
def eps_in_the_scale(w, table, block=64, eps=1e-6):
    """A small number is added to each scale to avoid 0/0, which is not small beside the scale of
    small weights. Replace only a scale that is 0."""
    # "A small number is added to each scale to avoid 0/0, which is not small beside the scale
    #     of small weights": bug(1e-9 * w, table, block)[1].max() > 5 * right(1e-9 * w, table,
    #     block)[1].max()
    # "Replace only a scale that is 0": + eps → + 0 * eps
    scale = tops(w, block) + eps
    return as_codes(nearest(units(w, block, scale), table), w), scale


@exercise.bug
def signs_compared_apart(w, table, block=64):
    """The code is found for |w| and mirrored, but the table is not symmetric: it has seven numbers
    below 0 and eight above. Compare the weight with its sign."""
    # "The code is found for |w| and mirrored": np.array_equal(got.codes[w < 0] + bug(-w, table,
    #     block)[0][w < 0], np.where(bug(-w, table, block)[0][w < 0] == 7, 14, 15))
    # "Compare the weight with its sign": np.where((unit < 0) & (found > 7), 15 - found, found)
    #     → np.abs(unit[..., None] - table).argmin(axis=-1)
    scale = tops(w, block)
    unit = units(w, block, scale)
    found = nearest(np.abs(unit), table)
    return as_codes(np.where((unit < 0) & (found > 7), 15 - found, found), w), scale


@exercise.bug(first=(0, 1))
def two_in_a_byte(w, table, block=64, first=0):
    """Two codes are packed into a byte. Here each has a byte of its own: return them in the shape
    of w."""
    # "Two codes are packed into a byte": got.codes.shape == (w.shape[0], w.shape[1] // 2)
    # "return them in the shape of w": codes[:, first::2] << 4 | codes[:, 1 - first::2] → codes
    scale = tops(w, block)
    codes = as_codes(nearest(units(w, block, scale), table), w)
    return codes[:, first::2] << 4 | codes[:, 1 - first :: 2], scale
