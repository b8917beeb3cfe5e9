"""The digits with wrong labels: what was done to them, and the table of question 13."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.ndimage import affine_transform
from scipy.stats import ttest_rel
from sklearn.model_selection import StratifiedKFold

from answers.labels.label_quality import find_label_issues
from answers.labels.noisy_digits import (
    CONFUSED,
    classifier,
    digits,
    flip_labels,
    loss_through,
    one_way_flips,
    out_of_fold,
    out_of_fold_through,
    record_training,
    slanted,
    train_through,
    uniform_flips,
)
from answers.networks.two_layer_net import TwoLayerNet
from answers.records import label_repairs


@pytest.mark.parametrize("transition", [uniform_flips(0.3), one_way_flips(0.4)])
def test_labels_flip_as_often_as_the_transition_says(transition):
    assert_allclose(transition.sum(axis=1), 1)
    truth = np.repeat(np.arange(10), 20_000)
    given_labels = flip_labels(truth, transition, np.random.default_rng(1))
    cell = np.bincount(truth * 10 + given_labels, minlength=100).reshape(10, 10)
    assert_allclose(cell / 20_000, transition, atol=0.012)  # some 3.5 standard errors
    assert (cell[transition == 0] == 0).all()


def test_one_way_only_the_first_of_a_pair_is_called_the_second():
    small = one_way_flips(0.25, pairs=((0, 2),), classes=3)
    assert_array_equal(small, [[0.75, 0, 0.25], [0, 1, 0], [0, 0, 1]])
    off = one_way_flips(0.4) - np.diag(np.diag(one_way_flips(0.4)))
    assert {tuple(map(int, pair)) for pair in np.argwhere(off)} == set(CONFUSED)
    assert_allclose(off[off > 0], 0.4)
    assert off.shape == uniform_flips(0.1).shape == (10, 10)


def test_rows_of_probabilities_that_were_rounded_are_divided_by_their_sum():
    rounded = np.array([[0.4925, 0.4925], [0.5075, 0.5075]])
    flipped = flip_labels(np.repeat([0, 1], 200_000), rounded, np.random.default_rng(0))
    assert_allclose(flipped.reshape(2, -1).mean(axis=1), 0.5, atol=0.004)


@given(st.integers(0, 10**6), st.integers(1, 9))
def test_flipped_labels_are_classes_and_certain_flips_happen(seed, classes):
    rng = np.random.default_rng(seed)
    labels = rng.integers(classes, size=20)
    flipped = flip_labels(labels, rng.dirichlet(np.ones(classes), classes), rng)
    assert ((flipped >= 0) & (flipped < classes)).all()
    order = rng.permutation(classes)
    assert_array_equal(flip_labels(labels, np.eye(classes)[order], rng), order[labels])


@pytest.mark.parametrize(
    ("labels", "transition", "message"),
    [
        (np.array([0, 2]), np.eye(2), "`labels` holds 2 at index 1"),
        (np.array([0, 1]), np.ones((2, 2)), "`transition` sum to 2.0 at index 0"),
        (np.array([0, 1]), -np.eye(2), r"`transition` holds -1.0"),
        (np.array([], dtype=int), np.eye(2), "`labels` is empty"),
    ],
)
def test_wrong_values_are_refused(labels, transition, message):
    with pytest.raises(ValueError, match=message):
        flip_labels(labels, transition, np.random.default_rng(0))


@pytest.mark.parametrize("slant", [1.0, 0.75, 0.5])
def test_a_slant_moves_rows_by_as_much_as_a_shear_does(slant):
    image = np.zeros((8, 8))
    image[:, 3:5] = [1, 2]
    ours = slanted(image.reshape(1, 64), slant).reshape(8, 8)
    if slant == 0.75:
        assert_array_equal(slanted(image.reshape(1, 64)), ours.reshape(1, 64))
    for y in range(8):
        by = round((3.5 - y) * slant)
        theirs = affine_transform(image[y], np.eye(1), offset=-by, order=0)
        assert_array_equal(ours[y], theirs)


def test_probabilities_out_of_fold_come_from_models_that_did_not_see_the_label():
    images, labels = digits()
    images, labels = images[:150], labels[:150]
    p = out_of_fold(images, labels)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    _, held_out = next(folds.split(images, labels))
    train = np.setdiff1d(np.arange(150), held_out)
    alone = classifier().fit(images[train], labels[train])
    assert_allclose(p[held_out], alone.predict_proba(images[held_out]), rtol=1e-9)


def test_the_loss_through_a_matrix_and_its_gradient_are_pytorchs():
    rng = np.random.default_rng(6)
    x, labels = rng.normal(size=(7, 5)), rng.integers(3, size=7)
    matrix, weights = rng.dirichlet(np.ones(3), 3), rng.normal(size=15)
    loss, gradient = loss_through(matrix, weights, x, labels)
    w = torch.tensor(weights, requires_grad=True)
    p = torch.softmax(torch.tensor(x) @ w.reshape(5, 3), dim=1) @ torch.tensor(matrix)
    theirs = torch.nn.functional.nll_loss(p.log(), torch.tensor(labels), reduction="sum")
    theirs.backward()
    assert_allclose(loss, theirs.item(), rtol=1e-9)
    assert_allclose(gradient, w.grad, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("fit", [3, 30])
def test_through_the_identity_it_is_scikit_learns_logistic_regression(fit):
    images, labels = digits()
    images, labels, asked = images[:300], labels[:300], images[300:400]
    through = train_through(np.eye(10), images, labels, fit)(asked)
    exact = classifier(fit).set_params(
        logisticregression__tol=1e-10, logisticregression__max_iter=10_000
    )
    theirs = exact.fit(images, labels).predict_proba(asked)
    assert_allclose(through, theirs, atol=5e-4)


def test_through_the_planted_matrix_a_model_learns_the_true_classes():
    images, truth = digits()
    matrix = one_way_flips(0.4)
    labels = flip_labels(truth, matrix, np.random.default_rng(7))
    alone = out_of_fold(images, labels).argmax(axis=1)
    through = out_of_fold_through(matrix, images, labels).argmax(axis=1)
    assert (alone == truth).mean() < 0.9 < 0.95 < (through == truth).mean()


def test_through_a_matrix_too_each_fold_is_judged_by_the_others():
    images, labels = digits()
    images, labels, matrix = images[:150], labels[:150], uniform_flips(0.1)
    p = out_of_fold_through(matrix, images, labels)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    train, held_out = next(folds.split(images, labels))
    alone = train_through(matrix, images[train], labels[train])(images[held_out])
    assert_allclose(p[held_out], alone, rtol=1e-9)


def test_training_is_recorded_once_an_epoch_and_learns():
    images, labels = digits()
    p = record_training(images[:300], labels[:300], np.random.default_rng(0), epochs=4)
    assert p.shape == (4, 300, 10)
    accuracy = (p.argmax(axis=2) == labels[:300]).mean(axis=1)
    assert accuracy[-1] > 0.85 > accuracy[0]


def test_training_takes_the_steps_that_pytorch_takes():
    images, labels = digits()
    images, labels = images[:80], labels[:80]
    assert (images.min(), images.max()) == (0, 1)
    recorded = record_training(images, labels, np.random.default_rng(2), epochs=2)
    rng = np.random.default_rng(2)
    net = TwoLayerNet(64, hidden=64, classes=10, rng=rng)
    w1, b1, w2, b2 = leaves = [
        torch.tensor(net.params[name], requires_grad=True) for name in ("w1", "b1", "w2", "b2")
    ]
    x, optimizer = torch.tensor(images), torch.optim.SGD(leaves, lr=0.3)
    for p in recorded:
        for batch in torch.tensor(rng.permutation(80)).split(32):
            logits = torch.relu(x[batch] @ w1 + b1) @ w2 + b2
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(logits, torch.tensor(labels)[batch]).backward()
            optimizer.step()
        expected = torch.softmax(torch.relu(x @ w1 + b1) @ w2 + b2, dim=1)
        assert_allclose(p, expected.detach(), rtol=1e-7, atol=1e-12)
    assert len(record_training(images[:9], labels[:9], rng)) == 20


@pytest.mark.parametrize("setting", [*label_repairs.SETTINGS][::3])
def test_a_repeat_that_is_measured_anew_agrees_with_the_table(setting):
    measured = label_repairs.measure(setting, 5)
    assert label_repairs.agrees(label_repairs.stored()[setting][5:], measured)


def test_every_setting_has_all_its_repeats():
    stored = label_repairs.stored()
    assert list(stored) == list(label_repairs.SETTINGS)
    assert {len(repeats) for repeats in stored.values()} == {label_repairs.REPEATS}


def test_the_intervals_of_the_table_are_those_of_scipys_paired_test():
    repeats = label_repairs.stored()[next(iter(label_repairs.SETTINGS))]
    first, second = (
        [100 * r[name] for r in repeats] for name in ("remove the flagged", "keep everything")
    )
    low, high = ttest_rel(first, second).confidence_interval(0.95)
    found = label_repairs.interval(np.array(first) - np.array(second))
    assert_allclose(found, (low, high), rtol=1e-10)


def test_the_table_says_what_the_page_says_of_it():
    """The sentences below the table of question 13."""
    at_random, regular, one_way, one_way_regular = label_repairs.stored().values()

    def gain(repeats, name, over="keep everything"):
        return label_repairs.interval(np.array([r[name] - r[over] for r in repeats]))

    for repeats in (at_random, one_way, one_way_regular):
        assert gain(repeats, "remove the flagged")[0] > 0.01
        assert gain(repeats, "relabel the flagged")[0] > 0.01
    low, high = gain(regular, "remove the flagged")
    assert 0 < low < high < 0.0055

    def mean(repeats, name):
        return np.mean([r[name] for r in repeats])

    filtered = mean(at_random, "remove the flagged")
    assert abs(mean(regular, "keep everything") - filtered) < 0.004
    assert gain(at_random, "remove exactly the wrong")[0] > 0.03
    assert mean(at_random, "remove exactly the wrong") > 0.01 + mean(
        regular, "remove exactly the wrong"
    )
    assert gain(at_random, "weigh all by p(label)", "remove the flagged")[0] > 0
    low, high = gain(at_random, "relabel the flagged", "remove the flagged")
    assert low < 0 < high
    assert gain(regular, "relabel the flagged", "remove the flagged")[1] < 0
    for repeats, least, most in ((one_way, 0.4, 0.55), (one_way_regular, 0.6, 0.7)):
        everything = mean(repeats, "keep everything")
        best = mean(repeats, "remove exactly the wrong")
        for name in ("remove the flagged", "relabel the flagged"):
            gained = mean(repeats, name) - everything
            assert 0.055 < gained < 0.08
            assert least < gained / (best - everything) < most
    assert gain(at_random, "remove as many at random")[0] > -0.018
    for repeats in (regular, one_way, one_way_regular):
        assert gain(repeats, "remove as many at random")[0] > -0.011
    for repeats in (regular, one_way_regular):
        low, high = gain(repeats, "weigh all by p(label)")
        assert -0.011 < low < high < 0
    for repeats in (one_way, one_way_regular):
        assert gain(repeats, "relabel the flagged", "remove the flagged")[0] > 0
        assert gain(repeats, "remove exactly the wrong", "relabel the flagged")[0] > 0.01
    through = "train through the noise matrix"
    for repeats in (one_way, one_way_regular):
        assert gain(repeats, through, "relabel the flagged")[0] > 0.02
    low, high = gain(one_way_regular, through, "remove exactly the wrong")
    assert -0.005 < low < 0 < high < 0.005
    for repeats in (at_random, regular):
        assert gain(repeats, through)[0] > 0
        assert gain(repeats, through, "remove the flagged")[1] < 0.002


def largest(loss, among, share):
    return among & (loss >= np.quantile(loss[among], 1 - share))


def test_a_loss_threshold_removes_a_small_groups_right_labels_and_confident_learning_does_not():
    """The means of eight draws of what question 13 shows of one."""
    images, truth = digits()
    rates = {rule: [] for rule in ("loss", "quota", "issues")}
    found = {rule: [] for rule in rates}
    for seed in range(8):
        rng = np.random.default_rng(seed)
        group = rng.random(len(truth)) < 0.08
        written = np.where(group[:, None], slanted(images), images)
        labels = flip_labels(truth, uniform_flips(0.2), rng)
        bad = labels != truth
        p = out_of_fold(written, labels, fit=10)
        loss = -np.log(p[np.arange(len(labels)), labels])
        share = bad.mean()
        removed = {
            "loss": largest(loss, group | ~group, share),
            "quota": largest(loss, group, share) | largest(loss, ~group, share),
            "issues": find_label_issues(p, labels),
        }
        for rule, mask in removed.items():
            rates[rule].append((mask[group & ~bad].mean(), mask[~group & ~bad].mean()))
            found[rule].append((mask[group & bad].mean(), mask[~group & bad].mean()))
    rates, found = (
        {rule: np.mean(each, axis=0) for rule, each in table.items()} for table in (rates, found)
    )
    assert rates["loss"][0] > 8 * rates["loss"][1]
    assert rates["loss"][0] > rates["quota"][0] > 3 * rates["quota"][1]
    assert rates["issues"].max() < 0.005
    assert found["issues"][0] < 0.3 < 0.75 < found["issues"][1]
    assert found["loss"].min() > 0.8
