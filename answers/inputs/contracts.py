"""Contracts: what a function refuses stands above it, and its body holds the algorithm alone.

    @refuses(no_class, overflow, logits=(empty, no_maximum))
    def cross_entropy(logits, targets): ...

reads: it refuses a target that is no class, an overflow, and logits that are empty or have no
maximum. A condition is a plain function that raises, or does not:

    logits=(empty, no_maximum)  of one argument: asked as empty(logits, "logits"), but not of None
    no_class, overflow          of several: asked with the arguments that its parameters name;
                                a parameter `result` has it asked when there is a result

The order: types (jaxtyping), conditions of one argument, conditions of several, the body,
conditions of `result`.

One law: a contract refuses or lets pass, and changes no value. So `inspect.unwrap(f)`, the body,
answers as f does whatever f answers, and a page or a solution may show and run the body alone.
A body may convert (`as_float`): that is part of the algorithm. Where an annotation names a number
of Python's, one of NumPy's becomes Python's, of the same value: it neither wraps, as 32 *
np.int8(4) does, nor makes float64 of float32.
"""

import functools
import inspect
import re
from collections.abc import Callable

import numpy as np
from jaxtyping import jaxtyped

from answers.inputs.kinds import typechecked

RESULT = "result"
NUMBER = re.compile(r"\b(int|float|bool)\b")
Condition = Callable[..., None]


def refuses(
    *of_several: Condition, **of_one: Condition | tuple[Condition, ...]
) -> Callable:
    """A decorator that has these conditions asked at every call.

    Raises:
        TypeError: A condition names a parameter that the function does not have, or the function
            takes keywords of any name. It is told when the module is imported.
    """

    def decorate(function: Callable) -> Callable:
        body = inspect.unwrap(function)
        parameters = inspect.signature(body).parameters
        first = [
            (inspect.unwrap(condition), name)
            for name, listed in of_one.items()
            for condition in (listed if isinstance(listed, tuple) else (listed,))
        ]
        several = [(inspect.unwrap(each), parameters_of(each)) for each in of_several]
        asked = {name for _, of in several for name in of} - {RESULT}
        refuse_misspelt(body, parameters, asked | {*of_one})
        numbers = [n for n, p in parameters.items() if NUMBER.search(str(p.annotation))]
        before = [(each, of) for each, of in several if RESULT not in of]
        after = [(each, of) for each, of in several if RESULT in of]
        arguments, in_order = reader_of(body, parameters)

        @functools.wraps(body)
        def call(*args, **kwargs):
            __tracebackhide__ = True
            given = arguments(*args, **kwargs)
            if numbers:
                for name in numbers:
                    given[name] = of_python(given[name])
                args, kwargs = in_order(given)
            for condition, name in first:
                if given[name] is not None:
                    condition(given[name], name)
            for condition, of in before:
                condition(*[given[name] for name in of])
            if not after:
                return body(*args, **kwargs)
            # What overflows is told by a condition; NumPy's warning would tell it twice.
            with np.errstate(over="ignore", invalid="ignore"):
                given[RESULT] = result = body(*args, **kwargs)
                for condition, of in after:
                    condition(*[given[name] for name in of])
            return result

        # The import hook has decorated the body. Types come first, so they stand outside.
        return call if body is function else jaxtyped(call, typechecker=typechecked)

    return decorate


def of_python(value: object) -> object:
    """A number of NumPy's, or numbers in a tuple, as Python's."""
    if type(value) is tuple:
        return tuple(map(of_python, value))
    return value.item() if isinstance(value, np.generic) else value


def parameters_of(condition: Condition) -> tuple[str, ...]:
    """The names of the arguments that a condition asks for."""
    return tuple(inspect.signature(condition).parameters)


def refuse_misspelt(body: Callable, parameters: dict, asked: set[str]) -> None:
    """Raise unless the function has every parameter that its contract names."""
    if any(each.kind is each.VAR_KEYWORD for each in parameters.values()):
        raise TypeError(
            f"the contract of {body.__qualname__}: it takes keywords of any name"
        )
    if unknown := sorted(asked - {*parameters}):
        there = ", ".join(parameters)
        raise TypeError(
            f"the contract of {body.__qualname__} names {', '.join(unknown)}; it has {there}"
        )


def reader_of(body: Callable, parameters: dict) -> tuple[Callable, Callable]:
    """What reads the arguments of a call by name, defaults included, and what makes of them those
    of a call again. The first has the parameters of the body, so Python itself reads them and
    says what is wrong with a call; `inspect.Signature.bind` would take longer than most
    conditions."""
    empty = inspect.Parameter.empty
    bare = [p.replace(annotation=empty, default=empty) for p in parameters.values()]
    read = eval(f"lambda {str(inspect.Signature(bare))[1:-1]}: locals()")
    read.__defaults__, read.__kwdefaults__ = body.__defaults__, body.__kwdefaults__
    read.__qualname__ = body.__qualname__
    keywords = [n for n, p in parameters.items() if p.kind is p.KEYWORD_ONLY]
    several = [n for n, p in parameters.items() if p.kind is p.VAR_POSITIONAL]
    places = [n for n in parameters if n not in (*keywords, *several)]

    def in_order(given: dict) -> tuple[list, dict]:
        args = [given[name] for name in places]
        for name in several:
            args += given[name]
        return args, {name: given[name] for name in keywords}

    return read, in_order
