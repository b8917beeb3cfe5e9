"""Ours beside a peer, in turns and on one thread, and the fastest round of each.

What else a machine does only adds time, so the fastest of many rounds is the least disturbed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import pytest
import torch
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    torch.set_num_threads(1)
    with threadpool_limits(1):
        yield


@dataclass
class Race:
    """Times a function by pytest-benchmark, and a peer just before each of its rounds."""

    benchmark: object

    def __call__(
        self,
        ours: Callable,
        rounds: int,
        peer: Callable | None = None,
        name: str = "",
        ratio: float | None = None,
        beyond: float | None = None,
        below: float | None = None,
    ) -> None:
        """Run both `rounds` times; the table then compares the fastest rounds with one target.

        Args:
            ours: What is measured.
            rounds: How often.
            peer: What it is measured against.
            name: What the table calls the peer.
            ratio: Target: at most this many times the peer.
            beyond: Target: at most this many seconds more than the peer.
            below: Target: at most this many seconds.
        """
        times = []

        def run_peer():
            start = perf_counter()
            peer()
            times.append(perf_counter() - start)

        warm = min(rounds // 10, 5)
        setup = run_peer if peer else None
        self.benchmark.pedantic(ours, setup=setup, rounds=rounds, warmup_rounds=warm)
        self.benchmark.extra_info |= {
            "peer": name,
            "peer seconds": min(times) if peer else None,
            "targets": {"ratio": ratio, "beyond": beyond, "below": below},
        }


@pytest.fixture
def race(benchmark) -> Race:
    return Race(benchmark)
