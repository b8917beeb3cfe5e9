"""A task of memory: recall the flagged one of the first five symbols, many steps later.

All symbols are of the same four, so that what comes later must not be stored. One thread trains a
network of this guide's own functions on it: the gradients clipped, the steps Adam's.
"""

import numpy as np
from numpy import ndarray

from answers.probability.softmax import cross_entropy
from answers.training.clipping import clip_grad_norm
from answers.training.optimizers import adam_step
from answers.training.recurrent import lstm, lstm_backward
from answers.training.truncated_bptt import rnn, rnn_backward

SYMBOLS, FIRST, BATCH, MAX_NORM = 4, 5, 32, 1.0
# Nearly as many numbers to learn: 1,500 and 1,476.
RNN_HIDDEN, LSTM_HIDDEN = 34, 16
ORTHOGONAL = "RNN, orthogonal"
FORGET = {  # the bias of the forget gate, by the distance
    "LSTM, forget bias 0": lambda distance: 0.0,
    "LSTM, forget bias 1": lambda distance: 1.0,
    "LSTM, forget bias log T": np.log,
}
WAYS = ("RNN", ORTHOGONAL, *FORGET)


def examples(rng: np.random.Generator, batch: int, distance: int) -> tuple:
    """Sequences (steps, batch, 5) and the symbol to recall: after the fifth, `distance` more."""
    symbols = rng.integers(SYMBOLS, size=(FIRST + distance, batch))
    flagged, each = rng.integers(FIRST, size=batch), np.arange(batch)
    flags = np.zeros(symbols.shape)
    flags[flagged, each] = 1
    x = np.concatenate([np.eye(SYMBOLS)[symbols], flags[..., None]], axis=2)
    return x.astype(np.float32), symbols[flagged, each]


def initial(way: str, distance: int, rng: np.random.Generator) -> dict[str, ndarray]:
    """Weights as PyTorch draws them, evenly within 1/√hidden, then what the way changes."""
    gates, hidden = (4, LSTM_HIDDEN) if way in FORGET else (1, RNN_HIDDEN)
    shapes = {
        "w_x": (SYMBOLS + 1, gates * hidden),
        "w_h": (hidden, gates * hidden),
        "b": (gates * hidden,),
        "w": (hidden, SYMBOLS),
        "b_out": (SYMBOLS,),
    }
    within = hidden**-0.5
    weights = {
        name: rng.uniform(-within, within, size) for name, size in shapes.items()
    }
    if way == ORTHOGONAL:
        weights["w_h"], _ = np.linalg.qr(rng.normal(size=(hidden, hidden)))
    if way in FORGET:
        weights["b"][hidden : 2 * hidden] = FORGET[way](distance)
    return {name: each.astype(np.float32) for name, each in weights.items()}


def states_of(weights: dict, x: ndarray) -> tuple[ndarray, ...]:
    """The states, and for a layer with gates its cells and gates."""
    layer = [weights[name] for name in ("w_x", "w_h", "b")]
    start = np.zeros((x.shape[1], len(weights["w_h"])), np.float32)
    gated = weights["w_h"].shape[1] > len(weights["w_h"])
    return lstm(x, start, start, *layer) if gated else (rnn(x, start, *layer),)


def loss_and_gradients(weights: dict, x: ndarray, y: ndarray) -> tuple[float, dict]:
    """Cross-entropy of the last state's guess in nats, a mean over the batch."""
    hs, *others = states_of(weights, x)
    logits = hs[-1] @ weights["w"] + weights["b_out"]
    loss, dlogits = cross_entropy(logits, y)
    dhs, start = np.zeros_like(hs), np.zeros_like(hs[0])
    dhs[-1] = dlogits @ weights["w"].T
    layer = weights["w_x"], weights["w_h"]
    if others:
        back = lstm_backward(dhs, x, start, start, hs, *others, *layer)
    else:
        back = rnn_backward(dhs, x, start, hs, *layer)
    gradients = dict(zip(("w_x", "w_h", "b"), back[-3:], strict=True))
    of_output = {"w": hs[-1].T @ dlogits, "b_out": dlogits.sum(axis=0)}
    return float(loss), gradients | of_output


def accuracy(weights: dict, distance: int) -> float:
    """The share of 1,000 fresh sequences whose flagged symbol is recalled."""
    x, y = examples(np.random.default_rng(999), 1000, distance)
    logits = states_of(weights, x)[0][-1] @ weights["w"] + weights["b_out"]
    return float((logits.argmax(axis=1) == y).mean())


def train(way: str, distance: int, rate: float, seed: int, steps: int) -> tuple:
    """The weights after so many steps of Adam, and the loss of each step in nats."""
    rng = np.random.default_rng(seed)
    weights, losses = initial(way, distance, rng), []
    m = {name: np.zeros_like(each) for name, each in weights.items()}
    v = {name: np.zeros_like(each) for name, each in weights.items()}
    for step in range(1, steps + 1):
        loss, gradients = loss_and_gradients(weights, *examples(rng, BATCH, distance))
        clipped, _ = clip_grad_norm(gradients, MAX_NORM)
        for name, g in clipped.items():
            weights[name], m[name], v[name] = adam_step(
                weights[name], g, m[name], v[name], step, rate
            )
        losses.append(loss)
    return weights, losses
