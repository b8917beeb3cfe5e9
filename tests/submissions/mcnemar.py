"""Right and wrong ways to write McNemar's exact test."""

import math
from fractions import Fraction

import numpy as np


def combinations(correct_a, correct_b):
    b = int(np.sum((correct_a == 1) & (correct_b == 0)))
    c = int(np.sum((correct_a == 0) & (correct_b == 1)))
    n = b + c
    p = 2 * sum(math.comb(n, k) for k in range(min(b, c) + 1)) / 2**n
    return min(p, 1.0)


def coin_by_coin(correct_a, correct_b):
    differ = correct_a != correct_b
    n, heads = int(differ.sum()), int(correct_a[differ].sum())
    chances = np.ones(1)
    for _ in range(n):
        chances = np.append(chances, 0) / 2 + np.append(0, chances) / 2
    return min(1.0, 2 * chances[: min(heads, n - heads) + 1].sum())


def logarithms(correct_a, correct_b):
    gap = correct_a.astype(int) - correct_b.astype(int)
    b, c = int((gap == 1).sum()), int((gap == -1).sum())
    n = b + c
    log_ways = [
        math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
        for k in range(min(b, c) + 1)
    ]
    return min(1.0, 2 * sum(math.exp(w - n * math.log(2)) for w in log_ways))


def recurrence(correct_a, correct_b):
    b = c = 0
    for x, y in zip(correct_a.tolist(), correct_b.tolist(), strict=True):
        b += bool(x and not y)
        c += bool(y and not x)
    n, ways, total = b + c, 1, 0
    for k in range(min(b, c) + 1):
        total += ways
        ways = ways * (n - k) // (k + 1)
    return float(min(1, Fraction(2 * total, 2**n)))


def splits_as_uneven(correct_a, correct_b):
    b = int(np.sum(correct_a > correct_b))
    c = int(np.sum(correct_a < correct_b))
    n = b + c
    uneven = [math.comb(n, k) for k in range(n + 1) if abs(2 * k - n) >= abs(b - c)]
    return sum(uneven) / 2**n


def with_scipy(correct_a, correct_b):
    from scipy.stats import binomtest

    a, b = correct_a.astype(bool), correct_b.astype(bool)
    only_a, only_b = int((a & ~b).sum()), int((~a & b).sum())
    if only_a + only_b == 0:
        return 1.0
    return binomtest(only_a, only_a + only_b, 0.5).pvalue


def _cells(correct_a, correct_b):
    a, b = correct_a == 1, correct_b == 1
    return int((a & ~b).sum()), int((~a & b).sum())


def textbook_statistic(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    return math.erfc(math.sqrt((b - c) ** 2 / (b + c) / 2)) if b + c else 1.0


def with_continuity(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    if b == c:
        return 1.0
    return math.erfc(math.sqrt((abs(b - c) - 1) ** 2 / (b + c) / 2))


def statistic_alone(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    return (b - c) ** 2 / max(b + c, 1)


def lower_tail(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    n = b + c
    return sum(math.comb(n, k) for k in range(min(b, c) + 1)) / 2**n


def doubled_without_a_cap(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    n = b + c
    return 2 * sum(math.comb(n, k) for k in range(min(b, c) + 1)) / 2**n


def range_ends_early(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    n = b + c
    if b == c:
        return 1.0
    return 2 * sum(math.comb(n, k) for k in range(min(b, c))) / 2**n


def floats(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    n = b + c
    p = 2 * sum(math.comb(n, k) * 0.5**k * 0.5 ** (n - k) for k in range(min(b, c) + 1))
    return min(1.0, p)


def factorials(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    n, total = b + c, 0.0
    for k in range(min(b, c) + 1):
        ways = float(math.factorial(n)) / math.factorial(k) / math.factorial(n - k)
        total += ways * 0.5**n
    return min(1.0, 2 * total)


def tail_of_b(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    n = b + c
    return min(1.0, 2 * sum(math.comb(n, k) for k in range(c + 1)) / 2**n)


def tail_of_the_winner(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    n = b + c
    return min(1.0, 2 * sum(math.comb(n, k) for k in range(max(b, c) + 1)) / 2**n)


def tail_of_the_winner_without_a_cap(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    n = b + c
    return 2 * sum(math.comb(n, k) for k in range(max(b, c) + 1)) / 2**n


def all_examples(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    n = len(correct_a)
    return min(1.0, 2 * sum(math.comb(n, k) for k in range(min(b, c) + 1)) / 2**n)


def two_proportions(correct_a, correct_b):
    n, p, q = len(correct_a), (correct_a == 1).mean(), (correct_b == 1).mean()
    pooled = (p + q) / 2
    z = abs(p - q) / np.sqrt(2 * pooled * (1 - pooled) / n)
    return math.erfc(z / 2**0.5)


def one_split(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    return min(1.0, 2 * math.comb(b + c, b) / 2 ** (b + c))


def middle_p(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    n, k = b + c, min(b, c)
    below = sum(math.comb(n, j) for j in range(k))
    return min(1.0, (2 * below + math.comb(n, k)) / 2**n)


def paired_t(correct_a, correct_b):
    gap = (correct_a == 1).astype(float) - (correct_b == 1)
    spread = gap.std() / np.sqrt(len(gap))
    return math.erfc(abs(gap.mean()) / spread / 2**0.5) if spread else 1.0


def zero_where_they_never_differ(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    n = b + c
    if n == 0:
        return 0.0
    return min(1.0, 2 * sum(math.comb(n, k) for k in range(min(b, c) + 1)) / 2**n)


def significant(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    n = b + c
    return 2 * sum(math.comb(n, k) for k in range(min(b, c) + 1)) / 2**n < 0.05


def one_minus(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    n = b + c
    return 1 - min(1.0, 2 * sum(math.comb(n, k) for k in range(min(b, c) + 1)) / 2**n)


def one_tail_ending_early(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    n = b + c
    return sum(math.comb(n, k) for k in range(min(b, c))) / 2**n


def tail_of_b_without_a_cap(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    n = b + c
    return 2 * sum(math.comb(n, k) for k in range(c + 1)) / 2**n


def _exact(b, c):
    n, k = b + c, min(b, c)
    return min(1.0, 2 * sum(math.comb(n, j) for j in range(k + 1)) / 2**n)


def normal_beyond_25(correct_a, correct_b):
    """As textbooks advise: exact only for few."""
    b, c = _cells(correct_a, correct_b)
    if b + c <= 25:
        return _exact(b, c)
    return math.erfc(abs(b - c) / math.sqrt(2 * (b + c)))


def corrected_beyond_25(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    if b + c <= 25:
        return _exact(b, c)
    return math.erfc((abs(b - c) - 1) / math.sqrt(2 * (b + c)))


def nan_where_they_never_differ(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    return _exact(b, c) if b + c else math.nan


def zero_losses_without_the_double(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    return 0.5 ** (b + c) if min(b, c) == 0 else _exact(b, c)


def labels_subtracted(correct_a, correct_b):
    gap = correct_a - correct_b
    return _exact(int((gap == 1).sum()), int((gap == -1).sum()))


def overflow_taken_for_zero(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    try:
        ways = sum(float(math.comb(b + c, j)) for j in range(min(b, c) + 1))
    except OverflowError:
        return 0.0
    return min(1.0, 2 * ways * 0.5 ** (b + c))


def one_if_nobody_loses(correct_a, correct_b):
    b, c = _cells(correct_a, correct_b)
    return _exact(b, c) if min(b, c) else 1.0


def _tail(a, b):
    one, other = ((a == 1) & (b == 0)).sum(), ((a == 0) & (b == 1)).sum()
    return int(min(one, other)), int(one + other)


def one_minus_the_rest(a, b):
    from scipy.stats import binom

    k, n = _tail(a, b)
    return min(1.0, 2 * (1 - binom.cdf(n - k - 1, n, 0.5))) if n else 1.0


def never_below_the_precision(a, b):
    from scipy.stats import binom

    k, n = _tail(a, b)
    return max(min(1.0, 2 * binom.cdf(k, n, 0.5)), np.finfo(float).eps) if n else 1.0


def rounded_to_15_decimals(a, b):
    from scipy.stats import binom

    k, n = _tail(a, b)
    return round(min(1.0, 2 * binom.cdf(k, n, 0.5)), 15) if n else 1.0


def cells_of_agreement(correct_a, correct_b):
    a, b = correct_a == 1, correct_b == 1
    return _exact(int((a & b).sum()), int((~a & ~b).sum()))


# The mistake that each is told; None where no known one explains it.
WRONG = {
    textbook_statistic: "chi_squared",
    with_continuity: "chi_squared",
    statistic_alone: "wrong_where_correct_a_holds_more_than_one_number",
    lower_tail: "one_sided",
    doubled_without_a_cap: "above_one",
    range_ends_early: "observed_split_left_out",
    floats: "overflow",
    factorials: "overflow",
    tail_of_b: "only_if_a_is_better",
    tail_of_the_winner: "tail_of_the_larger",
    tail_of_the_winner_without_a_cap: "tail_of_the_larger",
    all_examples: "agreements_counted",
    two_proportions: "pairing_ignored",
    one_split: "split_alone",
    middle_p: "mid_p",
    paired_t: None,
    zero_where_they_never_differ: "wrong_only_where_it_should_be_1",
    significant: "true_or_false_for_numbers",
    one_minus: "complement",
    one_tail_ending_early: "too_small",
    tail_of_b_without_a_cap: "only_if_a_is_better",
    normal_beyond_25: "normal_for_many",
    corrected_beyond_25: "normal_for_many",
    nan_where_they_never_differ: "not_finite",
    zero_losses_without_the_double: "constant_factor",
    labels_subtracted: "wrong_where_correct_a_is_of_dtype_bool",
    overflow_taken_for_zero: None,
    one_if_nobody_loses: None,
    one_minus_the_rest: "a_property_fails",
    never_below_the_precision: "a_property_fails",
    rounded_to_15_decimals: "a_property_fails",
    cells_of_agreement: "agreements_for_differences",
}
