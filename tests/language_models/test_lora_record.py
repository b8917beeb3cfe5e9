"""The recorded fine-tuning, begun again, and what its record must say of itself."""

import numpy as np
import pytest
import torch

from answers.records.lora import (
    RATES,
    SEEDS,
    WAYS,
    begin,
    finetune,
    in_bfloat16,
    in_nf4,
    layers,
    rank_of,
    ranks,
    recorded,
    source,
)
from answers.transformers.gpt import load_pretrained


@pytest.fixture(scope="module")
def base():
    return load_pretrained()


@pytest.mark.parametrize("way", WAYS)
def test_the_first_steps_have_the_recorded_losses(base, way):
    of = recorded()["ways"][way]
    model = begin(base, way, SEEDS[0])
    losses = finetune(model, source()[0], of["rate"], SEEDS[0], steps=3)
    assert losses == pytest.approx(of["runs"][str(SEEDS[0])]["first"][:3], abs=2e-3)
    assert of["parameters"] == sum(p.numel() for p in model.parameters() if p.requires_grad)
    trained = {name for name, p in model.named_parameters() if p.requires_grad}
    before = dict(base.named_parameters())
    for name, p in model.named_parameters():
        old = before.get(name.replace(".layer.", "."))
        assert old is None or torch.equal(p, old) != (name in trained)
    if WAYS[way][0]:
        assert max(ranks(base, model)) <= WAYS[way][0]


def test_each_way_has_its_best_rate_which_is_no_end_of_the_grid():
    for of in recorded()["ways"].values():
        assert of["rate"] == min(RATES, key=lambda rate: of["tuning"][str(rate)]["python"])
        assert of["rate"] not in (RATES[0], RATES[-1])
        assert {*of["runs"]} == {*map(str, SEEDS)}


def test_the_rank_of_an_update_is_counted_in_singular_values():
    q, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(5, 5)))
    assert rank_of(q @ np.diag([3.0, 0.9, 0.3, 0, 0])) == 1  # 9 of 9.9
    assert rank_of(q @ np.diag([3.0, 1.1, 0.3, 0, 0])) == 2  # 9 of 10.3, 10.21 of 10.3
    assert rank_of(q) == 5


def test_few_bits_are_few_numbers(base):
    name = next(iter(layers(base)))
    halves = layers(in_bfloat16(base))[name]
    assert not (halves.view(np.uint32) & 0xFFFF).any()
    block = layers(in_nf4(base))[name][0, :64]
    assert len({*block}) <= 16
    assert np.corrcoef(block, layers(base)[name][0, :64])[0, 1] > 0.98


def test_adapters_work_beside_few_bits_and_lose_when_merged_into_4():
    low = recorded()["low"]
    for losses in low.values():
        assert losses["beside"] < losses["without"] - 2
        assert losses["merged in float32"] == pytest.approx(losses["beside"], abs=2e-4)
    assert low["NF4"]["merged and rounded"] > low["NF4"]["beside"] + 0.01
    assert low["bfloat16"]["merged and rounded"] == pytest.approx(
        low["bfloat16"]["beside"], abs=1e-3
    )
