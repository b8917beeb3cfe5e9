"""What the grader calls each wrong answer that is kept: `answers dev check NAME --keep`.

The tests take for a fact what stands in the table WRONG of tests/submissions/NAME.py. So read
`git diff` afterwards, and keep a name only if it is true.
"""

import ast
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from answers.files import write
from answers.grader import catalog
from answers.pages import ROOT


def keep_names(name: str) -> Path | None:
    """Write the names into the table; the file, if that changed it.

    Raises:
        ValueError: The file has no such table; the message names the file.
    """
    path = ROOT / f"tests/submissions/{name}.py"
    old = path.read_text("utf-8") if path.is_file() else ""
    new = with_names(old, name)
    if new == old:
        return None
    write(path, new)
    command = [sys.executable, "-m", "ruff", "format", "--quiet", str(path)]
    subprocess.run(command, cwd=ROOT)
    return path


def with_names(text: str, name: str) -> str:
    """The file with the name that each wrong answer is told, or None where it is told none."""
    found = [
        node.value
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "WRONG"
    ]
    if len(found) != 1 or not isinstance(found[0], ast.Dict):
        raise ValueError(
            f"tests/submissions/{name}.py: it has no table `WRONG = {{answer: name}}`; write one"
        )
    exercise, module = catalog.load(name), ModuleType("submissions")
    exec(compile(text, f"{name}.py", "exec"), vars(module))
    lines = text.encode().splitlines(keepends=True)
    # From the end, so that what stands above keeps its place.
    for node, answer in [*zip(found[0].values, module.WRONG, strict=True)][::-1]:
        told = exercise.run(answer).bug
        if told != module.WRONG[answer]:
            first, last = node.lineno - 1, node.end_lineno
            value = b"None" if told is None else json.dumps(told).encode()
            lines[first:last] = [
                lines[first][: node.col_offset]
                + value
                + lines[last - 1][node.end_col_offset :]
            ]
    return b"".join(lines).decode()
