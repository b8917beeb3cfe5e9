"""SwiGLU, the feed-forward layer of Llama: one product is gated by another, and its gradient."""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:swiglu_refuses]
def overflow(result):
    refuse_overflowed(result, "the output")


@refuses(overflow, x=BAD, w_gate=BAD, w_up=BAD, w_down=BAD)
# --8<-- [end:swiglu_refuses]
# --8<-- [start:swiglu]
def swiglu(
    x: Real[ndarray, "*batch d"],
    w_gate: Real[ndarray, "d hidden"],
    w_up: Real[ndarray, "d hidden"],
    w_down: Real[ndarray, "hidden d_out"],
) -> Float[ndarray, "*batch d_out"]:
    """The gated feed-forward layer: (swish(x w_gate) · (x w_up)) w_down.

    swish(z) = z · sigmoid(z), which PyTorch calls SiLU. It acts on the gate alone; the other
    product stays linear. There are no biases.

    Args:
        x: Rows of d features; any leading axes.
        w_gate: Projection to the gate, whose swish is taken.
        w_up: Projection to what the gate multiplies, entry by entry.
        w_down: Projection back.

    Raises:
        ValueError: An array is empty or holds nan or infinity, or the output overflows.

    Source:
        Shazeer (2020), GLU Variants Improve Transformer, equation 6,
        https://arxiv.org/abs/2002.05202. Llama's files call the three w1, w3 and w2.

    Example:
        The gate is log 3, of which the sigmoid is 3/4.

        >>> x, one = np.array([[np.log(3)]]), np.ones((1, 1))
        >>> swiglu(x, one, one, one) / np.log(3) ** 2
        array([[0.75]])
    """
    x, w_gate, w_up, w_down = map(as_float, (x, w_gate, w_up, w_down))
    gate = x @ w_gate
    return gate * sigmoid(gate) * (x @ w_up) @ w_down


def sigmoid(z):
    return np.exp(-np.logaddexp(0, -z))  # exp(-z) alone overflows far below 0


# --8<-- [end:swiglu]


# --8<-- [start:swiglu_backward_refuses]
def gradients_overflow(result):
    for each, name in zip(result, ("dx", "dw_gate", "dw_up", "dw_down"), strict=True):
        refuse_overflowed(each, name)


@refuses(gradients_overflow, dout=BAD, x=BAD, w_gate=BAD, w_up=BAD, w_down=BAD)
# --8<-- [end:swiglu_backward_refuses]
# --8<-- [start:swiglu_backward]
def swiglu_backward(
    dout: Real[ndarray, "*batch d_out"],
    x: Real[ndarray, "*batch d"],
    w_gate: Real[ndarray, "d hidden"],
    w_up: Real[ndarray, "d hidden"],
    w_down: Real[ndarray, "hidden d_out"],
) -> tuple[
    Float[ndarray, "*batch d"],
    Float[ndarray, "d hidden"],
    Float[ndarray, "d hidden"],
    Float[ndarray, "hidden d_out"],
]:
    """The gradients of the loss with respect to the input and the three matrices of `swiglu`.

    How:
        The hidden layer is swish(gate) · up. Each factor's gradient is the upstream one times
        the other factor, and swish'(z) = s (1 + z (1 - s)), where s = sigmoid(z). x fed both
        products, so its gradient is the sum of two.

    Args:
        dout: Gradient of the loss with respect to the output.
        x: The input of the forward pass.
        w_gate: As in the forward pass.
        w_up: As in the forward pass.
        w_down: As in the forward pass.

    Returns:
        (dx, dw_gate, dw_up, dw_down), each of the shape of what it is the gradient of.

    Raises:
        ValueError: An array is empty or holds nan or infinity, or a gradient overflows.

    Source:
        The chain rule; Shazeer (2020), equation 6, https://arxiv.org/abs/2002.05202

    Example:
        At a gate of 0 the sigmoid is 1/2, and swish is 0: only the gate learns.

        >>> one = np.ones((1, 1))
        >>> [g.item() for g in swiglu_backward(one, one, 0 * one, 3 * one, one)]
        [0.0, 1.5, 0.0, 0.0]
    """
    dout, x, w_gate, w_up, w_down = map(as_float, (dout, x, w_gate, w_up, w_down))
    gate, up = x @ w_gate, x @ w_up
    share = sigmoid(gate)
    dhidden = dout @ w_down.T
    dgate = dhidden * up * share * (1 + gate * (1 - share))
    dup = dhidden * gate * share
    return (
        dgate @ w_gate.T + dup @ w_up.T,
        rows(x).T @ rows(dgate),
        rows(x).T @ rows(dup),
        rows(gate * share * up).T @ rows(dout),
    )


def rows(array):
    return array.reshape(-1, array.shape[-1])


# --8<-- [end:swiglu_backward]
