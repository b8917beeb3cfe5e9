"""What may stand in the place of an expression or a statement by a slip."""

import ast
from collections.abc import Iterator

Change = tuple[str, ast.AST]
# What each is called, and what may stand in its place.
OPERATORS = {
    ast.Add: ("plus", ast.Sub),
    ast.Sub: ("minus", ast.Add),
    ast.Mult: ("times", ast.Div),
    ast.Div: ("divided_by", ast.Mult),
    ast.BitAnd: ("and", ast.BitOr),
    ast.BitOr: ("or", ast.BitAnd),
    ast.FloorDiv: ("without_rest", ast.Div),
}
LEFT_OUT = {
    ast.Add: "a_term_left_out",
    ast.Sub: "a_term_left_out",
    ast.Mult: "a_factor_left_out",
    ast.MatMult: "a_factor_left_out",
    ast.Div: "a_division_left_out",
    ast.Pow: "a_power_left_out",
    ast.Mod: "a_rest_left_out",
    ast.BitAnd: "a_condition_left_out",
    ast.BitOr: "a_condition_left_out",
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
FUNCTIONS = {
    "sum": ("mean", "max", "prod"),
    "mean": ("sum", "median"),
    "max": ("min", "sum", "mean"),
    "min": ("max",),
    "argmax": ("argmin", "max"),
    "maximum": ("minimum", "add"),
    "minimum": ("maximum",),
    "amax": ("amin",),
    "log": ("log2", "log10", "log1p"),
    "exp": ("exp2", "expm1"),
    "rint": ("floor", "ceil", "trunc"),
    "round": ("floor", "ceil"),
    "floor": ("ceil", "rint"),
    "ceil": ("floor", "rint"),
    "any": ("all",),
    "all": ("any",),
    "triu": ("tril",),
    "tril": ("triu",),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "cumsum": ("sum",),
    "abs": ("square",),
    "square": ("abs",),
    "cos": ("sin",),
    "sin": ("cos",),
    "logaddexp": ("maximum",),
    "softmax": ("log_softmax",),
    "log_softmax": ("softmax",),
}
MODULES = {"np", "math", "torch", "functional", "nn"}
# What takes a number of places, so that one more or one less is a slip.
COUNTING = {"range", "arange", "triu", "tril", "tri", "linspace"}


def changes(node: ast.AST, names: list[set[str]]) -> Iterator[Change]:
    """What may stand in the place of `node` by a slip, each with the name of the slip. Each set
    in `names` holds variables that one may take for each other."""
    match node:
        case ast.BinOp():
            yield from of_operator(node)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value)):
            for other in (0, value, -value - 1, *([-value + 1] if value > 1 else [])):
                yield "another_number", number(other)
            yield "another_number", number(None)
        case ast.UnaryOp(op=op, operand=inner):
            name = "a_sign_left_out" if isinstance(op, ast.USub) else "a_not_left_out"
            yield name, inner
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            for other in COMPARISONS.get(type(op), ()):
                yield "another_comparison", ast.Compare(left, [other()], [right])
        case ast.BoolOp(op=op, values=values):
            for i in range(len(values)):
                rest = [*values[:i], *values[i + 1 :]]
                left = rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
                yield "a_condition_left_out", left
            other = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield "another_condition", ast.BoolOp(other, values)
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
        case ast.Slice():
            ends = {field: end for field, end in ast.iter_fields(node) if end}
            for field in ends:
                rest = {key: end for key, end in ends.items() if key != field}
                yield "another_slice", ast.Slice(**rest)
            for field in ("lower", "upper"):
                for other in one_more_or_less(ends[field]) if field in ends else ():
                    yield "another_slice", ast.Slice(**ends | {field: other})
        case ast.Name(id=name, ctx=ast.Load()):
            for others in names:
                for other in sorted(others - {name}) if name in others else ():
                    yield f"{other}_for_{name}", ast.Name(other, ast.Load())
        case ast.stmt():
            yield from of_statement(node)


def number(value: object) -> ast.expr:
    negative = isinstance(value, int | float) and value < 0
    return (
        ast.UnaryOp(ast.USub(), ast.Constant(-value))
        if negative
        else ast.Constant(value)
    )


def one_more_or_less(node: ast.expr) -> Iterator[ast.expr]:
    for op in (ast.Add(), ast.Sub()):
        yield ast.BinOp(node, op, ast.Constant(1))


def of_operator(node: ast.BinOp) -> Iterator[Change]:
    left, op, right = node.left, type(node.op), node.right
    if op in OPERATORS:
        word, other = OPERATORS[op]
        yield f"{OPERATORS[other][0]}_for_{word}", ast.BinOp(left, other(), right)
    if op in LEFT_OUT:
        yield LEFT_OUT[op], left
        if op not in (ast.Div, ast.Pow, ast.Mod):
            yield LEFT_OUT[op], right
    if op in (ast.Sub, ast.Div, ast.MatMult):
        yield "the_wrong_way_round", ast.BinOp(right, op(), left)
    if op is ast.Div:
        root = ast.BinOp(right, ast.Pow(), ast.Constant(0.5))
        yield "a_root_too_many", ast.BinOp(left, ast.Div(), root)


def of_number(value: object) -> Iterator[Change]:
    if isinstance(value, bool):
        yield "another_switch", number(not value)
    elif isinstance(value, int):
        for other in (value + 1, value - 1):
            yield "another_number", number(other)
    elif isinstance(value, float):
        for other in (0.0, 1.0, 2 * value, value / 2):
            if other != value:
                yield "another_number", number(other)


def of_call(node: ast.Call) -> Iterator[Change]:
    func, args, keywords = node.func, node.args, node.keywords
    name = getattr(func, "attr", getattr(func, "id", ""))
    method = isinstance(func, ast.Attribute) and not (
        isinstance(func.value, ast.Name) and func.value.id in MODULES
    )
    for other in FUNCTIONS.get(name, ()):
        same = (
            ast.Attribute(func.value, other, ast.Load())
            if isinstance(func, ast.Attribute)
            else ast.Name(other, ast.Load())
        )
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
    if len(args) == 2:
        yield f"arguments_of_{name}_exchanged", ast.Call(func, args[::-1], keywords)
    if name in COUNTING:
        for i, arg in enumerate(args):
            for other in one_more_or_less(arg):
                yield (
                    "one_too_many_or_few",
                    ast.Call(func, [*args[:i], other, *args[i + 1 :]], keywords),
                )
    if name == "arange":
        for other in one_more_or_less(node):
            yield "counted_from_another_number", other


def of_statement(node: ast.stmt) -> Iterator[Change]:
    match node:
        case ast.AugAssign(target=target, op=op, value=value):
            yield "a_step_left_out", ast.Pass()
            yield "overwritten", ast.Assign([target], value)
            load = type(target)(**{**vars(target), "ctx": ast.Load()})
            for _, new in of_operator(ast.BinOp(load, op, value)):
                if isinstance(new, ast.BinOp):
                    yield "another_operator", ast.Assign([target], new)
        case ast.Expr(ast.Call()) | ast.Continue() | ast.Break():
            yield "a_step_left_out", ast.Pass()
        case ast.Assign(targets=[ast.Name() | ast.Subscript()]):
            yield "a_step_left_out", ast.Pass()
        case ast.If(body=body, orelse=orelse):
            refuses = isinstance(body[-1], ast.Raise)
            never = ast.If(ast.Constant(False), body, orelse)
            yield "a_refusal_left_out" if refuses else "a_step_left_out", never
            if not refuses:
                yield (
                    "a_condition_left_out",
                    ast.If(ast.Constant(True), body, orelse),
                )
