"""The mask of a sliding window: each token sees the last few, itself included."""

import numpy as np
from jaxtyping import Bool
from numpy import ndarray

from answers.inputs import refuse_below
from answers.inputs.contracts import refuses


# --8<-- [start:sliding_window_mask_refuses]
def below_1(number, name):
    refuse_below(1, **{name: number})


def negative(number, name):
    refuse_below(0, **{name: number})


@refuses(length=below_1, window=below_1, past=negative, sinks=negative)
# --8<-- [end:sliding_window_mask_refuses]
# --8<-- [start:sliding_window_mask]
def sliding_window_mask(
    length: int, window: int, past: int = 0, sinks: int = 0
) -> Bool[ndarray, "q k"]:
    """A mask that lets each position look at the last `window` positions, itself included.

    The queries are `length` new tokens after `past` cached ones; the keys are all of these.
    The query at position p sees p - window + 1 to p, and the first `sinks` positions, but none
    after itself.

    Args:
        length: How many queries: the new tokens.
        window: How many positions each sees. flash-attn's `window_size` counts only those
            before, one less.
        past: How many tokens stand before the first query.
        sinks: How many of the first positions all later ones see.

    Returns:
        (length, past + length), True where a query may look.

    Raises:
        ValueError: `length` or `window` is below 1, `past` or `sinks` is negative.

    Source:
        Beltagy et al. (2020), https://arxiv.org/abs/2004.05150; sinks: Xiao et al. (2023),
        https://arxiv.org/abs/2309.17453

    Example:
        >>> sliding_window_mask(4, window=2).astype(int)
        array([[1, 0, 0, 0],
               [1, 1, 0, 0],
               [0, 1, 1, 0],
               [0, 0, 1, 1]])
        >>> sliding_window_mask(1, window=2, past=3, sinks=1).astype(int)
        array([[1, 0, 1, 1]])
    """
    q = np.arange(past, past + length)[:, None]
    k = np.arange(past + length)
    return (k <= q) & ((q - k < window) | (k < sinks))


# --8<-- [end:sliding_window_mask]
