"""Practice for question 21: FILL IN."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.training.normalization import layer_norm_backward

exercise = Exercise(
    layer_norm_backward,
    page="21-normalization",
    hints=(
        "FILL IN: a nudge; two to four hints, and no line of the solution.",
        "FILL IN: nearly the answer.",
    ),
)

rng = np.random.default_rng(21)


def arrays(*shape):
    """One for each argument that must be passed."""
    return [rng.normal(size=shape) for _ in range(3)]


# FILL IN: simple calls first, then one difficulty at a time. Use irregular numbers, and each
# freedom of the signature: types of numbers, leading axes, what may be left out.
exercise.case("one row", *arrays(3))
exercise.case("seven rows", *arrays(7, 3))
exercise.case("three axes", *arrays(2, 5, 3))
add_whole_numbers(exercise, *(np.rint(9 * x) for x in arrays(3, 5)))
exercise.case("float32", *(x.astype(np.float32) for x in arrays(2, 3, 5)))
exercise.case("three leading axes", *arrays(2, 3, 2, 5))
exercise.long_case(*arrays(401, 3))


# FILL IN: three mistakes or more that people make, each the answer with one thing wrong.
@exercise.bug
def twice_as_large(dout, x, gain, eps=1e-05):
    """FILL IN: what is wrong, and how to repair it, in one or two sentences."""
    # FILL IN: "words of it": what is so, or wrong code → right code (`answers.proof.diagnoses`).
    return 2 * layer_norm_backward(dout, x, gain, eps)
