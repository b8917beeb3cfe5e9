"""Figures for attention."""

import json

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from answers.probability.softmax import softmax
from answers.records import RECORDS

# Written by tests/benchmarks/measure_attention.py.
COSTS = RECORDS / "attention_costs.json"


# --8<-- [start:attention_saturation]
def through_softmax(d: int, scale: float, keys: int = 64, queries: int = 500) -> float:
    """The mean of Σ p (1 - p): how much of a gradient passes from weights to scores."""
    rng = np.random.default_rng(d)
    q, k = rng.normal(size=(queries, d)), rng.normal(size=(keys, d))
    p = softmax(scale * (q @ k.T))
    return float((p * (1 - p)).sum(axis=-1).mean())


def attention_saturation() -> Figure:
    """The trace of the softmax's Jacobian, Σ p(1 - p), averaged over 500 queries of 64 keys
    with normal entries. Without the scale it vanishes as the vectors grow.

    Against the number of features d, from 1 to 1024. Divided by the root of d, the trace
    stays at 0.96. Not scaled, it falls from 0.97 to 0.31 at d = 64 and to 0.07 at d = 1024.
    Divided by d, it rises to 0.98, that of 64 equal weights.
    """
    sizes = 2 ** np.arange(11)
    scales = {"not scaled": 0, "divided by √d": 0.5, "divided by d": 1}
    figure, axes = plt.subplots()
    for (label, power), marker in zip(scales.items(), "so^", strict=True):
        traces = [through_softmax(d, float(d) ** -power) for d in sizes]
        axes.plot(sizes, traces, f"{marker}-", label=label)
    axes.set_xscale("log", base=2)
    axes.set(xlabel="features d", ylabel="Σ p(1 - p)", ylim=(0, 1.05))
    axes.set_xticks(sizes[::2], [str(d) for d in sizes[::2]])
    axes.minorticks_off()
    axes.legend(loc="lower left")
    return figure


# --8<-- [end:attention_saturation]


# --8<-- [start:attention_costs]
def attention_costs() -> Figure:
    """Time and peak memory beyond the inputs, measured: one head of 64 features, float32, one
    thread of a CPU. All three make the same products.

    Two panels against the length, from 512 to 8192, all axes logarithmic. Time: three
    lines, about four times higher for each doubling, naive steeper at the end and above
    blockwise from 4096, SDPA lowest. Memory: the naive line grows fourfold for each
    doubling, to 270 MB at 8192; blockwise and SDPA stay at a few megabytes.
    """
    costs = json.loads(COSTS.read_text(encoding="utf-8"))
    names = {"naive": "attend", "blockwise": "attend_blockwise", "sdpa": "PyTorch SDPA"}
    figure, (time, memory) = plt.subplots(2, sharex=True, figsize=(5.5, 5.6))
    for (method, label), marker in zip(names.items(), "so^", strict=True):
        found = costs[method]
        time.loglog(costs["lengths"], found["seconds"], f"{marker}-", label=label)
        megabytes = np.array(found["bytes"]) / 1e6
        memory.loglog(costs["lengths"], megabytes, f"{marker}-", label=label)
    time.set(ylabel="seconds")
    memory.set(xlabel="length", ylabel="peak memory (MB)")
    memory.set_xticks(costs["lengths"], [str(n) for n in costs["lengths"]])
    for axes in (time, memory):
        axes.minorticks_off()
    time.legend(loc="upper left")
    return figure


# --8<-- [end:attention_costs]
