"""Figures for the two directions of KL: the fits, and which of them there are."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from answers.probability.gaussian_fit import both_fits, two_modes


# --8<-- [start:two_fits]
def two_fits() -> Figure:
    """Two modes, at ±2 and at ±3, and the Gaussians nearest to them. Forward covers both.
    Reverse covers modes that are close, and picks one of two that are further apart.

    Two panels of densities over x from -8 to 8, each with a filled density of two humps. In
    the upper one, humps at 2 and -2, both fitted curves are single humps around 0 of nearly
    the same width. In the lower one, humps at 3 and -3, the forward curve is a low wide
    hump around 0, highest in the valley of the target; the reverse curve is narrow, around
    -3, twice as high as the hump it covers; a dotted one around 3 is its mirror image.
    """
    x = np.linspace(-8, 8, 401)
    figure, panels = plt.subplots(2, sharex=True, figsize=(5.5, 4.6))
    for mode, axes in zip((2, 3), panels, strict=True):
        forward, (reverse, *others) = both_fits(mode)
        density = np.exp(two_modes(mode).log_density(x))
        axes.fill_between(
            x, density, color="C2", alpha=0.25, linewidth=0, label="target p"
        )
        axes.plot(x, np.exp(forward.log_density(x)), label="forward")
        axes.plot(x, np.exp(reverse.log_density(x)), "--", label="reverse")
        if others:
            mirrored = np.exp(others[0].log_density(x))
            axes.plot(x, mirrored, ":", color="C1", linewidth=1.5)
        axes.set(ylabel="density", ylim=(0, 0.45), title=f"modes at ±{mode}")
    panels[0].legend(loc="upper right")
    panels[1].set(xlabel="x")
    return figure


# --8<-- [end:two_fits]


# --8<-- [start:reverse_minima]
def reverse_means(m):
    """The means of the reverse fits to modes at ±m, by their sign: -1, 0 or 1."""
    means = (round(fit.mean, 6) + 0.0 for fit in both_fits(m)[1])
    return {int(np.sign(mean)): mean for mean in means}


def reverse_minima() -> Figure:
    """Every minimum of the reverse KL, for two modes of deviation 1 at ±m. Thick: the best one.
    A fit on one mode exists from m = 2.42 on, and is the best from 2.80 on; the one in the
    middle never goes away.

    The mean of the fitted Gaussian against m, from 0 to 5. A line at 0 runs through the whole
    range, thick up to 2.8 and thin beyond. From 2.42 on two more branches exist, near m
    and near -m, thin up to 2.8 and thick beyond.
    """
    figure, axes = plt.subplots()
    covers, seeks = "C0", "C1"
    for low, high in ((0.05, 2.8), (2.8, 5)):
        near = np.linspace(low, high, 23)
        means = [reverse_means(m) for m in near]
        best = covers if high == 2.8 else seeks
        for branch, colour in ((0, covers), (1, seeks), (-1, seeks)):
            line = [by_sign.get(branch, np.nan) for by_sign in means]
            width = 4 if colour == best else 1.2
            label = {0: "covers both", 1: "on one mode"}.get(branch)
            label = label if colour == best else None
            axes.plot(near, line, color=colour, linewidth=width, label=label)
    axes.set(xlabel="m: the modes are at ±m", ylabel="mean of the fit")
    axes.legend(loc="upper left")
    return figure


# --8<-- [end:reverse_minima]
