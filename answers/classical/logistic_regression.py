"""Logistic regression of two classes: a stable loss with its gradient, and Newton's method.

Each example is a row of x, its label y is 0 or 1, and its logit z = x w + b is the log-odds of
class 1. The loss is a sum over examples, in nats, and the intercept b has no penalty.
"""

import numpy as np
from jaxtyping import Bool, Float, Integer, Real
from numpy import ndarray

from answers.inputs import (
    as_float,
    refuse_below,
    refuse_empty,
    refuse_labels_out_of_range,
    refuse_nan,
)
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:sigmoid_refuses]
@refuses(z=refuse_nan)
# --8<-- [end:sigmoid_refuses]
# --8<-- [start:sigmoid]
def sigmoid(z: Real[ndarray, "*shape"]) -> Float[ndarray, "*shape"] | np.floating:
    """1 / (1 + exp(-z)), where no exponential overflows and small values keep their digits.

    How:
        The logarithm of 1 + exp(-z) is `logaddexp(0, -z)`, which is about -z where z is far below
        0. Its exponential is never above 1.

    Args:
        z: Logits, finite.

    Raises:
        ValueError: `z` holds nan or infinity.

    Example:
        Odds of 3 to 1 are a probability of 0.75.

        >>> sigmoid(np.array([np.log(3), -1000.0])).round(6)
        array([0.75, 0.  ])
    """
    return np.exp(-np.logaddexp(0, -as_float(z)))


# --8<-- [end:sigmoid]


# --8<-- [start:logistic_loss_refuses]
def no_label(y):
    refuse_labels_out_of_range(y, 2, "y")


def negative_penalty(lamda):
    refuse_below(0, lamda=lamda)


def no_intercept(b, name):
    if not np.isfinite(b):
        raise ValueError(f"`{name}` is {b}; choose a finite number")


def logits_overflow(w, b, x):
    with np.errstate(over="ignore", invalid="ignore"):
        refuse_overflowed(as_float(x) @ w + b, "a logit")


def loss_overflows(result):
    for part, name in zip(result, ("the loss", "dw", "db"), strict=True):
        refuse_overflowed(part, name)


GIVEN = {"w": BAD, "b": no_intercept, "x": BAD, "y": refuse_empty}


@refuses(negative_penalty, no_label, logits_overflow, loss_overflows, **GIVEN)
# --8<-- [end:logistic_loss_refuses]
# --8<-- [start:logistic_loss]
def logistic_loss(
    w: Real[ndarray, " d"],
    b: float,
    x: Real[ndarray, "n d"],
    y: Integer[ndarray, " n"] | Bool[ndarray, " n"],
    lamda: float,
) -> tuple[np.floating, Float[ndarray, " d"], np.floating]:
    """Σ log(1 + exp(-s z)) + λ/2 |w|², where s is 1 for class 1 and -1 for class 0, and its
    gradient.

    How:
        s z is how far an example lies on its right side. `logaddexp(0, -s z)` does not
        overflow where that is far below 0, and keeps its digits where it is far above. The
        slope of an example's loss by z is -s · sigmoid(-s z), which is sigmoid(z) - y.

    Args:
        w: The weights.
        b: The intercept.
        x: Examples as rows.
        y: The class of each example, 0 or 1.
        lamda: λ, which penalizes the weights and not the intercept.

    Returns:
        (loss, dw, db): the loss in nats, its gradient by the weights, and its slope by the
        intercept.

    Raises:
        ValueError: An array is empty or holds nan or infinity, b is not finite, λ is negative or
            not finite, a label is not 0 or 1, or a logit or a result overflows.

    Source:
        Hastie, Tibshirani and Friedman (2009), The Elements of Statistical Learning,
        equation 4.20

    Example:
        An example of class 1 with even odds costs log 2; its probability is too low by ½.

        >>> w, x, y = np.array([0.0]), np.array([[4.0]]), np.array([1])
        >>> loss, dw, db = logistic_loss(w, 0.0, x, y, lamda=1.0)
        >>> loss.round(6), dw, db
        (np.float64(0.693147), array([-2.]), np.float64(-0.5))
    """
    x, w = as_float(x), as_float(w)
    signs = 2 * y.astype(x.dtype) - 1
    margins = signs * (x @ w + b)
    loss = np.logaddexp(0, -margins).sum() + lamda / 2 * (w @ w)
    dz = -signs * np.exp(-np.logaddexp(0, margins))  # sigmoid(z) - y
    return loss, x.T @ dz + lamda * w, dz.sum()


# --8<-- [end:logistic_loss]


# --8<-- [start:newton_step_refuses]
def collinear(x, lamda):
    ones = np.ones((len(x), 1))
    if lamda == 0:
        rank = np.linalg.matrix_rank(np.hstack([x, ones]))
        if rank <= x.shape[1]:
            raise ValueError(
                f"`x` and a column of ones have a rank of {rank}, below "
                f"{x.shape[1] + 1}: many weights fit alike; choose `lamda` above 0"
            )


def no_curvature(w, b, x):
    z = as_float(x) @ w + float(b)
    if not (sigmoid(z) * sigmoid(-z)).any():
        raise ValueError(
            "every example lies so far from the boundary that the loss has no curvature; "
            "start nearer to 0"
        )


def step_overflows(result):
    refuse_overflowed(result[0], "a weight")
    refuse_overflowed(result[1], "the intercept")


@refuses(
    *(negative_penalty, no_label, logits_overflow, collinear, no_curvature),
    step_overflows,
    **GIVEN,
)
# --8<-- [end:newton_step_refuses]
# --8<-- [start:newton_step]
def newton_step(
    w: Real[ndarray, " d"],
    b: float,
    x: Real[ndarray, "n d"],
    y: Integer[ndarray, " n"] | Bool[ndarray, " n"],
    lamda: float,
) -> tuple[Float[ndarray, " d"], np.floating]:
    """The weights and intercept after one step of Newton on the loss
    Σ log(1 + exp(z)) - y z + λ/2 |w|², where z = x w + b.

    How:
        The Hessian is Xᵀ R X + λ I without λ at the intercept, where X has a last column of
        ones and R the weights p (1 - p). That is a weighted least squares, so the method is
        also called iteratively reweighted least squares. Columns far from 0 are nearly collinear
        with the ones, and cost digits: centre them before the first step.

    Args:
        w: The weights before the step.
        b: The intercept before the step.
        x: Examples as rows.
        y: The class of each example, 0 or 1.
        lamda: λ, which penalizes the weights and not the intercept.

    Returns:
        (w, b) after the step.

    Raises:
        ValueError: An array is empty or holds nan or infinity, b is not finite, λ is negative or
            not finite, a label is not 0 or 1, λ is 0 and the columns are collinear, the loss
            has no curvature, or a logit or a result overflows.

    Source:
        Hastie, Tibshirani and Friedman (2009), The Elements of Statistical Learning,
        equation 4.26

    Example:
        At even odds each example weighs ¼: the slope is -1, the curvature ½ + λ.

        >>> x, y = np.array([[-1.0], [1.0]]), np.array([0, 1])
        >>> newton_step(np.array([0.0]), 0.0, x, y, lamda=0.5)
        (array([1.]), np.float64(0.0))
    """
    x, w = as_float(x), as_float(w)
    z, (_, dw, db) = x @ w + b, logistic_loss(w, b, x, y, lamda)
    x1 = np.hstack([x, np.ones((len(x), 1), x.dtype)])
    hessian = x1.T @ (x1 * (sigmoid(z) * sigmoid(-z))[:, None])
    hessian[range(len(w)), range(len(w))] += lamda  # the intercept comes last
    step = np.linalg.solve(hessian, np.append(dw, db))
    return w - step[:-1], b - step[-1]


# --8<-- [end:newton_step]


# --8<-- [start:fit_logistic_refuses]
def no_step(steps):
    if steps < 1:
        raise ValueError(f"`steps` is {steps}; make one at least")


def one_class(y):
    if (y == y[0]).all():
        raise ValueError(
            f"`y` holds class {int(y[0])} alone, so a larger intercept is always better; give "
            "examples of both"
        )


def collinear_centred(x, lamda):
    collinear(as_float(x) - x.mean(axis=0), lamda)


def separated(result, x, y, lamda):
    w, b = result
    if lamda == 0 and ((2 * y.astype(int) - 1) * (as_float(x) @ w + b) > 0).all():
        raise ValueError(
            "these weights tell the classes apart without a mistake, so larger ones are always "
            "better; choose `lamda` above 0"
        )


@refuses(
    *(negative_penalty, no_label, one_class, collinear_centred, no_step, separated),
    **{"x": BAD, "y": refuse_empty},
)
# --8<-- [end:fit_logistic_refuses]
# --8<-- [start:fit_logistic]
def fit_logistic(
    x: Real[ndarray, "n d"],
    y: Integer[ndarray, " n"] | Bool[ndarray, " n"],
    lamda: float,
    steps: int = 50,
) -> tuple[Float[ndarray, " d"], np.floating]:
    """The weights and intercept of the least `logistic_loss`, by Newton's method from 0.

    How:
        A step that would raise the loss is halved until it does not: the loss is convex, so a
        shorter step along it lowers the loss. If none does, this is the minimum, up to rounding.

    Args:
        x: Examples as rows.
        y: The class of each example, 0 or 1.
        lamda: λ, which penalizes the weights and not the intercept.
        steps: At most so many steps. Nothing tells whether they reached the minimum.

    Returns:
        (w, b), the weights and the intercept.

    Raises:
        ValueError: An array is empty or holds nan or infinity, λ is negative or not finite, a
            label is not 0 or 1, only one class occurs, there is no step; or λ is 0 and the
            columns are collinear or the weights found separate the classes. A plane that separates
            them with examples on it is not noticed: then the weights are as large as the steps
            made them.

    Example:
        At x = 0 one of four has class 1, at x = 1 three: odds of 1/3 and of 3.

        >>> x, y = np.repeat([[0.0], [1.0]], 4, axis=0), np.array([0, 0, 0, 1, 0, 1, 1, 1])
        >>> w, b = fit_logistic(x, y, lamda=0.0)
        >>> np.exp(b).round(6), np.exp(w + b).round(6)
        (np.float64(0.333333), array([3.]))
    """
    x = as_float(x)
    middle = x.mean(axis=0)
    x = x - middle  # far from 0, columns are nearly collinear with the intercept
    w, b = np.zeros(x.shape[1], x.dtype), 0.0
    loss = logistic_loss(w, b, x, y, lamda)[0]
    for _ in range(steps):
        w_new, b_new = newton_step(w, b, x, y, lamda)
        for _ in range(30):
            new = logistic_loss(w_new, b_new, x, y, lamda)[0]
            if new < loss:
                break
            w_new, b_new = (w + w_new) / 2, (b + b_new) / 2
        else:
            break
        w, b, loss = w_new, b_new, new
    return w, np.asarray(b - middle @ w, w.dtype)[()]


# --8<-- [end:fit_logistic]
