"""Figures for the GPT and its key-value cache."""

import itertools
import json

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from answers.records import RECORDS
from answers.transformers.gpt import WEIGHTS

TIMES = RECORDS / "kv_cache_times.json"


# --8<-- [start:time_per_token]
def time_per_token() -> Figure:
    """The time of one more token, with and without a cache: 4 layers of width 256, one
    thread, measured once by tests/benchmarks/measure_kv_cache.py.

    Both axes logarithmic, from 32 to 4096 tokens. Without a cache the time rises first
    in proportion to the length, then faster. With the cache it rises slowly, from 1.2 to
    4.1 ms.
    """
    measured = json.loads(TIMES.read_text())["milliseconds"]
    lengths = [int(length) for length in measured]
    figure, axes = plt.subplots()
    for name, label, shape in (
        ("uncached", "without a cache", "o-"),
        ("cached", "with a cache", "s-"),
    ):
        axes.plot(lengths, [m[name] for m in measured.values()], shape, label=label)
    axes.set(xscale="log", yscale="log", xlabel="tokens", ylabel="ms per token")
    axes.set_xticks(lengths[::2], [str(length) for length in lengths[::2]])
    axes.minorticks_off()
    axes.legend()
    return figure


# --8<-- [end:time_per_token]


def gpt_training() -> Figure:
    """The training of the GPT that this page generates with, in nats per byte.

    The loss on the text held out falls from 5.5, which is log 256, stays near 2.4 until
    step 1000, where the model knows little more than pairs of bytes, and then falls to
    1.6 at step 3600. The loss in training is slightly above it from
    step 300 on.
    """
    curve = json.loads((WEIGHTS / "gpt.json").read_text())["curve"]
    figure, axes = plt.subplots()
    steps = [point["step"] for point in curve]
    axes.plot(steps, [point["held_out"] for point in curve], label="held out")
    # A mean over the steps since the last point, so drawn in their middle.
    middles = [(a + b) / 2 for a, b in itertools.pairwise(steps)]
    axes.plot(middles, [p["train"] for p in curve[1:]], "--", label="in training")
    axes.set(xlabel="step", ylabel="nats per byte", ylim=(1, 6))
    axes.legend()
    return figure


def times() -> str:
    """The numbers of `time_per_token` as a Markdown table."""
    measured = json.loads(TIMES.read_text())["milliseconds"]
    rows = [
        f"| {length} | {m['uncached']:.1f} | {m['cached']:.2f} | "
        f"{m['uncached'] / m['cached']:.0f} |"
        for length, m in measured.items()
    ]
    head = "| tokens | without, ms | with, ms | times faster |\n|---:|---:|---:|---:|"
    return "\n".join([head, *rows])
