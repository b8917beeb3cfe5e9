"""Scores of two classes, as ideal samples of two normal distributions: no chance in them."""

import math
from statistics import NormalDist

import numpy as np
from jaxtyping import Float, Integer
from numpy import ndarray

from answers.inputs import refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:binormal_refuses]
def no_example(positives, negatives):
    if positives < 1 or negatives < 1:
        raise ValueError(
            f"{positives} positives and {negatives} negatives: take at least 1 of each"
        )


def infinite(separation, name):
    if not abs(separation) < math.inf:
        raise ValueError(f"`{name}` is {separation}; choose a finite number")


@refuses(no_example, separation=infinite)
# --8<-- [end:binormal_refuses]
# --8<-- [start:binormal]
def binormal(
    positives: int, negatives: int, separation: float
) -> tuple[Integer[ndarray, " examples"], Float[ndarray, " examples"]]:
    """Truth and scores: negatives from N(0, 1), positives from N(separation, 1).

    n scores of a class are its quantiles at 1/2n, 3/2n, … So a curve drawn from them is
    smooth, and nothing depends on a seed. The ROC AUC is near Φ(separation / √2).

    Returns:
        (truth, scores), the positives first.

    Raises:
        ValueError: A class has no example, or `separation` is nan or infinite.

    Example:
        >>> truth, scores = binormal(1, 2, separation=3.0)
        >>> truth, scores.round(2)
        (array([1, 0, 0]), array([ 3.  , -0.67,  0.67]))
    """
    quantile = NormalDist().inv_cdf
    highs = [quantile((i + 0.5) / positives) + separation for i in range(positives)]
    lows = [quantile((i + 0.5) / negatives) for i in range(negatives)]
    return np.repeat([1, 0], [positives, negatives]), np.array(highs + lows)


# --8<-- [end:binormal]


# --8<-- [start:probability_refuses]
def no_prevalence(prevalence, name):
    if not 0 < prevalence < 1:
        raise ValueError(f"`{name}` is {prevalence}; give a number between 0 and 1")


def overflow(result, scores, separation, prevalence):
    if not 0 < result.min(initial=0.5) <= result.max(initial=0.5) < 1:
        refuse_overflowed(log_odds(scores, separation, prevalence), "the log-odds")


@refuses(overflow, prevalence=no_prevalence, separation=infinite, scores=refuse_nan)
# --8<-- [end:probability_refuses]
# --8<-- [start:probability]
def probability(
    scores: Float[ndarray, " examples"], separation: float, prevalence: float
) -> Float[ndarray, " examples"]:
    """The probability of a positive, given its score, if positives have this prevalence.

    By Bayes, the log-odds are those of the prevalence plus the log of the ratio of the two
    densities: separation · score - separation² / 2.

    Raises:
        ValueError: The prevalence is not between 0 and 1, a score or `separation` is nan
            or infinite, or the log-odds overflow.

    Example:
        Halfway between the classes, the score says nothing.

        >>> probability(np.array([1.0]), separation=2.0, prevalence=0.25)
        array([0.25])
    """
    return 1 / (1 + np.exp(-log_odds(scores, separation, prevalence)))


def log_odds(scores, separation, prevalence):
    """The log-odds of a positive, given its score."""
    prior = np.log(prevalence / (1 - prevalence))
    return prior + separation * scores - np.square(float(separation)) / 2


# --8<-- [end:probability]


# --8<-- [start:two_models]
def two_models() -> tuple[
    Integer[ndarray, " examples"],
    Float[ndarray, " examples"],
    Float[ndarray, " examples"],
]:
    """Truth of 1,000 examples, 200 of them positive, and the probabilities of A and B.

    B separates the classes better. But it was trained on classes of equal size, so its
    probabilities are those of a world where half is positive; A knows that a fifth is.
    At the threshold 0.5, A is right on 85% and B on 82%.

    Returns:
        Truth, the probabilities of A, and those of B.

    Example:
        >>> truth, a, b = two_models()
        >>> [float(np.mean((p >= 0.5) == truth)) for p in (a, b)]
        [0.85, 0.82]
    """
    truth, scores_a = binormal(200, 800, separation=1.52)
    _, scores_b = binormal(200, 800, separation=1.83)
    a = probability(scores_a, separation=1.52, prevalence=0.2)
    return truth, a, probability(scores_b, separation=1.83, prevalence=0.5)


# --8<-- [end:two_models]
