"""A naive Bayes classifier of texts: Bayes' theorem with one factor for each word.

`texts` counts texts, `words` the words of the vocabulary, `classes` the classes.
"""

import numpy as np
from jaxtyping import Bool, Float, Integer, Real
from numpy import ndarray

from answers.inputs import as_float, first, refuse_empty, refuse_labels_out_of_range
from answers.inputs.contracts import refuses
from answers.probability.bayes import log_posterior


# --8<-- [start:fit_refuses]
def no_counts(counts, name):
    fine = (counts >= 0) & (counts < np.inf)
    if not fine.all():
        raise ValueError(
            f"`{name}` holds {first(counts, ~fine)}; a count is 0 or more, and finite"
        )


def no_smoothing(smoothing, name):
    if not 0 < smoothing < np.inf:
        raise ValueError(f"smoothing is {smoothing}; take a positive number, such as 1")


def no_class(labels, classes):
    refuse_labels_out_of_range(labels, classes, "labels")


def no_text(labels, classes):
    texts = np.bincount(labels.astype(np.intp), minlength=classes)
    if not texts.all():
        raise ValueError(f"class {texts.argmin()} has no text; leave the class out")


@refuses(no_class, no_text, counts=(refuse_empty, no_counts), smoothing=no_smoothing)
# --8<-- [end:fit_refuses]
# --8<-- [start:fit]
def fit_word_counts(
    counts: Real[ndarray, "texts words"],
    labels: Integer[ndarray, " texts"] | Bool[ndarray, " texts"],
    classes: int,
    smoothing: float = 1,
) -> tuple[Float[ndarray, " classes"], Float[ndarray, "classes words"]]:
    """log P(class), and log P(word | class) from smoothed shares of all words.

    Without smoothing a word that a class has not shown has probability 0, and one such
    word excludes the class whatever the others say. Adding `smoothing` to each count is
    the posterior mean under a symmetric Dirichlet prior.

    Args:
        counts: How often each word stands in each text.
        labels: The class of each text.
        classes: Number of classes.
        smoothing: Added to the count of each word in each class; 1 is Laplace's.

    Returns:
        (log P(class), log P(word | class)).

    Raises:
        ValueError: No text or word, a class without a text, a negative or infinite
            count, a label out of range, or a smoothing that is not positive.

    Example:
        Two texts of two words; the second word stands twice in the text of class 1.

        >>> counts, labels = np.array([[1, 0], [0, 2]]), np.array([0, 1])
        >>> log_prior, log_words = fit_word_counts(counts, labels, classes=2)
        >>> np.exp(log_words).round(4)
        array([[0.6667, 0.3333],
               [0.25  , 0.75  ]])
    """
    member = labels[None, :] == np.arange(classes)[:, None]
    texts = member.sum(axis=1)
    totals = member.astype(np.float64) @ as_float(counts) + smoothing
    log_words = np.log(totals) - np.log(totals.sum(axis=1, keepdims=True))
    return np.log(texts / len(labels)), log_words


# --8<-- [end:fit]


# --8<-- [start:classify_refuses]
@refuses(counts=(refuse_empty, no_counts))
# --8<-- [end:classify_refuses]
# --8<-- [start:classify]
def log_class_posterior(
    counts: Real[ndarray, "texts words"],
    log_prior: Float[ndarray, " classes"],
    log_words: Float[ndarray, "classes words"],
) -> Float[ndarray, "texts classes"]:
    """log P(class | text): the logarithms of all its words added up, and normalised.

    "Naive": given the class, each word is drawn as if the others were not there.

    Raises:
        ValueError: No text, or a count that is negative or infinite.
    """
    return log_posterior(log_prior, as_float(counts) @ log_words.T)


# --8<-- [end:classify]
