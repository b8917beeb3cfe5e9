"""Initial weights whose variance keeps the size of a signal from layer to layer.

Weights are (fan_in, fan_out), inputs along the rows, as `answers.networks.layers.affine` takes
them. PyTorch stores the transpose: there fan_in is `shape[1]`.
"""

import math

import numpy as np
from jaxtyping import Float
from numpy import ndarray

from answers.inputs import refuse_below, refuse_not_positive
from answers.inputs.contracts import refuses


# --8<-- [start:kaiming_normal_refuses]
def no_layer(fan_in, fan_out, gain):
    refuse_below(1, fan_in=fan_in, fan_out=fan_out)
    refuse_not_positive(gain=gain)


@refuses(no_layer)
# --8<-- [end:kaiming_normal_refuses]
# --8<-- [start:kaiming_normal]
def kaiming_normal(
    fan_in: int, fan_out: int, rng: np.random.Generator, gain: float = math.sqrt(2)
) -> Float[ndarray, "{fan_in} {fan_out}"]:
    """Normal weights of variance gain² / fan_in: outputs are as large as inputs were.

    A sum of fan_in products has fan_in times the variance of one, so the weights' variance
    is divided by fan_in. ReLU halves the mean square, so gain² is 2.

    Args:
        fan_in: Inputs of the layer, which are the rows here.
        fan_out: Outputs of the layer.
        rng: Where the weights are drawn from.
        gain: √2 before ReLU, 1 before nothing, 1/√(2 · blocks) for a projection that is
            added to a residual stream.

    Raises:
        ValueError: A size is below 1, or `gain` is not a finite number above 0.

    Source:
        He et al. (2015), equation 10, https://arxiv.org/abs/1502.01852

    Example:
        >>> w = kaiming_normal(800, 500, np.random.default_rng(0))
        >>> w.shape, (800 * w.var()).round(1)
        ((800, 500), np.float64(2.0))
    """
    return rng.normal(size=(fan_in, fan_out)) * (gain / math.sqrt(fan_in))


# --8<-- [end:kaiming_normal]
