"""Right and wrong ways to write `top_p`."""

import numpy as np


def _softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def _float(x):
    return x if x.dtype.kind == "f" else x.astype(float)


def ranks_by_two_sorts(logits, p):
    order = np.argsort(-_float(logits), axis=-1, kind="stable")
    place = np.argsort(order, axis=-1, kind="stable")
    shares = np.take_along_axis(_softmax(_float(logits)), order, -1)
    before = np.concatenate([np.zeros_like(shares[..., :1]), np.cumsum(shares, -1)[..., :-1]], -1)
    stays = before < p if p < 1 else np.ones(before.shape, bool)
    return np.where(np.take_along_axis(stays, place, -1), _float(logits), -np.inf)


def row_by_row(logits, p):
    x = _float(logits)
    if p == 1:
        return x.copy()
    out = np.full_like(x, -np.inf)
    for index in np.ndindex(x.shape[:-1]):
        shares, held = _softmax(x[index]), 0.0
        for token in sorted(range(x.shape[-1]), key=lambda t: -shares[t]):
            out[(*index, token)] = x[(*index, token)]
            held += shares[token]
            if held >= p:
                break
    return out


def counted(logits, p):
    x = _float(logits)
    order = np.argsort(-x, axis=-1, kind="stable")
    sums = np.cumsum(np.take_along_axis(_softmax(x), order, -1), axis=-1)
    needed = (sums < p).sum(-1, keepdims=True) + 1
    if p == 1:
        needed = x.shape[-1]
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.broadcast_to(np.arange(x.shape[-1]), x.shape), -1)
    return np.where(rank < needed, x, -np.inf)


def every_pair(logits, p):
    x = _float(logits)
    shares = _softmax(x)
    ids = np.arange(x.shape[-1])
    mine, other = x[..., :, None], x[..., None, :]
    ahead = (other > mine) | ((other == mine) & (ids < ids[:, None]))
    before = (ahead * shares[..., None, :]).sum(-1)
    return np.where((before < p * (1 - 1e-12)) | (p == 1), x, -np.inf)


def from_the_tail(logits, p):
    x = _float(logits)
    order = np.argsort(-x, axis=-1, kind="stable")
    shares = np.take_along_axis(_softmax(x).astype(float), order, -1)
    tail = np.flip(np.cumsum(np.flip(shares, -1), -1), -1)
    out = np.full_like(x, -np.inf)
    stays = tail > (1 - p) + 1e-15 if p < 1 else np.full(x.shape, True)
    stays[..., 0] = True
    np.put_along_axis(out, order, np.where(stays, np.take_along_axis(x, order, -1), -np.inf), -1)
    return out


def pytorch(logits, p):
    import torch

    x = torch.tensor(_float(logits))
    if p == 1:
        return x.numpy()
    values, order = torch.sort(x, dim=-1, descending=True, stable=True)
    shares = torch.softmax(values, -1)
    values = values.masked_fill(shares.cumsum(-1) - shares >= p, -torch.inf)
    return torch.empty_like(x).scatter(-1, order, values).numpy()


def _sorted(x):
    order = np.argsort(-x, axis=-1, kind="stable")
    return order, np.take_along_axis(_softmax(x), order, -1)


def _back(x, order, stays):
    out = np.full_like(x, -np.inf)
    np.put_along_axis(out, order, np.where(stays, np.take_along_axis(x, order, -1), -np.inf), -1)
    return out


def below_p_only(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    stays = np.cumsum(shares, -1) <= p
    return x * 1 if p == 1 else _back(x, order, stays)


def below_p_but_one(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    stays = np.cumsum(shares, -1) <= p
    stays[..., 0] = True
    return x * 1 if p == 1 else _back(x, order, stays)


def never_put_back(logits, p):
    x = _float(logits)
    _, shares = _sorted(x)
    return np.where((np.cumsum(shares, -1) - shares < p) | (p == 1), x, -np.inf)


def order_for_its_inverse(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    stays = (np.cumsum(shares, -1) - shares < p) | (p == 1)
    return np.where(np.take_along_axis(stays, order, -1), x, -np.inf)


def exactly_p_is_too_little(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    return _back(x, order, (np.cumsum(shares, -1) - shares <= p) | (p == 1))


def a_very_low_logit(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    out = _back(x, order, (np.cumsum(shares, -1) - shares < p) | (p == 1))
    return np.maximum(out, -1e9).astype(x.dtype)


def nothing_left_out(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    out = _back(x, order, (np.cumsum(shares, -1) - shares < p) | (p == 1))
    return np.where(out == -np.inf, 0, out).astype(x.dtype)


def a_distribution(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    return _softmax(_back(x, order, (np.cumsum(shares, -1) - shares < p) | (p == 1)))


def logarithms_of_a_distribution(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    out = _back(x, order, (np.cumsum(shares, -1) - shares < p) | (p == 1))
    with np.errstate(divide="ignore"):
        return np.log(_softmax(out))


def from_below(logits, p):
    x = _float(logits)
    order = np.argsort(x, axis=-1, kind="stable")
    shares = np.take_along_axis(_softmax(x), order, -1)
    return _back(x, order, (np.cumsum(shares, -1) - shares < p) | (p == 1))


def turned_around(logits, p):
    x = _float(logits)
    order = np.flip(np.argsort(x, axis=-1, kind="stable"), -1)
    shares = np.take_along_axis(_softmax(x), order, -1)
    return _back(x, order, (np.cumsum(shares, -1) - shares < p) | (p == 1))


def by_the_last_that_stays(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    out = _back(x, order, (np.cumsum(shares, -1) - shares < p) | (p == 1))
    least = np.where(out > -np.inf, out, np.inf).min(-1, keepdims=True)
    return np.where(x >= least, x, -np.inf)


def share_of_the_largest(logits, p):
    x = _float(logits)
    return np.where(x >= x.max(-1, keepdims=True) + np.log(p), x, -np.inf)


def own_share_of_one(logits, p):
    x = _float(logits)
    return np.where(_softmax(x) >= 1 - p, x, -np.inf)


def one_is_no_exception(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    return _back(x, order, np.cumsum(shares, -1) - shares < p)


def rows_together(logits, p):
    x = _float(logits)
    flat = x.reshape(-1)
    order, shares = _sorted(flat)
    return _back(flat, order, (np.cumsum(shares) - shares < p) | (p == 1)).reshape(x.shape)


def down_the_columns(logits, p):
    x = _float(logits)
    if x.ndim == 1:
        order, shares = _sorted(x)
        return _back(x, order, (np.cumsum(shares) - shares < p) | (p == 1))
    turned = np.swapaxes(x, -1, -2)
    order, shares = _sorted(turned)
    out = _back(turned, order, (np.cumsum(shares, -1) - shares < p) | (p == 1))
    return np.swapaxes(out, -1, -2)


def no_shift_before_exp(logits, p):
    x = _float(logits)
    order = np.argsort(-x, axis=-1, kind="stable")
    with np.errstate(all="ignore"):
        shares = np.exp(x) / np.exp(x).sum(-1, keepdims=True)
    shares = np.take_along_axis(shares, order, -1)
    return _back(x, order, (np.cumsum(shares, -1) - shares < p) | (p == 1))


def first_row_decides(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    count = ((np.cumsum(shares, -1) - shares < p) | (p == 1)).reshape(-1, x.shape[-1])[0].sum()
    return _back(x, order, np.broadcast_to(np.arange(x.shape[-1]) < count, x.shape))


def in_place(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    kept = _back(x, order, (np.cumsum(shares, -1) - shares < p) | (p == 1))
    x[...] = kept
    return x


def one_maximum_for_all(logits, p):
    x = _float(logits)
    order = np.argsort(-x, axis=-1, kind="stable")
    e = np.exp(x - x.max())
    with np.errstate(invalid="ignore"):
        shares = np.take_along_axis(e / e.sum(-1, keepdims=True), order, -1)
    return _back(x, order, (np.cumsum(shares, -1) - shares < p) | (p == 1))


def nearly_p_is_enough(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    return _back(x, order, (np.cumsum(shares, -1) - shares < p - 1e-6) | (p == 1))


def shares_in_float32(logits, p):
    x = _float(logits)
    order, shares = _sorted(x.astype(np.float32))
    return _back(x, order, (np.cumsum(shares, -1) - shares < p) | (p == 1))


def log_softmax_cut(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    with np.errstate(divide="ignore"):
        return _back(np.log(_softmax(x)), order, (np.cumsum(shares, -1) - shares < p) | (p == 1))


def shifted(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    if p == 1:
        return x.copy()
    return _back(x - x.max(-1, keepdims=True), order, np.cumsum(shares, -1) - shares < p)


def last_row_doubled(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    out = _back(x, order, (np.cumsum(shares, -1) - shares < p) | (p == 1))
    out[-1:] *= 2
    return out


def until_the_rest_is_p(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    return _back(x, order, (np.cumsum(shares, -1) - shares < 1 - p) | (p == 1))


def fifty_at_most(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    stays = (np.cumsum(shares, -1) - shares < p) | (p == 1)
    return _back(x, order, stays & (np.arange(x.shape[-1]) < 50))


def size_of_the_largest_nucleus(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    size = x.shape[-1] if p == 1 else (np.cumsum(shares, -1) - shares < p).sum(-1).max()
    out = np.full_like(x, -np.inf)
    best = order[..., :size]
    np.put_along_axis(out, best, np.take_along_axis(x, best, -1), -1)
    return out


def top_k_of_the_share(logits, p):
    x = _float(logits)
    order, _ = _sorted(x)
    stays = np.arange(x.shape[-1]) < np.ceil(p * x.shape[-1])
    return _back(x, order, np.broadcast_to(stays, x.shape))


def normalised_over_all(logits, p):
    x = _float(logits)
    order, _ = _sorted(x)
    e = np.exp(x - x.max())
    shares = np.take_along_axis(e / e.sum(), order, -1)
    return _back(x, order, (np.cumsum(shares, -1) - shares < p) | (p == 1))


def nan_removes_nothing(logits, p):
    x = _float(logits)
    order, _ = _sorted(x)
    with np.errstate(invalid="ignore"):
        e = np.exp(x - x.max())
        shares = np.take_along_axis(e / e.sum(-1, keepdims=True), order, -1)
    return _back(x, order, ~((np.cumsum(shares, -1) - shares >= p) & (p < 1)))


def shifted_into_nothing(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    stays = np.zeros(x.shape, bool)
    stays[..., 1:] = np.cumsum(shares, -1)[..., :-1] < p
    return _back(x, order, stays)


def half_the_digits(logits, p):
    x = logits.astype(np.float32)
    order, shares = _sorted(x.astype(float))
    return _back(x, order, (np.cumsum(shares, -1) - shares < p) | (p == 1))


def share_of_the_largest_and_one_less_p(logits, p):
    ratio = np.exp(_float(logits) - logits.max(-1, keepdims=True))
    return np.where(ratio >= 1 - p, _float(logits), -np.inf)


def first_place_not_filled(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    cut = np.cumsum(shares, -1) >= p
    cut[..., 1:] = cut[..., :-1].copy()
    return _back(x, order, ~cut | (p == 1))


def softmax_of_columns(logits, p):
    x = _float(logits)
    powers = np.exp(x - x.max(0))
    order = np.argsort(-x, axis=-1, kind="stable")
    shares = np.take_along_axis(powers / powers.sum(0), order, -1)
    return _back(x, order, (np.cumsum(shares, -1) - shares < p) | (p == 1))


def near_one_is_one(logits, p):
    x = _float(logits)
    order, shares = _sorted(x)
    return _back(x, order, (np.cumsum(shares, -1) - shares < p) | np.isclose(p, 1))


def sorted_and_left_so(logits, p):
    x = _float(logits)
    if p == 1:
        return x
    order, shares = _sorted(x)
    stays = np.cumsum(shares, -1) - shares < p
    return np.where(stays, np.take_along_axis(x, order, -1), -np.inf)


def _with_more(logits, p, more):
    x = _float(logits)
    order, shares = _sorted(x)
    size = (np.cumsum(shares, -1) < p).sum(-1, keepdims=True) + 1 + more
    stays = np.arange(x.shape[-1]) < size
    return _back(x, order, np.broadcast_to(stays | (p == 1), x.shape))


def one_more(logits, p):
    return _with_more(logits, p, 1)


def two_more(logits, p):
    return _with_more(logits, p, 2)


def share_of_the_largest_below_1(logits, p):
    x = _float(logits)
    shares = _softmax(x)
    stays = (shares >= p * shares.max(-1, keepdims=True)) | (p == 1)
    return np.where(stays, x, -np.inf)


def least_logit_subtracted(logits, p):
    x = _float(logits)
    if p == 1:
        return x
    with np.errstate(invalid="ignore"):
        e = np.exp(x - x.min(-1, keepdims=True))
        shares = e / e.sum(-1, keepdims=True)
    order = np.argsort(-shares, axis=-1, kind="stable")
    shares = np.take_along_axis(shares, order, -1)
    return _back(x, order, np.cumsum(shares, -1) - shares < p)


def into_a_copy(logits, p):
    out = logits.copy()
    order, shares = _sorted(logits)
    cut = np.zeros(out.shape, bool)
    np.put_along_axis(cut, order, (np.cumsum(shares, -1) - shares >= p) & (p < 1), -1)
    out[cut] = -np.inf
    return out


def powers_added_up(logits, p):
    x = _float(logits)
    powers = np.exp(x - x.max(-1, keepdims=True))
    order = np.argsort(-x, axis=-1, kind="stable")
    sums = np.cumsum(np.take_along_axis(powers, order, -1), -1)
    before = np.concatenate([np.zeros_like(sums[..., :1]), sums[..., :-1]], -1)
    return _back(x, order, (before < p) | (p == 1))


# What each is told.
WRONG = {
    below_p_only: "crossing_token_cut",
    below_p_but_one: "likeliest_kept_crossing_cut",
    never_put_back: "mask_in_sorted_order",
    order_for_its_inverse: "order_is_not_its_inverse",
    exactly_p_is_too_little: "one_more_after_an_exact_p",
    a_very_low_logit: "wrong_only_where_it_should_be_-inf",
    nothing_left_out: "zero_is_no_exclusion",
    a_distribution: "probabilities",
    logarithms_of_a_distribution: "log_probabilities",
    from_below: "unlikely_first",
    turned_around: "higher_of_equals_first",
    by_the_last_that_stays: "all_equals_stay",
    share_of_the_largest: "share_of_the_likeliest",
    own_share_of_one: "a_least_probability",
    one_is_no_exception: "cut_by_a_sum_that_rounds_to_one",
    rows_together: "over_the_batch",
    down_the_columns: "wrong_except_where_logits_has_1_axis",
    no_shift_before_exp: "wrong_for_numbers_that_are_large",
    first_row_decides: "nucleus_of_the_first_row",
    in_place: "an_argument_changed",
    one_maximum_for_all: "global_maximum",
    nearly_p_is_enough: "wrong_where_p_is_0.500000004",
    shares_in_float32: "wrong_for_numbers_that_are_close",
    log_softmax_cut: "log_probabilities_before_the_cut",
    shifted: "logits_moved_by_the_largest",
    last_row_doubled: "wrong_only_in_the_last_entry",
    until_the_rest_is_p: "share_of_the_others",
    fifty_at_most: "too_much_left_out",
    size_of_the_largest_nucleus: "nucleus_of_the_largest_row",
    top_k_of_the_share: "share_of_the_vocabulary",
    normalised_over_all: "softmax_over_the_batch",
    nan_removes_nothing: "global_maximum",
    shifted_into_nothing: "likeliest_cut",
    share_of_the_largest_and_one_less_p: "share_of_the_likeliest",
    first_place_not_filled: "none_left_if_the_first_holds_p",
    softmax_of_columns: "softmax_over_the_first_axis",
    near_one_is_one: "wrong_only_where_it_should_be_-inf",
    half_the_digits: "digits_of_float32",
    sorted_and_left_so: "in_another_order",
    one_more: "one_token_too_many",
    two_more: "wrong_only_where_it_should_be_-inf",
    share_of_the_largest_below_1: "share_of_the_likeliest",
    least_logit_subtracted: "too_much_left_out",
    into_a_copy: "infinity_as_an_integer",
    powers_added_up: "powers_not_divided",
}
