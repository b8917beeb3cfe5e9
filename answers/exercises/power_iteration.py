"""Practice for question 41: power iteration."""

import numpy as np

from answers.classical.power_iteration import power_iteration
from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float

exercise = Exercise(
    power_iteration,
    page="41-pca",
    returns=("value", "vector"),
    hints=(
        "What does a product with `a` do to the part of a vector along one eigenvector?",
        "Powers of a number overflow or vanish. What can be done after each product that "
        "changes no direction?",
        "The length of the product loses the sign of the eigenvalue. What does vᵀ A v say of a "
        "unit vector v?",
    ),
)

rng = np.random.default_rng(4143)


def symmetric(*values):
    """A matrix of these eigenvalues, in directions of its own."""
    turned = np.linalg.qr(rng.normal(size=(len(values),) * 2))[0]
    a = turned * values @ turned.T
    return (a + a.T) / 2


def start(d):
    return rng.normal(size=d) + 0.5


def some(d):
    a = rng.normal(size=(d, d))
    return a + a.T


exercise.case("one product, diagonal", np.diag([3.0, 1.0]), np.array([1.0, 2.0]), 1)
exercise.case("three products, two by two", some(2), start(2), 3)
exercise.case("no product", some(3), start(3), 0)
exercise.case("four by four, two products", some(4), start(4), 2)
exercise.case("many products", symmetric(5.0, 3.0, 1.0, 0.5), start(4), 60)
exercise.case("the largest is negative, odd", symmetric(-4.0, 2.0, 1.0), start(3), 31)
exercise.case("the largest is negative, even", symmetric(-4.0, 2.0, 1.0), start(3), 30)
exercise.case("all are negative", symmetric(-4.0, -2.0, -1.0), start(3), 3)
exercise.case("a near tie", symmetric(1.0, 0.98, 0.3), start(3), 10)
exercise.case("opposite eigenvalues", symmetric(2.0, -2.0, 0.5), start(3), 5)
exercise.case("one by one", np.array([[-2.5]]), np.array([3.0]), 3)
exercise.case("a start with zeros", some(4), np.array([0.0, 0, -2, 0]), 3)
exercise.case("a start of negative numbers", some(3), -np.abs(start(3)), 2)
exercise.case("a long start", some(3), 1e8 * start(3), 3)
exercise.case("a short start", some(3), 1e-8 * start(3), 3)
exercise.case("a short start, no product", some(3), 1e-8 * start(3), 0)
exercise.case("a nearer tie, many products", symmetric(1.0, 0.97, 0.3), start(3), 80)
exercise.case("a start of length 1", some(2), np.array([0.6, -0.8]), 2)
exercise.case("an eigenvalue of 0", symmetric(2.0, 1.0, 0.0), start(3), 4)
exercise.case(
    "large entries, many products", 1e6 * symmetric(3.0, 2.0, 1.0), start(3), 70
)
exercise.case(
    "small entries, many products", 1e-6 * symmetric(3.0, 2.0, 1.0), start(3), 70
)
exercise.case("tiny entries", 1e-14 * symmetric(3.0, 2.0, 1.0), start(3), 3)
exercise.case(
    "a start beside the eigenvector, slow",
    np.diag([1.0, 0.995, 0.3]),
    np.array([1.0, 1e-7, 0.0]),
    400,
)
add_whole_numbers(
    exercise, np.array([[7, 2, -1], [2, -5, 3], [-1, 3, 2]]), np.array([1, -2, 4]), 3
)
exercise.case(
    "int32, of some 5e4",
    10_007 * np.array([[7, 2, -1], [2, -5, 3], [-1, 3, 2]], dtype=np.int32),
    np.array([50_000, -40_000, 60_000], dtype=np.int32),
    1,
)
exercise.case("float32", some(3).astype(np.float32), start(3).astype(np.float32), 4)
exercise.case("a very long start", 1e10 * some(3), 1e150 * start(3), 3)


def turned(a, start, steps):
    """The unit vector after so many products."""
    a, vector = as_float(a), as_float(start)
    vector = vector / np.linalg.norm(vector)
    for _ in range(steps):
        vector = a @ vector
        vector = vector / np.linalg.norm(vector)
    return vector


def quotient(a, vector):
    return vector @ as_float(a) @ vector


@exercise.bug
def never_normalised(a, start, steps):
    """The vector is never divided by its length. Do that before the first product and after
    each."""
    # "The vector is never divided by its length": np.allclose(got.vector,
    #     np.linalg.matrix_power(as_float(a), steps) @ start)
    # "Do that before the first product and after each": vector = as_float(start) →
    #     vector = turned(a, start, 0); as_float(a) @ vector → turned(a, vector, 1)
    vector = as_float(start)
    for _ in range(steps):
        vector = as_float(a) @ vector
    return quotient(a, vector), vector


@exercise.bug(first=(False, True))
def normalised_at_the_end(a, start, steps, first=False):
    """The vector is divided by its length at the end only, after powers have overflowed or
    vanished. Divide after each product."""
    # "The vector is divided by its length at the end only, after powers have overflowed or
    #     vanished": not np.allclose(got.vector, want.vector)
    # "Divide after each product": as_float(a) @ vector → turned(a, vector, 1)
    vector = turned(a, start, 0) if first else as_float(start)
    for _ in range(steps):
        vector = as_float(a) @ vector
    vector = vector / np.linalg.norm(vector)
    return quotient(a, vector), vector


@exercise.bug(before=(True, False))
def not_normalised_at_the_start(a, start, steps, before=True):
    """Without a product `start` comes back as long as it was. Divide it by its length first."""
    # "Without a product `start` comes back as long as it was": steps == 0 and
    #     np.array_equal(got.vector, start)
    # "Divide it by its length first": as_float(start) → turned(a, start, 0)
    vector = as_float(start)
    for _ in range(steps):
        vector = turned(a, vector, 1) if before else after_a_product(a, vector)
    return quotient(a, vector), vector


def after_a_product(a, vector):
    """The product with a vector of whatever length, divided by its own."""
    with np.errstate(all="ignore"):
        vector = as_float(a) @ vector
        return vector / np.linalg.norm(vector)


@exercise.bug
def long_start_multiplied(a, start, steps):
    """The first product is taken of `start` as it is, which overflows where `start` is long. Divide
    it by its length first."""
    # "The first product is taken of `start` as it is": np.isinf(np.linalg.norm(a @ start)) and not
    #     np.isfinite(got.value)
    # "which overflows where `start` is long": np.linalg.norm(start) > 1e100 and not
    #     np.isfinite(got.value)
    # "Divide it by its length first": if steps else → if False else; after_a_product(a, vector) →
    #     turned(a, vector, 1)
    vector = as_float(start) if steps else turned(a, start, 0)
    for _ in range(steps):
        vector = after_a_product(a, vector)
    return quotient(a, vector), vector


@exercise.bug
def length_of_the_product(a, start, steps):
    """The value is the length of A v, which loses the sign of the eigenvalue. Take vᵀ A v."""
    # "The value is the length of A v": np.isclose(got.value, np.linalg.norm(as_float(a) @
    #     want.vector))
    # "Take vᵀ A v": np.linalg.norm(as_float(a) @ vector) → vector @ as_float(a) @ vector
    # "which loses the sign of the eigenvalue": got.value > 0 and bug(np.array([[-2.0]]),
    #     np.ones(1), 3)[0] == 2
    vector = turned(a, start, steps)
    return np.linalg.norm(as_float(a) @ vector), vector


@exercise.bug
def size_of_the_value(a, start, steps):
    """The value comes without its sign. vᵀ A v has it: take no absolute value."""
    # "The value comes without its sign": np.isclose(got.value, abs(want.value)) and want.value < 0
    # "take no absolute value": abs(quotient(a, vector)) → quotient(a, vector)
    vector = turned(a, start, steps)
    return abs(quotient(a, vector)), vector


@exercise.bug
def value_of_the_vector_before(a, start, steps):
    """The value is that of the vector before the last product. Take vᵀ A v of the last vector."""
    # "The value is that of the vector before the last product": np.isclose(got.value,
    #     right(a, start, steps - 1)[0])
    # "Take vᵀ A v of the last vector": max(steps - 1, 0) → steps
    return quotient(a, turned(a, start, max(steps - 1, 0))), turned(a, start, steps)


@exercise.bug
def length_before_dividing(a, start, steps):
    """The value is the length that the last product had. Take vᵀ A v of the last vector, which has
    a sign."""
    # "The value is the length that the last product had": np.isclose(got.value,
    #     np.linalg.norm(as_float(a) @ turned(a, start, steps - 1)))
    # "Take vᵀ A v of the last vector": np.linalg.norm(as_float(a) @ turned(a, start, max(steps - 1,
    #     0))) → quotient(a, turned(a, start, steps))
    length = np.linalg.norm(as_float(a) @ turned(a, start, max(steps - 1, 0)))
    return length, turned(a, start, steps)


@exercise.bug(largest=(False, True))
def ratio_of_entries(a, start, steps, largest=False):
    """The value is the ratio of two entries at one place, before a product and after it. That needs
    a converged vector: take vᵀ A v."""
    # "The value is the ratio of two entries at one place": np.isclose(got.value * want.vector,
    #     as_float(a) @ want.vector).any()
    # "take vᵀ A v": (as_float(a) @ vector)[at] / vector[at] → vector @ as_float(a) @ vector
    vector = turned(a, start, steps)
    at = np.abs(vector).argmax() if largest else 0
    with np.errstate(all="ignore"):
        return (as_float(a) @ vector)[at] / vector[at], vector


@exercise.bug(before=(False, True))
def length_with_a_sign(a, start, steps, before=False):
    """The value is a length, given the sign of v · A v. It is the eigenvalue only of a converged
    vector: take vᵀ A v itself."""
    # "The value is a length, given the sign of v · A v": np.isclose(abs(got.value), np.linalg.norm(
    #     as_float(a) @ turned(a, start, max(steps - bug.keywords.get("before", False), 0))))
    # "take vᵀ A v itself": length * np.sign(quotient(a, vector)) → quotient(a, last)
    last = turned(a, start, steps)
    vector = turned(a, start, max(steps - before, 0))
    if before and not steps:
        return quotient(a, last), last
    length = np.linalg.norm(as_float(a) @ vector)
    return length * np.sign(quotient(a, vector)), last


@exercise.bug
def one_step_too_many(a, start, steps):
    """There is one product too many. After `steps` products the vector is returned."""
    # "There is one product too many": np.allclose(got.vector, right(a, start, steps + 1)[1])
    # "After `steps` products": steps + 1 → steps
    vector = turned(a, start, steps + 1)
    return quotient(a, vector), vector


@exercise.bug
def one_step_too_few(a, start, steps):
    """There is one product too few. Make `steps` of them."""
    # "There is one product too few": np.allclose(got.vector, right(a, start, steps - 1)[1])
    # "Make `steps` of them": max(steps - 1, 0) → steps
    vector = turned(a, start, max(steps - 1, 0))
    return quotient(a, vector), vector


# The norm, and whether the value is taken of a vector of length 1 all the same.
OTHER_NORMS = [(1, False), (np.inf, False), (1, True), (np.inf, True)]


@exercise.bug(norm=OTHER_NORMS)
def by_another_norm(a, start, steps, norm=OTHER_NORMS[0]):
    """The vector is divided by the sum of its absolute entries, or by the largest. Its length is
    the root of the sum of squares."""
    # "The vector is divided by the sum of its absolute entries, or by the largest":
    #     np.isclose(np.linalg.norm(got.vector, bug.keywords["norm"][0]), 1)
    # "Its length is the root of the sum of squares": ord=order → ord=2
    order, value_of_a_unit = norm
    unit = turned(a, start, steps)
    vector = unit / np.linalg.norm(unit, ord=order)
    return quotient(a, unit if value_of_a_unit else vector), vector


@exercise.bug
def value_of_a_long_vector(a, start, steps):
    """vᵀ A v is taken of a vector that is not of length 1. Divide it by its length first."""
    # "vᵀ A v is taken of a vector that is not of length 1": np.isclose(got.value,
    #     want.value * np.sum(long(a, start, steps) ** 2))
    # "Divide it by its length first": long(a, start, steps) → turned(a, start, steps)
    vector = long(a, start, steps)
    return quotient(a, vector), turned(a, start, steps)


def long(a, start, steps):
    """The vector before the last division."""
    if not steps:
        return as_float(start)
    return as_float(a) @ turned(a, start, steps - 1)


@exercise.bug(way=("largest", "first", "sum", "start", "value", "each value"))
def sign_turned(a, start, steps, way="largest"):
    """The vector's sign is changed to a rule: by an entry, the sum, the start or the value. It has
    the sign that the products give it."""
    # "The vector's sign is changed to a rule": np.allclose(got.vector, -want.vector)
    # "It has the sign that the products give it": vector * (-1 if entry < 0 else 1) → vector
    vector, signs = turned(a, start, 0), 1
    for _ in range(steps):
        signs *= np.sign(quotient(a, vector))
        vector = turned(a, vector, 1)
    entry = {
        "largest": vector[np.abs(vector).argmax()],
        "first": vector[0],
        "sum": vector.sum(),
        "start": vector @ start,
        "value": quotient(a, vector),
        "each value": signs,
    }[way]
    return quotient(a, vector), vector * (-1 if entry < 0 else 1)


@exercise.bug
def converged(a, start, steps):
    """The eigenvector itself comes back, as after many more products. Make as many as `steps`
    says."""
    # "The eigenvector itself comes back": np.isclose(got.value,
    #     right(a, start, 4000)[0], rtol=1e-6)
    # "Make as many as `steps` says": values[top], found → quotient(a, turned(a, start, steps)),
    #     turned(a, start, steps)
    values, vectors = np.linalg.eigh(as_float(a))
    top = np.abs(values).argmax()
    vector = vectors[:, top]
    found = vector * (np.sign(vector @ start) or 1) * np.sign(values[top]) ** steps
    return values[top], found


@exercise.bug(order=(np.inf, "fro", 2))
def largest_by_sign(a, start, steps, order=np.inf):
    """The matrix is shifted so that its largest eigenvalue by sign wins. Multiply by `a` itself:
    the largest by absolute value wins."""
    # "Multiply by `a` itself": as_float(a) + shift → as_float(a)
    # "The matrix is shifted": np.allclose(got.vector, turned(as_float(a) + np.linalg.norm(a,
    #     bug.keywords["order"]) * np.eye(len(a)), start, steps))
    shift = np.linalg.norm(as_float(a), order) * np.eye(len(a))
    vector = turned(as_float(a) + shift, start, steps)
    return quotient(a, vector), vector


# At the start, and after each product.
EPS = [*zip(*[(1e-6, 1e-8, 1e-9, 1e-10, 1e-12)] * 2, strict=True)]
EPS += [(1e-8, 0), (1e-10, 0), (1e-12, 0), (0, 1e-8), (0, 1e-10), (0, 1e-12)]


@exercise.bug(eps=EPS)
def eps_in_the_length(a, start, steps, eps=EPS[1]):
    """A small number is added to the length before the division, so that a short vector does not
    come out with length 1. Divide by the length itself."""
    # "A small number is added to the length before the division": np.linalg.norm(got.vector) <
    #     1 - 1e-9
    # "so that a short vector does not come out with length 1": np.linalg.norm(bug(np.eye(1),
    #     np.array([1e-8]), 0)[1]) < 0.99
    # "Divide by the length itself": at_start, later = eps → at_start = later = 0
    at_start, later = eps
    a, vector = as_float(a), as_float(start)
    vector = vector / (np.linalg.norm(vector) + at_start)
    for _ in range(steps):
        vector = a @ vector
        vector = vector / (np.linalg.norm(vector) + later)
    return quotient(a, vector), vector


@exercise.bug
def two_products_a_step(a, start, steps):
    """Each step makes two products, so that a negative eigenvalue never turns the vector's sign.
    Make one."""
    # "Each step makes two products": np.allclose(got.vector, right(a, start, 2 * steps)[1])
    # "so that a negative eigenvalue never turns the vector's sign": np.allclose(bug(-np.eye(2),
    #     start, 1)[1] @ start, np.linalg.norm(start))
    # "Make one": 2 * steps → steps
    vector = turned(a, start, 2 * steps)
    return quotient(a, vector), vector


STOPS = [("value", bound) for bound in (1e-6, 1e-8, 1e-9, 1e-10, 1e-12)]
STOPS += [("vector", bound) for bound in (1e-4, 1e-5, 1e-6, 1e-8, 1e-9)]


@exercise.bug(stop=STOPS)
def stopped_early(a, start, steps, stop=STOPS[3]):
    """It stops once the value or the vector hardly moves, before `steps` products are made, and
    many small moves add up. Make them all."""
    # "It stops once the value or the vector hardly moves, before `steps` products are made":
    #     any(np.allclose(got.vector, right(a, start, n)[1], rtol=0, atol=1e-14) for n in
    #     range(steps))
    # "many small moves add up": np.abs(got.vector - want.vector).max() > 5 * bug.keywords.get(
    #     "stop", (0, 1e-10))[1]
    # "Make them all": move < bound → False
    of, bound = stop
    vector = turned(a, start, 0)
    value = quotient(a, vector)
    for _ in range(steps):
        last, before = vector, value
        vector = turned(a, vector, 1)
        value = quotient(a, vector)
        move = abs(value - before) if of == "value" else np.linalg.norm(vector - last)
        if move < bound:
            break
    return value, vector


@exercise.bug
def start_of_ones(a, start, steps):
    """`start` is ignored: it begins with equal entries. Begin with `start`, divided by its
    length."""
    # "`start` is ignored": np.array_equal(bug(a, start, steps)[1], bug(a, -2 * start, steps)[1])
    # "it begins with equal entries": np.allclose(got.vector, right(a, np.ones(len(a)), steps)[1])
    # "Begin with `start`": np.ones(len(a)) → start
    vector = turned(a, np.ones(len(a)), steps)
    return quotient(a, vector), vector
