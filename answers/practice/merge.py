"""Two states made one, so that a learner may practise in the page and on the command line.

Nothing that was passed, taken or rated is lost but for the older history of a card that was
reviewed in both.
"""

import json
from dataclasses import astuple
from datetime import UTC, datetime
from functools import reduce

from answers.practice.state import History, Plan, Record, State, by_day

BESIDE = "\n\n\n# Kept beside it by an import:\n\n\n"


def merged(ours: State, theirs: State) -> State:
    """Both states in one. The page merges in the same way (docs/live/export.js).

    - A card keeps the history with the newer last review; of one day, the longer history.
    - The newer plan is kept.
    - All scores are kept; among those of one day, ours come first.
    - An exercise keeps the earliest pass, the earliest look at the solution and the most hints.
      While it is done again, only the hints since then count, and the last look.
    - If both have a text of an exercise, theirs becomes the text. Ours is added to `before`.
    """
    return State(
        united(ours.exercises, theirs.exercises, merged_record),
        united(ours.cards, theirs.cards, lambda *both: max(both, key=of_history)),
        max(ours.plan, theirs.plan, key=of_plan),
        united(ours.scores, theirs.scores, merged_scores),
    )


def united(ours: dict, theirs: dict, merge) -> dict:
    both = {k: merge(ours[k], theirs[k]) for k in ours.keys() & theirs.keys()}
    return {k: both.get(k, each) for k, each in {**ours, **theirs}.items()}


def of_history(history: History) -> tuple:
    """What decides which history is kept. All after the length only makes the choice definite."""
    last = history.reviews[-1][0] if history.reviews else ""
    others = history.suspended or "", json.dumps(history.reviews), history.due or ""
    return last, len(history.reviews), *others


def of_plan(plan: Plan) -> tuple:
    return time(plan.changed), json.dumps(astuple(plan))


def merged_scores(ours: list, theirs: list) -> list:
    both, left = list(ours), list(ours)
    for pair in theirs:
        # A score that both have is kept once.
        if pair in left:
            left.remove(pair)
        else:
            both.append(pair)
    return by_day(both)


def merged_record(ours: Record, theirs: Record) -> Record:
    replaced = ours.text if theirs.text not in (None, ours.text) else None
    again = earliest(ours.again, theirs.again)
    doing_again = [each for each in (ours, theirs) if each.passed and each.again]
    # If they are merged once more, their text is ours already, and what it replaced stays.
    return Record(
        text=ours.text if theirs.text is None else theirs.text,
        before=reduce(both, (theirs.before, ours.before, replaced)),
        hints=max(each.hints for each in doing_again or (ours, theirs)),
        passed=earliest(ours.passed, theirs.passed),
        solution=(latest if again else earliest)(ours.solution, theirs.solution),
        again=again,
    )


def both(first: str | None, second: str | None) -> str | None:
    """Two texts as one, of which the second counts if both define the same; either may be
    missing, or be a part of the other."""
    if first is None or (second is not None and first in second):
        return second
    return first if second is None or second in first else first + BESIDE + second


def earliest(*times: str | None) -> str | None:
    return next(iter(in_order(times)), None)


def latest(*times: str | None) -> str | None:
    return next(reversed(in_order(times)), None)


def in_order(times: tuple) -> list[str]:
    return sorted(filter(None, times), key=lambda each: (time(each), each))


def time(text: str | None) -> float:
    """A time in ISO format as seconds since 1970; minus infinity if there is none."""
    if text is None:
        return float("-inf")
    then = datetime.fromisoformat(text)
    # A day alone is one in UTC, as in the page.
    return (then if then.tzinfo else then.replace(tzinfo=UTC)).timestamp()
