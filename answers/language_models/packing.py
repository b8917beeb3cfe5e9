"""Several documents in one row of tokens, and the mask that keeps them apart."""

import numpy as np
from jaxtyping import Bool, Integer
from numpy import ndarray

from answers.inputs import refuse_empty
from answers.inputs.contracts import refuses


# --8<-- [start:packed_mask]
def packed_mask(owner: Integer[ndarray, "*batch n"]) -> Bool[ndarray, "*batch n n"]:
    """Whether a token (row) sees another (column): one of its own document, and none later.

    Args:
        owner: The number of each token's document. Padding counts as one.

    Example:
        >>> packed_mask(np.array([0, 0, 1])).astype(int)
        array([[1, 0, 0],
               [1, 1, 0],
               [0, 0, 1]])
    """
    same = owner[..., :, None] == owner[..., None, :]
    return same & np.tri(owner.shape[-1], dtype=bool)


# --8<-- [end:packed_mask]


# --8<-- [start:pack_sequences_refuses]
def other_sum(tokens, lengths):
    if lengths.sum(dtype=np.int64) != len(tokens):
        raise ValueError(
            f"`lengths` do not sum to the {len(tokens)} tokens; give the length of each "
            "document"
        )


def other_lengths(lengths, width):
    wrong = (lengths < 1) | (lengths > width)
    if wrong.any():
        raise ValueError(
            f"a document has {lengths[wrong][0]} tokens and a row {width}; leave empty "
            "documents out, and cut long ones first"
        )


@refuses(other_sum, other_lengths, lengths=refuse_empty)
# --8<-- [end:pack_sequences_refuses]
# --8<-- [start:pack_sequences]
def pack_sequences(
    tokens: Integer[ndarray, " tokens"],
    lengths: Integer[ndarray, " documents"],
    width: int,
    pad: int = 0,
) -> tuple[
    Integer[ndarray, "rows width"],
    Integer[ndarray, "rows width"],
    Bool[ndarray, "rows width width"],
]:
    """Rows that hold whole documents, the position of each token, and which tokens it sees.

    Each document, in the order given, goes to the first row with room for it, behind what is
    there; if none has room, to a new row. No document is cut. Positions count from 0 in each
    document. A token sees those of its own document, up to itself. Padding, at the end of a row,
    has position 0, and sees the padding before it and itself, so that no row of a mask is empty.

    How:
        Keep how many tokens each row holds. The first row where that and the document are at most
        `width` is an `argmax`. For the mask, number the documents: two tokens see each other if
        their numbers agree, and the later one looks.

    Args:
        tokens: The documents, one behind the other.
        lengths: How many tokens each has, from 1 to `width`.
        width: How many tokens a row has.
        pad: What fills a row up.

    Returns:
        (rows, positions, mask), mask[r, q, k] being True where token q of row r sees token k.

    Raises:
        ValueError: There is no document, `lengths` do not sum to the number of tokens, or one of
            them is below 1 or above `width`.

    Source:
        M. M. Krell et al. (2021), Efficient Sequence Packing without Cross-contamination,
        https://arxiv.org/abs/2107.02027

    Example:
        >>> rows, positions, mask = pack_sequences(np.arange(1, 7), np.array([2, 3, 1]), 4)
        >>> rows, positions
        (array([[1, 2, 6, 0],
               [3, 4, 5, 0]]), array([[0, 1, 0, 0],
               [0, 1, 2, 0]]))
        >>> mask[0].astype(int)
        array([[1, 0, 0, 0],
               [1, 1, 0, 0],
               [0, 0, 1, 0],
               [0, 0, 0, 1]])
    """
    used, places = np.zeros(len(lengths), dtype=int), []
    for n in lengths.tolist():
        row = np.argmax(used + n <= width)  # the first with room
        places.append((row, slice(used[row], used[row] + n)))
        used[row] += n
    rows = np.full((np.count_nonzero(used), width), pad, dtype=np.int64)
    positions, owner = np.zeros_like(rows), np.full_like(rows, -1)
    documents = np.split(tokens, np.cumsum(lengths)[:-1])
    for number, (each, here) in enumerate(zip(documents, places, strict=True)):
        rows[here], owner[here], positions[here] = each, number, range(len(each))
    return rows, positions, packed_mask(owner)


# --8<-- [end:pack_sequences]
