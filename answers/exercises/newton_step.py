"""Practice for question 39: one step of Newton's method for logistic regression."""

import numpy as np

from answers.classical.logistic_regression import logistic_loss, newton_step
from answers.grader.exercise import Exercise
from answers.grader.notes import BOOLEAN
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float

exercise = Exercise(
    newton_step,
    page="39-regression",
    returns=("w", "b"),
    hints=(
        "Give x a column of ones: then the intercept is one more weight, and one system has all.",
        "The gradient by the logits is p - y. What is the derivative of p by its logit?",
        "The Hessian is a sum over examples of p (1 - p) times the outer product of the row with "
        "itself. Where does λ stand in it, and where not?",
    ),
)


def table(n, d, seed=39):
    """Weights, an intercept, rows and labels of both classes that overlap."""
    rng = np.random.default_rng([seed, n, d])
    x = rng.normal(size=(n, d)) * np.linspace(1, 2, d) + 0.5
    return rng.normal(size=d) / 2, -0.7, x, np.arange(n) % 3 % 2


even = np.array([[-1.0], [1.0], [2.0], [-2.0]]), np.array([0, 1, 1, 0])
exercise.case("one column, from 0", np.zeros(1), 0.0, *even, 0.5)
exercise.case("one column", np.array([0.4]), 0.3, *even, 0.5)
w, b, x, y = table(9, 3)
exercise.case("from 0, no penalty", 0 * w, 0.0, x, y, 0.0)
exercise.case("no penalty", w, b, x, y, 0.0)
exercise.case("a penalty", w, b, x, y, 1.7)
exercise.case("a whole penalty", w, b, x, y, 4)
exercise.case("a penalty below 1", w, b, x, y, 0.3)
exercise.case("a large penalty", w, b, x, y, 2.5e4)
exercise.case("an intercept of 2", w, 2.0, x, y, 1.7)
exercise.case("mostly class 1", w, b, x, (np.arange(9) != 4).astype(int), 1.7)
exercise.case("all of class 0", w, b, x, 0 * y, 1.7)
exercise.case("a step that overshoots", 6 * w, b, x, y, 0.1)
exercise.case("many examples", *table(60, 5), 1.7)
exercise.case("more columns than rows", *table(4, 7), 1.7)
exercise.case("two equal columns", w, b, x[:, [0, 1, 1]], y, 1.7)
for units in ([1, 1000, 1], [1, 1e6, 1]):
    exercise.case(
        f"a column in units of 1/{units[1]:g}", w / units, b, x * units, y, 1.7
    )
exercise.case(
    "logits of 3000 beside small ones",
    *(
        np.array([0.8, 0.5]),
        -0.7,
        np.array([[3000.0, 1], [-3000, 2], [0.5, -1], [0.2, 3], [-0.3, 1]]),
        np.array([1, 0, 1, 0, 1]),
    ),
    1.7,
)
exercise.case("columns in Fortran's order", w, b, np.asfortranarray(x), y, 1.7)
exercise.case("float32", w.astype(np.float32), b, x.astype(np.float32), y, 1.7)
exercise.case(
    "whole weights, and an intercept with a fraction",
    *(np.rint(3 * w).astype(int), -0.7, np.rint(x).astype(int), y, 1.7),
)
exercise.case("labels as booleans", w, b, x, y == 1, 1.7, noted=BOOLEAN)
add_whole_numbers(exercise, np.rint(w), 1, np.rint(x), y, 2, signed=False)


@exercise.check
def follows_weights_that_are_changed(newton_step):
    """After a step in `w` itself the next one must begin there: an array keeps its `id` when its
    entries change, so remember nothing by it."""
    x, y = np.array([[-1.0], [1.0]]), np.array([0, 1])
    w = np.array([0.0])
    w += newton_step(w, 0.0, x, y, 0.5)[0]
    p = 1 / (1 + np.exp(-1.0))
    expected = 1 - (2 * (p - 1) + 0.5) / (2 * p * (1 - p) + 0.5)
    return np.isclose(newton_step(w, 0.0, x, y, 0.5)[0][0], expected)


def probabilities(w, b, x):
    return np.exp(-np.logaddexp(0, -(as_float(x) @ w + b)))


def with_ones(x):
    return np.column_stack([as_float(x), np.ones(len(x))])


def gradient(w, b, x, y, lamda):
    """By the weights, and the intercept last."""
    _, dw, db = logistic_loss(w, b, x, y, lamda)
    return np.append(dw, db)


def penalties(w, lamda):
    """λ for each weight, and 0 for the intercept."""
    return lamda * np.append(np.ones(len(w)), 0)


def hessian(w, b, x, lamda):
    p = probabilities(w, b, x)
    return with_ones(x).T @ np.diag(p * (1 - p)) @ with_ones(x) + np.diag(
        penalties(w, lamda)
    )


def moved(w, b, step):
    """The weights and the intercept after a step, whose last entry is that of the intercept."""
    return w - step[:-1], b - step[-1]


def solved(matrix, vector):
    return np.linalg.lstsq(matrix, vector, rcond=1e-14)[0]


@exercise.bug
def penalty_missing_in_the_hessian(w, b, x, y, lamda):
    """The Hessian has no λ, though the gradient has the penalty. Add λ to its diagonal, but for the
    intercept."""
    # "The Hessian has no λ, though the gradient has the penalty": np.allclose(hessian(w, b, x, 0.0)
    #     @ np.append(w - got.w, b - got.b), gradient(w, b, x, y, lamda))
    # "Add λ to its diagonal, but for the intercept": 0 * lamda → lamda
    return moved(w, b, solved(hessian(w, b, x, 0 * lamda), gradient(w, b, x, y, lamda)))


@exercise.bug
def penalty_missing_in_the_gradient(w, b, x, y, lamda):
    """The gradient has no penalty, though the Hessian has λ. Add λ w to the gradient."""
    # "The gradient has no penalty, though the Hessian has λ": np.allclose(hessian(w, b, x, lamda) @
    #     np.append(w - got.w, b - got.b), gradient(w, b, x, y, 0.0))
    # "Add λ w to the gradient": 0 * lamda → lamda
    return moved(w, b, solved(hessian(w, b, x, lamda), gradient(w, b, x, y, 0 * lamda)))


@exercise.bug
def no_penalty(w, b, x, y, lamda):
    """The penalty is missing: λ w in the gradient, and λ on the Hessian's diagonal."""
    # "The penalty is missing": np.allclose(hessian(w, b, x, 0.0) @ np.append(w - got.w, b - got.b),
    #     gradient(w, b, x, y, 0.0))
    # "λ w in the gradient, and λ on the Hessian's diagonal": 0 * lamda → lamda
    none = 0 * lamda
    return moved(w, b, solved(hessian(w, b, x, none), gradient(w, b, x, y, none)))


@exercise.bug(factor=(2, 0.5))
def penalty_doubled_or_halved(w, b, x, y, lamda, factor=2):
    """The penalty is taken for λ |w|², or for λ/4 |w|². It is λ/2 |w|²: its gradient is λ w, and
    its Hessian λ."""
    # "The penalty is taken for λ |w|², or for λ/4 |w|²": any(np.allclose(got.w, right(w, b, x, y, k
    #     * lamda)[0]) for k in (0.5, 2))
    # "its gradient is λ w, and its Hessian λ": factor * lamda → lamda
    return newton_step(w, b, x, y, factor * lamda)


@exercise.bug(in_gradient=(True, False))
def intercept_penalized(w, b, x, y, lamda, in_gradient=True):
    """The intercept is penalized like a weight: λ stands on the whole diagonal. It has no penalty:
    leave its entry of the diagonal, and of the gradient, as it is."""
    # "The intercept is penalized like a weight: λ stands on the whole diagonal": np.allclose(
    #     (hessian(w, b, x, 0.0) + lamda * np.eye(len(w) + 1)) @ np.append(w - got.w, b - got.b),
    #     gradient(w, b, x, y, lamda) + lamda * b * (np.arange(len(w) + 1) == len(w)))
    # "leave its entry of the diagonal, and of the gradient, as it is": lamda * last → 0 * last
    last = np.append(np.zeros(len(w)), 1)
    more = lamda * last
    slope = gradient(w, b, x, y, lamda) + in_gradient * b * more
    return moved(w, b, solved(hessian(w, b, x, lamda) + np.diag(more), slope))


@exercise.bug(every=(1.0, 0.25, None))
def curvature_without_probabilities(w, b, x, y, lamda, every=1.0):
    """The examples have equal weights in the Hessian. The weight of each is p (1 - p): that makes
    the step a weighted least squares."""
    # "The examples have equal weights in the Hessian": np.allclose((with_ones(x).T @ with_ones(x) +
    #     np.diag(penalties(w, lamda))) @ np.append(w - got.w, b - got.b), gradient(w, b, x, y,
    #     lamda))
    # "The weight of each is p (1 - p)": every * np.ones(len(x)) → probabilities(w, b, x) * (1 -
    #     probabilities(w, b, x))
    if every is None:  # the weight of the mean probability
        every = probabilities(w, b, x).mean() * (1 - probabilities(w, b, x).mean())
    weights = every * np.ones(len(x))
    matrix = with_ones(x).T @ np.diag(weights) @ with_ones(x) + np.diag(
        penalties(w, lamda)
    )
    return moved(w, b, solved(matrix, gradient(w, b, x, y, lamda)))


@exercise.bug
def weights_are_probabilities(w, b, x, y, lamda):
    """The examples' weights in the Hessian are p. The sigmoid's derivative is p (1 - p)."""
    # "The examples' weights in the Hessian are p": np.allclose((with_ones(x).T @
    #     np.diag(probabilities(w, b, x)) @ with_ones(x) + np.diag(penalties(w, lamda))) @
    #     np.append(w - got.w, b - got.b), gradient(w, b, x, y, lamda))
    # "The sigmoid's derivative is p (1 - p)": np.diag(p) → np.diag(p * (1 - p))
    p = probabilities(w, b, x)
    matrix = with_ones(x).T @ np.diag(p) @ with_ones(x) + np.diag(penalties(w, lamda))
    return moved(w, b, solved(matrix, gradient(w, b, x, y, lamda)))


@exercise.bug
def weights_are_squared_errors(w, b, x, y, lamda):
    """The examples' weights in the Hessian are (p - y)²: these are products of gradients, the
    empirical Fisher information. The second derivative is p (1 - p)."""
    # "The examples' weights in the Hessian are (p - y)²": np.allclose((with_ones(x).T @
    #     np.diag((probabilities(w, b, x) - y) ** 2) @ with_ones(x) + np.diag(penalties(w, lamda)))
    #     @ np.append(w - got.w, b - got.b), gradient(w, b, x, y, lamda))
    # "The second derivative is p (1 - p)": (p - y) ** 2 → p * (1 - p)
    p = probabilities(w, b, x)
    rows = with_ones(x)
    matrix = rows.T @ np.diag((p - y) ** 2) @ rows + np.diag(penalties(w, lamda))
    return moved(w, b, solved(matrix, gradient(w, b, x, y, lamda)))


@exercise.bug(eps=(1e-3, 1e-5, 1e-6, 1e-7))
def probabilities_clipped(w, b, x, y, lamda, eps=1e-3):
    """Probabilities near 0 and 1 are clipped, so examples that the model is sure of get weight in
    the Hessian. A sigmoid that does not overflow needs no clip."""
    # "Probabilities near 0 and 1 are clipped, so examples that the model is sure of get weight in
    #     the Hessian": abs(bug(np.array([30.0]), 0.0, np.array([[1.0], [-1.0], [0.0]]),
    #     np.array([0, 1, 1]), 0.1)[0] - right(np.array([30.0]), 0.0, np.array([[1.0], [-1.0],
    #     [0.0]]), np.array([0, 1, 1]), 0.1)[0])[0] > 1e-3
    # "A sigmoid that does not overflow needs no clip": np.clip(p, eps, 1 - eps) → p
    p = probabilities(w, b, x)
    p = np.clip(p, eps, 1 - eps)
    rows = with_ones(x)
    slope = rows.T @ (p - y) + penalties(w, lamda) * np.append(w, 0)
    matrix = rows.T @ np.diag(p * (1 - p)) @ rows + np.diag(penalties(w, lamda))
    return moved(w, b, solved(matrix, slope))


@exercise.bug
def labels_of_both_signs(w, b, x, y, lamda):
    """The labels are taken as -1 and 1 in p - y. There they are 0 and 1: p is a probability."""
    # "The labels are taken as -1 and 1 in p - y": np.allclose(hessian(w, b, x, lamda) @ np.append(w
    #     - got.w, b - got.b), gradient(w, b, x, y, lamda) + with_ones(x).T @ (1 - y))
    # "There they are 0 and 1: p is a probability": (1 - y) → (0 * y)
    slope = gradient(w, b, x, y, lamda) + with_ones(x).T @ (1 - y)
    return moved(w, b, solved(hessian(w, b, x, lamda), slope))


@exercise.bug(rate=(0.5, 0.1))
def part_of_the_step(w, b, x, y, lamda, rate=0.5):
    """A part of the step is taken, as with a learning rate. Newton's step has none: take it
    whole."""
    # "A part of the step is taken": np.allclose(w - got.w, (w - want.w) / 2)
    # "take it whole": rate * solved → solved
    slope = gradient(w, b, x, y, lamda)
    return moved(w, b, rate * solved(hessian(w, b, x, lamda), slope))


@exercise.bug
def weights_squared(w, b, x, y, lamda):
    """The rows are multiplied by p (1 - p) on both sides, so its square stands in the Hessian.
    Multiply one side, or both by the root."""
    # "The rows are multiplied by p (1 - p) on both sides": np.allclose((with_ones(x).T @
    #     np.diag((probabilities(w, b, x) * (1 - probabilities(w, b, x))) ** 2) @ with_ones(x) +
    #     np.diag(penalties(w, lamda))) @ np.append(w - got.w, b - got.b), gradient(w, b, x, y,
    #     lamda))
    # "Multiply one side, or both by the root": rows.T @ rows → rows.T @ with_ones(x)
    p = probabilities(w, b, x)
    rows = with_ones(x) * (p * (1 - p))[:, None]
    return moved(
        w,
        b,
        solved(
            rows.T @ rows + np.diag(penalties(w, lamda)), gradient(w, b, x, y, lamda)
        ),
    )


@exercise.bug
def step_upwards(w, b, x, y, lamda):
    """The step is added, so the loss rises. Subtract it."""
    # "The step is added": np.allclose(got.w, 2 * w - want.w) and np.isclose(got.b, 2 * b - want.b)
    # "Subtract it": -solved → solved
    return moved(w, b, -solved(hessian(w, b, x, lamda), gradient(w, b, x, y, lamda)))


@exercise.bug(rate=(1.0, 0.1, 0.01))
def gradient_step(w, b, x, y, lamda, rate=1.0):
    """This is a step along the gradient, without the Hessian. Solve a system of the Hessian and the
    gradient."""
    # "This is a step along the gradient, without the Hessian": np.allclose(np.append(w - got.w, b -
    #     got.b), gradient(w, b, x, y, lamda))
    # "Solve a system of the Hessian and the gradient": rate * gradient(w, b, x, y, lamda) →
    #     solved(hessian(w, b, x, lamda), gradient(w, b, x, y, lamda))
    return moved(w, b, rate * gradient(w, b, x, y, lamda))


@exercise.bug
def diagonal_of_the_hessian(w, b, x, y, lamda):
    """Only the Hessian's diagonal is used: each weight moves as if it were alone. Solve the whole
    system."""
    # "Only the Hessian's diagonal is used": np.allclose(np.diag(hessian(w, b, x, lamda)) *
    #     np.append(w - got.w, b - got.b), gradient(w, b, x, y, lamda))
    # "Solve the whole system": np.diag(np.diag(hessian(w, b, x, lamda))) → hessian(w, b, x, lamda)
    return moved(
        w,
        b,
        solved(np.diag(np.diag(hessian(w, b, x, lamda))), gradient(w, b, x, y, lamda)),
    )


@exercise.bug
def weights_and_intercept_apart(w, b, x, y, lamda):
    """Weights and intercept are moved as if each were alone. The Hessian has entries for both: give
    x a column of ones, and solve one system."""
    # "Weights and intercept are moved as if each were alone": np.isclose((b - got.b) * hessian(w,
    #     b, x, lamda)[-1, -1], gradient(w, b, x, y, lamda)[-1])
    # "give x a column of ones, and solve one system": np.where(apart, 0, hessian(w, b, x, lamda)) →
    #     hessian(w, b, x, lamda)
    last = np.arange(len(w) + 1) == len(w)
    apart = last[:, None] != last
    matrix = np.where(apart, 0, hessian(w, b, x, lamda))
    return moved(w, b, solved(matrix, gradient(w, b, x, y, lamda)))


@exercise.bug
def intercept_stays(w, b, x, y, lamda):
    """The intercept stays as it was. Give x a column of ones: it is moved with the weights."""
    # "The intercept stays as it was": got.b == b
    # "Give x a column of ones: it is moved with the weights": len(w)) → len(w) + 1)
    slope, whole = gradient(w, b, x, y, lamda), hessian(w, b, x, lamda)
    kept = np.arange(len(w))
    step = np.zeros(len(slope))
    step[kept] = solved(whole[np.ix_(kept, kept)], slope[kept])
    return moved(w, b, step)


@exercise.bug
def intercept_without_its_fraction(w, b, x, y, lamda):
    """Where the weights are integers the intercept loses its fraction, as in an array of their
    type. Make one of floats."""
    # "Where the weights are integers the intercept loses its fraction": w.dtype.kind == "i" and
    #     np.allclose(got.w, right(w, int(b), x, y, lamda)[0])
    # "Make one of floats": int(b) → b
    start = int(b) if w.dtype.kind == "i" else b
    return newton_step(w, start, x, y, lamda)


@exercise.bug
def averaged_gradient(w, b, x, y, lamda):
    """The gradient of the losses is averaged over the examples, and the Hessian is summed, so the
    step is too small. Sum both."""
    # "The gradient of the losses is averaged over the examples, and the Hessian is summed":
    #     np.allclose(hessian(w, b, x, lamda) @ np.append(w - got.w, b - got.b), gradient(w, b, x,
    #     y, 0.0) / len(x) + penalties(w, lamda) * np.append(w, 0))
    # "Sum both": / len(x) → / 1
    slope = gradient(w, b, x, y, 0.0) / len(x) + penalties(w, lamda) * np.append(w, 0)
    return moved(w, b, solved(hessian(w, b, x, lamda), slope))


@exercise.bug
def losses_averaged(w, b, x, y, lamda):
    """Gradient and Hessian of the losses are averaged over the examples, so λ counts for more. The
    loss is a sum."""
    # "Gradient and Hessian of the losses are averaged over the examples": np.allclose(got.w,
    #     right(w, b, x, y, len(x) * lamda)[0])
    # "The loss is a sum": len(x) * lamda → lamda
    return newton_step(w, b, x, y, len(x) * lamda)


@exercise.bug
def step_for_weights(w, b, x, y, lamda):
    """The step comes out, and not the weights and the intercept after it. Subtract it from both."""
    # "The step comes out": np.allclose(np.append(got.w, got.b), np.append(w, b) - np.append(want.w,
    #     want.b))
    # "Subtract it from both": step[:-1], step[-1] → w - step[:-1], b - step[-1]
    step = solved(hessian(w, b, x, lamda), gradient(w, b, x, y, lamda))
    return step[:-1], step[-1]


@exercise.bug
def gradient_turned(w, b, x, y, lamda):
    """The gradient is made of y - p and of λ w, which have opposite signs. Take p - y."""
    # "The gradient is made of y - p and of λ w": np.allclose(hessian(w, b, x, lamda) @ np.append(w
    #     - got.w, b - got.b), -gradient(w, b, x, y, 0.0) + penalties(w, lamda) * np.append(w, 0))
    # "Take p - y": -gradient → gradient
    slope = -gradient(w, b, x, y, 0.0) + penalties(w, lamda) * np.append(w, 0)
    return moved(w, b, solved(hessian(w, b, x, lamda), slope))


@exercise.bug
def first_weight_free(w, b, x, y, lamda):
    """The first weight has no penalty, and the intercept has one: with the ones as the last column,
    the intercept is the last weight. Put the 0 there."""
    # "The first weight has no penalty, and the intercept has one": np.allclose((hessian(w, b, x,
    #     0.0) + lamda * np.diag(np.arange(len(w) + 1) > 0)) @ np.append(w - got.w, b - got.b),
    #     gradient(w, b, x, y, 0.0) + lamda * (np.arange(len(w) + 1) > 0) * np.append(w, b))
    # "Put the 0 there": places > 0 → places < len(w)
    places = np.arange(len(w) + 1)
    each = lamda * (places > 0)
    slope = gradient(w, b, x, y, 0.0) + each * np.append(w, b)
    return moved(w, b, solved(hessian(w, b, x, 0.0) + np.diag(each), slope))


@exercise.bug
def penalty_without_its_fraction(w, b, x, y, lamda):
    """λ is made a whole number. It may have a fraction: use it as it is."""
    # "λ is made a whole number": np.allclose(got.w, right(w, b, x, y, int(lamda) + 1e-12)[0])
    # "use it as it is": int(lamda) → lamda
    whole = int(lamda)
    return moved(w, b, solved(hessian(w, b, x, whole), gradient(w, b, x, y, whole)))


@exercise.bug(whole=(False, True))
def penalty_in_every_entry(w, b, x, y, lamda, whole=False):
    """λ is added to all entries of the weights' part of the Hessian, or of the whole. The penalty
    has no mixed derivatives: add λ to the diagonal alone, but for the intercept."""
    # "λ is added to all entries of the weights' part of the Hessian": np.allclose((hessian(w, b, x,
    #     0.0) + lamda * np.outer(np.arange(len(w) + 1) < len(w), np.arange(len(w) + 1) < len(w))) @
    #     np.append(w - got.w, b - got.b), gradient(w, b, x, y, lamda))
    # "add λ to the diagonal alone, but for the intercept": lamda * np.outer(ones, ones) →
    #     np.diag(penalties(w, lamda))
    ones = np.ones(len(w) + 1) if whole else penalties(w, 1)
    matrix = hessian(w, b, x, 0.0) + lamda * np.outer(ones, ones)
    return moved(w, b, solved(matrix, gradient(w, b, x, y, lamda)))


@exercise.bug(steps=(2, 3, 20, 100))
def more_than_one_step(w, b, x, y, lamda, steps=2):
    """More than one step is taken, as in a fit. Take a single one."""
    # "More than one step is taken": np.allclose(got.w, right(want.w, want.b, x, y, lamda)[0])
    # "Take a single one": range(steps) → range(1)
    for _ in range(steps):
        w, b = newton_step(w, b, x, y, lamda)
    return w, b


@exercise.bug
def step_halved_where_the_loss_rises(w, b, x, y, lamda):
    """Where the step raises the loss, it is halved until the loss falls: a line search. Newton's
    step has none: take it whole."""
    # "Where the step raises the loss, it is halved until the loss falls": np.allclose(got.w - w,
    #     (want.w - w) / 2 ** np.round(np.log2((want.b - b) / (got.b - b)))) and logistic_loss(
    #     want.w, want.b, x, y, lamda)[0] > logistic_loss(got.w, got.b, x, y, lamda)[0]
    # "take it whole": share /= 2 → break
    before = logistic_loss(w, b, x, y, lamda)[0]
    w_new, b_new = newton_step(w, b, x, y, lamda)
    share = 1.0
    while logistic_loss(w_new, b_new, x, y, lamda)[0] > before + 1e-9 and share > 1e-6:
        share /= 2
        w_new, b_new = (w + w_new) / 2, (b + b_new) / 2
    return w_new, b_new


@exercise.bug
def intercept_of_centred_columns(w, b, x, y, lamda):
    """The columns are centred, and the intercept that comes out belongs to centred columns. Take
    off the mean row times the change of the weights."""
    # "the intercept that comes out belongs to centred columns": np.allclose(got.w, want.w) and
    #     np.isclose(got.b, want.b + x.mean(axis=0) @ (want.w - w))
    # "Take off the mean row times the change of the weights": + change → + 0 * change
    after, intercept = newton_step(w, b, x, y, lamda)
    change = as_float(x).mean(axis=0) @ (after - w)
    return after, intercept + change
