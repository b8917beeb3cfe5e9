"""Newton's method to a Gaussian q at which KL(q‖p) is least, for one density p."""

import math
from collections.abc import Callable
from typing import no_type_check

import numpy as np

from answers.probability.densities import Gaussian

# --8<-- [start:descend]
# The trapezoidal rule over 8.5 deviations. Between two parts log p bends within
# deviation² / distance, which the steps must resolve: hence so many.
Z = np.linspace(-8.5, 8.5, 3201)
WEIGHTS = np.exp(-(Z**2) / 2) / np.exp(-(Z**2) / 2).sum()
# E[h(z) L] for h = 1 and the polynomials that differentiate E[L(mean + deviation z)].
POLYNOMIALS = WEIGHTS * np.stack(
    [np.ones_like(Z), Z, Z**2 - 1, Z**3 - 3 * Z, Z**4 - 4 * Z**2 + 1]
)


def reverse_objective(log_density, mean, deviation):
    """KL(q‖p) but for a constant, its gradient, and its Hessian.

    With respect to (mean, log deviation), the first counted in deviations. By Stein's lemma,
    E[L'(mean + deviation z)] deviation = E[z L], so no derivative of log p is needed.
    """
    x = mean + deviation * Z
    logs = log_density(x)
    refuse_no_mass(logs, x)
    # The constant of a density that is not normalised would take digits from the rest.
    level = logs[len(Z) // 2]
    value, by_mean, by_log, mixed, twice = POLYNOMIALS @ (logs - level)
    gradient = np.array([-by_mean, -1 - by_log])
    hessian = -np.array([[by_log, mixed], [mixed, twice]])
    return -math.log(deviation) - value - level, gradient, hessian


# A check of types takes as long as the step.
@no_type_check
def newton_step(gradient, hessian):
    """-H⁻¹ gradient, turned downhill where the curvature is negative."""
    curvatures, axes = np.linalg.eigh(hessian)
    step = -axes @ (axes.T @ gradient / np.maximum(np.abs(curvatures), 1e-6))
    # A long step could leave the basin of the start.
    return step * min(1, 0.5 / np.abs(step).max())


def descend(log_density: Callable, start: Gaussian) -> Gaussian:
    """The Gaussian at a minimum of KL(q‖p), by Newton's method from `start`.

    Steps are halved until one leads downhill.

    Args:
        log_density: Takes an array x, returns log p(x), which needs no normalisation.
        start: q at the beginning.

    Raises:
        ValueError: p has no mass within 8.5 deviations of a q that is tried, or the
            descent does not end.

    Example:
        >>> fit = descend(Gaussian(3, 2).log_density, start=Gaussian(0, 1))
        >>> round(fit.mean, 6), round(fit.deviation, 6)
        (3.0, 2.0)
    """
    mean, deviation = map(float, start)
    value, gradient, hessian = reverse_objective(log_density, mean, deviation)
    for _ in range(500):
        rounding = np.finfo(float).eps * abs(value)
        if np.abs(gradient).max() < 1e-8 + rounding:
            return Gaussian(mean, deviation)
        step = newton_step(gradient, hessian)
        for _ in range(40):
            at = mean + float(step[0]) * deviation, deviation * math.exp(step[1])
            new = reverse_objective(log_density, *at)
            if new[0] <= value + 1e-12 + rounding:
                break
            step /= 2
        (mean, deviation), (value, gradient, hessian) = at, new
    raise ValueError(
        f"the reverse fit has not settled: it is at mean {mean:.3g}, deviation "
        f"{deviation:.3g}; is the target a density that falls on both sides, and has no "
        "part some hundred times as narrow?"
    )


# --8<-- [end:descend]


# Called at every step.
@no_type_check
def refuse_no_mass(logs, x):
    if (nothing := np.isneginf(logs)).any():
        raise ValueError(
            f"the target has no mass at x = {x[nothing][0]:.3g}, where every Gaussian has "
            "some: KL(q‖p) is infinite for all of them; fit forward"
        )
