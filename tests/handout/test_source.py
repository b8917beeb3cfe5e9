"""The file to begin with says all that is judged and not the answer; the solution, its core."""

import ast
import copy
import doctest
import importlib
import inspect
import re
import sys

import numpy as np
import pytest

from answers.grader import catalog
from answers.grader.compare import agrees
from answers.grader.parts import Complaint, is_tensor, parts_of
from answers.grader.trials import Case
from answers.handout import source, stubs

NAMES = [name for name in catalog.names() if not name.startswith("fix_")]


def namespace_of(code: str, name: str) -> dict:
    namespace = {}
    exec(compile(code, f"{name}.py", "exec"), namespace)
    return namespace


def runs(text: str, namespace: dict) -> str:
    """What the examples in a docstring print otherwise than they say; there are some."""
    test = doctest.DocTestParser().get_doctest(text, dict(namespace), "example", None, None)
    assert test.examples
    told = []
    doctest.DocTestRunner(verbose=False).run(test, out=told.append)
    return " ".join("".join(told).split())


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_run_in_the_file_to_begin_with_once_it_is_written(name):
    exercise = catalog.load(name)
    namespace = namespace_of(exercise.stub(), name)
    text = namespace[name].__doc__
    wrong = runs(text, namespace | {name: exercise.reference})
    assert not wrong, (
        f"answers/exercises/{name}.py: the example of `{name}` fails in the learner's file; use in "
        f"it only NumPy, and what the signature or `…` in the docstring names: {wrong}"
    )
    assert runs(text, namespace), f"answers/exercises/{name}.py: its example asks nothing of it"


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_run_in_the_solution(name):
    namespace = namespace_of(catalog.load(name).solution(), name)
    wrong = runs(namespace[name].__doc__, namespace)
    assert not wrong, (
        f"answers/exercises/{name}.py: the example of `{name}` fails in its solution: {wrong}"
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_file_tells_all_that_the_docstring_tells_but_how_and_what_is_refused_later(name):
    exercise = catalog.load(name)
    text = inspect.getdoc(exercise.reference)
    told = inspect.getdoc(namespace_of(exercise.stub(), name)[name])
    title = re.escape(stubs.IF_TIME_BUT if exercise.refuses else stubs.IF_TIME)
    task, refused, not_judged = re.fullmatch(
        rf"(.*?)(?:\n\n{title}\n(.*?))?(?:\n\n(Not judged: .*?))?", told, re.S
    ).groups()
    assert bool(refused) == ("\nRaises:\n" in text)
    assert "\n\n" not in (not_judged or "")
    ours = re.sub(r"(^|\n)(How|Raises):\n(( .*)?(\n|$))+", "\n", text)
    assert task.split() == ours.split()
    assert (refused or "") in text


# What gives the answer away, as people write it.
ANSWERS = {
    "accumulate_gradients": "Σ",
    "affine_backward": "ᵀ",
    "attend_blockwise": "exp",
    "backward_pass": "visited",
    "beta_update": r"alpha \+ s",
    "cross_entropy": r"onehot|p -|1/batch",
    "hash_duplicates": "dictionary|bytes",
    "jacobian_from_vjp": "row of J",
    "kl_gradients": r"q - p|log\(",
    "log_posterior": "softmax",
    "logsumexp": "x - max",
    "loss_bounds": "1/classes|1/2,",
    "multi_head_attention": "reshape|swap",
    "next_token_loss": r"t \+ 1|onehot",
    "next_token_loss_torch": r"t \+ 1",
    "numerical_gradient": r"f\(x",
    "posterior": "sums of logarithms",
    "relu_backward": "where x > 0",
    "unbroadcast": "copied axis|summed",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_file_does_not_give_the_formula_away(name):
    answer = re.compile(ANSWERS[name])
    reference = catalog.load(name).reference
    told = inspect.getdoc(namespace_of(catalog.load(name).stub(), name)[name])
    assert answer.search(inspect.getdoc(reference).partition("Example:")[0])
    assert not answer.search(told.partition("Example:")[0])


def rules(name: str) -> str:
    return " ".join(ast.get_docstring(ast.parse(catalog.load(name).stub())).split())


def cases(name: str) -> list[Case]:
    return catalog.load(name).cases


@pytest.mark.parametrize("name", NAMES)
def test_what_is_judged_beside_the_result_is_said(name):
    said, args = rules(name), [arg for case in cases(name) for arg in case.args]
    arrays = any(isinstance(arg, np.ndarray | dict) or is_tensor(arg) for arg in args)
    assert ("Change no input." in said) == arrays
    slopes = any(part.startswith("the gradient of") for case in cases(name) for part in case.want)
    assert ("The gradients that PyTorch finds" in said) == slopes
    refused = any(case.is_refused and not case.noted for case in cases(name))
    assert ("Raise ValueError for " in said) == refused


@pytest.mark.parametrize("name", NAMES)
def test_the_precision_that_is_said_is_the_comparison_s(name):
    """An answer that is off by a little less passes, and by a little more fails."""
    said = r"to within (\S+) of their size plus (\S+?)(?: \((\S+) and (\S+) in float32\))?\.(?!\d)"
    digits = re.findall(said, " ".join(rules(name).split()))
    floats = [
        (case.rtol, part)
        for case in cases(name)
        for part in case.want.values()
        if isinstance(part, np.ndarray) and part.dtype.kind == "f"
    ]
    if not floats:
        assert digits == []
        return
    ((fine, near_0, coarse, near_0_coarse),) = digits
    least = {float(fine): float(near_0)} | ({float(coarse): float(near_0_coarse)} if coarse else {})
    assert {rtol for rtol, _ in floats} == least.keys()
    for rtol, off in least.items():
        assert agrees(np.array([0.9 * off]), np.zeros(1), rtol)
        assert not agrees(np.array([1.1 * off]), np.zeros(1), rtol)
    for rtol, part in floats:
        large = part[np.isfinite(part) & (np.abs(part) > 1)].astype(float)
        assert agrees(large * (1 + 0.9 * rtol), large, rtol)
        assert not large.size or not agrees(large * (1 + 1.1 * rtol), large, rtol)


@pytest.mark.parametrize("name", NAMES)
def test_floats_are_asked_for_only_where_all_numbers_are_floats(name):
    wanted = [part for case in cases(name) for part in case.want.values()]
    parts = [part for part in wanted if isinstance(part, np.ndarray)]
    # A count beside arrays is no array of integers.
    kinds = {part.dtype.kind for part in parts if part.ndim or part.dtype.kind == "f"}
    tensors = any(is_tensor(arg) for case in cases(name) for arg in case.args)
    arrays = any(isinstance(arg, np.ndarray | dict) for case in cases(name) for arg in case.args)
    # Where integers may come back as they are, the signature says `Real`.
    kept = "Real" in str(inspect.signature(catalog.load(name).reference).return_annotation)
    floats = kinds == {"f"} and arrays and not tensors and not kept
    assert (stubs.FLOATS in rules(name)) == floats


def test_what_a_docstring_names_is_there():
    """`cached_attention` rotates as `rotate` does, which is another exercise."""
    stub = catalog.load("cached_attention").stub()
    assert "\nfrom answers.transformers.rotary import rotate\n" in stub
    assert "`rotate`" in stub


@pytest.mark.parametrize("name", NAMES)
def test_every_type_of_number_that_a_case_uses_is_said_to_count(name):
    """The kinds of a parameter's annotation, against the arrays that cases put there."""
    said = rules(name)
    for case in cases(name):
        for parameter, arg in zip(
            inspect.signature(case.reference).parameters.values(), case.args, strict=False
        ):
            annotation = str(parameter.annotation)
            if not (isinstance(arg, np.ndarray) or is_tensor(arg)):
                continue
            dtype = str(arg.dtype).removeprefix("torch.")
            for kind in re.findall(r"\b(Real|Integer|Float)\[", annotation):
                assert f"`{kind}` stands for" in said
            if dtype.startswith("float"):
                assert dtype in ("float64", "float32"), (
                    f"answers/exercises/{name}.py: {case.name}: {dtype} is not asked for"
                )
            if is_tensor(arg) and "int" in dtype:
                assert dtype in said


MODULE = '''
"""A module of answers."""

import math

import numpy as np

from answers.inputs import refuse_empty
from answers.inputs.contracts import refuses


def refuse_odd(x, name):
    """Odd is refused."""
    if x % 2:
        raise ValueError(f"{x} is odd")


def root(x):
    """The root, made by a helper."""
    return math.sqrt(x)


# --8<-- [start:halving_refuses]
# --8<-- [start:inside]
def negative(x, twice):
    if x < 0:
        raise ValueError("negative")


# --8<-- [end:inside]
@refuses(negative, x=refuse_odd)
# --8<-- [end:halving_refuses]
# --8<-- [start:halving]
def halved(x, twice):
    """Half of x.

    It is even.

    How:
        Divide by two.

        Then look.

    Args:
        x: A number.

    Raises:
        ValueError: x is odd.

    Example:
        >>> halved(4, False), root(4.0)
        (2.0, 2.0)
    """
    # This stays.
    return half(x / 2) if twice else half(x)


# --8<-- [end:halving]
def half(x):
    """Half of it."""
    if x is None:
        raise ValueError("nothing")
    return x / 2
'''


@pytest.fixture
def halved(tmp_path, monkeypatch):
    (tmp_path / "made_up_answers.py").write_text(MODULE.lstrip())
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("made_up_answers").halved
    sys.modules.pop("made_up_answers")


def test_the_solution_is_the_core_and_then_in_comments_the_contract(halved):
    shown = re.sub(r'"""Half of x.*?"""', '"""Half of x."""', source.solution(halved), flags=re.S)
    assert (
        shown
        == '''from made_up_answers import root


def halved(x, twice):
    """Half of x."""
    # This stays.
    return half(x / 2) if twice else half(x)


def half(x):
    """Half of it."""
    if x is None:
        raise ValueError("nothing")
    return x / 2


# The answer of this guide also refuses bad input, which is not asked for here.
#
# In halved:
#     def negative(x, twice):
#         if x < 0:
#             raise ValueError("negative")
#
#     @refuses(negative, x=refuse_odd)
'''
    )


def test_the_file_to_begin_with_leaves_out_how(halved):
    shown = stubs.stub(halved, [1e-8])
    assert "    It is even.\n\n    Args:\n" in shown
    assert "Divide" not in shown
    assert "Then look" not in shown
    assert shown.endswith(
        """        (2.0, 2.0)

    Also, if you have time, raise:
        ValueError: x is odd.

    Not judged: the dtype of the result.
    \"\"\"
    raise NotImplementedError
"""
    )
    assert "from made_up_answers import root\n\n\ndef halved" in shown


@pytest.mark.parametrize("name", NAMES)
def test_the_core_comes_first_and_contracts_in_comments(name):
    exercise = catalog.load(name)
    core, _, contracts = exercise.solution().partition(source.NOT_ASKED)
    defined = [node.name for node in ast.parse(core).body if hasattr(node, "name")]
    assert defined[0] == name
    assert "@refuses" not in core
    module = {line.strip() for line in source.Module(exercise.reference).lines}
    for line in contracts.splitlines()[2:]:
        assert line.startswith("#")
        assert line.removeprefix("#").strip() in module or re.match(r"# In \w+:|#$", line)


@pytest.mark.parametrize("name", NAMES)
def test_the_solution_ends_with_the_contract_of_each_of_its_functions(name):
    exercise = catalog.load(name)
    text = "\n".join(source.Module(exercise.reference).lines)
    code, _, comments = exercise.solution().partition(source.NOT_ASKED)
    shown = [line.removeprefix("#").strip() for line in comments.splitlines()]
    for node in ast.parse(code).body:
        contract = re.search(
            rf"\n@refuses\((?:(?!\ndef |\n@refuses).)*?\ndef {getattr(node, 'name', '')}\(",
            text,
            re.S,
        )
        if contract:
            lines = [line.strip() for line in contract[0].splitlines()[:-1] if "--8<--" not in line]
            assert f"In {node.name}:" in shown
            assert {*lines} <= {*shown}


INTEGERS = "int8", "uint8", "int16", "uint16", "int32", "uint32", "uint64"


def as_integers(value: object, dtype: str) -> object:
    """An array of integers in this type if they fit; all else as it is."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "iu" or not value.size:
        return value
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    return value.astype(dtype) if low <= value.min() and value.max() <= high else value


@pytest.mark.parametrize("name", NAMES)
def test_all_integer_types_give_what_the_usual_ones_give(name):
    """As the file says of `Integer` and of `Real`."""
    for case in cases(name):
        if any(is_tensor(arg) for arg in case.args) or not isinstance(case.args, tuple):
            continue
        for dtype in INTEGERS:
            args = tuple(as_integers(copy.deepcopy(arg), dtype) for arg in case.args)
            if isinstance(case.expected[0], Complaint):
                continue
            result = case.reference(*args, **case.kwargs)
            parts = parts_of(result, case.expected[0], case.returns)
            wrong = [p for p in parts if not agrees(parts[p], case.want[p], 1e-6)]
            assert wrong == [], (
                f"answers/exercises/{name}.py: {case.name}: its own answer is another one for "
                f"{dtype}; integers wrap around, so make them floats first (`as_float`)"
            )
