"""Right and wrong ways to write the mask of a sliding window."""

import numpy as np


def by_triangles(length, window, past=0, sinks=0):
    keys = past + length
    causal = np.tri(length, keys, past, dtype=bool)
    near = causal & ~np.tri(length, keys, past - window, dtype=bool)
    first = np.zeros_like(causal)
    first[:, :sinks] = causal[:, :sinks]
    return near | first


def loop(length, window, past=0, sinks=0):
    mask = np.zeros((length, past + length), dtype=bool)
    for i in range(length):
        p = past + i
        mask[i, max(0, p - window + 1) : p + 1] = True
        mask[i, : min(sinks, p + 1)] = True
    return mask


def rows_of_the_whole(length, window, past=0, sinks=0):
    n = np.arange(past + length)
    apart = n[:, None] - n
    return ((apart >= 0) & ((apart < window) | (n < sinks)))[past:].copy()


def by_a_function(length, window, past=0, sinks=0):
    def sees(i, k):
        return (k <= i + past) & ((k > i + past - window) | (k < sinks))

    return np.fromfunction(sees, (length, past + length), dtype=int)


def hidden_then_turned(length, window, past=0, sinks=0):
    q = past + np.arange(length).reshape(-1, 1)
    k = np.arange(past + length).reshape(1, -1)
    hidden = (k > q) | ((q - k >= window) & (k >= sinks))
    return np.logical_not(hidden)


def pytorch(length, window, past=0, sinks=0):
    import torch

    ones = torch.ones(length, past + length, dtype=torch.bool)
    causal = ones.tril(past)
    mask = causal & ones.triu(past - window + 1)
    mask[:, :sinks] |= causal[:, :sinks]
    return mask.numpy()


def lists(length, window, past=0, sinks=0):
    return np.array(
        [
            [k <= q and (q - k < window or k < sinks) for k in range(past + length)]
            for q in range(past, past + length)
        ]
    )


def _mask(q, k, window, sinks):
    return (k <= q) & ((q - k < window) | (k < sinks))


def _at(length, past):
    return np.arange(past, past + length)[:, None], np.arange(past + length)


def before_and_itself(length, window, past=0, sinks=0):
    return by_triangles(length, window + 1, past, sinks)


def one_too_few(length, window, past=0, sinks=0):
    q, k = _at(length, past)
    return (k == q) | _mask(q, k, window - 1, sinks)


def both_sides(length, window, past=0, sinks=0):
    q, k = _at(length, past)
    return (np.abs(k - q) < window) | ((k < sinks) & (k <= q))


def from_the_start(length, window, past=0, sinks=0):
    return _mask(np.arange(length)[:, None], np.arange(past + length), window, sinks)


def square(length, window, past=0, sinks=0):
    return by_triangles(past + length, window, 0, sinks)


def causal(length, window, past=0, sinks=0):
    return np.tri(length, past + length, past, dtype=bool)


def without_sinks(length, window, past=0, sinks=0):
    return by_triangles(length, window, past)


def sinks_for_all(length, window, past=0, sinks=0):
    mask = by_triangles(length, window, past)
    mask[:, :sinks] = True
    return mask


def sinks_within_the_window(length, window, past=0, sinks=0):
    return by_triangles(length, max(window - sinks, 1), past, sinks)


def strictly_before(length, window, past=0, sinks=0):
    return np.tri(length, past + length, past - 1, dtype=bool) & by_triangles(
        length, window, past, sinks
    )


def turned(length, window, past=0, sinks=0):
    return ~by_triangles(length, window, past, sinks)


def numbers(length, window, past=0, sinks=0):
    return by_triangles(length, window, past, sinks).astype(int)


def scores(length, window, past=0, sinks=0):
    return np.where(by_triangles(length, window, past, sinks), 0.0, -np.inf)


def by_blocks(length, window, past=0, sinks=0):
    q, k = _at(length, past)
    return (k <= q) & ((q // window == k // window) | (k < sinks))


def upper_left(length, window, past=0, sinks=0):
    """Triangles aligned to the upper left, as PyTorch's is_causal."""
    q, k = np.arange(length)[:, None], np.arange(past + length)
    near = (k <= q) & (q - k < window)
    return near | ((k < sinks) & (k <= q))


def sinks_replace_the_window(length, window, past=0, sinks=0):
    q, k = _at(length, past)
    return (k <= q) & ((k < sinks) if sinks else (q - k < window))


def sinks_and_itself(length, window, past=0, sinks=0):
    return by_triangles(length, 1 if sinks else window, past, sinks)


def one_sink_at_most(length, window, past=0, sinks=0):
    return by_triangles(length, window, past, min(sinks, 1))


def window_of_the_cache(length, window, past=0, sinks=0):
    """Every new token sees the window that the first of them sees."""
    mask = by_triangles(length, window, past, sinks)
    if past:
        mask[:, : past + 1] = mask[0, : past + 1]
    return mask


def sinks_positional_only(length, window, past=0, sinks=0):
    return by_triangles(length, window, past, sinks if past else 0)


def as_many_sinks_as_rows(length, window, past=0, sinks=0):
    q, k = np.ogrid[past : past + length, 0 : past + length]
    return (k <= q) & ((k > q - window) | (k < min(sinks, length)))


def sinks_of_the_new_tokens(length, window, past=0, sinks=0):
    mask = by_triangles(length, window, past)
    for i in range(length):
        mask[i, past : past + min(sinks, i + 1)] = True
    return mask


def lower_edge_without_past(length, window, past=0, sinks=0):
    shape = length, past + length
    mask = np.tri(*shape, past, dtype=bool) & ~np.tri(*shape, -window, dtype=bool)
    mask[:, :sinks] |= np.tri(*shape, past, dtype=bool)[:, :sinks]
    return mask


def slices_from_below_zero(length, window, past=0, sinks=0):
    mask = np.zeros((length, past + length), bool)
    for i in range(length):
        end = past + i + 1
        mask[i, end - window : end] = True
        mask[i, : min(sinks, end)] = True
    return mask


def one_row_after_a_past(length, window, past=0, sinks=0):
    n = np.arange(past + length)
    whole = _mask(n[:, None], n, window, sinks)
    return whole[-1:] if past else whole


def those_before(length, window, past=0, sinks=0):
    q, k = _at(length, past)
    return (k < q) & (k >= q - window) | (k < sinks) & (k <= q)


def not_causal(length, window, past=0, sinks=0):
    q, k = _at(length, past)
    return (k > q - window) | (k < sinks)


def sinks_by_their_numbers(length, window, past=0, sinks=0):
    q, k = _at(length, past)
    mask = k > q - window
    mask[:, np.arange(sinks)] = True
    return mask & (k <= q)


_kept = {}


def kept_by_the_number_of_keys(length, window, past=0, sinks=0):
    key = past + length, window, sinks
    if key not in _kept:
        _kept[key] = by_triangles(length, window, past, sinks)
    return _kept[key].copy()


# The mistake that each is told; None where no known one explains it.
WRONG = {
    before_and_itself: "one_key_too_many",
    one_too_few: "one_sided",
    both_sides: "future_seen",
    from_the_start: "past_ignored",
    square: "rows_of_the_past",
    causal: "no_window",
    without_sinks: "sinks_ignored",
    sinks_for_all: "sinks_seen_before_they_come",
    sinks_within_the_window: "sinks_taken_from_the_window",
    strictly_before: "itself_hidden",
    turned: "hidden_keys_marked",
    numbers: "a_property_fails",
    scores: "added_to_scores",
    by_blocks: "blocks_of_the_window",
    upper_left: "past_ignored",
    sinks_replace_the_window: "sinks_replace_the_window",
    sinks_and_itself: "sinks_replace_the_window",
    one_sink_at_most: "sinks_always_1",
    window_of_the_cache: "one_sided",
    sinks_positional_only: "one_sided",
    as_many_sinks_as_rows: "one_sided",
    sinks_of_the_new_tokens: "sinks_among_the_new_tokens",
    lower_edge_without_past: "window_placed_without_the_past",
    slices_from_below_zero: "negative_start_of_a_slice",
    one_row_after_a_past: "last_row_alone",
    those_before: "window_before_the_query",
    not_causal: "later_keys_within_the_window",
    sinks_by_their_numbers: "wrong_where_sinks_is_5",
    kept_by_the_number_of_keys: "kept_from_an_earlier_call",
}
