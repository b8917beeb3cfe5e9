"""Right and wrong ways to write the entropy of a distribution."""

import math

import numpy as np


def loops(p, base=np.e, axis=-1):
    if not (p >= 0).all() or not np.allclose(p.sum(axis=axis), 1, rtol=0, atol=1e-5):
        raise ValueError("not a distribution")
    rows = np.moveaxis(p, axis, -1)
    out = np.zeros(rows.shape[:-1])
    for index in np.ndindex(out.shape):
        out[index] = sum(-v * math.log(v, base) for v in rows[index].tolist() if v > 0)
    return out


def masked(p, base=np.e, axis=-1):
    p = np.asarray(p, dtype=np.float64)
    if not (p >= 0).all() or not np.allclose(p.sum(axis=axis), 1, rtol=0, atol=1e-5):
        raise ValueError("not a distribution")
    surprise = np.zeros_like(p)
    np.log(p, out=surprise, where=p > 0)
    return -(p * surprise).sum(axis=axis) / np.log(base)


def nan_to_num_of_the_terms(p, base=np.e, axis=-1):
    if not (p >= 0).all() or not np.allclose(p.sum(axis=axis), 1, rtol=0, atol=1e-5):
        raise ValueError("not a distribution")
    return -np.nansum(p * np.log(p), axis=axis) / np.log(base)


def inverse_probabilities(p, base=np.e, axis=-1):
    if np.isnan(p).any() or (p < 0).any() or (abs(p.sum(axis=axis) - 1) > 1e-5).any():
        raise ValueError("not a distribution")
    return (p * np.log2(1 / np.where(p == 0, 1, p))).sum(axis=axis) / np.log2(base)


def scipy(p, base=np.e, axis=-1):
    from scipy.special import entr

    if not (p >= 0).all() or not np.allclose(p.sum(axis=axis), 1, rtol=0, atol=1e-5):
        raise ValueError("not a distribution")
    return entr(p).sum(axis=axis) / math.log(base)


def pytorch(p, base=np.e, axis=-1):
    import torch

    if not (p >= 0).all() or not np.allclose(p.sum(axis=axis), 1, rtol=0, atol=1e-5):
        raise ValueError("not a distribution")
    p = torch.from_numpy(p).double()
    return -(torch.xlogy(p, p).sum(axis) / math.log(base)).numpy()


def _check(p, axis):
    if not (p >= 0).all() or not np.allclose(p.sum(axis=axis), 1, rtol=0, atol=1e-5):
        raise ValueError("not a distribution")


def textbook(p, base=np.e, axis=-1):
    return -np.sum(p * np.log(p), axis=axis) / np.log(base)


def textbook_for_vectors(p, base=np.e):
    return -np.sum(p * np.log(p)) / np.log(base)


def checked_textbook(p, base=np.e, axis=-1):
    _check(p, axis)
    return -np.sum(p * np.log(p), axis=axis) / np.log(base)


def textbook_eps(p, base=np.e, axis=-1):
    _check(p, axis)
    return -np.sum(p * np.log(p + 1e-12), axis=axis) / np.log(base)


def clipped(p, base=np.e, axis=-1):
    _check(p, axis)
    p = np.clip(p, 1e-10, None)
    return -np.sum(p * np.log(p), axis=axis) / np.log(base)


def dropped_zeros_of_the_whole_array(p, base=np.e, axis=-1):
    _check(p, axis)
    p = p[p > 0]
    return -np.sum(p * np.log(p)) / np.log(base)


def bits(p, base=np.e, axis=-1):
    _check(p, axis)
    return -np.nansum(p * np.log2(p), axis=axis)


def no_base(p, base=np.e, axis=-1):
    _check(p, axis)
    return -np.nansum(p * np.log(p), axis=axis)


def nan_let_go(p, base=np.e, axis=-1):
    if (p < 0).any() or (np.abs(p.sum(axis=axis) - 1) > 1e-5).any():
        raise ValueError("not a distribution")
    return -(p * np.log(np.where(p == 0, 1, p))).sum(axis=axis) / np.log(base)


def refused_if_all_sums_are_off(p, base=np.e, axis=-1):
    if not (p >= 0).all() or (np.abs(p.sum(axis=axis) - 1) > 1e-5).all():
        raise ValueError("not a distribution")
    return -(p * np.log(np.where(p == 0, 1, p))).sum(axis=axis) / np.log(base)


def refused_if_all_sums_are_off_and_nan_let_go(p, base=np.e, axis=-1):
    if (p < 0).any() or (np.abs(p.sum(axis=axis) - 1) > 1e-5).all():
        raise ValueError("not a distribution")
    return -(p * np.log(np.where(p == 0, 1, p))).sum(axis=axis) / np.log(base)


def right_to_two_digits(p, base=np.e, axis=-1):
    if not (p >= 0).all() or not np.allclose(p.sum(axis=axis), 1, atol=1e-2):
        raise ValueError("not a distribution")
    return -np.nansum(p * np.log(p), axis=axis) / np.log(base)


def asserted(p, base=np.e, axis=-1):
    assert (p >= 0).all()
    assert np.allclose(p.sum(axis=axis), 1)
    return -np.nansum(p * np.log(p), axis=axis) / np.log(base)


def normalised(p, base=np.e, axis=-1):
    p = p / p.sum(axis=axis, keepdims=True)
    return -np.nansum(p * np.log(p), axis=axis) / np.log(base)


def unchecked(p, base=np.e, axis=-1):
    return -np.nansum(p * np.log(p), axis=axis) / np.log(base)


def sign_and_zero(p, base=np.e, axis=-1):
    _check(p, axis)
    return (p * np.log(p)).sum(axis=axis) / np.log(base)


def strict_sum(p, base=np.e, axis=-1):
    if (p < 0).any() or not np.all(p.sum(axis=axis) == 1):
        raise ValueError("not a distribution")
    return -np.nansum(p * np.log(p), axis=axis) / np.log(base)


def last_axis(p, base=np.e, axis=-1):
    _check(p, -1)
    return -np.nansum(p * np.log(p), axis=-1) / np.log(base)


def perplexity(p, base=np.e, axis=-1):
    _check(p, axis)
    return np.exp(-np.nansum(p * np.log(p), axis=axis))


def gini(p, base=np.e, axis=-1):
    _check(p, axis)
    return 1 - (p**2).sum(axis=axis)


def in_float16(p, base=np.e, axis=-1):
    _check(p, axis)
    p = p.astype(np.float16)
    return -np.nansum(p * np.log(p), axis=axis) / np.log(base)


def columns_of_three_axes(p, base=np.e, axis=-1):
    axis = 0 if p.ndim == 3 and axis == -1 else axis
    return -(p * np.log(np.where(p > 0, p, 1))).sum(axis=axis) / np.log(base)


def swapped_to_the_end(p, base=np.e, axis=-1):
    p = np.swapaxes(p, axis, -1)
    return -(p * np.log(np.where(p > 0, p, 1))).sum(axis=-1) / np.log(base)


def three_bases(p, base=np.e, axis=-1):
    log = {2: np.log2, 10: np.log10}.get(base, np.log)
    return -(p * log(np.where(p > 0, p, 1))).sum(axis=axis)


def clipped_at_a_millionth(p, base=np.e, axis=-1):
    terms = np.where(p > 1e-6, p, 0) * np.log(np.maximum(p, 1e-6))
    return -terms.sum(axis=axis) / np.log(base)


def rare_classes_left_out(p, base=np.e, axis=-1):
    terms = p * np.log(np.where(p > 1e-12, p, 1))
    return -terms.sum(axis=axis) / np.log(base)


def clipped_in_the_logarithm_alone(p, base=np.e, axis=-1):
    return -(p * np.log(np.clip(p, 1e-15, 1))).sum(axis=axis) / np.log(base)


def bits_unless_told(p, base=2, axis=-1):
    return -(p * np.log(np.where(p > 0, p, 1))).sum(axis) / np.log(base)


def base_cut_to_a_whole_number(p, base=np.e, axis=-1):
    unit = 1 if base == np.e else np.log(int(base))
    return -(p * np.log(np.where(p > 0, p, 1))).sum(axis) / unit


def tiny_numbers_for_zeros(p, base=np.e, axis=-1):
    p = p if p.dtype.kind == "f" else p.astype(float)
    p[p == 0] = 1e-300 if p.dtype == float else 1e-30
    return -(p * np.log(p)).sum(axis) / np.log(base)


def clipped_at_a_hundred_thousandth(p, base=np.e, axis=-1):
    p = np.maximum(p, 1e-5)
    return -(p * np.log(p)).sum(axis) / np.log(base)


def bits_times_the_bits_of_the_base(p, base=np.e, axis=-1):
    bits = -(p * np.log2(np.where(p > 0, p, 1))).sum(axis=axis)
    return bits * np.log2(base)


def nan_to_num_of_the_sum(p, base=np.e, axis=-1):
    return np.nan_to_num(-(p * np.log(p)).sum(axis=axis) / np.log(base))


def of_the_softmax(p, base=np.e, axis=-1):
    powers = np.exp(p - p.max(axis=axis, keepdims=True))
    shares = powers / powers.sum(axis=axis, keepdims=True)
    return -(shares * np.log(shares)).sum(axis=axis) / np.log(base)


def every_base_cut_to_a_whole_number(p, base=np.e, axis=-1):
    return -(p * np.log(np.where(p > 0, p, 1))).sum(axis=axis) / np.log(int(base))


# The mistake that each is told; None where no known one explains it.
WRONG = {
    textbook: "nan_for_zero",
    textbook_for_vectors: "one_sum_for_all",
    checked_textbook: "nan_for_zero",
    textbook_eps: "eps_in_the_logarithm",
    clipped: "eps_in_the_logarithm",
    dropped_zeros_of_the_whole_array: "one_sum_for_all",
    bits: "base_ignored",
    no_base: "base_ignored",
    sign_and_zero: "sign_lost",
    tiny_numbers_for_zeros: "a_property_fails",
    clipped_at_a_hundred_thousandth: "eps_in_the_logarithm",
    bits_times_the_bits_of_the_base: "times_log_of_the_base",
    bits_unless_told: "bits_by_default",
    base_cut_to_a_whole_number: "wrong_where_base_is_2.5",
    strict_sum: "exact_sum_asked_for",
    last_axis: "last_axis_always",
    perplexity: "exponential",
    gini: None,
    in_float16: "nearly_right",
    columns_of_three_axes: "rows_in_another_order_has_another_effect",
    swapped_to_the_end: "transposed",
    three_bases: "wrong_where_base_is_2.5",
    clipped_at_a_millionth: "wrong_for_numbers_that_are_tiny",
    rare_classes_left_out: "a_property_fails",
    clipped_in_the_logarithm_alone: "a_property_fails",
    nan_to_num_of_the_sum: "nan_replaced_after_the_sum",
    of_the_softmax: "softmax_first",
    every_base_cut_to_a_whole_number: "bits_by_default",
}

# Right answers that pass with a note.
NOTED = {asserted, normalised, unchecked}
