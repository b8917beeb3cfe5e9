"""The log-probability of an answer: tokens are met by the logits one place before them."""

import numpy as np
from jaxtyping import Bool, Float, Integer, Real
from numpy import ndarray

from answers.inputs import refuse_empty, refuse_labels_out_of_range
from answers.inputs.contracts import refuses
from answers.probability.softmax import log_softmax


# --8<-- [start:sequence_log_prob_refuses]
def no_token(tokens, logits):
    refuse_labels_out_of_range(tokens, logits.shape[-1], "tokens")


@refuses(no_token, logits=refuse_empty)
# --8<-- [end:sequence_log_prob_refuses]
# --8<-- [start:sequence_log_prob]
def sequence_log_prob(
    logits: Real[ndarray, "batch length vocabulary"],
    tokens: Integer[ndarray, "batch length"],
    answer: Bool[ndarray, "batch length"],
) -> Float[ndarray, " batch"]:
    """log π(answer | prompt) of each row: a sum over the answer's tokens.

    `logits[:, t]` were computed from the tokens up to t, and predict token t + 1. No logits
    predict a row's first token, so it never counts.

    How:
        Logits lose their last place, tokens and mask their first. Each token's logarithm is picked
        from log-softmax. A masked one is replaced by 0, not multiplied by it: 0 · -inf is nan.

    Args:
        logits: A model's, for `tokens`; -inf is a token that is banned.
        tokens: Prompts with their answers, padded to one length.
        answer: True at the answer's tokens, its end token included; False at prompt and padding.

    Returns:
        Nats, 0 or less, for each row; 0 for a row without an answer.

    Raises:
        ValueError: `logits` are empty, hold nan or +inf or only -inf at a place, or a token is
            not one of 0 to vocabulary - 1.

    Source:
        Hugging Face, TRL, DPO Trainer: `selective_log_softmax`, and the sum under the mask.

    Example:
        The prompt is 0, the answer 1, and 0 pads. The logits before the answer say 3 to 1.

        >>> logits = np.log([[[1.0, 3.0], [1.0, 1.0], [5.0, 1.0]]])
        >>> tokens, answer = np.array([[0, 1, 0]]), np.array([[False, True, False]])
        >>> np.exp(sequence_log_prob(logits, tokens, answer))
        array([0.75])
    """
    log_p = log_softmax(logits)[:, :-1]
    tokens, answer = tokens[:, 1:], answer[:, 1:]
    picked = np.take_along_axis(log_p, tokens[..., None].astype(np.intp), axis=-1)
    return np.where(answer, picked[..., 0], 0).sum(axis=1)


# --8<-- [end:sequence_log_prob]
