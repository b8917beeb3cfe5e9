"""A block of Llama in NumPy: GPT-2's, with other norms, positions, heads and feed-forward layer."""

from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed
from answers.language_models.swiglu import swiglu
from answers.training.normalization import rms_norm
from answers.transformers.attention import (
    attend,
    causal_mask,
    merge_heads,
    split_heads,
)
from answers.transformers.rotary import rotate

BAD = refuse_empty, refuse_nan
ARRAYS = (
    *("x", "norm_1", "w_q", "w_k", "w_v", "w_o"),
    *("norm_2", "w_gate", "w_up", "w_down"),
)


# --8<-- [start:llama_block_refuses]
def other_heads(w_q, w_k, heads, kv_heads):
    if kv_heads < 1 or heads < 1 or heads % kv_heads:
        raise ValueError(
            f"`kv_heads` is {kv_heads}, which does not divide {heads} heads"
        )
    for columns, count, name in (
        (w_q.shape[-1], heads, "w_q"),
        (w_k.shape[-1], kv_heads, "w_k"),
    ):
        if columns % (2 * count):
            raise ValueError(
                f"`{name}` has {columns} columns for {count} heads; each needs an even number"
            )


def overflow(result):
    refuse_overflowed(result, "the output")


@refuses(other_heads, overflow, **dict.fromkeys(ARRAYS, BAD))
# --8<-- [end:llama_block_refuses]
# --8<-- [start:llama_block]
def llama_block(
    x: Real[ndarray, "*batch time d_model"],
    norm_1: Real[ndarray, " d_model"],
    w_q: Real[ndarray, "d_model heads_d"],
    w_k: Real[ndarray, "d_model kv_heads_d"],
    w_v: Real[ndarray, "d_model kv_heads_d"],
    w_o: Real[ndarray, "heads_d d_model"],
    norm_2: Real[ndarray, " d_model"],
    w_gate: Real[ndarray, "d_model hidden"],
    w_up: Real[ndarray, "d_model hidden"],
    w_down: Real[ndarray, "hidden d_model"],
    heads: int,
    kv_heads: int,
) -> Float[ndarray, "*batch time d_model"]:
    """One block of Llama: attention, then SwiGLU, each after an RMS norm and added to x.

    Queries and keys are turned by their positions, in halves, at base 10,000. Query head h uses
    key-value head h // (heads / kv_heads). There are no biases. The norms' epsilon is 1e-6.

    Args:
        x: One vector per position.
        norm_1: The gain of the norm before attention.
        w_q: Projection to the queries, the heads side by side.
        w_k: Projection to the keys, the key-value heads side by side.
        w_v: Projection to the values, likewise.
        w_o: Mixes what the heads found.
        norm_2: The gain of the norm before SwiGLU.
        w_gate: SwiGLU's gate.
        w_up: What the gate multiplies.
        w_down: SwiGLU's projection back.
        heads: How many heads of queries.
        kv_heads: How many heads of keys and values. They divide `heads`.

    Raises:
        ValueError: `kv_heads` does not divide `heads`, or a head's size is odd; an array is
            empty or holds nan or infinity; the output overflows.

    Source:
        Touvron et al. (2023), LLaMA, section 2.2, https://arxiv.org/abs/2302.13971; grouped
        heads: Ainslie et al. (2023), https://arxiv.org/abs/2305.13245

    Example:
        Where nothing is projected back, x passes through.

        >>> import numpy as np
        >>> x, one, square = np.eye(3, 2), np.ones(2), np.eye(2)
        >>> block = one, square, square, square, 0 * square, one, square, square, 0 * square
        >>> llama_block(x, *block, heads=1, kv_heads=1)
        array([[1., 0.],
               [0., 1.],
               [0., 0.]])
    """
    x, w_q, w_k, w_v, w_o = map(as_float, (x, w_q, w_k, w_v, w_o))
    y = rms_norm(x, as_float(norm_1))
    q = rotate(split_heads(y @ w_q, heads))  # (heads, time, d)
    k = rotate(split_heads(y @ w_k, kv_heads))
    v = split_heads(y @ w_v, kv_heads)
    k, v = (each.repeat(heads // kv_heads, axis=-3) for each in (k, v))
    found = attend(q, k, v, causal_mask(x.shape[-2]))
    x = x + merge_heads(found) @ w_o
    return x + swiglu(rms_norm(x, as_float(norm_2)), w_gate, w_up, w_down)


# --8<-- [end:llama_block]
