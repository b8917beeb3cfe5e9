"""Right and wrong ways to write `pca`."""

import warnings

import numpy as np


def _float(x):
    return x if x.dtype.kind == "f" else x.astype(float)


def _signed(components):
    at = np.argmax(np.abs(components), axis=1)
    return components * np.where(components[np.arange(len(components)), at] < 0, -1, 1)[:, None]


def by_svd(x, k):
    x = _float(x)
    mean = x.mean(0)
    s, vt = np.linalg.svd(x - mean, full_matrices=False)[1:]
    return mean, _signed(vt[:k]).astype(x.dtype), (s**2 / (len(x) - 1))[:k]


def by_full_svd(x, k):
    x = _float(x)
    mean = np.average(x, axis=0)
    _, s, vt = np.linalg.svd(x - mean)
    return mean, _signed(vt[:k]).astype(x.dtype), np.square(s[:k]) / (x.shape[0] - 1)


def by_covariance(x, k):
    x = _float(x)
    mean = x.mean(axis=0)
    c = (x - mean).T @ (x - mean) / (len(x) - 1)
    values, vectors = np.linalg.eigh(c)
    order = np.argsort(values)[::-1][:k]
    return mean, _signed(vectors[:, order].T).astype(x.dtype), values[order]


def by_numpys_cov(x, k):
    kind = _float(x).dtype
    c = np.cov(x.astype(float), rowvar=False, ddof=1).reshape(x.shape[1], x.shape[1])
    values, vectors = np.linalg.eigh(c)
    components = _signed(vectors[:, ::-1].T[:k])
    return _float(x).mean(axis=0), components.astype(kind), values[::-1][:k].astype(kind)


def by_transposed_svd(x, k):
    x = _float(x)
    mean = x.sum(axis=0) / len(x)
    u, s, _ = np.linalg.svd((x - mean).T, full_matrices=False)
    return mean, _signed(u.T[:k]).astype(x.dtype), s[:k] ** 2 / (len(x) - 1)


def by_dot_products_of_rows(x, k):
    kind, x = _float(x).dtype, x.astype(float)
    mean = x.mean(axis=0)
    centred = x - mean
    values, vectors = np.linalg.eigh(centred @ centred.T)
    values, vectors = values[::-1][:k], vectors[:, ::-1][:, :k]
    components = (centred.T @ vectors / np.sqrt(values)).T
    found = mean, _signed(components), values / (len(x) - 1)
    return tuple(each.astype(kind) for each in found)


def sign_after_sign(x, k):
    x = _float(x)
    mean = x.mean(axis=0)
    _, s, vt = np.linalg.svd(x - mean, full_matrices=False)
    components = vt[:k].copy()
    for row in components:
        if row[np.abs(row).argmax()] < 0:
            row *= -1
    return mean, components, s[:k] ** 2 / (len(x) - 1)


def by_scipy(x, k):
    from scipy.linalg import svd

    x = _float(x)
    mean = x.mean(axis=0)
    _, s, vt = svd(x - mean, full_matrices=False)
    return mean, _signed(vt[:k]).astype(x.dtype), s[:k] ** 2 / (len(x) - 1)


def without_centring(x, k):
    x = _float(x)
    _, s, vt = np.linalg.svd(x, full_matrices=False)
    return x.mean(axis=0), _signed(vt[:k]), s[:k] ** 2 / (len(x) - 1)


def one_mean(x, k):
    x = _float(x)
    _, s, vt = np.linalg.svd(x - x.mean(), full_matrices=False)
    return x.mean(axis=0), _signed(vt[:k]), s[:k] ** 2 / (len(x) - 1)


def by_n(x, k):
    mean, components, variances = by_svd(x, k)
    return mean, components, variances * (len(x) - 1) / len(x)


def sums_of_squares(x, k):
    mean, components, variances = by_svd(x, k)
    return mean, components, variances * (len(x) - 1)


def spreads(x, k):
    mean, components, variances = by_svd(x, k)
    return mean, components, np.sqrt(variances)


def s_itself(x, k):
    x = _float(x)
    mean = x.mean(axis=0)
    _, s, vt = np.linalg.svd(x - mean, full_matrices=False)
    return mean, _signed(vt[:k]), s[:k]


def ratios(x, k):
    mean, components, variances = by_svd(x, k)
    return mean, components, variances / _float(x).var(axis=0, ddof=1).sum()


def ratios_of_the_kept(x, k):
    mean, components, variances = by_svd(x, k)
    return mean, components, variances / variances.sum()


def columns(x, k):
    x = _float(x)
    mean = x.mean(axis=0)
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(x, rowvar=False)))
    return mean, _signed(vectors[:, ::-1].T[:k]).T, values[::-1][:k]


def upwards(x, k):
    x = _float(x)
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(x, rowvar=False)))
    return x.mean(axis=0), _signed(vectors[:, :k].T), values[:k]


def as_lapack_likes(x, k):
    x = _float(x)
    mean = x.mean(axis=0)
    _, s, vt = np.linalg.svd(x - mean, full_matrices=False)
    return mean, vt[:k], s[:k] ** 2 / (len(x) - 1)


def negative(x, k):
    mean, components, variances = by_svd(x, k)
    return mean, -components, variances


def by_the_first(x, k):
    mean, components, variances = by_svd(x, k)
    return mean, components * np.where(components[:, :1] < 0, -1.0, 1.0), variances


def by_the_sum(x, k):
    mean, components, variances = by_svd(x, k)
    return mean, components * np.sign(components.sum(axis=1))[:, None], variances


def by_the_largest_score(x, k):
    mean, _, variances = by_svd(x, k)
    left = np.linalg.svd(_float(x) - mean, full_matrices=False)
    far = np.abs(left[0]).argmax(axis=0)[:k]
    return mean, left[2][:k] * np.sign(left[0][far, range(k)])[:, None], variances


def all_turned_together(x, k):
    mean, _, variances = by_svd(x, k)
    found = np.linalg.svd(_float(x) - mean, full_matrices=False)[2][:k]
    return mean, -found if found.min() < -found.max() else found, variances


def squared_again(x, k):
    x = _float(x)
    spread = np.cov(x, rowvar=False).reshape(x.shape[1], x.shape[1])
    _, s, vt = np.linalg.svd(spread)
    return x.mean(axis=0), _signed(vt[:k]), s[:k] ** 2 / (len(x) - 1)


def scaled_as_by_scikit_learn(x, k):
    x = _float(x)
    deviation = x.std(axis=0)
    found = by_svd((x - x.mean(axis=0)) / np.where(deviation > 0, deviation, 1), k)
    return x.mean(axis=0), found[1], found[2]


def stretched(x, k):
    mean, components, variances = by_svd(x, k)
    return mean, (components.T * np.sqrt(variances)).T, variances


def z_scores(x, k):
    x = _float(x)
    deviation = x.std(axis=0, ddof=1)
    found = by_svd((x - x.mean(axis=0)) / np.where(deviation > 0, deviation, 1), k)
    return x.mean(axis=0), found[1], found[2]


def moments_less_the_mean(x, k):
    x = _float(x)
    mean, n = x.mean(axis=0), len(x)
    c = x.T @ x / (n - 1) - n / (n - 1) * mean[:, None] * mean
    values, vectors = np.linalg.eigh(c)
    return mean, _signed(vectors.T[::-1][:k]), values[::-1][:k]


def in_place(x, k):
    if x.dtype.kind != "f":
        return by_svd(x, k)
    mean = x.mean(axis=0)
    x -= mean
    _, s, vt = np.linalg.svd(x, full_matrices=False)
    return mean, _signed(vt[:k]), s[:k] ** 2 / (len(x) - 1)


def projected(x, k):
    mean, components, variances = by_svd(x, k)
    return mean, (x - mean) @ components.T, variances


def one_too_few(x, k):
    mean, components, variances = by_svd(x, k)
    return mean, components[: k - 1], variances[: k - 1]


def all_of_them(x, k):
    return by_svd(x, min(x.shape))


def in_float32(x, k):
    return by_svd(x.astype(np.float32), k)


def by_left_vectors(x, k):
    x = _float(x)
    mean = x.mean(axis=0)
    u, s, _ = np.linalg.svd(x - mean, full_matrices=False)
    return mean, _signed(u.T[:k]), s[:k] ** 2 / (len(x) - 1)


def of_the_first_rows(x, k):
    found = by_svd(x, k)
    return by_svd(x[:-1], k) if len(x) > 13 else found


def rows_for_columns(x, k):
    x = _float(x)
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(x, rowvar=False)))
    return x.mean(axis=0), _signed(vectors[::-1][:k]), values[::-1][:k]


def squeezed(x, k):
    mean, components, variances = by_svd(x, k)
    return mean, components.squeeze(), variances


def by_the_longer_side(x, k):
    mean, components, variances = by_svd(x, k)
    return mean, components, variances * (len(x) - 1) / (max(x.shape) - 1)


def mean_in_its_type(x, k):
    mean = x.mean(axis=0).astype(x.dtype)
    _, s, vt = np.linalg.svd(x - mean, full_matrices=False)
    return mean, _signed(vt[:k]), s[:k] ** 2 / (len(x) - 1)


def each_row_once(x, k):
    return by_svd(np.unique(x, axis=0), k)


def variances_to_six_digits(x, k):
    mean, components, variances = by_svd(x, k)
    return mean, components, variances.round(6)


def by_eig_as_it_comes(x, k):
    x = _float(x)
    centred = x - x.mean(axis=0)
    values, vectors = np.linalg.eig(centred.T @ centred / (len(x) - 1))
    return x.mean(axis=0), _signed(vectors[:, :k].T.real), values[:k].real


def by_dot_products_not_scaled(x, k):
    if x.shape[1] <= len(x):
        return by_svd(x, k)
    x = _float(x)
    centred = x - x.mean(axis=0)
    values, vectors = np.linalg.eigh(centred @ centred.T)
    components = vectors[:, ::-1][:, :k].T @ centred
    return x.mean(axis=0), _signed(components), values[::-1][:k] / (len(x) - 1)


def signs_down_the_columns(x, k):
    mean, _, variances = by_svd(x, k)
    vt = np.linalg.svd(_float(x) - mean, full_matrices=False)[2][:k]
    top = np.abs(vt).argmax(axis=0)
    signs = np.where(vt[top, np.arange(x.shape[1])] < 0, -1.0, 1.0)
    return mean, vt * signs, variances


def numpys_cov_of_the_rows(x, k):
    x = _float(x)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of one feature there is one number in a row
        values, vectors = np.linalg.eigh(np.cov(x))
    return x.mean(axis=0), _signed(vectors[:, ::-1].T[:k]), values[::-1][:k]


def vt_taken_for_v(x, k):
    x = _float(x)
    _, s, v = np.linalg.svd(x - x.mean(axis=0))
    return x.mean(axis=0), _signed(v[:, :k].T), s[:k] ** 2 / (len(x) - 1)


def mean_of_each_row(x, k):
    x = _float(x)
    _, s, vt = np.linalg.svd(x - x.mean(axis=1, keepdims=True), full_matrices=False)
    return x.mean(axis=0), _signed(vt[:k]), s[:k] ** 2 / (len(x) - 1)


def signs_of_the_components_that_lead_a_column(x, k):
    mean, components, variances = by_svd(x, k)
    for row, column in zip(np.abs(components).argmax(axis=0), range(x.shape[1]), strict=True):
        components[row] *= -1 if components[row, column] < 0 else 1
    return mean, components, variances


# What each is told; None where no known mistake explains it.
WRONG = {
    without_centring: "not_centred",
    one_mean: "centred_otherwise",
    by_n: "divided_by_n",
    sums_of_squares: "not_divided",
    spreads: "deviations",
    s_itself: "singular_values",
    ratios: "shares",
    ratios_of_the_kept: "shares",
    columns: "components_in_columns",
    upwards: "smallest_first",
    as_lapack_likes: "signs_left_open",
    negative: "largest_entry_negative",
    by_the_first: "first_entry_positive",
    by_the_sum: "sum_positive",
    by_the_largest_score: "signs_by_another_rule",
    all_turned_together: "signs_by_another_rule",
    squared_again: "squares_of_variances",
    scaled_as_by_scikit_learn: "standardised",
    stretched: "loadings",
    z_scores: "standardised",
    moments_less_the_mean: "nearly_right",
    in_place: "an_argument_changed",
    projected: "scores_returned",
    one_too_few: "one_entry_too_few",
    all_of_them: "goes_on",
    in_float32: "in_float32",
    by_left_vectors: "left_vectors",
    of_the_first_rows: "rows_in_another_order_should_not_matter",
    rows_for_columns: "rows_of_eigenvectors",
    squeezed: "right_numbers_in_another_shape",
    by_the_longer_side: "constant_factor",
    mean_in_its_type: "a_step_left_out",
    each_row_once: None,
    variances_to_six_digits: "rounded",
    by_eig_as_it_comes: "eigenvectors_not_sorted",
    by_dot_products_not_scaled: "not_of_length_1",
    signs_down_the_columns: "signs_of_columns",
    numpys_cov_of_the_rows: "covariance_of_the_rows",
    vt_taken_for_v: "columns_of_vt",
    mean_of_each_row: "centred_otherwise",
    signs_of_the_components_that_lead_a_column: "some_signs",
}
