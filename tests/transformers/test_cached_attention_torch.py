"""Attention with a cache, against complex numbers that rotate and PyTorch without a cache."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import scaled_dot_product_attention

from answers.transformers.cached_attention_torch import cached_attention_torch, rotation

TABLES = rotation(16, 6, torch.float64)


def random(*shape):
    return torch.randn(shape, dtype=torch.float64, generator=torch.manual_seed(len(shape)))


def turned(x):
    """The pairs (x[i], x[i + 3]) as complex numbers, each turned by position · 10000^(-i/3)."""
    angles = torch.arange(x.shape[2])[:, None] * 1e4 ** (-torch.arange(3.0, dtype=x.dtype) / 3)
    z = torch.complex(x[..., :3], x[..., 3:]) * torch.polar(torch.ones_like(angles), angles)
    return torch.cat([z.real, z.imag], dim=-1)


@given(st.lists(st.integers(1, 5), min_size=1, max_size=3))
def test_chunks_of_any_size_give_what_pytorch_gives_for_all_tokens(chunks):
    time = sum(chunks)
    q, k = random(2, 2, 2, time, 6)
    v = random(2, 2, time, 3)
    keys, values, outputs = random(2, 2, 0, 6), random(2, 2, 0, 3), []
    for new in torch.arange(time).split(chunks):
        y, keys, values = cached_attention_torch(
            *(x[:, :, new] for x in (q, k, v)), keys, values, *TABLES
        )
        outputs.append(y)
    expected = scaled_dot_product_attention(turned(q), turned(k), v, is_causal=True)
    torch.testing.assert_close(torch.cat(outputs, 1), expected.transpose(1, 2).flatten(2))
    torch.testing.assert_close(keys, turned(k))
    assert torch.equal(values, v)


def test_a_score_depends_on_the_distance_and_not_on_the_position():
    q, k, none = random(1, 1, 1, 6), random(1, 1, 1, 6), random(1, 1, 0, 6)

    def turned_at(x, position):
        _, keys, _ = cached_attention_torch(x, x, x, none, none, *(t[position:] for t in TABLES))
        return keys

    scores = [turned_at(q, p + 3) @ turned_at(k, p).mT for p in (0, 4, 11)]
    for score in scores[1:]:
        torch.testing.assert_close(score, scores[0])


def test_a_token_beyond_the_tables_is_refused():
    x = random(1, 1, 9, 6)
    with pytest.raises(ValueError, match=r"stands at position 17; the tables have 16 rows"):
        cached_attention_torch(x, x, x, x, x, *TABLES)


@pytest.mark.parametrize("width", [2, 4, 8])
def test_tables_of_another_width_than_the_heads_are_refused(width):
    x, none = random(1, 1, 3, 6), random(1, 1, 0, 6)
    told = rf"turn {width // 2} pairs, and heads are 6 wide; make them with rotation\(context, 6\)"
    with pytest.raises(ValueError, match=told):
        cached_attention_torch(x, x, x, none, none, *rotation(8, width, torch.float64))


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ((-1, 6), "^`context` is -1; choose a finite number, 0 or more"),
        ((4, 5), "^`d` is 5; pairs are turned, so make it even, 2 or more"),
        ((4, 0), "^`d` is 0"),
    ],
)
def test_tables_without_rows_or_pairs_are_refused(sizes, message):
    with pytest.raises(ValueError, match=message):
        rotation(*sizes)


def test_the_tables_serve_to_their_last_row_and_are_of_float32_unless_told_otherwise():
    x, none = random(1, 1, 16, 6), random(1, 1, 0, 6)
    _, keys, _ = cached_attention_torch(x, x, x, none, none, *TABLES)
    torch.testing.assert_close(keys, turned(x))
    assert {table.dtype for table in rotation(3, 2)} == {torch.float32}


def test_the_angles_are_those_of_numpy_in_float64_at_far_positions_too():
    angles = np.arange(50_000)[:, None] * 1e4 ** (-np.arange(3) / 3)
    cosines, sines = rotation(50_000, 6, torch.float64)
    np.testing.assert_allclose(cosines, np.cos(angles), rtol=0, atol=1e-10)
    np.testing.assert_allclose(sines, np.sin(angles), rtol=0, atol=1e-10)
