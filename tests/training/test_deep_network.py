"""What a deep network learns from which first weights: the harness of the page, asked again."""

import functools
import itertools

import numpy as np

from answers.networks.layers import affine_backward, relu, relu_backward
from answers.pages import ROOT
from answers.probability.softmax import cross_entropy
from answers.proof.fences import python_fences

PAGE = ROOT / "docs/questions/23-loss-does-not-move.md"
RATES, OF_ADAM = (1, 0.1, 0.01), (0.1, 0.01, 0.001)
GUESSING = np.log(2)


@functools.cache
def code():
    """The cell of the page that trains."""
    (fence,) = [f for f in python_fences(PAGE) if "def last_loss" in f.shown]
    return fence.shown


def best(variance, rates, adam=False, draw=0):
    namespace = {}
    harness = code().partition("starts = {")[0]
    exec(harness.replace("default_rng(0)", f"default_rng({draw})"), namespace)
    with np.errstate(all="ignore"):
        return min(namespace["last_loss"](variance, rate, adam) for rate in rates)


def largest_gradient(layers, deviation):
    rng = np.random.default_rng(0)
    inputs = [rng.normal(size=(64, 10))]
    sizes = [10, *[32] * layers, 2]
    ws = [rng.normal(0, deviation, size) for size in itertools.pairwise(sizes)]
    for w in ws[:-1]:
        inputs.append(relu(inputs[-1] @ w))
    _, d = cross_entropy(inputs[-1] @ ws[-1], np.arange(64) % 2)
    largest = 0
    for x, w in zip(reversed(inputs), reversed(ws), strict=True):
        dx, dw, _ = affine_backward(d, x, w)
        largest, d = max(largest, np.abs(dw).max()), relu_backward(dx, x)
    return largest


def test_by_gradient_descent_only_two_over_n_moves():
    layers, width = 20, 32
    assert f"[{width}] * {layers}" in code()
    assert RATES == (1, 0.1, 0.01)
    for variance in (
        lambda n: 0.02**2,
        lambda n: 1 / (3 * n),
        lambda n: 1 / n,
    ):
        assert abs(best(variance, RATES) - GUESSING) < 1e-3
    assert best(lambda n: 1, RATES) == np.inf
    assert best(lambda n: 1, [3e-13]) < 1e-3
    assert best(lambda n: 2 / n, [0.1]) < 0.5


def test_a_wrong_scale_moves_the_usable_rate():
    draws = range(6)
    ends = {c: [best(lambda n, c=c: c / n, RATES, draw=d) for d in draws] for c in (2, 3)}
    assert (round(min(ends[2]), 1), round(max(ends[2]), 1)) == (0.1, 0.6)
    finite = [end for end in ends[3] if end < np.inf]
    assert (round(min(finite), 2), round(max(finite), 1)) == (0.01, 0.7)
    assert len(finite) < len(ends[3])
    at_one = [max(best(lambda n: 1, [rate], draw=d) for d in draws) for rate in (3e-13, 3e-10)]
    assert at_one[0] < 0.001
    assert at_one[1] == np.inf
    powers = [10.0**k for k in range(-2, 9 + 1)]
    assert all(abs(best(lambda n: 1 / (3 * n), powers, draw=d) - GUESSING) < 1e-3 for d in draws)


def test_adam_rescues_one_over_n_but_not_the_smallest():
    layers, width, eps = 20, 32, 1e-8
    assert f"[{width}] * {layers}" in code()
    assert f"root + {eps}" in code().replace("1e-8", str(1e-8))
    assert best(lambda n: 1 / n, [0.01], adam=True) < 0.1
    assert abs(best(lambda n: 0.02**2, OF_ADAM, adam=True) - GUESSING) < 1e-3
    assert largest_gradient(layers, 0.02) < 1e-3 * eps
