"""Modules of the page that touch no page, run without a browser."""

import atexit
import json
import re
from functools import cache

from py_mini_racer import MiniRacer

from answers.pages import ROOT
from answers.site import bundle

# As one script, in which each sees all that those before it define.
IMPORT = re.compile(r"^import\b[^'\"]*['\"][^'\"]+['\"];?$", re.MULTILINE)
EXPORT = re.compile(r"^export (?!\{)", re.MULTILINE)
EXPORTED = re.compile(r"export\s*\{(.*?)\};?", re.DOTALL)


@cache
def cards() -> dict[str, dict]:
    """What the page knows of each card, by its id."""
    return json.loads(bundle.cards_made()[bundle.CARDS])


class Scripts:
    """`Scripts("days.js")("effective", …)` calls a function of them, by JSON.

    Constants are what their names stand for in what `value` is given.
    """

    def __init__(self, *paths: str, **constants):
        self.context = MiniRacer()
        # Left to the end of the process, its threads may be gone, and closing it waits for ever.
        atexit.register(self.context.close)
        for name, value in constants.items():
            self.context.eval(f"const {name} = {json.dumps(value)}")
        for path in paths:
            text = (ROOT / "docs/live" / path).read_text("utf-8")
            text = EXPORT.sub("", IMPORT.sub("", text))
            self.context.eval(EXPORTED.sub(self.renamed, text))

    @staticmethod
    def renamed(exported: re.Match) -> str:
        """What is exported under another name has it here, too."""
        names = re.findall(r"(\w+) as (\w+)", exported[1])
        return "".join(f"const {new} = {old};" for old, new in names)

    def __call__(self, function: str, *arguments):
        return self.value(f"{function}(...{json.dumps(arguments)})")

    def value(self, expression: str):
        """What an expression comes to; None if that is `undefined`."""
        return json.loads(self.context.eval(f"JSON.stringify({expression} ?? null)"))
