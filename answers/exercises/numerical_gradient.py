"""Practice for question 5: the gradient by centred differences."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import NO_AXIS, WRAPPED
from answers.gradient_check import numerical_gradient

exercise = Exercise(
    numerical_gradient,
    page="05-gradient-checking",
    # The step is the learner's to choose, and the error of the difference with it.
    rtol=1e-5,
    rtol32=2e-2,
    hints=(
        "The slope along one entry: move it by h to either side, leave all others where they "
        "are. How far apart are the two points?",
        "`np.ndindex(x.shape)` gives the index of every entry, whatever the number of axes.",
        "Each entry starts from the same x. Copy it for each step, or put the old value back, "
        "and mind what adding h does to an array of integers.",
    ),
)


def slope(x):
    """3 x₀ - 2 x₁ + 0.7 x₂"""
    return (np.array([3.0, -2.0, 0.7]) * x).sum()


def cubic(x):
    """Σ x³ + x₀ x₁"""
    return (x**3).sum() + x[0] * x[1]


def quartic(x):
    """Σ x⁴"""
    return (x**4).sum()


def exponential(x):
    """Σ exp(x)"""
    return np.exp(x).sum()


def growth(x):
    """3 exp(x₀) - 2 exp(x₁) + 0.7 exp(x₂)"""
    return slope(np.exp(x))


def one_large(x):
    """x₀ + Σ sin(xᵢ) over the others"""
    return x[0] + np.sin(x[1:]).sum()


def squares(x):
    """Σ w x², with fixed weights w of x's shape"""
    return (weights(x) * x * x).sum()


def squares_on_a_hill(x):
    """100 + Σ w x², with fixed weights w of x's shape"""
    return 100 + (weights(x) * x * x).sum()


def weights(x):
    return np.random.default_rng(x.ndim).uniform(0.3, 1.2, size=x.shape).astype(x.dtype)


rng = np.random.default_rng(5)
vector = np.array([0.9, -1.3, 2.1])
exercise.case("a linear function, with a step of 0.5", slope, vector, h=0.5)
exercise.case("a cubic, with a step of 0.5", cubic, vector, h=0.5)
exercise.case("a cubic, with a step of 0.01", cubic, vector, h=0.01)
exercise.case("an exponential, with a step of 0.5", exponential, vector, h=0.5)
exercise.case("a parabola, with the step left to you", squares, vector)
exercise.case("a quartic, with the step left to you", quartic, vector)
exercise.case(
    "an entry of 0, with the step left to you", exponential, np.array([0.9, 0.0, 2.1])
)
exercise.case("zeros, with the step left to you", growth, np.zeros(3))
# One step for all is too large for most. In a loss of 5000 rounding shows if it is below 1e-7.
exercise.case(
    "one entry of 5000, with the step left to you",
    one_large,
    np.append(5000.0, np.linspace(-0.3, 0.5, 40)),
)
exercise.case("a matrix", squares, rng.uniform(0.4, 2, size=(2, 3)).round(2))
exercise.case(
    "a matrix that is transposed", squares, rng.uniform(0.4, 2, size=(2, 3)).round(2).T
)
exercise.case("three axes", squares, rng.uniform(0.4, 2, size=(2, 3, 2)))
exercise.case(
    "integers, with a step of 0.25", squares, np.array([[1, -2, 3], [4, 5, -1]]), h=0.25
)
exercise.case("integers, with the step left to you", squares, np.array([3, -1, 4]))
exercise.case(
    "float32",
    squares_on_a_hill,
    rng.uniform(0.9, 2, size=3).round(2).astype(np.float32),
)
exercise.case("one number", squares, np.array(1.5), noted=NO_AXIS)
exercise.case(
    "bytes, with a step of 0.25",
    squares,
    np.array([[1, 2, 3], [4, 5, 0]], np.uint8),
    h=0.25,
    noted=WRAPPED,
)


@exercise.check
def calls_f_with_arrays_like_x(numerical_gradient):
    """`f` must be called with floating-point arrays of the shape of `x`: a real loss works with
    no other."""
    fits = []

    def f(x):
        fits.append(getattr(x, "shape", None) == (2, 3) and x.dtype.kind == "f")
        return np.sum(x)

    numerical_gradient(f, np.arange(6).reshape(2, 3))
    return all(fits)


@exercise.check
def calls_f_twice_for_each_entry(numerical_gradient):
    """`f` must be called twice for each entry, equally far to either side of `x`, and not at `x`
    itself: a call of a real loss is dear, and a one-sided step has an error of order h."""
    x, steps = np.array([1.5, -2.0, 0.75]), []

    def f(z):
        steps.append(float((z - x).sum()))
        return np.sum(z)

    numerical_gradient(f, x.copy())
    balanced = abs(sum(steps)) <= 1e-3 * max(map(abs, steps), default=0)
    return len(steps) == 6 and 0 not in steps and balanced


def step(h):
    return 6e-6 if h is None else h


def centred(f, x, h, slope):
    """What `slope` makes of each centred difference and h."""
    h, gradient = step(h), np.empty(x.shape)
    for index in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[index] += h
        down[index] -= h
        gradient[index] = slope(f(up) - f(down), h)
    return gradient


def per_entry(f, x, steps):
    """Centred differences, each with a step of its own."""
    gradient = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        up, down = x.astype(float), x.astype(float)
        up[index] += steps[index]
        down[index] -= steps[index]
        gradient[index] = (f(up) - f(down)) / (2 * steps[index])
    return gradient


@exercise.bug(side=(1, -1, 0))
def one_sided(f, x, h=None, side=1):
    """The difference is one-sided, so its error is of order h, where centred it is of order h².
    Use (f(x + h) - f(x - h)) / 2h."""
    # "so its error is of order h, where centred it is of order h²": np.allclose((bug(f, x,
    #     2e-3) - (g := right(f, x))) / (bug(f, x, 1e-3) - g), 2, rtol=1e-2) and
    #     np.allclose((right(f, x, 2e-1) - g) / (right(f, x, 1e-1) - g), 2 ** 2, rtol=1e-2)
    # "Use (f(x + h) - f(x - h)) / 2h": (f(moved) - f(x.astype(float))) / h → (f(moved) - f(2.0
    #     * x - moved)) / (2 * h); np.finfo(float).eps ** 0.5 → step(h)
    if h is not None and not side:
        return numerical_gradient(f, x, h)
    h, gradient = side * step(h) or np.finfo(float).eps ** 0.5, np.empty(x.shape)
    for index in np.ndindex(x.shape):
        moved = x.astype(float)
        moved[index] += h
        gradient[index] = (f(moved) - f(x.astype(float))) / h
    return gradient


@exercise.bug
def divided_by_h(f, x, h=None):
    """The difference is divided by h, but the two points are 2h apart: every entry is twice too
    large. Divide by 2h."""
    # "The difference is divided by h, but the two points are 2h apart: every entry is twice too
    #     large": np.allclose(got, 2 * want)
    # "Divide by 2h": difference / h → difference / (2 * h)
    return centred(f, x, h, lambda difference, h: difference / h)


@exercise.bug
def not_multiplied_out(f, x, h=None):
    """`/ 2 * h` divides by 2 and then multiplies by h. Write `/ (2 * h)`."""
    # "`/ 2 * h` divides by 2 and then multiplies by h": np.allclose(got, (lambda difference:
    #     difference / 2 * h)(2 * h * want))
    # "Write `/ (2 * h)`": difference / 2 * h → difference / (2 * h)
    return centred(f, x, h, lambda difference, h: difference / 2 * h)


@exercise.bug
def step_ignored(f, x, h=None):
    """The step `h` of the caller is ignored. Choose a step only if `h` is None."""
    # "The step `h` of the caller is ignored": np.array_equal(got, bug(f, x, h=0.1))
    # "Choose a step only if `h` is None": numerical_gradient(f, x) → numerical_gradient(f, x,
    #     None if h is None else h)
    return numerical_gradient(f, x)


@exercise.bug(near=(0.5, 1))
def extrapolated(f, x, h=None, near=0.5):
    """Two centred differences are combined, for h and for a half or the double of it, which takes
    four calls of `f` for each entry. Return the one for h."""
    # "Two centred differences are combined, for h and for a half or the double of it, which takes
    #     four calls of `f` for each entry": np.allclose(got, (4 * right(f, x, step(h) / 2) -
    #     right(f, x, step(h))) / 3)
    # "Return the one for h": (4 * numerical_gradient(f, x, near * h) -
    #     numerical_gradient(f, x, 2 * near * h)) / 3 → numerical_gradient(f, x, h)
    h = h or (1e-2 if x.dtype == np.float32 else 1e-5)
    return (
        4 * numerical_gradient(f, x, near * h) - numerical_gradient(f, x, 2 * near * h)
    ) / 3


@exercise.bug
def no_slope_at_zero(f, x, h=None):
    """Along an entry that is 0 the slope comes out as 0: a step that is a share of |x| is 0
    there. Take at least the share of 1."""
    # "Along an entry that is 0 the slope comes out as 0": x.all() or (got[x == 0] == 0).all()
    # "Take at least the share of 1": np.where(x == 0, 0, gradient) → gradient
    gradient = numerical_gradient(f, x, h)
    return np.where(x == 0, 0, gradient) if h is None else gradient


@exercise.bug
def not_restored(f, x, h=None):
    """An entry is changed and not put back, so the entries after it are differentiated at the
    wrong point, and the caller's array is spoilt. Copy `x`, or put the old value back."""
    # "the caller's array is spoilt": (lambda z: [bug(f, z, h), not np.array_equal(z,
    #     x)][1])(x.copy())
    # "Copy `x`, or put the old value back": h, gradient = (step(h), np.empty(x.shape)) → h,
    #     gradient, x = (step(h), np.empty(x.shape), x.astype(float)); gradient[index] = (up - f(x))
    #     / (2 * h) → gradient[index], x[index] = ((up - f(x)) / (2 * h), x[index] + h)
    # "An entry is changed and not put back, so the entries after it are differentiated at the
    #     wrong point": (lambda z: [bug(f, z, 0.5), np.allclose(z, x - 0.5)][1])(x.astype(float))
    h, gradient = step(h), np.empty(x.shape)
    for index in np.ndindex(x.shape):
        x[index] += h
        up = f(x)
        x[index] -= 2 * h
        gradient[index] = (up - f(x)) / (2 * h)
    return gradient


@exercise.bug(copies=(2, 1))
def steps_left_in(f, x, h=None, copies=2):
    """The step of an entry is still in the array when the next one is moved. Start each entry from
    `x` as it came: copy it inside the loop, or put the old value back."""
    # "The step of an entry is still in the array when the next one is moved": np.isclose(got[-1],
    #     (f(x + h) - f(x - h)) / (2 * h))
    # "Start each entry from `x` as it came: copy it inside the loop, or put the old value back":
    #     up[index] += h → (up := x.astype(float))[index] += h; down[index] -= h → (down :=
    #     x.astype(float))[index] -= h
    h, gradient = step(h), np.empty(x.shape)
    up, down = x.astype(float), x.astype(float)
    for index in np.ndindex(x.shape):
        up[index] += h
        down[index] -= h
        gradient[index] = (f(up) - f(down)) / (2 * h)
        if copies == 1:
            up = down.copy()
    return gradient


@exercise.bug(
    by=(
        lambda x: np.maximum(1, np.abs(x)),
        lambda x: 1 + np.abs(x),
        np.abs,
        lambda x: max(1, np.linalg.norm(x)),
    )
)
def given_step_scaled(f, x, h=None, by=None):
    """The step `h` of the caller is multiplied by the size of an entry or of `x`. Use it as it is:
    only a step that you choose may grow with an entry."""
    # "The step `h` of the caller is multiplied by the size of an entry or of `x`":
    #     np.isclose(got[1], right(f, x, h * 1.3)[1])
    # "Use it as it is": h * by(x) → h * np.ones(x.shape)
    if h is None:
        return numerical_gradient(f, x)
    return per_entry(f, x, np.broadcast_to(h * by(x), x.shape))


@exercise.bug(given=(True, False))
def complex_step(f, x, h=None, given=True):
    """A complex step is taken: `f` gets complex numbers, once for each entry. Move the entry by h
    to either side: (f(x + h) - f(x - h)) / 2h."""
    # "A complex step is taken: `f` gets complex numbers, once for each entry":
    #     np.allclose(got, [np.imag(f(x + 0.5j * unit)) / 0.5 for unit in np.eye(3)])
    # "Move the entry by h to either side: (f(x + h) - f(x - h)) / 2h": x.astype(complex) →
    #     x.astype(float); 1j * tiny → step(h); np.imag(f(moved)) / tiny → (f(moved) - f(2.0 * x -
    #     moved)) / (2 * step(h))
    tiny, gradient = h if given and h else 1e-20, np.empty(x.shape)
    for index in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[index] += 1j * tiny
        gradient[index] = np.imag(f(moved)) / tiny
    return gradient


@exercise.bug
def copy_taken_for_a_view(f, x, h=None):
    """`ravel()` and `reshape(-1)` may copy an array that is not contiguous, such as a transposed
    one, and then `f` sees no step. Index `x` itself, by `np.ndindex(x.shape)`."""
    # "may copy an array that is not contiguous, such as a transposed one, and then `f` sees no
    #     step": not x.flags.c_contiguous and not got.any() and np.isfinite(f(x))
    return numerical_gradient(f, x, h) * x.flags.c_contiguous


@exercise.bug
def all_entries_at_once(f, x, h=None):
    """All entries move at once, which gives one slope for all of them: the sum of the gradient.
    Move one entry at a time."""
    # "All entries move at once, which gives one slope for all of them: the sum of the
    #     gradient": np.allclose(got, want.sum())
    return np.full(x.shape, numerical_gradient(f, x, h).sum())


@exercise.bug
def first_axis_only(f, x, h=None):
    """The loop runs over the first axis only, so in a matrix a whole row moves at once. Loop
    over `np.ndindex(x.shape)`."""
    # "The loop runs over the first axis only, so in a matrix a whole row moves at once":
    #     np.allclose(got, want.sum(axis=1, keepdims=True))
    h, gradient = step(h), np.empty(x.shape)
    for i in range(len(x)):
        up, down = x.astype(float), x.astype(float)
        up[i] += h
        down[i] -= h
        gradient[i] = (f(up) - f(down)) / (2 * h)
    return gradient


@exercise.bug
def flattened_for_f(f, x, h=None):
    """`f` is given the entries in one row. Give it an array like `x`, with one entry moved."""
    # "`f` is given the entries in one row": np.allclose(got, right(f, x.ravel(), h).reshape(
    #     x.shape)) and x.ndim > 1
    # "Give it an array like `x`, with one entry moved": lambda z: f(z.ravel()), x →
    #     lambda z: f(z), x
    return numerical_gradient(lambda z: f(z.ravel()), x, h)


@exercise.bug(of=(np.max, np.linalg.norm, np.ravel))
def one_step_for_all(f, x, h=None, of=np.max):
    """The step is chosen once, by the largest entry, the norm or the first entry, and is too large
    for smaller ones. Choose it for each entry, by its own size."""
    # "The step is chosen once, by the largest entry, the norm or the first entry, and is too large
    #     for smaller ones": not np.allclose(got[1:], want[1:], rtol=1e-5)
    # "Choose it for each entry, by its own size": if h is None → if False
    if h is None:
        size = np.ravel(of(np.abs(x)))[0]
        h = np.cbrt(np.finfo(x.dtype if x.dtype.kind == "f" else float).eps) * max(
            1, size
        )
    return numerical_gradient(f, x, h)


@exercise.bug
def integers_kept(f, x, h=None):
    """Integers stay integers, so adding a small h changes nothing or a whole 1. Convert `x` to
    float first, and make the result an array of floats."""
    # "Integers stay integers, so adding a small h changes nothing or a whole 1": [int(a + h) -
    #     a for a in (1, -2)] == [0, 1] and not np.allclose(got, want)
    # "Convert `x` to float first": x.copy(), x.copy() → x.astype(float), x.astype(float)
    if x.dtype.kind == "f":
        return numerical_gradient(f, x, h)
    h, gradient = step(h), np.empty(x.shape)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        gradient[index] = (f(up) - f(down)) / (2 * h)
    return gradient


@exercise.bug(fixed=(6e-6, 1e-5, 1e-6, 1e-7))
def same_step_for_float32(f, x, h=None, fixed=6e-6):
    """In float32 so small a step drowns in rounding: the loss has only 7 digits. Choose the
    step from `np.finfo(x.dtype).eps`, or compute in float64."""
    # "In float32 so small a step drowns in rounding": not np.allclose(got, want, rtol=0.01)
    # "Choose the step from `np.finfo(x.dtype).eps`": fixed if h is None else h →
    #     (np.cbrt(np.finfo(x.dtype).eps) if x.dtype.kind == 'f' else None) if h is None else h
    # "the loss has only 7 digits": np.finfo(np.float32).eps > 10 ** -7 and np.float32(1 + 10 **
    #     -8) == 1 and not np.allclose(got, want, rtol=0.01)
    return numerical_gradient(f, x, fixed if h is None else h)


@exercise.bug(chosen=(0.1, 0.05, 0.02, 0.01, 0.005, 0.5, 1.0))
def chosen_step_too_large(f, x, h=None, chosen=0.1):
    """The step chosen where `h` is None is so large that its error of order h² shows, which a
    parabola hides. Choose one near the cube root of `np.finfo(x.dtype).eps`."""
    # "its error of order h² shows, which a parabola hides": np.allclose(bug(squares, x),
    #     right(squares, x)) and not np.allclose(got, want, rtol=1e-6)
    # "Choose one near the cube root of `np.finfo(x.dtype).eps`": chosen if h is None else h →
    #     (np.cbrt(np.finfo(x.dtype).eps) if x.dtype.kind == 'f' else None) if h is None else h
    # "The step chosen where `h` is None is so large": bug(f, x, h=None, chosen=0.1)[0] > bug(f,
    #     x, h=1e-5)[0]
    return numerical_gradient(f, x, chosen if h is None else h)


def root(x):
    """The step for one-sided differences."""
    return np.finfo(float).eps ** 0.5 * np.maximum(1, np.abs(x))


TINY = (1e-13, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-14, 1e-15, 1e-16)


@exercise.bug(chosen=(*TINY, np.finfo(float).eps, np.finfo(float).eps ** 0.5, root))
def chosen_step_too_small(f, x, h=None, chosen=1e-13):
    """The step chosen where `h` is None is so small that rounding of f shows in the difference.
    Choose one near the cube root of `np.finfo(x.dtype).eps`."""
    # "rounding of f shows in the difference": abs(got / want - 1).max() > 1e-5
    # "Choose one near the cube root of `np.finfo(x.dtype).eps`": chosen if h is None else h →
    #     np.cbrt(np.finfo(x.dtype).eps if x.dtype.kind == 'f' else 1e-16) if h is None else h
    # "The step chosen where `h` is None is so small": np.allclose(bug(f, x, h=None,
    #     chosen=1e-5), want) and not np.allclose(got, want, rtol=1e-6)
    chosen = chosen(x) if callable(chosen) else chosen
    steps = np.broadcast_to(chosen if h is None else h, x.shape)
    return per_entry(f, x, steps)
