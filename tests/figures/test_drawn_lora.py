"""The figure of LoRA: what it draws is what was recorded."""

import json

import numpy as np
from drawing import Drawing

from answers.records import RECORDS


def test_learning_and_forgetting():
    figure = Drawing("learning_and_forgetting")
    assert figure.axes() == ("loss on Python, to be learned", "loss on Moby-Dick, known")
    ways = json.loads((RECORDS / "lora.json").read_text("utf-8"))["ways"]
    labels = {
        "all weights": "all weights",
        "LoRA, r = 8": "LoRA, r = 8, all layers",
        "LoRA, attention only": "LoRA, r = 21, attention only",
    }
    curves = {label: np.array(figure.line(label)) for label in labels}
    for label, way in labels.items():
        runs = list(ways[way]["tuning"].values())
        expected = [[run[text] for run in runs] for text in ("python", "moby_dick")]
        assert curves[label].tolist() == expected
    figure.says("at five learning rates a way", {c.shape for c in curves.values()} == {(2, 5)})
    figure.says("Three curves of five points", len(curves) == 3)

    def learned(curve):
        """The loss on Python at 2.2 on Moby-Dick, up to the rate that learns most."""
        python, moby_dick = curve[:, : curve[0].argmin() + 1]
        return np.interp(2.2, moby_dick, python, right=np.nan)

    found = [learned(curve) for curve in curves.values()]
    figure.says(
        "At a loss of 2.2 on Moby-Dick, all weights reach 1.7 on Python", round(found[0], 1) == 1.7
    )
    figure.says("and LoRA of rank 8 reaches 2.", round(found[1], 1) == 2.0)
    least = curves["LoRA, attention only"]
    python, moby_dick = least[:, least[0].argmin()].round(1)
    figure.says("LoRA in attention alone reaches 2.3 at best, at 2 on Moby-Dick", python == 2.3)
    assert moby_dick == 2.0
    for python, moby_dick in curves.values():
        assert python[-1] > python.min()
        assert moby_dick[-1] == moby_dick.max()
    figure.says("turn to the upper right")
