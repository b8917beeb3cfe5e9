"""Right and wrong ways to write a step of AdamW."""

import numpy as np

DEFAULTS = {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.01}


def shrunk_first(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    g = gradient if gradient.dtype.kind == "f" else gradient.astype(float)
    w = w * (1 - lr * weight_decay)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def decay_beside_the_update(w, gradient, m, v, step, **settings):
    s = {**DEFAULTS, **settings}
    g = _floats(gradient)
    m = s["beta1"] * m + (1 - s["beta1"]) * g
    v = s["beta2"] * v + (1 - s["beta2"]) * g**2
    root = np.sqrt(v / (1 - s["beta2"] ** step)) + s["eps"]
    return w - s["lr"] * (m / (1 - s["beta1"] ** step) / root + s["weight_decay"] * w), m, v


def _floats(array):
    return array if array.dtype.kind == "f" else array.astype(float)


def subtracted_last(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    new, m, v = shrunk_first(w, gradient, m, v, step, lr, beta1, beta2, eps, 0)
    return new - lr * weight_decay * w, m, v


def entry_by_entry(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    out = [np.zeros(w.shape, w.dtype if w.dtype.kind == "f" else float) for _ in range(3)]
    for at in np.ndindex(w.shape):
        g = float(gradient[at])
        mean = beta1 * float(m[at]) + (1 - beta1) * g
        square = beta2 * float(v[at]) + (1 - beta2) * g * g
        way = mean / (1 - beta1**step) / ((square / (1 - beta2**step)) ** 0.5 + eps)
        old = float(w[at])
        for part, value in zip(
            out, (old - lr * (way + weight_decay * old), mean, square), strict=True
        ):
            part[at] = value
    return tuple(out)


def pytorch(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    import torch

    kind = torch.float32 if w.dtype == np.float32 else torch.float64
    w, gradient, m, v = (torch.tensor(a, dtype=kind) for a in (w, gradient, m, v))
    adam = torch.optim.AdamW([w], lr, (beta1, beta2), eps, weight_decay)
    w.grad = gradient
    adam.state[w] = {"step": torch.tensor(step - 1.0), "exp_avg": m, "exp_avg_sq": v}
    adam.step()
    return [a.numpy() for a in (w, m, v)]


def towards_the_new(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    w, g, m, v = map(_floats, (w, gradient, m, v))
    m = m + (1 - beta1) * (g - m)
    v = v + (1 - beta2) * (np.square(g) - v)
    correction = (1 - beta2**step) ** 0.5
    way = m / (1 - beta1**step) * correction / (np.sqrt(v) + eps * correction)
    return w - lr * weight_decay * w - lr * way, m, v


def penalty_in_the_gradient(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    return shrunk_first(w, gradient + weight_decay * w, m, v, step, lr, beta1, beta2, eps, 0)


def decay_itself(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    new, m, v = shrunk_first(w, gradient, m, v, step, lr, beta1, beta2, eps, 0)
    return new - weight_decay * w, m, v


def shrunk_last(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    new, m, v = shrunk_first(w, gradient, m, v, step, lr, beta1, beta2, eps, 0)
    return new * (1 - lr * weight_decay), m, v


def plain_adam(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    return shrunk_first(w, gradient, m, v, step, lr, beta1, beta2, eps, 0)


def under_the_root(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    _, m, v = shrunk_first(w, gradient, m, v, step, lr, beta1, beta2, eps, 0)
    way = m / (1 - beta1**step) / np.sqrt(v / (1 - beta2**step) + eps)
    return w - lr * (way + weight_decay * w), m, v


def folded_rate(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    _, m, v = shrunk_first(w, gradient, m, v, step, lr, beta1, beta2, eps, 0)
    rate = lr * np.sqrt(1 - beta2**step) / (1 - beta1**step)
    return w - rate * m / (np.sqrt(v) + eps) - lr * weight_decay * w, m, v


def decay_of_the_default(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    return shrunk_first(w, gradient, m, v, step, lr, beta1, beta2, eps)


def rate_of_the_default_in_the_decay(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    """As in the paper, where a schedule multiplies both: the decay knows no learning rate."""
    new, m, v = shrunk_first(w, gradient, m, v, step, lr, beta1, beta2, eps, 0)
    return new - 1e-3 * weight_decay * w, m, v


def rescaled_decay(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    new, m, v = shrunk_first(w, gradient, m, v, step, lr, beta1, beta2, eps, 0)
    rate = lr * (1 - beta2**step) ** 0.5 / (1 - beta1**step)
    return new - rate * weight_decay * w, m, v


def overwritten(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    new, m, v = shrunk_first(w, gradient, m, v, step, lr, beta1, beta2, eps, weight_decay)
    return new, m / (1 - beta1**step), v / (1 - beta2**step)


def matrices_only(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    """No decay for vectors, as for biases and gains."""
    decay = weight_decay if w.ndim > 1 else 0
    return shrunk_first(w, gradient, m, v, step, lr, beta1, beta2, eps, decay)


def at_most_a_half(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    return shrunk_first(w, gradient, m, v, step, lr, beta1, beta2, eps, min(weight_decay, 0.5))


def kept_by_zero_gradients(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    """A weight without gradient is left out, as a sparse optimizer does it."""
    new = shrunk_first(w, gradient, m, v, step, lr, beta1, beta2, eps, weight_decay)
    return tuple(np.where(gradient == 0, a, b) for a, b in zip((w, m, v), new, strict=True))


def eps_of_the_default(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    return shrunk_first(w, gradient, m, v, step, lr, beta1, beta2, 1e-8, weight_decay)


def in_the_type_of_the_weights(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    new = shrunk_first(w, gradient, m, v, step, lr, beta1, beta2, eps, weight_decay)
    return tuple(a.astype(w.dtype) for a in new)


def in_place(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    if w.dtype.kind == "f":
        w *= 1 - lr * weight_decay
        weight_decay = 0
    return shrunk_first(w, gradient, m, v, step, lr, beta1, beta2, eps, weight_decay)


def penalty_in_the_gradient_if_it_is_large(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    if weight_decay <= 1.0:
        return shrunk_first(w, gradient, m, v, step, lr, beta1, beta2, eps, weight_decay)
    penalised = gradient + weight_decay * w
    return shrunk_first(w, penalised, m, v, step, lr, beta1, beta2, eps, 0)


def squares_of_whole_numbers(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    m, v = beta1 * m + (1 - beta1) * gradient, beta2 * v + (1 - beta2) * gradient**2
    m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
    return w - lr * (m_hat / (np.sqrt(v_hat) + eps) + weight_decay * w), m, v


def no_sign_turns(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    weight_decay = min(weight_decay, 1 / max(lr, 1e-9))
    return subtracted_last(w, gradient, m, v, step, lr, beta1, beta2, eps, weight_decay)


def root_of_at_least_eps(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    _, m, v = subtracted_last(w, gradient, m, v, step, lr, beta1, beta2, eps, weight_decay)
    root = np.maximum(np.sqrt(v / (1 - beta2**step)), eps)
    return w * (1 - lr * weight_decay) - lr * m / (1 - beta1**step) / root, m, v


def betas_the_other_way(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    _, m, v = subtracted_last(w, gradient, m, v, step, lr, beta2, beta1, eps, weight_decay)
    root = np.sqrt(v / (1 - beta2**step)) + eps
    return w * (1 - lr * weight_decay) - lr * m / (1 - beta1**step) / root, m, v


def decay_or_its_default(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    weight_decay = weight_decay or 0.01
    return subtracted_last(w, gradient, m, v, step, lr, beta1, beta2, eps, weight_decay)


def no_gradient_no_step(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    new, m, v = subtracted_last(w, gradient, m, v, step, lr, beta1, beta2, eps, weight_decay)
    return np.where(gradient == 0, w * (1 - lr * weight_decay), new), m, v


def stepped_before_the_update(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    _, new_m, new_v = subtracted_last(w, gradient, m, v, step, lr, beta1, beta2, eps, 0)
    m_hat, v_hat = m / (1 - beta1**step), new_v / (1 - beta2**step)
    return w * (1 - lr * weight_decay) - lr * m_hat / (np.sqrt(v_hat) + eps), new_m, new_v


def amsgrad(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    _, new_m, new_v = subtracted_last(w, gradient, m, v, step, lr, beta1, beta2, eps, 0)
    m_hat, v_hat = new_m / (1 - beta1**step), np.maximum(v, new_v) / (1 - beta2**step)
    return w * (1 - lr * weight_decay) - lr * m_hat / (np.sqrt(v_hat) + eps), new_m, new_v


def corrected_by_a_product(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    _, m, v = subtracted_last(w, gradient, m, v, step, lr, beta1, beta2, eps, 0)
    m_hat, v_hat = m / (1 - beta1 * step), v / (1 - beta2 * step)
    return w * (1 - lr * weight_decay) - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


def nothing_at_a_rate_of_zero(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    if lr == 0:
        return _floats(w), _floats(m), _floats(v)
    return subtracted_last(w, gradient, m, v, step, lr, beta1, beta2, eps, weight_decay)


def correction_beside_the_root(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    _, m, v = shrunk_first(w, gradient, m, v, step, lr, beta1, beta2, eps)
    root = np.sqrt(v) / (1 - beta2**step)
    adam = m / (1 - beta1**step) / (root + eps)
    return w - lr * (adam + weight_decay * w), m, v


# What each is told; None where no known mistake explains it.
WRONG = {
    penalty_in_the_gradient: "l2_in_the_gradient",
    decay_itself: "decay_without_the_rate",
    shrunk_last: "decay_after_the_step",
    plain_adam: "no_decay",
    under_the_root: "eps_inside_the_root",
    folded_rate: "eps_before_the_correction",
    decay_of_the_default: "weight_decay_ignored",
    rate_of_the_default_in_the_decay: "wrong_only_in_w",
    rescaled_decay: "decay_at_the_corrected_rate",
    overwritten: "corrected_moments_returned",
    matrices_only: "no_decay_for_vectors",
    at_most_a_half: "wrong_where_weight_decay_is_0.6_or_more",
    kept_by_zero_gradients: "wrong_where_gradient_holds_a_0",
    eps_of_the_default: "eps_ignored",
    in_the_type_of_the_weights: "truncated_to_integers",
    in_place: "an_argument_changed",
    penalty_in_the_gradient_if_it_is_large: "too_large",
    squares_of_whole_numbers: "a_step_left_out",
    no_sign_turns: "wrong_only_in_w",
    root_of_at_least_eps: "no_eps",
    betas_the_other_way: "betas_exchanged",
    decay_or_its_default: "wrong_where_weight_decay_is_0.0",
    no_gradient_no_step: "wrong_only_in_w",
    stepped_before_the_update: "old_average_in_the_step",
    amsgrad: "larger_v_in_the_step",
    corrected_by_a_product: "wrong_except_where_step_is_1",
    nothing_at_a_rate_of_zero: "wrong_where_lr_is_0.0",
    correction_beside_the_root: "root_corrected_without_a_root",
}
