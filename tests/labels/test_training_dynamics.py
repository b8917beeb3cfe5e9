"""training_dynamics, against loops over epochs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from answers.labels.training_dynamics import training_dynamics


def problem(seed, epochs, items, classes):
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(classes), size=(epochs, items))
    return p, rng.integers(classes, size=items)


problems = st.builds(
    problem,
    st.integers(0, 10**6),
    st.integers(1, 7),
    st.integers(1, 9),
    st.integers(1, 5),
)


@given(problems)
def test_it_is_what_a_loop_over_examples_and_epochs_finds(drawn):
    p, labels = drawn
    found = training_dynamics(p, labels)
    for n, label in enumerate(labels):
        own = [epoch[n, label] for epoch in p]
        mean = sum(own) / len(own)
        spread = sum((x - mean) ** 2 for x in own) / len(own)
        right = [epoch[n, label] == max(epoch[n]) for epoch in p]
        assert_allclose(found.confidence[n], mean, rtol=1e-12)
        assert_allclose(found.variability[n], spread**0.5, rtol=1e-9, atol=1e-12)
        assert_allclose(found.correctness[n], sum(right) / len(right))


@given(problems)
def test_variability_is_at_most_what_the_confidence_leaves_room_for(drawn):
    found = training_dynamics(*drawn)
    room = found.confidence * (1 - found.confidence)
    assert (found.variability**2 <= room + 1e-12).all()


def test_one_epoch_has_no_variability():
    p, labels = problem(1, 1, 7, 3)
    assert_array_equal(training_dynamics(p, labels).variability, np.zeros(7))


def test_float32_stays_float32_and_whole_numbers_are_welcome():
    p, labels = problem(2, 3, 5, 4)
    found = training_dynamics(p.astype(np.float32), labels.astype(np.uint8))
    assert found.confidence.dtype == found.variability.dtype == np.float32
    assert_allclose(found.confidence, training_dynamics(p, labels).confidence, rtol=1e-6)
    halves = training_dynamics(np.full((3, 5, 2), 0.5, np.float16), np.zeros(5, int))
    assert halves.confidence.dtype == halves.variability.dtype == np.float32
    sure = np.eye(2, dtype=int)[[[0, 1], [0, 0]]]
    assert_array_equal(training_dynamics(sure, np.array([0, 0])).confidence, [1, 0.5])


@pytest.mark.parametrize(
    ("change", "labels", "message"),
    [
        (lambda p: p + 0.1, [0, 1], r"sum to 1\.2 at index \(0, 0\)"),
        (lambda p: p - 0.6, [0, 1], r"holds -0\.\d+ at index \(0, 0, 0\)"),
        (lambda p: p, [0, 2], "`labels` holds 2 at index 1"),
        (lambda p: p[:0], [0, 1], "`probabilities` is empty"),
    ],
)
def test_wrong_values_are_refused(change, labels, message):
    p = np.full((3, 2, 2), 0.5)
    with pytest.raises(ValueError, match=message):
        training_dynamics(change(p), np.array(labels))
