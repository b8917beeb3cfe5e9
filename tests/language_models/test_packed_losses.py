"""Losses of packed text against Hugging Face's GPT-2 with the same weights, mask and positions."""

import numpy as np
import pytest
import torch

from answers.language_models.packed_losses import BOOK, WIDTH, packed_losses
from answers.language_models.packing import pack_sequences
from answers.transformers.gpt import load_pretrained
from tests.hugging_face import in_hugging_face


def test_agrees_with_hugging_face():
    """The NumPy weights are rounded to float16."""
    rng, text = np.random.default_rng(5), np.fromfile(BOOK, dtype=np.uint8)
    lengths, starts = rng.integers(16, 65, 6), rng.integers(0, len(text) - 64, 6)
    flat = np.concatenate([text[i : i + n] for i, n in zip(starts, lengths, strict=True)])
    packed = pack_sequences(flat.astype(int), lengths, WIDTH)
    rows, positions, mask = (torch.tensor(each) for each in packed)
    model = in_hugging_face(load_pretrained()).eval()
    labels = torch.where(positions > 0, rows, -100)
    found = packed_losses(5, 6)
    run_on = torch.arange(WIDTH).expand_as(rows)
    for name, at, sees in (
        ("block-diagonal, restart", positions, mask[:, None]),
        ("causal, run on", run_on, None),
        ("causal, restart", positions, torch.ones(WIDTH, WIDTH).tril().bool()[None, None]),
    ):
        with torch.no_grad():
            theirs = model(rows, position_ids=at, attention_mask=sees, labels=labels).loss
        assert abs(found[name] - theirs.item()) < 2e-3, name


def test_no_piece_is_refused():
    with pytest.raises(ValueError, match="pieces"):
        packed_losses(0, 0)
