"""The days on which cards come back, as the page says them: `docs/live/schedule.js`, by ts-fsrs.

They are recorded beside histories that were drawn once, and the command line's own
(`answers.study.schedule`) are compared with them.
"""

import json
import re
from pathlib import Path

from answers.pages import ROOT

MODULES = "docs/vendor/ts-fsrs/ts-fsrs.js", "docs/live/schedule.js"
# As one script: what the first exports, it names; the second imports nothing and exports nothing.
EXPORTED = re.compile(r"(\w+) as (\w+)")
STATEMENT = re.compile(r"export\{(.*?)\};|^import .*$|^export ", re.MULTILINE)
TOLD = """
const told = ({ reviews }) =>
  ({ due: due(reviews), "once more": choices(reviews, reviews.at(-1)[0]) })
"""


def recorded(path: Path, old: str) -> str:
    """The same histories, each with what is said of it now."""
    from py_mini_racer import MiniRacer

    def plain(statement: re.Match) -> str:
        named = EXPORTED.sub(r"\2 = \1", statement[1] or "")
        return f"const {named};" if named else ""

    scripts = [STATEMENT.sub(plain, (ROOT / m).read_text("utf-8")) for m in MODULES]
    histories = json.loads(old)
    with MiniRacer() as context:
        context.eval("\n".join([*scripts, TOLD]))
        said = context.eval(f"JSON.stringify({json.dumps(histories)}.map(told))")
    lines = [
        json.dumps({"reviews": each["reviews"]} | days)
        for each, days in zip(histories, json.loads(said), strict=True)
    ]
    return "[\n" + ",\n".join(lines) + "\n]\n"
