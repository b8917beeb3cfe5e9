"""The names that wrong programs are told: true ones, and for most of them."""

import inspect
from pathlib import Path

import numpy as np
import pytest
import yaml

from answers.grader import catalog
from answers.naming import bugs, diagnosis, state

BANK = yaml.safe_load(Path(__file__).with_name("bank.yaml").read_text("utf-8"))


def program(name, returns):
    """A program that returns something else than our solution does, as the bank says."""
    code, ours = compile(returns, "bank.yaml", "eval"), catalog.load(name).reference
    signature = inspect.signature(ours)

    def wrong(*args, **kwargs):
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        names = {"np": np, "ours": ours, "result": ours(*args, **kwargs)}
        return eval(code, names | given.arguments)

    return wrong


@pytest.mark.parametrize("finder", BANK)
def test_what_a_finder_sees_is_told(finder):
    name, returns, told = BANK[finder].values()
    exercise = catalog.load(name)
    report = exercise.run(program(name, returns))
    assert not report.passed
    assert report.bug == told
    assert report.bug not in exercise.bugs
    assert report.diagnosis[-1] == "."


def test_the_bank_has_a_program_for_each_finder_but_those_of_planted_bugs():
    found = {find for table in diagnosis.TABLES for _, finders in table for find in finders}
    # What is kept between calls is no expression: see test_state.py.
    found -= {bugs.explaining_all, bugs.explaining_most, state.kept}
    names = {f"{find.__module__.rpartition('.')[2]}.{find.__name__}" for find in found}
    assert names == set(BANK)


# Programs that were told a name which is not theirs.


def refuses_three_axes(prior, likelihood):
    if likelihood.ndim > 1:
        raise ValueError("vectors only")
    return catalog.load("posterior").reference(prior, likelihood)


def refuses_integers(p, base=np.e, axis=-1):
    if p.dtype.kind != "f":
        raise ValueError("pass floats")
    return catalog.load("entropy").reference(p, base, axis)


def unpacks_two_sizes(q, k, v, mask=None):
    _rows, _d = q.shape
    return catalog.load("attend").reference(q, k, v, mask)


def first_part_dropped(gradients, sizes):
    n = sizes[1:].astype(float)
    return np.tensordot(n, gradients[1:].astype(float), axes=1) / max(n.sum(), 1)


def zero_made_one(*shapes):
    return tuple(n or 1 for n in catalog.load("broadcast_shape").reference(*shapes))


def zero_made_one_before(*shapes):
    shapes = [tuple(n or 1 for n in shape) for shape in shapes]
    return catalog.load("broadcast_shape").reference(*shapes)


def wrong_at_0_only(dout, x):
    return dout * np.heaviside(x.astype(float), 0.5)


def threshold_from_a_quantile(w, fraction):
    size = np.abs(w.astype(float))
    return np.where(size > np.quantile(size, fraction), w, 0.0)


def biases_keep_their_axis(*arguments):
    loss, gradients = catalog.load("two_layer_gradients").reference(*arguments)
    rows = {name: gradients[name][None] for name in ("b1", "b2")}
    return loss, gradients | rows


def mean_of_each_row_subtracted(x, y, w1, b1, w2, b2):
    z = x @ w1 + b1
    logits = np.maximum(z, 0) @ w2 + b2
    powers = np.exp(logits - logits.mean(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(len(x)), y]).mean()
    dlogits = (p - np.eye(len(b2))[y]) / len(x)
    dz = (dlogits @ w2.T) * (z > 0)
    gradients = {"x": dz @ w1.T, "w1": x.T @ dz, "b1": dz.sum(axis=0)}
    return loss, gradients | {
        "w2": np.maximum(z, 0).T @ dlogits,
        "b2": dlogits.sum(axis=0),
    }


def one_for_nothing_called(truth, predicted):
    _, recall, f1 = catalog.load("precision_recall_f1").reference(truth, predicted)
    hits, called = int(((truth == 1) & (predicted == 1)).sum()), int((predicted == 1).sum())
    return hits / called if called else 1.0, recall, f1


def one_pair_lost(truth, scores):
    right = catalog.load("roc_auc").reference(truth, scores)
    return right - 1 / (truth == 1).sum() / (truth == 0).sum()


FALSE = [
    ("posterior", refuses_three_axes, "no_keepdims"),
    ("entropy", refuses_integers, "exact_sum_asked_for"),
    ("attend", unpacks_two_sizes, "all_axes_transposed"),
    ("accumulate_gradients", first_part_dropped, "last_part_only"),
    ("prune_magnitude", threshold_from_a_quantile, "one_at_least"),
    ("two_layer_gradients", biases_keep_their_axis, "biases_not_summed"),
    ("two_layer_gradients", mean_of_each_row_subtracted, "global_maximum"),
    ("precision_recall_f1", one_for_nothing_called, "one_for_nothing"),
    ("roc_auc", one_pair_lost, "ranks_from_zero"),
]


@pytest.mark.parametrize(("name", "program", "false"), FALSE)
def test_a_bug_that_looks_the_same_in_a_few_cases_is_not_named(name, program, false):
    exercise = catalog.load(name)
    assert false in exercise.bugs
    report = exercise.run(program)
    assert not report.passed
    assert report.bug not in exercise.bugs


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("broadcast_shape", zero_made_one),
        ("broadcast_shape", zero_made_one_before),
        ("relu_backward", wrong_at_0_only),
    ],
)
def test_a_note_names_no_bug_that_looks_the_same_in_a_few_cases(name, program):
    report = catalog.load(name).run(program)
    assert report.passed
    assert report.notes
    assert report.bug is None


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("cross_entropy(predictions.flatten", "cross_entropy(predictions.softmax(-1).flatten"),
        (".triu(1)", ".triu(2)"),
        (".triu(1)", ".triu(99)"),
        ("torch.arange(ids.shape[1])", "torch.arange(ids.shape[0])[:, None]"),
        (
            "            x = block(x)",
            "            x = block(x).mean(0, keepdim=True).expand(x.shape)",
        ),
    ],
)
def test_no_planted_mistake_is_told_of_another_one_in_the_gpt(right, wrong):
    exercise, namespace = catalog.load("fix_the_gpt"), {}
    code = exercise.solution()
    assert code.count(right) == 1, f"{right!r} stands {code.count(right)} times in fix_the_gpt"
    exec(compile(code.replace(right, wrong), "fix_the_gpt.py", "exec"), namespace)
    report = exercise.run(namespace["fix_the_gpt"])
    assert not report.passed
    assert report.bug not in exercise.bugs


def test_no_answer_whatever_makes_the_judge_fail():
    """Relations are tried on all that a function may return; test_exercises has what it may not."""
    odd = [np.nan, np.inf, 0, -1, True, np.zeros((0, 3)), (1, 2)]
    odd += [np.ones((2, 3), bool), np.arange(6).reshape(1, 2, 3)]
    for name in catalog.names():
        exercise = catalog.load(name)
        for answer in odd if not name.startswith("fix_") else odd[:2]:
            report = exercise.run(lambda *args, answer=answer, **kwargs: answer)
            assert not report.passed
            assert "\n" not in (report.diagnosis or "")


def reshaped(dout, x):
    x.shape = (1, *x.shape)
    return (dout * (x > 0))[0]


def transposed_in_place(logits, ids, mask=None):
    result = catalog.load("next_token_loss_torch").reference(logits, ids.clone(), mask)
    ids.t_()
    return result


def values_reshaped(q, k, v, mask=None):
    result = catalog.load("attend").reference(q, k, v, mask)
    v.shape = (1, *v.shape)
    return result


def flattened(dout, x):
    result = dout * (x > 0)
    x.shape = (-1,)
    return result


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("relu_backward", reshaped),
        ("relu_backward", flattened),
        ("attend", values_reshaped),
        ("next_token_loss_torch", transposed_in_place),
    ],
)
def test_an_argument_of_another_shape_was_changed(name, program):
    report = catalog.load(name).run(program)
    assert report.bug == "an_argument_changed"
    assert "it changed its argument" in report.failures[0].message
