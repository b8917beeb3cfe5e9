"""Figures for softmax and cross-entropy."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from answers.probability.softmax import cross_entropy, softmax


# --8<-- [start:softmax_stability]
def softmax_stability() -> Figure:
    """Softmax of the logits (c, c + 1) in float32. The true probability does not depend
    on c.

    The probability of the second logit against c from -120 to 120. With the maximum
    subtracted it is 0.73 throughout. The plain formula agrees in the middle, drifts
    below c = -88, where exponentials lose digits, is nan below -105, and falls to 0 at
    87.5 and to nan from 87.75 on.
    """
    c = np.linspace(-120, 120, 961, dtype=np.float32)
    logits = np.stack([c, c + 1], axis=-1)
    with np.errstate(all="ignore"):
        powers = np.exp(logits)
        plain = powers / powers.sum(axis=-1, keepdims=True)
    figure, axes = plt.subplots()
    axes.plot(
        c, softmax(logits)[:, 1], label="maximum subtracted", linewidth=5, alpha=0.4
    )
    axes.plot(c, plain[:, 1], label="plain formula")
    nothing = np.isnan(plain[:, 1])
    for side in (nothing & (c < 0), nothing & (c > 0)):
        axes.axvspan(c[side][0], c[side][-1], color="C1", alpha=0.12, linewidth=0)
        axes.text(c[side].mean(), 0.25, "nan", ha="center", color="C1")
    axes.set(xlabel="c, added to both logits", ylabel="probability", ylim=(0, 1.05))
    axes.legend(loc="lower center")
    return figure


# --8<-- [end:softmax_stability]


# --8<-- [start:loss_with_eps]
def loss_with_eps() -> Figure:
    """The loss of one example against how far its right class lies behind. The patched
    loss stops at 20.7, and its gradient stops with it.

    Two panels over the gap of the logits, from -10 to 60. Above, the loss: the exact
    one rises along a straight line, the one with eps = 1e-9 bends into a flat line at
    20.7. Below, the slope: the exact one rises to 1 and stays, the patched one falls back
    to 0 beyond 20.
    """
    gap, eps = np.linspace(-10, 60, 281), 1e-9
    logits = np.stack([np.zeros_like(gap), gap], axis=-1)
    p = softmax(logits)[:, 0]
    target = np.array([0])
    exact = [cross_entropy(row[None], target) for row in logits]

    figure, (above, below) = plt.subplots(2, sharex=True, figsize=(5.5, 4.6))
    above.plot(gap, [loss for loss, _ in exact], label=r"log-sum-exp")
    above.plot(gap, -np.log(p + eps), "--", label="-log(p + 1e-9)")
    above.set(ylabel="loss (nats)")
    above.legend()
    below.plot(gap, [gradient[0, 1] for _, gradient in exact])
    below.plot(gap, p / (p + eps) * (1 - p), "--")
    below.set(
        xlabel="logit of the wrong class minus that of the right one", ylabel="slope"
    )
    return figure


# --8<-- [end:loss_with_eps]
