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
        arguments, in_order = reader_of(parameters)

        @functools.wraps(body)
        def call(*args, **kwargs):
            __tracebackhide__ = True
            given = arguments(args, kwargs)
            if given is None:
                return body(*args, **kwargs)  # Python says what is wrong with the call
            for name in numbers:
                given[name] = of_python(given[name])
            for condition, name in first:
                if given[name] is not None:
                    condition(given[name], name)
            for condition, of in before:
                condition(*[given[name] for name in of])
            args, kwargs = in_order(given)
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


def reader_of(
    parameters: dict,
) -> tuple[Callable[[tuple, dict], dict | None], Callable]:
    """What reads the arguments of a call by name, defaults included, and what makes of them those
    of a call again; the first gives None for a call that does not fit. `inspect.Signature.bind`
    would take longer than most conditions."""
    kinds = inspect.Parameter
    names = [n for n, p in parameters.items() if p.kind is not p.KEYWORD_ONLY]
    several = next(
        (n for n in names if parameters[n].kind is kinds.VAR_POSITIONAL), None
    )
    places = names[: names.index(several)] if several else names
    keywords = [n for n, p in parameters.items() if p.kind is p.KEYWORD_ONLY]
    defaults = {n: p.default for n, p in parameters.items() if p.default is not p.empty}
    known = parameters.keys()

    def read(args: tuple, kwargs: dict) -> dict | None:
        given = {**defaults, **dict(zip(places, args, strict=False)), **kwargs}
        if several:
            given[several] = args[len(places) :]
        elif len(args) > len(places):
            return None
        return given if given.keys() == known else None

    def in_order(given: dict) -> tuple[list, dict]:
        args = [given[name] for name in places] + list(
            given[several] if several else ()
        )
        return args, {name: given[name] for name in keywords}

    return read, in_order
