"""Figures for the theory of backpropagation."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from answers.figures import AXIS
from answers.networks.expression_graph import GRAPH, VALUES, backward_pass, vjp
from answers.networks.gradient_cost import operations_by_size


def gradients_flowing() -> Figure:
    """The forward pass computes the values, left to right. The backward pass sends
    gradients along the same arrows, right to left; where a value is used twice, they
    add up.

    A graph with five nodes: a = 2 and b = 3 give u = a b = 6; u and a give v = u + a =
    8; u and v give the loss u v = 48. Gradients: loss 1; v gets 6; u gets 8 from the
    loss and 6 from v, 14 together; a gets 6 from v and 42 from u, 48 together; b gets
    28.
    """
    at = {
        "a": (0, 1),
        "b": (0, -1),
        "u": (1.7, -0.5),
        "v": (3.2, 0.9),
        "loss": (4.8, -0.5),
    }
    formulas = {"u": "u = a b", "v": "v = u + a"}
    gradients = backward_pass(GRAPH, VALUES, "loss")
    figure, axes = plt.subplots(figsize=(5.5, 3.4))
    for name, (operation, *inputs) in GRAPH.items():
        arrays = [VALUES[each] for each in inputs]
        parts = vjp(operation, gradients[name], VALUES[name], *arrays)
        for each, part in zip(inputs, parts, strict=True):
            arrow = {"arrowstyle": "-|>", "color": AXIS, "shrinkA": 17, "shrinkB": 17}
            axes.annotate("", at[name], at[each], arrowprops=arrow)
            # The text beside the arrow.
            rise = np.sign(round(at[name][1] - at[each][1]))
            axes.annotate(
                f"← {part:g}",
                np.add(at[name], at[each]) / 2,
                xytext=(-5 * rise, 3 if rise else 5),
                textcoords="offset points",
                color="C1",
                ha={1: "right", 0: "center", -1: "left"}[rise],
                va="bottom",
            )
    for name, (x, y) in at.items():
        axes.plot(
            x, y, "o", markersize=30, markerfacecolor="none", markeredgecolor="C0"
        )
        axes.text(x, y, f"{VALUES[name]:g}", ha="center", va="center")
        axes.text(x, y + 0.42, formulas.get(name, name), ha="center", va="bottom")
        axes.text(
            x, y - 0.42, f"{gradients[name]:g}", ha="center", va="top", color="C1"
        )
    axes.set(xlim=(-0.5, 5.3), ylim=(-2, 2))
    axes.axis("off")
    return figure


def cost_of_modes() -> Figure:
    """Operations for the whole gradient of a two-layer net, in units of one evaluation of
    the loss, counted while it runs. Reverse mode does not care how many parameters there
    are.

    Both axes are logarithmic, parameters from 12 to 579. Reverse mode stays near 2.4.
    Centred differences, two evaluations for each parameter, rise in proportion from 24
    to 1158; forward mode runs beside them, from 27 to about 1000.
    """
    sizes, losses, reverse, forward = np.array(
        [operations_by_size(hidden) for hidden in (1, 2, 4, 8, 16, 32, 64)]
    ).T
    figure, axes = plt.subplots()
    axes.loglog(sizes, 2 * sizes, "s-", label="centred differences")
    axes.loglog(sizes, forward / losses, "o-", label="forward mode")
    axes.loglog(sizes, reverse / losses, "^-", label="reverse mode")
    axes.set(xlabel="parameters", ylabel="evaluations of the loss", ylim=(1, 3000))
    axes.legend(loc="upper left")
    return figure
