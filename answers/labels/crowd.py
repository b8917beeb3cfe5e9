"""A text task made up with everything known: the truth, the words, who errs how often."""

import numpy as np
from jaxtyping import Float, Integer, Real
from numpy import ndarray

from answers.inputs import refuse_below, refuse_empty, refuse_labels_out_of_range
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed
from answers.labels.annotation import Votes


# --8<-- [start:documents_refuses]
def below_0(number, name):
    refuse_below(0, **{name: number})


def below_1(number, name):
    refuse_below(1, **{name: number})


def no_probability(number, name):
    if not 0 <= number <= 1:
        raise ValueError(f"`{name}` is {number}; a probability is 0 to 1")


@refuses(
    items=below_0,
    length=below_0,
    signal=below_0,
    words=below_1,
    positive=no_probability,
)
# --8<-- [end:documents_refuses]
# --8<-- [start:documents]
def documents(
    rng: np.random.Generator,
    items: int,
    words: int = 120,
    length: int = 25,
    signal: float = 0.5,
    positive: float = 0.5,
) -> tuple[Integer[ndarray, "items words"], Integer[ndarray, " items"]]:
    """Texts of two classes as counts of words, and the class of each.

    A word is more frequent in class 1 by a random log-odds, normal with deviation `signal`.
    The vocabulary is the same for each call, so texts of two calls with the same `words` and
    `signal` are of one task.

    Args:
        rng: For the classes and the words of each text.
        items: How many texts.
        words: How many words the language has; the first are the most frequent.
        length: How many words a text has.
        signal: How far the classes differ.
        positive: The probability of class 1.

    Returns:
        Counts of each word in each text, and the true classes.

    Raises:
        ValueError: `positive` is not 0 to 1, `signal` or a count is negative or not
            finite, or `words` is 0.

    Example:
        >>> counts, truth = documents(np.random.default_rng(0), items=3, length=25)
        >>> counts.shape, counts.sum(axis=1), truth.shape
        ((3, 120), array([25, 25, 25]), (3,))
    """
    language = np.random.default_rng(1979)
    tilt = signal * language.normal(size=words)
    usual = -np.log(np.arange(words) + 3.0)
    truth = (rng.random(items) < positive).astype(np.intp)
    powers = np.exp(usual + np.outer(truth - 0.5, tilt))
    return rng.multinomial(length, powers / powers.sum(axis=1, keepdims=True)), truth


# --8<-- [end:documents]


# --8<-- [start:crowd_votes_refuses]
def no_class(truth, recall):
    refuse_labels_out_of_range(truth, recall.shape[1], "truth")


def too_few_annotators(per_item, recall):
    annotators = len(recall)
    if not 1 <= per_item <= annotators:
        raise ValueError(
            f"`per_item` is {per_item}; with {annotators} annotators, 1 to {annotators}"
        )


@refuses(no_class, too_few_annotators, truth=refuse_empty)
# --8<-- [end:crowd_votes_refuses]
# --8<-- [start:crowd_votes]
def crowd_votes(
    rng: np.random.Generator,
    truth: Integer[ndarray, " items"],
    recall: Float[ndarray, "annotators classes"],
    per_item: int,
    colluders: tuple[int, ...] = (),
) -> Votes:
    """Votes of annotators of known skill on items of known class.

    Each item is seen by `per_item` different annotators. Annotator a gives the right label
    of an item of class k with probability recall[a, k], and else one of the others.

    Args:
        rng: For who sees what, and who errs where.
        truth: The class of each item.
        recall: Of each annotator for each class.
        per_item: How many votes each item gets.
        colluders: Annotators who all give the label that the first of them would give.

    Raises:
        ValueError: There is no item, more votes are asked for than there are annotators, or a
            class has no column.

    Example:
        >>> never_wrong = np.ones((3, 2))
        >>> votes = crowd_votes(np.random.default_rng(0), np.array([0, 1]), never_wrong, 3)
        >>> votes.label
        array([0, 0, 0, 1, 1, 1])
    """
    annotators, classes = recall.shape
    # What everybody would say of every item; only some of them are asked.
    right = rng.random((len(truth), annotators)) < recall[:, truth].T
    other = rng.integers(1, classes, right.shape) if classes > 1 else 0
    said = np.where(right, truth[:, None], (truth[:, None] + other) % classes)
    if colluders:
        said[:, list(colluders)] = said[:, [colluders[0]]]
    asked = rng.random(right.shape).argsort(axis=1)[:, :per_item]
    item = np.repeat(np.arange(len(truth)), per_item)
    return Votes(item, asked.ravel(), said[item, asked.ravel()], classes)


# --8<-- [end:crowd_votes]


# --8<-- [start:fit_words_refuses]
def overflow(result):
    refuse_overflowed(result, "a weight")


@refuses(overflow)
# --8<-- [end:fit_words_refuses]
# --8<-- [start:fit_words]
def fit_words(
    counts: Real[ndarray, "items words"],
    targets: Real[ndarray, "items 2"],
    weights: Real[ndarray, " items"] | None = None,
    penalty: float = 1,
) -> Float[ndarray, " parameters"]:
    """The logistic regression of soft targets on counts: one weight a word, and a bias.

    Newton's steps on the sum of the soft cross-entropies, each with its weight, plus
    penalty / 2 times the squared weights of the words. The gradient of an item is its weight
    times (p - target) times its counts.

    Raises:
        ValueError: A weight overflows, or an argument holds nan or infinity.

    Example:
        >>> counts = np.array([[2, 0], [0, 2]])
        >>> w = fit_words(counts, np.array([[1.0, 0.0], [0.0, 1.0]]))
        >>> word_logits(counts, w).argmax(axis=1)
        array([0, 1])
    """
    x = np.column_stack([counts, np.ones(len(counts))]).astype(np.float64)
    weights = np.ones(len(x)) if weights is None else weights
    ridge = np.full(x.shape[1], penalty)
    ridge[-1] = 1e-9
    w = np.zeros(x.shape[1])
    for _ in range(20):
        p = 1 / (1 + np.exp(-(x @ w)))
        gradient = x.T @ (weights * (p - targets[:, 1])) + ridge * w
        curvature = (x * (weights * p * (1 - p))[:, None]).T @ x + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        w -= step
        if abs(step).max() < 1e-9:
            break
    return w


def word_logits(
    counts: Real[ndarray, "items words"], w: Float[ndarray, " parameters"]
) -> Float[ndarray, "items 2"]:
    """The logits of both classes; that of class 0 is 0."""
    z = counts @ w[:-1] + w[-1]
    return np.stack([np.zeros_like(z), z], axis=1)


# --8<-- [end:fit_words]


# --8<-- [start:crowds]
def mixed_recall(rng: np.random.Generator) -> Float[ndarray, "20 2"]:
    """The recall of three experts, nine of middling skill, five who guess, three who lean to 1."""
    recall = np.repeat(rng.uniform(0.62, 0.85, size=(20, 1)), 2, axis=1)
    recall[:3], recall[12:17], recall[17:] = 0.95, 0.5, (0.35, 0.98)
    return recall


def spammers(rng: np.random.Generator, truth: Integer[ndarray, " items"]) -> Votes:
    """4 of 12 annotators are right in 85%, the others guess."""
    recall = np.where(np.arange(12) < 4, 0.85, 0.5)
    return crowd_votes(rng, truth, recall[:, None].repeat(2, 1), 6)


def nine(
    rng: np.random.Generator,
    truth: Integer[ndarray, " items"],
    colluders: tuple[int, ...] = (),
) -> Votes:
    """5 annotators are right in 80%, 4 in 60%; all see everything."""
    recall = np.where(np.arange(9) < 5, 0.8, 0.6)
    return crowd_votes(rng, truth, recall[:, None].repeat(2, 1), 9, colluders)


def nine_with_colluders(
    rng: np.random.Generator, truth: Integer[ndarray, " items"]
) -> Votes:
    """The same, but the 4 copy one of them."""
    return nine(rng, truth, colluders=(5, 6, 7, 8))


def few_votes_each(
    rng: np.random.Generator, truth: Integer[ndarray, " items"]
) -> Votes:
    """600 annotators, right in 60% to 90%, of whom 3 see each item."""
    return crowd_votes(rng, truth, rng.uniform(0.6, 0.9, (600, 1)).repeat(2, 1), 3)


def one_class_each(
    rng: np.random.Generator, truth: Integer[ndarray, " items"]
) -> Votes:
    """A filter, right in 75%, sends items to a team of 3 for its class, which confirms 90%."""
    items = len(truth)
    sent = np.where(rng.random(items) < 0.75, truth, 1 - truth)
    item, member = np.repeat(np.arange(items), 3), np.tile(np.arange(3), items)
    label = np.where(rng.random(3 * items) < 0.9, sent[item], 1 - sent[item])
    return Votes(item, 3 * sent[item] + member, label, 2)


# --8<-- [end:crowds]
