"""Right and wrong ways to write `ring_all_reduce`."""

import numpy as np


def _float(x):
    return x if x.dtype.kind == "f" else x.astype(float)


def one_loop(parts):
    """Both halves in one loop: only adding or replacing differs."""
    buffers = np.array(_float(parts))
    ranks, length = buffers.shape
    sent = np.zeros((2 * (ranks - 1), ranks, length // ranks), buffers.dtype)
    chunks = buffers.reshape(ranks, ranks, -1)
    for t in range(len(sent)):
        for r in range(ranks):
            sent[t, r] = chunks[r, (r - t) % ranks]
        for r in range(ranks):
            if t < ranks - 1:
                chunks[(r + 1) % ranks, (r - t) % ranks] += sent[t, r]
            else:
                chunks[(r + 1) % ranks, (r - t) % ranks] = sent[t, r]
    return buffers, sent


def two_loops(parts):
    ranks = len(parts)
    chunks = [np.split(row, ranks) for row in _float(parts).copy()]
    sent = []
    for t in range(ranks - 1):
        messages = [chunks[r][(r - t) % ranks].copy() for r in range(ranks)]
        for r in range(ranks):
            number = (r - 1 - t) % ranks
            chunks[r][number] = chunks[r][number] + messages[r - 1]
        sent.append(messages)
    for t in range(ranks - 1):
        messages = [chunks[r][(r + 1 - t) % ranks] for r in range(ranks)]
        for r in range(ranks):
            chunks[r][(r - t) % ranks] = messages[r - 1]
        sent.append(messages)
    sums = np.stack([np.concatenate(row) for row in chunks])
    return sums, np.array(sent, sums.dtype).reshape(-1, ranks, parts.shape[1] // ranks)


def by_indices(parts):
    chunks = _float(parts).reshape(len(parts), len(parts), -1).copy()
    ranks = np.arange(len(parts))
    sent = []
    for t in range(2 * (len(parts) - 1)):
        number = (ranks - t) % len(parts)
        sent.append(chunks[ranks, number])
        to = (ranks + 1) % len(parts)
        own = chunks[to, number] if t < len(parts) - 1 else 0
        chunks[to, number] = own + sent[-1]
    empty = np.empty((0, *chunks.shape[1:]), chunks.dtype)
    return chunks.reshape(parts.shape), np.stack(sent) if sent else empty


def in_turn(parts):
    """Ranks send one after another: none sends in a round what it has got in it."""
    chunks = _float(parts).reshape(len(parts), len(parts), -1).copy()
    ranks = len(parts)
    sent = np.empty((2 * (ranks - 1), *chunks.shape[1:]), chunks.dtype)
    for t in range(2 * (ranks - 1)):
        for r in range(ranks):
            place = (r + 1) % ranks, (r - t) % ranks
            sent[t, r] = chunks[r, (r - t) % ranks]
            chunks[place] = chunks[place] * (t < ranks - 1) + sent[t, r]
    return chunks.reshape(len(parts), -1), sent


def by_partial_sums(parts):
    """What is sent, by definition: chunk r - t, summed over ranks r - t to r."""
    ranks = len(parts)
    chunks = _float(parts).reshape(ranks, ranks, -1)
    sent = np.zeros((2 * (ranks - 1), *chunks.shape[1:]), chunks.dtype)
    for t, r in np.ndindex(sent.shape[:2]):
        for back in range(min(t + 1, ranks)):
            sent[t, r] += chunks[(r - back) % ranks, (r - t) % ranks]
    return np.tile(chunks.sum(axis=0).ravel(), (ranks, 1)), sent


def generators(parts):
    ranks = len(parts)

    def program(rank):
        chunks = np.split(_float(parts)[rank].copy(), ranks)
        for t in range(2 * (ranks - 1)):
            got = yield chunks[(rank - t) % ranks].copy()
            number = (rank - 1 - t) % ranks
            chunks[number] = chunks[number] + got if t < ranks - 1 else got
        yield np.concatenate(chunks)

    programs = [program(rank) for rank in range(ranks)]
    sent = [[next(each) for each in programs]]
    for _ in range(2 * (ranks - 1)):
        sent.append([each.send(sent[-1][k - 1]) for k, each in enumerate(programs)])
    sums = np.stack(sent.pop())
    return sums, np.array(sent, sums.dtype).reshape(-1, ranks, parts.shape[1] // ranks)


def _ring(parts, number, rounds, step=1, adds=None, first=0):
    chunks = _float(parts).reshape(len(parts), len(parts), -1).copy()
    ranks, sent = len(parts), []
    adds = ranks - 1 if adds is None else adds
    for t in range(rounds):
        sent.append([chunks[r, number(r, t) % ranks].copy() for r in range(ranks)])
        for r in range(ranks):
            place = (r + step) % ranks, number(r, t) % ranks
            chunks[place] = sent[-1][r] + (chunks[place] if t < adds else 0)
    shape = (-1, ranks, parts.shape[1] // ranks)
    return chunks.reshape(parts.shape), np.array(sent, chunks.dtype).reshape(shape)


def to_the_left(parts):
    return _ring(parts, lambda r, t: r - t, 2 * len(parts) - 2, step=-1)


def adds_throughout(parts):
    return _ring(parts, lambda r, t: r - t, 2 * len(parts) - 2, adds=10**9)


def reduce_scatter_alone(parts):
    return _ring(parts, lambda r, t: r - t, len(parts) - 1)


def ranks_rounds(parts):
    ranks = len(parts)
    return _ring(parts, lambda r, t: r - t, 2 * ranks - 1, adds=ranks)


def forward_numbers(parts):
    return _ring(parts, lambda r, t: r + t, 2 * len(parts) - 2)


def starts_again(parts):
    half = len(parts) - 1
    return _ring(parts, lambda r, t: r - (t if t < half else t - half), 2 * half)


def one_later(parts):
    return _ring(parts, lambda r, t: r + 1 - t, 2 * len(parts) - 2)


def one_earlier(parts):
    """Begins with chunk r - 1: the sums are right."""
    return _ring(parts, lambda r, t: r - 1 - t, 2 * len(parts) - 2)


def averaged(parts):
    sums, sent = one_loop(parts)
    return sums / len(sums), sent


def views(parts):
    """Messages are kept without a copy."""
    sums, sent = one_loop(parts)
    chunks, ranks = sums.reshape(len(parts), len(parts), -1), len(parts)
    kept = [[chunks[r, (r - t) % ranks] for r in range(ranks)] for t in range(len(sent))]
    return sums, np.array(kept, sums.dtype).reshape(sent.shape)


def received(parts):
    sums, sent = one_loop(parts)
    return sums, sent[:, np.arange(-1, len(parts) - 1)]


def whole_rows(parts):
    rows = _float(parts)
    sums, sent = rows.copy(), []
    for t in range(len(rows) - 1):
        sent.append(rows[(np.arange(len(rows)) - t) % len(rows)])
        sums = sums + np.roll(rows, t + 1, axis=0)
    return sums, np.array(sent).reshape(-1, *rows.shape)


def first_row(parts):
    sums, sent = one_loop(parts)
    return sums[0], sent


def every_nth(parts):
    ranks = len(parts)
    dealt = _float(parts).reshape(ranks, -1, ranks).swapaxes(1, 2).reshape(parts.shape)
    sums, sent = one_loop(dealt)
    return sums.reshape(ranks, ranks, -1).swapaxes(1, 2).reshape(parts.shape), sent


def in_place(parts):
    """Buffers are the rows themselves."""
    if parts.dtype.kind != "f":
        return one_loop(parts)
    parts[:], sent = one_loop(parts)
    return parts, sent


def at_least_two_ranks(parts):
    """A rank alone sends one message."""
    sums, sent = one_loop(parts)
    return sums, sent if len(parts) > 1 else _float(parts)[None]


def four_ranks_at_most(parts):
    """Ranks past the fourth are forgotten."""
    sums, sent = one_loop(parts)
    if len(parts) > 4:
        sums = np.tile(_float(parts)[:4].sum(axis=0), (len(parts), 1))
    return sums, sent


def squeezed_messages(parts):
    """Chunks of one number lose their axis."""
    sums, sent = one_loop(parts)
    return sums, sent[..., 0] if sent.shape[-1] == 1 else sent


def last_message_to_nobody(parts):
    """Of more than three ranks the last one's messages are lost: no modulo."""
    if len(parts) <= 3:
        return one_loop(parts)
    sums, sent = one_loop(parts)
    sums[0] = _float(parts)[0]
    return sums, sent


def two_ranks_exchange(parts):
    """Two ranks send each other their whole rows."""
    sums, sent = one_loop(parts)
    return sums, _float(parts)[None] if len(parts) == 2 else sent


def rounded_to_float32(parts):
    """Right to seven digits."""
    return tuple(each.astype(np.float32).astype(each.dtype) for each in one_loop(parts))


def parts_that_are_zero_are_not_sent(parts):
    """A message of zeros is left as it was: nan marks it."""
    sums, sent = one_loop(parts)
    sent[(sent == 0).all(axis=-1)] = np.nan
    return sums, sent


def mirrored(parts):
    """Chunks and neighbours the other way round: the sums are right."""
    return _ring(parts, lambda r, t: r + t, 2 * len(parts) - 2, step=-1)


def adds_once_more(parts):
    return _ring(parts, lambda r, t: r - t, 2 * len(parts) - 2, adds=len(parts))


def ranks_rounds_twice(parts):
    ranks = len(parts)
    return _ring(parts, lambda r, t: r - t, 2 * ranks, adds=ranks)


def first_parts_passed_round(parts):
    """The sums so far are kept, and each rank sends its own parts."""
    ranks = len(parts)
    own = _float(parts).reshape(ranks, ranks, -1)
    chunks, sent = own.copy(), []
    for t in range(2 * ranks - 2):
        source = own if t < ranks - 1 else chunks
        sent.append([source[r, (r - t) % ranks].copy() for r in range(ranks)])
        for r in range(ranks):
            place = (r + 1) % ranks, (r - t) % ranks
            chunks[place] = sent[-1][r] + (chunks[place] if t < ranks - 1 else 0)
    shape = (-1, ranks, parts.shape[1] // ranks)
    return chunks.reshape(parts.shape), np.array(sent, chunks.dtype).reshape(shape)


def nothing_from_the_last(parts):
    chunks = _float(parts).reshape(len(parts), len(parts), -1).copy()
    ranks, sent = len(parts), []
    for t in range(2 * ranks - 2):
        sent.append([chunks[r, (r - t) % ranks].copy() for r in range(ranks)])
        for r in range(ranks - 1):
            kept = chunks[r + 1, (r - t) % ranks] if t < ranks - 1 else 0
            chunks[r + 1, (r - t) % ranks] = sent[-1][r] + kept
    shape = (-1, ranks, parts.shape[1] // ranks)
    return chunks.reshape(parts.shape), np.array(sent, chunks.dtype).reshape(shape)


def one_list_for_each_rank(parts):
    sums, sent = one_loop(parts)
    return sums, np.transpose(sent, (1, 0, 2))


def _by_numbers(parts, sends, puts=None, stale=False):
    """All send chunk `sends(r, t, ranks)`, and put it under `puts`, or the same number."""
    ranks, length = parts.shape
    held = parts.astype(float).reshape(ranks, ranks, -1).copy()
    sent = np.zeros((2 * (ranks - 1), ranks, length // ranks))
    for t in range(len(sent)):
        if not stale or t % (ranks - 1) == 0:
            old = held.copy()
        for r in range(ranks):
            sent[t, r] = old[r, sends(r, t, ranks)]
        for r in range(ranks):
            number = (puts or sends)(r, t, ranks)
            was = held[(r + 1) % ranks, number] if t < ranks - 1 else 0
            held[(r + 1) % ranks, number] = was + sent[t, r]
    return held.reshape(ranks, length), sent


def passes_nothing_on(parts):
    def number(r, t, ranks):
        return (r - t) % ranks if t < ranks - 1 else (r + 1) % ranks

    return _by_numbers(parts, number)


def forward_in_the_second_half(parts):
    def number(r, t, ranks):
        return (r - t) % ranks if t < ranks - 1 else (r + t) % ranks

    return _by_numbers(parts, number)


def under_a_number_of_its_own(parts):
    def number(r, t, ranks):
        return (r - t) % ranks

    return _by_numbers(parts, number, lambda r, t, ranks: (r + 1 - t) % ranks)


def from_the_start_of_each_half(parts):
    return _by_numbers(parts, lambda r, t, ranks: (r - t) % ranks, stale=True)


def own_parts_and_true_sums(parts):
    """The first half passes nothing on; the sums come from elsewhere."""
    ranks = len(parts)
    own = _float(parts).reshape(ranks, ranks, -1)
    sums, sent = one_loop(parts)
    for t, r in np.ndindex(max(ranks - 1, 0), ranks):
        sent[t, r] = own[r, (r - t) % ranks]
    return sums, sent


def finished_chunk_each_round(parts):
    """The sums are right: only what is sent stays the same through the second half."""
    ranks = len(parts)
    sums, sent = one_loop(parts)
    if ranks > 1:
        sent[ranks - 1 :] = sent[ranks - 1]
    return sums, sent


def numbers_for_chunks(parts):
    """Rank r sends its number r - t where it should send a chunk."""
    own = np.array(_float(parts))
    ranks, length = own.shape
    sent = np.empty((2 * ranks - 2, ranks, length // ranks), own.dtype)
    for t in range(2 * ranks - 2):
        for r in range(ranks):
            sent[t, r] = own[r, (r - t) % ranks]
        for r in range(ranks):
            place = (r + 1) % ranks, (r - t) % ranks
            own[place] = sent[t, r, 0] + (own[place] if t < ranks - 1 else 0)
    return own, sent


def in_the_type_of_the_parts(parts):
    """int32 is added up in int32."""
    own = parts.copy()
    chunks, ranks = own.reshape(len(parts), len(parts), -1), len(parts)
    sent = np.empty((2 * ranks - 2, *chunks.shape[1:]), own.dtype)
    for t, r in np.ndindex(sent.shape[:2]):
        place = (r + 1) % ranks, (r - t) % ranks
        sent[t, r] = chunks[r, (r - t) % ranks]
        chunks[place] = sent[t, r] + (chunks[place] if t < ranks - 1 else 0)
    return _float(own), _float(sent)


# What each is told.
WRONG = {
    to_the_left: "sent_to_the_left",
    adds_throughout: "second_half_adds",
    reduce_scatter_alone: "no_second_half",
    ranks_rounds: "a_round_too_many",
    forward_numbers: "chunks_forward",
    starts_again: "second_half_restarts",
    one_later: "begins_a_chunk_later",
    one_earlier: "begins_a_chunk_earlier",
    averaged: "mean_of_the_ranks",
    views: "messages_kept_as_views",
    received: "what_is_received",
    whole_rows: "whole_rows_go_round",
    first_row: "one_row_of_sums",
    every_nth: "neighbours_dealt_out",
    in_place: "an_argument_changed",
    at_least_two_ranks: "wrong_where_parts_has_an_axis_of_size_1",
    four_ranks_at_most: "rows_in_another_order_should_not_matter",
    squeezed_messages: "right_numbers_in_another_shape",
    last_message_to_nobody: "rows_in_another_order_should_not_matter",
    two_ranks_exchange: "wrong_only_in_sent",
    rounded_to_float32: "in_float32",
    mirrored: "ring_the_other_way",
    adds_once_more: "one_more_round_adds",
    ranks_rounds_twice: "a_round_too_many_in_each_half",
    first_parts_passed_round: "own_parts_alone_are_sent",
    nothing_from_the_last: "ring_left_open",
    one_list_for_each_rank: "ranks_before_rounds",
    parts_that_are_zero_are_not_sent: "wrong_only_where_it_should_be_0",
    passes_nothing_on: "own_sums_alone_are_sent",
    forward_in_the_second_half: "chunks_forward",
    under_a_number_of_its_own: "put_under_the_receivers_number",
    from_the_start_of_each_half: "nothing_that_arrives_is_sent",
    own_parts_and_true_sums: "own_parts_alone_are_sent",
    finished_chunk_each_round: "own_sums_alone_are_sent",
    numbers_for_chunks: "one_number_a_chunk",
    in_the_type_of_the_parts: "a_step_left_out",
}
