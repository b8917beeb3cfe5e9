"""Judge a learner's file in a process of its own, with limits of time and memory.

Three processes stand behind a check: `supervisor`, which keeps the time and ends whatever is
left; `judge`, which runs the code and reports; and between them one that only waits, so that
the code's parent can be killed and nothing is lost. A pass is a complete report of the judge
and nothing else: no exit code, no silence and no output of the learner's counts.

This protects from accidents, not from malice: the learner's code has the learner's rights.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from answers.practice.report import Failure, Report
from answers.practice.supervisor import MOST_PROCESSES

TIMEOUT = 10.0  # seconds
MEMORY = 2 * 10**9  # bytes
LINES_SHOWN, CHARACTERS_SHOWN = 20, 2_000

SUPERVISOR = [sys.executable, "-I", str(Path(__file__).with_name("supervisor.py"))]
# -P: no file in the learner's folder can stand in for a library before the judge is ready.
JUDGE = [sys.executable, "-P", "-m", "answers.practice.judge"]
# One thread each: the inputs are small, and a fork of a process with threads may deadlock.
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)
OUTPUT = {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8:backslashreplace"}
# breakpoint() does nothing: nobody could type.
NO_DEBUGGER = {"PYTHONBREAKPOINT": "0"}

# Why a judge that has not reported is no longer there.
STOPPED = {
    "timeout": (
        "it did not finish within {timeout:g} s; does a loop or a recursion never end? "
        "If it only needs longer, as torch.compile does, give it more by --timeout"
    ),
    "processes": f"it started more than {MOST_PROCESSES} processes; all have been ended",
    "startup": "Python did not start within a minute; try again when the machine is idle",
    "abandoned": "the check was interrupted",
    "lost": "the checker was ended before it could report",
}
ENDED = "it ended the program (exit code {status}) before the check was finished"
KILLED = {
    "SIGSEGV": "it accessed memory that is not its own",
    "SIGKILL": "did it kill a process, or did the system run out of memory?",
}


@dataclass(frozen=True)
class Outcome:
    """What came of a check.

    Attributes:
        report: The verdict.
        output: The end of what the learner's code printed.
        hidden: How many bytes it printed before that.
        seconds: How long the code took, without the start of the interpreter.
    """

    report: Report
    output: str
    hidden: int
    seconds: float


class Check:
    """A check under way: it runs from the moment that it is made, until `outcome` or `stop`."""

    def __init__(
        self, exercise: str, file: Path, timeout: float = TIMEOUT, memory: int = MEMORY
    ):
        self.file, self.timeout, self.memory = file, timeout, memory
        order = {
            "judge": JUDGE,
            "exercise": exercise,
            "file": str(file.absolute()),
            "timeout": timeout,
            "memory": memory,
        }
        self.process = subprocess.Popen(
            SUPERVISOR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | ONE_THREAD | OUTPUT | NO_DEBUGGER,
            # Ctrl-C is ours to handle.
            start_new_session=True,
        )
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.process.stdin.flush()

    def outcome(self) -> Outcome:
        """Wait for the verdict; leave nothing running, whatever happens meanwhile."""
        try:
            answer = self.process.stdout.read()
        finally:
            self.stop()
        facts = {"stopped": "lost", "status": None, "report": None, "trace": ""}
        facts |= {
            "case": "",
            "so_far": None,
            "output": "",
            "printed": 0,
            "seconds": 0.0,
        }
        with contextlib.suppress(ValueError):
            facts = json.loads(answer)
        shown = tail(facts["output"])
        hidden = max(0, facts["printed"] - len(shown.encode()))
        return Outcome(self.report_of(facts), shown, hidden, facts["seconds"])

    def stop(self) -> None:
        """End the check and all its processes, if they have not ended; wait for that."""
        # The supervisor takes this for the order to end.
        self.process.stdin.close()
        self.process.stdout.read()
        self.process.stdout.close()
        self.process.wait()

    def report_of(self, facts: dict) -> Report:
        """The judge's report if it is complete, else one that says why there is none, and what
        failed before. If only the name of the mistake is missing, that is not said."""
        stopped, status = facts["stopped"], facts["status"]
        if facts["report"] is not None:
            try:
                return Report.from_dict(facts["report"])
            except ValueError:
                stopped = "lost"
        why = STOPPED.get(stopped, ENDED).format(timeout=self.timeout, status=status)
        if stopped is None and status < 0:
            name = signal.Signals(-status).name
            cause = KILLED.get(name, "Python itself crashed")
            why = f"it was ended by the signal {name}: {cause}"
        why += place_in(facts["trace"], self.file)
        case = facts["case"]
        if not (known := failed(facts["so_far"])):
            why += f"\nThe case was: {case}" if case else ""
            return Report((Failure(f"running {self.file.name}", why),))
        if known.cases:
            return known
        first, *others = known.failures
        later = replace(first, message=f"{first.message}\nLater, in {case}, {why}")
        return Report((later, *others))


def failed(so_far: object) -> Report | None:
    """What the judge had found wrong before it was ended, if anything."""
    try:
        found = Report.from_dict(so_far)
    except ValueError:
        return None
    return None if found.passed else found


def place_in(trace: str, file: Path) -> str:
    """Where the code was, from the stack trace that Python left when it was ended."""
    own = re.search(rf'File "{re.escape(str(file.absolute()))}", line (\d+)', trace)
    if own is None:
        return ""
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    number = int(own[1])
    text = lines[number - 1].strip() if number <= len(lines) else ""
    return f"\nIt was in line {number}: `{text}`"


def tail(text: str) -> str:
    """The last lines of `text` that are worth showing."""
    lines = text[-CHARACTERS_SHOWN:].splitlines(keepends=True)
    return "".join(lines[-LINES_SHOWN:])
