"""The page brings a card back on the day that FSRS says, and once more before the interview."""

from datetime import UTC, datetime, timedelta

import fsrs
import oracle_schedule
import pytest
from days import TODAY, in_days
from fsrs_vectors import AFTER, DAYS, MEMORY, SPACED, WHEN_DUE
from hypothesis import given
from hypothesis import strategies as st
from oracle_schedule import between, plus
from page_scripts import Scripts

SCHEDULE = Scripts("../vendor/ts-fsrs/ts-fsrs.js", "schedule.js")
DAYS_LEFT = Scripts("days.js")
LONGEST = 365

gaps = st.sampled_from([0, 0, 1, 2, 5, 20, 60]) | st.integers(0, 900)
ratings = st.sampled_from(oracle_schedule.RATINGS)


@st.composite
def histories(draw):
    """Reviews, oldest first."""
    day, reviews = TODAY, []
    for gap, rating in draw(st.lists(st.tuples(gaps, ratings), min_size=1, max_size=9)):
        day = plus(day, gap)
        reviews.append([day, rating])
    return reviews


@given(histories(), gaps)
def test_the_days_are_those_of_py_fsrs(reviews, gap):
    assert SCHEDULE("due", reviews) == oracle_schedule.due_after(reviews)
    day = plus(reviews[-1][0], gap)
    assert SCHEDULE("choices", reviews, day) == oracle_schedule.choices(reviews, day)


def test_the_library_passes_its_own_vectors():
    scheduler, start = fsrs.Scheduler(enable_fuzzing=False), datetime(2022, 11, 29, tzinfo=UTC)
    card, days = fsrs.Card(due=start), []
    for rating in WHEN_DUE:
        card, _ = scheduler.review_card(card, fsrs.Rating(rating), card.due)
        days.append((card.due - card.last_review).days)
    assert days == DAYS
    card, time = fsrs.Card(due=start), start
    for rating, gap in zip(SPACED, AFTER, strict=True):
        time += timedelta(days=gap)
        card, _ = scheduler.review_card(card, fsrs.Rating(rating), time)
    assert [card.stability, card.difficulty] == pytest.approx(MEMORY, abs=1e-4)


def test_the_first_ratings_have_the_days_of_the_default_parameters():
    # Stabilities of 0.212, 1.2931, 2.3065 and 8.2956 days, rounded, at least 1.
    days = SCHEDULE("choices", [], TODAY)
    assert [between(TODAY, day) for day in days] == [1, 1, 2, 8]


@given(histories(), gaps)
def test_hard_comes_before_good_and_good_before_easy(reviews, gap):
    day = plus(reviews[-1][0], gap)
    again, hard, good, easy = SCHEDULE("choices", reviews, day)
    assert day < again
    assert day < hard < good < easy <= plus(day, LONGEST + 2)
    assert SCHEDULE("due", [*reviews, [day, 3]]) == good


@given(histories(), st.integers(1, 400))
def test_each_card_comes_once_more_before_the_interview(reviews, left):
    last, due = reviews[-1][0], SCHEDULE("due", reviews)
    interview = plus(last, left)
    comes = DAYS_LEFT("effective", {"reviews": reviews, "due": due}, interview)
    assert last < comes <= min(due, interview)
    if due > interview and left > 3:
        assert comes == plus(last, left // 2)


def test_without_a_date_or_after_it_the_schedule_stands():
    card = {"reviews": [[TODAY, 4]], "due": in_days(8)}
    assert DAYS_LEFT("effective", card) == in_days(8)
    assert DAYS_LEFT("effective", card, TODAY) == in_days(8)
    assert DAYS_LEFT("effective", card, in_days(5)) == in_days(2)
    assert DAYS_LEFT("effective", {}, in_days(5)) is None


def test_a_card_whose_day_was_damaged_comes_the_day_after_its_review():
    assert DAYS_LEFT("effective", {"reviews": [[TODAY, 4]]}) == in_days(1)
