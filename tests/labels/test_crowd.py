"""The made-up texts and crowd are what they claim to be."""

from itertools import permutations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import minimize
from scipy.special import expit

from answers.labels.crowd import (
    crowd_votes,
    documents,
    few_votes_each,
    fit_words,
    mixed_recall,
    nine,
    nine_with_colluders,
    one_class_each,
    spammers,
    word_logits,
)
from answers.probability.softmax import softmax


def test_annotators_have_the_recall_that_was_asked_for():
    rng = np.random.default_rng(0)
    recall = np.array([[0.9, 0.3, 0.6], [0.5, 0.8, 1.0]])
    truth = rng.integers(0, 3, 60_000)
    votes = crowd_votes(rng, truth, recall, per_item=2)
    for a in range(2):
        for k in range(3):
            mine = votes.label[(votes.annotator == a) & (truth[votes.item] == k)]
            assert_allclose((mine == k).mean(), recall[a, k], atol=0.01)
            wrong = mine[mine != k]
            assert not len(wrong) or abs(((wrong - k) % 3 == 1).mean() - 0.5) < 0.06


def test_one_vote_an_item_and_one_class_are_enough():
    rng, truth = np.random.default_rng(3), np.array([0, 1, 1, 0])
    assert_array_equal(crowd_votes(rng, truth, np.ones((3, 2)), per_item=1).label, truth)
    votes = crowd_votes(rng, np.zeros(4, int), np.full((2, 1), 0.5), per_item=2)
    assert_array_equal(votes.label, np.zeros(8))


def test_colluders_say_what_the_first_of_them_would_say():
    rng, truth = np.random.default_rng(4), np.array([0, 1, 1, 0])
    recall = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    votes = crowd_votes(rng, truth, recall, per_item=3, colluders=(1, 2))
    assert_array_equal(votes.label == truth[votes.item], votes.annotator > 0)


def test_each_item_is_seen_by_different_annotators_chosen_evenly():
    rng = np.random.default_rng(1)
    votes = crowd_votes(rng, np.zeros(8000, int), np.ones((6, 2)), per_item=4)
    assert len(votes) == 32_000
    assert len(np.unique(votes.item * 6 + votes.annotator)) == len(votes)
    assert_allclose(np.bincount(votes.annotator) / 32_000, 1 / 6, atol=0.01)


def test_colluders_always_agree_and_others_do_not():
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 2, 500)
    votes = crowd_votes(rng, truth, np.full((5, 2), 0.7), 5, colluders=(1, 3, 4))
    said = np.empty((500, 5), int)
    said[votes.item, votes.annotator] = votes.label
    assert_array_equal(said[:, 1], said[:, 3])
    assert_array_equal(said[:, 1], said[:, 4])
    assert (said[:, 0] != said[:, 2]).mean() > 0.3


@pytest.mark.parametrize(
    ("crowd", "annotators", "per_item", "right"),
    [
        (spammers, 12, 6, (4 * 0.85 + 8 * 0.5) / 12),
        (nine, 9, 9, (5 * 0.8 + 4 * 0.6) / 9),
        (nine_with_colluders, 9, 9, (5 * 0.8 + 4 * 0.6) / 9),
        (few_votes_each, 600, 3, 0.75),
        (one_class_each, 6, 3, 0.75 * 0.9 + 0.25 * 0.1),
    ],
)
def test_a_crowd_is_as_large_and_as_often_right_as_it_says(crowd, annotators, per_item, right):
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 2, 20_000)
    votes = crowd(rng, truth)
    assert (votes.annotators, votes.classes) == (annotators, 2)
    assert_array_equal(np.bincount(votes.item), per_item)
    # Colluders err together, and so does a team that was sent the wrong class.
    assert_allclose((votes.label == truth[votes.item]).mean(), right, atol=0.012)


def test_only_those_who_collude_agree_always():
    truth = np.random.default_rng(5).integers(0, 2, 400)
    for crowd, together in ((nine, set()), (nine_with_colluders, {5, 6, 7, 8})):
        votes = crowd(np.random.default_rng(6), truth)
        said = np.empty((400, 9), int)
        said[votes.item, votes.annotator] = votes.label
        pairs = permutations(range(9), 2)
        always = {a for a, b in pairs if (said[:, a] == said[:, b]).all()}
        assert always == together


def test_a_team_that_confirms_one_class_sees_no_other():
    truth = np.random.default_rng(7).integers(0, 2, 5000)
    votes = one_class_each(np.random.default_rng(8), truth)
    team = votes.annotator // 3
    assert all((team.reshape(-1, 3) == team.reshape(-1, 3)[:, :1]).ravel())
    assert_allclose((votes.label == team).mean(), 0.9, atol=0.01)


def test_the_mixed_crowd_has_experts_guessers_and_people_who_lean_to_1():
    recall = mixed_recall(np.random.default_rng(9))
    assert_array_equal(recall[:3], 0.95)
    assert ((recall[3:12] >= 0.62) & (recall[3:12] <= 0.85)).all()
    assert_array_equal(recall[3:12, 0], recall[3:12, 1])
    assert_array_equal(recall[12:17], 0.5)
    assert_array_equal(recall[17:], [[0.35, 0.98]] * 3)


def test_texts_of_two_calls_are_of_one_task_and_of_the_asked_length():
    first, y = documents(np.random.default_rng(0), 1500)
    w = fit_words(first, np.eye(2)[y])
    counts, truth = documents(np.random.default_rng(1), 3000, length=25, positive=0.3)
    assert_array_equal(counts.sum(axis=1), 25)
    assert_allclose(truth.mean(), 0.3, atol=0.03)
    assert (word_logits(counts, w).argmax(axis=1) == truth).mean() > 0.8


def test_words_have_the_frequencies_and_log_odds_of_their_one_language():
    counts, truth = documents(np.random.default_rng(2), 20_000)
    assert counts.shape == (20_000, 120)
    assert_array_equal(counts.sum(axis=1), 25)
    negative, positive = (np.log(counts[truth == k].sum(axis=0)) for k in (0, 1))
    tilt = 0.5 * np.random.default_rng(1979).normal(size=120)
    rest = positive - negative - tilt
    assert (rest - rest.mean()).std() < 0.1
    # The tilts of both classes cancel, and what is left falls as 1 / (rank + 2).
    rest = (positive + negative) / 2 + np.log(np.arange(1, 121) + 2)
    assert (rest - rest.mean()).std() < 0.05
    assert abs(np.corrcoef(rest, -np.log(np.arange(1, 121)))[0, 1]) < 0.3


@pytest.mark.parametrize("penalty", [0.7, 30])
def test_the_classifier_is_the_minimum_that_scipy_finds(penalty):
    rng = np.random.default_rng(3)
    x, _ = documents(rng, 60, words=12)
    targets, weights = rng.dirichlet([1, 1], size=60), rng.uniform(0.2, 2, 60)

    def loss(w):
        z = x @ w[:-1] + w[-1]
        t = targets[:, 1]
        each = t * np.logaddexp(0, -z) + (1 - t) * np.logaddexp(0, z)
        return weights @ each + penalty / 2 * w[:-1] @ w[:-1]

    best = minimize(loss, np.zeros(13), tol=1e-12)
    w = fit_words(x, targets, weights, penalty)
    assert_allclose(w, best.x, atol=1e-4)
    assert loss(w) <= best.fun + 1e-10
    p = expit(x @ w[:-1] + w[-1])
    assert_allclose(softmax(word_logits(x, w)), np.stack([1 - p, p], axis=1))


@pytest.mark.parametrize(
    ("truth", "per_item", "message"),
    [
        ([0, 1], 4, "`per_item` is 4; with 3 annotators, 1 to 3"),
        ([0, 1], 0, "`per_item` is 0"),
        ([0, 2], 2, "`truth` holds 2"),
        ([], 2, "`truth` is empty"),
    ],
)
def test_a_crowd_that_cannot_be_is_refused(truth, per_item, message):
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=message):
        crowd_votes(rng, np.array(truth, int), np.ones((3, 2)), per_item)


def test_words_are_fitted_with_a_penalty_of_1_and_nan_is_refused():
    x, y = documents(np.random.default_rng(5), 40, words=6)
    assert_array_equal(fit_words(x, np.eye(2)[y]), fit_words(x, np.eye(2)[y], penalty=1))
    with pytest.raises(ValueError, match=r"^a weight overflows: nan at index 0"):
        fit_words(x, np.full((40, 2), np.nan))
