"""Right ways to write McNemar's exact test."""

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
