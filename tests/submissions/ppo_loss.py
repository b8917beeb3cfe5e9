"""Right and wrong ways to write PPO's clipped policy loss."""

import numpy as np


def _float(x):
    return x if x.dtype.kind == "f" else x.astype(float)


def by_cases(log_probs, old_log_probs, advantages, clip=0.2):
    r, a = np.exp(_float(log_probs) - old_log_probs), advantages
    stopped = ((a > 0) & (r > 1 + clip)) | ((a < 0) & (r < 1 - clip))
    edge = np.where(a > 0, r.dtype.type(1 + clip), r.dtype.type(1 - clip))
    used = np.where(stopped, edge, r)
    return -np.mean(used * a), np.where(stopped, 0, -r * a) / r.size


def maximum_of_losses(log_probs, old_log_probs, advantages, clip=0.2):
    """As CleanRL has it."""
    ratio = np.exp(_float(log_probs) - old_log_probs)
    one, two = -advantages * ratio, -advantages * np.clip(ratio, 1 - clip, 1 + clip)
    return np.maximum(one, two).mean(), np.where(one >= two, one, 0) / one.size


def spinning_up(log_probs, old_log_probs, advantages, clip=0.2):
    """The edge is made of the advantage: (1 + clip) A or (1 - clip) A."""
    ratio = np.exp(_float(log_probs) - old_log_probs)
    edge = np.where(advantages >= 0, (1 + clip) * advantages, (1 - clip) * advantages)
    plain = ratio * advantages
    loss = -np.minimum(plain, edge.astype(plain.dtype)).mean()
    return loss, np.where(plain > edge, 0, -plain) / plain.size


def loops(log_probs, old_log_probs, advantages, clip=0.2):
    log_probs = _float(log_probs)
    kind = np.result_type(log_probs, old_log_probs, advantages)
    total, gradient = 0.0, np.zeros(log_probs.shape, kind)
    for i in np.ndindex(log_probs.shape):
        ratio = float(np.exp(float(log_probs[i]) - float(old_log_probs[i])))
        a = float(advantages[i])
        near = min(max(ratio, 1 - clip), 1 + clip)
        total -= min(ratio * a, near * a)
        if ratio * a <= near * a:
            gradient[i] = -ratio * a / log_probs.size
    return kind.type(total / log_probs.size), gradient


def by_log_edges(log_probs, old_log_probs, advantages, clip=0.2):
    logs = _float(log_probs) - old_log_probs
    above = logs > np.log1p(clip)
    below = logs < np.log1p(-clip) if clip < 1 else np.zeros(logs.shape, bool)
    flat = (above & (advantages > 0)) | (below & (advantages < 0))
    ratio = np.exp(logs)
    near = np.where(above, 1 + clip, np.where(below, 1 - clip, ratio)).astype(ratio.dtype)
    loss = -np.where(flat, near * advantages, ratio * advantages).mean()
    return loss, -(ratio * advantages) * ~flat / flat.size


def pytorch(log_probs, old_log_probs, advantages, clip=0.2):
    import torch

    kind = torch.float32 if log_probs.dtype == np.float32 else torch.float64
    new, old, a = (
        torch.tensor(each, dtype=kind) for each in (log_probs, old_log_probs, advantages)
    )
    ratio = torch.exp(new.requires_grad_() - old)
    loss = -torch.min(ratio * a, ratio.clamp(1 - clip, 1 + clip) * a).mean()
    loss.backward()
    return loss.detach().numpy()[()], new.grad.numpy()


def _parts(log_probs, old_log_probs, advantages, clip):
    ratio = np.exp(_float(log_probs) - old_log_probs)
    return ratio, ratio * advantages, np.clip(ratio, 1 - clip, 1 + clip) * advantages


def importance_weighted(log_probs, old_log_probs, advantages, clip=0.2):
    _, plain, _ = _parts(log_probs, old_log_probs, advantages, clip)
    return -plain.mean(), -plain / plain.size


def clip_alone(log_probs, old_log_probs, advantages, clip=0.2):
    ratio, plain, clipped = _parts(log_probs, old_log_probs, advantages, clip)
    inside = (ratio >= 1 - clip) & (ratio <= 1 + clip)
    return -clipped.mean(), np.where(inside, -plain, 0) / plain.size


def larger_product(log_probs, old_log_probs, advantages, clip=0.2):
    _, plain, clipped = _parts(log_probs, old_log_probs, advantages, clip)
    return -np.maximum(plain, clipped).mean(), np.where(plain < clipped, 0, -plain) / plain.size


def to_be_maximised(log_probs, old_log_probs, advantages, clip=0.2):
    _, plain, clipped = _parts(log_probs, old_log_probs, advantages, clip)
    return np.minimum(plain, clipped).mean(), np.where(plain > clipped, 0, plain) / plain.size


def ascent_direction(log_probs, old_log_probs, advantages, clip=0.2):
    _, plain, clipped = _parts(log_probs, old_log_probs, advantages, clip)
    return -np.minimum(plain, clipped).mean(), np.where(plain > clipped, 0, plain) / plain.size


def total(log_probs, old_log_probs, advantages, clip=0.2):
    _, plain, clipped = _parts(log_probs, old_log_probs, advantages, clip)
    return -np.minimum(plain, clipped).sum(), np.where(plain > clipped, 0, -plain)


def mean_and_total(log_probs, old_log_probs, advantages, clip=0.2):
    _, plain, clipped = _parts(log_probs, old_log_probs, advantages, clip)
    return -np.minimum(plain, clipped).mean(), np.where(plain > clipped, 0, -plain)


def without_the_ratio(log_probs, old_log_probs, advantages, clip=0.2):
    _, plain, clipped = _parts(log_probs, old_log_probs, advantages, clip)
    gradient = np.where(plain > clipped, 0, -_float(advantages)) / plain.size
    return -np.minimum(plain, clipped).mean(), gradient


def never_flat(log_probs, old_log_probs, advantages, clip=0.2):
    _, plain, clipped = _parts(log_probs, old_log_probs, advantages, clip)
    return -np.minimum(plain, clipped).mean(), -plain / plain.size


def flat_outside(log_probs, old_log_probs, advantages, clip=0.2):
    ratio, plain, clipped = _parts(log_probs, old_log_probs, advantages, clip)
    inside = np.abs(ratio - 1) <= clip
    return -np.minimum(plain, clipped).mean(), np.where(inside, -plain, 0) / plain.size


def old_over_new(log_probs, old_log_probs, advantages, clip=0.2):
    _, plain, clipped = _parts(old_log_probs, log_probs, advantages, clip)
    return -np.minimum(plain, clipped).mean(), np.where(plain > clipped, 0, -plain) / plain.size


def quotient_of_probabilities(log_probs, old_log_probs, advantages, clip=0.2):
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.exp(_float(log_probs)) / np.exp(_float(old_log_probs))
    plain, clipped = ratio * advantages, np.clip(ratio, 1 - clip, 1 + clip) * advantages
    return -np.minimum(plain, clipped).mean(), np.where(plain > clipped, 0, -plain) / plain.size


def band_of_logarithms(log_probs, old_log_probs, advantages, clip=0.2):
    logs = _float(log_probs) - old_log_probs
    plain, clipped = np.exp(logs) * advantages, np.exp(logs.clip(-clip, clip)) * advantages
    return -np.minimum(plain, clipped).mean(), np.where(plain > clipped, 0, -plain) / plain.size


def geometric_band(log_probs, old_log_probs, advantages, clip=0.2):
    """From 1 / (1 + clip): the upper edge is right."""
    ratio = np.exp(_float(log_probs) - old_log_probs)
    plain, clipped = ratio * advantages, ratio.clip(1 / (1 + clip), 1 + clip) * advantages
    return -np.minimum(plain, clipped).mean(), np.where(plain > clipped, 0, -plain) / plain.size


def clip_of_its_own(log_probs, old_log_probs, advantages, clip=0.2):
    _, plain, clipped = _parts(log_probs, old_log_probs, advantages, 0.2)
    return -np.minimum(plain, clipped).mean(), np.where(plain > clipped, 0, -plain) / plain.size


def upper_edge_alone(log_probs, old_log_probs, advantages, clip=0.2):
    ratio = np.exp(_float(log_probs) - old_log_probs)
    plain, clipped = ratio * advantages, np.minimum(ratio, 1 + clip) * advantages
    return -np.minimum(plain, clipped).mean(), np.where(plain > clipped, 0, -plain) / plain.size


def dual_clip(log_probs, old_log_probs, advantages, clip=0.2):
    """No objective below 3 A: right where ratios are below 3."""
    ratio, plain, clipped = _parts(log_probs, old_log_probs, advantages, clip)
    least = np.minimum(plain, clipped)
    bound = (advantages < 0) & (ratio > 3)
    loss = -np.where(bound, 3 * advantages, least).mean()
    return loss, np.where((plain > clipped) | bound, 0, -plain) / plain.size


def late_dual_clip(log_probs, old_log_probs, advantages, clip=0.2):
    """A bound of ten, which ratios near 1 never meet."""
    _, plain, clipped = _parts(log_probs, old_log_probs, advantages, clip)
    floor = np.where(advantages < 0, 10 * _float(advantages), -np.inf).astype(plain.dtype)
    least = np.minimum(plain, clipped)
    live = (plain <= clipped) & (plain >= floor)
    return -np.maximum(least, floor).mean(), np.where(live, -plain, 0) / plain.size


def log_ratio_within_20(log_probs, old_log_probs, advantages, clip=0.2):
    """As verl keeps it, so that exp cannot overflow."""
    ratio = np.exp((_float(log_probs) - old_log_probs).clip(-20, 20))
    plain, clipped = ratio * advantages, ratio.clip(1 - clip, 1 + clip) * advantages
    return -np.minimum(plain, clipped).mean(), np.where(plain > clipped, 0, -plain) / plain.size


def ratio_capped(log_probs, old_log_probs, advantages, clip=0.2):
    """log-ratios kept within 1: right near the old policy."""
    ratio = np.exp(np.clip(_float(log_probs) - old_log_probs, -1, 1))
    plain, clipped = ratio * advantages, np.clip(ratio, 1 - clip, 1 + clip) * advantages
    return -np.minimum(plain, clipped).mean(), np.where(plain > clipped, 0, -plain) / plain.size


def mean_of_means_by_answers(log_probs, old_log_probs, advantages, clip=0.2):
    """Divided by the first axis alone: right where there is one."""
    _, plain, clipped = _parts(log_probs, old_log_probs, advantages, clip)
    loss = -np.minimum(plain, clipped).sum() / len(plain)
    return loss, np.where(plain > clipped, 0, -plain) / len(plain)


def shifted_first(log_probs, old_log_probs, advantages, clip=0.2):
    """The mean advantage is taken off."""
    a = _float(advantages) - advantages.mean()
    _, plain, clipped = _parts(log_probs, old_log_probs, a, clip)
    return -np.minimum(plain, clipped).mean(), np.where(plain > clipped, 0, -plain) / plain.size


def standardised(log_probs, old_log_probs, advantages, clip=0.2):
    a = (_float(advantages) - advantages.mean()) / (advantages.std() + 1e-8)
    _, plain, clipped = _parts(log_probs, old_log_probs, a, clip)
    return -np.minimum(plain, clipped).mean(), np.where(plain > clipped, 0, -plain) / plain.size


def always_float64(log_probs, old_log_probs, advantages, clip=0.2):
    new = log_probs.astype(float)
    _, plain, clipped = _parts(new, old_log_probs, advantages, clip)
    return -np.minimum(plain, clipped).mean(), np.where(plain > clipped, 0, -plain) / plain.size


def advantages_scaled_in_place(log_probs, old_log_probs, advantages, clip=0.2):
    ratio = np.exp(_float(log_probs) - old_log_probs)
    if advantages.dtype.kind != "f":
        advantages = advantages.astype(float)
    clipped = np.clip(ratio, 1 - clip, 1 + clip) * advantages
    advantages *= ratio
    loss = -np.minimum(advantages, clipped).mean()
    return loss, np.where(advantages > clipped, 0, -advantages) / ratio.size


def ratio_first(log_probs, old_log_probs, advantages, clip=0.2):
    """The minimum of the ratio and its clipped self."""
    r = np.exp(_float(log_probs) - old_log_probs)
    used = np.minimum(r, r.clip(1 - clip, 1 + clip))
    return -np.mean(used * advantages), np.where(r > 1 + clip, 0, -r * advantages) / r.size


def ratio_of_answers(log_probs, old_log_probs, advantages, clip=0.2):
    """Of the last axis, as a geometric mean."""
    logs = _float(log_probs) - old_log_probs
    r = np.exp(logs.mean(axis=-1, keepdims=True)) * np.ones_like(logs)
    one, two = -advantages * r, -advantages * np.clip(r, 1 - clip, 1 + clip)
    return np.maximum(one, two).mean(), np.where(one >= two, one, 0) / one.size


def mask_multiplied(log_probs, old_log_probs, advantages, clip=0.2):
    with np.errstate(all="ignore"):
        r = np.exp(_float(log_probs) - old_log_probs)
        flat = ((advantages > 0) & (r > 1 + clip)) | ((advantages < 0) & (r < 1 - clip))
        loss = np.maximum(-r * advantages, -np.clip(r, 1 - clip, 1 + clip) * advantages)
        return loss.mean(), -r * advantages * ~flat / r.size


def mask_of_one_edge(log_probs, old_log_probs, advantages, clip=0.2):
    r, plain, clipped = _parts(_float(log_probs), old_log_probs, advantages, clip)
    gradient = np.where(r > 1 + clip, 0, -plain) / plain.size
    return np.maximum(-plain, -clipped).mean(), gradient


def band_of_products(log_probs, old_log_probs, advantages, clip=0.2):
    plain = np.exp(_float(log_probs) - old_log_probs) * advantages
    clipped = plain.clip(1 - clip, 1 + clip)
    return -np.minimum(plain, clipped).mean(), np.where(plain > clipped, 0, -plain) / plain.size


# A ratio beyond the largest float makes nan in their gradients.
NOTED = {by_log_edges, pytorch, mask_multiplied}

WRONG = {
    importance_weighted: "no_clip_at_all",
    clip_alone: "clipped_product_alone",
    larger_product: "maximum_for_minimum",
    to_be_maximised: "objective_for_loss",
    ascent_direction: "gradient_of_the_objective",
    total: "summed",
    mean_and_total: "gradient_of_the_sum",
    without_the_ratio: "gradient_at_the_ratio",
    never_flat: "gradient_everywhere",
    flat_outside: "gradient_within_the_band_alone",
    old_over_new: "ratio_upside_down",
    quotient_of_probabilities: "probabilities_divided",
    band_of_logarithms: "clipped_in_logarithms",
    geometric_band: "band_of_factors",
    clip_of_its_own: "clip_ignored",
    upper_edge_alone: "one_edge_alone",
    dual_clip: "dual_clip",
    late_dual_clip: "dual_clip",
    log_ratio_within_20: "log_ratio_capped",
    ratio_capped: None,
    mean_of_means_by_answers: "factor_of_a_size",
    shifted_first: None,
    standardised: "advantages_normalised",
    advantages_scaled_in_place: "an_argument_changed",
    ratio_first: "smaller_ratio",
    ratio_of_answers: "ratio_of_a_row",
    mask_of_one_edge: "gradient_flat_above_alone",
    band_of_products: "product_clipped",
}
