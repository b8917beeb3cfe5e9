"""neighbour_vote, against scikit-learn and a loop; and question 13's comparison of filters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from answers.labels.label_quality import confident_margin, find_label_issues
from answers.labels.neighbour_vote import neighbour_vote
from answers.labels.noisy_digits import (
    digits,
    flip_labels,
    lookalike_flips,
    one_way_flips,
    out_of_fold,
    uniform_flips,
)
from answers.records.label_filters import of_draw


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("items", "d", "k"), [(40, 3, 10), (25, 1, 1), (12, 30, 11)])
def test_it_agrees_with_scikit_learn(dtype, items, d, k):
    rng = np.random.default_rng(items)
    features = rng.normal(size=(items, d)).astype(dtype)
    labels = rng.integers(3, size=items)
    # Without data to ask about, scikit-learn leaves each example out of its own neighbours.
    nearest = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(features).kneighbors()[1]
    counts = np.stack([np.bincount(labels[row], minlength=3) for row in nearest])
    assert_allclose(neighbour_vote(features, labels, 3, k), counts / k, rtol=1e-12)


def test_it_is_a_classifier_that_has_not_seen_the_example():
    rng = np.random.default_rng(1)
    features, labels = rng.normal(size=(15, 4)), rng.permutation(np.arange(15) % 3)
    for n in range(15):
        rest = np.arange(15) != n
        model = KNeighborsClassifier(5, algorithm="brute").fit(features[rest], labels[rest])
        theirs = model.predict_proba(features[[n]])[0]
        assert_allclose(neighbour_vote(features, labels, 3, 5)[n], theirs, rtol=1e-12)


@given(st.integers(0, 10**6), st.integers(2, 9))
def test_it_is_what_a_loop_over_pairs_finds(seed, items):
    rng = np.random.default_rng(seed)
    features, labels = rng.integers(4, size=(items, 2)), rng.integers(2, size=items)
    k = int(rng.integers(1, items))
    found = neighbour_vote(features, labels, 2, k)
    for n in range(items):
        others = [m for m in range(items) if m != n]
        others.sort(key=lambda m, n=n: (sum((features[n] - features[m]) ** 2), m))
        assert_allclose(found[n, 1], sum(labels[m] for m in others[:k]) / k)
    moved = neighbour_vote(3 * features + 7, labels.astype(bool), 2, k)
    assert_array_equal(found, moved)


def test_an_origin_far_away_changes_no_vote():
    rng = np.random.default_rng(2)
    features = np.round(rng.normal(size=(200, 3)) * 1024) / 1024  # exact after the move, too
    labels = rng.integers(2, size=200)
    here = neighbour_vote(features, labels, 2, 5)
    for away in (2.0**24, 2.0**40):
        assert_array_equal(neighbour_vote(features + away, labels, 2, 5), here)


def test_an_example_far_from_the_others_is_nobodys_nearest():
    features = np.array([[0.0], [1e9], [1e9 + 1], [1e9 + 3], [1e9 + 3.5]])
    nearest = neighbour_vote(features, np.arange(5), 5, 1).argmax(axis=1)
    assert_array_equal(nearest, [1, 2, 1, 4, 3])


@pytest.mark.parametrize(
    ("features", "labels", "k", "message"),
    [
        (np.ones((3, 1)), np.array([0, 2, 1]), 1, "`labels` holds 2 at index 1"),
        (np.ones((3, 1)), np.array([0, 1, 1]), 3, "`k` is 3; of 3 examples each has 2"),
        (np.ones((3, 1)), np.array([0, 1, 1]), 0, "`k` is 0"),
        (np.array([[1.0], [np.nan]]), np.array([0, 1]), 1, "`features` .*nan"),
        (np.ones((0, 1)), np.array([], dtype=int), 1, "`features` is empty"),
        (np.array([[1.0], [1e200]]), np.array([0, 1]), 1, "a squared distance overflows"),
    ],
)
def test_wrong_values_are_refused(features, labels, k, message):
    with pytest.raises(ValueError, match=message):
        neighbour_vote(features, labels, 2, k)


def found_of(wrong, score):
    """The share of the wrong labels among as many as are wrong, those of lowest score first."""
    return wrong[np.argsort(score, kind="stable")[: wrong.sum()]].mean()


@pytest.mark.parametrize("seed", [14, 15])
def test_at_as_many_flags_neighbours_find_as_many_random_errors_and_more_of_a_system(seed):
    """What question 13 shows of one draw."""
    images, truth = digits()
    every = np.arange(len(truth))
    drawn = {
        "random": flip_labels(truth, uniform_flips(0.2), np.random.default_rng(seed)),
        "one way": flip_labels(truth, one_way_flips(0.4), np.random.default_rng(seed)),
        "look-alikes": lookalike_flips(images, truth, 0.4, seed=seed),
    }
    for noise, labels in drawn.items():
        wrong = labels != truth
        model, votes = out_of_fold(images, labels, seed=seed), neighbour_vote(images, labels, 10)
        by_own = [found_of(wrong, p[every, labels]) for p in (model, votes)]
        by_margin = [found_of(wrong, confident_margin(p, labels)) for p in (model, votes)]
        if noise == "random":
            assert min(by_own + by_margin) > 0.93
            continue
        assert by_margin[1] > by_margin[0] + 0.03
        if noise == "one way":
            assert abs(by_own[1] - by_own[0]) < 0.1
            assert min(by_margin) > max(by_own) + 0.05
        else:
            assert by_own[1] > by_own[0] + 0.1
            assert find_label_issues(model, labels)[wrong].mean() < 0.03
            assert (votes.max(axis=1) > votes[every, labels])[wrong].mean() > 0.35


def test_the_names_of_the_digits_decide_no_vote():
    """argmax would give a tie to the lower digit, and errors that go one way to the truth."""
    images, truth = digits()
    labels = flip_labels(truth, one_way_flips(0.4), np.random.default_rng(13))
    p = neighbour_vote(images, labels, 10)
    names = dict.fromkeys(("model", "10 neighbours"), p)
    renamed = dict.fromkeys(names, p[:, ::-1])
    here = of_draw(labels, labels != truth, names)
    there = of_draw(9 - labels, labels != truth, renamed)
    for row in ("vote of 10 neighbours", "vote of 10 neighbours: hard"):
        assert_array_equal(here[row], there[row])
