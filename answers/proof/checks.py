r"""Checks beside the sentences of a page: comments of its source that its own session runs.

    The loop is three times slower, and the gradient is $p - \text{onehot}(y)$.
    <!-- holds
    slow > 2.5 * fast  # "three times slower"
    np.allclose(gradient, p - np.eye(3)[y])  # $p - \text{onehot}(y)$
    -->

A check is Python. It runs after the fences above it, in a copy of what they define, and knows what
any check of the page imports; each expression in it must be true. It speaks of the block right
above it: of the numbers that its code holds, and of what its comments quote, formulas between
dollars and words between quotation marks.
What a page prints, it may ask for by `printed`, and so bind the words of a sentence to it, where
another number of the output would fit them as well:

    <!-- holds printed("0.34", "90%")  # "from 0.34 in 90% of" -->

Where a test proves the sentence, the check names it, and a number that its code holds:

    <!-- holds tests/networks/test_layers.py::test_agrees_with_pytorch 1e-12 # $A = B$ -->

On a question's page each number, direction, negation and quantity above
a check stands in a phrase that the check quotes, or that it releases with a reason:

    The second is never flatter, as no paper says.
    <!-- holds
    p.max() < q.max()  # "never flatter"
    # released: "no paper says" because nobody can read them all
    -->

A quotation mark in the text is ' in a phrase.

No comment reaches the site: see `answers.site.comments`.
"""

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from answers.pages import COMMENT, FENCE, ROOT, blank

HOLDS = re.compile(r"\s*holds\b(.*)", re.DOTALL)
TEST = re.compile(
    r"\s*(tests/[\w/]+\.py)::(\w+)((?:\s+[\d.e+-]+)*)\s*(#.*)?", re.DOTALL
)
QUOTED = re.compile(r'(?<!\\)\$((?:\\.|[^$\\])+)\$|"([^"]+)"')
RELEASE = re.compile(r"#\s*released:")
WITH_REASON = re.compile(r'#\s*released:(?:\s*"[^"]+")+ because \S.*', re.DOTALL)


class RefutedError(AssertionError):
    """A sentence of a page does not hold: which, and on which line of the page."""

    def __init__(self, what: str, lineno: int):
        super().__init__(what)
        self.lineno = lineno


@dataclass(frozen=True)
class PageCheck:
    """What a comment of a page says must hold.

    Attributes:
        path: The page.
        line: The line on which the comment begins.
        text: What follows the word `holds`.
    """

    path: Path
    line: int
    text: str

    @cached_property
    def test(self) -> re.Match | None:
        """The test that it names, if it is no Python of its own."""
        return TEST.fullmatch(self.text)

    @property
    def python(self) -> str:
        first, *rest = self.text.split("\n")
        return "\n".join([first.strip(), textwrap.dedent("\n".join(rest))])

    @cached_property
    def statements(self) -> list[ast.stmt]:
        """Its Python, each statement on its line of the page.

        Raises:
            SyntaxError: It is no Python.
        """
        tree = ast.parse(self.python, str(self.path))
        return ast.increment_lineno(tree, self.line - 1).body

    @cached_property
    def comments(self) -> list[str]:
        if self.test:
            return [self.test[4] or ""]
        tokens = tokenize.generate_tokens(io.StringIO(self.python + "\n").readline)
        return [t.string for t in tokens if t.type == tokenize.COMMENT]

    @cached_property
    def quotes(self) -> set[str]:
        """The formulas, without dollars, and the words that its comments quote."""
        return quoted(text for text in self.comments if not RELEASE.match(text))

    @cached_property
    def released(self) -> set[str]:
        """The words that it quotes and does not compute."""
        return quoted(filter(RELEASE.match, self.comments))

    @property
    def unfounded(self) -> list[str]:
        """The releases that give no words or no reason."""
        releases = filter(RELEASE.match, self.comments)
        return [text for text in releases if not WITH_REASON.fullmatch(text)]

    @cached_property
    def numbers(self) -> set[float]:
        """The numbers that its code holds, or those of the test that it names."""
        if self.test:
            return {float(word) for word in self.test[3].split()}
        return set().union(*map(literals, self.statements))

    def run(self, namespace: dict) -> None:
        """Raise unless it holds.

        Args:
            namespace: What the fences above it define; it is left as it is.

        Raises:
            RefutedError: Something in it is not true, or a test that it names is missing.
        """
        if self.test:
            self._find_test()
            return
        known = {"np": np, **namespace, "judge_": judge}
        for statement in self.statements:
            if not isinstance(statement, ast.Expr):
                whole = Judging().visit(ast.Module([deepcopy(statement)], []))
                exec(compile(whole, str(self.path), "exec"), known)
            elif not value(statement.value, known, self.path):
                raise RefutedError(
                    story(statement.value, known, self.path), statement.lineno
                )

    def _find_test(self) -> None:
        path, name, numbers = ROOT / self.test[1], self.test[2], self.test[3].split()
        tree = (
            ast.parse(path.read_text("utf-8")) if path.exists() else ast.Module([], [])
        )
        found = next(
            (f for f in ast.walk(tree) if getattr(f, "name", None) == name), None
        )
        if found is None:
            raise RefutedError(f"there is no test {self.test[1]}::{name}", self.line)
        if absent := [n for n in numbers if float(n) not in literals(found)]:
            raise RefutedError(f"{name} holds no {', '.join(absent)}", self.line)


class Judging(ast.NodeTransformer):
    """Has the expressions in a `with`, a loop or a function judged, too."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        told = ast.Constant(ast.unparse(node.value)), ast.Constant(node.lineno)
        call = ast.Call(ast.Name("judge_", ast.Load()), [node.value, *told], [])
        return ast.fix_missing_locations(ast.copy_location(ast.Expr(call), node))


def judge(value, text: str, lineno: int) -> None:
    """Raise if an expression is false; a call may be made for what it does, and returns no bool."""
    if isinstance(value, bool | np.bool_) and not value:
        raise RefutedError(text, lineno)


def quoted(comments: Iterable[str]) -> set[str]:
    return {
        formula or words for text in comments for formula, words in QUOTED.findall(text)
    }


def value(expression: ast.expr, known: dict, path: Path):
    return eval(compile(ast.Expression(expression), str(path), "eval"), known)


def story(expression: ast.expr, known: dict, path: Path) -> str:
    """The expression, and what stands left and right in it if it compares."""
    text = ast.unparse(expression)
    if isinstance(expression, ast.Compare):
        sides = [expression.left, *expression.comparators]
        text += f" ({', '.join(repr(value(side, known, path)) for side in sides)})"
    return text


def literals(tree: ast.AST) -> set[float]:
    """The numbers that code holds, with their signs."""
    found = set()
    for node in ast.walk(tree):
        sign = 1
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            node, sign = node.operand, -1
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            found.add(float(sign * node.value))
    return found


def checks(path: Path, text: str | None = None) -> list[PageCheck]:
    """The checks of a page, from top to bottom; `text`: what it will hold."""
    text = path.read_text("utf-8") if text is None else text
    text = FENCE.sub(lambda fence: blank(fence[0]), text)
    return [
        PageCheck(path, text[: found.start()].count("\n") + 1, holds[1])
        for found in COMMENT.finditer(text)
        if (holds := HOLDS.fullmatch(found[1]))
    ]
