"""Errors that are raised, by their messages."""

from answers.grader.mistakes import Name
from answers.naming.wrong_parts import WrongParts

SHAPES = (
    "sizes [",
    "broadcast [",
    "must match the size",
    "shapes cannot be multiplied",
)
SPELT = {"NameError", "UnboundLocalError"}


def mask_as_index(seen: WrongParts) -> Name | None:
    """Errors have one cause, whatever the input: a mask of another shape as an index."""
    words = "boolean index did not match", "boolean dimension"
    cause = "a mask used as an index, which is not broadcast; `np.where` broadcasts it"
    return caused(seen, "mask_of_another_shape", words, cause)


def infinity_as_an_integer(seen: WrongParts) -> Name | None:
    """Errors have one cause, whatever the input: inf or nan should become an integer."""
    words = "cannot convert float infinity", "cannot convert float NaN"
    cause = (
        "inf or nan is written into an array of integers, such as a copy of the input or "
        "`np.zeros_like` of it, or passed to `int`; only floats hold them"
    )
    return caused(seen, "infinity_as_an_integer", words, cause)


def error(seen: WrongParts) -> Name | None:
    """Errors of one kind are raised."""
    cause = (
        "a transpose or `keepdims` that is missing, or an axis summed that should stay"
    )
    if found := caused(seen, "shapes_that_do_not_fit", SHAPES, cause):
        return found
    return of_kinds(seen) if len(raised(seen)) == 1 else None


def two_errors(seen: WrongParts) -> Name | None:
    """Errors of two kinds are raised."""
    return of_kinds(seen) if len(raised(seen)) == 2 else None


def of_kinds(seen: WrongParts) -> Name:
    """Which errors are raised, and where to look."""
    names, rest = raised(seen), ""
    look = "look at the shapes and types there"
    if seen.right and not seen.failing:
        rest = ", and all that is answered is right"
        look = "compare the shapes and types there with inputs that work"
    if all(w.got.on_purpose for w in seen.wrong):
        look = "look at the condition under which it is raised there"
    if SPELT.issuperset(names):
        look = "spell the name there as it is defined, or define it"
    either = " or ".join(names)
    text = f"{either} is raised {seen.where}{rest}. The message names the line: {look}."
    return Name(f"raises_{either.replace(' ', '_')}", text)


def caused(
    seen: WrongParts, name: str, words: tuple[str, ...], cause: str
) -> Name | None:
    """The name, if every message holds some of the words."""
    if not (names := raised(seen)):
        return None
    for w in seen.wrong:
        if not any(word in (w.got.accident or w.got.kind) for word in words):
            return None
    text = f"{' or '.join(names)} is raised {seen.where}. The usual cause: {cause}."
    return Name(name, text)


def raised(seen: WrongParts) -> list[str]:
    """The names of the errors that are raised; none if something else is wrong, too."""
    classes = {getattr(w.got, "error", None) for w in seen.wrong}
    return [] if None in classes else sorted(each.__name__ for each in classes)
