"""`answers mock`: an interview against the clock, with a report at the end."""

from typing import Annotated

import typer

from answers.cli.application import app
from answers.cli.talk import kept, refuse, tell

# The pages are read where they are needed: a check is not to wait for them.


@app.command()
def mock(
    minutes: Annotated[int, typer.Option(help="15, 30 or 45.")] = 30,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0, help="Of an earlier mock, or a friend's; else by weakness."
        ),
    ] = None,
) -> None:
    """A mock interview: questions and follow-ups aloud, one exercise, a report."""
    from answers.cli import keys
    from answers.cli.asking import Session, ready
    from answers.cli.interview import Interview
    from answers.practice.terminal import console
    from answers.study.cards import cards
    from answers.study.mock import LENGTHS

    if minutes not in LENGTHS:
        refuse(f"A mock lasts 15, 30 or 45 minutes, not {minutes}")
    ready()
    drawn = drawn_by(cards(), minutes, seed)
    tell(
        f"A mock interview of {minutes} minutes, seed {drawn.seed}: {len(drawn.questions)} "
        f"question{'s' * (len(drawn.questions) > 1)}, follow-ups, an exercise.\n"
        f"To have it again: answers mock --minutes {minutes} --seed {drawn.seed}\n"
        "Space starts the clock, q quits."
    )
    session = Session(console())
    with session.by_keys():
        if keys.one_of(" " + keys.END) != keys.END:
            Interview(drawn, session).run()


def drawn_by(cards: list, minutes: int, seed: int | None):
    """The mock of that seed; without a seed, of some the one that asks most of what is weak."""
    import random

    from answers.study.mock import SEEDS, TRIED, draw, weakest

    if seed is not None:
        return draw(cards, minutes, seed)
    state = kept()
    ratings = {
        name: each.reviews[-1][1] for name, each in state.cards.items() if each.reviews
    }
    scores = {int(number): each[-1][1] for number, each in state.scores.items() if each}
    seeds = random.sample(range(1, SEEDS), TRIED)
    return weakest(cards, minutes, seeds, ratings, scores)
