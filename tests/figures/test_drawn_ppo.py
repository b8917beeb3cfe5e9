"""The figures of PPO: the gradients are autograd's, and the curves what was recorded."""

import numpy as np
import torch
from drawing import Drawing

from answers.alignment.ppo_mdp import best_values
from answers.records.ppo import SEEDS, mean_curve, recorded


def test_clipped_gradients():
    figure = Drawing("clipped_gradients")
    assert figure.axes() == ("ratio, new over old", "gradient")
    lines = {+1: figure.line("advantage +1"), -1: figure.line("advantage -1")}
    for advantage, (ratios, slopes) in lines.items():
        logs = torch.tensor(np.log(ratios), requires_grad=True)
        plain, near = torch.exp(logs) * advantage, torch.exp(logs).clamp(0.8, 1.2) * advantage
        (-torch.min(plain, near)).sum().backward()
        assert np.allclose(slopes, logs.grad.numpy())
    (ratios, up), (_, down) = lines.values()
    figure.says("at a clip of 0.2", {line[1][0] for line in figure.lines()[2:]} == {0.8, 1.2})
    figure.says("It is 0 beyond the edge to which the advantage pushes the ratio")
    figure.says("on that side alone", not (up[ratios < 0.8] == 0).any())
    figure.says("Two lines over the ratio", ratios.max() == 2)
    figure.says("minus the ratio up to 1.2", np.allclose(up[ratios < 1.2], -ratios[ratios < 1.2]))
    figure.says("and 0 beyond", not up[ratios > 1.2].any())
    figure.says("it is 0 below 0.8", not down[ratios < 0.8].any())
    above = ratios > 0.8
    figure.says("the ratio from there on, also beyond 1.2", np.allclose(down[above], ratios[above]))
    figure.says("For an advantage of 1 the")
    figure.says("For an advantage of -1")


def test_ppo_values():
    figure, found = Drawing("ppo_values"), recorded()
    assert figure.axes() == ("rollouts of 1,024 steps", "mean value")
    assert found["steps"] == 1024
    labels = {
        "PPO, 16 epochs": "PPO, 16 epochs",
        "no clip, 16 epochs": "no clip, 16 epochs",
        "cut as end, 4 epochs": "cut counted as end, 4 epochs",
    }
    curves = {label: figure.line(label)[1] for label in labels}
    for label, way in labels.items():
        runs = [each["curve"] for each in found["ways"][way]["0.1"].values()]
        assert np.allclose(curves[label], np.mean(runs, axis=0))
    figure.says("at a rate of 0.1: means over five seeds", len(SEEDS) == 5)
    best, ends = best_values().mean(), [curve[-1] for curve in curves.values()]
    figure.says("PPO reaches the best value", abs(ends[0] - best) < 0.01)
    figure.says(
        "With the cut counted as an end, in 4 epochs, it stays below",
        curves["cut as end, 4 epochs"].max() < best - 1,
    )
    # The fewer epochs are not the reason.
    assert np.isclose(mean_curve("PPO, 4 epochs", 0.1)[-1], best, atol=0.01)
    figure.says(
        "Three curves over 100 rollouts, from 0.96", {len(c) for c in curves.values()} == {101}
    )
    assert {round(curve[0], 2) for curve in curves.values()} == {0.96}
    figure.says("is at 3.1 after 20 rollouts", round(curves["PPO, 16 epochs"][20], 1) == 3.1)
    figure.says("a horizontal line at 3.2", round(best, 1) == round(ends[0], 1) == 3.2)
    figure.says("Without a clip it ends at 2.8", round(ends[1], 1) == 2.8)
    figure.says("counted as an end, in 4 epochs, it ends at 1.5", round(ends[2], 1) == 1.5)
    figure.says("PPO with 16 epochs")
