"""Right and wrong ways to write the GPT that `fix_the_gpt` has the learner repair.

A wrong one is the broken file after somebody has worked on it.
"""

import torch
from torch.nn import functional

from answers.grader import catalog

GRADIENTS = ("tokens.weight", "positions.weight")


def with_functions(ids, weights, heads):
    """No module at all, and PyTorch's own attention."""
    w = {name: tensor.clone().requires_grad_() for name, tensor in weights.items()}
    batch, time = ids.shape
    x = w["tokens.weight"][ids] + w["positions.weight"][:time]
    width = x.shape[-1]

    def norm(x, name):
        return functional.layer_norm(x, (width,), w[f"{name}.weight"], w[f"{name}.bias"])

    def linear(x, name):
        return functional.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])

    for i in range(sum(name.endswith("qkv.weight") for name in w)):
        block = f"blocks.{i}"
        qkv = linear(norm(x, f"{block}.norm1"), f"{block}.attention.qkv")
        q, k, v = qkv.view(batch, time, 3, heads, -1).permute(2, 0, 3, 1, 4)
        y = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + linear(y.permute(0, 2, 1, 3).flatten(2), f"{block}.attention.out")
        hidden = functional.gelu(linear(norm(x, f"{block}.norm2"), f"{block}.mlp.0"))
        x = x + linear(hidden, f"{block}.mlp.2")
    logits = norm(x, "norm") @ w["head.weight"].T
    loss = functional.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:])
    found = torch.autograd.grad(loss, [w[name] for name in GRADIENTS])
    return logits.detach(), loss.detach(), dict(zip(GRADIENTS, found, strict=True))


def token_by_token(ids, weights, heads):
    """Each token looks at a growing list of keys and values: no mask, no reshape."""
    w = {name: tensor.clone().requires_grad_() for name, tensor in weights.items()}
    width = w["tokens.weight"].shape[1]
    d = width // heads
    rows, losses = [], []

    def norm(x, name):
        centred = x - x.mean()
        scaled = centred / (centred.square().mean() + 1e-5).sqrt()
        return scaled * w[f"{name}.weight"] + w[f"{name}.bias"]

    def linear(x, name):
        return w[f"{name}.weight"] @ x + w[f"{name}.bias"]

    layers = sum(name.endswith("qkv.weight") for name in w)
    for sequence in ids:
        kept = [[] for _ in range(layers)]
        logits = []
        for t, token in enumerate(sequence):
            x = w["tokens.weight"][token] + w["positions.weight"][t]
            for i in range(layers):
                block = f"blocks.{i}"
                qkv = linear(norm(x, f"{block}.norm1"), f"{block}.attention.qkv")
                q, k, v = (part.view(heads, d) for part in qkv.split(width))
                kept[i].append((k, v))
                keys, values = (torch.stack(each, 1) for each in zip(*kept[i], strict=True))
                scores = (keys * q[:, None]).sum(-1) / d**0.5
                y = (scores.softmax(-1)[..., None] * values).sum(1)
                x = x + linear(y.flatten(), f"{block}.attention.out")
                h = functional.gelu(linear(norm(x, f"{block}.norm2"), f"{block}.mlp.0"))
                x = x + linear(h, f"{block}.mlp.2")
            logits.append(w["head.weight"] @ norm(x, "norm"))
        rows.append(torch.stack(logits))
        losses += [
            row.logsumexp(0) - row[label]
            for row, label in zip(logits[:-1], sequence[1:], strict=True)
        ]
    loss = torch.stack(losses).mean()
    loss.backward()
    return torch.stack(rows), loss, {name: w[name].grad for name in GRADIENTS}


def repaired_otherwise(ids, weights, heads):
    """The file repaired in other words than the solution's."""
    from answers.grader import catalog

    exercise = catalog.load("fix_the_gpt")
    code = exercise.solution()
    for right, same in (
        ("torch.arange(ids.shape[1])", "torch.ones_like(ids[0]).cumsum(0) - 1"),
        ("dtype=torch.bool).triu(1)", "dtype=torch.bool).tril(0).logical_not()"),
        ("y = (weights @ v).transpose(1, 2)", 'y = torch.einsum("bhqk,bhkd->bqhd", weights, v)'),
        ("logits[:, :-1], ids[:, 1:]", "logits[:, :-1].log_softmax(-1), ids[:, 1:]"),
    ):  # fmt: skip
        assert code.count(right) == 1, right
        code = code.replace(right, same)
    namespace = {}
    exec(compile(code, "<fix_the_gpt>", "exec"), namespace)
    return namespace["fix_the_gpt"](ids, weights, heads)


EXERCISE = catalog.load("fix_the_gpt")
MISTAKES = {mistake.name: mistake for mistake in EXERCISE.mistakes}


def _with_changes(*changes):
    """The solution, in which each (right, same) is written otherwise."""
    code = EXERCISE.solution()
    for right, same in changes:
        assert code.count(right) == 1, right
        code = code.replace(right, same)
    namespace = {}
    exec(compile(code, "<fix_the_gpt>", "exec"), namespace)
    return namespace["fix_the_gpt"]


def with_pytorchs_attention(ids, weights, heads):
    """The mask is left to the library, and the labels are rolled and ignored at the end."""
    repaired = _with_changes(
        (
            "        scores = q @ k.mT / (width // self.heads) ** 0.5\n"
            "        hidden = torch.ones(time, time, dtype=torch.bool).triu(1)\n"
            "        weights = scores.masked_fill(hidden, -torch.inf).softmax(dim=-1)\n"
            "        y = (weights @ v).transpose(1, 2)\n",
            "        y = functional.scaled_dot_product_attention(q, k, v, is_causal=True)\n"
            "        y = y.permute(0, 2, 1, 3)\n",
        ),
        (
            "predictions, labels = logits[:, :-1], ids[:, 1:]",
            "labels = ids.roll(-1, 1)\n    labels[:, -1] = -100\n    predictions = logits",
        ),
    )
    return repaired(ids, weights, heads)


def mask_of_positions(ids, weights, heads):
    """A comparison for the mask, the smallest number for -inf, and a mean of logarithms."""
    repaired = _with_changes(
        (
            "torch.ones(time, time, dtype=torch.bool).triu(1)",
            "torch.arange(time)[None, :] > torch.arange(time)[:, None]",
        ),
        ("hidden, -torch.inf", "hidden, torch.finfo(scores.dtype).min"),
        ("torch.arange(ids.shape[1])", "torch.tensor(range(ids.shape[1])).expand(ids.shape)"),
        (
            "functional.cross_entropy(predictions.flatten(0, 1), labels.flatten())",
            "-predictions.log_softmax(2).gather(2, labels[..., None]).mean()",
        ),
    )
    return repaired(ids, weights, heads)


def one_head_after_the_other(ids, weights, heads):
    """No transpose at all: the outputs of the heads are set side by side."""
    repaired = _with_changes(
        (
            "        scores = q @ k.mT / (width // self.heads) ** 0.5\n"
            "        hidden = torch.ones(time, time, dtype=torch.bool).triu(1)\n"
            "        weights = scores.masked_fill(hidden, -torch.inf).softmax(dim=-1)\n"
            "        y = (weights @ v).transpose(1, 2)\n",
            "        seen, outputs = torch.ones(time, time).tril() == 1, []\n"
            "        for i in range(self.heads):\n"
            "            scores = torch.einsum('bqd,bkd->bqk', q[:, i], k[:, i])\n"
            "            scores = scores / q.shape[-1] ** 0.5\n"
            "            weights = torch.where(seen, scores, -torch.inf).softmax(-1)\n"
            "            outputs.append(torch.einsum('bqk,bkd->bqd', weights, v[:, i]))\n"
            "        y = torch.cat(outputs, -1)\n",
        ),
    )
    return repaired(ids, weights, heads)


def _file_with(*mistakes, **edits):
    """The file with only these mistakes left; then edits, each (right, wrong)."""
    code = EXERCISE.with_mistakes(tuple(MISTAKES[name] for name in mistakes))
    for name, (right, wrong) in edits.items():
        assert code.count(right) == 1, name
        code = code.replace(right, wrong)
    namespace = {}
    exec(compile(code, "<fix_the_gpt>", "exec"), namespace)
    return namespace["fix_the_gpt"]


untouched = _file_with(*MISTAKES)
only_the_first_repaired = _file_with(*list(MISTAKES)[1:])
only_the_last_repaired = _file_with(*list(MISTAKES)[:-1])
every_second_repaired = _file_with(*list(MISTAKES)[1::2])
shifted_twice = _file_with(shift=("logits[:, :-1], ids[:, 1:]", "logits[:, :-2], ids[:, 2:]"))
logits_shifted_too = _file_with(shift=("logits[:, :-1], ids[:, 1:]", "logits[:, 1:], ids[:, 1:]"))
positions_left_out = _file_with(
    add=("self.tokens(ids) + self.positions(positions)", "self.tokens(ids)")
)
positions_from_1 = _file_with(
    positions=("torch.arange(ids.shape[1])", "torch.arange(1, ids.shape[1] + 1)")
)
own_key_hidden = _file_with(mask=("dtype=torch.bool).triu(1)", "dtype=torch.bool).triu(0)"))
next_key_shown = _file_with(mask=("dtype=torch.bool).triu(1)", "dtype=torch.bool).triu(2)"))
no_mask = _file_with(mask=("scores.masked_fill(hidden, -torch.inf)", "scores"))
mask_of_small_numbers = _file_with(mask=("hidden, -torch.inf", "hidden, -1.0"))
mask_of_zeros = _file_with(mask=("hidden, -torch.inf", "hidden, 0.0"))
masked_after_softmax = _file_with(
    mask=(
        "scores.masked_fill(hidden, -torch.inf).softmax(dim=-1)",
        "scores.softmax(dim=-1).masked_fill(hidden, 0.0)",
    )
)
softmax_over_queries = _file_with(
    axis=("-torch.inf).softmax(dim=-1)", "-torch.inf).softmax(dim=-2)")
)
not_scaled = _file_with(scale=(" / (width // self.heads) ** 0.5", ""))
scaled_by_the_model = _file_with(scale=("(width // self.heads) ** 0.5", "width**0.5"))
norm_left_out = _file_with(norm=("x = self.norm(x)\n", "x = x + 0\n"))
stream_cut = _file_with(stream=("return x + self.mlp", "return self.mlp"))
first_sequence_only = _file_with(
    loss=(
        "functional.cross_entropy(predictions.flatten(0, 1), labels.flatten())",
        "functional.cross_entropy(predictions[0], labels[0])",
    )
)
heads_cut_from_the_tokens = _file_with(
    heads=(
        "part.view(batch, time, self.heads, -1).transpose(1, 2)",
        "part.view(batch, self.heads, time, -1)",
    )
)
heads_merged_in_another_order = _file_with(
    merge=(
        "y = (weights @ v).transpose(1, 2)",
        "y = (weights @ v).permute(0, 2, 3, 1)",
    )
)
in_single_precision = _file_with(
    single=("x = self.tokens(ids) +", "x = self.tokens(ids).float() +")
)
mask_repaired_and_labels_left = _file_with(
    "labels_not_shifted",
    mask=("dtype=torch.bool).triu(1)", "dtype=torch.bool).triu(0)"),
)


first_block_alone = _file_with(
    blocks=("for block in self.blocks:", "for block in self.blocks[:1]:")
)


last_block_alone = _file_with(
    blocks=("for block in self.blocks:", "for block in self.blocks[-1:]:")
)


blocks_in_reverse = _file_with(
    blocks=("for block in self.blocks:", "for block in reversed(self.blocks):")
)


batch_mixed_by_the_merge = _file_with(
    merge=(
        "y = (weights @ v).transpose(1, 2)\n        return self.out(y.reshape(batch, time, width))",
        "y = (weights @ v).permute(2, 0, 1, 3)\n"
        "        return self.out(y.reshape(batch, time, width))",
    )
)


loss_of_the_last_sequence = _file_with(
    loss=(
        "functional.cross_entropy(predictions.flatten(0, 1), labels.flatten())",
        "functional.cross_entropy(predictions[-1], labels[-1])",
    )
)


labels_transposed = _file_with(
    loss=(
        "functional.cross_entropy(predictions.flatten(0, 1), labels.flatten())",
        "functional.cross_entropy(predictions.flatten(0, 1), labels.T.flatten())",
    )
)


loss_summed_over_the_batch = _file_with(
    loss=(
        "functional.cross_entropy(predictions.flatten(0, 1), labels.flatten())",
        "functional.cross_entropy(predictions.flatten(0, 1), labels.flatten()) * len(ids)",
    )
)


positions_of_the_batch = _file_with(
    positions=(
        "torch.arange(ids.shape[1])",
        "torch.arange(ids.numel()).view(ids.shape) % (ids.shape[1] + 2)",
    )
)


window_of_five = _file_with(
    mask=(
        "dtype=torch.bool).triu(1)",
        "dtype=torch.bool).triu(1) | torch.ones(time, time, dtype=torch.bool).tril(-5)",
    )
)


norm_shared_by_the_blocks = _file_with(
    blocks=(
        "        for block in self.blocks:\n",
        "        for block in self.blocks:\n            block.norm1 = self.blocks[0].norm1\n",
    )
)


no_residual_after_the_first_block = _file_with(
    blocks=(
        "            x = block(x)\n",
        "            x = block(x) if block is self.blocks[0] else block(x) - x\n",
    )
)


second_block_sees_the_tokens = _file_with(
    blocks=(
        "        for block in self.blocks:\n            x = block(x)\n",
        "        tokens = x\n        for block in self.blocks:\n            x = block(tokens)\n",
    )
)


blocks_summed = _file_with(
    blocks=(
        "        for block in self.blocks:\n            x = block(x)\n",
        "        x = sum(block(x) for block in self.blocks)\n",
    )
)


norm_after_every_block = _file_with(
    blocks=(
        "            x = block(x)\n        x = self.norm(x)\n",
        "            x = self.norm(block(x))\n",
    )
)


only_the_first_sequence_is_masked = _file_with(
    mask=(
        "scores.masked_fill(hidden, -torch.inf)",
        "torch.cat([scores[:1].masked_fill(hidden, -torch.inf), scores[1:]])",
    )
)


batch_averaged = _file_with(
    stream=(
        "x = x + self.attention(self.norm1(x))",
        "x = x + self.attention(self.norm1(x)).mean(0, keepdim=True)",
    )
)


logits_of_the_first_sequence = _file_with(
    loss=(
        "predictions, labels = logits[:, :-1], ids[:, 1:]",
        "predictions, labels = logits[:1, :-1].expand_as(logits[:, :-1]), ids[:, 1:]",
    )
)


labels_of_the_first_sequence = _file_with(
    loss=(
        "predictions, labels = logits[:, :-1], ids[:, 1:]",
        "predictions, labels = logits[:, :-1], ids[:1, 1:].expand(len(ids), -1)",
    )
)


flattened_before_the_shift = _file_with(
    loss=(
        "    predictions, labels = logits[:, :-1], ids[:, 1:]\n"
        "    return functional.cross_entropy(predictions.flatten(0, 1), labels.flatten())",
        "    predictions, labels = logits.flatten(0, 1)[:-1], ids.flatten()[1:]\n"
        "    return functional.cross_entropy(predictions, labels)",
    )
)


positions_run_on_over_the_batch = _file_with(
    positions=(
        "torch.arange(ids.shape[1])",
        "(torch.arange(ids.shape[1]) + torch.arange(len(ids))[:, None])"
        ".clamp(max=self.positions.num_embeddings - 1)",
    )
)


mask_shared_by_the_batch = _file_with(
    mask=(
        "scores.masked_fill(hidden, -torch.inf).softmax(dim=-1)",
        "scores.masked_fill(hidden, -torch.inf).softmax(dim=-1).mean(0, keepdim=True)",
    )
)


mean_of_the_sums_of_sequences = _file_with(
    loss=(
        "functional.cross_entropy(predictions.flatten(0, 1), labels.flatten())",
        "functional.cross_entropy(predictions.transpose(1, 2), labels, reduction='sum')"
        " / labels.shape[1]",
    )
)


output_layer_too_large = _file_with(
    head=("nn.Linear(width, vocab, bias=False)", "nn.Linear(width, vocab + 1, bias=False)")
)
output_layer_as_wide_as_the_stream = _file_with(
    head=("nn.Linear(width, vocab, bias=False)", "nn.Linear(width, width, bias=False)")
)
backward_left_out = _file_with(gradients=("    loss.backward()\n", ""))
backward_left_out_and_a_mistake_left = _file_with(
    "every_position_0", gradients=("    loss.backward()\n", "")
)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    untouched: "probabilities_for_logits",
    only_the_first_repaired: "labels_not_shifted",
    only_the_last_repaired: "probabilities_for_logits",
    every_second_repaired: "labels_not_shifted",
    shifted_twice: "wrong_not_in_logits",
    logits_shifted_too: "wrong_not_in_logits",
    positions_left_out: "a_term_left_out",
    positions_from_1: "positions_from_1",
    own_key_hidden: "one_too_many_or_few",
    next_key_shown: "one_too_many_or_few",
    no_mask: "without_masked_fill",
    mask_of_small_numbers: "another_number",
    mask_of_zeros: "another_number",
    masked_after_softmax: None,
    softmax_over_queries: "another_axis",
    not_scaled: "a_division_left_out",
    scaled_by_the_model: "wrong_except_where_heads_is_1",
    norm_left_out: "a_step_left_out",
    stream_cut: "a_term_left_out",
    first_sequence_only: "ids_cut_to_its_first_entry",
    heads_cut_from_the_tokens: "wrong_except_where_heads_is_1",
    heads_merged_in_another_order: "wrong_except_where_heads_is_1",
    in_single_precision: "nearly_right",
    mask_repaired_and_labels_left: "one_too_many_or_few",
    first_block_alone: "wrong_except_where_weights_holds_17_arrays",
    last_block_alone: "wrong_except_where_weights_holds_17_arrays",
    blocks_in_reverse: "wrong_except_where_weights_holds_17_arrays",
    batch_mixed_by_the_merge: "rows_in_another_order_has_another_effect",
    loss_of_the_last_sequence: "last_row_alone",
    labels_transposed: "rows_in_another_order_should_not_matter",
    loss_summed_over_the_batch: "factor_of_a_size",
    positions_of_the_batch: "right_only_in_the_first_entry",
    window_of_five: "wrong_where_ids_holds_a_0",
    norm_shared_by_the_blocks: "wrong_except_where_weights_holds_17_arrays",
    no_residual_after_the_first_block: "wrong_except_where_weights_holds_17_arrays",
    second_block_sees_the_tokens: "wrong_except_where_weights_holds_17_arrays",
    blocks_summed: "wrong_except_where_weights_holds_17_arrays",
    norm_after_every_block: "wrong_except_where_weights_holds_17_arrays",
    only_the_first_sequence_is_masked: "right_only_in_the_first_entry",
    batch_averaged: "wrong_where_the_size_of_axis_0_of_ids_is_2_or_more",
    logits_of_the_first_sequence: "rows_in_another_order_should_not_matter",
    labels_of_the_first_sequence: "rows_in_another_order_should_not_matter",
    flattened_before_the_shift: "rows_in_another_order_should_not_matter",
    positions_run_on_over_the_batch: "right_only_in_the_first_entry",
    mask_shared_by_the_batch: "wrong_where_the_size_of_axis_0_of_ids_is_2_or_more",
    mean_of_the_sums_of_sequences: "factor_of_a_size",
    output_layer_too_large: "output_layer_of_the_wrong_size",
    output_layer_as_wide_as_the_stream: "output_layer_of_the_wrong_size",
    backward_left_out: "backward_missing",
    backward_left_out_and_a_mistake_left: "every_position_0",
}
