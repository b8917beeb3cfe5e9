"""What every answer does with its arguments, whatever it computes from them."""

import copy
import doctest
import importlib
import inspect
import re
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal

from answers.gradient_check import (
    GradientReport,
    check_directions,
    check_gradient,
    numerical_gradient,
    relative_error,
)
from answers.inputs import as_float
from answers.inputs.kinds import NotAnArrayError
from answers.networks.layers import (
    affine,
    affine_backward,
    relu,
    relu_backward,
    softmax_backward,
)
from answers.networks.two_layer_net import TwoLayerNet, two_layer_gradients
from answers.probability.softmax import cross_entropy, log_softmax, logsumexp, softmax
from answers.site import modules
from answers.training.normalization import (
    batch_norm,
    batch_norm_backward,
    fold_batch_norm,
    layer_norm,
    layer_norm_backward,
    rms_norm,
    rms_norm_backward,
)


def total(x):
    return (x * x).sum()


def directions(x, gradient):
    return check_directions(total, x, gradient, np.random.default_rng(0))


def net():
    return TwoLayerNet(2, hidden=3, classes=2, rng=np.random.default_rng(0))


@dataclass(frozen=True)
class Call:
    """A function, and the shape of each of its arrays; labels are the ones called so."""

    function: object
    shapes: dict[str, tuple[int, ...]]
    keeps_float32: bool = True
    masks: bool = False  # -inf means something

    def arrays(self, dtype=np.float64):
        rng = np.random.default_rng(1)
        draw = {name: rng.integers(-3, 4, size=shape) for name, shape in self.shapes.items()}
        draw = {name: a**2 if name in VARIANCES else a for name, a in draw.items()}
        return {
            name: array % 2 if name in LABELS else array.astype(dtype)
            for name, array in draw.items()
        }

    def __call__(self, **arrays):
        return self.function(**arrays)


LABELS = {"targets", "y"}
VARIANCES = {"running_var"}
BATCH = {"x": (5, 2), "y": (5,)}
CALLS = {
    "softmax": Call(softmax, {"x": (5, 3)}, masks=True),
    "log_softmax": Call(log_softmax, {"x": (5, 3)}, masks=True),
    "logsumexp": Call(logsumexp, {"x": (5, 3)}, masks=True),
    "cross_entropy": Call(cross_entropy, {"logits": (5, 2), "targets": (5,)}, masks=True),
    "affine": Call(affine, {"x": (5, 2), "w": (2, 3), "b": (3,)}),
    "affine_backward": Call(affine_backward, {"dout": (5, 3), "x": (5, 2), "w": (2, 3)}),
    "relu": Call(relu, {"x": (5, 3)}),
    "relu_backward": Call(relu_backward, {"dout": (5, 3), "x": (5, 3)}),
    "softmax_backward": Call(softmax_backward, {"dout": (5, 3), "p": (5, 3)}),
    "layer_norm": Call(layer_norm, {"x": (5, 3), "gain": (3,), "bias": (3,)}),
    "layer_norm_backward": Call(layer_norm_backward, {"dout": (5, 3), "x": (5, 3), "gain": (3,)}),
    "rms_norm": Call(rms_norm, {"x": (5, 3), "gain": (3,)}),
    "rms_norm_backward": Call(rms_norm_backward, {"dout": (5, 3), "x": (5, 3), "gain": (3,)}),
    "batch_norm": Call(
        batch_norm,
        {"x": (5, 3), **dict.fromkeys(("gain", "bias", "running_mean", "running_var"), (3,))},
    ),
    "batch_norm_backward": Call(batch_norm_backward, {"dout": (5, 3), "x": (5, 3), "gain": (3,)}),
    "fold_batch_norm": Call(
        fold_batch_norm,
        {
            **{"w": (5, 3), "b": (3,)},
            **dict.fromkeys(("gain", "bias", "running_mean", "running_var"), (3,)),
        },
    ),
    "two_layer_gradients": Call(
        two_layer_gradients,
        {**BATCH, "w1": (2, 3), "b1": (3,), "w2": (3, 2), "b2": (2,)},
    ),
    "logits": Call(lambda x: net().logits(x), {"x": (5, 2)}, keeps_float32=False),
    "loss_and_gradients": Call(
        lambda x, y: net().loss_and_gradients(x, y), BATCH, keeps_float32=False
    ),
    "numerical_gradient": Call(lambda x: numerical_gradient(total, x), {"x": (5, 3)}),
    "relative_error": Call(relative_error, {"a": (5, 3), "b": (5, 3)}, keeps_float32=False),
    "check_gradient": Call(
        lambda x, gradient: check_gradient(total, x, gradient),
        {"x": (5, 3), "gradient": (5, 3)},
        keeps_float32=False,
    ),
    "check_directions": Call(directions, {"x": (5, 3), "gradient": (5, 3)}, keeps_float32=False),
}
ARGUMENTS = [(name, parameter) for name, call in CALLS.items() for parameter in call.shapes]
NUMBERS = [(name, parameter) for name, parameter in ARGUMENTS if parameter not in LABELS]

each_call = pytest.mark.parametrize("name", CALLS)
each_argument = pytest.mark.parametrize(("name", "parameter"), ARGUMENTS)
each_array_of_numbers = pytest.mark.parametrize(("name", "parameter"), NUMBERS)


def leaves(result):
    """Every array and number in what a function returns."""
    if isinstance(result, dict):
        return [leaf for value in result.values() for leaf in leaves(value)]
    if isinstance(result, tuple):
        return [leaf for value in result for leaf in leaves(value)]
    return [result]


def assert_same(result, expected):
    for got, wanted in zip(leaves(result), leaves(expected), strict=True):
        if isinstance(wanted, GradientReport):
            assert str(got) == str(wanted)
        else:
            assert_allclose(got, wanted, rtol=1e-12, atol=1e-14)


@each_call
def test_arguments_are_not_modified_and_may_be_read_only(name):
    call = CALLS[name]
    arrays, originals = call.arrays(), call.arrays()
    for array in arrays.values():
        array.setflags(write=False)
    call(**arrays)
    for parameter, array in arrays.items():
        assert_array_equal(array, originals[parameter], err_msg=parameter)


@each_call
def test_results_share_no_memory_with_the_arguments(name):
    call = CALLS[name]
    arrays = call.arrays()
    for result in leaves(call(**arrays)):
        for parameter, array in arrays.items():
            assert not np.may_share_memory(result, array), parameter


@pytest.mark.parametrize(
    "view",
    [
        np.asfortranarray,
        lambda a: np.repeat(a, 2, axis=0)[::2],
        lambda a: a[::-1].copy()[::-1],
    ],
    ids=["Fortran order", "every other row", "reversed"],
)
@each_call
def test_the_layout_in_memory_does_not_matter(name, view):
    call = CALLS[name]
    expected = call(**call.arrays())
    assert_same(call(**{key: view(array) for key, array in call.arrays().items()}), expected)


def test_a_broadcast_view_is_an_array_like_any_other():
    row = np.array([1.0, 2.0, 3.0])
    view = np.broadcast_to(row, (5, 3))
    assert_array_equal(softmax(view), softmax(view.copy()))
    assert_array_equal(numerical_gradient(total, view), numerical_gradient(total, view.copy()))


@pytest.mark.parametrize(
    ("dtype", "computed"),
    [(np.float16, np.float32), (np.float32, np.float32), (np.float64, np.float64)],
)
@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if call.keeps_float32])
def test_float32_stays_and_float16_computes_in_float32(name, dtype, computed):
    call = CALLS[name]
    for result in leaves(call(**call.arrays(dtype))):
        assert result.dtype == computed


def test_many_float16_logits_do_not_overflow_the_sum():
    many = np.zeros(100_000, np.float16)
    assert_allclose(softmax(many), 1e-5, rtol=1e-6)
    assert_allclose(logsumexp(many), np.log(100_000), rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.int8, np.int32, np.int64])
@each_call
def test_integers_compute_in_float64(name, dtype):
    call = CALLS[name]
    expected = call(**call.arrays(np.float64))
    result = call(**call.arrays(dtype))
    assert_same(result, expected)
    for got, wanted in zip(leaves(result), leaves(expected), strict=True):
        assert getattr(got, "dtype", None) == getattr(wanted, "dtype", None)


def test_small_unsigned_integers_do_not_wrap_around():
    pixels = np.array([[200, 255, 0]], dtype=np.uint8)
    w, b = np.full((3, 2), 255, dtype=np.uint8), np.array([255, 1], dtype=np.uint8)
    assert_array_equal(affine(pixels, w, b), [[455 * 255 + 255, 455 * 255 + 1]])
    assert_array_equal(softmax(pixels), softmax(pixels.astype(float)))
    assert logsumexp(np.array([255, 255], np.uint8)) == pytest.approx(255 + np.log(2))
    assert_array_equal(
        affine_backward(pixels, pixels, np.full((3, 3), 255, np.uint8))[1],
        np.outer(pixels, pixels.astype(float)),
    )


@pytest.mark.parametrize(
    ("wrong", "kind", "repair"),
    [
        (lambda array: array.tolist(), "a list", "np.array({})"),
        (lambda array: tuple(array), "a tuple", "np.array({})"),
        (lambda array: 3, "a int", "np.array({})"),
        (lambda array: 3.0, "a float", "np.array({})"),
        (lambda array: np.float32(3), "a float32", "np.array({})"),
        (torch.from_numpy, "a PyTorch tensor", "{}.detach().numpy()"),
    ],
    ids=["list", "tuple", "int", "float", "float32", "tensor"],
)
@each_argument
def test_what_is_no_array_is_refused_with_its_name_and_the_repair(
    name, parameter, wrong, kind, repair
):
    call = CALLS[name]
    arrays = call.arrays()
    with pytest.raises(NotAnArrayError) as refusal:
        call(**{**arrays, parameter: wrong(arrays[parameter])})
    assert isinstance(refusal.value, TypeError)
    where, _, words = str(refusal.value).partition(": ")
    assert where.startswith("answers.")
    assert where.endswith(name)
    assert words == f"`{parameter}` is {kind}; pass {repair.format(parameter)} instead"


@pytest.mark.parametrize("position", [0, 1])
def test_an_argument_given_by_position_is_named_too(position):
    arguments = [np.zeros((1, 2)), np.zeros(1, int)]
    arguments[position] = arguments[position].tolist()
    with pytest.raises(
        NotAnArrayError, match=("`logits` is a list", "`targets` is a list")[position]
    ):
        cross_entropy(*arguments)


def test_only_the_argument_at_fault_is_named():
    with pytest.raises(NotAnArrayError, match="`b` is a tuple"):
        affine(np.zeros((1, 2)), np.zeros((2, 3)), (0, 0, 0))


@pytest.mark.parametrize("wrong", [None, "logits", {}], ids=["None", "str", "dict"])
@each_argument
def test_what_could_be_no_array_is_refused_by_name(name, parameter, wrong):
    call = CALLS[name]
    with pytest.raises(TypeCheckError, match=f"parameter '{parameter}'"):
        call(**{**call.arrays(), parameter: wrong})


@pytest.mark.parametrize("dtype", [complex, object, str, "datetime64[s]"])
@each_array_of_numbers
def test_an_array_of_no_real_numbers_is_refused_by_name(name, parameter, dtype):
    call = CALLS[name]
    wrong = np.zeros(call.shapes[parameter]).astype(dtype)
    with pytest.raises(TypeCheckError, match=f"parameter '{parameter}'"):
        call(**{**call.arrays(), parameter: wrong})


@pytest.mark.parametrize(
    ("name", "parameter", "value"),
    [
        (name, parameter, value)
        for name, parameter in NUMBERS
        for value in (np.nan, np.inf, -np.inf)
        if not (CALLS[name].masks and value == -np.inf)
    ],
)
def test_nan_and_infinity_are_refused_with_name_and_index(name, parameter, value):
    call = CALLS[name]
    arrays = call.arrays()
    last = tuple(size - 1 for size in call.shapes[parameter])
    arrays[parameter][last] = value
    at = str(last[0] if len(last) == 1 else last)
    with pytest.raises(ValueError, match=f"`{parameter}` holds {value} at index ") as refusal:
        call(**arrays)
    assert str(refusal.value).endswith(f"at index {at}; find the step that made it")


@each_call
def test_an_empty_batch_is_refused_by_name_with_its_shape(name):
    call = CALLS[name]
    empty = {
        parameter: array[:0] if len(array) == 5 else array
        for parameter, array in call.arrays().items()
    }
    words = r"` is empty: its shape is \(0, \d\); pass at least one"
    with pytest.raises(ValueError, match=f"^`({'|'.join(empty)}){words}"):
        call(**empty)


def test_layers_without_inputs_or_outputs_are_refused():
    with pytest.raises(ValueError, match=r"`x` is empty: its shape is \(5, 0\)"):
        affine(np.zeros((5, 0)), np.zeros((0, 3)), np.zeros(3))
    with pytest.raises(ValueError, match=r"`w` is empty: its shape is \(2, 0\)"):
        affine(np.zeros((5, 2)), np.zeros((2, 0)), np.zeros(0))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_as_float_copies_no_float(dtype):
    array = np.ones(3, dtype)
    assert as_float(array) is array


# NumPy's numbers


def number_named(annotation) -> str | None:
    """The number of Python's that an annotation names, the widest of them."""
    named = re.findall(r"\b(float|int|bool)\b", str(annotation))
    widest = [kind for kind in ("float", "int", "bool") if kind in named]
    return widest[0] if widest and "Callable" not in str(annotation) else None


TAKING_NUMBERS = [
    (module, name)
    for module, names in modules.promised().items()
    for name in names
    for parameters in [inspect.signature(getattr(importlib.import_module(module), name)).parameters]
    if any(number_named(p.annotation) for p in parameters.values())
]


def in_numpy(value, kind, number):
    """`value` with NumPy's numbers: the smallest integers, and `number` for floats."""
    if isinstance(value, list | tuple):
        return type(value)(in_numpy(each, kind, number) for each in value)
    if not isinstance(value, int | float):
        return value
    if kind != "float":
        return np.min_scalar_type(value).type(value)
    # An integer only where nothing is lost.
    return value if number is np.int64 and value % 1 else number(value)


class SameNumbers(doctest.OutputChecker):
    """What was printed is the same but for the types of numbers, and to float32."""

    def check_output(self, want, got, optionflags):
        number = r"-?\d+(?:\.\d*)?(?:e[+-]?\d+)?"
        want, got = (re.sub(r"np\.\w+\((.*?)\)", r"\1", text) for text in (want, got))
        got = got.replace("np.True_", "True").replace("np.False_", "False")
        numbers = [np.array(re.findall(number, t), float) for t in (want, got)]
        rest = [re.sub(r"\s|" + number, "", text) for text in (want, got)]
        return rest[0] == rest[1] and np.allclose(*numbers, rtol=1e-6)


@pytest.mark.filterwarnings("error:overflow")
@pytest.mark.parametrize("number", [np.float32, np.int64])
@pytest.mark.parametrize(("module", "name"), TAKING_NUMBERS)
def test_numbers_of_numpy_do_where_those_of_python_do(module, name, number):
    namespace = vars(importlib.import_module(module))
    promised, called = namespace[name], []

    def call(*args, **kwargs):
        bound = inspect.signature(promised).bind(*args, **kwargs)
        bound.apply_defaults()
        for parameter in bound.signature.parameters.values():
            kind = number_named(parameter.annotation)
            value = bound.arguments[parameter.name]
            if kind and value is None:
                other = copy.deepcopy(bound)
                other.arguments[parameter.name] = in_numpy(1, kind, number)
                # It may be a wrong value there, but no wrong type.
                with suppress(ValueError):
                    promised(*other.args, **other.kwargs)
            elif kind:
                bound.arguments[parameter.name] = in_numpy(value, kind, number)
        called.append(name)
        return promised(*bound.args, **bound.kwargs)

    text = inspect.getdoc(promised)
    example = doctest.DocTestParser().get_doctest(text, {**namespace, name: call}, name, None, None)
    printed = []
    doctest.DocTestRunner(SameNumbers(), verbose=False).run(example, out=printed.append)
    assert not printed, "".join(printed)
    assert called
