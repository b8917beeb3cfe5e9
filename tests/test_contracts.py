"""Contracts refuse or let pass, change no value, and hide nothing of the function below."""

import doctest
import inspect
import pickle
import traceback
import warnings

import numpy as np
import pytest

from answers.grader import catalog
from answers.inputs.contracts import refuses
from answers.inputs.kinds import NotAnArrayError
from answers.probability.softmax import cross_entropy, softmax

ASKED = []


def noted(value, name):
    ASKED.append(name)


def negative(value, name):
    ASKED.append(name)
    if value < 0:
        raise ValueError(f"`{name}` is {value}; pass a number from 0")


def unequal(a, b):
    ASKED.append("a and b")
    if a != b:
        raise ValueError("a and b differ")


def large(result):
    ASKED.append("result")
    if result > 9:
        raise ValueError(f"{result} is too large")


@refuses(large, unequal, a=(noted, negative), b=negative)
def product(a, b, c=None):
    """a times b.

    >>> product(2, 2)
    4
    """
    ASKED.append("body")
    return a * b


@pytest.fixture(autouse=True)
def _nothing_asked():
    ASKED.clear()


def test_conditions_are_asked_of_one_argument_then_of_several_then_of_the_result():
    assert product(2, b=2) == 4
    assert ASKED == ["a", "a", "b", "a and b", "body", "result"]


@pytest.mark.parametrize(
    ("arguments", "told", "asked"),
    [
        ((-1, -1), "`a` is -1; pass a number from 0", ["a", "a"]),
        ((1, 2), "a and b differ", ["a", "a", "b", "a and b"]),
        ((5, 5), "25 is too large", ["a", "a", "b", "a and b", "body", "result"]),
    ],
)
def test_the_first_condition_that_refuses_is_told(arguments, told, asked):
    with pytest.raises(ValueError, match=f"^{told}$") as refusal:
        product(*arguments)
    assert asked == ASKED
    assert traceback.extract_tb(refusal.value.__traceback__)[-1].line.startswith("raise ValueErr")


def test_none_is_no_value_of_an_argument_but_one_of_several():
    told = []

    @refuses(lambda a, b: told.append((a, b)), a=negative, b=negative)
    def f(a=None, b=3):
        return b

    assert f() == 3
    assert ASKED == ["b"]
    assert told == [(None, 3)]


@pytest.mark.parametrize("number", [np.int8(4), np.uint8(200), np.float64(0.1), np.bool_(True)])
def test_the_body_gets_a_number_of_numpys_as_pythons(number):
    @refuses()
    def f(other: np.number, *many: float, sizes: tuple[int, int], factor: float | None = None):
        return other, many, sizes, factor

    # Neither wraps, nor makes float64 of float32.
    found = f(number, number, sizes=(number, number), factor=number)
    assert found == (number, (number,), (number, number), number)
    kind = type(number.item())
    assert [type(each) for each in (*found[1], *found[2], found[3])] == [kind] * 4
    assert found[0] is number
    assert f(number, sizes=(1, 2)) == (number, (), (1, 2), None)


def test_what_stands_in_a_row_is_one_argument():
    told = []

    @refuses(lambda shapes, axis: told.append((shapes, axis)))
    def f(*shapes, axis=0):
        return len(shapes)

    assert (f(), f((1,), (2,), axis=1)) == (0, 2)
    assert told == [((), 0), (((1,), (2,)), 1)]


def test_a_method_has_a_contract_too():
    class Layer:
        @refuses(size=negative)
        def __init__(self, size):
            self.size = size

        @refuses(lambda self, x: negative(self.size - x, "room"))
        def add(self, x):
            return self.size + x

    assert Layer(3).add(2) == 5
    with pytest.raises(ValueError, match="`size` is -1"):
        Layer(-1)
    with pytest.raises(ValueError, match="`room` is -1"):
        Layer(3).add(4)


@pytest.mark.parametrize(
    ("contract", "told"),
    [
        (refuses(x=noted), "names x; it has a, b"),
        (refuses(lambda a, y, result: None), "names y; it has a, b"),
        (refuses(large, result=noted), "names result; it has a, b"),
    ],
)
def test_a_misspelt_argument_is_told_where_the_contract_stands(contract, told):
    with pytest.raises(TypeError, match=told):

        @contract
        def f(a, b):
            pass


def test_keywords_of_any_name_are_told():
    with pytest.raises(TypeError, match="keywords of any name"):

        @refuses()
        def f(**others):
            pass


@pytest.mark.parametrize("call", [lambda f: f(1), lambda f: f(1, 2, 3, 4), lambda f: f(1, d=2)])
def test_python_says_what_is_wrong_with_a_call(call):
    with pytest.raises(TypeError, match=r"product\(\)"):
        call(product)
    assert ASKED == []


def test_numpy_does_not_warn_of_what_a_condition_tells():
    @refuses(lambda result: None)
    def square(x):
        return x * x

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert square(np.array(1e300)) == np.inf


def test_help_signature_source_pickle_and_doctest_see_the_function():
    body = inspect.unwrap(product)
    assert product.__doc__ == body.__doc__
    assert inspect.signature(product) == inspect.signature(body)
    assert inspect.getsource(product).startswith("@refuses(large, unequal, a=(")
    assert pickle.loads(pickle.dumps(product)) is product
    example = doctest.DocTestFinder().find(product, "product")[0]
    assert doctest.DocTestRunner().run(example) == (0, 1)


def test_types_come_before_the_contract():
    with pytest.raises(NotAnArrayError, match=r"np\.array"):
        softmax([1.0, 2.0])
    assert inspect.unwrap(softmax) is not softmax


@pytest.mark.parametrize("name", catalog.names())
def test_a_contract_changes_no_value(name):
    exercise = catalog.load(name)
    body = inspect.unwrap(exercise.reference)
    answered = [case for case in exercise.cases if not case.is_refused]
    assert answered
    assert [case.name for case in answered if case.ask(body).wrong] == []


def test_the_body_alone_refuses_nothing_of_a_contract():
    targets = np.array([0])
    with pytest.raises(ValueError, match="is empty"):
        cross_entropy(np.zeros((1, 0)), targets)
    with np.errstate(all="ignore"), pytest.raises(Exception, match=r"(?s).*") as other:
        inspect.unwrap(cross_entropy)(np.zeros((1, 0)), targets)
    assert "is empty: its shape" not in str(other.value)
