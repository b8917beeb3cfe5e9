"""Votes and agreement, against statsmodels, krippendorff, scikit-learn and brute force."""

import itertools
from collections import Counter

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from answers.labels.annotation import (
    Votes,
    beyond_chance,
    cohen_kappa,
    fleiss_kappa,
    krippendorff_alpha,
    majority_vote,
    raw_agreement,
    soft_labels,
    vote_counts,
)
from answers.probability.softmax import cross_entropy, softmax

pytestmark = pytest.mark.filterwarnings("error")


def random_votes(seed, items=37, annotators=8, classes=4, more=90):
    """Every item has a vote; some annotators vote twice on an item."""
    rng = np.random.default_rng(seed)
    item = np.concatenate([np.arange(items), rng.integers(0, items, more)])
    rng.shuffle(item)
    size = len(item)
    who, label = rng.integers(0, annotators, size), rng.integers(0, classes, size)
    for column in (item, who, label):
        column.flags.writeable = False
    return Votes(item, who, label, classes)


@st.composite
def crowds(draw):
    """Small votes of any kind."""
    classes, items = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    more = draw(st.lists(st.integers(0, items - 1), max_size=20))
    item = np.array(draw(st.permutations([*range(items), *more])))
    numbers = st.lists(st.integers(0, classes - 1), min_size=len(item), max_size=len(item))
    who = st.lists(st.integers(0, 4), min_size=len(item), max_size=len(item))
    return Votes(item, np.array(draw(who)), np.array(draw(numbers)), classes)


def test_a_number_of_classes_may_be_a_small_integer_of_numpy():
    label = np.tile(np.array([0, 1, 1], np.int8), 100)
    item = np.repeat(np.arange(100), 3)
    votes = Votes(item, np.tile(np.arange(3), 100), label, label.max() + np.int8(1))
    assert majority_vote(votes).tolist() == [1] * 100


@given(crowds())
def test_majority_vote_is_the_lowest_of_the_most_frequent_labels(votes):
    expected = []
    for i in range(votes.items):
        counts = Counter(votes.label[votes.item == i].tolist())
        most = max(counts.values())
        expected.append(min(k for k, count in counts.items() if count == most))
    assert_array_equal(majority_vote(votes), expected)


@given(crowds())
def test_counts_hold_every_vote_and_soft_labels_are_their_shares(votes):
    counts = vote_counts(votes)
    assert counts.sum() == len(votes)
    assert_array_equal(counts.sum(axis=1), np.bincount(votes.item))
    assert_allclose(soft_labels(votes) * counts.sum(axis=1, keepdims=True), counts)
    assert_allclose(soft_labels(votes).sum(axis=1), 1, rtol=1e-15)


def test_the_gradient_of_soft_targets_is_the_mean_over_votes():
    votes = random_votes(3)
    logits = np.random.default_rng(4).normal(size=(votes.items, votes.classes))
    of_each = softmax(logits)[votes.item] - np.eye(votes.classes)[votes.label]
    mean = np.zeros_like(logits)
    np.add.at(mean, votes.item, of_each)
    mean /= np.bincount(votes.item)[:, None]
    assert_allclose(softmax(logits) - soft_labels(votes), mean, atol=1e-14)
    # and weighted by the number of votes it is the gradient of the loss over all of them
    _, all_votes = cross_entropy(logits[votes.item], votes.label)
    summed = np.zeros_like(logits)
    np.add.at(summed, votes.item, all_votes)
    weighted = (softmax(logits) - soft_labels(votes)) * np.bincount(votes.item)[:, None]
    assert_allclose(summed, weighted / len(votes), atol=1e-14)


def test_memory_of_votes_is_that_of_three_integers_each():
    votes = random_votes(0)
    assert {votes.item.dtype, votes.annotator.dtype, votes.label.dtype} == {np.dtype(np.intp)}
    item = np.arange(4)
    assert np.shares_memory(Votes(item, item, item, 4).item, item)


def test_small_integers_do_not_wrap_around():
    rng = np.random.default_rng(0)
    item = np.repeat(np.arange(200, dtype=np.uint8), 3)
    label = rng.integers(0, 100, 600).astype(np.uint8)
    small = Votes(item, np.zeros(600, np.uint8), label, 100)
    wide = Votes(item.astype(int), np.zeros(600, int), label.astype(int), 100)
    assert_array_equal(vote_counts(small), vote_counts(wide))
    counts = rng.multinomial(200, [0.5, 0.3, 0.2], size=9)
    assert fleiss_kappa(counts.astype(np.uint8)) == fleiss_kappa(counts)


@pytest.mark.parametrize("seed", range(20))
def test_fleiss_kappa_agrees_with_statsmodels(seed):
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.ones(rng.integers(2, 6)), size=rng.integers(2, 50))
    counts = rng.multinomial(rng.integers(2, 9), shares)
    assert_allclose(fleiss_kappa(counts), statsmodels_fleiss(counts), rtol=1e-10)


@pytest.mark.parametrize("seed", range(20))
def test_krippendorff_alpha_agrees_with_krippendorff(seed):
    votes = random_votes(seed, items=3 + 5 * seed, more=11 * seed + 4)
    expected = krippendorff.alpha(value_counts=vote_counts(votes), level_of_measurement="nominal")
    assert_allclose(krippendorff_alpha(votes), expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("seed", range(20))
def test_cohen_kappa_agrees_with_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    a = rng.integers(0, 4, 50)
    b = np.where(rng.random(50) < 0.6, a, rng.integers(0, 4, 50))
    assert_allclose(cohen_kappa(a, b), cohen_kappa_score(a, b), rtol=1e-10)


def test_raw_agreement_counts_the_pairs_of_each_item():
    votes = random_votes(5)
    shares = []
    for i in range(votes.items):
        pairs = list(itertools.combinations(votes.label[votes.item == i].tolist(), 2))
        if pairs:
            shares.append(sum(a == b for a, b in pairs) / len(pairs))
    assert_allclose(raw_agreement(votes), np.mean(shares), rtol=1e-14)


def test_alpha_and_fleiss_differ_by_drawing_without_replacement_only():
    rng = np.random.default_rng(6)
    for items in (5, 50, 5000):
        item = np.repeat(np.arange(items), 4)
        label = np.where(rng.random(4 * items) < 0.6, item % 3, rng.integers(0, 3, 4 * items))
        votes = Votes(item, np.tile(np.arange(4), items), label, 3)
        gap = krippendorff_alpha(votes) - fleiss_kappa(vote_counts(votes))
        assert 0 < gap < 1 / (4 * items - 1)


@pytest.mark.parametrize(("share", "expected"), [(0.5, 0.81), (0.02, 0.2505)])
def test_kappa_falls_with_prevalence_while_raw_agreement_stays(share, expected):
    a, n = 0.95, 400_000  # exact expected counts of the four cells of both classes
    cells = []
    for label, weight in ((1, share), (0, 1 - share)):
        for one, two in itertools.product((0, 1), repeat=2):
            p = (a if one == label else 1 - a) * (a if two == label else 1 - a)
            cells.append((one, two, round(n * weight * p)))
    one, two = (np.repeat([c[k] for c in cells], [c[2] for c in cells]) for k in (0, 1))
    assert_allclose(np.mean(one == two), 0.905, atol=1e-6)
    assert_allclose(cohen_kappa(one, two), expected, atol=1e-4)


def test_everybody_agrees_and_nobody_does():
    item, who = np.repeat(np.arange(6), 3), np.tile(np.arange(3), 6)
    agree = Votes(item, who, item % 2, 2)
    assert raw_agreement(agree) == 1
    assert_allclose([fleiss_kappa(vote_counts(agree)), krippendorff_alpha(agree)], 1)
    differ = Votes(item, who, who, 3)
    assert raw_agreement(differ) == 0
    assert_allclose(fleiss_kappa(vote_counts(differ)), -0.5)
    assert krippendorff_alpha(differ) < 0
    assert_array_equal(majority_vote(differ), np.zeros(6))


def test_one_vote_items_and_annotators_and_unvoted_classes_are_defined():
    votes = Votes(np.array([0, 1, 1]), np.array([4, 2, 0]), np.array([3, 1, 1]), 6)
    assert (votes.items, votes.annotators) == (2, 5)
    assert_array_equal(majority_vote(votes), [3, 1])
    assert soft_labels(votes).shape == (2, 6)
    assert raw_agreement(votes) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"item": [], "annotator": [], "label": []}, "`item` is empty"),
        ({"item": [0, -1, 1]}, r"`item` holds -1 at index 1; number them from 0"),
        ({"annotator": [0, 0, -2]}, r"`annotator` holds -2 at index 2"),
        ({"label": [0, 2, 1]}, "`label` holds 2 at index 1; with 2 classes"),
        ({"label": [0, -1, 1]}, "`label` holds -1 at index 1; with 2 classes"),
        ({"item": [0, 2, 2]}, "item 1 has no vote, but item 2 has; number the items"),
        ({"item": [1, 2, 3]}, "item 0 has no vote"),
        ({"item": [0, 1, 4]}, "item 2 has no vote, but item 4 has"),
        ({"item": [0, 1, 10**15]}, "item 2 has no vote"),
        ({"classes": 0}, "`classes` is 0"),
    ],
)
def test_votes_that_make_no_sense_are_refused(change, message):
    fields = {"item": [0, 1, 1], "annotator": [0, 0, 1], "label": [0, 1, 1]}
    fields = {"classes": 2} | fields | change
    arrays = {k: np.array(v, int) if k != "classes" else v for k, v in fields.items()}
    with pytest.raises(ValueError, match=message):
        Votes(**arrays)


def test_columns_of_different_lengths_or_floats_are_refused():
    three = np.zeros(3, int)
    with pytest.raises(TypeError, match="annotator"):
        Votes(three, np.zeros(2, int), three, 2)
    with pytest.raises(TypeError, match="label"):
        Votes(three, three, np.zeros(3), 2)
    with pytest.raises(TypeError, match=r"pass np\.array\(item\)"):
        Votes([0, 0, 0], three, three, 2)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ([[2, 0], [1, 1], [2, 1]], "item 0 has 2 votes and item 2 has 3"),
        ([[2, 0], [2, 1], [1, 1]], "item 0 has 2 votes and item 1 has 3"),
        ([[1, 0], [0, 1]], "each item has 1 votes; agreement takes two"),
        ([[0, 0], [0, 0]], "each item has 0 votes"),
        ([[3, -1], [1, 1]], r"`counts` holds -1 at index \(0, 1\)"),
        ([[3, 0], [3, 0]], "every vote is for one class"),
    ],
)
def test_fleiss_kappa_refuses_what_it_is_not_defined_for(counts, message):
    with pytest.raises(ValueError, match=message):
        fleiss_kappa(np.array(counts))
    with pytest.raises(ValueError, match=r"^`counts` is empty"):
        fleiss_kappa(np.zeros((0, 2), int))


def test_one_item_is_enough_for_fleiss():
    # A third of the pairs agrees, and by chance 4/9 + 1/9 do.
    assert fleiss_kappa(np.array([[2, 1]])) == pytest.approx((1 / 3 - 5 / 9) / (4 / 9))


def test_one_of_two_annotators_may_not_use_the_last_class():
    a, b = np.array([0, 1, 2, 2]), np.array([0, 1, 1, 0])
    assert cohen_kappa(a, b) == pytest.approx(cohen_kappa_score(a, b))


def test_a_label_may_be_a_large_number():
    few, many = np.array([0, 0, 1, 1]), np.array([0, 10**9, 10**15, 10**15])
    assert cohen_kappa(few * 10**15, many) == cohen_kappa(few * 2, np.array([0, 1, 2, 2]))
    # No float tells these two apart.
    a = np.array([2**53, 2**53 + 1])
    assert cohen_kappa(a.astype(np.uint64), a) == 1


def test_agreement_without_pairs_or_with_one_class_is_refused():
    one, zeros = np.arange(3), np.zeros(3, int)
    with pytest.raises(ValueError, match="no item has two votes"):
        krippendorff_alpha(Votes(one, zeros, zeros, 2))
    with pytest.raises(ValueError, match="no item has two votes"):
        raw_agreement(Votes(one, zeros, zeros, 2))
    with pytest.raises(ValueError, match="every vote is for one class"):
        krippendorff_alpha(Votes(zeros, one, zeros, 2))
    with pytest.raises(ValueError, match="every vote is for one class"):
        cohen_kappa(zeros, zeros)
    with pytest.raises(ValueError, match="`b` holds -1 at index 1; leave items"):
        cohen_kappa(one, np.array([0, -1, 2]))
    with pytest.raises(ValueError, match="`a` holds -2 at index 0; leave items"):
        cohen_kappa(np.array([-2, -1, 2]), one)
    with pytest.raises(ValueError, match=r"^`a` is empty"):
        cohen_kappa(one[:0], one[:0])
    with pytest.raises(ValueError, match="0/0"):
        beyond_chance(1.0, 1.0)


@pytest.mark.parametrize("name", ["item", "annotator"])
def test_a_number_that_no_index_can_be_is_refused(name):
    zeros = np.zeros(2, np.uint64)
    large = {"item": zeros, "annotator": zeros, "label": zeros} | {
        name: np.array([0, 2**63], np.uint64)
    }
    with pytest.raises(ValueError, match=f"`{name}` holds {2**63} at index 1; number them from 0"):
        Votes(**large, classes=1)
