"""Where k-means ends from random starts and from k-means++: `python -m answers.records.k_means`.

Each start is run to its end, from the same seeds; what is recorded are the sums of squared
distances at the start and at the end. One thread; it takes some minutes. Set JAXTYPING_DISABLE=1.
"""

import json
import platform
from pathlib import Path

import numpy as np
import sklearn
from sklearn.cluster import kmeans_plusplus
from sklearn.datasets import load_digits, load_iris
from threadpoolctl import threadpool_limits

from answers.classical.k_means import inertia, kmeans_plus_plus, lloyd
from answers.files import write
from answers.records import RECORDS

RECORD = RECORDS / "k_means.json"
SEEDS = range(100)


# --8<-- [start:groups]
def groups() -> np.ndarray:
    """1,000 points in 25 equal groups: a square grid of centres, 10 deviations apart."""
    rng = np.random.default_rng(0)
    centres = 10.0 * np.stack(np.divmod(np.arange(25), 5), axis=1)
    return (centres[:, None] + rng.normal(size=(25, 40, 2))).reshape(-1, 2)


# --8<-- [end:groups]


# Points and how many centres are sought.
SETS = {
    "digits, k = 10": (lambda: load_digits().data, 10),
    "digits, k = 50": (lambda: load_digits().data, 50),
    "iris, k = 3": (lambda: load_iris().data, 3),
    "25 groups, k = 25": (groups, 25),
}


def at_random(points, k, rng):
    return rng.choice(len(points), k, replace=False)


def plus_plus(points, k, rng):
    return kmeans_plus_plus(points, rng.random(k))


def greedy(points, k, rng):
    """Of 2 + log k draws the best one is kept for each centre."""
    return kmeans_plusplus(points, k, random_state=int(rng.integers(2**31)))[1]


STARTS = {
    "points at random": at_random,
    "k-means++": plus_plus,
    "greedy k-means++": greedy,
}


def run(name: str, start: str, seed: int) -> tuple[float, float]:
    """The inertia at the start, and at the end."""
    make, k = SETS[name]
    points = make()
    rows = STARTS[start](points, k, np.random.default_rng(seed))
    begin, end = (lloyd(points, points[rows], rounds) for rounds in (0, 1000))
    return tuple(round(inertia(points, *each), 2) for each in (begin, end))


def recorded() -> dict:
    return json.loads(RECORD.read_text("utf-8"))


def best(name: str) -> float:
    """The least inertia at which any start ended."""
    return min(end for runs in recorded()["runs"][name].values() for _, end in runs)


def ratios(name: str, start: str) -> np.ndarray:
    """Inertia at the start and at the end of each run, over the best that was found."""
    return np.array(recorded()["runs"][name][start]) / best(name)


def table() -> str:
    """Markdown: the mean inertia at the start and at the end, over the best that was found."""
    lines = [
        "| Start | " + " | ".join(SETS) + " |",
        "|---|" + "---:|" * len(SETS),
    ]
    for start in STARTS:
        means = (ratios(name, start).mean(axis=0) for name in SETS)
        cells = (f"{begin:.2f} → {end:.2f}" for begin, end in means)
        lines.append(f"| {start} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main(at: Path = RECORD) -> None:
    """Run every start on every set, and write the record."""
    versions = {"numpy": np.__version__, "scikit-learn": sklearn.__version__}
    runs = {name: {} for name in SETS}
    with threadpool_limits(1):
        for name in SETS:
            for start in STARTS:
                runs[name][start] = [run(name, start, seed) for seed in SEEDS]
                print(name, start, flush=True)
    found = {"machine": {"processor": platform.machine(), **versions}, "runs": runs}
    write(at, json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
