"""Right and wrong ways to write the gradient of a product for each factor."""

import itertools
from functools import reduce

import numpy as np


def _float(*arrays):
    return [a if a.dtype.kind == "f" else a.astype(float) for a in arrays]


def _product(matrices, like):
    eye = np.broadcast_to(np.eye(like.shape[-1], dtype=like.dtype), like.shape)
    return reduce(np.matmul, matrices, eye)


def _turned(matrix):
    return np.swapaxes(matrix, -1, -2)


def each_anew(dout, factors):
    """k products for each factor."""
    dout, factors = _float(dout, factors)
    found = []
    for i in range(len(factors)):
        left, right = _product(factors[:i], dout), _product(factors[i + 1 :], dout)
        found.append(_turned(left) @ dout @ _turned(right))
    return np.array(found)


def prefixes_and_suffixes(dout, factors):
    dout, factors = _float(dout, factors)
    lefts, rights = [_product([], dout)], [_product([], dout)]
    for factor in factors:
        lefts.append(lefts[-1] @ factor)
    for factor in factors[::-1]:
        rights.append(factor @ rights[-1])
    pairs = zip(lefts, rights[-2::-1], strict=False)
    return np.stack([_turned(left) @ dout @ _turned(right) for left, right in pairs])


def by_einsum(dout, factors):
    dout, factors = _float(dout, factors)
    g, found = dout, np.empty_like(factors)
    lefts = [_product(factors[:i], dout) for i in range(len(factors))]
    for i in range(len(factors) - 1, -1, -1):
        found[i] = np.einsum("...ba,...bc->...ac", lefts[i], g)
        g = np.einsum("...ac,...bc->...ab", g, factors[i])
    return found


def from_the_left(dout, factors):
    """L^T dout grows from the left, products on the right are kept."""
    dout, factors = _float(dout, factors)
    rights = [_product([], dout)]
    for factor in factors[:0:-1]:
        rights.append(factor @ rights[-1])
    g, found = dout, []
    for factor, right in zip(factors, rights[::-1], strict=True):
        found.append(g @ _turned(right))
        g = _turned(factor) @ g
    return np.stack(found)


def pytorch(dout, factors):
    import torch

    kind = torch.float32 if factors.dtype == np.float32 else torch.float64
    leaves = torch.tensor(factors.astype(float), dtype=kind, requires_grad=True)
    reduce(torch.matmul, leaves).backward(torch.tensor(dout.astype(float), dtype=kind))
    return leaves.grad.numpy()


def halves(dout, factors):
    """Each half of the product is a factor of the whole."""
    dout, factors = _float(dout, factors)
    if len(factors) == 1:
        return dout[None].copy()
    middle = len(factors) // 2
    left, right = _product(factors[:middle], dout), _product(factors[middle:], dout)
    return np.concatenate(
        [
            halves(dout @ _turned(right), factors[:middle]),
            halves(_turned(left) @ dout, factors[middle:]),
        ]
    )


def matrix_by_matrix(dout, factors):
    dout, factors = _float(dout, factors)
    found = np.empty(factors.shape)
    for at in np.ndindex(dout.shape[:-2]):
        found[(slice(None), *at)] = each_anew(dout[at], factors[(slice(None), *at)])
    return found


# Wrong ones


def _of(dout, factors, rule):
    dout, factors = _float(dout, factors)
    return np.stack(
        [
            rule(_product(factors[:i], dout), dout, _product(factors[i + 1 :], dout))
            for i in range(len(factors))
        ]
    )


def left_as_it_is(dout, factors):
    return _of(dout, factors, lambda left, g, right: left @ g @ _turned(right))


def right_as_it_is(dout, factors):
    return _of(dout, factors, lambda left, g, right: _turned(left) @ g @ right)


def both_as_they_are(dout, factors):
    return _of(dout, factors, lambda left, g, right: left @ g @ right)


def of_the_sum(dout, factors):
    """As if the loss were the trace of the product."""
    return _of(dout, factors, lambda left, g, right: _turned(left) @ _turned(right))


def of_the_entries(dout, factors):
    """dout is taken for ones: the loss is the sum of the product."""
    return each_anew(np.ones(dout.shape), factors)


def with_the_factor(dout, factors):
    dout, factors = _float(dout, factors)
    g, found, left = dout, [], _product([], dout)
    lefts = []
    for factor in factors:
        left = left @ factor
        lefts.append(left)
    for left, factor in zip(lefts[::-1], factors[::-1], strict=True):
        found.append(_turned(left) @ g)
        g = g @ _turned(factor)
    return np.stack(found[::-1])


def carried_too_early(dout, factors):
    """g takes the factor on before its gradient is made."""
    dout, factors = _float(dout, factors)
    g, found = dout, []
    for i in range(len(factors) - 1, -1, -1):
        g = g @ _turned(factors[i])
        found.append(_turned(_product(factors[:i], dout)) @ g)
    return np.stack(found[::-1])


def prefixes_backwards(dout, factors):
    dout, factors = _float(dout, factors)
    g, found = dout, []
    for i in range(len(factors) - 1, -1, -1):
        found.append(_turned(_product(factors[:i][::-1], dout)) @ g)
        g = g @ _turned(factors[i])
    return np.stack(found[::-1])


def suffixes_backwards(dout, factors):
    dout, factors = _float(dout, factors)
    rights, found = [_product([], dout)], []
    for factor in factors[:0:-1]:
        rights.append(rights[-1] @ factor)
    for i, right in enumerate(rights[::-1]):
        found.append(_turned(_product(factors[:i], dout)) @ dout @ _turned(right))
    return np.stack(found)


def not_turned_around(dout, factors):
    dout, factors = _float(dout, factors)
    g, found = dout, []
    for i in range(len(factors) - 1, -1, -1):
        found.append(_turned(_product(factors[:i], dout)) @ g)
        g = g @ _turned(factors[i])
    return np.stack(found)


def of_the_transposed(dout, factors):
    return _turned(each_anew(dout, factors))


def every_axis_turned(dout, factors):
    return _of(dout, factors, lambda left, g, right: left.T @ g @ right.T)


def dot_for_matmul(dout, factors):
    """`np.dot` pairs each matrix of one batch with each of the other."""
    dout, factors = _float(dout, factors)
    lefts = [np.eye(dout.shape[-1], dtype=dout.dtype)]
    for factor in factors[:-1]:
        lefts.append(lefts[-1].dot(factor))
    found = []
    for left, factor in zip(lefts[::-1], factors[::-1], strict=True):
        found.append(_turned(left).dot(dout))
        dout = dout.dot(_turned(factor))
    return np.stack(found[::-1])


def of_the_turned_gradient(dout, factors):
    return each_anew(_turned(dout), factors)


def the_wrong_way_round(dout, factors):
    return _of(dout, factors, lambda left, g, right: _turned(right) @ g @ _turned(left))


def gradient_in_front(dout, factors):
    return _of(dout, factors, lambda left, g, right: g @ _turned(left) @ _turned(right))


def turned_one_by_one(dout, factors):
    """Each factor is transposed where it stands."""
    dout, factors = _float(dout, factors)
    turns, found = _turned(factors), []
    for i in range(len(turns)):
        left, right = _product(turns[:i], dout), _product(turns[i + 1 :], dout)
        found.append(left @ dout @ right)
    return np.stack(found)


def as_numbers(dout, factors):
    """As if the product were one of entries."""
    dout, factors = _float(dout, factors)
    found = []
    for i in range(len(factors)):
        found.append(dout.copy())
        for other in [*factors[:i], *factors[i + 1 :]]:
            found[-1] *= other
    return np.stack(found)


def one_for_the_batch(dout, factors):
    found = each_anew(dout, factors)
    return found.reshape(len(factors), -1, *dout.shape[-2:]).sum(axis=1)


def averaged_over_the_batch(dout, factors):
    found = each_anew(dout, factors)
    batch = tuple(range(1, found.ndim - 2))
    return (
        found - 0
        if not batch
        else np.broadcast_to(found.mean(axis=batch, keepdims=True), found.shape).copy()
    )


def by_the_inverse(dout, factors):
    dout, factors = _float(dout, factors)
    left, g, found = _product(factors, dout), dout, []
    for factor in factors[::-1]:
        left = left @ np.linalg.inv(factor)
        found.append(_turned(left) @ g)
        g = g @ _turned(factor)
    return np.stack(found[::-1])


def by_the_pseudoinverse(dout, factors):
    dout, factors = _float(dout, factors)
    left, g, found = _product(factors, dout), dout, []
    for factor in factors[::-1]:
        left = left @ np.linalg.pinv(factor)
        found.append(_turned(left) @ g)
        g = g @ _turned(factor)
    return np.stack(found[::-1])


def _ends_only(dout, factors):
    """The rule for two factors, between each and its neighbours."""
    dout, factors = _float(dout, factors)
    if len(factors) == 1:
        return dout[None].copy()
    inner = [_turned(a) @ dout @ _turned(b) for a, b in zip(factors, factors[2:], strict=False)]
    return np.stack([dout @ _turned(factors[1]), *inner, _turned(factors[-2]) @ dout])


def neighbours_of_four(dout, factors):
    """Right up to four factors: the ends see all others, the middle ones two at most."""
    found = each_anew(dout, factors)
    return found if len(factors) < 5 else _ends_only(dout, factors)


def summed_and_handed_to_all(dout, factors):
    """As if the examples shared their factors."""
    found = each_anew(dout, factors)
    for axis in range(1, found.ndim - 2):
        found = np.repeat(found.sum(axis, keepdims=True), found.shape[axis], axis)
    return found


def gradient_behind(dout, factors):
    return _of(dout, factors, lambda left, g, right: _turned(left) @ _turned(right) @ g)


def products_from_ones(dout, factors):
    """A sum begins at zeros; a product does not begin at ones."""
    dout, factors = _float(dout, factors)
    start, found = np.ones(dout.shape, dout.dtype), []
    for i in range(len(factors)):
        left = reduce(np.matmul, factors[:i], start)
        right = reduce(np.matmul, factors[i + 1 :], start)
        found.append(_turned(left) @ dout @ _turned(right))
    return np.stack(found)


def what_follows_by_the_inverse(dout, factors):
    """The product, divided by all factors up to this one, is what follows."""
    dout, factors = _float(dout, factors)
    left, found = _product([], dout), []
    for factor in factors:
        right = np.linalg.inv(left @ factor) @ _product(factors, dout)
        found.append(_turned(left) @ dout @ _turned(right))
        left = left @ factor
    return np.stack(found)


def what_follows_by_the_pseudoinverse(dout, factors):
    dout, factors = _float(dout, factors)
    left, found = _product([], dout), []
    for factor in factors:
        right = np.linalg.pinv(left @ factor) @ _product(factors, dout)
        found.append(_turned(left) @ dout @ _turned(right))
        left = left @ factor
    return np.stack(found)


def as_integers(dout, factors):
    """Floats come last, when the products have wrapped around."""
    eye = np.eye(factors.shape[-1], dtype=factors.dtype)
    found = []
    for i in range(len(factors)):
        left, right = reduce(np.matmul, factors[:i], eye), reduce(np.matmul, factors[i + 1 :], eye)
        found.append(_turned(left) @ dout @ _turned(right))
    return _float(np.stack(found))[0]


def into_the_factors(dout, factors):
    """The gradients are written over the factors."""
    found = each_anew(dout, factors)
    factors[...] = found.astype(factors.dtype)
    return found


def in_their_own_type(dout, factors):
    found = each_anew(dout, factors)
    return found.astype(factors.dtype)


def as_a_list(dout, factors):
    return [*each_anew(dout, factors)]


def with_the_factor_but_for_the_first(dout, factors):
    """The product so far is read one place too late."""
    f, g = np.asarray(factors, float), np.asarray(dout, float)
    so_far = list(itertools.accumulate(f, np.matmul))
    found = np.empty(f.shape)
    for i in range(len(f) - 1, 0, -1):
        found[i] = so_far[i].swapaxes(-1, -2) @ g
        g = g @ f[i].swapaxes(-1, -2)
    found[0] = g
    return found


def moved_on_before_it_is_used(dout, factors):
    f, g = np.asarray(factors, float), np.asarray(dout, float)
    so_far = list(itertools.accumulate(f, np.matmul))
    found = np.empty(f.shape)
    for i in range(len(f) - 1, 0, -1):
        g = g @ f[i].swapaxes(-1, -2)
        found[i] = so_far[i - 1].swapaxes(-1, -2) @ g
    found[0] = g
    return found


def never_reset(dout, factors):
    f, g, found = np.asarray(factors, float), np.asarray(dout, float), []
    for i in range(len(f)):
        for factor in f[:i]:
            g = factor.swapaxes(-1, -2) @ g
        for factor in f[:i:-1]:
            g = g @ factor.swapaxes(-1, -2)
        found.append(g)
    return np.stack(found)


def what_is_left_by_the_pseudoinverse(dout, factors):
    """Each factor is taken from the product of all, one after another."""
    dout, factors = _float(dout, factors)
    left, right, found = _product([], dout), _product(factors, dout), []
    for factor in factors:
        right = np.linalg.pinv(factor) @ right
        found.append(_turned(left) @ dout @ _turned(right))
        left = left @ factor
    return np.stack(found)


def but_for_the_last(dout, factors):
    dout, factors = _float(dout, factors)
    k, found = len(factors), []
    for i in range(k):
        left = right = _product([], dout)
        for j in range(i):
            left = left @ factors[j]
        for j in range(i + 1, k - 1):
            right = right @ factors[j]
        found.append(_turned(left) @ dout @ _turned(right))
    return np.stack(found)


def as_of_a_mean_loss(dout, factors):
    return each_anew(dout / np.prod(dout.shape[:-2]), factors)


def two_or_more(dout, factors):
    """The first and the last factor are taken apart, which one alone cannot be."""
    dout, factors = _float(dout, factors)
    lefts, g = list(itertools.accumulate(factors[:-1], np.matmul)), dout
    if not lefts:
        return _turned(factors) @ dout
    found = []
    for left, factor in zip(lefts[::-1], factors[:0:-1], strict=True):
        found.append(_turned(left) @ g)
        g = g @ _turned(factor)
    return np.stack([g, *found[::-1]])


WRONG = {
    left_as_it_is: "left_not_transposed",
    right_as_it_is: "right_not_transposed",
    both_as_they_are: "nothing_transposed",
    of_the_sum: "gradient_of_the_product_left_out",
    of_the_entries: "ones_for_the_gradient",
    with_the_factor: "factor_itself_on_the_left",
    carried_too_early: "factor_itself_on_the_right",
    prefixes_backwards: "left_factors_backwards",
    suffixes_backwards: "right_factors_backwards",
    not_turned_around: "last_factor_first",
    of_the_transposed: "result_transposed",
    every_axis_turned: "all_axes_turned",
    dot_for_matmul: "all_axes_turned",
    of_the_turned_gradient: "gradient_transposed",
    the_wrong_way_round: "sides_exchanged",
    gradient_in_front: "gradient_first",
    turned_one_by_one: "transposed_in_the_old_order",
    as_numbers: "entry_by_entry",
    one_for_the_batch: "summed_over_the_batch",
    averaged_over_the_batch: "one_gradient_for_the_batch",
    summed_and_handed_to_all: "one_gradient_for_the_batch",
    gradient_behind: "gradient_last",
    products_from_ones: "ones_for_the_identity",
    by_the_inverse: "divided_by_the_factor",
    by_the_pseudoinverse: "divided_by_a_pseudoinverse",
    what_follows_by_the_inverse: "divided_by_the_factor",
    what_follows_by_the_pseudoinverse: "divided_by_a_pseudoinverse",
    as_integers: "products_of_integers",
    neighbours_of_four: None,
    into_the_factors: "an_argument_changed",
    in_their_own_type: "truncated_to_integers",
    as_a_list: "a_result_of_another_kind",
    with_the_factor_but_for_the_first: "factor_itself_on_the_left",
    moved_on_before_it_is_used: "factor_itself_on_the_right",
    never_reset: "gradient_carried_on",
    what_is_left_by_the_pseudoinverse: "divided_by_a_pseudoinverse",
    but_for_the_last: "last_factor_left_out",
    as_of_a_mean_loss: "divided_by_the_batch",
    two_or_more: None,
}
