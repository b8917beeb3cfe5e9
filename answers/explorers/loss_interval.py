"""What an accuracy says about a loss, for question 17."""

import math

import numpy as np

from answers.explorers import Explorer, Slider, View, steps
from answers.explorers.chart import Axis, Chart
from answers.probability.loss_bounds import loss_bounds

SEEN = 7.5  # nats


def loss_interval(classes: int, p: float) -> View:
    """The loss of one example against the probability of its true class. Right answers
    lie below log K, wrong ones above log 2, and between the two lines a loss says neither."""
    most, least = loss_bounds(classes)[1], loss_bounds(classes, correct=False)[0]
    loss = -math.log(p)
    x = np.linspace(math.exp(-SEEN), 1, 400)
    chart = Chart(
        Axis("probability of the true class", 0, 1, (0, 0.25, 0.5, 0.75, 1)),
        Axis("loss (nats)", 0, SEEN, (0, 1, 2, 3, 4, 5, 6, 7)),
    )
    chart.box((0, 1), (0, most), ink=3, tint=0.12)
    chart.box((0, 1), (least, SEEN), ink=2, tint=0.12)
    chart.line(x, -np.log(x), ink=1)
    chart.rule(y=most, ink=3)
    # Each where only its kind lies, for any number of classes, and off the curve.
    right = f"right: below log {classes} = {most:.3f}"
    chart.text(0.01, 0.02, right, ink=3, anchor="start")
    chart.text(0.99, 6.85, f"wrong: above log 2 = {least:.3f}", ink=2, anchor="end")
    chart.rule(y=least, ink=2)
    chart.dot(p, loss, ink=1)
    # 1 if all classes may have the same probability.
    even = round(p * classes, 9)
    if p > 1 / 2:
        verdict = "more than 1/2: the answer is right"
    elif p == 1 / 2:
        or_right = "" if classes == 2 else "right, or "
        verdict = f"just 1/2: the answer is {or_right}tied with one other class"
    elif even < 1:
        verdict = f"less than 1/{classes}: the answer is wrong"
    elif even == 1:
        verdict = (
            f"just 1/{classes}: the answer is wrong, or tied with all other classes"
        )
    else:
        verdict = "right or wrong: it depends on the largest of the other classes"
    return View(
        chart,
        f"The curve -log p falls from the upper left to 0 at p = 1. A dot at p = {p:g}, "
        f"loss {loss:.3f}. Right answers lose less than {most:.3f}, wrong ones more than "
        f"{least:.3f}.",
        (
            f"Loss {loss:.3f} nats",
            verdict,
            f"right answers lose less than {most:.3f}, wrong ones more than {least:.3f}",
        ),
    )


explorer = Explorer(
    loss_interval,
    Slider(
        "classes", "Classes K", (2, 3, 4, 5, 7, 10, 20, 50, 100, 200, 500, 1000), 10
    ),
    Slider("p", "Probability of the true class", steps(0.01, 0.99, 98), 0.4),
)
