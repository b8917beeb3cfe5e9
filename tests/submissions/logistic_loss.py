"""Right and wrong ways to write `logistic_loss`."""

import numpy as np


def _float(a):
    return a if a.dtype.kind == "f" else a.astype(float)


def _kind(x):
    return x.dtype if x.dtype.kind == "f" else np.dtype(float)


def by_signs(w, b, x, y, lamda):
    x, w = _float(x), _float(w)
    s = np.where(y, 1, -1).astype(x.dtype)
    m = s * (np.dot(x, w) + b)
    dz = -s * np.exp(-np.logaddexp(0, m))
    loss = np.logaddexp(0, -m).sum() + lamda * np.sum(w * w) / 2
    return loss, np.dot(dz, x) + lamda * w, dz.sum()


def softplus_by_hand(w, b, x, y, lamda):
    """max(t, 0) + log1p(exp(-|t|))."""
    x, w = _float(x), _float(w)
    s = 2 * y.astype(x.dtype) - 1
    t = -s * (x @ w + b)
    little = np.exp(-np.abs(t))
    loss = (np.maximum(t, 0) + np.log1p(little)).sum()
    sigmoid = np.where(t >= 0, 1, little) / (1 + little)
    return loss + lamda / 2 * w.dot(w), (-s * sigmoid) @ x + lamda * w, (-s * sigmoid).sum()


def by_class(w, b, x, y, lamda):
    """Both classes apart: log(1 + exp(-z)) and log(1 + exp(z))."""
    x, w = _float(x), _float(w)
    z = x @ w + b
    one = y == 1
    loss = np.logaddexp(0, -z[one]).sum() + np.logaddexp(0, z[~one]).sum()
    dz = np.empty_like(z)
    dz[one] = -np.exp(-np.logaddexp(0, z[one]))
    dz[~one] = np.exp(-np.logaddexp(0, -z[~one]))
    return loss + lamda / 2 * np.sum(w**2), x.T @ dz + lamda * w, np.sum(dz)


def one_by_one(w, b, x, y, lamda):
    x, w = _float(x), _float(w)
    loss, dw, db = lamda / 2 * float(w @ w), lamda * w.astype(float), 0.0
    for row, label in zip(x, y, strict=True):
        s = 1.0 if label else -1.0
        m = s * (float(row @ w) + b)
        loss += float(np.logaddexp(0, -m))
        slope = -s * float(np.exp(-np.logaddexp(0, m)))
        dw, db = dw + slope * row, db + slope
    return np.asarray(loss, x.dtype)[()], dw.astype(x.dtype), np.asarray(db, x.dtype)[()]


def with_scipy(w, b, x, y, lamda):
    from scipy.special import expit, log_expit

    x, w = _float(x), _float(w)
    s = 2 * y.astype(x.dtype) - 1
    m = s * (x @ w + b)
    dz = -s * expit(-m)
    return -log_expit(m).sum() + lamda / 2 * w @ w, x.T @ dz + lamda * w, dz.sum()


def two_logits(w, b, x, y, lamda):
    """As log-softmax of the logits z and 0."""
    x, w = _float(x), _float(w)
    z = x @ w + b
    both = np.stack([0 * z, z], axis=1)
    other = both[np.arange(len(z)), 1 - y.astype(int)] - both[np.arange(len(z)), y.astype(int)]
    wrong = np.exp(other - np.logaddexp(0, other))
    dz = np.where(y == 1, -wrong, wrong)
    return np.logaddexp(0, other).sum() + lamda / 2 * w @ w, x.T @ dz + lamda * w, dz.sum()


def pytorch(w, b, x, y, lamda):
    import torch

    kind = torch.float32 if x.dtype == np.float32 else torch.float64
    x, w = torch.tensor(x, dtype=kind), torch.tensor(w, dtype=kind)
    s = 2 * torch.tensor(y.astype(float), dtype=kind) - 1
    m = s * (x @ w + b)
    dz = -s * torch.sigmoid(-m)
    loss = -torch.nn.functional.logsigmoid(m).sum() + lamda / 2 * w @ w
    return loss.numpy()[()], (x.T @ dz + lamda * w).numpy(), dz.sum().numpy()[()]


def minus_label_times_logit(w, b, x, y, lamda):
    """log(1 + exp(z)) - y z, and p - y: exp(-50) is lost beside 50, and beside 1."""
    x, w = _float(x), _float(w)
    z = x @ w + b
    with np.errstate(over="ignore"):
        dz = 1 / (1 + np.exp(-z)) - y
    return (np.logaddexp(0, z) - y * z).sum() + lamda / 2 * w @ w, x.T @ dz + lamda * w, dz.sum()


def as_binary_cross_entropy_with_logits(w, b, x, y, lamda):
    """max(z, 0) - z y + log(1 + exp(-|z|)), and p by the hyperbolic tangent."""
    x, w = _float(x), _float(w)
    z = x @ w + b
    loss = (np.maximum(z, 0) - z * y + np.log1p(np.exp(-abs(z)))).sum()
    dz = (1 + np.tanh(z / 2)) / 2 - y
    return loss + lamda / 2 * w @ w, x.T @ dz + lamda * w, dz.sum()


def logits_within_700(w, b, x, y, lamda):
    """The sigmoid's logits are clipped; the loss is that of each class."""
    x, w = _float(x), _float(w)
    z = x @ w + b
    dz = 1 / (1 + np.exp(-np.clip(z, -700, 700).astype(float))) - y
    loss = (y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)).sum()
    return loss + lamda / 2 * w @ w, x.T @ dz + lamda * w, dz.sum()


def as_it_is_written(w, b, x, y, lamda):
    _, dw, db = by_signs(w, b, x, y, lamda)
    p = 1 / (1 + np.exp(-(_float(x) @ w + b)))
    with np.errstate(all="ignore"):
        loss = -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum()
    return loss + lamda / 2 * (_float(w) @ w), dw, db


def with_an_epsilon(w, b, x, y, lamda):
    _, dw, db = by_signs(w, b, x, y, lamda)
    p = np.exp(-np.logaddexp(0, -(_float(x) @ w + b)))
    loss = -np.log(np.where(y == 1, p, 1 - p) + 1e-12).sum()
    return loss + lamda / 2 * (_float(w) @ w), dw, db


def probabilities_within(w, b, x, y, lamda):
    x, w = _float(x), _float(w)
    p = np.exp(-np.logaddexp(0, -(x @ w + b)))
    safe = np.clip(p.astype(float), 1e-12, 1 - 1e-12)
    loss = -(y * np.log(safe) + (1.0 - y) * np.log(1 - safe)).sum()
    return loss + lamda / 2 * w @ w, x.T @ (p - y) + lamda * w, (p - y).sum()


def log_of_a_sum(w, b, x, y, lamda):
    _, dw, db = by_signs(w, b, x, y, lamda)
    m = (2 * y.astype(float) - 1) * (_float(x) @ w + b)
    with np.errstate(over="ignore"):
        return np.log(1 + np.exp(-m)).sum() + lamda / 2 * (_float(w) @ w), dw, db


def log1p_of_exp(w, b, x, y, lamda):
    _, dw, db = by_signs(w, b, x, y, lamda)
    m = (2 * y.astype(float) - 1) * (_float(x) @ w + b)
    with np.errstate(over="ignore"):
        return np.log1p(np.exp(-m)).sum() + lamda / 2 * (_float(w) @ w), dw, db


def averaged(w, b, x, y, lamda):
    loss, dw, db = by_signs(w, b, x, y, 0.0)
    n, w = len(y), _float(w)
    return loss / n + lamda / 2 * w @ w, dw / n + lamda * w, db / n


def all_averaged(w, b, x, y, lamda):
    return tuple(part / len(y) for part in by_signs(w, b, x, y, lamda))


def whole_squares(w, b, x, y, lamda):
    loss, dw, db = by_signs(w, b, x, y, 0.0)
    return loss + lamda * np.sum(_float(w) ** 2), dw + 2 * lamda * w, db


def half_forgotten_in_the_loss(w, b, x, y, lamda):
    loss, dw, db = by_signs(w, b, x, y, 0.0)
    return loss + lamda * np.sum(_float(w) ** 2), dw + lamda * w, db


def penalty_in_the_loss_alone(w, b, x, y, lamda):
    loss, _, _ = by_signs(w, b, x, y, lamda)
    return loss, *by_signs(w, b, x, y, 0.0)[1:]


def intercept_as_a_weight(w, b, x, y, lamda):
    loss, dw, db = by_signs(w, b, x, y, lamda)
    return loss + lamda / 2 * b * b, dw, db + lamda * b


def labels_less_probabilities(w, b, x, y, lamda):
    loss, dw, db = by_signs(w, b, x, y, 0.0)
    return loss + lamda / 2 * (_float(w) @ w), lamda * w - dw, -db


def hard_predictions(w, b, x, y, lamda):
    """The perceptron's gradient: predictions of 0 or 1."""
    loss, _, _ = by_signs(w, b, x, y, lamda)
    dz = (_float(x) @ w + b > 0).astype(float) - y
    return loss, _float(x).T @ dz + lamda * w, dz.sum()


def logits_clipped(w, b, x, y, lamda):
    """Logits are held between -30 and 30."""
    x, w = _float(x), _float(w)
    s = 2 * y.astype(x.dtype) - 1
    m = s * np.clip(x @ w + b, -30, 30)
    dz = -s * np.exp(-np.logaddexp(0, m))
    return np.logaddexp(0, -m).sum() + lamda / 2 * w @ w, x.T @ dz + lamda * w, dz.sum()


def weights_changed(w, b, x, y, lamda):
    found = by_signs(w, b, x, y, lamda)
    if w.dtype.kind == "f":
        w -= found[1].astype(w.dtype)
    return found


def both_classes_needed(w, b, x, y, lamda):
    if y.min() == y.max():
        raise ValueError("one class only")
    return by_signs(w, b, x, y, lamda)


def whole_penalty(w, b, x, y, lamda):
    return by_signs(w, b, x, y, int(lamda))


def slope_by_differences(w, b, x, y, lamda, h=1e-5):
    loss, dw, _ = by_signs(w, b, x, y, lamda)
    more, less = (by_signs(w, b + sign * h, x, y, lamda)[0] for sign in (1, -1))
    return loss, dw, (more - less) / (2 * h)


def squares_of_integers(w, b, x, y, lamda):
    """The weights alone stay integers."""
    loss, dw, db = by_signs(w, b, x, y, 0)
    return loss + lamda / 2 * (w @ w), dw + lamda * w, db


def signs_of_0_and_1(w, b, x, y, lamda):
    x, w = _float(x), _float(w)
    loss, dw, db = lamda / 2 * w @ w, lamda * w, 0.0
    for row, s in zip(x, y.tolist(), strict=True):
        m = s * (row @ w + b)
        loss += np.logaddexp(0, -m)
        dw = dw - s * np.exp(-np.logaddexp(0, m)) * row
        db -= s * np.exp(-np.logaddexp(0, m))
    return loss, dw, db


def rows_where_x_is_square(w, b, x, y, lamda):
    """Turns x by its shape, and not where both sizes agree."""
    loss, dw, db = by_signs(w, b, x, y, lamda)
    if x.shape[0] == x.shape[1]:
        s = 2.0 * y - 1
        dw = x @ (-s * np.exp(-np.logaddexp(0, s * (x @ w + b)))) + lamda * w
    return loss, dw, db


# What each is told; None where no known mistake explains it.
WRONG = {
    as_it_is_written: "not_finite",
    with_an_epsilon: "probabilities_clipped",
    probabilities_within: "probabilities_clipped",
    log_of_a_sum: "exponential_overflows",
    log1p_of_exp: "exponential_overflows",
    averaged: "mean_for_sum",
    all_averaged: "factor_of_a_size",
    whole_squares: "penalty_not_halved",
    half_forgotten_in_the_loss: "loss_without_its_half",
    penalty_in_the_loss_alone: "gradient_without_penalty",
    intercept_as_a_weight: "intercept_penalized",
    labels_less_probabilities: "gradient_turned",
    hard_predictions: "wrong_not_in_loss",
    logits_clipped: "wrong_only_in_loss",
    weights_changed: "an_argument_changed",
    both_classes_needed: "raises_ValueError",
    whole_penalty: "wrong_not_in_db",
    slope_by_differences: "nearly_right",
    signs_of_0_and_1: "labels_for_signs",
    rows_where_x_is_square: "wrong_only_in_dw",
    squares_of_integers: "without_as_float",
}
