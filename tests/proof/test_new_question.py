"""`answers dev new` writes files that run, in the form of those that are there.

That a question which it begins is found whole once it is filled in, tests/question_21 shows.
"""

import ast
import re
import shutil

import pytest
from command_line import run

from answers import cli, pages
from answers.pages import ROOT, read
from answers.proof import new_question
from answers.proof.templates import MARK


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A repository with two rooms, one page and one exercise."""
    for name in (
        "answers/networks/__init__.py",
        "answers/probability/softmax.py",
        "answers/exercises/softmax.py",
        "docs/questions/06-softmax-cross-entropy.md",
        "tests/probability/test_softmax.py",
        "tests/submissions/softmax.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for module in (pages, new_question):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    return tmp_path


def written(root, *arguments, **options) -> dict[str, str]:
    """The texts of the files that were written."""
    begun = new_question.begin(*arguments, **options)
    return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in begun}


def test_a_question_is_five_files_and_each_has_marks(root):
    texts = written(root, "max_norm", "networks.norms", question="What's a “norm”: $5?")
    assert list(texts) == [
        "answers/networks/norms.py",
        "tests/networks/test_norms.py",
        "answers/exercises/max_norm.py",
        "tests/submissions/max_norm.py",
        "docs/questions/07-what-s-a-norm-5.md",
    ]
    for name, text in texts.items():
        assert MARK in text
        if name.endswith(".py"):
            assert ast.get_docstring(ast.parse(text))
    page = read(root / "docs/questions/07-what-s-a-norm-5.md")
    assert (page.number, page.title) == (7, "What's a “norm”: $5?")
    assert page.text.startswith(f"\n# {page.title}\n")
    assert (page.modules, page.exercises) == (["networks.norms"], ["max_norm"])


def test_an_exercise_on_code_that_is_there_keeps_its_signature_and_joins_its_page(root):
    texts = written(root, "log_softmax", "probability.softmax")
    assert len(texts) == 3
    exercise, answers = (
        texts[f"{folder}/log_softmax.py"] for folder in ("answers/exercises", "tests/submissions")
    )
    assert 'page="06-softmax-cross-entropy"' in exercise
    for text in (exercise, answers):
        assert re.search(r"^def \w+\(x, axis=-1\):\n", text, re.M)
        assert "log_softmax(x, axis)" in text
    page = read(root / "docs/questions/06-softmax-cross-entropy.md")
    names = ["softmax", "logsumexp", "cross_entropy", "log_softmax"]
    assert page.exercises == names
    assert "```exercise\n" + "".join(f"{name}\n" for name in names) + "```\n" in page.text
    old = (ROOT / page.path.relative_to(root)).read_text("utf-8")
    assert texts["docs/questions/06-softmax-cross-entropy.md"].count("\n") == old.count("\n") + 1


def test_an_exercise_that_its_page_lists_already_is_not_listed_twice(root):
    page = root / "docs/questions/06-softmax-cross-entropy.md"
    text = page.read_text("utf-8").replace("logsumexp, ", "logsumexp, log_softmax, ", 1)
    page.write_text(text.replace("logsumexp\n", "logsumexp\nlog_softmax\n"), "utf-8")
    before = page.read_text("utf-8")
    written(root, "log_softmax", "probability.softmax", page=6)
    assert page.read_text("utf-8") == before
    assert before.count("\nlog_softmax\n") == 1


def test_a_new_page_on_code_that_is_there_calls_it_with_all_that_it_must_be_passed(root):
    code = "def scaled(x, gain, *, eps=1e-5):\n    return gain * x + eps\n"
    (root / "answers/networks/scales.py").write_text(code)
    texts = written(root, "scaled", "networks.scales", question="Scales", number=9)
    page = "docs/questions/09-scales.md"
    exercise, answers = "answers/exercises/scaled.py", "tests/submissions/scaled.py"
    assert list(texts) == [exercise, answers, page]
    for name in (exercise, answers):
        assert re.search(r"^def \w+\(x, gain, \*, eps=1e-05\):\n", texts[name], re.M)
        assert "scaled(x, gain, eps=eps)" in texts[name]
    assert "for _ in range(2)]" in texts[exercise]
    assert "print(scaled(x, x))" in texts[page]
    assert read(root / page).number == 9


def test_a_new_room_is_one_file_more(root):
    texts = written(root, "max_norm", "training.norms", question="Norms", room=True)
    assert len(texts) == 6
    assert MARK in ast.get_docstring(ast.parse(texts["answers/training/__init__.py"]))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["RMS", "networks.norms"], "'RMS' is no name of a function"),
        (["softmax", "networks.norms"], "to see what it lacks: answers dev check softmax"),
        (["max_norm", "networks"], "'networks' is no module of a room: write ROOM.MODULE"),
        (["max_norm", "geometry.norms"], "no room geometry; there are networks, probability, and"),
        (["max_norm", "networks.norms", "--room"], "the room networks is there; leave out --room"),
        (["max_norm", "site.norms", "--room"], "the room site is there; leave out --room"),
        (["max_norm", "networks.norms"], "no page alone shows networks.norms; say which gets"),
        (["max_norm", "networks.norms", "--page", "9"], "no page has the number 9; say which"),
        (["max_norm", "networks.norms", "--question", "?"], "'?' is no title"),
        (
            ["max_norm", "networks.norms", "--question", "Norms", "--number", "6"],
            "docs/questions/06-softmax-cross-entropy.md has the number 6: give another",
        ),
        (["max_norm", "networks.norms", "--number", "7"], "a new page: add --question TITLE"),
        (["max_norm", "probability.softmax"], "softmax.py defines no max_norm: write it first"),
        (["max_norm", "networks.softmax"], "tests/probability/test_softmax.py has tests of that"),
    ],
)
def test_what_cannot_be_begun_is_refused_in_a_sentence_and_nothing_is_written(
    root, arguments, said
):
    before = {path: path.read_bytes() for path in root.rglob("*.*")}
    told = run("dev", "new", *arguments, code=2).output
    assert said in " ".join(told.split())
    assert {path: path.read_bytes() for path in root.rglob("*.*")} == before


def test_no_file_is_written_over(root):
    answers = root / "tests/submissions/max_norm.py"
    answers.write_text("# mine\n")
    with pytest.raises(ValueError, match=r"tests/submissions/max_norm\.py is there; move it away"):
        new_question.begin("max_norm", "networks.norms", question="Norms")
    assert answers.read_text() == "# mine\n"
    assert not (root / "answers/networks/norms.py").exists()


def test_the_command_names_each_file_and_what_to_do_next(root):
    told = run("dev", "new", "log_softmax", "probability.softmax").output
    assert told.splitlines() == [
        "Wrote answers/exercises/log_softmax.py",
        "Wrote tests/submissions/log_softmax.py",
        "Changed docs/questions/06-softmax-cross-entropy.md",
        "Fill in what is marked; then: answers dev check log_softmax",
    ]


def test_elsewhere_the_command_says_that_it_needs_a_checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "ROOT", tmp_path)
    told = run("dev", "check", "softmax", code=2).output
    assert "this is an installed package: clone the repository, and run it there" in told


def test_without_the_tests_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(cli.dev, "find_spec", lambda name: name == "pytest" or None)
    told = run("dev", "check", "softmax", code=2).output
    assert "`answers dev` needs ruff and mkdocs; in " in told
    assert 'pip install -e ".[test]"' in told
