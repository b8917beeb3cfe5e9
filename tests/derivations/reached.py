"""What a function can get at."""

import dis
import inspect
import types


def reached(function):
    """Its closure, the globals it names, and theirs in turn, in its own package."""
    codes = [function.__code__]
    for code in codes:  # grows as it is read
        codes += [const for const in code.co_consts if isinstance(const, types.CodeType)]
    steps = [step for code in codes for step in dis.get_instructions(code)]
    names = {step.argval for step in steps if step.opname == "LOAD_GLOBAL"}
    objects = [function.__globals__[name] for name in names & set(function.__globals__)]
    objects += [cell.cell_contents for cell in function.__closure__ or ()]
    for each in objects:
        yield each
        if inspect.isfunction(each) and package(each) == package(function):
            yield from reached(each)


def package(function):
    return function.__module__.rpartition(".")[0]
