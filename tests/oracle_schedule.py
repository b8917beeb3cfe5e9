"""When a card comes back, by py-fsrs: what `docs/live/schedule.js` and `days.js` are to say.

FSRS 6 with its default parameters, in whole days, without steps of learning and without chance.
Reviews are days and ratings, 1 again, 2 hard, 3 good, 4 easy, oldest first.
"""

from datetime import UTC, date, datetime, timedelta

import fsrs

RATINGS = 1, 2, 3, 4
SCHEDULER = fsrs.Scheduler(
    desired_retention=0.9,
    learning_steps=(),
    relearning_steps=(),
    maximum_interval=365,
    enable_fuzzing=False,
)


def due_after(reviews: list) -> str:
    """The day on which a card comes back after these reviews."""
    *before, (day, rating) = reviews
    return choices(before, day)[rating - 1]


def choices(reviews: list, day: str) -> list[str]:
    """The day on which the card comes back for each of the four ratings, if given on `day`."""
    card = None
    for each, rating in reviews:
        card = reviewed(card, each, rating)
    following = [reviewed(card, day, rating) for rating in RATINGS]
    again, hard, good, easy = ((each.due - midnight(day)).days for each in following)
    if card:
        # ts-fsrs orders these intervals, so that the longest may pass a year by two days.
        hard = min(hard, good)
        good = max(good, hard + 1)
        easy = max(easy, good + 1)
    return [plus(day, interval) for interval in (again, hard, good, easy)]


def reviewed(card: fsrs.Card | None, day: str, rating: int) -> fsrs.Card:
    """The card after a review; None is a new one."""
    # Without an id a card waits a millisecond to have one of its own.
    card = card or fsrs.Card(card_id=0, due=midnight(day))
    return SCHEDULER.review_card(card, fsrs.Rating(rating), midnight(day))[0]


def midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def plus(day: str, count: int) -> str:
    return (date.fromisoformat(day) + timedelta(count)).isoformat()


def between(start: str, end: str) -> int:
    return (date.fromisoformat(end) - date.fromisoformat(start)).days


def named(day: str, start: str) -> str:
    """How a day is named, seen from another: "tomorrow", "in 3 days", "on 12 January 2027"."""
    count = between(start, day)
    if count in (-1, 0, 1):
        return ("today", "tomorrow", "yesterday")[count]
    if 1 < count < 15:
        return f"in {count} days"
    when = date.fromisoformat(day)
    return f"on {when.day} {when:%B %Y}"
