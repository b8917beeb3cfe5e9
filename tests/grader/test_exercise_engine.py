"""The judge itself, on exercises made up for the purpose, and on its own reports."""

import functools
import json
from collections.abc import Sequence

import numpy as np
import pytest
from jaxtyping import Int8
from made_up import Exercise

from answers.grader.compare import difference
from answers.grader.exercise import nameless
from answers.grader.mistakes import Mistake
from answers.grader.report import Failure, Report

WEIGHTS = np.array([[1.0, 2.5, -3.0], [0.5, 4.0, 7.0]])


def double(x, shift=0.0):
    """Twice x, and a shift."""
    return 2.0 * x + shift


def moments(x):
    """The mean of x, and its deviations by name."""
    return x.mean(), {
        "above": np.maximum(x - x.mean(), 0),
        "below": np.minimum(x - x.mean(), 0),
    }


def three(x):
    """Three arrays of different shapes."""
    return x, x.T, x[0]


@pytest.fixture
def doubling():
    exercise = Exercise(double, "a-page", ("Add.", "Or multiply."))
    exercise.case("a matrix", WEIGHTS)
    exercise.case("with a shift", WEIGHTS, shift=0.5)
    exercise.case("integers", np.array([3, -2]))
    exercise.case("float32", np.array([0.1, 0.7], np.float32))
    return exercise


@pytest.fixture
def splitting():
    return with_a_matrix(moments, ("mean", "deviations"))


@pytest.fixture
def triple():
    return with_a_matrix(three, ("a", "b", "c"))


def with_a_matrix(function, returns):
    exercise = Exercise(function, "a-page", ("Hint.",), returns=returns)
    exercise.case("a matrix", WEIGHTS)
    return exercise


def message(exercise, function):
    """The first sentence that the function is told, without the call."""
    report = exercise.run(function)
    assert not report.passed
    return report.failures[0].message.partition("]]: ")[2] or report.failures[0].message


def test_of_entries_that_are_equally_far_off_the_first_is_told():
    want = np.array([1.0, 2.0, 0.1])
    got = want + np.array([0.25, 0.25 * (1 + 1e-12), 0.2])
    assert difference(got, want, 1e-8).index == (0,)


def test_a_failure_says_case_call_index_expected_and_got(doubling):
    def wrong(x, shift=0.0):
        y = 2.0 * x + shift
        y[-1, -1] += 1
        return y

    (failure,) = doubling.run(wrong).failures
    assert failure == Failure(
        case="a matrix",
        message="double(x) with x = [[1.0, 2.5, -3.0], [0.5, 4.0, 7.0]]: the result is wrong in "
        "1 of 6 entries: at index (1, 2), expected 14, got 15",
        expected="14",
        got="15",
        index=(1, 2),
    )
    assert str(failure) == f"a matrix: {failure.message}"


@Sequence.register
class Unsized:
    """What counts as a sequence but has no length, as an array without axes may."""

    def __len__(self):
        raise TypeError("len() of unsized object")


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (None, "the result is None; is a `return` missing?"),
        ([[2.0]], "is a list; return a NumPy array; np.array(...) makes one"),
        ((2.0 * WEIGHTS,), "one entry; is there a comma at the end of the `return`?"),
        ((WEIGHTS, WEIGHTS), "the result is a tuple; return a NumPy array"),
        ({"x": WEIGHTS}, "the result is a dict; return a NumPy array"),
        ("14", "the result is text, '14'; return a NumPy array"),
        (print, "the result is a function; call it"),
        ((x for x in [1]), "the result is a generator, because of a `yield`"),
        (object(), "the result is of type object; return a NumPy array"),
        (Unsized(), "the result is of type Unsized; return a NumPy array"),
        (WEIGHTS.astype(object), "of dtype object; make them real numbers (float64)"),
        (WEIGHTS + 0j, "entries of dtype complex128; make them real numbers"),
        (10**30, "entries of dtype object"),
        (WEIGHTS > 0, "is an array of True and False, not of numbers: at index"),
        (WEIGHTS.astype(int), "the result is wrong in 6 of 6 entries: at index (1, 2)"),
        (14.0, "the result should have shape (2, 3), but is a single number"),
        (2.0 * WEIGHTS.T, "but has shape (3, 2); it is the transpose of the right one"),
        (2.0 * WEIGHTS.ravel(), "but has shape (6,); the numbers are right"),
        (WEIGHTS[:1], "should have shape (2, 3), but has shape (1, 3)"),
        (WEIGHTS * np.nan, "in 6 of 6 entries: at index (0, 0), expected 2, got nan"),
        (WEIGHTS * np.inf, "got inf"),
        (6.0 * WEIGHTS, "is 3 times what it should be, in every entry"),
        (0.5 * WEIGHTS, "is 1/4 of what it should be, in every entry"),
        (-2.0 * WEIGHTS, "is the negative of what it should be, in every entry"),
        (6.0 * WEIGHTS + [[0, 0, 1], [0, 0, 0]], "wrong in 6 of 6 entries"),
        (np.float32(2.0000002) * np.float32(WEIGHTS), "float32, which is too coarse"),
        (2.0 * WEIGHTS + 1e-7, "expected 5, got 5.0000001"),
    ],
)
def test_what_came_instead_of_an_array_is_told_in_words(doubling, result, words):
    assert words in message(doubling, lambda x, shift=0.0: result)


def test_integers_that_should_be_other_integers_are_no_reproach():
    want, got = np.array([127, 5], np.int8), np.array([-128, 9], np.int8)
    assert difference(got, want, 1e-8) == (
        "is wrong in 2 of 2 entries: at index 0, expected 127, got -128",
        "127",
        "-128",
        (0,),
    )
    wrong, cut_off = difference(got, want + 0.5, 1e-8), difference(want, want + 0.5, 1e-8)
    assert "fractions" not in wrong.sentence
    assert "is an array of integers (int8), which hold no fractions" in cut_off.sentence


def codes(x) -> Int8[np.ndarray, "..."]:
    """x, rounded to int8."""
    return np.rint(x).astype(np.int8)


def test_the_stub_asks_for_floats_unless_integers_are_to_be_returned(doubling):
    assert "Compute in floats" in doubling.stub()
    assert "Compute in floats" not in Exercise(codes, "a-page", ("Round.",)).stub()


def test_an_async_function_is_told_to_drop_the_async(doubling, recwarn):
    async def wrong(x, shift=0.0):
        return 2.0 * x

    said = message(doubling, wrong)
    assert said == "the result is a coroutine; write `def`, not `async def`"
    assert not recwarn.list


@pytest.mark.parametrize("kind", [np.matrix, np.ma.array, np.ascontiguousarray, np.longdouble])
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_any_array_of_the_right_numbers_passes(doubling, kind):
    def right(x, shift=0.0):
        return kind(2.0 * x + shift) if x.ndim == 2 else 2.0 * x + shift

    assert doubling.run(right).passed


def test_one_number_may_be_of_any_type():
    def total(x):
        """Σ x"""
        return x.sum()

    exercise = Exercise(total, "a-page", ("Add.",))
    exercise.case("a vector", np.array([1.0, 2.0]))
    for right in (3, 3.0, np.float32(3), np.array(3.0), np.int8(3)):
        assert exercise.run(lambda x, right=right: right).passed
    sentence = "should be one number, but has shape (2,); is a sum or a mean missing?"
    assert message(exercise, lambda x: x).endswith(sentence)
    assert message(exercise, lambda x: [3.0]).endswith("a list; return one number")


def test_a_precise_result_of_float32_inputs_passes_and_a_coarse_one_fails(doubling):
    assert doubling.run(lambda x, shift=0.0: 2.0 * x.astype(np.float64) + shift).passed

    def coarse(x, shift=0.0):
        y = 2.0 * x + shift
        return y.astype(np.float16) if x.dtype == np.float32 else y

    assert doubling.run(coarse).failures[0].case == "float32"


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (3.0, "the result is one number; return the tuple (mean, deviations)"),
        (WEIGHTS, "the result is one array; return the tuple (mean, deviations)"),
        ((3.0,), "the result is a tuple of 1; return the tuple (mean, deviations)"),
        ([1, 2, 3], "the result is a list of 3; return the tuple (mean, deviations)"),
        (None, "the result is None; is a `return` missing?"),
        ({}, "the result is a dict; return the tuple (mean, deviations)"),
        ((None, {}), "mean is None; return one number"),
        ((2.0, WEIGHTS), 'is one array; return a dict with the keys "above", "below"'),
        ((2.0, 1.0), "deviations is one number; return a dict with the keys"),
        ((2.0, [WEIGHTS]), "deviations is a list; return a dict with the keys"),
        ((2.0, {}), 'deviations has no key "above", "below"; return a dict'),
        ((2.0, {"above": 1.0, "Below": 0}), 'has no key "below", but "Below"'),
        ((2.0, {"above": None, "below": 0}), 'deviations["above"] is None; return a'),
        (moments(WEIGHTS)[::-1], "are right, but come as (deviations, mean); return"),
    ],
)
def test_what_came_instead_of_a_tuple_or_a_dict_is_told_in_words(splitting, result, words):
    told = [failure.message for failure in splitting.run(lambda x: result).failures]
    assert any(words in each for each in told), told


def test_a_list_for_the_tuple_and_more_keys_than_asked_pass(splitting):
    def right(x):
        mean, deviations = moments(x)
        return [mean, {**deviations, "mean": mean}]

    assert splitting.run(right).passed


@pytest.mark.parametrize(
    ("order", "named"),
    [((1, 0, 2), "(b, a, c)"), ((1, 2, 0), "(b, c, a)"), ((2, 0, 1), "(c, a, b)")],
)
def test_parts_in_another_order_are_told_the_order_in_which_they_came(triple, order, named):
    told = message(triple, lambda x: tuple(three(x)[i] for i in order))
    assert told == f"the parts are right, but come as {named}; return (a, b, c)"


def doubled_shape(*shape):
    """The shape with every size doubled."""
    if min(shape, default=0) < 0:
        raise ValueError("a size is negative")
    return tuple(2 * size for size in shape)


@pytest.fixture
def shapes():
    exercise = Exercise(doubled_shape, "a-page", ("Hint.",), refuses="negative sizes")
    exercise.case("two axes", 2, 3)
    exercise.case("no axis")
    exercise.case("a negative size", 4, -1)

    @exercise.bug
    def nothing_refused(*shape):
        """Nothing is refused. Raise ValueError."""
        return tuple(2 * size for size in shape)

    @exercise.bug
    def no_axis_refused(*shape):
        """No axis is refused. Take any number."""
        if not shape:
            raise ValueError("no axis")
        return doubled_shape(*shape)

    return exercise


@pytest.mark.parametrize("kind", [int, np.int64, np.array])
def test_a_tuple_of_any_integers_passes_and_a_refusal_in_any_words(shapes, kind):
    def right(*shape):
        if any(size < 0 for size in shape):
            raise ValueError(f"{shape} is not what I take: size 3 is different from 4")
        return tuple(kind(2 * size) for size in shape)

    assert shapes.run(right) == Report()


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ((4, 7), "the result should be (4, 6), but is (4, 7)"),
        ((4,), "the result should be (4, 6), but is (4,)"),
        ((), "the result should be (4, 6), but is ()"),
        ((4.0, 6), "the result should be (4, 6), but is (4.0, 6)"),
        ((np.nan, 6), "the result should be (4, 6), but is (nan, 6)"),
        ([4, 6], "the result is a list; return a tuple of integers; tuple(...) makes"),
        (np.array([4, 6]), "is of type ndarray; return a tuple of integers"),
        (4, "the result is of type int; return a tuple of integers"),
        (None, "the result is None; is a `return` missing?"),
    ],
)
def test_what_came_instead_of_a_tuple_of_integers_is_told_in_full(shapes, result, words):
    (failure,) = shapes.run(lambda *shape: result).failures
    assert words in failure.message
    if type(result) is tuple:
        assert failure.expected == "(4, 6)"
        assert failure.got in failure.message


def test_a_result_where_there_should_be_a_refusal_is_told_and_recognised(shapes):
    report = shapes.run(lambda *shape: tuple(size + size for size in shape))
    assert report.bug == "nothing_refused"
    (failure,) = report.failures
    assert failure.message.endswith(
        "the result is (8, -2); it should raise ValueError for negative sizes"
    )
    assert (failure.expected, failure.got) == ("a ValueError", "(8, -2)")


def test_another_error_is_no_refusal(shapes):
    def wrong(*shape):
        assert min(shape, default=0) >= 0, "negative"
        return tuple(2 * size for size in shape)

    report = shapes.run(wrong)
    assert report.bug == "wrong_where_a_ValueError_is_asked_for"
    assert "it raised AssertionError: negative" in report.failures[0].message
    words = "; it should raise ValueError for negative sizes"
    assert report.failures[0].message.endswith(words)


def test_what_returns_several_parts_may_refuse_in_one_error():
    def halves(x):
        """The halves of x."""
        if len(x) % 2:
            raise ValueError("odd")
        return x[: len(x) // 2], x[len(x) // 2 :]

    exercise = Exercise(halves, "a-page", ("Hint.",), returns=("a", "b"), refuses="an odd length")
    exercise.case("two", np.array([1.0, 2.5]))
    exercise.case("three", np.array([1.0, 2.5, 4.0]))
    assert exercise.run(halves).passed
    (told,) = exercise.run(lambda x: (x[: len(x) // 2], x[len(x) // 2 :])).failures
    assert told.case == "three"
    assert "it should raise ValueError for an odd length" in told.message


def test_a_refusal_where_there_should_be_a_result_is_recognised_in_other_words(shapes):
    def wrong(*shape):
        if max(shape) < 0:  # no axis: max() of nothing is a ValueError
            return ()
        return doubled_shape(*shape)

    report = shapes.run(wrong)
    assert report.bug == "no_axis_refused"
    assert "it raised ValueError: max()" in report.failures[0].message


def test_a_call_is_told_as_it_would_be_typed_and_what_is_refused_stands_in_the_stub(
    shapes,
):
    assert [str(trial) for trial in shapes.trials[:2]] == [
        "doubled_shape(2, 3)",
        "doubled_shape()",
    ]
    assert "Raise ValueError for negative sizes." in shapes.stub()
    assert "You need not refuse bad input" not in shapes.stub()


def test_small_inputs_are_told_in_full_and_large_ones_by_shape(masking):
    ones, empty = np.ones(13, np.uint8), np.ones((2, 0))
    masking.case("13", ones, ones, ones, 1)
    masking.case("41", np.ones(41), np.ones(40), np.ones(2), 1)
    masking.case("none", empty, empty, empty, 1)
    masking.case("three long ones", *[np.linspace(0, 1, 20)] * 3, 1)
    told = [str(trial).partition(" with ")[2] for trial in masking.trials[1:]]
    written = "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] of uint8"
    assert told == [
        f"x = {written}, y = {written}, z = {written}, limit = 1",
        "x of shape (41,), y of shape (40,), z = [1.0, 1.0], limit = 1",
        "x of shape (2, 0), y of shape (2, 0), z of shape (2, 0), limit = 1",
        "x of shape (20,), y of shape (20,), z of shape (20,), limit = 1",
    ]


def test_who_refuses_what_is_not_to_be_refused_is_told_what_is(shapes):
    def wrong(*shape):
        if 1 in shape or min(shape, default=0) < 0:
            raise ValueError("no")
        return doubled_shape(*shape)

    shapes.trials.clear()
    shapes.case("a one", 1, 3)
    (failure,) = shapes.run(wrong).failures
    assert "it raised ValueError: no, in line " in failure.message
    assert failure.message.endswith("; ValueError is for negative sizes, and there is none here")


def test_numbers_that_are_close_are_told_with_as_many_digits_as_tell_them_apart(doubling):
    doubling.trials.clear()
    doubling.case("close", np.array([1 + 1e-9, 1 + 2e-9, 1 / 3]))
    doubling.case("apart", np.array([2 / 3, 1 / 3]))
    told = [str(case).partition(" = ")[2] for case in doubling.cases]
    assert told == ["[1.000000001, 1.000000002, 0.3333333333]", "[0.666667, 0.333333]"]


def test_a_factor_is_claimed_only_if_it_explains_every_entry(doubling):
    doubling.trials.clear()
    doubling.case("a zero", np.array([1.0, 2.0, 0.0]))
    assert "is 2 times" in message(doubling, lambda x: 4.0 * x)
    assert "wrong in 3 of 3" in message(doubling, lambda x: 4.0 * x + (x == 0))


def test_a_right_part_is_not_blamed_for_a_wrong_one(triple):
    (failure,) = triple.run(lambda x: (x, x.T, x[1])).failures
    assert failure.message.partition("]]: ")[2].startswith("c is wrong")


def test_an_input_that_was_changed_is_named_and_spoils_no_later_run(doubling):
    def wrong(x, shift=0.0):
        x *= 2
        return x + shift

    said = message(doubling, wrong)
    assert said.startswith("it changed its argument `x`; work on a copy")
    # Its copies of the arguments were its own.
    assert doubling.run(double).passed


def test_an_input_put_back_but_for_the_last_digit_counts_as_unchanged(doubling):
    def right(x, shift=0.0):
        y = 2.0 * x + shift
        x += np.asarray(0.1).astype(x.dtype)
        x -= np.asarray(0.1).astype(x.dtype)
        return y

    assert doubling.run(right).passed


def looked_up(table, values, name):
    """The value of an entry of the table."""
    return values[table[name][0]]


@pytest.fixture
def looking_up():
    exercise = Exercise(looked_up, "a-page", ("Hint.",))
    table, values = {"y": ("b", "a")}, {"b": np.array([1.0, 2.5]), "a": np.array(3)}
    exercise.case("few numbers", table, values, "y")
    exercise.case("many numbers", table, {**values, "b": np.ones((14, 13))}, "y")
    return exercise


def test_dicts_and_texts_among_the_arguments_are_told(looking_up):
    told = [str(trial) for trial in looking_up.trials]
    call = "looked_up(table, values, name) with table = {'y': ('b', 'a')}, values = "
    assert told == [
        f"{call}{{'b': [1.0, 2.5], 'a': 3}}, name = 'y'",
        f"{call}{{'b': shape (14, 13), 'a': 3}}, name = 'y'",
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values["a"].fill(4),
        lambda values: values["b"].sort() or values["b"].__isub__(1),
        lambda values: values.pop("a"),
        lambda values: values.update(c=1),
        lambda values: values.update(a=np.array(4)),
    ],
)
def test_a_dict_that_was_changed_is_named(looking_up, change):
    def changing(table, values, name):
        result = values[table[name][0]].copy()
        change(values)
        return result

    assert "it changed its argument `values`;" in message(looking_up, changing)
    assert looking_up.run(looked_up) == Report()


def test_an_exception_is_told_with_the_line_of_the_learners_own_code(doubling):
    def helper(x):
        return x @ x

    def wrong(x, shift=0.0):
        return helper(x)

    told = message(doubling, wrong)
    assert told.startswith("it raised ValueError: matmul: Input operand 1 has a mis")
    assert "gufunc" not in told
    line = helper.__code__.co_firstlineno + 1
    assert told.endswith(f"in line {line} of your code: `return x @ x`")


@pytest.mark.parametrize(
    "error", [SystemExit(3), RecursionError("too deep"), MemoryError(), KeyError("x")]
)
def test_whatever_is_raised_is_a_failure(doubling, error):
    def wrong(x, shift=0.0):
        raise error

    assert f"it raised {type(error).__name__}" in message(doubling, wrong)


def test_the_learners_ctrl_c_stops_the_judge(doubling):
    def wrong(x, shift=0.0):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        doubling.run(wrong)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda: 1, "it cannot be called like this (too many positional arguments)"),
        (lambda x, y, shift=0.0: 1, "(missing a required argument: 'y')"),
        (lambda y: 2.0 * y, "argument 'shift'); keep the signature"),
    ],
)
def test_a_signature_that_does_not_fit_is_shown(doubling, function, words):
    told = message(doubling, function)
    assert words in told
    assert "yours is <lambda>(" in told


def test_parameters_may_have_other_names_and_more_defaults(doubling):
    assert doubling.run(lambda array, shift=0.0, more=None: 2.0 * array + shift).passed


def test_what_is_no_function_is_told_so(doubling):
    (failure,) = doubling.run(WEIGHTS).failures
    assert failure.message == "`double` is of type ndarray; it must be a function"


def test_callable_objects_partials_and_ufuncs_are_judged(doubling):
    class Twice:
        __hash__ = None  # as an object that compares by its fields

        def __call__(self, x, shift=0.0):
            return 2.0 * x + shift

    assert doubling.run(Twice()).passed
    assert doubling.run(functools.partial(double)).passed
    assert not doubling.run(np.negative).passed
    assert not doubling.run(functools.partial(double, y=1)).passed


def test_numpy_error_states_neither_warn_nor_change_the_verdict(doubling):
    def right(x, shift=0.0):
        np.log(x - x)
        return 2.0 * x + shift

    with np.errstate(all="raise"):
        assert doubling.run(right).passed


@pytest.fixture
def with_bugs(doubling):
    @doubling.bug
    def not_doubled(x, shift=0.0):
        """It is not doubled. Double it."""
        return x + shift

    @doubling.bug(power=(2, 3))
    def raised_to_a_power(x, shift=0.0, power=2):
        """It is raised to a power. Double it."""
        return x**power + shift

    @doubling.bug
    def shift_ignored(x, shift=0.0):
        """The shift is ignored. Add it."""
        return 2.0 * x

    @doubling.bug
    def overflows(x, shift=0.0):
        """Matrices overflow. Do not divide."""
        return x / (x.ndim < 2) + shift if x.ndim > 1 else 2.0 * x + shift

    return doubling


def test_a_bug_is_recognised_however_it_is_written(with_bugs):
    report = with_bugs.run(lambda x, shift=0.0: np.add(x, shift))
    assert report == with_bugs.run(lambda x, shift=0.0: np.add(x, shift))
    assert report.bug == "not_doubled"
    assert report.diagnosis == "It is not doubled. Double it."
    report = with_bugs.run(lambda x, shift=0.0: x * x * x + shift)
    assert report.bug == "raised_to_a_power"


def test_an_exercise_that_is_handed_nothing_to_name_failures_gives_no_name(with_bugs):
    with_bugs.diagnose = nameless
    report = with_bugs.run(lambda x, shift=0.0: np.add(x, shift))
    assert not report.passed
    assert (report.bug, report.diagnosis) == (None, None)


def test_pythons_arithmetic_errors_are_numpys_inf_and_nan(with_bugs):
    for wrong in (
        lambda x: [v / 0 for v in x.ravel().tolist()],
        lambda x: 2.0 * x * np.nan,
    ):
        report = with_bugs.run(
            lambda x, shift=0.0, wrong=wrong: wrong(x) if x.ndim > 1 else 2.0 * x + shift
        )
        assert report.bug == "overflows"


def test_two_mistakes_are_told_one_at_a_time(with_bugs):
    report = with_bugs.run(lambda x, shift=0.0: x)
    assert report.bug == "not_doubled"
    assert {failure.case for failure in report.failures} == {"a matrix"}
    assert with_bugs.run(lambda x, shift=0.0: 2.0 * x).bug == "shift_ignored"


def test_no_bug_is_named_that_would_spoil_what_is_right(triple):
    @triple.bug
    def all_doubled(x):
        """All are doubled. Do not."""
        return tuple(2.0 * part for part in three(x))

    assert triple.run(lambda x: (2 * x, 2 * x.T, 2 * x[0])).bug == "all_doubled"
    assert triple.run(lambda x: (x, 2.0 * x.T, x[0])).bug == "constant_factor"


def test_all_wrong_parts_are_told_and_first_those_that_the_bug_explains(triple):
    triple.case("another matrix", 2 * WEIGHTS + 1)
    triple.case("a matrix of zeros and ones", 1.0 * (WEIGHTS > 1))

    @triple.bug
    def b_and_c_doubled(x):
        """b and c are doubled. Do not."""
        return x, 2.0 * x.T, 2.0 * x[0]

    report = triple.run(lambda x: (x + x[0, 0] ** 2, 2.0 * x.T, 2.0 * x[0]))
    assert report.bug == "b_and_c_doubled"
    told = [failure.message.rpartition("]]: ")[2] for failure in report.failures]
    assert [message[0] for message in told] == ["b", "c", "a"]
    assert "b is 2 times what it should be" in told[0]


def test_a_check_is_told_by_its_docstring_after_the_cases(doubling):
    @doubling.check
    def keeps_the_sign_of_zero(double):
        """Twice -0.0 must be
        -0.0."""
        return np.signbit(double(np.array(-0.0)))

    assert doubling.run(lambda x, shift=0.0: 2.0 * x + shift).failures == (
        Failure("keeps the sign of zero", "Twice -0.0 must be -0.0."),
    )
    assert doubling.run(lambda x, shift=0.0: x).failures[0].case == "a matrix"


def test_an_exception_in_a_check_is_told_with_the_learners_line(doubling):
    @doubling.check
    def takes_scalars(double):
        """A 0-d array must be taken."""
        return double(np.array(1.0)) == 2

    namespace = {}
    code = "\n\ndef double(x, shift=0.0):\n    return 2.0 * x[:] + shift"
    exec(compile(code, "double.py", "exec"), namespace)
    (failure,) = doubling.run(namespace["double"]).failures
    assert failure.message.startswith("it raised IndexError")
    assert failure.message.endswith("in line 4 of your code")


def test_a_bug_can_be_recognised_by_the_check_it_fails(doubling):
    @doubling.check
    def takes_zero(double):
        """Zero must be doubled too."""
        return double(np.zeros(2)).shape == (2,)

    @doubling.bug
    def zero_refused(x, shift=0.0):
        """Zeros are dropped. Keep them."""
        return 2.0 * x + shift if x.any() else np.zeros(0)

    report = doubling.run(lambda x, shift=0.0: x + x + shift if x.any() else x[:0])
    assert report.bug == "zero_refused"
    assert report.failures[0].case == "takes zero"


REPORT = Report((Failure("a", "b", "1", "2", (0, 3)), Failure("c", "d")), "a_bug", "Repair it.")


def test_a_report_names_all_cases_and_those_that_went_wrong(doubling):
    @doubling.check
    def is_odd(function):
        """It is not odd."""
        return function(np.array(-1.0)) == -function(np.array(1.0))

    names = "a matrix", "with a shift", "integers", "float32", "is odd"
    right, wrong = doubling.run(double), doubling.run(lambda x, shift=0.0: 2.0 * np.abs(x) + shift)
    assert (right.cases, right.wrong) == (names, ())
    assert (wrong.cases, wrong.wrong) == (names, ("a matrix", "with a shift", "integers", "is odd"))
    again = Report.from_dict(json.loads(json.dumps(wrong.to_dict())))
    assert (again.cases, again.wrong) == (wrong.cases, wrong.wrong)


def test_a_report_survives_json():
    assert Report.from_dict(json.loads(json.dumps(REPORT.to_dict()))) == REPORT
    assert Report.from_dict(json.loads(json.dumps(Report().to_dict()))) == Report()
    assert Report().passed
    assert not REPORT.passed


def damaged(**changes):
    return {**json.loads(json.dumps(REPORT.to_dict())), **changes}


def with_failure(**changes):
    return damaged(failures=[{**damaged()["failures"][0], **changes}])


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        "passed",
        {"failures": []},
        damaged(more=1),
        *(damaged(failures=each) for each in (None, "none", [None], [{}], [])),
        damaged(bug=3),
        damaged(diagnosis=["x"]),
        damaged(cases=None),
        damaged(cases=[1]),
        damaged(wrong=["not tried"]),
        with_failure(case=None),
        with_failure(message=1),
        with_failure(expected=2.0),
        with_failure(index="01"),
        with_failure(index=[0.5]),
        with_failure(index=[True]),
        with_failure(more=1),
    ],
)
def test_what_is_no_report_is_refused(data):
    with pytest.raises(ValueError, match=r"report|failure"):
        Report.from_dict(data)


def area_and_edge(x, y):
    """The area and the circumference of a rectangle."""
    area = x * y
    edge = 2 * (x + y)
    return area, edge


@pytest.fixture
def to_fix():
    exercise = Exercise(area_and_edge, "a-page", ("Hint.",), returns=("area", "edge"))
    exercise.case("a square of 2", np.array(2.0), np.array(2.0))
    exercise.case("3 by 5", np.array(3.0), np.array(5.0))
    exercise.plant(
        Mistake("halved", "2 * (x + y)", "x + y", "It is half. Double it."),
        Mistake("sides_added", "x * y", "x + y", "They are added. Multiply."),
    )
    return exercise


def test_the_file_of_an_exercise_to_fix_is_the_solution_with_every_mistake(to_fix):
    assert to_fix.stub().endswith("    area = x + y\n    edge = x + y\n    return area, edge\n")
    assert "answers check area_and_edge" in to_fix.stub()
    assert "x * y" in to_fix.solution()


@pytest.mark.parametrize(
    ("repairs", "bug", "case"),
    [
        ({}, "halved", "a square of 2"),
        ({"edge = x + y": "edge = 2 * (x + y)"}, "sides_added", "3 by 5"),
        ({"area = x + y": "area = x * y"}, "halved", "a square of 2"),
    ],
)
def test_the_first_mistake_that_is_left_is_told(to_fix, repairs, bug, case):
    code = to_fix.stub()
    for wrong, right in repairs.items():
        code = code.replace(wrong, right)
    namespace = {}
    exec(code, namespace)
    report = to_fix.run(namespace["area_and_edge"])
    assert (report.bug, report.failures[0].case) == (bug, case)


def test_a_repair_in_other_words_passes(to_fix):
    assert to_fix.run(lambda x, y: (y * x, x + x + y + y)).passed


def test_a_mistake_that_a_repair_may_make_is_named_and_does_not_stand_in_the_file(to_fix):
    before = to_fix.stub()
    to_fix.know(Mistake("one_side", "2 * (x + y)", "2 * x + y", "One side is missing. Add it."))
    assert to_fix.stub() == before
    report = to_fix.run(lambda x, y: (x * y, x + x + y))
    assert (report.bug, report.diagnosis) == ("one_side", "One side is missing. Add it.")


@pytest.mark.parametrize(("right", "times"), [("x - y", 0), ("x", 3)])
@pytest.mark.parametrize("add", [Exercise.plant, Exercise.know])
def test_a_mistake_that_has_no_single_place_is_refused(to_fix, add, right, times):
    mistake = Mistake("lost", right, "y", "It is lost. Find it.")
    with pytest.raises(ValueError, match=f"what lost replaces stands {times} times"):
        add(to_fix, mistake)


def above(x, y, z, limit):
    """Where x + y + z is above a limit."""
    return x + y + z > limit


@pytest.fixture
def masking():
    exercise = Exercise(above, "a-page", ("Hint.",))
    exercise.case("three", *[np.array([3.0, 1.0, 0.5])] * 3, 3)
    return exercise


@pytest.mark.parametrize(
    ("compare", "words"),
    [
        (
            np.greater_equal,
            "wrong in 1 of 3 entries: at index 1, expected False, got True",
        ),
        (
            np.less_equal,
            "the opposite of what it should be, in every entry: at index 0",
        ),
        (np.fmax, "wrong in 3 of 3 entries: at index 0, expected True, got 9"),
    ],
)
def test_a_wrong_mask_is_told_in_true_and_false_and_a_number_argument_by_its_value(
    masking, compare, words
):
    said = message(masking, lambda x, y, z, limit: compare(x + y + z, limit))
    numbers = "x = [3.0, 1.0, 0.5], y = [3.0, 1.0, 0.5], z = [3.0, 1.0, 0.5], limit = 3"
    call = f"above(x, y, z, limit) with {numbers}: the result "
    assert said.startswith(f"{call}is {words}")


def test_a_mask_of_ones_and_zeros_is_right_in_numbers(masking):
    assert masking.run(lambda x, y, z, limit: 1.0 * (x + y + z > limit)).passed
