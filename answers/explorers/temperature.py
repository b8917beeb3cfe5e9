"""Softmax at a temperature, for question 6."""

import numpy as np

from answers.explorers import Explorer, Slider, View, ratios, steps
from answers.explorers.chart import Axis, Chart
from answers.probability.softmax import softmax

# The slider moves the first.
LOGITS = (2.0, 1.0, 0.0, -1.0)
NAMES = "ABCD"


def temperature(t: float, gap: float) -> View:
    """Softmax of four logits divided by the temperature T. A low one sharpens towards the
    largest logit, a high one flattens towards 1/4 each."""
    logits = np.array([LOGITS[1] + gap, *LOGITS[1:]])
    p = softmax(logits / t)
    entropy = float(-np.sum(p * np.log(np.maximum(p, 1e-300))))
    ticks = (f"{n}: {z:g}" for n, z in zip(NAMES, logits, strict=True))
    chart = Chart(
        Axis("class and its logit", -0.5, 3.5, dict(enumerate(ticks))),
        Axis("probability", 0, 1.1, (0, 0.25, 0.5, 0.75, 1)),
    )
    chart.rule(y=0.25)
    for at, share in enumerate(p):
        chart.box((at - 0.35, at + 0.35), (0, share), ink=1)
        chart.text(at, share, f"{share:.3f}")
    shares = ", ".join(f"{n} {share:.3f}" for n, share in zip(NAMES, p, strict=True))
    return View(
        chart,
        f"Bars of the probabilities at temperature {t:g}: {shares}.",
        (
            f"A has probability {p[0]:.3f}",
            f"entropy {entropy:.3f} nats of at most {np.log(4):.3f}",
            f"slope of A by its own logit {p[0] * (1 - p[0]) / t:.3f}",
        ),
    )


explorer = Explorer(
    temperature,
    Slider("t", "Temperature T", ratios(0.1, 10, 40), 1),
    Slider("gap", "Logit of A above that of B", steps(-3, 3, 60), 1),
)
