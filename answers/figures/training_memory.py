"""The figure of question 37."""

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from answers.figures import AXIS
from answers.scale.memory import activation_memory, training_memory

SEQUENCES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)  # of 2,048 tokens on a device


# --8<-- [start:peak_by_tokens]
def peak_by_tokens() -> Figure:
    """The peak on one of eight devices that train Llama-7B, by the tokens of its micro-batch.
    Checkpoints let it hold eight times as many.

    Two rising curves and a level line at 80 GB. With every activation kept the curve crosses it
    between 12 and 16 thousand tokens, and leaves the picture before 25 thousand. With checkpoints
    it crosses between 98 and 131 thousand. Each point holds 13.5 GB of weights, gradients and
    optimizer.
    """
    figure, axes = plt.subplots()
    tokens = [2048 * batch for batch in SEQUENCES]
    for checkpoint, name, marker in (
        (False, "all kept", "o"),
        (True, "checkpoints", "s"),
    ):
        peaks = [peak(batch, checkpoint) / 1e9 for batch in SEQUENCES]
        axes.plot(tokens, peaks, marker=marker, label=name)
    axes.axhline(80, color=AXIS, linestyle="--")
    axes.text(2048, 82, "80 GB")
    axes.set_xscale("log", base=2)
    ticks = [2048 * 2**power for power in range(7)]
    axes.set_xticks(ticks, [f"{tick / 1000:.0f}k" for tick in ticks])
    axes.set(ylim=(0, 130), xlabel="tokens on a device", ylabel="peak, GB")
    axes.legend(loc="upper left")
    return figure


def peak(batch: int, checkpoint: bool) -> int:
    """Bytes: states, and what is alive at the loss or later, whichever is more."""
    states = sum(training_memory(6_738_415_616, 8, 3))
    sizes = 32, batch, 2048, 4096, 32, 11008
    kept = activation_memory(*sizes, gated=True, checkpoint=checkpoint)
    inputs = 32 * batch * 2048 * 2 * 4096 if checkpoint else kept
    return states + max(kept, inputs + 12 * batch * 2048 * 32_000)


# --8<-- [end:peak_by_tokens]
