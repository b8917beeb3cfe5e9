"""Practice for question 16: McNemar's exact test of two models on the same examples."""

import math

import numpy as np

from answers.grader.exercise import Exercise
from answers.labels.model_comparison import mcnemar

exercise = Exercise(
    mcnemar,
    page="16-accuracy-and-metrics",
    rtol=1e-9,
    of_counts=True,
    hints=(
        "On which examples can one tell the two models apart? Count those that only A gets right, "
        "and those that only B gets right.",
        "If neither is better, each of these n examples is a fair coin. The probability of k heads "
        "is C(n, k) / 2ⁿ: `math.comb` gives C.",
        "Two-sided: as uneven as this, or more, in either direction. Double the smaller tail, the "
        "observed split included; a probability cannot pass 1.",
        "2ⁿ passes the largest float at n = 1024. Add up Python's integers and divide last, or go "
        "from one term to the next by their ratio.",
    ),
)


def verdicts(both, only_a, only_b, neither):
    """Who is right, shuffled, from the four counts."""
    counts = both, only_a, only_b, neither
    order = np.random.default_rng(sum(counts)).permutation(sum(counts))
    cells = np.repeat([[1, 1, 0, 0], [1, 0, 1, 0]], counts, axis=1)[:, order]
    return cells[0], cells[1]


exercise.case("9 to 2", *verdicts(20, 9, 2, 5))
exercise.case("A alone right 4 times", *verdicts(1, 4, 0, 0))
exercise.case("2 to 9", *verdicts(20, 2, 9, 5))
exercise.case("7 to 6", *verdicts(3, 7, 6, 4))
exercise.case("5 to 5", *verdicts(11, 5, 5, 2))
exercise.case("they never differ", *verdicts(6, 0, 0, 3))
exercise.case("one example", np.array([1]), np.array([0]))
exercise.case("85% and 82% of 1,000", *verdicts(770, 80, 50, 100))
exercise.case("booleans", *(a == 1 for a in verdicts(40, 14, 5, 3)))
exercise.case("1,100 times one is right", *verdicts(300, 580, 520, 100))
for name, dtype in (("bytes", np.uint8), ("bytes with signs", np.int8)):
    exercise.case(name, *(a.astype(dtype) for a in verdicts(200, 14, 5, 90)))


@exercise.check
def keeps_the_digits_of_a_tiny_p_value(mcnemar):
    """70 to 0 has a p-value of 1.7e-21, and yours is 0, or far from it: 1 minus a number near 1
    loses it. Add up the small tail itself, and neither round it nor put a bound under it."""
    found = mcnemar(np.ones(70, int), np.zeros(70, int))
    return abs(found / 2.0**-69 - 1) < 1e-6


def cells(correct_a, correct_b):
    a, b = correct_a == 1, correct_b == 1
    return int((a & ~b).sum()), int((b & ~a).sum())


def tail(n, k):
    """The probability of k heads or fewer of n fair coins."""
    ways, total = 1, 0
    for j in range(k + 1):
        total += ways
        ways = ways * (n - j) // (j + 1)
    return total / 2**n


@exercise.bug(corrected=(False, True))
def chi_squared(correct_a, correct_b, corrected=False):
    """This is the chi-squared approximation, which is off for few discordant examples. Sum the
    binomial probabilities."""
    # "This is the chi-squared approximation": np.isclose(got, math.erfc(math.sqrt((9 - 2) ** 2
    #     / (9 + 2) / 2)))
    # "Sum the binomial probabilities": math.erfc(math.sqrt(gap ** 2 / max(b + c, 1) / 2)) →
    #     min(1.0, 2 * sum(math.comb(b + c, k) for k in range(min(b, c) + 1)) / 2 ** (b + c))
    b, c = cells(correct_a, correct_b)
    gap = max(abs(b - c) - corrected, 0)
    return math.erfc(math.sqrt(gap**2 / max(b + c, 1) / 2))


@exercise.bug
def one_sided(correct_a, correct_b):
    """This is the probability of one tail. Before the data nobody knew which model would be
    better: double it."""
    # "This is the probability of one tail": np.isclose(got, sum(math.comb(11, k) for k in
    #     range(3)) / 2 ** 11)
    # "double it": tail(b + c, min(b, c)) → min(1.0, 2 * tail(b + c, min(b, c)))
    b, c = cells(correct_a, correct_b)
    return tail(b + c, min(b, c))


@exercise.bug(most=(1.0, 2.0))
def only_if_a_is_better(correct_a, correct_b, most=1.0):
    """The tail is always that of A's side, so that a better B looks like no difference. Take the
    tail of the smaller of the two counts."""
    # "The tail is always that of A's side, so that a better B looks like no difference": got ==
    #     1 and bug(correct_b, correct_a) < 0.1
    # "Take the tail of the smaller of the two counts": min(most, 2 * tail(b + c, c)) → min(1.0,
    #     2 * tail(b + c, min(b, c)))
    b, c = cells(correct_a, correct_b)
    return min(most, 2 * tail(b + c, c))


@exercise.bug(most=(1.0, 2.0))
def tail_of_the_larger(correct_a, correct_b, most=1.0):
    """The result is 1 or more whatever the split, as if the larger count's tail were doubled. Take
    the tail of the smaller of the two counts."""
    # "The result is 1 or more whatever the split, as if the larger count's tail were doubled":
    #     got == 1 and bug(correct_a, correct_b, most=2.0) > 1
    # "Take the tail of the smaller of the two counts": min(most, 2 * tail(b + c, max(b, c))) →
    #     min(1.0, 2 * tail(b + c, min(b, c)))
    b, c = cells(correct_a, correct_b)
    return min(most, 2 * tail(b + c, max(b, c)))


@exercise.bug
def above_one(correct_a, correct_b):
    """If both counts are equal the two tails overlap, and twice one of them passes 1. Cap it at
    1."""
    # "If both counts are equal the two tails overlap, and twice one of them passes 1": got > 1
    #     and np.isclose(got, 2 * tail(10, 5))
    # "Cap it at 1": 2 * tail(b + c, min(b, c)) → min(1, 2 * tail(b + c, min(b, c)))
    b, c = cells(correct_a, correct_b)
    return 2 * tail(b + c, min(b, c))


@exercise.bug
def observed_split_left_out(correct_a, correct_b):
    """The tail stops before the observed split. A p-value is the probability of what was observed
    or of something more extreme: include it."""
    # "The tail stops before the observed split": np.isclose(want - got, 2 * math.comb(11, 2) /
    #     2 ** 11)
    # "A p-value is the probability of what was observed or of something more extreme: include
    #     it": min(b, c) - 1 → min(b, c)
    b, c = cells(correct_a, correct_b)
    return min(1.0, 2 * tail(b + c, min(b, c) - 1)) if b != c else 1.0


@exercise.bug
def mid_p(correct_a, correct_b):
    """The observed split counts only half, which is the mid-p variant and not the exact test.
    Count it in full in each tail."""
    # "The observed split counts only half": np.isclose(want - got, 2 * math.comb(11, 2) / 2 **
    #     11 / 2)
    # "Count it in full in each tail": 2 * tail(n, fewer) - math.comb(n, fewer) / 2 ** n → 2 *
    #     tail(n, fewer)
    b, c = cells(correct_a, correct_b)
    n, fewer = b + c, min(b, c)
    return min(1.0, 2 * tail(n, fewer) - math.comb(n, fewer) / 2**n)


@exercise.bug
def agreements_counted(correct_a, correct_b):
    """All examples count as coins, though those on which the models agree cannot tell them apart.
    Only the discordant ones are tossed."""
    # "All examples count as coins": np.isclose(got, 2 * tail(len(correct_a), 2))
    # "Only the discordant ones are tossed": len(correct_a) → int((correct_a !=
    #     correct_b).sum())
    b, c = cells(correct_a, correct_b)
    return min(1.0, 2 * tail(len(correct_a), min(b, c)))


@exercise.bug
def totals_compared(correct_a, correct_b):
    """The right answers of A and of B are compared as totals, as if they were on different
    examples. Count only where one is right and the other wrong."""
    # "The right answers of A and of B are compared as totals, as if they were on different
    #     examples": np.isclose(got, min(1, 2 * tail(int(correct_a.sum() + correct_b.sum()),
    #     int(min(correct_a.sum(), correct_b.sum())))))
    # "Count only where one is right and the other wrong": int((correct_a == 1).sum()),
    #     int((correct_b == 1).sum()) → int(((correct_a == 1) & (correct_b == 0)).sum()),
    #     int(((correct_b == 1) & (correct_a == 0)).sum())
    a, b = int((correct_a == 1).sum()), int((correct_b == 1).sum())
    return min(1.0, 2 * tail(a + b, min(a, b)))


@exercise.bug(pooled=(True, False))
def pairing_ignored(correct_a, correct_b, pooled=True):
    """This is the test of two proportions from separate test sets. Here both models answered the
    same examples: only those on which they differ count."""
    # "This is the test of two proportions from separate test sets": np.isclose(got,
    #     bug(correct_a, np.random.default_rng(0).permutation(correct_b)))
    # "Here both models answered the same examples: only those on which they differ count":
    #     math.erfc(z / math.sqrt(2)) → min(1.0, 2 * tail(sum(cells(correct_a, correct_b)),
    #     min(cells(correct_a, correct_b))))
    n, p, q = len(correct_a), np.mean(correct_a == 1), np.mean(correct_b == 1)
    mean = (p + q) / 2
    variance = 2 * mean * (1 - mean) if pooled else p * (1 - p) + q * (1 - q)
    z = np.divide(abs(p - q), np.sqrt(variance / n))
    return math.erfc(z / math.sqrt(2))


@exercise.bug(how=("raises", "inf"))
def overflow(correct_a, correct_b, how="raises"):
    """Floats end at 2 to the power 1024, so for many discordant examples the binomial overflows.
    Divide Python's integers, or go from term to term by their ratio."""
    # "Floats end at 2 to the power 1024, so for many discordant examples the binomial
    #     overflows": isinstance(got, OverflowError) and (correct_a != correct_b).sum() > 1024
    # "Divide Python's integers": if how == 'inf' and n > 1023: → if n < 0:; sum((math.comb(n,
    #     k) / float(2 ** n) for k in range(fewer + 1))) → sum((math.comb(n, k) for k in range(fewer
    #     + 1))) / 2 ** n
    b, c = cells(correct_a, correct_b)
    n, fewer = b + c, min(b, c)
    if how == "inf" and n > 1023:
        return np.nan
    return min(1.0, 2 * sum(math.comb(n, k) / float(2**n) for k in range(fewer + 1)))


@exercise.bug
def split_alone(correct_a, correct_b):
    """This is the probability of exactly the observed split, doubled, which shrinks with the
    number of examples whatever they say. Add the more extreme splits."""
    # "This is the probability of exactly the observed split, doubled": np.isclose(got, 2 *
    #     math.comb(11, 2) / 2 ** 11)
    # "Add the more extreme splits": math.comb(b + c, min(b, c)) → sum(math.comb(b + c, k) for k
    #     in range(min(b, c) + 1))
    b, c = cells(correct_a, correct_b)
    return min(1.0, 2 * math.comb(b + c, min(b, c)) / 2 ** (b + c))


@exercise.bug(corrected=(False, True))
def normal_for_many(correct_a, correct_b, corrected=False):
    """Beyond some number of discordant examples this is the normal approximation. The exact test is
    asked for, for many, too: sum the binomial probabilities."""
    # "Beyond some number of discordant examples this is the normal approximation": (b_c :=
    #     sum(cells(correct_a, correct_b))) > 25 and np.isclose(got, math.erfc(abs(correct_a.sum() -
    #     correct_b.sum()) / math.sqrt(2 * b_c)))
    # "sum the binomial probabilities": if b + c > 25 and b != c: → if False:
    b, c = cells(correct_a, correct_b)
    if b + c > 25 and b != c:
        return math.erfc((abs(b - c) - corrected) / math.sqrt(2 * (b + c)))
    return min(1.0, 2 * tail(b + c, min(b, c)))


@exercise.bug
def agreements_for_differences(correct_a, correct_b):
    """The examples on which both models agree are the coins: both right against both wrong. Toss
    those that one of them gets right and the other wrong."""
    # "The examples on which both models agree are the coins: both right against both wrong":
    #     np.isclose(got, min(1, 2 * tail(25, 5)))
    # "Toss those that one of them gets right and the other wrong": int((a & b).sum()), int((~a &
    #     ~b).sum()) → int((a & ~b).sum()), int((~a & b).sum())
    a, b = correct_a == 1, correct_b == 1
    right, wrong = int((a & b).sum()), int((~a & ~b).sum())
    return min(1.0, 2 * tail(right + wrong, min(right, wrong)))
