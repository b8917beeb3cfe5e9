"""Right and wrong ways to write posterior."""

import math

import numpy as np


def by_softmax(prior, likelihood):
    with np.errstate(divide="ignore"):
        logs = np.log(prior) + np.log(likelihood)
    top = logs.max(axis=-1, keepdims=True)
    if np.isneginf(top).any():
        raise ValueError("P(evidence) is 0")
    powers = np.exp(logs - top)
    return powers / powers.sum(axis=-1, keepdims=True)


def logaddexp(prior, likelihood):
    with np.errstate(divide="ignore"):
        logs = np.log(prior.astype(float)) + np.log(likelihood.astype(float))
    evidence = np.logaddexp.reduce(logs, axis=-1, keepdims=True)
    if not np.isfinite(evidence).all():
        raise ValueError("impossible evidence")
    return np.exp(logs - evidence)


def mantissas_and_exponents(prior, likelihood):
    """Products without logarithms: the powers of 2 are kept apart until the end."""
    (m1, e1), (m2, e2) = (np.frexp(np.asarray(a, dtype=float)) for a in (prior, likelihood))
    mantissa, exponent = m1 * m2, e1 + e2
    exponent = np.where(mantissa == 0, -(10**6), exponent)
    top = exponent.max(axis=-1, keepdims=True)
    products = np.ldexp(mantissa, np.maximum(exponent - top, -2000))
    total = products.sum(axis=-1, keepdims=True)
    if (total == 0).any():
        raise ValueError("no hypothesis allows this")
    return products / total


def loops(prior, likelihood):
    shape = np.broadcast_shapes(prior.shape, likelihood.shape)
    p, q = np.broadcast_to(prior, shape), np.broadcast_to(likelihood, shape)
    out = np.zeros(shape)
    for row in np.ndindex(shape[:-1]):
        logs = [
            math.log(a) + math.log(b) if a > 0 and b > 0 else -math.inf
            for a, b in zip(p[row].tolist(), q[row].tolist(), strict=True)
        ]
        top = max(logs)
        if top == -math.inf:
            raise ValueError("impossible")
        powers = [math.exp(each - top) for each in logs]
        out[row] = [power / math.fsum(powers) for power in powers]
    return out


def pytorch(prior, likelihood):
    import torch

    logs = torch.tensor(prior).double().log() + torch.tensor(likelihood).double().log()
    if torch.isneginf(logs.amax(-1)).any():
        raise ValueError("impossible")
    return torch.softmax(logs, -1).numpy()


def with_fractions(prior, likelihood):
    """Exact, whatever the sizes, and rounded once."""
    from fractions import Fraction

    prior, likelihood = np.broadcast_arrays(prior, likelihood)
    found = np.empty(prior.shape)
    for row in np.ndindex(prior.shape[:-1]):
        pairs = zip(prior[row].tolist(), likelihood[row].tolist(), strict=True)
        joint = [Fraction(one) * Fraction(other) for one, other in pairs]
        evidence = sum(joint)
        if not evidence:
            raise ValueError("this evidence is impossible")
        found[row] = [float(each / evidence) for each in joint]
    return found


def _refused(joint):
    if (joint.sum(axis=-1) == 0).any():
        raise ValueError("impossible")
    return joint


def textbook(prior, likelihood):
    joint = prior * likelihood
    return joint / joint.sum(axis=-1, keepdims=True)


def textbook_that_refuses(prior, likelihood):
    joint = _refused(prior * likelihood)
    return joint / joint.sum(axis=-1, keepdims=True)


def textbook_with_eps(prior, likelihood):
    joint = prior * likelihood
    return joint / (joint.sum(axis=-1, keepdims=True) + 1e-12)


def nan_replaced(prior, likelihood):
    joint = prior * likelihood
    return np.nan_to_num(joint / joint.sum(axis=-1, keepdims=True))


def prior_kept_if_impossible(prior, likelihood):
    joint = prior * likelihood
    total = joint.sum(axis=-1, keepdims=True)
    return np.where(total == 0, prior, joint / np.where(total == 0, 1, total))


def base_rate_neglected(prior, likelihood):
    likelihood = likelihood + 0.0 * prior
    return likelihood / likelihood.sum(axis=-1, keepdims=True)


def joint_only(prior, likelihood):
    return prior * likelihood


def evidence_of_the_likelihood(prior, likelihood):
    return prior * likelihood / likelihood.sum(axis=-1, keepdims=True)


def softmax_of_joint(prior, likelihood):
    powers = np.exp(prior * likelihood)
    return powers / powers.sum(axis=-1, keepdims=True)


def first_axis(prior, likelihood):
    joint = prior * likelihood
    return joint / joint.sum(axis=0)


def whole_sum(prior, likelihood):
    joint = prior * likelihood
    return joint / joint.sum()


def axis_lost(prior, likelihood):
    joint = prior * likelihood
    return joint / joint.sum(axis=-1)


def logs_without_shift(prior, likelihood):
    powers = np.exp(np.log(prior) + np.log(likelihood))
    return _refused(powers) / powers.sum(axis=-1, keepdims=True)


def logs_with_one_shift(prior, likelihood):
    logs = np.log(prior) + np.log(likelihood)
    if np.isneginf(logs.max(axis=-1)).any():
        raise ValueError("impossible")
    powers = np.exp(logs - logs.max())
    return powers / powers.sum(axis=-1, keepdims=True)


def logs_with_eps(prior, likelihood):
    logs = np.log(prior + 1e-12) + np.log(likelihood + 1e-12)
    powers = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def in_logs_to_the_end(prior, likelihood):
    with np.errstate(divide="ignore"):
        logs = np.log(prior) + np.log(likelihood)
    if np.isneginf(logs.max(axis=-1)).any():
        raise ValueError("impossible")
    return logs - np.logaddexp.reduce(logs, axis=-1, keepdims=True)


def scaled_likelihood(prior, likelihood):
    top = likelihood.max(axis=-1, keepdims=True)
    if (top == 0).any():
        raise ValueError("impossible")
    joint = _refused(prior * (likelihood / top))
    return joint / joint.sum(axis=-1, keepdims=True)


def longdouble(prior, likelihood):
    joint = _refused(prior.astype(np.longdouble) * likelihood.astype(np.longdouble))
    return (joint / joint.sum(axis=-1, keepdims=True)).astype(np.float32)


def minus_infinity_clipped(prior, likelihood):
    logs = np.maximum(np.log(prior), -1e3) + np.maximum(np.log(likelihood), -1e3)
    powers = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def in_place(prior, likelihood):
    if likelihood.dtype.kind == "f" and likelihood.shape[-1:] == prior.shape:
        likelihood *= prior
        return _refused(likelihood) / likelihood.sum(axis=-1, keepdims=True)
    return textbook_that_refuses(prior, likelihood)


def any_row_possible(prior, likelihood):
    with np.errstate(all="ignore"):
        logs = np.log(prior) + np.log(likelihood)
    if np.isneginf(logs).all():
        raise ValueError("impossible")
    powers = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def refuses_every_zero(prior, likelihood):
    if (prior * likelihood == 0).any():
        raise ValueError("impossible")
    return textbook(prior, likelihood)


def wrong_axis_and_eps(prior, likelihood):
    joint = prior * likelihood
    return joint / (joint.sum(axis=0) + 1e-12)


def small_posteriors_cut_off(prior, likelihood):
    found = prior * likelihood / (prior * likelihood).sum(axis=-1, keepdims=True)
    return np.where(found < 1e-12, 0, found)


def one_prior_or_one_for_each_row(prior, likelihood):
    prior = prior.reshape(likelihood.shape) if prior.ndim == likelihood.ndim else prior
    return prior * likelihood / (prior * likelihood).sum(axis=-1, keepdims=True)


def in_the_type_of_the_likelihood(prior, likelihood):
    products = prior * likelihood
    shape = np.broadcast_shapes(prior.shape, likelihood.shape)
    found = np.zeros(shape, likelihood.dtype)
    found[...] = products / products.sum(axis=-1, keepdims=True)
    return found


def likelihood_normalised_first(prior, likelihood):
    with np.errstate(all="ignore"):
        share = likelihood / likelihood.sum(axis=-1, keepdims=True)
        return prior * share / (prior * share).sum(axis=-1, keepdims=True)


def two_in_each_test(prior, likelihood):
    prior, likelihood = prior.astype(float), likelihood.astype(float)
    evidence = prior * likelihood + (1 - prior) * np.flip(likelihood, axis=-1)
    return prior * likelihood / evidence


def one_test_after_another(prior, likelihood):
    if likelihood.ndim == 1:
        return textbook(prior, likelihood)
    rows = []
    for row in likelihood:
        prior = textbook(prior, row)
        rows.append(prior)
    return np.array(rows)


def probabilities_up_to_1(prior, likelihood):
    return textbook(prior, np.clip(likelihood, 0, 1))


def at_least_1e_10(prior, likelihood):
    return textbook(prior, np.maximum(likelihood, 1e-10))


def joint_where_likelihoods_sum_to_1(prior, likelihood):
    whole = np.isclose(likelihood.sum(axis=-1, keepdims=True), 1)
    return np.where(whole, prior * likelihood, textbook(prior, likelihood))


# The mistake that each is told; None where no known one explains it.
WRONG = {
    textbook_with_eps: "eps_in_the_denominator",
    base_rate_neglected: "prior_ignored",
    joint_only: "not_normalised",
    evidence_of_the_likelihood: "divided_by_the_sum_of_likelihoods",
    softmax_of_joint: "softmax_of_the_products",
    first_axis: "normalised_down_the_columns",
    whole_sum: "one_sum_for_all",
    axis_lost: "no_keepdims",
    logs_with_one_shift: "one_maximum_for_all",
    logs_with_eps: "eps_in_the_logarithms",
    in_logs_to_the_end: "logarithms_returned",
    longdouble: "in_float32",
    in_place: "an_argument_changed",
    refuses_every_zero: "wrong_where_the_result_should_hold_a_0",
    wrong_axis_and_eps: "normalised_down_the_columns",
    small_posteriors_cut_off: "a_property_fails",
    one_prior_or_one_for_each_row: "raises_ValueError",
    in_the_type_of_the_likelihood: "truncated_to_integers",
    likelihood_normalised_first: "wrong_for_numbers_that_are_large",
    two_in_each_test: "two_hypotheses_assumed",
    one_test_after_another: "rows_taken_in_turn",
    probabilities_up_to_1: "likelihood_cut_to_1",
    at_least_1e_10: "floor_under_the_likelihood",
    joint_where_likelihoods_sum_to_1: "sum_is_not_1",
}

# Right answers that pass with a note.
NOTED = {
    textbook,
    textbook_that_refuses,
    nan_replaced,
    prior_kept_if_impossible,
    logs_without_shift,
    scaled_likelihood,
    minus_infinity_clipped,
    any_row_possible,
}
