"""Recall a flagged symbol, with and without gates: `python -m answers.records.recurrent`.

Each network gets the same batches, clipping, rates and seeds; the table shows its best rate at
each distance. One thread; it takes about ten minutes. Set JAXTYPING_DISABLE=1.
"""

import json
import platform
from pathlib import Path

import numpy as np

from answers.files import write
from answers.records import RECORDS
from answers.training.flagged_symbol import ORTHOGONAL, WAYS, accuracy, train

RECORD = RECORDS / "recurrent.json"
DISTANCES, RATES, SEEDS, STEPS = (
    (10, 30, 60),
    (0.001, 0.003, 0.01),
    (1, 2, 3),
    800,
)
FIRST_STEPS = 20  # whose losses are kept, for a test
# Five times as long, where two networks have not learned yet.
LONGER, LONGER_STEPS, LONGER_DISTANCE = (ORTHOGONAL, "LSTM, forget bias 1"), 4000, 30


def run(way: str, distance: int, rate: float, seed: int) -> dict:
    """What is recorded of one training."""
    weights, losses = train(way, distance, rate, seed, STEPS)
    return {
        "accuracy": round(accuracy(weights, distance), 3),
        "last": round(float(np.mean(losses[-100:])), 4),
        "first": [round(loss, 4) for loss in losses[:FIRST_STEPS]],
    }


def longer() -> dict:
    """The accuracy of each seed after five times the steps, for both networks at each rate."""

    def score(way: str, rate: float, seed: int) -> float:
        weights, _ = train(way, LONGER_DISTANCE, rate, seed, LONGER_STEPS)
        return round(accuracy(weights, LONGER_DISTANCE), 3)

    return {
        way: {f"{rate:g}": [score(way, rate, seed) for seed in SEEDS] for rate in RATES}
        for way in LONGER
    }


def recorded() -> dict:
    return json.loads(RECORD.read_text("utf-8"))


def accuracies(way: str, distance: int, rate: float) -> list[float]:
    """The accuracy of each seed."""
    runs = recorded()["ways"][way][str(distance)][f"{rate:g}"]
    return [each["accuracy"] for each in runs.values()]


def best(way: str, distance: int) -> tuple[float, list[float]]:
    """The rate whose mean accuracy is largest, and the accuracy of each seed there."""
    rate = max(RATES, key=lambda rate: np.mean(accuracies(way, distance, rate)))
    return rate, accuracies(way, distance, rate)


def table() -> str:
    """Markdown: accuracies of the seeds at the best rate, for each way and distance."""
    lines = [
        "| Network | " + " | ".join(f"{each} steps later" for each in DISTANCES) + " |",
        "|---|" + "---|" * len(DISTANCES),
    ]
    for way in recorded()["ways"]:
        cells = (
            ", ".join(f"{each:.2f}" for each in sorted(best(way, distance)[1]))
            for distance in DISTANCES
        )
        lines.append(f"| {way} | {' | '.join(cells)} |")
    return "\n".join(lines)


def rates_table() -> str:
    """Markdown: the mean accuracy over seeds at each rate, for each way and distance."""
    lines = [
        "| Network | Steps | " + " | ".join(f"rate {rate:g}" for rate in RATES) + " |",
        "|---|---:|" + "---:|" * len(RATES),
    ]
    for way in recorded()["ways"]:
        for distance in DISTANCES:
            cells = " | ".join(
                f"{np.mean(accuracies(way, distance, rate)):.2f}" for rate in RATES
            )
            lines.append(f"| {way} | {distance} | {cells} |")
    return "\n".join(lines)


def longer_table() -> str:
    """Markdown: accuracies of the seeds after five times the steps, for each rate."""
    lines = [
        "| Network | " + " | ".join(f"rate {rate:g}" for rate in RATES) + " |",
        "|---|" + "---|" * len(RATES),
    ]
    for way, rates in recorded()["longer"].items():
        cells = (
            ", ".join(f"{each:.2f}" for each in sorted(rates[f"{rate:g}"]))
            for rate in RATES
        )
        lines.append(f"| {way} | {' | '.join(cells)} |")
    return "\n".join(lines)


def longer_best(way: str) -> list[float]:
    """After five times the steps: the accuracies at the rate whose mean is largest."""
    return max(recorded()["longer"][way].values(), key=np.mean)


def main(at: Path = RECORD) -> None:
    """Train every network at every distance and rate, and write the record."""
    ways = {way: {str(each): {} for each in DISTANCES} for way in WAYS}
    for distance in DISTANCES:
        for way in WAYS:
            ways[way][str(distance)] = {
                f"{rate:g}": {
                    str(seed): run(way, distance, rate, seed) for seed in SEEDS
                }
                for rate in RATES
            }
            print(distance, way, flush=True)
    machine = {"processor": platform.machine(), "numpy": np.__version__}
    write(at, json.dumps({"machine": machine, "ways": ways, "longer": longer()}) + "\n")


if __name__ == "__main__":
    main()
