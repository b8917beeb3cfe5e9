"""What a server weighs: caches that are smaller by design, chunks of prompts, many devices.

It goes on where `inference_costs` ends, with the same units: bytes, FLOPs and seconds.
"""

from dataclasses import dataclass

from answers.inputs.contracts import refuses
from answers.transformers.inference_costs import (
    Cost,
    Decoder,
    decode_phases,
    kv_bytes,
    negative,
    prefill_phases,
)


# --8<-- [start:latent_bytes_refuses]
@refuses(layers=negative, rank=negative, rotary=negative, bytes_each=negative)
# --8<-- [end:latent_bytes_refuses]
# --8<-- [start:latent_bytes]
def latent_bytes(layers: int, rank: int, rotary: int, bytes_each: float = 2) -> float:
    """The cache of a token under multi-head latent attention: layers · (rank + rotary).

    Keys and values of all heads are products of one latent vector, and only that is
    kept, with one rotated key of `rotary` numbers that all heads share.

    Raises:
        ValueError: A number is negative or not finite.

    Source:
        DeepSeek-AI (2024), DeepSeek-V2, section 2.1.4, https://arxiv.org/abs/2405.04434

    Example:
        DeepSeek-V3, in KiB for each token:

        >>> latent_bytes(layers=61, rank=512, rotary=64) / 1024
        68.625
    """
    return layers * (rank + rotary) * bytes_each


# --8<-- [end:latent_bytes]


# --8<-- [start:window_bytes_refuses]
@refuses(tokens=negative, window=negative, sinks=negative)
# --8<-- [end:window_bytes_refuses]
# --8<-- [start:window_bytes]
def window_bytes(model: Decoder, tokens: int, window: int, sinks: int = 0) -> float:
    """The cache of a sequence whose layers keep the last `window` tokens and the first few.

    Args:
        model: The sizes of the decoder.
        tokens: The length of the sequence.
        window: How many of the last tokens are kept.
        sinks: How many of the first are kept besides.

    Raises:
        ValueError: `tokens`, `window` or `sinks` is negative.

    Example:
        >>> from answers.transformers.inference_costs import LLAMA_3_8B
        >>> window_bytes(LLAMA_3_8B, 100_000, window=1020, sinks=4) / 2**20
        128.0
    """
    return kv_bytes(model, min(tokens, window + sinks))


# --8<-- [end:window_bytes]


# --8<-- [start:mixed]
def mixed_phases(
    model: Decoder, batch: int, context: int, chunk: int, past: int
) -> tuple[Cost, ...]:
    """A step that decodes a batch and reads a chunk of a new prompt: chunked prefill.

    The products take all tokens together, and so read the weights once.

    Args:
        model: The sizes of the decoder, in 16 bits.
        batch: Sequences that get a token each.
        context: The length of each.
        chunk: Tokens of the prompt that are read now.
        past: How many of its tokens have been read before.

    Returns:
        All products with weights; attention of the batch; attention of the chunk.

    Source:
        Agrawal et al. (2023), section 4, https://arxiv.org/abs/2308.16369

    Example:
        >>> from answers.transformers.inference_costs import LLAMA_3_8B
        >>> phases = mixed_phases(LLAMA_3_8B, 64, 1024, chunk=448, past=0)
        >>> [round(phase.intensity) for phase in phases]
        [512, 4, 898]
    """
    products, decoding = decode_phases(model, batch, context)
    more, reading = prefill_phases(model, chunk, past=past)
    return Cost(products.flops + more.flops, products.bytes), decoding, reading


# --8<-- [end:mixed]


# --8<-- [start:devices]
@dataclass(frozen=True)
class Share:
    """What one device holds, and what it sends for a token."""

    weights: float
    kv_of_a_token: float
    sent_of_a_token: float


# --8<-- [end:devices]


# --8<-- [start:share_refuses]
def unequal_shares(model, tensor, pipeline):
    if min(tensor, pipeline) < 1 or model.layers % pipeline or model.heads % tensor:
        raise ValueError(
            f"{model.layers} layers in {pipeline} stages, {model.heads} heads on {tensor} "
            "devices: choose divisors of 1 or more"
        )


@refuses(unequal_shares)
# --8<-- [end:share_refuses]
# --8<-- [start:share]
def share(model: Decoder, tensor: int = 1, pipeline: int = 1) -> Share:
    """What each of tensor · pipeline devices holds of a decoder in 16 bits.

    Tensor parallel: the matrices are cut, so each layer ends its two halves with an
    all-reduce of d_model numbers; in a ring a device sends 2 (t - 1) / t of them.
    Pipeline parallel: each device has some of the layers, and sends d_model numbers on.

    Args:
        model: The sizes of the decoder.
        tensor: How many devices share each matrix. A KV head is not cut: with more
            devices than KV heads, several keep a copy of the same one.
        pipeline: How many stages of equal size.

    Returns:
        Bytes. Embedding and output layer are counted as if they were spread evenly, and so
        are the weights of KV heads, of which several devices may hold a copy.

    Raises:
        ValueError: Layers, or heads, cannot be shared equally, or a number is below 1.

    Source:
        Shoeybi et al. (2019), section 3, https://arxiv.org/abs/1909.08053

    Example:
        >>> from answers.transformers.inference_costs import LLAMA_3_70B
        >>> part = share(LLAMA_3_70B, tensor=8)
        >>> round(part.weights / 1e9, 1), part.kv_of_a_token, part.sent_of_a_token
        (17.6, 40960.0, 4587520.0)
    """
    layers, heads = model.layers // pipeline, -(-model.kv_heads // tensor)
    reduced = 2 * layers * 2 * (tensor - 1) / tensor * model.d_model
    handed_on = model.d_model if pipeline > 1 else 0
    return Share(
        weights=2 * model.params / tensor / pipeline,
        kv_of_a_token=2.0 * layers * heads * model.head_size * 2,
        sent_of_a_token=2 * (reduced + handed_on),
    )


# --8<-- [end:share]


# --8<-- [start:mixture]
@dataclass(frozen=True)
class Mixture:
    """A decoder whose feed-forward parts are `experts`; each token goes to `chosen` of them."""

    dense: Decoder
    experts: int
    chosen: int

    def params_with(self, experts: float) -> float:
        """The weights with this many experts in each layer, and the routers."""
        model = self.dense
        expert = (3 if model.gated else 2) * model.d_model * model.d_ff
        router = model.d_model * self.experts
        return model.params + model.layers * ((experts - 1) * expert + router)

    def experts_read(self, tokens: int) -> float:
        """How many experts of a layer `tokens` tokens choose between them, on average.

        experts · (1 - (1 - chosen / experts)^tokens), if tokens choose uniformly and
        independently.
        """
        return self.experts * (1 - (1 - self.chosen / self.experts) ** tokens)


# mistralai/Mixtral-8x7B-v0.1, config.json.
MIXTRAL_8X7B = Mixture(Decoder(32, 4096, 32, 8, 14336, 32000), experts=8, chosen=2)
# --8<-- [end:mixture]
