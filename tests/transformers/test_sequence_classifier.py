"""The pool takes real tokens only; the classifier is changed by no padding, and learns."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from answers.transformers.gpt import GPT, GPTConfig
from answers.transformers.sequence_classifier import SequenceClassifier, pooled

POOLS = ("last", "mean", "first")


@pytest.fixture
def gpt():
    torch.manual_seed(0)
    return GPT(GPTConfig(vocab=13, context=24, layers=2, heads=2, width=16)).eval()


@given(
    st.lists(
        st.lists(st.booleans(), min_size=5, max_size=5).filter(any),
        min_size=1,
        max_size=4,
    )
)
def test_pooling_agrees_with_a_loop(rows):
    mask = torch.tensor(rows)
    hidden = torch.arange(mask.numel() * 2.0).reshape(*mask.shape, 2) ** 1.5
    for pool in POOLS:
        want = []
        for row, real in zip(hidden, mask, strict=True):
            kept = row[real]
            want.append({"last": kept[-1], "first": kept[0], "mean": kept.mean(0)}[pool])
        assert torch.allclose(pooled(hidden, mask, pool), torch.stack(want))


def test_in_float16_the_mean_of_many_tokens_does_not_overflow():
    hidden, mask = torch.full((1, 1000, 2), 100.0).half(), torch.ones(1, 1000, dtype=torch.bool)
    assert torch.equal(pooled(hidden, mask, "mean"), hidden[:, 0])


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("side", ["left", "right", "both"])
def test_padding_changes_nothing(gpt, pool, side):
    model = SequenceClassifier(gpt, 3, pool).eval()
    ids = torch.randint(1, 13, (2, 7))
    plain = model(ids)
    pads = {"left": (4, 0), "right": (0, 4), "both": (2, 3)}[side]
    padded = functional.pad(ids, pads, value=5)  # any token: it must not be seen
    mask = functional.pad(torch.ones_like(ids, dtype=torch.bool), pads, value=False)
    assert torch.allclose(model(padded, mask), plain, atol=1e-5)


@pytest.mark.parametrize("pool", POOLS)
def test_one_pass_forward_and_backward(gpt, pool):
    """The first loss is log(classes); whatever can have a gradient has a finite one."""
    model = SequenceClassifier(gpt, 3, pool)
    ids, labels = torch.randint(13, (6, 9)), torch.tensor([0, 1, 2, 0, 1, 2])
    mask = torch.arange(9) < torch.tensor([9, 4, 6, 2, 9, 5])[:, None]
    scores = model(ids, mask)
    assert scores.shape == (6, 3)
    loss = functional.cross_entropy(scores, labels)
    assert abs(loss.item() - 1.0986) < 0.1
    loss.backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().max() > 0, name


@pytest.mark.parametrize(("pool", "sees"), [("last", True), ("mean", True), ("first", False)])
def test_the_first_token_of_a_causal_model_has_seen_no_other(gpt, pool, sees):
    model = SequenceClassifier(gpt, 2, pool).eval()
    ids = torch.randint(1, 13, (1, 8))
    changed = ids.clone()
    changed[0, 5] = (changed[0, 5] + 1) % 13
    assert (not torch.equal(model(ids), model(changed))) == sees


def test_the_classifier_learns_which_token_a_sequence_holds(gpt):
    torch.manual_seed(1)
    ids = torch.randint(2, 13, (64, 10))
    labels = torch.arange(64) % 2
    ids[torch.arange(64), torch.randint(10, (64,))] = labels
    model = SequenceClassifier(gpt, 2, "last")
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(60):
        optimizer.zero_grad()
        functional.cross_entropy(model(ids), labels).backward()
        optimizer.step()
    assert (model(ids).argmax(1) == labels).float().mean() > 0.95


def test_a_new_head_has_small_weights_no_bias_and_reads_the_last_token(gpt):
    torch.manual_seed(2)
    model = SequenceClassifier(gpt, 50)
    assert model.pool == "last"
    assert model.head.weight.shape == (50, 16)
    assert 0.018 < model.head.weight.std() < 0.022
    assert (model.head.bias == 0).all()
    hidden, mask = torch.arange(3.0).reshape(1, 3, 1), torch.tensor([[True, True, False]])
    assert pooled(hidden, mask).item() == 1


def test_the_head_has_the_dtype_and_the_device_of_the_model(gpt):
    ids = torch.tensor([[1, 2, 3]])
    assert SequenceClassifier(gpt.double(), 3)(ids).dtype == torch.float64
    assert SequenceClassifier(gpt.to("meta"), 3).head.weight.device.type == "meta"


def test_the_given_model_is_not_changed(gpt):
    head = gpt.head
    model = SequenceClassifier(gpt, 2)
    assert gpt.head is head
    assert model.backbone.tokens.weight is not gpt.tokens.weight
    assert gpt(torch.tensor([[1, 2]])).shape == (1, 2, 13)


def test_a_sequence_of_padding_and_too_few_classes_are_refused(gpt):
    mask = torch.tensor([[True, False], [False, False]])
    with pytest.raises(ValueError, match="sequence 1 is nothing but padding"):
        pooled(torch.zeros(2, 2, 3), mask)
    with pytest.raises(ValueError, match="`classes` is 1"):
        SequenceClassifier(gpt, 1)


def test_another_pool_is_refused(gpt):
    with pytest.raises((ValueError, TypeError), match="pool"):
        pooled(torch.zeros(1, 2, 3), torch.ones(1, 2, dtype=torch.bool), "max")
    with pytest.raises((ValueError, TypeError), match="pool"):
        SequenceClassifier(gpt, 2, "max")


@pytest.mark.parametrize("pool", POOLS)
def test_a_nan_at_padding_reaches_no_vector(pool):
    hidden = torch.tensor([[[1.0], [3.0], [torch.nan]]])
    mask = torch.tensor([[True, True, False]])
    assert pooled(hidden, mask, pool).isfinite().all()
