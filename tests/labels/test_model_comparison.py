"""Tests, intervals, costs and sample sizes, against SciPy, statsmodels and brute force."""

import itertools
import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import power_proportions_2indep

from answers.labels.metrics import confusion_counts, roc_auc, threshold_counts
from answers.labels.model_comparison import (
    cost_curve,
    cost_threshold,
    expected_cost,
    mcnemar,
    paired_bootstrap,
    paired_sample_size,
    unpaired_sample_size,
)

COSTS = np.array([[-0.5, 1.25], [7.0, 0.25]])


def verdicts(both, only_a, only_b, neither):
    """Who is right, for the four cells of a table of two models."""
    counts = both, only_a, only_b, neither
    return np.repeat([1, 1, 0, 0], counts), np.repeat([1, 0, 1, 0], counts)


def accuracy(truth, answers):
    return np.mean(truth == answers)


@given(*[st.integers(0, 60)] * 4)
def test_mcnemar_agrees_with_statsmodels_and_scipy(both, only_a, only_b, neither):
    if both + only_a + only_b + neither == 0:
        return
    p = mcnemar(*verdicts(both, only_a, only_b, neither))
    table = [[both, only_a], [only_b, neither]]
    assert_allclose(p, statsmodels_mcnemar(table, exact=True).pvalue, rtol=1e-12)
    if only_a + only_b:
        expected = scipy.stats.binomtest(only_a, only_a + only_b).pvalue
        assert_allclose(p, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("only_a", "only_b"),
    [
        (0, 1),
        (0, 30),
        (40, 10),
        (500, 401),
        (2000, 1),
        (5200, 4800),
        (200_900, 200_000),
    ],
)
def test_mcnemar_is_exact_for_few_and_for_many_pairs(only_a, only_b):
    p = mcnemar(*verdicts(3, only_a, only_b, 5))
    n, fewer = only_a + only_b, min(only_a, only_b)
    if n < 3000:  # beyond, this sum takes seconds
        ways = sum(math.comb(n, k) for k in range(fewer + 1))
        assert_allclose(p, ways / 2 ** (n - 1), rtol=1e-12)
    assert_allclose(p, scipy.stats.binomtest(only_a, n).pvalue, rtol=1e-10)


def test_mcnemar_takes_booleans_and_refuses_other_labels():
    a, b = verdicts(3, 5, 1, 2)
    assert mcnemar(a == 1, b == 1) == mcnemar(a, b)
    with pytest.raises(ValueError, match="`correct_b` holds 2 at index 0"):
        mcnemar(a, b + 1)
    with pytest.raises(ValueError, match="`correct_a` is empty"):
        mcnemar(a[:0], b[:0])


def test_the_bootstrap_interval_is_that_of_every_possible_draw():
    truth = np.array([1, 0, 1, 1, 0])
    a, b = truth.copy(), np.array([0, 1, 1, 0, 0])
    right_a, right_b = truth == a, truth == b
    draws = itertools.product(range(5), repeat=5)
    gaps = [np.mean(right_a[list(d)]) - np.mean(right_b[list(d)]) for d in draws]
    interval = paired_bootstrap(
        accuracy, truth, a, b, np.random.default_rng(1), resamples=4000, confidence=0.8
    )
    assert interval.difference == accuracy(truth, a) - accuracy(truth, b)
    assert_allclose(interval[1:], np.quantile(gaps, [0.1, 0.9]), atol=1e-12)


def test_the_bootstrap_agrees_with_scipy_for_a_metric_of_scores():
    rng = np.random.default_rng(2)
    truth = rng.integers(2, size=120)
    a, b = truth + 1.2 * rng.normal(size=120), truth + 1.5 * rng.normal(size=120)
    ours = paired_bootstrap(roc_auc, truth, a, b, np.random.default_rng(3))
    theirs = scipy.stats.bootstrap(
        (truth, a, b),
        lambda t, a, b: roc_auc(t == 1, a) - roc_auc(t == 1, b),
        paired=True,
        vectorized=False,
        n_resamples=2000,
        method="percentile",
        rng=np.random.default_rng(4),
    )
    assert_allclose(ours[1:], theirs.confidence_interval, atol=0.012)


def test_pairing_narrows_the_interval():
    rng = np.random.default_rng(6)
    a, b = verdicts(800, 50, 20, 130)
    ones = np.ones(1000, int)
    paired = paired_bootstrap(accuracy, ones, a, b, rng)
    unpaired = paired_bootstrap(accuracy, ones, a, rng.permutation(b), rng)
    assert paired.difference == unpaired.difference
    assert paired.high - paired.low < 0.6 * (unpaired.high - unpaired.low)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"resamples": 0}, "`resamples` is 0; draw at least once"),
        ({"confidence": 95.0}, "`confidence` is 95.0; give a probability, as 0.95"),
        ({"confidence": 1.0}, "`confidence` is 1.0"),
        ({"confidence": 0.0}, "`confidence` is 0.0"),
    ],
)
def test_a_bootstrap_without_draws_or_confidence_is_refused(options, message):
    ones, rng = np.ones(3, int), np.random.default_rng(0)
    with pytest.raises(ValueError, match=message):
        paired_bootstrap(accuracy, ones, ones, ones, rng, **options)
    with pytest.raises(ValueError, match="`truth` is empty"):
        paired_bootstrap(accuracy, ones[:0], ones[:0], ones[:0], rng)


def test_2000_draws_hold_95_percent_unless_told_otherwise():
    rng = np.random.default_rng(5)
    truth, a, b = rng.integers(2, size=(3, 30))
    plain, told = (
        paired_bootstrap(accuracy, truth, a, b, np.random.default_rng(1), **options)
        for options in ({}, {"resamples": 2000, "confidence": 0.95})
    )
    assert plain == told
    once = paired_bootstrap(accuracy, truth, a, b, np.random.default_rng(1), resamples=1)
    assert once.low == once.high


def test_large_costs_have_a_threshold():
    assert cost_threshold(np.array([[0, 1e308], [1e308, 0]])) == 0.5


def test_whole_costs_have_the_threshold_of_their_fraction():
    for alarm, miss in itertools.product(range(1, 30), repeat=2):
        assert cost_threshold(np.array([[0, alarm], [miss, 0]])) == alarm / (alarm + miss)


def test_a_gap_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="the gap is nan; name the smallest gap"):
        paired_sample_size(np.nan, 0.1)


def test_a_power_that_no_gap_would_reach_is_refused():
    message = "a power of 0.05 is not above the significance, 0.05, which a test reaches"
    for size in (unpaired_sample_size, paired_sample_size):
        assert size(0.03, 0.06, power=0.051) > 1
        with pytest.raises(ValueError, match=message):
            size(0.03, 0.06, power=0.05)


def test_what_the_metric_refuses_of_a_draw_is_told():
    truth, scores = np.array([0, 0, 0, 0, 0, 1]), np.arange(6.0)
    with pytest.raises(ValueError, match="`truth` has no positive"):
        paired_bootstrap(roc_auc, truth, scores, scores, np.random.default_rng(0))


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_expected_cost_is_the_mean_over_the_examples_one_by_one(pairs):
    truth, predicted = np.array(pairs).T
    by_hand = np.mean([COSTS[int(t), int(p)] for t, p in pairs])
    assert_allclose(expected_cost(truth, predicted, COSTS), by_hand, rtol=1e-14)
    table = np.array(confusion_counts(truth, predicted)).reshape(2, 2)
    assert_allclose(by_hand, (table * COSTS).sum() / len(pairs), rtol=1e-12, atol=1e-15)


def test_expected_cost_takes_any_number_of_classes_and_true_along_the_rows():
    costs = np.arange(9).reshape(3, 3)
    assert expected_cost(np.array([2]), np.array([1]), costs) == 7
    assert expected_cost(np.array([0, 2]), np.array([2, 0]), costs) == 4
    error_rate = expected_cost(np.array([0, 1, 2]), np.array([0, 2, 2]), 1 - np.eye(3))
    assert_allclose(error_rate, 1 / 3)


def test_a_class_without_a_cost_and_a_cost_without_a_value_are_refused():
    one = np.array([1])
    with pytest.raises(ValueError, match="`predicted` holds 2 at index 0; with 2"):
        expected_cost(one, 2 * one, COSTS)
    with pytest.raises(ValueError, match="`truth` holds -1 at index 0"):
        expected_cost(-one, one, COSTS)
    with pytest.raises(ValueError, match=r"`costs` holds nan at index \(0, 1\)"):
        expected_cost(one, one, np.array([[0, np.nan], [1, 0]]))
    with pytest.raises(ValueError, match="`truth` is empty"):
        expected_cost(one[:0], one[:0], COSTS)


def test_the_cost_curve_is_the_expected_cost_at_each_threshold():
    rng = np.random.default_rng(7)
    truth, scores = rng.integers(2, size=50), rng.normal(size=50).round(1)
    thresholds, cost = cost_curve(truth, scores, COSTS)
    assert_array_equal(thresholds, threshold_counts(truth, scores)[0])
    by_hand = [expected_cost(truth, scores >= t, COSTS) for t in thresholds]
    assert_allclose(cost, by_hand, rtol=1e-13)


def test_the_cost_threshold_is_the_best_one_for_calibrated_probabilities():
    p = np.linspace(0.005, 0.995, 100)
    # Each probability stands for many examples, of which that share is positive.
    positive = (1 - p) * COSTS[0, 1] + p * COSTS[1, 1]
    negative = (1 - p) * COSTS[0, 0] + p * COSTS[1, 0]
    assert_array_equal(positive < negative, p > cost_threshold(COSTS))


def test_a_cost_without_a_value_is_refused_by_its_name():
    costs = np.array([[0, 1], [np.inf, 0]])
    with pytest.raises(ValueError, match=r"^`costs` holds inf at index \(1, 0\)"):
        cost_threshold(costs)
    with pytest.raises(ValueError, match=r"^`costs` holds inf at index \(1, 0\)"):
        cost_curve(np.array([0, 1]), np.array([0.2, 0.6]), costs)


@pytest.mark.parametrize(
    "costs", [[[0, 1], [1, 2]], [[1, 0], [5, 0]], [[0, 0], [5, 0]], [[0, 1], [2, 2]]]
)
def test_costs_that_reward_a_mistake_have_no_threshold(costs):
    with pytest.raises(ValueError, match="costs no more than the right answer"):
        cost_threshold(np.array(costs))


@pytest.mark.parametrize(("power", "about"), [(0.5, 1175), (0.8, 2400), (0.9, 3212)])
def test_unpaired_sizes_have_their_power_by_statsmodels(power, about):
    n = unpaired_sample_size(0.85, 0.82, power)
    assert n == about
    found = power_proportions_2indep(0.03, 0.82, n, return_results=False)
    assert_allclose(found, power, atol=0.005)


def test_the_size_for_a_shift_of_one_variance_is_that_of_statsmodels():
    for power, significance in ((0.8, 0.05), (0.95, 0.01)):
        spread = math.sqrt(0.5 * 0.5)
        n = unpaired_sample_size(0.5 + 1e-3, 0.5, power, significance)
        expected = NormalIndPower().solve_power(1e-3 / spread, None, significance, power)
        assert_allclose(n, expected, rtol=1e-4)


def power(gap, disagreement, n, test="exact"):
    """The power of one of McNemar's tests, summed over every table that can occur."""
    share = (disagreement + gap) / 2 / disagreement
    total = 0.0
    for discordant in range(n + 1):
        weight = scipy.stats.binom.pmf(discordant, n, disagreement)
        if weight < 1e-9:
            continue
        k = np.arange(discordant + 1)
        fewer = np.minimum(k, discordant - k)
        found = 2 * scipy.stats.binom.cdf(fewer, discordant, 0.5)
        if test == "mid-p":
            found -= scipy.stats.binom.pmf(fewer, discordant, 0.5)
        if test == "chi-squared":
            square = (discordant - 2 * fewer) ** 2 / max(discordant, 1)
            found = scipy.stats.chi2.sf(square, 1)
        chances = scipy.stats.binom.pmf(k, discordant, share)
        total += weight * chances[found < 0.05].sum()
    return total


@pytest.mark.parametrize(("disagreement", "enough"), [(0.05, 463), (0.18, 1625), (0.30, 2677)])
def test_the_exact_test_asks_a_little_more_than_the_formula(disagreement, enough):
    n = paired_sample_size(0.03, disagreement)
    assert 0.77 < power(0.03, disagreement, n) < 0.795
    assert power(0.03, disagreement, enough - 1) < 0.8 <= power(0.03, disagreement, enough)
    assert 1.02 * n < enough < 1.07 * n


@pytest.mark.parametrize("disagreement", [0.05, 0.18, 0.30])
def test_mid_p_and_chi_squared_have_the_power_of_the_formula(disagreement):
    n = paired_sample_size(0.03, disagreement)
    for test in ("mid-p", "chi-squared"):
        assert 0.8 <= power(0.03, disagreement, n, test) < 0.84


def test_models_that_differ_independently_save_nothing_by_pairing():
    a, b = 0.85, 0.82
    independent = a * (1 - b) + b * (1 - a)
    paired = paired_sample_size(a - b, independent, power=0.5)
    assert_allclose(paired, unpaired_sample_size(a, b, power=0.5), rtol=0.01)
    assert paired_sample_size(a - b, 0.05) < unpaired_sample_size(a, b) / 4


@pytest.mark.parametrize(
    ("function", "args", "message"),
    [
        (unpaired_sample_size, (0.85, 0.85), "the gap is 0"),
        (
            unpaired_sample_size,
            (85.0, 82.0),
            "`accuracy_a` is 85.0; give a number betwe",
        ),
        (unpaired_sample_size, (0.85, 0.82, 1.0), "`power` is 1.0"),
        (paired_sample_size, (0.1, 0.05), "a gap of 0.1 needs at least as much"),
        (paired_sample_size, (0.0, 0.05), "the gap is 0"),
        (paired_sample_size, (0.01, 1.0), "`disagreement` is 1.0"),
        (paired_sample_size, (0.01, 0.05, 0.0), "`power` is 0.0"),
        (unpaired_sample_size, (0.85, 1.0), "`accuracy_b` is 1.0"),
        (unpaired_sample_size, (0.85, 0.82, 0.5, 1.0), "`significance` is 1.0"),
        (paired_sample_size, (0.01, 0.05, 0.8, 0.0), "`significance` is 0.0"),
    ],
)
def test_a_size_that_does_not_exist_is_refused(function, args, message):
    with pytest.raises(ValueError, match=message):
        function(*args)


def test_the_power_is_80_percent_at_5_percent_significance_unless_told_otherwise():
    assert unpaired_sample_size(0.85, 0.82) == unpaired_sample_size(0.85, 0.82, 0.8, 0.05)
    assert paired_sample_size(0.03, 0.06) == paired_sample_size(0.03, 0.06, 0.8, 0.05)


def test_a_worse_model_needs_as_many_as_a_better_one_and_a_gap_may_be_all_disagreement():
    assert paired_sample_size(-0.03, 0.06, power=0.5) == paired_sample_size(0.03, 0.06, power=0.5)
    # Both standard deviations, √0.25 and √(0.25 - 0.25²), with SciPy's quantiles.
    z = scipy.stats.norm.ppf([0.975, 0.8])
    n = (z @ np.sqrt([0.25, 0.1875]) / 0.25) ** 2
    assert paired_sample_size(0.25, 0.25) == math.ceil(n) == 29
