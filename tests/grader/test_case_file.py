"""The file with a failing call fails where the judge does, passes where it does, and says why."""

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from answers.grader import case_file, catalog
from answers.grader.exercise import Exercise
from answers.grader.trials import Case

NAMES = catalog.names()
# Files show what NumPy warns of; here it is only noise.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def run(text: str, name: str, function: object) -> dict:
    """What stands in the file's namespace at the end, with this function as the submission."""
    kept = sys.modules.get(name)
    sys.modules[name] = ModuleType(name)
    vars(sys.modules[name])[name] = function
    namespace = {}
    try:
        exec(compile(text, f"{name}_case.py", "exec"), namespace)
    finally:
        sys.modules.pop(name)
        if kept is not None:
            sys.modules[name] = kept
    return namespace


@pytest.mark.parametrize("name", NAMES)
def test_every_known_mistake_fails_the_file_of_the_case_that_it_is_told(name):
    exercise = catalog.load(name)
    for bug in exercise.bugs.values():
        program = bug.programs[0]
        case = next(t.name for t in exercise.trials if t.ask(program).wrong)
        text = case_file.text(exercise, case, Path(f"{name}.py"))
        with pytest.raises(Exception, match=r"(?s).") as raised:
            run(text, name, program)
        assert not isinstance(raised.value, NameError | SyntaxError | ImportError), text


def layout(value: object) -> tuple:
    """Everything about an argument that a function could see."""
    if isinstance(value, np.ndarray):
        # An axis of one entry, and an array without entries, may have any stride.
        strides = [s for s, n in zip(value.strides, value.shape, strict=True) if n > 1]
        return str(value.dtype), value.shape, strides * (value.size > 0), value.tobytes()
    if isinstance(value, dict):
        return tuple((key, layout(each)) for key, each in value.items())
    if type(value).__module__ == "torch":
        return value.dtype, value.requires_grad, *layout(value.numpy(force=True))
    return (type(value), value)


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_passes_every_file_and_gets_the_very_inputs_of_its_case(name):
    exercise = catalog.load(name)
    seen = []

    def recording(*args, **kwargs):
        seen.append((args, kwargs))
        return exercise.reference(*args, **kwargs)

    for trial in exercise.trials:
        seen.clear()
        trial.ask(recording)
        run(case_file.text(exercise, trial.name, Path(f"{name}.py")), name, recording)
        if isinstance(trial, Case):
            (judged, kwargs), (filed, again) = seen
            assert list(map(layout, filed)) == list(map(layout, judged)), trial.name
            assert again.keys() == kwargs.keys()
            assert layout(again) == layout(kwargs)


@pytest.fixture
def summing():
    """A made-up exercise, of which every line of the file can be told."""

    def total(x, y):
        """The sum."""
        return x + y

    exercise = Exercise(total, "a-page", ("Add.",))
    odd = np.array([[0.1, -0.0], [np.nan, np.inf]], np.float32)
    exercise.case("odd numbers", odd, np.array([[1, 2], [3, 4]], np.uint8))
    exercise.case("Fortran order", np.arange(6.0).reshape(2, 3).T, np.zeros((3, 2)))
    return exercise


def test_the_file_is_short_and_says_what_it_is(summing, tmp_path):
    text = case_file.text(summing, "odd numbers", tmp_path / "mine.py")
    assert (
        text
        == '''"""`total`, odd numbers: this goes wrong. Run the file.

Written by `answers check total --case`. It is yours to change.
"""

import copy

import numpy as np

from answers.grader.case_file import check, check_unchanged

from mine import total

x = np.array([[0.1, -0.0],
    [np.nan, np.inf]], dtype=np.float32)
y = np.array([[1, 2],
    [3, 4]], dtype=np.uint8)

expected = np.array([[1.1, 2.0],
    [np.nan, np.inf]], dtype=np.float32)
before = copy.deepcopy([x, y])
result = total(x, y)
check(result, expected, rtol=0.0001)
check_unchanged(before, [x, y])
print("total is right here.")
'''
    )


WRONG = {
    "the result is wrong in 1 of 4 entries: at index (1, 0)": lambda x, y: x + y + [[0, 0], [1, 0]],
    "the result should have shape (2, 2), but has shape (4,)": lambda x, y: (x + y).ravel(),
    "the result is a list": lambda x, y: (x + y).tolist(),
    "array 1 among the arguments was changed": lambda x, y: np.add(x, y, out=x),
    "shape mismatch": lambda x, y: x + np.ones(3),
}


@pytest.mark.parametrize("words", WRONG)
def test_it_fails_with_the_words_of_the_judge(summing, words):
    summing.trials.pop(0)
    summing.case("finite", np.array([[0.5, 1.5], [2.5, 3.5]]), np.array([[1.0, 2], [3, 4]]))
    text = case_file.text(summing, "finite", Path("total.py"))
    with pytest.raises((AssertionError, ValueError)) as raised:
        run(text, "total", WRONG[words])
    assert words in str(raised.value) or "broadcast" in str(raised.value)


def test_no_file_is_written_over_and_the_same_is_not_written_twice(summing, tmp_path):
    mine = tmp_path / "mine.py"
    (tmp_path / "mine_case.py").write_text("my notes")
    path = case_file.write(summing, "odd numbers", mine)
    assert path == tmp_path / "mine_case_2.py"
    assert case_file.write(summing, "odd numbers", mine) == path
    assert case_file.write(summing, "Fortran order", mine) == tmp_path / "mine_case_3.py"
    path.write_text(path.read_text() + "# a note\n")
    assert case_file.write(summing, "odd numbers", mine) == tmp_path / "mine_case_4.py"
    assert (tmp_path / "mine_case.py").read_text() == "my notes"
    assert path.read_text().endswith("# a note\n")


def test_a_file_whose_name_is_no_module_is_loaded_by_its_path(summing, tmp_path):
    (tmp_path / "my answer.py").write_text("def total(x, y):\n    return x + y\n")
    text = case_file.text(summing, "Fortran order", tmp_path / "my answer.py")
    namespace = {}
    exec(text, namespace)
    assert namespace["x"].flags.f_contiguous
    assert not namespace["x"].flags.c_contiguous


def test_there_is_no_file_for_a_case_that_is_not_there(summing):
    with pytest.raises(KeyError, match="total has no case 'importing mine"):
        case_file.text(summing, "importing mine.py")
