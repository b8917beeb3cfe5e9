"""Call a learner's function in this process, so that `breakpoint()` stops in it."""

import bdb
import functools
from collections.abc import Callable, Iterator
from pathlib import Path

from answers.practice import judge
from answers.practice.grader import Exercise
from answers.practice.report import Report


def calls(exercise: Exercise, path: Path, failing: str) -> Iterator[str]:
    """Call the function on the failing case; if no case is called so, on one after the other
    until one goes wrong. The name of each case comes before its calls.

    Nothing limits time and memory, and nothing is caught but what quits the debugger: that ends
    it. There are no calls if the file has no such function.
    """
    function = judge.load(exercise.name, path)
    if isinstance(function, Report) or not callable(function):
        return
    trials = [trial for trial in exercise.trials if trial.name == failing]
    for trial in trials or exercise.trials:
        yield trial.name
        try:
            answer = trial.ask(stoppable(function))
        except KeyboardInterrupt:
            return
        if answer.wrong:
            return


def stoppable(function: Callable) -> Callable:
    """The function; who quits its debugger interrupts what called it."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except (bdb.BdbQuit, SystemExit):
            raise KeyboardInterrupt from None

    return call
