"""Bytes of a training step: weights, gradients and optimizer by ZeRO stage, and activations."""

from answers.inputs import refuse_below
from answers.inputs.contracts import refuses


def below_1(number, name):
    refuse_below(1, **{name: number})


def negative(number, name):
    refuse_below(0, **{name: number})


# --8<-- [start:training_memory_refuses]
def no_stage(stage, name):
    if stage not in (0, 1, 2, 3):
        raise ValueError(f"`{name}` is {stage}; ZeRO has the stages 0 to 3")


@refuses(parameters=below_1, devices=below_1, stage=no_stage, state_bytes=negative)
# --8<-- [end:training_memory_refuses]
# --8<-- [start:training_memory]
def training_memory(
    parameters: int,
    devices: int = 1,
    stage: int = 0,
    mixed: bool = True,
    state_bytes: int = 8,
) -> tuple[int, int, int]:
    """Bytes of weights, of gradients and of the optimizer on one device.

    Args:
        parameters: All that train; an integer of NumPy, too, whose products may overflow.
        devices: How many devices share the batch.
        stage: What is split over devices, of which each keeps its part: with 0 nothing, with
            1 the optimizer's numbers, with 2 gradients too, with 3 weights too. A number of
            parameters that does not divide is padded: each part is as long as the longest.
        mixed: Whether weights and gradients have 2 bytes a parameter, and the optimizer keeps
            weights in float32 besides. If not, weights and gradients have 4, and there is no
            copy.
        state_bytes: What the optimizer keeps a parameter, without a copy of weights: 8 for
            Adam's two moments in float32, 4 for momentum, 2 for Adam in 8 bits, 0 for SGD.

    Returns:
        Bytes of weights, of gradients, and of the optimizer, a copy of weights included.

    Raises:
        ValueError: `parameters` or `devices` is below 1, `state_bytes` is negative, or `stage`
            is none of 0 to 3.

    Source:
        Rajbhandari et al. (2019), ZeRO, section 3.1 and figure 1,
        https://arxiv.org/abs/1910.02054

    Example:
        The paper's model, in GB: on one device, and on each of 64 at stage 3.

        >>> sum(training_memory(7_500_000_000)) / 1e9
        120.0
        >>> sum(training_memory(7_500_000_000, devices=64, stage=3)) / 1e9
        1.875
    """
    # NumPy's integers may be too small for a product; Python's never are.
    parameters, devices = int(parameters), int(devices)
    part = -(-parameters // devices)  # rounded up
    size, master = (2, 4) if mixed else (4, 0)
    weights = size * (part if stage >= 3 else parameters)
    gradients = size * (part if stage >= 2 else parameters)
    states = (master + int(state_bytes)) * (part if stage >= 1 else parameters)
    return weights, gradients, states


# --8<-- [end:training_memory]


# --8<-- [start:activation_memory_refuses]
def other_heads(width, heads, kv_heads):
    if width % heads:
        raise ValueError(f"`heads` is {heads}, which does not divide width = {width}")
    if kv_heads is not None and heads % kv_heads:
        raise ValueError(
            f"`kv_heads` is {kv_heads}, which does not divide {heads} heads"
        )


@refuses(
    other_heads,
    **dict.fromkeys(("layers", "batch", "length", "width", "heads"), below_1),
    **{"hidden": below_1, "kv_heads": below_1},
)
# --8<-- [end:activation_memory_refuses]
# --8<-- [start:activation_memory]
def activation_memory(
    layers: int,
    batch: int,
    length: int,
    width: int,
    heads: int,
    hidden: int,
    kv_heads: int | None = None,
    gated: bool = False,
    flash: bool = True,
    dropout: bool = False,
    checkpoint: bool = False,
) -> int:
    """Bytes of what the blocks of a decoder keep for the backward pass.

    Numbers have 2 bytes. Not counted: weights, embedding, the last norm and logits, and a few
    numbers a token that norms and attention keep. Sizes may be integers of NumPy, whose products
    overflow.

    How:
        Each operation keeps its inputs: two norms and the two sublayers after them 4 width;
        attention q, k and v, and the projection after it 1 width; the feed-forward part what
        goes into its activation and into its last matrix, and if gated also the two factors.

    Args:
        layers: How many blocks, each attention and a feed-forward part with a norm before it.
        batch: Sequences of a step on one device.
        length: Tokens of a sequence.
        width: The width of the residual stream, and of queries.
        heads: How many heads of queries.
        hidden: The width inside the feed-forward part.
        kv_heads: How many heads of keys and values; None for as many as of queries.
        gated: Whether the feed-forward part is SwiGLU, of which each of four products or
            activations is kept: gate, silu(gate), up and silu(gate) * up. If not, it keeps two:
            before the activation and after.
        flash: Whether attention keeps no scores. If not, it keeps the weights of every query,
            causal or not, for all keys.
        dropout: Whether both sublayers end in dropout, whose masks have 1 byte an entry.
            Without `flash` weights are dropped, too: a mask, and the weights after dropout.
        checkpoint: Whether each block keeps its input alone and is run again in the backward
            pass, one at a time: bytes at the worst moment, when one block has all its
            activations, its input among them, and the others have their inputs.

    Raises:
        ValueError: A number is below 1, `heads` does not divide `width`, or `kv_heads` does not
            divide `heads`.

    Source:
        Korthikanti et al. (2022), Reducing Activation Recomputation in Large Transformer
        Models, section 4.1, https://arxiv.org/abs/2205.05198

    Example:
        A block of the paper, in bytes for each token and feature.

        >>> each = activation_memory(1, 1, 2048, 4096, 32, 4 * 4096, flash=False, dropout=True)
        >>> each / (2048 * 4096)
        114.0
    """
    sizes = layers, batch, length, width, heads, hidden
    layers, batch, length, width, heads, hidden = map(int, sizes)
    kv_width = width // heads * int(kv_heads or heads)
    numbers = 6 * width + 2 * kv_width + (4 if gated else 2) * hidden
    token = 2 * numbers + (2 * width if dropout else 0)
    if not flash:
        token += heads * length * (5 if dropout else 2)
    block, kept = batch * length * token, batch * length * 2 * width
    return block + (layers - 1) * (kept if checkpoint else block)


# --8<-- [end:activation_memory]
