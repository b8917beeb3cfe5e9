"""A mock is drawn by its seed, fits into its minutes, and asks what is weak."""

from dataclasses import replace

import pytest

from answers.practice import catalog
from answers.site import modules
from answers.study.cards import cards
from answers.study.mock import FOLLOW_UP, LENGTHS, OPENING, draw, fits, mulberry32, weakest

CARDS = cards()


def test_the_numbers_are_those_of_mulberry32():
    # Of the JavaScript that everybody copies, in Node.
    following = mulberry32(1)
    assert [following() for _ in range(4)] == [2693262067, 11749833, 2265367787, 4213581821]
    following = mulberry32(2**32 - 1)
    assert [following() for _ in range(4)] == [3850105811, 813802916, 3073704848, 4054706436]


@pytest.mark.parametrize("minutes", LENGTHS)
def test_a_mock_fills_its_minutes_with_questions_of_different_topics(minutes):
    asked = set()
    for seed in range(200):
        mock = draw(CARDS, minutes, seed)
        assert mock == draw(CARDS, minutes, seed)
        assert len(mock.questions) == minutes // 15
        assert len({question[0].page.topic for question in mock.questions}) == minutes // 15
        count, drawn = 0, [question[0].page.number for question in mock.questions]
        for opening, *others in mock.questions:
            assert opening.kind == "opening"
            assert {card.kind for card in others} <= {"follow-up"}
            assert all(card.page is opening.page for card in others)
            assert [CARDS.index(c) for c in others] == sorted(map(CARDS.index, others))
            count += len(others)
            asked |= {opening.id, *(card.id for card in others)}
        spent = OPENING * len(mock.questions) + FOLLOW_UP * count + mock.exercise.minutes
        assert spent <= minutes
        assert spent > minutes - FOLLOW_UP or count == sum(
            card.kind == "follow-up" and card.page.number in drawn for card in CARDS
        )
        asked.add(mock.exercise.id)
    numbers = {card.page.number for card in CARDS}
    assert {f"{number:02}/opening" for number in numbers} <= asked


def test_the_exercise_is_of_a_question_that_was_drawn_where_one_fits():
    for seed in range(100):
        mock = draw(CARDS, 30, seed)
        drawn = {question[0].page.number for question in mock.questions}
        there = [card for card in CARDS if fits(card, 15) and card.page.number in drawn]
        assert mock.exercise in (there or CARDS)


def test_an_exercise_of_a_mock_runs_in_the_page():
    for card in CARDS:
        if card.kind == "exercise":
            runs = modules.runs_here(card.name)
            assert fits(card, 1000) == runs, card.id
    assert len(catalog.names()) > 40


def test_of_some_seeds_the_one_that_asks_most_of_what_is_weak_is_taken():
    seeds = range(1, 65)
    nothing_known = weakest(CARDS, 15, seeds, {}, {})
    assert nothing_known == draw(CARDS, 15, 1)
    assert weakest(CARDS, 15, seeds, {}, {6: "weak"}).questions[0][0].id == "06/opening"
    ratings = {card.id: 1 if card.page.number == 12 else 4 for card in CARDS}
    mock = weakest(CARDS, 15, seeds, ratings, {})
    assert mock.questions[0][0].id == "12/opening"
    assert mock == draw(CARDS, 15, mock.seed)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="lasts 15, 30, 45 minutes, not 20"):
        draw(CARDS, 20, 1)
    with pytest.raises(ValueError, match="no question"):
        draw([], 15, 1)
    # Without an exercise that fits there are more follow-ups.
    long = [replace(c, minutes=60) if c.kind == "exercise" else c for c in CARDS]
    mock = draw(long, 15, 1)
    assert mock.exercise is None
    assert len(mock.questions[0]) == 1 + (15 - OPENING) // FOLLOW_UP
