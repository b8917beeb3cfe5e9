"""The package as a whole: what imports what, what the docstrings say, what the pages include."""

import ast
import doctest
import graphlib
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import answers

ROOT = Path(answers.__file__).parent


def module_name(path):
    parts = ("answers", *path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(part for part in parts if part != "__init__")


FILES = {module_name(path): path for path in sorted(ROOT.rglob("*.py"))}
TOPICS = [module_name(path) for path in sorted(ROOT.glob("*.py"))]
TOPICS = [name for name in TOPICS if name not in {"answers", "answers.inputs"}]
# The topics whose subject is PyTorch.
TORCH = {
    "answers.autograd_torch",
    "answers.measurements.inference",
    "answers.quantization_torch",
    "answers.gpt",
    "answers.kv_cache",
    "answers.train_gpt",
    "answers.transformer_checks",
    "answers.transformer_faults",
    "answers.sequence_classifier",
    "answers.two_layer_net_torch",
    "answers.cached_attention",
    # Exercises on it.
    "answers.practice.exercises.cached_attention",
    "answers.practice.exercises.fix_the_gpt",
    "answers.practice.exercises.next_token_loss",
    "answers.attention_torch",
}
TOOLS = (
    "answers.site"  # what builds and tests the pages; nothing of it runs for a learner
)
PROMISED = {
    "answers.softmax": ["softmax", "log_softmax", "logsumexp", "cross_entropy"],
    "answers.layers": ["affine", "affine_backward", "relu", "relu_backward"],
    "answers.broadcasting": ["broadcast_shape", "unbroadcast"],
    "answers.matrix_calculus": ["linear_vjp", "linear_jacobian"],
    "answers.divergence": [
        "entropy",
        "kl_divergence",
        "kl_from_logits",
        "kl_gradients",
        "jensen_shannon",
        "fit_gaussian",
        "k1",
        "k2",
        "k3",
    ],
    "answers.gaussian_fit": ["Mixture", "kl_of_densities", "fit_mixture", "both_fits"],
    "answers.two_layer_net": ["two_layer_gradients", "TwoLayerNet"],
    "answers.two_layer_net_torch": ["TwoLayerNet", "autograd_gradients"],
    "answers.micro_batches": ["accumulate_gradients"],
    "answers.metrics": [
        "confusion_counts",
        "precision_recall_f1",
        "matthews_correlation",
        "roc_auc",
        "threshold_counts",
        "average_precision",
    ],
    "answers.model_comparison": [
        "mcnemar",
        "paired_bootstrap",
        "expected_cost",
        "cost_curve",
        "cost_threshold",
        "unpaired_sample_size",
        "paired_sample_size",
    ],
    "answers.binormal": ["binormal", "probability"],
    "answers.bayes": [
        "posterior",
        "log_posterior",
        "posterior_odds",
        "beta_update",
        "reweighted",
        "natural_frequencies",
    ],
    "answers.loss_bounds": [
        "loss_bounds",
        "top_k_loss_bounds",
        "threshold_loss_bounds",
        "mean_loss_bounds",
        "most_errors",
        "confidence_loss_bounds",
    ],
    "answers.naive_bayes": ["fit_word_counts"],
    "answers.ab_test": ["probability_larger", "expected_loss"],
    "answers.vector_jacobian": ["jacobian_from_vjp"],
    "answers.autograd_torch": ["autograd_graph", "saved_bytes", "cross_entropy"],
    "answers.expression_graph": ["backward_pass", "topological_order"],
    "answers.computation_graph": ["Node"],
    "answers.forward_mode": ["Dual"],
    "answers.operation_count": ["count_operations"],
    "answers.gradient_cost": ["operations_by_size"],
    "answers.annotation": [
        "Votes",
        "vote_counts",
        "majority_vote",
        "soft_labels",
        "raw_agreement",
        "cohen_kappa",
        "fleiss_kappa",
        "krippendorff_alpha",
    ],
    "answers.dawid_skene": ["dawid_skene"],
    "answers.calibration": [
        "expected_calibration_error",
        "reliability",
        "brier_score",
        "fit_temperature",
    ],
    "answers.anaesthetists": [],  # data: a table, and a function without arguments
    "answers.crowd": ["documents", "crowd_votes", "fit_words"],
    "answers.vote_file": ["read_votes"],
    "answers.label_quality": [
        "confident_joint",
        "find_label_issues",
        "annotator_quality",
    ],
    "answers.training_dynamics": ["training_dynamics"],
    "answers.collusion": ["suspicious_pairs"],
    "answers.noisy_digits": ["flip_labels"],
    "answers.quantization": [
        "quantize_int8",
        "quantize",
        "dequantize",
        "int8_linear",
        "smooth",
        "quantization_error",
        "Int8Linear",
    ],
    "answers.quantization_torch": ["Int8Linear", "quantize_linears", "weight_bytes"],
    "answers.pruning": [
        "prune_magnitude",
        "prune_neurons",
        "prune_two_of_four",
        "is_two_of_four",
    ],
    "answers.inference_costs": [
        "weight_bytes",
        "kv_bytes",
        "flops_per_token",
        "roofline_seconds",
        "decode_cost",
        "prefill_cost",
        "largest_batch",
        "batching_curve",
        "tokens_per_verification",
    ],
    "answers.gpt": [
        "GPTConfig",
        "GPT",
        "load_pretrained",
        "next_token_loss",
        "encode",
        "decode",
    ],
    "answers.cached_attention": ["cached_attention", "rotation"],
    "answers.kv_cache": ["KVCache", "cache_bytes", "generate"],
    "answers.train_gpt": [],
    "answers.attention": [
        "causal_mask",
        "attend",
        "attend_backward",
        "attend_blockwise",
        "multi_head_attention",
        "grouped_query_attention",
    ],
    "answers.attention_torch": ["MultiHeadAttention"],
    "answers.transformer_checks": ["diagnose"],
    "answers.transformer_faults": ["sound"],
    "answers.sequence_classifier": ["pooled", "SequenceClassifier"],
    "answers.gradient_check": [
        "numerical_gradient",
        "relative_error",
        "check_gradient",
        "check_directions",
    ],
}
PROMISES = [(module, name) for module, names in PROMISED.items() for name in names]
TAKE_ARGUMENTS = [
    each for each in PROMISES if each[1] not in ("load_pretrained", "sound")
]
SECTION = re.compile(r"^ *# --8<-- \[(start|end):(\w+)\]$", re.M)


def tree(module):
    return ast.parse(FILES[module].read_text())


def imports(module):
    """The modules of this package that `module` imports, at the top or inside a function."""
    found = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports by a relative name"
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in FILES else node.module for name in names}
    return {name for name in found if name in FILES}


def loaded_after_importing(*modules):
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def docstrings(module):
    """(name, text) of the module and of each class and function in it."""
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef
    for node in ast.walk(tree(module)):
        if isinstance(node, kinds) and ast.get_docstring(node):
            yield getattr(node, "name", module), ast.get_docstring(node)


# What imports what


@pytest.mark.parametrize(
    ("modules", "absent"),
    [
        (["answers"], {"torch", "sympy", "scipy", "typer", "rich", "matplotlib"}),
        (
            sorted(set(TOPICS) - TORCH),
            {"torch", "sympy", "scipy", "typer", "rich", "matplotlib"},
        ),
        (
            ["answers.practice.exercise", "answers.practice.catalog"],
            {"torch", "sympy", "scipy", "typer", "rich", "platformdirs", "matplotlib"},
        ),
        (
            ["answers.site.formulas"],
            {"torch", "sympy", "scipy", "pytest", "matplotlib"},
        ),
        (["answers.practice.cli"], {"torch", "sympy", "scipy", "mkdocs", "matplotlib"}),
    ],
    ids=["answers", "topics", "practice", "formulas", "command line"],
)
def test_importing_loads_nothing_that_it_does_not_need(modules, absent):
    assert not loaded_after_importing(*modules) & absent


def test_no_module_imports_itself_through_others():
    order = graphlib.TopologicalSorter({name: imports(name) for name in FILES})
    assert set(order.static_order()) == set(FILES)


@pytest.mark.parametrize("module", TOPICS)
def test_a_topic_imports_only_topics(module):
    assert imports(module) <= {*TOPICS, "answers.inputs"} - {module}


@pytest.mark.parametrize(
    "module", [name for name in FILES if not name.startswith(TOOLS)]
)
def test_only_the_pytorch_topics_import_pytorch(module):
    names = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert module in TORCH or not any(
        name.partition(".")[0] == "torch" for name in names
    )


def test_annotations_are_no_strings():
    for module in FILES:  # jaxtyping skips some checks of annotations that are
        assert "from __future__ import annotations" not in FILES[module].read_text(), (
            module
        )


# What the docstrings say


@pytest.mark.parametrize("module", sorted(FILES))
def test_examples_print_what_they_say(module):
    namespace = vars(importlib.import_module(module))
    runner = doctest.DocTestRunner(verbose=False)
    parser = doctest.DocTestParser()
    for name, text in docstrings(module):
        test = parser.get_doctest(text, dict(namespace), name, str(FILES[module]), None)
        printed = []
        runner.run(test, out=printed.append)
        assert not printed, "".join(printed)


def test_every_topic_has_promised_names():
    assert set(PROMISED) == set(TOPICS)


@pytest.mark.parametrize(("module", "name"), PROMISES)
def test_a_promised_function_has_a_sentence_an_example_and_what_it_raises(module, name):
    promised = getattr(importlib.import_module(module), name)
    text = inspect.getdoc(promised)
    first = text.partition("\n\n")[0]
    assert first.endswith("."), first
    assert ">>>" in text.partition("Example:")[2]
    source = inspect.getsource(promised)
    if inspect.isfunction(promised):
        assert "Raises:" in text or not re.search(r"\braise\b|\brefuse_", source)
        assert "Returns:" in text or "-> tuple" not in source


@pytest.mark.parametrize(("module", "name"), PROMISES)
def test_every_argument_of_a_promised_function_is_annotated_and_described_by_name(
    module, name
):
    promised = getattr(importlib.import_module(module), name)
    parameters = inspect.signature(promised).parameters.values()
    for parameter in parameters:
        assert parameter.annotation is not inspect.Parameter.empty, parameter.name
    described = inspect.getdoc(promised).partition("Args:")[2]
    if described:
        for parameter in parameters:
            assert re.search(rf"^    {parameter.name}: ", described, re.M), (
                parameter.name
            )


@pytest.mark.parametrize(("module", "name"), TAKE_ARGUMENTS)
def test_the_annotations_of_a_promised_function_are_enforced(module, name):
    promised = getattr(importlib.import_module(module), name)
    parameters = inspect.signature(promised).parameters.values()
    text = {p.name: np.array("text") for p in parameters if p.kind != p.VAR_KEYWORD}
    named = {p.name: text.pop(p.name) for p in parameters if p.kind == p.KEYWORD_ONLY}
    with pytest.raises(TypeError, match=f"parameter '{next(iter(text))}'"):
        promised(*text.values(), **named)


# What the pages include


@pytest.mark.parametrize("module", sorted(FILES))
def test_every_section_ends_and_compiles_alone(module):
    text = FILES[module].read_text()
    marks = list(SECTION.finditer(text))
    assert len(marks) == len(re.findall(r"^ *#.*--8<--", text, re.M)), (
        "a mark that the site would not find"
    )
    names = [mark[2] for mark in marks if mark[1] == "start"]
    assert len(names) == len(set(names))
    for name in names:
        (start,) = (m for m in marks if m.groups() == ("start", name))
        (end,) = (m for m in marks if m.groups() == ("end", name))
        section = inspect.cleandoc(
            "\n" + SECTION.sub("", text[start.end() : end.start()])
        )
        assert section, name
        compile(section, f"{module}:{name}", "exec")
    assert len(marks) == 2 * len(names)
