"""How large a signal is behind each layer, by the variance of the weights, for question 23."""

import math
from functools import cache

import numpy as np

from answers.explorers import Explorer, Slider, View, ratios
from answers.explorers.chart import Axis, Chart
from answers.networks.layers import relu
from answers.training.initialization import kaiming_normal

LAYERS, EXAMPLES = 50, 32


@cache
def mean_squares(width: int) -> np.ndarray:
    """Behind each layer of one network whose weights have variance 1/n."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(EXAMPLES, width))
    squares = [np.mean(x**2)]
    for _ in range(LAYERS):
        x = relu(x @ kaiming_normal(width, width, rng, 1.0))
        squares.append(np.mean(x**2))
    return np.array(squares)


def signal_depth(scale: float, width: int) -> View:
    """The root of the mean square behind each of 50 layers with ReLU, weights of variance
    s/n. Solid: one draw of such a network. Dashed: a factor s/2 a layer for the mean
    square, which only s = 2 makes 1."""
    layers = np.arange(LAYERS + 1)
    # ReLU keeps a positive factor, so s multiplies the mean square once a layer.
    drawn = (np.log10(mean_squares(width)) + layers * math.log10(scale)) / 2
    derived = layers * math.log10(scale / 2) / 2
    chart = Chart(
        Axis("layers", 0, LAYERS, (0, 10, 20, 30, 40, 50)),
        Axis(
            "root of the mean square",
            -32,
            32,
            {power: f"1e{power}" for power in (-30, -20, -10, 0, 10, 20, 30)},
        ),
    )
    chart.rule(y=0)
    chart.line(layers, derived, ink=2, dashed=True)
    chart.line(layers, drawn, ink=1)
    last, said = (f"{10 ** each[-1]:.1e}" for each in (drawn, derived))
    return View(
        chart,
        f"From 1 at the input, the size goes to {last} behind {LAYERS} layers of width {width}; "
        f"a dashed line goes to {said}.",
        (
            f"Weights of variance {scale:g}/n multiply the mean square by {scale / 2:g} a layer, "
            "on average",
            f"its root behind {LAYERS} layers: derived {said}, drawn {last}",
        ),
    )


explorer = Explorer(
    signal_depth,
    Slider("scale", "Variance times n, s", ratios(0.125, 32, 32), 1),
    Slider("width", "Width n", (16, 32, 64, 128, 256), 64),
)
