"""Where the numbers are wrong, and what is seen there."""

import numpy as np

from answers.grader.parts import DIVISION, DOMAIN, RANGE, overflowed
from answers.naming.wrong_parts import Evidence, Relation, said

# Errors by words of their messages. These have one cause, whatever the input.
KNOWN = (
    (
        "divides_by_0",
        (DIVISION,),
        "a count, a size or a sum that is 0: there Python raises, where NumPy gives inf or nan",
    ),
    (
        "beyond_the_largest_float",
        (RANGE,),
        "exp of a large number alone; subtract the largest one first, or stay with logarithms",
    ),
    (
        "no_real_number",
        (DOMAIN,),
        "a logarithm of 0, or a logarithm or a root of a negative number",
    ),
    (
        "no_number_made_an_integer",
        ("cannot convert float",),
        "inf or nan made an integer; ask for them first",
    ),
    (
        "integer_type_too_small",
        ("Python integer",),
        "a number that the array's type of integers cannot hold; convert the array to floats first",
    ),
    (
        "none_for_an_array",
        ("NoneType",),
        "None stands where an array or a number belongs: an argument that is not passed, or a "
        "function without `return`",
    ),
    (
        "integers_changed_in_place",
        ("Cannot cast ufunc",),
        "`-=`, `/=` or `out=` with an array of integers; make a new array of floats",
    ),
    (
        "mask_of_another_shape",
        ("boolean index did not match", "boolean dimension"),
        "a mask used as an index, which is not broadcast; `np.where` broadcasts it",
    ),
)
# Of these the inputs may tell more.
LIKELY = (
    (
        "shapes_that_do_not_fit",
        (
            "sizes [",
            "broadcast [",
            "must match the size",
            "shapes cannot be multiplied",
        ),
        "a transpose or `keepdims` that is missing, or an axis summed that should stay",
    ),
    (
        "index_out_of_bounds",
        ("out of bounds", "out of range"),
        "a range one too long, or an index that counts another axis",
    ),
    (
        "unknown_name",
        ("NameError", "AttributeError"),
        "a name that is misspelt, or a value of another type than you think",
    ),
)

NEARLY_RIGHT = "nearly_right"


def opposite(seen: Evidence) -> Relation | None:
    """Every True is False, and every False is True."""
    booleans = (a.dtype == bool for w in seen.wrong for a in (w.got, w.want))
    if not seen.in_numbers or not all(booleans):
        return None
    entries = np.concatenate([w.want.ravel() for w in seen.wrong])
    few = len(entries) < 4 or len({*entries}) < 2
    if any(w.right.any() for w in seen.wrong) or (few and not seen.alone):
        return None
    words = "the opposite of what it should be, in every entry"
    return said(seen, "opposite", words, "a mask with its meaning the wrong way round")


def at_one_value(seen: Evidence) -> Relation | None:
    """The wrong entries are those where one particular number should stand."""
    if not seen.in_numbers:
        return None
    some = seen.wrong[0]
    if not np.isfinite(some.got[~some.right]).all() and some.want[~some.right][0] == 1:
        return None
    wants = np.concatenate([w.want[~w.right] for w in seen.wrong]).astype(np.float64)
    gots = np.concatenate([w.got[~w.right] for w in seen.wrong]).astype(np.float64)
    want, got = wants[0], gots[0]
    special = not np.isfinite(want) or want in (-1, 0, 1)
    whole = any(
        w.want.dtype.kind in "iu" and w.want.dtype.itemsize > 1 for w in seen.wrong
    )
    same = np.array_equal(wants, np.full_like(wants, want), equal_nan=True)
    others = [w.right.any() for w in seen.wrong] + [w.want.size for w in seen.right]
    if not special or not same or not any(others) or (whole and len(wants) < 3):
        return None
    alone = np.array_equal(gots, np.full_like(gots, got), equal_nan=True)
    if any(w.want.dtype == bool for w in seen.wrong):
        if not alone or {want, got} != {0.0, 1.0} or len(wants) < 2:
            return None
        name, cause = (
            "one sided",
            "< where <= belongs or the reverse, or a condition too many",
        )
        words = f"{bool(got)} in places that should be {bool(want)}, never the reverse"
        return said(seen, name, words, cause)
    if not alone and want == 0 and not (gots < 0).all():
        return None
    seen_there = (
        f"it is {got + 0:.6g}" if alone else f"it is {got + 0:.6g}, for example"
    )
    words = f"wrong only where it should be {want + 0:.6g}: there {seen_there}"
    beyond = (gots > want).all() if want == 1 else (gots < want).all()
    if not alone and beyond and np.isfinite(gots).all():
        return said(
            seen, "not cut off", words, f"a limit at {want + 0:g} that is missing"
        )
    name = f"wrong only where it should be {want + 0:.6g}"
    cause = "an edge case (nothing to count, a division by 0) that is decided otherwise"
    if not np.isfinite(got):
        cause = "0 divided by 0, log 0 or 0 · inf, which must be asked for first"
    elif want == 0 and max(w.want.ndim for w in seen.wrong) > 0:
        return None
    return said(seen, name, words, cause)


def cut_off(seen: Evidence) -> Relation | None:
    """Every number beyond a bound has become that bound; there may be one on each side."""
    if not seen.in_numbers or any(w.want.dtype.kind != "f" for w in seen.wrong):
        return None
    wants = np.concatenate([w.want[~w.right] for w in seen.wrong])
    gots = np.concatenate([w.got[~w.right] for w in seen.wrong])
    if both := between(gots, wants):
        words = f"cut off: at least {both[0]:.6g} and at most {both[1]:.6g}"
        cause = "a clip, which changes numbers that may be as large as they are"
        return said(seen, "cut off", words, cause)
    bound = float(gots[0])
    alone = np.isfinite(bound) and np.allclose(gots, bound, rtol=1e-9, atol=0)
    if not alone or len(np.unique(wants)) < 2:
        return None
    names = {w.name for w in seen.wrong}
    everything = np.concatenate(
        [w.got.ravel() for w in (*seen.wrong, *seen.right) if w.name in names]
    )
    for far, end, side in (
        ((wants > bound).all(), np.nanmax(everything), "exceed"),
        ((wants < bound).all(), np.nanmin(everything), "be below"),
    ):
        if far and np.isclose(end, bound):
            words = (
                f"{bound + 0:.6g} wherever it should {side} that, and right elsewhere"
            )
            cause = "a number cut off at a bound, or an eps in a logarithm"
            return said(seen, "cut off", words, cause)
    return None


def counted_once(seen: Evidence) -> Relation | None:
    """Counts that are 1 wherever they should be more."""
    if not seen.in_numbers or seen.weight < 1:
        return None
    if not all(
        (w.got[~w.right] == 1).all()
        and (w.want[~w.right] > 1).all()
        and not (w.want % 1).any()
        for w in seen.wrong
    ):
        return None
    words = "1 wherever it should be more, and right elsewhere"
    cause = "`counts[index] += 1`, which adds once however often an index comes; use `np.add.at`"
    return said(seen, "counted once", words, cause)


def between(gots: np.ndarray, wants: np.ndarray) -> tuple[float, float] | None:
    """The two bounds to which the numbers are cut off, if that is all that is wrong with them."""
    bounds = np.unique(gots)
    if len(bounds) != 2 or not np.isfinite(bounds).all() or len(np.unique(wants)) < 4:
        return None
    cut = np.array_equal(np.clip(wants, *bounds), gots)
    return (float(bounds[0]), float(bounds[1])) if cut else None


def not_zero(seen: Evidence) -> Relation | None:
    """Every entry that is wrong should be 0."""
    if not seen.in_numbers or any(w.want.dtype == bool for w in seen.wrong):
        return None
    if any(w.want[~w.right].any() for w in seen.wrong):
        return None
    words = (
        "right wherever it should not be 0, and not 0 in some places where it should be"
    )
    cause = "a mask or a condition that is missing, or lets too much through"
    return said(seen, "not zero", words, cause)


def not_finite(seen: Evidence) -> Relation | None:
    """What is wrong is nan or infinite, and should be finite."""
    kinds = set()
    for w in seen.wrong:
        if overflowed(w.got):
            kinds.add("an error of arithmetic")
            continue
        if not isinstance(w.got, np.ndarray) or w.got.shape != np.shape(w.want):
            return None
        bad = ~np.isfinite(w.got) & np.isfinite(w.want)
        if not (bad | w.right).all():
            return None
        kinds |= {"nan" if np.isnan(x) else "inf" for x in w.got[bad]}
    if not kinds:
        return None
    words = f"{' or '.join(sorted(kinds))} where it should be finite"
    # An error leaves nothing that could be right.
    if not any(overflowed(w.got) for w in seen.wrong):
        words += ", and right elsewhere"
    cause = "exp of a large number, a logarithm of 0, or 0 divided by 0"
    return said(seen, "not finite", words, cause)


def nearly_right(seen: Evidence) -> Relation | None:
    """Every wrong part agrees to four digits or more."""
    if not seen.in_numbers or any(w.want.dtype.kind != "f" for w in seen.wrong):
        return None
    errors = []
    for w in seen.wrong:
        if w.got.dtype.kind != "f" or not np.isfinite(w.want).all():
            return None
        scale = np.abs(w.want).max()
        if scale == 0:
            return None
        errors.append(float(np.abs(w.got.astype(np.float64) - w.want).max() / scale))
    worst = max(errors)
    half = all(is_half(w.got) for w in seen.wrong) and seen.weight >= 2
    if half and 1e-4 < worst < 2e-2:
        words = f"of few digits: it is right to {worst:.0e} of the largest entry"
        cause = "numbers of 16 bits on the way; use float64"
        return said(seen, "in half precision", words, cause)
    if not worst < 2e-3:
        return None
    if (
        all(w.got.dtype == np.float32 or is_single(w.got) for w in seen.wrong)
        and not all(is_single(w.want) for w in seen.wrong)
        and seen.weight >= 2
    ):
        words = (
            f"float32 in its digits: it is right to {worst:.0e} of the largest entry"
        )
        return said(seen, "in float32", words, "a float32 on the way; use float64")
    words = f"nearly right: the largest error is {worst:.0e} of the largest entry"
    cause = "a small number (eps) that is added, a float32 on the way, or an early stop"
    return said(seen, NEARLY_RIGHT, words, cause)


def is_half(array: np.ndarray) -> bool:
    """Whether the numbers have the digits of float16, or of bfloat16."""
    if not (array % 1).any():
        return False
    if np.array_equal(array, array.astype(np.float16)):
        return True
    bits = np.ascontiguousarray(array, np.float32).view(np.uint32)
    return is_single(array) and not (bits & 0xFFFF).any()


def is_single(array: np.ndarray) -> bool:
    return np.array_equal(array, array.astype(np.float32))


def right_sum(seen: Evidence) -> Relation | None:
    """Counts that are wrong in their places, and right in their sum."""
    if not seen.in_numbers or any(w.want.dtype.kind not in "iu" for w in seen.wrong):
        return None
    if any(w.want.ndim < 1 or w.got.sum() != w.want.sum() for w in seen.wrong):
        return None
    words = "wrong in some entries, and right in the sum of all"
    cause = "everything is counted once, but some of it in another place"
    return said(seen, "right in its sum", words, cause)


def known_error(seen: Evidence) -> Relation | None:
    """All that is wrong is that errors are raised, of which the cause is known."""
    return caused(seen, KNOWN)


def error(seen: Evidence) -> Relation | None:
    """All that is wrong is that errors of one kind are raised."""
    if found := caused(seen, LIKELY):
        return found
    errors = raised(seen)
    if len(errors) != 1 or None in errors:
        return None
    name, rest, look = errors.pop().__name__, "", "look at the shapes and types there"
    if seen.right and not seen.failing:
        rest = ", and all that is answered is right"
        look = "compare the shapes and types there with those that work"
    text = f"{name} is raised {seen.where}{rest}. The message names the line: {look}."
    return Relation(f"raises_{name}", text)


def raised(seen: Evidence) -> set[type[BaseException] | None]:
    """The classes of errors in the wrong parts, and None if a part has no error."""
    return {getattr(w.got, "error", None) for w in seen.wrong}


def caused(seen: Evidence, causes: tuple) -> Relation | None:
    """The relation for errors that all have one cause from the table."""
    if None in (errors := raised(seen)):
        return None
    kinds = {w.got.accident or w.got.kind for w in seen.wrong}
    for name, signs, cause in causes:
        if all(any(sign in kind for sign in signs) for kind in kinds):
            what = " or ".join(sorted(each.__name__ for each in errors))
            text = f"{what} is raised {seen.where}. The usual cause: {cause}."
            return Relation(name, text)
    return None
