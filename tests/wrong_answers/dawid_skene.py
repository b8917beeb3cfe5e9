"""Plausible wrong ways to write dawid_skene,
and the bug that each is told, if it is a known one."""

import numpy as np


def em(
    item,
    annotator,
    label,
    classes,
    iterations,
    prior_of=lambda posterior: posterior.mean(axis=0),
    log=np.log,
    use_prior=True,
    axis=2,
    harden=False,
    swap=False,
    normalise=True,
    start=None,
):
    """Plain EM with one knob for each mistake."""
    posterior = np.zeros((item.max() + 1, classes))
    np.add.at(posterior, (item, label), 1)
    posterior /= posterior.sum(axis=1, keepdims=True)
    posterior = posterior if start is None else start(posterior)
    for step in range(iterations + 1):
        if step:
            with np.errstate(all="ignore"):
                joint = np.tile(log(prior) * use_prior, (len(posterior), 1))
                seen = confusion.swapaxes(1, 2) if swap else confusion
                np.add.at(joint, item, log(seen[annotator, :, label]))
                posterior = np.exp(joint - joint.max(axis=1, keepdims=True))
                if normalise:
                    posterior /= posterior.sum(axis=1, keepdims=True)
            if harden:
                posterior = np.eye(classes)[posterior.argmax(axis=1)]
        prior = prior_of(posterior)
        confusion = np.zeros((annotator.max() + 1, classes, classes))
        np.add.at(confusion.swapaxes(1, 2), (annotator, label), posterior[item])
        totals = confusion.sum(axis=axis, keepdims=True)
        with np.errstate(all="ignore"):
            confusion = np.where(totals > 0, confusion / totals, 1 / classes)
    return posterior, prior, confusion


def without_prior(*votes, classes, iterations):
    return em(*votes, classes, iterations, use_prior=0)


def uniform_prior(*votes, classes, iterations):
    return em(
        *votes, classes, iterations, prior_of=lambda p: np.full(classes, 1 / classes)
    )


def summed_prior(*votes, classes, iterations):
    return em(*votes, classes, iterations, prior_of=lambda p: p.sum(axis=0))


def columns_normalised(*votes, classes, iterations):
    return em(*votes, classes, iterations, axis=1)


def read_transposed(*votes, classes, iterations):
    return em(*votes, classes, iterations, swap=True)


def hard_em(*votes, classes, iterations):
    return em(*votes, classes, iterations, harden=True)


def majority_first(*votes, classes, iterations):
    return em(
        *votes, classes, iterations, start=lambda p: np.eye(classes)[p.argmax(axis=1)]
    )


def uniform_start(*votes, classes, iterations):
    return em(*votes, classes, iterations, start=lambda p: np.full_like(p, 1 / classes))


def not_normalised(*votes, classes, iterations):
    return em(*votes, classes, iterations, normalise=False)


def log_with_eps(*votes, classes, iterations):
    return em(*votes, classes, iterations, log=lambda p: np.log(p + 1e-3))


def base_two_logarithm(*votes, classes, iterations):
    return em(*votes, classes, iterations, log=np.log2)


def one_too_many(*votes, classes, iterations):
    return em(*votes, classes, iterations + 1)


def transposed_result(*votes, classes, iterations):
    posterior, prior, confusion = em(*votes, classes, iterations)
    return posterior, prior, confusion.transpose(0, 2, 1)


def counts_for_probabilities(*votes, classes, iterations):
    posterior, prior, confusion = em(*votes, classes, iterations)
    sizes = np.bincount(votes[1])
    return posterior, prior, confusion * sizes[:, None, None]


def posterior_transposed(*votes, classes, iterations):
    posterior, prior, confusion = em(*votes, classes, iterations)
    return posterior.T, prior, confusion


def labels_for_posterior(*votes, classes, iterations):
    posterior, prior, confusion = em(*votes, classes, iterations)
    return posterior.argmax(axis=1), prior, confusion


BUGS = {
    without_prior: "prior_left_out",
    uniform_prior: None,
    summed_prior: None,
    columns_normalised: "normalised_by_voted",
    read_transposed: "rows_read_as_columns",
    hard_em: "hard_labels",
    majority_first: "started_from_the_majority",
    uniform_start: None,
    not_normalised: None,
    log_with_eps: "eps_added",
    base_two_logarithm: None,
    one_too_many: "one_iteration_off",
    transposed_result: "confusion_transposed",
    counts_for_probabilities: None,
    posterior_transposed: None,
    labels_for_posterior: None,
}
