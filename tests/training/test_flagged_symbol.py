"""The task of the flagged symbol, its gradients, and what was recorded of trainings on it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from answers.gradient_check import numerical_gradient
from answers.records import recurrent as record
from answers.training.flagged_symbol import (
    FIRST,
    FORGET,
    LSTM_HIDDEN,
    SYMBOLS,
    WAYS,
    examples,
    initial,
    loss_and_gradients,
    train,
)
from answers.training.gradient_reach import reach


def test_the_answer_is_the_flagged_symbol_of_the_first_five():
    x, y = examples(np.random.default_rng(1), 40, 7)
    assert x.shape == (FIRST + 7, 40, SYMBOLS + 1)
    steps, places = np.nonzero(x[..., SYMBOLS])
    assert sorted(places) == [*range(40)]
    assert steps.max() < FIRST
    assert (x[steps, places, :SYMBOLS].argmax(axis=1) == y[places]).all()


@pytest.mark.parametrize("way", ["RNN", "LSTM, forget bias 1"])
def test_the_gradients_agree_with_differences(way):
    rng = np.random.default_rng(1)
    weights = {name: each.astype(float) for name, each in initial(way, 2, rng).items()}
    x, y = (each[:, :3] if each.ndim == 3 else each[:3] for each in examples(rng, 3, 2))
    _, gradients = loss_and_gradients(weights, x, y)
    for name in ("b", "w"):
        found = numerical_gradient(
            lambda array, name=name: loss_and_gradients(weights | {name: array}, x, y)[0],
            weights[name],
        )
        assert_allclose(gradients[name], found, atol=1e-6)


def test_the_forget_bias_is_what_its_name_says():
    for way, bias in FORGET.items():
        b = initial(way, 30, np.random.default_rng(1))["b"]
        assert_allclose(b[LSTM_HIDDEN : 2 * LSTM_HIDDEN], bias(30), rtol=1e-6)


@pytest.mark.parametrize("way", WAYS)
def test_the_first_steps_have_the_recorded_losses(way):
    _, losses = train(way, 10, 0.003, 2, record.FIRST_STEPS)
    first = record.recorded()["ways"][way]["10"]["0.003"]["2"]["first"]
    assert_allclose(losses, first, atol=2e-3)


def test_with_five_times_the_steps_two_networks_learn_more():
    longer = record.recorded()["longer"]
    assert [*longer] == [*record.LONGER]
    for way, rates in longer.items():
        assert [*rates] == [f"{rate:g}" for rate in record.RATES]
        assert {len(seeds) for seeds in rates.values()} == {len(record.SEEDS)}
        _, shorter = record.best(way, record.LONGER_DISTANCE)
        assert np.mean(record.longer_best(way)) > np.mean(shorter) + 0.4


def test_a_gradient_reaches_further_with_a_larger_forget_bias():
    far = [reach(5, bias)[100] for bias in (0, 1, np.log(100))]
    assert far[0] < 1e-10 * far[1] < 1e-14 * far[2]


def test_an_orthogonal_start_reaches_further_than_a_drawn_one():
    drawn, straight = reach(5), reach(5, orthogonal=True)
    assert 1e-7 < straight[100] < 1e-4
    assert drawn[100] < 1e-15 * straight[100]
