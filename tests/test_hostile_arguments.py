"""No promised function answers wrongly in silence: each is called as its example calls it, with one
argument turned into what NumPy takes and computes otherwise, or into the largest floats."""

import copy
import inspect
from dataclasses import is_dataclass
from importlib import import_module

import numpy as np
import pytest
from jaxtyping import AnnotationError
from promised_calls import TAKING_ARRAYS, calls, parts

from answers.inputs.kinds import NotAnArrayError
from answers.inputs.overflow import near_one, refuse_overflowed
from answers.labels.annotation import Votes
from answers.networks.computation_graph import Node
from answers.networks.forward_mode import Dual
from answers.site import modules

each_that_takes_arrays = pytest.mark.parametrize(("module", "name"), TAKING_ARRAYS)
# By their examples: they take numbers too, or votes.
GIVEN_NO_ARRAY = {"beta_update", "annotator_quality", "dawid_skene"}
OTHER_ARRAYS = {
    "is a masked array, whose mask would be ignored": np.ma.masked_array,
    "is a matrix, which multiplies otherwise": np.asmatrix,
}


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@each_that_takes_arrays
def test_another_kind_of_array_is_refused_with_the_repair(module, name):
    called = [(call, argument) for call in calls(module, name) for argument in call.arrays()]
    assert called or name in GIVEN_NO_ARRAY
    for call, argument in called:
        for words, change in OTHER_ARRAYS.items():
            if change is np.asmatrix and call.axes(argument) != {2}:
                continue  # It has two axes, and nothing else is one.
            with pytest.raises(NotAnArrayError, match=f"`{argument}` {words}.* instead"):
                call.changed(argument, change)()


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@pytest.mark.parametrize("change", [np.ma.masked_array, np.asmatrix])
@pytest.mark.parametrize("kind", [Node, lambda array: Dual(array, array)], ids=["Node", "Dual"])
def test_an_operand_of_another_kind_is_refused(kind, change):
    with pytest.raises(NotAnArrayError, match="an operand is a ma"):
        kind(np.ones((2, 2))) * change(np.ones((2, 2)))


# Numbers that are no sizes


# -1 has a meaning: an axis from the end, an exponent, or an id that no token has.
MAY_BE_NEGATIVE = {"axis", "least_exponent", "begin", "end", "pad"}


def taking(kind):
    """Each promised function, beside each of its parameters that is a number of that kind."""
    found = []
    for module, names in modules.promised().items():
        for name in names:
            for each in inspect.signature(getattr(import_module(module), name)).parameters.values():
                if each.annotation in (kind, kind | None):
                    found.append(pytest.param(module, name, each, id=f"{name}-{each.name}"))
    return found


def with_number(call, parameter, number):
    bound = call.bound()
    several = parameter.kind is parameter.VAR_POSITIONAL
    bound.arguments[parameter.name] = (number,) if several else number
    # What draws at random, or is filled, serves the next call, too.
    return call.function(*copy.deepcopy(bound.args), **copy.deepcopy(bound.kwargs))


@pytest.mark.parametrize(("module", "name", "parameter"), taking(float))
def test_nan_for_a_number_is_refused(module, name, parameter):
    for call in calls(module, name):
        with pytest.raises(ValueError, match=r"\bnan\b"):
            with_number(call, parameter, np.nan)


@pytest.mark.parametrize(("module", "name", "parameter"), taking(int))
def test_a_negative_count_is_refused(module, name, parameter):
    for call in calls(module, name):
        if parameter.name in MAY_BE_NEGATIVE:
            with_number(call, parameter, -1)
        else:
            with pytest.raises(ValueError, match="-1"):
                with_number(call, parameter, -1)


# Numbers that are too large


LARGEST = np.finfo(np.float64).max


def scaled(size):
    def change(array):
        most = np.abs(array).max(initial=0)
        scaled = array / most * size if array.dtype.kind == "f" and most else array
        return np.asarray(scaled)  # One number is no array any more.

    return change


def alternating(array):
    signs = np.where(np.arange(array.size) % 2, -1.0, 1.0).reshape(array.shape)
    return np.asarray(signs * LARGEST) if array.dtype.kind == "f" else array


LARGE = {
    "1e200": scaled(1e200),
    "the largest": scaled(LARGEST),
    "minus the largest": scaled(-LARGEST),
    "of both signs": alternating,
}
# Their first threshold is infinite: nobody is called positive.
INFINITE = {"threshold_counts", "cost_curve"}
# Rounding to 16 bits: beyond the largest number lies infinity.
INFINITE |= {"to_bfloat16", "round_to_format", "stochastic_round"}
# A token that is left out has the logit -inf.
INFINITE |= {"top_k", "top_p", "min_p"}


def numbers(result):
    """Every array and number of floats in a result."""
    if isinstance(result, float | np.floating | np.ndarray):
        return [np.asarray(result)] if np.asarray(result).dtype.kind == "f" else []
    inside = vars(result) if is_dataclass(result) else result
    return [each for part in parts(inside) if part is not result for each in numbers(part)]


@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")
@pytest.mark.parametrize("size", LARGE)
@each_that_takes_arrays
def test_what_overflows_is_refused_or_avoided(module, name, size):
    for call in calls(module, name):
        one = [call.changed(argument, LARGE[size]) for argument in call.arrays()]
        for large in [*one, call.all_changed(LARGE[size])] if one else []:
            try:
                result = large()
            except ValueError:
                continue
            if name not in INFINITE:
                finite = all(np.isfinite(number).all() for number in numbers(result))
                assert finite, (
                    f"{module.replace('.', '/')}.py: `{name}` answers inf or nan where numbers are "
                    f"{size}; avoid it, or refuse it by `refuse_overflowed`"
                )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_overflow_is_told_with_its_place_and_the_end_of_its_type(dtype):
    wrong = np.array([[1, 2], [np.inf, 4]], dtype)
    end = {np.float32: "float32 ends at 3.4e+38", np.float64: "float64 ends at 1.8e+308"}[dtype]
    with pytest.raises(ValueError, match=r"x w overflows: inf at index \(1, 0\), where ") as told:
        refuse_overflowed(wrong, "x w")
    assert str(told.value).endswith(f"{end}; scale the arguments down")
    with pytest.raises(ValueError, match=r"^the mean overflows: nan, where"):
        refuse_overflowed(dtype(np.nan), "the mean")


def test_what_was_made_of_infinity_may_be_infinite():
    infinite = np.array([1.0, -np.inf])
    refuse_overflowed(infinite, "x", infinite)
    refuse_overflowed(infinite, "x", np.zeros(2), infinite)
    with pytest.raises(ValueError, match="-inf at index 1"):
        refuse_overflowed(infinite, "x", np.zeros(2))


@pytest.mark.parametrize("size", [5e-300, 1.0, 7e300])
def test_one_power_of_two_brings_all_near_one(size):
    a, b = np.array([size, -3 * size, 0]), np.array([[2 * size]])
    near = near_one(a, b)
    assert 0.5 <= max(np.abs(each).max() for each in near) < 1
    assert near[0][1] / near[0][0] == -3
    assert near[1][0, 0] / near[0][0] == 2
    assert near_one(np.zeros(2))[0].tolist() == [0, 0]


def test_numbers_that_no_index_can_be_are_no_votes():
    far = np.array([0, 2**64 - 1], np.uint64)
    small = np.array([0, 1], np.uint64)
    with pytest.raises(ValueError, match=f"`item` holds {2**64 - 1} at index 1; number them"):
        Votes(far, small, small, 2)
    with pytest.raises(ValueError, match=f"`annotator` holds {2**64 - 1} at index 1; number"):
        Votes(small, far, small, 2)
    with pytest.raises(ValueError, match=f"`label` holds {2**64 - 1} at index 1; with 2 classes"):
        Votes(small, small, far, 2)


# Axes that are none


TAKING_AXIS = [
    (module, name)
    for module, name in TAKING_ARRAYS
    if "axis" in inspect.signature(getattr(import_module(module), name)).parameters
]


@pytest.mark.parametrize(("module", "name"), TAKING_AXIS)
def test_an_axis_that_is_none_is_refused_in_words(module, name):
    call, *_ = calls(module, name)
    array = call.args[0]
    last = array.ndim - 1
    for axis, error, words in (
        (
            last + 1,
            np.exceptions.AxisError,
            rf"`\w+` has {last + 1} axes, and no axis {last + 1}; choose one ",
        ),
        (-last - 2, ValueError, f"no axis {-last - 2}; choose one from {-last - 1} to {last}"),
        (0.5, AnnotationError, "`axis` is 0.5; pass one integer"),
        ("0", AnnotationError, "`axis` is '0'; pass one integer"),
        (None, AnnotationError, "`axis` is None; pass one integer"),
        ((0, 0), AnnotationError, r"`axis` is \(0, 0\); pass one integer"),
        (True, TypeError, "`axis` is True; pass one integer"),
    ):
        with pytest.raises(error, match=words):
            call.function(*call.args, **{**call.kwargs, "axis": axis})


@pytest.mark.parametrize("reduce", ["sum", "max"])
@pytest.mark.parametrize("kind", [Node, lambda array: Dual(array, array)], ids=["Node", "Dual"])
@pytest.mark.parametrize(
    ("axis", "words"),
    [
        (2, "`value` has 2 axes, and no axis 2; choose one from -2 to 1"),
        ((0, -3), "no axis -3"),
        ((1, -1), r"`axis` is \(1, -1\), which names one twice; name each once"),
        (0.0, "`axis` is 0.0; pass one integer"),
        (True, "`axis` is True; pass one integer"),
    ],
)
def test_an_axis_of_a_node_that_is_none_is_refused_in_words(kind, reduce, axis, words):
    with pytest.raises((ValueError, TypeError), match=words):
        getattr(kind(np.ones((2, 3))), reduce)(axis)
