"""`answers dev check`: what is missing comes in sentences, each of which names a file."""

from types import SimpleNamespace

import pytest
from command_line import run

from answers.grader import catalog
from answers.grader.exercise import Exercise
from answers.pages import ROOT, pages
from answers.proof import check_question
from answers.proof.check_question import (
    OF_CODE,
    OF_DERIVATIONS,
    OF_EXERCISE,
    OF_PAGE,
    WHOLE,
    Chosen,
    code_of,
    mistakes,
    names_of,
    ruff,
    said_by,
    sentences,
)
from answers.proof.keep_names import with_names

TESTS = [*OF_CODE, *OF_EXERCISE, *OF_PAGE, *OF_DERIVATIONS, WHOLE]


@pytest.mark.parametrize("test", TESTS)
def test_the_tests_that_it_runs_are_there(test):
    assert (ROOT / test).is_file()


def test_a_mark_is_told_with_its_line_and_with_what_to_fill_in(tmp_path, monkeypatch):
    monkeypatch.setattr(check_question, "ROOT", tmp_path)
    path = tmp_path / "a.py"
    path.write_text('"""FILL IN: a sentence."""\n\nx = 1  # FILL IN\ny = 2\n')
    assert check_question.marks([path, tmp_path / "none.py"]) == [
        "a.py:1: FILL IN: a sentence",
        "a.py:3: FILL IN: x = 1  # FILL IN",
    ]


@pytest.mark.parametrize(
    ("test", "message", "said"),
    [
        (
            "tests/a.py::test_b[c]",
            "docs/d.md: mend it\nhow\ndocs/e.md:7: mend it",
            ["docs/d.md: mend it", "docs/e.md:7: mend it"],
        ),
        (
            "docs/d.md::line 3",
            "docs/d.md:4: f()\nanswers/f.py:9: return x\nNameError: x",
            ["docs/d.md:4: f(): NameError: x"],
        ),
        ("docs/d.md::line 3", "docs/d.md:4: x == 1 (2, 1)", ["docs/d.md:4: x == 1 (2, 1)"]),
        (
            "tests/a.py::test_two_is_one[c]",
            "",
            ["tests/a.py: it is not so that two is one; to see it: pytest 'tests/a.py::test_two"],
        ),
        (
            "tests/a.py",
            "no\nway",
            ["tests/a.py: it is not so that it is collected, AssertionError: no; to see it: "],
        ),
    ],
)
def test_a_failed_test_is_told_in_sentences_that_name_a_file(test, message, said):
    found = sentences(test, AssertionError(message))
    assert len(found) == len(said)
    assert all(one.startswith(other) for one, other in zip(found, said, strict=True))


def test_an_error_that_names_a_file_is_told_as_it_is():
    assert said_by(ValueError("06-a.md: the front matter lacks `topic`\nmore"), "") == (
        "06-a.md: the front matter lacks `topic`"
    )
    told = said_by(NameError("x"), "answers/exercises/a.py cannot be loaded")
    assert told == "answers/exercises/a.py cannot be loaded: NameError: x"


def case(file, **params):
    parametrized = {"callspec": SimpleNamespace(params=params)} if params else {}
    return SimpleNamespace(path=ROOT / file, **parametrized)


@pytest.mark.parametrize(
    ("item", "chosen"),
    [
        (case(OF_EXERCISE[0], name="softmax", answer="x"), True),
        (case(OF_EXERCISE[0], name="affine"), False),
        (case(OF_EXERCISE[0]), False),
        (case(OF_CODE[0], module="answers.probability.softmax", name="x"), True),
        (case(OF_PAGE[0], page=pages()[5].path), True),
        (case(OF_PAGE[0], page=pages()[5]), True),
        (case(OF_PAGE[0], page=pages()[6].path), False),
        (case("tests/cards/test_cards.py", page=pages()[5]), True),
        (case("tests/cards/test_cards.py", page=pages()[6]), False),
        (case("tests/proof/test_shown_docstrings.py", page=pages()[5].path), True),
        (case("tests/proof/test_shown_docstrings.py", page=pages()[6].path), False),
        (case(OF_DERIVATIONS[0], name="softmax.jacobian"), True),
        (case(OF_DERIVATIONS[0], name="softmaximum.jacobian"), False),
        (case(WHOLE), True),
        (case("tests/probability/test_softmax.py", shape=(1, 2)), True),
    ],
)
def test_of_the_tests_of_all_questions_those_of_this_one_are_chosen(item, chosen):
    assert Chosen(names_of("softmax", pages()[5])).is_about(item) is chosen


def test_the_code_is_the_module_of_the_function_and_its_tests():
    found = [path.relative_to(ROOT).as_posix() for path in code_of(catalog.load("softmax"))]
    assert found == ["answers/probability/softmax.py", "tests/probability/test_softmax.py"]
    assert code_of(catalog.load("fix_the_layers")) == []


def test_ruff_names_the_file_and_what_to_do(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("import os\n\nx = [ 1]\n")
    told = [line.partition("a.py")[2] for line in ruff([path, ROOT / "README.md"])]
    assert told == [
        ":1:8: F401 [*] `os` imported but unused; `ruff check --fix` may mend it",
        ": `ruff format` formats it",
    ]


def test_a_mistake_that_passes_is_told_with_the_file():
    assert mistakes(catalog.load("affine")) == []
    exercise = Exercise(catalog.load("affine").reference, "a-page", ("Hint.",))
    exercise.trials += catalog.load("affine").trials[:1]

    @exercise.bug
    def harmless(x, w, b):
        """Nothing is wrong. Leave it."""
        return x @ w + b

    (told,) = mistakes(exercise)
    assert told.startswith("answers/exercises/affine.py: harmless passes; add a case")


KEPT = '''\
"""Answers."""

import numpy as np


def no_bias(x, w, b):
    return x @ w


def odd(x, w, b):
    return x @ w + b if x.shape[0] > 1 else np.zeros((1, 1))


WRONG = {
    no_bias: None,  # a comment
    odd: (
        "something"
    ), lambda x, w, b: x @ w - b: "no_bias",
}
'''


def test_the_names_that_wrong_answers_are_told_are_written_down_and_nothing_else():
    kept = with_names(KEPT, "affine")
    assert '    no_bias: "no_bias",  # a comment\n' in kept
    assert 'lambda x, w, b: x @ w - b: "bias_subtracted",\n' in kept
    assert '"something"' not in kept
    assert with_names(kept, "affine") == kept
    with pytest.raises(ValueError, match=r"^tests/submissions/affine\.py: it has no table `WRONG"):
        with_names("RIGHT = {}\n", "affine")


@pytest.mark.parametrize(
    ("found", "code", "last"),
    [
        ([], 0, "softmax lacks nothing, after 0 s. Then: pytest --update --since HEAD"),
        (["a.py: one"], 1, "softmax lacks 1 thing, after 0 s."),
        (["a.py: one", "b.md: two"], 1, "softmax lacks 2 things, after 0 s."),
    ],
)
def test_each_sentence_is_a_line_and_the_exit_code_says_whether_there_was_one(
    found, code, last, monkeypatch
):
    monkeypatch.setattr(check_question, "lacks", lambda name: found)
    assert run("dev", "check", "softmax", code=code).output.splitlines() == [*found, last]


def test_of_an_exercise_that_lacks_nothing_it_is_told_what_its_stub_leaves_out(monkeypatch):
    monkeypatch.setattr(check_question, "lacks", lambda name: [])
    left_out = 'The stub leaves out "How:" of the docstring, which tells the answer.'
    for name, told in (("softmax", []), ("cosine_schedule", [left_out])):
        assert run("dev", "check", name).output.splitlines()[:-1] == told
        assert "How:" not in catalog.load(name).stub()


def test_an_unknown_exercise_is_told_the_closest():
    assert "did you mean softmax?" in run("dev", "check", "sofmax", code=2).output
