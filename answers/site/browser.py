"""What of this package runs in the reader's browser, where there is no PyTorch.

`docs/live/answers.json` holds these modules as they stand here; `tests/test_live.py` compares, and
`pytest --update` rewrites it.
"""

import ast
import json
import sys
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
PACKAGES = {"numpy", "sympy", "jaxtyping", "beartype"}  # as in docs/vendor/wheels
NO_PROCESSES = {"subprocess"}  # nor in Pyodide


def bundle() -> str:
    """The JSON of the sources, by path: one line a module."""
    sources = {
        path.relative_to(PACKAGE.parent).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.parent != Path(__file__).parent and runs(module_name(path))
    }
    return json.dumps(sources, indent=0, ensure_ascii=False) + "\n"


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def runs(module: str) -> bool:
    """Whether everything that is imported when the module is imported is there."""
    todo, seen = [module], {module}
    while todo:
        for name in imports(file_of(todo.pop())) - seen:
            seen.add(name)
            if file_of(name):
                todo.append(name)
    outside = {name.partition(".")[0] for name in seen} - {PACKAGE.name}
    return outside <= PACKAGES | sys.stdlib_module_names - NO_PROCESSES


def file_of(module: str) -> Path | None:
    """The file of a module of this package; None if the name is not one of a module."""
    path = PACKAGE.parent / module.replace(".", "/")
    for file in (path / "__init__.py", path.with_suffix(".py")):
        if file.is_file():
            return file
    return None


@cache
def imports(path: Path) -> set[str]:
    """The names that a file imports outside its functions, and the packages that they lie in."""
    names, nodes = set(), [ast.parse(path.read_text(encoding="utf-8"))]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
            names.add(node.module)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            nodes += ast.iter_child_nodes(node)
    name = module_name(path)
    return names | {name.rpartition(".")[0]} - {""}
