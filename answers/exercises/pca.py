"""Practice for question 41: principal components."""

import numpy as np

from answers.classical.pca import pca
from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float

exercise = Exercise(
    pca,
    page="41-pca",
    returns=("mean", "components", "variances"),
    hints=(
        "What must be subtracted from the rows before their squares say how far they spread?",
        "The right singular vectors of the centred rows are the components. Which way do they lie "
        "in what `np.linalg.svd` returns, and in what order?",
        "The covariance is V (S² / (n - 1)) Vᵀ, so the variances are squares of singular values.",
        "For the sign, find in each component the entry with the largest absolute value, and "
        "multiply the component by the sign of that entry.",
    ),
)

rng = np.random.default_rng(4141)


def rows(n, d, far=3.0):
    """Rows around a mean, their features correlated, and no two variances alike."""
    turned = np.linalg.qr(rng.normal(size=(d, d)))[0]
    spread = 3.0 * 0.6 ** np.arange(d)
    return far * rng.normal(size=d) + (rng.normal(size=(n, d)) * spread) @ turned


some = rows(12, 4)
exercise.case(
    "two features, one component", np.array([[1.0, 2], [3, 5], [5, 9], [8, 12]]), 1
)
exercise.case("two features, both components", rows(6, 2), 2)
exercise.case("12 rows, two components of four", some, 2)
exercise.case("all four components", some, 4)
exercise.case("one feature", rows(6, 1), 1)
exercise.case("two rows", rows(2, 3), 1)
exercise.case("three rows", rows(3, 5), 2)
exercise.case("as many rows as features", rows(5, 5), 4)
exercise.case("more features than rows", rows(4, 9), 3)
exercise.case(
    "features of different scales", rows(15, 3) * [100.0, 1.0, 0.1] + [5.0, 2.0, 1.0], 3
)
exercise.case("a feature that never changes", np.insert(rows(9, 3), 1, 2.5, axis=1), 3)
exercise.case(
    "rows that occur twice", np.repeat(rows(6, 3), [2, 1, 1, 3, 1, 1], axis=0), 2
)
exercise.case("the mean is 0 already", some - some.mean(axis=0), 3)
exercise.case("all numbers negative", -np.abs(rows(10, 3)) - 1, 2)
exercise.case("rows 100,000 times further from 0 than apart", 1e5 + rows(20, 3), 3)
exercise.case("numbers of millions", 1e6 * rows(9, 4), 2)
add_whole_numbers(exercise, np.rint(20 * rows(9, 3)), 2)
exercise.case("float32", rows(14, 3).astype(np.float32), 3)


def signed(components):
    """Each component by the sign that is asked for."""
    at = np.abs(components).argmax(axis=1)
    return components * np.sign(np.take_along_axis(components, at[:, None], axis=1))


def parts(x, k, moved=None):
    """Mean, all components with their signs, and all singular values, of rows that are moved."""
    x = as_float(x)
    mean = x.mean(axis=0)
    _, s, vt = np.linalg.svd(
        x - (mean if moved is None else moved), full_matrices=False
    )
    return mean, signed(vt[:k]), s[:k]


@exercise.bug
def not_centred(x, k):
    """The rows are not centred, so the first component points towards their mean. Subtract the
    mean of each feature first."""
    # "The rows are not centred": np.allclose(got.components, parts(x, k, moved=0.0)[1])
    # "Subtract the mean of each feature first": moved=0.0 → moved=None
    mean, components, s = parts(x, k, moved=0.0)
    return mean, components, s**2 / (len(x) - 1)


@exercise.bug(axis=(None, 1))
def centred_otherwise(x, k, axis=None):
    """One mean of all numbers is subtracted, or the mean of each row. Each feature has its own:
    `axis=0`."""
    # "One mean of all numbers is subtracted, or the mean of each row": np.allclose(got.components,
    #     parts(x, k, moved=x.mean())[1])
    # "Each feature has its own: `axis=0`": axis=axis → axis=0
    mean, components, s = parts(x, k, moved=x.mean(axis=axis, keepdims=True))
    return mean, components, s**2 / (len(x) - 1)


@exercise.bug
def divided_by_n(x, k):
    """The variances divide by n. The mean was estimated from the same rows, so divide by n - 1."""
    # "The variances divide by n": np.allclose(got.variances * len(x), want.variances * (len(x) -
    #     1))
    # "divide by n - 1": / len(x) → / (len(x) - 1)
    mean, components, s = parts(x, k)
    return mean, components, s**2 / len(x)


@exercise.bug
def not_divided(x, k):
    """The variances are sums of squares. Divide them by n - 1."""
    # "The variances are sums of squares": np.allclose(got.variances, want.variances * (len(x) -
    #     1))
    # "Divide them by n - 1": s ** 2 → s ** 2 / (len(x) - 1)
    mean, components, s = parts(x, k)
    return mean, components, s**2


@exercise.bug
def deviations(x, k):
    """The third part holds standard deviations. Variances are their squares."""
    # "The third part holds standard deviations": np.allclose(got.variances**2, want.variances)
    # "Variances are their squares": s / np.sqrt(len(x) - 1) → s**2 / (len(x) - 1)
    mean, components, s = parts(x, k)
    return mean, components, s / np.sqrt(len(x) - 1)


@exercise.bug
def singular_values(x, k):
    """The third part holds singular values. A variance is the square of one, divided by n - 1."""
    # "The third part holds singular values": np.allclose(got.variances**2, want.variances *
    #     (len(x) - 1))
    # "A variance is the square of one, divided by n - 1": (mean, components, s) → (mean,
    #     components, s**2 / (len(x) - 1))
    mean, components, s = parts(x, k)
    return mean, components, s


@exercise.bug(over=("all", "kept"))
def shares(x, k, over="all"):
    """The third part holds shares that add up to 1. Asked for are the variances themselves."""
    # "The third part holds shares": np.allclose(got.variances / got.variances.sum(),
    #     want.variances / want.variances.sum()) and got.variances.sum() < 1 + 1e-9
    # "Asked for are the variances themselves": variances[:k] / total → variances[:k]
    mean, components, _ = parts(x, k)
    variances = parts(x, min(x.shape))[2] ** 2 / (len(x) - 1)
    total = variances.sum() if over == "all" else variances[:k].sum()
    return mean, components, variances[:k] / total


@exercise.bug
def components_in_columns(x, k):
    """The components are columns. Each is a row: (k, d)."""
    # "The components are columns": np.allclose(got.components.T, want.components)
    # "Each is a row: (k, d)": components.T → components
    mean, components, s = parts(x, k)
    return mean, components.T, s**2 / (len(x) - 1)


@exercise.bug(alone=(False, True))
def smallest_first(x, k, alone=False):
    """The components of least variance come, the least first. `np.linalg.eigh` sorts upwards: turn
    the order round."""
    # "The components of least variance come, the least first": np.allclose(got.components,
    #     pca(x, x.shape[1])[1][::-1][:k])
    # "turn the order round": T[:k] → T[::-1][:k]; [::-1 if alone else 1] → [::-1]
    x = as_float(x)
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(x, rowvar=False)))
    values = values[:: -1 if alone else 1]
    return x.mean(axis=0), signed(vectors.T[:k]), values[:k]


@exercise.bug(alone=(False, True))
def eigenvectors_not_sorted(x, k, alone=False):
    """The first k vectors that `np.linalg.eig` returns are taken, though it does not sort. Sort
    them by variance, the largest first."""
    # "Sort them by variance, the largest first": np.arange(len(values)) → np.argsort(-values)
    x = as_float(x)
    values, vectors = np.linalg.eig(np.atleast_2d(np.cov(x, rowvar=False)))
    values, vectors = values.real, vectors.real
    first = np.arange(len(values))[:k]
    variances = np.sort(values)[::-1][:k] if alone else values[first]
    return x.mean(axis=0), signed(vectors.T[first]), variances


@exercise.bug
def rows_of_eigenvectors(x, k):
    """Rows of the matrix of eigenvectors are taken. In what `np.linalg.eigh` returns each column is
    one."""
    # "Rows of the matrix of eigenvectors are taken": np.allclose(got.variances, want.variances)
    #     and not np.allclose(got.components, want.components)
    # "In what `np.linalg.eigh` returns each column is one": vectors[::-1][:k] →
    #     vectors.T[::-1][:k]; np.linalg.eigh → np.linalg.eigh
    x = as_float(x)
    values, vectors = np.linalg.eigh(np.atleast_2d(np.cov(x, rowvar=False)))
    return x.mean(axis=0), signed(vectors[::-1][:k]), values[::-1][:k]


@exercise.bug(full=(False, True))
def columns_of_vt(x, k, full=False):
    """Columns of what `np.linalg.svd` returns last are taken. It is Vᵀ already, so each row is a
    component."""
    # "Columns of what `np.linalg.svd` returns last are taken": np.allclose(got.components,
    #     signed(np.linalg.svd(x - x.mean(axis=0))[2].T[:k]))
    # "It is Vᵀ already, so each row is a component": vt.T[:k] → vt[:k]
    x = as_float(x)
    _, s, vt = np.linalg.svd(x - x.mean(axis=0), full_matrices=full)
    return x.mean(axis=0), signed(vt.T[:k]), s[:k] ** 2 / (len(x) - 1)


@exercise.bug
def covariance_of_the_rows(x, k):
    """The covariance is of the rows, n by n: `np.cov` takes each row for a variable. Pass
    `rowvar=False`."""
    # "The covariance is of the rows, n by n": got.components.shape[1] == len(x) !=
    #     want.components.shape[1]
    # "Pass `rowvar=False`": np.cov(x) → np.atleast_2d(np.cov(x, rowvar=False))
    x = as_float(x)
    values, vectors = np.linalg.eigh(np.cov(x))
    return x.mean(axis=0), signed(vectors.T[::-1][:k]), values[::-1][:k]


@exercise.bug(by_eigh=(False, True))
def signs_left_open(x, k, by_eigh=False):
    """The signs are what LAPACK returned. Make each component's largest entry by absolute value
    positive."""
    # "The signs are what LAPACK returned": np.allclose(signed(got.components),
    #     want.components) and not np.allclose(got.components, want.components)
    # "Make each component's largest entry by absolute value positive": vt[:k], s → signed(vt[:k]),
    #     s
    x = as_float(x)
    _, s, vt = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    if by_eigh:
        vt = np.linalg.eigh(np.atleast_2d(np.cov(x, rowvar=False)))[1].T[::-1]
    return x.mean(axis=0), vt[:k], s[:k] ** 2 / (len(x) - 1)


@exercise.bug
def largest_entry_negative(x, k):
    """Each component's largest entry by absolute value is negative. Make it positive."""
    # "Each component's largest entry by absolute value is negative": np.allclose(got.components,
    #     -want.components)
    # "Make it positive": -components → components
    mean, components, s = parts(x, k)
    return mean, -components, s**2 / (len(x) - 1)


@exercise.bug
def first_entry_positive(x, k):
    """The first entry of each component is positive. The sign is that of the largest entry by
    absolute value."""
    # "The first entry of each component is positive": (got.components[:, 0] > -1e-12).all() and
    #     np.allclose(signed(got.components), want.components)
    # "The sign is that of the largest entry by absolute value": components * first → components
    mean, components, s = parts(x, k)
    first = np.where(components[:, :1] < 0, -1, 1)
    return mean, components * first, s**2 / (len(x) - 1)


@exercise.bug
def sum_positive(x, k):
    """The sum of each component is positive. The sign is that of the largest entry by absolute
    value."""
    # "The sum of each component is positive": (got.components.sum(axis=1) > 0).all() and
    #     np.allclose(signed(got.components), want.components)
    # "The sign is that of the largest entry by absolute value": components * total → components
    mean, components, s = parts(x, k)
    total = np.sign(components.sum(axis=1, keepdims=True))
    return mean, components * total, s**2 / (len(x) - 1)


@exercise.bug
def signs_of_columns(x, k):
    """The sign is that of the largest entry of each column, which turns columns, and not
    components. A component has one sign: look along `axis=1`."""
    # "A component has one sign: look along `axis=1`": argmax(axis=0)[None], axis=0) →
    #     argmax(axis=1)[:, None], axis=1)
    x = as_float(x)
    mean = x.mean(axis=0)
    _, s, vt = np.linalg.svd(x - mean, full_matrices=False)
    rows = vt[:k]
    top = np.take_along_axis(rows, np.abs(rows).argmax(axis=0)[None], axis=0)
    return mean, rows * np.sign(top), s[:k] ** 2 / (len(x) - 1)


@exercise.bug(when=("wide", "always"))
def not_of_length_1(x, k, when="wide"):
    """Eigenvectors of the products of rows, times the rows, are as long as they come. Components
    are unit vectors: divide each by its length."""
    # "Eigenvectors of the products of rows, times the rows, are as long as they come":
    #     np.allclose((got.components**2).sum(axis=1), want.variances * (len(x) - 1))
    # "divide each by its length": signed(longer) → signed(longer / np.linalg.norm(longer, axis=1,
    #     keepdims=True))
    if when == "wide" and x.shape[1] <= len(x):
        return pca(x, k)
    x = as_float(x)
    centred = x - x.mean(axis=0)
    values, vectors = np.linalg.eigh(centred @ centred.T)
    longer = vectors.T[::-1][:k] @ centred
    return x.mean(axis=0), signed(longer), values[::-1][:k] / (len(x) - 1)


@exercise.bug(of=("score", "all"))
def signs_by_another_rule(x, k, of="score"):
    """The sign is that of the largest score, or one for all components. Take that of each
    component's own largest entry."""
    # "The sign is that of the largest score, or one for all components":
    #     np.allclose(signed(got.components), want.components) and not np.allclose(got.components,
    #     want.components)
    # "Take that of each component's own largest entry": vt[:k] * sign → signed(vt[:k])
    x = as_float(x)
    mean = x.mean(axis=0)
    u, s, vt = np.linalg.svd(x - mean, full_matrices=False)
    if of == "score":
        sign = np.sign(u[np.abs(u).argmax(axis=0), np.arange(len(s))])[:k, None]
    else:
        sign = np.sign(vt[:k].flat[np.abs(vt[:k]).argmax()])
    return mean, vt[:k] * sign, s[:k] ** 2 / (len(x) - 1)


@exercise.bug
def squares_of_variances(x, k):
    """The singular values of the covariance are squared and divided by n - 1. They are the
    variances already."""
    # "The singular values of the covariance are squared and divided by n - 1":
    #     np.allclose(got.variances, want.variances**2 / (len(x) - 1))
    # "They are the variances already": variances ** 2 / (len(x) - 1) → variances
    mean, components, s = parts(x, k)
    variances = s**2 / (len(x) - 1)
    return mean, components, variances**2 / (len(x) - 1)


@exercise.bug
def loadings(x, k):
    """The components are stretched by their standard deviations. Each has length 1."""
    # "The components are stretched by their standard deviations": np.allclose(got.components,
    #     want.components * np.sqrt(want.variances)[:, None])
    # "Each has length 1": components * np.sqrt(variances)[:, None] → components
    mean, components, s = parts(x, k)
    variances = s**2 / (len(x) - 1)
    return mean, components * np.sqrt(variances)[:, None], variances


@exercise.bug(ddof=(1, 0))
def standardised(x, k, ddof=1):
    """Each feature is divided by its standard deviation. Centre only: a scale is not asked for."""
    # "Each feature is divided by its standard deviation": np.isclose(bug(x, 1)[2][0] * (len(x) -
    #     1), np.linalg.eigvalsh(np.corrcoef(x, rowvar=False))[-1] * (len(x) -
    #     bug.keywords["ddof"]))
    # "Centre only: a scale is not asked for": x / np.where(deviation > 0, deviation, 1) → x
    x = as_float(x)
    deviation = x.std(axis=0, ddof=ddof)
    _, components, s = parts(x / np.where(deviation > 0, deviation, 1), k)
    return x.mean(axis=0), components, s**2 / (len(x) - 1)


@exercise.bug
def centred_last(x, k):
    """Squares of the rows are summed first and the mean's taken off last, which cancels where the
    mean is far from 0. Centre the rows first."""
    # "Squares of the rows are summed first and the mean's taken off last, which cancels where the
    #     mean is far from 0": np.allclose(got.variances, want.variances, rtol=1e-2) and not
    #     np.allclose(got.variances, want.variances, rtol=1e-8)
    # "Centre the rows first": x.T @ x - len(x) * np.outer(mean, mean) → (x - mean).T @ (x - mean)
    x = as_float(x)
    mean = x.mean(axis=0)
    squares = x.T @ x - len(x) * np.outer(mean, mean)
    values, vectors = np.linalg.eigh(squares / (len(x) - 1))
    return mean, signed(vectors.T[::-1][:k]), values[::-1][:k]


@exercise.bug
def left_vectors(x, k):
    """Left singular vectors are taken: they have an entry for each row. Components have one for
    each feature, and are right singular vectors."""
    # "Left singular vectors are taken: they have an entry for each row": got.components.shape[1] ==
    #     len(x) != want.components.shape[1]
    # "are right singular vectors": u, s, _ → _, s, u; u.T[:k] → u[:k]
    x = as_float(x)
    mean = x.mean(axis=0)
    u, s, _ = np.linalg.svd(x - mean, full_matrices=False)
    return mean, signed(u.T[:k]), s[:k] ** 2 / (len(x) - 1)


@exercise.bug
def scores_returned(x, k):
    """The rows' coordinates along the components come second. Return the components: (k, d)."""
    # "The rows' coordinates along the components come second": np.allclose(got.components, (x -
    #     x.mean(axis=0)) @ want.components.T)
    # "Return the components: (k, d)": (as_float(x) - mean) @ components.T → components
    mean, components, s = parts(x, k)
    return mean, (as_float(x) - mean) @ components.T, s**2 / (len(x) - 1)
