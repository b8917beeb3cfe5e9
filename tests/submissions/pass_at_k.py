"""Right and wrong ways to write `pass_at_k`."""

import math
from fractions import Fraction

import numpy as np


def _pairs(samples, correct):
    return zip(samples.tolist(), correct.tolist(), strict=True)


def as_in_human_eval(samples, correct, k):
    found = []
    for n, c in _pairs(samples, correct):
        if n - c < k:
            found.append(1.0)
        else:
            found.append(1.0 - np.prod(1.0 - k / np.arange(n - c + 1, n + 1)))
    return np.array(found)


def combinations(samples, correct, k):
    k = int(k)
    return np.array(
        [1 - math.comb(n - c, k) / math.comb(n, k) for n, c in _pairs(samples, correct)]
    )


def logarithms(samples, correct, k):
    def log_ways(n):
        return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)

    return np.array(
        [
            1.0 if n - c < k else -math.expm1(log_ways(n - c) - log_ways(n))
            for n, c in _pairs(samples, correct)
        ]
    )


def loops(samples, correct, k):
    out = np.empty(len(samples))
    for j, (n, c) in enumerate(_pairs(samples, correct)):
        miss = 1.0
        for i in range(k):
            miss *= max(n - c - i, 0) / (n - i)
        out[j] = 1 - miss
    return out


def fractions(samples, correct, k):
    out = []
    for n, c in _pairs(samples, correct):
        miss = Fraction(1)
        for i in range(k):
            miss *= Fraction(n - c - i, n - i)
        out.append(float(1 - miss))
    return np.array(out)


def by_the_first_that_passes(samples, correct, k):
    """The chance that draw i is the first that passes, added up."""
    n, c = samples.astype(float), correct.astype(float)
    total, miss = np.zeros(len(n)), np.ones(len(n))
    for i in range(k):
        total += miss * np.minimum(c / (n - i), 1)
        miss = miss * np.maximum(1 - c / (n - i), 0)
    return total


def with_scipy(samples, correct, k):
    from scipy.stats import hypergeom

    return hypergeom.sf(0, samples.astype(int), correct.astype(int), int(k))


def _ours(samples, correct, k):
    return combinations(samples, correct, k)


def independent(samples, correct, k):
    p = correct / samples
    return 1 - (1 - p) ** k


def pass_at_1(samples, correct, k):
    return correct / samples


def at_least_one(samples, correct, k):
    return np.where(correct >= 1, 1.0, 0.0)


def reliability(samples, correct, k):
    k = int(k)
    return np.array([math.comb(c, k) / math.comb(n, k) for n, c in _pairs(samples, correct)])


def misses(samples, correct, k):
    return 1 - _ours(samples, correct, k)


def same_denominator(samples, correct, k):
    out = np.ones(len(samples))
    for i in range(k):
        out *= np.maximum(samples.astype(float) - correct - i, 0) / samples
    return 1 - out


def from_one_to_k(samples, correct, k):
    out = np.ones(len(samples))
    for i in range(k + 1):
        out *= (samples.astype(float) - correct - i) / np.maximum(samples.astype(float) - i, 1)
    return 1 - out


def from_one(samples, correct, k):
    out = np.ones(len(samples))
    for i in range(1, k):
        out *= (samples.astype(float) - correct - i) / (samples.astype(float) - i)
    return 1 - out


def log_gamma_everywhere(samples, correct, k):
    def log_ways(n):
        return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)

    return np.array(
        [-math.expm1(log_ways(n - c) - log_ways(n)) for n, c in _pairs(samples, correct)]
    )


def zero_if_few_fail(samples, correct, k):
    return np.where(samples - correct < k, 0.0, _ours(samples, correct, k))


def one_if_k_fail(samples, correct, k):
    return np.where(samples.astype(int) - correct <= k, 1.0, _ours(samples, correct, k))


def float_combinations(samples, correct, k):
    k = int(k)
    return np.array(
        [
            1 - float(math.comb(n - c, k)) / float(math.comb(n, k))
            for n, c in _pairs(samples, correct)
        ]
    )


def scipy_combinations(samples, correct, k):
    from scipy.special import comb

    return 1 - comb(samples - correct, k) / comb(samples, k)


def running_products(samples, correct, k):
    above, below = np.ones(len(samples)), np.ones(len(samples))
    for i in range(k):
        above *= np.maximum(samples.astype(float) - correct - i, 0)
        below *= samples.astype(float) - i
    return 1 - above / below


def whole_products(samples, correct, k):
    above = np.ones(len(samples), dtype=np.int64)
    below = np.ones(len(samples), dtype=np.int64)
    for i in range(k):
        above *= np.maximum(samples.astype(int) - correct - i, 0)
        below *= samples.astype(int) - i
    return 1 - above / np.where(below, below, 1)


def n_of_the_first(samples, correct, k):
    n = int(samples[0])
    i = np.arange(min(int(k), n))
    failed = np.maximum(n - correct.astype(int)[:, None] - i, 0)
    return 1 - np.prod(failed / (n - i), axis=1)


def n_of_the_largest(samples, correct, k):
    return _ours(np.full_like(samples, samples.max()), correct, k)


def together(samples, correct, k):
    n, c = int(samples.sum(dtype=int)), int(correct.sum(dtype=int))
    return np.full(len(samples), 1 - math.comb(n - c, int(k)) / math.comb(n, int(k)))


def score_of_the_benchmark(samples, correct, k):
    return _ours(samples, correct, k).mean()


def sorted_problems(samples, correct, k):
    return np.sort(_ours(samples, correct, k))


def pairs_of_one_problem(samples, correct, k):
    n, c, k = int(samples[0]), int(correct[0]), int(k)
    return np.array([1 - math.comb(n - c, k) / math.comb(n, k)])


def changes_its_argument(samples, correct, k):
    found = _ours(samples, correct, k)
    correct[:] = samples - correct
    return found


def in_percent(samples, correct, k):
    return 100 * _ours(samples, correct, k)


def at_most_two_pass(samples, correct, k):
    """Right for c up to 2: the chance of one draw and of the other, less that of both."""
    n, c = samples.astype(float), correct.astype(float)
    both = np.where(c > 1, k * (k - 1) / np.maximum(n * (n - 1), 1), 0)
    return np.minimum(c * k / n - both * c * (c - 1) / 2, 1)


def nan_if_none_passes(samples, correct, k):
    return np.where(correct == 0, np.nan, _ours(samples, correct, k))


def all_if_k_is_all(samples, correct, k):
    return np.where(samples == k, (correct == samples) * 1.0, _ours(samples, correct, k))


def just_one(samples, correct, k):
    n, c = samples.astype(int).tolist(), correct.astype(int).tolist()
    draws = [math.comb(a, int(k)) for a in n]
    ones = [b * math.comb(a - b, int(k) - 1) for a, b in zip(n, c, strict=True)]
    return np.array([one / all_ for one, all_ in zip(ones, draws, strict=True)])


def union_bound(samples, correct, k):
    return np.clip(int(k) * (correct.astype(float) / samples), 0, 1)


def int64_combinations(samples, correct, k):
    """Multiplies before it divides, in NumPy's integers."""
    found = np.ones((2, len(samples)), dtype=np.int64)
    tops = np.stack([samples.astype(np.int64) - correct, samples.astype(np.int64)])
    for i in range(int(k)):
        found = found * (tops - i) // (i + 1)
    return 1 - np.divide(*found)


def products_of_int64(samples, correct, k):
    """Multiplies first, in NumPy's integers, and divides at the end."""
    k, whole = int(k), np.arange(samples.max() + 1, dtype=np.int64)

    def ways(n):
        return np.prod(whole[n - k + 1 : n + 1]) / np.prod(whole[1 : k + 1]) * (n >= k)

    return np.array([1 - ways(n - c) / ways(n) for n, c in _pairs(samples, correct)])


def one_if_k_pass(samples, correct, k):
    return np.where(correct >= k, 1.0, _ours(samples, correct, k))


def human_eval_to_n_alone(samples, correct, k):
    found = []
    for n, c in _pairs(samples, correct):
        factors = 1.0 - k / np.arange(n - c + 1, n)
        found.append(1.0 if n - c < k else 1.0 - np.prod(factors))
    return np.array(found)


def failures_stay(samples, correct, k):
    miss = np.ones(len(samples))
    for i in range(k):
        miss *= (samples.astype(float) - correct) / (samples.astype(float) - i)
    return np.where(samples - correct < k, 1.0, 1 - miss)


def each_pass_by_itself(samples, correct, k):
    return 1 - (1 - k / samples) ** correct


# What each is told; None where no known mistake explains it.
WRONG = {
    independent: "plug_in",
    pass_at_1: "k_ignored",
    at_least_one: "any_of_all_samples",
    reliability: "all_of_k_pass",
    misses: "chance_that_none_passes",
    same_denominator: "put_back",
    from_one_to_k: "one_factor_off",
    from_one: "first_factor_missing",
    log_gamma_everywhere: "few_failures",
    zero_if_few_fail: "few_failures",
    one_if_k_fail: "guard_too_wide",
    float_combinations: "overflow",
    scipy_combinations: "overflow",
    running_products: "overflow",
    whole_products: None,
    n_of_the_first: "samples_of_the_first",
    n_of_the_largest: "samples_of_the_first",
    together: "problems_pooled",
    score_of_the_benchmark: "mean_over_problems",
    sorted_problems: "in_another_order",
    pairs_of_one_problem: "wrong_where_correct_holds_more_than_one_number",
    changes_its_argument: "an_argument_changed",
    in_percent: "constant_factor",
    at_most_two_pass: "too_small",
    nan_if_none_passes: "wrong_only_where_it_should_be_0",
    all_if_k_is_all: "wrong_only_where_it_should_be_1",
    just_one: "exactly_one_passes",
    union_bound: "k_times_the_share",
    int64_combinations: "combinations_wrap_around",
    products_of_int64: "combinations_wrap_around",
    one_if_k_pass: "enough_pass",
    human_eval_to_n_alone: "last_factor_missing",
    failures_stay: "failures_not_used_up",
    each_pass_by_itself: "passes_independent",
}
