"""Right and wrong ways to write a step of Adam."""

import numpy as np


def line_by_line(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    g = gradient if gradient.dtype.kind == "f" else gradient.astype(float)
    m_new = beta1 * m + (1 - beta1) * g
    v_new = beta2 * v + (1 - beta2) * g * g
    m_hat = m_new / (1 - beta1**step)
    v_hat = v_new / (1 - beta2**step)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m_new, v_new


def towards_the_new(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """m + (1 - beta)(g - m)."""
    w, g, m, v = (a if a.dtype.kind == "f" else a.astype(float) for a in (w, gradient, m, v))
    m = m + (1 - beta1) * (g - m)
    v = v + (1 - beta2) * (g**2 - v)
    scale = lr / (1 - beta1**step)
    return w - scale * m / (np.sqrt(v) / np.sqrt(1 - beta2**step) + eps), m, v


def entry_by_entry(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    kind = w.dtype if w.dtype.kind == "f" else float
    new_w, new_m, new_v = (np.empty(w.shape, kind) for _ in range(3))
    for at in np.ndindex(w.shape):
        g = float(gradient[at])
        new_m[at] = mean = beta1 * float(m[at]) + (1 - beta1) * g
        new_v[at] = square = beta2 * float(v[at]) + (1 - beta2) * g * g
        root = (square / (1 - beta2**step)) ** 0.5
        new_w[at] = float(w[at]) - lr * (mean / (1 - beta1**step)) / (root + eps)
    return new_w, new_m, new_v


def on_copies(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    w, gradient, m, v = (
        a.copy() if a.dtype.kind == "f" else a.astype(np.float64) for a in (w, gradient, m, v)
    )
    m *= beta1
    m += (1 - beta1) * gradient
    v *= beta2
    v += (1 - beta2) * np.square(gradient)
    w -= lr * (m / (1 - beta1**step)) / (np.sqrt(v / (1 - beta2**step)) + eps)
    return [w, m, v]


def pytorch(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    import torch

    kind = torch.float32 if w.dtype == np.float32 else torch.float64
    w, gradient, m, v = (torch.tensor(a, dtype=kind) for a in (w, gradient, m, v))
    optimizer = torch.optim.Adam([w], lr=lr, betas=(beta1, beta2), eps=eps)
    w.grad = gradient
    optimizer.state[w] = {
        "step": torch.tensor(float(step - 1)),
        "exp_avg": m,
        "exp_avg_sq": v,
    }
    optimizer.step()
    return tuple(a.numpy() for a in (w, m, v))


def by_einsum(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    kind = np.float32 if w.dtype == np.float32 else np.float64
    shares = np.array([[beta1, 1 - beta1], [beta2, 1 - beta2]], kind)
    g = gradient.astype(kind)
    pairs = np.array([[m, g], [v, g * g]], kind)
    m, v = np.einsum("as,as...->a...", shares, pairs)
    update = (m / (1 - beta1**step)) / (np.sqrt(v / (1 - beta2**step)) + eps)
    return w.astype(kind) - lr * update, m, v


def _float(*arrays):
    return [a if a.dtype.kind == "f" else a.astype(float) for a in arrays]


def _means(g, m, v, beta1, beta2):
    return beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2


def without_correction(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    w, g = _float(w, gradient)
    m, v = _means(g, m, v, beta1, beta2)
    return w - lr * m / (v**0.5 + eps), m, v


def under_the_root(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    w, g = _float(w, gradient)
    m, v = _means(g, m, v, beta1, beta2)
    return w - lr * m / (1 - beta1**step) / np.sqrt(v / (1 - beta2**step) + eps), m, v


def folded_rate(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    w, g = _float(w, gradient)
    m, v = _means(g, m, v, beta1, beta2)
    return w - lr * (1 - beta2**step) ** 0.5 / (1 - beta1**step) * m / (np.sqrt(v) + eps), m, v


def overwritten(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    w, g = _float(w, gradient)
    m, v = _means(g, m, v, beta1, beta2)
    m, v = m / (1 - beta1**step), v / (1 - beta2**step)
    return w - lr * m / (np.sqrt(v) + eps), m, v


def squared_mean(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    w, g = _float(w, gradient)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * m * m
    return w - lr * m / (1 - beta1**step) / (np.sqrt(v / (1 - beta2**step)) + eps), m, v


def next_step(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    w, g = _float(w, gradient)
    m, v = _means(g, m, v, beta1, beta2)
    t = step + 1
    return w - lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps), m, v


def in_place(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    new, *_ = line_by_line(w, gradient, m, v, step, lr, beta1, beta2, eps)
    m *= beta1
    m += ((1 - beta1) * gradient).astype(m.dtype)
    return new, m, beta2 * v + (1 - beta2) * _float(gradient)[0] ** 2


def weights_alone(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    return line_by_line(w, gradient, m, v, step, lr, beta1, beta2, eps)[0]


def v_before_m(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    w, m, v = line_by_line(w, gradient, m, v, step, lr, beta1, beta2, eps)
    return w, v, m


def ascending(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    return line_by_line(w, gradient, m, v, step, -lr, beta1, beta2, eps)


def largest_root(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """max(root, eps), as some write it."""
    w, g = _float(w, gradient)
    m, v = _means(g, m, v, beta1, beta2)
    root = np.sqrt(v / (1 - beta2**step))
    return w - lr * m / (1 - beta1**step) / np.maximum(root, eps), m, v


def eps_of_the_default(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    return line_by_line(w, gradient, m, v, step, lr, beta1, beta2)


def betas_of_the_default(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    return line_by_line(w, gradient, m, v, step, lr, eps=eps)


def corrected_only_at_first(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """As if the averages were unbiased after a hundred steps."""
    return line_by_line(w, gradient, m, v, min(step, 100), lr, beta1, beta2, eps)


def in_the_type_of_the_weights(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    new = line_by_line(w, gradient, m, v, step, lr, beta1, beta2, eps)
    return tuple(a.astype(w.dtype) for a in new)


def flat_beyond_two_axes(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    new = line_by_line(w, gradient, m, v, step, lr, beta1, beta2, eps)
    return tuple(a.reshape(len(a), -1) if a.ndim > 2 else a for a in new)


def rows_share_v(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """One v a row where there are rows."""
    w, g = _float(w, gradient)
    m, v = _means(g, m, v, beta1, beta2)
    mean = v.mean(-1, keepdims=True) if v.ndim > 1 else v
    return w - lr * m / (1 - beta1**step) / (np.sqrt(mean / (1 - beta2**step)) + eps), m, v


def squares_of_whole_numbers(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    m, v = beta1 * m + (1 - beta1) * gradient, beta2 * v + (1 - beta2) * gradient**2
    m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
    return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v


_COUNT = [0]


def own_count(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    _COUNT[0] += 1
    return line_by_line(w, gradient, m, v, _COUNT[0], lr, beta1, beta2, eps)


def at_most_ten_rates(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    new, m, v = line_by_line(w, gradient, m, v, step, lr, beta1, beta2, eps)
    return w + np.clip(new - w, -10 * lr, 10 * lr), m, v


def other_beta(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    w, g = _float(w, gradient)
    m, v = _means(g, m, v, beta1, beta2)
    late, early = 1 - beta2**step, 1 - beta1**step
    return w - lr * m / late / ((v / early) ** 0.5 + eps), m, v


def a_step_late(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Counts the steps before this one, but at least one."""
    return line_by_line(w, gradient, m, v, max(1, step - 1), lr, beta1, beta2, eps)


def sparse(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """As an embedding's rows, of which most get no gradient."""
    new = line_by_line(w, gradient, m, v, step, lr, beta1, beta2, eps)
    for now, old in zip(new, (w, m, v), strict=True):
        now[gradient == 0] = old[gradient == 0]
    return new


def default_for_0(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    return line_by_line(w, gradient, m, v, step, lr or 1e-3, beta1 or 0.9, beta2 or 0.999, eps)


def beta1_twice(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    return line_by_line(w, gradient, m, v, step, lr, beta1, beta1, eps)


# What each is told; None where no known mistake explains it.
WRONG = {
    without_correction: "no_bias_correction",
    under_the_root: "eps_inside_the_root",
    folded_rate: "eps_before_the_correction",
    overwritten: "corrected_moments_returned",
    squared_mean: "square_of_m",
    next_step: "step_counted_from_0",
    in_place: "an_argument_changed",
    weights_alone: "a_result_of_another_kind",
    v_before_m: "parts_in_another_order",
    ascending: "uphill",
    largest_root: "eps_as_a_floor",
    eps_of_the_default: "eps_ignored",
    betas_of_the_default: None,
    corrected_only_at_first: "wrong_where_step_is_10000",
    in_the_type_of_the_weights: "truncated_to_integers",
    flat_beyond_two_axes: "right_numbers_in_another_shape",
    rows_share_v: "wrong_except_where_gradient_has_1_axis",
    squares_of_whole_numbers: "a_step_left_out",
    own_count: "another_answer_to_the_same_input",
    at_most_ten_rates: "wrong_only_in_w",
    other_beta: "correction_with_the_other_beta",
    a_step_late: "correction_one_step_late",
    sparse: "zero_gradient_skipped",
    default_for_0: "zero_taken_for_the_default",
    beta1_twice: "one_beta_for_both",
}
