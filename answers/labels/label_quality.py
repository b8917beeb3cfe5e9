"""Which labels are probably wrong, and which annotators probably careless or in league.

Examples are judged by a model's probabilities for them. The model must not have been
trained on them (take out-of-fold probabilities): else it repeats the label that it was
given. Annotators are judged by their votes alone.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Integer, Real
from numpy import ndarray

from answers.inputs import (
    first,
    refuse_empty,
    refuse_labels_out_of_range,
    refuse_nan,
)
from answers.inputs.contracts import refuses
from answers.labels.annotation import Votes, vote_counts


# --8<-- [start:refusals]
def refuse_no_probabilities(array: Real[ndarray, "*shape"], name: str) -> None:
    """Raise unless the last axis of `array` holds probabilities."""
    refuse_empty(array, name)
    refuse_nan(array, name)
    if (array < 0).any():
        raise ValueError(
            f"`{name}` holds {first(array, array < 0)}; pass probabilities, not logits"
        )
    sums = array.sum(axis=-1, dtype=np.float64)
    # No tighter: probabilities of float16, or rounded to two digits, sum to 1 only so far.
    if (wrong := np.abs(sums - 1) > 0.02).any():
        raise ValueError(
            f"`{name}` sum to {first(sums, wrong)}; each row must sum to 1: divide by its sum"
        )


# --8<-- [end:refusals]


# --8<-- [start:confident_joint_refuses]
def no_class(labels, probabilities):
    refuse_labels_out_of_range(labels, probabilities.shape[1], "labels")


@refuses(no_class, probabilities=refuse_no_probabilities)
# --8<-- [end:confident_joint_refuses]
# --8<-- [start:confident_joint]
def confident_joint(
    probabilities: Real[ndarray, "items classes"],
    labels: Integer[ndarray, " items"] | Bool[ndarray, " items"],
) -> Integer[ndarray, "classes classes"]:
    """How many examples carry a label (row) and confidently look like a class (column).

    A class is confident of an example to which it gives at least its own average
    self-confidence: the mean probability of the class over the examples that carry its
    label. An example counts for the most probable of the classes that are confident of it,
    and for none if none is; on a tie, for the first. A class that no label names is confident
    of no example. So each class is held to its own standard: a low probability alone makes no
    example of a hard or rare class a suspect. If it looks like another class, it is one.

    Args:
        probabilities: Out-of-fold: of a model that was not trained on the example.
        labels: The given label of each example, right or wrong.

    Returns:
        Counts. Off the diagonal stand the suspected errors; the sum is less than the
        number of examples if some are claimed by no class.

    Raises:
        ValueError: There is no example, a label is not one of 0 to classes - 1, or a row
            of probabilities holds nan or a negative number, or does not sum to 1.

    Source:
        Northcutt, Jiang and Chuang (2021), Confident Learning, equations 1 and 2, before
        calibration

    Example:
        Both classes ask for 0.7. The third example is labelled 0 and looks like a 1; the
        last looks like neither.

        >>> p = np.array([[0.9, 0.1], [1.0, 0.0], [0.2, 0.8], [0.2, 0.8], [0.4, 0.6]])
        >>> confident_joint(p, np.array([0, 0, 0, 1, 1]))
        array([[2, 1],
               [0, 1]])
    """
    claimed = confident_class(probabilities, labels)
    classes, counted = probabilities.shape[1], claimed >= 0
    cell = labels[counted].astype(np.intp) * classes + claimed[counted]
    return np.bincount(cell, minlength=classes * classes).reshape(classes, classes)


def confident_class(
    probabilities: Real[ndarray, "items classes"],
    labels: Integer[ndarray, " items"] | Bool[ndarray, " items"],
) -> Integer[ndarray, " items"]:
    """The class that each example confidently looks like; -1 if there is none."""
    p, thresholds = with_thresholds(probabilities, labels)
    # A mean of equal numbers may round to just above them.
    reached = (p >= thresholds * (1 - 1e-12)) & (p > 0)
    best = np.where(reached, p, -1).argmax(axis=1)
    return np.where(reached.any(axis=1), best, -1)


def with_thresholds(
    probabilities: Real[ndarray, "items classes"],
    labels: Integer[ndarray, " items"] | Bool[ndarray, " items"],
) -> tuple[Float[ndarray, "items classes"], Float[ndarray, " classes"]]:
    """The probabilities in float64, and each class's mean over the examples of its label."""
    p, classes = probabilities.astype(np.float64), probabilities.shape[1]
    labels = labels.astype(np.intp)
    own = p[np.arange(len(p)), labels]
    carry = np.bincount(labels, minlength=classes)
    sums = np.bincount(labels, weights=own, minlength=classes)
    # A class that no label names has no self-confidence, and claims nothing. Nor does any
    # class claim what it gives probability 0, should its threshold be 0.
    return p, np.where(carry > 0, sums / np.maximum(carry, 1), np.inf)


# --8<-- [end:confident_joint]


# --8<-- [start:find_label_issues_refuses]
@refuses(no_class, probabilities=refuse_no_probabilities)
# --8<-- [end:find_label_issues_refuses]
# --8<-- [start:find_label_issues]
def find_label_issues(
    probabilities: Real[ndarray, "items classes"],
    labels: Integer[ndarray, " items"] | Bool[ndarray, " items"],
) -> Bool[ndarray, " items"]:
    """Where a class other than the label confidently claims the example.

    These are the examples off the diagonal of `confident_joint`. A low probability of the
    label is not enough: an example of which no class is confident is left alone.

    Args:
        probabilities: Out-of-fold: of a model that was not trained on the example.
        labels: The given label of each example, right or wrong.

    Raises:
        ValueError: As `confident_joint`.

    Source:
        Northcutt, Jiang and Chuang (2021), Confident Learning, section 3.2

    Example:
        >>> p = np.array([[0.9, 0.1], [1.0, 0.0], [0.2, 0.8], [0.2, 0.8], [0.4, 0.6]])
        >>> find_label_issues(p, np.array([0, 0, 0, 1, 1]))
        array([False, False,  True, False, False])
    """
    claimed = confident_class(probabilities, labels)
    return (claimed >= 0) & (claimed != labels)


# --8<-- [end:find_label_issues]


# --8<-- [start:confident_margin_refuses]
@refuses(no_class, probabilities=refuse_no_probabilities)
# --8<-- [end:confident_margin_refuses]
# --8<-- [start:confident_margin]
def confident_margin(
    probabilities: Real[ndarray, "items classes"],
    labels: Integer[ndarray, " items"] | Bool[ndarray, " items"],
) -> Float[ndarray, " items"]:
    """How far the label is ahead of the best other class, each less its own threshold.

    The threshold of a class is that of `confident_joint`: its mean probability where it is
    the label; a class that no label names counts for nothing, and if there is no other, a margin
    is inf. Look at the lowest margins first. Without the thresholds the examples of the classes
    that a model doubts throughout would come first.

    Args:
        probabilities: Out-of-fold: of a model that was not trained on the example.
        labels: The given label of each example, right or wrong.

    Raises:
        ValueError: As `confident_joint`.

    Source:
        cleanlab's `get_label_quality_scores`, normalized margin with adjusted probabilities,
        before it is scaled from 0 to 1

    Example:
        >>> p = np.array([[0.9, 0.1], [1.0, 0.0], [0.2, 0.8], [0.2, 0.8], [0.4, 0.6]])
        >>> confident_margin(p, np.array([0, 0, 0, 1, 1])).round(1)
        array([ 0.8,  1. , -0.6,  0.6,  0.2])
    """
    p, thresholds = with_thresholds(probabilities, labels)
    items, labels = np.arange(len(p)), labels.astype(np.intp)
    ahead = p - thresholds
    own = ahead[items, labels]
    ahead[items, labels] = -np.inf
    return own - ahead.max(axis=1)


# --8<-- [end:confident_margin]


# --8<-- [start:noise_matrix]
def noise_matrix(
    probabilities: Real[ndarray, "items classes"],
    labels: Integer[ndarray, " items"] | Bool[ndarray, " items"],
) -> Float[ndarray, "classes classes"]:
    """How often a true class (row) is given a label (column), as the confident joint has it.

    Each row of the joint is rescaled to the number of examples with that label, and each
    column, a true class, is divided by its sum. A label of which no example is claimed counts
    as right, and so does a class that no example looks like: nothing speaks against them.

    Args:
        probabilities: Out-of-fold: of a model that was not trained on the example.
        labels: The given label of each example, right or wrong.

    Raises:
        ValueError: As `confident_joint`.

    Source:
        Northcutt, Jiang and Chuang (2021), Confident Learning, section 3.1

    Example:
        Of three labels 0 one looks like a 1. Of the two labels 1 one is claimed: it counts
        for both.

        >>> p = np.array([[0.9, 0.1], [1.0, 0.0], [0.2, 0.8], [0.2, 0.8], [0.4, 0.6]])
        >>> noise_matrix(p, np.array([0, 0, 0, 1, 1])).round(2)
        array([[1.  , 0.  ],
               [0.33, 0.67]])
    """
    joint = confident_joint(probabilities, labels).astype(np.float64)
    same = np.eye(len(joint))
    joint = np.where(joint.sum(axis=1, keepdims=True) > 0, joint, same)
    carry = np.bincount(labels.astype(np.intp), minlength=len(joint))
    counts = joint / joint.sum(axis=1, keepdims=True) * carry[:, None]
    true = counts.sum(axis=0)
    return np.where(true > 0, counts / np.where(true > 0, true, 1), same).T


# --8<-- [end:noise_matrix]


# --8<-- [start:chance_of_error_refuses]
@refuses(
    no_class,
    probabilities=refuse_no_probabilities,
    matrix=refuse_no_probabilities,
)
# --8<-- [end:chance_of_error_refuses]
# --8<-- [start:chance_of_error]
def chance_of_error(
    probabilities: Real[ndarray, "items classes"],
    labels: Integer[ndarray, " items"] | Bool[ndarray, " items"],
    matrix: Real[ndarray, "classes classes"],
) -> Float[ndarray, " items"]:
    """The probability that each label is wrong, by Bayes, if errors depend on the class only.

    `1 - matrix[y, y] p[y] / sum_k matrix[k, y] p[k]` for the label y. Where the matrix rules a
    label out, it is wrong for certain.

    Args:
        probabilities: Of the *true* class, out-of-fold, as a model gives them that was trained
            through the matrix.
        labels: The given label of each example, right or wrong.
        matrix: Row: true class, column: label; each row sums to 1.

    Raises:
        ValueError: As `confident_joint`; or a row of `matrix` holds no probabilities.

    Example:
        The model says a 1 with probability 2/3, and every other 1 is called 0. So the label 0
        comes from a 0 or from a 1 alike.

        >>> half = np.array([[1.0, 0.0], [0.5, 0.5]])
        >>> p = np.array([[1 / 3, 2 / 3], [1 / 3, 2 / 3]])
        >>> chance_of_error(p, np.array([0, 1]), half)
        array([0.5, 0. ])
    """
    items, labels = np.arange(len(labels)), labels.astype(np.intp)
    sources = probabilities * matrix[:, labels].T
    total = sources.sum(axis=1)
    return 1 - sources[items, labels] / np.where(total > 0, total, 1)


# --8<-- [end:chance_of_error]


# --8<-- [start:annotator_quality_result]
@dataclass(frozen=True, eq=False)
class AnnotatorQuality:
    """What the votes say about each annotator; nan where they say nothing.

    Attributes:
        votes: How many votes the annotator gave.
        agreement: The share of the other annotators' votes on the same items that agree,
            as a mean over the annotator's votes.
        kappa: The same on a scale where 0 is what the annotator would reach by drawing
            labels at the same rates without a look at the items, and 1 is perfect.
        entropy: That of the annotator's labels, in nats: 0 for one who says one thing only.
        gold_votes: How many votes were on gold items.
        gold_accuracy: The share of those that were right.
        seconds: The median time for a vote.
    """

    votes: Integer[ndarray, " annotators"]
    agreement: Float[ndarray, " annotators"]
    kappa: Float[ndarray, " annotators"]
    entropy: Float[ndarray, " annotators"]
    gold_votes: Integer[ndarray, " annotators"]
    gold_accuracy: Float[ndarray, " annotators"]
    seconds: Float[ndarray, " annotators"]


# --8<-- [end:annotator_quality_result]


# --8<-- [start:annotator_quality_refuses]
def no_gold(gold, votes):
    if gold is None:
        return
    if len(gold) != votes.items:
        raise ValueError(
            f"`gold` has {len(gold)} entries for {votes.items} items; give -1 where it is "
            "not known"
        )
    if (wrong := (gold < -1) | (gold >= votes.classes)).any():
        raise ValueError(
            f"`gold` holds {first(gold, wrong)}; give a class from 0 to "
            f"{votes.classes - 1}, or -1 where it is not known"
        )


def no_seconds(seconds, votes):
    if seconds is None:
        return
    if len(seconds) != len(votes):
        raise ValueError(
            f"`seconds` has {len(seconds)} entries for {len(votes)} votes; give one for each"
        )
    if (wrong := ~(seconds >= 0)).any():
        raise ValueError(
            f"`seconds` holds {first(seconds, wrong)}; leave such votes out"
        )


@refuses(no_gold, no_seconds)
# --8<-- [end:annotator_quality_refuses]
# --8<-- [start:annotator_quality]
def annotator_quality(
    votes: Votes,
    gold: Integer[ndarray, " items"] | None = None,
    seconds: Real[ndarray, " votes"] | None = None,
) -> AnnotatorQuality:
    """Signals of carelessness, one number for each annotator. None of them is a verdict.

    Agreement alone is cheap where one class is frequent: who always says "no" agrees with
    most people. `kappa` takes that away. Neither sees through annotators who copy from each
    other: see `suspicious_pairs`.

    Args:
        votes: Any number for each item and annotator; one's own votes are no peers.
        gold: The true class of items of which it is known, -1 for the others.
        seconds: How long each vote took.

    Raises:
        ValueError: `gold` has no entry for each item, or one that is neither -1 nor a
            class; `seconds` has no entry for each vote, or one that is negative or nan.

    Example:
        The third annotator contradicts two who agree.

        >>> item, annotator = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 1, 2, 0, 1, 2])
        >>> votes = Votes(item, annotator, np.array([1, 1, 0, 0, 0, 1]), classes=2)
        >>> annotator_quality(votes).agreement
        array([0.5, 0.5, 0. ])
    """
    given = np.bincount(votes.annotator, minlength=votes.annotators)
    agreement, kappa = agreement_with_peers(votes)
    said = table(votes.annotator, votes.label, votes.annotators, votes.classes)
    with np.errstate(invalid="ignore"):
        rates = said / given[:, None]
    entropy = -(rates * np.log(np.where(rates > 0, rates, 1))).sum(axis=1) + 0.0
    gold_votes, gold_accuracy = against_gold(votes, gold)
    return AnnotatorQuality(
        given,
        agreement,
        kappa,
        entropy,
        gold_votes,
        gold_accuracy,
        median_seconds(votes, seconds),
    )


def agreement_with_peers(votes: Votes) -> tuple[ndarray, ndarray]:
    """How often the other votes on the same items agree with each annotator's, and kappa."""
    people = votes.annotators
    peers = vote_counts(votes)[votes.item] - own_counts(votes)
    number = peers.sum(axis=1)
    paired = number > 0
    who, said = votes.annotator[paired], votes.label[paired]
    shares = peers[paired] / number[paired, None]
    agreed = shares[np.arange(len(said)), said]
    with np.errstate(invalid="ignore", divide="ignore"):
        matched = np.bincount(who, minlength=people)
        agreement = np.bincount(who, agreed, people) / matched
        own = table(who, said, people, votes.classes) / matched[:, None]
        others = np.stack([np.bincount(who, share, people) for share in shares.T], 1)
        chance = (own * others / matched[:, None]).sum(axis=1)
        return agreement, (agreement - chance) / (1 - chance)


def table(rows: ndarray, columns: ndarray, height: int, width: int) -> ndarray:
    """How often each pair of a row and a column occurs."""
    counts = np.bincount(rows * width + columns, minlength=height * width)
    return counts.reshape(height, width)


def own_counts(votes: Votes) -> ndarray:
    """For each vote, how many of each label its annotator gave its item."""
    pair = votes.item * votes.annotators + votes.annotator
    pairs, number = np.unique(pair, return_inverse=True)
    return table(number, votes.label, len(pairs), votes.classes)[number]


def against_gold(votes: Votes, gold: ndarray | None) -> tuple[ndarray, ndarray]:
    """How many votes of each annotator can be checked, and the share that is right."""
    gold = np.full(votes.items, -1) if gold is None else gold
    truth = gold[votes.item]
    known, people = truth >= 0, votes.annotators
    number = np.bincount(votes.annotator[known], minlength=people)
    right = np.bincount(votes.annotator[truth == votes.label], minlength=people)
    with np.errstate(invalid="ignore"):
        return number, right / number


def median_seconds(votes: Votes, seconds: ndarray | None) -> ndarray:
    """The median time that each annotator took for a vote; nan if it is not known."""
    medians = np.full(votes.annotators, np.nan)
    if seconds is None:
        return medians
    order = np.lexsort((seconds, votes.annotator))
    ends = np.cumsum(np.bincount(votes.annotator, minlength=votes.annotators))
    starts = np.concatenate([[0], ends[:-1]])
    has = ends > starts
    low = order[starts[has] + (ends[has] - starts[has] - 1) // 2]
    high = order[starts[has] + (ends[has] - starts[has]) // 2]
    medians[has] = (seconds[low].astype(np.float64) + seconds[high]) / 2
    return medians


# --8<-- [end:annotator_quality]
