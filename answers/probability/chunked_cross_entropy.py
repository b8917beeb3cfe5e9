"""The loss of a language model's head, its logits formed for some tokens at a time.

With a vocabulary of 100,000 the logits are the largest array of a training step, and their gradient
is as large again. Neither need exist as a whole.
"""

import numpy as np
from jaxtyping import Bool, Float, Integer
from numpy import ndarray

from answers.inputs import (
    as_float,
    refuse_empty,
    refuse_labels_out_of_range,
    refuse_nan,
)
from answers.inputs.contracts import refuses
from answers.probability.softmax import cross_entropy


# --8<-- [start:chunked_cross_entropy_refuses]
def no_class(targets, weight):
    refuse_labels_out_of_range(targets, len(weight), "targets")


def no_row(rows):
    if rows < 1:
        raise ValueError(f"`rows` is {rows}; take at least one row at a time")


BAD = refuse_empty, refuse_nan


@refuses(no_class, no_row, hidden=BAD, weight=BAD)
# --8<-- [end:chunked_cross_entropy_refuses]
# --8<-- [start:chunked_cross_entropy]
def chunked_cross_entropy(
    hidden: Float[ndarray, "tokens d"],
    weight: Float[ndarray, "classes d"],
    targets: Integer[ndarray, " tokens"] | Bool[ndarray, " tokens"],
    rows: int,
) -> tuple[np.floating, Float[ndarray, "tokens d"], Float[ndarray, "classes d"]]:
    """The mean cross-entropy of `hidden @ weight.T`, and both its gradients.

    How:
        The loss is a mean over tokens, so each chunk gives its share of the loss and of the
        weight's gradient, and its own rows of the hidden states' gradient.

    Args:
        hidden: The last hidden states.
        weight: The head, a row for each class.
        targets: The index of the right class of each token.
        rows: How many tokens have logits at a time. The memory of logits is in proportion.

    Returns:
        The mean loss in nats, and its gradients with respect to `hidden` and `weight`.

    Raises:
        ValueError: An array is empty or holds nan, a target is not one of 0 to classes - 1,
            `rows` is less than 1, or logits, a loss or the losses of a chunk overflow.

    Source:
        Wijmans et al. (2024), Cut Your Losses in Large-Vocabulary Language Models,
        https://arxiv.org/abs/2411.09009, which never holds all logits in a GPU's global memory.

    Example:
        Three tokens in chunks of two, with equal logits: the loss is log 2.

        >>> ones, head = np.ones((3, 1)), np.zeros((2, 1))
        >>> chunked_cross_entropy(ones, head, np.array([0, 1, 1]), rows=2)[0].round(6)
        np.float64(0.693147)
    """
    # A long sum of float16 would stand still.
    hidden, weight = as_float(hidden), as_float(weight)
    loss, dhidden, dweight = 0.0, np.empty_like(hidden), np.zeros_like(weight)
    for start in range(0, len(hidden), rows):
        chunk = slice(start, start + rows)
        share = len(hidden[chunk]) / len(hidden)
        mean, dlogits = cross_entropy(hidden[chunk] @ weight.T, targets[chunk])
        dlogits *= share
        loss += share * mean
        dhidden[chunk] = dlogits @ weight
        dweight += dlogits.T @ hidden[chunk]
    return loss, dhidden, dweight


# --8<-- [end:chunked_cross_entropy]
