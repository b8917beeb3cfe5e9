"""Where the memory of a training step peaks: `python -m answers.records.training_peaks`.

Whole models of Hugging Face run forward and backward in bfloat16 on fake tensors, which have
sizes and no numbers, while PyTorch's MemTracker adds up what is alive. Needs the `test` extra; it
takes minutes, and has no seed, for there are no numbers. Set JAXTYPING_DISABLE=1.
"""

import itertools
import json
import platform
from pathlib import Path

from answers.files import write
from answers.records import RECORDS
from answers.scale.memory import activation_memory

RECORD = RECORDS / "training_peaks.json"
BATCH, LENGTH, WIDTH, HEADS = 4, 2048, 4096, 32
# Hidden width, heads of keys and values, vocabulary.
MODELS = {"Llama 7B": (11008, 32, 32_000), "Llama 3 8B": (14336, 8, 128_256)}
LAYERS = 32
FEW = 2  # of a run that a test makes again


def run(name: str, layers: int, checkpoint: bool) -> dict[str, int]:
    """Bytes alive after the forward pass and at the worst moment, beside weights and gradients.

    There are gradients already, as in the second of several micro-batches.
    """
    import torch
    import transformers
    from torch._subclasses.fake_tensor import FakeTensorMode
    from torch.distributed._tools.mem_tracker import MemTracker

    hidden, kv_heads, vocab = MODELS[name]
    config = transformers.LlamaConfig(
        hidden_size=WIDTH,
        intermediate_size=hidden,
        num_attention_heads=HEADS,
        num_key_value_heads=kv_heads,
        num_hidden_layers=layers,
        vocab_size=vocab,
    )
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.bfloat16)
    try:
        with FakeTensorMode(), MemTracker() as tracker:
            model = transformers.LlamaForCausalLM(config).train()
            if checkpoint:
                model.gradient_checkpointing_enable()
            weights = sum(each.nbytes for each in model.parameters())
            for each in model.parameters():
                each.grad = torch.zeros_like(each)
            tracker.track_external(model)
            before = total(tracker, "current")
            ids = torch.zeros(BATCH, LENGTH, dtype=torch.long)
            loss = model(ids, labels=ids, use_cache=False).loss
            after = total(tracker, "current") - before
            loss.backward()
            return {
                "after_forward": after,
                "peak": total(tracker, "peak") - before,
                "weights": weights,
            }
    finally:
        torch.set_default_dtype(default)


def total(tracker, kind: str) -> int:
    (device,) = tracker.get_tracker_snapshot(kind).values()
    return device["Total"]


def counted(name: str, layers: int, checkpoint: bool) -> tuple[int, int, int]:
    """Bytes by the formula: of the blocks, of a copy of the logits in float32, and at the peak."""
    hidden, kv_heads, vocab = MODELS[name]
    sizes = layers, BATCH, LENGTH, WIDTH, HEADS, hidden, kv_heads
    blocks = activation_memory(*sizes, gated=True, checkpoint=checkpoint)
    logits = 4 * BATCH * LENGTH * vocab
    at_loss = layers * BATCH * LENGTH * 2 * WIDTH if checkpoint else blocks
    return blocks, logits, max(blocks, at_loss + 3 * logits)


def key(name: str, layers: int, checkpoint: bool) -> str:
    return f"{name}, {layers} blocks{', checkpointed' if checkpoint else ''}"


def recorded() -> dict:
    return json.loads(RECORD.read_text("utf-8"))


def table() -> str:
    """Markdown: what is counted and what was measured, in GB."""
    lines = [
        "| 8,192 tokens | Blocks | Logits, three times | Peak, counted | After forward | Peak |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name in MODELS:
        for checkpoint in (False, True):
            found = recorded()["runs"][key(name, LAYERS, checkpoint)]
            blocks, logits, peak = counted(name, LAYERS, checkpoint)
            numbers = blocks, 3 * logits, peak, found["after_forward"], found["peak"]
            cells = " | ".join(f"{number / 1e9:.1f}" for number in numbers)
            lines.append(
                f"| {name}{', checkpointed' if checkpoint else ''} | {cells} |"
            )
    return "\n".join(lines)


def main(at: Path = RECORD) -> None:
    """Run what the record lacks; what a broken run left is kept."""
    import torch
    import transformers

    found = json.loads(at.read_text("utf-8")) if at.exists() else {"runs": {}}
    found["machine"] = {
        "processor": platform.machine(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
    }
    for each in itertools.product(MODELS, (FEW, LAYERS), (False, True)):
        if key(*each) not in found["runs"]:
            found["runs"][key(*each)] = run(*each)
            print(key(*each), found["runs"][key(*each)], flush=True)
            write(at, json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
