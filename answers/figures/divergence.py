"""Figures for KL divergence: one example in both directions, and three estimators."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from answers.probability.divergence import kl_divergence
from answers.probability.gaussian_fit import Gaussian
from answers.probability.kl_estimators import k1, k2, k3


# --8<-- [start:both_directions]
def both_directions() -> Figure:
    """A fair coin p against a coin q that shows heads with the probability below. Only
    KL(p‖q), which averages over p, becomes infinite where q excludes a side.

    Divergence in nats against the probability of heads under q, from 0 to 1. Both curves
    touch 0 at one half. KL(p‖q) rises without bound at both ends. KL(q‖p) ends at
    log 2, 0.69. At 0.8, the example, they are at 0.2231 and 0.1927.
    """
    heads = np.linspace(0.0005, 0.9995, 400)
    q = np.stack([heads, 1 - heads], axis=-1)
    p = np.full_like(q, 0.5)
    figure, axes = plt.subplots()
    axes.plot(heads, kl_divergence(p, q), label="KL(p‖q)")
    axes.plot(heads, kl_divergence(q, p), "--", label="KL(q‖p)")
    axes.axvline(0.8, color="C2", linewidth=1, linestyle=":")
    axes.text(0.785, 0.75, "the example", color="C2", ha="right")
    axes.set(
        xlabel="probability of heads under q", ylabel="nats", ylim=(0, 1.5), xlim=(0, 1)
    )
    axes.set_yticks([0, 0.5, 1, 1.5])
    axes.legend(loc="upper center")
    return figure


# --8<-- [end:both_directions]


# --8<-- [start:estimator_spread]
def moments(k, d):
    """Mean and deviation of an estimator for normal densities a distance d apart."""
    p, q, x = Gaussian(0, 1), Gaussian(d, 1), np.linspace(-12, 20, 20_001)
    weights = np.exp(p.log_density(x)) * (x[1] - x[0])
    values = k(p.log_density(x), q.log_density(x))
    mean = weights @ values
    return mean, np.sqrt(weights @ (values - mean) ** 2)


def estimator_spread() -> Figure:
    """The spread of one sample of each estimator, as a multiple of the true divergence, for
    two normal densities of deviation 1. Beyond a distance of 1.121, k3 spreads more than k1.

    Spread over divergence against the distance of the means, from 0.1 to 2. k1 falls from
    20 to 1, as 2 over the distance. k2 and k3 start together near 1.4; k2 rises slowly
    to 2.4, and k3 crosses k1 at 1.12 and reaches 3.5. Below, the bias of k2 as a part of the
    divergence rises from 0 to 1; those of k1 and k3 are 0.
    """
    distances = np.linspace(0.1, 2, 39)
    figure, (above, below) = plt.subplots(2, sharex=True, figsize=(5.5, 4.6))
    for k, style in ((k1, "-"), (k2, "--"), (k3, "-.")):
        means, spreads = np.array([moments(k, d) for d in distances]).T
        true = distances**2 / 2
        above.plot(distances, spreads / true, style, label=k.__name__)
        below.plot(distances, means / true - 1, style)
    above.set(ylabel="spread / KL", yscale="log", yticks=[1, 2, 5, 10, 20])
    above.set_yticklabels(["1", "2", "5", "10", "20"])
    above.minorticks_off()
    above.legend()
    below.set(xticks=[0.5, 1, 1.5, 2], yticks=[0, 0.5, 1])
    below.set(xlabel="distance of the means, in deviations", ylabel="bias / KL")
    return figure


# --8<-- [end:estimator_spread]
