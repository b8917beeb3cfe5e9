"""Measure time and peak memory of attention against its length, for the figure of question 9.

    python tests/benchmarks/measure_attention.py

writes answers/records/attention_costs.json, from which `answers.figures.attention` draws. One
head of 64 features in float32, on one thread. The time is that of the fastest run in several
processes, which take turns. The memory is how far one run raises the resident memory of a process
above what it holds with its inputs; there, malloc is told to give back what is freed. Linux only.
"""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from time import perf_counter

from answers.files import write

FILE = Path(__file__).parents[2] / "answers/records/attention_costs.json"
METHODS = ["naive", "blockwise", "sdpa"]
LENGTHS = [512, 1024, 2048, 4096, 8192]
FEATURES, SECONDS, ROUNDS = 64, 3.0, 4
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
GIVE_BACK = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}


def resident(what: str) -> int:
    """Bytes of this process: VmRSS are resident now, VmHWM were at the peak."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(what):
            return 1024 * int(line.split()[1])
    raise OSError(f"/proc/self/status has no {what}")


def function_of(method: str):
    """A function of arrays, and one that makes its arrays of NumPy's."""
    if method == "sdpa":
        import torch

        torch.set_num_threads(1)

        def attend(q, k, v):
            with torch.no_grad():
                return torch.nn.functional.scaled_dot_product_attention(q, k, v)

        return attend, lambda a: torch.from_numpy(a)[None, None]
    from answers.transformers.attention import attend, attend_blockwise

    return {"naive": attend, "blockwise": attend_blockwise}[method], lambda a: a


def measure(what: str, method: str, length: int) -> float:
    """Seconds of the fastest run, or bytes at the peak beyond the inputs."""
    import numpy as np

    function, convert = function_of(method)
    rng = np.random.default_rng(0)

    def arrays(n):
        made = (rng.normal(size=(n, FEATURES)).astype(np.float32) for _ in range(3))
        return [convert(a) for a in made]

    function(*arrays(300))  # the libraries take what they need once
    inputs = arrays(length)
    if what == "bytes":
        before = resident("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
        function(*inputs)
        return resident("VmHWM") - before
    times = []
    while sum(times) < SECONDS:
        start = perf_counter()
        function(*inputs)
        times.append(perf_counter() - start)
    return float(f"{min(times):.3g}")


def in_a_process(what: str, method: str, length: int) -> float:
    command = [sys.executable, __file__, what, method, str(length)]
    environment = os.environ | ONE_THREAD | (GIVE_BACK if what == "bytes" else {})
    done = subprocess.run(command, env=environment, check=True, capture_output=True)
    return json.loads(done.stdout)


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def main() -> None:
    import numpy as np
    import torch

    result = {
        "processor": processor(),
        "numpy": np.__version__,
        "torch": torch.__version__,
        "features": FEATURES,
        "lengths": LENGTHS,
    }
    result |= {method: {"seconds": [], "bytes": []} for method in METHODS}
    for length in LENGTHS:
        times = [
            [in_a_process("seconds", method, length) for method in METHODS] for _ in range(ROUNDS)
        ]
        for method, seconds in zip(METHODS, map(min, *times), strict=True):
            result[method]["seconds"].append(seconds)
            result[method]["bytes"].append(in_a_process("bytes", method, length))
            print(length, method, result[method], file=sys.stderr)
    write(FILE, json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    if len(sys.argv) == 4:
        print(json.dumps(measure(sys.argv[1], sys.argv[2], int(sys.argv[3]))))
    else:
        main()
