"""Right and wrong ways to write `bits_per_byte`."""

import math

import numpy as np


def as_in_nanochat(losses, targets, token_bytes):
    y, nats = targets.reshape(-1), losses.reshape(-1) * 1.0
    valid = y >= 0
    sizes = np.where(valid, token_bytes[np.where(valid, y, 0)], 0)
    return (nats * (sizes > 0)).sum() / (math.log(2) * sizes.sum())


def loop(losses, targets, token_bytes):
    nats = size = 0
    for loss, target in zip(losses.ravel().tolist(), targets.ravel().tolist(), strict=True):
        if target >= 0 and token_bytes[target] > 0:
            nats += loss
            size += int(token_bytes[target])
    return nats / math.log(2) / size


def chosen_first(losses, targets, token_bytes):
    kept = targets >= 0
    nats, sizes = losses[kept].astype(float), token_bytes[targets[kept]]
    return nats[sizes > 0].sum() / sizes.sum() * np.log2(np.e)


def counted_by_token(losses, targets, token_bytes):
    known = targets[targets >= 0]
    times = np.bincount(known, minlength=len(token_bytes))
    nats = np.bincount(known, weights=losses[targets >= 0], minlength=len(token_bytes))
    return nats[token_bytes > 0].sum() / (np.log(2) * (times * token_bytes.astype(int)).sum())


def zero_appended(losses, targets, token_bytes):
    sizes = np.append(token_bytes, 0)[np.maximum(targets, -1)]
    return (losses * 1.0 @ (sizes > 0) if losses.ndim == 1 else np.sum(losses * (sizes > 0))) / (
        np.log(2) * np.sum(sizes)
    )


def masked_array(losses, targets, token_bytes):
    sizes = np.ma.masked_less_equal(
        np.where(targets < 0, 0, token_bytes[targets * (targets > 0)]), 0
    )
    kept = ~np.ma.getmaskarray(sizes)
    return float(losses[kept].astype(float).sum() / np.log(2) / np.asarray(sizes)[kept].sum())


def means(losses, targets, token_bytes):
    masked = targets < 0
    sizes = np.where(masked, 0, token_bytes[np.where(masked, 0, targets)])
    kept = sizes > 0
    return losses[kept].astype(float).mean() / np.log(2) / sizes[kept].mean()


def _sizes(targets, token_bytes):
    masked = targets < 0
    return np.where(masked, 0, token_bytes[np.where(masked, 0, targets)]).astype(int)


def _ours(losses, targets, token_bytes):
    sizes = _sizes(targets, token_bytes)
    return losses[sizes > 0].astype(float).sum() / np.log(2) / sizes.sum()


def in_nats(losses, targets, token_bytes):
    return _ours(losses, targets, token_bytes) * np.log(2)


def nats_from_bits(losses, targets, token_bytes):
    return _ours(losses, targets, token_bytes) * np.log(2) ** 2


def by_tokens(losses, targets, token_bytes):
    kept = _sizes(targets, token_bytes) > 0
    return losses[kept].astype(float).mean() / np.log(2)


def exponential(losses, targets, token_bytes):
    kept = _sizes(targets, token_bytes) > 0
    return np.exp(losses[kept].astype(float).mean())


def byte_perplexity(losses, targets, token_bytes):
    return 2 ** _ours(losses, targets, token_bytes)


def average_by_bytes(losses, targets, token_bytes):
    return np.average(losses, weights=_sizes(targets, token_bytes)) / np.log(2)


def average_of_tokens(losses, targets, token_bytes):
    sizes = _sizes(targets, token_bytes)
    kept = sizes > 0
    return np.mean(losses[kept] / sizes[kept]) / np.log(2)


def average_of_rows(losses, targets, token_bytes):
    sizes = _sizes(targets, token_bytes)
    nats = np.where(sizes > 0, losses, 0).sum(axis=-1)
    rows = nats / np.maximum(sizes.sum(axis=-1), 1)
    return np.mean(rows) / np.log(2)


def with_special_tokens(losses, targets, token_bytes):
    return losses[targets >= 0].astype(float).sum() / np.log(2) / _sizes(targets, token_bytes).sum()


def all_losses(losses, targets, token_bytes):
    return losses.astype(float).sum() / np.log(2) / _sizes(targets, token_bytes).sum()


def with_masked_losses(losses, targets, token_bytes):
    kept = (_sizes(targets, token_bytes) > 0) | (targets < 0)
    return losses[kept].astype(float).sum() / np.log(2) / _sizes(targets, token_bytes).sum()


def index_from_the_end(losses, targets, token_bytes):
    sizes = token_bytes[targets].astype(int)
    return losses[sizes > 0].astype(float).sum() / np.log(2) / sizes.sum()


def wrapped(losses, targets, token_bytes):
    sizes = np.take(token_bytes, targets, mode="wrap").astype(int)
    return losses[sizes > 0].astype(float).sum() / np.log(2) / sizes.sum()


def clipped(losses, targets, token_bytes):
    """A masked target counts as token 0, which is special."""
    sizes = token_bytes[np.maximum(targets, 1)].astype(int)
    return losses[sizes > 0].astype(float).sum() / np.log(2) / sizes.sum()


def ignores_minus_100(losses, targets, token_bytes):
    kept = targets != -100
    return _with(losses[kept], token_bytes[targets[kept]].astype(int))


def ignores_minus_1(losses, targets, token_bytes):
    kept = targets != -1
    return _with(losses[kept], token_bytes[targets[kept]].astype(int))


def _with(losses, sizes):
    return losses[sizes > 0].astype(float).sum() / np.log(2) / sizes.sum()


def usual_length(losses, targets, token_bytes):
    kept = _sizes(targets, token_bytes) > 0
    return losses[kept].astype(float).mean() / np.log(2) / token_bytes.mean()


def usual_length_of_text_tokens(losses, targets, token_bytes):
    kept = _sizes(targets, token_bytes) > 0
    return losses[kept].astype(float).mean() / np.log(2) / token_bytes[token_bytes > 0].mean()


def upside_down(losses, targets, token_bytes):
    return 1 / _ours(losses, targets, token_bytes)


def bits_per_character_of_four_bytes(losses, targets, token_bytes):
    return 4 * _ours(losses, targets, token_bytes)


def each_row(losses, targets, token_bytes):
    sizes = _sizes(targets, token_bytes)
    nats = np.where(sizes > 0, losses, 0).sum(axis=-1)
    return nats / np.log(2) / np.maximum(sizes.sum(axis=-1), 1)


def first_row(losses, targets, token_bytes):
    while losses.ndim > 1:
        losses, targets = losses[0], targets[0]
    return _ours(losses, targets, token_bytes)


def mask_written(losses, targets, token_bytes):
    found = _ours(losses, targets, token_bytes)
    losses[targets < 0] = 0
    return found


def mean_over_all_places(losses, targets, token_bytes):
    """Losses over what counts, lengths over all places."""
    sizes = _sizes(targets, token_bytes)
    return losses[sizes > 0].astype(float).mean() / np.log(2) / sizes.mean()


def whole_bits(losses, targets, token_bytes):
    """Each token takes whole bits, as in a Huffman code."""
    sizes = _sizes(targets, token_bytes)
    return np.ceil(losses[sizes > 0] / np.log(2)).sum() / sizes.sum()


def ignores_two_numbers(losses, targets, token_bytes):
    known = (targets != -1) & (targets != -100)
    nats, sizes = losses[known].astype(float), token_bytes[targets[known]].astype(int)
    return nats[sizes != 0].sum() / sizes.sum() / np.log(2)


def token_0_is_padding(losses, targets, token_bytes):
    known = targets > 0
    nats, sizes = losses[known].astype(float), token_bytes[targets[known]].astype(int)
    return nats[sizes != 0].sum() / sizes.sum() / np.log(2)


def masks_clipped_to_token_0(losses, targets, token_bytes):
    """The losses of masked targets are left out, and their bytes are not."""
    sizes = token_bytes[targets.clip(min=0)].astype(int)
    nats = np.where((targets < 0) | (sizes == 0), 0, losses).sum(dtype=float)
    return nats / np.log(2) / sizes.sum()


def targets_in_int16(losses, targets, token_bytes):
    return loop(losses, targets.astype(np.int16), token_bytes)


def wraps_round_but_for_minus_1(losses, targets, token_bytes):
    sizes = np.where(targets == -1, 0, token_bytes.take(targets, mode="wrap")).astype(int)
    return _with(losses, sizes)


def mean_over_mean(losses, targets, token_bytes):
    sizes = _sizes(targets, token_bytes)
    return losses.mean(dtype=float) / (sizes[sizes > 0].mean() * np.log(2))


def at_least_a_byte(losses, targets, token_bytes):
    return _ours(losses, targets, np.maximum(token_bytes, 1))


def mean_length_with_special(losses, targets, token_bytes):
    known = targets >= 0
    sizes = token_bytes[targets[known]].astype(float)
    nats = losses[known].astype(float)[sizes > 0]
    return nats.mean() / np.log(2) / sizes.mean()


def two_bytes_or_more(losses, targets, token_bytes):
    sizes = _sizes(targets, token_bytes)
    return np.sum(losses[sizes > 1] / np.log(2)) / np.sum(sizes, where=sizes > 1)


def padding_from_the_first_mask(losses, targets, token_bytes):
    text = np.cumprod(targets >= 0, axis=-1) > 0
    return _with(losses[text], _sizes(targets, token_bytes)[text])


def nothing_after_a_mask(losses, targets, token_bytes):
    nats = size = np.float64(0)
    for loss, target in zip(losses.ravel(), targets.ravel(), strict=True):
        if target < 0:
            break
        if token_bytes[target]:
            nats, size = nats + loss, size + token_bytes[target]
    return nats / size / np.log(2)


# What each is told; None where no known mistake explains it.
WRONG = {
    in_nats: "nats",
    nats_from_bits: "times_ln_2",
    by_tokens: "per_token",
    exponential: "perplexity",
    byte_perplexity: "perplexity",
    average_by_bytes: "weighted_by_bytes",
    average_of_tokens: "mean_of_ratios",
    average_of_rows: "mean_of_rows",
    with_special_tokens: "special_losses_counted",
    all_losses: "every_loss_counted",
    with_masked_losses: "masked_losses_counted",
    index_from_the_end: "masked_is_the_last_token",
    wrapped: "masked_is_the_last_token",
    clipped: "too_large",
    ignores_minus_100: "one_mask_alone",
    ignores_minus_1: "one_mask_alone",
    usual_length: "mean_length_of_the_vocabulary",
    usual_length_of_text_tokens: "mean_length_of_the_vocabulary",
    upside_down: "bytes_per_bit",
    bits_per_character_of_four_bytes: "constant_factor",
    each_row: "wrong_where_losses_and_token_bytes_have_different_numbers_of_axes",
    first_row: "rows_in_another_order_should_not_matter",
    mask_written: "an_argument_changed",
    mean_over_all_places: "mean_length_of_more_targets",
    whole_bits: "too_large",
    ignores_two_numbers: "one_mask_alone",
    token_0_is_padding: "first_token_masked",
    masks_clipped_to_token_0: "masked_count_as_token_0",
    wraps_round_but_for_minus_1: "one_mask_alone",
    mean_over_mean: "mean_loss_of_all_targets",
    at_least_a_byte: "special_tokens_of_one_byte",
    targets_in_int16: "wrong_for_numbers_that_are_large",
    mean_length_with_special: "mean_length_of_more_targets",
    two_bytes_or_more: "tokens_of_one_byte_left_out",
    padding_from_the_first_mask: "stopped_at_a_mask",
    nothing_after_a_mask: "stopped_at_a_mask",
}
