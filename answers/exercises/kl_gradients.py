"""Practice for question 15: what each direction of KL pulls at."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import Note
from answers.grader.number_types import add_whole_numbers
from answers.probability.kl_of_logits import kl_gradients
from answers.probability.softmax import log_softmax, softmax

exercise = Exercise(
    kl_gradients,
    page="15-kl-directions",
    returns=("forward", "reverse"),
    hints=(
        "KL(p‖q) is cross-entropy but for a constant. You know its gradient with "
        "respect to the logits.",
        "KL(q‖p) is a mean over q of log(q / p). Differentiate by each q first, then go through "
        "the Jacobian of softmax, diag(q) - q qᵀ.",
        "diag(q) - q qᵀ takes from a vector its mean under q, and multiplies the rest by q. What "
        "becomes of a constant such as the 1 of (x log x)'?",
        "Take log q from the logits, not from q, which may have rounded to 0. Where it has, the "
        "gradient of the reverse direction is 0.",
    ),
)

rng = np.random.default_rng(15)
p, logits = rng.dirichlet(np.ones(5), size=3), 2 * rng.normal(size=(3, 5))
cube = rng.dirichlet(np.ones(3), size=(2, 4)), rng.normal(size=(2, 4, 3))
exercise.case("two classes", np.array([0.7, 0.3]), np.array([0.4, -0.9]))
exercise.case("equal distributions", p[0], np.log(p[0]))
exercise.case("rows of a matrix", p, logits)
exercise.case("three axes", *cube)
exercise.case(
    "as many rows as classes", p[:, :3] / p[:, :3].sum(1)[:, None], logits[:, :3]
)
exercise.case("integer logits", p[:2], np.array([[3, 1, 0, -2, 1], [0, 0, 1, 0, 2]]))
exercise.case("logits near 10 000", p, 1e4 + logits)
exercise.case("rows 20 000 apart", p, logits + np.array([[1e4], [0.0], [-1e4]]))
exercise.case(
    "logits 2 000 apart", np.array([0.5, 0.3, 0.2]), np.array([1e3, 999.0, -1e3])
)
exercise.case(
    "a logit of -inf",
    np.array([0.5, 0.3, 0.2]),
    np.array([0.4, -np.inf, -0.9]),
    noted=Note(
        "a logit of -inf",
        "Ours takes it for probability 0, at which the gradient of the reverse direction is 0: "
        "0 · log 0 counts as its limit, 0, where floating point makes nan.",
    ),
)
exercise.case(
    "a target of probability 1e-12", np.array([1, 1e-12]), np.array([0.4, 0.1])
)
exercise.case("float32", p.astype(np.float32), logits.astype(np.float32))
# No class may have probability 0.
sure = np.array([[1], [1]]), np.array([[3], [250]])
add_whole_numbers(exercise, *sure, fraction=0)
exercise.case("three leading axes", cube[0][None], cube[1][None])


@exercise.check
def the_reverse_gradient_keeps_its_digits_where_the_model_gives_little(function):
    """Where the model gives 2e-22, the reverse gradient is -9.6e-21, and yours is 0, or another
    number: an epsilon or a bound hides log q. Take log q from the logits."""
    _, reverse = function(np.array([0.5, 0.5]), np.array([0.0, -50.0]))
    return abs(np.asarray(reverse)[1] / (-50 * np.exp(-50)) - 1) < 0.01


def ratio(p, logits):
    return log_softmax(logits) - np.log(p)


def mean(q, x):
    return (q * x).sum(axis=-1, keepdims=True)


@exercise.bug(which=(0, 1, 2))
def sign_lost(p, logits, which=0):
    """The sign is the wrong way round: a step against the gradient would raise the divergence. It
    is q - p, and q (log(q / p) - KL)."""
    # "The sign is the wrong way round: a step against the gradient would raise the divergence":
    #     np.array_equal(got.forward, -want.forward)
    # "It is q - p, and q (log(q / p) - KL)": (forward if which == 1 else -forward, reverse if
    #     which == 0 else -reverse) → (softmax(logits) - p, softmax(logits) * (ratio(p, logits) -
    #     mean(softmax(logits), ratio(p, logits))))
    forward, reverse = kl_gradients(p, logits)
    return (forward if which == 1 else -forward), (reverse if which == 0 else -reverse)


@exercise.bug(sign=(1, -1))
def forward_for_both(p, logits, sign=1):
    """q - p belongs to KL(p‖q) only, whatever its sign. In KL(q‖p) the weights q depend on the
    logits too: q times what log(q / p) is above its mean."""
    # "q - p belongs to KL(p‖q) only, whatever its sign": np.allclose(got.reverse, softmax(logits) -
    #     p)
    # "In KL(q‖p) the weights q depend on the logits too: q times what log(q / p) is above its
    #     mean": (forward, sign * forward) → (forward, softmax(logits) * (ratio(p, logits) -
    #     mean(softmax(logits), ratio(p, logits))))
    forward, _ = kl_gradients(p, logits)
    return (forward, sign * forward)


@exercise.bug(extra=(0, 1))
def mean_not_subtracted(p, logits, extra=0):
    """The reverse gradient is q log(q / p), without the mean taken out, as if one q could move
    alone. They sum to 1: subtract KL(q‖p) inside the bracket."""
    # "The reverse gradient is q log(q / p), without the mean taken out":
    #     np.allclose(got.reverse, softmax(logits) * np.log(softmax(logits) / p))
    # "They sum to 1: subtract KL(q‖p) inside the bracket": (ratio(p, logits) + extra) →
    #     (ratio(p, logits) - mean(softmax(logits), ratio(p, logits)))
    forward, _ = kl_gradients(p, logits)
    return forward, softmax(logits) * (ratio(p, logits) + extra)


@exercise.bug(extra=(1, 0))
def by_the_probabilities(p, logits, extra=1):
    """These are with respect to the probabilities of q: -p/q, and log(q / p) + 1. Multiply by the
    Jacobian of softmax, diag(q) - q qᵀ, on paper: q - p is left, and q (log(q / p) - KL)."""
    # "These are with respect to the probabilities of q: -p/q, and log(q / p) + 1":
    #     np.allclose(got.forward, -p / softmax(logits)) and np.allclose(got.reverse,
    #     np.log(softmax(logits) / p) + 1)
    # "Multiply by the Jacobian of softmax, diag(q) - q qᵀ, on paper: q - p is left":
    #     np.allclose((np.diag(q := softmax(logits)) - np.outer(q, q)) @ got.forward, q - p)
    # "q - p is left, and q (log(q / p) - KL)": (-p / softmax(logits), ratio(p, logits) + extra)
    #     → (softmax(logits) - p, softmax(logits) * (ratio(p, logits) - mean(softmax(logits),
    #     ratio(p, logits))))
    return -p / softmax(logits), ratio(p, logits) + extra


@exercise.bug(extra=(1, 0))
def reverse_by_the_probabilities(p, logits, extra=1):
    """The reverse gradient is with respect to the probabilities, log(q / p) + 1. Multiply by the
    Jacobian of softmax, diag(q) - q qᵀ."""
    # "The reverse gradient is with respect to the probabilities, log(q / p) + 1":
    #     np.allclose(got.reverse, np.log(softmax(logits) / p) + 1)
    # "Multiply by the Jacobian of softmax, diag(q) - q qᵀ": ratio(p, logits) + extra → (q :=
    #     softmax(logits)) * (ratio(p, logits) + extra) - q * mean(q, ratio(p, logits) + extra)
    return kl_gradients(p, logits)[0], ratio(p, logits) + extra


@exercise.bug(mean_by=("p", "q"))
def weighted_by_p(p, logits, mean_by="p"):
    """The reverse gradient has the weights p. In KL(q‖p) the model's own probabilities are the
    weights: q (log(q / p) - KL(q‖p))."""
    # "The reverse gradient has the weights p": np.allclose(got.reverse, p *
    #     (np.log(softmax(logits) / p) - (p * np.log(softmax(logits) / p)).sum()))
    # "In KL(q‖p) the model's own probabilities are the weights: q (log(q / p) - KL(q‖p))": p *
    #     (log_ratio - mean(of, log_ratio)) → softmax(logits) * (log_ratio - mean(softmax(logits),
    #     log_ratio))
    forward, _ = kl_gradients(p, logits)
    log_ratio, of = ratio(p, logits), p if mean_by == "p" else softmax(logits)
    return forward, p * (log_ratio - mean(of, log_ratio))


OTHER_MEANS = {
    "plain": lambda p, x: x.mean(axis=-1, keepdims=True),
    "under p": lambda p, x: mean(p, x),
    "KL(p‖q)": lambda p, x: mean(p, -x),
}


@exercise.bug(which=tuple(OTHER_MEANS))
def mean_unweighted(p, logits, which="plain"):
    """What is subtracted is the plain mean of log(q / p) over the classes, or a mean under p, such
    as KL(p‖q). It is the mean under q, which is KL(q‖p)."""
    # "What is subtracted is the plain mean of log(q / p) over the classes":
    #     np.allclose(got.reverse, softmax(logits) * ((x := np.log(softmax(logits) / p)) -
    #     x.mean()))
    # "It is the mean under q, which is KL(q‖p)": OTHER_MEANS[which](p, log_ratio) →
    #     mean(softmax(logits), log_ratio)
    forward, _ = kl_gradients(p, logits)
    log_ratio = ratio(p, logits)
    return forward, softmax(logits) * (log_ratio - OTHER_MEANS[which](p, log_ratio))


@exercise.bug
def one_kept(p, logits):
    """The 1 of (x log x)' = log x + 1 is left in the reverse gradient, whose classes then sum to 1.
    Its mean under q is 1 as well: both go."""
    # "The 1 of (x log x)' = log x + 1 is left in the reverse gradient": np.allclose(got.reverse -
    #     want.reverse, softmax(logits))
    # "whose classes then sum to 1": np.isclose(got.reverse.sum(), 1)
    # "Its mean under q is 1 as well: both go": + 1 - mean → - mean
    forward, _ = kl_gradients(p, logits)
    q, log_ratio = softmax(logits), ratio(p, logits)
    return forward, q * (log_ratio + 1 - mean(q, log_ratio))


@exercise.bug(extra=(1, 0), both=(False, True))
def diagonal_alone(p, logits, extra=1, both=False):
    """Only the diagonal of softmax's Jacobian is used, q (1 - q). Each logit moves all
    probabilities: multiply by diag(q) - q qᵀ."""
    # "Only the diagonal of softmax's Jacobian is used, q (1 - q)": np.allclose(got.reverse, (q :=
    #     softmax(logits)) * (1 - q) * (np.log(q / p) + 1))
    # "Each logit moves all probabilities: multiply by diag(q) - q qᵀ": (forward, q * (1 - q) *
    #     by_q) → (q - p, q * by_q - q * mean(q, by_q))
    q, by_q = softmax(logits), ratio(p, logits) + extra
    forward = -p * (1 - q) if both else kl_gradients(p, logits)[0]
    return (forward, q * (1 - q) * by_q)


@exercise.bug
def target_through_softmax(p, logits):
    """`p` goes through softmax, although it holds probabilities. Take it as it is."""
    # "`p` goes through softmax, although it holds probabilities": np.allclose(got.forward,
    #     softmax(logits) - softmax(p)) and np.isclose(p.sum(), 1)
    # "Take it as it is": softmax(p.astype(float)) → p
    return kl_gradients(softmax(p.astype(float)), logits)


@exercise.bug
def one_mean_for_all(p, logits):
    """The divergence that is subtracted is summed over the whole array. Each row has its own: sum
    along the last axis, with keepdims=True."""
    # "The divergence that is subtracted is summed over the whole array":
    #     np.allclose(got.reverse, softmax(logits) * ((x := np.log(softmax(logits) / p)) -
    #     (softmax(logits) * x).sum()))
    # "Each row has its own: sum along the last axis, with keepdims=True": .sum() →
    #     .sum(axis=-1, keepdims=True)
    forward, _ = kl_gradients(p, logits)
    q, log_ratio = softmax(logits), ratio(p, logits)
    return forward, q * (log_ratio - (q * log_ratio).sum())


@exercise.bug
def no_keepdims(p, logits):
    """The divergences lose their axis and then align with the classes, or with nothing. Sum with
    keepdims=True."""
    # "The divergences lose their axis and then align with the classes, or with nothing":
    #     isinstance(got, ValueError) and "broadcast" in str(got)
    # "Sum with keepdims=True": .sum(axis=-1) → .sum(axis=-1, keepdims=True)
    forward, _ = kl_gradients(p, logits)
    q, log_ratio = softmax(logits), ratio(p, logits)
    return forward, q * (log_ratio - (q * log_ratio).sum(axis=-1))


@exercise.bug(also_forward=(True, False))
def no_maximum(p, logits, also_forward=True):
    """exp overflows on large logits and rounds to 0 on very negative ones. Subtract each row's
    maximum first."""
    # "exp overflows on large logits and rounds to 0 on very negative ones":
    #     np.isnan(got.forward).any() and np.isnan(bug(p, -abs(logits))[0]).any()
    # "Subtract each row's maximum first": np.exp(logits) → np.exp(logits - logits.max(axis=-1,
    #     keepdims=True)); np.log(q / p) → ratio(p, logits)
    powers = np.exp(logits)
    q = powers / powers.sum(axis=-1, keepdims=True)
    log_ratio = np.log(q / p)
    forward = q - p if also_forward else kl_gradients(p, logits)[0]
    return forward, q * (log_ratio - mean(q, log_ratio))


@exercise.bug
def global_maximum(p, logits):
    """The maximum subtracted is that of the whole array, so a row far below it has the
    probabilities 0/0. Take the maximum along the last axis, with keepdims=True."""
    # "a row far below it has the probabilities 0/0": np.isnan(got.forward).any()
    # "Take the maximum along the last axis, with keepdims=True": logits.max() →
    #     logits.max(axis=-1, keepdims=True)
    with np.errstate(all="ignore"):
        below = logits - 1.0 * logits.max()
        total = np.exp(below).sum(axis=-1, keepdims=True)
        q, log_ratio = np.exp(below) / total, below - np.log(total) - np.log(p)
        return q - p, np.where(
            q == 0, 0 * total / total, q * (log_ratio - mean(q, log_ratio))
        )


@exercise.bug
def log_of_zero(p, logits):
    """A probability has rounded to 0, and 0 times its logarithm is nan. Take log q from the
    logits: log_softmax is finite there."""
    # "A probability has rounded to 0, and 0 times its logarithm is nan":
    #     np.isnan(got.reverse).any() and (softmax(logits) == 0).any()
    # "Take log q from the logits: log_softmax is finite there": np.log(q / p) →
    #     log_softmax(logits) - np.log(p)
    q = softmax(logits)
    log_ratio = np.log(q / p)
    return q - p, q * (log_ratio - mean(q, log_ratio))


@exercise.bug
def averaged_over_the_rows(p, logits):
    """The gradients are divided by the number of rows. Nothing is averaged here: one gradient for
    each row."""
    # "The gradients are divided by the number of rows": np.allclose(len(p) * got.forward,
    #     want.forward)
    # "Nothing is averaged here: one gradient for each row": each / rows → each
    rows = logits.size // logits.shape[-1]
    return tuple(each / rows for each in kl_gradients(p, logits))


@exercise.bug(over_all=(False, True))
def softmax_along_the_first_axis(p, logits, over_all=False):
    """Softmax runs along the first axis or over the whole array, so that columns, or all numbers,
    sum to 1. The classes are the last axis."""
    # "Softmax runs along the first axis or over the whole array, so that columns, or all numbers,
    #     sum to 1": np.allclose((got.forward + p).sum(axis=0), 1)
    # "The classes are the last axis": axis = 0 → axis = -1; np.log(q / p) → ratio(p, logits);
    #     if over_all → if False
    axis = 0
    q = softmax(logits, axis)
    if over_all:
        q = softmax(logits.ravel()).reshape(logits.shape)
    log_ratio = np.log(q / p)
    return q - p, q * (log_ratio - mean(q, log_ratio))
