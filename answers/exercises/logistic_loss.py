"""Practice for question 39: the logistic loss with a penalty, and its gradient."""

import numpy as np

from answers.classical.logistic_regression import logistic_loss
from answers.grader.exercise import Exercise
from answers.grader.notes import BOOLEAN
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float

exercise = Exercise(
    logistic_loss,
    page="39-regression",
    returns=("loss", "dw", "db"),
    hints=(
        "Turn the label into a sign: s z is how far an example lies on its right side, and both "
        "classes have one formula.",
        "`np.logaddexp` of 0 and t is log(1 + exp(t)) for any t. What is t?",
        "The slope of an example's loss by z is p - y. Which of the three results contain λ?",
    ),
)


def table(n, d, seed=39):
    """Weights, an intercept, rows and labels of both classes."""
    rng = np.random.default_rng([seed, n, d])
    x = rng.normal(size=(n, d)) + 0.5
    return rng.normal(size=d), -0.7, x, np.arange(n) % 3 % 2


exercise.case(
    "one example of class 1", np.array([0.5]), 0.25, np.array([[2.0]]), np.array([1]), 0
)
exercise.case(
    "one example of class 0", np.array([0.5]), 0.25, np.array([[2.0]]), np.array([0]), 0
)
exercise.case("7 examples, no penalty", *table(7, 3), 0.0)
exercise.case("7 examples", *table(7, 3), 1.7)
exercise.case("a whole penalty", *table(7, 3), 4)
exercise.case("a small penalty", *table(7, 3), 0.3)
w, b, x, y = table(7, 3)
exercise.case("weights of 0", 0 * w, 0.0, x, y, 1.7)
exercise.case("an intercept of 3", w, 3.0, x, y, 1.7)
exercise.case("all of class 1", w, b, x, np.ones(7, int), 1.7)
exercise.case("all of class 0", w, b, x, np.zeros(7, int), 1.7)
exercise.case("more columns than rows", *table(4, 9), 1.7)
exercise.case("as many columns as rows", *table(5, 5), 1.7)
one, side = np.ones((1, 1)), np.array([1.0])
exercise.case("class 1, right by 20", 20 * side, 0.0, one, np.array([1]), 0.0)
exercise.case("class 1, right by 50", 50 * side, 0.0, one, np.array([1]), 0.0)
exercise.case("class 0, right by 50", -50 * side, 0.0, one, np.array([0]), 0.0)
exercise.case("class 1, wrong by 50", -50 * side, 0.0, one, np.array([1]), 0.0)
exercise.case(
    "logits of 2000, right and wrong",
    1e3 * side,
    0.0,
    *(np.array([[2.0], [-2.0], [2.0], [-2.0]]), np.array([1, 0, 0, 1])),
    1e-3,
)
exercise.case(
    "logits of 100 000",
    1e5 * side,
    5.0,
    *(np.array([[1.0], [-1.0], [1.0]]), np.array([1, 0, 0])),
    0.0,
)
exercise.case("rows of 1e-8", w, b, 1e-8 * x, y, 1.7)
exercise.case("columns in Fortran's order", w, b, np.asfortranarray(x), y, 1.7)
exercise.case("float32", w.astype(np.float32), b, x.astype(np.float32), y, 1.7)
exercise.case("labels as booleans", w, b, x, y == 1, 1.7, noted=BOOLEAN)
exercise.case("labels as unsigned bytes", w, b, x, y.astype(np.uint8), 1.7)
add_whole_numbers(exercise, np.rint(2 * w), 1, np.rint(3 * x), y, 2, signed=False)
exercise.case(
    "weights of int32, of some 5e4",
    np.array([50_000, -40_000], dtype=np.int32),
    1.5,
    np.array([[4, 5], [8, 10], [-12, -15]], dtype=np.int32),
    np.array([1, 0, 1]),
    1e-3,
)


@exercise.check
def follows_weights_that_are_changed(logistic_loss):
    """After a step in `w` itself the loss must be made of the new weights: an array keeps its `id`
    when its entries change, so remember nothing by it."""
    w, x, y = np.array([0.0]), np.array([[4.0]]), np.array([1])
    logistic_loss(w, 0.0, x, y, 1.0)
    w += 1.0
    loss, dw, _ = logistic_loss(w, 0.0, x, y, 1.0)
    return np.isclose(loss, np.log1p(np.exp(-4)) + 0.5) and np.isclose(
        dw[0], 1 - 4 / (1 + np.e**4)
    )


def margins(w, b, x, y):
    """How far each example lies on its right side."""
    return (2 * y.astype(float) - 1) * (as_float(x) @ w + b)


def residuals(w, b, x, y):
    """Probabilities minus labels."""
    return -(2 * y.astype(float) - 1) * np.exp(-np.logaddexp(0, margins(w, b, x, y)))


@exercise.bug
def exponential_overflows(w, b, x, y, lamda):
    """log(1 + exp(-s z)) is computed as it is written: exp overflows where an example is wrong by
    more than 709, and the loss is infinite. Use `np.logaddexp(0, t)`."""
    # "exp overflows where an example is wrong by more than 709, and the loss is infinite":
    #     np.isinf(got.loss) and margins(w, b, x, y).min() < -709
    # "Use `np.logaddexp(0, t)`": np.log1p(np.exp(t)) → np.logaddexp(0, t)
    _, dw, db = logistic_loss(w, b, x, y, lamda)
    t, w = -margins(w, b, x, y), as_float(w)
    with np.errstate(over="ignore"):
        return np.log1p(np.exp(t)).sum() + lamda / 2 * (w @ w), dw, db


@exercise.bug(eps=(1e-15, 1e-12, 1e-7), inside=(1e-15, 1e-12, 1e-7))
def probabilities_clipped(w, b, x, y, lamda, eps=1e-15, inside=0.0):
    """Probabilities are clipped or get an epsilon before the logarithm, so that no loss is above
    that of the epsilon. Compute the logarithm from the logit, without a probability."""
    # "no loss is above that of the epsilon": got.loss < 0.9 * want.loss
    # "Compute the logarithm from the logit, without a probability": -np.log(np.maximum(right,
    #     least)) → np.logaddexp(0, -margins(w, b, x, y))
    _, dw, db = logistic_loss(w, b, x, y, lamda)
    right, least = np.exp(-np.logaddexp(0, -margins(w, b, x, y))), eps
    if inside:  # p itself is clipped: 1 - p is another number than the bound
        p = np.clip(np.where(y == 1, right, 1 - right), inside, 1 - inside)
        right, least = np.where(y == 1, p, 1 - p), 0
    loss = -np.log(np.maximum(right, least)).sum()
    return loss + lamda / 2 * (as_float(w) @ w), dw, db


@exercise.bug
def mean_for_sum(w, b, x, y, lamda):
    """The loss and its gradient are averaged over the examples. Here they are summed, which decides
    what λ means."""
    # "The loss and its gradient are averaged over the examples": np.isclose((got.loss - lamda /
    #     2 * w @ w) * len(x), want.loss - lamda / 2 * w @ w) and np.isclose(got.db * len(x),
    #     want.db)
    # "Here they are summed": / len(x) → / 1
    loss, dw, db = logistic_loss(w, b, x, y, 0.0)
    return (
        loss / len(x) + lamda / 2 * (as_float(w) @ w),
        dw / len(x) + lamda * w,
        db / len(x),
    )


@exercise.bug
def penalty_not_halved(w, b, x, y, lamda):
    """The penalty is λ |w|², and its gradient 2 λ w. It has a ½ here: λ/2 |w|² and λ w."""
    # "The penalty is λ |w|²": np.isclose(got.loss, want.loss + lamda / 2 * w @ w)
    # "its gradient 2 λ w": np.allclose(got.dw, want.dw + lamda * w)
    # "It has a ½ here: λ/2 |w|² and λ w": 2 * lamda → lamda
    return logistic_loss(w, b, x, y, 2 * lamda)


@exercise.bug
def loss_without_its_half(w, b, x, y, lamda):
    """The loss has λ |w|², whose gradient would be 2 λ w; yet the gradient has λ w. Put the ½ to
    the penalty: λ/2 |w|²."""
    # "The loss has λ |w|², whose gradient would be 2 λ w; yet the gradient has λ w":
    #     np.isclose(got.loss, want.loss + lamda / 2 * w @ w) and np.allclose(got.dw, want.dw)
    # "Put the ½ to the penalty: λ/2 |w|²": lamda * (as_float(w) @ w) → lamda / 2 * (as_float(w) @
    #     w)
    loss, dw, db = logistic_loss(w, b, x, y, 0.0)
    return loss + lamda * (as_float(w) @ w), dw + lamda * w, db


@exercise.bug
def gradient_doubled_penalty(w, b, x, y, lamda):
    """The penalty's gradient is 2 λ w, though the loss has λ/2 |w|². The ½ cancels the 2: λ w."""
    # "The penalty's gradient is 2 λ w, though the loss has λ/2 |w|²": np.allclose(got.dw, want.dw +
    #     lamda * w) and np.isclose(got.loss, want.loss)
    # "The ½ cancels the 2: λ w": 2 * lamda * w → lamda * w
    loss, dw, db = logistic_loss(w, b, x, y, 0.0)
    return loss + lamda / 2 * (as_float(w) @ w), dw + 2 * lamda * w, db


@exercise.bug
def gradient_without_penalty(w, b, x, y, lamda):
    """The loss has the penalty, and its gradient has not. Add λ w to dw."""
    # "The loss has the penalty, and its gradient has not": np.isclose(got.loss, want.loss) and
    #     np.allclose(got.dw, want.dw - lamda * w)
    # "Add λ w to dw": 0.0) → lamda)
    loss, _, _ = logistic_loss(w, b, x, y, lamda)
    _, dw, db = logistic_loss(w, b, x, y, 0.0)
    return loss, dw, db


@exercise.bug
def no_penalty(w, b, x, y, lamda):
    """The penalty is missing. Add λ/2 |w|² to the loss and λ w to dw."""
    # "The penalty is missing": np.isclose(got.loss, want.loss - lamda / 2 * w @ w)
    # "Add λ/2 |w|² to the loss and λ w to dw": 0 * lamda → lamda
    return logistic_loss(w, b, x, y, 0 * lamda)


@exercise.bug(in_gradient=(True, False))
def intercept_penalized(w, b, x, y, lamda, in_gradient=True):
    """The intercept is penalized like a weight. Only the weights have a penalty: leave b out."""
    # "The intercept is penalized like a weight": np.isclose(got.loss, want.loss + lamda / 2 *
    #     b**2)
    # "leave b out": lamda * b → 0 * b
    loss, dw, db = logistic_loss(w, b, x, y, lamda)
    more = lamda * b
    return loss + more * b / 2, dw, db + more * in_gradient


@exercise.bug
def norm_not_squared(w, b, x, y, lamda):
    """The penalty has the norm of w, not its square. Take `w @ w`."""
    # "The penalty has the norm of w, not its square": np.isclose(got.loss, want.loss - lamda / 2
    #     * (w @ w) + lamda / 2 * np.linalg.norm(w))
    # "Take `w @ w`": np.sqrt(w @ w) → (w @ w)
    w = as_float(w)
    loss, dw, db = logistic_loss(w, b, x, y, 0.0)
    return loss + lamda / 2 * np.sqrt(w @ w), dw + lamda * w, db


@exercise.bug
def gradient_turned(w, b, x, y, lamda):
    """The gradient of the losses has the wrong sign: it is made of y - p. Take p - y."""
    # "The gradient of the losses has the wrong sign": np.isclose(got.db, -want.db)
    # "Take p - y": -residuals(w, b, x, y) → residuals(w, b, x, y)
    loss, _, _ = logistic_loss(w, b, x, y, lamda)
    dz = -residuals(w, b, x, y)
    return loss, as_float(x).T @ dz + lamda * w, dz.sum()


@exercise.bug
def slope_of_squared_error(w, b, x, y, lamda):
    """The gradient has a factor p (1 - p), that of the squared error. In the logistic loss it
    cancels: p - y is left."""
    # "The gradient has a factor p (1 - p)": np.isclose(got.db, (residuals(w, b, x, y) *
    #     np.exp(-np.logaddexp(0, -x @ w - b) - np.logaddexp(0, x @ w + b))).sum())
    # "In the logistic loss it cancels: p - y is left": residuals(w, b, x, y) * p * (1 - p) →
    #     residuals(w, b, x, y)
    loss, _, _ = logistic_loss(w, b, x, y, lamda)
    p = np.exp(-np.logaddexp(0, -as_float(x) @ w - b))
    dz = residuals(w, b, x, y) * p * (1 - p)
    return loss, as_float(x).T @ dz + lamda * w, dz.sum()


@exercise.bug
def classes_exchanged(w, b, x, y, lamda):
    """Classes are exchanged: the loss is small where the probability of the wrong class is large.
    The logit is the log-odds of class 1."""
    # "Classes are exchanged": np.isclose(got.loss, right(w, b, x, 1 - y, lamda)[0])
    # "The logit is the log-odds of class 1": 1 - y → y
    return logistic_loss(w, b, x, 1 - y.astype(int), lamda)


@exercise.bug
def labels_for_signs(w, b, x, y, lamda):
    """The labels 0 and 1 stand where the signs belong: each example of class 0 has the loss log 2
    and no slope. Make signs of them first: s = 2 y - 1."""
    # "each example of class 0 has the loss log 2 and no slope": np.isclose(got.loss, np.log(2)) and
    #     got.db == 0
    # "Make signs of them first: s = 2 y - 1": y.astype(float) → 2 * y.astype(float) - 1
    x, w, s = as_float(x), as_float(w), y.astype(float)
    m = s * (x @ w + b)
    dz = -s * np.exp(-np.logaddexp(0, m))
    loss = np.logaddexp(0, -m).sum() + lamda / 2 * (w @ w)
    return loss, x.T @ dz + lamda * w, dz.sum()


@exercise.bug
def mean_in_the_intercept(w, b, x, y, lamda):
    """db is averaged over the examples, and dw is summed. Sum both."""
    # "db is averaged over the examples, and dw is summed": np.isclose(got.db, want.db / len(x)) and
    #     np.allclose(got.dw, want.dw)
    # "Sum both": db / len(x) → db
    loss, dw, db = logistic_loss(w, b, x, y, lamda)
    return loss, dw, db / len(x)


@exercise.bug
def no_intercept(w, b, x, y, lamda):
    """The logit has no intercept. It is x w + b."""
    # "The logit has no intercept": np.isclose(got.loss, right(w, 0.0, x, y, lamda)[0])
    # "It is x w + b": 0 * b → b
    return logistic_loss(w, 0 * b, x, y, lamda)
