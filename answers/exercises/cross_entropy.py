"""Practice for question 6: cross-entropy, its value and its gradient."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import BOOLEAN, Note
from answers.grader.number_types import add_whole_numbers
from answers.probability.softmax import cross_entropy, log_softmax, softmax

exercise = Exercise(
    cross_entropy,
    page="06-softmax-cross-entropy",
    returns=("loss", "gradient"),
    hints=(
        "Write -log of the softmax of the right class, and simplify the logarithm of the "
        "quotient before you write any code. What is left to exponentiate?",
        "The loss of one example is logsumexp(logits) - logits[target]: no probability is "
        "formed, so none can round to 0.",
        "`logits[np.arange(n), targets]` picks one entry of each row. The derivative of "
        "logsumexp is softmax; what does the other term add to the gradient?",
        "Each of the n examples has weight 1/n in the mean. Its gradient has the same weight.",
    ),
)

rng = np.random.default_rng(66)
logits, targets = rng.normal(size=(7, 5)), np.array([3, 0, 4, 1, 1, 2, 0])
exercise.case("one example", np.array([[0.5, 2.0, -1.0, 0.25]]), np.array([2]))
exercise.case("7 examples of 5 classes", logits, targets)
exercise.case("a last class that no example has", logits, np.minimum(targets, 3))
exercise.case("integer logits", np.array([[3, 1, 2], [0, -4, 1]]), np.array([1, 2]))
exercise.case("logits near 10 000", 1e4 + logits, targets)
exercise.case("logits near -100 000", -1e5 + logits, targets)
exercise.case(
    "examples 20 000 apart", logits + 1e4 * np.arange(-1, 6)[:, None], targets
)
exercise.case(
    "a right class of probability 2e-9", np.array([[0.0, 20.0]]), np.array([0])
)
exercise.case(
    "a right class of probability 1e-15", np.array([[0.0, 34.5]]), np.array([0])
)
exercise.case(
    "a right class of probability 9e-27", np.array([[0.0, 60.0]]), np.array([0])
)
exercise.case(
    "a right class 20 000 below", np.array([[-1e4, 1e4, 0.0]] * 2), np.array([0, 2])
)
exercise.case(
    "a logit of -inf beside the target",
    *(np.array([[0.0, -np.inf, 1.5], [2.0, 1.0, -np.inf]]), np.array([2, 0])),
    noted=Note(
        "a logit of -inf",
        "Ours excludes that class. A row of one-hot times log p has 0 · -inf, which is nan: pick "
        "the logit of each target by its index.",
    ),
)
exercise.case("float32 logits near 100", (100 + logits).astype(np.float32), targets)
add_whole_numbers(
    exercise, np.array([[3, 1, 2], [0, 250, 251]]), np.array([2, 1]), signed=False
)
exercise.case("targets as booleans", logits[:, :2], targets > 1, noted=BOOLEAN)


def onehot(targets, classes):
    return np.eye(classes)[targets]


@exercise.bug
def sum_for_mean(logits, targets):
    """The loss and its gradient are summed over the batch, so they grow with its size. Divide
    both by the number of examples."""
    # "The loss and its gradient are summed over the batch, so they grow with its size":
    #     np.isclose(got.loss, len(logits) * want.loss) and np.allclose(got.gradient, len(logits) *
    #     want.gradient)
    # "Divide both by the number of examples": loss * len(logits), gradient * len(logits) → loss
    #     * len(logits) / len(logits), gradient * len(logits) / len(logits)
    loss, gradient = cross_entropy(logits, targets)
    return loss * len(logits), gradient * len(logits)


@exercise.bug
def gradient_not_averaged(logits, targets):
    """The loss is the mean over the batch but the gradient is that of the sum. Divide the
    gradient by the number of examples too."""
    # "The loss is the mean over the batch but the gradient is that of the sum": got.loss ==
    #     want.loss and np.allclose(got.gradient, len(logits) * want.gradient)
    # "Divide the gradient by the number of examples too": gradient * len(logits) → gradient *
    #     len(logits) / len(logits)
    loss, gradient = cross_entropy(logits, targets)
    return loss, gradient * len(logits)


@exercise.bug(largest_of=(0, 1))
def softmax_over_the_batch(logits, targets, largest_of=0):
    """The softmax runs over the batch, so each class sums to 1 over the examples. Each example is
    a distribution over the classes: `axis=1`."""
    # "each class sums to 1 over the examples": np.allclose(got.gradient.sum(axis=0) * len(logits),
    #     1 - onehot(targets, logits.shape[1]).sum(axis=0)) and got.loss != want.loss
    # "Each example is a distribution over the classes: `axis=1`": axis=0 → axis=1;
    #     axis=largest_of → axis=1
    below = logits - logits.max(axis=largest_of, keepdims=True)
    log_p = below - np.log(np.exp(below).sum(axis=0, keepdims=True))
    loss = -log_p[np.arange(len(logits)), targets].mean()
    return loss, (np.exp(log_p) - onehot(targets, logits.shape[1])) / len(logits)


@exercise.bug(of=("loss", "gradient", "both"))
def columns_of_all_targets(logits, targets, of="loss"):
    """`[:, targets]` takes the columns of all targets from every example. Pair each row with its
    own target: `[np.arange(n), targets]`."""
    # "takes the columns of all targets from every example": np.isclose(got.loss,
    #     -log_softmax(logits)[:, targets].mean())
    # "Pair each row with its own target: `[np.arange(n), targets]`": log_p[:, targets] →
    #     log_p[np.arange(n), targets]; gradient[:, targets] → gradient[np.arange(n), targets]
    loss, gradient = cross_entropy(logits, targets)
    n, log_p = len(logits), log_softmax(logits)
    if of != "gradient":
        loss = -log_p[:, targets].mean()
    if of != "loss":
        gradient = softmax(logits)
        gradient[:, targets] -= 1
        gradient /= n
    return loss, gradient


@exercise.bug(of=("batch", "targets"))
def identity_of_another_size(logits, targets, of="batch"):
    """The one-hot rows are cut from an identity matrix that is as large as the batch, or as the
    largest target needs. It has a row for each class: `np.eye(logits.shape[1])`."""
    # "The one-hot rows are cut from an identity matrix that is as large as the batch, or as the
    #     largest target needs": isinstance(got, Exception) and len(logits) != logits.shape[1]
    # "It has a row for each class: `np.eye(logits.shape[1])`": np.eye(size) →
    #     np.eye(logits.shape[1])
    loss, _ = cross_entropy(logits, targets)
    size = len(logits) if of == "batch" else int(targets.max()) + 1
    return loss, (softmax(logits) - np.eye(size)[targets]) / len(logits)


@exercise.bug
def onehot_not_subtracted(logits, targets):
    """The gradient is that of logsumexp alone: p, which pushes every logit down. Subtract 1 at
    the target of each example: (p - onehot) / n."""
    # "The gradient is that of logsumexp alone: p, which pushes every logit down":
    #     np.allclose(got.gradient, softmax(logits)) and (got.gradient > 0).all()
    # "Subtract 1 at the target of each example: (p - onehot) / n": softmax(logits) /
    #     len(logits) → (softmax(logits) - onehot(targets, logits.shape[1])) / len(logits)
    loss, _ = cross_entropy(logits, targets)
    return loss, softmax(logits) / len(logits)


@exercise.bug
def gradient_doubled(logits, targets):
    """The gradient is twice what it should be, as if the loss were a squared error. The
    derivative of -log p with respect to the logits is p - onehot, without a 2."""
    # "The gradient is twice what it should be": np.allclose(got.gradient, 2 * want.gradient)
    # "The derivative of -log p with respect to the logits is p - onehot, without a 2": 2 *
    #     gradient → (softmax(logits) - onehot(targets, logits.shape[1])) / len(logits)
    loss, gradient = cross_entropy(logits, targets)
    return loss, 2 * gradient


@exercise.bug
def softmax_applied_twice(logits, targets):
    """Softmax is applied to what is already a softmax, so the loss can never come near 0. Pass
    logits, and normalise once."""
    # "Softmax is applied to what is already a softmax, so the loss can never come near 0":
    #     bug(np.array([[1e3, 0.0]]), np.array([0]))[0] > 0.3 and right(np.array([[1e3, 0.0]]),
    #     np.array([0]))[0] < 1e-9
    # "Pass logits, and normalise once": softmax(logits) → logits
    return cross_entropy(softmax(logits), targets)


@exercise.bug(stable_gradient=(False, True))
def no_maximum(logits, targets, stable_gradient=False):
    """exp overflows on large logits and rounds to 0 on very negative ones, and the loss is nan
    or inf. Subtract each row's maximum before exp."""
    # "exp overflows on large logits and rounds to 0 on very negative ones, and the loss is nan
    #     or inf": not np.isfinite(got.loss) and not np.isfinite(bug(np.array([[-800.0, -801.0]]),
    #     np.array([1]))[0])
    # "Subtract each row's maximum before exp": np.exp(logits).sum → np.exp((logits := logits -
    #     logits.max(axis=1, keepdims=True))).sum
    totals = np.exp(logits).sum(axis=1, keepdims=True)
    losses = (np.log(totals) - logits)[np.arange(len(logits)), targets]
    p = softmax(logits) if stable_gradient else np.exp(logits) / totals
    return losses.mean(), (p - onehot(targets, logits.shape[1])) / len(logits)


@exercise.bug
def global_maximum(logits, targets):
    """The maximum subtracted is that of the whole batch, so an example far below it has the
    probabilities 0/0. Take the maximum of each row, with keepdims=True."""
    # "an example far below it has the probabilities 0/0": np.isnan(got.gradient).any()
    # "Take the maximum of each row, with keepdims=True": logits.max() → logits.max(axis=1,
    #     keepdims=True)
    below = logits - logits.max()
    with np.errstate(all="ignore"):
        totals = np.exp(below).sum(axis=1, keepdims=True)
        losses = (np.log(totals) - below)[np.arange(len(logits)), targets]
        p = np.exp(below) / totals
    return losses.mean(), (p - onehot(targets, logits.shape[1])) / len(logits)


@exercise.bug
def log_of_zero(logits, targets):
    """The probability of the right class rounds to 0, and its logarithm is -inf. Do not form
    it: logits - logsumexp(logits) is the same logarithm, and finite."""
    # "The probability of the right class rounds to 0, and its logarithm is -inf": got.loss ==
    #     np.inf and softmax(logits)[0, targets[0]] == 0
    # "logits - logsumexp(logits) is the same logarithm, and finite": p =
    #     softmax(logits)[np.arange(len(logits)), targets] → top = logits.max(axis=1,
    #     keepdims=True); -np.log(p).mean() → -(logits - top - np.log(np.exp(logits -
    #     top).sum(axis=1, keepdims=True)))[np.arange(len(logits)), targets].mean()
    _, gradient = cross_entropy(logits, targets)
    p = softmax(logits)[np.arange(len(logits)), targets]
    return -np.log(p).mean(), gradient


EPS = (
    1e-9,
    1e-12,
    1e-8,
    1e-10,
    1e-15,
    1e-7,
    1e-6,
    1e-5,
    1e-16,
    1e-20,
    np.finfo(float).eps,
)


@exercise.bug(eps=EPS)
def log_p_plus_eps(logits, targets, eps=1e-9):
    """log(p + eps) caps the loss at -log(eps), so the worst mistakes all cost the same. Use
    logits - logsumexp(logits) for log p; it needs no eps."""
    # "log(p + eps) caps the loss at -log(eps), so the worst mistakes all cost the same":
    #     np.isclose(bug(np.array([[0.0, 99.0]]), np.array([0]))[0], -np.log(1e-9)) and
    #     np.isclose(bug(np.array([[0.0, 999.0]]), np.array([0]))[0], -np.log(1e-9))
    # "Use logits - logsumexp(logits) for log p; it needs no eps": p =
    #     softmax(logits)[np.arange(len(logits)), targets] → top = logits.max(axis=1,
    #     keepdims=True); -np.log(p + eps).mean() → -(logits - top - np.log(np.exp(logits -
    #     top).sum(axis=1, keepdims=True)))[np.arange(len(logits)), targets].mean()
    _, gradient = cross_entropy(logits, targets)
    p = softmax(logits)[np.arange(len(logits)), targets]
    return -np.log(p + eps).mean(), gradient


@exercise.bug(eps=EPS)
def clamped_probabilities(logits, targets, eps=1e-9):
    """Clamping p to at least eps caps the loss at -log(eps), so the worst mistakes all cost
    the same. Use logits - logsumexp(logits) for log p; it needs no clamp."""
    # "Clamping p to at least eps caps the loss at -log(eps), so the worst mistakes all cost the
    #     same": np.isclose(bug(np.array([[0.0, 99.0]]), np.array([0]))[0], -np.log(1e-9)) and
    #     np.isclose(bug(np.array([[0.0, 999.0]]), np.array([0]))[0], -np.log(1e-9))
    # "Use logits - logsumexp(logits) for log p; it needs no clamp": p =
    #     softmax(logits)[np.arange(len(logits)), targets] → top = logits.max(axis=1,
    #     keepdims=True); -np.log(np.maximum(p, eps)).mean() → -(logits - top - np.log(np.exp(logits
    #     - top).sum(axis=1, keepdims=True)))[np.arange(len(logits)), targets].mean()
    _, gradient = cross_entropy(logits, targets)
    p = softmax(logits)[np.arange(len(logits)), targets]
    return -np.log(np.maximum(p, eps)).mean(), gradient
