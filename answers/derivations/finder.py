"""All derivations, found by what their functions return."""

import inspect
import pkgutil
from collections.abc import Callable
from importlib import import_module

from answers import derivations
from answers.derivations import Line


def functions() -> dict[str, Callable[[], list[Line]]]:
    """Each function of this package that returns lines and needs no argument, by name."""
    found = {}
    for info in pkgutil.iter_modules(derivations.__path__):
        module = import_module(f"answers.derivations.{info.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            signature = inspect.signature(function)
            needs = [p for p in signature.parameters.values() if p.default is p.empty]
            if signature.return_annotation == list[Line] and not needs:
                found[f"{info.name}.{name}"] = function
    return found
