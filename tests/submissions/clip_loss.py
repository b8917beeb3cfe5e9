"""Right and wrong ways to write CLIP's loss with its gradients."""

import numpy as np


def _float(x):
    return x if x.dtype.kind == "f" else x.astype(float)


def _unit(x):
    x = _float(x)
    return x / np.sqrt((x * x).sum(1, keepdims=True))


def _softmax(z, axis):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _log_softmax(z, axis):
    z = z - z.max(axis=axis, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))


def _back(d, x):
    u = _unit(x)
    length = np.sqrt((_float(x) ** 2).sum(1, keepdims=True))
    return (d - (d * u).sum(1, keepdims=True) * u) / length


def _parts(images, texts, log_scale):
    """Unit rows, the scale, the logits, the loss and its gradient at the logits."""
    a, b, scale = _unit(images), _unit(texts), float(np.exp(log_scale))
    logits, n = scale * a @ b.T, len(a)
    loss = -(np.diag(_log_softmax(logits, 1)) + np.diag(_log_softmax(logits, 0))).mean() / 2
    d = (_softmax(logits, 0) + _softmax(logits, 1) - 2 * np.eye(n, dtype=logits.dtype)) / (2 * n)
    return a, b, scale, logits, loss, d


def in_one_piece(images, texts, log_scale):
    a, b, scale, logits, loss, d = _parts(images, texts, log_scale)
    return (
        loss,
        _back(scale * d @ b, images),
        _back(scale * d.T @ a, texts),
        (d * logits).sum(),
    )


def by_the_trace(images, texts, log_scale):
    """The gradient of log scale is the logits' trace against what is expected of them."""
    a, b, scale, logits, loss, d = _parts(images, texts, log_scale)
    dlog = np.einsum("ij,ij->", d, logits)
    da, db = np.einsum("ij,jk->ik", d, b) * scale, np.einsum("ij,ik->jk", d, a) * scale
    return [loss, _back(da, images), _back(db, texts), dlog]


def jacobian_of_each_row(images, texts, log_scale):
    a, b, scale, logits, loss, d = _parts(images, texts, log_scale)

    def back(dout, x):
        rows = []
        for each, row in zip(dout, _float(x), strict=True):
            length = np.sqrt(row @ row)
            u = row / length
            rows.append((np.eye(len(row)) - np.outer(u, u)) @ each / length)
        return np.array(rows, dtype=dout.dtype)

    return loss, back(scale * d @ b, images), back(scale * d.T @ a, texts), (d * logits).sum()


def loop_over_pairs(images, texts, log_scale):
    a, b = _unit(images), _unit(texts)
    scale, n = float(np.exp(log_scale)), len(a)
    logits = scale * a @ b.T
    loss, d = 0.0, np.zeros_like(logits)
    for i in range(n):
        for line, place in ((logits[i], (i, slice(None))), (logits[:, i], (slice(None), i))):
            top = line.max()
            total = np.exp(line - top).sum()
            loss = loss + (top + np.log(total) - line[i]) / (2 * n)
            d[place] += np.exp(line - top) / total / (2 * n)
        d[i, i] -= 1 / n
    return loss, _back(scale * d @ b, images), _back(scale * d.T @ a, texts), (d * logits).sum()


def plain_python(images, texts, log_scale):
    """Two sums over all pairs, entry by entry."""
    import math

    a, b = images.astype(float), texts.astype(float)
    (n, d), scale = a.shape, math.exp(log_scale)
    of_a, of_b = ([math.hypot(*row) for row in each] for each in (a, b))
    cos = [[float(a[i] @ b[j]) / of_a[i] / of_b[j] for j in range(n)] for i in range(n)]
    loss, g = 0.0, [[0.0] * n for _ in range(n)]
    for i in range(n):
        for line in [(i, j) for j in range(n)], [(j, i) for j in range(n)]:
            top = max(cos[p][q] for p, q in line)
            powers = [math.exp(scale * (cos[p][q] - top)) for p, q in line]
            total = sum(powers)
            loss += (math.log(total) + scale * (top - cos[i][i])) / (2 * n)
            for (p, q), power in zip(line, powers, strict=True):
                g[p][q] += (power / total - (p == q)) / (2 * n)
    da, db, dlog = np.zeros((n, d)), np.zeros((n, d)), 0.0
    for i in range(n):
        for j in range(n):
            u, v, slope = a[i] / of_a[i], b[j] / of_b[j], scale * g[i][j]
            da[i] += slope * (v - cos[i][j] * u) / of_a[i]
            db[j] += slope * (u - cos[i][j] * v) / of_b[j]
            dlog += slope * cos[i][j]
    return loss, da, db, dlog


def logaddexp(images, texts, log_scale):
    a, b = _unit(images), _unit(texts)
    scale, n = float(np.exp(log_scale)), len(a)
    logits = scale * a @ b.T
    rows = np.logaddexp.reduce(logits, axis=1, keepdims=True)
    columns = np.logaddexp.reduce(logits, axis=0, keepdims=True)
    loss = (rows.mean() + columns.mean()) / 2 - np.trace(logits) / n
    d = (np.exp(logits - rows) + np.exp(logits - columns)) / (2 * n)
    d[np.diag_indices(n)] -= 1 / n
    return loss, _back(scale * d @ b, images), _back(scale * d.T @ a, texts), (d * logits).sum()


def pytorch(images, texts, log_scale):
    import torch

    kind = torch.float32 if images.dtype == np.float32 else torch.float64
    x, y = (torch.tensor(each, dtype=kind, requires_grad=True) for each in (images, texts))
    s = torch.tensor(float(log_scale), dtype=kind, requires_grad=True)
    a, b = (each / each.norm(dim=1, keepdim=True) for each in (x, y))
    logits, own = s.exp() * a @ b.T, torch.arange(len(a))
    cross = torch.nn.functional.cross_entropy
    loss = (cross(logits, own) + cross(logits.T, own)) / 2
    loss.backward()
    return (loss.detach().numpy(), *(each.grad.numpy() for each in (x, y, s)))


def scipy_logsumexp(images, texts, log_scale):
    from scipy.special import log_softmax

    a, b = _unit(images), _unit(texts)
    scale, n = float(np.exp(log_scale)), len(a)
    logits = scale * a @ b.T
    rows, columns = log_softmax(logits, axis=1), log_softmax(logits, axis=0)
    loss = -(np.trace(rows) + np.trace(columns)) / (2 * n)
    d = (np.exp(rows) + np.exp(columns) - 2 * np.eye(n)) / (2 * n)
    return loss, _back(scale * d @ b, images), _back(scale * d.T @ a, texts), (d * logits).sum()


def _finish(images, texts, a, b, scale, logits, loss, d):
    return loss, _back(scale * d @ b, images), _back(scale * d.T @ a, texts), (d * logits).sum()


def images_choose_only(images, texts, log_scale):
    a, b, scale, logits, _, _ = _parts(images, texts, log_scale)
    n = len(a)
    loss = -np.diag(_log_softmax(logits, 1)).mean()
    d = (_softmax(logits, 1) - np.eye(n)) / n
    return _finish(images, texts, a, b, scale, logits, loss, d)


def texts_choose_only(images, texts, log_scale):
    a, b, scale, logits, _, _ = _parts(images, texts, log_scale)
    n = len(a)
    loss = -np.diag(_log_softmax(logits, 0)).mean()
    d = (_softmax(logits, 0) - np.eye(n)) / n
    return _finish(images, texts, a, b, scale, logits, loss, d)


def sum_of_directions(images, texts, log_scale):
    a, b, scale, logits, loss, d = _parts(images, texts, log_scale)
    return _finish(images, texts, a, b, scale, logits, 2 * loss, 2 * d)


def loss_halved_alone(images, texts, log_scale):
    a, b, scale, logits, loss, d = _parts(images, texts, log_scale)
    return _finish(images, texts, a, b, scale, logits, loss, 2 * d)


def plain_products(images, texts, log_scale):
    a, b, scale = _float(images), _float(texts), float(np.exp(log_scale))
    logits, n = scale * a @ b.T, len(a)
    loss = -(np.diag(_log_softmax(logits, 1)) + np.diag(_log_softmax(logits, 0))).mean() / 2
    d = (_softmax(logits, 0) + _softmax(logits, 1) - 2 * np.eye(n)) / (2 * n)
    return loss, scale * d @ b, scale * d.T @ a, (d * logits).sum()


def no_backward_of_the_norm(images, texts, log_scale):
    a, b, scale, logits, loss, d = _parts(images, texts, log_scale)
    return loss, scale * d @ b, scale * d.T @ a, (d * logits).sum()


def norm_as_a_constant(images, texts, log_scale):
    a, b, scale, logits, loss, d = _parts(images, texts, log_scale)
    lengths = [np.sqrt((_float(x) ** 2).sum(1, keepdims=True)) for x in (images, texts)]
    return loss, scale * d @ b / lengths[0], scale * d.T @ a / lengths[1], (d * logits).sum()


def not_over_the_length(images, texts, log_scale):
    a, b, scale, logits, loss, d = _parts(images, texts, log_scale)
    return loss, _back(scale * d @ b, a), _back(scale * d.T @ a, b), (d * logits).sum()


def raw_parameter(images, texts, log_scale):
    a, b, scale = _unit(images), _unit(texts), log_scale
    logits, n = scale * a @ b.T, len(a)
    loss = -(np.diag(_log_softmax(logits, 1)) + np.diag(_log_softmax(logits, 0))).mean() / 2
    d = (_softmax(logits, 0) + _softmax(logits, 1) - 2 * np.eye(n)) / (2 * n)
    return _finish(images, texts, a, b, scale, logits, loss, d)


def as_a_temperature(images, texts, log_scale):
    loss, dimages, dtexts, dlog_scale = in_one_piece(images, texts, -log_scale)
    return loss, dimages, dtexts, -dlog_scale


def slope_of_the_scale(images, texts, log_scale):
    loss, dimages, dtexts, dlog_scale = in_one_piece(images, texts, log_scale)
    return loss, dimages, dtexts, dlog_scale / np.exp(log_scale)


def scale_left_out_behind(images, texts, log_scale):
    a, b, _, logits, loss, d = _parts(images, texts, log_scale)
    return loss, _back(d @ b, images), _back(d.T @ a, texts), (d * logits).sum()


def texts_by_rows(images, texts, log_scale):
    a, b, scale, logits, loss, d = _parts(images, texts, log_scale)
    return loss, _back(scale * d @ b, images), _back(scale * d @ a, texts), (d * logits).sum()


def sums(images, texts, log_scale):
    n = len(images)
    return tuple(n * each for each in in_one_piece(images, texts, log_scale))


def gradient_of_the_batchs_sum(images, texts, log_scale):
    loss, *gradients = in_one_piece(images, texts, log_scale)
    return (loss, *(len(images) * each for each in gradients))


def clipped_at_a_hundred(images, texts, log_scale):
    return in_one_piece(images, texts, min(log_scale, np.log(100)))


def overflowing(images, texts, log_scale):
    a, b, scale, logits, _, _ = _parts(images, texts, log_scale)
    n, e = len(a), np.exp(logits)
    rows, columns = e / e.sum(1, keepdims=True), e / e.sum(0, keepdims=True)
    loss = -(np.log(np.diag(rows)) + np.log(np.diag(columns))).mean() / 2
    d = (rows + columns - 2 * np.eye(n)) / (2 * n)
    return _finish(images, texts, a, b, scale, logits, loss, d)


def log_of_a_probability(images, texts, log_scale):
    """Where a probability rounds to 0, its logarithm is -inf."""
    a, b, scale, logits, _, d = _parts(images, texts, log_scale)
    own = np.diag(_softmax(logits, 0)), np.diag(_softmax(logits, 1))
    loss = -np.log(own).mean()
    return _finish(images, texts, a, b, scale, logits, loss, d)


def log_with_eps(images, texts, log_scale):
    a, b, scale, logits, _, d = _parts(images, texts, log_scale)
    own = np.stack([np.diag(_softmax(logits, 0)), np.diag(_softmax(logits, 1))])
    loss = -np.log(own + 1e-12).mean()
    return _finish(images, texts, a, b, scale, logits, loss, d)


def eps_in_the_length(images, texts, log_scale):
    def unit(x):
        x = _float(x)
        return x / (np.linalg.norm(x, axis=1, keepdims=True) + 1e-8)

    a, b, scale = unit(images), unit(texts), float(np.exp(log_scale))
    logits, n = scale * a @ b.T, len(a)
    loss = -(np.diag(_log_softmax(logits, 1)) + np.diag(_log_softmax(logits, 0))).mean() / 2
    d = (_softmax(logits, 0) + _softmax(logits, 1) - 2 * np.eye(n)) / (2 * n)
    return _finish(images, texts, a, b, scale, logits, loss, d)


def whole_array_normalised(images, texts, log_scale):
    """One length for the whole array."""
    a, b = (_float(x) / np.linalg.norm(_float(x)) for x in (images, texts))
    scale = float(np.exp(log_scale))
    logits, n = scale * a @ b.T, len(a)
    loss = -(np.diag(_log_softmax(logits, 1)) + np.diag(_log_softmax(logits, 0))).mean() / 2
    d = (_softmax(logits, 0) + _softmax(logits, 1) - 2 * np.eye(n)) / (2 * n)
    return _finish(images, texts, a, b, scale, logits, loss, d)


def images_take_own_rows(images, texts, log_scale):
    """dimages is made of the images themselves."""
    a, b, scale, logits, loss, d = _parts(images, texts, log_scale)
    return loss, _back(scale * d @ a, images), _back(scale * d.T @ b, texts), (d * logits).sum()


def no_pair_alone(images, texts, log_scale):
    """The diagonal is left out of the sum of exponentials."""
    a, b, scale = _unit(images), _unit(texts), float(np.exp(log_scale))
    logits, n = scale * a @ b.T, len(a)
    others = np.where(np.eye(n, dtype=bool), -np.inf, logits)
    loss = (
        np.logaddexp.reduce(others, axis=1) + np.logaddexp.reduce(others, axis=0)
    ).mean() / 2 - np.trace(logits) / n
    d = (_softmax(others, 0) + _softmax(others, 1) - 2 * np.eye(n)) / (2 * n)
    return _finish(images, texts, a, b, scale, logits, loss, d)


def in_the_type_of_the_images(images, texts, log_scale):
    return tuple(np.asarray(x).astype(images.dtype) for x in in_one_piece(images, texts, log_scale))


def opposite_sign(images, texts, log_scale):
    loss, *gradients = in_one_piece(images, texts, log_scale)
    return (loss, *(-each for each in gradients))


def no_gradient_of_the_scale(images, texts, log_scale):
    loss, dimages, dtexts, _ = in_one_piece(images, texts, log_scale)
    return loss, dimages, dtexts, 0.0


def normalises_in_place(images, texts, log_scale):
    found = in_one_piece(images, texts, log_scale)
    if images.dtype.kind == "f":
        images /= np.linalg.norm(images, axis=1, keepdims=True)
    return found


def never_below_1(images, texts, log_scale):
    return in_one_piece(images, texts, max(log_scale, 0.0))


def columns_where_it_is_square(images, texts, log_scale):
    """Normalises columns where there are as many dimensions as pairs."""
    if images.shape[0] != images.shape[1]:
        return in_one_piece(images, texts, log_scale)
    loss, dimages, dtexts, dlog_scale = in_one_piece(images.T, texts.T, log_scale)
    return loss, dimages.T, dtexts.T, dlog_scale


def rounded_whole(images, texts, log_scale):
    """Computes integers in float16."""
    kind = images.dtype if images.dtype.kind == "f" else np.float16
    return in_one_piece(images.astype(kind), texts.astype(kind), log_scale)


def no_loss_of_a_pair_alone(images, texts, log_scale):
    """One pair has no negative, and is answered with nan."""
    loss, *gradients = in_one_piece(images, texts, log_scale)
    return (loss if len(images) > 1 else np.nan, *gradients)


def stable_by_rows_only(images, texts, log_scale):
    a, b, scale, logits, _, _ = _parts(images, texts, log_scale)
    n, e = len(a), np.exp(logits - logits.max(axis=1, keepdims=True))
    rows, columns = e / e.sum(1, keepdims=True), e / e.sum(0, keepdims=True)
    loss = -(np.log(np.diag(rows)) + np.log(np.diag(columns))).mean() / 2
    d = (rows + columns - 2 * np.eye(n)) / (2 * n)
    return _finish(images, texts, a, b, scale, logits, loss, d)


def rows_of_the_transpose(images, texts, log_scale):
    """The gradient of the columns is added as if it lay like that of the rows."""
    a, b, scale, logits, loss, _ = _parts(images, texts, log_scale)
    d = (_softmax(logits, 1) + _softmax(logits.T, 1) - 2 * np.eye(len(a))) / (2 * len(a))
    return _finish(images, texts, a, b, scale, logits, loss, d)


def _by_lengths(images, texts, log_scale, lengths):
    """As a learner writes it whose lengths are these."""
    x, y, scale = _float(images), _float(texts), float(np.exp(log_scale))
    a, b = x / lengths[0], y / lengths[1]
    z = scale * a @ b.T
    loss = -(np.diag(_log_softmax(z, 1)) + np.diag(_log_softmax(z, 0))).mean() / 2
    d = (_softmax(z, 0) + _softmax(z, 1) - 2 * np.eye(len(z), dtype=z.dtype)) / (2 * len(z))
    da, db = scale * d @ b, scale * d.T @ a
    da = (da - (da * a).sum(1, keepdims=True) * a) / lengths[0]
    db = (db - (db * b).sum(1, keepdims=True) * b) / lengths[1]
    return loss, da, db, (d * z).sum()


def eps_in_all_lengths(images, texts, log_scale):
    lengths = [np.sqrt((_float(x) ** 2).sum(1, keepdims=True)) + 1e-8 for x in (images, texts)]
    return _by_lengths(images, texts, log_scale, lengths)


def as_normalize_of_pytorch(images, texts, log_scale):
    lengths = [np.sqrt((_float(x) ** 2).sum(1, keepdims=True)) for x in (images, texts)]
    return _by_lengths(images, texts, log_scale, [each.clip(1e-12) for each in lengths])


def squares_of_int32(images, texts, log_scale):
    lengths = [np.sqrt((x**2).sum(1, keepdims=True)) for x in (images, texts)]
    return _by_lengths(images, texts, log_scale, lengths)


def stable_by_the_largest(images, texts, log_scale):
    _, *gradients = in_one_piece(images, texts, log_scale)
    z = _parts(images, texts, log_scale)[3]
    z = z - z.max()
    totals = np.log(np.exp(z).sum(axis=0)) + np.log(np.exp(z).sum(axis=1))
    return (totals / 2 - np.diag(z)).mean(), *gradients


def one_norm_of_the_matrix(images, texts, log_scale):
    a, b = images / np.linalg.norm(images), texts / np.linalg.norm(texts)
    logits, n = np.exp(log_scale) * a @ b.T, len(a)
    loss = -(np.diag(_log_softmax(logits, 1)) + np.diag(_log_softmax(logits, 0))).mean() / 2
    d = (_softmax(logits, 0) + _softmax(logits, 1) - 2 * np.eye(n)) / (2 * n)
    da, db = np.exp(log_scale) * d @ b, np.exp(log_scale) * d.T @ a
    da = (da - (da * a).sum() * a) / np.linalg.norm(images)
    db = (db - (db * b).sum() * b) / np.linalg.norm(texts)
    return loss, da, db, (d * logits).sum()


def softmax_below_one_maximum(images, texts, log_scale):
    a, b, scale, logits, _, _ = _parts(images, texts, log_scale)
    powers, n = np.exp(logits - logits.max()), len(a)
    rows, columns = powers / powers.sum(1, keepdims=True), powers / powers.sum(0)
    loss = -(np.log(np.diag(rows)) + np.log(np.diag(columns))).mean() / 2
    d = (rows + columns - 2 * np.eye(n, dtype=logits.dtype)) / (2 * n)
    return _finish(images, texts, a, b, scale, logits, loss, d)


# What each is told; None where no known mistake explains it.
def _with_log_p(images, texts, log_scale, of_texts=True, maxima=True):
    """As ours, by log p; whether texts have length 1, and whether maxima are subtracted."""
    images, texts = images.astype(float), texts.astype(float)
    x_len = np.linalg.norm(images, axis=1, keepdims=True)
    y_len = np.linalg.norm(texts, axis=1, keepdims=True) if of_texts else 1.0
    x, y, n = images / x_len, texts / y_len, len(images)
    logits = np.exp(log_scale) * (x @ y.T)
    log_p = []
    with np.errstate(all="ignore"):
        for axis in (1, 0):
            below = logits - maxima * logits.max(axis=axis, keepdims=True)
            log_p.append(below - np.log(np.exp(below).sum(axis=axis, keepdims=True)))
    loss = -(np.trace(log_p[0]) + np.trace(log_p[1])) / (2 * n)
    g = (np.exp(log_p[0]) + np.exp(log_p[1]) - 2 * np.eye(n)) / (2 * n)
    dx, dy = np.exp(log_scale) * (g @ y), np.exp(log_scale) * (g.T @ x)
    dimages = (dx - x * (x * dx).sum(axis=1, keepdims=True)) / x_len
    dtexts = (dy - y * (y * dy).sum(axis=1, keepdims=True)) / y_len if of_texts else dy
    return loss, dimages, dtexts, (g * logits).sum()


def log_p_without_maxima(images, texts, log_scale):
    return _with_log_p(images, texts, log_scale, maxima=False)


def texts_as_they_are(images, texts, log_scale):
    return _with_log_p(images, texts, log_scale, of_texts=False)


WRONG = {
    images_choose_only: "one_direction_only",
    texts_choose_only: "one_direction_only",
    sum_of_directions: "both_directions_summed",
    loss_halved_alone: "gradient_of_the_sum_of_both",
    plain_products: "not_normalised",
    no_backward_of_the_norm: "gradient_stops_at_the_unit_rows",
    norm_as_a_constant: "lengths_taken_as_constants",
    not_over_the_length: "not_divided_by_the_length",
    raw_parameter: "scale_not_exponentiated",
    as_a_temperature: "scale_taken_for_the_temperature",
    slope_of_the_scale: "gradient_of_the_scale",
    scale_left_out_behind: "scale_missing_in_the_gradients",
    texts_by_rows: "logits_not_transposed_for_the_texts",
    sums: "summed_over_the_batch",
    gradient_of_the_batchs_sum: "factor_of_a_size",
    clipped_at_a_hundred: "scale_clipped",
    overflowing: "no_maximum",
    log_of_a_probability: "log_of_zero",
    log_with_eps: "log_p_plus_eps",
    eps_in_the_length: "eps_beside_the_length",
    whole_array_normalised: "one_length_for_all",
    images_take_own_rows: None,
    no_pair_alone: "own_pair_not_in_the_sum",
    in_the_type_of_the_images: "truncated_to_integers",
    opposite_sign: "sign",
    no_gradient_of_the_scale: "a_factor_left_out",
    normalises_in_place: "an_argument_changed",
    never_below_1: "wrong_where_log_scale_is_-1.5",
    columns_where_it_is_square: "wrong_where_all_axes_of_images_are_equally_long",
    rounded_whole: "right_as_floats",
    stable_by_rows_only: "maximum_of_each_row_for_columns",
    rows_of_the_transpose: "without_transpose",
    no_loss_of_a_pair_alone: "wrong_only_where_it_should_be_0",
    eps_in_all_lengths: "eps_beside_the_length",
    as_normalize_of_pytorch: "floor_under_the_length",
    squares_of_int32: "right_in_int64",
    stable_by_the_largest: "maximum_of_the_batch",
    one_norm_of_the_matrix: "one_length_for_all",
    softmax_below_one_maximum: "maximum_of_the_batch",
    log_p_without_maxima: "no_maximum",
    texts_as_they_are: "one_side_normalised",
}
