"""A change that makes something false, and whether the guide notices it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """One change.

    Attributes:
        kind: What is changed.
        where: The file and the line, or the name of what is changed.
        what: What stood there and what stands there now.
        noticed: Called to find out whether a check, a comparison or a test fails.
    """

    kind: str
    where: str
    what: str
    noticed: Callable[[], bool]
