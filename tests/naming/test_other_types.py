"""Integers: what is said where the same numbers in another type are answered rightly."""

import numpy as np
import pytest
from jaxtyping import Float, Integer, Real
from made_up import Exercise
from numpy import ndarray

RNG = np.random.default_rng(5)
FLOATS = [RNG.normal(size=(n, 2)) for n in (3, 4)]
WHOLE = [np.array([[7, -3], [2, 5]], dtype) for dtype in (np.int64, np.int32)]
LARGE = [70_000 * each for each in WHOLE]


def centred_squares(x: Real[ndarray, "n d"]) -> Float[ndarray, "n d"]:
    """(x - mean)²."""
    return (x - x.mean(axis=0)) ** 2 + 0.25


def squares(x: Real[ndarray, "n d"]) -> Float[ndarray, "n d"]:
    """x²."""
    return x.astype(float) ** 2


def exercise_of(reference, inputs):
    exercise = Exercise(reference, "a-page", ("Hint.",))
    for number, x in enumerate(inputs):
        exercise.case(f"input {number}", x)
    return exercise


def in_its_type(x):
    return (x - x.mean(axis=0).astype(x.dtype)) ** 2 + 0.25


def written_over(x):
    y = x.copy()
    y -= x.mean(axis=0)
    return y**2 + 0.25


def in_four_bytes(x):
    y = x.astype(np.int32) if x.dtype.kind == "i" else x
    return (y * y).astype(float)


def in_the_type_of_squares(x):
    return (x * x).astype(float)


TOLD = [
    (squares, [*FLOATS, *LARGE], in_the_type_of_squares, "right_in_int64", "one input"),
    (squares, [*FLOATS, *LARGE], in_four_bytes, "right_as_floats", "every input"),
    (centred_squares, [*FLOATS, *WHOLE], in_its_type, "right_as_floats", "every input"),
    (centred_squares, [*FLOATS, *WHOLE], written_over, "integers_refused", "every input"),
]  # fmt: skip


@pytest.mark.parametrize(("reference", "inputs", "wrong", "name", "where"), TOLD)
def test_it_is_told_where_another_type_makes_it_right(reference, inputs, wrong, name, where):
    report = exercise_of(reference, inputs).run(wrong)
    assert report.bug == name
    assert report.diagnosis.startswith("With the same numbers ")
    assert f" the result is right, in the {where} that fails" in report.diagnosis.replace(
        "in every", "in the every"
    )


def test_it_is_not_told_of_what_is_wrong_for_floats_too():
    def squared_by_type(x):
        return in_its_type(x) if x.dtype.kind == "i" else centred_squares(x) * (len(x) > 2)

    told = exercise_of(centred_squares, [*FLOATS, *WHOLE]).run(squared_by_type).bug
    assert told not in {name for *_, name, _ in TOLD}


def test_labels_are_not_made_floats():
    """They are indices: with floats in their stead every program would raise."""

    def chosen(x: Real[ndarray, "n d"], labels: Integer[ndarray, " n"]) -> Float[ndarray, " n"]:
        """The entry of each label, halved."""
        return x[np.arange(len(x)), labels] / 2

    exercise = Exercise(chosen, "a-page", ("Hint.",))
    for x in (*FLOATS, *WHOLE):
        exercise.case(f"{len(x)} of {x.dtype}", x, np.arange(len(x)) % 2)

    def in_the_type_of_x(x, labels):
        found = np.zeros(len(x), x.dtype)
        found[:] = x[np.arange(len(x)), labels] * 0.5 + (0.5 if x.dtype.kind == "i" else 0)
        return found

    assert exercise.run(in_the_type_of_x).bug == "right_as_floats"
