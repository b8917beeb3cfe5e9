"""A Gaussian fitted to a density with one or more modes, by KL in either direction.

One dimension, where every integral can be done on a grid. Nothing here is sampled, so what
differs between two fits is the direction, and not the luck of the draw.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.gradient_check import numerical_gradient
from answers.inputs import as_float, first, refuse_below, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.probability.softmax import log_softmax, logsumexp

LOG_ROOT_TAU = math.log(2 * math.pi) / 2


def refuse_no_gaussian(pair: tuple[float, float], name: str) -> None:
    """Raise unless the pair is a mean and a standard deviation."""
    mean, deviation = pair
    if not (0 < deviation < math.inf and math.isfinite(mean)):
        raise ValueError(
            f"{name} is {(mean, deviation)}; pass a finite mean and a deviation above 0"
        )


# --8<-- [start:densities_refuses]
def no_mixture(self):
    for name in ("weights", "means", "deviations"):
        refuse_empty(getattr(self, name), name)
        refuse_nan(getattr(self, name), name)
    if (self.weights < 0).any() or abs(self.weights.sum() - 1) > 1e-9:
        raise ValueError(
            f"`weights` are {self.weights}; they must be at least 0 and sum to 1"
        )
    if (wrong := self.deviations <= 0).any():
        raise ValueError(
            f"`deviations` holds {first(self.deviations, wrong)}; a standard "
            "deviation is above 0"
        )


# --8<-- [end:densities_refuses]
# --8<-- [start:densities]
class Gaussian(NamedTuple):
    """A normal density, by its mean and its standard deviation."""

    mean: float
    deviation: float

    def log_density(self, x: Real[ndarray, "*points"]) -> Float[ndarray, "*points"]:
        refuse_no_gaussian(self, "the Gaussian")
        return log_normal(as_float(x), self.mean, self.deviation)


@dataclass(frozen=True, eq=False)
class Mixture:
    """A weighted sum of normal densities.

    Attributes:
        weights: At least 0, and 1 in all.
        means: The mean of each part.
        deviations: The standard deviation of each part, above 0.

    Raises:
        ValueError: There is no part, an entry is nan or infinite, a weight is negative,
            the weights do not sum to 1, or a deviation is not above 0.

    Example:
        >>> p = Mixture(np.array([0.5, 0.5]), np.array([-3, 3]), np.array([1, 1]))
        >>> p.mean, p.deviation.round(4)
        (np.float64(0.0), np.float64(3.1623))
    """

    weights: Real[ndarray, " parts"]
    means: Real[ndarray, " parts"]
    deviations: Real[ndarray, " parts"]

    @refuses(no_mixture)
    def __post_init__(self):
        for name in ("weights", "means", "deviations"):
            object.__setattr__(self, name, as_float(getattr(self, name)))

    @property
    def mean(self) -> np.floating:
        return self.weights @ self.means

    @property
    def deviation(self) -> np.floating:
        spread = self.deviations**2 + (self.means - self.mean) ** 2
        return np.sqrt(self.weights @ spread)

    def log_density(self, x: Real[ndarray, "*points"]) -> Float[ndarray, "*points"]:
        # A weight may be 0.
        with np.errstate(divide="ignore"):
            logs = np.log(self.weights)
        # Parts along the first axis: NumPy reduces a short last one slowly.
        logs, means, deviations = (
            a.reshape(-1, *(1 for _ in x.shape))
            for a in (logs, self.means, self.deviations)
        )
        return logsumexp(logs + log_normal(as_float(x), means, deviations), axis=0)


def log_normal(x, mean, deviation):
    """log of the normal density at x: finite where the density itself rounds to 0."""
    return -(((x - mean) / deviation) ** 2) / 2 - np.log(deviation) - LOG_ROOT_TAU


# --8<-- [end:densities]


# --8<-- [start:two_modes]
def two_modes(mode: float, deviation: float = 1.0) -> Mixture:
    """Two equal normal densities, around `mode` and around -`mode`."""
    return Mixture(
        np.array([0.5, 0.5]), np.array([-mode, mode]), np.array([deviation] * 2)
    )


# --8<-- [end:two_modes]


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
        # A fit over both ends then steps over the narrow bends of log p: see Z.
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
    """Newton's method: steps are halved until one leads downhill."""
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


# Called at every step.
@no_type_check
def refuse_no_mass(logs, x):
    if (nothing := np.isneginf(logs)).any():
        raise ValueError(
            f"the target has no mass at x = {x[nothing][0]:.3g}, where every Gaussian has "
            "some: KL(q‖p) is infinite for all of them; fit forward"
        )


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


# --8<-- [start:kl_of_densities]
def kl_of_densities(p: Gaussian | Mixture, q: Gaussian | Mixture) -> float:
    """KL(p‖q) of two densities in nats, by the trapezoidal rule.

    Raises:
        ValueError: A Gaussian has no finite mean or no deviation above 0, or both densities
            together reach over more than 100,000 of the smallest deviation.

    Example:
        Two normal densities of deviation 1, a distance 3 apart: 3²/2.

        >>> round(kl_of_densities(Gaussian(0, 1), Gaussian(3, 1)), 6)
        4.5
    """
    x = grid(p, q)
    return kl_on(x, p.log_density(x), q.log_density(x))


def kl_on(x, log_p, log_q):
    """The same for two log densities at evenly spaced x."""
    return float((np.exp(log_p) * (log_p - log_q)).sum() * (x[1] - x[0]))


def grid(*densities: Gaussian | Mixture, points: int = 32) -> Float[ndarray, " points"]:
    """Points that reach 12 deviations beyond every part, `points` or more to a deviation."""
    for each in densities:
        if isinstance(each, Gaussian):
            refuse_no_gaussian(each, "a Gaussian")
    parts = [
        (d.means, d.deviations)
        if isinstance(d, Mixture)
        else (np.array([d.mean]), np.array([d.deviation]))
        for d in densities
    ]
    low = min((means - 12 * deviations).min() for means, deviations in parts)
    high = max((means + 12 * deviations).max() for means, deviations in parts)
    narrowest = min(deviations.min() for _, deviations in parts)
    if (wide := (high - low) / narrowest) > 100_000:
        raise ValueError(
            f"the densities reach over {wide:.4g} of the smallest deviation, too many for a "
            "sum; bring them within 100,000"
        )
    return np.linspace(low, high, 1 + math.ceil(points * wide))


# --8<-- [end:kl_of_densities]


# --8<-- [start:fit_mixture_refuses]
def no_logit(start):
    if not start.weights.all():
        raise ValueError(
            f"`weights` of `start` are {start.weights}; a part of weight 0 never moves: "
            "leave it out"
        )


def no_count(steps):
    refuse_below(0, steps=steps)


@refuses(no_logit, no_count)
# --8<-- [end:fit_mixture_refuses]
# --8<-- [start:fit_mixture]
def fit_mixture(
    target: Mixture,
    direction: Literal["forward", "reverse"],
    start: Mixture,
    steps: int = 300,
    rate: float = 0.5,
) -> Mixture:
    """A mixture moved from `start` towards `target` by gradient descent on KL.

    With as many parts as the target it can reach it: then the divergence is 0, and the
    global minimum the same in both directions. Whether it gets there is another matter.

    Args:
        target: p.
        direction: "forward" descends KL(p‖q), "reverse" KL(q‖p).
        start: q at the beginning. Its logits, means and log deviations are moved.
        steps: How many steps are taken.
        rate: What the gradient is multiplied by.

    Raises:
        ValueError: A weight of `start` is 0, which no finite logit is, or `steps` is
            negative.

    Example:
        >>> p = two_modes(1)
        >>> q = fit_mixture(p, "forward", start=two_modes(2))
        >>> q.means.round(2), q.deviations.round(2)
        (array([-1.,  1.]), array([1., 1.]))
    """
    x = grid(target, start, points=8)
    log_p = target.log_density(x)

    def model(theta):
        logits, means, log_deviations = theta
        return Mixture(np.exp(log_softmax(logits)), means, np.exp(log_deviations))

    def divergence(theta):
        log_q = model(theta).log_density(x)
        pair = (log_p, log_q) if direction == "forward" else (log_q, log_p)
        return kl_on(x, *pair)

    theta = np.stack([np.log(start.weights), start.means, np.log(start.deviations)])
    for _ in range(steps):
        theta = theta - rate * numerical_gradient(divergence, theta)
    return model(theta)


# --8<-- [end:fit_mixture]
