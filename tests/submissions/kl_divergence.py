"""Right and wrong ways to write KL divergence."""

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
            if a > 0:
                out[index] += a * math.log(a / b, base) if b > 0 else math.inf
    return out


def difference_of_logarithms(p, q, base=np.e, axis=-1):
    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = p * (np.log(p) - np.log(q))
    return np.where(p == 0, 0, terms).sum(axis=axis) / np.log(base)


def ratio_where_p_is(p, q, base=np.e, axis=-1):
    p, q = np.asarray(p, np.float64), np.asarray(q, np.float64)
    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    ratio = np.ones_like(p)
    np.divide(p, q, out=ratio, where=p > 0)
    return np.sum(p * np.log(ratio), axis=axis) / np.log(base)


def nansum(p, q, base=np.e, axis=-1):
    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    return np.nansum(p * np.log(p / q), axis=axis) / np.log(base)


def cross_entropy_minus_entropy(p, q, base=np.e, axis=-1):
    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    crossed = np.where(p > 0, -p * np.log(q), 0).sum(axis=axis)
    own = np.where(p > 0, -p * np.log(p), 0).sum(axis=axis)
    return (crossed - own) / np.log(base)


def cut_at_zero(p, q, base=np.e, axis=-1):
    bad = [~(a >= 0).all() or (abs(a.sum(axis=axis) - 1) > 1e-5).any() for a in (p, q)]
    if any(bad):
        raise ValueError("not distributions")
    logs = np.log2(np.where(p > 0, p, 1)) - np.log2(np.where(p > 0, q, 1))
    return np.maximum((p * logs).sum(axis=axis), 0) / np.log2(base)


def scipy(p, q, base=np.e, axis=-1):
    from scipy.special import rel_entr

    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    return rel_entr(p, q).sum(axis=axis) / math.log(base)


def pytorch(p, q, base=np.e, axis=-1):
    import torch

    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, rtol=0, atol=1e-5)):
            raise ValueError("not a distribution")
    p, q = torch.from_numpy(p).double(), torch.from_numpy(q).double()
    terms = torch.nn.functional.kl_div(q.log(), p, reduction="none")
    terms = torch.where(p == 0, 0, terms)
    return terms.sum(axis).numpy() / math.log(base)


def _check(*distributions, axis):
    for p in distributions:
        if not (p >= 0).all():
            raise ValueError("negative, or nan")
        if not np.allclose(p.sum(axis=axis), 1, rtol=0, atol=1e-5):
            raise ValueError("no sum of 1")


def textbook(p, q, base=np.e, axis=-1):
    return np.sum(p * np.log(p / q), axis=axis) / np.log(base)


def checked_textbook(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    return np.sum(p * np.log(p / q), axis=axis) / np.log(base)


def for_vectors(p, q):
    return np.sum(p * np.log(p / q))


def swapped(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    terms = np.where(q > 0, q * np.log(np.where(q > 0, q, 1) / p), 0)
    return terms.sum(axis=axis) / np.log(base)


def swapped_and_nats(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    return np.where(q > 0, q * np.log(q / p), 0).sum(axis=axis)


def textbook_eps(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    return np.sum(p * np.log((p + 1e-12) / (q + 1e-12)), axis=axis) / np.log(base)


def clipped_like_keras(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    p, q = np.clip(p, 1e-7, 1), np.clip(q, 1e-7, 1)
    return np.sum(p * np.log(p / q), axis=axis) / np.log(base)


def smoothed_and_normalised(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    p, q = (a + 1e-9 for a in (p, q))
    p, q = (a / a.sum(axis=axis, keepdims=True) for a in (p, q))
    return np.sum(p * np.log(p / q), axis=axis) / np.log(base)


def both_positive(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    terms = np.where((p > 0) & (q > 0), p * np.log(p / q), 0)
    return terms.sum(axis=axis) / np.log(base)


def nan_to_num(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    return np.nan_to_num(p * np.log(p / q)).sum(axis=axis) / np.log(base)


def pytorch_kl_div(p, q, base=np.e, axis=-1):
    import torch

    _check(p, q, axis=axis)
    p, q = torch.from_numpy(p).double(), torch.from_numpy(q).double()
    return torch.nn.functional.kl_div(q.log(), p, reduction="sum").numpy() / np.log(base)


def pytorch_default_reduction(p, q, base=np.e, axis=-1):
    import torch

    _check(p, q, axis=axis)
    p, q = torch.from_numpy(p).double(), torch.from_numpy(q).double()
    return torch.nn.functional.kl_div(q.log(), p).numpy() / np.log(base)


def pytorch_without_log(p, q, base=np.e, axis=-1):
    import torch

    _check(p, q, axis=axis)
    p, q = torch.from_numpy(p).double(), torch.from_numpy(q).double()
    return torch.nn.functional.kl_div(q, p, reduction="none").sum(axis).numpy()


def pytorch_in_the_order_of_the_formula(p, q, base=np.e, axis=-1):
    import torch

    _check(p, q, axis=axis)
    p, q = torch.from_numpy(p).double(), torch.from_numpy(q).double()
    terms = torch.nn.functional.kl_div(p.log(), q, reduction="none")
    return terms.sum(axis).numpy() / np.log(base)


def xlogy(p, q, base=np.e, axis=-1):
    import torch

    _check(p, q, axis=axis)
    p, q = torch.from_numpy(p).double(), torch.from_numpy(q).double()
    terms = torch.xlogy(p, p) - p * q.log()
    return terms.sum(axis).numpy() / np.log(base)


def scipy_entropy(p, q, base=np.e, axis=-1):
    from scipy.stats import entropy

    return entropy(p, q, base=base, axis=axis)


def generalised(p, q, base=np.e, axis=-1):
    from scipy.special import kl_div

    return kl_div(p, q).sum(axis=axis) / np.log(base)


def unchecked(p, q, base=np.e, axis=-1):
    return np.where(p > 0, p * np.log(p / q), 0).sum(axis=axis) / np.log(base)


def only_p(p, q, base=np.e, axis=-1):
    _check(p, axis=axis)
    return np.where(p > 0, p * np.log(p / q), 0).sum(axis=axis) / np.log(base)


def nan_let_go(p, q, base=np.e, axis=-1):
    for a in (p, q):
        if (a < 0).any() or (np.abs(a.sum(axis=axis) - 1) > 1e-5).any():
            raise ValueError("not a distribution")
    terms = np.where(p == 0, 0, p * np.log(np.where(p == 0, 1, p) / q))
    return terms.sum(axis=axis) / np.log(base)


def refused_if_all_sums_are_off(p, q, base=np.e, axis=-1):
    for a in (p, q):
        if not (a >= 0).all() or (np.abs(a.sum(axis=axis) - 1) > 1e-5).all():
            raise ValueError("not a distribution")
    return np.where(p > 0, p * np.log(p / q), 0).sum(axis=axis) / np.log(base)


def refused_if_all_sums_are_off_and_never_below_0(*args, **options):
    return np.maximum(refused_if_all_sums_are_off(*args, **options), 0)


def right_to_two_digits(p, q, base=np.e, axis=-1):
    for a in (p, q):
        if not ((a >= 0).all() and np.allclose(a.sum(axis=axis), 1, atol=1e-2)):
            raise ValueError("not a distribution")
    return np.where(p > 0, p * np.log(p / q), 0).sum(axis=axis) / np.log(base)


def strict_sum(p, q, base=np.e, axis=-1):
    for a in (p, q):
        if (a < 0).any() or not np.all(a.sum(axis=axis) == 1):
            raise ValueError("not a distribution")
    return np.where(p > 0, p * np.log(p / q), 0).sum(axis=axis) / np.log(base)


def crossed(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    return np.where(p > 0, -p * np.log(q), 0).sum(axis=axis) / np.log(base)


def last_axis(p, q, base=np.e, axis=-1):
    _check(p, q, axis=-1)
    return np.where(p > 0, p * np.log(p / q), 0).sum(axis=-1) / np.log(base)


def written_into_p(p, q, base=np.e, axis=-1):
    _check(p, q, axis=axis)
    q[(p == 0) & (q == 0)] = 1
    return np.where(p > 0, p * np.log(p / q), 0).sum(axis=axis) / np.log(base)


def _of_ratios(p, q, axis, log=np.log):
    with np.errstate(all="ignore"):
        return np.where(p > 0, p * log(np.where(p > 0, p, 1) / q), 0).sum(axis=axis)


def columns_of_three_axes(p, q, base=np.e, axis=-1):
    axis = 0 if p.ndim == 3 and axis == -1 else axis
    return _of_ratios(p, q, axis) / np.log(base)


def swapped_to_the_end(p, q, base=np.e, axis=-1):
    p, q = np.swapaxes(p, axis, -1), np.swapaxes(q, axis, -1)
    return _of_ratios(p, q, -1) / np.log(base)


def three_bases(p, q, base=np.e, axis=-1):
    return _of_ratios(p, q, axis, {2: np.log2, 10: np.log10}.get(base, np.log))


def rare_classes_left_out(p, q, base=np.e, axis=-1):
    return _of_ratios(np.where(p > 1e-12, p, 0), q, axis) / np.log(base)


def small_results_cut_off(p, q, base=np.e, axis=-1):
    found = _of_ratios(p, q, axis) / np.log(base)
    return np.where(found < 1e-10, 0, found)


def ratios_cut_off(p, q, base=np.e, axis=-1):
    with np.errstate(all="ignore"):
        ratio = np.where(p > 0, p, 1) / np.where(p > 0, q, 1)
    logs = np.log(np.where(np.isinf(ratio), np.inf, np.minimum(ratio, 1e30)))
    return np.maximum((p * logs).sum(axis=axis) / np.log(base), 0)


def _terms(p, q):
    with np.errstate(all="ignore"):
        return np.where(p > 0, p * (np.log(p) - np.log(q)), 0)


def bits_unless_told(p, q, base=2, axis=-1):
    return _terms(p, q).sum(axis) / np.log(base)


def all_axes_of_one_squeezed(p, q, base=np.e, axis=-1):
    return np.squeeze(_terms(p, q).sum(axis) / np.log(base))


def base_cut_to_a_whole_number(p, q, base=np.e, axis=-1):
    return _terms(p, q).sum(axis) / np.log(base if base == np.e else int(base))


def one_excluded_class_for_all(p, q, base=np.e, axis=-1):
    if np.any((p > 0) & (q == 0)):
        return np.full_like(_terms(p, q).sum(axis), np.inf)
    return _terms(p, q).sum(axis) / np.log(base)


def zeros_of_q_first(p, q, base=np.e, axis=-1):
    return np.where(q == 0, np.inf, _terms(p, q)).sum(axis) / np.log(base)


def made_positive(p, q, base=np.e, axis=-1):
    return np.abs(_terms(p, q).sum(axis) / np.log(base))


# The mistake that each is told; None where no known one explains it.
WRONG = {
    textbook: "nan_for_zero",
    checked_textbook: "nan_for_zero",
    for_vectors: None,
    swapped: "arguments_swapped",
    swapped_and_nats: "arguments_swapped",
    textbook_eps: "eps_smoothing",
    clipped_like_keras: "eps_smoothing",
    smoothed_and_normalised: "eps_smoothing",
    both_positive: "infinite_terms_left_out",
    nan_to_num: "infinity_made_finite",
    pytorch_kl_div: "one_sum_for_all",
    pytorch_default_reduction: None,
    pytorch_without_log: "too_small",
    pytorch_in_the_order_of_the_formula: "arguments_swapped",
    xlogy: "nan_where_both_are_zero",
    bits_unless_told: "bits_by_default",
    all_axes_of_one_squeezed: "right_numbers_in_another_shape",
    base_cut_to_a_whole_number: "wrong_where_base_is_2.5",
    strict_sum: "exact_sum_asked_for",
    crossed: "cross_entropy_instead",
    last_axis: "last_axis_always",
    written_into_p: "an_argument_changed",
    columns_of_three_axes: "rows_in_another_order_has_another_effect",
    swapped_to_the_end: "transposed",
    three_bases: "wrong_where_base_is_2.5",
    rare_classes_left_out: "a_property_fails",
    small_results_cut_off: "a_property_fails",
    ratios_cut_off: "a_property_fails",
    one_excluded_class_for_all: "infinite_for_all_rows",
    zeros_of_q_first: "infinite_where_q_is_zero",
    made_positive: "a_property_fails",
}

# Right answers that pass with a note.
NOTED = {scipy_entropy, generalised, unchecked, only_p}
