"""Practice for question 34: PPO's clipped policy loss, with its gradient."""

import numpy as np

from answers.alignment.ppo import ppo_loss
from answers.grader.exercise import Exercise
from answers.grader.notes import Note
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float

exercise = Exercise(
    ppo_loss,
    page="34-ppo",
    returns=("loss", "dlog_probs"),
    hints=(
        "Probabilities of long texts are 0 in a float, their logarithms are not. How is a ratio "
        "made of two logarithms?",
        "Two products, one with the ratio and one with the clipped ratio; each entry takes the "
        "smaller. Where they differ, which of the two depends on the log-probability?",
        "exp is its own derivative. The loss is minus a mean: both leave a factor in the gradient.",
    ),
)

rng = np.random.default_rng(3434)


def steps(*shape, spread=0.5):
    """New and old log-probabilities, and advantages."""
    old = -rng.exponential(size=shape) - 0.05
    return [old + spread * rng.normal(size=shape), old, rng.normal(size=shape)]


def at(ratios, advantages):
    """Steps of these ratios."""
    old = np.linspace(-2.3, -0.4, len(ratios))
    return [old + np.log(ratios), old, np.array(advantages)]


exercise.case("within the band", *at([1.1], [2.0]), 0.2)
exercise.case(
    "on policy: every ratio is 1", *at([1.0, 1.0, 1.0], [2.0, -1.5, 0.7]), 0.2
)
exercise.case("a ratio of 1.5, an advantage above 0", *at([1.5], [2.0]), 0.2)
exercise.case("a ratio of 0.5, an advantage above 0", *at([0.5], [2.0]), 0.2)
exercise.case("a ratio of 1.5, an advantage below 0", *at([1.5], [-2.0]), 0.2)
exercise.case("a ratio of 0.5, an advantage below 0", *at([0.5], [-2.0]), 0.2)
exercise.case(
    "all cases at once",
    *at([0.5, 0.9, 1.6, 0.6, 1.1, 1.4], [1, 2, 3, -1, -2, -3.5]),
    0.2,
)
exercise.case("advantages of 0", *at([0.5, 1.0, 1.7], [0.0, 0.0, 1.0]), 0.2)
exercise.case("a clip of 0.5", *at([0.55, 0.7, 1.3, 1.6], [-1, -1, 1, 1.5]), 0.5)
exercise.case("a clip above 1", *at([0.1, 2.0, 2.9], [-1, 1, 1.5]), 1.5)
exercise.case("the clip that is taken unasked", *steps(7))
exercise.case("nine steps", *steps(9), 0.2)
exercise.case("a batch of answers", *steps(3, 5), 0.2)
exercise.case("three axes", *steps(2, 3, 4), 0.1)
exercise.case("four axes", *steps(2, 1, 3, 2), 0.2)
exercise.case(
    "advantages of 50", *(a * b for a, b in zip(steps(6), (1, 1, 50), strict=True)), 0.2
)
exercise.case(
    "texts of log-probabilities near -2000",
    *(a - b for a, b in zip(steps(4), (2000, 2000, 0), strict=True)),
    0.2,
)
exercise.case(
    "densities: log-probabilities above 0",
    *(a + b for a, b in zip(steps(5), (3, 3, 0), strict=True)),
    0.2,
)
exercise.case("far from the old policy", *steps(8, spread=2.0), 0.2)
exercise.case(
    "a ratio of e²⁵, an advantage below 0",
    *map(np.array, ([-0.5], [-25.5], [-2.0])),
    0.2,
)
exercise.case(
    "a ratio beyond all floats, clipped",
    *map(np.array, ([400.0, -0.5, -2.0], [-400.0, -0.6, -1.0], [2.0, 1.5, -0.5])),
    0.2,
    noted=Note(
        "a ratio beyond the largest float",
        "Ours gives the gradient 0 where such a ratio is clipped. A mask that multiplies it makes "
        "nan, for 0 times infinity is nan, and so does PyTorch's own gradient.",
    ),
)
exercise.case("float32", *(each.astype(np.float32) for each in steps(3, 4)), 0.2)
whole = np.array([-1, -2, -3, -1]), np.array([-2, -2, -1, -1]), np.array([3, -2, 5, 1])
add_whole_numbers(exercise, *whole, 0.2)


def products(log_probs, old_log_probs, advantages, clip):
    """The ratio times the advantage, and the clipped one."""
    ratio = np.exp(as_float(log_probs) - old_log_probs)
    return ratio * advantages, np.clip(ratio, 1 - clip, 1 + clip) * advantages


@exercise.bug
def no_clip_at_all(log_probs, old_log_probs, advantages, clip=0.2):
    """Nothing is clipped: the loss is the plain importance-weighted one. Take the minimum with the
    clipped product, entry by entry."""
    # "the loss is the plain importance-weighted one": np.isclose(got.loss, -(np.exp(log_probs -
    #     old_log_probs) * advantages).mean())
    # "Take the minimum with the clipped product, entry by entry": -both[0].mean(), -both[0] →
    #     -np.minimum(*both).mean(), np.where(both[0] <= both[1], -both[0], 0)
    both = products(log_probs, old_log_probs, advantages, clip)
    return -both[0].mean(), -both[0] / both[0].size


@exercise.bug
def clipped_product_alone(log_probs, old_log_probs, advantages, clip=0.2):
    """Only the clipped product counts, so a ratio that left the band on the wrong side gets no
    gradient back. Take the minimum of both products."""
    # "Only the clipped product counts": np.isclose(got.loss, -(np.clip(np.exp(log_probs -
    #     old_log_probs), 1 - clip, 1 + clip) * advantages).mean())
    # "Take the minimum of both products": -clipped.mean() → -np.minimum(plain, clipped).mean();
    #     plain == clipped → plain <= clipped
    plain, clipped = products(log_probs, old_log_probs, advantages, clip)
    return -clipped.mean(), np.where(plain == clipped, -plain, 0) / plain.size


@exercise.bug
def maximum_for_minimum(log_probs, old_log_probs, advantages, clip=0.2):
    """The larger product is taken, so samples that have gone far enough are pushed on. The
    objective takes the smaller one."""
    # "The larger product is taken": np.isclose(got.loss, -np.maximum(*products(log_probs,
    #     old_log_probs, advantages, clip)).mean())
    # "The objective takes the smaller one": np.maximum → np.minimum; >= → <=
    plain, clipped = products(log_probs, old_log_probs, advantages, clip)
    loss = -np.maximum(plain, clipped).mean()
    return loss, np.where(plain >= clipped, -plain, 0) / plain.size


@exercise.bug
def objective_for_loss(log_probs, old_log_probs, advantages, clip=0.2):
    """The objective is returned, which is to be maximised. A loss is minimised: change both
    signs."""
    # "The objective is returned": np.isclose(got.loss, -want.loss) and np.allclose(got.dlog_probs,
    #     -want.dlog_probs)
    # "change both signs": np.minimum → -np.minimum; plain, 0) → -plain, 0)
    plain, clipped = products(log_probs, old_log_probs, advantages, clip)
    gradient = np.where(plain <= clipped, plain, 0) / plain.size
    return np.minimum(plain, clipped).mean(), gradient


@exercise.bug
def gradient_of_the_objective(log_probs, old_log_probs, advantages, clip=0.2):
    """The loss is right, and its gradient has the sign of the objective's. Change that sign."""
    # "The loss is right, and its gradient has the sign of the objective's": np.isclose(got.loss,
    #     want.loss) and np.allclose(got.dlog_probs, -want.dlog_probs)
    # "Change that sign": plain, 0) → -plain, 0)
    plain, clipped = products(log_probs, old_log_probs, advantages, clip)
    gradient = np.where(plain <= clipped, plain, 0) / plain.size
    return -np.minimum(plain, clipped).mean(), gradient


@exercise.bug
def summed(log_probs, old_log_probs, advantages, clip=0.2):
    """The loss is a sum, and so is its gradient. Take the mean over all entries."""
    # "The loss is a sum, and so is its gradient": np.isclose(got.loss, want.loss * log_probs.size)
    #     and np.allclose(got.dlog_probs, want.dlog_probs * log_probs.size)
    # "Take the mean over all entries": .sum() → .mean(); -plain, 0) → -plain, 0) / plain.size
    plain, clipped = products(log_probs, old_log_probs, advantages, clip)
    return -np.minimum(plain, clipped).sum(), np.where(plain <= clipped, -plain, 0)


@exercise.bug
def gradient_of_the_sum(log_probs, old_log_probs, advantages, clip=0.2):
    """The loss is a mean, and the gradient that of the sum. Divide it by the number of entries."""
    # "The loss is a mean, and the gradient that of the sum": np.isclose(got.loss, want.loss) and
    #     np.allclose(got.dlog_probs, want.dlog_probs * log_probs.size)
    # "Divide it by the number of entries": -plain, 0) → -plain, 0) / plain.size
    plain, clipped = products(log_probs, old_log_probs, advantages, clip)
    return -np.minimum(plain, clipped).mean(), np.where(plain <= clipped, -plain, 0)


@exercise.bug
def gradient_at_the_ratio(log_probs, old_log_probs, advantages, clip=0.2):
    """The gradient is at the ratio: the factor of exp is missing. By the log-probability it is the
    ratio times that: -ratio · A."""
    # "The gradient is at the ratio: the factor of exp is missing": np.allclose(got.dlog_probs *
    #     np.exp(log_probs - old_log_probs), want.dlog_probs)
    # "By the log-probability it is the ratio times that: -ratio · A": -as_float(advantages) →
    #     -plain
    plain, clipped = products(log_probs, old_log_probs, advantages, clip)
    gradient = np.where(plain <= clipped, -as_float(advantages), 0) / plain.size
    return -np.minimum(plain, clipped).mean(), gradient


@exercise.bug
def gradient_everywhere(log_probs, old_log_probs, advantages, clip=0.2):
    """The gradient is -ratio · A everywhere, also where the clipped product is the smaller one.
    There the loss is constant: the gradient is 0."""
    # "The gradient is -ratio · A everywhere": np.allclose(got.dlog_probs, -np.exp(log_probs -
    #     old_log_probs) * advantages / log_probs.size)
    # "There the loss is constant: the gradient is 0": -plain / → np.where(plain <= clipped, -plain,
    #     0) /
    plain, clipped = products(log_probs, old_log_probs, advantages, clip)
    return -np.minimum(plain, clipped).mean(), -plain / plain.size


@exercise.bug
def gradient_within_the_band_alone(log_probs, old_log_probs, advantages, clip=0.2):
    """The gradient is 0 wherever the ratio has left the band. On the side from which the advantage
    pushes it back, the plain product counts, and its gradient stays."""
    # "The gradient is 0 wherever the ratio has left the band": not got.dlog_probs[np.abs(np.exp(
    #     log_probs - old_log_probs) - 1) > clip].any()
    # "the plain product counts, and its gradient stays": plain == clipped → plain <= clipped
    plain, clipped = products(log_probs, old_log_probs, advantages, clip)
    gradient = np.where(plain == clipped, -plain, 0) / plain.size
    return -np.minimum(plain, clipped).mean(), gradient


@exercise.bug
def ratio_upside_down(log_probs, old_log_probs, advantages, clip=0.2):
    """The ratio is old over new. Subtract the old log-probabilities from the new ones."""
    # "The ratio is old over new": np.isclose(got.loss, right(old_log_probs, log_probs, advantages,
    #     clip)[0])
    # "Subtract the old log-probabilities from the new ones": old_log_probs, log_probs, advantages →
    #     log_probs, old_log_probs, advantages
    plain, clipped = products(old_log_probs, log_probs, advantages, clip)
    loss = -np.minimum(plain, clipped).mean()
    return loss, np.where(plain <= clipped, -plain, 0) / plain.size


@exercise.bug
def ratio_of_logarithms(log_probs, old_log_probs, advantages, clip=0.2):
    """The logarithms are divided. The ratio of probabilities is exp of their difference."""
    # "The logarithms are divided": np.isclose(got.loss, -np.minimum(log_probs / old_log_probs *
    #     advantages, np.clip(log_probs / old_log_probs, 1 - clip, 1 + clip) * advantages).mean())
    # "The ratio of probabilities is exp of their difference": log_probs / old_log_probs →
    #     np.exp(log_probs - old_log_probs)
    ratio = log_probs / old_log_probs
    plain = ratio * advantages
    clipped = np.clip(ratio, 1 - clip, 1 + clip) * advantages
    loss = -np.minimum(plain, clipped).mean()
    return loss, np.where(plain <= clipped, -plain, 0) / plain.size


@exercise.bug(masked=(False, True))
def probabilities_divided(log_probs, old_log_probs, advantages, clip=0.2, masked=False):
    """Probabilities are divided, and probabilities of long texts are 0 in a float: 0 / 0.
    Subtract the logarithms, then take exp."""
    # "probabilities of long texts are 0 in a float: 0 / 0": np.isnan(got.loss) and not
    #     np.exp(old_log_probs).all()
    # "Subtract the logarithms, then take exp": np.exp(as_float(log_probs)) /
    #     np.exp(as_float(old_log_probs)) → np.exp(as_float(log_probs) - old_log_probs)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.exp(as_float(log_probs)) / np.exp(as_float(old_log_probs))
    plain = ratio * advantages
    clipped = np.clip(ratio, 1 - clip, 1 + clip) * advantages
    loss = -np.minimum(plain, clipped).mean()
    flat = plain > clipped if masked else ~(plain <= clipped)  # nan is neither
    return loss, np.where(flat, 0, -plain) / plain.size


@exercise.bug
def clipped_in_logarithms(log_probs, old_log_probs, advantages, clip=0.2):
    """The logarithm of the ratio is clipped at ±clip. Clip the ratio itself, from 1 - clip to 1 +
    clip."""
    # "The logarithm of the ratio is clipped at ±clip": np.isclose(got.loss, -np.minimum(np.exp(
    #     log_probs - old_log_probs) * advantages, np.exp(np.clip(log_probs - old_log_probs, -clip,
    #     clip)) * advantages).mean())
    # "Clip the ratio itself, from 1 - clip to 1 + clip": np.exp(np.clip(logs, -clip, clip)) →
    #     np.clip(np.exp(logs), 1 - clip, 1 + clip)
    logs = as_float(log_probs) - old_log_probs
    plain, clipped = (
        np.exp(logs) * advantages,
        np.exp(np.clip(logs, -clip, clip)) * advantages,
    )
    loss = -np.minimum(plain, clipped).mean()
    return loss, np.where(plain <= clipped, -plain, 0) / plain.size


@exercise.bug
def smaller_ratio(log_probs, old_log_probs, advantages, clip=0.2):
    """The smaller ratio is taken, and multiplied by the advantage then. Below 0 the larger ratio
    makes the smaller product: take the minimum of the products."""
    # "The smaller ratio is taken, and multiplied by the advantage then": np.isclose(got.loss,
    #     -(np.minimum(np.exp(log_probs - as_float(old_log_probs)), 1 + clip) * advantages).mean())
    # "Below 0 the larger ratio makes the smaller product: take the minimum of the products":
    #     near * advantages → np.minimum(ratio * advantages,
    #     np.clip(ratio, 1 - clip, 1 + clip) * advantages); ratio <= 1 + clip → ratio * advantages
    #     <= np.clip(ratio, 1 - clip, 1 + clip) * advantages
    ratio = np.exp(as_float(log_probs) - old_log_probs)
    near = np.minimum(ratio, np.clip(ratio, 1 - clip, 1 + clip))
    gradient = np.where(ratio <= 1 + clip, -ratio * advantages, 0) / ratio.size
    return -(near * advantages).mean(), gradient


@exercise.bug
def band_of_factors(log_probs, old_log_probs, advantages, clip=0.2):
    """The lower edge is 1 / (1 + clip), as far from 1 as the upper one in logarithms. It is 1 -
    clip."""
    # "The lower edge is 1 / (1 + clip), as far from 1 as the upper one in logarithms":
    #     np.isclose(got.loss, -np.minimum(*(each * advantages for ratio in
    #     [np.exp(log_probs - as_float(old_log_probs))] for each in (ratio, np.clip(ratio, 1 / (1 +
    #     clip), 1 + clip)))).mean())
    # "It is 1 - clip": 1 / (1 + clip) → 1 - clip
    ratio = np.exp(as_float(log_probs) - old_log_probs)
    plain, clipped = (
        ratio * advantages,
        np.clip(ratio, 1 / (1 + clip), 1 + clip) * advantages,
    )
    loss = -np.minimum(plain, clipped).mean()
    return loss, np.where(plain <= clipped, -plain, 0) / plain.size


@exercise.bug(limit=(20, 10, 5))
def log_ratio_capped(log_probs, old_log_probs, advantages, clip=0.2, limit=20):
    """The logarithm of the ratio is capped before exp, so a large ratio is taken for a smaller one.
    Leave it as it is: a minimum of products is all that bounds the loss."""
    # "The logarithm of the ratio is capped before exp, so a large ratio is taken for a smaller
    #     one": (abs(log_probs - as_float(old_log_probs)) > 5).any() and got.loss < want.loss
    # "Leave it as it is: a minimum of products is all that bounds the loss": np.clip(logs, -limit,
    #     limit) → logs
    logs = as_float(log_probs) - old_log_probs
    ratio = np.exp(np.clip(logs, -limit, limit))
    plain, clipped = ratio * advantages, np.clip(ratio, 1 - clip, 1 + clip) * advantages
    loss = -np.minimum(plain, clipped).mean()
    return loss, np.where(plain <= clipped, -plain, 0) / plain.size


@exercise.bug(added=(False, True))
def ratio_of_a_row(log_probs, old_log_probs, advantages, clip=0.2, added=False):
    """One ratio stands for a whole row of steps. Each step has its own, by its own
    log-probabilities."""
    # "One ratio stands for a whole row of steps": np.isclose(got.loss, right(*np.broadcast_arrays(
    #     (as_float(log_probs) - old_log_probs).mean(axis=-1, keepdims=True), 0 *
    #     as_float(log_probs)), advantages, clip)[0])
    # "Each step has its own, by its own log-probabilities": whole + 0 * logs → logs
    logs = as_float(log_probs) - old_log_probs
    total = logs.sum(axis=-1, keepdims=True)
    whole = total if added else total / logs.shape[-1]
    ratio = np.exp(whole + 0 * logs)
    plain, clipped = ratio * advantages, np.clip(ratio, 1 - clip, 1 + clip) * advantages
    loss = -np.minimum(plain, clipped).mean()
    return loss, np.where(plain <= clipped, -plain, 0) / plain.size


@exercise.bug
def advantages_normalised(log_probs, old_log_probs, advantages, clip=0.2):
    """The advantages are normalised here. That is done before: take them as they are."""
    # "The advantages are normalised here": np.isclose(got.loss, right(log_probs, old_log_probs,
    #     (advantages - advantages.mean()) / (advantages.std() + 1e-8), clip)[0])
    # "take them as they are": scaled, clip → advantages, clip
    scaled = (as_float(advantages) - advantages.mean()) / (advantages.std() + 1e-8)
    plain, clipped = products(log_probs, old_log_probs, scaled, clip)
    loss = -np.minimum(plain, clipped).mean()
    return loss, np.where(plain <= clipped, -plain, 0) / plain.size


@exercise.bug(bound=(3, 5, 10))
def dual_clip(log_probs, old_log_probs, advantages, clip=0.2, bound=3):
    """The loss of a large ratio is bounded where the advantage is below 0, as dual-clip does. Here
    nothing bounds it."""
    # "The loss of a large ratio is bounded where the advantage is below 0": got.loss < want.loss
    #     and (advantages < 0).any()
    # "Here nothing bounds it": bound * advantages → -np.inf
    plain, clipped = products(log_probs, old_log_probs, advantages, clip)
    least, floor = np.minimum(plain, clipped), bound * advantages
    bounded = (advantages < 0) & (least < floor)
    gradient = np.where((plain <= clipped) & ~bounded, -plain, 0) / plain.size
    return -np.where(bounded, floor, least).mean(), gradient


@exercise.bug(above=(True, False))
def one_edge_alone(log_probs, old_log_probs, advantages, clip=0.2, above=True):
    """The ratio is clipped at one edge alone. Clip it at both, 1 - clip and 1 + clip."""
    # "The ratio is clipped at one edge alone": any(np.isclose(got.loss, -np.minimum(ratio *
    #     advantages, near * advantages).mean()) for ratio in [np.exp(log_probs - old_log_probs)]
    #     for near in (np.minimum(ratio, 1 + clip), np.maximum(ratio, 1 - clip))) and not
    #     np.isclose(got.loss, want.loss)
    # "Clip it at both, 1 - clip and 1 + clip": near * → np.clip(ratio, 1 - clip, 1 + clip) *
    ratio = np.exp(as_float(log_probs) - old_log_probs)
    near = np.minimum(ratio, 1 + clip) if above else np.maximum(ratio, 1 - clip)
    plain, clipped = ratio * advantages, near * advantages
    loss = -np.minimum(plain, clipped).mean()
    return loss, np.where(plain <= clipped, -plain, 0) / plain.size


@exercise.bug
def gradient_flat_above_alone(log_probs, old_log_probs, advantages, clip=0.2):
    """The gradient is 0 above the band whatever the advantage's sign, and nowhere below it. It is 0
    where the clipped product is the smaller one."""
    # "The gradient is 0 above the band whatever the advantage's sign": not got.dlog_probs[np.exp(
    #     log_probs - as_float(old_log_probs)) > 1 + clip].any()
    # "and nowhere below it": bug(np.log([0.5]), np.zeros(1), np.array([-2.0]))[1].all()
    # "It is 0 where the clipped product is the smaller one": ratio <= 1 + clip → plain <= clipped
    plain, clipped = products(log_probs, old_log_probs, advantages, clip)
    ratio = np.exp(as_float(log_probs) - old_log_probs)
    gradient = np.where(ratio <= 1 + clip, -plain, 0) / plain.size
    return -np.minimum(plain, clipped).mean(), gradient


@exercise.bug(right_gradient=(True, False))
def product_clipped(
    log_probs, old_log_probs, advantages, clip=0.2, right_gradient=True
):
    """The product of ratio and advantage is clipped to the band. Clip the ratio, then multiply by
    the advantage."""
    # "The product of ratio and advantage is clipped to the band": np.isclose(got.loss, -np.minimum(
    #     *(each for r in [np.exp(log_probs - as_float(old_log_probs)) * advantages] for each in (r,
    #     np.clip(r, 1 - clip, 1 + clip)))).mean())
    # "Clip the ratio, then multiply by the advantage": np.clip(plain, 1 - clip, 1 + clip) →
    #     products(log_probs, old_log_probs, advantages, clip)[1]
    plain, other = products(log_probs, old_log_probs, advantages, clip)
    clipped = np.clip(plain, 1 - clip, 1 + clip)
    kept = plain <= (other if right_gradient else clipped)
    return -np.minimum(plain, clipped).mean(), np.where(kept, -plain, 0) / plain.size
