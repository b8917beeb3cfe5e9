"""Dawid and Skene's model, against crowd-kit, brute force and the published table."""

import itertools
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from crowdkit.aggregation import DawidSkene as CrowdKit
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from test_annotation import crowds, random_votes

from answers.derivations import dawid_skene as derivation
from answers.derivations.witness import number
from answers.labels.anaesthetists import anaesthetist_votes
from answers.labels.annotation import Votes, cohen_kappa, majority_vote, soft_labels
from answers.labels.crowd import crowd_votes
from answers.labels.dawid_skene import dawid_skene

# The error rates of the paper's five observers; rows are true classes.
PUBLISHED = np.array(
    [
        [
            [0.89, 0.11, 0, 0],
            [0.07, 0.88, 0.05, 0],
            [0, 0.34, 0.66, 0],
            [0, 0, 0.56, 0.44],
        ],
        [[0.83, 0.17, 0, 0], [0.05, 0.63, 0.31, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
        [
            [1, 0, 0, 0],
            [0.11, 0.79, 0.11, 0],
            [0, 0.40, 0.20, 0.40],
            [0, 0, 0.67, 0.33],
        ],
        [
            [0.94, 0.06, 0, 0],
            [0.05, 0.84, 0.10, 0],
            [0, 0, 0.80, 0.20],
            [0, 0, 0.33, 0.67],
        ],
        [[1, 0, 0, 0], [0.16, 0.73, 0.11, 0], [0, 0.21, 0.79, 0], [0, 0, 0.33, 0.67]],
    ]
)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore:.*:Warning")
@pytest.mark.parametrize("iterations", [1, 10, 50])
@pytest.mark.parametrize(("seed", "classes"), [(0, 2), (1, 3), (2, 5), (3, 2)])
def test_agrees_with_crowd_kit_after_the_same_iterations(seed, classes, iterations):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, 120)
    recall = rng.uniform(0.4, 0.9, size=(9, classes))
    votes = crowd_votes(rng, truth, recall, per_item=6)
    columns = {"task": votes.item, "worker": votes.annotator, "label": votes.label}
    peer = CrowdKit(n_iter=iterations, tol=-np.inf).fit(pd.DataFrame(columns))
    result = dawid_skene(votes, iterations, tolerance=0)
    order = range(classes)
    posterior = peer.probas_.sort_index()[order].to_numpy()
    assert_allclose(result.posterior, posterior, rtol=0, atol=1e-8)
    assert_allclose(result.prior, peer.priors_[order], rtol=0, atol=1e-8)
    errors = peer.errors_.unstack("label").fillna(0).sort_index()
    for a, k, said in itertools.product(range(9), order, order):
        assert abs(result.confusion[a, k, said] - errors.loc[a, (k, said)]) < 1e-8


def brute_force(votes, prior, confusion):
    """The likelihood of each item and true class, as a product."""
    joint = np.tile(prior, (votes.items, 1))
    for i, a, y in zip(votes.item, votes.annotator, votes.label, strict=True):
        joint[i] *= confusion[a, :, y]
    return joint


@pytest.mark.parametrize("smoothing", [0, 0.7, np.eye(4) + np.arange(1.0, 17).reshape(4, 4) / 8])
def test_one_iteration_is_bayes_rule_on_weighted_counts(smoothing):
    votes = random_votes(1)
    start = soft_labels(votes)
    counts = np.zeros((votes.annotators, votes.classes, votes.classes)) + smoothing
    for i, a, y in zip(votes.item, votes.annotator, votes.label, strict=True):
        counts[a, :, y] += start[i]
    joint = brute_force(votes, start.mean(axis=0), counts / counts.sum(axis=2, keepdims=True))
    result = dawid_skene(votes, 1, smoothing=smoothing)
    assert_allclose(result.posterior, joint / joint.sum(axis=1, keepdims=True), rtol=1e-11)
    assert_allclose(result.log_likelihoods, [np.log(joint.sum(axis=1)).sum()], rtol=1e-13)
    penalty = (
        (smoothing * np.log(counts / counts.sum(axis=2, keepdims=True))).sum()
        if np.any(smoothing)
        else 0
    )
    assert_allclose(result.penalised - result.log_likelihoods, [penalty], rtol=1e-10)


@given(crowds())
def test_without_smoothing_the_log_likelihood_never_falls(votes):
    result = dawid_skene(votes, 25, tolerance=0)
    assert np.diff(result.log_likelihoods).min() >= -1e-10 * max(1, len(votes))
    assert np.isfinite(result.log_likelihoods).all()


@given(crowds(), st.floats(1e-3, 5))
def test_with_smoothing_the_penalised_log_likelihood_never_falls(votes, smoothing):
    result = dawid_skene(votes, 25, tolerance=0, smoothing=smoothing)
    slack = 1e-12 * abs(result.penalised).max()
    assert np.diff(result.penalised).min() >= -1e-10 - slack


def test_with_smoothing_the_plain_log_likelihood_does_fall():
    falls = [
        np.diff(
            dawid_skene(random_votes(seed, 12, 5, 2, 30), 20, smoothing=1).log_likelihoods
        ).min()
        for seed in range(20)
    ]
    assert min(falls) < -1e-3


def test_the_table_of_1979_gives_the_published_error_rates_and_priors():
    votes = anaesthetist_votes()
    assert len(votes) == 315
    assert_array_equal(np.bincount(votes.annotator), [135, 45, 45, 45, 45])
    result = dawid_skene(votes)
    assert result.converged
    assert abs(result.confusion - PUBLISHED).max() <= 0.005
    assert_allclose(result.prior, [0.40, 0.42, 0.11, 0.07], atol=0.005)
    assert_allclose(result.prior, [0.400, 0.422, 0.112, 0.067], atol=0.0005)
    assert_allclose(result.log_likelihoods[-1], -192.8909, atol=5e-5)


def test_any_other_reading_contradicts_a_published_error_rate():
    votes = anaesthetist_votes()
    nearest = 1.0
    for cell, other in itertools.product(range(315), range(4)):
        if other != votes.label[cell]:
            label = votes.label.copy()
            label[cell] = other
            changed = Votes(votes.item, votes.annotator, label, 4)
            confusion = dawid_skene(changed, 30, tolerance=1e-4).confusion
            nearest = min(nearest, abs(confusion - PUBLISHED).max())
    assert nearest > 0.014


def test_votes_in_a_matrix_lose_readings_of_1979():
    votes = anaesthetist_votes()
    matrix = np.zeros((45, 5), dtype=int)
    matrix[votes.item, votes.annotator] = votes.label
    item, who = np.indices(matrix.shape)
    fewer = Votes(item.ravel(), who.ravel(), matrix.ravel(), 4)
    assert len(fewer) == 225
    result = dawid_skene(fewer)
    assert abs(result.log_likelihoods[-1] + 192.8909) > 10


def test_a_worse_than_random_annotator_is_found_and_used():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, 400)
    recall = np.array([[0.8, 0.8]] * 4 + [[0.05, 0.05]])
    votes = crowd_votes(rng, truth, recall, per_item=5)
    result = dawid_skene(votes)
    assert_allclose(np.diagonal(result.confusion, axis1=1, axis2=2), recall, atol=0.08)
    right = (result.posterior.argmax(axis=1) == truth).mean()
    assert right > (majority_vote(votes) == truth).mean() + 0.1


def test_renaming_the_classes_of_the_start_renames_those_of_the_result():
    votes = random_votes(2, classes=3)
    order = np.array([2, 0, 1])
    plain = dawid_skene(votes, 40, tolerance=0)
    renamed = dawid_skene(votes, 40, tolerance=0, start=soft_labels(votes)[:, order])
    assert_allclose(renamed.posterior, plain.posterior[:, order], atol=1e-10)
    assert_allclose(renamed.confusion, plain.confusion[:, order], atol=1e-10)
    assert_allclose(renamed.log_likelihoods, plain.log_likelihoods, rtol=1e-12)


def test_a_class_without_votes_keeps_probability_0_and_a_uniform_row():
    votes = random_votes(4, classes=2)
    result = dawid_skene(Votes(votes.item, votes.annotator, votes.label, 3))
    two = dawid_skene(votes)
    with np.errstate(divide="raise"):
        dawid_skene(Votes(votes.item, votes.annotator, votes.label, 3), 2)
    assert_allclose(result.posterior[:, :2], two.posterior, atol=1e-12)
    assert_array_equal(result.posterior[:, 2], 0)
    assert_array_equal(result.confusion[:, 2], np.full((votes.annotators, 3), 1 / 3))


def test_one_vote_each_and_absent_annotators_are_defined():
    item = np.array([0, 0, 1])
    result = dawid_skene(Votes(item, np.array([0, 1, 5]), np.array([1, 0, 1]), 2))
    assert result.confusion.shape == (6, 2, 2)
    assert_array_equal(result.confusion[3], np.full((2, 2), 0.5))
    assert np.isfinite(result.log_likelihoods).all()


def test_thousands_of_votes_on_an_item_do_not_underflow():
    rng = np.random.default_rng(1)
    item, who = np.repeat([0, 1], 5000), rng.integers(0, 5, 10_000)
    label = np.where(rng.random(10_000) < 0.6, item, 1 - item)
    # And one vote on another.
    item, who, label = np.append(item, 2), np.append(who, 0), np.append(label, 1)
    result = dawid_skene(Votes(item, who, label, 2))
    assert_array_equal(result.posterior.argmax(axis=1), [0, 1, 1])
    assert np.isfinite(result.posterior).all()


def test_it_stops_when_the_posterior_does_and_not_before_the_end_at_tolerance_0():
    votes = anaesthetist_votes()
    loose, tight = (dawid_skene(votes, 500, t) for t in (1e-3, 1e-10))
    assert len(loose.log_likelihoods) < len(tight.log_likelihoods) < 500
    assert tight.converged
    for tolerance in (0, -np.inf):
        result = dawid_skene(votes, 60, tolerance)
        assert len(result.log_likelihoods) == len(result.penalised) == 60
    assert not dawid_skene(votes, 3).converged
    assert len(dawid_skene(votes, tolerance=0).log_likelihoods) == 100
    alike = Votes(np.repeat([0, 1], 3), np.tile([0, 1, 2], 2), np.repeat([0, 1], 3), 2)
    assert dawid_skene(alike, 5, tolerance=0).converged


def test_memory_grows_with_the_votes_and_not_with_items_times_annotators():
    peaks = []
    for scale in (1, 4):
        rng = np.random.default_rng(0)
        items, annotators = 2500 * scale, 250 * scale
        item = np.concatenate([np.arange(items), rng.integers(0, items, 9 * items)])
        size = len(item)
        votes = Votes(item, rng.integers(0, annotators, size), rng.integers(0, 2, size), 2)
        tracemalloc.start()
        dawid_skene(votes, 2)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 5 * peaks[0]
    assert peaks[1] < 8 * 10 * 10_000 * 8  # eight numbers of eight bytes a vote


def wrong_at(item, row):
    start = np.full((37, 4), 0.25)
    start[item] = row
    return start


@pytest.mark.parametrize(
    ("settings_", "message"),
    [
        ({"iterations": 0}, "`iterations` is 0; run at least one"),
        ({"tolerance": np.nan}, "`tolerance` is nan"),
        ({"smoothing": -1}, "`smoothing` is -1"),
        ({"smoothing": np.inf}, "`smoothing` is inf"),
        ({"smoothing": np.ones((2, 2))}, r"`smoothing` has shape \(2, 2\)"),
        ({"smoothing": np.eye(4)}, r"`smoothing` holds 0.0 at index \(0, 1\)"),
        ({"start": np.ones((2, 4)) / 4}, r"`start` has shape \(2, 4\); 37 items"),
        ({"start": np.ones((37, 4))}, "`start` is .* at item 0; give probabilities"),
        ({"start": np.tile([1.5, -0.5, 0, 0], (37, 1))}, "at item 0"),
        ({"start": np.full((37, 4), np.nan)}, "at item 0"),
        ({"start": wrong_at(5, [1.5, -0.5, 0, 0])}, "at item 5"),
        ({"start": wrong_at(3, [0.5, 0, 0, 0])}, "at item 3"),
        ({"start": wrong_at(0, [0.500002, 0.5, 0, 0])}, "at item 0"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings_, message):
    with pytest.raises(ValueError, match=message):
        dawid_skene(random_votes(0), **settings_)


def test_settings_at_their_limits_are_accepted():
    votes, start = random_votes(0), wrong_at(3, [0.5000005, 0.5, 0, 0])
    result = dawid_skene(votes, 1, start=start.astype(np.float32))
    assert result.posterior.dtype == np.float64
    dawid_skene(votes, 1, start=start)
    for most in (1e100, np.full((4, 4), 1e100)):
        assert np.isfinite(dawid_skene(votes, 1, smoothing=most).penalised).all()


def test_the_derived_kappa_is_that_of_expected_counts():
    *_, kappa, _ = derivation.kappa()
    a, q, n = 0.9, 0.2, 10**6
    cells = [(y, one, two) for y in (0, 1) for one in (0, 1) for two in (0, 1)]
    weight = [
        (q if y else 1 - q) * (a if one == y else 1 - a) * (a if two == y else 1 - a)
        for y, one, two in cells
    ]
    times = np.round(n * np.array(weight)).astype(int)
    one, two = (np.repeat([cell[k] for cell in cells], times) for k in (1, 2))
    found = number(kappa.formula, {"c": a, "q": q, "p": one.mean()})
    assert_allclose(found, cohen_kappa(one, two), rtol=1e-5)
