"""Right and wrong ways to write the shape that broadcasting gives."""

import functools
import itertools

import numpy as np


def numpys_own(*shapes):
    return np.broadcast_shapes(*shapes)


def an_array_of_each(*shapes):
    return sum((np.zeros(shape) for shape in shapes), start=np.zeros(())).shape


def backwards(*shapes):
    result = []
    for sizes in itertools.zip_longest(*map(reversed, shapes), fillvalue=1):
        others = set(sizes) - {1}
        if len(others) > 1:
            raise ValueError(f"sizes {sizes} do not fit")
        result.append(others.pop() if others else 1)
    return tuple(reversed(result))


def pair_by_pair(*shapes):
    def join(one, other):
        while len(one) < len(other):
            one = (1, *one)
        while len(other) < len(one):
            other = (1, *other)
        for a, b in zip(one, other, strict=True):
            if not (a == b or a == 1 or b == 1):
                raise ValueError
        return tuple(b if a == 1 else a for a, b in zip(one, other, strict=True))

    return functools.reduce(join, shapes, ())


def with_numpys_integers(*shapes):
    axes = max((len(shape) for shape in shapes), default=0)
    table = np.ones((len(shapes) + 1, axes), int)
    for row, shape in zip(table[1:], shapes, strict=True):
        row[axes - len(shape) :] = shape
    result = np.where((table == 0).any(0), 0, table.max(0))
    if ((table != 1) & (table != result)).any():
        raise ValueError("these shapes do not fit together")
    return tuple(result)


def from_pytorch(*shapes):
    import torch

    try:
        return torch.broadcast_shapes(*shapes)
    except RuntimeError as error:
        raise ValueError(str(error)) from None


class ShapeError(Exception):
    """An error of one's own."""


def zipped_from_the_left(*shapes):
    result = []
    for sizes in itertools.zip_longest(*shapes, fillvalue=1):
        others = set(sizes) - {1}
        if len(others) > 1:
            raise ValueError(f"{sizes}")
        result.append(others.pop() if others else 1)
    return tuple(result)


def same_length_only(*shapes):
    result = []
    for sizes in zip(*shapes, strict=True):
        others = set(sizes) - {1}
        if len(others) > 1:
            raise ValueError(f"{sizes}")
        result.append(others.pop() if others else 1)
    return tuple(result)


def zipped_until_the_shorter_ends(*shapes):
    result = []
    for sizes in zip(*(shape[::-1] for shape in shapes), strict=False):
        others = set(sizes) - {1}
        if len(others) > 1:
            raise ValueError("no")
        result.insert(0, max(others, default=1))
    return tuple(result)


def not_turned_round(*shapes):
    result = []
    for sizes in itertools.zip_longest(*map(reversed, shapes), fillvalue=1):
        others = set(sizes) - {1}
        if len(others) > 1:
            raise ValueError("no")
        result.append(others.pop() if others else 1)
    return tuple(result)


def maximum(*shapes):
    backwards = itertools.zip_longest(*map(reversed, shapes), fillvalue=1)
    return tuple(max(sizes) for sizes in backwards)[::-1]


def largest_if_all_divide_it(*shapes):
    result = []
    for sizes in itertools.zip_longest(*map(reversed, shapes), fillvalue=1):
        largest = 0 if set(sizes) <= {0, 1} and 0 in sizes else max(sizes)
        if largest and any(size == 0 or largest % size for size in sizes):
            raise ValueError("no")
        result.append(largest)
    return tuple(reversed(result))


def maximum_with_a_check(*shapes):
    result = []
    for sizes in itertools.zip_longest(*map(reversed, shapes), fillvalue=1):
        largest = max(sizes)
        if any(size not in (0, 1, largest) for size in sizes):
            raise ValueError("no")
        result.append(largest)
    return tuple(reversed(result))


def maximum_of_two_that_fit(*shapes):
    result = []
    for sizes in itertools.zip_longest(*map(reversed, shapes), fillvalue=1):
        if len(set(sizes) - {1}) > 1:
            raise ValueError("no")
        result.append(max(sizes))
    return tuple(reversed(result))


def zero_is_false(*shapes):
    result = []
    for sizes in itertools.zip_longest(*map(reversed, shapes), fillvalue=1):
        others = {size for size in sizes if size > 1}
        if len(others) > 1:
            raise ValueError("no")
        result.append(max(sizes))
    return tuple(reversed(result))


def only_a_and_b(a, b):
    return maximum_of_two_that_fit(a, b)


def first_two(*shapes):
    result = []
    for sizes in itertools.zip_longest(*map(reversed, shapes[:2]), fillvalue=1):
        others = set(sizes) - {1}
        if len(others) > 1:
            raise ValueError("no")
        result.append(others.pop() if others else 1)
    return tuple(reversed(result))


def second_must_stretch(*shapes):
    axes = max(map(len, shapes), default=0)
    first, *others = [(1,) * (axes - len(s)) + s for s in shapes] or [()]
    for shape in others:
        if any(b not in (1, a) for a, b in zip(first, shape, strict=True)):
            raise ValueError("does not fit")
    return first


def forgot_to_raise(*shapes):
    result = []
    for sizes in itertools.zip_longest(*map(reversed, shapes), fillvalue=1):
        others = set(sizes) - {1}
        if len(others) > 1:
            return None
        result.append(others.pop() if others else 1)
    return tuple(reversed(result))


def reversed_and_none(*shapes):
    result = forgot_to_raise(*shapes)
    return result and result[::-1]


def list_of_sizes(*shapes):
    result = []
    for sizes in itertools.zip_longest(*map(reversed, shapes), fillvalue=1):
        others = set(sizes) - {1}
        if len(others) > 1:
            raise ValueError("no")
        result.append(others.pop() if others else 1)
    return result[::-1]


def asserted(*shapes):
    result = []
    for sizes in itertools.zip_longest(*map(reversed, shapes), fillvalue=1):
        others = set(sizes) - {1}
        assert len(others) <= 1, "these do not fit"
        result.append(others.pop() if others else 1)
    return tuple(reversed(result))


def an_error_of_ones_own(*shapes):
    try:
        return asserted(*shapes)
    except AssertionError:
        raise ShapeError("these do not fit") from None


def nothing_is_an_error(*shapes):
    axes = max(len(shape) for shape in shapes)
    result = []
    for sizes in zip(*((1,) * (axes - len(s)) + s for s in shapes), strict=True):
        others = set(sizes) - {1}
        if len(others) > 1:
            raise ValueError("no")
        result.append(others.pop() if others else 1)
    return tuple(result)


def floats(*shapes):
    return tuple(float(size) for size in nothing_is_an_error(*shapes or [()]))


def _sizes(shapes, against):
    axes = max(map(len, shapes), default=0)
    padded = [(1,) * (axes - len(shape)) + tuple(shape) for shape in shapes]
    found = []
    for sizes in zip(*padded, strict=True):
        one = sizes[against(shapes)]
        if any(size not in (one, 1) and one != 1 for size in sizes):
            raise ValueError(f"{sizes} do not fit")
        found.append(next((size for size in sizes if size != 1), 1))
    return tuple(found)


def all_against_the_first(*shapes):
    return _sizes(shapes, lambda shapes: 0)


def all_against_the_longest(*shapes):
    return _sizes(shapes, lambda shapes: max(range(len(shapes)), key=lambda i: len(shapes[i])))


def ones_in_front_stripped(*shapes):
    found = list(np.broadcast_shapes(*shapes))
    while found and found[0] == 1:
        found.pop(0)
    return tuple(found)


def squeezed(*shapes):
    return tuple(size for size in np.broadcast_shapes(*shapes) if size > 1)


def three_at_most(*shapes):
    return np.broadcast_shapes(*shapes[:3])


def only_the_last_three_axes_compared(*shapes):
    np.broadcast_shapes(*(shape[-3:] for shape in shapes))
    axes = itertools.zip_longest(*map(reversed, shapes), fillvalue=1)
    return tuple(next((n for n in sizes if n != 1), 1) for sizes in axes)[::-1]


def larger_of_neighbours(*shapes):
    for one, other in itertools.pairwise(shapes):
        np.broadcast_shapes(one, other)
    return maximum(*shapes)


def into_the_first(*shapes):
    out = list(shapes[0]) if shapes else []
    for shape in shapes[1:]:
        for i in range(1, min(len(shape), len(out)) + 1):
            if out[-i] == 1:
                out[-i] = shape[-i]
            elif shape[-i] not in (1, out[-i]):
                raise ValueError
    return tuple(out)


def with_the_one_before(*shapes):
    result = tuple(shapes[0]) if shapes else ()
    for one, other in itertools.pairwise(shapes):
        result = np.broadcast_shapes(one, other)
    return result


def a_1_at_each_axis(*shapes):
    out = [1] * max(map(len, shapes), default=0)
    for shape in shapes:
        for i in range(1, len(shape) + 1):
            if out[-i] != 1 and shape[-i] != 1:
                raise ValueError
            if shape[-i] != 1:
                out[-i] = shape[-i]
    return tuple(out)


def at_least_one_axis(*shapes):
    return np.broadcast_shapes(*shapes) or (1,)


def each_over_the_last(*shapes):
    """The sizes are compared, and then the later one stays, a 1 too."""
    out = [1] * max(map(len, shapes), default=0)
    for shape in shapes:
        for i in range(1, len(shape) + 1):
            if 1 not in (shape[-i], out[-i]) and out[-i] != shape[-i]:
                raise ValueError("shapes do not fit")
            out[-i] = shape[-i]
    return tuple(out)


def the_longest_as_it_is(*shapes):
    out = max(shapes, key=len, default=())
    for shape in shapes:
        for i in range(1, len(shape) + 1):
            if shape[-i] != out[-i] and 1 not in (shape[-i], out[-i]):
                raise ValueError("do not fit")
    return out


def first_axis_not_compared(*shapes):
    axes = max(map(len, shapes), default=0)
    rows = [(1,) * (axes - len(shape)) + shape for shape in shapes]
    result = [max(column) for column in zip(*rows, strict=True)]
    for axis, size in enumerate(result):
        if axis and any(row[axis] not in (1, size) for row in rows):
            raise ValueError("sizes differ")
    return tuple(result)


def two_sizes_at_most(*shapes):
    """Two sizes are taken for 1 and another one."""
    result = []
    for column in itertools.zip_longest(*(shape[::-1] for shape in shapes), fillvalue=1):
        if len(set(column)) > 2:
            raise ValueError("sizes differ")
        result.append(max(column))
    return tuple(result[::-1])


def missing_axes_count_0(*shapes):
    axes = max(map(len, shapes), default=0)
    rows = [(0,) * (axes - len(shape)) + shape for shape in shapes]
    sizes = [set(column) - {1} for column in zip(*rows, strict=True)]
    if any(len(each) > 1 for each in sizes):
        raise ValueError("sizes do not fit")
    return tuple(each.pop() if each else 1 for each in sizes)


def only_missing_axes_stretched(*shapes):
    axes = max(map(len, shapes), default=0)
    result = []
    for place in range(-axes, 0):
        sizes = {shape[place] for shape in shapes if len(shape) >= -place}
        if len(sizes) > 1:
            raise ValueError("sizes differ")
        result += sizes
    return tuple(result)


def range_of_places_one_short(*shapes):
    result = [1] * max(map(len, shapes), default=0)
    for place in range(1, len(result)):
        for shape in shapes:
            if place <= len(shape) and shape[-place] != 1:
                if result[-place] not in (1, shape[-place]):
                    raise ValueError("sizes do not fit")
                result[-place] = shape[-place]
    return tuple(result)


def joined_in_pairs(*shapes):
    """Of one shape there is no pair."""
    result = ()
    for one, other in itertools.pairwise(shapes):
        result = np.broadcast_shapes(result, one, other)
    return result


def last_place_taken_at_minus_0(*shapes):
    result = [1] * max(map(len, shapes), default=0)
    for i in range(len(result)):
        for shape in shapes:
            if i < len(shape) and shape[-i] != 1:
                if result[-i] not in (1, shape[-i]):
                    raise ValueError("sizes do not fit")
                result[-i] = shape[-i]
    return tuple(result)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    zipped_from_the_left: "aligned_from_the_left",
    same_length_only: "missing_axes_refused",
    zipped_until_the_shorter_ends: "axes_of_the_longer_lost",
    not_turned_round: "axes_reversed",
    maximum: "misfits_let_through",
    largest_if_all_divide_it: "multiples_stretched",
    only_a_and_b: "another_signature",
    first_two: "only_two_shapes",
    second_must_stretch: "stretched_on_one_side",
    forgot_to_raise: "none_for_a_misfit",
    reversed_and_none: "axes_reversed",
    list_of_sizes: "a_result_of_another_kind",
    asserted: "wrong_where_a_ValueError_is_asked_for",
    an_error_of_ones_own: "wrong_where_a_ValueError_is_asked_for",
    nothing_is_an_error: "no_shape_refused",
    floats: None,
    all_against_the_first: "one_shape_compared_with_all",
    all_against_the_longest: "one_shape_compared_with_all",
    larger_of_neighbours: "only_neighbours_compared",
    squeezed: "ones_dropped",
    three_at_most: "wrong_where_shapes_has_4_entries",
    only_the_last_three_axes_compared: None,
    ones_in_front_stripped: "leading_ones_dropped",
    into_the_first: "axes_of_the_first_alone",
    with_the_one_before: "last_two_shapes",
    a_1_at_each_axis: "equal_sizes_refused",
    at_least_one_axis: "one_axis_for_a_number",
    each_over_the_last: "ones_stay",
    the_longest_as_it_is: "ones_stay",
    first_axis_not_compared: "wrong_in_some_where_a_ValueError_is_asked_for",
    two_sizes_at_most: "wrong_in_some_where_a_ValueError_is_asked_for",
    missing_axes_count_0: "missing_axes_refused",
    only_missing_axes_stretched: "stretched_on_one_side",
    range_of_places_one_short: "first_axis_stays_1",
    joined_in_pairs: "wrong_where_shapes_has_1_entry",
    last_place_taken_at_minus_0: "counted_from_minus_0",
}

# Right answers that pass with a note.
NOTED = {maximum_with_a_check, maximum_of_two_that_fit, zero_is_false}
