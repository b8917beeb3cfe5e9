"""How the examples in the docstrings call what is promised, for tests that call it otherwise."""

import copy
import doctest
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, reduce
from importlib import import_module

import numpy as np

from answers.site import modules


@dataclass(frozen=True)
class PromisedCall:
    """A call of an example.

    Attributes:
        function: What is called, a function or a class.
        args, kwargs: With what.
    """

    function: Callable
    args: tuple
    kwargs: dict

    def __call__(self):
        return self.function(*self.args, **self.kwargs)

    def arrays(self) -> Iterator[str]:
        """The names of the arguments that are arrays, or hold some."""
        for name, value in self.bound().arguments.items():
            if any(isinstance(each, np.ndarray) for each in parts(value)):
                yield name

    def all_changed(self, change: Callable) -> "PromisedCall":
        return reduce(lambda call, name: call.changed(name, change), self.arrays(), self)

    def axes(self, name: str) -> set[int]:
        """How many axes the arrays of an argument have."""
        return {np.ndim(each) for each in parts(self.bound().arguments[name])}

    def bound(self) -> inspect.BoundArguments:
        return inspect.signature(self.function).bind(*self.args, **self.kwargs)

    def changed(self, name: str, change: Callable) -> "PromisedCall":
        """This call, with `change` made to every array in the argument of that name."""
        bound = self.bound()
        bound.arguments[name] = in_arrays(bound.arguments[name], change)
        return PromisedCall(self.function, bound.args, bound.kwargs)


def parts(value) -> list:
    """What is in a container, or the thing itself."""
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else [value]


def in_arrays(value, change: Callable):
    if isinstance(value, dict):
        return {key: in_arrays(each, change) for key, each in value.items()}
    if isinstance(value, list | tuple):
        make = getattr(value, "_make", type(value))  # of a named tuple
        return make(in_arrays(each, change) for each in value)
    return change(value) if isinstance(value, np.ndarray) else value


@cache
def calls(module: str, name: str) -> tuple[PromisedCall, ...]:
    """The calls that the example of a function or a class makes of it."""
    namespace = vars(import_module(module))
    promised, found = namespace[name], []

    def call(*args, **kwargs):
        # What draws at random has been used up afterwards.
        found.append(PromisedCall(promised, *copy.deepcopy((args, kwargs))))
        return promised(*args, **kwargs)

    text = inspect.getdoc(promised)
    names = {**namespace, name: call}
    example = doctest.DocTestParser().get_doctest(text, names, name, None, None)
    # What it defines is still needed: its functions are arguments.
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(example, out=lambda _: None, clear_globs=False)
    return tuple(found)


def takes_arrays(module: str, name: str) -> bool:
    parameters = inspect.signature(getattr(import_module(module), name)).parameters
    return any("ndarray" in str(each.annotation) for each in parameters.values())


# Every promised function and class that takes arrays: (module, name).
TAKING_ARRAYS = [
    (module, name)
    for module, names in modules.promised().items()
    for name in names
    if takes_arrays(module, name)
]
