"""Which check finds which fault: every fault is planted in a sound training and every check run.

Each fault is a function that returns a `Training` with one thing wrong. The faults stand in
`answers/transformers/faults/`, the checks in `answers/transformers/checks/`.
"""

from collections.abc import Callable
from functools import cache

import torch

from answers.transformers.checks.training import Training
from answers.transformers.faults import (
    heads,
    loss,
    masks,
    optimizer,
    positions,
    steps,
    weights,
)
from answers.transformers.faults.unseen import UNSEEN
from answers.transformers.transformer_checks import CHECKS

FAULTS: dict[str, Callable[[], Training]] = {
    fault.__name__: fault
    for part in (loss, masks, heads, positions, weights, optimizer, steps)
    for fault in part.FAULTS
}


# --8<-- [start:matrix]
@cache
def caught() -> dict[str, tuple[str, ...]]:
    """For each fault, the checks that it fails, in their order; made by running them."""
    return {name: failed(make()) for name, make in FAULTS.items()}


def failed(training: Training) -> tuple[str, ...]:
    """The checks that a training fails.

    Returns:
        Their names, in the order in which they run.

    Example:
        >>> from answers.transformers.faults.loss import padding_in_the_loss
        >>> failed(padding_in_the_loss())
        ('loss_is_the_mean_over_real_tokens',)
    """
    with torch.random.fork_rng(devices=[]):
        verdicts = [check(training) for check in CHECKS]
    return tuple(v.check for v in verdicts if v.failed)


# --8<-- [end:matrix]


def table() -> str:
    """For each fault the checks that fail, as Markdown: the first in words, all by number."""
    names = [check.__name__ for check in CHECKS]
    legend = [f"{n}. `{name}`" for n, name in enumerate(names, 1)]
    rows = [
        f"| {words(fault)} | **{words(found[0])}** | "
        + ", ".join(str(names.index(name) + 1) for name in found)
        + " |"
        for fault, found in caught().items()
    ]
    head = ["| fault | first check that fails | all that fail |", "|---|---|---|"]
    last = names[-1]
    found = sum(last in failed for failed in caught().values())
    missed = len(rows) - found
    count = (
        f"Of the {len(rows)} faults, `{last}` alone finds {found} and misses {missed}."
    )
    return "\n".join([*legend, "", *head, *rows, "", count])


def blind_spots() -> str:
    """What no check sees, as Markdown: how many fail, and a measurement that shows it."""
    rows = [
        f"| {words(fault.__name__)} | {len(failed(fault()))} of {len(CHECKS)} | {what} "
        f"| {measure(without())} | {measure(fault())} |"
        for fault, (what, measure, without) in UNSEEN.items()
    ]
    head = "| fault | checks that fail | what shows it | sound | with the fault |"
    return "\n".join([head, "|---|---|---|---|---|", *rows])


def words(name: str) -> str:
    return name.replace("_", " ")
