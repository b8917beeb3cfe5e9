"""Practice for question 11: 4-bit codes, two in a byte, with a scale for each block."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import Note
from answers.grader.number_types import add_whole_numbers
from answers.transformers.quantization import dequantize_blocks, quantize_blocks

exercise = Exercise(
    quantize_blocks,
    page="11-efficient-inference",
    returns=("bytes", "scales"),
    hints=(
        "Make the blocks an axis of their own first: which `reshape` puts `block` neighbours "
        "of a row beside each other?",
        "Of the 16 codes of 4 bits, -8 is not used. Which number of a block gets the code 7 "
        "or -7, and what is the scale then?",
        "Columns 0, 2, 4, … and 1, 3, 5, … are slices with a step. The code of an odd one is "
        "moved up by four bits: `<< 4`.",
        "As int8, -1 is 1111 1111. Only its lower half may get into the byte: `& 15` keeps it.",
    ),
)

rng = np.random.default_rng(4)
matrix = rng.normal(size=(3, 12))
# Blocks of 4 of very different sizes.
uneven = matrix * np.repeat(rng.permutation(np.geomspace(0.02, 50, 9)), 4).reshape(
    3, 12
)

exercise.case("one byte", np.array([[4.2, 1.4]]), 2)
exercise.case("one byte with negative codes", np.array([[-3.5, 1.6]]), 2)
exercise.case("one block of 4", np.array([[-2.1, 4.9, -0.8, -4.3]]), 4)
exercise.case("two blocks of 2", np.array([[0.7, -0.32, -21.0, 8.6]]), 2)
exercise.case("3 rows of 3 blocks", uneven, 4)
exercise.case("3 rows of 2 blocks", uneven, 6)
exercise.case("5 rows of one block", rng.normal(size=(5, 6)), 6)
exercise.case("the usual block, of 32", rng.normal(size=(2, 96)) ** 3)
exercise.case("numbers that are all positive", np.abs(uneven) + 0.01, 4)
exercise.case("very small weights", uneven * 1e-10, 4)
exercise.case("integers", rng.integers(-500, 500, size=(3, 8)), 4)
whole = np.array([[-2e9, 5e8, 9, -25], [2e9, -3, 1e9, 123]]).astype(np.int32)
exercise.case("int32 of some 1e9", whole, 2)
exercise.case(
    "the lowest int32",
    np.array([[-(2**31), 2**29, 2**31 - 1, -3]], dtype=np.int32),
    2,
    noted=Note(
        "the lowest int32, whose absolute value int32 does not hold",
        "Ours computes in float64.",
        in_stub_alone=True,
    ),
)
exercise.case("float32", uneven.astype(np.float32), 4)
add_whole_numbers(exercise, rng.integers(256, size=(3, 8)), 4, signed=False)
exercise.case("64 columns in blocks of 16", rng.normal(size=(2, 64)), 16)
beside = np.array([[7.0, 1.4999, -0.5001, 3.4998], [-7.0004, 14, 5.0002, -2.9996]])
exercise.case("codes just beside a half", beside, 4)
halfway = Note(
    "a weight halfway between two codes",
    "Ours gives it the even code, as `np.round` does.",
)
exercise.case("codes of a half", np.array([[7.0, 0.5, 2.5, -0.5]]), 4, noted=halfway)


@exercise.check
def bytes_are_of_type_uint8(submission):
    """The bytes are not of type uint8, so that they need more memory than they should; end with
    `.astype(np.uint8)`."""
    return np.asarray(submission(uneven.copy(), 4)[0]).dtype == np.uint8


@exercise.check
def a_block_of_zeros_stays_zero(submission):
    """A block of zeros must have codes of 0 and a finite scale above 0, beside blocks that come
    out as before."""
    w = uneven.copy()
    w[1, 4:8] = 0
    packed, scale = map(np.asarray, submission(w.copy(), 4))
    usable = np.isfinite(scale).all() and (scale > 0).all()
    if not usable or packed[1, 2:4].any():
        return False
    restored = dequantize_blocks(packed.astype(np.uint8), scale.astype(float))
    return np.allclose(restored, w, rtol=0, atol=scale.max() * 0.51)


def in_blocks(w, block):
    return w.astype(float).reshape(len(w), -1, block)


def scales(w, block, steps=7):
    """max|w| / 7 of each block, (out, blocks); 1 for zeros."""
    top = np.abs(in_blocks(w, block)).max(axis=2)
    return np.where(top == 0, 1, top) / steps


def codes(w, block, scale, nearest=np.rint):
    """The codes of `w`, in its shape."""
    found = nearest(in_blocks(w, block) / scale[..., None])
    return np.clip(found, -8, 7).astype(np.int8).reshape(w.shape)


def packed(found):
    """Two codes in a byte."""
    return ((found[:, ::2] & 15) | (found[:, 1::2] << 4)).astype(np.uint8)


@exercise.bug
def one_scale_for_each_row(w, block=32):
    """A row has one scale, so its largest block sets it and small ones are rounded to a few codes.
    Take the maximum of each block."""
    # "A row has one scale, so its largest block sets it and small ones are rounded to a few
    #     codes": len(set(got.scales[0])) == 1 and np.isclose(got.scales[0, 0], abs(w).max() / 7)
    # "Take the maximum of each block": row = scales(w, w.shape[1]) → row = np.abs(in_blocks(w,
    #     block)).max(axis=2); np.repeat(row, w.shape[1] // block, axis=1) → np.where(row == 0, 1,
    #     row) / 7
    row = scales(w, w.shape[1])
    scale = np.repeat(row, w.shape[1] // block, axis=1)
    return packed(codes(w, block, scale)), scale


@exercise.bug
def one_scale_for_all(w, block=32):
    """One scale is used for the whole array. Take the maximum of each block."""
    # "One scale is used for the whole array": len(set(got.scales.ravel())) == 1 and
    #     np.isclose(got.scales[0, 0], abs(w).max() / 7)
    # "Take the maximum of each block": np.full(shape, (np.abs(w).max() or 1) / 7) →
    #     np.array([np.abs(each).max() or 1 for each in w.astype(float).reshape(-1,
    #     block)]).reshape(shape) / 7
    shape = len(w), w.shape[1] // block
    scale = np.full(shape, (np.abs(w).max() or 1) / 7)
    return packed(codes(w, block, scale)), scale


@exercise.bug
def one_scale_for_all_rows(w, block=32):
    """A block's scale is the largest of all rows. Take the maximum of each row's own block."""
    # "A block's scale is the largest of all rows": np.ptp(got.scales, axis=0).max() == 0 and
    #     np.allclose(got.scales, want.scales.max(axis=0))
    # "Take the maximum of each row's own block": shared + 0 * scale → scale
    scale = scales(w, block)
    shared = scale.max(axis=0)
    scale = shared + 0 * scale
    return packed(codes(w, block, scale)), scale


@exercise.bug
def every_nth_in_a_block(w, block=32):
    """The size and the number of blocks are swapped in the reshape, so a block holds every n-th
    number of a row. Neighbours share a scale: `reshape(rows, -1, block)`."""
    # "The size and the number of blocks are swapped in the reshape, so a block holds every n-th
    #     number of a row": np.allclose(got.scales, abs(np.stack([w[:, ::2], w[:,
    #     1::2]])).max(axis=2).T / 7)
    # "Neighbours share a scale: `reshape(rows, -1, block)`": w.astype(float).reshape(len(w),
    #     block, -1) → (lambda rows: w.astype(float).reshape(rows, -1, block))(len(w)); max(axis=1)
    #     → max(axis=2); scale[:, None] → scale[:, :, None]
    strided = w.astype(float).reshape(len(w), block, -1)
    top = np.abs(strided).max(axis=1)
    scale = np.where(top == 0, 1, top) / 7
    found = np.rint(strided / scale[:, None]).astype(np.int8)
    return packed(found.reshape(w.shape)), scale


@exercise.bug
def scale_for_each_number(w, block=32):
    """The scales are repeated for each number of a block, which costs more than the codes. Return
    one for each block."""
    # "The scales are repeated for each number of a block": got.scales.shape == w.shape
    # "Return one for each block": np.repeat(scale, block, axis=1) → scale
    scale = scales(w, block)
    return packed(codes(w, block, scale)), np.repeat(scale, block, axis=1)


@exercise.bug(clip=(True, False))
def divided_by_8(w, block=32, clip=True):
    """The scale is max|w| / 8, and 4 bits have no code 8: it is clipped to 7, or it wraps around
    to -8. Divide by 7."""
    # "The scale is max|w| / 8": np.isclose(got.scales, abs(w).max() / 8)
    # "Divide by 7": scales(w, block, 8) → scales(w, block, 7)
    # "and 4 bits have no code 8: it is clipped to 7, or it wraps around to -8": got.bytes[0, 0]
    #     & 15 == 7 and bug(w, 2, clip=False)[0][0, 0] & 15 == -8 % 16 == 8
    scale = scales(w, block, 8)
    if clip:
        return packed(codes(w, block, scale)), scale
    found = np.rint(in_blocks(w, block) / scale[..., None]).astype(np.int8)
    return packed(found.reshape(w.shape)), scale


@exercise.bug
def divided_by_15(w, block=32):
    """The scale is max|w| / 15: those are the steps from -max to max, so all beyond half of
    the largest are clipped. Divide by 7."""
    # "The scale is max|w| / 15: those are the steps from -max to max, so all beyond half of the
    #     largest are clipped": np.isclose(got.scales, abs(w).max() / 15) and codes(w, block,
    #     got.scales).max() == 7
    # "Divide by 7": scales(w, block, 15) → scales(w, block, 7)
    scale = scales(w, block, 15)
    return packed(np.maximum(codes(w, block, scale), -7)), scale


@exercise.bug
def maximum_without_its_sign(w, block=32):
    """The scale comes from the largest number, not from the largest |w|: numbers further below 0
    are clipped. Take the absolute value first."""
    # "The scale comes from the largest number, not from the largest |w|: numbers further below
    #     0 are clipped": np.isclose(got.scales, w.max() / 7) and w.min() < -w.max()
    # "Take the absolute value first": in_blocks(w, block).max(axis=2) → np.abs(in_blocks(w,
    #     block)).max(axis=2)
    top = in_blocks(w, block).max(axis=2)
    scale = np.where(top == 0, 1, top) / 7
    return packed(np.maximum(codes(w, block, scale), -7)), scale


@exercise.bug(lowest=(-8, -7))
def divided_by_7_5(w, block=32, lowest=-8):
    """The scale is max|w| / 7.5, as if each side had half of 15 steps, and no code is 7.5: the
    largest |w| is clipped. Divide by 7."""
    # "The scale is max|w| / 7.5": np.isclose(got.scales, abs(w).max() / 7.5)
    # "the largest |w| is clipped": 7 * got.scales < 0.94 * abs(w).max()
    # "Divide by 7": scales(w, block, 7.5) → scales(w, block, 7)
    scale = scales(w, block, 7.5)
    return packed(np.maximum(codes(w, block, scale), lowest)), scale


@exercise.bug(steps=(14, 15))
def scale_of_the_range(w, block=32, steps=14):
    """The scale is a share of max - min, as for codes with a zero point, and what lies beyond 7
    scales is clipped. Codes are symmetric here: max|w| / 7."""
    # "The scale is a share of max - min": np.allclose(got.scales, (w.max() - w.min()) / 14)
    # "and what lies beyond 7 scales is clipped": 7 * got.scales < abs(w).max()
    # "Codes are symmetric here: max|w| / 7": (w.max(axis=2) - w.min(axis=2)) / steps →
    #     np.abs(w).max(axis=2) / 7
    shape, w = w.shape, in_blocks(w, block)
    scale = (w.max(axis=2) - w.min(axis=2)) / steps
    scale = np.where(scale == 0, 1, scale)
    return packed(np.maximum(codes(w.reshape(shape), block, scale), -7)), scale


@exercise.bug
def rounded_down(w, block=32):
    """The codes are rounded down, which lowers the weights by half a scale on average. Round to the
    nearest: `np.rint`."""
    # "The codes are rounded down": np.array_equal(got.scales, want.scales) and
    #     np.array_equal(got.bytes, packed(codes(w, block, got.scales, np.floor)))
    # "Round to the nearest": lambda x: np.floor(x + 1e-09) → np.rint
    scale = scales(w, block)
    return packed(codes(w, block, scale, lambda x: np.floor(x + 1e-9))), scale


@exercise.bug
def rounded_toward_zero(w, block=32):
    """The fraction is cut off instead of rounded, an error of up to a whole scale. Round before
    `astype`: `np.rint`."""
    # "The fraction is cut off instead of rounded": np.array_equal(got.scales, want.scales) and
    #     np.array_equal(got.bytes, packed(codes(w, block, got.scales, np.trunc)))
    scale = scales(w, block)
    cut = codes(w, block, scale, lambda x: np.trunc(x + np.sign(x) * 1e-9))
    return packed(cut), scale


@exercise.bug
def halves_swapped(w, block=32):
    """The even column stands in the high half of its byte, and the odd one in the low half: a
    kernel that reads the other order swaps neighbours. Put the even one low."""
    # "The even column stands in the high half of its byte, and the odd one in the low half":
    #     (got.bytes >> 4) == (want.bytes & 15)
    # "Put the even one low": both >> 4 | both << 4 → both
    scale = scales(w, block)
    both = packed(codes(w, block, scale))
    return both >> 4 | both << 4, scale


@exercise.bug
def sign_over_the_other_half(w, block=32):
    """A negative code in the low half fills the high half with ones, and the odd column is lost.
    Mask it: `& 15`."""
    # "A negative code in the low half fills the high half with ones, and the odd column is
    #     lost": got.bytes >> 4 == 15 and w[0, 0] < 0
    # "Mask it: `& 15`": found[:, ::2] | → found[:, ::2] & 15 |
    scale = scales(w, block)
    found = codes(w, block, scale)
    return (found[:, ::2] | (found[:, 1::2] << 4)).astype(np.uint8), scale


@exercise.bug
def one_taken_from_the_other_half(w, block=32):
    """A negative code in the low half takes 1 from the code in the high half, as the two are added
    without a mask. Mask it: `& 15`."""
    # "A negative code in the low half takes 1 from the code in the high half": w[0, 0] < 0 and
    #     got.bytes >> 4 == (want.bytes >> 4) - 1
    # "Mask it: `& 15`": found[:, ::2] + → (found[:, ::2] & 15) +
    scale = scales(w, block)
    found = codes(w, block, scale).astype(int)
    return (found[:, ::2] + 16 * found[:, 1::2]).astype(np.uint8), scale


@exercise.bug
def halves_of_a_block_paired(w, block=32):
    """A byte holds a column of a block's first half and one of its second, as llama.cpp has them.
    Neighbours share a byte: `[:, ::2]` and `[:, 1::2]`."""
    # "A byte holds a column of a block's first half and one of its second": got.bytes[0, 0] ==
    #     int((c := codes(w, block, got.scales)[0])[0] & 15) + 16 * int(c[block // 2] & 15)
    # "Neighbours share a byte: `[:, ::2]` and `[:, 1::2]`": np.split(found, 2, axis=2) →
    #     [each.reshape(len(w), -1, block // 2) for each in (found.reshape(w.shape)[:, ::2],
    #     found.reshape(w.shape)[:, 1::2])]
    scale = scales(w, block)
    found = codes(w, block, scale).reshape(len(w), -1, block)
    first, second = np.split(found, 2, axis=2)
    return ((first & 15) | (second << 4)).reshape(len(w), -1).astype(np.uint8), scale


@exercise.bug
def far_columns_paired(w, block=32):
    """A byte holds a column of the left half of the array and one of the right. Neighbours share
    a byte: `[:, ::2]` and `[:, 1::2]`."""
    # "A byte holds a column of the left half of the array and one of the right": got.bytes[0,
    #     0] == int((c := codes(w, block, got.scales)[0])[0] & 15) + 16 * int(c[2] & 15)
    # "Neighbours share a byte: `[:, ::2]` and `[:, 1::2]`": np.split(codes(w, block, scale), 2,
    #     axis=1) → (codes(w, block, scale)[:, ::2], codes(w, block, scale)[:, 1::2])
    scale = scales(w, block)
    left, right = np.split(codes(w, block, scale), 2, axis=1)
    return ((left & 15) | (right << 4)).astype(np.uint8), scale


@exercise.bug(zero=(8, 7))
def codes_shifted(w, block=32, zero=8):
    """The codes are stored as code + 8 or code + 7, as some formats do. Here a half holds two's
    complement: code mod 16."""
    # "The codes are stored as code + 8": got.bytes[0, 0] & 15 == (codes(w, block,
    #     got.scales)[0, 0] + 8) % 16
    # "Here a half holds two's complement: code mod 16": codes(w, block, scale) + np.int8(zero)
    #     → codes(w, block, scale) % 16
    # "code + 8 or code + 7, as some formats do": got.bytes[0, 0] & 15 == (codes(w, block,
    #     got.scales)[0, 0] + 8) % 16 and bug(w, 2, zero=7)[0][0, 0] & 15 == (codes(w, block,
    #     got.scales)[0, 0] + 7) % 16
    scale = scales(w, block)
    return packed(codes(w, block, scale) + np.int8(zero)), scale


@exercise.bug
def sign_and_magnitude(w, block=32):
    """The highest of the 4 bits is the sign and the others are |code|. Two's complement is
    code mod 16: -1 is 15."""
    # "The highest of the 4 bits is the sign and the others are |code|": got.bytes[0, 0] & 15 ==
    #     8 + 7 and codes(w, block, got.scales)[0, 0] == -7
    # "Two's complement is code mod 16: -1 is 15": np.abs(found) + np.where(found < 0, 8,
    #     0).astype(np.int8) → found % 16
    scale = scales(w, block)
    found = codes(w, block, scale)
    return packed(np.abs(found) + np.where(found < 0, 8, 0).astype(np.int8)), scale


@exercise.bug
def not_packed(w, block=32):
    """Each code has a byte of its own, so it takes 8 bits. Put two neighbours in a byte."""
    # "Each code has a byte of its own, so it takes 8 bits": got.bytes.shape == w.shape
    # "Put two neighbours in a byte": (codes(w, block, scale), scale) → (packed(codes(w, block,
    #     scale)), scale)
    scale = scales(w, block)
    return codes(w, block, scale), scale


@exercise.bug
def scale_turned_over(w, block=32):
    """The scale is 7 / max|w|, which one multiplies by to quantize. Return what one multiplies
    the codes by: max|w| / 7."""
    # "The scale is 7 / max|w|": np.isclose(got.scales, 7 / abs(w).max())
    # "Return what one multiplies the codes by: max|w| / 7": 1 / scale → scale
    # "which one multiplies by to quantize": np.allclose(np.rint(w * got.scales), codes(w,
    #     block, want.scales))
    scale = scales(w, block)
    return packed(codes(w, block, scale)), 1 / scale


@exercise.bug(eps=(1e-5, 1e-6, 1e-8))
def eps_in_the_scale(w, block=32, eps=1e-6):
    """A small number is added to every scale to avoid 0/0, which is not small beside the scale of
    small weights. Replace only a scale that is 0."""
    # "A small number is added to every scale to avoid 0/0, which is not small beside the scale
    #     of small weights": bug(1e-9 * w, block)[1] > 100 * right(1e-9 * w, block)[1]
    # "Replace only a scale that is 0": + eps → + 0 * eps
    scale = scales(w, block) + eps
    return packed(codes(w, block, scale)), scale


@exercise.bug
def zero_by_zero(w, block=32):
    """A block of zeros gets the scale 0, by which nothing can be divided: 0/0 is nan, whose code is
    whatever the processor makes of it. Give such a block the scale 1."""
    # "A block of zeros gets the scale 0": bug(np.zeros((1, 2)), 2)[1] == 0
    # "Give such a block the scale 1": np.abs(in_blocks(w, block)).max(axis=2) / 7 → (lambda
    #     scale: np.where(scale == 0, 1, scale))(np.abs(in_blocks(w, block)).max(axis=2) / 7)
    # "by which nothing can be divided: 0/0 is nan": np.isnan(np.divide(0.0, bug(np.zeros((1, 2)),
    #     2)[1])).all()
    scale = np.abs(in_blocks(w, block)).max(axis=2) / 7
    with np.errstate(all="ignore"):
        found = np.nan_to_num(in_blocks(w, block) / scale[..., None])
    return packed(np.rint(found).astype(np.int8).reshape(w.shape)), scale
