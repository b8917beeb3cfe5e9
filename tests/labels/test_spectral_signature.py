"""spectral_signature, against scikit-learn's PCA and power iteration; poisons are found."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.decomposition import PCA

from answers.labels.spectral_signature import spectral_signature


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("items", "d"), [(40, 3), (9, 20), (30, 1)])
def test_it_is_the_squared_first_principal_component_of_each_label(dtype, items, d):
    rng = np.random.default_rng(items)
    features = (rng.normal(size=(items, d)) * np.arange(1, d + 1)).astype(dtype)
    labels = np.arange(items) % 3
    found = spectral_signature(features, labels)
    for label in range(3):
        own = features[labels == label].astype(np.float64)
        first = PCA(1, svd_solver="full").fit_transform(own)[:, 0]
        assert_allclose(found[labels == label], first**2, rtol=1e-4, atol=1e-6)


@given(st.integers(0, 10**6))
def test_power_iteration_finds_the_same_and_no_shift_of_a_label_matters(seed):
    rng = np.random.default_rng(seed)
    features, labels = rng.normal(size=(20, 4)) * [5, 1, 1, 1], np.arange(20) % 2
    found = spectral_signature(features, labels)
    for label in (0, 1):
        own = [
            row for row, given_label in zip(features, labels, strict=True) if given_label == label
        ]
        away = [row - sum(own) / len(own) for row in own]
        v = np.array([1.0, 0.1, 0.1, 0.1])
        for _ in range(500):
            v = sum((row @ v) * row for row in away)
            v /= (v @ v) ** 0.5
        assert_allclose(found[labels == label], [(row @ v) ** 2 for row in away], atol=1e-6)
    moved = features + np.where(labels[:, None] == 1, 100.0, -3.0)
    assert_allclose(spectral_signature(moved, labels == 1), found, rtol=1e-8, atol=1e-8)


def test_a_group_of_a_few_that_share_a_trigger_comes_first():
    rng = np.random.default_rng(3)
    features, labels = rng.normal(size=(200, 30)), np.arange(200) % 2
    poisons = np.flatnonzero(labels == 1)[:10]
    features[poisons, :4] += 6
    scores = np.where(labels == 1, spectral_signature(features, labels), -1)
    assert set(np.argsort(-scores)[:10]) == set(poisons)


def test_where_all_are_alike_every_score_is_0():
    assert_allclose(spectral_signature(np.ones((4, 3)), np.array([0, 0, 0, 7])), 0, atol=1e-30)


@pytest.mark.parametrize(
    ("features", "labels", "message"),
    [
        (np.ones((2, 1)), np.array([0, -1]), "`labels` holds -1 at index 1"),
        (np.array([[1.0], [np.nan]]), np.array([0, 1]), "`features` .*nan"),
        (np.ones((0, 1)), np.array([], dtype=int), "`features` is empty"),
        (np.array([[1e200], [-1e200]]), np.array([0, 0]), "a sum of squares overflows"),
    ],
)
def test_wrong_values_are_refused(features, labels, message):
    with pytest.raises(ValueError, match=message):
        spectral_signature(features, labels)
