"""What a visitor sees first: a wrong answer, what the grader says of it, and how much there is.

The page shows it without Python; `docs/live/exercise_buttons.js` opens it in the editor.
"""

import re
from html import escape

from answers.grader import browser_judge, catalog
from answers.pages import pages
from answers.site import modules

NAME = "softmax"
# What people write who know the formula and have met no large logit. Its lines fit on a phone.
WRONG = """\
import numpy as np


def softmax(x, axis=-1):
    p = np.exp(x)
    p /= p.sum(axis, keepdims=True)
    return p
"""
PLACE = """\
<div class="exercise" data-exercise="{name}" data-search-exclude markdown>

<div class="exercise-wrong" markdown>

```python
{wrong}```

<div class="exercise-report">
{verdict}
</div>

</div>

[Fix it here](questions/{page}.md#exercise-{name})
{{ .exercise-bar }}

</div>"""


def wrong_answer() -> str:
    """The wrong answer, judged as a page judges it, in the place of its exercise.

    Raises:
        ValueError: It passes, or its mistake has no name.
    """
    report = browser_judge.check(NAME, WRONG)
    if not report["failures"] or not report["bug"]:
        raise ValueError(f"the wrong {NAME} is not told its mistake: {report}")
    page = catalog.load(NAME).page
    return PLACE.format(name=NAME, wrong=WRONG, verdict=verdict(report), page=page)


def verdict(report: dict) -> str:
    """A report with one wrong part, as `told` of docs/live/exercise.js shows it."""
    (failure,) = report["failures"]
    said = coded(failure["message"])
    for word, value in (("expected", failure["expected"]), ("got", failure["got"])):
        kind = "right" if word == "expected" else "wrong"
        said = said.replace(f"{word} {value}", f'{word} <b class="{kind}">{value}</b>')
    told = [
        '<strong class="wrong">Not passed.</strong>',
        f"<strong>{title(failure['case'])}: </strong>{said}",
        f"<strong>{title(report['bug'].replace('_', ' '))}. </strong>"
        f"{coded(report['diagnosis'])}",
    ]
    return "\n".join(f"<p>{paragraph}</p>" for paragraph in told)


def coded(text: str) -> str:
    """Text as HTML, what stands in backticks as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))


def title(text: str) -> str:
    return text[0].upper() + text[1:]


def offer() -> str:
    """What there is, in one line of Markdown."""
    exercises = [catalog.load(name) for name in catalog.names()]
    return (
        f"{len(pages())} questions, answered in full. [**Practise**](practice.md) with "
        f"{len(exercises)} exercises, {sum(map(modules.runs_here, catalog.names()))} of them in "
        "your browser, without an account: the grader knows "
        f"[{sum(len(each.bugs) for each in exercises)} mistakes](mistakes.md) by name."
    )
