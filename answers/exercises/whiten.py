"""Practice for question 41: whitening."""

import numpy as np

from answers.classical.pca import whiten
from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float

exercise = Exercise(
    whiten,
    page="41-pca",
    hints=(
        "Which rows do mean and covariance come from? The other rows are only moved and stretched.",
        "A symmetric matrix is V Λ Vᵀ. What is a power of it, in terms of V and Λ?",
        "Rotate to the eigenvectors, divide each column by the root of its eigenvalue with `eps` "
        "added, and rotate back.",
        "`np.linalg.eigh` returns all d eigenvectors as columns, also those along which the rows "
        "do not spread.",
    ),
)

rng = np.random.default_rng(4142)


def rows(n, d, far=3.0):
    """Rows around a mean, their features correlated, and no two variances alike."""
    turned = np.linalg.qr(rng.normal(size=(d, d)))[0]
    spread = 3.0 * 0.6 ** np.arange(d)
    return far * rng.normal(size=d) + (rng.normal(size=(n, d)) * spread) @ turned


def table(m, n, d):
    """Held-out rows and those to fit, of one distribution."""
    all_rows = rows(m + n, d)
    return all_rows[:m], all_rows[m:]


one = rows(8, 2)
exercise.case("the training rows, two features", one, one, 0.0)
exercise.case("held-out rows, two features", *table(3, 8, 2), 0.0)
exercise.case("three features", *table(5, 12, 3), 0.0)
exercise.case("one row alone", *table(1, 9, 3), 0.0)
exercise.case("one feature", *table(4, 7, 1), 0.0)
exercise.case("an eps of 0.1", *table(4, 9, 3), 0.1)
exercise.case("an eps of 20", *table(4, 9, 3), 20.0)
exercise.case("an eps of 1e-6", *table(4, 9, 3), 1e-6)
exercise.case("fewer training rows than features", *table(5, 4, 6), 0.25)
exercise.case("two training rows", *table(3, 2, 3), 0.5)
held, train = table(4, 9, 3)
exercise.case("a feature that never changes", held, train * [1, 0, 1] + [0, 2, 0], 0.3)
exercise.case("as many held-out rows as features", *table(4, 9, 4), 0.01)
exercise.case("more held-out rows than training rows", *table(14, 6, 3), 0.0)
held, train = table(4, 9, 3)
exercise.case("held-out rows far from the training rows", held + 50.0, train, 0.0)
exercise.case("both far from 0", held + 1e5, train + 1e5, 0.0)
exercise.case("numbers of millions", 1e6 * held, 1e6 * train, 0.0)
exercise.case(
    "features on their own scales", held * [9, 1, 0.3], train * [9, 1, 0.3], 0.0
)
add_whole_numbers(exercise, *(np.rint(10 * each) for each in table(4, 9, 3)), 1)
exercise.case("float32", *(each.astype(np.float32) for each in table(4, 12, 3)), 0.5)


def fitted(train):
    """Mean, eigenvalues upwards, none below 0, and eigenvectors as columns."""
    train = as_float(train)
    mean = train.mean(axis=0)
    centred = train - mean
    values, vectors = np.linalg.eigh(centred.T @ centred / max(len(train) - 1, 1))
    return mean, np.maximum(values, 0), vectors


def stretched(x, mean, scales, vectors):
    return (as_float(x) - mean) @ (vectors * scales) @ vectors.T


@exercise.bug
def fitted_to_x(x, train, eps):
    """Mean and covariance are those of `x`. They come from `train` alone; `x` may be one row."""
    # "Mean and covariance are those of `x`": np.allclose(got, right(x, x, eps)) and not
    #     np.allclose(got, want)
    # "They come from `train` alone": fitted(x) → fitted(train)
    mean, values, vectors = fitted(x)
    return stretched(x, mean, 1 / np.sqrt(values + eps), vectors)


@exercise.bug
def fitted_to_both(x, train, eps):
    """Mean and covariance come from `train` and `x` together. Held-out rows must not be fitted:
    use `train` alone."""
    # "Mean and covariance come from `train` and `x` together": np.allclose(got, right(x,
    #     np.concatenate([train, x]), eps))
    # "use `train` alone": np.concatenate([train, x]) → train
    mean, values, vectors = fitted(np.concatenate([train, x]))
    return stretched(x, mean, 1 / np.sqrt(values + eps), vectors)


@exercise.bug
def centred_by_its_own_mean(x, train, eps):
    """The mean of `x` is subtracted. Subtract that of `train`, or a shift between the two is
    lost."""
    # "The mean of `x` is subtracted": np.allclose(got, right(as_float(x) - as_float(x).mean(
    #     axis=0) + as_float(train).mean(axis=0), train, eps))
    # "Subtract that of": _, values → mean, values; as_float(x).mean(axis=0) → mean
    # "a shift between the two is lost": np.allclose(bug(x + 9.0, train, eps), got)
    _, values, vectors = fitted(train)
    return stretched(x, as_float(x).mean(axis=0), 1 / np.sqrt(values + eps), vectors)


@exercise.bug
def not_centred(x, train, eps):
    """No mean is subtracted from `x`. Subtract the mean of `train`."""
    # "No mean is subtracted from `x`": np.allclose(got, right(as_float(x) + as_float(train).mean(
    #     axis=0), train, eps))
    # "Subtract the mean of": _, values → mean, values; x, 0.0, → x, mean,
    _, values, vectors = fitted(train)
    return stretched(x, 0.0, 1 / np.sqrt(values + eps), vectors)


@exercise.bug
def second_moments(x, train, eps):
    """The matrix is made of rows that are not centred: these are second moments. A covariance is
    made of rows less their mean."""
    # "The matrix is made of rows that are not centred": np.allclose(got, np.sqrt(2 * (len(train) -
    #     1) / (2 * len(train) - 1)) * right(x - train.mean(axis=0), np.concatenate([train,
    #     -train]), eps))
    # "A covariance is made of rows less their mean": train.T @ train → (train -
    #     train.mean(axis=0)).T @ (train - train.mean(axis=0))
    train = as_float(train)
    values, vectors = np.linalg.eigh(train.T @ train / (len(train) - 1))
    scales = 1 / np.sqrt(np.maximum(values, 0) + eps)
    return stretched(x, train.mean(axis=0), scales, vectors)


@exercise.bug
def divided_by_n(x, train, eps):
    """The covariance divides by n. Divide by n - 1, as the mean comes from the same rows."""
    # "The covariance divides by n": np.allclose(got, right(x, train, eps * len(train) /
    #     (len(train) - 1)) * np.sqrt(len(train) / (len(train) - 1)))
    # "Divide by n - 1": values * (1 - 1 / len(train)) → values
    mean, values, vectors = fitted(train)
    values = values * (1 - 1 / len(train))
    return stretched(x, mean, 1 / np.sqrt(values + eps), vectors)


@exercise.bug(order=("up", "down", "svd", "covariance"))
def not_rotated_back(x, train, eps, order="up"):
    """The rows stay in the coordinates of the eigenvectors: that is PCA whitening, and its signs
    are left open. Rotate back by `@ vectors.T`."""
    # "The rows stay in the coordinates of the eigenvectors: that is PCA whitening":
    #     np.allclose((got**2).sum(axis=1), (want**2).sum(axis=1)) and not np.allclose(got, want)
    # "Rotate back by `@ vectors.T`": np.sqrt(values + eps)) → np.sqrt(values + eps)) @ vectors.T
    mean, values, vectors = fitted(train)
    if order != "up":
        values, vectors = values[::-1], vectors[:, ::-1]
    if order == "svd":
        vectors = np.linalg.svd(as_float(train) - mean)[2].T
    if order == "covariance":
        vectors = np.linalg.svd(vectors * values @ vectors.T)[2].T
    return (as_float(x) - mean) @ (vectors / np.sqrt(values + eps))


@exercise.bug
def rows_of_eigenvectors(x, train, eps):
    """The eigenvectors are read as rows. In what `np.linalg.eigh` returns each column is one:
    scale `vectors`, and multiply by `vectors.T` last."""
    # "The eigenvectors are read as rows": np.allclose(got, stretched(x, fitted(train)[0], 1 /
    #     np.sqrt(fitted(train)[1] + eps), fitted(train)[2].T))
    # "scale `vectors`, and multiply by `vectors.T` last": vectors.T) → vectors)
    mean, values, vectors = fitted(train)
    return stretched(x, mean, 1 / np.sqrt(values + eps), vectors.T)


@exercise.bug
def neither_transposed(x, train, eps):
    """The rows are multiplied by the eigenvectors twice, which does not turn them back. The second
    factor is transposed: V Λ^(-1/2) Vᵀ."""
    # "The rows are multiplied by the eigenvectors twice, which does not turn them back":
    #     np.allclose(got, (as_float(x) - fitted(train)[0]) @ (fitted(train)[2] /
    #     np.sqrt(fitted(train)[1] + eps)) @ fitted(train)[2])
    # "The second factor is transposed: V Λ^(-1/2) Vᵀ": np.sqrt(values + eps)) @ vectors →
    #     np.sqrt(values + eps)) @ vectors.T
    mean, values, vectors = fitted(train)
    return (as_float(x) - mean) @ (vectors / np.sqrt(values + eps)) @ vectors


@exercise.bug
def divided_by_variances(x, train, eps):
    """Each direction is divided by its variance. Divide by the root of it, the standard
    deviation."""
    # "Each direction is divided by its variance": np.allclose(got, right(want +
    #     as_float(train).mean(axis=0), train, eps))
    # "Divide by the root of it, the standard deviation": 1 / (values + eps) → 1 / np.sqrt(values +
    #     eps)
    mean, values, vectors = fitted(train)
    return stretched(x, mean, 1 / (values + eps), vectors)


@exercise.bug
def multiplied(x, train, eps):
    """Each direction is multiplied by its standard deviation, which spreads it more. Divide."""
    # "Each direction is multiplied by its standard deviation": np.allclose(right(got +
    #     as_float(train).mean(axis=0), train, eps), as_float(x) - as_float(train).mean(axis=0))
    # "Divide": np.sqrt(values + eps), vectors → 1 / np.sqrt(values + eps), vectors
    mean, values, vectors = fitted(train)
    return stretched(x, mean, np.sqrt(values + eps), vectors)


@exercise.bug
def eps_left_out(x, train, eps):
    """`eps` is not added. Add it to each variance, before the root."""
    # "is not added": np.allclose(got, bug(x, train, 5.0))
    # "Add it to each variance, before the root": np.maximum(values, 1e-18) → values + eps
    mean, values, vectors = fitted(train)
    return stretched(x, mean, 1 / np.sqrt(np.maximum(values, 1e-18)), vectors)


@exercise.bug
def eps_everywhere(x, train, eps):
    """`eps` is added to every entry of the covariance. It belongs to the variances: add
    `eps * np.eye(len(covariance))`."""
    # "`eps` is added to every entry of the covariance": np.allclose(got @ got.T, (x -
    #     train.mean(axis=0)) @ np.linalg.inv(np.cov(train, rowvar=False) + eps) @ (x -
    #     train.mean(axis=0)).T)
    # "It belongs to the variances: add `eps * np.eye(len(covariance))`": covariance + eps →
    #     covariance + eps * np.eye(len(covariance))
    mean, values, vectors = fitted(train)
    covariance = vectors * values @ vectors.T
    values, vectors = np.linalg.eigh(covariance + eps)
    return stretched(x, mean, 1 / np.sqrt(np.maximum(values, 1e-12)), vectors)


@exercise.bug
def eps_before_the_division(x, train, eps):
    """`eps` is added to the sums of products, and divided by n - 1 with them. Add it to the
    covariance."""
    # "`eps` is added to the sums of products, and divided by n - 1 with them": np.allclose(got,
    #     right(x, train, eps / (len(train) - 1)))
    # "Add it to the covariance": eps / (len(train) - 1) → eps
    mean, values, vectors = fitted(train)
    scales = 1 / np.sqrt(values + eps / (len(train) - 1))
    return stretched(x, mean, scales, vectors)


@exercise.bug
def eps_after_the_root(x, train, eps):
    """`eps` is added to each standard deviation. Add it to the variance, before the root."""
    # "`eps` is added to each standard deviation": np.allclose(got, stretched(x,
    #     fitted(train)[0], 1 / (np.sqrt(fitted(train)[1]) + eps), fitted(train)[2]))
    # "Add it to the variance, before the root": np.sqrt(values) + eps → np.sqrt(values + eps)
    mean, values, vectors = fitted(train)
    return stretched(x, mean, 1 / (np.sqrt(values) + eps), vectors)


@exercise.bug
def at_least_eps(x, train, eps):
    """Variances are lifted to `eps` where they lie below it. Add `eps` to all of them."""
    # "Variances are lifted to `eps` where they lie below it": np.allclose(got, stretched(x,
    #     fitted(train)[0], 1 / np.sqrt(np.maximum(fitted(train)[1], eps)), fitted(train)[2]))
    # "Add `eps` to all of them": np.maximum(values, eps) → values + eps
    mean, values, vectors = fitted(train)
    return stretched(x, mean, 1 / np.sqrt(np.maximum(values, eps)), vectors)


@exercise.bug
def each_feature_alone(x, train, eps):
    """Each feature is divided by its own standard deviation, and stays correlated with the others.
    Use the whole covariance."""
    # "Each feature is divided by its own standard deviation": np.allclose(got, (as_float(x) -
    #     as_float(train).mean(axis=0)) / np.sqrt(as_float(train).var(axis=0, ddof=1) + eps))
    # "Use the whole covariance": np.diag(np.diag(covariance)) → covariance
    train = as_float(train)
    covariance = np.cov(train, rowvar=False).reshape(x.shape[1], x.shape[1])
    values, vectors = np.linalg.eigh(np.diag(np.diag(covariance)))
    scales = 1 / np.sqrt(np.maximum(values, 0) + eps)
    return stretched(x, train.mean(axis=0), scales, vectors)


@exercise.bug(to=("covariance", "correlation"))
def by_correlations(x, train, eps, to="covariance"):
    """Features are standardised, and then their correlations removed: ZCA-cor whitens, too, but not
    by a symmetric matrix. Take the root of the covariance itself."""
    # "Features are standardised, and then their correlations removed: ZCA-cor whitens, too, but not
    #     by a symmetric matrix": np.allclose((got**2).sum(axis=1),
    #     (want**2).sum(axis=1)) and not np.allclose(got, want)
    # "Take the root of the covariance itself": np.sqrt(np.diag(covariance)) →
    #     np.ones(len(covariance))
    mean, values, vectors = fitted(train)
    covariance = vectors * (values + (eps if to == "covariance" else 0)) @ vectors.T
    deviation = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance / np.outer(deviation, deviation))
    values = np.maximum(values, 0) + (eps if to == "correlation" else 0)
    scaled = (as_float(x) - mean) / deviation
    return stretched(scaled, 0.0, 1 / np.sqrt(values), vectors)


@exercise.bug(sign=(np.sign, np.ones_like))
def root_of_each_entry(x, train, eps, sign=np.sign):
    """The root is taken of each entry of the inverse. Multiplied by itself, a root must give the
    matrix: take the roots of the eigenvalues."""
    # "The root is taken of each entry of the inverse": np.allclose(got, (x - train.mean(axis=0)) @
    #     (np.sign(m := np.linalg.inv(np.cov(train, rowvar=False) + eps * np.eye(x.shape[1]))) *
    #     np.sqrt(abs(m))))
    # "Multiplied by itself, a root must give the matrix: take the roots of the eigenvalues":
    #     sign(inverse) * np.sqrt(entries) → vectors / np.sqrt(values + eps) @ vectors.T
    mean, values, vectors = fitted(train)
    inverse = vectors / (values + eps) @ vectors.T
    entries = abs(inverse) if sign is np.sign else inverse
    return (as_float(x) - mean) @ (sign(inverse) * np.sqrt(entries))


@exercise.bug
def centred_last(x, train, eps):
    """The covariance is made of products less the means' product, which cancels where the mean is
    far from 0. Centre the rows first."""
    # "The covariance is made of products less the means' product, which cancels where the mean is
    #     far from 0": np.allclose(got, want, rtol=1e-2) and not np.allclose(got, want, rtol=1e-9)
    # "Centre the rows first": train.T @ train - len(train) * np.outer(mean, mean) → (train -
    #     mean).T @ (train - mean)
    train = as_float(train)
    mean = train.mean(axis=0)
    products = train.T @ train - len(train) * np.outer(mean, mean)
    values, vectors = np.linalg.eigh(products / (len(train) - 1))
    return stretched(x, mean, 1 / np.sqrt(np.maximum(values, 0) + eps), vectors)


@exercise.bug(of=("covariance", "transposed", "inverse"))
def by_cholesky(x, train, eps, of="covariance"):
    """The root is Cholesky's, triangular and not symmetric: where it whitens, the rows come out
    turned. Take the symmetric root, by eigenvectors."""
    # "where it whitens, the rows come out turned": np.allclose((got**2).sum(axis=1),
    #     (want**2).sum(axis=1)) and not np.allclose(got, want)
    # "Take the symmetric root, by eigenvectors": np.linalg.cholesky(covariance) → (lambda v:
    #     v[1] * np.sqrt(v[0]) @ v[1].T)(np.linalg.eigh(covariance))
    train = as_float(train)
    covariance = np.cov(train, rowvar=False).reshape(x.shape[1], x.shape[1])
    covariance = covariance + eps * np.eye(len(covariance))
    if of == "inverse":
        covariance = np.linalg.inv(covariance)
    factor = np.linalg.cholesky(covariance)
    if of == "inverse":
        return (as_float(x) - train.mean(axis=0)) @ factor
    factor = factor.T if of == "transposed" else factor
    return np.linalg.solve(factor, (as_float(x) - train.mean(axis=0)).T).T


@exercise.bug(thin=(False, True))
def empty_directions_dropped(x, train, eps, thin=False):
    """Directions along which `train` does not spread are dropped. Their variance of 0 becomes
    `eps`: keep all d eigenvectors."""
    # "does not spread are dropped": np.linalg.matrix_rank(got,
    #     tol=1e-8) < np.linalg.matrix_rank(want, tol=1e-8)
    # "Their variance of 0 becomes `eps`": (lambda mean, values, vectors: (lambda v: np.allclose(
    #     want - got, (as_float(x) - mean) @ v @ v.T / np.sqrt(eps)))(
    #     vectors[:, values <= 1e-10 * values.max()]))(*fitted(train))
    # "keep all d eigenvectors": values > 1e-10 * values.max() → values >= 0;
    #     full_matrices=False → full_matrices=True
    mean, values, vectors = fitted(train)
    if thin:
        vt = np.linalg.svd(as_float(train) - mean, full_matrices=False)[2]
        values = values[-len(vt) :]
        return stretched(x, mean, 1 / np.sqrt(values + eps), vt.T[:, ::-1])
    kept = values > 1e-10 * values.max()
    return stretched(x, mean, 1 / np.sqrt(values[kept] + eps), vectors[:, kept])
