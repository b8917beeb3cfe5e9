"""Right and wrong ways to write the Jensen-Shannon divergence."""

import math

import numpy as np


def loops(p, q, base=np.e, axis=-1):
    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    p, q = (np.moveaxis(a, axis, -1) for a in (p, q))
    out = np.zeros(p.shape[:-1])
    for index in np.ndindex(out.shape):
        for a, b in zip(p[index].tolist(), q[index].tolist(), strict=True):
            for each in (a, b):
                if each > 0:
                    out[index] += each * math.log(2 * each / (a + b), base) / 2
    return out


def two_divergences(p, q, base=np.e, axis=-1):
    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    m = (p + q) / 2

    def kl(a):
        return np.where(a > 0, a * np.log(a / m), 0).sum(axis=axis)

    return (kl(p) + kl(q)) / (2 * np.log(base))


def entropy_of_the_mixture_minus_mean_entropy(p, q, base=np.e, axis=-1):
    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")

    def entropy(a):
        return -np.nansum(a * np.log(a), axis=axis)

    nats = entropy((p + q) / 2) - (entropy(p) + entropy(q)) / 2
    return nats / np.log(base)


def stacked(p, q, base=np.e, axis=-1):
    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    both = np.stack([p, q]).astype(np.float64)
    ratios = np.ones_like(both)
    np.divide(both, both.mean(axis=0), out=ratios, where=both > 0)
    terms = (both * np.log2(ratios)).mean(axis=0)
    return terms.sum(axis=axis) / np.log2(base)


def scipy(p, q, base=np.e, axis=-1):
    from scipy.spatial.distance import jensenshannon

    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    return jensenshannon(p, q, base=base, axis=axis) ** 2


def pytorch(p, q, base=np.e, axis=-1):
    import torch

    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    p, q = torch.from_numpy(p).double(), torch.from_numpy(q).double()
    m = (p + q) / 2
    terms = torch.xlogy(p, p) + torch.xlogy(q, q) - 2 * torch.xlogy(m, m)
    return (terms.sum(axis) / 2 / math.log(base)).numpy()


def _check(*distributions, axis):
    for p in distributions:
        if not (p >= 0).all():
            raise ValueError("negative, or nan")
        if not np.allclose(p.sum(axis=axis), 1, rtol=0, atol=1e-5):
            raise ValueError("no sum of 1")


def _kl(p, q, base, axis):
    return np.where(p > 0, p * np.log(p / q), 0).sum(axis=axis) / np.log(base)


def scipy_as_it_is(p, q, base=np.e, axis=-1):
    from scipy.spatial.distance import jensenshannon

    return jensenshannon(p, q, base=base, axis=axis)


def scipy_squared_unchecked(p, q, base=np.e, axis=-1):
    from scipy.spatial.distance import jensenshannon

    return jensenshannon(p, q, base=base, axis=axis) ** 2


def textbook(p, q, base=np.e, axis=-1):
    m = (p + q) / 2
    nats = np.sum(p * np.log(p / m) + q * np.log(q / m), axis=axis) / 2
    return nats / np.log(base)


def jeffreys(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    return _kl(p, q, base, axis) + _kl(q, p, base, axis)


def not_halved(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    return (_kl(p, p + q, base, axis) + _kl(q, p + q, base, axis)) / 2


def added(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    m = (p + q) / 2
    return _kl(p, m, base, axis) + _kl(q, m, base, axis)


def added_and_not_halved(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    return _kl(p, p + q, base, axis) + _kl(q, p + q, base, axis)


def against_the_mixture(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    m = (p + q) / 2
    return (_kl(m, p, base, axis) + _kl(m, q, base, axis)) / 2


def of_p_alone(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    return _kl(p, (p + q) / 2, base, axis)


def geometric(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    m = np.sqrt(p * q)
    return (_kl(p, m, base, axis) + _kl(q, m, base, axis)) / 2


def nats_only(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    m = (p + q) / 2
    return (_kl(p, m, np.e, axis) + _kl(q, m, np.e, axis)) / 2


def with_eps(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    p, q = p + 1e-10, q + 1e-10
    m = (p + q) / 2
    return (_kl(p, m, base, axis) + _kl(q, m, base, axis)) / 2


def unchecked(p, q, base=np.e, axis=-1):
    m = (p + q) / 2
    return (_kl(p, m, base, axis) + _kl(q, m, base, axis)) / 2


def mixture_checked(p, q, base=np.e, axis=-1):
    m = (p + q) / 2
    _check(m, axis=axis)
    return (_kl(p, m, base, axis) + _kl(q, m, base, axis)) / 2


def in_common(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    m = (p + q) / 2
    both = (p > 0) & (q > 0)
    terms = np.where(both, p * np.log(p / m) + q * np.log(q / m), 0)
    return terms.sum(axis=axis) / 2 / np.log(base)


def nan_let_go(p, q, base=np.e, axis=-1):
    for a in (p, q):
        if (a < 0).any() or (np.abs(a.sum(axis=axis) - 1) > 1e-5).any():
            raise ValueError("not a distribution")
    m = (p + q) / 2
    terms = [np.where(a == 0, 0, a * np.log(a / m)) for a in (p, q)]
    return sum(terms).sum(axis=axis) / 2 / np.log(base)


def root_of_nats_in_bits(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    m = (p + q) / 2
    return np.sqrt((_kl(p, m, np.e, axis) + _kl(q, m, np.e, axis)) / 2)


def hellinger(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    return ((np.sqrt(p) - np.sqrt(q)) ** 2).sum(axis=axis) / 2


def total_variation(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    return np.abs(p - q).sum(axis=axis) / 2


def _divergence(p, q, base, axis):
    m = (p + q) / 2
    with np.errstate(all="ignore"):
        return (_kl(p, m, base, axis) + _kl(q, m, base, axis)) / 2


def refused_if_all_sums_are_off(p, q, base=np.e, axis=-1):
    for each in (p, q):
        if not (each >= 0).all() or (np.abs(each.sum(axis=axis) - 1) > 1e-5).all():
            raise ValueError("not a distribution")
    return _divergence(p, q, base, axis)


def right_to_two_digits(p, q, base=np.e, axis=-1):
    for each in (p, q):
        if not ((each >= 0).all() and np.allclose(each.sum(axis=axis), 1, atol=1e-2)):
            raise ValueError("not a distribution")
    return _divergence(p, q, base, axis)


def sums_of_at_most_one(p, q, base=np.e, axis=-1):
    for each in (p, q):
        if not (each >= 0).all() or (each.sum(axis=axis) > 1 + 1e-5).any():
            raise ValueError("not a distribution")
    return _divergence(p, q, base, axis)


def nan_skipped_in_the_check(p, q, base=np.e, axis=-1):
    for each in (p, q):
        if (each < 0).any() or (abs(each.sum(axis=axis) - 1) > 1e-5).any():
            raise ValueError("not a distribution")
    return _divergence(p, q, base, axis)


def whole_array_sums_to_its_rows(p, q, base=np.e, axis=-1):
    """The sums are right on average."""
    for each in (p, q):
        if not (each >= 0).all() or not abs(each.sum(axis=axis).mean() - 1) < 1e-5:
            raise ValueError("not a distribution")
    return _divergence(p, q, base, axis)


def last_axis_checked(p, q, base=np.e, axis=-1):
    _check(p, q, axis=-1)
    return _divergence(p, q, base, axis)


def exact_sums_asked_for(p, q, base=np.e, axis=-1):
    for each in (p, q):
        if not (each >= 0).all() or not np.allclose(each.sum(axis=axis), 1, rtol=0, atol=1e-12):
            raise ValueError("not a distribution")
    return _divergence(p, q, base, axis)


def bits_or_nats_alone(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    return _divergence(p, q, 2 if base == 2 else np.e, axis)


def only_p_checked(p, q, base=np.e, axis=-1):
    _check(p, axis=axis)
    return _divergence(p, q, base, axis)


def _of_ratios(p, q, axis, log=np.log, least=0.0):
    m = (p + q) / 2

    def mean(a):
        ratio = np.where(a > least, a, 1) / np.where(a > least, m, 1)
        return np.where(a > least, a * log(ratio), 0).sum(axis=axis)

    return (mean(p) + mean(q)) / 2


def columns_of_three_axes(p, q, base=np.e, axis=-1):
    axis = 0 if p.ndim == 3 and axis == -1 else axis
    return _of_ratios(p, q, axis) / np.log(base)


def swapped_to_the_end(p, q, base=np.e, axis=-1):
    p, q = np.swapaxes(p, axis, -1), np.swapaxes(q, axis, -1)
    return _of_ratios(p, q, -1) / np.log(base)


def three_bases(p, q, base=np.e, axis=-1):
    return _of_ratios(p, q, axis, {2: np.log2, 10: np.log10}.get(base, np.log))


def rare_classes_left_out(p, q, base=np.e, axis=-1):
    return _of_ratios(p, q, axis, least=1e-8) / np.log(base)


def small_results_cut_off(p, q, base=np.e, axis=-1):
    found = _of_ratios(p, q, axis) / np.log(base)
    return np.where(found < 1e-10, 0, found)


def bits_times_the_bits_of_the_base(p, q, base=np.e, axis=-1):
    return _of_ratios(p, q, axis, np.log2) * np.log2(base)


def cut_at_1(p, q, base=np.e, axis=-1):
    return np.clip(_of_ratios(p, q, axis) / np.log(base), 0, 1)


def tiny_numbers_for_zeros(p, q, base=np.e, axis=-1):
    p, q = (each if each.dtype.kind == "f" else each.astype(float) for each in (p, q))
    for each in (p, q):
        each[each == 0] = 1e-300 if each.dtype == float else 1e-30
    m = (p + q) / 2
    return (p * np.log(p / m) + q * np.log(q / m)).sum(axis=axis) / 2 / np.log(base)


def eps_in_both_parts_of_a_quotient(p, q, base=np.e, axis=-1):
    m, eps = (p + q) / 2, 1e-6
    terms = [each * np.log((each + eps) / (m + eps)) for each in (p, q)]
    return np.sum(terms, axis=0).sum(axis=axis) / 2 / np.log(base)


def mask_of_p_for_both(p, q, base=np.e, axis=-1):
    m, known = (p + q) / 2, p > 0
    p, q, m = (np.where(known, each, 1) for each in (p, q, m))
    with np.errstate(all="ignore"):
        terms = p * np.log(p / m) + np.where(q > 0, q * np.log(q / m), 0)
    return terms.sum(axis=axis) / 2 / np.log(base)


def _entropy(p, axis):
    return -(p * np.log(np.where(p > 0, p, 1))).sum(axis=axis)


def entropies_of_both(p, q, base=np.e, axis=-1):
    p, q = 1.0 * p, 1.0 * q
    found = _entropy((p + q) / 2, axis) - _entropy(p, axis) - _entropy(q, axis)
    return found / np.log(base)


def shares_of_the_whole_array(p, q, base=np.e, axis=-1):
    return _divergence(p / p.sum(), q / q.sum(), base, axis)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    scipy_as_it_is: "square_root_taken",
    textbook: "nan_for_zero",
    jeffreys: "both_directions_of_kl",
    not_halved: "mixture_not_halved",
    added: "sum_for_mean",
    added_and_not_halved: "too_small",
    against_the_mixture: "mixture_first",
    of_p_alone: "one_side_only",
    geometric: "geometric_mean_for_mixture",
    nats_only: "base_ignored",
    with_eps: "eps_smoothing",
    in_common: "only_classes_in_common",
    root_of_nats_in_bits: "square_root_taken",
    hellinger: None,
    total_variation: None,
    last_axis_checked: "last_axis_always",
    exact_sums_asked_for: "raises_ValueError",
    bits_or_nats_alone: "factor_of_a_size",
    columns_of_three_axes: "rows_in_another_order_has_another_effect",
    swapped_to_the_end: "transposed",
    three_bases: "factor_of_a_size",
    rare_classes_left_out: "a_property_fails",
    small_results_cut_off: "a_property_fails",
    bits_times_the_bits_of_the_base: "times_log_of_the_base",
    cut_at_1: "cut_off",
    tiny_numbers_for_zeros: "a_property_fails",
    eps_in_both_parts_of_a_quotient: "eps_smoothing",
    mask_of_p_for_both: "one_mask_for_both_sums",
    entropies_of_both: "entropies_not_halved",
    shares_of_the_whole_array: "divided_by_the_sum_of_all",
}

# Right answers that pass with a note.
NOTED = {scipy_squared_unchecked, unchecked, sums_of_at_most_one, only_p_checked}
