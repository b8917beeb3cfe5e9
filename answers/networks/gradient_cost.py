"""What the gradient of a network costs in reverse and in forward mode, counted."""

import numpy as np

from answers.networks.computation_graph import Node, two_layer_loss
from answers.networks.forward_mode import Dual
from answers.networks.operation_count import count_operations
from answers.networks.two_layer_net import TwoLayerNet


# --8<-- [start:operations_by_size]
def operations_by_size(hidden: int) -> tuple[int, int, int, int]:
    """What the gradient of a net of 5 inputs and 3 classes costs on 32 examples.

    Args:
        hidden: Hidden units, at least 1.

    Returns:
        (parameters, operations of the loss, of the loss and its gradient in reverse
        mode, of the gradient in forward mode).

    Example:
        >>> operations_by_size(1)[0]
        12
    """
    rng = np.random.default_rng(0)
    parameters = list(TwoLayerNet(5, hidden, 3, rng).params.values())
    x, y = rng.normal(size=(32, 5)), rng.integers(3, size=32)

    def loss(*arrays):
        return two_layer_loss(x, y, *map(Node, arrays))

    def reverse(*arrays):
        loss(*arrays).backward()

    def forward(*arrays):
        zeros = [np.zeros(array.shape) for array in arrays]
        for tangent in zeros:
            for index in np.ndindex(tangent.shape):
                # One pass for each parameter.
                tangent[index] = 1
                two_layer_loss(x, y, *map(Dual, arrays, zeros))
                tangent[index] = 0

    size = sum(array.size for array in parameters)
    return size, *(count_operations(f, *parameters) for f in (loss, reverse, forward))


# --8<-- [end:operations_by_size]
