"""Right ways to build a Jacobian from backward passes."""

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
