"""Faults of labels and loss."""

import torch
from torch.nn import functional

from answers.transformers.faults.sound import small, sound, then
from answers.transformers.gpt import next_token_loss_torch


# --8<-- [start:loss]
def labels_not_shifted():
    """The loss compares logits at t with token t, which the model has just read."""

    def loss(logits, ids, mask):
        return functional.cross_entropy(logits.flatten(0, 1), ids.flatten())

    return sound(loss=masked(loss))


def labels_shifted_twice():
    """The data loader shifts the labels, and the loss shifts them again."""

    def loss(logits, ids, mask):
        shifted = None if mask is None else mask[:, 1:]
        return next_token_loss_torch(logits[:, :-1], ids[:, 1:], shifted)

    return sound(loss=loss)


def logits_reshaped_not_transposed():
    """Cross-entropy wants (batch, vocab, time), and a reshape has that shape too."""

    def loss(logits, ids, mask):
        batch, time, vocab = logits.shape
        logits = logits.reshape(batch, vocab, time)
        return functional.cross_entropy(logits[..., :-1], ids[:, 1:])

    return sound(loss=loss)


def padding_in_the_loss():
    """The mean runs over padding too."""
    return sound(loss=lambda logits, ids, mask: next_token_loss_torch(logits, ids))


def mean_of_means():
    """Each sequence has its own mean, and the loss is the mean of those."""

    def loss(logits, ids, mask):
        if mask is None:
            return next_token_loss_torch(logits, ids)
        rows = [slice(n, n + 1) for n in range(len(ids))]
        return torch.stack(
            [next_token_loss_torch(logits[r], ids[r], mask[r]) for r in rows]
        ).mean()

    return sound(loss=loss)


def masked(loss):
    """`loss` of the real tokens alone."""

    def of_real(logits, ids, mask):
        if mask is None:
            return loss(logits, ids, None)
        return loss(logits[mask][None], ids[mask][None], None)

    return of_real


def softmax_before_cross_entropy():
    """The model ends in a softmax, and cross-entropy takes another."""
    return sound(model=then(small(), lambda logits: logits.softmax(-1)), tied=())


# --8<-- [end:loss]


FAULTS = (
    labels_not_shifted,
    labels_shifted_twice,
    logits_reshaped_not_transposed,
    padding_in_the_loss,
    mean_of_means,
    softmax_before_cross_entropy,
)
