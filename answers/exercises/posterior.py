"""Practice for question 20: Bayes' theorem for any number of hypotheses."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import REFUSED, Note, refusal_of
from answers.grader.number_types import add_whole_numbers
from answers.probability.bayes import posterior

exercise = Exercise(
    posterior,
    page="20-bayes",
    hints=(
        "The numerator of each hypothesis is likelihood times prior. What must all numerators "
        "together be divided by, so that the posteriors sum to 1?",
        "In a batch each row has its own P(evidence): sum along the last axis and keep that axis.",
        "1e-30 times 1e-300 is 0 in float64, and then the ratio of two such products is lost. "
        "What does not underflow: the product, or the sum of the logarithms?",
        "Normalise as a stable softmax does: subtract the largest logarithm of the row before "
        "`exp`. If the largest is -inf, the evidence is impossible.",
    ),
)

rng = np.random.default_rng(20)
three = np.array([0.2, 0.3, 0.5])
rows = rng.random((4, 3))
exercise.case("a test, 1% ill", np.array([0.01, 0.99]), np.array([0.90, 0.09]))
exercise.case("three hypotheses", three, np.array([0.7, 0.1, 0.4]))
exercise.case("densities above 1", three, np.array([7.1, 0.5, 3.2]))
exercise.case("a prior of 0", np.array([0.0, 0.4, 0.6]), np.array([0.9, 0.3, 0.2]))
exercise.case("a likelihood of 0", three, np.array([0.7, 0.0, 0.4]))
exercise.case("four pieces of evidence", three, rows)
exercise.case("a prior for each row", rng.dirichlet([2, 3, 4], size=4), rows)
exercise.case("as many rows as hypotheses", three, rows[:3])
exercise.case("two leading axes", three, rng.random((2, 4, 3)))
exercise.case(
    "one hypothesis",
    np.array([1.0]),
    np.array([0.3]),
    noted=refusal_of("one hypothesis"),
)
exercise.case("whole numbers", np.array([0, 1, 0]), np.array([3, 2, 1]))
exercise.case("impossible evidence", np.array([1.0]), np.array([0.0]), noted=REFUSED)
exercise.case(
    "one impossible row",
    np.array([0.0, 0.5, 0.5]),
    np.array([[1, 2, 3], [1, 0, 0]]) / 4,
    noted=REFUSED,
)
exercise.case("likelihoods of 1e-300", three, np.array([2e-300, 1e-300, 5e-300]))
# Row by row, nothing underflows.
apart = np.array([[2e-300, 1e-300, 5e-300], [2e100, 1e100, 4e100]])
exercise.case("rows 1e400 apart", three, apart)
UNDERFLOW = Note(
    "products near 1e-400, which are 0 in floating point",
    "Ours adds logarithms, so that their ratios are kept; `log_posterior` is for such sizes.",
)
exercise.case(
    "products of 1e-400",
    np.array([1e-200, 3e-200, 1.0, 0.0]),
    np.array([2e-200, 1e-200, 0.0, 1.0]),
    noted=UNDERFLOW,
)
exercise.case(
    "one such row, one without",
    np.array([1e-200, 3e-200, 1.0, 0.0]),
    np.array([[2e-200, 1e-200, 0.0, 1.0], [0.3, 0.2, 0.1, 0.4]]),
    noted=UNDERFLOW,
)
many = rng.random(2000) + 0.01
exercise.case(
    "2000 hypotheses",
    many / many.sum(),
    np.exp(-600 + 3 * rng.normal(size=2000)),
)
exercise.case("float32", three.astype(np.float32), rows.astype(np.float32))
add_whole_numbers(
    exercise, np.array([0, 1, 0]), np.array([3, 200, 100]), signed=False, fraction=0
)
exercise.case(
    "whole likelihoods beside fractions",
    np.array([0.5, 0.2, 0.3]),
    np.array([[3, 2, 0], [1, 5, 4]], dtype=np.int64),
)
exercise.case(
    "one piece of evidence, a prior for each row", rng.dirichlet(np.ones(3), 4), rows[0]
)
one = np.array([[0.2, 0.3, 0.5]])
exercise.case("one row of priors for all evidence", one, rows)
exercise.case("three leading axes", three, rows[None, :, None])
exercise.case(
    "a prior of 0, likelihoods of 1e-9",
    np.array([0.0, 0.4, 0.6]),
    np.array([0.9, 3e-9, 2e-9]),
)
exercise.case("densities of 1e308", three, np.array([1.5e308, 1e308, 5e307]))
exercise.case("likelihoods that sum to 1", three, np.array([0.2, 0.7, 0.1]))


@exercise.check
def a_small_posterior_keeps_its_digits(posterior):
    """A posterior of 3e-20 comes as 0, or as another small number. More evidence may make it large:
    add nothing to what is small, and neither clip nor round it."""
    found = posterior(np.array([0.25, 0.75]), np.array([1.0, 1e-20]))
    return abs(found[1] / 3e-20 - 1) < 1e-6


def joint(prior, likelihood):
    return np.asarray(prior, float) * likelihood


def plain(prior, likelihood):
    """Bayes' theorem as it is written; it refuses what `posterior` does, for the bugs below."""
    posterior(prior, likelihood)
    products = joint(prior, likelihood)
    return products, products.sum(axis=-1, keepdims=True)


@exercise.bug
def not_normalised(prior, likelihood):
    """The products likelihood times prior are returned; they do not sum to 1. Divide them by
    their sum, which is P(evidence)."""
    # "The products likelihood times prior are returned; they do not sum to 1": np.allclose(got,
    #     likelihood * prior) and got.sum() < 1
    # "Divide them by their sum, which is P(evidence)": plain(prior, likelihood)[0] →
    #     np.divide(*(lambda x: (x, x.sum(axis=-1, keepdims=True)))(plain(prior, likelihood)[0]))
    return plain(prior, likelihood)[0]


@exercise.bug
def prior_ignored(prior, likelihood):
    """The likelihood is normalised without the prior: the base rate is neglected. Multiply by the
    prior first."""
    # "The likelihood is normalised without the prior": np.allclose(got, likelihood /
    #     likelihood.sum())
    # "Multiply by the prior first": + 0 * prior → * prior
    posterior(prior, likelihood)
    like = np.asarray(likelihood, float) + 0 * prior
    return like / like.sum(axis=-1, keepdims=True)


@exercise.bug
def evidence_ignored(prior, likelihood):
    """The prior is returned as it came. Multiply it by the likelihood, and normalise."""
    # "The prior is returned as it came": np.array_equal(got, prior)
    # "Multiply it by the likelihood, and normalise": prior + 0.0 * likelihood →
    #     np.divide(*(lambda x: (x, x.sum(axis=-1, keepdims=True)))(joint(prior, 1.0) * likelihood))
    posterior(prior, likelihood)
    return prior + 0.0 * likelihood


@exercise.bug
def divided_by_the_sum_of_likelihoods(prior, likelihood):
    """The products are divided by the sum of the likelihoods. P(evidence) weighs each likelihood
    by its prior: divide by the sum of the products."""
    # "The products are divided by the sum of the likelihoods": np.allclose(got, prior *
    #     likelihood / likelihood.sum())
    # "P(evidence) weighs each likelihood by its prior: divide by the sum of the products":
    #     np.sum(likelihood, → np.sum(products,
    products, _ = plain(prior, likelihood)
    with np.errstate(all="ignore"):
        return products / np.sum(likelihood, axis=-1, keepdims=True)


@exercise.bug
def prior_counted_twice(prior, likelihood):
    """The prior is multiplied in twice. It counts once: likelihood times prior, then
    normalise."""
    # "The prior is multiplied in twice": np.isclose(got[0] / got[1], likelihood[0] /
    #     likelihood[1] * (prior[0] / prior[1]) ** 2)
    # "It counts once: likelihood times prior, then normalise": joint(prior, likelihood) * prior
    #     → joint(prior, likelihood)
    posterior(prior, likelihood)
    products = joint(prior, likelihood) * prior
    with np.errstate(all="ignore"):
        return products / products.sum(axis=-1, keepdims=True)


@exercise.bug
def softmax_of_the_products(prior, likelihood):
    """The products are put through softmax, which exponentiates them. They need only be divided
    by their sum; softmax is for their logarithms."""
    # "The products are put through softmax, which exponentiates them": np.isclose(got[0] /
    #     got[1], np.exp(prior[0] * likelihood[0]) / np.exp(prior[1] * likelihood[1]))
    # "They need only be divided by their sum": np.exp(plain(prior, likelihood)[0]) →
    #     plain(prior, likelihood)[0]
    powers = np.exp(plain(prior, likelihood)[0])
    return powers / powers.sum(axis=-1, keepdims=True)


@exercise.bug
def logarithms_returned(prior, likelihood):
    """These are the logarithms of the posterior. Take `exp` of them at the end."""
    # "These are the logarithms of the posterior": np.allclose(got, np.log(want))
    # "Take `exp` of them at the end": np.log(posterior(prior, likelihood)) → (lambda exp:
    #     exp(np.log(posterior(prior, likelihood))))(np.exp)
    with np.errstate(divide="ignore"):
        return np.log(posterior(prior, likelihood))


@exercise.bug
def normalised_down_the_columns(prior, likelihood):
    """The sum runs over the rows of the batch, so each column sums to 1. The hypotheses are the
    last axis: sum along axis -1, with keepdims=True."""
    # "The sum runs over the rows of the batch, so each column sums to 1":
    #     np.allclose(got.sum(axis=0), 1)
    # "The hypotheses are the last axis: sum along axis -1, with keepdims=True": axis=0 →
    #     axis=-1, keepdims=True
    products, _ = plain(prior, likelihood)
    with np.errstate(all="ignore"):
        return products / products.sum(axis=0)


@exercise.bug
def one_sum_for_all(prior, likelihood):
    """One sum is taken over the whole batch, so that all rows together sum to 1. Each row has its
    own P(evidence): sum along axis -1, with keepdims=True."""
    # "One sum is taken over the whole batch, so that all rows together sum to 1":
    #     np.isclose(got.sum(), 1)
    # "Each row has its own P(evidence): sum along axis -1, with keepdims=True": .sum() →
    #     .sum(axis=-1, keepdims=True)
    products, _ = plain(prior, likelihood)
    return products / products.sum()


@exercise.bug
def no_keepdims(prior, likelihood):
    """Without keepdims the sums lose their axis and align with the wrong one, or with none. Write
    `sum(axis=-1, keepdims=True)`."""
    # "Without keepdims the sums lose their axis and align with the wrong one, or with none":
    #     isinstance(got, ValueError) and "broadcast" in str(got)
    # "Write `sum(axis=-1, keepdims=True)`": sum(axis=-1) → sum(axis=-1, keepdims=True)
    products, _ = plain(prior, likelihood)
    with np.errstate(all="ignore"):
        return products / products.sum(axis=-1)


@exercise.bug(eps=(1e-6, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16))
def eps_in_the_denominator(prior, likelihood, eps=1e-9):
    """A number is added to P(evidence) against division by 0. Small likelihoods then give
    posteriors near 0: add nothing."""
    # "A number is added to P(evidence) against division by 0": not bug(prior, 0 *
    #     likelihood).any()
    # "Small likelihoods then give posteriors near 0: add nothing": sum(bug(prior, 1e-12 *
    #     likelihood)) < 0.01
    # "add nothing":  + eps →
    products = joint(prior, likelihood)
    return products / (products.sum(axis=-1, keepdims=True) + eps)


@exercise.bug(eps=(1e-6, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15, 1e-16))
def eps_in_the_logarithms(prior, likelihood, eps=1e-9):
    """A number is added before the logarithm, so that nothing is impossible and small likelihoods
    all look alike. log 0 is -inf, of which `exp` makes 0 again: add nothing."""
    # "A number is added before the logarithm, so that nothing is impossible and small
    #     likelihoods all look alike": bug(np.array([0.5, 0.5]), np.array([0.0, 1e-9]))[0] > 0.1 and
    #     np.allclose(bug(np.array([0.5, 0.5]), np.array([1e-30, 1e-40])), 0.5)
    # "log 0 is -inf, of which `exp` makes 0 again: add nothing": + eps) + np.log(likelihood +
    #     eps) → ) + (lambda exp: np.log(likelihood))(np.exp)
    logs = np.log(np.asarray(prior, float) + eps) + np.log(likelihood + eps)
    powers = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


@exercise.bug
def one_maximum_for_all(prior, likelihood):
    """The largest logarithm of the whole batch is subtracted, so a row far below it underflows to
    0/0. Take the maximum of each row, with keepdims=True."""
    # "The largest logarithm of the whole batch is subtracted, so a row far below it underflows
    #     to 0/0": np.isnan(got[0]).all()
    # "Take the maximum of each row, with keepdims=True": logs.max() → logs.max(axis=-1,
    #     keepdims=True)
    posterior(prior, likelihood)
    with np.errstate(all="ignore"):
        logs = np.log(np.asarray(prior, float)) + np.log(likelihood)
        powers = np.exp(logs - logs.max())
        return powers / powers.sum(axis=-1, keepdims=True)


@exercise.bug(floor=(1e-10, 1e-6, 1e-8, 1e-9, 1e-12, 1e-15, 1e-16))
def floor_under_the_likelihood(prior, likelihood, floor=1e-10):
    """Likelihoods below a smallest number are raised to it, so that small ones all look alike.
    Only their ratios count: leave them as they are."""
    # "Likelihoods below a smallest number are raised to it, so that small ones all look alike":
    #     np.allclose(bug(np.array([0.4, 0.6]), np.array([1e-301, 3e-302])), [0.4, 0.6])
    # "Only their ratios count: leave them as they are": np.maximum(likelihood, floor) → likelihood
    products = joint(prior, np.maximum(likelihood, floor))
    return products / products.sum(axis=-1, keepdims=True)


@exercise.bug
def likelihood_cut_to_1(prior, likelihood):
    """Likelihoods above 1 are cut down to 1, as if they were probabilities. A density may be
    larger, and only ratios count: leave them as they are."""
    # "Likelihoods above 1 are cut down to 1": np.allclose(got, right(prior, np.where(likelihood >
    #     1, 1, likelihood)))
    # "A density may be larger, and only ratios count: leave them as they are":
    #     np.minimum(likelihood, 1) → likelihood
    products = joint(prior, np.minimum(likelihood, 1))
    return products / products.sum(axis=-1, keepdims=True)


@exercise.bug(of_the_other=("reversed", "rest"))
def two_hypotheses_assumed(prior, likelihood, of_the_other="reversed"):
    """P(evidence) is added up for two hypotheses: each one, and another with the prior
    1 - P(hypothesis). Sum likelihood times prior over all hypotheses."""
    # "P(evidence) is added up for two hypotheses: each one, and another with the prior 1 -
    #     P(hypothesis)": np.allclose(got, prior * likelihood / (prior * likelihood + (1 - prior) *
    #     likelihood[::-1]))
    # "Sum likelihood times prior over all hypotheses": products + other * (1 - prior) →
    #     products.sum(axis=-1, keepdims=True)
    products = joint(prior, likelihood)
    other = likelihood[..., ::-1] if of_the_other == "reversed" else 1 - likelihood
    return products / (products + other * (1 - prior))


@exercise.bug(kept=("all", "last"))
def rows_taken_in_turn(prior, likelihood, kept="all"):
    """The rows of likelihoods are taken one after another, each posterior as the prior of the next
    row. They are apart: each row starts from the prior that is given."""
    # "The rows of likelihoods are taken one after another, each posterior as the prior of the next
    #     row": np.allclose(got[1], right(right(prior, likelihood[0]), likelihood[1]))
    # "They are apart: each row starts from the prior that is given": joint(belief, each) →
    #     joint(prior, likelihood); found[-1] if kept == 'last' or likelihood.ndim == 1 else
    #     np.array(found) → found[-1]
    belief, found = np.asarray(prior, float), []
    for each in likelihood if likelihood.ndim > 1 else likelihood[None]:
        products = joint(belief, each)
        belief = products / products.sum(axis=-1, keepdims=True)
        found.append(belief)
    return found[-1] if kept == "last" or likelihood.ndim == 1 else np.array(found)
