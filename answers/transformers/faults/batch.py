"""Faults of special tokens, in a batch of two texts."""

import torch

from answers.transformers.checks.batch import Batch

BEGIN, END, PAD = 1, 2, 0
TEXTS = ([11, 12, 13, 14], [21, 22])


# --8<-- [start:batch]
def sound_batch() -> Batch:
    return of_rows([[BEGIN, *text, END] for text in TEXTS])


def begin_twice() -> Batch:
    """The template writes a begin token, and the tokenizer adds its own."""
    return of_rows([[BEGIN, BEGIN, *text, END] for text in TEXTS])


def end_missing() -> Batch:
    return of_rows([[BEGIN, *text] for text in TEXTS])


def end_masked_as_padding() -> Batch:
    """The end token pads, too, and whatever is a pad token is left out."""
    batch = of_rows([[BEGIN, *text, END] for text in TEXTS], pad=END)
    return Batch(batch.ids, batch.ids != END, BEGIN, END, pad=END)


def padding_counted() -> Batch:
    batch = sound_batch()
    return Batch(batch.ids, torch.ones_like(batch.mask), BEGIN, END, PAD)


def of_rows(rows: list[list[int]], pad: int = PAD) -> Batch:
    """Rows of unequal length, padded on the right and masked by length."""
    time = max(map(len, rows))
    ids = torch.tensor([[*row, *[pad] * (time - len(row))] for row in rows])
    lengths = torch.tensor([len(row) for row in rows])
    return Batch(ids, torch.arange(time) < lengths[:, None], BEGIN, END, pad)


# --8<-- [end:batch]

BATCH_FAULTS = begin_twice, end_missing, end_masked_as_padding, padding_counted
