"""The table of question 13: what each way of treating suspicious labels is worth.

Measuring it takes most of a minute, so every accuracy of every repeat is kept in
`label_repairs.json`, and the table is made from that file. The tests measure two repeats of each
setting anew and compare; `pytest --update` measures all of them if one differs.
"""

import json
from pathlib import Path

import numpy as np

from answers.labels.noisy_digits import one_way_flips, repairs, uniform_flips

FILE = Path(__file__).with_suffix(".json")
REPEATS, TESTED = 20, (0, 13)
NOISE = {
    "20% at random": uniform_flips(0.2),
    "40% of four digits, one way": one_way_flips(0.4),
}
FITS = {"follows its labels": 30, "well regularised": 3}
SETTINGS = {
    f"{noise}, {model}": (NOISE[noise], FITS[model])
    for noise in NOISE
    for model in FITS
}
QUALITY = ("precision", "recall")


def measure(setting: str, repeat: int) -> dict[str, float]:
    """The accuracies of one repeat, to the digit that one test image of 897 moves."""
    return {k: round(v, 4) for k, v in repairs(*SETTINGS[setting], repeat).items()}


def measured_anew(old: str) -> str:
    """The text of the file: `old` if two repeats of each setting agree with it, else all that is
    measured now."""
    known = json.loads(old or "{}")
    if all(
        agrees(known.get(s, [])[r:], measure(s, r)) for s in SETTINGS for r in TESTED
    ):
        return old
    found = {s: [measure(s, r) for r in range(REPEATS)] for s in SETTINGS}
    return json.dumps(found, indent=1) + "\n"


def agrees(stored: list[dict[str, float]], measured: dict[str, float]) -> bool:
    """Whether the first stored repeat agrees with the measured one, but for an image or two of
    897: rounding, which differs between processors, may turn those."""
    return (
        bool(stored)
        and stored[0].keys() == measured.keys()
        and all(
            abs(stored[0][name] - value) <= (0.02 if name in QUALITY else 0.0025)
            for name, value in measured.items()
        )
    )


def stored() -> dict[str, list[dict[str, float]]]:
    return json.loads(FILE.read_text(encoding="utf-8"))


def table() -> str:
    """Markdown: a row for each treatment, a column for each kind of noise and model."""
    found = stored()
    lines = [
        "| treatment | "
        + " | ".join(f"{s.replace(', ', ',<br>')}" for s in SETTINGS)
        + " |",
        "|---|" + "---|" * len(SETTINGS),
    ]
    names = [name for name in next(iter(found.values()))[0] if name not in QUALITY]
    for name in names:
        cells = [cell(found[setting], name) for setting in SETTINGS]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines.append(
        "| *relabelling less removing* | "
        + " | ".join(map(between, found.values()))
        + " |"
    )
    for name in QUALITY:
        means = [np.mean([r[name] for r in found[setting]]) for setting in SETTINGS]
        shown = " | ".join(f"{mean:.2f}" for mean in means)
        lines.append(f"| *{name} of the filter* | {shown} |")
    return "\n".join(lines)


def cell(repeats: list[dict[str, float]], name: str) -> str:
    """The mean accuracy in percent; for all but the first row the gain over it, with its 95%
    interval over the repeats."""
    first, *_ = repeats[0]
    values = 100 * np.array([r[name] for r in repeats])
    if name == first:
        return f"{values.mean():.1f}"
    low, high = interval(values - 100 * np.array([r[first] for r in repeats]))
    return minus(f"{values.mean():.1f} ({low:+.1f} to {high:+.1f})")


def between(repeats: list[dict[str, float]]) -> str:
    """By how much more points relabelling gains than removing, with the 95% interval."""
    gains = [
        100 * (r["relabel the flagged"] - r["remove the flagged"]) for r in repeats
    ]
    low, high = interval(np.array(gains))
    return minus(f"{np.mean(gains):+.2f} ({low:+.2f} to {high:+.2f})")


def minus(text: str) -> str:
    return text.replace("-", "\N{MINUS SIGN}")


def interval(differences: np.ndarray) -> tuple[float, float]:
    """Student's 95% interval of the mean."""
    from scipy.stats import t

    n = len(differences)
    half = t.ppf(0.975, n - 1) * differences.std(ddof=1) / np.sqrt(n)
    return differences.mean() - half, differences.mean() + half
