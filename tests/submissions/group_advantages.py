"""Right and wrong ways to write the advantages of a group."""

import numpy as np


def _float(x):
    return x if x.dtype.kind == "f" else x.astype(float)


def by_variance(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    a = r - r.mean(-1, keepdims=True)
    if not scale:
        return a
    variance = (a**2).sum(-1, keepdims=True) / (r.shape[-1] - 1)
    return a / (variance**0.5 + eps)


def swapped_axes(rewards, scale=True, eps=1e-4):
    r = np.moveaxis(_float(rewards), -1, 0)
    a = r - np.mean(r, axis=0)
    if scale:
        a = a / (np.std(r, axis=0, ddof=1) + eps)
    return np.moveaxis(a, 0, -1)


def group_by_group(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    out = np.empty_like(r)
    for at in np.ndindex(r.shape[:-1]):
        group = r[at]
        out[at] = (group - group.mean()) / (group.std(ddof=1) + eps if scale else 1)
    return out


def by_ufuncs(rewards, scale=True, eps=1e-4):
    a = np.subtract(rewards, np.mean(rewards, axis=-1, keepdims=True), dtype=_float(rewards).dtype)
    root = np.sqrt(np.add.reduce(np.square(a), axis=-1, keepdims=True) / (a.shape[-1] - 1))
    return np.divide(a, root + eps) if scale else a


def loops(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    rows = r.reshape(-1, r.shape[-1])
    out = []
    for row in rows:
        mean = sum(row) / len(row)
        spread = (sum((x - mean) ** 2 for x in row) / (len(row) - 1)) ** 0.5
        out.append([(x - mean) / (spread + eps) if scale else x - mean for x in row])
    return np.array(out, r.dtype).reshape(r.shape)


def pytorch(rewards, scale=True, eps=1e-4):
    import torch

    r = torch.tensor(_float(rewards))
    a = r - r.mean(dim=-1, keepdim=True)
    return (a / (r.std(dim=-1, keepdim=True) + eps) if scale else a).numpy()


def branch_by_branch(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    baseline = np.expand_dims(np.average(r, axis=-1), -1)
    divisor = np.expand_dims(np.sqrt(np.var(r, axis=-1, ddof=1)), -1) + eps if scale else 1.0
    return (r - baseline) / divisor


def equal_groups_told_apart(rewards, scale=True, eps=1e-4):
    """With an eps of 0, too, a group of equal rewards has advantages of 0."""
    r = _float(rewards)
    r = r - r[..., :1]
    a = r - r.mean(-1, keepdims=True)
    if not scale:
        return a
    equal = (r == 0).all(-1, keepdims=True)
    return np.where(equal, 0, a / np.where(equal, 1, r.std(-1, ddof=1, keepdims=True) + eps))


def default_deviation(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    a = r - r.mean(axis=-1, keepdims=True)
    return a / (np.std(r, axis=-1, keepdims=True) + eps) if scale else a


def whole_batch(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    return (r - np.mean(r)) / ((np.std(r, ddof=1) + eps) if scale else 1)


def scaled_by_the_batch(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    a = r - np.average(r, axis=-1)[..., None]
    if scale:
        a = a / (np.sqrt(np.var(r, ddof=1)) + eps)
    return a


def by_column(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    a = r - np.mean(r, axis=0)
    variance = (a**2).sum(axis=0) / max(len(r) - 1, 1)
    return a / (variance**0.5 + eps) if scale else a


def rewards_alone(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    return r / (np.std(r, axis=-1, ddof=1)[..., None] + eps) if scale else r * 1


def rloo(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    n = r.shape[-1]
    a = r - (r.sum(-1)[..., None] - r) / (n - 1)
    return a / (r.std(-1, ddof=1)[..., None] + eps) if scale else a


def variance_below(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    a = r - r.mean(-1)[..., None]
    return a / (r.var(-1, ddof=1)[..., None] + eps) if scale else a


def root_of_both(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    a = r - r.mean(-1)[..., None]
    return a / (r.var(-1, ddof=1)[..., None] + eps) ** 0.5 if scale else a


def at_least_eps(rewards, scale=True, eps=1e-4):
    """Right where eps is small beside the deviation, but for digits."""
    r = _float(rewards)
    a = r - r.mean(-1)[..., None]
    s = r.std(-1, ddof=1)[..., None]
    return a / np.where(s > eps, s, eps) if scale else a


def tiny_eps(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    a = r - r.mean(-1)[..., None]
    return a / (r.std(-1, ddof=1)[..., None] + 1e-8) if scale else a


def own_eps(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    a = r - r.mean(-1)[..., None]
    return a / (r.std(-1, ddof=1)[..., None] + 1e-4) if scale else a


def without_eps(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    a = r - r.mean(-1)[..., None]
    with np.errstate(all="ignore"):
        return a / r.std(-1, ddof=1)[..., None] if scale else a


def scaled_anyway(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    s = r.std(-1, ddof=1)[..., None]
    return (r - r.mean(-1)[..., None]) / (s + eps)


def unscaled(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    return r - r.mean(-1)[..., None]


def eps_even_unscaled(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    s = r.std(-1, ddof=1)[..., None] if scale else 1
    return (r - r.mean(-1)[..., None]) / (s + eps)


def two_axes(rewards, scale=True, eps=1e-4):
    """The last axis of a matrix."""
    r = _float(rewards)
    axis = 1 if r.ndim > 1 else 0
    a = r - r.mean(axis, keepdims=True)
    return a / (r.std(axis, ddof=1, keepdims=True) + eps) if scale else a


def all_axes_but_the_first(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    axes = tuple(range(1, r.ndim)) or None
    a = r - r.mean(axes, keepdims=True)
    return a / (r.std(axes, ddof=1, keepdims=True) + eps) if scale else a


def positive_part(rewards, scale=True, eps=1e-4):
    a = by_variance(rewards, scale, eps)
    return a * (a > 0)


def punished(rewards, scale=True, eps=1e-4):
    return -1 * swapped_axes(rewards, scale, eps)


def always_float64(rewards, scale=True, eps=1e-4):
    r = np.asarray(rewards, float)
    a = r - r.mean(-1)[..., None]
    return a / (r.std(-1, ddof=1)[..., None] + eps) if scale else a


def cut_to_zero(rewards, scale=True, eps=1e-4):
    """Groups that hardly differ are taken for equal ones."""
    a = by_variance(rewards, scale, eps)
    s = _float(rewards).std(-1, ddof=1, keepdims=True)
    return np.where(s < 1e-3, 0, a) if scale else a


def equal_below_eps(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    a, s = r - r.mean(-1, keepdims=True), r.std(-1, ddof=1, keepdims=True)
    equal = s <= 1e-4
    return np.where(equal, 0, a / np.where(equal, 1, s + eps)) if scale else a


def nothing_if_a_group_is_equal(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    a = r - r.mean(-1, keepdims=True)
    if not scale:
        return a
    if (r.max(-1) == r.min(-1)).any():
        return np.zeros_like(r)
    return a / (r.std(-1, ddof=1, keepdims=True) + eps)


def correction_on_the_deviation(rewards, scale=True, eps=1e-4):
    r, n = _float(rewards), rewards.shape[-1]
    a = r - r.mean(-1, keepdims=True)
    return a / (np.std(r, -1, keepdims=True) * n / (n - 1) + eps) if scale else a


def without_axes_of_one(rewards, scale=True, eps=1e-4):
    return np.squeeze(by_variance(rewards, scale, eps))


def in_place(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    s = r.std(-1, ddof=1, keepdims=True)
    r -= r.mean(-1, keepdims=True)
    return r / (s + eps) if scale else r


def within_five(rewards, scale=True, eps=1e-4):
    """Right where a group is small."""
    return by_variance(rewards, scale, eps).clip(-5, 5)


def squares_less_the_squared_mean(rewards, scale=True, eps=1e-4):
    """Right where rewards are near 0: elsewhere the difference loses digits."""
    r = _float(rewards)
    mean = r.mean(-1)[..., None]
    variance = ((r * r).mean(-1)[..., None] - mean * mean) * r.shape[-1] / (r.shape[-1] - 1)
    return (r - mean) / (np.maximum(variance, 0) ** 0.5 + eps) if scale else r - mean


def flag_turned_round(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    a = r - r.mean(axis=-1, keepdims=True)
    return a if scale else a / (r.std(axis=-1, ddof=1, keepdims=True) + eps)


def from_worst_to_best(rewards, scale=True, eps=1e-4):
    """Divided by the distance of the best reward to the worst."""
    r = _float(rewards)
    width = r.max(axis=-1, keepdims=True) - r.min(axis=-1, keepdims=True) + eps
    return (r - r.mean(axis=-1, keepdims=True)) / (width if scale else 1)


def distance_to_the_mean(rewards, scale=True, eps=1e-4):
    r = _float(rewards)
    a = r - r.mean(axis=-1, keepdims=True)
    return a / (np.abs(a).mean(axis=-1, keepdims=True) + eps) if scale else a


# What each is told; None where no known mistake explains it.
def mean_of_everything(rewards, scale=True, eps=1e-4):
    r = rewards.astype(float)
    a = r - r.mean()
    return a / (r.std(axis=-1, ddof=1, keepdims=True) + eps) if scale else a


def everything_is_the_centre(rewards, scale=True, eps=1e-4):
    a = rewards - rewards.mean()
    s = np.sqrt((a**2).sum(axis=-1, keepdims=True) / (a.shape[-1] - 1))
    return a / (s + eps) if scale else a


def others_as_the_centre(rewards, scale=True, eps=1e-4):
    n = rewards.shape[-1]
    a = rewards - (rewards.sum(axis=-1, keepdims=True) - rewards) / (n - 1)
    s = np.sqrt((a**2).sum(axis=-1, keepdims=True) / (n - 1))
    return a / (s + eps) if scale else a


def root_of_the_sum(rewards, scale=True, eps=1e-4):
    a = rewards - rewards.mean(axis=-1, keepdims=True)
    s = np.sqrt((a**2).sum(axis=-1, keepdims=True)) / (a.shape[-1] - 1)
    return a / (s + eps) if scale else a


def clipped_where_scaled(rewards, scale=True, eps=1e-4):
    a = rewards - rewards.mean(axis=-1, keepdims=True)
    s = rewards.std(axis=-1, ddof=1, keepdims=True)
    return np.clip(a / (s + eps), -3, 3) if scale else a


def pooled(rewards, scale=True, eps=1e-4):
    a = _float(rewards) - rewards.mean(-1, keepdims=True)
    within = (a**2).sum() / (a.size - a.size // a.shape[-1])
    return a / (np.sqrt(within) + eps) if scale else a


def len_of_the_batch(rewards, scale=True, eps=1e-4):
    a = _float(rewards) - rewards.mean(-1, keepdims=True)
    with np.errstate(all="ignore"):
        deviation = np.sqrt((a * a).sum(-1, keepdims=True) / (len(a) - 1))
    return a / (deviation + eps) if scale else a


def binomial_deviation(rewards, scale=True, eps=1e-4):
    x, n = _float(rewards), rewards.shape[-1]
    p = x.mean(-1, keepdims=True)
    deviation = np.sqrt(np.maximum(p * (1 - p), 0) * n / (n - 1))
    return (x - p) / (deviation + eps) if scale else x - p


def mean_distance_less_one(rewards, scale=True, eps=1e-4):
    a = _float(rewards) - rewards.mean(-1, keepdims=True)
    distance = abs(a).sum(-1, keepdims=True) / (a.shape[-1] - 1)
    return a / (distance + eps) if scale else a


def all_close_is_equal(rewards, scale=True, eps=1e-4):
    out = np.zeros(rewards.shape)
    for index in np.ndindex(rewards.shape[:-1]):
        group = _float(rewards[index])
        if not np.allclose(group, group[0]):
            a = group - group.mean()
            out[index] = a / (group.std(ddof=1) + eps) if scale else a
    return out


WRONG = {
    default_deviation: "divisor_of_all_answers",
    whole_batch: "all_prompts_together",
    scaled_by_the_batch: "deviation_of_all_prompts",
    by_column: "across_prompts",
    rewards_alone: "no_baseline",
    rloo: "leave_one_out",
    variance_below: "divided_by_the_variance",
    root_of_both: "eps_under_the_root",
    at_least_eps: "eps_as_a_floor",
    tiny_eps: "eps_of_its_own",
    own_eps: "eps_of_its_own",
    without_eps: "no_eps",
    scaled_anyway: "always_scaled",
    unscaled: "never_scaled",
    eps_even_unscaled: "eps_without_scale",
    two_axes: "over_the_second_axis",
    all_axes_but_the_first: "wrong_where_rewards_has_three_axes_or_more",
    positive_part: "praise_alone",
    punished: "mean_minus_reward",
    cut_to_zero: "nearly_equal_groups_spared",
    equal_below_eps: "nearly_equal_groups_spared",
    nothing_if_a_group_is_equal: "one_equal_group_ends_all",
    correction_on_the_deviation: "corrected_without_the_root",
    without_axes_of_one: "right_numbers_in_another_shape",
    in_place: "an_argument_changed",
    within_five: "cut_off_far_from_0",
    squares_less_the_squared_mean: "nearly_right",
    flag_turned_round: "scale_the_other_way",
    from_worst_to_best: "another_spread",
    distance_to_the_mean: "another_spread",
    mean_of_everything: "mean_of_all_prompts",
    everything_is_the_centre: "mean_of_all_prompts",
    others_as_the_centre: "leave_one_out",
    root_of_the_sum: "root_before_the_division",
    clipped_where_scaled: "cut_off_far_from_0",
    pooled: "deviation_of_all_prompts",
    len_of_the_batch: "divisor_of_prompts",
    binomial_deviation: "deviation_of_a_share",
    mean_distance_less_one: "another_spread",
    all_close_is_equal: "nearly_equal_groups_spared",
}
