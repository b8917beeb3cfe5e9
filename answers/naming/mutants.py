"""The solution with one slip in it: a program that may explain a failure, as a bug does.

Nobody planted it: an operator, a number, a name, a call or a step of the solution is another,
or is left out. So a mistake that the solution has a place for is found, however it is written.
"""

import ast
import functools
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType

from answers.grader.exercise import Exercise
from answers.naming.mutations import changes
from answers.naming.wrong_parts import Relation

# Longer code tells nobody anything.
WIDTH = 60


@dataclass(frozen=True, eq=False)
class Slip:
    """A program, with a `name` and a `diagnosis` as a bug has them.

    Attributes:
        of: The name of the function to call.
        place: The name of the definition that is changed.
        code: That definition, changed.
        namespace: What the solution defines.
    """

    name: str
    right: ast.AST
    wrong: ast.AST
    of: str
    place: str
    code: CodeType
    namespace: dict

    @property
    def diagnosis(self) -> str:
        """What the slip is, in words."""
        return told(ast.unparse(self.right), ast.unparse(self.wrong))

    def or_else(self, others: list["Slip"]) -> Relation:
        """This slip or another one in its place: the answers do not tell which."""
        right, *wrong = (
            ast.unparse(e) for e in (self.right, self.wrong, *(o.wrong for o in others))
        )
        if others[1:]:
            return Relation("something_else_there", told(right, "something else"))
        names = dict.fromkeys((self.name, others[0].name))
        return Relation("_or_".join(names), told(right, *wrong))

    def __call__(self, *args, **kwargs) -> object:
        right = self.namespace[self.place]
        exec(self.code, self.namespace)
        try:
            return self.namespace[self.of](*args, **kwargs)
        finally:
            self.namespace[self.place] = right


@functools.cache
def of(exercise: Exercise) -> tuple[Slip, ...]:
    """Every slip of the solution, if that stands in a file of its own."""
    if not exercise.has_a_file:
        return ()
    return tuple(slips(exercise.solution(), exercise.name))


def slips(code: str, of: str) -> list[Slip]:
    """Every slip of a solution, which is the code of a file with the function `of`. What is left
    out comes first: it may do the same as what is changed."""
    return sorted(all_of(code, of), key=lambda slip: not is_left_out(slip.name))


def is_left_out(name: str) -> bool:
    return name.startswith("without_") or name.endswith("left_out")


def all_of(code: str, of: str) -> Iterator[Slip]:
    tree, namespace = ast.parse(code), {}
    exec(compile(tree, "<solution>", "exec"), namespace)
    for definition in tree.body:
        if not hasattr(definition, "name") or may_not_end(definition):
            continue
        whole = ast.Module([definition], [])
        names = taken_for_each_other(definition)
        for node, put in places(definition):
            for name, new in changes(node, names):
                put(ast.fix_missing_locations(new))
                # Python warns of what nobody would write on purpose.
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    changed = compile(whole, "<solution>", "exec")
                put(node)
                yield Slip(name, node, new, of, definition.name, changed, namespace)


def told(right: str, *wrong: str) -> str:
    """What the slip is, in words; or what it may be."""
    how = "with one thing changed"
    if max(map(len, (right, *wrong))) <= WIDTH and "\n" not in "".join((right, *wrong)):
        how = f"with {' or '.join(map(quoted, wrong))} for `{right}`"
    if wrong[0] == "pass":
        how = "without one of its steps"
        how += f", `{right}`" if len(right) <= WIDTH and "\n" not in right else ""
    return f"Our solution {how} goes wrong as yours does, in every input."


def quoted(code: str) -> str:
    return code if code == "something else" else f"`{code}`"


def may_not_end(definition: ast.stmt) -> bool:
    """Whether a change could make it run for ever: it has a `while`, or calls itself."""
    return any(
        isinstance(node, ast.While)
        or (isinstance(node, ast.Name) and node.id == definition.name)
        for node in ast.walk(definition)
    )


def taken_for_each_other(definition: ast.stmt) -> list[set[str]]:
    """The names that one may take for each other: those of the arguments of a function, and
    those that one statement binds."""
    found = []
    for node in ast.walk(definition):
        if isinstance(node, ast.arguments):
            found.append({each.arg for each in node.args + node.kwonlyargs} - {"self"})
        elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Store):
            found.append({each.id for each in node.elts if isinstance(each, ast.Name)})
    return [names for names in found if len(names) > 1]


def places(node: ast.AST) -> Iterator[tuple[ast.AST, Callable]]:
    """Every statement and expression in a definition, with a function that puts another one in
    its place. Signatures are left as they are."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "args", "decorator_list") and hasattr(
            node, "name"
        ):
            continue
        each = value if isinstance(value, list) else [value]
        for i, child in enumerate(each):
            if not isinstance(child, ast.stmt | ast.expr | ast.keyword):
                continue
            if not isinstance(child, ast.keyword):
                put = functools.partial(
                    *(value.__setitem__, i) if each is value else (setattr, node, field)
                )
                yield child, put
            yield from places(child)
