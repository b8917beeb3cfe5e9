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
    half = math.log(WEIGHTS[0] / WEIGHTS[1]) / 2  # of the log-odds of the weights
    places = [starts]
    for now, after in itertools.pairwise(linear_schedule()[times].tolist()):
        ratio = math.sqrt((1 - after) / (1 - now))
        x = ratio * places[-1]
        data = np.tanh(half + math.sqrt(now) / (spread * (1 - now)) * places[-1][:, 0])
        x[:, 0] += (math.sqrt(after) - ratio * math.sqrt(now)) * data
        places.append(x)
    return np.array(places)


def seen(places: np.ndarray) -> np.ndarray:
    """Of each way some 25 places: more take longer to draw than a slider may."""
    return places[:: max(1, (len(places) - 1) // 25)].transpose(1, 0, 2)


@cache
def drawn(steps: int, spread: float) -> np.ndarray:
    """The way of each start, as it is drawn."""
    return seen(ways(STARTS, steps, spread))


@cache
def ends(steps: int, spread: float) -> tuple[float, float]:
    """Which share of all noise ends on the left, and how far from a point any ends."""
    axis = np.stack([QUANTILES, 0 * QUANTILES], axis=1)
    last = ways(axis, steps, spread)[-1, :, 0]
    return (last < 0).mean(), abs(abs(last) - 1).max()


def denoising_paths(steps: int, spread: float) -> View:
    """Twelve draws of noise on their way to two points, of weights 0.7 (right) and 0.3 (left), by
    DDIM. Solid: in the steps of the slider. Dashed: in 200 steps with the exact score. From 20
    steps on, a denoiser that believes in another variance than the true one leads to wrong
    shares. In five steps or fewer the exact one does, too."""
    solid, dashed = drawn(steps, spread), drawn(MANY, 1.0)
    left, middle = ends(steps, spread)
    chart = Chart(
        Axis("first coordinate", -2, 2, (-2, -1, 0, 1, 2)),
        Axis("second coordinate", -1.6, 1.6, (-1, 0, 1)),
    )
    for way in dashed:
        chart.line(*way.T, ink=3, dashed=True)
    for way in solid:
        chart.line(*way.T, ink=1)
    for place in (1, -1):
        chart.dot(place, 0, ink=2)
    other = (np.sign(solid[:, -1, 0]) != np.sign(dashed[:, -1, 0])).sum()
    facts = (
        f"Share that ends on the left: {left:.3f}, of the data 0.3",
        f"farthest from a point: {middle:.2f}",
        f"{other} of 12 end elsewhere than in {MANY} steps",
    )
    length = f"{steps:g} step{'s' if steps > 1 else ''}"
    return View(chart, f"Twelve ways in {length}. {'; '.join(facts)}.", facts)


explorer = Explorer(
    denoising_paths,
    Slider("steps", "Steps", (1, 2, 3, 5, 10, 20, 50, 100), 5),
    Slider("spread", "Believed variance / true variance", (0.25, 0.5, 1, 2, 4), 1),
)
