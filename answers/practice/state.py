"""What a learner did, in the form in which command line and page keep and export it.

    {"version": 3,
     "exercises": {"softmax": {"text": …, "hints": 2, "passed": time}},
     "study": {"plan": {"date": day}, "cards": {"06/opening": {"reviews": [[day, 3]], "due": day}},
               "scores": {"06": [[day, "solid"]]}}}

Times are in ISO format; days are the reader's, as "2026-12-01", and are compared as texts.
"""

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from answers.practice.values import (
    are_reviews,
    are_scores,
    is_day,
    is_text,
    is_time,
    up_to,
)

VERSION = 3
# A name may become that of a file: ASCII letters, digits and underscores only.
EXERCISE = r"[a-z_][A-Za-z0-9_]*"
CARD = rf"\d\d+/[\w-]+|exercise/{EXERCISE}"
QUESTION = r"\d\d+"


class NewerError(Exception):
    """It is of a version that this one does not know."""


@dataclass
class Record:
    """One exercise.

    Attributes:
        text: What the learner wrote in the page. The command line has it in NAME.py instead.
        before: The text that was replaced, by the stub or by an import.
        hints: How many hints have been shown; once it is passed, since the learner last began
            again.
        passed: When it was first passed.
        solution: When the solution was first shown before a pass, or last since `again`.
        again: When the learner began again from the stub, until it is passed.
    """

    text: str | None = None
    before: str | None = None
    hints: int = 0
    passed: str | None = None
    solution: str | None = None
    again: str | None = None


@dataclass
class History:
    """One card.

    Attributes:
        reviews: Days and ratings, 1 again to 4 easy, oldest first.
        due: The day on which it comes back, if that has been worked out.
        suspended: When the learner put it away.
    """

    reviews: list = field(default_factory=list)
    due: str | None = None
    suspended: str | None = None


@dataclass
class Plan:
    """What the learner means to do.

    Attributes:
        date: The day of the interview.
        new: New cards a day.
        minutes: Minutes a day.
        changed: When the plan was last changed.
    """

    date: str | None = None
    new: int = 10
    minutes: int = 60
    changed: str | None = None


@dataclass
class State:
    """All that is kept: records by exercise, histories by card, the plan, scores by question."""

    exercises: dict[str, Record] = field(default_factory=dict)
    cards: dict[str, History] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    scores: dict[str, list] = field(default_factory=dict)


VALID = {
    Record: dict.fromkeys(("text", "before"), is_text)
    | {"hints": up_to(99)}
    | dict.fromkeys(("passed", "solution", "again"), is_time),
    History: {"reviews": are_reviews, "due": is_day, "suspended": is_time},
    Plan: {"date": is_day, "new": up_to(1000), "minutes": up_to(1440)}
    | {"changed": is_time},
}


def read(text: str) -> tuple[State, list[str]]:
    """What a text holds, and the names of what is in it but not valid, which is left out.

    Raises:
        ValueError: It is no JSON, or holds no progress of this version.
        NewerError: It is of a newer version.
    """
    try:
        data = json.loads(text)
        version, exercises = data["version"], data["exercises"]
        newer = type(version) is int and version > VERSION
        study = data.get("study", {})
    except (TypeError, KeyError, AttributeError, RecursionError):
        raise ValueError("it holds no progress") from None
    if newer:
        raise NewerError(f"it is of version {version}")
    if version != VERSION or not isinstance(exercises, dict):
        raise ValueError("it holds no progress of this version")
    wrong: list[str] = []
    if not isinstance(study, dict):
        wrong, study = ["study"], {}
    plan, cards, scores = (study.get(key, {}) for key in ("plan", "cards", "scores"))
    state = State(
        records(exercises, EXERCISE, lambda *each: record(Record, *each), wrong),
        records(cards, CARD, lambda *each: record(History, *each), wrong),
        record(Plan, "the plan", plan, wrong) or Plan(),
        records(scores, QUESTION, scored, wrong),
    )
    return state, wrong


def records(found: object, names: str, read: Callable, wrong: list[str]) -> dict:
    """The valid ones of some records, whose names must match the pattern `names`."""
    if not isinstance(found, dict):
        wrong.append(f"{found!r:.40}")
        return {}
    valid = {}
    for name, data in found.items():
        if not re.fullmatch(names, name, re.ASCII):
            wrong.append(f"{name!r:.40}")
        elif (made := read(name, data, wrong)) is not None:
            valid[name] = made
    return valid


def record(cls: type, name: str, data: object, wrong: list[str]) -> object | None:
    """What is valid of one record; None if it is none at all."""
    if not isinstance(data, dict):
        wrong.append(name)
        return None
    tests = VALID[cls]
    valid = {k: v for k, v in data.items() if k in tests and tests[k](v)}
    wrong += [f"{key!r:.40} of {name}" for key in data if key not in valid]
    return cls(**valid)


def scored(number: str, data: object, wrong: list[str]) -> list | None:
    """The scores of a question, if they are some."""
    if are_scores(data):
        return by_day(data)
    wrong.append(f"the scores of question {number}")


def by_day(scores: list) -> list:
    """The scores by day; those of one day in the order in which they were given."""
    return sorted(scores, key=lambda score: score[0])


def written(state: State) -> str:
    """The state as the text of a file; what is empty is left out."""
    study = {
        "plan": small(state.plan),
        "cards": {name: each for name, h in state.cards.items() if (each := small(h))},
        "scores": state.scores,
    }
    exercises = {name: small(each) for name, each in state.exercises.items()}
    data = {"version": VERSION, "exercises": exercises}
    if study := {key: value for key, value in study.items() if value}:
        data["study"] = study
    return json.dumps(data, indent=1) + "\n"


def small(record: object) -> dict:
    """A record as a dict, without the fields that have their default."""
    usual = asdict(type(record)())
    return {key: value for key, value in asdict(record).items() if value != usual[key]}
