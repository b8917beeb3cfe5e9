"""Right and wrong ways to write `bradley_terry_loss`."""

import numpy as np


def by_softplus_of_size(chosen, rejected):
    """log(1 + exp(-m)) = max(-m, 0) + log1p(exp(-|m|))."""
    m = chosen * 1.0 - rejected
    power = np.exp(-np.abs(m))
    loss = np.mean(np.maximum(-m, 0) + np.log1p(power))
    slope = -np.where(m >= 0, power, 1) / (1 + power) / m.size
    return loss, slope, -slope


def two_classes(chosen, rejected):
    """Cross-entropy of two logits, the first of which is right."""
    logits = np.stack([chosen * 1.0, rejected * 1.0], axis=1)
    logits -= logits.max(axis=1, keepdims=True)
    totals = np.exp(logits).sum(axis=1, keepdims=True)
    gradient = np.exp(logits) / totals - np.array([1, 0], dtype=logits.dtype)
    loss = (np.log(totals[:, 0]) - logits[:, 0]).mean()
    return loss, gradient[:, 0] / len(chosen), gradient[:, 1] / len(chosen)


def loop(chosen, rejected):
    losses, slopes = [], []
    for w, other in zip(chosen * 1.0, rejected * 1.0, strict=True):
        losses.append(np.logaddexp(0, other - w))
        slopes.append(np.exp(-np.logaddexp(0, w - other)))
    kind = np.result_type(chosen * 1.0, rejected * 1.0)
    slopes = np.array(slopes, dtype=kind) / len(slopes)
    return np.mean(np.array(losses, dtype=kind)), -slopes, slopes


def by_tanh(chosen, rejected):
    """sigmoid(-m) = (1 - tanh(m / 2)) / 2: as good where it counts."""
    m = np.subtract(chosen, rejected, dtype=np.result_type(chosen * 1.0, rejected * 1.0))
    slope = (1 - np.tanh(m / 2)) / 2 / len(m)
    return np.logaddexp(0 * m, -m).mean(), -slope, slope


def by_scipy(chosen, rejected):
    from scipy.special import expit, log_expit

    m = chosen * 1.0 - rejected * 1.0
    return -log_expit(m).mean(), -expit(-m) / len(m), expit(-m) / len(m)


def one_jacobian(chosen, rejected):
    """Both gradients of one product."""
    m = np.array([1, -1]) @ np.stack([chosen * 1.0, rejected * 1.0])
    slope = -np.exp(-np.logaddexp(m, 0)) / m.shape[0]
    kind = np.result_type(chosen * 1.0, rejected * 1.0)
    both = (np.array([[1.0], [-1.0]]) * slope).astype(kind)
    return kind.type(np.logaddexp(-m, 0).mean()), both[0], both[1]


def _ours(chosen, rejected):
    m = chosen * 1.0 - rejected
    slope = -np.exp(-np.logaddexp(0, m)) / len(m)
    return np.logaddexp(0, -m).mean(), slope, -slope


def exchanged(chosen, rejected):
    loss, dfirst, dsecond = _ours(rejected, chosen)
    return loss, dsecond, dfirst


def exchanged_loss(chosen, rejected):
    return _ours(rejected, chosen)[0], *_ours(chosen, rejected)[1:]


def total(chosen, rejected):
    return tuple(len(chosen) * each for each in _ours(chosen, rejected))


def gradients_of_a_total(chosen, rejected):
    loss, dchosen, drejected = _ours(chosen, rejected)
    return loss, len(chosen) * dchosen, len(chosen) * drejected


def total_loss(chosen, rejected):
    loss, *gradients = _ours(chosen, rejected)
    return len(chosen) * loss, *gradients


def weight_of_the_choice(chosen, rejected):
    m = chosen * 1.0 - rejected
    slope = -np.exp(-np.logaddexp(0, -m)) / len(m)
    return np.logaddexp(0, -m).mean(), slope, -slope


def ascent(chosen, rejected):
    loss, dchosen, drejected = _ours(chosen, rejected)
    return loss, -dchosen, -drejected


def same_gradient(chosen, rejected):
    loss, dchosen, _ = _ours(chosen, rejected)
    return loss, dchosen, dchosen.copy()


def no_gradient_below(chosen, rejected):
    loss, dchosen, _ = _ours(chosen, rejected)
    return loss, dchosen, np.zeros_like(dchosen)


def likelihood(chosen, rejected):
    return tuple(-each for each in _ours(chosen, rejected))


def error_rate(chosen, rejected):
    m = chosen * 1.0 - rejected
    p = np.exp(-np.logaddexp(0, m))
    return p.mean(), -p * (1 - p) / len(m), p * (1 - p) / len(m)


def hinged(chosen, rejected):
    m = chosen * 1.0 - rejected
    slope = -np.where(m < 1, 1.0, 0.0).astype(m.dtype) / len(m)
    return np.clip(1 - m, 0, None).mean(), slope, -slope


def squared(chosen, rejected):
    """A margin of 1 is asked for, and more is wrong, too."""
    m = chosen * 1.0 - rejected
    return ((m - 1) ** 2).mean(), 2 * (m - 1) / len(m), -2 * (m - 1) / len(m)


def bits(chosen, rejected):
    return tuple(each / np.log(2) for each in _ours(chosen, rejected))


def mean_margin(chosen, rejected):
    m = np.mean(chosen * 1.0 - rejected)
    slope = np.full(len(chosen), -np.exp(-np.logaddexp(0, m)) / len(chosen), dtype=m.dtype)
    return np.logaddexp(0, -m), slope, -slope


def written_out(chosen, rejected):
    m = chosen * 1.0 - rejected
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-m))
        return -np.log(p).mean(), (p - 1) / len(m), (1 - p) / len(m)


def log_of_one_plus(chosen, rejected):
    m = chosen * 1.0 - rejected
    with np.errstate(all="ignore"):
        slope = np.exp(-m) / (1 + np.exp(-m)) / len(m)
        return np.log1p(np.exp(-m)).mean(), -slope, slope


def powers_of_rewards(chosen, rejected):
    with np.errstate(all="ignore"):
        w, other = np.exp(chosen * 1.0), np.exp(rejected * 1.0)
        slope = other / (w + other) / len(w)
        return -np.log(w / (w + other)).mean(), -slope, slope


def powers_in_the_slope(chosen, rejected):
    m = chosen * 1.0 - rejected
    with np.errstate(all="ignore"):
        slope = np.exp(-m) / (1 + np.exp(-m)) / len(m)
    return np.logaddexp(0, -m).mean(), -slope, slope


def ties_teach_nothing(chosen, rejected):
    loss, dchosen, drejected = _ours(chosen, rejected)
    apart = chosen != rejected
    return loss, dchosen * apart, drejected * apart


def capped(chosen, rejected):
    m = chosen * 1.0 - rejected
    p = np.exp(-np.logaddexp(0, -m))
    slope = (1 - p) / len(m)
    return -np.log(p + 1e-9).mean(), -slope, slope


def clipped_margin(chosen, rejected):
    m = np.clip(chosen * 1.0 - rejected, -50, 50)
    slope = np.exp(-np.logaddexp(0, m)) / len(m)
    return np.logaddexp(0, -m).mean(), -slope, slope


def far_pairs_cost_the_same(chosen, rejected):
    """Clipped where exp would overflow in float64."""
    m = np.clip(chosen * 1.0 - rejected, -500, 500)
    return np.logaddexp(0, -m).mean(), *_ours(chosen, rejected)[1:]


def flat_beyond_15(chosen, rejected):
    """A softplus of three branches, whose right tail is cut off."""
    m = chosen * 1.0 - rejected
    losses = np.where(m > 15, 0, np.logaddexp(0, -m))
    return losses.mean(), *_ours(chosen, rejected)[1:]


def always_float32(chosen, rejected):
    found = _ours(chosen.astype(np.float32), rejected.astype(np.float32))
    return tuple(np.float64(each) for each in found)


def written_into(chosen, rejected):
    found = _ours(chosen, rejected)
    chosen -= chosen.dtype.type(1)
    return found


def only_wrong_pairs(chosen, rejected):
    """Pairs in order are left out of the mean."""
    wrong = chosen <= rejected
    if not wrong.any():
        return _ours(chosen, rejected)
    loss, dchosen, drejected = _ours(chosen[wrong], rejected[wrong])
    return loss, *(
        np.bincount(np.flatnonzero(wrong), each, len(chosen)) for each in (dchosen, drejected)
    )


def distance_alone(chosen, rejected):
    m = np.abs(chosen * 1.0 - rejected)
    slope = np.exp(-np.logaddexp(0, m)) / m.size
    return np.log1p(np.exp(-m)).mean(), -slope, slope


def contrast_of_the_batch(chosen, rejected):
    """A table of margins, of all prompts."""
    table = np.subtract.outer(chosen * 1.0, rejected)
    weight = np.exp(-np.logaddexp(0, table)) / table.size
    return np.logaddexp(-table, 0).mean(), -weight.sum(1), weight.sum(0)


# What each is told; None where no known mistake explains it.
WRONG = {
    exchanged: "choices_exchanged",
    exchanged_loss: "arguments_exchanged",
    total: "summed",
    gradients_of_a_total: "summed",
    total_loss: "loss_of_a_sum",
    weight_of_the_choice: "chance_of_the_choice",
    ascent: "gradients_of_opposite_sign",
    same_gradient: "one_gradient_for_both",
    no_gradient_below: "rejected_detached",
    likelihood: "log_without_minus",
    error_rate: "chance_not_surprise",
    hinged: "hinge",
    squared: None,
    bits: "in_bits",
    mean_margin: "sigmoid_of_the_mean",
    written_out: "overflows",
    log_of_one_plus: "gradient_overflows",
    powers_of_rewards: "overflows",
    powers_in_the_slope: "gradient_overflows",
    ties_teach_nothing: "zero_instead",
    capped: "small_number_added",
    clipped_margin: "margin_clipped",
    far_pairs_cost_the_same: "margin_clipped",
    flat_beyond_15: "nearly_right",
    always_float32: "in_float32",
    written_into: "an_argument_changed",
    only_wrong_pairs: "too_large",
    distance_alone: "order_ignored",
    contrast_of_the_batch: "every_chosen_with_every_rejected",
}
