"""Practice for question 20: the Beta posterior of a success rate."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.probability.bayes import beta_update

exercise = Exercise(
    beta_update,
    page="20-bayes",
    returns=("alpha", "beta"),
    hints=(
        "Write prior times likelihood, p^(alpha - 1) (1 - p)^(beta - 1) times p^successes "
        "(1 - p)^failures, and collect the powers of p and of 1 - p.",
        "The product has the form of a Beta density again. Read its two parameters off the two "
        "exponents; each parameter is its exponent plus 1.",
    ),
)

exercise.case("an informed prior", 2, 5, 7, 4)
exercise.case("a uniform prior, 7 of 10", 1, 1, 7, 3)
exercise.case("no trial yet", 3, 2, 0, 0)
exercise.case("only failures", 4, 7, 0, 6)
exercise.case("only successes", 4, 7, 6, 0)
exercise.case(
    "three rates, each with its prior",
    np.array([0.7, 2.3, 10.1]),
    np.array([0.4, 1.35, 30.9]),
    np.array([3, 0, 41]),
    np.array([8, 2, 120]),
)
exercise.case(
    "two priors against three sets of counts",
    np.array([[1.0], [6.5]]),
    np.array([[1.0], [2.0]]),
    np.array([3, 5, 0]),
    np.array([2, 9, 4]),
)
exercise.case("float32", *np.array([[1.5], [2.5], [30], [12]], dtype=np.float32))
exercise.case("arrays without an axis", *(np.array(n) for n in (0.5, 2.5, 3, 8)))
whole = [np.array(n) for n in ([1, 30], [2, 7], [200, 9], [3, 100])]
add_whole_numbers(exercise, *whole)
exercise.case("a prior with many digits", 1.2345678, 2 / 3, 7, 3)
exercise.case("two axes", *(np.stack([n, n + 1]) for n in whole))
exercise.case("three axes", *(n + np.arange(3.0).reshape(3, 1, 1) for n in whole))


def floats(*values):
    return tuple(np.asarray(value, dtype=np.float64) for value in values)


@exercise.bug
def trials_for_failures(alpha, beta, successes, failures):
    """All trials are added to beta, also those that succeeded. Only the failures raise the power
    of 1 - p: beta + failures."""
    # "All trials are added to beta, also those that succeeded": got.beta == beta + successes +
    #     failures
    # "Only the failures raise the power of 1 - p: beta + failures": np.add(*floats(successes,
    #     failures)) → failures
    return beta_update(alpha, beta, successes, np.add(*floats(successes, failures)))


@exercise.bug
def failures_taken_for_trials(alpha, beta, successes, failures):
    """The successes are subtracted from the last argument, as if it were the number of trials. It
    is the number of failures: add it as it is."""
    # "The successes are subtracted from the last argument, as if it were the number of trials":
    #     got.beta == beta + failures - successes
    # "It is the number of failures: add it as it is": b + f - s → b + f
    a, b, s, f = floats(alpha, beta, successes, failures)
    return a + s, b + f - s


@exercise.bug
def successes_and_failures_swapped(alpha, beta, successes, failures):
    """The failures are added to alpha and the successes to beta. alpha is the power of p, which
    each success raises."""
    # "The failures are added to alpha and the successes to beta": got.alpha == alpha + failures
    #     and got.beta == beta + successes
    # "alpha is the power of p, which each success raises": failures, successes) → successes,
    #     failures)
    return beta_update(alpha, beta, failures, successes)


@exercise.bug
def prior_parameters_swapped(alpha, beta, successes, failures):
    """The prior's alpha and beta are exchanged. alpha goes with the successes, beta with the
    failures."""
    # "The prior's alpha and beta are exchanged": got.alpha == beta + successes and got.beta ==
    #     alpha + failures
    # "alpha goes with the successes, beta with the failures": beta_update(beta, alpha, →
    #     beta_update(alpha, beta,
    return beta_update(beta, alpha, successes, failures)


@exercise.bug
def uniform_prior_always(alpha, beta, successes, failures):
    """1 is added to each count, whatever prior was passed. That is the uniform prior, Beta(1, 1):
    add alpha and beta instead."""
    # "1 is added to each count, whatever prior was passed": got.alpha == 1 + successes and
    #     got.beta == 1 + failures
    # "That is the uniform prior, Beta(1, 1)": bug(9, 9, 4, 2) == right(1, 1, 4, 2)
    # "add alpha and beta instead": ones, ones, → alpha, beta,
    ones = np.ones(np.broadcast(alpha, beta).shape)
    return beta_update(ones, ones, successes, failures)


@exercise.bug
def prior_ignored(alpha, beta, successes, failures):
    """The counts alone are returned, as if alpha and beta of the prior were 0. Add them."""
    # "The counts alone are returned, as if alpha and beta of the prior were 0": got.alpha ==
    #     successes and got.beta == failures
    # "Add them": 0 * a + s, 0 * b + f → a + s, b + f
    a, b, s, f = floats(alpha, beta, successes, failures)
    return 0 * a + s, 0 * b + f


@exercise.bug
def data_ignored(alpha, beta, successes, failures):
    """The prior is returned as it came. Add the successes to alpha and the failures to beta."""
    # "The prior is returned as it came": got.alpha == alpha and got.beta == beta
    # "Add the successes to alpha and the failures to beta": a + 0 * s, b + 0 * f → a + s, b + f
    a, b, s, f = floats(alpha, beta, successes, failures)
    return a + 0 * s, b + 0 * f


@exercise.bug
def both_kinds_needed(alpha, beta, successes, failures):
    """Where no trial succeeded, or none failed, the prior is returned as it came. A count of 0
    adds 0, and the other one still counts."""
    # "Where no trial succeeded, or none failed, the prior is returned as it came": got.alpha ==
    #     alpha and got.beta == beta < want.beta
    # "A count of 0 adds 0, and the other one still counts": np.where(both, s, 0) → s;
    #     np.where(both, f, 0) → f
    a, b, s, f = floats(alpha, beta, successes, failures)
    both = (s > 0) & (f > 0)
    return a + np.where(both, s, 0), b + np.where(both, f, 0)


@exercise.bug
def exponents_returned(alpha, beta, successes, failures):
    """These are the powers of p and 1 - p, each 1 less than the parameters. A Beta density has
    the powers alpha - 1 and beta - 1."""
    # "These are the powers of p and 1 - p, each 1 less than the parameters. A Beta density has
    #     the powers alpha - 1 and beta - 1": got.alpha == want.alpha - 1 and got.beta == want.beta
    #     - 1
    a, b = beta_update(alpha, beta, successes, failures)
    return a - 1, b - 1


@exercise.bug
def one_added_again(alpha, beta, successes, failures):
    """1 is added to each parameter. The uniform prior has it in its alpha = beta = 1 already."""
    # "1 is added to each parameter": got.alpha == want.alpha + 1 and got.beta == want.beta + 1
    # "The uniform prior has it in its alpha = beta = 1 already":  + 1 →
    a, b = beta_update(alpha, beta, successes, failures)
    return a + 1, b + 1


@exercise.bug
def shares_returned(alpha, beta, successes, failures):
    """The parameters are divided by their sum, which leaves the mean and loses how sure it is.
    Return the parameters themselves."""
    # "The parameters are divided by their sum, which leaves the mean and loses how sure it is":
    #     np.isclose(got.alpha, want.alpha / (want.alpha + want.beta)) and np.isclose(got.alpha +
    #     got.beta, 1)
    # "Return the parameters themselves":  / (a + b) →
    a, b = beta_update(alpha, beta, successes, failures)
    return a / (a + b), b / (a + b)


@exercise.bug
def moments_returned(alpha, beta, successes, failures):
    """The mean and the variance of the posterior are returned. Return its parameters, alpha and
    beta."""
    # "The mean and the variance of the posterior are returned": np.isclose(got.alpha,
    #     want.alpha / (want.alpha + want.beta)) and np.isclose(got.beta, got.alpha * (1 -
    #     got.alpha) / (want.alpha + want.beta + 1))
    # "Return its parameters, alpha and beta": mean, mean * (1 - mean) / (a + b + 1) →
    #     a, b
    a, b = beta_update(alpha, beta, successes, failures)
    mean = a / (a + b)
    return mean, mean * (1 - mean) / (a + b + 1)


@exercise.bug
def counts_cut_to_integers(alpha, beta, successes, failures):
    """The counts lose their fractions. A trial may count as less than one, by its weight: add the
    counts as they are."""
    # "The counts lose their fractions": np.any(got.beta - beta != failures) and
    #     np.allclose(got.beta - beta, np.trunc(failures))
    # "add the counts as they are": np.trunc(s) → s; np.trunc(f) → f
    a, b, s, f = floats(alpha, beta, successes, failures)
    return a + np.trunc(s), b + np.trunc(f)


@exercise.bug
def shares_added(alpha, beta, successes, failures):
    """The shares of successes and failures are added, so that a thousand trials count as one. Add
    the counts."""
    # "The shares of successes and failures are added, so that a thousand trials count as one":
    #     np.isclose(sum(bug(1, 1, 400, 600)), 1 + 1 + 1)
    # "Add the counts": s / trials → s; f / trials → f
    a, b, s, f = floats(alpha, beta, successes, failures)
    trials = np.maximum(s + f, 1)
    return a + s / trials, b + f / trials


@exercise.bug
def multiplied(alpha, beta, successes, failures):
    """The parameters are multiplied by the counts. Densities are multiplied, so that their
    exponents are added."""
    # "The parameters are multiplied by the counts": got.alpha == alpha * successes and got.beta
    #     == beta * failures
    # "Densities are multiplied, so that their exponents are added": a * s, b * f → a + s, b + f
    a, b, s, f = floats(alpha, beta, successes, failures)
    return a * s, b * f
