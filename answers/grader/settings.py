"""What a program may set for the whole process, such as PyTorch's gradient mode.

A submission's settings hold during its own calls, and never while the judge works.
"""

import contextlib
import functools
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterator

import numpy as np


def current() -> Callable[[], None]:
    """What is set now; call it to have that again."""
    again = [
        functools.partial(np.random.set_state, np.random.get_state()),
        functools.partial(random.setstate, random.getstate()),
        functools.partial(np.set_printoptions, **np.get_printoptions()),
        functools.partial(np.seterr, **np.geterr()),
    ]
    if torch := sys.modules.get("torch"):
        again += [
            functools.partial(torch.set_grad_enabled, torch.is_grad_enabled()),
            functools.partial(torch.set_default_dtype, torch.get_default_dtype()),
            functools.partial(torch.set_rng_state, torch.get_rng_state()),
            # `use_deterministic_algorithms` would import a compiler, which takes a second.
            functools.partial(
                torch.set_deterministic_debug_mode, torch.get_deterministic_debug_mode()
            ),
        ]
    # Last, for PyTorch changes these, too.
    again += [
        functools.partial(set_environment, dict(os.environ), os.environ._data.copy()),
        functools.partial(set_filters, list(warnings.filters)),
    ]
    return lambda: [each() for each in again]


def set_environment(wanted: dict[str, str], encoded: dict) -> None:
    # `os.environ` decodes every variable to compare itself.
    if os.environ._data != encoded:
        os.environ.clear()
        os.environ.update(wanted)


def set_filters(wanted: list) -> None:
    if warnings.filters != wanted:
        # This also makes Python forget which warnings the old filters have let through.
        warnings.resetwarnings()
        warnings.filters[:] = wanted


def inference(on: bool) -> contextlib.AbstractContextManager:
    """PyTorch's inference mode, on or off; nothing without PyTorch."""
    torch = sys.modules.get("torch")
    return torch.inference_mode(on) if torch else contextlib.nullcontext()


def is_inference() -> bool:
    torch = sys.modules.get("torch")
    return bool(torch and torch.is_inference_mode_enabled())


@contextlib.contextmanager
def printed_in_part() -> Iterator[None]:
    """Inside, an array of three entries is printed as one of a thousand: without its middle."""
    in_part = {"threshold": 0, "edgeitems": 1}
    torch = sys.modules.get("torch")
    if torch:
        torch.set_printoptions(**in_part)
    try:
        with np.printoptions(**in_part):
            yield
    finally:
        if torch:
            torch.set_printoptions(profile="default")


def apart(function: Callable, ours: Callable[[], None]) -> Callable:
    """`function`, to be called under the settings of now; between calls, `ours` holds.

    Each call begins with the same settings, whatever an earlier call has left. Inside
    `with together(call)`, where nothing is judged, they are set once for all calls.
    """
    theirs, inferring, are_set = current(), is_inference(), False

    @contextlib.contextmanager
    def under_theirs():
        nonlocal are_set
        try:
            # Entering inference mode, or leaving it, sets the gradient mode as well.
            with inference(inferring):
                theirs()
                are_set = True
                yield
        finally:
            are_set = False
            ours()

    @functools.wraps(function)
    def call(*args, **kwargs):
        set_now = contextlib.nullcontext() if are_set else under_theirs()
        # The verdict says what NumPy would warn of.
        with set_now, np.errstate(all="ignore"):
            return function(*args, **kwargs)

    call.under_theirs = under_theirs
    ours()
    return call


def together(function: Callable) -> contextlib.AbstractContextManager:
    """Inside, the calls of what `apart` has returned share one setting of settings."""
    return getattr(function, "under_theirs", contextlib.nullcontext)()
