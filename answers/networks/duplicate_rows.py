"""Rows that occur twice, above all in training set and test set: found by hash, exactly."""

import numpy as np
from jaxtyping import Integer, Real
from numpy import ndarray

from answers.inputs.contracts import refuses


# --8<-- [start:hash_duplicates_refuses]
def nan(rows, name):
    if np.isnan(rows).any():
        raise ValueError("a row holds nan, which equals nothing; repair it, or drop it")


@refuses(rows=nan, among=nan)
# --8<-- [end:hash_duplicates_refuses]
# --8<-- [start:hash_duplicates]
def hash_duplicates(
    rows: Real[ndarray, "n features"], among: Real[ndarray, "m features"]
) -> Integer[ndarray, " n"]:
    """For each of `rows`, the first place in `among` where the same numbers stand, or -1.

    Equal means the same number in every feature, once both have one dtype: -0.0 is 0.0,
    and 2 is 2.0. Nothing near counts.

    How:
        A dictionary of the bytes of each row makes it n + m steps, where comparing all
        pairs takes n · m.

    Args:
        rows: Such as the examples of a test set.
        among: Such as those of the training set.

    Returns:
        Indices of `among`, 0 to m - 1; -1 where there is no equal row.

    Raises:
        ValueError: A number is nan, which equals nothing, not even its copy.

    Example:
        >>> train = np.array([[1, 2], [3, 4], [1, 2]])
        >>> hash_duplicates(np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 4.0]]), train)
        array([ 0, -1,  1])
    """
    # Equal numbers have equal bytes only in one dtype.
    dtype = np.result_type(rows, among)
    first = {}
    for place, key in enumerate(row_bytes(among, dtype)):
        first.setdefault(key, place)
    places = [first.get(key, -1) for key in row_bytes(rows, dtype)]
    return np.array(places, dtype=np.intp)


def row_bytes(rows: Real[ndarray, "n features"], dtype: np.dtype) -> list[bytes]:
    """The bytes of each row: equal for equal rows, and for no others."""
    # Adding 0 makes 0.0 of -0.0, whose bytes differ.
    return [row.tobytes() for row in rows.astype(dtype) + dtype.type(0)]


# --8<-- [end:hash_duplicates]
