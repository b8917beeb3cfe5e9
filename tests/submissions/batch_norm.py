"""Right and wrong ways to write batch normalization, in training and in evaluation."""

import numpy as np


def _refused(x):
    if x.size == x.shape[-1]:
        raise ValueError("one example has no variance")


def by_rows(x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5):
    """All leading axes made one."""
    rows = x.reshape(-1, x.shape[-1]).astype(float)
    mean, var = running_mean.astype(float), running_var.astype(float)
    new_mean, new_var = mean, var
    if training:
        _refused(x)
        mean, var = rows.mean(axis=0), rows.var(axis=0)
        new_mean = (1 - momentum) * running_mean + momentum * mean
        new_var = (1 - momentum) * running_var + momentum * rows.var(axis=0, ddof=1)
    y = (rows - mean) / np.sqrt(var + eps) * gain + bias
    return y.reshape(x.shape), new_mean, new_var


def pytorch(x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5):
    import torch

    given = (x.reshape(-1, x.shape[-1]), gain, bias, running_mean, running_var)
    rows, gain, bias, mean, var = (torch.tensor(a, dtype=torch.float64) for a in given)
    batch_norm = torch.nn.functional.batch_norm
    y = batch_norm(rows, mean, var, gain, bias, training, momentum, eps)
    return y.numpy().reshape(x.shape), mean.numpy(), var.numpy()


def scale_and_shift(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    """One scale and one shift a feature, as for folding; two branches."""
    x, axes = x.astype(float), tuple(range(x.ndim - 1))
    if not training:
        scale = gain / np.sqrt(running_var + eps)
        return (x - running_mean) * scale + bias, running_mean * 1.0, running_var * 1.0
    n = np.prod(x.shape[:-1])
    if n < 2:
        raise ValueError("pass two examples or more")
    mean = np.sum(x, axis=axes) / n
    squares = np.sum((x - mean) ** 2, axis=axes)
    scale = gain / np.sqrt(squares / n + eps)
    moved = (
        running_mean + momentum * (mean - running_mean),
        running_var + momentum * (squares / (n - 1) - running_var),
    )
    return (x - mean) * scale + bias, *moved


def feature_by_feature(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    y = np.empty(x.shape)
    mean, var = np.array(running_mean, float), np.array(running_var, float)
    for k in range(x.shape[-1]):
        column = x[..., k].astype(float)
        m, v = running_mean[k], running_var[k]
        if training:
            _refused(x)
            m, v = column.mean(), column.var()
            mean[k] += momentum * (m - mean[k])
            var[k] += momentum * (column.var(ddof=1) - var[k])
        y[..., k] = gain[k] * (column - m) / (v + eps) ** 0.5 + bias[k]
    return y, mean, var


def moved_to_the_front(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    """Features first, examples behind, as PyTorch's pictures without their batch."""
    columns = np.moveaxis(x, -1, 0).reshape(x.shape[-1], -1).astype(np.float64)
    if training and columns.shape[1] < 2:
        raise ValueError("a variance of one number")
    mean = columns.mean(1) if training else running_mean
    var = columns.var(1) if training else running_var
    y = (columns.T - mean) / np.sqrt(var + eps)
    share = momentum if training else 0
    kept = np.cov(columns).reshape(len(mean), -1).diagonal() if training else var
    moved = share * mean + (1 - share) * running_mean, share * kept + (1 - share) * running_var
    return (y * gain + bias).reshape(x.shape), *moved


def einsum(x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5):
    rows = x.reshape(-1, x.shape[-1]) * 1.0
    n = len(rows)
    new = running_mean * 1.0, running_var * 1.0
    mean, var = new
    if training:
        if n == 1:
            raise ValueError("n is 1")
        mean = np.einsum("nd->d", rows) / n
        var = np.einsum("nd,nd->d", rows - mean, rows - mean) / n
        new = [
            (1 - momentum) * old + momentum * fresh
            for old, fresh in zip(new, (mean, var * n / (n - 1)), strict=True)
        ]
    y = np.einsum("nd,d->nd", rows - mean, gain / np.sqrt(var + eps)) + bias
    return y.reshape(x.shape), *new


def train_mode_always(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    _, *kept = by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)
    rows = x.reshape(-1, x.shape[-1])
    y = gain * (rows - rows.mean(0)) / np.sqrt(rows.var(0) + eps) + bias
    return y.reshape(x.shape), *kept


def running_always(x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5):
    _, *kept = by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)
    y = (x - running_mean) * gain / np.sqrt(running_var + eps) + bias
    return y, *kept


def condition_turned_around(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    x, mean, var = x * 1.0, running_mean * 1.0, running_var * 1.0
    if training:
        return gain * (x - mean) / np.sqrt(var + eps) + bias, mean, var
    rows = x.reshape(-1, x.shape[-1])
    new_mean = (1 - momentum) * mean + momentum * rows.mean(0)
    new_var = (1 - momentum) * var + momentum * rows.var(0, ddof=1)
    y = gain * (x - rows.mean(0)) / np.sqrt(rows.var(0) + eps) + bias
    return y, new_mean, new_var


def updated_first(x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5):
    _, mean, var = by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)
    return gain * (x - mean) / np.sqrt(var + eps) + bias, mean, var


def one_variance_for_both(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    y, mean, var = by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)
    if training:
        rows = x.reshape(-1, x.shape[-1])
        var = running_var + momentum * (rows.var(0) - running_var)
    return y, mean, var


def unbiased_for_both(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    y, mean, var = by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)
    if training:
        rows = x.reshape(-1, x.shape[-1])
        y = gain * (rows - rows.mean(0)) / np.sqrt(rows.var(0, ddof=1) + eps) + bias
        y = y.reshape(x.shape)
    return y, mean, var


def keras_momentum(x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5):
    return by_rows(x, gain, bias, running_mean, running_var, training, 1 - momentum, eps)


def layer_norm_instead(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    y, mean, var = by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)
    if training:
        hat = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + eps)
        y = gain * hat + bias
    return y, mean, var


def a_mean_for_each_pixel(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    y, mean, var = by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)
    if training:
        y = (x - x.mean(0)) * gain / np.sqrt(x.var(0) + eps) + bias
    return y, mean, var


def one_example_passes(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    if training and x.size == x.shape[-1]:
        return bias + 0.0 * x, running_mean * 1.0, running_var * 1.0
    return by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)


def nothing_refused(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    """As most people write it: nan in the running variance of one example."""
    rows = x.reshape(-1, x.shape[-1]).astype(float)
    mean, var = running_mean * 1.0, running_var * 1.0
    if not training:
        return gain * (x - mean) / np.sqrt(var + eps) + bias, mean, var
    y = gain * (rows - rows.mean(0)) / np.sqrt(rows.var(0) + eps) + bias
    mean += momentum * (rows.mean(0) - mean)
    var += momentum * (rows.var(0, ddof=1) - var)
    return y.reshape(x.shape), mean, var


def one_picture_is_refused(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    if training and len(x) == 1:
        raise ValueError("one example")
    return by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)


def refused_in_evaluation_too(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    _refused(x)
    return by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)


def n_is_the_first_axis(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    y, mean, var = by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)
    if training and len(x) > 1:
        rows = x.reshape(-1, x.shape[-1])
        n = len(x)
        var = running_var + momentum * (rows.var(0) * n / (n - 1) - running_var)
    return y, mean, var


def eps_ignored_in_evaluation(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    eps = eps if training else 1e-5
    return by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)


def momentum_fixed(x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5):
    return by_rows(x, gain, bias, running_mean, running_var, training, 0.1, eps)


def flat_features_are_zero(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    y, mean, var = by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)
    rows = x.reshape(-1, x.shape[-1])
    return np.where(rows.std(0) == 0, 0.0, y) if training else y, mean, var


def running_variance_in_one_pass(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    y, mean, var = by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)
    if training:
        rows = x.reshape(-1, x.shape[-1]) * 1.0
        n = len(rows)
        one_pass = ((rows**2).sum(0) - n * rows.mean(0) ** 2) / (n - 1)
        var = running_var + momentum * (one_pass - running_var)
    return y, mean, var


def in_the_running_arrays(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    y, mean, var = by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)
    if running_mean.dtype.kind == "f":
        running_mean[:] = mean
    return y, mean, var


def deviation_kept(x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5):
    y, mean, var = by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)
    if training:
        rows = x.reshape(-1, x.shape[-1])
        var = (1 - momentum) * running_var + momentum * rows.std(0, ddof=1)
    return y, mean, var


def result_alone(x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5):
    return by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)[0]


def momentum_or_its_default(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    momentum = momentum or 0.1
    return by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)


def variance_of_at_least_eps(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    if not training:
        running_var = np.maximum(running_var, eps)
    return by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)


def large_batches_by_themselves(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    y, *kept = by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)
    if not training and x.size > 20 * x.shape[-1]:
        y, *_ = by_rows(x, gain, bias, running_mean, running_var, True, momentum, eps)
    return y, *kept


def first_mean_as_it_is(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    y, mean, var = by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)
    if training and np.all(running_mean == 0):
        mean = x.reshape(-1, x.shape[-1]).mean(axis=0)
    return y, mean, var


def moved_whenever_asked(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    """One example moves the variance towards 0."""
    if training:
        return by_rows(x, gain, bias, running_mean, running_var, True, momentum, eps)
    y, *_ = by_rows(x, gain, bias, running_mean, running_var, False, momentum, eps)
    rows = x.reshape(-1, x.shape[-1]) * 1.0
    unbiased = rows.var(0) * len(rows) / max(len(rows) - 1, 1)
    mean = running_mean + momentum * (rows.mean(0) - running_mean)
    return y, mean, running_var + momentum * (unbiased - running_var)


def _normalized(x, running_mean, running_var, training, by):
    rows = x.reshape(-1, x.shape[-1]) * 1.0
    mean, var = (rows.mean(0), rows.var(0)) if training else (running_mean, running_var)
    return ((rows - mean) / by(var)).reshape(x.shape)


def eps_outside(x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5):
    _, *kept = by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)
    hat = _normalized(x, running_mean, running_var, training, lambda var: eps + var**0.5)
    return hat * gain + bias, *kept


def gain_of_the_sum(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    _, *kept = by_rows(x, gain, bias, running_mean, running_var, training, momentum, eps)
    hat = _normalized(x, running_mean, running_var, training, lambda var: np.sqrt(eps + var))
    return (hat + bias) * gain, *kept


def in_one_pass(x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5):
    if not training:
        return by_rows(x, gain, bias, running_mean, running_var, False, momentum, eps)
    _refused(x)
    rows = x.reshape(-1, x.shape[-1])
    rows = rows if rows.dtype.kind == "f" else rows.astype(float)
    n, mean = len(rows), np.mean(rows, axis=0)
    var = np.mean(rows**2, axis=0) - mean**2
    hat = ((rows - mean) / np.sqrt(var.clip(0) + eps)).reshape(x.shape)
    running_mean = momentum * mean + (1 - momentum) * running_mean
    return (
        gain * hat + bias,
        running_mean,
        momentum * var * n / (n - 1) + (1 - momentum) * running_var,
    )


WRONG = {
    train_mode_always: "always_the_batch",
    running_always: "always_the_running",
    condition_turned_around: "modes_exchanged",
    updated_first: "after_the_update",
    one_variance_for_both: "biased_running_variance",
    unbiased_for_both: "unbiased_everywhere",
    keras_momentum: "momentum_reversed",
    layer_norm_instead: "over_the_features",
    a_mean_for_each_pixel: "first_axis_only",
    one_example_passes: "one_example_answered",
    nothing_refused: "one_example_answered",
    one_picture_is_refused: "raises_ValueError",
    refused_in_evaluation_too: "raises_ValueError",
    n_is_the_first_axis: "wrong_only_in_running_var",
    eps_ignored_in_evaluation: "wrong_only_in_y",
    momentum_fixed: "momentum_ignored",
    flat_features_are_zero: "wrong_only_in_y",
    running_variance_in_one_pass: "nearly_right",
    in_the_running_arrays: "an_argument_changed",
    deviation_kept: "wrong_only_in_running_var",
    result_alone: "a_result_of_another_kind",
    momentum_or_its_default: "wrong_where_momentum_is_0.0",
    variance_of_at_least_eps: "cut_off",
    large_batches_by_themselves: "wrong_only_in_y",
    first_mean_as_it_is: "first_batch_taken_whole",
    moved_whenever_asked: "moved_in_evaluation",
    eps_outside: "eps_beside_the_root",
    gain_of_the_sum: "bias_before_the_gain",
    in_one_pass: "squares_before_centring",
}
