"""Parameters, FLOPs and cache bytes of a language model, from the numbers in its configuration."""

from answers.inputs import refuse_below
from answers.inputs.contracts import refuses


def below_1(number, name):
    refuse_below(1, **{name: number})


def negative(number, name):
    refuse_below(0, **{name: number})


# --8<-- [start:count_gpt2_parameters_refuses]
@refuses(layers=below_1, d_model=below_1, vocab=below_1, context=below_1)
# --8<-- [end:count_gpt2_parameters_refuses]
# --8<-- [start:count_gpt2_parameters]
def count_gpt2_parameters(layers: int, d_model: int, vocab: int, context: int) -> int:
    """How many parameters a GPT-2 has.

    A layer has 4 d² in attention, 8 d² in a feed-forward part of width 4 d, 9 d of biases and
    4 d in two layer norms: 12 d² + 13 d. Tokens and positions are embedded by tables; the
    output layer is the tokens' table.

    Raises:
        ValueError: A number is below 1.

    Source:
        Radford et al. (2019), Language Models are Unsupervised Multitask Learners

    Example:
        >>> count_gpt2_parameters(12, 768, 50257, 1024)
        124439808
    """
    rows = vocab + context
    layer = 12 * d_model**2 + 13 * d_model
    return layers * layer + rows * d_model + 2 * d_model


# --8<-- [end:count_gpt2_parameters]


# --8<-- [start:count_parameters_refuses]
def other_heads(d_model, heads, kv_heads, head_size):
    if heads % kv_heads:
        raise ValueError(
            f"`kv_heads` is {kv_heads}, which does not divide {heads} heads"
        )
    if head_size is None and d_model % heads:
        raise ValueError(
            f"`heads` is {heads}, which does not divide d_model = {d_model}; pass `head_size`"
        )


@refuses(
    other_heads,
    **dict.fromkeys(
        ("layers", "d_model", "heads", "kv_heads", "d_ff", "vocab"), below_1
    ),
    **{"head_size": below_1, "experts": below_1},
)
# --8<-- [end:count_parameters_refuses]
# --8<-- [start:count_parameters]
def count_parameters(
    layers: int,
    d_model: int,
    heads: int,
    kv_heads: int,
    d_ff: int,
    vocab: int,
    head_size: int | None = None,
    experts: int | None = None,
    tied: bool = False,
    qk_norm: bool = False,
) -> int:
    """How many parameters a decoder of Llama's kind has: RMS norms, SwiGLU, no biases.

    Args:
        layers: How many blocks.
        d_model: The width of the residual stream.
        heads: How many heads of queries.
        kv_heads: How many heads of keys and values.
        d_ff: The hidden width of SwiGLU; with experts, of each.
        vocab: How many tokens are known.
        head_size: The features of a head; None for d_model / heads.
        experts: How many feed-forward parts stand in a layer, chosen by a router of d_model
            weights for each; None for one part and no router.
        tied: Whether the output layer is the embedding.
        qk_norm: Whether queries and keys have a norm, whose gain all heads share.

    Raises:
        ValueError: A number is below 1, `kv_heads` does not divide `heads`, or `heads` does not
            divide `d_model` and no `head_size` is given.

    Source:
        Touvron et al. (2023), LLaMA, https://arxiv.org/abs/2302.13971, and Jiang et al. (2024),
        Mixtral of Experts, https://arxiv.org/abs/2401.04088

    Example:
        Llama 3 8B.

        >>> count_parameters(32, 4096, 32, 8, 14336, 128256)
        8030261248
    """
    sizes = layers, d_model, heads, kv_heads, d_ff, vocab
    layers, d_model, heads, kv_heads, d_ff, vocab = map(int, sizes)
    head_size = int(head_size or d_model // heads)
    attention = 2 * d_model * head_size * (heads + kv_heads)  # q and o, k and v
    feed_forward = 3 * d_model * d_ff
    if experts:
        feed_forward = experts * (feed_forward + d_model)
    norms = 2 * d_model + (2 * head_size if qk_norm else 0)
    tables = vocab * d_model * (1 if tied else 2)
    return layers * (attention + feed_forward + norms) + d_model + tables


# --8<-- [end:count_parameters]


# --8<-- [start:training_flops_refuses]
@refuses(weights=negative, layers=below_1, width=below_1, tokens=below_1)
# --8<-- [end:training_flops_refuses]
# --8<-- [start:training_flops]
def training_flops(
    weights: int, layers: int, width: int, tokens: int, causal: bool = True
) -> int:
    """The FLOPs of a training step on one sequence: 6 N a token, and attention's products.

    Forward, each weight multiplies and adds once a token, 2 FLOPs. Attention makes two products
    of 2 · width FLOPs for each pair of positions. Backward
    makes 2 products for each of forward.

    Args:
        weights: N, the parameters that multiply: not norms, nor a table that is only looked up.
        layers: How many blocks.
        width: Heads times head size.
        tokens: The length of the sequence.
        causal: Whether only pairs up to the diagonal are computed: about half, tokens² / 2.

    Raises:
        ValueError: `weights` is negative, or another number is below 1.

    Source:
        Chowdhery et al. (2022), PaLM, appendix B, https://arxiv.org/abs/2204.02311

    Example:
        >>> training_flops(1000, layers=2, width=8, tokens=10, causal=False)
        79200
    """
    weights, layers, width, tokens = map(int, (weights, layers, width, tokens))
    attention = 12 * layers * width * tokens**2
    return 6 * weights * tokens + (attention // 2 if causal else attention)


# --8<-- [end:training_flops]


# --8<-- [start:cache_bytes_refuses]
@refuses(
    layers=negative,
    numbers=negative,
    tokens=negative,
    window=below_1,
    sinks=negative,
    bytes_each=below_1,
)
# --8<-- [end:cache_bytes_refuses]
# --8<-- [start:cache_bytes]
def cache_bytes(
    layers: int,
    numbers: int,
    tokens: int,
    window: int | None = None,
    sinks: int = 0,
    bytes_each: int = 2,
) -> int:
    """The bytes that a sequence keeps in the cache: layers · numbers · tokens · bytes.

    Args:
        layers: How many layers keep that much.
        numbers: What a token keeps in a layer: 2 · kv_heads · head_size, a key and a value for
            each head; with MLA the latent vector and one rotary key.
        tokens: How many tokens have been read.
        window: How many of the last ones are kept; None for all.
        sinks: How many of the first ones are kept besides.
        bytes_each: Of a number: 2 in bfloat16.

    Raises:
        ValueError: A number is negative, or `window` or `bytes_each` is below 1.

    Source:
        Shazeer (2019), https://arxiv.org/abs/1911.02150; DeepSeek-AI (2024), DeepSeek-V2,
        section 2.1, https://arxiv.org/abs/2405.04434

    Example:
        Llama 3 8B keeps 128 KiB a token.

        >>> cache_bytes(32, 2 * 8 * 128, tokens=1) // 1024
        128
    """
    kept = int(tokens if window is None else min(tokens, window + sinks))
    return layers * numbers * kept * bytes_each


# --8<-- [end:cache_bytes]
