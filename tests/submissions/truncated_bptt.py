"""Right and wrong ways to write truncated backpropagation through time."""

import numpy as np


def _floats(*arrays):
    return [np.asarray(each, float) for each in arrays]


def _states(x, h, w_x, w_h, b):
    hs = [h]
    for row in x:
        hs.append(np.tanh(row @ w_x + hs[-1] @ w_h + b))
    return hs


def _back(dhs, x, hs, w_h, dh=0.0):
    """The sums of one chunk, and what is left over for the step before it."""
    dw_x, dw_h, db = np.zeros((x.shape[2], len(w_h))), np.zeros_like(w_h), np.zeros(len(w_h))
    for t in range(len(x) - 1, -1, -1):
        da = (dhs[t] + dh) * (1 - hs[t + 1] ** 2)
        dw_x += x[t].T @ da
        dw_h += hs[t].T @ da
        db += da.sum(axis=0)
        dh = da @ w_h.T
    return dw_x, dw_h, db, dh


def chunk_by_chunk(dhs, x, h, w_x, w_h, b, chunk):
    dhs, x, h, w_x, w_h, b = _floats(dhs, x, h, w_x, w_h, b)
    total = [np.zeros_like(w) for w in (w_x, w_h, b)]
    for start in range(0, len(x), chunk):
        end = min(start + chunk, len(x))
        hs = _states(x[start:end], h, w_x, w_h, b)
        for each, more in zip(total, _back(dhs[start:end], x[start:end], hs, w_h)[:3], strict=True):
            each += more
        h = hs[-1]
    return h.copy(), *total


def all_states_first(dhs, x, h, w_x, w_h, b, chunk):
    """One pass forward, one back, whose gradient is set to 0 where a chunk begins."""
    dhs, x, h, w_x, w_h, b = _floats(dhs, x, h, w_x, w_h, b)
    hs, dh = _states(x, h, w_x, w_h, b), 0.0
    dw_x, dw_h, db = 0 * w_x, 0 * w_h, 0 * b
    for t in reversed(range(len(x))):
        if (t + 1) % chunk == 0:
            dh = 0.0
        da = (dhs[t] + dh) * (1 - hs[t + 1] ** 2)
        dw_x, dw_h, db = dw_x + x[t].T @ da, dw_h + hs[t].T @ da, db + da.sum(0)
        dh = da @ w_h.T
    return hs[-1].copy(), dw_x, dw_h, db


def by_recursion(dhs, x, h, w_x, w_h, b, chunk):
    dhs, x, h, w_x, w_h, b = _floats(dhs, x, h, w_x, w_h, b)
    hs = _states(x[:chunk], h, w_x, w_h, b)
    here = _back(dhs[:chunk], x[:chunk], hs, w_h)[:3]
    if len(x) <= chunk:
        return [hs[-1].copy(), *here]
    last, *others = by_recursion(dhs[chunk:], x[chunk:], hs[-1], w_x, w_h, b, chunk)
    return [last, *(a + c for a, c in zip(here, others, strict=True))]


def sums_by_products(dhs, x, h, w_x, w_h, b, chunk):
    """The gradients at all sums are kept; each weight's is one product in the end."""
    dhs, x, h, w_x, w_h, b = _floats(dhs, x, h, w_x, w_h, b)
    hs = np.stack(_states(x, h, w_x, w_h, b))
    das = np.empty_like(dhs)
    for t in reversed(range(len(x))):
        inside = t + 1 < len(x) and (t + 1) % chunk
        das[t] = dhs[t] + (das[t + 1] @ w_h.T if inside else 0)
        das[t] *= 1 - hs[t + 1] ** 2
    flat = das.reshape(-1, len(w_h))
    dw_x = x.reshape(len(flat), -1).T @ flat
    return hs[-1].copy(), dw_x, hs[:-1].reshape(len(flat), -1).T @ flat, flat.sum(axis=0)


def sequence_by_sequence(dhs, x, h, w_x, w_h, b, chunk):
    parts = [
        chunk_by_chunk(dhs[:, n : n + 1], x[:, n : n + 1], h[n : n + 1], w_x, w_h, b, chunk)
        for n in range(len(h))
    ]
    last, *sums = zip(*parts, strict=True)
    return np.concatenate(last), *(sum(each) for each in sums)


def inputs_and_state_joined(dhs, x, h, w_x, w_h, b, chunk):
    dhs, x, h, w_x, w_h, b = _floats(dhs, x, h, w_x, w_h, b)
    w, n, dw, db = np.vstack([w_x, w_h]), len(w_x), 0, 0
    for start in range(0, len(x), chunk):
        seen, states = [], []
        for row in x[start : start + chunk]:
            seen.append(np.hstack([row, h]))
            h = np.tanh(seen[-1] @ w + b)
            states.append(h)
        dh = 0
        for t in range(len(states))[::-1]:
            da = (dhs[start + t] + dh) * (1 - states[t] ** 2)
            dw, db = dw + seen[t].T @ da, db + da.sum(0)
            dh = (da @ w.T)[:, n:]
    return h, dw[:n], dw[n:], db


def pytorch(dhs, x, h, w_x, w_h, b, chunk):
    import torch

    dhs, x, h, w_x, w_h, b = (
        torch.tensor(a, dtype=torch.float64) for a in (dhs, x, h, w_x, w_h, b)
    )
    for each in (w_x, w_h, b):
        each.requires_grad_()
    for start in range(0, len(x), chunk):
        loss, h = 0, h.detach()
        for row, up in zip(x[start : start + chunk], dhs[start : start + chunk], strict=True):
            h = torch.tanh(row @ w_x + h @ w_h + b)
            loss = loss + (up * h).sum()
        loss.backward()
    return h.detach().numpy(), w_x.grad.numpy(), w_h.grad.numpy(), b.grad.numpy()


# Wrong ones


def _chunked(dhs, x, h, w_x, w_h, b, chunk, start_of=lambda hs, h: hs[-1], back=_back):
    """As `chunk_by_chunk`, with another start of each chunk, or another way back."""
    dhs, x, first, w_x, w_h, b = _floats(dhs, x, h, w_x, w_h, b)
    total, h = [0, 0, 0], first
    for at in range(0, len(x), chunk):
        part = slice(at, at + chunk)
        hs = _states(x[part], h, w_x, w_h, b)
        more = back(dhs[part], x[part], hs, w_h)[:3]
        total = [a + c for a, c in zip(total, more, strict=True)]
        h = start_of(hs, first)
    return hs[-1].copy(), *total


def each_chunk_from_0(dhs, x, h, w_x, w_h, b, chunk):
    return _chunked(dhs, x, h, w_x, w_h, b, chunk, lambda hs, h: 0 * h)


def each_chunk_from_the_first_state(dhs, x, h, w_x, w_h, b, chunk):
    return _chunked(dhs, x, h, w_x, w_h, b, chunk, lambda hs, h: h)


def starts_from_nothing(dhs, x, h, w_x, w_h, b, chunk):
    """The state that is passed is never read."""
    return chunk_by_chunk(dhs, x, np.zeros(h.shape, h.dtype), w_x, w_h, b, chunk)


def slope_of_the_old_state(dhs, x, h, w_x, w_h, b, chunk):
    def back(dhs, x, hs, w_h):
        dw_x, dw_h, db, dh = 0.0, 0.0, 0.0, 0.0
        for t in reversed(range(len(x))):
            da = (dhs[t] + dh) * (1 - hs[t] ** 2)
            dw_x, dw_h, db = dw_x + x[t].T @ da, dw_h + hs[t].T @ da, db + da.sum(axis=0)
            dh = da @ w_h.T
        return dw_x, dw_h, db, dh

    return _chunked(dhs, x, h, w_x, w_h, b, chunk, back=back)


def never_detached(dhs, x, h, w_x, w_h, b, chunk):
    return chunk_by_chunk(dhs, x, h, w_x, w_h, b, len(x))


def gradient_of_the_chunk_before(dhs, x, h, w_x, w_h, b, chunk):
    left = [0.0]

    def back(dhs, x, hs, w_h):
        found = _back(dhs, x, hs, w_h, left[0])
        left[0] = found[3]
        return found

    return _chunked(dhs, x, h, w_x, w_h, b, chunk, back=back)


def whole_chunks_only(dhs, x, h, w_x, w_h, b, chunk):
    whole = len(x) // chunk * chunk
    if not whole:
        return 1.0 * h, 0.0 * w_x, 0.0 * w_h, 0.0 * b
    return chunk_by_chunk(dhs[:whole], x[:whole], h, w_x, w_h, b, chunk)


def without_the_slope(dhs, x, h, w_x, w_h, b, chunk):
    def back(dhs, x, hs, w_h):
        flat = [hs[0], *(0 * each for each in hs[1:])]
        dw_x, _, db, _ = _back(dhs, x, flat, w_h)
        dh, dw_h = 0.0, 0.0
        for t in reversed(range(len(x))):
            dh = dhs[t] + dh
            dw_h = dw_h + hs[t].T @ dh
            dh = dh @ w_h.T
        return dw_x, dw_h, db

    return _chunked(dhs, x, h, w_x, w_h, b, chunk, back=back)


def squashed_again(dhs, x, h, w_x, w_h, b, chunk):
    def back(dhs, x, hs, w_h):
        dh, total = 0.0, [0, 0, 0]
        for t in reversed(range(len(x))):
            da = (dhs[t] + dh) / np.cosh(hs[t + 1]) ** 2
            more = x[t].T @ da, hs[t].T @ da, da.sum(axis=0)
            total = [a + c for a, c in zip(total, more, strict=True)]
            dh = da @ w_h.T
        return total

    return _chunked(dhs, x, h, w_x, w_h, b, chunk, back=back)


def states_behind_the_steps(dhs, x, h, w_x, w_h, b, chunk):
    def back(dhs, x, hs, w_h):
        dh, total = 0.0, [0, 0, 0]
        for t in reversed(range(len(x))):
            da = (dhs[t] + dh) * (1 - hs[t + 1] ** 2)
            more = x[t].T @ da, hs[t + 1].T @ da, da.sum(axis=0)
            total = [a + c for a, c in zip(total, more, strict=True)]
            dh = da @ w_h.T
        return total

    return _chunked(dhs, x, h, w_x, w_h, b, chunk, back=back)


def back_by_the_same_matrix(dhs, x, h, w_x, w_h, b, chunk):
    def back(dhs, x, hs, w_h):
        return _back(dhs, x, hs, w_h.T)

    return _chunked(dhs, x, h, w_x, w_h, b, chunk, back=back)


def last_loss_of_a_chunk(dhs, x, h, w_x, w_h, b, chunk):
    def back(dhs, x, hs, w_h):
        return _back([*(0 * dhs[:-1]), dhs[-1]], x, hs, w_h)

    return _chunked(dhs, x, h, w_x, w_h, b, chunk, back=back)


def no_time(dhs, x, h, w_x, w_h, b, chunk):
    return chunk_by_chunk(dhs, x, h, w_x, w_h, b, 1)


def last_chunks_gradients(dhs, x, h, w_x, w_h, b, chunk):
    start = (len(x) - 1) // chunk * chunk
    if start:
        h = chunk_by_chunk(dhs[:start], x[:start], h, w_x, w_h, b, chunk)[0]
    return chunk_by_chunk(dhs[start:], x[start:], h, w_x, w_h, b, chunk)


def mean_of_chunks(dhs, x, h, w_x, w_h, b, chunk):
    last, *total = chunk_by_chunk(dhs, x, h, w_x, w_h, b, chunk)
    return last, *(each / -(-len(x) // chunk) for each in total)


def mean_of_steps(dhs, x, h, w_x, w_h, b, chunk):
    last, *total = chunk_by_chunk(dhs, x, h, w_x, w_h, b, chunk)
    return last, *(each / len(x) for each in total)


def mean_of_sequences(dhs, x, h, w_x, w_h, b, chunk):
    last, *total = chunk_by_chunk(dhs, x, h, w_x, w_h, b, chunk)
    return last, *(each / len(h) for each in total)


def start_of_the_last_chunk(dhs, x, h, w_x, w_h, b, chunk):
    _, *total = chunk_by_chunk(dhs, x, h, w_x, w_h, b, chunk)
    start = (len(x) - 1) // chunk * chunk
    before = _states(*_floats(x, h, w_x, w_h, b))[start]
    return before.copy(), *total


def chunks_counted(dhs, x, h, w_x, w_h, b, chunk):
    """Takes `chunk` for the number of chunks."""
    return chunk_by_chunk(dhs, x, h, w_x, w_h, b, -(-len(x) // chunk))


def one_step_more(dhs, x, h, w_x, w_h, b, chunk):
    return chunk_by_chunk(dhs, x, h, w_x, w_h, b, chunk + 1)


def counted_from_the_end(dhs, x, h, w_x, w_h, b, chunk):
    """The first chunk is the one that is shorter."""
    first = len(x) % chunk
    if not first or len(x) < chunk:
        return chunk_by_chunk(dhs, x, h, w_x, w_h, b, chunk)
    h, *some = chunk_by_chunk(dhs[:first], x[:first], h, w_x, w_h, b, chunk)
    last, *others = chunk_by_chunk(dhs[first:], x[first:], h, w_x, w_h, b, chunk)
    return last, *(a + c for a, c in zip(some, others, strict=True))


def the_last_steps_of_each_loss(dhs, x, h, w_x, w_h, b, chunk):
    """At most `chunk` steps back from every loss, by a count of steps that are left."""
    dhs, x, h, w_x, w_h, b = _floats(dhs, x, h, w_x, w_h, b)
    hs, dw_x, dw_h, db = _states(x, h, w_x, w_h, b), 0, 0, 0
    for end in range(len(x)):
        dh, t = dhs[end], end
        for _ in range(min(chunk, end + 1)):
            da = dh * (1 - hs[t + 1] ** 2)
            dw_x, dw_h, db = dw_x + x[t].T @ da, dw_h + hs[t].T @ da, db + da.sum(axis=0)
            dh, t = da @ w_h.T, t - 1
    return hs[-1].copy(), dw_x, dw_h, db


def nothing_from_the_border(dhs, x, h, w_x, w_h, b, chunk):
    """The state that is detached is left out of the weights' gradient, too."""

    def back(dhs, x, hs, w_h):
        return _back(dhs, x, [0 * hs[0], *hs[1:]], w_h)

    return _chunked(dhs, x, h, w_x, w_h, b, chunk, back=back)


def all_states_returned(dhs, x, h, w_x, w_h, b, chunk):
    _, *total = chunk_by_chunk(dhs, x, h, w_x, w_h, b, chunk)
    return np.stack(_states(*_floats(x, h, w_x, w_h, b))[1:]), *total


def bias_of_each_sequence(dhs, x, h, w_x, w_h, b, chunk):
    last, dw_x, dw_h, _ = chunk_by_chunk(dhs, x, h, w_x, w_h, b, chunk)
    rows = [
        chunk_by_chunk(dhs[:, n : n + 1], x[:, n : n + 1], h[n : n + 1], w_x, w_h, b, chunk)[3]
        for n in range(len(h))
    ]
    return last, dw_x, dw_h, np.stack(rows)


def in_the_type_of_the_state(dhs, x, h, w_x, w_h, b, chunk):
    last, *total = chunk_by_chunk(dhs, x, h, w_x, w_h, b, chunk)
    return last.astype(h.dtype), *total


def in_the_type_of_the_weights(dhs, x, h, w_x, w_h, b, chunk):
    last, dw_x, dw_h, db = chunk_by_chunk(dhs, x, h, w_x, w_h, b, chunk)
    return last, dw_x.astype(w_x.dtype), dw_h.astype(w_h.dtype), db


def axes_of_one_dropped(dhs, x, h, w_x, w_h, b, chunk):
    return tuple(each.squeeze() for each in chunk_by_chunk(dhs, x, h, w_x, w_h, b, chunk))


def split_into_equal_chunks(dhs, x, h, w_x, w_h, b, chunk):
    """Where the chunk does not divide the steps, the shapes do not fit."""
    total = 0, 0, 0
    parts = (a.reshape(-1, chunk, *a.shape[1:]) for a in (dhs, x))
    for up, part in zip(*parts, strict=True):
        h, *more = chunk_by_chunk(up, part, h, w_x, w_h, b, chunk)
        total = [a + c for a, c in zip(total, more, strict=True)]
    return h, *total


def state_written_over(dhs, x, h, w_x, w_h, b, chunk):
    found = chunk_by_chunk(dhs, x, h, w_x, w_h, b, chunk)
    if h.dtype.kind == "f":
        h[:] = found[0]
    return found


def as_even_as_may_be(dhs, x, h, w_x, w_h, b, chunk):
    """Seven steps by three are three, two and two."""
    total, count = 0, -(-len(x) // chunk)
    pairs = (np.array_split(each, count) for each in (dhs, x))
    for up, part in zip(*pairs, strict=True):
        h, *more = chunk_by_chunk(up, part, h, w_x, w_h, b, chunk)
        total = [a + c for a, c in zip(total, more, strict=True)] if total else more
    return h, *total


def _backward_by(step):
    """The gradient at a sum, and what goes back, by `step(up, dh, slope, w_h)`."""

    def back(dhs, x, hs, w_h):
        dw_x, dw_h, db, dh = 0.0, 0.0, 0.0, 0.0
        for t in reversed(range(len(x))):
            da, dh = step(dhs[t], dh, 1 - hs[t + 1] ** 2, w_h)
            dw_x, dw_h, db = dw_x + x[t].T @ da, dw_h + hs[t].T @ da, db + da.sum(axis=0)
        return dw_x, dw_h, db

    return back


def back_past_the_tanh(dhs, x, h, w_x, w_h, b, chunk):
    def step(up, dh, slope, w_h):
        return (up + dh) * slope, (up + dh) @ w_h.T

    return _chunked(dhs, x, h, w_x, w_h, b, chunk, back=_backward_by(step))


def added_behind_the_slope(dhs, x, h, w_x, w_h, b, chunk):
    def step(up, dh, slope, w_h):
        return up * slope + dh, (up * slope + dh) @ w_h.T

    return _chunked(dhs, x, h, w_x, w_h, b, chunk, back=_backward_by(step))


def trained_on_the_way(dhs, x, h, w_x, w_h, b, chunk):
    """Gradient descent with a rate of 0.01, chunk by chunk."""
    w, total = [w_x, w_h, b], [0, 0, 0]
    for at in range(0, len(x), chunk):
        part = slice(at, at + chunk)
        h, *more = chunk_by_chunk(dhs[part], x[part], h, *w, chunk)
        total = [a + c for a, c in zip(total, more, strict=True)]
        w = [each - 0.01 * new for each, new in zip(w, more, strict=True)]
    return h, *total


def tanh_by_exponentials(dhs, x, h, w_x, w_h, b, chunk):
    """nan where a sum is above 710."""
    _, *total = chunk_by_chunk(dhs, x, h, w_x, w_h, b, chunk)
    x, h, w_x, w_h, b = _floats(x, h, w_x, w_h, b)
    for row in x:
        z = row @ w_x + h @ w_h + b
        up, down = np.exp(z), np.exp(-z)
        h = (up - down) / (up + down)
    return h, *(each + 0 * h.sum() for each in total)


def sums_of_integers(dhs, x, h, w_x, w_h, b, chunk):
    """x w_x in the integers' own type, which wraps around."""
    sums, dh = x @ w_x, 0.0
    dhs, x, h, w_x, w_h, b = _floats(dhs, x, h, w_x, w_h, b)
    hs, dw_x, dw_h, db = [h], 0, 0, 0
    for row in sums:
        hs.append(np.tanh(row + hs[-1] @ w_h + b))
    for t in reversed(range(len(x))):
        da = (dhs[t] + dh) * (1 - hs[t + 1] ** 2)
        dw_x, dw_h, db = dw_x + x[t].T @ da, dw_h + hs[t].T @ da, db + da.sum(axis=0)
        dh = da @ w_h.T if t % chunk else 0.0
    return hs[-1], dw_x, dw_h, db


def border_by_the_next_step(dhs, x, h, w_x, w_h, b, chunk):
    dhs, x, h, w_x, w_h, b = _floats(dhs, x, h, w_x, w_h, b)
    hs, dh, dw_x, dw_h, db = _states(x, h, w_x, w_h, b), 0.0, 0.0, 0.0, 0.0
    for t in reversed(range(len(x))):
        da = (dhs[t] + dh) * (1 - hs[t + 1] ** 2)
        dw_x, dw_h, db = dw_x + x[t].T @ da, dw_h + hs[t].T @ da, db + da.sum(axis=0)
        dh = 0.0 if t % chunk == chunk - 1 else da @ w_h.T
    return hs[-1], dw_x, dw_h, db


def padded_to_whole_chunks(dhs, x, h, w_x, w_h, b, chunk):
    rest = [(0, -len(x) % chunk), (0, 0), (0, 0)]
    return _chunked(np.pad(dhs, rest), np.pad(x, rest), h, w_x, w_h, b, chunk)


def without_a_last_chunk_of_one(dhs, x, h, w_x, w_h, b, chunk):
    steps = len(x) - (len(x) % chunk == 1 or chunk == 1)
    if not steps:
        return 1.0 * h, *(np.zeros(np.shape(w)) for w in (w_x, w_h, b))
    return _chunked(dhs[:steps], x[:steps], h, w_x, w_h, b, chunk)


def losses_of_the_first_chunk(dhs, x, h, w_x, w_h, b, chunk):
    again = np.concatenate([dhs[:chunk]] * -(-len(x) // chunk))
    return _chunked(again[: len(x)], x, h, w_x, w_h, b, chunk)


# What each is told.
WRONG = {
    each_chunk_from_0: "state_begins_at_0",
    each_chunk_from_the_first_state: "same_start_for_all",
    starts_from_nothing: "first_state_ignored",
    slope_of_the_old_state: "slope_at_the_state_before",
    never_detached: "gradient_over_the_border",
    gradient_of_the_chunk_before: "left_over_for_the_next_chunk",
    whole_chunks_only: "last_chunk_dropped",
    without_the_slope: "slope_left_out",
    squashed_again: "tanh_taken_twice",
    states_behind_the_steps: "weights_meet_the_new_state",
    back_by_the_same_matrix: "weights_not_transposed",
    last_loss_of_a_chunk: "loss_at_the_last_step_alone",
    no_time: "no_step_back",
    last_chunks_gradients: "gradients_of_the_last_chunk",
    mean_of_chunks: "averaged_over_chunks",
    mean_of_steps: "factor_of_a_size",
    mean_of_sequences: "averaged_over_sequences",
    start_of_the_last_chunk: "state_at_the_start",
    chunks_counted: "number_of_chunks",
    one_step_more: "chunk_one_larger",
    counted_from_the_end: "shorter_chunk_first",
    the_last_steps_of_each_loss: "window_behind_each_loss",
    nothing_from_the_border: "border_state_left_out",
    all_states_returned: "an_axis_too_many",
    bias_of_each_sequence: "sum_missing",
    in_the_type_of_the_state: "truncated_to_integers",
    in_the_type_of_the_weights: "truncated_to_integers",
    axes_of_one_dropped: "right_numbers_in_another_shape",
    split_into_equal_chunks: "raises_ValueError",
    state_written_over: "an_argument_changed",
    as_even_as_may_be: "chunks_cut_evenly",
    back_past_the_tanh: "slope_left_out_on_the_way_back",
    added_behind_the_slope: "slope_before_the_sum",
    trained_on_the_way: "weights_updated_between_chunks",
    tanh_by_exponentials: "wrong_for_numbers_that_are_large",
    sums_of_integers: "right_in_int64",
    border_by_the_next_step: "cut_before_the_last_step",
    padded_to_whole_chunks: "state_behind_the_padding",
    without_a_last_chunk_of_one: "chunk_of_one_step_dropped",
    losses_of_the_first_chunk: "steps_of_the_first_chunk",
}
