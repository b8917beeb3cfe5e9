"""Right and wrong ways to round to bfloat16."""

import struct

import numpy as np

NAN = np.float32(np.nan)


def _bits(x):
    with np.errstate(over="ignore"):
        return x.astype(np.float32).view(np.uint32)


def _cut(bits, x):
    return np.where(np.isnan(x), NAN, (bits & 0xFFFF0000).view(np.float32))


def two_cases(x):
    """Down or up by the lower half; a tie by the last bit that stays."""
    bits = _bits(x)
    lower, last = bits & 0xFFFF, bits >> 16 & 1
    up = (lower > 0x8000) | ((lower == 0x8000) & (last == 1))
    return _cut((bits & 0xFFFF0000) + np.uint32(0x10000) * up, x)


def in_64_bits(x):
    bits = _bits(x).astype(np.int64)
    rounded = (bits + 0x7FFF + (bits >> 16) % 2) // 0x10000 * 0x10000
    return _cut(rounded.astype(np.uint32), x)


def pytorch(x):
    import torch

    return torch.tensor(x.astype(np.float64)).float().to(torch.bfloat16).float().numpy()


def by_the_step(x):
    """The nearest multiple of the step at its exponent; np.rint rounds a tie to even."""
    with np.errstate(over="ignore", invalid="ignore"):
        x = x.astype(np.float32).astype(np.float64)
        # The exponent of infinity is the C library's choice.
        exponent = np.frexp(np.where(np.isfinite(x), x, 1.0))[1] - 1
        step = 2.0 ** (np.maximum(exponent, -126) - 7)
        return (np.rint(x / step) * step).astype(np.float32)


def one_by_one(x):
    def each(number):
        if np.isnan(number):
            return NAN
        (bits,) = struct.unpack("<I", struct.pack("<f", number))
        quotient, rest = divmod(bits, 1 << 16)
        quotient += rest > 0x8000 or (rest == 0x8000 and quotient % 2)
        return struct.unpack("<f", struct.pack("<I", quotient << 16))[0]

    with np.errstate(over="ignore"):
        flat = [each(number) for number in x.astype(np.float32).ravel()]
    return np.array(flat, np.float32).reshape(x.shape)


def the_nearer_neighbour(x):
    bits = _bits(x)
    low = bits & 0xFFFF0000
    high = low + np.uint32(0x10000)
    with np.errstate(invalid="ignore"):
        x64 = x.astype(np.float32).astype(float)
        below, above = (each.view(np.float32).astype(float) for each in (low, high))
        above = np.where(np.isinf(above), np.copysign(2.0**128, x64), above)
        to_low, to_high = np.abs(x64 - below), np.abs(above - x64)
    even = (low >> 16) % 2 == 0
    down = (to_low < to_high) | ((to_low == to_high) & even) | np.isinf(x64)
    return _cut(np.where(down, low, high), x)


def signed_bits(x):
    with np.errstate(over="ignore"):
        x = np.array(x, dtype=np.float32)
    bits = x.view(np.int32)
    out = ((bits + 0x7FFF + ((bits >> 16) & 1)) & -0x10000).view(np.float32)
    out[np.isnan(x)] = np.nan
    return out


def in_float64(x):
    return in_64_bits(x).astype(np.float64)


def truncated(x):
    return _cut(_bits(x), x)


def half_a_step_added(x):
    return _cut(_bits(x) + 0x8000, x)


def tie_by_the_first_lower_bit(x):
    """The bit that is cut, not the last that stays."""
    bits = _bits(x)
    return _cut(bits + 0x7FFF + (bits >> 15 & 1), x)


def almost_half_added(x):
    return _cut(_bits(x) + 0x7FFF, x)


def tie_by_the_opposite(x):
    bits = _bits(x)
    return _cut(bits + 0x8000 - (bits >> 16 & 1), x)


def without_nan(x):
    bits = _bits(x)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000).view(np.float32)


def nan_for_all_special(x):
    bits = _bits(x)
    rounded = ((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000).view(np.float32)
    return np.where(bits << 1 >= 0xFF000000, NAN, rounded)


def clipped(x):
    largest = np.array([0x7F7F0000], np.uint32).view(np.float32)
    return np.where(np.isinf(x), x, np.clip(in_64_bits(x), -largest, largest)).astype(np.float32)


def half_precision(x):
    with np.errstate(over="ignore"):
        return np.asarray(np.asarray(x, np.float16), np.float32)


def seventeen_bits(x):
    bits = _bits(x)
    rounded = (bits + 0x3FFF + (bits >> 15 & 1)) >> 15 << 15
    return np.where(np.isnan(x), NAN, rounded.view(np.float32))


def three_digits(x):
    """Decimal digits, as many as bfloat16 is said to have."""
    with np.errstate(all="ignore"):
        x = x.astype(float)
        size = 10.0 ** (2 - np.floor(np.log10(np.abs(x))))
        return np.where(x == 0, 0, np.round(x * size) / size).astype(np.float32)


def flushed(x):
    with np.errstate(over="ignore"):
        return np.where(np.abs(x) < np.finfo(np.float32).tiny, 0 * x, in_64_bits(x)).astype(
            np.float32
        )


def without_subnormal_steps(x):
    """The step goes on shrinking below 2**-126."""
    with np.errstate(over="ignore", invalid="ignore"):
        x = x.astype(np.float32).astype(np.float64)
        step = 2.0 ** (np.frexp(x)[1] - 8)
        return (np.rint(x / step) * step).astype(np.float32)


def viewed_at_once(x):
    bits = x.view(np.uint32)
    rounded = (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000
    out = rounded.view(np.float32).copy()
    out[np.isnan(x.view(np.float32))] = np.nan
    return out


def upper_half(x):
    return (_bits(in_64_bits(x)) >> 16).astype(np.uint16)


def converted_bits(x):
    return (_bits(in_64_bits(x))).astype(np.float32)


def nan_made_zero(x):
    return np.nan_to_num(in_64_bits(x), nan=0.0, posinf=np.inf, neginf=-np.inf)


# What each is told; None where no known mistake explains it.


def straight_from_float64(x):
    """45 of the 52 bits of fraction go at once."""
    if x.dtype != np.float64:
        return two_cases(x)
    bits = x.view(np.uint64).astype(object)
    rounded = [(b + (1 << 44) - 1 + (b >> 45 & 1)) >> 45 << 45 for b in bits.ravel()]
    return np.array(rounded, np.uint64).view(np.float64).reshape(x.shape).astype(np.float32)


def only_finite_results(x):
    """What would become infinite stays."""
    rounded = two_cases(x)
    return np.where(np.isinf(rounded), x, rounded).astype(np.float32)


def seven_bits_below(x):
    """A tie is looked for in the last seven bits, the guard bit apart."""
    bits = _bits(x)
    tie = (bits & 0x7F) == 0
    last = bits >> 16 & 1
    up = (bits & 0x8000 > 0) & ~(tie & (last == 0))
    return _cut((bits & 0xFFFF0000) + np.uint32(0x10000) * up, x)


def half_then_floor(x):
    exact = by_the_step(x)
    with np.errstate(over="ignore"):
        single = x.astype(np.float32)
    tie = np.isfinite(single) & (_bits(single) & 0xFFFF == 0x8000)
    down = tie & (exact < single)
    grown = ((_bits(single) & 0xFFFF0000) + np.uint32(0x10000)).view(np.float32)
    shrunk = (_bits(single) & 0xFFFF0000).view(np.float32)
    return np.where(down, np.where(single > 0, grown, shrunk), exact)


def four_bytes_of_integers(x):
    return two_cases(x.astype(np.intc) if x.dtype == np.int64 else x)


def fraction_alone(x):
    """The seven bits are rounded among themselves."""
    bits = _bits(x)
    fraction = bits & 0x7FFFFF
    fraction = fraction + 0x7FFF + (fraction >> 16 & 1) & 0x7F0000
    return np.where(np.isinf(x), x, _cut(bits & 0xFF800000 | fraction, x)).astype(np.float32)


def four_bytes_viewed(x):
    """What has four bytes is taken for float32, int32 too."""
    x = x if x.dtype.itemsize == 4 else x.astype(np.float32)
    return two_cases(np.ascontiguousarray(x).view(np.float32))


def too_large_for_float32(x):
    if (np.abs(x[np.isfinite(x)]) > np.finfo(np.float32).max).any():
        raise ValueError("too large for float32")
    return two_cases(x)


def up_by_any_bit(x):
    return _cut(_bits(x) + np.uint32(0xFFFF) * np.isfinite(x), x)


def up_if_odd(x):
    """The rule for a tie is taken for every number from half a step on."""
    bits = _bits(x)
    up = (bits & 0x8000 > 0) & (bits >> 16 & 1 == 1)
    return _cut((bits & 0xFFFF0000) + np.uint32(0x10000) * up, x)


def float16_on_the_way(x):
    with np.errstate(over="ignore"):
        single = x.astype(np.float32)
        half = single.astype(np.float16).astype(np.float32)
    small = np.isfinite(half) & (np.abs(single) > 1e-4)
    return two_cases(np.where(small, half, single))


def float16_first(x):
    with np.errstate(over="ignore"):
        return two_cases(x.astype(np.float16))


def guard_bit_alone(x):
    """Up if the two upper bits of those that go are 1, or the first and the last that stays."""
    bits = _bits(x)
    half, quarter, last = (bits >> n & 1 == 1 for n in (15, 14, 16))
    return _cut((bits & 0xFFFF0000) + np.uint32(0x10000) * (half & (quarter | last)), x)


def veltkamp(x):
    with np.errstate(over="ignore", invalid="ignore"):
        x = x.astype(np.float32)
        c = x * np.float32(2**16 + 1)
        return c - (c - x)


WRONG = {
    truncated: "cut_off",
    half_a_step_added: "ties_away_from_zero",
    tie_by_the_first_lower_bit: "ties_away_from_zero",
    almost_half_added: "ties_towards_zero",
    tie_by_the_opposite: "ties_to_odd",
    without_nan: "nan_rounded",
    nan_for_all_special: "infinity_becomes_nan",
    clipped: "largest_instead_of_infinity",
    half_precision: "float16_taken",
    seventeen_bits: "one_bit_too_many",
    three_digits: None,
    flushed: "a_property_fails",
    without_subnormal_steps: "a_property_fails",
    viewed_at_once: "float64_viewed",
    upper_half: "bits_returned",
    converted_bits: "value_of_the_bits",
    nan_made_zero: "wrong_only_where_it_should_be_nan",
    straight_from_float64: "rounded_once",
    only_finite_results: "kept_beyond_the_largest",
    seven_bits_below: "some_lower_bits_overlooked",
    half_then_floor: "ties_upwards",
    four_bytes_of_integers: "small_integers_first",
    fraction_alone: "carry_lost",
    four_bytes_viewed: "right_in_int64",
    too_large_for_float32: "wrong_for_numbers_that_are_large",
    up_by_any_bit: "always_away_from_zero",
    up_if_odd: "only_odd_ones_go_up",
    float16_on_the_way: "nearly_right",
    float16_first: "float16_taken",
    guard_bit_alone: "some_lower_bits_overlooked",
    veltkamp: "split_by_a_factor",
}
