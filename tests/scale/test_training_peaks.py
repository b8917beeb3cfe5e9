"""The recorded peaks: two blocks again, and what the record says of all."""

import itertools

import pytest

from answers.records.training_peaks import (
    BATCH,
    FEW,
    LAYERS,
    LENGTH,
    MODELS,
    WIDTH,
    counted,
    key,
    recorded,
    run,
)

RUNS = list(itertools.product(MODELS, (FEW, LAYERS), (False, True)))


def test_two_blocks_take_the_recorded_bytes():
    name = "Llama 3 8B"
    assert run(name, FEW, checkpoint=False) == recorded()["runs"][key(name, FEW, False)]


def test_a_peak_is_two_copies_of_the_logits_above_what_forward_left():
    assert {*recorded()["runs"]} == {key(*each) for each in RUNS}
    for each in RUNS:
        found, (_, logits, _) = recorded()["runs"][key(*each)], counted(*each)
        assert found["peak"] - found["after_forward"] == pytest.approx(2 * logits, rel=1e-3)


@pytest.mark.parametrize(("name", "more"), [("Llama 7B", 9), ("Llama 3 8B", 12)])
def test_a_block_keeps_what_is_counted_and_its_norms_in_float32(name, more):
    """Bytes a feature and token: 8 for two norms, 1 for a mask, 3 for keys that are repeated."""
    few, many = (recorded()["runs"][key(name, layers, False)] for layers in (FEW, LAYERS))
    found = (many["after_forward"] - few["after_forward"]) / (LAYERS - FEW)
    besides = (found - counted(name, 1, False)[0]) / (BATCH * LENGTH * WIDTH)
    assert besides == pytest.approx(more, abs=0.05)
    few, many = (recorded()["runs"][key(name, layers, True)] for layers in (FEW, LAYERS))
    inputs = (many["after_forward"] - few["after_forward"]) / (LAYERS - FEW)
    assert inputs == pytest.approx(BATCH * LENGTH * 2 * WIDTH, rel=0.01)
