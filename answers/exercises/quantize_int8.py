"""Practice for question 11: symmetric int8 codes with one scale for each channel."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import Note
from answers.grader.number_types import add_whole_numbers
from answers.transformers.quantization import quantize_int8

exercise = Exercise(
    quantize_int8,
    page="11-efficient-inference",
    returns=("codes", "scale"),
    hints=(
        "The codes run from -127 to 127. Which number of a channel must get the code 127 or "
        "-127, and what is the scale then?",
        "The maximum of |w| is taken over all axes but one: `max` takes a tuple of axes, and "
        "keepdims=True lets the result broadcast against `w`.",
        "astype(np.int8) cuts the fraction off. Which function gives the nearest integer?",
        "A channel of zeros has the maximum 0. Give it another scale before you divide.",
    ),
)

rng = np.random.default_rng(11)
matrix = rng.normal(size=(3, 5))
rows = matrix * np.array([[0.02], [1.0], [30.0]])
cube = rng.normal(size=(2, 3, 5)) * np.array([0.1, 4.0, 1.0])[:, None]
# Many small numbers, and both extremes.
spread = np.linspace(-1, 1, 41)[None] ** 3

exercise.case("one row", np.array([[127.0, -50.4, 20.7, 0.3]]))
exercise.case("one row whose extreme is negative", np.array([[0.7, -2.6, 1.1]]))
exercise.case("three rows of one size", matrix)
exercise.case("rows of very different sizes", rows)
exercise.case("columns of very different sizes", rows.T, axis=1)
exercise.case("a square matrix, by columns", rows[:, :3], axis=1)
exercise.case("the middle one of three axes", cube, axis=1)
exercise.case("the last of three axes, counted from the end", cube, axis=-1)
exercise.case("numbers that are all positive", np.abs(rows) + 0.01)
exercise.case("many numbers near 0", spread)
exercise.case("very small weights", rows * 2e-5)
# Of rows that differ, the scales differ when their fractions are cut off, too.
integers = rng.integers(-500, 500, size=(3, 7)) * np.array([[3], [1], [2]])
exercise.case("integers", integers)
exercise.case("float32", rows.astype(np.float32))
add_whole_numbers(exercise, rng.integers(256, size=(3, 7)), signed=False)
exercise.case(
    "a vector",
    np.array([0.5, -3.25, 7.0]),
    noted=Note(
        "a vector, each of whose numbers is a channel",
        "Ours gives each number its own scale: a vector has no axis besides that of the channels.",
    ),
)


@exercise.check
def codes_are_of_type_int8(submission):
    """The codes are not of type int8, so that they need more memory than they should; end with
    `.astype(np.int8)`."""
    return np.asarray(submission(rows.copy())[0]).dtype == np.int8


@exercise.check
def a_channel_of_zeros_stays_zero(submission):
    """A channel of zeros must have codes of 0 and a finite scale above 0, beside channels that
    come out as before."""
    w = rows.copy()
    w[1] = 0
    codes, scale = submission(w.copy())
    codes, scale = np.asarray(codes), np.broadcast_to(scale, (3, 1))
    used = np.allclose((codes * scale)[::2], w[::2], atol=scale[::2].max() * 0.51)
    usable = np.isfinite(scale).all() and (scale > 0).all()
    return used and bool(usable) and not codes[1].any()


def others(w, axis):
    return tuple(a for a in range(w.ndim) if a != axis % w.ndim)


def largest(w, axis):
    """The largest |w| of each channel; 1 for a channel of zeros."""
    top = np.abs(w.astype(float)).max(axis=others(w, axis), keepdims=True)
    return np.where(top == 0, 1, top)


def nearest(w, scale):
    return np.clip(np.rint(w / scale), -127, 127).astype(np.int8)


@exercise.bug(shape=("ones", "none", "channels"))
def one_scale_for_all(w, axis=0, shape="ones"):
    """One scale is used for the whole array, so that the largest channel sets it and small
    channels are rounded to a few codes. Take the maximum of each channel: over all axes but
    `axis`."""
    # "One scale is used for the whole array": np.size(got.scale) == 1 and
    #     np.isclose(got.scale.item(), abs(w).max() / 127)
    # "Take the maximum of each channel: over all axes but `axis`": np.abs(w).max() / 127 →
    #     largest(w, axis) / 127; np.full((1,) * w.ndim, scale) → scale; np.full(largest(w,
    #     axis).shape, scale) → scale
    scale = np.abs(w).max() / 127
    full = {
        "none": scale,
        "ones": np.full((1,) * w.ndim, scale),
        "channels": np.full(largest(w, axis).shape, scale),
    }
    return nearest(w, scale), full[shape]


@exercise.bug
def scale_dropped(w, axis=0):
    """The codes are right and their scale is lost: with ones for scales, dequantizing gives the
    codes themselves. Return the scale of each channel beside them."""
    # "The codes are right and their scale is lost: with ones for scales, dequantizing gives the
    #     codes themselves": np.array_equal(got.codes, want.codes) and np.array_equal(got.codes *
    #     got.scale, got.codes)
    # "Return the scale of each channel beside them": np.ones_like(scale) → largest(w, axis) /
    #     127
    codes, scale = quantize_int8(w, axis)
    return codes, np.ones_like(scale)


@exercise.bug
def maximum_along_the_axis(w, axis=0):
    """The maximum is taken along `axis`, which gives a scale for each index of the other axes.
    `axis` names the channels: take the maximum over all the others."""
    # "The maximum is taken along `axis`, which gives a scale for each index of the other axes":
    #     (lambda axis: got.scale.shape == w.max(axis=axis, keepdims=True).shape)(axis)
    # "`axis` names the channels: take the maximum over all the others": axis=axis,
    #     keepdims=True → axis=others(w, axis), keepdims=True
    top = np.abs(w).max(axis=axis, keepdims=True)
    scale = np.where(top == 0, 1, top) / 127
    return nearest(w, scale), scale


@exercise.bug(fixed=(0, -1, 1))
def axis_ignored(w, axis=0, fixed=0):
    """The channels are those of one axis whatever the caller asks for. Use `axis`, which may be
    negative too."""
    # "The channels are those of one axis whatever the caller asks for":
    #     np.array_equal(got.scale, bug(w, axis=0)[1])
    # "Use `axis`, which may be negative too": fixed if fixed < w.ndim else 0 → axis
    return quantize_int8(w, fixed if fixed < w.ndim else 0)


@exercise.bug
def last_axis_only_reduced(w, axis=0):
    """The maximum is taken over one axis only, which for three axes leaves more than one scale
    for a channel. Take it over all axes but `axis`."""
    # "The maximum is taken over one axis only, which for three axes leaves more than one scale
    #     for a channel": w.ndim == 3 and got.scale.size == 2 * w.shape[1]
    # "Take it over all axes but `axis`": axis=over → axis=tuple(each for each in range(w.ndim)
    #     if each != axis % w.ndim)
    over = -1 if axis % w.ndim != w.ndim - 1 else 0
    top = np.abs(w).max(axis=over, keepdims=True)
    scale = np.where(top == 0, 1, top) / 127
    return nearest(w, scale), scale


@exercise.bug(clip=(True, False))
def divided_by_128(w, axis=0, clip=True):
    """The scale is max|w| / 128, so that a positive extreme gets the code 128, which int8 does
    not have: it is clipped, or wraps around to -128. Divide by 127."""
    # "The scale is max|w| / 128, so that a positive extreme gets the code 128, which int8 does
    #     not have: it is clipped, or wraps around to -128": np.isclose(got.scale, abs(w).max() /
    #     128) and got.codes[0, 0] == 127 and bug(w, clip=False)[0][0, 0] == -128
    # "Divide by 127": / 128 → / 127
    scale = largest(w, axis) / 128
    codes = np.rint(w / scale)
    codes = np.clip(codes, -128, 127) if clip else codes
    return codes.astype(np.int64).astype(np.int8), scale


@exercise.bug
def divided_by_255(w, axis=0):
    """The scale is max|w| / 255: 255 steps are those from -max to max, so that all
    beyond half of the largest are clipped. Divide by 127."""
    # "The scale is max|w| / 255: 255 steps are those from -max to max, so that all beyond half
    #     of the largest are clipped": np.isclose(got.scale, abs(w).max() / 255) and
    #     nearest(np.array([0.6]) * w.max(), got.scale).max() == 127
    # "Divide by 127": / 255 → / 127
    scale = largest(w, axis) / 255
    return nearest(w, scale), scale


@exercise.bug
def rounded_toward_zero(w, axis=0):
    """The fraction is cut off instead of rounded: codes come out too near to 0, with an error
    of up to a whole scale. Round before `astype`: `np.rint`."""
    # "The fraction is cut off instead of rounded: codes come out too near to 0, with an error
    #     of up to a whole scale": np.array_equal(got.codes, np.trunc(w / got.scale)) and 0.5 <
    #     abs(w / got.scale - got.codes).max() < 1
    # "Round before `astype`: `np.rint`": np.trunc(w / scale + np.sign(w) *
    #     1e-09).astype(np.int8) → np.rint(w / scale).astype(np.int8)
    scale = largest(w, axis) / 127
    # The extreme itself may come out a hair below 127.
    return np.trunc(w / scale + np.sign(w) * 1e-9).astype(np.int8), scale


@exercise.bug
def rounded_down(w, axis=0):
    """Codes are rounded down, which shifts every number by half a scale on average. Round to the
    nearest: `np.rint`."""
    # "Codes are rounded down": np.array_equal(got.codes, np.floor(w / got.scale))
    # "Round to the nearest: `np.rint`": np.floor(w / scale + 1e-09) → np.rint(w / scale)
    # "which shifts every number by half a scale on average": np.isclose((bug((z :=
    #     np.linspace(-126.7, 127, 2048)[None]))[0] - z / (127 / 127)).mean(), -1 / 2, atol=0.02)
    scale = largest(w, axis) / 127
    return np.floor(w / scale + 1e-9).astype(np.int8), scale


@exercise.bug
def half_added_and_cut_off(w, axis=0):
    """A half is added and the fraction cut off, which rounds numbers below 0 up. Round to the
    nearest: `np.rint`."""
    # "A half is added and the fraction cut off": np.array_equal(got.codes, np.trunc(w / got.scale
    #     + 0.5))
    # "which rounds numbers below 0 up": bug(np.array([[127, -50.8]]))[0][0, 1] == -50
    # "Round to the nearest: `np.rint`": np.trunc(w / scale + 0.5) → np.rint(w / scale)
    scale = largest(w, axis) / 127
    return np.trunc(w / scale + 0.5).astype(np.int8), scale


@exercise.bug(low=(-128, -127))
def asymmetric_without_zero_point(w, axis=0, low=-128):
    """The range from min to max is spread over all codes, but the zero point, the code of 0, is
    not returned: code · scale gives other numbers. Symmetric means max|w| for both sides."""
    # "The range from min to max is spread over all codes, but the zero point, the code of 0, is
    #     not returned: code · scale gives other numbers": got.codes.min() == -128 and
    #     got.codes.max() == 127 and not np.allclose(got.codes * got.scale, w, atol=1)
    # "Symmetric means max|w| for both sides": (np.rint((w - least) / scale) +
    #     low).astype(np.int8), scale → np.rint(w / (largest(w, axis) / 127)).astype(np.int8),
    #     largest(w, axis) / 127
    over = others(w, axis)
    least = w.min(axis=over, keepdims=True)
    width = w.max(axis=over, keepdims=True) - least
    scale = np.where(width == 0, 1, width) / (127 - low)
    return (np.rint((w - least) / scale) + low).astype(np.int8), scale


@exercise.bug(steps=(254, 255))
def half_of_the_range(w, axis=0, steps=254):
    """The scale is max - min over 254 or 255, so codes on the longer side of 0 need more than 127.
    Symmetric means max|w| for both sides, over 127."""
    # "The scale is max - min over 254 or 255": np.isclose(got.scale, np.ptp(w) / 254)
    # "so codes on the longer side of 0 need more than 127": abs(w / got.scale).max() > 127.5
    # "Symmetric means max|w| for both sides, over 127": np.where(width == 0, 1, width) / steps →
    #     largest(w, axis) / 127
    over = others(w, axis)
    width = w.max(axis=over, keepdims=True) - w.min(axis=over, keepdims=True)
    scale = np.where(width == 0, 1, width) / steps
    return nearest(w, scale), scale


@exercise.bug(wrap=(False, True))
def maximum_without_its_sign(w, axis=0, wrap=False):
    """The scale comes from the largest number, not from the largest |w|: numbers further below 0
    are clipped or wrap around. Take the absolute value first."""
    # "The scale comes from the largest number, not from the largest |w|: numbers further below
    #     0 are clipped or wrap around": np.isclose(got.scale, w.max() / 127) and got.codes.min() ==
    #     -127 and bug(w, wrap=True)[0][0, 1] > -127
    # "Take the absolute value first": w.max(axis=others(w, axis), keepdims=True) →
    #     np.abs(w).max(axis=others(w, axis), keepdims=True)
    top = w.max(axis=others(w, axis), keepdims=True)
    scale = np.where(top == 0, 1, top) / 127
    codes = np.rint(w / scale)
    codes = codes if wrap else np.clip(codes, -127, 127)
    return codes.astype(np.int64).astype(np.int8), scale


@exercise.bug
def scale_turned_over(w, axis=0):
    """The scale is 127 / max|w|, which one multiplies by to quantize. Return what one multiplies
    the codes by: max|w| / 127."""
    # "The scale is 127 / max|w|": np.isclose(got.scale, 127 / abs(w).max())
    # "Return what one multiplies the codes by: max|w| / 127": 1 / scale → largest(w, axis) /
    #     127
    # "which one multiplies by to quantize": np.array_equal(np.rint(w * got.scale), want.codes)
    scale = largest(w, axis) / 127
    return nearest(w, scale), 1 / scale


@exercise.bug
def scale_of_no_axis_kept(w, axis=0):
    """The scales have lost the axes that the maximum was taken over, so that they align with the
    wrong axis of the codes, or with none. Keep those axes: keepdims=True."""
    # "The scales have lost the axes that the maximum was taken over": got.scale.shape == (1,)
    # "Keep those axes: keepdims=True": scale.reshape(-1) → np.abs(scale.reshape([-1 if each ==
    #     axis % w.ndim else 1 for each in range(w.ndim)])).max(axis=others(w, axis), keepdims=True)
    # "so that they align with the wrong axis of the codes, or with none": got.scale.ndim == 1 <
    #     got.codes.ndim
    codes, scale = quantize_int8(w, axis)
    return codes, scale.reshape(-1)


@exercise.bug
def restored_for_codes(w, axis=0):
    """The first result is code · scale, which are floats again. Return the codes; `dequantize`
    multiplies."""
    # "The first result is code · scale, which are floats again": np.allclose(got.codes,
    #     want.codes * want.scale) and got.codes.dtype.kind == "f"
    codes, scale = quantize_int8(w, axis)
    return codes * scale, scale


@exercise.bug
def not_rounded(w, axis=0):
    """The codes are w / scale with all its digits. Round them, and make them int8."""
    # "The codes are w / scale with all its digits": np.array_equal(got.codes, w / got.scale)
    # "Round them, and make them int8": w / scale → np.rint(w / scale).astype(np.int8)
    scale = largest(w, axis) / 127
    return w / scale, scale


@exercise.bug
def codes_left_as_floats(w, axis=0):
    """The codes are right, but not of type int8, so that they need more memory than they should.
    End with `.astype(np.int8)`."""
    # "The codes are right, but not of type int8, so that they need more memory than they
    #     should": bug(np.ones((1, 1)))[0].nbytes == 8
    # "End with `.astype(np.int8)`": codes.astype(np.float64) →
    #     codes.astype(np.float64).astype(np.int8)
    codes, scale = quantize_int8(w, axis)
    return codes.astype(np.float64), scale


@exercise.bug(eps=(1e-5, 1e-6, 1e-7, 1e-8))
def eps_in_the_scale(w, axis=0, eps=1e-6):
    """A small number is added to every scale to avoid 0/0, which is not small beside the scale of
    small weights. Replace only a scale that is 0."""
    # "A small number is added to every scale to avoid 0/0, which is not small beside the scale
    #     of small weights": bug(1e-9 * w)[1] > 100 * right(1e-9 * w)[1]
    # "Replace only a scale that is 0": + eps → + 0 * eps
    scale = largest(w, axis) / 127 + eps
    return nearest(w, scale), scale


@exercise.bug(nan=(0, -128))
def zero_by_zero(w, axis=0, nan=0):
    """A channel of zeros gets the scale 0, and 0/0 is nan, whose code is whatever the processor
    makes of it. Give such a channel the scale 1."""
    # "A channel of zeros gets the scale 0": bug(np.zeros((1, 2)))[1] == 0
    # "Give such a channel the scale 1": np.abs(w).max(axis=others(w, axis), keepdims=True) /
    #     127 → (lambda scale: np.where(scale == 0, 1, scale))(np.abs(w).max(axis=others(w, axis),
    #     keepdims=True) / 127)
    # "and 0/0 is nan": np.isnan(np.divide(0.0, bug(np.zeros((1, 2)))[1])).all()
    scale = np.abs(w).max(axis=others(w, axis), keepdims=True) / 127
    codes = np.nan_to_num(np.rint(w / scale), nan=nan)
    return codes.astype(np.int8), scale
