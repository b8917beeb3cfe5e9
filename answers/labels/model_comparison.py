"""Is one classifier better than another: by chance, in cost, and on how many examples?"""

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Integer, Real, Shaped
from numpy import ndarray

from answers.inputs import refuse_empty, refuse_labels_out_of_range, refuse_nan
from answers.inputs.contracts import refuses
from answers.labels.metrics import NO_LABELS, threshold_counts


# --8<-- [start:mcnemar_refuses]
@refuses(correct_a=NO_LABELS, correct_b=NO_LABELS)
# --8<-- [end:mcnemar_refuses]
# --8<-- [start:mcnemar]
def mcnemar(
    correct_a: Bool[ndarray, " examples"] | Integer[ndarray, " examples"],
    correct_b: Bool[ndarray, " examples"] | Integer[ndarray, " examples"],
) -> float:
    """The exact two-sided p-value of McNemar's test that A and B are right equally often.

    Only examples that one of them gets right and the other wrong can tell. If neither is
    better, each such example is a fair coin. Of n coins, how probable is a split as uneven
    as this one, or more?

    Args:
        correct_a: Whether A is right, example by example.
        correct_b: Whether B is right on the same examples, in the same order.

    Returns:
        A probability. 1 where they never differ or differ equally often both ways.

    Raises:
        ValueError: The arrays are empty, or hold something other than 0 and 1.

    Source:
        McNemar (1947), Note on the sampling error of the difference between correlated
        proportions or percentages, https://doi.org/10.1007/BF02295996

    Example:
        A alone is right 4 times, B alone never: two of 16 ways for the coins to fall.

        >>> mcnemar(np.array([1, 1, 1, 1, 1]), np.array([0, 0, 0, 0, 1]))
        0.125
    """
    only_a = int((correct_a > correct_b).sum())
    only_b = int((correct_a < correct_b).sum())
    n, fewer = only_a + only_b, min(only_a, only_b)
    # C(n, k) for k from the middle down to 0, as multiples of the one in the middle:
    # C(n, k - 1) = C(n, k) · k / (n - k + 1). No factorial that could overflow.
    k = np.arange(n // 2, 0, -1)
    ways = np.append(1.0, np.cumprod(k / (n - k + 1)))[::-1]
    # The other half mirrors it; of an even n, both have the one in the middle.
    all_ways = 2 * ways.sum() - (n % 2 == 0)
    return min(1.0, float(2 * ways[: fewer + 1].sum() / all_ways))


# --8<-- [end:mcnemar]


# --8<-- [start:Interval]
class Interval(NamedTuple):
    """A difference, and the ends of its interval."""

    difference: float
    low: float
    high: float


# --8<-- [end:Interval]


# --8<-- [start:paired_bootstrap_refuses]
def no_draw(resamples, name):
    if resamples < 1:
        raise ValueError(f"`{name}` is {resamples}; draw at least once")


def no_confidence(confidence, name):
    if not 0 < confidence < 1:
        raise ValueError(f"`{name}` is {confidence}; give a probability, as 0.95")


@refuses(truth=refuse_empty, resamples=no_draw, confidence=no_confidence)
# --8<-- [end:paired_bootstrap_refuses]
# --8<-- [start:paired_bootstrap]
def paired_bootstrap(
    metric: Callable,
    truth: Shaped[ndarray, "examples ..."],
    a: Shaped[ndarray, "examples ..."],
    b: Shaped[ndarray, "examples ..."],
    rng: np.random.Generator,
    resamples: int = 2000,
    confidence: float = 0.95,
) -> Interval:
    """metric(truth, a) - metric(truth, b), with a percentile interval.

    Draws as many examples as there are, with replacement, and computes the difference
    again; the interval holds the middle `confidence` of the differences. The same
    examples are drawn for both, so what is hard for both cancels.

    Args:
        metric: Takes (truth, answers) and returns a number: `roc_auc`, an accuracy, a cost.
        truth: What is right, an entry for each example.
        a: Answers or scores of A, in the same order.
        b: Those of B.
        rng: Where the draws come from.
        resamples: How many times to draw.
        confidence: The probability that the interval is meant to have.

    Raises:
        ValueError: There are no examples, fewer than one resample, or a confidence that is
            not between 0 and 1. What the metric raises for a draw is passed on: with few
            positives, a draw may have none.

    Source:
        Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13

    Example:
        A is right everywhere and B nowhere: every draw says so.

        >>> truth, a = np.array([1, 1, 0, 0]), np.array([1, 1, 0, 0])
        >>> accuracy = lambda truth, answers: np.mean(truth == answers)
        >>> paired_bootstrap(accuracy, truth, a, 1 - a, np.random.default_rng(0)).low
        1.0
    """
    differences = np.empty(resamples)
    for draw in range(resamples):
        drawn = rng.integers(len(truth), size=len(truth))
        t = truth[drawn]
        differences[draw] = metric(t, a[drawn]) - metric(t, b[drawn])
    tail = (1 - confidence) / 2
    low, high = np.quantile(differences, [tail, 1 - tail])
    return Interval(float(metric(truth, a) - metric(truth, b)), float(low), float(high))


# --8<-- [end:paired_bootstrap]


# --8<-- [start:expected_cost_refuses]
def no_class(truth, predicted, costs):
    refuse_labels_out_of_range(truth, len(costs), "truth")
    refuse_labels_out_of_range(predicted, len(costs), "predicted")


@refuses(no_class, truth=refuse_empty, costs=refuse_nan)
# --8<-- [end:expected_cost_refuses]
# --8<-- [start:expected_cost]
def expected_cost(
    truth: Integer[ndarray, " examples"] | Bool[ndarray, " examples"],
    predicted: Integer[ndarray, " examples"] | Bool[ndarray, " examples"],
    costs: Real[ndarray, "classes classes"],
) -> float:
    """What an answer costs on average.

    Args:
        truth: The true class of each example.
        predicted: The class that was answered.
        costs: costs[t, p] is the cost of the answer p where t is true; a gain is negative.
            For two classes: [[TN, FP], [FN, TP]]. (Elkan writes the transpose.)

    Returns:
        The unit of `costs`, for each example.

    Raises:
        ValueError: The arrays are empty, a class is out of range, or a cost is nan or
            infinite.

    Example:
        One false positive at 1 and one false negative at 10, among four.

        >>> costs = np.array([[0, 1], [10, 0]])
        >>> expected_cost(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), costs)
        2.75
    """
    return float(costs[truth.astype(np.intp), predicted.astype(np.intp)].mean())


# --8<-- [end:expected_cost]


# --8<-- [start:cost_curve_refuses]
@refuses(costs=refuse_nan)
# --8<-- [end:cost_curve_refuses]
# --8<-- [start:cost_curve]
def cost_curve(
    truth: Integer[ndarray, " examples"] | Bool[ndarray, " examples"],
    scores: Real[ndarray, " examples"],
    costs: Real[ndarray, "2 2"],
) -> tuple[Float[ndarray, " thresholds"], Float[ndarray, " thresholds"]]:
    """What it costs to call positive all scores ≥ a threshold, for every threshold.

    Returns:
        (thresholds, expected cost at each), at every threshold that makes a difference,
        the highest first; at infinity nothing is called positive.

    Raises:
        ValueError: As `threshold_counts`, or a cost is nan or infinite.

    Example:
        >>> costs = np.array([[0, 1], [10, 0]])
        >>> cost_curve(np.array([0, 1]), np.array([0.2, 0.6]), costs)
        (array([inf, 0.6, 0.2]), array([5. , 0. , 0.5]))
    """
    thresholds, counts = threshold_counts(truth, scores)
    # (TN, FP, FN, TP) is the order of the flattened matrix, true class first.
    total = sum(c * n for c, n in zip(costs.ravel().astype(float), counts, strict=True))
    return thresholds, total / len(truth)


# --8<-- [end:cost_curve]


# --8<-- [start:cost_threshold_refuses]
def mistake_rewarded(costs, name):
    (tn, fp), (fn, tp) = costs.astype(float).tolist()
    if fp <= tn or fn <= tp:
        raise ValueError(
            f"`{name}` is {costs.tolist()}: a mistake costs no more than the right answer; "
            "rows are the truth, [[TN, FP], [FN, TP]]"
        )


@refuses(costs=(refuse_nan, mistake_rewarded))
# --8<-- [end:cost_threshold_refuses]
# --8<-- [start:cost_threshold]
def cost_threshold(costs: Real[ndarray, "2 2"]) -> float:
    """The probability from which calling an example positive is the cheaper answer.

    Where positive has the probability p, the answer 1 costs (1 - p) C01 + p C11 and the
    answer 0 costs (1 - p) C00 + p C10. They are equal at
    (C01 - C00) / (C01 - C00 + C10 - C11). It holds for calibrated probabilities.

    Raises:
        ValueError: A mistake costs no more than the right answer, or a cost is nan or
            infinite.

    Source:
        Elkan (2001), The Foundations of Cost-Sensitive Learning, section 1.3

    Example:
        A miss costs 9 false alarms: act from a probability of 1/10.

        >>> cost_threshold(np.array([[0, 1], [9, 0]]))
        0.1
    """
    # A quarter of each: the sum of large costs could overflow.
    (tn, fp), (fn, tp) = (costs.astype(float) / 4).tolist()
    return (fp - tn) / ((fp - tn) + (fn - tp))


# --8<-- [end:cost_threshold]


# --8<-- [start:unpaired_sample_size_refuses]
def no_probability(value, name):
    if not 0 < value < 1:
        raise ValueError(f"`{name}` is {value}; give a number between 0 and 1")


TEST = {"power": no_probability, "significance": no_probability}


@refuses(accuracy_a=no_probability, accuracy_b=no_probability, **TEST)
# --8<-- [end:unpaired_sample_size_refuses]
# --8<-- [start:unpaired_sample_size]
def unpaired_sample_size(
    accuracy_a: float, accuracy_b: float, power: float = 0.8, significance: float = 0.05
) -> int:
    """How many examples each of two models needs if each has its own test set.

    n = (z_{1 - significance/2} + z_power)² (p_a q_a + p_b q_b) / (p_a - p_b)², rounded up,
    where q = 1 - p: the variances of two independent test sets add. A power of 0.5 leaves
    the bare z_{1 - significance/2}.

    Returns:
        The size of each test set, by the normal approximation.

    Raises:
        ValueError: A probability is not between 0 and 1, the power is not above the
            significance, or there is no gap.

    Example:
        >>> unpaired_sample_size(0.85, 0.82, power=0.5)
        1175
    """
    variance = accuracy_a * (1 - accuracy_a) + accuracy_b * (1 - accuracy_b)
    return needed(accuracy_a - accuracy_b, variance, variance, power, significance)


# --8<-- [end:unpaired_sample_size]


# --8<-- [start:paired_sample_size_refuses]
def impossible_gap(gap, disagreement):
    if abs(gap) > disagreement:
        raise ValueError(
            f"a gap of {gap} needs at least as much disagreement, which is {disagreement}"
        )


@refuses(impossible_gap, disagreement=no_probability, **TEST)
# --8<-- [end:paired_sample_size_refuses]
# --8<-- [start:paired_sample_size]
def paired_sample_size(
    gap: float, disagreement: float, power: float = 0.8, significance: float = 0.05
) -> int:
    """How many examples a z-test needs to see a gap, both models on the same ones.

    That is McNemar's chi-squared, without correction. The exact test needs somewhat more.

    The difference on one example is 1, 0 or -1. Its square is 1 where just one model is
    right, so its variance is the share of such examples, less gap²; without a gap, the
    share itself. n = (z_{1 - significance/2} √d + z_power √(d - gap²))² / gap².

    Args:
        gap: The difference of the two accuracies.
        disagreement: The share d of examples that just one of the two gets right.
        power: The probability to find the gap if it is there.
        significance: The probability to find one that is not.

    Returns:
        The size of the shared test set, by the normal approximation.

    Raises:
        ValueError: A probability is not between 0 and 1, the power is not above the
            significance, there is no gap, or the gap is larger than the disagreement that it
            comes from.

    Source:
        Connor (1987), Sample size for testing differences in proportions for the
        paired-sample design, Biometrics 43(1), page 209

    Example:
        >>> paired_sample_size(0.03, disagreement=0.06)
        521
    """
    return needed(gap, disagreement, disagreement - gap**2, power, significance)


# --8<-- [end:paired_sample_size]


# --8<-- [start:needed_refuses]
def no_power(power, significance):
    if power <= significance:
        raise ValueError(
            f"a power of {power} is not above the significance, {significance}, which a test "
            "reaches without any gap"
        )


def no_gap(gap):
    # The square of a smaller one is 0.
    if not abs(gap) >= 1e-100:
        raise ValueError(
            f"the gap is {gap:g}; name the smallest gap that you want to see"
        )


@refuses(no_power, no_gap)
# --8<-- [end:needed_refuses]
# --8<-- [start:needed]
def needed(
    gap: float, without_gap: float, with_gap: float, power: float, significance: float
) -> int:
    """The sample size, from the variance of one difference without and with the gap."""
    z = NormalDist().inv_cdf
    spread = z(1 - significance / 2) * math.sqrt(without_gap)
    spread += z(power) * math.sqrt(with_gap)
    return math.ceil((spread / gap) ** 2)


# --8<-- [end:needed]
