"""Right and wrong ways to write GRPO's loss and its gradient."""

import numpy as np


def _float(x):
    return x if x.dtype.kind == "f" else x.astype(float)


def _parts(log_prob, old_log_prob, advantages, mask, clip):
    gap = np.where(mask, _float(log_prob) - old_log_prob, 0)
    ratio, a = np.exp(gap), advantages[:, np.newaxis]
    return ratio, a, np.clip(ratio, 1 - clip[0], 1 + clip[1])


def _weights(mask, by, length):
    n = mask.shape[0]
    if by == "sequence":
        return mask / mask.sum(-1, keepdims=True) / n
    return mask / (mask.sum() if by == "token" else n * length)


def answer_by_answer(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    new = _float(log_prob)
    loss, gradient = 0, np.zeros(mask.shape, new.dtype)
    for i, a in enumerate(advantages):
        own = mask[i]
        ratio = np.exp(new[i, own] - old_log_prob[i, own])
        cut = np.clip(ratio, 1 - clip[0], 1 + clip[1])
        divisor = {"token": mask.sum(), "sequence": len(mask) * own.sum()}.get(by) or len(
            mask
        ) * length
        loss = loss - np.minimum(ratio * a, cut * a).sum() / divisor
        gradient[i, own] = np.where(ratio * a > cut * a, 0, -ratio * a / divisor)
    return loss, gradient


def by_sign(log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)):
    """A good answer's ratio is bounded above, a bad one's below."""
    ratio, a, _ = _parts(log_prob, old_log_prob, advantages, mask, clip)
    capped = np.where(a > 0, np.minimum(ratio, 1 + clip[1]), np.maximum(ratio, 1 - clip[0]))
    w = _weights(mask, by, length)
    return -np.sum(w * capped * a), -w * ratio * a * (capped == ratio)


def largest_of_losses(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """As PPO is often written: the larger of two losses."""
    ratio, a, cut = _parts(log_prob, old_log_prob, advantages, mask, clip)
    free, clipped = -a * ratio, -a * cut
    w = _weights(mask, by, length)
    return (w * np.maximum(free, clipped)).sum(), w * np.where(free >= clipped, free, 0)


def means_of_means(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    ratio, a, cut = _parts(log_prob, old_log_prob, advantages, mask, clip)
    each = -np.minimum(ratio * a, cut * a) * mask
    if by == "sequence":
        loss = np.mean(each.sum(axis=1) / mask.sum(axis=1))
    elif by == "token":
        loss = each.sum() / np.count_nonzero(mask)
    else:
        loss = np.mean(each.sum(axis=1) / length)
    slope = np.where(ratio * a <= cut * a, -ratio * a, 0)
    return loss, slope * _weights(mask, by, length)


def token_by_token(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    new, old, a = _float(log_prob), _float(old_log_prob), _float(advantages)
    w, loss, gradient = _weights(mask, by, length), 0.0, np.zeros(mask.shape)
    for i, t in zip(*np.nonzero(mask), strict=True):
        ratio = np.exp(float(new[i, t]) - float(old[i, t]))
        cut = min(max(ratio, 1 - clip[0]), 1 + clip[1])
        loss -= w[i, t] * min(ratio * a[i], cut * a[i])
        if ratio * a[i] <= cut * a[i]:
            gradient[i, t] = -w[i, t] * ratio * a[i]
    return loss, gradient


def pytorch(log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)):
    import torch

    new = torch.tensor(_float(log_prob), requires_grad=True)
    old, a = torch.tensor(_float(old_log_prob)).to(new), torch.tensor(_float(advantages)).to(new)
    real = torch.tensor(mask)
    ratio = torch.exp(torch.where(real, new - old, 0.0))
    cut = ratio.clamp(1 - clip[0], 1 + clip[1])
    each = -torch.min(ratio * a[:, None], cut * a[:, None]) * real
    if by == "sequence":
        loss = (each.sum(1) / real.sum(1)).mean()
    else:
        loss = each.sum() / (real.sum() if by == "token" else len(each) * length)
    loss.backward()
    return loss.item(), new.grad.numpy()


def always_by_answers(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    by = "sequence" if by == "token" else by
    return by_sign(log_prob, old_log_prob, advantages, mask, by, length, clip)


def always_by_tokens(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    by = "token" if by == "sequence" else by
    return by_sign(log_prob, old_log_prob, advantages, mask, by, length, clip)


def width_of_the_array(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    length = length if by == "constant" else mask.shape[1]
    return by_sign(log_prob, old_log_prob, advantages, mask, "constant", length, clip)


def constant_alone(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """ "constant" without the number of answers."""
    loss, gradient = by_sign(log_prob, old_log_prob, advantages, mask, by, length, clip)
    n = len(mask) if by == "constant" else 1
    return n * loss, n * gradient


def longest_answer(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    if by == "constant":
        length = mask.sum(1).max()
    return by_sign(log_prob, old_log_prob, advantages, mask, by, length, clip)


def sum_of_means(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    loss, gradient = by_sign(log_prob, old_log_prob, advantages, mask, by, length, clip)
    n = len(mask) if by == "sequence" else 1
    return loss * n, gradient * n


def maximised(log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)):
    loss, gradient = means_of_means(log_prob, old_log_prob, advantages, mask, by, length, clip)
    return -loss, -gradient


def inverse_ratio(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    return largest_of_losses(_float(old_log_prob), log_prob, advantages, mask, by, length, clip)


def min_of_losses(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    ratio, a, cut = _parts(log_prob, old_log_prob, advantages, mask, clip)
    free, clipped = -a * ratio, -a * cut
    w = _weights(mask, by, length)
    return (w * np.minimum(free, clipped)).sum(), w * np.where(free <= clipped, free, 0)


def cut_alone(log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)):
    ratio, a, cut = _parts(log_prob, old_log_prob, advantages, mask, clip)
    w = _weights(mask, by, length)
    return -(w * cut * a).sum(), np.where(ratio == cut, -w * ratio * a, 0)


def never_cut(log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)):
    ratio, a, _ = _parts(log_prob, old_log_prob, advantages, mask, clip)
    w = _weights(mask, by, length)
    return -(w * ratio * a).sum(), -w * ratio * a


def symmetric(log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)):
    return by_sign(log_prob, old_log_prob, advantages, mask, by, length, (clip[0], clip[0]))


def fifth(log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)):
    return by_sign(log_prob, old_log_prob, advantages, mask, by, length)


def gradient_never_cut(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    loss, _ = by_sign(log_prob, old_log_prob, advantages, mask, by, length, clip)
    return loss, never_cut(log_prob, old_log_prob, advantages, mask, by, length, clip)[1]


def outside_is_dead(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    ratio, a, cut = _parts(log_prob, old_log_prob, advantages, mask, clip)
    w = _weights(mask, by, length)
    loss, _ = by_sign(log_prob, old_log_prob, advantages, mask, by, length, clip)
    return loss, -w * a * ratio * (ratio == cut)


def strictly_smaller(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    ratio, a, cut = _parts(log_prob, old_log_prob, advantages, mask, clip)
    w = _weights(mask, by, length)
    loss, _ = by_sign(log_prob, old_log_prob, advantages, mask, by, length, clip)
    return loss, -w * ratio * a * (ratio * a < cut * a)


def on_policy_gradient(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """Right while every ratio is 1."""
    loss, gradient = by_sign(log_prob, old_log_prob, advantages, mask, by, length, clip)
    return loss, np.where(gradient != 0, -_weights(mask, by, length) * advantages[:, None], 0)


def gradient_everywhere(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    loss, _ = by_sign(log_prob, old_log_prob, advantages, mask, by, length, clip)
    return loss, -_weights(mask, by, length) * advantages[:, None]


def summed_gradient(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    loss, gradient = by_sign(log_prob, old_log_prob, advantages, mask, by, length, clip)
    w = _weights(mask, by, length)
    return loss, gradient / np.where(mask, w, 1)


def padding_too(log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)):
    with np.errstate(all="ignore"):
        ratio, a, cut = _parts(log_prob, old_log_prob, advantages, np.ones_like(mask), clip)
        w = _weights(mask, by, length).max(1, keepdims=True)
        free, clipped = ratio * a, cut * a
        return -(w * np.minimum(free, clipped)).sum(), np.where(free <= clipped, -w * free, 0)


def masked_after_the_exponential(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """Right while nothing overflows at padding."""
    with np.errstate(all="ignore"):
        ratio, a, cut = _parts(log_prob, old_log_prob, advantages, np.ones_like(mask), clip)
        w, free, clipped = _weights(mask, by, length), ratio * a, cut * a
        return -(w * np.minimum(free, clipped)).sum(), np.where(free <= clipped, -w * free, 0)


def leading_tokens(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The mask is made anew of its counts: right where padding is on the right alone."""
    mask = np.arange(mask.shape[1]) < mask.sum(1)[:, None]
    return by_sign(log_prob, old_log_prob, advantages, mask, by, length, clip)


def up_to_the_last_token(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """What a tool says in the middle is taken for the policy's."""
    last = mask.shape[1] - np.argmax(mask[:, ::-1], axis=1)
    mask = np.arange(mask.shape[1]) < last[:, None]
    return by_sign(log_prob, old_log_prob, advantages, mask, by, length, clip)


def geometric_mean(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    gap = np.where(mask, _float(log_prob) - old_log_prob, 0)
    gap = np.broadcast_to((gap.sum(1) / mask.sum(1))[:, None], mask.shape)
    return by_sign(gap, np.zeros(mask.shape), advantages, mask, by, length, clip)


def cispo(log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)):
    _, a, cut = _parts(log_prob, old_log_prob, advantages, mask, clip)
    w = _weights(mask, by, length) * cut * a
    return -(w * np.where(mask, log_prob, 0)).sum(), -w


def uphill(log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)):
    loss, gradient = by_sign(log_prob, old_log_prob, advantages, mask, by, length, clip)
    return loss, -gradient


def padded_rows(log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)):
    """np.mean over each row, padding included: right where there is none."""
    if by == "sequence":
        by, length = "constant", mask.shape[1]
    return by_sign(log_prob, old_log_prob, advantages, mask, by, length, clip)


def whitened(log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)):
    a = _float(advantages)
    a = (a - a.mean()) / (a.std() + 1e-8) if a.size > 1 else a
    return by_sign(log_prob, old_log_prob, a, mask, by, length, clip)


def reinforce(log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)):
    w = _weights(mask, by, length) * advantages[:, None]
    return -np.sum(w * np.where(mask, log_prob, 0)), -w


def silent_answers_dropped(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """Right where no advantage is 0, and where all are."""
    loud = np.flatnonzero(advantages)
    gradient = np.zeros(mask.shape)
    if not loud.size:
        return 0.0, gradient
    loss, gradient[loud] = by_sign(
        log_prob[loud], old_log_prob[loud], advantages[loud], mask[loud], by, length, clip
    )
    return loss, gradient


def quotient(log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)):
    """Of probabilities, at the tokens that count."""
    new, old = (np.exp(np.where(mask, _float(each), 0)) for each in (log_prob, old_log_prob))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = new / old
    a, w = advantages[:, None], _weights(mask, by, length)
    free, cut = ratio * a, np.clip(ratio, 1 - clip[0], 1 + clip[1]) * a
    return -(w * np.minimum(free, cut)).sum(), np.where(free <= cut, -w * free, 0)


def band_of_logarithms(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    gap = np.where(mask, _float(log_prob) - old_log_prob, 0)
    a, w = advantages[:, None], _weights(mask, by, length)
    free, cut = np.exp(gap) * a, np.exp(gap.clip(-clip[0], clip[1])) * a
    return -(w * np.minimum(free, cut)).sum(), np.where(free <= cut, -w * free, 0)


def three_at_most(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """A bad answer's token costs three times its advantage at most."""
    ratio, a, cut = _parts(log_prob, old_log_prob, advantages, mask, clip)
    least, w = np.minimum(ratio * a, cut * a), _weights(mask, by, length)
    floored = np.where(a < 0, np.maximum(least, 3 * a), least)
    return -(w * floored).sum(), -w * ratio * a * (floored == ratio * a)


def until_the_first_gap(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    start = mask.argmax(axis=1)[:, None]
    place = np.arange(mask.shape[1])
    gaps = (~mask & (place > start)).cumsum(axis=1)
    return by_sign(log_prob, old_log_prob, advantages, mask & (gaps == 0), by, length, clip)


def mean_up_to_the_end(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """An answer's length is the place of its last token."""
    last = mask.shape[1] - np.argmax(mask[:, ::-1], axis=1)
    loss, gradient = by_sign(log_prob, old_log_prob, advantages, mask, by, length, clip)
    if by != "sequence":
        return loss, gradient
    ratio, a, cut = _parts(log_prob, old_log_prob, advantages, mask, clip)
    w = mask / last[:, None] / len(mask)
    shrunk = gradient * (mask.sum(axis=1) / last)[:, None]
    return -(w * np.minimum(ratio * a, cut * a)).sum(), shrunk


def ratio_of_the_answer(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    gap = np.where(mask, _float(log_prob) - old_log_prob, 0)
    gap = np.broadcast_to(gap.sum(1)[:, None], mask.shape)
    return by_sign(gap, np.zeros(mask.shape), advantages, mask, by, length, clip)


def mean_gradient(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    ratio, a, cut = _parts(log_prob, old_log_prob, advantages, mask, clip)
    loss = -(_weights(mask, by, length) * np.minimum(ratio * a, cut * a)).sum()
    return loss, np.where(ratio * a <= cut * a, -ratio * a, 0) * mask / mask.sum()


# What each is told; None where no known mistake explains it.
WRONG = {
    always_by_answers: "each_answers_mean_for_all_tokens",
    always_by_tokens: "all_tokens_for_each_answers_mean",
    width_of_the_array: "padding_in_the_mean",
    constant_alone: "constant_by_another_number",
    longest_answer: "constant_by_another_number",
    sum_of_means: "each_answers_mean_summed",
    maximised: "objective_for_loss",
    inverse_ratio: "old_over_new",
    min_of_losses: "larger_product",
    cut_alone: "clipped_alone",
    never_cut: "no_clip",
    symmetric: "one_bound_for_both",
    fifth: "clip_not_used",
    gradient_never_cut: "gradient_through_the_clip",
    outside_is_dead: "no_gradient_outside_the_bounds",
    strictly_smaller: "no_gradient_where_both_are_equal",
    on_policy_gradient: "gradient_without_the_ratio",
    gradient_everywhere: "gradient_at_the_ratio",
    summed_gradient: "gradient_not_averaged",
    padding_too: "padding_counts",
    masked_after_the_exponential: "padding_overflows",
    leading_tokens: None,
    up_to_the_last_token: "outputs_in_the_length",
    geometric_mean: "one_ratio_for_an_answer",
    uphill: "gradient_of_the_objective",
    padded_rows: "padding_in_the_mean",
    whitened: "advantages_scaled_again",
    reinforce: "logarithm_without_the_old_policy",
    cispo: "clipped_weight_of_a_logarithm",
    silent_answers_dropped: "advantages_of_0_left_out",
    quotient: "probabilities_divided",
    band_of_logarithms: "clipped_in_logarithms",
    three_at_most: "dual_clip",
    until_the_first_gap: "first_stretch_alone",
    mean_up_to_the_end: "outputs_in_the_length",
    ratio_of_the_answer: "product_of_the_ratios",
    mean_gradient: "gradient_over_all_tokens",
}
