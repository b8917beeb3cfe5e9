"""Parts of pages that a function writes: the question table, the kill matrix.

Such a part stands between two lines, of which the first names the function:

    <!-- generated:answers.site.index.table -->

    | what | the function | returned |

    <!-- /generated:answers.site.index.table -->

Nothing else registers it. `tests/test_pages.py` finds the lines, calls the function and compares;
`pytest --update` rewrites what has changed.
"""

import os
import re
from importlib import import_module
from pathlib import Path

BLOCK = re.compile(
    r"^<!-- generated:([\w.]+) -->\n(?:(?!<!-- /?generated:).*\n)*<!-- /generated:\1 -->$",
    re.MULTILINE,
)
MARKER = re.compile(r".*<!--\s*/?generated.*")


def regenerate(text: str) -> str:
    """`text` with every generated part made anew.

    Raises:
        ValueError: A marker stands alone, or names no function.
    """
    for line in MARKER.findall(BLOCK.sub("", text)):
        raise ValueError(
            f"{line.strip()}: a generated part stands between `<!-- generated:module.function -->` "
            "and `<!-- /generated:module.function -->`, each alone on its line"
        )
    return BLOCK.sub(lambda match: block(match[1]), text)


def block(function: str) -> str:
    """The lines of a generated part. Empty ones keep the comments apart from the Markdown."""
    module, _, name = function.rpartition(".")
    try:
        make = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(f"<!-- generated:{function} -->: {error}") from error
    return f"<!-- generated:{function} -->\n\n{make().strip()}\n\n<!-- /generated:{function} -->"


def write(path: Path, text: str) -> None:
    """Put `text` into `path`, all of it or nothing: an interrupted run leaves the old file."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8")
    os.replace(new, path)
