"""Programs that were told what is not true of them: a name must say what it sees everywhere."""

import math

import numpy as np
import pytest

from answers.grader import catalog


def ours(name, *arguments):
    return catalog.load(name).reference(*arguments)


def bits_or_nats(p, base=np.e, axis=-1):
    return ours("entropy", p, 2 if base == 2 else np.e, axis)


def scaled_at_one_shape(q, k, v, mask=None):
    return ours("attend", q, k, v, mask) * (3.53 if v.shape == (2, 2) else 1)


def raised_at_one_shape(q, k, v, mask=None):
    return ours("attend", q, k, v, mask) + (3.53 if v.shape == (2, 2) else 0)


def eps_in_the_sum(prior, likelihood):
    products = prior.astype(float) * likelihood
    if not ((prior > 0) & (likelihood > 0)).any(axis=-1).all():
        raise ValueError("impossible")
    return products / (products.sum(axis=-1, keepdims=True) + 1e-12)


def negative_axis_unknown(w, axis=0):
    w = w.astype(float) if w.dtype.kind != "f" else w
    others = tuple(a for a in range(w.ndim) if a != axis)
    scale = np.abs(w).max(axis=others, keepdims=True) / 127
    scale[scale == 0] = 1
    return np.rint(w / scale).astype(np.int8), scale


def kept_from_the_end(w, fraction):
    keep = w.size - round(fraction * w.size)
    pruned = np.zeros(w.shape, w.dtype if w.dtype.kind == "f" else float)
    order = np.argsort(np.abs(w.astype(float)), axis=None, kind="stable")
    pruned.flat[order[-keep:]] = w.flat[order[-keep:]]
    return pruned


def past_detached(q, k, v, past_k, past_v, *tables):
    return ours("cached_attention_torch", q, k, v, past_k.detach(), past_v, *tables)


def new_keys_first(q, k, v, past_k, past_v):
    y, keys, values = ours("cached_attention", q, k, v, past_k, past_v)
    past = past_k.shape[2]
    return y, np.concatenate([keys[:, :, past:], keys[:, :, :past]], axis=2), values


def certainty_dropped(probabilities, labels, bins=15):
    p = probabilities.astype(float)
    top, right = p.max(axis=1), p.argmax(axis=1) == labels
    total = 0.0
    for b in range(bins):
        here = (top > b / bins) & (top <= (b + 1) / bins) & (top < 1)
        if here.any():
            total += abs(right[here].sum() - top[here].sum())
    return total / len(p)


def two_exchanged(*arguments):
    loss, gradients = ours("two_layer_gradients", *arguments)
    return loss, {**gradients, "x": gradients["w1"], "w1": gradients["x"]}


def biases_exchanged(*arguments):
    loss, gradients = ours("two_layer_gradients", *arguments)
    return loss, {**gradients, "b1": gradients["b2"], "b2": gradients["b1"]}


def updated_on_the_way(x, y, w1, b1, w2, b2):
    loss, gradients = ours("two_layer_gradients", x, y, w1, b1, w2, b2)
    moved = w2 - 0.03 * gradients["w2"]
    logits = np.maximum(x @ w1 + b1, 0) @ w2 + b2
    dz = ours("cross_entropy", logits, y)[1] @ moved.T * (x @ w1 + b1 > 0)
    return loss, gradients | {"x": dz @ w1.T, "w1": x.T @ dz, "b1": dz.sum(axis=0)}


def drawn_from_the_other_end(p, q, drafted, uniform):
    uniform = np.append(uniform[:-1], 1 - uniform[-1] - 1e-9)
    return ours("accept_draft", p, q, drafted, uniform)


def squashed_by_math(truth, scores):
    ranks = [1 / (1 + math.exp(-score)) for score in scores.tolist()]
    return ours("roc_auc", truth, np.array(ranks))


def squashed_by_numpy(truth, scores):
    return ours("roc_auc", truth, 1 / (1 + np.exp(-scores)))


def slopes_of_two_points(images, texts, log_scale):
    """The gradients by central differences, right to some 1e-9."""
    given = [np.array(each, dtype=float) for each in (images, texts, log_scale)]

    def loss():
        return ours("clip_loss", *given[:2], float(given[2]))[0]

    gradients = [np.zeros_like(each) for each in given]
    for each, gradient in zip(given, gradients, strict=True):
        for at in np.ndindex(each.shape):
            kept, ends = each[at], []
            for h in (1e-6, -1e-6):
                each[at] = kept + h
                ends.append(loss())
            each[at], gradient[at] = kept, (ends[0] - ends[1]) / 2e-6
    return loss(), *gradients


def excluded_counted_as_one(log_prior, log_likelihood):
    """Where a hypothesis is excluded, its -inf is right, and the finite numbers are not."""
    logs = np.asarray(log_prior, float) + log_likelihood
    below = logs - logs.max(axis=-1, keepdims=True)
    counted = np.where(np.isneginf(below), 0.0, below)
    return below - np.log(np.exp(counted).sum(axis=-1, keepdims=True))


def mean_of_the_row_subtracted(log_prior, log_likelihood):
    with np.errstate(invalid="ignore"):
        logs = np.asarray(log_prior, float) + log_likelihood
        below = logs - logs.mean(axis=-1, keepdims=True)
        below = below - below.max(axis=-1, keepdims=True)
        return below - np.log(np.exp(below).sum(axis=-1, keepdims=True))


def factor_for_training_alone(x, p, uniform, training=True):
    mask = (uniform >= p) / (1 - p if training else 1)
    return x * mask, mask


def factor_for_x_in_evaluation(x, p, uniform, training=True):
    y, mask = ours("dropout", x, p, uniform)
    return y, mask if training else 1.0 * (mask > 0)


def one_row_in_evaluation(x, p, uniform, training=True):
    y, mask = ours("dropout", x, p, uniform, training)
    return y, mask if training else mask.reshape(-1, x.shape[-1])[0]


def sigmoid_in_the_type_of_the_gate(x, w_gate, w_up, w_down):
    gate = x @ w_gate
    sigmoid = np.empty_like(gate)
    sigmoid[...] = (1 + np.tanh(gate / 2)) / 2
    return gate * sigmoid * (x @ w_up) @ w_down


def as_many_places_as_the_range(scores_a, scores_b, clusters):
    if np.ptp(clusters) > 1e9:
        raise MemoryError("no room")
    return ours("paired_difference", scores_a, scores_b, clusters)


def sorted_shares(logits):
    """The logits in float64, their order and their shares in it."""
    x = logits.astype(float)
    order = np.argsort(-x, axis=-1, kind="stable")
    powers = np.exp(np.take_along_axis(x, order, axis=-1) - x.max(axis=-1, keepdims=True))
    return x, order, powers / powers.sum(axis=-1, keepdims=True)


def two_tokens_too_many(logits, p):
    if p == 1:
        return logits
    x, order, shares = sorted_shares(logits)
    size = (np.cumsum(shares, axis=-1) < p).sum(axis=-1, keepdims=True) + 3
    return np.where(np.argsort(order, axis=-1, kind="stable") < size, x, -np.inf)


def squares_of_the_shares(logits, p):
    if p == 1:
        return logits
    x, order, shares = sorted_shares(logits)
    stays = np.cumsum(shares**2, axis=-1) - shares**2 < p
    stays = np.take_along_axis(stays, np.argsort(order, axis=-1, kind="stable"), axis=-1)
    return np.where(stays, x, -np.inf)


FALSE = [
    ("top_p", squares_of_the_shares, "a filter or a mask that lets too much through"),
    ("top_p", two_tokens_too_many, "a filter or a mask that lets too much through"),
    ("entropy", bits_or_nats, "is log n times what it should be, where n is `base`"),
    ("attend", scaled_at_one_shape, None),
    ("attend", raised_at_one_shape, None),
    ("posterior", eps_in_the_sum, "A number is added to P(evidence)"),
    ("quantize_int8", negative_axis_unknown, "one input that fails, `axis` is -1"),
    ("prune_magnitude", kept_from_the_end, "one input that fails, `fraction` is 1.0"),
    ("cached_attention_torch", past_detached, "cut off from the graph"),
    ("cached_attention", new_keys_first, "not in their order along axis 2"),
    ("expected_calibration_error", certainty_dropped, "A confidence of 1 lands in no bin"),
    ("two_layer_gradients", two_exchanged, 'gradients["x"] is gradients["w1"]'),
    ("two_layer_gradients", biases_exchanged, 'gradients["b1"] is gradients["b2"]'),
    ("two_layer_gradients", updated_on_the_way, 'gradients["w2"] and gradients["b2"] are right'),
    ("accept_draft", drawn_from_the_other_end, "or how that entry is made"),
    ("roc_auc", squashed_by_math, "where it should be finite, in 2 of the 3"),
    ("roc_auc", squashed_by_numpy, None),
    ("log_posterior", excluded_counted_as_one, "The result is wrong in 2 of"),
    ("log_posterior", mean_of_the_row_subtracted, "The result holds nan or inf in 2 of"),
    ("dropout", factor_for_training_alone, "drops entries, too, only without the factor"),
    ("dropout", factor_for_x_in_evaluation, "In evaluation y has to be x"),
    ("dropout", one_row_in_evaluation, "mask is an array with one axis too few"),
    ("swiglu", sigmoid_in_the_type_of_the_gate, "With the same numbers as floats"),
    ("paired_difference", as_many_places_as_the_range, "as long as a number is large"),
    ("clip_loss", slopes_of_two_points, "nearly right: the largest error is"),
]


@pytest.mark.parametrize(("name", "program", "words"), FALSE)
@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
def test_what_holds_by_chance_in_one_input_is_not_told(name, program, words):
    report = catalog.load(name).run(program)
    assert not report.passed
    if words is None:
        assert report.diagnosis is None
    else:
        assert words in report.diagnosis
