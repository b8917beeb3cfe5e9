"""Poisons that vouch for each other: they stand out along one direction within their label."""

import numpy as np
from jaxtyping import Bool, Float, Integer, Real
from numpy import ndarray

from answers.inputs import refuse_empty, refuse_labels_out_of_range, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:spectral_signature_refuses]
def negative(labels):
    if (labels < 0).any():
        refuse_labels_out_of_range(labels, int(labels.max()) + 1, "labels")


def too_long(features):
    with np.errstate(over="ignore", invalid="ignore"):
        squares = (features.astype(np.float64) ** 2).sum() * 4
    refuse_overflowed(squares, "a sum of squares")


@refuses(negative, too_long, features=(refuse_empty, refuse_nan))
# --8<-- [end:spectral_signature_refuses]
# --8<-- [start:spectral_signature]
def spectral_signature(
    features: Real[ndarray, "items d"],
    labels: Integer[ndarray, " items"] | Bool[ndarray, " items"],
) -> Float[ndarray, " items"]:
    """How far each example lies along the direction in which its label's examples spread most.

    The square of the projection of x less the mean of its label on the top right singular
    vector of all these. A group that shares a trigger moves that vector towards itself, and gets
    the largest scores if it is large and far enough: ten poisons may be too few. Every label has
    such a vector, so there are always largest scores: they order the examples of one label, and
    accuse nobody.

    Args:
        features: In which the members of a group are alike: pixels here, a trained model's
            representation elsewhere.
        labels: The given label of each example, right or wrong.

    Raises:
        ValueError: There is no example, a feature is nan or so large that squares overflow, or
            a label is negative.

    Source:
        Tran, Li and Madry (2018), Spectral Signatures in Backdoor Attacks, algorithm 1

    Example:
        One of three differs along the first axis.

        >>> features = np.array([[0.0, 0.1], [0.0, -0.1], [3.0, 0.0]])
        >>> spectral_signature(features, np.array([0, 0, 0])).round(2)
        array([1., 1., 4.])
    """
    scores = np.empty(len(labels))
    for label in np.unique(labels):
        own = labels == label
        away = features[own] - features[own].mean(axis=0, dtype=np.float64)
        top = np.linalg.svd(away, full_matrices=False)[2][0]
        scores[own] = (away @ top) ** 2
    return scores


# --8<-- [end:spectral_signature]
