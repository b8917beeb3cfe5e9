"""Waiting for a state, as long as a busy machine needs."""

import time
from collections.abc import Callable


def wait_until(holds: Callable[[], bool], told: Callable[[], object] = str) -> None:
    """Return once it holds; fail with what is `told` if that takes minutes."""
    deadline = time.monotonic() + 200
    while not holds():
        assert time.monotonic() < deadline, told()
        time.sleep(0.02)
