"""Question 21 is five files: no other is edited, and whichever is missing is told."""

import re
import subprocess
from pathlib import Path

import pytest
from house import python_in
from test_questions import missing

from answers.pages import ROOT, pages
from answers.site import modules

QUESTION = ROOT / "tests/question_21"
PIECES = sorted(
    p.relative_to(QUESTION) for p in QUESTION.rglob("*.*") if p.suffix in (".py", ".md")
)

# Until there is a question of that number.
NUMBER = max(page.number for page in pages()) + 1


def numbered(text: str) -> str:
    return text.replace("21-layer", f"{NUMBER}-layer").replace("number: 21", f"number: {NUMBER}")


def put(piece: Path, folder: Path) -> Path:
    """Where the piece is in the copy."""
    place = folder / numbered(str(piece))
    place.write_text(numbered((QUESTION / piece).read_text("utf-8")), "utf-8")
    return place


@pytest.fixture(scope="module")
def house(copied_house) -> Path:
    """A committed copy of the repository with question 21 in it, which is not committed."""
    for piece in PIECES:
        put(piece, copied_house)
    yield copied_house
    subprocess.run(["git", "clean", "-fdq"], cwd=copied_house, check=True)
    subprocess.run(["git", "checkout", "-q", "."], cwd=copied_house, check=True)


ELSEWHERE = (
    # These make copies of their own, and would make them of this one.
    "tests/test_question_21.py",
    "tests/site/test_affected.py",
    "tests/site/test_pipeline.py",
    # These change what they meet at random, or need a browser.
    "tests/site/test_mutation.py",
    "tests/browser",
)
# Tests of the whole house that take long. What the first one makes, `--update` has just made.
MADE = "test_what_is_committed_is_what_its_function_makes"
SEEN_HERE = (
    f"tests/site/test_generated.py::{MADE}[docs/mistakes.md]",
    "tests/naming/test_names.py::test_no_answer_whatever_makes_the_judge_fail",
)


def pytest_in(folder: Path, *arguments: str) -> tuple[int, str]:
    ignored = [f"--ignore={path}" for path in ELSEWHERE]
    ignored += [f"--deselect={test}" for test in SEEN_HERE]
    command = [
        "-m",
        "pytest",
        "-n0",
        "-q",
        "-p",
        "no:cacheprovider",
        *ignored,
        *arguments,
    ]
    done = python_in(folder, *command)
    return done.returncode, done.stdout


def test_question_21_is_five_files():
    assert len(PIECES) == 5
    assert {p.parts[0] for p in PIECES} == {"answers", "docs", "tests"}


@pytest.mark.parametrize("piece", PIECES, ids=str)
def test_a_piece_that_is_missing_is_told_in_a_sentence_with_its_file(piece, house):
    assert missing(house) == []
    name = numbered(piece.as_posix())
    (house / name).unlink()
    try:
        told = missing(house)
    finally:
        put(piece, house)
    assert any(sentence.endswith(f"write {name}") for sentence in told)
    assert all("layer" in sentence for sentence in told)


OTHERS = ("tests/test_questions.py", "tests/practice/test_exercises.py", "tests/site/test_live.py")


@pytest.mark.parametrize("place", ["answers/networks", "tests/submissions"])
def test_without_one_of_them_the_others_are_still_collected(place, house):
    (gone,) = (p for p in PIECES if p.parent.as_posix() == place)
    (house / gone).unlink()
    try:
        _, said = pytest_in(house, *OTHERS, "--collect-only", "--assert=plain")
    finally:
        put(gone, house)
    assert "test_questions.py::test_nothing_is_missing" in said
    assert "test_exercises.py::test_the_reference_passes[softmax]" in said
    assert "test_live.py::test_one_command_writes_what_the_browser_loads" in said


def test_question_21_is_green_on_the_first_update_and_nothing_else_runs(house):
    status, said = pytest_in(house, "--update", "--since", "HEAD", "-rA")
    assert status == 0, said
    assert f"rewrote docs/questions/{NUMBER}-layer-normalization.md" in said
    assert "rewrote docs/index.md" in said
    assert "rewrote docs/practice.md" in said
    assert "rewrote docs/mistakes.md" in said
    assert "rewrote README.md" in said
    ran = set(re.findall(r"^PASSED (.*?)(?: - .*)?$", said, re.M))
    assert any("test_agrees_with_pytorch_forward_and_backward" in test for test in ran)
    assert any("[layer_norm_backward-pytorch]" in test for test in ran)
    others = {name for name in modules.promised() if name != "answers.networks.layer_norm"}
    assert not [test for test in ran if any(f"[{other}" in test for other in others)]
