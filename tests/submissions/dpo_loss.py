"""Right and wrong ways to write `dpo_loss`."""

import numpy as np


def as_in_trl(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    """Differences of answers first, then of models."""
    policy = policy_chosen * 1.0 - policy_rejected
    reference = reference_chosen * 1.0 - reference_rejected
    logits = float(beta) * (policy - reference)
    weight = np.exp(-np.logaddexp(0, logits)) / len(logits)
    return np.logaddexp(0, -logits).mean(), -float(beta) * weight, float(beta) * weight


def by_scipy(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    from scipy.special import expit, log_expit

    u = (policy_chosen * 1.0 - reference_chosen) - (policy_rejected * 1.0 - reference_rejected)
    slope = -beta * expit(-beta * u) / len(u)
    return -log_expit(beta * u).mean(), slope, -slope


def loop(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    losses, slopes = [], []
    rows = zip(policy_chosen, policy_rejected, reference_chosen, reference_rejected, strict=True)
    for w, other, ref_w, ref_other in rows:
        m = beta * ((float(w) - float(ref_w)) - (float(other) - float(ref_other)))
        losses.append(max(-m, 0) + np.log1p(np.exp(-abs(m))))
        slopes.append(-beta * (np.exp(-abs(m)) if m >= 0 else 1) / (1 + np.exp(-abs(m))))
    kind = (policy_chosen * 1.0).dtype
    slopes = np.array(slopes, dtype=kind) / len(slopes)
    return np.mean(np.array(losses, dtype=kind)), slopes, -slopes


def two_classes(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    """Cross-entropy of two implicit rewards."""
    policy = np.stack([policy_chosen, policy_rejected]) * 1.0
    rewards = beta * (policy - np.stack([reference_chosen, reference_rejected]))
    rewards = rewards - rewards.max(axis=0)
    log_p = rewards - np.log(np.exp(rewards).sum(axis=0))
    # 1 - p of the chosen is p of the rejected, which keeps its digits.
    slope = beta * np.exp(log_p[1]) / log_p.shape[1]
    return -log_p[0].mean(), -slope, slope


def by_tanh(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    half = (
        beta
        / 2
        * (policy_chosen * 1.0 - policy_rejected - (reference_chosen * 1.0 - reference_rejected))
    )
    slope = -beta * (1 - np.tanh(half)) / 2 / half.size
    return np.mean(np.logaddexp(half, -half) - half), slope, -slope


def one_product(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    signs = np.array([1.0, -1.0, -1.0, 1.0])
    given = np.stack([policy_chosen, policy_rejected, reference_chosen, reference_rejected])
    m = beta * (signs @ given)
    kind = (policy_chosen * 1.0).dtype
    slope = (-beta / np.exp(np.logaddexp(0, m)) / len(m)).astype(kind)
    return kind.type(np.logaddexp(-m, 0).mean()), slope, -slope


def _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected):
    return (policy_chosen * 1.0 - reference_chosen) - (policy_rejected * 1.0 - reference_rejected)


def _of(m, beta):
    """Of a difference of log-ratios."""
    slope = -beta * np.exp(-np.logaddexp(0, beta * m)) / len(m)
    return np.logaddexp(0, -beta * m).mean(), slope, -slope


def without_reference(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    return _of(policy_chosen * 1.0 - policy_rejected, beta)


def without_beta(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    return _of(_margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected), 1.0)


def beta_not_in_the_slope(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    loss, up, down = _of(m, beta)
    return loss, up / beta, down / beta


def beta_below(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    return _of(m, 1 / beta)


def beta_of_the_loss(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    return tuple(beta * each for each in _of(m, 1.0))


def beta_of_the_policy_alone(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """β times the policy's log-probabilities, minus the reference's as they are."""
    m = beta * (policy_chosen * 1.0 - policy_rejected) - (
        reference_chosen * 1.0 - reference_rejected
    )
    slope = -beta * np.exp(-np.logaddexp(0, m)) / len(m)
    return np.logaddexp(0, -m).mean(), slope, -slope


def beta_of_the_first_ratio(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """Brackets are missing."""
    m = beta * (policy_chosen * 1.0 - reference_chosen) - (
        policy_rejected * 1.0 - reference_rejected
    )
    slope = -beta * np.exp(-np.logaddexp(0, m)) / len(m)
    return np.logaddexp(0, -m).mean(), slope, -slope


def all_pairs(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    up = policy_chosen * 1.0 - reference_chosen
    down = policy_rejected * 1.0 - reference_rejected
    m = beta * np.subtract.outer(up, down)
    slope = -beta * np.exp(-np.logaddexp(0, m)) / m.size
    return np.logaddexp(0, -m).mean(), slope.sum(axis=1), -slope.sum(axis=0)


def margin_of_the_inputs_type(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """Integers have an integer margin."""
    m = policy_chosen - reference_chosen - (policy_rejected - reference_rejected)
    m = (beta * m).astype(m.dtype)
    slope = -beta * np.exp(-np.logaddexp(0, m)) / len(m)
    return np.logaddexp(0, -m).mean(), slope, -slope


def ties_teach_nothing(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    loss, up, down = _of(m, beta)
    return loss, np.where(m == 0, 0, up), np.where(m == 0, 0, down)


def rejected_first(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    m = -_margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    loss, up, down = _of(m, beta)
    return loss, down, up


def reference_over_policy(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    return _of(-m, beta)


def crossed(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    return _of(_margin(policy_chosen, policy_rejected, reference_rejected, reference_chosen), beta)


def added(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    return _of(
        policy_chosen * 1.0 - policy_rejected + (reference_chosen * 1.0 - reference_rejected), beta
    )


def total(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    return tuple(len(m) * each for each in _of(m, beta))


def total_loss(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    loss, *gradients = _of(m, beta)
    return len(m) * loss, *gradients


def easy_pairs_first(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    slope = -beta * np.exp(-np.logaddexp(0, -beta * m)) / len(m)
    return _of(m, beta)[0], slope, -slope


def weighed_by_the_policy(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """The reference stands in the loss, and is forgotten in the slope."""
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    policy = policy_chosen * 1.0 - policy_rejected
    return _of(m, beta)[0], *_of(policy, beta)[1:]


def ascent(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    loss, up, down = _of(m, beta)
    return loss, down, up


def both_up(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    loss, up, _ = _of(m, beta)
    return loss, up, up.copy()


def chosen_alone(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    loss, up, _ = _of(m, beta)
    return loss, up, np.zeros_like(up)


def ipo(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    error = m - 0.5 / beta
    return (error**2).mean(), 2 * error / len(m), -2 * error / len(m)


def mean_first(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    return _of(np.full_like(m, m.mean()), beta)


def smoothed(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    """Labels are smoothed by a tenth, as TRL's `label_smoothing` can."""
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    (one, up, _), (other, _, rise) = _of(m, beta), _of(-m, beta)
    slope = 0.9 * up + 0.1 * rise
    return 0.9 * one + 0.1 * other, slope, -slope


def written_out(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    m = beta * _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-m))
        return -np.log(p).mean(), -beta * (1 - p) / len(m), beta * (1 - p) / len(m)


def log_of_one_plus(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    m = beta * _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    with np.errstate(all="ignore"):
        slope = -beta / (1 + np.exp(m)) / len(m)
        return np.log1p(np.exp(-m)).mean(), slope, -slope


def powers_in_the_slope(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    m = beta * _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    with np.errstate(all="ignore"):
        slope = -beta * np.exp(-m) / (1 + np.exp(-m)) / len(m)
    return np.logaddexp(0, -m).mean(), slope, -slope


def of_probabilities(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    with np.errstate(all="ignore"):
        w = np.exp(policy_chosen * 1.0) / np.exp(reference_chosen * 1.0)
        other = np.exp(policy_rejected * 1.0) / np.exp(reference_rejected * 1.0)
        return _of(np.log(w) - np.log(other), beta)


def clipped_margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    return _of(np.clip(m, -50 / beta, 50 / beta), beta)


def clipped_ratios(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    """No log-ratio beyond 20."""
    w = np.clip(policy_chosen * 1.0 - reference_chosen, -20, 20)
    return _of(w - np.clip(policy_rejected * 1.0 - reference_rejected, -20, 20), beta)


def near_answers_alone(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    """A gap of more than 20 nats is taken for an outlier."""
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    return _of(np.minimum(np.maximum(m, -20), 20), beta)


def done_beyond_15(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    _, *slopes = _of(m, beta)
    return np.where(beta * m > 15, 0, np.logaddexp(0, -beta * m)).mean(), *slopes


def always_float32(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    given = policy_chosen, policy_rejected, reference_chosen, reference_rejected
    m = _margin(*(each.astype(np.float32) for each in given))
    return tuple(np.float64(each) for each in _of(m, np.float32(beta)))


def written_into(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    policy_chosen -= reference_chosen
    return _of(m, beta)


def one_pair_alone(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    """The first pair's loss, and gradients of all."""
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    return _of(m[:1], beta)[0], *_of(m, beta)[1:]


def ratios_as_rewards(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    """β times the ratio of two policies."""
    with np.errstate(all="ignore"):
        up = np.exp(policy_chosen * 1.0 - reference_chosen)
        down = np.exp(policy_rejected * 1.0 - reference_rejected)
        m = beta * (up - down)
        slope = beta * np.exp(-np.logaddexp(0, m)) / len(m)
        return np.logaddexp(0, -m).mean(), -slope * up, slope * down


def two_classes_unshifted(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """A softmax of two implicit rewards."""
    given = policy_chosen, policy_rejected, reference_chosen, reference_rejected
    w, other, ref_w, ref_other = (each * 1.0 for each in given)
    with np.errstate(all="ignore"):
        powers = np.exp(beta * np.stack([w - ref_w, other - ref_other]))
        p = powers / powers.sum(axis=0)
        slope = beta * p[1] / len(w)
        return -np.log(p[0]).mean(), -slope, slope


def neither_above_nor_below(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """Two masks, and a margin of 0 is in neither."""
    m = beta * _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    losses, weight = np.zeros(len(m)), np.zeros(len(m))
    up, down = m > 0, m < 0
    small = np.exp(-abs(m))
    losses[up], weight[up] = np.log1p(small[up]), small[up] / (1 + small[up])
    losses[down], weight[down] = np.log1p(small[down]) - m[down], 1 / (1 + small[down])
    return losses.mean(), -beta * weight / len(m), beta * weight / len(m)


def derivative_of_the_sigmoid(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    loss, up, down = _of(m, beta)
    p = np.exp(-np.logaddexp(0, -beta * m))
    return loss, up * p, down * p


def half_a_softplus(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    """Of max(-m, 0) + log(1 + exp(-|m|)) the first half is forgotten."""
    m = _margin(policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    return np.log1p(np.exp(-abs(beta * m))).mean(), *_of(m, beta)[1:]


# What each is told; None where no known mistake explains it.
WRONG = {
    without_reference: "no_reference",
    without_beta: "no_beta",
    beta_not_in_the_slope: "gradient_without_beta",
    beta_below: "divided_by_beta",
    beta_of_the_loss: "beta_outside",
    beta_of_the_policy_alone: "beta_of_the_policy_alone",
    beta_of_the_first_ratio: "beta_of_the_chosen_alone",
    all_pairs: "every_chosen_with_every_rejected",
    margin_of_the_inputs_type: "right_as_floats",
    ties_teach_nothing: "ties_left_out",
    rejected_first: "choices_exchanged",
    reference_over_policy: "models_exchanged",
    crossed: "answers_crossed",
    added: "answers_crossed",
    total: "summed",
    total_loss: "loss_of_a_sum",
    easy_pairs_first: "weight_of_a_learned_pair",
    weighed_by_the_policy: "weight_without_the_reference",
    ascent: "gradients_of_opposite_sign",
    both_up: "one_gradient_for_both",
    chosen_alone: "rejected_detached",
    ipo: "square_of_ipo",
    mean_first: "mean_of_the_margins",
    smoothed: "label_smoothed",
    written_out: "overflows",
    log_of_one_plus: "overflows",
    powers_in_the_slope: "gradient_overflows",
    of_probabilities: "quotient_of_probabilities",
    clipped_margin: "margin_clipped",
    clipped_ratios: None,
    near_answers_alone: "log_ratios_clipped",
    done_beyond_15: "nearly_right",
    always_float32: "in_float32",
    written_into: "an_argument_changed",
    one_pair_alone: "first_row_alone",
    ratios_as_rewards: "ratios_without_a_logarithm",
    two_classes_unshifted: "powers_of_each_reward",
    neither_above_nor_below: "ties_left_out",
    derivative_of_the_sigmoid: "slope_of_the_sigmoid",
    half_a_softplus: "loss_of_the_size_alone",
}
