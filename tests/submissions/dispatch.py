"""Right and wrong ways to send tokens to their experts and add up what comes back."""

import numpy as np


def _float(a):
    return a if a.dtype.kind == "f" else a.astype(float)


def _prepared(x, gates, w_in, w_out):
    arrays = [_float(a) for a in (x, gates, w_in, w_out)]
    return *arrays, np.zeros((len(x), w_out.shape[2]), np.result_type(*arrays))


def _run(x, w_in, w_out, e):
    return np.maximum(x @ w_in[e], 0) @ w_out[e]


def as_one_writes_it(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    for e in range(len(w_in)):
        choice, token = np.where(e == chosen.T)
        choice, token = choice[:capacity], token[:capacity]
        out[token] += gates[token, choice][:, None] * _run(x[token], w_in, w_out, e)
    return out


def token_by_token(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    room = [len(x) if capacity is None else capacity] * len(w_in)
    for c in range(chosen.shape[1]):
        for t in range(len(x)):
            e = chosen[t, c]
            if room[e] > 0:
                room[e] -= 1
                out[t] += gates[t, c] * _run(x[t], w_in, w_out, e)
    return out


def every_expert_for_every_token(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, _ = _prepared(x, gates, w_in, w_out)
    hot = (chosen.T.reshape(-1, 1) == np.arange(len(w_in))).astype(x.dtype)
    place = np.cumsum(hot, axis=0) * hot
    if capacity is not None:
        hot = hot * (place <= capacity)
    shares = (hot.reshape(*chosen.T.shape, -1) * gates.T[..., None]).sum(axis=0)
    hidden = np.maximum(np.einsum("td,edh->teh", x, w_in), 0)
    return np.einsum("te,teh,eho->to", shares, hidden, w_out)


def sorted_by_expert(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    flat, weights = chosen.T.ravel(), gates.T.ravel()
    order = np.argsort(flat, kind="stable")
    ends = np.cumsum(np.bincount(flat, minlength=len(w_in)))
    for e, part in enumerate(np.split(order, ends[:-1])):
        part = part[:capacity]
        token = part % len(x)
        np.add.at(out, token, weights[part, None] * _run(x[token], w_in, w_out, e))
    return out


def pytorch(x, chosen, gates, w_in, w_out, capacity=None):
    import torch

    x, gates, w_in, w_out, out = map(torch.tensor, _prepared(x, gates, w_in, w_out))
    kind = out.dtype
    chosen = torch.tensor(chosen.astype(np.int64))
    for e in range(len(w_in)):
        choice, token = torch.where(e == chosen.T)
        choice, token = choice[:capacity], token[:capacity]
        results = torch.relu(x[token].to(kind) @ w_in[e].to(kind)) @ w_out[e].to(kind)
        out.index_add_(0, token, gates[token, choice, None].to(kind) * results)
    return out.numpy()


def one_token_at_a_time_from_lists(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    lists = {e: [] for e in range(len(w_in))}
    for c, column in enumerate(chosen.T.tolist()):
        for t, e in enumerate(column):
            lists[e].append((t, c))
    for e, sent in lists.items():
        for t, c in sent[:capacity]:
            out[t] += gates[t, c] * _run(x[t], w_in, w_out, e)
    return out


def capacity_or_all(x, chosen, gates, w_in, w_out, capacity=None):
    return as_one_writes_it(x, chosen, gates, w_in, w_out, capacity or chosen.size)


def replaced(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    for e in range(len(w_in)):
        choice, token = np.where(e == chosen.T)
        choice, token = choice[:capacity], token[:capacity]
        out[token] = gates[token, choice][:, None] * _run(x[token], w_in, w_out, e)
    return out


def ungated(x, chosen, gates, w_in, w_out, capacity=None):
    return as_one_writes_it(x, chosen, np.ones_like(gates), w_in, w_out, capacity)


def mean_of_experts(x, chosen, gates, w_in, w_out, capacity=None):
    out = as_one_writes_it(x, chosen, np.ones_like(gates), w_in, w_out, capacity)
    return out / chosen.shape[1]


def first_gate_for_all(x, chosen, gates, w_in, w_out, capacity=None):
    first = np.repeat(gates[:, :1], gates.shape[1], axis=1)
    return as_one_writes_it(x, chosen, first, w_in, w_out, capacity)


def linear_experts(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    for e in range(len(w_in)):
        choice, token = np.where(e == chosen.T)
        choice, token = choice[:capacity], token[:capacity]
        out[token] += gates[token, choice][:, None] * (x[token] @ w_in[e] @ w_out[e])
    return out


def relu_at_the_end(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    for e in range(len(w_in)):
        choice, token = np.where(e == chosen.T)
        choice, token = choice[:capacity], token[:capacity]
        result = np.maximum(x[token] @ w_in[e] @ w_out[e], 0)
        out[token] += gates[token, choice][:, None] * result
    return out


def nothing_dropped(x, chosen, gates, w_in, w_out, capacity=None):
    return as_one_writes_it(x, chosen, gates, w_in, w_out)


def in_token_order(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    for e in range(len(w_in)):
        token, choice = np.where(chosen == e)
        choice, token = choice[:capacity], token[:capacity]
        out[token] += gates[token, choice][:, None] * _run(x[token], w_in, w_out, e)
    return out


def each_choice_by_itself(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    for c in range(chosen.shape[1]):
        for e in range(len(w_in)):
            token = np.flatnonzero(chosen[:, c] == e)[:capacity]
            out[token] += gates[token, c, None] * _run(x[token], w_in, w_out, e)
    return out


def full_one_too_late(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    taken = np.zeros(len(w_in), int)
    for c in range(chosen.shape[1]):
        for t in range(len(x)):
            e = chosen[t, c]
            if capacity is not None and taken[e] > capacity:
                continue
            taken[e] += 1
            out[t] += gates[t, c] * _run(x[t], w_in, w_out, e)
    return out


def newest_kept(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    for e in range(len(w_in)):
        choice, token = np.where(e == chosen.T)
        if capacity is not None:
            choice, token = choice[-capacity:], token[-capacity:]
        out[token] += gates[token, choice][:, None] * _run(x[token], w_in, w_out, e)
    return out


def best_kept(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    for e in range(len(w_in)):
        choice, token = np.where(e == chosen.T)
        best = np.argsort(-gates[token, choice], kind="stable")[:capacity]
        choice, token = choice[best], token[best]
        out[token] += gates[token, choice][:, None] * _run(x[token], w_in, w_out, e)
    return out


def divided_by_what_is_left(x, chosen, gates, w_in, w_out, capacity=None):
    """As DeepSpeed does with two experts."""
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    left = np.zeros((len(x), 1), out.dtype)
    for e in range(len(w_in)):
        choice, token = np.where(e == chosen.T)
        choice, token = choice[:capacity], token[:capacity]
        out[token] += gates[token, choice][:, None] * _run(x[token], w_in, w_out, e)
        left[token] += gates[token, choice][:, None]
    return out / np.maximum(left, 1e-9)


def residual_for_dropped(x, chosen, gates, w_in, w_out, capacity=None):
    out = as_one_writes_it(x, chosen, gates, w_in, w_out, capacity)
    if capacity is not None:
        wide = np.zeros_like(out)
        d = min(out.shape[1], x.shape[1])
        wide[:, :d] = x[:, :d]
        gone = (out == 0).all(axis=1)
        out[gone] = wide[gone]
    return out


def output_in_the_type_of_x(x, chosen, gates, w_in, w_out, capacity=None):
    return as_one_writes_it(x, chosen, gates, w_in, w_out, capacity).astype(x.dtype)


def last_expert_left_out(x, chosen, gates, w_in, w_out, capacity=None):
    """The loop ends one expert too early."""
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    for e in range(len(w_in) - 1):
        choice, token = np.where(e == chosen.T)
        choice, token = choice[:capacity], token[:capacity]
        out[token] += gates[token, choice][:, None] * _run(x[token], w_in, w_out, e)
    return out


def gelu_experts(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    for e in range(len(w_in)):
        choice, token = np.where(e == chosen.T)
        choice, token = choice[:capacity], token[:capacity]
        h = x[token] @ w_in[e]
        h = 0.5 * h * (1 + np.tanh(np.sqrt(2 / np.pi) * (h + 0.044715 * h**3)))
        out[token] += gates[token, choice][:, None] * (h @ w_out[e])
    return out


def tokens_all_or_nothing(x, chosen, gates, w_in, w_out, capacity=None):
    """A token that finds one of its experts full is skipped."""
    out = as_one_writes_it(x, chosen, gates, w_in, w_out, capacity)
    if capacity is not None:
        for e in range(len(w_in)):
            out[np.where(e == chosen.T)[1][capacity:]] = 0
    return out


def to_the_least_busy(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    taken, room = [0] * len(w_in), chosen.size if capacity is None else capacity
    for c in range(chosen.shape[1]):
        for t in range(len(x)):
            e = chosen[t, c]
            if taken[e] >= room:
                e = int(np.argmin(taken))
            if taken[e] < room:
                taken[e] += 1
                out[t] += gates[t, c] * _run(x[t], w_in, w_out, e)
    return out


def gate_at_the_entrance(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    for e in range(len(w_in)):
        choice, token = np.where(e == chosen.T)
        choice, token = choice[:capacity], token[:capacity]
        out[token] += _run(x[token] * gates[token, choice][:, None], w_in, w_out, e)
    return out


def only_positive_gates(x, chosen, gates, w_in, w_out, capacity=None):
    return as_one_writes_it(x, chosen, np.maximum(gates, 0), w_in, w_out, capacity)


def residual_where_it_fits(x, chosen, gates, w_in, w_out, capacity=None):
    out = as_one_writes_it(x, chosen, gates, w_in, w_out, capacity)
    if out.shape == x.shape:
        gone = ~out.any(axis=1)
        out[gone] = x[gone]
    return out


def counts_in_a_byte(x, chosen, gates, w_in, w_out, capacity=None):
    """A place above 127 is below 0, and so below the capacity."""
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    for e in range(len(w_in)):
        choice, token = np.where(e == chosen.T)
        first = np.arange(len(token)).astype(np.int8) < np.float64(capacity or np.inf)
        choice, token = choice[first], token[first]
        out[token] += gates[token, choice][:, None] * _run(x[token], w_in, w_out, e)
    return out


def unused_choices_skipped(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    room = [len(x) if capacity is None else capacity] * len(w_in)
    for c in range(chosen.shape[1]):
        for t in np.flatnonzero(gates[:, c]):
            if room[e := chosen[t, c]]:
                room[e] -= 1
                out[t] += gates[t, c] * _run(x[t], w_in, w_out, e)
    return out


def all_choices_at_once(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    hot = chosen.T.reshape(-1, 1) == np.arange(len(w_in))
    place = (np.cumsum(hot, axis=0) * hot).sum(axis=1)
    kept = np.flatnonzero(place <= (capacity or len(hot)))
    token, e = kept % len(x), chosen.T.ravel()[kept]
    hidden = np.maximum(np.einsum("nd,ndh->nh", x[token], w_in[e]), 0)
    out[token] += gates.T.ravel()[kept, None] * np.einsum("nh,nho->no", hidden, w_out[e])
    return out


def stops_where_it_is_full(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    sent = np.zeros(len(w_in), int)
    for c, column in enumerate(chosen.T):
        for t, e in enumerate(column):
            if sent[e] == capacity:
                break
            sent[e] += 1
            out[t] += gates[t, c] * _run(x[t], w_in, w_out, e)
    return out


def sums_of_gates_kept(x, chosen, gates, w_in, w_out, capacity=None):
    """What a dropped choice had goes to the token's other choices."""
    gates = _float(gates)
    left = np.zeros_like(gates)
    for e in range(len(w_in)):
        choice, token = np.where(e == chosen.T)
        left[token[:capacity], choice[:capacity]] = gates[token[:capacity], choice[:capacity]]
    have, had = left.sum(axis=1, keepdims=True), gates.sum(axis=1, keepdims=True)
    scaled = left * np.where(have != 0, had / np.where(have != 0, have, 1), 1)
    return as_one_writes_it(x, chosen, scaled, w_in, w_out)


def shares_of_gates(x, chosen, gates, w_in, w_out, capacity=None):
    return as_one_writes_it(x, chosen, gates / gates.sum(1)[:, None], w_in, w_out, capacity)


def later_choices_by_token(x, chosen, gates, w_in, w_out, capacity=None):
    """All first choices come first, and then each token's others."""
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    (n, k), sent = chosen.shape, np.zeros(len(w_in), int)
    order = [(t, 0) for t in range(n)] + [(t, c) for t in range(n) for c in range(1, k)]
    for t, c in order:
        e = chosen[t, c]
        sent[e] += 1
        if capacity is None or sent[e] <= capacity:
            out[t] += gates[t, c] * _run(x[t], w_in, w_out, e)
    return out


def products_of_integers(x, chosen, gates, w_in, w_out, capacity=None):
    out = np.zeros((len(x), w_out.shape[2]))
    for e in range(len(w_in)):
        choice, token = np.where(e == chosen.T)
        choice, token = choice[:capacity], token[:capacity]
        out[token] += gates[token, choice][:, None] * _run(x[token], w_in, w_out, e)
    return out


def gates_through_a_softmax(x, chosen, gates, w_in, w_out, capacity=None):
    e = np.exp(gates - gates.max(axis=1, keepdims=True))
    weights = e / e.sum(axis=1, keepdims=True)
    return as_one_writes_it(x, chosen, weights, w_in, w_out, capacity)


def gates_not_turned(x, chosen, gates, w_in, w_out, capacity=None):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    expert, gate = chosen.T.ravel(), gates.ravel()
    token = np.tile(np.arange(len(x)), chosen.shape[1])
    for e in range(len(w_in)):
        at = np.flatnonzero(expert == e)[:capacity]
        out[token[at]] += gate[at, None] * _run(x[token[at]], w_in, w_out, e)
    return out


def room_of_the_average(x, chosen, gates, w_in, w_out, capacity=None):
    if capacity is None:
        capacity = -(-chosen.size // len(w_in))
    return as_one_writes_it(x, chosen, gates, w_in, w_out, capacity)


def _buffered(x, chosen, gates, w_in, w_out, capacity, overwritten):
    x, gates, w_in, w_out, out = _prepared(x, gates, w_in, w_out)
    room = len(x) if capacity is None else min(capacity, len(x))
    expert, token = chosen.T.ravel(), np.tile(np.arange(len(x)), chosen.shape[1])
    hot = np.eye(len(w_in), dtype=int)[expert]
    place = (np.cumsum(hot, axis=0) - 1)[np.arange(len(expert)), expert]
    fits = place < room
    place = np.minimum(place, room - 1)
    buffer = np.zeros((len(w_in), room, x.shape[1]), out.dtype)
    if overwritten:
        fits[:] = True
    buffer[expert[fits], place[fits]] = x[token[fits]]
    y = np.maximum(buffer @ w_in, 0) @ w_out
    np.add.at(out, token, gates.T.ravel()[:, None] * y[expert, place])
    return out


def dropped_not_masked(x, chosen, gates, w_in, w_out, capacity=None):
    return _buffered(x, chosen, gates, w_in, w_out, capacity, False)


def places_clipped(x, chosen, gates, w_in, w_out, capacity=None):
    return _buffered(x, chosen, gates, w_in, w_out, capacity, True)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    replaced: "assigned",
    ungated: "without_gates",
    mean_of_experts: "gates_is_not_used",
    first_gate_for_all: "gate_of_the_first_choice",
    linear_experts: "no_relu",
    relu_at_the_end: "relu_after_both",
    nothing_dropped: "capacity_ignored",
    in_token_order: "tokens_before_choices",
    each_choice_by_itself: "capacity_for_each_choice",
    full_one_too_late: "one_more_than_the_capacity",
    newest_kept: "last_tokens_kept",
    best_kept: "largest_gates_kept",
    divided_by_what_is_left: "gates_renormalised",
    residual_for_dropped: "dropped_tokens_pass_through",
    gelu_experts: "another_activation",
    tokens_all_or_nothing: "whole_tokens_dropped",
    to_the_least_busy: "sent_where_there_is_room",
    output_in_the_type_of_x: "truncated_to_integers",
    last_expert_left_out: None,
    gate_at_the_entrance: "gate_before_the_relu",
    only_positive_gates: None,
    residual_where_it_fits: "dropped_tokens_pass_through",
    counts_in_a_byte: "wrong_where_capacity_is_150",
    unused_choices_skipped: "gates_of_0_take_no_room",
    all_choices_at_once: "added_once",
    stops_where_it_is_full: "ends_at_a_full_expert",
    sums_of_gates_kept: "gates_renormalised",
    shares_of_gates: "gates_made_to_sum_to_1",
    later_choices_by_token: None,
    products_of_integers: "right_in_int64",
    gates_through_a_softmax: "softmax_of_gates",
    gates_not_turned: "gates_by_rows",
    room_of_the_average: "capacity_made_up",
    dropped_not_masked: "dropped_read_the_last_place",
    places_clipped: "dropped_read_the_last_place",
}
