"""Plausible wrong ways to write the gradients of a two-layer classifier, and the bug that each is
told, if it is a known one. Each is one right answer with the mistakes that its name says."""

import numpy as np


def answer(x, y, w1, b1, w2, b2, *mistakes):
    n = len(x)
    z = x @ w1 + b1
    hidden = np.maximum(z, 0)
    logits = hidden @ w2 + b2
    top = 0 if "overflow" in mistakes else logits.max(axis=1, keepdims=True)
    totals = np.exp(logits - top).sum(axis=1, keepdims=True)
    log_p = logits - top - np.log(totals)
    p = np.exp(logits - top) / totals
    if "eps" in mistakes:
        loss = -np.log(p[range(n), y] + 1e-12).mean()
    else:
        loss = -log_p[range(n), y].mean()
    if "log of zero" in mistakes:
        loss = -np.log(p[range(n), y]).mean()
    loss = loss * n if "sum" in mistakes else loss

    g = p.copy()
    if "onehot" not in mistakes:
        g[range(n), y] -= 1
    if "no mean" not in mistakes and "sum" not in mistakes:
        g /= n
    if "classes" in mistakes:
        g /= len(b2)
    back = g @ (w2 if "w2" in mistakes else w2.T)
    mask = z > 0
    if "no mask" in mistakes:
        mask = np.ones_like(z)
    if "mask of the gradient" in mistakes:
        mask = back > 0
    if "multiplied by hidden" in mistakes:
        mask = hidden
    if "mask of the inputs" in mistakes:
        mask = x @ np.abs(w1) > 0
    dz = back * mask
    across = (slice(None),) if "no sum" in mistakes else None
    gradients = {
        "x": dz @ (w1 if "w1" in mistakes else w1.T),
        "w1": x.T @ dz,
        "b1": dz[across] if across else dz.sum(axis=0),
        "w2": (z if "z" in mistakes else hidden).T @ g,
        "b2": g[across] if across else g.sum(axis=0),
    }
    if "mean of biases" in mistakes:
        gradients["b1"], gradients["b2"] = dz.mean(axis=0), g.mean(axis=0)
    if "weights divided" in mistakes:
        gradients["w1"], gradients["w2"] = gradients["w1"] / n, gradients["w2"] / n
    if "decay" in mistakes:
        gradients["w1"], gradients["w2"] = (
            gradients["w1"] + 1e-3 * w1,
            gradients["w2"] + 1e-3 * w2,
        )
    if "no x" in mistakes:
        del gradients["x"]
    if "capitals" in mistakes:
        gradients = {name.upper(): gradient for name, gradient in gradients.items()}
    if "tuple" in mistakes:
        gradients = tuple(gradients.values())
    return loss, gradients


def no_mean(*a):
    return answer(*a, "no mean")


def everything_summed(*a):
    return answer(*a, "sum")


def no_onehot(*a):
    return answer(*a, "onehot")


def relu_ignored(*a):
    return answer(*a, "no mask")


def relu_of_the_gradient(*a):
    return answer(*a, "mask of the gradient")


def mask_of_the_inputs(*a):
    return answer(*a, "mask of the inputs")


def multiplied_by_hidden(*a):
    return answer(*a, "multiplied by hidden")


def w1_as_it_is(*a):
    return answer(*a, "w1")


def w2_as_it_is(*a):
    return answer(*a, "w2")


def biases_per_example(*a):
    return answer(*a, "no sum")


def biases_averaged(*a):
    return answer(*a, "mean of biases")


def weights_divided(*a):
    return answer(*a, "weights divided")


def divided_by_classes(*a):
    return answer(*a, "classes")


def inputs_of_relu(*a):
    return answer(*a, "z")


def weight_decay(*a):
    return answer(*a, "decay")


def overflow(*a):
    return answer(*a, "overflow")


def eps(*a):
    return answer(*a, "eps")


def log_of_zero(*a):
    return answer(*a, "log of zero")


def no_sum_and_log_of_zero(*a):
    return answer(*a, "no sum", "log of zero")


def input_left_out(*a):
    return answer(*a, "no x")


def capitals(*a):
    return answer(*a, "capitals")


def a_tuple_of_gradients(*a):
    return answer(*a, "tuple")


def gradients_first(*a):
    return answer(*a)[::-1]


def no_mean_and_no_sum(*a):
    return answer(*a, "no mean", "no sum")


def no_onehot_and_no_mask(*a):
    return answer(*a, "onehot", "no mask")


def no_mean_and_no_mask(*a):
    return answer(*a, "no mean", "no mask")


def sum_and_overflow(*a):
    return answer(*a, "sum", "overflow")


def no_onehot_and_no_sum(*a):
    return answer(*a, "onehot", "no sum")


BUGS = {
    no_mean: "gradient_of_the_sum",
    everything_summed: "sum_for_mean",
    no_onehot: "onehot_not_subtracted",
    relu_ignored: "no_mask",
    relu_of_the_gradient: "mask_from_the_gradient",
    mask_of_the_inputs: None,
    multiplied_by_hidden: None,
    w1_as_it_is: "weights_not_transposed",
    w2_as_it_is: "weights_not_transposed",
    biases_per_example: "biases_not_summed",
    biases_averaged: None,
    weights_divided: None,
    divided_by_classes: None,
    inputs_of_relu: None,
    weight_decay: None,
    overflow: "no_maximum",
    eps: None,
    log_of_zero: "log_of_zero",
    no_sum_and_log_of_zero: "biases_not_summed",
    input_left_out: None,
    capitals: None,
    a_tuple_of_gradients: None,
    gradients_first: None,
    no_mean_and_no_sum: "biases_not_summed",
    no_onehot_and_no_mask: "onehot_not_subtracted",
    no_mean_and_no_mask: "no_mask",
    sum_and_overflow: "sum_for_mean",
    no_onehot_and_no_sum: "onehot_not_subtracted",
}
