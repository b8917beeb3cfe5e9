"""Practice for question 35: the clipped loss of GRPO, with its gradient."""

import numpy as np

from answers.alignment.grpo import grpo_loss, token_weights
from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float

exercise = Exercise(
    grpo_loss,
    page="35-grpo",
    returns=("loss", "dlog_prob"),
    hints=(
        "Give each token a weight first, so that the loss is one sum over all tokens. What is the "
        "weight under each of the three means?",
        "A quotient of probabilities is the exponential of a difference of their logarithms. What "
        "stands at padding, though, may overflow: replace it before.",
        "A clip acts only where it makes the objective smaller: compare two products, and not the "
        "ratio with its bounds.",
        "The derivative of exp(x) is exp(x). Where the clipped product was taken, it does not "
        "depend on the policy.",
    ),
)

rng = np.random.default_rng(3535)


def drawn(answers, tokens, drift=0.3):
    """Log-probabilities now and before, advantages, and answers of several lengths."""
    old = -rng.exponential(size=(answers, tokens))
    new = old + drift * rng.normal(size=old.shape)
    lengths = rng.integers(1, tokens + 1, size=answers)
    lengths[0] = tokens
    return [new, old, rng.normal(size=answers), np.arange(tokens) < lengths[:, None]]


whole = np.ones((3, 4), bool)
exercise.case("two answers of one token, on policy", *drawn(2, 1, drift=0))
exercise.case("one answer of three tokens", *drawn(1, 3)[:3], whole[:1, :3])
exercise.case("three answers of four tokens", *drawn(3, 4)[:3], whole)
exercise.case("answers of several lengths", *drawn(4, 6))
exercise.case("on policy: every ratio is 1", *drawn(4, 6, drift=0))
exercise.case("the mean of each answer's mean", *drawn(4, 6), "sequence")
exercise.case(
    "the mean of each answer's mean, on policy", *drawn(4, 6, drift=0), "sequence"
)
exercise.case("a constant length of 6", *drawn(4, 6), "constant", 6)
exercise.case("a constant length of 100", *drawn(4, 6), "constant", 100)
exercise.case("a constant length below the longest", *drawn(4, 6), "constant", 3)
exercise.case("far from the old policy", *drawn(5, 7, drift=1.5))
exercise.case("far from it, each answer's mean", *drawn(5, 7, drift=1.5), "sequence")
exercise.case("a wider clip above", *drawn(5, 7), "token", None, (0.2, 0.28))
exercise.case("a wider clip below", *drawn(5, 7), clip=(0.5, 0.1))
exercise.case("no room to move", *drawn(3, 5), clip=(0.0, 0.0))
exercise.case("a clip above 1", *drawn(5, 7, drift=1.5), clip=(1.5, 2.0))
new, old, a, mask = drawn(6, 5, drift=1.0)
exercise.case("all better than the mean", new, old, abs(a), mask)
exercise.case("all worse than the mean", new, old, -abs(a), mask)
exercise.case("advantages of 0", new, old, 0 * a, mask)
exercise.case("as many answers as tokens", *drawn(5, 5))
new, old, a, _ = drawn(4, 6)
mask = np.arange(6) < np.array([[6], [2], [5], [1]])
tools = mask & (np.arange(6) != 2)
tools[:, 0] = True
exercise.case("a tool's output in the middle", new, old, a, tools)
exercise.case("a tool's output, each answer's mean", new, old, a, tools, "sequence")
late = np.arange(6) >= np.array([[0], [3], [5], [1]])
exercise.case("padding on the left", new, old, a, late, "sequence")
some = np.where(np.arange(4) % 2, 0, a)
exercise.case("two advantages of 0", new, old, some, mask)
exercise.case("two of 0, each answer's mean", new, old, some, mask, "sequence")
wild = np.where(mask, new, 900.0), np.where(mask, old, -900.0)
exercise.case("large numbers at padding", *wild, a, mask)
exercise.case("large numbers at padding, a constant", *wild, a, mask, "constant", 6)
exercise.case("log-probabilities near -900", new - 900, old - 900, a, mask)
singles = [each.astype(np.float32) for each in (new, old, a)]
exercise.case("float32", *singles, mask)
exercise.case("float32, each answer's mean", *singles, mask, "sequence")
whole_old = -np.array([[3, 1, 2], [1, 2, 1]])
add_whole_numbers(
    exercise,
    whole_old + np.array([[1, 0, -1], [0, 1, 0]]),
    whole_old,
    np.array([2, -1]),
    whole[:2, :3],
)


def parts(log_prob, old_log_prob, advantages, mask, clip):
    """The ratio, its product with the advantage, and the clipped product."""
    ratio = np.exp(np.where(mask, as_float(log_prob) - old_log_prob, 0))
    a = as_float(advantages)[:, None]
    return ratio, ratio * a, np.clip(ratio, 1 - clip[0], 1 + clip[1]) * a


def finished(w, free, clipped):
    """Loss and gradient, by the weights of the tokens."""
    return -(w * np.minimum(free, clipped)).sum(), np.where(
        free <= clipped, -w * free, 0
    )


@exercise.bug
def each_answers_mean_for_all_tokens(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """ "token" gives each answer the same weight, so a token of a long answer counts less. Divide
    by the number of all tokens: `mask.sum()`."""
    # ""token" gives each answer the same weight": by == "token" and np.isclose(got.loss,
    #     right(log_prob, old_log_prob, advantages, mask, "sequence", None, clip)[0])
    # "so a token of a long answer counts less": np.allclose(got.dlog_prob * len(mask) *
    #     mask.sum(axis=1, keepdims=True), want.dlog_prob * mask.sum())
    # "Divide by the number of all tokens: `mask.sum()`": token_weights(mask, 'sequence' if by ==
    #     'token' else by, length) → (mask / mask.sum() if by == 'token' else token_weights(mask,
    #     by, length))
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    w = token_weights(mask, "sequence" if by == "token" else by, length)
    return finished(w, free, clipped)


@exercise.bug
def all_tokens_for_each_answers_mean(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """ "sequence" takes the mean over all tokens at once, so long answers weigh more. Take each
    answer's mean first, then the mean of these."""
    # ""sequence" takes the mean over all tokens at once": by == "sequence" and
    #     np.isclose(got.loss, right(log_prob, old_log_prob, advantages, mask, "token", None,
    #     clip)[0])
    # "Take each answer's mean first, then the mean of these": 'token' if by == 'sequence' else by
    #     → by
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    w = token_weights(mask, "token" if by == "sequence" else by, length)
    return finished(w, free, clipped)


@exercise.bug(of=(("token", "sequence"), ("token",), ("sequence",)))
def padding_in_the_mean(
    log_prob,
    old_log_prob,
    advantages,
    mask,
    by="token",
    length=None,
    clip=(0.2, 0.2),
    of=("token", "sequence"),
):
    """The sum is divided by the width of the array, padding included. Count the tokens that the
    mask keeps."""
    # "The sum is divided by the width of the array, padding included": by != "constant" and
    #     np.isclose(got.loss, right(log_prob, old_log_prob, advantages, mask, "constant",
    #     mask.shape[1], clip)[0])
    # "Count the tokens that the mask keeps": mask / mask.size if by in of else token_weights(mask,
    #     by, length) → token_weights(mask, by, length)
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    w = mask / mask.size if by in of else token_weights(mask, by, length)
    return finished(w, free, clipped)


@exercise.bug(kind=("answers", "width", "tokens"))
def constant_by_another_number(
    log_prob,
    old_log_prob,
    advantages,
    mask,
    by="token",
    length=None,
    clip=(0.2, 0.2),
    kind="answers",
):
    """ "constant" is divided by another number than answers · length: by one of the two, or by a
    size of the array. Divide by `len(mask) * length`."""
    # ""constant" is divided by another number than answers · length": by == "constant" and
    #     np.isclose(got.loss * length, want.loss * len(mask) * length)
    # "Divide by `len(mask) * length`": {'answers': length, 'width': mask.size, 'tokens':
    #     len(mask)}[kind] → len(mask) * length
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    if by != "constant":
        return finished(token_weights(mask, by, length), free, clipped)
    divisor = {"answers": length, "width": mask.size, "tokens": len(mask)}[kind]
    return finished(mask / divisor, free, clipped)


@exercise.bug
def each_answers_mean_summed(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """ "sequence" sums the answers' means, so loss and gradient grow with the number of answers.
    Take their mean."""
    # ""sequence" sums the answers' means": by == "sequence" and np.isclose(got.loss, len(mask) *
    #     want.loss)
    # "so loss and gradient grow with the number of answers": np.allclose(got.dlog_prob, len(mask) *
    #     want.dlog_prob)
    # "Take their mean": factor = len(mask) if by == 'sequence' else 1 → factor = 1
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    factor = len(mask) if by == "sequence" else 1
    return finished(factor * token_weights(mask, by, length), free, clipped)


@exercise.bug
def not_averaged(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The losses of the tokens are summed, and divided by nothing. Divide as `by` says."""
    # "The losses of the tokens are summed, and divided by nothing": np.allclose(got.dlog_prob *
    #     token_weights(mask, by, length), want.dlog_prob)
    # "Divide as `by` says": 1.0 * mask → token_weights(mask, by, length)
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    return finished(1.0 * mask, free, clipped)


@exercise.bug
def objective_for_loss(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The sign is that of an objective to be maximised, so a step down makes good answers less
    likely. Negate the mean of the smaller products, and its gradient."""
    # "The sign is that of an objective to be maximised": np.allclose(got.dlog_prob,
    #     -want.dlog_prob) and np.isclose(got.loss, -want.loss)
    # "so a step down makes good answers less likely": (got.dlog_prob[advantages > 0] >= 0).all()
    # "Negate the mean of the smaller products, and its gradient": (-loss, -gradient) → (loss,
    #     gradient)
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    loss, gradient = finished(token_weights(mask, by, length), free, clipped)
    return -loss, -gradient


@exercise.bug
def gradient_of_the_objective(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The loss is right, but its gradient has the other sign, as if the loss were to be maximised.
    Negate it."""
    # "The loss is right, but its gradient has the other sign": np.isclose(got.loss, want.loss) and
    #     np.allclose(got.dlog_prob, -want.dlog_prob)
    # "Negate it": (loss, -gradient) → (loss, gradient)
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    loss, gradient = finished(token_weights(mask, by, length), free, clipped)
    return loss, -gradient


@exercise.bug
def objective_beside_the_gradient_of_the_loss(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The gradient is right, but the first number is minus the loss. Negate it."""
    # "the first number is minus the loss": np.isclose(got.loss, -want.loss)
    # "Negate it": (-loss, gradient) → (loss, gradient)
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    loss, gradient = finished(token_weights(mask, by, length), free, clipped)
    return -loss, gradient


@exercise.bug
def old_over_new(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The ratio is the old probability divided by the new one. It is exp(new - old)."""
    # "The ratio is the old probability divided by the new one": np.isclose(got.loss,
    #     right(old_log_prob, log_prob, advantages, mask, by, length, clip)[0])
    # "It is exp(new - old)": parts(old_log_prob, log_prob, advantages → parts(log_prob,
    #     old_log_prob, advantages
    _, free, clipped = parts(old_log_prob, log_prob, advantages, mask, clip)
    return finished(token_weights(mask, by, length), free, clipped)


@exercise.bug
def difference_of_logarithms_as_ratio(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The ratio is taken for the difference of the logarithms, which is 0 on policy. Take its
    exponential."""
    # "which is 0 on policy": bug(log_prob, log_prob, advantages, mask, by, length, clip)[0] !=
    #     right(log_prob, log_prob, advantages, mask, by, length, clip)[0]
    # "Take its exponential": ratio = np.where(mask, as_float(log_prob) - old_log_prob, 0) → ratio
    #     = np.exp(np.where(mask, as_float(log_prob) - old_log_prob, 0))
    ratio = np.where(mask, as_float(log_prob) - old_log_prob, 0)
    a = as_float(advantages)[:, None]
    clipped = np.clip(ratio, 1 - clip[0], 1 + clip[1]) * a
    return finished(token_weights(mask, by, length), ratio * a, clipped)


@exercise.bug
def quotient_of_logarithms(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The logarithms are divided. The ratio is that of probabilities: exp(new - old)."""
    # "The ratio is that of probabilities: exp(new - old)": ratio = np.where(mask,
    #     as_float(log_prob) / old_log_prob, 1) → ratio = np.exp(np.where(mask, log_prob -
    #     old_log_prob, 0))
    with np.errstate(all="ignore"):
        ratio = np.where(mask, as_float(log_prob) / old_log_prob, 1)
    a = as_float(advantages)[:, None]
    clipped = np.clip(ratio, 1 - clip[0], 1 + clip[1]) * a
    return finished(token_weights(mask, by, length), ratio * a, clipped)


@exercise.bug
def larger_product(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The larger of the two products is taken, which ignores the clip where it should act. Take
    the smaller: `np.minimum`, and negate afterwards."""
    # "The larger of the two products is taken": np.isclose(got.loss, -(token_weights(mask, by,
    #     length) * np.maximum(*parts(log_prob, old_log_prob, advantages, mask, clip)[1:])).sum())
    # "Take the smaller: `np.minimum`, and negate afterwards": np.maximum → np.minimum; free >=
    #     clipped → free <= clipped
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    w = token_weights(mask, by, length)
    loss = -(w * np.maximum(free, clipped)).sum()
    return loss, np.where(free >= clipped, -w * free, 0)


@exercise.bug
def clipped_alone(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """Only the clipped product counts, so a token that has gone the wrong way too far is not
    brought back. Take the smaller of both products."""
    # "Only the clipped product counts": np.isclose(got.loss, -(token_weights(mask, by, length) *
    #     parts(log_prob, old_log_prob, advantages, mask, clip)[2]).sum())
    # "so a token that has gone the wrong way too far is not brought back": ((got.dlog_prob == 0) &
    #     (want.dlog_prob != 0)).any()
    # "Take the smaller of both products": (w * clipped) → (w * np.minimum(free, clipped)); free ==
    #     clipped → free <= clipped
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    w = token_weights(mask, by, length)
    return -(w * clipped).sum(), np.where(free == clipped, -w * free, 0)


@exercise.bug
def no_clip(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """Nothing is clipped, so a good answer is made likelier without end. Take the smaller of
    ratio · A and clipped ratio · A."""
    # "Nothing is clipped": np.isclose(got.loss, right(log_prob, old_log_prob, advantages, mask, by,
    #     length, (1e9, 1e9))[0])
    # "Take the smaller of ratio · A and clipped ratio · A": ratio * a, ratio * a → ratio * a,
    #     np.clip(ratio, 1 - clip[0], 1 + clip[1]) * a
    ratio = np.exp(np.where(mask, as_float(log_prob) - old_log_prob, 0))
    a = as_float(advantages)[:, None]
    return finished(token_weights(mask, by, length), ratio * a, ratio * a)


@exercise.bug(end=(0, 1))
def one_bound_for_both(
    log_prob,
    old_log_prob,
    advantages,
    mask,
    by="token",
    length=None,
    clip=(0.2, 0.2),
    end=0,
):
    """One number of `clip` bounds the ratio on both sides. The first is how far it may fall below
    1, the second how far it may rise above."""
    # "One number of `clip` bounds the ratio on both sides": any(np.isclose(got.loss,
    #     right(log_prob, old_log_prob, advantages, mask, by, length, (each, each))[0]) for each in
    #     clip)
    # "The first is how far it may fall below 1, the second how far it may rise above": (clip[end],
    #     clip[end]) → clip
    clip = (clip[end], clip[end])
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    return finished(token_weights(mask, by, length), free, clipped)


@exercise.bug
def bounds_exchanged(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The two numbers of `clip` are exchanged. The first is for ratios below 1."""
    # "The two numbers of `clip` are exchanged": np.isclose(got.loss, right(log_prob, old_log_prob,
    #     advantages, mask, by, length, clip[::-1])[0])
    # "The first is for ratios below 1": clip[::-1] → clip
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip[::-1])
    return finished(token_weights(mask, by, length), free, clipped)


@exercise.bug(own=(0.2, 0.1))
def clip_not_used(
    log_prob,
    old_log_prob,
    advantages,
    mask,
    by="token",
    length=None,
    clip=(0.2, 0.2),
    own=0.2,
):
    """The bounds are fixed numbers, and `clip` is not used. They are 1 - clip[0] and
    1 + clip[1]."""
    # "The bounds are fixed numbers": any(np.isclose(got.loss, right(log_prob, old_log_prob,
    #     advantages, mask, by, length, (each, each))[0]) for each in (0.2, 0.1))
    # "They are 1 - clip[0] and 1 + clip[1]": (own, own) → clip
    clip = (own, own)
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    return finished(token_weights(mask, by, length), free, clipped)


@exercise.bug
def gradient_through_the_clip(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The loss is clipped, and its gradient is not. Where the clipped product is the smaller, the
    loss does not depend on the policy: 0."""
    # "its gradient is not": np.isclose(got.loss, want.loss) and np.allclose(got.dlog_prob,
    #     -token_weights(mask, by, length) * parts(log_prob, old_log_prob, advantages, mask,
    #     clip)[1])
    # "Where the clipped product is the smaller, the loss does not depend on the policy: 0": , -w *
    #     free → , np.where(free > clipped, 0, -w * free)
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    w = token_weights(mask, by, length)
    return -(w * np.minimum(free, clipped)).sum(), -w * free


@exercise.bug
def no_gradient_outside_the_bounds(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The gradient is 0 wherever the ratio is outside its bounds. It is 0 only where the clipped
    product is the smaller: a good answer made too unlikely must come back."""
    # "The gradient is 0 wherever the ratio is outside its bounds": np.isclose(got.loss, want.loss)
    #     and ((got.dlog_prob == 0) & (want.dlog_prob != 0)).any()
    # "It is 0 only where the clipped product is the smaller": np.where(inside, → np.where(free <=
    #     clipped,
    ratio, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    w = token_weights(mask, by, length)
    inside = (ratio >= 1 - clip[0]) & (ratio <= 1 + clip[1])
    return -(w * np.minimum(free, clipped)).sum(), np.where(inside, -w * free, 0)


@exercise.bug
def no_gradient_where_both_are_equal(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The gradient is 0 where both products are equal, and that is every ratio inside the bounds.
    Compare by `<=`."""
    # "The gradient is 0 where both products are equal": np.isclose(got.loss, want.loss) and not
    #     got.dlog_prob[np.equal(*parts(log_prob, old_log_prob, advantages, mask, clip)[1:])].any()
    # "Compare by `<=`": free < clipped → free <= clipped
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    w = token_weights(mask, by, length)
    loss = -(w * np.minimum(free, clipped)).sum()
    return loss, np.where(free < clipped, -w * free, 0)


@exercise.bug
def gradient_without_the_ratio(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The gradient lacks the ratio, as if all were on policy. The derivative of the ratio at the
    log-probability is the ratio itself."""
    # "The gradient lacks the ratio": np.isclose(got.loss, want.loss) and
    #     np.allclose(got.dlog_prob * parts(log_prob, old_log_prob, advantages, mask, clip)[0],
    #     want.dlog_prob)
    # "The derivative of the ratio at the log-probability is the ratio itself": free / ratio → free
    ratio, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    w = token_weights(mask, by, length)
    loss = -(w * np.minimum(free, clipped)).sum()
    return loss, np.where(free <= clipped, -w * (free / ratio), 0)


@exercise.bug
def gradient_at_the_ratio(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The gradient is that of the unclipped sum at the ratio: -weight · A everywhere. Multiply by
    the ratio, and set it to 0 where the clip acts."""
    # "The gradient is that of the unclipped sum at the ratio: -weight · A everywhere":
    #     np.allclose(got.dlog_prob, -token_weights(mask, by, length) * advantages[:, None])
    # "Multiply by the ratio, and set it to 0 where the clip acts": -w * (free / ratio) →
    #     np.where(free <= clipped, -w * free, 0)
    ratio, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    w = token_weights(mask, by, length)
    return -(w * np.minimum(free, clipped)).sum(), -w * (free / ratio)


@exercise.bug
def gradient_not_averaged(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The loss is averaged, and the gradient is not. Give it the same weights."""
    # "The loss is averaged, and the gradient is not": np.isclose(got.loss, want.loss) and
    #     np.allclose(got.dlog_prob * token_weights(mask, by, length), want.dlog_prob)
    # "Give it the same weights": finished(1.0 * mask, → finished(w,
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    w = token_weights(mask, by, length)
    return finished(w, free, clipped)[0], finished(1.0 * mask, free, clipped)[1]


@exercise.bug
def gradient_over_all_tokens(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The loss takes the mean that `by` asks for, and the gradient divides by the number of all
    tokens. Give both the same weights."""
    # "The loss takes the mean that `by` asks for, and the gradient divides by the number of all
    #     tokens": by != "token" and np.isclose(got.loss, want.loss) and
    #     np.allclose(got.dlog_prob, right(log_prob, old_log_prob, advantages, mask, "token", None,
    #     clip)[1])
    # "Give both the same weights": token_weights(mask, 'token', None) → token_weights(mask, by,
    #     length)
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    loss = finished(token_weights(mask, by, length), free, clipped)[0]
    return loss, finished(token_weights(mask, "token", None), free, clipped)[1]


@exercise.bug
def padding_counts(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """What stands at padding is summed, too, though the divisor counts tokens. Multiply by the
    mask before you sum."""
    # "What stands at padding is summed, too": (got.dlog_prob[~mask] != 0).any()
    # "Multiply by the mask before you sum": finished(w, → finished(mask * w,
    ratio = np.exp(np.minimum(as_float(log_prob) - old_log_prob, 700))
    a = as_float(advantages)[:, None]
    w = token_weights(mask, by, length).max(axis=1, keepdims=True)
    clipped = np.clip(ratio, 1 - clip[0], 1 + clip[1]) * a
    return finished(w, ratio * a, clipped)


@exercise.bug
def padding_overflows(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The exponential overflows at padding, and infinity times a weight of 0 is nan. Replace what
    stands there before the exponential: `np.where(mask, difference, 0)`."""
    # "infinity times a weight of 0 is nan": np.isnan(got.loss)
    # "Replace what stands there before the exponential: `np.where(mask, difference, 0)`":
    #     np.exp(difference) → np.exp(np.where(mask, difference, 0))
    difference = as_float(log_prob) - old_log_prob
    a, w = as_float(advantages)[:, None], token_weights(mask, by, length)
    with np.errstate(all="ignore"):
        ratio = np.exp(difference)
        clipped = np.clip(ratio, 1 - clip[0], 1 + clip[1]) * a
        return finished(w, ratio * a, clipped)


@exercise.bug
def probabilities_divided(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """Probabilities are divided, and a rare token's rounds to 0 in a float: 0 / 0. Subtract the
    logarithms, then take exp."""
    # "Probabilities are divided, and a rare token's rounds to 0 in a float: 0 / 0":
    #     np.isnan(got.loss) and (np.exp(as_float(log_prob)) == 0).any()
    # "Subtract the logarithms, then take exp": new / before → np.exp(np.where(mask,
    #     as_float(log_prob) - old_log_prob, 0))
    new = np.exp(np.where(mask, as_float(log_prob), 0))
    before = np.exp(np.where(mask, as_float(old_log_prob), 0))
    with np.errstate(all="ignore"):
        ratio = new / before
    a = as_float(advantages)[:, None]
    free, clipped = ratio * a, np.clip(ratio, 1 - clip[0], 1 + clip[1]) * a
    return finished(token_weights(mask, by, length), free, clipped)


@exercise.bug
def clipped_in_logarithms(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The logarithm of the ratio is clipped, between -clip[0] and clip[1]. Clip the ratio itself,
    between 1 - clip[0] and 1 + clip[1]."""
    # "The logarithm of the ratio is clipped, between -clip[0] and clip[1]": np.isclose(got.loss,
    #     -(token_weights(mask, by, length) * np.minimum(*(np.exp(each) * advantages[:, None] for
    #     gap in [np.where(mask, as_float(log_prob) - old_log_prob, 0)] for each in (gap,
    #     np.clip(gap, -clip[0], clip[1]))))).sum())
    # "Clip the ratio itself, between 1 - clip[0] and 1 + clip[1]": np.exp(np.clip(gap, -clip[0],
    #     clip[1])) → np.clip(np.exp(gap), 1 - clip[0], 1 + clip[1])
    gap = np.where(mask, as_float(log_prob) - old_log_prob, 0)
    a = as_float(advantages)[:, None]
    free, clipped = np.exp(gap) * a, np.exp(np.clip(gap, -clip[0], clip[1])) * a
    return finished(token_weights(mask, by, length), free, clipped)


@exercise.bug(bound=(3, 2, 5))
def dual_clip(
    log_prob,
    old_log_prob,
    advantages,
    mask,
    by="token",
    length=None,
    clip=(0.2, 0.2),
    bound=3,
):
    """The loss of a large ratio is bounded where the advantage is below 0, as dual-clip does. Here
    nothing bounds it."""
    # "The loss of a large ratio is bounded where the advantage is below 0, as dual-clip does":
    #     got.loss < want.loss and (advantages < 0).any()
    # "Here nothing bounds it": bound * a → -np.inf
    a = as_float(advantages)[:, None]
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    w, least, floor = (
        token_weights(mask, by, length),
        np.minimum(free, clipped),
        bound * a,
    )
    bounded = (a < 0) & (least < floor)
    gradient = np.where((free <= clipped) & ~bounded, -w * free, 0)
    return -np.where(mask, w * np.where(bounded, floor, least), 0).sum(), gradient


@exercise.bug
def first_stretch_alone(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """An answer is taken to end at the first False of the mask, so nothing after a tool's output
    counts. Count every token that the mask keeps."""
    # "An answer is taken to end at the first False of the mask, so nothing after a tool's output
    #     counts": not got.dlog_prob[~np.logical_and.accumulate(mask, axis=1)].any() and
    #     want.dlog_prob[~np.logical_and.accumulate(mask, axis=1)].any()
    # "Count every token that the mask keeps": np.where(first.any(axis=1, keepdims=True), first,
    #     mask) → mask
    first = np.logical_and.accumulate(mask, axis=1)
    kept = np.where(first.any(axis=1, keepdims=True), first, mask)
    _, free, clipped = parts(log_prob, old_log_prob, advantages, kept, clip)
    return finished(token_weights(kept, by, length), free, clipped)


@exercise.bug(learnt=(True, False))
def outputs_in_the_length(
    log_prob,
    old_log_prob,
    advantages,
    mask,
    by="token",
    length=None,
    clip=(0.2, 0.2),
    learnt=True,
):
    """An answer's length reaches to its last token, and a tool's output within it counts. The mask
    alone says which tokens do."""
    # "An answer's length reaches to its last token, and a tool's output within it counts":
    #     np.isclose(got.loss, right(log_prob, old_log_prob, advantages, np.maximum.accumulate(
    #     mask[:, ::-1], axis=1)[:, ::-1], by, length, clip)[0])
    # "The mask alone says which tokens do": reach if learnt else mask → mask; kept /
    #     (len(mask) * reach.sum(axis=1, keepdims=True)) → token_weights(mask, by, length)
    reach = np.maximum.accumulate(mask[:, ::-1], axis=1)[:, ::-1]
    kept = reach if learnt else mask
    _, free, clipped = parts(log_prob, old_log_prob, advantages, kept, clip)
    w = token_weights(kept, by, length)
    if by == "sequence":
        w = kept / (len(mask) * reach.sum(axis=1, keepdims=True))
    return finished(w, free, clipped)


@exercise.bug
def clipped_weight_of_a_logarithm(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """The clipped ratio, as a constant, multiplies A and the log-probability, as in CISPO. Take the
    smaller of ratio · A and clipped ratio · A."""
    # "The clipped ratio, as a constant, multiplies A and the log-probability": np.isclose(got.loss,
    #     -(token_weights(mask, by, length) * parts(log_prob, old_log_prob, advantages, mask,
    #     clip)[2] * log_prob)[mask].sum())
    # "Take the smaller of ratio · A and clipped ratio · A": clipped * log_now →
    #     np.minimum(parts(log_prob, old_log_prob, advantages, mask, clip)[1], clipped); -w *
    #     clipped → (lambda free: np.where(free <= clipped, -w * free, 0))(parts(log_prob,
    #     old_log_prob, advantages, mask, clip)[1])
    _, _, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    w, log_now = token_weights(mask, by, length), np.where(mask, as_float(log_prob), 0)
    return -(w * (clipped * log_now)).sum(), -w * clipped


@exercise.bug
def one_ratio_for_an_answer(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """All tokens of an answer share one ratio, the geometric mean, as in GSPO. Here each token
    has its own."""
    # "All tokens of an answer share one ratio, the geometric mean": np.isclose(got.loss,
    #     right(np.repeat((np.where(mask, log_prob - old_log_prob, 0).sum(axis=1) /
    #     mask.sum(axis=1))[:, None], mask.shape[1], axis=1), np.zeros(mask.shape), advantages,
    #     mask, by, length, clip)[0])
    # "Here each token has its own": mean[:, None] + 0 * gap → gap
    gap = np.where(mask, as_float(log_prob) - old_log_prob, 0)
    mean = gap.sum(axis=1) / mask.sum(axis=1)
    _, free, clipped = parts((mean[:, None] + 0 * gap), 0 * gap, advantages, mask, clip)
    return finished(token_weights(mask, by, length), free, clipped)


@exercise.bug
def product_of_the_ratios(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """All tokens of an answer share one ratio, the product of their own, as of the whole answer's
    probabilities. Here each token has its own."""
    # "All tokens of an answer share one ratio, the product of their own": np.isclose(got.loss,
    #     right(np.repeat(np.where(mask, log_prob - old_log_prob, 0).sum(axis=1)[:, None],
    #     mask.shape[1], axis=1), np.zeros(mask.shape), advantages, mask, by, length, clip)[0])
    # "Here each token has its own": gap.sum(axis=1, keepdims=True) + 0 * gap → gap
    # "as of the whole answer's probabilities": not np.isclose(got.loss, want.loss)
    gap = np.where(mask, as_float(log_prob) - old_log_prob, 0)
    whole = gap.sum(axis=1, keepdims=True) + 0 * gap
    _, free, clipped = parts(whole, 0 * gap, advantages, mask, clip)
    return finished(token_weights(mask, by, length), free, clipped)


@exercise.bug(ddof=(0, 1))
def advantages_scaled_again(
    log_prob,
    old_log_prob,
    advantages,
    mask,
    by="token",
    length=None,
    clip=(0.2, 0.2),
    ddof=0,
):
    """The advantages are centred and scaled once more, over all answers of the call. They come from
    their groups: use them as they are."""
    # "The advantages are centred and scaled once more": np.isclose(got.loss, right(log_prob,
    #     old_log_prob, (advantages - np.mean(advantages)) / (np.std(advantages) + 1e-8), mask, by,
    #     length, clip)[0])
    # "use them as they are": (a - a.mean()) / (a.std(ddof=ddof) + 1e-08) → a
    a = as_float(advantages)
    if len(a) > 1:
        a = (a - a.mean()) / (a.std(ddof=ddof) + 1e-8)
    _, free, clipped = parts(log_prob, old_log_prob, a, mask, clip)
    return finished(token_weights(mask, by, length), free, clipped)


@exercise.bug
def advantages_of_0_left_out(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """Answers with an advantage of 0 are left out of the mean, so the others count more. Keep them
    in the divisor."""
    # "Answers with an advantage of 0 are left out of the mean": np.isclose(got.loss,
    #     right(log_prob[advantages != 0], old_log_prob[advantages != 0], advantages[advantages !=
    #     0], mask[advantages != 0], by, length, clip)[0])
    # "so the others count more": abs(got.dlog_prob).sum() > abs(want.dlog_prob).sum()
    # "Keep them in the divisor": rows = advantages != 0 → rows = mask.any(axis=1)
    rows = advantages != 0
    w = np.zeros(mask.shape)
    if rows.any():
        w[rows] = token_weights(mask[rows], by, length)
    _, free, clipped = parts(log_prob, old_log_prob, advantages, mask, clip)
    return finished(w, free, clipped)


@exercise.bug
def logarithm_without_the_old_policy(
    log_prob, old_log_prob, advantages, mask, by="token", length=None, clip=(0.2, 0.2)
):
    """A times the log-probability is averaged, as in REINFORCE, and the old policy is not used.
    Take the smaller of ratio · A and clipped ratio · A."""
    # "A times the log-probability is averaged, as in REINFORCE": np.isclose(got.loss,
    #     -(token_weights(mask, by, length) * advantages[:, None] * log_prob)[mask].sum())
    # "Take the smaller of ratio · A and clipped ratio · A": (-(w * a * log_now).sum(), -w * a) →
    #     finished(w, *parts(log_prob, old_log_prob, advantages, mask, clip)[1:])
    w, a = token_weights(mask, by, length), as_float(advantages)[:, None]
    log_now = np.where(mask, as_float(log_prob), 0)
    return -(w * a * log_now).sum(), -w * a
