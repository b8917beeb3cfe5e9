"""What a submission sets for the whole process holds for its own calls only."""

import os
import random
import shutil
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from answers.grader import catalog, process, settings
from answers.grader.exercise import Exercise

TORCH = "cached_attention_torch"


def state():
    return (
        np.random.get_state()[1].tolist(),
        random.getstate(),
        np.get_printoptions(),
        np.geterr(),
        dict(os.environ),
        list(warnings.filters),
    )


def set_all(seed):
    np.random.seed(seed)
    random.seed(seed)
    np.set_printoptions(precision=seed)
    np.seterr(divide="raise")
    os.environ["SEED"] = str(seed)
    warnings.simplefilter("error")


def test_a_function_runs_under_its_own_settings_and_all_else_under_ours(monkeypatch):
    monkeypatch.delenv("SEED", raising=False)
    before, ours, seen = state(), settings.current(), []

    def function(x):
        seen.append((np.random.rand(), os.environ["SEED"], np.get_printoptions()["precision"]))
        result = 1 / np.array(x)
        set_all(2)
        return result

    set_all(1)
    kept = settings.apart(function, ours)
    assert state() == before
    for _ in range(2):
        # Each call begins as the first did, and warns of nothing.
        assert kept(0) == np.inf
        assert state() == before
    np.random.seed(1)
    assert seen == [(np.random.rand(), "1", 1)] * 2
    ours()


def test_what_a_function_raises_is_raised_and_our_settings_are_back():
    ours = settings.current()
    kept = settings.apart(lambda: [set_all(3), 1 / 0], ours)
    before = state()
    with pytest.raises(ZeroDivisionError):
        kept()
    assert state() == before


def test_a_reference_that_fails_is_told_and_agrees_with_nothing():
    def half(x):
        """Half of it."""
        raise TypeError("no such thing")

    exercise = Exercise(half, page="", hints=())
    exercise.case("one", np.ones(2))
    with pytest.raises(RuntimeError, match=r"the reference fails at half.*no such thing"):
        exercise.run(half)


def test_a_reference_whose_gradient_is_missing_is_told_and_agrees_with_nothing():
    def twice(x):
        """Twice it."""
        return 2 * x

    exercise = Exercise(twice, page="", hints=())
    exercise.case("one", torch.ones(2, requires_grad=True))
    with torch.no_grad(), pytest.raises(RuntimeError, match="the gradient of x is missing"):
        exercise.run(twice)


@pytest.fixture
def checked(tmp_path):
    def check(before: str) -> process.Outcome:
        path = Path(tmp_path, f"{TORCH}.py")
        path.write_text(f"import torch\n{before}\n{catalog.load(TORCH).solution()}")
        return process.Judging(TORCH, path, timeout=120).outcome().report

    return check


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("warn_only", [True, False])
def test_whether_algorithms_are_deterministic_is_set_again(on, warn_only):
    before = settings.current()
    try:
        torch.use_deterministic_algorithms(on, warn_only=warn_only)
        again = settings.current()
        before()
        assert not torch.are_deterministic_algorithms_enabled()
        again()
        assert torch.are_deterministic_algorithms_enabled() == on
        assert torch.is_deterministic_algorithms_warn_only_enabled() == (on and warn_only)
    finally:
        before()


def test_what_is_set_again_imports_nothing():
    """PyTorch's compiler would take a second of each verdict."""
    code = """
        import sys, numpy.random, torch
        from answers.grader import settings
        had = set(sys.modules)
        settings.current()()
        print(sorted(sys.modules.keys() - had))
    """
    code = textwrap.dedent(code)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


@pytest.mark.parametrize(
    "mode", ["torch.set_grad_enabled(False)", "m = torch.inference_mode(); m.__enter__()"]
)
def test_results_without_a_graph_do_not_pass_because_the_reference_has_none_either(checked, mode):
    report = checked(mode)
    assert "the result has no graph" in report.failures[0].message


def test_what_libraries_replace_in_pytorch_is_no_replacement_by_the_learner(checked):
    lines = [
        "torch.optim.Adam([torch.zeros(2, requires_grad=True)])",
        "import torch._dynamo",
        "torch.use_deterministic_algorithms(True)",
        "torch.set_default_dtype(torch.float64)",
        "import transformers; transformers.LlamaModel",
    ]
    if shutil.which("g++"):  # what torch.compile needs
        lines.append("torch.compile(lambda x: x.exp() + 1)(torch.ones(3))")
    assert checked("\n".join(lines)).failures == ()
