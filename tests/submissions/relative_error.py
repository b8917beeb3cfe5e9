"""Right and wrong ways to write the relative error."""

import numpy as np


def where(a, b):
    a, b = a.astype(float), b.astype(float)
    size = np.maximum(np.abs(a), np.abs(b))
    return np.max(np.where(size > 0, np.abs(a - b) / np.where(size > 0, size, 1), 0))


def masked(a, b):
    a, b = a.astype(float), b.astype(float)
    size = np.maximum(abs(a), abs(b))
    used = size != 0
    return (abs(a - b)[used] / size[used]).max() if used.any() else 0


def loops(a, b):
    worst = 0.0
    for p, q in zip(a.ravel(), b.ravel(), strict=True):
        if p != q:
            worst = max(worst, abs(float(p) - float(q)) / max(abs(float(p)), abs(float(q))))
    return worst


def divide_out(a, b):
    a, b = a.astype(float), b.astype(float)
    size = np.fmax(np.abs(a), np.abs(b)).astype(float)
    out = np.zeros(size.shape)
    np.divide(np.abs(np.subtract(a, b)), size, out=out, where=size != 0)
    return np.asarray(out.max())


def nan_to_zero(a, b):
    a, b = a.astype(float), b.astype(float)
    return np.nan_to_num(np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))).max()


def largest_of_a_list(a, b):
    """Python's numbers, one pair after the other."""
    worst = 0.0
    for one, other in zip(a.ravel().tolist(), b.ravel().tolist(), strict=True):
        if one != other:
            worst = max(worst, abs(one - other) / max(abs(one), abs(other)))
    return worst


def course_notes(a, b):
    return np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)))


def of_norms(a, b):
    total = np.linalg.norm(a) + np.linalg.norm(b)
    return np.linalg.norm(a - b) / total if total else 0.0


def eps_added(a, b):
    a, b = a.astype(float), b.astype(float)
    return np.max(np.abs(a - b) / (np.maximum(np.abs(a), np.abs(b)) + 1e-12))


def eps_as_a_floor(a, b):
    a, b = a.astype(float), b.astype(float)
    return np.max(np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-8))


def nan_ignored(a, b):
    with np.errstate(all="ignore"):
        return np.nanmax(np.abs(a - b) / np.maximum(np.abs(a), np.abs(b)))


def pythons_division(a, b):
    pairs = zip(a.ravel().tolist(), b.ravel().tolist(), strict=True)
    return max(abs(p - q) / max(abs(p), abs(q)) for p, q in pairs)


def averaged(a, b):
    size = np.maximum(np.abs(a), np.abs(b))
    return float(np.mean(np.abs(a - b) / np.where(size > 0, size, 1)))


def entry_by_entry(a, b):
    size = np.maximum(np.abs(a), np.abs(b))
    return np.abs(a - b) / np.where(size > 0, size, 1)


def smaller_size(a, b):
    size = np.minimum(np.abs(a), np.abs(b))
    return (np.abs(a - b) / np.where(size > 0, size, 1)).max()


def not_absolute(a, b):
    size = np.maximum(np.abs(a), np.abs(b))
    return ((a - b) / np.where(size > 0, size, 1)).max()


def zero_pairs_give_one(a, b):
    size = np.maximum(np.abs(a), np.abs(b))
    return np.where(size > 0, np.abs(a - b) / np.where(size > 0, size, 1), 1).max()


def any_zero_is_skipped(a, b):
    used = (a != 0) & (b != 0)
    if not used.any():
        return 0.0
    return (np.abs(a - b)[used] / np.maximum(np.abs(a), np.abs(b))[used]).max()


def overflows_when_squared(a, b):
    size = np.maximum(a**2, b**2)
    return np.sqrt(((a - b) ** 2 / np.where(size > 0, size, 1)).max())


def first_axis_only(a, b):
    size = np.maximum(np.abs(a), np.abs(b))
    return (np.abs(a - b) / np.where(size > 0, size, 1)).max(axis=0)


def percent(a, b):
    size = np.maximum(np.abs(a), np.abs(b))
    return 100 * (np.abs(a - b) / np.where(size > 0, size, 1)).max()


def integer_division(a, b):
    size = np.maximum(np.abs(a), np.abs(b))
    return (np.abs(a - b) // np.where(size > 0, size, 1)).max()


def mean_of_sums_with_nan(a, b):
    return (np.abs(a - b) / (np.abs(a) + np.abs(b))).mean()


def mean_and_no_zero_case(a, b):
    return (np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))).mean()


def small_errors_taken_for_0(a, b):
    a, b = a.astype(float), b.astype(float)
    size = np.maximum(np.abs(a), np.abs(b))
    worst = np.max(np.abs(a - b) / np.where(size == 0, 1, size))
    return float(worst) if worst > 1e-10 else 0.0


def skipped_where_b_is_zero(a, b):
    a, b = a.astype(float), b.astype(float)
    used = b != 0
    size = np.maximum(np.abs(a), np.abs(b))[used]
    return (np.abs(a - b)[used] / size).max(initial=0)


def capped(a, b):
    a, b = a.astype(float), b.astype(float)
    size = np.maximum(np.abs(a), np.abs(b))
    return min(1.0, (np.abs(a - b) / np.where(size == 0, 1, size)).max())


def at_the_largest_difference(a, b):
    a, b = a.astype(float).ravel(), b.astype(float).ravel()
    at = np.argmax(np.abs(a - b))
    size = max(abs(a[at]), abs(b[at]))
    return abs(a[at] - b[at]) / size if size else 0.0


def int32_subtracted(a, b):
    size = np.maximum(np.abs(a), np.abs(b)).astype(float)
    return float((np.abs(a - b) / np.where(size > 0, size, 1.0)).max())


def by_the_mean_of_both(a, b):
    a, b = a.astype(float), b.astype(float)
    size = (np.abs(a) + np.abs(b)) / 2
    return float((np.abs(a - b) / np.where(size > 0, size, 1)).max())


def larger_where_b_is(a, b):
    a, b = a.astype(float).ravel(), b.astype(float).ravel()
    size = np.maximum(abs(a), abs(b))
    some = size != 0
    return float(np.max((b[some] - a[some]) / size[some], initial=0.0))


def in_single_precision(a, b):
    a, b = np.asarray(a, np.float32), np.asarray(b, np.float32)
    size = np.maximum(np.abs(a), np.abs(b))
    return float((np.abs(a - b) / np.where(size > 0, size, 1)).max())


def zero_below_a_bound(a, b):
    worst = 0.0
    for x, y in zip(a.ravel().tolist(), b.ravel().tolist(), strict=True):
        size = max(abs(x), abs(y))
        if size > 1e-12:
            worst = max(worst, abs(x - y) / size)
    return worst


def size_of_the_larger(a, b):
    worst = 0.0
    for x, y in zip(a.ravel().tolist(), b.ravel().tolist(), strict=True):
        size = abs(max(x, y))
        if size > 0:
            worst = max(worst, abs(x - y) / size)
    return float(worst)


# The mistake that each is told; None where no known one explains it.
def absolute_last(a, b):
    a, b = a.astype(float), b.astype(float)
    size = np.maximum(np.abs(a), np.abs(b))
    return abs(((a - b) / np.where(size == 0, 1, size)).max())


WRONG = {
    absolute_last: "signed_difference",
    course_notes: "sum_in_the_denominator",
    of_norms: "of_norms",
    eps_added: "eps_in_the_denominator",
    eps_as_a_floor: "eps_in_the_denominator",
    nan_ignored: "wrong_only_where_it_should_be_0",
    pythons_division: "no_zero_case",
    averaged: "mean_for_maximum",
    entry_by_entry: "maximum_missing",
    smaller_size: "minimum_for_maximum",
    not_absolute: "signed_difference",
    zero_pairs_give_one: "one_where_both_are_zero",
    any_zero_is_skipped: "wrong_only_where_it_should_be_1",
    overflows_when_squared: "not_finite",
    first_axis_only: "maximum_missing",
    percent: "constant_factor",
    integer_division: "truncated_to_integers",
    mean_of_sums_with_nan: None,
    mean_and_no_zero_case: "mean_for_maximum",
    small_errors_taken_for_0: "a_property_fails",
    skipped_where_b_is_zero: "wrong_only_where_it_should_be_1",
    capped: "at_most_one",
    at_the_largest_difference: "where_they_differ_most",
    int32_subtracted: "a_property_fails",
    by_the_mean_of_both: "mean_in_the_denominator",
    larger_where_b_is: "signed_difference",
    in_single_precision: "in_float32",
    zero_below_a_bound: "eps_in_the_denominator",
    size_of_the_larger: "absolute_value_of_the_maximum",
}
