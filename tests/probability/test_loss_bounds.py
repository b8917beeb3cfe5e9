"""The bounds, attacked: a search that tries to cross each of them comes near and stops.

Losses are computed here by NumPy from logits; no search knows what it is to find.
"""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from answers.derivations import loss_bounds as derivations
from answers.derivations.witness import number
from answers.probability.loss_bounds import (
    confidence_loss_bounds,
    loss_bounds,
    mean_loss_bounds,
    most_errors,
    threshold_loss_bounds,
    top_k_loss_bounds,
)
from answers.probability.softmax import cross_entropy

sixty_examples = settings(max_examples=60)

SLACK = 1e-12
CLASSES = [2, 3, 7, 50]

classes_ = st.integers(2, 12)


def losses(logits):
    """-log softmax of class 0, which is the true one in every search."""
    return np.logaddexp.reduce(logits, axis=-1) - logits[..., 0]


def rank(logits):
    """How many classes are strictly above class 0; ties belong to no example here."""
    return (logits[..., 1:] > logits[..., :1]).sum(axis=-1)


def untied(logits):
    return (logits[..., 1:] != logits[..., :1]).all(axis=-1)


def search(start, allowed, loss, sign, rng, rounds=400):
    """The extreme loss that random changes of the best find, and all that was seen.

    `sign` 1 looks for the largest, -1 for the smallest. Every step size from 1e-4 to 100
    is tried, on one entry of the best or on all, after halving or doubling it or not.
    """
    best, seen = start, [float(loss(start[None])[0])]
    for _ in range(rounds):
        steps = 10 ** rng.uniform(-4, 2, size=(64, 1))
        noise = rng.normal(size=(64, *best.shape)) * steps
        alone = rng.random((64, 1)) < 0.5
        which = rng.integers(best.size, size=64)[:, None] == np.arange(best.size)
        scaled = best * rng.choice([0.5, 1, 1, 2], size=(64, 1))
        tries = scaled + noise * np.where(alone, which, True)
        tries = tries[allowed(tries)]
        if len(tries) == 0:
            continue
        found = loss(tries)
        seen += [found.min(), found.max()]
        top = (sign * found).argmax()
        if sign * found[top] > sign * loss(best[None])[0]:
            best = tries[top]
    return (max if sign > 0 else min)(seen), min(seen), max(seen)


def attack(start, allowed, bounds, rng, loss=losses, near=0.001, huge=100):
    """Search both ends: neither is crossed, and each is nearly reached.

    A loss above `huge` is as good as infinite, where the supremum is.
    """
    low, high = bounds
    least, *seen_low = search(start, allowed, loss, -1, rng)
    most, *seen_high = search(start, allowed, loss, 1, rng)
    assert min(seen_low + seen_high) >= low - SLACK
    assert max(seen_low + seen_high) <= high + SLACK
    assert least <= low + near
    assert most >= (huge if high == math.inf else high - near)


def start_at(classes, position):
    """Logits of which class 0 is the one at this position, counted from 0."""
    logits = -np.arange(classes, dtype=float)
    order = [position] + [c for c in range(classes) if c != position]
    return logits[order]


@pytest.mark.parametrize(
    ("classes", "k", "correct"),
    [
        *((classes, 1, correct) for classes in (2, 3, 7, 50) for correct in (True, False)),
        *((classes, k, True) for classes, k in [(2, 2), (7, 2), (7, 7), (50, 5)]),
        *((classes, k, False) for classes, k in [(3, 2), (7, 2), (7, 5), (7, 6), (50, 5)]),
    ],
)
def test_no_search_crosses_the_bounds_of_the_top_k_and_it_nears_both(classes, k, correct):
    def allowed(logits):
        inside = (rank(logits) < k) & untied(logits)
        return inside if correct else rank(logits) >= k

    bounds = top_k_loss_bounds(classes, k, correct)
    start = start_at(classes, 0 if correct else k)
    rng = np.random.default_rng(classes)
    attack(start, allowed, bounds, rng, near=0.001, huge=100)


@pytest.mark.parametrize("threshold", [0.5, 0.1, 0.93])
@pytest.mark.parametrize("positive", [True, False])
@pytest.mark.parametrize("correct", [True, False])
def test_no_search_crosses_the_bounds_at_a_threshold_and_it_nears_both(
    threshold, positive, correct
):
    rng = np.random.default_rng(3)
    cut = math.log(threshold / (1 - threshold))  # the log-odds at the threshold
    side = 1 if positive == correct else -1

    def allowed(log_odds):
        return side * (log_odds[:, 0] - cut) > 0

    def loss(log_odds):
        return np.logaddexp(0, -log_odds if positive else log_odds)[:, 0]

    bounds = threshold_loss_bounds(threshold, positive, correct)
    attack(np.array([cut + side]), allowed, bounds, rng, loss)


@pytest.mark.parametrize(("examples", "errors"), [(1, 0), (4, 0), (4, 1), (4, 4)])
def test_no_search_crosses_the_bounds_of_the_mean_and_it_nears_both(examples, errors):
    classes, rng = 3, np.random.default_rng(errors)
    positions = [1] * errors + [0] * (examples - errors)
    start = np.concatenate([start_at(classes, at) for at in positions])

    def logits(flat):
        return flat.reshape(len(flat), examples, classes)

    def allowed(flat):
        wrong = rank(logits(flat)) > 0
        kept = untied(logits(flat)).all(axis=1)
        return kept & (wrong.sum(axis=1) == errors)

    def loss(flat):
        return losses(logits(flat)).mean(axis=1)

    bounds = mean_loss_bounds(classes, examples, errors)
    attack(start, allowed, bounds, rng, loss)


@pytest.mark.parametrize(
    ("classes", "confidence"),
    [(2, 0.7), (3, 0.4), (3, 0.8), (7, 0.2), (7, 0.15), (7, 0.99), (50, 0.3)],
)
def test_no_search_crosses_the_bounds_at_a_confidence_and_it_nears_both(classes, confidence):
    """Class 0 is true and class 1 wins with the given probability; the rest is searched."""
    rng = np.random.default_rng(classes)

    def probabilities(z):
        z = np.minimum(z, 700)
        shares = np.exp(z - np.logaddexp.reduce(z, axis=-1)[:, None])
        return (1 - confidence) * shares

    def allowed(z):
        return probabilities(z).max(axis=1) <= confidence * (1 + 1e-15)

    def loss(z):
        with np.errstate(divide="ignore"):
            return -np.log(probabilities(z)[:, 0])

    low, high = confidence_loss_bounds(classes, confidence, correct=False)
    start = np.zeros(classes - 1)
    least, *_ = search(start, allowed, loss, -1, rng, 1000)
    most, *_ = search(start, allowed, loss, 1, rng, 1000)
    assert low - 1e-9 <= least <= low + 0.001
    assert most <= high + 1e-9
    assert most >= (100 if high == math.inf else high - 0.001)


def test_the_loss_of_a_right_answer_is_that_of_its_confidence():
    assert confidence_loss_bounds(5, 0.25) == (-math.log(0.25), -math.log(0.25))
    assert confidence_loss_bounds(5, 1.0) == (0, 0)
    assert confidence_loss_bounds(5, 1.0, correct=False) == (math.inf, math.inf)
    assert str(confidence_loss_bounds(5, 1.0)) == "(0.0, 0.0)"


@sixty_examples
@given(classes_, st.data())
def test_the_loss_that_pytorch_computes_lies_within_the_bounds(classes, data):
    z = data.draw(st.lists(st.floats(-7, 7), min_size=classes, max_size=classes, unique=True))
    logits = torch.tensor([z], dtype=torch.float64)
    for y in range(classes):
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor([y])).item()
        place = int((logits[0] > logits[0, y]).sum())
        top = torch.softmax(logits, 1).max().item()
        low, high = loss_bounds(classes, correct=place == 0)
        assert low - SLACK <= loss <= high + SLACK
        low, high = confidence_loss_bounds(classes, max(top, 1 / classes), place == 0)
        assert low - 1e-9 <= loss <= high + 1e-9
        for k in range(1, classes + 1):
            if place < k or k < classes:
                low, high = top_k_loss_bounds(classes, k, correct=place < k)
                assert low - SLACK <= loss <= high + SLACK


@sixty_examples
@given(st.lists(st.tuples(st.booleans(), st.floats(1e-9, 0.999)), min_size=1))
def test_the_mean_loss_never_allows_fewer_errors_than_there_are(outcomes):
    """Each outcome: right or wrong, and how far between its bounds, for 4 classes."""
    total, errors = 0.0, 0
    for right, far in outcomes:
        low, high = loss_bounds(4, correct=right)
        total += low + far * (min(high, 9) - low)
        errors += not right
    assert most_errors(total / len(outcomes), len(outcomes)) >= errors


@pytest.mark.parametrize("errors", [1, 3, 100, 4321])
def test_errors_that_tie_cost_log_2_and_are_counted(errors):
    logits = np.tile([0.0, 1e-17], (errors, 1))  # the second is larger, and the sum hides it
    loss, _ = cross_entropy(logits, np.zeros(errors, int))
    assert most_errors(float(loss), errors) == errors
    assert most_errors(float(np.mean([math.log(2)] * errors)), errors) == errors
    assert most_errors(math.log(2), errors * 10**10) == errors * 10**10


@pytest.mark.parametrize("billions", [2, 10, 300])
def test_of_each_billion_errors_one_too_many_is_allowed(billions):
    errors = billions * 10**9
    assert most_errors(math.log(2) / 2, 2 * errors) == errors + billions


@pytest.mark.parametrize("examples", [1, 7, 1000])
def test_the_number_of_errors_that_a_mean_loss_allows_can_happen(examples):
    """With every error at log 2 and a little, the mean loss is as given."""
    for share in (0.999 / examples, 1.001 / examples, 0.4, 0.99, 1.01, 1e9, math.inf):
        mean_loss = share * math.log(2)
        errors = most_errors(mean_loss, examples)
        low, _ = mean_loss_bounds(1000, examples, errors)
        assert low <= mean_loss + SLACK
        if errors < examples:
            assert mean_loss <= mean_loss_bounds(1000, examples, errors + 1)[0] + SLACK


def test_a_right_answer_in_the_top_two_can_cost_100_nats():
    logits = torch.tensor([[0.0, 100.0, -1.0]], dtype=torch.float64)
    assert logits.topk(2).indices.tolist() == [[1, 0]]
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor([0])).item()
    assert loss == pytest.approx(100)


@pytest.mark.parametrize(
    ("dtype", "gap"),
    [(torch.float64, 37), (torch.float32, 17), (torch.float16, 8), (torch.bfloat16, 6)],
)
def test_pytorch_rounds_the_loss_to_0_at_this_gap_and_not_before(dtype, gap):
    def loss(z):
        logits = torch.tensor([[z, 0.0]], dtype=dtype)
        return torch.nn.functional.cross_entropy(logits, torch.tensor([0])).item()

    assert loss(gap) == 0
    assert loss(gap - 1) > 0


@pytest.mark.parametrize("classes", CLASSES)
def test_a_tie_of_all_classes_costs_log_k_and_a_tie_of_two_log_2(classes):
    logits = torch.zeros(1, classes, dtype=torch.float64)
    target = torch.tensor([0])
    loss = torch.nn.functional.cross_entropy(logits, target).item()
    assert loss == pytest.approx(loss_bounds(classes)[1], rel=1e-14)
    logits[0, 2:] = -1000
    loss = torch.nn.functional.cross_entropy(logits, target).item()
    assert loss == pytest.approx(loss_bounds(classes, correct=False)[0], rel=1e-14)


@sixty_examples
@given(classes_)
def test_top_1_is_plain_accuracy(classes):
    for correct in (True, False):
        assert top_k_loss_bounds(classes, 1, correct) == loss_bounds(classes, correct)


def test_a_threshold_of_a_half_is_argmax_of_two_classes():
    for correct in (True, False):
        for positive in (True, False):
            assert_allclose(threshold_loss_bounds(0.5, positive, correct), loss_bounds(2, correct))


def test_the_derived_formulas_have_the_values_that_the_code_returns():
    *_, top = derivations.right()
    assert number(top.formula, {"K": 7}) == pytest.approx(loss_bounds(7)[1])
    _, limit = derivations.wrong()
    for k in (1, 2, 5):
        low, _ = top_k_loss_bounds(10, k, correct=False)
        assert number(limit.formula, {"k": k}) == pytest.approx(low)
    least, edge = derivations.confidence()
    _, most = confidence_loss_bounds(4, 0.3, correct=False)
    assert -math.log(number(least.formula, {"K": 4, "c": 0.3})) == pytest.approx(most)
    assert number(edge.formula, {"K": 4}) == pytest.approx(1 / 3)


def test_a_step_that_does_not_hold_stops_the_derivation():
    with pytest.raises(ValueError, match="they differ by"):
        derivations.same(derivations.q, 2 * derivations.q)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: loss_bounds(1), "1 classes leave nothing to confuse; take 2 or more"),
        (lambda: threshold_loss_bounds(1.0), "threshold"),
        (lambda: threshold_loss_bounds(1.5), "threshold"),
        (lambda: top_k_loss_bounds(5, 0), "k is 0; of 5 classes, take 1 to 5"),
        (lambda: top_k_loss_bounds(5, 6), "k is 6; of 5 classes, take 1 to 5"),
        (lambda: top_k_loss_bounds(5, 5, False), "the top 5 of 5 classes are all"),
        (lambda: threshold_loss_bounds(0.0), "the threshold is 0.0; take one between"),
        (lambda: threshold_loss_bounds(math.nan), "the threshold is nan"),
        (lambda: mean_loss_bounds(3, 0, 0), "0 errors in 0 examples; take 0 to all"),
        (lambda: mean_loss_bounds(3, 4, 5), "5 errors in 4 examples"),
        (lambda: most_errors(-0.1, 3), "a mean loss of -0.1 over 3 examples"),
        (lambda: most_errors(math.nan, 3), "a mean loss of nan over 3 examples"),
        (lambda: most_errors(0.1, 0), "over 0 examples"),
        (
            lambda: confidence_loss_bounds(4, 0.2),
            "the largest of 4 probabilities cannot be 0.2; take one from 1/4 to 1",
        ),
        (lambda: confidence_loss_bounds(4, 1.1), "cannot be 1.1"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_without_more_said_an_example_is_positive_and_right():
    assert top_k_loss_bounds(5, 2) == top_k_loss_bounds(5, 2, correct=True)
    assert threshold_loss_bounds(0.2) == threshold_loss_bounds(0.2, positive=True, correct=True)
    sides = itertools.product((True, False), repeat=2)
    assert len({threshold_loss_bounds(0.2, *side) for side in sides}) == 4


def test_a_mean_loss_of_zero_allows_no_error():
    assert most_errors(0.0, 5) == 0
