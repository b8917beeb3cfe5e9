"""Changes of the library: mutmut's, judged by a module's own tests and those that all share."""

import ast
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from answers.pages import ROOT
from tests.house import copy_house
from tests.mutation.changes import Change

ROOMS = ("networks", "probability", "transformers", "training", "labels")
# What several modules do with their arguments.
SHARED = "tests/test_inputs.py"
# mutmut renames functions; these tests ask for their names.
BY_NAME = "not refused_with_its_name and not numbers_of_numpy"
CONFIGURATION = """
[tool.mutmut]
source_paths = ["answers"]
only_mutate = {paths}
also_copy = ["conftest.py", "docs", "mkdocs.yml", "README.md"]
# What an error says is read, not run.
do_not_mutate_patterns = ["^ *raise ", "^ *f?\\"", "warn"]
pytest_add_cli_args = ["-n0", "-q", "-x", "-p", "no:cacheprovider", "-k", "{by_name}"]
pytest_add_cli_args_test_selection = {tests}
"""
# As pytest leaves: a test failed, it was interrupted, mutmut's for a mutant that does not end.
NOTICED = {1, 2, 3, 24, 36, 37, 152, 255, -9, -24}


def changes(*modules: str) -> Iterator[Change]:
    """mutmut's changes of modules such as `probability/softmax`, each already judged.

    Raises:
        RuntimeError: The tests fail without a change, or mutmut does.
    """
    paths = [f"answers/{module}.py" for module in modules]
    shared = (ROOT / SHARED).read_text("utf-8")
    tests = [test for module in modules if (test := tests_of(module))]
    if any(f"from answers.{m.replace('/', '.')} import" in shared for m in modules):
        tests.append(SHARED)
    with tempfile.TemporaryDirectory() as folder:
        copy = copy_house(Path(folder))
        open_contracts(copy, paths)
        with open(copy / "pyproject.toml", "a") as file:
            lists = {"paths": json.dumps(paths), "tests": json.dumps(tests)}
            file.write(CONFIGURATION.format(**lists, by_name=BY_NAME))
        # What pytest is told of the run that asks is not meant for mutmut's.
        own = ("PYTHONPATH", "PYTEST_ADDOPTS")
        environment = {k: v for k, v in os.environ.items() if k not in own and "COV" not in k}
        ran = subprocess.run(
            [Path(sys.executable).with_name("mutmut"), "run", "--max-children", "1"],
            cwd=copy,
            env=environment | {"OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
        )
        for meta in sorted((copy / "mutants").rglob("*.py.meta")):
            for name, code in json.loads(meta.read_text("utf-8"))["exit_code_by_key"].items():
                if code is None:
                    raise RuntimeError(f"mutmut asked nothing of {name}: {ran.stdout[-2000:]}")
                noticed = code in NOTICED
                what = "" if noticed else difference(copy, name)
                yield Change("library", name, what, lambda noticed=noticed: noticed)


def open_contracts(copy: Path, paths: list[str]) -> None:
    """Let mutmut change functions under a contract, and conditions.

    It skips decorated functions: `f = refuses(…)(f)` below f does as well. And `refuses` would
    ask f itself, past mutmut's wrapper, which chooses the mutant.
    """
    contracts = copy / "answers/inputs/contracts.py"
    code = contracts.read_text("utf-8").replace("inspect.unwrap(", "wrapped(")
    contracts.write_text(code + WRAPPED, "utf-8")
    for path in paths:
        (copy / path).write_text(contracts_below((copy / path).read_text("utf-8")), "utf-8")


WRAPPED = """

def wrapped(function):
    return functools.wraps(function)(lambda *args, **kwargs: function(*args, **kwargs))
"""


def contracts_below(code: str) -> str:
    """The module with each contract below its function."""
    lines = code.splitlines()
    functions = [each for each in ast.walk(ast.parse(code)) if isinstance(each, ast.FunctionDef)]
    # From the end, so that line numbers above stay as they are.
    for function in sorted(functions, key=lambda each: -each.lineno):
        decorators = [ast.unparse(each) for each in function.decorator_list]
        if any(each.startswith("refuses(") for each in decorators):
            assigned = f"{' ' * function.col_offset}{function.name} = "
            below = [f"{assigned}{each}({function.name})" for each in reversed(decorators)]
            end = function.end_lineno
            lines[end:end] = below
            del lines[function.decorator_list[0].lineno - 1 : function.lineno - 1]
    return "\n".join(lines) + "\n"


def difference(copy: Path, name: str) -> str:
    """What a mutant writes instead."""
    told = subprocess.run(
        [Path(sys.executable).with_name("mutmut"), "show", name],
        cwd=copy,
        capture_output=True,
        text=True,
    ).stdout
    lines = [
        line[1:].strip() for line in told.splitlines() if line[:1] in "-+" and line[1:2] == " "
    ]
    return " → ".join(lines)


def modules() -> list[str]:
    """All modules of the topic rooms that have unit tests."""
    found = [
        path.relative_to(ROOT / "answers").with_suffix("").as_posix()
        for room in ROOMS
        for path in sorted((ROOT / f"answers/{room}").glob("[!_]*.py"))
    ]
    return [module for module in found if tests_of(module)]


def tests_of(module: str) -> str | None:
    room, name = module.split("/")
    for stem in (name, name.removesuffix("_torch")):
        if (ROOT / f"tests/{room}/test_{stem}.py").exists():
            return f"tests/{room}/test_{stem}.py"
    return None
