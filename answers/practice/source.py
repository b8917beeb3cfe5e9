"""The file that a learner starts from, and the file with the solution: cut from the source.

Text is cut, not printed from a syntax tree, so that the learner sees the code as it was
formatted and commented.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from pathlib import Path

# Of a line, as in the rest of the project.
WIDTH = 88

TASK = '"""Write the body of `{0}`, then run `answers check {0}`.'
FLOATS = "Return floats, for integers too. "
REFUSE_NOTHING = (
    "Change no input. {}You need not refuse bad input: what stands under Raises is not "
    "asked for."
)
REFUSE = "Raise ValueError for {}. What else stands under Raises is not asked for."

REPAIR = '''"""Several mistakes stand in this file. Repair one, then run `answers check {}`.

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
    head = module.text(function.lineno, function.body[0].end_lineno)
    signature = ast.Module([function.args, function.returns], [])
    imports = module.imports(names_in(signature) | {"np", "math"})
    integers = function.returns and "Int" in ast.unparse(function.returns)
    nothing = REFUSE_NOTHING.format("" if integers else FLOATS)
    rules = textwrap.fill(REFUSE.format(refuses) if refuses else nothing, WIDTH)
    task = TASK.format(function.name)
    task = task.replace(", then", ",\nthen") if len(task) > WIDTH else task
    opening = f'{task}\n\n{rules}\n"""\n\n{imports}'
    return f"{opening}\n\n\n{head}\n    raise NotImplementedError\n"


def solution(reference: Callable) -> str:
    """The source of `reference` with the helpers of its module, and the imports they need."""
    module = Module(reference)
    needed = module.needed(reference.__name__)
    code = [module.text(node.lineno, node.end_lineno) for node in needed]
    # The examples of the docstrings use np.
    names = {"np"}.union(*map(names_in, needed))
    return "\n\n\n".join([module.imports(names), *code]) + "\n"


class Module:
    """The source of the module that defines a function."""

    def __init__(self, function: Callable):
        file = Path(inspect.getsourcefile(inspect.unwrap(function)))
        source = file.read_text("utf-8")
        self.lines, self.body = source.splitlines(), ast.parse(source).body
        self.definitions = {n.name: n for n in self.body if hasattr(n, "name")}

    def text(self, first: int, last: int) -> str:
        """Lines `first` to `last`, counted from 1."""
        return "\n".join(self.lines[first - 1 : last])

    def imports(self, names: set[str]) -> str:
        """The import statements that bind `names`, each without what is not used."""
        kept, last = [], self.body[0]
        for node in self.body:
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            used = [each for each in node.names if (each.asname or each.name) in names]
            if used:
                # An empty line parts the standard library from the rest.
                if kept and "" in self.lines[last.end_lineno : node.lineno]:
                    kept.append("")
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
    each = "".join(f"    {name},\n" for name in names.split(", "))
    return f"{head} import (\n{each})"


def names_in(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
