"""Run the judge of one submission under limits, and leave nothing of it running.

A script on the standard library alone, started by `sandbox`: it never runs the learner's
code, and starts ten times as fast as `answers` can be imported.

It reads one JSON line from standard input (`judge`, the command; `timeout`, in seconds; and what
the judge needs, to which the line is passed on with a token), and prints one JSON object of plain
facts; `sandbox` puts them into words. If standard input closes early, its caller is gone or was
interrupted: it ends all.

On Linux the supervisor is the reaper of all descendants (prctl(2)), so that even a daemon
that has left its session and lost its parent is found and killed. Elsewhere only the judge's
process group is, and on Windows only the judge.
"""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time

LINUX = sys.platform == "linux"
PR_SET_CHILD_SUBREAPER = 36
STARTUP = 60  # seconds to import NumPy, or PyTorch, before the learner's time begins
GRACE = 0.5  # seconds to end by itself after the report, for coverage and other exit handlers
TICK = 0.1  # seconds between two counts of processes
MOST_PROCESSES = 64
TAIL = 8_000  # bytes of output kept
LONGEST_LINE = 1_000_000  # bytes


class Output(threading.Thread):
    """Reads a pipe to its end, however much comes, and keeps the tail."""

    def __init__(self, pipe):
        super().__init__(daemon=True)
        self.pipe, self.total, self.tail = pipe, 0, b""

    def run(self):
        while chunk := os.read(self.pipe.fileno(), 1 << 16):
            self.total += len(chunk)
            self.tail = (self.tail + chunk)[-TAIL:]


class Channel(threading.Thread):
    """Reads the judge's messages: JSON lines that carry the token. All else is a stack trace."""

    def __init__(self, pipe, token, events):
        super().__init__(daemon=True)
        self.pipe, self.token, self.events = pipe, token, events
        self.report, self.trace, self.case, self.so_far = None, "", "", None

    def run(self):
        while line := self.pipe.readline(LONGEST_LINE):
            message = None
            if line.endswith(b"\n"):
                with contextlib.suppress(ValueError, RecursionError):
                    message = json.loads(line)
            if not isinstance(message, dict) or message.get("token") != self.token:
                self.trace = (self.trace + line.decode(errors="replace"))[:TAIL]
            elif "report" in message:
                self.report = message["report"]
                self.events.put("report")
            elif "so_far" in message:
                self.case, self.so_far = message["case"], message["so_far"]
            else:
                self.events.put("ready")


def main():
    order = json.loads(sys.stdin.readline())
    if LINUX:
        prctl(PR_SET_CHILD_SUBREAPER, 1)
    events = queue.SimpleQueue()
    token = os.urandom(16).hex()
    pipe = subprocess.PIPE
    judge = subprocess.Popen(
        order["judge"], stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
    )
    # Nothing more comes from the caller, until the end.
    watch(lambda: os.read(0, 1), "abandoned", events)
    watch(judge.wait, "ended", events)
    readers = Output(judge.stderr), Channel(judge.stdout, token, events)
    for reader in readers:
        reader.start()
    with contextlib.suppress(OSError):
        judge.stdin.write(json.dumps(order | {"token": token}).encode() + b"\n")
        judge.stdin.close()
    stopped, seconds = follow(events, order["timeout"])
    end_all(judge)
    # With every writer dead, both pipes are at their end.
    for reader in readers:
        reader.join(timeout=GRACE)
    output, channel = readers
    facts = {
        "stopped": stopped,
        "status": judge.returncode,
        "report": channel.report,
        "case": channel.case,
        "so_far": channel.so_far,
        "trace": channel.trace,
        "output": output.tail.decode(errors="replace"),
        "printed": output.total,
        "seconds": seconds,
    }
    print(json.dumps(facts), flush=True)


def watch(wait, event, events):
    """Put `event` when `wait` returns."""
    threading.Thread(target=lambda: (wait(), events.put(event)), daemon=True).start()


def follow(events, timeout):
    """Wait until the judge has ended or must: why it must, and the seconds the learner used."""
    ready = reported = None
    deadline = time.monotonic() + STARTUP
    while True:
        try:
            event = events.get(timeout=max(0, min(TICK, deadline - time.monotonic())))
        except queue.Empty:
            event = None
        now = time.monotonic()
        if event == "ready":
            ready, deadline = now, now + timeout
        elif event == "report":
            reported, deadline = now, now + GRACE
        seconds = (reported or now) - (ready or now)
        if event in ("ended", "abandoned"):
            return (None if event == "ended" else event), seconds
        if now >= deadline:
            return (None if reported else "timeout" if ready else "startup"), seconds
        if event is None and LINUX and len(descendants()) > MOST_PROCESSES:
            return "processes", seconds


def prctl(option, value):
    """Tell Linux how to treat this process."""
    import ctypes

    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def end_all(judge):
    """Kill the judge and all that it has started, until none is left."""
    # The whole group at once, so that no fork escapes.
    if os.name == "posix":
        with contextlib.suppress(OSError):
            os.killpg(judge.pid, signal.SIGKILL)
    judge.kill()
    judge.wait()
    deadline = time.monotonic() + 5
    while LINUX and (left := descendants()) and time.monotonic() < deadline:
        # Stopped first, so that none starts another while the rest is being killed.
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in left:
                with contextlib.suppress(OSError):
                    os.kill(pid, number)
        with contextlib.suppress(OSError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(0.005)


def descendants():
    """Every process below this one."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            stat = f"/proc/{entry}/stat"
            with contextlib.suppress(OSError), open(stat, "rb") as file:
                # pid (name) state parent …; the name may hold anything.
                parent = int(file.read().rpartition(b")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry))
    # The list grows as it is walked.
    found = [*children.get(os.getpid(), ())]
    for pid in found:
        found += children.get(pid, ())
    return found


if __name__ == "__main__":
    main()
