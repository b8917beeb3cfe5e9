"""Mutations: code that may stand by mistake where an expression or a statement should."""

import ast
from collections.abc import Iterator

Mutation = tuple[str, ast.AST]
# The word for an operator, the operator that may stand for it, and the operand that may be lost.
OPERATORS: dict[type, tuple[str, type | None, str]] = {
    ast.Add: ("plus", ast.Sub, "a_term"),
    ast.Sub: ("minus", ast.Add, "a_term"),
    ast.Mult: ("times", ast.Div, "a_factor"),
    ast.MatMult: ("times", None, "a_factor"),
    ast.Div: ("divided_by", ast.Mult, "a_division"),
    ast.Pow: ("to_the_power", None, "a_power"),
}
COMPARISONS = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
# Functions that are taken for each other.
FUNCTIONS = [
    ("sum", "mean", "max", "prod"),
    ("mean", "median"),
    ("max", "min"),
    ("argmax", "argmin", "max"),
    ("maximum", "minimum", "add"),
    ("log", "log2", "log10", "log1p"),
    ("exp", "exp2", "expm1"),
    ("rint", "round", "floor", "ceil", "trunc"),
    ("any", "all"),
    ("triu", "tril"),
    ("zeros", "ones"),
    ("cumsum", "sum"),
    ("abs", "square"),
    ("softmax", "log_softmax"),
]
MODULES = {"np", "math", "torch", "functional", "nn"}
# Functions of a number of places, in which one more or one less is a mistake.
COUNTING = {"range", "arange", "triu", "tril", "tri", "linspace"}


def mutations(node: ast.AST, names: list[set[str]]) -> Iterator[Mutation]:
    """Code that may stand by mistake where `node` should, and the name of the mistake.

    Args:
        names: Sets of variables that one may take for each other.
    """
    match node:
        case ast.BinOp():
            yield from of_operator(node)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value)):
            for other in (0, value, -value - 1, *([-value + 1] if value > 1 else [])):
                yield "another_number", number(other)
            yield "another_number", number(None)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            yield "a_sign_left_out", inner
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            for other in COMPARISONS.get(type(op), ()):
                yield "another_comparison", ast.Compare(left, [other()], [right])
        case ast.IfExp(body=one, orelse=other):
            yield "one_case_for_both", one
            yield "one_case_for_both", other
        case ast.Constant(value):
            yield from of_number(value)
        case ast.Attribute(value=inner, attr="inf"):
            for other in (0.0, 1.0, 1e4, 1e9):
                yield "another_number", number(other)
        case ast.Attribute(value=inner, attr="T" | "mT"):
            yield "without_transpose", inner
        case ast.Call():
            yield from of_call(node)
        case ast.Subscript(value=inner, ctx=ast.Load()):
            yield "an_index_left_out", inner
        case ast.Name(id=name, ctx=ast.Load()):
            for others in names:
                for other in sorted(others - {name}) if name in others else ():
                    yield f"{other}_for_{name}", ast.Name(other, ast.Load())
        case ast.stmt():
            yield from of_statement(node)


def number(value: object) -> ast.expr:
    return ast.parse(repr(value), mode="eval").body


def rounded_down(node: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("int", ast.Load()), [node], [])


def one_more_or_less(node: ast.expr) -> Iterator[ast.expr]:
    for op in (ast.Add(), ast.Sub()):
        yield ast.BinOp(node, op, ast.Constant(1))


def of_operator(node: ast.BinOp) -> Iterator[Mutation]:
    left, op, right = node.left, type(node.op), node.right
    word, other, part = OPERATORS.get(op, ("", None, ""))
    if other:
        yield f"{OPERATORS[other][0]}_for_{word}", ast.BinOp(left, other(), right)
    if part:
        yield f"{part}_left_out", left
        if op not in (ast.Div, ast.Pow):
            yield f"{part}_left_out", right
    if op is ast.Div:
        yield "rounded_down", ast.BinOp(left, ast.FloorDiv(), right)
    if op is ast.Pow and ast.unparse(right) == "0.5":
        yield "rounded_down", rounded_down(node)
    if op in (ast.Sub, ast.Div, ast.MatMult):
        yield "the_wrong_way_round", ast.BinOp(right, op(), left)


def of_number(value: object) -> Iterator[Mutation]:
    if isinstance(value, int) and not isinstance(value, bool):
        for other in (value + 1, value - 1):
            yield "another_number", number(other)
    elif isinstance(value, float):
        for other in (0.0, 1.0, 2 * value, value / 2):
            if other != value:
                yield "another_number", number(other)


def of_call(node: ast.Call) -> Iterator[Mutation]:
    func, args, keywords = node.func, node.args, node.keywords
    name = getattr(func, "attr", getattr(func, "id", ""))
    method = isinstance(func, ast.Attribute) and not (
        isinstance(func.value, ast.Name) and func.value.id in MODULES
    )
    groups = [group for group in FUNCTIONS if name in group]
    others = dict.fromkeys(
        other for group in groups for other in group if other != name
    )
    for other in others:
        word = "attr" if isinstance(func, ast.Attribute) else "id"
        same = type(func)(**vars(func) | {word: other})
        yield f"{other}_for_{name}", ast.Call(same, args, keywords)
    inner = func.value if method else next(iter(args), None)
    if inner is not None and not isinstance(inner, ast.Starred):
        yield f"without_{name}", inner
    for i, keyword in enumerate(keywords):
        if keyword.arg:
            rest = [*keywords[:i], *keywords[i + 1 :]]
            yield f"without_{keyword.arg}", ast.Call(func, args, rest)
        if keyword.arg in ("axis", "dim"):
            for other in (0, 1, -1, -2, None):
                again = ast.keyword(keyword.arg, number(other))
                rest = [*keywords[:i], again, *keywords[i + 1 :]]
                if ast.dump(again.value) != ast.dump(keyword.value):
                    yield "another_axis", ast.Call(func, args, rest)
    if name == "sqrt":
        yield "rounded_down", rounded_down(node)
    if name in COUNTING:
        for i, arg in enumerate(args):
            for other in one_more_or_less(arg):
                others = [*args[:i], other, *args[i + 1 :]]
                yield "one_too_many_or_few", ast.Call(func, others, keywords)
    if name == "arange":
        for other in one_more_or_less(node):
            yield "counted_from_another_number", other


def of_statement(node: ast.stmt) -> Iterator[Mutation]:
    match node:
        case ast.AugAssign(target=target, value=value):
            yield "a_step_left_out", ast.Pass()
            yield "overwritten", ast.Assign([target], value)
        case ast.Expr(ast.Call()) | ast.Continue() | ast.Break():
            yield "a_step_left_out", ast.Pass()
        case ast.Assign(targets=[ast.Name() | ast.Subscript()]):
            yield "a_step_left_out", ast.Pass()
        case ast.If(body=body, orelse=orelse):
            yield "a_step_left_out", ast.If(ast.Constant(False), body, orelse)
