"""What the docstrings promise, and the sections that pages include."""

import ast
import doctest
import importlib
import inspect
import re

import numpy as np
import pytest

from answers.pages import ROOT
from answers.site import modules

FILES = modules.files()
PROMISED = modules.promised()
PROMISES = [(module, name) for module, names in PROMISED.items() for name in names]
SECTION = re.compile(r"^ *# --8<-- \[(start|end):(\w+)\]$", re.M)


def docstrings(module):
    """(name, text) of the module and of each class and function in it."""
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef
    for node in ast.walk(ast.parse(FILES[module].read_text())):
        if isinstance(node, kinds) and ast.get_docstring(node):
            yield getattr(node, "name", module), ast.get_docstring(node)


@pytest.mark.parametrize("module", sorted(FILES))
def test_examples_print_what_they_say(module):
    namespace = vars(importlib.import_module(module))
    runner = doctest.DocTestRunner(verbose=False)
    parser = doctest.DocTestParser()
    for name, text in docstrings(module):
        test = parser.get_doctest(text, dict(namespace), name, str(FILES[module]), None)
        printed = []
        runner.run(test, out=printed.append)
        where = f"{FILES[module].relative_to(ROOT)}: the example of `{name}` prints something else"
        assert not printed, f"{where}: {' '.join(''.join(printed).split())}"


def test_every_module_of_a_topic_promises_something():
    # What `transformer_checks` and `transformer_faults` put together, they promise.
    parts = re.compile(r"answers\.transformers\.(checks|faults)\.")
    without = {m for m, names in PROMISED.items() if not names and not parts.match(m)}
    # A script, experiments of pages, and what needs several processes.
    assert without == {
        "answers.transformers.train_gpt",
        "answers.language_models.two_towers",
        "answers.training.flagged_symbol",
        "answers.training.gradient_reach",
        "answers.scale.gloo",
    }


@pytest.mark.parametrize(("module", "name"), PROMISES)
def test_a_promised_function_has_a_sentence_an_example_and_what_it_raises(module, name):
    promised = getattr(importlib.import_module(module), name)
    text, where = inspect.getdoc(promised), f"{FILES[module].relative_to(ROOT)}: `{name}`"
    first = text.partition("\n\n")[0]
    assert first.endswith("."), f"{where}: begin its docstring with a sentence"
    assert ">>>" in text.partition("Example:")[2], f"{where}: give a call with >>> under `Example:`"
    source = inspect.getsource(promised)
    if inspect.isfunction(promised):
        assert "Raises:" in text or not re.search(r"\braise\b|\brefuse_", source), (
            f"{where}: say in its docstring, under `Raises:`, what it refuses"
        )
        assert "Returns:" in text or "-> tuple" not in source, (
            f"{where}: name the parts of the result in its docstring, under `Returns:`"
        )


@pytest.mark.parametrize(("module", "name"), PROMISES)
def test_every_argument_of_a_promised_function_is_annotated_and_described_by_name(module, name):
    promised = getattr(importlib.import_module(module), name)
    parameters = inspect.signature(promised).parameters.values()
    where = f"{FILES[module].relative_to(ROOT)}: `{name}`"
    for parameter in parameters:
        assert parameter.annotation is not inspect.Parameter.empty, (
            f"{where}: annotate `{parameter.name}`"
        )
    described = inspect.getdoc(promised).partition("Args:")[2]
    if described:
        for parameter in parameters:
            assert re.search(rf"^    {parameter.name}: ", described, re.M), (
                f"{where}: describe `{parameter.name}` under `Args:`, too"
            )


@pytest.mark.parametrize(("module", "name"), PROMISES)
def test_the_annotations_of_a_promised_function_are_enforced(module, name):
    promised = getattr(importlib.import_module(module), name)
    parameters = inspect.signature(promised).parameters.values()
    text = {p.name: np.array("text") for p in parameters if p.kind != p.VAR_KEYWORD}
    named = {p.name: text.pop(p.name) for p in parameters if p.kind == p.KEYWORD_ONLY}
    if not text:
        return  # it takes nothing
    with pytest.raises(TypeError, match=f"parameter '({'|'.join(text)})'|`axis` is"):
        promised(*text.values(), **named)


# What the pages include


@pytest.mark.parametrize("module", sorted(FILES))
def test_every_section_ends_and_compiles_alone(module):
    text = FILES[module].read_text()
    marks = list(SECTION.finditer(text))
    # The names in a template are still to be filled in.
    assert len(marks) == len(re.findall(r"^ *#.*--8<--[^$\n]*$", text, re.M)), (
        f"{FILES[module].relative_to(ROOT)}: write the marks of a section # --8<-- [start:name]"
    )
    names = [mark[2] for mark in marks if mark[1] == "start"]
    assert len(names) == len(set(names))
    for name in names:
        assert ("end", name) in [m.groups() for m in marks], (
            f"{FILES[module].relative_to(ROOT)}: [start:{name}] has no [end:{name}]"
        )
        (start,) = (m for m in marks if m.groups() == ("start", name))
        (end,) = (m for m in marks if m.groups() == ("end", name))
        section = inspect.cleandoc("\n" + SECTION.sub("", text[start.end() : end.start()]))
        assert section, name
        # A contract ends where its function begins.
        below = "\ndef function(): ..." if name.endswith("_refuses") else ""
        compile(section + below, f"{module}:{name}", "exec")
    assert len(marks) == 2 * len(names)
