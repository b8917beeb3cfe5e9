"""Gradients whose common length is bounded, so that one bad batch makes no huge step."""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_nan, refuse_not_positive
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:clip_grad_norm_refuses]
def no_gradient(gradients):
    if not gradients:
        raise ValueError(
            "`gradients` is empty; pass the gradient of one parameter at least"
        )
    for name, gradient in gradients.items():
        refuse_nan(gradient, f"gradients[{name!r}]")


def no_bound(max_norm):
    refuse_not_positive(max_norm=max_norm)


def overflow(result):
    refuse_overflowed(result[1], "the norm")


@refuses(no_gradient, no_bound, overflow)
# --8<-- [end:clip_grad_norm_refuses]
# --8<-- [start:clip_grad_norm]
def clip_grad_norm(
    gradients: dict[str, Real[ndarray, "..."]], max_norm: float
) -> tuple[dict[str, Float[ndarray, "..."] | np.floating], np.floating]:
    """All gradients times one factor, so that their common norm is at most `max_norm`.

    The norm is that of one long vector of all entries. A smaller one is not scaled up.

    How:
        norm = √(Σ g²) over every entry of every parameter, as if they were one vector;
        the factor is max_norm / norm where norm is larger, else 1. One factor for all
        keeps the direction of the step.

    Args:
        gradients: The gradient of each parameter, by its name.
        max_norm: The largest norm that is let through as it is.

    Returns:
        The gradients after, by the same names; and their norm before clipping, for the log.

    Raises:
        ValueError: There is no gradient, one holds nan or infinity, `max_norm` is not a
            finite number above 0, or the norm overflows.

    Source:
        Pascanu, Mikolov and Bengio (2013), algorithm 1, https://arxiv.org/abs/1211.5063

    Example:
        A vector of length 5 over two parameters becomes one of length 1.

        >>> gradients = {"w": np.array([[3.0, 0.0]]), "b": np.array([4.0])}
        >>> clipped, norm = clip_grad_norm(gradients, 1.0)
        >>> clipped["w"].round(6), clipped["b"].round(6), norm
        (array([[0.6, 0. ]]), array([0.8]), np.float64(5.0))
    """
    # Squares in float64: in float32 that of 2e19 is already infinite.
    squares = [np.square(g, dtype=np.float64).sum() for g in gradients.values()]
    norm = np.sqrt(np.sum(squares))
    factor = float(max_norm / max(norm, max_norm))  # 1 where the norm is small enough
    return {name: as_float(g) * factor for name, g in gradients.items()}, norm


# --8<-- [end:clip_grad_norm]
