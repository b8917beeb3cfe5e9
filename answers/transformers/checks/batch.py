"""Is a batch of texts what the model should read? Checks of its special tokens."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from answers.transformers.checks.verdict import Verdict, verdict


# --8<-- [start:batch]
@dataclass(frozen=True)
class Batch:
    """One whole text a row, as the model and the loss get it.

    Attributes:
        ids: The tokens, (batch, time).
        mask: True where a token is read and counted, False at padding.
        begin: The token before each text.
        end: The token after it. It may be `begin`, `pad` or both as well.
        pad: What fills a row.

    Example:
        >>> import torch
        >>> ids = torch.tensor([[1, 7, 8, 2], [1, 7, 2, 0]])
        >>> batch = Batch(ids, ids != 0, begin=1, end=2, pad=0)
        >>> [check(batch).outcome for check in BATCH_CHECKS]
        ['ok', 'ok', 'ok']
    """

    ids: Tensor
    mask: Tensor
    begin: int
    end: int
    pad: int

    def kept(self) -> list[list[int]]:
        """The tokens of each row that are read and counted."""
        return [
            row[real].tolist() for row, real in zip(self.ids, self.mask, strict=True)
        ]


def begins_once(batch: Batch) -> Verdict:
    """Each text begins with one begin token: not none, and not two."""
    wrong = [
        f"row {n} has {row.count(batch.begin)}"
        for n, row in enumerate(batch.kept())
        if row[:1] != [batch.begin] or batch.begin in inside(batch, row)
    ]
    return each_row(
        begins_once,
        wrong,
        "one begin token",
        "let template or tokenizer add it, not both",
    )


def inside(batch: Batch, row: list[int]) -> list[int]:
    """A row without its first token, its end, and the padding behind, if that is the same."""
    end = len(row)
    while row[1:end][-1:] == [batch.end]:
        end -= 1
        if batch.pad != batch.end:
            break
    return row[1:end]


def counts_no_padding(batch: Batch) -> Verdict:
    """The loss counts no padding; a begin or an end token that pads counts once a row."""
    allowed = (batch.pad == batch.begin) + (batch.pad == batch.end)
    wrong = [
        f"row {n} counts {row.count(batch.pad)}"
        for n, row in enumerate(batch.kept())
        if row.count(batch.pad) > allowed
    ]
    return each_row(
        counts_no_padding, wrong, "no padding that counts", "mask by length"
    )


def ends_in_the_loss(batch: Batch) -> Verdict:
    """Each text ends with an end token that counts: else the model never learns to stop."""
    wrong = [
        f"row {n} ends with {row[-1:]}, not [{batch.end}]"
        for n, row in enumerate(batch.kept())
        if row[-1:] != [batch.end]
    ]
    return each_row(
        ends_in_the_loss,
        wrong,
        "an end token in the loss",
        "add it to each text, and mask padding by length, not by token",
    )


def each_row(check: Callable, wrong: list[str], good: str, repair: str) -> Verdict:
    bad = f"{'; '.join(wrong[:2])}: {repair}"
    return verdict(check, not wrong, f"each row has {good}", bad)


# --8<-- [end:batch]

BATCH_CHECKS = begins_once, counts_no_padding, ends_in_the_loss
