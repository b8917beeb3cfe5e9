"""What a submission may do otherwise than ours: it passes, and is told what ours does and why.

An interviewer would not ask for these things. A case marked with a note is not judged. Integers
computed in float32 are noted, too, if the numbers are right to its digits. The stub lists both.

A refusal that is missing is one of them, unless the exercise asks for it: `Exercise(refuses=…)`.
"""

from dataclasses import dataclass

from answers.grader.parts import Complaint, Part


@dataclass(frozen=True)
class Note:
    """Why a result that is not ours passes.

    Attributes:
        what: What is noted, for the stub: "an axis of size 0".
        why: What ours does and why, in one or two sentences.
        refusal_only: Whether only a ValueError raised on purpose is let through.
        in_stub_alone: Whether it is said in the stub, once for all, and in no verdict: most right
            answers meet it.
        within: How near to ours a result must be to pass, as a share of its size; 0 lets any pass.
    """

    what: str
    why: str
    refusal_only: bool = False
    in_stub_alone: bool = False
    within: float = 0.0

    def lets(self, parts: list[Part]) -> bool:
        """Whether these parts, which are wrong, are let through."""
        return not self.refusal_only or all(map(is_refusal, parts))


# Why is said by the reference, case by case; the stub has the section Raises.
REFUSED = Note("", "Ours raises ValueError there")
EMPTY = Note(
    "an axis of size 0",
    "Ours answers it as any other size, so that an empty batch or a filter that leaves nothing "
    "needs no special case.",
)
SINGLE = Note(
    "float32 for integers",
    "Ours computes integers in float64, as NumPy's own `mean` and `exp` do with those of 32 "
    "bits or more: float32 keeps about 7 digits.",
)

WRAPPED = Note(
    "integers that wrap around (unsigned, or of one or two bytes)",
    "Ours computes them in float64: among themselves, 1 - 2 is 255 in an unsigned byte, and "
    "-100 - 100 is 56 in a signed one.",
    in_stub_alone=True,
)
WRAPPED_PRODUCTS = Note(
    "integers of four bytes whose products wrap around",
    "Ours computes them in floats: the products need more than four bytes.",
    in_stub_alone=True,
)
SLOPE = Note(
    "the slope at exactly 0",
    "Ours takes 0 there, as PyTorch does, so that a unit that is off passes nothing back. "
    "Any slope from 0 to 1 is a subgradient.",
)
NO_AXIS = Note(
    "an array without axes",
    "Ours takes one number for an array of size 1: `shape` is () and `size` is 1.",
)
BOOLEAN = Note(
    "classes given as True and False",
    "Ours takes them for 1 and 0. As an index, NumPy takes them for a mask: `astype(int)` first.",
)


def refusal_of(what: str) -> Note:
    """The note on a ValueError for what nothing in the stub excludes."""
    why = (
        "Ours answers it: nothing in the docstring excludes it, and the formula holds."
    )
    return Note(f"a ValueError for {what}", why, refusal_only=True)


def is_refusal(part: Part) -> bool:
    """Whether this is a ValueError that was raised on purpose."""
    error = part.error if isinstance(part, Complaint) else None
    return error is not None and issubclass(error, ValueError) and part.on_purpose
