"""What the nearest neighbours of an example say about its label: the simplest filter."""

import numpy as np
from jaxtyping import Bool, Float, Integer, Real
from numpy import ndarray

from answers.inputs import refuse_empty, refuse_labels_out_of_range, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:neighbour_vote_refuses]
def no_class(labels, classes):
    refuse_labels_out_of_range(labels, classes, "labels")


def too_few_or_many(k, features):
    if not 1 <= k < len(features):
        raise ValueError(
            f"`k` is {k}; of {len(features)} examples each has {len(features) - 1} neighbours, "
            "so take 1 to that many"
        )


def too_far(features):
    with np.errstate(over="ignore", invalid="ignore"):
        x = features.astype(np.float64)
        squares = ((x - x[:1]) ** 2).sum(axis=1) * 4
    refuse_overflowed(squares, "a squared distance")


@refuses(no_class, too_few_or_many, too_far, features=(refuse_empty, refuse_nan))
# --8<-- [end:neighbour_vote_refuses]
# --8<-- [start:neighbour_vote]
def neighbour_vote(
    features: Real[ndarray, "items d"],
    labels: Integer[ndarray, " items"] | Bool[ndarray, " items"],
    classes: int,
    k: int = 10,
) -> Float[ndarray, "items classes"]:
    """The share of each example's k nearest neighbours that carries each label.

    No example is its own neighbour, so its label has no vote about itself: the shares serve
    where out-of-fold probabilities do, and nothing was trained. Where another label has more
    votes, the label is suspect; argmax would let the order of the classes decide a tie. Of
    neighbours at the same distance the first are taken.

    Args:
        features: Where distance means likeness: pixels here, a trained model's
            representation elsewhere.
        labels: The given label of each example, right or wrong.
        classes: How many there are.
        k: How many neighbours vote.

    Raises:
        ValueError: There is no example, or a feature is nan or so far from the first example's
            that the square overflows; a label is not one of 0 to classes - 1; or
            there are no k neighbours.

    Source:
        Wilson (1972), Asymptotic Properties of Nearest Neighbor Rules Using Edited Data;
        Bahri, Jiang and Gupta (2020), Deep k-NN for Noisy Labels

    Example:
        The third example stands among two labelled 0.

        >>> features = np.array([[0.0], [1.0], [2.0], [8.0], [9.0]])
        >>> neighbour_vote(features, np.array([0, 0, 1, 1, 1]), classes=2, k=2)[2]
        array([1., 0.])
    """
    x = features.astype(np.float64)
    nearest = np.empty((len(x), k), np.intp)
    for n, here in enumerate(x):
        # Not |a|² - 2ab + |b|²: far from the origin, rounding would swallow the differences.
        distances = ((x - here) ** 2).sum(axis=1)
        distances[n] = np.inf
        nearest[n] = np.argsort(distances, kind="stable")[:k]
    return np.eye(classes)[labels.astype(np.intp)[nearest]].mean(axis=1)


# --8<-- [end:neighbour_vote]
