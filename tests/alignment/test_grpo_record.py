"""The recorded training by GRPO, begun again, and what its record must say of itself."""

import numpy as np
import pytest
import torch

from answers.records.grpo import (
    BETAS,
    GROUP,
    LENGTH,
    SEEDS,
    STEPS,
    STOP,
    draw,
    mean,
    prompts,
    recorded,
    rewards,
    tens,
    train,
)
from answers.transformers.gpt import held_out_text, load_pretrained

RUNS = recorded()["runs"]


def test_the_first_steps_see_what_was_recorded():
    _, steps = train(BETAS[1], SEEDS[0], steps=2)
    for seen, of in zip(steps, RUNS[str(BETAS[1])][str(SEEDS[0])]["first"], strict=True):
        assert seen == pytest.approx(of, abs=2e-3)
    # On policy the loss is that of the KL term alone.
    assert steps[0]["loss"] == steps[0]["k3"] == 0
    assert steps[1]["loss"] == pytest.approx(BETAS[1] * steps[1]["k3"], abs=1e-4)


def test_each_run_is_whole_and_its_tens_are_means():
    assert [*RUNS] == [*map(str, BETAS)]
    for runs in RUNS.values():
        assert [*runs] == [*map(str, SEEDS)]
        assert all(len(each["tens"]) == STEPS // 10 for each in runs.values())
    numbers = [{"reward": float(i)} for i in range(20)]
    assert tens(numbers) == [{"reward": 4.5}, {"reward": 14.5}]


def test_the_policy_learns_in_every_run_and_forgets():
    before = recorded()["before"]
    for beta in BETAS:
        assert mean(beta, "reward") > before["best of 8"] > before["reward"]
        for each in RUNS[str(beta)].values():
            assert each["reward"] > before["reward"] + 0.5
            assert each["moby_dick"] > before["moby_dick"]


def test_an_answer_ends_at_its_full_stop_and_is_rewarded_for_the_word():
    begins = prompts(GROUP, np.random.default_rng(0), part=1)
    answers, mask = draw(load_pretrained(), begins, np.random.default_rng(0))
    for ids, own in zip(answers.tolist(), mask, strict=True):
        size = ids.index(STOP) + 1 if STOP in ids else LENGTH
        assert own.tolist() == [True] * size + [False] * (LENGTH - size)
    texts = torch.tensor([list(b"a whale."), list(b"a. whale")])
    said = np.array([[True] * 8, [True, True] + [False] * 6])
    assert rewards(texts, said).tolist() == [1, 0]


def test_prompts_to_test_are_of_the_other_half():
    text, half = held_out_text().encode(), len(held_out_text().encode()) // 2
    for part, of in ((0, text[:half]), (1, text[half:])):
        for each in prompts(50, np.random.default_rng(1), part).tolist():
            assert bytes(each) in of
