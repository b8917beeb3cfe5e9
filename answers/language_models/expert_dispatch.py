"""Tokens are sent to their experts, in one product each, and come back weighted by their gates."""

import math

import numpy as np
from jaxtyping import Float, Integer, Real
from numpy import ndarray

from answers.inputs import (
    as_float,
    first,
    refuse_below,
    refuse_empty,
    refuse_labels_out_of_range,
    refuse_nan,
    refuse_not_positive,
)
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:dispatch_refuses]
def below_1(number, name):
    refuse_below(1, **{name: number})


def no_expert(chosen, w_in):
    refuse_labels_out_of_range(chosen, len(w_in), "chosen")


def chosen_twice(chosen):
    in_order = np.sort(chosen, axis=1)
    again = (in_order[:, 1:] == in_order[:, :-1]).any(axis=1)
    if again.any():
        token = first(np.arange(len(chosen)), again).split()[0]
        raise ValueError(f"token {token} has chosen an expert twice; pass each once")


def overflow(result):
    refuse_overflowed(result, "the output")


@refuses(
    no_expert,
    chosen_twice,
    overflow,
    x=BAD,
    chosen=refuse_empty,
    gates=BAD,
    w_in=BAD,
    w_out=BAD,
    capacity=below_1,
)
# --8<-- [end:dispatch_refuses]
# --8<-- [start:dispatch]
def dispatch(
    x: Real[ndarray, "tokens d"],
    chosen: Integer[ndarray, "tokens k"],
    gates: Real[ndarray, "tokens k"],
    w_in: Real[ndarray, "experts d hidden"],
    w_out: Real[ndarray, "experts hidden d_out"],
    capacity: int | None = None,
) -> Float[ndarray, "tokens d_out"]:
    """Each token's sum over its chosen experts of gate times relu(x w_in) w_out.

    Each expert computes all of its tokens at once. It takes at most `capacity` tokens: all first
    choices before any second, and among equals the token that comes first. A choice that is
    dropped adds nothing, and the token's other gates stay as they are.

    Args:
        x: One row of features for each token.
        chosen: The experts of each token, its first choice first, none twice.
        gates: The weight of each choice.
        w_in: Each expert's first matrix.
        w_out: Each expert's second matrix.
        capacity: How many tokens an expert takes at most; None for all.

    Returns:
        A row for each token. A token whose choices are all dropped has zeros; a residual
        connection around the layer carries it on.

    Raises:
        ValueError: An array is empty or holds nan or infinity; an index is no expert's, or a token
            has chosen an expert twice; `capacity` is below 1; the output overflows.

    Source:
        Lepikhin et al. (2020), GShard, algorithm 1, https://arxiv.org/abs/2006.16668

    Example:
        Both tokens choose the first expert, which doubles, and has room for one.

        >>> x, chosen, gates = np.array([[1.0], [10.0]]), np.array([[0], [0]]), np.ones((2, 1))
        >>> w_in, w_out = np.ones((2, 1, 1)), np.array([[[2.0]], [[3.0]]])
        >>> dispatch(x, chosen, gates, w_in, w_out, capacity=1)
        array([[2.],
               [0.]])
    """
    x, gates, w_in, w_out = map(as_float, (x, gates, w_in, w_out))
    kind = np.result_type(x, gates, w_in, w_out)
    out = np.zeros((len(x), w_out.shape[-1]), kind)
    for expert, (up, down) in enumerate(zip(w_in, w_out, strict=True)):
        # Read by columns: all first choices, then all second.
        choice, token = np.nonzero(expert == chosen.T)
        choice, token = choice[:capacity], token[:capacity]
        hidden = np.maximum(x[token] @ up, 0)  # (its tokens, hidden)
        out[token] += gates[token, choice, None] * (hidden @ down)
    return out


# --8<-- [end:dispatch]


# --8<-- [start:expert_capacity_refuses]
def no_factor(factor):
    refuse_not_positive(factor=factor)


def more_than_all(experts, k):
    if k > experts:
        raise ValueError(f"`k` is {k}; there are {experts} experts")


@refuses(no_factor, more_than_all, tokens=below_1, experts=below_1, k=below_1)
# --8<-- [end:expert_capacity_refuses]
# --8<-- [start:expert_capacity]
def expert_capacity(tokens: int, experts: int, k: int, factor: float = 1.25) -> int:
    """How many tokens an expert takes: its fair share k · tokens / experts, times the factor.

    Rounded up, and never above the number of tokens.

    Args:
        tokens: In the batch that is routed together.
        experts: How many experts share them.
        k: How many experts a token chooses.
        factor: 1 leaves no room for imbalance.

    Raises:
        ValueError: A number is below 1, the factor is not positive, or k is above `experts`.

    Source:
        Fedus et al. (2021), Switch Transformers, equation 3, https://arxiv.org/abs/2101.03961

    Example:
        >>> expert_capacity(1024, 8, 2, 1.25)
        320
    """
    return min(tokens, math.ceil(factor * k * tokens / experts))


# --8<-- [end:expert_capacity]
