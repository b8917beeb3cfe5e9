"""Calibration error, Brier score and temperature, against scikit-learn, SciPy and loops."""

import itertools

import numpy as np
import pytest
import scipy.special
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import brentq, minimize_scalar
from sklearn.metrics import brier_score_loss

from answers.labels import calibration
from answers.labels.calibration import (
    brier_score,
    expected_calibration_error,
    fit_temperature,
    reliability,
)
from answers.probability.softmax import cross_entropy, softmax


def predictions(seed, items=200, classes=3, honest=1.0, scale=2.0):
    """Logits, and labels drawn from softmax(honest · logits)."""
    rng = np.random.default_rng(seed)
    z = scale * rng.normal(size=(items, classes))
    below = softmax(honest * z).cumsum(axis=1)
    labels = (rng.random((items, 1)) > below).sum(axis=1).clip(max=classes - 1)
    z.flags.writeable = labels.flags.writeable = False
    return z, labels


def by_masks(p, labels, bins):
    """Guo et al., equation 3, one interval (lower, upper] after the other."""
    top, right = p.max(axis=1), p.argmax(axis=1) == labels
    edges, error = np.linspace(0, 1, bins + 1), 0.0
    for lower, upper in itertools.pairwise(edges):
        inside = (top > lower) & (top <= upper)
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - top[inside].mean())
    return error


@pytest.mark.parametrize("bins", [1, 2, 10, 15, 100])
@pytest.mark.parametrize("classes", [1, 2, 7])
def test_agrees_with_the_definition_bin_by_bin(classes, bins):
    z, labels = predictions(bins, classes=classes, honest=0.5)
    p = softmax(z)
    assert_allclose(
        expected_calibration_error(p, labels, bins),
        by_masks(p, labels, bins),
        atol=1e-15,
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("bins", [2, 4, 5, 10, 15, 20])
def test_a_confidence_on_an_edge_belongs_to_the_bin_below(bins, dtype):
    for edge in range((bins + 1) // 2, bins + 1):
        top = max(edge / bins, 0.5)
        count, _, _ = reliability(np.array([[top, 1 - top]], dtype), np.array([0]), bins)
        assert count.argmax() == int(np.ceil(round(top * bins, 9))) - 1


def test_reliability_counts_each_item_once_and_averages_within_bins():
    z, labels = predictions(3)
    p = softmax(z)
    count, confidence, accuracy = reliability(p, labels, 12)
    assert count.sum() == len(labels)
    assert_allclose((count * confidence).sum(), p.max(axis=1).sum())
    assert_allclose((count * accuracy).sum(), (p.argmax(axis=1) == labels).sum())
    assert_array_equal(confidence[count == 0], 0)


def test_there_are_15_bins_unless_another_number_is_asked_for():
    z, labels = predictions(6, honest=0.5)
    p = softmax(z)
    assert len(reliability(p, labels)[0]) == 15
    assert expected_calibration_error(p, labels) == expected_calibration_error(p, labels, 15)


def test_float32_stays_float32_and_agrees_with_float64():
    z, labels = predictions(4)
    p = softmax(z)
    p.flags.writeable = False
    for function in (expected_calibration_error, brier_score):
        small = function(p.astype(np.float32), labels)
        assert_allclose(small, function(p, labels), rtol=1e-5)
    assert brier_score(p.astype(np.float32), labels).dtype == np.float32
    assert reliability(p.astype(np.float32), labels)[1].dtype == np.float32


def test_a_certain_and_right_model_is_calibrated_and_a_certain_wrong_one_not():
    sure, labels = np.eye(3)[[0, 1, 2, 1]], np.array([0, 1, 2, 1])
    assert expected_calibration_error(sure, labels) == brier_score(sure, labels) == 0
    wrong = (labels + 1) % 3
    assert expected_calibration_error(sure, wrong) == 1
    assert brier_score(sure, wrong) == 2


def test_more_bins_find_more_error_in_a_calibrated_model():
    errors = []
    for seed in range(30):
        z, labels = predictions(seed, items=300, classes=2)
        errors.append([expected_calibration_error(softmax(z), labels, b) for b in (5, 15, 100)])
    few, usual, many = np.mean(errors, axis=0)
    assert 0 < few < usual < many


def test_the_binary_brier_score_is_twice_that_of_scikit_learn():
    z, labels = predictions(5, classes=2)
    p = softmax(z)
    theirs = 2 * brier_score_loss(labels, p[:, 1])
    assert_allclose(brier_score(p, labels), theirs, rtol=1e-12)


def test_the_brier_score_is_proper():
    truth = np.array([0.2, 0.5, 0.3])
    labels = np.repeat([0, 1, 2], [200, 500, 300])
    honest = brier_score(np.tile(truth, (1000, 1)), labels)
    for other in np.random.default_rng(0).dirichlet(np.ones(3), size=100):
        assert brier_score(np.tile(other, (1000, 1)), labels) >= honest - 1e-12


@pytest.mark.parametrize("scale", [1e-3, 1, 300])
@pytest.mark.parametrize("seed", range(5))
def test_the_temperature_is_that_of_a_minimiser_that_knows_no_slope(seed, scale):
    z, labels = predictions(seed, classes=4, honest=0.4)
    t = fit_temperature(scale * z, labels)

    def loss(log_t):
        return cross_entropy(scale * z / np.exp(log_t), labels)[0]

    best = minimize_scalar(
        loss,
        bounds=np.log(scale) + np.array([-3, 5]),
        method="bounded",
        options={"xatol": 1e-9},
    )
    assert_allclose(t, np.exp(best.x), rtol=1e-5)
    assert loss(np.log(t)) <= best.fun + 1e-12

    def slope(cold):  # of the loss by 1 / T, in units of 1 / scale
        p = scipy.special.softmax(cold * z, axis=1)
        return np.mean((p * z).sum(axis=1) - z[np.arange(len(z)), labels])

    cold = brentq(slope, 1e-3, 1e2, xtol=1e-14, rtol=1e-14)
    assert_allclose(t, scale / cold, rtol=1e-10)


def test_a_temperature_mends_the_calibration_of_an_overconfident_model():
    z, labels = predictions(1, items=5000, honest=0.4)
    held_out, held_out_labels = predictions(2, items=5000, honest=0.4)
    t = fit_temperature(held_out, held_out_labels)
    assert 2 < t < 3
    before, after = (expected_calibration_error(softmax(z / s), labels) for s in (1, t))
    assert after < 0.03 < 0.1 < before


def test_noisy_labels_give_a_higher_temperature_than_gold():
    z, labels = predictions(3, items=3000, classes=2)
    rng = np.random.default_rng(0)
    noisy = np.where(rng.random(3000) < 0.15, 1 - labels, labels)
    assert fit_temperature(z, noisy) > 1.5 * fit_temperature(z, labels)


@pytest.mark.parametrize("seed", range(5))
def test_the_temperature_is_found_with_few_looks_at_the_slope(seed, monkeypatch):
    looks = []

    def counted(*args, slope=calibration.slope):
        looks.append(args)
        return slope(*args)

    monkeypatch.setattr(calibration, "slope", counted)
    fit_temperature(*predictions(seed, classes=4, honest=0.4))
    assert len(looks) <= 15


@pytest.mark.parametrize("seed", range(3))
def test_a_shift_of_a_row_changes_no_temperature(seed):
    z, labels = predictions(seed, honest=0.5)
    shift = np.random.default_rng(9).normal(size=(len(z), 1)) * 100
    assert_allclose(fit_temperature(z + shift, labels), fit_temperature(z, labels), rtol=1e-9)


@pytest.mark.parametrize(
    ("logits", "labels", "message"),
    [
        ([[3.0, 0], [0, 2]], [0, 1], "the best temperature is 0; fit on held-out"),
        ([[3.0, 0], [0, 2]], [1, 0], "the best temperature is infinite; check"),
        ([[1.0, 1], [1, 1]], [1, 0], "the best temperature is infinite"),
        ([[0.3, 0], [0, 0.2]], [1, 0], "the best temperature is infinite"),
        ([[1.0, 0], [1, 0]], [0, 1], "the best temperature is infinite"),
        ([[np.inf, 0], [0, 2]], [1, 0], "`logits` holds inf at index"),
        ([[1.0, 0], [0, 2]], [2, 0], "`labels` holds 2 at index 0"),
        (np.zeros((0, 2)), [], "`logits` is empty"),
    ],
)
def test_no_temperature_is_made_up_where_none_is_best(logits, labels, message):
    with pytest.raises(ValueError, match=message):
        fit_temperature(np.array(logits, float), np.array(labels, int))


@pytest.mark.parametrize("function", [expected_calibration_error, brier_score])
@pytest.mark.parametrize(
    ("p", "labels", "message"),
    [
        ([[0.5, 0.6]], [0], "sum to 1.1 at item 0"),
        ([[0.5, 0.5], [0.5, 0.6]], [0, 0], "sum to 1.1 at item 1"),
        ([[0.9], [0.2]], [0, 0], r"np\.stack\(\[1 - p, p\], axis=1\)"),
        ([[1.2, -0.2]], [0], r"`probabilities` holds -0.2 at index \(0, 1\)"),
        ([[np.nan, 1]], [0], "`probabilities` holds nan"),
        ([[0.5, 0.5]], [2], "`labels` holds 2"),
        (np.zeros((0, 2)), [], "`probabilities` is empty"),
    ],
)
def test_what_is_no_distribution_or_label_is_refused(function, p, labels, message):
    with pytest.raises(ValueError, match=message):
        function(np.array(p, float), np.array(labels, int))


@pytest.mark.parametrize(
    ("dtype", "near", "far"),
    [(np.float16, 0.02, 0.05), (np.float32, 2e-4, 5e-4), (np.float64, 8e-7, 2e-6)],
)
def test_a_sum_may_miss_1_by_what_its_type_rounds(dtype, near, far):
    for sign in (1, -1):
        assert brier_score(np.array([[0.5, 0.5 + sign * near]], dtype), np.array([0])) > 0
        with pytest.raises(ValueError, match="sum to"):
            brier_score(np.array([[0.5, 0.5 + sign * far]], dtype), np.array([0]))
    assert brier_score(np.eye(2, dtype=int), np.array([0, 1])) == 0
    with pytest.raises(ValueError, match="sum to 2 at item 0"):
        brier_score(np.ones((1, 2), int), np.array([0]))


@pytest.mark.parametrize("bins", [0, 1_000_001, 2**40, 2**63])
def test_no_bins_and_more_than_memory_holds_are_refused(bins):
    for function in (expected_calibration_error, reliability):
        with pytest.raises(ValueError, match=f"^`bins` is {bins}; choose 1 to 1,000,000"):
            function(np.array([[1.0]]), np.array([0]), bins)
