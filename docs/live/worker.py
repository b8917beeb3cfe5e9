"""What runs in the worker: the cells of a page, each page in a namespace of its own.

`worker.js` calls `add_answers`, `packages`, `adapt`, `warm` and `call`; a page calls
`live_worker.run` through it. In the worker, this is the module `live_worker`.
The module `live_page` is the worker's JavaScript.
"""

import ast
import builtins
import contextlib
import functools
import importlib
import io
import json
import linecache
import symtable
import sys
import traceback
from itertools import accumulate
from types import ModuleType

import live_page

# What each module of `answers` needs.
needed: dict[str, list[str]] = {}
pages: dict[str, ModuleType] = {}


class Stream(io.TextIOBase):
    """Standard output or error, sent to the page."""

    encoding = "utf-8"

    def __init__(self, name: str):
        self.name = name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if text:
            live_page.write(self.name, text)
        return len(text)


class NoInput(io.TextIOBase):
    """Standard input."""

    def readline(self, size: int | None = -1, /) -> str:
        raise EOFError("nobody types here; write the value into the code")


sys.stdout, sys.stderr, sys.stdin = Stream("stdout"), Stream("stderr"), NoInput()


def add_answers(packages: str) -> None:
    """Know the modules of `answers`, which have been written: a JSON object of what each needs."""
    for path, names in json.loads(packages).items():
        module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        needed[module] = names
    # `importlib.invalidate_caches` would read the archive of Python's own modules again: 0.2 s.
    sys.path_importer_cache.clear()


def packages(code: str, known: str) -> str:
    """Those of the packages `known` that the code imports, itself or through `answers`."""
    found = set()
    for name in imported(code):
        found.add(name.partition(".")[0])
        for module in accumulate(name.split("."), "{}.{}".format):
            found |= set(needed.get(module, ()))
    return json.dumps(sorted(found.intersection(json.loads(known)) - set(sys.modules)))


def adapt(installed: str) -> None:
    """Mend what differs from other systems in the packages that were installed."""
    if "jaxtyping" in json.loads(installed):
        jaxtyping = importlib.import_module("jaxtyping")
        # NumPy has two equal types of 32-bit integers here, of which jaxtyping knows one by name.
        for kind in vars(jaxtyping).values():
            known = getattr(kind, "dtypes", None)
            if isinstance(known, list | tuple):
                more = {"int32": "intc", "uint32": "uintc"}
                kind.dtypes = (*known, *(more[name] for name in known if name in more))


def warm(code: str) -> None:
    """Import what the code will, as far as it is there."""
    for name in sorted(imported(code)):
        with contextlib.suppress(Exception):
            importlib.import_module(name)


@functools.cache
def imported(code: str) -> set[str]:
    """The names of all modules that the code may import."""
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except (SyntaxError, ValueError):
        return set()
    names = {
        a.name for node in nodes if isinstance(node, ast.Import) for a in node.names
    }
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def call(name: str, arguments: str) -> str:
    """What the function of that name returns. Arguments and result are JSON."""
    module, _, function = name.rpartition(".")
    function = getattr(importlib.import_module(module), function)
    return json.dumps(function(*json.loads(arguments)))


def run(page: str, name: str, code: str, module: str | None, changed: bool) -> bool:
    """Run a cell as part of its page, and print what comes of it.

    Args:
        page: The address of the page. Its cells share a namespace.
        name: What tracebacks call the cell.
        code: Its text.
        module: The module that the text is a section of, or None.
        changed: Whether the reader has changed a section of that module on this page. If not,
            the module has run the section already, and the page gets the module's own objects.

    Returns:
        Whether it ran to its end.
    """
    namespace = enter(page)
    try:
        if module is None:
            show(execute(code, name, namespace))
        elif module in needed:
            own = vars(importlib.import_module(module))
            if not changed:
                namespace |= {name: own[name] for name in defined(code) if name in own}
                return True
            namespace |= {key: own[key] for key in own if key not in namespace}
            remember(name, code)
            code = own["__loader__"].source_to_code(code.encode(), name)
            exec(code, namespace)
    except BaseException as error:
        # Whatever the reader's code raises, sys.exit too.
        tell(error)
        return False
    return True


def enter(page: str) -> dict:
    """The namespace of a page, whose cells run from now on."""
    if page not in pages:
        pages[page] = ModuleType("__main__")
        vars(pages[page])["__builtins__"] = builtins
    sys.modules["__main__"] = pages[page]
    return vars(pages[page])


def execute(code: str, name: str, namespace: dict) -> object:
    """Run the code. Returns the value of its last line, if that is an expression."""
    remember(name, code)
    compiled = functools.partial(compile, filename=name, dont_inherit=True)
    tree, value = ast.parse(code, name), ast.Constant(None, lineno=1, col_offset=0)
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        value = tree.body.pop().value
    exec(compiled(tree, mode="exec"), namespace)
    return eval(compiled(ast.Expression(value), mode="eval"), namespace)


def remember(name: str, code: str) -> None:
    """Let tracebacks and `inspect.getsource` find the text of a cell."""
    # Without its end a line would have its carets one place too far right.
    lines = [f"{line}\n" for line in code.splitlines()]
    linecache.cache[name] = len(code), None, lines, name


def defined(code: str) -> list[str]:
    """The names that the code binds at its top level."""
    symbols = symtable.symtable(code, "", "exec").get_symbols()
    return [s.get_name() for s in symbols if s.is_assigned() or s.is_imported()]


def show(value: object) -> None:
    """Typeset an object of SymPy, and print any other value but None."""
    if value is None:
        return
    if "sympy" in sys.modules and hasattr(value, "_repr_latex_"):
        live_page.latex(sys.modules["sympy"].latex(value))
    else:
        print(repr(value))


def tell(error: BaseException) -> None:
    """Print the error and the lines of the page that led to it, without those behind them."""
    told = traceback.TracebackException.from_exception(error, compact=True)
    todo = [told]
    while todo:
        each = todo.pop()
        each.stack = traceback.StackSummary.from_list(of_cells(each))
        # Of the errors that came before it, keep those that were raised in a cell, too.
        for link in ("__cause__", "__context__"):
            before = getattr(each, link)
            if before is not None and of_cells(before):
                todo.append(before)
            else:
                setattr(each, link, None)
        todo += each.exceptions or []
    print("".join(told.format()), end="", file=sys.stderr)
    if isinstance(error, ModuleNotFoundError):
        print(
            "In the page there are NumPy, SymPy, `answers` and Python's own modules; "
            "PyTorch and others do not run in a browser.",
            file=sys.stderr,
        )


def of_cells(told: traceback.TracebackException) -> list[traceback.FrameSummary]:
    """The lines of cells among those that led to an error."""
    return [frame for frame in told.stack if frame.filename.startswith("cell ")]
