"""Rotary positions from one model to another: which features are paired, and how fast they turn."""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import refuse_not_positive
from answers.inputs.contracts import refuses


# --8<-- [start:rope_permutation_refuses]
def no_pairs(w, heads):
    if heads < 1 or w.shape[-1] % (2 * heads):
        raise ValueError(
            f"`heads` is {heads}, and `w` has {w.shape[-1]} columns; each head needs an even "
            "number of them"
        )


@refuses(no_pairs)
# --8<-- [end:rope_permutation_refuses]
# --8<-- [start:rope_permutation]
def rope_permutation(
    w: Real[ndarray, "*axes heads_d"], heads: int
) -> Real[ndarray, "*axes heads_d"]:
    """`w` with each head's columns permuted, from rotary pairs of neighbours to pairs of halves.

    A head's columns 0, 1, 2, 3, … become 0, 2, 4, …, 1, 3, 5, …: the pair (2j, 2j + 1) stands
    at (j, j + d/2), where `rotate` turns it at the same speed. Queries and keys are permuted
    alike, so that no score changes. Values are not turned, and stay.

    Args:
        w: The projection to the queries, or to the keys: the heads side by side along the last
            axis. Or their bias.
        heads: How many heads stand side by side: for keys, the key-value heads.

    Returns:
        A new array of the same shape and type.

    Raises:
        ValueError: `heads` is below 1, or the columns are no even number for each head.

    Source:
        Hugging Face, convert_llama_weights_to_hf.py, `permute`. A weight of PyTorch's is
        (out, in), so that there rows are permuted.

    Example:
        Two heads of four features each.

        >>> rope_permutation(np.array([0, 1, 2, 3, 10, 11, 12, 13]), heads=2)
        array([ 0,  2,  1,  3, 10, 12, 11, 13])
    """
    pairs = np.arange(w.shape[-1]).reshape(heads, -1, 2)  # (heads, pairs, 2)
    return w[..., pairs.swapaxes(1, 2).ravel()]


# --8<-- [end:rope_permutation]


# --8<-- [start:rope_scaling_refuses]
def other_stretch(d, factor, kind, base):
    refuse_not_positive(base=base)
    if d < 4 or d % 2:
        raise ValueError(f"`d` is {d}; choose an even number, 4 or more")
    if not 1 <= factor < np.inf:
        raise ValueError(f"`factor` is {factor}; a context is stretched by 1 or more")
    if kind not in ("linear", "ntk"):
        raise ValueError(f"`kind` is {kind!r}; choose 'linear' or 'ntk'")


@refuses(other_stretch)
# --8<-- [end:rope_scaling_refuses]
# --8<-- [start:rope_scaling]
def rope_scaling(
    d: int, factor: float, kind: str = "linear", base: float = 10_000.0
) -> Float[ndarray, " pairs"]:
    """The speeds of the rotary pairs when a context is stretched by a factor.

    linear, or position interpolation: all speeds are divided by the factor, as if positions
    were. ntk: a larger base, base · factor^(d/(d-2)), leaves the first pair's speed and divides
    the last pair's by the factor.

    Args:
        d: The features of a head, 4 or more.
        factor: How many times longer the context becomes.
        kind: "linear" or "ntk".
        base: Of the speeds before.

    Returns:
        Radians a position, from the fastest pair to the slowest.

    Raises:
        ValueError: `d` is odd or below 4, `factor` is below 1, `base` is not positive, or the
            kind is another.

    Source:
        Chen et al. (2023), https://arxiv.org/abs/2306.15595, and Peng et al. (2023), YaRN,
        section 3.1, https://arxiv.org/abs/2309.00071

    Example:
        >>> rope_scaling(4, 8.0, "linear")
        array([0.125  , 0.00125])
        >>> rope_scaling(4, 8.0, "ntk")
        array([1.     , 0.00125])
    """
    if kind == "ntk":
        base, factor = base * factor ** (d / (d - 2)), 1
    return base ** (-np.arange(0, d, 2) / d) / factor


# --8<-- [end:rope_scaling]
