"""What the grader says of every program that is kept for an exercise, here or in the browser.

It is sent to the browser as text, and imports there what is there.
"""

import ast
from types import ModuleType

from answers.practice import browser_judge, catalog

ABSENT = {
    "torch",
    "scipy",
    "sklearn",
    "statsmodels",
    "krippendorff",
    "crowdkit",
    "cleanlab",
}


def verdicts(name: str, stub: str, right: str, wrong: str) -> dict[str, dict]:
    """The report on each program, by a name for it; `right` and `wrong` are modules as text."""
    exercise = catalog.load(name)
    told = {
        "the stub": browser_judge.check(name, stub),
        "the solution": browser_judge.check(name, exercise.solution()),
        "the reference": exercise.run(exercise.reference).to_dict(),
    }
    for bug in exercise.bugs.values():
        for number, program in enumerate(bug.programs):
            told[f"bug {bug.name} {number}"] = exercise.run(program).to_dict()
    for kind, text in (("right", right), ("wrong", wrong)):
        for function in answers(text):
            told[f"{kind} {function.__name__}"] = exercise.run(function).to_dict()
    return told


def answers(text: str) -> list:
    """The answers in a module: the keys of its table BUGS, or else all functions; none that
    uses what no browser has."""
    tree = ast.parse(text)
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "BUGS":
            names = [key.id for key in node.value.keys if isinstance(key, ast.Name)]
            tree.body.remove(node)
    tree.body = [node for node in tree.body if not uses_absent(node)]
    module = ModuleType("programs")
    exec(compile(tree, "programs", "exec"), vars(module))
    found = [vars(module)[name] for name in names if name in vars(module)]
    return [each for each in found if each.__module__ == module.__name__]


def uses_absent(node: ast.stmt) -> bool:
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    for each in ast.walk(node):
        if isinstance(each, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in each.names}
        elif isinstance(each, ast.ImportFrom):
            names.add(each.module.partition(".")[0])
    return bool(names & ABSENT)
