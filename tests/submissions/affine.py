"""Right and wrong ways to write the affine layer."""

import numpy as np


def einsum(x, w, b):
    return np.einsum("...i,io->...o", x, w) + b


def dot(x, w, b):
    return np.add(np.dot(x, w), b)


def rows(x, w, b):
    return (x.reshape(-1, w.shape[0]) @ w + b[None, :]).reshape(*x.shape[:-1], len(b))


def loops(x, w, b):
    out = np.zeros((*x.shape[:-1], len(b)))
    for index in np.ndindex(out.shape):
        out[index] = sum(x[index[:-1]] * w[:, index[-1]]) + b[index[-1]]
    return out


def bias_as_a_weight(x, w, b):
    with_one = np.concatenate([x, np.ones((*x.shape[:-1], 1))], axis=-1)
    return with_one @ np.vstack([w, b])


def tensordot(x, w, b):
    return np.tensordot(x, w, axes=1) + b


def bias_column_by_reshape(x, w, b):
    return np.dot(x, w) + b.reshape(-1, 1)


def bias_forgotten_in_a_loop(x, w, b):
    return np.array([row @ w for row in x])


def pytorch_layout(x, w, b):
    return np.dot(x, w.T) + b


def bias_added_first(x, w, b):
    return (x + b) @ w


def bias_to_the_first_row(x, w, b):
    out = x @ w
    out[0] += b
    return out


def matrices_only(x, w, b):
    return np.einsum("ni,io->no", x, w) + b


def flattened_images(x, w, b):
    return np.reshape(x, (x.shape[0], -1)) @ w + b


def vector_made_a_row(x, w, b):
    return np.atleast_2d(x) @ w + b


def bias_repeated_by_the_batch(x, w, b):
    return x @ w + len(x) * b


def bias_written_into_the_inputs(x, w, b):
    b += x @ w
    return b


def relu_included(x, w, b):
    return np.maximum(x @ w + b, 0)


def small_integers(x, w, b):
    return x @ w.astype(x.dtype) + b


def transposed_result(x, w, b):
    return (w.T @ x.swapaxes(-1, -2) + b[:, None]) if x.ndim > 1 else x @ w + b


def column_bias_and_lost_axes(x, w, b):
    out = x.reshape(-1, x.shape[-1]) @ w
    return out + b[:, None]


def result_in_the_type_of_the_inputs(x, w, b):
    return (x @ w + b).astype(x.dtype)


def bias_in_the_type_of_the_weights(x, w, b):
    return x @ w + b.astype(w.dtype)


def transposed_where_it_fits(x, w, b):
    """Weights of shape (d_out, d_in), if they may be."""
    return x @ (w.T if w.shape[1] == x.shape[-1] else w) + b


def bias_of_each_example_where_it_fits(x, w, b):
    y = x @ w
    return y + (b[:, None] if y.ndim == 2 and len(y) == len(b) else b)


def loops_over_rows(x, w, b):
    y = np.zeros((len(x), w.shape[1]))
    for i, row in enumerate(x.reshape(len(x), -1, len(w)) if x.ndim > 1 else [x]):
        y[i] = (row @ w + b)[0]
    return y.reshape(*x.shape[:-1], -1) if x.ndim != 1 else y[0]


def two_axes_at_most(x, w, b):
    return np.dot(x.reshape(x.shape[0] if x.ndim > 1 else 1, -1, len(w)), w).squeeze() + b


def a_batch_axis_is_added(x, w, b):
    return np.atleast_2d(x) @ w + b


def pixels_scaled(x, w, b):
    return (x / 255 if x.dtype == np.uint8 else x) @ w + b


def one_leading_axis_kept(x, w, b):
    y = x.reshape(-1, len(w)) @ w + b
    return (
        y.reshape(*x.shape[:-2], -1, w.shape[1])[..., :, :]
        if x.ndim < 4
        else y.reshape(len(x), -1, w.shape[1])
    )


def squeezed(x, w, b):
    return np.squeeze(x @ w + b)


def einsum_of_matrices(x, w, b):
    return np.einsum("ni,io->no", x, w) + b


def four_bytes(x, w, b):
    x, w, b = (a.astype(np.int32) if a.dtype == np.int64 else a for a in (x, w, b))
    return (x @ w + b).astype(float)


def bias_added_in_place(x, w, b):
    y = x @ w
    y += b
    return y


def bias_in_the_type_of_the_inputs(x, w, b):
    return x @ w + b.astype(x.dtype)


def squeezed_from_three_axes(x, w, b):
    y = x.astype(float) @ w.astype(float) + b
    return y.squeeze() if y.ndim > 2 else y


def bias_with_each_input(x, w, b):
    y = np.zeros((*x.shape[:-1], len(b)))
    for i in range(len(w)):
        y += x[..., i, None] * w[i].astype(float) + b
    return y


# The mistake that each is told; None where no known one explains it.


def bias_along_the_batch(x, w, b):
    return (w.T @ x.T + b).T


def bias_only_if_no_entry_is_0(x, w, b):
    return x @ w + b if b.all() else x @ w


WRONG = {
    bias_column_by_reshape: "bias_as_column",
    bias_forgotten_in_a_loop: "no_bias",
    pytorch_layout: "weights_transposed",
    bias_added_first: None,
    bias_to_the_first_row: "rows_in_another_order_has_another_effect",
    matrices_only: "wrong_where_x_and_w_have_different_numbers_of_axes",
    flattened_images: "examples_flattened",
    vector_made_a_row: "right_numbers_in_another_shape",
    bias_repeated_by_the_batch: None,
    bias_written_into_the_inputs: "shapes_that_do_not_fit",
    relu_included: "negative_cut_off",
    small_integers: "right_as_floats",
    transposed_result: "transposed",
    column_bias_and_lost_axes: "bias_as_column",
    result_in_the_type_of_the_inputs: "truncated_to_integers",
    bias_in_the_type_of_the_weights: "bias_in_the_type_of_others",
    transposed_where_it_fits: "wrong_where_all_axes_of_w_are_equally_long",
    bias_of_each_example_where_it_fits: "rows_in_another_order_has_another_effect",
    loops_over_rows: "wrong_where_x_and_w_have_different_numbers_of_axes",
    two_axes_at_most: "right_numbers_in_another_shape",
    a_batch_axis_is_added: "right_numbers_in_another_shape",
    one_leading_axis_kept: "right_numbers_in_another_shape",
    squeezed: "right_numbers_in_another_shape",
    einsum_of_matrices: "wrong_where_x_and_w_have_different_numbers_of_axes",
    four_bytes: "right_as_floats",
    bias_added_in_place: "integers_refused",
    bias_in_the_type_of_the_inputs: "bias_in_the_type_of_others",
    squeezed_from_three_axes: "right_numbers_in_another_shape",
    bias_with_each_input: "bias_in_the_loop",
    bias_along_the_batch: "bias_as_column",
    bias_only_if_no_entry_is_0: "wrong_where_b_holds_a_0",
}
