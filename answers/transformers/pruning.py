"""Pruning: single weights, whole neurons, and two of every four.

Weights of a layer are laid out as in `torch.nn.Linear`, (out, in).
"""

import numpy as np
from jaxtyping import Bool, Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import near_one

BAD = refuse_empty, refuse_nan


# --8<-- [start:prune_magnitude_refuses]
def no_share(fraction, name):
    if not 0 <= fraction <= 1:
        raise ValueError(
            f"`fraction` is {fraction}; choose 0, which removes none, to 1, which removes all"
        )


@refuses(w=BAD, fraction=no_share)
# --8<-- [end:prune_magnitude_refuses]
# --8<-- [start:prune_magnitude]
def prune_magnitude(
    w: Real[ndarray, "*shape"], fraction: float
) -> Float[ndarray, "*shape"]:
    """A copy of `w` in which that fraction of all entries, the smallest, is 0.

    Small means near 0, on either side. Exactly round(fraction · size) entries are
    removed, from the whole array: a row may lose more than another.

    Args:
        w: The weights.
        fraction: How many to remove: 0 for none, 1 for all.

    Returns:
        The weights that are left in their places, and zeros. Of equally small entries it
        does not matter which are removed.

    Raises:
        ValueError: `w` is empty or holds nan or infinity; `fraction` is not 0 to 1.

    Source:
        Han et al. (2015), https://arxiv.org/abs/1506.02626

    Example:
        >>> prune_magnitude(np.array([[0.5, -3.0], [-0.25, 2.0]]), 0.5)
        array([[ 0., -3.],
               [ 0.,  2.]])
    """
    count = round(fraction * w.size)
    w = as_float(w).copy()
    # By rank: a threshold would remove none or all of the entries that are equal to it.
    # With a count of 0, place -1 is the last, and nothing is taken.
    smallest = np.argpartition(np.abs(w), count - 1, axis=None)[:count]
    # reshape gives a view, for the copy is contiguous.
    w.reshape(-1)[smallest] = 0
    return w


# --8<-- [end:prune_magnitude]


# --8<-- [start:prune_wanda_refuses]
@refuses(w=BAD, x=BAD, fraction=no_share)
# --8<-- [end:prune_wanda_refuses]
# --8<-- [start:prune_wanda]
def prune_wanda(
    w: Real[ndarray, "out in"], x: Real[ndarray, "tokens in"], fraction: float
) -> Float[ndarray, "out in"]:
    """A copy of `w` in which each row loses the weights that move its output least.

    A weight counts |w| times the norm of the input that it meets.

    Args:
        w: The weights.
        x: Inputs that the layer gets.
        fraction: How many of each row to remove: 0 for none, 1 for all.

    Returns:
        The weights that are left in their places, and zeros.

    Raises:
        ValueError: `w` or `x` is empty or holds nan or infinity; `fraction` is not 0 to 1.

    Source:
        Sun et al. (2023), section 3, https://arxiv.org/abs/2306.11695

    Example:
        The smaller weight meets the larger input, and stays.

        >>> prune_wanda(np.array([[2.0, 1.0]]), np.array([[1.0, 5.0]]), 0.5)
        array([[0., 1.]])
    """
    count = round(fraction * w.shape[1])
    w = as_float(w).copy()
    (size,), (inputs,) = near_one(np.abs(w)), near_one(as_float(x))
    importance = size * np.linalg.norm(inputs, axis=0)
    smallest = np.argsort(importance, kind="stable")[:, :count]
    np.put_along_axis(w, smallest, 0, axis=1)
    return w


# --8<-- [end:prune_wanda]


# --8<-- [start:prune_neurons_refuses]
def none_left(b1, fraction):
    if round(fraction * len(b1)) == len(b1):
        raise ValueError(
            f"`fraction` {fraction} removes all {len(b1)} neurons; leave at least one"
        )


@refuses(none_left, w1=BAD, b1=BAD, w2=BAD, fraction=no_share)
# --8<-- [end:prune_neurons_refuses]
# --8<-- [start:prune_neurons]
def prune_neurons(
    w1: Real[ndarray, "hidden in"],
    b1: Real[ndarray, " hidden"],
    w2: Real[ndarray, "out hidden"],
    fraction: float,
) -> tuple[
    Float[ndarray, "kept in"], Float[ndarray, " kept"], Float[ndarray, "out kept"]
]:
    """Two layers with that fraction of the neurons between them removed: smaller arrays.

    A neuron is a row of `w1`, an entry of `b1` and a column of `w2`; all three go. Its
    importance is the norm of what goes in times the norm of what comes out. It does not
    change when one is doubled and the other halved, and neither does what ReLU computes.

    Args:
        w1: The weights into the neurons.
        b1: Their biases.
        w2: The weights out of them.
        fraction: How many neurons to remove: 0 for none; below 1.

    Returns:
        The three arrays without the least important neurons, in the old order.

    Raises:
        ValueError: An array is empty or holds nan or infinity; `fraction` is not 0 to 1,
            or no neuron would be left.

    Source:
        Li et al. (2016), section 3.1, which ranks by the sum of |what goes in|,
        https://arxiv.org/abs/1608.08710

    Example:
        The second neuron is the largest, but nothing listens to it.

        >>> w1, w2 = np.array([[1.0], [9.0], [2.0]]), np.array([[1.0, 0.1, 1.0]])
        >>> prune_neurons(w1, np.zeros(3), w2, 1 / 3)[2]
        array([[1., 1.]])
    """
    count = round(fraction * len(b1))
    w1, b1, w2 = map(as_float, (w1, b1, w2))
    # Scaled to near 1, no norm overflows; the order stays.
    (weights, biases), (outgoing,) = near_one(w1, b1), near_one(w2)
    incoming = np.hypot(np.linalg.norm(weights, axis=1), biases)
    importance = incoming * np.linalg.norm(outgoing, axis=0)
    kept = np.sort(np.argsort(importance, kind="stable")[count:])
    return w1[kept], b1[kept], w2[:, kept]


# --8<-- [end:prune_neurons]


# --8<-- [start:prune_two_of_four_refuses]
def no_fours(w, name):
    if w.shape[1] % 4:
        raise ValueError(f"`w` has {w.shape[1]} inputs; pad them to a multiple of 4")


@refuses(w=(*BAD, no_fours))
# --8<-- [end:prune_two_of_four_refuses]
# --8<-- [start:prune_two_of_four]
def prune_two_of_four(w: Real[ndarray, "out in"]) -> Float[ndarray, "out in"]:
    """A copy of `w` in which the two smallest of every four neighbours in a row are 0.

    Args:
        w: The weights; the number of inputs is a multiple of 4.

    Returns:
        The weights that are left in their places, and zeros.

    Raises:
        ValueError: `w` is empty, holds nan or infinity, or its rows do not divide by 4.

    Source:
        Mishra et al. (2021), https://arxiv.org/abs/2104.08378

    Example:
        >>> prune_two_of_four(np.array([[1.0, -4.0, 3.0, 2.0]]))
        array([[ 0., -4.,  3.,  0.]])
    """
    groups = as_float(w).copy().reshape(-1, 4)
    smallest = np.argpartition(np.abs(groups), 1)[:, :2]
    np.put_along_axis(groups, smallest, 0, axis=1)
    return groups.reshape(w.shape)


# --8<-- [end:prune_two_of_four]


# --8<-- [start:is_two_of_four_refuses]
@refuses(w=no_fours)
# --8<-- [end:is_two_of_four_refuses]
# --8<-- [start:is_two_of_four]
def is_two_of_four(w: Real[ndarray, "out in"] | Bool[ndarray, "out in"]) -> bool:
    """Whether every four neighbours in a row have two zeros or more.

    Sparse tensor cores take such a matrix: they store the two numbers that are left and
    two bits each for where they stood.

    Args:
        w: The weights, or a mask that is True where a weight is kept.

    Returns:
        Whether it fits.

    Raises:
        ValueError: The rows of `w` do not divide by 4.

    Example:
        The last row has as many zeros as numbers, like the first, but none in its second four.

        >>> [bool(is_two_of_four(np.array([row]))) for row in ([0, 1, 0, 1], [0, 1, 0, 0])]
        [True, True]
        >>> bool(is_two_of_four(np.array([[0, 0, 0, 0, 1, 1, 1, 1]])))
        False
    """
    return bool((np.count_nonzero(w.reshape(-1, 4), axis=1) <= 2).all())


# --8<-- [end:is_two_of_four]
