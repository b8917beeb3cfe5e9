"""Practice for question 45: the chance that one of k answers passes, estimated from n."""

import math

import numpy as np

from answers.grader.exercise import Exercise
from answers.language_models.evaluation import pass_at_k

exercise = Exercise(
    pass_at_k,
    page="45-evaluating-a-language-model",
    rtol=1e-9,
    of_counts=True,
    hints=(
        "Of the n samples of a problem, a user would get k, none twice. How many choices of k are "
        "there, and how many of them hold no sample that passes?",
        "C(n - c, k) / C(n, k) is the chance of that. Write both as products of k factors: what "
        "is the ratio of the first two, of the second two?",
        "The factors are (n - c - i) / (n - i) for i from 0 to k - 1. What do they do by "
        "themselves where fewer than k samples fail?",
    ),
)

rng = np.random.default_rng(45)


def counts(n, c):
    """Samples and passes of problems, as arrays."""
    n, c = np.broadcast_arrays(n, c)
    return n.copy(), c.copy()


exercise.case("one of five passes, two are drawn", *counts([5], [1]), 2)
exercise.case("2 of 20 pass, 10 are drawn", *counts([20], [2]), 10)
exercise.case("one is drawn", *counts([9], [4]), 1)
exercise.case("three problems", *counts(12, [1, 5, 3]), 3)
exercise.case("none passes", *counts(12, [0, 2, 0]), 4)
exercise.case("all pass", *counts(6, [6, 1]), 2)
exercise.case("fewer fail than are drawn", *counts(10, [8, 2, 9]), 3)
exercise.case("just as many fail as are drawn", *counts(10, [7, 4]), 3)
exercise.case("one more fails than are drawn", *counts(10, [6, 5]), 3)
exercise.case("all samples are drawn", *counts(7, [0, 1, 7]), 7)
exercise.case("one sample", *counts(1, [1, 0]), 1)
exercise.case("other samples to each problem", *counts([8, 30, 5], [2, 3, 1]), 4)
exercise.case("k as large as the fewest samples", *counts([30, 5, 11], [2, 1, 0]), 5)
exercise.case("problems in no order", *counts(16, [9, 1, 4, 0, 2]), 5)
exercise.case("164 problems", *counts(200, rng.integers(0, 60, 164)), 10)
exercise.case("100 of 200", *counts(200, [1, 3, 0, 120]), 100)
exercise.case("1 000 of 5 000", *counts(5000, [0, 2, 9, 700]), 1000)
exercise.case("k that is an integer of NumPy", *counts(15, [2, 6]), np.int64(6))
whole = counts([90, 40], [7, 3])
for name, dtype in (("integers of four bytes", np.int32), ("bytes", np.uint8)):
    exercise.case(name, *(each.astype(dtype) for each in whole), 8)


def none_of(n, c, k):
    """The chance that none of k passes, of whole numbers."""
    ways = zip(n.tolist(), c.tolist(), strict=True)
    return np.array([math.comb(a - b, int(k)) / math.comb(a, int(k)) for a, b in ways])


@exercise.bug
def plug_in(samples, correct, k):
    """The share that passes is taken for the true chance, and k draws for independent: on average
    that is too low. Draw without putting back: 1 - C(n - c, k) / C(n, k)."""
    # "The share that passes is taken for the true chance, and k draws for independent":
    #     np.isclose(got, 1 - (4 / 5) ** 2)
    # "on average that is too low": sum(math.comb(5, c) * bug(np.array([5]), np.array([c]), 2)[0]
    #     for c in range(6)) / 2**5 < 0.74
    # "Draw without putting back: 1 - C(n - c, k) / C(n, k)": 1 - (1 - correct / samples) ** k →
    #     1 - np.array([math.comb(int(n) - int(c), int(k)) / math.comb(int(n), int(k)) for n, c in
    #     zip(samples, correct)])
    return 1 - (1 - correct / samples) ** k


@exercise.bug
def k_ignored(samples, correct, k):
    """This is the share of samples that pass, which is pass@1 whatever k is. With more draws it is
    likelier that one of them passes: subtract C(n - c, k) / C(n, k) from 1."""
    # "This is the share of samples that pass, which is pass@1 whatever k is": np.isclose(got, 1 /
    #     5)
    # "subtract C(n - c, k) / C(n, k) from 1": correct / samples → 1 - none_of(samples,
    #     correct, k)
    return correct / samples


@exercise.bug
def any_of_all_samples(samples, correct, k):
    """A problem with any sample that passes counts as 1, which is pass@n. Only k of the n are
    drawn: subtract C(n - c, k) / C(n, k) from 1."""
    # "A problem with any sample that passes counts as 1, which is pass@n": got == 1 and
    #     np.allclose(bug(np.array([5, 5]), np.array([1, 0]), 2), right(np.array([5, 5]),
    #     np.array([1, 0]), 5))
    # "subtract C(n - c, k) / C(n, k) from 1": (correct > 0).astype(float) → 1 - none_of(samples,
    #     correct, k)
    return (correct > 0).astype(float)


@exercise.bug
def all_of_k_pass(samples, correct, k):
    """This is the chance that all k pass, which agents report as pass^k. One is enough: ask for
    the chance that all k fail, and subtract it from 1."""
    # "This is the chance that all k pass, which agents report as pass^k": got == 0 and
    #     np.isclose(bug(np.array([5]), np.array([3]), 2), 3 / 10)
    # "ask for the chance that all k fail, and subtract it from 1": none_of(samples, samples -
    #     correct, k) → 1 - none_of(samples, correct, k)
    return none_of(samples, samples - correct, k)


@exercise.bug
def chance_that_none_passes(samples, correct, k):
    """This is the chance that none of the k passes. Subtract it from 1."""
    # "This is the chance that none of the k passes": np.isclose(got, 6 / 10)
    # "Subtract it from 1": none_of(samples, correct, k) → 1 - none_of(samples, correct, k)
    return none_of(samples, correct, k)


@exercise.bug
def put_back(samples, correct, k):
    """Each factor is divided by n, though after i draws only n - i samples are left. Divide by
    n - i."""
    # "Each factor is divided by n": np.isclose(got, 1 - 4 / 5 * 3 / 5)
    # "Divide by n - i": / samples[:, None] → / (samples[:, None] - i)
    i = np.arange(k)
    left = (samples - correct)[:, None] - i
    return 1 - np.prod(np.maximum(left, 0) / samples[:, None], axis=1)


@exercise.bug(extra=(1, -1))
def one_factor_off(samples, correct, k, extra=1):
    """The product has a factor too many or too few, so that it is pass@(k + 1) or pass@(k - 1). The
    factors go from i = 0 to k - 1."""
    # "The product has a factor too many or too few, so that it is pass@(k + 1) or pass@(k - 1)":
    #     np.isclose(got, right(samples, correct, k + 1))
    # "The factors go from i = 0 to k - 1": np.arange(k + extra) → np.arange(k)
    i = np.arange(k + extra)
    n, failed = samples[:, None], (samples - correct)[:, None]
    with np.errstate(all="ignore"):
        return 1 - np.prod((failed - i) / (n - i), axis=1)


@exercise.bug(to=(0, 1))
def first_factor_missing(samples, correct, k, to=0):
    """The factors begin at i = 1, so that the first draw is left out: with one draw the result
    is 0, or that of a second draw. They go from i = 0 to k - 1."""
    # "The factors begin at i = 1, so that the first draw is left out": np.isclose(got, 1 - 3 / 4)
    # "They go from i = 0 to k - 1": np.arange(1, k + to) → np.arange(k)
    i = np.arange(1, k + to)
    n, failed = samples[:, None], (samples - correct)[:, None]
    with np.errstate(all="ignore"):
        return 1 - np.prod((failed - i) / (n - i), axis=1)


@exercise.bug(how=("raises", "zero", "nan"))
def few_failures(samples, correct, k, how="zero"):
    """Where fewer than k samples fail, every choice of k holds one that passes. The result there
    is 1: C(n - c, k) is 0."""
    # "Where fewer than k samples fail, every choice of k holds one that passes": (samples -
    #     correct < k).any() and isinstance(got, ValueError)
    # "The result there is 1: C(n - c, k) is 0": if how == 'raises' and few.any(): → if False:;
    #     np.where(few, 0.0 if how == 'zero' else np.nan, → np.where(few, 1.0,
    few = samples - correct < k
    if how == "raises" and few.any():
        raise ValueError("math domain error")
    return np.where(
        few, 0.0 if how == "zero" else np.nan, 1 - none_of(samples, correct, k)
    )


@exercise.bug
def guard_too_wide(samples, correct, k):
    """Where just k samples fail, one choice of k holds none that passes: the result is below 1.
    Ask for n - c < k, not <=."""
    # "Where just k samples fail, one choice of k holds none that passes: the result is below 1":
    #     (samples - correct == k).any() and (got == 1).any() and not (want == 1).any()
    # "Ask for n - c < k, not <=": samples - correct <= k → samples - correct < k
    return np.where(samples - correct <= k, 1.0, 1 - none_of(samples, correct, k))


@exercise.bug(how=("raises", "nan"))
def overflow(samples, correct, k, how="raises"):
    """C(5000, 1000) is too large for a float. Multiply ratios of factors, or divide Python's
    integers."""
    # "C(5000, 1000) is too large for a float": isinstance(got, OverflowError)
    # "Multiply ratios of factors, or divide Python's integers": if large: → if False:
    large = any(math.comb(int(n), int(k)) > 1e308 for n in samples)
    if large:
        if how == "raises":
            raise OverflowError("int too large to convert to float")
        return np.full(len(samples), np.nan)
    return 1 - none_of(samples, correct, k)


@exercise.bug
def exactly_one_passes(samples, correct, k):
    """This is the chance that just one of the k passes. Several may: ask for the chance that none
    does, and subtract it from 1."""
    # "This is the chance that just one of the k passes": np.isclose(bug(np.array([4]),
    #     np.array([2]), 2), 4 / 6)
    # "ask for the chance that none does, and subtract it from 1": np.array(chances) → 1 -
    #     none_of(samples, correct, k)
    chances = [
        c * math.comb(n - c, int(k) - 1) / math.comb(n, int(k))
        for n, c in zip(samples.tolist(), correct.tolist(), strict=True)
    ]
    return np.array(chances)


@exercise.bug
def k_times_the_share(samples, correct, k):
    """The chances of the k draws are added up, though several of them may pass: that is a bound.
    Subtract from 1 the chance that none passes."""
    # "The chances of the k draws are added up": np.allclose(bug(np.array([9]), np.array([2]), 3),
    #     3 * 2 / 9)
    # "Subtract from 1 the chance that none passes": np.minimum(k * correct / samples, 1) → 1 -
    #     none_of(samples, correct, k)
    return np.minimum(k * correct / samples, 1)


@exercise.bug(divided=("at once", "at the end"))
def combinations_wrap_around(samples, correct, k, divided="at once"):
    """C(n, k) is computed in int64, which wraps around: C(200, 100) has 59 digits. Python's
    integers have no end."""

    # "which wraps around": not np.isclose(bug(np.array([200]), np.array([1]), 100), 0.5)
    # "Python's integers have no end": np.int64(1) → 1; np.int64(n - i) → (n - i);
    #     np.int64(i + 1) → (i + 1); found / below → found // below
    def choices(n, k):
        found, below = np.int64(1), np.int64(1)
        for i in range(k):
            found, below = found * np.int64(n - i), below * np.int64(i + 1)
            if divided == "at once":
                found, below = found // below, np.int64(1)
        return found if divided == "at once" else found / below

    with np.errstate(all="ignore"):
        chances = [
            1 - choices(n - c, int(k)) / choices(n, int(k))
            for n, c in zip(samples.tolist(), correct.tolist(), strict=True)
        ]
    return np.array(chances)


@exercise.bug(which=(0, 1))
def samples_of_the_first(samples, correct, k, which=0):
    """Every problem is given the n of the first, or the largest. Each has its own: take `samples`
    entry by entry."""
    # "Every problem is given the n of the first, or the largest": len(set(samples)) > 1 and
    #     np.allclose(got, right(np.full_like(samples, samples[0]), correct, k))
    # "Each has its own: take `samples` entry by entry": np.full_like(samples, [samples[0],
    #     samples.max()][which]) → samples
    n = np.full_like(samples, [samples[0], samples.max()][which])
    return 1 - none_of(n, np.minimum(correct, n), min(k, n[0]))


@exercise.bug
def problems_pooled(samples, correct, k):
    """The samples of all problems are thrown together, as if they were tries at one. Estimate
    each problem by itself."""
    # "The samples of all problems are thrown together": np.allclose(got,
    #     right(np.array([samples.sum()]), np.array([correct.sum()]), k))
    # "Estimate each problem by itself": np.full(len(samples), together[0]) → 1 -
    #     none_of(samples, correct, k)
    n, c = (np.array([each.sum(dtype=int)]) for each in (samples, correct))
    together = 1 - none_of(n, c, k)
    return np.full(len(samples), together[0])


@exercise.bug
def mean_over_problems(samples, correct, k):
    """One number comes back, the mean over problems. An estimate for each is asked for: leave the
    mean to the caller."""
    # "One number comes back, the mean over problems": np.ndim(got) == 0
    # "An estimate for each is asked for: leave the mean to the caller": np.mean(1 -
    #     none_of(samples, correct, k)) → 1 - none_of(samples, correct, k)
    return np.mean(1 - none_of(samples, correct, k))


@exercise.bug
def enough_pass(samples, correct, k):
    """Where k samples pass or more, the result is 1, though k that fail may be drawn. It is 1 only
    where fewer than k fail."""
    # "Where k samples pass or more, the result is 1": (got[correct >= k] == 1).all() and
    #     (want[correct >= k] < 1).any()
    # "It is 1 only where fewer than k fail": correct >= k → samples - correct < k
    return np.where(correct >= k, 1.0, 1 - none_of(samples, correct, k))


@exercise.bug
def last_factor_missing(samples, correct, k):
    """The product of 1 - k / i ends at i = n - 1, one factor too early. Its last is 1 - k / n."""
    # "The product of 1 - k / i ends at i = n - 1, one factor too early": np.isclose((1 - got) * (1
    #     - 2 / 5), 1 - want)
    # "Its last is 1 - k / n": np.arange(n - c + 1, n) → np.arange(n - c + 1, n + 1)
    chances = [
        1 - np.prod(1 - k / np.arange(n - c + 1, n)) if n - c >= k else 1.0
        for n, c in zip(samples.tolist(), correct.tolist(), strict=True)
    ]
    return np.array(chances)


@exercise.bug(guarded=(True, False))
def failures_not_used_up(samples, correct, k, guarded=True):
    """Each factor has n - c above the line, though after i draws that failed only n - c - i are
    left. Subtract i there, too."""
    # "Each factor has n - c above the line": np.isclose(got, 1 - 4 / 5 * 4 / 4)
    # "Subtract i there, too": failed / (samples[:, None] - i) → (failed - i) / (samples[:, None] -
    #     i)
    i, failed = np.arange(k), (samples.astype(float) - correct)[:, None]
    none = np.prod(failed / (samples[:, None] - i), axis=1)
    return 1 - np.where(guarded & (samples - correct < k), 0.0, none)


@exercise.bug
def passes_independent(samples, correct, k):
    """A pass is left out with chance 1 - k / n, and all c of them as if each were left out by
    itself: the chance is raised to the power c. Subtract C(n - c, k) / C(n, k) from 1."""
    # "A pass is left out with chance 1 - k / n, and all c of them as if each were left out by
    #     itself: the chance is raised to the power c": np.allclose(got, 1 - (1 - k / samples) **
    #     correct)
    # "Subtract C(n - c, k) / C(n, k) from 1": 1 - (1 - k / samples) ** correct → 1 -
    #     none_of(samples, correct, k)
    return 1 - (1 - k / samples) ** correct
