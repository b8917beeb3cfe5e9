"""Muon's orthogonalization, against the polynomial of the singular values and PyTorch."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from answers.training.newton_schulz import newton_schulz

SHAPES = [(1, 1), (1, 7), (5, 5), (3, 8), (8, 3), (64, 128)]


def by_singular_values(matrix, steps):
    u, s, vt = np.linalg.svd(matrix, full_matrices=False)
    s = s / np.sqrt((s**2).sum())
    for _ in range(steps):
        s = 3.4445 * s - 4.775 * s**3 + 2.0315 * s**5
    return u * s @ vt


@pytest.mark.parametrize("steps", [1, 2, 5, 9])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("dtype", "atol"), [(np.float32, 2e-4), (np.float64, 1e-11)])
def test_it_is_the_polynomial_of_the_singular_values(shape, steps, dtype, atol):
    matrix = np.random.default_rng(1).normal(size=shape)
    found = newton_schulz(matrix.astype(dtype), steps)
    assert found.dtype == dtype
    assert_allclose(found, by_singular_values(matrix, steps), atol=atol)


@pytest.mark.parametrize("shape", SHAPES[2:])
def test_it_is_pytorchs_in_bfloat16(shape):
    gradient = np.random.default_rng(2).normal(size=shape)
    w = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
    w.grad = torch.tensor(gradient)
    rate = max(1, shape[0] / shape[1]) ** -0.5  # Muon multiplies it by the inverse
    torch.optim.Muon([w], lr=rate, momentum=0, nesterov=False, weight_decay=0).step()
    assert_allclose(newton_schulz(gradient), -w.detach().numpy(), atol=0.03)


def test_five_steps_bring_singular_values_near_one_and_not_to_it():
    sigma = np.geomspace(1e-5, 1, 100_000)
    after = sigma
    for _ in range(5):
        after = 3.4445 * after - 4.775 * after**3 + 2.0315 * after**5
    seen = after[sigma > 0.002]
    assert (seen.min().round(2), seen.max().round(2)) == (0.68, 1.20)
    assert after[sigma > 0.01].max().round(2) == 1.13
    assert after[sigma < 1e-4].max() < 0.05


@given(st.integers(-900, 900))
def test_a_factor_changes_nothing(exponent):
    matrix = np.random.default_rng(3).normal(size=(3, 4))
    scaled = newton_schulz(np.ldexp(matrix, exponent))
    assert_allclose(scaled, newton_schulz(matrix), rtol=1e-12)


def test_a_transpose_gives_the_transpose_and_zero_stays_zero():
    matrix = np.random.default_rng(4).normal(size=(3, 5))
    assert_allclose(newton_schulz(matrix.T), newton_schulz(matrix).T, atol=1e-14)
    assert not newton_schulz(np.zeros((2, 3))).any()


@pytest.mark.parametrize(
    ("matrix", "steps", "said"),
    [
        (np.ones((2, 3)), 0, "`steps` is 0; choose 1 or more"),
        (np.ones((2, 0)), 5, r"`matrix` is empty: its shape is \(2, 0\)"),
        (np.full((2, 2), np.nan), 5, r"`matrix` holds nan at index \(0, 0\)"),
    ],
)
def test_bad_values_are_refused_in_words(matrix, steps, said):
    with pytest.raises(ValueError, match=f"^{said}"):
        newton_schulz(matrix, steps)
