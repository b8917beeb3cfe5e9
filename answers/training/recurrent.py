"""A recurrent layer with gates: the long short-term memory, forward and back through time.

Sequences are (steps, batch, features). The weights of the four gates stand side by side, in
PyTorch's order: input i, forget f, candidate g, output o.
"""

from inspect import unwrap

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:sigmoid]
def sigmoid(z: ndarray) -> ndarray:
    """1 / (1 + e^-z), by a tanh: no exponential overflows.

    A small value is rounded as 1 is: in float64 nothing below 1e-17 is told from 0.
    """
    return 0.5 * (1 + np.tanh(0.5 * z))


# --8<-- [end:sigmoid]


# --8<-- [start:lstm_step_refuses]
def states_overflow(result):
    for state, name in zip(result, ("a state", "a cell", "a gate"), strict=True):
        refuse_overflowed(state, name)


@refuses(states_overflow, x=BAD, h=BAD, c=BAD, w_x=BAD, w_h=BAD, b=BAD)
# --8<-- [end:lstm_step_refuses]
# --8<-- [start:lstm_step]
def lstm_step(
    x: Real[ndarray, "batch inputs"],
    h: Real[ndarray, "batch hidden"],
    c: Real[ndarray, "batch hidden"],
    w_x: Real[ndarray, "inputs 4*hidden"],
    w_h: Real[ndarray, "hidden 4*hidden"],
    b: Real[ndarray, " 4*hidden"],
) -> tuple[
    Float[ndarray, "batch hidden"],
    Float[ndarray, "batch hidden"],
    Float[ndarray, "batch 4*hidden"],
]:
    """The next state and cell of a long short-term memory, and its four gates for backward.

    The columns of the weights belong to the gates i, f, g, o, `hidden` columns to each.

    How:
        Of x w_x + h w_h + b the sigmoid gives i, f and o, the tanh g. The cell forgets by f and
        takes in i · g; the state is o · tanh of the new cell. The cell meets no weights on its way.

    Args:
        x: The inputs of this step.
        h: The state before it.
        c: The cell before it.
        w_x: Weights of the inputs. `torch.nn.LSTM` stores the transpose, as `weight_ih_l0`.
        w_h: Weights of the state; `weight_hh_l0` is their transpose.
        b: One bias. PyTorch has two, whose sum this is.

    Returns:
        (h, c, gates) after the step; the gates i, f, g, o side by side, as they multiply.

    Raises:
        ValueError: An array is empty or holds nan or infinity, or a result overflows.

    Source:
        Hochreiter and Schmidhuber (1997); the forget gate is Gers, Schmidhuber and Cummins
        (2000)'s; the order is that of torch.nn.LSTMCell

    Example:
        All weights are 0, so that each sigmoid is 0.5: of a cell of 4 remain 2.

        >>> zeros = np.zeros((1, 4))
        >>> h, c, gates = lstm_step(
        ...     np.ones((1, 1)), np.ones((1, 1)), np.array([[4.0]]), zeros, zeros, zeros[0]
        ... )
        >>> h.round(3), c, gates
        (array([[0.482]]), array([[2.]]), array([[0.5, 0.5, 0. , 0.5]]))
    """
    x, h, c, w_x, w_h, b = map(as_float, (x, h, c, w_x, w_h, b))
    i, f, g, o = np.split(x @ w_x + h @ w_h + b, 4, axis=1)
    i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
    c = f * c + i * g
    return o * np.tanh(c), c, np.concatenate([i, f, g, o], axis=1)


# --8<-- [end:lstm_step]


# --8<-- [start:lstm_step_backward_refuses]
GRADIENTS = "dx", "dh", "dc", "dw_x", "dw_h", "db"


def gradients_overflow(result):
    for gradient, name in zip(result, GRADIENTS, strict=True):
        refuse_overflowed(gradient, name)


@refuses(
    gradients_overflow,
    **dict.fromkeys(("dh", "dc", "x", "h", "c", "gates", "w_x", "w_h"), BAD),
)
# --8<-- [end:lstm_step_backward_refuses]
# --8<-- [start:lstm_step_backward]
def lstm_step_backward(
    dh: Real[ndarray, "batch hidden"],
    dc: Real[ndarray, "batch hidden"],
    x: Real[ndarray, "batch inputs"],
    h: Real[ndarray, "batch hidden"],
    c: Real[ndarray, "batch hidden"],
    gates: Real[ndarray, "batch 4*hidden"],
    w_x: Real[ndarray, "inputs 4*hidden"],
    w_h: Real[ndarray, "hidden 4*hidden"],
) -> tuple[Float[ndarray, "..."], ...]:
    """Gradients of the loss with respect to all that `lstm_step` took.

    How:
        The new cell has two users: the next step, whose gradient comes in as `dc`, and the new
        state. Behind that sum each gate has one factor in the cell or the state, and its own
        slope: s (1 - s) for a sigmoid, 1 - g² for the tanh. The old cell gets dc · f alone.

    Args:
        dh: Gradient of the loss with respect to the new state, from all that uses it.
        dc: Gradient with respect to the new cell, from the next step alone.
        x: The inputs of the step.
        h: The state before it.
        c: The cell before it.
        gates: i, f, g, o side by side, as `lstm_step` returned them.
        w_x: Weights of the inputs.
        w_h: Weights of the state.

    Returns:
        (dx, dh, dc, dw_x, dw_h, db), each of the shape of its own: `dh` and `dc` belong to the
        state and cell before.

    Raises:
        ValueError: An array is empty or holds nan or infinity, or a result overflows.

    Source:
        Hochreiter and Schmidhuber (1997), appendix A.1, which truncates it;
        Graves and Schmidhuber (2005), https://doi.org/10.1016/j.neunet.2005.06.042, is whole

    Example:
        The forget gate is 0.5: of the cell's gradient, 8, it lets 4 go back.

        >>> one, gates = np.ones((1, 1)), np.array([[0.5, 0.5, 0.0, 0.5]])
        >>> weights = np.zeros((1, 4))
        >>> lstm_step_backward(0 * one, 8 * one, one, one, one, gates, weights, weights)[2]
        array([[4.]])
    """
    dh, dc, x, h, c, w_x, w_h = map(as_float, (dh, dc, x, h, c, w_x, w_h))
    i, f, g, o = np.split(as_float(gates), 4, axis=1)
    tanh_c = np.tanh(f * c + i * g)
    dc = dc + dh * o * (1 - tanh_c**2)  # from the next step, and through the new state
    di, df, dg, do = dc * g, dc * c, dc * i, dh * tanh_c
    slopes = di * i * (1 - i), df * f * (1 - f), dg * (1 - g**2), do * o * (1 - o)
    da = np.concatenate(slopes, axis=1)
    return da @ w_x.T, da @ w_h.T, dc * f, x.T @ da, h.T @ da, da.sum(axis=0)


# --8<-- [end:lstm_step_backward]


# --8<-- [start:lstm_refuses]
@refuses(states_overflow, x=BAD, h=BAD, c=BAD, w_x=BAD, w_h=BAD, b=BAD)
# --8<-- [end:lstm_refuses]
# --8<-- [start:lstm]
def lstm(
    x: Real[ndarray, "steps batch inputs"],
    h: Real[ndarray, "batch hidden"],
    c: Real[ndarray, "batch hidden"],
    w_x: Real[ndarray, "inputs 4*hidden"],
    w_h: Real[ndarray, "hidden 4*hidden"],
    b: Real[ndarray, " 4*hidden"],
) -> tuple[
    Float[ndarray, "steps batch hidden"],
    Float[ndarray, "steps batch hidden"],
    Float[ndarray, "steps batch 4*hidden"],
]:
    """Every state, cell and gate of a long short-term memory that reads a sequence.

    How:
        Step after step: each needs the state before it. The weights are the same in all.

    Args:
        x: Sequences of equal length.
        h: The state before the first step.
        c: The cell before it.
        w_x: As of `lstm_step`.
        w_h: As of `lstm_step`.
        b: As of `lstm_step`.

    Returns:
        (states, cells, gates), step by step; the last ones start the next chunk.

    Raises:
        ValueError: An array is empty or holds nan or infinity, or a result overflows.

    Source:
        PyTorch, torch.nn.LSTM, with one layer

    Example:
        >>> zeros, one = np.zeros((1, 4)), np.ones((1, 1))
        >>> lstm(np.ones((3, 1, 1)), one, 8 * one, zeros, zeros, zeros[0])[1].ravel()
        array([4., 2., 1.])
    """
    step = unwrap(lstm_step)  # without its contract: this function has one
    dtype = np.result_type(*map(as_float, (x, h, c, w_x, w_h, b)))
    # Written in place: to stack lists of arrays in the end takes longer.
    hs, cs, gates = (
        np.empty((len(x), len(h), k * h.shape[1]), dtype) for k in (1, 1, 4)
    )
    for t, inputs in enumerate(x):
        h, c, gates[t] = step(inputs, h, c, w_x, w_h, b)
        hs[t], cs[t] = h, c
    return hs, cs, gates


# --8<-- [end:lstm]


# --8<-- [start:lstm_backward_refuses]
@refuses(
    gradients_overflow,
    **dict.fromkeys(("dhs", "x", "h", "c", "hs", "cs", "gates", "w_x", "w_h"), BAD),
)
# --8<-- [end:lstm_backward_refuses]
# --8<-- [start:lstm_backward]
def lstm_backward(
    dhs: Real[ndarray, "steps batch hidden"],
    x: Real[ndarray, "steps batch inputs"],
    h: Real[ndarray, "batch hidden"],
    c: Real[ndarray, "batch hidden"],
    hs: Real[ndarray, "steps batch hidden"],
    cs: Real[ndarray, "steps batch hidden"],
    gates: Real[ndarray, "steps batch 4*hidden"],
    w_x: Real[ndarray, "inputs 4*hidden"],
    w_h: Real[ndarray, "hidden 4*hidden"],
) -> tuple[
    Float[ndarray, "steps batch inputs"],
    Float[ndarray, "batch hidden"],
    Float[ndarray, "batch hidden"],
    Float[ndarray, "inputs 4*hidden"],
    Float[ndarray, "hidden 4*hidden"],
    Float[ndarray, " 4*hidden"],
]:
    """Gradients of the loss with respect to all that `lstm` took: back through time.

    How:
        From the last step to the first. A state's gradient is the loss's own at that step plus
        the next step's; all steps share the weights, so their gradients add up.

    Args:
        dhs: Gradient with respect to each state, from the loss alone.
        x: The sequences.
        h: The state before the first step.
        c: The cell before it.
        hs: The states that `lstm` returned.
        cs: Its cells.
        gates: Its gates.
        w_x: Weights of the inputs.
        w_h: Weights of the state.

    Returns:
        (dx, dh, dc, dw_x, dw_h, db): `dh` and `dc` belong to the state and cell at the start.

    Raises:
        ValueError: An array is empty or holds nan or infinity, or a result overflows.

    Source:
        Werbos (1990), Backpropagation through time, https://doi.org/10.1109/5.58337

    Example:
        A loss that is the last state alone; the sequence is one number, three times.

        >>> x, zero, weights = np.ones((3, 1, 1)), np.zeros((1, 1)), np.ones((1, 4))
        >>> hs, cs, gates = lstm(x, zero, zero, weights, weights, np.zeros(4))
        >>> last = np.array([0.0, 0.0, 1.0]).reshape(3, 1, 1)
        >>> dx, *_ = lstm_backward(last, x, zero, zero, hs, cs, gates, weights, weights)
        >>> dx.round(3).ravel()
        array([0.072, 0.074, 0.166])
    """
    back = unwrap(lstm_step_backward)
    dh, dc, dx, sums = 0, np.zeros(c.shape, np.float32), [], (0, 0, 0)
    for t in reversed(range(len(x))):
        before = (hs[t - 1], cs[t - 1]) if t else (h, c)
        of_x, dh, dc, *of_weights = back(
            dhs[t] + dh, dc, x[t], *before, gates[t], w_x, w_h
        )
        dx.insert(0, of_x)
        sums = [total + each for total, each in zip(sums, of_weights, strict=True)]
    return np.stack(dx), dh, dc, *sums


# --8<-- [end:lstm_backward]
