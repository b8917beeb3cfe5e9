"""A question is whole: a page, modules, exercises, tests, and answers to judge. Adding one edits
no other file."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from house import python_in

from answers.pages import ROOT, pages, read
from answers.practice import catalog
from answers.site import modules

QUESTION = ROOT / "tests/question_21"
PIECES = sorted(
    p.relative_to(QUESTION) for p in QUESTION.rglob("*.*") if p.suffix in (".py", ".md")
)


def imported_by_tests(root: Path) -> set[str]:
    """The names that the tests import, with their modules."""
    trees = (ast.parse(p.read_text("utf-8")) for p in root.glob("tests/*/test_*.py"))
    nodes = [n for t in trees for n in ast.walk(t) if isinstance(n, ast.ImportFrom)]
    names = {f"{n.module}.{alias.name}" for n in nodes for alias in n.names}
    return names | {n.module for n in nodes}


def missing(root: Path) -> list[str]:
    """What is not there of the questions, the exercises and their tests, a sentence each."""
    pages = {path.stem: read(path) for path in root.glob("docs/questions/[0-9]*.md")}
    tested = imported_by_tests(root)
    listed = {name: stem for stem, page in pages.items() for name in page.exercises}
    found = []

    def needs(what: str, *places: str) -> None:
        found.extend(f"{what}; write {p}" for p in places if not (root / p).is_file())

    for stem, page in pages.items():
        for module in page.modules:
            file = f"answers/{module.replace('.', '/')}.py"
            needs(f"docs/questions/{stem}.md shows {module}", file)
            room, _, name = module.rpartition(".")
            if (root / file).is_file() and room and f"answers.{module}" not in tested:
                needs(f"{file} has no tests", f"tests/{room}/test_{name}.py")
    for name in sorted(
        {*listed, *(p.stem for p in root.glob("answers/exercises/[!_]*.py"))}
    ):
        file, answers = f"answers/exercises/{name}.py", f"tests/submissions/{name}.py"
        needs(f"docs/questions/{listed.get(name)}.md lists the exercise {name}", file)
        needs(f"{file} has no right and wrong answers to be judged", answers)
        source = (root / file).read_text("utf-8") if (root / file).is_file() else ""
        (stem,) = re.findall(r'page="([\w-]+)"', source) or [listed.get(name)]
        needs(f"{file} belongs to a page", f"docs/questions/{stem}.md")
        if stem in pages and listed.get(name) != stem:
            found.append(
                f"{file} is not listed under `exercises` in docs/questions/{stem}.md"
            )
    return found


def test_nothing_is_missing():
    assert pages()
    assert catalog.names()
    assert missing(ROOT) == []


@pytest.fixture(scope="module")
def house(copied_house) -> Path:
    """A committed copy of the repository with question 21 in it, which is not committed."""
    for piece in PIECES:
        shutil.copy(QUESTION / piece, copied_house / piece)
    yield copied_house
    subprocess.run(["git", "clean", "-fdq"], cwd=copied_house, check=True)
    subprocess.run(["git", "checkout", "-q", "."], cwd=copied_house, check=True)


def pytest_in(folder: Path, *arguments: str) -> tuple[int, str]:
    command = ["-m", "pytest", "-n0", "-q", "-p", "no:cacheprovider", *arguments]
    done = python_in(folder, *command)
    return done.returncode, done.stdout


def test_question_21_is_five_files():
    assert len(PIECES) == 5
    assert {p.parts[0] for p in PIECES} == {"answers", "docs", "tests"}


@pytest.mark.parametrize("piece", PIECES, ids=str)
def test_a_piece_that_is_missing_is_told_in_a_sentence_with_its_file(piece, house):
    assert missing(house) == []
    (house / piece).unlink()
    try:
        told = missing(house)
    finally:
        shutil.copy(QUESTION / piece, house / piece)
    assert any(sentence.endswith(f"write {piece.as_posix()}") for sentence in told)
    assert all("layer" in sentence for sentence in told)


def test_without_one_of_them_the_others_are_still_collected(house):
    gone = [p for p in PIECES if p.parts[:2] == ("answers", "networks")]
    (house / gone[0]).unlink()
    try:
        _, said = pytest_in(house, "--since", "HEAD", "--collect-only")
        whole = pytest_in(house, "tests/practice", "--collect-only")[1]
    finally:
        shutil.copy(QUESTION / gone[0], house / gone[0])
    assert "test_questions.py::test_nothing_is_missing" in said
    assert (
        "test_exercises.py::test_the_reference_passes_in_milliseconds[softmax]" in whole
    )


def test_question_21_is_green_on_the_first_update_and_nothing_else_runs(house):
    status, said = pytest_in(house, "--update", "--since", "HEAD", "-rA")
    assert status == 0, said
    assert "rewrote docs/questions/21-layer-normalization.md" in said
    assert "rewrote docs/index.md" in said
    assert "rewrote docs/practice.md" in said
    assert "rewrote README.md" in said
    ran = set(re.findall(r"^PASSED (.*?)(?: - .*)?$", said, re.M))
    assert any("test_agrees_with_pytorch_forward_and_backward" in test for test in ran)
    assert any("[layer_norm_backward-pytorch]" in test for test in ran)
    others = {
        name for name in modules.promised() if name != "answers.networks.layer_norm"
    }
    assert not [test for test in ran if any(f"[{other}" in test for other in others)]
    assert status == pytest_in(house, "--update", "--since", "HEAD")[0]
