"""The exercises on the pages: an `exercise` fence names them, one a line.

    ```exercise
    softmax
    ```

What a page shows of an exercise comes from `answers.site.bundle`, which needs no PyTorch.
"""

import re
from html import escape

from pymdownx.superfences import SuperFencesException

from answers.site.bundle import exercises_shown

CODE = re.compile("`([^`]+)`")
HERE = "On the command line:"
ELSEWHERE = f"It needs PyTorch, which does not run in a browser. {HERE}"


def fence(source: str, *args: object, **kwargs: object) -> str:
    """An `exercise` fence as `pymdownx.superfences` wants it formatted."""
    names, known = source.split(), exercises_shown()
    if unknown := [name for name in names if name not in known]:
        # Any other exception would leave the fence as it stands, in silence.
        raise SuperFencesException(f"no exercise is called {', '.join(unknown)}")
    return "\n".join(exercise_html(name, known[name]) for name in names)


def exercise_html(name: str, shown: dict) -> str:
    """Where the page puts an exercise, and what a reader without JavaScript has of it."""
    live = f' data-exercise="{name}"' if "stub" in shown else ""
    summary = CODE.sub(r"<code>\1</code>", escape(shown["summary"], quote=False))
    commands = (
        f"<code>answers start {name}</code>, then <code>answers check {name}</code>."
    )
    # The theme makes it a link: only there is known where the page lies.
    mistakes = f'<a data-mistakes="{name}">Known mistakes</a>'
    return (
        f'<div class="exercise"{live} id="exercise-{name}">'
        f"<p><code>{name}</code> {summary} {mistakes}</p>"
        f'<p class="exercise-bar">{HERE if live else ELSEWHERE} {commands}</p></div>'
    )
