"""What is said of a wrong result that no bug explains, and when it is not said."""

import math
from copy import copy
from dataclasses import replace

import numpy as np
import pytest
from kept_answers import kept
from made_up import Exercise

from answers.grader import catalog
from answers.grader.trials import Case

RNG = np.random.default_rng(3)
MATRICES = [RNG.normal(size=shape) for shape in ((3, 3), (4, 5), (6, 2))]


SALT = RNG.normal(size=99)


def itself(x, y=None, shift=0.0):
    """x, shifted."""
    return x + shift


def shares(x):
    """Each row divided by its sum."""
    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)


def total(x):
    """Σ x, or a mean."""
    return x.sum(axis=0)


def waves(x):
    """x + cos 5x."""
    return x + np.cos(5 * x)


def exercise_of(function, *inputs):
    exercise = Exercise(function, "a-page", ("Hint.",))
    for number, x in enumerate(inputs):
        exercise.case(f"input {number}", x)
    return exercise


def bent(x):
    """One entry of x changed."""
    y = x.copy()
    y.flat[1] += 0.25
    return y


SEEN = [
    ("constant_factor", itself, lambda x: 2 * x, "is 2 times what it should be"),
    ("constant_factor", itself, lambda x: x / 2, "is 1/2 of what it should be"),
    ("constant_factor", itself, lambda x: x / math.log(2), "nats taken for bits"),
    ("constant_factor", itself, lambda x: 0.3 * x, "is 0.3 times"),
    ("factor_of_a_size", itself, lambda x: len(x) * x, "n is the size of axis 0 of `x`"),
    ("factor_of_a_size", total, lambda x: x.mean(axis=0), "1/n of what it should be"),
    ("factor_of_a_size", itself, lambda x: x * len(x) ** 0.5, "is √n times what it should be"),
    ("factor_of_a_size", itself, lambda x: x / len(x) ** 0.5, "is 1/√n of what it should be"),
    ("sign", itself, lambda x: -x, "is the negative of what it should be"),
    ("transposed", itself, lambda x: x.T, "with its last two axes exchanged"),
    ("in_another_order", itself, lambda x: x[np.argsort(x[:, 0] ** 2)], "not in their order"),
    ("in_another_order", itself, lambda x: np.sort(x), "not in their order along the last axis"),
    ("reversed", itself, lambda x: x[:, ::-1], "along the last axis"),
    ("complement", shares, lambda x: 1 - shares(x), "is 1 minus what it should be"),
    ("square", shares, lambda x: shares(x) ** 2, "is the square of"),
    ("logarithm", shares, lambda x: np.log(shares(x)), "is the logarithm of"),
    ("constant_offset", itself, lambda x: x + 0.5, "is 0.5 more than it should be"),
    ("truncated_to_integers", itself, lambda x: (9 * x).astype(int), None),
    ("rounded", itself, lambda x: x.round(3), "rounded to 3 decimals"),
    ("negative_cut_off", itself, lambda x: np.maximum(x, 0), "0 where that is negative"),
    ("absolute_value", itself, abs, "is the absolute value of"),
    ("some_signs", itself, lambda x: x * np.sign(x[:, :1] + 0.1), "in some signs wrong"),
    ("cut_off", itself, lambda x: np.minimum(x, 0.5), "is 0.5 wherever it should exceed that"),
    ("in_float32", itself, lambda x: x.astype(np.float32), "is float32 in its digits"),
    ("nearly_right", itself, lambda x: x * (1 + 1e-6 * np.sin(x)), "the largest error is"),
    ("right_numbers_in_another_shape", total, lambda x: x.sum(axis=0)[None], "not in its shape"),
    ("sum_missing", total, lambda x: x, "is not reduced: its sum over an axis"),
    ("sum_too_many", itself, lambda x: x.sum(axis=0), "is the sum over an axis of"),
    ("one_entry_too_few", itself, lambda x: x[:-1], "missing at the end"),
    ("goes_on", itself, lambda x: np.vstack([x, 0 * x[:2]]), "and goes on with zeros behind that"),
    ("goes_on", itself, lambda x: np.vstack([x, x[:2]]), "and goes on behind that, in"),
    ("right_only_in_the_first_row", itself, lambda x: np.vstack([x[:1], 0.3 * x[1:] ** 2]), None),
    ("wrong_only_in_the_last_row", itself, lambda x: np.vstack([x[:-1], x[-1:] ** 2]), None),
    ("wrong_only_in_the_last_column", itself, lambda x: np.c_[x[:, :-1], x[:, -1] ** 2], None),
    ("the_same_everywhere", itself, lambda x: 0 * x, "is 0 in every entry"),
    ("sum_is_not_1", shares, lambda x: np.exp(x) / np.exp(1.1 * x).sum(axis=0), "not of sum 1"),
    ("too_large", waves, lambda x: waves(x) + 0.1 + np.sin(9 * x) ** 2, "is too large wherever"),
    ("too_small", waves, lambda x: waves(x) - 0.1 - np.sin(9 * x) ** 2, "is too small wherever"),
]  # fmt: skip


def itself_in_tens(x):
    """9 x."""
    return 9 * x


@pytest.mark.parametrize(("name", "function", "wrong", "words"), SEEN)
def test_a_relation_is_seen_and_said(name, function, wrong, words):
    function = itself_in_tens if name == "truncated_to_integers" else function
    report = exercise_of(function, *MATRICES).run(wrong)
    assert report.bug == name
    assert (words or "") in report.diagnosis
    assert "The usual cause: " in report.diagnosis


@pytest.mark.parametrize(("name", "function", "wrong", "words"), SEEN)
def test_a_relation_that_one_entry_breaks_is_not_said_of_all(name, function, wrong, words):
    function = itself_in_tens if name == "truncated_to_integers" else function
    changed = exercise_of(function, *MATRICES).run(lambda x: bent(wrong(x)))
    assert not changed.passed
    # What was bent stands in the gap, or beside what is said.
    still_true = {
        "too_small",
        "too_large",
        "right_only_in_the_first_row",
        "sum_is_not_1",
    }
    assert changed.bug != name or name in still_true


def test_a_sum_of_nothing_is_a_number():
    def weighed(x, weights):
        """Σ w x."""
        return (x * weights).sum(axis=1)

    exercise = Exercise(weighed, "a-page", ("Hint.",))
    for number, x in enumerate([*MATRICES, np.ones((4, 0))]):
        exercise.case(f"input {number}", x, np.arange(x.shape[1]) + 0.5)
    added = exercise.run(lambda x, weights: sum(w * x[:, j] for j, w in enumerate(weights)))
    assert added.bug == "zero_of_nothing"
    assert "the number 0, and no array, where an argument is empty" in added.diagnosis
    assert exercise.run(lambda x, w: (x * w).sum()).bug != "zero_of_nothing"


def test_a_relation_that_most_inputs_show_says_in_how_many():
    def twice(x):
        return 2 * x if len(x) < 6 else bent(x)

    report = exercise_of(itself, *MATRICES).run(twice)
    assert report.bug == "constant_factor"
    assert "in 2 of the 3 inputs that fail" in report.diagnosis


def test_half_of_the_inputs_is_the_least():
    def twice(x):
        return 2 * x if len(x) < 4 else bent(x)

    assert exercise_of(itself, *MATRICES).run(twice).bug is None


def test_a_bug_that_explains_everything_goes_before_a_relation():
    exercise = exercise_of(itself, *MATRICES)

    @exercise.bug
    def doubled(x):
        """It is doubled. Do not."""
        return 2 * x

    assert exercise.run(lambda x: x + x).bug == "doubled"
    assert exercise.run(lambda x: 3 * x).bug == "constant_factor"


def test_inputs_that_fail_alone_are_told_by_what_only_they_have():
    exercise = exercise_of(itself, *MATRICES, np.array([3, 1, 2]), 1e5 * MATRICES[1])
    integers = exercise.run(lambda x: x / 3 + bent(1.0 * x) if x.dtype == int else x)
    assert integers.bug == "wrong_where_x_holds_integers"
    assert (
        "The result is wrong in 1 of 5 inputs: in the one input that fails, " in integers.diagnosis
    )
    large = exercise.run(lambda x: np.where(abs(x).max() > 700, np.nan, x))
    assert large.bug == "wrong_for_numbers_that_are_large"
    assert "holds nan or inf" in large.diagnosis


def test_an_answer_to_other_inputs_is_told():
    def surprise(p, q):
        """p log p/q."""
        return p * np.log(p / q)

    exercise = Exercise(surprise, "a-page", ("Hint.",))
    p, q = (shares(x) for x in MATRICES[1:2] * 2)
    exercise.case("two", p, q[::-1])
    exercise.case("two others", q[:2], p[2:])
    report = exercise.run(lambda p, q: q * np.log(q / p))
    assert report.bug == "arguments_exchanged"
    assert "`p` and `q` exchanged" in report.diagnosis


def test_one_number_is_no_answer_to_other_inputs_where_these_spoil_what_is_right():
    def gap(p, q):
        """The mean of p - q, and how far it varies."""
        return (p - q).mean(), (p - q).std()

    exercise = Exercise(gap, "a-page", ("Hint.",), returns=("mean", "spread"))
    for x in MATRICES:
        exercise.case(f"{len(x)} rows", x, x[::-1] ** 2)
    report = exercise.run(lambda p, q: ((p - q).mean(), 0 * (p - q).std()))
    assert report.bug == "the_same_for_all_inputs"
    assert exercise.run(lambda p, q: gap(p, p)).bug == "q_for_p"


def test_a_value_that_other_inputs_have_by_default_is_not_what_a_failing_one_has_alone():
    exercise = exercise_of(itself, *MATRICES)
    exercise.case("shifted", MATRICES[0], None, 1.5)
    exercise.case("a row", RNG.normal(size=(1, 3)), None, 0.0)

    def no_single_row(x, y=None, shift=0.0):
        if len(x) == 1:
            raise IndexError("index 1 is out of bounds")
        return x + shift

    report = exercise.run(no_single_row)
    assert not report.passed
    assert "`shift` is 0.0" not in (report.diagnosis or "")


def test_where_one_value_alone_is_right_what_it_hides_is_looked_for():
    exercise = Exercise(itself, "a-page", ("Hint.",))
    for number, x in enumerate(MATRICES):
        exercise.case(f"no shift {number}", x, shift=0.0)
        exercise.case(f"shift {number}", x, shift=1.5 + number)
    report = exercise.run(lambda x, y=None, shift=0.0: x + shift**2 * np.cos(x))
    assert report.bug == "wrong_except_where_shift_is_0.0"
    assert "makes no difference at this value" in report.diagnosis


def test_a_root_of_one_size_is_no_factor_of_it():
    exercise = exercise_of(itself, *MATRICES[:1], 2 * MATRICES[0])
    assert exercise.run(lambda x: 3**0.5 * x).bug == "constant_factor"


def test_only_where_one_number_is_right():
    def safe(x):
        """x log x, 0 at 0."""
        return np.where(x > 0, x * np.log(np.where(x > 0, x, 1)), 0.0)

    exercise = exercise_of(safe, np.array([0.5, 0.0, 0.25]), np.array([0.0, 0.125]))
    report = exercise.run(lambda x: x * np.log(x))
    assert report.bug == "wrong_only_where_it_should_be_0"
    assert "there it is nan" in report.diagnosis


def test_a_changed_argument_is_a_name_and_nan_that_stays_is_no_change():
    exercise = exercise_of(itself, *MATRICES, np.array([1.0, np.nan]))

    def in_place(x):
        x *= 2
        return x / 2

    report = exercise.run(in_place)
    assert report.bug == "an_argument_changed"
    assert "4 inputs came back changed" in report.diagnosis
    assert exercise.run(lambda x: x.copy()).passed


def two_parts(x):
    """x, and sums of powers."""
    return x, np.exp(x).sum(axis=0)


@pytest.mark.parametrize(
    ("wrong", "name", "words"),
    [
        (
            lambda x: (x, np.sin(np.exp(x).sum(axis=0))),
            "wrong_only_in_sums",
            "a mistake in the lines that compute sums alone",
        ),
        (lambda x: (np.exp(x).sum(axis=0), x), "parts_in_another_order", "come as (sums, entries)"),
        (lambda x: (x, [1.0]), "a_result_of_another_kind", "sums is a list"),
        (lambda x: x, "a_result_of_another_kind", "The result is one array"),
        (lambda x: (x, np.sin(3 * x.sum()) if len(x) > 3 else [1.0]), None, ""),
    ],
)
def test_which_parts_are_wrong_and_of_what_kind_is_said(wrong, name, words):
    exercise = Exercise(two_parts, "a-page", ("Hint.",), returns=("entries", "sums"))
    for number, x in enumerate(MATRICES):
        exercise.case(f"input {number}", x)
    report = exercise.run(wrong)
    assert report.bug == name
    assert words in (report.diagnosis or "")


def test_parts_that_are_wrong_in_different_inputs_are_not_called_wrong_in_all():
    def three_parts(x):
        """x, sums and largest entries."""
        return x, np.exp(x).sum(axis=0), x.max(axis=0)

    def one_after_the_other(x):
        first, second, third = three_parts(x)
        return first if len(x) > 4 else np.sin(9 * x), np.sin(9 * second), third

    exercise = Exercise(three_parts, "a-page", ("Hint.",), returns=("entries", "sums", "most"))
    for number, x in enumerate(MATRICES):
        exercise.case(f"input {number}", x)
    report = exercise.run(one_after_the_other)
    assert report.bug == "wrong_not_in_most"
    assert report.diagnosis.startswith("entries or sums is wrong in every input that fails, and")


def test_what_is_not_compared_is_not_called_right():
    torch = pytest.importorskip("torch")

    def scaled(x):
        """x, and 2 x."""
        return x, 2 * x

    exercise = Exercise(scaled, "a-page", ("Hint.",), returns=("one", "two"))
    for size in (3, 4):
        exercise.case(f"{size}", torch.linspace(0.1, 1, size, requires_grad=True))
    report = exercise.run(lambda x: (x, 2 * x + torch.sin(9 * x).detach()))
    assert report.bug == "wrong_only_in_two"
    assert "gradient" not in report.diagnosis


def test_counts_truth_values_and_what_is_dropped_have_names():
    def counts(x):
        """How often each of 0, 1 and 2 comes, in floats."""
        return np.bincount(x, minlength=3) * 1.0

    labels = [np.array(each) for each in ([2, 2, 0], [1, 0, 1, 1], [0, 0, 2, 2, 2, 1, 1])]

    def once(x):
        found = np.zeros(3)
        found[x] += 1
        return found

    told = {
        "counted_once": once,
        "true_or_false_for_numbers": lambda x: counts(x) > 1,
        "zeros_dropped": lambda x: counts(x)[counts(x) > 0],
        "the_same_for_all_inputs": lambda x: np.array([4.0, 1.0, 3.0]),
    }
    for name, program in told.items():
        assert exercise_of(counts, *labels, np.array([1, 1])).run(program).bug == name


def test_a_first_failure_that_is_only_a_changed_argument_is_no_matter():
    def in_place(x):
        y = waves(x)
        if len(x) > 3:
            y += SALT[: x.size].reshape(x.shape)
        x += 1
        return y

    inputs = [RNG.normal(size=(size, 2)) for size in (2, 3, 4, 5, 6)]
    assert exercise_of(waves, *inputs).run(in_place).bug == "an_argument_changed"


def test_half_precision_is_told_by_its_digits():
    for kind in (np.float16, np.float32):
        report = exercise_of(waves, *MATRICES).run(lambda x, kind=kind: waves(x).astype(kind))
        assert report.bug == ("in_half_precision" if kind is np.float16 else "in_float32")


def test_float32_is_told_by_its_type_where_digits_cancel():
    def spread(x):
        """The variance of each row."""
        return (x**2).mean(axis=-1) - x.mean(axis=-1) ** 2

    exercise = exercise_of(spread, *MATRICES, MATRICES[0] + 3000)
    report = exercise.run(lambda x: spread(x.astype(np.float32)))
    assert (report.bug, "of dtype float32" in report.diagnosis) == ("in_float32", True)
    mixed = exercise.run(lambda x: np.float32(1.5) * spread(x).astype(np.float32))
    assert mixed.bug != "in_float32"


def test_a_property_alone_has_a_name():
    exercise = exercise_of(itself, *MATRICES)

    @exercise.check
    def keeps_one(function):
        """1 must stay 1."""
        return function(np.ones(1)) == 1

    report = exercise.run(lambda x: x * (1 + (x.size == 1)))
    assert report.bug == "a_property_fails"
    assert report.diagnosis.endswith("1 must stay 1.")


def test_an_error_in_a_property_is_told():
    exercise = exercise_of(itself, *MATRICES)

    @exercise.check
    def keeps_one(function):
        """1 must stay 1."""
        return function(np.ones(1)) == 1

    report = exercise.run(lambda x: x if x.size > 1 else np.finfo(int))
    assert report.bug == "a_property_fails"
    assert "There ValueError is raised, perhaps for another reason" in report.diagnosis


def test_an_error_is_explained_only_by_one_in_the_same_cases():
    exercise = exercise_of(itself, *MATRICES)

    @exercise.bug
    def square_alone(x):
        """Only square matrices are taken. Take all."""
        return x + 0 * x.T

    def two_alone(x):
        return x + 0 * x.T if x.shape != (6, 2) else x

    assert exercise.run(lambda x: 0 * x.T + x).bug == "square_alone"
    assert exercise.run(two_alone).bug != "square_alone"


def test_a_deliberate_refusal_is_not_explained_by_an_accident():
    exercise = Exercise(itself, "a-page", ("Hint.",), refuses="what is no matrix")
    for number, x in enumerate(MATRICES):
        exercise.case(f"input {number}", x)

    @exercise.bug
    def square_alone(x):
        """Only square matrices are taken. Take all."""
        return x + 0 * x.T

    def refusing(x):
        if len(x) != len(x.T):
            raise ValueError("a rectangle")
        return x

    assert exercise.run(lambda x: 0 * x.T + x).bug == "square_alone"
    assert exercise.run(refusing).bug != "square_alone"


def test_what_is_not_finite_is_right_elsewhere_only_where_something_is_answered():
    def some_are_nan(x):
        return np.where(x > 0, np.nan, x)

    def nan_or_an_error(x):
        return x * (1 / 0) if len(x) > 4 else x * np.nan

    exercise = exercise_of(itself, *MATRICES)
    told = {each: exercise.run(each) for each in (some_are_nan, nan_or_an_error)}
    assert {report.bug for report in told.values()} == {"not_finite"}
    assert "nan where it should be finite, and right elsewhere" in told[some_are_nan].diagnosis
    words = "an error of arithmetic or nan where it should be finite, in"
    assert words in told[nan_or_an_error].diagnosis


def test_minus_infinity_is_not_called_infinity():
    def kept(x):
        """The entries above 0, and -inf for the others."""
        return np.where(x > 0, x, -np.inf)

    def first_cut(x):
        y = kept(x)
        y[0, 0] = -np.inf
        return y

    report = exercise_of(kept, abs(MATRICES[0]), abs(MATRICES[1])).run(first_cut)
    assert report.bug == "not_finite"
    assert "The result is -inf where it should be finite" in report.diagnosis
    assert "exp of a large number" not in report.diagnosis


def above_0(x):
    """The logarithm of x; -inf where x is not above 0."""
    return np.log(np.maximum(x, 0))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (np.nan_to_num, "it is -1.79769e+308, in every input that fails. The usual cause: `np.nan"),
        (lambda y: np.where(y > -1e9, y, SALT[: y.size].reshape(y.shape)), "lets too much through"),
        (lambda y: np.where(y > -1e9, y, -1e9), "an edge case"),
    ],
)
def test_what_stands_for_minus_infinity_tells_how_it_came_there(wrong, words):
    report = exercise_of(above_0, *MATRICES).run(lambda x: wrong(above_0(x)))
    assert report.bug == "wrong_only_where_it_should_be_-inf"
    assert words in report.diagnosis


def test_a_row_of_which_nothing_is_left_may_be_one_of_nan():
    def without(*places):
        return lambda x: np.where(np.isin(np.arange(x.shape[-1]), places), -np.inf, above_0(x))

    exercise = exercise_of(
        above_0, *(np.array([[1.5, -2.0, each, 3.0]]) for each in (2.0, 4.0, 5.0))
    )
    some, all_of_them = (exercise.run(without(*range(size))) for size in (2, 4))
    assert some.bug == all_of_them.bug == "too_much_left_out"
    assert "a comparison with nan" in all_of_them.diagnosis
    assert "nan" not in some.diagnosis


def test_minus_infinity_is_not_called_the_failing_inputs_own_where_all_results_hold_it():
    def kept(x):
        """The entries above 0, and -inf for the others."""
        return np.where(x > 0, x, -np.inf)

    def too_few(x):
        return np.where(x > 0.5, x, -np.inf) if x.ndim > 2 else kept(x)

    cubes = [np.array([[[0.3, -1.0, 0.7]]]), np.array([[[-2.0, 0.4], [0.2, 1.9]]])]
    report = exercise_of(kept, *MATRICES, *cubes).run(too_few)
    assert report.diagnosis.startswith("The result is wrong in 2 of 5 inputs: ")


def test_integers_whose_sum_is_1_are_not_called_shares():
    def places(x):
        """The places of the entries in order of size."""
        return np.argsort(x)

    report = exercise_of(places, np.array([0.7, -0.4])).run(lambda x: np.array([5, 3]))
    assert not report.passed
    assert report.bug != "sum_is_not_1"


def test_what_is_seen_of_the_rows_of_some_inputs_is_not_told_if_others_are_right():
    def first_row_only(x):
        return x if len(x) > 5 else np.vstack([x[:1], 0.3 * x[1:] ** 2])

    report = exercise_of(itself, *MATRICES).run(first_row_only)
    assert report.bug != "right_only_in_the_first_row"


def test_a_size_of_an_array_in_a_dict_is_found():
    def weighted(table):
        """The sum of one array times another."""
        return table["x"].sum() * table["y"]

    exercise = Exercise(weighted, "a-page", ("Hint.",))
    for x in MATRICES:
        exercise.case(f"{x.shape}", {"x": x, "y": np.exp(x[0])})
    report = exercise.run(lambda table: weighted(table) / table["x"].shape[0])
    assert report.bug == "factor_of_a_size"
    assert 'where n is the size of axis 0 of `table["x"]`' in report.diagnosis


def test_the_last_axis_of_a_vector_is_that_of_a_matrix():
    inputs = [np.arange(1.0, 4) ** 2, *MATRICES]
    report = exercise_of(itself, *inputs).run(lambda x: x / x.shape[-1])
    assert report.bug == "factor_of_a_size"
    assert "1/n of what it should be, where n is the size of the last axis" in report.diagnosis


def test_a_quotient_rounded_down_is_told_also_where_it_is_negative():
    report = exercise_of(itself_in_tens, *MATRICES).run(lambda x: 9 * x // 1)
    assert report.bug == "rounded_down"
    assert "`//` where `/` belongs" in report.diagnosis


def test_many_tokens_that_stay_at_0_are_told_and_few_are_not():
    def largest(x):
        """The column of the largest entry of each row."""
        return np.argmax(x, axis=-1)

    def from_zero(x):
        """The best so far is 0 at first."""
        return np.where(x.max(axis=-1) > 0, largest(x), 0)

    x = np.random.default_rng(5).normal(size=(80, 4)) - 0.7
    wrong = np.flatnonzero(from_zero(x) != largest(x))
    assert exercise_of(largest, x, x[:, ::-1]).run(from_zero).bug == "zero_instead"
    few = exercise_of(largest, x[: wrong[3]], np.exp(x)).run(from_zero)
    assert not few.passed
    assert few.bug != "zero_instead"


def test_a_program_nearly_right_in_most_inputs_is_told_so():
    inputs = [*MATRICES, 1e-9 * MATRICES[1]]
    report = exercise_of(itself, *inputs).run(lambda x: x + 1e-7 * np.sin(x + 1))
    assert report.bug == "nearly_right"
    assert f"in {len(MATRICES)} of the {len(inputs)} inputs" in report.diagnosis


def test_a_logarithm_to_another_base_is_told_by_the_base():
    def in_base(x, base):
        """log x to a base."""
        return np.log(x) / math.log(base)

    exercise = Exercise(in_base, "a-page", ("Hint.",))
    for base in (3, 10):
        exercise.case(f"base {base}", MATRICES[1] ** 2, base)
    report = exercise.run(lambda x, base: np.log(x))
    assert report.bug == "factor_of_a_size"
    assert "log n times what it should be, where n is `base`" in report.diagnosis


def of_columns(x):
    """Σ sin x over the columns."""
    return np.sin(x).sum(axis=1)


def test_a_size_from_which_on_inputs_fail_is_told():
    inputs = [RNG.normal(size=(rows, columns)) for columns in (1, 2, 3, 5) for rows in (4, 3)]
    report = exercise_of(of_columns, *inputs).run(lambda x: of_columns(x[:, :2]))
    assert report.bug == "wrong_where_the_size_of_axis_1_of_x_is_3_or_more"
    assert "in 4 of 8 inputs" in report.diagnosis


def test_sizes_that_grow_together_and_large_ones_are_not_told():
    def first_two(x):
        return of_columns(x[:, :2])

    together = [RNG.normal(size=(n + 1, n)) for n in (1, 1, 2, 2, 3, 4, 5)]
    assert "or_more" not in (exercise_of(of_columns, *together).run(first_two).bug or "")
    large = [RNG.normal(size=(3, n)) for n in (8, 9, 10, 11, 12, 13, 14)]
    report = exercise_of(of_columns, *large).run(lambda x: of_columns(x[:, :10]))
    assert "or_more" not in (report.bug or "")


def test_how_many_arrays_a_dict_holds_may_tell_the_inputs_that_fail():
    def chained(table):
        """tanh of tanh of x, as often as there are arrays."""
        x = np.arange(1.0, 4.0)
        for each in table.values():
            x = np.tanh(each * x)
        return x

    exercise = Exercise(chained, "a-page", ("Hint.",))
    for names in ("a", "b", "c", "de"):
        exercise.case(names, {name: RNG.normal(size=3) for name in names})
    report = exercise.run(lambda table: chained(dict(list(table.items())[:1])))
    assert report.bug == "wrong_except_where_table_holds_1_array"


def test_what_a_dict_holds_is_called_an_array_only_where_it_is_one():
    def largest(counts):
        """The largest count."""
        return np.float64(max(counts.values()))

    exercise = Exercise(largest, "a-page", ("Hint.",))
    for letters in ("a", "b", "c", "de"):
        exercise.case(letters, {each: ord(each) for each in letters})
    report = exercise.run(lambda counts: largest(dict(list(counts.items())[:1])))
    assert report.bug == "wrong_except_where_counts_holds_1_entry"


def test_what_fails_for_booleans_is_told_what_numpy_does_with_them():
    exercise = exercise_of(itself, np.eye(3) == 1, np.eye(2, dtype=int), *MATRICES)
    report = exercise.run(lambda x: x + 0 * (x - x))
    assert report.bug == "wrong_where_x_is_of_dtype_bool"
    assert "refuses `-` of Booleans" in report.diagnosis
    assert "float32" not in report.diagnosis


def test_what_is_small_has_no_complement_and_one_number_no_factor():
    exercise = exercise_of(itself, *MATRICES, 1e-12 * MATRICES[1])
    report = exercise.run(lambda x: x if abs(x).max() > 1e-6 else np.ones(x.shape))
    assert report.bug != "complement"
    exercise = exercise_of(total, *MATRICES, np.array([1.25, 0.35]))
    report = exercise.run(lambda x: total(x) if x.ndim > 1 else total(x) / 2)
    assert report.bug == "constant_factor"
    exercise = exercise_of(total, *MATRICES, np.array([1.25, 0.35, 0.8]))
    report = exercise.run(lambda x: total(x) if x.ndim > 1 else total(x) / 3)
    assert "factor" not in (report.bug or "")


def test_digits_and_rows_say_nothing_where_there_are_no_others():
    single = [x.astype(np.float32) for x in MATRICES]
    exercise = exercise_of(waves, *MATRICES, *single)
    report = exercise.run(lambda x: waves(x) * (1 + 3e-4 * (x.dtype == np.float32)))
    assert report.bug != "in_float32"
    exercise = exercise_of(itself, RNG.normal(size=(1, 4)), *MATRICES, 2 * MATRICES[0])
    ends = {1: 0, 6: 5}
    report = exercise.run(
        lambda x: np.where(np.arange(len(x))[:, None] == ends.get(len(x), -1), np.sin(x), x)
    )
    assert report.bug != "wrong_only_in_the_last_row"


def test_a_part_that_is_nearly_right_is_not_told_beside_one_that_is_far_off():
    def wrong(x):
        return x + np.sin(99 * x), np.exp(x).sum(axis=0) * (1 + 1e-5 * np.sin(x[0]))

    exercise = Exercise(two_parts, "a-page", ("Hint.",), returns=("entries", "sums"))
    for number, x in enumerate(MATRICES):
        exercise.case(f"input {number}", x)
    assert exercise.run(wrong).bug != "nearly_right"


def test_what_is_0_is_not_called_cut_off_where_negatives_or_fractions_are_right():
    low = [-abs(x) for x in MATRICES]
    exercise = exercise_of(itself, *MATRICES, *(3 * x for x in low))
    report = exercise.run(lambda x: np.zeros(x.shape) if (x < 0).all() else x)
    assert report.bug not in ("negative_cut_off", "truncated_to_integers")
    # Of whole numbers the digits say nothing.
    report = exercise_of(waves, *MATRICES).run(lambda x: np.round(waves(x)))
    assert report.bug == "rounded_to_integers"
    report = exercise_of(waves, *MATRICES).run(lambda x: np.ceil(99 * waves(x)) / 1)
    assert report.bug != "in_half_precision"


def test_a_diagonal_is_one_of_a_square():
    def diagonal_changed(x):
        on = np.eye(*x.shape, dtype=bool)
        return np.where(on, np.sin(x), x)

    told = exercise_of(itself, *MATRICES).run(diagonal_changed).bug
    assert told != "wrong_only_on_the_diagonal"
    square = [RNG.normal(size=(n, n)) for n in (3, 4)]
    told = exercise_of(itself, *square).run(diagonal_changed).bug
    assert told == "wrong_only_on_the_diagonal"


def test_axes_of_equal_length_that_are_exchanged_show_no_reshape():
    cubes = [RNG.normal(size=(n, n, 2)) for n in (3, 4)]
    report = exercise_of(itself, *cubes).run(lambda x: x.swapaxes(0, 1))
    assert not report.passed
    assert report.bug != "read_in_another_order"
    cubes = [RNG.normal(size=(n, n + 1, 2)) for n in (3, 4)]
    report = exercise_of(itself, *cubes).run(lambda x: x.swapaxes(0, 1).reshape(x.shape))
    assert report.bug == "read_in_another_order"


def test_zeros_tell_of_a_mask_where_something_else_is_right():
    report = exercise_of(itself, *MATRICES).run(lambda x: x * (abs(x) > 1))
    assert report.bug == "zero_instead"
    report = exercise_of(itself, *MATRICES).run(lambda x: 0 * x)
    assert report.bug != "zero_instead"


def test_a_mean_over_all_leading_axes_is_told_by_the_number_of_rows():
    cubes = [RNG.normal(size=shape) for shape in ((2, 3, 4), (3, 2, 5), (2, 2, 3))]
    report = exercise_of(itself, *cubes).run(lambda x: x / (x.size // x.shape[-1]))
    assert report.bug == "factor_of_a_size"
    assert "where n is the number of rows of `x`" in report.diagnosis


def test_inputs_that_are_right_at_one_value_lead_to_the_use_of_the_argument():
    exercise = Exercise(itself, "a-page", ("Hint.",))
    for number, shift in enumerate((0.0, 0.0, 0.25, 1.5, -2.0)):
        exercise.case(f"input {number}", MATRICES[number % 3], shift=shift)
    report = exercise.run(lambda x, y=None, shift=0.0: x + shift * np.cos(9 * x))
    assert report.bug == "wrong_except_where_shift_is_0.0"
    assert "that makes no difference at this value" in report.diagnosis


def test_float32_is_told_beside_inputs_that_it_cannot_hold():
    exercise = exercise_of(itself, *MATRICES, 1e200 * MATRICES[0])
    report = exercise.run(lambda x: x.astype(np.float32).astype(float))
    assert report.bug == "in_float32"
    assert "in 3 of the 4 inputs that fail" in report.diagnosis
    # Where inputs that float32 holds are right, it is no float32.
    report = exercise.run(lambda x: x if abs(x).max() < 1e9 else 0 * x)
    assert report.bug != "in_float32"


def hundreds(x):
    """100 x, rounded."""
    return np.rint(100 * x).astype(int)


def test_integers_of_few_bits_are_told_by_a_sign_that_is_lost():
    exercise = exercise_of(hundreds, *MATRICES)
    report = exercise.run(lambda x: hundreds(x).astype(np.int8))
    assert report.bug == "wrapped_around"
    assert "off by a multiple of 256" in report.diagnosis
    report = exercise.run(lambda x: hundreds(x).astype(np.uint16).astype(int))
    assert report.bug == "wrapped_around"
    assert "off by a multiple of 65536" in report.diagnosis

    # A count that starts elsewhere.
    def above_a_byte(x):
        """256 + |100 x|, rounded."""
        return hundreds(abs(x)) + 256

    above = exercise_of(above_a_byte, *MATRICES)
    assert above.run(lambda x: hundreds(abs(x))).bug != "wrapped_around"


def test_a_first_or_last_row_of_truth_values_is_told():
    def earlier(n):
        """True where a column comes no later than its row."""
        return np.tri(n, dtype=bool)

    def without(row, column):
        def program(n):
            mask = np.tri(n, dtype=bool)
            mask[row, column] = False
            return mask

        return program

    exercise = Exercise(earlier, "a-page", ("Hint.",))
    for n in (2, 3, 5):
        exercise.case(f"{n} rows", n)
    told = {
        "wrong_only_in_the_first_row": without(0, 0),
        "wrong_only_in_the_last_row": without(-1, 0),
        "wrong_only_in_the_first_column": without(slice(None), 0),
        "one_sided": without(range(2), range(2)),
    }
    for name, program in told.items():
        assert exercise.run(program).bug == name


def test_a_result_of_too_many_axes_is_told_with_the_axes_that_should_be_one():
    def joined(x):
        """The first two axes of x exchanged, then joined."""
        return x.swapaxes(0, 1).reshape(-1, x.shape[2])

    sizes = (2, 3, 2), (3, 2, 4), (1, 4, 3)
    exercise = exercise_of(joined, *[RNG.normal(size=size) for size in sizes])
    report = exercise.run(lambda x: x)
    assert report.bug == "axes_not_joined"
    assert "after a transpose to the order (1, 0, 2)" in report.diagnosis
    assert "transpose" not in exercise.run(lambda x: x.swapaxes(0, 1)).diagnosis
    assert (
        exercise.run(lambda x: np.stack([joined(x), 1 - x[0].sum() * joined(x)])).bug
        == "an_axis_too_many"
    )


def test_a_number_of_arguments_is_no_number_of_axes():
    def total(*numbers):
        """Their sum."""
        return np.float64(sum(numbers))

    exercise = Exercise(total, "a-page", ("Hint.",))
    for numbers in ((1.5, 2.0), (2.5, 3.0, 4.0), (7.5,), (0.5, 3.0)):
        exercise.case(str(numbers), *numbers)
    report = exercise.run(lambda *n: np.float64(sum(n) if n[1:] else 0.0))
    assert "`numbers` has 1 entry" in report.diagnosis
    assert "a loop over them that does not reach all of them" in report.diagnosis


def test_a_count_that_is_full_is_no_number_that_is_written_out():
    def share(x):
        """The share of positive numbers."""
        return np.float64((x > 0).mean())

    rows = [[1.0, -2, 3], [1.0, 2, -3, 4, -5], [-1.0, 2], [-2.0, 1, 1, 1]]
    exercise = exercise_of(share, *map(np.array, rows), np.array([-1.0, -2]))
    limit = "a count that is as large as it can be"
    report = exercise.run(lambda x: np.float64((x > 0).any()))
    assert (report.bug, limit in report.diagnosis) == ("the_same_for_all_inputs", True)
    assert limit not in exercise.run(lambda x: np.float64(0.9)).diagnosis


def test_a_default_counts_as_the_value_that_it_is():
    exercise = Exercise(itself, "a-page", ("Hint.",))
    for number, shifts in enumerate(({}, {"shift": 0.0}, {"shift": 1.5}, {"shift": -2.0})):
        exercise.case(f"input {number}", MATRICES[number % 3], **shifts)
    report = exercise.run(lambda x, y=None, shift=0.0: x + shift * np.cos(9 * x))
    assert report.bug == "wrong_except_where_shift_is_0.0"


def shifted_if(x, up=True):
    """x, and x + 1."""
    return x, x + up


@pytest.mark.parametrize("value", [True, False])
def test_a_switch_is_told_by_the_value_that_fails(value):
    exercise = Exercise(shifted_if, "a-page", ("Hint.",), returns=("same", "shifted"))
    for number, switches in enumerate(({}, {}, {"up": False}, {"up": False})):
        exercise.case(f"input {number}", MATRICES[number % 3] + number, **switches)

    def wrong(x, up=True):
        return x, x + up + (up == value) * np.cos(9 * x)

    report = exercise.run(wrong)
    assert report.bug == f"wrong_where_up_is_{value}"
    assert report.diagnosis.startswith("shifted is wrong in 2 of 4 inputs: those where `up` is ")


def test_one_axis_taken_for_another_is_told_by_the_inputs_where_they_are_equally_long():
    cubes = [RNG.normal(size=(2, *size)) for size in ((3, 3), (4, 4), (2, 3), (4, 3))]

    def rows_of_columns(x):
        return waves(x) + (x.shape[1] != x.shape[2]) * np.sin(9 * x)

    report = exercise_of(waves, *cubes).run(rows_of_columns)
    assert report.bug == "wrong_except_where_the_last_two_axes_of_x_are_equally_long"
    # Of one input that fails, the shape may be chance.
    report = exercise_of(waves, *cubes[1:]).run(
        lambda x: waves(x) + (x.shape[1] == x.shape[2]) * np.sin(9 * x)
    )
    assert "last_two_axes" not in (report.bug or "")


def test_a_square_that_wraps_around_in_int32_hides_no_other_mistake():
    def squares(x):
        """Each row's sum of squares."""
        return (x.astype(float) ** 2).sum(axis=-1)

    large = np.array([[70_000, 3], [2, 90_000]], np.int32)
    cubes = [RNG.normal(size=(2, 2, n)) for n in (3, 4)]
    exercise = exercise_of(squares, *MATRICES, *cubes, np.arange(3.0), large)

    def axis_1(x):
        return (x * x).sum(axis=min(1, x.ndim - 1))

    report = exercise.run(axis_1)
    assert report.bug == "wrong_where_x_has_3_axes"
    assert report.diagnosis.endswith(
        "Inputs of short integers, which may wrap around as well, are left out here."
    )
    alone = exercise_of(squares, *MATRICES, large).run(axis_1)
    assert "left out" not in (alone.diagnosis or "")


def test_where_integers_have_32_bits_as_in_a_browser_the_name_is_the_same():
    def short(student, teacher, *others):
        logits = (z.astype(np.int32) if z.dtype.kind == "i" else z for z in (student, teacher))
        return *logits, *others

    exercise = copy(catalog.load("distillation_loss"))
    wrong, named = kept(exercise.name)[1]["kl_the_other_way_in_the_loss_alone"]
    exercise.trials = [
        replace(trial, args=short(*trial.args)) if isinstance(trial, Case) else trial
        for trial in exercise.trials
    ]
    assert exercise.run(wrong).bug == named
