"""The rule for accepting a draft, against enumeration and against drawing from p alone."""

from collections import Counter
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose

from answers.probability.softmax import softmax
from answers.transformers.speculative import accept_draft

# Every threshold is a multiple of 1/24, so midpoints of 24 equal parts weigh alike.
GRID = (np.arange(24) + 0.5) / 24
P = np.array([[2, 1, 3, 2], [4, 2, 1, 1], [1, 5, 1, 1]]) / 8
Q = np.array([[4, 2, 1, 1], [2, 2, 2, 2]]) / 8


def law(n):
    """The exact probability of each answer to a draft of n tokens."""
    found = Counter()
    for drafted in product(range(4), repeat=n):
        chance = np.prod([Fraction(Q[i, t]) for i, t in enumerate(drafted)])
        # Halves are thresholds enough for the second token: 4 points instead of 24.
        grids = [GRID, (np.arange(4) + 0.5) / 4][:n]
        points = [*product(*grids, GRID)]
        for uniform in points:
            kept = accept_draft(P[: n + 1], Q[:n], np.array(drafted), np.array(uniform))
            found[tuple(map(int, kept))] += chance / len(points)
    return found


@pytest.mark.parametrize("n", [1, 2])
def test_the_distribution_is_exactly_that_of_the_large_model(n):
    """The first token is distributed as p[0]; the next, where there is one, as its row."""
    found = law(n)
    assert sum(found.values()) == 1
    for place in range(n + 1):
        reached = {answer: c for answer, c in found.items() if len(answer) > place}
        total = sum(reached.values())
        for token in range(4):
            share = sum(c for answer, c in reached.items() if answer[place] == token)
            assert share == total * Fraction(P[place, token])


def test_a_token_is_kept_with_the_overlap_of_both_distributions():
    kept = sum(chance for answer, chance in law(1).items() if len(answer) == 2)
    assert kept == Fraction(np.minimum(P[0], Q[0]).sum())


def test_a_long_simulation_draws_from_p():
    rng = np.random.default_rng(5)
    p, q = rng.dirichlet(np.ones(7), 2), rng.dirichlet(np.ones(7), 1)
    first = [
        accept_draft(p, q, rng.choice(7, size=1, p=q[0]), rng.random(2))[0] for _ in range(20_000)
    ]
    assert_allclose(np.bincount(first, minlength=7) / 20_000, p[0], atol=0.015)


def test_equal_models_keep_every_token():
    q = np.random.default_rng(2).dirichlet(np.ones(5), 4)
    drafted, uniform = np.array([4, 0, 2]), np.array([0.999, 0.5, 0.0, 0.2])
    assert list(accept_draft(q, q[:3], drafted, uniform)[:3]) == [4, 0, 2]


def test_a_token_that_the_draft_cannot_have_drawn_is_refused():
    with pytest.raises(ValueError, match="drafted token 1 has probability 0 in row 0"):
        accept_draft(P[:2], np.array([[1.0, 0, 0, 0]]), np.array([1]), np.zeros(2))


@pytest.mark.parametrize("value", [-0.1, 1.0, np.nan])
def test_a_number_that_is_not_from_0_to_below_1_is_refused_with_its_place(value):
    uniform = np.array([0.5, value])
    told = f"^`uniform` holds {value} at index 1; pass numbers from 0 to below 1"
    with pytest.raises(ValueError, match=told):
        accept_draft(P[:2], Q[:1], np.array([0]), uniform)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ([-0.1, 0.6, 0.5, 0], r"holds -0.1 at index \(0, 0\); probabilities are at least 0"),
        ([np.nan, 0.5, 0.5, 0], r"holds nan at index \(0, 0\)"),
        ([1.002, 0, 0, 0], r"sums to 1.002 at index \(0, 0\) along axis -1, not to 1"),
        ([0, 0, 0, 0], r"sums to 0.0 at index"),
    ],
)
@pytest.mark.parametrize("name", ["p", "q"])
def test_a_row_that_is_no_distribution_is_refused_with_its_place(name, row, words):
    arrays = {"p": P[:2].copy(), "q": Q[:1].copy(), "uniform": np.array([0.5, 0.5])}
    arrays[name][0] = row
    with pytest.raises(ValueError, match=f"^`{name}` {words}"):
        accept_draft(**arrays, drafted=np.array([0]))


@pytest.mark.parametrize("token", [-1, 4])
def test_a_drafted_token_outside_of_the_vocabulary_is_refused(token):
    told = f"^`drafted` holds {token} at index 0; with 4 classes, labels run from 0 to 3"
    with pytest.raises(ValueError, match=told):
        accept_draft(P[:2], Q[:1], np.array([token]), np.array([0.5, 0.5]))


@pytest.mark.parametrize("rows", [1, 3])
def test_as_many_rows_of_p_as_of_q_or_two_more_are_refused(rows):
    with pytest.raises(ValueError, match=f"^`p` has {rows} rows and `q` 1; pass one more of `p`"):
        accept_draft(P[:rows], Q[:1], np.array([0]), np.full(rows, 0.5))


@pytest.mark.parametrize("vocab", [1000, 50_257])
def test_distributions_of_half_precision_are_taken(vocab):
    logits = np.random.default_rng(0).normal(scale=3, size=(3, vocab)).astype(np.float32)
    p = softmax(logits).astype(np.float16)
    drafted = p[:2].argmax(axis=1)
    assert list(accept_draft(p, p[:2], drafted, np.full(3, 0.5))[:2]) == list(drafted)


def test_a_probability_may_be_above_1_by_what_float32_rounds():
    p, q = np.array([[1.000009, 0], [0, 1.000009]]), np.array([[1.000009, 0]])
    assert list(accept_draft(p, q, np.array([0]), np.array([0.5, 0.5]))) == [0, 1]


@pytest.mark.parametrize("place", [0, 1])
def test_a_number_that_float32_rounds_to_1_is_refused_with_its_place(place):
    uniform = np.array([0.5, 0.5])
    uniform[place] = 1 - 2.0**-30
    assert len(accept_draft(P[:2], Q[:1], np.array([0]), uniform)) > 0
    told = f"^`uniform` holds 1.0 at index {place}; pass numbers from 0 to below 1"
    with pytest.raises(ValueError, match=told):
        accept_draft(P[:2], Q[:1], np.array([0]), uniform.astype(np.float32))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_refusal_where_rounding_leaves_no_weight_draws_from_p(dtype):
    least = np.finfo(dtype).epsneg
    p, q = np.array([[0.25, 0.75 - least], [0.5, 0.5]], dtype), np.array([[0.25, 0.75]], dtype)
    for draw, token in ((0.2, 0), (0.3, 1), (1 - least, 1)):
        uniform = np.array([1 - least, draw], dtype)
        assert list(accept_draft(p, q, np.array([1]), uniform)) == [token]


def test_a_number_that_equals_the_ratio_refuses_and_a_draw_of_0_takes_no_impossible_token():
    p, q = np.array([[0.25, 0.75], [0.5, 0.5]]), np.array([[0.5, 0.5]])
    assert list(accept_draft(p, q, np.array([0]), np.array([0.5, 0.0]))) == [1]
    assert list(accept_draft(p, q, np.array([0]), np.array([0.4999, 0.0]))) == [0, 0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_where_a_subnormal_weight_is_left_the_token_drawn_is_one_of_the_vocabulary(dtype):
    info = np.finfo(dtype)
    p = np.array([[info.smallest_subnormal, 1], [0.5, 0.5]], dtype)
    q = np.array([[0, 1 + info.eps]], dtype)
    uniform = np.full(2, 1 - info.epsneg, dtype)  # the first refuses by rounding
    assert list(accept_draft(p, q, np.array([1]), uniform)) == [0]
