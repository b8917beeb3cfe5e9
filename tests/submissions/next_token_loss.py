"""Right and wrong ways to write next_token_loss in NumPy."""

import itertools

import numpy as np


def with_a_loop(logits, ids, mask=None):
    total, places = 0.0, []
    gradient = np.zeros(logits.shape)
    for b in range(len(ids)):
        for t in range(ids.shape[1] - 1):
            if mask is None or (mask[b, t] and mask[b, t + 1]):
                row = logits[b, t].astype(float)
                powers = np.exp(row - max(row))
                total += np.log(powers.sum()) + max(row) - row[ids[b, t + 1]]
                gradient[b, t] = powers / powers.sum()
                gradient[b, t, ids[b, t + 1]] -= 1
                places.append((b, t))
    return total / len(places), gradient / len(places)


def by_weights(logits, ids, mask=None):
    x, labels = logits[:, :-1], ids[:, 1:]
    x = x - x.max(axis=-1, keepdims=True)
    log_p = x - np.log(np.exp(x).sum(axis=-1, keepdims=True))
    onehot = np.eye(logits.shape[-1])[labels]
    weights = np.ones(labels.shape)
    if mask is not None:
        weights = mask[:, 1:] * mask[:, :-1] * 1.0
    weights /= weights.sum()
    gradient = np.zeros_like(logits, dtype=float)
    gradient[:, :-1] = (np.exp(log_p) - onehot) * weights[..., None]
    return -(log_p * onehot).sum(axis=-1).ravel() @ weights.ravel(), gradient


def on_flat_places(logits, ids, mask=None):
    """Indices of all places, one after the other."""
    batch, time, vocab = logits.shape
    real = np.ones((batch, time), bool) if mask is None else mask
    flat = np.arange(batch * time).reshape(batch, time)[:, :-1]
    at = flat[real[:, 1:] & real[:, :-1]]
    rows, labels = logits.reshape(-1, vocab)[at], ids.reshape(-1)[at + 1]
    top = rows.max(1, keepdims=True)
    lse = top + np.log(np.exp(rows - top).sum(1, keepdims=True))
    gradient = np.zeros((batch * time, vocab))
    gradient[at] = np.exp(rows - lse)
    np.add.at(gradient, (at, labels), -1)
    loss = (lse[:, 0] - rows[np.arange(len(at)), labels]).mean()
    return loss, gradient.reshape(logits.shape) / len(at)


def pytorch(logits, ids, mask=None):
    import torch
    from torch.nn import functional

    z = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    labels = torch.tensor(ids[:, 1:].astype(np.int64))
    if mask is not None:
        labels[~torch.tensor(mask[:, 1:] & mask[:, :-1])] = -100
    loss = functional.cross_entropy(z[:, :-1].transpose(1, 2), labels)
    loss.backward()
    return loss.item(), z.grad.numpy()


def padded_with_nothing(logits, ids, mask=None):
    """Sequence by sequence, with what counts picked out first."""
    logits = np.asarray(logits, float)
    gradient, losses = np.zeros(logits.shape), []
    mask = np.ones(ids.shape, bool) if mask is None else mask
    for b in range(len(ids)):
        steps = [t for t in range(ids.shape[1] - 1) if mask[b, t] and mask[b, t + 1]]
        for t in steps:
            z = logits[b, t] - logits[b, t].max()
            p = np.exp(z) / np.exp(z).sum()
            label = ids[b, t + 1]
            losses.append(np.log(np.exp(z).sum()) - z[label])
            gradient[b, t] = p
            gradient[b, t, label] -= 1
    return np.mean(losses), gradient / len(losses)


def onehot_labels(logits, ids, mask=None):
    before, after = logits[:, :-1].astype(float), ids[:, 1:]
    counts = np.ones(after.shape) if mask is None else (mask[:, 1:] & mask[:, :-1]) * 1.0
    n = counts.sum()
    labels = np.eye(logits.shape[-1])[np.where(counts > 0, after, 0).astype(int)]
    top = before.max(-1, keepdims=True)
    log_sum = top + np.log(np.exp(before - top).sum(-1, keepdims=True))
    of_label = np.take_along_axis(before, labels.argmax(-1)[..., None], -1)
    loss = ((log_sum - of_label)[..., 0] * counts).sum() / n
    gradient = np.zeros(logits.shape)
    gradient[:, :-1] = (np.exp(before - log_sum) - labels) * counts[..., None] / n
    return loss, gradient


def _cross_entropy(logits, labels, counts):
    z = logits - logits.max(-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(-1, keepdims=True))
    each = -np.take_along_axis(log_p, labels[..., None].astype(int), -1)[..., 0]
    onehot = np.eye(logits.shape[-1])[labels]
    total = counts.sum()
    return (each * counts).sum() / total, (np.exp(log_p) - onehot) * counts[..., None] / total


def as_it_is(logits, ids, mask=None):
    return _cross_entropy(logits, ids, np.ones(ids.shape) if mask is None else mask)


def rolled(logits, ids, mask=None):
    counts = np.ones(ids.shape) if mask is None else mask * np.roll(mask, -1, 1)
    return _cross_entropy(logits, np.roll(ids, -1, 1), counts)


def not_padded_back(logits, ids, mask=None):
    counts = np.ones(ids[:, 1:].shape) if mask is None else mask[:, 1:] & mask[:, :-1]
    return _cross_entropy(logits[:, :-1], ids[:, 1:], counts)


def labels_masked_alone(logits, ids, mask=None):
    """Misses the first token after left padding."""
    counts = np.ones(ids[:, 1:].shape) if mask is None else mask[:, 1:]
    loss, inner = _cross_entropy(logits[:, :-1], ids[:, 1:], counts)
    return loss, np.pad(inner, ((0, 0), (0, 1), (0, 0)))


def gradient_padded_in_front(logits, ids, mask=None):
    counts = np.ones(ids[:, 1:].shape) if mask is None else mask[:, 1:] & mask[:, :-1]
    loss, inner = _cross_entropy(logits[:, :-1], ids[:, 1:], counts)
    return loss, np.pad(inner, ((0, 0), (1, 0), (0, 0)))


def losses_zeroed_and_mean(logits, ids, mask=None):
    counts = np.ones(ids[:, 1:].shape) if mask is None else mask[:, 1:] & mask[:, :-1]
    loss, inner = _cross_entropy(logits[:, :-1], ids[:, 1:], counts)
    share = counts.mean()
    return loss * share, np.pad(inner, ((0, 0), (0, 1), (0, 0))) * share


def mean_over_sequences(logits, ids, mask=None):
    losses, gradient = [], np.zeros(logits.shape)
    for b in range(len(ids)):
        own = np.ones(ids.shape[1] - 1) if mask is None else mask[b, 1:] & mask[b, :-1]
        if own.any():
            loss, gradient[b, :-1] = _cross_entropy(logits[b, :-1], ids[b, 1:], own)
            losses.append(loss)
    return np.mean(losses), gradient / len(losses)


def step_for_gradient(logits, ids, mask=None):
    loss, gradient = with_a_loop(logits, ids, mask)
    return loss, 0 - gradient


def sum_of_gradients(logits, ids, mask=None):
    loss, gradient = with_a_loop(logits, ids, mask)
    count = ids[:, 1:].size if mask is None else (mask[:, 1:] & mask[:, :-1]).sum()
    return loss, gradient * count


def bits(logits, ids, mask=None):
    loss, gradient = with_a_loop(logits, ids, mask)
    return loss / np.log(2), gradient / np.log(2)


def loss_alone(logits, ids, mask=None):
    return with_a_loop(logits, ids, mask)[0]


def the_other_way_round(logits, ids, mask=None):
    return with_a_loop(logits, ids, mask)[::-1]


def exponentials_of_everything(logits, ids, mask=None):
    p = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    counts = np.zeros(ids.shape)
    counts[:, :-1] = 1 if mask is None else mask[:, 1:] & mask[:, :-1]
    onehot = np.eye(logits.shape[-1])[np.roll(ids, -1, 1)]
    each = -np.log((p * onehot).sum(-1))
    where = counts > 0
    return each[where].mean(), (p - onehot) * counts[..., None] / counts.sum()


def probabilities_clipped(logits, ids, mask=None):
    _, gradient = with_a_loop(logits, ids, mask)
    x = logits - logits.max(-1, keepdims=True)
    p = np.exp(x) / np.exp(x).sum(-1, keepdims=True)
    own = np.take_along_axis(p[:, :-1], ids[:, 1:, None].astype(int), -1)[..., 0]
    counts = slice(None) if mask is None else mask[:, 1:] & mask[:, :-1]
    return -np.log(own + 1e-12)[counts].mean(), gradient


def all_refused(logits, ids, mask=None):
    if not np.isfinite(logits).all() or ids.min() < 0 or ids.max() >= logits.shape[2]:
        raise ValueError("bad logits or ids")
    return with_a_loop(logits, ids, mask)


def _loss(logits, ids, counts, log_softmax=None):
    """What is right, given which predictions count, (batch, time - 1)."""
    z = logits[:, :-1] - logits[:, :-1].max(-1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(-1, keepdims=True))
    rows, columns = np.nonzero(counts)
    labels = ids[:, 1:][counts].astype(int)
    loss = -log_p[rows, columns, labels].mean()
    gradient = np.zeros(logits.shape)
    gradient[rows, columns] = np.exp(log_p[rows, columns]) / len(rows)
    gradient[rows, columns, labels] -= 1 / len(rows)
    return loss, gradient


def _both(ids, mask):
    return np.ones(ids[:, 1:].shape, bool) if mask is None else mask[:, 1:] & mask[:, :-1]


def mask_of_the_inputs(logits, ids, mask=None):
    counts = _both(ids, None) if mask is None else mask[:, :-1]
    return _loss(logits, ids, counts)


def mask_of_the_labels(logits, ids, mask=None):
    counts = _both(ids, None) if mask is None else mask[:, 1:]
    return _loss(logits, ids, counts)


def padding_counted(logits, ids, mask=None):
    return _loss(logits, ids, _both(ids, None))


def lengths_from_the_mask(logits, ids, mask=None):
    """The first n tokens are real: padding is on the right."""
    if mask is None:
        return _loss(logits, ids, _both(ids, None))
    lengths = mask.sum(axis=1)
    return _loss(logits, ids, np.arange(1, ids.shape[1]) < lengths[:, None])


def shortest_length_for_all(logits, ids, mask=None):
    counts = _both(ids, mask)
    if mask is not None:
        counts = counts & counts.all(axis=0)
        counts = counts if counts.any() else _both(ids, mask)
    return _loss(logits, ids, counts)


def mask_of_the_first_sequence(logits, ids, mask=None):
    counts = _both(ids, mask)
    return _loss(logits, ids, np.broadcast_to(counts[:1], counts.shape))


def mean_for_each_sequence_with_a_mask(logits, ids, mask=None):
    if mask is None:
        return _loss(logits, ids, _both(ids, None))
    each = [
        _loss(logits[b : b + 1], ids[b : b + 1], c[None])
        for b, c in enumerate(_both(ids, mask))
        if c.any()
    ]
    rows = [b for b, c in enumerate(_both(ids, mask)) if c.any()]
    gradient = np.zeros(logits.shape)
    for b, (_, inner) in zip(rows, each, strict=True):
        gradient[b] = inner[0] / len(rows)
    return np.mean([loss for loss, _ in each]), gradient


def mean_over_sequences_with_a_prediction_or_not(logits, ids, mask=None):
    """A sequence of one token counts as a loss of 0."""
    counts = _both(ids, mask)
    loss, gradient = _loss(logits, ids, counts)
    share = counts.any(axis=1).mean()
    return loss * share, gradient * share


def gradient_in_the_type_of_the_logits(logits, ids, mask=None):
    loss, gradient = _loss(logits, ids, _both(ids, mask))
    return loss, gradient.astype(logits.dtype)


def divided_by_all_predictions_with_a_mask(logits, ids, mask=None):
    counts = _both(ids, mask)
    loss, gradient = _loss(logits, ids, counts)
    return loss * counts.mean(), gradient * counts.mean()


def gradient_divided_by_all(logits, ids, mask=None):
    counts = _both(ids, mask)
    loss, gradient = _loss(logits, ids, counts)
    return loss, gradient * counts.mean()


def gradient_at_padding_left(logits, ids, mask=None):
    loss, _ = _loss(logits, ids, _both(ids, mask))
    _, gradient = _loss(logits, ids, _both(ids, None))
    return loss, gradient


def probabilities_of_at_least_a_billionth(logits, ids, mask=None):
    _, gradient = _loss(logits, ids, _both(ids, mask))
    z = logits - logits.max(-1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(-1, keepdims=True)
    own = np.take_along_axis(p[:, :-1], ids[:, 1:, None].astype(int), -1)[..., 0]
    return -np.log(np.maximum(own, 1e-9))[_both(ids, mask)].mean(), gradient


def from_the_first_real_token_to_the_last(logits, ids, mask=None):
    if mask is not None:
        mask = mask.copy()
        for row in mask:
            real = np.flatnonzero(row)
            row[real[:1].sum() : real[-1:].sum() + 1] = real.size > 0
    return _loss(logits, ids, _both(ids, mask))


def next_real_token_for_the_label(logits, ids, mask=None):
    if mask is None or mask.all():
        return _loss(logits, ids, _both(ids, mask))
    loss, gradient, count = 0.0, np.zeros(logits.shape), 0
    for i, row in enumerate(mask):
        real = np.flatnonzero(row)
        for at, then in itertools.pairwise(real):
            z = logits[i, at] - 1.0 * logits[i, at].max()
            p = np.exp(z) / np.exp(z).sum()
            loss -= z[ids[i, then]] - np.log(np.exp(z).sum())
            gradient[i, at] = p - (np.arange(len(p)) == ids[i, then])
            count += 1
    return loss / count, gradient / count


def nan_for_a_sequence_of_padding(logits, ids, mask=None):
    loss, gradient = _loss(logits, ids, _both(ids, mask))
    return loss if mask is None or mask.any(axis=1).all() else loss * np.nan, gradient


def zero_is_padding(logits, ids, mask=None):
    return _loss(logits, ids, _both(ids, mask) & np.append(ids[:, 1:] != 0, ids[:, :1] < 0, axis=1))


def zero_is_padding_without_a_mask(logits, ids, mask=None):
    return _loss(logits, ids, _both(ids, ids != 0 if mask is None else mask))


def mask_of_padding(logits, ids, mask=None):
    counts = _both(ids, None if mask is None else ~mask)
    if not counts.any():
        return np.float64(np.nan), np.full(logits.shape, np.nan)
    return _loss(logits, ids, counts)


def one_of_two_is_enough(logits, ids, mask=None):
    counts = _both(ids, None) if mask is None else np.logical_or(mask[:, 1:], mask[:, :-1])
    return _loss(logits, ids, counts)


def mean_over_all_sequences(logits, ids, mask=None):
    """A sequence without a prediction counts as a mean of 0."""
    counts = _both(ids, mask)
    own = np.maximum(counts.sum(axis=1), 1)[:, None]
    loss, inner = _cross_entropy(logits[:, :-1], ids[:, 1:], counts / own)
    share = (counts / own).sum() / len(ids)
    return loss * share, np.pad(inner * share, ((0, 0), (0, 1), (0, 0)))


def labels_of_zero_left_out(logits, ids, mask=None):
    return _loss(logits, ids, ids[:, 1:] != 0 if mask is None else _both(ids, mask))


def divided_by_the_sum_of_the_mask(logits, ids, mask=None):
    counts = _both(ids, mask)
    loss, gradient = _loss(logits, ids, counts)
    share = 1 if mask is None else counts.sum() / mask.sum()
    return loss * share, gradient * share


# The mistake that each is told; None where no known one explains it.
WRONG = {
    as_it_is: "not_shifted",
    rolled: "wrapped_around",
    not_padded_back: "gradient_cut",
    labels_masked_alone: "made_at_padding",
    gradient_padded_in_front: "gradient_at_the_label",
    losses_zeroed_and_mean: "divided_by_all",
    mean_over_sequences: "mean_of_means",
    step_for_gradient: "gradient_negated",
    sum_of_gradients: "gradient_not_divided",
    bits: "constant_factor",
    loss_alone: "a_result_of_another_kind",
    the_other_way_round: "parts_in_another_order",
    exponentials_of_everything: "no_maximum",
    probabilities_clipped: "logarithm_of_a_probability",
    mask_of_the_inputs: "mask_not_shifted",
    mask_of_the_labels: "made_at_padding",
    padding_counted: "padding_counted",
    lengths_from_the_mask: "lengths_of_the_mask",
    shortest_length_for_all: None,
    mask_of_the_first_sequence: "mask_cut_to_its_first_entry",
    mean_for_each_sequence_with_a_mask: "mean_of_means",
    mean_over_sequences_with_a_prediction_or_not: "factor_of_a_size",
    gradient_in_the_type_of_the_logits: "truncated_to_integers",
    divided_by_all_predictions_with_a_mask: "divided_by_all",
    gradient_divided_by_all: "wrong_only_in_gradient",
    gradient_at_padding_left: "mask_ignored",
    probabilities_of_at_least_a_billionth: "wrong_for_numbers_that_are_large",
    from_the_first_real_token_to_the_last: None,
    next_real_token_for_the_label: None,
    nan_for_a_sequence_of_padding: "not_finite",
    zero_is_padding: "raises_IndexError_or_ValueError",
    zero_is_padding_without_a_mask: "id_0_taken_for_padding",
    mask_of_padding: "true_for_padding",
    one_of_two_is_enough: "either_token_real",
    mean_over_all_sequences: "mean_of_means",
    labels_of_zero_left_out: "id_0_taken_for_padding",
    divided_by_the_sum_of_the_mask: "divided_by_real_tokens",
}

# Right answers that pass with a note.
NOTED = {by_weights, pytorch, onehot_labels, all_refused}
