"""How far rotary pairs turn in a stretched context, for question 31."""

import numpy as np

from answers.explorers import Explorer, Slider, View
from answers.explorers.chart import Axis, Chart
from answers.language_models.rope_layouts import rope_scaling

HEAD, TRAINED = 128, 4096


def rotary_speeds(factor: float, base: float) -> View:
    """By how much each of 64 rotary pairs is slowed for a longer context: position interpolation
    slows all alike (dashed), NTK-aware scaling the slow pairs most (solid). Left of the rule a
    pair makes a whole turn within the 4,096 tokens of training, right of it none."""
    pairs = np.arange(HEAD // 2)
    plain = rope_scaling(HEAD, 1.0, "linear", base)
    linear, ntk = (
        plain / rope_scaling(HEAD, factor, kind, base) for kind in ("linear", "ntk")
    )
    turns = int((plain * TRAINED >= 2 * np.pi).sum())
    marks = {np.log2(value): f"{value:g}" for value in (1, 2, 4, 8, 16, 32)}
    chart = Chart(
        Axis("pair, from the fastest", 0, HEAD // 2 - 1, (0, 16, 32, 48)),
        Axis("slowed by (log scale)", -0.2, 5.2, marks),
    )
    chart.rule(x=turns - 0.5)
    chart.line(pairs, np.log2(linear), ink=2, dashed=True)
    chart.line(pairs, np.log2(ntk), ink=1)
    facts = (
        f"{turns} pairs make a whole turn in {TRAINED:,} tokens",
        f"pair 32 slowed by {linear[32]:g} (interpolation), {ntk[32]:.2f} (NTK-aware)",
        f"NTK-aware base {base * factor ** (HEAD / (HEAD - 2)):,.0f}",
    )
    drawn = f"A curve from 1 to {factor:g}, and a level line at {factor:g}. {'; '.join(facts)}."
    return View(chart, drawn, facts)


explorer = Explorer(
    rotary_speeds,
    Slider("factor", "Stretched by", (1, 2, 4, 8, 16, 32), 8),
    Slider("base", "Base", (10_000, 50_000, 500_000, 1_000_000), 10_000, ","),
)
