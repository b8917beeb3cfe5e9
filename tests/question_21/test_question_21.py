"""A new question, made with `answers dev` in a copy of the house: begun, filled in, found whole.

It is as small as a question can be, and its number is one that no other takes.

It takes minutes, and runs in `.ci/run`, which GitHub runs once a week, too:

    pytest tests/question_21/test_question_21.py
"""

import re
import shutil
import subprocess
from pathlib import Path
from time import perf_counter

import pytest
from house import python_in
from test_questions import missing

from answers.pages import ROOT
from answers.proof.templates import MARK

QUESTION = ROOT / "tests/question_21"
PIECES = sorted(
    path.relative_to(QUESTION)
    for path in QUESTION.rglob("*.*")
    if path.suffix in (".py", ".md") and path.parent != QUESTION
)
NAME, PAGE = "centre_rows", "docs/questions/98-centred-rows.md"


@pytest.fixture
def empty(copied_house) -> Path:
    """A committed copy of the repository."""
    yield copied_house
    subprocess.run(["git", "clean", "-fdq"], cwd=copied_house, check=True)
    subprocess.run(["git", "checkout", "-q", "."], cwd=copied_house, check=True)


@pytest.fixture
def house(empty) -> Path:
    """The copy with the question in it, which is not committed."""
    for piece in PIECES:
        shutil.copy(QUESTION / piece, empty / piece)
    return empty


def answers(folder: Path, *arguments: str) -> tuple[int, list[str]]:
    """The command, run in the copy: its exit code, and the lines that it says."""
    done = python_in(folder, "-c", "from answers.cli import main; main()", *arguments)
    return done.returncode, done.stdout.splitlines()


def pytest_in(folder: Path, *arguments: str) -> tuple[int, str]:
    options = ["-m", "pytest", "-n0", "-q", "-p", "no:cacheprovider"]
    done = python_in(folder, *options, *arguments)
    return done.returncode, done.stdout


def begun(folder: Path) -> set[str]:
    """The files that are new or changed in the copy."""
    listing = ["git", "status", "--porcelain", "--untracked-files=all"]
    listed = subprocess.run(
        listing, cwd=folder, check=True, capture_output=True, text=True
    )
    return {line[3:] for line in listed.stdout.splitlines()}


def marked(folder: Path, files: set[str]) -> set[str]:
    """The file and the line of each mark."""
    return {
        f"{file}:{number}"
        for file in files
        for number, line in enumerate(
            (folder / file).read_text("utf-8").splitlines(), 1
        )
        if MARK in line
    }


BEGIN = (
    *("dev", "new", NAME, "networks.centring"),
    *("--question", "Centred rows", "--number", "98"),
)


def test_a_new_question_is_five_files_and_every_mark_in_them_is_told(empty):
    code, _ = answers(empty, *BEGIN)
    assert code == 0
    files = begun(empty)
    assert len(files) == 5
    assert files == {piece.as_posix() for piece in PIECES}
    code, said = answers(empty, "dev", "check", NAME)
    assert code == 1
    told = [line.partition(f": {MARK}") for line in said[:-1]]
    assert {place for place, _, _ in told} == marked(empty, files)
    assert all(mark for _, mark, _ in told)


def test_a_question_that_is_begun_runs_and_its_site_builds(empty, tmp_path):
    answers(empty, *BEGIN)
    code = f"from answers.grader import catalog; e = catalog.load({NAME!r}); e.ask_reference()"
    assert (
        python_in(empty, "-c", f"{code}; print(e.run(e.reference).passed)").stdout
        == "True\n"
    )
    built = python_in(empty, "-m", "mkdocs", "build", "-q", "-d", str(tmp_path))
    assert built.returncode == 0, built.stdout
    assert (tmp_path / "questions/98-centred-rows/index.html").exists()


def test_in_a_new_room_shapes_are_enforced_at_once(empty):
    options = ("scales.centre", "--room", "--question", "Scales")
    code, _ = answers(empty, "dev", "new", "centre", *options)
    assert code == 0
    assert len(begun(empty)) == 6
    call = "import numpy as np; from answers.scales.centre import centre; centre(np.array('a'))"
    assert "TypeCheckError" in python_in(empty, "-c", call).stdout
    code, said = pytest_in(empty, "tests/test_house.py", "-k", "holds or scales")
    assert code == 0, said
    assert "4 passed" in said


@pytest.mark.parametrize("piece", PIECES, ids=str)
def test_a_piece_that_is_missing_is_told_in_a_sentence_with_its_file(piece, house):
    assert missing(house) == []
    (house / piece).unlink()
    told = missing(house)
    assert any(sentence.endswith(f"write {piece.as_posix()}") for sentence in told)
    assert all("centr" in sentence for sentence in told)


OTHERS = (
    "tests/test_questions.py",
    "tests/grader/test_exercises.py",
    "tests/site/test_live.py",
)


@pytest.mark.parametrize("place", ["answers/networks", "tests/submissions"])
def test_without_one_of_them_the_others_are_still_collected(place, house):
    (gone,) = (p for p in PIECES if p.parent.as_posix() == place)
    (house / gone).unlink()
    _, said = pytest_in(house, *OTHERS, "--collect-only", "--assert=plain")
    assert "test_questions.py::test_nothing_is_missing" in said
    assert "test_exercises.py::test_the_reference_passes[softmax]" in said
    assert "test_live.py::test_one_command_writes_what_the_browser_loads" in said


ELSEWHERE = (
    # These make copies of their own, and would make them of this one.
    "tests/proof/test_affected.py",
    "tests/proof/test_pipeline.py",
    # These change what they meet at random, or need a browser.
    "tests/proof/test_mutation.py",
    "tests/browser",
    # These ask for no list: a new question changes nothing that they see.
    "tests/cli/test_keys.py",
    "tests/grader/test_process.py",
    "tests/proof/test_records.py",
    # These try what a reader does with any question, and not with this one.
    "tests/cli",
    "tests/site/test_zensical.py",
    "tests/test_importing.py",
)
# Of what is asked for each exercise, page or module, the new ones are asked alone.
OWN = "centr or not ["


def test_a_new_question_lacks_an_update_and_is_green_after_it(house, record_property):
    code, said = answers(house, "dev", "check", NAME)
    assert code == 1
    assert len(said) == 2, said
    assert "not up to date; `pytest --update --since HEAD`" in said[0]
    assert PAGE in said[0]

    ignored = [f"--ignore={path}" for path in ELSEWHERE]
    changed = "--update", "--since=HEAD", "-k", OWN
    status, said = pytest_in(house, *ignored, *changed, "-n2", "--assert=plain", "-rA")
    assert status == 0, said
    for file in (
        PAGE,
        "docs/index.md",
        "docs/practice.md",
        "docs/mistakes.md",
        "README.md",
    ):
        assert f"rewrote {file}" in said
    ran = set(re.findall(r"^PASSED (.*?)(?: - .*)?$", said, re.M))
    assert any("test_centring.py::test_agrees_with_pytorch" in test for test in ran)
    assert any("[centre_rows-pytorch]" in test for test in ran)

    start = perf_counter()
    code, said = answers(house, "dev", "check", NAME)
    seconds = round(perf_counter() - start, 1)
    record_property("seconds of dev check", seconds)
    print(f"answers dev check {NAME}: {seconds} s")
    assert (code, len(said)) == (0, 1), said
