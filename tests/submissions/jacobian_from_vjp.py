"""Right and wrong ways to build a Jacobian from backward passes."""

import numpy as np


def rows_of_the_identity(vjp, shape):
    size = int(np.prod(shape))
    rows = [np.array(vjp(e.reshape(shape))) for e in np.eye(size)]
    return np.array(rows).reshape(shape + rows[0].shape)


def filled_in(vjp, shape):
    jacobian = None
    for index in np.ndindex(*shape):
        g = np.zeros(shape)
        g[index] = 1.0
        row = vjp(g)
        if jacobian is None:
            jacobian = np.empty(shape + row.shape)
        jacobian[index] = row
    return jacobian


def set_and_set_back(vjp, shape):
    g, rows = np.zeros(shape), []
    flat = g.reshape(-1)
    for i in range(flat.size):
        flat[i] = 1
        rows.append(1.0 * vjp(g))
        flat[i] = 0
    return np.stack(rows).reshape(*shape, *rows[0].shape)


def recursive(vjp, shape):
    def part(prefix):
        if len(prefix) == len(shape):
            g = np.zeros(shape)
            g[prefix] = 1
            return np.copy(vjp(g))
        return np.stack([part((*prefix, i)) for i in range(shape[len(prefix)])])

    return part(())


def stacked_copies(vjp, shape):
    rows = []
    for index in np.ndindex(shape):
        g = np.zeros(shape)
        g[index] = 1.0
        rows.append(np.array(vjp(g), copy=True))
    return np.array(rows).reshape(*shape, *rows[0].shape)


def columns_then_moved(vjp, shape):
    """The entries of the output come last, and are moved to the front."""
    size = int(np.prod(shape))
    found = [vjp(e.reshape(shape)).copy() for e in np.identity(size)]
    jacobian = np.moveaxis(np.stack(found, axis=-1), -1, 0)
    return jacobian.reshape(tuple(shape) + found[0].shape)


def one_call(vjp, shape):
    return vjp(np.ones(shape))


def never_set_back(vjp, shape):
    g, rows = np.zeros(shape), []
    for index in np.ndindex(shape):
        g[index] = 1
        rows.append(np.copy(vjp(g)))
    return np.stack(rows).reshape(*shape, *rows[0].shape)


def grad_without_zero_grad(vjp, shape):
    grad, rows = 0, []
    for e in np.eye(int(np.prod(shape))):
        grad = grad + vjp(e.reshape(shape))
        rows.append(grad)
    return np.stack(rows).reshape(*shape, *rows[0].shape)


def columns(vjp, shape):
    rows = [np.copy(vjp(e.reshape(shape))) for e in np.eye(int(np.prod(shape)))]
    jacobian = np.stack(rows, axis=-1)
    return jacobian.reshape(*rows[0].shape, *shape)


def two_axes(vjp, shape):
    size = int(np.prod(shape))
    return np.stack([np.ravel(vjp(e.reshape(shape))) for e in np.eye(size)])


def stacked_only(vjp, shape):
    size = int(np.prod(shape))
    return np.stack([np.copy(vjp(e.reshape(shape))) for e in np.eye(size)])


def whole_rows(vjp, shape):
    if not shape:
        return vjp(np.ones(()))
    out = []
    for i in range(shape[0]):
        g = np.zeros(shape)
        g[i] = 1
        out.append(vjp(g))
    return np.array(out)


def not_copied(vjp, shape):
    rows = []
    for index in np.ndindex(shape):
        g = np.zeros(shape)
        g[index] = 1
        rows.append(vjp(g))
    return np.stack(rows).reshape(*shape, *rows[0].shape)


def called_twice(vjp, shape):
    size = int(np.prod(shape))
    rows = [np.copy(vjp(e.reshape(shape))) for e in np.eye(size)]
    return np.stack(rows).reshape(*shape, *vjp(np.zeros(shape)).shape)


def negated(vjp, shape):
    return -called_twice(vjp, shape)


def vectors_only(vjp, shape):
    return np.stack([np.copy(vjp(e)) for e in np.eye(shape[0])])


def integers(vjp, shape):
    rows = []
    for index in np.ndindex(shape):
        g = np.zeros(shape, dtype=np.int64)
        g[index] = 1
        rows.append(np.copy(vjp(g)))
    return np.stack(rows).reshape(*shape, *rows[0].shape)


def true_and_false(vjp, shape):
    size = int(np.prod(shape))
    rows = [np.copy(vjp((np.arange(size) == i).reshape(shape))) for i in range(size)]
    return np.stack(rows).reshape(*shape, *rows[0].shape)


def in_single_precision(vjp, shape):
    size = int(np.prod(shape))
    rows = [np.copy(vjp(e.reshape(shape))) for e in np.eye(size, dtype=np.float32)]
    return np.array(rows, dtype=float).reshape(tuple(shape) + rows[0].shape)


def vectors_and_matrices_only(vjp, shape):
    rows = []
    for at in np.ndindex(*shape[-2:]):
        g = np.zeros(shape)
        g[(..., *at)] = 1
        rows.append(np.copy(vjp(g)))
    return np.stack(rows).reshape(tuple(shape[-2:]) + rows[0].shape)


def one_number_not_copied(vjp, shape):
    return vjp(np.ones(())) if shape == () else rows_of_the_identity(vjp, shape)


def a_float_for_one_number(vjp, shape):
    return np.copy(vjp(1.0)) if shape == () else rows_of_the_identity(vjp, shape)


def last_axis_then_reshaped(vjp, shape):
    rows = []
    for index in np.ndindex(*shape):
        g = np.zeros(shape)
        g[index] = 1
        rows.append(np.copy(vjp(g)))
    return np.stack(rows, -1).reshape(tuple(shape) + rows[0].shape)


def all_unit_vectors_at_once(vjp, shape):
    size = int(np.prod(shape))
    jacobian = np.copy(vjp(np.eye(size).reshape(size, *shape)))
    return jacobian.reshape(tuple(shape) + jacobian.shape[1:])


def rows_as_a_batch(vjp, shape):
    if not shape:
        return np.copy(vjp(np.ones(())))
    jacobian = []
    for i in range(shape[-1]):
        g = np.zeros(shape)
        g[..., i] = 1.0
        jacobian.append(np.copy(vjp(g)))
    return np.array([jacobian] * int(np.prod(shape[:-1]))).reshape(tuple(shape) + jacobian[0].shape)


def numbered_down_the_columns(vjp, shape):
    rows = []
    for i in range(int(np.prod(shape))):
        g = np.zeros(shape)
        g[np.unravel_index(i, shape, order="F")] = 1.0
        rows.append(np.copy(vjp(g)))
    return np.stack(rows).reshape(tuple(shape) + rows[0].shape)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    one_call: "ones_passed",
    never_set_back: "rows_added_up",
    grad_without_zero_grad: "rows_added_up",
    columns: "inputs_first",
    two_axes: "flattened",
    stacked_only: "outputs_flattened",
    whole_rows: "first_axis_only",
    not_copied: "a_property_fails",
    called_twice: "a_property_fails",
    negated: "sign",
    integers: "ones_of_integers",
    true_and_false: "ones_of_integers",
    in_single_precision: "nearly_right",
    vectors_and_matrices_only: "sum_too_many",
    one_number_not_copied: "a_property_fails",
    a_float_for_one_number: "wrong_where_shape_has_0_entries",
    last_axis_then_reshaped: "stacked_last_and_reshaped",
    all_unit_vectors_at_once: "a_property_fails",
    rows_as_a_batch: "last_axis_only",
    numbered_down_the_columns: "ones_in_fortran_order",
    vectors_only: "wrong_except_where_shape_has_1_entry",
}
