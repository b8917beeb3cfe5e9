"""Call a learner's function in this process, so that `breakpoint()` stops in it."""

import bdb
import functools
from collections.abc import Callable, Iterator
from pathlib import Path

from answers.grader import judge
from answers.grader.exercise import Exercise
from answers.grader.report import Report


def calls(exercise: Exercise, path: Path, failing: str) -> Iterator[str]:
    """Call the function on the case named `failing`; without such a case, on one case after the
    other until one goes wrong. Yields the name of each case before it is called.

    Nothing limits time and memory. Nothing is caught but what quits the debugger, which ends the
    calls. There are none if the file has no such function.
    """
    function = judge.load(exercise.name, path)
    if isinstance(function, Report) or not callable(function):
        return
    try:
        trials = [exercise.trial(failing)]
    except KeyError:
        trials = exercise.trials
    for trial in trials:
        yield trial.name
        try:
            answer = trial.ask(stoppable(function))
        except KeyboardInterrupt:
            return
        if answer.wrong:
            return


def stoppable(function: Callable) -> Callable:
    """The function; quitting its debugger raises KeyboardInterrupt in its caller."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except (bdb.BdbQuit, SystemExit):
            raise KeyboardInterrupt from None

    return call
