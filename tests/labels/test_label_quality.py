"""confident_joint, find_label_issues and annotator_quality, against cleanlab and loops."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import cohen_kappa_score

from answers.labels.annotation import Votes
from answers.labels.label_quality import (
    annotator_quality,
    chance_of_error,
    confident_class,
    confident_joint,
    confident_margin,
    find_label_issues,
    noise_matrix,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from cleanlab.count import compute_confident_joint, estimate_latent
    from cleanlab.filter import find_label_issues as cleanlab_issues
    from cleanlab.rank import get_label_quality_scores


def random_problem(seed, items=70, classes=4, sharp=2.0):
    """Probabilities that lean towards the labels, but not always."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(classes, size=items)
    logits = rng.normal(size=(items, classes))
    logits[np.arange(items), labels] += sharp * rng.random(items)
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True), labels


def as_the_paper_says(p, labels):
    """Equations 1 and 2 word by word, and the class in which each example was counted."""
    classes = p.shape[1]
    thresholds = {}
    for k in set(labels.tolist()):
        own = [p[n, k] for n in range(len(p)) if labels[n] == k]
        thresholds[k] = sum(own) / len(own)
    joint, counted = [[0] * classes for _ in range(classes)], []
    for n in range(len(p)):
        reached = [k for k, t in thresholds.items() if p[n, k] >= t - 1e-12]
        best = max(reached, key=lambda k, n=n: p[n, k]) if reached else -1
        counted.append(best)
        if reached:
            joint[labels[n]][best] += 1
    return np.array(joint), np.array(counted), thresholds


@pytest.mark.parametrize("seed", range(5))
def test_margins_are_those_of_cleanlab_but_for_their_scale(seed):
    p, labels = random_problem(seed)
    theirs = get_label_quality_scores(labels, p, method="normalized_margin", adjust_pred_probs=True)
    thresholds = np.array([p[labels == k, k].mean() for k in range(4)])
    scale = 1 - thresholds.sum() + 4 * thresholds.max()
    assert_allclose(confident_margin(p, labels), scale * (2 * theirs - 1), atol=1e-12)


def test_a_class_that_no_label_names_is_ahead_of_none():
    p = np.array([[0.5, 0.1, 0.4], [0.2, 0.7, 0.1]])
    assert_allclose(confident_margin(p, np.array([0, 1])), [0.6, 0.3], atol=1e-12)
    assert confident_margin(np.ones((1, 1)), np.array([0])) == np.inf


@pytest.mark.parametrize("seed", range(5))
def test_the_noise_matrix_is_that_of_cleanlab_from_the_same_counts(seed):
    p, labels = random_problem(seed)
    joint = confident_joint(p, labels)
    assert (joint.sum(axis=0) > 0).all()
    assert (joint.sum(axis=1) > 0).all()
    carry = np.bincount(labels, minlength=4)
    calibrated = joint / joint.sum(axis=1, keepdims=True) * carry[:, None]
    _, theirs, _ = estimate_latent(calibrated, labels)
    assert_allclose(noise_matrix(p, labels), theirs.T, rtol=1e-9)


def test_without_counts_nothing_speaks_against_a_label_or_a_class():
    # No label 2, and nothing looks like a 2.
    p = np.array([[0.9, 0.1, 0.0], [0.8, 0.2, 0.0], [0.3, 0.7, 0.0]])
    assert_array_equal(noise_matrix(p, np.array([0, 0, 1])), np.eye(3))


@given(st.integers(0, 10**6), st.integers(2, 5))
def test_the_chance_of_an_error_is_that_of_counting(seed, classes):
    """Draw true class and label from the model and the matrix, over all pairs."""
    rng = np.random.default_rng(seed)
    p, matrix = rng.dirichlet(np.ones(classes), 6), rng.dirichlet(np.ones(classes), classes)
    labels = rng.integers(classes, size=6)
    found = chance_of_error(p, labels, matrix)
    for n, label in enumerate(labels):
        joint = [p[n, k] * matrix[k, label] for k in range(classes)]
        wrong = sum(joint) - joint[label]
        assert_allclose(found[n], wrong / sum(joint), atol=1e-12)


def test_a_label_that_the_matrix_rules_out_is_wrong():
    never = np.array([[1.0, 0.0], [1.0, 0.0]])
    assert_array_equal(chance_of_error(np.array([[0.5, 0.5]]), np.array([1]), never), [1.0])


def test_the_chance_of_an_error_refuses_what_is_no_matrix_of_noise():
    p, labels = np.array([[0.5, 0.5]]), np.array([1])
    with pytest.raises(ValueError, match=r"`matrix` sum to 2\.0"):
        chance_of_error(p, labels, np.ones((2, 2)))
    with pytest.raises(ValueError, match="`labels` holds 2"):
        chance_of_error(p, np.array([2]), np.eye(2))


@given(st.integers(0, 10**6), st.integers(1, 30), st.integers(1, 6), st.floats(0, 5))
def test_each_row_of_a_noise_matrix_holds_probabilities(seed, items, classes, sharp):
    matrix = noise_matrix(*random_problem(seed, items, classes, sharp))
    assert (matrix >= 0).all()
    assert_allclose(matrix.sum(axis=1), 1)


problems = st.builds(
    random_problem,
    st.integers(0, 10**6),
    st.integers(1, 60),
    st.integers(1, 6),
    st.floats(0, 5),
)


@given(problems)
def test_counts_and_issues_are_those_of_the_papers_equations(problem):
    p, labels = problem
    joint, counted, _ = as_the_paper_says(p, labels)
    assert_array_equal(confident_joint(p, labels), joint)
    assert_array_equal(confident_class(p, labels), counted)
    issues = (counted >= 0) & (counted != labels)
    assert_array_equal(find_label_issues(p, labels), issues)


@pytest.mark.parametrize("seed", range(30))
def test_cleanlabs_uncalibrated_counts_differ_in_two_documented_ways_only(seed):
    """It takes the most probable of all classes where two or more are confident, though that
    class may not be; and it raises the diagonal to 1."""
    p, labels = random_problem(seed, items=60, classes=3 + seed % 4)
    _, counted, thresholds = as_the_paper_says(p, labels)
    expected = confident_joint(p, labels)
    reached = p >= np.array([thresholds.get(k, 2) for k in range(p.shape[1])])
    for n in np.flatnonzero(reached.sum(axis=1) > 1):
        expected[labels[n], counted[n]] -= 1
        expected[labels[n], p[n].argmax()] += 1
    np.fill_diagonal(expected, expected.diagonal().clip(min=1))
    theirs = compute_confident_joint(labels, p, calibrate=False)
    assert_array_equal(theirs, expected)


def test_both_differences_from_cleanlab_occur():
    # Classes 1 and 2 are confident of the first example, but class 0 is its most probable.
    p = np.array([[0.4, 0.35, 0.25], [0.9, 0.05, 0.05], [0.7, 0.3, 0.0], [0.6, 0.2, 0.2]])
    labels = np.array([0, 0, 1, 2])
    assert_array_equal(confident_joint(p, labels)[0], [1, 1, 0])
    theirs = compute_confident_joint(labels, p, calibrate=False)
    assert_array_equal(theirs[0], [2, 0, 0])
    p, labels = np.array([[0.3, 0.7], [0.2, 0.8], [0.4, 0.6]]), np.array([0, 0, 1])
    assert confident_joint(p, labels)[0, 0] == 0
    assert compute_confident_joint(labels, p, calibrate=False)[0, 0] == 1


@pytest.mark.parametrize("seed", range(20))
def test_cleanlabs_issues_are_ours_but_for_those_where_the_label_is_most_probable(seed):
    p, labels = random_problem(seed, items=80, classes=3)
    _, counted, thresholds = as_the_paper_says(p, labels)
    reached = p >= np.array([thresholds[k] for k in range(3)])
    settled = (reached.sum(axis=1) < 2) | (counted == p.argmax(axis=1))
    theirs = cleanlab_issues(labels, p, filter_by="confident_learning", n_jobs=1)
    ours = find_label_issues(p, labels) & (p.argmax(axis=1) != labels)
    assert_array_equal(theirs[settled], ours[settled])


@pytest.mark.parametrize("items", [3, 7, 10, 1000])
def test_an_example_at_its_threshold_is_counted_though_the_mean_was_rounded(items):
    p = np.tile([0.1, 0.2, 0.7], (items, 1))
    labels = np.zeros(items, dtype=int)
    assert_array_equal(confident_joint(p, labels)[0], [items, 0, 0])


def test_a_class_that_no_label_names_claims_nothing_and_has_an_empty_row():
    p = np.array([[0.1, 0.9], [0.3, 0.7]])
    with np.errstate(all="raise"):
        assert_array_equal(confident_joint(p, np.array([0, 0])), [[1, 0], [0, 0]])


def test_a_class_claims_nothing_to_which_it_gives_probability_0():
    p = np.array([[0.6, 0.4, 0.0], [0.9, 0.1, 0.0], [0.9, 0.1, 0.0]])
    assert_array_equal(confident_class(p, np.array([0, 0, 2])), [-1, 0, 0])


def test_a_doubtful_example_is_no_issue_however_low_the_probability_of_its_label():
    sure = np.array([[0.95, 0.05, 0.0], [0.0, 0.9, 0.1], [0.1, 0.0, 0.9]])
    p = np.vstack([sure, [[0.45, 0.53, 0.02]], sure])
    labels = np.array([0, 1, 2, 2, 0, 1, 2])
    assert confident_class(p, labels)[3] == -1
    assert not find_label_issues(p, labels)[3]


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int32, np.uint64])
def test_labels_of_any_integer_type_count_alike(dtype):
    p, labels = random_problem(5, items=90, classes=40, sharp=6)
    expected = confident_joint(p, labels)
    assert_array_equal(confident_joint(p, labels.astype(dtype)), expected)
    assert_array_equal(find_label_issues(p, labels.astype(dtype)), find_label_issues(p, labels))


def test_boolean_labels_and_float32_probabilities_are_welcome_and_nothing_is_changed():
    p, labels = random_problem(6, classes=2)
    kept = p.copy(), labels.copy()
    expected = confident_joint(p, labels)
    assert_array_equal(confident_joint(p, labels.astype(bool)), expected)
    assert_array_equal(confident_joint(p.astype(np.float32), labels), expected)
    assert_array_equal(p, kept[0])
    assert_array_equal(labels, kept[1])


P, LABELS = np.array([[0.75, 0.25], [0.5, 0.5]]), np.array([0, 1])


@pytest.mark.parametrize(
    ("p", "labels", "message"),
    [
        (P * 2, LABELS, r"^`probabilities` sum to 2.0 at index 0; each row must sum to 1"),
        (
            P - 0.5,
            LABELS,
            r"^`probabilities` holds -0.25 at index \(0, 1\); pass probabilities, not logits",
        ),
        (P * np.nan, LABELS, r"^`probabilities` holds nan at index \(0, 0\)"),
        (P, LABELS + 1, r"`labels` holds 2 at index 1; with 2 classes"),
        (P, LABELS - 1, r"`labels` holds -1 at index 0"),
        (P[:0], LABELS[:0], r"`probabilities` is empty"),
    ],
)
@pytest.mark.parametrize("function", [confident_joint, find_label_issues])
def test_wrong_values_are_refused_with_what_and_where(function, p, labels, message):
    with pytest.raises(ValueError, match=message):
        function(p, labels)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_sum_may_miss_1_by_two_hundredths(sign):
    near, far = (np.array([[0.5, 0.5 + sign * miss]]) for miss in (0.019, 0.021))
    assert confident_joint(near, np.array([0])).sum() == 1
    with pytest.raises(ValueError, match="sum to"):
        confident_joint(far, np.array([0]))


def test_wrong_shapes_are_refused():
    with pytest.raises(TypeCheckError):
        confident_joint(P, LABELS[:1])
    with pytest.raises(TypeError, match="is a list"):
        confident_joint(P.tolist(), LABELS)


# Annotators


def random_votes(seed, items=40, people=6, classes=3, once=True):
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(items * people)[: items * people // 2]
    pair = np.concatenate([np.arange(items) * people, chosen])
    pair = np.unique(pair) if once else np.concatenate([pair, chosen[:9]])
    rng.shuffle(pair)
    return Votes(pair // people, pair % people, rng.integers(classes, size=len(pair)), classes)


@pytest.mark.parametrize("seed", range(6))
def test_agreement_and_entropy_are_what_a_loop_over_votes_finds(seed):
    votes = random_votes(seed, once=seed % 2 == 0)
    quality = annotator_quality(votes)
    rows = list(zip(votes.item, votes.annotator, votes.label, strict=True))
    for a in range(votes.annotators):
        shares = []
        for item, who, label in rows:
            peers = [said for i, b, said in rows if i == item and b != a]
            if who == a and peers:
                shares.append(sum(said == label for said in peers) / len(peers))
        assert_allclose(quality.agreement[a], np.mean(shares), rtol=1e-12)
        said = np.array([label for _, who, label in rows if who == a])
        rates = np.unique(said, return_counts=True)[1] / len(said)
        assert quality.votes[a] == len(said)
        assert_allclose(quality.entropy[a], -(rates * np.log(rates)).sum(), rtol=1e-12)


def test_kappa_of_two_annotators_is_cohens():
    rng = np.random.default_rng(2)
    first = rng.integers(3, size=50)
    second = np.where(rng.random(50) < 0.6, first, rng.integers(3, size=50))
    item, annotator = np.tile(np.arange(50), 2), np.repeat([0, 1], 50)
    votes = Votes(item, annotator, np.concatenate([first, second]), classes=3)
    expected = cohen_kappa_score(first, second)
    assert_allclose(annotator_quality(votes).kappa, [expected] * 2, rtol=1e-10)


def test_who_always_says_the_frequent_class_agrees_much_and_has_no_kappa():
    rng = np.random.default_rng(3)
    truth = (rng.random(400) < 0.1).astype(int)
    labels = np.tile(truth, (5, 1))
    labels[4] = 0
    flip = rng.random((4, 400)) < 0.1
    labels[:4][flip] = 1 - labels[:4][flip]
    item, annotator = np.tile(np.arange(400), 5), np.repeat(np.arange(5), 400)
    quality = annotator_quality(Votes(item, annotator, labels.ravel(), classes=2))
    assert quality.agreement[4] > quality.agreement[:4].max()
    assert abs(quality.kappa[4]) < 1e-12
    assert quality.kappa[:4].min() > 0.15
    assert quality.entropy[4] == 0


def test_gold_and_time_are_told_for_each_annotator():
    item, annotator = np.array([0, 0, 1, 1, 2]), np.array([0, 2, 0, 2, 2])
    votes = Votes(item, annotator, np.array([1, 0, 1, 1, 0]), classes=2)
    gold, seconds = np.array([1, 0, -1]), np.array([4.0, 2.0, 8.0, 0.0, 30.0])
    with np.errstate(all="raise"):
        quality = annotator_quality(votes, gold, seconds)
    assert_array_equal(quality.gold_votes, [2, 0, 2])
    assert_array_equal(quality.gold_accuracy, [0.5, np.nan, 0.0])
    assert_array_equal(quality.seconds, [6.0, np.nan, 2.0])


@given(st.integers(0, 10**6), st.integers(1, 30))
def test_the_median_time_is_numpys(seed, number):
    rng = np.random.default_rng(seed)
    people = rng.integers(4, size=number)
    seconds = rng.integers(1, 9, size=number)
    votes = Votes(np.arange(number), people, np.zeros(number, dtype=int), 1)
    found = annotator_quality(votes, seconds=seconds).seconds
    for a in range(votes.annotators):
        mine = seconds[people == a]
        assert_array_equal(found[a], np.median(mine) if len(mine) else np.nan)


def test_nothing_is_said_of_who_shares_no_item_or_did_not_vote():
    votes = Votes(np.array([0, 1, 1]), np.array([0, 2, 3]), np.array([0, 0, 0]), 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        quality = annotator_quality(votes)
    assert_array_equal(quality.votes, [1, 0, 1, 1])
    assert_array_equal(quality.agreement, [np.nan, np.nan, 1, 1])
    assert_array_equal(quality.kappa, [np.nan] * 4)  # chance agrees always too
    assert_array_equal(quality.entropy, [0, np.nan, 0, 0])
    assert np.isnan(quality.gold_accuracy).all()
    assert np.isnan(quality.seconds).all()


@pytest.mark.parametrize(
    ("gold", "seconds", "message"),
    [
        (np.array([0]), None, "`gold` has 1 entries for 2 items"),
        (np.array([0, 2]), None, "`gold` holds 2 at index 1; give a class from 0 to 1"),
        (np.array([-2, 0]), None, "`gold` holds -2 at index 0"),
        (None, np.array([1.0]), "`seconds` has 1 entries for 3 votes"),
        (None, np.array([1.0, -1.0, 2.0]), "`seconds` holds -1.0 at index 1"),
        (None, np.array([1.0, 1.0, np.nan]), "`seconds` holds nan at index 2"),
    ],
)
def test_gold_and_times_that_do_not_fit_are_refused(gold, seconds, message):
    votes = Votes(np.array([0, 1, 1]), np.array([0, 0, 1]), np.array([0, 1, 1]), 2)
    with pytest.raises(ValueError, match=message):
        annotator_quality(votes, gold, seconds)
