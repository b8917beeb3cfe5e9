"""Ideal samples of two normal distributions, against SciPy."""

import numpy as np
import pytest
import scipy.stats
from numpy.testing import assert_allclose, assert_array_equal

from answers.labels.binormal import binormal, probability, two_models
from answers.labels.metrics import confusion_counts

ZERO = np.array([0.0])


def test_scores_are_the_quantiles_of_their_class():
    truth, scores = binormal(3, 5, separation=1.3)
    assert_array_equal(truth, [1, 1, 1, 0, 0, 0, 0, 0])
    places = (np.arange(5) + 0.5) / 5
    assert_allclose(scores[3:], scipy.stats.norm.ppf(places), rtol=1e-9, atol=1e-9)
    assert_allclose(scores[:3], scipy.stats.norm.ppf([1 / 6, 0.5, 5 / 6]) + 1.3)


def test_one_example_of_a_class_lies_at_its_mean():
    truth, scores = binormal(1, 1, separation=0.7)
    assert_array_equal(truth, [1, 0])
    assert_allclose(scores, [0.7, 0], atol=1e-15)


def test_the_probability_is_that_of_bayes_from_the_two_densities():
    x = np.linspace(-4, 5, 19)
    density = scipy.stats.norm.pdf
    joint = 0.2 * density(x, 1.52), 0.8 * density(x)
    assert_allclose(probability(x, 1.52, 0.2), joint[0] / sum(joint), rtol=1e-12)


def test_the_two_models_of_the_page_are_right_on_85_and_82_percent():
    truth, a, b = two_models()
    assert confusion_counts(truth, a >= 0.5) == (762, 38, 112, 88)
    assert confusion_counts(truth, b >= 0.5) == (656, 144, 36, 164)


def test_model_a_is_calibrated_and_b_would_be_with_a_quarter_of_its_odds():
    truth, a, b = two_models()
    odds = b / (1 - b) / 4  # 200 to 800, and not 1 to 1
    assert truth.mean() == 0.2
    assert_allclose(a.mean(), 0.2, atol=1e-3)
    assert_allclose((odds / (1 + odds)).mean(), 0.2, atol=1e-3)
    assert b.mean() > 0.35


@pytest.mark.parametrize("sizes", [(0, 3), (3, 0)])
def test_a_class_without_examples_is_refused(sizes):
    with pytest.raises(ValueError, match="take at least 1 of each"):
        binormal(*sizes, separation=1.0)


@pytest.mark.parametrize("prevalence", [0.0, 1.0])
def test_a_prevalence_that_leaves_one_class_is_refused(prevalence):
    with pytest.raises(ValueError, match="give a number between 0 and 1"):
        probability(np.array([0.0]), 1.0, prevalence)


def test_log_odds_that_overflow_are_refused():
    with (
        np.errstate(over="ignore"),
        pytest.raises(ValueError, match=r"^the log-odds overflows: -inf at index 0"),
    ):
        probability(np.array([0.0]), 1e200, 0.5)


@pytest.mark.parametrize("separation", [np.nan, np.inf, -np.inf])
def test_classes_that_are_no_number_apart_are_refused(separation):
    for call in (lambda: binormal(2, 3, separation), lambda: probability(ZERO, separation, 0.5)):
        with pytest.raises(ValueError, match=f"^`separation` is {separation}; choose a finite"):
            call()


def test_a_score_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match=r"^`scores` holds nan at index 0"):
        probability(np.array([np.nan]), 1.0, 0.5)
