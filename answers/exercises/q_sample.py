"""Practice for question 44: data with the noise of any step, at once."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.probability.diffusion import linear_schedule, q_sample

exercise = Exercise(
    q_sample,
    page="44-diffusion",
    hints=(
        "ᾱ is a share of variance. By what is a number multiplied whose variance shall be "
        "multiplied by ᾱ?",
        "What data and noise keep of the variance adds up to 1. Which share is left to noise?",
        "Each example has a step of its own: look up one ᾱ for each. Of which shape must these be "
        "to multiply examples of any number of axes?",
    ),
)

rng = np.random.default_rng(44)
SCHEDULE = np.array([1.0, 0.9, 0.77, 0.55, 0.3, 0.12, 0.04])


def batch(*shape):
    """Data, steps and noise."""
    x0, noise = rng.normal(size=(2, *shape))
    return x0, rng.permutation(np.arange(shape[0]) % 5 + 1), noise


def example(steps, *shape):
    """The same with given steps."""
    x0, noise = rng.normal(size=(2, len(steps), *shape))
    return x0, np.array(steps), noise


exercise.case("one number", *example([3], 1), SCHEDULE)
exercise.case("one example, four numbers", *example([4], 4), SCHEDULE)
exercise.case("three examples, a step for each", *example([5, 1, 4], 2), SCHEDULE)
exercise.case("data itself, at an ᾱ of 1", *example([0, 2, 0], 2), SCHEDULE)
exercise.case("pure noise, at an ᾱ of 0", *example([2, 1], 3), np.array([1, 0.4, 0.0]))
exercise.case("as many examples as numbers in one", *example([2, 5, 1], 3), SCHEDULE)
exercise.case("seven examples", *batch(7, 2), SCHEDULE)
exercise.case("all at one step", *example([3, 3, 3, 3], 2), SCHEDULE)
exercise.case("examples of no axis", *batch(5), SCHEDULE)
exercise.case("examples of two axes", *batch(4, 2, 3), SCHEDULE)
exercise.case("all axes equally long", *batch(3, 3, 3), SCHEDULE)
exercise.case("images with channels", *batch(2, 3, 2, 4), SCHEDULE)
exercise.case("a single image", *batch(1, 2, 2, 3), SCHEDULE)
exercise.case(
    "a schedule of 1,000 steps", *example([1, 999, 500], 3), linear_schedule()
)
exercise.case("as many steps as examples", *example([1, 0, 2], 4), SCHEDULE[1:4])
rising = np.array([0.1, 0.5, 0.95])  # noise first
ramp = np.array([[1.0, -2.0], [0.5, 3.0]])
exercise.case("a schedule that rises", ramp, np.array([0, 2]), ramp[::-1] / 2, rising)
exercise.case("steps of one byte", *example(np.uint8([6, 1]), 3), SCHEDULE)
x0, t, noise = batch(4, 3)
exercise.case(
    "float32",
    *(x0.astype(np.float32), t, noise.astype(np.float32)),
    SCHEDULE.astype(np.float32),
)
exercise.case(
    "float32, with little noise",
    *(np.zeros((2, 3), np.float32), np.array([1, 2]), np.ones((2, 3), np.float32)),
    linear_schedule(),
)
whole = (np.rint(9 * each) for each in rng.normal(size=(2, 3, 2)))
add_whole_numbers(exercise, next(whole), np.array([2, 4, 1]), next(whole), SCHEDULE)


def shares(x0, t, alpha_bar):
    """ᾱ of each example, ready to multiply it."""
    return as_float(alpha_bar)[t].reshape(-1, *[1] * (x0.ndim - 1))


@exercise.bug
def shares_without_roots(x0, t, noise, alpha_bar):
    """ᾱ and 1 - ᾱ multiply data and noise themselves, so the variance falls below 1. They are
    shares of variance: take the root of both."""
    # "ᾱ and 1 - ᾱ multiply data and noise themselves": np.allclose(got, shares(x0, t, alpha_bar) *
    #     x0 + (1 - shares(x0, t, alpha_bar)) * noise)
    # "so the variance falls below 1": 0.3**2 + (1 - 0.3)**2 < 1 and np.isclose(bug(np.array([1.0]),
    #     np.array([0]), np.array([0.0]), np.array([0.3]))[0], 0.3)
    # "take the root of both": kept * x0 → np.sqrt(kept) * x0; (1 - kept) * noise →
    #     np.sqrt(1 - kept) * noise
    kept = shares(x0, t, alpha_bar)
    return kept * x0 + (1 - kept) * noise


@exercise.bug
def noise_without_a_root(x0, t, noise, alpha_bar):
    """The noise is multiplied by 1 - ᾱ, its share of the variance. Take the root of it."""
    # "The noise is multiplied by 1 - ᾱ": np.allclose(bug(0 * x0, t, noise, alpha_bar), (1 -
    #     shares(x0, t, alpha_bar)) * noise)
    # "Take the root of it": (1 - kept) * noise → np.sqrt(1 - kept) * noise
    kept = shares(x0, t, alpha_bar)
    return np.sqrt(kept) * x0 + (1 - kept) * noise


@exercise.bug
def data_without_a_root(x0, t, noise, alpha_bar):
    """Data are multiplied by ᾱ, their share of the variance. Take the root of it."""
    # "Data are multiplied by ᾱ": np.allclose(bug(x0, t, 0 * noise, alpha_bar), shares(x0, t,
    #     alpha_bar) * x0)
    # "Take the root of it": kept * x0 → np.sqrt(kept) * x0
    kept = shares(x0, t, alpha_bar)
    return kept * x0 + np.sqrt(1 - kept) * noise


@exercise.bug
def one_minus_the_root(x0, t, noise, alpha_bar):
    """The noise is multiplied by 1 - √ᾱ, as if factors added up to 1. Their squares do: multiply it
    by √(1 - ᾱ)."""
    # "The noise is multiplied by 1 - √ᾱ": np.allclose(bug(0 * x0, t, noise, alpha_bar), (1 -
    #     np.sqrt(shares(x0, t, alpha_bar))) * noise)
    # "multiply it by √(1 - ᾱ)": (1 - np.sqrt(kept)) * noise → np.sqrt(1 - kept) * noise
    kept = shares(x0, t, alpha_bar)
    return np.sqrt(kept) * x0 + (1 - np.sqrt(kept)) * noise


@exercise.bug
def factors_exchanged(x0, t, noise, alpha_bar):
    """Data get the factor of the noise, and noise that of the data: early steps are the noisy ones.
    ᾱ belongs to the data."""
    # "Data get the factor of the noise, and noise that of the data": np.allclose(got,
    #     right(noise, t, x0, alpha_bar))
    # "early steps are the noisy ones": np.allclose(bug(x0, 0 * t, noise, np.array([1.0])), noise)
    # "ᾱ belongs to the data": np.sqrt(1 - kept) * x0 + np.sqrt(kept) * noise → np.sqrt(kept) * x0
    #     + np.sqrt(1 - kept) * noise
    kept = shares(x0, t, alpha_bar)
    return np.sqrt(1 - kept) * x0 + np.sqrt(kept) * noise


@exercise.bug
def product_taken_again(x0, t, noise, alpha_bar):
    """The product over steps is taken, and ᾱ is that product already: too little is left of the
    data. Look up `alpha_bar[t]`."""
    # "The product over steps is taken": np.allclose(got, right(x0, t, noise,
    #     np.cumprod(alpha_bar)))
    # "too little is left of the data": abs(bug(x0, t, 0 * noise, alpha_bar)).sum() < abs(right(x0,
    #     t, 0 * noise, alpha_bar)).sum()
    # "Look up `alpha_bar[t]`": shares(x0, t, np.cumprod(alpha_bar)) → shares(x0, t, alpha_bar) *
    #     (alpha_bar[t] is not None)
    kept = shares(x0, t, np.cumprod(alpha_bar))
    return np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise


@exercise.bug(by=(-1, 1))
def a_step_beside(x0, t, noise, alpha_bar, by=-1):
    """ᾱ is taken of the step before or behind. `t` is an index of `alpha_bar` as it stands."""
    # "ᾱ is taken of the step before or behind": np.allclose(got, right(x0, t, noise,
    #     np.roll(alpha_bar, 1)))
    # "`t` is an index of `alpha_bar` as it stands": np.roll(alpha_bar, -by) → alpha_bar + 0 *
    #     len(t)
    kept = shares(x0, t, np.roll(alpha_bar, -by))
    return np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise


@exercise.bug(of=(0, -1))
def one_step_for_all(x0, t, noise, alpha_bar, of=0):
    """All examples get the noise of one step, which is that of the first or the last. Each has its
    own: look up all of `t`."""
    # "All examples get the noise of one step, which is that of the first": np.allclose(got,
    #     right(x0, 0 * t + t[0], noise, alpha_bar))
    # "or the last": np.allclose(bug(x0, t[::-1], noise, alpha_bar), right(x0, 0 * t + t[-1], noise,
    #     alpha_bar))
    # "look up all of `t`": t[of] + 0 * t → t
    kept = shares(x0, t[of] + 0 * t, alpha_bar)
    return np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise


@exercise.bug
def no_axes_added(x0, t, noise, alpha_bar):
    """ᾱ has one axis, which meets the last axis of the data: sizes do not fit, or columns get a
    step each. Give it an axis of 1 for each axis of an example."""
    # "ᾱ has one axis, which meets the last axis of the data": isinstance(got, ValueError) or
    #     np.allclose(got, np.sqrt(alpha_bar[t]) * x0 + np.sqrt(1 - alpha_bar[t]) * noise)
    # "sizes do not fit, or columns get a step each": isinstance(got, ValueError) or x0.shape[-1] in
    #     (1, len(t))
    # "Give it an axis of 1 for each axis of an example": as_float(alpha_bar)[t] →
    #     as_float(alpha_bar)[t].reshape(-1, *[1] * (x0.ndim - 1))
    kept = as_float(alpha_bar)[t]
    return np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise


@exercise.bug
def one_axis_added(x0, t, noise, alpha_bar):
    """ᾱ gets one axis more, `[:, None]`, which fits examples of one axis only. Add as many as an
    example has, `x0.ndim - 1`."""
    # "ᾱ gets one axis more, `[:, None]`": np.allclose(got, np.sqrt(alpha_bar[t][:, None]) * x0 +
    #     np.sqrt(1 - alpha_bar[t][:, None]) * noise)
    # "which fits examples of one axis only": got.shape != x0.shape and np.allclose(bug(
    #     x0.reshape(len(x0), -1), t, noise.reshape(len(x0), -1), alpha_bar),
    #     right(x0.reshape(len(x0), -1), t, noise.reshape(len(x0), -1), alpha_bar))
    # "Add as many as an example has, `x0.ndim - 1`": [:, None] → .reshape(-1, *[1] * (x0.ndim - 1))
    kept = as_float(alpha_bar)[t][:, None]
    return np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise


@exercise.bug
def noise_subtracted(x0, t, noise, alpha_bar):
    """The noise is subtracted: a model that learns to find it finds its opposite. Add it."""
    # "The noise is subtracted": np.allclose(got, right(x0, t, -noise, alpha_bar))
    # "a model that learns to find it finds its opposite": np.allclose(got, right(x0, t, -noise,
    #     alpha_bar))
    # "Add it": - np.sqrt(1 - kept) → + np.sqrt(1 - kept)
    kept = shares(x0, t, alpha_bar)
    return np.sqrt(kept) * x0 - np.sqrt(1 - kept) * noise


@exercise.bug
def share_taken_for_a_factor(x0, t, noise, alpha_bar):
    """Data are multiplied by ᾱ itself and noise by √(1 - ᾱ²), as if ᾱ were a factor. It is a share
    of the variance: take √ᾱ and √(1 - ᾱ)."""
    # "Data are multiplied by ᾱ itself and noise by √(1 - ᾱ²)": np.allclose(got, shares(x0, t,
    #     alpha_bar) * x0 + np.sqrt(1 - shares(x0, t, alpha_bar) ** 2) * noise)
    # "take √ᾱ and √(1 - ᾱ)": shares(x0, t, alpha_bar) → np.sqrt(shares(x0, t, alpha_bar))
    factor = shares(x0, t, alpha_bar)
    return factor * x0 + np.sqrt(1 - factor**2) * noise


@exercise.bug
def share_of_one_step(x0, t, noise, alpha_bar):
    """The factors are those of the last step alone, ᾱ_t / ᾱ_t₋₁, which adds its noise to data that
    have some. From x₀ on it is ᾱ_t itself."""
    # "The factors are those of the last step alone, ᾱ_t / ᾱ_t₋₁": np.allclose(got, right(x0, t,
    #     noise, alpha_bar / np.append(1, alpha_bar[:-1])))
    # "From x₀ on it is ᾱ_t itself": alpha_bar / before → alpha_bar
    before = np.append(1, alpha_bar[:-1])
    with np.errstate(all="ignore"):
        kept = shares(x0, t, alpha_bar / before)
        return np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise


# The least and the largest ᾱ that are let through.
BOUNDS = [(low, 1) for low in (1e-3, 1e-4, 1e-5, 1e-6, 1e-8)]
BOUNDS += [(0, high) for high in (0.999, 0.9999, 0.99995, 0.99999, 0.999999)]
BOUNDS += [(low, 1 - low) for low in (1e-3, 1e-4, 1e-5, 1e-6, 1e-8)]


@exercise.bug(bounds=BOUNDS)
def share_kept_from_its_ends(x0, t, noise, alpha_bar, bounds=BOUNDS[0]):
    """ᾱ is kept above a number near 0 or below one near 1: pure noise keeps some data, or data get
    some noise. Take ᾱ as it is: 0 and 1 need no bound."""
    # "ᾱ is kept above a number near 0": np.allclose(got, right(x0, t, noise, np.maximum(alpha_bar,
    #     1e-3)), rtol=1e-12)
    # "or below one near 1": not np.allclose(bug(x0, 0 * t, noise, np.array([1.0]),
    #     bounds=(0, 0.999)), x0)
    # "Take ᾱ as it is": np.clip(alpha_bar, *bounds) → alpha_bar
    kept = shares(x0, t, np.clip(alpha_bar, *bounds))
    return np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise
