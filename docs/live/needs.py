"""Which cells of a page a cell needs, told from their names. In the worker, this is the module
`live_needs`; `cell.js` asks it.

A cell needs those above it that bind a name that it uses and has not bound itself before, or change
what the name stands for, and what these need in turn. A change is an assignment to a part
(`x[0] = 1`, `model.w += d`), a call of a method that is known to change its object, a generator of
random numbers in use, or a call of a function of the page that changes names of the page or what it
is given.

This reads names and runs nothing, so it can be wrong where an object is reached by another name;
a test presses every cell of every page.
"""

import ast
import builtins
from dataclasses import dataclass, field

GENERATORS = {"default_rng", "RandomState", "Random", "Generator"}
CHANGING = {
    *(
        "add",
        "append",
        "clear",
        "discard",
        "extend",
        "fill",
        "insert",
        "pop",
        "popitem",
    ),
    *("put", "remove", "reverse", "setdefault", "sort", "update", "backward", "step"),
}
# Functions of NumPy that change their first argument.
FILLING = {"at", "copyto", "fill_diagonal", "place", "put", "putmask", "shuffle"}
FILLING |= {"setattr", "delattr"}
BUILTIN = frozenset(dir(builtins))


@dataclass
class Scope:
    """A body with names of its own: of a function, a class or a comprehension.

    Attributes:
        own: Those names.
        parameters: The positional ones among them, in their order.
        late: Whether the body runs when it is called, and not where it stands.
        changes: The names of the page that the body changes.
        places: Which of its arguments it changes.
    """

    own: set[str]
    parameters: list[str]
    late: bool
    changes: set[str] = field(default_factory=set)
    places: set[int] = field(default_factory=set)


class Cell(ast.NodeVisitor):
    """What one cell does with the names of the page.

    Attributes:
        reads: Names that it uses before it binds them.
        late: Names that its functions use when they are called.
        unbound: Those of them that it had not bound when it defined the function.
        first: Names that it binds before it uses any from above.
        here: Names that are bound for certain at the place that is being read.
        binds: Names that it gives a new value for certain.
        changes: Names whose objects it changes, or that it may bind.
        functions: The scopes of the functions that it defines, by name.
    """

    def __init__(self, code: str, random: set[str], functions: dict[str, Scope]):
        """`random` names the generators, and `functions` the functions, of the cells above."""
        self.reads, self.binds, self.changes = set(), set(), set()
        self.late, self.unbound, self.first, self.here = set(), set(), set(), set()
        self.random, self.functions = random, dict(functions)
        self.scopes, self.doubt = [], 0
        try:
            tree = ast.parse(code)
        except (SyntaxError, ValueError):
            return
        self.visit(tree)

    # Names

    def visit_Name(self, node: ast.Name) -> None:
        uses = {ast.Load: self.read, ast.Store: self.bind, ast.Del: self.change}
        uses[type(node.ctx)](node.id)

    def read(self, name: str) -> None:
        if any(name in scope.own for scope in self.scopes):
            return
        late = any(scope.late for scope in self.scopes)
        if late:
            self.late.add(name)
        if name not in self.here:
            (self.unbound if late else self.reads).add(name)
        if name in self.random:
            self.change(name)

    def bind(self, name: str) -> None:
        if self.scopes or name in self.here:
            return
        anew = not self.doubt and name not in self.reads
        (self.binds if anew else self.changes).add(name)
        self.here.add(name)
        if anew and self.reads <= BUILTIN:
            self.first.add(name)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        for each in node.names:
            self.bind((each.asname or each.name).partition(".")[0])

    visit_ImportFrom = visit_Import

    # Statements that may not run: what they bind is bound in them alone

    def may_run(self, *blocks: list[ast.AST]) -> set[str]:
        """Read blocks of which one will run; the names that are bound whichever it is."""
        here, behind = self.here, []
        self.doubt += 1
        for block in blocks:
            self.here = set(here)
            for each in block:
                self.visit(each)
            behind.append(self.here)
        self.doubt -= 1
        self.here = here
        return set.intersection(*behind)

    def visit_If(self, node: ast.If | ast.While) -> None:
        self.visit(node.test)
        self.here = self.may_run(node.body, node.orelse)

    visit_While = visit_If

    def visit_For(self, node: ast.For) -> None:
        self.visit(node.iter)
        self.may_run([node.target, *node.body], node.orelse)

    visit_AsyncFor = visit_For

    def visit_Try(self, node: ast.Try) -> None:
        handlers = ([each] for each in node.handlers)
        self.here = self.may_run([*node.body, *node.orelse], *handlers)
        for each in node.finalbody:
            self.visit(each)

    visit_TryStar = visit_Try

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self.here |= {node.name} - {None}
        self.generic_visit(node)

    def visit_Match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        self.may_run(*([each] for each in node.cases))

    def visit_MatchAs(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self.bind(node.name)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchAs

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self.may_run([node.target])

    # Changes

    def change(self, name: str) -> None:
        for scope in reversed(self.scopes):
            if name in scope.own:
                if name in scope.parameters:
                    scope.places.add(scope.parameters.index(name))
                return
            if scope.late:
                scope.changes.add(name)
        if name not in self.here and not any(scope.late for scope in self.scopes):
            self.reads.add(name)
            self.changes.add(name)

    def change_root(self, target: ast.expr) -> None:
        """The object at the root of a target such as `model.w[0]` is changed."""
        while isinstance(target, ast.Attribute | ast.Subscript | ast.Starred):
            target = target.value
        if isinstance(target, ast.Name):
            self.change(target.id)

    def visit_Attribute(self, node: ast.Attribute | ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.change_root(node)
        self.generic_visit(node)

    visit_Subscript = visit_Attribute

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.change_root(node.target)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        if name_called(node.value) in GENERATORS and not self.scopes:
            self.random |= {t.id for t in node.targets if isinstance(t, ast.Name)}
        # A value is used before it is assigned.
        for each in (node.value, *node.targets):
            self.visit(each)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.annotation)
        # Without a value nothing is bound.
        if node.value:
            self.visit(node.value)
            self.visit(node.target)

    def visit_Call(self, node: ast.Call) -> None:
        name = name_called(node)
        if isinstance(node.func, ast.Attribute) and name in CHANGING:
            self.change_root(node.func)
        changed = [word.value for word in node.keywords if word.arg == "out"]
        changed += node.args[:1] if name in FILLING else []
        if scope := self.functions.get(name):
            given = dict(zip(scope.parameters, node.args, strict=False))
            given |= {word.arg: word.value for word in node.keywords}
            places = (scope.parameters[n] for n in scope.places)
            changed += [given[each] for each in places if each in given]
            for each in scope.changes:
                self.change(each)
        for each in changed:
            self.change_root(each)
        self.generic_visit(node)

    # Bodies

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for each in (*node.decorator_list, *defaults(node)):
            self.visit(each)
        self.bind(node.name)
        scope = self.function(node, node.body)
        if not self.scopes:
            self.functions[node.name] = scope

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        for each in defaults(node):
            self.visit(each)
        self.function(node, [node.body])

    def function(
        self, node: ast.FunctionDef | ast.Lambda, body: list[ast.AST]
    ) -> Scope:
        a = node.args
        parameters = [each.arg for each in (*a.posonlyargs, *a.args)]
        others = [each.arg for each in (*a.kwonlyargs, a.vararg, a.kwarg) if each]
        return self.body(body, parameters, others, late=True)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for each in (*node.decorator_list, *node.bases):
            self.visit(each)
        self.bind(node.name)
        self.body(node.body, [], [], late=False)

    def visit_ListComp(self, node: ast.expr) -> None:
        self.body(list(ast.iter_child_nodes(node)), [], [], late=False)

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp

    def body(
        self, nodes: list[ast.AST], parameters: list[str], others: list[str], late: bool
    ) -> Scope:
        inside = [each for node in nodes for each in ast.walk(node)]
        stored = {
            each.id
            for each in inside
            if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)
        }
        of_page = {
            n for each in inside if isinstance(each, ast.Global) for n in each.names
        }
        scope = Scope(
            {*stored, *parameters, *others} - of_page, parameters, late, of_page
        )
        self.scopes.append(scope)
        for node in nodes:
            self.visit(node)
        self.scopes.pop()
        return scope


def defaults(node: ast.FunctionDef | ast.Lambda) -> list[ast.expr]:
    """The defaults of a function's parameters, which are evaluated where it is defined."""
    return [*node.args.defaults, *filter(None, node.args.kw_defaults)]


def name_called(node: ast.expr) -> str:
    """The last part of the name that a call calls, or nothing."""
    function = getattr(node, "func", None)
    return getattr(function, "attr", getattr(function, "id", ""))


def needs(codes: list[str]) -> dict[str, list[list]]:
    """What each cell needs, and what it leaves behind.

    Returns:
        `needs`: for each cell the indices, in order, of those above it that must have run;
        `uses`: for each cell the names that it takes from them;
        `writes`: for each cell the names that it binds or changes.
    """
    random: set[str] = set()
    functions: dict[str, Scope] = {}
    cells: list[Cell] = []
    found: list[list[int]] = []
    uses: list[list[str]] = []
    for code in codes:
        cell = Cell(code, random, functions)
        functions = cell.functions
        mine, names = above(cell, cells, found)
        found.append(sorted(mine))
        uses.append(sorted(names))
        cells.append(cell)
    writes = [sorted(cell.binds | cell.changes) for cell in cells]
    return {"needs": found, "uses": uses, "writes": writes}


def above(
    cell: Cell, cells: list[Cell], found: list[list[int]]
) -> tuple[set[int], set[str]]:
    """The indices of the cells that a cell needs, and the names for which it needs them.

    Args:
        cell: The cell.
        cells: The cells above it.
        found: For each of those, the indices of the cells that it needs itself.
    """
    wanted = cell.reads | cell.unbound
    while True:
        names, mine = set(wanted), set()
        for index in range(len(cells) - 1, -1, -1):
            other = cells[index]
            if names & (other.binds | other.changes) or "*" in other.binds:
                mine |= {index, *found[index]}
                # What is bound anew needs nothing further up.
                names -= other.binds
        # A function finds its names where it is called.
        late = set().union(*(cells[index].late for index in mine)) - cell.first
        if late <= wanted:
            return mine, wanted
        wanted |= late
