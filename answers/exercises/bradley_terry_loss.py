"""Practice for question 33: the loss of a reward model on pairs, and its gradients."""

import numpy as np

from answers.alignment.reward_model import bradley_terry_loss
from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float

exercise = Exercise(
    bradley_terry_loss,
    page="33-dpo",
    returns=("loss", "dchosen", "drejected"),
    hints=(
        "Only the difference of the two rewards counts. What is -log sigmoid of it as a "
        "logarithm of 1 plus a power?",
        "log(1 + exp(x)) overflows at x = 1000, where it is 1000. Which function of NumPy adds "
        "two powers by their logarithms?",
        "The derivative of -log sigmoid(x) is minus the chance of the other choice, "
        "sigmoid(-x). What does the chain rule say for a reward that is subtracted?",
        "The loss is a mean, so each gradient has the factor 1 / pairs.",
    ),
)

rng = np.random.default_rng(3301)


def rewards(pairs, size=1.5):
    return [*(size * rng.normal(size=(2, pairs)))]


exercise.case("one pair in order", np.array([1.2]), np.array([-0.4]))
exercise.case("one pair in the wrong order", np.array([-0.7]), np.array([1.9]))
exercise.case("three pairs", np.array([0.3, -1.1, 2.5]), np.array([1.4, 0.6, 0.9]))
exercise.case("seven pairs", *rewards(7))
exercise.case("12 pairs", *rewards(12, 0.4))
exercise.case("rewards of both signs", *rewards(5, 3.0))
exercise.case("equal rewards", np.full(3, 0.8), np.full(3, 0.8))
exercise.case("every pair in order", np.arange(4) + 1.3, np.arange(4) - 0.9)
exercise.case("every pair in the wrong order", np.arange(4) - 1.3, np.arange(4) + 0.9)
shared = np.array([40.0, -7.0, 3.0, -65.0])
exercise.case("a constant a prompt", *(shared + each for each in rewards(4)))
exercise.case("all rewards below 0", *(each - 30 for each in rewards(6)))
exercise.case("rewards near 1000", *(each + 1000 for each in rewards(5)))
exercise.case("one reward for all answers chosen", np.full(5, 0.7), rewards(5)[1])
exercise.case(
    "margins of 30", np.array([15.0, -15.0, 2.0]), np.array([-15.0, 15.0, 1.0])
)
exercise.case("a margin of 1000", np.array([600.0, 0.3]), np.array([-400.0, 0.1]))
exercise.case("a margin of -1000", np.array([-400.0, 0.3]), np.array([600.0, 0.1]))
exercise.case("margins of 100 000", np.array([5e4, -5e4]), np.array([-5e4, 5e4]))
exercise.case(
    "pairs that are learned", np.array([4.5, 9.0, 20.5]), np.array([-0.5, -7.0, 0.0])
)
exercise.case("float32", *(each.astype(np.float32) for each in rewards(6)))
exercise.case(
    "float32, a margin of -200",
    np.array([-100, 1.5], np.float32),
    np.array([100, 0.25], np.float32),
)
add_whole_numbers(
    exercise, np.array([1.0, 0.0, 3.0, 2.0]), np.array([0.0, 2.0, 3.0, 4.0])
)


def sigmoid(x):
    return np.exp(-np.logaddexp(0, -x))


def parts(chosen, rejected):
    """Loss of each pair, and the slope at its margin."""
    margin = as_float(chosen) - as_float(rejected)
    return margin, np.logaddexp(0, -margin), -sigmoid(-margin)


@exercise.bug
def choices_exchanged(chosen, rejected):
    """The rejected answer counts as the chosen one, and the model learns to prefer it. The margin
    is chosen - rejected."""
    # "The rejected answer counts as the chosen one": np.isclose(got.loss, right(rejected,
    #     chosen)[0])
    # "and the model learns to prefer it": (got.dchosen > 0).all()
    # "The margin is chosen - rejected": parts(rejected, chosen) → parts(chosen, rejected);
    #     (losses.mean(), -slopes, slopes) → (losses.mean(), slopes, -slopes)
    _, losses, slopes = parts(rejected, chosen)
    slopes = slopes / len(slopes)
    return losses.mean(), -slopes, slopes


@exercise.bug(loss_too=(True, False))
def summed(chosen, rejected, loss_too=True):
    """The gradients belong to a sum over pairs, so a larger batch takes larger steps. The loss
    is a mean: divide by the number of pairs."""
    # "The gradients belong to a sum over pairs": np.allclose(got.dchosen, len(chosen) *
    #     want.dchosen)
    # "so a larger batch takes larger steps": np.allclose(abs(bug(np.repeat(chosen, 2),
    #     np.repeat(rejected, 2))[1]).sum(), 2 * abs(got.dchosen).sum())
    # "The loss is a mean: divide by the number of pairs": losses.sum() if loss_too else
    #     losses.mean() → losses.mean(); slopes, -slopes → slopes / len(slopes), -slopes /
    #     len(slopes)
    _, losses, slopes = parts(chosen, rejected)
    return losses.sum() if loss_too else losses.mean(), slopes, -slopes


@exercise.bug
def loss_of_a_sum(chosen, rejected):
    """The loss is summed over pairs, and the gradients belong to a mean. Take the mean of the
    losses, too."""
    # "The loss is summed over pairs, and the gradients belong to a mean": np.isclose(got.loss,
    #     len(chosen) * want.loss) and np.allclose(got.dchosen, want.dchosen)
    # "Take the mean of the losses, too": losses.sum() → losses.mean()
    _, losses, slopes = parts(chosen, rejected)
    slopes = slopes / len(slopes)
    return losses.sum(), slopes, -slopes


@exercise.bug
def chance_of_the_choice(chosen, rejected):
    """The gradient is -sigmoid(margin): a pair that is learned counts most. Its weight is the
    chance of the other choice, sigmoid(-margin)."""
    # "The gradient is -sigmoid(margin)": np.isclose(got.loss, want.loss) and np.allclose(
    #     got.dchosen, -sigmoid(as_float(chosen) - rejected) / len(chosen))
    # "a pair that is learned counts most": np.argmin(bug(np.array([3.0, -3.0]), np.zeros(2))[1])
    #     == 0
    # "Its weight is the chance of the other choice, sigmoid(-margin)": sigmoid(margin) →
    #     sigmoid(-margin)
    margin, losses, _ = parts(chosen, rejected)
    slopes = -sigmoid(margin) / len(margin)
    return losses.mean(), slopes, -slopes


@exercise.bug
def gradients_of_opposite_sign(chosen, rejected):
    """Both gradients have the wrong sign, as for a loss that is to be climbed. A larger reward of
    the chosen answer lowers the loss: its gradient is negative."""
    # "Both gradients have the wrong sign": np.isclose(got.loss, want.loss) and np.allclose(
    #     got.dchosen, -want.dchosen) and np.allclose(got.drejected, -want.drejected)
    # "as for a loss that is to be climbed": (got.dchosen > 0).all()
    # "A larger reward of the chosen answer lowers the loss: its gradient is negative":
    #     (losses.mean(), -slopes, slopes) → (losses.mean(), slopes, -slopes)
    _, losses, slopes = parts(chosen, rejected)
    slopes = slopes / len(slopes)
    return losses.mean(), -slopes, slopes


@exercise.bug
def one_gradient_for_both(chosen, rejected):
    """Both gradients are the same, so both rewards rise, and the margin stays. The rejected reward
    is subtracted: its gradient has the other sign."""
    # "Both gradients are the same": np.array_equal(got.dchosen, got.drejected)
    # "so both rewards rise, and the margin stays": np.allclose((chosen - got.dchosen) - (rejected -
    #     got.drejected), as_float(chosen) - rejected) and (got.drejected < 0).all()
    # "The rejected reward is subtracted: its gradient has the other sign": (losses.mean(), slopes,
    #     slopes) → (losses.mean(), slopes, -slopes)
    _, losses, slopes = parts(chosen, rejected)
    slopes = slopes / len(slopes)
    return losses.mean(), slopes, slopes


@exercise.bug
def rejected_detached(chosen, rejected):
    """The rejected reward gets no gradient, as if it were detached. One model gives both rewards,
    and learns from both: return the opposite of the chosen one's."""
    # "The rejected reward gets no gradient": not got.drejected.any()
    # "return the opposite of the chosen one's": 0 * slopes → -slopes
    # "One model gives both rewards, and learns from both": not got.drejected.any() and
    #     want.drejected.all()
    # "as if it were detached": not got.drejected.any() and np.allclose(got.dchosen, want.dchosen)
    _, losses, slopes = parts(chosen, rejected)
    slopes = slopes / len(slopes)
    return losses.mean(), slopes, 0 * slopes


@exercise.bug
def chance_not_surprise(chosen, rejected):
    """The loss is the chance of the other choice, without a logarithm, and goes flat where a pair
    is far in the wrong order. Take -log of the chance of the choice."""
    # "The loss is the chance of the other choice, without a logarithm": np.isclose(got.loss,
    #     sigmoid(as_float(rejected) - chosen).mean())
    # "and goes flat where a pair is far in the wrong order": abs(bug(np.array([-40.0]),
    #     np.zeros(1))[1]) < 1e-9
    # "Take -log of the chance of the choice": chance.mean() → -np.log(1 - chance).mean() if
    #     (chance < 0.9).all() else np.logaddexp(0, -margin).mean(); -chance * (1 - chance) →
    #     -chance
    margin, _, _ = parts(chosen, rejected)
    chance = sigmoid(-margin)
    slopes = -chance * (1 - chance) / len(margin)
    return chance.mean(), slopes, -slopes


@exercise.bug
def log_without_minus(chosen, rejected):
    """This is the mean log-likelihood, which is to be maximized: it is below 0. The loss is its
    negative."""
    # "This is the mean log-likelihood": np.isclose(got.loss, -want.loss)
    # "which is to be maximized: it is below 0": got.loss < 0
    # "The loss is its negative": -losses.mean() → losses.mean(); -slopes, slopes → slopes,
    #     -slopes
    _, losses, slopes = parts(chosen, rejected)
    slopes = slopes / len(slopes)
    return -losses.mean(), -slopes, slopes


@exercise.bug
def hinge(chosen, rejected):
    """This is a hinge, max(0, 1 - margin): no pair beyond a margin of 1 teaches anything. The loss
    of Bradley and Terry is -log sigmoid(margin)."""
    # "This is a hinge, max(0, 1 - margin)": np.isclose(got.loss, np.maximum(0, 1 -
    #     (as_float(chosen) - rejected)).mean())
    # "no pair beyond a margin of 1 teaches anything": not bug(np.array([3.0]),
    #     np.zeros(1))[1].any()
    # "The loss of Bradley and Terry is -log sigmoid(margin)": np.maximum(0, 1 - margin) →
    #     np.logaddexp(0, -margin); (margin < 1) → sigmoid(-margin)
    margin, _, _ = parts(chosen, rejected)
    slopes = -1.0 * (margin < 1) / len(margin)
    return np.maximum(0, 1 - margin).mean(), slopes, -slopes


@exercise.bug
def order_ignored(chosen, rejected):
    """The size of the margin is taken, so a pair in the wrong order counts as one in order. Keep
    the sign of chosen - rejected."""
    # "The size of the margin is taken, so a pair in the wrong order counts as one in order":
    #     np.isclose(got.loss, np.logaddexp(0, -abs(as_float(chosen) - rejected)).mean())
    # "Keep the sign of chosen - rejected": abs(margin) → margin
    margin, _, _ = parts(chosen, rejected)
    size = abs(margin)
    slopes = -sigmoid(-size) / len(size)
    return np.logaddexp(0, -size).mean(), slopes, -slopes


@exercise.bug
def every_chosen_with_every_rejected(chosen, rejected):
    """Each chosen answer is compared with all rejected ones, also of other prompts. Scores are
    known up to a constant a prompt: compare within a pair."""
    # "Each chosen answer is compared with all rejected ones, also of other prompts": np.isclose(
    #     got.loss, np.logaddexp(0, as_float(rejected) - as_float(chosen)[:, None]).mean())
    # "Scores are known up to a constant a prompt: compare within a pair": as_float(chosen)[:, None]
    #     - rejected → (as_float(chosen) - rejected)[:, None] + np.zeros(len(chosen)); sum(axis=0) →
    #     sum(axis=1)
    margin = as_float(chosen)[:, None] - rejected
    slopes = -sigmoid(-margin) / margin.size
    losses = np.logaddexp(0, -margin)
    return losses.mean(), slopes.sum(axis=1), -slopes.sum(axis=0)


@exercise.bug
def in_bits(chosen, rejected):
    """The logarithm is to base 2. The loss is in nats, by the natural logarithm."""
    # "The logarithm is to base 2": np.isclose(got.loss * np.log(2), want.loss) and np.allclose(
    #     got.dchosen * np.log(2), want.dchosen)
    # "The loss is in nats, by the natural logarithm": bit = np.log(2) → bit = 1
    _, losses, slopes = parts(chosen, rejected)
    bit = np.log(2)
    slopes = slopes / len(slopes) / bit
    return losses.mean() / bit, slopes, -slopes


@exercise.bug
def sigmoid_of_the_mean(chosen, rejected):
    """The margins are averaged first, and the loss is that of their mean. Take the loss of each
    pair, then the mean."""
    # "The margins are averaged first, and the loss is that of their mean": np.isclose(got.loss,
    #     np.logaddexp(0, -(as_float(chosen) - rejected).mean()))
    # "Take the loss of each pair, then the mean": as_float(chosen).mean() → as_float(chosen);
    #     as_float(rejected).mean() → as_float(rejected)
    margin = as_float(chosen).mean() - as_float(rejected).mean()
    slopes = -sigmoid(-margin) / len(chosen) * np.ones_like(as_float(chosen))
    return np.logaddexp(0, -margin).mean(), slopes, -slopes


@exercise.bug(way=("log", "log1p", "softmax"))
def overflows(chosen, rejected, way="log"):
    """exp of a large number overflows, or a sigmoid rounds to 0 and its logarithm is -inf. Let
    `np.logaddexp(0, -margin)` do both, and take sigmoid(-margin) as a power of such a sum."""
    # "exp of a large number overflows, or a sigmoid rounds to 0 and its logarithm is -inf":
    #     np.isinf(got.loss) or np.isnan(got.loss)
    # "Let `np.logaddexp(0, -margin)` do both, and take sigmoid(-margin) as a power of such a sum":
    #     losses = → losses = np.logaddexp(0, -margin) if True else; chance = → chance =
    #     np.exp(-np.logaddexp(0, margin)) if True else
    margin, _, _ = parts(chosen, rejected)
    with np.errstate(all="ignore"):
        chance = 1 / (1 + np.exp(margin))
        one, other = np.exp(as_float(chosen)), np.exp(as_float(rejected))
        losses = {
            "log": -np.log(1 / (1 + np.exp(-margin))),
            "log1p": np.log1p(np.exp(-margin)),
            "softmax": -np.log(one / (one + other)),
        }[way]
    slopes = -chance / len(margin)
    return losses.mean(), slopes, -slopes


@exercise.bug
def gradient_overflows(chosen, rejected):
    """The gradient is a power over 1 plus that power: infinite over infinite is nan. Divide by it:
    1 / (1 + exp(margin)) has no such quotient."""
    # "The gradient is a power over 1 plus that power: infinite over infinite is nan":
    #     np.isnan(got.dchosen).any() and np.isclose(got.loss, want.loss)
    # "Divide by it: 1 / (1 + exp(margin)) has no such quotient": power / (1 + power) → 1 / (1 +
    #     np.exp(margin))
    margin, losses, _ = parts(chosen, rejected)
    with np.errstate(all="ignore"):
        power = np.exp(-margin)
        slopes = -(power / (1 + power)) / len(margin)
    return losses.mean(), slopes, -slopes


@exercise.bug(eps=(1e-8, 1e-9, 1e-10, 1e-12))
def small_number_added(chosen, rejected, eps=1e-8):
    """A small number in the logarithm caps the loss, so that a pair far in the wrong order loses
    its say. Leave it out, and use `np.logaddexp`."""
    # "A small number in the logarithm caps the loss": got.loss < want.loss
    # "so that a pair far in the wrong order loses its say": bug(np.array([-1e3]), np.zeros(1))[0]
    #     == bug(np.array([-2e3]), np.zeros(1))[0]
    # "Leave it out, and use `np.logaddexp`": -np.log(sigmoid(margin) + eps) →
    #     np.logaddexp(0, -margin)
    margin, _, slopes = parts(chosen, rejected)
    slopes = slopes / len(slopes)
    return -np.log(sigmoid(margin) + eps).mean(), slopes, -slopes


@exercise.bug(limit=(20, 30, 50, 100, 500))
def margin_clipped(chosen, rejected, limit=20):
    """The margin is clipped, so a pair far in the wrong order costs no more than one at the limit.
    Leave the margin as it is."""
    # "The margin is clipped": got.loss < want.loss
    # "so a pair far in the wrong order costs no more than one at the limit": bug(np.array([-1e3]),
    #     np.zeros(1))[0] == bug(np.array([-2e3]), np.zeros(1))[0]
    # "Leave the margin as it is": np.clip(margin, -limit, limit) → margin
    margin, _, slopes = parts(chosen, rejected)
    slopes = slopes / len(slopes)
    return np.logaddexp(0, -np.clip(margin, -limit, limit)).mean(), slopes, -slopes
