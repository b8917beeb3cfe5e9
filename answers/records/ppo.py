"""PPO on the world of twelve cells, with and without its parts: `python -m answers.records.ppo`.

Each way to train gets as many rollouts, the same rates and the same five seeds. What counts is the
policy's exact value at the end. One thread; it takes five minutes. Set JAXTYPING_DISABLE=1.
"""

import json
import platform
from pathlib import Path

import numpy as np

from answers.alignment.ppo_mdp import ENVS, FREE, STEPS, best_values, train
from answers.files import write
from answers.records import RECORDS

RECORD = RECORDS / "ppo.json"
RATES, SEEDS, ROLLOUTS = (0.01, 0.03, 0.1, 0.3, 1.0), (1, 2, 3, 4, 5), 100
WAYS = {
    "PPO, 16 epochs": {"epochs": 16},
    "PPO, 4 epochs": {"epochs": 4},
    "no clip, 16 epochs": {"epochs": 16, "clip": FREE},
    "no clip, 4 epochs": {"epochs": 4, "clip": FREE},
    "one epoch": {"epochs": 1},
    "values clipped at 0.2, 4 epochs": {"epochs": 4, "value_clip": 0.2},
    "cut counted as end, 4 epochs": {"epochs": 4, "cut_is_end": True},
}


def run(way: str, rate: float, seed: int, rollouts: int = ROLLOUTS) -> dict:
    """What is recorded of one training."""
    trained = train(seed, rate, **WAYS[way], rollouts=rollouts)
    return {
        "curve": trained.curve.round(4).tolist(),
        "ratio": float(f"{trained.ratio:.3g}"),
        "flat": round(trained.flat, 4),
    }


def recorded() -> dict:
    return json.loads(RECORD.read_text("utf-8"))


def ends(way: str, rate: float) -> list[float]:
    """The value after the last rollout, for each seed."""
    runs = recorded()["ways"][way][str(rate)].values()
    return [each["curve"][-1] for each in runs]


def mean_curve(way: str, rate: float) -> np.ndarray:
    """The value after each rollout, a mean over seeds."""
    runs = recorded()["ways"][way][str(rate)].values()
    return np.mean([each["curve"] for each in runs], axis=0)


def table() -> str:
    """Markdown: the final value of each way at each rate, a mean over seeds."""
    lines = [
        "| trained by | " + " | ".join(f"rate {rate:g}" for rate in RATES) + " |",
        "|---|" + "---:|" * len(RATES),
    ]
    for way in recorded()["ways"]:
        cells = " | ".join(f"{np.mean(ends(way, rate)):.2f}" for rate in RATES)
        lines.append(f"| {way} | {cells} |")
    return "\n".join(lines)


def main(at: Path = RECORD) -> None:
    """Train every way at every rate, and write the record."""
    found = {
        "machine": {"processor": platform.machine(), "numpy": np.__version__},
        "steps": ENVS * STEPS,
        "best": round(float(best_values().mean()), 4),
        "ways": {},
    }
    for way in WAYS:
        found["ways"][way] = {
            str(rate): {str(seed): run(way, rate, seed) for seed in SEEDS}
            for rate in RATES
        }
        print(way, flush=True)
    write(at, json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
