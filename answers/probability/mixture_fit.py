"""A mixture fitted to another one by gradient descent on KL in either direction."""

from typing import Literal

import numpy as np

from answers.gradient_check import numerical_gradient
from answers.inputs import refuse_below
from answers.inputs.contracts import refuses
from answers.probability.densities import Mixture, grid, kl_on
from answers.probability.softmax import log_softmax


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
        >>> from answers.probability.densities import two_modes
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
