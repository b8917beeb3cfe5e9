"""Right and wrong ways to write `minhash`."""

import numpy as np

_P = 2**31 - 1


def _hashes(shingles, a, b, of=_P):
    shingles, a, b = (x.astype(np.int64) for x in (shingles, a, b))
    return (np.outer(a, shingles) + b[:, None]) % of


def by_an_outer_product(shingles, a, b):
    return _hashes(shingles, a, b).min(axis=-1)


def whole_numbers_of_python(shingles, a, b):
    a, b, some = a.tolist(), b.tolist(), shingles.tolist()
    return np.array(
        [min((i * x + j) % (2**31 - 1) for x in some) for i, j in zip(a, b, strict=True)]
    )


def one_shingle_after_another(shingles, a, b):
    a, b = a.astype(np.int64), b.astype(np.int64)
    least = np.full(len(a), 2**31 - 1, np.int64)
    for x in shingles:
        least = np.minimum(least, (a * int(x) + b) % (2**31 - 1))
    return least


def one_function_after_another(shingles, a, b):
    x = shingles.astype(np.int64)
    found = np.empty(len(a), np.int64)
    for i in range(len(a)):
        found[i] = ((int(a[i]) * x + int(b[i])) % (2**31 - 1)).min()
    return found


def of_the_set(shingles, a, b):
    return _hashes(np.unique(shingles), a, b).min(axis=1)


def unsigned(shingles, a, b):
    x, a, b = (each.astype(np.uint64) for each in (shingles, a, b))
    return ((x[:, None] * a + b) % np.uint64(2**31 - 1)).min(axis=0)


def remainders_on_the_way(shingles, a, b):
    x, a, b = (each.astype(np.int64) for each in (shingles, a, b))
    products = np.multiply.outer(a, x) % (2**31 - 1)
    products += b[:, None]
    return np.where(products >= 2**31 - 1, products - (2**31 - 1), products).min(axis=1)


def the_largest(shingles, a, b):
    return _hashes(shingles, a, b).max(axis=1)


def one_for_each_shingle(shingles, a, b):
    return _hashes(shingles, a, b).min(axis=0)


def one_for_all(shingles, a, b):
    return _hashes(shingles, a, b).min()


def without_remainder(shingles, a, b):
    return (np.outer(a.astype(np.int64), shingles) + b[:, None]).min(axis=1)


def remainder_last(shingles, a, b):
    return without_remainder(shingles, a, b) % _P


def summand_last(shingles, a, b):
    return _hashes(shingles, a, 0 * b).min(axis=1) + b


def summand_last_and_remainder(shingles, a, b):
    return (_hashes(shingles, a, 0 * b).min(axis=1) + b) % _P


def remainder_of_the_summand_alone(shingles, a, b):
    x, a, b = (each.astype(np.int64) for each in (shingles, a, b))
    return (np.outer(a, x) + (b % _P)[:, None]).min(axis=1)


def modulo_a_power_of_two(shingles, a, b):
    return _hashes(shingles, a, b, 2**31).min(axis=1)


def masked_to_31_bits(shingles, a, b):
    return (_hashes(shingles, a, b, 2**62) & (2**31 - 1)).min(axis=1)


def masked_to_32_bits(shingles, a, b):
    return (_hashes(shingles, a, b, 2**62) & 0xFFFFFFFF).min(axis=1)


def modulo_61_bits(shingles, a, b):
    return _hashes(shingles, a, b, 2**61 - 1).min(axis=1)


def factors_as_summands(shingles, a, b):
    return _hashes(shingles, b, a).min(axis=1)


def no_summand(shingles, a, b):
    return _hashes(shingles, a, 0 * b).min(axis=1)


def always_the_first_function(shingles, a, b):
    return np.repeat(_hashes(shingles, a[:1], b[:1]).min(), len(a))


def several_least(shingles, a, b):
    found = np.sort(_hashes(shingles, a[:1], b[:1])[0])[: len(a)]
    return np.pad(found, (0, len(a) - len(found)))


def which_shingle(shingles, a, b):
    return shingles[_hashes(shingles, a, b).argmin(axis=1)]


def where_it_stands(shingles, a, b):
    return _hashes(shingles, a, b).argmin(axis=1)


def of_the_smallest(shingles, a, b):
    return _hashes(shingles.min(keepdims=True), a, b)[:, 0]


def of_the_first(shingles, a, b):
    return _hashes(shingles, a, b)[:, 0]


def in_the_type_that_came(shingles, a, b):
    with np.errstate(all="ignore"):
        return ((a[:, None] * shingles + b[:, None]) % _P).min(axis=1)


def in_32_bits(shingles, a, b):
    x, a, b = (each.astype(np.uint32) for each in (shingles, a, b))
    return ((a[:, None] * x + b[:, None]) % np.uint32(_P)).min(axis=1)


def in_floats(shingles, a, b):
    return ((np.outer(a.astype(float), shingles) + b[:, None]) % _P).min(axis=1).astype(int)


def added(shingles, a, b):
    return _hashes(shingles, a, b).sum(axis=1)


def mean_hash(shingles, a, b):
    return _hashes(shingles, a, b).mean(axis=1)


def sorted_signature(shingles, a, b):
    return np.sort(_hashes(shingles, a, b).min(axis=1))


def its_own_functions(shingles, a, b):
    rng = np.random.default_rng(0)
    return _hashes(shingles, rng.integers(1, _P, len(a)), b).min(axis=1)


def shingles_changed(shingles, a, b):
    found = _hashes(shingles, a, b).min(axis=1)
    shingles %= 7
    return found


def minimum_from_zero(shingles, a, b):
    least = np.zeros(len(a), np.int64)
    for x in shingles:
        least = np.minimum(least, (a.astype(np.int64) * int(x) + b) % _P)
    return least


def minimum_from_two_to_the_thirty(shingles, a, b):
    return np.minimum(_hashes(shingles, a, b).min(axis=1), 2**30)


def bits_folded(shingles, a, b):
    """By 2**31 = 1 modulo p, without the last step, from p to 0."""
    h = a.astype(np.uint64)[:, None] * shingles.astype(np.uint64) + b.astype(np.uint64)[:, None]
    for _ in range(3):
        h = (h & np.uint64(_P)) + (h >> np.uint64(31))
    return h.min(axis=1).astype(np.int64)


def above_p_alone(shingles, a, b):
    h = a.astype(np.int64)[:, None] * shingles.astype(np.int64) + b.astype(np.int64)[:, None]
    h = (h & _P) + (h >> 31)
    return np.where(h > _P, h - _P, h).min(axis=1)


def those_that_occur_once(shingles, a, b):
    x = shingles.tolist()
    once = [each for each in x if x.count(each) == 1] or x
    return _hashes(np.array(once), a, b).min(axis=1)


def minimum_from_p_less_two(shingles, a, b):
    return np.fmin(_P - 2, _hashes(shingles, a, b).min(axis=1))


def zero_is_no_hash(shingles, a, b):
    hashes = _hashes(shingles, a, b)
    return np.where(hashes > 0, hashes, _P).min(axis=1)


def wide_too_late(shingles, a, b):
    """The product has overflowed when b, in 64 bits, is added."""
    with np.errstate(over="ignore"):
        products = np.multiply.outer(a, shingles)
    return ((products.astype(np.int64) + b.astype(np.int64)[:, None]) % (2**31 - 1)).min(axis=1)


# What each is told.
WRONG = {
    the_largest: "largest",
    one_for_each_shingle: "over_the_functions",
    one_for_all: "over_all",
    without_remainder: "no_remainder",
    remainder_last: "remainder_after_the_minimum",
    summand_last: "b_after_the_remainder",
    summand_last_and_remainder: "too_large",
    remainder_of_the_summand_alone: "no_remainder",
    modulo_a_power_of_two: "another_modulus",
    masked_to_31_bits: "another_modulus",
    masked_to_32_bits: "another_modulus",
    modulo_61_bits: "another_modulus",
    factors_as_summands: "a_and_b_exchanged",
    no_summand: "b_left_out",
    always_the_first_function: "one_function",
    several_least: "least_of_one_function",
    which_shingle: "shingle_of_the_least_hash",
    where_it_stands: "place_of_the_least_hash",
    of_the_smallest: "remainder_after_the_minimum",
    of_the_first: "shingles_cut_to_its_first_entry",
    in_the_type_that_came: "products_in_their_own_type",
    in_32_bits: "products_in_their_own_type",
    in_floats: "products_in_floats",
    added: "added_up",
    mean_hash: "wrong_where_shingles_holds_more_than_one_number",
    sorted_signature: "in_another_order",
    its_own_functions: None,
    shingles_changed: "an_argument_changed",
    minimum_from_zero: "zero_to_begin_with",
    minimum_from_two_to_the_thirty: None,
    bits_folded: "p_for_a_hash_of_0",
    above_p_alone: "p_for_a_hash_of_0",
    those_that_occur_once: "repeated_shingles_left_out",
    minimum_from_p_less_two: None,
    zero_is_no_hash: "p_for_a_hash_of_0",
    wide_too_late: "products_in_their_own_type",
}
