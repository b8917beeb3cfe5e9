"""The figure of GRPO: what it draws is what was recorded."""

import json

import numpy as np
from drawing import Drawing

from answers.records import RECORDS


def test_reward_and_loss():
    figure = Drawing("reward_and_loss")
    runs = json.loads((RECORDS / "grpo.json").read_text("utf-8"))["runs"]
    assert [figure.axes(panel) for panel in (0, 1)] == [("step", "reward"), ("step", "loss")]
    assert figure.names() == ["β = 0", "β = 0.3"]
    found = {}
    for panel, name in enumerate(("reward", "loss")):
        for label, of in zip(figure.names(), runs.values(), strict=True):
            steps, curve = figure.line(label, panel)
            assert steps.tolist() == [*range(5, 100, 10)]
            seeds = [[ten[name] for ten in each["tens"]] for each in of.values()]
            assert np.allclose(curve, np.mean(seeds, axis=0))
            found[name, label] = curve
    figure.says("Means over two seeds and ten steps each", {len(of) for of in runs.values()} == {2})
    free, held = (found["reward", label] for label in figure.names())
    figure.says(
        "Without KL the reward rises from below 0.1 to 0.99",
        free[0] < 0.1 and round(free[-1], 2) == 0.99 and (np.diff(free) > 0).all(),
    )
    figure.says("the printed loss stays at 0", not found["loss", "β = 0"].any())
    figure.says(
        "With KL the reward stops near 0.6", held[0] < 0.1 and (abs(held[-4:] - 0.6) < 0.02).all()
    )
    loss = found["loss", "β = 0.3"]
    figure.says("the loss rises to 0.025 and ends at 0.022", loss[0] < 0.001)
    assert abs(loss.max() - 0.025) < 0.001
    assert round(loss[-1], 3) == 0.022
