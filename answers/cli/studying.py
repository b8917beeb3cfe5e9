"""What to study: `answers today`, `answers plan`, `answers review`."""

from typing import TYPE_CHECKING, Annotated

import typer

from answers.cli.application import app
from answers.cli.talk import kept, refuse, save, tell, warn

# The pages and the progress are loaded where they are needed: a check is not to wait for them.
if TYPE_CHECKING:
    from answers.practice.state import State


@app.command()
def today() -> None:
    """What to do today: cards due, exercises to do again, questions to read."""
    from answers.practice.terminal import console
    from answers.study import days, display
    from answers.study.cards import cards
    from answers.study.today import todays

    state, everything, day = kept(), cards(), days.today()
    found = todays(everything, state, day)
    display.show_today(console(), found, state.plan, day)
    if not found.tasks:
        tell(nothing(everything, state, day))


def nothing(cards: list, state: "State", day: str) -> str:
    """What to say when there is nothing to do."""
    from answers.study import days
    from answers.study.today import next_due

    comes = next_due(cards, state, day)
    after = f" The next card comes back {days.named(comes, day)}." if comes else ""
    return f"There is nothing to do today.{after}"


@app.command()
def plan(
    date: Annotated[
        str | None,
        typer.Option(
            metavar="YYYY-MM-DD", help="The day of the interview; none removes it."
        ),
    ] = None,
    new: Annotated[
        int | None, typer.Option(min=0, max=1000, help="New cards a day.")
    ] = None,
    minutes: Annotated[
        int | None, typer.Option(min=0, max=1440, help="Minutes a day.")
    ] = None,
) -> None:
    """When the interview is, and how much you do a day."""
    from answers.practice import progress
    from answers.practice.values import is_day
    from answers.study import days

    if date not in (None, "none") and not is_day(date):
        refuse(
            f"{date!r} is no day; write year-month-day in digits, or none for no date"
        )
    if date not in (None, "none") and date < days.today():
        refuse(f"{date} is over; name a day from today on, or none for no date")

    def change(state: "State") -> None:
        if date is not None:
            state.plan.date = None if date == "none" else date
        state.plan.new = state.plan.new if new is None else new
        state.plan.minutes = state.plan.minutes if minutes is None else minutes
        state.plan.changed = progress.now()

    if (date, new, minutes) != (None, None, None):
        try:
            warn(progress.update(change))
        except progress.ProgressError as error:
            refuse(str(error))
    now, when = kept().plan, "No date is set."
    if now.date:
        verb = "was" if now.date < days.today() else "is"
        when = f"The interview {verb} {days.named(now.date)}."
    tell(f"{when} Each day {now.new} new cards, {now.minutes} minutes.")
    tell("What that means for today: answers today")


@app.command()
def review(
    question: Annotated[
        str | None,
        typer.Argument(metavar="[N|NAME]", help="A question to rehearse, due or not."),
    ] = None,
    put_away: Annotated[
        bool, typer.Option("--put-away", help="Take out all that you have put away.")
    ] = False,
) -> None:
    """Go through the cards that are due, or rehearse one question; say it aloud, then rate.

    In a terminal by single keys; elsewhere by lines, of which the first letter counts.
    """
    from answers.cli.asking import ready

    ready()
    if put_away:
        take_out()
        return
    rehearse(question) if question else review_due()


def take_out() -> None:
    """Take out all cards that were put away, and tell how many."""
    from answers.practice import progress

    there = [card for card, history in kept().cards.items() if history.suspended]

    def change(state: "State") -> None:
        for history in state.cards.values():
            history.suspended = None

    save(progress.update, change)
    tell(f"Took out {len(there)} card{'s' * (len(there) != 1)}.")


def review_due() -> None:
    from answers.cli.asking import Session
    from answers.practice.terminal import console
    from answers.study import days, display
    from answers.study.cards import cards
    from answers.study.today import todays

    state, everything, day = kept(), cards(), days.today()
    found = todays(everything, state, day)
    first, later = (
        [task.card for task in tasks if task.kind in ("review", "new")]
        for tasks in (found.first, found.later)
    )
    if not first + later:
        others = "No card is due. What else there is to do: answers today"
        tell(others if found.tasks else nothing(everything, state, day))
        return

    def head(place: int) -> str:
        if place < len(first):
            return f"{place + 1} of {len(first)}"
        return f"{place + 1 - len(first)} of {len(later)} if you have time"

    session = Session(console())
    with session.by_keys():
        session.ask(first + later, head)
        display.show_weak(session.out, session.rated)
        count = len(session.rated)
        tell(f"\n{count} card{'s' * (count != 1)} rated. What is left: answers today")


def rehearse(name: str) -> None:
    from answers.cli.asking import Session
    from answers.practice import questions
    from answers.practice.terminal import console
    from answers.study import display
    from answers.study.cards import of_page

    try:
        page = questions.find(name)
    except KeyError as error:
        refuse(error.args[0])
    asked = [card for card in of_page(page) if card.kind != "exercise"]
    session = Session(console())
    with session.by_keys():
        session.ask(asked, lambda place: f"{place + 1} of {len(asked)}")
        if not session.ended:
            session.score(asked[0])
        display.show_weak(session.out, session.rated)
