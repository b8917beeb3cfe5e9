"""What each place of a scan covers, round after round, for question 24."""

import numpy as np

from answers.explorers import Explorer, Slider, View
from answers.explorers.chart import Axis, Chart
from answers.training.scans import hillis_steele


def covered(steps: int) -> list[np.ndarray]:
    """The first step that each place covers, at the start and after each round."""
    rounds = [np.arange(1, steps + 1)]

    def join(earlier: tuple, later: tuple) -> tuple:
        finished = rounds[-1][: steps - len(later[0])]
        rounds.append(np.concatenate([finished, earlier[0]]))
        return (earlier[0],)

    hillis_steele(join, (rounds[0],))
    return rounds


def scan_rounds(n: int, rounds: int) -> View:
    """The steps that each place has joined after some rounds of Hillis and Steele's scan. A
    place that covers all steps up to its own is finished (the first colour); the others
    (the second) join with the place that stands as far to the left as they cover."""
    made = covered(n)
    shown = min(rounds, len(made) - 1)
    firsts = made[shown]
    ticks = tuple(t for t in (1, 4, 8, 12, 16, 24, 32) if t <= n)
    chart = Chart(
        Axis("place", 0.4, n + 0.6, ticks), Axis("steps covered", 0.4, n + 0.6, ticks)
    )
    for place, first in enumerate(firsts.tolist(), 1):
        sides, ends = (place - 0.35, place + 0.35), (first - 0.5, place + 0.5)
        chart.box(sides, ends, ink=1 if first == 1 else 2)
    joins = sum(n - 2**each for each in range(shown))
    finished = int((firsts == 1).sum())
    facts = (
        f"After {shown} of {len(made) - 1} rounds: {finished} of {n} places finished",
        f"{joins} joins so far",
        f"a loop makes {n - 1}, one after the other",
    )
    drawn = f"A bar for each of {n} places, over the steps that it covers. "
    return View(chart, drawn + "; ".join(facts) + ".", facts)


explorer = Explorer(
    scan_rounds,
    Slider("n", "Steps", (4, 6, 8, 11, 16, 24, 32), 16),
    Slider("rounds", "Rounds", (0, 1, 2, 3, 4, 5), 2),
)
