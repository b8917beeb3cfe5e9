"""The Python of a page, run as the reader reads it. Needs the `test` extra.

The rules, which every page may rely on:

- The fences of a page run from top to bottom in one namespace, like one session of Python.
- An included section of a module runs inside that module, compiled by the module's own loader:
  it finds what the module imports, and its annotations are enforced. What it defines, the page
  knows from then on, as the module's own object: there is one class of a name, not two. So
  include whole definitions, each by the name of its section.
- A page starts with the print options, error states and default types of a new process. Global
  seeds are random: a page that prints random numbers must say where they come from.
- What a fence prints must be what the page shows under it, to the letter.
- A check of the source, `<!-- holds … -->`, runs after the fences above it: see
  `answers.proof.checks`.
"""

import ast
import difflib
import random
import sys
import traceback
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.abc import InspectLoader
from io import StringIO
from pathlib import Path
from time import perf_counter

import numpy as np

from answers.pages import ROOT
from answers.proof.blocks import witnessed
from answers.proof.checks import PageCheck, checks
from answers.proof.claims import prose
from answers.proof.fences import Fence, Part, output_span, put_outputs, python_fences

PRINT_OPTIONS = np.get_printoptions()


@dataclass(frozen=True)
class Outcome:
    """What came of running a fence: what it printed, what it raised, how long it took."""

    printed: str
    error: BaseException | None
    seconds: float


class Session:
    """The Python fences of a page, each run once, after those above it."""

    def __init__(self, fences: list[Fence]):
        self.fences = fences
        self.begin()

    def begin(self) -> None:
        """Start anew: nothing of the page has run."""
        self.outcomes: list[Outcome] = []
        self.namespace = {"__name__": "__main__"}

    def run(self, index: int) -> Outcome:
        """What comes of fence `index`. Those above it run first, if they have not run yet."""
        for fence in self.fences[len(self.outcomes) : index + 1]:
            self.outcomes.append(self._run(fence))
        return self.outcomes[index]

    def complaint(self, index: int) -> str | None:
        """What is wrong with fence `index`, naming the line of the page; None if it is right."""
        fence, outcome = self.fences[index], self.run(index)
        if outcome.error is not None:
            above = zip(self.fences, self.outcomes[:index], strict=False)
            failed = [str(fence.line) for fence, outcome in above if outcome.error]
            note = f"\n(above it failed: line {', '.join(failed)})" if failed else ""
            return story(fence, outcome.error) + note
        if fence.output is not None and fence.output != outcome.printed:
            return difference(fence, outcome.printed)
        return None

    def refutation(self, check: PageCheck) -> str | None:
        """Why a check of the page does not hold, naming its line; None if it holds."""
        above = sum(fence.line < check.line for fence in self.fences)
        # A process may be given the end of a page before its beginning.
        if len(self.outcomes) > above:
            start_afresh()
            self.begin()
        if above:
            self.run(above - 1)
        try:
            beside = {"printed": lambda *n: printed(check.path, *n)}
            check.run(imported(check.path) | self.namespace | beside)
        except Exception as error:
            lines = (
                n for f, n in traceback.walk_tb(error.__traceback__) if own(f, check)
            )
            line = max(getattr(error, "lineno", None) or check.line, *lines, check.line)
            return f"{location(check.path, line)}: {type(error).__name__}: {error}"
        return None

    def _run(self, fence: Fence) -> Outcome:
        printed, error, start = StringIO(), None, perf_counter()
        with redirect_stdout(printed):
            try:
                for part in fence.parts:
                    self._execute(part)
            except KeyboardInterrupt:
                raise
            except (
                BaseException
            ) as raised:  # a fence leaves neither by sys.exit nor by pytest.skip
                error = raised
        seconds, text = perf_counter() - start, printed.getvalue()
        # A fence of the page holds whole lines.
        return Outcome(
            text if text.endswith("\n") or not text else text + "\n", error, seconds
        )

    def _execute(self, part: Part) -> None:
        if part.module is None:
            exec(
                compile(part.source, str(part.path), "exec", dont_inherit=True),
                self.namespace,
            )
            return
        module = import_module(part.module)
        to_code = getattr(
            module.__loader__, "source_to_code", InspectLoader.source_to_code
        )
        defined = {}
        exec(to_code(part.source.encode(), str(part.path)), vars(module), defined)
        own = vars(module)
        self.namespace |= {name: own.get(name, new) for name, new in defined.items()}


@cache
def imported(path: Path) -> dict:
    """What the checks of a page import, which all of them know."""
    found = {}
    for check in checks(path):
        imports = [] if check.test else check.statements
        lines = [
            each for each in imports if isinstance(each, ast.Import | ast.ImportFrom)
        ]
        exec(compile(ast.Module(lines, []), str(path), "exec"), found)
    return found


def printed(path: Path, *numbers: str) -> bool:
    """Whether a page prints or draws all of these numbers, rounded as they are written."""
    shown = set().union(*prose(path).printed)
    return all(
        witnessed(n.rstrip("%"), n.endswith("%"), shown, rounded=True) for n in numbers
    )


def own(frame, check: PageCheck) -> bool:
    """Whether a frame runs a line of the page."""
    return frame.f_code.co_filename == str(check.path)


def with_outputs(path: Path, text: str) -> str:
    """A page that shows what its fences print. A fence that raises is left as it is."""
    ran = python_fences(path, text)
    start_afresh()
    session = Session(ran)
    outcomes = [session.run(index) for index in range(len(ran))]
    start_afresh()
    printed = {
        index: outcome.printed
        for index, (fence, outcome) in enumerate(zip(ran, outcomes, strict=True))
        if fence.output is not None and outcome.error is None
    }
    return put_outputs(text, ran, printed)


def story(fence: Fence, error: BaseException) -> str:
    """The line of the page and the lines of this project that led to an error, and the error."""
    frames = (
        (frame, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if not frame.f_locals.get("__tracebackhide__")
        and ours(frame.f_code.co_filename)
    )
    steps = [
        (f.filename, f.lineno, f.line) for f in traceback.StackSummary.extract(frames)
    ]
    message = str(error)
    if isinstance(error, SyntaxError):
        steps.append((error.filename, error.lineno, error.text))
        message = error.msg
    if str(fence.path) not in [name for name, _, _ in steps]:
        steps.insert(0, (str(fence.path), fence.line + 1, fence.raw.splitlines()[0]))
    lines = [
        f"{location(name, number)}: {(text or '').strip()}"
        for name, number, text in steps
    ]
    return "\n".join([*lines, f"{type(error).__name__}: {message}"])


def ours(name: str) -> bool:
    """Whether a file belongs to this project, and not to the machinery that runs its pages."""
    return (
        name != __file__
        and "site-packages" not in name
        and Path(name).is_relative_to(ROOT)
    )


def difference(fence: Fence, printed: str) -> str:
    """The output that the page shows against the one that was printed."""
    old, new = fence.output.splitlines(), printed.splitlines()
    same = 0
    while old[same : same + 1] == new[same : same + 1]:
        same += 1
    first, _ = output_span(fence.path.read_text(encoding="utf-8").splitlines(), fence)
    return "\n".join(
        [
            f"{location(fence.path, first + 2 + same)}: the page shows (-) other than the fence "
            f"at line {fence.line} prints (+); `pytest --update` rewrites it",
            *(line.rstrip("\n") for line in difflib.ndiff(old, new)),
        ]
    )


def location(path: str | Path, line: int | None) -> str:
    """A file and a line, as editors read them."""
    return f"{Path(path).relative_to(ROOT)}:{line}"


def start_afresh() -> None:
    """Undo what a page may have set for the whole process."""
    np.set_printoptions(**PRINT_OPTIONS)
    np.seterr(divide="warn", over="warn", under="ignore", invalid="warn")
    np.random.seed()
    random.seed()
    if "torch" in sys.modules:
        import torch

        torch.set_printoptions(profile="default")
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)
        torch.seed()
