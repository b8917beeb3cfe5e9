"""Practice for question 34: the critic's clipped loss in PPO, with its gradient."""

import numpy as np

from answers.alignment.ppo import value_loss
from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float

exercise = Exercise(
    value_loss,
    page="34-ppo",
    returns=("loss", "dvalues"),
    hints=(
        "Two errors: of the value as it is, and of the value kept near its old one. Which of their "
        "squares counts?",
        "Where the value kept near the old one counts and lies at an edge, does it change with the "
        "value?",
        "Within the band both errors are the same number, so either gives the same gradient; but "
        "the old value plus a difference may be rounded, and then they differ.",
    ),
)

rng = np.random.default_rng(343434)


def steps(*shape, spread=0.5):
    """Values, old values and returns."""
    old = rng.normal(size=shape)
    return [old + spread * rng.normal(size=shape), old, old + rng.normal(size=shape)]


def of(*triples):
    return [np.array(column, float) for column in zip(*triples, strict=True)]


exercise.case("within the band", *of((1.1, 1.0, 3.0)), 0.2)
exercise.case("the old values", *of((1.0, 1.0, 3.0), (2.0, 2.0, -1.0)), 0.2)
exercise.case("above the band, the return further up", *of((1.6, 1.0, 3.0)), 0.2)
exercise.case("above the band, the return below", *of((1.6, 1.0, 0.5)), 0.2)
exercise.case("below the band, the return further down", *of((0.4, 1.0, -1.0)), 0.2)
exercise.case("below the band, the return above", *of((0.4, 1.0, 2.0)), 0.2)
exercise.case(
    "the return between the edge and the value",
    *of((2.0, 1.0, 1.9), (2.0, 1.0, 1.3), (0.0, 1.0, 0.1), (0.0, 1.0, 0.7)),
    0.2,
)
exercise.case("both squares are equal", *of((2.0, 0.5, 1.5), (0.7, 0.6, 0.1)), 0.5)
exercise.case("the value is its return", *of((1.6, 1.0, 1.6), (1.1, 1.0, 1.1)), 0.25)
exercise.case("a clip of 1.5", *steps(6, spread=2.0), 1.5)
exercise.case("the clip that is taken unasked", *steps(7))
exercise.case("nine steps", *steps(9), 0.2)
exercise.case("a batch of answers", *steps(3, 5), 0.3)
exercise.case("three axes", *steps(2, 3, 4), 0.1)
exercise.case("four axes", *steps(2, 1, 3, 2), 0.2)
exercise.case("values below 0", *(each - 7 for each in steps(6)), 0.2)
exercise.case(
    "squares that nearly agree",
    *of((2.0, 0.5, 1.5 + 3e-7), (1.0, 2.5, 1.5 - 3e-7), (1.1, 1.0, 3.0)),
    0.5,
)
exercise.case("a few steps within the band", *steps(40, spread=0.05), 0.2)
small = rng.normal(size=(3, 12)) * np.array([[1e-3], [1.0], [1e-3]])
exercise.case("small values in a wide band", *small, 5.0)
exercise.case("returns of some 100", *(100 * each for each in steps(6)), 0.2)
exercise.case("float32", *(each.astype(np.float32) for each in steps(3, 4)), 0.2)
whole = np.array([3, 1, -2, 5]), np.array([1, 1, 1, 1]), np.array([9, 4, -5, 2])
add_whole_numbers(exercise, *whole, 0.5)
of_int32 = [70_000, 5, -3], [70_001, 3, 60_000], [0, 4, 50_000]
exercise.case(
    "int32 of some 6e4", *(np.array(each, dtype=np.int32) for each in of_int32), 1.5
)


def errors(values, old_values, returns, clip):
    """Of the values, and of the values kept within the band."""
    values = as_float(values)
    near = np.clip(values, old_values - clip, old_values + clip)
    return values - returns, near - returns


@exercise.bug
def no_clip_at_all(values, old_values, returns, clip=0.2):
    """Nothing is clipped: the loss is half the mean square of V - R. Take the larger of both
    squares, entry by entry."""
    # "the loss is half the mean square of V - R": np.isclose(got.loss, ((values - returns) **
    #     2).mean() / 2)
    # "Take the larger of both squares, entry by entry": error = errors(values, old_values, returns,
    #     clip)[0] → error, other = errors(values, old_values, returns, clip); (error ** 2).mean() →
    #     np.maximum(error ** 2, other ** 2).mean(); error / → np.where(error ** 2 >= other ** 2,
    #     error, 0) /
    error = errors(values, old_values, returns, clip)[0]
    return (error**2).mean() / 2, error / error.size


@exercise.bug
def loss_without_the_clip(values, old_values, returns, clip=0.2):
    """The loss is half the mean square of V - R, though the gradient is that of the clipped loss.
    Take the mean of the larger squares."""
    # "The loss is half the mean square of V - R, though the gradient is that of the clipped loss":
    #     np.isclose(got.loss, ((values - returns) ** 2).mean() / 2) and np.allclose(got.dvalues,
    #     want.dvalues)
    # "Take the mean of the larger squares": np.mean(error ** 2) → np.mean(np.maximum(error ** 2,
    #     other ** 2))
    error, other = errors(values, old_values, returns, clip)
    gradient = np.where(error**2 >= other**2, error, 0) / error.size
    return np.mean(error**2) / 2, gradient


@exercise.bug
def minimum_for_maximum(values, old_values, returns, clip=0.2):
    """The smaller square is taken, so a value that ran off is not drawn back. Take the larger
    one."""
    # "The smaller square is taken": np.isclose(got.loss, np.minimum(*(each**2 for each in
    #     errors(values, old_values, returns, clip))).mean() / 2)
    # "Take the larger one": np.minimum → np.maximum; <= other → >= other
    error, other = errors(values, old_values, returns, clip)
    loss = np.minimum(error**2, other**2).mean() / 2
    return loss, np.where(error**2 <= other**2, error, 0) / error.size


@exercise.bug
def clipped_error_alone(values, old_values, returns, clip=0.2):
    """Only the clipped value's error counts, as in Stable-Baselines3. Here the larger of both
    squares does."""
    # "Only the clipped value's error counts": np.isclose(got.loss, ((np.clip(values, old_values -
    #     clip, old_values + clip) - returns) ** 2).mean() / 2)
    # "Here the larger of both squares does": (other ** 2).mean() → np.maximum(error ** 2, other **
    #     2).mean(); error == other → error ** 2 >= other ** 2
    error, other = errors(values, old_values, returns, clip)
    return (other**2).mean() / 2, np.where(error == other, error, 0) / error.size


@exercise.bug
def no_half(values, old_values, returns, clip=0.2):
    """The half is missing, so the loss and its gradient are twice too large. Divide both by 2."""
    # "the loss and its gradient are twice too large": np.isclose(got.loss, 2 * want.loss) and
    #     np.allclose(got.dvalues, 2 * want.dvalues)
    # "Divide both by 2": .mean(), 2 * → .mean() / 2, 1 *
    error, other = errors(values, old_values, returns, clip)
    gradient = np.where(error**2 >= other**2, error, 0) / error.size
    return np.maximum(error**2, other**2).mean(), 2 * gradient


@exercise.bug
def gradient_without_the_half(values, old_values, returns, clip=0.2):
    """The loss has its half, and the gradient has not. The half and the square's 2 cancel: it is V
    - R."""
    # "The loss has its half, and the gradient has not": np.isclose(got.loss, want.loss) and
    #     np.allclose(got.dvalues, 2 * want.dvalues)
    # "it is V - R": 2 * error → error
    error, other = errors(values, old_values, returns, clip)
    gradient = np.where(error**2 >= other**2, 2 * error, 0) / error.size
    return np.maximum(error**2, other**2).mean() / 2, gradient


@exercise.bug
def summed(values, old_values, returns, clip=0.2):
    """The loss is a sum, and so is its gradient. Take the mean over all entries."""
    # "The loss is a sum, and so is its gradient": np.isclose(got.loss, want.loss * values.size) and
    #     np.allclose(got.dvalues, want.dvalues * values.size)
    # "Take the mean over all entries": .sum() → .mean(); error, 0) → error, 0) / error.size
    error, other = errors(values, old_values, returns, clip)
    loss = np.maximum(error**2, other**2).sum() / 2
    return loss, np.where(error**2 >= other**2, error, 0)


@exercise.bug
def gradient_of_the_sum(values, old_values, returns, clip=0.2):
    """The loss is a mean, and the gradient that of the sum. Divide it by the number of entries."""
    # "The loss is a mean, and the gradient that of the sum": np.isclose(got.loss, want.loss) and
    #     np.allclose(got.dvalues, want.dvalues * values.size)
    # "Divide it by the number of entries": error, 0) → error, 0) / error.size
    error, other = errors(values, old_values, returns, clip)
    loss = np.maximum(error**2, other**2).mean() / 2
    return loss, np.where(error**2 >= other**2, error, 0)


@exercise.bug
def gradient_everywhere(values, old_values, returns, clip=0.2):
    """The gradient is V - R everywhere, also where the clipped value's square is the larger one.
    At an edge that is constant: the gradient is 0."""
    # "The gradient is V - R everywhere": np.allclose(got.dvalues, (values - returns) / values.size)
    # "At an edge that is constant: the gradient is 0": error / → np.where(error**2 >= other**2,
    #     error, 0) /
    error, other = errors(values, old_values, returns, clip)
    return np.maximum(error**2, other**2).mean() / 2, error / error.size


@exercise.bug
def gradient_of_the_clipped_error(values, old_values, returns, clip=0.2):
    """Where the clipped value counts, its error is taken for the gradient. It is constant there:
    the gradient is 0."""
    # "Where the clipped value counts, its error is taken for the gradient": np.allclose(got.dvalues
    #     * values.size, np.where(want.dvalues == 0, errors(values, old_values, returns, clip)[1],
    #     values - returns))
    # "It is constant there: the gradient is 0": error, other) → error, 0)
    error, other = errors(values, old_values, returns, clip)
    gradient = np.where(error**2 >= other**2, error, other) / error.size
    return np.maximum(error**2, other**2).mean() / 2, gradient


@exercise.bug
def gradient_within_the_band_alone(values, old_values, returns, clip=0.2):
    """The gradient is 0 wherever the value has left the band. Where its own square is the larger
    one it counts, and draws it back."""
    # "The gradient is 0 wherever the value has left the band": not got.dvalues[np.abs(values -
    #     old_values) > clip].any()
    # "Where its own square is the larger one it counts, and draws it back": error == other →
    #     error**2 >= other**2
    error, other = errors(values, old_values, returns, clip)
    gradient = np.where(error == other, error, 0) / error.size
    return np.maximum(error**2, other**2).mean() / 2, gradient


@exercise.bug
def sign_of_the_gradient(values, old_values, returns, clip=0.2):
    """The gradient is R - V, which leads away from the return. It is V - R."""
    # "The gradient is R - V": np.allclose(got.dvalues, -want.dvalues)
    # "It is V - R": -error → error
    error, other = errors(values, old_values, returns, clip)
    gradient = np.where(error**2 >= other**2, -error, 0) / error.size
    return np.maximum(error**2, other**2).mean() / 2, gradient


@exercise.bug
def larger_error_squared(values, old_values, returns, clip=0.2):
    """The larger of both errors is squared, and so one far below 0 loses to one above. Take the
    larger of the squares."""
    # "The larger of both errors is squared": np.isclose(got.loss, (np.maximum(*errors(values,
    #     old_values, returns, clip)) ** 2).mean() / 2)
    # "Take the larger of the squares": np.maximum(error, other) ** 2 → np.maximum(error**2,
    #     other**2); error >= other → error**2 >= other**2
    error, other = errors(values, old_values, returns, clip)
    gradient = np.where(error >= other, error, 0) / error.size
    return (np.maximum(error, other) ** 2).mean() / 2, gradient


@exercise.bug(beyond=(False, True))
def flat_past_the_return(values, old_values, returns, clip=0.2, beyond=False):
    """The gradient is 0 wherever the value left the band on the side of its return, also where it
    passed that by more than the edge falls short. There its own square counts: V - R."""
    # "The gradient is 0 wherever the value left the band on the side of its return": not
    #     got.dvalues[(np.abs(values - old_values) > clip) & ((values - old_values) * (returns -
    #     old_values) > 0) & (np.abs(returns - old_values) > clip)].any()
    # "There its own square counts: V - R": flat, 0, error → error**2 < other**2, 0, error
    values = as_float(values)
    error, other = errors(values, old_values, returns, clip)
    step, aim = values - old_values, returns - as_float(old_values)
    flat = (np.abs(step) > clip) & (step * aim > 0) & (np.abs(aim) > clip * beyond)
    loss = np.maximum(error**2, other**2).mean() / 2
    return loss, np.where(flat, 0, error) / error.size


@exercise.bug
def band_around_zero(values, old_values, returns, clip=0.2):
    """The value is kept between -clip and clip. The band lies around the old value: from old - clip
    to old + clip."""
    # "The value is kept between -clip and clip": np.isclose(got.loss, np.maximum((values -
    #     returns) ** 2, (np.clip(values, -clip, clip) - returns) ** 2).mean() / 2)
    # "from old - clip to old + clip": -clip, clip) - returns → old_values - clip, old_values +
    #     clip) - returns
    values = as_float(values)
    error, other = values - returns, np.clip(values, -clip, clip) - returns
    loss = np.maximum(error**2, other**2).mean() / 2
    return loss, np.where(error**2 >= other**2, error, 0) / error.size


@exercise.bug(gradient_too=(True, False))
def maximum_of_the_means(values, old_values, returns, clip=0.2, gradient_too=True):
    """Both squares are averaged first, and the larger mean counts. Take the larger square, entry by
    entry, and then the mean."""
    # "Both squares are averaged first, and the larger mean counts": np.isclose(got.loss,
    #     max((each**2).mean() for each in errors(values, old_values, returns, clip)) / 2)
    # "Take the larger square, entry by entry, and then the mean": np.mean(error ** 2) →
    #     np.maximum(error ** 2, other ** 2).mean(); np.mean(other ** 2) → 0; live = →
    #     live = (error ** 2 >= other ** 2) if True else
    error, other = errors(values, old_values, returns, clip)
    one, two = np.mean(error**2), np.mean(other**2)
    live = np.full(error.shape, True) if one >= two else error == other
    if not gradient_too:
        live = error**2 >= other**2
    return max(one, two) / 2, np.where(live, error, 0) / error.size


@exercise.bug
def returns_clipped(values, old_values, returns, clip=0.2):
    """The return is kept within the band, and not the value. Returns are constants: clip V."""
    # "The return is kept within the band, and not the value": np.isclose(got.loss, np.maximum(
    #     (as_float(values) - returns) ** 2, (as_float(values) - np.clip(returns, old_values - clip,
    #     old_values + clip)) ** 2).mean() / 2)
    # "Returns are constants: clip V": values - near → np.clip(values, old_values - clip, old_values
    #     + clip) - returns; error, other) / → error, 0) /
    values = as_float(values)
    near = np.clip(returns, old_values - clip, old_values + clip)
    error, other = values - returns, values - near
    loss = np.maximum(error**2, other**2).mean() / 2
    return loss, np.where(error**2 >= other**2, error, other) / error.size


@exercise.bug
def error_clipped(values, old_values, returns, clip=0.2):
    """The error is clipped, as in Huber's loss, and the old value counts nothing. Clip the value,
    around its old one."""
    # "The error is clipped, as in Huber's loss, and the old value counts nothing":
    #     np.allclose(got.dvalues * np.size(values), np.clip(as_float(values) - returns, -clip,
    #     clip))
    # "Clip the value, around its old one": np.where(size <= clip, error ** 2 / 2, clip * (size -
    #     clip / 2)) → np.maximum(error ** 2, (np.clip(as_float(values), old_values - clip,
    #     old_values + clip) - returns) ** 2) / 2; np.clip(error, -clip, clip) → np.where(error ** 2
    #     >= (np.clip(as_float(values), old_values - clip, old_values + clip) - returns) ** 2,
    #     error, 0)
    error = as_float(values) - returns
    size = np.abs(error)
    losses = np.where(size <= clip, error**2 / 2, clip * (size - clip / 2))
    return losses.mean(), np.clip(error, -clip, clip) / error.size


@exercise.bug(cut=("ratio", "value"))
def band_of_factors(values, old_values, returns, clip=0.2, cut="ratio"):
    """The band is a share of the old value, from 1 - clip to 1 + clip times it. It is a distance:
    from old - clip to old + clip."""
    # "The band is a share of the old value, from 1 - clip to 1 + clip times it":
    #     np.isclose(got.loss, np.maximum((values - returns) ** 2, (np.clip(values / old_values, 1 -
    #     clip, 1 + clip) * old_values - returns) ** 2).mean() / 2)
    # "from old - clip to old + clip": np.clip(values / old_values, 1 - clip, 1 + clip) * old_values
    #     → np.clip(values, old_values - clip, old_values + clip); old_values * (1 - clip) →
    #     old_values - clip; old_values * (1 + clip) → old_values + clip
    values = as_float(values)
    if cut == "ratio":
        near = np.clip(values / old_values, 1 - clip, 1 + clip) * old_values
    else:  # Below 0 the lower end is the larger one.
        near = np.clip(values, old_values * (1 - clip), old_values * (1 + clip))
    error, other = values - returns, near - returns
    gradient = np.where(error**2 >= other**2, error, 0) / error.size
    return np.maximum(error**2, other**2).mean() / 2, gradient


@exercise.bug
def clipped_counts_at_a_tie(values, old_values, returns, clip=0.2):
    """Where both squares are equal, the clipped value counts, also within the band, where it is
    the value: no gradient is left there. Let the plain error count: `>=`."""
    # "Where both squares are equal, the clipped value counts, also within the band": not
    #     got.dvalues[np.abs(values - old_values) < clip].any()
    # "Let the plain error count: `>=`": > other ** 2 → >= other ** 2
    error, other = errors(values, old_values, returns, clip)
    gradient = np.where(error**2 > other**2, error, 0) / error.size
    return np.maximum(error**2, other**2).mean() / 2, gradient


@exercise.bug
def half_at_a_tie(values, old_values, returns, clip=0.2):
    """Where both squares are equal at an edge, the gradient is half of V - R, as autograd splits a
    maximum. Here (V - R)² counts whole."""
    # "the gradient is half of V - R, as autograd splits a maximum": np.isclose(got.dvalues[0],
    #     want.dvalues[0] / 2)
    # "Here (V - R)² counts whole": np.where(tie, 0.5, 1) → 1
    error, other = errors(values, old_values, returns, clip)
    tie = (error**2 == other**2) & (error != other)
    gradient = np.where(error**2 >= other**2, error, 0) * np.where(tie, 0.5, 1)
    loss = np.maximum(error**2, other**2).mean() / 2
    return loss, gradient.astype(error.dtype) / error.size


@exercise.bug
def flat_at_a_tie(values, old_values, returns, clip=0.2):
    """Where both squares are equal at an edge, the gradient is 0. There (V - R)² counts, with its
    gradient V - R."""
    # "Where both squares are equal at an edge, the gradient is 0": got.dvalues[0] == 0 !=
    #     want.dvalues[0]
    # "There (V - R)² counts, with its gradient V - R": error ** 2 > other ** 2 → error ** 2 >=
    #     other ** 2
    error, other = errors(values, old_values, returns, clip)
    counts = (error == other) | (error**2 > other**2)
    loss = np.maximum(error**2, other**2).mean() / 2
    return loss, np.where(counts, error, 0) / error.size


@exercise.bug
def nearly_equal_is_equal(values, old_values, returns, clip=0.2):
    """Squares that nearly agree count as equal, as by `isclose`, and get the gradient V - R. Where
    the clipped value's square is the larger one, by however little, it is 0: ask for `>=`."""
    # "Squares that nearly agree count as equal, as by `isclose`, and get the gradient V - R":
    #     np.isclose((values - returns) ** 2, (np.clip(values, old_values - clip, old_values + clip)
    #     - returns) ** 2).all() and np.allclose(got.dvalues, (values - returns) / values.size) and
    #     not np.allclose(got.dvalues, want.dvalues)
    # "Where the clipped value's square is the larger one, by however little, it is 0: ask for
    #     `>=`": (error ** 2 > other ** 2) | np.isclose(error ** 2, other ** 2) → error ** 2 >=
    #     other ** 2
    error, other = errors(values, old_values, returns, clip)
    counts = (error**2 > other**2) | np.isclose(error**2, other**2)
    loss = np.maximum(error**2, other**2).mean() / 2
    return loss, np.where(counts, error, 0) / error.size


@exercise.bug
def rounded_within_the_band(values, old_values, returns, clip=0.2):
    """old + (V - old) is not V where it is rounded, so the clipped value may count within the
    band, and the gradient is lost there. Clip V itself, between old - clip and old + clip."""
    # "the clipped value may count within the band, and the gradient is lost there": (got.dvalues ==
    #     0)[np.abs(values - old_values) < clip].any()
    # "Clip V itself, between old - clip and old + clip": old_values + np.clip(values - old_values,
    #     -clip, clip) → np.clip(values, old_values - clip, old_values + clip)
    values = as_float(values)
    near = old_values + np.clip(values - old_values, -clip, clip)
    error, other = values - returns, near - returns
    loss = np.maximum(error**2, other**2).mean() / 2
    return loss, np.where(error**2 >= other**2, error, 0) / error.size


@exercise.bug(above=(True, False))
def one_edge_alone(values, old_values, returns, clip=0.2, above=True):
    """The band has one edge alone. A value may leave it above and below: clip at both."""
    # "The band has one edge alone": any(np.isclose(got.loss, np.maximum((values - returns) ** 2,
    #     (near - returns) ** 2).mean() / 2) for near in (np.minimum(values, old_values + clip),
    #     np.maximum(values, old_values - clip))) and not np.isclose(got.loss, want.loss)
    # "A value may leave it above and below: clip at both": near - returns → np.clip(values,
    #     old_values - clip, old_values + clip) - returns
    values = as_float(values)
    high, low = (
        np.minimum(values, old_values + clip),
        np.maximum(values, old_values - clip),
    )
    near = high if above else low
    error, other = values - returns, near - returns
    loss = np.maximum(error**2, other**2).mean() / 2
    return loss, np.where(error**2 >= other**2, error, 0) / error.size
