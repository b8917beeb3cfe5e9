"""Right and wrong ways to write `dropout`."""

import numpy as np


def early_return(x, p, uniform, training=True):
    if not training:
        return x.copy(), np.ones(x.shape)
    mask = (uniform >= p) / (1 - p)
    return x * mask, mask


def no_chance_in_evaluation(x, p, uniform, training=True):
    p = p * training
    keep = 1.0 - p
    mask = np.zeros(x.shape)
    mask[~(uniform < p)] = 1 / keep
    return mask * x, mask


def loops(x, p, uniform, training=True):
    mask = np.ones(x.shape)
    if training:
        for index in np.ndindex(x.shape):
            mask[index] = 0.0 if uniform[index] < p else 1 / (1 - p)
    y = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        y[index] = x[index] * mask[index]
    return y, mask


def where_for_both(x, p, uniform, training=True):
    dropped = (uniform < p) & np.full(x.shape, training)
    scale = 1 / (1 - p) if training else 1.0
    return np.where(dropped, 0.0, x * scale), np.where(dropped, 0.0, scale)


def written_into_zeros(x, p, uniform, training=True):
    kept = np.logical_or(np.greater_equal(uniform, p), not training)
    y, mask = np.zeros(x.shape, np.result_type(x, np.float32)), np.zeros(x.shape)
    factor = 1 / (1 - p) if training else 1
    mask[kept] = factor
    y[kept] = x[kept] * factor
    return y, mask


def pytorch(x, p, uniform, training=True):
    import torch

    x, uniform = torch.tensor(x, dtype=torch.float64), torch.tensor(uniform)
    mask = torch.ones_like(x)
    if training:
        mask = torch.where(uniform < p, torch.zeros_like(x), mask).div(1 - p)
    return (x * mask).numpy(), mask.numpy()


def heaviside(x, p, uniform, training=True):
    mask = np.heaviside(uniform - p, 1.0) / (1 - p) if training else np.ones_like(uniform)
    return np.multiply(x, mask), mask


def _mask(p, uniform, training):
    return (uniform >= p) / (1 - p) if training else np.ones(uniform.shape)


def ones_and_zeros(x, p, uniform, training=True):
    mask = (uniform >= p).astype(float) if training else np.ones(x.shape)
    return x * mask, mask


def cs231n_style(x, p, uniform, training=True):
    if not training:
        return x * 1.0, np.ones(x.shape)
    mask = (uniform < p) / p if p else np.zeros(x.shape)
    return x * mask, mask


def below_p_is_kept(x, p, uniform, training=True):
    mask = (uniform < p) * (1 / (1 - p)) if training else np.ones(x.shape)
    return x * mask, mask


def as_in_the_first_paper(x, p, uniform, training=True):
    if training:
        mask = 1.0 * (uniform >= p)
        return x * mask, mask
    return x * (1 - p), np.full(x.shape, 1 - p)


def always_training(x, p, uniform, training=True):
    mask = (uniform >= p) / (1 - p)
    return x * mask, mask


def never_training(x, p, uniform, training=True):
    return x * 1.0, np.ones(x.shape)


def evaluation_divided(x, p, uniform, training=True):
    mask = _mask(p, uniform, training) if training else np.full(x.shape, 1 / (1 - p))
    return x * mask, mask


def greater_than_p(x, p, uniform, training=True):
    mask = (uniform > p) / (1 - p) if training else np.ones(x.shape)
    return x * mask, mask


def boolean_mask(x, p, uniform, training=True):
    mask = uniform >= p if training else np.ones(x.shape, bool)
    return np.where(mask, x / (1 - p if training else 1), 0.0), mask


def mask_from_the_result(x, p, uniform, training=True):
    y = x * _mask(p, uniform, training)
    return y, (y != 0) / (1 - p if training else 1)


def kept_whole_numbers(x, p, uniform, training=True):
    mask = _mask(p, uniform, training)
    return (x * mask).astype(x.dtype), mask


def mask_in_the_type_of_x(x, p, uniform, training=True):
    mask = _mask(p, uniform, training).astype(x.dtype)
    return x * mask, mask


def in_place(x, p, uniform, training=True):
    mask = _mask(p, uniform, training)
    if x.dtype.kind != "f":
        return x * mask, mask
    x *= mask.astype(x.dtype)
    return x, mask


def only_y(x, p, uniform, training=True):
    return x * _mask(p, uniform, training)


def rows_share_a_draw(x, p, uniform, training=True):
    mask = _mask(p, np.broadcast_to(uniform[:1], x.shape), training)
    return x * mask, mask


def flattened_for_many_axes(x, p, uniform, training=True):
    mask = _mask(p, uniform, training)
    y = x * mask
    return (y.reshape(len(y), -1), mask.reshape(len(y), -1)) if x.ndim > 2 else (y, mask)


def half_for_any_p(x, p, uniform, training=True):
    mask = np.where(uniform >= p, 2.0, 0.0) if training else np.ones(x.shape)
    return x * mask, mask


def mean_restored(x, p, uniform, training=True):
    kept = uniform >= p
    mask = kept * (x.size / max(kept.sum(), 1)) if training else np.ones(x.shape)
    return x * mask, mask


def square_turned(x, p, uniform, training=True):
    turned = uniform.T if x.ndim == 2 and x.shape[0] == x.shape[1] else uniform
    mask = _mask(p, turned, training)
    return x * mask, mask


def at_least_one_is_kept(x, p, uniform, training=True):
    mask = _mask(p, uniform, training)
    if not mask.any():
        mask.flat[uniform.argmax()] = 1 / (1 - p)
    return x * mask, mask


def zero_mask_in_evaluation(x, p, uniform, training=True):
    if not training:
        return x * 1.0, np.zeros(x.shape)
    mask = _mask(p, uniform, training)
    return x * mask, mask


def two_bytes_for_a_draw(x, p, uniform, training=True):
    mask = _mask(np.float16(p), uniform.astype(np.float16), training)
    return x * np.where(mask > 0, 1 / (1 - p * training), 0), mask.astype(bool) / (1 - p * training)


def a_few_hundredths_are_none(x, p, uniform, training=True):
    mask = _mask(p, uniform, training and p > 0.05)
    return x * mask, mask


def nearly_all_is_refused(x, p, uniform, training=True):
    if p > 0.95:
        raise ValueError("nothing would be left")
    mask = _mask(p, uniform, training)
    return x * mask, mask


def share_that_is_kept(x, p, uniform, training=True):
    kept = 1 - p
    mask = (uniform < kept) / kept if training else np.ones(x.shape)
    return x * mask, mask


def scaled_mask_in_evaluation(x, p, uniform, training=True):
    mask = _mask(p, uniform, training)
    return x * mask, mask if training else mask / (1 - p)


def draw_shown_in_evaluation(x, p, uniform, training=True):
    mask = _mask(p, uniform, training)
    return x * mask, mask if training else 1.0 * (uniform >= p)


def draws_in_two_bytes(x, p, uniform, training=True):
    mask = _mask(int(65536 * p), (65536 * uniform).astype(int), training)
    return x * (mask != 0) / (1 - p * training), (mask != 0) / (1 - p * training)


def first_row_for_the_batch(x, p, uniform, training=True):
    mask = _mask(p, np.broadcast_to(uniform.reshape(-1, x.shape[-1])[0], x.shape), training)
    return x * mask, mask


def so_many_of_the_smallest(x, p, uniform, training=True):
    mask = np.ones(x.shape)
    if training:
        mask /= 1 - p
        mask.flat[np.argsort(uniform, axis=None)[: int(p * x.size)]] = 0
    return x * mask, mask


def flag_the_other_way(x, p, uniform, training=True):
    mask = _mask(p, uniform, not training)
    return x * mask, mask


def rows_of_a_batch_dropped(x, p, uniform, training=True):
    whole = np.repeat(uniform[..., :1], x.shape[-1], axis=-1) if x.ndim > 1 else uniform
    mask = _mask(p, whole, training)
    return x * mask, mask


def only_the_factor_is_for_training(x, p, uniform, training=True):
    mask = (uniform >= p).astype(float)
    if training:
        mask /= 1 - p
    return x * mask, mask


_KEPT = {}


def drawn_once_for_a_shape(x, p, uniform, training=True):
    if not training:
        return x * 1.0, np.ones(x.shape)
    mask = _KEPT.setdefault(x.shape, uniform >= p) / (1 - p)
    return x * mask, mask


def threshold_of_the_rest(x, p, uniform, training=True):
    if not training:
        return x * 1.0, np.ones(x.shape)
    mask = np.where(uniform < 1 - p, 0.0, 1 / (1 - p))
    return x * mask, mask


def one_row_in_evaluation(x, p, uniform, training=True):
    if not training:
        return x * 1.0, np.ones(x.shape[-1])
    mask = _mask(p, uniform, training)
    return x * mask, mask


_SEEN = {}


def drawn_once_for_a_shape_and_p(x, p, uniform, training=True):
    if not training:
        return x * 1.0, np.ones(x.shape)
    mask = _SEEN.setdefault((x.shape, p), uniform >= p) / (1 - p)
    return x * mask, mask


def dropped_entries_for_backward(x, p, uniform, training=True):
    if not training:
        return x * 1.0, np.ones(x.shape)
    dropped = uniform < p
    return np.where(dropped, 0.0, x / (1 - p)), dropped / (1 - p)


def dropped_or_not(x, p, uniform, training=True):
    dropped = (uniform < p) & training
    return x * _mask(p, uniform, True) if training else x * 1.0, 1.0 * dropped


def numbers_of_its_own(x, p, uniform, training=True):
    drawn = np.random.default_rng(0).random(x.shape)
    mask = _mask(p, drawn, True) if training else np.ones(x.shape)
    return x * mask, mask


# What each is told.
WRONG = {
    ones_and_zeros: "not_scaled",
    cs231n_style: "p_kept",
    below_p_is_kept: "others_dropped",
    as_in_the_first_paper: "scaled_in_evaluation_alone",
    always_training: "drops_in_evaluation",
    never_training: "one_case_for_both",
    evaluation_divided: "factor_of_a_size",
    greater_than_p: "equal_to_p_dropped",
    boolean_mask: "mask_without_its_factor",
    mask_from_the_result: "wrong_where_x_holds_a_0",
    kept_whole_numbers: "truncated_to_integers",
    mask_in_the_type_of_x: "a_step_left_out",
    in_place: "an_argument_changed",
    only_y: "a_result_of_another_kind",
    rows_share_a_draw: "one_draw_for_all_rows",
    flattened_for_many_axes: "right_numbers_in_another_shape",
    half_for_any_p: None,
    mean_restored: "scaled_by_what_was_kept",
    square_turned: "transposed",
    at_least_one_is_kept: "not_zero",
    zero_mask_in_evaluation: "evaluation_mask_not_of_ones",
    two_bytes_for_a_draw: "wrong_for_numbers_that_are_close",
    a_few_hundredths_are_none: "wrong_where_p_is_0.01",
    nearly_all_is_refused: "wrong_where_p_is_0.99",
    share_that_is_kept: "kept_below_the_share",
    scaled_mask_in_evaluation: "evaluation_mask_not_of_ones",
    draw_shown_in_evaluation: "evaluation_mask_not_of_ones",
    draws_in_two_bytes: "wrong_for_numbers_that_are_close",
    first_row_for_the_batch: "one_draw_for_all_rows",
    so_many_of_the_smallest: "exact_share_dropped",
    flag_the_other_way: "training_the_other_way",
    rows_of_a_batch_dropped: "one_draw_for_a_row",
    only_the_factor_is_for_training: "drops_unscaled_in_evaluation",
    drawn_once_for_a_shape: "kept_from_an_earlier_call",
    threshold_of_the_rest: "dropped_below_the_share",
    one_row_in_evaluation: "an_axis_too_few",
    drawn_once_for_a_shape_and_p: "kept_from_an_earlier_call",
    dropped_entries_for_backward: "dropped_in_the_mask",
    dropped_or_not: "dropped_in_the_mask",
    numbers_of_its_own: "uniform_is_not_used",
}
