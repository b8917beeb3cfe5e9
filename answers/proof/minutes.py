"""How many minutes a page asks for, counted in what stands on it. Needs the `test` extra.

Reading counts the core, which is not folded and stands above "Practise": words, lines of Python
without comments and folded docstrings, lines of derivations. Each block under "Deeper" has its own
minutes beside its title. Practice counts the lines of the solutions, or the mistakes of a file to
repair.

Words are read at the mean rate of adults in English non-fiction, 238 a minute, of which most differ
by less than a quarter (Brysbaert 2019, https://doi.org/10.1016/j.jml.2019.104047). Lines of code
are read as reviewers prepare, 500 an hour (Humphrey 1989, Managing the Software Process, by way of
McConnell's Code Complete). Nobody seems to have measured equations: they count as lines of code.
The rates of practice are guesses, so its minutes compare exercises, not people.
"""

import ast
import re
import textwrap
from pathlib import Path

import yaml

from answers.grader import catalog
from answers.pages import COMMENT, FENCE, FOLDED, FRONT_MATTER, SECTION
from answers.proof.fences import python_fences

WORDS, LINES = 238, 500 / 60  # read in a minute
# Minutes: of each exercise, of each line, of each mistake.
START, LINE, MISTAKE = 3, 0.5, 5

MINUTES = re.compile(r"^(?:reading|practice): .*\n", re.MULTILINE)
DEEPER = re.compile(SECTION.format("Deeper"))
TITLE = re.compile(r"\A(\?\?\? \w+ \".*?)(?: \(\d+ min\))?\"$", re.MULTILINE)


def with_minutes(path: Path, text: str) -> str:
    """A question page whose front matter and deeper blocks say how long they take."""

    def titled(block: re.Match) -> str:
        inside = textwrap.dedent(block[0].partition("\n")[2])
        return TITLE.sub(rf'\1 ({minutes_in(path, inside)} min)"', block[0])

    text = DEEPER.sub(lambda section: FOLDED.sub(titled, section[0]), text)
    head, body = FRONT_MATTER.fullmatch(text).groups()
    asked = f"reading: {reading(path, text)}\npractice: {practice(exercises(text))}\n"
    lines = MINUTES.sub("", head).replace("\nmodules:", f"\n{asked}modules:", 1)
    return f"---\n{lines}---\n{body}"


def exercises(text: str) -> list[str]:
    return yaml.safe_load(FRONT_MATTER.fullmatch(text)[1]).get("exercises") or []


def reading(path: Path, text: str) -> int:
    """Minutes to read a page down to its exercises, but for what is folded."""
    core = FOLDED.sub("", FRONT_MATTER.fullmatch(text)[2]).partition("\n## Practise")[0]
    return minutes_in(path, core)


def minutes_in(path: Path, text: str) -> int:
    """Minutes to read a part of a page."""
    lines = sum(unfolded(fence.shown) for fence in python_fences(path, text))
    words = re.findall(r"\S*\w\S*", FENCE.sub("", COMMENT.sub("", text)))
    equations = text.count("&=") + text.count("$$") // 2
    return max(1, round(len(words) / WORDS + (lines + equations) / LINES))


def unfolded(code: str) -> int:
    """The lines of code that a page shows: of a docstring the first, and no comments, or one more
    in a module would change the minutes of a page."""
    shown = {
        number
        for number, line in enumerate(code.splitlines(), 1)
        if re.match(r"[ \t]*[^#\s]", line)
    }
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            shown -= {*range(node.body[0].lineno + 1, node.body[0].end_lineno + 1)}
    return len(shown)


def practice(names: list[str]) -> list[int]:
    """Minutes to write each of these exercises."""
    return [minutes_of(name) for name in names]


def minutes_of(name: str) -> int:
    exercise = catalog.load(name)
    if exercise.mistakes:
        return START + MISTAKE * len(exercise.mistakes)
    return START + round(LINE * lines_of(ast.parse(exercise.solution())))


def lines_of(code: ast.Module) -> int:
    """The lines on which a statement begins, but for imports and docstrings."""
    skipped = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef
    return len(
        {
            node.lineno
            for node in ast.walk(code)
            if isinstance(node, ast.stmt) and not isinstance(node, skipped)
            if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        }
    )
