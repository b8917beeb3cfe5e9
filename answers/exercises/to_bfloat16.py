"""Practice for question 25: the nearest bfloat16, by its bits."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.training.mixed_precision import to_bfloat16

exercise = Exercise(
    to_bfloat16,
    page="25-mixed-precision",
    hints=(
        "A bfloat16 is the upper half of a float32. Which method of an array gives its bits as "
        "integers, and which type must the array have before?",
        "To cut the lower 16 bits off rounds towards 0. What can you add to the bits before, so "
        "that the cut rounds to the nearest?",
        "At a tie the lower half is 0x8000. When must it carry, and when not? Look at the last "
        "bit that stays.",
        "What do your sums make of the bits 0x7FFFFFFF, which are a nan?",
    ),
)

rng = np.random.default_rng(25)


def normal(*shape):
    return rng.normal(size=shape).astype(np.float32)


def of_bits(*bits):
    return np.array(bits, np.uint32).view(np.float32)


# Lower halves that are no tie, so that a case without ties has none by chance.
exercise.case("one number", np.float32([3.14159]))
exercise.case("a negative number", np.float32([-0.7071]))
exercise.case("seven numbers", normal(7))
exercise.case("numbers that bfloat16 has", np.float32([1, -2.5, 0, 96, 2.0**-9]))
exercise.case("a matrix", normal(3, 5))
exercise.case("numbers of many sizes", np.geomspace(1e-30, 1e30, 9, dtype=np.float32))
exercise.case("three axes", normal(2, 3, 4))
exercise.case("a carry into the exponent", np.float32([1.999, -255.9, 0.4999]))
exercise.case("ties after an even number", np.float32([257, 1 + 2.0**-8, -261]))
exercise.case("ties after an odd number", np.float32([259, 1 + 3 * 2.0**-8, -263]))
above = np.nextafter(np.float32(257), np.float32(258))
exercise.case("beside a tie", np.float32([above, 256.999, 259.001, 258.999, 257.0625]))
exercise.case("near the largest", np.float32([3.389e38, 3.394e38, -0.3]))
exercise.case("beyond the largest", np.float32([3.398e38, -3.4e38, 1.7]))
exercise.case("infinity", np.float32([np.inf, 1.3, -np.inf]))
exercise.case("nan", np.float32([0.3, np.nan, -1.3]))
exercise.case("four axes", normal(2, 1, 3, 2))
exercise.case("float64", rng.normal(size=(2, 5)))
# The first lies above a tie and the second below one, and both are that tie in float32.
beside = 2.0**-40
exercise.case(
    "float64 beside a tie", np.array([1 + 2.0**-8 + beside, 1 + 3 * 2.0**-8 - beside])
)
exercise.case("large integers", np.array([1001, -77_777, 3_000_000_007_000]))
exercise.case("int32", np.array([1001, -77_777, 257], np.int32))
# PyTorch makes infinity of these, on the way to float32.
exercise.case("float64 beyond float32", np.array([1e39, -1e300, 1.7]))
add_whole_numbers(exercise, rng.integers(-255, 256, size=(3, 4)), fraction=0)


@exercise.check
def every_nan_stays_nan(submission):
    """A nan became infinity or a number: its bits were rounded or cut off. Look for nan, and put
    nan there."""
    nans = of_bits(0x7FFFFFFF, 0x7F800001, 0xFFFFFFFF, 0xFF800001)
    return bool(np.isnan(submission(nans)).all())


@exercise.check
def numbers_near_zero_keep_their_steps(submission):
    """A number below 2**-126 came out wrong. There the step shrinks no further, and the rounded
    bits say so by themselves."""
    return all(
        np.array_equal(submission(of_bits(small)), of_bits(wanted))
        for small, wanted in (
            (0x00018001, 0x00020000),
            (0x00017FFF, 0x00010000),
            (0x0000FFFF, 0x00010000),
            (0x807F8000, 0x80800000),
            (0x00008000, 0),
        )
    )


def single(x):
    with np.errstate(over="ignore"):
        return x.astype(np.float32)


def bits_of(x):
    return single(x).view(np.uint32)


def floats(bits, x):
    """Without their lower halves; a nan stays."""
    upper = (bits & 0xFFFF0000).view(np.float32)
    return np.where(np.isnan(x), np.float32(np.nan), upper)


def split(x):
    """The upper bits of the fraction, as in Veltkamp's splitting."""
    with np.errstate(over="ignore", invalid="ignore"):
        product = x * x.dtype.type(65_537)
        return (product - (product - x)).astype(np.float32)


def odd(bits):
    return bits >> 16 & 1


@exercise.bug
def cut_off(x):
    """The lower bits are cut off: every number moves towards 0, by up to a whole step. Before the
    cut add 0x7FFF and the last bit that stays."""
    # "The lower bits are cut off: every number moves towards 0": np.array_equal(bits_of(got),
    #     bits_of(x) >> 16 << 16) and (abs(got) <= abs(x)).all()
    # "Before the cut add 0x7FFF and the last bit that stays": floats(bits, x) → floats(bits +
    #     0x7FFF + odd(bits), x)
    # "by up to a whole step": bug(of_bits(0x3F80FFFF))[0] == 1 < 1.0078 < of_bits(0x3F80FFFF)[0]
    bits = bits_of(x)
    return floats(bits, x)


@exercise.bug
def ties_away_from_zero(x):
    """At a tie the number always grows: 257 becomes 258. Add one less, 0x7FFF, and the last bit
    that stays, so that a tie goes to the even number."""
    # "257 becomes 258": bug(np.float32([257]))[0] == 258
    # "Add one less, 0x7FFF, and the last bit that stays, so that a tie goes to the even number":
    #     32768 → 0x7FFF + odd(bits)
    # "At a tie the number always grows": (abs(got) > abs(x)).all()
    bits = bits_of(x)
    return floats(bits + 0x8000, x)


@exercise.bug
def ties_towards_zero(x):
    """At a tie the number always shrinks: 259 becomes 258. Add the last bit that stays, too, so
    that a tie goes to the even number."""
    # "259 becomes 258": bug(np.float32([259]))[0] == 258
    # "Add the last bit that stays, too, so that a tie goes to the even number": 32767 → 0x7FFF +
    #     odd(bits)
    # "At a tie the number always shrinks": (abs(got) < abs(x)).all()
    bits = bits_of(x)
    return floats(bits + 0x7FFF, x)


@exercise.bug
def ties_to_odd(x):
    """At a tie the number becomes odd in its last bit: 257 becomes 258. Add 0x7FFF and that bit
    itself, not its opposite."""
    # "257 becomes 258": bug(np.float32([257]))[0] == 258
    # "At a tie the number becomes odd in its last bit": odd(bits_of(got)).all()
    # "Add 0x7FFF and that bit itself, not its opposite": 1 - odd(bits) → odd(bits)
    bits = bits_of(x)
    return floats(bits + 0x7FFF + (1 - odd(bits)), x)


@exercise.bug
def nan_rounded(x):
    """The bits of a nan are rounded as those of a number: some become infinity, and some run over
    to 0. Leave a nan as it is."""
    # "some become infinity, and some run over to 0": np.isinf(bug(of_bits(0x7F800001))[0]) and
    #     bug(of_bits(0x7FFFFFFF))[0] == 0
    # "Leave a nan as it is.": (rounded & 4294901760).view(np.float32) → floats(rounded, x)
    # "The bits of a nan are rounded as those of a number": bits_of(bug(of_bits(0x7FC07FFF,
    #     0x7FC08001))).tolist() == [0x7FC00000, 0x7FC10000]
    bits = bits_of(x)
    rounded = bits + 0x7FFF + odd(bits)
    return (rounded & 0xFFFF0000).view(np.float32)


@exercise.bug(given=(lambda x: x, single))
def infinity_becomes_nan(x, given=single):
    """Infinity becomes nan. Make nan of nan alone."""
    # "Infinity becomes nan": np.isnan(bug(np.float32([np.inf]))[0])
    # "Make nan of nan alone": np.isfinite(given(x)) → ~np.isnan(given(x))
    rounded = to_bfloat16(x)
    return np.where(np.isfinite(given(x)), rounded, np.float32(np.nan))


@exercise.bug(given=(lambda x: x, single))
def largest_instead_of_infinity(x, given=single):
    """Beyond the largest bfloat16 the result is the largest. To nearest means infinity there: let
    the carry run into the exponent."""
    # "Beyond the largest bfloat16 the result is the largest": bug(np.float32([3.4e38]))[0] ==
    #     of_bits(0x7F7F0000)[0]
    # "To nearest means infinity there: let the carry run into the exponent": np.where(over,
    #     np.copysign(of_bits(2139029504), x), rounded) → rounded
    rounded = to_bfloat16(x)
    over = np.isinf(rounded) & np.isfinite(given(x))
    return np.where(over, np.copysign(of_bits(0x7F7F0000), x), rounded)


@exercise.bug(then=(False, True))
def float16_taken(x, then=False):
    """The numbers are rounded to float16, which has 3 more bits of fraction and ends at 65,504.
    bfloat16 is the upper half of a float32."""
    # "which has 3 more bits of fraction and ends at 65,504": bug(np.float32([1 + 2.0**-10]))[0] ==
    #     1 + 2.0**-10 and np.isinf(bug(np.float32([65520]))[0])
    # "bfloat16 is the upper half of a float32": x.astype(np.float16).astype(np.float32) →
    #     floats(bits_of(x) + 0x7FFF + odd(bits_of(x)), x)
    # "The numbers are rounded to float16": np.array_equal(got, x.astype(np.float16))
    with np.errstate(over="ignore"):
        half = x.astype(np.float16).astype(np.float32)
    return to_bfloat16(half) if then else half


@exercise.bug
def one_bit_too_many(x):
    """Eight bits of fraction stay, and bfloat16 stores seven: the eighth is the leading 1, which is
    not stored. Cut 16 bits off."""
    # "Eight bits of fraction stay, and bfloat16 stores seven": bug(np.float32([257]))[0] == 257 and
    #     bug(np.float32([513]))[0] == 512 and right(np.float32([257]))[0] == 256 and
    #     right(np.float32([129]))[0] == 129
    # "Cut 16 bits off": 16383 + (bits >> 15 & 1) → 0x7FFF + odd(bits); 4294934528 →
    #     0xFFFF0000
    # "the eighth is the leading 1, which is not stored": bits_of(np.float32([1]))[0] % 2**23 == 0
    #     and not np.array_equal(got, want)
    bits = bits_of(x)
    rounded = (bits + 0x3FFF + (bits >> 15 & 1)) & 0xFFFF8000
    return np.where(np.isnan(x), np.float32(np.nan), rounded.view(np.float32))


@exercise.bug
def one_bit_too_few(x):
    """Six bits of fraction stay, and bfloat16 has seven. Cut 16 bits off, not 17."""
    # "Six bits of fraction stay, and bfloat16 has seven": bug(np.float32([130]))[0] == 130 and
    #     bug(np.float32([129.5]))[0] == 130 and bug(np.float32([129]))[0] == 128 and
    #     right(np.float32([129]))[0] == 129 and right(np.float32([257]))[0] == 256
    # "Cut 16 bits off, not 17": 65535 + (bits >> 17 & 1) → 0x7FFF + odd(bits); 4294836224 →
    #     0xFFFF0000
    bits = bits_of(x)
    rounded = (bits + 0xFFFF + (bits >> 17 & 1)) & 0xFFFE0000
    return np.where(np.isnan(x), np.float32(np.nan), rounded.view(np.float32))


@exercise.bug
def one_step_for_all(x):
    """All numbers are rounded to multiples of 1/128. That is the step between 1 and 2; it doubles
    with each power of 2."""
    # "All numbers are rounded to multiples of 1/128": np.array_equal(got * 128, np.rint(got * 128))
    # "That is the step between 1 and 2; it doubles with each power of 2": np.rint(x * 128) / 128 →
    #     floats(bits_of(x) + 0x7FFF + odd(bits_of(x)), x)
    return (np.rint(x * 128) / 128).astype(np.float32)


@exercise.bug
def float64_viewed(x):
    """float64 is looked at as if it were float32: there are twice as many numbers, half of them
    wrong. Convert first: `x.astype(np.float32)`."""
    # "float64 is looked at as if it were float32: there are twice as many numbers": x.dtype ==
    #     np.float64 and got.size == 2 * x.size and np.array_equal(got, right(x.view(np.float32)))
    # "Convert first: `x.astype(np.float32)`": np.ascontiguousarray(x).view(np.float32) →
    #     x.astype(np.float32)
    # "half of them wrong": not np.isin(got[..., ::2], want).any()
    return to_bfloat16(np.ascontiguousarray(x).view(np.float32))


@exercise.bug
def bits_returned(x):
    """The 16 bits themselves are returned, as integers. Put 16 zeros behind them, and look at them
    as float32 again."""
    # "The 16 bits themselves are returned, as integers": got.dtype == np.uint16
    # "Put 16 zeros behind them, and look at them as float32 again": (bits >>
    #     16).astype(np.uint16) → floats(bits, x)
    bits = bits_of(to_bfloat16(x))
    return (bits >> 16).astype(np.uint16)


@exercise.bug
def value_of_the_bits(x):
    """The bits are converted to floats, as integers: 1 becomes 1,065,353,216. `astype` keeps the
    number; `view` keeps the bits."""
    # "The bits are converted to floats, as integers: 1 becomes 1,065,353,216":
    #     bug(np.float32([1]))[0] == 1_065_353_216
    # "`view` keeps the bits": .astype(np.float32) → .view(np.float32)
    bits = bits_of(to_bfloat16(x))
    return bits.astype(np.float32)


@exercise.bug
def rounded_once(x):
    """float64 is rounded straight to bfloat16. Make it float32 first, like PyTorch: a number beside
    a tie becomes that tie, and goes to the even number."""
    # "float64 is rounded straight to bfloat16": np.abs(got - x).max() < np.abs(want - x).max()
    # "Make it float32 first": as_float(x) → x.astype(np.float32).astype(float)
    # "a number beside a tie becomes that tie, and goes to the even number":
    #     np.array_equal(x.astype(np.float32), [1 + 2.0**-8, 1 + 3 * 2.0**-8]) and not
    #     odd(bits_of(want)).any() and odd(bits_of(got)).all()
    x = as_float(x)
    exponent = np.maximum(np.frexp(np.where(np.isfinite(x), x, 0))[1] - 1, -126)
    step = np.ldexp(x.dtype.type(1), exponent - 7)
    with np.errstate(over="ignore", invalid="ignore"):
        return (np.rint(x / step) * step).astype(np.float32)


@exercise.bug(given=(lambda x: x, single))
def kept_beyond_the_largest(x, given=single):
    """Where the carry makes infinity, the number is returned as it came, which is no bfloat16. To
    nearest means infinity there."""
    # "the number is returned as it came, which is no bfloat16": np.array_equal(got[np.isinf(want)],
    #     x[np.isinf(want)]) and (bits_of(got[np.isinf(want)]) & 0xFFFF).all()
    # "To nearest means infinity there": np.where(np.isinf(rounded), given(x), rounded) → rounded
    rounded = to_bfloat16(x)
    return np.where(np.isinf(rounded), given(x), rounded)


@exercise.bug(seen=(0x7F, 0x4000))
def some_lower_bits_overlooked(x, seen=0x7F):
    """The number is above a tie by a bit that nobody looks at, and goes to the even number as a tie
    does. Only if all 15 bits below the first that is cut off are 0, it is a tie."""
    # "The number is above a tie by a bit that nobody looks at, and goes to the even number as a tie
    #     does": (np.abs(got) < np.abs(x))[got != want].all() and (got != want).any() and not
    #     odd(bits_of(got))[got != want].any()
    # "Only if all 15 bits below the first that is cut off are 0, it is a tie": bits & seen → bits &
    #     0x7FFF
    bits = bits_of(x)
    up = (bits & 0x8000 != 0) & ((bits & seen != 0) | (odd(bits) == 1))
    return floats(bits + 0x10000 * up.astype(np.uint32), x)


@exercise.bug
def ties_upwards(x):
    """A tie goes to the larger neighbour: half a step is added, and the sum rounded down. A tie
    goes to the even one: `np.rint`."""
    # "A tie goes to the larger neighbour: half a step is added, and the sum rounded down":
    #     np.array_equal(bug(np.float32([257, -261])), np.floor((np.array([257, -261]) + 2 / 2) / 2)
    #     * 2)
    # "A tie goes to the even one: `np.rint`": np.floor(scaled + 0.5) → np.rint(scaled)
    with np.errstate(over="ignore"):
        x = x.astype(np.float32).astype(float)
    exponent = np.maximum(np.frexp(np.where(np.isfinite(x), x, 0))[1] - 1, -126)
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = np.ldexp(x, 7 - exponent)
        return np.ldexp(np.floor(scaled + 0.5), exponent - 7).astype(np.float32)


@exercise.bug(kind=(np.int32, np.int16))
def small_integers_first(x, kind=np.int32):
    """Integers are taken as a smaller type of integers, in which large ones wrap around. Make them
    float32 at once."""
    # "Integers are taken as a smaller type of integers, in which large ones wrap around":
    #     bug(np.array([2**32 + 3]))[0] == 3
    # "Make them float32 at once": x.astype(kind) → x.astype(np.float32)
    if x.dtype.kind in "iu":
        x = x.astype(kind)
    return to_bfloat16(x)


@exercise.bug
def carry_lost(x):
    """A fraction that is rounded up to 1 loses its carry: 255.9 becomes 128. Let the carry run into
    the exponent."""
    # "A fraction that is rounded up to 1 loses its carry": (got != want).any() and (2 * got ==
    #     want)[got != want].all()
    # "255.9 becomes 128": bug(np.float32([255.9]))[0] == 128
    # "Let the carry run into the exponent": bits & 4286578688 | rounded & 8388607 → rounded
    bits = bits_of(x)
    rounded = bits + 0x7FFF + odd(bits)
    return floats(bits & 0xFF800000 | rounded & 0x007FFFFF, x)


@exercise.bug
def always_away_from_zero(x):
    """Every number that loses a bit moves away from 0, by up to a whole step. Add 0x7FFF and the
    last bit that stays, not 0xFFFF."""
    # "Every number that loses a bit moves away from 0": (abs(got) > abs(x))[bits_of(x) & 0xFFFF !=
    #     0].all() and (bits_of(x) & 0xFFFF).any()
    # "by up to a whole step": bug(of_bits(0x3F800001))[0] == 1 + 2.0**-7
    # "Add 0x7FFF and the last bit that stays, not 0xFFFF": 65535 → 0x7FFF + odd(bits)
    bits = bits_of(x)
    return floats(bits + 0xFFFF, x)


@exercise.bug
def only_odd_ones_go_up(x):
    """Above half a step, too, a number goes up only if its last bit is odd. That bit decides ties
    alone: above half a step each goes up."""
    # "Above half a step, too, a number goes up only if its last bit is odd":
    #     bug(np.float32([257.5, 259.5])).tolist() == [256, 260]
    # "That bit decides ties alone: above half a step each goes up": half & (odd(bits) == 1) →
    #     half & ((bits & 32767 != 0) | (odd(bits) == 1))
    bits = bits_of(x)
    half = bits & 0x8000 != 0
    up = half & (odd(bits) == 1)
    return floats(bits + 0x10000 * up.astype(np.uint32), x)


@exercise.bug
def split_by_a_factor(x):
    """The upper bits are split off by the factor 65,537, and near the largest numbers the product
    overflows: they become nan, and so does infinity. Round the bits."""
    # "The upper bits are split off by the factor 65,537": np.array_equal(got, split(
    #     x.astype(np.float32)), equal_nan=True)
    # "near the largest numbers the product overflows: they become nan, and so does infinity":
    #     np.isnan(bug(np.float32([3.3e38, np.inf]))).all()
    # "Round the bits": split(single(x)) → floats(bits_of(x) + 0x7FFF + odd(bits_of(x)), x)
    return split(single(x))
