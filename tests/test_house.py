"""The house: who may import whom, what imports load, and how much there is of everything."""

import ast
import graphlib
import importlib
import re
import subprocess
import sys

import pytest

from answers import MACHINES, TOPICS
from answers.pages import ROOT
from answers.site import modules

FILES = modules.files()
PROMISED = modules.promised()
PYTORCH = {name for name in FILES if "torch" in modules.needs(name)}
LOUD = {"torch", "sympy", "scipy", "typer", "rich", "matplotlib"}

# Each room, and those that it may import; `files` and `inputs` are for all.
BELOW = {
    "inputs": set(),
    "extras": set(),
    "files": set(),
    "pages": set(),
    "gradient_check": set(),
    "probability": {"gradient_check"},
    "networks": {"gradient_check", "probability"},
    "transformers": {"gradient_check", "probability", "networks"},
    "labels": {"gradient_check", "probability", "networks"},
    "language_models": {"gradient_check", "probability", "networks", "training", "transformers"},
    "alignment": {
        "gradient_check",
        "probability",
        "networks",
        "training",
        "transformers",
        "language_models",
    },
    "scale": {"gradient_check", "probability", "networks", "training", "transformers"},
    "derivations": set(),
    "explorers": {*TOPICS},
    "records": {*TOPICS, "pages"},
    "figures": {*TOPICS, "records"},
    "progress": set(),
    "handout": set(),
    "grader": {"pages", "handout"},
    "cards": {"pages"},
    "exercises": {*TOPICS, "grader"},
    "naming": {"grader"},
    "site": {"pages", "grader", "handout", "cards", "explorers", "records", "figures"},
    "proof": {
        "pages",
        "grader",
        "handout",
        "naming",
        "cards",
        "explorers",
        "records",
        "figures",
        "site",
    },
    "cli": {"pages", "grader", "progress", "cards", "site", "proof"},
}
# A new topic may import what the older ones may.
BELOW |= {
    topic: {"gradient_check", "probability", "networks"} for topic in TOPICS if topic not in BELOW
}
# What a string that names a module looks like, and what loads one of any name.
NAME = re.compile(r"answers(\.\w+)+(:[\w.]+)?")
LOADERS = re.compile(r"\b(import_module|__import__|resolve_name|run_module|run_path)\b")
# Modules that import others by a name that is computed: these imports cannot be drawn. Nobody else
# loads by name.
BY_NAME = {
    "answers.derivations.finder",
    "answers.explorers",
    "answers.figures",
    "answers.grader.catalog",
    "answers.proof.generated",
    "answers.proof.session",
}
# The one exception: the catalog hands what names failures to each exercise that it loads.
HANDED_OVER = {("answers.grader.catalog", "answers.naming.diagnosis")}


def room(module: str) -> str:
    name = module.split(".")[1] if "." in module else module
    # `python -m answers` is the command.
    return "cli" if name == "__main__" else name


def imported(source: str) -> set[str]:
    """The modules of this package that a source imports, by a statement or by a string that names
    one or something in it, whoever is given it: `import_module`, under any name, or `named`."""
    tree = ast.parse(source)
    texts = {str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    names = {text.replace(":", ".") for text in filter(NAME.fullmatch, texts)}
    found = map(modules.module_of, modules.imported(tree) | names)
    return set(found) - {None, "answers"}


def steps_upward(module: str, source: str) -> set[str]:
    """What a module imports of rooms that are not below its own."""
    below = BELOW[room(module)] | {room(module), "files", "inputs"}
    above = {name for name in imported(source) if room(name) not in below}
    return {name for name in above if (module, name) not in HANDED_OVER}


@pytest.mark.parametrize("module", sorted(FILES))
def test_imports_run_downward_only(module):
    source = FILES[module].read_text("utf-8")
    assert (module in BY_NAME) == bool(LOADERS.search(source)), (
        f"{FILES[module].relative_to(ROOT)}: only BY_NAME in tests/test_house.py load by name"
    )
    if module != "answers":
        found = steps_upward(module, source)
        assert not found, (
            f"{FILES[module].relative_to(ROOT)}: it imports {', '.join(found)}, which is not below "
            f"{room(module)}: see BELOW in tests/test_house.py"
        )


@pytest.mark.parametrize(
    "line",
    [
        "from answers.networks import layers",
        "import answers.grader.exercise",
        "def f():\n    from answers.proof.index import table",
        'import importlib\nimportlib.import_module("answers.labels.crowd")',
        'from importlib import import_module as load\nload("answers.labels.crowd")',
        'import importlib as il\nil.import_module("answers.labels.crowd")',
        'import pkgutil\npkgutil.resolve_name("answers.labels.crowd:votes")',
        '__import__("answers.labels.crowd")',
        'named("answers.labels.crowd.votes")',
    ],
)
def test_a_step_upward_is_seen_however_it_is_written(line):
    assert len(steps_upward("answers.probability.softmax", line)) == 1
    assert steps_upward("answers.probability.softmax", "import answers.files") == set()


def test_no_room_and_no_module_imports_itself_through_others():
    def ordered(graph):
        return set(graphlib.TopologicalSorter(graph).static_order()) >= set(graph)

    assert ordered(BELOW)
    drawn = {
        name: imported(path.read_text("utf-8")) for name, path in FILES.items() if name != "answers"
    }
    assert ordered({name: drawn[name] - {name} for name in drawn})


def test_there_are_at_most_eighteen_machines_on_the_map_and_each_topic_says_what_it_holds():
    import answers

    rooms = {room(name) for name in FILES} - {"answers"}
    assert rooms == set(BELOW)
    assert rooms - {*TOPICS} == MACHINES
    assert len(MACHINES) <= 18
    off = [r for r in MACHINES if not re.search(rf"^    {r} +\w", answers.__doc__, re.M)]
    assert not off, f"answers/__init__.py: its docstring, the map, does not name {', '.join(off)}"
    for topic in TOPICS:
        path = FILES[f"answers.{topic}"]
        said = ast.get_docstring(ast.parse(path.read_text("utf-8")))
        assert said, f"{path.relative_to(ROOT)}: say in its docstring what the room holds"


def annotated(path) -> list[str]:
    """The functions of a module that are annotated with the shapes of arrays."""
    return [
        node.name
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef)
        if re.search(r"\[(\w+\.)?(ndarray|Tensor), ", ast.unparse(node.args))
    ]


def unenforced(module: str) -> list[str]:
    """The functions of a module whose annotated shapes nothing enforces."""
    there = vars(importlib.import_module(module))
    return [name for name in annotated(FILES[module]) if not hasattr(there[name], "__wrapped__")]


# What an exercise asks for is judged by the grader, and enforced nowhere.
@pytest.mark.parametrize(
    "module", [name for name in FILES if room(name) != "exercises" and annotated(FILES[name])]
)
def test_the_shapes_of_every_annotated_function_are_enforced(module):
    found, place = unenforced(module), FILES[module].relative_to(ROOT)
    assert not found, (
        f"{place}: the shapes of {', '.join(found)} are not enforced; take {room(module)!r} out of "
        "MACHINES in answers/__init__.py, for it is a topic"
    )


def test_shapes_that_nothing_enforces_are_found():
    assert unenforced("answers.exercises.majority_vote") == ["majority_vote"]
    assert unenforced("answers.probability.softmax") == []


def test_nothing_of_the_package_is_imported_by_a_relative_name():
    for path in FILES.values():
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        assert not [n for n in nodes if isinstance(n, ast.ImportFrom) and n.level]


@pytest.mark.parametrize(
    ("wanted", "absent"),
    [
        (["answers"], LOUD),
        (sorted(set(PROMISED) - PYTORCH), LOUD),
        (
            ["answers.grader.exercise", "answers.grader.catalog"],
            LOUD | {"platformdirs"},
        ),
        (["answers.site.formulas"], LOUD | {"pytest"}),
        (["answers.site.bundle"], LOUD | {"pytest", "mkdocs"}),
        (["answers.cli"], {"torch", "sympy", "scipy", "mkdocs", "matplotlib"}),
    ],
    ids=["answers", "topics", "grader", "formulas", "bundle", "command line"],
)
def test_importing_loads_nothing_that_it_does_not_need(wanted, absent):
    code = f"import sys, {', '.join(wanted)}; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not set(run.stdout.split()) & absent


MAIN = "from answers.cli import main; main()"


@pytest.mark.parametrize(
    "arguments",
    [["import answers"], [MAIN, "--version"], [MAIN, "--help"], [MAIN, "check", "--help"]],
    ids=" ".join,
)
def test_neither_the_package_nor_its_command_starts_with_what_answers_need(arguments):
    command = [sys.executable, "-X", "importtime", "-c", *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = set(re.findall(r"\| +([\w.]+)$", run.stderr, re.M))
    assert "answers" in loaded
    assert not loaded & {*LOUD - {"typer"}, "numpy", "jaxtyping", "beartype", "yaml"}


def test_what_names_mistakes_is_loaded_where_there_is_one():
    code = """
import sys
from answers.grader import browser_judge, catalog
exercise = catalog.load("softmax")
solution, stub = exercise.solution(), exercise.stub()
for text in (solution, stub, solution.replace("x.max", "x.min")):
    failed = bool(browser_judge.check("softmax", text)["failures"])
    print(failed, "answers.naming.diagnosis" in sys.modules)
"""
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False", "True", "False", "True", "True"]


def test_what_names_mistakes_is_loaded_before_code_that_may_replace_what_it_takes():
    code = """
import sys
import numpy as np
from answers.grader import catalog
exercise = catalog.load("softmax")
exercise.ask_reference()
catalog.naming()
before = {*sys.modules}
print(exercise.run(lambda x, axis=-1: np.cumsum(exercise.reference(x, axis), axis)).passed)
print({name for name in {*sys.modules} - before if name.startswith("answers")} or "none")
"""
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "none"]


def test_one_function_tells_how_the_module_in_a_file_is_called():
    """And one in the worker, where `answers.site` is not."""
    sources = {
        path for room in ("answers", "docs", "tests") for path in ROOT.glob(f"{room}/**/*.py")
    }
    told = r"replace\(\"/\", \"\.\"\)|\"\.\"\.join\(.*\bparts"
    found = {path.name for path in sources if re.search(told, path.read_text("utf-8"))}
    assert found == {"modules.py", "worker.py"}


def test_one_function_asks_for_the_day():
    """Another would be another day than the one that the tests set."""
    asks = r"\b(date|datetime)\.(today|now|utcnow)\("
    found = {
        str(path.relative_to(ROOT))
        for room in ("answers", "tests")
        for path in ROOT.glob(f"{room}/**/*.py")
        if re.search(asks, path.read_text("utf-8"))
    }
    # When mutations and another judge's verdicts were counted is a record.
    assert found == {
        "answers/progress/clock.py",
        "tests/mutation/__main__.py",
        "tests/other_judge.py",
    }


def test_annotations_are_no_strings():
    # jaxtyping skips some checks of annotations that are strings.
    for module, path in FILES.items():
        assert "from __future__ import annotations" not in path.read_text(), module
