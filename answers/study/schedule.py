"""When a card comes back: FSRS, in whole days, without steps of learning and without chance.

The page says the same (docs/live/schedule.js, by ts-fsrs). That orders the intervals, hard < good
< easy, which the Python package does not; so it is done here. Needs the `study` extra.

Reviews are days and ratings, 1 again, 2 hard, 3 good, 4 easy, oldest first.

Source: open-spaced-repetition, FSRS 6, with its default parameters.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

from answers.practice.state import History
from answers.study.days import between, plus

RATINGS = AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4
Reviews = Sequence[Sequence]
LONGEST = 365  # days


@cache
def scheduler() -> object:
    # Imported when a card is rated: to see what is due nobody needs it.
    import fsrs

    return fsrs.Scheduler(
        desired_retention=0.9,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=LONGEST,
        enable_fuzzing=False,
    )


def due(reviews: Reviews) -> str:
    """The day on which a card comes back after these reviews.

    Raises:
        ValueError: There is no review, or its days run backward.
        ModuleNotFoundError: FSRS is not installed; the message says how to.
    """
    if not reviews:
        raise ValueError("a card without reviews is not due on any day")
    *before, (day, rating) = reviews
    return choices(before, day)[rating - 1]


def choices(reviews: Reviews, day: str) -> list[str]:
    """The day on which the card comes back for each of the four ratings, if given on `day`.

    Raises:
        ValueError: The days run backward.
        ModuleNotFoundError: FSRS is not installed; the message says how to.
    """
    days = [each for each, _ in reviews] + [day]
    if days != sorted(days):
        raise ValueError(f"the days of reviews must not run backward, as in {days}")
    card = None
    for each, rating in reviews:
        card = reviewed(card, each, rating)
    following = [reviewed(card, day, rating) for rating in RATINGS]
    intervals = [(each.due - midnight(day)).days for each in following]
    if card:
        intervals = [intervals[0], *ordered(*intervals[1:])]
    return [plus(day, interval) for interval in intervals]


def ordered(hard: int, good: int, easy: int) -> tuple[int, int, int]:
    """The intervals as ts-fsrs orders them; the longest may pass `LONGEST` by two days."""
    hard = min(hard, good)
    good = max(good, hard + 1)
    return hard, good, max(easy, good + 1)


def reviewed(card: object | None, day: str, rating: int) -> object:
    """The card after a review; None is a new one."""
    import fsrs

    # Without an id the card would wait a millisecond to have one of its own.
    card = card or fsrs.Card(card_id=0, due=midnight(day))
    return scheduler().review_card(card, fsrs.Rating(rating), midnight(day))[0]


def midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def back(history: History, interview: str | None) -> str | None:
    """The day on which a card comes back if there is an interview on a date; None if it is new.

    By half of the days from its last review to the date at the latest: so it comes once more at
    least, and not all cards come on the last day. A date that is over changes nothing. What has
    not been worked out, since FSRS was not there, comes the day after the review.
    """
    if not history.reviews:
        return None
    last = history.reviews[-1][0]
    day = history.due or plus(last, 1)
    if interview is None or interview <= last:
        return day
    return min(day, plus(last, max(1, between(last, interview) // 2)))
