"""Our solution with one change: a program that may explain a failure, as a bug does.

Nobody planted it: an operator, a number, a name, a call or a step of the solution is another,
or is left out. So a mistake that the solution has room for is found, however it is written.
"""

import ast
import functools
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.mistakes import Name
from answers.grader.submission import NOT_WRITTEN
from answers.naming.mutations import mutations
from answers.naming.programs import is_same, likest
from answers.naming.submission import Submission
from answers.naming.wrong_parts import ComparedPart

# Longer code tells nobody anything.
WIDTH = 60


@dataclass(frozen=True, eq=False)
class Mutant:
    """A solution with one change.

    Attributes:
        name: The name of the mutation.
        right: The code that is changed.
        wrong: The code that stands there instead.
        function: The name of the function to call.
        definition: The name of the definition that is changed.
        code: That definition, changed.
        namespace: What the solution defines.
    """

    name: str
    right: ast.AST
    wrong: ast.AST
    function: str
    definition: str
    code: CodeType
    namespace: dict

    def __call__(self, *args, **kwargs) -> object:
        right = self.namespace[self.definition]
        exec(self.code, self.namespace)
        try:
            return self.namespace[self.function](*args, **kwargs)
        finally:
            self.namespace[self.definition] = right


def explaining_all(submission: Submission) -> Name | None:
    """The mutant that answers as the submission does, in every trial."""
    seen = submission.wrong_parts
    if submission.first not in submission.cases:
        return None
    if seen.weight < 1 and len(seen.cases) < 4:
        return None
    # PyTorch raises NotImplementedError, as a stub does, where it lacks an operation.
    if any(getattr(w.got, "kind", None) == NOT_WRITTEN for w in seen.wrong):
        return None
    if not any(map(tells_much, seen.wrong)):
        return None
    # A maximum with 0, or a product with it, makes one 0 of many numbers.
    if seen.in_numbers and len(seen.gots) < 3 and not seen.gots.any():
        return None
    mutants = of(submission.exercise)
    mutant = next((each for each in mutants if explains(each, submission)), None)
    if mutant is None:
        return None
    # Several changes of one piece of code may give the same answers, such as nan.
    rivals = [
        each
        for each in mutants
        if each.right is mutant.right and each is not mutant
        # `axis` left out, None and another one are one mistake.
        if not {each.name, mutant.name} <= {"without_axis", "another_axis"}
        if explains(each, submission)
    ]
    return name_of(mutant, *rivals)


def tells_much(w: ComparedPart) -> bool:
    """Whether a wrong part has finite numbers: very different programs share errors and nan."""
    if not isinstance(w.got, np.ndarray):
        return False
    same_shape = isinstance(w.want, np.ndarray) and w.want.shape == w.got.shape
    return bool(np.isfinite(w.got[~w.right] if same_shape else w.got).any())


def explains(mutant: Mutant, submission: Submission) -> bool:
    # Trials are compared in the order of the exercise: most mutants differ in one of the first.
    return all(
        is_same(trial, answer, likest(mutant, trial, answer))
        for trial, answer in submission.answers.items()
    )


def name_of(mutant: Mutant, *rivals: Mutant) -> Name:
    """The name of a mutant; with rivals, the answers do not tell which of them it is."""
    right, one_of = ast.unparse(mutant.right), (mutant, *rivals)
    name = "_or_".join(dict.fromkeys(each.name for each in one_of))
    # Two changes may write the same code.
    wrong = list(dict.fromkeys(ast.unparse(each.wrong) for each in one_of))
    if wrong[2:]:
        name, wrong = "something_else_there", []
    short = not any("\n" in code or len(code) > WIDTH for code in (right, *wrong))
    instead = " or ".join(f"`{code}`" for code in wrong) or "something else"
    how = f"with {instead} for `{right}`" if short else "with one thing changed"
    if wrong[:1] == ["pass"]:
        how = "without one of its steps" + (f", `{right}`" if short else "")
    return Name(name, f"Our solution {how} goes wrong as yours does, in every input.")


@functools.cache
def of(exercise: Exercise) -> tuple[Mutant, ...]:
    """Every mutant of the solution, if that stands in a file of its own."""
    if not exercise.has_a_file:
        return ()
    return tuple(mutants_of(exercise.solution(), exercise.name))


def mutants_of(code: str, function: str) -> list[Mutant]:
    """Every mutant of the code of a file that defines the function. Where something is left out
    comes first: it may do the same as something that is changed."""
    left_out = re.compile("without_|.*left_out$")
    return sorted(all_of(code, function), key=lambda m: not left_out.match(m.name))


def all_of(code: str, function: str) -> Iterator[Mutant]:
    tree, namespace = ast.parse(code), {}
    exec(compile(tree, "<solution>", "exec"), namespace)
    for definition in tree.body:
        if not hasattr(definition, "name") or may_not_end(definition):
            continue
        whole, name = ast.Module([definition], []), definition.name
        confused = taken_for_each_other(definition)
        for node, put in nodes_in(definition):
            for mutation, new in mutations(node, confused):
                put(ast.fix_missing_locations(new))
                # Python warns of code that nobody would write on purpose.
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    wrong = compile(whole, "<solution>", "exec")
                put(node)
                yield Mutant(mutation, node, new, function, name, wrong, namespace)


def may_not_end(definition: ast.stmt) -> bool:
    """Whether a change could make it run for ever: it has a `while`, or calls itself."""
    return any(
        isinstance(node, ast.While)
        or (isinstance(node, ast.Name) and node.id == definition.name)
        for node in ast.walk(definition)
    )


def taken_for_each_other(definition: ast.stmt) -> list[set[str]]:
    """The names that one may take for each other: the arguments of a function, and the variables
    that one statement binds."""
    found = []
    for node in ast.walk(definition):
        if isinstance(node, ast.arguments):
            found.append({each.arg for each in node.args + node.kwonlyargs} - {"self"})
        elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Store):
            found.append({each.id for each in node.elts if isinstance(each, ast.Name)})
    return [names for names in found if len(names) > 1]


def nodes_in(node: ast.AST) -> Iterator[tuple[ast.AST, Callable]]:
    """Every statement and expression in a definition, with a function that puts another one in
    its stead. Signatures are left as they are."""
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
            yield from nodes_in(child)
