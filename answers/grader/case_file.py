"""A call that goes wrong, as a file that runs by itself and fails until it is mended.

The file holds the inputs and the expected result as Python writes them. What is too large for
that, or cannot be written, such as a function, it takes from the exercise.
"""

import ast
import contextlib
import inspect
import keyword
import os
import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from answers import files
from answers.grader import catalog
from answers.grader.as_python import as_python
from answers.grader.compare import agrees, difference
from answers.grader.exercise import Exercise
from answers.grader.parts import RESULT, Complaint, Parts, is_tensor, parts_of
from answers.grader.tensors import GRADIENT, gradients
from answers.grader.trials import Case, Check, unchanged

# The longest line, as in the rest of the project.
WIDTH = 88
KEEP = {"break_long_words": False, "break_on_hyphens": False}
CALLED = "a_case", "check", "check_gradients", "check_unchanged"

OPENING = '''"""`{name}`, {case}: this goes wrong. Run the file.

Written by `answers check {name} --case`. It is yours to change.
"""
'''
OPENING_HERE = "# {case}: this goes wrong. Run it; it is yours to change.\n"
# A file of such a name would be imported in place of what the case needs: libraries come first.
LIBRARIES = sys.stdlib_module_names | {"answers", "numpy", "torch"}
FOLDER_LAST = """import sys

# Another file of this folder is named like a library, and libraries come first.
sys.path.append(sys.path.pop(0))
"""
REFUSAL = """try:
    result = {call}
except ValueError as error:
    print("It is refused, as it should be:", error)
else:
    raise AssertionError(f"it is {{result!r}}; it should raise ValueError")
"""
FROM_FILE = """loader = SourceFileLoader("submission", {path!r})
submission = module_from_spec(spec_from_loader("submission", loader))
loader.exec_module(submission)
{name} = submission.{name}
"""


# What is written


def write(exercise: Exercise, case: str, submission: Path) -> Path:
    """Write the file beside the submission, over no other file; return where it is.

    A file that says the same is left as it is.

    Raises:
        KeyError: The exercise has no case and no check of that name.
        OSError: The file cannot be written.
    """
    said = text(exercise, case, submission)
    for number in range(1, 1000):
        ending = "_case" if number == 1 else f"_case_{number}"
        path = submission.with_name(f"{submission.stem}{ending}.py")
        with contextlib.suppress(FileExistsError):
            if not os.path.lexists(path):
                files.write(path, said, new=True)
        if path.is_file() and path.read_bytes() == said.encode():
            return path
    raise FileExistsError(17, "there are a thousand such files; delete some")


def text(exercise: Exercise, case: str, submission: Path | None = None) -> str:
    """The file for the case or check of that name.

    It imports the function from `submission`, or relies on it being there.

    Raises:
        KeyError: There is no such case.
    """
    name = exercise.name
    trial = exercise.trial(case)
    body = (
        of_check(exercise, trial)
        if isinstance(trial, Check)
        else of_case(exercise, trial)
    )
    imports = ["import copy"] * ("copy." in body)
    source = folder = ""
    if submission is not None:
        stem = submission.stem
        folder = FOLDER_LAST if stem in LIBRARIES else ""
        # Python would look for another one, or read the name as something else.
        odd = folder or keyword.iskeyword(stem) or stem == "__main__"
        plain = stem.isidentifier() and stem.isascii() and submission.suffix == ".py"
        source = f"from {stem} import {name}\n"
        if odd or not plain:
            imports.append("from importlib.machinery import SourceFileLoader")
            imports.append(
                "from importlib.util import module_from_spec, spec_from_loader"
            )
            source = FROM_FILE.format(path=str(submission.absolute()), name=name)
    imports += ["", "import numpy as np"] * ("np." in body)
    imports += ["import torch"] * ("torch." in body)
    ours = [each for each in CALLED if f"{each}(" in body]
    if ours:
        imports += ["", f"from answers.grader.case_file import {', '.join(ours)}"]
    opening = (OPENING if submission else OPENING_HERE).format(name=name, case=case)
    parts = [opening, folder, "\n".join(imports).strip("\n"), source, body]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts if part)


def of_check(exercise: Exercise, trial: Check) -> str:
    """The lines that ask whether a property holds, and its source to read."""
    function = trial.function
    module = f"answers.exercises.{exercise.name}"
    source = textwrap.indent(inspect.getsource(function), "# ", lambda line: True)
    said = f"assert {function.__name__}({exercise.name}), {function.__name__}.__doc__\n"
    lines = "\n".join(line.rstrip() for line in source.splitlines())
    return (
        f"from {module} import {function.__name__}\n\n# It asks:\n#\n{lines}\n\n{said}"
    )


def of_case(exercise: Exercise, trial: Case) -> str:
    """The lines that make the inputs, call, and compare."""
    args, kwargs = trial.given()
    lines, names = [], []
    for place, value in enumerate(args):
        written = as_python(value) or f"case.args[{place}]"
        parameter = parameter_at(trial.reference, place)
        names.append(parameter or written)
        lines += [f"{parameter} = {written}"] if parameter else []
    options = [
        f"{name}={as_python(value) or f'case.kwargs[{name!r}]'}"
        for name, value in kwargs.items()
    ]
    call = f"{exercise.name}({', '.join(names + options)})"
    compared = compared_with(trial, names, call)
    if any("case." in line for line in [*lines, call, *compared]):
        lines.insert(
            0, f"case = a_case({as_python(exercise.name)}, {as_python(trial.name)})"
        )
    inputs, rest = ("\n".join(map(wrapped, each)) for each in (lines, compared))
    return f"{inputs}\n\n{rest}" if inputs else rest


def compared_with(trial: Case, names: list[str], call: str) -> list[str]:
    """The call, and what its result is compared with."""
    result, want = trial.expected
    if isinstance(result, Complaint):
        return [REFUSAL.format(call=call)]
    rtol = f"rtol={trial.rtol:g}"
    several = (
        "" if trial.returns == (RESULT,) else f", returns={as_python(trial.returns)}"
    )
    lines = [
        f"expected = {as_python(detached(result)) or 'case.expected[0]'}",
        f"result = {call}",
        f"check(result, expected{several}, {rtol})",
    ]
    slopes = {name: want.get(f"{GRADIENT} {name}") for name in names}
    entries = ", ".join(
        f'"{name}": ({name}, {as_python(slope) or f"""case.want["{GRADIENT} {name}"]"""})'
        for name, slope in slopes.items()
        if slope is not None
    )
    if entries:
        lines.append(f"check_gradients(result, {{{entries}}}, {rtol})")
    changeable = [
        n for n, value in zip(names, trial.args, strict=True) if may_change(value)
    ]
    if changeable:
        arrays = ", ".join(changeable)
        lines.insert(1, f"before = copy.deepcopy([{arrays}])")
        lines.append(f"check_unchanged(before, [{arrays}])")
    return [*lines, f'print("{trial.reference.__name__} is right here.")']


def parameter_at(function: Callable, place: int) -> str | None:
    """The name of the positional parameter, or None where any number may come."""
    parameters = list(inspect.signature(function).parameters.values())[: place + 1]
    any_number = any(
        each.kind is inspect.Parameter.VAR_POSITIONAL for each in parameters
    )
    return None if any_number else parameters[place].name


def detached(value: object) -> object:
    """A result whose tensors have lost their graphs."""
    if isinstance(value, dict):
        return {key: detached(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return tuple(map(detached, value))
    return value.detach() if is_tensor(value) else value


def may_change(value: object) -> bool:
    """Whether a function could change this argument in place, which is judged."""
    return isinstance(value, np.ndarray | dict) or is_tensor(value)


def wrapped(statement: str) -> str:
    """The statement in lines that are not too long, if it can be broken without a change."""
    lines = [
        textwrap.fill(line, WIDTH, subsequent_indent="    ", **KEEP)
        for line in statement.splitlines()
    ]
    shorter = "\n".join(lines)
    try:
        same = ast.dump(ast.parse(shorter)) == ast.dump(ast.parse(statement))
    except SyntaxError:
        same = False
    return shorter if same else statement


# What the file calls


def a_case(exercise: str, name: str) -> Case:
    """The case of that name, with its `args`, `kwargs` and `expected`."""
    case = catalog.load(exercise).trial(name)
    # A copy of the inputs, as the judge takes one: they may be changed.
    args, kwargs = case.given()
    return replace(case, args=args, kwargs=kwargs)


def check(
    result: object,
    expected: object,
    returns: Sequence[str] = (RESULT,),
    rtol: float = 1e-8,
) -> None:
    """Raise AssertionError, and say what differs, unless the result is as the judge wants it."""
    names = tuple(returns)
    want = parts_of(expected, expected, names)
    compare(parts_of(result, expected, names), want, rtol)


def check_gradients(result: object, arguments: dict[str, tuple], rtol: float) -> None:
    """As `check`, for the gradients of arguments: `arguments` has the argument and the expected
    gradient by name. The gradient is that of a weighted sum of all numbers of the result."""
    asked = {name: argument for name, (argument, _) in arguments.items()}
    want = {f"{GRADIENT} {name}": slope for name, (_, slope) in arguments.items()}
    compare(gradients(result, asked, check), want, rtol)


def compare(got: Parts, want: Parts, rtol: float) -> None:
    wrong = [
        part.text
        if isinstance(part, Complaint)
        else f"{name} {difference(part, want[name], rtol).sentence}"
        for name, part in got.items()
        if not agrees(part, want[name], rtol)
    ]
    if wrong:
        raise AssertionError("\n".join(dict.fromkeys(wrong)))


def check_unchanged(before: list, now: list) -> None:
    """Raise AssertionError if an argument was changed."""
    for number, (old, new) in enumerate(zip(before, now, strict=True), start=1):
        if not unchanged(old, new):
            raise AssertionError(
                f"array {number} among the arguments was changed by the call"
            )
