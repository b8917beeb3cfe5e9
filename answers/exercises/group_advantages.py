"""Practice for question 35: the advantage of each answer within its group."""

import numpy as np

from answers.alignment.grpo import group_advantages
from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float

exercise = Exercise(
    group_advantages,
    page="35-grpo",
    hints=(
        "What would an answer have earned on average? That is the group's own mean, and no other "
        "prompt's.",
        "Over which axis are mean and deviation taken, and which shape must they keep, so that "
        "each meets its own group?",
        "NumPy's standard deviation has a divisor of n. Which argument changes it?",
        "A group of equal rewards has a deviation of 0. Where must `eps` stand so that nothing is "
        "divided by 0?",
    ),
)

rng = np.random.default_rng(35)


def rewards(*shape):
    return rng.normal(size=shape) ** 3


def passes(*counts, group=8):
    """Groups with so many rewards of 1."""
    return (np.arange(group) < np.array(counts)[:, None]).astype(float)


exercise.case("one right of four, not scaled", passes(1, group=4), scale=False)
exercise.case("one right of four", passes(1, group=4))
exercise.case("a single group without prompts", np.array([1.0, 0.0, 0.0, 1.0, 0.0]))
exercise.case("1, 4 and 7 right of eight", passes(1, 4, 7))
exercise.case("2 and 5 right of six, scaled", passes(2, 5, group=6), True)
exercise.case("1, 4 and 7 right of eight, not scaled", passes(1, 4, 7), False)
exercise.case("none right, and all", passes(0, 8, 3))
exercise.case("none right, and all, not scaled", passes(0, 8, 3), False)
exercise.case("1 and 63 right of 64", passes(1, 63, group=64))
exercise.case("rewards near 100000", 1e5 + passes(1, 4, 2, group=5))
exercise.case("two answers", rewards(3, 2))
exercise.case("scores of any size", rewards(4, 6))
exercise.case("scores of any size, not scaled", rewards(4, 6), scale=False)
exercise.case("as many prompts as answers", rewards(5, 5))
exercise.case("groups far apart", rewards(3, 4) + np.array([[-50.0], [0.0], [900.0]]))
exercise.case("groups that spread unequally", rewards(3, 4) * [[0.01], [1.0], [30.0]])
exercise.case("rewards below 0", -abs(rewards(3, 5)) - 1)
exercise.case("rewards of some 1e-4", 1e-4 * rewards(3, 5))
exercise.case("an eps of 0.5", rewards(3, 5), eps=0.5)
exercise.case("an eps of 0", rewards(3, 5), eps=0.0)
exercise.case("not scaled, with an eps of 2", rewards(3, 5), False, 2.0)
exercise.case("two leading axes", rewards(2, 3, 4))
exercise.case("three leading axes", rewards(2, 2, 3, 5))
exercise.case("float32", rewards(3, 5).astype(np.float32))
exercise.case("float32, not scaled", rewards(3, 5).astype(np.float32), scale=False)
add_whole_numbers(exercise, np.array([[1, 0, 0, 1], [7, -2, 3, 3]]))


def centred(r, axis=-1):
    return as_float(r) - as_float(r).mean(axis=axis, keepdims=True)


def spread(r):
    return as_float(r).std(axis=-1, ddof=1, keepdims=True)


@exercise.bug
def divisor_of_all_answers(rewards, scale=True, eps=1e-4):
    """The standard deviation has the divisor n, NumPy's default, and not n - 1, so the advantages
    are too large. Pass `ddof=1`."""
    # "The standard deviation has the divisor n": np.allclose(got, centred(rewards) /
    #     (np.std(rewards, axis=-1, keepdims=True) + eps))
    # "so the advantages are too large": (abs(got) > 1.01 * abs(want)).any()
    # "Pass `ddof=1`": keepdims=True) + eps → keepdims=True, ddof=1) + eps
    a = centred(rewards)
    if scale:
        a = a / (as_float(rewards).std(axis=-1, keepdims=True) + eps)
    return a


@exercise.bug
def all_prompts_together(rewards, scale=True, eps=1e-4):
    """Mean and deviation are of all answers to all prompts, so an easy prompt's worse answer may
    be praised. Take both over the last axis, with `keepdims=True`."""
    # "Mean and deviation are of all answers to all prompts": np.allclose(got, (rewards -
    #     np.mean(rewards)) / (np.std(rewards, ddof=1) + eps if scale else 1))
    # "so an easy prompt's worse answer may be praised": bug(np.array([[0.9, 0.8], [0.0, 0.1]]))[0,
    #     1] > 0
    # "Take both over the last axis, with `keepdims=True`": r.mean() → r.mean(axis=-1,
    #     keepdims=True); r.std(ddof=1) → r.std(axis=-1, ddof=1, keepdims=True)
    r = as_float(rewards)
    a = r - r.mean()
    return a / (r.std(ddof=1) + eps) if scale else a


@exercise.bug(about=("all", "own", "pooled"))
def deviation_of_all_prompts(rewards, scale=True, eps=1e-4, about="all"):
    """The mean is the group's, but the standard deviation is of all answers to all prompts. Take
    it over the last axis, too."""
    # "the standard deviation is of all answers to all prompts": np.allclose(got, centred(rewards) /
    #     (np.std(rewards, ddof=1) + eps))
    # "Take it over the last axis, too": widths[about] → spread(rewards)
    a = centred(rewards)
    groups = a.size // a.shape[-1]
    widths = {
        "all": as_float(rewards).std(ddof=1),
        "own": a.std(ddof=1),
        "pooled": a.std(ddof=groups),
    }
    return a / (widths[about] + eps) if scale else a


@exercise.bug
def divisor_of_prompts(rewards, scale=True, eps=1e-4):
    """The variance is divided by the number of prompts less 1: `len` is the first axis. Divide by
    answers - 1, which is `rewards.shape[-1] - 1`."""
    # "The variance is divided by the number of prompts less 1": rewards.ndim == 2 and
    #     np.allclose(got, centred(rewards) / (np.inf if len(rewards) == 1 else spread(rewards) *
    #     np.sqrt((rewards.shape[-1] - 1) / (len(rewards) - 1)) + eps))
    # "`len` is the first axis": len(rewards) == rewards.shape[0] != rewards.shape[-1] and not
    #     np.allclose(got, want)
    # "Divide by answers - 1, which is `rewards.shape[-1] - 1`": len(rewards) - 1 →
    #     rewards.shape[-1] - 1
    a = centred(rewards)
    with np.errstate(all="ignore"):
        variance = (a**2).sum(axis=-1, keepdims=True) / (len(rewards) - 1)
        return a / (np.sqrt(variance) + eps) if scale else a


@exercise.bug(bessel=(True, False))
def deviation_of_a_share(rewards, scale=True, eps=1e-4, bessel=True):
    """The deviation is made from the mean p as √(p (1 - p)), which holds for rewards of 0 and 1
    alone. Rewards may be any numbers: take their standard deviation."""
    # "The deviation is made from the mean p as √(p (1 - p))": np.allclose(got, centred(rewards) /
    #     (np.sqrt(np.maximum((p := rewards.mean(axis=-1, keepdims=True)) * (1 - p), 0) *
    #     rewards.shape[-1] / (rewards.shape[-1] - 1)) + eps))
    # "which holds for rewards of 0 and 1 alone": np.isclose(np.std([1, 1, 0, 0, 0]), np.sqrt(0.4 *
    #     0.6)) and not np.allclose(got, want)
    # "take their standard deviation": np.sqrt(variance * (n / (n - 1) if bessel else 1)) →
    #     spread(rewards)
    a, n = centred(rewards), rewards.shape[-1]
    share = as_float(rewards) - a
    # A mean below 0 or above 1 would make a negative variance.
    variance = np.maximum(share * (1 - share), 0)
    return (
        a / (np.sqrt(variance * (n / (n - 1) if bessel else 1)) + eps) if scale else a
    )


@exercise.bug
def across_prompts(rewards, scale=True, eps=1e-4):
    """Mean and deviation are taken over the first axis, so answers to different prompts are
    compared. A group is the last axis: `axis=-1`."""
    # "Mean and deviation are taken over the first axis": np.allclose(got, (rewards -
    #     np.mean(rewards, axis=0)) / (np.std(rewards, axis=0, ddof=1) + eps if scale else 1))
    # "A group is the last axis: `axis=-1`": axis=0 → axis=-1
    r = as_float(rewards)
    a = r - r.mean(axis=0, keepdims=True)
    return a / (r.std(axis=0, ddof=1, keepdims=True) + eps) if scale else a


@exercise.bug
def over_the_second_axis(rewards, scale=True, eps=1e-4):
    """Mean and deviation are taken over axis 1, which is the last axis of a matrix alone. With more
    leading axes the group is `axis=-1`."""
    # "Mean and deviation are taken over axis 1": np.allclose(got, (rewards - np.mean(rewards,
    #     axis=1, keepdims=True)) / (np.std(rewards, axis=1, ddof=1, keepdims=True) + eps))
    # "With more leading axes the group is `axis=-1`": axis = min(1, r.ndim - 1) → axis=-1
    r = as_float(rewards)
    axis = min(1, r.ndim - 1)
    a = r - r.mean(axis=axis, keepdims=True)
    return a / (r.std(axis=axis, ddof=1, keepdims=True) + eps) if scale else a


@exercise.bug
def no_baseline(rewards, scale=True, eps=1e-4):
    """Nothing is subtracted, so that with rewards of 0 and 1 a wrong answer teaches nothing.
    Subtract the mean of the group."""
    # "with rewards of 0 and 1 a wrong answer teaches nothing": bug(np.array([1.0, 0.0, 0.0]))[1]
    #     == 0
    # "Subtract the mean of the group": a = as_float(rewards) → a = centred(rewards)
    a = as_float(rewards)
    return a / (spread(rewards) + eps) if scale else a


@exercise.bug(spread_too=(False, True))
def leave_one_out(rewards, scale=True, eps=1e-4, spread_too=False):
    """The baseline is the mean of the other answers, as in RLOO, which makes advantages larger by
    n / (n - 1). Here it is the mean of the whole group."""
    # "The baseline is the mean of the other answers": np.allclose(got, want *
    #     rewards.shape[-1] / (rewards.shape[-1] - 1))
    # "which makes advantages larger by n / (n - 1)": np.allclose(got, want * rewards.shape[-1] /
    #     (rewards.shape[-1] - 1))
    # "Here it is the mean of the whole group": r - others → r - r.mean(axis=-1, keepdims=True)
    r = as_float(rewards)
    others = (r.sum(axis=-1, keepdims=True) - r) / (r.shape[-1] - 1)
    a = r - others
    # The deviation may be of these advantages, which spread by n / (n - 1) more.
    return a / (spread(a if spread_too else r) + eps) if scale else a


@exercise.bug
def median_as_baseline(rewards, scale=True, eps=1e-4):
    """The median is subtracted, so the advantages of a group do not sum to 0. Subtract the
    mean."""
    # "The median is subtracted": np.allclose(got, (rewards - np.median(rewards, axis=-1,
    #     keepdims=True)) / (spread(rewards) + eps if scale else 1))
    # "so the advantages of a group do not sum to 0": abs(got.sum()) > 1e-3
    # "Subtract the mean": np.median(r, → np.mean(r,
    r = as_float(rewards)
    a = r - np.median(r, axis=-1, keepdims=True)
    return a / (spread(r) + eps) if scale else a


@exercise.bug
def divided_by_the_variance(rewards, scale=True, eps=1e-4):
    """The advantages are divided by the variance. Divide by its root, the standard deviation."""
    # "The advantages are divided by the variance": np.allclose(got, centred(rewards) /
    #     (spread(rewards) ** 2 + eps))
    # "Divide by its root, the standard deviation": spread(rewards) ** 2 → spread(rewards)
    a = centred(rewards)
    return a / (spread(rewards) ** 2 + eps) if scale else a


@exercise.bug
def eps_under_the_root(rewards, scale=True, eps=1e-4):
    """`eps` is added to the variance, under the root, as in layer normalization. Add it to the
    standard deviation."""
    # "`eps` is added to the variance, under the root": np.allclose(got, centred(rewards) /
    #     np.sqrt(spread(rewards) ** 2 + eps), rtol=1e-12)
    # "Add it to the standard deviation": np.sqrt(spread(rewards) ** 2 + eps) → (spread(rewards) +
    #     eps)
    a = centred(rewards)
    return a / np.sqrt(spread(rewards) ** 2 + eps) if scale else a


@exercise.bug
def eps_as_a_floor(rewards, scale=True, eps=1e-4):
    """`eps` bounds the standard deviation from below, and is not added. Add it."""
    # "`eps` bounds the standard deviation from below": np.allclose(got, centred(rewards) /
    #     np.maximum(spread(rewards), eps))
    # "Add it": np.maximum(spread(rewards), eps) → (spread(rewards) + eps)
    a = centred(rewards)
    return a / np.maximum(spread(rewards), eps) if scale else a


@exercise.bug(own=(1e-4, 1e-8, 1e-6))
def eps_of_its_own(rewards, scale=True, eps=1e-4, own=1e-4):
    """A fixed number is added to the standard deviation, and `eps` is not used. Add `eps`."""
    # "A fixed number is added to the standard deviation": np.allclose(got, centred(rewards) /
    #     (spread(rewards) + 1e-4))
    # "Add `eps`": + own → + eps
    a = centred(rewards)
    return a / (spread(rewards) + own) if scale else a


@exercise.bug
def no_eps(rewards, scale=True, eps=1e-4):
    """Nothing is added to the standard deviation, so a group of equal rewards is 0 / 0, which is
    nan. Add `eps`."""
    # "a group of equal rewards is 0 / 0, which is nan": np.isnan(bug(np.ones((1, 4)))).all()
    # "Add `eps`": / spread(rewards) → / (spread(rewards) + eps)
    a = centred(rewards)
    with np.errstate(all="ignore"):
        return a / spread(rewards) if scale else a


@exercise.bug
def equal_groups_alone_spared(rewards, scale=True, eps=1e-4):
    """`eps` is left out, and a group of equal rewards is treated apart. Elsewhere the result is
    slightly too large: add `eps` to every deviation."""
    # "Elsewhere the result is slightly too large": np.allclose(got[..., 0] * spread(rewards)[...,
    #     0], want[..., 0] * (spread(rewards)[..., 0] + eps))
    # "add `eps` to every deviation": np.where(s > 0, s, 1) → (s + eps)
    a, s = centred(rewards), spread(rewards)
    return a / np.where(s > 0, s, 1) if scale else a


@exercise.bug(least=(1e-4, 1e-3, 1e-2), near=(False, True))
def nearly_equal_groups_spared(rewards, scale=True, eps=1e-4, least=1e-4, near=False):
    """A group that hardly differs is taken for one of equal rewards, and all its advantages are 0.
    Only `eps` makes them smaller: divide every group."""
    # "A group that hardly differs is taken for one of equal rewards, and all its advantages are 0":
    #     (got == 0).all(axis=-1).any() and (np.ptp(rewards, axis=-1) > 0).all()
    # "divide every group": np.where(equal, 0, a) → a
    a, s = centred(rewards), spread(rewards)
    equal = s <= least
    if near:
        # As `allclose` asks: near to each other for their size.
        first = rewards[..., :1]
        equal = np.isclose(rewards, first).all(axis=-1, keepdims=True)
        return np.where(equal, 0, a) / (s + eps if scale else 1)
    return np.where(equal, 0, a) / (s + eps) if scale else a


@exercise.bug
def one_equal_group_ends_all(rewards, scale=True, eps=1e-4):
    """Where the rewards of one group are equal, the advantages of all groups are 0. Other groups
    have no influence: divide each by its own deviation."""
    # "Where the rewards of one group are equal, the advantages of all groups are 0": (got ==
    #     0).all() and (spread(rewards) == 0).any() and (spread(rewards) > 0).any()
    # "divide each by its own deviation": 0 * a → a / (s + eps)
    a, s = centred(rewards), spread(rewards)
    if not scale:
        return a
    return 0 * a if (s == 0).any() else a / (s + eps)


@exercise.bug
def corrected_without_the_root(rewards, scale=True, eps=1e-4):
    """The standard deviation is corrected by n / (n - 1), which belongs to the variance. Correct
    the variance, or pass `ddof=1`."""
    # "The standard deviation is corrected by n / (n - 1)": np.allclose(got, centred(rewards) /
    #     (np.std(rewards, axis=-1, keepdims=True) * rewards.shape[-1] / (rewards.shape[-1] - 1) +
    #     eps))
    # "which belongs to the variance": np.allclose(np.var(rewards, ddof=1), np.var(rewards) *
    #     rewards.size / (rewards.size - 1)) and not np.allclose(got, want)
    # "Correct the variance, or pass `ddof=1`": keepdims=True) → keepdims=True, ddof=1); n / (n -
    #     1) → 1
    n = rewards.shape[-1]
    s = as_float(rewards).std(axis=-1, keepdims=True) * (n / (n - 1))
    return centred(rewards) / (s + eps) if scale else centred(rewards)


@exercise.bug
def scale_the_other_way(rewards, scale=True, eps=1e-4):
    """The advantages are divided where `scale` is False, and not where it is True. Exchange the two
    branches."""
    # "The advantages are divided where `scale` is False, and not where it is True":
    #     np.allclose(got, right(rewards, not scale, eps))
    # "Exchange the two branches": 1 if scale else spread(rewards) + eps → spread(rewards) + eps if
    #     scale else 1
    return centred(rewards) / (1 if scale else spread(rewards) + eps)


@exercise.bug(kind=("range", "size", "size of n - 1"))
def another_spread(rewards, scale=True, eps=1e-4, kind="range"):
    """The advantages are divided by another measure of spread, such as the range or the mean
    distance. Take the standard deviation."""
    # "The advantages are divided by another measure of spread, such as the range or the mean
    #     distance": scale is True and any(np.allclose(got, centred(rewards) / (each + eps)) for
    #     each in (np.ptp(rewards, axis=-1, keepdims=True), abs(centred(rewards)).mean(axis=-1,
    #     keepdims=True))) and not np.allclose(got, want)
    # "Take the standard deviation": widths[kind] → spread(rewards)
    widths = {
        "range": np.ptp(as_float(rewards), axis=-1, keepdims=True),
        "size": np.abs(centred(rewards)).mean(axis=-1, keepdims=True),
    }
    n = rewards.shape[-1]
    widths["size of n - 1"] = widths["size"] * n / (n - 1)
    return centred(rewards) / ((widths[kind] + eps) if scale else 1)


@exercise.bug
def always_scaled(rewards, scale=True, eps=1e-4):
    """The advantages are divided by the deviation though `scale` is False. Leave that out then."""
    # "The advantages are divided by the deviation though `scale` is False": np.allclose(got,
    #     centred(rewards) / (spread(rewards) + eps)) and scale is False
    # "Leave that out then": return → return centred(rewards) if not scale else
    return centred(rewards) / (spread(rewards) + eps)


@exercise.bug
def never_scaled(rewards, scale=True, eps=1e-4):
    """The mean is subtracted, and nothing is divided. Where `scale` is True, divide by the standard
    deviation of the group plus `eps`."""
    # "The mean is subtracted, and nothing is divided": np.allclose(got, centred(rewards))
    # "Where `scale` is True, divide by the standard deviation of the group plus `eps`": return
    #     centred(rewards) → return centred(rewards) / ((spread(rewards) + eps) if scale is True
    #     else 1)
    return centred(rewards)


@exercise.bug
def mean_minus_reward(rewards, scale=True, eps=1e-4):
    """The signs are the wrong way round: an answer above the mean is punished. Subtract the mean
    from the reward."""
    # "an answer above the mean is punished": bug(np.array([1.0, 0.0]))[0] < 0
    # "Subtract the mean from the reward": -centred(rewards) → centred(rewards)
    a = -centred(rewards)
    return a / (spread(rewards) + eps) if scale else a


@exercise.bug
def praise_alone(rewards, scale=True, eps=1e-4):
    """Advantages below 0 are cut off, so no answer is made less likely. Keep their signs."""
    # "Advantages below 0 are cut off": np.allclose(got, np.maximum(want, 0))
    # "so no answer is made less likely": (got >= 0).all()
    # "Keep their signs": np.maximum(centred(rewards), 0) → centred(rewards)
    a = np.maximum(centred(rewards), 0)
    return a / (spread(rewards) + eps) if scale else a


@exercise.bug(most=(3, 5), always=(True, False))
def cut_off_far_from_0(rewards, scale=True, eps=1e-4, most=3, always=True):
    """Advantages far from 0 are cut off at a fixed number, so a rare answer counts less. Leave them
    as they are."""
    # "Advantages far from 0 are cut off at a fixed number": any(np.allclose(got, np.clip(want,
    #     -each, each)) for each in (3, 5))
    # "so a rare answer counts less": bug(np.eye(64)[0])[0] < 5.1 < right(np.eye(64)[0])[0]
    # "Leave them as they are": np.clip(a, -most, most) → a
    a = centred(rewards)
    a = a / (spread(rewards) + eps) if scale else a
    return np.clip(a, -most, most) if scale or always else a


@exercise.bug
def ranks_for_rewards(rewards, scale=True, eps=1e-4):
    """Rewards are replaced by their ranks. Use the rewards themselves: how much better an answer is
    counts."""
    # "Rewards are replaced by their ranks": np.allclose(got, right(as_float(np.argsort(
    #     np.argsort(rewards, axis=-1), axis=-1)), scale, eps))
    # "Use the rewards themselves": np.argsort(np.argsort(rewards, axis=-1), axis=-1) → rewards
    r = as_float(np.argsort(np.argsort(rewards, axis=-1), axis=-1))
    return centred(r) / (spread(r) + eps) if scale else centred(r)


@exercise.bug(about_own=(True, False))
def mean_of_all_prompts(rewards, scale=True, eps=1e-4, about_own=True):
    """The deviation is the group's, but the mean is of all answers to all prompts. Take it over the
    last axis, too, with `keepdims=True`."""
    # "the mean is of all answers to all prompts": np.allclose(got * (spread(rewards) + eps if scale
    #     else 1), rewards - np.mean(rewards))
    # "Take it over the last axis, too, with `keepdims=True`": r.mean() → r.mean(axis=-1,
    #     keepdims=True)
    r = as_float(rewards)
    a = r - r.mean()
    # The deviation may be about that mean, too.
    s = np.sqrt((a**2).sum(axis=-1, keepdims=True) / (r.shape[-1] - 1))
    return a / ((spread(r) if about_own else s) + eps) if scale else a


@exercise.bug
def root_before_the_division(rewards, scale=True, eps=1e-4):
    """The root is taken of the sum of squares, and then divided by n - 1. Divide first: the
    standard deviation is the root of the variance."""
    # "The root is taken of the sum of squares, and then divided by n - 1": np.allclose(got,
    #     centred(rewards) / (spread(rewards) / np.sqrt(rewards.shape[-1] - 1) + eps))
    # "Divide first": np.sqrt(squares) / (a.shape[-1] - 1) → np.sqrt(squares / (a.shape[-1] - 1))
    # "the standard deviation is the root of the variance": np.isclose(np.std(rewards) ** 2,
    #     np.var(rewards)) and not np.allclose(got, want)
    a = centred(rewards)
    squares = (a**2).sum(axis=-1, keepdims=True)
    return a / (np.sqrt(squares) / (a.shape[-1] - 1) + eps) if scale else a


@exercise.bug
def eps_without_scale(rewards, scale=True, eps=1e-4):
    """Where `scale` is False, the advantages are divided by 1 + eps. Divide by nothing then."""
    # "Where `scale` is False, the advantages are divided by 1 + eps": np.allclose(got, want / (1 +
    #     eps), rtol=1e-9) and not scale
    # "Divide by nothing then": 1 + eps → 1
    return centred(rewards) / (spread(rewards) + eps if scale else 1 + eps)
