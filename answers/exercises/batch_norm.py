"""Practice for question 21: batch normalization, in training and in evaluation."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.training.normalization import batch_norm

exercise = Exercise(
    batch_norm,
    page="21-normalization",
    returns=("y", "running_mean", "running_var"),
    refuses="a single example in training, whose variance is 0",
    hints=(
        "Write evaluation first: which mean and which variance does it use, and what does it "
        "return beside the result?",
        "In training mean and variance are those of the batch, over all axes but the last. The "
        "running ones move towards them by the share `momentum`.",
        "Two variances of one batch are in play: the result is divided by one, the running "
        "average takes the other. How many values does a feature have?",
    ),
)

rng = np.random.default_rng(22)


def inputs(*shape):
    d = shape[-1]
    gain, bias, mean = rng.normal(size=(3, d))
    return 3 * rng.normal(size=shape) + 2, gain, bias, mean, rng.uniform(0.5, 4, d)


def plain(*shape):
    """No gain, no bias, and running statistics as a new layer has them."""
    ones, zeros = np.ones(shape[-1]), np.zeros(shape[-1])
    return inputs(*shape)[0], ones, zeros, zeros, ones


exercise.case(
    "two examples",
    np.array([[1.0], [4.0]]),
    *(np.array([a]) for a in (1.0, 0.0, 0.0, 1.0)),
)
exercise.case("a new layer", *plain(7, 3))
exercise.case("evaluation", *inputs(7, 3), training=False)
exercise.case("training", *inputs(7, 3))
exercise.case("as many examples as features", *inputs(4, 4))
exercise.case("another momentum", *inputs(5, 2), momentum=0.75)
exercise.case("a momentum of 0", *inputs(2, 2), momentum=0.0)
exercise.case("a momentum of 1", *inputs(5, 2), momentum=1.0)
exercise.case("a large eps", *inputs(5, 3), True, eps=0.5)
exercise.case("a large eps in evaluation", *inputs(5, 3), False, eps=0.5)
exercise.case("one example in evaluation", *inputs(1, 3), training=False)
exercise.case("no leading axis in evaluation", *inputs(4), training=False)
exercise.case("evaluation of many examples", *inputs(64, 3), training=False)
x, *three, _ = inputs(5, 3)
exercise.case(
    "a running variance of 0 in evaluation", x, *three, np.array([0, 1e-6, 2]), False
)
exercise.case("pictures: three leading axes", *inputs(2, 3, 2, 4))
exercise.case("one picture", *inputs(1, 4, 3, 4))
exercise.case("two leading axes", *inputs(3, 2, 5))
x, *four = inputs(5, 3)
exercise.case("a feature that is the same in all", np.where([1, 0, 1], x, 3.0), *four)
exercise.case("inputs about a million", x + 1e6, *four)
add_whole_numbers(
    exercise,
    rng.integers(-9, 9, size=(5, 3)),
    *rng.integers(1, 5, size=(4, 3)),
    factor=40_009,
)
exercise.case("float32", *(a.astype(np.float32) for a in inputs(2, 3, 5)))
exercise.case("one example in training", *inputs(1, 3))
exercise.case("no leading axis in training", *inputs(3))


@exercise.bug
def always_the_batch(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    """In evaluation, too, the batch's own mean and variance normalize it, so an answer depends on
    the other examples. Use the running ones there."""
    # "In evaluation, too, the batch's own mean and variance normalize it": np.allclose(got.y,
    #     right(x, gain, bias, running_mean, running_var)[0])
    # "Use the running ones there": x.mean(axes) → (x.mean(axes) if training else running_mean);
    #     x.var(axes) → (x.var(axes) if training else running_var)
    _, mean, var = batch_norm(
        x, gain, bias, running_mean, running_var, training, momentum, eps
    )
    axes = tuple(range(x.ndim - 1))
    y = gain * (x - x.mean(axes)) / np.sqrt(x.var(axes) + eps) + bias
    return y, mean, var


@exercise.bug
def always_the_running(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    """In training the running statistics normalize the batch. Its own mean and variance must: the
    running ones are for evaluation."""
    # "In training the running statistics normalize the batch": np.allclose(got.y, right(x, gain,
    #     bias, running_mean, running_var, False)[0])
    # "Its own mean and variance must": x - running_mean → x - (x.mean(axes) if training else
    #     running_mean); running_var + eps → (x.var(axes) if training else running_var) + eps
    _, *kept = batch_norm(
        x, gain, bias, running_mean, running_var, training, momentum, eps
    )
    axes = tuple(range(x.ndim - 1))  # noqa: F841 (a repair needs it)
    y = gain * (x - running_mean) / np.sqrt(running_var + eps) + bias
    return y, *kept


@exercise.bug
def after_the_update(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    """The batch is normalized by the running statistics that it has just moved. In training its
    own mean and variance normalize it."""
    # "The batch is normalized by the running statistics that it has just moved": np.allclose(got.y,
    #     gain * (x - want.running_mean) / np.sqrt(want.running_var + 1e-5) + bias)
    # "In training its own mean and variance normalize it": x - moved → x - (x.mean(axes) if
    #     training else moved); wide + eps → (x.var(axes) if training else wide) + eps
    _, moved, wide = batch_norm(
        x, gain, bias, running_mean, running_var, training, momentum, eps
    )
    axes = tuple(range(x.ndim - 1))  # noqa: F841 (a repair needs it)
    return gain * (x - moved) / np.sqrt(wide + eps) + bias, moved, wide


@exercise.bug
def modes_exchanged(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    """Training and evaluation are exchanged: the running statistics normalize in training and stay
    as they are. Turn the condition on `training` around."""
    # "Training and evaluation are exchanged": np.allclose(got.y, right(x, gain, bias,
    #     running_mean, running_var, False)[0])
    # "the running statistics normalize in training and stay as they are":
    #     np.array_equal(got.running_mean, running_mean)
    # "Turn the condition on `training` around": not training → training
    return batch_norm(
        x, gain, bias, running_mean, running_var, not training, momentum, eps
    )


@exercise.bug
def biased_running_variance(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    """The running variance takes the variance that divides by n. That one normalizes; the running
    average takes the unbiased one, which divides by n - 1."""
    # "The running variance takes the variance that divides by n": np.allclose(got.running_var,
    #     0.9 * running_var + 0.1 * x.var(0))
    # "the running average takes the unbiased one, which divides by n - 1": x.var(axes) →
    #     x.var(axes, ddof=1)
    y, mean, var = batch_norm(
        x, gain, bias, running_mean, running_var, training, momentum, eps
    )
    axes = tuple(range(x.ndim - 1))
    if training:
        var = (1 - momentum) * running_var + momentum * x.var(axes)
    return y, mean, var


@exercise.bug
def unbiased_everywhere(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    """The result is divided by the root of the variance that divides by n - 1. That one is for
    the running average: normalize by the one that divides by n."""
    # "The result is divided by the root of the variance that divides by n - 1": np.allclose((got.y
    #     - bias) / gain, (x - x.mean(0)) / np.sqrt(x.var(0, ddof=1) + 1e-5))
    # "normalize by the one that divides by n": ddof=1 → ddof=0
    y, mean, var = batch_norm(
        x, gain, bias, running_mean, running_var, training, momentum, eps
    )
    axes = tuple(range(x.ndim - 1))
    if training:
        y = gain * (x - x.mean(axes)) / np.sqrt(x.var(axes, ddof=1) + eps) + bias
    return y, mean, var


@exercise.bug
def momentum_reversed(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    """`momentum` is taken as the share of the old statistics. As in PyTorch it is the share of the
    new ones: (1 - momentum) · old + momentum · new."""
    # "`momentum` is taken as the share of the old statistics": np.allclose(got.running_mean,
    #     right(x, gain, bias, running_mean, running_var, momentum=0.9)[1])
    # "As in PyTorch it is the share of the new ones": 1 - momentum → momentum
    return batch_norm(
        x, gain, bias, running_mean, running_var, training, 1 - momentum, eps
    )


@exercise.bug
def running_not_updated(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    """The running statistics come back as they came, so evaluation would use those of the start.
    Move them in training."""
    # "The running statistics come back as they came": np.array_equal(got.running_mean,
    #     running_mean) and np.array_equal(got.running_var, running_var)
    # "Move them in training": y, _, _ → y, mean, var; running_mean + 0, running_var + 0 → mean,
    #     var
    y, _, _ = batch_norm(
        x, gain, bias, running_mean, running_var, training, momentum, eps
    )
    return y, running_mean + 0, running_var + 0


@exercise.bug(of_one=(None, 0.0, np.nan))
def moved_in_evaluation(
    x,
    gain,
    bias,
    running_mean,
    running_var,
    training=True,
    momentum=0.1,
    eps=1e-5,
    of_one=None,
):
    """The running statistics move in evaluation, too: so answers would depend on what was asked
    before. Leave them there as they are."""
    # "The running statistics move in evaluation, too": np.allclose(got.running_mean, 0.9 *
    #     running_mean + 0.1 * x.mean(0))
    # "Leave them there as they are": if n > 1 or of_one is not None → if False
    y, mean, var = batch_norm(
        x, gain, bias, running_mean, running_var, training, momentum, eps
    )
    axes = tuple(range(x.ndim - 1))
    n = x.size // x.shape[-1]
    if n > 1 or of_one is not None:
        unbiased = x.var(axes, ddof=1) if n > 1 else of_one
        mean = (1 - momentum) * running_mean + momentum * x.mean(axes)
        var = (1 - momentum) * running_var + momentum * unbiased
    return y, mean, var


def that_normalize(x, running_mean, running_var, training):
    """The mean and the variance."""
    if not training:
        return running_mean, running_var
    axes = tuple(range(x.ndim - 1))
    return x.mean(axes), x.var(axes)


@exercise.bug
def eps_beside_the_root(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    """eps is added to the root of the variance. Add it inside: `np.sqrt(var + eps)`."""
    # "eps is added to the root of the variance": np.allclose((got.y - bias) / gain, (x -
    #     x.mean(0)) / (x.std(0) + eps), rtol=1e-9)
    # "Add it inside: `np.sqrt(var + eps)`": (np.sqrt(var) + eps) → np.sqrt(var + eps)
    _, *kept = batch_norm(
        x, gain, bias, running_mean, running_var, training, momentum, eps
    )
    mean, var = that_normalize(x, running_mean, running_var, training)
    return gain * (x - mean) / (np.sqrt(var) + eps) + bias, *kept


@exercise.bug
def bias_before_the_gain(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    """The gain multiplies the bias, too. Add the bias last: gain · normalized + bias."""
    # "The gain multiplies the bias, too": np.allclose(got.y, want.y - bias + gain * bias)
    # "Add the bias last: gain · normalized + bias": gain * (normalized + bias) → gain *
    #     normalized + bias
    _, *kept = batch_norm(
        x, gain, bias, running_mean, running_var, training, momentum, eps
    )
    mean, var = that_normalize(x, running_mean, running_var, training)
    normalized = (x - mean) / np.sqrt(var + eps)
    return gain * (normalized + bias), *kept


@exercise.bug(least=(0.0, -np.inf))
def squares_before_centring(
    x,
    gain,
    bias,
    running_mean,
    running_var,
    training=True,
    momentum=0.1,
    eps=1e-5,
    least=0.0,
):
    """The variance is the mean of squares less the square of the mean, which cancels where the mean
    is far from 0. Subtract the mean from x first."""
    # "The variance is the mean of squares less the square of the mean, which cancels where the mean
    #     is far from 0": np.allclose(got.y, want.y, atol=1e-2) and not np.allclose(got.y, want.y)
    #     and x.mean() > 1e5
    # "Subtract the mean from x first": (x ** 2).mean(axes) - mean ** 2 → ((x - mean) **
    #     2).mean(axes)
    if not training or x.size == x.shape[-1]:
        return batch_norm(
            x, gain, bias, running_mean, running_var, training, momentum, eps
        )
    axes, n = tuple(range(x.ndim - 1)), x.size // x.shape[-1]
    x = as_float(x)
    mean = x.mean(axes)
    var = np.maximum((x**2).mean(axes) - mean**2, least)
    y = gain * (x - mean) / np.sqrt(var + eps) + bias
    moved = (1 - momentum) * running_mean + momentum * mean
    return y, moved, (1 - momentum) * running_var + momentum * var * n / (n - 1)


@exercise.bug
def over_the_features(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    """Each example is normalized over its features, as in layer normalization. Batch normalization
    takes mean and variance of each feature over the examples."""
    # "Each example is normalized over its features": np.allclose(((got.y - bias) / gain).sum(-1),
    #     0, atol=1e-6)
    # "Batch normalization takes mean and variance of each feature over the examples":
    #     axis=-1 → axis=tuple(range(x.ndim - 1))
    y, mean, var = batch_norm(
        x, gain, bias, running_mean, running_var, training, momentum, eps
    )
    if training:
        centred = x - x.mean(axis=-1, keepdims=True)
        y = gain * centred / np.sqrt(x.var(axis=-1, keepdims=True) + eps) + bias
    return y, mean, var


@exercise.bug
def first_axis_only(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    """Mean and variance run over the first axis only, so each pixel has its own. All pixels of a
    channel share them: average over every axis but the last."""
    # "Mean and variance run over the first axis only": x.ndim > 2 and np.allclose(((got.y - bias)
    #     / gain).mean(0), 0, atol=1e-6)
    # "average over every axis but the last": axis=0 → axis=tuple(range(x.ndim - 1))
    y, mean, var = batch_norm(
        x, gain, bias, running_mean, running_var, training, momentum, eps
    )
    if training:
        y = gain * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + bias
    return y, mean, var


@exercise.bug(ddof=(1, 0))
def one_example_answered(
    x,
    gain,
    bias,
    running_mean,
    running_var,
    training=True,
    momentum=0.1,
    eps=1e-5,
    ddof=1,
):
    """One example in training is answered, by the bias alone, whatever it is: less its own mean it
    is 0. Raise ValueError there."""
    # "One example in training is answered, by the bias alone, whatever it is": np.allclose(got.y,
    #     bias) and x.size == x.shape[-1]
    # "Raise ValueError there": y = bias + 0.0 * x → raise ValueError
    if not training or x.size > x.shape[-1]:
        return batch_norm(
            x, gain, bias, running_mean, running_var, training, momentum, eps
        )
    y = bias + 0.0 * x
    axes = tuple(range(x.ndim - 1))
    mean = running_mean + momentum * (x.mean(axes) - running_mean)
    unbiased = np.full(len(gain), np.nan if ddof else 0.0)
    return y, mean, (1 - momentum) * running_var + momentum * unbiased


@exercise.bug
def first_batch_taken_whole(
    x, gain, bias, running_mean, running_var, training=True, momentum=0.1, eps=1e-5
):
    """Where the running mean is still 0, the mean of the batch becomes the running mean as it is.
    The first batch counts like any other: by the share `momentum`."""
    # "Where the running mean is still 0, the mean of the batch becomes the running mean as it is":
    #     not running_mean.any() and np.allclose(got.running_mean, x.mean(0))
    # "The first batch counts like any other: by the share `momentum`": mean =
    #     x.mean(axis=tuple(range(x.ndim - 1))) → mean = momentum * x.mean(axis=tuple(range(x.ndim
    #     - 1)))
    y, mean, var = batch_norm(
        x, gain, bias, running_mean, running_var, training, momentum, eps
    )
    if training and not running_mean.any():
        mean = x.mean(axis=tuple(range(x.ndim - 1)))
    return y, mean, var
