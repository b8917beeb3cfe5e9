"""What there is to do today, from what was done. The page says the same (docs/live/today.js).

In this order, so that what is due is never put off for what is new:

1. Cards that are due, the oldest first, then in the order of pages; exercises among them are done
   again from the stub.
2. Questions to read, those whose opening has no review, by number: as many a day as it takes to
   read all before the interview, or one, less those first reviewed today.
3. New cards, the follow-ups of questions whose opening has been reviewed: as many as the plan has
   a day, less those first reviewed today.

What goes beyond the plan's minutes is for when there is time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from answers.practice.state import History, State
from answers.study.cards import Card
from answers.study.days import between
from answers.study.schedule import back


@dataclass(frozen=True)
class Task:
    """One thing to do.

    Attributes:
        kind: "review", "exercise" (to do again), "read" or "new".
        card: What it is about; of a question to read its opening.
        minutes: What it is thought to take.
    """

    kind: str
    card: Card
    minutes: int


@dataclass(frozen=True)
class Today:
    """What there is to do, in order, and how many of it fit into the plan's minutes."""

    tasks: tuple[Task, ...]
    fitting: int

    @property
    def first(self) -> tuple[Task, ...]:
        return self.tasks[: self.fitting]

    @property
    def later(self) -> tuple[Task, ...]:
        """What is for when there is time."""
        return self.tasks[self.fitting :]


def todays(cards: Sequence[Card], state: State, day: str) -> Today:
    """What there is to do on a day; `cards` are in the order of pages."""
    histories = {card.id: state.cards.get(card.id, History()) for card in cards}
    cards = [card for card in cards if not histories[card.id].suspended]
    tasks = due(cards, histories, state.plan.date, day)
    tasks += to_read(cards, histories, state.plan.date, day)
    tasks += new(cards, histories, state.plan.new, day)
    minutes, fitting = 0, 0
    while (
        fitting < len(tasks)
        and (minutes := minutes + tasks[fitting].minutes) <= state.plan.minutes
    ):
        fitting += 1
    return Today(tuple(tasks), fitting)


def due(cards, histories, interview, day) -> list[Task]:
    days = {card.id: back(histories[card.id], interview) for card in cards}
    found = [card for card in cards if days[card.id] and days[card.id] <= day]
    return [
        Task("exercise" if card.kind == "exercise" else "review", card, card.minutes)
        for card in sorted(found, key=lambda card: days[card.id])
    ]


def to_read(cards, histories, interview, day) -> list[Task]:
    openings = [card for card in cards if card.kind == "opening"]
    unread = [card for card in openings if not histories[card.id].reviews]
    begun = begun_on(day, openings, histories)
    left = between(day, interview) if interview and interview > day else None
    # Divided by the negative, a quotient is rounded up.
    wanted = -((len(unread) + begun) // -left) if left else 1
    unread.sort(key=lambda card: card.page.number)
    return [
        Task("read", card, card.page.reading)
        for card in unread[: max(0, wanted - begun)]
    ]


def new(cards, histories, a_day, day) -> list[Task]:
    reviewed = {
        c.page.number for c in cards if c.kind == "opening" and histories[c.id].reviews
    }
    follow_ups = [card for card in cards if card.kind == "follow-up"]
    found = [
        card
        for card in follow_ups
        if card.page.number in reviewed and not histories[card.id].reviews
    ]
    wanted = max(0, a_day - begun_on(day, follow_ups, histories))
    return [Task("new", card, card.minutes) for card in found[:wanted]]


def begun_on(day: str, cards: Sequence[Card], histories: dict[str, History]) -> int:
    """How many of the cards were first reviewed on the day."""
    first = [histories[card.id].reviews[:1] for card in cards]
    return sum(reviews[0][0] == day for reviews in first if reviews)


def next_due(cards: Sequence[Card], state: State, day: str) -> str | None:
    """The next day after this one on which a card comes back."""
    known = (state.cards.get(card.id, History()) for card in cards)
    found = [back(each, state.plan.date) for each in known if not each.suspended]
    return min((each for each in found if each and each > day), default=None)


def exercises_due(state: State, day: str) -> set[str]:
    """The exercises to do again from the stub."""
    return {
        card.removeprefix("exercise/")
        for card, history in state.cards.items()
        if card.startswith("exercise/") and not history.suspended
        if (comes := back(history, state.plan.date)) and comes <= day
    }
