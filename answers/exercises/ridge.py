"""Practice for question 39: ridge regression with an intercept."""

import numpy as np

from answers.classical.linear_regression import ridge
from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float

exercise = Exercise(
    ridge,
    page="39-regression",
    returns=("w", "b"),
    hints=(
        "Set the derivative by b to 0. What does that say of the residuals, and so of b?",
        "With that b put in, the problem is one of centred columns and targets, without an "
        "intercept.",
        "Set the derivative by w to 0: it is a linear system with a d × d matrix. Where does λ "
        "stand in it?",
    ),
)


def table(n, d, seed=39):
    """Columns with other means and scales, and targets far from 0."""
    rng = np.random.default_rng([seed, n, d])
    x = rng.normal(size=(n, d)) * np.linspace(1, 3, d) + rng.normal(size=d) * 2
    return x, 7 + x @ rng.normal(size=d) + rng.normal(size=n)


centred = np.array([[-1.0], [1.0], [3.0], [-3.0]]), np.array([-2.0, 3.0, 4.0, -5.0])
exercise.case("one column, all means 0", *centred, 1.5)
exercise.case("one column", *table(6, 1), 1.5)
exercise.case("two columns", *table(8, 2), 0.7)
exercise.case("no penalty", *table(9, 3), 0.0)
exercise.case("a penalty of 1", *table(9, 3), 1.0)
exercise.case("a whole penalty", *table(9, 3), 4)
exercise.case("a large penalty", *table(9, 3), 2.5e4)
exercise.case("a small penalty", *table(9, 3), 1e-4)
exercise.case("as many rows as columns", *table(4, 4), 0.7)
exercise.case("more columns than rows", *table(3, 7), 0.7)
exercise.case("many columns", *table(40, 12), 3.5)
x, y = table(9, 3)
exercise.case("two equal columns", x[:, [0, 1, 1]], y, 0.7)
exercise.case("a constant column", np.column_stack([x, np.full(9, 3.0)]), y, 0.7)
exercise.case("equal targets", x, np.full(9, -2.5), 0.7)
exercise.case("one row", x[:1], y[:1], 0.7)
exercise.case("a column in other units", x * [1, 1000, 1], y, 0.7)
exercise.case("targets near 1 000 000", x, y + 1e6, 0.7)
exercise.case("a column near 100", x + np.array([0, 100, 0]), y, 0.7)
exercise.case("columns in Fortran's order", np.asfortranarray(x), y, 0.7)
exercise.case("float32", x.astype(np.float32), y.astype(np.float32), 0.7)
add_whole_numbers(exercise, np.rint(9 * x), np.rint(9 * y), 3)
whole = (np.rint(each).astype(np.int64) for each in (x, y))
exercise.case("integers, and a penalty of 1.9", *whole, 1.9)


@exercise.check
def follows_targets_that_are_changed(ridge):
    """After 2 is added to the targets themselves, the intercept must be 2 larger: an array keeps
    its `id` when its entries change, so remember nothing by it."""
    x, y = np.array([[0.0], [2.0], [4.0]]), np.array([1.0, 7.0, 4.0])
    before = ridge(x, y, 1.0)[1]
    y += 2.0
    return np.isclose(ridge(x, y, 1.0)[1], before + 2)


def fit(x, y, matrix):
    """The weights of a system with centred columns, and the intercept."""
    x, y = as_float(x), as_float(y)
    w = np.linalg.lstsq(matrix, (x - x.mean(axis=0)).T @ (y - y.mean()))[0]
    return w, y.mean() - x.mean(axis=0) @ w


def gram(x):
    x = as_float(x)
    return (x - x.mean(axis=0)).T @ (x - x.mean(axis=0))


@exercise.bug
def intercept_penalized(x, y, lamda):
    """The intercept is penalized like a weight. Only the weights have a penalty: give the column of
    ones a 0 on the diagonal, or centre columns and targets first."""
    # "The intercept is penalized like a weight": np.isclose((y - x @ got.w - got.b).sum(), lamda *
    #     got.b, rtol=1e-4)
    # "give the column of ones a 0 on the diagonal": penalties = lamda * np.ones(x1.shape[1]) →
    #     penalties = lamda * np.append(np.ones(x.shape[1]), 0)
    x1 = np.column_stack([as_float(x), np.ones(len(x))])
    penalties = lamda * np.ones(x1.shape[1])
    w = np.linalg.lstsq(x1.T @ x1 + np.diag(penalties), x1.T @ as_float(y))[0]
    return w[:-1], w[-1]


@exercise.bug
def through_the_origin(x, y, lamda):
    """Columns and targets are not centred, so the weights are those of a fit through the origin.
    Subtract their means before you solve."""
    # "the weights are those of a fit through the origin": np.allclose(x.T @ (y - x @ got.w), lamda
    #     * got.w, rtol=1e-4)
    # "Subtract their means before you solve": z = as_float(x) → z = as_float(x) - x.mean(axis=0)
    z = as_float(x)
    w = np.linalg.lstsq(z.T @ z + lamda * np.eye(x.shape[1]), z.T @ as_float(y))[0]
    return w, y.mean() - x.mean(axis=0) @ w


@exercise.bug
def penalty_on_every_entry(x, y, lamda):
    """λ is added to every entry of the matrix. Add it to the diagonal alone: multiply it by
    `np.eye(d)`."""
    # "λ is added to every entry of the matrix": np.allclose((gram(x) + lamda) @ got.w, gram(x)
    #     @ want.w + lamda * want.w)
    # "Add it to the diagonal alone: multiply it by `np.eye(d)`": + lamda * np.ones((d, d)) →
    #     + lamda * np.eye(d)
    d = x.shape[1]
    return fit(x, y, gram(x) + lamda * np.ones((d, d)))


@exercise.bug
def penalty_times_rows(x, y, lamda):
    """λ is multiplied by the number of rows, as if the errors had been averaged. The loss is a sum:
    add λ itself."""
    # "λ is multiplied by the number of rows": np.allclose(got.w, right(x, y, lamda * len(x))[0])
    # "add λ itself": lamda * len(x) → lamda
    return fit(x, y, gram(x) + lamda * len(x) * np.eye(x.shape[1]))


@exercise.bug
def penalty_beside_covariances(x, y, lamda):
    """λ is added to covariances, which are sums divided by n - 1, so that it counts n - 1 times.
    Add it to the sums: do not divide."""
    # "so that it counts n - 1 times": np.allclose(got.w, right(x, y, lamda * (len(x) - 1))[0])
    # "Add it to the sums: do not divide": / (n - 1) → / 1
    n, z, t = len(x), as_float(x) - x.mean(axis=0), as_float(y) - y.mean()
    w = np.linalg.solve(
        z.T @ z / (n - 1) + lamda * np.eye(x.shape[1]), z.T @ t / (n - 1)
    )
    return w, y.mean() - x.mean(axis=0) @ w


@exercise.bug
def penalty_over_rows(x, y, lamda):
    """λ is divided by the number of rows: the errors are summed, and the penalty is averaged. Add λ
    itself."""
    # "λ is divided by the number of rows": np.allclose(got.w, right(x, y, lamda / len(x))[0])
    # "Add λ itself": lamda / len(x) → lamda
    return fit(x, y, gram(x) + lamda / len(x) * np.eye(x.shape[1]))


@exercise.bug(factor=(0.5, 2))
def half_or_twice_the_penalty(x, y, lamda, factor=0.5):
    """Half of λ is added to the diagonal, or twice λ. The squared errors have no ½ here and the
    penalty has none, so their derivatives have one factor: add λ."""
    # "Half of λ is added to the diagonal, or twice λ": any(np.allclose(got.w, right(x, y, k *
    #     lamda)[0]) for k in (0.5, 2))
    # "add λ": factor * lamda → lamda
    return fit(x, y, gram(x) + factor * lamda * np.eye(x.shape[1]))


@exercise.bug
def penalty_squared(x, y, lamda):
    """The diagonal gets λ². Rows of √λ, stacked under the columns, make λ of it: √ is missing."""
    # "The diagonal gets λ²": np.allclose(got.w, right(x, y, lamda**2)[0])
    # "√ is missing": lamda ** 2 → np.sqrt(lamda) ** 2
    return fit(x, y, gram(x) + lamda**2 * np.eye(x.shape[1]))


@exercise.bug
def penalty_subtracted(x, y, lamda):
    """λ is subtracted from the diagonal, which rewards large weights. Add it."""
    # "λ is subtracted from the diagonal": np.allclose((gram(x) - lamda * np.eye(x.shape[1])) @
    #     got.w, (x - x.mean(axis=0)).T @ y)
    # "Add it": - lamda → + lamda
    return fit(x, y, gram(x) - lamda * np.eye(x.shape[1]))


@exercise.bug
def no_penalty(x, y, lamda):
    """λ has no effect: these are the least squares without a penalty. Add λ to the diagonal of the
    matrix."""
    # "these are the least squares without a penalty": np.isclose(((y - x @ got.w - got.b) **
    #     2).sum(), ((y - x @ right(x, y, 1e-9)[0] - right(x, y, 1e-9)[1]) ** 2).sum())
    # "Add λ to the diagonal of the matrix": gram(x)) → gram(x) + lamda * np.eye(x.shape[1]))
    return fit(x, y, gram(x))


@exercise.bug
def mean_of_targets_as_intercept(x, y, lamda):
    """The intercept is the mean of the targets, as if the columns had a mean of 0. Take off what
    the mean row gets: `y.mean() - x.mean(axis=0) @ w`."""
    # "The intercept is the mean of the targets": np.isclose(got.b, y.mean())
    # "`y.mean() - x.mean(axis=0) @ w`": y.mean() → y.mean() - x.mean(axis=0) @ w
    w, _ = fit(x, y, gram(x) + lamda * np.eye(x.shape[1]))
    return w, y.mean()


@exercise.bug
def mean_row_added(x, y, lamda):
    """The mean row's prediction is added to the mean of the targets. Subtract it: the
    residuals of the answer sum to 0, and here they do not."""
    # "The mean row's prediction is added": np.isclose(got.b, y.mean() + x.mean(axis=0) @ want.w)
    # "Subtract it": + x.mean → - x.mean
    # "the residuals of the answer sum to 0, and here they do not": not np.isclose((y - x @
    #     got.w - got.b).sum(), 0, atol=1e-6)
    w, _ = fit(x, y, gram(x) + lamda * np.eye(x.shape[1]))
    return w, as_float(y).mean() + x.mean(axis=0) @ w


@exercise.bug(of_columns=(False, True))
def one_mean_for_all_columns(x, y, lamda, of_columns=False):
    """One mean of all entries is subtracted from each column. Each column has its own mean:
    `x.mean(axis=0)`."""
    # "One mean of all entries is subtracted from each column": np.isclose(got.b, y.mean() -
    #     x.mean() * got.w.sum())
    # "Each column has its own mean: `x.mean(axis=0)`": mean = as_float(x).mean() → mean =
    #     x.mean(axis=0)
    x, y = as_float(x), as_float(y)
    mean = as_float(x).mean()
    z = x - mean
    w = np.linalg.lstsq(z.T @ z + lamda * np.eye(x.shape[1]), z.T @ (y - y.mean()))[0]
    row = x.mean(axis=0) if of_columns else mean * np.ones(x.shape[1])
    return w, y.mean() - row @ w


@exercise.bug
def one_mean_in_the_intercept(x, y, lamda):
    """In the intercept, one mean of all entries stands for the means of the columns. Take
    `y.mean() - x.mean(axis=0) @ w`."""
    # "In the intercept, one mean of all entries stands for the means of the columns":
    #     np.isclose(got.b, y.mean() - x.mean() * got.w.sum()) and np.allclose(got.w, want.w)
    # "Take `y.mean() - x.mean(axis=0) @ w`": y.mean() - (x.mean() * w).sum() → y.mean() -
    #     x.mean(axis=0) @ w
    w, _ = fit(x, y, gram(x) + lamda * np.eye(x.shape[1]))
    return w, y.mean() - (x.mean() * w).sum()


@exercise.bug(targets=(True, False))
def centred_in_integers(x, y, lamda, targets=True):
    """What is centred is written into arrays of integers, and loses its fractions. Make them arrays
    of floats."""
    # "What is centred is written into arrays of integers, and loses its fractions":
    #     np.allclose(got.w, right((x - x.mean(axis=0)).astype(x.dtype) - 0.0, (y -
    #     y.mean()).astype(y.dtype), lamda)[0], rtol=1e-2) and x.dtype.kind == "i" and not
    #     np.allclose(got.w, want.w)
    # "Make them arrays of floats": .astype(x.dtype) → .astype(float); .astype(y.dtype if targets
    #     else float) → .astype(float)
    z = (x - x.mean(axis=0)).astype(x.dtype)
    t = (y - y.mean()).astype(y.dtype if targets else float)
    w = np.linalg.lstsq(z.T @ z + lamda * np.eye(x.shape[1]), z.T @ t)[0]
    return w, y.mean() - x.mean(axis=0) @ w


@exercise.bug
def small_directions_cut_off(x, y, lamda):
    """Directions with a small singular value are left out, as with a large `rcond`: one column of
    large numbers makes all others small. Leave out none but those that are 0."""
    # "one column of large numbers makes all others small": np.allclose(got.w[[0, 2]], 0,
    #     atol=1e-2) and np.ptp(x, axis=0).max() > 100 * np.ptp(x[:, [0, 2]])
    # "Leave out none but those that are 0": s > 0.01 * s.max() → s > 0
    z, t = as_float(x) - x.mean(axis=0), as_float(y) - y.mean()
    u, s, v = np.linalg.svd(z, full_matrices=False)
    kept = s > 0.01 * s.max()
    w = v[kept].T @ (s[kept] / (s[kept] ** 2 + lamda) * (u.T @ t)[kept])
    return w, y.mean() - x.mean(axis=0) @ w


@exercise.bug
def columns_scaled(x, y, lamda):
    """The columns are divided by their deviations first, so that the penalty falls on other
    weights. Here λ penalizes the weights of the columns as they are: only centre."""
    # "the penalty falls on other weights": not np.allclose(got.w, want.w)
    # "only centre": z.std(axis=0) → np.ones(x.shape[1])
    z = as_float(x) - x.mean(axis=0)
    scales = z.std(axis=0)
    scales = np.where(scales == 0, 1, scales)
    w, _ = ridge(z / scales, y, lamda)
    return w / scales, as_float(y).mean() - x.mean(axis=0) @ (w / scales)


@exercise.bug
def weights_of_scaled_columns(x, y, lamda):
    """The columns are divided by their deviations, and the weights are not brought back to the
    columns as they are. Only centre."""
    # "the weights are not brought back to the columns as they are": not np.allclose(got.w, want.w)
    # "Only centre": z.std(axis=0) → np.ones(x.shape[1])
    z = as_float(x) - x.mean(axis=0)
    scales = z.std(axis=0)
    w, _ = ridge(z / np.where(scales == 0, 1, scales), y, lamda)
    return w, as_float(y).mean() - x.mean(axis=0) @ w


@exercise.bug
def last_weight_free(x, y, lamda):
    """The last weight has no penalty: a 0 that was meant for the intercept stands at a column.
    Every column has λ on the diagonal."""
    # "The last weight has no penalty": np.allclose((gram(x) @ got.w - (x - x.mean(axis=0)).T @
    #     y)[-1], 0, atol=1e-6)
    # "Every column has λ on the diagonal": penalties[-1] = 0 → penalties[-1] = lamda
    penalties = lamda * np.ones(x.shape[1])
    penalties[-1] = 0
    return fit(x, y, gram(x) + np.diag(penalties))


@exercise.bug
def first_weight_free(x, y, lamda):
    """The first weight has no penalty, and the intercept has one: with the ones as the last column,
    the intercept is the last weight. Put the 0 there."""
    # "The first weight has no penalty, and the intercept has one": np.allclose(x[:, 0] @ (y - x @
    #     got.w - got.b), 0, atol=1e-6 * abs(x[:, 0]) @ abs(y)) and np.isclose((y - x @ got.w -
    #     got.b).sum(), lamda * got.b, rtol=1e-4)
    # "Put the 0 there": penalties[0] = 0 → penalties[-1] = 0
    x1 = np.column_stack([as_float(x), np.ones(len(x))])
    penalties = lamda * np.ones(x1.shape[1])
    penalties[0] = 0
    w = np.linalg.lstsq(x1.T @ x1 + np.diag(penalties), x1.T @ as_float(y))[0]
    return w[:-1], w[-1]


@exercise.bug
def penalty_without_its_fraction(x, y, lamda):
    """λ is made a whole number, so that one below 1 is no penalty. It may have a fraction: add it
    as it is."""
    # "λ is made a whole number": np.allclose(got.w, right(x, y, int(lamda) + 1e-12)[0])
    # "add it as it is": int(lamda) → lamda
    return fit(x, y, gram(x) + int(lamda) * np.eye(x.shape[1]))
