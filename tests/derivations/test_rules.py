"""A rule leads over the step that its name says, as a textbook has it, and over no other."""

import functools
import itertools

import pytest
import sympy as sp

from answers.derivations import backprop, bayes, kl, matrix_calculus, softmax
from answers.derivations.finder import functions
from answers.derivations.matrix_calculus import Inner
from answers.derivations.witness import changes
from tests.mutation.of_formulas import refused

A, B, C = (sp.MatrixSymbol(name, 2, 2) for name in "ABC")
x, t = sp.symbols("x t")
z, k, d = softmax.z, backprop.k, backprop.d
i, K = kl.i, kl.K

# From and to: of each rule its simplest step.
STEPS = {
    "trace": (Inner(A, B), sp.Trace(A.T * B)),
    "cyclic": (sp.Trace(A * B), sp.Trace(B * A)),
    "transpose": (sp.Trace(sp.MatMul(sp.Transpose(A * B), C)), sp.Trace(B.T * A.T * C)),
    "chain rule": (
        backprop.phi(backprop.z[k]),
        backprop.sent_on[d] * backprop.phi_slope(backprop.z[d]),
    ),
    "shift invariance": (
        sp.exp(z[1] + softmax.s) / sp.exp(z[2] + softmax.s),
        sp.exp(z[1]) / sp.exp(z[2]),
    ),
    "weighted mean": (
        bayes.weight * x + (1 - bayes.weight) * t,
        bayes.rho * x + (1 - bayes.rho) * t,
    ),
    "sum by sum": (
        sp.Sum(kl.p[i] + kl.q[i], (i, 1, K)),
        sp.Sum(kl.p[i], (i, 1, K)) + sp.Sum(kl.q[i], (i, 1, K)),
    ),
}
FUNCTIONS = functions()


@functools.cache
def derived(name):
    """The lines of a derivation."""
    return FUNCTIONS[name]()


@functools.cache
def rules():
    """Each rule that a line names, by its name."""
    named = {line.rule for name in FUNCTIONS for line in derived(name) if line.rule}
    return {rule.__name__.replace("_", " "): rule for rule in named}


@pytest.mark.parametrize("name", STEPS)
def test_a_rule_leads_over_its_step_in_a_textbook(name):
    rule = rules()[name]
    before, after = STEPS[name]
    assert rule(before, after)
    assert not rule(before, before)
    assert not [other for other in changes(after) if rule(before, other)]


def test_no_other_rule_has_a_step():
    assert set(STEPS) == set(rules())


@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_shown_under_its_rule_alone(name):
    rule = rules()[name]
    for lines in map(derived, FUNCTIONS):
        for place, line in enumerate(lines):
            if line.rule:
                assert refused(lines, place, rule) == (line.rule is not rule)


def test_no_rule_of_the_trace_argument_leads_over_two_steps():
    own = matrix_calculus.trace, matrix_calculus.cyclic, matrix_calculus.transpose
    for steps in (matrix_calculus.of_weights(), matrix_calculus.of_input()):
        formulas = [steps[0].name, *(step.formula for step in steps)]
        for before, after in zip(formulas, formulas[2:], strict=False):
            assert not [rule for rule in own if rule(before, after)]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_rule_leads_to_the_line_that_names_it_and_to_none_of_its_changes(name):
    for first, second in itertools.pairwise(derived(name)):
        if second.rule and not isinstance(second.formula, sp.Trace | Inner):
            others = list(changes(second.formula))
            assert len(others) > 5
            assert not [other for other in others if second.rule(first.formula, other)]
