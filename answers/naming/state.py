"""What a submission keeps from call to call: with nothing kept, it may be right."""

import dis
import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import CodeType, FunctionType

from answers.grader.mistakes import Name
from answers.naming.submission import Submission

CONTAINERS = (dict, list, set)


def kept(submission: Submission) -> Name | None:
    """Every failing input is right if the state of the submission is emptied before the call."""
    if not submission.failing or not (held := keepers(submission.function)):
        return None
    for case in submission.failing:
        with ExitStack() as stack:
            for empty in held.values():
                stack.enter_context(empty())
            if case.ask(submission.function).wrong:
                return None
    inputs = "every input that fails is" if len(submission.failing) > 1 else "it is"
    text = (
        f"With {' and '.join(f'`{name}`' for name in held)} emptied before the call, {inputs} "
        "right. The usual cause: what an earlier call has kept is used for another input, or added "
        "to; keep nothing, or find it by all that it depends on."
    )
    return Name("kept_from_an_earlier_call", text)


def keepers(function: Callable) -> dict[str, Callable]:
    """What a function, or one that it names, may keep something in, and how it is emptied."""
    held: dict[str, Callable] = {}
    functions, seen = [inspect.unwrap(function)], set()
    while functions:
        each = functions.pop()
        if not isinstance(each, FunctionType) or each in seen:
            continue
        seen.add(each)
        for name, value, put in named_in(each):
            # The first value of a name that the code binds anew is unknown.
            if put and value is not None and not isinstance(value, CONTAINERS):
                held[name] = lambda put=put, value=value: as_none(put, value)
            elif isinstance(value, CONTAINERS) and value:
                held[name] = lambda value=value: emptied(value)
            elif hasattr(value, "cache_clear"):
                held[name] = lambda value=value: cleared(value)
                functions.append(inspect.unwrap(value))
            elif getattr(value, "__module__", None) == each.__module__:
                functions.append(value)
    if hasattr(function, "cache_clear"):
        held[function.__name__] = lambda: cleared(function)
    return held


def named_in(function: FunctionType) -> Iterator[tuple[str, object, Callable | None]]:
    """The names outside of a function that its code reads, what they stand for, and how to bind
    them if its code does."""
    variables, space = inspect.getclosurevars(function), function.__globals__
    bound = set(bound_in(function.__code__))
    for name, value in (variables.globals | variables.nonlocals).items():
        if name in bound and name in space:
            yield name, value, lambda new, name=name: space.update({name: new})
        else:
            yield name, value, None
    for name, parameter in inspect.signature(function).parameters.items():
        yield name, parameter.default, None
    for name, value in vars(function).items():
        yield name, value, None


def bound_in(code: CodeType) -> Iterator[str]:
    """The global names that a piece of code binds."""
    for step in dis.get_instructions(code):
        if step.opname == "STORE_GLOBAL":
            yield step.argval


@contextmanager
def emptied(container: dict | list | set) -> Iterator[None]:
    before = container.copy()
    container.clear()
    try:
        yield
    finally:
        container.clear()
        (container.extend if isinstance(container, list) else container.update)(before)


@contextmanager
def as_none(put: Callable, value: object) -> Iterator[None]:
    put(None)
    try:
        yield
    finally:
        put(value)


@contextmanager
def cleared(cached: Callable) -> Iterator[None]:
    cached.cache_clear()
    yield
