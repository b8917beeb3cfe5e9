"""Layouts of rotary pairs beside a loop over pairs, and Hugging Face's and others' rotations."""

import numpy as np
import pytest
import torch
import transformers
from numpy.testing import assert_allclose, assert_array_equal

from answers.language_models.rope_layouts import rope_permutation, rope_scaling
from answers.transformers.attention import split_heads
from answers.transformers.rotary import rotate


def neighbours_turned(x):
    """Each pair (2j, 2j + 1) turned, as a complex number: how Meta's Llama does it."""
    time, d = x.shape[-2:]
    angles = np.arange(time)[:, None] * 10_000.0 ** (-np.arange(0, d, 2) / d)
    turned = (x[..., ::2] + 1j * x[..., 1::2]) * np.exp(1j * angles)
    return np.stack([turned.real, turned.imag], -1).reshape(x.shape)


def permute_of_hugging_face(w, heads):
    """As in convert_llama_weights_to_hf.py, of a weight (out, in)."""
    out, into = w.shape
    w = torch.tensor(w).view(heads, out // heads // 2, 2, into)
    return w.transpose(1, 2).reshape(out, into).numpy()


@pytest.mark.parametrize(("heads", "d"), [(1, 2), (3, 2), (1, 8), (3, 6), (2, 10)])
def test_agrees_with_hugging_face_and_a_loop(heads, d):
    w = np.random.default_rng(0).normal(size=(5, heads * d))
    found = rope_permutation(w, heads)
    assert_array_equal(found.T, permute_of_hugging_face(w.T, heads))
    for h in range(heads):
        for j in range(d // 2):
            assert_array_equal(found[:, h * d + j], w[:, h * d + 2 * j])
            assert_array_equal(found[:, h * d + d // 2 + j], w[:, h * d + 2 * j + 1])


@pytest.mark.parametrize(("heads", "d"), [(1, 2), (3, 6), (2, 10)])
def test_scores_of_neighbours_become_scores_of_halves(heads, d):
    rng = np.random.default_rng(1)
    x, w_q, w_k = rng.normal(size=(7, 4)), *rng.normal(size=(2, 4, heads * d))
    q, k = (neighbours_turned(split_heads(x @ w, heads)) for w in (w_q, w_k))
    ours = [rotate(split_heads(x @ rope_permutation(w, heads), heads)) for w in (w_q, w_k)]
    assert_allclose(ours[0] @ ours[1].swapaxes(-1, -2), q @ k.swapaxes(-1, -2), atol=1e-12)
    if d > 2:
        wrong = [rotate(split_heads(x @ w, heads)) for w in (w_q, w_k)]
        assert not np.allclose(wrong[0] @ wrong[1].swapaxes(-1, -2), q @ k.swapaxes(-1, -2))


def test_a_bias_is_permuted_like_its_columns_and_types_stay():
    bias = np.arange(12, dtype=np.int32)
    found = rope_permutation(bias, 2)
    assert found.tolist() == [0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11]
    assert found.dtype == np.int32
    assert rope_permutation(bias.astype(np.float32), 2).dtype == np.float32
    assert not np.shares_memory(rope_permutation(bias[:4], 2), bias)


@pytest.mark.parametrize(("columns", "heads"), [(6, 0), (6, 4), (6, 2), (7, 1)])
def test_columns_without_pairs_are_refused_in_words(columns, heads):
    with pytest.raises(ValueError, match=f"`heads` is {heads}, and `w` has {columns} columns"):
        rope_permutation(np.ones((2, columns)), heads)


@pytest.mark.parametrize("factor", [1.0, 2.0, 8.0])
@pytest.mark.parametrize(("kind", "theirs"), [("linear", "linear"), ("ntk", "dynamic")])
def test_speeds_agree_with_transformers(kind, theirs, factor):
    d, base, context = 16, 10_000.0, 64
    scaling = {"rope_type": theirs, "factor": factor, "rope_theta": base}
    config = transformers.LlamaConfig(
        hidden_size=2 * d,
        num_attention_heads=2,
        max_position_embeddings=context,
        rope_parameters=scaling,
    )
    # Dynamic NTK stretches the base by factor · length / context - (factor - 1).
    length = context * (2 * factor - 1) / factor if theirs == "dynamic" else None
    speeds, _ = transformers.modeling_rope_utils.ROPE_INIT_FUNCTIONS[theirs](
        config, "cpu", seq_len=length
    )
    assert_allclose(rope_scaling(d, factor, kind, base), speeds.numpy(), rtol=1e-5)


def test_ntk_keeps_the_first_pair_and_slows_the_last_by_the_factor():
    plain, linear, ntk = rope_scaling(64, 1.0), rope_scaling(64, 4.0), rope_scaling(64, 4.0, "ntk")
    assert_allclose(linear, plain / 4)
    assert ntk[0] == 1
    assert_allclose(ntk[-1], plain[-1] / 4)
    assert (np.diff(ntk / plain) < 0).all()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [((5, 2.0), "`d` is 5"), ((2, 2.0), "`d` is 2"), ((4, 0.5), "`factor` is 0.5")],
)
def test_no_stretch_is_refused_in_words(arguments, said):
    with pytest.raises(ValueError, match=said):
        rope_scaling(*arguments)


def test_another_kind_is_refused_in_words():
    with pytest.raises(ValueError, match="`kind` is 'yarn'; choose 'linear' or 'ntk'"):
        rope_scaling(4, 2.0, "yarn")
