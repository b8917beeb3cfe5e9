"""Programs that are right in each case, and not when they are asked again."""

import functools

import numpy as np
import pytest
import torch
from made_up import Exercise

from answers.grader import again, case_file, catalog
from answers.grader.parts import is_tensor

NAMES = catalog.names()
WITH_ARRAYS = [name for name in NAMES if catalog.load(name).to_refill]
OF_NUMPY = [
    name
    for name in WITH_ARRAYS
    if not any(map(is_tensor, again.arrays(catalog.load(name).to_refill.args)))
]


def solution(name):
    """Ours as a learner would write it: it refuses less."""
    namespace = {}
    exec(compile(catalog.load(name).solution(), f"{name}.py", "exec"), namespace)
    return namespace[name]


def test_each_exercise_with_arrays_has_a_case_to_refill():
    judged = {name: [c for c in catalog.load(name).cases if c.is_judged] for name in NAMES}
    given = [name for name in NAMES if any(again.arrays(case.args) for case in judged[name])]
    assert given == WITH_ARRAYS


def remembering(function, key):
    """The function with a memo: a call whose arguments have the same key is not computed again."""
    memo = {}

    @functools.wraps(function)
    def remembered(*args, **kwargs):
        asked = tuple(map(key, args)), str(kwargs)
        if asked not in memo:
            memo[asked] = function(*args, **kwargs)
        return memo[asked]

    return remembered


def identity(value):
    """The `id` of an array, and of the arrays of a dict; the text of all else."""
    if isinstance(value, dict):
        return str({key: identity(each) for key, each in value.items()})
    return id(value) if again.arrays(value) else str(value)


def sharing(function):
    """The function with one array for all results of a shape."""
    shared = {}

    def put(value, *place):
        if isinstance(value, tuple):
            return tuple(put(each, *place, i) for i, each in enumerate(value))
        if isinstance(value, dict):
            return {key: put(each, *place, key) for key, each in value.items()}
        if not isinstance(value, np.ndarray | np.generic | float | int):
            return value
        value = np.asarray(value)
        array = shared.setdefault((place, value.shape, value.dtype.str), np.empty_like(value))
        array[...] = value
        return array

    return functools.wraps(function)(lambda *args, **kwargs: put(function(*args, **kwargs)))


def told(name, program):
    """The name that a program is told; it is not right."""
    report = catalog.load(name).run(program)
    assert not report.passed, f"answers/exercises/{name}.py: such a program passes"
    return report.bug


@pytest.mark.parametrize("name", WITH_ARRAYS)
def test_a_memo_by_the_id_of_an_array_fails(name):
    # A check makes arrays of its own, one after the other.
    bug = told(name, remembering(solution(name), identity))
    assert bug in ("an_old_result_returned", "a_property_fails")


@pytest.mark.parametrize("name", WITH_ARRAYS)
def test_a_memo_by_the_text_of_an_array_fails(name):
    bug = told(name, remembering(solution(name), str))
    assert bug in ("an_old_result_returned", "all_scores_at_once")


@pytest.mark.parametrize("name", OF_NUMPY)
def test_one_array_for_all_results_fails(name):
    # A check may keep two results, too.
    assert told(name, sharing(solution(name))) in ("an_earlier_result_changed", "a_property_fails")


@pytest.mark.parametrize("name", OF_NUMPY)
def test_a_program_for_contiguous_arrays_alone_fails(name):
    function = solution(name)

    @functools.wraps(function)
    def contiguous(*args, **kwargs):
        whole = all(array.flags.c_contiguous for array in again.arrays(args))
        return function(*args, **kwargs) if whole else 7

    told(name, contiguous)


def without_negatives(x):
    """x with 0 for each negative number."""
    return np.where(x < 0, 0, x)


@pytest.fixture
def clipping():
    exercise = Exercise(without_negatives, "a-page", ("Hint.",))
    exercise.case("a matrix", np.array([[1.5, -2.0, 3.0], [-0.5, 4.0, -7.0]]))
    exercise.case("a wide one", np.array([[1.5, -2.0, 3.0, 6.5], [-0.5, 4.0, -7.0, 2.5]]))
    exercise.case("a vector", np.array([1.5, -2.0]))
    return exercise


def through_ravel(x):
    out = np.array(x)
    out.ravel()[np.flatnonzero(x < 0)] = 0
    return out


def in_the_order_of_memory(x):
    return np.maximum(x.ravel("K"), 0).reshape(x.shape)


@pytest.mark.parametrize("program", [through_ravel, in_the_order_of_memory])
def test_an_order_in_memory_is_told_as_a_case_that_runs_by_itself(clipping, program):
    report = clipping.run(program)
    (failure,) = report.failures
    case = "a matrix, in Fortran order in memory"
    assert (report.bug, failure.case) == ("depends_on_the_order_in_memory", case)
    assert report.cases[-1:] == report.wrong == (case,)
    code = case_file.text(clipping, case)
    namespace = {"without_negatives": program}
    with pytest.raises(AssertionError, match="the result is wrong in"):
        exec(code, namespace)
    exec(code, {"without_negatives": without_negatives})


def test_a_gap_in_memory_is_told_as_a_case_that_runs_by_itself(clipping):
    def bits(x):
        return without_negatives(x) if x.flags.forc else x

    report = clipping.run(bits)
    assert report.wrong == ("a wide one, with gaps in memory",)
    with pytest.raises(AssertionError, match="the result is wrong in"):
        exec(case_file.text(clipping, *report.wrong), {"without_negatives": bits})


def test_what_a_program_remembers_and_what_it_writes_into_are_told_in_words(clipping):
    report = clipping.run(remembering(without_negatives, identity))
    (failure,) = report.failures
    assert failure.case == "a matrix, asked again"
    assert "at index (1, 1), expected 4, got 0" in failure.message
    assert report.diagnosis.startswith("The result belongs to other numbers, which the same array")
    report = clipping.run(sharing(without_negatives))
    assert report.failures[0].case == "a matrix, looked at again"
    assert report.diagnosis.startswith("The result was right, and a later call has written into it")


def test_a_dict_that_is_returned_in_every_call_is_told():
    def parts(x):
        """Twice x and its square, by name."""
        return {"double": 2 * x, "square": x * x}

    exercise = Exercise(parts, "a-page", ("Hint.",))
    exercise.case("three numbers", np.array([1.0, 3.0, 4.0]))
    kept = {}

    def one_dict(x):
        kept.update(parts(x))
        return kept

    assert exercise.run(one_dict).bug == "an_earlier_result_changed"


@pytest.mark.parametrize(
    "program",
    [
        lambda x: np.maximum(x, 0),
        # A view of the argument, where nothing is negative.
        lambda x: x if (x >= 0).all() else without_negatives(x),
        remembering(without_negatives, lambda x: (x.tobytes(), x.shape)),
    ],
)
def test_a_right_program_passes(clipping, program):
    assert clipping.run(program).passed


def test_arrays_are_printed_in_part_only_while_it_is_asked_again(clipping):
    printed = []

    def kept(x):
        printed.append((str(x), str(torch.from_numpy(x))))
        return without_negatives(x)

    assert clipping.run(kept).passed
    in_part = [["..." in text for text in texts] for texts in printed]
    assert in_part.count([True, True]) == 2
    assert in_part.count([False, False]) == len(in_part) - 2
    assert "..." not in str(np.arange(9)) + str(torch.arange(9))


def test_what_is_kept_of_a_larger_input_shows_when_a_smaller_one_comes_again():
    kept = []

    def rows_of_the_largest(length):
        if not kept or len(kept[0]) < length:
            kept[:] = [np.tri(length, dtype=bool)]
        return kept[0][:length].copy()

    assert told("causal_mask", rows_of_the_largest) == "another_answer_to_the_same_input"
