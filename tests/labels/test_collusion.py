"""suspicious_pairs, against loops, algebra and annotators of known honesty."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from answers.labels.annotation import Votes
from answers.labels.collusion import products_of_skills, shared_votes, suspicious_pairs


def everybody_votes(labels, classes=2):
    people, items = labels.shape
    item = np.tile(np.arange(items), people)
    return Votes(item, np.repeat(np.arange(people), items), labels.ravel(), classes)


def crowd(seed, skills, items=400, classes=2, hard=0.2):
    """Annotators who know the truth so often; a share of the items is hard for all."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(classes, size=items)
    wrong = (truth + rng.integers(1, classes, size=(len(skills), items))) % classes
    ease = np.where(rng.random(items) < hard, 0.3, 1)
    chance = 1 / classes
    knows = chance + (np.array(skills)[:, None] - chance) * ease
    return np.where(rng.random(wrong.shape) < knows, truth, wrong), rng


HONEST = (0.97, 0.97, 0.65, 0.7, 0.75, 0.8, 0.85)


def with_copiers(seed, classes=2, copied=0.85):
    labels, rng = crowd(seed, (*HONEST, 0.55, 0.55), classes=classes)
    labels[8] = np.where(rng.random(labels.shape[1]) < copied, labels[7], labels[8])
    return labels, rng


@pytest.mark.parametrize("seed", range(12))
def test_products_of_skills_come_back_from_the_excess_that_they_make(seed):
    rng, people = np.random.default_rng(seed), 4 + seed % 5
    skill = rng.uniform(0.3, 0.9, size=people)
    a, b = np.array(list(itertools.combinations(range(people), 2))).T
    weight = rng.uniform(1, 3, size=len(a))
    found = products_of_skills(a, b, weight, skill[a] * skill[b], people, rounds=600)
    assert_allclose(found, skill[a] * skill[b], rtol=1e-6)


@pytest.mark.parametrize("prior", [0.5, 0.2])
def test_for_two_classes_agreement_beyond_chance_is_a_product_whatever_the_errors(
    prior,
):
    """Exact probabilities: each annotator has two error rates of their own."""
    rng = np.random.default_rng(8)
    prior = np.array([1 - prior, prior])
    says_1 = rng.random((4, 2))  # annotators by true class
    says = np.stack([1 - says_1, says_1], axis=2)
    excess = np.zeros((4, 4))
    for a, b in itertools.permutations(range(4), 2):
        both = np.einsum("t,tk,tl->kl", prior, says[a], says[b])
        excess[a, b] = np.trace(both) - both.sum(axis=1) @ both.sum(axis=0)
    # In a matrix of products every such determinant is 0.
    assert_allclose(excess[0, 1] * excess[2, 3], excess[0, 2] * excess[1, 3], rtol=1e-9)
    assert_allclose(excess[0, 1] * excess[2, 3], excess[0, 3] * excess[1, 2], rtol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_what_pairs_share_is_what_a_loop_finds_where_many_votes_are_missing(seed):
    classes = 2 + seed % 3
    labels, rng = crowd(seed, HONEST, items=60, classes=classes)
    votes = everybody_votes(labels, classes)
    keep = rng.permutation(len(votes))[:210]
    items = np.unique(votes.item[keep], return_inverse=True)[1]
    votes = Votes(items, votes.annotator[keep], votes.label[keep], classes)
    said = {}
    for i, a, k in zip(votes.item, votes.annotator, votes.label, strict=True):
        said[i, a] = k
    expected = []
    for a, b in itertools.combinations(range(votes.annotators), 2):
        both = [i for i in range(votes.items) if (i, a) in said and (i, b) in said]
        x, y = (np.array([said[i, who] for i in both]) for who in (a, b))
        chance = sum(np.mean(x == k) * np.mean(y == k) for k in range(classes))
        if len(both) >= 7:
            expected.append((a, b, len(both), np.sum(x == y), chance))
    found = np.array(shared_votes(votes, 7)).T
    assert len(expected) > 5
    assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("seed", range(5))
def test_a_pair_that_copies_comes_first_by_far(seed, classes):
    labels, _ = with_copiers(seed, classes)
    pairs = suspicious_pairs(everybody_votes(labels, classes))
    assert (pairs.first[0], pairs.second[0]) == (7, 8)
    assert pairs.z[0] > 10
    assert pairs.z[1] < 4
    assert (np.diff(pairs.z) <= 0).all()


@pytest.mark.parametrize("seed", range(5))
def test_experts_agree_more_than_copiers_and_are_not_suspicious(seed):
    labels, _ = with_copiers(seed, copied=0.5)
    pairs = suspicious_pairs(everybody_votes(labels))
    place = {(a, b): i for i, (a, b) in enumerate(zip(pairs.first, pairs.second, strict=True))}
    assert pairs.agreement[place[0, 1]] > pairs.agreement[place[7, 8]]
    assert pairs.z[place[7, 8]] > 5
    assert pairs.z[place[0, 1]] < 3


def test_among_the_honest_z_is_near_0_and_below_4():
    z = [suspicious_pairs(everybody_votes(crowd(s, HONEST)[0])).z for s in range(30)]
    z = np.concatenate(z)
    assert abs(z.mean()) < 0.2
    assert round(z.std(), 1) == 0.8
    assert z.max() < 4


def test_who_confuses_the_same_of_four_classes_looks_like_a_ring():
    rng = np.random.default_rng(0)
    truth = rng.integers(4, size=600)
    # Independently: one team takes 0 for 1 and 1 for 0, the other 2 and 3, three times in ten.
    labels = np.array(
        [
            np.where((truth // 2 == team) & (rng.random(600) < 0.3), truth ^ 1, truth)
            for team in (0, 0, 0, 0, 1, 1, 1, 1)
        ]
    )
    pairs = suspicious_pairs(everybody_votes(labels, 4))
    assert pairs.z[0] > 4
    alike = [a // 4 == b // 4 for a, b in zip(pairs.first, pairs.second, strict=True)]
    assert all(alike[:12])


@pytest.mark.parametrize("experts", [True, False])
def test_two_who_are_honest_and_alone_in_something_look_like_copiers(experts):
    """On three items in ten two experts know the truth and eight guess, or all guess and two
    lean to 1, the others to 0."""
    for seed in range(3):
        rng = np.random.default_rng(seed)
        truth, hard = rng.integers(2, size=600), rng.random(600) < 0.3
        recall = np.full((10, 1), 0.9)
        recall[:2] = 0.97
        doubt, says = (np.full((10, 600), 0.5), truth) if experts else (np.full((10, 600), 0.15), 1)
        doubt[:2] = 0.97 if experts else 0.85
        easy = np.where(rng.random((10, 600)) < recall, truth, 1 - truth)
        unsure = np.where(rng.random((10, 600)) < doubt, says, 1 - says)
        pairs = suspicious_pairs(everybody_votes(np.where(hard, unsure, easy)))
        assert (pairs.first[0], pairs.second[0]) == (0, 1)
        assert pairs.z[0] > 4


def test_of_whom_no_other_pair_tells_the_skill_is_not_judged():
    labels, _ = crowd(6, HONEST)
    assert len(suspicious_pairs(everybody_votes(labels[:2])).z) == 0
    # Two more share items with each other only.
    item = np.concatenate([np.tile(np.arange(400), 7), np.tile(np.arange(400, 500), 2)])
    annotator = np.concatenate([np.repeat(np.arange(7), 400), np.repeat([7, 8], 100)])
    label = np.concatenate([labels.ravel(), np.tile(labels[0, :100], 2)])
    pairs = suspicious_pairs(Votes(item, annotator, label, classes=2))
    assert len(pairs.z) == 21
    assert pairs.second.max() == 6


def test_all_pairs_of_a_ring_of_three_are_found_and_a_ring_of_most_is_not():
    labels, rng = crowd(3, (*HONEST, 0.5, 0.5, 0.5))
    for copier in (8, 9):
        copied = rng.random(labels.shape[1]) < 0.8
        labels[copier] = np.where(copied, labels[7], labels[copier])
    pairs = suspicious_pairs(everybody_votes(labels))
    found = {(int(a), int(b)) for a, b in zip(pairs.first[:3], pairs.second[:3], strict=True)}
    assert found == {(7, 8), (7, 9), (8, 9)}
    assert pairs.z[2] > 8
    # Where most copy, they are the crowd.
    pairs = suspicious_pairs(everybody_votes(labels[[2, 3, 7, 8, 9]]))
    assert pairs.z.max() < 8


def test_neither_the_order_of_votes_nor_the_names_of_classes_matter():
    labels, rng = with_copiers(6, classes=3)
    votes = everybody_votes(labels, 3)
    order, names = rng.permutation(len(votes)), np.array([2, 0, 1])
    columns = (each[order] for each in (votes.item, votes.annotator, names[votes.label]))
    one, other = suspicious_pairs(votes), suspicious_pairs(Votes(*columns, 3))
    for name in vars(one):
        assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-9, atol=1e-9)


@pytest.mark.filterwarnings("error")
def test_pairs_that_share_too_little_are_left_out():
    labels, _ = crowd(6, HONEST, items=19)
    assert len(suspicious_pairs(everybody_votes(labels)).z) == 0
    assert len(suspicious_pairs(everybody_votes(labels), 19).z) == 21
    assert len(suspicious_pairs(everybody_votes(labels), 2).z) == 21
    labels, _ = crowd(6, HONEST, items=20)
    assert len(suspicious_pairs(everybody_votes(labels)).z) == 21


def test_an_annotator_of_a_single_vote_shares_its_item():
    votes = Votes(np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([1, 1, 0]), 2)
    assert [column.tolist() for column in shared_votes(votes, 1)] == [[0], [1], [1], [1], [1]]


@pytest.mark.parametrize("sign", [1, -1])
def test_half_a_vote_is_the_error_of_a_pair_that_should_always_or_never_agree(sign):
    """Two who share 20 items, agree on half, and whom the others know as perfect, or the
    second as always wrong."""
    item, annotator, label = [], [], []
    for i in range(100):
        seen_by = [0, 1, 2, 3, 4] if i < 40 else [0, 1, 2, 3, 5] if i < 80 else [4, 5]
        for who in seen_by:
            item.append(i)
            annotator.append(who)
            wrong = who == 5 and (i // 2 % 2 == 0 if i >= 80 else sign < 0)
            label.append(i % 2 ^ wrong)
    pairs = suspicious_pairs(Votes(*map(np.array, (item, annotator, label)), classes=2))
    (place,) = np.flatnonzero((pairs.first == 4) & (pairs.second == 5))
    assert pairs.expected[place] == pytest.approx(0.5 + 0.5 * sign, abs=0.02)
    share = 0.5 / 20
    z = (0.5 - pairs.expected[place]) / np.sqrt(share * (1 - share) / 20)
    assert pairs.z[place] == pytest.approx(z, rel=1e-3)


def test_annotators_who_say_one_thing_only_are_not_suspicious():
    labels, _ = crowd(7, HONEST, items=50)
    labels[4:6] = 0
    pairs = suspicious_pairs(everybody_votes(labels))
    same = (pairs.first == 4) & (pairs.second == 5)
    assert_array_equal(pairs.agreement[same], [1])
    assert_allclose(pairs.z[same], [0], atol=0.2)


def test_what_it_cannot_judge_is_refused():
    twice = Votes(np.array([0, 0, 1]), np.array([3, 3, 3]), np.array([0, 1, 1]), 2)
    with pytest.raises(ValueError, match="annotator 3 voted more than once on item 0"):
        suspicious_pairs(twice)
    later = Votes(np.array([0, 1, 1]), np.array([0, 2, 2]), np.array([0, 1, 1]), 2)
    with pytest.raises(ValueError, match="annotator 2 voted more than once on item 1"):
        suspicious_pairs(later)
    with pytest.raises(ValueError, match="`at_least` is 1"):
        suspicious_pairs(twice, 1)
