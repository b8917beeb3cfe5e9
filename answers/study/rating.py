"""What a rating changes: the learner's, and the program's of an exercise that was passed.

All of it changes a `State`; `progress.update` keeps that.
"""

from collections.abc import Callable

from answers.practice.merge import time
from answers.practice.progress import now
from answers.practice.state import History, Record, State, by_day
from answers.study import days, schedule
from answers.study.schedule import AGAIN, GOOD, HARD


def rate(state: State, card: str, rating: int, day: str) -> None:
    """Add a review of the card.

    It is dated by the last one if the reader's calendar has gone back since.

    Raises:
        ModuleNotFoundError: FSRS is not installed; nothing is changed.
    """
    reviews = reviews_with(state, card, rating, day)
    replace(state, card, reviews, schedule.due(reviews))


def undo(state: State, card: str) -> None:
    """Take the last review of the card back."""
    reviews = state.cards.get(card, History()).reviews[:-1]
    replace(state, card, reviews, schedule.due(reviews) if reviews else None)


def reviews_with(state: State, card: str, rating: int, day: str) -> list:
    reviews = state.cards.get(card, History()).reviews
    last = reviews[-1][0] if reviews else day
    return [*reviews, [max(day, last), rating]]


def replace(state: State, card: str, reviews: list, due: str | None) -> None:
    suspended = state.cards.get(card, History()).suspended
    state.cards[card] = History(reviews, due, suspended)


def suspend(state: State, card: str, suspended: bool = True) -> None:
    """Put the card away, or take it out again."""
    state.cards.setdefault(card, History()).suspended = now() if suspended else None


def score(state: State, number: int, level: str, day: str) -> None:
    """Note how the reader scored their answer to a question: weak, solid or strong."""
    name = f"{number:02}"
    state.scores[name] = by_day([*state.scores.get(name, []), [day, level]])


def passed(state: State, name: str, hints: Callable[[], int], day: str) -> str:
    """Note a pass of an exercise; what to tell the learner.

    The first pass is rated, and each after beginning again from the stub, by the help that was
    taken since. Checking once more what has passed shows nothing new. `hints` counts those that
    there are; it is called only where that matters.
    """
    record = state.exercises.setdefault(name, Record())
    first, again = record.passed is None, record.again
    record.passed, record.again = record.passed or now(), None
    card = f"exercise/{name}"
    known = state.cards.get(card, History())
    if known.reviews and not again:
        due = schedule.back(known, state.plan.date) <= day and not known.suspended
        return f"It is due from the stub: answers start {name} --again" if due else ""
    rating, words = GOOD, "Passed"
    counts = first or again
    seen = record.solution and (first or time(record.solution) >= time(again))
    if counts and seen:
        rating, words = AGAIN, "Passed with the solution"
    elif counts and record.hints and record.hints >= hints():
        rating, words = HARD, "Passed with all hints"
    try:
        rate(state, card, rating, day)
    except ModuleNotFoundError:
        # Without FSRS it comes the day after.
        replace(state, card, reviews_with(state, card, rating, day), None)
    comes = schedule.back(state.cards[card], state.plan.date)
    return f"{words}; it comes back {days.named(comes, day)}."


def begin_again(state: State, name: str) -> None:
    """Note that the learner begins an exercise again from the stub, if they have passed it.

    The hints are counted anew.
    """
    record = state.exercises.get(name)
    if record and record.passed:
        record.again, record.hints = now(), 0


def go_back(state: State, name: str, earlier: Record) -> None:
    """Note that an exercise which was begun again is as it was before, for another file."""
    record = state.exercises[name]
    record.again, record.hints = earlier.again, earlier.hints


def give_up(state: State, name: str) -> bool:
    """Note that the solution is shown; whether that counts, since it comes before a pass."""
    record = state.exercises.setdefault(name, Record())
    if record.passed is None:
        record.solution = record.solution or now()
    elif record.again:
        record.solution = now()
    return record.passed is None or record.again is not None
