"""Is this gradient right? Compare it with finite differences of the loss itself."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import no_type_check

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_below, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:numerical_gradient_refuses]
def no_step(h, name):
    if not 0 < h < np.inf:
        raise ValueError(f"`{name}` is {h}; pass a positive, finite step")


def unmoved(x, h):
    x = as_float(x)
    # A float64 of NumPy would lift a float32 array, and so hide that nothing moves.
    h = default_step(x) if h is None else float(h)
    stays = np.argwhere(x + h == x - h)
    if len(stays):
        index = tuple(stays[0].tolist())
        raise ValueError(
            f"`h` = {h} is too small to change x = {x[index]} at index {index}; "
            "pass a larger h"
        )


@refuses(unmoved, x=BAD, h=no_step)
# --8<-- [end:numerical_gradient_refuses]
# --8<-- [start:numerical_gradient]
def numerical_gradient(
    f: Callable, x: Real[ndarray, "*shape"], h: float | None = None
) -> Float[ndarray, "*shape"]:
    """The gradient of `f` at `x` by centred differences.

    How:
        (f(x + h) - f(x - h)) / 2h, for each entry by itself. The centred difference has
        an error of order h², the one-sided one of order h. A smaller h truncates less and
        rounds more. Where f and its third derivative are alike in size, the two balance
        near the cube root of the machine epsilon, which is the default: 6e-6 in float64,
        5e-3 in float32.

    Args:
        f: Takes an array like `x`, returns one number. Called twice for each entry.
        x: Where to differentiate; not changed. Integers are taken as float64.
        h: The step to either side. None chooses it from the precision of `x`.

    Raises:
        ValueError: `x` is empty or holds nan or infinity, h is not positive and finite
            or too small to change an entry, or `f` returns None, an array, nan or
            infinity.

    Source:
        Nocedal and Wright (2006), Numerical Optimization, section 8.1

    Example:
        The slope of x² is 2x; a centred difference of a parabola has no error of its
        own.

        >>> numerical_gradient(lambda x: (x**2).sum(), np.array([1.0, -3.0])).round(6)
        array([ 2., -6.])
    """
    x = as_float(x)
    h = default_step(x) if h is None else h
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        # The step that was really taken: x + h rounds.
        step = up[index] - down[index]
        gradient[index] = (value(f, up, index) - value(f, down, index)) / step
    return gradient


# --8<-- [end:numerical_gradient]


def default_step(x):
    """The cube root of the machine epsilon of `x`."""
    return float(np.finfo(x.dtype).eps) ** (1 / 3)


@no_type_check  # It is called twice for each entry.
def value(f, x, index):
    """f(x), refused unless it is one finite number."""
    y = f(x)
    if y is None or np.ndim(y) != 0:
        what = "None" if y is None else f"shape {np.shape(y)}"
        raise ValueError(f"`f` returned {what}; it must return one number, the loss")
    y = float(y)
    if not math.isfinite(y):
        raise ValueError(
            f"`f` returned {y} for a step at index {index}; the loss must be finite"
        )
    return y


# --8<-- [start:relative_error_refuses]
def no_difference(result, a, b):
    if not np.isfinite(result):
        refuse_nan(a, "a")
        refuse_nan(b, "b")
        refuse_overflowed(relative_errors(as_float(a), as_float(b)), "a difference")


@refuses(no_difference, a=refuse_empty, b=refuse_empty)
# --8<-- [end:relative_error_refuses]
# --8<-- [start:relative_error]
def relative_error(a: Real[ndarray, "*shape"], b: Real[ndarray, "*shape"]) -> float:
    """The largest |a - b| / max(|a|, |b|), counted as 0 where both are 0.

    Between 0 and 1 where the signs agree, up to 2 where they differ; the same when both
    are scaled. A gradient that is c times the right one shows |c - 1| / max(1, |c|)
    wherever the right one is not 0.

    Raises:
        ValueError: An argument is empty or holds nan or infinity, or a difference
            overflows.

    Example:
        >>> relative_error(np.array([0.0, 4.0]), np.array([0.0, 5.0]))
        0.2
    """
    return float(relative_errors(as_float(a), as_float(b)).max())


def relative_errors(a, b):
    """|a - b| / max(|a|, |b|) entry by entry, 0 where both are 0."""
    size = np.maximum(np.abs(a), np.abs(b))
    return np.abs(a - b) / np.where(size == 0, 1, size)


# --8<-- [end:relative_error]


# --8<-- [start:gradient_report]
@dataclass(frozen=True)
class GradientReport:
    """What a gradient check found.

    Attributes:
        max_error: The largest relative error of the entries that count.
        worst_index: Where it is.
        analytical: The given gradient there.
        numerical: The finite difference there.
        factor: If a wrong gradient is a constant times the right one, that constant.
            None if it is 0, within 0.001 of 1, blurred by the error of the step, or
            there is one slope only to tell it by.
        tolerance: The largest relative error of a gradient that passes.
        unseen: How many entries differ by no more than the rounding of `f`, and do not
            count.
        noise: What that rounding may add to a slope.
        verdict: "ok", "WRONG", or "cannot tell" where no entry could be judged.
    """

    max_error: float
    worst_index: tuple[int, ...]
    analytical: float
    numerical: float
    factor: float | None
    tolerance: float
    unseen: int
    noise: float
    verdict: str

    @property
    def passed(self) -> bool:
        return self.verdict == "ok"

    def __str__(self) -> str:
        if self.verdict == "cannot tell":
            return f"cannot tell: rounding alone may move a slope by {self.noise:.1e}"
        if self.passed:
            line = f"ok     error below {bound(self.max_error)}"
            if self.unseen:
                line += f" ({self.unseen} entries off by rounding at most)"
            return line
        line = (
            f"WRONG  error {self.max_error:.1e} at {self.worst_index}: "
            f"{self.analytical:.6g}, numerically {self.numerical:.6g}"
        )
        if self.factor is not None:
            line += f"; everywhere {self.factor:.4g} times"
        return line


def bound(error: float) -> str:
    """A power of 1000 above `error`: a finer one differs between processors.

    Rounding errors depend on the order of additions and on the digits of exp, which the
    same NumPy takes from different instructions on different machines.
    """
    if error == 0:
        return "1e-15"
    return f"1e{3 * math.floor(math.log10(error) / 3) + 3}"


# --8<-- [end:gradient_report]


# --8<-- [start:check_gradient_refuses]
def no_tolerance(tolerance, name):
    refuse_below(0, **{name: tolerance})


@refuses(gradient=refuse_nan, tolerance=no_tolerance)
# --8<-- [end:check_gradient_refuses]
# --8<-- [start:check_gradient]
def check_gradient(
    f: Callable,
    x: Real[ndarray, "*shape"],
    gradient: Real[ndarray, "*shape"],
    h: float | None = None,
    tolerance: float = 1e-5,
) -> GradientReport:
    """Compare `gradient` with the finite differences of `f` at `x`.

    f is taken to round by eps max(1, |f|), so its slope by that over h. A difference of
    up to four times as much may be rounding: it fails no entry. (A loss in which larger
    numbers cancel rounds more: scale it.) If in addition no entry agrees on a slope other
    than 0, the check has shown nothing, and the verdict is "cannot tell". A larger h, or
    a loss without its large constant, shows more.

    Args:
        f: The loss as a function of an array like `x`.
        x: Where the gradient was taken. Use float64: in float32 a right gradient can
            fail.
        gradient: The gradient to check.
        h: The step of the finite difference.
        tolerance: The largest relative error that passes.

    Raises:
        ValueError: As `numerical_gradient`, `gradient` holds nan or infinity, or
            `tolerance` is negative or not finite.

    Example:
        The slope of x² is 2x, not 4x.

        >>> x = np.array([0.0, 3.0])
        >>> print(check_gradient(lambda x: (x**2).sum(), x, 4 * x))
        WRONG  error 5.0e-01 at (1,): 12, numerically 6
    """
    x, gradient = as_float(x), as_float(gradient)
    numerical = numerical_gradient(f, x, h)
    h = default_step(x) if h is None else h
    # A loss near 0 keeps the rounding of what it is the difference or the logarithm of.
    noise = 4 * np.finfo(x.dtype).eps * max(1, abs(float(f(x.copy())))) / h
    errors = relative_errors(gradient, numerical)
    unseen = (errors > tolerance) & (np.abs(gradient - numerical) <= noise)
    # 0 against 0 shows no more than that the slope is below the noise.
    agree = (errors <= tolerance) & (gradient != 0)
    errors = np.where(unseen, 0, errors)
    # A constant factor makes all errors equal but for rounding: name the first of them.
    largest = float(errors.max())
    worst = np.unravel_index((errors >= 0.999 * largest).argmax(), errors.shape)
    verdict, factor = "ok" if agree.any() else "cannot tell", None
    if largest > tolerance:
        verdict, factor = "WRONG", constant_factor(gradient, numerical, noise)
    return GradientReport(
        max_error=largest,
        worst_index=tuple(map(int, worst)),
        analytical=float(gradient[worst]),
        numerical=float(numerical[worst]),
        factor=factor,
        tolerance=tolerance,
        unseen=int(unseen.sum()),
        noise=float(noise),
        verdict=verdict,
    )


def constant_factor(gradient, numerical, noise) -> float | None:
    """The c with gradient = c · numerical, if there is one other than 0 and 1."""
    # One number is always c times another.
    if (np.abs(numerical) > noise).sum() < 2:
        return None
    c = float((gradient * numerical).sum() / (numerical * numerical).sum())
    slack = 1e-4 * np.abs(gradient) + noise * (1 + abs(c))
    fits = np.abs(gradient - c * numerical) <= slack
    return c if fits.all() and c != 0 and abs(c - 1) > 1e-3 else None


# --8<-- [end:check_gradient]


# --8<-- [start:check_directions_refuses]
def none(directions, name):
    if directions < 1:
        raise ValueError(f"`{name}` is {directions}; try at least one")


@refuses(directions=none, x=BAD, gradient=refuse_nan)
# --8<-- [end:check_directions_refuses]
# --8<-- [start:check_directions]
def check_directions(
    f: Callable,
    x: Real[ndarray, "*shape"],
    gradient: Real[ndarray, "*shape"],
    rng: np.random.Generator,
    directions: int = 3,
) -> float:
    """The largest relative error of the slope of `f` along random directions.

    Along a direction u the slope is ⟨gradient, u⟩. Each direction costs two calls of
    `f` however many entries `x` has. A wrong entry moves the slope along almost every
    u, by its share of the length of the gradient: one small one among many may stay
    below a tolerance. Nothing is allowed for the rounding of `f`: a right slope that is
    tiny can fail.

    Args:
        f: The loss as a function of an array like `x`.
        x: Where the gradient was taken; it decides the precision and with it the step.
        gradient: The gradient to check.
        rng: Where the directions come from: normal entries.
        directions: How many to try.

    Raises:
        ValueError: As `check_gradient`, or `directions` is below 1.

    Example:
        >>> x = np.ones(1000)
        >>> rng = np.random.default_rng(0)
        >>> check_directions(lambda x: (x**2).sum(), x, 2 * x, rng) < 1e-6
        True
    """
    x, worst = as_float(x), 0.0
    h = default_step(x)
    for _ in range(directions):
        u = rng.normal(size=x.shape).astype(x.dtype)
        u /= np.linalg.norm(u)
        up, down = np.asarray(x + h * u), np.asarray(x - h * u)
        # The step that was really taken: x + h u rounds.
        step = (up - down) / (2 * h)
        if not step.any():
            raise ValueError(
                f"a step of {h:.0e} is too small to change x; scale x down"
            )
        slope = (value(f, up, ()) - value(f, down, ())) / (2 * h)
        right = (gradient * step).sum()
        worst = max(worst, relative_error(np.array(slope), np.array(right)))
    return worst


# --8<-- [end:check_directions]
