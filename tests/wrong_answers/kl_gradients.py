"""Plausible wrong ways to write the gradients of both directions of KL,
and the bug that each is told, if it is a known one."""

import numpy as np


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def from_rounded_probabilities(p, logits):
    q = softmax(logits)
    kl = (q * np.log(q / p)).sum(axis=-1, keepdims=True)
    return q - p, q * (np.log(q / p) - kl)


def clipped(p, logits):
    q = np.clip(softmax(logits), 1e-9, 1)
    kl = (q * np.log(q / p)).sum(axis=-1, keepdims=True)
    return q - p, q * (np.log(q / p) - kl)


def product_rule_only(p, logits):
    q = softmax(logits)
    return q - p, q * (np.log(q / p) + 1)


def differences_for_both(p, logits):
    q = softmax(logits)
    return q - p, q - p


def antisymmetric(p, logits):
    q = softmax(logits)
    return q - p, p - q


def upside_down(p, logits):
    q = softmax(logits)
    kl = (q * np.log(q / p)).sum(axis=-1, keepdims=True)
    return p - q, q * (kl - np.log(q / p))


def by_probabilities(p, logits):
    q = softmax(logits)
    return -p / q, np.log(q / p) + 1


def wrong_order(p, logits):
    q = softmax(logits)
    kl = (q * np.log(q / p)).sum(axis=-1, keepdims=True)
    return q * (np.log(q / p) - kl), q - p


def plain_softmax(p, logits):
    q = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    kl = (q * np.log(q / p)).sum(axis=-1, keepdims=True)
    return q - p, q * (np.log(q / p) - kl)


def forgot_keepdims(p, logits):
    q = softmax(logits)
    kl = (q * np.log(q / p)).sum(axis=-1)
    return q - p, q * (np.log(q / p) - kl)


def means(p, logits):
    q = softmax(logits)
    kl = (q * np.log(q / p)).sum(axis=-1, keepdims=True)
    n = max(q.size // q.shape[-1], 1)
    return (q - p) / n, q * (np.log(q / p) - kl) / n


def logits_for_log_probabilities(p, logits):
    q = softmax(logits)
    kl = (q * (logits - np.log(p))).sum(axis=-1, keepdims=True)
    return q - p, q * (logits - np.log(p)) - kl


def only_one(p, logits):
    return softmax(logits) - p


BUGS = {
    from_rounded_probabilities: "log_of_zero",
    clipped: None,
    product_rule_only: "mean_not_subtracted",
    differences_for_both: "forward_for_both",
    antisymmetric: None,
    upside_down: "sign_lost",
    by_probabilities: "by_the_probabilities",
    wrong_order: None,
    plain_softmax: "no_maximum",
    forgot_keepdims: "no_keepdims",
    means: "averaged_over_the_rows",
    logits_for_log_probabilities: None,
    only_one: None,
}
