"""Right and wrong ways to write the entropy of a stream of logits."""

from functools import reduce

import numpy as np


def _float(logits):
    return logits if logits.dtype.kind == "f" else logits.astype(float)


def _parts(logits, chunk):
    logits = _float(logits)
    for start in range(0, logits.shape[-1], chunk):
        yield logits[..., start : start + chunk]


def _state(part, floor=-1e30):
    m = np.maximum(part.max(axis=-1), floor)
    gap = np.maximum(part - m[..., None], -1e30)
    e = np.exp(gap)
    return m, e.sum(axis=-1), (gap * e).sum(axis=-1)


def _merged(one, two):
    m = np.maximum(one[0], two[0])
    a, b = one[0] - m, two[0] - m
    s = np.exp(a) * one[1] + np.exp(b) * two[1]
    t = np.exp(a) * (one[2] + a * one[1]) + np.exp(b) * (two[2] + b * two[1])
    return m, s, t


def one_pass(logits, chunk=1024):
    m = s = t = None
    for part in _parts(logits, chunk):
        if m is None:
            m, s, t = _state(part)
        else:
            m, s, t = _merged((m, s, t), _state(part))
    return np.log(s) - t / s


def logit_by_logit(logits, chunk=1024):
    """In plain Python for each row; it needs no chunks."""
    from math import exp, inf, log

    def of_row(row):
        m, s, t = -inf, 0.0, 0.0
        for start in range(0, len(row), chunk):
            for each in row[start : start + chunk].tolist():
                if each == -inf:
                    continue
                if each > m:
                    if m > -inf:
                        shrink = exp(m - each)
                        s, t = shrink * s, shrink * (t + (m - each) * s)
                    m = each
                s += exp(each - m)
                t += (each - m) * exp(each - m)
        return log(s) - t / s

    logits = _float(logits)
    found = np.empty(logits.shape[:-1])
    for at in np.ndindex(found.shape):
        found[at] = of_row(logits[at])
    return found if found.ndim else float(found)


def as_a_tree(logits, chunk=1024):
    states = [_state(part) for part in _parts(logits, chunk)]
    while len(states) > 1:
        pairs = [_merged(*states[i : i + 2]) for i in range(0, len(states) - 1, 2)]
        states = pairs + states[len(states) // 2 * 2 :]
    _, s, t = states[0]
    return np.log(s) - t / s


def entropies_mixed(logits, chunk=1024):
    """By the chain rule: the entropy of the chunks' weights, and the mean of their entropies."""
    lse, entropies = [], []
    for part in _parts(logits, chunk):
        m, s, t = _state(part)
        lse.append(np.where(s > 0, m + np.log(np.where(s > 0, s, 1)), -np.inf))
        entropies.append(
            np.where(s > 0, np.log(np.where(s > 0, s, 1)) - t / np.where(s > 0, s, 1), 0)
        )
    lse = np.stack(lse)
    top = lse.max(axis=0)
    weights = np.exp(lse - top)
    weights = weights / weights.sum(axis=0)
    logs = np.log(np.where(weights > 0, weights, 1))
    return (weights * (np.stack(entropies) - logs)).sum(axis=0)


def from_the_end(logits, chunk=1024):
    state = None
    for part in reversed([*_parts(logits, chunk)]):
        state = _state(part) if state is None else _merged(_state(part), state)
    return np.log(state[1]) - state[2] / state[1]


def pytorch(logits, chunk=1024):
    import torch

    kind = torch.float32 if logits.dtype == np.float32 else torch.float64
    m = s = t = None
    for part in torch.tensor(logits, dtype=kind).split(chunk, dim=-1):
        top = part.amax(-1).clamp(min=-1e30)
        gap = (part - top[..., None]).clamp(min=-1e30)
        e = gap.exp()
        two = top, e.sum(-1), (gap * e).sum(-1)
        if m is None:
            m, s, t = two
            continue
        new = torch.maximum(m, top)
        a, b = m - new, top - new
        t = a.exp() * (t + a * s) + b.exp() * (two[2] + b * two[1])
        s = a.exp() * s + b.exp() * two[1]
        m = new
    return (s.log() - t / s).numpy()


def logits_summed_as_they_are(logits, chunk=1024):
    """Log-sum-exp minus the mean logit: of logits of a billion it loses digits."""
    m, s, t = -1e30, 0.0, 0.0
    for part in _parts(logits, chunk):
        new = np.maximum(m, part.max(axis=-1))
        e = np.exp(part - new[..., None])
        shrink = np.exp(m - new)
        s = shrink * s + e.sum(axis=-1)
        t = shrink * t + (np.where(e > 0, part, 0) * e).sum(axis=-1)
        m = new
    return m + np.log(s) - t / s


# Wrong ones


def two_passes(logits, chunk=1024):
    """First log-sum-exp, then the mean of the surprise."""
    m, s = -1e30, 0.0
    for part in _parts(logits, chunk):
        new = np.maximum(m, part.max(axis=-1))
        s = s * np.exp(m - new) + np.exp(part - new[..., None]).sum(axis=-1)
        m = new
    total = 0.0
    for part in _parts(logits, chunk):
        log_p = part - (m + np.log(s))[..., None]
        p = np.exp(log_p)
        total = total - (p * np.where(p > 0, log_p, 0)).sum(axis=-1)
    return total


def _by(logits, chunk, step, end):
    m = s = t = None
    with np.errstate(all="ignore"):
        for part in _parts(logits, chunk):
            if m is None:
                m, s, t = _state(part)
            else:
                m, s, t = step(m, s, t, part)
        return end(m, s, t)


def _usual(m, s, t):
    return np.log(s) - t / s


def _new(m, part):
    new = np.maximum(m, part.max(axis=-1))
    gap = np.maximum(part - new[..., None], -1e30)
    return new, np.exp(m - new), np.exp(gap).sum(axis=-1), (gap * np.exp(gap)).sum(axis=-1)


def shrunk_alike(logits, chunk=1024):
    def step(m, s, t, part):
        new, shrink, more, weighted = _new(m, part)
        return new, shrink * s + more, shrink * t + weighted

    return _by(logits, chunk, step, _usual)


def new_sum_in_the_shift(logits, chunk=1024):
    def step(m, s, t, part):
        new, shrink, more, weighted = _new(m, part)
        s = shrink * s
        t = shrink * (t + (m - new) * s)
        return new, s + more, t + weighted

    return _by(logits, chunk, step, _usual)


def shift_of_the_other_sign(logits, chunk=1024):
    def step(m, s, t, part):
        new, shrink, more, weighted = _new(m, part)
        return new, shrink * s + more, shrink * (t + (new - m) * s) + weighted

    return _by(logits, chunk, step, _usual)


def s_updated_first(logits, chunk=1024):
    """s holds the new part when it shifts t."""

    def step(m, s, t, part):
        new, shrink, more, weighted = _new(m, part)
        s = shrink * s + more
        return new, s, shrink * (t + (m - new) * s) + weighted

    return _by(logits, chunk, step, _usual)


def t_moved_alone(logits, chunk=1024):
    def step(m, s, t, part):
        new, shrink, more, weighted = _new(m, part)
        return new, shrink * s + more, t + (m - new) * s + weighted

    return _by(logits, chunk, step, _usual)


def sums_of_the_chunks(logits, chunk=1024):
    """Each chunk is below a maximum of its own."""

    def step(m, s, t, part):
        _, more, weighted = _state(part)
        return m, s + more, t + weighted

    return _by(logits, chunk, step, _usual)


def left_as_they_were(logits, chunk=1024):
    def step(m, s, t, part):
        new, _, more, weighted = _new(m, part)
        return new, s + more, t + weighted

    return _by(logits, chunk, step, _usual)


def first_maximum_kept(logits, chunk=1024):
    """The maximum of the first chunk is subtracted from all."""

    def step(m, s, t, part):
        gap = np.maximum(part - m[..., None], -1e30)
        return m, s + np.exp(gap).sum(axis=-1), t + (gap * np.exp(gap)).sum(axis=-1)

    return _by(logits, chunk, step, _usual)


def without_a_maximum(logits, chunk=1024):
    s = t = 0.0
    with np.errstate(all="ignore"):
        for part in _parts(logits, chunk):
            e = np.exp(part)
            s, t = s + e.sum(axis=-1), t + (np.where(e > 0, part, 0) * e).sum(axis=-1)
        return np.log(s) - t / s


def from_zero(logits, chunk=1024):
    m, s, t = 0.0, 0.0, 0.0
    with np.errstate(all="ignore"):
        for part in _parts(logits, chunk):
            new, shrink, more, weighted = _new(m, part)
            s, t, m = shrink * s + more, shrink * (t + (m - new) * s) + weighted, new
        return np.log(s) - t / s


def from_a_low_number(logits, chunk=1024):
    """The largest so far begins at -10,000, as if that were low enough."""
    m, s, t = np.full(logits.shape[:-1], -1e4, _float(logits).dtype), 0.0, 0.0
    with np.errstate(all="ignore"):
        for part in _parts(logits, chunk):
            new, shrink, more, weighted = _new(m, part)
            s, t = shrink * s + more, shrink * (t + (m - new) * s) + weighted
            m = new
        return np.log(s) - t / s


def all_rows_or_none(logits, chunk=1024):
    """The maximum moves if it does in all rows, and stays otherwise."""
    m, s, t = None, 0.0, 0.0
    with np.errstate(all="ignore"):
        for part in _parts(logits, chunk):
            top = np.maximum(part.max(axis=-1), -1e30)
            if m is None:
                m = top
            if np.all(top > m):
                s, t = np.exp(m - top) * s, np.exp(m - top) * (t + (m - top) * s)
                m = top
            gap = np.maximum(part - m[..., None], -1e30)
            s = s + np.exp(gap).sum(axis=-1)
            t = t + (gap * np.exp(gap)).sum(axis=-1)
        return np.log(s) - t / s


def hidden_at_minus_1000(logits, chunk=1024):
    """A mask of -inf is replaced by one that is finite."""
    return one_pass(np.maximum(_float(logits), -1000), chunk)


def only_hidden_at_minus_1000(logits, chunk=1024):
    logits = _float(logits)
    return one_pass(np.where(logits == -np.inf, logits.dtype.type(-1000), logits), chunk)


def rare_classes_forgotten(logits, chunk=1024):
    """t is summed where the exponential is above a millionth."""
    m, s, t = np.full(logits.shape[:-1], -1e30, _float(logits).dtype), 0.0, 0.0
    for part in _parts(logits, chunk):
        new = np.maximum(m, part.max(axis=-1))
        shift, m = m - new, new
        gap = np.maximum(part - m[..., None], -1e30)
        e = np.exp(gap)
        t = np.exp(shift) * (t + shift * s) + (gap * e * (e > 1e-6)).sum(axis=-1)
        s = np.exp(shift) * s + e.sum(axis=-1)
    return np.log(s) - t / s


def as_a_share(logits, chunk=1024):
    """From 0 to 1."""
    return one_pass(logits, chunk) / max(np.log(logits.shape[-1]), np.log(2))


def largest_of_all_rows(logits, chunk=1024):
    m, s, t = -1e30, 0.0, 0.0
    with np.errstate(all="ignore"):
        for part in _parts(logits, chunk):
            new = max(m, part.max())
            gap = np.maximum(part - new, -1e30)
            e, a = np.exp(gap), m - new
            s, t, m = (
                np.exp(a) * s + e.sum(axis=-1),
                np.exp(a) * (t + a * s) + (gap * e).sum(axis=-1),
                new,
            )
        return np.log(s) - t / s


def _of_chunks(logits, chunk):
    with np.errstate(all="ignore"):
        return [_usual(*_state(part)) for part in _parts(logits, chunk)]


def averaged(logits, chunk=1024):
    return np.mean(_of_chunks(logits, chunk), axis=0)


def added_up(logits, chunk=1024):
    return np.sum(_of_chunks(logits, chunk), axis=0)


def of_the_last(logits, chunk=1024):
    return _of_chunks(logits, chunk)[-1]


def whole_chunks(logits, chunk=1024):
    count = max(1, logits.shape[-1] // chunk)
    return one_pass(logits[..., : count * chunk], chunk)


def up_to_the_last_but_one(logits, chunk=1024):
    states = [
        _state(_float(logits)[..., start : start + chunk])
        for start in range(0, max(1, logits.shape[-1] - 1), chunk)
    ]
    _, s, t = reduce(_merged, states)
    return np.log(s) - t / s


def filled_up_to_whole_chunks(logits, chunk=1024):
    """The last chunk gets zeros, so that all are as long."""
    state = None
    for part in _parts(logits, chunk):
        rest = chunk - part.shape[-1] if state is not None else 0
        zeros = np.zeros((*part.shape[:-1], rest), part.dtype)
        one = _state(np.concatenate([part, zeros], axis=-1))
        state = one if state is None else _merged(state, one)
    return np.log(state[1]) - state[2] / state[1]


def weighted_by_probability(logits, chunk=1024):
    """The chain rule without its first term."""
    total, found = None, 0.0
    for part in _parts(logits, chunk):
        m, s, t = _state(part)
        old = (m, 0 * s) if total is None else total
        top = np.maximum(old[0], m)
        before, now = np.exp(old[0] - top) * old[1], np.exp(m - top) * s
        share = now / (before + now)
        found = (1 - share) * found + share * (np.log(s) - t / s)
        total = top, before + now
    return found


def copied_first(logits, chunk=1024):
    """All logits become floats at once."""
    return one_pass(logits.astype(np.result_type(logits.dtype, np.float32)), chunk)


def parts_in_float32(logits, chunk=1024):
    """As on a GPU, but for the sums."""
    state = None
    for part in _parts(logits, chunk):
        one = _state(part.astype(np.float32).astype(float))
        state = one if state is None else _merged(state, one)
    return _usual(*state)


def negative(logits, chunk=1024):
    return -one_pass(logits, chunk)


def plus(logits, chunk=1024):
    return _by(
        logits,
        chunk,
        lambda m, s, t, part: _merged((m, s, t), _state(part)),
        lambda m, s, t: np.log(s) + t / s,
    )


def with_the_maximum(logits, chunk=1024):
    return _by(
        logits,
        chunk,
        lambda m, s, t, part: _merged((m, s, t), _state(part)),
        lambda m, s, t: m + np.log(s) - t / s,
    )


def weights_that_do_not_add_up(logits, chunk=1024):
    return _by(
        logits,
        chunk,
        lambda m, s, t, part: _merged((m, s, t), _state(part)),
        lambda m, s, t: np.log(s) - t,
    )


def log_sum_exp(logits, chunk=1024):
    return _by(
        logits,
        chunk,
        lambda m, s, t, part: _merged((m, s, t), _state(part)),
        lambda m, s, t: m + np.log(s),
    )


def bits(logits, chunk=1024):
    return one_pass(logits, chunk) / np.log(2)


def hidden_logits_make_nan(logits, chunk=1024):
    m, s, t = -1e30, 0.0, 0.0
    with np.errstate(all="ignore"):
        for part in _parts(logits, chunk):
            new = np.maximum(m, part.max(axis=-1))
            gap = part - new[..., None]
            e, a = np.exp(gap), m - new
            s, t, m = (
                np.exp(a) * s + e.sum(axis=-1),
                np.exp(a) * (t + a * s) + (gap * e).sum(axis=-1),
                new,
            )
        return np.log(s) - t / s


def hidden_chunks_make_nan(logits, chunk=1024):
    state = None
    with np.errstate(all="ignore"):
        for part in _parts(logits, chunk):
            m = part.max(axis=-1)
            gap = part - m[..., None]
            e = np.exp(gap)
            one = m, e.sum(axis=-1), (np.where(e > 0, gap, 0) * e).sum(axis=-1)
            state = one if state is None else _merged(state, one)
        return _usual(*state)


def first_chunk_must_be_seen(logits, chunk=1024):
    """m begins at -inf, and nan comes where the first chunk is hidden."""
    m, s, t = -np.inf, 0.0, 0.0
    with np.errstate(all="ignore"):
        for part in _parts(logits, chunk):
            new = np.maximum(m, part.max(axis=-1))
            gap = part - new[..., None]
            e = np.exp(gap)
            a = np.where(np.isneginf(m), -1e30, m - new)
            s, t, m = (
                np.exp(a) * s + e.sum(axis=-1),
                np.exp(a) * (t + a * s) + (np.where(e > 0, gap, 0) * e).sum(axis=-1),
                new,
            )
        return np.log(s) - t / s


def begun_with_the_first_chunk(logits, chunk=1024):
    state = None
    with np.errstate(all="ignore"):
        for part in _parts(logits, chunk):
            m = part.max(axis=-1) if state is None else np.maximum(state[0], part.max(axis=-1))
            gap = part - m[..., None]
            e = np.exp(gap)
            s, t = e.sum(axis=-1), (np.where(e > 0, gap, 0) * e).sum(axis=-1)
            if state is not None:
                a, shrink = state[0] - m, np.exp(state[0] - m)
                s, t = s + shrink * state[1], t + shrink * (state[2] + a * state[1])
            state = m, s, t
        return _usual(*state)


def begun_with_the_first_logit(logits, chunk=1024):
    """One class has been seen, whatever its logit."""
    logits = _float(logits)
    m = logits[..., 0]
    s, t = np.ones_like(m), np.zeros_like(m)
    with np.errstate(all="ignore"):
        for part in _parts(logits[..., 1:], chunk):
            new = np.maximum(m, part.max(axis=-1))
            gap, a = part - new[..., None], m - new
            e = np.exp(gap)
            t = np.exp(a) * (t + a * s) + (np.where(e > 0, gap, 0) * e).sum(axis=-1)
            s, m = np.exp(a) * s + e.sum(axis=-1), new
        return _usual(m, s, t)


def first_axis(logits, chunk=1024):
    return one_pass(np.moveaxis(logits, 0, -1), chunk)


def all_at_once(logits, chunk=1024):
    logits = _float(logits)
    e = np.exp(logits - logits.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    return -(p * np.log(np.where(p > 0, p, 1))).sum(axis=-1)


def with_an_epsilon(logits, chunk=1024):
    return _by(
        logits,
        chunk,
        lambda m, s, t, part: _merged((m, s, t), _state(part)),
        lambda m, s, t: np.log(s + 1e-6) - t / (s + 1e-6),
    )


def axis_kept(logits, chunk=1024):
    return one_pass(logits, chunk)[..., None]


def probabilities_by_now(logits, chunk=1024):
    """p is divided by the sum so far, not by that of all."""
    m, s, total = -1e30, 0.0, 0.0
    with np.errstate(all="ignore"):
        for part in _parts(logits, chunk):
            new, shrink, more, _ = _new(m, part)
            s, m = shrink * s + more, new
            log_p = part - (m + np.log(s))[..., None]
            p = np.exp(log_p)
            total = total - (p * np.where(p > 0, log_p, 0)).sum(axis=-1)
    return total


def _streamed(logits, chunk, last=None, factor=None, shrink_s=True, skip=None):
    """In one pass, from a maximum of -inf, with switches."""
    classes = logits.shape[-1]
    m = np.full(logits.shape[:-1], -np.inf)
    s, t = np.zeros(logits.shape[:-1]), np.zeros(logits.shape[:-1])
    with np.errstate(all="ignore"):
        for start in range(0, last(classes, chunk) if last else classes, chunk):
            part = logits[..., start : start + chunk].astype(float)
            if skip is not None and skip(part):
                continue
            new = np.maximum(m, part.max(axis=-1))
            top = np.where(np.isneginf(new), 0.0, new)
            old = np.where(np.isneginf(m), top, m)
            shrink = np.exp(old - top) if factor is None else factor(old, top)
            gaps = part - top[..., None]
            powers = np.exp(gaps)
            t = shrink * (t + (old - top) * s)
            t = t + (np.where(powers > 0, gaps, 0.0) * powers).sum(axis=-1)
            s = (shrink if shrink_s else 1) * s + powers.sum(axis=-1)
            m = new
        return np.log(s) - t / s


def full_chunks_or_nothing(logits, chunk=1024):
    return _streamed(logits, chunk, last=lambda classes, chunk: classes - chunk + 1)


def s_left_as_it_was(logits, chunk=1024):
    return _streamed(logits, chunk, shrink_s=False)


def exponent_the_wrong_way_round(logits, chunk=1024):
    return _streamed(logits, chunk, factor=lambda old, new: np.exp(new - old))


def chunks_that_hide_a_row_skipped(logits, chunk=1024):
    return _streamed(logits, chunk, skip=lambda part: np.isneginf(part.max(axis=-1)).any())


def chunks_that_hide_anything_skipped(logits, chunk=1024):
    return _streamed(logits, chunk, skip=lambda part: np.isneginf(part).any())


def averaged_by_length(logits, chunk=1024):
    total = 0.0
    for part in _parts(logits, chunk):
        top = part.max(axis=-1, keepdims=True)
        gaps = part - np.where(np.isneginf(top), 0.0, top)
        powers = np.exp(gaps)
        s = powers.sum(axis=-1)
        s = np.where(s == 0, 1.0, s)
        gap = (np.where(powers > 0, gaps, 0.0) * powers).sum(axis=-1) / s
        total = total + (np.log(s) - gap) * part.shape[-1]
    return total / logits.shape[-1]


def up_to_the_last_of_each_chunk(logits, chunk=1024):
    m, s, t = -np.inf, 0.0, 0.0
    with np.errstate(all="ignore"):
        for start in range(0, logits.shape[-1], chunk):
            part = logits[..., start : max(start + 1, start + chunk - 1)].astype(float)
            new = np.maximum(m, np.maximum(part.max(axis=-1), -1e300))
            shrink, gaps = np.exp(m - new), part - new[..., None]
            powers = np.exp(gaps)
            t = t if start == 0 else shrink * (t + (m - new) * s)
            t = t + (np.where(powers > 0, gaps, 0.0) * powers).sum(axis=-1)
            s, m = shrink * s + powers.sum(axis=-1), new
        return np.log(s) - t / s


def epsilon_in_the_logarithm(logits, chunk=1024):
    m = logits.max(axis=-1, keepdims=True)
    s = t = 0.0
    for part in _parts(logits, chunk):
        gaps = part - m
        powers = np.exp(gaps)
        s = s + powers.sum(axis=-1)
        t = t + (np.where(powers > 0, gaps, 0.0) * powers).sum(axis=-1)
    return np.log(s + 1e-6) - t / s


WRONG = {
    shrunk_alike: "t_only_multiplied",
    new_sum_in_the_shift: "t_shifted_by_the_new_sum",
    shift_of_the_other_sign: "shifted_to_the_wrong_side",
    s_updated_first: "s_before_t",
    t_moved_alone: "t_only_shifted",
    sums_of_the_chunks: "each_chunk_below_its_own_maximum",
    left_as_they_were: "sums_not_rescaled",
    first_maximum_kept: "not_finite",
    without_a_maximum: "no_maximum_subtracted",
    from_zero: "maximum_begins_at_zero",
    from_a_low_number: "maximum_begins_too_high",
    all_rows_or_none: "raised_only_where_all_rise",
    hidden_at_minus_1000: None,
    only_hidden_at_minus_1000: "number_for_minus_infinity",
    rare_classes_forgotten: "small_terms_left_out",
    as_a_share: "share_of_the_largest",
    largest_of_all_rows: "one_maximum_for_all_rows",
    averaged: "mean_of_the_chunks",
    added_up: "sum_of_the_chunks",
    of_the_last: "last_chunk_only",
    whole_chunks: "short_chunk_left_out",
    up_to_the_last_but_one: "last_logit_left_out",
    filled_up_to_whole_chunks: "short_chunk_filled_with_zeros",
    weighted_by_probability: "entropy_of_the_weights_left_out",
    copied_first: "all_in_memory",
    two_passes: "a_property_fails",
    parts_in_float32: "rounded_to_float32",
    negative: "sign_lost",
    plus: "mean_gap_added",
    with_the_maximum: "maximum_added",
    weights_that_do_not_add_up: "not_divided",
    log_sum_exp: "log_sum_exp_returned",
    bits: "in_bits",
    hidden_logits_make_nan: "nan_for_minus_infinity",
    hidden_chunks_make_nan: "nan_for_a_chunk_of_minus_infinity",
    first_chunk_must_be_seen: "nan_for_a_first_chunk_of_minus_infinity",
    begun_with_the_first_chunk: "nan_for_a_first_chunk_of_minus_infinity",
    begun_with_the_first_logit: "nan_for_a_first_logit_of_minus_infinity",
    first_axis: "along_the_first_axis",
    all_at_once: "all_in_memory",
    with_an_epsilon: "epsilon_beside_the_sum",
    axis_kept: "right_numbers_in_another_shape",
    probabilities_by_now: "divided_by_the_sum_so_far",
    full_chunks_or_nothing: "short_chunk_left_out",
    s_left_as_it_was: "s_not_rescaled",
    exponent_the_wrong_way_round: "factor_upside_down",
    chunks_that_hide_a_row_skipped: "chunks_with_minus_infinity_skipped",
    chunks_that_hide_anything_skipped: "chunks_with_minus_infinity_skipped",
    averaged_by_length: "mean_of_the_chunks",
    up_to_the_last_of_each_chunk: "chunks_end_too_early",
    epsilon_in_the_logarithm: "epsilon_beside_the_sum",
}

# Right answers that pass with a note.
NOTED = {logits_summed_as_they_are}
