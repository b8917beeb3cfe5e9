"""The run with two encoders: its gradients by PyTorch, and what each loss leaves."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from answers.language_models.contrastive import clip_loss
from answers.language_models.two_towers import (
    LOSSES,
    PAIRS,
    at_length,
    contrasted,
    measured,
    table,
    trained,
)

A, B = np.random.default_rng(3).normal(size=(2, 5, 3))


def pulled_torch(a, b):
    return ((a - b) ** 2).sum(dim=1).mean()


def contrasted_torch(a, b):
    cross, own = torch.nn.functional.cross_entropy, torch.arange(len(a))
    return (cross(a @ b.T, own) + cross(b @ a.T, own)) / 2


def of_length(length, loss):
    normalize = torch.nn.functional.normalize
    return lambda a, b: loss(length * normalize(a), length * normalize(b))


BY_PYTORCH = {
    "pull": pulled_torch,
    "pull, unit length": of_length(1.0, pulled_torch),
    "contrast": contrasted_torch,
    "contrast, unit length": of_length(10**0.5, contrasted_torch),
}


@pytest.mark.parametrize("name", LOSSES)
def test_the_gradients_are_pytorchs(name):
    given = [torch.tensor(each, requires_grad=True) for each in (A, B)]
    BY_PYTORCH[name](*given).backward()
    for ours, theirs in zip(LOSSES[name](A, B), given, strict=True):
        assert_allclose(ours, theirs.grad.numpy(), rtol=1e-10, atol=1e-12)


def test_contrast_of_unit_rows_is_clips_loss():
    _, dimages, dtexts, _ = clip_loss(A, B, np.log(7.0))
    found = at_length(7**0.5, contrasted)(A, B)
    assert_allclose(found, (dimages, dtexts), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("seed", range(2))
def test_only_without_negatives_embeddings_collapse(seed):
    after = {name: measured(*trained(loss, 0.03, 1600, seed)[1]) for name, loss in LOSSES.items()}
    assert after["pull"][0] < 0.05
    assert after["pull, unit length"][1] > 0.5
    for name in ("contrast", "contrast, unit length"):
        assert after[name][0] > 1
        assert after[name][1] < 0.4
        assert after[name][2] > 10 / PAIRS


def test_measures_of_known_embeddings():
    """Partners at one place on two axes: all are found, and both axes have half the variance."""
    a = np.array([[2.0, 0.0], [0.0, 2.0], [-2.0, 0.0], [0.0, -2.0]])
    assert_allclose(measured(a, 3 * a), (12, 0.5, 1))
    assert_allclose(measured(a, np.roll(a, 1, axis=0)), (4, 0.5, 0))


def test_the_table_has_a_line_for_each_loss_and_one_before():
    head, *rows = table(rate=0.1, steps=3, seeds=range(2))
    assert head.split() == ["|a||b|", "main", "found"]
    assert [row[:21].strip() for row in rows] == ["before", *LOSSES]
    before = np.mean([measured(*trained(LOSSES["pull"], 0.1, 3, s)[0]) for s in (0, 1)], axis=0)
    assert_allclose([float(each) for each in rows[0].split()[1:]], before, atol=5.1e-3)
