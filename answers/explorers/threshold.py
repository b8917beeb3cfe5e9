"""A threshold and what it costs, for question 16."""

import numpy as np

from answers.explorers import Explorer, Slider, View, steps
from answers.explorers.chart import Axis, Chart, round_marks
from answers.labels.binormal import two_models
from answers.labels.metrics import precision_recall_f1
from answers.labels.model_comparison import cost_curve, cost_threshold, expected_cost

TRUTH, SCORES, _ = two_models()


def threshold(at: float, miss: int) -> View:
    """What model A costs against the threshold. A false alarm costs 1; you choose what a miss
    costs. The dashed line is where calibrated probabilities ask for the threshold."""
    costs = np.array([[0, 1], [miss, 0]])
    thresholds, curve = cost_curve(TRUTH, SCORES, costs)
    predicted = (at <= SCORES).astype(int)
    cost = expected_cost(TRUTH, predicted, costs)
    precision, recall, f1 = precision_recall_f1(TRUTH, predicted)
    accuracy = np.mean(predicted == TRUTH)
    best = cost_threshold(costs)
    top = 1.05 * float(curve.max())
    chart = Chart(
        Axis("threshold", 0, 1, (0, 0.25, 0.5, 0.75, 1)),
        Axis("expected cost", 0, top, round_marks(top)),
    )
    chart.line(thresholds[1:], curve[1:], ink=1)
    chart.rule(x=best, ink=3)
    chart.text(best, 0.92 * top, f" {best:.3f}", ink=3, anchor="start")
    chart.dot(at, cost, ink=1)
    return View(
        chart,
        f"A dot at threshold {at:g}, cost {cost:.3f}. By theory the cheapest threshold for "
        f"calibrated probabilities is {best:.3f}.",
        (
            f"Accuracy {accuracy:.3f}, precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}",
            f"cost {cost:.3f} an example, at best {curve.min():.3f}",
            f"calibrated probabilities ask for the threshold {best:.3f}",
        ),
    )


explorer = Explorer(
    threshold,
    Slider("at", "Threshold", steps(0.01, 0.98, 97), 0.5),
    Slider("miss", "Cost of a miss", tuple(range(1, 21)), 5),
)
