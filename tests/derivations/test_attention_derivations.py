"""What SymPy derives about attention holds for explicit sizes, by enumeration and autograd."""

import itertools

import numpy as np
import pytest
import sympy as sp
import torch

from answers.derivations import attention_backward, attention_scale

VALUES = [(0.0, 1.0), (-1.0, 1.0), (0.5, 3.0), (0.0, 2.0)]


@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_variance_of_a_dot_product_is_that_of_all_outcomes(values, size):
    """Entries that are one of two numbers, with probability 1/2 each: 4^d outcomes."""
    outcomes = np.array(list(itertools.product(values, repeat=2 * size)))
    products = (outcomes[:, :size] * outcomes[:, size:]).sum(axis=1)
    (_, one), (_, whole), *_ = attention_scale.variance()
    at = {
        attention_scale.mu: np.mean(values),
        attention_scale.sigma: np.std(values),
        attention_scale.d: size,
    }
    assert float(whole.subs(at)) == pytest.approx(products.var(), rel=1e-12)
    if size == 1:
        assert float(one.subs(at)) == pytest.approx(products.var(), rel=1e-12)


def test_the_variance_is_d_for_mean_0_and_3d_for_mean_1():
    *_, (_, centred), (_, shifted) = attention_scale.variance()
    assert centred == attention_scale.d
    assert shifted == 3 * attention_scale.d
    assert shifted.subs(attention_scale.d, 64) == 192


@pytest.mark.parametrize("gap", [0.5, 3.0, 11.0])
def test_the_slope_of_a_weight_agrees_with_autograd_and_decays_exponentially(gap):
    (_, p), (_, slope), (_, limit) = attention_scale.saturation()
    delta = torch.tensor(gap, dtype=torch.float64, requires_grad=True)
    weight = torch.softmax(torch.stack([delta, torch.zeros_like(delta)]), 0)[0]
    weight.backward()
    at = dict.fromkeys(p.free_symbols, gap)
    assert float(p.subs(at)) == pytest.approx(weight.item(), rel=1e-12)
    assert float(slope.subs(at)) == pytest.approx(delta.grad.item(), rel=1e-10)
    assert limit == 1


SIZES = {"n": 2, "m": 3, "d": 4, "D": 2}
RNG = np.random.default_rng(0)
TENSORS = {
    name: torch.tensor(RNG.normal(size=size), requires_grad=True)
    for name, size in {"Q": (2, 4), "K": (3, 4), "V": (3, 2)}.items()
}
G = torch.tensor(RNG.normal(size=(2, 2)))


@pytest.fixture(scope="module")
def arrays():
    """Everything that occurs in the formulas, from autograd."""
    q, k, v = TENSORS.values()
    s = q @ k.T / 2
    p = torch.softmax(s, dim=-1)
    for tensor in (s, p):
        tensor.retain_grad()
    (p @ v).backward(G)
    found = TENSORS | {"G": G, "S": s, "P": p, r"\dot S": s.grad, r"\dot P": p.grad}
    return {name: tensor.detach().numpy() for name, tensor in found.items()}


def entry(expression, arrays, **indices):
    at = {getattr(attention_backward, name): size for name, size in SIZES.items()}
    at |= {getattr(attention_backward, name): x + 1 for name, x in indices.items()}
    entries = {
        sp.IndexedBase(name)[r + 1, c + 1]: array[r, c]
        for name, array in arrays.items()
        for r, c in np.ndindex(array.shape)
    }
    return float(expression.subs(at).doit().xreplace(entries))


def test_gradients_of_values_and_weights_agree_with_autograd(arrays):
    (_, by_v), (_, by_p) = attention_backward.of_values()
    for j, l in np.ndindex(3, 2):  # noqa: E741
        want = TENSORS["V"].grad[j, l].item()
        assert entry(by_v, arrays, j=j, l=l) == pytest.approx(want, rel=1e-12)
    for i, j in np.ndindex(2, 3):
        want = arrays[r"\dot P"][i, j]
        assert entry(by_p, arrays, i=i, j=j) == pytest.approx(want, rel=1e-12)


def test_gradients_of_scores_agree_with_autograd(arrays):
    ((_, formula),) = attention_backward.of_scores()
    for i, j in np.ndindex(2, 3):
        want = arrays[r"\dot S"][i, j]
        assert entry(formula, arrays, i=i, j=j) == pytest.approx(want, rel=1e-11)


def test_gradients_of_queries_and_keys_agree_with_autograd(arrays):
    (_, by_q), (_, by_k) = attention_backward.of_queries_and_keys()
    for i, l in np.ndindex(2, 4):  # noqa: E741
        want = TENSORS["Q"].grad[i, l].item()
        assert entry(by_q, arrays, i=i, l=l) == pytest.approx(want, rel=1e-11)
    for j, l in np.ndindex(3, 4):  # noqa: E741
        want = TENSORS["K"].grad[j, l].item()
        assert entry(by_k, arrays, j=j, l=l) == pytest.approx(want, rel=1e-11)
