"""The files of a new question, with what must be filled in marked: see `new_question`.

As they stand they run: the function takes from each row its mean. `$name` is the function,
`$given` its arguments with their defaults, `$passed` the same without.
"""

from string import Template

MARK = "FILL IN"

ROOM = Template('''\
"""FILL IN: what the room $room holds, in a line."""
''')

MODULE = Template('''\
"""FILL IN: what this module holds, in a line."""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:${name}_refuses]
def overflow(result):
    refuse_overflowed(result, "the result")


@refuses(overflow, x=(refuse_empty, refuse_nan))  # FILL IN
# --8<-- [end:${name}_refuses]
# --8<-- [start:$name]
def $name(x: Real[ndarray, "*batch d"]) -> Float[ndarray, "*batch d"]:
    """FILL IN: what you get, as a sentence. So far: each row minus its mean.

    FILL IN: the formula, and why it has that form.

    How:
        FILL IN: what tells the answer; the stub leaves it out. Or no such section.

    Raises:
        ValueError: `x` is empty, an entry is nan, or the result overflows. (FILL IN)

    Source:
        FILL IN: author (year), title, equation.

    Example:
        FILL IN: a call that one can check by hand.

        >>> $name(np.array([1.0, 2.0, 6.0]))
        array([-2., -1.,  3.])
    """
    x = as_float(x)
    return x - np.mean(x, axis=-1, keepdims=True)  # FILL IN


# --8<-- [end:$name]
''')

TESTS = Template('''\
"""FILL IN: with what `$name` is compared, and what holds for every input."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

$own


# FILL IN: an oracle that shares no code with the answer comes first: PyTorch, SciPy, a loop.
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(5,), (7, 3), (2, 3, 5)])
def test_agrees_with_a_loop_over_rows(shape, dtype):
    x = np.random.default_rng(1).normal(size=shape).astype(dtype)
    rows = [row - sum(row) / len(row) for row in x.reshape(-1, shape[-1])]
    found = $name(x)
    assert found.dtype == dtype
    assert_allclose(found.reshape(-1, shape[-1]), rows, atol=1e-6)


@pytest.mark.parametrize(
    ("x", "said"),
    [(np.ones((2, 0)), "`x` is empty"), (np.full((2, 2), np.nan), "`x` holds nan")],
)
def test_bad_values_are_refused_in_words(x, said):  # FILL IN
    with pytest.raises(ValueError, match=said):
        $name(x)
''')

EXERCISE = Template('''\
"""Practice for question $number: FILL IN."""

import numpy as np

$imports

exercise = Exercise(
    $name,
    page="$page",
    hints=(
        "FILL IN: a nudge; two to four hints, and no line of the solution.",
        "FILL IN: nearly the answer.",
    ),
)

rng = np.random.default_rng($number)


def arrays(*shape):
    """One for each argument that must be passed."""
    return [rng.normal(size=shape) for _ in range($count)]


# FILL IN: simple calls first, then one difficulty at a time. Use irregular numbers, and each
# freedom of the signature: types of numbers, leading axes, what may be left out.
exercise.case("one row", *arrays(3))
exercise.case("seven rows", *arrays(7, 3))
exercise.case("three axes", *arrays(2, 5, 3))
add_whole_numbers(exercise, *(np.rint(9 * x) for x in arrays(3, 5)))
exercise.case("float32", *(x.astype(np.float32) for x in arrays(2, 3, 5)))
exercise.case("three leading axes", *arrays(2, 3, 2, 5))


# FILL IN: three mistakes or more that people make, each the answer with one thing wrong.
@exercise.bug
def twice_as_large($given):
    """FILL IN: what is wrong, and how to repair it, in one or two sentences."""
    # FILL IN: "words of it": what is so, or wrong code → right code (`answers.proof.diagnoses`).
    return 2 * $name($passed)
''')

SUBMISSIONS = Template('''\
"""Right and wrong ways to write `$name`."""

$own


# FILL IN: six right answers or more, written differently. A helper's name begins with _.
def as_on_the_page($given):
    return $name($passed)


# FILL IN: twelve wrong answers or more, six of them right in at least half of the cases.
def negative($given):
    return -$name($passed)


# What each is told. FILL IN: list the wrong answers here, each with None; then
# `answers dev check $name --keep` writes down what the grader says.
WRONG = {
    negative: None,
}
''')

PAGE = Template("""\
---
title: $quoted
description: "FILL IN: one sentence of 50 to 160 letters, for those who search."
number: $number
topic: "FILL IN: $topics or a new one"
importance: {LLM: 1, general: 1}  # up to 3; without a track that does not ask it
level: "FILL IN: core or advanced"
modules: [$module]
exercises: [$name]
tags: ["FILL IN: of $tags"]
also: ["FILL IN: what else people type who look for this"]
---

# $title

!!! question "As it is asked"

    FILL IN: the question in an interviewer's words.

## In thirty seconds

FILL IN: what to say first, in at most 85 words.

## At the board

FILL IN: if there are formulas, `**Symbols:** $$x$$ the inputs` and so on, at most five, with
`{ .symbols }` on a line below. Then the derivation as one writes it on a board, each step with its
reason, then the code.

```python title="$file"
--8<-- "$file:$name"
```

## What to expect

FILL IN: the run that carries the point. A number in a sentence stands in an output of its section,
or in a check right under its paragraph, as a formula does: `<!-- holds 2 * 3 == 6  # "six" -->`.

``` { .python .live }
import numpy as np

x = np.array([1.0, 2.0, 6.0])
print($name($xs))
```

<!--pytest-codeblocks:expected-output-->

``` { .text .output }
```

## What goes wrong

| Mistake | Symptom | First check |
|---|---|---|
| FILL IN: at most eight rows | what one sees of it | what to look at first |

## They will ask next

**FILL IN: six to twelve of them, each understood alone?** FILL IN: one to five sentences.

## Score yourself

- **Weak**: FILL IN.
- **Solid**: FILL IN.
- **Strong**: FILL IN.

## Deeper

??? example "FILL IN: a claim"

    FILL IN: what is longer: an experiment, a proof, the full code. Or no such section.

## Practise

```exercise
$name
```

## Sources

- FILL IN: author (year), *title*, link: for what.
- FILL IN: two at least.
""")
