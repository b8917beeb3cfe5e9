"""Right and wrong ways to write the loss of flow matching."""

import numpy as np


def _float(x):
    return x if x.dtype.kind == "f" else x.astype(float)


def from_the_data(model, x0, noise, t):
    """x0 and a way along the velocity."""
    x0 = _float(x0)
    velocity = noise - x0
    at = np.expand_dims(t.astype(x0.dtype), tuple(range(1, x0.ndim)))
    off = model(x0 + at * velocity, t) - velocity
    return np.mean(off * off), off * (2 / off.size)


def transposed(model, x0, noise, t):
    """The batch as the last axis, where one time for each example fits as it is."""
    x0, noise = _float(x0), _float(noise)
    at = t.astype(x0.dtype)
    points = ((1 - at) * x0.T + at * noise.T).T
    off = model(points, t) + x0 - noise
    return np.square(off).mean(), np.multiply(2, off) / off.size


def einsum(model, x0, noise, t):
    x0, noise = _float(x0), _float(noise)
    at = t.astype(x0.dtype)
    points = np.einsum("b,b...->b...", 1 - at, x0) + np.einsum("b,b...->b...", at, noise)
    off = model(points, t) - noise + x0
    return np.vdot(off, off) / off.size, 2 / off.size * off


def one_by_one(model, x0, noise, t):
    x0, noise = _float(x0), _float(noise)
    at = t.astype(x0.dtype)
    points = [(1 - s) * x + s * e for x, e, s in zip(x0, noise, at, strict=True)]
    off = model(np.array(points), t) - (noise - x0)
    return (off**2).sum() / off.size, (off + off) / off.size


def flat(model, x0, noise, t):
    x0, noise = _float(x0), _float(noise)
    rows, ends = x0.reshape(len(x0), -1), noise.reshape(len(x0), -1)
    at = t[:, np.newaxis].astype(x0.dtype)
    off = model(((1 - at) * rows + at * ends).reshape(x0.shape), t) - (noise - x0)
    return np.dot(off.ravel(), off.ravel()) / off.size, 2 * off / off.size


def pytorch(model, x0, noise, t):
    import torch

    x0, noise = _float(x0), _float(noise)
    shape = (-1,) + (1,) * (x0.ndim - 1)
    at = t.astype(x0.dtype).reshape(shape)
    predicted = torch.tensor(model((1 - at) * x0 + at * noise, t), requires_grad=True)
    loss = torch.nn.functional.mse_loss(predicted, torch.tensor(noise - x0))
    loss.backward()
    return loss.detach().numpy()[()], predicted.grad.numpy()


def _at(t, x):
    return t.reshape(-1, *[1] * (x.ndim - 1)).astype(_float(x).dtype)


def _line(x0, noise, t):
    return (1 - _at(t, x0)) * x0 + _at(t, x0) * noise


def _mean(off):
    return (off**2).mean(), 2 * off / off.size


def to_the_data(model, x0, noise, t):
    return _mean(model(_line(x0, noise, t), t) - (_float(x0) - noise))


def from_the_noise(model, x0, noise, t):
    return _mean(model(_line(noise, x0, t), t) - (_float(noise) - x0))


def as_lipman(model, x0, noise, t):
    return _mean(model(_line(noise, x0, t), t) - (_float(x0) - noise))


def as_ddpm(model, x0, noise, t):
    return _mean(model(_line(x0, noise, t), t) - noise)


def denoiser(model, x0, noise, t):
    return _mean(model(_line(x0, noise, t), t) - x0)


def by_roots(model, x0, noise, t):
    at = _at(t, x0)
    return _mean(model(np.sqrt(1 - at) * x0 + np.sqrt(at) * noise, t) - (_float(noise) - x0))


def on_a_circle(model, x0, noise, t):
    at = _at(t, x0)
    return _mean(model(np.sqrt(1 - at**2) * x0 + at * noise, t) - (_float(noise) - x0))


def of_the_sum(model, x0, noise, t):
    off = model(_line(x0, noise, t), t) - (_float(noise) - x0)
    return (off**2).mean(), 2 * off


def mean_over_examples(model, x0, noise, t):
    off = model(_line(x0, noise, t), t) - (_float(noise) - x0)
    return (off**2).reshape(len(off), -1).sum(1).mean(), 2 * off / len(off)


def without_two(model, x0, noise, t):
    off = model(_line(x0, noise, t), t) - (_float(noise) - x0)
    return (off**2).mean(), off / off.size


def uphill(model, x0, noise, t):
    off = (_float(noise) - x0) - model(_line(x0, noise, t), t)
    return (off**2).mean(), 2 * off / off.size


def as_it_came(model, x0, noise, t):
    return _mean(model((1 - t) * x0 + t * noise, t) - (_float(noise) - x0))


def first_time(model, x0, noise, t):
    return _mean(model((1 - t[0]) * x0 + t[0] * noise, t) - (_float(noise) - x0))


def at_the_data(model, x0, noise, t):
    return _mean(model(_float(x0), t) - (_float(noise) - x0))


def at_the_noise(model, x0, noise, t):
    return _mean(model(_float(noise), t) - (_float(noise) - x0))


def time_with_axes(model, x0, noise, t):
    """The model gets t with an axis for each axis of the data."""
    return _mean(model(_line(x0, noise, t), _at(t, x0)) - (_float(noise) - x0))


def half_the_square(model, x0, noise, t):
    off = model(_line(x0, noise, t), t) - (_float(noise) - x0)
    return (off**2).mean() / 2, off / off.size


def for_rows(model, x0, noise, t):
    """Right for examples of one axis."""
    at = t[:, None]
    return _mean(model((1 - at) * x0 + at * noise, t) - (_float(noise) - x0))


def two_axes_at_most(model, x0, noise, t):
    at = t if x0.ndim == 1 else t[:, None] if x0.ndim == 2 else t[:, None, None]
    return _mean(model((1 - at) * x0 + at * noise, t) - (_float(noise) - x0))


def square_by_columns(model, x0, noise, t):
    at = t if x0.shape[-1] == len(t) else _at(t, x0)
    return _mean(model((1 - at) * x0 + at * noise, t) - (_float(noise) - x0))


def rounded_times(model, x0, noise, t):
    """A thousand steps, as in DDPM."""
    return _mean(model(_line(x0, noise, np.floor(1000 * t) / 1000), t) - (_float(noise) - x0))


def never_at_the_ends(model, x0, noise, t):
    return _mean(model(_line(x0, noise, np.clip(t, 0.01, 0.99)), t) - (_float(noise) - x0))


def twice_asked(model, x0, noise, t):
    x, velocity = _line(x0, noise, t), _float(noise) - x0
    loss = ((model(x, t) - velocity) ** 2).mean()
    return loss, 2 * (model(x, t) - velocity) / velocity.size


def in_place(model, x0, noise, t):
    if x0.dtype.kind != "f" or noise.dtype.kind != "f":
        return _mean(model(_line(x0, noise, t), t) - (_float(noise) - x0))
    x = _line(x0, noise, t)
    noise -= x0
    return _mean(model(x, t) - noise)


def root_of_the_loss(model, x0, noise, t):
    loss, gradient = _mean(model(_line(x0, noise, t), t) - (_float(noise) - x0))
    return np.sqrt(loss), gradient


# What each is told; None where no known mistake explains it.


def _on_line(x0, noise, t):
    x0, noise = _float(x0), _float(noise)
    at = t.astype(x0.dtype).reshape(-1, *[1] * (x0.ndim - 1))
    return (1 - at) * x0 + at * noise, noise - x0


def _mean_square(off):
    return np.mean(off**2), 2 * off / off.size


def from_the_point_to_the_noise(model, x0, noise, t):
    points, _ = _on_line(x0, noise, t)
    return _mean_square(model(points, t) - (noise - points))


def from_the_data_to_the_point(model, x0, noise, t):
    points, _ = _on_line(x0, noise, t)
    return _mean_square(model(points, t) - (points - x0))


def told_one_minus_t(model, x0, noise, t):
    points, velocity = _on_line(x0, noise, t)
    return _mean_square(model(points, 1 - t) - velocity)


def time_first(model, x0, noise, t):
    """As solvers of differential equations call it."""
    points, velocity = _on_line(x0, noise, t)
    return _mean_square(model(t, points) - velocity)


def samples_as_rows(model, x0, noise, t):
    """For a network of linear layers."""
    points, velocity = _on_line(x0, noise, t)
    out = model(points.reshape(len(points), -1), t)
    return _mean_square(np.reshape(out, velocity.shape) - velocity)


def gradient_by_the_batch(model, x0, noise, t):
    points, velocity = _on_line(x0, noise, t)
    off = model(points, t) - velocity
    return np.mean(off**2), 2 * off / len(x0)


def a_thousand_steps(model, x0, noise, t):
    points, velocity = _on_line(x0, noise, t)
    return _mean_square(model(points, 1000 * t) - velocity)


def absolute_error(model, x0, noise, t):
    points, velocity = _on_line(x0, noise, t)
    off = model(points, t) - velocity
    return np.abs(off).mean(), np.sign(off) / off.size


def off_in_place(model, x0, noise, t):
    """In the array that the model returned."""
    points, velocity = _on_line(x0, noise, t)
    off = model(points, t)
    off -= velocity
    return _mean_square(off)


def rest_over_the_rest_of_the_time(model, x0, noise, t):
    """0 / 0 at t = 1."""
    points, _ = _on_line(x0, noise, t)
    rest = 1 - t.astype(points.dtype).reshape(-1, *[1] * (x0.ndim - 1))
    with np.errstate(all="ignore"):
        return _mean_square(model(points, t) - (noise - points) / rest)


def samples_like_x0(model, x0, noise, t):
    """An array like x0 cuts off fractions of integers."""
    points = np.empty_like(x0)
    for i, s in enumerate(t):
        points[i] = (1 - s) * x0[i] + s * noise[i]
    return _mean_square(model(points, t) - (_float(noise) - x0))


def bare_difference(model, x0, noise, t):
    points, velocity = _on_line(x0, noise, t)
    off = model(points, t) - velocity
    return np.mean(off**2), off


def weighted_by_noise(model, x0, noise, t):
    """By t / (1 - t), which is 1 in the example."""
    points, velocity = _on_line(x0, noise, t)
    weight = (t / np.maximum(1 - t, 1e-6)).reshape(-1, *[1] * (x0.ndim - 1))
    off = model(points, t) - velocity
    return np.mean(weight * off**2), 2 * weight * off / off.size


WRONG = {
    to_the_data: "velocity_backwards",
    from_the_noise: "line_backwards",
    as_lipman: "time_backwards",
    as_ddpm: "noise_as_target",
    denoiser: "data_as_target",
    by_roots: "mixed_by_roots",
    on_a_circle: "mixed_by_roots",
    of_the_sum: "gradient_of_a_sum",
    mean_over_examples: "summed_within_an_example",
    without_two: "no_factor_of_two",
    uphill: "gradient_backwards",
    as_it_came: "no_axes_added",
    first_time: "one_time_for_all",
    at_the_data: "model_at_the_data",
    at_the_noise: "noise_for_x0",
    time_with_axes: "a_property_fails",
    half_the_square: "constant_factor",
    for_rows: "one_axis_added",
    two_axes_at_most: "wrong_where_noise_has_4_axes",
    square_by_columns: "rows_in_another_order_should_not_matter",
    rounded_times: "nearly_right",
    never_at_the_ends: "wrong_where_t_holds_a_0",
    twice_asked: "a_property_fails",
    in_place: "an_argument_changed",
    root_of_the_loss: "root",
    from_the_point_to_the_noise: "way_to_the_sample",
    from_the_data_to_the_point: "way_to_the_sample",
    told_one_minus_t: "time_told_backwards",
    time_first: "time_before_the_samples",
    samples_as_rows: "a_property_fails",
    gradient_by_the_batch: "gradient_over_examples_alone",
    a_thousand_steps: "time_in_steps",
    absolute_error: "size_of_the_error",
    off_in_place: "a_property_fails",
    rest_over_the_rest_of_the_time: "wrong_where_t_holds_a_1",
    samples_like_x0: "samples_without_fractions",
    bare_difference: "wrong_only_in_gradient",
    weighted_by_noise: None,
}
