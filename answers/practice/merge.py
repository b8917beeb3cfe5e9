"""One state of two, so that a learner may practise in the page and on the command line.

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
    """Both, as the page merges them, too (docs/live/export.js).

    Of a card the history with the newer last review, or the longer; of the plans the newer; all
    scores, of one day first ours; of an exercise the earliest pass, the earliest look at the
    solution, the most hints. While one is done again, its own hints count, and the last look.
    Where both have a text of an exercise, theirs is the text and ours was before, beside what
    was before already.
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
    """By what a history wins. Beyond the length it matters only that the same one always does."""
    last = history.reviews[-1][0] if history.reviews else ""
    others = history.suspended or "", json.dumps(history.reviews), history.due or ""
    return last, len(history.reviews), *others


def of_plan(plan: Plan) -> tuple:
    return time(plan.changed), json.dumps(astuple(plan))


def merged_scores(ours: list, theirs: list) -> list:
    both, left = list(ours), list(ours)
    for pair in theirs:
        # One of ours stands for one of theirs.
        if pair in left:
            left.remove(pair)
        else:
            both.append(pair)
    return by_day(both)


def merged_record(ours: Record, theirs: Record) -> Record:
    replaced = ours.text if theirs.text not in (None, ours.text) else None
    again = earliest(ours.again, theirs.again)
    doing_again = [each for each in (ours, theirs) if each.passed and each.again]
    # When they are merged once more their text is ours already, and what it replaced stays.
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
    """Of a time in ISO format, in seconds; before all others if there is none."""
    if text is None:
        return float("-inf")
    then = datetime.fromisoformat(text)
    # A day alone is one in UTC, as in the page.
    return (then if then.tzinfo else then.replace(tzinfo=UTC)).timestamp()
