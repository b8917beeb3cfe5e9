"""Days beside published runs: Llama's GPU hours, and the utilisation that torchtitan reports."""

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from answers.scale.training_cost import compute_optimal, training_time
from answers.transformers.gpt import GPT, GPTConfig

A100, H100 = 312e12, 989e12
PAPER = 406.4, 410.7, 0.34, 0.28  # as rounded there


def test_days_of_llama_7b_at_40_percent():
    assert training_time(6.74e9, 1e12, 8, A100, 0.4) == pytest.approx(468.8, abs=0.1)
    assert training_time(6.74e9, 1e12, 8, H100, 0.4) == pytest.approx(147.9, abs=0.1)


def test_agrees_with_the_run_of_llama_65b():
    """The paper: 380 tokens a second and device, 2,048 devices, 1.4 T tokens in about 21 days."""
    used = 6 * 65.2e9 * 380 / A100
    assert training_time(65.2e9, 1.4e12, 2048, A100, used) == pytest.approx(21, abs=0.25)


@pytest.mark.parametrize(
    ("sizes", "rate", "share"),
    [
        ((8_030_261_248, 32, 4096), 2904, 0.568),
        ((8_030_261_248, 32, 4096), 2973, 0.582),
        ((70_553_706_496, 80, 8192), 331, 0.517),
    ],
)
def test_agrees_with_the_utilisation_that_torchtitan_reports(sizes, rate, share):
    """Tokens a second on 64 A100, sequences of 8,192."""
    parameters, layers, width = sizes
    days = training_time(parameters, 64e9, 64, A100, share, layers, width, 8192)
    assert 1e9 / (days * 86_400) == pytest.approx(rate, rel=0.001)


def test_flops_are_those_of_pytorchs_counter():
    """Forward and backward of the guide's GPT; its table of tokens is its output layer."""
    layers, width, length = 2, 16, 12
    model = GPT(GPTConfig(61, length, layers, 2, width))
    ids = torch.zeros(1, length, dtype=torch.long)
    with (
        torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH),
        FlopCounterMode(display=False) as counter,
    ):
        model(ids).sum().backward()
    matrices = sum(p.numel() for p in model.parameters() if p.ndim == 2) - length * width
    days = training_time(matrices, length, 1, 1.0, 1.0, layers, width, length)
    assert days * 86_400 == pytest.approx(counter.get_total_flops(), rel=1e-9)


def test_a_second_forward_pass_costs_a_third():
    plain, again = (
        training_time(5e9, 1e12, 4, H100, 0.5, 7, 80, 90, checkpoint=each) for each in (False, True)
    )
    assert again == pytest.approx(plain * 4 / 3)


def test_a_budget_is_split_where_a_search_finds_the_least_loss():
    for flops, law in (
        (1e21, (482.01, 2085.43, 0.3478, 0.3658)),
        (6e23, (406.4, 410.7, 0.34, 0.28)),
    ):
        a, b, alpha, beta = law
        parameters, tokens = compute_optimal(flops, *law)
        grid = np.geomspace(1e8, 1e12, 40_001)
        losses = a / grid**alpha + b / (flops / 6 / grid) ** beta
        assert parameters == pytest.approx(grid[losses.argmin()], rel=1e-3)
        assert 6 * parameters * tokens == pytest.approx(flops)


def test_chinchilla_has_about_20_tokens_a_parameter_by_the_law_that_was_fitted_again():
    """70 billion parameters and 1.4 T tokens; by the paper's own constants it would be 93."""
    chinchilla = 6 * 70e9 * 1.4e12
    parameters, tokens = compute_optimal(chinchilla)
    assert parameters == pytest.approx(70e9, rel=0.05)
    assert tokens / parameters == pytest.approx(20, rel=0.1)
    paper = compute_optimal(chinchilla, *PAPER)
    assert paper[1] / paper[0] == pytest.approx(93, abs=0.5)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"utilisation": 40.0}, "`utilisation` is 40.0; make it a share"),
        ({"utilisation": 0.0}, "`utilisation` is 0.0"),
        ({"devices": 0}, "`devices` is 0"),
        ({"layers": -1}, "`layers` is -1"),
    ],
)
def test_bad_numbers_are_refused_in_words(change, said):
    sizes = {"parameters": 1e9, "tokens": 1e9, "devices": 8, "peak": A100, "utilisation": 0.4}
    with pytest.raises(ValueError, match=said):
        training_time(**sizes | change)
