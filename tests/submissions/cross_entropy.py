"""Right and wrong ways to write cross-entropy with its gradient."""

import math

import numpy as np


def onehot_matrix(logits, targets):
    y = np.zeros(logits.shape)
    y[np.arange(len(targets)), targets] = 1
    z = logits - logits.max(1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(1, keepdims=True))
    return -np.sum(y * log_p) / len(y), (np.exp(log_p) - y) / len(y)


def logaddexp(logits, targets):
    n = len(targets)
    totals = np.logaddexp.reduce(logits, axis=1)
    gradient = np.exp(logits - totals[:, None]) / n
    np.subtract.at(gradient, (range(n), targets), 1 / n)
    return np.mean(totals - np.take_along_axis(logits, targets[:, None], 1)[:, 0]), gradient


def loops(logits, targets):
    loss, gradient = 0.0, np.zeros(logits.shape)
    for i, (row, target) in enumerate(zip(logits, targets, strict=True)):
        top = max(row)
        powers = [math.exp(value - top) for value in row]
        loss += top + math.log(sum(powers)) - row[target]
        for j, power in enumerate(powers):
            gradient[i, j] = power / sum(powers) - (j == target)
    return [float(loss / len(logits)), gradient / len(logits)]


def pytorch(logits, targets):
    import torch

    leaf = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(leaf, torch.tensor(targets).long())
    loss.backward()
    return loss.item(), leaf.grad.numpy()


def margins(logits, targets):
    right = logits[np.arange(len(logits)), targets][:, None]
    below = np.array(logits, dtype=float) - right
    losses = np.logaddexp.reduce(below, axis=1, keepdims=True)
    gradient = np.exp(below - losses) - (np.arange(logits.shape[1]) == targets[:, None])
    return losses.mean()[()], gradient / len(gradient)


def taken_along_the_axis(logits, targets):
    n = logits.shape[0]
    z = logits.astype(float)
    z -= z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    column = targets.astype(int).reshape(n, 1)
    loss = -np.take_along_axis(log_p, column, axis=1).sum() / n
    gradient = np.exp(log_p)
    np.put_along_axis(gradient, column, np.take_along_axis(gradient, column, 1) - 1, axis=1)
    return loss, gradient / n


def _softmax(x):
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _onehot(targets, classes):
    return (targets[:, None] == np.arange(classes)).astype(float)


def _loss_of(logits, targets):
    totals = np.logaddexp.reduce(logits, axis=1)
    return (totals - logits[np.arange(len(logits)), targets]).mean()


def _gradient_of(logits, targets):
    return (_softmax(logits) - _onehot(targets, logits.shape[1])) / len(logits)


def loop_without_division(logits, targets):
    loss, gradient = 0, np.zeros(logits.shape)
    for i, target in enumerate(targets):
        p = _softmax(logits[i : i + 1])[0]
        loss += np.logaddexp.reduce(logits[i]) - logits[i, target]
        gradient[i] = p
        gradient[i, target] -= 1
    return loss, gradient


def textbook_eps(logits, targets):
    p = _softmax(logits)
    y = _onehot(targets, logits.shape[1])
    return -(y * np.log(p + 1e-12)).sum() / len(p), (p - y) / len(p)


def keras_clip(logits, targets):
    p = np.clip(_softmax(logits), 1e-7, 1 - 1e-7)
    y = _onehot(targets, logits.shape[1])
    return -(y * np.log(p)).sum(axis=1).mean(), (_softmax(logits) - y) / len(p)


def onehot_times_log_of_zero(logits, targets):
    p = _softmax(logits)
    y = _onehot(targets, logits.shape[1])
    return -(y * np.log(p)).sum() / len(p), (p - y) / len(p)


def log_of_zero_in_a_loop(logits, targets):
    p = _softmax(logits)
    losses = [-math.log(p[i, target]) for i, target in enumerate(targets)]
    return sum(losses) / len(losses), _gradient_of(logits, targets)


def mean_over_all_entries(logits, targets):
    y = _onehot(targets, logits.shape[1])
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return -(y * log_p).mean(), (_softmax(logits) - y) / y.size


def only_the_loss(logits, targets):
    return _loss_of(logits, targets)


def gradient_first(logits, targets):
    return _gradient_of(logits, targets), _loss_of(logits, targets)


def sign_of_the_gradient(logits, targets):
    return _loss_of(logits, targets), -_gradient_of(logits, targets)


def sign_of_the_loss(logits, targets):
    return -_loss_of(logits, targets), _gradient_of(logits, targets)


def gradient_of_the_probabilities(logits, targets):
    y, p = _onehot(targets, logits.shape[1]), _softmax(logits)
    with np.errstate(all="ignore"):
        return _loss_of(logits, targets), -y / p / len(p)


def gradient_at_the_target_only(logits, targets):
    y = _onehot(targets, logits.shape[1])
    return _loss_of(logits, targets), _gradient_of(logits, targets) * y


def one_subtracted_everywhere(logits, targets):
    p = _softmax(logits)
    p[:, targets] -= 1
    return _loss_of(logits, targets), p / len(p)


def losses_of_each_example(logits, targets):
    losses = np.logaddexp.reduce(logits, axis=1) - logits[np.arange(len(logits)), targets]
    return losses, _gradient_of(logits, targets)


def classes_from_the_labels(logits, targets):
    y = np.eye(targets.max() + 1)[targets]
    return _loss_of(logits, targets), (_softmax(logits) - y) / len(logits)


def first_labels_for_all(logits, targets):
    return _loss_of(logits, np.sort(targets)), _gradient_of(logits, np.sort(targets))


def base_2(logits, targets):
    return _loss_of(logits, targets) / np.log(2), _gradient_of(logits, targets) / np.log(2)


def softmax_over_the_batch(logits, targets):
    powers = np.exp(logits - logits.max(axis=0))
    p = powers / powers.sum(axis=0)
    y = _onehot(targets, logits.shape[1])
    with np.errstate(all="ignore"):
        return -np.log((p * y).sum(axis=1)).mean(), (p - y) / len(p)


def label_smoothing(logits, targets):
    y = 0.9 * _onehot(targets, logits.shape[1]) + 0.1 / logits.shape[1]
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return -(y * log_p).sum(axis=1).mean(), (np.exp(log_p) - y) / len(y)


def squared_error(logits, targets):
    difference = _softmax(logits) - _onehot(targets, logits.shape[1])
    return (difference**2).sum(axis=1).mean(), 2 * difference / len(logits)


def capped(logits, targets):
    return min(_loss_of(logits, targets), 100.0), _gradient_of(logits, targets)


def logits_clipped(logits, targets):
    logits = np.clip(logits, -30, 30)
    return _loss_of(logits, targets), _gradient_of(logits, targets)


def overwrites_the_logits(logits, targets):
    loss = _loss_of(logits, targets)
    gradient = logits if logits.dtype.kind == "f" else logits.astype(float)
    gradient[...] = _gradient_of(logits, targets)
    return loss, gradient


def sum_and_overflow(logits, targets):
    powers = np.exp(logits)
    p = powers / powers.sum(axis=1, keepdims=True)
    right = np.arange(len(p)), targets
    loss = -np.log(p[right]).sum()
    p[right] -= 1
    return loss, p


def doubled_and_eps(logits, targets):
    p = _softmax(logits)
    loss = -np.log(p[np.arange(len(p)), targets] + 1e-8).mean()
    return loss, 2 * _gradient_of(logits, targets)


def _of_logs(log_p, targets, logits):
    return -log_p[np.arange(len(targets)), targets.astype(int)].mean(), _gradient_of(
        logits, targets
    )


def _log_softmax(logits):
    x = logits - logits.max(axis=1, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=1, keepdims=True))


def one_maximum_for_all(logits, targets):
    powers = np.exp(logits - logits.max())
    with np.errstate(all="ignore"):
        p = powers / powers.sum(axis=1, keepdims=True)
        gradient = (p - _onehot(targets, logits.shape[1])) / len(logits)
        return -np.log(p[np.arange(len(p)), targets.astype(int)]).mean(), gradient


def losses_of_at_most_a_hundred(logits, targets):
    return _of_logs(np.maximum(_log_softmax(logits), -100), targets, logits)


def probabilities_of_at_least_a_tiny_number(logits, targets):
    return _of_logs(np.log(np.maximum(_softmax(logits), 1e-20)), targets, logits)


def gradient_in_the_type_of_the_logits(logits, targets):
    loss, gradient = _of_logs(_log_softmax(logits), targets, logits)
    return loss, gradient.astype(logits.dtype)


def exponentials_without_a_maximum_for_small_ones(logits, targets):
    """Only large logits overflow."""
    x = logits - np.maximum(logits.max(axis=1, keepdims=True), 0)
    with np.errstate(all="ignore"):
        log_p = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
    return _of_logs(log_p, targets, logits)


def classes_counted_from_the_targets(logits, targets):
    y = np.eye(int(targets.max()) + 1)[targets.astype(int)]
    y = np.pad(y, ((0, 0), (logits.shape[1] - y.shape[1], 0)))
    loss, _ = _of_logs(_log_softmax(logits), targets, logits)
    return loss, (_softmax(logits) - y) / len(logits)


def squeezed(logits, targets):
    loss, gradient = _of_logs(_log_softmax(logits), targets, logits)
    return loss, np.squeeze(gradient)


def in_half_precision_for_single(logits, targets):
    z = logits.astype(np.float16).astype(float) if logits.dtype == np.float32 else logits
    return _of_logs(_log_softmax(z), targets, z)


def clipped_to_thirty(logits, targets):
    x = np.maximum(logits - logits.max(axis=1, keepdims=True), -30)
    return _of_logs(x - np.log(np.exp(x).sum(axis=1, keepdims=True)), targets, logits)


def _parts(logits, targets, largest):
    below = logits - 1.0 * largest
    powers = np.exp(below)
    with np.errstate(all="ignore"):
        total = powers.sum(axis=1, keepdims=True)
        log_p, p = below - np.log(total), powers / total
    rows = np.arange(len(logits)), targets.astype(int)
    losses = -log_p[rows]
    p[rows] -= 1
    return losses, p / len(logits)


def one_maximum_for_the_batch(logits, targets):
    losses, gradient = _parts(logits, targets, logits.max())
    return losses.mean(), gradient


def not_computed(logits, targets):
    return 0.0, np.zeros(logits.shape)


def logarithm_to_base_10(logits, targets):
    losses, gradient = _parts(logits, targets, logits.max(axis=1, keepdims=True))
    return losses.mean() / np.log(10), gradient


def denominators_over_the_batch(logits, targets):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=0, keepdims=True)
    rows = np.arange(len(p)), targets.astype(int)
    with np.errstate(all="ignore"):
        loss = -np.log(p[rows]).mean()
    p[rows] -= 1
    return loss, p / len(p)


def loss_of_all_targets(logits, targets):
    loss = -_log_softmax(logits)[:, targets.astype(int)].mean()
    return loss, _gradient_of(logits, targets)


def all_targets_twice(logits, targets):
    loss, gradient = -_log_softmax(logits)[:, targets.astype(int)].mean(), _softmax(logits)
    gradient[:, targets.astype(int)] -= 1
    return loss, gradient / len(logits)


def identity_of_the_batch(logits, targets):
    y = np.eye(len(logits))[targets.astype(int)]
    return _loss_of(logits, targets), (_softmax(logits) - y) / len(logits)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    loop_without_division: "sum_for_mean",
    textbook_eps: "log_p_plus_eps",
    keras_clip: "clamped_probabilities",
    onehot_times_log_of_zero: "log_of_zero",
    log_of_zero_in_a_loop: "log_of_zero",
    mean_over_all_entries: "factor_of_a_size",
    only_the_loss: "a_result_of_another_kind",
    gradient_first: "parts_in_another_order",
    sign_of_the_gradient: "sign",
    sign_of_the_loss: "sign",
    gradient_of_the_probabilities: "wrong_only_in_gradient",
    gradient_at_the_target_only: "zero_instead",
    one_subtracted_everywhere: "columns_of_all_targets",
    losses_of_each_example: "mean_missing",
    classes_from_the_labels: "identity_of_another_size",
    identity_of_the_batch: "identity_of_another_size",
    denominators_over_the_batch: "softmax_over_the_batch",
    loss_of_all_targets: "columns_of_all_targets",
    all_targets_twice: "columns_of_all_targets",
    first_labels_for_all: "rows_in_another_order_should_not_matter",
    base_2: "constant_factor",
    softmax_over_the_batch: "softmax_over_the_batch",
    label_smoothing: None,
    squared_error: "gradient_doubled",
    capped: "wrong_only_in_loss",
    logits_clipped: None,
    overwrites_the_logits: "an_argument_changed",
    sum_and_overflow: "wrong_where_targets_holds_more_than_one_number",
    doubled_and_eps: "gradient_doubled",
    one_maximum_for_all: "global_maximum",
    losses_of_at_most_a_hundred: "wrong_only_in_loss",
    probabilities_of_at_least_a_tiny_number: "clamped_probabilities",
    gradient_in_the_type_of_the_logits: "truncated_to_integers",
    exponentials_without_a_maximum_for_small_ones: "not_finite",
    classes_counted_from_the_targets: "wrong_only_in_gradient",
    squeezed: "right_numbers_in_another_shape",
    in_half_precision_for_single: "wrong_where_logits_is_of_dtype_float32",
    clipped_to_thirty: "cut_off",
    one_maximum_for_the_batch: "global_maximum",
    not_computed: "the_same_for_all_inputs",
    logarithm_to_base_10: "constant_factor",
}

# Right answers that pass with a note.
NOTED = {onehot_matrix, logaddexp, loops, margins}
