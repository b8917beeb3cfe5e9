"""Flow matching: a velocity that carries noise to data along straight lines, by its loss.

Time runs as in Stable Diffusion 3 and in rectified flows turned around: 0 is data, 1 is noise.
Lipman et al. (2023) count the other way, from noise at 0 to data at 1.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, first
from answers.inputs.contracts import refuses
from answers.probability.diffusion import BAD, loss_overflows, output


# --8<-- [start:flow_matching_loss_refuses]
def no_time(t, name):
    if (wrong := ~((t >= 0) & (t <= 1))).any():
        raise ValueError(f"`{name}` holds {first(t, wrong)}; time runs from 0 to 1")


@refuses(loss_overflows, x0=BAD, noise=BAD, t=no_time)
# --8<-- [end:flow_matching_loss_refuses]
# --8<-- [start:flow_matching_loss]
def flow_matching_loss(
    model: Callable,
    x0: Real[ndarray, "batch *shape"],
    noise: Real[ndarray, "batch *shape"],
    t: Float[ndarray, " batch"],
) -> tuple[np.floating, Float[ndarray, "batch *shape"]]:
    """The mean of (û - u)² over all entries, and its gradient at the model's output.

    The line from data to noise is x_t = (1 - t) x₀ + t ε, and u = ε - x₀ is its velocity.

    How:
        Each example has its own t, so that t gets one axis for each axis of an example. The
        velocity is dx_t / dt, the same at all t.

    Args:
        model: Called once, as model(samples on the lines, t); it returns û in their shape.
        x0: Data, one example for each index of the first axis.
        noise: ε, drawn from the standard normal distribution.
        t: The time of each example, from 0 (data) to 1 (noise).

    Returns:
        (loss, gradient): a number, and an array of the shape of `x0`.

    Raises:
        ValueError: An array is empty, `x0` or `noise` holds nan or infinity, a time does not lie
            from 0 to 1, the model's output has another shape than `noise`, or the loss or a
            gradient overflows.

    Source:
        Esser et al. (2024), section 2, https://arxiv.org/abs/2403.03206; Lipman et al. (2023),
        equation 23, https://arxiv.org/abs/2210.02747, with time the other way

    Example:
        The velocity is (-2, 4); a model that answers 0 is off by that.

        >>> x0, noise = np.array([[3.0, -1.0]]), np.array([[1.0, 3.0]])
        >>> silent = lambda x, t: 0 * x
        >>> flow_matching_loss(silent, x0, noise, np.array([0.5]))
        (np.float64(10.0), array([[ 2., -4.]]))
    """
    x0, noise = as_float(x0), as_float(noise)
    at = t.astype(x0.dtype).reshape(-1, *[1] * (x0.ndim - 1))
    off = output(model, (1 - at) * x0 + at * noise, t) - (noise - x0)
    return (off**2).mean(), 2 * off / off.size


# --8<-- [end:flow_matching_loss]
