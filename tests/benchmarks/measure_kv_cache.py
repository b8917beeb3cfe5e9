"""Measure the time of one more token with and without a cache, for the figure of question 14.

    python tests/benchmarks/measure_kv_cache.py

writes answers/records/kv_cache_times.json, from which `answers.figures.kv_cache` draws. The model
has 4 layers of width 256 and random weights, which take no less time than trained ones; one
sequence, float32, one thread. The times are those of the fastest of many runs.
"""

import json
import platform
from pathlib import Path
from time import perf_counter

import torch

from answers.files import write
from answers.transformers.gpt import GPT, GPTConfig
from answers.transformers.kv_cache import KVCache

FILE = Path(__file__).parents[2] / "answers/records/kv_cache_times.json"
LENGTHS = [32, 64, 128, 256, 512, 1024, 2048, 4096]
CONFIG = GPTConfig(context=4096, layers=4, heads=4, width=256)
SECONDS = 6.0


@torch.no_grad()
def fastest(prepare, step) -> float:
    """Seconds of the fastest of the runs that fit into `SECONDS`, three at least."""
    times, end = [], perf_counter() + SECONDS
    while len(times) < 3 or perf_counter() < end:
        prepared = prepare()
        start = perf_counter()
        step(*prepared)
        times.append(perf_counter() - start)
    return min(times)


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = GPT(CONFIG).eval()
    result = {
        "machine": platform.machine(),
        "torch": torch.__version__,
        "milliseconds": {},
    }
    for length in LENGTHS:
        ids = torch.randint(CONFIG.vocab, (1, length))
        cache = KVCache(CONFIG, 1, length)
        with torch.no_grad():
            model(ids[:, :-1], cache)

        def one_back(cache=cache, length=length, ids=ids):
            cache.length = length - 1  # so that each run adds the same token
            return ids[:, -1:], cache

        times = {
            "cached": fastest(one_back, model),
            "uncached": fastest(lambda ids=ids: (ids,), model),
        }
        result["milliseconds"][length] = {k: round(1e3 * t, 3) for k, t in times.items()}
        print(length, result["milliseconds"][length], flush=True)
    write(FILE, json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
