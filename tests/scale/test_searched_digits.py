"""Digits to search stand beside digits to search for, and recall is 1 for exact search alone."""

import numpy as np
import pytest

from answers.scale.neighbours import knn
from answers.scale.searched_digits import digits, recall


def test_no_image_is_searched_for_and_searched():
    points, queries = digits()
    assert len({*map(bytes, points)} & {*map(bytes, queries)}) == 0
    assert points.dtype == queries.dtype == np.float32


def test_recall_is_the_share_of_the_ten_nearest():
    points, queries = digits()
    assert recall(knn(queries, points, 10)) == 1
    assert recall(knn(queries, points, 11)[:, 1:]) == 0.9
    with pytest.raises(ValueError, match="has 3 rows"):
        recall(np.zeros((3, 10), int))
