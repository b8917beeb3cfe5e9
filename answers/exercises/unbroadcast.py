"""Practice for question 8: the backward pass of broadcasting."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import EMPTY
from answers.grader.number_types import add_whole_numbers
from answers.networks.broadcasting import unbroadcast

exercise = Exercise(
    unbroadcast,
    page="08-broadcasting",
    hints=(
        "A bias that was added to 3 rows was used 3 times. What does the chain rule do with the "
        "gradients of several uses of one number?",
        "Two kinds of axes were copied: those that the array did not have, and those that it had "
        "with size 1. Align `shape` with `gradient.shape` at the right to find both.",
        "Sum over the new axes and they are gone, as they should be. Sum over a stretched axis "
        "and it must stay, with size 1: `keepdims=True`, or a `reshape` at the end.",
    ),
)

rng = np.random.default_rng(8)
matrix, cube = rng.normal(size=(3, 4)), rng.normal(size=(2, 3, 4))
four = np.random.default_rng(9).normal(size=(2, 3, 4, 5))
exercise.case("a bias", np.array([[1.0, 10.0], [2.0, 20.0], [4.0, 40.0]]), (2,))
exercise.case("nothing was broadcast", matrix, (3, 4))
exercise.case("a column", matrix, (3, 1))
exercise.case("a row with its axis", matrix, (1, 4))
exercise.case("a single number", matrix, ())
exercise.case("a single entry with two axes", matrix, (1, 1))
exercise.case("two new axes", cube, (4,))
exercise.case("a new axis and a stretched one", cube, (3, 1))
exercise.case("a stretched axis in the middle", cube, (2, 1, 4))
exercise.case("as many rows as columns", rng.normal(size=(3, 3)), (3, 1))
exercise.case("the first and the last axis stretched", cube, (1, 3, 1))
exercise.case("three stretched axes of four", four, (2, 1, 1, 1))
exercise.case("a new axis and two stretched ones", four, (1, 4, 1))
exercise.case("two new axes and a stretched one", four, (4, 1))
exercise.case("an axis of size 1 that was not stretched", cube[:, :1], (1, 4))
exercise.case("no rows at all", matrix[:0], (4,), noted=EMPTY)
exercise.case(
    "a bias for as many rows as it has entries", rng.normal(size=(3, 3)), (3,)
)
exercise.case("integers", np.array([[3, -1, 4], [2, 7, 0]]), (3,))
exercise.case("float32", cube.astype(np.float32), (1, 4))
add_whole_numbers(exercise, np.array([[200, 100], [90, 7]]), (2,), signed=False)
exercise.case("a single row that was not broadcast", matrix[:1], (1, 4))
exercise.case("a bias of one example", matrix[:1], (4,))


def axes_of(gradient, shape):
    """The axes that `shape` lacks, and those that it has with size 1 and were stretched."""
    new = gradient.ndim - len(shape)
    pairs = enumerate(zip(shape, gradient.shape[new:], strict=True), new)
    return tuple(range(new)), tuple(axis for axis, (a, b) in pairs if a != b)


@exercise.bug
def not_summed(gradient, shape):
    """The gradient is returned as it is, in the shape of the result. It must have the shape of
    what was broadcast: sum over the axes that were copied."""
    # "The gradient is returned as it is, in the shape of the result": np.array_equal(got,
    #     gradient)
    # "It must have the shape of what was broadcast: sum over the axes that were copied": return
    #     gradient → return gradient.sum(axis=axes_of(gradient, shape)[1],
    #     keepdims=True).sum(axis=axes_of(gradient, shape)[0])
    return gradient


@exercise.bug
def only_new_axes(gradient, shape):
    """Only the axes that were missing are summed. An axis of size 1 was stretched, so its
    copies must be summed too, and the axis kept."""
    # "Only the axes that were missing are summed": np.array_equal(got, gradient)
    # "An axis of size 1 was stretched, so its copies must be summed too, and the axis kept":
    #     gradient.sum(axis=new) → gradient.sum(axis=_, keepdims=True).sum(axis=new)
    new, _ = axes_of(gradient, shape)
    return gradient.sum(axis=new)


@exercise.bug
def only_stretched_axes(gradient, shape):
    """Only the stretched axes are summed, not those that were missing altogether. Sum over
    these first."""
    # "Only the stretched axes are summed, not those that were missing altogether": got.ndim ==
    #     gradient.ndim > len(shape)
    # "Sum over these first": gradient.sum(axis=stretched, keepdims=True) →
    #     gradient.sum(axis=_).sum(axis=tuple(each - len(_) for each in stretched), keepdims=True)
    _, stretched = axes_of(gradient, shape)
    return gradient.sum(axis=stretched, keepdims=True)


@exercise.bug
def stretched_axes_lost(gradient, shape):
    """A stretched axis is gone after the sum. It had size 1 and must have it again:
    `keepdims=True`, or reshape the result."""
    # "A stretched axis is gone after the sum": got.shape == (3,)
    # "It had size 1 and must have it again: `keepdims=True`": gradient.sum(axis=new +
    #     stretched) → gradient.sum(axis=stretched, keepdims=True).sum(axis=new)
    # "or reshape the result": gradient.sum(axis=new + stretched) → gradient.sum(axis=new +
    #     stretched).reshape(shape)
    new, stretched = axes_of(gradient, shape)
    return gradient.sum(axis=new + stretched)


@exercise.bug
def new_axes_kept(gradient, shape):
    """The axes that were missing are still there, with size 1. Only stretched axes are kept:
    sum over the new ones without keepdims."""
    # "The axes that were missing are still there, with size 1": got.shape == (1, *shape)
    # "Only stretched axes are kept: sum over the new ones without keepdims":
    #     gradient.sum(axis=new + stretched, keepdims=True) → gradient.sum(axis=stretched,
    #     keepdims=True).sum(axis=new)
    new, stretched = axes_of(gradient, shape)
    return gradient.sum(axis=new + stretched, keepdims=True)


@exercise.bug(of_new=(True, False), of_stretched=(True, False))
def mean_for_sum(gradient, shape, of_new=True, of_stretched=True):
    """The copies are averaged. Each use adds its gradient, so sum; a 1/N of the loss is in the
    gradient already."""
    # "The copies are averaged": np.allclose(got, gradient.mean(axis=0))
    # "Each use adds its gradient, so sum": np.divide(unbroadcast(gradient, shape), count) →
    #     np.divide(unbroadcast(gradient, shape), count) * count
    # "a 1/N of the loss is in the gradient already": np.allclose(bug(gradient / len(gradient),
    #     shape) * len(gradient), want / len(gradient)) and not np.allclose(got, want)
    new, stretched = axes_of(gradient, shape)
    averaged = of_new * new + of_stretched * stretched
    count = np.prod([gradient.shape[axis] for axis in averaged])
    return np.divide(unbroadcast(gradient, shape), count)


@exercise.bug(of_new=(True, False))
def first_copy_taken(gradient, shape, of_new=True):
    """The gradient of the first copy is taken and the others are dropped. Every copy passes on
    a gradient: sum them."""
    # "The gradient of the first copy is taken and the others are dropped": np.array_equal(got,
    #     gradient[0])
    # "Every copy passes on a gradient: sum them": gradient[tuple(index)].sum(axis=new) →
    #     gradient.sum(axis=stretched, keepdims=True).sum(axis=new)
    new, stretched = axes_of(gradient, shape)
    index = [slice(None)] * gradient.ndim
    for axis in of_new * new + stretched:
        index[axis] = slice(1)
    return gradient[tuple(index)].sum(axis=new)


@exercise.bug
def folded(gradient, shape):
    """The gradient is reshaped to (-1, *shape) and summed, which is right for new axes alone: the
    copies of a stretched axis do not lie one block after the other. Sum along the axes."""
    # "right for new axes alone": np.allclose(bug(gradient, gradient.shape[1:]),
    #     gradient.sum(axis=0)) and not np.allclose(got, want)
    # "Sum along the axes": gradient.reshape(-1, *shape).sum(axis=0) →
    #     gradient.sum(axis=sum(axes_of(gradient, shape), ())).reshape(shape)
    return gradient.reshape(-1, *shape).sum(axis=0)


@exercise.bug
def axes_gone_but_counted(gradient, shape):
    """The new axes are summed as axis 0, 1 and so on, but after each sum those behind it move up
    by one. Sum axis 0 each time, or all of them at once."""
    # "after each sum those behind it move up by one": isinstance(got,
    #     IndexError) and bug(np.ones((2, 3, 4)), (4,)).shape == (3,)
    # "Sum axis 0 each time": total.sum(axis=i) → total.sum(axis=0)
    new, stretched = axes_of(gradient, shape)
    total = gradient.sum(axis=stretched, keepdims=True)
    for i in new:
        total = total.sum(axis=i)
    return total


@exercise.bug(last=(False, True))
def one_stretched_axis(gradient, shape, last=False):
    """Only one stretched axis is summed. There may be several: sum over all of them."""
    # "Only one stretched axis is summed": got.size > want.size
    # "sum over all of them": stretched[-1:] if last else stretched[:1] → stretched
    new, stretched = axes_of(gradient, shape)
    one = stretched[-1:] if last else stretched[:1]
    return gradient.sum(axis=one, keepdims=True).sum(axis=new)


@exercise.bug
def last_axes_summed(gradient, shape):
    """The missing axes are taken to be the last ones. Shapes align at the right, so the first are
    missing: sum over `range(gradient.ndim - len(shape))`."""
    # "The missing axes are taken to be the last ones": bug(np.ones((3, 2)),
    #     (3,)).tolist() == [2, 2, 2]
    # "the first are missing: sum over `range(gradient.ndim - len(shape))`": range(len(shape),
    #     gradient.ndim) → range(gradient.ndim - len(shape))
    total = gradient.sum(axis=tuple(range(len(shape), gradient.ndim)))
    ones = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return total.sum(axis=ones, keepdims=True)


@exercise.bug
def aligned_from_the_left(gradient, shape):
    """The axes of size 1 are looked for from the left, and missing ones are taken to be last.
    Shapes align at the right: axis i of `shape` is axis i + (number of new axes) of
    `gradient`."""
    # "The axes of size 1 are looked for from the left, and missing ones are taken to be last":
    #     bug(np.ones((3, 2)), (3,)).tolist() == [2, 2, 2]
    # "Shapes align at the right: axis i of `shape` is axis i + (number of new axes) of
    #     `gradient`": axis >= len(shape) or shape[axis] != gradient.shape[axis] → axis <
    #     gradient.ndim - len(shape) or shape[axis - (gradient.ndim - len(shape))] !=
    #     gradient.shape[axis]
    axes = tuple(
        axis
        for axis in range(gradient.ndim)
        if axis >= len(shape) or shape[axis] != gradient.shape[axis]
    )
    return gradient.sum(axis=axes).reshape(shape)


@exercise.bug(at_once=(False, True))
def stretched_axes_not_shifted(gradient, shape, at_once=False):
    """An axis of size 1 in `shape` is summed at the same place in `gradient`, before the new
    axes in front are gone. Sum over the new axes first, or add their number."""
    # "An axis of size 1 in `shape` is summed at the same place in `gradient`, before the new
    #     axes in front are gone": np.array_equal(got, gradient.sum(axis=shape.index(1),
    #     keepdims=True).sum(axis=0))
    # "Sum over the new axes first": if at_once: → if False:; gradient.sum(axis=axes,
    #     keepdims=True).sum(axis=tuple(range(new))) →
    #     gradient.sum(axis=tuple(range(new))).sum(axis=axes, keepdims=True)
    # "or add their number": if at_once: → if False:; gradient.sum(axis=axes, →
    #     gradient.sum(axis=tuple(each + new for each in axes),
    new = gradient.ndim - len(shape)
    axes = tuple(axis for axis, size in enumerate(shape) if size == 1)
    if at_once:
        return gradient.sum(axis=(*range(new), *axes)).reshape(shape)
    return gradient.sum(axis=axes, keepdims=True).sum(axis=tuple(range(new)))


@exercise.bug
def stretched_axes_mirrored(gradient, shape):
    """The axes of `shape` are counted from the right, and the gradient's from the left.
    Count both from one side."""
    # "The axes of `shape` are counted from the right, and the gradient's from the left":
    #     shape == (3, 1) and np.array_equal(got, gradient.sum(axis=0, keepdims=True))
    # "Count both from one side": reversed(shape) → shape
    new, _ = axes_of(gradient, shape)
    total = gradient.sum(axis=new)
    for i, size in enumerate(reversed(shape)):
        if size == 1:
            total = total.sum(axis=i, keepdims=True)
    return total


@exercise.bug
def first_axis_always(gradient, shape):
    """The first axis is summed whatever the shape is. Which axes were copied follows from
    comparing `shape` with `gradient.shape`."""
    # "The first axis is summed whatever the shape is": np.array_equal(got,
    #     gradient.sum(axis=0))
    # "Which axes were copied follows from comparing `shape` with `gradient.shape`":
    #     gradient.sum(axis=0) → gradient.sum(axis=tuple(i for i, n in enumerate(gradient.shape) if
    #     ((None,) * (gradient.ndim - len(shape)) + shape)[i] != n)).reshape(shape)
    return gradient.sum(axis=0)


@exercise.bug
def one_axis_only(gradient, shape):
    """Only one new axis is summed. Several may be missing: sum until the number of axes is
    right, or over all of them at once."""
    # "Only one new axis is summed": got.ndim == gradient.ndim - 1 > len(shape)
    # "Several may be missing: sum until the number of axes is right, or over all of them at
    #     once": axis=new[:1] → axis=new
    new, stretched = axes_of(gradient, shape)
    return gradient.sum(axis=stretched, keepdims=True).sum(axis=new[:1])


@exercise.bug
def as_many_axes_as_shape_has(gradient, shape):
    """Where axes are new, as many are summed as `shape` has. New are the axes that `shape` lacks:
    sum over `range(gradient.ndim - len(shape))`."""
    # "as many are summed as `shape` has": bug(np.ones((2, 3, 4)), (4,)).shape == (3, 4) and
    #     bug(np.ones((2, 3)), ()).shape == (2, 3)
    # "sum over `range(gradient.ndim - len(shape))`": range(len(shape)) → range(gradient.ndim -
    #     len(shape))
    if gradient.ndim > len(shape):
        gradient = gradient.sum(axis=tuple(range(len(shape))))
    ones = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return gradient.sum(axis=ones, keepdims=True)


@exercise.bug
def stretched_axes_only_if_none_is_new(gradient, shape):
    """Stretched axes are summed only where no axis is new. There may be axes of both kinds: sum
    over the new ones, then over the stretched ones."""
    # "Stretched axes are summed only where no axis is new": np.array_equal(got,
    #     gradient.sum(axis=0)) and bug(np.ones((3, 4)), (3, 1)).shape == (3, 1)
    # "sum over the new ones, then over the stretched ones": gradient.sum(axis=new) →
    #     gradient.sum(axis=stretched, keepdims=True).sum(axis=new)
    new, stretched = axes_of(gradient, shape)
    if new:
        return gradient.sum(axis=new)
    return gradient.sum(axis=stretched, keepdims=True)


@exercise.bug(end=("first", "last", "not first", "not last"))
def stretched_at_one_end(gradient, shape, end="first"):
    """Of the axes of `shape` the first or the last is left out, or is the only one that is summed
    if it has size 1. Each axis of size 1 may be stretched: look at all of them."""
    # "the first or the last is left out": all(bug(np.ones((2, 3, 4)), (1, 1, 1), end=f"not
    #     {end}").shape == shape for end, shape in {"first": (2, 1, 1), "last": (1, 1, 4)}.items())
    # "or is the only one that is summed if it has size 1": bug(np.ones((3, 4)), (1, 1)).tolist() ==
    #     [[3, 3, 3, 3]] and bug(np.ones((3, 4)), (1, 1), end="last").tolist() == [[4], [4], [4]]
    # "look at all of them": (axis == looked_at) ^ end.startswith('not') → True
    new, stretched = axes_of(gradient, shape)
    looked_at = len(new) if end.endswith("first") else gradient.ndim - 1
    axes = tuple(
        axis for axis in stretched if (axis == looked_at) ^ end.startswith("not")
    )
    return gradient.sum(axis=axes, keepdims=True).sum(axis=new)


@exercise.bug
def total_everywhere(gradient, shape):
    """Everything is summed into one number. An entry collects only the gradients of its own
    copies: sum over the copied axes."""
    # "Everything is summed into one number": np.array_equal(got, np.full(shape,
    #     gradient.sum()))
    # "An entry collects only the gradients of its own copies: sum over the copied axes":
    #     np.full(shape, gradient.sum()) → gradient.sum(axis=axes_of(gradient, shape)[1],
    #     keepdims=True).sum(axis=axes_of(gradient, shape)[0])
    return np.full(shape, gradient.sum())


@exercise.bug(once=(True, False))
def axes_found_by_their_lengths(gradient, shape, once=True):
    """The axes to sum are found by their lengths: an axis stays that is as long as one of `shape`,
    also where it is a new one. Shapes align at the right: find axes by their places."""
    # "an axis stays that is as long as one of `shape`, also where it is a new one":
    #     np.allclose(got, gradient.sum(axis=1)) and len(set(gradient.shape)) == 1
    # "Shapes align at the right: find axes by their places": axis=tuple(axes) →
    #     axis=sum(axes_of(gradient, shape), ())
    left, axes = list(shape), []
    for axis, size in enumerate(gradient.shape):
        if size not in left:
            axes.append(axis)
        elif once:
            left.remove(size)
    return gradient.sum(axis=tuple(axes)).reshape(shape)
