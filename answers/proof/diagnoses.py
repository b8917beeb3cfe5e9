"""Whether the diagnosis of a planted bug is true: its repair is made, and its facts are asked.

Under the docstring that is the diagnosis stand comments, which quote its words:

    @exercise.bug
    def divided_by_h(f, x, h=None):
        '''The points are 2h apart: every entry is twice too large. Divide by 2h.'''
        # "every entry is twice too large": np.allclose(got, 2 * want)
        # "Divide by 2h": / h → / (2 * h)

A repair replaces text of the bug. Code between backticks in a diagnosis needs no comment if it
replaces an expression of the bug: the place is found by trying. What is repaired so passes.

A fact is Python that must be true of the bug, and not of the reference. It speaks of the case
that is told: of the arguments by their names, `got` and `want`, whose parts have their names
(`got.dx`), or an error that was raised; of the functions `bug` and `right`, and of the exercise's
module.
"""

import ast
import copy
import functools
import inspect
import re
import textwrap
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np

from answers.grader import catalog
from answers.grader.exercise import Exercise
from answers.grader.mistakes import Bug
from answers.grader.trials import Case, Trial

WORDS = re.compile(r'"(.+?)": (.+)')
CODE = re.compile(r"`([^`]+)`")
ARROW = "→"


@dataclass(frozen=True)
class Diagnosed:
    """A planted bug, and what stands under its diagnosis.

    Attributes:
        text: The diagnosis.
        tries: The words that are quoted, and the repair or the fact that is tried for them.
    """

    exercise: Exercise
    bug: Bug
    text: str
    tries: tuple[tuple[str, str], ...]

    @property
    def function(self) -> Callable | None:
        """The function of the bug; None if it stands in a file to repair."""
        program = self.bug.programs[0]
        function = getattr(program, "func", program)
        return function if inspect.isfunction(function) else None

    @property
    def name(self) -> str:
        return f"{self.exercise.name}.{self.bug.name}"

    @functools.cached_property
    def source(self) -> str:
        """The function without decorators, docstring and comments; or the file to repair."""
        if self.function is None:
            return self.exercise.with_mistakes(self.bug.programs[0].mistakes)
        node = ast.parse(textwrap.dedent(inspect.getsource(self.function))).body[0]
        node.decorator_list, node.body = [], node.body[1:]
        return ast.unparse(node)

    @property
    def repairs(self) -> list[tuple[str, str]]:
        return [each for each in self.tries if ARROW in each[1]]

    @property
    def facts(self) -> list[tuple[str, str]]:
        return [each for each in self.tries if ARROW not in each[1]]

    @functools.cached_property
    def code(self) -> list[str]:
        """The code between backticks that no comment quotes and that mends the bug."""
        quoted = {code for words, _ in self.tries for code in CODE.findall(words)}
        found = dict.fromkeys(CODE.findall(self.text))
        return [code for code in found if code not in quoted and self.mended_by(code)]

    @property
    def standing(self) -> str:
        """How its truth is known."""
        if self.repairs or self.code:
            return "tried"
        return "held by a fact" if self.facts else "only read"

    def complaints(self) -> Iterator[str]:
        """What its comments say that is not so, each in a sentence."""
        for words, tried in self.tries:
            if words not in self.text:
                yield f'"{words}" is tried, and the diagnosis does not say it'
            elif foreign := [each for each in CODE.findall(words) if each not in tried]:
                yield f"`{foreign[0]}` is not in what is tried for it: {tried}"
            elif ARROW in tried:
                yield from self.of_repair(tried)
            else:
                yield from self.of_fact(tried)

    def of_repair(self, tried: str) -> Iterator[str]:
        code = self.source
        for pair in tried.split("; "):
            old, _, new = (part.strip() for part in pair.partition(ARROW))
            if old not in code:
                yield f"{old} does not stand in the bug:\n{code}"
            if taken := names(new) & (
                self.from_reference | {self.exercise.name}
            ) - names(old):
                yield f"{new} takes {', '.join(taken)} from the reference"
            code = code.replace(old, new)
        if failed := self.first_failure(code):
            yield f"with {tried} the bug still fails: {failed}"

    def of_fact(self, tried: str) -> Iterator[str]:
        told = self.told()
        if not holds(tried, told):
            yield f"it is not so that {tried} (got {told.get('got')!r}, want {told.get('want')!r})"
        right = {"got": told["want"], "bug": told["right"]}
        if holds(tried, told | right):
            yield f"of the reference, too, it is so that {tried}"

    @functools.cached_property
    def from_reference(self) -> set[str]:
        """The names in the bug that are given what the reference returns."""
        assigned = [
            n for n in ast.walk(ast.parse(self.source)) if isinstance(n, ast.Assign)
        ]
        return {
            name
            for each in assigned
            if isinstance(each.value, ast.Call)
            if ast.unparse(each.value.func) == self.exercise.name
            for target in each.targets
            for name in names(ast.unparse(target))
        }

    def told(self) -> dict:
        """What a fact may speak of."""
        program, right = self.bug.programs[0], self.exercise.reference
        known = {"np": np, **self.module, "bug": program, "right": right}
        case = first_failure(self.exercise, program)
        if not isinstance(case, Case):
            return known | {"got": None, "want": None}
        results = {
            name: self.parts(result(function, case))
            for name, function in (("got", program), ("want", right))
        }
        arguments = copy.deepcopy(case.bound())
        arguments.apply_defaults()
        return {**known, **arguments.arguments, **results}

    def parts(self, value: object) -> object:
        """The entries of a tuple, by name."""
        names = self.exercise.returns
        several = isinstance(value, tuple | list) and len(value) == len(names) > 1
        return (
            SimpleNamespace(**dict(zip(names, value, strict=True)))
            if several
            else value
        )

    @property
    def module(self) -> dict:
        return vars(inspect.getmodule(self.function or self.exercise.reference))

    def first_failure(self, code: str) -> str | None:
        """The first case that the bug fails, in any variant, when its code is this."""
        known = dict(self.module) if self.function else {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a tuple that is called, say
            try:
                exec(compile(code, f"<{self.name}>", "exec"), known)
            except Exception as error:
                return str(error)
        function = known[self.bug.name if self.function else self.exercise.name]
        for program in self.bug.programs if self.function else self.bug.programs[:1]:
            keywords = getattr(program, "keywords", {})
            mended = functools.partial(function, **keywords) if keywords else function
            if failed := first_failure(self.exercise, mended):
                return failed.name
        return None

    def mended_by(self, code: str) -> bool:
        """Whether this code mends the bug somewhere."""
        if self.function:
            changed = with_code(self.source, code)
        else:
            wrong = self.bug.programs[0].mistakes[0].wrong
            changed = (
                self.source.replace(wrong, each) for each in with_code(wrong, code)
            )
        return any(not self.first_failure(each) for each in changed)


def diagnosed(exercise: Exercise) -> Iterator[Diagnosed]:
    """The bugs of an exercise with their diagnoses."""
    for bug in exercise.bugs.values():
        empty = Diagnosed(exercise, bug, bug.diagnosis, ())
        if empty.function:
            source = inspect.getsource(empty.function)
        else:
            whole = inspect.getsource(inspect.getmodule(exercise.reference))
            source = whole.partition(f'"{bug.name}",')[2].partition("Mistake(")[0]
        yield replace(empty, tries=tuple(tries(source)))


def tries(source: str) -> Iterator[tuple[str, str]]:
    """The comments of a bug: the words that each quotes, and what it tries."""
    # A comment goes on in lines that are indented further.
    comments = re.findall(r'^ +# (".*(?:\n +#  +.*)*)', source, re.MULTILINE)
    for comment in comments:
        if match := WORDS.fullmatch(re.sub(r"\n +#  +", " ", comment)):
            yield match[1], match[2]


def first_failure(exercise: Exercise, program: Callable) -> Trial | None:
    """The trial that a submission is told of."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for trial in exercise.trials:
            answer = trial.ask(program)
            if answer.wrong and not trial.note(answer):
                return trial
    return None


def result(function: Callable, case: Case) -> object:
    """What a function returns, or the error that it raises."""
    args, kwargs = copy.deepcopy((case.args, case.kwargs))
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return function(*args, **kwargs)
        except Exception as error:
            return error


def holds(fact: str, known: dict) -> bool:
    """Whether a fact is true; one that cannot be asked is not."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return bool(np.all(np.asarray(eval(fact, dict(known)))))
        except Exception:
            return False


def names(code: str) -> set[str]:
    return set(re.findall(r"[A-Za-z_]\w*", code))


def with_code(source: str, code: str) -> Iterator[str]:
    """The source with this code in place of an expression, or of an argument by name, for each."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a part of a line
        return
    if argument := re.fullmatch(r"(\w+)=(?!=)(.+)", code):
        calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
        has = [n for n in calls if argument[1] in [each.arg for each in n.keywords]]
        for chosen in [has, *([each] for each in calls)]:
            changed = copy.deepcopy(tree)
            texts = {ast.unparse(each) for each in chosen}
            for call in ast.walk(changed):
                if isinstance(call, ast.Call) and ast.unparse(call) in texts:
                    kept = [each for each in call.keywords if each.arg != argument[1]]
                    new = ast.parse(f"f({code})").body[0].value.keywords
                    call.keywords = [*kept, *new]
            yield ast.unparse(changed)
        return
    for old in {ast.unparse(n) for n in ast.walk(tree) if isinstance(n, ast.expr)}:
        new = f"({old}){code}" if code.startswith(".") else f"({code})"
        try:
            yield ast.unparse(Replaced(old, new).visit(copy.deepcopy(tree)))
        except SyntaxError:
            return


class Replaced(ast.NodeTransformer):
    """One expression wherever it stands, replaced by another."""

    def __init__(self, old: str, new: str):
        self.old, self.new = old, ast.parse(new, mode="eval").body

    def visit(self, node: ast.AST) -> ast.AST:
        loads = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        if isinstance(node, ast.expr) and loads and ast.unparse(node) == self.old:
            return self.new
        if isinstance(node, ast.JoinedStr):  # its parts are no expressions on their own
            return node
        return self.generic_visit(node)


def all_diagnosed() -> Iterator[Diagnosed]:
    for name in catalog.names():
        yield from diagnosed(catalog.load(name))
