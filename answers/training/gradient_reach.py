"""How large the gradient is at inputs that lie further and further back, before any training."""

import numpy as np
from jaxtyping import Integer
from numpy import ndarray

from answers.training.recurrent import lstm, lstm_backward
from answers.training.truncated_bptt import rnn, rnn_backward

STEPS, BATCH, INPUTS, HIDDEN = 101, 16, 8, 64


# --8<-- [start:reach]
def reach(
    seed: int,
    forget_bias: float | None = None,
    factor: float | Integer[ndarray, " wide"] = 1,
    orthogonal: bool = False,
) -> ndarray:
    """The gradient's size at each input, the last one first, as a share of that at the last.

    The loss looks at the last state alone. Weights are drawn as PyTorch draws them, evenly within
    1/√hidden; the state's are multiplied by `factor`.

    Args:
        seed: Of weights, inputs and the loss's gradient.
        forget_bias: Of a long short-term memory; None is a network without gates.
        factor: Of the weights of the state, or of each of their columns.
        orthogonal: Of a network without gates: the orthogonal factor of those weights instead.
    """
    rng = np.random.default_rng(seed)
    x, start = rng.normal(size=(STEPS, BATCH, INPUTS)), np.zeros((BATCH, HIDDEN))
    dhs = np.zeros((STEPS, BATCH, HIDDEN))
    dhs[-1] = rng.normal(size=(BATCH, HIDDEN))
    wide = HIDDEN if forget_bias is None else 4 * HIDDEN
    w_x, w_h, b = (
        rng.uniform(-1, 1, size=each) / HIDDEN**0.5
        for each in ((INPUTS, wide), (HIDDEN, wide), wide)
    )
    if orthogonal:
        w_h, _ = np.linalg.qr(w_h)
    w_h = w_h * factor
    if forget_bias is None:
        hs = rnn(x, start, w_x, w_h, b)
        dx, *_ = rnn_backward(dhs, x, start, hs, w_x, w_h)
    else:
        b[HIDDEN : 2 * HIDDEN] = forget_bias
        states = lstm(x, start, start, w_x, w_h, b)
        dx, *_ = lstm_backward(dhs, x, start, start, *states, w_x, w_h)
    sizes = np.linalg.norm(dx, axis=(1, 2))[::-1]
    return sizes / sizes[0]


# --8<-- [end:reach]


# --8<-- [start:reach_table]
def reach_table(back: tuple[int, ...] = (1, 10, 30, 100)) -> str:
    """The shares of two plain networks and of three forget biases, for one seed."""
    biases = {"0": 0.0, "1": 1.0, "log 100": np.log(100)}
    rows = {"plain": reach(0), "plain, orthogonal": reach(0, orthogonal=True)}
    rows |= {f"LSTM, forget bias {n}": reach(0, b) for n, b in biases.items()}
    lines = [f"{'steps earlier':25}" + " ".join(f"{k:7}" for k in back)]
    for name, shares in rows.items():
        lines.append(f"{name:25}" + " ".join(f"{shares[k]:7.0e}" for k in back))
    return "\n".join(lines)


# --8<-- [end:reach_table]
