"""The file that a learner starts from, and the file with the solution: cut from the source.

Text is cut, not printed from a syntax tree, so that the learner sees the code as it was
formatted and commented.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from pathlib import Path

WIDTH = 88  # of a line, as in the rest of the project

RULES = '''"""Write the body of `{name}`, then run `answers check {name}`.

Change no input. Return floats, for integers too. You need not refuse bad input: what stands
under Raises is not asked for.
"""
'''

RULES_WITH_REFUSAL = '''"""Write the body of `{name}`, then run `answers check {name}`.

{refusals}
"""
'''
REFUSALS = "Raise ValueError for {}. What else stands under Raises is not asked for."

REPAIR = '''"""Several mistakes stand in this file. Repair one, then run `answers check {name}`.

It names the first that is left. Look before you ask: run a function on an input that you can
check by hand. No signature and no docstring is wrong.
"""
'''


def stub(reference: Callable, refuses: str = "") -> str:
    """The signature and docstring of `reference`, the imports they need, and no body.

    `refuses` says for what the learner is to raise a ValueError, if for anything.
    """
    module = Module(reference)
    function = module.definitions[reference.__name__]
    docstring = function.body[0]
    head = module.text(function.lineno, docstring.end_lineno)
    signature = ast.Module([function.args, function.returns], [])
    imports = module.imports(names_in(signature) | {"np", "math"})
    rules = RULES_WITH_REFUSAL if refuses else RULES
    refusals = textwrap.fill(REFUSALS.format(refuses), WIDTH)
    rules = rules.format(name=reference.__name__, refusals=refusals)
    if rules.index("\n") > WIDTH:
        rules = rules.replace(", then", ",\nthen", 1)
    if function.returns and "Int" in ast.unparse(function.returns):
        rules = rules.replace("Return floats, for integers too. ", "")
    return f"{rules}\n{imports}\n\n\n{head}\n    raise NotImplementedError\n"


def broken(name: str, code: str) -> str:
    """The file of a fix-it exercise: code with mistakes, under what is asked of the learner."""
    return f"{REPAIR.format(name=name)}\n{code}"


def solution(reference: Callable) -> str:
    """The source of `reference` with the helpers of its module, and the imports they need."""
    module = Module(reference)
    needed = module.needed(reference.__name__)
    code = [module.text(node.lineno, node.end_lineno) for node in needed]
    names = {"np"}.union(
        *map(names_in, needed)
    )  # the examples of the docstrings use np
    return "\n\n\n".join([module.imports(names), *code]) + "\n"


class Module:
    """The source of the module that defines a function."""

    def __init__(self, function: Callable):
        source = Path(inspect.getsourcefile(inspect.unwrap(function))).read_text(
            "utf-8"
        )
        self.lines = source.splitlines()
        self.body = ast.parse(source).body
        self.definitions = {
            node.name: node for node in self.body if hasattr(node, "name")
        }

    def text(self, first: int, last: int) -> str:
        """Lines `first` to `last`, counted from 1."""
        return "\n".join(self.lines[first - 1 : last])

    def imports(self, names: set[str]) -> str:
        """The import statements that bind `names`, each without what is not used."""
        kept = []
        last = self.body[0]
        for node in self.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                used = [
                    alias
                    for alias in node.names
                    if (alias.asname or alias.name) in names
                ]
                if used:
                    if kept and "" in self.lines[last.end_lineno : node.lineno]:
                        kept.append("")  # between the standard library and the rest
                    shorter = type(node)(**{**vars(node), "names": used})
                    kept.append(wrapped(ast.unparse(shorter)))
                    last = node
        return "\n".join(kept)

    def needed(self, name: str) -> list[ast.stmt]:
        """The definition of `name` and of all that it uses, in the order of the module."""
        found, open_ = set(), {name}
        while open_:
            found |= open_
            used = set().union(*(names_in(self.definitions[each]) for each in open_))
            open_ = (used & self.definitions.keys()) - found
        return [node for node in self.body if getattr(node, "name", None) in found]


def wrapped(statement: str) -> str:
    """An import statement, with a line for each name if one line is too long."""
    head, _, names = statement.partition(" import ")
    if len(statement) <= WIDTH:
        return statement
    return "\n".join(
        [f"{head} import (", *(f"    {n}," for n in names.split(", ")), ")"]
    )


def names_in(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
