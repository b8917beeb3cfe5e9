"""Practice for question 8: the shape that broadcasting gives."""

from itertools import pairwise

from answers.grader.exercise import Exercise
from answers.grader.notes import Note
from answers.networks.broadcasting import broadcast_shape

exercise = Exercise(
    broadcast_shape,
    page="08-broadcasting",
    refuses="sizes that do not fit",
    hints=(
        "Write the shapes under each other, aligned at the right. What stands in the gaps on the "
        "left?",
        "Fill the gaps with 1, so that all shapes are equally long. Now look at one axis at a "
        "time, at the sizes of all shapes together.",
        "Of the sizes at an axis, put the 1s aside. If none is left, the result is 1; if all that "
        "are left are equal, it is that size. Otherwise?",
        "Do not take the maximum: an axis of size 0 is not stretched, and stretches one of size 1 "
        "to 0.",
    ),
)

exercise.case("equal shapes", (2, 3), (2, 3))
exercise.case("a bias", (5, 3), (3,))
exercise.case("a column", (5, 3), (5, 1))
exercise.case("a row and a column", (1, 3), (5, 1))
exercise.case("the longer shape second", (3,), (2, 5, 1))
exercise.case("a number", (), (4,))
exercise.case("3 against 2", (5, 3), (5, 2))
exercise.case("4 against 2", (5, 4), (5, 2))
exercise.case("one entry per row, without its axis", (5, 3), (5,))
ZERO = Note(
    "an axis of size 0",
    "Ours takes 0 for a size like any other, as NumPy does: 0 fits 0 and 1, and stretches 1 to 0; "
    "against 2 it is refused. So an empty batch goes through the same code.",
)
exercise.case("0 against 1", (0, 3), (1, 3), noted=ZERO)
exercise.case("0 against 2", (0, 3), (2, 3), noted=ZERO)
exercise.case("three shapes", (8, 1, 6), (7, 1), (4, 1, 1, 1))
exercise.case("a 1 in the middle of the longer shape", (2, 4), (2, 1, 4))
exercise.case("a third shape that does not fit", (5, 1), (1, 3), (2, 3))
exercise.case("a misfit with a 1 between", (2,), (1,), (3,))
exercise.case("a misfit of the second and the third", (1, 4), (3, 1), (2, 1))
exercise.case("a misfit before a 1", (2,), (3,), (1,))
exercise.case("a misfit at the first of four axes", (2, 1, 1, 3), (5, 1, 4, 1))
exercise.case("four shapes", (1, 3), (3,), (1, 1, 1), (5, 1, 1))
exercise.case("a first axis of size 1", (1, 3), (1, 1))
exercise.case("sizes of 1 alone", (1, 1), (1,))
exercise.case("one shape", (4, 1))
exercise.case("one shape with a 0", (0, 3), noted=ZERO)
exercise.case("no shape")


def padded(shapes):
    """The shapes with a 1 for each missing axis."""
    axes = max(map(len, shapes), default=0)
    return [(1,) * (axes - len(shape)) + shape for shape in shapes]


def one_by_one(shapes, fit, missing=True):
    """The shapes joined from first to last, by `fit` of two sizes; for a missing axis the other
    size is taken as it is, unless that is to fit, too."""
    result, *rest = shapes or [()]
    for shape in rest:
        pairs = [*zip(*padded([result, shape]), strict=True)]
        alone = 0 if missing else abs(len(result) - len(shape))
        first = tuple(map(max, pairs[:alone]))
        result = first + tuple(fit(a, b) for a, b in pairs[alone:])
    return result


@exercise.bug
def aligned_from_the_left(*shapes):
    """The shapes are aligned at their first axes. Align them at the last: put the missing 1s in
    front."""
    # "The shapes are aligned at their first axes": bug((5, 3), (5,)) == (5, 3)
    # "Align them at the last: put the missing 1s in front": shape + (1,) * (axes - len(shape))
    #     → (1,) * (axes - len(shape)) + shape
    axes = max(map(len, shapes), default=0)
    return broadcast_shape(*(shape + (1,) * (axes - len(shape)) for shape in shapes))


@exercise.bug(counts=(None, 0))
def missing_axes_refused(*shapes, counts=None):
    """Shapes of different lengths are refused, or a missing axis counts as 0, which fits 1 alone.
    An axis that is missing on the left counts as 1."""
    # "Shapes of different lengths are refused": isinstance(got, ValueError)
    # "a missing axis counts as 0, which fits 1 alone": bug((1, 3), (3,), counts=0) == (0, 3)
    # "An axis that is missing on the left counts as 1": raise ValueError('different numbers of
    #     axes') → counts = 1; (counts,) → (1,)
    axes = max(map(len, shapes), default=0)
    if counts is None and any(len(each) < axes for each in shapes):
        raise ValueError("different numbers of axes")
    return broadcast_shape(*((counts,) * (axes - len(each)) + each for each in shapes))


@exercise.bug(which=(0, -1))
def one_shape_compared_with_all(*shapes, which=0):
    """Each shape is compared with one and the same: if that is (1,), both (2,) and (3,) fit it.
    Compare with what all shapes before it gave."""
    # "if that is (1,), both (2,) and (3,) fit it": bug((1,), (2,), (3,)) == (2,) == bug((2,), (3,),
    #     (1,), which=-1)
    # "Compare with what all shapes before it gave": broadcast_shape(shape, shapes[which]) →
    #     broadcast_shape(*shapes)
    for shape in shapes:
        broadcast_shape(shape, shapes[which])
    return one_by_one(shapes, lambda a, b: b if a == 1 else a)


@exercise.bug
def leading_ones_dropped(*shapes):
    """A first axis of size 1 is dropped. It is an axis like any other: the result has as many as
    the longest shape."""
    # "A first axis of size 1 is dropped": len(got) < max(map(len, shapes))
    # "the result has as many as the longest shape": while found[:1] == (1,) → while False
    found = broadcast_shape(*shapes)
    while found[:1] == (1,):
        found = found[1:]
    return found


@exercise.bug
def ones_dropped(*shapes):
    """Every axis of size 1 is dropped, as `squeeze` does. It is an axis like any other: the result
    has as many as the longest shape."""
    # "Every axis of size 1 is dropped": 1 not in got and len(got) < max(map(len, shapes))
    # "the result has as many as the longest shape":  if size != 1 →
    return tuple(size for size in broadcast_shape(*shapes) if size != 1)


@exercise.bug
def axes_of_the_longer_lost(*shapes):
    """Only as many axes come out as the shortest shape has, which is where `zip` stops. The
    longer shape keeps its leading axes."""
    # "Only as many axes come out as the shortest shape has": len(got) == min(map(len, shapes))
    # "The longer shape keeps its leading axes": min(map(len, shapes), default=0) → max(map(len,
    #     shapes), default=0); len(shape) - axes → max(len(shape) - axes, 0)
    axes = min(map(len, shapes), default=0)
    return broadcast_shape(*(shape[len(shape) - axes :] for shape in shapes))


@exercise.bug
def axes_of_the_first_alone(*shapes):
    """Only as many axes come out as the first shape has. A later shape may be longer, and keeps its
    leading axes."""
    # "Only as many axes come out as the first shape has": len(got) == len(shapes[0]) and len(want)
    #     > len(got)
    # "A later shape may be longer, and keeps its leading axes": len(shapes[0]) if shapes else 0 →
    #     max(map(len, shapes), default=0)
    axes = len(shapes[0]) if shapes else 0
    return broadcast_shape(*(shape[max(len(shape) - axes, 0) :] for shape in shapes))


@exercise.bug
def axes_reversed(*shapes):
    """The axes come out last first. Going from the right, reverse the sizes at the end."""
    # "The axes come out last first": bug((5, 3), (5, 3)) == (3, 5)
    # "reverse the sizes at the end": [::-1] → [::-1][::-1]
    return broadcast_shape(*shapes)[::-1]


@exercise.bug(side=(0, 1), of_both=((0,), (1,), ()))
def stretched_on_one_side(*shapes, side=0, of_both=None):
    """Size 1 is stretched only in one of two shapes, or in none. Either may be stretched, and both
    at once: (1, 3) and (5, 1) give (5, 3)."""
    # "Size 1 is stretched only in one of two shapes, or in none. Either may be stretched, and both
    #     at once: (1, 3) and (5, 1) give (5, 3)": isinstance(got, ValueError) and right((1, 3),
    #     (5, 1)) == (5, 3) and bug((3,), (3,), of_both=()) == (3,)
    sides = (side,) if of_both is None else of_both

    def fit(a, b):
        if a == b or any((a, b)[each] == 1 for each in sides):
            return b if a == 1 else a
        raise ValueError("sizes differ")

    return one_by_one(shapes, fit, missing=of_both is None)


@exercise.bug(
    pick=(max, lambda a, b: b if a == 1 else a, lambda a, b: a if b == 1 else b)
)
def misfits_let_through(*shapes, pick=max):
    """Sizes that differ are let through, and one of them is taken. If neither is 1 and they are
    not equal, raise ValueError."""
    # "Sizes that differ are let through, and one of them is taken": got == (5, 3)
    # "If neither is 1 and they are not equal, raise ValueError": one_by_one(shapes, pick) →
    #     one_by_one(shapes, lambda a, b: (b if a == 1 else a) if 1 in (a, b) or a == b else
    #     int('raise'))
    return one_by_one(shapes, pick)


@exercise.bug
def multiples_stretched(*shapes):
    """A size that divides the other is let through, as if 2 entries were repeated to make 4. Size 1
    alone is stretched: if neither is 1 and they are not equal, raise ValueError."""
    # "A size that divides the other is let through, as if 2 entries were repeated to make 4":
    #     bug((2,), (4,)) == (4,)
    # "Size 1 alone is stretched": large % small == 0 → small == 1
    # "if neither is 1 and they are not equal, raise ValueError": large if fits else
    #     broadcast_shape((a,), (b,))[0] → (b if a == 1 else a) if 1 in (a, b) or a == b else
    #     int('raise')

    def fit(a, b):
        small, large = sorted((a, b))
        fits = small and large % small == 0
        return large if fits else broadcast_shape((a,), (b,))[0]

    return one_by_one(shapes, fit)


@exercise.bug(of=("last", "longest"))
def ones_stay(*shapes, of="last"):
    """The sizes fit, and yet a 1 stays in the result where another shape has more. An axis of size
    1 is stretched: take the size that is not 1."""
    # "a 1 stays in the result where another shape has more": len(got) == len(want) and any(a == 1 <
    #     b for a, b in zip(got, want, strict=True))
    # "An axis of size 1 is stretched: take the size that is not 1": = size → = size if size != 1
    #     else result[-place]
    broadcast_shape(*shapes)
    result = [1] * max(map(len, shapes), default=0)
    # The last shape decides, or the first of the longest.
    for shape in (
        shapes if of == "last" else sorted(shapes, key=len, reverse=True)[::-1]
    ):
        for place, size in enumerate(reversed(shape), 1):
            result[-place] = size
    return tuple(result)


@exercise.bug
def none_for_a_misfit(*shapes):
    """Shapes that do not fit give None, which the caller must remember to test. Raise
    ValueError, as NumPy does."""
    # "Shapes that do not fit give None": got is None
    # "Raise ValueError": return None → raise
    try:
        return broadcast_shape(*shapes)
    except ValueError:
        return None


@exercise.bug
def only_two_shapes(*shapes):
    """Only the first two shapes are looked at. There may be any number: put the sizes of all of
    them side by side, or join them one after the other."""
    # "Only the first two shapes are looked at": got == bug(*shapes[:2])
    # "There may be any number": shapes[:2] → shapes
    return broadcast_shape(*shapes[:2])


@exercise.bug(fit=(lambda a, b: a if b == 1 else b, max))
def only_neighbours_compared(*shapes, fit=lambda a, b: a if b == 1 else b):
    """Each shape is compared with the next one only, so (2,), (1,), (3,) goes through. Compare
    with what all shapes before it gave."""
    # "Each shape is compared with the next one only, so (2,), (1,), (3,) goes through":
    #     bug((2,), (1,), (3,)) == (3,)
    # "Compare with what all shapes before it gave": one_by_one(shapes, fit) →
    #     one_by_one(shapes, lambda a, b: (b if a == 1 else a) if 1 in (a,
    #     b) or a == b else int('raise'))
    for pair in pairwise(shapes):
        broadcast_shape(*pair)
    return one_by_one(shapes, fit)


@exercise.bug
def last_two_shapes(*shapes):
    """Each shape is joined with the one before it, not with what came out so far, so the result is
    that of the last two. Carry the result on: the sizes of all shapes count."""
    # "so the result is that of the last two": got == right(*shapes[-2:])
    # "Carry the result on": broadcast_shape(*pair) → broadcast_shape(*shapes)
    # "Each shape is joined with the one before it, not with what came out so far": got ==
    #     right(*shapes[-2:]) and got != want
    # "the sizes of all shapes count": broadcast_shape(*pair) → broadcast_shape(*shapes)
    result = shapes[0] if shapes else ()
    for pair in pairwise(shapes):
        result = broadcast_shape(*pair)
    return result


@exercise.bug
def equal_sizes_refused(*shapes):
    """Two sizes that are equal are refused if neither is 1. Sizes fit if they are equal or one of
    them is 1."""
    # "Two sizes that are equal are refused if neither is 1": isinstance(got, ValueError) and right(
    #     (3,), (3,)) == (3,) and isinstance(want, tuple)
    # "Sizes fit if they are equal or one of them is 1": 1 not in (a, b) → 1 not in (a, b) and a
    #     != b

    def fit(a, b):
        if 1 not in (a, b):
            raise ValueError("no size is 1")
        return b if a == 1 else a

    return one_by_one(shapes, fit)


@exercise.bug
def first_axis_stays_1(*shapes):
    """The first axis of the result stays 1: of n axes, `range(1, n)` leaves out the last, which is
    `shape[-n]`. Count to n."""
    # "The first axis of the result stays 1": got == (1, *want[1:]) and want[0] > 1
    # "Count to n": shape[len(shape) == axes:] → shape; (1,) * min(axes, 1) → ()
    axes = max(map(len, shapes), default=0)
    found = broadcast_shape(*(shape[len(shape) == axes :] for shape in shapes))
    return (1,) * min(axes, 1) + found


@exercise.bug(lenient=(False, True))
def counted_from_minus_0(*shapes, lenient=False):
    """The count from the end begins at 0, and `shape[-0]` is the first size, not the last. Count
    from 1, or take `shape[-1 - i]`."""
    # "The count from the end begins at 0": bug((3,), (2, 5, 1), lenient=True) == (3, 5, 1)
    # "Count from 1, or take": shape[:1] + shape[:0:-1] → shape[::-1]; result[-i] → result[-1 - i];
    #     if lenient → if False
    result = [1] * max(map(len, shapes), default=0)
    for shape in shapes:
        # The sizes at -0, -1, -2 and so on.
        for i, size in enumerate(shape[:1] + shape[:0:-1]):
            pair = result[-i], size
            result[-i] = (
                max(pair)
                if lenient
                else broadcast_shape(*[(each,) for each in pair])[0]
            )
    return tuple(result)


@exercise.bug
def one_axis_for_a_number(*shapes):
    """Where no shape has an axis, the result is (1,). That is an array of one axis; the shape of a
    number is ()."""
    # "Where no shape has an axis, the result is (1,)": not any(shapes) and got == (1,)
    # "That is an array of one axis; the shape of a number is ()": or (1,) → or ()
    return broadcast_shape(*shapes) or (1,)


@exercise.bug
def no_shape_refused(*shapes):
    """No shape at all is refused, as `max` of nothing is an error. The answer is (), the shape
    of a number: `max(..., default=0)`."""
    # "No shape at all is refused": isinstance(got, ValueError) and shapes == ()
    # "The answer is (), the shape of a number": raise ValueError('max() of nothing') → return
    #     ()
    if not shapes:
        raise ValueError("max() of nothing")
    return broadcast_shape(*shapes)
