"""Which tokens of a chat carry loss when a model is fine-tuned on its answers."""

import numpy as np
from jaxtyping import Integer
from numpy import ndarray
from numpy.lib.stride_tricks import sliding_window_view

from answers.inputs import refuse_empty
from answers.inputs.contracts import refuses


# --8<-- [start:sft_labels_refuses]
def longer_than_a_row(tokens, header):
    if len(header) > tokens.shape[-1]:
        raise ValueError(
            f"`header` has {len(header)} tokens, a row {tokens.shape[-1]}; "
            "leave such a row out, for it holds no answer"
        )


def ends_itself(header, end):
    if (header == end).any():
        raise ValueError(f"`header` holds {end}, which is `end`; give another header")


@refuses(longer_than_a_row, ends_itself, header=refuse_empty)
# --8<-- [end:sft_labels_refuses]
# --8<-- [start:sft_labels]
def sft_labels(
    tokens: Integer[ndarray, "*batch length"],
    header: Integer[ndarray, " header"],
    end: int,
) -> Integer[ndarray, "*batch length"]:
    """The tokens of the assistant's answers, each in its place, and -100 everywhere else.

    An answer begins after `header` and ends with the next `end`, which is learned, too, or with
    its row, if it was cut. There may be several answers. A header within an answer belongs to it.
    The label -100 stands at all else: other turns, headers, what follows `end`, and padding,
    though it may be `end` once more. A label stands at its own token: models shift by themselves.

    How:
        A token is learned if a header ended before it, and no `end` stands since. So compare where
        the last header ended and where the last `end` stood, both before the token: a running
        maximum of places.

    Args:
        tokens: Chats, padded to one length; no padding follows an answer that was cut.
        header: What opens an answer, as `<|im_start|>assistant` and a line break do.
        end: The token that ends a turn; `header` does not hold it.

    Returns:
        Labels in int64: the types that tokens are stored in cannot all hold -100.

    Raises:
        ValueError: `header` is empty, longer than a row, or holds `end`.

    Source:
        Hugging Face, TRL, SFT Trainer, "Train on assistant messages only".

    Example:
        7 8 opens an answer, and 9 ends a turn.

        >>> sft_labels(np.array([5, 9, 7, 8, 4, 6, 9, 9]), np.array([7, 8]), 9)
        array([-100, -100, -100, -100,    4,    6,    9, -100])
    """
    tokens, n = tokens.astype(np.int64), len(header)
    opens, closes = marks = np.zeros((2, *tokens.shape), dtype=bool)
    windows = sliding_window_view(tokens, n, axis=-1)[..., :-1, :]
    opens[..., n:] = (windows == header).all(axis=-1)
    closes[..., 1:] = tokens[..., :-1] == end
    place = np.arange(1, tokens.shape[-1] + 1)
    opened, closed = np.maximum.accumulate(place * marks, axis=-1)
    return np.where(opened > closed, tokens, -100)


# --8<-- [end:sft_labels]
