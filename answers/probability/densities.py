"""Normal densities, mixtures of them, and KL divergence between two, by a sum on a grid."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, first, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.probability.softmax import logsumexp

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
