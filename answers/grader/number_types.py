"""Cases with whole numbers in each type that a signature calls `Real`."""

import inspect

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import Note

# Added to floats that stand beside integers: a result cut off to integers would lose it.
FRACTION = 0.25


def add_whole_numbers(
    exercise: Exercise,
    *args,
    signed: bool = True,
    fraction: float = FRACTION,
    factor: int | None = None,
    noted: Note | None = None,
    **kwargs,
) -> None:
    """Add a call with integers, with bytes, and with integers in some arguments beside floats.

    Args:
        args: The arguments; their arrays hold whole numbers from -255 to 255. As bytes these
            lose their signs.
        signed: Whether to add the call with integers, too.
        fraction: What is added to the arrays that become floats beside integers.
        factor: Of one more call with integers, so large that a product of two needs more than
            four bytes.
        noted: The note on them all. Bytes have one anyhow.
    """
    parameters = list(inspect.signature(exercise.reference).parameters.values())
    real = [
        place
        for place, value in enumerate(args)
        if isinstance(value, np.ndarray)
        and "Real[" in str(parameters[place].annotation)
    ]

    def with_types(of: dict[int, type]) -> list:
        made = list(args)
        for place in real:
            value, dtype = args[place], of[place]
            shift = fraction if dtype is float and fraction else 0
            made[place] = (abs(value) if dtype is np.uint8 else value + shift).astype(
                dtype
            )
        return made

    if signed:
        whole = with_types(dict.fromkeys(real, np.int64))
        exercise.case("integers", *whole, noted=noted, **kwargs)
    if factor:
        whole = [
            factor * value.astype(np.int64) if place in real else value
            for place, value in enumerate(args)
        ]
        name = "integers whose products need more than four bytes"
        exercise.case(name, *whole, noted=noted, **kwargs)
    unsigned = with_types(dict.fromkeys(real, np.uint8))
    exercise.case("bytes", *unsigned, noted=noted, **kwargs)
    for some in (real[::2], real[1::2]) if len(real) > 1 else ():
        name = f"integers in {' and '.join(parameters[place].name for place in some)}"
        types = {place: np.int64 if place in some else float for place in real}
        mixed = with_types(types)
        exercise.case(f"{name} beside floats", *mixed, noted=noted, **kwargs)
