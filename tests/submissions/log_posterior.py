"""Right and wrong ways to write log_posterior."""

import math

import numpy as np


def logaddexp(log_prior, log_likelihood):
    logs = np.asarray(log_prior, float) + log_likelihood
    evidence = np.logaddexp.reduce(logs, axis=-1, keepdims=True)
    if np.isneginf(evidence).any():
        raise ValueError("P(evidence) is 0")
    return logs - evidence


def largest_first(log_prior, log_likelihood):
    logs = np.add(log_prior, log_likelihood, dtype=np.float64)
    top = logs.max(axis=-1, keepdims=True)
    if (top == -np.inf).any():
        raise ValueError("impossible")
    below = logs - top
    return below - np.log(np.exp(below).sum(axis=-1, keepdims=True))


def loops(log_prior, log_likelihood):
    logs = np.array(log_prior + log_likelihood, dtype=float)
    for row in np.ndindex(logs.shape[:-1]):
        values = logs[row].tolist()
        top = max(values)
        if top == -math.inf:
            raise ValueError("impossible")
        log_sum = top + math.log(math.fsum(math.exp(v - top) for v in values))
        logs[row] = [v - log_sum for v in values]
    return logs


def pytorch(log_prior, log_likelihood):
    import torch

    logs = torch.from_numpy(np.asarray(log_prior + log_likelihood, dtype=float))
    if torch.isneginf(logs.amax(-1)).any():
        raise ValueError("impossible")
    return torch.log_softmax(logs, dim=-1).numpy()


def prior_normalised_first(log_prior, log_likelihood):
    log_prior = np.asarray(log_prior, float)
    log_prior = log_prior - np.logaddexp.reduce(log_prior, axis=-1, keepdims=True)
    logs = log_prior + log_likelihood
    log_evidence = np.logaddexp.reduce(logs, axis=-1)
    if not np.isfinite(log_evidence).all():
        raise ValueError("impossible")
    return logs - log_evidence[..., None]


def with_scipy(log_prior, log_likelihood):
    from scipy.special import logsumexp

    joint = np.add(log_prior, log_likelihood, dtype=float)
    if np.any(np.all(joint == -np.inf, axis=-1)):
        raise ValueError("no hypothesis can have given this evidence")
    return joint - logsumexp(joint, axis=-1, keepdims=True)


def _refused(logs):
    if np.isneginf(logs.max(axis=-1)).any():
        raise ValueError("impossible")
    return logs


def unnormalised(log_prior, log_likelihood):
    return _refused(log_prior + log_likelihood)


def likelihood_only(log_prior, log_likelihood):
    logs = log_likelihood + 0 * np.where(np.isinf(log_prior), 0, log_prior)
    return logs - np.logaddexp.reduce(logs, axis=-1, keepdims=True)


def product_of_logs(log_prior, log_likelihood):
    logs = log_prior * log_likelihood
    return logs - np.logaddexp.reduce(logs, axis=-1, keepdims=True)


def naive_logsumexp(log_prior, log_likelihood):
    logs = _refused(log_prior + log_likelihood)
    return logs - np.log(np.sum(np.exp(logs), axis=-1, keepdims=True))


def naive_logsumexp_that_refuses_zero(log_prior, log_likelihood):
    logs = log_prior + log_likelihood
    evidence = np.sum(np.exp(logs), axis=-1, keepdims=True)
    if (evidence == 0).any():
        raise ValueError("impossible")
    return logs - np.log(evidence)


def never_refuses(log_prior, log_likelihood):
    logs = np.asarray(log_prior, float) + log_likelihood
    return logs - np.logaddexp.reduce(logs, axis=-1, keepdims=True)


def shifted_and_never_refuses(log_prior, log_likelihood):
    logs = log_prior + log_likelihood
    logs = logs - logs.max(axis=-1, keepdims=True)
    return logs - np.log(np.exp(logs).sum(axis=-1, keepdims=True))


def log_of_softmax(log_prior, log_likelihood):
    logs = _refused(log_prior + log_likelihood)
    powers = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.log(powers / powers.sum(axis=-1, keepdims=True))


def log_of_softmax_with_eps(log_prior, log_likelihood):
    logs = _refused(log_prior + log_likelihood)
    powers = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.log(powers / powers.sum(axis=-1, keepdims=True) + 1e-12)


def global_shift(log_prior, log_likelihood):
    logs = _refused(log_prior + log_likelihood)
    logs = logs - logs.max()
    return logs - np.log(np.exp(logs).sum(axis=-1, keepdims=True))


def shift_only(log_prior, log_likelihood):
    logs = _refused(log_prior + log_likelihood)
    return logs - logs.max(axis=-1, keepdims=True)


def first_axis(log_prior, log_likelihood):
    logs = _refused(log_prior + log_likelihood)
    return logs - np.logaddexp.reduce(logs, axis=0)


def everything(log_prior, log_likelihood):
    logs = _refused(log_prior + log_likelihood)
    return logs - np.logaddexp.reduce(logs, axis=None)


def axis_lost(log_prior, log_likelihood):
    logs = _refused(log_prior + log_likelihood)
    return logs - np.logaddexp.reduce(logs, axis=-1)


def exponentiated(log_prior, log_likelihood):
    logs = _refused(log_prior + log_likelihood)
    return np.exp(logs - np.logaddexp.reduce(logs, axis=-1, keepdims=True))


def shift_added_twice(log_prior, log_likelihood):
    logs = _refused(log_prior + log_likelihood)
    top = logs.max(axis=-1, keepdims=True)
    return logs - top - (top + np.log(np.exp(logs - top).sum(axis=-1, keepdims=True)))


def takes_logarithms_again(log_prior, log_likelihood):
    logs = np.log(log_prior) + np.log(log_likelihood)
    return logs - np.logaddexp.reduce(logs, axis=-1, keepdims=True)


def in_place(log_prior, log_likelihood):
    if log_likelihood.dtype.kind == "f":
        log_likelihood += log_prior
        _refused(log_likelihood)
        return log_likelihood - np.logaddexp.reduce(log_likelihood, -1, keepdims=True)
    return never_refuses(log_prior, log_likelihood)


def first_axis_and_exponentiated(log_prior, log_likelihood):
    logs = _refused(log_prior + log_likelihood)
    return np.exp(logs - np.logaddexp.reduce(logs, axis=0))


def prior_through_exp(log_prior, log_likelihood):
    with np.errstate(all="ignore"):
        logs = np.log(np.exp(log_prior)) + log_likelihood
    return logs - np.logaddexp.reduce(logs, axis=-1, keepdims=True)


def prior_normalised_through_exp(log_prior, log_likelihood):
    with np.errstate(all="ignore"):
        prior = np.exp(1.0 * log_prior)
        logs = np.log(prior / prior.sum(axis=-1, keepdims=True)) + log_likelihood
    return logs - np.logaddexp.reduce(logs, axis=-1, keepdims=True)


def prior_after_normalising(log_prior, log_likelihood):
    below = log_likelihood - log_likelihood.max(axis=-1, keepdims=True)
    return log_prior + (below - np.log(np.exp(below).sum(axis=-1, keepdims=True)))


def excluded_counted_as_one(log_prior, log_likelihood):
    logs = np.asarray(log_prior, float) + log_likelihood
    below = logs - logs.max(axis=-1, keepdims=True)
    counted = np.where(np.isneginf(below), 0.0, below)
    return below - np.log(np.exp(counted).sum(axis=-1, keepdims=True))


def shift_of_the_likelihood(log_prior, log_likelihood):
    below = log_likelihood - np.max(log_likelihood, axis=-1, keepdims=True)
    logs = log_prior + below
    return logs - np.log(np.exp(logs).sum(axis=-1, keepdims=True))


def at_least_minus_fifty(log_prior, log_likelihood):
    logs = np.asarray(log_prior, float) + log_likelihood
    below = logs - logs.max(axis=-1, keepdims=True)
    below = np.where(np.isneginf(below), below, np.maximum(below, -50.0))
    return below - np.log(np.exp(below).sum(axis=-1, keepdims=True))


def no_evidence_where_impossible(log_prior, log_likelihood):
    logs = log_prior + np.where(np.isneginf(log_likelihood), 0.0, log_likelihood)
    below = logs - logs.max(axis=-1, keepdims=True)
    return below - np.log(np.exp(below).sum(axis=-1, keepdims=True))


# The mistake that each is told; None where no known one explains it.
WRONG = {
    unnormalised: "not_normalised",
    likelihood_only: "prior_forgotten",
    product_of_logs: "logarithms_multiplied",
    naive_logsumexp: "no_maximum_subtracted",
    naive_logsumexp_that_refuses_zero: "no_maximum_subtracted",
    log_of_softmax: "log_of_the_posterior",
    log_of_softmax_with_eps: "eps_in_the_logarithm",
    global_shift: "one_maximum_for_all",
    shift_only: "largest_subtracted_only",
    first_axis: "normalised_down_the_columns",
    everything: "one_sum_for_all",
    axis_lost: "no_keepdims",
    exponentiated: "probabilities_returned",
    shift_added_twice: None,
    takes_logarithms_again: "not_finite",
    in_place: "an_argument_changed",
    first_axis_and_exponentiated: "probabilities_returned",
    prior_through_exp: "not_finite",
    prior_normalised_through_exp: "not_finite",
    prior_after_normalising: "prior_added_last",
    excluded_counted_as_one: "wrong_where_the_result_should_hold_inf",
    shift_of_the_likelihood: "not_finite",
    at_least_minus_fifty: None,
    no_evidence_where_impossible: "wrong_where_log_likelihood_holds_inf",
}

# Right answers that pass with a note.
NOTED = {never_refuses, shifted_and_never_refuses}
