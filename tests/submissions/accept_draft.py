"""Right and wrong ways to write accept_draft."""

import numpy as np


def with_divisions(p, q, drafted, uniform):
    if len(drafted) and (q[np.arange(len(drafted)), drafted] == 0).any():
        raise ValueError("q is 0 there")
    answer = []
    for row_p, row_q, token, u in zip(p, q, drafted, uniform[:-1], strict=False):
        if u < min(1, row_p[token] / row_q[token]):
            answer.append(token)
            continue
        left = np.clip(row_p - row_q, 0, None)
        left = left / left.sum()
        break
    else:
        left = p[len(drafted)]
    answer.append((np.cumsum(left) <= uniform[-1] * left.sum()).sum())
    return np.array(answer)


def vectorised(p, q, drafted, uniform):
    """All ratios at once, then the first refusal."""
    n = len(drafted)
    own = np.arange(n)
    said = q[own, drafted.astype(int)]
    if not said.all():
        raise ValueError
    refused = uniform[:n] >= p[own, drafted.astype(int)] / said
    n = int(refused.argmax()) if refused.any() else n
    # `q` gets a row of zeros: the draft says nothing of the place after it.
    weights = np.maximum(p - np.vstack([q, np.zeros_like(p[:1])]), 0)[n]
    last = np.digitize(uniform[-1], np.cumsum(weights) / weights.sum())
    return np.concatenate([drafted[:n], [last]])


def a_loop_for_the_draw(p, q, drafted, uniform):
    n, place = len(drafted), 0
    while place < n and p[place][drafted[place]] > uniform[place] * q[place][drafted[place]]:
        if q[place][drafted[place]] == 0:
            raise ValueError
        place += 1
    if place < n and q[place][drafted[place]] == 0:
        raise ValueError
    weights = [float(w) for w in p[place]]
    if place < n:
        weights = [max(float(a) - float(b), 0.0) for a, b in zip(p[place], q[place], strict=True)]
    target, token = uniform[-1] * sum(weights), 0
    while weights[token] <= target:
        target -= weights[token]
        token += 1
    return np.array([*drafted[:place], token])


def by_cumulated_products(p, q, drafted, uniform):
    places = np.arange(len(drafted))
    q_there, p_there = q[places, drafted], p[places, drafted]
    if np.any(q_there == 0):
        raise ValueError("the draft model cannot have drawn this token")
    kept = int(np.cumprod(uniform[:-1] * q_there < p_there).sum())
    below = np.vstack([q, np.zeros(p.shape[1])])[kept]
    cumulated = np.cumsum(np.clip(p[kept] - below, 0, None))
    token = np.argmax(cumulated > uniform[-1] * cumulated[-1])
    return np.concatenate([drafted[:kept], [token]]).astype(int)


def list_of_tokens(p, q, drafted, uniform):
    tokens = []
    for t, token in enumerate(drafted.tolist()):
        if q[t, token] == 0:
            raise ValueError(f"token {token} has probability 0 in row {t}")
        if uniform[t] < min(1, p[t, token] / q[t, token]):
            tokens.append(token)
            continue
        weights = [max(large - small, 0) for large, small in zip(p[t], q[t], strict=True)]
        break
    else:
        weights = list(p[-1])
    share, cumulated = uniform[-1] * sum(weights), 0
    for token, weight in enumerate(weights):
        cumulated += weight
        if cumulated > share:
            return np.array([*tokens, token])


def recursive(p, q, drafted, uniform):
    if len(drafted) == 0:
        return np.searchsorted(np.cumsum(p[0]), uniform[-1:] * p[0].sum(), side="right")
    first = drafted[0]
    if not q[0, first]:
        raise ValueError("impossible draft")
    if uniform[0] * q[0, first] < p[0, first]:
        rest = recursive(p[1:], q[1:], drafted[1:], uniform[1:])
        return np.array([first, *rest], dtype=int)
    missing = np.where(p[0] > q[0], p[0] - q[0], 0)
    edges = missing.cumsum()
    return np.digitize(uniform[-1:] * edges[-1], edges)


def _draw(weights, u):
    return np.searchsorted(np.cumsum(weights) / np.sum(weights), u, side="right")


def _refuse(q, drafted):
    if any(q[n, t] == 0 for n, t in enumerate(drafted)):
        raise ValueError


def sampled_and_compared(p, q, drafted, uniform):
    """The large model draws its own token, and the draft is kept where both agree."""
    _refuse(q, drafted)
    for n, token in enumerate(drafted):
        own = _draw(p[n], uniform[n])
        if own != token:
            return np.append(drafted[:n], own)
    return np.append(drafted, _draw(p[-1], uniform[-1]))


def greedy(p, q, drafted, uniform):
    _refuse(q, drafted)
    own = p.argmax(axis=1)
    n = 0
    while n < len(drafted) and own[n] == drafted[n]:
        n += 1
    return np.append(drafted[:n], own[n])


def q_over_p(p, q, drafted, uniform):
    _refuse(q, drafted)
    for n, token in enumerate(drafted):
        with np.errstate(divide="ignore"):
            refused = uniform[n] >= q[n, token] / p[n, token]
        if refused:
            return np.append(drafted[:n], _draw(np.maximum(p[n] - q[n], 0), uniform[-1]))
    return np.append(drafted, _draw(p[-1], uniform[-1]))


def resampled_from_p(p, q, drafted, uniform):
    _refuse(q, drafted)
    for n, token in enumerate(drafted):
        if uniform[n] >= p[n, token] / q[n, token]:
            return np.append(drafted[:n], _draw(p[n], uniform[-1]))
    return np.append(drafted, _draw(p[-1], uniform[-1]))


def no_extra_token(p, q, drafted, uniform):
    _refuse(q, drafted)
    for n, token in enumerate(drafted):
        if uniform[n] >= p[n, token] / q[n, token]:
            return np.append(drafted[:n], _draw(np.maximum(p[n] - q[n], 0), uniform[-1]))
    return drafted.copy()


def the_same_number(p, q, drafted, uniform):
    _refuse(q, drafted)
    for n, token in enumerate(drafted):
        if uniform[n] >= p[n, token] / q[n, token]:
            return np.append(drafted[:n], _draw(np.maximum(p[n] - q[n], 0), uniform[n]))
    return np.append(drafted, _draw(p[-1], uniform[-1]))


def never_refuses_a_draft(p, q, drafted, uniform):
    for n, token in enumerate(drafted):
        with np.errstate(divide="ignore"):
            refused = uniform[n] >= p[n, token] / q[n, token]
        if refused:
            return np.append(drafted[:n], _draw(np.maximum(p[n] - q[n], 0), uniform[-1]))
    return np.append(drafted, _draw(p[-1], uniform[-1]))


def a_list(p, q, drafted, uniform):
    return list(with_divisions(p, q, drafted, uniform))


def most_likely_of_what_is_left(p, q, drafted, uniform):
    _refuse(q, drafted)
    for n, token in enumerate(drafted):
        if uniform[n] >= p[n, token] / q[n, token]:
            return np.append(drafted[:n], np.argmax(p[n] - q[n]))
    return np.append(drafted, _draw(p[-1], uniform[-1]))


def how_many(p, q, drafted, uniform):
    return len(with_divisions(p, q, drafted, uniform)) - 1


def drawn_from_the_left(p, q, drafted, uniform):
    """With the number 0, this draws a first token of weight 0."""
    _refuse(q, drafted)
    n = 0
    while n < len(drafted) and uniform[n] < p[n, drafted[n]] / q[n, drafted[n]]:
        n += 1
    total = np.cumsum(np.maximum(p[n] - q[n], 0) if n < len(q) else p[n])
    return np.append(drafted[:n], np.searchsorted(total, uniform[-1] * total[-1]))


def _refused(p, q, drafted, uniform):
    """The place of the first token that is refused; None if all are kept."""
    _refuse(q, drafted)
    for n, token in enumerate(drafted):
        if uniform[n] >= p[n, token] / q[n, token]:
            return n
    return None


def _with(weights, numbers=lambda n: -1):
    """An answer that draws the replacement with other weights, or another number."""

    def answer(p, q, drafted, uniform):
        n = _refused(p, q, drafted, uniform)
        if n is None:
            return np.append(drafted, _draw(p[-1], uniform[-1]))
        return np.append(drafted[:n], _draw(weights(p, q, n), uniform[numbers(n)]))

    return answer


def _missing(p, q, n):
    return np.maximum(p[n] - q[n], 0)


def the_next_number(p, q, drafted, uniform):
    return _with(_missing, lambda n: n + 1)(p, q, drafted, uniform)


def last_row_less_the_row_of_the_token(p, q, drafted, uniform):
    """Divided by its sum, as it should be."""
    return _with(lambda p, q, n: np.maximum(p[len(q)] - q[n], 0))(p, q, drafted, uniform)


def next_row_of_p(p, q, drafted, uniform):
    return _with(lambda p, q, n: np.maximum(p[n + 1] - q[n], 0))(p, q, drafted, uniform)


def softmax_of_the_difference(p, q, drafted, uniform):
    return _with(lambda p, q, n: np.exp(p[n] - q[n]))(p, q, drafted, uniform)


def p_of_the_sum(p, q, drafted, uniform):
    _refuse(q, drafted)
    for n, token in enumerate(drafted):
        if uniform[n] >= p[n, token] / (p[n, token] + q[n, token]):
            return np.append(drafted[:n], _draw(_missing(p, q, n), uniform[-1]))
    return np.append(drafted, _draw(p[-1], uniform[-1]))


def _first_refused(p, q, drafted, uniform):
    _refuse(q, drafted)
    for n, token in enumerate(drafted.tolist()):
        if uniform[n] * q[n, token] >= p[n, token]:
            return n
    return len(drafted)


def little_taken_for_nothing(p, q, drafted, uniform):
    n = _first_refused(p, q, drafted, uniform)
    weights = np.maximum(p[n] - q[n], 0) if n < len(q) else p[n]
    weights = weights if weights.sum() > 1e-6 else p[n]
    return np.append(drafted[:n], _draw(weights, uniform[-1]))


def refused_token_made_impossible(p, q, drafted, uniform):
    n = _first_refused(p, q, drafted, uniform)
    weights = p[n].copy()
    if n < len(q):
        weights[drafted[n]] = 0
    return np.append(drafted[:n], _draw(weights, uniform[-1]))


def how_many_pass(p, q, drafted, uniform):
    _refuse(q, drafted)
    rows = np.arange(len(q))
    n = int((uniform[:-1] * q[rows, drafted] < p[rows, drafted]).sum())
    weights = np.maximum(p[n] - q[n], 0) if n < len(q) else p[n]
    return np.append(drafted[:n], _draw(weights, uniform[-1]))


def a_row_of_zeros_below_q(p, q, drafted, uniform):
    """It indexes that row by the shape of `q`, which has none where nothing is drafted."""
    of_q = q[np.arange(drafted.size), drafted]
    with np.errstate(divide="ignore", invalid="ignore"):
        keep = uniform[:-1] < p[np.arange(drafted.size), drafted] / of_q
    n = int(np.logical_and.accumulate(keep).sum())
    if np.any(of_q[: n + 1] == 0):
        raise ValueError("a drafted token has probability 0 in q")
    weights = np.clip(p[n] - np.vstack([q, np.zeros_like(q[:1])])[n], 0, None)
    weights = weights if weights.sum() else p[n]
    token = np.searchsorted(weights.cumsum(), uniform[-1] * weights.cumsum()[-1], side="right")
    return np.concatenate([drafted[:n], [token]]).astype(np.int64)


def _weights(p, q, n):
    left = np.maximum(p[n] - q[n], 0) if n < len(q) else p[n]
    return left if left.any() else p[n]


def _first_above(weights, number):
    return np.argmax(np.cumsum(weights) > number)


def number_of_p_over_q_keeps(p, q, drafted, uniform):
    _refuse(q, drafted)
    rows = np.arange(len(q))
    keep = uniform[:-1] <= p[rows, drafted] / q[rows, drafted]
    n = len(q) if keep.all() else int(keep.argmin())
    weights = _weights(p, q, n)
    return np.append(drafted[:n], _first_above(weights, uniform[-1] * weights.sum()))


def argmax_of_no_token(p, q, drafted, uniform):
    n = _first_refused(p, q, drafted, uniform)
    return np.append(drafted[:n], _first_above(_weights(p, q, n), uniform[-1]))


def sum_reached(p, q, drafted, uniform):
    n = _first_refused(p, q, drafted, uniform)
    total = np.cumsum(_weights(p, q, n))
    return np.append(drafted[:n], np.searchsorted(total, uniform[-1] * total[-1]))


def those_that_pass(p, q, drafted, uniform):
    n = _first_refused(p, q, drafted, uniform)
    rows = np.arange(len(q))
    keep = uniform[:-1] < p[rows, drafted] / q[rows, drafted]
    return np.append(drafted[keep], _draw(_weights(p, q, n), uniform[-1]))


def last_drafted_row(p, q, drafted, uniform):
    n = _first_refused(p, q, drafted, uniform)
    weights = _weights(p, q, n) if n < len(q) else p[n - 1]
    return np.append(drafted[:n], _draw(weights, uniform[-1]))


def last_row_less_the_last_of_q(p, q, drafted, uniform):
    n = _first_refused(p, q, drafted, uniform)
    weights = np.maximum(p[n] - q[min(n, len(q) - 1)], 0)
    return np.append(drafted[:n], _draw(weights if weights.any() else p[n], uniform[-1]))


def no_zero_in_q(p, q, drafted, uniform):
    if np.any(q == 0):
        raise ValueError("q has a probability of 0")
    n = _first_refused(p, q, drafted, uniform)
    return np.append(drafted[:n], _draw(_weights(p, q, n), uniform[-1]))


def last_row_as_it_is(p, q, drafted, uniform):
    """Only the sum of what is missing is asked for."""
    n = _first_refused(p, q, drafted, uniform)
    if n == len(q):
        return np.append(drafted, _first_above(p[n], uniform[-1]))
    return np.append(drafted[:n], _draw(_weights(p, q, n), uniform[-1]))


def argmax_of_no_refusal(p, q, drafted, uniform):
    """Where none is refused, `argmax` finds the first place."""
    places = np.arange(len(drafted))
    target, draft = p[places, drafted], q[places, drafted]
    if (draft == 0).any():
        raise ValueError("impossible token")
    refused = uniform[:-1] >= target / draft
    n = int(np.argmax(refused)) if len(refused) else 0
    weights = np.maximum(p[n] - q[n], 0) if len(refused) else p[0]
    weights = weights if weights.any() else p[n]
    return np.append(drafted[:n], _draw(weights, uniform[-1]))


def likeliest_first(p, q, drafted, uniform):
    n = _first_refused(p, q, drafted, uniform)
    weights = _weights(p, q, n)
    order = np.argsort(-weights, kind="stable")
    return np.append(drafted[:n], order[_draw(weights[order], uniform[-1])])


def each_replaced_alone(p, q, drafted, uniform):
    """A refused token is replaced, and the draft goes on, one more token at its end included."""
    tokens = []
    for t, token in enumerate(drafted):
        if q[t, token] == 0:
            raise ValueError("probability 0")
        if uniform[t] < min(1.0, p[t, token] / q[t, token]):
            tokens.append(token)
        else:
            tokens.append(_draw(_weights(p, q, t), uniform[-1]))
    return np.array([*tokens, _draw(p[-1], uniform[-1])])


def nothing_but_the_most_likely(p, q, drafted, uniform):
    _refuse(q, drafted)
    n = 0
    while n < len(drafted) and drafted[n] == p[n].argmax():
        n += 1
    return np.append(drafted[:n], _draw(_weights(p, q, n), uniform[-1]))


def most_likely_of_all(p, q, drafted, uniform):
    """No token is drawn, of the last row neither."""
    n = _first_refused(p, q, drafted, uniform)
    return np.append(drafted[:n], np.argmax(_weights(p, q, n)))


def weights_not_cumulated(p, q, drafted, uniform):
    n = _first_refused(p, q, drafted, uniform)
    weights = _weights(p, q, n)
    return np.append(drafted[:n], np.argmax(weights > uniform[-1] * weights.sum()))


def negative_parts_stay(p, q, drafted, uniform):
    """The difference is divided by its positive parts, and the negative ones stay in it."""
    n = _first_refused(p, q, drafted, uniform)
    weights = p[n]
    if n < len(q):
        weights = (p[n] - q[n]) / np.maximum(p[n] - q[n], 0).sum()
    cumulated = np.cumsum(weights)
    return np.append(drafted[:n], np.argmax(cumulated > uniform[-1] * max(cumulated[-1], 1.0)))


# The mistake that each is told; None where no known one explains it.
WRONG = {
    sampled_and_compared: "own_draw_compared",
    greedy: "greedy_decoding",
    q_over_p: "ratio_upside_down",
    resampled_from_p: "replacement_from_p",
    no_extra_token: "nothing_after_a_whole_draft",
    the_same_number: "number_used_twice",
    never_refuses_a_draft: "impossible_draft_kept",
    a_list: "a_result_of_another_kind",
    most_likely_of_what_is_left: "most_likely_replacement",
    drawn_from_the_left: "drawn_from_the_left",
    the_next_number: "next_number_for_the_draw",
    last_row_less_the_row_of_the_token: "rows_of_two_places",
    next_row_of_p: "rows_of_two_places",
    softmax_of_the_difference: "exponential_of_the_difference",
    p_of_the_sum: "kept_with_p_of_the_sum",
    how_many: "an_axis_too_few",
    little_taken_for_nothing: None,
    refused_token_made_impossible: "refused_token_struck_out",
    how_many_pass: "accepted_are_counted",
    number_of_p_over_q_keeps: "excluded_token_kept",
    argmax_of_no_token: "not_scaled",
    sum_reached: "drawn_from_the_left",
    those_that_pass: "all_that_pass_are_kept",
    last_drafted_row: "row_of_the_last_drafted_token",
    last_row_less_the_last_of_q: "draft_taken_off_the_last_row",
    no_zero_in_q: "any_zero_refused",
    last_row_as_it_is: None,
    argmax_of_no_refusal: "first_place_if_none_is_refused",
    likeliest_first: "drawn_from_the_likeliest_down",
    each_replaced_alone: "goes_on_after_a_refusal",
    nothing_but_the_most_likely: "kept_if_most_likely",
    most_likely_of_all: "most_likely_replacement",
    weights_not_cumulated: None,
    negative_parts_stay: None,
}

# Right answers that pass with a note.
NOTED = {a_row_of_zeros_below_q}
