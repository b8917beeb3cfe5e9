"""Figures for gradient checking."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from answers.gradient_check import relative_errors
from answers.networks.two_layer_net import two_layer_gradients
from answers.probability.softmax import logsumexp

# --8<-- [start:errors_by_step]
SIZES = {"x": (7, 40), "w1": (40, 40), "b1": 40, "w2": (40, 3), "b2": 3}


def errors_by_step(steps, dtype=np.float64, centred=True):
    """The median relative error of a right gradient of 1,600 weights, by step."""
    rng = np.random.default_rng(0)
    net = {name: rng.normal(size=size) for name, size in SIZES.items()}
    y = rng.integers(3, size=7)
    right = two_layer_gradients(**net, y=y)[1]["w1"].ravel()
    net = {name: array.astype(dtype) for name, array in net.items()}

    def losses(w1):
        """One loss for each network of a stack that differs in `w1`."""
        hidden = np.maximum(net["x"] @ w1 + net["b1"], 0)
        logits = hidden @ net["w2"] + net["b2"]
        return (logsumexp(logits) - logits[..., np.arange(7), y]).mean(axis=-1)

    nudges = np.eye(right.size, dtype=dtype).reshape(-1, *SIZES["w1"])
    medians = []
    for h in np.asarray(steps, dtype):
        up, down = net["w1"] + h * nudges, net["w1"] - h * nudges * centred
        slopes = (losses(up) - losses(down)) / (h * (1 + centred))
        medians.append(np.median(relative_errors(right, slopes)))
    return medians


# --8<-- [end:errors_by_step]


def step_size() -> Figure:
    """A right gradient, checked at many steps: the median over 1,600 weights. Left of
    each bottom rounding decides, right of it truncation. In float32 the error
    hardly falls below 1e-4.

    Relative error against the step h, both on logarithmic axes. Centred differences in
    float64 fall to about 1e-10 near h = 1e-4 and rise on both sides. One-sided
    differences fall to about 4e-8 near h = 1e-6. In float32, centred differences
    hardly get below 1e-4.
    """
    figure, axes = plt.subplots()
    steps = np.logspace(-11, -1, 11)
    axes.loglog(steps, errors_by_step(steps, centred=False), "o-", label="one-sided")
    axes.loglog(steps, errors_by_step(steps), "s-", label="centred")
    coarse = np.logspace(-5, -1, 5)
    single = errors_by_step(coarse, np.float32)
    axes.loglog(coarse, single, "^-", label="centred, float32")
    axes.set(xlabel="step h", ylabel="relative error", ylim=(1e-11, 3))
    axes.legend(loc="lower left")
    return figure
