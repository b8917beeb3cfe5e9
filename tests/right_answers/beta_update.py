"""Right ways to write beta_update."""

import numpy as np


def plain(alpha, beta, successes, failures):
    return 1.0 * alpha + successes, 1.0 * beta + failures


def by_exponents(alpha, beta, successes, failures):
    power_of_p = np.subtract(alpha, 1.0) + np.asarray(successes, float)
    power_of_rest = np.subtract(beta, 1.0) + np.asarray(failures, float)
    return power_of_p + 1, power_of_rest + 1


def stacked(alpha, beta, successes, failures):
    a, b, s, f = (
        np.asarray(each, dtype=np.float64)
        for each in (alpha, beta, successes, failures)
    )
    return [np.add(a, s), np.add(b, f)]


def from_mean_and_strength(alpha, beta, successes, failures):
    a, b, s, f = (
        np.asarray(each, dtype=np.float64)
        for each in (alpha, beta, successes, failures)
    )
    strength = a + b + s + f
    mean = (a + s) / strength
    return mean * strength, (1 - mean) * strength


def in_wide_integers(alpha, beta, successes, failures):
    def wide(value):
        value = np.asarray(value)
        return value.astype(np.int64) if value.dtype.kind in "iu" else value

    return wide(alpha) + wide(successes), wide(beta) + wide(failures)
