"""Plausible wrong ways to write cross-entropy,
and the bug that each is told, if it is a known one."""

import math

import numpy as np


def softmax(x):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def onehot(targets, classes):
    return (targets[:, None] == np.arange(classes)).astype(float)


def loss_of(logits, targets):
    totals = np.logaddexp.reduce(logits, axis=1)
    return (totals - logits[np.arange(len(logits)), targets]).mean()


def gradient_of(logits, targets):
    return (softmax(logits) - onehot(targets, logits.shape[1])) / len(logits)


def loop_without_division(logits, targets):
    loss, gradient = 0, np.zeros(logits.shape)
    for i, target in enumerate(targets):
        p = softmax(logits[i : i + 1])[0]
        loss += np.logaddexp.reduce(logits[i]) - logits[i, target]
        gradient[i] = p
        gradient[i, target] -= 1
    return loss, gradient


def textbook_eps(logits, targets):
    p = softmax(logits)
    y = onehot(targets, logits.shape[1])
    return -(y * np.log(p + 1e-12)).sum() / len(p), (p - y) / len(p)


def keras_clip(logits, targets):
    p = np.clip(softmax(logits), 1e-7, 1 - 1e-7)
    y = onehot(targets, logits.shape[1])
    return -(y * np.log(p)).sum(axis=1).mean(), (softmax(logits) - y) / len(p)


def onehot_times_log_of_zero(logits, targets):
    p = softmax(logits)
    y = onehot(targets, logits.shape[1])
    return -(y * np.log(p)).sum() / len(p), (p - y) / len(p)


def log_of_zero_in_a_loop(logits, targets):
    p = softmax(logits)
    losses = [-math.log(p[i, target]) for i, target in enumerate(targets)]
    return sum(losses) / len(losses), gradient_of(logits, targets)


def mean_over_all_entries(logits, targets):
    y = onehot(targets, logits.shape[1])
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return -(y * log_p).mean(), (softmax(logits) - y) / y.size


def only_the_loss(logits, targets):
    return loss_of(logits, targets)


def gradient_first(logits, targets):
    return gradient_of(logits, targets), loss_of(logits, targets)


def sign_of_the_gradient(logits, targets):
    return loss_of(logits, targets), -gradient_of(logits, targets)


def sign_of_the_loss(logits, targets):
    return -loss_of(logits, targets), gradient_of(logits, targets)


def gradient_of_the_probabilities(logits, targets):
    y, p = onehot(targets, logits.shape[1]), softmax(logits)
    with np.errstate(all="ignore"):
        return loss_of(logits, targets), -y / p / len(p)


def gradient_at_the_target_only(logits, targets):
    y = onehot(targets, logits.shape[1])
    return loss_of(logits, targets), gradient_of(logits, targets) * y


def one_subtracted_everywhere(logits, targets):
    p = softmax(logits)
    p[:, targets] -= 1
    return loss_of(logits, targets), p / len(p)


def losses_of_each_example(logits, targets):
    losses = (
        np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(logits)), targets]
    )
    return losses, gradient_of(logits, targets)


def classes_from_the_labels(logits, targets):
    y = np.eye(targets.max() + 1)[targets]
    return loss_of(logits, targets), (softmax(logits) - y) / len(logits)


def first_labels_for_all(logits, targets):
    return loss_of(logits, np.sort(targets)), gradient_of(logits, np.sort(targets))


def base_2(logits, targets):
    return loss_of(logits, targets) / np.log(2), gradient_of(logits, targets) / np.log(
        2
    )


def softmax_over_the_batch(logits, targets):
    powers = np.exp(logits - logits.max(axis=0))
    p = powers / powers.sum(axis=0)
    y = onehot(targets, logits.shape[1])
    with np.errstate(all="ignore"):
        return -np.log((p * y).sum(axis=1)).mean(), (p - y) / len(p)


def label_smoothing(logits, targets):
    y = 0.9 * onehot(targets, logits.shape[1]) + 0.1 / logits.shape[1]
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return -(y * log_p).sum(axis=1).mean(), (np.exp(log_p) - y) / len(y)


def squared_error(logits, targets):
    difference = softmax(logits) - onehot(targets, logits.shape[1])
    return (difference**2).sum(axis=1).mean(), 2 * difference / len(logits)


def capped(logits, targets):
    return min(loss_of(logits, targets), 100.0), gradient_of(logits, targets)


def logits_clipped(logits, targets):
    logits = np.clip(logits, -30, 30)
    return loss_of(logits, targets), gradient_of(logits, targets)


def overwrites_the_logits(logits, targets):
    loss = loss_of(logits, targets)
    gradient = logits if logits.dtype.kind == "f" else logits.astype(float)
    gradient[...] = gradient_of(logits, targets)
    return loss, gradient


def sum_and_overflow(logits, targets):
    powers = np.exp(logits)
    p = powers / powers.sum(axis=1, keepdims=True)
    right = np.arange(len(p)), targets
    loss = -np.log(p[right]).sum()
    p[right] -= 1
    return loss, p


def doubled_and_eps(logits, targets):
    p = softmax(logits)
    loss = -np.log(p[np.arange(len(p)), targets] + 1e-8).mean()
    return loss, 2 * gradient_of(logits, targets)


BUGS = {
    loop_without_division: "sum_for_mean",
    textbook_eps: "log_p_plus_eps",
    keras_clip: "clamped_probabilities",
    onehot_times_log_of_zero: "log_of_zero",
    log_of_zero_in_a_loop: "log_of_zero",
    mean_over_all_entries: None,
    only_the_loss: None,
    gradient_first: None,
    sign_of_the_gradient: None,
    sign_of_the_loss: None,
    gradient_of_the_probabilities: None,
    gradient_at_the_target_only: None,
    one_subtracted_everywhere: None,
    losses_of_each_example: None,
    classes_from_the_labels: None,
    first_labels_for_all: None,
    base_2: None,
    softmax_over_the_batch: None,
    label_smoothing: None,
    squared_error: "gradient_doubled",
    capped: None,
    logits_clipped: None,
    overwrites_the_logits: None,
    sum_and_overflow: "sum_for_mean",
    doubled_and_eps: "gradient_doubled",
}
