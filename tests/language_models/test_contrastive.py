"""InfoNCE and CLIP's loss against PyTorch's autograd, a loop, and what must hold."""

import math

import numpy as np
import pytest
import torch
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal

from answers.language_models.contrastive import clip_loss, info_nce, through_unit, unit


def pairs(batch, d, dtype=np.float64):
    rng = np.random.default_rng([batch, d])
    return [rng.normal(size=(batch, d)).astype(dtype) for _ in range(2)]


each_size = pytest.mark.parametrize("size", [(5, 3), (3, 7), (4, 4), (1, 3), (6, 1)], ids=str)


def by_pytorch(images, texts, log_scale):
    """As OpenCLIP writes it: normalised features, logits an image and a text, half of both."""
    given = [torch.tensor(each, requires_grad=True) for each in (images, texts)]
    scale = torch.tensor(log_scale, dtype=given[0].dtype, requires_grad=True)
    a, b = (torch.nn.functional.normalize(each, dim=-1) for each in given)
    an_image, labels = scale.exp() * a @ b.T, torch.arange(len(a))
    cross = torch.nn.functional.cross_entropy
    loss = (cross(an_image, labels) + cross(an_image.T, labels)) / 2
    loss.backward()
    return [each.detach().numpy() for each in (loss, *(t.grad for t in (*given, scale)))]


@each_size
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("log_scale", [0.0, -1.0, math.log(1 / 0.07), math.log(100)])
def test_agrees_with_pytorch_forward_and_backward(size, dtype, log_scale):
    images, texts = pairs(*size, dtype)
    found = clip_loss(images, texts, log_scale)
    close = 1e-10 if dtype == np.float64 else 2e-4
    for ours, theirs in zip(found, by_pytorch(images, texts, log_scale), strict=True):
        assert ours.dtype == dtype
        assert_allclose(ours, theirs, rtol=close, atol=close)


@each_size
def test_each_query_is_a_sum_over_all_keys(size):
    queries, keys = pairs(*size)

    def cosine(x, y):
        return sum(x * y) / math.sqrt(sum(x * x) * sum(y * y))

    losses = [
        math.log(sum(math.exp(cosine(q, k) / 0.3) for k in keys)) - cosine(q, keys[i]) / 0.3
        for i, q in enumerate(queries)
    ]
    assert_allclose(info_nce(queries, keys, 0.3), np.mean(losses), rtol=1e-12, atol=1e-14)


@each_size
def test_clip_is_info_nce_both_ways(size):
    images, texts = pairs(*size)
    both = info_nce(images, texts, 0.2) + info_nce(texts, images, 0.2)
    loss, dimages, dtexts, _ = clip_loss(images, texts, math.log(5))
    assert_allclose(loss, both / 2, rtol=1e-12, atol=1e-14)
    swapped = clip_loss(texts, images, math.log(5))
    for one, other in zip(swapped, (loss, dtexts, dimages), strict=False):
        assert_allclose(one, other, rtol=1e-12, atol=1e-14)


@each_size
def test_lengths_do_not_count_and_no_gradient_points_along_an_embedding(size):
    images, texts = pairs(*size)
    lengths = np.arange(1, len(images) + 1)[:, None]
    loss, dimages, *_ = clip_loss(images, texts, 1.0)
    longer, dlonger, *_ = clip_loss(lengths * images, texts, 1.0)
    assert_allclose(longer, loss, rtol=1e-12, atol=1e-14)
    assert_allclose(dlonger * lengths, dimages, atol=1e-12)  # The longer, the smaller.
    assert_allclose((dimages * images).sum(axis=1), 0, atol=1e-12)


def test_the_loss_of_equal_keys_is_a_guess_and_a_pair_alone_loses_nothing():
    for n in (2, 7):
        queries, _ = pairs(n, 3)
        assert_allclose(info_nce(queries, np.ones((n, 3)), 0.07), math.log(n))
    assert info_nce(*pairs(1, 3), 0.07) == 0


def test_each_pair_twice_leaves_at_least_log_2():
    eye = np.repeat(np.eye(4), 2, axis=0)
    loss, dimages, _, _ = clip_loss(eye, eye, math.log(100))
    assert_allclose(loss, math.log(2))
    assert_allclose(dimages, 0, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_integers_compute_in_float64(dtype):
    whole = [(1 + np.rint(9 * np.abs(each))).astype(dtype) for each in pairs(5, 3)]
    floats = [each.astype(float) for each in whole]
    for one, other in zip(clip_loss(*whole, 1), clip_loss(*floats, 1.0), strict=True):
        assert one.dtype == np.float64
        assert_array_equal(one, other)
    assert info_nce(*whole, 1) == info_nce(*floats, 1.0)


@pytest.mark.filterwarnings("error")
def test_a_gradient_that_overflows_is_refused():
    small = np.array([[1e-18, 2e-18], [2e-18, -1e-18]], np.float32)
    ordinary = np.array([[1.0, 2.0], [3.0, 1.0]], np.float32)
    for given in ((small, ordinary), (ordinary, small)):
        with pytest.raises(ValueError, match=r"the gradient overflows: .* where float32 ends"):
            clip_loss(*given, 60.0)
    with pytest.raises(ValueError, match="the gradient overflows"):
        through_unit(np.array([[1e300, -1e300]]), np.array([[1e-10, 2e-10]]))
    assert np.isfinite(clip_loss(small, ordinary, 2.0)[1]).all()


def test_no_argument_is_changed():
    given = pairs(5, 3)
    before = [each.copy() for each in given]
    clip_loss(*given, 1.0)
    info_nce(*given, 0.1)
    through_unit(*given)
    for one, other in zip(given, before, strict=True):
        assert_array_equal(one, other)


def test_bad_values_are_refused_in_words():
    images, texts = pairs(5, 3)
    with pytest.raises(ValueError, match="row 2 of `texts` has the length 0"):
        clip_loss(images, np.where(np.arange(5)[:, None] == 2, 0, texts), 1.0)
    with pytest.raises(ValueError, match="row 0 of `x` has the length inf"):
        unit(1e200 * images)
    with pytest.raises(ValueError, match="`images` holds nan"):
        clip_loss(np.nan * images, texts, 1.0)
    with pytest.raises(ValueError, match="`queries` is empty"):
        info_nce(images[:0], texts[:0], 1.0)
    for log_scale in (np.nan, 81, -np.inf):
        with pytest.raises(ValueError, match="`log_scale` is"):
            clip_loss(images, texts, log_scale)
    for temperature in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(ValueError, match="`temperature` is"):
            info_nce(images, texts, temperature)
    with pytest.raises(TypeCheckError):
        clip_loss(images, texts[:4], 1.0)
