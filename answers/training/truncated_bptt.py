"""A recurrent network without gates, and its gradients, whole and cut at the borders of chunks.

Sequences are (steps, batch, features); the loss has a term at every step.
"""

from inspect import unwrap

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_below, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:rnn_refuses]
def states_overflow(result):
    refuse_overflowed(result, "a state")


@refuses(states_overflow, x=BAD, h=BAD, w_x=BAD, w_h=BAD, b=BAD)
# --8<-- [end:rnn_refuses]
# --8<-- [start:rnn]
def rnn(
    x: Real[ndarray, "steps batch inputs"],
    h: Real[ndarray, "batch hidden"],
    w_x: Real[ndarray, "inputs hidden"],
    w_h: Real[ndarray, "hidden hidden"],
    b: Real[ndarray, " hidden"],
) -> Float[ndarray, "steps batch hidden"]:
    """Every state of h ← tanh(x w_x + h w_h + b), step by step.

    Args:
        x: Sequences of equal length.
        h: The state before the first step.
        w_x: Weights of the inputs.
        w_h: Weights of the state.
        b: Bias; PyTorch has two, whose sum this is.

    Raises:
        ValueError: An array is empty or holds nan or infinity, or a state overflows.

    Source:
        Elman (1990), Finding structure in time; PyTorch, torch.nn.RNN

    Example:
        >>> x, one = np.array([[[0.5]], [[0.0]]]), np.ones((1, 1))
        >>> rnn(x, 0 * one, one, one, np.zeros(1)).round(3).ravel()
        array([0.462, 0.432])
    """
    x, h, w_x, w_h, b = map(as_float, (x, h, w_x, w_h, b))
    states = []
    for inputs in x:
        h = np.tanh(inputs @ w_x + h @ w_h + b)
        states.append(h)
    return np.stack(states)


# --8<-- [end:rnn]


# --8<-- [start:rnn_backward_refuses]
def gradients_overflow(result):
    for gradient, name in zip(result, ("dx", "dh", "dw_x", "dw_h", "db"), strict=True):
        refuse_overflowed(gradient, name)


@refuses(
    gradients_overflow,
    **dict.fromkeys(("dhs", "x", "h", "hs", "w_x", "w_h"), BAD),
)
# --8<-- [end:rnn_backward_refuses]
# --8<-- [start:rnn_backward]
def rnn_backward(
    dhs: Real[ndarray, "steps batch hidden"],
    x: Real[ndarray, "steps batch inputs"],
    h: Real[ndarray, "batch hidden"],
    hs: Real[ndarray, "steps batch hidden"],
    w_x: Real[ndarray, "inputs hidden"],
    w_h: Real[ndarray, "hidden hidden"],
) -> tuple[
    Float[ndarray, "steps batch inputs"],
    Float[ndarray, "batch hidden"],
    Float[ndarray, "inputs hidden"],
    Float[ndarray, "hidden hidden"],
    Float[ndarray, " hidden"],
]:
    """Gradients of the loss with respect to all that `rnn` took: back through time.

    How:
        A state has two users, the loss at its step and the next state; their gradients add up.
        Behind the tanh, whose slope is 1 - h², they go on through w_h to the state before.

    Args:
        dhs: Gradient with respect to each state, from the loss at its own step alone.
        x: The sequences.
        h: The state before the first step.
        hs: The states that `rnn` returned.
        w_x: Weights of the inputs.
        w_h: Weights of the state.

    Returns:
        (dx, dh, dw_x, dw_h, db): `dh` belongs to the state before the first step.

    Raises:
        ValueError: An array is empty or holds nan or infinity, or a gradient overflows.

    Source:
        Werbos (1990), Backpropagation through time, https://doi.org/10.1109/5.58337

    Example:
        A loss that is the last state alone: its gradient shrinks at each step back.

        >>> x, one = np.array([[[0.5]], [[0.0]], [[0.0]]]), np.ones((1, 1))
        >>> hs = rnn(x, 0 * one, one, one, np.zeros(1))
        >>> last = np.array([0.0, 0.0, 1.0]).reshape(3, 1, 1)
        >>> rnn_backward(last, x, 0 * one, hs, one, one)[0].round(3).ravel()
        array([0.534, 0.679, 0.834])
    """
    dhs, x, hs, w_x, w_h = map(as_float, (dhs, x, hs, w_x, w_h))
    before = np.concatenate([as_float(h)[None], hs[:-1]])
    dh, das = 0, []
    for d, state in zip(dhs[::-1], hs[::-1], strict=True):
        da = (d + dh) * (1 - state**2)
        dh = da @ w_h.T
        das.insert(0, da)
    das = np.stack(das)
    dw_x, dw_h = (np.einsum("tni,tnj->ij", a, das) for a in (x, before))
    return das @ w_x.T, dh, dw_x, dw_h, das.sum(axis=(0, 1))


# --8<-- [end:rnn_backward]


# --8<-- [start:truncated_bptt_refuses]
def no_chunk(chunk):
    refuse_below(1, chunk=chunk)


def results_overflow(result):
    for each, name in zip(result, ("a state", "dw_x", "dw_h", "db"), strict=True):
        refuse_overflowed(each, name)


@refuses(
    no_chunk,
    results_overflow,
    **dict.fromkeys(("dhs", "x", "h", "w_x", "w_h", "b"), BAD),
)
# --8<-- [end:truncated_bptt_refuses]
# --8<-- [start:truncated_bptt]
def truncated_bptt(
    dhs: Real[ndarray, "steps batch hidden"],
    x: Real[ndarray, "steps batch inputs"],
    h: Real[ndarray, "batch hidden"],
    w_x: Real[ndarray, "inputs hidden"],
    w_h: Real[ndarray, "hidden hidden"],
    b: Real[ndarray, " hidden"],
    chunk: int,
) -> tuple[
    Float[ndarray, "batch hidden"],
    Float[ndarray, "inputs hidden"],
    Float[ndarray, "hidden hidden"],
    Float[ndarray, " hidden"],
]:
    """The last state of h ← tanh(x w_x + h w_h + b), and gradients that stop at chunk borders.

    The state goes on from a chunk to the next, and no gradient goes back: as if each chunk's
    first state were a constant. The weights stay as they are; the chunks' gradients add up.

    How:
        Chunk by chunk: forward from the state that the last chunk left, backward from its own
        last step, with no gradient from the chunk after it.

    Args:
        dhs: Gradient of the loss with respect to each state, from the loss at its own step alone.
        x: The sequences.
        h: The state before the first step.
        w_x: Weights of the inputs.
        w_h: Weights of the state.
        b: Bias.
        chunk: Steps in a chunk, 1 or more. The last chunk may be shorter.

    Returns:
        (h, dw_x, dw_h, db): the state after the last step, and the summed gradients.

    Raises:
        ValueError: An array is empty or holds nan or infinity, `chunk` is below 1, or a result
            overflows.

    Source:
        Williams and Peng (1990), https://doi.org/10.1162/neco.1990.2.4.490

    Example:
        The loss is the last state. In a chunk of two its gradient reaches the first input, the
        only one that is not 0; in chunks of one it does not.

        >>> x, one = np.array([[[1.0]], [[0.0]]]), np.ones((1, 1))
        >>> last = np.array([0.0, 1.0]).reshape(2, 1, 1)
        >>> for chunk in (2, 1):
        ...     h, dw_x, _, _ = truncated_bptt(last, x, 0 * one, one, one, np.zeros(1), chunk)
        ...     print(h.round(3), dw_x.round(3))
        [[0.642]] [[0.247]]
        [[0.642]] [[0.]]
    """
    forward, backward, sums = unwrap(rnn), unwrap(rnn_backward), (0, 0, 0)
    for start in range(0, len(x), chunk):
        part = slice(start, start + chunk)
        hs = forward(x[part], h, w_x, w_h, b)
        back = backward(dhs[part], x[part], h, hs, w_x, w_h)
        sums = [total + each for total, each in zip(sums, back[2:], strict=True)]
        h = hs[-1]
    return h.copy(), *sums


# --8<-- [end:truncated_bptt]
