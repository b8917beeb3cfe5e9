"""Run the benchmarks and print a Markdown table: `python tests/benchmarks/table.py [JSON]`.

With the name of a file that `pytest tests/benchmarks --benchmark-json JSON` wrote, only print.
Every time is that of the fastest round; ours and its peer took turns.
The exit code is 1 if a target is missed.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path


def seconds(time: float) -> str:
    """A time with three digits, in the unit that suits it."""
    for unit, size in (("s", 1), ("ms", 1e-3)):
        if time >= size:
            return f"{time / size:.3g} {unit}"
    return f"{time / 1e-6:.3g} µs"


def verdict(ours: float, peer: float | None, targets: dict) -> tuple[str, bool | None]:
    """The target in words, and whether it is met; None if there is none."""
    if limit := targets["ratio"]:
        return f"≤ {limit} times", ours <= limit * peer
    if limit := targets["beyond"]:
        return f"≤ {limit} s beyond", ours - peer <= limit
    if limit := targets["below"]:
        return f"≤ {limit} s", ours <= limit
    return "", None


def row(result: dict) -> tuple[str, bool | None]:
    """A line of the table, and whether its target is met."""
    ours, info = result["stats"]["min"], result["extra_info"]
    peer = info["peer seconds"]
    target, met = verdict(ours, peer, info["targets"])
    cells = (
        result["name"].removeprefix("test_").replace("_", " "),
        seconds(ours),
        f"{seconds(peer)} ({info['peer']})" if peer else "",
        f"{ours / peer:.2f}" if peer else "",
        target,
        {None: "", True: "yes", False: "**no**"}[met],
    )
    return f"| {' | '.join(cells)} |", met


def results(arguments: list[str]) -> list[dict]:
    """What pytest-benchmark wrote: into the file that is named, or now."""
    if arguments:
        return json.loads(Path(arguments[0]).read_text())["benchmarks"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "benchmarks.json"
        command = [
            "pytest",
            str(Path(__file__).parent),
            "-q",
            f"--benchmark-json={file}",
        ]
        subprocess.run([sys.executable, "-m", *command], check=True, stdout=sys.stderr)
        return json.loads(file.read_text())["benchmarks"]


def main() -> int:
    rows = [row(result) for result in results(sys.argv[1:])]
    print("| what | ours | peer | ratio | target | met |")
    print("|---|---:|---:|---:|---:|---|")
    for line, _ in rows:
        print(line)
    return int(any(met is False for _, met in rows))


if __name__ == "__main__":
    sys.exit(main())
