"""What inference costs: bytes, FLOPs and seconds of a decoder, from its sizes alone.

Sizes are those of a Llama-style decoder: RMS norms, no biases, rotary positions. A FLOP
is one addition or one multiplication, so that a product of matrices (n, k) and (k, m)
takes 2nkm. Bytes are bytes, not GiB.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from answers.inputs import refuse_below, refuse_not_positive
from answers.inputs.contracts import refuses


def negative(number, name):
    refuse_below(0, **{name: number})


def below_1(number, name):
    refuse_below(1, **{name: number})


def no_width(bits, name):
    if not 0 < bits <= 64:
        raise ValueError(f"`{name}` is {bits}; choose more than 0 and at most 64")


# --8<-- [start:sizes_refuses]
def no_sizes(self):
    sizes = ("layers", "d_model", "heads", "kv_heads", "d_ff", "vocab")
    refuse_below(1, **{name: getattr(self, name) for name in sizes})


def no_peaks(self):
    refuse_not_positive(flops_per_second=self.flops_per_second)
    refuse_not_positive(bytes_per_second=self.bytes_per_second)
    refuse_below(0, memory_bytes=self.memory_bytes)


# --8<-- [end:sizes_refuses]
# --8<-- [start:sizes]
@dataclass(frozen=True)
class Decoder:
    """The sizes of a decoder, as its configuration file states them."""

    layers: int
    d_model: int
    heads: int
    kv_heads: int
    d_ff: int
    vocab: int
    # SwiGLU: three matrices in the feed-forward part, not two.
    gated: bool = True
    # The output layer is the embedding.
    tied: bool = False

    @refuses(no_sizes)
    def __post_init__(self): ...

    @property
    def head_size(self) -> int:
        return self.d_model // self.heads

    @property
    def matmul_params(self) -> int:
        """The weights that multiply every token: all but the embedding and the norms."""
        query_and_output = 2 * self.d_model**2
        key_and_value = 2 * self.d_model * self.kv_heads * self.head_size
        feed_forward = (3 if self.gated else 2) * self.d_model * self.d_ff
        layer = query_and_output + key_and_value + feed_forward
        return self.layers * layer + self.vocab * self.d_model

    @property
    def params(self) -> int:
        """All weights."""
        norms = (2 * self.layers + 1) * self.d_model
        embedding = 0 if self.tied else self.vocab * self.d_model
        return self.matmul_params + norms + embedding


@dataclass(frozen=True)
class Machine:
    """The peaks of a processor, from its data sheet."""

    flops_per_second: float
    bytes_per_second: float
    memory_bytes: float

    @refuses(no_peaks)
    def __post_init__(self): ...

    @property
    def ridge(self) -> float:
        """FLOPs per byte at which arithmetic and memory take equally long."""
        return self.flops_per_second / self.bytes_per_second


# --8<-- [end:sizes]

# meta-llama/Meta-Llama-3-8B and 70B, config.json.
LLAMA_3_8B = Decoder(32, 4096, 32, 8, 14336, 128256)
LLAMA_3_70B = Decoder(80, 8192, 64, 8, 28672, 128256)
# NVIDIA H100 SXM, data sheet: dense, without sparsity; bfloat16 and int8.
H100 = Machine(989e12, 3.35e12, 80e9)
H100_INT8 = Machine(1979e12, 3.35e12, 80e9)


# --8<-- [start:weight_bytes_refuses]
@refuses(params=negative, bits=no_width, group=below_1)
# --8<-- [end:weight_bytes_refuses]
# --8<-- [start:weight_bytes]
def weight_bytes(params: float, bits: float = 16, group: int | None = None) -> float:
    """The bytes of the weights: params · bits / 8, and 2 bytes of scale for a group.

    Args:
        params: How many weights.
        bits: Of each: 32, 16, 8 or 4.
        group: How many weights share a scale; None if scales are not worth counting.

    Returns:
        Bytes.

    Raises:
        ValueError: `params` is negative or not finite, `bits` is not above 0 and at most
            64, or `group` is below 1.

    Example:
        Four bits with a scale for every 128 weights are 4.125 bits.

        >>> weight_bytes(8_000_000, bits=4, group=128)
        4125000.0
    """
    return params * bits / 8 + (params / group * 2 if group else 0)


# --8<-- [end:weight_bytes]


# --8<-- [start:kv_bytes_refuses]
@refuses(tokens=negative, batch=negative, bytes_each=negative)
# --8<-- [end:kv_bytes_refuses]
# --8<-- [start:kv_bytes]
def kv_bytes(
    model: Decoder, tokens: int, batch: int = 1, bytes_each: float = 2
) -> float:
    """The bytes of the KV cache: 2 · layers · kv_heads · head_size · bytes a token.

    Times tokens, times sequences. The 2 is for keys and values. Heads that share keys
    (GQA) need one copy.

    Args:
        model: The sizes of the decoder.
        tokens: The length of each sequence.
        batch: How many sequences.
        bytes_each: Of a number: 2 for bfloat16, 1 for int8 or fp8.

    Returns:
        Bytes.

    Raises:
        ValueError: `tokens`, `batch` or `bytes_each` is negative or not finite.

    Example:
        >>> kv_bytes(LLAMA_3_8B, tokens=1)
        131072
    """
    each = 2 * model.layers * model.kv_heads * model.head_size
    return each * tokens * batch * bytes_each


# --8<-- [end:kv_bytes]


# --8<-- [start:flops_per_token_refuses]
@refuses(context=negative)
# --8<-- [end:flops_per_token_refuses]
# --8<-- [start:flops_per_token]
def flops_per_token(model: Decoder, context: int) -> int:
    """FLOPs for one more token: 2 · matmul_params + 4 · layers · context · d_model.

    A weight multiplies and adds once: 2 FLOPs. The embedding is a look-up: none. Scores
    and the mean of the values take 2 · d_model each for every earlier token and layer.
    GQA changes how many bytes of keys are read, not these FLOPs.

    Args:
        model: The sizes of the decoder.
        context: How many tokens the new one looks at, itself included.

    Returns:
        FLOPs. Norms, softmax and activations are left out.

    Raises:
        ValueError: `context` is negative.

    Example:
        >>> flops_per_token(LLAMA_3_8B, context=8192) / 1e9
        19.30428416
    """
    return 2 * model.matmul_params + attention_flops(model, context)


def attention_flops(model: Decoder, seen: int) -> int:
    """4 · layers · seen · d_model, where `seen` counts pairs of a query and a key."""
    return 4 * model.layers * int(seen) * model.d_model


# --8<-- [end:flops_per_token]


# --8<-- [start:roofline_refuses]
def no_cost(self):
    refuse_below(0, flops=self.flops, bytes=self.bytes)


def no_bytes(self):
    refuse_not_positive(bytes=self.bytes)


# --8<-- [end:roofline_refuses]
# --8<-- [start:roofline]
@dataclass(frozen=True)
class Cost:
    """The arithmetic and the memory traffic of one phase of a step."""

    flops: float
    bytes: float

    @refuses(no_cost)
    def __post_init__(self): ...

    @property
    @refuses(no_bytes)
    def intensity(self) -> float:
        """FLOPs per byte."""
        return self.flops / self.bytes


def roofline_seconds(phases: Sequence[Cost], machine: Machine) -> float:
    """The least time of a step: Σ max(FLOPs / peak, bytes / bandwidth) over its phases.

    Within a phase arithmetic and traffic overlap, so the longer decides. Phases follow
    each other: attention waits for its queries, the next product for attention. One
    maximum over the sums would let the FLOPs of one hide the bytes of another, as they
    can only where a batch is split, and its parts are in different phases.

    Args:
        phases: What runs one after the other.
        machine: What it runs on.

    Returns:
        Seconds: a lower bound for phases that do not overlap, since no kernel reaches a peak.

    Example:
        >>> machine = Machine(1e12, 1e12, 0)
        >>> roofline_seconds([Cost(flops=6e12, bytes=2e12)], machine)
        6.0
        >>> roofline_seconds([Cost(6e12, 2e12), Cost(flops=1e12, bytes=5e12)], machine)
        11.0
    """
    return sum(
        max(
            each.flops / machine.flops_per_second, each.bytes / machine.bytes_per_second
        )
        for each in phases
    )


# --8<-- [end:roofline]


# --8<-- [start:decode_phases_refuses]
@refuses(batch=negative, context=negative, kv_bits=no_width)
# --8<-- [end:decode_phases_refuses]
# --8<-- [start:decode_phases]
def decode_phases(
    model: Decoder,
    batch: int,
    context: int,
    weight_bits: float = 16,
    kv_bits: float = 16,
) -> tuple[Cost, Cost]:
    """One token for each sequence of a batch: its products with weights, its attention.

    The weights are read once for all sequences, the cache of each for itself.

    Args:
        model: The sizes of the decoder.
        batch: How many sequences.
        context: The length of each.
        weight_bits: Of a weight in memory.
        kv_bits: Of a number of the cache.

    Returns:
        Both costs. Activations stay on the chip and are left out.

    Raises:
        ValueError: `batch` or `context` is negative, or `weight_bits` or `kv_bits` is not
            above 0 and at most 64.

    Example:
        A FLOP for each byte of a weight; four for each byte of a cache, whose keys
        serve four heads, at any batch.

        >>> [round(each.intensity) for each in decode_phases(LLAMA_3_8B, 1, 1024)]
        [1, 4]
        >>> [round(each.intensity) for each in decode_phases(LLAMA_3_8B, 64, 1024)]
        [64, 4]
    """
    products = Cost(
        2 * batch * model.matmul_params,
        weight_bytes(model.matmul_params, weight_bits),
    )
    attention = Cost(
        batch * attention_flops(model, context),
        kv_bytes(model, context, batch, kv_bits / 8),
    )
    return products, attention


# --8<-- [end:decode_phases]


# --8<-- [start:prefill_phases_refuses]
@refuses(tokens=negative, batch=negative, past=negative)
# --8<-- [end:prefill_phases_refuses]
# --8<-- [start:prefill_phases]
def prefill_phases(
    model: Decoder, tokens: int, batch: int = 1, weight_bits: float = 16, past: int = 0
) -> tuple[Cost, Cost]:
    """All tokens of a prompt at once: the weights are read once for all of them.

    Token t looks at past + t tokens, so the mean context is past + (tokens + 1) / 2.

    Args:
        model: The sizes of the decoder.
        tokens: The length of each prompt, or of the chunk of it that is read now.
        batch: How many prompts.
        weight_bits: Of a weight in memory.
        past: How many tokens of each prompt have been read before.

    Returns:
        Products with weights, and attention, which writes the cache of the new tokens
        and reads that of the past, in 16 bits. The output layer is counted for every
        token; a server that asks for the last one only saves it.

    Raises:
        ValueError: `tokens`, `batch` or `past` is negative, or `weight_bits` is not above 0
            and at most 64.

    Example:
        >>> [round(each.intensity) for each in prefill_phases(LLAMA_3_8B, tokens=2048)]
        [2048, 4098]
    """
    products = Cost(
        2 * batch * tokens * model.matmul_params,
        weight_bytes(model.matmul_params, weight_bits),
    )
    seen = tokens * past + tokens * (tokens + 1) // 2
    attention = Cost(
        batch * attention_flops(model, seen), kv_bytes(model, past + tokens, batch)
    )
    return products, attention


# --8<-- [end:prefill_phases]


# --8<-- [start:largest_batch_refuses]
def no_token(context, name):
    if context < 1:
        raise ValueError(f"`context` is {context}; make it 1 or more")


@refuses(context=no_token, kv_bits=no_width)
# --8<-- [end:largest_batch_refuses]
# --8<-- [start:largest_batch]
def largest_batch(
    model: Decoder,
    machine: Machine,
    context: int,
    weight_bits: float = 16,
    kv_bits: float = 16,
) -> int:
    """How many sequences fit: what the weights leave of memory, over the KV of each.

    Args:
        model: The sizes of the decoder.
        machine: What it runs on.
        context: The length that each sequence may reach.
        weight_bits: Of a weight.
        kv_bits: Of a number of the cache.

    Returns:
        Sequences; 0 if not even the weights fit.

    Raises:
        ValueError: `context` is below 1, or `weight_bits` or `kv_bits` not above 0 and at
            most 64.

    Example:
        >>> largest_batch(LLAMA_3_8B, H100, context=8192)
        59
    """
    left = machine.memory_bytes - weight_bytes(model.params, weight_bits)
    return max(0, int(left // kv_bytes(model, context, 1, kv_bits / 8)))


# --8<-- [end:largest_batch]


# --8<-- [start:batching_curve]
def batching_curve(
    model: Decoder,
    machine: Machine,
    batches: Sequence[int],
    context: int,
    weight_bits: float = 16,
    kv_bits: float = 16,
) -> list[tuple[float, float]]:
    """What a larger batch does while decoding: seconds a step, and tokens a second.

    Args:
        model: The sizes of the decoder.
        machine: What it runs on.
        batches: Numbers of sequences.
        context: The length of each.
        weight_bits: Of a weight in memory.
        kv_bits: Of a number of the cache.

    Returns:
        For each batch: the seconds that each user waits for a token, and the tokens per
        second of all users together.

    Raises:
        ValueError: As in `decode_phases`.

    Example:
        Twice the users, and hardly more time for each:

        >>> curve = batching_curve(LLAMA_3_8B, H100, [1, 2], context=1024)
        >>> [(round(1000 * seconds, 2), round(tokens)) for seconds, tokens in curve]
        [(4.52, 221), (4.56, 439)]
    """
    curve = []
    for batch in batches:
        phases = decode_phases(model, batch, context, weight_bits, kv_bits)
        seconds = roofline_seconds(phases, machine)
        curve.append((seconds, batch / seconds))
    return curve


# --8<-- [end:batching_curve]


# --8<-- [start:tokens_per_verification_refuses]
def no_probability(acceptance, name):
    if not 0 <= acceptance <= 1:
        raise ValueError(f"`acceptance` is {acceptance}; a probability is 0 to 1")


def negative_draft(drafted, name):
    if drafted < 0:
        raise ValueError(f"`drafted` is {drafted}; draft no token or more")


@refuses(acceptance=no_probability, drafted=negative_draft)
# --8<-- [end:tokens_per_verification_refuses]
# --8<-- [start:tokens_per_verification]
def tokens_per_verification(acceptance: float, drafted: int) -> float:
    """Speculative decoding: how many tokens one pass of the large model yields on average.

    A draft of n tokens is checked in one pass. The first refusal ends it, and the large
    model's own token follows: 1 + a + a² + … + aⁿ.

    Args:
        acceptance: The probability that a drafted token is accepted, each independently.
        drafted: n, the tokens drafted.

    Returns:
        Tokens, from 1 to n + 1.

    Raises:
        ValueError: `acceptance` is not 0 to 1, or `drafted` is negative.

    Source:
        Leviathan et al. (2022), equation 1, https://arxiv.org/abs/2211.17192

    Example:
        >>> tokens_per_verification(acceptance=0.5, drafted=2)
        1.75
    """
    if acceptance in (0, 1):
        return float(1 + acceptance * drafted)
    # The sum of the series, (1 - a^(n + 1)) / (1 - a), whose numerator cancels near a = 1.
    return -math.expm1((drafted + 1) * math.log(acceptance)) / (1 - acceptance)


# --8<-- [end:tokens_per_verification]


# --8<-- [start:speculative_speedup_refuses]
@refuses(cost=negative)
# --8<-- [end:speculative_speedup_refuses]
# --8<-- [start:speculative_speedup]
def speculative_speedup(acceptance: float, drafted: int, cost: float) -> float:
    """How many times as fast decoding becomes: tokens a pass / (n · cost + 1).

    Args:
        acceptance: The probability that a drafted token is accepted, each independently.
        drafted: n, the tokens drafted.
        cost: The time of a pass of the draft model, as a part of the large model's.

    Returns:
        Below 1 it is slower. Checking n tokens is taken to cost as much as one, which
        holds for a dense model while memory decides.

    Raises:
        ValueError: `acceptance` is not 0 to 1, or `drafted` or `cost` is negative or not
            finite.

    Source:
        Leviathan et al. (2022), theorem 3.8

    Example:
        >>> speculative_speedup(acceptance=0.5, drafted=2, cost=0.25)
        1.1666666666666667
    """
    return tokens_per_verification(acceptance, drafted) / (drafted * cost + 1)


# --8<-- [end:speculative_speedup]
