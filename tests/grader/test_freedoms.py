"""Every freedom that a signature gives is used by a case, or the stub excludes it in words."""

import ast

import freedoms
import numpy as np
import pytest
from jaxtyping import Bool, Float, Integer, Real
from numpy import ndarray

from answers.grader import catalog
from answers.grader.exercise import Exercise
from answers.grader.notes import WRAPPED

NAMES = catalog.names()
# What stands in the stub where a freedom is not asked for. An axis needs an axis.
EXCLUDED = [
    ("0 axes of shape", "is 0-d"),
    (freedoms.INTEGERS[1], WRAPPED.what),
    (freedoms.INTEGERS[2], WRAPPED.what),
    (freedoms.INTEGERS[1], "Not judged: integers;"),
]


@pytest.mark.parametrize("name", NAMES)
def test_every_freedom_is_used_or_excluded_in_words(name):
    exercise = catalog.load(name)
    stub = " ".join(ast.unparse(ast.parse(exercise.stub())).split())
    unused = freedoms.unused(exercise.reference, exercise.cases)
    excluded = tuple(freedom for freedom, words in EXCLUDED if words in stub)
    left = [each for each in unused if not each.startswith(excluded)]
    assert not left, (
        f"answers/exercises/{name}.py: the signature allows what no case uses; add a case of each, "
        f"or allow less: {'; '.join(left)}"
    )


def free(
    x: Real[ndarray, "*batch d"],
    y: Real[ndarray, "*#batch d"],
    label: Integer[ndarray, " n"] | Bool[ndarray, " n"] = None,
    mask: Bool[ndarray, "#d"] | None = None,
    scale: Float[ndarray, " d"] | float = 1.0,
    causal: bool = False,
):
    """x.

    Args:
        x: Numbers; no nan.
        y: Nats; -inf is probability 0.

    Raises:
        ValueError: `x` holds -inf.
    """
    return x


def test_the_freedoms_of_a_signature_are_read_from_it():
    assert freedoms.allowed(free) == [
        *(f"{kind} in `x`" for kind in ("float64", "float32")),
        *(f"{kind} in `x`" for kind in freedoms.INTEGERS),
        *(f"{count} axes of batch" for count in range(4)),
        *(f"{kind} in `y`" for kind in ("float64", "float32")),
        *(f"{kind} in `y`" for kind in freedoms.INTEGERS),
        "fewer leading axes in `y` than elsewhere",
        *(f"{kind} in `label`" for kind in freedoms.INTEGERS),
        "True and False in `label`",
        "`label` left out",
        "`label` passed",
        "True and False in `mask`",
        "an axis of size 1 that is broadcast in `mask`",
        "`mask` left out",
        "`mask` passed",
        "float64 in `scale`",
        "float32 in `scale`",
        "`scale` left out",
        "`scale` passed",
        "`causal` left out",
        "`causal` passed",
        "`causal` is True",
        "`causal` is False",
        "-inf in `y`",
        "integers in `x` beside floats",
        "integers in `y` beside floats",
    ]


def mean(logits: Real[ndarray, " n"], target: Integer[ndarray, ""]):
    """A mean. It is infinite if the logit of the target is -inf."""


def test_minus_infinity_is_read_from_the_docstring():
    assert "-inf in `logits`" in freedoms.allowed(mean)
    assert "-inf in `target`" not in freedoms.allowed(mean)


def test_integers_of_pytorch_are_int64_and_the_stub_says_so():
    """`functional.cross_entropy` takes no other labels."""
    exercise = catalog.load("next_token_loss_torch")
    allowed = freedoms.allowed(exercise.reference)
    assert "signed integers in `ids`" in allowed
    assert not [each for each in allowed if each.startswith(freedoms.INTEGERS[1:])]
    assert "`Integer` stands for int64." in " ".join(exercise.stub().split())


ONE = np.ones(3)


@pytest.mark.parametrize(
    ("args", "kwargs", "used"),
    [
        ((ONE, ONE), {}, {"float64 in `x`", "0 axes of batch", "`mask` left out"}),
        ((ONE[None], ONE), {}, {"1 axes of batch", "fewer leading axes in `y` than elsewhere"}),
        ((ONE.astype(np.int32), ONE), {}, {"signed integers in `x`"}),
        ((ONE.astype(np.int8), ONE), {}, {"signed integers of one or two bytes in `x`"}),
        ((ONE.astype(np.int8), ONE), {}, {"integers in `x` beside floats"}),
        ((ONE, -np.inf * ONE), {}, {"-inf in `y`"}),
        ((ONE, ONE.astype(np.uint32)), {}, {"unsigned integers in `y`"}),
        ((ONE, ONE), {"mask": ONE[:1] > 0}, {"an axis of size 1 that is broadcast in `mask`"}),
        ((ONE, ONE), {"mask": ONE > 0}, {"True and False in `mask`", "`mask` passed"}),
        ((ONE, ONE), {"causal": True}, {"`causal` is True", "`causal` passed"}),
    ],
)
def test_what_a_case_uses_is_no_longer_unused(args, kwargs, used):
    exercise = Exercise(free, "a-page", ("Hint.",))
    assert used <= set(freedoms.unused(free, exercise.cases))
    exercise.case("one", *args, **kwargs)
    assert not used & set(freedoms.unused(free, exercise.cases))
    assert freedoms.unused(free, exercise.cases)
