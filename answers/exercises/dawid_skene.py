"""Practice for question 12: who errs how, and what is true, by EM."""

import numpy as np
from jaxtyping import Float, Integer
from numpy import ndarray

from answers.grader.exercise import Exercise


def dawid_skene(
    item: Integer[ndarray, " votes"],
    annotator: Integer[ndarray, " votes"],
    label: Integer[ndarray, " votes"],
    classes: int,
    iterations: int,
) -> tuple[
    Float[ndarray, "items classes"],
    Float[ndarray, " classes"],
    Float[ndarray, "annotators classes classes"],
]:
    """The true classes and the annotators' confusion matrices, by EM without smoothing.

    Begin with the shares of each item's votes as posterior, and estimate prior and confusion
    from it. Then, `iterations` times: the posterior from prior and confusion, and prior and
    confusion from the posterior.

    The prior is the mean of the posterior over items. confusion[a, k, l] is the share of label
    l among the votes of annotator a, each vote weighted with the posterior probability that
    its item is truly k; if that weight is 0 for all votes of the annotator, the row is
    1 / classes. The posterior of an item is proportional to the prior of a class times the
    probability of each vote on the item given that class; it sums to 1.

    Args:
        item: 0 to items - 1; each has at least one vote. The votes are in no order.
        annotator: 0 to annotators - 1. One may vote on an item twice: both votes count.
        label: 0 to classes - 1.
        classes: How many classes there are, voted or not.
        iterations: How often to repeat.

    Returns:
        (posterior, prior, confusion) after the last iteration.

    Example:
        The third annotator says the opposite of the truth, and is told by the others.

        >>> item, annotator = np.repeat(np.arange(4), 3), np.tile(np.arange(3), 4)
        >>> label = np.array([0, 0, 1, 1, 1, 0, 1, 1, 0, 0, 0, 1])
        >>> posterior, _, confusion = dawid_skene(item, annotator, label, 2, iterations=20)
        >>> posterior.argmax(axis=1), confusion[2].round(3)
        (array([0, 1, 1, 0]), array([[0., 1.],
               [1., 0.]]))
    """
    item, annotator, label = (each.astype(int) for each in (item, annotator, label))
    posterior = np.zeros((item.max() + 1, classes))
    np.add.at(posterior, (item, label), 1)
    posterior /= posterior.sum(axis=1, keepdims=True)
    prior, confusion = estimates(item, annotator, label, posterior)
    for _ in range(iterations):
        # log 0 is -inf: the class is ruled out.
        with np.errstate(divide="ignore"):
            joint = np.tile(np.log(prior), (len(posterior), 1))
            np.add.at(joint, item, np.log(confusion[annotator, :, label]))
        powers = np.exp(joint - joint.max(axis=1, keepdims=True))
        posterior = powers / powers.sum(axis=1, keepdims=True)
        prior, confusion = estimates(item, annotator, label, posterior)
    return posterior, prior, confusion


def estimates(item, annotator, label, posterior):
    """The prior and the confusion matrices, if the posterior were the truth."""
    classes = posterior.shape[1]
    counts = np.zeros((annotator.max() + 1, classes, classes))
    np.add.at(counts.swapaxes(1, 2), (annotator, label), posterior[item])
    totals = counts.sum(axis=2, keepdims=True)
    known = np.broadcast_to(totals > 0, counts.shape)
    confusion = np.divide(
        counts, totals, out=np.full_like(counts, 1 / classes), where=known
    )
    return posterior.mean(axis=0), confusion


exercise = Exercise(
    dawid_skene,
    page="12-noisy-labels",
    returns=("posterior", "prior", "confusion"),
    rtol=1e-6,
    hints=(
        "Two steps take turns. If the posterior were the truth, how often did annotator a say l "
        "where k is true? And if the matrices were right, how likely is each class of an item?",
        "A vote of annotator a for l adds the posterior of its item, all classes at once, to the "
        "entries (a, every true class, l). `np.add.at` adds where an index occurs twice.",
        "Rows of a confusion matrix are true classes and sum to 1. For the posterior, a vote for l "
        "contributes column l of the matrix of whoever gave it.",
        "Hundreds of factors underflow: add logarithms, the prior's too, and subtract the largest "
        "of each item before the exponential. -inf is a fine logarithm of 0; 0 · -inf is nan.",
    ),
)


def votes(seed, items, annotators, classes, per_item, skill):
    """Votes of annotators of different skill, in no order; every item has at least one."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, classes, items)
    item = np.concatenate([np.arange(items), rng.integers(0, items, items * per_item)])
    item = rng.permutation(item)
    annotator = rng.integers(0, annotators, len(item))
    right = rng.random(len(item)) < np.linspace(skill, 0.95, annotators)[annotator]
    guess = np.minimum(rng.geometric(0.5, len(item)) - 1, classes - 1)
    label = np.where(right, truth[item], guess)
    # In a browser the integers of NumPy's functions have 32 bits, and random ones 64.
    return tuple(each.astype(int) for each in (item, annotator, label))


def column(*numbers):
    return np.array(numbers)


three_on_three = (
    column(0, 0, 0, 1, 1, 1, 2, 2, 2),
    column(0, 1, 2, 0, 1, 2, 0, 1, 2),
    column(0, 0, 1, 1, 1, 1, 0, 1, 0),
)
thirty = votes(12, 30, 5, 2, 4, 0.55)
several = votes(13, 60, 7, 3, 6, 0.4)
exercise.case(
    "three annotators, no iteration", *three_on_three, classes=2, iterations=0
)
exercise.case(
    "three annotators, one iteration", *three_on_three, classes=2, iterations=1
)
exercise.case("30 items, some vote twice", *thirty, classes=2, iterations=1)
exercise.case("30 items, four iterations", *thirty, classes=2, iterations=4)
exercise.case("three classes", *several, classes=3, iterations=3)
exercise.case(
    "an annotator who votes twice",
    column(0, 0, 0, 1, 1, 2, 2, 2, 1),
    column(0, 0, 1, 1, 2, 0, 2, 2, 0),
    column(1, 0, 1, 0, 0, 1, 1, 0, 1),
    classes=2,
    iterations=2,
)
exercise.case("a class without a vote", *thirty, classes=3, iterations=0)
exercise.case(
    "annotators with one vote",
    column(0, 0, 0, 1, 1, 1, 2, 2),
    column(0, 1, 2, 0, 1, 3, 0, 1),
    column(0, 0, 1, 1, 0, 1, 1, 1),
    classes=2,
    iterations=2,
)
exercise.case(
    "thousands of votes on two items",
    *votes(14, 2, 4, 2, 1600, 0.3),
    classes=2,
    iterations=1,
)
unequal = zip(
    votes(14, 1, 4, 2, 3200, 0.3), ([1] * 3, [0, 1, 2], [0, 1, 1]), strict=True
)
exercise.case(
    "thousands of votes on one item, three on another",
    *(np.append(many, few) for many, few in unequal),
    classes=2,
    iterations=1,
)
many = votes(7, 101, 5, 3, 4, 0.8)
exercise.case("a hundred items", *many, classes=3, iterations=1)
bytes_of = [a.astype(np.uint8) for a in many]
exercise.case("votes of one byte", *bytes_of, classes=3, iterations=1)
signed = [a.astype(np.int8) for a in bytes_of]
exercise.case("votes of one byte with a sign", *signed, classes=3, iterations=1)
exercise.case(
    "an annotator without a vote",
    *(three_on_three[0], np.array([0, 1, 3])[three_on_three[1]], three_on_three[2]),
    classes=2,
    iterations=1,
)
exercise.case(
    "seven votes, 20 iterations, and a 0 that decides",
    column(0, 1, 2, 3, 0, 0, 3),
    column(2, 2, 1, 0, 1, 0, 0),
    column(0, 0, 0, 1, 1, 0, 1),
    classes=2,
    iterations=20,
)


def rounds(
    item,
    annotator,
    label,
    classes,
    iterations,
    start=None,
    m_step=estimates,
    e_step=None,
):
    """EM with one of its steps replaced."""
    e_step = e_step or true_classes
    posterior = shares(item, label, classes) if start is None else start
    prior, confusion = m_step(item, annotator, label, posterior)
    for _ in range(iterations):
        posterior = e_step(item, annotator, label, prior, confusion)
        prior, confusion = m_step(item, annotator, label, posterior)
    return posterior, prior, confusion


def shares(item, label, classes):
    counts = np.zeros((item.max() + 1, classes))
    np.add.at(counts, (item, label), 1)
    return counts / counts.sum(axis=1, keepdims=True)


def log_joint(item, annotator, label, prior, confusion):
    with np.errstate(divide="ignore", invalid="ignore"):
        joint = np.tile(np.log(prior), (item.max() + 1, 1))
        np.add.at(joint, item, np.log(confusion[annotator, :, label]))
    return joint


def normalised(joint):
    with np.errstate(invalid="ignore"):
        powers = np.exp(joint - joint.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)


def true_classes(item, annotator, label, prior, confusion):
    return normalised(log_joint(item, annotator, label, prior, confusion))


@exercise.bug
def posterior_not_normalised(item, annotator, label, classes, iterations):
    """The posterior is prior times likelihood, and does not sum to 1: items then weigh the
    less in the next step, the more votes they have. Divide by the sum over classes."""
    # "The posterior is prior times likelihood, and does not sum to 1":
    #     got.posterior.sum(axis=1).max() < 1
    # "Divide by the sum over classes": np.exp(log_joint(*args)) → normalised(log_joint(*args))

    def e_step(*args):
        return np.exp(log_joint(*args))

    return rounds(item, annotator, label, classes, iterations, e_step=e_step)


@exercise.bug(of_each_vote=(0, 1))
def prior_not_once(item, annotator, label, classes, iterations, of_each_vote=0):
    """The prior is left out of the posterior, or counts with each vote on the item. Multiply the
    probability of all votes on an item by it, once."""
    # "The prior is left out of the posterior, or counts with each vote on the item":
    #     np.allclose(got.posterior, rounds(item, annotator, label, classes, 1, e_step=lambda i, a,
    #     l, prior, confusion: true_classes(i, a, l, 0 * prior + 1 / classes, confusion))[0])
    # "Multiply the probability of all votes on an item by it, once": of_each_vote *
    #     np.bincount(item)[:, None] → 1

    def e_step(item, annotator, label, prior, confusion):
        joint = log_joint(item, annotator, label, np.ones(classes), confusion)
        times = of_each_vote * np.bincount(item)[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            joint += np.where(times, times * np.log(prior), 0)
        return normalised(joint)

    return rounds(item, annotator, label, classes, iterations, e_step=e_step)


@exercise.bug
def prior_of_the_votes(item, annotator, label, classes, iterations):
    """The prior is a mean over the votes, so an item counts as often as it was voted on. Take the
    mean over the items."""
    # "The prior is a mean over the votes": np.allclose(bug(item, annotator, label, classes, 0)[1],
    #     shares(item, label, classes)[item].mean(axis=0)) and not np.allclose(got.prior,
    #     want.prior)
    # "so an item counts as often as it was voted on": np.allclose(bug(np.array([0, 0, 0, 1]),
    #     np.arange(4), np.array([0, 0, 0, 1]), 2, 0)[1], [3 / 4, 1 / 4])
    # "Take the mean over the items": args[-1][item] → args[-1]

    def m_step(*args):
        return args[-1][item].mean(axis=0), estimates(*args)[1]

    return rounds(item, annotator, label, classes, iterations, m_step=m_step)


@exercise.bug
def last_posterior_for_the_prior(item, annotator, label, classes, iterations):
    """The probability of an item's votes is multiplied with the last posterior of the item, which
    has seen these votes already. Multiply it with the prior."""
    # "The probability of an item's votes is multiplied with the last posterior of the item":
    #     np.allclose(got.posterior, normalised(np.log(np.maximum(shares(item, label, classes),
    #     1e-300)) + log_joint(item, annotator, label, np.ones(classes), right(item, annotator,
    #     label, classes, 0)[2])))
    # "Multiply it with the prior": np.log(posterior) → np.log(prior)
    posterior = shares(item, label, classes)
    prior, confusion = estimates(item, annotator, label, posterior)
    for _ in range(iterations):
        likelihood = log_joint(item, annotator, label, np.ones(classes), confusion)
        with np.errstate(divide="ignore"):
            posterior = normalised(np.log(posterior) + likelihood)
        prior, confusion = estimates(item, annotator, label, posterior)
    return posterior, prior, confusion


@exercise.bug
def prior_never_updated(item, annotator, label, classes, iterations):
    """The prior stays what the votes gave at the start. It is the mean of the newest posterior."""
    # "The prior stays what the votes gave at the start": np.allclose(got.prior, shares(item,
    #     label, classes).mean(axis=0))
    # "It is the mean of the newest posterior": (first, estimates(*args)[1]) →
    #     (args[-1].mean(axis=0), estimates(*args)[1])
    first = shares(item, label, classes).mean(axis=0)

    def m_step(*args):
        return first, estimates(*args)[1]

    return rounds(item, annotator, label, classes, iterations, m_step=m_step)


@exercise.bug(uniform=(False, True))
def zero_times_log_zero(item, annotator, label, classes, iterations, uniform=False):
    """0 times log 0 is nan: the logarithms of all labels are multiplied by how often each was
    given, which may be 0. Add the logarithm of the labels that were given, and no others."""
    # "0 times log 0 is nan: the logarithms of all labels are multiplied by how often each was
    #     given, which may be 0": np.isnan(got.posterior).any()
    # "Add the logarithm of the labels that were given, and no others": joint = log_prior +
    #     np.einsum('ial,akl->ik', counts, np.log(confusion)) → joint = np.log(prior) +
    #     np.where(counts[:, :, None] > 0, counts[:, :, None] * np.log(confusion), 0).sum(axis=(1,
    #     3))
    counts = np.zeros((item.max() + 1, annotator.max() + 1, classes))
    np.add.at(counts, (item, annotator, label), 1)

    def e_step(item, annotator, label, prior, confusion):
        with np.errstate(divide="ignore", invalid="ignore"):
            log_prior = np.log(prior) if not uniform else np.log(prior + 1e-12)
            joint = log_prior + np.einsum("ial,akl->ik", counts, np.log(confusion))
        return normalised(joint)

    return rounds(item, annotator, label, classes, iterations, e_step=e_step)


@exercise.bug(eps=(1e-2, 1e-3, 1e-4, 1e-9, 1e-12, 1e-6, 1e-8, 1e-10))
def eps_added(item, annotator, label, classes, iterations, eps=1e-3):
    """A number added to the probabilities before the logarithm changes every posterior. -inf is
    the right logarithm of 0; NumPy's warning can be silenced."""
    # "A number added to the probabilities before the logarithm changes every posterior":
    #     (got.posterior != want.posterior).all()
    # "-inf is the right logarithm of 0": prior + eps, confusion + eps → prior, confusion

    def e_step(item, annotator, label, prior, confusion):
        return true_classes(item, annotator, label, prior + eps, confusion + eps)

    return rounds(item, annotator, label, classes, iterations, e_step=e_step)


@exercise.bug(votes=(1, 0.01))
def counts_smoothed(item, annotator, label, classes, iterations, votes=1):
    """Votes that nobody gave are added to every cell of the confusion matrices. That is
    smoothing, often wise; here plain maximum likelihood is asked for."""
    # "Votes that nobody gave are added to every cell of the confusion matrices": (got.confusion
    #     > 0).all() and (want.confusion == 0).any()
    # "here plain maximum likelihood is asked for": counts = weighted_counts(item, annotator,
    #     label, posterior) + votes → counts = weighted_counts(item, annotator, label, posterior);
    #     counts / counts.sum(axis=2, keepdims=True) → np.where(counts.sum(axis=2, keepdims=True) >
    #     0, counts / counts.sum(axis=2, keepdims=True), 1 / classes)

    def m_step(item, annotator, label, posterior):
        counts = weighted_counts(item, annotator, label, posterior) + votes
        return posterior.mean(axis=0), counts / counts.sum(axis=2, keepdims=True)

    return rounds(item, annotator, label, classes, iterations, m_step=m_step)


def weighted_counts(item, annotator, label, posterior):
    classes = posterior.shape[1]
    counts = np.zeros((annotator.max() + 1, classes, classes))
    np.add.at(counts.swapaxes(1, 2), (annotator, label), posterior[item])
    return counts


@exercise.bug
def normalised_by_voted(item, annotator, label, classes, iterations):
    """The matrices are divided by how often each label was voted, so they say what is true given
    the vote. They must say how likely the vote is given the truth: each true class sums to 1."""
    # "The matrices are divided by how often each label was voted, so they say what is true
    #     given the vote": np.allclose(got.confusion.sum(axis=1), 1)
    # "They must say how likely the vote is given the truth: each true class sums to 1": axis=1
    #     → axis=2

    def m_step(item, annotator, label, posterior):
        counts = weighted_counts(item, annotator, label, posterior)
        totals = counts.sum(axis=1, keepdims=True)
        uniform = np.full_like(counts, 1 / classes)
        return posterior.mean(axis=0), np.divide(
            counts, totals, out=uniform, where=np.broadcast_to(totals > 0, counts.shape)
        )

    return rounds(item, annotator, label, classes, iterations, m_step=m_step)


@exercise.bug
def confusion_transposed(item, annotator, label, classes, iterations):
    """The confusion matrices come out as annotator, voted, true. The true class is the middle
    axis: each row of a matrix is a true class."""
    # "The confusion matrices come out as annotator, voted, true":
    #     np.array_equal(got.confusion.swapaxes(1, 2), want.confusion)
    # "The true class is the middle axis: each row of a matrix is a true class": .swapaxes(1, 2)
    #     →
    posterior, prior, confusion = rounds(item, annotator, label, classes, iterations)
    return posterior, prior, confusion.swapaxes(1, 2)


@exercise.bug
def rows_read_as_columns(item, annotator, label, classes, iterations):
    """The posterior takes row l of the matrix for a vote l: the probabilities of labels if l
    were true. Take column l: `confusion[annotator, :, label]`."""
    # "The posterior takes row l of the matrix for a vote l": np.allclose(got.posterior,
    #     true_classes(item, annotator, label, (first := rounds(item, annotator, label, classes,
    #     0))[1], first[2].swapaxes(1, 2)))
    # "Take column l: `confusion[annotator, :, label]`": true_classes(item, annotator, label,
    #     prior, confusion.swapaxes(1, 2)) → normalised(np.log(prior) + (np.arange(item.max() +
    #     1)[:, None] == item) @ np.log(np.maximum(confusion[annotator, :, label], 1e-300)))
    # "the probabilities of labels if l were true": np.allclose(rounds(item, annotator, label,
    #     classes, 0)[2].sum(axis=2), 1) and not np.allclose(got.posterior, want.posterior)

    def e_step(item, annotator, label, prior, confusion):
        return true_classes(item, annotator, label, prior, confusion.swapaxes(1, 2))

    return rounds(item, annotator, label, classes, iterations, e_step=e_step)


@exercise.bug
def started_from_the_majority(item, annotator, label, classes, iterations):
    """The start is one label for each item, the majority. That throws the doubt away before the
    first step; start from the shares of the votes."""
    # "The start is one label for each item, the majority": np.array_equal(got.posterior,
    #     np.eye(classes)[want.posterior.argmax(axis=1)])
    # "That throws the doubt away before the first step; start from the shares of the votes":
    #     np.eye(classes)[shares(item, label, classes).argmax(axis=1)] → shares(item, label,
    #     classes)
    start = np.eye(classes)[shares(item, label, classes).argmax(axis=1)]
    return rounds(item, annotator, label, classes, iterations, start)


@exercise.bug
def hard_labels(item, annotator, label, classes, iterations):
    """After each step the likeliest class of an item is taken as certain. EM counts each vote
    for every true class, weighted with the posterior."""
    # "After each step the likeliest class of an item is taken as certain":
    #     np.array_equal(got.posterior, np.eye(classes)[want.posterior.argmax(axis=1)])
    # "EM counts each vote for every true class, weighted with the posterior":
    #     np.eye(classes)[true_classes(*args).argmax(axis=1)] → true_classes(*args)

    def e_step(*args):
        return np.eye(classes)[true_classes(*args).argmax(axis=1)]

    return rounds(item, annotator, label, classes, iterations, e_step=e_step)


@exercise.bug
def votes_for_the_likeliest_class(item, annotator, label, classes, iterations):
    """The matrices count each vote for the likeliest class of its item alone. Count it for every
    true class, weighted with the posterior."""
    # "The matrices count each vote for the likeliest class of its item alone":
    #     np.allclose(got.confusion, estimates(item, annotator, label,
    #     np.eye(classes)[got.posterior.argmax(axis=1)])[1])
    # "Count it for every true class, weighted with the posterior":
    #     np.eye(classes)[posterior.argmax(axis=1)] → posterior

    def m_step(item, annotator, label, posterior):
        whole = np.eye(classes)[posterior.argmax(axis=1)]
        confusion = estimates(item, annotator, label, whole)[1]
        return posterior.mean(axis=0), confusion

    return rounds(item, annotator, label, classes, iterations, m_step=m_step)


@exercise.bug
def one_matrix_for_all(item, annotator, label, classes, iterations):
    """All annotators share one confusion matrix, so the skilled weigh no more than the others.
    Count the votes of each annotator by themselves."""
    # "All annotators share one confusion matrix": (got.confusion == got.confusion[0]).all()
    # "Count the votes of each annotator by themselves": np.zeros_like(annotator) → annotator;
    #     np.tile(one, (annotator.max() + 1, 1, 1)) → one
    # "so the skilled weigh no more than the others": np.ptp(got.confusion, axis=0).max() == 0

    def m_step(item, annotator, label, posterior):
        prior, one = estimates(item, np.zeros_like(annotator), label, posterior)
        return prior, np.tile(one, (annotator.max() + 1, 1, 1))

    return rounds(item, annotator, label, classes, iterations, m_step=m_step)


@exercise.bug(fill=(0, -1))
def missing_votes_counted(item, annotator, label, classes, iterations, fill=0):
    """An annotator who did not vote on an item is taken to have voted class 0, or the last one
    if the gap was filled with -1. A vote that was not given tells nothing: leave it out."""
    # "An annotator who did not vote on an item is taken to have voted class 0": got.prior[0] >
    #     want.prior[0]
    table = np.full((item.max() + 1, annotator.max() + 1), fill % classes)
    table[item, annotator] = label
    i, a = np.indices(table.shape)
    return rounds(i.ravel(), a.ravel(), table.ravel(), classes, iterations)


@exercise.bug(step=(1, -1), of_equal=(1,))
def second_vote_lost(item, annotator, label, classes, iterations, step=1, of_equal=0):
    """Of two votes of an annotator on an item only one counts, or only one of two equal ones. Both
    count: keep the votes as a list, not in an array of items by annotators."""
    # "Of two votes of an annotator on an item only one counts, or only one of two equal ones":
    #     len(set(zip(item, annotator))) < len(item) and not np.allclose(got.confusion,
    #     want.confusion)
    # "Both count: keep the votes as a list, not in an array of items by annotators": *kept → item,
    #     annotator, label
    votes = np.zeros((item.max() + 1, annotator.max() + 1, classes), int)
    for vote in [*zip(item, annotator, label, strict=True)][::step]:
        votes[vote[:2]] *= of_equal
        votes[vote] = 1
    kept = np.nonzero(votes)
    return rounds(*kept, classes, iterations)


@exercise.bug
def indexed_assignment_adds_once(item, annotator, label, classes, iterations):
    """`counts[annotator, :, label] += ...` adds once where an annotator gave a label often. Use
    `np.add.at`, or `np.bincount` with weights."""
    # "adds once where an annotator gave a label often": np.allclose(bug(np.array([0, 0, 0]),
    #     np.array([0, 0, 0]), np.array([1, 1, 0]), 2, 0)[2][0, 0], 1 / 2)
    # "Use `np.add.at`": counts[annotator, :, label] += posterior[item] →
    #     np.add.at(counts.swapaxes(1, 2), (annotator, label), posterior[item])
    # "or `np.bincount` with weights": counts[annotator, :, label] += posterior[item] → counts =
    #     np.stack([np.bincount(annotator * classes + label, weights=each, minlength=counts[:,
    #     0].size).reshape(-1, classes) for each in posterior[item].T], axis=1)

    def m_step(item, annotator, label, posterior):
        counts = np.zeros((annotator.max() + 1, classes, classes))
        counts[annotator, :, label] += posterior[item]
        totals = counts.sum(axis=2, keepdims=True)
        uniform = np.full_like(counts, 1 / classes)
        return posterior.mean(axis=0), np.divide(
            counts, totals, out=uniform, where=np.broadcast_to(totals > 0, counts.shape)
        )

    return rounds(item, annotator, label, classes, iterations, m_step=m_step)


@exercise.bug
def equal_votes_start_as_one(item, annotator, label, classes, iterations):
    """`posterior[item, label] += 1` counts equal votes on an item once, at the start. Use
    `np.add.at`."""
    # "counts equal votes on an item once, at the start": np.allclose(bug(np.zeros(3, int),
    #     np.arange(3), np.array([1, 1, 0]), 2, 0)[0], 1 / 2)
    # "Use `np.add.at`": posterior[item, label] += 1 → np.add.at(posterior, (item, label), 1)
    posterior = np.zeros((item.max() + 1, classes))
    posterior[item, label] += 1
    posterior /= posterior.sum(axis=1, keepdims=True)
    return rounds(item, annotator, label, classes, iterations, posterior)


@exercise.bug
def one_vote_of_each_item(item, annotator, label, classes, iterations):
    """`joint[item] += ...` adds one vote of each item, the last, where an index occurs often. Use
    `np.add.at`."""
    # "adds one vote of each item, the last, where an index occurs often": np.allclose(
    #     true_classes(*(each[-1:] for each in (0 * item, annotator, label)), *right(item,
    #     annotator, label, classes, 0)[1:]), bug(item, annotator, label, classes, 1)[0][item[-1]])
    # "Use `np.add.at`": joint[item] += votes → np.add.at(joint, item, votes)

    def e_step(item, annotator, label, prior, confusion):
        with np.errstate(divide="ignore"):
            joint = np.tile(np.log(prior), (item.max() + 1, 1))
            votes = np.log(confusion[annotator, :, label])
        joint[item] += votes
        return normalised(joint)

    return rounds(item, annotator, label, classes, iterations, e_step=e_step)


@exercise.bug
def products_underflow(item, annotator, label, classes, iterations):
    """The product of thousands of probabilities is 0 for every class, and 0/0 is nan. Add
    logarithms, and subtract the largest of each item before the exponential."""
    # "The product of thousands of probabilities is 0 for every class, and 0/0 is nan":
    #     np.isnan(got.posterior).any() and len(label) > 2000
    # "Add logarithms, and subtract the largest of each item before the exponential":
    #     np.exp(log_joint(*args)) → np.exp(log_joint(*args) - log_joint(*args).max(axis=1,
    #     keepdims=True))

    def e_step(*args):
        powers = np.exp(log_joint(*args))
        with np.errstate(invalid="ignore"):
            return powers / powers.sum(axis=1, keepdims=True)

    return rounds(item, annotator, label, classes, iterations, e_step=e_step)


@exercise.bug
def estimates_of_the_round_before(item, annotator, label, classes, iterations):
    """Prior and confusion are those that the last posterior was computed from. Estimate them
    once more from that posterior."""
    # "Prior and confusion are those that the last posterior was computed from":
    #     np.allclose(true_classes(item, annotator, label, got.prior, got.confusion), got.posterior)
    # "Estimate them once more from that posterior": _, prior, confusion = rounds(item,
    #     annotator, label, classes, iterations - 1) → prior, confusion = estimates(item, annotator,
    #     label, posterior)
    posterior, prior, confusion = rounds(item, annotator, label, classes, iterations)
    if iterations:
        _, prior, confusion = rounds(item, annotator, label, classes, iterations - 1)
    return posterior, prior, confusion


@exercise.bug(more=(-1, 1))
def one_iteration_off(item, annotator, label, classes, iterations, more=-1):
    """There is one iteration too few or too many. The estimates from the shares of the votes come
    first; then posterior and estimates follow each other `iterations` times."""
    # "There is one iteration too few": np.allclose(got.posterior, right(item, annotator, label,
    #     classes, iterations - 1)[0])
    # "then posterior and estimates follow each other `iterations` times": max(iterations +
    #     more, 0) → iterations
    return rounds(item, annotator, label, classes, max(iterations + more, 0))


@exercise.bug
def classes_from_the_labels(item, annotator, label, classes, iterations):
    """The number of classes is the largest label plus 1, so a class that nobody voted is missing.
    It is `classes`."""
    # "The number of classes is the largest label plus 1, so a class that nobody voted is missing":
    #     len(got.prior) == label.max() + 1 < classes
    # "It is `classes`": int(label.max()) + 1 → classes
    return rounds(item, annotator, label, int(label.max()) + 1, iterations)


@exercise.bug
def empty_rows_give_nan(item, annotator, label, classes, iterations):
    """A row of a confusion matrix without any weight is 0/0, which is nan and spreads. Nothing is
    known there: set it to 1 / classes."""
    # "A row of a confusion matrix without any weight is 0/0, which is nan and spreads":
    #     np.isnan(got.confusion).any()
    # "Nothing is known there: set it to 1 / classes": np.isnan(got.confusion).any() and
    #     (want.confusion[np.isnan(got.confusion)] == 1 / classes).all()

    def m_step(item, annotator, label, posterior):
        counts = weighted_counts(item, annotator, label, posterior)
        with np.errstate(invalid="ignore"):
            return posterior.mean(axis=0), counts / counts.sum(axis=2, keepdims=True)

    return rounds(item, annotator, label, classes, iterations, m_step=m_step)
