"""Right and wrong ways to write the backward pass of ReLU."""

import numpy as np


def where(dout, x):
    return np.where(x > 0, dout, 0)


def copied(dout, x):
    dx = dout.copy()
    dx[x <= 0] = 0
    return dx


def loops(dout, x):
    dx = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        if x[index] > 0:
            dx[index] = dout[index]
    return dx


def mask_of_the_output(dout, x):
    return np.multiply(dout, np.maximum(x, 0) > 0)


def heaviside(dout, x):
    return np.heaviside(x, 0) * dout


def pytorch(dout, x):
    import torch

    x = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    torch.relu(x).backward(torch.tensor(dout, dtype=torch.float64))
    return x.grad.numpy()


def relu_of_the_gradient(dout, x):
    return np.maximum(dout, 0)


def zeroed_in_place(dout, x):
    dout[x < 0] = 0
    dout[x == 0] = 0
    return dout


def of_the_gradient_in_place(dout, x):
    dout[dout <= 0] = 0
    return dout


def input_zeroed_in_place(dout, x):
    x[x <= 0] = 0
    x[x > 0] = 1
    return dout * x


def negative_gradients_too(dout, x):
    return dout * (x > 0) * (dout > 0)


def either_positive(dout, x):
    return np.where((x > 0) | (dout > 0), dout, 0)


def same_signs(dout, x):
    return np.where(x * dout > 0, dout, 0)


def not_negative(dout, x):
    dx = np.array(dout)
    dx[x < 0] = 0
    return dx


def halved_at_zero(dout, x):
    return dout * np.heaviside(x, 0.5)


def leaky(dout, x):
    return np.where(x > 0, dout, 0.01 * dout)


def sign_of_the_input(dout, x):
    return dout * np.sign(x)


def cut_at_a_threshold(dout, x):
    return dout * (x > 1e-8)


def boolean_mask(dout, x):
    return x > 0


def selected_only(dout, x):
    return dout[x > 0]


def input_for_gradient(dout, x):
    return np.where(x > 0, x, 0)


def arguments_swapped(dout, x):
    return x * (dout > 0)


def clipped_gradient(dout, x):
    return np.clip(dout, -10, 10) * (x > 0)


def written_into_the_inputs_type(dout, x):
    dx = np.zeros_like(x)
    dx[x > 0] = dout[x > 0]
    return dx


def small_inputs_rounded(dout, x):
    return dout * (np.round(x, 6) > 0)


def clipped_to_a_thousand(dout, x):
    return np.clip(dout, -1000, 1000) * (x > 0)


def matrices_row_by_row(dout, x):
    if x.ndim == 1:
        return np.where(x > 0, dout, 0)
    dx = dout.copy()
    for row, values in zip(dx, x, strict=True):
        row[values.reshape(row.shape) <= 0] = 0
    return dx.reshape(dout.shape[0], -1)


def slopes_by_division(dout, x):
    with np.errstate(all="ignore"):
        return dout * (np.maximum(x, 0) / x)


def slope_from_a_difference(dout, x):
    h = 1e-6
    return dout * (np.maximum(x + h, 0) - np.maximum(x - h, 0)) / (2 * h)


def largest_index_of_three_axes(dout, x):
    return np.where(x > 0, dout, 0).reshape(x.shape[-2:] if x.ndim > 2 else x.shape)


def integers_as_they_come(dout, x):
    return (dout * (x > 0)).astype(x.dtype)


def capped_at_six(dout, x):
    """The slope of ReLU6."""
    return dout * ((x > 0) & (x < 6))


def squeezed(dout, x):
    return np.squeeze(dout * (x > 0))


def with_a_batch_axis(dout, x):
    return np.atleast_2d(dout * (x > 0))


def sixteen_bits(dout, x):
    return (dout.astype(np.float16) * (x > 0)).astype(np.float64)


def compared_in_single_precision(dout, x):
    return dout * (x.astype(np.float32) > 0)


def product_compared_with_zero(dout, x):
    return (dout * x > 0).astype(float)


def whole_numbers_compared(dout, x):
    return dout * (x.astype(int) > 0)


def mean_over_the_batch(dout, x):
    return dout * (x > 0) / (x.size // x.shape[-1])


# The mistake that each is told; None where no known one explains it.
WRONG = {
    relu_of_the_gradient: "mask_from_the_gradient",
    zeroed_in_place: "written_into_the_gradient",
    of_the_gradient_in_place: "written_into_the_gradient",
    input_zeroed_in_place: "an_argument_changed",
    negative_gradients_too: "negative_cut_off",
    either_positive: "not_zero",
    same_signs: "signs_compared",
    leaky: "not_zero",
    sign_of_the_input: "not_zero",
    cut_at_a_threshold: "wrong_for_numbers_that_are_tiny",
    boolean_mask: "gradient_forgotten",
    selected_only: "zeros_dropped",
    input_for_gradient: "x_for_dout",
    arguments_swapped: "arguments_exchanged",
    clipped_gradient: "cut_off",
    written_into_the_inputs_type: "truncated_to_integers",
    small_inputs_rounded: "wrong_for_numbers_that_are_tiny",
    clipped_to_a_thousand: "cut_off",
    matrices_row_by_row: "right_numbers_in_another_shape",
    slopes_by_division: "a_property_fails",
    slope_from_a_difference: None,
    largest_index_of_three_axes: "wrong_where_dout_has_three_axes_or_more",
    integers_as_they_come: "truncated_to_integers",
    capped_at_six: None,
    squeezed: "right_numbers_in_another_shape",
    with_a_batch_axis: "right_numbers_in_another_shape",
    compared_in_single_precision: "wrong_for_numbers_that_are_tiny",
    product_compared_with_zero: "product_compared",
    sixteen_bits: "in_half_precision",
    whole_numbers_compared: "zero_instead",
    mean_over_the_batch: "factor_of_a_size",
}


# Right answers that pass with a note.
NOTED = {not_negative, halved_at_zero}
