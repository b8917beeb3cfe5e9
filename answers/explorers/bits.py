"""Bits against error, for question 11."""

import numpy as np

from answers.explorers import Explorer, Slider, View, ratios
from answers.explorers.chart import Axis, Chart
from answers.transformers.quantization import dequantize, quantization_error, quantize

BITS = (2, 3, 4, 5, 6, 7, 8)
WEIGHTS = np.random.default_rng(11).normal(size=(32, 64))


def lost_with_one_scale(w: np.ndarray, bits: int) -> float:
    """The relative error of all rows but the first, with one scale for the whole of w."""
    near = dequantize(*quantize(w[None], bits))[0]
    return float(np.linalg.norm((w - near)[1:]) / np.linalg.norm(w[1:]))


def bits(b: int, outlier: float) -> View:
    """What rounding to a few bits loses of a matrix of normal weights with one large row.
    One scale for all (dashed) must fit the largest; one scale a row (solid) need not."""
    w = WEIGHTS.copy()
    w[0] *= outlier
    small = w[1:]
    by_row = [quantization_error(small, n) for n in BITS]
    scales = [lost_with_one_scale(w, n) for n in BITS]
    chart = Chart(
        Axis("bits", 1.7, 8.3, BITS),
        Axis("error of the other rows", -2.5, 0.1, {-2: "1%", -1: "10%", 0: "100%"}),
    )
    chart.line(np.array(BITS), np.log10(by_row), ink=1)
    chart.line(np.array(BITS), np.log10(scales), ink=2, dashed=True)
    here = BITS.index(b)
    chart.dot(b, np.log10(by_row[here]), ink=1)
    chart.dot(b, np.log10(scales[here]), ink=2)
    return View(
        chart,
        f"At {b} bits the other rows lose {by_row[here]:.2%} with a scale of their own, and "
        f"{scales[here]:.2%} with one scale for all.",
        (
            f"{b} bits, one row {outlier:g} times as large",
            f"one scale a row: the other rows lose {by_row[here]:.2%}",
            f"one scale for all: {scales[here]:.2%}",
        ),
    )


explorer = Explorer(
    bits,
    Slider("b", "Bits", BITS, 8),
    Slider("outlier", "How many times as large one row is", ratios(1, 100, 20), 10),
)
