"""A Gaussian fitted to a density with one or more modes, by KL in either direction.

One dimension, where every integral can be done on a grid. Nothing here is sampled, so what
differs between two fits is the direction, and not the luck of the draw.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np

from answers.inputs import first
from answers.inputs.contracts import refuses
from answers.probability.densities import (
    Gaussian,
    Mixture,
    kl_of_densities,
    refuse_no_gaussian,
    two_modes,
)
from answers.probability.reverse_descent import descend
from answers.probability.softmax import log_softmax


# --8<-- [start:fit_gaussian_refuses]
def no_direction(direction, name):
    if direction not in ("forward", "reverse"):
        raise ValueError(f'`{name}` is {direction!r}; pass "forward" or "reverse"')


def no_gaussian(start, name):
    refuse_no_gaussian(start if isinstance(start, tuple) else (start, 1.0), f"`{name}`")


@refuses(direction=no_direction, start=no_gaussian)
# --8<-- [end:fit_gaussian_refuses]
# --8<-- [start:fit_gaussian]
def fit_gaussian(
    target: Mixture | Callable,
    direction: Literal["forward", "reverse"] = "forward",
    start: tuple[float, float] | float | None = None,
) -> Gaussian:
    """The Gaussian q nearest to a density p: by KL(p‖q) forward, by KL(q‖p) in reverse.

    Forward has one minimum, in closed form: the mean and the deviation of p. Reverse
    may have several, and descends by Newton's steps to one that depends on `start`.

    Args:
        target: p, as a mixture, or as a function that returns log p(x) for an array x.
            In reverse, and for the forward fit of a function, p needs no normalisation.
        direction: "forward" averages over p, "reverse" over q.
        start: Where to begin in reverse: (mean, deviation), or a mean, with deviation 1.
            None tries every part of a mixture and the forward fit, and returns the
            best; for a function it is (0, 1). Forward, a function is summed at 16,001
            points, 40 deviations to each side of `start`; for a mixture it is not used.

    Returns:
        (mean, deviation).

    Raises:
        ValueError: `direction` is neither of the two, the deviation of `start` is not above
            0, a function returns nan, +inf or another shape, has mass at the edges of
            the sum, is as narrow as its steps, or is -inf within 8.5 deviations of a q that
            is tried, or the descent does not end.

    Source:
        Bishop (2006), Pattern Recognition and Machine Learning, section 10.1.2

    Example:
        >>> p = two_modes(5)
        >>> round(fit_gaussian(p, "forward").deviation, 4)  # the root of 1 + 5²
        5.099
        >>> round(fit_gaussian(p, "reverse", start=1).mean, 3)
        5.0
    """
    if start is None and isinstance(target, Mixture) and direction == "reverse":
        return reverse_fits(target)[0]
    mean, deviation = start if isinstance(start, tuple) else (start or 0.0, 1.0)
    if direction == "reverse":
        return descend(log_density_of(target), Gaussian(mean, deviation))
    if isinstance(target, Mixture):
        return Gaussian(float(target.mean), float(target.deviation))
    return moments(log_density_of(target), Gaussian(mean, deviation))


# --8<-- [end:fit_gaussian]


# --8<-- [start:reverse_fits]
def reverse_fits(target: Mixture) -> list[Gaussian]:
    """Every minimum of KL(q‖p) that is found from the parts of p and from its moments.

    Returns:
        The different ones, least divergence first; of equal ones, in the order of parts.

    Raises:
        ValueError: Means lie more than 2,000 of the smallest deviation apart.
    """
    if (apart := np.ptp(target.means) / target.deviations.min()) > 2000:
        # A descent over both ends then steps over the narrow bends of log p.
        raise ValueError(
            f"the means are {apart:.4g} of the smallest deviation apart, too far for the "
            "steps of the sum; bring them within 2,000"
        )
    starts = [*np.column_stack([target.means, target.deviations])]
    starts.append((target.mean, target.deviation))
    found = []
    for start in starts:
        fit = descend(target.log_density, Gaussian(*start))
        if not any(np.allclose(fit, other, atol=1e-6) for other in found):
            found.append(fit)
    return sorted(found, key=lambda fit: round(kl_of_densities(fit, target), 9))


# --8<-- [end:reverse_fits]


# --8<-- [start:both_fits]
def both_fits(mode: float, deviation: float = 1.0) -> tuple[Gaussian, list[Gaussian]]:
    """The Gaussians fitted in both directions to two equal modes, at ±`mode`.

    Returns:
        (forward, reverse): the one forward fit, and the list of reverse ones, best first.

    Raises:
        ValueError: `mode` is not finite or more than 1,000 deviations from 0, or
            `deviation` is not above 0.

    Example:
        >>> forward, reverse = both_fits(3)
        >>> round(forward.deviation, 2), [round(fit.mean, 2) + 0.0 for fit in reverse]
        (3.16, [-2.98, 2.98, 0.0])
    """
    target = two_modes(mode, deviation)
    return fit_gaussian(target, "forward"), reverse_fits(target)


# --8<-- [end:both_fits]


def moments(log_density: Callable, around: Gaussian) -> Gaussian:
    """Mean and deviation of a density that need not be normalised, by a sum on a grid."""
    x = around.mean + around.deviation * np.linspace(-40, 40, 16001)
    logs = log_density(x)
    refuse_mass_at_the_edges(logs, x)
    weights = np.exp(log_softmax(logs))
    mean = weights @ x
    deviation = np.sqrt(weights @ (x - mean) ** 2)
    refuse_too_narrow(mean, deviation, x[1] - x[0])
    return Gaussian(float(mean), float(deviation))


def log_density_of(target: Mixture | Callable) -> Callable:
    """The log density of `target`; what a function returns is looked at each time."""
    if isinstance(target, Mixture):
        return target.log_density

    def log_density(x):
        logs = target(x)
        refuse_no_log_density(logs, x)
        return logs

    return log_density


def refuse_no_log_density(logs, x):
    if np.shape(logs) != x.shape:
        raise ValueError(
            f"`target` returned shape {np.shape(logs)} for x of shape {x.shape}; it "
            "must return one log density for each x"
        )
    if (wrong := np.isnan(logs) | (logs == np.inf)).any():
        raise ValueError(f"`target` returned {first(logs, wrong)}, not a log density")


def refuse_mass_at_the_edges(logs, x):
    if max(logs[0], logs[-1]) > logs.max() - 30:
        raise ValueError(
            f"the target has mass beyond {x[0]:g} or {x[-1]:g}; pass a `start` whose "
            "40 deviations to each side hold all of it"
        )


def refuse_too_narrow(mean, deviation, step):
    if deviation < 2 * step:
        raise ValueError(
            f"the target is no wider than two steps of the sum, {2 * step:.2g}; pass a "
            f"`start` near x = {mean:.3g} with a smaller deviation"
        )
