"""Practice for question 14: rotary positions, at the start and after a cache."""

from dataclasses import replace

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import Note
from answers.grader.number_types import add_whole_numbers
from answers.transformers.rotary import rotate

ANGLES = Note(
    "angles computed in float32",
    "Ours computes them in float64, whatever the dtype of `x`: in float32 those of position "
    "200,000 are off by a hundredth.",
    within=1e-4,
)
exercise = Exercise(
    rotate,
    page="14-kv-cache",
    noted=ANGLES,
    hints=(
        "Take two features, where there is one pair: turn (1, 0) by one radian on paper. "
        "What are the two new numbers?",
        "You need an angle for each row and each pair: a column of positions times a row of "
        "speeds. What is the shape, and against which part of `x` does it broadcast?",
        "The first new entry and the second both need both old ones. Do not overwrite one "
        "before the other is computed.",
        "The first row of `x` stands at position `offset`. Rows are the last axis but one, "
        "however many axes stand before.",
    ),
)

rng = np.random.default_rng(14)
matrix, heads = rng.normal(size=(5, 6)), rng.normal(size=(2, 3, 5, 6))

exercise.case("one pair at position 1", np.array([[3.0, 1.0]]), 1)
exercise.case("one pair at positions 0 to 2", rng.normal(size=(3, 2)))
exercise.case("two pairs", rng.normal(size=(3, 4)))
exercise.case("three pairs after a cache of 7", matrix, 7)
exercise.case("as many rows as features", rng.normal(size=(4, 4)), 2)
exercise.case("one new token after 11", rng.normal(size=(3, 1, 4)), 11)
exercise.case("2 sequences with 3 heads", heads)
exercise.case("2 sequences with 3 heads, after 13", heads, 13)
exercise.case("another base", matrix, 3, base=500.0)
exercise.case("integers", np.array([[3, -1, 2, 5], [1, 0, 4, -2]]), 1)
exercise.case("float32", heads.astype(np.float32), 5)
exercise.case("position 20 003", matrix, 20_003, noted=replace(ANGLES, within=0.05))
add_whole_numbers(exercise, np.array([[3, 1, 200, 5], [1, 0, 4, 255]]), 1, signed=False)
exercise.case("three leading axes", heads[None], 4)


@exercise.check
def a_score_depends_on_the_distance_only(function):
    """A query at 9 and a key at 4 have another product than the same at 25 and 20, or than at 5
    and 0. Turn all rows alike, by position times speed."""
    q, k = rng_of_the_check().normal(size=(2, 1, 6))
    scores = [function(q.copy(), p + 5) @ function(k.copy(), p).T for p in (0, 4, 20)]
    return np.allclose(scores, scores[0], rtol=1e-4)


def rng_of_the_check():
    return np.random.default_rng(41)


def angles(x, offset, base, exponents=None):
    """Position times speed, (time, pairs)."""
    time, d = x.shape[-2:]
    exponents = np.arange(0, d, 2) / d if exponents is None else exponents
    return np.arange(offset, offset + time)[:, None] * base**-exponents


def turned(x, by):
    """Each pair (j, j + d/2) turned by its angle."""
    first, second = np.split(x.astype(float), 2, axis=-1)
    c, s = np.cos(by), np.sin(by)
    return np.concatenate([first * c - second * s, first * s + second * c], axis=-1)


@exercise.bug
def offset_ignored(x, offset=0, base=10_000.0):
    """Positions are counted from 0 in each call, so a new token after a cache is turned like the
    first of all. The first row stands at `offset`."""
    # "Positions are counted from 0 in each call, so a new token after a cache is turned like
    #     the first of all": np.array_equal(got, bug(x, offset=0)) and np.allclose(got[0], x[0])
    # "The first row stands at `offset`": angles(x, 0, base) → angles(x, offset, base)
    return turned(x, angles(x, 0, base))


@exercise.bug
def offset_in_the_angle(x, offset=0, base=10_000.0):
    """The offset is added to the angle, so that it turns each pair at the speed of the first. Add
    it to the position, before that is multiplied by the speed."""
    # "The offset is added to the angle": np.allclose(got, turned(x, angles(x, 0, base) + offset))
    # "it turns each pair at the speed of the first": np.allclose(bug(np.tile(x, 2), offset)[0],
    #     right(np.tile(x, 2), offset, base=1.0)[0])
    # "Add it to the position, before that is multiplied by the speed": angles(x, 0, base) + offset
    #     → angles(x, offset, base)
    return turned(x, angles(x, 0, base) + offset)


@exercise.bug
def counted_from_1(x, offset=0, base=10_000.0):
    """Positions run one ahead. Position counts the tokens before, so the first of all stands at
    0 and is not turned."""
    # "Positions run one ahead": np.allclose(got, right(x, offset + 1))
    # "Position counts the tokens before, so the first of all stands at 0 and is not turned":
    #     offset + 1 → offset
    return turned(x, angles(x, offset + 1, base))


@exercise.bug
def all_rows_at_the_offset(x, offset=0, base=10_000.0):
    """Every row is turned by the same position. Row t stands at offset + t."""
    # "Every row is turned by the same position": np.allclose(got, [right(row[None], offset)[0]
    #     for row in x])
    # "Row t stands at offset + t": np.repeat(angles(x, offset, base)[:1], x.shape[-2], axis=0)
    #     → np.concatenate([angles(x, offset + t, base)[:1] for t in range(x.shape[-2])])
    return turned(x, np.repeat(angles(x, offset, base)[:1], x.shape[-2], axis=0))


@exercise.bug
def neighbours_paired(x, offset=0, base=10_000.0):
    """Neighbouring features are paired, as in RoFormer, not feature j with j + d/2. Either works
    in a model trained so, and neither reads the other's weights."""
    # "Neighbouring features are paired, as in RoFormer, not feature j with j + d/2": x[...,
    #     ::2], x[..., 1::2] → x[..., :x.shape[-1] // 2].astype(float), x[..., x.shape[-1] //
    #     2:].astype(float); np.stack([even * c - odd * s, even * s + odd * c], -1) →
    #     np.concatenate([even * c - odd * s, even * s + odd * c], -1)
    by = angles(x, offset, base)
    even, odd = x[..., ::2], x[..., 1::2]
    c, s = np.cos(by), np.sin(by)
    return np.stack([even * c - odd * s, even * s + odd * c], -1).reshape(x.shape)


@exercise.bug
def speeds_of_neighbours(x, offset=0, base=10_000.0):
    """Halves are paired, and the angles are repeated for neighbours: both entries of a pair need
    the same one. Write the angles of all pairs twice, one after the other."""
    # "Write the angles of all pairs twice, one after the other": np.repeat(angles(x, offset,
    #     base), 2, axis=-1) → np.tile(angles(x, offset, base), 2)
    # "the angles are repeated for neighbours: both entries of a pair need the same one": not
    #     np.allclose(got[1:], want[1:]) and np.allclose(got[0], want[0])
    by = np.repeat(angles(x, offset, base), 2, axis=-1)
    first, second = np.split(x.astype(float), 2, axis=-1)
    return x * np.cos(by) + np.concatenate([-second, first], axis=-1) * np.sin(by)


@exercise.bug
def degrees(x, offset=0, base=10_000.0):
    """The angles are taken for degrees, so everything is turned too little. They are radians, as
    `np.cos` takes them."""
    # "The angles are taken for degrees, so everything is turned too little": np.allclose(got,
    #     turned(x, angles(x, offset, base) * np.pi / 180))
    # "They are radians, as `np.cos` takes them": np.cos(np.pi) == -1 and np.allclose(want,
    #     turned(x, angles(x, offset, base))) and not np.allclose(got, want)
    return turned(x, np.deg2rad(angles(x, offset, base)))


@exercise.bug
def turned_backwards(x, offset=0, base=10_000.0):
    """The pairs are turned the other way round. Check the signs of the sine: the first entry
    loses, the second gains."""
    # "The pairs are turned the other way round": np.allclose(got, turned(x, -angles(x, offset,
    #     base)))
    # "Check the signs of the sine: the first entry loses, the second gains": -angles → angles
    return turned(x, -angles(x, offset, base))


@exercise.bug
def no_minus(x, offset=0, base=10_000.0):
    """Both entries gain, which is no rotation: lengths change. The first is
    x[j] cos - x[j + d/2] sin."""
    # "Both entries gain, which is no rotation: lengths change": not
    #     np.isclose(np.linalg.norm(got), np.linalg.norm(x))
    # "The first is x[j] cos - x[j + d/2] sin": first * c + second * s → first * c - second * s
    first, second = np.split(x.astype(float), 2, axis=-1)
    c, s = np.cos(angles(x, offset, base)), np.sin(angles(x, offset, base))
    return np.concatenate([first * c + second * s, first * s + second * c], axis=-1)


@exercise.bug
def second_from_the_new_first(x, offset=0, base=10_000.0):
    """The first half is overwritten, and the second half is computed from what it has become. Keep
    the old one until both are done."""
    # "The first half is overwritten, and the second half is computed from what it has become":
    #     np.isclose(got[0, 1], got[0, 0] * np.sin(1) + x[0, 1] * np.cos(1))
    # "Keep the old one until both are done": y[..., :half] * s + → x[..., :half] * s +
    half = x.shape[-1] // 2
    c, s = np.cos(angles(x, offset, base)), np.sin(angles(x, offset, base))
    y = x.astype(float)
    y[..., :half] = y[..., :half] * c - y[..., half:] * s
    y[..., half:] = y[..., :half] * s + y[..., half:] * c
    return y


@exercise.bug(steps=("pairs by d", "features by d/2", "pairs by d - 2"))
def exponent_off_by_2(x, offset=0, base=10_000.0, steps="pairs by d"):
    """The exponent is j/d, 4j/d or 2j/(d - 2), so the slowest pair is too fast or too slow. For
    pair j of d/2 it is 2j/d."""
    # "The exponent is j/d": np.allclose(got, right(x, base=10000.0 ** (1 / 2)))
    # "For pair j of d/2 it is 2j/d": np.arange(d // 2) / d * (1 if steps == 'pairs by d' else
    #     4) → 2 * np.arange(d // 2) / d; max(d - 2, 1) → d
    # "so the slowest pair is too fast or too slow": np.allclose(bug(x, steps="features by d/2"),
    #     right(x, base=10000.0 ** 2)) and np.allclose(bug(np.tile(x, 2), steps="pairs by d - 2"),
    #     right(np.tile(x, 2), base=10000.0 ** (2 * x.shape[-1] / (2 * x.shape[-1] - 2))))
    d = x.shape[-1]
    exponents = np.arange(d // 2) / d * (1 if steps == "pairs by d" else 4)
    if steps == "pairs by d - 2":
        exponents = 2 * np.arange(d // 2) / max(d - 2, 1)
    return turned(x, angles(x, offset, base, exponents))


@exercise.bug
def exponent_without_its_sign(x, offset=0, base=10_000.0):
    """The speeds grow from 1 to nearly the base, so the last pairs spin. They fall: the exponent
    is negative."""
    # "The speeds grow from 1 to nearly the base, so the last pairs spin": np.allclose(got,
    #     right(x, base=1 / 10000.0))
    # "They fall: the exponent is negative": -np.arange → np.arange
    return turned(
        x, angles(x, offset, base, -np.arange(0, x.shape[-1], 2) / x.shape[-1])
    )


@exercise.bug
def exponent_rounded_down(x, offset=0, base=10_000.0):
    """The exponent -2j/d is rounded down to -1, so that all pairs but the first turn at 1 / base.
    Divide with `/`."""
    # "The exponent -2j/d is rounded down to -1, so that all pairs but the first turn at 1 / base":
    #     np.allclose(got, turned(x, angles(x, offset, base, np.minimum(np.arange(x.shape[-1] // 2),
    #     1))))
    # "Divide with `/`": // x.shape[-1] → / x.shape[-1]
    exponents = np.arange(0, -x.shape[-1], -2) // x.shape[-1]
    return turned(x, angles(x, offset, base, -exponents))


@exercise.bug
def one_speed_for_all(x, offset=0, base=10_000.0):
    """All pairs turn equally fast, so positions 44 apart, seven turns, look nearly alike.
    Pair j has the speed
    base^(-2j/d)."""
    # "All pairs turn equally fast, so positions 44 apart, seven turns, look nearly alike":
    #     np.allclose(got, right(x, base=1.0)) and np.allclose(bug(x, offset=44), got, atol=0.1) and
    #     round(44 / (2 * np.pi), 1) == 7
    # "Pair j has the speed base^(-2j/d)": np.zeros(x.shape[-1] // 2) → 2 *
    #     np.arange(x.shape[-1] // 2) / x.shape[-1]
    return turned(x, angles(x, offset, base, np.zeros(x.shape[-1] // 2)))


@exercise.bug
def base_ignored(x, offset=0, base=10_000.0):
    """The base is 10 000 whatever the caller passes. Models differ in it: take
    `base`."""
    # "The base is 10 000 whatever the caller passes": np.allclose(got, right(x, offset,
    #     10_000))
    # "Models differ in it: take `base`": angles(x, offset, 10000.0) → angles(x, offset, base)
    return turned(x, angles(x, offset, 10_000.0))


@exercise.bug(axis=(-3, 0))
def positions_of_another_axis(x, offset=0, base=10_000.0, axis=-3):
    """The positions run along the heads or the batch. Time is the last axis but one."""
    # "The positions run along the heads or the batch": np.allclose(got[:, 0], right(x[:, 0],
    #     offset))
    # "Time is the last axis but one": if x.ndim < 3: → if True:
    if x.ndim < 3:
        return turned(x, angles(x, offset, base))
    moved = np.moveaxis(x, axis, -2)
    return np.moveaxis(turned(moved, angles(moved, offset, base)), -2, axis)


@exercise.bug
def angles_too_coarse(x, offset=0, base=10_000.0):
    """The angles are computed in numbers of 16 bits, where a large angle loses the digits that its
    cosine needs. Compute them in float64, then cast the cosine and the sine."""
    # "The angles are computed in numbers of 16 bits, where a large angle loses the digits that its
    #     cosine needs": x.dtype == np.float32 and not np.allclose(got, want, atol=1e-4)
    # "Compute them in float64, then cast the cosine and the sine": .astype(np.float16) →
    #     .astype(np.float64)
    if x.dtype != np.float32:
        return turned(x, angles(x, offset, base))
    # A cosine in float16 has other last digits on another processor.
    return turned(x, angles(x, offset, base).astype(np.float16).astype(float))
