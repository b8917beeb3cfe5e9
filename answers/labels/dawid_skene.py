"""Dawid and Skene's model of annotators, fitted by EM: who errs how, and what is true.

Each item has one true class, drawn from a prior. Each annotator has a confusion matrix:
the probability of each label given the true class. Given the true class, votes are
independent. EM starts from the shares of the votes.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import first
from answers.inputs.contracts import refuses
from answers.labels.annotation import Votes, soft_labels

# The largest `smoothing`: its sums stay finite.
MOST = 1e100


# --8<-- [start:result]
@dataclass(frozen=True, eq=False)
class DawidSkene:
    """What `dawid_skene` estimates.

    Attributes:
        posterior: The probability of each true class, for each item.
        prior: The share of each true class.
        confusion: `confusion[a, k, l]` is the probability that annotator `a` says `l` where
            `k` is true. A row about which the votes say nothing is uniform.
        log_likelihoods: In nats, one for each iteration: of the estimates from which that
            iteration's posterior came.
        penalised: The same plus Σ smoothing · log confusion, which is what smoothed EM
            climbs. With smoothing 0 they are equal.
        converged: Whether the posterior had stopped moving.
    """

    posterior: Float[ndarray, "items classes"]
    prior: Float[ndarray, " classes"]
    confusion: Float[ndarray, "annotators classes classes"]
    log_likelihoods: Float[ndarray, " iterations"]
    penalised: Float[ndarray, " iterations"]
    converged: bool


# --8<-- [end:result]


# --8<-- [start:dawid_skene_refuses]
def no_round(iterations, name):
    if iterations < 1:
        raise ValueError(f"`iterations` is {iterations}; run at least one")


def no_number(tolerance, name):
    if np.isnan(tolerance):
        raise ValueError("`tolerance` is nan; give 0 to run every iteration")


def no_votes_before(smoothing, votes):
    shape = (votes.classes, votes.classes)
    if isinstance(smoothing, ndarray):
        if smoothing.shape != shape:
            raise ValueError(
                f"`smoothing` has shape {smoothing.shape}; {votes.classes} classes need "
                f"{shape}"
            )
        if (wrong := ~((smoothing > 0) & (smoothing <= MOST))).any():
            raise ValueError(
                f"`smoothing` holds {first(smoothing, wrong)}; give every cell a part of a vote"
            )
    elif not 0 <= smoothing <= MOST:
        raise ValueError(f"`smoothing` is {smoothing}; give 0 or a few votes")


def no_posterior(start, votes):
    if start is None:
        return
    if start.shape != (votes.items, votes.classes):
        raise ValueError(
            f"`start` has shape {start.shape}; {votes.items} items with {votes.classes} "
            f"classes need {(votes.items, votes.classes)}"
        )
    sums = start.sum(axis=1)
    wrong = ~((start >= 0).all(axis=1) & np.isclose(sums, 1, rtol=0, atol=1e-6))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise ValueError(
            f"`start` is {start[row].tolist()} at item {row}; give probabilities that sum to 1"
        )


@refuses(no_votes_before, no_posterior, iterations=no_round, tolerance=no_number)
# --8<-- [end:dawid_skene_refuses]
# --8<-- [start:dawid_skene]
def dawid_skene(
    votes: Votes,
    iterations: int = 100,
    tolerance: float = 1e-10,
    smoothing: float | Real[ndarray, "classes classes"] = 0,
    start: Float[ndarray, "items classes"] | None = None,
) -> DawidSkene:
    """The true classes and the annotators' confusion matrices, estimated together by EM.

    The posterior tells how often each annotator was right, and that gives a better
    posterior. Without smoothing no round lowers the likelihood of the votes, and it settles
    where the start leads it. Renaming all classes gives the same likelihood; the shares of
    the votes start from the names that the votes give.

    Args:
        votes: Any number for each item and annotator.
        iterations: At most so many rounds.
        tolerance: Stop when no probability of the posterior moves by more. At 0 or below,
            go on to the end.
        smoothing: Votes that every annotator is taken to have given before: so many of each
            kind, or a matrix of them, true class by voted one. It is a Dirichlet prior with
            parameter 1 + smoothing on each row of a confusion matrix, and keeps every entry
            above 0.
        start: A posterior to begin with, instead of the shares of the votes.

    Raises:
        ValueError: There is no iteration, smoothing is negative or above 1e100, a matrix of
            it has another shape than (classes, classes) or a 0, a setting is nan, or `start`
            has another shape than (items, classes) or rows that are no probabilities.

    Source:
        Dawid and Skene (1979), Maximum Likelihood Estimation of Observer Error-Rates Using
        the EM Algorithm, equations 2.3 to 2.5

    Example:
        The third annotator says the opposite of the truth, and is told by the others.

        >>> item, who = np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4)
        >>> label = np.array([0, 0, 1, 1, 1, 0, 1, 1, 0, 0, 0, 1])
        >>> result = dawid_skene(Votes(item, who, label, classes=2))
        >>> result.posterior.argmax(axis=1), result.confusion[2].round(3)
        (array([0, 1, 1, 0]), array([[0., 1.],
               [1., 0.]]))
    """
    cell = votes.annotator * votes.classes + votes.label
    added = np.broadcast_to(np.float64(smoothing), (votes.classes,) * 2)[:, None, :]
    shares = soft_labels(votes) if start is None else start
    posterior = np.ascontiguousarray(shares.T, dtype=np.float64)
    prior, confusion = estimates(votes, cell, posterior, added)
    history = []
    for _ in range(iterations):
        before = posterior
        posterior, likelihood = true_classes(votes, cell, prior, confusion)
        history.append((likelihood, likelihood + penalty(confusion, added)))
        prior, confusion = estimates(votes, cell, posterior, added)
        moved = abs(posterior - before).max()
        if moved <= tolerance > 0:
            break
    matrices, converged = confusion.swapaxes(0, 1).copy(), bool(moved <= tolerance)
    return DawidSkene(
        posterior.T.copy(), prior, matrices, *np.array(history).T.copy(), converged
    )


def penalty(confusion: ndarray, added: ndarray) -> float | np.float64:
    """What smoothing adds to the log-likelihood: Σ added · log confusion."""
    # Without smoothing an entry may be 0, and 0 · log 0 is nan.
    return (added * np.log(confusion)).sum() if added.any() else 0.0


# --8<-- [end:dawid_skene]


# --8<-- [start:m_step]
def estimates(
    votes: Votes, cell: ndarray, posterior: ndarray, added: ndarray
) -> tuple[ndarray, ndarray]:
    """The M-step: prior and confusion matrices, if the posterior were the truth.

    Each vote counts for every true class, with the probability that this is the item's;
    `added` is counted too. `cell` numbers the pairs (annotator, label); the matrices are
    (true, annotator, label).
    """
    cells = votes.annotators * votes.classes
    weights = (row.take(votes.item) for row in posterior)
    counts = np.stack([np.bincount(cell, weight, cells) for weight in weights])
    counts = counts.reshape(votes.classes, votes.annotators, votes.classes) + added
    totals = counts.sum(axis=2, keepdims=True)
    # A row without any vote: nothing is known, and any distribution is as likely.
    confusion = np.full_like(counts, 1 / votes.classes)
    np.divide(counts, totals, out=confusion, where=totals > 0)
    return posterior.mean(axis=1), confusion


# --8<-- [end:m_step]


# --8<-- [start:e_step]
def true_classes(
    votes: Votes, cell: ndarray, prior: ndarray, confusion: ndarray
) -> tuple[ndarray, np.float64]:
    """The E-step: the posterior, (classes, items), and the log-likelihood of the votes.

    A product of thousands of probabilities can be 0 in floating point, so their logarithms are
    added, and the largest of each item is subtracted before the exponential.
    """
    # log 0 is -inf: this class is ruled out.
    with np.errstate(divide="ignore"):
        log_prior = np.log(prior)
        log_confusion = np.log(confusion).reshape(len(prior), -1)
    joint = np.stack(
        [
            log_p + np.bincount(votes.item, log_c.take(cell), votes.items)
            for log_p, log_c in zip(log_prior, log_confusion, strict=True)
        ]
    )
    top = joint.max(axis=0)
    powers = np.exp(joint - top)
    totals = powers.sum(axis=0)
    return powers / totals, (top + np.log(totals)).sum()


# --8<-- [end:e_step]
