"""Images of digits to search, and the share of exact neighbours that a search finds."""

from functools import cache

import numpy as np
from jaxtyping import Integer
from numpy import ndarray

from answers.inputs.contracts import refuses
from answers.scale.neighbours import knn
from answers.scale.ranking_metrics import recall_at_k


# --8<-- [start:digits]
@cache
def digits() -> tuple[ndarray, ndarray]:
    """1,500 images of 64 pixels to search, and 297 others to search for, in float32.

    Source:
        scikit-learn's copy of E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten
        Digits.
    """
    from sklearn.datasets import load_digits

    images = load_digits().data.astype(np.float32)
    order = np.random.default_rng(0).permutation(len(images))
    return images[order[:1500]], images[order[1500:]]


# --8<-- [end:digits]


@cache
def exact() -> ndarray:
    points, queries = digits()
    return knn(queries, points, 10)


# --8<-- [start:recall_refuses]
def other_queries(found):
    if len(found) != len(digits()[1]):
        raise ValueError(f"`found` has {len(found)} rows; one for each of 297 queries")


@refuses(other_queries)
# --8<-- [end:recall_refuses]
# --8<-- [start:recall]
def recall(found: Integer[ndarray, "queries places"]) -> float:
    """The share of each image's ten nearest that stands among the first ten found.

    Raises:
        ValueError: There are not 297 rows.

    Example:
        >>> points, queries = digits()
        >>> recall(knn(queries, points, 5))
        0.5
    """
    return recall_at_k(found, exact(), 10)


# --8<-- [end:recall]
