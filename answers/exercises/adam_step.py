"""Practice for question 22: one step of Adam, with its bias correction."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.training.optimizers import adam_step

exercise = Exercise(
    adam_step,
    page="22-adam",
    returns=("w", "m", "v"),
    hints=(
        "Two moving averages, one of the gradient and one of its square. Which share of the old "
        "one stays, and with which share does the new number come in?",
        "Both averages began at 0. After one step m is a tenth of the gradient: by what must you "
        "divide it to get the gradient back? And after t steps of one gradient?",
        "The corrected averages are for this step alone. What must the next call get?",
        "Where v is 0 the root is, too. Which number stands beside it, and is it inside of the "
        "root or outside?",
    ),
)

rng = np.random.default_rng(22)


def state(*shape):
    """Weights, a gradient and moments in the middle of a training."""
    w, gradient, m = rng.normal(size=(3, *shape))
    return w, gradient, m, rng.uniform(0.2, 2, shape)


zero = np.zeros(5)
sizes = np.array([3e-5, -0.2, 1.0, 40.0, -7e3])
exercise.case("the first step of one weight", *np.array([[1.5], [0.4], [0], [0]]), 1)
exercise.case("the first step, at gradients of many sizes", zero, sizes, zero, zero, 1)
exercise.case("the second step", *state(5), 2)
exercise.case("step 40 at a learning rate of 0.05", *state(5), 40, lr=0.05)
exercise.case("other betas", *state(5), 3, lr=0.4, beta1=0.6, beta2=0.95)
exercise.case("beta1 of 0", *state(5), 4, lr=0.3, beta1=0.0)
exercise.case("beta2 of 0", *state(5), 9, lr=0.2, beta2=0.0)
exercise.case("a matrix", *state(3, 4), 5, lr=0.1)
exercise.case("three axes", *state(2, 3, 4), 6, lr=0.15)
exercise.case("four axes", *state(2, 3, 1, 4), 7, lr=0.25)
exercise.case("step 10 000", *state(5), 10_000, lr=0.1)
exercise.case("a learning rate of 0", *state(5), 6, lr=0.0)
exercise.case("gradients near eps", zero, sizes * 1e-8, zero, zero, 1)
exercise.case("an eps of 0.1", zero, sizes, sizes / 2, sizes**2 / 3, 2, eps=0.1)
exercise.case("a weight that gets no gradient", *np.array([[2.0], [0], [0], [0]]), 3)
exercise.case(
    "a weight that moves without a gradient, and another",
    *np.array([[2, 1.5], [0, 0.3], [0.3, -0.2], [0.2, 0.5]]),
    3,
    lr=0.5,
)
exercise.case(
    "a step of many learning rates", *np.array([[1.5], [0.4], [300], [0.5]]), 4, lr=0.1
)
whole = np.array([70_000, -50_000], dtype=np.int32)
exercise.case(
    "integers whose squares need more than four bytes", whole, whole, whole, whole**0, 2
)
exercise.case("float32", *(a.astype(np.float32) for a in state(3, 4)), 8, lr=0.12)
add_whole_numbers(exercise, *np.rint(9 * np.abs(state(3, 4))), 11, lr=0.25)


def averages(gradient, m, v, beta1, beta2):
    """m and v after this gradient."""
    gradient = as_float(gradient)
    return beta1 * m + (1 - beta1) * gradient, beta2 * v + (1 - beta2) * gradient**2


def moved(w, lr, mean, square, eps):
    """The weights after a step along these two."""
    return as_float(w) - lr * mean / (np.sqrt(square) + eps)


@exercise.bug
def no_bias_correction(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    """The moving averages are used as they are, though they began at 0: the first step is 3.16
    learning rates long. Divide m by 1 - beta1**step and v by 1 - beta2**step."""
    # "the first step is 3.16 learning rates long": np.isclose(abs(got.w - w) / lr, 3.16,
    #     atol=0.01)
    # "Divide m by 1 - beta1**step and v by 1 - beta2**step": lr, m, v → lr, m / (1 -
    #     beta1**step), v / (1 - beta2**step)
    # "The moving averages are used as they are, though they began at 0": np.allclose(got.w, w
    #     - lr * got.m / np.sqrt(got.v)) and not m.any() and not v.any()
    m, v = averages(gradient, m, v, beta1, beta2)
    return moved(w, lr, m, v, eps), m, v


@exercise.bug
def only_m_corrected(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    """m is corrected and v is not: the first step is 32 learning rates long. Divide v by
    1 - beta2**step, too."""
    # "the first step is 32 learning rates long": np.isclose(abs(got.w - w) / lr, 31.6, atol=0.1)
    # "Divide v by 1 - beta2**step, too": (1 - beta1 ** step), v, → (1 - beta1 ** step), v / (1 -
    #     beta2**step),
    # "m is corrected and v is not": np.allclose(got.w, w - lr * got.m / (1 - beta1**step) /
    #     np.sqrt(got.v))
    m, v = averages(gradient, m, v, beta1, beta2)
    return moved(w, lr, m / (1 - beta1**step), v, eps), m, v


@exercise.bug
def only_v_corrected(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    """v is corrected and m is not: the first step is a tenth of the learning rate. Divide m by
    1 - beta1**step, too."""
    # "the first step is a tenth of the learning rate": np.isclose(abs(got.w - w) / lr, 1 / 10)
    # "Divide m by 1 - beta1**step, too": lr, m, → lr, m / (1 - beta1**step),
    # "v is corrected and m is not": np.allclose(got.w, w - lr * got.m / np.sqrt(got.v / (1 -
    #     beta2**step)))
    m, v = averages(gradient, m, v, beta1, beta2)
    return moved(w, lr, m, v / (1 - beta2**step), eps), m, v


@exercise.bug(inside=(lambda eps: eps, lambda eps: eps**2))
def eps_inside_the_root(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, inside=None
):
    """eps is added under the root, where 1e-8 counts as 1e-4: small gradients hardly move a
    weight. Add it to the root: `np.sqrt(v_hat) + eps`."""
    # "where 1e-8 counts as 1e-4": np.isclose(bug(*np.zeros((4, 1)) + [[0], [1e-9], [0], [0]],
    #     1, lr=1.0, inside=lambda eps: eps)[0], -1e-5, rtol=1e-3)
    # "Add it to the root: `np.sqrt(v_hat) + eps`": np.sqrt(v_hat + inside(eps)) →
    #     (np.sqrt(v_hat) + eps)
    # "eps is added under the root": np.allclose(got.w, -lr * gradient / np.sqrt(gradient**2 +
    #     eps), rtol=1e-9, atol=0)
    # "small gradients hardly move a weight": abs(bug(*np.zeros((4, 1)) + [[0], [1e-9], [0],
    #     [0]], 1, lr=1.0, inside=lambda eps: eps)[0]) < 1e-4
    m, v = averages(gradient, m, v, beta1, beta2)
    m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
    return as_float(w) - lr * m_hat / np.sqrt(v_hat + inside(eps)), m, v


@exercise.bug
def eps_before_the_correction(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    """eps stands beside the root of the uncorrected v, so that the correction divides it, too: in
    the first step it counts 32 times. Correct v first."""
    # "Correct v first": lr * rate, m, v, → lr, m / (1 - beta1**step), v / (1 - beta2**step),
    # "the correction divides it, too: in the first step it counts 32 times":
    #     abs(right(*np.array([[0], [1e-20], [0], [0]]), 1)[0] / bug(*np.array([[0], [1e-20],
    #     [0], [0]]), 1)[0] - 1 / np.sqrt(1 - beta2)) < 0.1
    m, v = averages(gradient, m, v, beta1, beta2)
    rate = np.sqrt(1 - beta2**step) / (1 - beta1**step)
    return moved(w, lr * rate, m, v, eps), m, v


@exercise.bug(both=(True, False))
def corrected_moments_returned(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, both=True
):
    """The corrected averages are returned, so that the next step corrects them once more. Return m
    and v as they were before the correction."""
    # "The corrected averages are returned": np.allclose(got.m * (1 - beta1**step), want.m)
    # "so that the next step corrects them once more": not np.isclose(bug(w, gradient,
    #     *np.broadcast_arrays(got.m, got.v), 2)[0], right(w, gradient, want.m, want.v, 2)[0],
    #     rtol=1e-5)
    # "Return m and v as they were before the correction": m_hat, v_hat if both else v → m, v
    m, v = averages(gradient, m, v, beta1, beta2)
    m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
    return moved(w, lr, m_hat, v_hat, eps), m_hat, v_hat if both else v


@exercise.bug
def step_counted_from_0(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    """The correction takes step + 1, as if steps were counted from 0. The first step has the
    number 1: take `step` itself."""
    # "The correction takes step + 1, as if steps were counted from 0": np.allclose(bug(w,
    #     gradient, m, v, 0)[0], right(w, gradient, m, v, 1)[0], rtol=1e-12) and not
    #     np.allclose(got.w, want.w, rtol=1e-9)
    # "The first step has the number 1: take `step` itself": step + 1 → step
    m, v = averages(gradient, m, v, beta1, beta2)
    count = step + 1
    return moved(w, lr, m / (1 - beta1**count), v / (1 - beta2**count), eps), m, v


@exercise.bug
def step_before_the_first(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    """The correction takes step - 1, which in the first step is 0: 1 - beta**0 is 0, and 0 divides.
    Take `step` itself."""
    # "Take `step` itself": step - 1 → step
    # "The correction takes step - 1, which in the first step is 0: 1 - beta**0 is 0, and 0
    #     divides": step == 1 and not np.isfinite(got.w).all() and np.allclose(bug(w,
    #     gradient, m, v, 2)[0], right(w, gradient, m, v, 1)[0], rtol=1e-12)
    m, v = averages(gradient, m, v, beta1, beta2)
    count = step - 1
    return moved(w, lr, m / (1 - beta1**count), v / (1 - beta2**count), eps), m, v


@exercise.bug
def correction_one_step_late(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    """From the second step on the correction takes step - 1: it comes a step late. Take `step`
    itself."""
    # "From the second step on the correction takes step - 1: it comes a step late":
    #     np.allclose(got.w, right(w, gradient, m, v, step - 1)[0], rtol=1e-12)
    # "Take `step` itself": max(step - 1, 1) → step
    m, v = averages(gradient, m, v, beta1, beta2)
    count = max(step - 1, 1)
    return moved(w, lr, m / (1 - beta1**count), v / (1 - beta2**count), eps), m, v


@exercise.bug
def step_times_beta(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The correction takes beta * step, not beta to the power of the step, so that it is right in
    the first step alone. Write `beta1**step` and `beta2**step`."""
    # "Write `beta1**step` and `beta2**step`": beta1 * step → beta1**step; beta2 * step →
    #     beta2**step
    # "The correction takes beta * step, not beta to the power of the step, so that it is
    #     right in the first step alone": step == 2 and np.allclose(bug(w, gradient, m, v,
    #     1)[0], right(w, gradient, m, v, 1)[0]) and 1 - beta2 * step < 0 and
    #     np.isnan(got.w).all()
    m, v = averages(gradient, m, v, beta1, beta2)
    return moved(w, lr, m / (1 - beta1 * step), v / (1 - beta2 * step), eps), m, v


@exercise.bug
def betas_exchanged(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """beta1 and beta2 have changed places: m moves by a thousandth and v by a tenth. beta1 belongs
    to m, and beta2 to v."""
    # "beta1 belongs to m, and beta2 to v": beta1, beta2 = (beta2, beta1) → pass
    # "beta1 and beta2 have changed places: m moves by a thousandth and v by a tenth":
    #     np.allclose(got.m, gradient / 1000) and np.allclose(got.v, gradient**2 / 10) and
    #     np.array_equal(got.m, right(w, gradient, m, v, step, beta1=beta2, beta2=beta1)[1])
    beta1, beta2 = beta2, beta1
    m, v = averages(gradient, m, v, beta1, beta2)
    return moved(w, lr, m / (1 - beta1**step), v / (1 - beta2**step), eps), m, v


@exercise.bug(of_m=(True, False))
def one_beta_for_both(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, of_m=True
):
    """Both averages take one beta. beta1 belongs to m, and beta2 to v."""
    # "Both averages take one beta": np.allclose(got.m, beta1 * m + (1 - beta1) * gradient) and
    #     np.allclose(got.v, beta1 * v + (1 - beta1) * gradient**2)
    # "beta1 belongs to m, and beta2 to v": m, v, beta, beta → m, v, beta1, beta2; m / (1 - beta **
    #     step), v / (1 - beta ** step) → m / (1 - beta1**step), v / (1 - beta2**step)
    beta = beta1 if of_m else beta2
    m, v = averages(gradient, m, v, beta, beta)
    return moved(w, lr, m / (1 - beta**step), v / (1 - beta**step), eps), m, v


@exercise.bug
def zero_taken_for_the_default(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    """A 0 that is passed is replaced by the default. Take each number as it is: the learning rate
    and both betas may be 0."""
    # "A 0 that is passed is replaced by the default": np.array_equal(got.m, right(w, gradient, m,
    #     v, step)[1]) and beta1 == 0
    # "Take each number as it is": lr or 0.001, beta1 or 0.9, beta2 or 0.999 → lr, beta1, beta2
    lr, beta1, beta2 = lr or 1e-3, beta1 or 0.9, beta2 or 0.999
    m, v = averages(gradient, m, v, beta1, beta2)
    return moved(w, lr, m / (1 - beta1**step), v / (1 - beta2**step), eps), m, v


@exercise.bug
def zero_gradient_skipped(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    """Where the gradient is 0, w, m and v stay as they are, as in sparse Adam. Here the averages
    shrink there and w moves on: update every entry."""
    # "Where the gradient is 0, w, m and v stay as they are": (gradient == 0).any() and
    #     all(np.array_equal(new[gradient == 0], old[gradient == 0]) for new, old in ((got.w, w),
    #     (got.m, m), (got.v, v)))
    # "update every entry": gradient != 0 → gradient == gradient
    new_m, new_v = averages(gradient, m, v, beta1, beta2)
    new = moved(w, lr, new_m / (1 - beta1**step), new_v / (1 - beta2**step), eps)
    pairs = (new, w), (new_m, m), (new_v, v)
    return tuple(np.where(gradient != 0, *pair) for pair in pairs)


@exercise.bug
def correction_with_the_other_beta(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    """The corrections have changed places: m is divided by 1 - beta2**step, and v by
    1 - beta1**step. Each takes the beta of its own average."""
    # "m is divided by 1 - beta2**step, and v by 1 - beta1**step": np.allclose(got.w, w - lr *
    #     got.m / (1 - beta2**step) / (np.sqrt(got.v / (1 - beta1**step)) + eps))
    # "Each takes the beta of its own average": m / (1 - beta2 ** step), v / (1 - beta1 ** step) →
    #     m / (1 - beta1**step), v / (1 - beta2**step)
    m, v = averages(gradient, m, v, beta1, beta2)
    return moved(w, lr, m / (1 - beta2**step), v / (1 - beta1**step), eps), m, v


@exercise.bug
def eps_as_a_floor(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The root is raised to eps where it is less, and a larger one gets nothing. Add eps to each
    root."""
    # "The root is raised to eps where it is less": np.allclose(bug(*np.array([[0], [1e-12], [0],
    #     [0]]), 1, lr=1.0)[0], -1e-4, rtol=1e-9, atol=0)
    # "and a larger one gets nothing": bug(*np.array([[0], [1e-6], [0], [0]]), 1, lr=1.0)[0] < -1 +
    #     1e-9
    # "Add eps to each root": np.maximum(np.sqrt(v_hat), eps) → (np.sqrt(v_hat) + eps)
    m, v = averages(gradient, m, v, beta1, beta2)
    m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
    return as_float(w) - lr * m_hat / np.maximum(np.sqrt(v_hat), eps), m, v


@exercise.bug(of=(np.abs, np.positive))
def gradient_not_squared(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, of=np.abs
):
    """v averages the gradient and not its square: the root leaves a step that grows with the
    gradient. Square it first: `gradient**2`."""
    # "v averages the gradient and not its square": np.allclose(got.v, (1 - beta2) *
    #     abs(gradient))
    # "the root leaves a step that grows with the gradient": abs(bug(w, 9 * gradient, m, v, 1)[0]
    #     - w) > 2 * abs(got.w - w)
    # "Square it first: `gradient**2`": of(gradient) → gradient**2
    gradient = as_float(gradient)
    m, _ = averages(gradient, m, v, beta1, beta2)
    v = beta2 * v + (1 - beta2) * of(gradient)
    return moved(w, lr, m / (1 - beta1**step), v / (1 - beta2**step), eps), m, v


@exercise.bug
def square_of_m(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """v averages the square of m, and not of the gradient: noise that m averages away is missing in
    it. Take `gradient**2`."""
    # "v averages the square of m, and not of the gradient": np.allclose(got.v, (1 - beta2) *
    #     want.m**2)
    # "Take `gradient**2`": m ** 2 → gradient**2
    gradient = as_float(gradient)
    m, _ = averages(gradient, m, v, beta1, beta2)
    v = beta2 * v + (1 - beta2) * m**2
    return moved(w, lr, m / (1 - beta1**step), v / (1 - beta2**step), eps), m, v


@exercise.bug
def no_root(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The step is divided by v and not by its root: it shrinks as the gradient grows. Divide by
    `np.sqrt(v_hat) + eps`."""
    # "it shrinks as the gradient grows": abs(bug(w, 9 * gradient, m, v, 1)[0] - w) < abs(got.w -
    #     w) / 2
    # "Divide by `np.sqrt(v_hat) + eps`": v_hat + eps → np.sqrt(v_hat) + eps
    # "The step is divided by v and not by its root": np.allclose(w - got.w, lr * gradient /
    #     gradient**2)
    m, v = averages(gradient, m, v, beta1, beta2)
    m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
    return as_float(w) - lr * m_hat / (v_hat + eps), m, v


@exercise.bug
def old_averages_used(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    """The step is made of the averages before this gradient, which in the first step are 0. Update
    m and v first."""
    # "Update m and v first": lr, m / (1 - beta1 ** step), v / → lr, averages(gradient, m, v,
    #     beta1, beta2)[0] / (1 - beta1 ** step), averages(gradient, m, v, beta1, beta2)[1] /
    # "The step is made of the averages before this gradient, which in the first step are 0":
    #     step == 1 and np.array_equal(got.w, w) and np.array_equal(bug(w, 9 * gradient, m +
    #     1, v + 1, 2)[0], bug(w, gradient, m + 1, v + 1, 2)[0])
    new = moved(w, lr, m / (1 - beta1**step), v / (1 - beta2**step), eps)
    return new, *averages(gradient, m, v, beta1, beta2)


@exercise.bug
def shares_exchanged(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    """beta is the share of the new gradient, where it is that of the old average: m keeps a tenth.
    Write `beta1 * m + (1 - beta1) * gradient`, and v likewise."""
    # "beta is the share of the new gradient": np.allclose(got.m, beta1 * gradient)
    # "m keeps a tenth": np.allclose(bug(w, 0 * gradient, m + 1, v, step)[1], 1 / 10)
    # "Write `beta1 * m + (1 - beta1) * gradient`, and v likewise": (1 - beta1) * m + beta1 *
    #     gradient → beta1 * m + (1 - beta1) * gradient; (1 - beta2) * v + beta2 * gradient ** 2
    #     → beta2 * v + (1 - beta2) * gradient**2
    # "where it is that of the old average": np.allclose(right(w, 0 * gradient, m + 1, v,
    #     step)[1], beta1) and not np.allclose(got.m, want.m)
    gradient = as_float(gradient)
    m = (1 - beta1) * m + beta1 * gradient
    v = (1 - beta2) * v + beta2 * gradient**2
    return moved(w, lr, m / (1 - beta1**step), v / (1 - beta2**step), eps), m, v


@exercise.bug(squares=(True, False))
def sums_not_averages(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, squares=True
):
    """The gradient is added whole, as momentum does it: m is a sum and no average. Multiply what is
    new by 1 - beta."""
    # "The gradient is added whole, as momentum does it": np.allclose(got.m, beta1 * m +
    #     gradient)
    # "Multiply what is new by 1 - beta": m + gradient → m + (1 - beta1) * gradient; gradient **
    #     2 * (1 if squares else 1 - beta2) → gradient**2 * (1 - beta2)
    # "m is a sum and no average": np.allclose(bug(w, gradient, 10 * gradient, v, step)[1], 10
    #     * gradient)
    gradient = as_float(gradient)
    m = beta1 * m + gradient
    v = beta2 * v + gradient**2 * (1 if squares else 1 - beta2)
    return moved(w, lr, m / (1 - beta1**step), v / (1 - beta2**step), eps), m, v


@exercise.bug
def uphill(w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The step is added, so that the loss grows. Subtract it."""
    # "Subtract it": moved(w, -lr → moved(w, lr
    # "The step is added, so that the loss grows": np.allclose(got.w - w, w - want.w) and
    #     (gradient * (got.w - w) > 0).all()
    m, v = averages(gradient, m, v, beta1, beta2)
    return moved(w, -lr, m / (1 - beta1**step), v / (1 - beta2**step), eps), m, v


@exercise.bug(eps_used=(0, 1e-30))
def no_eps(
    w, gradient, m, v, step, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, eps_used=0
):
    """eps is left out, or next to nothing: a tiny gradient moves its weight by a whole step, and
    without eps a gradient of 0 gives 0/0. Add `eps` to the root."""
    # "Add `eps` to the root": eps_used), → eps),
    # "a tiny gradient moves its weight by a whole step": np.allclose([bug(*np.array([[0], [1e-20],
    #     [0], [0]]), 1, lr=1.0, eps_used=each)[0] for each in (0, 1e-30)], -1)
    # "without eps a gradient of 0 gives 0/0": np.isnan(bug(*np.zeros((4, 1)), 1)[0])
    m, v = averages(gradient, m, v, beta1, beta2)
    return moved(w, lr, m / (1 - beta1**step), v / (1 - beta2**step), eps_used), m, v
