"""Reward the guide's GPT for speaking of whales, by GRPO: `python -m answers.records.grpo`.

The GPT continues a piece of a chapter that it has not read. An answer ends at a full stop, or is
cut; its reward is 1 if it holds the word "whale". The loss and its gradient are those of
`answers.alignment.grpo`: PyTorch only carries the gradient on to the weights. Every step draws its
answers anew, so that all ratios are 1; beta times k3 may be added. One thread; it takes five
minutes. Set JAXTYPING_DISABLE=1.
"""

import argparse
import copy
import json
import platform
from pathlib import Path

import numpy as np
import torch
from torch import nn

from answers.alignment.grpo import group_advantages, grpo_loss, token_weights
from answers.files import write
from answers.records import RECORDS
from answers.transformers.gpt import GPT, held_out_text, load_pretrained
from answers.transformers.kv_cache import KVCache
from answers.transformers.train_gpt import held_out_loss, tokens

RECORD = RECORDS / "grpo.json"
STEPS, PROMPTS, GROUP, PROMPT, LENGTH, RATE = 100, 4, 8, 16, 48, 1e-4
SEEDS, BETAS = (1, 2), (0.0, 0.3)
WORD, STOP = b"whale", ord(".")


def prompts(count: int, rng: np.random.Generator, part: int) -> torch.Tensor:
    """Pieces of the text held out: of its first half to train (part 0), of its second to test."""
    text = tokens(held_out_text())
    half = len(text) // 2
    starts = part * half + rng.integers(half - PROMPT, size=count)
    return torch.stack([text[at : at + PROMPT] for at in starts])


# --8<-- [start:draw]
@torch.no_grad()
def draw(
    model: GPT, begins: torch.Tensor, rng: np.random.Generator
) -> tuple[torch.Tensor, np.ndarray]:
    """An answer to each prompt, and which of its tokens the policy drew, the full stop too."""
    cache, ids, last = KVCache(model.config, len(begins), PROMPT + LENGTH), [], begins
    for _ in range(LENGTH):
        sums = model(last, cache, last_only=True)[:, 0].double().softmax(1).cumsum(1)
        luck = torch.from_numpy(rng.random(len(begins)))[:, None]
        last = torch.searchsorted(sums, luck * sums[:, -1:])
        ids.append(last)
    answers = torch.cat(ids, dim=1)
    ended = (answers == STOP).numpy().cumsum(axis=1)
    return answers, (ended - (answers == STOP).numpy()) == 0


# --8<-- [end:draw]


def rewards(answers: torch.Tensor, mask: np.ndarray) -> np.ndarray:
    """1 for an answer that holds the word."""
    pairs = zip(answers.numpy(), mask, strict=True)
    return np.array([float(WORD in bytes(ids[m].tolist())) for ids, m in pairs])


# --8<-- [start:step]
def log_probs(model: GPT, begins: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
    """Of each token of the answers."""
    logits = model(torch.cat([begins, answers], dim=1))[:, PROMPT - 1 : -1]
    return logits.log_softmax(-1).gather(-1, answers[..., None])[..., 0]


def step(
    model: GPT,
    base: GPT,
    beta: float,
    optimizer: torch.optim.Optimizer,
    rng: np.random.Generator,
) -> dict[str, float]:
    """Draw groups of answers, and take one step."""
    begins = prompts(PROMPTS, rng, part=0).repeat_interleave(GROUP, dim=0)
    answers, mask = draw(model, begins, rng)
    won = rewards(answers, mask).reshape(PROMPTS, GROUP)
    log_prob = log_probs(model, begins, answers)
    now, a = log_prob.detach().numpy(), group_advantages(won).ravel()
    loss, gradient = grpo_loss(now, now, a, mask, "sequence")
    with torch.no_grad():
        log_r = np.where(mask, log_probs(base, begins, answers).numpy() - now, 0)
    weights = token_weights(mask, "sequence")
    k3 = (weights * (np.expm1(log_r) - log_r)).sum()
    # The derivative of r - 1 - log r at the log-probability is 1 - r.
    gradient = gradient - beta * weights * np.expm1(log_r)
    optimizer.zero_grad()
    log_prob.backward(torch.from_numpy(gradient.astype(np.float32)))
    norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    seen = {
        "reward": won.mean(),
        "loss": loss + beta * k3,
        "k3": k3,
        "gradient": norm,
        "equal": np.mean(np.ptp(won, axis=1) == 0),
        "length": mask.sum(axis=1).mean(),
    }
    return {name: round(float(value), 4) for name, value in seen.items()}


# --8<-- [end:step]


def train(
    beta: float, seed: int, steps: int = STEPS
) -> tuple[GPT, list[dict[str, float]]]:
    """The policy, and what each step saw."""
    torch.set_num_threads(1)
    base, rng = load_pretrained(), np.random.default_rng(seed)
    model = copy.deepcopy(base)
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=RATE, betas=(0.9, 0.99), weight_decay=0.0
    )
    return model, [step(model, base, beta, optimizer, rng) for _ in range(steps)]


def tested(model: GPT) -> dict:
    """Rewards on 32 prompts that no step drew, what was forgotten, and some answers."""
    begins = prompts(32, np.random.default_rng(0), part=1).repeat_interleave(
        GROUP, dim=0
    )
    answers, mask = draw(model, begins, np.random.default_rng(1))
    won = rewards(answers, mask).reshape(-1, GROUP)
    texts = [
        bytes(ids[own].tolist()).decode(errors="replace")
        for ids, own in zip(
            answers.numpy()[: 3 * GROUP : GROUP], mask[::GROUP], strict=False
        )
    ]
    return {
        "reward": round(won.mean(), 4),
        "best of 8": round(won.max(axis=1).mean(), 4),
        "length": round(mask.sum(axis=1).mean(), 2),
        "moby_dick": round(held_out_loss(model, tokens(held_out_text())), 4),
        "texts": texts,
    }


def tens(steps: list[dict[str, float]]) -> list[dict[str, float]]:
    """The mean of each ten steps."""
    groups = [steps[at : at + 10] for at in range(0, len(steps), 10)]
    return [
        {
            name: round(float(np.mean([each[name] for each in ten])), 4)
            for name in ten[0]
        }
        for ten in groups
    ]


def recorded() -> dict:
    return json.loads(RECORD.read_text("utf-8"))


def mean(beta: float, name: str) -> float:
    """Over the seeds."""
    return float(
        np.mean([each[name] for each in recorded()["runs"][str(beta)].values()])
    )


def table() -> str:
    """Markdown: what the policies do on prompts that no step drew."""
    before = recorded()["before"]
    rows = {"before": lambda name: before[name]}
    for beta in BETAS:
        rows[f"GRPO, β = {beta:g}"] = lambda name, beta=beta: mean(beta, name)
    lines = [
        '| Policy | Answers with "whale" | Groups of 8 with one | Loss on Moby-Dick |',
        "|---|---:|---:|---:|",
    ]
    for name, of in rows.items():
        shares = f"{of('reward'):.1%} | {of('best of 8'):.0%}"
        lines.append(f"| {name} | {shares} | {of('moby_dick'):.2f} |")
    return "\n".join(lines)


def answers_table() -> str:
    """Markdown: one answer to each of three prompts, of the first seed."""
    found = recorded()
    rows = {"before": found["before"]["texts"]}
    for beta in BETAS:
        rows[f"β = {beta:g}"] = found["runs"][str(beta)][str(SEEDS[0])]["texts"]
    lines = ["| Policy | " + " | ".join(("First", "Second", "Third")) + " |"]
    lines.append("|---|---|---|---|")
    for name, texts in rows.items():
        shown = (" ".join(each.replace("|", " ").split()) for each in texts)
        lines.append(f"| {name} | " + " | ".join(f"`{each}`" for each in shown) + " |")
    return "\n".join(lines)


def main(at: Path = RECORD) -> None:
    """Train with each beta and seed, and write the record; what a broken run left is kept."""
    found = json.loads(at.read_text("utf-8")) if at.exists() else {}
    found.setdefault(
        "machine", {"processor": platform.machine(), "torch": torch.__version__}
    )
    found.setdefault("before", tested(load_pretrained()))
    runs = found.setdefault("runs", {str(beta): {} for beta in BETAS})
    for seed in SEEDS:
        for beta in BETAS:
            if str(seed) not in runs[str(beta)]:
                model, steps = train(beta, seed)
                kept = {"first": steps[:2], "tens": tens(steps), **tested(model)}
                runs[str(beta)][str(seed)] = kept
                print(beta, seed, kept, flush=True)
                write(at, json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    main()
