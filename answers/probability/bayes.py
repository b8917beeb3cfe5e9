"""Bayes' theorem: posteriors that do not underflow, odds, and a Beta prior for a rate.

`hypotheses` counts hypotheses, of which exactly one is true; it is always the last
axis. Leading axes are a batch, one piece of evidence for each.
"""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, first, refuse_empty
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:refusals]
def refuse_no_weights(array, name):
    """Raise if an entry is negative, nan or infinite."""
    # Neither holds if an entry is nan.
    if array.min() >= 0 and array.max() < np.inf:
        return
    wrong = ~((array >= 0) & (array < np.inf))
    raise ValueError(
        f"`{name}` holds {first(array, wrong)}; each must be 0 or more, and finite "
        "(logarithms go to log_posterior)"
    )


def refuse_other_sums(array, name):
    """Raise unless the entries along the last axis sum to 1."""
    totals = as_float(array).sum(axis=-1)
    # What rounding each of many float32 numbers can add up to, and no more.
    wrong = np.abs(totals - 1) > (1e-4 if array.dtype.itemsize <= 4 else 1e-6)
    if wrong.any():
        which = "" if wrong.ndim == 0 else f" in row {np.argwhere(wrong)[0].tolist()}"
        raise ValueError(
            f"`{name}` sums to {totals[wrong].flat[0]:.6g}{which}; divide it by its sum "
            "if that is what you mean"
        )


def refuse_no_logarithms(array, name):
    """Raise if an entry is nan or +inf: the logarithm of no probability or density."""
    wrong = np.isnan(array) | (array == np.inf)
    if wrong.any():
        raise ValueError(
            f"`{name}` holds {first(array, wrong)}; find the step that made it"
        )


def refuse_impossible(top):
    """Raise if the likeliest hypothesis of a row has probability 0: so has the row."""
    impossible = np.isneginf(top)
    if impossible.any():
        rows = np.argwhere(impossible)
        which = f" in row {rows[0].tolist()}" if np.ndim(top) else ""
        raise ValueError(
            f"the evidence is impossible{which}: every hypothesis with a positive prior "
            "gives it probability 0, so P(evidence) = 0 and no posterior exists; add "
            "the hypothesis that explains it, or smooth the likelihood"
        )


WEIGHTS = refuse_empty, refuse_no_weights
DISTRIBUTION = (*WEIGHTS, refuse_other_sums)
# --8<-- [end:refusals]


# --8<-- [start:posterior_refuses]
@refuses(prior=DISTRIBUTION, likelihood=WEIGHTS)
# --8<-- [end:posterior_refuses]
# --8<-- [start:posterior]
def posterior(
    prior: Real[ndarray, "*#batch hypotheses"],
    likelihood: Real[ndarray, "*#batch hypotheses"],
) -> Float[ndarray, "*out hypotheses"]:
    """P(hypothesis | evidence) = likelihood * prior / P(evidence), for each one.

    P(evidence) is the sum of likelihood * prior over the hypotheses (total
    probability).

    How:
        The products are formed as sums of logarithms, because two small factors
        underflow to 0 and their ratio is then lost.

    Args:
        prior: P(hypothesis), which sums to 1 along the last axis.
        likelihood: P(evidence | hypothesis), or a density. It need not sum to 1, and a
            common factor changes nothing.

    Returns:
        Probabilities that sum to 1 along the last axis.

    Raises:
        ValueError: The evidence is impossible (likelihood * prior is 0 for every
            hypothesis), the prior does not sum to 1, or an entry is negative, nan or
            infinite.

    Example:
        1% are ill; 90% of the ill and 9% of the healthy test positive.

        >>> posterior(np.array([0.01, 0.99]), np.array([0.90, 0.09])).round(4)
        array([0.0917, 0.9083])
    """
    # log 0 is -inf: impossible, and stays so.
    with np.errstate(divide="ignore"):
        logs = [np.log(as_float(each)) for each in (prior, likelihood)]
    powers = below_likeliest(*logs)
    np.exp(powers, out=powers)
    powers /= powers.sum(axis=-1, keepdims=True)
    return powers


# --8<-- [end:posterior]


# --8<-- [start:log_posterior_refuses]
def no_hypothesis(log_prior, log_likelihood):
    refuse_empty(np.broadcast(log_prior, log_likelihood), "log_likelihood")


def no_logarithms(result, log_prior, log_likelihood):
    # Of each row no entry is above 0, so the smallest tells of nan and of overflow.
    least = result.min()
    if np.isnan(least):
        refuse_no_logarithms(log_prior, "log_prior")
        refuse_no_logarithms(log_likelihood, "log_likelihood")
    if not np.isfinite(least):
        refuse_overflowed(result, "the joint logarithm", log_prior, log_likelihood)


@refuses(no_hypothesis, no_logarithms)
# --8<-- [end:log_posterior_refuses]
# --8<-- [start:log_posterior]
def log_posterior(
    log_prior: Real[ndarray, "*#batch hypotheses"],
    log_likelihood: Real[ndarray, "*#batch hypotheses"],
) -> Float[ndarray, "*out hypotheses"]:
    """log P(hypothesis | evidence), by Bayes' rule, from logarithms.

    How:
        It is log-softmax of log likelihood + log prior. Softmax divides exponentials by
        their sum. With these exponents they are likelihood times prior, and their sum is
        P(evidence).

    Args:
        log_prior: Nats, up to a constant; -inf excludes a hypothesis for good.
        log_likelihood: Nats, up to a constant for each piece of evidence; the sum over
            independent observations.

    Returns:
        Nats; the exponentials sum to 1 along the last axis.

    Raises:
        ValueError: The evidence is impossible (a sum of -inf for every hypothesis), or
            an entry is nan or +inf, or a sum or difference overflows.

    Example:
        Far below what exp can tell from 0, the difference still counts.

        >>> log_posterior(np.log([0.5, 0.5]), np.array([-5000.0, -5000 - np.log(3)]))
        array([-0.28768207, -1.38629436])
    """
    below = below_likeliest(log_prior, log_likelihood)
    below -= np.log(np.exp(below).sum(axis=-1, keepdims=True))
    return below


def below_likeliest(log_prior, log_likelihood):
    """log likelihood + log prior, minus the largest of its row: no row is all -inf.

    exp underflows below -745 in float64. The largest entry is now 0, so that the sum of
    exponentials is at least 1 and its logarithm finite.
    """
    log_joint = as_float(log_prior) + as_float(log_likelihood)
    top = log_joint.max(axis=-1, keepdims=True)
    refuse_impossible(top[..., 0])
    log_joint -= top
    return log_joint


# --8<-- [end:log_posterior]


# --8<-- [start:posterior_odds_refuses]
def no_odds(prior_odds, likelihood_ratios):
    factors = np.array([prior_odds, *likelihood_ratios], dtype=np.float64)
    if (wrong := ~(factors >= 0)).any():
        raise ValueError(
            f"odds and ratios hold {first(factors, wrong)}; each must be 0 or more"
        )
    if (factors == 0).any() and np.isinf(factors).any():
        raise ValueError(
            "one factor is 0 and another infinite: evidence against what is certain; "
            "one of them is too sure"
        )


def product_overflows(result, prior_odds, likelihood_ratios):
    refuse_overflowed(result, "their product", max(prior_odds, *likelihood_ratios, 0))


@refuses(no_odds, product_overflows)
# --8<-- [end:posterior_odds_refuses]
# --8<-- [start:posterior_odds]
def posterior_odds(prior_odds: float, *likelihood_ratios: float) -> np.floating:
    """Posterior odds = prior odds * the likelihood ratio of each piece of evidence.

    Odds for H are P(H) / P(not H); the ratio is P(E | H) / P(E | not H), where E is
    given all that came before it. P(E) cancels. In logarithms evidence adds up.

    Raises:
        ValueError: A factor is negative or nan, or one is 0 and another infinite: what
            is certain has been excluded; or the product overflows.

    Example:
        Odds of 1 to 99, evidence 10 times as likely if H: 10 to 99.

        >>> posterior_odds(1 / 99, 10).round(4)
        np.float64(0.101)
    """
    factors = np.array([prior_odds, *likelihood_ratios], dtype=np.float64)
    with np.errstate(divide="ignore"):
        return np.exp(np.log(factors).sum())


# --8<-- [end:posterior_odds]


# --8<-- [start:beta_update_refuses]
def not_positive(value, name):
    value = np.asarray(value)
    refuse_unless((value > 0) & np.isfinite(value), value, name, "positive")


def negative(value, name):
    value = np.asarray(value)
    refuse_unless((value >= 0) & np.isfinite(value), value, name, "0 or more")


def refuse_unless(fine, value, name, least):
    if not fine.all():
        wrong = as_float(value)[~fine].flat[0]
        raise ValueError(f"`{name}` holds {wrong}; each must be {least} and finite")


def parameter_overflows(result):
    for parameter, name in zip(result, ("alpha", "beta"), strict=True):
        refuse_overflowed(parameter, name)


@refuses(
    parameter_overflows,
    alpha=not_positive,
    beta=not_positive,
    successes=negative,
    failures=negative,
)
# --8<-- [end:beta_update_refuses]
# --8<-- [start:beta_update]
def beta_update(
    alpha: Real[ndarray, "*#batch"] | float,
    beta: Real[ndarray, "*#batch"] | float,
    successes: Real[ndarray, "*#batch"] | float,
    failures: Real[ndarray, "*#batch"] | float,
) -> tuple[
    Float[ndarray, "..."] | np.floating,
    Float[ndarray, "..."] | np.floating,
]:
    """The Beta posterior of a success rate, from a Beta prior and counts.

    Beta(alpha, beta) has the density p^(alpha - 1) (1 - p)^(beta - 1), up to a
    constant. Beta(1, 1) is uniform.

    How:
        (alpha + successes, beta + failures). The data have the likelihood
        p^successes (1 - p)^failures, and its product with the prior has the form of the
        prior again.

    Args:
        alpha: Of the prior, positive.
        beta: Of the prior, positive.
        successes: How many trials succeeded.
        failures: How many did not (not the number of trials).

    Returns:
        alpha and beta of the posterior. Its mean is alpha / (alpha + beta).

    Raises:
        ValueError: alpha or beta is not positive, or a count is negative; or one of
            them is nan or infinite, or a sum overflows.

    Example:
        A uniform prior and 7 successes in 10 trials: the mean is 8/12.

        >>> beta_update(1, 1, successes=7, failures=3)
        (np.float64(8.0), np.float64(4.0))
    """
    alpha, beta, successes, failures = (
        as_float(np.asarray(each)) for each in (alpha, beta, successes, failures)
    )
    return alpha + successes, beta + failures


# --8<-- [end:beta_update]


# --8<-- [start:reweighted_refuses]
def never_seen(old_prior):
    if not old_prior.all():
        raise ValueError(
            f"`old_prior` holds {first(old_prior, old_prior == 0)}; a class that was "
            "never seen has no likelihood"
        )


@refuses(never_seen, probabilities=DISTRIBUTION, old_prior=DISTRIBUTION)
# --8<-- [end:reweighted_refuses]
# --8<-- [start:reweighted]
def reweighted(
    probabilities: Real[ndarray, "*#batch hypotheses"],
    old_prior: Real[ndarray, " hypotheses"],
    new_prior: Real[ndarray, " hypotheses"],
) -> Float[ndarray, "*out hypotheses"]:
    """Posteriors as they would be under another prior: times new/old, then normalised.

    A posterior over its prior is the likelihood, up to P(evidence). So this is Bayes'
    theorem again, with that ratio as the likelihood. It is right if only the
    frequencies of the classes have changed, and the inputs of each class look as
    before.

    Args:
        probabilities: The outputs of a calibrated classifier.
        old_prior: The class frequencies that it was trained on, all positive.
        new_prior: Those where it is used.

    Raises:
        ValueError: As `posterior`, or a class had frequency 0.

    Example:
        Trained on half and half, used where 1 in 100 is positive.

        >>> even, rare = np.array([0.5, 0.5]), np.array([0.99, 0.01])
        >>> reweighted(np.array([0.1, 0.9]), even, rare).round(4)
        array([0.9167, 0.0833])
    """
    return posterior(new_prior, as_float(probabilities) / as_float(old_prior))


# --8<-- [end:reweighted]


# --8<-- [start:natural_frequencies_refuses]
def no_shares(prior, sensitivity, false_positive_rate):
    shares = np.array([prior, sensitivity, false_positive_rate], dtype=np.float64)
    if (outside := ~((shares >= 0) & (shares <= 1))).any():
        raise ValueError(
            f"prior, sensitivity and false-positive rate hold {first(shares, outside)}; "
            "each is a share, between 0 and 1"
        )


def nobody(people):
    if not 0 < people < np.inf:
        raise ValueError(f"{people} people; take a positive number")


@refuses(no_shares, nobody)
# --8<-- [end:natural_frequencies_refuses]
# --8<-- [start:natural_frequencies]
def natural_frequencies(
    prior: float,
    sensitivity: float,
    false_positive_rate: float,
    people: float = 1000,
) -> Float[ndarray, "2 2"]:
    """Expected counts of people: rows ill and healthy, columns positive and negative.

    Count along the tree: of all people, the ill; of those, the positive. Then the
    posterior of a positive test is the first column's share: [0, 0] / [:, 0].sum().

    Args:
        prior: The share of the ill.
        sensitivity: The share of positive tests among the ill.
        false_positive_rate: The share of positive tests among the healthy.
        people: How many there are in all.

    Raises:
        ValueError: A share is not between 0 and 1, or there are no people.

    Example:
        >>> natural_frequencies(0.01, 0.90, 0.09)
        array([[  9. ,   1. ],
               [ 89.1, 900.9]])
    """
    rows = people * np.array([prior, 1 - prior])
    positive = np.array([sensitivity, false_positive_rate], dtype=np.float64)
    return rows[:, None] * np.stack([positive, 1 - positive], axis=1)


# --8<-- [end:natural_frequencies]
