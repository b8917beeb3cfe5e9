"""The GPT against Hugging Face's GPT-2 and Llama's rotation, and its trained weights."""

import json

import numpy as np
import pytest
import torch
from hugging_face import in_gpt_neox, in_hugging_face
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from answers.transformers import gpt, train_gpt
from answers.transformers.gpt import (
    GPT,
    WEIGHTS,
    GPTConfig,
    decode,
    encode,
    held_out_text,
    load_pretrained,
    next_token_loss_torch,
    token_positions,
    visible,
)
from answers.transformers.kv_cache import KVCache, generate

SMALL = {"vocab": 31, "context": 24, "layers": 2, "heads": 3, "width": 18}


def small(dtype=torch.float64, seed=0, **changes):
    """A small model whose weights are large enough for every part to matter."""
    torch.manual_seed(seed)
    model = GPT(GPTConfig(**{**SMALL, **changes})).to(dtype).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.3)
    return model


def tokens(*shape, vocab=31, seed=1):
    return torch.randint(vocab, shape, generator=torch.Generator().manual_seed(seed))


# Against Hugging Face


@torch.no_grad()
def test_the_trained_weights_in_hugging_faces_gpt2_give_the_same_logits_to_1e_5():
    model = load_pretrained()
    ids = encode(held_out_text())[:, : 3 * 256].view(3, 256)
    theirs = in_hugging_face(model)(ids).logits
    torch.testing.assert_close(model(ids), theirs, rtol=0, atol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize("use_cache", [True, False])
def test_the_trained_weights_in_hugging_faces_gpt2_give_the_same_greedy_tokens(
    use_cache,
):
    model = load_pretrained()
    ids = encode("The white whale ")
    theirs = in_hugging_face(model).generate(
        ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=200,
        do_sample=False,
        use_cache=use_cache,
        pad_token_id=0,
    )
    assert torch.equal(generate(model, ids, 200, use_cache), theirs)


@torch.no_grad()
def test_logits_agree_with_hugging_face_to_1e_12_in_float64():
    model, ids = small(), tokens(5, 17)
    theirs = in_hugging_face(model)(ids).logits
    torch.testing.assert_close(model(ids), theirs, rtol=0, atol=1e-12)


def test_gradients_agree_with_hugging_face_to_1e_12_in_float64():
    model, ids = small(), tokens(5, 17)
    theirs = in_hugging_face(model)
    loss = next_token_loss_torch(model(ids), ids)
    logits = theirs(ids).logits
    expected = functional.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten())
    torch.testing.assert_close(loss, expected, rtol=1e-12, atol=0)
    loss.backward()
    expected.backward()
    expected = theirs.transformer.wpe.weight.grad
    torch.testing.assert_close(model.positions.weight.grad, expected, rtol=0, atol=1e-12)
    expected = theirs.transformer.wte.weight.grad
    torch.testing.assert_close(model.tokens.weight.grad, expected, rtol=0, atol=1e-12)


@torch.no_grad()
def test_padding_on_the_left_agrees_with_hugging_face_given_its_positions():
    model, ids = small(), tokens(3, 11)
    mask = torch.arange(11) >= torch.tensor([[0], [4], [9]])
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    theirs = in_hugging_face(model)(ids, attention_mask=mask.long(), position_ids=positions).logits
    torch.testing.assert_close(model(ids, mask=mask)[mask], theirs[mask], rtol=0, atol=1e-12)


@torch.no_grad()
def test_given_positions_agree_with_hugging_face():
    model, ids = small(), tokens(2, 9)
    positions = torch.tensor([[0, 2, 3, 7, 8, 9, 10, 11, 15]])
    theirs = in_hugging_face(model)(ids, position_ids=positions.expand(2, -1)).logits
    torch.testing.assert_close(model(ids, positions=positions), theirs, rtol=0, atol=1e-12)


def test_rotation_agrees_with_hugging_faces_llama():
    from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

    q = torch.randn(2, 3, 5, 8, dtype=torch.float64)
    k = torch.randn(2, 3, 5, 8, dtype=torch.float64)
    positions = torch.tensor([[0, 1, 2, 3, 4], [7, 8, 9, 10, 11]])
    turn = gpt.turns(positions, 8)
    frequencies = 10_000.0 ** (-torch.arange(0, 8, 2, dtype=torch.float64) / 8)
    angles = torch.cat([positions[..., None] * frequencies] * 2, dim=-1)
    for ours, theirs in zip(
        (gpt.rotate(q, *turn), gpt.rotate(k, *turn)),
        apply_rotary_pos_emb(q, k, angles.cos(), angles.sin()),
        strict=True,
    ):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)


@torch.no_grad()
def test_rotary_logits_agree_with_hugging_faces_gpt_neox():
    """Their angles are in float32, whatever the model."""
    model, ids = small(rotary=True), tokens(5, 17)
    positions = torch.tensor([[0, 2, 3, 7, 8, 9, 10, 11, 15, 16, 17, 18, 19, 20, 21, 22, 23]])
    theirs = in_gpt_neox(model)
    for at in (None, positions):
        ours = model(ids, positions=at)
        expected = theirs(ids, position_ids=at).logits
        torch.testing.assert_close(ours, expected, rtol=0, atol=1e-5)


def test_hugging_face_shifts_the_labels_itself_and_has_the_same_loss():
    model, ids = small(), tokens(5, 17)
    theirs = in_hugging_face(model)(ids, labels=ids).loss  # in float32, whatever the model
    assert next_token_loss_torch(model(ids), ids).item() == pytest.approx(theirs.item(), rel=1e-6)


# Rotary positions


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 500), st.integers(0, 99))
def test_the_product_of_rotated_vectors_depends_on_their_distance_only(p, q, shift, seed):
    generator = torch.Generator().manual_seed(seed)
    a, b = torch.randn(2, 1, 1, 1, 10, dtype=torch.float64, generator=generator).unbind()

    def product(at_a, at_b):
        first = gpt.rotate(a, *gpt.turns(torch.tensor([[at_a]]), 10))
        second = gpt.rotate(b, *gpt.turns(torch.tensor([[at_b]]), 10))
        return (first * second).sum().item()

    assert product(p, q) == pytest.approx(product(p + shift, q + shift), abs=1e-10)


def test_rotation_changes_no_length_and_position_0_changes_nothing():
    x = torch.randn(2, 3, 4, 6, dtype=torch.float64)
    turned = gpt.rotate(x, *gpt.turns(torch.arange(4)[None], 6))
    torch.testing.assert_close(turned.norm(dim=-1), x.norm(dim=-1))
    assert torch.equal(turned[:, :, 0], x[:, :, 0])


@torch.no_grad()
def test_a_rotary_model_reads_beyond_its_context():
    model = small(rotary=True)
    assert model.positions is None
    assert model(tokens(1, 40)).shape == (1, 40, 31)


def test_rotation_keeps_the_type():
    turn = gpt.turns(torch.arange(4)[None], 6)
    for dtype in (torch.float32, torch.bfloat16):
        assert gpt.rotate(torch.ones(1, 1, 4, 6, dtype=dtype), *turn).dtype == dtype


# What a token may see


@torch.no_grad()
@pytest.mark.parametrize("rotary", [False, True])
@pytest.mark.parametrize("padding", [0, 3])
def test_chunks_with_a_cache_give_the_logits_of_the_whole(rotary, padding):
    model, ids = small(rotary=rotary), tokens(2, 11)
    mask = torch.arange(11) >= torch.tensor([[0], [padding]])
    cache = KVCache(model.config, 2, dtype=torch.float64)
    read = [
        model(part, cache, real)
        for part, real in zip(ids.split([1, 2, 5, 3], 1), mask.split([1, 2, 5, 3], 1), strict=True)
    ]
    whole = model(ids, mask=mask)
    torch.testing.assert_close(torch.cat(read, 1)[mask], whole[mask], rtol=0, atol=1e-12)


@torch.no_grad()
def test_the_last_logits_alone_are_the_last_of_all():
    model, ids = small(), tokens(2, 9)
    last = model(ids, last_only=True)
    torch.testing.assert_close(last, model(ids)[:, -1:], rtol=0, atol=1e-12)


def test_masks_and_positions_are_where_the_tokens_are():
    """On the device without data, for want of another one."""
    meta = torch.device("meta")
    real = torch.ones(2, 5, dtype=torch.bool, device=meta)
    assert visible(2, 3, real).device == meta
    for mask in (None, real):
        positions = token_positions(2, 3, mask, meta)
        assert positions.device == meta
        assert {each.device for each in gpt.turns(positions, 6)} == {meta}


@torch.no_grad()
@pytest.mark.parametrize("rotary", [False, True])
@pytest.mark.parametrize("at", [0, 5, 10])
def test_a_changed_token_changes_no_earlier_logits_and_its_own(rotary, at):
    model, ids = small(rotary=rotary), tokens(2, 11)
    other = ids.clone()
    other[:, at] = (ids[:, at] + 1) % 31
    moved = (model(ids) - model(other)).abs().amax(dim=(0, 2))
    assert moved[:at].eq(0).all()
    assert moved[at:].gt(1e-6).all()


@torch.no_grad()
@pytest.mark.parametrize("rotary", [False, True])
def test_positions_matter(rotary):
    """Swap two earlier tokens: without positions the last logits of one layer would not notice."""
    model, ids = small(rotary=rotary, layers=1), tokens(1, 9)
    swapped = ids[:, [1, 0, *range(2, 9)]]
    assert (model(ids) - model(swapped))[:, -1].abs().max() > 1e-3


@torch.no_grad()
@settings(max_examples=30)
@given(st.integers(0, 9), st.integers(0, 9), st.booleans())
def test_padding_on_either_side_changes_no_real_logits(left, right, rotary):
    model, ids = small(rotary=rotary), tokens(1, 5)
    padded = functional.pad(ids, (left, right), value=30)
    mask = torch.zeros_like(padded, dtype=torch.bool)
    mask[:, left : left + 5] = True
    torch.testing.assert_close(model(padded, mask=mask)[mask], model(ids)[0], rtol=0, atol=1e-12)


@torch.no_grad()
def test_an_all_true_mask_changes_nothing():
    model, ids = small(), tokens(2, 9)
    mask = torch.ones_like(ids, dtype=torch.bool)
    torch.testing.assert_close(model(ids, mask=mask), model(ids), rtol=0, atol=1e-12)


@given(st.integers(0, 6), st.integers(1, 6), st.integers(0, 99))
def test_the_mask_is_the_last_rows_of_a_square_triangle(past, time, seed):
    keys = past + time
    square = torch.ones(keys, keys, dtype=torch.bool).tril()
    assert torch.equal(visible(past, time), square[past:])
    real = torch.rand(2, keys, generator=torch.Generator().manual_seed(seed)) > 0.4
    both = square & (real[:, None] | torch.eye(keys, dtype=torch.bool))
    assert torch.equal(visible(past, time, real), both[:, None, past:])
    assert visible(past, time, real).any(dim=-1).all()


def test_positions_count_the_real_tokens_before():
    real = torch.tensor([[False, False, True, True, True], [True] * 5])
    cpu = torch.device("cpu")
    assert token_positions(2, 3, real, cpu).tolist() == [[0, 1, 2], [2, 3, 4]]
    assert token_positions(2, 3, None, cpu).tolist() == [[2, 3, 4]]


# Parameters


@pytest.mark.parametrize("rotary", [False, True])
def test_every_parameter_gets_a_gradient(rotary):
    model, ids = small(rotary=rotary), tokens(3, 24)
    next_token_loss_torch(model(ids), ids).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad.isfinite().all(), name
        gradient = parameter.grad
        if name.endswith("qkv.bias") and not rotary:
            # q · (k + b) adds one number to all scores of a query, and softmax cancels
            # it: the key bias has no gradient but rounding.
            q, k, v = gradient.chunk(3)
            assert k.abs().max() < 1e-15 < min(q.abs().max(), v.abs().max())
        assert gradient.abs().max() > 1e-9, name


@pytest.mark.parametrize("vocab", [31, 256])
def test_the_loss_of_a_new_model_is_log_vocab(vocab):
    torch.manual_seed(0)
    model = GPT(GPTConfig(vocab=vocab))
    ids = tokens(4, 64, vocab=vocab)
    assert next_token_loss_torch(model(ids), ids).item() == pytest.approx(np.log(vocab), abs=0.1)


def test_tied_weights_are_one_tensor_and_untied_ones_are_two():
    model = GPT(GPTConfig(**SMALL))
    assert model.head.weight is model.tokens.weight
    untied = GPT(GPTConfig(**SMALL, tied=False))
    assert untied.head.weight is not untied.tokens.weight
    count = [sum(p.numel() for p in m.parameters()) for m in (model, untied)]
    assert count[1] - count[0] == 31 * 18


def test_a_new_model_has_the_weights_of_gpt_2():
    """0.02, but where a block adds to the residual stream; no bias."""
    torch.manual_seed(0)
    model = GPT(GPTConfig(vocab=256, layers=3, heads=4, width=96))
    for name, parameter in model.named_parameters():
        if name.endswith("bias"):
            assert parameter.eq(0).all(), name
        elif "norm" not in name:
            last = name.endswith(("attention.out.weight", "mlp.2.weight"))
            std = 0.02 / np.sqrt(6) if last else 0.02
            assert parameter.std().item() == pytest.approx(std, rel=0.05), name
            assert abs(parameter.mean().item()) < 0.05 * std, name


def test_one_layer_one_head_and_one_number_are_enough():
    sizes = {"vocab": 1, "context": 1, "layers": 1, "heads": 1, "width": 1}
    assert GPT(GPTConfig(**sizes))(torch.tensor([[0]])).shape == (1, 1, 1)


def test_dropout_acts_in_training_only():
    torch.manual_seed(0)
    model, ids = GPT(GPTConfig(**SMALL, dropout=0.5)), tokens(1, 9)
    assert not torch.equal(model(ids), model(ids))
    model.eval()
    assert torch.equal(model(ids), model(ids))


# The loss


def test_the_loss_is_that_of_a_loop_over_tokens():
    logits, ids = torch.randn(3, 7, 31, dtype=torch.float64), tokens(3, 7)
    log_p = logits.log_softmax(-1)
    losses = [-log_p[b, t, ids[b, t + 1]].item() for b in range(3) for t in range(6)]
    assert next_token_loss_torch(logits, ids).item() == pytest.approx(np.mean(losses))


def test_each_sequence_has_its_own_gradient_under_vmap():
    logits, ids = torch.randn(3, 7, 31), tokens(3, 7)

    def loss(logits, ids):
        return next_token_loss_torch(logits[None], ids[None])

    together = torch.func.vmap(torch.func.grad(loss))(logits, ids)
    for each, one, row in zip(together, logits, ids, strict=True):
        one = one.clone().requires_grad_()
        torch.testing.assert_close(each, torch.autograd.grad(loss(one, row), one)[0])


def test_the_loss_of_a_model_that_knows_the_next_token_is_zero_and_of_a_copier_is_not():
    ids = torch.tensor([[3, 1, 4, 1, 5]])
    knows = functional.one_hot(ids.roll(-1, dims=1), 31).double() * 50
    copies = functional.one_hot(ids, 31).double() * 50
    assert next_token_loss_torch(knows, ids) < 1e-9
    assert next_token_loss_torch(copies, ids) > 40


def test_padding_does_not_count_and_the_mean_is_over_tokens():
    logits, ids = torch.randn(2, 6, 31, dtype=torch.float64), tokens(2, 6)
    mask = torch.tensor([[True] * 6, [False, False, False, True, True, False]])
    one, two = (
        next_token_loss_torch(logits[:1], ids[:1]),
        next_token_loss_torch(logits[1:, 3:5], ids[1:, 3:5]),
    )
    expected = (5 * one + 1 * two) / 6
    torch.testing.assert_close(next_token_loss_torch(logits, ids, mask), expected)


# The trained weights


def test_the_committed_weights_give_the_committed_loss():
    facts = json.loads((WEIGHTS / "gpt.json").read_text())
    model = load_pretrained()
    text = encode(held_out_text())[0]
    loss = train_gpt.held_out_loss(model, text)
    assert loss == pytest.approx(facts["curve"][-1]["held_out"], rel=1e-3)
    assert loss < 1.8
    assert sum(p.numel() for p in model.parameters()) == facts["parameters"]
    assert not model.training


def test_the_loss_curve_falls_from_log_256():
    facts = json.loads((WEIGHTS / "gpt.json").read_text())
    losses = [point["held_out"] for point in facts["curve"]]
    assert losses[0] == pytest.approx(np.log(256), abs=0.05)
    assert facts["curve"][-1]["step"] == facts["steps"]
    names = "seed", "steps", "batch", "rate"
    assert facts["text"] == train_gpt.PACKAGE
    assert facts["held_out"] == list(train_gpt.HELD_OUT)
    assert [facts[n] for n in names] == [getattr(train_gpt, n.upper()) for n in names]


def test_the_weights_are_at_most_4_mb_and_tied():
    assert (WEIGHTS / "gpt.safetensors").stat().st_size <= 4e6
    model = load_pretrained()
    assert model.head.weight is model.tokens.weight


def test_a_few_steps_of_the_committed_training_lower_the_loss(monkeypatch):
    monkeypatch.setattr(train_gpt, "STEPS", 8)
    monkeypatch.setattr(train_gpt, "WARM_UP", 2)
    monkeypatch.setattr(train_gpt, "BATCH", 2)
    text = train_gpt.tokens(held_out_text())
    model, curve = train_gpt.train(text[5000:], text[:1024])
    assert curve[0]["step"] == 0
    assert train_gpt.held_out_loss(model, text[:1024]) < curve[0]["held_out"] - 1


def test_the_rate_warms_up_and_falls():
    rates = [train_gpt.rate(step) for step in range(train_gpt.STEPS)]
    top = train_gpt.WARM_UP
    assert rates[:top] == sorted(rates[:top])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert max(rates) == train_gpt.RATE
    assert rates[-1] == pytest.approx(0.05 * train_gpt.RATE, rel=0.01)


def test_another_package_than_the_named_one_is_refused(tmp_path):
    (tmp_path / "other.tgz").write_bytes(b"Call me Ishmael.")
    with pytest.raises(ValueError, match="SHA-512 differs"):
        train_gpt.chapters(tmp_path / "other.tgz")


@given(st.text(min_size=1))
def test_text_comes_back_from_its_bytes(text):
    assert decode(encode(text)[0]) == text


def test_a_byte_that_is_no_text_is_told_and_no_text_has_ids_too():
    assert decode(torch.tensor([65, 255])) == "A\ufffd"
    assert encode("").shape == (1, 0)
    assert encode("").dtype == torch.long


# Bad input


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (torch.zeros(1, 0, dtype=torch.long), "`ids` is empty"),
        (torch.tensor([[0, 31]]), "holds 31; with 31 tokens, ids run from 0 to 30"),
        (torch.tensor([[-1]]), "holds -1"),
        (
            tokens(1, 25),
            r"25 tokens \(0 cached, 25 new\), but this model has learned 24",
        ),
    ],
)
def test_ids_without_a_meaning_are_refused(ids, message):
    with pytest.raises(ValueError, match=message):
        small()(ids)


@pytest.mark.parametrize("position", [-1, 24])
def test_a_position_that_was_not_learned_is_refused_and_a_rotary_one_is_not(position):
    ids, positions = tokens(1, 2), torch.tensor([[0, position]])
    told = f"`positions` holds {position}; with 24 learned ones, positions run from 0 to 23"
    with pytest.raises(ValueError, match=told):
        small()(ids, positions=positions)
    assert small(rotary=True)(ids, positions=positions).isfinite().all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"width": 20}, "`width` 20 is no multiple of `heads` 3"),
        ({"layers": 0}, "`layers` is 0"),
        ({"kv_heads": 2}, "`heads` 3 is no multiple of `kv_heads` 2"),
        ({"kv_heads": 0}, "`heads` 3 is no multiple of `kv_heads` 0"),
        ({"kv_heads": -1}, "`heads` 3 is no multiple of `kv_heads` -1"),
        ({"rotary": True, "width": 9}, "a head is 3 wide"),
        ({"dropout": 1.0}, "`dropout` is 1.0; choose a probability below 1"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        GPTConfig(**{**SMALL, **changes})


def test_a_mask_of_another_length_than_cache_and_call_is_refused():
    real = torch.ones(1, 3, dtype=torch.bool)
    for call in (
        lambda: visible(2, 2, real),
        lambda: token_positions(2, 2, real, torch.device("cpu")),
    ):
        with pytest.raises(ValueError, match=r"^`real` has 3 keys; pass one for each of the 4 to"):
            call()


def test_a_loss_of_nothing_is_refused():
    with pytest.raises(ValueError, match="a next token needs two tokens"):
        next_token_loss_torch(torch.zeros(2, 1, 3), tokens(2, 1, vocab=3))
    with pytest.raises(ValueError, match="a next token needs two tokens"):
        next_token_loss_torch(torch.zeros(0, 2, 3), tokens(0, 2, vocab=3))
    with pytest.raises(ValueError, match="no two real tokens side by side"):
        next_token_loss_torch(
            torch.zeros(1, 3, 3),
            tokens(1, 3, vocab=3),
            torch.tensor([[True, False, True]]),
        )


@pytest.mark.parametrize("label", [-100, -1, 3])
def test_a_label_outside_of_the_vocabulary_is_refused_where_it_counts(label):
    logits, ids = torch.zeros(1, 4, 3), torch.tensor([[0, label, 1, 1]])
    told = rf"^`ids\[:, 1:\]` holds {label} at index \(0, 0\); with 3 classes, labels run"
    with pytest.raises(ValueError, match=told):
        next_token_loss_torch(logits, ids)
    mask = torch.tensor([[True, False, True, True]])
    assert next_token_loss_torch(logits, ids, mask).item() == pytest.approx(np.log(3))


@pytest.mark.parametrize("ids", [torch.zeros(3, dtype=torch.long), torch.zeros(1, 3)])
def test_ids_of_another_shape_or_type_are_refused(ids):
    with pytest.raises(TypeError):
        small()(ids)
