"""What a learner did with the exercises, as the command line keeps it, and as it and the page
export it.

    {"version": 3, "exercises": {"softmax": {"text": …, "hints": 2, "passed": time}}}

Times are in ISO format. The page exports what its reader studies, too, and alone reads that.
"""

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

VERSION = 3
# A name may become the name of a file: ASCII letters, digits and underscores only.
EXERCISE = r"[a-z_][A-Za-z0-9_]*"
YEARS = range(1970, 9000)  # beyond, a time cannot be shown everywhere


class NewerError(Exception):
    """It is of a version that this one does not know."""


@dataclass
class Record:
    """One exercise.

    Attributes:
        text: What the learner wrote, in an export. The command line has it in NAME.py instead.
        before: The text that was replaced, by the stub or by an import; in an export of the page.
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
class State:
    """All that is kept: records by exercise."""

    exercises: dict[str, Record] = field(default_factory=dict)


def is_text(value: object) -> bool:
    # A half of a surrogate pair could not be written to a file.
    return isinstance(value, str) and not re.search("[\ud800-\udfff]", value)


def is_time(value: object) -> bool:
    try:
        return datetime.fromisoformat(value).year in YEARS
    except (TypeError, ValueError):
        return False


def is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 100


# Anything else was damaged, or forged.
VALID = dict.fromkeys(("text", "before"), is_text) | {"hints": is_count}
VALID |= dict.fromkeys(("passed", "solution", "again"), is_time)


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
    except (TypeError, KeyError, RecursionError):
        raise ValueError("it holds no progress") from None
    if newer:
        raise NewerError(f"it is of version {version}")
    if version != VERSION or not isinstance(exercises, dict):
        raise ValueError("it holds no progress of this version")
    state, wrong = State(), []
    for name, each in exercises.items():
        if not re.fullmatch(EXERCISE, name, re.ASCII):
            wrong.append(f"{name!r:.40}")
        elif not isinstance(each, dict):
            wrong.append(name)
        else:
            state.exercises[name] = record(name, each, wrong)
    return state, wrong


def record(name: str, data: dict, wrong: list[str]) -> Record:
    """What is valid of one record."""
    valid = {k: v for k, v in data.items() if k in VALID and VALID[k](v)}
    wrong += [f"{key!r:.40} of {name}" for key in data if key not in valid]
    return Record(**valid)


def written(state: State) -> str:
    """The state as the text of a file; what is empty is left out."""
    usual = asdict(Record())
    exercises = {
        name: {key: value for key, value in asdict(each).items() if value != usual[key]}
        for name, each in state.exercises.items()
    }
    return json.dumps({"version": VERSION, "exercises": exercises}, indent=1) + "\n"


def merge(ours: State, theirs: State) -> None:
    """Add `theirs` to `ours`: nothing that was passed or shown is lost. Texts are files."""
    for name, record in theirs.exercises.items():
        ours.exercises[name] = merged(ours.exercises.get(name, Record()), record)


def merged(ours: Record, theirs: Record) -> Record:
    """The earliest pass, the earliest look at the solution and the most hints.

    While it is done again, only the hints since then count, and the last look. The page merges in
    the same way (docs/live/export.js).
    """
    doing_again = [each for each in (ours, theirs) if each.passed and each.again]
    again = chosen(min, ours.again, theirs.again)
    return Record(
        hints=max(each.hints for each in doing_again or (ours, theirs)),
        passed=chosen(min, ours.passed, theirs.passed),
        solution=chosen(max if again else min, ours.solution, theirs.solution),
        again=again,
    )


def chosen(by: Callable, *times: str | None) -> str | None:
    """The earliest time by `min`, the latest by `max`; None if there is none."""
    return by(filter(None, times), key=moment, default=None)


def moment(time: str) -> tuple[float, str]:
    """A time as a number, and as it is written; a day alone is one in UTC, as in the page."""
    then = datetime.fromisoformat(time)
    seconds = (then if then.tzinfo else then.replace(tzinfo=UTC)).timestamp()
    return seconds, time
