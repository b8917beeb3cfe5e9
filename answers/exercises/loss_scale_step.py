"""Practice for question 25: one step with a scaled loss, skipped if its gradient overflowed."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.training.mixed_precision import loss_scale_step

exercise = Exercise(
    loss_scale_step,
    page="25-mixed-precision",
    returns=("w", "scale", "good_steps"),
    hints=(
        "The loss was multiplied by `scale`, and so was each gradient. What takes it out again, "
        "and in which type must that happen, if 2e-8 shall stay?",
        "One entry is infinity or nan. Which weights may move in this step?",
        "After a skipped step: which scale, and how many good steps in a row? After a good one: "
        "when does the scale grow, and what does the count become then?",
    ),
)

rng = np.random.default_rng(25)


def pair(*shape, scale=1.0):
    """Weights, and the gradient of a loss that was scaled."""
    w, gradient = rng.normal(size=(2, *shape))
    return w, gradient * scale


def with_bad(gradient, *entries):
    gradient = gradient.copy()
    gradient.flat[: len(entries)] = entries
    return gradient


w, g = pair(5, scale=64.0)
exercise.case("a good step", *pair(1, scale=8.0), 8.0, 0, 0.1)
exercise.case("five weights", w, g, 64.0, 12, 0.05)
exercise.case("an infinite entry", w, with_bad(g, np.inf), 64.0, 12, 0.05)
exercise.case("the scale grows", w, g, 64.0, 1999, 0.05)
exercise.case("one step before it grows", w, g, 64.0, 1998, 0.05)
exercise.case("an interval of 3", w, g, 16.0, 2, 0.2, growth_interval=3)
exercise.case("an interval of 1", w, g, 16.0, 0, 0.3, growth_interval=1)
exercise.case("an entry of -infinity", w, with_bad(g, 1.0, -np.inf), 64.0, 3, 0.05)
exercise.case("a nan", w, with_bad(g, 0.5, 0.1, np.nan), 64.0, 7, 0.05)
exercise.case("infinity and -infinity", w, with_bad(g, np.inf, -np.inf), 32.0, 4, 0.1)
exercise.case(
    "an overflow where the scale would grow", w, with_bad(g, np.inf), 64.0, 1999, 0.05
)
exercise.case("an overflow right after another", w, with_bad(g, np.nan), 32.0, 0, 0.05)
exercise.case("a scale below 1", w, g, 0.25, 12, 0.05)
exercise.case("a scale of 65,536", w, g * 1024, 65536.0, 12, 0.5)
exercise.case("an overflow at a scale of 1", w, with_bad(g, np.inf), 1.0, 12, 0.05)
exercise.case(
    "an overflow at a scale of 2^-20", w, with_bad(g, np.inf), 2.0**-20, 12, 0.05
)
exercise.case("a scale of 2^40 grows", w, g, 2.0**40, 1999, 0.05)
exercise.case("a scale below 1 grows", w, g, 0.125, 1999, 0.05)
exercise.case("a gradient of 0", w, 0 * g, 64.0, 12, 0.05)
exercise.case("a learning rate of 0", w, g, 64.0, 12, 0.0)
exercise.case("a matrix", *pair(3, 4, scale=128.0), 128.0, 9, 0.15)
w2, g2 = pair(3, 4, scale=32.0)
exercise.case(
    "a nan at a matrix's end", w2, with_bad(g2[::-1], np.nan)[::-1], 32.0, 9, 0.3
)
exercise.case("three axes", *pair(2, 3, 4, scale=512.0), 512.0, 40, 0.25)
exercise.case("four axes", *pair(2, 1, 3, 2, scale=4.0), 4.0, 41, 0.35)
w32 = w.astype(np.float32)
exercise.case("float32", w32, g.astype(np.float32), 64.0, 8, 0.12)
full = np.full(5, 2e38, np.float32)
exercise.case("large entries, none infinite", w32, full, 2.0**60, 2, 1e-21)
one = np.float32([0.3, -2e18, 1.7, 0.02, -4])
exercise.case("one large entry, not infinite", w32, one, 2.0**30, 2, 1e-10)
add_whole_numbers(exercise, *np.rint(9 * np.abs(np.array(pair(3, 4)))), 4.0, 6, 0.25)


def keeps(submission, sizes, lr):
    """Whether a step along such float16 gradients is right."""
    small = np.float16(sizes)
    expected = small.astype(float) * lr / -65536
    found, *_ = submission(np.zeros(2, np.float32), small, 65536.0, 0, lr)
    return np.allclose(found, expected, rtol=1e-3, atol=0)


@exercise.check
def small_gradients_survive_the_division(submission):
    """A float16 gradient that only the scale has saved is 0 again: it was divided in float16. Make
    it float32 first."""
    return all(keeps(submission, sizes, 1.0) for sizes in ([3e-4, -2e-3], [1e-3, 0.7]))


@exercise.check
def small_gradients_survive_the_learning_rate(submission):
    """A float16 gradient, multiplied by a small learning rate, became 0: in float16 the product is
    too small. Make it float32 first."""
    return keeps(submission, [3e-4, -2e-3], 2e-5)


@exercise.check
def calls_are_not_counted(submission):
    """After three calls the scale grew, though each said that no good step came before it. The
    count comes in as `good_steps`; keep none outside."""
    w = np.zeros(2)
    submission(w, np.array([np.inf, 1]), 4.0, 0, 0.1, growth_interval=3)
    found = [
        submission(w, np.ones(2), 4.0, 0, 0.1, growth_interval=3) for _ in range(3)
    ]
    return all(scale == 4 and good_steps == 1 for _, scale, good_steps in found)


def after(good_steps, scale, growth_interval):
    """The scale and the count after a good step."""
    if good_steps + 1 == growth_interval:
        return 2 * scale, 0
    return scale, good_steps + 1


def moved(w, gradient, scale, lr):
    return as_float(w) - lr * (as_float(gradient) / scale)


@exercise.bug(back=(None, np.float64, np.float32))
def divided_in_float16(
    w, gradient, scale, good_steps, lr, growth_interval=2000, back=None
):
    """A float16 gradient is divided in float16, where what the scale has saved becomes 0 again.
    Make it float32 first."""
    # "Make it float32 first": np.divide(gradient, scale, dtype=kind).astype(back or kind) →
    #     as_float(gradient) / scale
    # "A float16 gradient is divided in float16, where what the scale has saved becomes 0
    #     again": [bug(np.zeros(1, np.float32), kind([3e-4]), 65536.0, 0, 1.0)[0].any() for
    #     kind in (np.float16, np.float32)] == [False, True]
    if not np.isfinite(gradient).all():
        return as_float(w) + 0.0, scale / 2, 0
    kind = gradient.dtype if gradient.dtype.kind == "f" else float
    if back:
        # What is no float16 is made so.
        kind = np.float16
    with np.errstate(over="ignore", invalid="ignore"):
        unscaled = np.divide(gradient, scale, dtype=kind).astype(back or kind)
    return moved(w, unscaled, 1, lr), *after(good_steps, scale, growth_interval)


@exercise.bug
def step_not_skipped(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """The step is made although an entry is infinite or nan, and so is a weight then. Look with
    np.isfinite, and leave w alone."""
    # "Look with np.isfinite, and leave w alone": moved(w, gradient, scale, lr), scale / 2 →
    #     as_float(w) + 0.0, scale / 2
    # "The step is made although an entry is infinite or nan, and so is a weight then":
    #     np.isinf(got.w[0]) and np.isnan(bug(w, with_bad(gradient, np.nan), scale,
    #     good_steps, lr)[0][0]) and (got.w != w).all()
    if not np.isfinite(gradient).all():
        return moved(w, gradient, scale, lr), scale / 2, 0
    return moved(w, gradient, scale, lr), *after(good_steps, scale, growth_interval)


@exercise.bug
def finite_entries_stepped(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """Only the bad entries stay, and all others move. One bad entry skips the whole step."""
    # "Only the bad entries stay, and all others move": np.array_equal(got.w == w,
    #     ~np.isfinite(gradient))
    # "One bad entry skips the whole step": np.where(np.isfinite(gradient), moved(w, gradient,
    #     scale, lr), w) → as_float(w) + 0.0
    if not np.isfinite(gradient).all():
        partly = np.where(np.isfinite(gradient), moved(w, gradient, scale, lr), w)
        return partly, scale / 2, 0
    return moved(w, gradient, scale, lr), *after(good_steps, scale, growth_interval)


@exercise.bug
def bad_entries_made_zero(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """Infinite entries and nan are replaced by 0, and the step counts as a good one: the scale
    never falls. Skip the step, and halve the scale."""
    # "the step counts as a good one: the scale never falls": got.scale == scale and got.good_steps
    #     == good_steps + 1
    # "Skip the step, and halve the scale": kept = np.where(np.isfinite(gradient), gradient, 0) →
    #     return as_float(w) + 0.0, scale / 2, 0
    # "Infinite entries and nan are replaced by 0": np.allclose(got.w, right(w,
    #     with_bad(gradient, 0), scale, good_steps, lr)[0]) and np.allclose(got.w, bug(w,
    #     with_bad(gradient, np.nan), scale, good_steps, lr)[0])
    bad = not np.isfinite(gradient).all()
    kept = gradient
    if bad:
        kept = np.where(np.isfinite(gradient), gradient, 0)
    return moved(w, kept, scale, lr), *after(good_steps, scale, growth_interval)


@exercise.bug(way=((65504, True), (None, True), (65504, False), (None, False)))
def infinities_made_large(
    w, gradient, scale, good_steps, lr, growth_interval=2000, way=(65504, True)
):
    """Infinite entries become large numbers, and the step is made along them. What overflowed is
    lost: skip the step."""
    # "Infinite entries become large numbers, and the step is made along them":
    #     np.isinf(gradient).any() and np.allclose(got.w, w - lr * np.nan_to_num(gradient,
    #     posinf=65504, neginf=-65504) / scale)
    # "skip the step": bad and halved → bad; (new, scale / 2 → (as_float(w) + 0.0, scale / 2
    # "What overflowed is lost": np.float16(70_000) == np.float16(90_000) and (got.w !=
    #     want.w).any()
    most, halved = way
    least = None if most is None else -most
    kept = np.nan_to_num(as_float(gradient), posinf=most, neginf=least)
    bad = not np.isfinite(gradient).all()
    with np.errstate(over="ignore"):
        new = moved(w, kept, scale, lr)
    if bad and halved:
        return new, scale / 2, 0
    return new, *after(good_steps, scale, growth_interval)


@exercise.bug
def nan_overlooked(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """Only infinity is looked for: a nan comes through, and makes weights nan. Use np.isfinite,
    which is False for both."""
    # "Use np.isfinite, which is False for both": np.isinf(gradient).any() → (not
    #     np.isfinite(gradient).all())
    # "Only infinity is looked for: a nan comes through, and makes weights nan":
    #     np.isnan(got.w).any() and np.array_equal(bug(w, with_bad(gradient, np.inf), scale,
    #     good_steps, lr)[0], w)
    if np.isinf(gradient).any():
        return as_float(w) + 0.0, scale / 2, 0
    return moved(w, gradient, scale, lr), *after(good_steps, scale, growth_interval)


@exercise.bug
def infinity_overlooked(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """Only nan is looked for, but an overflow is infinite: weights become infinite. Use
    np.isfinite, which is False for both."""
    # "Use np.isfinite, which is False for both": np.isnan(gradient).any() → (not
    #     np.isfinite(gradient).all())
    # "Only nan is looked for, but an overflow is infinite: weights become infinite":
    #     np.isinf(got.w).any() and np.isinf(np.float16(300) * np.float16(300)) and
    #     np.array_equal(bug(w, with_bad(gradient, np.nan), scale, good_steps, lr)[0], w)
    if np.isnan(gradient).any():
        return as_float(w) + 0.0, scale / 2, 0
    return moved(w, gradient, scale, lr), *after(good_steps, scale, growth_interval)


@exercise.bug
def sum_looked_at(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """The sum is looked at, and a sum of finite entries may overflow: a good step is skipped. Look
    at each entry."""
    # "Look at each entry": np.isfinite(gradient.sum()) → np.isfinite(gradient).all()
    # "The sum is looked at, and a sum of finite entries may overflow: a good step is
    #     skipped": np.isfinite(gradient).all() and np.isinf(gradient.sum()) and
    #     got.good_steps == 0
    with np.errstate(over="ignore", invalid="ignore"):
        good = np.isfinite(gradient.sum())
    if not good:
        return as_float(w) + 0.0, scale / 2, 0
    return moved(w, gradient, scale, lr), *after(good_steps, scale, growth_interval)


@exercise.bug(
    part=(
        lambda g: g[0],
        lambda g: g.flat[0],
        lambda g: g[-1],
        lambda g: g[0] if g.ndim > 1 else g,
    )
)
def part_looked_at(
    w, gradient, scale, good_steps, lr, growth_interval=2000, part=lambda g: g[0]
):
    """Only a part of the gradient is looked at, so that a nan or infinity elsewhere comes through.
    Look at each entry: `np.isfinite(gradient).all()`."""
    # "so that a nan or infinity elsewhere comes through": not np.isfinite(got.w).all()
    # "Only a part of the gradient is looked at": np.isfinite(bug(np.ones((2, 2)), np.array([[1,
    #     np.nan], [1, 1]]), 2.0, 0, 0.1, part=lambda g: g[1])[0]).sum() == 3
    # "Look at each entry": part(gradient) → gradient
    if not np.isfinite(part(gradient)).all():
        return as_float(w) + 0.0, scale / 2, 0
    return moved(w, gradient, scale, lr), *after(good_steps, scale, growth_interval)


@exercise.bug
def scale_kept_after_an_overflow(
    w, gradient, scale, good_steps, lr, growth_interval=2000
):
    """The step is skipped, and the scale stays: the next gradient overflows, too. Halve the
    scale."""
    # "Halve the scale": as_float(w) + 0.0, scale, → as_float(w) + 0.0, scale / 2,
    # "The step is skipped, and the scale stays: the next gradient overflows, too":
    #     np.array_equal(got.w, w) and got.scale == scale and np.isinf(np.float16(1500) *
    #     np.float16(got.scale))
    if not np.isfinite(gradient).all():
        return as_float(w) + 0.0, scale, 0
    return moved(w, gradient, scale, lr), *after(good_steps, scale, growth_interval)


@exercise.bug
def scale_doubled_after_an_overflow(
    w, gradient, scale, good_steps, lr, growth_interval=2000
):
    """After an overflow the scale doubles, so that more overflows. Halve it."""
    # "Halve it": as_float(w) + 0.0, scale * 2 → as_float(w) + 0.0, scale / 2
    # "After an overflow the scale doubles, so that more overflows": got.scale == 2 * scale
    #     and [np.isinf(np.float16(700) * np.float16(each)) for each in (scale, got.scale)] ==
    #     [False, True]
    if not np.isfinite(gradient).all():
        return as_float(w) + 0.0, scale * 2, 0
    return moved(w, gradient, scale, lr), *after(good_steps, scale, growth_interval)


@exercise.bug
def count_kept_after_an_overflow(
    w, gradient, scale, good_steps, lr, growth_interval=2000
):
    """A skipped step leaves the count as it was, so the scale grows too early. Good steps are
    counted in a row: begin at 0 again."""
    # "A skipped step leaves the count as it was, so the scale grows too early":
    #     got.good_steps == good_steps and bug(w, 0 * w, scale, bug(w, gradient, scale, 1999,
    #     lr)[2], lr)[1] == 2 * scale
    # "Good steps are counted in a row: begin at 0 again": scale / 2, good_steps → scale / 2,
    #     0
    if not np.isfinite(gradient).all():
        return as_float(w) + 0.0, scale / 2, good_steps
    return moved(w, gradient, scale, lr), *after(good_steps, scale, growth_interval)


@exercise.bug
def skipped_step_counted(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """A skipped step counts as a good one. It ends the row: the count becomes 0."""
    # "A skipped step counts as a good one": got.good_steps == good_steps + 1
    # "It ends the row: the count becomes 0": scale / 2, good_steps + 1 → scale / 2, 0
    if not np.isfinite(gradient).all():
        return as_float(w) + 0.0, scale / 2, good_steps + 1
    return moved(w, gradient, scale, lr), *after(good_steps, scale, growth_interval)


@exercise.bug
def count_kept_after_growth(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """The scale doubles, and the count goes on, past the interval. Begin at 0 again."""
    # "The scale doubles, and the count goes on, past the interval": got.scale == 2 * scale and
    #     got.good_steps == growth_interval
    # "Begin at 0 again": new, good_steps + 1 → new, 0 if grown else good_steps + 1
    if not np.isfinite(gradient).all():
        return as_float(w) + 0.0, scale / 2, 0
    grown = good_steps + 1 == growth_interval
    new = scale * 2 if grown else scale
    return moved(w, gradient, scale, lr), new, good_steps + 1


@exercise.bug
def not_grown(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """The scale does not grow at the end of the interval. This step counts, too: when the count
    reaches the interval, double the scale and begin to count again."""
    # "The scale does not grow at the end of the interval": got.scale == scale and want.scale == 2 *
    #     scale
    # "when the count reaches the interval, double the scale and begin to count again": scale,
    #     good_steps + 1) → *after(good_steps, scale, growth_interval))
    if not np.isfinite(gradient).all():
        return as_float(w) + 0.0, scale / 2, 0
    return (moved(w, gradient, scale, lr), scale, good_steps + 1)


@exercise.bug
def no_step_where_the_scale_grows(
    w, gradient, scale, good_steps, lr, growth_interval=2000
):
    """Where the scale doubles, the weights stay. The gradient is a good one: make the step, too."""
    # "Where the scale doubles, the weights stay": np.array_equal(got.w, w) and got.scale == 2 *
    #     scale
    # "make the step, too": as_float(w) + 0.0, new → moved(w, gradient, scale, lr), new
    # "The gradient is a good one": np.isfinite(gradient).all() and got.scale == 2 * scale and
    #     (got.w != want.w).any()
    if not np.isfinite(gradient).all():
        return as_float(w) + 0.0, scale / 2, 0
    new, count = after(good_steps, scale, growth_interval)
    if count == 0:
        return as_float(w) + 0.0, new, 0
    return moved(w, gradient, scale, lr), new, count


@exercise.bug
def interval_ignored(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """The scale grows after 2000 good steps, whatever interval is asked for. Compare with
    `growth_interval`."""
    # "The scale grows after 2000 good steps, whatever interval is asked for": growth_interval !=
    #     2000 and got.scale == scale and bug(w, gradient, 1.0, 1999, 0.1, 3000)[1] == 2
    # "Compare with `growth_interval`": scale, 2000 → scale, growth_interval
    if not np.isfinite(gradient).all():
        return as_float(w) + 0.0, scale / 2, 0
    return moved(w, gradient, scale, lr), *after(good_steps, scale, 2000)


@exercise.bug
def not_unscaled(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """The step goes along the scaled gradient, `scale` times too far. Divide it by the scale
    first."""
    # "The step goes along the scaled gradient, `scale` times too far": np.allclose(got.w - w,
    #     scale * (want.w - w))
    # "Divide it by the scale first": moved(w, gradient, 1, lr) → moved(w, gradient, scale, lr)
    if not np.isfinite(gradient).all():
        return as_float(w) + 0.0, scale / 2, 0
    return moved(w, gradient, 1, lr), *after(good_steps, scale, growth_interval)


@exercise.bug
def multiplied_by_the_scale(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """The gradient is multiplied by the scale, which it holds already. Divide by it."""
    # "The gradient is multiplied by the scale": np.allclose(got.w - w, scale**2 * (want.w - w))
    # "Divide by it": 1 / scale → scale
    if not np.isfinite(gradient).all():
        return as_float(w) + 0.0, scale / 2, 0
    return moved(w, gradient, 1 / scale, lr), *after(good_steps, scale, growth_interval)


@exercise.bug
def unscaled_by_the_next_scale(
    w, gradient, scale, good_steps, lr, growth_interval=2000
):
    """Where the scale doubles, the gradient is divided by the new one: half a step. Divide by the
    scale that the loss had."""
    # "the gradient is divided by the new one: half a step": np.allclose(2 * (got.w - w),
    #     want.w - w)
    # "Divide by the scale that the loss had": moved(w, gradient, new, lr) → moved(w, gradient,
    #     scale, lr)
    if not np.isfinite(gradient).all():
        return as_float(w) + 0.0, scale / 2, 0
    new, count = after(good_steps, scale, growth_interval)
    return moved(w, gradient, new, lr), new, count


@exercise.bug
def multiplied_in_float16(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """A float16 gradient is multiplied by the learning rate in float16, where a small product
    becomes 0. Make it float32 first."""
    # "Make it float32 first": np.multiply(lr, gradient, dtype=kind) → lr * as_float(gradient)
    # "A float16 gradient is multiplied by the learning rate in float16, where a small product
    #     becomes 0": [bug(np.zeros(1, np.float32), kind([3e-4]), 65536.0, 0, 2e-5)[0].any()
    #     for kind in (np.float16, np.float32)] == [False, True]
    if not np.isfinite(gradient).all():
        return as_float(w) + 0.0, scale / 2, 0
    kind = gradient.dtype if gradient.dtype.kind == "f" else float
    with np.errstate(over="ignore"):
        step = np.multiply(lr, gradient, dtype=kind)
    return moved(w, step, scale, 1), *after(good_steps, scale, growth_interval)


@exercise.bug
def minus_infinity_overlooked(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """Of the infinite entries only those above 0 are seen, and -infinity comes through. Use
    np.isfinite, which is False for both."""
    # "Use np.isfinite, which is False for both": np.isnan(gradient).any() or (gradient ==
    #     np.inf).any() → not np.isfinite(gradient).all()
    # "Of the infinite entries only those above 0 are seen, and -infinity comes through":
    #     np.isinf(got.w).any() and (gradient == -np.inf).any() and np.array_equal(bug(w,
    #     -gradient, scale, good_steps, lr)[0], w)
    if np.isnan(gradient).any() or (gradient == np.inf).any():
        return as_float(w) + 0.0, scale / 2, 0
    return moved(w, gradient, scale, lr), *after(good_steps, scale, growth_interval)


@exercise.bug
def large_taken_for_infinite(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """A large entry counts as an overflow, and a good step is skipped. 65,504 ends float16 alone;
    ask np.isfinite."""
    # "a good step is skipped": np.isfinite(gradient).all() and np.array_equal(got.w, w)
    # "ask np.isfinite": (np.abs(gradient) <= 65504).all() → np.isfinite(gradient).all()
    # "A large entry counts as an overflow": got.scale == scale / 2 and abs(gradient).max() >
    #     65504
    # "65,504 ends float16 alone": np.finfo(np.float16).max == 65504 <
    #     np.finfo(np.float32).max and got.scale == scale / 2
    if not (np.abs(gradient) <= 65504).all():
        return as_float(w) + 0.0, scale / 2, 0
    return moved(w, gradient, scale, lr), *after(good_steps, scale, growth_interval)


@exercise.bug
def grown_before_the_overflow_counts(
    w, gradient, scale, good_steps, lr, growth_interval=2000
):
    """At the end of the interval an overflow doubles the scale, then halves it: it stays. Look for
    an overflow before you count, and count good steps alone."""
    # "it stays": got.scale == scale and good_steps + 1 == growth_interval
    # "Look for an overflow before you count, and count good steps alone": new / 2 → scale / 2
    new, count = after(good_steps, scale, growth_interval)
    if not np.isfinite(gradient).all():
        return as_float(w) + 0.0, new / 2, 0
    return moved(w, gradient, scale, lr), new, count


@exercise.bug(least=(1.0, 2.0, 0.5, 2.0**-14))
def least_scale(w, gradient, scale, good_steps, lr, growth_interval=2000, least=1.0):
    """The scale falls no lower than a limit that nobody asked for. Halve it after each overflow."""
    # "The scale falls no lower than a limit": got.scale == 1 == scale
    # "Halve it after each overflow": max(scale / 2, least) → scale / 2
    if not np.isfinite(gradient).all():
        return as_float(w) + 0.0, max(scale / 2, least), 0
    return moved(w, gradient, scale, lr), *after(good_steps, scale, growth_interval)


@exercise.bug
def halves_rounded_down(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """Half of the scale is rounded down, so that 1 becomes 0, by which nothing can be divided.
    Divide by 2 with `/`."""
    # "Divide by 2 with `/`": // 2 → / 2
    # "Half of the scale is rounded down, so that 1 becomes 0, by which nothing can be
    #     divided": scale == 1 and got.scale == 0 and bug(w, gradient, 3.0, 0, lr)[1] == 1 and
    #     not np.isfinite(w / np.float64(got.scale)).any()
    if not np.isfinite(gradient).all():
        return as_float(w) + 0.0, scale // 2, 0
    return moved(w, gradient, scale, lr), *after(good_steps, scale, growth_interval)


@exercise.bug(most=(2.0**16, 2.0**24, 2.0**32))
def largest_scale(
    w, gradient, scale, good_steps, lr, growth_interval=2000, most=2.0**16
):
    """The scale grows no higher than a limit that nobody asked for. Double it at the end of each
    interval."""
    # "The scale grows no higher than a limit": got.scale == 2**16 < scale
    # "Double it at the end of each interval": min(new, most) → new
    if not np.isfinite(gradient).all():
        return as_float(w) + 0.0, scale / 2, 0
    new, count = after(good_steps, scale, growth_interval)
    if count == 0:
        new = min(new, most)
    return moved(w, gradient, scale, lr), new, count


@exercise.bug
def grown_too_early(w, gradient, scale, good_steps, lr, growth_interval=2000):
    """The scale grows one step before the interval ends. This step makes the count
    `good_steps + 1`: compare that."""
    # "The scale grows one step before the interval ends": got.scale == 2 * scale and good_steps +
    #     2 == growth_interval
    # "compare that": good_steps + 2 → good_steps + 1
    if not np.isfinite(gradient).all():
        return as_float(w) + 0.0, scale / 2, 0
    grown = good_steps + 2 >= growth_interval
    new = (2 * scale, 0) if grown else (scale, good_steps + 1)
    return moved(w, gradient, scale, lr), *new
