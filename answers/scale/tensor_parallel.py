"""Tensor parallelism: one layer's weights lie on several ranks, forward and backward.

A first axis `ranks` holds the parts of all ranks that this process plays: all of them in a
simulation, one in a process of its own. `all_reduce` sums over the ranks, and is all that they
send.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed
from answers.transformers.attention import multi_head_attention

BAD = refuse_empty, refuse_nan


# --8<-- [start:sum_over_ranks_refuses]
def sum_overflows(result):
    refuse_overflowed(result, "a sum over the ranks")


@refuses(sum_overflows, parts=BAD)
# --8<-- [end:sum_over_ranks_refuses]
# --8<-- [start:sum_over_ranks]
def sum_over_ranks(parts: Real[ndarray, "ranks *shape"]) -> Float[ndarray, "*shape"]:
    """An all-reduce where one process plays all ranks: each rank has the sum of their parts.

    Raises:
        ValueError: `parts` is empty or holds nan or infinity, or a sum overflows.

    Example:
        >>> sum_over_ranks(np.array([[1, 2], [10, 20]]))
        array([11., 22.])
    """
    return as_float(parts).sum(axis=0)


# --8<-- [end:sum_over_ranks]


# --8<-- [start:column_parallel_refuses]
def output_overflows(result):
    refuse_overflowed(result, "an output")


@refuses(output_overflows, x=BAD, w=BAD)
# --8<-- [end:column_parallel_refuses]
# --8<-- [start:column_parallel]
def column_parallel(
    x: Real[ndarray, "tokens d_in"], w: Real[ndarray, "ranks d_in part"]
) -> Float[ndarray, "ranks tokens part"]:
    """Each rank's columns of x W. Every rank has all of x, and nothing is sent.

    Args:
        x: One row per token, the same on all ranks.
        w: Each rank's columns of the weights.

    Raises:
        ValueError: An array is empty or holds nan or infinity, or an output overflows.

    Source:
        Shoeybi et al. (2019), Megatron-LM, section 3, https://arxiv.org/abs/1909.08053

    Example:
        >>> x, w = np.array([[1.0, 2.0]]), np.array([[[3.0], [0.0]], [[0.0], [4.0]]])
        >>> column_parallel(x, w)
        array([[[3.]],
        <BLANKLINE>
               [[8.]]])
    """
    return as_float(x) @ w


# --8<-- [end:column_parallel]


# --8<-- [start:column_parallel_backward_refuses]
def gradients_overflow(result):
    for gradient, name in zip(result, ("dx", "dw"), strict=True):
        refuse_overflowed(gradient, name)


@refuses(gradients_overflow, dout=BAD, x=BAD, w=BAD)
# --8<-- [end:column_parallel_backward_refuses]
# --8<-- [start:column_parallel_backward]
def column_parallel_backward(
    dout: Real[ndarray, "ranks tokens part"],
    x: Real[ndarray, "tokens d_in"],
    w: Real[ndarray, "ranks d_in part"],
    all_reduce: Callable = sum_over_ranks,
) -> tuple[Float[ndarray, "tokens d_in"], Float[ndarray, "ranks d_in part"]]:
    """Gradients of x and of each rank's columns; x's is summed over the ranks.

    How:
        x feeds the columns of every rank, so its gradient is a sum over ranks. A rank's own
        weights feed its own outputs alone.

    Args:
        dout: Gradient of the loss with respect to each rank's outputs.
        x: The input of the forward pass.
        w: Each rank's columns of the weights.
        all_reduce: Sums over the ranks.

    Returns:
        (dx, dw).

    Raises:
        ValueError: An array is empty or holds nan or infinity, or a gradient overflows.

    Source:
        Shoeybi et al. (2019), Megatron-LM, section 3: the function f.

    Example:
        >>> x, w = np.array([[1.0, 2.0]]), np.array([[[3.0], [0.0]], [[1.0], [4.0]]])
        >>> dx, dw = column_parallel_backward(np.array([[[1.0]], [[10.0]]]), x, w)
        >>> dx, dw[:, :, 0]
        (array([[13., 40.]]), array([[ 1.,  2.],
               [10., 20.]]))
    """
    dout, x = as_float(dout), as_float(x)
    return all_reduce(dout @ w.swapaxes(1, 2)), x.T @ dout


# --8<-- [end:column_parallel_backward]


# --8<-- [start:row_parallel_refuses]
@refuses(output_overflows, x=BAD, w=BAD, b=refuse_nan)
# --8<-- [end:row_parallel_refuses]
# --8<-- [start:row_parallel]
def row_parallel(
    x: Real[ndarray, "ranks tokens part"],
    w: Real[ndarray, "ranks part d_out"],
    b: Real[ndarray, " d_out"],
    all_reduce: Callable = sum_over_ranks,
) -> Float[ndarray, "tokens d_out"]:
    """x W + b, where each rank has some columns of x and the same rows of W.

    How:
        A rank's product is its share of every output, so outputs are summed over the ranks. The
        bias is added once, after the sum.

    Args:
        x: Each rank's columns of the input: what `column_parallel` leaves there.
        w: Each rank's rows of the weights.
        b: The bias, the same on all ranks.
        all_reduce: Sums over the ranks.

    Raises:
        ValueError: An array is empty or holds nan or infinity, or an output overflows.

    Source:
        Shoeybi et al. (2019), Megatron-LM, section 3: the function g.

    Example:
        >>> x, w = np.array([[[1.0]], [[2.0]]]), np.array([[[3.0]], [[10.0]]])
        >>> row_parallel(x, w, np.array([0.5]))
        array([[23.5]])
    """
    return all_reduce(as_float(x) @ w) + b


# --8<-- [end:row_parallel]


# --8<-- [start:row_parallel_backward_refuses]
@refuses(gradients_overflow, dout=BAD, x=BAD, w=BAD)
# --8<-- [end:row_parallel_backward_refuses]
# --8<-- [start:row_parallel_backward]
def row_parallel_backward(
    dout: Real[ndarray, "tokens d_out"],
    x: Real[ndarray, "ranks tokens part"],
    w: Real[ndarray, "ranks part d_out"],
) -> tuple[Float[ndarray, "ranks tokens part"], Float[ndarray, "ranks part d_out"]]:
    """Gradients of each rank's inputs and rows of W. Nothing is sent.

    How:
        After the forward all-reduce every rank has all outputs, and so all of `dout`.

    Args:
        dout: Gradient of the loss with respect to the output, the same on all ranks.
        x: Each rank's columns of the input.
        w: Each rank's rows of the weights.

    Returns:
        (dx, dw).

    Raises:
        ValueError: An array is empty or holds nan or infinity, or a gradient overflows.

    Source:
        Shoeybi et al. (2019), Megatron-LM, section 3: the function g.

    Example:
        >>> x, w = np.array([[[1.0]], [[2.0]]]), np.array([[[3.0]], [[10.0]]])
        >>> dx, dw = row_parallel_backward(np.array([[2.0]]), x, w)
        >>> dx.ravel(), dw.ravel()
        (array([ 6., 20.]), array([2., 4.]))
    """
    dout, x = as_float(dout), as_float(x)
    return dout @ w.swapaxes(1, 2), x.swapaxes(1, 2) @ dout


# --8<-- [end:row_parallel_backward]


# --8<-- [start:parallel_mlp_refuses]
def uneven_width(w1, ranks):
    if ranks < 1 or w1.shape[1] % ranks:
        raise ValueError(
            f"`ranks` is {ranks}, which does not divide a hidden width of {w1.shape[1]}"
        )


def mlp_overflows(result):
    refuse_overflowed(result[0], "a part")
    refuse_overflowed(result[1], "an output")


@refuses(uneven_width, mlp_overflows, x=BAD, w1=BAD, b1=BAD, w2=BAD, b2=BAD)
# --8<-- [end:parallel_mlp_refuses]
# --8<-- [start:parallel_mlp]
def parallel_mlp(
    x: Real[ndarray, "tokens d_in"],
    w1: Real[ndarray, "d_in hidden"],
    b1: Real[ndarray, " hidden"],
    w2: Real[ndarray, "hidden d_out"],
    b2: Real[ndarray, " d_out"],
    ranks: int,
) -> tuple[Float[ndarray, "ranks tokens d_out"], Float[ndarray, "tokens d_out"]]:
    """relu(x W1 + b1) W2 + b2 on several ranks: what each sends, and what all then have.

    Rank k holds the k-th block of hidden units: as many neighbouring units as every other.

    How:
        W1 and b1 are split by columns, W2 by rows. ReLU acts on each unit alone, so a rank needs
        no other's units for it. b2 belongs to no rank: it is added once, after the sum.

    Args:
        x: One row per token, the same on all ranks.
        w1: First weights, inputs along the rows.
        b1: First bias.
        w2: Second weights.
        b2: Second bias.
        ranks: How many ranks; they divide the hidden width.

    Returns:
        (parts, output). `parts` holds what each rank has before the all-reduce, without b2;
        `output` what every rank has after it, with b2.

    Raises:
        ValueError: `ranks` does not divide the hidden width, an array is empty or holds nan or
            infinity, or a result overflows.

    Source:
        Shoeybi et al. (2019), Megatron-LM, section 3, https://arxiv.org/abs/1909.08053

    Example:
        Two hidden units, 1 and 2, one on each rank; they leave 1 · 3 and 2 · 10.

        >>> one, w1 = np.array([[1.0]]), np.array([[1.0, 2.0]])
        >>> w2, b2 = np.array([[3.0], [10.0]]), np.array([0.5])
        >>> parts, output = parallel_mlp(one, w1, np.zeros(2), w2, b2, ranks=2)
        >>> parts.ravel(), output
        (array([ 3., 20.]), array([[23.5]]))
    """
    x, blocks = as_float(x), np.split(np.arange(len(b1)), ranks)
    parts = np.stack([np.maximum(x @ w1[:, k] + b1[k], 0) @ w2[k] for k in blocks])
    return parts, parts.sum(axis=0) + b2


# --8<-- [end:parallel_mlp]


# --8<-- [start:parallel_attention_refuses]
def uneven_ranks(heads, ranks):
    if ranks < 1 or heads % ranks:
        raise ValueError(f"`ranks` is {ranks}, which does not divide {heads} heads")


@refuses(uneven_ranks)
# --8<-- [end:parallel_attention_refuses]
# --8<-- [start:parallel_attention]
def parallel_attention(
    x: Real[ndarray, "tokens d_model"],
    w_q: Real[ndarray, "d_model heads_d"],
    w_k: Real[ndarray, "d_model heads_d"],
    w_v: Real[ndarray, "d_model heads_dv"],
    w_o: Real[ndarray, "heads_dv d_out"],
    heads: int,
    ranks: int,
    mask: Bool[ndarray, "tokens tokens"] | None = None,
) -> Float[ndarray, "ranks tokens d_out"]:
    """What each rank has of self-attention before the all-reduce: its heads, through its rows.

    How:
        Heads stand side by side in the columns of w_q, w_k and w_v, and in the rows of w_o. A
        rank runs ordinary attention over its own heads.

    Args:
        x: One row per token, the same on all ranks.
        w_q: Projection to the queries: the heads side by side.
        w_k: Projection to the keys.
        w_v: Projection to the values.
        w_o: Mixes what the heads found. Its rows follow the heads.
        heads: How many.
        ranks: How many ranks; they divide the heads.
        mask: True where a token may look at another.

    Raises:
        ValueError: `ranks` does not divide the heads, or as `multi_head_attention`.

    Source:
        Shoeybi et al. (2019), Megatron-LM, section 3, https://arxiv.org/abs/1909.08053

    Example:
        >>> x, eye = np.array([[1.0, 10.0], [3.0, 30.0]]), np.eye(2)
        >>> parts = parallel_attention(x, 0 * eye, 0 * eye, eye, eye, heads=2, ranks=2)
        >>> parts[:, 0]
        array([[ 2.,  0.],
               [ 0., 20.]])
    """
    columns = [np.split(w, ranks, axis=1) for w in (w_q, w_k, w_v)]
    shards = zip(*columns, np.split(w_o, ranks), strict=True)
    return np.stack([multi_head_attention(x, *w, heads // ranks, mask) for w in shards])


# --8<-- [end:parallel_attention]
