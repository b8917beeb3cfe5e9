"""Practice for question 22: one step of AdamW, whose decay does not pass through the gradient."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.training.optimizers import adam_step, adamw_step

exercise = Exercise(
    adamw_step,
    page="22-adam",
    returns=("w", "m", "v"),
    hints=(
        "Write Adam first. Then ask what a weight does that gets no gradient: by which factor "
        "does one step shrink it?",
        "If the decay were added to the gradient, the root of v would divide it. Which lines must "
        "not see it?",
        "The decay is multiplied by the learning rate, so that a schedule lowers both. Is it taken "
        "of the weights before Adam's step or after it?",
    ),
)

rng = np.random.default_rng(23)


def state(*shape):
    """Weights, a gradient and moments in the middle of a training."""
    w, gradient, m = rng.normal(size=(3, *shape))
    return 9 * w, gradient, m, rng.uniform(0.2, 2, shape)


zero, w = np.zeros(4), np.array([3.0, -0.5, 40.0, 7.0])
sizes = np.array([2e-4, -0.2, 7e3, 1.0])
exercise.case(
    "a weight that gets no gradient", *np.array([[8.37], [0], [0], [0]]), 1, lr=0.5
)
exercise.case("one weight", *np.array([[8.37], [0.4], [-0.3], [0.2]]), 2, lr=0.5)
exercise.case(
    "the first step, without decay", w, sizes, zero, zero, 1, weight_decay=0.0
)
exercise.case("the first step, at gradients of many sizes", w, sizes, zero, zero, 1)
exercise.case("the second step", *state(5), 2, weight_decay=0.1)
exercise.case("a large decay", *state(5), 40, lr=1.0, weight_decay=1.2)
exercise.case("a decay that turns the signs", *state(5), 3, lr=0.5, weight_decay=3.0)
exercise.case("no decay", *state(5), 8, lr=0.5, weight_decay=0.0)
exercise.case("a learning rate of 0", *state(5), 3, lr=0.0, weight_decay=0.5)
exercise.case("other betas", *state(5), 4, lr=0.4, beta1=0.6, beta2=0.95)
exercise.case("beta1 of 0", *state(5), 5, lr=0.3, beta1=0.0, weight_decay=0.2)
exercise.case("beta2 of 0", *state(5), 9, lr=0.2, beta2=0.0, weight_decay=0.3)
exercise.case("a matrix", *state(3, 4), 10, lr=0.5, weight_decay=0.4)
exercise.case("three axes", *state(2, 3, 4), 6, lr=0.15, weight_decay=0.6)
exercise.case("four axes", *state(2, 3, 1, 4), 12, lr=0.5, weight_decay=0.7)
exercise.case("step 10 000", *state(5), 10_000, lr=0.5)
exercise.case("gradients near eps", w / 1e4, sizes * 1e-8, zero, zero, 1)
exercise.case("an eps of 0.1", w, sizes, sizes / 2, sizes**2 / 3, 2, eps=0.1)
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
add_whole_numbers(
    exercise, *np.rint(9 * np.abs(state(3, 4))), 11, lr=0.25, weight_decay=0.5
)


@exercise.check
def the_decay_leaves_both_averages_alone(submission):
    """With a large decay m or v come out otherwise than without one. The decay is no gradient: keep
    it out of both averages."""
    w, gradient, m = np.array([[5.0, -3.0], [0.2, -0.1], [0.3, 0.4]])
    v = m**2
    plain, decayed = (
        submission(w.copy(), gradient.copy(), m.copy(), v.copy(), 3, weight_decay=decay)
        for decay in (0.0, 9.0)
    )
    return all(np.allclose(plain[part], decayed[part]) for part in (1, 2))


def averages(gradient, m, v, beta1, beta2):
    """m and v after this gradient."""
    gradient = as_float(gradient)
    return beta1 * m + (1 - beta1) * gradient, beta2 * v + (1 - beta2) * gradient**2


def update(m, v, step, beta1, beta2, eps):
    """Adam's step at a learning rate of 1."""
    return m / (1 - beta1**step) / (np.sqrt(v / (1 - beta2**step)) + eps)


@exercise.bug
def l2_in_the_gradient(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
):
    """weight_decay * w is added to the gradient, so that the root of v divides it, too: that is
    Adam with an L2 penalty. Shrink the weights themselves, by 1 - lr * weight_decay."""
    # "weight_decay * w is added to the gradient": np.allclose(got.m, (1 - beta1) * weight_decay *
    #     w)
    # "so that the root of v divides it, too": np.isclose(w - got.w, lr, rtol=1e-5)
    # "Shrink the weights themselves, by 1 - lr * weight_decay": gradient = as_float(gradient) +
    #     weight_decay * w → pass; as_float(w) → (1 - lr * weight_decay) * as_float(w)
    gradient = as_float(gradient) + weight_decay * w
    m, v = averages(gradient, m, v, beta1, beta2)
    return as_float(w) - lr * update(m, v, step, beta1, beta2, eps), m, v


@exercise.bug
def decay_without_the_rate(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
):
    """The decay is not multiplied by the learning rate: 0.01 takes a hundredth of each weight at
    every step. Shrink by 1 - lr * weight_decay."""
    # "0.01 takes a hundredth of each weight at every step": np.isclose(bug(w, 0 * w, m, v, 1)[0],
    #     0.99 * w)
    # "Shrink by 1 - lr * weight_decay": 1 - weight_decay → 1 - lr * weight_decay
    m, v = averages(gradient, m, v, beta1, beta2)
    shrunk = (1 - weight_decay) * as_float(w)
    return shrunk - lr * update(m, v, step, beta1, beta2, eps), m, v


@exercise.bug
def decay_after_the_step(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
):
    """The weights shrink after Adam's step, which shrinks the step, too. Shrink them first, or take
    both from the old weights."""
    # "which shrinks the step, too": np.allclose(got.w - want.w, lr * weight_decay * (right(w,
    #     gradient, m, v, step, lr, beta1, beta2, eps, 0.0)[0] * -1 + w), rtol=1e-3, atol=1e-12)
    # "Shrink them first, or take both from the old weights": lr * weight_decay) * moved →
    #     0) * (moved - lr * weight_decay * w)
    m, v = averages(gradient, m, v, beta1, beta2)
    moved = as_float(w) - lr * update(m, v, step, beta1, beta2, eps)
    return (1 - lr * weight_decay) * moved, m, v


@exercise.bug
def decay_divided(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
):
    """The decay is added to the corrected m, and then divided by the root of v: weights with large
    gradients hardly shrink. Take it from the weights, beside the division."""
    # "weights with large gradients hardly shrink": abs(bug(*np.array([[5.0], [0], [0], [1e8]]), 9,
    #     lr=1.0)[0] - 5) < 1e-4
    # "Take it from the weights, beside the division": m / (1 - beta1 ** step) + weight_decay * w
    #     → m / (1 - beta1**step); as_float(w) → (1 - lr * weight_decay) * as_float(w)
    m, v = averages(gradient, m, v, beta1, beta2)
    mean = m / (1 - beta1**step) + weight_decay * w
    return as_float(w) - lr * mean / (np.sqrt(v / (1 - beta2**step)) + eps), m, v


@exercise.bug
def weights_grow(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
):
    """The decay is added, so that the weights grow. Subtract it: the factor is
    `1 - lr * weight_decay`."""
    # "The decay is added, so that the weights grow": abs(got.w) > abs(w)
    # "Subtract it: the factor is `1 - lr * weight_decay`": 1 + lr * weight_decay → 1 - lr *
    #     weight_decay
    m, v = averages(gradient, m, v, beta1, beta2)
    grown = (1 + lr * weight_decay) * as_float(w)
    return grown - lr * update(m, v, step, beta1, beta2, eps), m, v


@exercise.bug
def no_decay(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
):
    """weight_decay is not used: this is Adam, and a weight without gradient stays as it is. Shrink
    the weights by 1 - lr * weight_decay."""
    # "a weight without gradient stays as it is": not gradient.any() and np.array_equal(got.w, w)
    # "Shrink the weights by 1 - lr * weight_decay": as_float(w) → (1 - lr * weight_decay) *
    #     as_float(w)
    m, v = averages(gradient, m, v, beta1, beta2)
    return as_float(w) - lr * update(m, v, step, beta1, beta2, eps), m, v


@exercise.bug
def decay_doubled(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
):
    """The weights shrink by twice the decay, the gradient of weight_decay * w**2. Here the decay is
    the share itself: `lr * weight_decay`."""
    # "The weights shrink by twice the decay": np.allclose(w - got.w, 2 * (w - want.w))
    # "Here the decay is the share itself: `lr * weight_decay`": 2 * lr * weight_decay → lr *
    #     weight_decay
    m, v = averages(gradient, m, v, beta1, beta2)
    shrunk = (1 - 2 * lr * weight_decay) * as_float(w)
    return shrunk - lr * update(m, v, step, beta1, beta2, eps), m, v


@exercise.bug
def decay_of_the_sign(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
):
    """Every weight shrinks by the same number, the step of an L1 penalty, not by the same share.
    Multiply the decay by w, not by its sign."""
    # "Every weight shrinks by the same number": np.isclose(bug(2 * w, gradient, m, v, 1)[0] - 2 *
    #     w, bug(w, gradient, m, v, 1)[0] - w)
    # "Multiply the decay by w, not by its sign": np.sign(w) → w
    m, v = averages(gradient, m, v, beta1, beta2)
    shrunk = as_float(w) - lr * weight_decay * np.sign(w)
    return shrunk - lr * update(m, v, step, beta1, beta2, eps), m, v


@exercise.bug
def no_bias_correction(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
):
    """The moving averages are used as they are, though they began at 0. Divide m by
    1 - beta1**step and v by 1 - beta2**step."""
    # "The moving averages are used as they are": np.allclose((w - lr * weight_decay * w - got.w) /
    #     lr, got.m / np.sqrt(got.v), rtol=1e-2)
    # "Divide m by 1 - beta1**step and v by 1 - beta2**step": m / (np.sqrt(v) + eps) → m / (1 -
    #     beta1**step) / (np.sqrt(v / (1 - beta2**step)) + eps)
    m, v = averages(gradient, m, v, beta1, beta2)
    return (1 - lr * weight_decay) * as_float(w) - lr * m / (np.sqrt(v) + eps), m, v


@exercise.bug
def corrected_moments_returned(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
):
    """The corrected averages are returned, so that the next step corrects them once more. Return m
    and v as they were before the correction."""
    # "The corrected averages are returned": np.allclose(got.m * (1 - beta1**step), want.m)
    # "Return m and v as they were before the correction": m / (1 - beta1 ** step), v / (1 - beta2
    #     ** step) → m, v
    m, v = averages(gradient, m, v, beta1, beta2)
    new = (1 - lr * weight_decay) * as_float(w) - lr * update(
        m, v, step, beta1, beta2, eps
    )
    return new, m / (1 - beta1**step), v / (1 - beta2**step)


@exercise.bug(inside=(lambda eps: eps, lambda eps: eps**2))
def eps_inside_the_root(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
    inside=None,
):
    """eps is added under the root, where 1e-8 counts as 1e-4: small gradients hardly move a
    weight. Add it to the root: `np.sqrt(v_hat) + eps`."""
    # "where 1e-8 counts as 1e-4": np.isclose(bug(*np.zeros((4, 1)) + [[0], [1e-9], [0], [0]],
    #     1, lr=1.0, inside=lambda eps: eps)[0], -1e-5, rtol=1e-3)
    # "Add it to the root: `np.sqrt(v_hat) + eps`": np.sqrt(v_hat + inside(eps)) →
    #     (np.sqrt(v_hat) + eps)
    m, v = averages(gradient, m, v, beta1, beta2)
    m_hat, v_hat = m / (1 - beta1**step), v / (1 - beta2**step)
    shrunk = (1 - lr * weight_decay) * as_float(w)
    return shrunk - lr * m_hat / np.sqrt(v_hat + inside(eps)), m, v


@exercise.bug
def eps_before_the_correction(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
):
    """eps stands beside the root of the uncorrected v, so that the correction divides it, too: in
    the first step it counts 32 times. Correct v first."""
    # "in the first step it counts 32 times": abs(right(*np.array([[0], [1e-20], [0], [0]]), 1)[0] /
    #     bug(*np.array([[0], [1e-20], [0], [0]]), 1)[0] - 31.6) < 0.1
    # "Correct v first": rate * m / (np.sqrt(v) + eps) → lr * update(m, v, step, beta1, beta2, eps)
    m, v = averages(gradient, m, v, beta1, beta2)
    rate = lr * np.sqrt(1 - beta2**step) / (1 - beta1**step)
    shrunk = (1 - lr * weight_decay) * as_float(w)
    return shrunk - rate * m / (np.sqrt(v) + eps), m, v


@exercise.bug
def shrunk_twice(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
):
    """The decay is taken from the weights, and its gradient passes through Adam as well. Leave it
    out of the gradient."""
    # "The decay is taken from the weights, and its gradient passes through Adam as well":
    #     np.allclose(got.m, (1 - beta1) * weight_decay * w) and (got.w < w - lr).all()
    # "Leave it out of the gradient": as_float(gradient) + weight_decay * w → as_float(gradient)
    shrunk = (1 - lr * weight_decay) * as_float(w)
    gradient = as_float(gradient) + weight_decay * w
    return adam_step(shrunk, gradient, m, v, step, lr, beta1, beta2, eps)


@exercise.bug(of=("v", "root"))
def no_eps(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
    of="v",
):
    """eps is not added to the root: it only steps in where the root is 0, or below eps. Add it in
    every entry."""
    # "eps is not added to the root: it only steps in where the root is 0, or below eps":
    #     np.isclose(bug(*np.array([[0], [1e-8], [0], [0]]), 1, lr=1.0)[0], -1) and
    #     np.isclose(right(*np.array([[0], [1e-8], [0], [0]]), 1, lr=1.0)[0], -0.5)
    # "Add it in every entry": np.where(root > 0, root, 1) if of == 'v'
    #     else np.maximum(root, eps) → root + eps
    m, v = averages(gradient, m, v, beta1, beta2)
    m_hat, root = m / (1 - beta1**step), np.sqrt(v / (1 - beta2**step))
    below = np.where(root > 0, root, 1) if of == "v" else np.maximum(root, eps)
    return (1 - lr * weight_decay) * as_float(w) - lr * m_hat / below, m, v


@exercise.bug
def betas_exchanged(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
):
    """beta1 and beta2 have changed places in the averages: m moves by a thousandth and v by a
    tenth. beta1 belongs to m, and beta2 to v."""
    # "m moves by a thousandth and v by a tenth": np.allclose(bug(w, gradient, 0 * m, 0 * v, 1)[1],
    #     gradient / 1000) and np.allclose(bug(w, gradient, 0 * m, 0 * v, 1)[2], gradient**2 / 10)
    # "beta1 belongs to m, and beta2 to v": beta2, beta1) → beta1, beta2)
    m, v = averages(gradient, m, v, beta2, beta1)
    shrunk = (1 - lr * weight_decay) * as_float(w)
    return shrunk - lr * update(m, v, step, beta1, beta2, eps), m, v


@exercise.bug(old=("m", "v", "mv"))
def old_average_in_the_step(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
    old="m",
):
    """The step is made with m or v as it came, before this gradient. Update both averages first,
    and step with the new ones."""
    # "The step is made with m or v as it came, before this gradient": np.allclose((w - lr *
    #     weight_decay * w - got.w), lr * update(m, want.v, step, beta1, beta2, eps))
    # "Update both averages first, and step with the new ones": update(*used → update(*new
    new, came = averages(gradient, m, v, beta1, beta2), (as_float(m), as_float(v))
    used = [came[i] if "mv"[i] in old else new[i] for i in range(2)]
    shrunk = (1 - lr * weight_decay) * as_float(w)
    return shrunk - lr * update(*used, step, beta1, beta2, eps), *new


@exercise.bug
def larger_v_in_the_step(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
):
    """The step divides by the larger of the old v and the new one, as in AMSGrad. AdamW takes the
    new one, also where it is smaller."""
    # "The step divides by the larger of the old v and the new one": np.allclose(w - lr *
    #     weight_decay * w - got.w, lr * update(want.m, np.maximum(v, want.v), step, beta1, beta2,
    #     eps))
    # "AdamW takes the new one, also where it is smaller": np.maximum(v, new_v) → new_v
    new_m, new_v = averages(gradient, m, v, beta1, beta2)
    largest = np.maximum(v, new_v)
    shrunk = (1 - lr * weight_decay) * as_float(w)
    return shrunk - lr * update(new_m, largest, step, beta1, beta2, eps), new_m, new_v


@exercise.bug
def no_decay_for_vectors(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
):
    """A w with one axis does not shrink, as if it held biases. The caller chooses what decays:
    shrink w whatever its axes."""
    # "A w with one axis does not shrink": w.ndim == 1 and np.array_equal(got.w, w)
    # "shrink w whatever its axes": w.ndim > 1 → True
    m, v = averages(gradient, m, v, beta1, beta2)
    decay = lr * weight_decay if w.ndim > 1 else 0
    new = (1 - decay) * as_float(w) - lr * update(m, v, step, beta1, beta2, eps)
    return new, m, v


@exercise.bug
def root_corrected_without_a_root(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
):
    """The root of v is divided by 1 - beta2**step, not by the root of that: the first step is some
    32 times too small. Correct v first, and then take its root."""
    # "the first step is some 32 times too small": abs(right(*np.array([[0], [0.3], [0], [0]]),
    #     1)[0] / bug(*np.array([[0], [0.3], [0], [0]]), 1)[0] - 31.6) < 0.1
    # "Correct v first, and then take its root": np.sqrt(v) / (1 - beta2 ** step) → np.sqrt(v / (1
    #     - beta2 ** step))
    # "The root of v is divided by 1 - beta2**step, not by the root of that": np.allclose(w - lr *
    #     weight_decay * w - got.w, lr * want.m / (1 - beta1**step) / (np.sqrt(want.v) / (1 -
    #     beta2**step) + eps))
    m, v = averages(gradient, m, v, beta1, beta2)
    root = np.sqrt(v) / (1 - beta2**step)
    shrunk = (1 - lr * weight_decay) * as_float(w)
    return shrunk - lr * m / (1 - beta1**step) / (root + eps), m, v


@exercise.bug
def decay_at_the_corrected_rate(
    w,
    gradient,
    m,
    v,
    step,
    lr=1e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    weight_decay=0.01,
):
    """The decay is multiplied by a rate that holds the bias correction, lr times
    √(1 - beta2**step) / (1 - beta1**step). Take lr itself: shrink by `1 - lr * weight_decay`."""
    # "The decay is multiplied by a rate that holds the bias correction, lr times √(1 - beta2**step)
    #     / (1 - beta1**step)": np.allclose(w - got.w, (w - want.w) * np.sqrt(1 - beta2**step) / (1
    #     - beta1**step)) and not gradient.any()
    # "Take lr itself: shrink by `1 - lr * weight_decay`": 1 - rate * weight_decay → 1 - lr *
    #     weight_decay
    m, v = averages(gradient, m, v, beta1, beta2)
    rate = lr * np.sqrt(1 - beta2**step) / (1 - beta1**step)
    shrunk = (1 - rate * weight_decay) * as_float(w)
    return shrunk - lr * update(m, v, step, beta1, beta2, eps), m, v
