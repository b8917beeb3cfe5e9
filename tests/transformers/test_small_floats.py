"""Small floats against PyTorch's casts and against a search through all their numbers."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from answers.transformers.small_floats import (
    E2M1,
    E4M3,
    E5M2,
    SmallFloat,
    int4_sixteens,
    mxfp4,
    nvfp4,
    scaled_fp8,
)

FP4 = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6])
MAKERS = {mxfp4: FP4, nvfp4: FP4, int4_sixteens: np.arange(8)}
each_maker = pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)


def nearest(x):
    """The element of E2M1 nearest to x; of two, the one with an even mantissa."""
    ends = [-FP4[::-1][:-1], FP4]
    table = np.concatenate(ends)
    gaps = np.abs(table - x)
    ties = table[gaps == gaps.min()]
    return min(ties, key=lambda t: np.flatnonzero(abs(t) == FP4)[0] % 2)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(E4M3, torch.float8_e4m3fn), (E5M2, torch.float8_e5m2)],
    ids=["E4M3", "E5M2"],
)
def test_rounding_agrees_with_pytorch_on_every_number_and_between_them(ours, theirs):
    exact = torch.arange(256, dtype=torch.uint8).view(theirs).float().numpy()
    exact = np.unique(exact[np.isfinite(exact)])
    assert exact.max() == ours.largest
    between = (exact[1:] + exact[:-1]) / 2
    noise = np.random.default_rng(3).normal(size=4000) * np.geomspace(1e-6, 100, 4000)
    for x in (exact, between, noise.astype(np.float32)):
        want = torch.from_numpy(x).to(theirs).float().numpy()
        assert_array_equal(ours.round(x), want)


@given(st.floats(-9, 9, width=32))
def test_four_bits_round_to_the_nearest_of_fifteen(x):
    assert E2M1.round(np.array([x]))[0] == nearest(x)


@each_maker
@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=str)
def test_elements_and_scales_are_of_their_formats(make, dtype):
    w = np.random.default_rng(1).normal(size=(6, 64)).astype(dtype)
    w[2] *= 300
    w[4] = 0
    elements, scales, *_ = make(w)
    assert elements.dtype == scales.dtype == dtype
    assert set(np.abs(elements).ravel()) <= set(MAKERS[make])
    kind = torch.float8_e8m0fnu if make is mxfp4 else torch.float8_e4m3fn
    assert_array_equal(torch.from_numpy(scales).float().to(kind).float().numpy(), scales)


def test_a_block_is_the_best_that_its_scale_allows():
    w = np.random.default_rng(7).normal(size=(3, 32))
    w[1] /= 1000
    elements, scales = mxfp4(w)
    assert_array_equal(scales[:, 0], [2.0 ** (np.floor(np.log2(m)) - 2) for m in abs(w).max(1)])
    for row, scale, numbers in zip(elements, scales[:, 0], w, strict=True):
        assert_array_equal(row, [nearest(x / scale) for x in numbers])
    elements, scales, whole = nvfp4(w)
    assert scales.max() == 448
    blocks = w.reshape(-1, 16)
    want = torch.from_numpy(abs(blocks).max(1) / 6 / whole).to(torch.float8_e4m3fn)
    assert_array_equal(scales[:, 0], want.double().numpy())
    for row, scale, numbers in zip(elements, scales[:, 0] * whole, blocks, strict=True):
        assert_array_equal(row, [nearest(x / scale) for x in numbers])


def test_integers_have_the_scales_that_bring_a_block_to_seven():
    w = np.random.default_rng(8).normal(size=(40, 32))
    w /= np.geomspace(1, 1e5, 40)[:, None]
    elements, scales, whole = int4_sixteens(w)
    assert scales.max() == 448
    blocks = w.reshape(-1, 16)
    want = torch.from_numpy(abs(blocks).max(1) / 7 / whole).to(torch.float8_e4m3fn)
    assert_array_equal(scales[:, 0], want.double().numpy())
    nearest_code = np.abs(np.arange(-7, 8) - (blocks / (scales * whole))[..., None]).argmin(-1) - 7
    assert_array_equal(elements, nearest_code)
    assert {-7, 7} <= set(elements.ravel())


def test_numbers_of_the_format_come_back_as_they_are():
    for make, numbers in MAKERS.items():
        w = np.random.default_rng(0).choice([*numbers, *-numbers], size=(4, 32))
        w[:, ::16] = numbers[-1]
        elements, scales, *whole = make(w * 8)
        assert_array_equal((elements * scales * (whole or [1])[0]).reshape(4, 32), w * 8)


@pytest.mark.parametrize("block", [None, 2, 4])
def test_scaled_fp8_is_pytorchs_cast_of_the_numbers_over_their_scale(block):
    w = np.random.default_rng(2).normal(size=(3, 5, 12)).astype(np.float32)
    w *= np.geomspace(1e-4, 1e4, 12, dtype=np.float32)
    blocks = w.reshape(-1, block or w.size)
    scale = np.abs(blocks).max(axis=1, keepdims=True) / 448
    want = torch.from_numpy(blocks / scale).to(torch.float8_e4m3fn).float().numpy() * scale
    assert_array_equal(scaled_fp8(w, block), want.reshape(w.shape))
    assert_array_equal(scaled_fp8(w[0, 0, :1]), w[0, 0, :1])


def test_scales_beyond_the_range_of_their_format_are_its_ends():
    _, scales = mxfp4(np.array([[1e-60] * 32, [1e60] * 32]))
    assert_array_equal(scales, [[2.0**-127], [2.0**127]])
    for make in (nvfp4, int4_sixteens):
        elements, _, whole = make(np.zeros((2, 16)))
        assert whole == 1
        assert not elements.any()


def test_rows_are_those_of_the_last_axis():
    w = np.random.default_rng(4).normal(size=(2, 3, 32))
    for make in MAKERS:
        for mine, flat in zip(make(w), make(w.reshape(6, 32)), strict=True):
            assert_array_equal(mine, flat)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: E2M1.round(np.array([1, np.nan])), "^`x` holds nan at index 1"),
        (lambda: mxfp4(np.ones((0, 32))), "^`w` is empty"),
        (lambda: scaled_fp8(np.array(3.0)), "^`w` is a single number; pass an array"),
        (lambda: mxfp4(np.array(3.0)), "^`w` is a single number"),
        (lambda: nvfp4(np.array(3.0)), "^`w` is a single number"),
        (lambda: int4_sixteens(np.array(3.0)), "^`w` is a single number"),
        (lambda: nvfp4(np.full((1, 16), np.inf)), r"^`w` holds inf at index \(0, 0\)"),
        (lambda: int4_sixteens(np.full((1, 16), np.nan)), r"^`w` holds nan at index \(0, 0\)"),
        (
            lambda: scaled_fp8(np.full((1, 3), np.finfo(float).max)),
            r"^code · scale overflows: inf at index \(0, 0\)",
        ),
        (
            lambda: scaled_fp8(np.full(4, np.finfo(float).max), 2),
            "^code · scale overflows: inf at index 0",
        ),
    ],
)
def test_nan_nothing_and_what_overflows_are_refused(call, message):
    with np.errstate(over="ignore"), pytest.raises(ValueError, match=message):
        call()


def test_fp8_with_scales_keeps_zeros_and_the_largest_number():
    w = np.array([[0.0, 0, 0, 0], [1, -7, 3, 0.5]])
    for block in (None, 4, 2):
        assert scaled_fp8(w, block)[0].tolist() == [0, 0, 0, 0]
        assert scaled_fp8(w, block)[1, 1] == -7


@pytest.mark.parametrize("block", [0, -2])
def test_blocks_without_numbers_are_refused(block):
    with pytest.raises(ValueError, match=f"^`block` is {block}; choose a finite number, 1 or"):
        scaled_fp8(np.ones(4), block)


@pytest.mark.parametrize(
    "changes",
    [
        *({"mantissa_bits": bits} for bits in (-1, 24)),
        *({"least_exponent": exponent} for exponent in (-127, 128)),
        *({"largest": largest} for largest in (np.nan, np.inf, 0, -6, 4e38)),
    ],
)
def test_a_format_that_float32_cannot_hold_is_refused(changes):
    with pytest.raises(ValueError, match=r"^float32 cannot hold SmallFloat\(.*; choose 0 to 23"):
        SmallFloat(**{"mantissa_bits": 1, "least_exponent": 0, "largest": 6} | changes)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_format_of_float32_itself_keeps_every_float32(dtype):
    ours = SmallFloat(23, -126, float(np.finfo(np.float32).max))
    bits = np.random.default_rng(5).integers(2**32, size=10_000, dtype=np.uint32)
    every = bits.view(np.float32)
    x = np.append(every[np.isfinite(every)], np.float32([1e-45, 0, 3.4e38]))
    assert_array_equal(ours.round(x.astype(dtype)), x)


@pytest.mark.parametrize("make", [*MAKERS, lambda w: scaled_fp8(w, 4)])
def test_rows_that_do_not_divide_into_blocks_are_refused(make):
    with pytest.raises(ValueError, match="rows of `w` have 18 numbers; pad them"):
        make(np.ones((2, 18)))
