"""Right and wrong ways to write beta_update."""

import numpy as np


def plain(alpha, beta, successes, failures):
    return 1.0 * alpha + successes, 1.0 * beta + failures


def by_exponents(alpha, beta, successes, failures):
    power_of_p = np.subtract(alpha, 1.0) + np.asarray(successes, float)
    power_of_rest = np.subtract(beta, 1.0) + np.asarray(failures, float)
    return power_of_p + 1, power_of_rest + 1


def stacked(alpha, beta, successes, failures):
    a, b, s, f = (np.asarray(each, dtype=np.float64) for each in (alpha, beta, successes, failures))
    return [np.add(a, s), np.add(b, f)]


def from_mean_and_strength(alpha, beta, successes, failures):
    a, b, s, f = (np.asarray(each, dtype=np.float64) for each in (alpha, beta, successes, failures))
    strength = a + b + s + f
    mean = (a + s) / strength
    return mean * strength, (1 - mean) * strength


def in_wide_integers(alpha, beta, successes, failures):
    def wide(value):
        value = np.asarray(value)
        return value.astype(np.int64) if value.dtype.kind in "iu" else value

    return wide(alpha) + wide(successes), wide(beta) + wide(failures)


def one_trial_after_the_other(alpha, beta, successes, failures):
    """Each count is added by itself, in float64."""
    posterior = []
    for prior, count in ((alpha, successes), (beta, failures)):
        prior, count = np.broadcast_arrays(np.asarray(prior, float), np.asarray(count, float))
        posterior.append(np.sum([prior, count], axis=0))
    shape = np.broadcast_shapes(*(part.shape for part in posterior))
    return tuple(np.broadcast_to(part, shape).copy() for part in posterior)


def one_number_at_a_time(alpha, beta, successes, failures):
    every = np.broadcast(alpha, beta, successes, failures)
    a, b = np.empty(every.shape), np.empty(every.shape)
    for i, (x, y, s, f) in enumerate(every):
        a.flat[i], b.flat[i] = float(x) + float(s), float(y) + float(f)
    return a[()], b[()]


def broadcast_first(alpha, beta, successes, failures):
    a, b, s, f = np.broadcast_arrays(alpha, beta, successes, failures)
    return np.add(a, s, dtype=float), np.add(b, f, dtype=float)


def plus_trials(alpha, beta, successes, failures):
    n = 1.0 * successes + failures
    return 1.0 * alpha + successes, beta + n


def minus_successes(alpha, beta, successes, failures):
    return 1.0 * alpha + successes, 1.0 * beta + failures - successes


def crossed(alpha, beta, successes, failures):
    return 1.0 * alpha + failures, 1.0 * beta + successes


def laplace(alpha, beta, successes, failures):
    return 1.0 + successes, 1.0 + failures


def no_floats(alpha, beta, successes, failures):
    return alpha + successes, beta + failures


def mean_only(alpha, beta, successes, failures):
    a, b = 1.0 * alpha + successes, 1.0 * beta + failures
    return a / (a + b)


def mean_and_variance(alpha, beta, successes, failures):
    a, b = 1.0 * alpha + successes, 1.0 * beta + failures
    return a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1))


def mode_and_rest(alpha, beta, successes, failures):
    return 1.0 * alpha + successes - 1, 1.0 * beta + failures - 1


def normalised(alpha, beta, successes, failures):
    a, b = 1.0 * alpha + successes, 1.0 * beta + failures
    return a / (a + b), b / (a + b)


def in_place(alpha, beta, successes, failures):
    if isinstance(alpha, np.ndarray) and alpha.dtype.kind == "f" and alpha.ndim == 1:
        alpha += successes
        beta += failures
        return alpha, beta
    return 1.0 * alpha + successes, 1.0 * beta + failures


def summed(alpha, beta, successes, failures):
    return 1.0 * alpha + np.sum(successes), 1.0 * beta + np.sum(failures)


def flattened(alpha, beta, successes, failures):
    return 1.0 * np.ravel(alpha)[0] + successes, 1.0 * np.ravel(beta)[0] + failures


def rounded(alpha, beta, successes, failures):
    return np.round(1.0 * alpha + successes), np.round(1.0 * beta + failures)


def products(alpha, beta, successes, failures):
    return 1.0 * alpha * successes, 1.0 * beta * failures


def at_least_a_uniform_prior(alpha, beta, successes, failures):
    return np.maximum(alpha, 1.0) + successes, np.maximum(beta, 1.0) + failures


def prior_left_where_nothing_failed(alpha, beta, successes, failures):
    """Updated only where both were seen."""
    both = (np.asarray(successes) > 0) & (np.asarray(failures) > 0)
    return (
        np.where(both, 1.0 * alpha + successes, 1.0 * alpha),
        np.where(both, 1.0 * beta + failures, 1.0 * beta),
    )


def smoothed_where_zero(alpha, beta, successes, failures):
    s, f = np.asarray(successes, float), np.asarray(failures, float)
    return 1.0 * alpha + np.where(s == 0, 0.5, s), 1.0 * beta + np.where(f == 0, 0.5, f)


def totals_along_the_last_axis(alpha, beta, successes, failures):
    s, f = np.asarray(successes, float), np.asarray(failures, float)
    if s.ndim > 1:
        s, f = s.sum(axis=-1, keepdims=True), f.sum(axis=-1, keepdims=True)
    return 1.0 * alpha + s, 1.0 * beta + f


def flattened_results(alpha, beta, successes, failures):
    a, b = np.asarray(1.0 * alpha + successes), np.asarray(1.0 * beta + failures)
    return (a.ravel(), b.ravel()) if a.ndim > 1 else (a, b)


def at_least_one_axis(alpha, beta, successes, failures):
    return np.atleast_1d(1.0 * alpha + successes), np.atleast_1d(1.0 * beta + failures)


def sums_in_one_byte(alpha, beta, successes, failures):
    return (
        np.asarray(np.add(alpha, successes), dtype=float),
        np.asarray(np.add(beta, failures), dtype=float),
    )


def rounded_to_six_digits(alpha, beta, successes, failures):
    return np.round(1.0 * alpha + successes, 6), np.round(1.0 * beta + failures, 6)


def integers_for_whole_priors(alpha, beta, successes, failures):
    a, b = np.asarray(alpha), np.asarray(beta)
    return (a + successes).astype(int) * 1.0, (b + failures).astype(int) * 1.0


def at_least_one_failure(alpha, beta, successes, failures):
    return alpha + successes * 1.0, beta + np.maximum(failures, 1) * 1.0


def rest_of_the_total(alpha, beta, successes, failures):
    a = 1.0 * alpha + successes
    return a, 1.0 * alpha + beta + successes + failures - a


def counts_as_integers(alpha, beta, successes, failures):
    s, f = (np.asarray(count).astype(int) for count in (successes, failures))
    return 1.0 * alpha + s, 1.0 * beta + f


def arrays_in_float32(alpha, beta, successes, failures):
    """Numbers without an array stay as they came."""
    a, b, s, f = (
        np.float64(each.astype(np.float32)) if isinstance(each, np.ndarray) else each
        for each in (alpha, beta, successes, failures)
    )
    return a + s, b + f


# The mistake that each is told; None where no known one explains it.
WRONG = {
    plus_trials: "trials_for_failures",
    minus_successes: "failures_taken_for_trials",
    crossed: "successes_and_failures_swapped",
    laplace: "uniform_prior_always",
    mean_only: "a_result_of_another_kind",
    mean_and_variance: "moments_returned",
    mode_and_rest: "exponents_returned",
    normalised: "shares_returned",
    in_place: "an_argument_changed",
    summed: "wrong_where_alpha_holds_more_than_one_number",
    flattened: "wrong_where_alpha_holds_more_than_one_number",
    rounded: "rounded_to_integers",
    products: "multiplied",
    at_least_a_uniform_prior: None,
    prior_left_where_nothing_failed: "both_kinds_needed",
    smoothed_where_zero: None,
    totals_along_the_last_axis: "too_large",
    flattened_results: "right_numbers_in_another_shape",
    at_least_one_axis: "right_numbers_in_another_shape",
    rounded_to_six_digits: "rounded",
    integers_for_whole_priors: "truncated_to_integers",
    counts_as_integers: "counts_cut_to_integers",
    at_least_one_failure: "wrong_where_failures_is_0",
    arrays_in_float32: "nearly_right",
}
