"""The file with the solution, and what the file to start from needs: cut from the source.

Text is cut, not printed from a syntax tree, so that the learner sees the code as it was
formatted and commented.
"""

import ast
import inspect
import re
from collections.abc import Callable
from pathlib import Path

# The longest line, as in the rest of the project.
WIDTH = 88

# The section of a docstring that would give the answer away.
HOW = "How:"
# The section of a module with a contract, and the function below it; see `answers.site.refusals`.
CONTRACT = re.compile(
    r"\[start:(\w+_refuses)\]\n((?:.*\n)*?)# --8<-- \[end:\1\]\n"
    r"(?:[#@].*\n)*(?:def|class) (\w+)"
)
NOT_ASKED = (
    "# The answer of this guide also refuses bad input, which is not asked for here."
)


def parted(head: str, title: str) -> tuple[str, str]:
    """The text of a function's head without a section of its docstring, and that section."""
    kept, section, told = [], [], None
    for line in head.splitlines():
        indent = len(line) - len(line.lstrip())
        if line.strip() == title:
            told = indent
        elif told is not None and line.strip() and indent <= told:
            told = None
        (kept if told is None else section).append(line)
    return "\n".join(kept), "\n".join(section)


def solution(reference: Callable) -> str:
    """The source of `reference` with the helpers of its module, and the imports they need.

    The function that the exercise asks for comes first; contracts come last, in comments.
    """
    module, name = Module(reference), reference.__name__
    names = module.needed(name)
    # Code that stands in an exercise may be a file to repair: its order stays.
    if not reference.__module__.startswith("answers.exercises."):
        names = core_first(module, name, names)
    used = set().union(*(names_in(module.definitions[each]) for each in names))
    imports = module.imports_for(name, used, names)
    code = [*filter(None, [imports]), *(module.texts[each] for each in names)]
    if refusals := {each: c for each in names if (c := module.contract(each))}:
        code.append(in_comments(refusals))
    return "\n\n\n".join(code) + "\n"


def core_first(module: "Module", name: str, names: list[str]) -> list[str]:
    """The names as a reader needs them: first `name`, then the functions that it uses. Classes
    in its signature go before all functions."""
    nodes = {each: module.definitions[each] for each in names}
    classes = [each for each in names if isinstance(nodes[each], ast.ClassDef)]
    order, waiting = [], [name]
    while waiting:
        each = waiting.pop(0)
        if each in nodes and each not in order:
            order.append(each)
            waiting += [used for used in names_in_order(nodes[each]) if used in nodes]
    functions = [each for each in order if each not in classes]
    first = functions[:1] if not names_in(signature(nodes[name])) & set(classes) else []
    return first + classes + functions[len(first) :]


def in_comments(refusals: dict[str, list[str]]) -> str:
    """What each function refuses, as comments: to be read, not run."""
    lines = [NOT_ASKED]
    for name, contract in refusals.items():
        lines += ["", f"In {name}:", *(f"    {line}" for line in contract)]
    return "\n".join(
        f"# {line}".rstrip() if line != NOT_ASKED else line for line in lines
    )


class Module:
    """The source of the module that defines a function."""

    def __init__(self, function: Callable):
        file = Path(inspect.getsourcefile(inspect.unwrap(function)))
        source, self.name = file.read_text("utf-8"), function.__module__
        self.lines, self.body = source.splitlines(), ast.parse(source).body
        self.definitions = {n.name: n for n in self.body if hasattr(n, "name")}
        # The body is the answer; the contract above it is a section of its own.
        self.contracts = {name: text for _, text, name in CONTRACT.findall(source)}
        for node in self.definitions.values():
            node.decorator_list = [
                each for each in node.decorator_list if not is_contract(each)
            ]
        self.texts = {
            name: self.text(node.lineno, node.end_lineno)
            for name, node in self.definitions.items()
        }

    def contract(self, name: str) -> list[str]:
        """The lines of the contract above a function: its conditions, then the decorator."""
        section = self.contracts.get(name, "").strip().replace("\n\n\n", "\n\n")
        return [line for line in section.splitlines() if "--8<--" not in line]

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

    def imports_for(self, name: str, used: set[str], here: list[str]) -> str:
        """The imports for these names and the examples of a function, in a file that has
        the definitions `here`."""
        text = ast.get_docstring(self.definitions[name]) or ""
        used = used | names_in_examples(text) | self.told_of(text)
        imports = self.imports(used)
        if others := sorted(used & self.definitions.keys() - set(here)):
            own = wrapped(f"from {self.name} import {', '.join(others)}")
            imports = with_own(imports, own)
        return imports

    def told_of(self, text: str) -> set[str]:
        """The names in backticks in a docstring that the module imports from this package."""
        froms = [node for node in self.body if isinstance(node, ast.ImportFrom)]
        ours = [node for node in froms if node.module.startswith("answers.")]
        names = {each.name for node in ours for each in node.names}
        return names & set(re.findall(r"`(\w+)`", parted(text, HOW)[0]))

    def needed(self, name: str) -> list[str]:
        """The definition of `name` and of all that it uses, in the order of the module."""
        found, open_ = set(), {name}
        while open_:
            found |= open_
            used = set().union(*(names_in(self.definitions[each]) for each in open_))
            open_ = (used & self.definitions.keys()) - found
        return [each for each in self.definitions if each in found]


def is_contract(decorator: ast.expr) -> bool:
    return ast.unparse(decorator).startswith("refuses(")


def signature(function: ast.FunctionDef) -> ast.Module:
    return ast.Module([function.args, function.returns], [])


def with_own(imports: str, own: str) -> str:
    """The imports with one more from this package, which stand last and in order."""
    lines = imports.splitlines()
    ours = [line for line in lines if line.startswith("from answers.")]
    others = [line for line in lines if line not in ours]
    gap = [""] * bool(others and others[-1])
    return "\n".join([*others, *gap, *sorted([*ours, own])])


def wrapped(statement: str) -> str:
    """An import statement, with a line for each name if one line is too long."""
    head, _, names = statement.partition(" import ")
    if len(statement) <= WIDTH:
        return statement
    each = "".join(f"    {name},\n" for name in names.split(", "))
    return f"{head} import (\n{each})"


def names_in_order(node: ast.AST) -> list[str]:
    """The names in `node`, as they come in the source."""
    found = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
    found.sort(key=lambda each: (each.lineno, each.col_offset))
    return [each.id for each in found]


def names_in(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def names_in_examples(text: str) -> set[str]:
    """The names that the examples of a docstring use."""
    # It brings in the debugger, which no check needs.
    import doctest

    examples = doctest.DocTestParser().get_examples(text)
    return set().union(*(names_in(ast.parse(each.source)) for each in examples))
