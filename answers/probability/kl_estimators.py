"""KL divergence estimated from samples of p, by the log-probabilities that p and q give them."""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, first, refuse_empty
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:k1_refuses]
def no_logarithm(logs, name):
    if (wrong := np.isnan(logs) | (logs == np.inf)).any():
        raise ValueError(
            f"`{name}` holds {first(logs, wrong)}; find the step that made it"
        )


def never_drawn(log_p):
    if (never := np.isneginf(log_p)).any():
        raise ValueError(
            f"`log_p` holds {first(log_p, never)}: p never draws such an x; the samples "
            "must come from p"
        )


def overflow_of(what):
    def overflow(result, log_p, log_q):
        if not np.isfinite(result).all():
            log = log_r(log_p, log_q)
            refuse_overflowed(log, "log r", log_q)
            refuse_overflowed(result, what, log)

    return overflow


LOGARITHMS = {"log_p": (refuse_empty, no_logarithm), "log_q": no_logarithm}


@refuses(never_drawn, overflow_of("log r"), **LOGARITHMS)
# --8<-- [end:k1_refuses]
# --8<-- [start:k1]
def k1(
    log_p: Real[ndarray, "*samples"], log_q: Real[ndarray, "*samples"]
) -> Float[ndarray, "*samples"] | np.floating:
    """-log r for each sample, where r = q(x)/p(x) and x is drawn from p.

    Its mean under p is KL(p‖q), by definition: no bias. Single values have any sign.

    Args:
        log_p: log p(x) in nats, for samples x drawn from p, not from q.
        log_q: log q(x) of the same samples.

    Raises:
        ValueError: There is no sample, `log_p` or `log_q` holds nan or +inf, or `log_p`
            holds -inf: p never draws such an x; or the result overflows.

    Source:
        Schulman (2020), Approximating KL Divergence, http://joschu.net/blog/kl-approx.html

    Example:
        >>> k1(np.log([0.5, 0.5]), np.log([0.8, 0.2])).round(4)
        array([-0.47  ,  0.9163])
    """
    return -log_r(log_p, log_q)


# --8<-- [end:k1]


# --8<-- [start:k2_refuses]
@refuses(never_drawn, overflow_of("(log r)²/2"), **LOGARITHMS)
# --8<-- [end:k2_refuses]
# --8<-- [start:k2]
def k2(
    log_p: Real[ndarray, "*samples"], log_q: Real[ndarray, "*samples"]
) -> Float[ndarray, "*samples"] | np.floating:
    """(log r)²/2 for each sample: never negative, and biased; for r and x, see k1.

    Raises:
        ValueError: As for k1.

    Example:
        >>> k2(np.log([0.5, 0.5]), np.log([0.8, 0.2])).round(4)
        array([0.1105, 0.4198])
    """
    return log_r(log_p, log_q) ** 2 / 2


# --8<-- [end:k2]


# --8<-- [start:k3_refuses]
@refuses(never_drawn, overflow_of("r - 1 - log r"), **LOGARITHMS)
# --8<-- [end:k3_refuses]
# --8<-- [start:k3]
def k3(
    log_p: Real[ndarray, "*samples"], log_q: Real[ndarray, "*samples"]
) -> Float[ndarray, "*samples"] | np.floating:
    """r - 1 - log r for each sample: never negative, no bias if p(x) = 0 only where
    q(x) = 0; for r and x, see k1.

    r - 1 has the mean 0 under p where q has no mass outside p. It cancels most of the
    noise of -log r as long as r is near 1, and adds to it where r varies much.

    Raises:
        ValueError: As for k1.

    Example:
        >>> k3(np.log([0.5, 0.5]), np.log([0.8, 0.2])).round(4)
        array([0.13  , 0.3163])
    """
    log = log_r(log_p, log_q)
    return np.expm1(log) - log


# --8<-- [end:k3]


# --8<-- [start:log_r]
def log_r(log_p, log_q):
    """log q(x) - log p(x), in floats."""
    return as_float(log_q) - as_float(log_p)


# --8<-- [end:log_r]
