"""Right ways to write `next_token_loss` that do not look like the reference."""

import torch
from torch import nn


def with_ignored_labels(logits, ids, mask=None):
    """Labels that do not count are -100, as Hugging Face has them."""
    labels = ids.clone()
    if mask is not None:
        labels[~mask] = -100
        labels[:, 1:][~mask[:, :-1]] = -100
    return nn.CrossEntropyLoss()(logits[:, :-1, :].permute(0, 2, 1), labels[:, 1:])


def with_a_loop(logits, ids, mask=None):
    total, count = 0.0, 0
    for b in range(len(ids)):
        for t in range(ids.shape[1] - 1):
            if mask is None or (mask[b, t] and mask[b, t + 1]):
                row = logits[b, t]
                total = total + torch.logsumexp(row, 0) - row[ids[b, t + 1]]
                count += 1
    return total / count


def with_gather(logits, ids, mask=None):
    log_p = logits.log_softmax(dim=-1)[:, :-1]
    each = -torch.gather(log_p, 2, ids[:, 1:].unsqueeze(-1)).squeeze(-1)
    counts = torch.ones_like(each)
    if mask is not None:
        counts = (mask[:, 1:] * mask[:, :-1]).to(each.dtype)
    return (each * counts).sum() / counts.sum()


def shifted_from_the_right(logits, ids, mask=None):
    """The labels are padded instead of the logits cut."""
    batch, time, vocab = logits.shape
    labels = torch.full_like(ids, -1)
    labels[:, : time - 1] = ids[:, 1:]
    if mask is not None:
        real = torch.zeros_like(mask)
        real[:, : time - 1] = mask[:, 1:]
        labels = torch.where(mask & real, labels, -1)
    return nn.functional.cross_entropy(
        logits.reshape(batch * time, vocab), labels.reshape(-1), ignore_index=-1
    )
