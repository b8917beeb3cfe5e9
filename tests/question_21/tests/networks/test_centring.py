"""Centred rows: against PyTorch, and what is refused."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from answers.networks.centring import centre_rows


def test_agrees_with_pytorch():
    x = np.random.default_rng(1).normal(size=(2, 3, 5)).astype(np.float32)
    rows = torch.tensor(x)
    expected = (rows - rows.mean(-1, keepdim=True)).numpy()
    assert_allclose(centre_rows(x), expected, atol=1e-6, strict=True)


def test_an_empty_row_is_refused():
    with pytest.raises(ValueError, match="`x` is empty"):
        centre_rows(np.ones((2, 0)))
