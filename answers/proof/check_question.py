"""What an exercise and its page still lack, a sentence each: `answers dev check`.

It runs the tests that are about this exercise, its code and its page, and no others. A test says
in a sentence which file to mend, and how; here the sentences are collected. Needs the `test` extra.
"""

import inspect
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from multiprocessing import get_context
from pathlib import Path

from answers.grader import catalog
from answers.grader.exercise import Exercise
from answers.handout.source import HOW, parted
from answers.pages import ROOT, Page, pages
from answers.proof import kill_matrix
from answers.proof.generated import Generated, one_thread
from answers.proof.templates import MARK
from answers.site.modules import file_of

# Of these, the cases that are given the exercise, or a module that its page shows.
OF_EXERCISE = (
    "tests/grader/test_exercises.py",
    "tests/grader/test_again.py",
    "tests/grader/test_diagnoses.py",
    "tests/grader/test_hints.py",
    "tests/grader/test_freedoms.py",
    "tests/handout/test_source.py",
    "tests/grader/test_notes.py",
    "tests/grader/test_odd_answers.py",
    "tests/grader/test_case_file.py",
    "tests/naming/test_errors.py",
    "tests/site/test_exercise_pages.py",
)
OF_CODE = (
    "tests/test_docstrings.py",
    "tests/test_hostile_arguments.py",
    "tests/test_house.py",
)
# Of these, the cases that are given the page,
OF_PAGE = (
    "tests/proof/test_pages.py",
    "tests/proof/test_bank.py",
    "tests/proof/test_claims.py",
    "tests/site/test_exercise_pages.py",
    "tests/cards/test_cards.py",
    "tests/cards/test_plain_formulas.py",
    "tests/proof/test_shown_docstrings.py",
)
# or a derivation that it shows.
OF_DERIVATIONS = (
    "tests/derivations/test_witnesses.py",
    "tests/derivations/test_definitions.py",
)
WHOLE = "tests/test_questions.py"
# What is made of a page. Other tables change with these, or take longer to make.
MADE = {
    "docs/index.md": "answers.proof.generated.with_parts",
    "docs/practice.md": "answers.proof.generated.with_parts",
    "docs/cheat-sheet.md": "answers.proof.generated.with_parts",
    "tests/cards/ids.txt": "answers.proof.generated.card_ids",
}
STALE = "`pytest --update` rewrites it"
# A sentence begins with the file to mend, and may give a line.
PLACE = re.compile(r"([\w./-]+\.(?:py|md|txt))[: ]")


def lacks(name: str) -> list[str]:
    """What an exercise, its code and its page lack."""
    file = f"answers/exercises/{name}.py"
    # As in the tests: several processes with several threads each would wait for each other.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    one_thread()
    try:
        page = next((each for each in pages() if name in each.exercises), None)
        exercise = catalog.load(name)
    except Exception as error:  # of an import, of a case, of front matter
        return [said_by(error, f"{file} cannot be loaded")]
    code = code_of(exercise)
    own = [*code, ROOT / file, ROOT / f"tests/submissions/{name}.py"]
    shown = [page.path] if page else []
    room = [path.with_name("__init__.py") for path in code[:1]]
    found = marks([*room, *own, *shown])
    # What is not filled in is not tested: it would fail in many ways for one reason.
    tests = [*OF_CODE, *code[1:]] if not marks(code) else []
    tests += OF_EXERCISE if not marks(own) else []
    about = names_of(name, page)
    page_tests = [*shown, *OF_PAGE] if shown and not marks([*code, *shown]) else []
    if page_tests and any(each.endswith(".") for each in about):
        page_tests += OF_DERIVATIONS
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        asked = [*map(str, tests)], [WHOLE, *map(str, page_tests)]
        runs = [pool.submit(told_by_tests, each, about) for each in asked]
        found += ruff([*room, *own])
        told = not_up_to_date(page) if page_tests else []
        told += mistakes(exercise) if not marks(own) else []
        for run in runs:
            told += run.result()
    found += [sentence for sentence in told if STALE not in sentence]
    if old := {PLACE.match(sentence)[1] for sentence in told if STALE in sentence}:
        update = "`pytest --update --since HEAD` writes what is generated; then read `git diff`"
        found.append(f"{', '.join(sorted(old))}: not up to date; {update}")
    return list(dict.fromkeys(found))


def left_out(name: str) -> str:
    """The title of the section that the stub leaves out of its docstring, if there is one."""
    text = inspect.getdoc(catalog.load(name).reference) or ""
    return HOW if parted(text, HOW)[1] else ""


def code_of(exercise: Exercise) -> list[Path]:
    """The module in which the function stands, and its tests."""
    module = exercise.reference.__module__
    if module.startswith("answers.exercises."):
        return []
    tests = module.replace("answers.", "tests/", 1).replace(".", "/")
    folder, _, last = tests.rpartition("/")
    paths = [file_of(module), ROOT / folder / f"test_{last}.py"]
    return [path for path in paths if path.is_file()]


def names_of(name: str, page: Page | None) -> set[str]:
    """How tests call the exercise, the page and its modules. A name with a dot at its end stands
    for whatever begins so."""
    found = {name, f"answers.exercises.{name}"}
    if page:
        found |= {page.path.stem, f"docs/questions/{page.path.name}"}
        found |= {f"answers.{module}" for module in page.modules}
        rooms = (module.partition(".") for module in page.modules)
        found |= {f"{last}." for room, _, last in rooms if room == "derivations"}
    return found


def marks(paths: Iterable[Path]) -> list[str]:
    """What must still be filled in: each line that says so, or is marked."""
    found = []
    for path in filter(Path.is_file, paths):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if MARK in line:
                what = line.partition(MARK)[2].strip(': .)]"') or line.strip()
                found.append(f"{path.relative_to(ROOT)}:{number}: {MARK}: {what}")
    return found


def ruff(paths: Iterable[Path]) -> list[str]:
    """What ruff complains of in files of Python."""
    files = [str(path) for path in paths if path.suffix == ".py" and path.is_file()]

    def lines(*arguments: str) -> list[str]:
        command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", *files]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        return done.stdout.splitlines()

    checked, formatted = (
        lines("check", "--output-format=concise"),
        lines("format", "--diff"),
    )
    found = [
        f"{line}; `ruff check --fix` may mend it"
        for line in checked
        if PLACE.match(line)
    ]
    changed = [
        line.removeprefix("--- ") for line in formatted if line.startswith("--- ")
    ]
    return found + [f"{file}: `ruff format` formats it" for file in changed]


def mistakes(exercise: Exercise) -> list[str]:
    """Which of its mistakes pass or are taken for others; else whether their table is stale."""
    try:
        if wrong := kill_matrix.misnamed(exercise):
            return wrong
        table = kill_matrix.table(exercise)
    except Exception as error:  # its own answer may fail
        file = f"answers/exercises/{exercise.name}.py"
        return [said_by(error, f"{file}: its cases cannot be asked")]
    page = ROOT / "docs/mistakes.md"
    stale = table not in page.read_text("utf-8")
    return [f"{page.relative_to(ROOT)}: {STALE}"] if stale else []


def not_up_to_date(page: Page) -> list[str]:
    """What is generated of the page and stands there otherwise."""
    found = []
    own = f"docs/questions/{page.path.name}"
    minutes, parts = (
        "answers.proof.minutes.with_minutes",
        "answers.proof.generated.with_parts",
    )
    for file, function in ((own, minutes), (own, parts), *MADE.items()):
        text = (ROOT / file).read_text("utf-8")
        try:
            if Generated(ROOT / file, function).make(text) != text:
                found.append(f"{file}: {STALE}")
        except Exception as error:
            found.append(said_by(error, f"{own}: {file} cannot be made of it"))
    return found


# In a process of its own


class Chosen:
    """A plugin of pytest: it runs the cases that are about some names, and collects what fails."""

    def __init__(self, about: set[str]):
        self.about, self.said = about, []
        self.beginnings = tuple(name for name in about if name.endswith("."))

    def pytest_collection_modifyitems(self, items: list) -> None:
        items[:] = [item for item in items if self.is_about(item)]

    def is_about(self, item) -> bool:
        """Whether a case is given one of the names; a file that asks for no names is run whole."""
        file = item.path.relative_to(ROOT).as_posix()
        if file not in OF_EXERCISE + OF_CODE + OF_PAGE + OF_DERIVATIONS:
            return True
        given = item.callspec.params.values() if hasattr(item, "callspec") else ()
        return any(map(self.knows, given))

    def knows(self, value: object) -> bool:
        value = getattr(value, "path", value)
        if isinstance(value, Path) and value.is_relative_to(ROOT):
            value = value.relative_to(ROOT).as_posix()
        return isinstance(value, str) and (
            value in self.about or value.startswith(self.beginnings)
        )

    def pytest_exception_interact(self, node, call) -> None:
        self.said += sentences(node.nodeid, call.excinfo.value)


def told_by_tests(tests: list[str], about: set[str]) -> list[str]:
    """What those of these tests complain of that are about some names."""
    import pytest

    os.chdir(ROOT)
    chosen, printed = Chosen(about), io.StringIO()
    tests = [test for test in tests if (ROOT / test).exists()]
    options = ["-n0", "-q", "-p", "no:cacheprovider", "--assert=plain"]
    with redirect_stdout(printed), redirect_stderr(printed):
        code = pytest.main([*options, *tests], [chosen]) if tests else 0
    if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        raise RuntimeError(printed.getvalue())
    return chosen.said


def sentences(test: str, error: BaseException) -> list[str]:
    """What a failed test says: each line that begins with a file; else the fact that its name
    states, and how to see more."""
    lines = str(error).splitlines()
    said = [line for line in lines if PLACE.match(line)]
    if said and test.startswith("docs/") and STALE not in said[0]:
        # The line of a page, and the error to which it led.
        return [said[0] if len(lines) == 1 else f"{said[0]}: {lines[-1]}"]
    if said:
        return said
    file, _, name = test.partition("::")
    fact = (
        name.partition("[")[0].removeprefix("test_").replace("_", " ")
        or "it is collected"
    )
    why = f", {type(error).__name__}: {lines[0]}" if lines else ""
    return [f"{file}: it is not so that {fact}{why}; to see it: pytest '{test}'"]


def said_by(error: Exception, otherwise: str) -> str:
    """The first line of an error, if it begins with a file; else what it stopped, and why."""
    first = next(iter(str(error).splitlines()), "")
    if PLACE.match(first):
        return first
    return f"{otherwise}: {type(error).__name__}: {first}"
