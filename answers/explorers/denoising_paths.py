"""The ways of noise to two points of the plane, in few steps and in many, for question 44."""

import itertools
import math
from functools import cache
from statistics import NormalDist

import numpy as np

from answers.explorers import Explorer, Slider, View
from answers.explorers.chart import Axis, Chart
from answers.probability.diffusion import linear_schedule

# A seed of which four go left in many steps, and one of these right in five.
STARTS = np.random.default_rng(38).normal(size=(12, 2))
QUANTILES = np.array([NormalDist().inv_cdf((i + 0.5) / 1000) for i in range(1000)])
WEIGHTS = 0.7, 0.3  # of the points (1, 0) and (-1, 0)
MANY = 200


def ways(starts: np.ndarray, steps: int, spread: float) -> np.ndarray:
    """Each place of each start, by DDIM with the exact denoiser: steps + 1, starts, 2.

    The softmax over two points is a tanh. By `denoise_points` and `ddim_step`, which a test puts
    beside it, a hundred steps would take longer than a slider may.
    """
    times = np.append(np.linspace(1000, 1, steps).round().astype(int), 0)
    places = [starts]
    for now, after in itertools.pairwise(linear_schedule()[times].tolist()):
        x = places[-1]
        log_odds = math.log(WEIGHTS[0] / WEIGHTS[1])
        log_odds = log_odds + 2 * math.sqrt(now) * x[:, 0] / (spread * (1 - now))
        x0 = np.stack([np.tanh(log_odds / 2), 0 * log_odds], axis=1)
        ratio = math.sqrt((1 - after) / (1 - now))
        places.append(math.sqrt(after) * x0 + ratio * (x - math.sqrt(now) * x0))
    return np.array(places)


@cache
def in_many_steps() -> np.ndarray:
    return ways(STARTS, MANY, 1.0)


def denoising_paths(steps: int, spread: float) -> View:
    """Twelve draws of noise on their way to two points, of weights 0.7 (right) and 0.3 (left), by
    DDIM. Solid: in a few steps. Dashed: in 200 steps with the exact score. A denoiser that
    believes in another variance than the true one leads to the wrong shares."""
    solid = ways(STARTS, steps, spread)
    axis = np.stack([QUANTILES, 0 * QUANTILES], axis=1)
    ends = ways(axis, steps, spread)[-1, :, 0]
    chart = Chart(
        Axis("first coordinate", -2, 2, (-2, -1, 0, 1, 2)),
        Axis("second coordinate", -1.6, 1.6, (-1, 0, 1)),
    )
    for way in in_many_steps().transpose(1, 0, 2):
        chart.line(*way.T, ink=3, dashed=True)
    for way in solid.transpose(1, 0, 2):
        chart.line(*way.T, ink=1)
    for place in (1, -1):
        chart.dot(place, 0, ink=2)
    left = (ends < 0).mean()
    middle = abs(abs(ends) - 1).max()
    other = (np.sign(solid[-1, :, 0]) != np.sign(in_many_steps()[-1, :, 0])).sum()
    facts = (
        f"Share that ends on the left: {left:.3f}, of the data 0.3",
        f"farthest from a point: {middle:.2f}",
        f"{other} of 12 end elsewhere than in {MANY} steps",
    )
    return View(chart, f"Twelve ways in {steps:g} steps. {'; '.join(facts)}.", facts)


explorer = Explorer(
    denoising_paths,
    Slider("steps", "Steps", (1, 2, 3, 5, 10, 20, 50, 100), 5),
    Slider("spread", "Variance believed, in true ones", (0.25, 0.5, 1, 2, 4), 1),
)
