"""Right and wrong ways to write `parallel_mlp`."""

import numpy as np


def _float(x):
    return x if x.dtype.kind == "f" else x.astype(float)


def slices(x, w1, b1, w2, b2, ranks):
    x, width = _float(x), len(b1) // ranks
    parts = []
    for k in range(ranks):
        own = slice(k * width, (k + 1) * width)
        hidden = x @ w1[:, own] + b1[own]
        parts.append((hidden * (hidden > 0)) @ w2[own])
    return np.array(parts), sum(parts) + b2


def reshaped(x, w1, b1, w2, b2, ranks):
    x = _float(x)
    w1 = w1.reshape(len(w1), ranks, -1).swapaxes(0, 1)
    hidden = np.maximum(x @ w1 + b1.reshape(ranks, 1, -1), 0)
    parts = hidden @ w2.reshape(ranks, -1, w2.shape[1])
    return parts, parts.sum(0) + b2


def einsum(x, w1, b1, w2, b2, ranks):
    x, width = _float(x), w1.shape[1] // ranks
    hidden = np.maximum(np.einsum("td,dh->th", x, w1) + b1, 0)
    of_rank = np.arange(len(b1)) // width
    parts = np.stack([np.einsum("th,ho->to", hidden * (of_rank == k), w2) for k in range(ranks)])
    return parts, np.einsum("kto->to", parts) + b2


def unsplit_output(x, w1, b1, w2, b2, ranks):
    """The output as if nothing were split."""
    x = _float(x)
    hidden = np.where(x @ w1 + b1 > 0, x @ w1 + b1, 0)
    blocks = zip(np.split(hidden, ranks, axis=1), np.split(w2, ranks), strict=True)
    return np.stack([h @ w for h, w in blocks]), hidden @ w2 + b2


def unit_by_unit(x, w1, b1, w2, b2, ranks):
    x, width = _float(x), len(b1) // ranks
    kind = np.result_type(x, w1, b1, w2, b2)
    parts = np.zeros((ranks, len(x), w2.shape[1]), kind if kind.kind == "f" else float)
    for unit in range(len(b1)):
        active = np.maximum(x @ w1[:, unit] + b1[unit], 0)
        parts[unit // width] += np.multiply.outer(active, w2[unit])
    return parts, np.add.reduce(parts) + b2


def pytorch(x, w1, b1, w2, b2, ranks):
    import torch

    kind = torch.float32 if x.dtype == np.float32 else torch.float64
    x, w1, b1, w2, b2 = (torch.tensor(each, dtype=kind) for each in (x, w1, b1, w2, b2))
    shards = zip(w1.chunk(ranks, 1), b1.chunk(ranks), w2.chunk(ranks), strict=True)
    parts = torch.stack([torch.relu(x @ w + b) @ v for w, b, v in shards])
    return parts.numpy(), (parts.sum(0) + b2).numpy()


def _shards(w1, b1, w2, ranks):
    width = w1.shape[1] // ranks
    for k in range(ranks):
        own = slice(k * width, (k + 1) * width)
        yield w1[:, own], b1[own], w2[own]


def rows_of_w2_dealt_out(x, w1, b1, w2, b2, ranks):
    """w1 is cut into blocks, w2 is not."""
    units = _shards(w1, b1, w2, ranks)
    parts = [np.maximum(_float(x) @ w + b, 0) @ w2[k::ranks] for k, (w, b, _) in enumerate(units)]
    return np.stack(parts), np.sum(parts, axis=0) + b2


def hidden_units_dealt_out(x, w1, b1, w2, b2, ranks):
    """The axis of the ranks stands last in a reshape."""
    hidden = np.maximum(_float(x) @ w1 + b1, 0)
    hidden = hidden.reshape(len(x), -1, ranks).transpose(2, 0, 1)
    parts = hidden @ w2.reshape(ranks, -1, w2.shape[1])
    return parts, parts.sum(axis=0) + b2


def rows_of_w1_as_many_as_there_are(x, w1, b1, w2, b2, ranks):
    """Inputs are shared out among the ranks, not hidden units."""
    x = _float(x)
    cuts = np.array_split(np.arange(len(w1)), ranks)
    parts = [np.maximum(x[:, own] @ w1[own] + b1 / ranks, 0) @ w2 for own in cuts]
    return np.stack(parts), np.sum(parts, axis=0) + b2


def sum_without_the_bias_on_each(x, w1, b1, w2, b2, ranks):
    parts = [np.maximum(_float(x) @ w + b, 0) @ v for w, b, v in _shards(w1, b1, w2, ranks)]
    total = np.sum(parts, axis=0)
    return np.stack([total] * ranks), total + b2


def first_bias_added_in_place(x, w1, b1, w2, b2, ranks):
    """Integers cannot take a float."""
    parts = []
    for w, b, v in _shards(w1, b1, w2, ranks):
        hidden = x @ w
        hidden += b
        parts.append(np.maximum(hidden, 0) @ v * 1.0)
    return np.stack(parts), np.sum(parts, axis=0) + b2


def bias_in_the_loop(x, w1, b1, w2, b2, ranks):
    shards = _shards(w1, b1, w2, ranks)
    parts = [np.maximum(_float(x) @ w + b, 0) @ v + b2 for w, b, v in shards]
    return np.stack(parts), np.sum(parts, axis=0)


def bias_once_more(x, w1, b1, w2, b2, ranks):
    """The parts are right; the sum takes b2 for each."""
    parts, output = slices(x, w1, b1, w2, b2, ranks)
    return parts, output + (ranks - 1) * b2


def bias_divided(x, w1, b1, w2, b2, ranks):
    shards = _shards(w1, b1, w2, ranks)
    parts = [np.maximum(_float(x) @ w + b, 0) @ v + b2 / ranks for w, b, v in shards]
    return np.stack(parts), sum(parts)


def bias_on_rank_0(x, w1, b1, w2, b2, ranks):
    parts, output = slices(x, w1, b1, w2, b2, ranks)
    first = np.arange(ranks)[:, None, None] == 0
    return parts + first * b2, output


def bias_forgotten(x, w1, b1, w2, b2, ranks):
    parts, _ = slices(x, w1, b1, w2, b2, ranks)
    return parts, parts.sum(axis=0)


def averaged(x, w1, b1, w2, b2, ranks):
    parts, _ = slices(x, w1, b1, w2, b2, ranks)
    return parts, parts.sum(axis=0) / ranks + b2


def strided(x, w1, b1, w2, b2, ranks):
    x = _float(x)
    own = [slice(k, None, ranks) for k in range(ranks)]
    parts = np.stack([np.maximum(x @ w1[:, s] + b1[s], 0) @ w2[s] for s in own])
    return parts, parts.sum(axis=0) + b2


def last_rank_first(x, w1, b1, w2, b2, ranks):
    parts, output = slices(x, w1, b1, w2, b2, ranks)
    return np.flip(parts, 0), output


def linear(x, w1, b1, w2, b2, ranks):
    parts = np.stack([(_float(x) @ w + b) @ v for w, b, v in _shards(w1, b1, w2, ranks)])
    return parts, parts.sum(axis=0) + b2


def relu_behind(x, w1, b1, w2, b2, ranks):
    shards = _shards(w1, b1, w2, ranks)
    parts = np.stack([np.maximum((_float(x) @ w + b) @ v, 0) for w, b, v in shards])
    return parts, parts.sum(axis=0) + b2


def relu_at_the_end(x, w1, b1, w2, b2, ranks):
    parts, output = slices(x, w1, b1, w2, b2, ranks)
    return parts, np.where(output > 0, output, 0)


def absolute_values(x, w1, b1, w2, b2, ranks):
    """|z| for ReLU: right where all units are on."""
    parts = [abs(_float(x) @ w + b) @ v for w, b, v in _shards(w1, b1, w2, ranks)]
    return np.stack(parts), sum(parts) + b2


def first_block_of_the_bias(x, w1, b1, w2, b2, ranks):
    width = len(b1) // ranks
    return slices(x, w1, np.concatenate([b1[:width]] * ranks), w2, b2, ranks)


def without_the_first_bias(x, w1, b1, w2, b2, ranks):
    return slices(x, w1, np.zeros_like(b1), w2, b2, ranks)


def reduced_parts(x, w1, b1, w2, b2, ranks):
    """After the all-reduce each rank has the sum."""
    _, output = slices(x, w1, b1, w2, b2, ranks)
    return np.stack([output] * ranks), output


def running_sum(x, w1, b1, w2, b2, ranks):
    parts, output = slices(x, w1, b1, w2, b2, ranks)
    return np.add.accumulate(parts), output


def ranks_last(x, w1, b1, w2, b2, ranks):
    parts, output = slices(x, w1, b1, w2, b2, ranks)
    return np.moveaxis(parts, 0, -1), output


def output_for_each_rank(x, w1, b1, w2, b2, ranks):
    parts, output = slices(x, w1, b1, w2, b2, ranks)
    return parts, np.broadcast_to(output, parts.shape).copy()


def whole_hidden_on_each(x, w1, b1, w2, b2, ranks):
    """w1 is not split: each rank has all units, and all rows."""
    part = np.maximum(_float(x) @ w1 + b1, 0) @ w2
    return np.stack([part / ranks] * ranks), part + b2


def four_ranks_at_most(x, w1, b1, w2, b2, ranks):
    parts, output = slices(x, w1, b1, w2, b2, ranks)
    parts[4:] = 0
    return parts, output


def in_the_type_of_x(x, w1, b1, w2, b2, ranks):
    parts, output = slices(x, w1, b1, w2, b2, ranks)
    return parts.astype(x.dtype), output.astype(x.dtype)


def filled_in_the_type_of_x(x, w1, b1, w2, b2, ranks):
    """An array of the type of x takes the parts; the output is summed from them."""
    made, _ = slices(x, w1, b1, w2, b2, ranks)
    parts = np.zeros(made.shape, x.dtype)
    for k, part in enumerate(made):
        parts[k] = part
    return parts, parts.sum(axis=0) + b2


def squeezed(x, w1, b1, w2, b2, ranks):
    parts, output = slices(x, w1, b1, w2, b2, ranks)
    return np.squeeze(parts), output


def split_where_the_length_fits(x, w1, b1, w2, b2, ranks):
    """The first axis of w1 that is as long as b1: of a square matrix, the rows."""
    axis = w1.shape.index(len(b1))
    shards = zip(np.split(w1, ranks, axis), np.split(b1, ranks), np.split(w2, ranks), strict=True)
    if axis == 0:
        columns = np.split(_float(x), ranks, axis=1)
        parts = [np.maximum(c @ w, 0) @ w2 for c, (w, _, _) in zip(columns, shards, strict=True)]
    else:
        parts = [np.maximum(_float(x) @ w + b, 0) @ v for w, b, v in shards]
    return np.stack(parts), np.sum(parts, axis=0) + b2


def capped_units(x, w1, b1, w2, b2, ranks):
    """ReLU6's habit, with a higher cap."""
    parts = [np.clip(_float(x) @ w + b, 0, 30) @ v for w, b, v in _shards(w1, b1, w2, ranks)]
    return np.stack(parts), sum(parts) + b2


def one_rank_as_it_is(x, w1, b1, w2, b2, ranks):
    """Without an axis of ranks where there is one rank."""
    parts, output = slices(x, w1, b1, w2, b2, ranks)
    return (parts[0] if ranks == 1 else parts), output


def added_in_place(x, w1, b1, w2, b2, ranks):
    """The output is summed into the first part."""
    parts, _ = slices(x, w1, b1, w2, b2, ranks)
    output = parts[0]
    for part in parts[1:]:
        output += part
    return parts, output + b2


def shifted_in_place(x, w1, b1, w2, b2, ranks):
    parts, output = slices(x, w1, b1, w2, b2, ranks)
    b2 -= b2
    return parts, output


def bias_after_relu(x, w1, b1, w2, b2, ranks):
    shards = _shards(w1, b1, w2, ranks)
    parts = [(np.maximum(_float(x) @ w, 0) + b) @ v for w, b, v in shards]
    return np.stack(parts), sum(parts) + b2


def bias_1_divided(x, w1, b1, w2, b2, ranks):
    parts = [np.maximum(_float(x) @ w + b / ranks, 0) @ v for w, b, v in _shards(w1, b1, w2, ranks)]
    return np.stack(parts), np.add.reduce(parts) + b2


def reshaped_memory(x, w1, b1, w2, b2, ranks):
    """A reshape that keeps the order in memory, where a transpose is missing."""
    blocks = w1.ravel().reshape(ranks, -1, w1.shape[1] // ranks)
    hidden = np.maximum(_float(x) @ blocks + b1.reshape(ranks, 1, -1), 0)
    parts = hidden @ w2.reshape(ranks, -1, w2.shape[1])
    return parts, parts.sum(0) + b2


def products_of_integers(x, w1, b1, w2, b2, ranks):
    columns, rows = np.split(w1, ranks, axis=1), np.split(w2, ranks)
    shards = zip(columns, np.split(b1, ranks), rows, strict=True)
    parts = np.array([np.maximum(x @ w + b, 0) @ v for w, b, v in shards]) * 1.0
    return parts, parts.sum(axis=0) + b2


# What each is told.
WRONG = {
    rows_of_w2_dealt_out: "rows_of_other_units",
    hidden_units_dealt_out: "rows_of_other_units",
    rows_of_w1_as_many_as_there_are: "rows_first",
    sum_without_the_bias_on_each: "sum_on_each_rank",
    first_bias_added_in_place: "right_as_floats",
    bias_in_the_loop: "second_bias_on_each_rank",
    bias_once_more: "wrong_only_in_output",
    bias_divided: "second_bias_shared_out",
    bias_on_rank_0: "second_bias_on_the_first_rank",
    bias_forgotten: "no_second_bias",
    averaged: "mean_of_the_parts",
    strided: "every_nth_unit",
    last_rank_first: "ranks_in_reverse",
    linear: "no_activation",
    relu_behind: "activation_of_the_parts",
    relu_at_the_end: "activation_of_the_output",
    absolute_values: None,
    first_block_of_the_bias: "first_bias_of_the_first_rank",
    without_the_first_bias: "no_first_bias",
    reduced_parts: "sum_on_each_rank",
    running_sum: "prefix_sums",
    ranks_last: "wrong_only_in_parts",
    output_for_each_rank: "output_of_each_rank",
    whole_hidden_on_each: "wrong_only_in_parts",
    four_ranks_at_most: "wrong_where_ranks_is_6_or_more",
    in_the_type_of_x: "truncated_to_integers",
    filled_in_the_type_of_x: "truncated_to_integers",
    squeezed: "right_numbers_in_another_shape",
    split_where_the_length_fits: "wrong_where_all_axes_of_w1_are_equally_long",
    capped_units: None,
    one_rank_as_it_is: "right_numbers_in_another_shape",
    added_in_place: "output_summed_in_the_first_part",
    shifted_in_place: "an_argument_changed",
    bias_after_relu: "first_bias_behind_the_activation",
    bias_1_divided: "first_bias_shared_out",
    reshaped_memory: "reshaped_for_split",
    products_of_integers: "right_in_int64",
}
