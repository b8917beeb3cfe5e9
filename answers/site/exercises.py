"""The exercises on the pages: an `exercise` fence names them, one a line.

    ```exercise
    softmax
    ```

What a page shows of an exercise stands in `docs/live/exercises.json`, which `exercise_book` writes.
So neither the site nor a page loads an exercise, or PyTorch, to show it.
"""

import json
import re
from functools import cache
from html import escape

from pymdownx.superfences import SuperFencesException

from answers.site.pages import ROOT, pages

CODE = re.compile("`([^`]+)`")
BOOK = ROOT / "docs/live/exercises.json"
HERE = "On the command line:"
ELSEWHERE = f"It needs PyTorch, which does not run in a browser. {HERE}"


@cache
def entries() -> dict[str, dict]:
    """What is committed."""
    return json.loads(BOOK.read_text(encoding="utf-8"))


def fence(source: str, *args: object, **kwargs: object) -> str:
    """An `exercise` fence as `pymdownx.superfences` wants it formatted."""
    names = source.split()
    if unknown := [name for name in names if name not in entries()]:
        # Any other exception would leave the fence as it stands, in silence.
        raise SuperFencesException(f"no exercise is called {', '.join(unknown)}")
    return "\n".join(place(name, entries()[name]) for name in names)


def place(name: str, shown: dict) -> str:
    """Where the page puts an exercise, and what a reader without JavaScript has of it."""
    live = f' data-exercise="{name}"' if "stub" in shown else ""
    summary = CODE.sub(r"<code>\1</code>", escape(shown["summary"], quote=False))
    commands = (
        f"<code>answers start {name}</code>, then <code>answers check {name}</code>."
    )
    return (
        f'<div class="exercise"{live}><p><code>{name}</code> {summary}</p>'
        f'<p class="exercise-bar">{HERE if live else ELSEWHERE} {commands}</p></div>'
    )


def listing() -> str:
    """All exercises under a link to their question, as Markdown for `docs/practice.md`."""
    return "\n\n".join(
        f"[Question {page.number}: {page.title}](questions/{page.path.name})\n\n"
        + "\n".join(["```exercise", *page.exercises, "```"])
        for page in pages()
        if page.exercises
    )
