"""Beam search: the few best beginnings of each text, over a whole batch at once."""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Integer
from numpy import ndarray

from answers.inputs import refuse_below, refuse_empty
from answers.inputs.contracts import refuses


# --8<-- [start:beam_search_refuses]
def no_beam(beams):
    refuse_below(1, beams=beams)


def no_new_token(new_tokens):
    refuse_below(1, new_tokens=new_tokens)


def no_power(alpha):
    refuse_below(0, alpha=alpha)


def no_score(result):
    if np.isnan(result[1]).any():
        raise ValueError(
            "a score is nan; return log-probabilities, at most 0, never nan"
        )


@refuses(no_beam, no_new_token, no_power, no_score, prompts=refuse_empty)
# --8<-- [end:beam_search_refuses]
# --8<-- [start:beam_search]
def beam_search(
    log_probs: Callable,
    prompts: Integer[ndarray, "batch time"],
    beams: int,
    new_tokens: int,
    end: int | None = None,
    alpha: float = 0.0,
) -> tuple[Integer[ndarray, "batch kept length"], Float[ndarray, "batch kept"]]:
    """The likeliest continuations that are found with `beams` beginnings kept at each step.

    How:
        Each kept beginning is continued by every token, and of all these only the best stay,
        whichever beginning they continue. A text that has ended is continued by `end` alone, at
        no cost. Ranked are sums of log-probabilities divided by lengthᵅ, where the length counts
        new tokens up to the first `end`, which counts, too.

    Args:
        log_probs: Takes ids (rows, time), returns log-probabilities of the next token
            (rows, vocab), in an array that may be read-only.
        prompts: Ids that the texts begin with, of one length.
        beams: How many beginnings are kept for each prompt; 1 is greedy search.
        new_tokens: How many tokens follow each prompt.
        end: The token that ends a text; None if none does.
        alpha: Ranked is sum / lengthᵅ at each step: 0 ranks by the sum, 1 by the mean of a token.
            The length counts new tokens, the first `end` included.

    Returns:
        (ids, scores), for each prompt the best text first; fewer than `beams` if there are no
        more, and with a score of -inf if a text is impossible. Prompts are part of the ids. After
        an end stand further ends, unless the score is -inf.

    Raises:
        ValueError: `prompts` is empty, `beams` or `new_tokens` is below 1, `alpha` is below 0 or
            not finite, or a score is nan.

    Source:
        Wu et al. (2016), Google's Neural Machine Translation System, section 7, whose penalty
        is ((5 + length) / 6)ᵅ instead, https://arxiv.org/abs/1609.08144

    Example:
        Token 0 leads at first, but 1 leads on to a token that is certain.

        >>> after = np.log(np.array([[0.5, 0.5], [1e-9, 1.0]]))
        >>> first = np.log(np.array([[0.6, 0.4]]))
        >>> def log_probs(ids):
        ...     return first.repeat(len(ids), 0) if ids.shape[1] == 1 else after[ids[:, -1]]
        >>> ids, scores = beam_search(log_probs, np.array([[7]]), beams=2, new_tokens=2)
        >>> ids[0], np.exp(scores).round(2)
        (array([[7, 1, 1],
               [7, 0, 0]]), array([[0.4, 0.3]]))
    """
    rows = np.arange(len(prompts))[:, None]
    ids, total, length = prompts[:, None].astype(int), np.zeros((len(prompts), 1)), 0
    for step in range(1, new_tokens + 1):
        new = log_probs(ids.reshape(-1, ids.shape[-1])).reshape(*ids.shape[:2], -1)
        ended = (ids[..., -1] == end) & (step > 1)  # a prompt may hold that token
        length = np.where(ended, length, step)
        free = np.where(np.arange(new.shape[-1]) == end, 0, -np.inf)
        sums = total[..., None] + np.where(ended[..., None], free, new)
        scores = (sums / length[..., None] ** alpha).reshape(len(prompts), -1)
        best = np.argsort(-scores, axis=1, kind="stable")[:, :beams]
        parent, token = np.divmod(best, new.shape[-1])
        ids = np.concatenate([ids[rows, parent], token[..., None]], axis=-1)
        total, length = sums[rows, parent, token], length[rows, parent]
    return ids, scores[rows, best]


# --8<-- [end:beam_search]
