"""Equal rows by hash, against the comparison of all pairs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal

from answers.networks.duplicate_rows import hash_duplicates

NUMBERS = st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.1, np.nextafter(1, 2), np.inf, -np.inf])


def rows(features):
    return st.integers(0, 7).flatmap(lambda n: arrays(float, (n, features), elements=NUMBERS))


@given(st.integers(1, 3).flatmap(lambda width: st.tuples(rows(width), rows(width))))
def test_agrees_with_comparing_all_pairs(pair):
    found, among = pair
    equal = (found[:, None] == among).all(axis=2)
    expected = [row.nonzero()[0][0] if row.any() else -1 for row in equal]
    assert_array_equal(hash_duplicates(found, among), expected)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.float32, np.float64])
def test_equal_numbers_of_two_dtypes_are_equal(dtype):
    train = np.array([[3, 1, 2], [1, 2, 3], [5, 0, 7]])
    test = train[[2, 1]].astype(dtype)
    assert_array_equal(hash_duplicates(test, train), [2, 1])
    assert_array_equal(hash_duplicates(train, test), [-1, 1, 0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.array([[2]]), np.array([[2.5]])),
        (np.array([[44]], np.uint8), np.array([[300]])),
        (np.array([[0.1]], np.float32), np.array([[0.1]])),
        (np.array([[2**53 + 1]]), np.array([[2**53]])),  # as floats they are the same
    ],
)
def test_numbers_that_only_another_dtype_makes_equal_are_not(one, other):
    assert_array_equal(hash_duplicates(one, other), [-1])
    assert_array_equal(hash_duplicates(other, one), [-1])


def test_a_slice_of_columns_and_rows_is_read_as_it_is_seen():
    whole = np.arange(60).reshape(10, 6)
    part = whole[::-2, 4:0:-2]
    assert_array_equal(hash_duplicates(part, part.copy()), np.arange(5))


def test_nan_is_refused():
    with pytest.raises(ValueError, match="nan"):
        hash_duplicates(np.array([[1.0, np.nan]]), np.ones((2, 2)))
