"""The loss of a language model in NumPy, and its gradient: the shift, the padding, one mean.

`gpt.next_token_loss_torch` is the same loss for autograd.
"""

import numpy as np
from jaxtyping import Bool, Float, Integer, Real
from numpy import ndarray

from answers.inputs.contracts import refuses
from answers.probability.softmax import cross_entropy


# --8<-- [start:loss_refuses]
def nothing_to_predict(ids, mask):
    labels = ids[:, 1:] if mask is None else ids[:, 1:][mask[:, :-1] & mask[:, 1:]]
    if labels.size == 0:
        raise ValueError(
            "no two real tokens stand side by side, so there is nothing to predict; "
            "pass longer sequences"
        )


@refuses(nothing_to_predict)
# --8<-- [end:loss_refuses]
# --8<-- [start:loss]
def next_token_loss(
    logits: Real[ndarray, "batch time vocab"],
    ids: Integer[ndarray, "batch time"],
    mask: Bool[ndarray, "batch time"] | None = None,
) -> tuple[np.floating, Float[ndarray, "batch time vocab"]]:
    """The mean cross-entropy of each next token, and its gradient.

    `ids` are the very ids that the model read.

    How:
        Logits at `t` stand against token `t + 1`. The shift happens here and nowhere else.
        The last logits have no token to predict, the first token has no logits before it.
        The gradient is (softmax - onehot) / predictions, and 0 where none counts.

    Args:
        logits: What the model returned for `ids`.
        ids: The tokens.
        mask: True = a real token. A prediction counts if it is made at a real token and
            of a real token. The mean is over those, not over sequences.

    Returns:
        Nats per predicted token; and the gradient with respect to `logits`, of their
        shape.

    Raises:
        ValueError: No prediction counts, or one of them has a label that is not one of 0
            to vocab - 1, or logits that hold nan or +inf or nothing but -inf.

    Example:
        Two tokens, and so one prediction, made by indifferent logits at the first.

        >>> loss, gradient = next_token_loss(np.zeros((1, 2, 2)), np.array([[0, 1]]))
        >>> loss.round(6), gradient[0]
        (np.float64(0.693147), array([[ 0.5, -0.5],
               [ 0. ,  0. ]]))
    """
    counts = np.zeros(ids.shape, dtype=bool)
    counts[:, :-1] = True if mask is None else mask[:, :-1] & mask[:, 1:]
    loss, rows = cross_entropy(logits[counts], ids[:, 1:][counts[:, :-1]])
    gradient = np.zeros(logits.shape, dtype=rows.dtype)
    gradient[counts] = rows
    return loss, gradient


# --8<-- [end:loss]
