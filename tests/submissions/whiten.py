"""Right and wrong ways to write `whiten`."""

import numpy as np


def _floats(*arrays):
    return [x if x.dtype.kind == "f" else x.astype(float) for x in arrays]


def _covariance(train):
    centred = train - train.mean(axis=0)
    return centred.T @ centred / (len(train) - 1)


def _root(covariance, eps):
    """The inverse symmetric root of a covariance with eps added."""
    values, vectors = np.linalg.eigh(covariance)
    values = np.where(values < 0, 0, values)
    return (vectors / np.sqrt(values + eps)) @ vectors.T


def by_eigenvectors(x, train, eps):
    x, train = _floats(x, train)
    return (x - train.mean(axis=0)) @ _root(_covariance(train), eps).astype(x.dtype)


def with_diagonal_matrix(x, train, eps):
    x, train = _floats(x, train)
    values, vectors = np.linalg.eigh(_covariance(train))
    inner = np.diag(1 / np.sqrt(np.clip(values, 0, None) + eps)).astype(x.dtype)
    return (x - train.mean(axis=0)) @ (vectors @ inner @ vectors.T)


def by_full_svd(x, train, eps):
    x, train = _floats(x, train)
    mean, d = train.mean(axis=0), train.shape[1]
    _, s, vt = np.linalg.svd(train - mean, full_matrices=True)
    variances = np.zeros(d, x.dtype)
    variances[: len(s)] = s**2 / (len(train) - 1)
    scales = 1 / np.sqrt(variances + np.asarray(eps, x.dtype))
    return (x - mean) @ vt.T * scales @ vt


def by_svd_of_the_covariance(x, train, eps):
    x, train = _floats(x, train)
    u, s, _ = np.linalg.svd(_covariance(train))
    return (x - train.mean(axis=0)) @ u @ np.diag((s + eps) ** -0.5).astype(x.dtype) @ u.T


def by_scipys_root(x, train, eps):
    from scipy.linalg import fractional_matrix_power

    x, train = _floats(x, train)
    covariance = _covariance(train.astype(float)) + eps * np.eye(x.shape[1])
    root = fractional_matrix_power(covariance, -0.5)
    return ((x - train.mean(axis=0)) @ root).astype(x.dtype)


def by_denman_and_beavers(x, train, eps):
    kind = _floats(x)[0].dtype
    x, train = x.astype(float), train.astype(float)
    y = _covariance(train) + eps * np.eye(x.shape[1])
    z = np.eye(len(y))
    for _ in range(60):
        y, z = (y + np.linalg.inv(z)) / 2, (z + np.linalg.inv(y)) / 2
    return ((x - train.mean(axis=0)) @ z).astype(kind)


def row_after_row(x, train, eps):
    x, train = _floats(x, train)
    root = _root(_covariance(train), eps).astype(x.dtype)
    found = np.empty_like(x)
    for place, row in enumerate(x):
        found[place] = root @ (row - train.mean(axis=0))
    return found


def of_x(x, train, eps):
    (x,) = _floats(x)
    centred = x - x.mean(axis=0)
    return centred @ _root(centred.T @ centred / max(len(x) - 1, 1), eps)


def of_all_rows(x, train, eps):
    return by_eigenvectors(x, np.vstack([train, x]), eps)


def own_mean(x, train, eps):
    x, train = _floats(x, train)
    return (x - x.mean(axis=0)) @ _root(_covariance(train), eps)


def no_mean(x, train, eps):
    x, train = _floats(x, train)
    return x @ _root(_covariance(train), eps)


def of_moments(x, train, eps):
    x, train = _floats(x, train)
    return (x - train.mean(axis=0)) @ _root(train.T @ train / (len(train) - 1), eps)


def by_n(x, train, eps):
    x, train = _floats(x, train)
    covariance = _covariance(train) * (len(train) - 1) / len(train)
    return (x - train.mean(axis=0)) @ _root(covariance, eps)


def of_pca(x, train, eps):
    x, train = _floats(x, train)
    values, vectors = np.linalg.eigh(_covariance(train))
    return (x - train.mean(axis=0)) @ vectors / np.sqrt(np.maximum(values, 0) + eps)


def of_pca_by_svd(x, train, eps):
    x, train = _floats(x, train)
    mean = train.mean(axis=0)
    _, s, vt = np.linalg.svd(train - mean, full_matrices=True)
    variances = np.zeros(len(vt))
    variances[: len(s)] = s**2 / (len(train) - 1)
    return (x - mean) @ vt.T / np.sqrt(variances + eps)


def rows_for_columns(x, train, eps):
    x, train = _floats(x, train)
    values, vectors = np.linalg.eigh(_covariance(train))
    scales = 1 / np.sqrt(np.maximum(values, 0) + eps)
    return (x - train.mean(axis=0)) @ (vectors.T * scales) @ vectors


def by_the_inverse(x, train, eps):
    x, train = _floats(x, train)
    root = _root(_covariance(train), eps)
    return (x - train.mean(axis=0)) @ root @ root


def coloured(x, train, eps):
    x, train = _floats(x, train)
    return (x - train.mean(axis=0)) @ np.linalg.inv(_root(_covariance(train), eps))


def without_eps(x, train, eps):
    x, train = _floats(x, train)
    values, vectors = np.linalg.eigh(_covariance(train))
    scales = 1 / np.sqrt(np.maximum(values, 1e-18))
    return (x - train.mean(axis=0)) @ (vectors * scales) @ vectors.T


def eps_beside_the_deviation(x, train, eps):
    x, train = _floats(x, train)
    values, vectors = np.linalg.eigh(_covariance(train))
    scales = 1 / (np.sqrt(np.maximum(values, 0)) + eps)
    return (x - train.mean(axis=0)) @ (vectors * scales) @ vectors.T


def not_below_eps(x, train, eps):
    x, train = _floats(x, train)
    values, vectors = np.linalg.eigh(_covariance(train))
    scales = 1 / np.sqrt(np.maximum(values, eps))
    return (x - train.mean(axis=0)) @ (vectors * scales) @ vectors.T


def eps_of_the_mean_variance(x, train, eps):
    x, train = _floats(x, train)
    covariance = _covariance(train)
    return (x - train.mean(axis=0)) @ _root(covariance, eps * np.trace(covariance))


def standardised(x, train, eps):
    x, train = _floats(x, train)
    return (x - train.mean(axis=0)) / np.sqrt(train.var(axis=0, ddof=1) + eps)


def triangular(x, train, eps):
    x, train = _floats(x, train)
    lower = np.linalg.cholesky(_covariance(train) + eps * np.eye(x.shape[1]))
    return np.linalg.solve(lower, (x - train.mean(axis=0)).T).T


def triangular_of_the_inverse(x, train, eps):
    x, train = _floats(x, train)
    inverse = np.linalg.inv(_covariance(train) + eps * np.eye(x.shape[1]))
    return (x - train.mean(axis=0)) @ np.linalg.cholesky(inverse)


def as_many_as_rows(x, train, eps):
    x, train = _floats(x, train)
    mean = train.mean(axis=0)
    s, vt = np.linalg.svd(train - mean, full_matrices=False)[1:]
    return (x - mean) @ vt.T / np.sqrt(s**2 / (len(train) - 1) + eps) @ vt


def thin(x, train, eps):
    x, train = _floats(x, train)
    mean = train.mean(axis=0)
    _, s, vt = np.linalg.svd(train - mean, full_matrices=False)
    kept = s > 1e-6 * s[0]
    s, vt = s[kept], vt[kept]
    return (x - mean) @ vt.T / np.sqrt(s**2 / (len(train) - 1) + eps) @ vt


def moved_in_place(x, train, eps):
    x, train = _floats(x, train)
    mean, root = train.mean(axis=0), _root(_covariance(train), eps)
    x -= mean
    return x @ root


def in_whole_numbers(x, train, eps):
    root = _root(_covariance(train.astype(float)), eps)
    return (x - train.mean(axis=0).astype(train.dtype)) @ root


def of_two_rows_and_more(x, train, eps):
    found = by_eigenvectors(x, train, eps)
    return found if len(x) > 1 else found[0]


def eps_at_most_one(x, train, eps):
    return by_eigenvectors(x, train, min(eps, 1.0))


def at_least_a_little_eps(x, train, eps):
    return by_eigenvectors(x, train, max(eps, 1e-5))


def by_more_rows_than_features(x, train, eps):
    x, train = _floats(x, train)
    covariance = _covariance(train) * (len(train) - 1) / max(len(train) - 1, x.shape[1])
    return (x - train.mean(axis=0)) @ _root(covariance, eps)


def of_pca_by_svd_of_the_covariance(x, train, eps):
    x, train = _floats(x, train)
    _, s, vt = np.linalg.svd(_covariance(train))
    return (x - train.mean(axis=0)) @ vt.T / np.sqrt(s + eps)


def never_transposed(x, train, eps):
    x, train = _floats(x, train)
    values, vectors = np.linalg.eigh(_covariance(train))
    inner = np.diag(1 / np.sqrt(np.maximum(values, 0) + eps))
    return (x - train.mean(axis=0)) @ vectors @ inner @ vectors


def eps_to_each_entry(x, train, eps):
    x, train = _floats(x, train)
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(train, rowvar=False)) + eps)
    scales = 1 / np.sqrt(np.maximum(values, 1e-12))
    return (x - train.mean(axis=0)) @ (vectors * scales) @ vectors.T


def ridge_before_the_division(x, train, eps):
    x, train = _floats(x, train)
    centred = train - train.mean(axis=0)
    scatter = centred.T @ centred + eps * np.eye(x.shape[1])
    values, vectors = np.linalg.eigh(scatter)
    root = vectors / np.sqrt(np.maximum(values, 1e-300)) @ vectors.T
    return np.sqrt(len(train) - 1) * (x - train.mean(axis=0)) @ root


def standardised_then_whitened(x, train, eps):
    x, train = _floats(x, train)
    covariance = _covariance(train) + eps * np.eye(x.shape[1])
    deviation = np.sqrt(np.diag(covariance))
    root = _root(covariance / np.outer(deviation, deviation), 0)
    return (x - train.mean(axis=0)) / deviation @ root


def correlations_with_eps(x, train, eps):
    x, train = _floats(x, train)
    covariance = _covariance(train)
    deviation = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
    root = _root(covariance / np.outer(deviation, deviation), eps)
    return (x - train.mean(axis=0)) / deviation @ root


def entries_under_the_root(x, train, eps):
    x, train = _floats(x, train)
    inverse = np.linalg.inv(_covariance(train) + eps * np.eye(x.shape[1]))
    with np.errstate(invalid="ignore"):
        return (x - train.mean(axis=0)) @ np.sqrt(inverse)


def sizes_of_entries_under_the_root(x, train, eps):
    x, train = _floats(x, train)
    inverse = np.linalg.inv(_covariance(train) + eps * np.eye(x.shape[1]))
    return (x - train.mean(axis=0)) @ (np.sign(inverse) * np.sqrt(np.abs(inverse)))


def means_taken_off_the_products(x, train, eps):
    x, train = _floats(x, train)
    n, mean = len(train), train.mean(axis=0)
    covariance = (train.T @ train - n * np.outer(mean, mean)) / (n - 1)
    return (x - mean) @ _root(covariance, eps)


# What each is told; None where no known mistake explains it.
WRONG = {
    of_x: "fitted_to_x",
    of_all_rows: "fitted_to_both",
    own_mean: "centred_by_its_own_mean",
    no_mean: "not_centred",
    of_moments: "second_moments",
    by_n: "divided_by_n",
    of_pca: "not_rotated_back",
    of_pca_by_svd: "not_rotated_back",
    rows_for_columns: "rows_of_eigenvectors",
    by_the_inverse: "divided_by_variances",
    coloured: "multiplied",
    without_eps: "eps_left_out",
    eps_beside_the_deviation: "eps_after_the_root",
    not_below_eps: "at_least_eps",
    eps_of_the_mean_variance: "wrong_except_where_eps_is_0.0",
    standardised: "each_feature_alone",
    triangular: "by_cholesky",
    triangular_of_the_inverse: "by_cholesky",
    as_many_as_rows: "empty_directions_dropped",
    thin: "empty_directions_dropped",
    moved_in_place: "an_argument_changed",
    in_whole_numbers: "right_as_floats",
    of_two_rows_and_more: "right_numbers_in_another_shape",
    eps_at_most_one: "wrong_where_eps_is_20.0",
    at_least_a_little_eps: "nearly_right",
    by_more_rows_than_features: None,
    of_pca_by_svd_of_the_covariance: "not_rotated_back",
    never_transposed: "neither_transposed",
    eps_to_each_entry: "eps_everywhere",
    ridge_before_the_division: "eps_before_the_division",
    standardised_then_whitened: "by_correlations",
    correlations_with_eps: "by_correlations",
    entries_under_the_root: "root_of_each_entry",
    sizes_of_entries_under_the_root: "root_of_each_entry",
    means_taken_off_the_products: "centred_last",
}
