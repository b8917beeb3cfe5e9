"""Practice for question 28: a draw from the softmax of logits, by Gumbel noise and a maximum."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.language_models.sampling import sample

exercise = Exercise(
    sample,
    page="28-decoding",
    hints=(
        "Each logit gets noise of its own, made of its own uniform number by two logarithms.",
        "Where both signs belong: U is below 1, so its logarithm is negative, and the outer "
        "logarithm needs a positive number.",
        "Dividing the logits by T and multiplying the noise by T have the same winner. Which of "
        "them can do T = 0?",
    ),
)

rng = np.random.default_rng(28)


def draw(*shape):
    """Logits, and uniform numbers of their shape."""
    return 1.5 * rng.normal(size=shape), rng.random(shape)


two = np.array([1.0, 0.3])
exercise.case("two tokens, and the likelier one wins", two, np.array([0.6, 0.5]))
exercise.case("two tokens, and the other one wins", two, np.array([0.2, 0.9]))
exercise.case("one row", *draw(9))
exercise.case("forty rows", *draw(40, 9))
exercise.case("forty rows at a low temperature", *draw(40, 9), 0.4)
exercise.case("forty rows at a high temperature", *draw(40, 9), 2.5)
exercise.case("a temperature of 0", *draw(40, 9), 0.0)
exercise.case(
    "a temperature of 0, and negative logits", draw(7)[0] - 9, draw(7)[1], 0.0
)
exercise.case(
    "a temperature of 0, and equal logits",
    np.array([[0.3, 1.2, 1.2, -0.4], [0.7, 0.7, 0.7, 0.7]]),
    np.array([[0.3, 0.2, 0.9, 0.5], [0.1, 0.8, 0.4, 0.6]]),
    0.0,
)
exercise.case("as many rows as tokens", *draw(12, 12))
exercise.case("three leading axes", *draw(2, 3, 5, 8), 1.3)
out = np.where(rng.random((30, 9)) < 0.6, -np.inf, 1.5 * rng.normal(size=(30, 9)))
out[:, 4] = -1.5  # a row with none left is refused
exercise.case("two leading axes", *draw(2, 9, 8), 0.7)
exercise.case("tokens that are left out", out, rng.random((30, 9)))
exercise.case(
    "forty rows at a temperature near 0",
    0.1 * draw(40, 9)[0],
    rng.random((40, 9)),
    0.05,
)
exercise.case(
    "a token that is left out beside logits near -20 000",
    np.array([-2e4 - 1, -np.inf, -2e4]),
    np.array([0.5, 0.9, 0.6]),
)
exercise.case(
    "a token that is left out, and the largest uniform number",
    np.array([0.3, -np.inf, -0.4]),
    np.array([0.5, 1 - 1e-12, 0.6]),
    2.5,
)
exercise.case(
    "rows that lie far apart",
    np.array([[0.3, -0.2, 0.1], [-2000.4, -1999.9, -2000.1]]),
    np.array([[0.6, 0.3, 0.5], [0.2, 0.4, 0.9]]),
)
exercise.case("logits near 1000", draw(40, 9)[0] + 1000, rng.random((40, 9)))
exercise.case("logits near -1000", draw(40, 9)[0] - 1000, rng.random((40, 9)))
exercise.case(
    "uniform numbers near 0 and near 1",
    draw(20, 6)[0],
    np.where(rng.random((20, 6)) < 0.5, 1e-12, 1 - 1e-9) * rng.uniform(0.9, 1, (20, 6)),
)
near = np.array([1.0, 1 + 1e-10])
ends = np.array([2.0**-53, np.exp(-np.exp(3.1))]), np.array([1 - 2.0**-53, 0.5])
exercise.case(
    "uniform numbers at the ends", np.array([[0.3, 0], [0, 30]]), np.stack(ends)
)
exercise.case("two uniform numbers near 1", np.zeros(2), 1 - np.array([1e-9, 1e-12]))
exercise.case("logits nearly equal, and equal noise", near, 0.4 + np.array([1e-12, 0]))
exercise.case(
    "a temperature near 0, and equal logits",
    np.zeros(3),
    np.array([0.3, 0.2, 0.9]),
    1e-9,
)
exercise.case(
    "a temperature of 0, and logits nearly equal",
    near,
    np.array([0.6, 0.4]),
    0.0,
)
exercise.case("one token", np.array([[0.3], [-1.2]]), np.array([[0.4], [0.7]]))
exercise.case("float32", *(x.astype(np.float32) for x in draw(40, 9)), 0.8)
add_whole_numbers(exercise, np.rint(2 * draw(20, 7)[0] + 5), rng.random((20, 7)), 1.7)


@exercise.check
def tokens_are_integers(sample):
    """The tokens are floats, which are no index into an embedding: return integers."""
    return np.asarray(sample(two[None], two[None] / 2)).dtype.kind in "iu"


def gumbel(uniform):
    return -np.log(-np.log(uniform))


@exercise.bug
def greedy(logits, uniform, temperature=1.0):
    """The largest logit is taken each time, and the random numbers are not used. Add noise made of
    them before you take the maximum."""
    # "The largest logit is taken each time, and the random numbers are not used":
    #     np.array_equal(got, logits.argmax(axis=-1))
    # "Add noise made of them before you take the maximum": np.argmax(logits, axis=-1) →
    #     np.argmax(logits + temperature * gumbel(uniform), axis=-1)
    return np.argmax(logits, axis=-1)


@exercise.bug
def uniform_noise(logits, uniform, temperature=1.0):
    """The uniform numbers themselves are added, so a token more than 1 below the largest is never
    drawn. Make Gumbel noise of them, -log(-log U)."""
    # "The uniform numbers themselves are added": np.array_equal(got, np.argmax(logits +
    #     temperature * uniform, axis=-1))
    # "so a token more than 1 below the largest is never drawn": bug(np.array([1.1, 0.0]),
    #     np.array([1e-9, 1 - 1e-9])) == 0
    # "Make Gumbel noise of them, -log(-log U)": temperature * uniform → temperature *
    #     gumbel(uniform)
    return np.argmax(logits + temperature * uniform, axis=-1)


@exercise.bug
def one_logarithm(logits, uniform, temperature=1.0):
    """The noise is -log U, which is exponential: its largest is no draw by softmax. Gumbel noise
    takes a second logarithm, -log(-log U)."""
    # "The noise is -log U, which is exponential": np.array_equal(got, np.argmax(logits -
    #     temperature * np.log(uniform), axis=-1))
    # "its largest is no draw by softmax": abs(np.mean(bug(np.tile([1.0, 0.0], (9999, 1)),
    #     np.random.default_rng(0).random((9999, 2)))) - 1 / (1 + np.e)) > 0.05
    # "Gumbel noise takes a second logarithm, -log(-log U)": - temperature * np.log(uniform) → +
    #     temperature * gumbel(uniform)
    return np.argmax(logits - temperature * np.log(uniform), axis=-1)


@exercise.bug
def minus_lost(logits, uniform, temperature=1.0):
    """The outer minus of the noise is lost: log(-log U) is Gumbel noise turned around, and its
    largest is no draw by softmax. The noise is -log(-log U)."""
    # "The outer minus of the noise is lost: log(-log U) is Gumbel noise turned around":
    #     np.array_equal(got, np.argmax(logits - temperature * gumbel(uniform), axis=-1))
    # "its largest is no draw by softmax": abs(np.mean(bug(np.tile([2.0, 0.0, 0.0], (9999, 1)),
    #     np.random.default_rng(0).random((9999, 3))) == 0) - np.exp(2) / (np.exp(2) + 2)) > 0.02
    # "The noise is -log(-log U)": + temperature * np.log(-np.log(uniform)) → + temperature *
    #     gumbel(uniform)
    return np.argmax(logits + temperature * np.log(-np.log(uniform)), axis=-1)


@exercise.bug(greedy_at_zero=(False, True))
def noise_on_probabilities(logits, uniform, temperature=1.0, greedy_at_zero=False):
    """The noise is added to probabilities, all of which lie between 0 and 1, so the draw is nearly
    uniform. Add it to the logits."""
    # "The noise is added to probabilities, all of which lie between 0 and 1, so the draw is nearly
    #     uniform": np.mean(bug(np.tile([9.0, 0.0], (999, 1)),
    #     np.random.default_rng(0).random((999, 2)))) > 0.2
    # "Add it to the logits": np.argmax(p + gumbel(uniform), axis=-1) → np.argmax(logits +
    #     temperature * gumbel(uniform), axis=-1)
    if greedy_at_zero and temperature == 0:
        return np.argmax(logits, axis=-1)
    powers = np.exp(
        (logits - logits.max(axis=-1, keepdims=True)) / max(temperature, 1e-9)
    )
    p = powers / powers.sum(axis=-1, keepdims=True)
    return np.argmax(p + gumbel(uniform), axis=-1)


@exercise.bug(greedy_at_zero=(False, True))
def temperature_multiplies_the_logits(
    logits, uniform, temperature=1.0, greedy_at_zero=False
):
    """The logits are multiplied by T, so a high temperature sharpens. Divide them, or multiply the
    noise."""
    # "The logits are multiplied by T, so a high temperature sharpens": np.array_equal(got,
    #     right(logits, uniform, 1 / temperature))
    # "Divide them, or multiply the noise": logits * temperature + gumbel(uniform) → logits +
    #     temperature * gumbel(uniform)
    if greedy_at_zero and temperature == 0:
        return np.argmax(logits, axis=-1)
    return np.argmax(logits * temperature + gumbel(uniform), axis=-1)


@exercise.bug(greedy_at_zero=(False, True))
def temperature_ignored(logits, uniform, temperature=1.0, greedy_at_zero=False):
    """The temperature is not used: every draw is one at T = 1. Multiply the noise by T."""
    # "The temperature is not used: every draw is one at T = 1": np.array_equal(got, right(logits,
    #     uniform, 1.0)) and temperature != 1
    # "Multiply the noise by T": + gumbel(uniform) → + temperature * gumbel(uniform)
    if greedy_at_zero and temperature == 0:
        return np.argmax(logits, axis=-1)
    return np.argmax(logits + gumbel(uniform), axis=-1)


CUT_OFF = {
    "both": lambda u: gumbel_with(u, 1e-9, 1e-9),
    "more": lambda u: gumbel_with(u, 1e-6, 1e-6),
    "inner": lambda u: gumbel_with(u, 1e-10, 0),
    "outer": lambda u: gumbel_with(u, 0, 1e-10),
    "clip": lambda u: gumbel(u.clip(1e-6, 1 - 1e-6)),
}


def gumbel_with(uniform, inner, outer):
    """The noise with small numbers in its logarithms."""
    return -np.log(outer - np.log(uniform + inner))


@exercise.bug(way=tuple(CUT_OFF))
def noise_cut_off(logits, uniform, temperature=1.0, way="both"):
    """Noise far from 0 is cut off, as by a small number in a logarithm or by a clip. The numbers
    are above 0 and below 1: take their logarithms as they are."""
    # "Noise far from 0 is cut off": CUT_OFF["both"](uniform)[0, 0] > gumbel(uniform)[0, 0] + 0.1
    #     and (got != want).any()
    # "take their logarithms as they are": CUT_OFF[way](uniform) → gumbel(uniform)
    return np.argmax(logits + temperature * CUT_OFF[way](uniform), axis=-1)


ROUNDED = {
    "logits": lambda x, u: (x.astype(np.float32), u),
    "numbers": lambda x, u: (x, u.astype(np.float32)),
    "both": lambda x, u: (x.astype(np.float32), u.astype(np.float32)),
    "half": lambda x, u: (x.astype(np.float16), u),
}


@exercise.bug(which=tuple(ROUNDED))
def rounded_before_the_draw(logits, uniform, temperature=1.0, which="logits"):
    """Logits or uniform numbers are rounded, as to float32: some that differ become equal. Compute
    in the type that comes, in float64 for integers."""
    # "some that differ become equal": got == 0 and want == 1 and logits[0] != logits[1]
    # "Compute in the type that comes": ROUNDED[which](logits, uniform) → (logits, uniform)
    x, u = ROUNDED[which](logits, uniform)
    return np.argmax(x + temperature * gumbel(u), axis=-1)


@exercise.bug
def logistic_noise(logits, uniform, temperature=1.0):
    """The noise is log(U / (1 - U)), which is logistic: its largest is no draw by softmax. Gumbel
    noise is -log(-log U)."""
    # "The noise is log(U / (1 - U))": np.array_equal(got, np.argmax(logits + temperature *
    #     np.log(uniform / (1 - uniform)), axis=-1))
    # "Gumbel noise is -log(-log U)": np.log(uniform / (1 - uniform)) → gumbel(uniform)
    noise = np.log(uniform / (1 - uniform))
    return np.argmax(logits + temperature * noise, axis=-1)


@exercise.bug
def last_of_equals_at_zero(logits, uniform, temperature=1.0):
    """At T = 0 the highest of equal logits is taken. Take the lowest, as argmax does."""
    # "At T = 0 the highest of equal logits is taken": bug(np.zeros(4), np.full(4, 0.5), 0.0) == 3
    # "Take the lowest, as argmax does": logits.shape[-1] - 1 - np.argmax(logits[..., ::-1],
    #     axis=-1) → np.argmax(logits, axis=-1)
    if temperature == 0:
        return logits.shape[-1] - 1 - np.argmax(logits[..., ::-1], axis=-1)
    return np.argmax(logits + temperature * gumbel(uniform), axis=-1)


@exercise.bug
def divided_by_zero(logits, uniform, temperature=1.0):
    """At T = 0 the logits are divided by 0, and the largest of infinities and nan is not the
    largest logit. Multiply the noise by T instead, which asks for no division."""
    # "At T = 0 the logits are divided by 0": bug(np.array([-2.0, -1.0]), np.full(2, 0.5), 0.0) == 0
    # "the largest of infinities and nan is not the largest logit": not np.array_equal(got,
    #     logits.argmax(axis=-1))
    # "Multiply the noise by T instead, which asks for no division": np.argmax(logits / temperature
    #     + gumbel(uniform), axis=-1) → np.argmax(logits + temperature * gumbel(uniform), axis=-1)
    with np.errstate(all="ignore"):
        temperature = np.float64(temperature)
        return np.argmax(logits / temperature + gumbel(uniform), axis=-1)


@exercise.bug
def one_row_of_noise(logits, uniform, temperature=1.0):
    """All rows get the noise of the first, so equal rows draw equal tokens. Each row has its own
    uniform numbers."""
    # "All rows get the noise of the first": np.array_equal(got, right(logits,
    #     np.broadcast_to(uniform.reshape(-1, uniform.shape[-1])[0], uniform.shape), temperature))
    # "so equal rows draw equal tokens": len(set(bug(np.zeros((99, 5)),
    #     np.random.default_rng(0).random((99, 5))).tolist())) == 1
    # "Each row has its own uniform numbers": row = uniform.reshape(-1, uniform.shape[-1])[0] → row
    #     = uniform
    row = uniform.reshape(-1, uniform.shape[-1])[0]
    return np.argmax(logits + temperature * gumbel(row), axis=-1)


@exercise.bug
def first_axis(logits, uniform, temperature=1.0):
    """The maximum is taken over the rows, not over the tokens of a row. Take it along the last
    axis."""
    # "The maximum is taken over the rows, not over the tokens of a row": np.array_equal(got,
    #     np.argmax(logits + temperature * gumbel(uniform), axis=0))
    # "Take it along the last axis": axis=0 → axis=-1
    return np.argmax(logits + temperature * gumbel(uniform), axis=0)


@exercise.bug
def winning_logit(logits, uniform, temperature=1.0):
    """Returned is the largest sum of logit and noise, not the token that has it. Take its index:
    argmax."""
    # "Returned is the largest sum of logit and noise, not the token that has it": np.allclose(got,
    #     (logits + temperature * gumbel(uniform)).max(axis=-1))
    # "Take its index: argmax": np.max( → np.argmax(
    return np.max(logits + temperature * gumbel(uniform), axis=-1)


@exercise.bug
def by_cumulative_sum(logits, uniform, temperature=1.0):
    """The token is found by a cumulative sum of probabilities: a fair draw, but asked for is
    Gumbel-max, which draws another token of the same numbers. Add -log(-log U) to each logit."""
    # "The token is found by a cumulative sum of probabilities": bug(np.zeros(4), np.full(4, 0.6))
    #     == 2
    # "a fair draw, but asked for is Gumbel-max, which draws another token of the same numbers": not
    #     np.array_equal(got, want)
    # "Add -log(-log U) to each logit": (np.cumsum(p, axis=-1) < uniform[...,
    #     :1]).sum(axis=-1).clip(max=p.shape[-1] - 1) → np.argmax(logits + temperature *
    #     gumbel(uniform), axis=-1)
    powers = np.exp(
        (logits - logits.max(axis=-1, keepdims=True)) / max(temperature, 1e-9)
    )
    p = powers / powers.sum(axis=-1, keepdims=True)
    return (
        (np.cumsum(p, axis=-1) < uniform[..., :1])
        .sum(axis=-1)
        .clip(max=p.shape[-1] - 1)
    )


@exercise.bug
def number_turned_around(logits, uniform, temperature=1.0):
    """The noise is made of 1 - U: a fair draw, but of other tokens than these numbers give. Take U
    as it is: -log(-log U)."""
    # "The noise is made of 1 - U": np.array_equal(got, right(logits, 1 - uniform, temperature))
    # "a fair draw, but of other tokens than these numbers give": not np.array_equal(got, want)
    # "Take U as it is: -log(-log U)": 1 - uniform → uniform
    return np.argmax(logits + temperature * gumbel(1 - uniform), axis=-1)


@exercise.bug
def noise_left_at_zero(logits, uniform, temperature=1.0):
    """At T = 0 a little noise is left, which draws among equal logits. Take the lowest of them: no
    noise at all."""
    # "At T = 0 a little noise is left, which draws among equal logits": bug(np.zeros(2),
    #     np.array([0.1, 0.9]), 0.0) == 1
    # "Take the lowest of them: no noise at all": max(temperature, 1e-09) → temperature
    return np.argmax(logits + max(temperature, 1e-9) * gumbel(uniform), axis=-1)


@exercise.bug(greedy_at_zero=(False, True))
def smallest_wins(logits, uniform, temperature=1.0, greedy_at_zero=False):
    """The token with the smallest sum of logit and noise is drawn, so the likeliest comes least
    often. Take the largest: argmax of the sum, or argmin of -log U / p."""
    # "The token with the smallest sum of logit and noise is drawn": np.array_equal(got,
    #     np.argmin(logits + temperature * gumbel(uniform), axis=-1))
    # "so the likeliest comes least often": np.mean(bug(np.tile([2.0, 1.0, 0.0], (999, 1)),
    #     np.random.default_rng(0).random((999, 3))) == 0) < 0.2
    # "Take the largest: argmax of the sum": np.argmin → np.argmax
    # "or argmin of -log U / p": np.argmin(logits + temperature * gumbel(uniform), axis=-1) →
    #     np.argmin(np.log(-np.log(uniform)) * temperature - logits, axis=-1)
    if greedy_at_zero and temperature == 0:
        return np.argmax(logits, axis=-1)
    return np.argmin(logits + temperature * gumbel(uniform), axis=-1)


@exercise.bug
def temperature_twice(logits, uniform, temperature=1.0):
    """The temperature acts twice, on the logits and on the noise or on one of them again: the draw
    is one at T². Divide the logits once, or multiply the noise once."""
    # "The temperature acts twice, on the logits and on the noise or on one of them again: the draw
    #     is one at T²": np.array_equal(got, right(logits, uniform, temperature**2))
    # "multiply the noise once": temperature ** 2 → temperature
    return np.argmax(logits + temperature**2 * gumbel(uniform), axis=-1)


def log_softmax(logits, temperature, least=0.0):
    """Logarithms of probabilities, to each of which something is added."""
    x = (logits - logits.max(axis=-1, keepdims=True)) / (temperature or 1.0)
    p = np.exp(x)
    p = p / p.sum(axis=-1, keepdims=True)
    return (temperature or 1.0) * np.log(p + least)


DRAWABLE = {
    "zero": lambda x, t: np.where(np.isfinite(x), x, 0.0),
    "number": lambda x, t: np.where(np.isfinite(x), x, -50.0),
    "hundred": lambda x, t: np.where(np.isfinite(x), x, -100.0),
    "thousand": lambda x, t: np.where(np.isfinite(x), x, -1e3),
    "more thousands": lambda x, t: np.where(np.isfinite(x), x, -1e4),
    "clip": lambda x, t: np.maximum(x, -50.0),
    "more": lambda x, t: log_softmax(x, t, 1e-9) if t else x,
    "less": lambda x, t: log_softmax(x, t, 1e-12) if t else x,
}


@exercise.bug(way=tuple(DRAWABLE))
def left_out_yet_drawn(logits, uniform, temperature=1.0, way="clip"):
    """A logit of -inf becomes a number, as by a clip or by a little that is added to its
    probability, and noise can draw the token. Leave it: no noise lifts -inf."""
    # "A logit of -inf becomes a number": np.isfinite(DRAWABLE[
    #     "more"](np.array([0.0, -np.inf]), 1.0)).all() and bug(np.array([0.0, -np.inf]),
    #     np.array([0.5, 1 - 1e-12]), 2.5)
    # "noise can draw the token": bug(np.array([0.0, -np.inf]), np.array([0.5, 1 - 1e-12]), 2.5)
    # "Leave it": DRAWABLE[way](logits, temperature) → logits
    x = DRAWABLE[way](logits, temperature)
    return np.argmax(x + temperature * gumbel(uniform), axis=-1)


@exercise.bug
def maximum_of_the_batch(logits, uniform, temperature=1.0):
    """The largest logit of the whole batch is taken off before exp, so rows far below it become
    zeros, and their first token wins. Take each row's own maximum, or no exp at all."""
    # "rows far below it become zeros, and their first token wins": bug(np.array([[0.0, 0.0],
    #     [-2000.0, -1000.0]]), np.full((2, 2), 0.5))[1] == 0
    # "The largest logit of the whole batch is taken off before exp":
    #     np.exp(logits - logits.max())[got != want].max() == 0
    # "Take each row's own maximum": logits.max() → logits.max(axis=-1, keepdims=True)
    if temperature == 0:
        return np.argmax(logits, axis=-1)
    with np.errstate(divide="ignore"):
        x = np.log(np.exp((logits - logits.max()) / temperature))
    return np.argmax(x + gumbel(uniform), axis=-1)
