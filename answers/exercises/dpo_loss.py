"""Practice for question 33: the loss of DPO, and its gradients at the policy."""

import numpy as np

from answers.alignment.dpo import dpo_loss
from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float

exercise = Exercise(
    dpo_loss,
    page="33-dpo",
    returns=("loss", "dchosen", "drejected"),
    hints=(
        "A log-ratio is a difference of two log-probabilities of one answer: which two models "
        "give them?",
        "β times a log-ratio takes the place of a reward. Which loss does a reward model have on "
        "a pair?",
        "Write the margin m of each pair; the loss is log(1 + exp(-m)), which must not overflow. "
        "What is its derivative by m, and m's by the policy's log-probability?",
        "Two factors stand before the weight sigmoid(-m): β of the chain rule, and 1 / pairs of "
        "the mean.",
    ),
)

rng = np.random.default_rng(3302)


def log_probs(pairs, moved=4.0):
    """Policy and reference, chosen and rejected: the policy has moved from its reference."""
    reference = -rng.uniform(20, 60, size=(2, pairs))
    policy = reference + moved * rng.normal(size=(2, pairs))
    return [*np.minimum(policy, -0.5), *reference]


def pair(*numbers):
    return [np.array([each]) for each in numbers]


exercise.case("one pair", *pair(-11.0, -14.5, -12.5, -13.2), 0.5)
exercise.case("one pair in the wrong order", *pair(-14.0, -9.5, -12.5, -13.2), 0.3)
exercise.case(
    "the policy is the reference", *pair(-12.5, -9.75), *pair(-12.5, -9.75), 0.7
)
moved = log_probs(3)
exercise.case("three pairs", *moved, 0.3)
exercise.case(
    "one pair of three as the reference has it",
    *(np.array([a[0], b[1], a[2]]) for a, b in zip(moved[:2], moved[2:], strict=True)),
    *moved[2:],
    0.3,
)
exercise.case("eight pairs", *log_probs(8), 0.1)
exercise.case("eight pairs and a large beta", *log_probs(8, 1.0), 2.5)
exercise.case("a small beta", *log_probs(5), 0.01)
exercise.case("a beta of 1", *log_probs(4, 1.0), 1.0)
policy, reference = np.split(np.array(log_probs(4)), 2)
exercise.case(
    "both answers fell, the rejected more",
    *(reference - np.array([[2], [5]])),
    *reference,
    0.3,
)
exercise.case(
    "both answers rose, the rejected more",
    *(reference + np.array([[1], [4]])),
    *reference,
    0.3,
)
exercise.case("a reference that does not care", *policy, *np.full((2, 4), -31.5), 0.2)
exercise.case("a policy that does not care", *np.full((2, 4), -31.5), *reference, 0.2)
exercise.case("answers of other lengths", *pair(-310.5, -20.25, -322.0, -17.5), 0.25)
long = -rng.uniform(2000, 6000, size=(2, 3))
exercise.case(
    "answers of thousands of tokens", *(long + rng.normal(size=(2, 3))), *long, 0.4
)
far = [
    np.array(each)
    for each in ([-9.0, -2e3], [-2e3, -9.0], [-40.0, -9.0], [-9.0, -40.0])
]
exercise.case("log-ratios of 2000", *far, 1.0)
exercise.case("log-ratios of 2000 and a small beta", *far, 0.2)
exercise.case("margins of 100 000", *(50 * each for each in far), 1.0)
exercise.case(
    "both answers have fallen by a thousand",
    *np.array([[-1.03e3, -1.2e3], [-1.07e3, -1.05e3]]),
    *np.array([[-28.0, -31.5], [-32.5, -27.0]]),
    0.9,
)
learned = [np.array(each) for each in ([-9.0, -9.0, -2.0], [-14.0, -25.0, -22.5])]
exercise.case("pairs that are learned", *learned, *np.full((2, 3), -12.5), 1.0)
exercise.case("float32", *(each.astype(np.float32) for each in log_probs(6)), 0.1)
whole = [np.rint(each) for each in log_probs(4)]
add_whole_numbers(exercise, *whole, 1)
exercise.case(
    "integers and a beta of 0.3", *(each.astype(np.int64) for each in whole), 0.3
)


def sigmoid(x):
    return np.exp(-np.logaddexp(0, -x))


def ratios(policy_chosen, policy_rejected, reference_chosen, reference_rejected):
    """Both log-ratios."""
    w, r, ref_w, ref_r = map(
        as_float, (policy_chosen, policy_rejected, reference_chosen, reference_rejected)
    )
    return w - ref_w, r - ref_r


def finished(margin, slope):
    """The mean loss, and the two gradients of it."""
    slopes = slope / len(margin)
    return np.logaddexp(0, -margin).mean(), slopes, -slopes


@exercise.bug
def no_reference(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """The reference is left out: scores are β times log-probabilities, and nothing keeps the policy
    near it. Subtract the reference's log-probability from each."""
    # "The reference is left out: scores are β times log-probabilities": np.isclose(got.loss,
    #     np.logaddexp(0, -beta * (as_float(policy_chosen) - policy_rejected)).mean())
    # "and nothing keeps the policy near it": bug(policy_chosen, policy_rejected, reference_chosen +
    #     3, reference_rejected, beta)[0] == got.loss
    # "Subtract the reference's log-probability from each": - as_float(policy_rejected) → -
    #     reference_chosen - (as_float(policy_rejected) - reference_rejected)
    margin = beta * (as_float(policy_chosen) - as_float(policy_rejected))
    return finished(margin, -beta * sigmoid(-margin))


@exercise.bug
def no_beta(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    """β is missing: every policy counts as if β were 1. Multiply the margin by it, and the
    gradients once more by the chain rule."""
    # "β is missing: every policy counts as if β were 1": np.isclose(got.loss, right(policy_chosen,
    #     policy_rejected, reference_chosen, reference_rejected, 1.0)[0])
    # "Multiply the margin by it, and the gradients once more by the chain rule": margin = chosen -
    #     rejected → margin = beta * (chosen - rejected); -sigmoid(-margin) → -beta *
    #     sigmoid(-margin)
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = chosen - rejected
    return finished(margin, -sigmoid(-margin))


@exercise.bug
def gradient_without_beta(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """The loss is right, and the gradients lack the β of the chain rule. The margin is β times a
    difference of log-ratios: multiply by β."""
    # "The loss is right, and the gradients lack the β of the chain rule": np.isclose(got.loss,
    #     want.loss) and np.allclose(beta * got.dchosen, want.dchosen)
    # "multiply by β": -sigmoid(-margin) → -beta * sigmoid(-margin)
    # "The margin is β times a difference of log-ratios": np.isclose(got.loss, want.loss) and not
    #     np.allclose(got.dchosen, want.dchosen)
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * (chosen - rejected)
    return finished(margin, -sigmoid(-margin))


@exercise.bug
def beta_outside(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """β multiplies the loss, so it only scales the steps. It belongs to the margin, inside of the
    sigmoid."""
    # "β multiplies the loss": np.isclose(got.loss, beta * right(policy_chosen, policy_rejected,
    #     reference_chosen, reference_rejected, 1.0)[0])
    # "so it only scales the steps": np.allclose(2 * got.dchosen, bug(policy_chosen,
    #     policy_rejected, reference_chosen, reference_rejected, 2 * beta)[1])
    # "It belongs to the margin, inside of the sigmoid": margin = chosen - rejected → margin = beta
    #     * (chosen - rejected); beta * loss → loss
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = chosen - rejected
    loss, dchosen, drejected = finished(margin, -beta * sigmoid(-margin))
    return beta * loss, dchosen, drejected


@exercise.bug
def beta_of_the_policy_alone(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """β multiplies the policy's log-probabilities alone, and the reference's count in full. It
    belongs before the whole log-ratio."""
    # "β multiplies the policy's log-probabilities alone, and the reference's count in full":
    #     np.isclose(got.loss, np.logaddexp(0, as_float(reference_chosen) - reference_rejected -
    #     beta * (as_float(policy_chosen) - policy_rejected)).mean())
    # "It belongs before the whole log-ratio": beta * (as_float(policy_chosen) -
    #     as_float(policy_rejected)) - ref → beta * ((as_float(policy_chosen) -
    #     as_float(policy_rejected)) - ref)
    ref = as_float(reference_chosen) - as_float(reference_rejected)
    margin = beta * (as_float(policy_chosen) - as_float(policy_rejected)) - ref
    return finished(margin, -beta * sigmoid(-margin))


@exercise.bug
def beta_of_the_chosen_alone(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """β multiplies the chosen answer's log-ratio alone, and the rejected one's counts in full. Put
    the difference of the two in brackets, and β before them."""
    # "β multiplies the chosen answer's log-ratio alone, and the rejected one's counts in full":
    #     np.isclose(got.loss, np.logaddexp(0, as_float(policy_rejected) - reference_rejected - beta
    #     * (as_float(policy_chosen) - reference_chosen)).mean())
    # "Put the difference of the two in brackets, and β before them": beta * chosen - rejected →
    #     beta * (chosen - rejected)
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * chosen - rejected
    return finished(margin, -beta * sigmoid(-margin))


@exercise.bug
def every_chosen_with_every_rejected(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """Each chosen answer is compared with all rejected ones, also of other prompts. A pair is of
    one prompt: compare within it."""
    # "Each chosen answer is compared with all rejected ones, also of other prompts":
    #     np.isclose(got.loss, np.logaddexp(0, -beta * np.subtract.outer(policy_chosen -
    #     reference_chosen, policy_rejected - reference_rejected)).mean())
    # "A pair is of one prompt: compare within it": chosen[:, None] - rejected → (chosen -
    #     rejected)[:, None] + np.zeros(len(chosen)); sum(axis=0) → sum(axis=1)
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * (chosen[:, None] - rejected)
    slopes = -beta * sigmoid(-margin) / margin.size
    losses = np.logaddexp(0, -margin)
    return losses.mean(), slopes.sum(axis=1), -slopes.sum(axis=0)


@exercise.bug
def divided_by_beta(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """The log-ratios are divided by β. The reward is β times the log-ratio; it is the best policy
    whose exponent has reward / β."""
    # "The log-ratios are divided by β": np.isclose(got.loss, right(policy_chosen, policy_rejected,
    #     reference_chosen, reference_rejected, 1 / beta)[0])
    # "The reward is β times the log-ratio": scale = 1 / beta → scale = beta
    # "it is the best policy whose exponent has reward / β": np.isclose(got.loss,
    #     right(policy_chosen, policy_rejected, reference_chosen, reference_rejected, 1 / beta)[0])
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    scale = 1 / beta
    margin = scale * (chosen - rejected)
    return finished(margin, -scale * sigmoid(-margin))


@exercise.bug
def choices_exchanged(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """The rejected answer's log-ratio counts as the chosen one's, and the policy learns to prefer
    it. The margin is chosen minus rejected."""
    # "The rejected answer's log-ratio counts as the chosen one's": np.isclose(got.loss,
    #     right(policy_rejected, policy_chosen, reference_rejected, reference_chosen, beta)[0])
    # "and the policy learns to prefer it": (got.dchosen > 0).all()
    # "The margin is chosen minus rejected": rejected - chosen → chosen - rejected; beta *
    #     sigmoid → -beta * sigmoid
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * (rejected - chosen)
    return finished(margin, beta * sigmoid(-margin))


@exercise.bug
def models_exchanged(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """Policy and reference are exchanged: the log-ratio is reference over policy. It is the
    policy's log-probability minus the reference's."""
    # "Policy and reference are exchanged: the log-ratio is reference over policy":
    #     np.isclose(got.loss, right(reference_chosen, reference_rejected, policy_chosen,
    #     policy_rejected, beta)[0])
    # "It is the policy's log-probability minus the reference's": -chosen + rejected → chosen -
    #     rejected
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * (-chosen + rejected)
    return finished(margin, -beta * sigmoid(-margin))


@exercise.bug
def answers_crossed(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """The chosen answer is compared with the reference's log-probability of the rejected one, so
    the reference's difference is added. A log-ratio is of one answer."""
    # "The chosen answer is compared with the reference's log-probability of the rejected one":
    #     np.isclose(got.loss, right(policy_chosen, policy_rejected, reference_rejected,
    #     reference_chosen, beta)[0])
    # "so the reference's difference is added": np.isclose(got.loss, np.logaddexp(0, -beta *
    #     (as_float(policy_chosen) - policy_rejected + reference_chosen -
    #     reference_rejected)).mean())
    # "A log-ratio is of one answer": reference_rejected, reference_chosen) → reference_chosen,
    #     reference_rejected)
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_rejected, reference_chosen
    )
    margin = beta * (chosen - rejected)
    return finished(margin, -beta * sigmoid(-margin))


@exercise.bug(loss_too=(True, False))
def summed(
    policy_chosen,
    policy_rejected,
    reference_chosen,
    reference_rejected,
    beta,
    loss_too=True,
):
    """The gradients belong to a sum over pairs, so a larger batch takes larger steps. The loss
    is a mean: divide by the number of pairs."""
    # "The gradients belong to a sum over pairs": np.allclose(got.dchosen, len(policy_chosen) *
    #     want.dchosen)
    # "so a larger batch takes larger steps": np.allclose(abs(bug(*(np.repeat(each, 2) for each in
    #     (policy_chosen, policy_rejected, reference_chosen, reference_rejected)), beta)[1]).sum(),
    #     2 * abs(got.dchosen).sum())
    # "The loss is a mean: divide by the number of pairs": n = len(margin) → n = 1; if loss_too →
    #     if False
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * (chosen - rejected)
    n = len(margin)
    loss, dchosen, drejected = finished(margin, -beta * sigmoid(-margin))
    return n * loss if loss_too else loss, n * dchosen, n * drejected


@exercise.bug
def loss_of_a_sum(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """The loss is summed over pairs, and the gradients belong to a mean. Take the mean of the
    losses, too."""
    # "The loss is summed over pairs, and the gradients belong to a mean": np.isclose(got.loss,
    #     len(policy_chosen) * want.loss) and np.allclose(got.dchosen, want.dchosen)
    # "Take the mean of the losses, too": np.logaddexp(0, -margin).sum() → np.logaddexp(0,
    #     -margin).mean()
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * (chosen - rejected)
    _, dchosen, drejected = finished(margin, -beta * sigmoid(-margin))
    return np.logaddexp(0, -margin).sum(), dchosen, drejected


@exercise.bug
def weight_of_a_learned_pair(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """The weight is sigmoid(margin), largest for a pair that is learned. It is sigmoid(-margin),
    near 1 where the order is wrong."""
    # "The weight is sigmoid(margin)": np.isclose(got.loss, want.loss) and np.allclose(got.dchosen
    #     + want.dchosen, -beta / len(policy_chosen))
    # "largest for a pair that is learned": abs(bug(*(np.array(each) for each in ([9.0, -9.0],
    #     [-9.0, 9.0], [0.0, 0.0], [0.0, 0.0])), 1.0)[1]).argmax() == 0
    # "It is sigmoid(-margin), near 1 where the order is wrong": sigmoid(margin) →
    #     sigmoid(-margin)
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * (chosen - rejected)
    return finished(margin, -beta * sigmoid(margin))


@exercise.bug
def weight_without_the_reference(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """The loss is right, and the gradients' weight leaves the reference out. It is sigmoid(-margin)
    of the loss's own margin."""
    # "The loss is right, and the gradients' weight leaves the reference out": np.isclose(got.loss,
    #     want.loss) and np.allclose(got.dchosen, -beta * sigmoid(beta * (as_float(policy_rejected)
    #     - policy_chosen)) / len(policy_chosen))
    # "It is sigmoid(-margin) of the loss's own margin": sigmoid(-policy_alone) →
    #     sigmoid(-margin)
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * (chosen - rejected)
    policy_alone = beta * (as_float(policy_chosen) - policy_rejected)
    return finished(margin, -beta * sigmoid(-policy_alone))


@exercise.bug
def gradients_of_opposite_sign(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """Both gradients have the wrong sign, so descent makes the rejected answer likelier. The chosen
    answer's gradient is negative."""
    # "Both gradients have the wrong sign": np.isclose(got.loss, want.loss) and np.allclose(
    #     got.dchosen, -want.dchosen) and np.allclose(got.drejected, -want.drejected)
    # "so descent makes the rejected answer likelier": (got.drejected < 0).all()
    # "The chosen answer's gradient is negative": beta * sigmoid → -beta * sigmoid
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * (chosen - rejected)
    return finished(margin, beta * sigmoid(-margin))


@exercise.bug
def one_gradient_for_both(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """Both gradients are the same, so the rejected answer is raised, too. Its log-ratio is
    subtracted: change the sign."""
    # "Both gradients are the same": np.array_equal(got.dchosen, got.drejected)
    # "so the rejected answer is raised, too": (got.drejected < 0).all()
    # "Its log-ratio is subtracted: change the sign": (loss, slopes, slopes) → (loss, slopes,
    #     -slopes)
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * (chosen - rejected)
    loss, slopes, _ = finished(margin, -beta * sigmoid(-margin))
    return loss, slopes, slopes


@exercise.bug
def rejected_detached(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """The rejected answer gets no gradient. Only the reference is fixed: the policy gave both
    log-probabilities."""
    # "The rejected answer gets no gradient": not got.drejected.any() and want.drejected.any()
    # "Only the reference is fixed: the policy gave both log-probabilities": 0 * slopes → -slopes
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * (chosen - rejected)
    loss, slopes, _ = finished(margin, -beta * sigmoid(-margin))
    return loss, slopes, 0 * slopes


@exercise.bug
def square_of_ipo(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """This is IPO's loss, a square around 1/(2β). DPO's is -log sigmoid of the margin."""
    # "This is IPO's loss, a square around 1/(2β)": np.isclose(got.loss, ((as_float(policy_chosen) -
    #     reference_chosen - policy_rejected + reference_rejected - 1 / (2 * beta)) ** 2).mean())
    # "DPO's is -log sigmoid of the margin": ((beyond ** 2).mean(), slopes, -slopes) →
    #     finished(beta * (chosen - rejected), -beta * sigmoid(-beta * (chosen - rejected)))
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    beyond = chosen - rejected - 1 / (2 * beta)
    slopes = 2 * beyond / len(beyond)
    return (beyond**2).mean(), slopes, -slopes


@exercise.bug(share=(0.1, 0.2, 0.05))
def label_smoothed(
    policy_chosen,
    policy_rejected,
    reference_chosen,
    reference_rejected,
    beta,
    share=0.1,
):
    """A share of the pairs counts as labelled the wrong way, as in conservative DPO, which has a
    minimum. DPO's loss is -log sigmoid of the margin alone."""
    # "A share of the pairs counts as labelled the wrong way, as in conservative DPO":
    #     np.isclose(got.loss, 0.9 * want.loss + 0.1 * right(policy_rejected, policy_chosen,
    #     reference_rejected, reference_chosen, beta)[0])
    # "which has a minimum": abs(bug(*(np.array([x]) for x in (np.log(9), 0.0, 0.0, 0.0)),
    #     1.0)[1][0]) < 1e-9
    # "DPO's loss is -log sigmoid of the margin alone": share * margin.mean() → 0; - share → - 0
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * (chosen - rejected)
    loss, dchosen, drejected = finished(margin, -beta * (sigmoid(-margin) - share))
    return loss + share * margin.mean(), dchosen, drejected


@exercise.bug
def hinge(policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta):
    """This is a hinge, max(0, 1 - margin), as in SLiC. DPO's loss is -log sigmoid of the margin."""
    # "This is a hinge, max(0, 1 - margin), as in SLiC": np.isclose(got.loss, np.maximum(0, 1 - beta
    #     * (as_float(policy_chosen) - reference_chosen - policy_rejected +
    #     reference_rejected)).mean())
    # "DPO's loss is -log sigmoid of the margin": (margin < 1) → sigmoid(-margin);
    #     np.maximum(0, 1 - margin) → np.logaddexp(0, -margin)
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * (chosen - rejected)
    slopes = -beta * (margin < 1) / len(margin)
    return np.maximum(0, 1 - margin).mean(), slopes, -slopes


@exercise.bug(through=(True, False))
def quotient_of_logarithms(
    policy_chosen,
    policy_rejected,
    reference_chosen,
    reference_rejected,
    beta,
    through=True,
):
    """The log-probabilities are divided. The logarithm of a quotient is a difference of
    logarithms."""
    # "The log-probabilities are divided": np.isclose(got.loss, np.logaddexp(0, -beta *
    #     (as_float(policy_chosen) / reference_chosen - as_float(policy_rejected) /
    #     reference_rejected)).mean())
    # "The logarithm of a quotient is a difference of logarithms": as_float(policy_chosen) /
    #     reference_chosen → as_float(policy_chosen) - reference_chosen; as_float(policy_rejected) /
    #     reference_rejected → as_float(policy_rejected) - reference_rejected; / reference_chosen →
    #     / 1; / reference_rejected → / 1
    chosen = as_float(policy_chosen) / reference_chosen
    rejected = as_float(policy_rejected) / reference_rejected
    margin = beta * (chosen - rejected)
    weight = -beta * sigmoid(-margin) / len(margin)
    loss, *_ = finished(margin, weight)
    if not through:
        return loss, weight, -weight
    return loss, weight / reference_chosen, -weight / reference_rejected


@exercise.bug(through=(True, False))
def ratios_without_a_logarithm(
    policy_chosen,
    policy_rejected,
    reference_chosen,
    reference_rejected,
    beta,
    through=True,
):
    """The margin is a difference of ratios, without their logarithms. The implicit reward is β
    times the logarithm of a ratio."""
    # "The margin is a difference of ratios, without their logarithms": np.isclose(got.loss,
    #     np.logaddexp(0, -beta * (np.exp(as_float(policy_chosen) - reference_chosen) -
    #     np.exp(as_float(policy_rejected) - reference_rejected))).mean())
    # "The implicit reward is β times the logarithm of a ratio": np.exp(chosen) - np.exp(rejected) →
    #     chosen - rejected; slope * np.exp(chosen), → slope,; -slope * np.exp(rejected) → -slope
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    with np.errstate(all="ignore"):
        margin = beta * (np.exp(chosen) - np.exp(rejected))
        loss, slope, _ = finished(margin, -beta * sigmoid(-margin))
        if not through:
            return loss, slope, -slope
        return loss, slope * np.exp(chosen), -slope * np.exp(rejected)


@exercise.bug
def mean_of_the_margins(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """The margins are averaged first, and the loss is that of their mean. Take each pair's loss,
    then the mean."""
    # "The margins are averaged first, and the loss is that of their mean": np.isclose(got.loss,
    #     np.logaddexp(0, -beta * (as_float(policy_chosen) - reference_chosen - policy_rejected +
    #     reference_rejected).mean()))
    # "Take each pair's loss, then the mean": np.full_like(chosen, (chosen - rejected).mean()) →
    #     (chosen - rejected)
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * np.full_like(chosen, (chosen - rejected).mean())
    return finished(margin, -beta * sigmoid(-margin))


@exercise.bug(way=("log", "log1p"))
def overflows(
    policy_chosen,
    policy_rejected,
    reference_chosen,
    reference_rejected,
    beta,
    way="log",
):
    """exp of a large number overflows, and the loss is infinite. Let `np.logaddexp(0, -margin)` add
    the powers."""
    # "exp of a large number overflows, and the loss is infinite": np.isinf(got.loss)
    # "Let `np.logaddexp(0, -margin)` add the powers": losses = → losses = np.logaddexp(0,
    #     -margin) if True else
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * (chosen - rejected)
    with np.errstate(all="ignore"):
        losses = {
            "log": -np.log(1 / (1 + np.exp(-margin))),
            "log1p": np.log1p(np.exp(-margin)),
        }[way]
    _, dchosen, drejected = finished(margin, -beta * sigmoid(-margin))
    return losses.mean(), dchosen, drejected


@exercise.bug
def powers_of_each_reward(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """Each reward is raised to a power by itself, which rounds to 0 where an answer has become far
    less likely: the loss is infinite or nan. Subtract the larger first, or take the margin."""
    # "Each reward is raised to a power by itself, which rounds to 0 where an answer has become far
    #     less likely: the loss is infinite or nan": not np.isfinite(got.loss) and (np.exp(beta *
    #     (policy_chosen - reference_chosen)) == 0).any()
    # "Subtract the larger first": largest = 0 → largest = np.maximum(up, down);
    #     np.log(share) → (up - largest - np.log(total))
    # "or take the margin": np.exp(up - largest) + np.exp(down - largest) → 1 + np.exp(down -
    #     up); np.exp(down - largest) / total → sigmoid(down - up); np.log(share) →
    #     -np.logaddexp(0, down - up); np.exp(up - largest) / total → 1
    up, down = (
        beta * ratio
        for ratio in ratios(
            policy_chosen, policy_rejected, reference_chosen, reference_rejected
        )
    )
    largest = 0
    with np.errstate(all="ignore"):
        total = np.exp(up - largest) + np.exp(down - largest)
        share = np.exp(up - largest) / total
        slopes = -beta * (np.exp(down - largest) / total) / len(up)
        return -np.log(share).mean(), slopes, -slopes


@exercise.bug(loss_too=(True, False))
def ties_left_out(
    policy_chosen,
    policy_rejected,
    reference_chosen,
    reference_rejected,
    beta,
    loss_too=True,
):
    """A pair whose margin is 0 counts as 0, as where masks with < and > both leave it out. Its loss
    is log 2, and its weight 1/2: write >= in one of them."""
    # "A pair whose margin is 0 counts as 0": bug(*np.full((4, 1), -9.5), 0.5)[0] == 0
    # "Its loss is log 2, and its weight 1/2": np.isclose(right(*np.full((4, 1), -9.5), 0.5)[0],
    #     np.log(2)) and np.isclose(right(*np.full((4, 1), -9.5), 0.5)[1], -0.5 / 2) and not
    #     bug(*np.full((4, 1), -9.5), 0.5)[1].any()
    # "write >= in one of them": (margin > 0) → (margin >= 0)
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * (chosen - rejected)
    counts = (margin > 0) | (margin < 0)
    loss, dchosen, drejected = finished(margin, -beta * sigmoid(-margin) * counts)
    if loss_too:
        loss = (np.logaddexp(0, -margin) * counts).mean()
    return loss, dchosen, drejected


@exercise.bug
def slope_of_the_sigmoid(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """The gradients' weight is the sigmoid's derivative, sigmoid(margin) * sigmoid(-margin). The
    logarithm divides by sigmoid(margin): sigmoid(-margin) is left."""
    # "The gradients' weight is the sigmoid's derivative, sigmoid(margin) * sigmoid(-margin)":
    #     np.isclose(got.loss, want.loss) and np.allclose(got.dchosen, want.dchosen *
    #     sigmoid(beta * (as_float(policy_chosen) - reference_chosen - policy_rejected +
    #     reference_rejected)))
    # "The logarithm divides by sigmoid(margin): sigmoid(-margin) is left": sigmoid(margin) *
    #     sigmoid(-margin) → sigmoid(-margin)
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * (chosen - rejected)
    return finished(margin, -beta * (sigmoid(margin) * sigmoid(-margin)))


@exercise.bug
def loss_of_the_size_alone(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """log(1 + exp(-|margin|)) is the loss of a pair in the right order, and one in the wrong order
    costs |margin| more. Add np.maximum(0, -margin)."""
    # "log(1 + exp(-|margin|)) is the loss of a pair in the right order, and one in the wrong order
    #     costs |margin| more": np.isclose(want.loss - got.loss, np.maximum(0, -beta *
    #     (as_float(policy_chosen) - reference_chosen - policy_rejected +
    #     reference_rejected)).mean()) and want.loss > got.loss
    # "Add np.maximum(0, -margin)": np.log1p(np.exp(-abs(margin))) → (np.maximum(0, -margin) +
    #     np.log1p(np.exp(-abs(margin))))
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * (chosen - rejected)
    _, dchosen, drejected = finished(margin, -beta * sigmoid(-margin))
    return np.log1p(np.exp(-abs(margin))).mean(), dchosen, drejected


@exercise.bug
def gradient_overflows(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """The gradient is a power over 1 plus that power: infinite over infinite is nan. Divide by it:
    1 / (1 + exp(margin)) has no such quotient."""
    # "The gradient is a power over 1 plus that power: infinite over infinite is nan":
    #     np.isnan(got.dchosen).any()
    # "Divide by it: 1 / (1 + exp(margin)) has no such quotient": power / (1 + power) → 1 / (1 +
    #     np.exp(margin))
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * (chosen - rejected)
    with np.errstate(all="ignore"):
        power = np.exp(-margin)
        return finished(margin, -beta * (power / (1 + power)))


@exercise.bug
def quotient_of_probabilities(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta
):
    """Log-probabilities are raised to probabilities first, and these round to 0 for a long answer.
    Stay with logarithms."""
    # "Log-probabilities are raised to probabilities first, and these round to 0 for a long answer":
    #     not np.isfinite(got.loss) and (np.exp(policy_chosen) == 0).any() |
    #     (np.exp(policy_rejected) == 0).any()
    # "Stay with logarithms": np.log(np.exp(policy_chosen) / np.exp(reference_chosen)) →
    #     as_float(policy_chosen) - reference_chosen; np.log(np.exp(policy_rejected) /
    #     np.exp(reference_rejected)) → as_float(policy_rejected) - reference_rejected
    with np.errstate(all="ignore"):
        chosen = np.log(np.exp(policy_chosen) / np.exp(reference_chosen))
        rejected = np.log(np.exp(policy_rejected) / np.exp(reference_rejected))
        margin = beta * (chosen - rejected)
        return finished(margin, -beta * sigmoid(-margin))


@exercise.bug(limit=(20, 10, 50))
def log_ratios_clipped(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta, limit=20
):
    """The difference of log-ratios is clipped before β multiplies it, and answers far apart count
    as near. Leave it as it is: a long answer's is large."""
    # "The difference of log-ratios is clipped before β multiplies it": np.isclose(got.loss,
    #     np.logaddexp(0, -beta * np.clip(as_float(policy_chosen) - reference_chosen -
    #     policy_rejected + reference_rejected, -20, 20)).mean())
    # "and answers far apart count as near": len({bug(*(np.array([x]) for x in (far, 0.0, 0.0,
    #     0.0)), 0.1)[0] for far in (30.0, 50.0)}) == 1
    # "Leave it as it is: a long answer's is large": np.clip(chosen - rejected, -limit, limit) →
    #     (chosen - rejected)
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * np.clip(chosen - rejected, -limit, limit)
    return finished(margin, -beta * sigmoid(-margin))


@exercise.bug(limit=(20, 50, 100, 500))
def margin_clipped(
    policy_chosen, policy_rejected, reference_chosen, reference_rejected, beta, limit=20
):
    """The margin is clipped, so a pair far in the wrong order costs no more than one at the limit.
    Leave the margin as it is."""
    # "The margin is clipped": got.loss < want.loss
    # "so a pair far in the wrong order costs no more than one at the limit":
    #     len({bug(*(np.array([x]) for x in (-far, 0.0, 0.0, 0.0)), 1.0)[0] for far in (1e3, 2e3)})
    #     == 1
    # "Leave the margin as it is": np.clip(margin, -limit, limit) → margin
    chosen, rejected = ratios(
        policy_chosen, policy_rejected, reference_chosen, reference_rejected
    )
    margin = beta * (chosen - rejected)
    loss, _, _ = finished(np.clip(margin, -limit, limit), margin)
    _, dchosen, drejected = finished(margin, -beta * sigmoid(-margin))
    return loss, dchosen, drejected
