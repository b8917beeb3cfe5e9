"""A sound training passes every check; every planted fault fails one; any module can be checked."""

import copy
import math
import re
from collections import Counter

import pytest
import tokenizers
import torch
import transformers
from torch import nn

from answers.pages import ROOT
from answers.transformers import transformer_faults
from answers.transformers.checks.bare import by_heart, leak, loss_of
from answers.transformers.checks.batch import BATCH_CHECKS, Batch
from answers.transformers.checks.optimizer import leaves
from answers.transformers.checks.sight import sees_no_future
from answers.transformers.checks.steps import left_open, overfits_one_batch
from answers.transformers.checks.training import Training
from answers.transformers.faults.batch import BATCH_FAULTS, of_rows, sound_batch
from answers.transformers.faults.masks import looking
from answers.transformers.faults.optimizer import rate
from answers.transformers.faults.positions import placed
from answers.transformers.faults.sound import small, sound, then, tied_and_scaled
from answers.transformers.faults.unseen import UNSEEN
from answers.transformers.gpt import (
    GPT,
    GPTConfig,
    encode,
    held_out_text,
    load_pretrained,
    next_token_loss_torch,
)
from answers.transformers.transformer_checks import CHECKS, diagnose
from answers.transformers.transformer_faults import FAULTS, blind_spots, table

# What each fault must fail, whatever else suffers from it. The first is what one is told.
TOLD = {
    "labels_not_shifted": "label_is_the_next_token",
    "labels_shifted_twice": "label_is_the_next_token",
    "logits_reshaped_not_transposed": "label_is_the_next_token",
    "padding_in_the_loss": "loss_is_the_mean_over_real_tokens",
    "mean_of_means": "loss_is_the_mean_over_real_tokens",
    "softmax_before_cross_entropy": "output_is_logits",
    "no_causal_mask": "sees_no_future",
    "mask_of_the_wrong_axis": "sees_no_future",
    "inverted_mask": "sees_no_future",
    "only_itself_is_seen": "sees_the_past",
    "padding_mask_ignored": "padding_changes_nothing",
    "all_positions_zero": "positions_matter",
    "positions_count_padding": "padding_changes_nothing",
    "rotary_positions_all_zero": "positions_matter",
    "heads_not_transposed": "sees_the_past",
    "heads_folded_into_the_batch": "rows_do_not_mix",
    "norm_over_the_batch": "gradients_stay_in_their_row",
    "large_embeddings": "first_loss_makes_sense",
    "weights_not_loaded": "first_loss_makes_sense",
    "tying_broken": "tied_weights_are_one",
    "graph_cut": "every_parameter_gets_a_gradient",
    "layers_in_a_plain_list": "evaluates_the_same_twice",
    "parameters_left_out": "optimizer_has_every_parameter",
    "decay_on_everything": "decay_spares_norms_and_biases",
    "warm_up_missing": "steps_are_small",
    "trains_in_eval_mode": "trains_in_training_mode",
    "dropout_in_evaluation": "evaluates_the_same_twice",
    "zero_grad_missing": "gradients_are_cleared",
    "rate_100_times_too_high": "steps_are_small",
    "rate_100_times_too_low": "overfits_one_batch",
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_sound_training_passes(check):
    found = check(sound())
    assert found.passed, found
    assert str(found).startswith("ok ")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_by_the_check_that_is_for_it_and_the_model_stays(fault):
    training = FAULTS[fault]()
    training.model.train()
    before = copy.deepcopy(training.model.state_dict())
    assert transformer_faults.failed(training)[0] == TOLD[fault]
    after = training.model.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert training.model.training
    assert all(p.grad is None for p in training.model.parameters())


@pytest.mark.parametrize("size", [2, 3, 4, 6])
def test_a_mask_that_leaks_inside_blocks_is_seen_wherever_they_end(size):
    def in_blocks(look):
        block = torch.arange(look.shape[-1]) // size
        return look | (block[:, None] == block)

    report = sees_no_future(sound(model=looking(in_blocks)))
    assert report.failed
    assert "tokens from 1 on move earlier logits" in report.message


def test_every_check_is_the_first_to_catch_a_fault():
    assert {check.__name__ for check in CHECKS} == set(TOLD.values())


def test_a_layer_outside_of_the_modules_is_missed_by_the_optimizer_and_named():
    training = FAULTS["layers_in_a_plain_list"]()
    check = next(c for c in CHECKS if c.__name__ == "optimizer_has_every_parameter")
    assert "of no module" in check(training).message


def test_the_table_shows_what_was_caught(monkeypatch):
    names, last = [check.__name__ for check in CHECKS], CHECKS[-1].__name__
    found = {fault: sorted({first, last}, key=names.index) for fault, first in TOLD.items()}
    monkeypatch.setattr(transformer_faults, "caught", lambda: found)
    lines = [line for line in table().splitlines() if line.startswith("| ")][1:]
    assert len(lines) == len(FAULTS)
    for line, (fault, failed) in zip(lines, found.items(), strict=True):
        name, first, cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert name == fault.replace("_", " ")
        assert first == f"**{failed[0].replace('_', ' ')}**"
        assert [CHECKS[int(n) - 1].__name__ for n in cells.split(", ")] == [*failed]


class Hugging(nn.Module):
    """A GPT-2 of another library, with a head for keys of its own."""

    def __init__(self, **changes):
        super().__init__()
        torch.manual_seed(0)
        sizes = {"n_embd": 32, "n_layer": 2, "n_head": 2, "n_positions": 32}
        config = transformers.GPT2Config(vocab_size=31, **{**sizes, **changes})
        self.model = transformers.GPT2LMHeadModel(config)


def call_hugging(model, ids, mask):
    if mask is None:
        return model.model(ids).logits
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    return model.model(ids, attention_mask=mask.long(), position_ids=positions).logits


def test_a_model_of_another_library_passes():
    ids = torch.randint(1, 31, (4, 12), generator=torch.Generator().manual_seed(1))
    tied = (("model.transformer.wte.weight", "model.lm_head.weight"),)
    found = diagnose(Hugging(), ids, 31, forward=call_hugging, tied=tied)
    assert [str(v) for v in found if not v.passed] == []


def test_a_model_of_another_library_is_caught():
    def forgets_positions(model, ids, mask):
        return model.model(ids, attention_mask=None if mask is None else mask.long()).logits

    ids = torch.randint(1, 31, (4, 12), generator=torch.Generator().manual_seed(1))
    found = diagnose(Hugging(), ids, 31, forward=forgets_positions)
    assert [v.check for v in found if v.failed] == ["padding_changes_nothing"]


def test_where_no_pair_is_named_the_tying_is_not_tested():
    assert one("tied_weights_are_one", sound(tied=())).outcome == "skip"


def test_a_plain_module_without_a_mask_can_be_checked():
    torch.manual_seed(0)
    bigram = nn.Sequential(nn.Embedding(11, 16), nn.Linear(16, 11))
    ids = torch.randint(1, 11, (4, 8))
    found = diagnose(bigram, ids, 11, forward=lambda model, ids, mask: model(ids))
    failed = {v.check for v in found if not v.passed}
    assert {"sees_the_past", "positions_matter"} <= failed  # it is a bigram model
    assert "sees_no_future" not in failed


def test_key_biases_have_no_gradient_without_rotary_positions_and_can_be_exempt():
    training = sound(
        model=(model := GPT(GPTConfig(vocab=31, context=32, layers=1, heads=2, width=8)))
    )
    training.loss_of(model).backward()
    width = 8
    for block in model.blocks:
        gradient = block.attention.qkv.bias.grad
        assert gradient[width : 2 * width].abs().max() < 1e-8 < gradient[:width].abs().max()
    frozen = copy.deepcopy(model)
    frozen.norm.bias.requires_grad_(False)
    frozen.zero_grad()
    check = next(c for c in CHECKS if c.__name__ == "every_parameter_gets_a_gradient")
    assert "norm.bias" in check(sound(model=frozen)).message
    assert check(sound(model=frozen, exempt=("norm.bias",))).passed


class Adapted(nn.Module):
    """A linear layer that stays, and LoRA beside it, which trains."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(2, layer.in_features))
        self.B = nn.Parameter(torch.zeros(layer.out_features, 2))

    def forward(self, x):
        return self.layer(x) + x @ self.A.T @ self.B.T


def test_what_is_frozen_on_purpose_can_be_exempt_and_what_is_not_is_told():
    model = small().requires_grad_(False)
    for block in model.blocks:
        block.attention.qkv = Adapted(block.attention.qkv)
    frozen = tuple(n for n, p in model.named_parameters() if not p.requires_grad)

    def optimizer(model):
        return torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], 0.01)

    def verdicts(*exempt):
        training = sound(model=model, optimizer=optimizer, exempt=exempt)
        names = "every_parameter_gets_a_gradient", "optimizer_has_every_parameter"
        return [one(name, training) for name in names]

    for found in verdicts(".A", *frozen):
        assert found.passed, found
    gradient, _ = verdicts(".A")
    assert "tokens.weight" in gradient.message
    gradient, _ = verdicts(*frozen)
    assert "none, zero or not finite: blocks.0.attention.qkv.A, blocks.1.attention.qkv.A;" in (
        gradient.message
    )
    model.blocks[1].attention.qkv.B.requires_grad_(False)
    gradient, _ = verdicts(".A", *frozen)
    assert "blocks.1.attention.qkv.B" in gradient.message


def test_leaves_are_the_tensors_that_a_backward_pass_reaches():
    a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    c = torch.ones(2, requires_grad=True)
    found = leaves((a * b + a + c.detach()).sum())
    assert {id(t) for t in found} == {id(a), id(b)}


@pytest.mark.parametrize("shape", [(4,), (2, 3), (0, 8)])
def test_a_batch_that_is_too_short_is_refused(shape):
    with pytest.raises(ValueError, match="time of 4 or more"):
        Training(nn.Identity(), torch.zeros(shape, dtype=torch.long), 7)


@pytest.mark.parametrize(
    ("ids", "vocab", "words"),
    [
        (torch.tensor([[1, 2, 7, 3]]), 7, "`ids` holds 7; with 7 tokens"),
        (torch.tensor([[1, -100, 2, 3]]), 7, "`ids` holds -100"),
        (torch.tensor([[1, 2, 1, 0]]), 4, "`vocab` is 4"),
        (torch.ones(1, 4), 7, "torch.float32"),
    ],
)
def test_ids_outside_of_the_vocabulary_are_refused(ids, vocab, words):
    with pytest.raises(ValueError, match=words):
        Training(nn.Identity(), ids, vocab)


def test_a_tie_of_no_parameter_is_refused():
    with pytest.raises(ValueError, match=r"names 'lm_head\.weight'"):
        sound(tied=(("tokens.weight", "lm_head.weight"),))


@pytest.mark.parametrize("half", [torch.float16, torch.bfloat16])
def test_half_precision_is_refused_as_its_rounding_looks_like_a_fault(half):
    model, ids = load_pretrained(), encode(held_out_text())[:, :256].view(4, 64)
    longer, shorter = model.float()(ids[:1]), model(ids[:1, :-3])
    assert torch.allclose(longer[:, :-3], shorter, atol=1e-4)
    model = model.to(half)
    assert (model(ids[:1])[:, :-3] - model(ids[:1, :-3])).abs().max() > 1e-3
    with pytest.raises(ValueError, match=rf"holds {half}; .*check `model\.float\(\)`"):
        Training(model, ids, 256, pretrained=True)
    Training(model.float(), ids, 256, pretrained=True)


def test_logits_of_another_shape_or_kind_are_refused():
    ids = torch.ones(1, 4, dtype=torch.long)
    embedding = Training(nn.Embedding(7, 5), ids, 7, forward=lambda model, ids, mask: model(ids))
    with pytest.raises(ValueError, match=r"\(1, 4, 5\); .* \(1, 4, 7\)"):
        embedding.logits(ids)
    pair = Training(nn.Embedding(7, 7), ids, 7, forward=lambda *_: (1, 2))
    with pytest.raises(ValueError, match="returned a tuple"):
        pair.logits(ids)


def test_an_output_layer_of_zeros_hides_the_model_and_is_refused():
    model = small(tied=False)
    nn.init.zeros_(model.head.weight)
    training = sound(model=model, tied=())
    with pytest.raises(ValueError, match="all logits are 0, as with an output layer of zeros"):
        one("sees_no_future", training)
    assert one("gradients_stay_in_their_row", training).outcome == "skip"


def one(name, training):
    return next(c for c in CHECKS if c.__name__ == name)(training)


def rotary(kind=GPT, **changes):
    model = small(rotary=True)
    model.__class__ = kind
    return sound(model=model, **changes)


def test_rotary_positions_are_tested_by_shifting_and_stretching():
    assert one("positions_matter", rotary()).failed  # a repeated token cannot show them
    found = one("positions_matter", rotary(rotary=True))
    assert found.outcome == "skip"
    assert not found.passed
    assert not found.failed
    assert one("positions_matter", rotary(rotary=True, placed=placed)).passed


def loud(model):
    """Rounding of such logits moves them by more than 1e-4."""
    with torch.no_grad():
        model.head.weight *= 1e5
    return sound(model=model, tied=())


def test_rounding_is_no_position():
    model = small(tied=False)
    assert one("positions_matter", loud(model)).passed
    nn.init.zeros_(model.positions.weight)
    assert one("positions_matter", sound(model=model, tied=())).failed


def banned(logits):
    """One token of the vocabulary is banned."""
    return logits.index_fill(-1, torch.tensor([3]), -1e9)


def test_a_banned_token_hides_no_position_and_no_padding():
    def unmasked(model, ids, mask=None):
        return model(ids)

    right = sound(model=then(small(), banned), tied=())
    assert one("positions_matter", right).passed
    assert one("padding_changes_nothing", right).passed
    blind = sound(model=then(small(), banned), tied=(), forward=unmasked)
    assert one("padding_changes_nothing", blind).failed


def test_rounding_is_no_padding_that_is_seen():
    assert one("padding_changes_nothing", loud(small(tied=False))).passed


class ValuesTurnedToo(GPT):
    """A stand-in: positions that enter absolutely, as if values were turned."""

    def forward(self, ids, cache=None, mask=None, positions=None):
        where = torch.arange(ids.shape[1])[None] if positions is None else positions
        return super().forward(ids, cache, mask, positions=positions) * (
            1 + 0.01 * where[..., None]
        )


class CountsFromOne(GPT):
    def forward(self, ids, cache=None, mask=None, positions=None):
        where = 2 * torch.arange(ids.shape[1])[None] if positions is None else positions
        return super().forward(ids, cache, mask, positions=where)


@pytest.mark.parametrize(
    ("kind", "words"),
    [(ValuesTurnedToo, "shifted by 5 move"), (CountsFromOne, "0, 1, 2, … move the logits")],
)
def test_rotary_positions_that_enter_absolutely_or_start_wrong_are_told(kind, words):
    found = one("positions_matter", rotary(kind, rotary=True, placed=placed))
    assert found.failed
    assert words in found.message


def test_with_rotary_positions_the_key_bias_gets_a_gradient():
    training = rotary(rotary=True)
    training.loss_of(training.model).backward()
    key = training.model.blocks[0].attention.qkv.bias.grad.chunk(3)[1]
    assert key.abs().max() > 1e-6  # turned after the bias, so it does matter


def test_a_pretrained_model_starts_below_log_vocab_unless_its_ids_are_of_another_tokenizer():
    ids = encode(held_out_text())[:, :256].view(4, 64)
    model = load_pretrained()
    assert one("first_loss_makes_sense", Training(model, ids, 256)).failed
    assert one("first_loss_makes_sense", Training(model, ids, 256, pretrained=True)).passed
    others = torch.randperm(256, generator=torch.Generator().manual_seed(0))[ids]
    assert one("first_loss_makes_sense", Training(model, others, 256, pretrained=True)).failed


def first_loss_of_a_llama(width, shape=(8, 24), **settings):
    """With the weights that its library gives it, of standard deviation 0.02."""
    torch.manual_seed(0)
    sizes = {"intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    llama = transformers.LlamaForCausalLM(
        transformers.LlamaConfig(vocab_size=101, hidden_size=width, **sizes)
    )
    ids = torch.randint(1, 101, shape, generator=torch.Generator().manual_seed(1))
    settings = {"forward": lambda model, ids, mask: model(ids).logits, **settings}
    training = Training(llama, ids, 101, **settings)
    return training, one("first_loss_makes_sense", training)


@pytest.mark.parametrize("width", [256, 1024, 4096])
def test_a_wide_model_starts_half_the_variance_of_its_logits_above_log_v(width):
    training, found = first_loss_of_a_llama(width)
    assert found.passed, found
    logits = training.logits(training.ids)
    loss = training.loss(logits, training.ids, None)
    want = math.log(101) + logits.var(-1).mean() / 2
    assert abs(loss - want) < 0.15
    assert abs(logits.var(-1).mean() - 0.02**2 * width) < 0.1 * 0.02**2 * width


@pytest.mark.parametrize("width", [32, 512])
def test_a_tied_model_with_scaled_embeddings_is_sound_though_it_repeats_what_it_reads(width):
    training = tied_and_scaled(width)
    logits = training.logits(training.ids)
    loss = float(training.loss(logits, training.ids, None))
    read = float(logits.gather(-1, training.ids[..., None]).mean())
    by_rule = math.log(31) + float(logits.var(-1).mean()) / 2
    found = one("first_loss_makes_sense", training)
    assert found.passed, found
    assert abs(loss - math.log(30 + math.exp(read))) < 0.15
    assert (loss > by_rule + 3) == (width == 512)
    assert ("but for the logit of the token that is read" in found.message) == (width == 512)


def test_a_tied_and_scaled_model_learns():
    training = tied_and_scaled(512, layers=1, optimizer=rate(1e-3))
    assert overfits_one_batch(training, steps=15).passed


def untrained_gemma(layers, tie=True):
    """2,048 wide, its embeddings scaled by the root of that; MLPs and heads are narrow."""
    torch.manual_seed(0)
    gemma = transformers.Gemma3ForCausalLM(
        transformers.Gemma3TextConfig(
            vocab_size=1000,
            hidden_size=2048,
            intermediate_size=64,
            num_hidden_layers=layers,
            num_attention_heads=2,
            num_key_value_heads=1,
            head_dim=32,
            max_position_embeddings=64,
            tie_word_embeddings=tie,
        )
    )
    ids = torch.randint(1, 1000, (8, 24), generator=torch.Generator().manual_seed(1))
    return Training(gemma, ids, 1000, forward=lambda model, ids, mask: model(ids).logits)


@pytest.mark.parametrize("tie", [True, False])
def test_an_untrained_gemma_starts_above_the_rule_and_only_if_tied(tie):
    training = untrained_gemma(layers=2, tie=tie)
    ids, width = training.ids, training.model.config.hidden_size
    assert width == 2048
    logits = training.logits(ids)
    loss, rule = training.loss(logits, ids, None), math.log(1000) + logits.var(-1).mean() / 2
    assert abs(loss - rule) < 0.2 or tie
    if tie:
        started = [float(loss), math.log(1000), float(rule)]
        assert all(abs(a - b) < 0.1 for a, b in zip(started, [16.7, 6.9, 7.5], strict=True))
    assert one("first_loss_makes_sense", training).passed


def test_a_deep_untrained_gemma_starts_near_log_v():
    training = untrained_gemma(layers=26)
    loss = training.loss(training.logits(training.ids), training.ids, None)
    assert abs(loss - 7.5) < 0.1
    assert one("first_loss_makes_sense", training).passed


@pytest.mark.parametrize(
    "wrong", [lambda loss: loss / math.log(2), lambda loss: -loss], ids=["bits", "its sign"]
)
def test_a_wrong_first_loss_of_a_tied_and_scaled_model_is_told(wrong):
    def loss(logits, ids, mask):
        return wrong(next_token_loss_torch(logits, ids, mask))

    found = one("first_loss_makes_sense", tied_and_scaled(512, loss=loss))
    assert found.failed
    assert "the loss is wrong" in found.message


def test_embeddings_that_are_too_large_are_told_where_they_are_scaled_too():
    training = tied_and_scaled(32)
    nn.init.normal_(training.model.tokens.weight)
    assert one("first_loss_makes_sense", training).failed


def test_a_first_loss_of_three_labels_may_be_off_by_chance():
    training, found = first_loss_of_a_llama(4096, (1, 4))
    logits = training.logits(training.ids)
    off = training.loss(logits, training.ids, None) + logits.log_softmax(-1).mean()
    assert abs(off) > 0.5
    assert found.passed, found


@pytest.mark.parametrize(
    "wrong",
    [
        lambda loss: loss / math.log(2),
        lambda loss: 44 * loss,
        lambda loss: loss / 4,
        lambda loss: -loss,
        lambda loss: torch.nan * loss,
    ],
    ids=["bits", "a sum", "divided twice", "its sign", "nan"],
)
@pytest.mark.parametrize("width", [256, 1024])
def test_a_first_loss_of_another_size_is_told(wrong, width):
    def loss(logits, ids, mask):
        return wrong(next_token_loss_torch(logits, ids, mask))

    for found in (
        one("first_loss_makes_sense", sound(loss=loss)),
        first_loss_of_a_llama(width, loss=loss)[1],
    ):
        assert found.failed
        assert "the loss is wrong" in found.message


@pytest.mark.parametrize("times", [25, 100, 1000])
def test_initial_weights_that_are_too_large_are_told(times):
    model = small(tied=False)
    with torch.no_grad():
        model.head.weight *= times
    found = one("first_loss_makes_sense", sound(model=model, tied=()))
    assert found.failed
    assert "the initial weights are too large" in found.message


class EmbedsPlaces(nn.Module):
    """As many do: an embedding of the places, without an axis of rows."""

    def __init__(self):
        super().__init__()
        self.token, self.place = nn.Embedding(32, 8), nn.Embedding(16, 8)
        self.head = nn.Linear(8, 32)

    def forward(self, ids):
        return self.head(self.token(ids) + self.place(torch.arange(ids.shape[1])))


@pytest.mark.parametrize("rows", [4, 12])
def test_places_are_no_rows_even_where_there_are_as_many(rows):
    ids = torch.randint(32, (rows, 12), generator=torch.Generator().manual_seed(0))
    training = Training(EmbedsPlaces(), ids, 32, forward=lambda model, ids, mask: model(ids))
    assert one("gradients_stay_in_their_row", training).passed


def test_a_batch_of_one_row_is_compared_with_another():
    one_row = {"ids": sound().ids[:1]}
    assert one("rows_do_not_mix", sound(**one_row)).passed
    folded = FAULTS["heads_folded_into_the_batch"]().model
    assert one("rows_do_not_mix", sound(model=folded, **one_row)).failed
    assert one("gradients_stay_in_their_row", sound(model=folded, **one_row)).failed


def test_rows_that_are_swapped_are_told():
    def forward(model, ids, mask):
        return model(ids, mask=mask).flip(0)

    assert one("rows_do_not_mix", sound(forward=forward)).failed
    assert "inf times" in one("gradients_stay_in_their_row", sound(forward=forward)).message


def test_without_embeddings_or_a_graph_the_gradients_of_rows_are_not_tested():
    matrix = nn.Linear(31, 31)

    def forward(model, ids, mask):
        return model(nn.functional.one_hot(ids, 31).float())

    training = sound(model=matrix, tied=(), forward=forward)
    assert one("gradients_stay_in_their_row", training).outcome == "skip"
    assert one("gradients_stay_in_their_row", FAULTS["graph_cut"]()).outcome == "skip"


def test_warm_up_makes_the_first_step_of_that_rate_small():
    assert one("steps_are_small", sound(optimizer=rate(1e-2))).failed
    warmed = sound(optimizer=rate(1e-2, warm_up=20))
    assert one("steps_are_small", warmed).passed
    assert one("overfits_one_batch", warmed).passed


def test_a_first_step_to_nan_is_told():
    """The rows of the positions that are not used move by 0/0."""

    def optimizer(model):
        return torch.optim.AdamW(model.parameters(), eps=0.0)

    found = one("steps_are_small", sound(optimizer=optimizer))
    assert found.failed
    assert "by nan% of its size" in found.message


def begin_alike(rows, time):
    ids = torch.randint(1, 31, (rows, time), generator=torch.Generator().manual_seed(1))
    ids[:, 0] = 1
    return ids


@pytest.mark.parametrize("shape", [(8, 4), (16, 5), (32, 6)])
def test_rows_that_begin_alike_leave_a_floor_that_a_sound_training_reaches(shape):
    found = one("overfits_one_batch", sound(ids=begin_alike(*shape)))
    assert found.passed, found
    slow = sound(ids=begin_alike(*shape), optimizer=rate(3e-5))
    assert one("overfits_one_batch", slow).failed


def test_a_floor_as_high_as_the_first_loss_lets_no_stuck_model_pass():
    ids = torch.cartesian_prod(torch.tensor([1]), *[torch.arange(5)] * 3)[:96]
    model = GPT(GPTConfig(vocab=5, context=16, layers=1, heads=2, width=16))
    stuck = sound(model=model, ids=ids, vocab=5, optimizer=rate(0.0))
    assert one("overfits_one_batch", stuck).failed


def test_what_is_left_open_is_the_loss_of_counted_frequencies():
    ids = torch.tensor([[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 5, 4], [6, 2, 3, 4], [1, 7, 3, 4]])
    seen = Counter(tuple(row[:t]) for row in ids.tolist() for t in range(1, 5))
    losses = [
        math.log(seen[tuple(row[:t])] / seen[tuple(row[: t + 1])])
        for row in ids.tolist()
        for t in range(1, 4)
    ]
    assert math.isclose(left_open(ids), sum(losses) / len(losses), rel_tol=1e-6)


def test_what_no_check_sees_is_shown_by_its_measurement():
    rows = [line.strip("|").split("|") for line in blind_spots().splitlines()[2:]]
    assert len(rows) == len(UNSEEN)
    for _, failed, _, without, planted in rows:
        assert failed.strip() == f"0 of {len(CHECKS)}"
        assert abs(float(planted) - float(without)) > 1e-4


# What each fault of a batch must fail, first.
SPECIAL = {
    "begin_twice": "begins_once",
    "end_missing": "ends_in_the_loss",
    "end_masked_as_padding": "ends_in_the_loss",
    "padding_counted": "counts_no_padding",
}


def test_special_tokens_are_told():
    assert all(check(sound_batch()).passed for check in BATCH_CHECKS)
    for fault in BATCH_FAULTS:
        failed = [check.__name__ for check in BATCH_CHECKS if check(fault()).failed]
        assert SPECIAL[fault.__name__] == failed[0]


@pytest.mark.parametrize(
    ("rows", "pad", "failed"),
    [
        ([[1, 5, 6, 2], [1, 5, 2]], 2, []),  # the end token pads, and counts once
        ([[1, 5, 6, 2], [1, 0, 2]], 0, ["counts_no_padding"]),
        ([[1, 5, 6, 2], [5, 1, 2]], 0, ["begins_once"]),
        ([[1, 5, 6, 2], [5, 6, 2]], 0, ["begins_once"]),
    ],
)
def test_special_tokens_are_counted_in_each_row(rows, pad, failed):
    batch = of_rows(rows, pad)
    assert [check.__name__ for check in BATCH_CHECKS if check(batch).failed] == failed


@pytest.mark.parametrize(
    ("rows", "failed"),
    [
        ([[2, 7, 8, 2], [2, 7, 2]], []),
        ([[2, 2, 7, 8, 2], [2, 2, 7, 2]], ["begins_once", "counts_no_padding"]),
        ([[2, 7, 8], [2, 7]], ["ends_in_the_loss"]),
        ([[2, 7, 8, 2], [2, 7, 2, 2]], ["counts_no_padding"]),
    ],
    ids=["sound", "begin twice", "end missing", "padding counted"],
)
def test_one_token_may_begin_end_and_pad(rows, failed):
    batch = of_rows(rows, pad=2)
    batch = Batch(batch.ids, batch.mask, begin=2, end=2, pad=2)
    assert [check.__name__ for check in BATCH_CHECKS if check(batch).failed] == failed


def test_one_token_may_begin_and_end_but_not_twice():
    for rows, failed in (([[2, 7, 2], [2, 2]], []), ([[2, 7, 2, 2], [2, 2, 2]], ["begins_once"])):
        batch = of_rows(rows, pad=0)
        batch = Batch(batch.ids, batch.mask, begin=2, end=2, pad=0)
        assert [check.__name__ for check in BATCH_CHECKS if check(batch).failed] == failed


def test_matrices_may_decay():
    def optimizer(model):
        parameters = list(model.parameters())
        groups = [
            {"params": [p for p in parameters if p.ndim > 1], "weight_decay": 0.1},
            {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0},
        ]
        return torch.optim.AdamW(groups)

    assert one("decay_spares_norms_and_biases", sound(optimizer=optimizer)).passed


def test_the_collator_of_another_library_masks_an_end_token_that_pads():
    words = {"[UNK]": 0, "<s>": 1, "</s>": 2} | {f"w{n}": n for n in range(3, 9)}
    inner = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="[UNK]"))
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="</s>")
    collate = transformers.DataCollatorForLanguageModeling(tokenizer, mlm=False)
    batch = collate([{"input_ids": [1, 5, 6, 2]}, {"input_ids": [1, 7, 2]}])
    assert (batch["labels"][batch["input_ids"] == 2] == -100).all()
    counted = Batch(batch["input_ids"], batch["labels"] != -100, begin=1, end=2, pad=2)
    failed = [check.__name__ for check in BATCH_CHECKS if check(counted).failed]
    assert failed == ["ends_in_the_loss"]


def test_labels_shifted_backwards_are_told():
    def loss(logits, ids, mask):
        return nn.functional.cross_entropy(logits[:, 1:].flatten(0, 1), ids[:, :-1].flatten())

    assert "token t -1" in one("label_is_the_next_token", sound(loss=loss)).message


@pytest.mark.parametrize(
    ("average", "words"),
    [
        (lambda each, mask: (each * (mask[:, 1:] & mask[:, :-1])).sum(), "a sum"),
        (
            lambda each, mask: (each * (mask[:, 1:] & mask[:, :-1])).mean(),
            "divided by all places",
        ),
        (lambda each, mask: each[mask[:, 1:]].mean(), "padding predicts the first"),
    ],
)
def test_a_wrong_average_is_named(average, words):
    def loss(logits, ids, mask):
        each = nn.functional.cross_entropy(
            logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none"
        )
        return average(each, mask)

    found = one("loss_is_the_mean_over_real_tokens", sound(loss=loss))
    assert not found.passed
    assert words in found.message


def clipped_step(clears):
    def step(training, model, optimizer):
        model.train()
        if clears:
            optimizer.zero_grad()
        loss = training.loss_of(model)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.1)
        optimizer.step()
        return loss.detach()

    return step


def test_clipping_does_not_hide_gradients_that_are_not_cleared():
    assert one("gradients_are_cleared", sound(step=clipped_step(True))).passed
    assert not one("gradients_are_cleared", sound(step=clipped_step(False))).passed


def test_a_step_without_an_optimizer_is_told():
    def step(training, model, optimizer):
        return training.loss_of(model).detach()

    found = one("gradients_are_cleared", sound(step=step))
    assert "never calls optimizer.step()" in found.message


def test_a_step_whose_gradient_is_zero_everywhere_tests_no_clearing():
    model = then(small(), lambda logits: (logits * 1000).round() / 1000)
    training = sound(model=model, tied=())
    assert one("gradients_are_cleared", training).outcome == "skip"
    assert one("every_parameter_gets_a_gradient", training).failed


@pytest.mark.parametrize("at", [0, 5, 9])
def test_a_nan_among_the_last_losses_is_told(at):
    losses = [1e-3] * 150
    losses[-10 + at] = math.nan
    left = iter(losses)
    training = sound(step=lambda training, model, optimizer: torch.tensor(next(left)))
    assert one("overfits_one_batch", training).failed


def test_a_gradient_of_nan_at_another_row_is_told():
    def forward(model, ids, mask):
        logits = model(ids, mask=mask)
        # The root of 0 has an infinite gradient; times 0 it is nan.
        other = (logits[-1:].sum() * 0).sqrt() * 0
        return logits + other

    assert one("gradients_stay_in_their_row", sound(forward=forward)).failed


def test_eval_mode_is_seen_where_the_model_itself_is_not_called():
    def forward(model, ids, mask):
        return model.model(ids, mask=mask)

    class Wrapped(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = sound().model

    step = FAULTS["trains_in_eval_mode"]().step
    training = sound(model=Wrapped(), tied=(), forward=forward, step=step)
    assert not one("trains_in_training_mode", training).passed
    assert one("trains_in_training_mode", sound(model=Wrapped(), tied=(), forward=forward)).passed


def test_a_loss_without_a_graph_and_a_model_of_nan_are_told():
    def without(logits, ids, mask):
        return next_token_loss_torch(logits.detach(), ids, mask)

    assert not one("every_parameter_gets_a_gradient", sound(loss=without)).passed
    assert one("optimizer_has_every_parameter", sound(loss=without)).outcome == "skip"
    broken = sound()
    nn.init.constant_(broken.model.norm.bias, torch.nan)
    assert "nan or infinity" in one("output_is_logits", broken).message


def test_the_page_counts_the_checks_and_the_faults():
    page = ROOT / "docs/questions/10-debug-a-transformer.md"
    words = {19: "Nineteen", 30: "thirty"}
    counts = f"{words[len(CHECKS)]} checks of a training, run against"
    text = page.read_text()
    assert f"{counts} {words[len(FAULTS)]} planted faults" in text
    (missed,) = re.findall(r"`overfits_one_batch` alone finds \d+ and misses (\d+)\.", text)
    assert (int(missed), len(FAULTS)) == (25, 30)
    assert f"misses {missed} of {len(FAULTS)} faults planted" in text
    assert f"{missed} of the {len(FAULTS)} faults that we planted in a small GPT pass" in text


def test_of_probabilities_cross_entropy_has_a_floor():
    for vocab in (3, 31, 256):
        floor = torch.log(torch.tensor(torch.e + vocab - 1)) - 1
        right = nn.functional.cross_entropy(torch.eye(vocab), torch.arange(vocab))
        assert torch.allclose(right, floor)
        shares = torch.rand(500, vocab).pow(8)
        shares /= shares.sum(1, keepdim=True)
        losses = nn.functional.cross_entropy(shares, shares.argmax(1), reduction="none")
        assert (losses >= floor - 1e-6).all()


def test_the_bare_checks_agree_with_the_long_ones():
    for name, bare in {
        "large_embeddings": lambda t: loss_of(t.model.eval(), t.ids) > math.log(31) + 2,
        "no_causal_mask": lambda t: leak(t.model.eval(), t.ids) > 1e-5,
        "parameters_left_out": lambda t: by_heart(t.model, t.ids, t.optimizer(t.model)) > 0.5,
    }.items():
        assert bare(FAULTS[name]())
        assert not bare(sound())


def test_the_bare_loss_is_the_loss_of_next_tokens():
    training = sound()
    model, ids = training.model.eval(), training.ids
    # Both average the same 44 losses, in float32, perhaps in another order.
    torch.testing.assert_close(
        loss_of(model, ids), next_token_loss_torch(model(ids), ids), rtol=1e-6, atol=0
    )


class SeesAll(nn.Embedding):
    def forward(self, ids):
        return super().forward(ids) + ids.sum()


@pytest.mark.parametrize("last", [0, 1, 7])
def test_the_bare_leak_changes_the_last_token_whatever_it_is(last):
    ids = torch.tensor([[3, 1, last]])
    assert leak(SeesAll(31, 31), ids) > 0.5
    assert leak(nn.Embedding(31, 31), ids) == 0
