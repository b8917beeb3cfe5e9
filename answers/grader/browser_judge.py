"""Judge what a reader writes into a page, in the reader's browser, where there is one process.

`judge` judges the text as it does a learner's file. The page keeps the time: it ends the worker
in which this runs, if it must.
"""

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from answers.grader import catalog, judge


def prepare(name: str) -> None:
    """Load the exercise, so that this takes nothing of the reader's time."""
    catalog.load(name)


def check(name: str, text: str) -> dict:
    """The report on the reader's text, as JSON can hold it.

    Returns:
        What `Report.to_dict` returns and, as `spoilt`, whether the text has replaced something
        on which checks rely: then Python must start anew.
    """
    exercise = catalog.load(name)
    with tempfile.TemporaryDirectory() as folder, no_traces():
        path = Path(folder, f"{name}.py")
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        report = judge.judge(exercise, path)
    spoilt = any(each.case == judge.RELIED_ON for each in report.failures)
    return report.to_dict() | {"spoilt": spoilt}


def case(name: str, failing: str, text: str) -> str:
    """The reader's text with the call that fails below it, to be run as a cell."""
    from answers.grader import case_file

    return f"{text.rstrip()}\n\n\n{case_file.text(catalog.load(name), failing)}"


@contextlib.contextmanager
def no_traces() -> Iterator[None]:
    """Inside, reading standard input fails; at the end, `sys` is as it was before."""
    kept = sys.stdin, sys.stdout, sys.stderr, sys.path[:]
    modules, limit = dict(sys.modules), sys.getrecursionlimit()
    sys.stdin = judge.NoInput()
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr, sys.path[:] = kept
        sys.setrecursionlimit(limit)
        for name in sys.modules.keys() - modules:
            if getattr(sys.modules[name], "__spec__", None) is None:  # the submission
                del sys.modules[name]
