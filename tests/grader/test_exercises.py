"""What every exercise promises, whatever it asks for: a new one is tested by being there."""

import ast
import inspect
import itertools
import json
import re
import subprocess
import sys
from collections import Counter
from copy import copy
from functools import cache

import numpy as np
import pytest
from kept_answers import kept, noted
from made_up import Exercise
from ruff import find_ruff_bin

from answers.grader import catalog
from answers.grader.exercise import nameless
from answers.grader.notes import REFUSED
from answers.grader.parts import is_tensor
from answers.grader.report import Report
from answers.grader.trials import Check
from answers.pages import ROOT, pages
from answers.proof import kill_matrix
from answers.site.modules import runs_here

NAMES = catalog.names()
FIX_IT = [name for name in NAMES if name.startswith("fix_")]
TO_WRITE = [name for name in NAMES if name not in FIX_IT]
WITHOUT_TORCH = [name for name in NAMES if runs_here(name)]


def in_exercise(name, what):
    """What is wrong with an exercise, as `answers dev check` says it."""
    return f"answers/exercises/{name}.py: {what}"


def in_answers(name, what):
    """What is wrong with the answers to it that are kept."""
    return f"tests/submissions/{name}.py: {what}"


@cache
def judged(name, answer):
    """The report on a wrong answer that is kept, without its name, which takes long to find."""
    exercise = copy(catalog.load(name))
    exercise.diagnose = nameless
    function, _ = kept(name)[1][answer]
    return exercise.run(function)


def function_in(code, name):
    """The function of that name in a file that the learner may have."""
    namespace = {}
    exec(compile(code, f"{name}.py", "exec"), namespace)
    return namespace[name]


@pytest.mark.parametrize("name", NAMES)
def test_file_and_function_have_the_name_that_the_page_lists(name):
    exercise = catalog.load(name)
    assert exercise.name == exercise.reference.__name__ == name, in_exercise(
        name, f"it asks for `{exercise.name}`; file and function have one name"
    )
    page = {page.path.stem: page for page in pages()}.get(exercise.page)
    assert page, in_exercise(name, f"there is no page {exercise.page}; mend `page=`")
    assert name in page.exercises, (
        f"docs/questions/{exercise.page}.md: list {name} under `exercises`"
    )
    assert bool(exercise.mistakes) == name.startswith("fix_"), in_exercise(
        name, "an exercise whose file is to be repaired is called fix_…, and no other is"
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_passes(name):
    exercise = catalog.load(name)
    report = exercise.run(exercise.reference)
    assert report == Report(), in_exercise(name, f"its own answer does not pass: {told(report)}")


def told(report):
    """The first thing that a report says."""
    said = [*report.failures, *report.notes]
    return f"{said[0].case}: {said[0].message}" if said else "nothing"


@pytest.mark.parametrize(
    ("name", "answer"), [(name, answer) for name in NAMES for answer in kept(name)[0]]
)
def test_a_right_answer_written_differently_passes_with_a_note_or_without(name, answer):
    report = catalog.load(name).run(kept(name)[0][answer])
    assert report.passed, in_answers(
        name,
        f"`{answer}` does not pass; mend it, or list it in WRONG if it is wrong: {told(report)}",
    )
    assert report.bug is None
    assert (report.notes != ()) == (answer in noted(name)), in_answers(
        name, f"NOTED has the answers that pass with a note; `{answer}` is told {told(report)}"
    )


@pytest.mark.parametrize(
    ("name", "answer"), [(name, answer) for name in NAMES for answer in kept(name)[1]]
)
@pytest.mark.filterwarnings("ignore:All-NaN slice:RuntimeWarning")
def test_a_wrong_answer_fails_and_is_told_the_bug_it_has(name, answer):
    function, named = kept(name)[1][answer]
    report = catalog.load(name).run(function)
    assert not report.passed, in_answers(
        name, f"`{answer}` stands in WRONG, but passes; add a case that it fails, or mend it"
    )
    assert report.bug == named, in_answers(
        name,
        f"`{answer}` is told {report.bug!r}, and WRONG says {named!r}; if that is true of it: "
        f"answers dev check {name} --keep",
    )
    assert Report.from_dict(json.loads(json.dumps(report.to_dict()))) == report


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_six_wrong_answers_agree_with_ours_in_half_of_the_cases_or_more(name):
    reports = ((answer, judged(name, answer)) for answer in reversed(kept(name)[1]))
    subtle = (a for a, each in reports if each.wrong and 2 * len(each.wrong) <= len(each.cases))
    found = [*itertools.islice(subtle, 6)]
    assert len(found) == 6, in_answers(
        name,
        f"wrong answers that are right in half of the cases or more: {len(found)} "
        f"({', '.join(found) or 'none'}); write six such, which go wrong at one shape, one type of "
        "number, a tie, an option",
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_every_check_fails_for_a_wrong_answer_that_is_right_in_half_of_the_cases(name):
    """Else it may be one that nothing fails, such as a count of calls that judging makes itself."""
    left = {trial.name for trial in catalog.load(name).trials if isinstance(trial, Check)}
    for answer in kept(name)[1] if left else ():
        report = judged(name, answer)
        if 2 * len(report.wrong) <= len(report.cases):
            left -= {*report.wrong}
    assert not left, in_answers(
        name,
        f"no wrong answer that is nearly right fails: {' and '.join(left)}; keep one that does",
    )


@pytest.mark.parametrize("name", NAMES)
def test_six_right_answers_three_bugs_two_to_four_hints_and_names_that_differ(name):
    exercise = catalog.load(name)
    right, wrong = map(len, kept(name))
    assert right >= 6, in_answers(
        name, f"right answers, written differently: {right}; write six or more"
    )
    assert wrong >= 12, in_answers(name, f"wrong answers: {wrong}; write twelve or more")
    bugs = len(exercise.bugs)
    assert bugs >= 3, in_exercise(
        name, f"mistakes known by name: {bugs}; add three or more that people make"
    )
    times = Counter(trial.name for trial in exercise.trials)
    twice = [each for each in times if times[each] > 1]
    assert not twice, in_exercise(name, f"two cases are called {' and '.join(twice)}; rename one")
    hints = len(exercise.hints)
    assert 2 <= hints <= 4, in_exercise(name, f"hints: {hints}; give two to four")
    for hint in exercise.hints:
        assert hint.strip() == hint, in_exercise(name, f"spaces around the hint {hint!r}")
        assert len(hint) > 20, in_exercise(name, f"the hint {hint!r} is too short to help")


@pytest.mark.parametrize("name", NAMES)
def test_no_hint_is_a_line_of_the_solution(name):
    exercise = catalog.load(name)
    lines = {line.strip() for line in exercise.solution().splitlines() if " = " in line}
    given = [line for line in lines for hint in exercise.hints if line in hint]
    assert not given, in_exercise(name, f"a hint gives a line of the solution away: {given}")


@pytest.mark.parametrize("name", NAMES)
def test_every_diagnosis_is_one_or_two_sentences(name):
    exercise = catalog.load(name)
    texts = [bug.diagnosis for bug in exercise.bugs.values()]
    texts += [trial.complaint.text for trial in exercise.trials if isinstance(trial, Check)]
    for text in texts:
        count = len(re.findall(r"[.?!](?= [A-Z`]|$)", text))
        assert 1 <= count <= 2, in_exercise(
            name, f"a diagnosis has one or two sentences, and this has {count}: {text}"
        )
        assert text.endswith("."), in_exercise(name, f"a diagnosis ends with a full stop: {text}")


@pytest.mark.parametrize("name", TO_WRITE)
def test_the_stub_runs_alone_and_is_told_that_it_is_not_written(name):
    exercise = catalog.load(name)
    report = exercise.run(function_in(exercise.stub(), name))
    (failure,) = report.failures
    assert failure.message.count("not written yet") == 1, in_exercise(
        name, f"the file to begin with is told {failure.message!r} instead of: not written yet"
    )
    assert report.bug is None
    assert report.wrong == report.cases, in_exercise(name, "what is not written passes in cases")


@pytest.mark.parametrize("name", FIX_IT)
def test_in_whatever_order_it_is_repaired_the_first_mistake_left_is_told_and_shown(
    name,
):
    """Every combination of the mistakes is a program of the bug that comes first in it. The case
    that is shown is one that this bug fails by itself."""
    exercise = catalog.load(name)
    planted = [exercise.bugs[mistake.name] for mistake in exercise.mistakes]
    programs = [p for bug in planted for p in bug.programs]
    assert len({program.mistakes for program in programs}) == (2 ** len(exercise.mistakes) - 1)
    stub = function_in(exercise.stub(), name)
    assert exercise.run(stub).bug == exercise.mistakes[0].name
    for bug in planted:
        alone = kill_matrix.found_by(exercise, bug.programs[0])
        for program in bug.programs:
            assert program.mistakes[0].name == bug.name
            assert kill_matrix.found_by(exercise, program) == alone


@pytest.mark.parametrize("name", FIX_IT)
def test_a_mistake_to_fix_changes_the_code_and_neither_signature_nor_docstring(name):
    exercise = catalog.load(name)
    right = ast.parse(exercise.solution())
    for mistake in exercise.mistakes:
        wrong = ast.parse(exercise.with_mistakes((mistake,)))
        assert ast.dump(wrong) != ast.dump(right)
        for ours, theirs in zip(wrong.body, right.body, strict=True):
            if isinstance(ours, ast.FunctionDef):
                assert ast.dump(ours.args) == ast.dump(theirs.args)
                assert ast.get_docstring(ours) == ast.get_docstring(theirs)


@pytest.mark.parametrize("name", NAMES)
def test_the_stub_keeps_the_signature_and_imports_no_more_than_it_names(name):
    exercise = catalog.load(name)
    stub = function_in(exercise.stub(), name)
    assert str(inspect.signature(stub)) == str(inspect.signature(exercise.reference))
    assert "--8<--" not in exercise.stub()
    tree = ast.parse(exercise.stub())
    imported = {
        alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    named = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    named |= set(re.findall(r"\w+", stub.__doc__.partition(">>>")[2]))
    unused = imported - named - set(re.findall(r"`(\w+)`", stub.__doc__))
    assert not unused, in_exercise(
        name, f"the file to begin with imports {unused}, which neither it nor its docstring names"
    )


@pytest.mark.parametrize("name", NAMES)
def test_stub_and_solution_are_clean_code(name, tmp_path):
    exercise = catalog.load(name)
    (tmp_path / "stub.py").write_text(exercise.stub(), "utf-8")
    (tmp_path / "solution.py").write_text(exercise.solution(), "utf-8")
    config = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    # F401: NumPy is there for the code to come, and for the docstring's examples.
    for command in (["check", "--ignore", "F401"], ["format", "--diff"]):
        ruff = [find_ruff_bin(), *command, *config, str(tmp_path)]
        done = subprocess.run(ruff, capture_output=True, text=True)
        assert done.returncode == 0, in_exercise(
            name,
            "what is cut out for the learner is not clean; mend it where it stands: "
            f"{' '.join(done.stdout.split())}",
        )


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_runs_alone_and_passes(name):
    exercise = catalog.load(name)
    report = exercise.run(function_in(exercise.solution(), name))
    unasked = {case.name for case in exercise.cases if case.noted is REFUSED}
    assert report.passed, in_exercise(
        name, f"its solution, cut out of its file, does not pass: {told(report)}"
    )
    assert {note.case for note in report.notes} <= unasked
    assert "--8<--" not in exercise.solution()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("answer", [None, "0.5", {}, [], (), object(), print, np.array(["a"]), 1j])
def test_an_answer_of_any_other_kind_gets_a_sentence(name, answer):
    report = catalog.load(name).run(lambda *args, **kwargs: answer)
    assert not report.passed
    assert report.bug not in catalog.load(name).bugs
    assert len(report.failures[0].message) > 40
    assert "\n" not in (report.diagnosis or "")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_an_answer_of_nan_or_infinity_fails(name, value):
    exercise = catalog.load(name)

    def poisoned(*args, **kwargs):
        return poison(exercise.reference(*args, **kwargs), value)

    report = exercise.run(poisoned)
    assert not report.passed, in_exercise(name, f"an answer of {value} passes")
    assert str(value) in report.failures[0].got


def poison(result, value):
    """The same structure with every number replaced."""
    if isinstance(result, tuple):
        return tuple(poison(part, value) for part in result)
    if isinstance(result, dict):
        return {key: poison(part, value) for key, part in result.items()}
    if is_tensor(result):
        return result * 0 + value
    return np.full(np.shape(result), value)


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_of_the_last_call_fails(name):
    """A function that answers each call with its previous result is a stale cache."""
    exercise = catalog.load(name)
    results = []

    def stale(*args, **kwargs):
        results.append(exercise.reference(*args, **kwargs))
        return results[-2] if len(results) > 1 else results[0]

    assert not exercise.run(stale).passed, in_exercise(
        name, "a function that returns its previous result passes; let the cases differ"
    )


def test_every_question_has_an_exercise_that_runs_in_a_browser():
    assert [page.title for page in pages() if not {*page.exercises} & {*WITHOUT_TORCH}] == []


def test_what_runs_in_a_browser_loads_neither_pytorch_nor_sympy():
    code = (
        "import sys; from answers.grader import catalog\n"
        f"for name in {WITHOUT_TORCH}: catalog.load(name)\n"
        "print([name for name in ('torch', 'sympy', 'scipy', 'typer') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "uint32", "int64", "uint64"])
def test_votes_of_every_type_of_integer_are_counted(dtype):
    """101 items of 3 classes are 303 cells, and the last of them has no vote for class 2."""
    item = np.arange(101).astype(dtype)
    label = np.array([2, 1, 0])[np.arange(101) % 2 + 1].astype(dtype)
    found = catalog.load("majority_vote").reference(item, item, label, 3)
    assert found.tolist() == label.tolist()


def test_an_unknown_name_is_told_the_closest():
    with pytest.raises(KeyError, match="did you mean softmax"):
        catalog.load("sofmax")
    with pytest.raises(KeyError, match=r"there are \w+, "):
        catalog.load("zzz")


@pytest.mark.parametrize("name", NAMES)
def test_each_known_mistake_is_told_by_its_name(name):
    wrong = kill_matrix.misnamed(catalog.load(name))
    assert not wrong, "\n".join(wrong)


def test_a_mistake_that_passes_or_is_taken_for_another_is_told():
    exercise = Exercise(catalog.load("affine").reference, "a-page", ("Hint.",))
    exercise.case("one example", np.ones((1, 2)), np.ones((2, 1)), np.ones(1))

    @exercise.bug
    def one(x, w, b):
        """It is |1|. Compute it."""
        return np.ones((1, 1))

    assert kill_matrix.misnamed(exercise) == []
    table = kill_matrix.table(exercise)
    assert table.endswith("\n| one | It is \\|1\\|. Compute it. | one example |")

    @exercise.bug
    def harmless(x, w, b):
        """Nothing is wrong. Leave it."""
        return x @ w + b

    @exercise.bug
    def also_one(x, w, b):
        """It is 1 too. Compute it."""
        return np.ones((1, 1))

    beginnings = [sentence.partition(";")[0] for sentence in kill_matrix.misnamed(exercise)]
    assert beginnings == [
        "answers/exercises/affine.py: harmless passes",
        "answers/exercises/affine.py: also_one is taken for one",
    ]
    with pytest.raises(ValueError, match="no case of affine fails this program"):
        kill_matrix.table(exercise)
