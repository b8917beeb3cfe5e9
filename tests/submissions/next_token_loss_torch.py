"""Right and wrong ways to write `next_token_loss_torch` that do not look like the reference."""

import torch
from torch import nn
from torch.nn import functional


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


def by_weights(logits, ids, mask=None):
    """Every place has a loss, and a weight of 0 or 1."""
    mask = torch.ones_like(ids, dtype=torch.bool) if mask is None else mask
    weights = (mask[:, :-1] & mask[:, 1:]).to(logits.dtype)
    labels = ids[:, 1:].long().where(weights > 0, 0)
    losses = functional.cross_entropy(
        logits[:, :-1].reshape(-1, logits.size(-1)), labels.reshape(-1), reduction="none"
    )
    return (losses * weights.reshape(-1)).sum() / weights.sum()


def logsumexp_minus_the_label(logits, ids, mask=None):
    batch, time, _ = logits.shape
    counts = torch.ones(batch, time - 1, dtype=torch.bool)
    if mask is not None:
        counts = torch.logical_and(mask[:, :-1], mask[:, 1:])
    before, labels = logits[:, :-1][counts], ids[:, 1:][counts].long()
    of_label = before[torch.arange(len(labels)), labels]
    return (torch.logsumexp(before, dim=-1) - of_label).mean()


def as_it_is(logits, ids, mask=None):
    labels = ids if mask is None else ids.masked_fill(~mask, -100)
    return functional.cross_entropy(logits.flatten(0, 1), labels.flatten())


def hugging_face_on_shifted_labels(logits, ids, mask=None):
    """The loader has shifted the labels, and the loss shifts them again."""
    labels = functional.pad(ids[:, 1:], (0, 1), value=-100)
    if mask is not None:
        labels = labels.masked_fill(~mask, -100)
        labels[:, :-1][~mask[:, 1:]] = -100
    return functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())


def rolled(logits, ids, mask=None):
    labels = ids.roll(-1, dims=1)
    if mask is not None:
        labels = labels.masked_fill(~(mask & mask.roll(-1, dims=1)), -100)
    return functional.cross_entropy(logits.flatten(0, 1), labels.flatten())


def shifted_over_sequences(logits, ids, mask=None):
    """Flattened first: the last logits of a sequence get the first token of the next."""
    flat, labels = logits.flatten(0, 1)[:-1], ids.flatten()[1:]
    if mask is not None:
        real = mask.flatten()
        labels = labels.masked_fill(~(real[1:] & real[:-1]), -100)
    return functional.cross_entropy(flat, labels)


def labels_masked_alone(logits, ids, mask=None):
    """Hugging Face's habit: -100 at padding. It misses the first token after left padding."""
    labels = ids if mask is None else ids.masked_fill(~mask, -100)
    return functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())


def logits_set_to_zero(logits, ids, mask=None):
    if mask is not None:
        logits = logits * mask[..., None]
    return functional.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten())


def mean_over_sequences(logits, ids, mask=None):
    each = []
    for b in range(len(ids)):
        real = slice(None) if mask is None else mask[b]
        own, labels = logits[b][real], ids[b][real]
        if len(labels) > 1:
            each.append(functional.cross_entropy(own[:-1], labels[1:]))
    return torch.stack(each).mean()


def item(logits, ids, mask=None):
    counts = slice(None) if mask is None else mask[:, 1:] & mask[:, :-1]
    each = functional.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")
    return torch.tensor(each[counts].mean().item())


def a_number(logits, ids, mask=None):
    return float(item(logits, ids, mask))


def an_array(logits, ids, mask=None):
    return item(logits, ids, mask).numpy()


def bits(logits, ids, mask=None):
    counts = slice(None) if mask is None else mask[:, 1:] & mask[:, :-1]
    each = functional.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")
    return each[counts].mean() / torch.log(torch.tensor(2.0))


def label_smoothing(logits, ids, mask=None):
    counts = slice(None) if mask is None else mask[:, 1:] & mask[:, :-1]
    each = functional.cross_entropy(
        logits[:, :-1].transpose(1, 2),
        ids[:, 1:],
        reduction="none",
        label_smoothing=0.1,
    )
    return each[counts].mean()


def logits_clamped(logits, ids, mask=None):
    counts = slice(None) if mask is None else mask[:, 1:] & mask[:, :-1]
    each = functional.cross_entropy(
        logits[:, :-1].clamp(-100, 100).transpose(1, 2), ids[:, 1:], reduction="none"
    )
    return each[counts].mean()


def not_shifted_and_padding_counted(logits, ids, mask=None):
    return functional.cross_entropy(logits.flatten(0, 1), ids.flatten())


def _mean(logits, ids, counts):
    each = functional.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")
    return each[counts].mean()


def _both(ids, mask):
    return torch.ones_like(ids[:, 1:]).bool() if mask is None else mask[:, 1:] & mask[:, :-1]


def mask_of_the_inputs(logits, ids, mask=None):
    return _mean(logits, ids, _both(ids, None) if mask is None else mask[:, :-1])


def padding_counted(logits, ids, mask=None):
    return _mean(logits, ids, _both(ids, None))


def lengths_from_the_mask(logits, ids, mask=None):
    """The first n tokens are real: padding is on the right."""
    if mask is None:
        return _mean(logits, ids, _both(ids, None))
    at = torch.arange(1, ids.shape[1])
    return _mean(logits, ids, at < mask.sum(dim=1, keepdim=True))


def mask_of_the_first_sequence(logits, ids, mask=None):
    counts = _both(ids, mask)
    return _mean(logits, ids, counts[:1].expand_as(counts))


def losses_zeroed_and_averaged(logits, ids, mask=None):
    each = functional.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")
    return (each * _both(ids, mask)).mean()


def divided_by_the_real_tokens(logits, ids, mask=None):
    each = functional.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")
    total = each.numel() if mask is None else mask.sum()
    return (each * _both(ids, mask)).sum() / total


def padding_of_id_0_ignored(logits, ids, mask=None):
    """Padding is known by its id, and the mask is not needed."""
    if mask is None:
        return _mean(logits, ids, _both(ids, None))
    labels = ids[:, 1:].masked_fill(~mask[:, 1:], 0)
    return functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels.flatten(), ignore_index=0)


def mean_over_sequences_with_a_mask(logits, ids, mask=None):
    counts = _both(ids, mask)
    if mask is None:
        return _mean(logits, ids, counts)
    each = functional.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")
    own = (each * counts).sum(1) / counts.sum(1).clamp(min=1)
    return own.mean()


def logs_of_clamped_probabilities(logits, ids, mask=None):
    p = logits[:, :-1].softmax(-1).clamp(min=1e-9)
    each = -p.log().gather(2, ids[:, 1:, None])[..., 0]
    return each[_both(ids, mask)].mean()


def one_maximum_for_all(logits, ids, mask=None):
    powers = (logits - logits.max()).exp()[:, :-1]
    each = -(powers.gather(2, ids[:, 1:, None])[..., 0] / powers.sum(-1)).log()
    return each[_both(ids, mask)].mean()


def no_graph_with_a_mask(logits, ids, mask=None):
    if mask is not None:
        logits = logits.data
    return _mean(logits, ids, _both(ids, mask))


def transposed_where_it_fits(logits, ids, mask=None):
    """(batch, classes, time) is what cross_entropy wants, and what a square has already."""
    own, labels = logits[:, :-1], ids[:, 1:]
    own = (
        logits.transpose(1, 2)[:, :, :-1]
        if logits.shape[1] != logits.shape[2]
        else logits[..., :-1]
    )
    each = functional.cross_entropy(own, labels, reduction="none")
    return each[_both(ids, mask)].mean()


def in_half_precision_of_single(logits, ids, mask=None):
    if logits.dtype == torch.float32:
        logits = logits.bfloat16().float()
    return _mean(logits, ids, _both(ids, mask))


def ignored_index_of_0(logits, ids, mask=None):
    labels = ids[:, 1:] if mask is None else ids[:, 1:] * (mask[:, 1:] & mask[:, :-1])
    return functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels.flatten(), ignore_index=0)


def from_the_first_real_token_to_the_last(logits, ids, mask=None):
    each = functional.cross_entropy(logits[:, :-1].mT, ids[:, 1:], reduction="none")
    if mask is None:
        return each.mean()
    after = mask.flip(1).cumsum(1).flip(1) > 0
    whole = after & (mask.cumsum(1) > 0)
    return each[whole[:, :-1] & whole[:, 1:]].mean()


def one_of_both_real(logits, ids, mask=None):
    return _mean(logits, ids, _both(ids, None) if mask is None else mask[:, 1:] | mask[:, :-1])


def logs_of_all_probabilities(logits, ids, mask=None):
    log_p = torch.softmax(logits[:, :-1], dim=-1).log()
    return -log_p.gather(-1, ids[:, 1:, None]).squeeze(-1)[_both(ids, mask)].mean()


def exponentials_summed(logits, ids, mask=None):
    before = logits[:, :-1]
    each = before.exp().sum(-1).log() - before.gather(-1, ids[:, 1:, None]).squeeze(-1)
    return each[_both(ids, mask)].mean()


def exponentials_below_one_maximum(logits, ids, mask=None):
    return exponentials_summed(logits - logits.max(), ids, mask)


def classes_by_a_reshape(logits, ids, mask=None):
    batch, time, vocab = logits.shape
    own = logits[:, :-1].reshape(batch, vocab, time - 1)
    return functional.cross_entropy(own, ids[:, 1:], reduction="none")[_both(ids, mask)].mean()


def one_position_too_few(logits, ids, mask=None):
    counts = _both(ids, mask)[:, :-1]
    return functional.cross_entropy(logits[:, :-2][counts], ids[:, 1:-1][counts])


def logits_that_do_not_count_zeroed(logits, ids, mask=None):
    own = logits[:, :-1] * _both(ids, mask)[..., None]
    return functional.cross_entropy(own.transpose(1, 2), ids[:, 1:])


def divided_by_the_sum_of_the_mask(logits, ids, mask=None):
    each = functional.cross_entropy(logits[:, :-1].mT, ids[:, 1:], reduction="none")
    return each.mean() if mask is None else (each * _both(ids, mask)).sum() / mask.sum()


def real_tokens_first_and_then_the_shift(logits, ids, mask=None):
    """The prediction before a hole is of the token after it."""
    if mask is None:
        mask = torch.ones_like(ids, dtype=torch.bool)
    pieces = [(z[m][:-1], y[m][1:]) for z, y, m in zip(logits, ids, mask, strict=True)]
    z, y = (torch.cat(each) for each in zip(*pieces, strict=True))
    return functional.cross_entropy(z, y)


def the_first_prediction_left_out(logits, ids, mask=None):
    each = functional.cross_entropy(logits[:, 1:-1].mT, ids[:, 2:], reduction="none")
    return each.mean() if mask is None else each[_both(ids, mask)[:, 1:]].mean()


def a_millionth_in_the_logarithm(logits, ids, mask=None):
    p = logits[:, :-1].softmax(2).gather(2, ids[:, 1:, None]).squeeze(2)
    return -(p + 1e-6).log()[_both(ids, mask)].mean()


def labels_flattened_by_time(logits, ids, mask=None):
    """Right for one sequence."""
    z, labels = logits[:, :-1].flatten(0, 1), ids[:, 1:].T.flatten()
    each = functional.cross_entropy(z, labels, reduction="none")
    return each[_both(ids, mask).flatten()].mean()


# The mistake that each is told; None where no known one explains it.
WRONG = {
    as_it_is: "not_shifted",
    hugging_face_on_shifted_labels: "shifted_twice",
    rolled: "wrapped_around",
    shifted_over_sequences: "shifted_across_sequences",
    labels_masked_alone: "made_at_padding",
    logits_set_to_zero: "logits_of_padding_set_to_zero",
    mean_over_sequences: "mean_of_means",
    item: "no_graph",
    a_number: "a_result_of_another_kind",
    an_array: "a_result_of_another_kind",
    bits: "constant_factor",
    label_smoothing: "smoothed_labels",
    logits_clamped: "logits_clipped",
    not_shifted_and_padding_counted: "not_shifted",
    mask_of_the_inputs: "mask_not_shifted",
    padding_counted: "padding_counted",
    lengths_from_the_mask: "mask_made_a_length",
    mask_of_the_first_sequence: "rows_in_another_order_should_not_matter",
    losses_zeroed_and_averaged: "divided_by_all",
    divided_by_the_real_tokens: "divided_by_real_tokens",
    padding_of_id_0_ignored: "id_0_taken_for_padding",
    mean_over_sequences_with_a_mask: "mean_of_means",
    logs_of_clamped_probabilities: "wrong_for_numbers_that_are_large",
    one_maximum_for_all: "plain_logarithm",
    no_graph_with_a_mask: "a_gradient_is_missing",
    transposed_where_it_fits: "wrong_where_all_axes_of_ids_are_equally_long",
    in_half_precision_of_single: "nearly_right",
    ignored_index_of_0: "id_0_taken_for_padding",
    from_the_first_real_token_to_the_last: None,
    one_of_both_real: "either_token_real",
    logs_of_all_probabilities: "plain_logarithm",
    exponentials_summed: "maximum_of_the_row_left_in",
    exponentials_below_one_maximum: "maximum_of_the_row_left_in",
    classes_by_a_reshape: "reshaped_for_the_classes",
    one_position_too_few: "last_label_left_out",
    logits_that_do_not_count_zeroed: "logits_of_padding_set_to_zero",
    divided_by_the_sum_of_the_mask: "divided_by_real_tokens",
    real_tokens_first_and_then_the_shift: "masked_before_the_shift",
    the_first_prediction_left_out: "last_label_left_out",
    a_millionth_in_the_logarithm: "eps_in_the_logarithm",
    labels_flattened_by_time: "rows_in_another_order_should_not_matter",
}
