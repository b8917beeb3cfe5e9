"""The metrics against scikit-learn, SciPy and counting, ties included."""

import warnings
from fractions import Fraction

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import UndefinedMetricWarning

from answers.labels.metrics import (
    average_precision,
    confusion_counts,
    matthews_correlation,
    precision_recall_curve,
    precision_recall_f1,
    roc_auc,
    roc_curve,
    threshold_counts,
)

SCORES = {
    "distinct": lambda rng, n: rng.normal(size=n),
    "two decimals": lambda rng, n: rng.normal(size=n).round(1),
    "three values": lambda rng, n: rng.integers(3, size=n),
    "all equal": lambda rng, n: np.full(n, 0.7),
    "float32": lambda rng, n: rng.normal(size=n).astype(np.float32),
    "bytes": lambda rng, n: rng.integers(256, size=n, dtype=np.uint8),
}
# Few values, so that ties within and between the classes are the rule.
scored = st.lists(st.tuples(st.booleans(), st.integers(-3, 3)), min_size=2, max_size=30).filter(
    lambda pairs: len({truth for truth, _ in pairs}) == 2
)


def columns(pairs):
    truth, other = zip(*pairs, strict=True)
    found = np.array(truth).astype(int), np.array(other).astype(int)
    for column in found:
        column.flags.writeable = False
    return found


@pytest.mark.parametrize("prevalence", [0.5, 0.03])
@pytest.mark.parametrize("kind", SCORES)
def test_agrees_with_scikit_learn_ties_included(kind, prevalence):
    rng = np.random.default_rng(16)
    for n in (2, 7, 101, 2003):
        truth = (rng.random(n) < prevalence).astype(int)
        truth[:2] = 0, 1
        scores = SCORES[kind](rng, n)
        for ours, theirs in (
            (roc_auc, sklearn.metrics.roc_auc_score),
            (average_precision, sklearn.metrics.average_precision_score),
        ):
            assert_allclose(ours(truth, scores), theirs(truth, scores), rtol=1e-12)


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint8, np.int64])
def test_answers_of_yes_and_no_agree_with_scikit_learn(dtype):
    rng = np.random.default_rng(3)
    for n in (3, 17, 1009):
        truth, predicted = rng.random((2, n)) < [[0.2], [0.4]]
        truth[0] = predicted[1] = True
        truth[1] = predicted[2] = False
        args = truth.astype(dtype), predicted.astype(dtype)
        table = sklearn.metrics.confusion_matrix(*args, labels=[0, 1])
        assert confusion_counts(*args) == tuple(table.ravel().tolist())
        *expected, _ = sklearn.metrics.precision_recall_fscore_support(
            *args, average="binary", zero_division=0
        )
        assert_allclose(precision_recall_f1(*args), expected, rtol=1e-14)
        expected = sklearn.metrics.matthews_corrcoef(*args)
        assert_allclose(matthews_correlation(*args), expected, rtol=1e-10, atol=1e-15)


@given(scored)
def test_roc_auc_is_the_share_of_pairs_in_order_with_ties_as_half(pairs):
    truth, scores = columns(pairs)
    highs, lows = scores[truth == 1].tolist(), scores[truth == 0].tolist()
    won = sum((h > low) + Fraction(h == low, 2) for h in highs for low in lows)
    assert roc_auc(truth, scores) == float(won / (len(highs) * len(lows)))


@given(scored)
def test_average_precision_is_the_mean_over_positives_of_the_precision_down_to_each(
    pairs,
):
    truth, scores = columns(pairs)
    mean = np.mean([truth[scores >= s].mean() for s in scores[truth == 1]])
    assert_allclose(average_precision(truth, scores), mean, rtol=1e-14)


@given(scored)
def test_the_curves_are_those_of_scikit_learn(pairs):
    truth, scores = columns(pairs)
    theirs = sklearn.metrics.roc_curve(truth, scores, drop_intermediate=False)
    for ours, expected in zip(roc_curve(truth, scores), theirs, strict=True):
        assert_allclose(ours, expected, rtol=1e-14)
    ours = precision_recall_curve(truth, scores)
    theirs = sklearn.metrics.precision_recall_curve(truth, scores)
    for mine, expected, invented in zip(ours, theirs, (1, 0, None), strict=True):
        if invented is not None:
            assert expected[-1] == invented
            expected = expected[:-1]
        assert_allclose(mine, expected[::-1], rtol=1e-14)


@given(scored)
def test_the_counts_at_a_threshold_are_those_of_the_scores_that_reach_it(pairs):
    truth, scores = columns(pairs)
    thresholds, counts = threshold_counts(truth, scores)
    assert_array_equal(thresholds, [np.inf, *np.unique(scores)[::-1]])
    for threshold, *each in zip(thresholds, *counts, strict=True):
        assert confusion_counts(truth, scores >= threshold) == tuple(each)


def test_matthews_falls_as_positives_become_rare_at_the_same_two_rates():
    values = []
    for negatives in (100, 1000, 10_000):
        counts = negatives * 9 // 10, negatives // 10, 20, 80  # FPR 0.1, TPR 0.8
        truth = np.repeat([0, 0, 1, 1], counts)
        values.append(matthews_correlation(truth, np.repeat([0, 1, 0, 1], counts)))
    assert values[0] > values[1] + 0.1 > values[2] + 0.2


def test_matthews_does_not_overflow_on_a_million_examples():
    truth = np.repeat([0, 1], 500_000)
    predicted = truth.copy()
    predicted[::4] = 1 - predicted[::4]
    assert matthews_correlation(truth, predicted) == 0.5
    product = np.array([500_000]).prod() ** 4
    assert product != 500_000**4  # NumPy's integers do


def test_scores_above_2_to_the_53_are_not_tied_by_rounding():
    scores = np.array([2**53, 2**53 + 1])
    assert scores.astype(float)[0] == scores.astype(float)[1]
    assert roc_auc(np.array([0, 1]), scores) == 1


def test_where_scikit_learn_says_0_or_nan_ours_is_as_documented():
    """The table on the page."""

    def theirs(metric, *args, **options):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            value = metric(*map(np.array, args), **options)
        warned = any(issubclass(w.category, UndefinedMetricWarning) for w in caught)
        return value, warned or bool(caught)

    scores = np.array([0.1, 0.4])
    m = sklearn.metrics
    metrics = m.precision_score, m.recall_score, m.f1_score
    for truth, predicted, undefined in (
        ([0, 0, 1], [0, 0, 0], (True, False, False)),
        ([0, 0, 0], [0, 1, 0], (False, True, False)),
        ([0, 0, 0], [0, 0, 0], (True, True, True)),
    ):
        for metric, warns in zip(metrics, undefined, strict=True):
            assert theirs(metric, truth, predicted) == (0, warns)
        assert precision_recall_f1(np.array(truth), np.array(predicted)) == (0, 0, 0)

    mcc = sklearn.metrics.matthews_corrcoef
    assert theirs(mcc, [1, 1, 0], [1, 1, 1]) == (0, False)
    assert theirs(mcc, [1, 1], [1, 1]) == (0, True)
    assert matthews_correlation(np.array([1, 1, 0]), np.ones(3, int)) == 0
    assert matthews_correlation(np.ones(2, int), np.ones(2, int)) == 0

    value, warned = theirs(sklearn.metrics.roc_auc_score, [1, 1], scores)
    assert np.isnan(value)
    assert warned
    average = sklearn.metrics.average_precision_score
    assert theirs(average, [0, 0], scores) == (0, True)
    assert theirs(average, [1, 1], scores) == (1, False)
    assert average_precision(np.ones(2, int), scores) == 1
    for value in (np.nan, np.inf):  # ours: the test below
        for metric in (m.roc_auc_score, m.average_precision_score):
            with pytest.raises(ValueError, match=r"NaN|infinity"):
                metric([0, 1], [0.5, value])


@pytest.mark.parametrize("function", [roc_auc, average_precision, roc_curve])
def test_what_a_metric_of_one_class_would_be_is_refused(function):
    with pytest.raises(ValueError, match=r"`truth` has no positive, so .*both classes"):
        function(np.zeros(3, int), np.arange(3.0))
    if function is not average_precision:
        with pytest.raises(ValueError, match=r"`truth` has no negative, so .*both"):
            function(np.ones(3, int), np.arange(3.0))


@pytest.mark.parametrize("function", [roc_auc, average_precision, threshold_counts])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_score_that_has_no_place_in_the_order_is_refused(function, value):
    for place in range(3):
        scores = np.arange(3.0)
        scores[place] = value
        with pytest.raises(ValueError, match=f"`scores` holds {value} at index {place}"):
            function(np.array([0, 1, 1]), scores)
    with pytest.raises(ValueError, match=f"`scores` holds {value} at index 0"):
        function(np.array([0, 1, 1]), np.full(3, value))


@pytest.mark.parametrize(
    "function", [roc_auc, average_precision, precision_recall_f1, matthews_correlation]
)
def test_labels_other_than_0_and_1_are_refused(function):
    for wrong in (-1, 2):
        with pytest.raises(ValueError, match=f"`truth` holds {wrong} at index 1"):
            function(np.array([0, wrong, 1]), np.array([0, 1, 1]))
    with pytest.raises(ValueError, match="`truth` is empty"):
        function(np.zeros(0, int), np.zeros(0, int))
    with pytest.raises(TypeCheckError, match="parameter"):
        function(np.array([0, 1, 1]), np.array([0, 1]))
    with pytest.raises(TypeError, match=r"pass np.array\(truth\) instead"):
        function([0, 1, 1], np.array([0, 1, 1]))


def test_answers_other_than_0_and_1_are_refused_by_their_name():
    with pytest.raises(ValueError, match="`predicted` holds 2 at index 0"):
        confusion_counts(np.array([0, 1]), np.array([2, 1]))


def test_thresholds_keep_the_dtype_of_the_scores():
    scores = np.array([0.1, 0.7], dtype=np.float32)
    assert threshold_counts(np.array([0, 1]), scores)[0].dtype == np.float32
