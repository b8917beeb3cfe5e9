"""Filters, a draw and beam search beside Hugging Face and PyTorch, on one thread."""

import numpy as np
import pytest
import torch
from hugging_face import in_hugging_face
from transformers.generation import logits_process
from transformers.generation.logits_process import LogitsProcessorList

from answers.language_models.beam_search import beam_search
from answers.language_models.sampling import min_p, sample, top_k, top_p

SHAPE, ROUNDS = (16, 50_257), 20
# NumPy's partition of a row takes longer than PyTorch's topk; both sort alike for top-p.
PEERS = {
    top_k: (logits_process.TopKLogitsWarper(50), 50, 9),
    top_p: (logits_process.TopPLogitsWarper(0.9), 0.9, 2),
    min_p: (logits_process.MinPLogitsWarper(0.1), 0.1, 1),
}


def logits():
    return (3 * np.random.default_rng(0).normal(size=SHAPE)).astype(np.float32)


@pytest.mark.parametrize("function", PEERS, ids=lambda each: each.__name__)
def test_filters_beside_hugging_face(race, function):
    z, (peer, setting, ratio) = logits(), PEERS[function]
    tensor = torch.from_numpy(z)
    race(
        lambda: function(z, setting),
        ROUNDS,
        lambda: peer(None, tensor),
        "Hugging Face",
        ratio=ratio,
    )


def test_a_draw_beside_softmax_and_multinomial(race):
    z, rng = logits(), np.random.default_rng(1)
    tensor = torch.from_numpy(z)

    def ours():
        return sample(z, rng.uniform(1e-30, 1, SHAPE).astype(np.float32).clip(1e-30, 1 - 1e-7))

    race(
        ours,
        ROUNDS,
        lambda: torch.multinomial(torch.softmax(tensor, -1), 1),
        "softmax and multinomial",
        ratio=1,
    )


def test_a_batch_of_beams_beside_generate(race):
    """The search alone: both ask the same small model, without a cache."""
    from answers.transformers.gpt import GPT, GPTConfig

    torch.manual_seed(0)
    config = GPTConfig(vocab=512, context=32, width=16, heads=2, layers=1)
    model = in_hugging_face(GPT(config)).eval()
    prompts = np.random.default_rng(2).integers(512, size=(8, 4))
    tensor, mask = torch.from_numpy(prompts), torch.ones(8, 4, dtype=torch.long)

    @torch.no_grad()
    def log_probs(ids):
        return torch.log_softmax(model(torch.from_numpy(ids)).logits[:, -1], -1).numpy()

    def theirs():
        return model.generate(
            tensor,
            attention_mask=mask,
            **{"num_beams": 4, "max_new_tokens": 16, "do_sample": False, "use_cache": False},
            **{"pad_token_id": 0, "logits_processor": LogitsProcessorList()},
        )

    race(
        lambda: beam_search(log_probs, prompts, 4, 16),
        ROUNDS,
        theirs,
        "Hugging Face's generate",
        ratio=2,
    )
