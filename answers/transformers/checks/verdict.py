"""What a check says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor


# --8<-- [start:verdict]
@dataclass(frozen=True)
class Verdict:
    """What a check found: `message` is a sentence, and says what to look at next.

    A check that could test nothing has neither passed nor failed: it is skipped.
    """

    check: str
    outcome: Literal["ok", "FAIL", "skip"]
    message: str

    @property
    def passed(self) -> bool:
        return self.outcome == "ok"

    @property
    def failed(self) -> bool:
        return self.outcome == "FAIL"

    def __str__(self) -> str:
        return f"{self.outcome:4} {self.check}: {self.message}"


def verdict(check: Callable, passed: bool, good: str, bad: str) -> Verdict:
    outcome = "ok" if passed else "FAIL"
    return Verdict(check.__name__, outcome, good if passed else bad)


def skipped(check: Callable, why: str) -> Verdict:
    return Verdict(check.__name__, "skip", why)


# --8<-- [end:verdict]


def few(names: list[str]) -> str:
    """The first three, and how many more."""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def apart(a: Tensor, b: Tensor) -> float:
    """The largest difference; nan if one holds nan."""
    return float((a - b).abs().amax())


def relative(a: Tensor, b: Tensor) -> float:
    """`apart`, as a multiple of a usual entry of `b`, with which rounding grows.

    Not of the largest: a logit of -1e9 may stand for a banned token.
    """
    usual = b.abs().median().clamp(min=torch.finfo(b.dtype).tiny)
    return float((a - b).abs().amax() / usual)
