"""The programs of this room on real processes, which talk by `torch.distributed` and gloo."""

import multiprocessing
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from numpy import ndarray

from answers.scale.ring import of_rank


# --8<-- [start:exchange]
def exchange(sent: ndarray) -> ndarray:
    """Send to the right neighbour, and return what has come from the left."""
    rank, ranks = dist.get_rank(), dist.get_world_size()
    outgoing = torch.from_numpy(np.array(sent))
    received = torch.empty_like(outgoing)
    request = dist.isend(outgoing, (rank + 1) % ranks)
    dist.recv(received, (rank - 1) % ranks)
    request.wait()
    return received.numpy()


# --8<-- [end:exchange]


# --8<-- [start:all_reduce]
def all_reduce(part: ndarray) -> ndarray:
    """The sum over all processes, by the ring; `part` has an axis of one rank in front."""
    flat, ranks = part.ravel(), dist.get_world_size()
    padded = np.pad(flat, (0, -len(flat) % ranks))
    program = of_rank(padded, dist.get_rank(), ranks)
    received = None
    while True:
        try:
            received = exchange(program.send(received))
        except StopIteration as end:
            return end.value[: len(flat)].reshape(part.shape[1:])


# --8<-- [end:all_reduce]


def joined(work: Callable, rank: int, ranks: int, store: str, seconds: float):
    """The result of `work(rank, ranks)` in a process that has joined the others."""
    torch.set_num_threads(1)
    wait = timedelta(seconds=seconds)
    dist.init_process_group(
        "gloo", init_method=f"file://{store}", rank=rank, world_size=ranks, timeout=wait
    )
    try:
        return work(rank, ranks)
    finally:
        dist.destroy_process_group()


def on_processes(work: Callable, ranks: int, store: Path, seconds: float = 120) -> list:
    """The results of `work(rank, ranks)` on as many processes, one a rank.

    Args:
        work: A function of a module, so that another process finds it.
        ranks: How many processes.
        store: A file that does not exist yet, by which they find each other.
        seconds: They end after it, whatever they do.

    Raises:
        multiprocessing.TimeoutError: They have not ended in time. None is left.
    """
    calls = [(work, rank, ranks, str(store), seconds) for rank in range(ranks)]
    with multiprocessing.get_context("spawn").Pool(ranks) as pool:
        return pool.starmap_async(joined, calls, chunksize=1).get(seconds)
