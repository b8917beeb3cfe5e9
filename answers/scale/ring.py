"""Ring all-reduce: each rank sends to its right neighbour alone, and all end with the sum.

The program of a rank is a generator: it yields what it sends to the right, and is sent what has
come from the left. So the same program runs here in one process, and in real ones
(`answers.scale.gloo`).
"""

from collections.abc import Generator

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:reduce_scatter]
def reduce_scatter(chunks: list[ndarray], rank: int) -> Generator:
    """A rank's program: at the end its chunk number rank + 1 is the sum over all ranks."""
    ranks = len(chunks)
    for step in range(ranks - 1):
        received = yield chunks[(rank - step) % ranks]
        chunks[(rank - 1 - step) % ranks] = chunks[(rank - 1 - step) % ranks] + received
    return chunks[(rank + 1) % ranks]


# --8<-- [end:reduce_scatter]


# --8<-- [start:all_gather]
def all_gather(chunks: list[ndarray], rank: int) -> Generator:
    """A rank's program: it knows chunk number rank + 1, and at the end all of them."""
    ranks = len(chunks)
    for step in range(ranks - 1):
        chunks[(rank - step) % ranks] = yield chunks[(rank + 1 - step) % ranks]
    return np.concatenate(chunks)


# --8<-- [end:all_gather]


# --8<-- [start:of_rank]
def of_rank(x: ndarray, rank: int, ranks: int) -> Generator:
    """A rank's program: all-reduce of `x`, whose length `ranks` divides."""
    chunks = np.split(x, ranks)
    yield from reduce_scatter(chunks, rank)
    return (yield from all_gather(chunks, rank))


# --8<-- [end:of_rank]


# --8<-- [start:in_lockstep]
def in_lockstep(programs: list[Generator]) -> tuple[list[ndarray], list[list[ndarray]]]:
    """All ranks in one process: their results, and what they have sent in each round."""
    received, rounds = [None] * len(programs), []
    while True:
        sent, results = [], []
        for program, message in zip(programs, received, strict=True):
            try:
                sent.append(program.send(message))
            except StopIteration as end:
                results.append(end.value)
        if results:
            return results, rounds
        rounds.append(sent)
        received = (
            sent[-1:] + sent[:-1]
        )  # to the right; the last rank's goes to the first


# --8<-- [end:in_lockstep]


# --8<-- [start:ring_all_reduce_refuses]
def uneven_chunks(parts):
    ranks, length = parts.shape
    if length % ranks:
        raise ValueError(
            f"{ranks} ranks do not divide a length of {length}; pad `parts` with zeros"
        )


def sum_overflows(result):
    refuse_overflowed(result[0], "a sum over the ranks")


@refuses(uneven_chunks, sum_overflows, parts=(refuse_empty, refuse_nan))
# --8<-- [end:ring_all_reduce_refuses]
# --8<-- [start:ring_all_reduce]
def ring_all_reduce(
    parts: Real[ndarray, "ranks length"],
) -> tuple[Float[ndarray, "ranks length"], Float[ndarray, "rounds ranks chunk"]]:
    """What every rank has after a ring all-reduce, and what each has sent in every round.

    Each rank cuts its row into `ranks` chunks of equal length. In round t, counted from 0, rank r
    sends its chunk number (r - t) mod `ranks` to rank r + 1, the last rank to rank 0; all send at
    once. In the first `ranks` - 1 rounds the receiver adds what arrives to its own chunk of that
    number; in as many rounds after them it puts it in its place.

    How:
        The first half is a reduce-scatter: after it, rank r has the whole sum of chunk r + 1. The
        second half, an all-gather, passes the sums on.

    Args:
        parts: Each rank's numbers. `ranks` divides their length.

    Returns:
        (sums, sent). `sums` has a row per rank, and all rows agree. `sent` has 2 (ranks - 1)
        rounds; of one rank it has none.

    Raises:
        ValueError: `ranks` does not divide the length, `parts` is empty or holds nan or infinity,
            or a sum overflows.

    Source:
        Patarasuk and Yuan (2009), Bandwidth optimal all-reduce algorithms for clusters of
        workstations, https://doi.org/10.1016/j.jpdc.2008.09.002

    Example:
        Rank 0 sends its 1, and rank 1 its 20; then both send on the sum that they have made.

        >>> sums, sent = ring_all_reduce(np.array([[1, 2], [10, 20]]))
        >>> sums
        array([[11., 22.],
               [11., 22.]])
        >>> sent[:, :, 0]
        array([[ 1., 20.],
               [22., 11.]])
    """
    parts = as_float(parts)
    ranks, length = parts.shape
    programs = [of_rank(x, rank, ranks) for rank, x in enumerate(parts)]
    sums, rounds = in_lockstep(programs)
    sent = np.array(rounds, parts.dtype).reshape(-1, ranks, length // ranks)
    return np.stack(sums), sent


# --8<-- [end:ring_all_reduce]
