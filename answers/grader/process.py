"""Judge a learner's file in a process of its own, with limits of time and of the memory of
each process that it starts.

The child is `judge`, which runs the code and reports; this process keeps the time. The child
leads a process group, which is killed at the end of every check, and ends by itself if this
process does. Only a process that leaves the group, as a daemon does, may outlive the check.

A pass is a complete report of the judge and nothing else: no exit code, no silence and no output
of the learner's counts. This protects from accidents, not from malice: the learner's code has
the learner's rights.
"""

import contextlib
import json
import linecache
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

from answers.grader.report import Failure, Report

TIMEOUT = 10.0  # seconds
MEMORY = 2 * 10**9  # bytes
STARTUP = 60  # seconds to import NumPy, or PyTorch, before the learner's time begins
GRACE = 0.5  # seconds to end after the report, for coverage and other exit handlers
TICK = 0.1  # seconds between two counts of processes
MOST_PROCESSES = 64
TAIL = 8_000  # bytes of output kept
LONGEST_LINE = 1_000_000  # bytes
LINES_SHOWN, CHARACTERS_SHOWN = 20, 2_000

# -P: no file in the learner's folder can stand in for a library before the judge is ready.
JUDGE = [sys.executable, "-P", "-m", "answers.grader.judge"]
# One thread each: the inputs are small, and a fork of a process with threads may deadlock.
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)
OUTPUT = {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8:backslashreplace"}
# breakpoint() does nothing: nobody could type.
NO_DEBUGGER = {"PYTHONBREAKPOINT": "0"}

# Why there is no report of a judge that did not end by itself.
STOPPED = {
    "timeout": (
        "it did not finish within {timeout:g} s; does a loop or a recursion never end? "
        "If it only needs longer, as torch.compile does, give it more by --timeout"
    ),
    "processes": f"it started more than {MOST_PROCESSES} processes; all have been ended",
    "startup": "Python did not start within a minute; try again when the machine is idle",
    "malformed": "the checker was ended before it could report",
}
ENDED = "it ended the program (exit code {status}) before the check was finished"
KILLED = {
    "SIGALRM": "an alarm of its own rang; take out `signal.alarm` and timers",
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


class Judging:
    """A check under way: it runs from the moment that it is made, until `outcome` or `stop`."""

    def __init__(
        self, exercise: str, file: Path, timeout: float = TIMEOUT, memory: int = MEMORY
    ):
        self.file, self.timeout = file, timeout
        self.token = os.urandom(16).hex()
        request = {
            "token": self.token,
            "exercise": exercise,
            "file": str(file.absolute()),
            "timeout": timeout,
            "memory": memory,
        }
        self.process = subprocess.Popen(
            JUDGE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | ONE_THREAD | OUTPUT | NO_DEBUGGER,
            # A group of its own; and Ctrl-C is ours to handle.
            start_new_session=True,
        )
        self.printed, self.end = 0, b""  # how many bytes, and the last of them
        self.told, self.trace = {}, ""
        self.events = queue.SimpleQueue()
        self.readers = [
            threading.Thread(target=reader, daemon=True)
            for reader in (self.read_output, self.read_messages)
        ]
        for reader in self.readers:
            reader.start()
        # A judge that could not start reads nothing. The pipe stays open: its end says that
        # this process is gone.
        with contextlib.suppress(OSError):
            os.write(self.process.stdin.fileno(), json.dumps(request).encode() + b"\n")

    def read_output(self) -> None:
        """Read all that is printed, however much comes, and keep the tail."""
        with self.process.stderr as pipe:
            while chunk := os.read(pipe.fileno(), 1 << 16):
                self.printed += len(chunk)
                self.end = (self.end + chunk)[-TAIL:]

    def read_messages(self) -> None:
        """Read the judge's messages: JSON lines with the token. All else is a stack trace."""
        with self.process.stdout as pipe:
            while line := pipe.readline(LONGEST_LINE):
                message = None
                with contextlib.suppress(ValueError, RecursionError):
                    message = json.loads(line)
                if isinstance(message, dict) and message.get("token") == self.token:
                    self.told |= message
                    self.events.put((message, time.monotonic()))
                else:
                    self.trace = (self.trace + line.decode(errors="replace"))[:TAIL]

    def outcome(self) -> Outcome:
        """Wait for the verdict; leave nothing running, whatever happens meanwhile."""
        try:
            stopped, seconds = self.follow()
        finally:
            self.stop()
        # With every writer dead, both pipes are at their end.
        for reader in self.readers:
            reader.join(timeout=GRACE)
        shown = tail(self.end.decode(errors="replace"))
        hidden = max(0, self.printed - len(shown.encode()))
        return Outcome(self.report_of(stopped), shown, hidden, seconds)

    def follow(self) -> tuple[str | None, float]:
        """Wait until the judge has ended or must: why it must, and the learner's seconds."""
        ready = reported = None
        deadline = time.monotonic() + STARTUP
        while True:
            left = deadline - time.monotonic()
            try:
                message, now = self.events.get(timeout=max(0, min(TICK, left)))
            except queue.Empty:
                message, now = {}, time.monotonic()
            if "ready" in message:
                ready, deadline = now, now + self.timeout
            elif "report" in message:
                reported, deadline = now, now + GRACE
            seconds = (reported or now) - (ready or now)
            if "status" in message or (not message and self.process.poll() is not None):
                return None, seconds
            if now >= deadline:
                late = "timeout" if ready else "startup"
                return None if reported else late, seconds
            if not message and processes_in(self.process.pid) > MOST_PROCESSES:
                return "processes", seconds

    def stop(self) -> None:
        """Kill the judge and all that it has started, and wait for the judge."""
        # The whole group at once, so that no fork escapes.
        if os.name == "posix":
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()

    def report_of(self, stopped: str | None) -> Report:
        """The judge's report if it is complete, else one that says why there is none, and what
        failed before. If only the name of the mistake is missing, that is not said."""
        status = self.told.get("status", self.process.returncode)
        if "report" in self.told:
            try:
                return Report.from_dict(self.told["report"])
            except ValueError:
                stopped = "malformed"
        why = STOPPED.get(stopped, ENDED).format(timeout=self.timeout, status=status)
        if stopped is None and status < 0:
            name = signal.Signals(-status).name
            cause = KILLED.get(name, "Python itself crashed")
            why = f"it was ended by the signal {name}: {cause}"
        why += place_in(self.trace, self.file)
        case = self.told.get("case")
        if not (known := failed(self.told.get("so_far"))):
            why += f"\nThe case was: {case}" if case else ""
            return Report((Failure(f"running {self.file.name}", why),))
        if known.cases:
            return known
        first, *others = known.failures
        later = replace(first, message=f"{first.message}\nLater, in {case}, {why}")
        return Report((later, *others))


def processes_in(group: int) -> int:
    """How many processes are in the group; 0 where nothing tells."""
    count = 0
    for entry in os.listdir("/proc") if sys.platform == "linux" else ():
        # Not every entry is a process, and one that was may have ended.
        with contextlib.suppress(ValueError, OSError):
            count += os.getpgid(int(entry)) == group
    return count


def failed(so_far: object) -> Report | None:
    """What the judge had found wrong before it was ended, if anything."""
    try:
        found = Report.from_dict(so_far)
    except ValueError:
        return None
    return None if found.passed else found


def place_in(trace: str, file: Path) -> str:
    """Where the code was, from the stack trace that Python left when it was ended."""
    path = str(file.absolute())
    own = re.search(rf'File "{re.escape(path)}", line (\d+)', trace)
    if own is None:
        return ""
    linecache.checkcache(path)  # it may have been saved since another check
    line = linecache.getline(path, int(own[1])).strip()
    return f"\nIt was in line {own[1]}: `{line}`"


def tail(text: str) -> str:
    """The last lines of `text` that are worth showing."""
    lines = text[-CHARACTERS_SHOWN:].splitlines(keepends=True)
    return "".join(lines[-LINES_SHOWN:])
