"""Practice for question 20: Bayes' theorem in logarithms, where nothing underflows."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import REFUSED, refusal_of
from answers.grader.number_types import add_whole_numbers
from answers.probability.bayes import log_posterior

exercise = Exercise(
    log_posterior,
    page="20-bayes",
    hints=(
        "Multiplying is adding logarithms. What do you subtract, so that the exponentials of each "
        "row sum to 1?",
        "P(evidence) is a sum of exponentials, so its logarithm is a log-sum-exp of the row.",
        "exp(-5000) is 0 in float64. Subtract the largest entry of the row first: one of the "
        "exponentials is then 1.",
        "A row of -inf only has P(evidence) = 0. Its largest entry says so.",
    ),
)

rng = np.random.default_rng(21)
prior = np.log([0.2, 0.3, 0.5])
rows = -3 * rng.random((4, 3))
exercise.case("a test, 1% ill", np.log([0.01, 0.99]), np.log([0.90, 0.09]))
exercise.case("three hypotheses", prior, rows[0])
exercise.case("log-densities above 0", prior, np.array([2.5, 0.25, 1.5]))
exercise.case("a log prior up to a constant", prior + 3.5, rows[0])
exercise.case("a hypothesis excluded", prior, np.array([-1.25, -np.inf, -0.5]))
exercise.case("a prior of 0", np.array([-np.inf, -0.5, -1.0]), rows[1])
exercise.case("four pieces of evidence", prior, rows)
exercise.case("a prior for each row", -rng.random((4, 3)), rows)
exercise.case("as many rows as hypotheses", prior, rows[:3])
exercise.case("two leading axes", prior, -rng.random((2, 4, 3)))
exercise.case(
    "one hypothesis",
    np.array([0.0]),
    np.array([-7.5]),
    noted=refusal_of("one hypothesis"),
)
exercise.case("whole numbers", np.array([0, -2, -1]), np.array([-3, 0, -1]))
exercise.case(
    "impossible evidence", np.array([0.0]), np.array([-np.inf]), noted=REFUSED
)
exercise.case(
    "one impossible row",
    np.array([-np.inf, -0.5, -1.0]),
    np.array([[-1.0, -2.0, -3.0], [-1.0, -np.inf, -np.inf]]),
    noted=REFUSED,
)
exercise.case("1 000 observations", prior, np.array([-2100.0, -2101.5, -2099.25]))
exercise.case("a posterior of 1e-500", prior, np.array([-1.0, -1152.0, -2.0]))
exercise.case("large log-densities", prior, np.array([5000.0, 5001.5, 4990.0]))
exercise.case("log priors near ±10 000", prior + np.array([[1e4], [-1e4]]), rows[:2])
exercise.case(
    "rows 20 000 apart", prior, rows + np.array([[1e4], [0.0], [-1e4], [5.0]])
)
exercise.case("float32", prior.astype(np.float32), rows.astype(np.float32))
add_whole_numbers(exercise, np.array([0, 2, 1]), np.array([3, 0, 251]), signed=False)
exercise.case("one piece of evidence, a prior for each row", rows, rows[0])
exercise.case("three leading axes", prior, rows[None, :, None])


def total(log_prior, log_likelihood):
    """The sum of the logarithms, and the log-sum-exp of each row, its axis kept."""
    # The answer refuses impossible evidence.
    answer = log_posterior(log_prior, log_likelihood)
    logs = np.asarray(log_prior, float) + log_likelihood
    with np.errstate(invalid="ignore"):
        return logs, np.nanmax(logs - answer, axis=-1, keepdims=True)


@exercise.bug
def not_normalised(log_prior, log_likelihood):
    """The sum of the logarithms is returned as it is. Subtract log P(evidence), the log-sum-exp
    of the row."""
    # "The sum of the logarithms is returned as it is": np.allclose(got, log_prior +
    #     log_likelihood)
    # "Subtract log P(evidence), the log-sum-exp of the row": total(log_prior,
    #     log_likelihood)[0] → (logs := total(log_prior, log_likelihood)[0]) -
    #     np.logaddexp.reduce(logs, axis=-1, keepdims=True)
    return total(log_prior, log_likelihood)[0]


@exercise.bug
def prior_forgotten(log_prior, log_likelihood):
    """The prior is not used: this is the likelihood, normalised. Add the log prior first."""
    # "The prior is not used: this is the likelihood, normalised": np.allclose(np.exp(got),
    #     np.exp(log_likelihood) / np.exp(log_likelihood).sum())
    # "Add the log prior first": np.zeros_like(log_prior, float) → np.zeros_like(log_prior,
    #     float) + log_prior
    total(log_prior, log_likelihood)
    return log_posterior(np.zeros_like(log_prior, float), log_likelihood)


@exercise.bug
def prior_added_last(log_prior, log_likelihood):
    """The likelihood alone is normalised, and the log prior added afterwards. Add first: subtract
    the log-sum-exp of log prior + log likelihood."""
    # "The likelihood alone is normalised, and the log prior added afterwards": np.allclose(got -
    #     log_prior, np.log(np.exp(log_likelihood) / np.exp(log_likelihood).sum()))
    # "subtract the log-sum-exp of log prior + log likelihood": reduce(likelihood →
    #     reduce(log_prior + likelihood
    total(log_prior, log_likelihood)
    likelihood = np.asarray(log_likelihood, float)
    evidence = np.logaddexp.reduce(likelihood, axis=-1, keepdims=True)
    return log_prior + (likelihood - evidence)


@exercise.bug
def logarithms_multiplied(log_prior, log_likelihood):
    """The logarithms are multiplied. A product of probabilities is a sum of logarithms."""
    # "The logarithms are multiplied": np.allclose(np.diff(got), np.diff(log_prior *
    #     log_likelihood))
    # "A product of probabilities is a sum of logarithms": * log_likelihood → + log_likelihood
    total(log_prior, log_likelihood)
    with np.errstate(all="ignore"):
        logs = np.asarray(log_prior, float) * log_likelihood
        return logs - np.logaddexp.reduce(logs, axis=-1, keepdims=True)


@exercise.bug
def prior_subtracted(log_prior, log_likelihood):
    """The log prior is subtracted, which divides by the prior. Add it."""
    # "The log prior is subtracted, which divides by the prior": np.allclose(np.diff(got),
    #     np.diff(np.log(np.exp(log_likelihood) / np.exp(log_prior))))
    # "Add it": - log_prior → + log_prior
    total(log_prior, log_likelihood)
    with np.errstate(all="ignore"):
        logs = np.asarray(log_likelihood, float) - log_prior
        return logs - np.logaddexp.reduce(logs, axis=-1, keepdims=True)


@exercise.bug
def divided_by_the_sum(log_prior, log_likelihood):
    """The logarithms are divided by their sum. Dividing probabilities is subtracting logarithms:
    subtract the log-sum-exp of the row."""
    # "The logarithms are divided by their sum": np.isclose(got.sum(), 1)
    # "subtract the log-sum-exp of the row": logs / logs.sum(axis=-1, keepdims=True) → logs -
    #     np.logaddexp.reduce(logs, axis=-1, keepdims=True)
    # "Dividing probabilities is subtracting logarithms": np.isclose(np.log(0.2 / 0.5),
    #     np.log(0.2) - np.log(0.5)) and not np.allclose(got, want)
    logs, _ = total(log_prior, log_likelihood)
    with np.errstate(all="ignore"):
        return logs / logs.sum(axis=-1, keepdims=True)


@exercise.bug
def largest_subtracted_only(log_prior, log_likelihood):
    """Only the largest entry of the row is subtracted, which makes the likeliest hypothesis
    certain. Subtract the logarithm of the sum of the exponentials as well."""
    # "Only the largest entry of the row is subtracted, which makes the likeliest hypothesis
    #     certain": got.max() == 0
    # "Subtract the logarithm of the sum of the exponentials as well": logs - logs.max(axis=-1,
    #     keepdims=True) → logs - logs.max(axis=-1, keepdims=True) - np.log(np.exp(logs -
    #     logs.max(axis=-1, keepdims=True)).sum(axis=-1, keepdims=True))
    logs, _ = total(log_prior, log_likelihood)
    return logs - logs.max(axis=-1, keepdims=True)


@exercise.bug
def sum_of_logarithms_subtracted(log_prior, log_likelihood):
    """The sum that is subtracted is one of logarithms, not of exponentials. P(evidence) is the sum
    of exp(log prior + log likelihood)."""
    # "The sum that is subtracted is one of logarithms, not of exponentials": np.allclose(got,
    #     (x := log_prior + log_likelihood) - x.sum())
    # "P(evidence) is the sum of exp(log prior + log likelihood)": logs.sum(axis=-1,
    #     keepdims=True) → np.logaddexp.reduce(logs, axis=-1, keepdims=True)
    logs, _ = total(log_prior, log_likelihood)
    with np.errstate(all="ignore"):
        return logs - logs.sum(axis=-1, keepdims=True)


@exercise.bug
def probabilities_returned(log_prior, log_likelihood):
    """These are probabilities. Return their logarithms, without `exp` at the end: small ones
    would be 0."""
    # "These are probabilities": np.isclose(got.sum(), 1)
    # "Return their logarithms, without `exp` at the end: small ones would be 0": (lambda exp:
    #     exp(-1000) == 0)(np.exp) and np.allclose(np.log(got), want)
    return np.exp(log_posterior(log_prior, log_likelihood))


@exercise.bug
def normalised_down_the_columns(log_prior, log_likelihood):
    """The sum runs over the rows of the batch. The hypotheses are the last axis: sum along axis
    -1, with keepdims=True."""
    # "The sum runs over the rows of the batch": np.allclose(np.exp(got).sum(axis=0), 1)
    # "The hypotheses are the last axis: sum along axis -1, with keepdims=True": axis=0 →
    #     axis=-1, keepdims=True
    logs, _ = total(log_prior, log_likelihood)
    with np.errstate(all="ignore"):
        return logs - np.logaddexp.reduce(logs, axis=0)


@exercise.bug
def one_sum_for_all(log_prior, log_likelihood):
    """One sum is taken over the whole batch. Each row has its own P(evidence): sum along axis -1,
    with keepdims=True."""
    # "One sum is taken over the whole batch": np.isclose(np.exp(got).sum(), 1)
    # "Each row has its own P(evidence): sum along axis -1, with keepdims=True": axis=None →
    #     axis=-1, keepdims=True
    logs, _ = total(log_prior, log_likelihood)
    with np.errstate(all="ignore"):
        return logs - np.logaddexp.reduce(logs, axis=None)


@exercise.bug
def no_keepdims(log_prior, log_likelihood):
    """Without keepdims the sums lose their axis and align with the wrong one, or with none. Write
    `sum(axis=-1, keepdims=True)`."""
    # "Without keepdims the sums lose their axis and align with the wrong one, or with none":
    #     isinstance(got, ValueError) and "broadcast" in str(got)
    # "Write `sum(axis=-1, keepdims=True)`": evidence[..., 0] → ((top := logs.max(axis=-1,
    #     keepdims=True)) + np.log(np.exp(logs - top).sum(axis=-1, keepdims=True)))
    logs, evidence = total(log_prior, log_likelihood)
    return logs - evidence[..., 0]


@exercise.bug(lost=("infinite", "refused", "nan"))
def no_maximum_subtracted(log_prior, log_likelihood, lost="infinite"):
    """`exp` of the logarithms is 0 below -745 and infinite above 709. Subtract the largest of the
    row first, and add it again to the logarithm of the sum."""
    # "`exp` of the logarithms is 0 below -745 and infinite above 709": (lambda exp: exp(-746)
    #     == 0 < exp(-744) and exp(710) == np.inf > exp(709))(np.exp) and not np.isfinite(got).all()
    # "Subtract the largest of the row first, and add it again to the logarithm of the sum":
    #     logs - np.log(evidence) if lost != 'nan' else np.where(evidence == 0, np.nan, logs -
    #     np.log(evidence)) → logs - (np.log(np.exp(logs - (top := logs.max(axis=-1,
    #     keepdims=True))).sum(axis=-1, keepdims=True)) + top); evidence == 0 → evidence < 0
    logs, _ = total(log_prior, log_likelihood)
    with np.errstate(all="ignore"):
        evidence = np.exp(logs).sum(axis=-1, keepdims=True)
        if lost == "refused" and (evidence == 0).any():
            raise ValueError("impossible")
        return (
            logs - np.log(evidence)
            if lost != "nan"
            else np.where(evidence == 0, np.nan, logs - np.log(evidence))
        )


@exercise.bug
def one_maximum_for_all(log_prior, log_likelihood):
    """The largest entry of the whole batch is subtracted, so a row far below it has only zeros to
    sum. Take the maximum of each row, with keepdims=True."""
    # "The largest entry of the whole batch is subtracted, so a row far below it has only zeros
    #     to sum": np.isinf(got).any()
    # "Take the maximum of each row, with keepdims=True": logs.max() → logs.max(axis=-1,
    #     keepdims=True)
    logs, _ = total(log_prior, log_likelihood)
    with np.errstate(all="ignore"):
        below = logs - logs.max()
        return below - np.log(np.exp(below).sum(axis=-1, keepdims=True))


@exercise.bug(shifted=(True, False))
def log_of_the_posterior(log_prior, log_likelihood, shifted=True):
    """The posterior is computed first and its logarithm taken at the end, which is -inf where it
    has rounded to 0. Stay in logarithms: subtract the log-sum-exp."""
    # "The posterior is computed first and its logarithm taken at the end, which is -inf where
    #     it has rounded to 0": (got == -np.inf).any()
    # "Stay in logarithms: subtract the log-sum-exp": np.log(powers / powers.sum(axis=-1,
    #     keepdims=True)) → logs - np.logaddexp.reduce(logs, axis=-1, keepdims=True)
    logs, _ = total(log_prior, log_likelihood)
    with np.errstate(all="ignore"):
        powers = np.exp(logs - logs.max(axis=-1, keepdims=True) if shifted else logs)
        return np.log(powers / powers.sum(axis=-1, keepdims=True))


@exercise.bug(eps=(1e-8, 1e-9, 1e-10, 1e-12, 1e-300))
def eps_in_the_logarithm(log_prior, log_likelihood, eps=1e-9):
    """A number is added before the last logarithm, so that no posterior is below it. Stay in
    logarithms: subtract the log-sum-exp, and -inf stays -inf."""
    # "A number is added before the last logarithm, so that no posterior is below it":
    #     bug(np.array([-900.0, 0.0]), np.zeros(2)).min() > np.log(1e-9) - 1
    # "Stay in logarithms: subtract the log-sum-exp, and -inf stays -inf":
    #     np.log(np.exp(log_posterior(log_prior, log_likelihood)) + eps) → [x :=
    #     np.asarray(log_prior, float) + log_likelihood, log_posterior(log_prior, log_likelihood), x
    #     - np.logaddexp.reduce(x, axis=-1, keepdims=True)][-1]
    return np.log(np.exp(log_posterior(log_prior, log_likelihood)) + eps)
