"""A card comes back on the day that ts-fsrs says, and once more before the interview."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fsrs
import pytest
from days import TODAY, in_days, in_words
from fsrs_vectors import AFTER, DAYS, MEMORY, SPACED, WHEN_DUE
from hypothesis import given
from hypothesis import strategies as st

from answers.practice.state import History
from answers.study import schedule
from answers.study.days import between, named, plus

# What docs/live/schedule.js says of random histories (`answers.site.recorded_days`); "once more" is
# each of the four ratings on the last day.
RECORDED = json.loads(Path(__file__).with_name("ts_fsrs.json").read_text())

gaps = st.integers(0, 900)
ratings = st.sampled_from(schedule.RATINGS)


@st.composite
def histories(draw, least=1):
    """Reviews, oldest first."""
    day, reviews = TODAY, []
    for gap, rating in draw(st.lists(st.tuples(gaps, ratings), min_size=least, max_size=8)):
        day = plus(day, gap)
        reviews.append([day, rating])
    return reviews


@pytest.mark.parametrize("record", RECORDED, ids=range(len(RECORDED)))
def test_the_days_are_those_of_ts_fsrs(record):
    reviews = record["reviews"]
    assert schedule.due(reviews) == record["due"]
    assert schedule.choices(reviews, reviews[-1][0]) == record["once more"]


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
    days = schedule.choices([], TODAY)
    assert [between(TODAY, day) for day in days] == [1, 1, 2, 8]


@given(histories(), gaps)
def test_hard_comes_before_good_and_good_before_easy(reviews, gap):
    day = plus(reviews[-1][0], gap)
    again, hard, good, easy = schedule.choices(reviews, day)
    assert day < again
    assert day < hard < good < easy <= plus(day, schedule.LONGEST + 2)
    assert schedule.due([*reviews, [day, 3]]) == good


def test_intervals_are_ordered_as_ts_fsrs_orders_them():
    assert schedule.ordered(3, 3, 3) == (3, 4, 5)
    assert schedule.ordered(5, 3, 9) == (3, 4, 9)
    assert schedule.ordered(365, 365, 365) == (365, 366, 367)


def test_reviews_that_run_backward_are_refused():
    with pytest.raises(ValueError, match="must not run backward"):
        schedule.due([[TODAY, 3], [in_days(-1), 3]])
    with pytest.raises(ValueError, match="without reviews"):
        schedule.due([])


@given(histories(), st.integers(1, 400))
def test_each_card_comes_once_more_before_the_interview(reviews, left):
    last, due = reviews[-1][0], schedule.due(reviews)
    interview = plus(last, left)
    comes = schedule.back(History(reviews, due), interview)
    assert last < comes <= min(due, interview)
    if due > interview and left > 3:
        assert comes == plus(last, left // 2)


def test_without_a_date_or_after_it_the_schedule_stands():
    history = History([[TODAY, 4]], in_days(8))
    assert schedule.back(history, None) == in_days(8)
    assert schedule.back(history, TODAY) == in_days(8)
    assert schedule.back(history, in_days(5)) == in_days(2)
    assert schedule.back(History(), in_days(5)) is None


def test_what_fsrs_did_not_work_out_comes_the_day_after():
    assert schedule.back(History([[TODAY, 4]]), None) == in_days(1)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (in_days(-1), "yesterday"),
        (TODAY, "today"),
        (in_days(1), "tomorrow"),
        (in_days(14), "in 14 days"),
        (in_days(15), f"on {in_words(15)}"),
        (in_days(-25), f"on {in_words(-25)}"),
    ],
)
def test_a_day_is_named_as_seen_from_another(day, words):
    assert named(day, TODAY) == words
