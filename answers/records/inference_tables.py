"""Tables of what was measured once, on one machine, and recorded beside the code.

`python -m answers.records.inference` measures and writes `inference.json`; the
functions here print it as Markdown. Sizes and qualities are the same everywhere, and the
tests measure them again. Times are those of one run: compare them with each other only.
"""

import json
from pathlib import Path

RECORD = Path(__file__).with_name("inference.json")


def recorded() -> dict:
    """What was measured."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def markdown(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table whose first column is text and the others are numbers."""
    lines = [head, ("---", *["---:"] * (len(head) - 1)), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def trained_gpt() -> str:
    """The trained GPT, as it is and made smaller: size, time and perplexity."""
    measured = recorded()["gpt"]
    base = measured["float32"]
    rows = []
    for name, row in measured.items():
        change = row["perplexity"] / base["perplexity"] - 1
        rows.append(
            (
                name,
                f"{row['bytes'] / 1e6:.2f}",
                f"{row['ms']:.2f}",
                f"{row['perplexity']:.3f}",
                f"{change:+.2%}",
                f"{row['same_byte']:.1%}",
            )
        )
    head = ("model", "MB", "ms a token", "perplexity", "change", "same next byte")
    return markdown(head, rows)


def encoder() -> str:
    """The sentence encoder: size, time, and what became of its embeddings."""
    rows = [
        (
            name,
            f"{row['bytes'] / 1e6:.1f}",
            f"{row['ms']:.0f}",
            f"{row['cosine']:.4f}",
            f"{row['least']:.3f}",
            f"{row['same_neighbour']:.0%}",
        )
        for name, row in recorded()["encoder"].items()
    ]
    head = ("model", "MB", "ms", "mean cosine", "least cosine", "same neighbour")
    return markdown(head, rows)


def products() -> str:
    """One product of 1024 inputs and 4096 outputs, done in several ways."""
    rows = [
        (name, *(f"{us / 1000:.2f}" for us in times))
        for name, times in recorded()["products"].items()
    ]
    return markdown(("product, ms", "1 row", "64 rows"), rows)


def batches() -> str:
    """Decoding with the trained GPT: what a larger batch does to both times."""
    rows = [
        (batch, f"{ms:.2f}", f"{1000 * int(batch) / ms:,.0f}")
        for batch, ms in recorded()["batches"].items()
    ]
    return markdown(("batch", "ms a step", "tokens a second"), rows)


def layer_errors() -> str:
    """The errors of the outputs of the int8 layers on real inputs, as text."""
    rows = [
        (name, *(f"{value:.2%}" for value in (row["median"], row["worst"])))
        for name, row in recorded()["layers"].items()
    ]
    return markdown(("relative error of a layer's output", "median", "worst"), rows)
