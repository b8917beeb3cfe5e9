"""Right ways to write log_posterior."""

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
