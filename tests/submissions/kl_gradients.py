"""Right and wrong ways to write the gradients of both directions of KL."""

import math

import numpy as np


def loops(p, logits):
    forward, reverse = np.zeros(p.shape), np.zeros(p.shape)
    for index in np.ndindex(p.shape[:-1]):
        z = [float(each) for each in logits[index]]
        total = math.log(sum(math.exp(each - max(z)) for each in z)) + max(z)
        logs = [each - total for each in z]
        ratios = [a - math.log(b) for a, b in zip(logs, p[index].tolist(), strict=True)]
        kl = sum(math.exp(a) * b for a, b in zip(logs, ratios, strict=True))
        for c, log_q in enumerate(logs):
            forward[index][c] = math.exp(log_q) - p[index][c]
            reverse[index][c] = math.exp(log_q) * (ratios[c] - kl)
    return forward, reverse


def through_the_jacobian(p, logits):
    log_q = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
    q = np.exp(log_q)
    jacobian = q[..., :, None] * (np.eye(q.shape[-1]) - q[..., None, :])
    by_q = log_q - np.log(p) + 1
    return q - p, np.einsum("...ij,...j->...i", jacobian, by_q)


def pytorch(p, logits):
    import torch

    target = torch.from_numpy(p).double()
    gradients = []
    for forward in (True, False):
        z = torch.from_numpy(logits).double().requires_grad_()
        log_q = torch.log_softmax(z, -1)
        crossed = -(target * log_q).sum()
        divergence = (log_q.exp() * (log_q - target.log())).sum()
        (crossed if forward else divergence).backward()
        gradients.append(z.grad.numpy())
    return tuple(gradients)


def scipy(p, logits):
    from scipy.special import log_softmax

    log_q = log_softmax(np.asarray(logits, float), axis=-1)
    q = np.exp(log_q)
    surprise = np.log(p) - log_q
    return q - p, -q * (surprise - np.sum(q * surprise, -1, keepdims=True))


def expectations(p, logits):
    """Reverse: q times the surprise above its mean."""
    z = logits - np.max(logits, axis=-1, keepdims=True) + 0.0
    log_q = z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    q = np.exp(log_q)
    gap = np.where(q > 0, log_q - np.log(p), 0)
    mean = np.sum(q * gap, axis=-1, keepdims=True)
    return q - p, q * (gap - mean)


def einsums(p, logits):
    q = np.exp(logits.astype(float) - logits.max(-1)[..., None])
    q = q / np.einsum("...k->...", q)[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(q == 0, 0, q * np.log(q / p))
    return q - p, terms - np.einsum("...i,...j->...j", terms, q)


def _softmax(logits):
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def from_rounded_probabilities(p, logits):
    q = _softmax(logits)
    kl = (q * np.log(q / p)).sum(axis=-1, keepdims=True)
    return q - p, q * (np.log(q / p) - kl)


def clipped(p, logits):
    q = np.clip(_softmax(logits), 1e-9, 1)
    kl = (q * np.log(q / p)).sum(axis=-1, keepdims=True)
    return q - p, q * (np.log(q / p) - kl)


def product_rule_only(p, logits):
    q = _softmax(logits)
    return q - p, q * (np.log(q / p) + 1)


def differences_for_both(p, logits):
    q = _softmax(logits)
    return q - p, q - p


def antisymmetric(p, logits):
    q = _softmax(logits)
    return q - p, p - q


def upside_down(p, logits):
    q = _softmax(logits)
    kl = (q * np.log(q / p)).sum(axis=-1, keepdims=True)
    return p - q, q * (kl - np.log(q / p))


def by_probabilities(p, logits):
    q = _softmax(logits)
    return -p / q, np.log(q / p) + 1


def wrong_order(p, logits):
    q = _softmax(logits)
    kl = (q * np.log(q / p)).sum(axis=-1, keepdims=True)
    return q * (np.log(q / p) - kl), q - p


def plain_softmax(p, logits):
    q = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    kl = (q * np.log(q / p)).sum(axis=-1, keepdims=True)
    return q - p, q * (np.log(q / p) - kl)


def forgot_keepdims(p, logits):
    q = _softmax(logits)
    kl = (q * np.log(q / p)).sum(axis=-1)
    return q - p, q * (np.log(q / p) - kl)


def means(p, logits):
    q = _softmax(logits)
    kl = (q * np.log(q / p)).sum(axis=-1, keepdims=True)
    n = max(q.size // q.shape[-1], 1)
    return (q - p) / n, q * (np.log(q / p) - kl) / n


def logits_for_log_probabilities(p, logits):
    q = _softmax(logits)
    kl = (q * (logits - np.log(p))).sum(axis=-1, keepdims=True)
    return q - p, q * (logits - np.log(p)) - kl


def only_one(p, logits):
    return _softmax(logits) - p


def infinity_refused(p, logits):
    if not np.isfinite(logits).all():
        raise ValueError("logits must be finite")
    return expectations(p, logits)


def _both(q, log_q, p, mean=None):
    gap = log_q - np.log(p)
    kl = (q * gap).sum(axis=-1, keepdims=True) if mean is None else mean(q * gap)
    return q - p, q * (gap - kl)


def _log_softmax(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def one_maximum_for_all(p, logits):
    shifted = logits - logits.max()
    with np.errstate(all="ignore"):
        log_q = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        return _both(np.exp(log_q), log_q, p)


def divergence_of_the_first_row(p, logits):
    """The divergence of the first row is subtracted from all of them."""
    log_q = _log_softmax(logits)
    return _both(np.exp(log_q), log_q, p, lambda terms: terms.reshape(-1, terms.shape[-1])[0].sum())


def in_the_type_of_the_logits(p, logits):
    shifted = np.empty_like(logits)
    shifted[...] = logits - logits.max(axis=-1, keepdims=True)
    norm = np.log(np.exp(shifted).sum(axis=-1, keepdims=True)).astype(logits.dtype)
    log_q = shifted - norm
    return _both(np.exp(log_q), log_q, p)


def logits_clipped_to_500(p, logits):
    logits = np.clip(logits, -500, 500)
    log_q = _log_softmax(logits)
    return _both(np.exp(log_q), log_q, p)


def rows_and_columns_only(p, logits):
    log_q = _log_softmax(logits)
    return _both(
        np.exp(log_q), log_q, p, lambda t: t.sum(axis=1, keepdims=True) if t.ndim > 1 else t.sum()
    )


def summed_over_all_axes_but_the_first(p, logits):
    log_q = _log_softmax(logits)
    axes = tuple(range(1, logits.ndim)) or 0
    return _both(np.exp(log_q), log_q, p, lambda t: t.sum(axis=axes, keepdims=True))


def squeezed_rows(p, logits):
    forward, reverse = _both(_softmax(logits), _log_softmax(logits), p)
    return np.squeeze(forward), np.squeeze(reverse)


def columns_where_it_is_square(p, logits):
    axis = -1 if logits.ndim == 1 or logits.shape[-1] != logits.shape[-2] else -2
    powers = np.exp(logits - logits.max(axis=axis, keepdims=True))
    q = powers / powers.sum(axis=axis, keepdims=True)
    with np.errstate(all="ignore"):
        log_q = np.where(q > 0, np.log(q), _log_softmax(logits))
    return _both(q, log_q, p)


def keepdims_lost(p, logits):
    log_q = _log_softmax(logits)
    q = np.exp(log_q)
    gap = log_q - np.log(p)
    kl = (q * gap).sum(axis=-1)
    if gap.ndim > 1 and gap.shape[-1] != len(kl):
        kl = kl[..., None]
    return q - p, q * (gap - kl)


def _both_with(p, logits, eps=0.0, least=0.0, axis=-1):
    z = logits - 1.0 * logits.max(axis=axis, keepdims=True)
    with np.errstate(all="ignore"):
        total = np.exp(z).sum(axis=-1, keepdims=True)
        q, log_q = np.exp(z) / total, z - np.log(total)
        log_q = np.log(q + eps) if eps else log_q
        terms = log_q - np.log(np.maximum(p, least))
        mean = np.where(q > 0, q * terms, 0).sum(axis=-1, keepdims=True)
        return q - p, np.where(q > 0, q * (terms - mean), 0)


def a_trillionth_in_the_logarithm(p, logits):
    return _both_with(p, logits, eps=1e-12)


def targets_of_a_ten_millionth_at_least(p, logits):
    return _both_with(p, logits, least=1e-7)


def one_maximum_for_the_array(p, logits):
    z = logits - 1.0 * logits.max()
    q = np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
    terms = np.log(q) - np.log(p)
    return q - p, q * (terms - (q * terms).sum(axis=-1, keepdims=True))


def diagonal_of_the_jacobian(p, logits):
    log_q = _log_softmax(logits)
    q = np.exp(log_q)
    return q - p, q * (1 - q) * (log_q - np.log(p) + 1)


def plus_one(p, logits):
    log_q = _log_softmax(logits)
    q, terms = np.exp(log_q), log_q - np.log(p)
    return q - p, q * (terms + 1 - (q * terms).sum(-1, keepdims=True))


def the_other_divergence(p, logits):
    log_q = _log_softmax(logits)
    terms = log_q - np.log(p)
    forward_kl = -(p * terms).sum(-1, keepdims=True)
    return np.exp(log_q) - p, np.exp(log_q) * (terms - forward_kl)


def target_of_logits(p, logits):
    log_q, log_p = _log_softmax(logits), _log_softmax(p)
    q, terms = np.exp(log_q), log_q - log_p
    return q - np.exp(log_p), q * (terms - (q * terms).sum(-1, keepdims=True))


def over_the_classes(p, logits):
    """As a mean over all entries would have it."""
    return tuple(each / p.shape[-1] for each in einsums(p, logits))


def one_softmax_for_all(p, logits):
    log_q = _log_softmax(logits.reshape(-1)).reshape(logits.shape)
    q, terms = np.exp(log_q), log_q - np.log(p)
    return q - p, q * (terms - (q * terms).sum(-1, keepdims=True))


# The mistake that each is told; None where no known one explains it.
WRONG = {
    from_rounded_probabilities: "log_of_zero",
    clipped: "nearly_right",
    product_rule_only: "mean_not_subtracted",
    differences_for_both: "forward_for_both",
    antisymmetric: "forward_for_both",
    upside_down: "sign_lost",
    by_probabilities: "by_the_probabilities",
    wrong_order: "parts_in_another_order",
    plain_softmax: "no_maximum",
    forgot_keepdims: "no_keepdims",
    means: "averaged_over_the_rows",
    logits_for_log_probabilities: "wrong_only_in_reverse",
    only_one: "a_result_of_another_kind",
    one_maximum_for_all: "global_maximum",
    divergence_of_the_first_row: "rows_in_another_order_has_another_effect",
    in_the_type_of_the_logits: "right_as_floats",
    logits_clipped_to_500: None,
    rows_and_columns_only: "wrong_where_logits_has_three_axes_or_more",
    summed_over_all_axes_but_the_first: "wrong_where_logits_has_three_axes_or_more",
    squeezed_rows: "right_numbers_in_another_shape",
    columns_where_it_is_square: "wrong_where_all_axes_of_logits_are_equally_long",
    keepdims_lost: "wrong_where_all_axes_of_logits_are_equally_long",
    a_trillionth_in_the_logarithm: "a_property_fails",
    targets_of_a_ten_millionth_at_least: "wrong_for_numbers_that_are_tiny",
    one_maximum_for_the_array: "global_maximum",
    diagonal_of_the_jacobian: "diagonal_alone",
    plus_one: "one_kept",
    the_other_divergence: "mean_unweighted",
    target_of_logits: "target_through_softmax",
    over_the_classes: "factor_of_a_size",
    one_softmax_for_all: "softmax_along_the_first_axis",
}

# Right answers that pass with a note.
NOTED = {loops, through_the_jacobian, pytorch, scipy, infinity_refused}
