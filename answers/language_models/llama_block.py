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

Weights = dict[str, Real[ndarray, "..."]]
GAINS = {"norm_1", "norm_2"}
NAMES = GAINS | {"w_q", "w_k", "w_v", "w_o", "w_gate", "w_up", "w_down"}


# --8<-- [start:llama_block_refuses]
def other_names(weights):
    if missing := NAMES - weights.keys():
        raise ValueError(f"`weights` lacks {', '.join(sorted(missing))}; pass all nine")
    for name in sorted(NAMES):
        refuse_empty(weights[name], name)
        refuse_nan(weights[name], name)


def other_shapes(x, weights):
    d_model, heads_d = x.shape[-1], weights["w_q"].shape[-1]
    kv_heads_d, hidden = weights["w_k"].shape[-1], weights["w_up"].shape[-1]
    into = {"w_q": heads_d, "w_k": kv_heads_d, "w_v": kv_heads_d}
    into |= {"w_gate": hidden, "w_up": hidden}
    wanted = {name: (d_model, columns) for name, columns in into.items()}
    wanted |= {"w_o": (heads_d, d_model), "w_down": (hidden, d_model)}
    for name, shape in (wanted | dict.fromkeys(GAINS, (d_model,))).items():
        if weights[name].shape != shape:
            raise ValueError(
                f"`{name}` is {weights[name].shape}, and should be {shape}"
            )


def other_heads(weights, heads, kv_heads):
    if kv_heads < 1 or heads < 1 or heads % kv_heads:
        raise ValueError(
            f"`kv_heads` is {kv_heads}, which does not divide {heads} heads"
        )
    for name, count in (("w_q", heads), ("w_k", kv_heads)):
        columns = weights[name].shape[-1]
        if columns % (2 * count):
            raise ValueError(
                f"`{name}` has {columns} columns for {count} heads; each needs an even number"
            )


def overflow(result):
    refuse_overflowed(result, "the output")


@refuses(other_names, other_shapes, other_heads, overflow, x=(refuse_empty, refuse_nan))
# --8<-- [end:llama_block_refuses]
# --8<-- [start:llama_block]
def llama_block(
    x: Real[ndarray, "*batch time d_model"], weights: Weights, heads: int, kv_heads: int
) -> Float[ndarray, "*batch time d_model"]:
    """One block of Llama: attention, then SwiGLU, each after an RMS norm and added to x.

    Queries and keys are turned by their positions, in halves, at base 10,000. Query head h uses
    key-value head h // (heads / kv_heads). There are no biases. The norms' epsilon is 1e-6.

    Args:
        x: One vector per position.
        weights: The gains norm_1 and norm_2; the projections w_q, w_k, w_v, with heads side by
            side, and w_o; and SwiGLU's w_gate, w_up and w_down. Each is (in, out).
        heads: How many heads of queries.
        kv_heads: How many heads of keys and values. They divide `heads`.

    Raises:
        ValueError: A weight is missing or has another shape; `kv_heads` does not divide `heads`,
            or a head's size is odd; an array is empty or holds nan or infinity; the output
            overflows.

    Source:
        Touvron et al. (2023), LLaMA, section 2.2, https://arxiv.org/abs/2302.13971; grouped
        heads: Ainslie et al. (2023), https://arxiv.org/abs/2305.13245

    Example:
        Where nothing is projected back, x passes through.

        >>> import numpy as np
        >>> weights = {name: np.zeros((2, 2)) for name in NAMES - GAINS}
        >>> weights |= {name: np.ones(2) for name in GAINS}
        >>> llama_block(np.eye(2), weights, heads=1, kv_heads=1)
        array([[1., 0.],
               [0., 1.]])
    """
    x, w = as_float(x), {name: as_float(each) for name, each in weights.items()}
    y = rms_norm(x, w["norm_1"])
    q = rotate(split_heads(y @ w["w_q"], heads))  # (heads, time, d)
    k = rotate(split_heads(y @ w["w_k"], kv_heads))
    v = split_heads(y @ w["w_v"], kv_heads)
    k, v = (each.repeat(heads // kv_heads, axis=-3) for each in (k, v))
    x = x + merge_heads(attend(q, k, v, causal_mask(x.shape[-2]))) @ w["w_o"]
    y = rms_norm(x, w["norm_2"])
    return x + swiglu(y, w["w_gate"], w["w_up"], w["w_down"])


# --8<-- [end:llama_block]
