"""What pages show of the exercises: the task, the file to start from, the hints, the solution.

`docs/live/exercises.json` holds it; `tests/test_exercise_pages.py` compares, and `pytest --update`
rewrites it.
"""

import json

from answers.practice import catalog
from answers.site import browser


def book() -> str:
    """The JSON of all exercises, by name: one line each."""
    entries = {name: entry(name) for name in catalog.names()}
    lines = (
        f"{json.dumps(name)}: {json.dumps(each, ensure_ascii=False)}"
        for name, each in entries.items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def entry(name: str) -> dict:
    """What pages show of an exercise; without a stub it does not run in the browser."""
    exercise = catalog.load(name)
    shown = {"page": exercise.page, "summary": exercise.summary}
    if not browser.runs(f"answers.practice.exercises.{name}"):
        return shown
    stub = exercise.stub().replace(f"run `answers check {name}`", "press Check", 1)
    return shown | {
        "stub": stub,
        "hints": exercise.hints,
        "solution": exercise.solution(),
    }
