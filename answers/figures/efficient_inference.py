"""Figures for efficient inference."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from answers.transformers.inference_costs import (
    H100,
    LLAMA_3_8B,
    Cost,
    batching_curve,
    decode_phases,
    largest_batch,
    prefill_phases,
    roofline_seconds,
)
from answers.transformers.quantization import dequantize, quantize


# --8<-- [start:bits_against_error]
def bits_against_error() -> Figure:
    """The relative error of a typical row against the bits of a code, where one row of 64
    is 20 times as large as the others. One scale for the array spends its codes on it.

    Bits from 2 to 8 across, the relative error on a logarithmic axis. With one scale for
    the array it is 100 percent up to 4 bits, and 14 percent at 8. With one scale for a
    row it falls from 81 to 0.7 percent, by about half or more a bit, and a little lower
    with one scale for every 32 entries.
    """
    w = np.random.default_rng(11).normal(size=(64, 256))
    w[5] *= 20
    layouts = {
        "one scale for the array": w[None],
        "one for each row": w,
        "one for every 32 entries": w.reshape(-1, 32),
    }
    bits = np.arange(2, 9)

    def typical(layout: np.ndarray, b: int) -> float:
        error = (dequantize(*quantize(layout, b)) - layout).reshape(w.shape)
        return np.median(np.linalg.norm(error, axis=1) / np.linalg.norm(w, axis=1))

    figure, axes = plt.subplots()
    for marker, (label, layout) in zip("osD", layouts.items(), strict=True):
        errors = [100 * typical(layout, int(b)) for b in bits]
        axes.semilogy(bits, errors, marker=marker, label=label)
    axes.set(xlabel="bits of a code", ylabel="error of a row", ylim=(0.3, 300))
    axes.set_yticks([1, 10, 100], ["1%", "10%", "100%"])
    axes.minorticks_off()
    axes.legend(loc="lower left")
    return figure


# --8<-- [end:bits_against_error]


# --8<-- [start:roofline]
def roofline() -> Figure:
    """Llama 3 8B in bfloat16 on an H100, at the peaks of its data sheet, 1024 tokens of
    context and a prompt of 2048: the batch moves the products of decoding to the right,
    and its attention stays where it is.

    FLOPs per byte across and TFLOP/s upwards, both logarithmic. The slope ends at 295
    FLOPs per byte. Products of decoding stand at 1 for a batch of 1, 64 for 64 and 512
    for 512, which is on the roof of 989 TFLOP/s. Attention of decoding stands at 4 and
    reaches 13 TFLOP/s, at any batch. Both phases of prefill are on the roof.
    """
    intensity = np.geomspace(0.3, 10_000, 200)
    roof = [x / roofline_seconds([Cost(x, 1.0)], H100) / 1e12 for x in intensity]
    figure, axes = plt.subplots()
    axes.loglog(intensity, roof, alpha=0.5)
    products, attention = zip(
        *(decode_phases(LLAMA_3_8B, batch, 1024) for batch in (1, 64, 512)),
        prefill_phases(LLAMA_3_8B, 2048),
        strict=True,
    )
    left, right, above, under = (-8, 4), (10, -5), (0, 9), (0, -20)
    before = (-22, 9)  # clear of the ridge
    points = [
        ("decode, batch 1", products[0], "o", right, "left"),
        ("batch 64", products[1], "o", left, "right"),
        ("batch 512", products[2], "o", before, "right"),
        ("prefill", products[3], "o", under, "center"),
        ("attention, decode", attention[0], "^", right, "left"),
        ("attention, prefill", attention[3], "^", above, "center"),
    ]
    for label, cost, marker, offset, side in points:
        height = cost.flops / roofline_seconds([cost], H100) / 1e12
        colour = "C1" if marker == "o" else "C3"
        axes.loglog(cost.intensity, height, marker, color=colour, markersize=7)
        axes.annotate(
            label,
            (cost.intensity, height),
            offset,
            textcoords="offset points",
            ha=side,
        )
    axes.axvline(H100.ridge, color="C2", linestyle=":")
    axes.text(
        H100.ridge * 0.85, 0.45, f"ridge {H100.ridge:.0f}", ha="right", color="C2"
    )
    axes.minorticks_off()
    axes.set(xlabel="FLOPs per byte", ylabel="TFLOP/s", ylim=(0.3, 4000))
    return figure


# --8<-- [end:roofline]


# --8<-- [start:batching]
def batching() -> Figure:
    """The least time of a decoding step of Llama 3 8B on an H100, each sequence 2048
    tokens long, and what all sequences get together. Each line ends where memory is full.

    Two panels over the batch, 1 to 268. Above, a step with bfloat16 weights takes 4.6 ms
    at first and 24 ms at a batch of 238, where memory is full; with int8 weights 2.3 ms
    and 26 ms at 268. Below, tokens per second rise from some 200 and 400 to 10,000 and
    10,500, bending where the caches need more bytes than the weights.
    """
    figure, (above, below) = plt.subplots(2, sharex=True, figsize=(5.5, 4.6))
    for style, label, bits in (
        ("-", "bfloat16 weights", 16),
        ("--", "int8 weights", 8),
    ):
        most = largest_batch(LLAMA_3_8B, H100, 2048, bits)
        batches = sorted({*(2**k for k in range(9) if 2**k < most), most})
        curve = batching_curve(LLAMA_3_8B, H100, batches, 2048, bits)
        above.plot(
            batches, [1000 * seconds for seconds, _ in curve], style, label=label
        )
        below.plot(batches, [tokens / 1000 for _, tokens in curve], style)
        above.plot(most, 1000 * curve[-1][0], "o", color="C1" if bits == 8 else "C0")
        below.plot(most, curve[-1][1] / 1000, "o", color="C1" if bits == 8 else "C0")
    above.set(ylabel="ms a step", xscale="log", ylim=(0, None))
    above.legend()
    below.set(xlabel="sequences in the batch", ylabel="1000 tokens/s", ylim=(0, None))
    below.set_xticks([1, 4, 16, 64, 256], ["1", "4", "16", "64", "256"])
    below.minorticks_off()
    return figure


# --8<-- [end:batching]
