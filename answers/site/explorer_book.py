"""How each explorer stands before it is moved: what `answers.site.explorers` shows."""

import json

from answers import explorers


def book() -> str:
    """The JSON of all explorers, by name: one line each."""
    lines = (
        f"{json.dumps(name)}: {json.dumps(entry(name), ensure_ascii=False)}"
        for name in explorers.names()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def entry(name: str) -> dict:
    explorer = explorers.load(name)
    return {
        "caption": explorer.caption,
        "sliders": [[s.label, len(s.values) - 1] for s in explorer.sliders],
        "starts": explorer.starts,
        **explorer.at(explorer.starts),
    }
