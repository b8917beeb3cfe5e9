"""Layer, RMS and batch norm against PyTorch, closed forms and what must leave them unchanged."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from jaxtyping import TypeCheckError
from numpy.testing import assert_allclose, assert_array_equal
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from answers.training.normalization import (
    batch_norm,
    batch_norm_backward,
    fold_batch_norm,
    layer_norm,
    layer_norm_backward,
    rms_norm,
    rms_norm_backward,
)

TOLERANCE = {np.float32: 2e-5, np.float64: 1e-12}
each_dtype = pytest.mark.parametrize("dtype", TOLERANCE)
each_eps = pytest.mark.parametrize("eps", [1e-5, 0.3])
each_shape = pytest.mark.parametrize("shape", [(5,), (1, 3), (7, 4), (2, 3, 5), (2, 3, 2, 5)])


def arrays(shape, dtype=np.float64):
    """dout, x about 2, gain and bias, all irregular."""
    rng = np.random.default_rng(sum(shape))
    dout, x = rng.normal(size=(2, *shape))
    gain, bias = rng.normal(size=(2, shape[-1]))
    return [array.astype(dtype) for array in (dout, 3 * x + 2, gain, bias)]


def tensors(*given_):
    return [torch.tensor(array, requires_grad=True) for array in given_]


def assert_agree(ours, theirs, dtype):
    for got, want in zip(ours, theirs, strict=True):
        assert got.dtype == dtype
        assert got.shape == tuple(want.shape)
        assert_allclose(got, want.detach(), TOLERANCE[dtype], TOLERANCE[dtype])


@each_dtype
@each_eps
@each_shape
def test_layer_norm_agrees_with_pytorch_forward_and_backward(shape, eps, dtype):
    dout, *given_ = arrays(shape, dtype)
    leaves = tensors(*given_)
    y = functional.layer_norm(leaves[0], shape[-1:], *leaves[1:], eps)
    y.backward(torch.tensor(dout))
    assert_agree([layer_norm(*given_, eps)], [y], dtype)
    ours = layer_norm_backward(dout, *given_[:2], eps)
    assert_agree(ours, [leaf.grad for leaf in leaves], dtype)


@each_dtype
@each_eps
@each_shape
def test_rms_norm_agrees_with_pytorch_forward_and_backward(shape, eps, dtype):
    dout, *given_, _ = arrays(shape, dtype)
    leaves = tensors(*given_)
    y = functional.rms_norm(leaves[0], shape[-1:], leaves[1], eps)
    y.backward(torch.tensor(dout))
    assert_agree([rms_norm(*given_, eps)], [y], dtype)
    assert_agree(rms_norm_backward(dout, *given_, eps), [leaf.grad for leaf in leaves], dtype)


def channels_second(tensor):
    """PyTorch's order of axes."""
    return tensor.movedim(-1, 1)


@each_dtype
@each_eps
@pytest.mark.parametrize("shape", [(2, 3), (7, 4), (3, 2, 5), (2, 3, 2, 5), (1, 3, 2, 5)])
def test_batch_norm_trains_as_pytorch_does_also_over_pixels(shape, eps, dtype):
    dout, *given_ = arrays(shape, dtype)
    mean, var = given_[2] / 2, given_[1] ** 2
    leaves, kept = tensors(*given_), [torch.tensor(mean), torch.tensor(var)]
    images = channels_second(leaves[0])
    y = functional.batch_norm(images, *kept, *leaves[1:], True, 0.3, eps).movedim(1, -1)
    y.backward(torch.tensor(dout))
    assert_agree(batch_norm(*given_, mean, var, True, 0.3, eps), [y, *kept], dtype)
    ours = batch_norm_backward(dout, *given_[:2], eps)
    assert_agree(ours, [leaf.grad for leaf in leaves], dtype)


@each_dtype
@pytest.mark.parametrize("shape", [(5,), (1, 3), (7, 4), (2, 3, 2, 5)])
def test_batch_norm_evaluates_as_pytorch_does_also_one_example(shape, dtype):
    _, *given_ = arrays(shape, dtype)
    mean, var = given_[2] / 2, given_[1] ** 2
    kept = torch.tensor(mean), torch.tensor(var)
    rows = torch.tensor(given_[0].reshape(-1, shape[-1]))
    y = functional.batch_norm(rows, *kept, *map(torch.tensor, given_[1:])).reshape(shape)
    got = batch_norm(*given_, mean, var, training=False)
    assert_agree(got, [y, *kept], dtype)
    assert not any(np.may_share_memory(part, old) for part in got for old in (mean, var))


def test_running_statistics_follow_a_module_of_pytorch_over_many_batches():
    rng = np.random.default_rng(2)
    theirs = torch.nn.BatchNorm2d(3, dtype=torch.float64)
    mean, var = np.zeros(3), np.ones(3)
    for _ in range(20):
        x = rng.normal(2, 3, size=(4, 5, 2, 3))
        theirs(channels_second(torch.tensor(x)))
        _, mean, var = batch_norm(x, np.ones(3), np.zeros(3), mean, var)
    assert_allclose(mean, theirs.running_mean, rtol=1e-12)
    assert_allclose(var, theirs.running_var, rtol=1e-12)


@each_eps
def test_folding_agrees_with_pytorch_for_a_linear_layer_and_a_convolution(eps):
    torch.manual_seed(0)
    for layer, norm, fuse in (
        (torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3, eps), fuse_linear_bn_eval),
        (torch.nn.Conv2d(2, 3, (3, 2)), torch.nn.BatchNorm2d(3, eps), fuse_conv_bn_eval),
    ):
        layer, norm = layer.double().eval(), norm.double().eval()
        for part in (norm.weight, norm.bias, norm.running_mean, norm.running_var):
            torch.nn.init.uniform_(part, 0.5, 2)
        fused = fuse(layer, norm)
        w, b, *four = (
            part.detach().numpy()
            for part in (
                *(layer.weight, layer.bias, norm.weight, norm.bias),
                *(norm.running_mean, norm.running_var),
            )
        )
        w, b = fold_batch_norm(np.moveaxis(w, 0, -1), b, *four, eps)
        assert_allclose(np.moveaxis(w, -1, 0), fused.weight.detach(), rtol=1e-12)
        assert_allclose(b, fused.bias.detach(), rtol=1e-12)


def test_what_is_folded_evaluates_as_both_and_trains_as_neither():
    dout, x, gain, bias = arrays((7, 4))
    w, b = np.random.default_rng(0).normal(size=(4, 4)), dout[0]
    statistics = bias / 2, gain**2
    folded, shift = fold_batch_norm(w, b, gain, bias, *statistics)
    evaluated, *_ = batch_norm(x @ w + b, gain, bias, *statistics, training=False)
    trained, *_ = batch_norm(x @ w + b, gain, bias, *statistics)
    assert_allclose(x @ folded + shift, evaluated, rtol=1e-12)
    assert np.abs(x @ folded + shift - trained).max() > 1


def test_layer_norm_and_batch_norm_are_each_other_of_the_transpose():
    dout, x, _, _ = arrays((7, 4))
    rows, columns = np.ones(4), np.ones(7)
    flipped, *_ = batch_norm(x.T, columns, 0 * columns, 0 * columns, columns)
    assert_allclose(flipped.T, layer_norm(x, rows, 0 * rows), atol=1e-14)
    dx, *_ = layer_norm_backward(dout, x, rows)
    flipped, *_ = batch_norm_backward(dout.T, x.T, columns)
    assert_allclose(flipped.T, dx, atol=1e-14)


numbers = st.floats(0.1, 10)


@given(st.floats(-100, 100), numbers)
def test_a_shift_and_a_scale_of_a_row_change_nothing_and_dx_has_no_part_in_them(shift, scale):
    dout, x, gain, bias = arrays((7, 4))
    moved = layer_norm(scale * x + shift, gain, bias, 0.0)
    assert_allclose(moved, layer_norm(x, gain, bias, 0.0), atol=1e-9)
    dx, *_ = layer_norm_backward(dout, x, gain, 0.0)
    assert_allclose([dx.sum(-1), (dx * (x - x.mean(-1, keepdims=True))).sum(-1)], 0, atol=1e-12)


@given(numbers)
def test_rms_norm_sees_no_scale_but_sees_a_shift(scale):
    dout, x, gain, _ = arrays((7, 4))
    assert_allclose(rms_norm(scale * x, gain, 0.0), rms_norm(x, gain, 0.0), atol=1e-12)
    assert np.abs(rms_norm(x + scale, gain, 0.0) - rms_norm(x, gain, 0.0)).max() > 0.01
    dx, _ = rms_norm_backward(dout, x, gain, 0.0)
    assert_allclose((dx * x).sum(-1), 0, atol=1e-12)


def test_where_the_mean_is_0_rms_norm_is_layer_norm():
    _, x, gain, bias = arrays((7, 4))
    x -= x.mean(-1, keepdims=True)
    assert_allclose(rms_norm(x, gain, 1e-5), layer_norm(x, gain, 0 * bias), atol=1e-14)


@given(st.permutations(range(7)))
def test_each_row_of_layer_norm_stands_alone_and_batch_norm_sees_the_batch(order):
    _, x, gain, bias = arrays((7, 4))
    alone = np.stack([layer_norm(row, gain, bias) for row in x])
    assert_allclose(layer_norm(x, gain, bias)[order], alone[order], atol=1e-14)
    y, *kept = batch_norm(x, gain, bias, bias, gain**2)
    shuffled, *again = batch_norm(x[order], gain, bias, bias, gain**2)
    assert_allclose(shuffled, y[order], atol=1e-14)
    assert_allclose(again, kept, atol=1e-14)
    assert np.abs(batch_norm(x[:6], gain, bias, bias, gain**2)[0] - y[:6]).max() > 0.01


def test_two_passes_keep_the_variance_far_from_0():
    x = np.random.default_rng(3).normal(10_000, 1, size=(100, 64)).astype(np.float32)
    ones, zeros = np.ones(64, np.float32), np.zeros(64, np.float32)
    wide = layer_norm(x.astype(float), ones.astype(float), zeros.astype(float))
    assert_allclose(layer_norm(x, ones, zeros), wide, atol=3e-3)


@pytest.mark.parametrize("momentum", [0.0, 1.0])
def test_momentum_0_keeps_the_old_statistics_and_1_takes_the_new(momentum):
    _, x, gain, bias = arrays((7, 4))
    old = bias, gain**2
    _, *kept = batch_norm(x, gain, bias, *old, momentum=momentum)
    new = x.mean(0), x.var(0, ddof=1)
    assert_allclose(kept, new if momentum else old, rtol=1e-12)


# What is refused


ones, zeros = np.ones(2), np.zeros(2)
pair = np.array([[1.0, 5.0], [2.0, 3.0]])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: layer_norm(np.ones((2, 0)), ones[:0], ones[:0]), "`x` is empty"),
        (lambda: layer_norm(pair * np.nan, ones, zeros), "`x` holds nan"),
        (lambda: layer_norm(pair, ones / 0, zeros), "`gain` holds inf"),
        (lambda: layer_norm(pair, ones, zeros, -1e-5), "`eps` is -1e-05"),
        (
            lambda: layer_norm(np.ones((3, 2)), ones, zeros, 0.0),
            "`x` has a row without spread; choose `eps` above 0",
        ),
        (
            lambda: layer_norm_backward(pair, np.ones((2, 2)), ones, 0.0),
            "`x` has a row without spread",
        ),
        (lambda: layer_norm(1e200 * pair, ones, zeros), "the variance overflows"),
        (lambda: layer_norm(pair, 1e308 * ones, 1e308 * ones), "the result overflows"),
        (lambda: rms_norm(0 * pair, ones, 0.0), r"`x` has a row of zeros, or .*; choose `eps`"),
        (lambda: rms_norm_backward(pair, 0 * pair, ones, 0.0), "`x` has a row of zeros"),
        (lambda: batch_norm(pair[:1], ones, zeros, zeros, ones), "one example"),
        (lambda: batch_norm(pair[0], ones, zeros, zeros, ones), "or evaluate"),
        (lambda: batch_norm_backward(pair[:1], pair[:1], ones), "one example"),
        (
            lambda: batch_norm(pair, ones, zeros, zeros, -ones),
            "`running_var` holds -1.0; no variance is negative",
        ),
        (
            lambda: batch_norm(pair, ones, zeros, zeros, zeros, training=False, eps=0.0),
            "`running_var` has a feature without spread",
        ),
        (
            lambda: batch_norm(np.ones((2, 2)), ones, zeros, zeros, ones, eps=0.0),
            "`x` has a feature without spread",
        ),
        (
            lambda: batch_norm_backward(pair, np.ones((2, 2)), ones, eps=0.0),
            "`x` has a feature without spread",
        ),
        (lambda: batch_norm(pair, ones, zeros, zeros, ones, momentum=1.1), "`momentum` is 1.1"),
        (lambda: fold_batch_norm(pair, ones, ones, zeros, zeros, -ones), "holds -1.0"),
        (
            lambda: fold_batch_norm(pair, ones, ones, zeros, zeros, zeros, eps=0.0),
            "`running_var` has a feature without spread",
        ),
        (lambda: fold_batch_norm(1e307 * pair, ones, 9e9 * ones, zeros, zeros, ones), "weights"),
        (lambda: fold_batch_norm(pair, 1e308 * ones, 9 * ones, zeros, zeros, ones), "the bias"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
def test_what_has_no_answer_is_refused_with_the_repair(call, said):
    with np.errstate(divide="ignore"), pytest.raises(ValueError, match=said):
        call()


@pytest.mark.parametrize(
    ("function", "shapes", "parameter"),
    [
        (layer_norm, [(3, 2), (3,), (2,)], "gain"),
        (layer_norm, [(3, 2), (2,), (1,)], "bias"),  # though it would broadcast
        (layer_norm, [(), (1,), (1,)], "x"),
        (layer_norm_backward, [(3, 2), (1, 2), (2,)], "x"),  # though it would broadcast
        (rms_norm, [(3, 2), (3, 2)], "gain"),
        (batch_norm, [(3, 2), (2,), (2,), (3,), (2,)], "running_mean"),
        (fold_batch_norm, [(2, 3), (2,), (2,), (2,), (2,), (2,)], "b"),  # outputs come last
    ],
)
def test_shapes_that_do_not_fit_are_refused(function, shapes, parameter):
    with pytest.raises(TypeCheckError, match=f"parameter '{parameter}'"):
        function(*map(np.ones, shapes))


def test_pytorch_refuses_one_example_too_but_not_one_of_several_pixels():
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        torch.nn.BatchNorm1d(3)(torch.ones(1, 3))
    assert torch.nn.BatchNorm2d(3)(torch.ones(1, 3, 2, 2)).isfinite().all()
    y, *_ = batch_norm(np.ones((1, 2, 2, 3)), *np.ones((4, 3)))
    assert_array_equal(y, np.ones((1, 2, 2, 3)))


def test_eps_is_1e_5_but_1e_6_of_rms_norm():
    dout, x, gain, bias = arrays((7, 4))
    small = x / 1000
    assert_array_equal(layer_norm(small, gain, bias), layer_norm(small, gain, bias, 1e-5))
    assert_array_equal(rms_norm(small, gain), rms_norm(small, gain, 1e-6))
    for got, want in zip(
        rms_norm_backward(dout, small, gain),
        rms_norm_backward(dout, small, gain, 1e-6),
        strict=True,
    ):
        assert_array_equal(got, want)


cube = np.arange(12.0).reshape(3, 2, 2)
flat_rows, flat_columns = np.array([[1.0, 1.0], [2.0, 3.0]]), np.array([[1.0, 2.0], [1.0, 3.0]])


def test_without_eps_one_row_or_feature_without_spread_is_refused_and_no_other():
    with pytest.raises(ValueError, match="a row without spread"):
        layer_norm(flat_rows, ones, zeros, 0.0)
    assert np.isfinite(layer_norm(flat_columns, ones, zeros, 0.0)).all()
    with pytest.raises(ValueError, match="a row of zeros"):
        rms_norm(flat_rows * [[0], [1]], ones, 0.0)
    assert np.isfinite(rms_norm(flat_rows * [0, 1], ones, 0.0)).all()
    with pytest.raises(ValueError, match="a feature without spread"):
        batch_norm(flat_columns, ones, zeros, zeros, ones, eps=0.0)
    assert np.isfinite(batch_norm(flat_rows, ones, zeros, zeros, ones, eps=0.0)[0]).all()
    with pytest.raises(ValueError, match="a feature without spread"):
        batch_norm(np.where([0, 1], cube, 5.0), ones, zeros, zeros, ones, eps=0.0)
    assert np.isfinite(batch_norm(cube, ones, zeros, zeros, ones, eps=0.0)[0]).all()


@pytest.mark.filterwarnings("error")
def test_without_eps_numbers_whose_squares_become_0_are_refused_as_flat():
    tiny = np.array([[1e-30, 2e-30], [4e-30, 7e-30]], np.float32)
    with pytest.raises(ValueError, match="a row without spread; choose `eps` above 0"):
        layer_norm(tiny, ones, zeros, 0.0)
    with pytest.raises(ValueError, match="whose squares are 0; choose `eps` above 0"):
        rms_norm(tiny, ones, 0.0)
    with pytest.raises(ValueError, match="a feature without spread; choose `eps` above 0"):
        batch_norm(tiny, ones, zeros, zeros, ones, eps=0.0)
    of_1 = np.ones(2, np.float32)
    for y in (layer_norm(tiny * 1e9, of_1, 0 * of_1, 0.0), rms_norm(tiny * 1e9, of_1, 0.0)):
        assert np.isfinite(y).all()


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (lambda: layer_norm(-1e200 * pair, ones, zeros), "the variance"),
        (lambda: rms_norm(1e200 * pair, ones), "the variance"),
        (lambda: layer_norm_backward(1e307 * pair * [1, -0.1], pair / 1e9, ones), "dx"),
        (
            lambda: layer_norm_backward(1.5e308 * np.eye(2)[[1, 1]], pair - [[5, 0]], ones / 9),
            "dgain",
        ),
        (lambda: rms_norm_backward(1.5e308 * np.eye(2)[[0, 0]], 0 * pair + 1, ones / 9), "dgain"),
        (lambda: layer_norm_backward(1.7e308 * np.eye(2)[[0, 0]], 0 * pair + 1, 0 * ones), "dbias"),
        (lambda: batch_norm(pair, 1e308 * ones, 1e308 * ones, zeros, ones), "the result"),
        (
            lambda: batch_norm(1e308 + 0 * pair, ones, zeros, -1e308 * ones, ones, False),
            "the result",
        ),
        (
            lambda: fold_batch_norm(1e307 * pair, ones, 9e9 * ones, zeros, zeros, ones),
            "the weights",
        ),
        (lambda: fold_batch_norm(pair, 1e308 * ones, 9 * ones, zeros, zeros, ones), "the bias"),
    ],
)
def test_what_overflows_is_refused_by_its_name(call, what):
    with pytest.raises(ValueError, match=f"^{what} overflows: "):
        call()


def test_numbers_up_to_the_root_of_the_largest_are_answered():
    _, x, gain, bias = arrays((7, 4))
    assert_allclose(layer_norm(1e150 * x, gain, bias), layer_norm(x, gain, bias, 0.0), rtol=1e-9)
