"""Schedules against PyTorch's schedulers, step by step, and what holds for every one."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim import lr_scheduler

from answers.training.schedules import cosine_schedule, wsd_schedule

runs = st.integers(1, 60).flatmap(
    lambda total: st.tuples(st.just(total), st.integers(0, total - 1))
)


def rates(steps, peak, *schedulers, milestones):
    """The learning rate of each step, as PyTorch's schedulers set it."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], peak)
    made = [make(optimizer) for make in schedulers]
    schedule = lr_scheduler.SequentialLR(optimizer, made, milestones) if milestones else made[-1]
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return found


def warming(warmup):
    return lambda optimizer: lr_scheduler.LinearLR(optimizer, 1 / (warmup + 1), 1, warmup)


@pytest.mark.parametrize(("total", "warmup"), [(1, 0), (7, 0), (11, 3), (40, 39), (100, 10)])
@pytest.mark.parametrize(("peak", "floor"), [(3e-4, 0.0), (6e-4, 6e-5), (1.0, 1.0)])
def test_cosine_agrees_with_pytorch(total, warmup, peak, floor):
    def falling(optimizer):
        return lr_scheduler.CosineAnnealingLR(optimizer, total - warmup, floor)

    made = [warming(warmup), falling] if warmup else [falling]
    theirs = rates(total, peak, *made, milestones=[warmup] * (warmup > 0))
    ours = [cosine_schedule(step, total, warmup, peak, floor) for step in range(total)]
    assert ours == pytest.approx(theirs, rel=1e-10)


@pytest.mark.parametrize(("total", "warmup", "decay"), [(10, 1, 4), (20, 5, 15), (50, 7, 10)])
def test_wsd_agrees_with_pytorch(total, warmup, decay):
    peak = 0.3
    theirs = rates(
        total,
        peak,
        warming(warmup),
        lambda o: lr_scheduler.ConstantLR(o, 1.0, 1),
        lambda o: lr_scheduler.LinearLR(o, 1.0, 0.1, decay),
        milestones=[warmup, total - decay],
    )
    ours = [wsd_schedule(step, total, warmup, decay, peak, peak / 10) for step in range(total)]
    assert ours == pytest.approx(theirs, rel=1e-10)


def test_hugging_face_gives_the_first_step_rate_0_and_ours_does_not():
    from transformers.optimization import get_cosine_schedule_with_warmup

    def theirs(optimizer):
        return get_cosine_schedule_with_warmup(optimizer, 3, 12)

    found = rates(12, 1.0, theirs, milestones=[])
    assert found[0] == 0
    assert found[1] == pytest.approx(1 / 3)
    assert cosine_schedule(0, 12, 3, 1.0) == 1 / 4
    assert found[3:] == pytest.approx([cosine_schedule(s, 12, 3, 1.0) for s in range(3, 12)])


@given(runs)
def test_rates_rise_to_the_peak_once_then_fall_and_none_is_wasted(run):
    total, warmup = run
    found = [cosine_schedule(step, total, warmup, 1.0) for step in range(total)]
    assert max(found) == found[warmup] == 1
    assert found.count(1.0) == 1
    assert found[: warmup + 1] == sorted(found[: warmup + 1])
    assert found[warmup:] == sorted(found[warmup:], reverse=True)
    assert all(rate > 0 for rate in found)
    assert cosine_schedule(total, total, warmup, 1.0) == 0
    assert cosine_schedule(total + 9, total, warmup, 1.0, 0.25) == 0.25


def test_the_fall_is_half_done_midway_and_rates_keep_their_ratio_to_the_peak():
    assert cosine_schedule(60, 100, 20, 3.0, 1.0) == pytest.approx(2.0)
    for step in range(30):
        small, large = (cosine_schedule(step, 30, 4, peak) for peak in (1.0, 1e300))
        assert large == pytest.approx(1e300 * small)


def test_before_its_fall_wsd_is_the_same_for_every_length():
    short, long = (
        [wsd_schedule(step, total, 5, 10, 1.0) for step in range(40)] for total in (50, 5000)
    )
    assert short == long
    cosines = {cosine_schedule(30, total, 5, 1.0) for total in (50, 5000)}
    assert len(cosines) == 2


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ((-1, 10, 2, 1.0), "`step` is -1"),
        ((0, 10, -2, 1.0), "`warmup` is -2"),
        ((0, 10, 10, 1.0), "leave one step"),
        ((0, 0, 0, 1.0), "leave one step"),
        ((0, 10, 2, math.nan), "`peak` is nan"),
        ((0, 10, 2, 1.0, 2.0), "`floor` is 2.0, above `peak` 1.0"),
    ],
)
def test_bad_values_are_refused_in_words(given_, said):
    with pytest.raises(ValueError, match=said):
        cosine_schedule(*given_)


def test_wsd_refuses_a_fall_that_does_not_fit():
    with pytest.raises(ValueError, match="shorten one"):
        wsd_schedule(0, 10, 5, 6, 1.0)
    with pytest.raises(ValueError, match="`decay` is 0"):
        wsd_schedule(0, 10, 5, 0, 1.0)
