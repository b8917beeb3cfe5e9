"""Right and wrong ways to write `pack_sequences`."""

import numpy as np


def _bins(lengths, width):
    """For each row the numbers of its documents."""
    bins, left = [], []
    for number, n in enumerate(lengths.tolist()):
        for i, room in enumerate(left):
            if n <= room:
                bins[i].append(number)
                left[i] -= n
                break
        else:
            bins.append([number])
            left.append(width - n)
    return bins


def _made(tokens, lengths, width, pad, bins, padding=-1):
    ends = np.cumsum(lengths.astype(int))
    rows, positions, owner = [], [], []
    for numbers in bins:
        row, at, whose = [], [], []
        for i in numbers:
            n = int(lengths[i])
            row += tokens[ends[i] - n : ends[i]].tolist()
            at += range(n)
            whose += [i] * n
        rest = width - len(row)
        rows.append(row + [pad] * rest)
        positions.append(at + [0] * rest)
        owner.append(whose + [padding] * rest)
    return np.array(rows), np.array(positions), np.array(owner)


def _mask(owner):
    seen = owner[:, :, None] == owner[:, None, :]
    return np.tril(seen)


def by_lists(tokens, lengths, width, pad=0):
    rows, positions, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    return rows, positions, _mask(owner)


def arrays_that_grow(tokens, lengths, width, pad=0):
    rows = np.zeros((0, width), int)
    positions, owner, used = rows.copy(), rows.copy(), []
    start = 0
    for number, n in enumerate(lengths):
        row = next((i for i, u in enumerate(used) if u + n <= width), None)
        if row is None:
            row = len(used)
            used.append(0)
            rows = np.vstack([rows, np.full((1, width), pad)])
            positions = np.vstack([positions, np.zeros((1, width), int)])
            owner = np.vstack([owner, np.full((1, width), len(lengths))])
        at = used[row]
        rows[row, at : at + n] = tokens[start : start + n]
        positions[row, at : at + n] = np.arange(n)
        owner[row, at : at + n] = number
        used[row] += int(n)
        start += n
    causal = np.arange(width)[:, None] >= np.arange(width)
    return rows, positions, (owner[:, :, None] == owner[:, None]) & causal


def mask_block_by_block(tokens, lengths, width, pad=0):
    bins = _bins(lengths, width)
    rows, positions, _ = _made(tokens, lengths, width, pad, bins)
    mask = np.zeros((len(bins), width, width), bool)
    for r, numbers in enumerate(bins):
        at = 0
        sizes = [int(lengths[i]) for i in numbers]
        for n in [*sizes, width - sum(sizes)]:
            mask[r, at : at + n, at : at + n] = np.tri(n, dtype=bool)
            at += n
    return rows, positions, mask


def mask_by_positions(tokens, lengths, width, pad=0):
    rows, positions, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    # A token sees as many tokens back as its position says; padding counts on.
    place = np.arange(width)
    begins = place - positions
    first = np.where(owner < 0, (owner >= 0).sum(axis=1, keepdims=True), begins)
    return rows, positions, (place <= place[:, None]) & (place >= first[:, :, None])


def from_the_widest_buffer(tokens, lengths, width, pad=0):
    lengths = lengths.astype(np.int64)
    used = np.zeros(len(lengths), np.int64)
    rows = np.full((len(lengths), width), pad)
    positions, owner = np.zeros_like(rows), np.zeros_like(rows)
    for i, document in enumerate(np.split(tokens, np.cumsum(lengths)[:-1])):
        row = np.flatnonzero(used + len(document) <= width)[0]
        here = np.s_[row, used[row] : used[row] + len(document)]
        rows[here], positions[here], owner[here] = document, np.arange(len(document)), i + 1
        used[row] += len(document)
    kept = used > 0
    return rows[kept], positions[kept], _mask(owner[kept])


def pytorch(tokens, lengths, width, pad=0):
    import torch

    rows, positions, owner = map(
        torch.tensor, _made(tokens, lengths, width, pad, _bins(lengths, width))
    )
    mask = torch.tril(torch.eq(owner[:, :, None], owner[:, None, :]))
    return rows.numpy(), positions.numpy(), mask.numpy()


def _with(bins, tokens, lengths, width, pad):
    rows, positions, owner = _made(tokens, lengths, width, pad, bins)
    return rows, positions, _mask(owner)


def only_the_newest_row(tokens, lengths, width, pad=0):
    bins, left = [], 0
    for i, n in enumerate(lengths.tolist()):
        if n > left:
            bins.append([])
            left = width
        bins[-1].append(i)
        left -= n
    return _with(bins, tokens, lengths, width, pad)


def first_row_or_a_new_one(tokens, lengths, width, pad=0):
    """The search ends after one row."""
    bins, left = [], []
    for i, n in enumerate(lengths.tolist()):
        row = 0 if left and n <= left[0] else len(bins)
        if row == len(bins):
            bins.append([])
            left.append(width)
        bins[row].append(i)
        left[row] -= n
    return _with(bins, tokens, lengths, width, pad)


def fullest_row(tokens, lengths, width, pad=0):
    bins, left = [], []
    for i, n in enumerate(lengths.tolist()):
        fits = [r for r, room in enumerate(left) if n <= room]
        if not fits:
            bins.append([])
            left.append(width)
            fits = [len(bins) - 1]
        row = min(fits, key=lambda r: left[r])
        bins[row].append(i)
        left[row] -= n
    return _with(bins, tokens, lengths, width, pad)


def emptiest_row(tokens, lengths, width, pad=0):
    bins, left = [], []
    for i, n in enumerate(lengths.tolist()):
        fits = [r for r, room in enumerate(left) if n <= room]
        if not fits:
            bins.append([])
            left.append(width)
            fits = [len(bins) - 1]
        row = max(fits, key=lambda r: left[r])
        bins[row].append(i)
        left[row] -= n
    return _with(bins, tokens, lengths, width, pad)


def sorted_by_length(tokens, lengths, width, pad=0):
    order = np.argsort(-lengths.astype(int), kind="stable")
    bins = [[int(order[i]) for i in numbers] for numbers in _bins(lengths[order], width)]
    return _with(bins, tokens, lengths, width, pad)


def a_row_each(tokens, lengths, width, pad=0):
    return _with([[i] for i in range(len(lengths))], tokens, lengths, width, pad)


def one_place_left_free(tokens, lengths, width, pad=0):
    bins, left = [], []
    for i, n in enumerate(lengths.tolist()):
        row = next((r for r, room in enumerate(left) if n < room), len(bins))
        if row == len(bins):
            bins.append([])
            left.append(width)
        bins[row].append(i)
        left[row] -= n
    return _with(bins, tokens, lengths, width, pad)


def cut_into_rows(tokens, lengths, width, pad=0):
    rest = -len(tokens) % width
    rows = np.append(tokens, [pad] * rest).reshape(-1, width)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    owner = np.append(owner, [-1] * rest).reshape(-1, width)
    at = np.concatenate([np.arange(n) for n in lengths])
    return rows, np.append(at, [0] * rest).reshape(-1, width), _mask(owner)


def positions_run_on(tokens, lengths, width, pad=0):
    rows, _, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    return rows, np.where(owner < 0, 0, np.arange(width)), _mask(owner)


def positions_of_all_places(tokens, lengths, width, pad=0):
    rows, _, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    return rows, np.tile(np.arange(width), (len(rows), 1)), _mask(owner)


def padding_counts_on(tokens, lengths, width, pad=0):
    rows, positions, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    return rows, np.where(owner < 0, np.arange(width), positions), _mask(owner)


def positions_from_one(tokens, lengths, width, pad=0):
    rows, positions, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    return rows, np.where(owner < 0, 0, positions + 1), _mask(owner)


def plain_causal_mask(tokens, lengths, width, pad=0):
    rows, positions, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    return rows, positions, _mask(np.zeros_like(owner))


def causal_but_for_padding(tokens, lengths, width, pad=0):
    rows, positions, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    return rows, positions, _mask(np.minimum(owner, 0))


def both_directions(tokens, lengths, width, pad=0):
    rows, positions, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    return rows, positions, owner[:, :, None] == owner[:, None]


def keys_by_queries(tokens, lengths, width, pad=0):
    rows, positions, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    return rows, positions, np.triu(owner[:, :, None] == owner[:, None])


def hidden_is_true(tokens, lengths, width, pad=0):
    rows, positions, mask = by_lists(tokens, lengths, width, pad)
    return rows, positions, ~mask


def a_token_sees_not_itself(tokens, lengths, width, pad=0):
    rows, positions, mask = by_lists(tokens, lengths, width, pad)
    return rows, positions, mask & ~np.eye(width, dtype=bool)


def blind_padding(tokens, lengths, width, pad=0):
    rows, positions, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    return rows, positions, _mask(owner) & (owner >= 0)[:, :, None]


def padding_is_document_0(tokens, lengths, width, pad=0):
    rows, positions, owner = _made(tokens, lengths, width, pad, _bins(lengths, width), 0)
    return rows, positions, _mask(owner)


def padding_is_the_last_document(tokens, lengths, width, pad=0):
    rows, positions, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    most = owner.max(axis=1, keepdims=True)
    return rows, positions, _mask(np.where(owner < 0, most, owner))


def documents_found_by_their_padding(tokens, lengths, width, pad=0):
    rows, positions, mask = by_lists(tokens, lengths, width, pad)
    return rows, positions, mask & (rows != pad)[:, None, :]


def zeros_behind(tokens, lengths, width, pad=0):
    rows, positions, owner = _made(tokens, lengths, width, 0, _bins(lengths, width))
    return rows, positions, _mask(owner)


def a_mask_of_ones(tokens, lengths, width, pad=0):
    rows, positions, mask = by_lists(tokens, lengths, width, pad)
    return rows, positions, mask.astype(int)


def no_mask(tokens, lengths, width, pad=0):
    return by_lists(tokens, lengths, width, pad)[:2]


def shortest_to_longest(tokens, lengths, width, pad=0):
    order = np.argsort(lengths, kind="stable")
    bins = [[int(order[i]) for i in numbers] for numbers in _bins(lengths[order], width)]
    return _with(bins, tokens, lengths, width, pad)


def documents_by_position_0(tokens, lengths, width, pad=0):
    rows, positions, _ = by_lists(tokens, lengths, width, pad)
    return rows, positions, _mask(np.cumsum(positions == 0, axis=1))


def causal_by_positions(tokens, lengths, width, pad=0):
    """All padding is at position 0."""
    rows, positions, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    earlier = positions[:, :, None] >= positions[:, None]
    return rows, positions, (owner[:, :, None] == owner[:, None]) & earlier


def padding_looks_back(tokens, lengths, width, pad=0):
    rows, positions, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    back = (owner < 0)[:, :, None] & np.tri(width, dtype=bool)
    return rows, positions, _mask(owner) | back


def padding_found_by_its_number(tokens, lengths, width, pad=0):
    rows, positions, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    owner[rows == pad] = -1
    return rows, positions * (rows != pad), _mask(owner)


def mask_from_the_tokens(tokens, lengths, width, pad=0):
    """A token that equals the padding is padding to the mask alone."""
    rows, positions, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    return rows, positions, _mask(np.where(rows == pad, -1, owner))


def last_row_with_room(tokens, lengths, width, pad=0):
    bins, left = [], []
    for number, n in enumerate(lengths.tolist()):
        fits = [i for i, room in enumerate(left) if n <= room]
        if not fits:
            fits = [len(bins)]
            bins.append([])
            left.append(width)
        bins[fits[-1]].append(number)
        left[fits[-1]] -= n
    rows, positions, owner = _made(tokens, lengths, width, pad, bins)
    return rows, positions, _mask(owner)


def owners_in_a_byte(tokens, lengths, width, pad=0):
    rows, positions, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    return rows, positions, _mask(owner % 256)


def positions_in_a_byte(tokens, lengths, width, pad=0):
    rows, positions, mask = by_lists(tokens, lengths, width, pad)
    return rows, positions.astype(np.int8), mask


def padding_from_zero(tokens, lengths, width, pad=0):
    """The positions of padding count from 0, as in a document."""
    rows, positions, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    empty = owner < 0
    return rows, np.where(empty, np.cumsum(empty, axis=1) - 1, positions), _mask(owner)


def documents_in_both_directions(tokens, lengths, width, pad=0):
    """As in an encoder; padding alone is causal."""
    rows, positions, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    seen = owner[:, :, None] == owner[:, None, :]
    return rows, positions, np.where((owner < 0)[:, :, None], np.tril(seen), seen)


def numbered_in_each_row_from_0(tokens, lengths, width, pad=0):
    """Padding is 0, too."""
    rows, positions, owner = _made(tokens, lengths, width, pad, _bins(lengths, width))
    return rows, positions, _mask(np.where(owner < 0, owner[:, :1], owner))


def a_row_for_each_document(tokens, lengths, width, pad=0):
    """As many rows as could be needed, and none is taken off."""
    bins = _bins(lengths, width)
    bins += [[] for _ in range(len(lengths) - len(bins))]
    rows, positions, owner = _made(tokens, lengths, width, pad, bins)
    return rows, positions, _mask(owner)


def rows_of_floats(tokens, lengths, width, pad=0):
    """`np.zeros` without a type."""
    rows, positions, mask = by_lists(tokens, lengths, width, pad)
    return rows.astype(float), positions, mask


# What each is told.
WRONG = {
    padding_from_zero: "positions_in_the_padding",
    documents_in_both_directions: "later_tokens_seen",
    numbered_in_each_row_from_0: "padding_of_the_first_document",
    a_row_for_each_document: "rows_left_empty",
    rows_of_floats: "a_property_fails",
    only_the_newest_row: "next_fit",
    first_row_or_a_new_one: "first_row_alone_asked",
    fullest_row: "best_fit",
    emptiest_row: "another_row_with_room",
    sorted_by_length: "sorted_by_length",
    a_row_each: "one_to_a_row",
    one_place_left_free: "exact_fit_missed",
    cut_into_rows: "documents_cut",
    positions_run_on: "positions_of_the_row",
    positions_of_all_places: "wrong_only_in_positions",
    padding_counts_on: "positions_in_the_padding",
    positions_from_one: "wrong_only_in_positions",
    plain_causal_mask: "documents_see_each_other",
    causal_but_for_padding: "documents_see_each_other",
    both_directions: "later_tokens_seen",
    keys_by_queries: "mask_turned",
    hidden_is_true: "mask_of_what_is_hidden",
    a_token_sees_not_itself: "one_sided",
    blind_padding: "padding_sees_nothing",
    padding_is_document_0: "padding_of_the_first_document",
    padding_is_the_last_document: "padding_of_the_last_document",
    documents_found_by_their_padding: "padding_sees_nothing",
    zeros_behind: "padding_by_zeros",
    a_mask_of_ones: "a_property_fails",
    no_mask: "a_result_of_another_kind",
    shortest_to_longest: "sorted_by_length",
    documents_by_position_0: "padding_sees_itself_alone",
    causal_by_positions: "padding_sees_later_padding",
    padding_looks_back: "padding_sees_all",
    mask_from_the_tokens: "padding_told_by_its_number",
    padding_found_by_its_number: "padding_told_by_its_number",
    last_row_with_room: "another_row_with_room",
    owners_in_a_byte: "documents_numbered_in_a_byte",
    positions_in_a_byte: "wrapped_around",
}
