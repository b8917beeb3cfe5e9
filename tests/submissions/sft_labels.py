"""Right and wrong ways to write `sft_labels`."""

import numpy as np


def _walk(row, header, end, label):
    """`label(token, open)` of each token of a row."""
    labels, open_, since = [], False, 0
    for i, token in enumerate(row):
        labels.append(label(token, open_))
        if open_:
            if token == end:
                open_, since = False, i + 1
        elif i + 1 - since >= len(header) and row[i + 1 - len(header) : i + 1] == header:
            open_ = True
    return labels


def _rows(tokens, header, end, label):
    flat = tokens.reshape(-1, tokens.shape[-1]).tolist()
    found = [_walk(row, header.tolist(), end, label) for row in flat]
    return np.array(found, dtype=np.int64).reshape(tokens.shape)


def a_walk(tokens, header, end):
    return _rows(tokens, header, end, lambda token, open_: token if open_ else -100)


def a_walk_on_arrays(tokens, header, end):
    labels = np.full(tokens.shape, -100, dtype=np.int64)
    n = len(header)
    for index in np.ndindex(tokens.shape[:-1]):
        i, row = 0, tokens[index]
        while i + n <= len(row):
            if not np.array_equal(row[i : i + n], header):
                i += 1
                continue
            i += n
            while i < len(row):
                labels[index][i] = row[i]
                i += 1
                if row[i - 1] == end:
                    break
    return labels


def spans_by_search(tokens, header, end):
    flat = tokens.reshape(-1, tokens.shape[-1])
    labels = np.full(flat.shape, -100, dtype=np.int64)
    for row, out in zip(flat.tolist(), labels, strict=True):
        at = 0
        starts = [i for i in range(len(row)) if row[i : i + len(header)] == header.tolist()]
        for start in starts:
            begin = start + len(header)
            if start < at:
                continue
            stop = row.index(end, begin) + 1 if end in row[begin:] else len(row)
            out[begin:stop] = row[begin:stop]
            at = stop
    return labels.reshape(tokens.shape)


def states_of_all_rows_at_once(tokens, header, end):
    labels = np.full(tokens.shape, -100, dtype=np.int64)
    open_ = np.zeros(tokens.shape[:-1], dtype=bool)
    n = len(header)
    for i in range(tokens.shape[-1]):
        labels[..., i] = np.where(open_, tokens[..., i].astype(int), -100)
        ended = tokens[..., i] == end
        matched = (tokens[..., max(i + 1 - n, 0) : i + 1].shape[-1] == n) and (
            tokens[..., i + 1 - n : i + 1] == header
        ).all(axis=-1)
        open_ = np.where(open_, ~ended, matched)
    return labels


def matched_by_shifts(tokens, header, end):
    tokens = tokens.astype(np.int64)
    opens = np.ones(tokens.shape, dtype=bool)
    for back, token in enumerate(header[::-1], 1):
        moved = np.full(tokens.shape, -1)
        moved[..., back:] = tokens[..., :-back]
        opens &= moved == token
    at = np.arange(tokens.shape[-1])
    ends = np.zeros(tokens.shape, dtype=bool)
    ends[..., 1:] = tokens[..., :-1] == end
    begun = np.maximum.accumulate(np.where(opens, at, -1), axis=-1)
    ended = np.maximum.accumulate(np.where(ends, at, -1), axis=-1)
    return np.where(begun > ended, tokens, -100)


def cut_at_ends(tokens, header, end):
    flat = tokens.reshape(-1, tokens.shape[-1])
    out = []
    for row in flat.tolist():
        labels, turn = [], []
        for token in [*row, None]:
            if token is not None:
                turn.append(token)
            if token is None or token == end:
                n = len(header)
                begins = [i for i in range(len(turn)) if turn[i : i + n] == header.tolist()]
                begin = begins[0] + n if begins else len(turn)
                labels += [-100] * begin + turn[begin:]
                turn = []
        out.append(labels)
    return np.array(out, dtype=np.int64).reshape(tokens.shape)


def _mask(tokens, header, end):
    return a_walk(tokens, header, end) != -100


def all_tokens(tokens, header, end):
    return tokens.astype(np.int64)


def all_but_padding_by_zero(tokens, header, end):
    return np.where(tokens == 0, -100, tokens.astype(np.int64))


def ends_masked_as_padding(tokens, header, end):
    labels = a_walk(tokens, header, end)
    labels[labels == end] = -100
    return labels


def zeros_masked_as_padding(tokens, header, end):
    labels = a_walk(tokens, header, end)
    labels[labels == 0] = -100
    return labels


def zero_is_ignored(tokens, header, end):
    return np.where(_mask(tokens, header, end), tokens, 0)


def minus_one_is_ignored(tokens, header, end):
    return np.where(_mask(tokens, header, end), tokens.astype(np.int64), -1)


def a_mask(tokens, header, end):
    return _mask(tokens, header, end)


def shifted_for_the_model(tokens, header, end):
    labels = a_walk(tokens, header, end)
    out = np.full_like(labels, -100)
    out[..., :-1] = labels[..., 1:]
    return out


def shifted_the_other_way(tokens, header, end):
    labels = a_walk(tokens, header, end)
    out = np.full_like(labels, -100)
    out[..., 1:] = labels[..., :-1]
    return out


def one_token_beyond(tokens, header, end):
    answer = _mask(tokens, header, end)
    more = answer.copy()
    more[..., 1:] |= answer[..., :-1] & (tokens[..., :-1] == end)
    return np.where(more, tokens.astype(np.int64), -100)


def from_the_first_header_on(tokens, header, end):
    return np.where(
        np.maximum.accumulate(_mask(tokens, header, end), axis=-1),
        tokens.astype(np.int64),
        -100,
    )


def first_answer(tokens, header, end):
    labels = a_walk(tokens, header, end)
    done = np.cumsum((labels == end), axis=-1) - (labels == end)
    return np.where(done == 0, labels, -100)


def last_answer(tokens, header, end):
    flat = tokens.reshape(-1, tokens.shape[-1])
    labels = np.full(flat.shape, -100, dtype=np.int64)
    n = len(header)
    for row, out in zip(flat, labels, strict=True):
        for i in range(len(row) - n, -1, -1):
            if np.array_equal(row[i : i + n], header):
                stop = np.flatnonzero(row[i + n :] == end)
                stop = i + n + stop[0] + 1 if len(stop) else len(row)
                out[i + n : stop] = row[i + n : stop]
                break
    return labels.reshape(tokens.shape)


def ends_of_all_turns(tokens, header, end):
    keep = _mask(tokens, header, end) | (tokens == end)
    return np.where(keep, tokens.astype(np.int64), -100)


def a_run_of_ends(tokens, header, end):
    keep = _mask(tokens, header, end)
    for i in range(1, tokens.shape[-1]):
        both = (tokens[..., i] == end) & (tokens[..., i - 1] == end)
        keep[..., i] |= keep[..., i - 1] & both
    return np.where(keep, tokens.astype(np.int64), -100)


def header_of_its_last_token(tokens, header, end):
    return a_walk(tokens, header[-1:], end)


def header_of_its_first_token(tokens, header, end):
    labels = a_walk(tokens, header[:1], end)
    out = np.full_like(labels, -100)
    keep = np.zeros(tokens.shape, bool)
    n = len(header) - 1
    keep[..., n:] = (labels != -100)[..., : tokens.shape[-1] - n] if n else labels != -100
    answer = keep & (labels != -100)
    out[answer] = labels[answer]
    return out


def header_is_learned(tokens, header, end):
    answer = _mask(tokens, header, end)
    opens = answer.copy()
    opens[..., 1:] &= ~(answer[..., :-1] & (tokens[..., :-1] != end))
    for back in range(1, len(header) + 1):
        answer[..., :-back] |= opens[..., back:]
    return np.where(answer, tokens.astype(np.int64), -100)


def answers_with_an_end(tokens, header, end):
    labels = a_walk(tokens, header, end)
    later_end = np.cumsum((labels == end)[..., ::-1], axis=-1)[..., ::-1] > 0
    return np.where(later_end, labels, -100)


def over_the_rows(tokens, header, end):
    return a_walk(tokens.reshape(1, -1), header, end).reshape(tokens.shape)


def one_row_alone(tokens, header, end):
    return a_walk(tokens.reshape(-1, tokens.shape[-1])[0], header, end)


def in_the_type_of_the_tokens(tokens, header, end):
    labels = a_walk(tokens, header, end)
    return labels.astype(tokens.dtype)


def headers_within_answers_left_out(tokens, header, end):
    labels = a_walk(tokens, header, end)
    n = len(header)
    for i in range(n, tokens.shape[-1] + 1):
        here = (tokens[..., i - n : i] == header).all(axis=-1)
        labels[..., i - n : i][here] = -100
    return labels


def answers_in_place(tokens, header, end):
    labels = a_walk(tokens, header, end)
    tokens[...] = np.where(labels == -100, tokens, labels * 0)
    return labels


def without_their_first_token(tokens, header, end):
    answer = _mask(tokens, header, end)
    before = np.zeros_like(answer)
    before[..., 1:] = answer[..., :-1] & (tokens[..., :-1] != end)
    return np.where(answer & before, tokens.astype(np.int64), -100)


def from_the_last_token_of_the_header(tokens, header, end):
    answer = _mask(tokens, header, end)
    answer[..., :-1] |= answer[..., 1:]
    return np.where(answer, tokens.astype(np.int64), -100)


def up_to_the_last_token_but_one(tokens, header, end):
    labels = a_walk(tokens, header, end)
    labels[..., -1:] = -100
    return labels


def what_others_say(tokens, header, end):
    return np.where(_mask(tokens, header, end), -100, tokens.astype(np.int64))


def counts_off_the_header(tokens, header, end):
    """A token that does not fit begins a new count only behind it."""
    flat = tokens.reshape(-1, tokens.shape[-1])
    labels = np.full(flat.shape, -100, dtype=np.int64)
    for row, out in zip(flat.tolist(), labels, strict=True):
        met = 0
        for i, token in enumerate(row):
            if met < len(header):
                met = met + 1 if token == header[met] else 0
            else:
                out[i] = token
                met = 0 if token == end else met
    return labels.reshape(tokens.shape)


def counts_off_the_header_from_its_first_token(tokens, header, end):
    flat = tokens.reshape(-1, tokens.shape[-1])
    labels = np.full(flat.shape, -100, dtype=np.int64)
    for row, out in zip(flat.tolist(), labels, strict=True):
        met = 0
        for i, token in enumerate(row):
            if met == len(header):
                out[i] = token
                met = 0 if token == end else met
            elif token == header[met]:
                met += 1
            else:
                met = 1 if token == header[0] else 0
    return labels.reshape(tokens.shape)


def in_two_bytes(tokens, header, end):
    return a_walk(tokens, header, end).astype(np.int16)


def nothing_where_a_header_ends_the_row(tokens, header, end):
    labels = a_walk(tokens, header, end)
    labels[(tokens[..., -len(header) :] == header).all(axis=-1)] = -100
    return labels


def by_their_text(tokens, header, end):
    """17 8 holds 7 8."""
    flat = tokens.reshape(-1, tokens.shape[-1]).tolist()
    said = " ".join(map(str, header.tolist()))
    found = []
    for row in flat:
        labels, i = [-100] * len(row), 0
        while i + len(header) <= len(row):
            i += 1
            if " ".join(map(str, row[i - 1 : i - 1 + len(header)])).endswith(said):
                i += len(header) - 1
                while i < len(row):
                    labels[i] = row[i]
                    i += 1
                    if row[i - 1] == end:
                        break
        found.append(labels)
    return np.array(found).reshape(tokens.shape)


def three_tokens_compared(tokens, header, end):
    wild = header.astype(np.int64)[:3]
    flat = tokens.reshape(-1, tokens.shape[-1]).astype(np.int64)
    n, labels = len(header), np.full(flat.shape, -100)
    for row, out in zip(flat, labels, strict=True):
        i = 0
        while i + n <= len(row):
            if (row[i : i + len(wild)] != wild).any():
                i += 1
                continue
            i += n
            ends = np.flatnonzero(row[i:] == end)
            stop = i + ends[0] + 1 if len(ends) else len(row)
            out[i:stop] = row[i:stop]
            i = stop
    return labels.reshape(tokens.shape)


def begun_by_what_is_left_of_a_header(tokens, header, end):
    """`zip` ends with the row, and so does the comparison."""
    labels = a_walk(tokens, header, end)
    flat, out = tokens.reshape(-1, tokens.shape[-1]), labels.reshape(-1, tokens.shape[-1])
    for row, one in zip(flat, out, strict=True):
        for i in range(len(row) - len(header) + 1, len(row) - 1):
            if one[i] == -100 and all(x == y for x, y in zip(row[i:], header, strict=False)):
                one[i + 1 :] = row[i + 1 :]
    return labels


def rows_without_an_end_skipped(tokens, header, end):
    labels = a_walk(tokens, header, end)
    return np.where((tokens == end).any(axis=-1, keepdims=True), labels, -100)


def _spans(row, header, end, skip=0, fits=None):
    """Where the answers of a row of numbers begin and stop."""
    i, spans, n = 0, [], len(header)
    fits = fits or (lambda some: some == header)
    while i + n <= len(row):
        if not fits(row[i : i + n]):
            i += 1
            continue
        i += n
        stop = row.index(end, i + skip) + 1 if end in row[i + skip :] else len(row)
        spans.append((i, stop))
        i = stop
    return spans


def _labelled(tokens, header, end, spans):
    flat = tokens.reshape(-1, tokens.shape[-1]).tolist()
    labels = np.full((len(flat), tokens.shape[-1]), -100, dtype=np.int64)
    for row, out in zip(flat, labels, strict=True):
        for start, stop in spans(row, header.tolist(), end):
            out[start:stop] = row[start:stop]
    return labels.reshape(tokens.shape)


def last_span(tokens, header, end):
    return _labelled(tokens, header, end, lambda *row: _spans(*row)[-1:])


def end_behind_the_first_token(tokens, header, end):
    return _labelled(tokens, header, end, lambda *row: _spans(*row, skip=1))


def cut_before_the_last_token(tokens, header, end):
    def spans(row, header, end):
        found = _spans(row, header, end)
        return [(a, b if b > a and row[b - 1] == end else b - 1) for a, b in found]

    return _labelled(tokens, header, end, spans)


def any_token_in_its_place(tokens, header, end):
    def spans(row, header, end):
        return _spans(row, header, end, fits=lambda some: any(map(int.__eq__, some, header)))

    return _labelled(tokens, header, end, spans)


def rolled(tokens, header, end):
    n = len(header)
    found = np.all([np.roll(tokens, -i, axis=-1) == one for i, one in enumerate(header)], axis=0)
    labels = np.full(tokens.shape, -100, dtype=np.int64)
    for index in np.ndindex(tokens.shape[:-1]):
        open_ = False
        for i, token in enumerate(tokens[index]):
            open_ |= bool(found[index][i - n])
            labels[index][i] = token if open_ else -100
            open_ &= bool(token != end)
    return labels


def argmax_of_nothing(tokens, header, end):
    def spans(row, header, end):
        n = len(header)
        found = np.array([row[i : i + n] == header for i in range(len(row) - n + 1)])
        start = int(found.argmax()) + n
        stop = row.index(end, start) + 1 if end in row[start:] else len(row)
        return [(start, stop), *[span for span in _spans(row, header, end) if span[0] > start]]

    return _labelled(tokens, header, end, spans)


def one_token_passed_over(tokens, header, end):
    """Behind an answer's end the search goes on one token too late."""
    head = header.tolist()
    out = np.full(tokens.shape, -100, np.int64)
    for at in np.ndindex(tokens.shape[:-1]):
        row, i = tokens[at].tolist(), 0
        while i < len(row):
            if row[max(0, i - len(head)) : i] != head:
                i += 1
                continue
            while i < len(row):
                out[at][i] = row[i]
                i += 1
                if row[i - 1] == end:
                    break
            i += len(head) + 1
    return out


def depth_of_answers(tokens, header, end):
    n = len(header)
    labels = np.full(tokens.shape, -100, np.int64)
    for where in np.ndindex(tokens.shape[:-1]):
        row, depth = tokens[where], 0
        for i in range(len(row)):
            depth += i >= n and bool((row[i - n : i] == header).all())
            if depth > 0:
                labels[where][i] = row[i]
                depth -= int(row[i] == end)
    return labels


def newest_header_opens(tokens, header, end):
    n = len(header)
    labels = np.full(tokens.shape, -100, np.int64)
    for where in np.ndindex(tokens.shape[:-1]):
        row, begun = tokens[where], None
        for i in range(len(row) + 1):
            if i == len(row) or (begun is not None and i > begun - 1 and row[i] == end):
                if begun is not None:
                    labels[where][begun : i + 1] = row[begun : i + 1]
                begun = None
            if i + 1 >= n and i < len(row) and (row[i + 1 - n : i + 1] == header).all():
                begun = i + 1
    return labels


# What each is told.
WRONG = {
    all_tokens: "everything_learned",
    all_but_padding_by_zero: "everything_learned",
    ends_masked_as_padding: "end_not_learned",
    zeros_masked_as_padding: "not_zero",
    zero_is_ignored: "another_number_for_what_is_left_out",
    minus_one_is_ignored: "another_number_for_what_is_left_out",
    a_mask: "marks_for_labels",
    shifted_for_the_model: "labels_shifted",
    shifted_the_other_way: "in_another_order",
    one_token_beyond: "line_after_the_end_learned",
    from_the_first_header_on: "answers_never_end",
    first_answer: "only_the_first_answer",
    last_answer: "only_the_last_answer",
    ends_of_all_turns: "every_end_learned",
    a_run_of_ends: "padding_learned",
    header_of_its_last_token: "last_token_of_the_header",
    header_of_its_first_token: "first_token_of_the_header",
    header_is_learned: "header_learned",
    answers_with_an_end: "cut_answers_left_out",
    over_the_rows: "rows_run_on",
    one_row_alone: "wrong_where_tokens_and_header_have_different_numbers_of_axes",
    in_the_type_of_the_tokens: "a_property_fails",
    headers_within_answers_left_out: "header_within_an_answer_left_out",
    answers_in_place: "an_argument_changed",
    without_their_first_token: "first_token_left_out",
    from_the_last_token_of_the_header: "begun_too_early",
    up_to_the_last_token_but_one: "last_token_of_the_row_left_out",
    what_others_say: "questions_learned",
    counts_off_the_header: "counted_token_by_token",
    counts_off_the_header_from_its_first_token: "counted_token_by_token",
    in_two_bytes: "labels_in_int16",
    nothing_where_a_header_ends_the_row: None,
    by_their_text: "compared_as_text",
    three_tokens_compared: None,
    begun_by_what_is_left_of_a_header: None,
    rows_without_an_end_skipped: None,
    last_span: "only_the_last_answer",
    end_behind_the_first_token: "end_looked_for_too_late",
    cut_before_the_last_token: "last_token_of_the_row_left_out",
    any_token_in_its_place: "one_token_of_the_header_in_its_place",
    rolled: "header_over_the_border",
    argmax_of_nothing: "header_found_where_there_is_none",
    one_token_passed_over: "header_right_behind_an_answer_missed",
    depth_of_answers: "open_answers_counted",
    newest_header_opens: "begun_anew_by_a_header_within",
}
