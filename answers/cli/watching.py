"""`answers check --watch`: check at every save, and go on to the next exercise."""

import time
from dataclasses import replace
from pathlib import Path

from answers.cli import exercises, keys
from answers.cli.talk import tell
from answers.cli.verdict import Asked, check_once
from answers.cli.watch import saved_at, wait_for_save


def watch_file(asked: Asked) -> bool:
    """Check until the learner quits by q, or Ctrl-C; whether the last check passed.

    In a real terminal h takes a hint, and n begins the next exercise. Elsewhere nobody can press
    a key, and it watches the one file.
    """
    with keys.pressed():
        while True:
            seen = saved_at(asked.path)
            passed = check_once(asked)
            key = waited(asked, seen, passed)
            if key == keys.END:
                return passed
            if key == "n":
                if name := exercises.begin_after(asked.name):
                    asked = replace(asked, name=name, path=Path(f"{name}.py"))
                else:
                    tell("There is no other exercise that you have not passed.")
            tell(f"\n{'-' * 40} {time.strftime('%H:%M:%S')}\n")


def waited(asked: Asked, seen: tuple | None, passed: bool) -> str | None:
    """Wait for a save, or for n or q, which is returned; h shows a hint and waits on."""
    if not keys.real():
        tell(f"Watching {asked.path}; Ctrl-C stops.")
        return wait_for_save(asked.path, seen)
    while True:
        others = "n next exercise, q quit"
        choice = others if passed else f"h hint, {others}"
        tell(f"Watching {asked.path}: {choice}.")
        while True:
            key = wait_for_save(asked.path, seen, keys.within)
            if key in (None, "n", keys.END):
                return key
            if key == "h":
                exercises.hint(asked.name)
                break
