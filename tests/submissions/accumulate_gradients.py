"""Right and wrong ways to put the gradients of micro-batches together."""

import numpy as np


def average(gradients, sizes):
    return np.average(gradients, axis=0, weights=sizes)


def einsum(gradients, sizes):
    return np.einsum("p,p...->...", sizes / sum(int(n) for n in sizes), gradients)


def broadcast(gradients, sizes):
    weights = sizes.reshape(-1, *[1] * (gradients.ndim - 1)) / sizes.sum()
    return (weights * gradients).sum(axis=0)


def loop(gradients, sizes):
    total, count = np.zeros(gradients.shape[1:]), 0
    for gradient, size in zip(gradients, sizes, strict=True):
        total += float(size) * gradient
        count += int(size)
    return total / count


def running_mean(gradients, sizes):
    mean, count = 0.0, 0
    for gradient, size in zip(gradients, sizes, strict=True):
        count += int(size)
        mean = mean + (gradient - mean) * (int(size) / count)
    return mean


def pytorch(gradients, sizes):
    import torch

    leaf = torch.zeros(gradients.shape[1:], dtype=torch.float64, requires_grad=True)
    total = sizes.astype(int).sum()
    for gradient, size in zip(torch.tensor(gradients).double(), sizes, strict=True):
        (int(size) / total * (leaf * gradient).sum()).backward()  # adds into .grad
    return leaf.grad.numpy()


def divided_by_steps(gradients, sizes):
    total = 0.0
    for gradient in gradients:
        total = total + gradient / len(gradients)
    return total


def plain_loop(gradients, sizes):
    total = np.zeros(gradients.shape[1:])
    for gradient in gradients:
        total += gradient
    return total


def cleared_after_each_part(gradients, sizes):
    for gradient, _size in zip(gradients, sizes, strict=True):
        total = np.zeros(gradients.shape[1:])
        total += gradient
    return total


def sum_reduction(gradients, sizes):
    return sum(int(n) * g for n, g in zip(sizes, gradients, strict=True))


def sum_over_steps(gradients, sizes):
    return sum_reduction(gradients, sizes) / len(gradients)


def full_parts_assumed(gradients, sizes):
    return np.tensordot(sizes / max(sizes), gradients, axes=1)


def no_axes_added(gradients, sizes):
    return (sizes / sizes.sum() * gradients).sum(0)


def divided_by_its_own_size(gradients, sizes):
    return sum(g / int(n) for n, g in zip(sizes, gradients, strict=True))


def scaled_in_place(gradients, sizes):
    for part in range(len(sizes)):
        gradients[part] *= sizes[part] / sizes.sum()
    return gradients.sum(axis=0)


def averaged_over_everything(gradients, sizes):
    return np.average(gradients.reshape(len(sizes), -1).mean(axis=1), weights=sizes)


def last_part_scaled_alone(gradients, sizes):
    """All parts but the last are full."""
    weights = np.ones(len(sizes))
    weights[-1] = int(sizes[-1]) / int(sizes[0])
    return np.tensordot(weights, gradients, axes=1) / weights.sum()


def sizes_summed_in_their_type(gradients, sizes):
    total = sizes.sum(dtype=sizes.dtype)
    return np.tensordot(sizes.astype(float), gradients, axes=1) / float(total)


def rounded_to_integers(gradients, sizes):
    total = np.zeros(gradients.shape[1:], gradients.dtype)
    for gradient, size in zip(gradients, sizes, strict=True):
        total += (gradient * (int(size) / int(sizes.sum()))).astype(gradients.dtype)
    return total


def matrices_of_two_axes(gradients, sizes):
    weights = sizes / sizes.sum()
    return (weights[:, None] * gradients).sum(axis=0)


def weighted_along_the_second_axis(gradients, sizes):
    axis = min(1, gradients.ndim - 1)
    shape = [1] * gradients.ndim
    shape[axis] = -1
    if gradients.shape[axis] != len(sizes):
        shape = [-1] + [1] * (gradients.ndim - 1)
    weights = (sizes / sizes.sum()).reshape(shape)
    return (weights * gradients).sum(axis=0)


def parts_of_less_than_a_thousandth_left_out(gradients, sizes):
    share = sizes / sizes.sum()
    share[share < 1e-3] = 0
    return np.tensordot(share, gradients, axes=1)


def broadcast_from_the_right_if_it_fits(gradients, sizes):
    weights = sizes / sizes.sum()
    if gradients.shape[-1] != len(sizes):
        weights = weights.reshape(-1, *[1] * (gradients.ndim - 1))
    return (weights * gradients).sum(axis=0)


def sizes_in_signed_bytes(gradients, sizes):
    n = sizes.astype(np.int8).astype(float) if sizes.max() < 256 else sizes.astype(float)
    return np.tensordot(n, gradients, axes=1) / n.sum()


def squeezed_to_a_number(gradients, sizes):
    mean = np.tensordot(sizes / sizes.sum(), gradients, axes=1)
    return mean if mean.ndim else mean[None]


def one_part_returned_as_a_batch(gradients, sizes):
    if len(sizes) == 1:
        return gradients
    return np.tensordot(sizes / sizes.sum(), gradients, axes=1)


def sizes_in_32_bits(gradients, sizes):
    small = sizes.astype(np.int64).astype(np.int32)
    weights = small / small.sum(dtype=np.int32)
    return np.tensordot(weights, gradients.astype(float), axes=1)


def axes_of_one_entry_dropped(gradients, sizes):
    return np.tensordot(sizes / sizes.sum(), gradients, axes=1).squeeze()


def products_of_integers(gradients, sizes):
    weights = sizes.reshape(-1, *[1] * (gradients.ndim - 1))
    return (gradients * weights).sum(axis=0) / sizes.sum()


def sums_assumed(gradients, sizes):
    return np.add.reduce(gradients, axis=0) / sum(int(n) for n in sizes)


def running_mean_a_step_behind(gradients, sizes):
    mean = gradients[0].astype(float)
    seen = float(sizes[0])
    for gradient, n in zip(gradients[1:], sizes[1:], strict=True):
        mean = mean + (gradient - mean) * n / seen
        seen += n
    return mean


def over_the_padded_batch(gradients, sizes):
    weights = sizes / (sizes.max() * len(sizes))
    return np.tensordot(weights, gradients.astype(float), axes=1)


def first_size_times_the_parts(gradients, sizes):
    total = sum(g * float(n) for g, n in zip(gradients, sizes, strict=True))
    return total / (int(sizes[0]) * len(sizes))


def one_over_the_size(gradients, sizes):
    return np.average(gradients, axis=0, weights=1.0 / sizes)


def half_old_half_new(gradients, sizes):
    mean = gradients[0].astype(float)
    for gradient in gradients[1:]:
        mean = (mean + gradient) / 2
    return mean


def whole_quotients(gradients, sizes):
    total = np.tensordot(sizes.astype(float), gradients.astype(float), axes=1)
    return total // sizes.sum()


def parts_with_a_gradient_alone(gradients, sizes):
    counts = np.broadcast_to(sizes.astype(float), gradients.T.shape).T
    used = (counts * (gradients != 0)).sum(axis=0)
    return (gradients * counts).sum(axis=0) / np.where(used == 0, 1, used)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    divided_by_steps: "mean_of_means",
    plain_loop: "means_summed",
    cleared_after_each_part: "last_part_only",
    sum_reduction: "not_normalised",
    sum_over_steps: "divided_by_the_parts",
    full_parts_assumed: "divided_by_the_largest",
    no_axes_added: "sizes_along_the_last_axis",
    divided_by_its_own_size: None,
    scaled_in_place: "an_argument_changed",
    averaged_over_everything: "mean_too_many",
    last_part_scaled_alone: "size_of_one_part",
    rounded_to_integers: "truncated_to_integers",
    matrices_of_two_axes: "wrong_except_where_gradients_has_2_axes",
    weighted_along_the_second_axis: "wrong_where_all_axes_of_gradients_are_equally_long",
    parts_of_less_than_a_thousandth_left_out: "nearly_right",
    broadcast_from_the_right_if_it_fits: "wrong_where_all_axes_of_gradients_are_equally_long",
    squeezed_to_a_number: "right_numbers_in_another_shape",
    one_part_returned_as_a_batch: "right_numbers_in_another_shape",
    sizes_in_32_bits: "wrong_for_numbers_that_are_large",
    axes_of_one_entry_dropped: "right_numbers_in_another_shape",
    products_of_integers: "right_in_int64",
    sums_assumed: "means_for_sums",
    running_mean_a_step_behind: "running_mean_of_the_earlier_sizes",
    over_the_padded_batch: "divided_by_the_largest",
    first_size_times_the_parts: "size_of_one_part",
    one_over_the_size: "not_in_proportion",
    half_old_half_new: "not_in_proportion",
    whole_quotients: "rounded_down",
    parts_with_a_gradient_alone: "wrong_where_gradients_holds_a_0",
}
