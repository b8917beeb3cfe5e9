"""Right and wrong ways to write the gradient by centred differences."""

import numpy as np


def in_place_and_restored(f, x, h=None):
    h = 1e-5 if h is None else h
    x = x.astype(float)
    gradient = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    for _ in it:
        at = it.multi_index
        old = x[at]
        x[at] = old + h
        up = f(x)
        x[at] = old - h
        down = f(x)
        x[at] = old
        gradient[at] = (up - down) / (2 * h)
    return gradient


def added_and_taken_away(f, x, h=None):
    """Writes to the caller's array, and puts everything back but for the last digit."""
    if x.dtype != np.float64:
        x = x.astype(np.float64)
    h, flat, slopes = h or 1e-4, x.flat, []
    for i in range(x.size):
        flat[i] += h
        up = f(x)
        flat[i] -= 2 * h
        down = f(x)
        flat[i] += h
        slopes.append((up - down) / 2 / h)
    return np.array(slopes).reshape(x.shape)


def step_by_precision(f, x, h=None):
    x = x if x.dtype.kind == "f" else x.astype(float)
    if h is None:
        h = np.cbrt(np.finfo(x.dtype).eps)
    gradient = np.empty(x.shape)
    for index in np.ndindex(*x.shape):
        up, down = np.array(x), np.array(x)
        up[index] += h
        down[index] -= h
        gradient[index] = (f(up) - f(down)) / (up[index] - down[index])
    return gradient


def unit_vectors(f, x, h=1e-6):
    x = np.asarray(x, dtype=np.float64)
    steps = h * np.eye(x.size).reshape(-1, *x.shape)
    return np.array([(f(x + s) - f(x - s)) / (2 * h) for s in steps]).reshape(x.shape)


def list_of_slopes(f, x, h=None):
    x = np.array(x, dtype=np.float64 if x.dtype.kind != "f" else x.dtype)
    h = np.finfo(x.dtype).eps ** (1 / 3) if h is None else h
    slopes = []
    for index in np.ndindex(*x.shape):
        right, left = x.copy(), x.copy()
        right[index] = x[index] + h
        left[index] = x[index] - h
        slopes.append((f(right) - f(left)) / (right[index] - left[index]))
    return np.array(slopes, dtype=x.dtype).reshape(x.shape)


def flat_copy(f, x, h=None):
    values = x.astype(float).ravel()
    step = 6e-6 if h is None else h
    if h is None and x.dtype == np.float32:
        step = 5e-3
    out = np.empty_like(values)
    kind = x.dtype if x.dtype.kind == "f" else float
    for i, old in enumerate(values.copy()):
        values[i] = old + step
        up = f(values.reshape(x.shape).astype(kind))
        values[i] = old - step
        down = f(values.reshape(x.shape).astype(kind))
        values[i] = old
        out[i] = (float(up) - float(down)) / (2 * step)
    return out.reshape(x.shape)


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


def _centred(f, x, h, width):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[index] += h
        down[index] -= h
        gradient[index] = (f(up) - f(down)) / width
    return gradient


def divided_by_one_step(f, x, h=None):
    h = 1e-5 if h is None else h
    return _centred(f, x, h, h)


def half_steps_divided_by_two(f, x, h=None):
    h = 1e-5 if h is None else h
    return _centred(f, x, h / 2, 2 * h)


def half_steps(f, x, h=None):
    h = 1e-5 if h is None else h
    return _centred(f, x, h / 2, h)


def absolute(f, x, h=None):
    h = 1e-5 if h is None else h
    return np.abs(_centred(f, x, h, 2 * h))


def sign_reversed(f, x, h=None):
    h = 1e-5 if h is None else h
    return -_centred(f, x, h, 2 * h)


def his_own_step(f, x, h=None):
    return _centred(f, x, 1e-5, 2e-5)


def coarse_default(f, x, h=None):
    h = 0.1 if h is None else h
    return forward_difference(f, x, h) if h == 0.1 else _centred(f, x, h, 2 * h)


def tiny_default(f, x, h=None):
    h = 1e-13 if h is None else h
    return _centred(f, x, h, 2 * h)


def a_tenth_for_none(f, x, h=None):
    h = 0.1 if h is None else h
    return _centred(f, x, h, 2 * h)


def flattened(f, x, h=None):
    h = 1e-5 if h is None else h
    return _centred(f, x, h, 2 * h).ravel()


def f_of_a_vector(f, x, h=None):
    h = 1e-5 if h is None else h
    flat = x.astype(float).ravel()
    out = [(f(flat + step) - f(flat - step)) / (2 * h) for step in h * np.eye(flat.size)]
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
    gradient[...] = _centred(f, x, h, 2 * h)
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


def ravelled(f, x, h=None):
    h = h or (5e-3 if x.dtype == np.float32 else 1e-5)
    x = x.astype(x.dtype if x.dtype.kind == "f" else float)
    flat, gradient = x.ravel(), np.zeros(x.size)
    for i, old in enumerate(flat.tolist()):
        flat[i] = old + h
        up = f(x)
        flat[i] = old - h
        gradient[i] = (up - f(x)) / (2 * h)
        flat[i] = old
    return gradient.reshape(x.shape)


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


def one_sided_if_free(f, x, h=None):
    if h is not None:
        return _centred(f, x, h, 2 * h)
    x = x.astype(x.dtype if x.dtype.kind == "f" else float)
    h, gradient = float(np.finfo(x.dtype).eps) ** 0.5, np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        up = x.copy()
        up[index] += h
        gradient[index] = (f(up) - f(x)) / h
    return gradient


def tries_f_first(f, x, h=None):
    z = x.astype(x.dtype if x.dtype.kind == "f" else float)
    if not np.isfinite(f(z)):
        raise ValueError("f is not finite at x")
    h = h or (5e-3 if x.dtype == np.float32 else 1e-5)
    return _centred(f, z, h, 2 * h)


def share_of_the_entry(f, x, h=None):
    z = x.astype(x.dtype if x.dtype.kind == "f" else float)
    gradient = np.zeros(z.shape)
    for index in np.ndindex(z.shape):
        share = float(np.finfo(z.dtype).eps) ** (1 / 3) * abs(z[index])
        step = share if h is None else h
        up, down = z.copy(), z.copy()
        up[index] += step
        down[index] -= step
        gradient[index] = (f(up) - f(down)) / (2 * step) if step else 0
    return gradient


def five_points(f, x, h=None):
    z = np.array(x, dtype=x.dtype if x.dtype.kind == "f" else float)
    h = float(np.finfo(z.dtype).eps ** 0.2) if h is None else h
    gradient = np.zeros(z.shape)
    for index in np.ndindex(z.shape):
        for shift, weight in ((-2, 1), (-1, -8), (1, 8), (2, -1)):
            moved = z.copy()
            moved[index] += shift * h
            gradient[index] += weight * f(moved) / (12 * h)
    return gradient


def copied_before_the_loop(f, x, h=None):
    h = (5e-3 if x.dtype == np.float32 else 6e-6) if h is None else h
    up = np.array(x, dtype=x.dtype if x.dtype.kind == "f" else float)
    down, gradient = up.copy(), np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        up[index] += h
        down[index] -= h
        gradient[index] = (f(up) - f(down)) / (2 * h)
    return gradient


def _steps(f, x, step_of):
    z = np.array(x, dtype=x.dtype if x.dtype.kind == "f" else float)
    gradient = np.zeros(z.shape)
    for index in np.ndindex(z.shape):
        step, up, down = step_of(float(z[index])), z.copy(), z.copy()
        up[index] += step
        down[index] -= step
        gradient[index] = (f(up) - f(down)) / (2 * step)
    return gradient


def larger_steps_for_larger_entries(f, x, h=None):
    h = (5e-3 if x.dtype == np.float32 else 6e-6) if h is None else h
    return _steps(f, x, lambda entry: h * max(1.0, abs(entry)))


def larger_steps_for_a_longer_x(f, x, h=None):
    h = (5e-3 if x.dtype == np.float32 else 6e-6) if h is None else h
    return _steps(f, x, lambda _: h * max(1.0, float(np.linalg.norm(x))))


def imaginary(f, x, h=1e-20):
    z, h, gradient = x.astype(float), h or 1e-20, np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        moved = z.astype(complex)
        moved[index] += 1j * h
        gradient[index] = np.imag(f(moved)) / h
    return gradient


def imaginary_by_its_own_step(f, x, h=None):
    return imaginary(f, x, 1e-30)


def share_of_the_largest_entry(f, x, h=None):
    """Of zeros alone the step is 0."""
    x = x if x.dtype.kind == "f" else x.astype(float)
    h = np.cbrt(np.finfo(x.dtype).eps) * np.abs(x).max() if h is None else h
    return _steps(f, x, lambda _: h)


# The mistake that each is told; None where no known one explains it.
def step_by_the_largest(f, x, h=None):
    size = (5e-3 if x.dtype == np.float32 else 6e-6) * max(1.0, float(np.abs(x).max()))
    return _steps(f, x, lambda entry: size if h is None else h)


def step_of_the_first_entry_kept(f, x, h=None):
    def step_of(entry):
        nonlocal h
        if h is None:
            h = (5e-3 if x.dtype == np.float32 else 6e-6) * max(1.0, abs(entry))
        return h

    return _steps(f, x, step_of)


def step_of_a_one_sided_difference(f, x, h=None):
    eps = np.finfo(x.dtype if x.dtype.kind == "f" else float).eps
    return _steps(f, x, lambda entry: eps**0.5 * max(1.0, abs(entry)) if h is None else h)


def precision_of_integers(f, x, h=None):
    h = float(np.finfo(x.dtype).eps) ** (1 / 3) if h is None else h
    return _steps(f, x, lambda entry: h)


WRONG = {
    forward_difference: "one_sided",
    backward_difference: "one_sided",
    divided_by_one_step: "divided_by_h",
    half_steps_divided_by_two: "constant_factor",
    half_steps: "h_halved",
    absolute: "absolute_value",
    sign_reversed: "sign",
    his_own_step: "step_ignored",
    coarse_default: "wrong_except_where_h_is_passed",
    tiny_default: "chosen_step_too_small",
    a_tenth_for_none: "chosen_step_too_large",
    flattened: "right_numbers_in_another_shape",
    f_of_a_vector: "flattened_for_f",
    rows_at_once: "first_axis_only",
    whole_array_at_once: "sum_too_many",
    never_put_back: "steps_left_in",
    integers_in_place: "integers_kept",
    gradient_like_x: "truncated_to_integers",
    float32_step: "same_step_for_float32",
    ravelled: "copy_taken_for_a_view",
    f_called_once: "the_same_everywhere",
    one_sided_and_divided_by_two: "constant_factor",
    one_sided_with_integers: "one_sided",
    one_sided_if_free: "one_sided",
    tries_f_first: "a_property_fails",
    share_of_the_entry: "no_slope_at_zero",
    five_points: "extrapolated",
    copied_before_the_loop: "steps_left_in",
    larger_steps_for_larger_entries: "given_step_scaled",
    larger_steps_for_a_longer_x: "given_step_scaled",
    imaginary: "complex_step",
    imaginary_by_its_own_step: "complex_step",
    share_of_the_largest_entry: "not_finite",
    step_by_the_largest: "one_step_for_all",
    step_of_the_first_entry_kept: "one_step_for_all",
    step_of_a_one_sided_difference: "chosen_step_too_small",
    precision_of_integers: "integers_refused",
}
