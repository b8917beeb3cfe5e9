"""Fine-tune the guide's GPT on source code, whole and by LoRA: `python -m answers.records.lora`.

The GPT has read Moby-Dick alone. Now it learns Python: source of this package, frozen in
`lora_source.txt.gz` by `python -m answers.records.lora --freeze`, so that a run of today reads
what the recorded one read. Each way to train gets the same steps, batches and schedule, and its
own best learning rate of one grid, chosen with seed 0. What is reported has seeds 1, 2 and 3.
One thread; it takes an hour. Set JAXTYPING_DISABLE=1.
"""

import argparse
import copy
import gzip
import json
import platform
from pathlib import Path

import numpy as np
import torch
from torch import nn

from answers.files import write
from answers.language_models.lora_torch import add_lora, merge, replaced
from answers.language_models.nf4 import NF4, nf4_dequantize, nf4_quantize
from answers.records import RECORDS
from answers.transformers.gpt import (
    GPT,
    held_out_text,
    load_pretrained,
    next_token_loss_torch,
)
from answers.transformers.train_gpt import held_out_loss, tokens, windows

RECORD, SOURCE = RECORDS / "lora.json", RECORDS / "lora_source.txt.gz"
STEPS, BATCH, LENGTH, WARM_UP, ALPHA = 300, 4, 128, 20, 16
RATES = (3e-4, 1e-3, 3e-3, 1e-2, 3e-2)
SEEDS = (1, 2, 3)
ATTENTION, MLP = ("attention.qkv", "attention.out"), ("mlp.0", "mlp.2")
# Rank 8 in all layers and 21 in those of attention have nearly as many parameters. A rank of
# None trains the layers' own weights.
WAYS = {
    "all weights": (None, ("",)),
    "weights of linear layers": (None, (*ATTENTION, *MLP)),
    "LoRA, r = 8, all layers": (8, (*ATTENTION, *MLP)),
    "LoRA, r = 1, all layers": (1, (*ATTENTION, *MLP)),
    "LoRA, r = 21, attention only": (21, ATTENTION),
}
FIRST = "LoRA, r = 8, all layers"


def freeze() -> None:
    """Keep the source of four rooms as it is today, the held-out tenth of the files last."""
    rooms = ("networks", "probability", "training", "transformers")
    files = [f for room in rooms for f in sorted((RECORDS.parent / room).glob("*.py"))]
    held_out = files[5::10]
    texts = [
        f.read_text("utf-8")
        for f in (*(f for f in files if f not in held_out), *held_out)
    ]
    sizes = [sum(map(len, texts[: -len(held_out)]))]
    write(SOURCE, gzip.compress(f"{sizes[0]}\n{''.join(texts)}".encode(), 9, mtime=0))


def source() -> tuple[torch.Tensor, torch.Tensor]:
    """The bytes to train on, and those held out."""
    size, _, text = gzip.decompress(SOURCE.read_bytes()).decode().partition("\n")
    return tokens(text[: int(size)]), tokens(text[int(size) :])


# --8<-- [start:finetune]
def finetune(
    model: nn.Module, text: torch.Tensor, rate: float, seed: int, steps: int = STEPS
) -> list[float]:
    """Train what is not frozen, in place; the loss of each step."""
    draw = torch.Generator().manual_seed(seed)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, betas=(0.9, 0.99), weight_decay=0.0)
    losses = []
    for step in range(steps):
        share = min((step + 1) / WARM_UP, (STEPS - step) / (STEPS - WARM_UP))
        optimizer.param_groups[0]["lr"] = rate * share
        starts = torch.randint(len(text) - LENGTH, (BATCH,), generator=draw)
        ids = windows(text, starts, LENGTH)
        loss = next_token_loss_torch(model(ids), ids)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        losses.append(loss.item())
    return losses


# --8<-- [end:finetune]


def begin(base: GPT, way: str, seed: int) -> nn.Module:
    """A copy of the GPT, ready to be trained that way."""
    torch.manual_seed(seed)
    rank, names = WAYS[way]
    if rank:
        return add_lora(base, rank, ALPHA, names)
    model = copy.deepcopy(base).requires_grad_(False)
    for name, parameter in model.named_parameters():
        whole = names == ("",) or name.removesuffix(".weight").endswith(names)
        parameter.requires_grad_(whole)
    return model


def losses_of(model: nn.Module) -> dict[str, float]:
    """Nats a byte held out: of the new text, and of the one that the GPT learned first."""
    _, python = source()
    texts = {"python": python, "moby_dick": tokens(held_out_text())}
    return {name: round(held_out_loss(model, each), 4) for name, each in texts.items()}


def run(base: GPT, way: str, rate: float, seed: int) -> tuple[nn.Module, dict]:
    """The trained model, and what is recorded of it."""
    model = begin(base, way, seed)
    first = finetune(model, source()[0], rate, seed)[:5]
    return model, {"first": [round(loss, 4) for loss in first], **losses_of(model)}


# --8<-- [start:ranks]
def layers(model: nn.Module) -> dict[str, np.ndarray]:
    """The weights of the linear layers that LoRA may adapt."""
    return {
        name: layer.weight.detach().numpy()
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Linear) and name != "head"
    }


def rank_of(update: np.ndarray, share: float = 0.9) -> int:
    """How many singular values hold that share of the squares."""
    squares = np.linalg.svd(update, compute_uv=False) ** 2
    return int(np.searchsorted(np.cumsum(squares) / squares.sum(), share) + 1)


def ranks(base: nn.Module, trained: nn.Module) -> list[int]:
    """Of what training added to each layer's weights, where it added anything."""
    before, after = layers(base), layers(merge(trained))
    updates = (after[name] - before[name] for name in after)
    return [rank_of(update) for update in updates if update.any()]


# --8<-- [end:ranks]


def in_nf4(model: nn.Module) -> nn.Module:
    """A copy whose linear layers, but for the output layer, hold numbers of NF4 alone."""

    def rounded(layer, name):
        if name == "head":
            return None
        layer = copy.deepcopy(layer)
        w = layer.weight.detach().numpy()
        layer.weight.data = torch.from_numpy(nf4_dequantize(*nf4_quantize(w, NF4), NF4))
        return layer

    return replaced(model, nn.Linear, rounded)


def in_bfloat16(model: nn.Module) -> nn.Module:
    """A copy whose linear layers, but for the output layer, hold numbers of bfloat16 alone."""
    model = copy.deepcopy(model)
    for name, layer in model.named_modules():
        if isinstance(layer, nn.Linear) and name != "head":
            layer.weight.data = layer.weight.data.bfloat16().float()
    return model


def merged_low(base: GPT, rate: float, seed: int) -> dict[str, dict[str, float]]:
    """Losses of adapters beside weights of few bits, and merged into them."""
    found = {}
    for name, low in (("bfloat16", in_bfloat16), ("NF4", in_nf4)):
        small = low(base)
        model = begin(small, FIRST, seed)
        finetune(model, source()[0], rate, seed)
        found[name] = {
            "without": losses_of(small)["python"],
            "beside": losses_of(model)["python"],
            "merged in float32": losses_of(merge(model))["python"],
            "merged and rounded": losses_of(low(merge(model)))["python"],
        }
    return found


def recorded() -> dict:
    return json.loads(RECORD.read_text("utf-8"))


def mean(way: dict, name: str) -> float:
    """Over the reported seeds."""
    return float(np.mean([each[name] for each in way["runs"].values()]))


def table() -> str:
    """Markdown: what each way trains, its rate, and both losses."""
    found = recorded()
    before = found["before"]
    lines = [
        "| What trains | Numbers | Best rate | Python | Moby-Dick |",
        "|---|---:|---:|---:|---:|",
        f"| nothing | 0 | | {before['python']:.2f} | {before['moby_dick']:.2f} |",
    ]
    for name, way in found["ways"].items():
        losses = (f"{mean(way, text):.2f}" for text in ("python", "moby_dick"))
        cells = name, f"{way['parameters']:,}", f"{way['rate']:g}", *losses
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def tuning_table() -> str:
    """Markdown: both losses at each rate, of the seed that tunes."""
    lines = [
        "| What trains | " + " | ".join(f"{rate:g}" for rate in RATES) + " |",
        "|---|" + "---:|" * len(RATES),
    ]
    for name, way in recorded()["ways"].items():
        runs = (way["tuning"][str(rate)] for rate in RATES)
        cells = (f"{each['python']:.2f}, {each['moby_dick']:.2f}" for each in runs)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def merged_table() -> str:
    """Markdown: the loss on Python of weights of few bits, without and with an adapter."""
    found = recorded()["low"]
    names = list(next(iter(found.values())))
    lines = [
        "| Frozen weights | " + " | ".join(names) + " |",
        "|---|" + "---:|" * len(names),
    ]
    for kind, losses in found.items():
        cells = " | ".join(f"{losses[name]:.3f}" for name in names)
        lines.append(f"| {kind} | {cells} |")
    return "\n".join(lines)


def main(at: Path = RECORD) -> None:
    """Train every way at every rate, and write the record; what a broken run left is kept."""
    torch.set_num_threads(1)
    base = load_pretrained()
    found = json.loads(at.read_text("utf-8")) if at.exists() else {}
    found.setdefault(
        "machine", {"processor": platform.machine(), "torch": torch.__version__}
    )
    found.setdefault("before", losses_of(base))
    ways = found.setdefault("ways", {way: {"tuning": {}, "runs": {}} for way in WAYS})
    for way, of in ways.items():
        model = begin(base, way, 0)
        of["parameters"] = sum(p.numel() for p in model.parameters() if p.requires_grad)
        for rate in RATES:
            if str(rate) not in of["tuning"]:
                of["tuning"][str(rate)] = run(base, way, rate, 0)[1]
                print(way, rate, of["tuning"][str(rate)], flush=True)
                write(at, json.dumps(found, indent=1) + "\n")
        of["rate"] = min(RATES, key=lambda rate: of["tuning"][str(rate)]["python"])
        for seed in SEEDS:
            if str(seed) not in of["runs"]:
                model, facts = run(base, way, of["rate"], seed)
                of["runs"][str(seed)] = facts | {"ranks": ranks(base, model)}
                print(way, seed, facts, flush=True)
                write(at, json.dumps(found, indent=1) + "\n")
    if "low" not in found:
        found["low"] = merged_low(base, ways[FIRST]["rate"], SEEDS[0])
        write(at, json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--freeze", action="store_true", help="keep today's source instead"
    )
    freeze() if parser.parse_args().freeze else main()
