"""What there is to do today: what `docs/live/today.js` is to say of the same cards.

In this order, so that what is due is never put off for what is new:

1. Cards that are due, the oldest first, then in the order of pages; exercises among them are done
   again from the stub.
2. Questions to read, those whose opening has no review, by number: as many a day as it takes to
   read all before the interview, or one, less those first reviewed today.
3. New cards, the follow-ups of questions whose opening has been reviewed: as many as the plan has
   a day, less those first reviewed today.

What goes beyond the plan's minutes is for when there is time.

`known` has what the page keeps of each card, by its id; `cards` are in the order of pages.
"""

from oracle_schedule import between, plus

from answers.cards.cards import Card


def todays(cards: list[Card], known: dict, plan: dict, day: str) -> tuple[list, int]:
    """The tasks as [kind, id, minutes], and how many of them fit into the plan's minutes."""
    cards = [card for card in cards if not known.get(card.id, {}).get("suspended")]
    tasks = due(cards, known, plan.get("date"), day)
    tasks += to_read(cards, known, plan.get("date"), day)
    tasks += new(cards, known, plan["new"], day)
    minutes, fitting = 0, 0
    for *_, each in tasks:
        minutes += each
        if minutes > plan["minutes"]:
            break
        fitting += 1
    return tasks, fitting


def reviews_of(card: Card, known: dict) -> list:
    return known.get(card.id, {}).get("reviews", [])


def due(cards: list[Card], known: dict, interview: str | None, day: str) -> list:
    days = {card.id: back(known.get(card.id, {}), interview, day) for card in cards}
    found = [card for card in cards if days[card.id] and days[card.id] <= day]
    return [
        ["exercise" if card.kind == "exercise" else "review", card.id, card.minutes]
        for card in sorted(found, key=lambda card: days[card.id])
    ]


def back(history: dict, interview: str | None, today: str) -> str | None:
    """The day on which a card comes back if there is an interview on a date; None if it is new.

    After a review later than tomorrow, by a clock that was ahead, it comes today.

    By half of the days from its last review to the date at the latest: so it comes once more at
    least, and not all cards come on the last day. A date that is over changes nothing. Without a
    day of its own it comes the day after the review.
    """
    if not history.get("reviews"):
        return None
    last = history["reviews"][-1][0]
    if between(today, last) > 1:
        return today
    day = history.get("due") or plus(last, 1)
    if interview is None or interview <= last:
        return day
    return min(day, plus(last, max(1, between(last, interview) // 2)))


def to_read(cards: list[Card], known: dict, interview: str | None, day: str) -> list:
    openings = [card for card in cards if card.kind == "opening"]
    unread = [card for card in openings if not reviews_of(card, known)]
    begun = begun_on(day, openings, known)
    left = between(day, interview) if interview and interview > day else None
    # Divided by the negative, a quotient is rounded up.
    wanted = -((len(unread) + begun) // -left) if left else 1
    unread.sort(key=lambda card: card.page.number)
    found = unread[: max(0, wanted - begun)]
    return [["read", card.id, card.page.reading] for card in found]


def new(cards: list[Card], known: dict, a_day: int, day: str) -> list:
    openings = (card for card in cards if card.kind == "opening")
    reviewed = {card.page.number for card in openings if reviews_of(card, known)}
    follow_ups = [card for card in cards if card.kind == "follow-up"]
    of_reviewed = (card for card in follow_ups if card.page.number in reviewed)
    found = [card for card in of_reviewed if not reviews_of(card, known)]
    wanted = max(0, a_day - begun_on(day, follow_ups, known))
    return [["new", card.id, card.minutes] for card in found[:wanted]]


def begun_on(day: str, cards: list[Card], known: dict) -> int:
    """How many of the cards were first reviewed on the day."""
    first = [reviews_of(card, known)[:1] for card in cards]
    return sum(reviews[0][0] == day for reviews in first if reviews)


def next_due(cards: list[Card], known: dict, plan: dict, day: str) -> str | None:
    """The next day after this one on which a card comes back."""
    records = (known.get(card.id, {}) for card in cards)
    there = [back(each, plan.get("date"), day) for each in records if not each.get("suspended")]
    return min((each for each in there if each and each > day), default=None)
