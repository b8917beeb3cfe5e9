"""A two-layer classifier, affine → ReLU → affine → softmax, its gradients by hand."""

import math

import numpy as np
from jaxtyping import Bool, Float, Integer, Real
from numpy import ndarray

from answers.inputs import (
    as_float,
    refuse_empty,
    refuse_labels_out_of_range,
    refuse_nan,
)
from answers.inputs.contracts import refuses
from answers.networks.layers import affine, relu
from answers.probability.softmax import cross_entropy

BAD = refuse_empty, refuse_nan


# --8<-- [start:two_layer_gradients]
def two_layer_gradients(
    x: Real[ndarray, "batch d_in"],
    y: Integer[ndarray, " batch"] | Bool[ndarray, " batch"],
    w1: Real[ndarray, "d_in hidden"],
    b1: Real[ndarray, " hidden"],
    w2: Real[ndarray, "hidden classes"],
    b2: Real[ndarray, " classes"],
) -> tuple[np.floating, dict[str, Float[ndarray, "..."]]]:
    """The mean cross-entropy of a two-layer network, with the gradient of every array.

    The first layer is affine and followed by ReLU, the second is affine, and softmax
    makes probabilities of what it gives: affine → ReLU → affine → softmax.

    Args:
        x: Inputs, one per row.
        y: The index of the right class of each row.
        w1: Weights of the first layer, inputs along the rows.
        b1: Bias of the first layer.
        w2: Weights of the second layer.
        b2: Bias of the second layer.

    Returns:
        The mean loss in nats, and a dict with the gradients of "x", "w1", "b1", "w2",
        "b2".

    Raises:
        ValueError: The batch is empty, a label is not one of 0 to classes - 1, or an
            argument holds nan or infinity.

    Source:
        Rumelhart, Hinton and Williams (1986), https://doi.org/10.1038/323533a0

    Example:
        Both logits are 0, so the loss is log 2. The first hidden unit, 3, should grow;
        ReLU has switched the second off.

        >>> w1, b1 = np.array([[2.0, -2.0]]), np.zeros(2)
        >>> w2, b2 = np.array([[1.0, -1.0], [1.0, 0.0]]), np.array([-3.0, 3.0])
        >>> x, y = np.array([[1.5]]), np.array([0])
        >>> loss, gradients = two_layer_gradients(x, y, w1, b1, w2, b2)
        >>> loss.round(6), gradients["w1"], gradients["x"]
        (np.float64(0.693147), array([[-1.5,  0. ]]), array([[-2.]]))
        >>> gradients["w2"]
        array([[-1.5,  1.5],
               [ 0. ,  0. ]])
    """
    loss, delta1, gradients = backward(x, y, w1, b1, w2, b2)
    return loss, {"x": delta1 @ w1.T, **gradients}


# --8<-- [end:two_layer_gradients]


# --8<-- [start:backward_refuses]
def no_class(y, b2):
    refuse_labels_out_of_range(y, len(b2), "y")


def no_loss(result, x, y, w1, b1, w2, b2):
    if not np.isfinite(result[0]):
        # It says which logit has overflowed.
        cross_entropy(np.maximum(as_float(x) @ w1 + b1, 0) @ w2 + b2, y)


@refuses(no_class, no_loss, x=BAD, w1=BAD, b1=BAD, w2=BAD, b2=BAD)
# --8<-- [end:backward_refuses]
# --8<-- [start:backward]
def backward(x, y, w1, b1, w2, b2):
    """The mean loss, its gradient at z, and its gradients at the four parameters."""
    x, right = as_float(x), (np.arange(len(y)), y.astype(np.intp))
    z = x @ w1 + b1  # (N, H)
    a = np.maximum(z, 0)  # (N, H)
    s = a @ w2 + b2  # (N, K)
    s -= s.max(axis=1, keepdims=True)  # exp overflows above 709
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    loss = -log_p[right].mean()

    delta2 = np.exp(log_p)
    delta2[right] -= 1
    delta2 /= len(x)  # the only 1/N
    delta1 = (delta2 @ w2.T) * (z > 0)  # the mask of this same forward pass
    first = {"w1": x.T @ delta1, "b1": delta1.sum(axis=0)}
    second = {"w2": a.T @ delta2, "b2": delta2.sum(axis=0)}
    return loss, delta1, first | second


# --8<-- [end:backward]


def no_unit(size, name):
    if size < 1:
        raise ValueError(f"`{name}` is {size}; a layer needs at least one unit")


# --8<-- [start:net]
class TwoLayerNet:
    """Parameters of the network, its logits, and the gradients of its loss.

    Weights start as normal numbers of standard deviation √(2 / inputs) (He et al.,
    2015, arXiv 1502.01852), which keeps the size of the activations through a ReLU; the
    last layer starts 10 times smaller, so that the first loss is close to log(classes).

    Example:
        >>> net = TwoLayerNet(4, hidden=5, classes=3, rng=np.random.default_rng(0))
        >>> {name: array.shape for name, array in net.params.items()}
        {'w1': (4, 5), 'b1': (5,), 'w2': (5, 3), 'b2': (3,)}
    """

    @refuses(d_in=no_unit, hidden=no_unit, classes=no_unit)
    def __init__(self, d_in: int, hidden: int, classes: int, rng: np.random.Generator):
        self.params = {
            "w1": rng.normal(scale=math.sqrt(2 / d_in), size=(d_in, hidden)),
            "b1": np.zeros(hidden),
            "w2": rng.normal(scale=0.1 * math.sqrt(2 / hidden), size=(hidden, classes)),
            "b2": np.zeros(classes),
        }

    def logits(self, x: Real[ndarray, "batch d_in"]) -> Float[ndarray, "batch classes"]:
        """Scores of each class, before softmax."""
        p = self.params
        return affine(relu(affine(x, p["w1"], p["b1"])), p["w2"], p["b2"])

    def loss_and_gradients(
        self,
        x: Real[ndarray, "batch d_in"],
        y: Integer[ndarray, " batch"] | Bool[ndarray, " batch"],
    ) -> tuple[np.floating, dict[str, Float[ndarray, "..."]]]:
        """The mean loss in nats, and the gradients of `params` by name.

        The input's gradient is left out: it would cost a product as large as the
        forward pass of the first layer. `two_layer_gradients` has it.
        """
        loss, _, gradients = backward(x, y, **self.params)
        return loss, gradients


# --8<-- [end:net]
