"""Plausible wrong ways to write the numerical gradient,
and the bug that each is told, if it is a known one."""

import numpy as np


def forward_difference(f, x, h=None):
    h = 1e-7 if h is None else h
    x, base = x.astype(float), f(x.astype(float))
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        x[index] += h
        gradient[index] = (f(x) - base) / h
        x[index] -= h
    return gradient


def backward_difference(f, x, h=None):
    h = 1e-6 if h is None else h
    x = x.astype(float)
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        down = x.copy()
        down[index] -= h
        gradient[index] = (f(x) - f(down)) / h
    return gradient


def centred(f, x, h, width):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[index] += h
        down[index] -= h
        gradient[index] = (f(up) - f(down)) / width
    return gradient


def divided_by_one_step(f, x, h=None):
    h = 1e-5 if h is None else h
    return centred(f, x, h, h)


def half_steps_divided_by_two(f, x, h=None):
    h = 1e-5 if h is None else h
    return centred(f, x, h / 2, 2 * h)


def half_steps(f, x, h=None):
    h = 1e-5 if h is None else h
    return centred(f, x, h / 2, h)


def absolute(f, x, h=None):
    h = 1e-5 if h is None else h
    return np.abs(centred(f, x, h, 2 * h))


def sign_reversed(f, x, h=None):
    h = 1e-5 if h is None else h
    return -centred(f, x, h, 2 * h)


def his_own_step(f, x, h=None):
    return centred(f, x, 1e-5, 2e-5)


def coarse_default(f, x, h=None):
    h = 0.1 if h is None else h
    return forward_difference(f, x, h) if h == 0.1 else centred(f, x, h, 2 * h)


def tiny_default(f, x, h=None):
    h = 1e-13 if h is None else h
    return centred(f, x, h, 2 * h)


def flattened(f, x, h=None):
    h = 1e-5 if h is None else h
    return centred(f, x, h, 2 * h).ravel()


def f_of_a_vector(f, x, h=None):
    h = 1e-5 if h is None else h
    flat = x.astype(float).ravel()
    out = [
        (f(flat + step) - f(flat - step)) / (2 * h) for step in h * np.eye(flat.size)
    ]
    return np.reshape(out, x.shape)


def rows_at_once(f, x, h=None):
    h = 1e-5 if h is None else h
    gradient = np.zeros(x.shape)
    for i in range(x.shape[0]):
        step = np.zeros(x.shape)
        step[i] = h
        gradient[i] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


def whole_array_at_once(f, x, h=None):
    h = 1e-5 if h is None else h
    return (f(x + h) - f(x - h)) / (2 * h)


def never_put_back(f, x, h=None):
    h = 1e-5 if h is None else h
    x = x.astype(float)
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        x[index] += h
        up = f(x)
        x[index] -= 2 * h
        gradient[index] = (up - f(x)) / (2 * h)
    return gradient


def integers_in_place(f, x, h=None):
    h = 1e-5 if h is None else h
    x = x.copy()
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + h
        up = f(x)
        x[index] = old - h
        gradient[index] = (up - f(x)) / (2 * h)
        x[index] = old
    return gradient


def gradient_like_x(f, x, h=None):
    h = (1e-3 if x.dtype == np.float32 else 1e-5) if h is None else h
    gradient = np.zeros_like(x)
    gradient[...] = centred(f, x, h, 2 * h)
    return gradient


def float32_step(f, x, h=None):
    h = 1e-5 if h is None else h
    gradient = np.zeros_like(x, dtype=float)
    for index in np.ndindex(x.shape):
        up = np.array(x, dtype=x.dtype if x.dtype.kind == "f" else float)
        down = up.copy()
        up[index] += h
        down[index] -= h
        gradient[index] = (f(up) - f(down)) / (2 * h)
    return gradient


def f_called_once(f, x, h=None):
    return np.full(x.shape, f(x.astype(float)))


def one_sided_and_divided_by_two(f, x, h=None):
    return forward_difference(f, x, h) / 2


def one_sided_with_integers(f, x, h=None):
    h = 1e-7 if h is None else h
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        up = x.copy()
        up[index] += h
        gradient[index] = (f(up) - f(x)) / h
    return gradient


BUGS = {
    forward_difference: "one_sided",
    backward_difference: "one_sided",
    divided_by_one_step: "divided_by_h",
    half_steps_divided_by_two: None,
    half_steps: None,
    absolute: None,
    sign_reversed: None,
    his_own_step: "step_ignored",
    coarse_default: None,
    tiny_default: None,
    flattened: None,
    f_of_a_vector: None,
    rows_at_once: "first_axis_only",
    whole_array_at_once: None,
    never_put_back: None,
    integers_in_place: "integers_kept",
    gradient_like_x: None,
    float32_step: "same_step_for_float32",
    f_called_once: None,
    one_sided_and_divided_by_two: None,
    one_sided_with_integers: "one_sided",
}
