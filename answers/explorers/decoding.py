"""What temperature, top-k and top-p leave of the guide's own GPT, for question 28."""

import numpy as np

from answers.explorers import Explorer, Slider, View, steps
from answers.explorers.chart import Axis, Chart, round_marks
from answers.language_models.sampling import top_k, top_p
from answers.probability.softmax import softmax

# The twelve likeliest bytes after "Call me ", as `gpt_numpy.forward` scores them.
TOKENS = "toaiwshcfmbp"
LOGITS = (3.32, 3.25, 2.96, 2.90, 2.69, 2.68, 2.32, 2.19, 2.01, 1.96, 1.94, 1.73)


def decoding(t: float, k: float, p: float) -> View:
    """The twelve likeliest bytes after "Call me ", as our GPT scores them, without all others:
    softmax at the temperature T (pale), and what top-k and then top-p leave (strong), which sums
    to 1 again. T comes first, so top-p follows it, and top-k does not."""
    logits = np.array(LOGITS) / t
    before = softmax(logits)
    after = softmax(top_p(top_k(logits, int(k)), p))
    high = 1.05 * max(after.max(), before.max())
    chart = Chart(
        Axis("next byte", -0.5, 11.5, dict(enumerate(TOKENS))),
        Axis("probability", 0, high, round_marks(high)),
    )
    for at, (pale, strong) in enumerate(zip(before, after, strict=True)):
        chart.box((at - 0.4, at), (0, pale), ink=1, tint=0.35)
        if strong:
            chart.box((at, at + 0.4), (0, strong), ink=1)
    left = int((after > 0).sum())
    entropy = float(-(after[:left] * np.log(after[:left])).sum())
    facts = (
        f"{left} of 12 bytes are left",
        f"of the twelve they held {before[after > 0].sum():.3f}",
        f"entropy after {abs(entropy):.3f} nats",
    )
    drawn = f"Pairs of bars for twelve bytes at T = {t:g}, k = {k:g}, p = {p:g}. "
    return View(chart, drawn + "; ".join(facts) + ".", facts)


explorer = Explorer(
    decoding,
    Slider("t", "Temperature T", (0.1, *steps(0.2, 3, 28)), 1),
    Slider("k", "Top-k", tuple(map(float, range(1, 13))), 12.0),
    Slider("p", "Top-p", (*steps(0.05, 0.95, 18), 0.99, 1.0), 0.9),
)
