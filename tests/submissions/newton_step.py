"""Right and wrong ways to write `newton_step`."""

import numpy as np


def _float(a):
    return a if a.dtype.kind == "f" else a.astype(float)


def _sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


def _parts(w, b, x, y, lamda):
    """Rows with ones, weights with the intercept, probabilities and penalties."""
    x = _float(x)
    x1 = np.hstack([x, np.ones((len(x), 1), x.dtype)])
    both = np.append(_float(w), b).astype(x.dtype)
    penalties = np.append(np.full(len(w), lamda), 0).astype(x.dtype)
    return x1, both, _sigmoid(x1 @ both), penalties


def _after(both, matrix, slope):
    both = both - np.linalg.solve(matrix, slope)
    return both[:-1], both[-1]


def hessian_and_gradient(w, b, x, y, lamda):
    x1, both, p, penalties = _parts(w, b, x, y, lamda)
    matrix = x1.T @ (x1 * (p * (1 - p))[:, None]) + np.diag(penalties)
    return _after(both, matrix, x1.T @ (p - y).astype(x1.dtype) + penalties * both)


def working_response(w, b, x, y, lamda):
    """The normal equations of the target X w + (y - p) / r, multiplied by r."""
    x1, both, p, penalties = _parts(w, b, x, y, lamda)
    r = p * (1 - p)
    matrix = x1.T @ np.diag(r) @ x1 + np.diag(penalties)
    found = np.linalg.solve(matrix, x1.T @ (r * (x1 @ both) + y - p).astype(x1.dtype))
    return found[:-1], found[-1]


def rows_by_the_root(w, b, x, y, lamda):
    x1, both, p, penalties = _parts(w, b, x, y, lamda)
    rows = np.sqrt(p * (1 - p))[:, None] * x1
    slope = np.dot((p - y).astype(x1.dtype), x1) + penalties * both
    return _after(both, rows.T @ rows + np.diag(penalties), slope)


def ones_first(w, b, x, y, lamda):
    x = _float(x)
    x1 = np.concatenate([np.ones((len(x), 1), x.dtype), x], axis=1)
    both = np.concatenate([[b], w]).astype(x.dtype)
    p = _sigmoid(x1 @ both)
    penalties = np.full(len(both), lamda, x.dtype)
    penalties[0] = 0
    matrix = np.einsum("ni,n,nj->ij", x1, p * (1 - p), x1) + np.diag(penalties)
    both = both - np.linalg.solve(matrix, x1.T @ (p - y).astype(x.dtype) + penalties * both)
    return both[1:], both[0]


def sums_of_outer_products(w, b, x, y, lamda):
    x1, both, p, penalties = _parts(w, b, x, y, lamda)
    matrix, slope = np.diag(penalties).astype(float), (penalties * both).astype(float)
    for row, chance, label in zip(x1, p, y, strict=True):
        matrix += chance * (1 - chance) * np.outer(row, row)
        slope += (chance - label) * row
    found = both - np.linalg.inv(matrix) @ slope
    return found[:-1].astype(x1.dtype), found[-1].astype(x1.dtype)


def block_by_block(w, b, x, y, lamda):
    """The intercept eliminated: columns centred by the weights p (1 - p)."""
    x, w = _float(x), _float(w)
    p = _sigmoid(x @ w + b)
    r = p * (1 - p)
    mean, dz = r @ x / r.sum(), p - y
    z = x - mean
    matrix = (z.T * r) @ z + lamda * np.eye(len(w), dtype=x.dtype)
    step = np.linalg.solve(matrix, z.T @ dz.astype(x.dtype) + lamda * w)
    return w - step, b - dz.sum() / r.sum() + mean @ step


def pytorch(w, b, x, y, lamda):
    import torch

    kind = torch.float32 if x.dtype == np.float32 else torch.float64
    x = torch.tensor(x, dtype=kind)
    x1 = torch.cat([x, torch.ones(len(x), 1, dtype=kind)], dim=1)
    both = torch.tensor(np.append(w, b), dtype=kind)
    p, penalties = torch.sigmoid(x1 @ both), torch.full((len(both),), float(lamda), dtype=kind)
    penalties[-1] = 0
    slope = x1.T @ (p - torch.tensor(y.astype(float), dtype=kind)) + penalties * both
    matrix = x1.T @ (x1 * (p * (1 - p))[:, None]) + torch.diag(penalties)
    found = (both - torch.linalg.solve(matrix, slope)).numpy()
    return found[:-1], found[-1]


def _with(w, b, x, y, lamda, curvature=None, both_penalties=None, slope_penalties=None):
    """A step with other weights of examples, or other penalties."""
    x1, both, p, penalties = _parts(w, b, x, y, lamda)
    r = p * (1 - p) if curvature is None else curvature(p)
    of_matrix = penalties if both_penalties is None else both_penalties
    of_slope = penalties if slope_penalties is None else slope_penalties
    matrix = x1.T @ (x1 * r[:, None]) + np.diag(of_matrix)
    step = np.linalg.lstsq(matrix, x1.T @ (p - y) + of_slope * both, rcond=1e-14)[0]
    return (both - step)[:-1], (both - step)[-1]


def free_hessian(w, b, x, y, lamda):
    return _with(w, b, x, y, lamda, both_penalties=np.zeros(len(w) + 1))


def free_gradient(w, b, x, y, lamda):
    return _with(w, b, x, y, lamda, slope_penalties=np.zeros(len(w) + 1))


def lamda_times_identity(w, b, x, y, lamda):
    return _with(w, b, x, y, lamda, both_penalties=np.full(len(w) + 1, lamda))


def all_penalized(w, b, x, y, lamda):
    whole = np.full(len(w) + 1, lamda)
    return _with(w, b, x, y, lamda, both_penalties=whole, slope_penalties=whole)


def ordinary_least_squares(w, b, x, y, lamda):
    return _with(w, b, x, y, lamda, curvature=np.ones_like)


def upper_bound(w, b, x, y, lamda):
    """A quarter is the largest p (1 - p)."""
    return _with(w, b, x, y, lamda, curvature=lambda p: np.full_like(p, 0.25))


def only_p(w, b, x, y, lamda):
    return _with(w, b, x, y, lamda, curvature=lambda p: p)


def never_less_than_a_hundredth(w, b, x, y, lamda):
    return _with(w, b, x, y, lamda, curvature=lambda p: np.maximum(p * (1 - p), 0.01))


def added(w, b, x, y, lamda):
    found = hessian_and_gradient(w, b, x, y, lamda)
    return 2 * w - found[0], 2 * b - found[1]


def descent(w, b, x, y, lamda):
    x1, both, p, penalties = _parts(w, b, x, y, lamda)
    both = both - 0.1 * (x1.T @ (p - y) + penalties * both)
    return both[:-1], both[-1]


def each_alone(w, b, x, y, lamda):
    x1, both, p, penalties = _parts(w, b, x, y, lamda)
    curvature = (p * (1 - p)) @ x1**2 + penalties
    both = both - (x1.T @ (p - y) + penalties * both) / curvature
    return both[:-1], both[-1]


def no_ones(w, b, x, y, lamda):
    x, w = _float(x), _float(w)
    p = _sigmoid(x @ w + b)
    matrix = (x.T * (p * (1 - p))) @ x + lamda * np.eye(len(w))
    return w - np.linalg.solve(matrix, x.T @ (p - y) + lamda * w), b


def two_systems(w, b, x, y, lamda):
    x, w = _float(x), _float(w)
    p = _sigmoid(x @ w + b)
    r = p * (1 - p)
    matrix = (x.T * r) @ x + lamda * np.eye(len(w))
    return w - np.linalg.solve(matrix, x.T @ (p - y) + lamda * w), b - (p - y).sum() / r.sum()


def of_means(w, b, x, y, lamda):
    return hessian_and_gradient(w, b, x, y, lamda * len(x))


def the_step(w, b, x, y, lamda):
    found = hessian_and_gradient(w, b, x, y, lamda)
    return w - found[0], b - found[1]


def in_place(w, b, x, y, lamda):
    found = hessian_and_gradient(w, b, x, y, lamda)
    if w.dtype.kind == "f":
        w[:] = found[0]
    return found


def halved_where_the_loss_rises(w, b, x, y, lamda):
    """The step is halved until the loss falls: no whole step of Newton."""

    def loss(w, b):
        z = _float(x) @ w + b
        return (np.logaddexp(0, z) - y * z).sum() + lamda / 2 * (w @ w)

    w_new, b_new = hessian_and_gradient(w, b, x, y, lamda)
    for _ in range(20):
        if loss(w_new, b_new) <= loss(_float(w), b) + 1e-9:
            break
        w_new, b_new = (w + w_new) / 2, (b + b_new) / 2
    return w_new, b_new


def two_steps(w, b, x, y, lamda):
    return hessian_and_gradient(*hessian_and_gradient(w, b, x, y, lamda), x, y, lamda)


def a_little_more_penalty(w, b, x, y, lamda):
    """A hundred thousandth on the diagonal, for singular matrices."""
    x1, both, p, penalties = _parts(w, b, x, y, lamda)
    matrix = x1.T @ (x1 * (p * (1 - p))[:, None]) + np.diag(penalties + 1e-5)
    return _after(both, matrix, x1.T @ (p - y) + penalties * both)


def as_if_from_zero(w, b, x, y, lamda):
    """Gradient and Hessian are those at weights of 0."""
    found = hessian_and_gradient(0 * w, 0.0, x, y, lamda)
    return w + found[0], b + found[1]


def whole_penalty(w, b, x, y, lamda):
    return hessian_and_gradient(w, b, x, y, int(lamda))


def gradient_without_lamda_where_small(w, b, x, y, lamda):
    return hessian_and_gradient(w, b, x, y, lamda if lamda >= 1 else 0.0)


def exponentials_divided(w, b, x, y, lamda):
    """exp(z) / (1 + exp(z)): infinity over infinity at large logits."""
    x1, both, _, penalties = _parts(w, b, x, y, lamda)
    with np.errstate(over="ignore", invalid="ignore"):
        p = np.exp(x1 @ both) / (1 + np.exp(x1 @ both))
        matrix = x1.T @ (x1 * (p * (1 - p))[:, None]) + np.diag(penalties)
        return _after(both, matrix, x1.T @ (p - y) + penalties * both)


def both_classes_needed(w, b, x, y, lamda):
    if y.min() == y.max():
        raise ValueError("one class only")
    return hessian_and_gradient(w, b, x, y, lamda)


def full_rank_needed(w, b, x, y, lamda):
    """A penalty would do without."""
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise ValueError("collinear columns")
    return hessian_and_gradient(w, b, x, y, lamda)


def penalty_at_most_thousand(w, b, x, y, lamda):
    return hessian_and_gradient(w, b, x, y, min(lamda, 1000.0))


_SEEN = {}


def remembered(w, b, x, y, lamda):
    key = id(w), id(x), id(y), b, lamda
    if key not in _SEEN or any(
        one is not other for one, other in zip(_SEEN[key][:3], (w, x, y), strict=True)
    ):
        _SEEN[key] = w, x, y, hessian_and_gradient(w, b, x, y, lamda)
    return _SEEN[key][3]


def _solved(w, b, x, y, lamda, error, weights):
    x1 = np.column_stack([x, np.ones(len(x))])
    free = np.append(np.ones(x.shape[1]), 0)
    theta = np.append(w, b)
    hessian = np.einsum("n,ni,nj->ij", weights, x1, x1) + lamda * np.diag(free)
    step = np.linalg.solve(hessian, x1.T @ error + lamda * free * theta)
    return theta[:-1] - step[:-1], theta[-1] - step[-1]


def clipped(w, b, x, y, lamda):
    p = np.clip(np.exp(-np.logaddexp(0, -(x @ w + b))), 1e-6, 1 - 1e-6)
    return _solved(w, b, x, y, lamda, p - y, p * (1 - p))


def outer_products_of_gradients(w, b, x, y, lamda):
    p = np.exp(-np.logaddexp(0, -(x @ w + b)))
    return _solved(w, b, x, y, lamda, p - y, (p - y) ** 2)


def plus_and_minus_one(w, b, x, y, lamda):
    p = np.exp(-np.logaddexp(0, -(x @ w + b)))
    return _solved(w, b, x, y, lamda, p - (2 * y.astype(int) - 1), p * (1 - p))


def damped(w, b, x, y, lamda):
    p = np.exp(-np.logaddexp(0, -(x @ w + b)))
    to, at = _solved(w, b, x, y, lamda, p - y, p * (1 - p))
    return (w + to) / 2, (b + at) / 2


def all_in_one_array(w, b, x, y, lamda):
    """An array like w, of integers if w is, takes the intercept, too."""
    theta = np.empty(len(w) + 1, w.dtype)
    theta[:-1], theta[-1] = w, b
    p = np.exp(-np.logaddexp(0, -(x @ theta[:-1] + theta[-1])))
    return _solved(theta[:-1], theta[-1], x, y, lamda, p - y, p * (1 - p))


def one_weight_for_all(w, b, x, y, lamda):
    """The curvature of the mean probability."""
    return _with(w, b, x, y, lamda, curvature=lambda p: np.full_like(p, p.mean() * (1 - p.mean())))


def lamda_in_every_entry(w, b, x, y, lamda):
    x1, both, p, penalties = _parts(w, b, x, y, lamda)
    matrix = x1.T @ (x1 * (p * (1 - p))[:, None])
    matrix[:-1, :-1] += lamda
    step = np.linalg.lstsq(matrix, x1.T @ (p - y) + penalties * both, rcond=1e-14)[0]
    return (both - step)[:-1], (both - step)[-1]


def lamda_added_to_the_matrix(w, b, x, y, lamda):
    x1, both, p, penalties = _parts(w, b, x, y, lamda)
    matrix = x1.T @ (x1 * (p * (1 - p))[:, None]) + lamda
    step = np.linalg.lstsq(matrix, x1.T @ (p - y) + penalties * both, rcond=1e-14)[0]
    return (both - step)[:-1], (both - step)[-1]


def centred_for_good(w, b, x, y, lamda):
    """The intercept stays that of the centred columns."""
    x1, both, p, penalties = _parts(w, b, x, y, lamda)
    x1[:, :-1] -= x1[:, :-1].mean(axis=0)
    matrix = x1.T @ (x1 * (p * (1 - p))[:, None]) + np.diag(penalties)
    return _after(both, matrix, x1.T @ (p - y) + penalties * both)


def intercept_after_the_weights(w, b, x, y, lamda):
    """A step of the weights, and at the new ones a step of the intercept."""
    w, b = no_ones(w, b, x, y, lamda)
    p = _sigmoid(_float(x) @ w + b)
    return w, b - (p - y).sum() / (p * (1 - p)).sum()


def small_columns_cut_off(w, b, x, y, lamda):
    """A pseudo-inverse, whose cutoff drops columns in other units."""
    x1, both, p, penalties = _parts(w, b, x, y, lamda)
    matrix = x1.T @ (x1 * (p * (1 - p))[:, None]) + np.diag(penalties)
    both = both - np.linalg.pinv(matrix, rcond=1e-10) @ (x1.T @ (p - y) + penalties * both)
    return both[:-1], both[-1]


def by_both_sigmoids(w, b, x, y, lamda):
    """1 - p from the other tail, so that it keeps its digits."""
    x1, both, p, penalties = _parts(w, b, x, y, lamda)
    matrix = x1.T @ (x1 * (p * _sigmoid(-x1 @ both))[:, None]) + np.diag(penalties)
    return _after(both, matrix, x1.T @ (p - y).astype(x1.dtype) + penalties * both)


# What each is told; None where no known mistake explains it.
WRONG = {
    one_weight_for_all: "curvature_without_probabilities",
    lamda_in_every_entry: "penalty_in_every_entry",
    lamda_added_to_the_matrix: "penalty_in_every_entry",
    centred_for_good: "intercept_of_centred_columns",
    intercept_after_the_weights: None,
    small_columns_cut_off: "wrong_for_numbers_that_are_large",
    free_hessian: "penalty_missing_in_the_hessian",
    free_gradient: "penalty_missing_in_the_gradient",
    lamda_times_identity: "intercept_penalized",
    all_penalized: "intercept_penalized",
    ordinary_least_squares: "curvature_without_probabilities",
    upper_bound: "curvature_without_probabilities",
    only_p: "weights_are_probabilities",
    never_less_than_a_hundredth: None,
    added: "step_upwards",
    descent: "gradient_step",
    each_alone: "diagonal_of_the_hessian",
    no_ones: "intercept_stays",
    two_systems: "weights_and_intercept_apart",
    of_means: "losses_averaged",
    the_step: "step_for_weights",
    in_place: "an_argument_changed",
    halved_where_the_loss_rises: "step_halved_where_the_loss_rises",
    two_steps: "more_than_one_step",
    a_little_more_penalty: "nearly_right",
    as_if_from_zero: "wrong_except_where_b_is_0.0",
    whole_penalty: "penalty_without_its_fraction",
    gradient_without_lamda_where_small: None,
    exponentials_divided: "not_finite",
    both_classes_needed: "raises_ValueError",
    full_rank_needed: "raises_ValueError",
    penalty_at_most_thousand: "wrong_where_lamda_is_25000.0",
    remembered: "a_property_fails",
    clipped: "probabilities_clipped",
    outer_products_of_gradients: "weights_are_squared_errors",
    plus_and_minus_one: "labels_of_both_signs",
    damped: "part_of_the_step",
    all_in_one_array: "intercept_without_its_fraction",
}
