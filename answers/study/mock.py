"""What a mock interview asks: drawn by a seed alone, so that a friend can be given the same.

Weakness decides between seeds, not within one: of some random seeds `weakest` takes the one whose
mock asks most of what the reader does not know. The seed that is shown then gives that mock to
anybody. `docs/live/mock.js` draws the same, with integers only.

How `draw(cards, minutes, seed)` draws, `cards` being in the order of pages:

1. `below(n)` is the next number of mulberry32(seed), times n, divided by 2^32, rounded down.
   `shuffled(list)` swaps, for i from the last place down to 1, the entries i and below(i + 1).
2. Shuffle the openings. Take from the front minutes // 15 of them, passing over a topic that has
   been taken; if they do not suffice, go through the rest again without that rule.
3. The exercises that fit run in the page and last at most minutes // 2. Of those of the questions
   taken, or of all if there are none, in the order of pages, take the one at below(count).
4. Of the minutes that are left (3 an opening, the exercise its own), each follow-up takes 2. For
   each question, in the order drawn, shuffle its follow-ups. Then, one a question in turn, take
   them from the front until no minutes or no follow-ups are left.
5. Asked is each question with its follow-ups in the order of the page, and then the exercise.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from answers.study.cards import Card

LENGTHS = 15, 30, 45
OPENING, FOLLOW_UP = 3, 2  # minutes
SEEDS = 10_000  # short enough to be told a friend
TRIED = 64  # seeds, of which the weakest is taken
MASK = 2**32 - 1
# Exercises that need PyTorch, which no page has; there their cards say so. A test compares.
NOT_IN_PAGE = {"cached_attention_torch", "fix_the_gpt", "next_token_loss_torch"}


@dataclass(frozen=True)
class Mock:
    """What is asked.

    Attributes:
        minutes: How long it is meant to last.
        seed: What it was drawn by.
        questions: For each question its opening and its follow-ups.
        exercise: The exercise at the end, or None if none fits.
    """

    minutes: int
    seed: int
    questions: tuple[tuple[Card, ...], ...]
    exercise: Card | None


def mulberry32(seed: int) -> Callable[[], int]:
    """A function that returns the next of a sequence of integers below 2^32.

    Source: Tommy Ettinger, mulberry32.c (2017), public domain.
    """
    state = seed & MASK

    def following() -> int:
        nonlocal state
        state = state + 0x6D2B79F5 & MASK
        mixed = (state ^ state >> 15) * (state | 1) & MASK
        mixed ^= mixed + ((mixed ^ mixed >> 7) * (mixed | 61) & MASK) & MASK
        return mixed ^ mixed >> 14

    return following


def draw(cards: Sequence[Card], minutes: int, seed: int) -> Mock:
    """The mock of that seed; see above how.

    Raises:
        ValueError: There is no mock of so many minutes, or nothing to ask.
    """
    if minutes not in LENGTHS:
        raise ValueError(
            f"a mock lasts {', '.join(map(str, LENGTHS))} minutes, not {minutes}"
        )
    following = mulberry32(seed)

    def below(count: int) -> int:
        return following() * count >> 32

    def shuffled(entries: Iterable[Card]) -> list[Card]:
        order = list(entries)
        for i in range(len(order) - 1, 0, -1):
            j = below(i + 1)
            order[i], order[j] = order[j], order[i]
        return order

    openings = shuffled(card for card in cards if card.kind == "opening")
    if not openings:
        raise ValueError("there is no question to ask")
    taken = of_many_topics(openings, minutes // 15)
    numbers = [card.page.number for card in taken]
    fitting = [card for card in cards if fits(card, minutes // 2)]
    candidates = [card for card in fitting if card.page.number in numbers] or fitting
    exercise = candidates[below(len(candidates))] if candidates else None

    left = minutes - OPENING * len(taken) - (exercise.minutes if exercise else 0)
    waiting = [shuffled(follow_ups(cards, number)) for number in numbers]
    turns = [
        card
        for place in range(max(map(len, waiting)))
        for each in waiting
        for card in each[place : place + 1]
    ]
    asked = {card.id for card in turns[: max(0, left // FOLLOW_UP)]}
    questions = tuple(
        (opening, *(c for c in follow_ups(cards, opening.page.number) if c.id in asked))
        for opening in taken
    )
    return Mock(minutes, seed, questions, exercise)


def of_many_topics(openings: Sequence[Card], count: int) -> list[Card]:
    """The first of each topic, and if they do not suffice the first of the rest."""
    taken = []
    for card in openings:
        if card.page.topic not in {other.page.topic for other in taken}:
            taken.append(card)
    taken += [card for card in openings if card not in taken]
    return taken[:count]


def fits(card: Card, minutes: int) -> bool:
    """Whether it is an exercise of at most so many minutes that runs in the page, too."""
    in_page = card.kind == "exercise" and card.name not in NOT_IN_PAGE
    return in_page and card.minutes <= minutes


def follow_ups(cards: Sequence[Card], number: int) -> list[Card]:
    """Those of a question, in the order of the page."""
    return [c for c in cards if c.kind == "follow-up" and c.page.number == number]


# What the last rating of a card, or the last score of a question, says; nothing yet says 0.
RATED = {1: 2, 2: 1, 3: -1, 4: -2}
SCORED = {"weak": 2, "solid": -1, "strong": -2}


def weakness(
    mock: Mock, last_ratings: dict[str, int], last_scores: dict[int, str]
) -> int:
    """How much a mock asks of what the reader does not know; may be negative.

    Questions and the exercise count three times a follow-up. A question counts by its opening's
    last rating and its last score.
    """
    total = 0
    for opening, *others in mock.questions:
        total += 3 * RATED.get(last_ratings.get(opening.id), 0)
        total += 3 * SCORED.get(last_scores.get(opening.page.number), 0)
        total += sum(RATED.get(last_ratings.get(card.id), 0) for card in others)
    if mock.exercise:
        total += 3 * RATED.get(last_ratings.get(mock.exercise.id), 0)
    return total


def weakest(
    cards: Sequence[Card],
    minutes: int,
    seeds: Iterable[int],
    last_ratings: dict[str, int],
    last_scores: dict[int, str],
) -> Mock:
    """Of the mocks of these seeds the one that asks most of what is weak, the first if equal."""
    mocks = [draw(cards, minutes, seed) for seed in seeds]
    return max(mocks, key=lambda mock: weakness(mock, last_ratings, last_scores))
